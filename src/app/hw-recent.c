/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-recent.h"

#include <glib/gi18n.h>

#define MAX_RECENT 10

/**
 * hw_recent_add:
 * @file: a snapshot that was opened
 *
 * Puts the file on the desktop's list of recent files.
 */
void
hw_recent_add (GFile *file)
{
  g_autofree char *uri = NULL;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  GtkRecentData data = { 0 };

  g_return_if_fail (G_IS_FILE (file));

  uri = g_file_get_uri (file);
  name = g_file_get_basename (file);
  title = g_filename_display_name (name);
  data.display_name = title;
  data.mime_type = (char *) "application/vnd.v8.heapsnapshot";
  data.app_name = (char *) "heapwise";
  data.app_exec = (char *) "heapwise %u";

  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

static int
compare_visits (gconstpointer a,
                gconstpointer b)
{
  /* Latest first */
  return g_date_time_compare (gtk_recent_info_get_modified (*(GtkRecentInfo **) b),
                              gtk_recent_info_get_modified (*(GtkRecentInfo **) a));
}

static void
refill (GMenu *menu)
{
  GList *items = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  g_autoptr(GPtrArray) own = g_ptr_array_new ();

  for (GList *l = items; l != NULL; l = l->next)
    {
      if (gtk_recent_info_has_application (l->data, "heapwise"))
        g_ptr_array_add (own, l->data);
    }
  g_ptr_array_sort (own, compare_visits);

  g_menu_remove_all (menu);
  for (guint i = 0; i < own->len && i < MAX_RECENT; i++)
    {
      GtkRecentInfo *info = g_ptr_array_index (own, i);
      g_autoptr(GMenuItem) item = g_menu_item_new (NULL, NULL);
      g_auto(GStrv) parts = g_strsplit (gtk_recent_info_get_display_name (info), "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts);

      g_menu_item_set_label (item, label);
      g_menu_item_set_action_and_target (item, "win.open-uri", "s", gtk_recent_info_get_uri (info));
      g_menu_append_item (menu, item);
    }
  if (own->len == 0)
    /* Translators: stands in the empty menu of recent files; nothing happens when it is chosen */
    g_menu_append (menu, _("No recent files"), "win.nothing");

  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
}

/**
 * hw_recent_fill_menu:
 * @menu: a menu
 *
 * Fills the menu with the recent snapshots, latest first, and keeps it so. An item triggers
 * `win.open-uri`.
 */
void
hw_recent_fill_menu (GMenu *menu)
{
  g_return_if_fail (G_IS_MENU (menu));

  refill (menu);
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (refill), menu,
                           G_CONNECT_SWAPPED);
}
