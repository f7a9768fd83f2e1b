/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cli/hw-cli.h"
#include "record/hw-import.h"
#include "record/hw-verdict.h"

static HwMetricsFile *
open_sync (HwCli         *self,
           const char    *path,
           HwMetricsMode  mode,
           GError       **error)
{
  HwMetricsFile *file = hw_metrics_file_open_sync (path, mode, NULL, error);

  if (file != NULL && hw_metrics_file_get_damage (file) != NULL)
    {
      hw_cli_warn ("%s: %s", path, hw_metrics_file_get_damage (file));
      self->is_damaged = TRUE;
    }

  return file;
}

/* What is no recording is made one, in a folder that is gone afterwards. */
static HwMetricsFile *
import (HwCli       *self,
        const char  *path,
        GError     **error)
{
  g_autofree char *folder = g_dir_make_tmp ("heapwise-XXXXXX", error);
  g_autofree char *to = folder != NULL ? g_build_filename (folder, "imported.db", NULL) : NULL;
  g_autoptr(HwMetricsFile) file = to != NULL ? open_sync (self, to, HW_METRICS_MODE_CREATE, error) : NULL;
  HwImportReport report;
  gboolean is_imported;

  if (file == NULL)
    {
      if (folder != NULL)
        g_rmdir (folder);
      return NULL;
    }
  is_imported = hw_import_sync (file, path, &report, NULL, error) && hw_metrics_file_close_sync (file, error);
  g_clear_object (&file);
  if (is_imported)
    file = open_sync (self, to, HW_METRICS_MODE_READ, error);
  g_unlink (to);
  g_rmdir (folder);
  if (file != NULL && report.has_guessed_times)
    hw_cli_warn (_("%s: times are counted back from when the file was last written"), path);

  return g_steal_pointer (&file);
}

static HwMetricsFile *
open_any (HwCli *self)
{
  const char *path = self->arguments[0];
  g_autoptr(GError) error = NULL;
  HwMetricsFile *file = open_sync (self, path, HW_METRICS_MODE_READ, &error);

  if (file == NULL && g_error_matches (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOT_A_RECORDING))
    {
      g_clear_error (&error);
      file = import (self, path, &error);
    }
  if (file == NULL)
    hw_cli_fail (self, "%s: %s", path, error->message);

  return file;
}

static void
write_number (HwOutput *output,
              double    value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    return;
  if (fabs (value) < 9007199254740992.0 && value == floor (value))
    hw_output_printf (output, "%.0f", value);
  else
    hw_output_print (output, g_ascii_formatd (digits, sizeof digits, "%.6g", value));
}

static void
write_csv_text (HwOutput   *output,
                const char *text)
{
  static const HwField field = { "", NULL, HW_FIELD_TEXT, FALSE };
  HwValue value = HW_VALUE_TEXT (text);

  hw_field_write_csv (&field, &value, output);
}

static void
write_cell_text (HwCli              *self,
                 const HwRecordCell *cell,
                 int                 width)
{
  g_autofree char *printable = cell->text != NULL ? hw_table_dup_printable (cell->text, self->is_wide) : NULL;
  g_autofree char *number = printable == NULL && !isnan (cell->number) ? g_strdup_printf ("%.0f", cell->number) : NULL;
  const char *text = printable != NULL ? printable : number != NULL ? number : "";
  int padding = MAX (width - (int) g_utf8_strlen (text, -1), 0);

  if (printable != NULL)
    hw_output_printf (self->output, "%s%*s  ", text, padding, "");
  else
    hw_output_printf (self->output, "%*s%s  ", padding, "", text);
}

/* Widths are as wide as the names, and for texts as wide as they need to be up to 48. */
static int
width_of (HwRecordTable *table,
          guint          column)
{
  int width = MAX ((int) strlen (table->columns[column]), 10);

  for (guint row = 0; row < table->n_rows; row++)
    {
      const HwRecordCell *cell = &g_array_index (table->cells, HwRecordCell, row * table->n_columns + column);

      if (cell->text != NULL)
        width = MAX (width, (int) MIN (g_utf8_strlen (cell->text, -1), 48));
    }

  return width;
}

static void
write_padded (HwOutput   *output,
              const char *text,
              int         width)
{
  hw_output_printf (output, "%-*s  ", width, text);
}

static void
write_table (HwCli         *self,
             HwReadyTable   kind,
             HwRecordTable *table)
{
  if (self->format == HW_FORMAT_JSON)
    {
      hw_json_writer_begin_object (self->json, NULL);
      hw_json_writer_begin_array (self->json, hw_ready_table_get_name (kind));
    }
  for (guint i = 0; i < table->n_columns && self->format != HW_FORMAT_JSON; i++)
    if (self->format == HW_FORMAT_CSV)
      hw_output_printf (self->output, "%s%s", i > 0 ? "," : "", table->columns[i]);
    else
      write_padded (self->output, table->columns[i], width_of (table, i));
  if (self->format != HW_FORMAT_JSON)
    hw_output_print (self->output, self->format == HW_FORMAT_CSV ? "\r\n" : "\n");

  for (guint row = 0; row < table->n_rows; row++)
    {
      if (self->format == HW_FORMAT_JSON)
        hw_json_writer_begin_object (self->json, NULL);
      for (guint i = 0; i < table->n_columns; i++)
        {
          const HwRecordCell *cell = &g_array_index (table->cells, HwRecordCell, row * table->n_columns + i);

          if (self->format == HW_FORMAT_JSON && cell->text != NULL)
            hw_json_writer_add_string (self->json, table->columns[i], cell->text);
          else if (self->format == HW_FORMAT_JSON)
            hw_json_writer_add_double (self->json, table->columns[i], cell->number);
          else if (self->format == HW_FORMAT_TEXT)
            write_cell_text (self, cell, width_of (table, i));
          else
            {
              if (i > 0)
                hw_output_print (self->output, ",");
              if (cell->text != NULL)
                write_csv_text (self->output, cell->text);
              else
                write_number (self->output, cell->number);
            }
        }
      if (self->format == HW_FORMAT_JSON)
        hw_json_writer_end_object (self->json);
      else
        hw_output_print (self->output, self->format == HW_FORMAT_CSV ? "\r\n" : "\n");
    }
  if (self->format == HW_FORMAT_JSON)
    {
      hw_json_writer_end_array (self->json);
      hw_json_writer_end_object (self->json);
    }
}

static HwExit
answer_table (HwCli         *self,
              HwMetricsFile *file)
{
  g_autoptr(HwRecordTable) table = NULL;
  g_autoptr(GError) error = NULL;
  guint kind = 0;

  while (kind < HW_N_READY_TABLES && strcmp (hw_ready_table_get_name ((HwReadyTable) kind), self->table_name) != 0)
    kind++;
  if (kind == HW_N_READY_TABLES)
    return hw_cli_misuse (self, _("unknown table “%s”"), self->table_name);
  table = hw_metrics_file_read_table_sync (file, (HwReadyTable) kind, NULL, &error);
  if (table == NULL)
    return hw_cli_fail (self, "%s: %s", self->arguments[0], error->message);
  write_table (self, (HwReadyTable) kind, table);

  return HW_EXIT_DONE;
}

static void
write_json (HwCli           *self,
            const HwVerdict *verdict)
{
  HwJsonWriter *json = self->json;

  hw_json_writer_begin_object (json, NULL);
  hw_json_writer_add_string (json, "level", hw_level_get_name (verdict->level));
  hw_json_writer_add_boolean (json, "is_leak", verdict->level >= HW_LEVEL_WARNING);
  hw_json_writer_add_uint (json, "samples", verdict->n_samples);
  hw_json_writer_add_uint (json, "runs", verdict->n_runs);
  hw_json_writer_add_uint (json, "run", verdict->run);
  hw_json_writer_add_double (json, "seconds", verdict->seconds);
  hw_json_writer_add_int (json, "from_us", verdict->from);
  hw_json_writer_add_int (json, "to_us", verdict->to);
  hw_json_writer_begin_array (json, "findings");
  for (guint i = 0; i < verdict->findings->len; i++)
    {
      const HwFinding *finding = g_ptr_array_index (verdict->findings, i);

      hw_json_writer_begin_object (json, NULL);
      hw_json_writer_add_string (json, "rule", hw_rule_get_name (finding->rule));
      hw_json_writer_add_string (json, "level", hw_level_get_name (finding->level));
      hw_json_writer_add_string (json, "confidence", hw_confidence_get_name (finding->confidence));
      hw_json_writer_add_string (json, "text", finding->text);
      hw_json_writer_add_string (json, "why", finding->why);
      hw_json_writer_add_string (json, "next_step", finding->action);
      hw_json_writer_add_double (json, "seconds_left", finding->seconds_left);
      hw_json_writer_begin_array (json, "evidence");
      for (guint k = 0; k < finding->evidence->len; k++)
        {
          static const char *const units[] = { "bytes", "count", "microseconds", "ratio" };
          const HwEvidence *evidence = &g_array_index (finding->evidence, HwEvidence, k);
          g_autofree char *unit = g_strconcat (units[evidence->unit], evidence->is_rate ? "_per_minute" : "", NULL);

          hw_json_writer_begin_object (json, NULL);
          hw_json_writer_add_string (json, "name", evidence->name);
          if (strcmp (evidence->name, "type") == 0)
            hw_json_writer_add_string (json, "type", evidence->label);
          hw_json_writer_add_double (json, "value", evidence->value);
          hw_json_writer_add_string (json, "unit", unit);
          hw_json_writer_end_object (json);
        }
      hw_json_writer_end_array (json);
      hw_json_writer_end_object (json);
    }
  hw_json_writer_end_array (json);
  hw_json_writer_end_object (json);
}

static void
write_csv (HwCli           *self,
           const HwVerdict *verdict)
{
  hw_output_print (self->output, "rule,level,confidence,text,why,next_step,seconds_left\r\n");
  for (guint i = 0; i < verdict->findings->len; i++)
    {
      const HwFinding *finding = g_ptr_array_index (verdict->findings, i);

      hw_output_printf (self->output, "%s,%s,%s,", hw_rule_get_name (finding->rule), hw_level_get_name (finding->level),
                        hw_confidence_get_name (finding->confidence));
      write_csv_text (self->output, finding->text);
      hw_output_print (self->output, ",");
      write_csv_text (self->output, finding->why);
      hw_output_printf (self->output, ",%s,", finding->action);
      write_number (self->output, finding->seconds_left);
      hw_output_print (self->output, "\r\n");
    }
}

static void
write_text (HwCli           *self,
            const HwVerdict *verdict)
{
  g_autofree char *length = hw_verdict_format_duration (verdict->seconds);

  hw_output_printf (self->output, "%s\n", hw_level_get_label (verdict->level));
  hw_output_printf (self->output, ngettext ("%u sample of %s", "%u samples of %s", (gulong) verdict->n_samples),
                    (guint) verdict->n_samples, length);
  if (verdict->n_runs > 1)
    hw_output_printf (self->output, ngettext (", run %u of %u", ", run %u of %u", verdict->n_runs), verdict->run + 1,
                      verdict->n_runs);
  hw_output_print (self->output, "\n");
  for (guint i = 0; i < verdict->findings->len; i++)
    {
      const HwFinding *finding = g_ptr_array_index (verdict->findings, i);
      g_autofree char *text = hw_table_dup_printable (finding->text, TRUE);

      hw_output_printf (self->output, "\n%s: %s (%s)\n  %s\n", hw_rule_get_label (finding->rule),
                        hw_level_get_label (finding->level), hw_confidence_get_label (finding->confidence), text);
      for (guint k = 0; k < finding->evidence->len; k++)
        {
          const HwEvidence *evidence = &g_array_index (finding->evidence, HwEvidence, k);
          g_autofree char *value = hw_evidence_dup_text (evidence);
          g_autofree char *label = hw_table_dup_printable (evidence->label, self->is_wide);

          hw_output_printf (self->output, "    %s: %s\n", label, value);
        }
      hw_output_printf (self->output, _("    From %s.\n"), finding->why);
      if (strcmp (finding->action, "none") != 0)
        hw_output_printf (self->output, _("    Next step: %s\n"), hw_action_get_label (finding->action));
    }
}

static HwExit
answer_verdict (HwCli               *self,
                HwMetricsFile       *file,
                const HwRecordRange *range)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) samples = hw_metrics_file_read_samples_sync (file, range, NULL, NULL, &error);
  g_autoptr(GPtrArray) gcs = samples != NULL
    ? hw_metrics_file_read_events_sync (file, HW_EVENT_GC, range, NULL, &error) : NULL;
  g_autoptr(HwVerdict) verdict = NULL;

  if (gcs == NULL)
    return hw_cli_fail (self, "%s: %s", self->arguments[0], error->message);
  verdict = hw_verdict_new ((HwSample **) samples->pdata, samples->len, (HwEvent **) gcs->pdata, gcs->len, NULL);
  if (self->format == HW_FORMAT_JSON)
    write_json (self, verdict);
  else if (self->format == HW_FORMAT_CSV)
    write_csv (self, verdict);
  else
    write_text (self, verdict);

  return verdict->level >= HW_LEVEL_WARNING ? HW_EXIT_LEAK : HW_EXIT_DONE;
}

/**
 * hw_command_diagnose:
 * @self: a run
 *
 * Says what kind of growth a recording shows, or answers one of the ready tables.
 *
 * Returns: the exit status; %HW_EXIT_LEAK when there is a leak
 */
HwExit
hw_command_diagnose (HwCli *self)
{
  g_autoptr(HwMetricsFile) file = NULL;
  HwRecordRange range = HW_RECORD_RANGE_ALL;

  range.has_details = TRUE;
  range.label = self->label;
  if (self->from != NULL && !hw_record_parse_moment (self->from, &range.from))
    return hw_cli_misuse (self, _("“%s” is no moment; write it like 2026-11-21T05:00:00Z"), self->from);
  if (self->to != NULL && !hw_record_parse_moment (self->to, &range.to))
    return hw_cli_misuse (self, _("“%s” is no moment; write it like 2026-11-21T05:00:00Z"), self->to);
  file = open_any (self);
  if (file == NULL)
    return HW_EXIT_FAILED;

  return self->table_name != NULL ? answer_table (self, file) : answer_verdict (self, file, &range);
}
