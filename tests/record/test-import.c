/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/hw-import.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <utime.h>

/* 2026-11-21T05:00:00Z */
#define START G_GINT64_CONSTANT (1795237200000000)

typedef struct
{
  char           *folder;
  char           *path;       /* what is imported */
  char           *to;         /* the recording */
  HwMetricsFile  *file;
  HwImportReport  report;
  GPtrArray      *samples;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("heapwise-import-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "source", NULL);
  fixture->to = g_build_filename (fixture->folder, "to.db", NULL);
  fixture->file = hw_metrics_file_open_sync (fixture->to, HW_METRICS_MODE_CREATE, NULL, NULL);
  g_assert_nonnull (fixture->file);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_clear_pointer (&fixture->samples, g_ptr_array_unref);
  g_assert_true (hw_metrics_file_close_sync (fixture->file, NULL));
  g_assert_finalize_object (fixture->file);
  g_unlink (fixture->path);
  g_unlink (fixture->to);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->to);
}

static void
import_file (Fixture    *fixture,
             const char *path,
             const char *kind)
{
  HwRecordRange all = { G_MININT64, G_MAXINT64, 0, NULL, TRUE };
  g_autoptr(GError) error = NULL;

  hw_import_sync (fixture->file, path, &fixture->report, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->report.kind, ==, kind);
  g_clear_pointer (&fixture->samples, g_ptr_array_unref);
  fixture->samples = hw_metrics_file_read_samples_sync (fixture->file, &all, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
import_text (Fixture    *fixture,
             const char *text,
             const char *kind)
{
  struct utimbuf times = { START / G_USEC_PER_SEC, START / G_USEC_PER_SEC };

  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  g_assert_cmpint (g_utime (fixture->path, &times), ==, 0);
  import_file (fixture, fixture->path, kind);
}

static GPtrArray *
events_of (Fixture     *fixture,
           HwEventKind  kind)
{
  HwRecordRange all = HW_RECORD_RANGE_ALL;
  GPtrArray *events = hw_metrics_file_read_events_sync (fixture->file, kind, &all, NULL, NULL);

  g_assert_nonnull (events);

  return events;
}

static const HwSample *
sample (Fixture *fixture,
        guint    i)
{
  g_assert_cmpuint (i, <, fixture->samples->len);

  return g_ptr_array_index (fixture->samples, i);
}

static void
test_fixtures (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *name;
    const char *kind;
    guint       n_gcs;
    guint       n_major;
    double      first_after;   /* bytes */
    double      last_after;
  } files[] = {
    { "trace-gc-node20.txt", "log", 8, 2, 3.6 * 1048576, 0 },
    { "trace-gc-node22.txt", "log", 6, 2, 4.1 * 1048576, 0 },
    { "trace-gc-node24.txt", "log", 7, 3, 4.5 * 1048576, 0 },
    { "trace-gc-node26.txt", "log", 8, 2, 4.5 * 1048576, 3.8 * 1048576 },
    { "trace-gc-deno2.txt", "log", 6, 2, 4.0 * 1048576, 0 },
    { "jsc-logGC-bun.txt", "log", 2, 1, 0, 8445000 },
    { "node-tracing-v8-node26.json", "trace-events", 0, 2, 4481376, 4264064 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "record", files[i].name, NULL);
      g_autoptr(GPtrArray) gcs = NULL;
      guint run = hw_metrics_file_get_next_run (fixture->file), n = 0, n_major = 0;
      double first = NAN, last = NAN;
      gint64 time = G_MININT64;

      import_file (fixture, path, files[i].kind);
      g_assert_true (fixture->report.has_guessed_times);
      gcs = events_of (fixture, HW_EVENT_GC);
      for (guint k = 0; k < gcs->len; k++)
        {
          const HwEvent *gc = g_ptr_array_index (gcs, k);

          if (gc->run < run)
            continue;
          g_assert_cmpint (gc->time, >=, time);
          time = gc->time;
          n++;
          n_major += gc->is_major;
          first = isnan (first) ? gc->after : first;
          last = gc->after;
          g_assert_cmpfloat (gc->before, >=, gc->after);
          g_assert_cmpint (gc->duration, >, 0);
        }
      g_test_message ("%s: %u collections, %u major, %.0f … %.0f", files[i].name, n, n_major, first, last);
      if (files[i].n_gcs > 0)
        g_assert_cmpuint (n, ==, files[i].n_gcs);
      g_assert_cmpuint (n_major, ==, files[i].n_major);
      if (files[i].first_after > 0)
        g_assert_cmpfloat_with_epsilon (first, files[i].first_after, 1);
      if (files[i].last_after > 0)
        g_assert_cmpfloat_with_epsilon (last, files[i].last_after, 1);
    }
}

static void
test_report (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "record", "report-node26.json", NULL);
  g_autoptr(GPtrArray) runs = NULL;
  guint n_counts;

  import_file (fixture, path, "report");
  g_assert_cmpuint (fixture->samples->len, ==, 1);
  g_assert_cmpint (hw_sample_get_time (sample (fixture, 0)), ==, G_GINT64_CONSTANT (1795183191471000));
  g_assert_cmpfloat (hw_sample_get (sample (fixture, 0), HW_METRIC_HEAP_USED), ==, 4169632);
  g_assert_cmpfloat (hw_sample_get (sample (fixture, 0), HW_METRIC_RSS), ==, 43073536);
  g_assert_cmpfloat (hw_sample_get (sample (fixture, 0), HW_METRIC_CPU_USER), ==, 11706);
  g_assert_false (hw_sample_has (sample (fixture, 0), HW_METRIC_CONTAINER_LIMIT));
  hw_sample_get_counts (sample (fixture, 0), &n_counts);
  g_assert_cmpuint (n_counts, ==, 2);
  runs = events_of (fixture, HW_EVENT_RUN);
  g_assert_cmpstr (((HwEvent *) g_ptr_array_index (runs, 0))->level, ==, "node.js/v26.10.0");
  g_clear_pointer (&path, g_free);
  path = g_test_build_filename (G_TEST_DIST, "fixtures", "record", "report-node20.json", NULL);
  import_file (fixture, path, "report");
  g_assert_cmpuint (fixture->samples->len, ==, 2);
}

static void
test_csv (Fixture       *fixture,
          gconstpointer  data G_GNUC_UNUSED)
{
  import_text (fixture,
               "\xef\xbb\xbfid,created_at,label,heapUsed,heap_total_mb,External MiB,rss,request_method,request_url\r\n"
               "1,2026-11-21T05:00:01Z,\"before \"\"x\"\", y\",1000,2.5,1,4000,GET,/a\r\n"
               "2,2026-11-21 07:00:02+02:00,after,1500,,,,,\r\n"
               "3,never,,1,2,3,4,,\r\n"
               "4,1795237203,,1,2\r\n"
               "5,1795237204123,,9,,,,,\n\n", "csv");
  g_assert_cmpuint (fixture->samples->len, ==, 4);
  g_assert_cmpuint (fixture->report.n_skipped, ==, 1);
  g_assert_cmpint (hw_sample_get_time (sample (fixture, 0)), ==, START + 1000000);
  g_assert_cmpstr (hw_sample_get_label (sample (fixture, 0)), ==, "before \"x\", y");
  g_assert_cmpfloat (hw_sample_get (sample (fixture, 0), HW_METRIC_HEAP_USED), ==, 1000);
  g_assert_cmpfloat (hw_sample_get (sample (fixture, 0), HW_METRIC_HEAP_TOTAL), ==, 2500000);
  g_assert_cmpfloat (hw_sample_get (sample (fixture, 0), HW_METRIC_EXTERNAL), ==, 1048576);
  g_assert_cmpstr (hw_sample_get_url (sample (fixture, 0)), ==, "/a");
  g_assert_cmpint (hw_sample_get_time (sample (fixture, 1)), ==, START + 2000000);
  g_assert_false (hw_sample_has (sample (fixture, 1), HW_METRIC_RSS));
  g_assert_cmpint (hw_sample_get_time (sample (fixture, 2)), ==, START + 3000000);
  g_assert_cmpint (hw_sample_get_time (sample (fixture, 3)), ==, START + 4123000);

  /* What was exported comes back, as a run of its own. */
  {
    g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
    HwRecordRange all = HW_RECORD_RANGE_ALL;
    g_autofree char *text = NULL;

    g_assert_true (hw_metrics_file_export_csv_sync (fixture->file, &all, stream, NULL, NULL));
    text = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                      g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)));
    import_text (fixture, text, "csv");
  }
  g_assert_cmpuint (fixture->samples->len, ==, 8);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpint (hw_sample_get_time (sample (fixture, i)), ==, hw_sample_get_time (sample (fixture, i + 4)));
      g_assert_cmpuint (hw_sample_get_run (sample (fixture, i + 4)), ==, 1);
      g_assert_cmpstr (hw_sample_get_label (sample (fixture, i)), ==, hw_sample_get_label (sample (fixture, i + 4)));
      for (guint k = 0; k < HW_N_METRICS; k++)
        if (hw_sample_has (sample (fixture, i), (HwMetric) k))
          g_assert_cmpfloat (hw_sample_get (sample (fixture, i), (HwMetric) k), ==,
                             hw_sample_get (sample (fixture, i + 4), (HwMetric) k));
    }
}

static void
test_sqlite (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  sqlite3 *db;
  g_autofree char *copy = g_build_filename (fixture->folder, "copy", NULL);

  sqlite3_open (fixture->path, &db);
  sqlite3_exec (db,
                "CREATE TABLE \"users\" (id, name); CREATE TABLE memory_metrics (id INTEGER PRIMARY KEY, created_at DATETIME,"
                " label TEXT, heap_used INTEGER, heap_total INTEGER, external INTEGER, rss INTEGER, request_method, request_url);"
                "INSERT INTO memory_metrics VALUES (1, '2026-11-21T05:00:00Z', 'a', 1, 2, 3, 4, 'GET', '/'),"
                " (2, 1795237201, NULL, 5, NULL, NULL, 8.5, NULL, NULL), (3, NULL, '', 1, 1, 1, 1, '', '')", NULL, NULL, NULL);
  sqlite3_close (db);
  import_file (fixture, fixture->path, "sqlite");
  g_assert_cmpuint (fixture->samples->len, ==, 2);
  g_assert_cmpuint (fixture->report.n_skipped, ==, 1);
  g_assert_cmpfloat (hw_sample_get (sample (fixture, 1), HW_METRIC_RSS), ==, 8.5);
  g_assert_cmpstr (hw_sample_get_method (sample (fixture, 0)), ==, "GET");

  /* A recording in a recording. */
  {
    g_autoptr(HwEvent) marker = hw_event_new (HW_EVENT_MARKER, START, 0, "here");

    hw_metrics_file_add_event (fixture->file, marker);
    g_assert_true (hw_metrics_file_flush_sync (fixture->file, NULL));
    g_assert_true (hw_metrics_file_export_copy_sync (fixture->file, copy, NULL, NULL));
  }
  import_file (fixture, copy, "recording");
  g_unlink (copy);
  g_assert_cmpuint (fixture->samples->len, ==, 4);
  g_assert_cmpuint (hw_sample_get_run (sample (fixture, 3)), ==, 1);
  g_assert_cmpuint (fixture->report.n_events, ==, 1);
}

static void
test_logs (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GPtrArray) lines = NULL;
  static const struct
  {
    gint64      time;      /* ms after START */
    const char *level;
    const char *method;
    const char *url;
    const char *text;
  } expected[] = {
    { 0, "info", "GET", "/users?id=7", "request completed" },
    { 500, "error", NULL, NULL, "caf\xc3\xa9" },
    { 1000, "info", "POST", "/cart", "2026-11-21T05:00:01Z INFO POST /cart 200" },
    { 2000, "warning", NULL, NULL, "[2026-11-21 05:00:02,000Z] WARN slow\n    at f (a.js:1)\n    at g" },
    { 3000, NULL, "GET", "/x", "10.0.0.1 - - [21/Nov/2026:05:00:03 +0000] \"GET /x HTTP/1.1\" 200 5" },
  };

  import_text (fixture,
               "    at nothing (before.js:1)\n"
               "{\"level\":30,\"time\":1795237200000,\"pid\":1,\"req\":{\"method\":\"GET\",\"url\":\"/users?id=7\"},\"msg\":\"request completed\","
               "\"memory\":{\"rss\":50,\"heapUsed\":20}}\n"
               "{\"level\":\"error\",\"timestamp\":\"2026-11-21T05:00:00.500Z\",\"message\":\"caf\\u00e9\"}\r\n"
               "2026-11-21T05:00:01Z INFO POST /cart 200\n"
               "[2026-11-21 05:00:02,000Z] WARN slow\n    at f (a.js:1)\n    at g\n"
               "10.0.0.1 - - [21/Nov/2026:05:00:03 +0000] \"GET /x HTTP/1.1\" 200 5\n"
               "[20033:0xe2ffc40]      195 ms: Mark-Compact 28.9 (58.1) -> 12.8 (49.6) MB, 12.83 / 0.00 ms  (+ 0.0 ms)\n", "log");
  lines = events_of (fixture, HW_EVENT_CONSOLE);
  g_assert_cmpuint (lines->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < lines->len; i++)
    {
      const HwEvent *line = g_ptr_array_index (lines, i);

      g_assert_cmpint (line->time, ==, START + expected[i].time * 1000);
      g_assert_cmpstr (line->level, ==, expected[i].level);
      g_assert_cmpstr (line->method, ==, expected[i].method);
      g_assert_cmpstr (line->url, ==, expected[i].url);
      g_assert_cmpstr (line->text, ==, expected[i].text);
    }
  g_assert_cmpuint (fixture->report.n_skipped, ==, 1);
  g_assert_cmpuint (fixture->samples->len, ==, 2);
  g_assert_cmpfloat (hw_sample_get (sample (fixture, 0), HW_METRIC_HEAP_USED), ==, 20);
  g_assert_cmpstr (hw_sample_get_url (sample (fixture, 0)), ==, "/users?id=7");
  g_assert_cmpint (hw_sample_get_time (sample (fixture, 1)), ==, START);
}

/* Anything at all: something or an error, never more. */
static void
test_hostile (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (3);
  static const char *const pieces[] = {
    "{", "}", "[", "]", "\"time\":", "1e999", "-1", ",", "\n", "created_at,rss\n", "\"", "[1:0x1] 99999999999999999999 ms: Scavenge ",
    "1.1.1 (2) -> 3 (4) MB, 5 / 6 ms", "[GC<0x1>: START M 99999999999999999999kb => FullCollection p=1.2.3ms", "=> 1kb",
    "2026-13-99T99:99:99.", "9999-12-31T23:59:59+99:99 ", "Nov 00 1", "\\ud800", "\xff\xfe", "{\"header\":{},\"javascriptHeap\":7}",
    "{\"javascriptHeap\":{\"usedMemory\":\"x\"},\"libuv\":[1,{\"type\":3},{\"type\":\"tcp\",\"is_active\":\"no\"}]}", "SQLite format 3",
    "[{\"ph\":\"E\",\"name\":\"MajorGC\",\"ts\":1e300}]", "\t;\t",
  };
  g_autofree char *deep = g_strnfill (3000000, '[');
  HwImportReport report;

  for (guint i = 0; i < 400; i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      guint n = (guint) g_rand_int_range (random, 0, 30);

      for (guint k = 0; k < n; k++)
        g_string_append (text, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      if (i == 0)
        g_string_append_printf (text, "{\"a\":%s", deep);
      if (i == 1)
        g_string_printf (text, "[{\"a\":%s", deep);
      g_file_set_contents (fixture->path, text->str, (gssize) text->len, NULL);
      hw_import_sync (fixture->file, fixture->path, &report, NULL, NULL);
    }
  g_file_set_contents (fixture->path, "nothing here", -1, NULL);
  {
    g_autoptr(GError) error = NULL;

    g_assert_false (hw_import_sync (fixture->file, fixture->path, &report, NULL, &error));
    g_assert_error (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOTHING);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) g_test_add ("/record/import/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("fixtures", test_fixtures);
  ADD ("report", test_report);
  ADD ("csv", test_csv);
  ADD ("sqlite", test_sqlite);
  ADD ("logs", test_logs);
  ADD ("hostile", test_hostile);
#undef ADD

  return g_test_run ();
}
