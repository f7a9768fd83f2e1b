/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which row is meant: under the pointer, or by the keys. */
#include "config.h"

#include "widgets/hw-tree-expander.h"
#include "widgets/hw-tree-table-private.h"

static HwTreeExpander *
find_expander (GtkWidget *widget)
{
  if (HW_IS_TREE_EXPANDER (widget))
    return HW_TREE_EXPANDER (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      HwTreeExpander *found = find_expander (child);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* (nullable): the row that has the focus */
HwRow *
hw_tree_table_peek_focused (HwTreeTable *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  HwTreeExpander *expander;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)) ||
      g_strcmp0 (gtk_widget_get_css_name (focus), "row") != 0)
    return NULL;

  expander = find_expander (focus);

  return expander != NULL ? hw_tree_expander_get_row (expander) : NULL;
}

/* The row that keys and menus are about: the selected one, else the one that has the focus, which is selected then. */
HwRow *
hw_tree_table_dup_current (HwTreeTable *self)
{
  HwRow *selected = hw_tree_table_dup_selected (self);
  HwRow *focused = selected == NULL ? hw_tree_table_peek_focused (self) : NULL;

  if (focused == NULL)
    return selected;

  g_object_ref (focused);
  gtk_single_selection_set_selected (self->selection, hw_row_get_position (focused));

  return focused;
}

/* The row that is drawn at a place of the table, or NULL. */
HwRow *
hw_tree_table_dup_row_at (HwTreeTable *self,
                          double       x,
                          double       y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  HwTreeExpander *expander;

  while (widget != NULL && widget != GTK_WIDGET (self) && g_strcmp0 (gtk_widget_get_css_name (widget), "row") != 0)
    widget = gtk_widget_get_parent (widget);
  if (widget == NULL || widget == GTK_WIDGET (self))
    return NULL;

  expander = find_expander (widget);

  return expander != NULL && hw_tree_expander_get_row (expander) != NULL
           ? g_object_ref (hw_tree_expander_get_row (expander))
           : NULL;
}
