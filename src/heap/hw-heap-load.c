/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a file to a heap. After the file is read, two threads work on the same immutable raw columns, each
 * filling columns of its own. They meet when retainers are counted, and when both are done:
 *
 *   this thread    page-owned marks → essential edges ┬→ dominators ─────────────────────────┬→ retained sizes → classes' sums
 *   the helper     retainers' counts ─────────────────┴→ shapes and classes → shallow sizes → │→ retainers → statistics
 *                  (first class table) → distances → queryable ──────────────────────────────┘
 *
 * What a person sees first, constructors with counts and shallow sizes, comes from the helper while the
 * dominators are still being computed.
 */
#include "config.h"

#include "heap/hw-shapes-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  HwHeap                  *heap;
  HwWeakPairs              pairs;
  gboolean                 has_detachedness;
  const HwHeapLoadOptions *options;
  GCancellable            *cancellable;  /* of the caller */
  GCancellable            *stop;         /* fires with the caller's, and when either thread fails */
  GArray                  *rows;         /* HwClassRow */
  HwBitset                 queryable;
  GMutex                   mutex;
  GCond                    cond;
  gboolean                 is_counted;   /* under the mutex: retainers are counted, or the helper failed before */
  gboolean               (*help) (gpointer self, GError **error);
  GError                  *helper_error;
} Load;

static void
note (Load       *self,
      const char *name,
      gint64     *since)
{
  gint64 now = g_get_monotonic_time ();

  hw_progress_note_time (self->options->progress, name, now - *since);
  *since = now;
}

static void
set_counted (Load *self)
{
  g_mutex_lock (&self->mutex);
  self->is_counted = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static gboolean
help_to_derive (gpointer   data,
                GError   **error)
{
  Load *self = data;
  HwHeap *heap = self->heap;
  gint64 since = g_get_monotonic_time ();

  if (!hw_heap_build_retainers (heap, self->stop, error) || !hw_heap_note_sources (heap, error))
    return FALSE;
  set_counted (self);
  note (self, "retainers' counts", &since);

  if (!hw_column_resize (&heap->node_class, heap->n_nodes, error) ||
      !hw_heap_classify (heap, &heap->shapes, hw_column_u32 (&heap->node_class), &self->rows, self->stop, error))
    return FALSE;
  note (self, "classes", &since);

  if (!hw_heap_transfer_sizes (heap, self->stop, error))
    return FALSE;
  note (self, "shallow sizes", &since);

  if (self->options->classes_func != NULL)
    {
      g_autoptr(HwClassTable) first = hw_heap_aggregate (heap, hw_column_u32 (&heap->node_class), self->rows,
                                                         NULL, TRUE, self->stop, error);

      if (first == NULL)
        return FALSE;
      self->options->classes_func (first, self->options->classes_data);
    }

  if (!hw_heap_compute_distances (heap, &self->pairs, self->stop, error))
    return FALSE;
  note (self, "distances", &since);

  if (!hw_heap_mark_queryable (heap, &self->queryable, self->stop, error))
    return FALSE;
  note (self, "reachable by scripts", &since);

  return TRUE;
}

static gpointer
helper_thread (gpointer data)
{
  Load *self = data;

  if (!self->help (self, &self->helper_error))
    g_cancellable_cancel (self->stop);
  set_counted (self);

  return NULL;
}

/* Gives each node's dominator; @order is needed for what follows. */
static gboolean
derive_dominators (Load      *self,
                   HwColumn  *order,
                   GError   **error)
{
  HwHeap *heap = self->heap;
  HwProgress *progress = self->options->progress;
  g_auto(HwBitset) page_owned = { NULL, 0 };
  g_auto(HwBitset) essential = { NULL, 0 };
  g_auto(HwBitset) has_predecessor = { NULL, 0 };

  if (!hw_bitset_init (&page_owned, heap->n_nodes) || !hw_bitset_init (&essential, heap->n_edges) ||
      !hw_bitset_init (&has_predecessor, heap->n_nodes))
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, _("Not enough memory for this snapshot"));
      return FALSE;
    }
  if (!hw_heap_mark_page_owned (heap, &page_owned, self->stop, error))
    return FALSE;

  hw_progress_begin_phase (progress, N_("Building retainers"), 0.12);
  if (!hw_heap_mark_essential (heap, &self->pairs, &page_owned, &essential, &has_predecessor, self->stop, error))
    return FALSE;
  hw_bitset_clear (&page_owned);
  g_mutex_lock (&self->mutex);
  while (!self->is_counted)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
  if (g_cancellable_set_error_if_cancelled (self->stop, error))
    return FALSE;

  hw_progress_begin_phase (progress, N_("Computing dominators"), 0.22);

  return hw_heap_compute_dominators (heap, &essential, &has_predecessor, order, self->stop, error);
}

static gboolean
help_to_finish (gpointer   data,
                GError   **error)
{
  Load *self = data;
  HwHeap *heap = self->heap;

  if (!hw_heap_fill_retainers (heap, self->stop, error) || !hw_heap_compute_statistics (heap, self->stop, error) ||
      !hw_heap_find_producer (heap, self->stop, error))
    return FALSE;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      guint64 id = hw_column_get (&heap->node_id, node);

      if ((id & 1) != 0)
        heap->max_js_object_id = MAX (heap->max_js_object_id, id);
      if (hw_bitset_get (&self->queryable, node))
        hw_column_u8 (&heap->node_flags)[node] |= HW_NODE_QUERYABLE;
    }

  return TRUE;
}

static gboolean
finish_heap (Load      *self,
             HwColumn  *order,
             GError   **error)
{
  HwHeap *heap = self->heap;

  hw_progress_begin_phase (self->options->progress, N_("Computing retained sizes"), 0.08);
  if (!hw_heap_compute_retained (heap, order, self->stop, error))
    return FALSE;
  heap->classes = hw_heap_aggregate (heap, hw_column_u32 (&heap->node_class), self->rows, order, FALSE,
                                     self->stop, error);

  return heap->classes != NULL;
}

static void
stop_cb (GCancellable *cancellable G_GNUC_UNUSED,
         gpointer      stop)
{
  g_cancellable_cancel (stop);
}

/* Runs @work here and @help beside it, until both are done. */
static gboolean
run_both (Load       *self,
          gboolean  (*work) (Load *self, HwColumn *order, GError **error),
          gboolean  (*help) (gpointer self, GError **error),
          HwColumn   *order,
          GError    **error)
{
  GThread *helper;
  gboolean ok;

  self->help = help;
  helper = g_thread_new ("heap-classes", helper_thread, self);
  ok = work (self, order, error);
  if (!ok)
    g_cancellable_cancel (self->stop);
  g_thread_join (helper);

  /* Of two errors the first is meant: the other thread was only told to stop. */
  if (self->helper_error != NULL)
    {
      if (ok || !g_error_matches (self->helper_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          if (!ok)
            g_clear_error (error);
          g_propagate_error (error, g_steal_pointer (&self->helper_error));
        }
      ok = FALSE;
    }

  return ok;
}

static gboolean
derive (Load    *self,
        GError **error)
{
  HwHeap *heap = self->heap;
  g_auto(HwColumn) order = { .width = 4 };
  gulong handler = 0;
  gboolean ok;

  hw_progress_begin_phase (self->options->progress, N_("Propagating DOM state"), 0.08);
  if (!hw_heap_propagate_dom_state (heap, self->has_detachedness, self->cancellable, error) ||
      !hw_weak_pairs_init (&self->pairs, heap, self->cancellable, error))
    return FALSE;
  if (!hw_bitset_init (&self->queryable, heap->n_nodes))
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, _("Not enough memory for this snapshot"));
      return FALSE;
    }

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->stop = g_cancellable_new ();
  if (self->cancellable != NULL)
    handler = g_cancellable_connect (self->cancellable, G_CALLBACK (stop_cb), self->stop, NULL);

  ok = run_both (self, derive_dominators, help_to_derive, &order, error) &&
       run_both (self, finish_heap, help_to_finish, &order, error);
  if (ok)
    heap->statistics.v8_heap = (heap->statistics.total = hw_heap_get_total_size (heap)) - heap->statistics.native;

  if (handler != 0)
    g_cancellable_disconnect (self->cancellable, handler);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);

  return ok;
}

static HwHeap *
load (GFile                    *file,
      GInputStream             *stream,
      guint64                   expected_size,
      const HwHeapLoadOptions  *options,
      GCancellable             *cancellable,
      GError                  **error)
{
  static const HwHeapLoadOptions no_options = { NULL, NULL, NULL };
  HwHeapBuilder *builder = hw_heap_builder_new ();
  HwSnapshotDamage *damage = NULL;
  Load self = { .options = options != NULL ? options : &no_options, .cancellable = cancellable };
  gboolean ok;

  hw_progress_begin_phase (self.options->progress, N_("Reading"), 0.5);
  if (file != NULL)
    ok = hw_snapshot_read_file (file, &hw_heap_builder_sink, builder, self.options->progress, cancellable, &damage, error);
  else
    ok = hw_snapshot_read_stream (stream, expected_size, &hw_heap_builder_sink, builder, self.options->progress,
                                  cancellable, &damage, error);
  if (!ok)
    {
      hw_heap_builder_free (builder);
      return NULL;
    }

  self.heap = hw_heap_builder_end (builder, damage, &self.has_detachedness, error);
  if (self.heap == NULL)
    return NULL;

  ok = derive (&self, error);
  hw_weak_pairs_clear (&self.pairs);
  hw_bitset_clear (&self.queryable);
  g_clear_pointer (&self.rows, g_array_unref);
  g_clear_object (&self.stop);
  g_clear_error (&self.helper_error);
  if (!ok)
    {
      hw_heap_unref (self.heap);
      return NULL;
    }
  hw_progress_finish (self.options->progress);
  if (self.options->classes_func != NULL)
    self.options->classes_func (self.heap->classes, self.options->classes_data);

  return self.heap;
}

/**
 * hw_heap_load_sync:
 * @file: a heap snapshot, plain or compressed
 * @options: (nullable): how to load
 * @cancellable: (nullable): stops the work within milliseconds
 * @error: return location
 *
 * Reads a snapshot and computes everything. A damaged file from which something could be read is a heap
 * with hw_heap_get_damage().
 *
 * Cost: linear; blocks. Two threads are busy, and a third reads ahead.
 *
 * Returns: (transfer full): a heap, or NULL with [error@SnapshotError], [error@HeapError], [error@BaseError] or
 *   an error of GIO
 */
HwHeap *
hw_heap_load_sync (GFile                    *file,
                   const HwHeapLoadOptions  *options,
                   GCancellable             *cancellable,
                   GError                  **error)
{
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  return load (file, NULL, 0, options, cancellable, error);
}

/**
 * hw_heap_load_stream_sync:
 * @stream: the bytes of a heap snapshot
 * @expected_size: how many bytes will come, or 0 when unknown; for progress only
 * @options: (nullable): how to load
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Like hw_heap_load_sync() for bytes that come from elsewhere.
 *
 * Returns: (transfer full): a heap, or NULL with @error set
 */
HwHeap *
hw_heap_load_stream_sync (GInputStream             *stream,
                          guint64                   expected_size,
                          const HwHeapLoadOptions  *options,
                          GCancellable             *cancellable,
                          GError                  **error)
{
  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), NULL);

  return load (NULL, stream, expected_size, options, cancellable, error);
}
