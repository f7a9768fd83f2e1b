/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-capture-row.h"

#include <glib/gi18n.h>

#include "app/hw-note-dialog.h"
#include "widgets/hw-menu-names.h"

struct _HwCaptureRow
{
  GtkListBoxRow   parent_instance;

  HwDocument     *document;
  HwCapture      *capture;
  GtkWidget      *popover;      /* the menu that was opened last; a chosen item acts after it is closed */

  GtkImage       *icon;
  GtkStack       *title_stack;
  GtkLabel       *title;
  GtkEntry       *title_entry;
  GtkLabel       *subtitle;
  GtkLabel       *change;
  GtkLabel       *note;
  GtkProgressBar *progress;
  GtkButton      *cancel;
  GMenuModel     *menu;
};

G_DEFINE_FINAL_TYPE (HwCaptureRow, hw_capture_row, GTK_TYPE_LIST_BOX_ROW)

static void
hw_capture_row_dispose (GObject *object)
{
  HwCaptureRow *self = HW_CAPTURE_ROW (object);

  if (self->capture != NULL)
    g_signal_handlers_disconnect_by_data (self->capture, self);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), HW_TYPE_CAPTURE_ROW);
  g_clear_object (&self->capture);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (hw_capture_row_parent_class)->dispose (object);
}

static void
update_label (HwCaptureRow *self)
{
  g_autoptr(GString) label = g_string_new (hw_capture_get_title (self->capture));
  const char *note = hw_capture_get_note (self->capture);
  gint64 change;

  g_string_append_printf (label, ", %s", hw_capture_get_subtitle (self->capture));
  if (hw_capture_get_state (self->capture) == HW_CAPTURE_READY &&
      hw_capture_get_change (self->capture, &change))
    {
      g_autofree char *size = hw_format_size ((guint64) ABS (change));

      if (change > 0)
        g_string_append_printf (label, _(", %s more than before"), size);
      else if (change < 0)
        g_string_append_printf (label, _(", %s less than before"), size);
      else
        g_string_append (label, _(", the same size as before"));
    }

  if (note != NULL)
    g_string_append_printf (label, _(", note: %s"), note);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label->str,
                                  -1);
}

static void
update_change (HwCaptureRow *self)
{
  static const char *classes[] = { "shrunk", "dimmed", "grown" };
  static const char *shapes[] = { "▼", "=", "▲" };
  g_autofree char *delta = NULL;
  g_autofree char *text = NULL;
  g_autofree char *bytes = NULL;
  gint64 change = 0;
  gboolean known = hw_capture_get_state (self->capture) == HW_CAPTURE_READY &&
                   hw_capture_get_change (self->capture, &change);
  int sign = (change > 0) - (change < 0);

  gtk_widget_set_visible (GTK_WIDGET (self->change), known);
  for (int i = 0; i < 3; i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->change), classes[i]);
  if (known)
    {
      delta = hw_format_size_delta (change);
      text = sign == 0 ? g_strdup (shapes[1]) : g_strdup_printf ("%s %s", delta, shapes[sign + 1]);
      bytes = hw_format_bytes ((guint64) ABS (change));
      gtk_label_set_label (self->change, text);
      gtk_widget_add_css_class (GTK_WIDGET (self->change), classes[sign + 1]);
      g_free (text);
      text = g_strdup_printf (sign > 0 ? _("%s more than the snapshot before") :
                              sign < 0 ? _("%s less than the snapshot before") :
                                         _("%s of difference to the snapshot before"),
                              bytes);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->change), text);
    }

  update_label (self);
}

static void
update_title (HwCaptureRow *self)
{
  gtk_label_set_label (self->title, hw_capture_get_title (self->capture));
  update_label (self);
}

static void
update_subtitle (HwCaptureRow *self)
{
  gtk_label_set_label (self->subtitle, hw_capture_get_subtitle (self->capture));
  update_label (self);
}

/* Two lines of the note under the rest; all of it in the tool tip. */
static void
update_note (HwCaptureRow *self)
{
  const char *note = hw_capture_get_note (self->capture);

  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
  gtk_label_set_label (self->note, note != NULL ? note : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->note), note);
  update_label (self);
}

static void
update_progress (HwCaptureRow *self)
{
  gtk_progress_bar_set_fraction (self->progress, hw_capture_get_fraction (self->capture));
}

static void
update_state (HwCaptureRow *self)
{
  HwCaptureState state = hw_capture_get_state (self->capture);
  gboolean busy = state == HW_CAPTURE_LOADING;
  gboolean failed = state == HW_CAPTURE_FAILED;
  gboolean damaged = hw_capture_get_damage_text (self->capture) != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->progress), busy);
  gtk_widget_set_visible (GTK_WIDGET (self->cancel), busy);
  gtk_image_set_from_icon_name (self->icon,
                                failed || damaged ? "dialog-warning-symbolic" : "hw-snapshot-symbolic");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.cancel", busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.load",
                                 failed || state == HW_CAPTURE_CANCELLED);
  update_change (self);
}

static void
update_baseline_action (HwCaptureRow *self)
{
  HwCaptureState state = hw_capture_get_state (self->capture);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.use-as-baseline",
                                 self->capture != hw_document_get_capture (self->document) &&
                                 (state == HW_CAPTURE_READY || state == HW_CAPTURE_LOADING));
}

static void
set_renaming (HwCaptureRow *self,
              gboolean      renaming)
{
  gtk_stack_set_visible_child (self->title_stack,
                               renaming ? GTK_WIDGET (self->title_entry) : GTK_WIDGET (self->title));
}

static gboolean
is_renaming (HwCaptureRow *self)
{
  return gtk_stack_get_visible_child (self->title_stack) == GTK_WIDGET (self->title_entry);
}

static void
rename_done_cb (HwCaptureRow *self)
{
  gboolean focused;

  /* The entry also loses the focus when the row goes away. */
  if (self->title_stack == NULL || !is_renaming (self))
    return;

  focused = gtk_widget_get_focus_child (GTK_WIDGET (self->title_entry)) != NULL;
  hw_capture_set_title (self->capture, gtk_editable_get_text (GTK_EDITABLE (self->title_entry)));
  set_renaming (self, FALSE);
  if (focused)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
abandon_rename (GtkWidget  *widget,
                const char *action G_GNUC_UNUSED,
                GVariant   *parameter G_GNUC_UNUSED)
{
  HwCaptureRow *self = HW_CAPTURE_ROW (widget);

  set_renaming (self, FALSE);
  gtk_widget_grab_focus (widget);
}

static void
popup (HwCaptureRow *self,
       double        x,
       double        y)
{
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  update_baseline_action (self);

  self->popover = gtk_popover_menu_new_from_model (self->menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  hw_menu_names_keep (self->popover);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            HwCaptureRow    *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));

  if (gdk_event_triggers_context_menu (event))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      popup (self, x, y);
    }
  else if (n_press == 2 &&
           gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_PRIMARY)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      hw_capture_row_start_rename (self);
    }
}

static void
long_pressed_cb (GtkGestureLongPress *gesture,
                 double               x,
                 double               y,
                 HwCaptureRow        *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup (self, x, y);
}

static void
menu_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  popup (HW_CAPTURE_ROW (widget), gtk_widget_get_width (widget) / 4.0, gtk_widget_get_height (widget));
}

static void
rename_action (GtkWidget  *widget,
               const char *action G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  hw_capture_row_start_rename (HW_CAPTURE_ROW (widget));
}

static void
edit_note_action (GtkWidget  *widget,
                  const char *action G_GNUC_UNUSED,
                  GVariant   *parameter G_GNUC_UNUSED)
{
  adw_dialog_present (hw_note_dialog_new (HW_CAPTURE_ROW (widget)->capture), widget);
}

static void
cancel_action (GtkWidget  *widget,
               const char *action G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  hw_capture_cancel (HW_CAPTURE_ROW (widget)->capture);
}

static void
load_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  hw_capture_load (HW_CAPTURE_ROW (widget)->capture);
}

static void
use_as_baseline_action (GtkWidget  *widget,
                        const char *action G_GNUC_UNUSED,
                        GVariant   *parameter G_GNUC_UNUSED)
{
  HwCaptureRow *self = HW_CAPTURE_ROW (widget);

  hw_document_set_baseline (self->document, self->capture);
  gtk_widget_activate_action (widget, "win.show-view", "s", "comparison");
}

static void
folder_shown_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autoptr(GError) error = NULL;

  if (!gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (source), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    gtk_widget_activate_action (widget, "win.toast", "s", _("The folder cannot be shown"));
}

static void
show_in_files_action (GtkWidget  *widget,
                      const char *action G_GNUC_UNUSED,
                      GVariant   *parameter G_GNUC_UNUSED)
{
  HwCaptureRow *self = HW_CAPTURE_ROW (widget);
  g_autoptr(GtkFileLauncher) launcher = gtk_file_launcher_new (hw_capture_get_file (self->capture));

  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (gtk_widget_get_root (widget)), NULL,
                                            folder_shown_cb, g_object_ref (widget));
}

static void
remove_action (GtkWidget  *widget,
               const char *action G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  HwCaptureRow *self = HW_CAPTURE_ROW (widget);
  g_autofree char *uri = g_file_get_uri (hw_capture_get_file (self->capture));

  gtk_widget_activate_action (widget, "win.remove-capture", "s", uri);
}

static void
hw_capture_row_class_init (HwCaptureRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = hw_capture_row_dispose;

  gtk_widget_class_install_action (widget_class, "row.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "row.abandon-rename", NULL, abandon_rename);
  gtk_widget_class_install_action (widget_class, "row.edit-note", NULL, edit_note_action);
  gtk_widget_class_install_action (widget_class, "row.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "row.load", NULL, load_action);
  gtk_widget_class_install_action (widget_class, "row.use-as-baseline", NULL, use_as_baseline_action);
  gtk_widget_class_install_action (widget_class, "row.show-in-files", NULL, show_in_files_action);
  gtk_widget_class_install_action (widget_class, "row.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "row.menu", NULL, menu_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "row.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, GDK_SHIFT_MASK, "row.edit-note", NULL);
  /* Menus show the key that was added last. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Delete, 0, "row.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "row.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "row.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "row.menu", NULL);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-capture-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, icon);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, title_stack);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, title);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, title_entry);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, change);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, note);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, progress);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, HwCaptureRow, menu);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, long_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, rename_done_cb);
}

static void
hw_capture_row_init (HwCaptureRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * hw_capture_row_new:
 * @document: the document of the window
 * @capture: what to show
 *
 * Returns: (transfer floating): a row for the sidebar's list
 */
GtkWidget *
hw_capture_row_new (HwDocument *document,
                    HwCapture  *capture)
{
  HwCaptureRow *self;
  g_autofree char *name = NULL;

  g_return_val_if_fail (HW_IS_DOCUMENT (document), NULL);
  g_return_val_if_fail (HW_IS_CAPTURE (capture), NULL);

  self = g_object_new (HW_TYPE_CAPTURE_ROW, NULL);
  self->document = g_object_ref (document);
  self->capture = g_object_ref (capture);

  g_signal_connect_swapped (capture, "notify::title", G_CALLBACK (update_title), self);
  g_signal_connect_swapped (capture, "notify::note", G_CALLBACK (update_note), self);
  g_signal_connect_swapped (capture, "notify::subtitle", G_CALLBACK (update_subtitle), self);
  g_signal_connect_swapped (capture, "notify::fraction", G_CALLBACK (update_progress), self);
  g_signal_connect_swapped (capture, "notify::state", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (capture, "notify::change", G_CALLBACK (update_change), self);

  name = g_file_get_parse_name (hw_capture_get_file (capture));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), name);

  update_title (self);
  update_subtitle (self);
  update_note (self);
  update_progress (self);
  update_state (self);

  return GTK_WIDGET (self);
}

/**
 * hw_capture_row_get_capture:
 * @self: a row
 *
 * Returns: (transfer none): what it shows
 */
HwCapture *
hw_capture_row_get_capture (HwCaptureRow *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE_ROW (self), NULL);

  return self->capture;
}

/**
 * hw_capture_row_start_rename:
 * @self: a row
 *
 * Lets the person type another name where the old one stands.
 */
void
hw_capture_row_start_rename (HwCaptureRow *self)
{
  g_return_if_fail (HW_IS_CAPTURE_ROW (self));

  gtk_editable_set_text (GTK_EDITABLE (self->title_entry), hw_capture_get_title (self->capture));
  set_renaming (self, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->title_entry));
}
