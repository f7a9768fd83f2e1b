/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap-diff.h"

G_BEGIN_DECLS

/**
 * HwMeasure:
 *
 * What a column of any view shows, and so what rows can be sorted by. The four from HW_MEASURE_COUNT on
 * are columns of the side-by-side comparison, whose source sorts them itself; the functions below
 * take such an order for one by name, ascending.
 */
typedef enum
{
  HW_MEASURE_NAME,
  HW_MEASURE_DISTANCE,
  HW_MEASURE_SHALLOW_SIZE,
  HW_MEASURE_RETAINED_SIZE,
  HW_MEASURE_ADDED_COUNT,
  HW_MEASURE_REMOVED_COUNT,
  HW_MEASURE_COUNT_DELTA,
  HW_MEASURE_ADDED_SIZE,
  HW_MEASURE_REMOVED_SIZE,
  HW_MEASURE_SIZE_DELTA,
  HW_MEASURE_COUNT,
  HW_MEASURE_BASE_COUNT,
  HW_MEASURE_BASE_SHALLOW_SIZE,
  HW_MEASURE_BASE_RETAINED_SIZE,
  HW_N_MEASURES,
} HwMeasure;

/**
 * HwOrder:
 *
 * A measure and a direction. The tie-breaks are those of the memory panel's table of orders, the
 * last one the position in file order, so every order is total and repeatable.
 */
typedef struct
{
  HwMeasure measure;
  gboolean  descending;
} HwOrder;

/*
 * Each function sorts an array of ids in place. They are linear or n log n, look at @cancellable every
 * few thousand steps, and return FALSE with an error when it fires. Sorting by name makes display
 * names, each once.
 */
gboolean hw_order_classes    (HwClassTable  *classes,
                              HwOrder        order,
                              guint32       *class_ids,
                              gsize          n,
                              GCancellable  *cancellable,
                              GError       **error);
gboolean hw_order_nodes      (HwHeap        *heap,
                              HwOrder        order,
                              guint32       *nodes,
                              gsize          n,
                              GCancellable  *cancellable,
                              GError       **error);
gboolean hw_order_references (HwHeap        *heap,
                              HwOrder        order,
                              gboolean       below_instance,
                              guint32       *edges,
                              gsize          n,
                              GCancellable  *cancellable,
                              GError       **error);
gboolean hw_order_retainers  (HwHeap        *heap,
                              HwOrder        order,
                              guint32       *edges,
                              gsize          n,
                              GCancellable  *cancellable,
                              GError       **error);
gboolean hw_order_diff_rows  (HwHeapDiff    *diff,
                              HwOrder        order,
                              guint32       *rows,
                              gsize          n,
                              GCancellable  *cancellable,
                              GError       **error);
gboolean hw_order_diff_nodes (HwHeap        *heap,
                              HwOrder        order,
                              guint32       *nodes,
                              gsize          n,
                              GCancellable  *cancellable,
                              GError       **error);

void     hw_order_prepare    (HwHeap        *heap,
                              GCancellable  *cancellable);

guint32  hw_heap_collect_retainers (HwHeap   *heap,
                                    HwNodeId  node,
                                    guint32 **edges);

G_END_DECLS
