/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/hw-metrics-file-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static void
append_csv_text (GString    *line,
                 const char *text)
{
  if (text == NULL)
    return;
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (line, text);
      return;
    }
  g_string_append_c (line, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *p);
    }
  g_string_append_c (line, '"');
}

static void
append_number (GString *line,
               double   value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return;
  if (fabs (value) < 9007199254740992.0 && value == floor (value))
    g_string_append_printf (line, "%.0f", value);
  else
    g_string_append (line, g_ascii_formatd (buffer, sizeof buffer, "%.6g", value));
}

static gboolean
write_line (GOutputStream  *stream,
            GString        *line,
            GCancellable   *cancellable,
            GError        **error)
{
  gboolean is_written = g_output_stream_write_all (stream, line->str, line->len, NULL, cancellable, error);

  g_string_truncate (line, 0);

  return is_written;
}

/**
 * hw_metrics_file_export_csv_sync:
 * @self: a recording
 * @range: which part of it
 * @stream: where to write; not closed
 * @cancellable: (nullable): stops writing
 * @error: return location
 *
 * Writes the samples as CSV (RFC 4180, UTF-8, a line of names), with the columns of memory_metrics: what was
 * exported can be imported again.
 *
 * Returns: whether all of it is written
 */
gboolean
hw_metrics_file_export_csv_sync (HwMetricsFile        *self,
                                 const HwRecordRange  *range,
                                 GOutputStream        *stream,
                                 GCancellable         *cancellable,
                                 GError              **error)
{
  g_autoptr(GPtrArray) samples = NULL;
  g_autoptr(GOutputStream) buffered = NULL;
  g_autoptr(GString) line = g_string_new ("created_at,time_us,monotonic_us,run,label,request_method,request_url");

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), FALSE);
  g_return_val_if_fail (range != NULL, FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (stream), FALSE);

  samples = hw_metrics_file_read_samples_sync (self, range, NULL, cancellable, error);
  if (samples == NULL)
    return FALSE;
  buffered = g_buffered_output_stream_new_sized (stream, 65536);
  g_filter_output_stream_set_close_base_stream (G_FILTER_OUTPUT_STREAM (buffered), FALSE);

  for (guint i = 0; i < HW_N_METRICS; i++)
    g_string_append_printf (line, ",%s", hw_metric_get_column ((HwMetric) i));
  g_string_append (line, "\r\n");
  for (guint n = 0; n < samples->len; n++)
    {
      const HwSample *sample = g_ptr_array_index (samples, n);
      char created[HW_RECORD_TIME_SIZE];

      if (!write_line (buffered, line, cancellable, error))
        return FALSE;
      hw_record_format_time (hw_sample_get_time (sample), created);
      g_string_append_printf (line, "%s,%" G_GINT64_FORMAT ",", created, hw_sample_get_time (sample));
      if (hw_sample_get_monotonic (sample) != 0)
        g_string_append_printf (line, "%" G_GINT64_FORMAT, hw_sample_get_monotonic (sample));
      g_string_append_printf (line, ",%u,", hw_sample_get_run (sample));
      append_csv_text (line, hw_sample_get_label (sample));
      g_string_append_c (line, ',');
      append_csv_text (line, hw_sample_get_method (sample));
      g_string_append_c (line, ',');
      append_csv_text (line, hw_sample_get_url (sample));
      for (guint i = 0; i < HW_N_METRICS; i++)
        {
          g_string_append_c (line, ',');
          append_number (line, hw_sample_get (sample, (HwMetric) i));
        }
      g_string_append (line, "\r\n");
    }

  return write_line (buffered, line, cancellable, error) && g_output_stream_close (buffered, cancellable, error);
}

/* A value as SQL writes it. */
static void
append_sql_value (GString     *line,
                  HwStatement *statement,
                  int          column)
{
  const char *text;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  switch (sqlite3_column_type (statement, column))
    {
    case SQLITE_INTEGER:
      g_string_append_printf (line, "%" G_GINT64_FORMAT, (gint64) sqlite3_column_int64 (statement, column));
      break;

    case SQLITE_FLOAT:
      g_string_append (line, g_ascii_dtostr (buffer, sizeof buffer, sqlite3_column_double (statement, column)));
      break;

    case SQLITE_TEXT:
    case SQLITE_BLOB:
      text = (const char *) sqlite3_column_text (statement, column);
      g_string_append_c (line, '\'');
      for (const char *p = text; p != NULL && *p != '\0'; p++)
        {
          if (*p == '\'')
            g_string_append_c (line, '\'');
          g_string_append_c (line, *p);
        }
      g_string_append_c (line, '\'');
      break;

    case SQLITE_NULL:
    default:
      g_string_append (line, "NULL");
      break;
    }
}

static gboolean
write_rows (sqlite3        *db,
            const char     *table,
            GOutputStream  *stream,
            GCancellable   *cancellable,
            GError        **error)
{
  g_auto(GStrv) parts = g_strsplit (table, "\"", -1);
  g_autofree char *quoted = g_strjoinv ("\"\"", parts);
  g_autofree char *name = g_strdup_printf ("\"%s\"", quoted);
  g_autofree char *sql = g_strconcat ("SELECT * FROM ", name, NULL);
  g_autoptr(HwStatement) statement = NULL;
  g_autoptr(GString) line = g_string_new (NULL);
  g_autoptr(GError) local_error = NULL;

  statement = hw_record_prepare (db, sql, error);
  if (statement == NULL)
    return FALSE;
  while (hw_record_step (statement, &local_error))
    {
      g_string_append_printf (line, "INSERT INTO %s VALUES (", name);
      for (int i = 0; i < sqlite3_column_count (statement); i++)
        {
          if (i > 0)
            g_string_append (line, ", ");
          append_sql_value (line, statement, i);
        }
      g_string_append (line, ");\n");
      if (!write_line (stream, line, cancellable, error))
        return FALSE;
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
write_sql (sqlite3        *db,
           GOutputStream  *stream,
           GCancellable   *cancellable,
           GError        **error)
{
  g_autoptr(HwStatement) statement = hw_record_prepare (
    db, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND type <> 'trigger'"
        " AND (type <> 'table' OR rootpage > 0) AND name NOT LIKE 'sqlite_%'"
        " ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid", error);
  g_autoptr(GString) line = g_string_new (NULL);
  g_autoptr(GError) local_error = NULL;

  if (statement == NULL)
    return FALSE;
  g_string_append_printf (line, "PRAGMA application_id=%d;\nPRAGMA user_version=%d;\nPRAGMA foreign_keys=OFF;\n"
                                "BEGIN TRANSACTION;\n", HW_RECORD_APPLICATION_ID, HW_RECORD_SCHEMA_VERSION);
  while (hw_record_step (statement, &local_error))
    {
      const char *type = (const char *) sqlite3_column_text (statement, 0);
      const char *name = (const char *) sqlite3_column_text (statement, 1);

      g_string_append_printf (line, "%s;\n", (const char *) sqlite3_column_text (statement, 2));
      if (!write_line (stream, line, cancellable, error))
        return FALSE;
      if (strcmp (type, "table") == 0 && !write_rows (db, name, stream, cancellable, error))
        return FALSE;
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_string_append (line, "COMMIT;\n");

  return write_line (stream, line, cancellable, error);
}

/**
 * hw_metrics_file_export_sql_sync:
 * @self: a recording
 * @stream: where to write; not closed
 * @cancellable: (nullable): stops writing
 * @error: return location
 *
 * Writes the whole recording as SQL text that makes it anew in SQLite, and with few changes elsewhere.
 *
 * Returns: whether all of it is written
 */
gboolean
hw_metrics_file_export_sql_sync (HwMetricsFile  *self,
                                 GOutputStream  *stream,
                                 GCancellable   *cancellable,
                                 GError        **error)
{
  g_autoptr(GOutputStream) buffered = NULL;
  gboolean is_written = FALSE;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (stream), FALSE);

  buffered = g_buffered_output_stream_new_sized (stream, 65536);
  g_filter_output_stream_set_close_base_stream (G_FILTER_OUTPUT_STREAM (buffered), FALSE);
  g_mutex_lock (&self->read_lock);
  if (self->reader == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The recording is closed"));
  else
    {
      /* One moment of the file, whatever is added meanwhile. */
      hw_record_watch_cancellable (self->reader, cancellable);
      is_written = hw_record_exec (self->reader, "BEGIN", error) &&
                   write_sql (self->reader, buffered, cancellable, error);
      sqlite3_exec (self->reader, "ROLLBACK", NULL, NULL, NULL);
      hw_record_watch_cancellable (self->reader, NULL);
    }
  g_mutex_unlock (&self->read_lock);

  return is_written && g_output_stream_close (buffered, cancellable, error);
}

/**
 * hw_metrics_file_export_copy_sync:
 * @self: a recording
 * @path: where to; must not exist
 * @cancellable: (nullable): stops writing
 * @error: return location
 *
 * Writes the recording as it is now to a file of its own, complete without any file beside it.
 *
 * Returns: whether it is written; fails with [error@RecordError]
 */
gboolean
hw_metrics_file_export_copy_sync (HwMetricsFile  *self,
                                  const char     *path,
                                  GCancellable   *cancellable,
                                  GError        **error)
{
  g_autoptr(HwStatement) statement = NULL;
  gboolean is_written = FALSE;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, HW_RECORD_ERROR, HW_RECORD_ERROR_EXISTS, _("There already is a file %s"), path);
      return FALSE;
    }
  g_mutex_lock (&self->read_lock);
  if (self->reader == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The recording is closed"));
  else
    statement = hw_record_prepare (self->reader, "VACUUM INTO ?", error);
  if (statement != NULL)
    {
      hw_record_watch_cancellable (self->reader, cancellable);
      sqlite3_bind_text (statement, 1, path, -1, SQLITE_TRANSIENT);
      is_written = sqlite3_step (statement) == SQLITE_DONE || hw_record_fail_sql (self->reader, error);
      g_clear_pointer (&statement, hw_statement_free);
      hw_record_watch_cancellable (self->reader, NULL);
    }
  g_mutex_unlock (&self->read_lock);

  return is_written;
}
