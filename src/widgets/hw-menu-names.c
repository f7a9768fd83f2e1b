/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GTK 4.18 gives the items of its menus a role and keys, but no names that a screen reader could speak. */
#include "config.h"

#include "widgets/hw-menu-names.h"

static void
name_items (GtkWidget *widget)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (widget), "text");

  if (g_str_equal (gtk_widget_get_css_name (widget), "modelbutton") && pspec != NULL && pspec->value_type == G_TYPE_STRING)
    {
      g_autofree char *text = NULL;

      g_object_get (widget, "text", &text, NULL);
      /* The label that is to name it is hidden from assistive technology, but would come before a name. */
      gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
      gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text != NULL ? text : "", -1);
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_items (child);
}

/**
 * hw_menu_names_keep:
 * @menu: a menu made of a model, or a button that opens one
 *
 * Names the items for assistive technology whenever the menu is shown.
 */
void
hw_menu_names_keep (GtkWidget *menu)
{
  g_return_if_fail (GTK_IS_WIDGET (menu));

  if (GTK_IS_MENU_BUTTON (menu))
    menu = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (menu)));
  if (menu != NULL)
    g_signal_connect (menu, "map", G_CALLBACK (name_items), NULL);
}
