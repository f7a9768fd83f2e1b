/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "base/hw-error.h"
#include "cache/hw-cache-source-private.h"
#include "cache/hw-cache.h"
#include "heap/hw-heap-columns.h"

G_BEGIN_DECLS

/* "HWix" in the header of the file, so that file(1) and others can tell. */
#define HW_CACHE_APPLICATION_ID 0x48576978

/* Raised with every change of the tables; PRAGMA user_version. */
#define HW_CACHE_FORMAT_VERSION 2

#define HW_CACHE_CHUNK_SIZE     (1024 * 1024)

/* No element is in two chunks. */
#define HW_CACHE_CHUNK_BYTES(width) ((gsize) (HW_CACHE_CHUNK_SIZE / (width) * (width)))

/* No value of an index is larger, so that a damaged one cannot ask for all memory. */
#define HW_CACHE_MAX_VALUE      (256 * 1024 * 1024)

/**
 * HwCacheEncoding:
 * @HW_CACHE_ENCODING_RAW: the elements as they are
 * @HW_CACHE_ENCODING_ZSTD: the elements, compressed
 * @HW_CACHE_ENCODING_DELTA_ZSTD: each element's difference from the one before in the chunk, from 0 for the
 *   first, compressed; for elements of 4 or 8 bytes
 *
 * How a chunk's bytes are kept.
 */
typedef enum
{
  HW_CACHE_ENCODING_RAW,
  HW_CACHE_ENCODING_ZSTD,
  HW_CACHE_ENCODING_DELTA_ZSTD,
} HwCacheEncoding;

/**
 * HwCacheColumn:
 * @name: what the heap calls it
 * @width: bytes of one element
 * @length: number of elements
 * @first_chunk: where its chunks begin among all
 * @is_in_file: whether the heap has it in a file, so that its pages are let go at once
 *
 * One column of an index.
 */
typedef struct
{
  char    *name;
  guint    width;
  guint64  length;
  guint64  first_chunk;
  gboolean is_in_file;
} HwCacheColumn;

/**
 * HwCacheFile:
 *
 * One index, opened for reading. Belongs to one thread.
 */
typedef struct
{
  sqlite3      *db;
  sqlite3_stmt *fetch;               /* reads one chunk; made on first use */
  GCancellable *cancellable;
  char         *path;
  char         *uri;
  char         *content;
  char         *source;
  char         *damage;              /* of the snapshot, or NULL */
  GVariant     *facts;
  GArray       *columns;             /* HwCacheColumn */
  guint64       source_size;
  guint64       total_size;
  guint64       n_classes;
  guint64       n_nodes;
  guint64       n_edges;
  guint64       n_chunks;
  gboolean      has_distances;
  gboolean      has_retained_sizes;
  guint32       classes_crc32;
  guint32       columns_crc32;
  guint32       meta_crc32;
} HwCacheFile;

HwCacheFile  *hw_cache_file_open            (const char       *path,
                                             GCancellable     *cancellable,
                                             GError          **error) G_GNUC_WARN_UNUSED_RESULT;
void          hw_cache_file_close           (HwCacheFile      *self);
const char   *hw_cache_file_get_content     (HwCacheFile      *self);
const char   *hw_cache_file_get_source      (HwCacheFile      *self);
guint64       hw_cache_file_get_source_size (HwCacheFile      *self);
HwClassTable *hw_cache_file_read_classes    (HwCacheFile      *self,
                                             GError          **error) G_GNUC_WARN_UNUSED_RESULT;
HwHeap       *hw_cache_file_read_heap       (HwCacheFile      *self,
                                             HwClassTable     *classes,
                                             guint64           max_columns,
                                             guint64           memory,
                                             HwProgress       *progress,
                                             GError          **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean      hw_cache_file_check           (HwCacheFile      *self,
                                             GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwCacheFile, hw_cache_file_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, sqlite3_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

/* hw-cache-file-chunks.c */
sqlite3      *hw_cache_file_connect         (HwCacheFile      *self,
                                             GError          **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean      hw_cache_file_read_chunks     (HwCacheFile      *self,
                                             gpointer         *targets,
                                             HwProgress       *progress,
                                             GError          **error);
gboolean      hw_cache_file_fetch           (gpointer          file,
                                             guint             column,
                                             gsize             number,
                                             gpointer          target,
                                             gsize             n_bytes,
                                             GError          **error);

gboolean      hw_cache_file_write           (const char       *path,
                                             HwHeap           *heap,
                                             HwCacheSource    *source,
                                             char            **content,
                                             GCancellable     *cancellable,
                                             GError          **error);

/* What reading and writing share: hw-cache-file-sums.c */
gboolean      hw_cache_file_damaged         (GError          **error,
                                             const char       *what);
gboolean      hw_cache_sql_fail             (sqlite3          *db,
                                             GCancellable     *cancellable,
                                             GError          **error);
guint32       hw_cache_crc_bytes            (guint32           crc,
                                             gconstpointer     data,
                                             gsize             n_bytes);
guint32       hw_cache_crc_number           (guint32           crc,
                                             guint64           number);
guint32       hw_cache_crc_text             (guint32           crc,
                                             const char       *text);
guint32       hw_cache_crc_meta             (guint32           crc,
                                             sqlite3_stmt     *row);
guint32       hw_cache_crc_class            (guint32           crc,
                                             const HwClassRow *row);
guint32       hw_cache_crc_column           (guint32           crc,
                                             guint64           id,
                                             const char       *name,
                                             guint             width,
                                             guint64           length);
guint32       hw_cache_crc_chunk            (guint64           column,
                                             guint64           number,
                                             guint64           encoding,
                                             guint64           length,
                                             gconstpointer     data,
                                             gsize             n_bytes);

G_END_DECLS
