/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap.h"

G_BEGIN_DECLS

/* No function, and no row. */
#define HW_ALLOCATION_NONE G_MAXUINT32

/**
 * HwAllocationFunction:
 * @name: as in the file, perhaps empty; WTF-8, owned by the heap
 * @script_name: perhaps empty; likewise
 * @script_id: 0 for what has no script
 * @line: 1-based, unlike #HwLocation; 0 when not known
 * @column: likewise
 *
 * A function that allocated while a timeline was recorded.
 */
typedef struct
{
  const char *name;
  const char *script_name;
  guint32     script_id;
  guint32     line;
  guint32     column;
} HwAllocationFunction;

/**
 * HwAllocationRow:
 * @function: which function
 * @count: objects that were allocated there while it was recorded, dead ones too
 * @size: their bytes
 * @live_count: those that are in the snapshot
 * @live_size: their shallow sizes
 * @has_callers: whether hw_allocation_view_get_callers() gives any
 *
 * A function, or a caller below it.
 */
typedef struct
{
  guint32  function;
  guint64  count;
  guint64  size;
  guint64  live_count;
  guint64  live_size;
  gboolean has_callers;
} HwAllocationRow;

/* What a timeline recorded: when objects were made. */
guint         hw_heap_get_n_samples         (HwHeap        *self);
guint64       hw_heap_get_sample            (HwHeap        *self,
                                             guint          i,
                                             guint64       *last_id);
guint64      *hw_heap_sum_samples           (HwHeap        *self,
                                             GError       **error);
void          hw_heap_find_id_range         (HwHeap        *self,
                                             guint64        first_time,
                                             guint64        last_time,
                                             gboolean       exact,
                                             guint64       *above,
                                             guint64       *last);
HwClassTable *hw_heap_sum_id_range          (HwHeap        *self,
                                             guint64        above,
                                             guint64        last,
                                             GCancellable  *cancellable,
                                             GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where objects were made. */
guint         hw_heap_get_n_allocation_functions (HwHeap   *self);
void          hw_heap_get_allocation_function (HwHeap      *self,
                                             guint32        function,
                                             HwAllocationFunction *info);
guint32      *hw_heap_dup_allocation_stack  (HwHeap        *self,
                                             HwNodeId       node,
                                             guint         *n_functions);

/**
 * HwAllocationView:
 *
 * Who allocated, bottom up: functions, and below each its callers. Rows are made when they are asked for.
 * Belongs to one thread.
 */
typedef struct _HwAllocationView HwAllocationView;

HwAllocationView      *hw_allocation_view_new         (HwHeap            *heap,
                                                       GError           **error) G_GNUC_WARN_UNUSED_RESULT;
void                   hw_allocation_view_free        (HwAllocationView  *self);
const HwAllocationRow *hw_allocation_view_get_row     (HwAllocationView  *self,
                                                       guint32            row);
const guint32         *hw_allocation_view_get_callers (HwAllocationView  *self,
                                                       guint32            row,
                                                       guint             *n_callers);
guint32               *hw_allocation_view_list_nodes  (HwAllocationView  *self,
                                                       guint32            row,
                                                       guint             *n_nodes,
                                                       GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwAllocationView, hw_allocation_view_free)

G_END_DECLS
