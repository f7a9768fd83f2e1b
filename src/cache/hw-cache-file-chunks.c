/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-cache-file-private.h"

#include "base/hw-column-file.h"

#include <string.h>
#include <zstd.h>

/*
 * Chunks of an index into memory. Each chunk is independent, so several threads take one after the
 * other, each over a connection of its own; the order is nearly the file's, which disks like. Unpacking
 * and the first touch of fresh memory are what costs, not SQLite.
 */

/* More do not help: memory is the limit then. */
#define MAX_THREADS 8

typedef struct
{
  guint64 id;
  guint   column;
  guint   width;
  guint64 number;
  gsize   length;  /* bytes */
  guint8 *target;  /* NULL to check only */
} Chunk;

typedef struct
{
  HwCacheFile  *file;
  HwProgress   *progress;
  Chunk        *chunks;
  gsize         n_chunks;
  GMutex        mutex;
  gsize         next;       /* under the mutex, as what follows */
  GError       *error;      /* the first one */
} Reading;

static int
progress_cb (void *cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

/**
 * hw_cache_file_connect:
 * @self: an index
 * @error: return location
 *
 * Opens one more connection, for one more thread.
 *
 * Returns: (transfer full): a connection, or NULL with [error@CacheError]
 */
sqlite3 *
hw_cache_file_connect (HwCacheFile  *self,
                       GError      **error)
{
  g_autoptr(sqlite3) db = NULL;

  if (sqlite3_open_v2 (self->uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                       NULL) != SQLITE_OK)
    {
      hw_cache_sql_fail (db, self->cancellable, error);
      return NULL;
    }
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, HW_CACHE_MAX_VALUE);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  if (self->cancellable != NULL)
    sqlite3_progress_handler (db, 1000, progress_cb, self->cancellable);

  /*
   * Without memory mapping: mapped pages that cannot be read kill the program, and reading them with
   * pread() costs no more, because SQLite reads the pages of a large value straight to where they go.
   */
  if (sqlite3_exec (db, "PRAGMA mmap_size=0; PRAGMA cell_size_check=ON", NULL, NULL, NULL) != SQLITE_OK)
    {
      hw_cache_sql_fail (db, self->cancellable, error);
      return NULL;
    }

  return g_steal_pointer (&db);
}

static gboolean
add_deltas (guint    width,
            gpointer data,
            gsize    n_bytes)
{
  gsize n = n_bytes / width;

  if (width == 4)
    {
      guint32 *values = data;
      guint32 last = 0;

      for (gsize i = 0; i < n; i++)
        values[i] = last += values[i];

      return TRUE;
    }

  if (width == 8)
    {
      guint64 *values = data;
      guint64 last = 0;

      for (gsize i = 0; i < n; i++)
        values[i] = last += values[i];

      return TRUE;
    }

  return FALSE;
}

static gboolean
decode (guint64       encoding,
        guint         width,
        gconstpointer data,
        gsize         n_bytes,
        gpointer      out,
        gsize         out_bytes)
{
  switch ((HwCacheEncoding) encoding)
    {
    case HW_CACHE_ENCODING_RAW:
      if (n_bytes != out_bytes)
        return FALSE;
      memcpy (out, data, n_bytes);
      return TRUE;

    case HW_CACHE_ENCODING_ZSTD:
      return ZSTD_decompress (out, out_bytes, data, n_bytes) == out_bytes;

    case HW_CACHE_ENCODING_DELTA_ZSTD:
      return ZSTD_decompress (out, out_bytes, data, n_bytes) == out_bytes && add_deltas (width, out, out_bytes);

    default:
      return FALSE;
    }
}

static gboolean
read_chunk (const Chunk   *chunk,
            GCancellable  *cancellable,
            sqlite3       *db,
            sqlite3_stmt  *statement,
            GError       **error)
{
  gboolean is_right;
  guint64 encoding;
  const void *data;
  gsize n_bytes;
  int code;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  sqlite3_bind_int64 (statement, 1, (gint64) chunk->id);
  code = sqlite3_step (statement);
  if (code == SQLITE_DONE)
    return hw_cache_file_damaged (error, "a chunk is missing");
  if (code != SQLITE_ROW)
    return hw_cache_sql_fail (db, cancellable, error);

  encoding = (guint64) sqlite3_column_int64 (statement, 2);
  data = sqlite3_column_blob (statement, 5);
  n_bytes = data != NULL ? (gsize) sqlite3_column_bytes (statement, 5) : 0;
  if (data == NULL && sqlite3_errcode (db) == SQLITE_NOMEM)
    return hw_cache_sql_fail (db, cancellable, error);
  is_right = sqlite3_column_int64 (statement, 0) == chunk->column &&
             (guint64) sqlite3_column_int64 (statement, 1) == chunk->number &&
             (guint64) sqlite3_column_int64 (statement, 3) == chunk->length &&
             sqlite3_column_int64 (statement, 4) ==
               hw_cache_crc_chunk (chunk->column, chunk->number, encoding, chunk->length, data, n_bytes) &&
             decode (encoding, chunk->width, data, n_bytes, chunk->target, chunk->length);
  /* Else its bytes would stay until the next one. */
  sqlite3_reset (statement);

  return is_right || hw_cache_file_damaged (error, "a chunk contradicts its checksum");
}

static sqlite3_stmt *
prepare (sqlite3       *db,
         GCancellable  *cancellable,
         GError       **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db,
                          "SELECT column, number, encoding, length, crc32,"
                          " CASE WHEN length (data) <= " G_STRINGIFY (HW_CACHE_CHUNK_SIZE) " THEN data END"
                          " FROM chunk WHERE id = ?",
                          -1, &statement, NULL) != SQLITE_OK)
    hw_cache_sql_fail (db, cancellable, error);

  return statement;
}

static gboolean
read_some (Reading  *reading,
           sqlite3  *db,
           GError  **error)
{
  g_autofree guint8 *scratch = g_malloc (HW_CACHE_CHUNK_SIZE);
  g_autoptr(sqlite3_stmt) statement = prepare (db, reading->file->cancellable, error);

  if (statement == NULL)
    return FALSE;

  for (;;)
    {
      Chunk chunk;
      gsize id;

      g_mutex_lock (&reading->mutex);
      id = reading->error == NULL ? reading->next : reading->n_chunks;
      if (id < reading->n_chunks)
        reading->next++;
      g_mutex_unlock (&reading->mutex);

      if (id == reading->n_chunks)
        return TRUE;

      chunk = reading->chunks[id];
      if (chunk.target == NULL)
        chunk.target = scratch;
      if (!read_chunk (&chunk, reading->file->cancellable, db, statement, error))
        return FALSE;
      if (g_array_index (reading->file->columns, HwCacheColumn, chunk.column).is_in_file)
        hw_column_let_go (chunk.target, chunk.length);
      hw_progress_set_fraction (reading->progress, (double) id / (double) reading->n_chunks);
    }
}

static void
set_error (Reading *reading,
           GError  *error)
{
  g_mutex_lock (&reading->mutex);
  if (reading->error == NULL)
    reading->error = g_steal_pointer (&error);
  g_mutex_unlock (&reading->mutex);
  g_clear_error (&error);
}

/* Another program may have put another index in this one's place; the two share no checksum of meta. */
static gboolean
is_same_file (HwCacheFile *self,
              sqlite3     *db)
{
  g_autoptr(sqlite3_stmt) statement = NULL;

  return sqlite3_prepare_v2 (db, "SELECT value FROM meta WHERE key = 'meta_crc32'", -1, &statement,
                             NULL) == SQLITE_OK &&
         sqlite3_step (statement) == SQLITE_ROW &&
         sqlite3_column_int64 (statement, 0) == self->meta_crc32;
}

static gpointer
reading_thread (gpointer data)
{
  Reading *reading = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(sqlite3) db = hw_cache_file_connect (reading->file, NULL);

  /* A helper that cannot help leaves the work to the others. */
  if (db != NULL && is_same_file (reading->file, db) && !read_some (reading, db, &error))
    set_error (reading, g_steal_pointer (&error));

  return NULL;
}

/* Where each chunk belongs. The columns were compared with the number of chunks before. */
static Chunk *
list_chunks (HwCacheFile *self,
             gpointer    *targets,
             gsize       *n_chunks)
{
  Chunk *chunks = g_new0 (Chunk, self->n_chunks + 1);
  gsize n = 0;

  for (guint i = 0; i < self->columns->len; i++)
    {
      const HwCacheColumn *column = &g_array_index (self->columns, HwCacheColumn, i);
      gsize n_bytes = (gsize) column->length * column->width;

      if (targets != NULL && targets[i] == NULL)
        continue;
      for (gsize done = 0, number = 0; done < n_bytes; done += HW_CACHE_CHUNK_BYTES (column->width), number++)
        chunks[n++] = (Chunk) {
          .id = column->first_chunk + number,
          .column = i,
          .width = column->width,
          .number = number,
          .length = MIN (n_bytes - done, HW_CACHE_CHUNK_BYTES (column->width)),
          .target = targets != NULL ? (guint8 *) targets[i] + done : NULL,
        };
    }
  *n_chunks = n;

  return chunks;
}

/**
 * hw_cache_file_read_chunks:
 * @self: an open index, whose columns fit its number of chunks
 * @targets: (nullable): where each column goes, or NULL to check only
 * @progress: (nullable): whose phase moves on
 * @error: return location
 *
 * Reads, checks and unpacks every chunk.
 *
 * Cost: linear in the size of the columns, shared among the cores; when checking only, on one.
 *
 * Returns: FALSE with [error@CacheError]
 */
gboolean
hw_cache_file_read_chunks (HwCacheFile  *self,
                           gpointer     *targets,
                           HwProgress   *progress,
                           GError      **error)
{
  g_autoptr(GPtrArray) threads = g_ptr_array_new ();
  g_autofree Chunk *chunks = NULL;
  g_autoptr(GError) local_error = NULL;
  Reading reading = { .file = self, .progress = progress };
  guint n_threads = targets != NULL ? MIN (g_get_num_processors (), MAX_THREADS) : 1;

  reading.chunks = chunks = list_chunks (self, targets, &reading.n_chunks);
  g_mutex_init (&reading.mutex);
  for (gsize i = 1; i < MIN (n_threads, reading.n_chunks / 4); i++)
    {
      GThread *thread = g_thread_try_new ("index-reader", reading_thread, &reading, NULL);

      if (thread == NULL)
        break;
      g_ptr_array_add (threads, thread);
    }
  if (!read_some (&reading, self->db, &local_error))
    set_error (&reading, g_steal_pointer (&local_error));
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  g_mutex_clear (&reading.mutex);

  if (reading.error != NULL)
    {
      g_propagate_error (error, reading.error);
      return FALSE;
    }

  return TRUE;
}

/**
 * hw_cache_file_fetch:
 * @file: an open HwCacheFile
 * @column: one of its columns
 * @number: which chunk of the column
 * @target: where it goes
 * @n_bytes: its length
 * @error: return location
 *
 * Reads, checks and unpacks one chunk. A #HwHeapFetchFunc.
 *
 * Returns: FALSE with [error@CacheError]
 */
gboolean
hw_cache_file_fetch (gpointer   file,
                     guint      column,
                     gsize      number,
                     gpointer   target,
                     gsize      n_bytes,
                     GError   **error)
{
  HwCacheFile *self = file;
  const HwCacheColumn *info = &g_array_index (self->columns, HwCacheColumn, column);
  Chunk chunk = {
    .id = info->first_chunk + number,
    .column = column,
    .width = info->width,
    .number = number,
    .length = n_bytes,
    .target = target,
  };

  if (self->fetch == NULL)
    self->fetch = prepare (self->db, NULL, error);

  return self->fetch != NULL && read_chunk (&chunk, NULL, self->db, self->fetch, error);
}
