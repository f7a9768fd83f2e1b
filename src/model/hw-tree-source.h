/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-row.h"

G_BEGIN_DECLS

#define HW_TYPE_TREE_SOURCE (hw_tree_source_get_type ())

/**
 * HwTreeSource:
 *
 * What a tree view asks: which children a row has, in which order. One source per question (summary,
 * containment, retainers, diff); a new view is a new source. Immutable apart from what it has cached.
 */
G_DECLARE_DERIVABLE_TYPE (HwTreeSource, hw_tree_source, HW, TREE_SOURCE, GObject)

/* The class structure is the model folder's own affair: model/hw-tree-source-private.h. */

HwTreeSource *hw_class_source_new       (HwClassTable *classes,
                                         HwHeap       *heap) G_GNUC_WARN_UNUSED_RESULT;
HwTreeSource *hw_containment_source_new (HwHeap       *heap) G_GNUC_WARN_UNUSED_RESULT;
HwTreeSource *hw_retainer_source_new    (HwHeap       *heap,
                                         HwNodeId      node) G_GNUC_WARN_UNUSED_RESULT;
HwTreeSource *hw_diff_source_new        (HwHeapDiff   *diff) G_GNUC_WARN_UNUSED_RESULT;
HwTreeSource *hw_side_source_new        (HwHeapDiff   *diff) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
