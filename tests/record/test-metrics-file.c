/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/hw-metrics-file.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* 2026-11-21T05:00:00Z */
#define START G_GINT64_CONSTANT (1795237200000000)
#define MB    1000000.0

static const char *program;

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("heapwise-record-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "a 100% ?#.db", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  g_chmod (fixture->folder, 0700);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static HwSample *
make_sample (guint i,
             guint run)
{
  HwSample *sample = hw_sample_new (START + (gint64) i * G_USEC_PER_SEC, 1000000 + (gint64) i * G_USEC_PER_SEC, run);

  hw_sample_set (sample, HW_METRIC_HEAP_USED, 10 * MB + i);
  hw_sample_set (sample, HW_METRIC_RSS, 50 * MB);
  hw_sample_set (sample, HW_METRIC_EVENT_LOOP_UTILIZATION, 0.25);

  return sample;
}

static void
add_samples (HwMetricsFile *file,
             guint          from,
             guint          n,
             guint          run)
{
  for (guint i = from; i < from + n; i++)
    {
      g_autoptr(HwSample) sample = make_sample (i, run);

      hw_metrics_file_add_sample (file, sample);
    }
}

static void
flush (HwMetricsFile *file)
{
  g_autoptr(GError) error = NULL;

  hw_metrics_file_flush_sync (file, &error);
  g_assert_no_error (error);
}

static HwMetricsFile *
open_file (const char    *path,
           HwMetricsMode  mode)
{
  g_autoptr(GError) error = NULL;
  HwMetricsFile *file = hw_metrics_file_open_sync (path, mode, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (file);

  return file;
}

static void
close_file (HwMetricsFile *file)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (hw_metrics_file_close_sync (file, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (file);
}

static void
assert_open_fails (const char    *path,
                   HwMetricsMode  mode,
                   int            code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (hw_metrics_file_open_sync (path, mode, NULL, &error));
  g_assert_error (error, HW_RECORD_ERROR, code);
}

static GPtrArray *
read_all (HwMetricsFile *file)
{
  HwRecordRange all = HW_RECORD_RANGE_ALL;
  g_autoptr(GError) error = NULL;
  GPtrArray *samples;

  all.has_details = TRUE;
  samples = hw_metrics_file_read_samples_sync (file, &all, NULL, NULL, &error);
  g_assert_no_error (error);

  return samples;
}

/* One number that SQL gives, as any other program would ask. */
static double
ask (const char *path,
     const char *sql)
{
  sqlite3 *db;
  sqlite3_stmt *statement;
  double answer;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = sqlite3_column_type (statement, 0) == SQLITE_NULL ? NAN : sqlite3_column_double (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);

  return answer;
}

static void
run_sql (const char *path,
         const char *sql)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, NULL);
  g_assert_cmpstr (sqlite3_errmsg (db), ==, "not an error");
  sqlite3_close (db);
}

static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  g_autoptr(HwSample) sample = make_sample (0, 2);
  g_autoptr(HwEvent) marker = hw_event_new (HW_EVENT_MARKER, START + 5, 2, "login load");
  g_autoptr(HwEvent) line = hw_event_new (HW_EVENT_CONSOLE, START + 6, 2, "request completed");
  g_autoptr(HwEvent) gc = hw_event_new_gc (START + 7, 2, "Mark-Compact", TRUE, 30 * MB, NAN, 2500);
  g_autoptr(HwEvent) shot = hw_event_new (HW_EVENT_SNAPSHOT, START + 8, 2, "before");
  g_autoptr(HwEvent) met = hw_event_new (HW_EVENT_RUN, START, 2, "app.js");
  HwRecordRange all = HW_RECORD_RANGE_ALL;
  g_autoptr(GPtrArray) samples = NULL;
  const HwSample *read;
  guint n_counts, n_watches;

  hw_sample_add_count (sample, HW_COUNT_GROUP_HANDLE, "Socket", 6);
  hw_sample_add_count (sample, HW_COUNT_GROUP_HANDLE, "Socket", 1);
  hw_sample_add_count (sample, HW_COUNT_GROUP_RESOURCE, "Timeout", 4);
  hw_sample_add_watch (sample, "sessions", 12.5, NULL);
  hw_sample_add_watch (sample, "broken", NAN, "TypeError: x");
  hw_event_set_level (marker, "target");
  hw_event_set_level (line, "info");
  hw_event_set_request (line, "GET", "/login");
  hw_event_set_level (shot, "complete");
  hw_event_set_source (shot, "/tmp/a.heapsnapshot");
  hw_event_set_level (met, "node.js/v26.10.0");
  hw_metrics_file_add_event (file, met);
  hw_metrics_file_add_event (file, marker);
  hw_metrics_file_add_event (file, line);
  hw_metrics_file_add_sample (file, sample);
  hw_metrics_file_add_event (file, gc);
  hw_metrics_file_add_event (file, shot);
  hw_metrics_file_set_meta (file, "title", "Größe");
  hw_metrics_file_set_watch (file, "sessions", "sessions.size", "count");
  flush (file);
  g_assert_cmpuint (hw_metrics_file_get_n_waiting (file), ==, 0);

  samples = read_all (file);
  g_assert_cmpuint (samples->len, ==, 1);
  read = g_ptr_array_index (samples, 0);
  for (guint i = 0; i < HW_N_METRICS; i++)
    g_assert_true (hw_sample_has (read, (HwMetric) i) == hw_sample_has (sample, (HwMetric) i));
  g_assert_cmpfloat (hw_sample_get (read, HW_METRIC_HEAP_USED), ==, 10 * MB);
  g_assert_cmpfloat (hw_sample_get (read, HW_METRIC_EVENT_LOOP_UTILIZATION), ==, 0.25);
  g_assert_cmpint (hw_sample_get_time (read), ==, START);
  g_assert_cmpint (hw_sample_get_monotonic (read), ==, 1000000);
  g_assert_cmpuint (hw_sample_get_run (read), ==, 2);
  g_assert_cmpstr (hw_sample_get_label (read), ==, "login load");
  g_assert_cmpstr (hw_sample_get_method (read), ==, "GET");
  g_assert_cmpstr (hw_sample_get_url (read), ==, "/login");
  g_assert_cmpstr (hw_sample_get_counts (read, &n_counts)[0].type, ==, "Socket");
  g_assert_cmpuint (n_counts, ==, 2);
  g_assert_cmpuint (hw_sample_get_counts (read, &n_counts)[0].count, ==, 7);
  g_assert_cmpstr (hw_sample_get_watches (read, &n_watches)[0].error, ==, "TypeError: x");
  g_assert_cmpuint (n_watches, ==, 2);
  g_assert_cmpfloat (hw_sample_get_watches (read, &n_watches)[1].value, ==, 12.5);

  for (guint kind = 0; kind < HW_N_EVENT_KINDS; kind++)
    {
      HwEvent *const given[] = { met, marker, line, gc, shot };
      g_autoptr(GPtrArray) events = hw_metrics_file_read_events_sync (file, (HwEventKind) kind, &all, NULL, NULL);
      HwEvent *event;

      g_assert_cmpuint (events->len, ==, 1);
      event = g_ptr_array_index (events, 0);
      g_assert_cmpint (event->time, ==, given[kind]->time);
      g_assert_cmpstr (event->text, ==, given[kind]->text);
      g_assert_cmpstr (event->level, ==, given[kind]->level);
      g_assert_cmpstr (event->source, ==, given[kind]->source);
      g_assert_cmpstr (event->url, ==, given[kind]->url);
      g_assert_cmpint (event->is_major, ==, given[kind]->is_major);
      g_assert_cmpint (event->duration, ==, given[kind]->duration);
      g_assert_true (isnan (event->before) == isnan (given[kind]->before));
      g_assert_true (isnan (event->after));
      g_assert_cmpint (event->id, ==, 1);

      if (kind == HW_EVENT_MARKER)
        hw_metrics_file_edit_event (file, event, "Laden");
      else if (kind == HW_EVENT_SNAPSHOT)
        hw_metrics_file_edit_event (file, event, NULL);
    }
  close_file (file);

  g_assert_cmpfloat (ask (fixture->path, "SELECT heap_used_mb FROM memory_metrics_mb"), ==, 10);
  g_assert_cmpfloat (ask (fixture->path, "SELECT unixepoch(created_at) FROM memory_metrics"), ==, START / 1e6);
  g_assert_cmpfloat (ask (fixture->path, "SELECT count(*) FROM markers WHERE label = 'Laden'"), ==, 1);
  g_assert_cmpfloat (ask (fixture->path, "SELECT count(*) FROM snapshots"), ==, 0);
  g_assert_cmpfloat (ask (fixture->path, "SELECT count(*) FROM meta WHERE value = 'Größe'"), ==, 1);

  file = open_file (fixture->path, HW_METRICS_MODE_READ);
  {
    g_autofree char *title = hw_metrics_file_dup_meta (file, "title");

    g_assert_cmpstr (title, ==, "Größe");
  }
  g_assert_cmpuint (hw_metrics_file_get_next_run (file), ==, 3);
  close_file (file);
}

static void
test_resume (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  HwRecordRange range = HW_RECORD_RANGE_ALL;
  g_autoptr(GPtrArray) samples = NULL;
  g_autoptr(GPtrArray) more = NULL;
  gint64 last = 0;

  g_assert_cmpuint (hw_metrics_file_get_next_run (file), ==, 0);
  add_samples (file, 0, 100, 0);
  close_file (file);
  assert_open_fails (fixture->path, HW_METRICS_MODE_CREATE, HW_RECORD_ERROR_EXISTS);

  /* As an older program would have left it. */
  run_sql (fixture->path, "DROP VIEW memory_metrics_mb; ALTER TABLE memory_metrics DROP COLUMN frames");
  file = open_file (fixture->path, HW_METRICS_MODE_READ);
  samples = read_all (file);
  g_assert_cmpuint (samples->len, ==, 100);
  close_file (file);

  file = open_file (fixture->path, HW_METRICS_MODE_RESUME);
  g_assert_cmpuint (hw_metrics_file_get_next_run (file), ==, 1);
  add_samples (file, 100, 50, 1);
  flush (file);
  range.after_id = 100;
  more = hw_metrics_file_read_samples_sync (file, &range, &last, NULL, NULL);
  g_assert_cmpuint (more->len, ==, 50);
  g_assert_cmpint (last, ==, 150);
  g_clear_pointer (&more, g_ptr_array_unref);

  range.after_id = 0;
  range.from = START + 10 * G_USEC_PER_SEC;
  range.to = START + 19 * G_USEC_PER_SEC;
  more = hw_metrics_file_read_samples_sync (file, &range, NULL, NULL, NULL);
  g_assert_cmpuint (more->len, ==, 10);
  close_file (file);
}

/* The child adds a sample each millisecond and says after each how many are certainly kept. */
static int
be_child (const char *path)
{
  HwMetricsFile *file = hw_metrics_file_open_sync (path, HW_METRICS_MODE_CREATE, NULL, NULL);

  for (guint i = 0;; i++)
    {
      guint64 both[2];

      add_samples (file, i, 1, 0);
      both[0] = i + 1;
      both[1] = hw_metrics_file_get_n_written (file);
      if (write (STDOUT_FILENO, both, sizeof both) != sizeof both)
        return 1;
      g_usleep (1000);
    }
}

static void
test_killed (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  for (guint round = 0; round < 10; round++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u.db", fixture->folder, round);
      const char *argv[] = { program, "--child", path, NULL };
      g_autoptr(GError) error = NULL;
      HwMetricsFile *file;
      g_autoptr(GPtrArray) samples = NULL;
      guint64 both[2] = { 0, 0 };
      GPid pid;
      int out, status;

      g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out, NULL,
                                &error);
      g_assert_no_error (error);
      for (guint i = 0; i < 50 + 37 * round; i++)
        g_assert_cmpint (read (out, both, sizeof both), ==, sizeof both);
      kill (pid, SIGKILL);
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
      while (read (out, both, sizeof both) == sizeof both)
        continue;
      close (out);

      file = open_file (path, round % 2 == 0 ? HW_METRICS_MODE_READ : HW_METRICS_MODE_RESUME);
      g_assert_null (hw_metrics_file_get_damage (file));
      samples = read_all (file);
      g_test_message ("%u given, %u known to be written, %u found", (guint) both[0], (guint) both[1], samples->len);

      /* Nothing that was written is gone, and what is there are the first ones without a gap. */
      g_assert_cmpuint (samples->len, >=, both[1]);
      for (guint i = 0; i < samples->len; i++)
        g_assert_cmpint (hw_sample_get_time (g_ptr_array_index (samples, i)), ==, START + (gint64) i * G_USEC_PER_SEC);
      close_file (file);
    }
}

/* The disk is full for a while: files may not become larger. */
static void
test_full (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  struct rlimit before, small;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) samples = NULL;
  g_autofree char *problem = NULL;
  guint n_notified = 0;

  g_signal_connect_swapped (file, "notify::problem", G_CALLBACK (g_atomic_int_inc), &n_notified);
  add_samples (file, 0, 100, 0);
  g_assert_true (hw_metrics_file_flush_sync (file, &error));

  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 150000;
  setrlimit (RLIMIT_FSIZE, &small);
  add_samples (file, 100, 5000, 0);
  g_assert_false (hw_metrics_file_flush_sync (file, &error));
  g_assert_error (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NO_SPACE);
  problem = hw_metrics_file_dup_problem (file);
  g_assert_cmpstr (problem, ==, error->message);
  g_assert_cmpuint (hw_metrics_file_get_n_waiting (file), >, 0);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (n_notified, ==, 1);
  add_samples (file, 5100, 10, 0);

  setrlimit (RLIMIT_FSIZE, &before);
  g_clear_error (&error);
  while (!hw_metrics_file_flush_sync (file, &error))
    g_clear_error (&error);
  g_assert_cmpuint (hw_metrics_file_get_n_waiting (file), ==, 0);
  while (n_notified < 2)
    g_main_context_iteration (NULL, TRUE);
  samples = read_all (file);
  g_assert_cmpuint (samples->len, ==, 5110);
  for (guint i = 0; i < samples->len; i++)
    g_assert_cmpint (hw_sample_get_time (g_ptr_array_index (samples, i)), ==, START + (gint64) i * G_USEC_PER_SEC);
  close_file (file);
}

/* Closed while the disk is still full: it is said how much is lost. */
static void
test_full_end (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(HwMetricsFile) file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  struct rlimit before, small;
  g_autoptr(GError) error = NULL;

  add_samples (file, 0, 10, 0);
  flush (file);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 1000;
  setrlimit (RLIMIT_FSIZE, &small);
  add_samples (file, 10, 3, 0);
  g_assert_false (hw_metrics_file_close_sync (file, &error));
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_error (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "3 entries"));
  g_assert_cmpfloat (ask (fixture->path, "SELECT count(*) FROM memory_metrics"), ==, 10);
}

static void
test_deleted (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  g_autofree char *shared = g_strconcat (fixture->path, "-shm", NULL);
  g_autoptr(GPtrArray) samples = NULL;

  add_samples (file, 0, 20, 0);
  flush (file);
  g_unlink (fixture->path);
  g_unlink (log);
  g_unlink (shared);
  add_samples (file, 20, 5, 0);
  flush (file);
  samples = read_all (file);
  g_assert_cmpuint (samples->len, ==, 25);
  close_file (file);
  g_assert_cmpfloat (ask (fixture->path, "SELECT count(*) FROM memory_metrics"), ==, 25);
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file;
  g_autoptr(GError) error = NULL;
  g_autofree char *other = g_build_filename (fixture->folder, "other", NULL);

  g_assert_null (hw_metrics_file_open_sync (fixture->path, HW_METRICS_MODE_READ, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  g_file_set_contents (other, "{\"snapshot\":1}", -1, NULL);
  assert_open_fails (other, HW_METRICS_MODE_READ, HW_RECORD_ERROR_NOT_A_RECORDING);
  assert_open_fails (other, HW_METRICS_MODE_RESUME, HW_RECORD_ERROR_NOT_A_RECORDING);
  g_unlink (other);
  run_sql (other, "CREATE TABLE t (x)");
  assert_open_fails (other, HW_METRICS_MODE_RESUME, HW_RECORD_ERROR_NOT_A_RECORDING);
  g_assert_cmpfloat (ask (other, "SELECT count(*) FROM sqlite_schema"), ==, 1);

  file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  add_samples (file, 0, 5, 0);
  close_file (file);
  run_sql (fixture->path, "PRAGMA user_version = 99");
  assert_open_fails (fixture->path, HW_METRICS_MODE_READ, HW_RECORD_ERROR_NEWER);
  assert_open_fails (fixture->path, HW_METRICS_MODE_RESUME, HW_RECORD_ERROR_NEWER);
  run_sql (fixture->path, "PRAGMA user_version = 1");

  /* Root may write everywhere. */
  if (geteuid () == 0)
    {
      g_test_message ("files without permission: not as root");
      return;
    }
  g_chmod (fixture->path, 0400);
  assert_open_fails (fixture->path, HW_METRICS_MODE_RESUME, HW_RECORD_ERROR_READ_ONLY);
  g_chmod (fixture->folder, 0500);
  file = open_file (fixture->path, HW_METRICS_MODE_READ);
  {
    g_autoptr(GPtrArray) samples = read_all (file);

    g_assert_cmpuint (samples->len, ==, 5);
  }
  close_file (file);
  g_unlink (other);
  assert_open_fails (other, HW_METRICS_MODE_CREATE, HW_RECORD_ERROR_READ_ONLY);
}

/* Bytes anywhere in the file are changed: reading gives something or an error, and never harms the file. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  g_autofree char *copy = g_build_filename (fixture->folder, "copy", NULL);
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  g_autofree char *bytes = NULL;
  HwRecordRange all = HW_RECORD_RANGE_ALL;
  gsize n_bytes;
  guint n_told = 0, n_read = 0;

  add_samples (file, 0, 2000, 0);
  close_file (file);
  g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL);
  all.has_details = TRUE;

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *damaged = g_memdup2 (bytes, n_bytes);
      g_autofree char *after = NULL;
      gsize cut = i % 5 == 0 ? (gsize) g_rand_int_range (random, 1, (gint32) n_bytes) : n_bytes;
      gsize n_after;
      gsize at = (gsize) g_rand_int_range (random, 0, (gint32) n_bytes);

      for (gsize k = at; k < MIN (at + 3000, n_bytes) && i % 5 != 0; k++)
        damaged[k] = (char) g_rand_int (random);
      g_file_set_contents (copy, damaged, (gssize) cut, NULL);

      file = hw_metrics_file_open_sync (copy, HW_METRICS_MODE_READ, NULL, NULL);
      if (file != NULL)
        {
          g_autoptr(GPtrArray) samples = hw_metrics_file_read_samples_sync (file, &all, NULL, NULL, NULL);

          n_told += hw_metrics_file_get_damage (file) != NULL;
          n_read += samples != NULL && samples->len > 0;
          for (guint table = 0; table < HW_N_READY_TABLES; table++)
            {
              g_autoptr(HwRecordTable) ready = hw_metrics_file_read_table_sync (file, (HwReadyTable) table, NULL, NULL);
              g_autoptr(GPtrArray) events = hw_metrics_file_read_events_sync (file, (HwEventKind) table, &all, NULL, NULL);

              g_assert_true (ready == NULL || ready->n_columns > 0);
              g_assert_true (events == NULL || events->len < 2000);
            }
          g_object_unref (file);
          file = hw_metrics_file_open_sync (copy, HW_METRICS_MODE_RESUME, NULL, NULL);
          g_clear_object (&file);
        }
      g_file_get_contents (copy, &after, &n_after, NULL);
      if (n_told > 0 && n_after == cut)
        continue;
    }
  g_test_message ("%u of 150 told to be damaged, %u still gave samples", n_told, n_read);
  g_assert_cmpuint (n_told, >, 50);
  g_assert_cmpuint (n_read, >, 50);
}

/* A stranger's file with the right number, but wicked. */
static void
test_hostile (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  HwRecordRange all = HW_RECORD_RANGE_ALL;
  g_autoptr(GPtrArray) samples = NULL;
  g_autoptr(GError) error = NULL;

  add_samples (file, 0, 3, 0);
  close_file (file);
  run_sql (fixture->path,
           "INSERT INTO memory_metrics (created_at, time_us, run, heap_used, rss, label)"
           " VALUES (x'00ff', 9223372036854775807, -7, 'many', -1e308, x'fffe'), ('', -9223372036854775808, 1e300, 1e999, 3, '');"
           "CREATE TRIGGER t AFTER INSERT ON memory_metrics BEGIN DELETE FROM memory_metrics; END;");
  file = open_file (fixture->path, HW_METRICS_MODE_RESUME);
  add_samples (file, 3, 2, 0);
  flush (file);
  samples = read_all (file);
  g_assert_cmpuint (samples->len, ==, 7);
  g_assert_false (hw_sample_has (g_ptr_array_index (samples, 3), HW_METRIC_HEAP_USED));
  g_assert_true (g_utf8_validate (hw_sample_get_label (g_ptr_array_index (samples, 3)), -1, NULL));
  g_assert_false (hw_sample_has (g_ptr_array_index (samples, 4), HW_METRIC_HEAP_USED));
  close_file (file);

  run_sql (fixture->path,
           "DROP VIEW memory_metrics_mb; DROP VIEW growth_by_request; DROP VIEW before_after_by_label;"
           "DROP VIEW trend_per_minute; DROP TRIGGER t; ALTER TABLE memory_metrics RENAME TO real;"
           "CREATE VIEW memory_metrics AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
           " SELECT id, id AS time_us FROM n");
  file = open_file (fixture->path, HW_METRICS_MODE_READ);
  all.to = 10;
  g_clear_pointer (&samples, g_ptr_array_unref);
  {
    g_autoptr(GCancellable) cancellable = g_cancellable_new ();

    g_cancellable_cancel (cancellable);
    samples = hw_metrics_file_read_samples_sync (file, &all, NULL, cancellable, &error);
    g_assert_null (samples);
    g_assert_nonnull (error);
  }
  close_file (file);
}

static void
test_clock (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  g_autoptr(GPtrArray) samples = NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(HwSample) sample = hw_sample_new (START + (gint64) i * G_USEC_PER_SEC - (i >= 5 ? 3600LL * G_USEC_PER_SEC : 0),
                                                  1 + (gint64) i * G_USEC_PER_SEC, 0);

      hw_metrics_file_add_sample (file, sample);
    }
  flush (file);
  samples = read_all (file);
  g_assert_cmpuint (samples->len, ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (hw_sample_get_monotonic (g_ptr_array_index (samples, i)), ==, 1 + (gint64) i * G_USEC_PER_SEC);
  close_file (file);
}

static const HwRecordCell *
cell (HwRecordTable *table,
      guint          row,
      const char    *column)
{
  for (guint i = 0; i < table->n_columns; i++)
    if (strcmp (table->columns[i], column) == 0)
      return &g_array_index (table->cells, HwRecordCell, row * table->n_columns + i);
  g_assert_not_reached ();
}

static void
add_request (HwMetricsFile *file,
             guint          i,
             double         heap,
             const char    *label,
             const char    *url)
{
  g_autoptr(HwSample) sample = hw_sample_new (START + (gint64) i * 10 * G_USEC_PER_SEC, 0, 0);

  hw_sample_set (sample, HW_METRIC_HEAP_USED, heap);
  hw_sample_set (sample, HW_METRIC_RSS, heap * 2);
  hw_sample_set_label (sample, label);
  if (url != NULL)
    hw_sample_set_request (sample, "GET", url);
  hw_metrics_file_add_sample (file, sample);
}

static void
test_tables (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  g_autoptr(HwRecordTable) growth = NULL;
  g_autoptr(HwRecordTable) labels = NULL;
  g_autoptr(HwRecordTable) trend = NULL;
  g_autoptr(GError) error = NULL;

  add_request (file, 0, 10 * MB, NULL, NULL);
  add_request (file, 1, 11 * MB, "before login", "/login?u=1");
  add_request (file, 2, 14 * MB, "after login", "/login?u=1");
  add_request (file, 3, 15 * MB, "before login", "/login?u=2");
  add_request (file, 4, 20 * MB, "after login", "/login?u=2");
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(HwEvent) line = hw_event_new (HW_EVENT_CONSOLE, START + 41 * G_USEC_PER_SEC + i, 0, "done");

      hw_event_set_request (line, "POST", i < 3 ? "/cart" : "/pay");
      hw_metrics_file_add_event (file, line);
    }
  add_request (file, 5, 24 * MB, "quiet", NULL);
  add_request (file, 6, 25 * MB, "quiet", NULL);
  g_assert_true (hw_metrics_file_flush_sync (file, &error));

  growth = hw_metrics_file_read_table_sync (file, HW_READY_TABLE_GROWTH_BY_REQUEST, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (growth->n_rows, ==, 3);
  g_assert_cmpstr (cell (growth, 0, "request_url")->text, ==, "/login");
  g_assert_cmpfloat (cell (growth, 0, "heap_growth")->number, ==, 8 * MB);
  g_assert_cmpfloat (cell (growth, 0, "heap_growth_each")->number, ==, 4 * MB);
  g_assert_cmpstr (cell (growth, 1, "request_url")->text, ==, "/cart");
  g_assert_cmpfloat (cell (growth, 1, "requests")->number, ==, 3);
  g_assert_cmpfloat (cell (growth, 1, "heap_growth")->number, ==, 3 * MB);
  g_assert_cmpstr (cell (growth, 2, "request_method")->text, ==, "POST");

  labels = hw_metrics_file_read_table_sync (file, HW_READY_TABLE_BEFORE_AFTER, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (labels->n_rows, ==, 2);
  g_assert_cmpstr (cell (labels, 1, "label")->text, ==, "login");
  g_assert_cmpfloat (cell (labels, 1, "samples")->number, ==, 4);
  g_assert_cmpfloat (cell (labels, 1, "heap_before")->number, ==, 13 * MB);
  g_assert_cmpfloat (cell (labels, 1, "heap_growth")->number, ==, 4 * MB);
  g_assert_cmpstr (cell (labels, 0, "label")->text, ==, "quiet");
  g_assert_cmpfloat (cell (labels, 0, "heap_before")->number, ==, 20 * MB);
  g_assert_cmpfloat (cell (labels, 0, "heap_after")->number, ==, 25 * MB);

  trend = hw_metrics_file_read_table_sync (file, HW_READY_TABLE_TREND, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (trend->n_rows, ==, 2);
  g_assert_cmpfloat (cell (trend, 0, "samples")->number, ==, 6);
  g_assert_cmpfloat (cell (trend, 1, "heap_growth")->number, ==, 15 * MB);
  g_assert_true (isnan (cell (trend, 0, "heap_growth")->number));
  close_file (file);

  /* The views that people ask say the same. */
  g_assert_cmpfloat (ask (fixture->path, "SELECT sum(heap_growth) FROM growth_by_request"), ==, 12 * MB);
  g_assert_cmpfloat (ask (fixture->path, "SELECT max(heap_growth) FROM before_after_by_label"), ==, 5 * MB);
  g_assert_cmpfloat (ask (fixture->path, "SELECT max(heap_growth) FROM trend_per_minute"), ==, 15 * MB);
}

static void
test_export (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  HwRecordRange all = HW_RECORD_RANGE_ALL;
  g_autoptr(GOutputStream) csv = g_memory_output_stream_new_resizable ();
  g_autoptr(GOutputStream) sql = g_memory_output_stream_new_resizable ();
  g_autofree char *twin = g_build_filename (fixture->folder, "twin", NULL);
  g_autofree char *copy = g_build_filename (fixture->folder, "copy", NULL);
  g_autofree char *csv_text = NULL;
  g_autofree char *sql_text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GError) error = NULL;

  add_samples (file, 0, 50, 0);
  add_request (file, 60, 1, "say \"a,b\"\nit's", "/ü");
  flush (file);
  g_assert_true (hw_metrics_file_export_csv_sync (file, &all, csv, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (hw_metrics_file_export_sql_sync (file, sql, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (hw_metrics_file_export_copy_sync (file, copy, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (hw_metrics_file_export_copy_sync (file, copy, NULL, NULL));
  close_file (file);

  csv_text = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (csv)),
                        g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (csv)));
  lines = g_strsplit (csv_text, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 53);
  g_assert_true (g_str_has_prefix (lines[0], "created_at,time_us,monotonic_us,run,label,request_method,request_url,rss,heap_used"));
  g_assert_true (g_str_has_prefix (lines[1], "2026-11-21T05:00:00.000Z,1795237200000000,1000000,0,,,,50000000,10000000,"));
  g_assert_nonnull (strstr (lines[51], ",\"say \"\"a,b\"\"\nit's\",GET,/ü,2,1,"));

  sql_text = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (sql)),
                        g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (sql)));
  run_sql (twin, sql_text);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GPtrArray) samples = NULL;

      file = open_file (i == 0 ? twin : copy, HW_METRICS_MODE_RESUME);
      samples = read_all (file);
      g_assert_cmpuint (samples->len, ==, 51);
      g_assert_cmpstr (hw_sample_get_label (g_ptr_array_index (samples, 50)), ==, "say \"a,b\"\nit's");
      close_file (file);
    }
}

/* A day of seconds: written and read in reasonable time and space. */
static void
test_day (Fixture       *fixture,
          gconstpointer  data G_GNUC_UNUSED)
{
  HwMetricsFile *file = open_file (fixture->path, HW_METRICS_MODE_CREATE);
  gint64 begin = g_get_monotonic_time ();
  gint64 written;
  GStatBuf st;

  add_samples (file, 0, 86400, 0);
  flush (file);
  written = g_get_monotonic_time ();
  {
    g_autoptr(GPtrArray) samples = read_all (file);
    g_autoptr(HwRecordTable) trend = hw_metrics_file_read_table_sync (file, HW_READY_TABLE_TREND, NULL, NULL);

    g_assert_cmpuint (samples->len, ==, 86400);
    g_assert_cmpuint (trend->n_rows, ==, 1440);
    g_test_message ("86400 samples: written in %.2f s, read with the trend in %.2f s", (written - begin) / 1e6,
                    (g_get_monotonic_time () - written) / 1e6);
  }
  close_file (file);
  g_stat (fixture->path, &st);
  g_test_message ("%.1f MB", st.st_size / 1e6);
  g_assert_cmpint (st.st_mode & 0077, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 3 && strcmp (argv[1], "--child") == 0)
    return be_child (argv[2]);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  program = argv[0];

#define ADD(name, func) g_test_add ("/record/metrics-file/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("resume", test_resume);
  ADD ("killed", test_killed);
  ADD ("full", test_full);
  ADD ("full-end", test_full_end);
  ADD ("deleted", test_deleted);
  ADD ("refused", test_refused);
  ADD ("damaged", test_damaged);
  ADD ("hostile", test_hostile);
  ADD ("clock", test_clock);
  ADD ("tables", test_tables);
  ADD ("export", test_export);
  ADD ("day", test_day);
#undef ADD

  return g_test_run ();
}
