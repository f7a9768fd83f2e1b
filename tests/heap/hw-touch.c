/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hw-touch.h"

#include "heap/hw-allocations.h"
#include "heap/hw-order.h"

static gsize
read_text (const char *text)
{
  g_assert_nonnull (text);

  return strlen (text);
}

/* Every question about an allocation timeline. */
static void
touch_allocations (HwHeap *heap)
{
  g_autoptr(HwAllocationView) view = hw_allocation_view_new (heap, NULL);
  g_autoptr(HwClassTable) classes = NULL;
  guint64 above, last;
  guint32 row = 0;

  free (hw_heap_sum_samples (heap, NULL));
  for (guint i = 0; i < hw_heap_get_n_samples (heap); i++)
    hw_heap_get_sample (heap, i, &last);
  hw_heap_find_id_range (heap, 1, 100000, FALSE, &above, &last);
  classes = hw_heap_sum_id_range (heap, above, last, NULL, NULL);
  g_assert_nonnull (classes);
  hw_touch_classes (classes);
  for (guint32 i = 0; i < hw_heap_get_n_allocation_functions (heap); i++)
    {
      HwAllocationFunction function;

      hw_heap_get_allocation_function (heap, i, &function);
      read_text (function.name);
      read_text (function.script_name);
    }
  for (guint32 i = 0; i < hw_heap_get_n_nodes (heap); i++)
    {
      guint n;

      g_free (hw_heap_dup_allocation_stack (heap, HW_NODE (i), &n));
    }
  for (guint depth = 0; depth < 8; depth++)
    {
      guint n;
      const guint32 *rows = hw_allocation_view_get_callers (view, row, &n);

      if (n == 0)
        break;
      row = rows[n - 1];
      free (hw_allocation_view_list_nodes (view, row, &n, NULL));
    }
}

/* Every function of a class table on every class. */
void
hw_touch_classes (HwClassTable *classes)
{
  guint n = hw_class_table_get_n_classes (classes);
  g_autofree guint32 *ids = g_new (guint32, n + 1);

  hw_class_table_get_total_count (classes);
  hw_class_table_get_total_size (classes);
  for (guint c = 0; c < n; c++)
    {
      const HwClassRow *row = hw_class_table_get_row (classes, HW_CLASS (c));
      g_autofree char *key = hw_class_table_dup_key (classes, HW_CLASS (c));
      guint32 n_instances;

      read_text (row->name);
      hw_class_table_get_instances (classes, HW_CLASS (c), &n_instances);
      ids[c] = c;
    }
  g_assert_true (hw_order_classes (classes, (HwOrder) { HW_MEASURE_NAME, FALSE }, ids, n, NULL, NULL));
}

static void
touch_edge (HwHeap   *heap,
            HwEdgeId  edge,
            HwNodeId  source)
{
  g_autofree char *name = hw_heap_dup_edge_name (heap, edge);

  read_text (name);
  read_text (hw_heap_get_edge_kind_name (heap, edge));
  if (hw_heap_get_edge_is_indexed (heap, edge))
    hw_heap_get_edge_index (heap, edge);
  else
    read_text (hw_heap_get_edge_text (heap, edge));
  g_assert_cmpuint (hw_heap_get_edge_source (heap, edge).value, ==, source.value);
  g_assert_cmpuint (hw_heap_get_edge_target (heap, edge).value, <, hw_heap_get_n_nodes (heap));
}

static void
touch_node (HwHeap   *heap,
            HwNodeId  node,
            gboolean  is_restored)
{
  g_autofree char *name = hw_heap_dup_node_name (heap, node);
  g_autofree guint32 *retainers = NULL;
  guint32 n = hw_heap_get_n_nodes (heap), n_retainers;
  HwNodeId found;
  HwLocation location;

  read_text (name);
  read_text (hw_heap_get_node_raw_name (heap, node));
  read_text (hw_heap_get_node_kind_name (heap, node));
  g_assert_true (hw_heap_find_object (heap, hw_heap_get_object_id (heap, node), &found));
  g_assert_cmpuint (hw_heap_get_object_id (heap, found), ==, hw_heap_get_object_id (heap, node));
  hw_class_table_get_row (hw_heap_get_class_table (heap), hw_heap_get_node_class (heap, node));
  hw_heap_get_shallow_size (heap, node);
  hw_heap_get_retained_size (heap, node);
  hw_heap_get_distance (heap, node);
  g_assert_cmpuint (hw_heap_get_dominator (heap, node).value, <, n);
  hw_heap_get_detachedness (heap, node);
  hw_heap_get_is_queryable (heap, node);
  hw_heap_get_location (heap, node, &location);
  for (guint32 i = 0; i < hw_heap_get_n_dominated (heap, node); i++)
    g_assert_cmpuint (hw_heap_get_dominated (heap, node, i).value, <, n);

  for (guint32 i = 0; i < hw_heap_get_n_references (heap, node); i++)
    touch_edge (heap, HW_EDGE (hw_heap_get_first_reference (heap, node).value + i), node);
  for (guint32 i = 0; i < hw_heap_get_n_retainers (heap, node); i++)
    {
      HwEdgeId edge = hw_heap_get_retainer (heap, node, i);

      g_assert_cmpuint (edge.value, <, hw_heap_get_n_edges (heap));
      if (!is_restored)
        g_assert_cmpuint (hw_heap_get_edge_target (heap, edge).value, ==, node.value);
    }

  n_retainers = hw_heap_collect_retainers (heap, node, &retainers);
  g_assert_true (hw_order_retainers (heap, (HwOrder) { HW_MEASURE_DISTANCE, FALSE }, retainers, n_retainers, NULL, NULL));
}

static void
touch_heap (HwHeap   *heap,
            gboolean  is_restored)
{
  HwClassTable *classes = hw_heap_get_class_table (heap);
  HwHeapStatistics statistics;
  HwNodeId found;

  g_assert_cmpuint (hw_heap_get_n_nodes (heap), >, 0);
  g_assert_cmpuint (hw_heap_get_root (heap).value, <, hw_heap_get_n_nodes (heap));
  hw_heap_get_total_size (heap);
  hw_heap_get_extra_native_bytes (heap);
  hw_heap_get_max_js_object_id (heap);
  hw_heap_get_has_user_roots (heap);
  hw_heap_get_has_traces (heap);
  hw_heap_get_statistics (heap, &statistics);
  if (hw_heap_get_damage (heap) != NULL)
    read_text (hw_heap_get_damage (heap)->message);
  hw_heap_find_object (heap, G_MAXUINT64, &found);

  for (guint32 i = 0; i < hw_heap_get_n_strings (heap); i++)
    read_text (hw_heap_get_string (heap, HW_STRING (i)));
  for (guint i = 0; i < hw_heap_get_n_shapes (heap); i++)
    {
      read_text (hw_heap_get_shape_name (heap, i));
      for (guint k = 0; hw_heap_get_shape_properties (heap, i)[k] != NULL; k++)
        read_text (hw_heap_get_shape_properties (heap, i)[k]);
    }
  for (guint32 i = 0; i < hw_heap_get_n_nodes (heap); i++)
    touch_node (heap, HW_NODE (i), is_restored);
  for (guint c = 0; c < hw_class_table_get_n_classes (classes); c++)
    if (hw_class_table_get_row (classes, HW_CLASS (c))->count > 0)
      g_assert_cmpuint (hw_class_table_get_row (classes, HW_CLASS (c))->first_instance.value, <, hw_heap_get_n_nodes (heap));
  hw_touch_classes (classes);
  touch_allocations (heap);
}

/* Every function of a heap on everything in it: none may read outside, whatever the file was. */
void
hw_touch_heap (HwHeap *heap)
{
  touch_heap (heap, FALSE);
}

/* The same for one that was made of columns: those may contradict each other, and nobody may read outside. */
void
hw_touch_restored_heap (HwHeap *heap)
{
  touch_heap (heap, TRUE);
}
