/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples and events of a recording become series and marks on one clock, live ones as well as a file's. */
#include "config.h"

#include "app/hw-recording-private.h"

#include <math.h>

/* A program that counts by a thousand types is not drawn with a thousand lines. */
#define MAX_NAMED_LINES 256
#define MAX_EVENTS      100000

/* More samples than these say nothing new about a trend. */
#define MAX_SAMPLES     8192

/* A line is broken where nothing came for so many intervals. */
#define GAP_INTERVALS   4

void
hw_recording_line_free (gpointer data)
{
  HwRecordingLine *line = data;

  g_object_unref (line->series);
  g_free (line->name);
  g_free (line);
}

void
hw_recording_event_clear (gpointer data)
{
  hw_event_unref (((HwRecordingEvent *) data)->event);
}

static HwRecordingLine *
add_line (HwRecording  *self,
          HwMetric      metric,
          HwCountGroup  group,
          const char   *name)
{
  HwRecordingLine *line = g_new0 (HwRecordingLine, 1);

  line->metric = metric;
  line->group = group;
  line->name = g_strdup (name);
  line->series = hw_series_new (HW_SERIES_DEFAULT_LIMIT);
  if (self->session != NULL)
    hw_series_set_max_gap (line->series, (gint64) self->interval * 1000 * GAP_INTERVALS);
  g_ptr_array_add (self->lines, line);

  return line;
}

static void
append_metric (HwRecording *self,
               HwMetric     metric,
               gint64       time,
               double       value)
{
  HwRecordingLine *line = self->metric_lines[metric];

  if (line == NULL)
    {
      line = add_line (self, metric, HW_N_COUNT_GROUPS, NULL);
      self->metric_lines[metric] = line;
      hw_series_append (line->series, time, value);
      hw_recording_emit_line (self, self->lines->len - 1);
      return;
    }
  hw_series_append (line->series, time, value);
}

static void
append_named (HwRecording  *self,
              HwCountGroup  group,
              const char   *name,
              gint64        time,
              double        value)
{
  g_autofree char *key = g_strdup_printf ("%d:%s", group, name);
  HwRecordingLine *line = g_hash_table_lookup (self->by_name, key);

  if (line == NULL)
    {
      if (g_hash_table_size (self->by_name) >= MAX_NAMED_LINES)
        return;
      line = add_line (self, HW_N_METRICS, group, name);
      g_hash_table_insert (self->by_name, g_steal_pointer (&key), line);
      hw_series_append (line->series, time, value);
      hw_recording_emit_line (self, self->lines->len - 1);
      return;
    }
  hw_series_append (line->series, time, value);
}

/* The types that are no longer there count as none, not as unknown. */
static void
append_missing (HwRecording *self,
                gint64       time)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HwRecordingLine *line = value;
      guint n = hw_series_get_n (line->series);

      if (line->group != HW_N_COUNT_GROUPS && (n == 0 || hw_series_get_time (line->series, n - 1) < time))
        hw_series_append (line->series, time, 0);
    }
}

/* Everything that was measured, on the clock that all series share. */
void
hw_recording_take_sample (HwRecording *self,
                          HwSample    *sample)
{
  gint64 time = hw_series_clock_map (&self->clock, hw_sample_get_time (sample), NULL);
  const HwSampleCount *counts;
  const HwSampleWatch *watches;
  guint n_counts;
  guint n_watches;

  if (self->has_samples && hw_sample_get_run (sample) != self->run)
    for (guint i = 0; i < self->lines->len; i++)
      hw_series_break (((HwRecordingLine *) self->lines->pdata[i])->series);
  if (hw_sample_get_run (sample) != self->run)
    {
      self->run = hw_sample_get_run (sample);
      hw_recording_notify_run (self);
    }

  for (guint i = 0; i < HW_N_METRICS; i++)
    {
      if (hw_sample_has (sample, (HwMetric) i))
        append_metric (self, (HwMetric) i, time, hw_sample_get (sample, (HwMetric) i));
      else if (self->metric_lines[i] != NULL)
        hw_series_append (self->metric_lines[i]->series, time, NAN);
    }

  counts = hw_sample_get_counts (sample, &n_counts);
  for (guint i = 0; i < n_counts; i++)
    append_named (self, counts[i].group, counts[i].type, time, (double) counts[i].count);
  if (n_counts > 0)
    append_missing (self, time);

  watches = hw_sample_get_watches (sample, &n_watches);
  for (guint i = 0; i < n_watches; i++)
    append_named (self, HW_N_COUNT_GROUPS, watches[i].name, time, watches[i].value);

  /* Every other one of the older half goes: what was long ago needs less detail. */
  if (self->samples->len >= MAX_SAMPLES)
    for (guint i = MAX_SAMPLES / 4; i > 0; i--)
      g_ptr_array_remove_index (self->samples, 2 * i - 1);
  g_ptr_array_add (self->samples, hw_sample_ref (sample));

  self->has_samples = TRUE;
  g_clear_pointer (&self->last, hw_sample_unref);
  self->last = hw_sample_ref (sample);
  hw_recording_emit_sample (self, sample);
}

/* What happened, on the same clock. */
void
hw_recording_take_event (HwRecording *self,
                         HwEvent     *event)
{
  HwRecordingEvent item = { .event = hw_event_ref (event) };

  /* Events may be told late: they must not push the samples' clock forward. */
  item.time = self->clock.last != 0 ? event->time + self->clock.offset
                                    : hw_series_clock_map (&self->clock, event->time, NULL);
  if (self->events->len >= MAX_EVENTS)
    g_array_remove_range (self->events, 0, MAX_EVENTS / 10);
  g_array_append_val (self->events, item);
  hw_recording_emit_event (self, self->events->len - 1);
}
