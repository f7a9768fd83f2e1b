/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of the same shape as ours: CSV, and SQLite databases that other programs keep. Columns are known
 * by their names, in any order; rows without a usable time or value are counted and left out.
 */
#include "config.h"

#include "record/hw-import-private.h"
#include "record/hw-metrics-file-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Columns of one table; a wider one is nobody's measurements. */
#define MAX_COLUMNS 512

typedef enum
{
  ROLE_NONE,
  ROLE_METRIC,
  ROLE_TIME,
  ROLE_TIME_US,
  ROLE_MONOTONIC,
  ROLE_RUN,
  ROLE_LABEL,
  ROLE_METHOD,
  ROLE_URL,
} Role;

typedef struct
{
  Role     role;
  HwMetric metric;
  double   factor;
} Column;

static const struct
{
  const char *name;
  Role        role;
} roles[] = {
  { "time_us", ROLE_TIME_US },
  { "created_at", ROLE_TIME },
  { "timestamp", ROLE_TIME },
  { "datetime", ROLE_TIME },
  { "time", ROLE_TIME },
  { "date", ROLE_TIME },
  { "ts", ROLE_TIME },
  { "monotonic_us", ROLE_MONOTONIC },
  { "run", ROLE_RUN },
  { "label", ROLE_LABEL },
  { "request_method", ROLE_METHOD },
  { "method", ROLE_METHOD },
  { "request_url", ROLE_URL },
  { "url", ROLE_URL },
  { "path", ROLE_URL },
};

static Column
find_column (const char *name)
{
  Column column = { ROLE_NONE, HW_N_METRICS, 1 };
  g_autofree char *plain = g_strstrip (g_strdup (name));

  if (hw_import_find_column (plain, &column.metric, &column.factor))
    column.role = ROLE_METRIC;
  else
    for (guint i = 0; i < G_N_ELEMENTS (roles) && column.role == ROLE_NONE; i++)
      if (g_ascii_strcasecmp (plain, roles[i].name) == 0)
        column.role = roles[i].role;

  return column;
}

/* Whether columns are samples: a time and something measured. */
static gboolean
are_samples (GArray *columns)
{
  gboolean has_time = FALSE, has_metric = FALSE;

  for (guint i = 0; i < columns->len; i++)
    {
      Role role = g_array_index (columns, Column, i).role;

      has_time = has_time || role == ROLE_TIME || role == ROLE_TIME_US;
      has_metric = has_metric || role == ROLE_METRIC;
    }

  return has_time && has_metric;
}

static gboolean
parse_number (const char *text,
              double     *number)
{
  char *end;

  *number = g_ascii_strtod (text, &end);
  while (g_ascii_isspace (*end))
    end++;

  return end != text && *end == '\0' && isfinite (*number);
}

static void
add_row (HwImport    *self,
         GArray      *columns,
         const char **cells,
         guint        n_cells)
{
  gint64 time = 0, monotonic = 0;
  gboolean has_time = FALSE, has_metric = FALSE;
  const char *label = NULL, *method = NULL, *url = NULL;
  double run = 0, number;
  g_autoptr(HwSample) sample = NULL;

  n_cells = MIN (n_cells, columns->len);
  for (guint i = 0; i < n_cells; i++)
    {
      const char *cell = cells[i];

      if (cell == NULL || *cell == '\0')
        continue;
      switch (g_array_index (columns, Column, i).role)
        {
        case ROLE_TIME_US:
          has_time = parse_number (cell, &number) && fabs (number) < 9e18;
          time = has_time ? g_ascii_strtoll (cell, NULL, 10) : 0;
          break;
        case ROLE_TIME:
          if (!has_time)
            has_time = hw_import_parse_time (cell, self->written, &time, NULL);
          break;
        case ROLE_MONOTONIC:
          monotonic = parse_number (cell, &number) && fabs (number) < 9e18 ? g_ascii_strtoll (cell, NULL, 10) : 0;
          break;
        case ROLE_RUN:
          if (!parse_number (cell, &run) || run < 0 || run > 1e6)
            run = 0;
          break;
        case ROLE_LABEL:
          label = cell;
          break;
        case ROLE_METHOD:
          method = cell;
          break;
        case ROLE_URL:
          url = cell;
          break;
        case ROLE_METRIC:
          has_metric = has_metric || parse_number (cell, &number);
          break;
        case ROLE_NONE:
        default:
          break;
        }
    }
  if (!has_time || !has_metric)
    {
      self->report->n_skipped++;
      return;
    }

  sample = hw_sample_new (time, monotonic, self->run + (guint) run);
  for (guint i = 0; i < n_cells; i++)
    {
      const Column *column = &g_array_index (columns, Column, i);

      if (column->role == ROLE_METRIC && cells[i] != NULL && parse_number (cells[i], &number))
        hw_sample_set (sample, column->metric, number * column->factor);
    }
  hw_sample_set_label (sample, label);
  hw_sample_set_request (sample, method, url);
  hw_import_add_sample (self, sample);
}

/* Takes one record off @text, as RFC 4180 has it; the cells are owned by the array. */
static const char *
read_record (const char *text,
             char        separator,
             GPtrArray  *cells)
{
  g_autoptr(GString) cell = g_string_new (NULL);

  g_ptr_array_set_size (cells, 0);
  while (TRUE)
    {
      gboolean is_quoted = *text == '"';

      if (is_quoted)
        text++;
      while (*text != '\0' && (is_quoted || (*text != separator && *text != '\n')))
        {
          if (is_quoted && *text == '"')
            {
              if (text[1] == '"')
                text++;
              else
                {
                  is_quoted = FALSE;
                  text++;
                  continue;
                }
            }
          g_string_append_c (cell, *text++);
        }
      if (*text != separator && cell->len > 0 && cell->str[cell->len - 1] == '\r')
        g_string_truncate (cell, cell->len - 1);
      if (cells->len < MAX_COLUMNS)
        g_ptr_array_add (cells, g_strdup (cell->str));
      g_string_truncate (cell, 0);
      if (*text == '\0')
        return text;
      if (*text++ == '\n')
        return text;
    }
}

static char
guess_separator (const char *text)
{
  gsize length = strcspn (text, "\n");
  const char *semicolon = memchr (text, ';', length), *tab = memchr (text, '\t', length);

  if (memchr (text, ',', length) != NULL)
    return ',';

  return semicolon != NULL ? ';' : tab != NULL ? '\t' : ',';
}

static GArray *
read_header (const char **text,
             char         separator)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  GArray *columns = g_array_new (FALSE, FALSE, sizeof (Column));

  *text = read_record (*text, separator, cells);
  for (guint i = 0; i < cells->len; i++)
    {
      Column column = find_column (g_ptr_array_index (cells, i));

      g_array_append_val (columns, column);
    }

  return columns;
}

/**
 * hw_import_is_csv:
 * @text: a file's content
 *
 * Returns: whether its first line names a time and something measured
 */
gboolean
hw_import_is_csv (const char *text)
{
  g_autoptr(GArray) columns = NULL;

  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    text += 3;
  if (strcspn (text, "\n") > 65536)
    return FALSE;
  columns = read_header (&text, guess_separator (text));

  return are_samples (columns);
}

/**
 * hw_import_csv:
 * @self: an import
 * @text: CSV for which hw_import_is_csv() said yes
 * @error: return location
 *
 * Adds the rows of a CSV file.
 *
 * Returns: whether it went well
 */
gboolean
hw_import_csv (HwImport    *self,
               const char  *text,
               GError     **error)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) columns = NULL;
  char separator;

  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    text += 3;
  separator = guess_separator (text);
  columns = read_header (&text, separator);
  while (*text != '\0')
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      text = read_record (text, separator, cells);
      if (cells->len > 1 || *(char *) g_ptr_array_index (cells, 0) != '\0')
        add_row (self, columns, (const char **) cells->pdata, cells->len);
    }

  return TRUE;
}

/* The table to read: memory_metrics where there is one, else the first that looks like samples. */
static char *
find_table (sqlite3  *db,
            GError  **error)
{
  g_autoptr(HwStatement) statement = hw_record_prepare (
    db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"
        " ORDER BY lower(name) <> 'memory_metrics', rowid LIMIT 1000", error);
  g_autoptr(GError) local_error = NULL;

  if (statement == NULL)
    return NULL;
  while (hw_record_step (statement, &local_error))
    {
      const char *name = (const char *) sqlite3_column_text (statement, 0);
      g_autofree char *folded = name != NULL ? g_ascii_strdown (name, -1) : NULL;
      g_autoptr(GHashTable) names = folded != NULL ? hw_record_read_columns (db, folded, NULL) : NULL;
      g_autoptr(GArray) columns = g_array_new (FALSE, FALSE, sizeof (Column));
      GHashTableIter iter;
      gpointer key;

      if (names == NULL)
        continue;
      g_hash_table_iter_init (&iter, names);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        {
          Column column = find_column (key);

          g_array_append_val (columns, column);
        }
      if (are_samples (columns))
        return g_strdup (name);
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOTHING,
                         _("The database has no table of memory figures with times"));

  return NULL;
}

static gboolean
read_table (HwImport    *self,
            sqlite3     *db,
            const char  *table,
            GError     **error)
{
  g_auto(GStrv) parts = g_strsplit (table, "\"", -1);
  g_autofree char *quoted = g_strjoinv ("\"\"", parts);
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM \"%s\"", quoted);
  g_autoptr(HwStatement) statement = hw_record_prepare (db, sql, error);
  g_autoptr(GArray) columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_autofree const char **cells = NULL;
  g_autoptr(GError) local_error = NULL;
  int n_columns;

  if (statement == NULL)
    return FALSE;
  n_columns = sqlite3_column_count (statement);
  cells = g_new0 (const char *, (gsize) MAX (n_columns, 1));
  for (int i = 0; i < n_columns; i++)
    {
      Column column = find_column (sqlite3_column_name (statement, i));

      g_array_append_val (columns, column);
    }
  while (hw_record_step (statement, &local_error))
    {
      for (int i = 0; i < n_columns; i++)
        cells[i] = (const char *) sqlite3_column_text (statement, i);
      add_row (self, columns, cells, (guint) n_columns);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* A recording of our own brings its samples with details, and what happened beside them. */
static gboolean
copy_recording (HwImport       *self,
                HwMetricsFile  *source,
                GError        **error)
{
  HwRecordRange all = { G_MININT64, G_MAXINT64, 0, NULL, TRUE };
  g_autoptr(GPtrArray) samples = hw_metrics_file_read_samples_sync (source, &all, NULL, self->cancellable, error);

  if (samples == NULL)
    return FALSE;
  for (guint kind = 0; kind < HW_N_EVENT_KINDS; kind++)
    {
      g_autoptr(GPtrArray) events =
        hw_metrics_file_read_events_sync (source, (HwEventKind) kind, &all, self->cancellable, error);

      if (events == NULL)
        return FALSE;
      for (guint i = 0; i < events->len; i++)
        {
          HwEvent *event = g_ptr_array_index (events, i);

          event->run += self->run;
          hw_import_add_event (self, event);
        }
    }
  for (guint i = 0; i < samples->len; i++)
    {
      const HwSample *old = g_ptr_array_index (samples, i);
      g_autoptr(HwSample) sample = hw_sample_new (hw_sample_get_time (old), hw_sample_get_monotonic (old),
                                                  hw_sample_get_run (old) + self->run);
      guint n;
      const HwSampleCount *counts;
      const HwSampleWatch *watches;

      for (guint k = 0; k < HW_N_METRICS; k++)
        hw_sample_set (sample, (HwMetric) k, hw_sample_get (old, (HwMetric) k));
      hw_sample_set_label (sample, hw_sample_get_label (old));
      hw_sample_set_request (sample, hw_sample_get_method (old), hw_sample_get_url (old));
      counts = hw_sample_get_counts (old, &n);
      for (guint k = 0; k < n; k++)
        hw_sample_add_count (sample, counts[k].group, counts[k].type, counts[k].count);
      watches = hw_sample_get_watches (old, &n);
      for (guint k = 0; k < n; k++)
        hw_sample_add_watch (sample, watches[k].name, watches[k].value, watches[k].error);
      hw_import_add_sample (self, sample);
    }

  return TRUE;
}

/**
 * hw_import_sqlite:
 * @self: an import
 * @path: a SQLite database
 * @error: return location
 *
 * Adds the samples of a database: of a recording, or of a table of the same shape.
 *
 * Returns: whether it went well
 */
gboolean
hw_import_sqlite (HwImport    *self,
                  const char  *path,
                  GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(HwMetricsFile) source = hw_metrics_file_open_sync (path, HW_METRICS_MODE_READ, self->cancellable, &local_error);
  g_autoptr(sqlite3) db = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *table = NULL;
  gboolean is_read;

  if (source != NULL)
    {
      self->report->kind = "recording";
      return copy_recording (self, source, error);
    }
  if (!g_error_matches (local_error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOT_A_RECORDING))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  self->report->kind = "sqlite";
  uri = g_filename_to_uri (path, NULL, error);
  if (uri == NULL || (db = hw_record_connect (uri, FALSE, error)) == NULL)
    return FALSE;
  hw_record_watch_cancellable (db, self->cancellable);
  table = find_table (db, error);
  is_read = table != NULL && read_table (self, db, table, error);
  hw_record_watch_cancellable (db, NULL);

  return is_read;
}
