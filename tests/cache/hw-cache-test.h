/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/hw-cache.h"
#include "heap/hw-heap-columns.h"

G_BEGIN_DECLS

#define HW_CACHE_TEST_BUDGET (G_GUINT64_CONSTANT (1) << 40)

/* The constructor whose name is not UTF-8, as it stands in the file and in memory. */
#define HW_CACHE_TEST_LONE_JSON "Lone\\ud83dSurrogate"
#define HW_CACHE_TEST_LONE_WTF8 "Lone\xed\xa0\xbdSurrogate"

/**
 * HwCacheTest:
 *
 * A folder for indexes, a folder for snapshots, and what the last load told.
 */
typedef struct
{
  char       *folder;
  char       *snapshots;
  HwCache    *cache;
  gboolean    from_cache;
  GPtrArray  *phases;       /* names of the last load's phases */
  guint       n_announced;  /* class tables */
  guint       n_classes;    /* of the first one */
} HwCacheTest;

void    hw_cache_test_init      (HwCacheTest   *self);
void    hw_cache_test_clear     (HwCacheTest   *self);
void    hw_cache_test_reopen    (HwCacheTest   *self);

char   *hw_cache_test_dup_text  (guint          n_nodes,
                                 guint          seed);
char   *hw_cache_test_write     (HwCacheTest   *self,
                                 const char    *name,
                                 guint          n_nodes,
                                 guint          seed);
HwHeap *hw_cache_test_load      (HwCacheTest   *self,
                                 const char    *path);
HwHeap *hw_cache_test_read      (const char    *path);
void    hw_cache_test_expect    (HwCacheTest   *self,
                                 const char    *path,
                                 gboolean       from_cache);
gboolean hw_cache_test_had_phase (HwCacheTest  *self,
                                  const char   *name);
void    hw_cache_test_assert_equal (HwHeap     *a,
                                    HwHeap     *b);
guint   hw_cache_test_count_files (const char  *folder,
                                   const char  *suffix);
char   *hw_cache_test_dup_index (HwCacheTest   *self);

G_END_DECLS
