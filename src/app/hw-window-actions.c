/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-window-private.h"

#include <glib/gi18n.h>

#include "app/hw-preferences-dialog.h"
#include "app/hw-samples.h"
#include "app/hw-settings.h"
#include "app/hw-shortcuts-dialog.h"
#include "app/hw-words.h"

static void
files_chosen_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(HwWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) list = NULL;
  g_autoptr(GPtrArray) files = NULL;
  g_autoptr(GFile) folder = NULL;
  GSettings *settings = hw_settings_get_default ();
  guint n_files;

  list = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, &error);
  if (list == NULL || self->document == NULL)
    return;

  files = g_ptr_array_new_with_free_func (g_object_unref);
  n_files = g_list_model_get_n_items (list);
  for (guint i = 0; i < n_files; i++)
    g_ptr_array_add (files, g_list_model_get_item (list, i));
  if (n_files == 0)
    return;

  folder = g_file_get_parent (files->pdata[0]);
  if (settings != NULL && folder != NULL)
    {
      g_autofree char *uri = g_file_get_uri (folder);

      g_settings_set_string (settings, "last-folder", uri);
    }

  hw_window_open_files (self, (GFile **) files->pdata, files->len);
}

static void
open_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  static const char *suffixes[] = {
    "heapsnapshot", "heapsnapshot.gz", "heapsnapshot.zst", "heaptimeline", "heaptimeline.gz", "heaptimeline.zst",
  };
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr(GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_autoptr(GtkFileFilter) snapshots = gtk_file_filter_new ();
  g_autoptr(GtkFileFilter) all = gtk_file_filter_new ();
  GSettings *settings = hw_settings_get_default ();

  gtk_file_filter_set_name (snapshots, _("Heap snapshots"));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (snapshots, suffixes[i]);
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");
  g_list_store_append (filters, snapshots);
  g_list_store_append (filters, all);

  gtk_file_dialog_set_title (dialog, _("Open Heap Snapshots"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_set_default_filter (dialog, snapshots);
  if (settings != NULL)
    {
      g_autofree char *uri = g_settings_get_string (settings, "last-folder");
      g_autoptr(GFile) folder = *uri != '\0' ? g_file_new_for_uri (uri) : NULL;

      gtk_file_dialog_set_initial_folder (dialog, folder);
    }

  gtk_file_dialog_open_multiple (dialog, GTK_WINDOW (widget), NULL, files_chosen_cb, g_object_ref (widget));
}

static void
open_uri_action (GtkWidget  *widget,
                 const char *action G_GNUC_UNUSED,
                 GVariant   *parameter)
{
  g_autoptr(GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  hw_window_open_files (HW_WINDOW (widget), &file, 1);
}

static void
open_sample_action (GtkWidget  *widget,
                    const char *action G_GNUC_UNUSED,
                    GVariant   *parameter G_GNUC_UNUSED)
{
  g_autoptr(GListStore) samples = hw_samples_list ();
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_files = g_list_model_get_n_items (G_LIST_MODEL (samples));

  for (guint i = 0; i < n_files; i++)
    g_ptr_array_add (files, g_list_model_get_item (G_LIST_MODEL (samples), i));

  hw_window_open_files (HW_WINDOW (widget), (GFile **) files->pdata, files->len);
}

static void
close_action (GtkWidget  *widget,
              const char *action G_GNUC_UNUSED,
              GVariant   *parameter G_GNUC_UNUSED)
{
  HwWindow *self = HW_WINDOW (widget);

  if (self->recording != NULL)
    hw_window_remove_recording (self, self->recording);
  else if (self->capture != NULL)
    hw_window_remove_capture (self, self->capture);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
remove_capture_action (GtkWidget  *widget,
                       const char *action G_GNUC_UNUSED,
                       GVariant   *parameter)
{
  HwWindow *self = HW_WINDOW (widget);
  g_autoptr(GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  HwCapture *capture = hw_document_find_file (self->document, file);

  if (capture != NULL)
    hw_window_remove_capture (self, capture);
}

static void
undo_remove_action (GtkWidget  *widget,
                    const char *action G_GNUC_UNUSED,
                    GVariant   *parameter G_GNUC_UNUSED)
{
  if (!hw_window_undo_recording (HW_WINDOW (widget)))
    hw_window_undo_remove (HW_WINDOW (widget));
}

static void
cancel_action (GtkWidget  *widget,
               const char *action G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  HwWindow *self = HW_WINDOW (widget);

  if (self->capture != NULL)
    hw_capture_cancel (self->capture);
}

static void
load_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  HwWindow *self = HW_WINDOW (widget);

  if (self->capture != NULL)
    hw_capture_load (self->capture);
}

static void
neighbour_action (GtkWidget  *widget,
                  const char *action,
                  GVariant   *parameter G_GNUC_UNUSED)
{
  HwWindow *self = HW_WINDOW (widget);
  HwCapture *capture = hw_document_get_neighbour (self->document, g_str_equal (action, "win.next-capture") ? 1 : -1);

  if (capture != NULL)
    hw_document_set_capture (self->document, capture);
}

static void
show_view_action (GtkWidget  *widget,
                  const char *action G_GNUC_UNUSED,
                  GVariant   *parameter)
{
  HwWindow *self = HW_WINDOW (widget);
  GtkWidget *page = adw_view_stack_get_child_by_name (self->views, g_variant_get_string (parameter, NULL));

  if (page != NULL)
    adw_view_stack_set_visible_child (self->views, page);
}

static void
find_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  HwPage *page = hw_window_get_page (HW_WINDOW (widget));

  if (page != NULL)
    hw_page_focus_filter (page);
}

static void
go_back_action (GtkWidget  *widget,
                const char *action G_GNUC_UNUSED,
                GVariant   *parameter G_GNUC_UNUSED)
{
  hw_document_go_back (HW_WINDOW (widget)->document);
}

static void
go_forward_action (GtkWidget  *widget,
                   const char *action G_GNUC_UNUSED,
                   GVariant   *parameter G_GNUC_UNUSED)
{
  hw_document_go_forward (HW_WINDOW (widget)->document);
}

static void
show_damage_action (GtkWidget  *widget,
                    const char *action G_GNUC_UNUSED,
                    GVariant   *parameter G_GNUC_UNUSED)
{
  HwWindow *self = HW_WINDOW (widget);
  HwHeap *heap = self->capture != NULL ? hw_capture_get_heap (self->capture) : NULL;
  const HwSnapshotDamage *damage = heap != NULL ? hw_heap_get_damage (heap) : NULL;
  g_autofree char *body = NULL;
  AdwDialog *dialog;

  if (damage == NULL)
    return;

  body = hw_words_for_damage_detail (damage);
  dialog = adw_alert_dialog_new (_("What Is Missing"), body);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _("_Close"));
  adw_dialog_present (dialog, widget);
}

static void
show_problem_action (GtkWidget  *widget,
                     const char *action G_GNUC_UNUSED,
                     GVariant   *parameter)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("Names and Notes"), g_variant_get_string (parameter, NULL));

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _("_Close"));
  adw_dialog_present (dialog, widget);
}

static void
toast_action (GtkWidget  *widget,
              const char *action G_GNUC_UNUSED,
              GVariant   *parameter)
{
  hw_window_add_toast (HW_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
preferences_action (GtkWidget  *widget,
                    const char *action G_GNUC_UNUSED,
                    GVariant   *parameter G_GNUC_UNUSED)
{
  adw_dialog_present (hw_preferences_dialog_new (HW_WINDOW (widget)->cache), widget);
}

static void
shortcuts_action (GtkWidget  *widget,
                  const char *action G_GNUC_UNUSED,
                  GVariant   *parameter G_GNUC_UNUSED)
{
  adw_dialog_present (hw_shortcuts_dialog_new (), widget);
}

static void
about_action (GtkWidget  *widget,
              const char *action G_GNUC_UNUSED,
              GVariant   *parameter G_GNUC_UNUSED)
{
  AdwDialog *dialog = adw_about_dialog_new_from_appdata ("/io/github/heapwise/Heapwise/metainfo.xml", HW_VERSION);

  adw_about_dialog_set_version (ADW_ABOUT_DIALOG (dialog), HW_VERSION);
  adw_about_dialog_set_copyright (ADW_ABOUT_DIALOG (dialog), _("© 2026 The Heapwise authors"));
  /* Translators: your names, one on each line */
  adw_about_dialog_set_translator_credits (ADW_ABOUT_DIALOG (dialog), _("translator-credits"));
  adw_dialog_present (dialog, widget);
}

static void
help_shown_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(HwWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, &error) && self->toasts != NULL &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    hw_window_add_toast (self, _("There is no program that shows the help"));
}

static void
help_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  g_autofree char *uri = g_strdup_printf ("help:heapwise/%s", hw_window_get_help_page (HW_WINDOW (widget)));
  g_autoptr(GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);

  gtk_uri_launcher_launch (launcher, GTK_WINDOW (widget), NULL, help_shown_cb, g_object_ref (widget));
}

void
hw_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.open-uri", "s", open_uri_action);
  gtk_widget_class_install_action (widget_class, "win.open-sample", NULL, open_sample_action);
  gtk_widget_class_install_action (widget_class, "win.close", NULL, close_action);
  gtk_widget_class_install_action (widget_class, "win.remove-capture", "s", remove_capture_action);
  gtk_widget_class_install_action (widget_class, "win.undo-remove", NULL, undo_remove_action);
  gtk_widget_class_install_action (widget_class, "win.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "win.load", NULL, load_action);
  gtk_widget_class_install_action (widget_class, "win.next-capture", NULL, neighbour_action);
  gtk_widget_class_install_action (widget_class, "win.previous-capture", NULL, neighbour_action);
  gtk_widget_class_install_action (widget_class, "win.show-view", "s", show_view_action);
  gtk_widget_class_install_action (widget_class, "win.find", NULL, find_action);
  gtk_widget_class_install_action (widget_class, "win.go-back", NULL, go_back_action);
  gtk_widget_class_install_action (widget_class, "win.go-forward", NULL, go_forward_action);
  gtk_widget_class_install_action (widget_class, "win.show-damage", NULL, show_damage_action);
  gtk_widget_class_install_action (widget_class, "win.show-problem", "s", show_problem_action);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);
  gtk_widget_class_install_action (widget_class, "win.preferences", NULL, preferences_action);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, shortcuts_action);
  gtk_widget_class_install_action (widget_class, "win.about", NULL, about_action);
  gtk_widget_class_install_action (widget_class, "win.help", NULL, help_action);
}

void
hw_window_init_actions (HwWindow *self)
{
  g_autoptr(GPropertyAction) retainers = g_property_action_new ("show-retainers", self->pane, "visible");
  g_autoptr(GListStore) samples = hw_samples_list ();

  self->sidebar_action = G_ACTION (g_property_action_new ("show-sidebar", self->split_view, "show-sidebar"));
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (retainers));
  gtk_widget_set_visible (self->sample_button, g_list_model_get_n_items (G_LIST_MODEL (samples)) > 0);

  g_signal_connect_swapped (self->document, "notify::can-go-back", G_CALLBACK (hw_window_update_actions), self);
  g_signal_connect_swapped (self->document, "notify::can-go-forward", G_CALLBACK (hw_window_update_actions), self);
}

/* Switches on what makes sense with the current capture. */
void
hw_window_update_actions (HwWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean views = g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "views") == 0;
  gboolean several = g_list_model_get_n_items (G_LIST_MODEL (hw_document_get_captures (self->document))) > 1;

  if (!hw_window_is_empty (self))
    g_action_map_add_action (G_ACTION_MAP (self), self->sidebar_action);
  else
    g_action_map_remove_action (G_ACTION_MAP (self), "show-sidebar");

  gtk_widget_action_set_enabled (widget, "win.undo-remove",
                                 self->removed->len > 0 || self->removed_recording != NULL);
  gtk_widget_action_set_enabled (widget, "win.next-capture", several);
  gtk_widget_action_set_enabled (widget, "win.previous-capture", several);
  gtk_widget_action_set_enabled (widget, "win.show-view", views);
  gtk_widget_action_set_enabled (widget, "win.find", views);
  gtk_widget_action_set_enabled (widget, "win.go-back", hw_document_get_can_go_back (self->document));
  gtk_widget_action_set_enabled (widget, "win.go-forward", hw_document_get_can_go_forward (self->document));
}
