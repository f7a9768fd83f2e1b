/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-cache-file-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <zlib.h>

/*
 * What reading and writing an index share: its errors and its checksums. A checksum runs over numbers as
 * eight bytes, least first, and over text with its length before it, so that no two contents share one
 * string of bytes.
 */

/**
 * hw_cache_sql_fail:
 * @db: a connection that just failed
 * @cancellable: (nullable): may be why
 * @error: return location
 *
 * Says what SQLite had against it.
 *
 * Returns: FALSE
 */
gboolean
hw_cache_sql_fail (sqlite3       *db,
                   GCancellable  *cancellable,
                   GError       **error)
{
  int code = db != NULL ? sqlite3_errcode (db) & 0xff : SQLITE_NOMEM;
  const char *message = db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code);

  if (code == SQLITE_INTERRUPT && g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  switch (code)
    {
    case SQLITE_NOMEM:
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, message);
      break;

    case SQLITE_ERROR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      g_set_error (error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED, _("The index is damaged: %s"), message);
      break;

    default:
      g_set_error (error, HW_CACHE_ERROR, HW_CACHE_ERROR_STORAGE, _("The index cannot be used: %s"), message);
      break;
    }

  return FALSE;
}

/**
 * hw_cache_file_damaged:
 * @error: return location
 * @what: what is wrong; like SQLite's own messages, this is for a bug report and not translated
 *
 * Says that an index contradicts itself.
 *
 * Returns: FALSE
 */
gboolean
hw_cache_file_damaged (GError     **error,
                       const char  *what)
{
  g_set_error (error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED, _("The index is damaged: %s"), what);

  return FALSE;
}

guint32
hw_cache_crc_bytes (guint32       crc,
                    gconstpointer data,
                    gsize         n_bytes)
{
  /* zlib takes a NULL buffer for the wish to begin anew. */
  return n_bytes > 0 ? (guint32) crc32_z (crc, data, n_bytes) : crc;
}

guint32
hw_cache_crc_number (guint32 crc,
                     guint64 number)
{
  guint64 bytes = GUINT64_TO_LE (number);

  return hw_cache_crc_bytes (crc, &bytes, sizeof bytes);
}

guint32
hw_cache_crc_text (guint32     crc,
                   const char *text)
{
  gsize n_bytes = strlen (text);

  return hw_cache_crc_bytes (hw_cache_crc_number (crc, n_bytes), text, n_bytes);
}

guint32
hw_cache_crc_class (guint32           crc,
                    const HwClassRow *row)
{
  crc = hw_cache_crc_text (crc, row->name);
  crc = hw_cache_crc_number (crc, row->has_location);
  crc = hw_cache_crc_number (crc, row->has_location ? row->script_id : 0);
  crc = hw_cache_crc_number (crc, row->has_location ? row->line : 0);
  crc = hw_cache_crc_number (crc, row->has_location ? row->column : 0);
  crc = hw_cache_crc_number (crc, row->count);
  crc = hw_cache_crc_number (crc, row->shallow_size);
  crc = hw_cache_crc_number (crc, row->retained_size);
  crc = hw_cache_crc_number (crc, (guint64) row->distance);

  return hw_cache_crc_number (crc, row->first_instance.value);
}

guint32
hw_cache_crc_column (guint32     crc,
                     guint64     id,
                     const char *name,
                     guint       width,
                     guint64     length)
{
  crc = hw_cache_crc_number (crc, id);
  crc = hw_cache_crc_text (crc, name);
  crc = hw_cache_crc_number (crc, width);

  return hw_cache_crc_number (crc, length);
}

guint32
hw_cache_crc_chunk (guint64       column,
                    guint64       number,
                    guint64       encoding,
                    guint64       length,
                    gconstpointer data,
                    gsize         n_bytes)
{
  guint32 crc = hw_cache_crc_number (0, column);

  crc = hw_cache_crc_number (crc, number);
  crc = hw_cache_crc_number (crc, encoding);
  crc = hw_cache_crc_number (crc, length);

  return hw_cache_crc_bytes (crc, data, n_bytes);
}

/**
 * hw_cache_crc_meta:
 * @crc: the checksum so far
 * @row: a row of meta: key and value
 *
 * Returns: the checksum with the row, unless it is the one that holds the checksum
 */
guint32
hw_cache_crc_meta (guint32       crc,
                   sqlite3_stmt *row)
{
  const char *key = (const char *) sqlite3_column_text (row, 0);
  int type = sqlite3_column_type (row, 1);
  const void *data;
  gsize n_bytes;

  if (key == NULL || strcmp (key, "meta_crc32") == 0)
    return crc;

  crc = hw_cache_crc_number (hw_cache_crc_text (crc, key), (guint64) type);
  if (type == SQLITE_INTEGER)
    return hw_cache_crc_number (crc, (guint64) sqlite3_column_int64 (row, 1));

  data = sqlite3_column_blob (row, 1);
  n_bytes = data != NULL ? (gsize) sqlite3_column_bytes (row, 1) : 0;

  return hw_cache_crc_bytes (hw_cache_crc_number (crc, n_bytes), data, n_bytes);
}
