/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings in the window: attaching, their pages, and the snapshots that come of them. */
#include "config.h"

#include "app/hw-window-private.h"

#include <glib/gi18n.h>

#include "app/hw-attach-dialog.h"
#include "app/hw-record-page.h"

static HwRecordPage *
get_record_page (HwWindow    *self,
                 HwRecording *recording)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->records)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (hw_record_page_get_recording (HW_RECORD_PAGE (child)) == recording)
        return HW_RECORD_PAGE (child);
    }

  return NULL;
}

static void
captured_cb (HwWindow     *self,
             GFile        *file,
             const char   *title,
             const char   *note,
             HwRecordPage *page G_GNUC_UNUSED)
{
  g_autoptr(HwCapture) capture = NULL;
  g_autofree char *text = NULL;
  g_autofree char *uri = g_file_get_uri (file);
  AdwToast *toast;

  if (hw_document_find_file (self->document, file) != NULL)
    return;

  capture = hw_capture_new (file, self->cache, self->notebook);
  hw_document_add_capture (self->document, capture);
  hw_capture_load (capture);
  hw_capture_set_title (capture, title);
  hw_capture_set_note (capture, note);

  /* Whoever watches goes on watching. */
  text = g_strdup_printf (_("“%s” was taken"), title);
  toast = adw_toast_new (text);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_button_label (toast, _("_Open"));
  adw_toast_set_action_name (toast, "win.open-uri");
  adw_toast_set_action_target (toast, "s", uri);
  adw_toast_overlay_add_toast (self->toasts, toast);
  hw_window_update_actions (self);
}

/* Of a series only the last few are kept. */
static void
expired_cb (HwWindow *self,
            GFile    *file)
{
  HwCapture *capture = hw_document_find_file (self->document, file);

  if (capture != NULL)
    hw_document_remove_capture (self->document, capture);
}

static void
recordings_changed_cb (HwWindow   *self,
                       guint       position,
                       guint       removed G_GNUC_UNUSED,
                       guint       added,
                       GListModel *recordings)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->records));

  while (child != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (child);

      if (!g_list_store_find (G_LIST_STORE (recordings), hw_record_page_get_recording (HW_RECORD_PAGE (child)), NULL))
        gtk_stack_remove (self->records, child);
      child = next;
    }
  for (guint i = 0; i < added; i++)
    {
      g_autoptr(HwRecording) recording = g_list_model_get_item (recordings, position + i);
      GtkWidget *page;

      if (get_record_page (self, recording) != NULL)
        continue;
      page = hw_record_page_new (recording);
      g_signal_connect_object (page, "captured", G_CALLBACK (captured_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (page, "expired", G_CALLBACK (expired_cb), self, G_CONNECT_SWAPPED);
      gtk_stack_add_child (self->records, page);
    }
}

static void
update_live_actions (HwWindow *self)
{
  gboolean live = self->recording != NULL && hw_recording_get_is_live (self->recording);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.take-snapshot", live);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.collect-garbage", live);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.mark", live);
}

static void
recording_changed_cb (HwWindow *self)
{
  HwRecording *recording = hw_document_get_recording (self->document);

  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  g_set_object (&self->recording, recording);
  if (recording != NULL)
    {
      HwRecordPage *page = get_record_page (self, recording);

      g_signal_connect_swapped (recording, "notify::title", G_CALLBACK (hw_window_update_title), self);
      g_signal_connect_swapped (recording, "notify::subtitle", G_CALLBACK (hw_window_update_title), self);
      g_signal_connect_swapped (recording, "notify::state", G_CALLBACK (update_live_actions), self);
      if (page != NULL)
        gtk_stack_set_visible_child (self->records, GTK_WIDGET (page));
    }
  update_live_actions (self);
  hw_window_update_state (self);
}

static void
attach_cb (HwWindow *self,
           HwTarget *target)
{
  g_autofree char *folder = hw_recording_dup_default_folder ();
  g_autoptr(HwRecording) recording = NULL;
  GListModel *recordings = G_LIST_MODEL (hw_document_get_recordings (self->document));

  /* One that is watched already is only shown. */
  for (guint i = 0; i < g_list_model_get_n_items (recordings); i++)
    {
      g_autoptr(HwRecording) other = g_list_model_get_item (recordings, i);
      HwSession *session = hw_recording_get_session (other);

      if (session != NULL && hw_recording_get_is_live (other) &&
          g_str_equal (hw_target_get_key (hw_session_get_target (session)), hw_target_get_key (target)))
        {
          hw_document_set_recording (self->document, other);
          return;
        }
    }

  recording = hw_recording_new_live (target, folder);
  hw_document_add_recording (self->document, recording);
  hw_recording_start (recording);
}

static void
attach_action (GtkWidget  *widget,
               const char *action G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  AdwDialog *dialog = hw_attach_dialog_new ();

  g_signal_connect_object (dialog, "attach", G_CALLBACK (attach_cb), widget, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, widget);
}

static void
page_action (GtkWidget  *widget,
             const char *action,
             GVariant   *parameter G_GNUC_UNUSED)
{
  HwWindow *self = HW_WINDOW (widget);
  HwRecordPage *page = self->recording != NULL ? get_record_page (self, self->recording) : NULL;

  if (page != NULL)
    gtk_widget_activate_action (GTK_WIDGET (page), g_str_equal (action, "win.take-snapshot") ? "record.take-snapshot"
                                : g_str_equal (action, "win.collect-garbage") ? "record.collect-garbage"
                                : "record.mark", NULL);
}

static void
remove_recording_action (GtkWidget  *widget,
                         const char *action G_GNUC_UNUSED,
                         GVariant   *parameter)
{
  HwWindow *self = HW_WINDOW (widget);
  g_autoptr(GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  HwRecording *recording = hw_document_find_recording (self->document, file);

  if (recording != NULL)
    hw_window_remove_recording (self, recording);
}

/* Leaves the program. Everything is on disk, so nothing is asked; while the toast is there it can come back. */
void
hw_window_remove_recording (HwWindow    *self,
                            HwRecording *recording)
{
  g_autofree char *text = g_strdup_printf (_("“%s” removed from the list"), hw_recording_get_title (recording));
  AdwToast *toast = adw_toast_new (text);

  g_set_object (&self->removed_recording, recording);
  hw_document_remove_recording (self->document, recording);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "win.undo-remove");
  adw_toast_overlay_add_toast (self->toasts, toast);
  hw_window_update_actions (self);
}

/* Brings back the recording that was removed last, and goes on with it. Returns: whether there was one. */
gboolean
hw_window_undo_recording (HwWindow *self)
{
  g_autoptr(HwRecording) recording = g_steal_pointer (&self->removed_recording);

  if (recording == NULL)
    return FALSE;

  hw_document_add_recording (self->document, recording);
  if (hw_recording_get_session (recording) != NULL)
    hw_recording_start (recording);
  hw_window_update_actions (self);

  return TRUE;
}

/* Opens @file if it is a recording. Returns: whether it is. */
gboolean
hw_window_open_recording (HwWindow *self,
                          GFile    *file)
{
  g_autoptr(HwRecording) recording = NULL;
  HwRecording *open;

  if (!hw_recording_is_recording_file (file))
    return FALSE;

  open = hw_document_find_recording (self->document, file);
  if (open != NULL)
    {
      hw_document_set_recording (self->document, open);
      return TRUE;
    }

  recording = hw_recording_new_for_file (file);
  hw_document_add_recording (self->document, recording);
  hw_recording_start (recording);

  return TRUE;
}

void
hw_window_install_live (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.attach", NULL, attach_action);
  gtk_widget_class_install_action (widget_class, "win.remove-recording", "s", remove_recording_action);
  gtk_widget_class_install_action (widget_class, "win.take-snapshot", NULL, page_action);
  gtk_widget_class_install_action (widget_class, "win.collect-garbage", NULL, page_action);
  gtk_widget_class_install_action (widget_class, "win.mark", NULL, page_action);
}

void
hw_window_init_live (HwWindow *self)
{
  GListStore *recordings = hw_document_get_recordings (self->document);

  g_signal_connect_swapped (recordings, "items-changed", G_CALLBACK (recordings_changed_cb), self);
  g_signal_connect_swapped (self->document, "notify::recording", G_CALLBACK (recording_changed_cb), self);
  g_signal_connect_swapped (self->narrow_title, "notify::visible", G_CALLBACK (hw_window_update_state), self);
  update_live_actions (self);
}

/* Nothing is watched for a window that is gone. */
void
hw_window_dispose_live (HwWindow *self)
{
  GtkWidget *child;

  g_signal_handlers_disconnect_by_func (self->narrow_title, hw_window_update_state, self);
  g_signal_handlers_disconnect_by_data (hw_document_get_recordings (self->document), self);
  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  g_clear_object (&self->recording);
  g_clear_object (&self->removed_recording);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->records))) != NULL)
    gtk_stack_remove (self->records, child);
}
