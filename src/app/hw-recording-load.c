/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording from a file: all its samples and events, in the order of their times. */
#include "config.h"

#include "app/hw-recording-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* What one thread reads of a file. */
typedef struct
{
  HwMetricsFile *metrics;
  GPtrArray     *samples;
  GPtrArray     *events;
  char          *title;
} Content;

static void
content_free (gpointer data)
{
  Content *content = data;

  g_clear_object (&content->metrics);
  g_clear_pointer (&content->samples, g_ptr_array_unref);
  g_clear_pointer (&content->events, g_ptr_array_unref);
  g_free (content->title);
  g_free (content);
}

static int
compare_events (gconstpointer a,
                gconstpointer b)
{
  const HwEvent *first = *(HwEvent *const *) a;
  const HwEvent *second = *(HwEvent *const *) b;

  return first->time < second->time ? -1 : first->time > second->time;
}

static void
read_thread (GTask        *task,
             gpointer      source G_GNUC_UNUSED,
             gpointer      data,
             GCancellable *cancellable)
{
  const HwRecordRange range = { .from = G_MININT64, .to = G_MAXINT64, .has_details = TRUE };
  Content *content = g_new0 (Content, 1);
  GError *error = NULL;

  content->events = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_event_unref);
  content->metrics = hw_metrics_file_open_sync (data, HW_METRICS_MODE_READ, cancellable, &error);
  if (content->metrics != NULL)
    {
      content->title = hw_metrics_file_dup_meta (content->metrics, "title");
      content->samples = hw_metrics_file_read_samples_sync (content->metrics, &range, NULL, cancellable, &error);
    }
  for (guint i = 0; error == NULL && i < HW_N_EVENT_KINDS; i++)
    {
      g_autoptr(GPtrArray) events =
        hw_metrics_file_read_events_sync (content->metrics, (HwEventKind) i, &range, cancellable, &error);

      for (guint k = 0; events != NULL && k < events->len; k++)
        g_ptr_array_add (content->events, hw_event_ref (events->pdata[k]));
    }
  if (error != NULL)
    {
      content_free (content);
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_sort (content->events, compare_events);
  g_task_return_pointer (task, content, content_free);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data G_GNUC_UNUSED)
{
  HwRecording *self = HW_RECORDING (source);
  g_autoptr(GError) error = NULL;
  Content *content = g_task_propagate_pointer (G_TASK (result), &error);
  guint next = 0;

  if (content == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        hw_recording_set_state (self, HW_RECORDING_FAILED, error->message);
      return;
    }

  if (content->title != NULL && *content->title != '\0')
    hw_recording_set_title (self, content->title);
  g_set_object (&self->metrics, content->metrics);
  for (guint i = 0; i < content->samples->len; i++)
    {
      HwSample *sample = content->samples->pdata[i];

      for (; next < content->events->len && ((HwEvent *) content->events->pdata[next])->time < hw_sample_get_time (sample);
           next++)
        hw_recording_take_event (self, content->events->pdata[next]);
      hw_recording_take_sample (self, sample);
    }
  for (; next < content->events->len; next++)
    hw_recording_take_event (self, content->events->pdata[next]);
  hw_recording_set_state (self, HW_RECORDING_ENDED, hw_metrics_file_get_damage (content->metrics));
  content_free (content);
}

/* Begins to read the file on a thread. */
void
hw_recording_load (HwRecording *self)
{
  g_autoptr(GTask) task = NULL;
  char *path = g_file_get_path (self->file);

  /* What is there is read once. */
  if (self->metrics != NULL)
    {
      g_free (path);
      return;
    }
  if (path == NULL)
    {
      hw_recording_set_state (self, HW_RECORDING_FAILED, _("Recordings can only be opened from a local disk."));
      return;
    }
  hw_recording_set_state (self, HW_RECORDING_OPENING, NULL);
  task = g_task_new (self, self->cancellable, read_cb, NULL);
  g_task_set_source_tag (task, hw_recording_load);
  g_task_set_task_data (task, path, g_free);
  g_task_run_in_thread (task, read_thread);
}

/**
 * hw_recording_is_recording_file:
 * @file: a file
 *
 * Recognizes recordings, and other databases whose trouble is told better as a recording's. Cost: reads
 * sixteen bytes of a file on a local disk.
 *
 * Returns: whether @file is an SQLite file
 */
gboolean
hw_recording_is_recording_file (GFile *file)
{
  static const char magic[] = "SQLite format 3";
  g_autoptr(GFileInputStream) stream = NULL;
  g_autofree char *path = NULL;
  char start[sizeof (magic)] = "";
  gsize n_read;

  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  /* A pipe would wait for its writer. */
  path = g_file_get_path (file);
  if (path == NULL || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;

  stream = g_file_read (file, NULL, NULL);

  return stream != NULL && g_input_stream_read_all (G_INPUT_STREAM (stream), start, sizeof start, &n_read, NULL, NULL) &&
         n_read == sizeof start && memcmp (start, magic, sizeof start) == 0;
}
