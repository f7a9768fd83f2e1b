/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/hw-format.h"
#include "cli/hw-cli-session.h"
#include "inspector/hw-snapshot-job.h"

/* Microseconds between lines of progress. */
#define LINE_TICK (G_USEC_PER_SEC / 5)

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
  g_autoptr(HwSession) session = NULL;
  g_autoptr(HwSnapshotJob) job = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  Wait wait = { 0 };
  HwExit status;

  if (self->file_name == NULL)
    return hw_cli_misuse (self, _("say where to with --output"));

  session = hw_cli_attach (self);
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
