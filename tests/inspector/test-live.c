/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-live RUNTIME: attaches to a real runtime that runs small leaking programs.
 *
 * What a machine does not have is skipped, and the test is named after what is missing.
 */
#include "hw-live.h"

#include "inspector/hw-allocation-job.h"
#include "inspector/hw-target-list.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const HwLiveKind *kind;

static gboolean
is_runtime (const char *id)
{
  return g_str_equal (kind->runtime, id);
}

static gboolean
is_there (void)
{
  g_autofree char *program = hw_live_find_program (kind);

  if (program != NULL)
    return TRUE;
  g_test_skip_printf ("%s is not on this machine", kind->name);

  return FALSE;
}

static const char *
script (const char *name)
{
  return is_runtime ("chromium") ? "page.html" : name;
}

typedef struct
{
  GPtrArray *samples;
  GPtrArray *events;
} Heard;

static void
sample_cb (HwSession *session G_GNUC_UNUSED,
           HwSample  *sample,
           Heard     *heard)
{
  g_ptr_array_add (heard->samples, hw_sample_ref (sample));
}

static void
event_cb (HwSession *session G_GNUC_UNUSED,
          HwEvent   *event,
          Heard     *heard)
{
  g_ptr_array_add (heard->events, hw_event_ref (event));
}

static void
listen_to (HwSession *session,
           Heard     *heard)
{
  heard->samples = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_sample_unref);
  heard->events = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_event_unref);
  g_signal_connect (session, "sample", G_CALLBACK (sample_cb), heard);
  g_signal_connect (session, "event", G_CALLBACK (event_cb), heard);
}

static void
heard_clear (Heard *heard)
{
  g_clear_pointer (&heard->samples, g_ptr_array_unref);
  g_clear_pointer (&heard->events, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Heard, heard_clear)

static double
value_at (Heard    *heard,
          guint     i,
          HwMetric  metric)
{
  return hw_sample_get (heard->samples->pdata[i], metric);
}

static void
let_go (HwSession *session)
{
  hw_session_close (session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (session);
}

static char *
scratch (const char *name)
{
  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);

  return g_build_filename (g_get_user_cache_dir (), name, NULL);
}

static void
test_watch (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_auto(Heard) heard = { 0 };
  g_autofree char *name = NULL;
  HwSession *session;
  guint last, n_watches;
  const HwSampleWatch *watches;

  g_test_summary ("Samples come at their interval, and say what the program does.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, script ("heap-leak.mjs"), "--inspect", 0);
  target = hw_live_resolve (live->address);
  name = hw_target_dup_runtime_name (target);
  g_test_message ("%s", name);
  session = hw_live_attach (target);
  hw_live_await_ready (session);
  listen_to (session, &heard);
  g_assert_true (hw_session_add_watch (session, "leaked", "leaked.length"));
  g_assert_true (hw_session_add_watch (session, "wrong", "nothing.at.all"));
  g_assert_true (hw_session_add_watch (session, "text", "'many'"));
  hw_session_set_interval (session, 250);
  hw_live_sleep (3000);
  hw_session_set_interval (session, 0);
  hw_live_sleep (300);

  g_assert_cmpuint (heard.samples->len, >=, 6);
  last = heard.samples->len - 1;
  g_assert_cmpfloat (value_at (&heard, last, HW_METRIC_HEAP_USED), >, 1e5);
  g_assert_cmpfloat (value_at (&heard, last, HW_METRIC_EVENT_LOOP_DELAY), >, 0);
  g_assert_cmpfloat (value_at (&heard, last, HW_METRIC_EVENT_LOOP_DELAY), <, 3e6);
  if (is_runtime ("chromium"))
    {
      g_assert_cmpfloat (value_at (&heard, last, HW_METRIC_DOM_NODES), >, value_at (&heard, 0, HW_METRIC_DOM_NODES));
      g_assert_cmpfloat (value_at (&heard, last, HW_METRIC_DOCUMENTS), >=, 1);
    }
  else
    {
      double rss = value_at (&heard, last, HW_METRIC_RSS), os_rss = value_at (&heard, last, HW_METRIC_OS_RSS);

      g_assert_cmpfloat (rss, >, 1e7);
      g_assert_cmpfloat (fabs (rss - os_rss) / rss, <, 0.3);
      g_assert_cmpfloat (value_at (&heard, last, HW_METRIC_OS_PSS), >, 1e6);
      g_assert_cmpfloat (value_at (&heard, last, HW_METRIC_OS_DESCRIPTORS), >, 3);
      g_assert_cmpint (hw_target_get_pid (target), >, 0);
    }
  g_test_message ("%u samples, delay %.0f µs", heard.samples->len, value_at (&heard, last, HW_METRIC_EVENT_LOOP_DELAY));

  watches = hw_sample_get_watches (heard.samples->pdata[last], &n_watches);
  g_assert_cmpuint (n_watches, ==, 1);
  g_assert_cmpstr (watches[0].name, ==, "leaked");
  g_assert_cmpfloat (watches[0].value, >, 100);
  g_assert_nonnull (strstr (hw_session_get_watch_suspension (session, "wrong"), "ReferenceError"));
  g_assert_nonnull (strstr (hw_session_get_watch_suspension (session, "text"), "string"));
  g_assert_null (hw_session_get_watch_suspension (session, "leaked"));

  let_go (session);
}

/* A program whose leak is stopped is captured twice; both files have exactly what it says it has. */
static void
test_capture (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *stopped = NULL, *count = NULL, *value = NULL, *thrown = NULL;
  g_autofree char *first_path = scratch ("first.heapsnapshot"), *second_path = scratch ("second.heapsnapshot");
  g_autoptr(HwSnapshotJob) first = NULL, second = NULL;
  g_autoptr(HwSample) sample = NULL;
  HwSnapshotOptions options = HW_SNAPSHOT_OPTIONS_DEFAULT;
  HwSnapshotCost cost;
  HwSession *session;
  GStatBuf status;
  guint64 done, total, n_bytes;

  g_test_summary ("A snapshot has the objects that the program has, and tells its cost before.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, script ("heap-leak.mjs"), "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  hw_live_await_ready (session);
  hw_live_sleep (1000);
  stopped = hw_live_evaluate (session, "stop ()");
  g_assert_cmpstr (stopped, ==, "stopped");
  count = hw_live_evaluate (session, "leaked.length");
  value = hw_live_evaluate (session, "6 * 7");
  g_assert_cmpstr (value, ==, "42");
  thrown = hw_live_evaluate (session, "no.such.thing");
  g_assert_true (g_str_has_prefix (thrown, "!ReferenceError"));

  sample = hw_live_sample (session);
  hw_snapshot_estimate (session, sample, first_path, &cost);
  g_assert_cmpuint (cost.heap_used, >, 0);
  g_assert_cmpuint (cost.extra_memory, >, cost.heap_used);
  g_assert_cmpuint (cost.free_disk, >, 0);
  g_assert_false (cost.is_risky);

  options.collect_first = TRUE;
  first = hw_live_capture (session, first_path, options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hw_snapshot_job_get_path (first), ==, first_path);
  g_assert_cmpint (g_stat (first_path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_nonnull (hw_snapshot_job_get_sample (first));
  hw_snapshot_job_get_progress (first, &done, &total, &n_bytes);
  g_assert_cmpint ((gint64) n_bytes, ==, status.st_size);
  g_assert_cmpuint (done, ==, total);
  g_test_message ("%" G_GUINT64_FORMAT " objects, %.1f MB, %.2f s; heap %.1f MB, estimate %.2f to %.2f s", total,
                  (double) n_bytes / 1e6, (double) hw_snapshot_job_get_duration (first) / 1e6,
                  (double) cost.heap_used / 1e6, cost.min_pause, cost.max_pause);
  g_assert_cmpuint (hw_live_count (first_path, "LeakedSession"), ==, g_ascii_strtoull (count, NULL, 10));

  second = hw_live_capture (session, second_path, options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hw_live_count (second_path, "LeakedSession"), ==, g_ascii_strtoull (count, NULL, 10));
  if (hw_session_why_not (session, HW_FEATURE_STABLE_IDS) == NULL)
    g_assert_cmpuint (hw_snapshot_job_get_epoch (first), ==, hw_snapshot_job_get_epoch (second));
  else
    g_assert_cmpuint (hw_snapshot_job_get_epoch (first), !=, hw_snapshot_job_get_epoch (second));

  let_go (session);
  g_unlink (first_path);
  g_unlink (second_path);
}

static void
test_epoch (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = scratch ("epoch.heapsnapshot");
  g_autoptr(HwSnapshotJob) first = NULL, second = NULL;
  HwSession *session, *other;

  g_test_summary ("When another inspector leaves, ids are given anew, and that is noticed.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, script ("churn.mjs"), "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  first = hw_live_capture (session, path, HW_SNAPSHOT_OPTIONS_DEFAULT, &error);
  g_assert_no_error (error);
  other = hw_live_attach (target);
  let_go (other);
  hw_live_sleep (500);
  second = hw_live_capture (session, path, HW_SNAPSHOT_OPTIONS_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hw_snapshot_job_get_epoch (first), !=, hw_snapshot_job_get_epoch (second));

  let_go (session);
  g_unlink (path);
}

static gboolean
has_collection (gpointer data)
{
  Heard *heard = data;

  for (guint i = 0; i < heard->events->len; i++)
    if (((HwEvent *) heard->events->pdata[i])->kind == HW_EVENT_GC)
      return TRUE;

  return FALSE;
}

static void
test_console (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_auto(Heard) heard = { 0 };
  g_autofree char *printed = NULL;
  HwSession *session;
  gboolean has_line = FALSE, has_run = FALSE;

  g_test_summary ("Console lines and collections are told.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, script ("churn.mjs"), "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_session_new (target);
  listen_to (session, &heard);
  hw_session_set_console (session, TRUE);
  hw_session_set_gc_events (session, TRUE);
  {
    g_autoptr(GAsyncResult) result = NULL;
    GAsyncResult *got = NULL;

    hw_session_open_async (session, NULL, hw_live_got, &got);
    result = hw_live_wait (&got);
    g_assert_true (hw_session_open_finish (session, result, NULL));
  }
  hw_live_sleep (300);
  printed = hw_live_evaluate (session, "console.warn ('caf\\u00e9 %d \\ud83d', 42), 'done'");
  g_assert_cmpstr (printed, ==, "done");
  hw_live_collect (session);
  hw_live_sleep (300);
  if (hw_session_why_not (session, HW_FEATURE_GC_EVENTS) == NULL)
    g_assert_true (hw_live_until (has_collection, &heard, 20000));

  for (guint i = 0; i < heard.events->len; i++)
    {
      HwEvent *event = heard.events->pdata[i];

      has_run |= event->kind == HW_EVENT_RUN;
      if (event->kind == HW_EVENT_CONSOLE && strstr (event->text, "caf\xc3\xa9") != NULL)
        {
          has_line = TRUE;
          g_assert_cmpstr (event->level, ==, "warning");
          g_assert_true (g_utf8_validate (event->text, -1, NULL));
          g_assert_cmpint (ABS (event->time - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);
        }
    }
  g_assert_true (has_run);
  g_assert_true (has_line);

  let_go (session);
}

static gboolean
is_lost (gpointer session)
{
  return hw_session_get_state (session) == HW_SESSION_LOST;
}

static gboolean
is_ready (gpointer session)
{
  return hw_session_get_state (session) == HW_SESSION_READY;
}

static void
test_restart (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwLive) again = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_auto(Heard) heard = { 0 };
  HwSession *session;

  g_test_summary ("A program that is started again is found again, as its next run.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, "churn.mjs", "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  listen_to (session, &heard);
  hw_session_set_interval (session, 250);
  hw_live_sleep (700);
  g_assert_cmpuint (hw_session_get_run (session), ==, 0);
  hw_live_kill (live);
  g_assert_true (hw_live_until (is_lost, session, 5000));
  g_assert_nonnull (hw_session_get_message (session));
  again = hw_live_start (kind, "churn.mjs", "--inspect", live->port);
  g_assert_true (hw_live_until (is_ready, session, 20000));
  hw_live_sleep (1500);
  g_assert_cmpuint (hw_session_get_run (session), ==, 1);
  g_assert_cmpuint (hw_sample_get_run (heard.samples->pdata[heard.samples->len - 1]), ==, 1);

  let_go (session);
}

/* Each leak shows in the metric that is its own. */
static void
test_leak (gconstpointer data)
{
  const char *name = data;
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(HwSample) before = NULL, after = NULL;
  HwMetric metric = HW_METRIC_HEAP_USED;
  double least = 5e5, grown;
  HwSession *session;

  g_test_summary ("A leak shows where it is.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, name, "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  hw_live_await_ready (session);
  hw_live_sleep (500);
  if (g_str_equal (name, "buffer-leak.mjs"))
    {
      metric = is_runtime ("bun") ? HW_METRIC_RSS : HW_METRIC_EXTERNAL;
      least = 5e6;
    }
  else if (g_str_equal (name, "socket-leak.mjs"))
    {
      metric = hw_session_why_not (session, HW_FEATURE_HANDLES) == NULL && !is_runtime ("deno")
                 ? HW_METRIC_HANDLES : HW_METRIC_OS_DESCRIPTORS;
      least = 20;
    }
  else if (g_str_equal (name, "timer-leak.mjs") && !is_runtime ("bun"))
    {
      metric = HW_METRIC_TIMERS;
      least = 50;
    }
  hw_live_collect (session);
  before = hw_live_sample (session);
  hw_live_sleep (2000);
  hw_live_collect (session);
  after = hw_live_sample (session);
  grown = hw_sample_get (after, metric) - hw_sample_get (before, metric);
  g_test_message ("%s: %s %.0f → %.0f", name, hw_metric_get_column (metric), hw_sample_get (before, metric),
                  hw_sample_get (after, metric));
  if (g_str_equal (name, "churn.mjs"))
    g_assert_cmpfloat (fabs (grown), <, 3e6);
  else
    g_assert_cmpfloat (grown, >, least);

  let_go (session);
}

static void
finish_start (HwAllocationJob *job,
              GError         **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  GAsyncResult *got = NULL;

  hw_allocation_job_start_async (job, hw_live_got, &got);
  result = hw_live_wait (&got);
  hw_allocation_job_start_finish (job, result, error);
}

static void
test_allocations (gconstpointer data)
{
  HwAllocationOptions options = { .kind = (HwAllocationKind) GPOINTER_TO_INT (data), .sampling_interval = 4096,
                                  .includes_collected = TRUE };
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(HwAllocationJob) job = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = scratch ("recorded.heaptimeline");
  g_autofree char *text = NULL;
  GAsyncResult *got = NULL;
  HwSession *session;
  guint n_bars;
  gsize length;

  g_test_summary ("Allocations are recorded, or it is said why not.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, script ("heap-leak.mjs"), "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  hw_live_await_ready (session);
  job = hw_allocation_job_new (session, path, &options);
  finish_start (job, &error);
  if (is_runtime ("bun"))
    {
      g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED);
      let_go (session);
      return;
    }
  g_assert_no_error (error);
  hw_live_sleep (1500);
  hw_allocation_job_get_bars (job, &n_bars);
  if (options.kind != HW_ALLOCATION_SAMPLING && hw_session_why_not (session, HW_FEATURE_TIMELINE_LIVE) == NULL)
    g_assert_cmpuint (n_bars, >, 5);
  hw_allocation_job_stop_async (job, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  hw_allocation_job_stop_finish (job, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hw_allocation_job_get_path (job), ==, path);

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_test_message ("%u bars, %.2f MB", n_bars, (double) length / 1e6);
  if (options.kind == HW_ALLOCATION_SAMPLING)
    {
      g_autoptr(JsonNode) profile = json_from_string (text, NULL);

      g_assert_true (g_str_has_prefix (text, "{\"head\":"));
      g_assert_nonnull (profile);
    }
  else
    g_assert_cmpuint (hw_live_count (path, "LeakedSession"), >, 100);

  let_go (session);
  g_unlink (path);
}

static gboolean
has_child (gpointer target)
{
  return g_list_model_get_n_items (hw_target_get_children (target)) > 0;
}

static void
test_worker (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL, worker = NULL;
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = scratch ("worker.heapsnapshot");
  HwSession *session, *inner;

  g_test_summary ("A worker thread is a target of its own.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, "workers.mjs", "--inspect", 0);
  target = hw_live_resolve (live->address);
  hw_live_sleep (1000);
  session = hw_live_attach (target);
  g_assert_true (hw_live_until (has_child, target, 5000));
  worker = g_list_model_get_item (hw_target_get_children (target), 0);
  g_test_message ("%s", hw_target_get_title (worker));
  inner = hw_live_attach (worker);
  job = hw_live_capture (inner, path, HW_SNAPSHOT_OPTIONS_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hw_live_count (path, "WorkerThing"), ==, 321);

  let_go (inner);
  let_go (session);
  g_unlink (path);
}

static HwTarget *
find_pid (GListModel *list,
          int         pid)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr(HwTarget) target = g_list_model_get_item (list, i);

      if (hw_target_get_pid (target) == pid)
        return g_steal_pointer (&target);
    }

  return NULL;
}

static HwTarget *
list_once (HwTargetList *list,
           int           pid)
{
  g_autoptr(GAsyncResult) result = NULL;
  GAsyncResult *got = NULL;

  hw_target_list_refresh_async (list, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  hw_target_list_refresh_finish (list, result, NULL);

  return find_pid (G_LIST_MODEL (list), pid);
}

static void
test_list (void)
{
  g_autoptr(HwLive) live = NULL, dark = NULL;
  g_autoptr(HwTarget) ready = NULL, found = NULL, off = NULL, gone = NULL;
  g_autoptr(HwTargetList) list = hw_target_list_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *got = NULL;
  int pid;

  g_test_summary ("Programs are found, with an inspector and without, and can be switched on.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, script ("churn.mjs"), "--inspect", 0);
  ready = hw_live_resolve (live->address);
  pid = atoi (g_subprocess_get_identifier (live->process));
  found = list_once (list, pid);
  g_assert_nonnull (found);
  g_assert_cmpint (hw_target_get_state (found), ==, HW_TARGET_READY);
  g_assert_cmpstr (hw_live_runtime_get_id (hw_target_get_runtime (found)), ==, kind->runtime);

  hw_live_kill (live);
  gone = list_once (list, pid);
  g_assert_null (gone);
  g_assert_cmpint (hw_target_get_state (found), ==, HW_TARGET_GONE);
  if (is_runtime ("chromium"))
    return;

  dark = hw_live_start (kind, "churn.mjs", NULL, 0);
  hw_live_sleep (1000);
  off = list_once (list, atoi (g_subprocess_get_identifier (dark->process)));
  g_assert_nonnull (off);
  if (is_runtime ("bun"))
    {
      g_assert_cmpint (hw_target_get_state (off), ==, HW_TARGET_UNREACHABLE);
      g_assert_nonnull (hw_target_get_reason (off));
    }
  else
    g_assert_cmpint (hw_target_get_state (off), ==, HW_TARGET_SWITCHED_OFF);
  hw_target_switch_on_async (off, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  hw_target_switch_on_finish (off, result, &error);
  if (is_runtime ("bun"))
    {
      g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED);
      hw_live_sleep (200);
      g_assert_null (g_subprocess_get_identifier (dark->process) == NULL ? "it was killed" : NULL);
    }
  else if (error != NULL)
    {
      /* Its port is always 9229, which someone else may have. */
      g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_REFUSED);
      g_test_message ("%s", error->message);
    }
  else
    {
      HwSession *session;

      g_assert_cmpint (hw_target_get_state (off), ==, HW_TARGET_READY);
      session = hw_live_attach (off);
      let_go (session);
    }
}

static gboolean
is_waiting (gpointer session)
{
  return hw_session_get_state (session) == HW_SESSION_WAITING;
}

static void
test_break (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = scratch ("break.heapsnapshot"), *before = NULL, *after = NULL;
  HwSession *session;

  g_test_summary ("A program that waits to be let run can be captured, and let run.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, "heap-leak.mjs", "--inspect-brk", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  g_assert_true (hw_live_until (is_waiting, session, 5000));
  before = hw_live_evaluate (session, "typeof leaked");
  g_assert_cmpstr (before, ==, "undefined");
  job = hw_live_capture (session, path, HW_SNAPSHOT_OPTIONS_DEFAULT, &error);
  /* Newer versions of Node have not even got their streams then. */
  if (error != NULL)
    g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED);
  else
    g_assert_cmpuint (hw_live_count (path, "LeakedSession"), ==, 0);
  hw_session_let_run (session);
  hw_live_sleep (1500);
  after = hw_live_evaluate (session, "typeof leaked");
  g_assert_cmpstr (after, ==, "object");

  let_go (session);
  g_unlink (path);
}

static void
test_busy (void)
{
  HwSnapshotOptions options = HW_SNAPSHOT_OPTIONS_DEFAULT;
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = scratch ("busy.heapsnapshot");
  HwSession *session;

  g_test_summary ("A program that never rests is captured from within.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, "busy.mjs", "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  hw_live_sleep (2500);
  options.pull_when_busy = TRUE;
  job = hw_live_capture (session, path, options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hw_live_count (path, "KeptThing"), ==, 123);

  let_go (session);
  g_unlink (path);
}

static gboolean
has_ended (gpointer live)
{
  return g_subprocess_get_identifier (((HwLive *) live)->process) == NULL;
}

static void
test_exit (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  HwSession *session;

  g_test_summary ("A program that wants to end is not kept from it.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, "ends.mjs", "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  hw_session_set_interval (session, 250);
  /* Bun does not say that it is done, and stays for as long as it is attached to. */
  if (!is_runtime ("bun"))
    g_assert_true (hw_live_until (is_lost, session, 20000));
  else
    {
      hw_live_sleep (3000);
      hw_session_close (session);
    }
  g_subprocess_wait_async (live->process, NULL, NULL, NULL);
  g_assert_true (hw_live_until (has_ended, live, 10000));

  let_go (session);
}

/* Killed while it builds its snapshot, or sends it. */
static void
test_killed (void)
{
  g_autoptr(HwLive) live = NULL;
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = scratch ("killed.heapsnapshot"), *filled = NULL;
  HwSnapshotOptions options = HW_SNAPSHOT_OPTIONS_DEFAULT;
  GAsyncResult *got = NULL;
  guint64 n_bytes = 0;
  HwSession *session;

  g_test_summary ("What arrived before a target died is kept, and marked.");
  if (!is_there ())
    return;
  live = hw_live_start (kind, script ("churn.mjs"), "--inspect", 0);
  target = hw_live_resolve (live->address);
  session = hw_live_attach (target);
  hw_session_set_reconnects (session, FALSE);
  filled = hw_live_evaluate (session, "globalThis.kept = Array.from ({ length: 400000 }, (_, i) => ({ a: 'k' + i })), 'ok'");
  g_assert_cmpstr (filled, ==, "ok");
  job = hw_snapshot_job_new (session, path, &options);
  hw_snapshot_job_run_async (job, NULL, hw_live_got, &got);
  while (got == NULL && n_bytes == 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (200);
      hw_snapshot_job_get_progress (job, NULL, NULL, &n_bytes);
    }
  hw_live_kill (live);
  result = hw_live_wait (&got);
  hw_snapshot_job_run_finish (job, result, &error);
  if (error == NULL)
    g_test_message ("it was complete before it could be killed");
  else
    {
      g_test_message ("%s", error->message);
      g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_SALVAGED);
      g_assert_true (hw_snapshot_job_get_is_salvaged (job));
      g_assert_true (g_str_has_suffix (hw_snapshot_job_get_path (job), "killed-incomplete.heapsnapshot"));
      g_assert_true (g_file_test (hw_snapshot_job_get_path (job), G_FILE_TEST_EXISTS));
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      g_unlink (hw_snapshot_job_get_path (job));
    }
  g_unlink (path);

  let_go (session);
}

int
main (int   argc,
      char *argv[])
{
  static const char *const leaks[] = {
    "heap-leak.mjs", "buffer-leak.mjs", "socket-leak.mjs", "timer-leak.mjs", "churn.mjs",
  };
  static const struct { const char *name; HwAllocationKind kind; } recordings[] = {
    { "timeline", HW_ALLOCATION_TIMELINE },
    { "stacks", HW_ALLOCATION_STACKS },
    { "sampling", HW_ALLOCATION_SAMPLING },
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_assert_cmpint (argc, ==, 2);
  kind = hw_live_find_kind (argv[1]);

  g_test_add_func ("/inspector/live/watch", test_watch);
  g_test_add_func ("/inspector/live/capture", test_capture);
  g_test_add_func ("/inspector/live/epoch", test_epoch);
  g_test_add_func ("/inspector/live/console", test_console);
  for (guint i = 0; i < G_N_ELEMENTS (recordings); i++)
    {
      g_autofree char *name = g_strconcat ("/inspector/live/record/", recordings[i].name, NULL);

      g_test_add_data_func (name, GINT_TO_POINTER (recordings[i].kind), test_allocations);
    }
  g_test_add_func ("/inspector/live/list", test_list);
  g_test_add_func ("/inspector/live/killed", test_killed);
  if (!is_runtime ("chromium"))
    {
      g_test_add_func ("/inspector/live/restart", test_restart);
      g_test_add_func ("/inspector/live/exit", test_exit);
      for (guint i = 0; i < G_N_ELEMENTS (leaks); i++)
        {
          g_autofree char *name = g_strconcat ("/inspector/live/leak/", leaks[i], NULL);

          g_test_add_data_func (name, leaks[i], test_leak);
        }
    }
  if (is_runtime ("node") || is_runtime ("deno"))
    {
      g_test_add_func ("/inspector/live/worker", test_worker);
      g_test_add_func ("/inspector/live/break", test_break);
      g_test_add_func ("/inspector/live/busy", test_busy);
    }

  return g_test_run ();
}
