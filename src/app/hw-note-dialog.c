/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-note-dialog.h"

#include <glib/gi18n.h>

struct _HwNoteDialog
{
  AdwDialog    parent_instance;

  HwCapture   *capture;

  GtkTextView *text;
};

G_DEFINE_FINAL_TYPE (HwNoteDialog, hw_note_dialog, ADW_TYPE_DIALOG)

static void
save_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  HwNoteDialog *self = HW_NOTE_DIALOG (widget);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;
  g_autofree char *note = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  note = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  hw_capture_set_note (self->capture, note);
  adw_dialog_close (ADW_DIALOG (self));
}

static gboolean
focus_text_cb (GtkWidget     *text,
               GdkFrameClock *clock G_GNUC_UNUSED,
               gpointer       data G_GNUC_UNUSED)
{
  gtk_widget_grab_focus (text);

  return G_SOURCE_REMOVE;
}

/* Where the dialog comes up from the bottom of a narrow window, libadwaita 1.7 focuses its first button. */
static void
text_mapped_cb (HwNoteDialog *self)
{
  gtk_widget_add_tick_callback (GTK_WIDGET (self->text), focus_text_cb, NULL, NULL);
}

static void
hw_note_dialog_dispose (GObject *object)
{
  HwNoteDialog *self = HW_NOTE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), HW_TYPE_NOTE_DIALOG);
  g_clear_object (&self->capture);

  G_OBJECT_CLASS (hw_note_dialog_parent_class)->dispose (object);
}

static void
hw_note_dialog_class_init (HwNoteDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = hw_note_dialog_dispose;

  gtk_widget_class_install_action (widget_class, "note.save", NULL, save_action);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-note-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, HwNoteDialog, text);
  gtk_widget_class_bind_template_callback (widget_class, text_mapped_cb);
}

static void
hw_note_dialog_init (HwNoteDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * hw_note_dialog_new:
 * @capture: what the note is about
 *
 * Returns: (transfer floating): a dialog to present
 */
AdwDialog *
hw_note_dialog_new (HwCapture *capture)
{
  HwNoteDialog *self;
  g_autofree char *title = NULL;
  const char *note;

  g_return_val_if_fail (HW_IS_CAPTURE (capture), NULL);

  self = g_object_new (HW_TYPE_NOTE_DIALOG, NULL);
  self->capture = g_object_ref (capture);

  title = g_strdup_printf (_("Note on “%s”"), hw_capture_get_title (capture));
  adw_dialog_set_title (ADW_DIALOG (self), title);
  note = hw_capture_get_note (capture);
  if (note != NULL)
    {
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

      /* What stood there before is not undone. */
      gtk_text_buffer_begin_irreversible_action (buffer);
      gtk_text_buffer_set_text (buffer, note, -1);
      gtk_text_buffer_end_irreversible_action (buffer);
    }

  return ADW_DIALOG (self);
}
