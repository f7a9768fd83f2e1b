/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The writer thread. It takes everything that waits, writes it in one transaction and sleeps; at one
 * sample a second that is one transaction a sample, under pressure one for many. A transaction that fails
 * goes back to the front of the queue in its order and is tried again every second, so a full disk costs
 * nothing but patience. What was committed is in the hands of the kernel: killing the program does not
 * take it back.
 */
#include "config.h"

#include "record/hw-metrics-file-private.h"

#include <glib/gi18n-lib.h>

/* Items in one transaction at most, so that a queue that grew while the disk was full ends in steps. */
#define BATCH 2000

void
hw_item_free (HwItem *self)
{
  if (self->type == HW_ITEM_SAMPLE)
    hw_sample_unref (self->object);
  else if (self->type == HW_ITEM_EVENT || self->type == HW_ITEM_EDIT)
    hw_event_unref (self->object);
  for (guint i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_free (self->texts[i]);
  g_free (self);
}

static gboolean
notify_cb (gpointer user_data)
{
  HwMetricsFile *self = user_data;

  g_mutex_lock (&self->lock);
  self->is_notifying = FALSE;
  g_mutex_unlock (&self->lock);
  g_object_notify (G_OBJECT (self), "problem");

  return G_SOURCE_REMOVE;
}

/* Keeps the outcome of a try and tells the opener's thread when it changed; under the lock. */
static void
take_problem (HwMetricsFile *self,
              GError        *problem)
{
  gboolean is_same = (problem == NULL) == (self->problem == NULL) &&
                     (problem == NULL || g_error_matches (self->problem, problem->domain, problem->code));
  GSource *source;

  g_clear_error (&self->problem);
  self->problem = problem;
  self->n_tries++;
  g_cond_broadcast (&self->turned);
  if (is_same || self->is_notifying || self->is_closing)
    return;

  self->is_notifying = TRUE;
  source = g_idle_source_new ();
  g_source_set_callback (source, notify_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

/*
 * A file that was deleted under an open recording lives on until it is closed. Everything in it is
 * written anew to where it was; a file that somebody else has put there is left alone.
 */
static gboolean
restore_deleted (HwMetricsFile  *self,
                 GError        **error)
{
  g_autoptr(HwStatement) statement = NULL;
  g_autoptr(sqlite3) fresh = NULL;
  g_autofree char *uri = NULL;
  int has_moved = 0;

  sqlite3_file_control (self->writer, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
  if (!has_moved)
    return TRUE;
  if (g_file_test (self->path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, HW_RECORD_ERROR, HW_RECORD_ERROR_EXISTS,
                   _("Another file has taken the place of the recording: %s"), self->path);
      return FALSE;
    }

  statement = hw_record_prepare (self->writer, "VACUUM INTO ?", error);
  uri = g_filename_to_uri (self->path, NULL, error);
  if (statement == NULL || uri == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, self->path, -1, SQLITE_STATIC);
  if (sqlite3_step (statement) != SQLITE_DONE)
    return hw_record_fail_sql (self->writer, error);
  fresh = hw_record_connect (uri, TRUE, error);
  if (fresh == NULL || !hw_record_exec (fresh, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", error))
    return FALSE;

  g_clear_pointer (&statement, hw_statement_free);
  sqlite3_close_v2 (self->writer);
  self->writer = g_steal_pointer (&fresh);
  g_mutex_lock (&self->read_lock);
  g_clear_pointer (&self->reader, sqlite3_close_v2);
  self->reader = hw_record_connect (uri, FALSE, NULL);
  g_mutex_unlock (&self->read_lock);

  return TRUE;
}

/* Writes @items in one transaction, all or none. */
static gboolean
write_all (HwMetricsFile  *self,
           HwInserter    **inserter,
           GQueue         *items,
           GError        **error)
{
  sqlite3 *before = self->writer;

  if (!restore_deleted (self, error))
    return FALSE;
  if (before != self->writer)
    g_clear_pointer (inserter, hw_inserter_free);
  if (*inserter == NULL && (*inserter = hw_inserter_new (self->writer, error)) == NULL)
    return FALSE;
  if (!hw_record_exec (self->writer, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (GList *l = items->head; l != NULL; l = l->next)
    if (!hw_inserter_write (*inserter, l->data, error))
      {
        /* A statement that SQLite has already rolled back has nothing to roll back. */
        if (!sqlite3_get_autocommit (self->writer))
          sqlite3_exec (self->writer, "ROLLBACK", NULL, NULL, NULL);
        return FALSE;
      }
  if (hw_record_exec (self->writer, "COMMIT", error))
    return TRUE;
  if (!sqlite3_get_autocommit (self->writer))
    sqlite3_exec (self->writer, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

/* Moves up to BATCH items from the head of one queue to the tail of the other. */
static void
move_batch (GQueue *from,
            GQueue *to)
{
  for (guint i = 0; i < BATCH && from->length > 0; i++)
    g_queue_push_tail_link (to, g_queue_pop_head_link (from));
}

static gpointer
writer_thread (gpointer user_data)
{
  HwMetricsFile *self = user_data;
  HwInserter *inserter = NULL;

  g_mutex_lock (&self->lock);
  while (TRUE)
    {
      GQueue batch = G_QUEUE_INIT;
      GError *error = NULL;
      gboolean is_written;

      while (self->waiting.length == 0 && !self->is_closing)
        g_cond_wait (&self->wake, &self->lock);
      if (self->waiting.length == 0)
        break;
      move_batch (&self->waiting, &batch);
      g_mutex_unlock (&self->lock);

      is_written = write_all (self, &inserter, &batch, &error);

      g_mutex_lock (&self->lock);
      if (is_written)
        {
          self->n_written += batch.length;
          g_queue_clear_full (&batch, (GDestroyNotify) hw_item_free);
        }
      while (batch.length > 0)
        g_queue_push_head_link (&self->waiting, g_queue_pop_tail_link (&batch));
      take_problem (self, error);
      if (is_written)
        continue;
      if (self->is_closing)
        break;
      g_cond_wait_until (&self->wake, &self->lock, g_get_monotonic_time () + G_USEC_PER_SEC);
    }
  g_mutex_unlock (&self->lock);

  g_clear_pointer (&inserter, hw_inserter_free);
  sqlite3_exec (self->writer, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
  g_clear_pointer (&self->writer, sqlite3_close_v2);

  return NULL;
}

/* Starts the thread on the connection in writer, which is the thread's from now on. */
void
hw_metrics_file_start_writer (HwMetricsFile *self)
{
  self->thread = g_thread_new ("recording", writer_thread, self);
}

/* Takes over @item; a queue without end would take the memory that the disk refuses. */
static void
give (HwMetricsFile *self,
      HwItem        *item)
{
  g_mutex_lock (&self->lock);
  if (self->thread == NULL || self->is_closing || self->waiting.length >= HW_RECORD_MAX_WAITING)
    {
      self->n_dropped++;
      g_mutex_unlock (&self->lock);
      hw_item_free (item);
      return;
    }
  item->first_run = self->first_run;
  g_queue_push_tail (&self->waiting, item);
  self->n_given++;

  /* While the disk refuses, a sample is no reason to ask it again. */
  if (self->problem == NULL)
    g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

static HwItem *
item_new (HwItemType  type,
          gpointer    object,
          const char *first,
          const char *second,
          const char *third)
{
  HwItem *item = g_new0 (HwItem, 1);

  item->type = type;
  item->object = object;
  item->texts[0] = g_strdup (first);
  item->texts[1] = g_strdup (second);
  item->texts[2] = g_strdup (third);

  return item;
}

/**
 * hw_metrics_file_add_sample:
 * @self: a recording that is not only read
 * @sample: a sample
 *
 * Hands over a sample to be written at once. Never waits for the disk.
 */
void
hw_metrics_file_add_sample (HwMetricsFile *self,
                            HwSample      *sample)
{
  g_return_if_fail (HW_IS_METRICS_FILE (self));
  g_return_if_fail (self->mode != HW_METRICS_MODE_READ);
  g_return_if_fail (sample != NULL);

  give (self, item_new (HW_ITEM_SAMPLE, hw_sample_ref (sample), NULL, NULL, NULL));
}

/**
 * hw_metrics_file_add_event:
 * @self: a recording that is not only read
 * @event: an event
 *
 * Hands over an event to be written at once. Never waits for the disk. A marker of level `target` labels the
 * next sample, a console line with a request gives the next sample its request.
 */
void
hw_metrics_file_add_event (HwMetricsFile *self,
                           HwEvent       *event)
{
  g_return_if_fail (HW_IS_METRICS_FILE (self));
  g_return_if_fail (self->mode != HW_METRICS_MODE_READ);
  g_return_if_fail (event != NULL);

  give (self, item_new (HW_ITEM_EVENT, hw_event_ref (event), NULL, NULL, NULL));
}

/**
 * hw_metrics_file_continue_runs:
 * @self: a recording that is not only read
 *
 * Makes the runs of what is added from now on follow those that the recording has: a source that counts from
 * 0 goes on behind them.
 */
void
hw_metrics_file_continue_runs (HwMetricsFile *self)
{
  guint next;

  g_return_if_fail (HW_IS_METRICS_FILE (self));

  next = hw_metrics_file_get_next_run (self);
  g_mutex_lock (&self->lock);
  self->first_run = next;
  g_mutex_unlock (&self->lock);
}

/**
 * hw_metrics_file_edit_event:
 * @self: a recording that is not only read
 * @event: a marker or a snapshot that was read from it
 * @text: (nullable): its new name, or NULL to remove it from the recording
 *
 * Renames or removes a mark. A snapshot's file stays where it is.
 */
void
hw_metrics_file_edit_event (HwMetricsFile *self,
                            HwEvent       *event,
                            const char    *text)
{
  g_return_if_fail (HW_IS_METRICS_FILE (self));
  g_return_if_fail (self->mode != HW_METRICS_MODE_READ);
  g_return_if_fail (event != NULL);
  g_return_if_fail (event->kind == HW_EVENT_MARKER || event->kind == HW_EVENT_SNAPSHOT);

  give (self, item_new (HW_ITEM_EDIT, hw_event_ref (event), text, NULL, NULL));
}

/**
 * hw_metrics_file_set_meta:
 * @self: a recording that is not only read
 * @key: `title` and `note` are the person's words; others are free
 * @value: UTF-8
 *
 * Writes what the recording says of itself.
 */
void
hw_metrics_file_set_meta (HwMetricsFile *self,
                          const char    *key,
                          const char    *value)
{
  g_return_if_fail (HW_IS_METRICS_FILE (self));
  g_return_if_fail (self->mode != HW_METRICS_MODE_READ);
  g_return_if_fail (key != NULL && value != NULL);

  give (self, item_new (HW_ITEM_META, NULL, key, value, NULL));
}

/**
 * hw_metrics_file_set_watch:
 * @self: a recording that is not only read
 * @name: a watch's name, as in its samples
 * @expression: what is evaluated
 * @unit: (nullable): the unit of its values
 *
 * Writes what a watch is.
 */
void
hw_metrics_file_set_watch (HwMetricsFile *self,
                           const char    *name,
                           const char    *expression,
                           const char    *unit)
{
  g_return_if_fail (HW_IS_METRICS_FILE (self));
  g_return_if_fail (self->mode != HW_METRICS_MODE_READ);
  g_return_if_fail (name != NULL && expression != NULL);

  give (self, item_new (HW_ITEM_WATCH, NULL, name, expression, unit));
}

/**
 * hw_metrics_file_flush_sync:
 * @self: a recording
 * @error: return location
 *
 * Waits until everything that was added is written, or until writing it has failed once more. What could
 * not be written still waits for the disk.
 *
 * Returns: whether all of it is written; fails with [error@RecordError]
 */
gboolean
hw_metrics_file_flush_sync (HwMetricsFile  *self,
                            GError        **error)
{
  gboolean is_written;
  guint64 wanted, n_tries;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), FALSE);

  g_mutex_lock (&self->lock);
  wanted = self->n_given;
  n_tries = self->n_tries;
  g_cond_signal (&self->wake);
  while (self->thread != NULL && self->n_written < wanted && (self->problem == NULL || self->n_tries == n_tries))
    g_cond_wait (&self->turned, &self->lock);
  is_written = self->n_written >= wanted && self->n_dropped == 0;
  if (!is_written && self->problem != NULL)
    g_propagate_error (error, g_error_copy (self->problem));
  else if (!is_written)
    g_set_error (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NO_SPACE,
                 g_dngettext (GETTEXT_PACKAGE, "%u entry could not be kept", "%u entries could not be kept",
                              (gulong) self->n_dropped),
                 (guint) self->n_dropped);
  g_mutex_unlock (&self->lock);

  return is_written;
}

/**
 * hw_metrics_file_close_sync:
 * @self: a recording
 * @error: return location
 *
 * Writes what waits, tries a last time what the disk has refused, and closes the file. Nothing can be read
 * or added afterwards. Letting go of the last reference does the same, without a word about failure.
 *
 * Returns: whether everything that was added is on disk; fails with [error@RecordError]
 */
gboolean
hw_metrics_file_close_sync (HwMetricsFile  *self,
                            GError        **error)
{
  GThread *thread;
  guint64 n_lost;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), FALSE);

  g_mutex_lock (&self->lock);
  self->is_closing = TRUE;
  thread = g_steal_pointer (&self->thread);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  if (thread != NULL)
    g_thread_join (thread);

  g_mutex_lock (&self->read_lock);
  g_clear_pointer (&self->reader, sqlite3_close_v2);
  g_mutex_unlock (&self->read_lock);

  n_lost = self->waiting.length + self->n_dropped;
  g_queue_clear_full (&self->waiting, (GDestroyNotify) hw_item_free);
  if (n_lost == 0)
    return TRUE;
  g_set_error (error, HW_RECORD_ERROR,
               self->problem != NULL && self->problem->domain == HW_RECORD_ERROR ? self->problem->code
                                                                                 : HW_RECORD_ERROR_STORAGE,
               g_dngettext (GETTEXT_PACKAGE, "%u entry could not be written: %s", "%u entries could not be written: %s",
                            (gulong) n_lost),
               (guint) n_lost, self->problem != NULL ? self->problem->message : _("the queue was full"));

  return FALSE;
}

/**
 * hw_metrics_file_get_n_waiting:
 * @self: a recording
 *
 * Returns: how much of what was added is not written yet
 */
guint64
hw_metrics_file_get_n_waiting (HwMetricsFile *self)
{
  guint64 n;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), 0);

  g_mutex_lock (&self->lock);
  n = self->n_given - self->n_written;
  g_mutex_unlock (&self->lock);

  return n;
}

/**
 * hw_metrics_file_get_n_written:
 * @self: a recording
 *
 * Returns: how many samples and events were written since it was opened
 */
guint64
hw_metrics_file_get_n_written (HwMetricsFile *self)
{
  guint64 n;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), 0);

  g_mutex_lock (&self->lock);
  n = self->n_written;
  g_mutex_unlock (&self->lock);

  return n;
}

/**
 * hw_metrics_file_dup_problem:
 * @self: a recording
 *
 * Returns: (nullable): why nothing can be written at the moment, for a person
 */
char *
hw_metrics_file_dup_problem (HwMetricsFile *self)
{
  char *text;

  g_return_val_if_fail (HW_IS_METRICS_FILE (self), NULL);

  g_mutex_lock (&self->lock);
  text = self->problem != NULL ? g_strdup (self->problem->message) : NULL;
  g_mutex_unlock (&self->lock);

  return text;
}
