/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-column.h"
#include "snapshot/hw-snapshot-reader.h"

G_BEGIN_DECLS

/**
 * HwAllocations:
 * @sample_time: u64, µs since the recording began, ascending; @sample_id: u64, the last object id then, ascending
 * @function_name: u32 HwStringId or HW_NONE, likewise @function_script
 * @trace_parent: u32, less than its own place, HW_NONE for the root
 * @trace_id: u32, the file's; only while a heap is built
 *
 * What a snapshot of an allocation timeline has in addition. A node's `trace_node` is a place here and 1 more,
 * or 0.
 */
typedef struct
{
  HwColumn sample_time;
  HwColumn sample_id;
  HwColumn function_name;
  HwColumn function_script;
  HwColumn function_script_id;   /* u32 */
  HwColumn function_line;        /* u32 */
  HwColumn function_column;      /* u32 */
  HwColumn trace_parent;
  HwColumn trace_function;       /* u32 */
  HwColumn trace_count;          /* u64 */
  HwColumn trace_size;           /* u64 */
  HwColumn trace_id;
} HwAllocations;

typedef struct _HwHeap HwHeap;

void     hw_allocations_init          (HwAllocations              *self);
void     hw_allocations_clear         (HwAllocations              *self);
gboolean hw_allocations_add_samples   (HwAllocations              *self,
                                       const HwSnapshotLayout     *layout,
                                       const guint64              *values,
                                       gsize                       n_records,
                                       GError                    **error);
gboolean hw_allocations_add_functions (HwAllocations              *self,
                                       const HwSnapshotLayout     *layout,
                                       const guint64              *values,
                                       gsize                       n_records,
                                       GError                    **error);
gboolean hw_allocations_add_trace     (HwAllocations              *self,
                                       const HwSnapshotTraceNode  *node,
                                       GError                    **error);
void     hw_heap_settle_allocations   (HwHeap                     *self);
gboolean hw_heap_allocations_fit      (HwHeap                     *self);

G_END_DECLS
