/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-shortcuts-dialog.h"

#include <glib/gi18n.h>

#include "app/hw-shortcuts.h"

/* The keys of @accel, each on its own cap, in the words of the person's keyboard. */
static GtkWidget *
make_caps (const char *accel)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *label = NULL;
  g_auto(GStrv) keys = NULL;
  GdkModifierType modifiers;
  guint key;

  gtk_accelerator_parse (accel, &key, &modifiers);
  label = gtk_accelerator_get_label (key, modifiers);
  keys = g_strsplit (label, "+", -1);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      GtkWidget *cap = gtk_label_new (keys[i]);

      gtk_widget_add_css_class (cap, "keycap");
      gtk_box_append (GTK_BOX (box), cap);
    }
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);

  return box;
}

static GtkWidget *
make_row (const HwShortcut *shortcut)
{
  GtkWidget *row = adw_action_row_new ();
  const char *accel = hw_shortcuts_get_accel (shortcut, 0);
  guint key;
  GdkModifierType modifiers;
  g_autofree char *label = NULL;
  g_autofree char *spoken = NULL;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(shortcut->title));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_caps (accel));

  gtk_accelerator_parse (accel, &key, &modifiers);
  label = gtk_accelerator_get_label (key, modifiers);
  spoken = g_strdup_printf ("%s, %s", _(shortcut->title), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);

  return row;
}

/**
 * hw_shortcuts_dialog_new:
 *
 * Makes the dialog that lists every key, from the same table that sets them.
 *
 * Returns: (transfer full): a dialog to present
 */
AdwDialog *
hw_shortcuts_dialog_new (void)
{
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *page = adw_preferences_page_new ();
  AdwPreferencesGroup *group = NULL;
  const char *group_title = NULL;
  guint n_shortcuts;
  const HwShortcut *shortcuts = hw_shortcuts_get (&n_shortcuts);

  for (guint i = 0; i < n_shortcuts; i++)
    {
      if (g_strcmp0 (group_title, shortcuts[i].group) != 0)
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          group_title = shortcuts[i].group;
          adw_preferences_group_set_title (group, _(group_title));
          adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), group);
        }
      adw_preferences_group_add (group, make_row (&shortcuts[i]));
    }

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), page);
  adw_dialog_set_title (dialog, _("Keyboard Shortcuts"));
  adw_dialog_set_content_width (dialog, 520);
  adw_dialog_set_content_height (dialog, 640);
  adw_dialog_set_child (dialog, view);

  return dialog;
}
