/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/hw-tree-model.h"

G_BEGIN_DECLS

#define HW_TYPE_TREE_EXPANDER (hw_tree_expander_get_type ())

/**
 * HwTreeExpander:
 *
 * Indentation and triangle before a row's text; what #GtkTreeExpander is for rows that are not in a
 * #GtkTreeListModel. The keys are the table's, because rows have the focus, not their cells.
 *
 * Actions: `listitem.expand`, `listitem.collapse`, `listitem.toggle-expand`.
 * CSS node: `hwexpander`. Accessible role: button, with the state *expanded* and the property *level*.
 */
G_DECLARE_FINAL_TYPE (HwTreeExpander, hw_tree_expander, HW, TREE_EXPANDER, GtkWidget)

GtkWidget *hw_tree_expander_new       (GtkWidget       *child);
GtkWidget *hw_tree_expander_get_child (HwTreeExpander  *self);
HwRow     *hw_tree_expander_get_row   (HwTreeExpander  *self);
void       hw_tree_expander_set_row   (HwTreeExpander  *self,
                                       HwTreeModel     *model,
                                       HwRow           *row);
gboolean   hw_tree_expander_press     (HwTreeExpander  *self,
                                       double           x);
void       hw_tree_expander_set_hollow (HwTreeExpander *self,
                                        gboolean        hollow);

G_END_DECLS
