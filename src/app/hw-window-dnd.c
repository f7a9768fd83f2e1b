/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-window-private.h"

static gboolean
drop_cb (GtkDropTarget *target G_GNUC_UNUSED,
         const GValue  *value,
         double         x G_GNUC_UNUSED,
         double         y G_GNUC_UNUSED,
         gpointer       user_data)
{
  HwWindow *self = user_data;
  g_autoptr(GPtrArray) files = g_ptr_array_new ();
  g_autoptr(GSList) list = gdk_file_list_get_files (g_value_get_boxed (value));

  for (GSList *l = list; l != NULL; l = l->next)
    g_ptr_array_add (files, l->data);

  hw_window_open_files (self, (GFile **) files->pdata, files->len);

  return files->len > 0;
}

/* Files dropped anywhere on the window are opened. */
void
hw_window_init_dnd (HwWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->toasts), GTK_EVENT_CONTROLLER (target));
}
