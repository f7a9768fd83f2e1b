/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a file to a heap. After the file is read, two threads work on the same immutable raw columns, each
 * filling columns of its own:
 *
 *   this thread    page-owned marks → essential edges → dominators → retained sizes ─┬→ classes' retained sizes
 *   the helper     shapes, classes → shallow sizes ────────────────↗                 │
 *                  → (first class table) → distances → statistics → … ───────────────┴→ retainers
 *
 * Retained sizes need the shallow ones; retainers take the place of what the dominators are made of. What a
 * person sees first, constructors with counts and shallow sizes, comes from the helper while the dominators
 * are still being computed.
 */
#include "config.h"

#include "heap/hw-shapes-private.h"

#include <glib/gi18n-lib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

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
  guint                    worker_stage; /* how far this thread has come; under the mutex */
  guint                    helper_stage;
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

/* What one thread waits for; one that fails or ends is at the last stage. */
enum
{
  STAGE_START,
  STAGE_SIZES,   /* the helper knows shallow sizes */
  STAGE_SUMMED,  /* the helper has added up classes, this thread retained sizes */
  STAGE_END,
};

static void
arrive_at (Load  *self,
           guint *mine,
           guint  stage)
{
  g_mutex_lock (&self->mutex);
  *mine = stage;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* Waits for the other thread; FALSE when it has failed or all is to stop. */
static gboolean
wait_for (Load         *self,
          const guint  *others,
          guint         stage,
          GError      **error)
{
  g_mutex_lock (&self->mutex);
  while (*others < stage)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  return !g_cancellable_set_error_if_cancelled (self->stop, error);
}

static gboolean
name_classes (Load    *self,
              GError **error)
{
  HwHeap *heap = self->heap;
  gint64 since = g_get_monotonic_time ();

  if (!hw_heap_classify (heap, &heap->shapes, &heap->node_class, &self->rows, self->stop, error))
    return FALSE;
  note (self, "classes", &since);

  if (!hw_heap_transfer_sizes (heap, self->stop, error))
    return FALSE;
  arrive_at (self, &self->helper_stage, STAGE_SIZES);
  note (self, "shallow sizes", &since);

  if (self->options->classes_func != NULL)
    {
      g_autoptr(HwClassTable) first = hw_heap_sum_classes (heap, self->rows, FALSE, TRUE);

      self->options->classes_func (first, self->options->classes_data);
    }

  return TRUE;
}

static gboolean
search_graph (Load    *self,
              GError **error)
{
  HwHeap *heap = self->heap;
  gint64 since = g_get_monotonic_time ();

  if (!hw_heap_compute_distances (heap, &self->pairs, self->stop, error))
    return FALSE;
  hw_heap_sum_classes (heap, self->rows, TRUE, FALSE);
  note (self, "distances", &since);

  if (!hw_heap_mark_queryable (heap, &self->queryable, self->stop, error))
    return FALSE;
  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      guint64 id = hw_column_get (&heap->node_id, node);

      if ((id & 1) != 0)
        heap->max_js_object_id = MAX (heap->max_js_object_id, id);
    }
  note (self, "reachable by scripts", &since);

  if (!hw_heap_compute_statistics (heap, self->stop, error) || !hw_heap_find_producer (heap, self->stop, error) ||
      !hw_heap_note_sources (heap, error))
    return FALSE;
  note (self, "statistics", &since);
  arrive_at (self, &self->helper_stage, STAGE_SUMMED);

  return TRUE;
}

static gboolean
list_retainers (Load    *self,
                GError **error)
{
  HwHeap *heap = self->heap;
  gint64 since;

  if (!wait_for (self, &self->worker_stage, STAGE_SUMMED, error))
    return FALSE;

  since = g_get_monotonic_time ();
  if (!hw_heap_build_retainers (heap, self->stop, error))
    return FALSE;
  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (hw_bitset_get (&self->queryable, node))
      hw_column_u8 (&heap->node_flags)[node] |= HW_NODE_QUERYABLE;
  note (self, "retainers", &since);

  return TRUE;
}

static gpointer
helper_thread (gpointer data)
{
  Load *self = data;

  if (!name_classes (self, &self->helper_error) || !search_graph (self, &self->helper_error) ||
      !list_retainers (self, &self->helper_error))
    g_cancellable_cancel (self->stop);
  arrive_at (self, &self->helper_stage, STAGE_END);

  return NULL;
}

static gboolean
derive_dominators (Load             *self,
                   HwDominatorTree  *tree,
                   GError          **error)
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

  hw_progress_begin_phase (progress, N_("Computing dominators"), 0.22);

  return hw_heap_compute_dominators (heap, &essential, &has_predecessor, tree, self->stop, error);
}

static gboolean
add_up (Load             *self,
        HwDominatorTree  *tree,
        GError          **error)
{
  HwHeap *heap = self->heap;

  hw_progress_begin_phase (self->options->progress, N_("Computing retained sizes"), 0.08);
  if (!wait_for (self, &self->helper_stage, STAGE_SIZES, error) ||
      !hw_heap_compute_retained (heap, tree, self->stop, error))
    return FALSE;

  arrive_at (self, &self->worker_stage, STAGE_SUMMED);
  if (!wait_for (self, &self->helper_stage, STAGE_SUMMED, error))
    return FALSE;
  heap->classes = hw_heap_aggregate (heap, self->rows, tree, self->stop, error);

  return heap->classes != NULL;
}

static void
stop_cb (GCancellable *cancellable G_GNUC_UNUSED,
         gpointer      stop)
{
  g_cancellable_cancel (stop);
}

/* Runs what this thread has to do beside the helper, until both are done. */
static gboolean
run_both (Load    *self,
          GError **error)
{
  g_auto(HwDominatorTree) tree = { { .width = 4 }, { .width = 4 }, { .width = 8 } };
  GThread *helper = g_thread_new ("heap-classes", helper_thread, self);
  gboolean ok = derive_dominators (self, &tree, error) && add_up (self, &tree, error);

  if (!ok)
    g_cancellable_cancel (self->stop);
  arrive_at (self, &self->worker_stage, STAGE_END);
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

  ok = run_both (self, error);
  if (ok)
    heap->statistics.v8_heap = (heap->statistics.total = hw_heap_get_total_size (heap)) - heap->statistics.native;

  if (handler != 0)
    g_cancellable_disconnect (self->cancellable, handler);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);

  return ok;
}

/* Blocks that were freed stay with the C library otherwise: 60 MB after a file of 1 GB. */
static void
give_back (void)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
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
    g_clear_pointer (&self.heap, hw_heap_unref);
  give_back ();
  if (!ok)
    return NULL;

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
