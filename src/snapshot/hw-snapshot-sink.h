/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "snapshot/hw-snapshot-layout.h"

G_BEGIN_DECLS

/**
 * HwSnapshotTraceNode:
 * @parent: position of the parent among the trace nodes delivered so far, or G_MAXUINT32 for the root
 *
 * One record of the nested trace tree, in pre-order.
 */
typedef struct
{
  guint32 parent;
  guint64 id;
  guint64 function_info_index;
  guint64 count;
  guint64 size;
} HwSnapshotTraceNode;

/**
 * HwSnapshotSink:
 * @header: the field lists are known; called once, before everything else
 * @records: @n_records whole records of @section, n_fields numbers each, row by row. A number that
 *   does not fit 64 bits is G_MAXUINT64. @offset is a byte at or shortly behind the last record.
 * @trace_node: (nullable): one node of the trace tree
 * @string: the next string of the table, WTF-8 (see base/hw-text.h), not NUL-terminated; valid during
 *   the call. It holds no zero byte: U+0000 is written C0 80.
 * @section_end: (nullable): an array closed properly
 * @narrow_records: (nullable): like @records, with numbers that all fit 32 bits. Most do, and a sink that
 *   can take them so saves the widening
 *
 * What a reader tells while it reads. A sink returns FALSE with an error to stop. The sections come
 * in the file's order, which need not be V8's. All calls come from one thread.
 */
typedef struct
{
  gboolean (*header)      (gpointer                    sink,
                           const HwSnapshotLayout     *layout,
                           GError                    **error);
  gboolean (*records)     (gpointer                    sink,
                           HwSnapshotSection           section,
                           const guint64              *values,
                           gsize                       n_records,
                           guint64                     offset,
                           GError                    **error);
  gboolean (*trace_node)  (gpointer                    sink,
                           const HwSnapshotTraceNode  *node,
                           GError                    **error);
  gboolean (*string)      (gpointer                    sink,
                           const char                 *text,
                           gsize                       n_bytes,
                           GError                    **error);
  gboolean (*section_end) (gpointer                    sink,
                           HwSnapshotSection           section,
                           GError                    **error);
  gboolean (*narrow_records) (gpointer                 sink,
                           HwSnapshotSection           section,
                           const guint32              *values,
                           gsize                       n_records,
                           guint64                     offset,
                           GError                    **error);
} HwSnapshotSink;

G_END_DECLS
