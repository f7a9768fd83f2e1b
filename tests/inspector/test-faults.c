/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What listens at a port may be anything: fake-inspector.py does one thing wrong at a time. Nothing of it
 * crashes, hangs or exhausts us, and each failure says what it is.
 */
#include "hw-live.h"

#include "inspector/hw-target-list.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct
{
  GSubprocess *process;
  char        *address;
} Fake;

static void
fake_stop (Fake *fake)
{
  g_subprocess_force_exit (fake->process);
  g_subprocess_wait (fake->process, NULL, NULL);
  g_clear_object (&fake->process);
  g_free (fake->address);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fake, fake_stop)

static Fake
fake_start (const char *mode)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "fake-inspector.py", NULL);
  g_autoptr(GDataInputStream) output = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;
  Fake fake = { 0 };

  g_subprocess_launcher_set_child_setup (launcher, hw_live_end_with_us, NULL, NULL);
  fake.process = g_subprocess_launcher_spawn (launcher, &error, "python3", script, mode, NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fake.process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  fake.address = g_strdup_printf ("127.0.0.1:%s", line);

  return fake;
}

/* The most memory this process has ever had, in bytes. */
static guint64
get_peak (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (guint64) usage.ru_maxrss * 1024;
}

static void
let_go (HwSession *session)
{
  hw_session_close (session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (session);
}

static gboolean
is_closed (gpointer session)
{
  return hw_session_get_state (session) == HW_SESSION_CLOSED;
}

static HwSession *
attach_to (Fake *fake)
{
  g_autoptr(HwTarget) target = hw_live_resolve (fake->address);
  HwSession *session = hw_live_attach (target);

  hw_session_set_reconnects (session, FALSE);

  return session;
}

/* The session ends by itself, for the reason that is expected, without taking memory. */
static void
test_ends (gconstpointer data)
{
  const char *const *arguments = data;
  g_auto(Fake) fake = fake_start (arguments[0]);
  HwSession *session;
  guint64 before = get_peak ();

  g_test_summary ("A peer that sends nonsense is left, with a reason.");
  session = attach_to (&fake);
  hw_session_set_interval (session, 250);
  g_assert_true (hw_live_until (is_closed, session, 60000));
  g_test_message ("%s: %s, %.0f MB more", arguments[0], hw_session_get_message (session),
                  (double) (get_peak () - before) / 1e6);
  g_assert_nonnull (strstr (hw_session_get_message (session), arguments[1]));
  g_assert_cmpuint (get_peak () - before, <, (guint64) atoi (arguments[2]) * 1000000);

  let_go (session);
}

static gboolean
never (gpointer data G_GNUC_UNUSED)
{
  return FALSE;
}

static void
test_survives (gconstpointer data)
{
  g_auto(Fake) fake = fake_start (data);
  HwSession *session;
  guint64 before = get_peak ();

  g_test_summary ("Odd messages are taken for what they are.");
  session = attach_to (&fake);
  hw_session_set_console (session, TRUE);
  hw_session_set_interval (session, 250);
  hw_live_until (never, NULL, 1500);
  g_assert_cmpint (hw_session_get_state (session), ==, HW_SESSION_READY);
  g_assert_nonnull (hw_session_get_last_sample (session));
  g_assert_false (hw_sample_has (hw_session_get_last_sample (session), HW_METRIC_RSS) &&
                  hw_sample_get (hw_session_get_last_sample (session), HW_METRIC_RSS) < 0);
  g_assert_cmpint (hw_target_get_pid (hw_session_get_target (session)), ==, 0);
  g_assert_cmpuint (get_peak () - before, <, 300000000);

  let_go (session);
}

static gboolean
is_busy (gpointer session)
{
  return hw_session_get_state (session) == HW_SESSION_BUSY;
}

static void
test_deaf (void)
{
  g_auto(Fake) fake = fake_start ("deaf");
  HwSession *session = attach_to (&fake);
  g_autofree char *value = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *got = NULL;

  g_test_summary ("A target that does not answer is called busy, and questions to it end.");
  hw_session_set_interval (session, 250);
  g_assert_true (hw_live_until (is_busy, session, 10000));
  hw_session_evaluate_async (session, "1", 300, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  value = hw_session_evaluate_finish (session, result, &error);
  g_assert_null (value);
  g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TIMEOUT);

  let_go (session);
}

static void
test_no_inspector (gconstpointer data)
{
  g_auto(Fake) fake = fake_start (data);
  g_autoptr(HwTarget) target = hw_target_new_for_address (fake.address, FALSE, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *got = NULL;
  gint64 before = g_get_monotonic_time ();

  g_test_summary ("What is no inspector is called that, within its time.");
  hw_target_resolve_async (target, 1500, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  g_assert_false (hw_target_resolve_finish (target, result, &error));
  g_test_message ("%s: %s", (const char *) data, error->message);
  g_assert_true (g_error_matches (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL) ||
                 g_error_matches (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TIMEOUT));
  g_assert_cmpint (g_get_monotonic_time () - before, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (hw_target_get_state (target), ==, HW_TARGET_UNREACHABLE);
}

static void
test_refused (void)
{
  g_auto(Fake) fake = fake_start ("teapot");
  g_autoptr(HwTarget) target = hw_live_resolve (fake.address);
  HwSession *session = hw_session_new (target);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *got = NULL;

  g_test_summary ("A refused connection says so.");
  hw_session_open_async (session, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  g_assert_false (hw_session_open_finish (session, result, &error));
  g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "418"));

  let_go (session);
}

static char *
scratch (const char *name)
{
  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);

  return g_build_filename (g_get_user_cache_dir (), name, NULL);
}

static void
test_breaks (void)
{
  g_auto(Fake) fake = fake_start ("breaks");
  HwSession *session = attach_to (&fake);
  g_autofree char *path = scratch ("broken.heapsnapshot");
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_test_summary ("What arrived before the connection broke is kept under another name.");
  job = hw_live_capture (session, path, HW_SNAPSHOT_OPTIONS_DEFAULT, &error);
  g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_SALVAGED);
  g_assert_true (hw_snapshot_job_get_is_salvaged (job));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (hw_snapshot_job_get_path (job), &text, &length, NULL));
  g_assert_cmpuint (length, ==, 3 * 9999 * strlen ("{\"nodes\":[1,2,3"));
  g_assert_true (g_str_has_prefix (text, "{\"nodes\":[1,2,3{"));
  g_unlink (hw_snapshot_job_get_path (job));

  let_go (session);
}

static void
test_full_disk (void)
{
  g_auto(Fake) fake = fake_start ("chunks");
  HwSession *session = attach_to (&fake);
  g_autofree char *path = scratch ("full.heapsnapshot");
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GError) error = NULL;
  struct rlimit before, limit;

  g_test_summary ("When nothing more can be written, the capture ends and leaves nothing behind.");
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 3000000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  job = hw_live_capture (session, path, HW_SNAPSHOT_OPTIONS_DEFAULT, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_nonnull (error);
  g_assert_cmpuint (error->domain, ==, G_IO_ERROR);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "full.heapsnapshot"));
  g_clear_object (&job);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));

  let_go (session);
}

static void
test_no_folder (void)
{
  g_auto(Fake) fake = fake_start ("chunks");
  HwSession *session = attach_to (&fake);
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A file that cannot be made is said before the target is stopped.");
  job = hw_live_capture (session, "/proc/no/such/folder/x.heapsnapshot", HW_SNAPSHOT_OPTIONS_DEFAULT, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  let_go (session);
}

static void
test_cancel (void)
{
  g_auto(Fake) fake = fake_start ("chunks");
  HwSession *session = attach_to (&fake);
  g_autofree char *path = scratch ("cancelled.heapsnapshot");
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  HwSnapshotOptions options = HW_SNAPSHOT_OPTIONS_DEFAULT;
  GAsyncResult *got = NULL;
  guint64 n_bytes = 0;

  g_test_summary ("A cancelled capture leaves nothing, and says that the target goes on.");
  job = hw_snapshot_job_new (session, path, &options);
  hw_snapshot_job_run_async (job, cancellable, hw_live_got, &got);
  while (n_bytes < 5000000)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
      hw_snapshot_job_get_progress (job, NULL, NULL, &n_bytes);
    }
  g_cancellable_cancel (cancellable);
  result = hw_live_wait (&got);
  g_assert_false (hw_snapshot_job_run_finish (job, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  let_go (session);
  g_clear_object (&job);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static void
test_addresses (void)
{
  static const struct { const char *text; const char *address; gboolean is_local; const char *uri; } good[] = {
    { "9230", "127.0.0.1:9230", TRUE, NULL },
    { "6499/abc", "127.0.0.1:6499", TRUE, "ws://127.0.0.1:6499/abc" },
    { "localhost:9230", "localhost:9230", TRUE, NULL },
    { " LOCALHOST ", "LOCALHOST:9229", TRUE, NULL },
    { "[::1]:9229", "[::1]:9229", TRUE, NULL },
    { "ws://127.0.0.1:9229/0000-1", "127.0.0.1:9229", TRUE, "ws://127.0.0.1:9229/0000-1" },
    { "wss://box.example/x", "box.example:443", FALSE, "wss://box.example:443/x" },
    { "box:9229", "box:9229", FALSE, NULL },
    { "10.0.0.7:9229", "10.0.0.7:9229", FALSE, NULL },
  };
  static const char *const bad[] = { "", "ftp://x:1", "a b", "0", "70000", "localhost:99999", "ws://", "[::1" };

  g_test_summary ("Addresses are read as people type them; others' machines need a word first.");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(HwTarget) target = hw_target_new_for_address (good[i].text, FALSE, &error);
      g_autoptr(HwTarget) allowed = hw_target_new_for_address (good[i].text, TRUE, NULL);
      g_autofree char *uri = NULL;

      g_assert_nonnull (allowed);
      g_assert_cmpstr (hw_target_get_address (allowed), ==, good[i].address);
      uri = hw_target_dup_uri (allowed);
      g_assert_cmpstr (uri, ==, good[i].uri);
      if (good[i].is_local)
        g_assert_no_error (error);
      else
        g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_LOCAL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(HwTarget) target = hw_target_new_for_address (bad[i], TRUE, &error);

      g_assert_null (target);
      g_assert_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_ADDRESS);
    }
}

int
main (int   argc,
      char *argv[])
{
  /* mode, what the reason says, megabytes that it may cost at most */
  static const char *const garbage[] = { "garbage", "inspector protocol", "50" };
  static const char *const huge[] = { "huge", "limit", "50" };
  static const char *const fragments[] = { "fragments", "limit", "1400" };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/inspector/faults/addresses", test_addresses);
  g_test_add_data_func ("/inspector/faults/garbage", garbage, test_ends);
  g_test_add_data_func ("/inspector/faults/huge", huge, test_ends);
  g_test_add_data_func ("/inspector/faults/odd", "odd", test_survives);
  g_test_add_data_func ("/inspector/faults/nested", "nested", test_survives);
  g_test_add_func ("/inspector/faults/deaf", test_deaf);
  g_test_add_data_func ("/inspector/faults/web", "web", test_no_inspector);
  g_test_add_data_func ("/inspector/faults/silent", "silent", test_no_inspector);
  g_test_add_data_func ("/inspector/faults/endless", "endless", test_no_inspector);
  g_test_add_func ("/inspector/faults/refused", test_refused);
  g_test_add_func ("/inspector/faults/breaks", test_breaks);
  g_test_add_func ("/inspector/faults/full-disk", test_full_disk);
  g_test_add_func ("/inspector/faults/no-folder", test_no_folder);
  g_test_add_func ("/inspector/faults/cancel", test_cancel);
  g_test_add_data_func ("/inspector/faults/fragments", fragments, test_ends);

  return g_test_run ();
}
