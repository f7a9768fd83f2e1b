/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-recording-row.h"

#include <glib/gi18n.h>

struct _HwRecordingRow
{
  GtkListBoxRow  parent_instance;

  HwRecording   *recording;
  GtkWidget     *icon;
  GtkLabel      *title;
  GtkLabel      *subtitle;
  GtkWidget     *remove;
};

G_DEFINE_FINAL_TYPE (HwRecordingRow, hw_recording_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (HwRecordingRow *self)
{
  const char *title = hw_recording_get_title (self->recording);
  const char *subtitle = hw_recording_get_subtitle (self->recording);
  g_autofree char *name = NULL;

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
  if (hw_recording_get_is_live (self->recording))
    gtk_widget_add_css_class (self->icon, "live");
  else
    gtk_widget_remove_css_class (self->icon, "live");

  /* Translators: a program's name, then the state of its recording */
  name = g_strdup_printf (_("Recording of %s, %s"), title, subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
remove_action (GtkWidget  *widget,
               const char *action G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  HwRecordingRow *self = HW_RECORDING_ROW (widget);
  g_autofree char *uri = g_file_get_uri (hw_recording_get_file (self->recording));

  gtk_widget_activate_action (widget, "win.remove-recording", "s", uri);
}

static void
hw_recording_row_dispose (GObject *object)
{
  HwRecordingRow *self = HW_RECORDING_ROW (object);

  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), HW_TYPE_RECORDING_ROW);
  g_clear_object (&self->recording);

  G_OBJECT_CLASS (hw_recording_row_parent_class)->dispose (object);
}

static void
hw_recording_row_class_init (HwRecordingRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hw_recording_row_dispose;

  gtk_widget_class_install_action (widget_class, "row.remove", NULL, remove_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Delete, 0, "row.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "row.remove", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-recording-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HwRecordingRow, icon);
  gtk_widget_class_bind_template_child (widget_class, HwRecordingRow, title);
  gtk_widget_class_bind_template_child (widget_class, HwRecordingRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, HwRecordingRow, remove);
}

static void
hw_recording_row_init (HwRecordingRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * hw_recording_row_new:
 * @recording: what to show
 *
 * Returns: (transfer floating): a row for the sidebar's list
 */
GtkWidget *
hw_recording_row_new (HwRecording *recording)
{
  HwRecordingRow *self;

  g_return_val_if_fail (HW_IS_RECORDING (recording), NULL);

  self = g_object_new (HW_TYPE_RECORDING_ROW, NULL);
  self->recording = g_object_ref (recording);
  g_signal_connect_swapped (recording, "notify", G_CALLBACK (update), self);
  update (self);

  return GTK_WIDGET (self);
}

/**
 * hw_recording_row_get_recording:
 * @self: a row
 *
 * Returns: (transfer none): what it shows
 */
HwRecording *
hw_recording_row_get_recording (HwRecordingRow *self)
{
  g_return_val_if_fail (HW_IS_RECORDING_ROW (self), NULL);

  return self->recording;
}
