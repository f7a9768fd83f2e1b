/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap.h"

G_BEGIN_DECLS

/*
 * A heap as named columns of plain integers and one GVariant of small facts, so that a cache can keep
 * and bring back a heap without knowing what is in it.
 */

/* Raised with every change of what a column means; a cache of another number is rebuilt. */
#define HW_HEAP_COLUMNS_VERSION 7

/**
 * HwHeapColumnFunc:
 * @name: the column's name; unique, stable, ASCII
 * @width: bytes of one element: 1, 2, 3, 4 or 8
 * @length: number of elements
 * @data: the elements, owned by the heap, in this machine's byte order
 *
 * Returns: FALSE to stop
 */
typedef gboolean (*HwHeapColumnFunc) (const char   *name,
                                      guint         width,
                                      gsize         length,
                                      gconstpointer data,
                                      gpointer      user_data);

gboolean  hw_heap_foreach_column (HwHeap            *self,
                                  HwHeapColumnFunc   func,
                                  gpointer           user_data);
GVariant *hw_heap_dup_facts      (HwHeap            *self);

/**
 * HwHeapRestorer:
 *
 * Makes a heap of columns that were kept. Nothing in them is trusted: hw_heap_restorer_end() checks
 * every id against every length, so that a damaged column is an error and never a crash.
 */
typedef struct _HwHeapRestorer HwHeapRestorer;

/**
 * HwHeapFetchFunc:
 * @source: what the function was given with
 * @column: what hw_heap_restorer_leave_column() was told
 * @chunk: which chunk of the column, from 0
 * @target: where it goes
 * @n_bytes: how much it is
 * @error: return location
 *
 * Brings a chunk of a column that was left. Calls never overlap, but come from any thread.
 *
 * Returns: FALSE with @error set; then @target may hold anything
 */
typedef gboolean (*HwHeapFetchFunc) (gpointer   source,
                                     guint      column,
                                     gsize      chunk,
                                     gpointer   target,
                                     gsize      n_bytes,
                                     GError   **error);

HwHeapRestorer *hw_heap_restorer_new        (GVariant        *facts,
                                             GError         **error) G_GNUC_WARN_UNUSED_RESULT;
void            hw_heap_restorer_free       (HwHeapRestorer  *self);
void            hw_heap_restorer_set_memory (HwHeapRestorer  *self,
                                             guint64          memory,
                                             const char      *folder);
gboolean        hw_heap_restorer_get_is_in_file (HwHeapRestorer *self,
                                             const char      *name);
gpointer        hw_heap_restorer_add_column (HwHeapRestorer  *self,
                                             const char      *name,
                                             guint            width,
                                             gsize            length,
                                             GError         **error);
void            hw_heap_restorer_set_source (HwHeapRestorer  *self,
                                             HwHeapFetchFunc  fetch,
                                             gpointer         source,
                                             GDestroyNotify   destroy);
gboolean        hw_heap_restorer_leave_column (HwHeapRestorer *self,
                                             const char      *name,
                                             guint            id,
                                             gsize            chunk_bytes);
HwHeap         *hw_heap_restorer_end        (HwHeapRestorer  *self,
                                             HwClassTable    *classes,
                                             GError         **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwHeapRestorer, hw_heap_restorer_free)

G_END_DECLS
