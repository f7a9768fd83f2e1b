/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw-live.h"

#include "heap/hw-class-table.h"
#include "heap/hw-heap.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

static const HwLiveKind kinds[] = {
  { "system-node", "node", TRUE },
  { "node", "node", FALSE },
  { "deno", "deno", FALSE },
  { "bun", "bun", FALSE },
  { "chromium", "chromium", FALSE },
};

const HwLiveKind *
hw_live_find_kind (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, name))
      return &kinds[i];

  g_error ("there is no runtime %s", name);
}

/* The runtime's program, or NULL when this machine does not have it. */
char *
hw_live_find_program (const HwLiveKind *kind)
{
  const char *folder = g_getenv ("HEAPWISE_RUNTIMES");
  g_autofree char *path = NULL;

  if (kind->is_system)
    return g_find_program_in_path ("nodejs");
  if (folder == NULL || *folder == 0)
    return NULL;
  path = g_build_filename (folder, "bin", kind->runtime, NULL);

  return g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&path) : NULL;
}

guint16
hw_live_free_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  close (fd);

  return ntohs (address.sin_port);
}

/* A test that fails leaves nothing running. */
void
hw_live_end_with_us (gpointer user_data G_GNUC_UNUSED)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Starts a program of tests/fixtures/programs with its inspector open; option as in --inspect-brk. */
HwLive *
hw_live_start (const HwLiveKind *kind,
               const char       *script,
               const char       *option,
               guint16           port)
{
  /* What it says is shown with --verbose, on standard error, where it does not disturb the protocol of tests. */
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                               (g_test_verbose () ? G_SUBPROCESS_FLAGS_NONE : G_SUBPROCESS_FLAGS_STDERR_SILENCE));
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "fixtures", "programs", script, NULL);
  g_autoptr(GError) error = NULL;
  HwLive *self = g_new0 (HwLive, 1);

  self->kind = kind;
  self->port = port != 0 ? port : hw_live_free_port ();
  self->address = g_strdup_printf ("127.0.0.1:%u%s", self->port, g_str_equal (kind->runtime, "bun") ? "/test" : "");

  g_subprocess_launcher_set_child_setup (launcher, hw_live_end_with_us, NULL, NULL);
  /* What makes our own warnings fatal would end a browser. */
  g_subprocess_launcher_set_environ (launcher, (char *[]) { NULL });
  g_subprocess_launcher_setenv (launcher, "PATH", g_getenv ("PATH"), TRUE);
  g_subprocess_launcher_setenv (launcher, "LANG", "C.UTF-8", TRUE);
  g_subprocess_launcher_setenv (launcher, "NO_COLOR", "1", TRUE);
  g_subprocess_launcher_setenv (launcher, "DENO_NO_UPDATE_CHECK", "1", TRUE);
  self->folder = g_dir_make_tmp ("heapwise-live-XXXXXX", NULL);
  g_subprocess_launcher_setenv (launcher, "HOME", self->folder, TRUE);
  g_ptr_array_add (argv, hw_live_find_program (kind));
  if (g_str_equal (kind->runtime, "chromium"))
    {
      for (const char *const *flag = (const char *const[]) { "--headless", "--no-sandbox", "--disable-gpu",
                                                             "--no-first-run", "--disable-dev-shm-usage",
                                                             "--disable-background-networking", NULL };
           *flag != NULL; flag++)
        g_ptr_array_add (argv, g_strdup (*flag));
      g_ptr_array_add (argv, g_strdup_printf ("--user-data-dir=%s", self->folder));
      g_ptr_array_add (argv, g_strdup_printf ("--remote-debugging-port=%u", self->port));
      g_ptr_array_add (argv, g_strconcat ("file://", path, NULL));
    }
  else
    {
      if (g_str_equal (kind->runtime, "deno"))
        {
          g_ptr_array_add (argv, g_strdup ("run"));
          g_ptr_array_add (argv, g_strdup ("-A"));
        }
      if (option != NULL && *option != 0)
        g_ptr_array_add (argv, g_strdup_printf ("%s=%s", option, self->address));
      g_ptr_array_add (argv, g_strdup (path));
    }
  g_ptr_array_add (argv, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);

  return self;
}

void
hw_live_kill (HwLive *self)
{
  if (self->process == NULL)
    return;
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

void
hw_live_free (HwLive *self)
{
  g_autofree char *command = NULL;

  hw_live_kill (self);
  /* A browser's helpers write for a moment after it was killed. */
  command = g_strdup_printf ("for i in 1 2 3 4 5 6; do rm -rf '%s' 2>/dev/null && exit; sleep 0.3; done; exit 1",
                             self->folder);
  if (system (command) != 0)
    g_test_message ("%s stays behind", self->folder);
  g_free (self->folder);
  g_free (self->address);
  g_free (self);
}

void
hw_live_got (GObject      *object G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GAsyncResult *
hw_live_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_steal_pointer (result);
}

static gboolean
wake_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

/* Runs the main loop until something is so; FALSE when it never was. */
gboolean
hw_live_until (gboolean (*is_so) (gpointer user_data),
               gpointer   user_data,
               guint      milliseconds)
{
  gboolean is_late = FALSE;
  guint timer = g_timeout_add (milliseconds, wake_cb, &is_late);

  while (!is_so (user_data) && !is_late)
    g_main_context_iteration (NULL, TRUE);
  if (!is_late)
    g_source_remove (timer);

  return is_so (user_data);
}

static gboolean
never (gpointer user_data G_GNUC_UNUSED)
{
  return FALSE;
}

void
hw_live_sleep (guint milliseconds)
{
  hw_live_until (never, NULL, milliseconds);
}

/* The target at an address that a program has just been started to listen at. */
HwTarget *
hw_live_resolve (const char *address)
{
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(HwTarget) target = hw_target_new_for_address (address, FALSE, &error);
      g_autoptr(GAsyncResult) result = NULL;
      GAsyncResult *got = NULL;

      g_assert_no_error (error);
      hw_target_resolve_async (target, 2000, NULL, hw_live_got, &got);
      result = hw_live_wait (&got);
      if (hw_target_resolve_finish (target, result, &error) && hw_target_get_state (target) == HW_TARGET_READY)
        {
          GListModel *pages = hw_target_get_children (target);

          if (hw_target_get_kind (target) != HW_TARGET_BROWSER)
            return g_steal_pointer (&target);
          for (guint i = 0; i < g_list_model_get_n_items (pages); i++)
            {
              g_autoptr(HwTarget) page = g_list_model_get_item (pages, i);

              if (hw_target_get_kind (page) == HW_TARGET_PAGE && strstr (hw_target_get_title (page), "Leaking") != NULL)
                return g_steal_pointer (&page);
            }
        }
      if (g_get_monotonic_time () > end)
        g_error ("%s: %s", address, error != NULL ? error->message : "not ready");
      hw_live_sleep (100);
    }
}

HwSession *
hw_live_attach (HwTarget *target)
{
  HwSession *session = hw_session_new (target);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *got = NULL;

  hw_session_open_async (session, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  hw_session_open_finish (session, result, &error);
  g_assert_no_error (error);

  return session;
}

/* The value; what was thrown, after "!", when it threw. */
char *
hw_live_evaluate (HwSession  *session,
                  const char *expression)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *got = NULL;
  char *value;

  hw_session_evaluate_async (session, expression, 20000, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  value = hw_session_evaluate_finish (session, result, &error);

  return value != NULL ? value : g_strconcat ("!", error->message, NULL);
}

/* Waits until the program has come to its first step. */
void
hw_live_await_ready (HwSession *session)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *type = hw_live_evaluate (session, "typeof stop");

      if (g_str_equal (type, "function"))
        return;
      hw_live_sleep (100);
    }
  g_error ("the program does not begin");
}

HwSample *
hw_live_sample (HwSession *session)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *got = NULL;
  HwSample *sample;

  hw_session_sample_async (session, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  sample = hw_session_sample_finish (session, result, &error);
  g_assert_no_error (error);

  return sample;
}

void
hw_live_collect (HwSession *session)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *got = NULL;

  hw_session_collect_garbage_async (session, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  hw_session_collect_garbage_finish (session, result, &error);
  g_assert_no_error (error);
}

HwSnapshotJob *
hw_live_capture (HwSession          *session,
                 const char         *path,
                 HwSnapshotOptions   options,
                 GError            **error)
{
  HwSnapshotJob *job = hw_snapshot_job_new (session, path, &options);
  g_autoptr(GAsyncResult) result = NULL;
  GAsyncResult *got = NULL;

  hw_snapshot_job_run_async (job, NULL, hw_live_got, &got);
  result = hw_live_wait (&got);
  hw_snapshot_job_run_finish (job, result, error);

  return job;
}

/* How many objects of a constructor a snapshot has; the file must be whole. */
guint64
hw_live_count (const char *path,
               const char *class_name)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;
  g_autoptr(HwHeap) heap = hw_heap_load_sync (file, NULL, NULL, &error);
  HwClassTable *classes;
  guint64 count = 0;

  g_assert_no_error (error);
  g_assert_null (hw_heap_get_damage (heap));
  classes = hw_heap_get_class_table (heap);
  for (guint i = 0; i < hw_class_table_get_n_classes (classes); i++)
    if (g_str_equal (hw_class_table_get_row (classes, HW_CLASS (i))->name, class_name))
      count += hw_class_table_get_row (classes, HW_CLASS (i))->count;

  return count;
}
