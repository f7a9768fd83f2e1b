/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a recording is asked about itself. */
#include "config.h"

#include "app/hw-recording-private.h"

/**
 * hw_recording_get_title:
 * @self: a recording
 *
 * Returns: what the program is called
 */
const char *
hw_recording_get_title (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);

  return self->title;
}

/**
 * hw_recording_get_state:
 * @self: a recording
 *
 * Returns: where it stands
 */
HwRecordingState
hw_recording_get_state (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), HW_RECORDING_FAILED);

  return self->state;
}

/**
 * hw_recording_get_message:
 * @self: a recording
 *
 * Returns: (nullable): what a person should know, about the file first
 */
const char *
hw_recording_get_message (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);

  return self->problem != NULL ? self->problem : self->message;
}

/**
 * hw_recording_get_subtitle:
 * @self: a recording
 *
 * Returns: the state in words
 */
const char *
hw_recording_get_subtitle (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);

  return self->subtitle;
}

/**
 * hw_recording_get_run:
 * @self: a recording
 *
 * Returns: which run of the program it is, from 0
 */
guint
hw_recording_get_run (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), 0);

  return self->run;
}

/**
 * hw_recording_get_file:
 * @self: a recording
 *
 * Returns: (transfer none): where it is kept
 */
GFile *
hw_recording_get_file (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);

  return self->file;
}

/**
 * hw_recording_get_group:
 * @self: a recording
 *
 * Returns: the URI of the folder of its snapshots
 */
const char *
hw_recording_get_group (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);

  return self->group;
}

/**
 * hw_recording_get_session:
 * @self: a recording
 *
 * Returns: (nullable) (transfer none): the connection, of a live recording
 */
HwSession *
hw_recording_get_session (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);

  return self->session;
}

/**
 * hw_recording_get_last:
 * @self: a recording
 *
 * Returns: (nullable) (transfer none): the newest sample
 */
HwSample *
hw_recording_get_last (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);

  return self->last;
}

/**
 * hw_recording_get_is_live:
 * @self: a recording
 *
 * Returns: whether the program is attached to, be it busy or waiting
 */
gboolean
hw_recording_get_is_live (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), FALSE);

  return self->session != NULL &&
         (self->state == HW_RECORDING_LIVE || self->state == HW_RECORDING_BUSY || self->state == HW_RECORDING_WAITING);
}

/**
 * hw_recording_get_n_lines:
 * @self: a recording
 *
 * Returns: how many values it has over time
 */
guint
hw_recording_get_n_lines (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), 0);

  return self->lines->len;
}

/**
 * hw_recording_get_n_events:
 * @self: a recording
 *
 * Returns: how many events it has
 */
guint
hw_recording_get_n_events (HwRecording *self)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), 0);

  return self->events->len;
}

/**
 * hw_recording_get_line:
 * @self: a recording
 * @index: which one
 *
 * Returns: (transfer none): one value over time
 */
const HwRecordingLine *
hw_recording_get_line (HwRecording *self,
                       guint        index)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);
  g_return_val_if_fail (index < self->lines->len, NULL);

  return self->lines->pdata[index];
}

/**
 * hw_recording_get_series:
 * @self: a recording
 * @metric: what
 *
 * Returns: (nullable) (transfer none): its values, if it ever had any
 */
HwSeries *
hw_recording_get_series (HwRecording *self,
                         HwMetric     metric)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);
  g_return_val_if_fail (metric < HW_N_METRICS, NULL);

  return self->metric_lines[metric] != NULL ? self->metric_lines[metric]->series : NULL;
}

/**
 * hw_recording_get_event:
 * @self: a recording
 * @index: which one, in the order they became known
 *
 * Returns: (transfer none): what happened; valid until the next event
 */
const HwRecordingEvent *
hw_recording_get_event (HwRecording *self,
                        guint        index)
{
  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);
  g_return_val_if_fail (index < self->events->len, NULL);

  return &g_array_index (self->events, HwRecordingEvent, index);
}

/**
 * hw_recording_get_extent:
 * @self: a recording
 * @first: (out): the first time there is anything
 * @last: (out): the last time
 *
 * Returns: whether there is anything
 */
gboolean
hw_recording_get_extent (HwRecording *self,
                         gint64      *first,
                         gint64      *last)
{
  gboolean found = FALSE;

  g_return_val_if_fail (HW_IS_RECORDING (self), FALSE);

  for (guint i = 0; i < self->lines->len; i++)
    {
      gint64 start, end;

      if (!hw_series_get_extent (((HwRecordingLine *) self->lines->pdata[i])->series, &start, &end))
        continue;
      *first = found ? MIN (*first, start) : start;
      *last = found ? MAX (*last, end) : end;
      found = TRUE;
    }

  return found;
}

/**
 * hw_recording_get_range:
 * @self: a recording
 * @start: the first time, on the clock of the series; `G_MININT64` for the beginning
 * @end: the last time; `G_MAXINT64` for the end
 * @samples: (out) (transfer full) (element-type HwSample): what was measured
 * @gcs: (out) (transfer full) (element-type HwEvent): the garbage collections
 *
 * What a verdict is made of, of the newest part in full and of older parts thinned.
 */
void
hw_recording_get_range (HwRecording  *self,
                        gint64        start,
                        gint64        end,
                        GPtrArray   **samples,
                        GPtrArray   **gcs)
{
  g_return_if_fail (HW_IS_RECORDING (self));

  *samples = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_sample_unref);
  *gcs = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_event_unref);
  for (guint i = 0; i < self->samples->len; i++)
    {
      gint64 time = hw_sample_get_time (self->samples->pdata[i]) + self->clock.offset;

      if (time >= start && time <= end)
        g_ptr_array_add (*samples, hw_sample_ref (self->samples->pdata[i]));
    }
  for (guint i = 0; i < self->events->len; i++)
    {
      const HwRecordingEvent *item = &g_array_index (self->events, HwRecordingEvent, i);

      if (item->event->kind == HW_EVENT_GC && item->time >= start && item->time <= end)
        g_ptr_array_add (*gcs, hw_event_ref (item->event));
    }
}
