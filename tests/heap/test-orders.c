/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders against the memory panel's table of them, read word by word: a first key, a second key, a tie. Keys are
 * compared through the public accessors, one pair at a time.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hw-text.h"
#include "heap/hw-order.h"
#include "hw-made-heap.h"

typedef struct
{
  guint32  id;
  char    *name;       /* of the node */
  char    *edge;       /* name of the edge */
  gboolean is_number;  /* the edge's */
  gboolean is_proto;
  gint64   distance;
  guint64  shallow, retained, object_id, count;
  gint64   added, removed, added_size, removed_size;
  guint32  place;      /* where it stands before sorting, or in the file */
} Row;

typedef struct
{
  HwOrder  order;
  gboolean is_edge;
  gboolean is_class;
  gboolean is_diff;
  gboolean below_instance;
} Rule;

static int
numbers (guint64 a,
         guint64 b)
{
  return a < b ? -1 : a > b;
}

static int
signed_numbers (gint64 a,
                gint64 b)
{
  return a < b ? -1 : a > b;
}

/* __proto__ last, ascending or not; named before numbered; both as text. */
static int
edge_names (const Row *a,
            const Row *b,
            gboolean   descending)
{
  int result;

  if (a->is_proto || b->is_proto)
    return a->is_proto && b->is_proto ? 0 : a->is_proto ? 1 : -1;
  if (a->is_number != b->is_number)
    result = a->is_number ? 1 : -1;
  else
    result = hw_text_compare_utf16 (a->edge, b->edge);

  return descending ? -result : result;
}

static int
first_key (const Rule *rule,
           const Row  *a,
           const Row  *b)
{
  switch ((guint) rule->order.measure)
    {
    case HW_MEASURE_DISTANCE:
      return signed_numbers (a->distance, b->distance);
    case HW_MEASURE_SHALLOW_SIZE:
      return numbers (a->shallow, b->shallow);
    case HW_MEASURE_RETAINED_SIZE:
      return numbers (a->retained, b->retained);
    case HW_MEASURE_COUNT:
      return numbers (a->count, b->count);
    case HW_MEASURE_ADDED_COUNT:
      return signed_numbers (a->added, b->added);
    case HW_MEASURE_REMOVED_COUNT:
      return signed_numbers (a->removed, b->removed);
    case HW_MEASURE_COUNT_DELTA:
      return signed_numbers (a->added - a->removed, b->added - b->removed);
    case HW_MEASURE_ADDED_SIZE:
      return signed_numbers (a->added_size, b->added_size);
    case HW_MEASURE_REMOVED_SIZE:
      return signed_numbers (a->removed_size, b->removed_size);
    case HW_MEASURE_SIZE_DELTA:
      return signed_numbers (a->added_size - a->removed_size, b->added_size - b->removed_size);
    default:
      return hw_text_compare_utf16 (a->name, b->name);
    }
}

static int
second_key (const Rule *rule,
            const Row  *a,
            const Row  *b)
{
  gboolean by_name = rule->order.measure == HW_MEASURE_NAME;
  gboolean by_distance = rule->order.measure == HW_MEASURE_DISTANCE;

  if (rule->is_diff)
    return by_name ? 0 : hw_text_compare_utf16 (a->name, b->name);
  if (rule->is_class)
    return by_name || by_distance ? -numbers (a->retained, b->retained) : hw_text_compare_utf16 (a->name, b->name);
  if (!rule->is_edge)
    return by_distance ? -numbers (a->retained, b->retained) : numbers (a->object_id, b->object_id);
  if (by_name)
    return -numbers (a->retained, b->retained);
  if (by_distance)
    return rule->below_instance ? -numbers (a->retained, b->retained) : hw_text_compare_utf16 (a->name, b->name);

  return edge_names (a, b, FALSE);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const Row *x = *(Row * const *) a, *y = *(Row * const *) b;
  const Rule *rule = user_data;
  int result;

  if (rule->is_edge && rule->order.measure == HW_MEASURE_NAME)
    result = edge_names (x, y, rule->order.descending);
  else
    result = rule->order.descending ? -first_key (rule, x, y) : first_key (rule, x, y);
  if (result == 0)
    result = second_key (rule, x, y);

  return result != 0 ? result : numbers (x->place, y->place);
}

static void
row_free (gpointer data)
{
  g_free (((Row *) data)->name);
  g_free (((Row *) data)->edge);
  g_free (data);
}

static void
check (GPtrArray     *rows,
       const Rule    *rule,
       const guint32 *ids)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (rows, i));
  g_sort_array (sorted->pdata, sorted->len, sizeof (gpointer), compare_rows, (gpointer) rule);
  for (guint i = 0; i < sorted->len; i++)
    if (((Row *) g_ptr_array_index (sorted, i))->id != ids[i])
      g_error ("measure %u descending %d below %d: place %u has %u, not %u", rule->order.measure, rule->order.descending,
               rule->below_instance, i, ids[i], ((Row *) g_ptr_array_index (sorted, i))->id);
}

static guint32 *
shuffled (GRand     *rand,
          GPtrArray *rows,
          gboolean   shuffle)
{
  guint32 *ids = g_new (guint32, rows->len + 1);

  for (guint i = 0; i < rows->len; i++)
    ids[i] = ((Row *) g_ptr_array_index (rows, i))->id;
  for (guint i = rows->len; shuffle && i > 1; i--)
    {
      guint j = (guint) g_rand_int_range (rand, 0, (gint32) i);
      guint32 swap = ids[i - 1];

      ids[i - 1] = ids[j];
      ids[j] = swap;
    }

  return ids;
}

/* Few values, so that every tie occurs; some need 64 bits. */
static HwMadeHeap *
make_heap (guint32 seed,
           guint   n,
           guint   n_edges)
{
  static const char *names[] = { "a", "B", "Object", "\xc3\xa9", "\xf0\x9f\x98\x80", "\xef\xbf\xbd", "", "system / Context" };
  static const char *edge_texts[] = {
    "a", "b", "__proto__", "10", "9", "1x", "-3", "", "\xf0\x9f\x98\x80", "\xef\xbf\xbd", "zz",
  };
  static const guint64 sizes[] = { 0, 8, 16, 24, 256, 65536, G_GUINT64_CONSTANT (5000000000) };
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  HwMadeHeap *made = hw_made_heap_new ();

  hw_made_heap_add_node (made, HW_NODE_KIND_SYNTHETIC, "", 1, 0);
  for (guint i = 1; i < n; i++)
    hw_made_heap_add_node (made, (HwNodeKind) g_rand_int_range (rand, 0, HW_NODE_KIND_OTHER),
                           names[g_rand_int_range (rand, 0, G_N_ELEMENTS (names))],
                           (guint64) g_rand_int_range (rand, 1, (gint32) n * 2) +
                             (i % 50 == 0 ? G_GUINT64_CONSTANT (0x100000000) : 0),
                           sizes[g_rand_int_range (rand, 0, i % 100 == 0 ? G_N_ELEMENTS (sizes) : 5)]);
  for (guint i = 0; i < n_edges; i++)
    {
      guint from = i % 3 == 0 ? 0 : i % 3 == 1 ? 1 : (guint) g_rand_int_range (rand, 0, (gint32) n);
      guint to = i % 5 == 0 ? 2 : (guint) g_rand_int_range (rand, 0, (gint32) n);

      hw_made_heap_add_edge (made, MIN (from, n - 1), MIN (to, n - 1), (HwEdgeKind) g_rand_int_range (rand, 0, HW_EDGE_KIND_OTHER),
                             edge_texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (edge_texts))],
                             (guint) g_rand_int_range (rand, 0, 120));
    }

  return made;
}

static Row *
node_row (HwHeap   *heap,
          HwNodeId  node)
{
  Row *row = g_new0 (Row, 1);

  row->id = row->place = node.value;
  row->name = hw_heap_dup_node_name (heap, node);
  row->distance = hw_heap_get_distance (heap, node);
  row->shallow = hw_heap_get_shallow_size (heap, node);
  row->retained = hw_heap_get_retained_size (heap, node);
  row->object_id = hw_heap_get_object_id (heap, node);

  return row;
}

static Row *
edge_row (HwHeap   *heap,
          HwEdgeId  edge,
          HwNodeId  node)
{
  Row *row = node_row (heap, node);
  HwEdgeKind kind = hw_heap_get_edge_kind (heap, edge);

  row->id = row->place = edge.value;
  row->edge = hw_heap_dup_edge_name (heap, edge);
  row->is_number = hw_heap_get_edge_is_indexed (heap, edge);
  if (kind == HW_EDGE_KIND_SHORTCUT)
    {
      const char *p = hw_heap_get_edge_text (heap, edge);

      row->is_number = g_ascii_isdigit (*p) || (*p == '-' && g_ascii_isdigit (p[1]));
    }
  row->is_proto = !hw_heap_get_edge_is_indexed (heap, edge) && g_str_equal (row->edge, "__proto__");

  return row;
}

static const HwMeasure node_measures[] = {
  HW_MEASURE_NAME, HW_MEASURE_DISTANCE, HW_MEASURE_SHALLOW_SIZE, HW_MEASURE_RETAINED_SIZE,
};

static void
check_nodes (HwHeap *heap,
             GRand  *rand)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);

  for (guint i = 0; i < hw_heap_get_n_nodes (heap); i++)
    g_ptr_array_add (rows, node_row (heap, HW_NODE (i)));
  for (guint m = 0; m < G_N_ELEMENTS (node_measures); m++)
    for (guint flags = 0; flags < 4; flags++)
      {
        Rule rule = { .order = { node_measures[m], (flags & 1) != 0 } };
        g_autofree guint32 *ids = shuffled (rand, rows, (flags & 2) != 0);
        g_autoptr(GError) error = NULL;

        g_assert_true (hw_order_nodes (heap, rule.order, ids, rows->len, NULL, &error));
        g_assert_no_error (error);
        check (rows, &rule, ids);
      }
}

static void
check_classes (HwHeap *heap,
               GRand  *rand)
{
  static const HwMeasure measures[] = {
    HW_MEASURE_NAME, HW_MEASURE_DISTANCE, HW_MEASURE_SHALLOW_SIZE, HW_MEASURE_RETAINED_SIZE, HW_MEASURE_COUNT,
  };
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  HwClassTable *classes = hw_heap_get_class_table (heap);

  for (guint i = 0; i < hw_class_table_get_n_classes (classes); i++)
    {
      const HwClassRow *class_row = hw_class_table_get_row (classes, HW_CLASS (i));
      Row *row;

      if (class_row->count == 0)
        continue;
      row = g_new0 (Row, 1);
      row->id = i;
      row->place = class_row->first_instance.value;
      row->name = g_strdup (class_row->name);
      row->distance = class_row->distance;
      row->shallow = class_row->shallow_size;
      row->retained = class_row->retained_size;
      row->count = class_row->count;
      g_ptr_array_add (rows, row);
    }
  for (guint m = 0; m < G_N_ELEMENTS (measures); m++)
    for (guint flags = 0; flags < 4; flags++)
      {
        Rule rule = { .order = { measures[m], (flags & 1) != 0 }, .is_class = TRUE };
        g_autofree guint32 *ids = shuffled (rand, rows, (flags & 2) != 0);

        g_assert_true (hw_order_classes (classes, rule.order, ids, rows->len, NULL, NULL));
        check (rows, &rule, ids);
      }
}

static void
check_references (HwHeap   *heap,
                  GRand    *rand,
                  HwNodeId  node)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);

  for (guint i = 0; i < hw_heap_get_n_references (heap, node); i++)
    {
      HwEdgeId edge = HW_EDGE (hw_heap_get_first_reference (heap, node).value + i);

      g_ptr_array_add (rows, edge_row (heap, edge, hw_heap_get_edge_target (heap, edge)));
    }
  for (guint m = 0; m < G_N_ELEMENTS (node_measures); m++)
    for (guint flags = 0; flags < 8; flags++)
      {
        Rule rule = { .order = { node_measures[m], (flags & 1) != 0 }, .is_edge = TRUE, .below_instance = (flags & 4) != 0 };
        g_autofree guint32 *ids = shuffled (rand, rows, (flags & 2) != 0);

        g_assert_true (hw_order_references (heap, rule.order, rule.below_instance, ids, rows->len, NULL, NULL));
        check (rows, &rule, ids);
      }
}

static void
check_retainers (HwHeap   *heap,
                 HwNodeId  node)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autofree guint32 *edges = NULL;
  guint32 n = hw_heap_collect_retainers (heap, node, &edges);

  for (guint i = 0; i < n; i++)
    {
      Row *row = edge_row (heap, HW_EDGE (edges[i]), hw_heap_get_edge_source (heap, HW_EDGE (edges[i])));

      /* What nothing reaches comes behind everything that leads to a root. */
      if (row->distance == HW_DISTANCE_UNREACHABLE)
        row->distance = G_MAXINT64;
      row->place = i;
      g_ptr_array_add (rows, row);
    }
  for (guint m = 0; m < G_N_ELEMENTS (node_measures); m++)
    for (guint descending = 0; descending < 2; descending++)
      {
        Rule rule = { .order = { node_measures[m], descending != 0 }, .is_edge = TRUE };
        g_autofree guint32 *ids = g_memdup2 (edges, n * sizeof (guint32));

        g_assert_true (hw_order_retainers (heap, rule.order, ids, n, NULL, NULL));
        check (rows, &rule, ids);
      }
}

static void
check_diff (HwHeap *base,
            HwHeap *current,
            GRand  *rand)
{
  g_autoptr(HwHeapDiff) diff = hw_heap_diff_new_sync (base, current, NULL, NULL, NULL);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);

  for (guint i = 0; i < hw_heap_diff_get_n_rows (diff); i++)
    {
      const HwHeapDiffRow *diff_row = hw_heap_diff_get_row (diff, i);
      Row *row = g_new0 (Row, 1);

      row->id = row->place = i;
      row->name = g_strdup (diff_row->name);
      row->added = (gint64) diff_row->added_count;
      row->removed = (gint64) diff_row->removed_count;
      row->added_size = (gint64) diff_row->added_size;
      row->removed_size = (gint64) diff_row->removed_size;
      g_ptr_array_add (rows, row);
    }
  for (HwMeasure measure = HW_MEASURE_ADDED_COUNT; measure <= HW_MEASURE_COUNT; measure++)
    for (guint descending = 0; descending < 2; descending++)
      {
        Rule rule = { .order = { measure == HW_MEASURE_COUNT ? HW_MEASURE_NAME : measure, descending != 0 }, .is_diff = TRUE };
        g_autofree guint32 *ids = shuffled (rand, rows, descending == 0);

        g_assert_true (hw_order_diff_rows (diff, rule.order, ids, rows->len, NULL, NULL));
        check (rows, &rule, ids);
      }
}

/* Objects of a comparison: under a count their name, under a size their own size; then the id. */
static void
check_diff_nodes (HwHeap *heap,
                  GRand  *rand)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);

  for (guint i = 0; i < hw_heap_get_n_nodes (heap); i += 2)
    g_ptr_array_add (rows, node_row (heap, HW_NODE (i)));
  for (HwMeasure measure = HW_MEASURE_ADDED_COUNT; measure <= HW_MEASURE_COUNT; measure++)
    for (guint descending = 0; descending < 2; descending++)
      {
        gboolean by_name = measure == HW_MEASURE_COUNT;
        gboolean by_count = measure <= HW_MEASURE_COUNT_DELTA;
        HwOrder order = { by_name ? HW_MEASURE_NAME : measure, descending != 0 };
        Rule rule = { .order = { by_name || by_count ? HW_MEASURE_NAME : HW_MEASURE_SHALLOW_SIZE,
                                 by_count ? FALSE : order.descending } };
        g_autofree guint32 *ids = shuffled (rand, rows, TRUE);

        g_assert_true (hw_order_diff_nodes (heap, order, ids, rows->len, NULL, NULL));
        check (rows, &rule, ids);
      }
}

static void
test_small (void)
{
  for (guint seed = 0; seed < 60; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr(HwMadeHeap) made = make_heap (seed, 1 + seed, seed * 5);
      g_autoptr(HwMadeHeap) later = make_heap (seed + 1000, 1 + seed, seed * 5);
      g_autoptr(HwHeap) heap = hw_made_heap_load (made, NULL);
      g_autoptr(HwHeap) current = hw_made_heap_load (later, NULL);

      check_nodes (heap, rand);
      check_classes (heap, rand);
      check_diff (heap, current, rand);
      check_diff_nodes (heap, rand);
      for (guint i = 0; i < hw_heap_get_n_nodes (heap); i++)
        {
          check_references (heap, rand, HW_NODE (i));
          check_retainers (heap, HW_NODE (i));
        }
    }
}

/* From a few thousand rows on numbers are sorted another way. */
static void
test_large (void)
{
  static const guint counts[] = { 2047, 2048, 2049, 9000 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      g_autoptr(HwMadeHeap) made = make_heap (i, counts[i], counts[i] * 4);
      g_autoptr(HwHeap) heap = hw_made_heap_load (made, NULL);

      check_nodes (heap, rand);
      check_classes (heap, rand);
      check_diff_nodes (heap, rand);
      check_references (heap, rand, HW_NODE (0));
      check_references (heap, rand, HW_NODE (1));
      check_retainers (heap, HW_NODE (2));
    }
}

/* Numbers are compared as text, __proto__ stays last. */
static void
test_edge_names (void)
{
  static const char * const ascending[] = { "", "a", "b", "10", "9", "__proto__" };
  static const char * const descending[] = { "9", "10", "b", "a", "", "__proto__" };
  g_autoptr(HwMadeHeap) made = hw_made_heap_new ();
  g_autoptr(HwHeap) heap = NULL;

  hw_made_heap_add_node (made, HW_NODE_KIND_SYNTHETIC, "", 1, 0);
  hw_made_heap_add_node (made, HW_NODE_KIND_OBJECT, "Foo", 3, 16);
  hw_made_heap_add_edge (made, 0, 1, HW_EDGE_KIND_PROPERTY, "__proto__", 0);
  hw_made_heap_add_edge (made, 0, 1, HW_EDGE_KIND_ELEMENT, NULL, 9);
  hw_made_heap_add_edge (made, 0, 1, HW_EDGE_KIND_PROPERTY, "b", 0);
  hw_made_heap_add_edge (made, 0, 1, HW_EDGE_KIND_SHORTCUT, "10th", 0);
  hw_made_heap_add_edge (made, 0, 1, HW_EDGE_KIND_PROPERTY, "", 0);
  hw_made_heap_add_edge (made, 0, 1, HW_EDGE_KIND_WEAK, "a", 0);
  heap = hw_made_heap_load (made, NULL);

  for (guint which = 0; which < 2; which++)
    {
      guint32 edges[] = { 0, 1, 2, 3, 4, 5 };
      HwOrder order = { HW_MEASURE_NAME, which == 1 };

      g_assert_true (hw_order_references (heap, order, FALSE, edges, G_N_ELEMENTS (edges), NULL, NULL));
      for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
        {
          g_autofree char *name = hw_heap_dup_edge_name (heap, HW_EDGE (edges[i]));

          g_assert_cmpstr (name, ==, (which == 1 ? descending : ascending)[i]);
        }
    }
}

static void
test_cancelled (void)
{
  g_autoptr(HwMadeHeap) made = make_heap (1, 3000, 9000);
  g_autoptr(HwHeap) heap = hw_made_heap_load (made, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  for (guint m = 0; m < G_N_ELEMENTS (node_measures); m++)
    {
      g_autofree guint32 *nodes = g_new (guint32, 3000);
      g_autoptr(GError) error = NULL;

      for (guint i = 0; i < 3000; i++)
        nodes[i] = 2999 - i;
      g_assert_false (hw_order_nodes (heap, (HwOrder) { node_measures[m], TRUE }, nodes, 3000, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_false (hw_order_references (heap, (HwOrder) { node_measures[m], TRUE }, FALSE, nodes, 3000, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_false (hw_order_classes (hw_heap_get_class_table (heap), (HwOrder) { node_measures[m], TRUE }, nodes, 0,
                                        cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      for (guint i = 0; i < 3000; i++)
        g_assert_cmpuint (nodes[i], ==, 2999 - i);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/orders/small", test_small);
  g_test_add_func ("/heap/orders/large", test_large);
  g_test_add_func ("/heap/orders/edge-names", test_edge_names);
  g_test_add_func ("/heap/orders/cancelled", test_cancelled);

  return g_test_run ();
}
