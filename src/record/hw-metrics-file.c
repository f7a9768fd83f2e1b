/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/hw-metrics-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

enum
{
  PROP_PROBLEM = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (HwMetricsFile, hw_metrics_file, G_TYPE_OBJECT)

static void
hw_metrics_file_finalize (GObject *object)
{
  HwMetricsFile *self = HW_METRICS_FILE (object);

  hw_metrics_file_close_sync (self, NULL);
  g_clear_error (&self->problem);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->read_lock);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_cond_clear (&self->turned);
  g_free (self->path);
  g_free (self->damage);

  G_OBJECT_CLASS (hw_metrics_file_parent_class)->finalize (object);
}

static void
hw_metrics_file_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  if (prop_id == PROP_PROBLEM)
    g_value_take_string (value, hw_metrics_file_dup_problem (HW_METRICS_FILE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_metrics_file_class_init (HwMetricsFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hw_metrics_file_finalize;
  object_class->get_property = hw_metrics_file_get_property;

  /**
   * HwMetricsFile:problem:
   *
   * Why nothing can be written at the moment, for a person; NULL when all is well. Notified on the main
   * context of whoever opened the recording.
   */
  properties[PROP_PROBLEM] =
    g_param_spec_string ("problem", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
hw_metrics_file_init (HwMetricsFile *self)
{
  g_mutex_init (&self->read_lock);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_cond_init (&self->turned);
  g_queue_init (&self->waiting);
}

static gboolean
check_kind (sqlite3  *db,
            GError  **error)
{
  gint64 number;

  if (!hw_record_read_number (db, "PRAGMA application_id", &number, error))
    return FALSE;
  if (number != HW_RECORD_APPLICATION_ID)
    {
      g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOT_A_RECORDING, _("The file is not a recording"));
      return FALSE;
    }
  if (!hw_record_read_number (db, "PRAGMA user_version", &number, error))
    return FALSE;
  if (number > HW_RECORD_SCHEMA_VERSION)
    {
      g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NEWER,
                           _("The recording was made by a newer Heapwise"));
      return FALSE;
    }

  return TRUE;
}

/* What SQLite itself finds wrong, or NULL; reads the whole file once. */
static char *
find_damage (sqlite3  *db,
             GError  **error)
{
  g_autoptr(HwStatement) statement = hw_record_prepare (db, "PRAGMA quick_check(1)", error);
  g_autoptr(GError) local_error = NULL;
  const char *text = NULL;

  if (statement == NULL)
    return NULL;
  if (hw_record_step (statement, &local_error))
    text = (const char *) sqlite3_column_text (statement, 0);
  if (local_error != NULL && g_error_matches (local_error, HW_RECORD_ERROR, HW_RECORD_ERROR_DAMAGED))
    return g_strdup (local_error->message);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  if (g_strcmp0 (text, "ok") == 0 || text == NULL)
    return NULL;

  return g_strdup_printf (_("The recording is damaged: %s"), text);
}

/*
 * A read-only connection. A folder that may not be written has no place for SQLite's own files; then the
 * file is read as if nothing could change it, which is true unless a copy of its log lies beside it.
 */
static sqlite3 *
connect_reader (const char  *uri,
                GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(sqlite3) db = hw_record_connect (uri, FALSE, &local_error);
  g_autofree char *immutable = g_strconcat (uri, "?immutable=1", NULL);
  gint64 version;

  if (db != NULL && hw_record_read_number (db, "PRAGMA schema_version", &version, &local_error))
    return g_steal_pointer (&db);
  if (!g_error_matches (local_error, HW_RECORD_ERROR, HW_RECORD_ERROR_READ_ONLY) &&
      !g_error_matches (local_error, HW_RECORD_ERROR, HW_RECORD_ERROR_STORAGE))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  g_clear_pointer (&db, sqlite3_close_v2);
  db = hw_record_connect (immutable, FALSE, error);
  if (db == NULL || !hw_record_read_number (db, "PRAGMA schema_version", &version, error))
    return NULL;

  return g_steal_pointer (&db);
}

/* An empty file that is ours alone, readable by nobody else: a recording tells what a program does. */
static gboolean
make_file (const char  *path,
           GError     **error)
{
  int fd = g_open (path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  int saved = errno;
  HwRecordError code;

  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  if (saved == EEXIST)
    code = HW_RECORD_ERROR_EXISTS;
  else if (saved == ENOSPC || saved == EDQUOT)
    code = HW_RECORD_ERROR_NO_SPACE;
  else if (saved == EACCES || saved == EROFS || saved == EPERM)
    code = HW_RECORD_ERROR_READ_ONLY;
  else
    code = HW_RECORD_ERROR_STORAGE;
  g_set_error (error, HW_RECORD_ERROR, code, _("A recording could not be begun in %s: %s"), path, g_strerror (saved));

  return FALSE;
}

static gboolean
open_writer (HwMetricsFile  *self,
             const char     *uri,
             GError        **error)
{
  if (self->mode == HW_METRICS_MODE_CREATE && !make_file (self->path, error))
    return FALSE;

  self->writer = hw_record_connect (uri, TRUE, error);
  if (self->writer != NULL && self->mode == HW_METRICS_MODE_CREATE && hw_record_create_schema (self->writer, error))
    return TRUE;
  if (self->mode == HW_METRICS_MODE_CREATE)
    {
      g_clear_pointer (&self->writer, sqlite3_close_v2);
      g_unlink (self->path);
      return FALSE;
    }
  if (self->writer == NULL || !check_kind (self->writer, error))
    return FALSE;
  if (sqlite3_db_readonly (self->writer, "main") == 1)
    {
      g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_READ_ONLY, _("The recording may not be written"));
      return FALSE;
    }

  return TRUE;
}

/**
 * hw_metrics_file_open_sync:
 * @path: where the recording is, or will be
 * @mode: what to do with it
 * @cancellable: (nullable): stops looking through a large file
 * @error: return location
 *
 * Opens a recording. A damaged one can only be read: what is wrong is in
 * [method@MetricsFile.get_damage], and nothing of it is ever changed.
 *
 * Cost: an existing file is read through once; some 10 ms for a day of seconds.
 *
 * Returns: (transfer full): the recording, or NULL with [error@RecordError]
 */
HwMetricsFile *
hw_metrics_file_open_sync (const char     *path,
                           HwMetricsMode   mode,
                           GCancellable   *cancellable,
                           GError        **error)
{
  g_autoptr(HwMetricsFile) self = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *absolute = NULL;
  g_autoptr(GError) local_error = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  absolute = g_canonicalize_filename (path, NULL);
  uri = g_filename_to_uri (absolute, NULL, error);
  if (uri == NULL)
    return NULL;
  self = g_object_new (HW_TYPE_METRICS_FILE, NULL);
  self->path = g_steal_pointer (&absolute);
  self->mode = mode;
  self->context = g_main_context_ref_thread_default ();

  if (mode != HW_METRICS_MODE_CREATE && !g_file_test (self->path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no file %s"), self->path);
      return NULL;
    }
  if (mode != HW_METRICS_MODE_READ && !open_writer (self, uri, error))
    {
      g_clear_pointer (&self->writer, sqlite3_close_v2);
      return NULL;
    }
  self->reader = connect_reader (uri, error);
  if (self->reader == NULL || !check_kind (self->reader, error))
    {
      g_clear_pointer (&self->writer, sqlite3_close_v2);
      return NULL;
    }

  hw_record_watch_cancellable (self->reader, cancellable);
  if (mode != HW_METRICS_MODE_CREATE)
    self->damage = find_damage (self->reader, &local_error);
  hw_record_watch_cancellable (self->reader, NULL);
  if (local_error == NULL && self->damage != NULL && mode == HW_METRICS_MODE_RESUME)
    g_set_error_literal (&local_error, HW_RECORD_ERROR, HW_RECORD_ERROR_DAMAGED, self->damage);
  if (local_error == NULL && mode == HW_METRICS_MODE_RESUME)
    hw_record_upgrade_schema (self->writer, &local_error);
  if (local_error != NULL)
    {
      g_clear_pointer (&self->writer, sqlite3_close_v2);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (mode != HW_METRICS_MODE_READ)
    hw_metrics_file_start_writer (self);

  return g_steal_pointer (&self);
}

typedef struct
{
  char          *path;
  HwMetricsMode  mode;
} Opening;

static void
opening_free (gpointer data)
{
  g_free (((Opening *) data)->path);
  g_free (data);
}

static void
open_worker (GTask        *task,
             gpointer      source_object G_GNUC_UNUSED,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Opening *opening = task_data;
  g_autoptr(GError) error = NULL;
  HwMetricsFile *self = hw_metrics_file_open_sync (opening->path, opening->mode, cancellable, &error);

  if (self != NULL)
    {
      g_clear_pointer (&self->context, g_main_context_unref);
      self->context = g_main_context_ref (g_task_get_context (task));
      g_task_return_pointer (task, self, g_object_unref);
    }
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * hw_metrics_file_open_async:
 * @path: where the recording is, or will be
 * @mode: what to do with it
 * @cancellable: (nullable): stops looking through a large file
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Opens a recording on another thread.
 */
void
hw_metrics_file_open_async (const char          *path,
                            HwMetricsMode        mode,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  g_return_if_fail (path != NULL);

  opening->path = g_strdup (path);
  opening->mode = mode;
  g_task_set_source_tag (task, hw_metrics_file_open_async);
  g_task_set_task_data (task, opening, opening_free);
  g_task_run_in_thread (task, open_worker);
}

/**
 * hw_metrics_file_open_finish:
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the recording, or NULL with [error@RecordError]
 */
HwMetricsFile *
hw_metrics_file_open_finish (GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hw_metrics_file_get_path:
 * @self: a recording
 *
 * Returns: where it is, an absolute path
 */
const char *
hw_metrics_file_get_path (HwMetricsFile *self)
{
  g_return_val_if_fail (HW_IS_METRICS_FILE (self), NULL);

  return self->path;
}

/**
 * hw_metrics_file_get_mode:
 * @self: a recording
 *
 * Returns: how it was opened
 */
HwMetricsMode
hw_metrics_file_get_mode (HwMetricsFile *self)
{
  g_return_val_if_fail (HW_IS_METRICS_FILE (self), HW_METRICS_MODE_READ);

  return self->mode;
}

/**
 * hw_metrics_file_get_damage:
 * @self: a recording
 *
 * Returns: (nullable): what was found to be wrong with the file when it was opened, for a person
 */
const char *
hw_metrics_file_get_damage (HwMetricsFile *self)
{
  g_return_val_if_fail (HW_IS_METRICS_FILE (self), NULL);

  return self->damage;
}

/**
 * hw_metrics_file_dup_meta:
 * @self: a recording
 * @key: what is asked for, such as `title`
 *
 * Cost: one small query.
 *
 * Returns: (transfer full) (nullable): what the recording says of itself, UTF-8
 */
char *
hw_metrics_file_dup_meta (HwMetricsFile *self,
                          const char    *key)
{
  g_autoptr(HwStatement) statement = NULL;
  char *value = NULL;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  g_mutex_lock (&self->read_lock);
  if (self->reader != NULL)
    statement = hw_record_prepare (self->reader, "SELECT value FROM meta WHERE key = ?", NULL);
  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
      if (hw_record_step (statement, NULL) && sqlite3_column_text (statement, 0) != NULL)
        value = g_utf8_make_valid ((const char *) sqlite3_column_text (statement, 0), -1);
    }
  g_clear_pointer (&statement, hw_statement_free);
  g_mutex_unlock (&self->read_lock);

  return value;
}

/**
 * hw_metrics_file_get_next_run:
 * @self: a recording
 *
 * Returns: the first number that no run of the recording has
 */
guint
hw_metrics_file_get_next_run (HwMetricsFile *self)
{
  gint64 last = -1;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), 0);

  g_mutex_lock (&self->read_lock);
  if (self->reader == NULL ||
      !hw_record_read_number (self->reader,
                              "SELECT max(coalesce((SELECT max(run) FROM memory_metrics), -1),"
                              " coalesce((SELECT max(run) FROM runs), -1))", &last, NULL))
    last = -1;
  g_mutex_unlock (&self->read_lock);

  return (guint) CLAMP (last + 1, 0, G_MAXINT);
}
