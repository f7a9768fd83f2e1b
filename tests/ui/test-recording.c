/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings without a window: what a file holds becomes series and events, and trouble is told. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "app/hw-recording.h"
#include "record/hw-metrics-file.h"

#define START G_GINT64_CONSTANT (1700000000000000)

static void
wait_for_end (HwRecording *recording)
{
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (hw_recording_get_state (recording) == HW_RECORDING_OPENING && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
}

static HwSample *
make_sample (guint i,
             guint run)
{
  HwSample *sample = hw_sample_new (START + (gint64) i * G_USEC_PER_SEC, 0, run);

  hw_sample_set (sample, HW_METRIC_HEAP_USED, 1e6 * i);
  if (i % 2 == 0)
    hw_sample_add_count (sample, HW_COUNT_GROUP_HANDLE, "Socket", i);
  hw_sample_add_count (sample, HW_COUNT_GROUP_HANDLE, "Server", 1);
  hw_sample_add_watch (sample, "sessions.size", 3.0 * i, NULL);

  return sample;
}

static const HwRecordingLine *
find_line (HwRecording *recording,
           const char  *name)
{
  for (guint i = 0; i < hw_recording_get_n_lines (recording); i++)
    {
      const HwRecordingLine *line = hw_recording_get_line (recording, i);

      if (g_strcmp0 (line->name, name) == 0)
        return line;
    }

  return NULL;
}

static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("heapwise-recording-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "server.db", NULL);
  g_autoptr(HwMetricsFile) metrics = hw_metrics_file_open_sync (path, HW_METRICS_MODE_CREATE, NULL, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(HwRecording) recording = NULL;
  g_autoptr(HwEvent) mark = hw_event_new (HW_EVENT_MARKER, START + 3500000, 0, "load");
  g_autoptr(GPtrArray) samples = NULL;
  g_autoptr(GPtrArray) gcs = NULL;
  const HwRecordingLine *line;
  HwSeries *heap;
  gint64 first, last;

  g_assert_nonnull (metrics);
  hw_metrics_file_set_meta (metrics, "title", "/srv/app/server.js");
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(HwSample) sample = make_sample (i, i < 6 ? 0 : 1);

      hw_metrics_file_add_sample (metrics, sample);
    }
  hw_metrics_file_add_event (metrics, mark);
  g_assert_true (hw_metrics_file_close_sync (metrics, NULL));

  g_assert_true (hw_recording_is_recording_file (file));
  recording = hw_recording_new_for_file (file);
  hw_recording_start (recording);
  wait_for_end (recording);

  g_assert_cmpint (hw_recording_get_state (recording), ==, HW_RECORDING_ENDED);
  g_assert_cmpstr (hw_recording_get_title (recording), ==, "server.js");
  g_assert_cmpuint (hw_recording_get_run (recording), ==, 1);
  g_assert_false (hw_recording_get_is_live (recording));
  g_assert_true (g_str_has_suffix (hw_recording_get_group (recording), "/server"));

  heap = hw_recording_get_series (recording, HW_METRIC_HEAP_USED);
  g_assert_nonnull (heap);
  g_assert_null (hw_recording_get_series (recording, HW_METRIC_RSS));
  g_assert_true (hw_recording_get_extent (recording, &first, &last));
  g_assert_cmpint (last - first, ==, 9 * G_USEC_PER_SEC);
  g_assert_cmpfloat (hw_series_get_at (heap, last), ==, 9e6);

  /* A type that is not counted any more counts as none. */
  line = find_line (recording, "Socket");
  g_assert_nonnull (line);
  g_assert_cmpint (line->group, ==, HW_COUNT_GROUP_HANDLE);
  g_assert_cmpfloat (hw_series_get_at (line->series, last), ==, 0);
  line = find_line (recording, "sessions.size");
  g_assert_nonnull (line);
  g_assert_cmpfloat (hw_series_get_at (line->series, last), ==, 27);

  g_assert_cmpuint (hw_recording_get_n_events (recording), >=, 1);
  hw_recording_get_range (recording, first, first + 4 * G_USEC_PER_SEC, &samples, &gcs);
  g_assert_cmpuint (samples->len, ==, 5);
  g_assert_cmpuint (gcs->len, ==, 0);

  g_remove (path);
  g_rmdir (folder);
}

static void
test_trouble (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("heapwise-recording-XXXXXX", &path, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(HwRecording) recording = NULL;

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_false (hw_recording_is_recording_file (file));
  g_assert_true (g_file_set_contents (path, "SQLite format 3\0and then nothing of the kind", 44, NULL));
  g_assert_true (hw_recording_is_recording_file (file));

  recording = hw_recording_new_for_file (file);
  hw_recording_start (recording);
  wait_for_end (recording);
  g_assert_cmpint (hw_recording_get_state (recording), ==, HW_RECORDING_FAILED);
  g_assert_nonnull (hw_recording_get_message (recording));
  g_assert_cmpuint (hw_recording_get_n_lines (recording), ==, 0);

  g_remove (path);
}

/* Nothing listens at the port: that is said, and the recording can be stopped and begun again. */
static void
test_nobody (void)
{
  g_autofree char *folder = g_dir_make_tmp ("heapwise-recording-XXXXXX", NULL);
  g_autoptr(HwTarget) target = hw_target_new_for_address ("127.0.0.1:1", FALSE, NULL);
  g_autoptr(HwRecording) recording = hw_recording_new_live (target, folder);
  g_autofree char *path = g_file_get_path (hw_recording_get_file (recording));

  for (guint i = 0; i < 2; i++)
    {
      hw_recording_start (recording);
      wait_for_end (recording);
      g_assert_cmpint (hw_recording_get_state (recording), ==, HW_RECORDING_FAILED);
      g_assert_nonnull (hw_recording_get_message (recording));
      hw_recording_stop (recording);
      g_assert_cmpint (hw_recording_get_state (recording), ==, HW_RECORDING_ENDED);
    }
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_remove (path);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/recording/file", test_file);
  g_test_add_func ("/app/recording/trouble", test_trouble);
  g_test_add_func ("/app/recording/nobody", test_nobody);

  return g_test_run ();
}
