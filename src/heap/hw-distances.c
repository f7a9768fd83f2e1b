/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Distances: breadth first from the user roots (the root's children that are not synthetic), which are at
 * 1, then from the root, which is at HW_DISTANCE_SYSTEM when there are user roots. Edges are taken in file
 * order, because one rule depends on it: the value of a WeakMap entry is reached by the second of the
 * entry's two edges that is met, whichever that is.
 */
#include "config.h"

#include "base/hw-text.h"
#include "heap/hw-heap-private.h"

typedef struct
{
  HwHeap            *heap;
  const HwWeakPairs *pairs;
  HwBitset           waiting;   /* one bit per pair: its first half was met */
  HwBitset           reached;   /* one bit per node: that fits the processor's cache, the distances do not */
  guint32           *distance;
  HwColumn           queue;     /* u32 */
} Work;

static gboolean
enqueue (HwColumn  *queue,
         guint32    node,
         GError   **error)
{
  if (queue->length == queue->capacity && !hw_column_reserve (queue, 1, error))
    return FALSE;

  hw_column_u32 (queue)[queue->length++] = node;

  return TRUE;
}

/* Whether an edge to a node that is not reached yet may be followed. */
static gboolean
may_follow (Work     *self,
            guint32   source,
            gsize     entry)
{
  HwHeap *heap = self->heap;
  HwEdgeKind kind = hw_column_u8 (&heap->pattern_kind)[entry];
  HwNodeKind source_kind = hw_heap_kind (heap, source);
  guint32 name = hw_column_u32 (&heap->pattern_name)[entry];
  guint32 source_name = hw_column_u32 (&heap->node_name)[source];

  if (source_kind == HW_NODE_KIND_HIDDEN && source_name == heap->known[HW_KNOWN_NATIVE_CONTEXT] &&
      !HW_EDGE_KIND_IS_INDEXED (kind) && name == heap->known[HW_KNOWN_SLOPPY_FUNCTION_MAP])
    return FALSE;

  /* Old engines' descriptor arrays: (key, details, value) triples behind two header slots. */
  if (source_kind == HW_NODE_KIND_ARRAY && source_name == heap->known[HW_KNOWN_MAP_DESCRIPTORS])
    {
      gint64 index = name;

      /* A name that is no number is followed: in JavaScript, not a number is not 1 modulo 3 either. */
      if (!HW_EDGE_KIND_IS_INDEXED (kind) && !hw_text_parse_int (hw_heap_string (heap, name), &index))
        return TRUE;

      return index < 2 || index % 3 != 1;
    }

  if (kind == HW_EDGE_KIND_INTERNAL && self->pairs->n_pairs > 0 && hw_bitset_get (&self->pairs->is_pair, name))
    {
      guint32 pair = g_array_index (self->pairs->pairs, guint32, hw_weak_pairs_find (self->pairs, name));

      if (!hw_bitset_get (&self->waiting, pair))
        {
          hw_bitset_set (&self->waiting, pair);
          return FALSE;
        }
      hw_bitset_unset (&self->waiting, pair);
    }

  return TRUE;
}

static gboolean
search (Work          *self,
        GCancellable  *cancellable,
        GError       **error)
{
  HwHeap *heap = self->heap;
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  const guint8 *kinds = hw_column_u8 (&heap->pattern_kind);
  const guint32 *targets = hw_column_u32 (&heap->edge_target);

  for (gsize head = 0; head < self->queue.length; head++)
    {
      guint32 source = hw_column_u32 (&self->queue)[head];
      guint32 next = self->distance[source] + 1;
      gsize shift = hw_heap_pattern_shift (heap, source);

      HW_RETURN_IF_CANCELLED (head, cancellable, error);
      for (guint32 e = first[source]; e < first[source + 1]; e++)
        {
          guint32 target = targets[e];

          if (kinds[shift + e] == HW_EDGE_KIND_WEAK || hw_bitset_get (&self->reached, target) ||
              !may_follow (self, source, shift + e))
            continue;
          hw_bitset_set (&self->reached, target);
          self->distance[target] = next;
          if (!enqueue (&self->queue, target, error))
            return FALSE;
        }
    }
  self->queue.length = 0;

  return TRUE;
}

static gboolean
compute (Work          *self,
         GCancellable  *cancellable,
         GError       **error)
{
  HwHeap *heap = self->heap;
  const guint32 *first = hw_column_u32 (&heap->first_edge);

  memset (self->distance, 0xff, (gsize) heap->n_nodes * sizeof (guint32));
  heap->has_user_roots = FALSE;
  for (guint32 e = first[heap->root]; e < first[heap->root + 1]; e++)
    {
      guint32 target = hw_column_u32 (&heap->edge_target)[e];

      if (!hw_heap_is_user_root (heap, target))
        continue;
      /* A child that is named twice is searched twice: DevTools does, and it shows with WeakMap entries. */
      heap->has_user_roots = TRUE;
      hw_bitset_set (&self->reached, target);
      self->distance[target] = 1;
      if (!enqueue (&self->queue, target, error))
        return FALSE;
    }
  if (!search (self, cancellable, error))
    return FALSE;

  hw_bitset_set (&self->reached, heap->root);
  self->distance[heap->root] = heap->has_user_roots ? HW_DISTANCE_SYSTEM : 0;

  return enqueue (&self->queue, heap->root, error) && search (self, cancellable, error);
}

/**
 * hw_heap_compute_distances:
 * @self: a raw heap
 * @pairs: the WeakMap entries
 * @cancellable: (nullable): stops the search
 * @error: return location
 *
 * Finds how many edges each node is away from the user roots, and whether there are any. Cost: linear.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_compute_distances (HwHeap             *self,
                           const HwWeakPairs  *pairs,
                           GCancellable       *cancellable,
                           GError            **error)
{
  Work work = { .heap = self, .pairs = pairs };
  gboolean ok = FALSE;

  hw_column_init (&work.queue, 4);
  if (!hw_bitset_init (&work.waiting, pairs->n_pairs) || !hw_bitset_init (&work.reached, self->n_nodes))
    g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for distances");
  else if (hw_column_resize (&self->distance, self->n_nodes, error))
    {
      work.distance = hw_column_u32 (&self->distance);
      ok = compute (&work, cancellable, error);
    }

  hw_column_clear (&work.queue);
  hw_bitset_clear (&work.waiting);
  hw_bitset_clear (&work.reached);

  return ok;
}
