/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "hw-collect.h"

/*
 * JavaScriptCore's snapshots against a slow twin: the whole file as a tree of json-glib, and every reference
 * looked up by walking over all objects.
 */

static const struct
{
  const char *file;
  guint       n_nodes;
  guint       n_edges;
  guint64     size;
  guint       n_dogs;
} fixtures[] = {
  { "bun-jsc-inspector.json.gz", 3656, 10545, 625536, 20 },
  { "bun-jsc-gcdebugging.json.gz", 4512, 13230, 803850, 20 },
};

static char *
read_fixture (const char *name,
              gsize      *length)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "fixtures", "runtimes", name, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GConverter) unpack = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) packed = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr(GInputStream) stream = NULL;

  g_assert_no_error (error);
  stream = g_converter_input_stream_new (packed, unpack);
  g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  *length = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory));

  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (memory));
}

/* json-glib refuses lone surrogates, which the file has in a name. */
static char *
without_surrogates (const char *text)
{
  g_autoptr(GRegex) regex = g_regex_new ("\\\\u[dD][89a-fA-F]..", 0, 0, NULL);

  return g_regex_replace_literal (regex, text, -1, 0, "SURROGATE", 0, NULL);
}

static gint64
number (JsonArray *array,
        guint      i)
{
  return json_array_get_int_element (array, i);
}

/* The node that has this id; slowly. */
static guint
find (JsonArray *nodes,
      guint      width,
      gint64     id)
{
  for (guint i = 0; i * width < json_array_get_length (nodes); i++)
    if (number (nodes, i * width) == id)
      return i;
  g_assert_not_reached ();
}

static void
check_nodes (HwCollect  *c,
             JsonObject *file,
             guint       width,
             guint64    *size,
             guint      *n_dogs)
{
  JsonArray *nodes = json_object_get_array_member (file, "nodes");
  JsonArray *classes = json_object_get_array_member (file, "nodeClassNames");

  for (guint i = 0; i < json_array_get_length (nodes) / width; i++)
    {
      guint64 kind = hw_collect_value (c, HW_SNAPSHOT_SECTION_NODES, i, c->layout.node_type);
      guint64 name = hw_collect_value (c, HW_SNAPSHOT_SECTION_NODES, i, c->layout.node_name);
      const char *class = json_array_get_string_element (classes, (guint) number (nodes, i * width + 2));
      const char *expected = class;

      g_assert_cmpuint (hw_collect_value (c, HW_SNAPSHOT_SECTION_NODES, i, c->layout.node_id), ==, number (nodes, i * width));
      g_assert_cmpuint (hw_collect_value (c, HW_SNAPSHOT_SECTION_NODES, i, c->layout.node_self_size), ==, number (nodes, i * width + 1));
      if (kind == HW_NODE_KIND_CLOSURE)
        expected = json_array_get_string_element (json_object_get_array_member (file, "labels"), (guint) number (nodes, i * width + 4));
      g_assert_cmpstr (hw_collect_string (c, name, NULL), ==, expected);
      g_assert_true ((kind == HW_NODE_KIND_STRING) == (strcmp (class, "string") == 0));
      g_assert_true ((kind == HW_NODE_KIND_SYNTHETIC) == (i == 0));
      if (strcmp (class, "Structure") == 0)
        g_assert_cmpuint (kind, ==, HW_NODE_KIND_OBJECT_SHAPE);
      if (kind == HW_NODE_KIND_HIDDEN)
        g_assert_cmpint (number (nodes, i * width + 3) & 1, ==, 1);

      *size += (guint64) number (nodes, i * width + 1);
      *n_dogs += strcmp (class, "Dog") == 0 && kind == HW_NODE_KIND_OBJECT;
    }
}

static void
check_edges (HwCollect  *c,
             JsonObject *file,
             guint       width)
{
  JsonArray *nodes = json_object_get_array_member (file, "nodes");
  JsonArray *edges = json_object_get_array_member (file, "edges");
  JsonArray *types = json_object_get_array_member (file, "edgeTypes");
  JsonArray *names = json_object_get_array_member (file, "edgeNames");
  guint n_edges = json_array_get_length (edges) / 4;
  guint told = 0;

  /* In the order of nodes, and within one in the file's. */
  for (guint i = 0; i < json_array_get_length (nodes) / width; i++)
    {
      guint n = 0;

      for (guint e = 0; e < n_edges; e++)
        {
          const char *type;
          guint64 kind, name;

          if (number (edges, e * 4) != number (nodes, i * width))
            continue;
          type = json_array_get_string_element (types, (guint) number (edges, e * 4 + 2));
          kind = hw_collect_value (c, HW_SNAPSHOT_SECTION_EDGES, told, c->layout.edge_type);
          name = hw_collect_value (c, HW_SNAPSHOT_SECTION_EDGES, told, c->layout.edge_name_or_index);
          g_assert_cmpuint (hw_collect_value (c, HW_SNAPSHOT_SECTION_EDGES, told, c->layout.edge_to_node), ==,
                            5 * (guint64) find (nodes, width, number (edges, e * 4 + 1)));
          if (strcmp (type, "Index") == 0)
            {
              g_assert_cmpuint (kind, ==, HW_EDGE_KIND_ELEMENT);
              g_assert_cmpuint (name, ==, number (edges, e * 4 + 3));
            }
          else if (strcmp (type, "Internal") == 0)
            {
              g_assert_cmpuint (kind, ==, HW_EDGE_KIND_INTERNAL);
              g_assert_true (i == 0 || *hw_collect_string (c, name, NULL) == '\0');
            }
          else
            {
              g_assert_cmpuint (kind, ==, strcmp (type, "Variable") == 0 ? HW_EDGE_KIND_CONTEXT : HW_EDGE_KIND_PROPERTY);
              if (strstr (json_array_get_string_element (names, (guint) number (edges, e * 4 + 3)), "SURROGATE") == NULL)
                g_assert_cmpstr (hw_collect_string (c, name, NULL), ==,
                                 json_array_get_string_element (names, (guint) number (edges, e * 4 + 3)));
            }
          told++;
          n++;
        }
      g_assert_cmpuint (hw_collect_value (c, HW_SNAPSHOT_SECTION_NODES, i, c->layout.node_edge_count), ==, n);
    }
  g_assert_cmpuint (told, ==, hw_collect_n_records (c, HW_SNAPSHOT_SECTION_EDGES));
}

static void
test_twin (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autoptr(JsonParser) parser = json_parser_new ();
      g_autoptr(GError) error = NULL;
      gsize length;
      g_autofree char *text = read_fixture (fixtures[i].file, &length);
      g_autofree char *terminated = g_strndup (text, length);
      g_autofree char *tame = without_surrogates (terminated);
      g_auto(HwCollect) c;
      JsonObject *file;
      guint64 size = 0;
      guint n_dogs = 0, width;

      json_parser_load_from_data (parser, tame, -1, &error);
      g_assert_no_error (error);
      file = json_node_get_object (json_parser_get_root (parser));
      width = json_object_has_member (file, "labels") ? 7 : 4;

      hw_collect_init (&c);
      hw_collect_push (&c, text, length, 0, G_MAXSIZE);
      g_assert_no_error (c.error);
      g_assert_null (c.damage);
      g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, fixtures[i].n_nodes);
      g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_EDGES), ==, fixtures[i].n_edges);
      check_nodes (&c, file, width, &size, &n_dogs);
      check_edges (&c, file, width);
      g_assert_cmpuint (size, ==, fixtures[i].size);
      g_assert_cmpuint (n_dogs, ==, fixtures[i].n_dogs);
    }
}

/* The snapshot as a text inside of a message, as an inspector sends it; @all escapes every character. */
static char *
wrap (const char *text,
      gsize       length,
      gboolean    all)
{
  GString *message = g_string_new (all ? "{ \"method\":\"Heap.trackingComplete\",\"params\":{\"snapshotData\" : \""
                                       : "{\"result\":{\"timestamp\":1.1216,\"snapshotData\":\"");

  for (gsize i = 0; i < length; i++)
    if (text[i] == '"' || text[i] == '\\')
      g_string_append_printf (message, "\\%c", text[i]);
    else if (text[i] == '\n')
      g_string_append (message, "\\n");
    else if (all && i > 200 && text[i] > ' ' && i % 3 == 0)
      g_string_append_printf (message, "\\u%04X", (guint) text[i]);
    else
      g_string_append_c (message, text[i]);
  g_string_append (message, all ? "\"}}" : "\"},\"id\":16}");

  return g_string_free (message, FALSE);
}

static gboolean
same_graph (const HwCollect *a,
            const HwCollect *b)
{
  for (guint i = 0; i < HW_SNAPSHOT_N_SECTIONS; i++)
    if (a->values[i]->len != b->values[i]->len ||
        (a->values[i]->len > 0 && memcmp (a->values[i]->data, b->values[i]->data, a->values[i]->len * 8) != 0))
      return FALSE;

  return g_string_equal (a->strings, b->strings);
}

static void
test_message (void)
{
  g_test_summary ("A saved message of the inspector holds the same snapshot, also when it ends too early.");

  for (guint i = 0; i < 2 * G_N_ELEMENTS (fixtures); i++)
    {
      gsize length;
      g_autofree char *text = read_fixture (fixtures[i / 2].file, &length);
      g_autofree char *message = wrap (text, length, i % 2 == 1);
      g_auto(HwCollect) plain;
      g_auto(HwCollect) wrapped;
      g_auto(HwCollect) pieces;
      g_auto(HwCollect) cut;

      hw_collect_init (&plain);
      hw_collect_push (&plain, text, length, 0, G_MAXSIZE);
      hw_collect_init (&wrapped);
      hw_collect_read (&wrapped, message);
      g_assert_no_error (wrapped.error);
      g_assert_null (wrapped.damage);
      g_assert_true (same_graph (&plain, &wrapped));

      hw_collect_init (&pieces);
      hw_collect_push (&pieces, message, strlen (message), 1, 7);
      g_assert_true (hw_collect_equal (&wrapped, &pieces));

      hw_collect_init (&cut);
      hw_collect_push (&cut, message, strlen (message) * 2 / 3, 0, G_MAXSIZE);
      g_assert_no_error (cut.error);
      g_assert_true (cut.damage->truncated);
      g_assert_cmpuint (cut.damage->offset, ==, strlen (message) * 2 / 3);
      g_assert_cmpuint (hw_collect_n_records (&cut, HW_SNAPSHOT_SECTION_NODES), ==, fixtures[i / 2].n_nodes);
    }
}

static void
test_truncated (void)
{
  guint64 last_nodes = 0, last_edges = 0;
  gsize length;
  g_autofree char *text = read_fixture (fixtures[1].file, &length);
  g_auto(HwCollect) whole;

  hw_collect_init (&whole);
  hw_collect_push (&whole, text, length, 0, G_MAXSIZE);
  for (gsize cut = 0; cut < length; cut += cut < 300 ? 1 : 769)
    {
      g_auto(HwCollect) c;
      guint64 n_nodes, n_edges;

      hw_collect_init (&c);
      hw_collect_push (&c, text, cut, 0, 4096);
      if (c.error != NULL)
        {
          g_assert_cmpuint (last_nodes, ==, 0);
          continue;
        }
      n_nodes = hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES);
      n_edges = hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_EDGES);
      g_assert_nonnull (c.damage);
      g_assert_true (c.damage->truncated);
      g_assert_cmpuint (n_nodes, >=, last_nodes);
      g_assert_cmpuint (n_edges, >=, last_edges);
      /* What is whole is right: the nodes but for their names, which come later, and the edges' targets. */
      for (guint64 i = 0; i < n_nodes; i += 97)
        g_assert_cmpuint (hw_collect_value (&c, HW_SNAPSHOT_SECTION_NODES, i, c.layout.node_self_size), ==,
                          hw_collect_value (&whole, HW_SNAPSHOT_SECTION_NODES, i, c.layout.node_self_size));
      last_nodes = n_nodes;
      last_edges = n_edges;
    }
  g_assert_cmpuint (last_nodes, ==, fixtures[1].n_nodes);
  g_assert_cmpuint (last_edges, ==, fixtures[1].n_edges);
}

#define OPENING "{\"version\":3,\"type\":\"Inspector\",\n"
#define SMALL_NODES "\"nodes\":[0,0,0,0, 900,16,1,0, 7,24,2,0]"
#define SMALL_NAMES "\"nodeClassNames\":[\"<root>\",\"Dog\",\"string\"]"
#define SMALL_EDGES "\"edges\":[0,900,0,0, 900,7,1,0, 900,7,2,4000000000, 7,900,3,1]"
#define SMALL_REST "\"edgeTypes\":[\"Internal\",\"Property\",\"Index\",\"Variable\"],\"edgeNames\":[\"owner\",\"\\ud800x\"]}"

static void
test_small (void)
{
  g_auto(HwCollect) c;

  hw_collect_init (&c);
  hw_collect_read (&c, "\xef\xbb\xbf \n" OPENING SMALL_NODES "," SMALL_NAMES ",\"more\":{\"a\":[\"]\",{}]},"
                       SMALL_EDGES "," SMALL_REST "\n");
  g_assert_no_error (c.error);
  g_assert_null (c.damage);
  g_assert_cmpuint (hw_collect_value (&c, HW_SNAPSHOT_SECTION_NODES, 1, c.layout.node_edge_count), ==, 2);
  g_assert_cmpuint (hw_collect_value (&c, HW_SNAPSHOT_SECTION_EDGES, 2, c.layout.edge_name_or_index), ==, 4000000000);
  g_assert_cmpuint (hw_collect_value (&c, HW_SNAPSHOT_SECTION_EDGES, 3, c.layout.edge_type), ==, HW_EDGE_KIND_CONTEXT);
  g_assert_cmpstr (hw_collect_string (&c, 5, NULL), ==, "\xed\xa0\x80x");
}

static void
test_damage (void)
{
  static const struct
  {
    const char *text;
    const char *message;       /* of the damage, or of the error when @n_edges is -1 */
    int         n_edges;
  } cases[] = {
    { OPENING SMALL_NODES "," SMALL_NAMES ",\"edges\":[0,900,0,0, 1,7,1,0, 900,99999999999,2,4]," SMALL_REST, "2 edges", 1 },
    { OPENING SMALL_NODES "," SMALL_NAMES ",\"edges\":[0,900,0,0, 900,{\"x\":[1]},0]," SMALL_REST, "“edges” is damaged", 1 },
    { OPENING SMALL_NODES "," SMALL_NAMES ",\"edges\":[0,900,0,0, 900,\"0x1\",0,0]," SMALL_REST, "“edges” is damaged", 1 },
    { OPENING SMALL_NODES "," SMALL_NAMES ",\"edges\":[0,900,0,0, 900]," SMALL_REST, "middle of a record", 1 },
    { OPENING SMALL_NODES "," SMALL_NAMES "," SMALL_EDGES "," SMALL_EDGES "," SMALL_REST, "twice", 4 },
    { OPENING SMALL_NODES "," SMALL_NAMES "," SMALL_EDGES "," SMALL_REST " x", "goes on", 4 },
    { OPENING SMALL_NODES "," SMALL_NAMES "," SMALL_EDGES "}", "“edgeTypes” is missing", 4 },
    { OPENING SMALL_NODES ",\"nodeClassNames\":[\"<root>\",3]," SMALL_EDGES "," SMALL_REST, "something else than a text", 4 },
    { OPENING SMALL_NODES ",\"nodeClassNames\":null," SMALL_EDGES "," SMALL_REST, "not a list", 4 },
    { OPENING SMALL_NODES "," SMALL_NAMES "; " SMALL_EDGES "," SMALL_REST, "damaged at byte", 0 },
    { OPENING "\"nodes\":[0,0,0,0, 4294967290,16,1,0]," SMALL_NAMES ",\"edges\":[0,4294967290,0,0]," SMALL_REST, NULL, 1 },
    { OPENING "\"nodes\":[]," SMALL_NAMES "," SMALL_EDGES "," SMALL_REST, "no objects", -1 },
    { OPENING "\"nodes\":[1,2", "no objects", -1 },
    { "{\"version\":4,\"type\":\"Inspector\"," SMALL_NODES "}", "version 4", -1 },
    { "{\"version\":0,\"type\":\"GCDebugging\"," SMALL_NODES "}", "version 0", -1 },
    { "{\"version\":3,\"type\":\"Other\"," SMALL_NODES "}", "not a heap snapshot", -1 },
    { "{\"nodeClassNames\":[],\"type\":\"Inspector\"," SMALL_NODES "}", "JavaScriptCore", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(HwCollect) c;
      const char *message;

      hw_collect_init (&c);
      hw_collect_read (&c, cases[i].text);
      message = c.error != NULL ? c.error->message : c.damage != NULL ? c.damage->message : NULL;
      g_test_message ("%u: %s", i, message);
      g_assert_true ((c.error != NULL) == (cases[i].n_edges < 0));
      g_assert_true ((message == NULL) == (cases[i].message == NULL));
      if (message != NULL)
        g_assert_nonnull (strstr (message, cases[i].message));
      if (c.error == NULL)
        g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_EDGES), ==, (guint) cases[i].n_edges);
    }
}

/* A sink that stops makes the reader stop, wherever it is. */
static void
test_sink_fails (void)
{
  guint n_calls;
  g_auto(HwCollect) whole;

  hw_collect_init (&whole);
  hw_collect_read (&whole, OPENING SMALL_NODES "," SMALL_NAMES "," SMALL_EDGES "," SMALL_REST);
  n_calls = (guint) whole.n_calls;
  for (guint i = 1; i <= n_calls; i++)
    {
      g_auto(HwCollect) c;

      hw_collect_init (&c);
      c.fail_after = i;
      hw_collect_read (&c, OPENING SMALL_NODES "," SMALL_NAMES "," SMALL_EDGES "," SMALL_REST);
      g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    }
}

static void
test_cancelled (void)
{
  const char *text = OPENING SMALL_NODES "," SMALL_NAMES "," SMALL_EDGES "," SMALL_REST;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_auto(HwCollect) c;
  g_autoptr(HwSnapshotReader) reader = NULL;
  g_autoptr(GError) error = NULL;

  hw_collect_init (&c);
  reader = hw_snapshot_reader_new (&hw_collect_sink, &c);
  hw_snapshot_reader_set_cancellable (reader, cancellable);
  g_assert_true (hw_snapshot_reader_push (reader, text, strlen (text), &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (hw_snapshot_reader_finish (reader, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/snapshot/jsc/twin", test_twin);
  g_test_add_func ("/snapshot/jsc/message", test_message);
  g_test_add_func ("/snapshot/jsc/truncated", test_truncated);
  g_test_add_func ("/snapshot/jsc/small", test_small);
  g_test_add_func ("/snapshot/jsc/damage", test_damage);
  g_test_add_func ("/snapshot/jsc/sink-fails", test_sink_fails);
  g_test_add_func ("/snapshot/jsc/cancelled", test_cancelled);

  return g_test_run ();
}
