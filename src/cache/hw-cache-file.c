/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-cache-file-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * An index is a SQLite file that is written once and then only read (immutable=1: no locks, no
 * journals). SQLite is the container; nodes and edges are never rows. A person may open it with any
 * SQLite tool:
 *
 *   meta (key, value)       what the index is: versions, source, counts, facts, checksums
 *   classes (id, name, key, script_id, line, column, count, shallow_size, retained_size, distance,
 *            first_instance, name_wtf8)
 *                           the constructors, as in the Summary. Location columns are NULL without a
 *                           location, first_instance is NULL without an instance. "key" is equal for the
 *                           same constructor in another index, so two attached indexes join on it.
 *   statistics (name, bytes)
 *   shapes (rank, name, properties)
 *                           inferred definitions of plain objects; properties is a JSON array
 *   column (id, name, width, length, first_chunk)
 *   chunk (id, column, number, encoding, length, crc32, data)
 *                           the elements that fit 1 MiB each, but for the last of a column; in the order of columns,
 *                           ids without gaps
 *
 * Text is UTF-8; where a constructor's name is not (lone surrogates), classes.name has U+FFFD and
 * name_wtf8 the bytes. Sizes are bytes, distances steps, lines and columns 0-based. Numbers in chunks
 * are in the byte order of meta.byte_order.
 *
 *   SELECT name, count, retained_size FROM classes ORDER BY retained_size DESC LIMIT 10;
 *
 * Nothing is believed unseen. CRC-32s bind the values of meta, of column and of classes, and each chunk's
 * bytes to its place; the schema may hold nothing but tables; counts are compared with what is there
 * before memory is asked for. The rest, statistics and shapes, is for people: the heap brings its own.
 */

/* Columns of one chunk are read at once: they cost next to nothing, and a damaged one is known from the start. */
#define LEFT_BYTES (HW_CACHE_CHUNK_SIZE + 1)

/* What an opened heap takes besides its columns; for each object: its place in lists, and what checks look at. */
#define OTHER_BYTES    (24 * 1024 * 1024)
#define OTHER_PER_NODE 16

static void
column_clear (gpointer data)
{
  g_free (((HwCacheColumn *) data)->name);
}

static sqlite3_stmt *
prepare (HwCacheFile  *self,
         const char   *sql,
         GError      **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    hw_cache_sql_fail (self->db, self->cancellable, error);

  return statement;
}

/* TRUE for a row; at the end, FALSE without an error. */
static gboolean
step (HwCacheFile   *self,
      sqlite3_stmt  *statement,
      GError       **error)
{
  int code = sqlite3_step (statement);

  if (code != SQLITE_ROW && code != SQLITE_DONE)
    hw_cache_sql_fail (self->db, self->cancellable, error);

  return code == SQLITE_ROW;
}

static gboolean
read_number (HwCacheFile  *self,
             const char   *sql,
             gint64       *number,
             GError      **error)
{
  g_autoptr(sqlite3_stmt) statement = prepare (self, sql, error);
  g_autoptr(GError) local_error = NULL;

  if (statement == NULL)
    return FALSE;
  if (!step (self, statement, &local_error))
    {
      if (local_error == NULL)
        return hw_cache_file_damaged (error, "a value is missing");
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *number = sqlite3_column_int64 (statement, 0);

  return TRUE;
}

static gint64
meta_number (GHashTable *numbers,
             const char *key,
             gboolean   *is_complete)
{
  const gint64 *number = g_hash_table_lookup (numbers, key);

  if (number == NULL)
    *is_complete = FALSE;

  return number != NULL ? *number : 0;
}

static gboolean
check_version (gint64       columns_version,
               const char  *program_version,
               GError     **error)
{
  int order = columns_version < HW_HEAP_COLUMNS_VERSION ? -1 : columns_version > HW_HEAP_COLUMNS_VERSION;

  if (order == 0)
    order = g_strcmp0 (program_version, HW_VERSION);
  if (order == 0)
    return TRUE;

  g_set_error (error, HW_CACHE_ERROR, order < 0 ? HW_CACHE_ERROR_OLDER : HW_CACHE_ERROR_NEWER,
               _("The index was written by Heapwise %s"), program_version);

  return FALSE;
}

static gboolean
read_facts (HwCacheFile  *self,
            sqlite3_stmt *statement,
            const char   *type,
            GError      **error)
{
  const void *data = sqlite3_column_blob (statement, 1);
  g_autoptr(GBytes) bytes = NULL;

  if (data == NULL || type == NULL || !g_variant_type_string_is_valid (type) ||
      !g_variant_type_is_definite (G_VARIANT_TYPE (type)))
    return hw_cache_file_damaged (error, "its facts have no type");

  bytes = g_bytes_new (data, (gsize) sqlite3_column_bytes (statement, 1));
  self->facts = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));

  return TRUE;
}

static gboolean
read_meta (HwCacheFile  *self,
           GError      **error)
{
  g_autoptr(sqlite3_stmt) statement = prepare (self, "SELECT key, value FROM meta ORDER BY key", error);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *program_version = NULL;
  g_autofree char *facts_type = NULL;
  gboolean is_complete = TRUE;
  gint64 byte_order, columns_version, meta_crc32;
  guint32 crc = 0;

  if (statement == NULL)
    return FALSE;

  while (step (self, statement, &local_error))
    {
      const char *key = (const char *) sqlite3_column_text (statement, 0);

      if (key == NULL)
        return hw_cache_file_damaged (error, "meta has no key");
      crc = hw_cache_crc_meta (crc, statement);

      if (sqlite3_column_type (statement, 1) == SQLITE_INTEGER)
        {
          gint64 value = sqlite3_column_int64 (statement, 1);

          g_hash_table_insert (numbers, g_strdup (key), g_memdup2 (&value, sizeof value));
        }
      else if (strcmp (key, "content") == 0 && self->content == NULL)
        self->content = g_strdup ((const char *) sqlite3_column_text (statement, 1));
      else if (strcmp (key, "source") == 0 && self->source == NULL)
        self->source = g_strdup ((const char *) sqlite3_column_text (statement, 1));
      else if (strcmp (key, "damage") == 0 && self->damage == NULL)
        self->damage = g_strdup ((const char *) sqlite3_column_text (statement, 1));
      else if (strcmp (key, "program_version") == 0 && program_version == NULL)
        program_version = g_strdup ((const char *) sqlite3_column_text (statement, 1));
      else if (strcmp (key, "facts_type") == 0 && facts_type == NULL)
        facts_type = g_strdup ((const char *) sqlite3_column_text (statement, 1));
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  byte_order = meta_number (numbers, "byte_order", &is_complete);
  columns_version = meta_number (numbers, "columns_version", &is_complete);
  meta_crc32 = meta_number (numbers, "meta_crc32", &is_complete);
  self->meta_crc32 = crc;
  self->classes_crc32 = (guint32) meta_number (numbers, "classes_crc32", &is_complete);
  self->columns_crc32 = (guint32) meta_number (numbers, "columns_crc32", &is_complete);
  self->has_distances = meta_number (numbers, "has_distances", &is_complete) != 0;
  self->has_retained_sizes = meta_number (numbers, "has_retained_sizes", &is_complete) != 0;
  self->n_chunks = (guint64) meta_number (numbers, "n_chunks", &is_complete);
  self->n_nodes = (guint64) meta_number (numbers, "n_nodes", &is_complete);
  self->n_edges = (guint64) meta_number (numbers, "n_edges", &is_complete);
  self->n_classes = (guint64) meta_number (numbers, "n_classes", &is_complete);
  self->source_size = (guint64) meta_number (numbers, "source_size", &is_complete);
  self->total_size = (guint64) meta_number (numbers, "total_size", &is_complete);

  if (!is_complete || meta_crc32 != crc ||
      self->content == NULL || self->source == NULL || program_version == NULL)
    return hw_cache_file_damaged (error, "meta contradicts its checksum");
  if (!check_version (columns_version, program_version, error))
    return FALSE;
  if (byte_order != G_BYTE_ORDER)
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_OLDER,
                           _("The index was written on a machine of another kind"));
      return FALSE;
    }

  sqlite3_finalize (g_steal_pointer (&statement));
  statement = prepare (self, "SELECT key, value FROM meta WHERE key = 'facts'", error);
  if (statement == NULL)
    return FALSE;
  if (!step (self, statement, &local_error))
    {
      if (local_error == NULL)
        return hw_cache_file_damaged (error, "its facts are missing");
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return read_facts (self, statement, facts_type, error);
}

static guint64
count_chunks (guint   width,
              guint64 length)
{
  gsize n_each = HW_CACHE_CHUNK_SIZE / width;

  return length / n_each + (length % n_each > 0);
}

static gboolean
read_columns (HwCacheFile  *self,
              GError      **error)
{
  g_autoptr(sqlite3_stmt) statement =
    prepare (self, "SELECT id, name, width, length FROM column ORDER BY id", error);
  g_autoptr(GError) local_error = NULL;
  guint64 n_chunks = 0;
  guint32 crc = 0;

  if (statement == NULL)
    return FALSE;

  while (step (self, statement, &local_error))
    {
      HwCacheColumn column = {
        .name = g_strdup ((const char *) sqlite3_column_text (statement, 1)),
        .width = (guint) sqlite3_column_int (statement, 2),
        .length = (guint64) sqlite3_column_int64 (statement, 3),
      };

      g_array_append_val (self->columns, column);
      if (column.name == NULL ||
          (column.width != 1 && column.width != 2 && column.width != 3 && column.width != 4 && column.width != 8) ||
          column.length > G_MAXSIZE / 8)
        return hw_cache_file_damaged (error, "a column has no shape");
      crc = hw_cache_crc_column (crc, (guint64) sqlite3_column_int64 (statement, 0), column.name,
                                 column.width, column.length);
      g_array_index (self->columns, HwCacheColumn, self->columns->len - 1).first_chunk = n_chunks;
      n_chunks += count_chunks (column.width, column.length);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (crc != self->columns_crc32)
    return hw_cache_file_damaged (error, "its columns contradict their checksum");

  return TRUE;
}

static gboolean
check_kind (HwCacheFile  *self,
            GError      **error)
{
  gint64 number;

  if (!read_number (self, "PRAGMA application_id", &number, error))
    return FALSE;
  if (number != HW_CACHE_APPLICATION_ID)
    return hw_cache_file_damaged (error, "it is a database of something else");

  if (!read_number (self, "PRAGMA user_version", &number, error))
    return FALSE;
  if (number != HW_CACHE_FORMAT_VERSION)
    {
      g_set_error (error, HW_CACHE_ERROR,
                   number < HW_CACHE_FORMAT_VERSION ? HW_CACHE_ERROR_OLDER : HW_CACHE_ERROR_NEWER,
                   _("The index has another format (%d)"), (int) number);
      return FALSE;
    }

  /* A view could be without end. */
  if (!read_number (self, "SELECT count(*) FROM sqlite_schema WHERE type <> 'table' OR rootpage = 0",
                    &number, error))
    return FALSE;
  if (number != 0)
    return hw_cache_file_damaged (error, "it has more than tables");

  return TRUE;
}

/**
 * hw_cache_file_open:
 * @path: an index
 * @cancellable: (nullable): stops this and all later reading
 * @error: return location
 *
 * Opens an index and reads what it says of itself.
 *
 * Cost: a few milliseconds, of whatever size it is.
 *
 * Returns: (transfer full): the open index, or NULL with [error@CacheError]
 */
HwCacheFile *
hw_cache_file_open (const char    *path,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr(HwCacheFile) self = g_new0 (HwCacheFile, 1);
  g_autofree char *file_uri = g_filename_to_uri (path, NULL, error);
  struct stat st;

  self->columns = g_array_new (FALSE, FALSE, sizeof (HwCacheColumn));
  g_array_set_clear_func (self->columns, column_clear);
  g_set_object (&self->cancellable, cancellable);
  if (file_uri == NULL)
    return NULL;

  if (stat (path, &st) != 0 || !S_ISREG (st.st_mode))
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_STORAGE, _("The index is not a file"));
      return NULL;
    }

  self->path = g_strdup (path);
  self->uri = g_strconcat (file_uri, "?immutable=1", NULL);
  self->db = hw_cache_file_connect (self, error);
  if (self->db == NULL)
    return NULL;

  if (!check_kind (self, error) || !read_meta (self, error) || !read_columns (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * hw_cache_file_close:
 * @self: an open index
 *
 * Closes it.
 */
void
hw_cache_file_close (HwCacheFile *self)
{
  sqlite3_finalize (self->fetch);
  sqlite3_close (self->db);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->facts, g_variant_unref);
  g_array_unref (self->columns);
  g_free (self->path);
  g_free (self->uri);
  g_free (self->content);
  g_free (self->source);
  g_free (self->damage);
  g_free (self);
}

const char *
hw_cache_file_get_content (HwCacheFile *self)
{
  return self->content;
}

const char *
hw_cache_file_get_source (HwCacheFile *self)
{
  return self->source;
}

guint64
hw_cache_file_get_source_size (HwCacheFile *self)
{
  return self->source_size;
}

/**
 * hw_cache_file_read_classes:
 * @self: an open index
 * @error: return location
 *
 * Reads the constructors, without their objects.
 *
 * Cost: linear in the number of constructors.
 *
 * Returns: (transfer full): the table, or NULL with [error@CacheError]
 */
HwClassTable *
hw_cache_file_read_classes (HwCacheFile  *self,
                            GError      **error)
{
  g_autoptr(sqlite3_stmt) statement =
    prepare (self,
             "SELECT id, coalesce(name_wtf8, name), script_id, line, column, count, shallow_size,"
             " retained_size, distance, first_instance FROM classes ORDER BY id",
             error);
  g_autoptr(HwClassTableBuilder) builder = NULL;
  g_autoptr(GError) local_error = NULL;
  guint64 n_classes = 0;
  guint32 crc = 0;

  if (statement == NULL)
    return NULL;

  builder = hw_class_table_builder_new (self->total_size, self->has_distances, self->has_retained_sizes);
  while (step (self, statement, &local_error))
    {
      HwClassRow row = {
        .name = (const char *) sqlite3_column_text (statement, 1),
        .has_location = sqlite3_column_type (statement, 2) != SQLITE_NULL,
        .script_id = (guint32) sqlite3_column_int64 (statement, 2),
        .line = (guint32) sqlite3_column_int64 (statement, 3),
        .column = (guint32) sqlite3_column_int64 (statement, 4),
        .count = (guint64) sqlite3_column_int64 (statement, 5),
        .shallow_size = (guint64) sqlite3_column_int64 (statement, 6),
        .retained_size = (guint64) sqlite3_column_int64 (statement, 7),
        .distance = sqlite3_column_int64 (statement, 8),
        .first_instance = HW_NODE_NONE,
      };

      if (sqlite3_column_type (statement, 9) != SQLITE_NULL)
        row.first_instance = HW_NODE (sqlite3_column_int64 (statement, 9));
      if (row.name == NULL || (guint64) sqlite3_column_int64 (statement, 0) != n_classes)
        {
          hw_cache_file_damaged (error, "a constructor is missing");
          return NULL;
        }
      crc = hw_cache_crc_class (crc, &row);
      n_classes++;
      hw_class_table_builder_add (builder, &row);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (n_classes != self->n_classes || crc != self->classes_crc32)
    {
      hw_cache_file_damaged (error, "its constructors contradict their checksum");
      return NULL;
    }

  return hw_class_table_builder_end (g_steal_pointer (&builder), NULL, NULL);
}

/* What is fetched later is not stopped by what stopped the opening. */
static void
forget_cancellable (HwCacheFile *self)
{
  sqlite3_progress_handler (self->db, 0, NULL, NULL);
  g_clear_object (&self->cancellable);
}

/* Whether the chunks that the columns promise can be there, before memory is taken for them. */
static gboolean
check_size (HwCacheFile  *self,
            guint64       max_columns,
            GError      **error)
{
  guint64 n_chunks = 0;
  guint64 n_bytes = 0;
  gint64 n_there;

  for (guint i = 0; i < self->columns->len; i++)
    {
      const HwCacheColumn *column = &g_array_index (self->columns, HwCacheColumn, i);

      if (!g_uint64_checked_add (&n_bytes, n_bytes, column->length * column->width) || n_bytes > max_columns)
        return hw_cache_file_damaged (error, "it promises more than the snapshot can hold");
      n_chunks += count_chunks (column->width, column->length);
    }
  if (!read_number (self, "SELECT count(*) FROM chunk", &n_there, error))
    return FALSE;
  if (n_chunks != self->n_chunks || n_chunks != (guint64) n_there)
    return hw_cache_file_damaged (error, "the number of chunks is not what it says");

  return TRUE;
}

/**
 * hw_cache_file_read_heap:
 * @self: (transfer full): an open index; the heap keeps it
 * @classes: the index's constructors
 * @max_columns: bytes that the columns may have at most
 * @memory: bytes that the heap may take
 * @progress: (nullable): whose phase moves on
 * @error: return location
 *
 * Brings the heap back. What is large and not needed to show constructors, objects and who retains them is read when
 * somebody asks for it.
 *
 * Cost: linear in the size of the columns that are read at once.
 *
 * Returns: (transfer full): the heap, or NULL with [error@CacheError] or [error@HeapError]
 */
HwHeap *
hw_cache_file_read_heap (HwCacheFile   *self,
                         HwClassTable  *classes,
                         guint64        max_columns,
                         guint64        memory,
                         HwProgress    *progress,
                         GError       **error)
{
  g_autoptr(HwCacheFile) owned = self;
  g_autoptr(HwHeapRestorer) restorer = NULL;
  g_autofree gpointer *targets = g_new0 (gpointer, self->columns->len + 1);
  gint64 start, middle;
  HwHeap *heap;

  if (!check_size (self, max_columns, error))
    return NULL;

  restorer = hw_heap_restorer_new (self->facts, error);
  if (restorer == NULL)
    return NULL;

  if (memory < G_MAXUINT64)
    {
      g_autofree char *folder = g_path_get_dirname (self->path);
      guint64 others = OTHER_BYTES + MIN (self->n_nodes, HW_MAX_IDS) * OTHER_PER_NODE;

      hw_heap_restorer_set_memory (restorer, memory > others ? memory - others : 0, folder);
    }
  hw_heap_restorer_set_source (restorer, hw_cache_file_fetch, g_steal_pointer (&owned),
                               (GDestroyNotify) hw_cache_file_close);
  for (guint i = 0; i < self->columns->len; i++)
    {
      HwCacheColumn *column = &g_array_index (self->columns, HwCacheColumn, i);
      g_autoptr(GError) local_error = NULL;

      targets[i] = hw_heap_restorer_add_column (restorer, column->name, column->width,
                                                (gsize) column->length, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      column->is_in_file = hw_heap_restorer_get_is_in_file (restorer, column->name);
      if (column->length * column->width >= LEFT_BYTES &&
          hw_heap_restorer_leave_column (restorer, column->name, i, HW_CACHE_CHUNK_BYTES (column->width)))
        targets[i] = NULL;
    }

  start = g_get_monotonic_time ();
  if (!hw_cache_file_read_chunks (self, targets, progress, error))
    return NULL;
  middle = g_get_monotonic_time ();
  forget_cancellable (self);
  heap = hw_heap_restorer_end (g_steal_pointer (&restorer), classes, error);
  hw_progress_note_time (progress, "columns", middle - start);
  hw_progress_note_time (progress, "checks and retainers", g_get_monotonic_time () - middle);

  return heap;
}

/**
 * hw_cache_file_check:
 * @self: an open index
 * @error: return location
 *
 * Reads all that reopening would read and compares every checksum.
 *
 * Cost: linear in the size of the file.
 *
 * Returns: whether the index is whole
 */
gboolean
hw_cache_file_check (HwCacheFile  *self,
                     GError      **error)
{
  g_autoptr(HwClassTable) classes = NULL;

  if (!check_size (self, G_MAXUINT64, error))
    return FALSE;

  classes = hw_cache_file_read_classes (self, error);

  return classes != NULL && hw_cache_file_read_chunks (self, NULL, NULL, error);
}
