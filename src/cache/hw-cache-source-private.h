/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-progress.h"

G_BEGIN_DECLS

/**
 * HwCacheStamp:
 * @size: bytes
 * @inode: the file's number in its file system
 * @mtime: ns since 1970, of the last change of content
 * @ctime: ns since 1970, of the last change of anything; no program can set it
 *
 * What the file system says of a file without reading it.
 */
typedef struct
{
  guint64 size;
  guint64 inode;
  gint64  mtime;
  gint64  ctime;
} HwCacheStamp;

/**
 * HwCacheSource:
 *
 * The identity of one snapshot file. Immutable, atomic reference count.
 *
 * It holds the file open, so that the bytes that were opened can still be hashed after the file has
 * been moved or deleted.
 */
typedef struct _HwCacheSource HwCacheSource;

HwCacheSource      *hw_cache_source_open             (const char          *path,
                                                      GError             **error) G_GNUC_WARN_UNUSED_RESULT;
HwCacheSource      *hw_cache_source_ref              (HwCacheSource       *self);
void                hw_cache_source_unref            (HwCacheSource       *self);
const char         *hw_cache_source_get_path         (HwCacheSource       *self);
const HwCacheStamp *hw_cache_source_get_stamp        (HwCacheSource       *self);
const char         *hw_cache_source_get_sample       (HwCacheSource       *self);
guint64             hw_cache_source_get_max_columns  (HwCacheSource       *self);
gboolean            hw_cache_source_has_proof        (HwCacheSource       *self);
gboolean            hw_cache_source_is_settled       (HwCacheSource       *self);
gboolean            hw_cache_source_is_unchanged     (HwCacheSource       *self);
char               *hw_cache_source_dup_content_sync (HwCacheSource       *self,
                                                      guint                n_threads,
                                                      HwProgress          *progress,
                                                      GCancellable        *cancellable,
                                                      GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwCacheSource, hw_cache_source_unref)

G_END_DECLS
