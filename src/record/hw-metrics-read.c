/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows back into samples and events. The columns are those that the file has; every value may be of any
 * type. What breaks off half way in a damaged file is returned as far as it went, because that is more
 * than nothing and the damage has been told when the file was opened.
 */
#include "config.h"

#include "record/hw-metrics-file-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static const char *
text_at (HwStatement *statement,
         int          column)
{
  return (const char *) sqlite3_column_text (statement, column);
}

static double
number_at (HwStatement *statement,
           int          column)
{
  int type = sqlite3_column_type (statement, column);

  return type == SQLITE_INTEGER || type == SQLITE_FLOAT ? sqlite3_column_double (statement, column) : NAN;
}

static guint
run_at (HwStatement *statement,
        int          column)
{
  return (guint) CLAMP (sqlite3_column_int64 (statement, column), 0, G_MAXINT);
}

/* Whether reading may go on as if there were no more: the file is known to be damaged here. */
static gboolean
forgive (HwMetricsFile  *self,
         GError        **local_error,
         GError        **error)
{
  if (*local_error == NULL)
    return TRUE;
  if (self->damage != NULL && g_error_matches (*local_error, HW_RECORD_ERROR, HW_RECORD_ERROR_DAMAGED))
    {
      g_clear_error (local_error);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (local_error));

  return FALSE;
}

/* The reader, under its lock, or NULL with an error when the recording is closed. */
static sqlite3 *
begin (HwMetricsFile  *self,
       GCancellable   *cancellable,
       GError        **error)
{
  g_mutex_lock (&self->read_lock);
  if (self->reader == NULL)
    {
      g_mutex_unlock (&self->read_lock);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The recording is closed"));
      return NULL;
    }
  hw_record_watch_cancellable (self->reader, cancellable);

  return self->reader;
}

static void
end (HwMetricsFile *self)
{
  hw_record_watch_cancellable (self->reader, NULL);
  g_mutex_unlock (&self->read_lock);
}

static void
append_range (GString             *sql,
              const HwRecordRange *range)
{
  g_string_append (sql, " WHERE id > ?1 AND time_us BETWEEN ?2 AND ?3");
  if (range->label != NULL)
    g_string_append (sql, " AND label = ?4");
}

static void
bind_range (HwStatement         *statement,
            const HwRecordRange *range)
{
  sqlite3_bind_int64 (statement, 1, range->after_id);
  sqlite3_bind_int64 (statement, 2, range->from);
  sqlite3_bind_int64 (statement, 3, range->to);
  if (range->label != NULL)
    sqlite3_bind_text (statement, 4, range->label, -1, SQLITE_TRANSIENT);
}

/* Counts of handles or watches of the range join on the fly: both lists are in the order of ids. */
static gboolean
read_details (sqlite3              *db,
              const HwRecordRange  *range,
              gint64                step,
              GHashTable           *by_id,
              GError              **error)
{
  static const char *const sources[] = {
    "SELECT d.sample, d.kind, d.type, d.count FROM handles d JOIN memory_metrics m ON m.id = d.sample",
    "SELECT d.sample, d.name, d.value, d.error FROM watches d JOIN memory_metrics m ON m.id = d.sample",
  };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr(GString) sql = g_string_new (sources[i]);
      g_autoptr(HwStatement) statement = NULL;
      g_autoptr(GError) local_error = NULL;

      append_range (sql, range);
      g_string_append_printf (sql, " AND id %% %" G_GINT64_FORMAT " = 0 ORDER BY d.sample", step);
      statement = hw_record_prepare (db, sql->str, error);
      if (statement == NULL)
        return FALSE;
      bind_range (statement, range);
      while (hw_record_step (statement, &local_error))
        {
          gint64 id = sqlite3_column_int64 (statement, 0);
          HwSample *sample = g_hash_table_lookup (by_id, &id);
          const char *name = text_at (statement, 1);
          HwCountGroup group;

          if (sample == NULL || name == NULL)
            continue;
          if (i == 1)
            hw_sample_add_watch (sample, name, number_at (statement, 2), text_at (statement, 3));
          else if (hw_count_group_from_name (name, &group) && text_at (statement, 2) != NULL)
            hw_sample_add_count (sample, group, text_at (statement, 2),
                                 (guint64) MAX (sqlite3_column_int64 (statement, 3), 0));
        }
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  return TRUE;
}

/* Every how manieth sample is read, so that memory is bounded whatever the file holds. */
static gboolean
find_step (sqlite3              *db,
           const HwRecordRange  *range,
           gint64               *step,
           GError              **error)
{
  g_autoptr(GString) sql = g_string_new ("SELECT count(*) FROM memory_metrics");
  g_autoptr(HwStatement) statement = NULL;
  g_autoptr(GError) local_error = NULL;
  gint64 n = 0;

  append_range (sql, range);
  statement = hw_record_prepare (db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  bind_range (statement, range);
  if (hw_record_step (statement, &local_error))
    n = sqlite3_column_int64 (statement, 0);
  *step = MAX ((n + HW_RECORD_MAX_SAMPLES - 1) / HW_RECORD_MAX_SAMPLES, 1);
  if (local_error == NULL || g_error_matches (local_error, HW_RECORD_ERROR, HW_RECORD_ERROR_DAMAGED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static HwStatement *
prepare_samples (sqlite3              *db,
                 const HwRecordRange  *range,
                 gint64                step,
                 GError              **error)
{
  g_autoptr(GHashTable) columns = hw_record_read_columns (db, "memory_metrics", error);
  g_autoptr(GString) sql = g_string_new ("SELECT id, time_us");
  static const char *const others[] = { "monotonic_us", "run", "label", "request_method", "request_url" };
  g_autoptr(HwStatement) statement = NULL;

  if (columns == NULL)
    return NULL;
  if (!g_hash_table_contains (columns, "id") || !g_hash_table_contains (columns, "time_us"))
    {
      hw_record_fail_damaged (error, "memory_metrics has no times");
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_string_append_printf (sql, ", %s", g_hash_table_contains (columns, others[i]) ? others[i] : "NULL");
  for (guint i = 0; i < HW_N_METRICS; i++)
    {
      const char *column = hw_metric_get_column ((HwMetric) i);

      g_string_append_printf (sql, ", %s", g_hash_table_contains (columns, column) ? column : "NULL");
    }
  g_string_append (sql, " FROM memory_metrics");
  append_range (sql, range);
  g_string_append_printf (sql, " AND id %% %" G_GINT64_FORMAT " = 0 ORDER BY id LIMIT %d", step, HW_RECORD_MAX_SAMPLES);
  statement = hw_record_prepare (db, sql->str, error);
  if (statement != NULL)
    bind_range (statement, range);

  return g_steal_pointer (&statement);
}

static GPtrArray *
read_samples (HwMetricsFile        *self,
              sqlite3              *db,
              const HwRecordRange  *range,
              gint64               *last_id,
              GError              **error)
{
  g_autoptr(GPtrArray) samples = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_sample_unref);
  g_autoptr(GHashTable) by_id = NULL;
  g_autoptr(HwStatement) statement = NULL;
  g_autoptr(GError) local_error = NULL;
  gint64 step;

  if (!find_step (db, range, &step, error) || (statement = prepare_samples (db, range, step, error)) == NULL)
    return NULL;
  if (range->has_details)
    by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  while (hw_record_step (statement, &local_error))
    {
      gint64 id = sqlite3_column_int64 (statement, 0);
      HwSample *sample = hw_sample_new (sqlite3_column_int64 (statement, 1), sqlite3_column_int64 (statement, 2),
                                        run_at (statement, 3));

      if (text_at (statement, 4) != NULL)
        hw_sample_set_label (sample, text_at (statement, 4));
      if (text_at (statement, 5) != NULL || text_at (statement, 6) != NULL)
        hw_sample_set_request (sample, text_at (statement, 5), text_at (statement, 6));
      for (guint i = 0; i < HW_N_METRICS; i++)
        hw_sample_set (sample, (HwMetric) i, number_at (statement, 7 + (int) i));
      g_ptr_array_add (samples, sample);
      if (by_id != NULL)
        g_hash_table_insert (by_id, g_memdup2 (&id, sizeof id), sample);
      *last_id = id;
    }
  if (!forgive (self, &local_error, error))
    return NULL;
  if (by_id != NULL && !read_details (db, range, step, by_id, &local_error) && !forgive (self, &local_error, error))
    return NULL;

  return g_steal_pointer (&samples);
}

/**
 * hw_metrics_file_read_samples_sync:
 * @self: a recording
 * @range: which part of it
 * @last_id: (out) (optional): the row of the last sample read, for the next range's `after_id`; unchanged
 *   when there is none
 * @cancellable: (nullable): stops reading
 * @error: return location
 *
 * Reads samples in the order of arrival. Of more than two million, evenly spread ones.
 *
 * Cost: linear in the number of samples; some 250 ms for a day of seconds without details.
 *
 * Returns: (transfer full) (element-type HwSample): the samples, or NULL with [error@RecordError]
 */
GPtrArray *
hw_metrics_file_read_samples_sync (HwMetricsFile        *self,
                                   const HwRecordRange  *range,
                                   gint64               *last_id,
                                   GCancellable         *cancellable,
                                   GError              **error)
{
  GPtrArray *samples;
  gint64 unused = 0;
  sqlite3 *db;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), NULL);
  g_return_val_if_fail (range != NULL, NULL);

  db = begin (self, cancellable, error);
  if (db == NULL)
    return NULL;
  samples = read_samples (self, db, range, last_id != NULL ? last_id : &unused, error);
  end (self);

  return samples;
}

/* What a table's rows become; in the order of HwEventKind. */
static const char *const event_sql[HW_N_EVENT_KINDS] = {
  [HW_EVENT_RUN] = "SELECT id, time_us, run, target, runtime, address, NULL, NULL, NULL, NULL, NULL, NULL FROM runs",
  [HW_EVENT_MARKER] = "SELECT id, time_us, run, label, origin, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM markers",
  [HW_EVENT_CONSOLE] = "SELECT id, time_us, run, message, level, source, request_method, request_url, NULL, NULL, NULL, NULL"
                       " FROM console",
  [HW_EVENT_GC] = "SELECT id, time_us, run, kind, NULL, NULL, NULL, NULL, before, after, pause_us, major FROM gcs",
  [HW_EVENT_SNAPSHOT] = "SELECT id, time_us, run, label, state, path, NULL, NULL, size, NULL, duration_us, NULL"
                        " FROM snapshots",
};

static HwEvent *
event_at (HwStatement *statement,
          HwEventKind  kind)
{
  HwEvent *event = hw_event_new (kind, sqlite3_column_int64 (statement, 1), run_at (statement, 2), text_at (statement, 3));

  event->id = sqlite3_column_int64 (statement, 0);
  hw_event_set_level (event, text_at (statement, 4));
  hw_event_set_source (event, text_at (statement, 5));
  hw_event_set_request (event, text_at (statement, 6), text_at (statement, 7));
  event->before = number_at (statement, 8);
  event->after = number_at (statement, 9);
  event->duration = MAX (sqlite3_column_int64 (statement, 10), 0);
  event->is_major = sqlite3_column_int64 (statement, 11) != 0;

  return event;
}

/**
 * hw_metrics_file_read_events_sync:
 * @self: a recording
 * @kind: which table
 * @range: which part of it; the label counts for markers and snapshots only
 * @cancellable: (nullable): stops reading
 * @error: return location
 *
 * Reads events in the order of arrival, a million at most.
 *
 * Returns: (transfer full) (element-type HwEvent): the events, or NULL with [error@RecordError]
 */
GPtrArray *
hw_metrics_file_read_events_sync (HwMetricsFile        *self,
                                  HwEventKind           kind,
                                  const HwRecordRange  *range,
                                  GCancellable         *cancellable,
                                  GError              **error)
{
  g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_event_unref);
  g_autoptr(GString) sql = NULL;
  g_autoptr(HwStatement) statement = NULL;
  g_autoptr(GError) local_error = NULL;
  HwRecordRange own;
  sqlite3 *db;
  gboolean is_read;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), NULL);
  g_return_val_if_fail ((guint) kind < HW_N_EVENT_KINDS, NULL);
  g_return_val_if_fail (range != NULL, NULL);

  db = begin (self, cancellable, error);
  if (db == NULL)
    return NULL;
  own = *range;
  if (kind != HW_EVENT_MARKER && kind != HW_EVENT_SNAPSHOT)
    own.label = NULL;
  sql = g_string_new (event_sql[kind]);
  append_range (sql, &own);
  g_string_append_printf (sql, " ORDER BY id LIMIT %d", HW_RECORD_MAX_EVENTS);
  statement = hw_record_prepare (db, sql->str, &local_error);
  if (statement != NULL)
    {
      bind_range (statement, &own);
      while (hw_record_step (statement, &local_error))
        g_ptr_array_add (events, event_at (statement, kind));
    }
  is_read = forgive (self, &local_error, error);
  g_clear_pointer (&statement, hw_statement_free);
  end (self);

  return is_read ? g_steal_pointer (&events) : NULL;
}

/**
 * hw_record_table_free:
 * @self: (transfer full): a table
 *
 * Frees a table with its cells.
 */
void
hw_record_table_free (HwRecordTable *self)
{
  g_strfreev (self->columns);
  g_array_unref (self->cells);
  g_free (self);
}

static void
clear_cell (gpointer data)
{
  g_free (((HwRecordCell *) data)->text);
}

static HwRecordTable *
table_new (HwStatement *statement)
{
  HwRecordTable *table = g_new0 (HwRecordTable, 1);

  table->n_columns = (guint) sqlite3_column_count (statement);
  table->columns = g_new0 (char *, table->n_columns + 1);
  for (guint i = 0; i < table->n_columns; i++)
    table->columns[i] = g_strdup (sqlite3_column_name (statement, (int) i));
  table->cells = g_array_new (FALSE, FALSE, sizeof (HwRecordCell));
  g_array_set_clear_func (table->cells, clear_cell);

  return table;
}

static void
add_row (HwRecordTable *table,
         HwStatement   *statement)
{
  for (guint i = 0; i < table->n_columns; i++)
    {
      HwRecordCell cell = { NULL, number_at (statement, (int) i) };
      const char *text = sqlite3_column_type (statement, (int) i) == SQLITE_TEXT ? text_at (statement, (int) i) : NULL;

      if (text != NULL)
        cell.text = g_utf8_make_valid (text, -1);
      g_array_append_val (table->cells, cell);
    }
  table->n_rows++;
}

/**
 * hw_metrics_file_read_table_sync:
 * @self: a recording
 * @table: which of the ready tables
 * @cancellable: (nullable): stops reading
 * @error: return location
 *
 * Answers one of the questions that every recording answers.
 *
 * Cost: n log n in the number of samples and console lines.
 *
 * Returns: (transfer full): the answer, or NULL with [error@RecordError]
 */
HwRecordTable *
hw_metrics_file_read_table_sync (HwMetricsFile  *self,
                                 HwReadyTable    table,
                                 GCancellable   *cancellable,
                                 GError        **error)
{
  g_autoptr(HwStatement) statement = NULL;
  g_autoptr(HwRecordTable) result = NULL;
  g_autoptr(GError) local_error = NULL;
  gboolean is_read;
  sqlite3 *db;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), NULL);
  g_return_val_if_fail ((guint) table < HW_N_READY_TABLES, NULL);

  db = begin (self, cancellable, error);
  if (db == NULL)
    return NULL;
  statement = hw_record_prepare (db, hw_record_get_table_sql (table), &local_error);
  if (statement != NULL)
    {
      result = table_new (statement);
      while (!result->is_cut && hw_record_step (statement, &local_error))
        {
          result->is_cut = result->n_rows >= HW_RECORD_MAX_ROWS;
          if (!result->is_cut)
            add_row (result, statement);
        }
    }
  is_read = forgive (self, &local_error, error) && result != NULL;
  g_clear_pointer (&statement, hw_statement_free);
  end (self);
  if (!is_read && error != NULL && *error == NULL)
    hw_record_fail_damaged (error, hw_ready_table_get_name (table));

  return is_read ? g_steal_pointer (&result) : NULL;
}

typedef struct
{
  HwEventKind    kind;
  HwRecordRange  range;    /* label owned */
  gint64         last_id;
} Reading;

static void
reading_free (gpointer data)
{
  g_free ((char *) ((Reading *) data)->range.label);
  g_free (data);
}

/* HW_N_EVENT_KINDS stands for samples. */
static void
read_worker (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Reading *reading = task_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *rows = reading->kind == HW_N_EVENT_KINDS
    ? hw_metrics_file_read_samples_sync (source_object, &reading->range, &reading->last_id, cancellable, &error)
    : hw_metrics_file_read_events_sync (source_object, reading->kind, &reading->range, cancellable, &error);

  if (rows != NULL)
    g_task_return_pointer (task, rows, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
start_reading (HwMetricsFile       *self,
               HwEventKind          kind,
               const HwRecordRange *range,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data,
               gpointer             tag)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  reading->kind = kind;
  reading->range = *range;
  reading->range.label = g_strdup (range->label);
  reading->last_id = range->after_id;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_worker);
}

/**
 * hw_metrics_file_read_samples_async:
 * @self: a recording
 * @range: which part of it; copied
 * @cancellable: (nullable): stops reading
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Reads samples on another thread.
 */
void
hw_metrics_file_read_samples_async (HwMetricsFile       *self,
                                    const HwRecordRange *range,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_return_if_fail (HW_IS_METRICS_FILE (self));
  g_return_if_fail (range != NULL);

  start_reading (self, HW_N_EVENT_KINDS, range, cancellable, callback, user_data, hw_metrics_file_read_samples_async);
}

/**
 * hw_metrics_file_read_samples_finish:
 * @self: a recording
 * @result: what the callback got
 * @last_id: (out) (optional): the row of the last sample read, or the range's `after_id`
 * @error: return location
 *
 * Returns: (transfer full) (element-type HwSample): the samples, or NULL with [error@RecordError]
 */
GPtrArray *
hw_metrics_file_read_samples_finish (HwMetricsFile  *self,
                                     GAsyncResult   *result,
                                     gint64         *last_id,
                                     GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (last_id != NULL)
    *last_id = ((Reading *) g_task_get_task_data (G_TASK (result)))->last_id;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hw_metrics_file_read_events_async:
 * @self: a recording
 * @kind: which table
 * @range: which part of it; copied
 * @cancellable: (nullable): stops reading
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Reads events on another thread.
 */
void
hw_metrics_file_read_events_async (HwMetricsFile       *self,
                                   HwEventKind          kind,
                                   const HwRecordRange *range,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_return_if_fail (HW_IS_METRICS_FILE (self));
  g_return_if_fail ((guint) kind < HW_N_EVENT_KINDS);
  g_return_if_fail (range != NULL);

  start_reading (self, kind, range, cancellable, callback, user_data, hw_metrics_file_read_events_async);
}

/**
 * hw_metrics_file_read_events_finish:
 * @self: a recording
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (element-type HwEvent): the events, or NULL with [error@RecordError]
 */
GPtrArray *
hw_metrics_file_read_events_finish (HwMetricsFile  *self,
                                    GAsyncResult   *result,
                                    GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
