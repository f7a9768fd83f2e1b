/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>

#include "base/hw-format.h"
#include "snapshot/hw-snapshot-reader.h"
#include "snapshot/hw-snapshot-relay-private.h"
#include "snapshot/hw-snapshot-unpack-private.h"

/*
 * One thread reads and unpacks ahead, a second one parses, and the caller's tells the sink. From the first to the
 * second goes a ring of few buffers, so that memory is bounded and all cores have work; the buffers are small
 * enough for the bytes to be still in a cache when the parser meets them. Between the second and the caller's
 * is a relay.
 */

#define N_BUFFERS   4
#define BUFFER_SIZE (512 * 1024)

typedef struct
{
  char    *data;
  gsize    length;
  guint64  offset;             /* bytes of the file used up to here, compressed or not */
} Buffer;

typedef struct
{
  HwSnapshotUnpacker *unpacker;
  GCancellable       *cancellable;   /* the pump's own: also stops it when parsing fails */
  GMutex              mutex;
  GCond               changed;
  Buffer              ring[N_BUFFERS];
  guint               n_filled;
  guint               first;
  gboolean            stop;          /* nobody takes buffers any more */
  gboolean            done;          /* nobody fills them any more */
  GError             *error;
} Pump;

static void
pump_end (Pump   *pump,
          GError *error)
{
  g_mutex_lock (&pump->mutex);
  pump->error = error;
  pump->done = TRUE;
  g_cond_signal (&pump->changed);
  g_mutex_unlock (&pump->mutex);
}

static gpointer
pump_thread (gpointer data)
{
  Pump *pump = data;
  GError *error = NULL;

  for (guint i = 0;; i = (i + 1) % N_BUFFERS)
    {
      Buffer *buffer = &pump->ring[i];
      gboolean stop;
      gssize n;

      g_mutex_lock (&pump->mutex);
      while (pump->n_filled == N_BUFFERS && !pump->stop)
        g_cond_wait (&pump->changed, &pump->mutex);
      stop = pump->stop;
      g_mutex_unlock (&pump->mutex);
      if (stop)
        break;

      n = hw_snapshot_unpacker_read (pump->unpacker, buffer->data, BUFFER_SIZE, pump->cancellable, &error);
      if (n <= 0)
        break;
      buffer->length = (gsize) n;
      buffer->offset = hw_snapshot_unpacker_get_offset (pump->unpacker);

      g_mutex_lock (&pump->mutex);
      pump->n_filled++;
      g_cond_signal (&pump->changed);
      g_mutex_unlock (&pump->mutex);
    }
  pump_end (pump, error);

  return NULL;
}

/* The next buffer, or NULL when there is none any more. */
static Buffer *
pump_take (Pump *pump)
{
  Buffer *buffer = NULL;

  g_mutex_lock (&pump->mutex);
  while (pump->n_filled == 0 && !pump->done)
    g_cond_wait (&pump->changed, &pump->mutex);
  if (pump->n_filled > 0)
    buffer = &pump->ring[pump->first];
  g_mutex_unlock (&pump->mutex);

  return buffer;
}

static void
pump_give_back (Pump *pump)
{
  g_mutex_lock (&pump->mutex);
  pump->first = (pump->first + 1) % N_BUFFERS;
  pump->n_filled--;
  g_cond_signal (&pump->changed);
  g_mutex_unlock (&pump->mutex);
}

static void
cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
              gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* Reading failed somewhere; what came before may be worth showing all the same. */
static gboolean
finish_with_error (HwSnapshotReader  *reader,
                   const GError      *trouble,
                   gboolean           is_wrong,
                   guint64            offset,
                   HwSnapshotDamage **damage,
                   GError           **error)
{
  g_autoptr(HwSnapshotDamage) found = NULL;
  char *message;

  if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      !hw_snapshot_reader_finish (reader, &found, NULL))
    {
      g_propagate_error (error, g_error_copy (trouble));
      return FALSE;
    }

  if (found == NULL)
    found = hw_snapshot_damage_new (FALSE, offset, HW_SNAPSHOT_SECTION_STRINGS, "%s", "");
  /* The heap tells what is doubtful. */
  if (is_wrong)
    found->doubtful_sections = HW_SNAPSHOT_DOUBT_ALL;
  message = is_wrong ? g_strdup (trouble->message)
                     : g_strdup_printf ("%s %s", trouble->message, _("What stands before it could be read."));
  g_free (found->message);
  found->message = message;
  found->transient = trouble->domain != HW_SNAPSHOT_ERROR;
  if (damage != NULL)
    *damage = g_steal_pointer (&found);

  return TRUE;
}

/* What the parsing thread has, and what it leaves behind. */
typedef struct
{
  Pump             *pump;
  HwSnapshotRelay  *relay;
  HwSnapshotReader *reader;         /* owns the layout that the sink is told */
  HwProgress       *progress;
  guint64           expected_size;
  GCancellable     *cancellable;
  HwSnapshotDamage *damage;
  GError           *error;
} Parser;

static gboolean
parse (Parser *self)
{
  guint64 offset = 0;
  Buffer *buffer;

  hw_snapshot_reader_set_cancellable (self->reader, self->cancellable);
  while ((buffer = pump_take (self->pump)) != NULL)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error) ||
          !hw_snapshot_reader_push (self->reader, buffer->data, buffer->length, &self->error))
        return FALSE;
      offset += buffer->length;
      if (self->expected_size > 0)
        hw_progress_set_fraction (self->progress, (double) buffer->offset / (double) self->expected_size);
      pump_give_back (self->pump);
    }

  /* Nobody writes it any more. */
  if (self->pump->error != NULL)
    return finish_with_error (self->reader, self->pump->error,
                              hw_snapshot_unpacker_get_is_wrong (self->pump->unpacker), offset, &self->damage, &self->error);

  return hw_snapshot_reader_finish (self->reader, &self->damage, &self->error);
}

static gpointer
parser_thread (gpointer data)
{
  Parser *self = data;
  gboolean ok = parse (self);

  hw_snapshot_relay_end (self->relay);

  return GINT_TO_POINTER (ok);
}

/* Parses beside this thread, which tells the sink. */
static gboolean
parse_and_relay (Parser                *self,
                 const HwSnapshotSink  *sink,
                 gpointer               sink_data)
{
  GError *error = NULL;
  GThread *thread;
  gboolean ok;

  self->relay = hw_snapshot_relay_new ();
  self->reader = hw_snapshot_reader_new (&hw_snapshot_relay_sink, self->relay);
  thread = g_thread_new ("hw-parse", parser_thread, self);
  if (!hw_snapshot_relay_deliver (self->relay, sink, sink_data, &error))
    g_cancellable_cancel (self->pump->cancellable);
  ok = GPOINTER_TO_INT (g_thread_join (thread)) && error == NULL;
  hw_snapshot_relay_free (self->relay);

  /* When the sink has failed, the parser was only told to stop. */
  if (error != NULL)
    {
      g_clear_error (&self->error);
      self->error = error;
    }

  return ok;
}

static gboolean
parse_and_tell (Parser                *self,
                const HwSnapshotSink  *sink,
                gpointer               sink_data,
                HwSnapshotDamage     **damage,
                GError               **error)
{
  gboolean ok;

  /* One processor would only have the relay's work in addition, a twentieth of all. */
  if (g_get_num_processors () > 1)
    ok = parse_and_relay (self, sink, sink_data);
  else
    {
      self->reader = hw_snapshot_reader_new (sink, sink_data);
      ok = parse (self);
    }

  if (damage != NULL && ok)
    *damage = g_steal_pointer (&self->damage);
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&self->error));
  g_clear_pointer (&self->damage, hw_snapshot_damage_free);
  hw_snapshot_reader_free (self->reader);

  return ok;
}

/**
 * hw_snapshot_read_stream:
 * @stream: a snapshot, plain or compressed with gzip or Zstandard
 * @expected_size: how many bytes @stream will give, or 0 when unknown; only for progress
 * @sink: told what is found, on this thread
 * @sink_data: the sink's data
 * @progress: (nullable): told how far the running phase has come
 * @cancellable: (nullable): stops at once
 * @damage: (out) (optional) (nullable): what is wrong with the snapshot, or NULL when it is whole
 * @error: return location
 *
 * Reads a snapshot; blocks. Two threads of its own read ahead and parse.
 *
 * Fails with [error@SnapshotError], HW_BASE_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED, with what the
 * sink has said, or with the stream's error when nothing of use came before it. A stream that breaks
 * later is damage.
 *
 * Cost: linear in the bytes; memory is a few buffers and the longest string.
 *
 * Returns: whether there is something to show
 */
gboolean
hw_snapshot_read_stream (GInputStream          *stream,
                         guint64                expected_size,
                         const HwSnapshotSink  *sink,
                         gpointer               sink_data,
                         HwProgress            *progress,
                         GCancellable          *cancellable,
                         HwSnapshotDamage     **damage,
                         GError               **error)
{
  Pump pump = { 0 };
  Parser parser = { .pump = &pump, .expected_size = expected_size, .progress = progress, .cancellable = cancellable };
  GThread *thread;
  gulong handler;
  gboolean done;

  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), FALSE);
  g_return_val_if_fail (sink != NULL, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (damage != NULL)
    *damage = NULL;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  pump.unpacker = hw_snapshot_unpacker_new (stream);
  pump.cancellable = g_cancellable_new ();
  g_mutex_init (&pump.mutex);
  g_cond_init (&pump.changed);
  for (guint i = 0; i < N_BUFFERS; i++)
    pump.ring[i].data = g_malloc (BUFFER_SIZE);

  handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), pump.cancellable, NULL) : 0;
  thread = g_thread_new ("hw-read-ahead", pump_thread, &pump);

  done = parse_and_tell (&parser, sink, sink_data, damage, error);

  /* Lets the thread go, wherever it waits. */
  g_cancellable_cancel (pump.cancellable);
  g_mutex_lock (&pump.mutex);
  pump.stop = TRUE;
  g_cond_signal (&pump.changed);
  g_mutex_unlock (&pump.mutex);
  g_thread_join (thread);
  g_cancellable_disconnect (cancellable, handler);

  for (guint i = 0; i < N_BUFFERS; i++)
    g_free (pump.ring[i].data);
  g_clear_error (&pump.error);
  g_cond_clear (&pump.changed);
  g_mutex_clear (&pump.mutex);
  g_object_unref (pump.cancellable);
  hw_snapshot_unpacker_free (pump.unpacker);

  return done;
}

static void
set_open_error (GFile       *file,
                int          code,
                const char  *reason,
                GError     **error)
{
  g_autofree char *name = g_file_get_parse_name (file);

  switch (code)
    {
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_NOT_DIRECTORY:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("“%s” does not exist."), name);
      break;
    case G_IO_ERROR_PERMISSION_DENIED:
      g_set_error (error, G_IO_ERROR, code, _("You have no permission to read “%s”."), name);
      break;
    case G_IO_ERROR_IS_DIRECTORY:
      g_set_error (error, G_IO_ERROR, code, _("“%s” is a folder, not a heap snapshot."), name);
      break;
    default:
      g_set_error (error, G_IO_ERROR, code, _("“%s” cannot be opened: %s"), name, reason);
      break;
    }
}

/* Opens without waiting, so that a pipe that nobody writes to can be cancelled. */
static GInputStream *
open_path (GFile    *file,
           guint64  *size,
           GError  **error)
{
  struct stat status;
  int fd = open (g_file_peek_path (file), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0 || fstat (fd, &status) < 0)
    {
      int code = errno;

      if (fd >= 0)
        close (fd);
      set_open_error (file, (int) g_io_error_from_errno (code), g_strerror (code), error);
      return NULL;
    }
  if (S_ISDIR (status.st_mode))
    {
      close (fd);
      set_open_error (file, G_IO_ERROR_IS_DIRECTORY, "", error);
      return NULL;
    }
  if (S_ISREG (status.st_mode))
    {
      *size = (guint64) status.st_size;
      posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }

  return g_unix_input_stream_new (fd, TRUE);
}

static GInputStream *
open_location (GFile         *file,
               guint64       *size,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GFileInfo) info = NULL;
  GFileInputStream *stream = g_file_read (file, cancellable, &local_error);

  if (stream == NULL)
    {
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || local_error->domain != G_IO_ERROR)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        set_open_error (file, local_error->code, local_error->message, error);
      return NULL;
    }

  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  if (info != NULL)
    *size = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_STANDARD_SIZE);

  return G_INPUT_STREAM (stream);
}

/**
 * hw_snapshot_read_file:
 * @file: a snapshot, plain or compressed with gzip or Zstandard, whatever its name
 * @sink: told what is found, on this thread
 * @sink_data: the sink's data
 * @progress: (nullable): told how far the running phase has come
 * @cancellable: (nullable): stops at once
 * @damage: (out) (optional) (nullable): what is wrong with the snapshot, or NULL when it is whole
 * @error: return location
 *
 * Reads a snapshot from a file; blocks. See hw_snapshot_read_stream().
 *
 * Fails in addition with G_IO_ERROR when @file cannot be opened.
 *
 * Returns: whether there is something to show
 */
gboolean
hw_snapshot_read_file (GFile                 *file,
                       const HwSnapshotSink  *sink,
                       gpointer               sink_data,
                       HwProgress            *progress,
                       GCancellable          *cancellable,
                       HwSnapshotDamage     **damage,
                       GError               **error)
{
  g_autoptr(GInputStream) stream = NULL;
  guint64 size = 0;

  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  if (damage != NULL)
    *damage = NULL;
  stream = g_file_peek_path (file) != NULL ? open_path (file, &size, error) : open_location (file, &size, cancellable, error);
  if (stream == NULL)
    return FALSE;

  return hw_snapshot_read_stream (stream, size, sink, sink_data, progress, cancellable, damage, error);
}
