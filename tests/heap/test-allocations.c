/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "heap/hw-allocations.h"
#include "heap/hw-heap-columns.h"

/*
 * Allocation timelines: queries against slow twins on real recordings. What DevTools says of small ones is in the
 * tests of heapwise-cli.
 */

static HwHeap *
load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "fixtures", name, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;
  HwHeap *heap = hw_heap_load_sync (file, NULL, NULL, &error);

  g_assert_no_error (error);

  return heap;
}

static void
test_samples (void)
{
  g_autoptr(HwHeap) heap = load ("runtimes/timeline-node26.heapsnapshot.zst");
  guint n = hw_heap_get_n_samples (heap);
  g_autoptr(GError) error = NULL;
  guint64 *sizes = hw_heap_sum_samples (heap, &error);
  guint64 above, last, id;

  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 47);
  g_assert_cmpuint (hw_heap_get_n_allocation_functions (heap), ==, 14);
  for (guint i = 0; i < n; i++)
    {
      guint64 expected = 0, from = 0;

      hw_heap_get_sample (heap, i, &id);
      if (i > 0)
        hw_heap_get_sample (heap, i - 1, &from);
      for (guint32 node = 0; node < hw_heap_get_n_nodes (heap); node++)
        {
          guint64 object = hw_heap_get_object_id (heap, HW_NODE (node));

          if (object % 2 == 1 && object > from && object <= id)
            expected += hw_heap_get_shallow_size (heap, HW_NODE (node));
        }
      g_assert_cmpuint (sizes[i], ==, expected);
    }
  free (sizes);

  /* From the middle of one interval to the middle of another: the DevTools rule takes one more. */
  hw_heap_find_id_range (heap, hw_heap_get_sample (heap, 5, NULL) - 1, hw_heap_get_sample (heap, 9, NULL) + 1, TRUE, &above, &last);
  hw_heap_get_sample (heap, 4, &id);
  g_assert_cmpuint (above, ==, id);
  hw_heap_get_sample (heap, 9, &id);
  g_assert_cmpuint (last, ==, id);
  hw_heap_find_id_range (heap, hw_heap_get_sample (heap, 5, NULL) - 1, hw_heap_get_sample (heap, 9, NULL) + 1, FALSE, &above, &last);
  hw_heap_get_sample (heap, 10, &id);
  g_assert_cmpuint (last, ==, id);
  hw_heap_find_id_range (heap, 0, G_MAXUINT64, FALSE, &above, &last);
  g_assert_cmpuint (above, ==, 0);
  g_assert_cmpuint (last, ==, G_MAXUINT64);
  hw_heap_find_id_range (heap, 0, 0, TRUE, &above, &last);
  hw_heap_get_sample (heap, 0, &id);
  g_assert_cmpuint (last, ==, id);
}

static gboolean
is_in (HwHeap   *heap,
       HwNodeId  node,
       guint64   above,
       guint64   last)
{
  guint64 id = hw_heap_get_object_id (heap, node);

  return id > above && id <= last && hw_heap_get_shallow_size (heap, node) > 0;
}

/* Each row from the objects one by one, each with a walk up its dominators. */
static void
check_range (HwHeap  *heap,
             guint64  above,
             guint64  last)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(HwClassTable) table = hw_heap_sum_id_range (heap, above, last, NULL, &error);
  guint n_classes = hw_class_table_get_n_classes (hw_heap_get_class_table (heap));
  g_autofree guint64 *counts = g_new0 (guint64, n_classes);
  g_autofree guint64 *sizes = g_new0 (guint64, n_classes);
  g_autofree guint64 *retained = g_new0 (guint64, n_classes);
  HwNodeId root = hw_heap_get_root (heap);

  g_assert_no_error (error);
  g_assert_cmpuint (hw_class_table_get_n_classes (table), ==, n_classes);
  for (guint32 i = 0; i < hw_heap_get_n_nodes (heap); i++)
    {
      HwNodeId node = HW_NODE (i);
      guint32 class_id = hw_heap_get_node_class (heap, node).value;
      gboolean covered = FALSE;

      if (!is_in (heap, node, above, last))
        continue;
      counts[class_id]++;
      sizes[class_id] += hw_heap_get_shallow_size (heap, node);
      for (HwNodeId up = node; up.value != root.value && !covered;)
        {
          up = hw_heap_get_dominator (heap, up);
          covered = hw_heap_get_node_class (heap, up).value == class_id && is_in (heap, up, above, last);
        }
      if (!covered)
        retained[class_id] += hw_heap_get_retained_size (heap, node);
    }

  for (guint i = 0; i < n_classes; i++)
    {
      const HwClassRow *row = hw_class_table_get_row (table, HW_CLASS (i));
      guint32 n;
      const guint32 *instances = hw_class_table_get_instances (table, HW_CLASS (i), &n);

      g_assert_cmpuint (row->count, ==, counts[i]);
      g_assert_cmpuint (row->shallow_size, ==, sizes[i]);
      g_assert_cmpuint (row->retained_size, ==, retained[i]);
      g_assert_cmpuint (n, ==, counts[i]);
      for (guint32 k = 0; k < n; k++)
        g_assert_true (is_in (heap, HW_NODE (instances[k]), above, last) &&
                       hw_heap_get_node_class (heap, HW_NODE (instances[k])).value == i);
    }
}

static void
test_range (void)
{
  g_autoptr(HwHeap) heap = load ("runtimes/timeline-node26.heapsnapshot.zst");
  g_autoptr(GCancellable) cancelled = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  HwClassTable *whole = hw_heap_get_class_table (heap);
  g_autoptr(HwClassTable) all = hw_heap_sum_id_range (heap, 0, G_MAXUINT64, NULL, NULL);
  guint64 above, last;

  for (guint i = 0; i < hw_class_table_get_n_classes (whole); i++)
    g_assert_cmpuint (hw_class_table_get_row (all, HW_CLASS (i))->retained_size, ==,
                      hw_class_table_get_row (whole, HW_CLASS (i))->retained_size);

  check_range (heap, 0, G_MAXUINT64);
  hw_heap_find_id_range (heap, 500000, 1500000, TRUE, &above, &last);
  check_range (heap, above, last);
  check_range (heap, 100, 100);

  g_cancellable_cancel (cancelled);
  g_assert_null (hw_heap_sum_id_range (heap, 0, 1, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The stacks of all objects against the rows: live numbers of each path of callers. */
static void
check_row (HwHeap           *heap,
           HwAllocationView *view,
           guint32           row,
           guint32          *path,
           guint             n_path)
{
  const HwAllocationRow *shown = hw_allocation_view_get_row (view, row);
  guint64 count = 0, size = 0;
  guint n;
  const guint32 *callers;
  guint32 *nodes;

  path[n_path++] = shown->function;
  for (guint32 i = 0; i < hw_heap_get_n_nodes (heap); i++)
    {
      guint n_stack;
      g_autofree guint32 *stack = hw_heap_dup_allocation_stack (heap, HW_NODE (i), &n_stack);

      if (stack == NULL || n_stack < n_path || memcmp (stack, path, n_path * sizeof *path) != 0)
        continue;
      count++;
      size += hw_heap_get_shallow_size (heap, HW_NODE (i));
    }
  g_assert_cmpuint (shown->live_count, ==, count);
  g_assert_cmpuint (shown->live_size, ==, size);
  g_assert_cmpuint (shown->count, >=, count);
  nodes = hw_allocation_view_list_nodes (view, row, &n, NULL);
  g_assert_cmpuint (n, ==, count);
  free (nodes);

  callers = hw_allocation_view_get_callers (view, row, &n);
  g_assert_true (shown->has_callers == (n > 0));
  for (guint i = 0; i < n && n_path < 8; i++)
    check_row (heap, view, callers[i], path, n_path);
}

static void
test_view (void)
{
  g_autoptr(HwHeap) heap = load ("runtimes/timeline-node26.heapsnapshot.zst");
  g_autoptr(HwAllocationView) view = hw_allocation_view_new (heap, NULL);
  guint32 path[16];
  guint n, n_traced = 0;
  const guint32 *rows = hw_allocation_view_get_callers (view, 0, &n);
  guint64 last = G_MAXUINT64, live = 0;
  gboolean found = FALSE;

  for (guint32 i = 0; i < hw_heap_get_n_nodes (heap); i++)
    {
      guint n_stack;
      g_autofree guint32 *stack = hw_heap_dup_allocation_stack (heap, HW_NODE (i), &n_stack);

      n_traced += stack != NULL;
    }
  g_assert_cmpuint (n_traced, ==, 3851);
  g_assert_cmpuint (n, >, 3);
  for (guint i = 0; i < n; i++)
    {
      const HwAllocationRow *row = hw_allocation_view_get_row (view, rows[i]);
      HwAllocationFunction function;

      hw_heap_get_allocation_function (heap, row->function, &function);
      found = found || (strcmp (function.name, "makeOrders") == 0 && function.line == 5 && function.column == 20);
      g_assert_cmpuint (row->size, <=, last);
      last = row->size;
      live += row->live_count;
      check_row (heap, view, rows[i], path, 0);
    }
  g_assert_true (found);
  g_assert_cmpuint (live, ==, n_traced);
}

static void
test_nothing (void)
{
  g_autoptr(HwHeap) heap = load ("oracle-small/layout-plain.heapsnapshot");
  g_autoptr(HwAllocationView) view = hw_allocation_view_new (heap, NULL);
  guint64 above, last;
  guint n;

  hw_allocation_view_get_callers (view, 0, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (hw_heap_get_n_samples (heap), ==, 0);
  g_assert_null (hw_heap_dup_allocation_stack (heap, hw_heap_get_root (heap), &n));
  hw_heap_find_id_range (heap, 1, 2, FALSE, &above, &last);
  g_assert_cmpuint (last, ==, G_MAXUINT64);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/allocations/samples", test_samples);
  g_test_add_func ("/heap/allocations/range", test_range);
  g_test_add_func ("/heap/allocations/view", test_view);
  g_test_add_func ("/heap/allocations/nothing", test_nothing);

  return g_test_run ();
}
