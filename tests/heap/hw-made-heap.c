/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hw-made-heap.h"

#include "base/hw-text.h"

static const char *kind_names =
  "\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\",\"regexp\",\"number\",\"native\",\"synthetic\","
  "\"concatenated string\",\"sliced string\",\"symbol\",\"bigint\",\"object shape\"";

static void
edge_clear (gpointer edge)
{
  g_free (((HwMadeEdge *) edge)->name);
}

static void
node_free (gpointer node)
{
  g_free (((HwMadeNode *) node)->name);
  g_array_unref (((HwMadeNode *) node)->edges);
  g_free (node);
}

HwMadeHeap *
hw_made_heap_new (void)
{
  HwMadeHeap *self = g_new0 (HwMadeHeap, 1);

  self->nodes = g_ptr_array_new_with_free_func (node_free);

  return self;
}

void
hw_made_heap_free (HwMadeHeap *self)
{
  g_ptr_array_unref (self->nodes);
  g_free (self);
}

HwMadeNode *
hw_made_heap_get_node (HwMadeHeap *self,
                       guint       node)
{
  return g_ptr_array_index (self->nodes, node);
}

guint
hw_made_heap_add_node (HwMadeHeap *self,
                       HwNodeKind  kind,
                       const char *name,
                       guint64     id,
                       guint64     size)
{
  HwMadeNode *node = g_new0 (HwMadeNode, 1);

  node->kind = kind;
  node->name = g_strdup (name);
  node->id = id;
  node->size = size;
  node->edges = g_array_new (FALSE, FALSE, sizeof (HwMadeEdge));
  g_array_set_clear_func (node->edges, edge_clear);
  g_ptr_array_add (self->nodes, node);

  return self->nodes->len - 1;
}

void
hw_made_heap_add_edge (HwMadeHeap *self,
                       guint       from,
                       guint       to,
                       HwEdgeKind  kind,
                       const char *name,
                       guint       index)
{
  HwMadeEdge edge = { kind, HW_EDGE_KIND_IS_INDEXED (kind) ? NULL : g_strdup (name), index, to };

  g_array_append_val (hw_made_heap_get_node (self, from)->edges, edge);
}

static guint
pick (GRand *rand,
      guint  n)
{
  return (guint) g_rand_int_range (rand, 0, (gint32) n);
}

static char *
dup_edge_name (HwMadeHeap *self,
               GRand      *rand,
               guint       from)
{
  static const char *names[] = {
    "a", "b", "c", "id", "name", "x,y", "quo\"te", "__proto__", "elements", "map", "first", "second",
    "sloppy_function_map", "", "4", "17", "get a", "a fairly long property name that fills the text of a definition",
    "another long property name, with a comma in it, to be quoted", "\xc3\xa9",
  };
  guint key = pick (rand, self->nodes->len), value = pick (rand, self->nodes->len);

  /* Half of the table ids are right, so that both halves of entries occur. */
  if (pick (rand, 6) == 0)
    return g_strdup_printf ("%u / part of key (k%s @%u) -> value (v @%u) pair in WeakMap (table @%" G_GUINT64_FORMAT ")",
                            1 + pick (rand, 3), pick (rand, 8) == 0 ? "\n" : "", key % 3, value % 2,
                            hw_made_heap_get_node (self, pick (rand, 2) == 0 ? from : key)->id);

  return g_strdup (names[pick (rand, G_N_ELEMENTS (names))]);
}

/* Small enough for the twins, wild enough for everything to happen. */
HwMadeHeap *
hw_made_heap_new_random (guint32 seed)
{
  static const char *names[] = {
    "Object", "Object", "Object", "Foo", "Bar", "Array", "", "system / Context", "system / NativeContext",
    "(map descriptors)", "system / ExternalStringData", "(Document DOM trees)", "system / JSArrayBufferData",
    "<div id=\"a\">", "<div class=\"b c\">", "<p>", "Detached <div id=\"a\">", "Detached Node", "(GC roots)",
    "Function", "(string)", "\xf0\x9f\x9a\x80 rocket",
  };
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  HwMadeHeap *self = hw_made_heap_new ();
  guint n = 1 + pick (rand, 60), n_edges = pick (rand, n * 4 + 1);

  self->has_detachedness = pick (rand, 4) != 0;
  self->extra_native_bytes = pick (rand, 2) * pick (rand, 5000);
  hw_made_heap_add_node (self, HW_NODE_KIND_SYNTHETIC, "", 1, 0);
  for (guint i = 1; i < n; i++)
    {
      guint node = hw_made_heap_add_node (self, (HwNodeKind) pick (rand, HW_NODE_KIND_OTHER),
                                          names[pick (rand, G_N_ELEMENTS (names))], i * 2 + 1 + pick (rand, 2),
                                          pick (rand, 4) == 0 ? 0 : pick (rand, 2000));
      HwMadeNode *made = hw_made_heap_get_node (self, node);

      if (pick (rand, 3) == 0)
        made->kind = HW_NODE_KIND_OBJECT;
      made->state = pick (rand, 5) == 0 ? 1 + pick (rand, 2) : 0;
      made->has_location = pick (rand, 4) == 0;
      made->script = pick (rand, 2);
      made->line = pick (rand, 2);
      made->column = 7;
    }
  for (guint i = 0; i < n_edges; i++)
    {
      guint from = pick (rand, 8) == 0 ? 0 : pick (rand, n);
      HwEdgeKind kind = (HwEdgeKind) pick (rand, HW_EDGE_KIND_OTHER);
      g_autofree char *name = dup_edge_name (self, rand, from);

      if (pick (rand, 3) == 0)
        kind = HW_EDGE_KIND_PROPERTY;
      else if (strstr (name, "part of key") != NULL)
        kind = HW_EDGE_KIND_INTERNAL;
      hw_made_heap_add_edge (self, from, pick (rand, n), kind, name, pick (rand, 9));
    }

  return self;
}

static guint
string_number (GHashTable *numbers,
               GPtrArray  *strings,
               const char *text)
{
  gpointer number;

  if (g_hash_table_lookup_extended (numbers, text, NULL, &number))
    return GPOINTER_TO_UINT (number);

  g_hash_table_insert (numbers, (gpointer) text, GUINT_TO_POINTER (strings->len));
  g_ptr_array_add (strings, (gpointer) text);

  return strings->len - 1;
}

/* Writes the snapshot as V8 does, but with the columns in an order of its own. */
char *
hw_made_heap_to_json (HwMadeHeap *self)
{
  g_autoptr(GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) strings = g_ptr_array_new ();
  GString *json = g_string_new (NULL);
  guint n_fields = self->has_detachedness ? 6 : 5, n_edges = 0;

  string_number (numbers, strings, "<dummy>");
  for (guint i = 0; i < self->nodes->len; i++)
    n_edges += hw_made_heap_get_node (self, i)->edges->len;

  g_string_append_printf (json, "{\"snapshot\":{\"meta\":{\"node_fields\":[\"name\",\"type\",\"id\",\"self_size\",\"edge_count\"%s],"
                          "\"node_types\":[\"string\",[%s],\"number\",\"number\",\"number\"%s],"
                          "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],"
                          "\"edge_types\":[[\"context\",\"element\",\"property\",\"internal\",\"hidden\",\"shortcut\",\"weak\"],"
                          "\"string_or_number\",\"node\"],"
                          "\"location_fields\":[\"object_index\",\"script_id\",\"line\",\"column\"]},"
                          "\"node_count\":%u,\"edge_count\":%u,\"extra_native_bytes\":%" G_GUINT64_FORMAT "},\n\"nodes\":[",
                          self->has_detachedness ? ",\"detachedness\"" : "", kind_names,
                          self->has_detachedness ? ",\"number\"" : "", self->nodes->len, n_edges, self->extra_native_bytes);

  for (guint i = 0; i < self->nodes->len; i++)
    {
      HwMadeNode *node = hw_made_heap_get_node (self, i);

      g_string_append_printf (json, "%s%u,%u,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%u", i > 0 ? "\n," : "",
                              string_number (numbers, strings, node->name), node->kind, node->id, node->size,
                              node->edges->len);
      if (self->has_detachedness)
        g_string_append_printf (json, ",%u", node->state);
    }

  g_string_append (json, "],\n\"edges\":[");
  for (guint i = 0, first = TRUE; i < self->nodes->len; i++)
    for (guint j = 0; j < hw_made_heap_get_node (self, i)->edges->len; j++, first = FALSE)
      {
        HwMadeEdge *edge = &g_array_index (hw_made_heap_get_node (self, i)->edges, HwMadeEdge, j);

        g_string_append_printf (json, "%s%u,%u,%u", first ? "" : ",", edge->kind,
                                edge->name != NULL ? string_number (numbers, strings, edge->name) : edge->index,
                                edge->to * n_fields);
      }

  g_string_append (json, "],\n\"locations\":[");
  for (guint i = self->nodes->len, first = TRUE; i-- > 0;)
    {
      HwMadeNode *node = hw_made_heap_get_node (self, i);

      if (!node->has_location)
        continue;
      g_string_append_printf (json, "%s%u,%u,%u,%u", first ? "" : ",", i * n_fields, node->script, node->line, node->column);
      first = FALSE;
    }

  g_string_append (json, "],\n\"strings\":[");
  for (guint i = 0; i < strings->len; i++)
    {
      g_autofree char *text = hw_text_dup_json (g_ptr_array_index (strings, i));

      g_string_append_printf (json, "%s%s", i > 0 ? "," : "", text);
    }
  g_string_append (json, "]}");

  return g_string_free (json, FALSE);
}

HwHeap *
hw_made_heap_load (HwMadeHeap  *self,
                   GError     **error)
{
  char *json = hw_made_heap_to_json (self);
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (json, (gssize) strlen (json), g_free);

  return hw_heap_load_stream_sync (stream, 0, NULL, NULL, error);
}
