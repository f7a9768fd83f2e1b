/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Distances: breadth first from the user roots (the root's children that are not synthetic), which are at
 * 1, then from the root, which is at HW_DISTANCE_SYSTEM when there are user roots. Edges are taken in file
 * order, because one rule depends on it: the value of a WeakMap entry is reached by the second of the
 * entry's two edges that is met, whichever that is.
 */
#include "config.h"

#include "base/hw-text.h"
#include "heap/hw-queue-private.h"

typedef struct
{
  HwHeap            *heap;
  const HwWeakPairs *pairs;
  HwBitset           waiting;   /* one bit per pair: its first half was met */
  HwBitset           reached;   /* one bit per node: that fits the processor's cache, the distances do not */
  HwQueue            queue;
} Work;

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

/* Sets a distance in a column that is as wide as the greatest one so far needs. */
static inline void
set_code (HwColumn *column,
          guint32   node,
          guint64   code)
{
  if (column->width == 1)
    hw_column_u8 (column)[node] = (guint8) code;
  else if (column->width == 2)
    hw_column_u16 (column)[node] = (guint16) code;
  else if (column->width == 4)
    hw_column_u32 (column)[node] = (guint32) code;
  else
    hw_column_u64 (column)[node] = code;
}

/* Makes room for one more step than any so far. */
static gboolean
make_room (HwColumn  *column,
           guint64    code,
           GError   **error)
{
  if (column->width < 8 && code >> (8 * column->width) != 0)
    return hw_column_widen (column, column->width * 2, error);

  return TRUE;
}

static gboolean
search (Work          *self,
        guint64        steps,
        gboolean       from_root,
        GCancellable  *cancellable,
        GError       **error)
{
  HwHeap *heap = self->heap;
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  const guint8 *kinds = hw_column_u8 (&heap->pattern_kind);
  HwIds targets = hw_column_ids (&heap->edge_target);
  gsize level = hw_queue_length (&self->queue); /* nodes of the queue that are at @steps */
  guint64 code = hw_distance_to_code (steps + 1, from_root);

  if (!make_room (&heap->distance, code, error))
    return FALSE;
  for (gsize n = 0; hw_queue_length (&self->queue) > 0; n++, level--)
    {
      guint32 source;
      gsize shift;

      HW_RETURN_IF_CANCELLED (n, cancellable, error);
      if (level == 0)
        {
          level = hw_queue_length (&self->queue);
          steps++;
          code = hw_distance_to_code (steps + 1, from_root);
          if (!make_room (&heap->distance, code, error))
            return FALSE;
        }
      source = hw_queue_take (&self->queue, heap);
      shift = hw_heap_pattern_shift (heap, source);
      for (guint32 e = first[source]; e < first[source + 1]; e++)
        {
          guint32 target = hw_id (targets, e);

          if (kinds[shift + e] == HW_EDGE_KIND_WEAK || hw_bitset_get (&self->reached, target) ||
              !may_follow (self, source, shift + e))
            continue;
          hw_bitset_set (&self->reached, target);
          set_code (&heap->distance, target, code);
          if (!hw_queue_push (&self->queue, target, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
compute (Work          *self,
         GCancellable  *cancellable,
         GError       **error)
{
  HwHeap *heap = self->heap;
  const guint32 *first = hw_column_u32 (&heap->first_edge);

  heap->has_user_roots = FALSE;
  for (guint32 e = first[heap->root]; e < first[heap->root + 1]; e++)
    {
      guint32 target = hw_id (hw_column_ids (&heap->edge_target), e);

      if (!hw_heap_is_user_root (heap, target))
        continue;
      /* A child that is named twice is searched twice: DevTools does, and it shows with WeakMap entries. */
      heap->has_user_roots = TRUE;
      hw_bitset_set (&self->reached, target);
      set_code (&heap->distance, target, hw_distance_to_code (1, FALSE));
      if (!hw_queue_push (&self->queue, target, error))
        return FALSE;
    }
  if (!search (self, 1, FALSE, cancellable, error))
    return FALSE;

  hw_bitset_set (&self->reached, heap->root);
  set_code (&heap->distance, heap->root, hw_distance_to_code (0, TRUE));

  return hw_queue_push (&self->queue, heap->root, error) && search (self, 0, TRUE, cancellable, error);
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

  hw_queue_init (&work.queue);
  if (!hw_bitset_init (&work.waiting, pairs->n_pairs) || !hw_bitset_init (&work.reached, self->n_nodes))
    g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for distances");
  else if (hw_column_resize (&self->distance, self->n_nodes, error))
    ok = compute (&work, cancellable, error);

  hw_queue_clear (&work.queue);
  hw_bitset_clear (&work.waiting);
  hw_bitset_clear (&work.reached);

  return ok;
}
