/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-tree-source.h"

G_BEGIN_DECLS

#define HW_TYPE_TREE_MODEL (hw_tree_model_get_type ())

/**
 * HwTreeModel:
 *
 * A flat #GListModel of #HwRow over a #HwTreeSource. Only expanded rows have memory.
 *
 * Changes of everything (order, filter, source) are announced in two steps, all out and then all in,
 * followed by `reset-done`; expansion and the selected key are kept by key across them.
 * Properties: `busy` (boolean): an order or filter is being prepared on a worker.
 * Signals: `reset-done`.
 *
 * Main thread only; sorting happens on workers.
 */
G_DECLARE_FINAL_TYPE (HwTreeModel, hw_tree_model, HW, TREE_MODEL, GObject)

HwTreeModel  *hw_tree_model_new              (void) G_GNUC_WARN_UNUSED_RESULT;
void          hw_tree_model_set_source       (HwTreeModel          *self,
                                              HwTreeSource         *source);
HwTreeSource *hw_tree_model_get_source       (HwTreeModel          *self);
void          hw_tree_model_set_order        (HwTreeModel          *self,
                                              HwOrder               order);
HwOrder       hw_tree_model_get_order        (HwTreeModel          *self);
void          hw_tree_model_set_filter       (HwTreeModel          *self,
                                              const char           *text);
gboolean      hw_tree_model_get_busy         (HwTreeModel          *self);
void          hw_tree_model_expand           (HwTreeModel          *self,
                                              HwRow                *row);
void          hw_tree_model_collapse         (HwTreeModel          *self,
                                              HwRow                *row);
void          hw_tree_model_expand_chain     (HwTreeModel          *self,
                                              HwRow                *row);
void          hw_tree_model_show_more        (HwTreeModel          *self,
                                              HwRow                *row);
guint         hw_tree_model_find_key         (HwTreeModel          *self,
                                              guint64               key);
guint64       hw_tree_model_get_key          (HwTreeModel          *self,
                                              HwRow                *row);
void          hw_tree_model_reveal_async     (HwTreeModel          *self,
                                              HwNodeId              node,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean      hw_tree_model_reveal_finish    (HwTreeModel          *self,
                                              GAsyncResult         *result,
                                              guint                *position,
                                              GError              **error);

G_END_DECLS
