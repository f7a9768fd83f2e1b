/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap.h"

G_BEGIN_DECLS

#define HW_CACHE_ERROR (hw_cache_error_quark ())

/**
 * HwCacheError:
 * @HW_CACHE_ERROR_DAMAGED: a cache file's content contradicts itself
 * @HW_CACHE_ERROR_OLDER: written by an older Heapwise, or on a machine of another kind
 * @HW_CACHE_ERROR_NEWER: written by a newer Heapwise
 * @HW_CACHE_ERROR_OTHER_SOURCE: made from other bytes than the file now has
 * @HW_CACHE_ERROR_STORAGE: SQLite or the disk refused
 *
 * Why a cache file is not used. Loading never fails for one of these: the snapshot is read again.
 */
typedef enum
{
  HW_CACHE_ERROR_DAMAGED,
  HW_CACHE_ERROR_OLDER,
  HW_CACHE_ERROR_NEWER,
  HW_CACHE_ERROR_OTHER_SOURCE,
  HW_CACHE_ERROR_STORAGE,
} HwCacheError;

GQuark hw_cache_error_quark (void);

/**
 * HwCache:
 *
 * The folder of indexes: one SQLite file per snapshot, a size budget, least recently used goes first.
 *
 * Thread-safe. Indexes are written behind the caller's back by one writer thread per cache. Letting go
 * of the last reference waits for at most one chunk and gives up what is not written; nothing half
 * written remains. A program that wants the index for its next run calls hw_cache_flush_sync() first.
 */
#define HW_TYPE_CACHE (hw_cache_get_type ())

G_DECLARE_FINAL_TYPE (HwCache, hw_cache, HW, CACHE, GObject)

/**
 * HwCacheEntry:
 * @path: the cache file
 * @source: where the snapshot was when it was last opened: a path; empty if that is not known
 * @source_size: bytes of the snapshot
 * @size: bytes of the cache file
 * @last_used: µs since 1970
 * @problem: (nullable): why it cannot be used, from hw_cache_verify_sync()
 *
 * One index in the folder.
 */
typedef struct
{
  char    *path;
  char    *source;
  guint64  source_size;
  guint64  size;
  gint64   last_used;
  char    *problem;
} HwCacheEntry;

/**
 * HwCacheOutline:
 * @classes: the constructors, without their objects
 * @n_nodes: number of objects
 * @n_edges: number of references
 * @damage: (nullable): what was wrong with the snapshot, UTF-8
 *
 * What an index tells of a snapshot at once.
 */
typedef struct
{
  HwClassTable *classes;
  guint64       n_nodes;
  guint64       n_edges;
  char         *damage;
} HwCacheOutline;

void       hw_cache_outline_free    (HwCacheOutline           *self);
void       hw_cache_entry_free      (HwCacheEntry             *self);

HwCache   *hw_cache_new             (const char               *folder,
                                     guint64                   budget) G_GNUC_WARN_UNUSED_RESULT;
const char *hw_cache_get_folder     (HwCache                  *self);
void       hw_cache_set_budget      (HwCache                  *self,
                                     guint64                   budget);
void       hw_cache_set_memory      (HwCache                  *self,
                                     guint64                   memory);
HwHeap    *hw_cache_load_sync       (HwCache                  *self,
                                     GFile                    *file,
                                     const HwHeapLoadOptions  *options,
                                     gboolean                 *from_cache,
                                     GCancellable             *cancellable,
                                     GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
HwCacheOutline *hw_cache_load_outline_sync (HwCache           *self,
                                     GFile                    *file) G_GNUC_WARN_UNUSED_RESULT;
void       hw_cache_load_async      (HwCache                  *self,
                                     GFile                    *file,
                                     const HwHeapLoadOptions  *options,
                                     GCancellable             *cancellable,
                                     GAsyncReadyCallback       callback,
                                     gpointer                  user_data);
HwHeap    *hw_cache_load_finish     (HwCache                  *self,
                                     GAsyncResult             *result,
                                     gboolean                 *from_cache,
                                     GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void       hw_cache_flush_sync      (HwCache                  *self);
char      *hw_cache_dup_problem     (HwCache                  *self) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *hw_cache_list_sync       (HwCache                  *self,
                                     GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *hw_cache_verify_sync     (HwCache                  *self,
                                     GCancellable             *cancellable,
                                     GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   hw_cache_clear_sync      (HwCache                  *self,
                                     guint64                  *freed,
                                     GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwCacheOutline, hw_cache_outline_free)

G_END_DECLS
