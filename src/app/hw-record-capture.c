/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots of a live program: what one will cost, taking it, and series of them. */
#include "config.h"

#include "app/hw-record-page-private.h"

#include <glib/gi18n.h>

#include "base/hw-format.h"
#include "inspector/hw-inspector-error.h"

#define MEGABYTE 1e6

/* A rate is measured over a minute, and no rule but the clock takes snapshots faster than this. */
#define RATE_WINDOW   (60 * G_USEC_PER_SEC)
#define LEAST_SPACING (30 * G_USEC_PER_SEC)

static char *
describe_cost (const HwSnapshotCost *cost)
{
  g_autofree char *file = hw_format_size (cost->file_size);
  g_autofree char *memory = hw_format_size (cost->extra_memory);

  if (cost->max_pause < 1)
    return g_strdup_printf (_("A snapshot will stop the program for less than a second, use some %s more memory "
                              "meanwhile, and become a file of about %s."), memory, file);

  return g_strdup_printf (_("A snapshot will stop the program for %.0f to %.0f seconds, use some %s more memory "
                            "meanwhile, and become a file of about %s."),
                          cost->min_pause, cost->max_pause, memory, file);
}

/* What a snapshot would cost now. */
void
hw_record_page_update_cost (HwRecordPage *self,
                            HwSample     *sample)
{
  g_autofree char *folder = hw_recording_dup_default_folder ();
  g_autofree char *text = NULL;
  HwSnapshotCost cost;

  hw_snapshot_estimate (hw_recording_get_session (self->recording), sample, folder, &cost);
  text = describe_cost (&cost);
  gtk_label_set_label (self->cost, text);
  gtk_widget_set_visible (GTK_WIDGET (self->cost), TRUE);
  if (cost.is_risky)
    gtk_widget_add_css_class (GTK_WIDGET (self->cost), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->cost), "warning");
}

static void
progress_cb (HwRecordPage *self)
{
  g_autofree char *text = NULL;
  g_autofree char *size = NULL;
  guint64 done, total, n_bytes;

  hw_snapshot_job_get_progress (self->job, &done, &total, &n_bytes);
  size = hw_format_size (n_bytes);
  switch (hw_snapshot_job_get_phase (self->job))
    {
    case HW_SNAPSHOT_PREPARING:
      text = g_strdup (_("Preparing the snapshot…"));
      gtk_progress_bar_pulse (self->progress);
      break;

    case HW_SNAPSHOT_BUILDING:
      text = g_strdup (_("The program walks its heap…"));
      if (total > 0)
        gtk_progress_bar_set_fraction (self->progress, MIN (1.0, (double) done / (double) total));
      else
        gtk_progress_bar_pulse (self->progress);
      break;

    case HW_SNAPSHOT_RECEIVING:
    case HW_SNAPSHOT_FINISHED:
    default:
      text = g_strdup_printf (_("%s received"), size);
      gtk_progress_bar_pulse (self->progress);
      break;
    }
  gtk_label_set_label (self->progress_label, text);
}

/* The program's memory at that moment, as a note beside the snapshot. */
static char *
make_note (HwSample *sample)
{
  static const HwMetric shown[] = { HW_METRIC_HEAP_USED, HW_METRIC_HEAP_TOTAL, HW_METRIC_RSS, HW_METRIC_EXTERNAL };
  GString *note = g_string_new (NULL);

  for (guint i = 0; sample != NULL && i < G_N_ELEMENTS (shown); i++)
    {
      g_autofree char *size = NULL;

      if (!hw_sample_has (sample, shown[i]))
        continue;
      size = hw_format_size ((guint64) MAX (0, hw_sample_get (sample, shown[i])));
      g_string_append_printf (note, "%s%s %s", note->len > 0 ? " · " : "", hw_metric_get_label (shown[i]), size);
    }

  return g_string_free (note, FALSE);
}

/* Of a series only the last few stay. */
static void
expire (HwRecordPage *self,
        GFile        *file)
{
  g_queue_push_tail (&self->series_files, g_object_ref (file));
  while (self->series_files.length > self->rule_keep)
    {
      g_autoptr(GFile) oldest = g_queue_pop_head (&self->series_files);

      hw_record_page_emit_expired (self, oldest);
      g_file_delete_async (oldest, G_PRIORITY_LOW, NULL, NULL, NULL);
    }
}

static void
record_snapshot (HwRecordPage *self,
                 const char   *title)
{
  g_autoptr(HwEvent) event = NULL;
  guint64 n_bytes;

  hw_snapshot_job_get_progress (self->job, NULL, NULL, &n_bytes);
  event = hw_event_new (HW_EVENT_SNAPSHOT, g_get_real_time (), hw_recording_get_run (self->recording), title);
  event->duration = hw_snapshot_job_get_duration (self->job);
  event->before = (double) n_bytes;
  hw_event_set_level (event, hw_snapshot_job_get_is_salvaged (self->job) ? "salvaged" : "complete");
  hw_event_set_source (event, hw_snapshot_job_get_path (self->job));
  hw_recording_add_event (self->recording, event);
}

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(HwRecordPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *title = NULL;
  gboolean is_done = hw_snapshot_job_run_finish (HW_SNAPSHOT_JOB (source), result, &error);
  HwSample *sample = hw_snapshot_job_get_sample (HW_SNAPSHOT_JOB (source));

  if (self->job != HW_SNAPSHOT_JOB (source))
    return;

  if (is_done || hw_snapshot_job_get_is_salvaged (self->job))
    {
      g_autoptr(GFile) file = g_file_new_for_path (hw_snapshot_job_get_path (self->job));
      g_autofree char *note = make_note (sample);
      const char *label = gtk_editable_get_text (self->label_entry);

      self->n_taken++;
      if (!self->job_of_series && *label != '\0')
        title = g_strdup (label);
      else
        title = g_strdup_printf (_("Snapshot %u"), self->n_taken);
      if (!is_done)
        {
          g_autofree char *whole = g_steal_pointer (&title);

          title = g_strdup_printf (_("%s (incomplete)"), whole);
        }
      record_snapshot (self, title);
      hw_record_page_emit_captured (self, file, title, note);
      if (self->job_of_series)
        expire (self, file);
      else
        gtk_editable_set_text (self->label_entry, "");
    }
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    hw_record_page_tell (self, error->message);

  g_clear_object (&self->job);
  g_clear_object (&self->job_cancellable);
  gtk_revealer_set_reveal_child (self->progress_revealer, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.cancel-snapshot", FALSE);
}

static void
start (HwRecordPage *self,
       gboolean      of_series)
{
  HwSnapshotOptions options = HW_SNAPSHOT_OPTIONS_DEFAULT;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  HwSample *last = hw_recording_get_last (self->recording);

  if (self->job != NULL || !hw_recording_get_is_live (self->recording))
    return;

  path = hw_recording_dup_capture_path (self->recording, &error);
  if (path == NULL)
    {
      hw_record_page_tell (self, error->message);
      return;
    }

  options.collect_first = gtk_check_button_get_active (self->collect_first);
  options.numeric_values = gtk_check_button_get_active (self->numeric_values);
  options.internals = gtk_check_button_get_active (self->internals);
  self->job = hw_snapshot_job_new (hw_recording_get_session (self->recording), path, &options);
  self->job_cancellable = g_cancellable_new ();
  self->job_of_series = of_series;
  self->series_time = g_get_monotonic_time ();
  self->series_heap = last != NULL && hw_sample_has (last, HW_METRIC_HEAP_USED) ? hw_sample_get (last, HW_METRIC_HEAP_USED) : 0;
  g_signal_connect_object (self->job, "progress", G_CALLBACK (progress_cb), self, G_CONNECT_SWAPPED);
  progress_cb (self);
  gtk_revealer_set_reveal_child (self->progress_revealer, TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.cancel-snapshot", TRUE);
  hw_snapshot_job_run_async (self->job, self->job_cancellable, finished_cb, g_object_ref (self));
}

static void
risk_answered_cb (HwRecordPage *self,
                  const char   *response)
{
  if (g_str_equal (response, "take"))
    start (self, FALSE);
}

static void
take_snapshot_action (GtkWidget  *widget,
                      const char *action G_GNUC_UNUSED,
                      GVariant   *parameter G_GNUC_UNUSED)
{
  HwRecordPage *self = HW_RECORD_PAGE (widget);
  HwSample *last = hw_recording_get_last (self->recording);
  g_autofree char *folder = hw_recording_dup_default_folder ();
  g_autofree char *memory = NULL;
  g_autofree char *free_memory = NULL;
  g_autofree char *body = NULL;
  HwSnapshotCost cost = { 0 };
  AdwAlertDialog *alert;

  if (last != NULL)
    hw_snapshot_estimate (hw_recording_get_session (self->recording), last, folder, &cost);
  if (!cost.is_risky)
    {
      start (self, FALSE);
      return;
    }

  memory = hw_format_size (cost.extra_memory);
  free_memory = hw_format_size (cost.free_memory);
  body = g_strdup_printf (_("The snapshot will need some %s more memory, and %s are free. The program may be killed "
                            "by it."), memory, free_memory);
  alert = ADW_ALERT_DIALOG (adw_alert_dialog_new (_("Take a Snapshot All the Same?"), body));
  adw_alert_dialog_add_responses (alert, "cancel", _("_Cancel"), "take", _("_Take Snapshot"), NULL);
  adw_alert_dialog_set_response_appearance (alert, "take", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "cancel");
  adw_alert_dialog_set_close_response (alert, "cancel");
  g_signal_connect_object (alert, "response", G_CALLBACK (risk_answered_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (alert), widget);
}

static void
cancel_snapshot_action (GtkWidget  *widget,
                        const char *action G_GNUC_UNUSED,
                        GVariant   *parameter G_GNUC_UNUSED)
{
  g_cancellable_cancel (HW_RECORD_PAGE (widget)->job_cancellable);
}

static void
collected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(HwRecordPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!hw_session_collect_garbage_finish (HW_SESSION (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    hw_record_page_tell (self, error->message);
}

static void
collect_garbage_action (GtkWidget  *widget,
                        const char *action G_GNUC_UNUSED,
                        GVariant   *parameter G_GNUC_UNUSED)
{
  HwRecordPage *self = HW_RECORD_PAGE (widget);

  hw_session_collect_garbage_async (hw_recording_get_session (self->recording), self->cancellable, collected_cb,
                                    g_object_ref (self));
}

static void
series_rule_cb (HwRecordPage *self)
{
  static const char *const units[] = { N_("minutes"), N_("MB more"), N_("MB in a minute"), N_("percent of its limit") };
  static const double usual[] = { 10, 50, 10, 80 };
  guint selected = gtk_drop_down_get_selected (self->series_rule);

  if (self->series_unit == NULL || self->series_value == NULL || selected >= G_N_ELEMENTS (units))
    return;
  gtk_label_set_label (self->series_unit, _(units[selected]));
  gtk_spin_button_set_value (self->series_value, usual[selected]);
}

static void
update_series (HwRecordPage *self)
{
  gboolean is_on = self->rule != HW_SERIES_RULE_NONE;

  gtk_menu_button_set_label (self->series_button, is_on ? _("Series Is On") : _("Capture _Every…"));
  if (is_on)
    gtk_widget_add_css_class (GTK_WIDGET (self->series_button), "accent");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->series_button), "accent");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.stop-series", is_on);
}

static void
start_series_action (GtkWidget  *widget,
                     const char *action G_GNUC_UNUSED,
                     GVariant   *parameter G_GNUC_UNUSED)
{
  HwRecordPage *self = HW_RECORD_PAGE (widget);

  self->rule = (HwSeriesRule) (gtk_drop_down_get_selected (self->series_rule) + HW_SERIES_RULE_MINUTES);
  self->rule_value = gtk_spin_button_get_value (self->series_value);
  self->rule_keep = (guint) gtk_spin_button_get_value_as_int (self->series_keep);
  gtk_popover_popdown (self->series_popover);
  update_series (self);
  /* The others begin when there is a reason; of these two the first one is what is compared with. */
  if (self->rule == HW_SERIES_RULE_MINUTES || self->rule == HW_SERIES_RULE_GROWTH)
    start (self, TRUE);
}

static void
stop_series_action (GtkWidget  *widget,
                    const char *action G_GNUC_UNUSED,
                    GVariant   *parameter G_GNUC_UNUSED)
{
  HwRecordPage *self = HW_RECORD_PAGE (widget);

  self->rule = HW_SERIES_RULE_NONE;
  gtk_popover_popdown (self->series_popover);
  update_series (self);
}

/* Bytes that the heap has grown by in the last minute; 0 before there was one. */
static double
get_growth (HwRecordPage *self)
{
  HwSeries *series = hw_recording_get_series (self->recording, HW_METRIC_HEAP_USED);
  gint64 first, last;

  if (series == NULL || !hw_series_get_extent (series, &first, &last) || last - first < RATE_WINDOW)
    return 0;

  return hw_series_get_at (series, last) - hw_series_get_at (series, last - RATE_WINDOW);
}

/* Takes the next snapshot of a series when its rule says so. */
void
hw_record_page_check_series (HwRecordPage *self,
                             HwSample     *sample)
{
  gint64 since = g_get_monotonic_time () - self->series_time;
  double heap = hw_sample_has (sample, HW_METRIC_HEAP_USED) ? hw_sample_get (sample, HW_METRIC_HEAP_USED) : 0;
  gboolean is_due = FALSE;

  if (self->rule == HW_SERIES_RULE_NONE || self->job != NULL)
    return;

  /* What is freed again makes room for new growth to be noticed. */
  self->series_heap = MIN (self->series_heap, heap);
  switch (self->rule)
    {
    case HW_SERIES_RULE_MINUTES:
      is_due = (double) since >= self->rule_value * 60 * G_USEC_PER_SEC;
      break;

    case HW_SERIES_RULE_GROWTH:
      is_due = heap - self->series_heap >= self->rule_value * MEGABYTE;
      break;

    case HW_SERIES_RULE_RATE:
      is_due = since >= LEAST_SPACING && get_growth (self) >= self->rule_value * MEGABYTE;
      break;

    case HW_SERIES_RULE_LIMIT:
      is_due = since >= LEAST_SPACING && hw_sample_has (sample, HW_METRIC_HEAP_LIMIT) &&
               heap >= self->rule_value / 100 * hw_sample_get (sample, HW_METRIC_HEAP_LIMIT);
      break;

    case HW_SERIES_RULE_NONE:
    default:
      break;
    }
  if (is_due)
    start (self, TRUE);
}

void
hw_record_page_class_capture (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "record.take-snapshot", NULL, take_snapshot_action);
  gtk_widget_class_install_action (widget_class, "record.cancel-snapshot", NULL, cancel_snapshot_action);
  gtk_widget_class_install_action (widget_class, "record.collect-garbage", NULL, collect_garbage_action);
  gtk_widget_class_install_action (widget_class, "record.start-series", NULL, start_series_action);
  gtk_widget_class_install_action (widget_class, "record.stop-series", NULL, stop_series_action);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, snapshot_button);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, cost);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, collect_first);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, numeric_values);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, internals);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, label_entry);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, progress_revealer);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, progress_label);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, progress);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, series_button);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, series_popover);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, series_rule);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, series_value);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, series_unit);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, series_keep);
  gtk_widget_class_bind_template_callback (widget_class, series_rule_cb);
}

void
hw_record_page_init_capture (HwRecordPage *self)
{
  series_rule_cb (self);
  update_series (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.cancel-snapshot", FALSE);
}

/* Whoever closes the page no longer wants the snapshot. */
void
hw_record_page_end_capture (HwRecordPage *self)
{
  if (self->job_cancellable != NULL)
    g_cancellable_cancel (self->job_cancellable);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_object (&self->job_cancellable);
  g_queue_clear_full (&self->series_files, g_object_unref);
}
