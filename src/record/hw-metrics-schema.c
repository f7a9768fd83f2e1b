/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of a recording, as people see them in any SQLite tool; the comments are kept in the file and
 * ".schema" shows them. memory_metrics has one column for each row of the table of metrics, so a newer
 * program adds columns to an older recording and reads what is missing as unknown.
 *
 * Times are kept twice: time_us is what the program computes with, created_at the same for people, in a
 * form that SQLite's own date functions read. Rows are in the order of arrival, which id tells even where
 * somebody set the clock back.
 *
 * A recording may come from anybody. Triggers never fire, nothing of a stored view is run, tables must be
 * tables, and no value may be larger than HW_RECORD_MAX_VALUE.
 */
#include "config.h"

#include "record/hw-metrics-file-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_QUARK (hw-record-error-quark, hw_record_error)

static const char schema[] =
  "CREATE TABLE meta (\n"
  "  -- What the recording says of itself: schema, program, created_at, title, note.\n"
  "  key TEXT PRIMARY KEY,\n"
  "  value\n"
  ") WITHOUT ROWID;\n"
  "CREATE TABLE runs (\n"
  "  -- Each time the target was met: the first, and again after every restart.\n"
  "  id INTEGER PRIMARY KEY,\n"
  "  created_at TEXT NOT NULL,     -- UTC, ISO 8601\n"
  "  time_us INTEGER NOT NULL,     -- the same, microseconds since 1970\n"
  "  run INTEGER NOT NULL,         -- 0 for the first; the run of all other tables\n"
  "  target TEXT,                  -- its title\n"
  "  runtime TEXT,                 -- what it runs on, with version\n"
  "  address TEXT                  -- where it was met: address or process\n"
  ");\n"
  "CREATE TABLE markers (\n"
  "  id INTEGER PRIMARY KEY,\n"
  "  created_at TEXT NOT NULL,\n"
  "  time_us INTEGER NOT NULL,\n"
  "  run INTEGER NOT NULL,\n"
  "  label TEXT NOT NULL,\n"
  "  origin TEXT                   -- person, target or import\n"
  ");\n"
  "CREATE TABLE snapshots (\n"
  "  id INTEGER PRIMARY KEY,\n"
  "  created_at TEXT NOT NULL,\n"
  "  time_us INTEGER NOT NULL,\n"
  "  run INTEGER NOT NULL,\n"
  "  label TEXT,\n"
  "  path TEXT,                    -- the heap snapshot's file\n"
  "  state TEXT,                   -- complete or salvaged\n"
  "  size INTEGER,                 -- bytes of the file\n"
  "  duration_us INTEGER           -- how long taking it took\n"
  ");\n"
  "CREATE TABLE console (\n"
  "  -- Lines of the console and of imported logs.\n"
  "  id INTEGER PRIMARY KEY,\n"
  "  created_at TEXT NOT NULL,\n"
  "  time_us INTEGER NOT NULL,\n"
  "  run INTEGER NOT NULL,\n"
  "  level TEXT,                   -- debug, log, info, warning, error, exception\n"
  "  message TEXT,\n"
  "  source TEXT,                  -- function or file\n"
  "  request_method TEXT,\n"
  "  request_url TEXT\n"
  ");\n"
  "CREATE TABLE gcs (\n"
  "  -- Garbage collections; sizes are bytes of heap used.\n"
  "  id INTEGER PRIMARY KEY,\n"
  "  created_at TEXT NOT NULL,\n"
  "  time_us INTEGER NOT NULL,\n"
  "  run INTEGER NOT NULL,\n"
  "  kind TEXT,                    -- the engine's name for it\n"
  "  major INTEGER NOT NULL,       -- 1 when the whole heap was collected\n"
  "  before INTEGER,\n"
  "  after INTEGER,\n"
  "  pause_us INTEGER\n"
  ");\n"
  "CREATE TABLE watch_expressions (\n"
  "  name TEXT PRIMARY KEY,\n"
  "  expression TEXT,\n"
  "  unit TEXT                     -- bytes, count, ms or the person's own\n"
  ") WITHOUT ROWID;\n"
  "CREATE TABLE watches (\n"
  "  -- The values of watch expressions at each sample.\n"
  "  sample INTEGER NOT NULL REFERENCES memory_metrics (id),\n"
  "  name TEXT NOT NULL,\n"
  "  value REAL,\n"
  "  error TEXT,                   -- why there is no value\n"
  "  PRIMARY KEY (sample, name)\n"
  ") WITHOUT ROWID;\n"
  "CREATE TABLE handles (\n"
  "  -- What is open at each sample, by type.\n"
  "  sample INTEGER NOT NULL REFERENCES memory_metrics (id),\n"
  "  kind TEXT NOT NULL,           -- handle, request, resource, descriptor or object\n"
  "  type TEXT NOT NULL,\n"
  "  count INTEGER NOT NULL,\n"
  "  PRIMARY KEY (sample, kind, type)\n"
  ") WITHOUT ROWID;\n"
  "CREATE INDEX memory_metrics_time ON memory_metrics (time_us);\n"
  "CREATE INDEX memory_metrics_created_at ON memory_metrics (created_at);\n"
  "CREATE INDEX memory_metrics_label ON memory_metrics (label) WHERE label IS NOT NULL;\n"
  "CREATE INDEX memory_metrics_request ON memory_metrics (request_url) WHERE request_url IS NOT NULL;\n"
  "CREATE INDEX markers_time ON markers (time_us);\n"
  "CREATE INDEX markers_label ON markers (label);\n"
  "CREATE INDEX snapshots_time ON snapshots (time_us);\n"
  "CREATE INDEX console_time ON console (time_us);\n"
  "CREATE INDEX gcs_time ON gcs (time_us);\n";

/*
 * Growth by request. A sample's growth is what was added to the heap since the sample before it in the
 * same run. When lines of the console tell which requests fell into that time, they share it evenly;
 * otherwise it belongs to the request that the sample itself names. A sample labelled "before…" only
 * begins a pair, so what came before it is nobody's.
 */
static const char growth_sql[] =
  "WITH steps AS (\n"
  "  SELECT id, run, time_us, label, request_method, request_url,\n"
  "         heap_used - lag(heap_used) OVER w AS heap, rss - lag(rss) OVER w AS rss,\n"
  "         external - lag(external) OVER w AS external\n"
  "  FROM memory_metrics WINDOW w AS (PARTITION BY run ORDER BY id)),\n"
  "lines AS (\n"
  "  SELECT request_method AS method, request_url AS url,\n"
  "         (SELECT m.id FROM memory_metrics m\n"
  "          WHERE m.time_us >= c.time_us ORDER BY m.time_us LIMIT 1) AS step\n"
  "  FROM console c WHERE request_url IS NOT NULL),\n"
  "shares AS (SELECT step, count(*) AS n FROM lines WHERE step IS NOT NULL GROUP BY step),\n"
  "parts AS (\n"
  "  SELECT l.method, l.url, s.heap * 1.0 / n.n AS heap, s.rss * 1.0 / n.n AS rss,\n"
  "         s.external * 1.0 / n.n AS external\n"
  "  FROM lines l JOIN steps s ON s.id = l.step JOIN shares n ON n.step = l.step\n"
  "  UNION ALL\n"
  "  SELECT request_method, request_url, heap, rss, external FROM steps\n"
  "  WHERE request_url IS NOT NULL AND id NOT IN (SELECT step FROM shares)\n"
  "        AND (label IS NULL OR lower(label) NOT LIKE 'before%'))\n"
  "SELECT coalesce(method, '') AS request_method,\n"
  "       CASE WHEN instr(url, '?') > 0 THEN substr(url, 1, instr(url, '?') - 1) ELSE url END AS request_url,\n"
  "       count(*) AS requests,\n"
  "       CAST(round(total(heap)) AS INTEGER) AS heap_growth,\n"
  "       CAST(round(avg(heap)) AS INTEGER) AS heap_growth_each,\n"
  "       CAST(round(total(rss)) AS INTEGER) AS rss_growth,\n"
  "       CAST(round(total(external)) AS INTEGER) AS external_growth\n"
  "FROM parts GROUP BY 1, 2 ORDER BY heap_growth DESC, 1, 2";

/*
 * Before and after by label. "before login" and "after login" are one label, "login": its figures are
 * averages over the samples of either kind. A label of its own has what was there just before its first
 * sample, or that sample where it is the first of all, and its last one.
 */
static const char before_after_sql[] =
  "WITH named AS (\n"
  "  SELECT id, run, time_us, label, heap_used, rss, external,\n"
  "         CASE WHEN lower(label) LIKE 'before%' THEN 1 WHEN lower(label) LIKE 'after%' THEN 2 ELSE 0 END AS part,\n"
  "         ltrim(CASE WHEN lower(label) LIKE 'before%' THEN substr(label, 7)\n"
  "                    WHEN lower(label) LIKE 'after%' THEN substr(label, 6) ELSE label END, ' -_:/.') AS name\n"
  "  FROM memory_metrics WHERE label IS NOT NULL),\n"
  "pairs AS (\n"
  "  SELECT name, count(*) AS samples,\n"
  "         avg(CASE part WHEN 1 THEN heap_used END) AS heap_before, avg(CASE part WHEN 2 THEN heap_used END) AS heap_after,\n"
  "         avg(CASE part WHEN 1 THEN rss END) AS rss_before, avg(CASE part WHEN 2 THEN rss END) AS rss_after,\n"
  "         avg(CASE part WHEN 1 THEN external END) AS external_before, avg(CASE part WHEN 2 THEN external END) AS external_after\n"
  "  FROM named WHERE part > 0 GROUP BY name),\n"
  "spans AS (\n"
  "  SELECT name, samples, last,\n"
  "         coalesce((SELECT max(m.id) FROM memory_metrics m WHERE m.id < g.begin AND m.run = g.run), g.begin) AS first\n"
  "  FROM (SELECT name, count(*) AS samples, min(id) AS begin, max(id) AS last, min(run) AS run\n"
  "        FROM named WHERE part = 0 GROUP BY name) g),\n"
  "rows AS (\n"
  "  SELECT * FROM pairs UNION ALL\n"
  "  SELECT s.name, s.samples, a.heap_used, b.heap_used, a.rss, b.rss, a.external, b.external\n"
  "  FROM spans s JOIN memory_metrics a ON a.id = s.first JOIN memory_metrics b ON b.id = s.last)\n"
  "SELECT name AS label, samples,\n"
  "       CAST(round(heap_before) AS INTEGER) AS heap_before, CAST(round(heap_after) AS INTEGER) AS heap_after,\n"
  "       CAST(round(heap_after - heap_before) AS INTEGER) AS heap_growth,\n"
  "       CAST(round(rss_before) AS INTEGER) AS rss_before, CAST(round(rss_after) AS INTEGER) AS rss_after,\n"
  "       CAST(round(rss_after - rss_before) AS INTEGER) AS rss_growth,\n"
  "       CAST(round(external_after - external_before) AS INTEGER) AS external_growth\n"
  "FROM rows ORDER BY heap_growth DESC, label";

/* Trend per minute: the floor is the lowest heap of the minute, what the collector could not free. */
static const char trend_sql[] =
  "WITH minutes AS (\n"
  "  SELECT run, time_us / 60000000 AS minute, count(*) AS samples, min(heap_used) AS heap_floor,\n"
  "         avg(heap_used) AS heap_average, max(heap_used) AS heap_peak, avg(rss) AS rss_average,\n"
  "         avg(external) AS external_average\n"
  "  FROM memory_metrics GROUP BY run, time_us / 60000000)\n"
  "SELECT run, strftime('%Y-%m-%dT%H:%M:%SZ', minute * 60, 'unixepoch') AS minute, samples,\n"
  "       heap_floor, CAST(round(heap_average) AS INTEGER) AS heap_average, heap_peak,\n"
  "       heap_floor - lag(heap_floor) OVER w AS heap_growth,\n"
  "       CAST(round(rss_average) AS INTEGER) AS rss_average,\n"
  "       CAST(round(rss_average - lag(rss_average) OVER w) AS INTEGER) AS rss_growth,\n"
  "       CAST(round(external_average) AS INTEGER) AS external_average\n"
  "FROM minutes WINDOW w AS (PARTITION BY run ORDER BY minutes.minute) ORDER BY run, minutes.minute";

static const struct
{
  const char *name;
  const char *sql;
} ready_tables[HW_N_READY_TABLES] = {
  [HW_READY_TABLE_GROWTH_BY_REQUEST] = { "growth_by_request", growth_sql },
  [HW_READY_TABLE_BEFORE_AFTER] = { "before_after_by_label", before_after_sql },
  [HW_READY_TABLE_TREND] = { "trend_per_minute", trend_sql },
};

/**
 * hw_ready_table_get_name:
 * @table: a ready table
 *
 * Returns: the name of the view in recordings
 */
const char *
hw_ready_table_get_name (HwReadyTable table)
{
  g_return_val_if_fail ((guint) table < HW_N_READY_TABLES, NULL);

  return ready_tables[table].name;
}

/* The question behind a ready table; the file's own view may be anything. */
const char *
hw_record_get_table_sql (HwReadyTable table)
{
  return ready_tables[table].sql;
}

void
hw_statement_free (HwStatement *statement)
{
  sqlite3_finalize (statement);
}

/* What SQLite's last refusal means to a person. */
gboolean
hw_record_fail_sql (sqlite3  *db,
                    GError  **error)
{
  int code = sqlite3_errcode (db) & 0xff;
  int reason = sqlite3_system_errno (db);

  if (code == SQLITE_INTERRUPT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Cancelled"));
  else if (code == SQLITE_FULL ||
           (code == SQLITE_IOERR && (reason == ENOSPC || reason == EDQUOT || reason == EFBIG)))
    g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NO_SPACE, _("There is no space left on the disk"));
  else if (code == SQLITE_READONLY || code == SQLITE_PERM ||
           (code == SQLITE_CANTOPEN && (reason == EACCES || reason == EROFS || reason == EPERM)))
    g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_READ_ONLY,
                         _("The recording may not be written"));
  else if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_BUSY,
                         _("Another program keeps the recording locked"));
  else if (code == SQLITE_NOTADB)
    g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOT_A_RECORDING, _("The file is not a recording"));
  else if (code == SQLITE_CORRUPT || code == SQLITE_TOOBIG || code == SQLITE_MISMATCH)
    hw_record_fail_damaged (error, sqlite3_errmsg (db));
  else
    g_set_error (error, HW_RECORD_ERROR, HW_RECORD_ERROR_STORAGE, _("The recording could not be used: %s"),
                 reason != 0 ? g_strerror (reason) : sqlite3_errmsg (db));

  return FALSE;
}

gboolean
hw_record_fail_damaged (GError     **error,
                        const char  *what)
{
  g_set_error (error, HW_RECORD_ERROR, HW_RECORD_ERROR_DAMAGED, _("The recording is damaged: %s"), what);

  return FALSE;
}

static int
progress_cb (void *data)
{
  return g_cancellable_is_cancelled (data);
}

/* From now on until the next call, @cancellable stops what @db does; NULL stops nothing. */
void
hw_record_watch_cancellable (sqlite3      *db,
                             GCancellable *cancellable)
{
  sqlite3_progress_handler (db, cancellable != NULL ? 2000 : 0, cancellable != NULL ? progress_cb : NULL, cancellable);
}

/* A connection that trusts nothing in the file. */
sqlite3 *
hw_record_connect (const char  *uri,
                   gboolean     is_writing,
                   GError     **error)
{
  g_autoptr(sqlite3) db = NULL;
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
              (is_writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);

  if (sqlite3_open_v2 (uri, &db, flags, NULL) != SQLITE_OK)
    {
      hw_record_fail_sql (db, error);
      return NULL;
    }
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, HW_RECORD_MAX_VALUE);
  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 1);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_busy_timeout (db, 2000);

  /* Mapped pages that cannot be read kill the program. */
  if (!hw_record_exec (db, "PRAGMA mmap_size=0; PRAGMA cell_size_check=ON", error))
    return NULL;

  return g_steal_pointer (&db);
}

gboolean
hw_record_exec (sqlite3     *db,
                const char  *sql,
                GError     **error)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK || hw_record_fail_sql (db, error);
}

HwStatement *
hw_record_prepare (sqlite3     *db,
                   const char  *sql,
                   GError     **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    hw_record_fail_sql (db, error);

  return statement;
}

/* TRUE for a row; at the end, FALSE without an error. */
gboolean
hw_record_step (HwStatement  *statement,
                GError      **error)
{
  int code = sqlite3_step (statement);

  if (code != SQLITE_ROW && code != SQLITE_DONE)
    hw_record_fail_sql (sqlite3_db_handle (statement), error);

  return code == SQLITE_ROW;
}

gboolean
hw_record_read_number (sqlite3     *db,
                       const char  *sql,
                       gint64      *number,
                       GError     **error)
{
  g_autoptr(HwStatement) statement = hw_record_prepare (db, sql, error);
  g_autoptr(GError) local_error = NULL;

  if (statement == NULL)
    return FALSE;
  *number = 0;
  if (hw_record_step (statement, &local_error))
    *number = sqlite3_column_int64 (statement, 0);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/*
 * The columns of a table, lower case, with the spelling of the file as values. What is no ordinary table
 * has none: a view of a stranger may be without end.
 */
GHashTable *
hw_record_read_columns (sqlite3     *db,
                        const char  *table,
                        GError     **error)
{
  g_autoptr(HwStatement) statement = hw_record_prepare (
    db, "SELECT c.name FROM sqlite_schema s, pragma_table_info(s.name) c"
        " WHERE s.type = 'table' AND s.rootpage > 0 AND lower(s.name) = ?", error);
  g_autoptr(GHashTable) columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GError) local_error = NULL;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, table, -1, SQLITE_STATIC);
  while (hw_record_step (statement, &local_error))
    {
      const char *name = (const char *) sqlite3_column_text (statement, 0);

      if (name != NULL)
        g_hash_table_insert (columns, g_ascii_strdown (name, -1), g_strdup (name));
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&columns);
}

static const char *
sql_type_of (HwMetric metric)
{
  return hw_metric_get_unit (metric) == HW_METRIC_UNIT_RATIO ? "REAL" : "INTEGER";
}

static const char *
unit_words_of (HwMetric metric)
{
  switch (hw_metric_get_unit (metric))
    {
    case HW_METRIC_UNIT_BYTES:
      return "bytes";
    case HW_METRIC_UNIT_COUNT:
      return "count";
    case HW_METRIC_UNIT_MICROSECONDS:
      return "microseconds";
    case HW_METRIC_UNIT_RATIO:
    default:
      return "0 to 1";
    }
}

static void
append_samples_table (GString *sql)
{
  g_string_append (sql,
                   "CREATE TABLE memory_metrics (\n"
                   "  -- One row for each sample. What was not measured is NULL.\n"
                   "  id INTEGER PRIMARY KEY,       -- in the order of arrival\n"
                   "  created_at TEXT NOT NULL,     -- UTC, ISO 8601\n"
                   "  time_us INTEGER NOT NULL,     -- the same, microseconds since 1970\n"
                   "  monotonic_us INTEGER,         -- a clock that nobody sets, for differences within a run\n"
                   "  run INTEGER NOT NULL DEFAULT 0,\n"
                   "  label TEXT,                   -- what the target was doing, in its own words\n"
                   "  request_method TEXT,          -- the last request before the sample\n"
                   "  request_url TEXT,\n");
  for (guint i = 0; i < HW_N_METRICS; i++)
    g_string_append_printf (sql, "  %s %s%s -- %s\n", hw_metric_get_column ((HwMetric) i), sql_type_of ((HwMetric) i),
                            i + 1 < HW_N_METRICS ? "," : "", unit_words_of ((HwMetric) i));
  g_string_append (sql, ");\n");
}

static void
append_megabytes_view (GString *sql)
{
  g_string_append (sql,
                   "CREATE VIEW memory_metrics_mb AS SELECT id, created_at, run, label, request_method, request_url");
  for (guint i = 0; i < HW_N_METRICS; i++)
    if (hw_metric_get_unit ((HwMetric) i) == HW_METRIC_UNIT_BYTES)
      g_string_append_printf (sql, ",\n  round(%s / 1e6, 3) AS %s_mb", hw_metric_get_column ((HwMetric) i),
                              hw_metric_get_column ((HwMetric) i));
    else
      g_string_append_printf (sql, ",\n  %s", hw_metric_get_column ((HwMetric) i));
  g_string_append (sql, "\nFROM memory_metrics;\n");
}

/* Makes the tables and views of an empty file, all or none. */
gboolean
hw_record_create_schema (sqlite3  *db,
                         GError  **error)
{
  g_autoptr(GString) sql = g_string_new (NULL);
  char now[HW_RECORD_TIME_SIZE];

  hw_record_format_time (g_get_real_time (), now);
  g_string_append_printf (sql, "PRAGMA application_id=%d;\nPRAGMA journal_mode=WAL;\nPRAGMA synchronous=NORMAL;\n"
                               "BEGIN IMMEDIATE;\nPRAGMA user_version=%d;\n",
                          HW_RECORD_APPLICATION_ID, HW_RECORD_SCHEMA_VERSION);
  append_samples_table (sql);
  g_string_append (sql, schema);
  append_megabytes_view (sql);
  for (guint i = 0; i < HW_N_READY_TABLES; i++)
    g_string_append_printf (sql, "CREATE VIEW %s AS\n%s;\n", ready_tables[i].name, ready_tables[i].sql);
  g_string_append_printf (sql,
                          "INSERT INTO meta VALUES ('schema', %d), ('program', 'Heapwise " HW_VERSION "'),"
                          " ('created_at', '%s');\nCOMMIT;\n",
                          HW_RECORD_SCHEMA_VERSION, now);

  return hw_record_exec (db, sql->str, error);
}

/* Adds the columns that this program knows and the file does not. */
gboolean
hw_record_upgrade_schema (sqlite3  *db,
                          GError  **error)
{
  g_autoptr(GHashTable) columns = hw_record_read_columns (db, "memory_metrics", error);
  g_autoptr(GString) sql = g_string_new ("PRAGMA journal_mode=WAL;\nPRAGMA synchronous=NORMAL;\nBEGIN IMMEDIATE;\n");

  if (columns == NULL)
    return FALSE;
  for (guint i = 0; i < HW_N_METRICS; i++)
    if (!g_hash_table_contains (columns, hw_metric_get_column ((HwMetric) i)))
      g_string_append_printf (sql, "ALTER TABLE memory_metrics ADD COLUMN %s %s;\n",
                              hw_metric_get_column ((HwMetric) i), sql_type_of ((HwMetric) i));
  g_string_append (sql, "COMMIT;\n");
  if (hw_record_exec (db, sql->str, error))
    return TRUE;
  if (!sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

/* Writes @time, microseconds since 1970, as ISO 8601 in UTC with milliseconds; @buffer has HW_RECORD_TIME_SIZE. */
void
hw_record_format_time (gint64  time,
                       char   *buffer)
{
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc_usec (time);

  if (date == NULL)
    {
      g_strlcpy (buffer, "0000-01-01T00:00:00.000Z", HW_RECORD_TIME_SIZE);
      return;
    }
  g_snprintf (buffer, HW_RECORD_TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_time_get_year (date),
              g_date_time_get_month (date), g_date_time_get_day_of_month (date), g_date_time_get_hour (date),
              g_date_time_get_minute (date), g_date_time_get_second (date), g_date_time_get_microsecond (date) / 1000);
}
