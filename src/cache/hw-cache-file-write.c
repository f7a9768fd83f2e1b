/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-cache-file-private.h"

#include "base/hw-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

/*
 * Writing an index, for the layout see hw-cache-file.c. The file is nobody's until its writer renames
 * it, so it is written without a journal; a failure at any point leaves a file to be deleted. What a
 * person asks for first is written first: the constructors lie in one piece at the file's start.
 */

/* Large pages make large values cheap and small files large. */
#define SMALL_PAGE      4096
#define LARGE_PAGE      32768
#define SMALL_COLUMNS   (8 * 1024 * 1024)

typedef struct
{
  sqlite3      *db;
  HwHeap       *heap;
  GCancellable *cancellable;
  GError       *error;
  sqlite3_stmt *insert_column;
  sqlite3_stmt *insert_chunk;
  ZSTD_CCtx    *zstd;
  guint8       *packed;          /* room for one packed chunk */
  gsize         packed_size;
  guint8       *deltas;          /* room for one chunk */
  guint64       n_columns;
  guint64       n_chunks;
  guint64       n_bytes;
  guint32       classes_crc32;
  guint32       columns_crc32;
} Writer;

static void
writer_clear (Writer *self)
{
  sqlite3_finalize (self->insert_column);
  sqlite3_finalize (self->insert_chunk);
  sqlite3_close (self->db);
  ZSTD_freeCCtx (self->zstd);
  g_free (self->packed);
  g_free (self->deltas);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Writer, writer_clear)

static gboolean
execute (Writer      *self,
         const char  *sql,
         GError     **error)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
         hw_cache_sql_fail (self->db, self->cancellable, error);
}

static sqlite3_stmt *
prepare (Writer      *self,
         const char  *sql,
         GError     **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    hw_cache_sql_fail (self->db, self->cancellable, error);

  return statement;
}

static gboolean
insert (Writer        *self,
        sqlite3_stmt  *statement,
        GError       **error)
{
  gboolean inserted = sqlite3_step (statement) == SQLITE_DONE;

  if (!inserted)
    hw_cache_sql_fail (self->db, self->cancellable, error);
  sqlite3_reset (statement);

  return inserted;
}

/* Binds copies throughout: what is bound may be gone when the statement is reset. */
static void
bind_text (sqlite3_stmt *statement,
           int           i,
           const char   *text)
{
  sqlite3_bind_text (statement, i, text, -1, SQLITE_TRANSIENT);
}

static void
bind_wtf8 (sqlite3_stmt *statement,
           int           i,
           const char   *text)
{
  g_autofree char *utf8 = hw_text_dup_utf8 (text);

  bind_text (statement, i, utf8);
}

static const char create_sql[] =
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
  "CREATE TABLE classes (id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL,"
  " script_id INTEGER, line INTEGER, column INTEGER, count INTEGER NOT NULL,"
  " shallow_size INTEGER NOT NULL, retained_size INTEGER NOT NULL, distance INTEGER NOT NULL,"
  " first_instance INTEGER, name_wtf8 BLOB);"
  "CREATE TABLE statistics (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE shapes (rank INTEGER PRIMARY KEY, name TEXT NOT NULL, properties TEXT NOT NULL);"
  "CREATE TABLE column (id INTEGER PRIMARY KEY, name TEXT NOT NULL, width INTEGER NOT NULL,"
  " length INTEGER NOT NULL, first_chunk INTEGER NOT NULL);"
  "CREATE TABLE chunk (id INTEGER PRIMARY KEY, column INTEGER NOT NULL, number INTEGER NOT NULL,"
  " encoding INTEGER NOT NULL, length INTEGER NOT NULL, crc32 INTEGER NOT NULL, data BLOB NOT NULL);";

static gboolean
add_size (const char    *name G_GNUC_UNUSED,
          guint          width,
          gsize          length,
          gconstpointer  data G_GNUC_UNUSED,
          gpointer       user_data)
{
  *(guint64 *) user_data += (guint64) length * width;

  return TRUE;
}

static gboolean
create (Writer      *self,
        const char  *path,
        GError     **error)
{
  g_autofree char *pragmas = NULL;
  guint64 n_bytes = 0;

  if (sqlite3_open_v2 (path, &self->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    return hw_cache_sql_fail (self->db, self->cancellable, error);

  sqlite3_limit (self->db, SQLITE_LIMIT_LENGTH, HW_CACHE_MAX_VALUE);
  hw_heap_foreach_column (self->heap, add_size, &n_bytes);
  pragmas = g_strdup_printf ("PRAGMA page_size=%d; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                             "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-4096;"
                             "PRAGMA temp_store=MEMORY; PRAGMA encoding='UTF-8';"
                             "PRAGMA application_id=%d; PRAGMA user_version=%d; BEGIN;",
                             n_bytes < SMALL_COLUMNS ? SMALL_PAGE : LARGE_PAGE,
                             HW_CACHE_APPLICATION_ID, HW_CACHE_FORMAT_VERSION);

  return execute (self, pragmas, error) && execute (self, create_sql, error);
}

static gboolean
write_classes (Writer  *self,
               GError **error)
{
  g_autoptr(sqlite3_stmt) statement =
    prepare (self, "INSERT INTO classes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
  HwClassTable *classes = hw_heap_get_class_table (self->heap);
  guint n_classes = hw_class_table_get_n_classes (classes);

  if (statement == NULL)
    return FALSE;

  for (guint i = 0; i < n_classes; i++)
    {
      const HwClassRow *row = hw_class_table_get_row (classes, HW_CLASS (i));
      g_autofree char *key = hw_class_table_dup_key (classes, HW_CLASS (i));

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;

      sqlite3_clear_bindings (statement);
      sqlite3_bind_int64 (statement, 1, i);
      bind_wtf8 (statement, 2, row->name);
      bind_wtf8 (statement, 3, key);
      if (row->has_location)
        {
          sqlite3_bind_int64 (statement, 4, row->script_id);
          sqlite3_bind_int64 (statement, 5, row->line);
          sqlite3_bind_int64 (statement, 6, row->column);
        }
      sqlite3_bind_int64 (statement, 7, (gint64) row->count);
      sqlite3_bind_int64 (statement, 8, (gint64) row->shallow_size);
      sqlite3_bind_int64 (statement, 9, (gint64) row->retained_size);
      sqlite3_bind_int64 (statement, 10, row->distance);
      if (row->first_instance.value != HW_NONE)
        sqlite3_bind_int64 (statement, 11, row->first_instance.value);
      if (!g_utf8_validate (row->name, -1, NULL))
        sqlite3_bind_blob64 (statement, 12, row->name, strlen (row->name), SQLITE_TRANSIENT);
      if (!insert (self, statement, error))
        return FALSE;
      self->classes_crc32 = hw_cache_crc_class (self->classes_crc32, row);
    }

  return TRUE;
}

static gboolean
write_statistics (Writer  *self,
                  GError **error)
{
  g_autoptr(sqlite3_stmt) statement = prepare (self, "INSERT INTO statistics VALUES (?, ?)", error);
  HwHeapStatistics statistics;

  if (statement == NULL)
    return FALSE;

  hw_heap_get_statistics (self->heap, &statistics);
  {
    const struct
    {
      const char *name;
      guint64     n_bytes;
    } rows[] = {
      { "total", statistics.total },
      { "native", statistics.native },
      { "typed_arrays", statistics.typed_arrays },
      { "v8_heap", statistics.v8_heap },
      { "code", statistics.code },
      { "js_arrays", statistics.js_arrays },
      { "strings", statistics.strings },
      { "system", statistics.system },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
      {
        bind_text (statement, 1, rows[i].name);
        sqlite3_bind_int64 (statement, 2, (gint64) rows[i].n_bytes);
        if (!insert (self, statement, error))
          return FALSE;
      }
  }

  return TRUE;
}

static gboolean
write_shapes (Writer  *self,
              GError **error)
{
  g_autoptr(sqlite3_stmt) statement = prepare (self, "INSERT INTO shapes VALUES (?, ?, ?)", error);
  guint n_shapes = hw_heap_get_n_shapes (self->heap);

  if (statement == NULL)
    return FALSE;

  for (guint i = 0; i < n_shapes; i++)
    {
      const char * const *properties = hw_heap_get_shape_properties (self->heap, i);
      g_autoptr(GString) json = g_string_new ("[");

      for (guint j = 0; properties[j] != NULL; j++)
        {
          g_autofree char *quoted = hw_text_dup_json (properties[j]);

          if (j > 0)
            g_string_append_c (json, ',');
          g_string_append (json, quoted);
        }
      g_string_append_c (json, ']');

      sqlite3_bind_int64 (statement, 1, i);
      bind_wtf8 (statement, 2, hw_heap_get_shape_name (self->heap, i));
      bind_text (statement, 3, json->str);
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
          !insert (self, statement, error))
        return FALSE;
    }

  return TRUE;
}

/*
 * Offsets and ids ascend; their differences pack five times better. Stops at the first element that is less
 * than the one before, so it costs other columns nothing.
 */
static gboolean
take_deltas (Writer       *self,
             guint         width,
             const guint8 *data,
             gsize         n_bytes)
{
  gsize n = n_bytes / width;

  if (width == 4)
    {
      const guint32 *values = (const guint32 *) (gconstpointer) data;
      guint32 *deltas = (guint32 *) (gpointer) self->deltas;
      guint32 last = 0;

      for (gsize i = 0; i < n; last = values[i++])
        {
          if (values[i] < last)
            return FALSE;
          deltas[i] = values[i] - last;
        }

      return TRUE;
    }

  if (width == 8)
    {
      const guint64 *values = (const guint64 *) (gconstpointer) data;
      guint64 *deltas = (guint64 *) (gpointer) self->deltas;
      guint64 last = 0;

      for (gsize i = 0; i < n; last = values[i++])
        {
          if (values[i] < last)
            return FALSE;
          deltas[i] = values[i] - last;
        }

      return TRUE;
    }

  return FALSE;
}

static gboolean
write_chunk (Writer        *self,
             guint64        number,
             guint          width,
             const guint8  *data,
             gsize          n_bytes,
             GError       **error)
{
  gboolean ascends = take_deltas (self, width, data, n_bytes);
  HwCacheEncoding encoding = ascends ? HW_CACHE_ENCODING_DELTA_ZSTD : HW_CACHE_ENCODING_ZSTD;
  gconstpointer stored = self->packed;
  gsize n_stored = ZSTD_compressCCtx (self->zstd, self->packed, self->packed_size,
                                      ascends ? self->deltas : data, n_bytes, 1);

  /* What does not shrink is not worth unpacking. */
  if (ZSTD_isError (n_stored) || n_stored > n_bytes - n_bytes / 8)
    {
      encoding = HW_CACHE_ENCODING_RAW;
      stored = data;
      n_stored = n_bytes;
    }

  sqlite3_bind_int64 (self->insert_chunk, 1, (gint64) self->n_chunks);
  sqlite3_bind_int64 (self->insert_chunk, 2, (gint64) self->n_columns);
  sqlite3_bind_int64 (self->insert_chunk, 3, (gint64) number);
  sqlite3_bind_int64 (self->insert_chunk, 4, encoding);
  sqlite3_bind_int64 (self->insert_chunk, 5, (gint64) n_bytes);
  sqlite3_bind_int64 (self->insert_chunk, 6,
                      hw_cache_crc_chunk (self->n_columns, number, encoding, n_bytes, stored, n_stored));
  sqlite3_bind_blob64 (self->insert_chunk, 7, stored, n_stored, SQLITE_STATIC);
  if (!insert (self, self->insert_chunk, error))
    return FALSE;
  self->n_chunks++;

  return TRUE;
}

static gboolean
write_column_cb (const char    *name,
                 guint          width,
                 gsize          length,
                 gconstpointer  data,
                 gpointer       user_data)
{
  Writer *self = user_data;
  gsize n_bytes = length * width;

  bind_text (self->insert_column, 2, name);
  sqlite3_bind_int64 (self->insert_column, 1, (gint64) self->n_columns);
  sqlite3_bind_int64 (self->insert_column, 3, width);
  sqlite3_bind_int64 (self->insert_column, 4, (gint64) length);
  sqlite3_bind_int64 (self->insert_column, 5, (gint64) self->n_chunks);
  if (!insert (self, self->insert_column, &self->error))
    return FALSE;
  self->columns_crc32 = hw_cache_crc_column (self->columns_crc32, self->n_columns, name, width, length);

  for (gsize done = 0, number = 0; done < n_bytes; done += HW_CACHE_CHUNK_BYTES (width), number++)
    if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error) ||
        !write_chunk (self, number, width, (const guint8 *) data + done,
                      MIN (n_bytes - done, HW_CACHE_CHUNK_BYTES (width)), &self->error))
      return FALSE;

  self->n_columns++;
  self->n_bytes += n_bytes;

  return TRUE;
}

static gboolean
write_columns (Writer  *self,
               GError **error)
{
  self->insert_column = prepare (self, "INSERT INTO column VALUES (?, ?, ?, ?, ?)", error);
  if (self->insert_column == NULL)
    return FALSE;
  self->insert_chunk = prepare (self, "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?)", error);
  if (self->insert_chunk == NULL)
    return FALSE;

  self->zstd = ZSTD_createCCtx ();
  self->packed_size = ZSTD_compressBound (HW_CACHE_CHUNK_SIZE);
  self->packed = g_malloc (self->packed_size);
  self->deltas = g_malloc (HW_CACHE_CHUNK_SIZE);
  if (self->zstd == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, _("Not enough memory to pack"));
      return FALSE;
    }

  hw_heap_foreach_column (self->heap, write_column_cb, self);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }

  return TRUE;
}

/*
 * Takes the values from SQLite again, as reading does, so that both see the same types; key order is
 * the table's.
 */
static gboolean
write_meta_crc (Writer  *self,
                GError **error)
{
  g_autoptr(sqlite3_stmt) select = prepare (self, "SELECT key, value FROM meta ORDER BY key", error);
  g_autoptr(sqlite3_stmt) statement = NULL;
  guint32 crc = 0;
  int code;

  if (select == NULL)
    return FALSE;
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    crc = hw_cache_crc_meta (crc, select);
  if (code != SQLITE_DONE)
    return hw_cache_sql_fail (self->db, self->cancellable, error);

  statement = prepare (self, "INSERT INTO meta VALUES ('meta_crc32', ?)", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, crc);

  return insert (self, statement, error);
}

static gboolean
write_meta_text (Writer        *self,
                 sqlite3_stmt  *statement,
                 const char    *key,
                 const char    *value,
                 GError       **error)
{
  bind_text (statement, 1, key);
  bind_text (statement, 2, value);

  return insert (self, statement, error);
}

static gboolean
write_meta (Writer         *self,
            HwCacheSource  *source,
            const char     *content,
            GError        **error)
{
  g_autoptr(sqlite3_stmt) statement = prepare (self, "INSERT INTO meta VALUES (?, ?)", error);
  g_autoptr(GVariant) facts = hw_heap_dup_facts (self->heap);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *created = g_date_time_format_iso8601 (now);
  g_autofree char *source_utf8 = g_filename_display_name (hw_cache_source_get_path (source));
  HwClassTable *classes = hw_heap_get_class_table (self->heap);
  const HwSnapshotDamage *damage = hw_heap_get_damage (self->heap);
  const struct
  {
    const char *key;
    guint64     value;
  } numbers[] = {
    { "byte_order", G_BYTE_ORDER },
    { "classes_crc32", self->classes_crc32 },
    { "column_bytes", self->n_bytes },
    { "columns_crc32", self->columns_crc32 },
    { "columns_version", HW_HEAP_COLUMNS_VERSION },
    { "has_distances", hw_class_table_get_has_distances (classes) },
    { "has_retained_sizes", hw_class_table_get_has_retained_sizes (classes) },
    { "n_chunks", self->n_chunks },
    { "n_classes", hw_class_table_get_n_classes (classes) },
    { "n_columns", self->n_columns },
    { "n_edges", hw_heap_get_n_edges (self->heap) },
    { "n_nodes", hw_heap_get_n_nodes (self->heap) },
    { "n_strings", hw_heap_get_n_strings (self->heap) },
    { "source_size", hw_cache_source_get_stamp (source)->size },
    { "total_size", hw_class_table_get_total_size (classes) },
  };

  if (statement == NULL)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      bind_text (statement, 1, numbers[i].key);
      sqlite3_bind_int64 (statement, 2, (gint64) numbers[i].value);
      if (!insert (self, statement, error))
        return FALSE;
    }

  if (!write_meta_text (self, statement, "content", content, error) ||
      !write_meta_text (self, statement, "created", created, error) ||
      !write_meta_text (self, statement, "facts_type", g_variant_get_type_string (facts), error) ||
      !write_meta_text (self, statement, "program_version", HW_VERSION, error) ||
      !write_meta_text (self, statement, "source", source_utf8, error))
    return FALSE;

  if (damage != NULL)
    {
      g_autofree char *message = hw_text_dup_utf8 (damage->message);

      if (!write_meta_text (self, statement, "damage", message, error))
        return FALSE;
    }

  bind_text (statement, 1, "facts");
  sqlite3_bind_blob64 (statement, 2, g_variant_get_data (facts), g_variant_get_size (facts), SQLITE_STATIC);

  return insert (self, statement, error) && write_meta_crc (self, error);
}

static gboolean
sync_file (const char  *path,
           GError     **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  int saved_errno;

  if (fd >= 0 && fsync (fd) == 0)
    {
      close (fd);
      return TRUE;
    }

  saved_errno = errno;
  if (fd >= 0)
    close (fd);
  g_set_error (error, HW_CACHE_ERROR, HW_CACHE_ERROR_STORAGE, _("The index cannot be written: %s"),
               g_strerror (saved_errno));

  return FALSE;
}

typedef struct
{
  HwCacheSource *source;
  GCancellable  *cancellable;
  char          *content;
  GError        *error;
} Hashing;

static gpointer
hash_thread (gpointer data)
{
  Hashing *hashing = data;

  hashing->content = hw_cache_source_dup_content_sync (hashing->source, 1, NULL, hashing->cancellable,
                                                       &hashing->error);

  return NULL;
}

/* The snapshot is hashed on a thread of its own while its columns are packed. */
static gboolean
write_and_hash (Writer         *self,
                const char     *path,
                HwCacheSource  *source,
                char          **content,
                GError        **error)
{
  Hashing hashing = { .source = source, .cancellable = self->cancellable };
  GThread *thread = g_thread_try_new ("hash", hash_thread, &hashing, NULL);
  gboolean is_written;

  is_written = create (self, path, error) &&
               write_classes (self, error) &&
               write_statistics (self, error) &&
               write_shapes (self, error) &&
               write_columns (self, error);

  if (thread != NULL)
    g_thread_join (thread);
  else
    hash_thread (&hashing);
  *content = hashing.content;

  if (is_written && hashing.error != NULL)
    {
      g_propagate_error (error, hashing.error);
      return FALSE;
    }
  g_clear_error (&hashing.error);

  return is_written;
}

/**
 * hw_cache_file_write:
 * @path: where to write; an unfinished file stays there on failure
 * @heap: what to keep
 * @source: the snapshot it was read from
 * @content: (out) (transfer full): the snapshot's content hash
 * @cancellable: (nullable): stops at the next chunk
 * @error: return location
 *
 * Writes an index, syncs it, and reads it back to see that it is whole.
 *
 * Cost: linear in the size of the heap's columns and of the snapshot, which is hashed meanwhile.
 *
 * Returns: whether the index is complete and on the disk
 */
gboolean
hw_cache_file_write (const char     *path,
                     HwHeap         *heap,
                     HwCacheSource  *source,
                     char          **content,
                     GCancellable   *cancellable,
                     GError        **error)
{
  g_auto(Writer) writer = { .heap = heap, .cancellable = cancellable };
  g_autoptr(HwCacheFile) file = NULL;

  if (!write_and_hash (&writer, path, source, content, error) ||
      !write_meta (&writer, source, *content, error) ||
      !execute (&writer, "COMMIT", error))
    return FALSE;

  g_clear_pointer (&writer.insert_column, sqlite3_finalize);
  g_clear_pointer (&writer.insert_chunk, sqlite3_finalize);
  if (sqlite3_close (g_steal_pointer (&writer.db)) != SQLITE_OK)
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_STORAGE, _("The index cannot be closed"));
      return FALSE;
    }

  if (!sync_file (path, error))
    return FALSE;

  file = hw_cache_file_open (path, cancellable, error);

  return file != NULL && hw_cache_file_check (file, error);
}
