/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/hw-cache-source-private.h"
#include "cache/hw-cache.h"

G_BEGIN_DECLS

/*
 * Names, locks, ages and sizes of the files in the cache's folder; what is in an index is
 * hw-cache-file-private.h's.
 */

char      *hw_cache_folder_dup_path      (const char          *folder,
                                          const char          *sample,
                                          const char          *content) G_GNUC_WARN_UNUSED_RESULT;
char      *hw_cache_folder_dup_temporary (const char          *folder,
                                          const char          *sample) G_GNUC_WARN_UNUSED_RESULT;
char      *hw_cache_folder_dup_content   (const char          *path) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *hw_cache_folder_find          (const char          *folder,
                                          const char          *sample) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *hw_cache_folder_list          (const char          *folder,
                                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   hw_cache_folder_remove        (const char          *path,
                                          GError             **error);
void       hw_cache_folder_trim          (const char          *folder,
                                          guint64              budget,
                                          const char          *keep);
void       hw_cache_folder_sweep         (const char          *folder);

/**
 * HwCacheLock:
 *
 * Who is indexing: held by at most one thread of one program for one sample.
 */
typedef struct _HwCacheLock HwCacheLock;

HwCacheLock *hw_cache_lock_try  (const char   *folder,
                                 const char   *sample,
                                 GError      **error) G_GNUC_WARN_UNUSED_RESULT;
void         hw_cache_lock_free (HwCacheLock  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwCacheLock, hw_cache_lock_free)

/* The note beside an index: which files are known to have its content, and when it was last used. */
gboolean hw_cache_note_vouches     (const char          *path,
                                    const HwCacheStamp  *stamp);
gboolean hw_cache_note_dup_source  (const char          *path,
                                    char               **source,
                                    guint64             *source_size);
void     hw_cache_note_use         (const char          *path,
                                    HwCacheSource       *source);

G_END_DECLS
