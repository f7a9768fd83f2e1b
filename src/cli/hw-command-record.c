/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/hw-format.h"
#include "cli/hw-cli-session.h"
#include "record/hw-metrics-file.h"

typedef struct
{
  HwMetricsFile *file;
  GMainLoop     *loop;
  guint          n_samples;
  gboolean       is_told;      /* that the target went away */
} Recording;

/* "90s", "10m", "2h", "250ms", or seconds; microseconds, 0 when it is none of them. */
static gint64
parse_duration (const char *text)
{
  static const struct
  {
    const char *unit;
    double      factor;
  } units[] = { { "", 1e6 }, { "s", 1e6 }, { "ms", 1e3 }, { "m", 60e6 }, { "min", 60e6 }, { "h", 3600e6 }, { "d", 86400e6 } };
  char *end;
  double number = g_ascii_strtod (text, &end);

  if (end == text || !isfinite (number) || number <= 0)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (end, units[i].unit) == 0)
      return (gint64) MIN (number * units[i].factor, 1e15);

  return 0;
}

static void
sample_cb (HwSession *session G_GNUC_UNUSED,
           HwSample  *sample,
           Recording *self)
{
  hw_metrics_file_add_sample (self->file, sample);
  self->n_samples++;
  if (isatty (STDERR_FILENO))
    {
      double heap = hw_sample_get (sample, HW_METRIC_HEAP_USED);
      g_autofree char *size = isnan (heap) ? g_strdup ("…") : hw_format_size ((guint64) heap);

      g_printerr ("\r\033[K");
      g_printerr (ngettext ("%u sample, heap used %s", "%u samples, heap used %s", self->n_samples), self->n_samples, size);
    }
}

static void
event_cb (HwSession *session G_GNUC_UNUSED,
          HwEvent   *event,
          Recording *self)
{
  hw_metrics_file_add_event (self->file, event);
}

/* A full disk is told once; what was received waits for space. */
static void
problem_cb (HwMetricsFile *file)
{
  g_autofree char *problem = hw_metrics_file_dup_problem (file);

  if (problem != NULL)
    hw_cli_warn ("%s", problem);
}

static void
state_cb (HwSession  *session,
          GParamSpec *pspec G_GNUC_UNUSED,
          Recording  *self)
{
  gboolean is_lost = hw_session_get_state (session) == HW_SESSION_LOST;

  if (is_lost && !self->is_told)
    hw_cli_warn (_("the program went away; waiting for it to come back"));
  self->is_told = is_lost;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

static HwMetricsFile *
open_recording (HwCli *self)
{
  g_autoptr(GError) error = NULL;
  gboolean exists = g_file_test (self->file_name, G_FILE_TEST_EXISTS);
  HwMetricsFile *file = hw_metrics_file_open_sync (self->file_name, exists ? HW_METRICS_MODE_RESUME : HW_METRICS_MODE_CREATE,
                                                   NULL, &error);

  if (file == NULL)
    hw_cli_fail (self, "%s: %s", self->file_name, error->message);
  else
    hw_metrics_file_continue_runs (file);

  return file;
}

/**
 * hw_command_record:
 * @self: a run
 *
 * Records a running target until the time is over or somebody interrupts it.
 *
 * Returns: the exit status
 */
HwExit
hw_command_record (HwCli *self)
{
  Recording recording = { 0 };
  g_autoptr(HwMetricsFile) file = NULL;
  g_autoptr(HwSession) session = NULL;
  g_autoptr(GMainLoop) loop = NULL;
  g_autoptr(GError) error = NULL;
  gint64 duration = self->duration != NULL ? parse_duration (self->duration) : 0;
  gint64 interval = self->interval != NULL ? parse_duration (self->interval) : G_USEC_PER_SEC;
  guint sources[3] = { 0 };

  if (self->file_name == NULL)
    return hw_cli_misuse (self, _("say where to with --output"));
  if (self->duration != NULL && duration == 0)
    return hw_cli_misuse (self, _("“%s” is no time; write it like 90s, 10m or 2h"), self->duration);
  if (interval < HW_SESSION_MIN_INTERVAL * 1000 || interval > HW_SESSION_MAX_INTERVAL * (gint64) 1000)
    return hw_cli_misuse (self, _("samples can be 250ms to 60s apart"));

  session = hw_cli_attach (self);
  file = session != NULL ? open_recording (self) : NULL;
  if (file == NULL)
    return HW_EXIT_FAILED;

  loop = g_main_loop_new (NULL, FALSE);
  recording.file = file;
  recording.loop = loop;
  hw_session_set_reconnects (session, TRUE);
  g_signal_connect (session, "sample", G_CALLBACK (sample_cb), &recording);
  g_signal_connect (session, "event", G_CALLBACK (event_cb), &recording);
  g_signal_connect (session, "notify::state", G_CALLBACK (state_cb), &recording);
  g_signal_connect (file, "notify::problem", G_CALLBACK (problem_cb), NULL);
  {
    HwTarget *target = hw_session_get_target (session);
    g_autoptr(HwEvent) met =
      hw_event_new (HW_EVENT_RUN, g_get_real_time (), hw_session_get_run (session), hw_target_get_title (target));

    hw_event_set_source (met, hw_target_get_address (target));
    hw_metrics_file_add_event (file, met);
  }
  hw_session_set_console (session, TRUE);
  hw_session_set_interval (session, (guint) (interval / 1000));
  sources[0] = g_unix_signal_add (SIGINT, quit_cb, loop);
  sources[1] = g_unix_signal_add (SIGTERM, quit_cb, loop);
  if (duration > 0)
    sources[2] = g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) MIN (duration / 1000, G_MAXUINT), quit_cb, loop, NULL);
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (sources[i] != 0)
      g_source_remove (sources[i]);

  g_signal_handlers_disconnect_by_data (session, &recording);
  hw_session_close (session);
  if (isatty (STDERR_FILENO))
    g_printerr ("\r\033[K");
  if (!hw_metrics_file_close_sync (file, &error))
    return hw_cli_fail (self, "%s: %s", self->file_name, error->message);
  hw_output_printf (self->output, ngettext ("%s: %u sample\n", "%s: %u samples\n", recording.n_samples), self->file_name,
                    recording.n_samples);

  return HW_EXIT_DONE;
}
