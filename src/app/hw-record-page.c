/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-record-page-private.h"

#include <glib/gi18n.h>

enum
{
  CAPTURED,
  EXPIRED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Milliseconds between samples, as the drop-down lists them. */
static const guint intervals[] = { 250, 1000, 5000, 15000, 60000 };

G_DEFINE_FINAL_TYPE (HwRecordPage, hw_record_page, ADW_TYPE_BIN)

void
hw_record_page_emit_captured (HwRecordPage *self,
                              GFile        *file,
                              const char   *title,
                              const char   *note)
{
  g_signal_emit (self, signals[CAPTURED], 0, file, title, note);
}

void
hw_record_page_emit_expired (HwRecordPage *self,
                             GFile        *file)
{
  g_signal_emit (self, signals[EXPIRED], 0, file);
}

/* Tells of something in passing. */
void
hw_record_page_tell (HwRecordPage *self,
                     const char   *text)
{
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

/* A button that cannot do its work says why. */
static void
explain (HwRecordPage *self,
         GtkWidget    *button,
         const char   *action,
         HwFeature     feature,
         const char   *tooltip)
{
  HwSession *session = hw_recording_get_session (self->recording);
  const char *why = hw_recording_get_is_live (self->recording) ? hw_session_why_not (session, feature)
                                                               : _("The program is not attached to");

  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, why == NULL);
  gtk_widget_set_tooltip_text (button, why != NULL ? why : tooltip);
}

static void
update_banner (HwRecordPage     *self,
               HwRecordingState  state)
{
  const char *message = hw_recording_get_message (self->recording);
  g_autofree char *text = g_strdup (message);
  const char *button = NULL;

  switch (state)
    {
    case HW_RECORDING_WAITING:
      if (text == NULL)
        text = g_strdup (_("The program waits for someone to let it run."));
      button = _("_Let It Run");
      break;

    case HW_RECORDING_BUSY:
      if (text == NULL)
        text = g_strdup (_("The program has not answered for a while. It may be busy, or paused by another tool."));
      break;

    case HW_RECORDING_LOST:
      if (text == NULL)
        text = g_strdup (_("The program went away. It is looked for; what was recorded is safe."));
      break;

    case HW_RECORDING_ENDED:
      if (hw_recording_get_session (self->recording) != NULL)
        {
          if (text == NULL)
            text = g_strdup (_("The program is no longer watched."));
          button = _("_Attach Again");
        }
      break;

    case HW_RECORDING_OPENING:
    case HW_RECORDING_FAILED:
      button = state == HW_RECORDING_FAILED ? _("_Try Again") : NULL;
      break;

    case HW_RECORDING_LIVE:
    default:
      break;
    }

  if (text != NULL)
    adw_banner_set_title (self->banner, text);
  adw_banner_set_button_label (self->banner, button);
  adw_banner_set_revealed (self->banner, text != NULL);
}

static void
update_state (HwRecordPage *self)
{
  HwRecordingState state = hw_recording_get_state (self->recording);
  gboolean has_lines = hw_recording_get_n_lines (self->recording) > 0;
  gboolean is_live = hw_recording_get_is_live (self->recording);
  gboolean has_session = hw_recording_get_session (self->recording) != NULL;
  g_autofree char *title = NULL;
  g_autofree char *markup = NULL;

  if (state == HW_RECORDING_OPENING && !has_lines)
    {
      title = g_strdup_printf (has_session ? _("Attaching to “%s”") : _("Opening “%s”"),
                               hw_recording_get_title (self->recording));
      adw_status_page_set_title (self->opening_page, title);
      gtk_stack_set_visible_child_name (self->states, "opening");
    }
  else if (state == HW_RECORDING_FAILED && !has_lines)
    {
      title = g_strdup_printf (has_session ? _("“%s” Cannot Be Attached To") : _("“%s” Cannot Be Opened"),
                               hw_recording_get_title (self->recording));
      markup = g_markup_escape_text (hw_recording_get_message (self->recording), -1);
      adw_status_page_set_title (self->failed_page, title);
      adw_status_page_set_description (self->failed_page, markup);
      gtk_stack_set_visible_child_name (self->states, "failed");
    }
  else
    {
      gtk_stack_set_visible_child_name (self->states, "charts");
    }

  update_banner (self, state);
  gtk_widget_set_visible (self->bar, has_session);
  gtk_widget_set_visible (self->watch_group, has_session);
  gtk_widget_set_visible (self->console_group, has_session);
  gtk_widget_set_sensitive (self->watch_group, is_live);
  gtk_widget_set_sensitive (self->console_group, is_live);
  gtk_widget_set_sensitive (self->mark_button, is_live);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.mark", is_live);
  hw_record_page_update_allocations (self);
  if (has_session)
    {
      explain (self, self->snapshot_button, "record.take-snapshot", HW_FEATURE_SNAPSHOT,
               _("Take a snapshot of everything in the program’s memory"));
      explain (self, self->garbage_button, "record.collect-garbage", HW_FEATURE_COLLECT_GARBAGE,
               _("Make the program throw away what nothing refers to"));
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.start-series",
                                     is_live && hw_session_why_not (hw_recording_get_session (self->recording),
                                                                    HW_FEATURE_SNAPSHOT) == NULL);
    }

  /* A file is looked at as a whole first. */
  if (state == HW_RECORDING_ENDED && !has_session)
    {
      hw_time_axis_set_following (self->axis, FALSE);
      hw_time_axis_show_all (self->axis);
    }
}

static void
sample_cb (HwRecordPage *self,
           HwSample     *sample)
{
  /* What a file holds comes all at once; its last sample is shown when it is whole. */
  if (hw_recording_get_session (self->recording) == NULL)
    return;

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "charts") != 0)
    update_state (self);
  hw_record_page_update_figures (self, sample);
  hw_record_page_update_cost (self, sample);
  hw_record_page_update_watches (self, sample);
  hw_record_page_check_series (self, sample);
  hw_record_page_judge (self, FALSE);
}

static void
state_cb (HwRecordPage *self)
{
  HwSample *last = hw_recording_get_last (self->recording);

  update_state (self);
  if (last == NULL)
    return;
  hw_record_page_update_figures (self, last);
  hw_record_page_judge (self, TRUE);
}

static void
banner_clicked_cb (HwRecordPage *self)
{
  if (hw_recording_get_state (self->recording) == HW_RECORDING_WAITING)
    hw_session_let_run (hw_recording_get_session (self->recording));
  else
    hw_recording_start (self->recording);
}

static void
try_again_action (GtkWidget  *widget,
                  const char *action G_GNUC_UNUSED,
                  GVariant   *parameter G_GNUC_UNUSED)
{
  hw_recording_start (HW_RECORD_PAGE (widget)->recording);
}

static void
interval_cb (HwRecordPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->interval);

  if (self->recording != NULL && selected < G_N_ELEMENTS (intervals))
    hw_recording_set_interval (self->recording, intervals[selected]);
}

static void
hw_record_page_dispose (GObject *object)
{
  HwRecordPage *self = HW_RECORD_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  hw_record_page_end_capture (self);
  hw_record_page_end_allocations (self);
  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  /* AdwBin frees its child itself, and once more when the template has done so already. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), HW_TYPE_RECORD_PAGE);
  for (guint i = 0; i < HW_N_RECORD_CHARTS; i++)
    g_clear_object (&self->lines[i]);
  g_clear_object (&self->marks);
  g_clear_object (&self->axis);
  g_clear_object (&self->recording);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->watch_rows, g_hash_table_unref);
  g_clear_pointer (&self->verdict_rows, g_ptr_array_unref);

  G_OBJECT_CLASS (hw_record_page_parent_class)->dispose (object);
}

static void
hw_record_page_class_init (HwRecordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hw_record_page_dispose;

  /**
   * HwRecordPage::captured:
   * @self: the page
   * @file: the snapshot
   * @title: what it is called
   * @note: what the program's memory was
   *
   * A snapshot was taken.
   */
  signals[CAPTURED] =
    g_signal_new ("captured", HW_TYPE_RECORD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_FILE, G_TYPE_STRING, G_TYPE_STRING);

  /**
   * HwRecordPage::expired:
   * @self: the page
   * @file: the snapshot
   *
   * A snapshot of a series goes, because newer ones came.
   */
  signals[EXPIRED] =
    g_signal_new ("expired", HW_TYPE_RECORD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_FILE);

  gtk_widget_class_install_action (widget_class, "record.try-again", NULL, try_again_action);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-record-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, states);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, opening_page);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, banner);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, bar);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, garbage_button);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, interval);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, figures);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, charts_box);
  gtk_widget_class_bind_template_callback (widget_class, banner_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, interval_cb);
  hw_record_page_class_capture (widget_class);
  hw_record_page_class_allocations (widget_class);
  hw_record_page_class_tools (widget_class);
  hw_record_page_class_verdict (widget_class);
}

static void
hw_record_page_init (HwRecordPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->watch_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->series_files);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * hw_record_page_new:
 * @recording: what to show
 *
 * Returns: (transfer floating): a page of @recording
 */
GtkWidget *
hw_record_page_new (HwRecording *recording)
{
  HwRecordPage *self;

  g_return_val_if_fail (HW_IS_RECORDING (recording), NULL);

  self = g_object_new (HW_TYPE_RECORD_PAGE, NULL);
  self->recording = g_object_ref (recording);
  hw_record_page_init_charts (self);
  hw_record_page_init_capture (self);
  hw_record_page_init_allocations (self);
  hw_record_page_init_tools (self);
  hw_record_page_init_verdict (self);
  g_object_bind_property (self->axis, "following", self->pause_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL | G_BINDING_INVERT_BOOLEAN);

  g_signal_connect_swapped (recording, "notify::state", G_CALLBACK (state_cb), self);
  g_signal_connect_swapped (recording, "notify::message", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (recording, "notify::title", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (recording, "sample", G_CALLBACK (sample_cb), self);
  update_state (self);

  return GTK_WIDGET (self);
}

/**
 * hw_record_page_get_recording:
 * @self: a page
 *
 * Returns: (transfer none): what it shows
 */
HwRecording *
hw_record_page_get_recording (HwRecordPage *self)
{
  g_return_val_if_fail (HW_IS_RECORD_PAGE (self), NULL);

  return self->recording;
}
