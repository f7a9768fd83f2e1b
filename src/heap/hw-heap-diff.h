/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap.h"

G_BEGIN_DECLS

/**
 * HwHeapDiff:
 *
 * What changed from a base heap to the current one: the Comparison view. Objects are matched by
 * object id within one class; the current heap's inferred shapes are applied to the base first.
 *
 * Immutable, atomic reference count; holds both heaps.
 */
typedef struct _HwHeapDiff HwHeapDiff;

/**
 * HwHeapDiffReason:
 * @HW_HEAP_DIFF_COMPARABLE: ids mean the same in both
 * @HW_HEAP_DIFF_OTHER_IDS: the ids share too little: another process, or a runtime that numbers anew
 * @HW_HEAP_DIFF_OTHER_MODE: one was captured with internals exposed, the other without
 *
 * Whether comparing by id says anything; see hw_heap_diff_check().
 */
typedef enum
{
  HW_HEAP_DIFF_COMPARABLE,
  HW_HEAP_DIFF_OTHER_IDS,
  HW_HEAP_DIFF_OTHER_MODE,
} HwHeapDiffReason;

/**
 * HwHeapDiffRow:
 * @name: WTF-8, owned by the diff
 * @added_size: bytes of the new objects
 * @removed_size: bytes of the deleted objects
 *
 * One class with at least one new or deleted object.
 */
typedef struct
{
  const char *name;
  char       *key;
  HwClassId   current_class;   /* HW_CLASS_NONE when only the base has it */
  guint64     added_count;
  guint64     removed_count;
  guint64     added_size;
  guint64     removed_size;
} HwHeapDiffRow;

HwHeapDiffReason     hw_heap_diff_check       (HwHeap        *base,
                                               HwHeap        *current);
HwHeapDiff          *hw_heap_diff_new_sync    (HwHeap        *base,
                                               HwHeap        *current,
                                               HwProgress    *progress,
                                               GCancellable  *cancellable,
                                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;
HwHeapDiff          *hw_heap_diff_ref         (HwHeapDiff    *self);
void                 hw_heap_diff_unref       (HwHeapDiff    *self);
HwHeap              *hw_heap_diff_get_base    (HwHeapDiff    *self);
HwHeap              *hw_heap_diff_get_current (HwHeapDiff    *self);
guint                hw_heap_diff_get_n_rows  (HwHeapDiff    *self);
const HwHeapDiffRow *hw_heap_diff_get_row     (HwHeapDiff    *self,
                                               guint          row);
const guint32       *hw_heap_diff_get_added   (HwHeapDiff    *self,
                                               guint          row,
                                               guint32       *n_nodes);
const guint32       *hw_heap_diff_get_removed (HwHeapDiff    *self,
                                               guint          row,
                                               guint32       *n_nodes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwHeapDiff, hw_heap_diff_unref)

G_END_DECLS
