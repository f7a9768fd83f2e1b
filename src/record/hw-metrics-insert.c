/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How samples and events become rows. A label and a request that the target tells about on its console
 * are remembered until the next sample of the run and stand in its row, so that growth can be laid at
 * their door.
 */
#include "config.h"

#include "record/hw-metrics-file-private.h"

#include <math.h>
#include <string.h>

struct _HwInserter
{
  sqlite3      *db;
  HwStatement  *sample;
  HwStatement  *count;
  HwStatement  *watch;
  HwStatement  *meta;
  HwStatement  *expression;
  HwStatement  *events[HW_N_EVENT_KINDS];

  guint         run;        /* of what follows */
  char         *label;      /* nullable */
  char         *method;     /* nullable */
  char         *url;        /* nullable */
};

/* Indices of parameters in front of the metrics. */
enum
{
  AT_CREATED = 1,
  AT_TIME,
  AT_MONOTONIC,
  AT_RUN,
  AT_LABEL,
  AT_METHOD,
  AT_URL,
  AT_METRICS,
};

static const char *const event_sql[HW_N_EVENT_KINDS] = {
  [HW_EVENT_RUN] = "INSERT INTO runs (created_at, time_us, run, target, runtime, address) VALUES (?, ?, ?, ?, ?, ?)",
  [HW_EVENT_MARKER] = "INSERT INTO markers (created_at, time_us, run, label, origin) VALUES (?, ?, ?, ?, ?)",
  [HW_EVENT_CONSOLE] = "INSERT INTO console (created_at, time_us, run, message, level, source, request_method, request_url)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  [HW_EVENT_GC] = "INSERT INTO gcs (created_at, time_us, run, kind, major, before, after, pause_us)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  [HW_EVENT_SNAPSHOT] = "INSERT INTO snapshots (created_at, time_us, run, label, state, path, size, duration_us)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
};

void
hw_inserter_free (HwInserter *self)
{
  hw_statement_free (self->sample);
  hw_statement_free (self->count);
  hw_statement_free (self->watch);
  hw_statement_free (self->meta);
  hw_statement_free (self->expression);
  for (guint i = 0; i < HW_N_EVENT_KINDS; i++)
    hw_statement_free (self->events[i]);
  g_free (self->label);
  g_free (self->method);
  g_free (self->url);
  g_free (self);
}

/* Prepares what one connection inserts; the inserter belongs to its thread. */
HwInserter *
hw_inserter_new (sqlite3  *db,
                 GError  **error)
{
  g_autoptr(HwInserter) self = g_new0 (HwInserter, 1);
  g_autoptr(GString) sql = g_string_new ("INSERT INTO memory_metrics (created_at, time_us, monotonic_us, run, label,"
                                         " request_method, request_url");

  self->db = db;
  for (guint i = 0; i < HW_N_METRICS; i++)
    g_string_append_printf (sql, ", %s", hw_metric_get_column ((HwMetric) i));
  g_string_append (sql, ") VALUES (?, ?, ?, ?, ?, ?, ?");
  for (guint i = 0; i < HW_N_METRICS; i++)
    g_string_append (sql, ", ?");
  g_string_append_c (sql, ')');

  self->sample = hw_record_prepare (db, sql->str, error);
  if (self->sample == NULL)
    return NULL;
  self->count = hw_record_prepare (db, "INSERT INTO handles (sample, kind, type, count) VALUES (?, ?, ?, ?)"
                                       " ON CONFLICT DO UPDATE SET count = count + excluded.count", error);
  if (self->count == NULL)
    return NULL;
  self->watch = hw_record_prepare (db, "INSERT OR REPLACE INTO watches VALUES (?, ?, ?, ?)", error);
  if (self->watch == NULL)
    return NULL;
  self->meta = hw_record_prepare (db, "INSERT OR REPLACE INTO meta VALUES (?, ?)", error);
  if (self->meta == NULL)
    return NULL;
  self->expression = hw_record_prepare (db, "INSERT OR REPLACE INTO watch_expressions VALUES (?, ?, ?)", error);
  if (self->expression == NULL)
    return NULL;
  for (guint i = 0; i < HW_N_EVENT_KINDS; i++)
    if ((self->events[i] = hw_record_prepare (db, event_sql[i], error)) == NULL)
      return NULL;

  return g_steal_pointer (&self);
}

static void
bind_text (HwStatement *statement,
           int          index,
           const char  *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, index, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, index);
}

/* A whole number as such, so that SQL shows bytes and not 4.7e+06. */
static void
bind_number (HwStatement *statement,
             int          index,
             double       value)
{
  if (isnan (value))
    sqlite3_bind_null (statement, index);
  else if (fabs (value) < 9007199254740992.0 && value == floor (value))
    sqlite3_bind_int64 (statement, index, (gint64) value);
  else
    sqlite3_bind_double (statement, index, value);
}

/* Runs a statement that has its parameters, and makes it ready for the next. */
static gboolean
run (HwStatement  *statement,
     GError      **error)
{
  gboolean is_done = sqlite3_step (statement) == SQLITE_DONE;

  if (!is_done)
    hw_record_fail_sql (sqlite3_db_handle (statement), error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);

  return is_done;
}

static gboolean
write_details (HwInserter      *self,
               const HwSample  *sample,
               gint64           id,
               GError         **error)
{
  guint n_counts, n_watches;
  const HwSampleCount *counts = hw_sample_get_counts (sample, &n_counts);
  const HwSampleWatch *watches = hw_sample_get_watches (sample, &n_watches);

  for (guint i = 0; i < n_counts; i++)
    {
      sqlite3_bind_int64 (self->count, 1, id);
      bind_text (self->count, 2, hw_count_group_get_name (counts[i].group));
      bind_text (self->count, 3, counts[i].type);
      sqlite3_bind_int64 (self->count, 4, (gint64) MIN (counts[i].count, G_MAXINT64 / HW_SAMPLE_MAX_COUNTS));
      if (!run (self->count, error))
        return FALSE;
    }
  for (guint i = 0; i < n_watches; i++)
    {
      sqlite3_bind_int64 (self->watch, 1, id);
      bind_text (self->watch, 2, watches[i].name);
      bind_number (self->watch, 3, watches[i].value);
      bind_text (self->watch, 4, watches[i].error);
      if (!run (self->watch, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_sample (HwInserter      *self,
              const HwSample  *sample,
              guint            first_run,
              GError         **error)
{
  HwStatement *statement = self->sample;
  guint sample_run = hw_sample_get_run (sample) + first_run;
  gboolean is_same_run = sample_run == self->run;
  const char *label = hw_sample_get_label (sample);
  const char *url = hw_sample_get_url (sample);
  char created[HW_RECORD_TIME_SIZE];

  hw_record_format_time (hw_sample_get_time (sample), created);
  bind_text (statement, AT_CREATED, created);
  sqlite3_bind_int64 (statement, AT_TIME, hw_sample_get_time (sample));
  if (hw_sample_get_monotonic (sample) != 0)
    sqlite3_bind_int64 (statement, AT_MONOTONIC, hw_sample_get_monotonic (sample));
  sqlite3_bind_int64 (statement, AT_RUN, sample_run);
  bind_text (statement, AT_LABEL, label != NULL || !is_same_run ? label : self->label);
  bind_text (statement, AT_METHOD, url != NULL || !is_same_run ? hw_sample_get_method (sample) : self->method);
  bind_text (statement, AT_URL, url != NULL || !is_same_run ? url : self->url);
  for (guint i = 0; i < HW_N_METRICS; i++)
    bind_number (statement, AT_METRICS + (int) i, hw_sample_get (sample, (HwMetric) i));
  if (!run (statement, error))
    return FALSE;

  if (!write_details (self, sample, sqlite3_last_insert_rowid (self->db), error))
    return FALSE;
  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->method, g_free);
  g_clear_pointer (&self->url, g_free);

  return TRUE;
}

static void
remember (HwInserter    *self,
          const HwEvent *event,
          guint          event_run)
{
  if (event_run != self->run)
    {
      self->run = event_run;
      g_clear_pointer (&self->label, g_free);
      g_clear_pointer (&self->method, g_free);
      g_clear_pointer (&self->url, g_free);
    }
  if (event->kind == HW_EVENT_MARKER && g_strcmp0 (event->level, "target") == 0)
    g_set_str (&self->label, event->text);
  if (event->kind == HW_EVENT_CONSOLE && event->url != NULL)
    {
      g_set_str (&self->method, event->method);
      g_set_str (&self->url, event->url);
    }
}

static gboolean
write_event (HwInserter     *self,
             const HwEvent  *event,
             guint           first_run,
             GError        **error)
{
  HwStatement *statement = self->events[event->kind];
  char created[HW_RECORD_TIME_SIZE];

  hw_record_format_time (event->time, created);
  bind_text (statement, 1, created);
  sqlite3_bind_int64 (statement, 2, event->time);
  sqlite3_bind_int64 (statement, 3, event->run + first_run);
  bind_text (statement, 4, event->kind == HW_EVENT_MARKER && event->text == NULL ? "" : event->text);
  switch (event->kind)
    {
    case HW_EVENT_MARKER:
      bind_text (statement, 5, event->level);
      break;

    case HW_EVENT_RUN:
      bind_text (statement, 5, event->level);
      bind_text (statement, 6, event->source);
      break;

    case HW_EVENT_CONSOLE:
      bind_text (statement, 5, event->level);
      bind_text (statement, 6, event->source);
      bind_text (statement, 7, event->method);
      bind_text (statement, 8, event->url);
      break;

    case HW_EVENT_GC:
      sqlite3_bind_int (statement, 5, event->is_major ? 1 : 0);
      bind_number (statement, 6, event->before);
      bind_number (statement, 7, event->after);
      if (event->duration > 0)
        sqlite3_bind_int64 (statement, 8, event->duration);
      break;

    case HW_EVENT_SNAPSHOT:
      bind_text (statement, 5, event->level);
      bind_text (statement, 6, event->source);
      bind_number (statement, 7, event->before);
      if (event->duration > 0)
        sqlite3_bind_int64 (statement, 8, event->duration);
      break;

    case HW_N_EVENT_KINDS:
    default:
      g_assert_not_reached ();
    }
  if (!run (statement, error))
    return FALSE;
  remember (self, event, event->run + first_run);

  return TRUE;
}

/* Renames a marker or a snapshot; without a text the row goes away, never the snapshot's file. */
static gboolean
write_edit (HwInserter     *self,
            const HwEvent  *event,
            const char     *text,
            GError        **error)
{
  const char *table = event->kind == HW_EVENT_MARKER ? "markers" : "snapshots";
  g_autofree char *sql = text != NULL
    ? g_strdup_printf ("UPDATE %s SET label = ?3 WHERE id = ?1 AND time_us = ?2", table)
    : g_strdup_printf ("DELETE FROM %s WHERE id = ?1 AND time_us = ?2", table);
  g_autoptr(HwStatement) statement = hw_record_prepare (self->db, sql, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, event->id);
  sqlite3_bind_int64 (statement, 2, event->time);
  if (text != NULL)
    bind_text (statement, 3, text);

  return run (statement, error);
}

/* Writes one item; the caller has begun a transaction and rolls it back when this fails. */
gboolean
hw_inserter_write (HwInserter    *self,
                   const HwItem  *item,
                   GError       **error)
{
  switch (item->type)
    {
    case HW_ITEM_SAMPLE:
      return write_sample (self, item->object, item->first_run, error);

    case HW_ITEM_EVENT:
      return write_event (self, item->object, item->first_run, error);

    case HW_ITEM_EDIT:
      return write_edit (self, item->object, item->texts[0], error);

    case HW_ITEM_META:
      bind_text (self->meta, 1, item->texts[0]);
      bind_text (self->meta, 2, item->texts[1]);
      return run (self->meta, error);

    case HW_ITEM_WATCH:
    default:
      for (int i = 0; i < 3; i++)
        bind_text (self->expression, i + 1, item->texts[i]);
      return run (self->expression, error);
    }
}
