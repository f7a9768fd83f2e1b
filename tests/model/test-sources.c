/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-text.h"
#include "made-source.h"

#include <string.h>

/* Small heaps, written as a snapshot and read by the engine. */

typedef struct
{
  GString   *edges;
  GString   *strings;
  guint      n_strings;
  guint      n_edges;
  GArray    *edge_counts;   /* of the nodes, known when the next one begins */
  GPtrArray *node_heads;    /* the numbers before the edge count */
  GArray    *detached;
} Maker;

enum { HIDDEN, ARRAY, STRING, OBJECT, CODE, CLOSURE, REGEXP, NUMBER, NATIVE, SYNTHETIC, CONCATENATED, SLICED, SYMBOL,
       BIGINT, SHAPE };
enum { CONTEXT, ELEMENT, PROPERTY, INTERNAL, HIDDEN_EDGE, SHORTCUT, WEAK };

static void
maker_init (Maker *self)
{
  *self = (Maker) {
    .edges = g_string_new (NULL),
    .strings = g_string_new (NULL),
    .edge_counts = g_array_new (FALSE, TRUE, sizeof (guint)),
    .node_heads = g_ptr_array_new_with_free_func (g_free),
    .detached = g_array_new (FALSE, TRUE, sizeof (guint)),
  };
}

static guint
maker_string (Maker      *self,
              const char *text)
{
  g_autofree char *quoted = hw_text_dup_json (text);

  if (self->n_strings > 0)
    g_string_append_c (self->strings, ',');
  g_string_append (self->strings, quoted);

  return self->n_strings++;
}

static void
maker_node (Maker      *self,
            guint       kind,
            const char *name,
            guint       id,
            guint64     size,
            guint       detached)
{
  const guint none = 0;

  g_ptr_array_add (self->node_heads, g_strdup_printf ("%u,%u,%u,%" G_GUINT64_FORMAT,
                                                      kind, maker_string (self, name), id, size));
  g_array_append_val (self->edge_counts, none);
  g_array_append_val (self->detached, detached);
}

/* From the node made last to the node that will be @to-th. */
static void
maker_edge (Maker      *self,
            guint       kind,
            const char *name,
            guint       to)
{
  const guint number = kind == ELEMENT || kind == HIDDEN_EDGE ? (guint) atoi (name) : maker_string (self, name);

  g_string_append_printf (self->edges, "%s%u,%u,%u", self->n_edges++ > 0 ? "," : "", kind, number, to * 6);
  g_array_index (self->edge_counts, guint, self->edge_counts->len - 1)++;
}

static HwHeap *
maker_end (Maker *self)
{
  GString *json = g_string_new (
    "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\",\"detachedness\"],"
    "\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\",\"regexp\",\"number\",\"native\","
    "\"synthetic\",\"concatenated string\",\"sliced string\",\"symbol\",\"bigint\",\"object shape\"],\"string\",\"number\","
    "\"number\",\"number\",\"number\"],\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],"
    "\"edge_types\":[[\"context\",\"element\",\"property\",\"internal\",\"hidden\",\"shortcut\",\"weak\"],"
    "\"string_or_number\",\"node\"]},");
  g_autoptr(GInputStream) stream = NULL;
  g_autoptr(GError) error = NULL;
  HwHeap *heap;
  gsize length;

  g_string_append_printf (json, "\"node_count\":%u,\"edge_count\":%u},\"nodes\":[", self->node_heads->len, self->n_edges);
  for (guint i = 0; i < self->node_heads->len; i++)
    g_string_append_printf (json, "%s%s,%u,%u", i > 0 ? "," : "", (char *) self->node_heads->pdata[i],
                            g_array_index (self->edge_counts, guint, i), g_array_index (self->detached, guint, i));
  g_string_append_printf (json, "],\"edges\":[%s],\"strings\":[%s]}", self->edges->str, self->strings->str);

  length = json->len;
  stream = g_memory_input_stream_new_from_data (g_string_free (json, FALSE), (gssize) length, g_free);
  heap = hw_heap_load_stream_sync (stream, length, NULL, NULL, &error);
  g_assert_no_error (error);

  g_string_free (self->edges, TRUE);
  g_string_free (self->strings, TRUE);
  g_array_unref (self->edge_counts);
  g_array_unref (self->detached);
  g_ptr_array_unref (self->node_heads);

  return heap;
}

static HwTreeModel *
model_new (HwTreeSource *source,
           HwMeasure     measure,
           gboolean      descending)
{
  HwTreeModel *model = hw_tree_model_new ();

  hw_tree_model_set_order (model, (HwOrder) { measure, descending });
  hw_tree_model_set_source (model, source);
  wait_idle (model);

  return model;
}

static char *
dup_text_at (HwTreeModel *model,
             guint        position)
{
  g_autoptr(HwRow) row = dup_row_at (model, position);
  g_auto(HwRowText) text = { 0 };

  g_assert_nonnull (row);
  hw_row_get_text (row, &text);
  g_assert_true (g_utf8_validate (text.value, -1, NULL));

  return g_strdup_printf ("%*s%s%s%s%s", (int) hw_row_get_depth (row), "",
                          text.edge != NULL ? text.edge : "", text.joiner, text.value,
                          text.cycled ? " (cycled)" : "");
}

#define assert_text(model, position, expected) \
  G_STMT_START { \
    g_autofree char *_text = dup_text_at (model, position); \
    g_assert_cmpstr (_text, ==, expected); \
  } G_STMT_END

static gint64
get_measure_at (HwTreeModel *model,
                guint        position,
                HwMeasure    measure)
{
  g_autoptr(HwRow) row = dup_row_at (model, position);
  gint64 value;

  if (!hw_row_get_measure (row, measure, &value))
    return -1;

  return value;
}

static void
expand_at (HwTreeModel *model,
           guint        position)
{
  g_autoptr(HwRow) row = dup_row_at (model, position);

  g_assert_true (hw_row_get_expandable (row));
  hw_tree_model_expand (model, row);
  wait_idle (model);
  g_assert_true (hw_row_get_expanded (row));
}

#define PENDING (G_MAXUINT - 1)

static void
reveal_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  guint *position = user_data;

  if (!hw_tree_model_reveal_finish (HW_TREE_MODEL (object), result, position, NULL))
    *position = G_MAXUINT;
}

static guint
reveal (HwTreeModel *model,
        HwNodeId     node)
{
  guint position = PENDING;

  hw_tree_model_reveal_async (model, node, NULL, reveal_cb, &position);
  while (position == PENDING)
    g_main_context_iteration (NULL, TRUE);

  return position;
}

typedef struct
{
  guint       node_kind;
  const char *name;
  guint       edge_kind;
  const char *edge;
  const char *expected;
  HwTextStyle edge_style;
  HwTextStyle value_style;
} Form;

static const Form forms[] = {
  { STRING, "a text", PROPERTY, "s", "s :: \"a text\"", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_STRING },
  { SLICED, "part", PROPERTY, "t", "t :: part", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_OBJECT },
  { REGEXP, "a+", CONTEXT, "r", "r :: /a+/", HW_TEXT_STYLE_EDGE_CONTEXT, HW_TEXT_STYLE_STRING },
  { CLOSURE, "go", PROPERTY, "f", "f :: go()", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_FUNCTION },
  { CLOSURE, "", PROPERTY, "g", "g :: ()", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_FUNCTION },
  { ARRAY, "list", INTERNAL, "a", "a :: list[]", HW_TEXT_STYLE_EDGE_ENGINE, HW_TEXT_STYLE_OBJECT },
  { ARRAY, "", INTERNAL, "b", "b :: (internal array)[]", HW_TEXT_STYLE_EDGE_ENGINE, HW_TEXT_STYLE_OBJECT },
  { NUMBER, "3.5", PROPERTY, "n", "n :: 3.5", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_NUMBER },
  { BIGINT, "7n", PROPERTY, "i", "i :: 7n", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_NUMBER },
  { HIDDEN, "system / Map", HIDDEN_EDGE, "12", "12 :: system / Map", HW_TEXT_STYLE_EDGE_ENGINE, HW_TEXT_STYLE_ENGINE },
  { SHAPE, "shape", WEAK, "map", "map :: shape", HW_TEXT_STYLE_EDGE_ENGINE, HW_TEXT_STYLE_ENGINE },
  { OBJECT, "Session", ELEMENT, "3", "[3] :: Session", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_OBJECT },
  { OBJECT, "Window / https://example.org/a", PROPERTY, "", "(empty) :: Window / example.org/a",
    HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_OBJECT },
  { OBJECT, "Window (global*) / https://example.org/0123456789012345678901234567890123456789", SHORTCUT, "w",
    "w :: Window (global*) / example.org/01234567…1234567890123456789",
    HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_OBJECT },
  { CODE, "code", PROPERTY, "c", "c :: code", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_OBJECT },
  { STRING, "two\nlines\x01", PROPERTY, "l", "l :: \"two↵lines \"", HW_TEXT_STYLE_EDGE_PROPERTY, HW_TEXT_STYLE_STRING },
};

/* Every form of a cell, as the memory panel writes it. */
static void
test_forms (void)
{
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(HwTreeSource) source = NULL;
  g_autoptr(HwTreeModel) model = NULL;
  Maker maker;
  guint n_seen = 0;

  maker_init (&maker);
  maker_node (&maker, SYNTHETIC, "", 1, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    maker_edge (&maker, forms[i].edge_kind, forms[i].edge, i + 1);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    maker_node (&maker, forms[i].node_kind, forms[i].name, 3 + 2 * i, 16, 0);
  heap = maker_end (&maker);

  source = hw_containment_source_new (heap);
  model = model_new (source, HW_MEASURE_NAME, FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, G_N_ELEMENTS (forms));

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr(HwRow) row = dup_row_at (model, i);
      const Form *form = &forms[hw_row_get_node (row).value - 1];
      g_auto(HwRowText) text = { 0 };

      hw_row_get_text (row, &text);
      assert_text (model, i, form->expected);
      g_assert_cmpint (text.edge_style, ==, form->edge_style);
      g_assert_cmpint (text.value_style, ==, form->value_style);
      g_assert_cmpuint (text.object_id, ==, hw_heap_get_object_id (heap, hw_row_get_node (row)));
      n_seen++;
    }
  g_assert_cmpuint (n_seen, ==, G_N_ELEMENTS (forms));
}

/* A cell shows the start of a long text only. */
static void
test_long_text (void)
{
  g_autofree char *name = g_strnfill (3000000, 'x');
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(HwTreeSource) source = NULL;
  g_autoptr(HwTreeModel) model = NULL;
  g_autofree char *text = NULL;
  Maker maker;

  maker_init (&maker);
  maker_node (&maker, SYNTHETIC, "", 1, 0, 0);
  maker_edge (&maker, PROPERTY, name, 1);
  maker_node (&maker, STRING, name, 3, 3000000, 0);
  heap = maker_end (&maker);
  source = hw_containment_source_new (heap);
  model = model_new (source, HW_MEASURE_NAME, FALSE);
  text = dup_text_at (model, 0);
  g_assert_cmpuint (strlen (text), <, 700);
  g_assert_true (g_str_has_suffix (text, "x…\""));
}

/*
 * root ─a→ A(3) ─b→ B(5) ─a→ A; A ─n→ "name"(7); root ─w→ native(9), detached; A is 40 bytes, B is 60.
 * With @more, root ─c→ B2(11) as well, and the string is gone.
 */
static HwHeap *
make_small (gboolean later)
{
  Maker maker;

  maker_init (&maker);
  maker_node (&maker, SYNTHETIC, "", 1, 0, 0);
  maker_edge (&maker, PROPERTY, "a", 1);
  maker_edge (&maker, PROPERTY, "w", 4);
  if (later)
    maker_edge (&maker, PROPERTY, "c", 5);
  maker_node (&maker, OBJECT, "A", 3, 40, 0);
  maker_edge (&maker, PROPERTY, "b", 2);
  maker_edge (&maker, PROPERTY, "n", 3);
  maker_node (&maker, OBJECT, "B", 5, later ? 80 : 60, 0);
  maker_edge (&maker, PROPERTY, "a", 1);
  maker_node (&maker, STRING, "name", later ? 13 : 7, 20, 0);
  maker_node (&maker, NATIVE, "<div>", 9, 8, 2);
  if (later)
    maker_node (&maker, OBJECT, "B", 11, 100, 0);

  return maker_end (&maker);
}

static void
test_summary (void)
{
  g_autoptr(HwHeap) heap = make_small (TRUE);
  g_autoptr(HwTreeSource) source = hw_class_source_new (hw_heap_get_class_table (heap), heap);
  g_autoptr(HwTreeModel) model = model_new (source, HW_MEASURE_RETAINED_SIZE, TRUE);
  g_autoptr(HwRow) row = NULL;
  g_autoptr(HwRow) member = NULL;
  g_autofree char *label = NULL;
  g_autofree char *member_label = NULL;
  g_auto(HwRowText) text = { 0 };

  /* B retains 80 + 100, A 40 + 80 + 20. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 4);
  assert_text (model, 0, "B");
  assert_text (model, 1, "A");
  assert_text (model, 2, "(string)");
  assert_text (model, 3, "Detached <div>");
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_RETAINED_SIZE), ==, 180);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_SHALLOW_SIZE), ==, 180);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_COUNT), ==, 2);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_ADDED_COUNT), ==, -1);

  row = dup_row_at (model, 0);
  label = hw_row_dup_label (row);
  g_assert_cmpstr (label, ==, "B, 2 objects, distance 1, shallow size 180" HW_NBSP "B, retained size 180" HW_NBSP "B");
  g_assert_cmpuint (hw_row_get_class (row).value, ==, hw_heap_get_node_class (heap, HW_NODE (2)).value);
  g_assert_cmpuint (hw_row_get_node (row).value, ==, HW_NONE);
  g_assert_cmpuint (hw_row_get_edge (row).value, ==, HW_NONE);

  /* The chain of ancestors begins below the object. */
  expand_at (model, 1);
  assert_text (model, 2, " A");
  expand_at (model, 2);
  assert_text (model, 3, "  b :: B");
  assert_text (model, 4, "  n :: \"name\"");
  expand_at (model, 3);
  assert_text (model, 4, "   a :: A");
  expand_at (model, 4);
  assert_text (model, 5, "    b :: B (cycled)");
  member = dup_row_at (model, 5);
  g_assert_false (hw_row_get_expandable (member));
  g_assert_cmpint (hw_row_get_kind (member), ==, HW_ROW_REFERENCE);
  g_assert_cmpuint (hw_row_get_node (member).value, ==, 2);
  member_label = hw_row_dup_label (member);
  g_assert_cmpstr (member_label, ==, "b :: B @5, already open above, distance 2, shallow size 80" HW_NBSP
                                     "B, retained size 80" HW_NBSP "B, a script can reach it");

  hw_tree_model_set_filter (model, "dIV");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);
  expand_at (model, 0);
  {
    g_autoptr(HwRow) native = dup_row_at (model, 1);

    hw_row_get_text (native, &text);
    g_assert_true (text.detached);
  }

  /* Open rows stay open by key when another heap of the same names is shown. */
  hw_tree_model_set_filter (model, NULL);
  {
    g_autoptr(HwHeap) other = make_small (FALSE);
    g_autoptr(HwTreeSource) other_source = hw_class_source_new (hw_heap_get_class_table (other), other);

    hw_tree_model_set_source (model, other_source);
    assert_text (model, 0, "A");
    assert_text (model, 1, " A");
  }
}

/* While the heap is being made there are constructors only, and some figures are not known. */
static void
test_loading (void)
{
  HwClassTableBuilder *builder = hw_class_table_builder_new (100, FALSE, FALSE);
  const HwClassRow row = { .name = "Session", .count = 2, .shallow_size = 100, .first_instance = { 3 } };
  const HwClassRow nothing = { .name = "Unused", .first_instance = { HW_NONE } };
  g_autoptr(HwClassTable) table = NULL;
  g_autoptr(HwTreeSource) source = NULL;
  g_autoptr(HwTreeModel) model = NULL;
  g_autoptr(HwRow) first = NULL;
  g_autofree char *label = NULL;

  hw_class_table_builder_add (builder, &nothing);
  hw_class_table_builder_add (builder, &row);
  table = hw_class_table_builder_end (builder, NULL, NULL);
  source = hw_class_source_new (table, NULL);
  model = model_new (source, HW_MEASURE_RETAINED_SIZE, TRUE);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);
  first = dup_row_at (model, 0);
  g_assert_false (hw_row_get_expandable (first));
  g_assert_null (hw_row_get_heap (first));
  g_assert_true (hw_row_get_pending (first, HW_MEASURE_RETAINED_SIZE));
  g_assert_true (hw_row_get_pending (first, HW_MEASURE_DISTANCE));
  g_assert_false (hw_row_get_pending (first, HW_MEASURE_SHALLOW_SIZE));
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_RETAINED_SIZE), ==, -1);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_SHALLOW_SIZE), ==, 100);
  label = hw_row_dup_label (first);
  g_assert_cmpstr (label, ==, "Session, 2 objects, shallow size 100" HW_NBSP "B");
}

static void
test_retainers (void)
{
  g_autoptr(HwHeap) heap = make_small (FALSE);
  g_autoptr(HwTreeSource) source = hw_retainer_source_new (heap, HW_NODE (3));
  g_autoptr(HwTreeModel) model = model_new (source, HW_MEASURE_DISTANCE, FALSE);
  g_autoptr(HwRow) row = NULL;

  /* The string is held by A, which the root and B hold; B is held by A again. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);
  assert_text (model, 0, "n in A");
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_DISTANCE), ==, 1);
  row = dup_row_at (model, 0);
  g_assert_cmpint (hw_row_get_kind (row), ==, HW_ROW_RETAINER);
  g_assert_cmpuint (hw_row_get_node (row).value, ==, 1);

  expand_at (model, 0);
  assert_text (model, 1, " a in B");
  expand_at (model, 1);
  assert_text (model, 2, "  b in A (cycled)");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 3);
}

/* A chain of @n objects: the retainers of the last one open 20 levels, or up to distance 1. */
static void
test_chain (gconstpointer data)
{
  const guint n = GPOINTER_TO_UINT (data);
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(HwTreeSource) source = NULL;
  g_autoptr(HwTreeModel) model = NULL;
  Maker maker;

  maker_init (&maker);
  maker_node (&maker, SYNTHETIC, "", 1, 0, 0);
  maker_edge (&maker, PROPERTY, "first", 1);
  for (guint i = 1; i <= n; i++)
    {
      maker_node (&maker, OBJECT, "Link", 1 + 2 * i, 16, 0);
      if (i < n)
        maker_edge (&maker, PROPERTY, "next", i + 1);
    }
  heap = maker_end (&maker);

  source = hw_retainer_source_new (heap, HW_NODE (n));
  model = hw_tree_model_new ();
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_DISTANCE, FALSE });
  hw_tree_model_set_source (model, source);
  hw_tree_model_expand_chain (model, NULL);
  wait_idle (model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, MIN (n - 1, 20));

  if (n > 21)
    {
      g_autoptr(HwRow) last = dup_row_at (model, 19);

      hw_tree_model_expand_chain (model, last);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, MIN (n - 1, 40));
    }
}

static void
test_comparison (void)
{
  g_autoptr(HwHeap) base = make_small (FALSE);
  g_autoptr(HwHeap) current = make_small (TRUE);
  g_autoptr(HwHeapDiff) diff = hw_heap_diff_new_sync (base, current, NULL, NULL, NULL);
  g_autoptr(HwTreeSource) source = hw_diff_source_new (diff);
  g_autoptr(HwTreeModel) model = model_new (source, HW_MEASURE_ADDED_SIZE, TRUE);
  g_autoptr(HwRow) removed = NULL;
  g_autofree char *label = NULL;

  /* B: one new of 100 bytes; the one that grew is in both. String: another id, so one new, one deleted. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 2);
  assert_text (model, 0, "B");
  assert_text (model, 1, "(string)");
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_ADDED_COUNT), ==, 1);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_REMOVED_COUNT), ==, 0);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_SIZE_DELTA), ==, 100);
  g_assert_cmpint (get_measure_at (model, 1, HW_MEASURE_COUNT_DELTA), ==, 0);

  expand_at (model, 1);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_ADDED_COUNT), ==, 1);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_ADDED_SIZE), ==, 20);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_REMOVED_SIZE), ==, -1);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_SIZE_DELTA), ==, -1);
  g_assert_cmpint (get_measure_at (model, 3, HW_MEASURE_ADDED_COUNT), ==, -1);
  g_assert_cmpint (get_measure_at (model, 3, HW_MEASURE_REMOVED_COUNT), ==, 1);
  g_assert_cmpint (get_measure_at (model, 3, HW_MEASURE_REMOVED_SIZE), ==, 20);

  removed = dup_row_at (model, 3);
  g_assert_cmpint (hw_row_get_kind (removed), ==, HW_ROW_REMOVED);
  g_assert_true (hw_row_get_heap (removed) == base);
  g_assert_true (hw_row_get_base_heap (removed) == base);
  label = hw_row_dup_label (removed);
  g_assert_cmpstr (label, ==, "\"name\" @7, deleted, distance 2, shallow size 20" HW_NBSP
                              "B, retained size 20" HW_NBSP "B");

  assert_text (model, reveal (model, HW_NODE (5)), " B");
}

static void
test_side (void)
{
  g_autoptr(HwHeap) base = make_small (FALSE);
  g_autoptr(HwHeap) current = make_small (TRUE);
  g_autoptr(HwHeapDiff) diff = hw_heap_diff_new_sync (base, current, NULL, NULL, NULL);
  g_autoptr(HwTreeSource) source = hw_side_source_new (diff);
  g_autoptr(HwTreeModel) model = model_new (source, HW_MEASURE_SIZE_DELTA, TRUE);
  g_autoptr(HwRow) both = NULL;
  g_autoptr(HwRow) gone = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 4);
  assert_text (model, 0, "B");
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_COUNT), ==, 2);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_BASE_COUNT), ==, 1);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_BASE_SHALLOW_SIZE), ==, 60);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_BASE_RETAINED_SIZE), ==, 60);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_SHALLOW_SIZE), ==, 180);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_SIZE_DELTA), ==, 120);
  g_assert_cmpint (get_measure_at (model, 0, HW_MEASURE_COUNT_DELTA), ==, 1);

  expand_at (model, 0);
  g_assert_cmpint (get_measure_at (model, 1, HW_MEASURE_SHALLOW_SIZE), ==, 100);
  g_assert_cmpint (get_measure_at (model, 1, HW_MEASURE_BASE_SHALLOW_SIZE), ==, -1);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_SHALLOW_SIZE), ==, 80);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_BASE_SHALLOW_SIZE), ==, 60);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_SIZE_DELTA), ==, 20);
  both = dup_row_at (model, 2);
  g_assert_cmpint (hw_row_get_kind (both), ==, HW_ROW_OBJECT);
  g_assert_true (hw_row_get_heap (both) == current);
  g_assert_true (hw_row_get_base_heap (both) == base);
  g_assert_cmpuint (hw_row_get_base_node (both).value, ==, 2);

  hw_tree_model_set_filter (model, "(string)");
  expand_at (model, 0);
  gone = dup_row_at (model, 2);
  g_assert_cmpint (hw_row_get_kind (gone), ==, HW_ROW_REMOVED);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_BASE_SHALLOW_SIZE), ==, 20);
  g_assert_cmpint (get_measure_at (model, 2, HW_MEASURE_SHALLOW_SIZE), ==, -1);
}

/* Opens and closes whatever there is, in any order of columns. */
static void
walk (HwTreeSource *source,
      guint         n_steps)
{
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  Shadow shadow;

  shadow_init (&shadow, model);
  hw_tree_model_set_source (model, source);
  wait_idle (model);

  for (guint i = 0; i < n_steps && shadow.keys->len > 0; i++)
    {
      g_autoptr(HwRow) row = dup_row_at (model, (guint) g_test_rand_int_range (0, (gint32) MIN (shadow.keys->len, 100)));
      g_autofree char *label = hw_row_dup_label (row);

      g_assert_true (g_utf8_validate (label, -1, NULL));

      if (hw_row_get_expanded (row))
        hw_tree_model_collapse (model, row);
      else if (i % 7 == 0)
        hw_tree_model_expand_chain (model, row);
      else
        hw_tree_model_expand (model, row);

      if (i % 10 == 9)
        {
          wait_idle (model);
          hw_tree_model_set_order (model, (HwOrder) { (HwMeasure) g_test_rand_int_range (0, HW_N_MEASURES),
                                                      g_test_rand_int_range (0, 2) });
        }
    }

  wait_idle (model);
  shadow_check (&shadow);
  shadow_clear (&shadow);
}

/* Any object of the Summary can be shown in it and in Containment. */
static void
reveal_some (HwHeap *heap)
{
  g_autoptr(HwTreeSource) summary = hw_class_source_new (hw_heap_get_class_table (heap), heap);
  g_autoptr(HwTreeSource) containment = hw_containment_source_new (heap);
  g_autoptr(HwTreeModel) summary_model = model_new (summary, HW_MEASURE_RETAINED_SIZE, TRUE);
  g_autoptr(HwTreeModel) containment_model = model_new (containment, HW_MEASURE_NAME, FALSE);

  for (guint i = 0; i < 30; i++)
    {
      const HwNodeId node = HW_NODE (g_test_rand_int_range (0, (gint32) hw_heap_get_n_nodes (heap)));
      guint position = reveal (summary_model, node);

      g_assert_cmpint (position != G_MAXUINT, ==, hw_heap_get_shallow_size (heap, node) > 0);
      if (position != G_MAXUINT)
        {
          g_autoptr(HwRow) row = dup_row_at (summary_model, position);

          g_assert_cmpuint (hw_row_get_node (row).value, ==, node.value);
          g_assert_cmpint (hw_row_get_kind (row), ==, HW_ROW_OBJECT);
        }

      position = reveal (containment_model, node);
      if (hw_heap_get_distance (heap, node) > 0 && !hw_node_id_equal (node, hw_heap_get_root (heap)))
        g_assert_cmpuint (position, !=, G_MAXUINT);
      if (position != G_MAXUINT)
        {
          g_autoptr(HwRow) row = dup_row_at (containment_model, position);

          g_assert_cmpuint (hw_row_get_node (row).value, ==, node.value);
        }
    }
}

static HwHeap *
load_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "oracle-small", name, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;
  HwHeap *heap = hw_heap_load_sync (file, NULL, NULL, &error);

  g_assert_no_error (error);

  return heap;
}

static void
test_fixture (gconstpointer data)
{
  g_autoptr(HwHeap) heap = load_fixture (data);
  g_autoptr(HwTreeSource) summary = hw_class_source_new (hw_heap_get_class_table (heap), heap);
  g_autoptr(HwTreeSource) containment = hw_containment_source_new (heap);

  walk (summary, 150);
  walk (containment, 150);
  reveal_some (heap);

  for (guint i = 0; i < 5; i++)
    {
      const HwNodeId node = HW_NODE (g_test_rand_int_range (0, (gint32) hw_heap_get_n_nodes (heap)));
      g_autoptr(HwTreeSource) retainers = hw_retainer_source_new (heap, node);

      walk (retainers, 40);
    }
}

static void
test_fixture_pair (gconstpointer data)
{
  g_auto(GStrv) names = g_strsplit (data, " ", 2);
  g_autoptr(HwHeap) base = load_fixture (names[0]);
  g_autoptr(HwHeap) current = load_fixture (names[1]);
  g_autoptr(HwHeapDiff) diff = hw_heap_diff_new_sync (base, current, NULL, NULL, NULL);
  g_autoptr(HwTreeSource) comparison = hw_diff_source_new (diff);
  g_autoptr(HwTreeSource) side = hw_side_source_new (diff);
  g_autoptr(HwTreeModel) model = model_new (side, HW_MEASURE_NAME, FALSE);
  gint64 total = 0;

  walk (comparison, 150);
  walk (side, 150);

  /* The deltas of all constructors make up the difference of the heaps. */
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autoptr(HwRow) row = dup_row_at (model, i);
      gint64 delta;

      g_assert_true (hw_row_get_measure (row, HW_MEASURE_SIZE_DELTA, &delta));
      total += delta;
    }
  g_assert_cmpint (total, ==,
                   (gint64) (hw_class_table_get_total_size (hw_heap_get_class_table (current)) -
                             hw_class_table_get_total_size (hw_heap_get_class_table (base))));
}

int
main (int   argc,
      char *argv[])
{
  static const char * const fixtures[] = {
    "class-keys.heapsnapshot",
    "deep-chain.heapsnapshot.gz",
    "detached.heapsnapshot",
    "layout-node8.heapsnapshot",
    "one-object.heapsnapshot",
    "only-root.heapsnapshot",
    "root-edges.heapsnapshot",
    "shapes.heapsnapshot",
    "sort-orders.heapsnapshot",
    "strings-escapes.heapsnapshot",
    "strings-raw-utf8.heapsnapshot",
    "unreachable-cycles.heapsnapshot",
    "weakmap.heapsnapshot",
    "wide-star.heapsnapshot",
  };
  static const char * const pairs[] = {
    "diff-classes-A.heapsnapshot diff-classes-B.heapsnapshot",
    "diff-nothing-shared-A.heapsnapshot diff-nothing-shared-B.heapsnapshot",
    "diff-shapes-A.heapsnapshot diff-shapes-B.heapsnapshot",
    "diff-transfer-A.heapsnapshot diff-transfer-B.heapsnapshot",
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/model/row/forms", test_forms);
  g_test_add_func ("/model/row/long-text", test_long_text);
  g_test_add_func ("/model/source/summary", test_summary);
  g_test_add_func ("/model/source/loading", test_loading);
  g_test_add_func ("/model/source/retainers", test_retainers);
  g_test_add_data_func ("/model/source/chain/short", GUINT_TO_POINTER (8), test_chain);
  g_test_add_data_func ("/model/source/chain/long", GUINT_TO_POINTER (100), test_chain);
  g_test_add_func ("/model/source/comparison", test_comparison);
  g_test_add_func ("/model/source/side", test_side);

  for (gsize i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autofree char *path = g_strconcat ("/model/fixture/", fixtures[i], NULL);

      g_test_add_data_func (path, fixtures[i], test_fixture);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *path = g_strdelimit (g_strconcat ("/model/fixture/", pairs[i], NULL), " ", '-');

      g_test_add_data_func (path, pairs[i], test_fixture_pair);
    }

  return g_test_run ();
}
