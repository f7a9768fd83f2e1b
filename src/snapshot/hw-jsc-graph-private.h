/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-column.h"
#include "snapshot/hw-snapshot-reader.h"

G_BEGIN_DECLS

/* More kinds of references than this were never written; WebKit has four. */
#define HW_JSC_MAX_EDGE_TYPES 16

/* Where the strings of one of the file's tables are among all that the sink was told. */
typedef struct
{
  guint32 first;
  guint32 n;
} HwJscStrings;

/**
 * HwJscGraph:
 * @label: of @node_id's node, an index of labels; empty when the file has none
 * @class_kind: u8 HwNodeKind, for each class name
 * @edge_from: u32, first the file's object id, then the node; likewise @edge_to
 * @root_node: u32, object ids that are roots for a reason, an index of labels, in @root_reason
 *
 * What a JavaScriptCore snapshot holds, kept until it has ended: its references name objects by their ids,
 * and are not in the objects' order.
 */
typedef struct
{
  HwColumn     node_id;        /* u32 */
  HwColumn     node_size;      /* u64 */
  HwColumn     node_class;     /* u32 */
  HwColumn     node_label;     /* u32 */
  HwColumn     node_flags;     /* u8 */
  HwColumn     class_kind;
  HwColumn     edge_from;
  HwColumn     edge_to;
  HwColumn     edge_data;      /* u32 */
  HwColumn     edge_type;      /* u8 */
  HwColumn     root_node;
  HwColumn     root_reason;
  guint8       edge_kinds[HW_JSC_MAX_EDGE_TYPES];   /* HwEdgeKind */
  guint        n_edge_types;
  HwJscStrings class_names;
  HwJscStrings edge_names;
  HwJscStrings labels;
} HwJscGraph;

void     hw_jsc_graph_init          (HwJscGraph            *self);
void     hw_jsc_graph_clear         (HwJscGraph            *self);
gboolean hw_jsc_graph_add_node      (HwJscGraph            *self,
                                     const guint64         *values,
                                     gboolean               has_label,
                                     GError               **error);
gboolean hw_jsc_graph_add_edge      (HwJscGraph            *self,
                                     const guint64         *values,
                                     GError               **error);
gboolean hw_jsc_graph_add_root      (HwJscGraph            *self,
                                     const guint64         *values,
                                     GError               **error);
gboolean hw_jsc_graph_add_class     (HwJscGraph            *self,
                                     const char            *name,
                                     gsize                  n_bytes,
                                     GError               **error);
void     hw_jsc_graph_add_edge_type (HwJscGraph            *self,
                                     const char            *name,
                                     gsize                  n_bytes);
gboolean hw_jsc_graph_tell          (HwJscGraph            *self,
                                     guint64                offset,
                                     const HwSnapshotSink  *sink,
                                     gpointer               sink_data,
                                     GCancellable          *cancellable,
                                     guint64               *n_dropped,
                                     GError               **error);

G_END_DECLS
