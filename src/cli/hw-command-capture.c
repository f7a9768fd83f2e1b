/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/hw-format.h"
#include "cli/hw-cli.h"
#include "inspector/hw-snapshot-job.h"

/* Milliseconds that the address may take to say what it is, and microseconds between lines of progress. */
#define RESOLVE_LIMIT 5000
#define LINE_TICK     (G_USEC_PER_SEC / 5)

/* One answer that is waited for. */
typedef struct
{
  GAsyncResult *result;
  gint64        last_line;
} Wait;

static void
answered_cb (GObject      *object G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
}

static GAsyncResult *
wait_for (Wait *wait)
{
  while (wait->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_steal_pointer (&wait->result);
}

static gboolean
matches (HwTarget   *target,
         const char *text)
{
  const char *url = hw_target_get_url (target);

  return strstr (hw_target_get_title (target), text) != NULL || (url != NULL && strstr (url, text) != NULL);
}

/* A browser: the page that is meant, or the only one. */
static HwTarget *
choose_page (HwCli      *self,
             HwTarget   *browser,
             const char *text)
{
  GListModel *pages = hw_target_get_children (browser);
  g_autoptr(HwTarget) found = NULL;
  guint n_found = 0;

  for (guint i = 0; i < g_list_model_get_n_items (pages); i++)
    {
      g_autoptr(HwTarget) page = g_list_model_get_item (pages, i);

      if (text != NULL ? matches (page, text) : hw_target_get_kind (page) == HW_TARGET_PAGE)
        {
          g_set_object (&found, page);
          n_found++;
        }
    }
  if (n_found == 1)
    return g_steal_pointer (&found);

  for (guint i = 0; i < g_list_model_get_n_items (pages); i++)
    {
      g_autoptr(HwTarget) page = g_list_model_get_item (pages, i);

      hw_cli_warn ("%s  %s", hw_target_get_title (page), hw_target_get_url (page));
    }
  hw_cli_fail (self, n_found == 0 ? _("no page of the browser is meant by that") : _("choose one page with --target"));

  return NULL;
}

/* A program: once attached to, its workers are known. */
static HwTarget *
choose_worker (HwCli     *self,
               HwSession *session)
{
  GListModel *workers = hw_target_get_children (hw_session_get_target (session));
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;

  do
    {
      for (guint i = 0; i < g_list_model_get_n_items (workers); i++)
        {
          g_autoptr(HwTarget) worker = g_list_model_get_item (workers, i);

          if (matches (worker, self->target_name))
            return g_steal_pointer (&worker);
        }
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  while (g_get_monotonic_time () < end);
  hw_cli_fail (self, _("no worker of the program is called that"));

  return NULL;
}

static HwSession *
open_session (HwCli    *self,
              HwTarget *target)
{
  g_autoptr(HwSession) session = hw_session_new (target);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  Wait wait = { 0 };

  hw_session_set_reconnects (session, FALSE);
  hw_session_open_async (session, NULL, answered_cb, &wait);
  result = wait_for (&wait);
  if (hw_session_open_finish (session, result, &error))
    return g_steal_pointer (&session);
  hw_cli_fail (self, "%s", error->message);

  return NULL;
}

static HwTarget *
resolve (HwCli *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(HwTarget) target = hw_target_new_for_address (self->arguments[0], self->allows_remote, &error);
  g_autoptr(GAsyncResult) result = NULL;
  Wait wait = { 0 };

  if (target != NULL)
    {
      hw_target_resolve_async (target, RESOLVE_LIMIT, NULL, answered_cb, &wait);
      result = wait_for (&wait);
      if (hw_target_resolve_finish (target, result, &error))
        return g_steal_pointer (&target);
    }
  hw_cli_fail (self, "%s", error->message);
  if (g_error_matches (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_LOCAL))
    hw_cli_warn (_("--allow-remote does it all the same"));

  return NULL;
}

static void
progress_cb (HwSnapshotJob *job,
             Wait          *wait)
{
  guint64 done, total, n_bytes;
  g_autofree char *size = NULL;
  gint64 now = g_get_monotonic_time ();

  if (now - wait->last_line < LINE_TICK || !isatty (STDERR_FILENO))
    return;
  wait->last_line = now;
  hw_snapshot_job_get_progress (job, &done, &total, &n_bytes);
  size = hw_format_size (n_bytes);
  g_printerr ("\r\033[K");
  if (hw_snapshot_job_get_phase (job) == HW_SNAPSHOT_RECEIVING)
    g_printerr (_("Received %s"), size);
  else if (total > 0)
    g_printerr (_("Objects: %.0f %%"), 100.0 * (double) done / (double) total);
}

/* Says what it will cost when that may be too much. */
static void
warn_of_cost (HwSession  *session,
              const char *path)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(HwSample) sample = NULL;
  g_autofree char *memory = NULL;
  g_autofree char *free_memory = NULL;
  HwSnapshotCost cost;
  Wait wait = { 0 };

  hw_session_sample_async (session, NULL, answered_cb, &wait);
  for (gint64 end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC; wait.result == NULL && g_get_monotonic_time () < end;)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
  if (wait.result == NULL)
    {
      /* It stays asked; the wait must outlive the answer. */
      hw_cli_warn (_("The program does not answer; it may take long"));
      result = wait_for (&wait);
    }
  else
    result = g_steal_pointer (&wait.result);
  sample = hw_session_sample_finish (session, result, NULL);
  if (sample == NULL)
    return;
  hw_snapshot_estimate (session, sample, path, &cost);
  memory = hw_format_size (cost.extra_memory);
  free_memory = hw_format_size (cost.free_memory);
  if (cost.is_risky)
    hw_cli_warn (_("the program may be killed: it will need some %s more memory, and %s are free"), memory, free_memory);
  else if (cost.max_pause > 2)
    hw_cli_warn (_("the program will stand still for %.0f to %.0f seconds"), cost.min_pause, cost.max_pause);
}

/**
 * hw_command_capture:
 * @self: a run
 *
 * Takes a snapshot of a running target into a file.
 *
 * Returns: the exit status; %HW_EXIT_DAMAGED when what was received is not complete
 */
HwExit
hw_command_capture (HwCli *self)
{
  HwSnapshotOptions options = HW_SNAPSHOT_OPTIONS_DEFAULT;
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(HwSession) session = NULL;
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  Wait wait = { 0 };
  HwExit status;

  if (self->file_name == NULL)
    return hw_cli_misuse (self, _("say where to with --output"));

  target = resolve (self);
  if (target != NULL && hw_target_get_kind (target) == HW_TARGET_BROWSER)
    {
      HwTarget *page = choose_page (self, target, self->target_name);

      g_object_unref (target);
      target = page;
    }
  session = target != NULL ? open_session (self, target) : NULL;
  if (session != NULL && self->target_name != NULL && hw_target_get_kind (target) == HW_TARGET_PROGRAM)
    {
      g_autoptr(HwTarget) worker = choose_worker (self, session);

      hw_session_close (session);
      g_clear_object (&session);
      session = worker != NULL ? open_session (self, worker) : NULL;
    }
  if (session == NULL)
    return HW_EXIT_FAILED;

  if (!self->is_busy)
    warn_of_cost (session, self->file_name);
  options.collect_first = self->collects;
  options.numeric_values = !self->no_numbers;
  options.internals = self->has_internals;
  options.pull_when_busy = self->is_busy;
  options.format = self->is_jsc ? HW_SNAPSHOT_FORMAT_JSC : HW_SNAPSHOT_FORMAT_V8;
  job = hw_snapshot_job_new (session, self->file_name, &options);
  g_signal_connect (job, "progress", G_CALLBACK (progress_cb), &wait);
  hw_snapshot_job_run_async (job, NULL, answered_cb, &wait);
  result = wait_for (&wait);
  if (wait.last_line != 0)
    g_printerr ("\r\033[K");

  if (hw_snapshot_job_run_finish (job, result, &error))
    {
      g_autofree char *size = NULL;
      g_autofree char *name = g_filename_display_name (hw_snapshot_job_get_path (job));
      guint64 n_bytes;

      hw_snapshot_job_get_progress (job, NULL, NULL, &n_bytes);
      size = hw_format_size (n_bytes);
      hw_output_printf (self->output, _("%s: %s in %.1f s\n"), name, size,
                        (double) hw_snapshot_job_get_duration (job) / G_USEC_PER_SEC);
      status = HW_EXIT_DONE;
    }
  else
    {
      hw_cli_fail (self, "%s", error->message);
      status = hw_snapshot_job_get_is_salvaged (job) ? HW_EXIT_DAMAGED : HW_EXIT_FAILED;
    }
  hw_session_close (session);

  return status;
}
