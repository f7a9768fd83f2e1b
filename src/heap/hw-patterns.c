/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns: what a node's references are called. Objects made by the same code have references of the same
 * kinds and names, so each such sequence is kept once: the 10.6 M references of a 250 MB snapshot have
 * 16,000 patterns of together 500,000 entries, 2.5 MB instead of 53. Loops over references then find kinds
 * and names in the processor's cache.
 *
 * References come in the order of their nodes. A sequence is laid behind the patterns while it comes; when it
 * is whole and known already, it is taken back.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

#include <stdlib.h>

/* A pattern in the table; one of no length is an empty place. */
typedef struct
{
  guint32 hash;
  guint32 start;
  guint32 length;
} Slot;

struct _HwPatterns
{
  HwHeap  *heap;
  Slot    *slots;    /* open addressing */
  gsize    mask;
  gsize    n_used;
  gsize    node;     /* whose references come */
  guint32  left;     /* how many of them are still to come */
  gsize    start;    /* of its sequence */
  guint64  hash;     /* of the sequence so far */
  guint64  seed;     /* so that no file can be made of sequences that fall on one place */
};

/**
 * hw_patterns_new:
 * @heap: a heap whose nodes are complete, with their numbers of edges
 * @error: return location
 *
 * Returns: (transfer full): an empty set, or NULL when memory is short
 */
HwPatterns *
hw_patterns_new (HwHeap  *heap,
                 GError **error)
{
  HwPatterns *self;

  if (!hw_column_resize (&heap->node_pattern, heap->node_name.length, error))
    return NULL;

  self = g_new0 (HwPatterns, 1);
  self->heap = heap;
  self->hash = self->seed = g_random_int ();
  if (heap->node_name.length > 0)
    self->left = hw_column_u32 (&heap->first_edge)[1];

  return self;
}

/**
 * hw_patterns_free:
 * @self: a set
 *
 * Frees what was needed to find patterns again; the patterns are the heap's.
 */
void
hw_patterns_free (HwPatterns *self)
{
  free (self->slots);
  g_free (self);
}

static gboolean
grow (HwPatterns  *self,
      GError     **error)
{
  gsize size = self->slots == NULL ? 4096 : (self->mask + 1) * 2;
  Slot *slots = calloc (size, sizeof (Slot));

  if (slots == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for references");
      return FALSE;
    }
  for (gsize i = 0; self->slots != NULL && i <= self->mask; i++)
    if (self->slots[i].length > 0)
      {
        gsize place = self->slots[i].hash & (size - 1);

        while (slots[place].length > 0)
          place = (place + 1) & (size - 1);
        slots[place] = self->slots[i];
      }
  free (self->slots);
  self->slots = slots;
  self->mask = size - 1;

  return TRUE;
}

/* The sequence of the node at hand is whole: gives the node its pattern. */
static gboolean
finish_node (HwPatterns  *self,
             GError     **error)
{
  HwColumn *kinds = &self->heap->pattern_kind;
  HwColumn *names = &self->heap->pattern_name;
  guint32 start = (guint32) self->start, length = (guint32) (kinds->length - self->start);
  guint32 hash = (guint32) (self->hash >> 32) ^ (guint32) self->hash;
  gsize i;

  if (self->slots == NULL || self->n_used > self->mask / 2)
    if (!grow (self, error))
      return FALSE;

  for (i = hash & self->mask; self->slots[i].length > 0; i = (i + 1) & self->mask)
    {
      const Slot *slot = &self->slots[i];

      if (slot->hash == hash && slot->length == length &&
          memcmp (hw_column_u32 (names) + slot->start, hw_column_u32 (names) + start, length * sizeof (guint32)) == 0 &&
          memcmp (hw_column_u8 (kinds) + slot->start, hw_column_u8 (kinds) + start, length) == 0)
        {
          kinds->length = names->length = start;
          break;
        }
    }
  if (self->slots[i].length == 0)
    {
      self->slots[i] = (Slot) { hash, start, length };
      self->n_used++;
    }
  hw_column_u32 (&self->heap->node_pattern)[self->node] = self->slots[i].start;
  self->hash = self->seed;

  return TRUE;
}

/**
 * hw_patterns_add:
 * @self: a set
 * @kinds: kinds of the next edges
 * @names: their names or numbers
 * @n: how many
 * @error: return location
 *
 * Takes the next edges. Those beyond the last node's are passed over.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_patterns_add (HwPatterns     *self,
                 const guint8   *kinds,
                 const guint32  *names,
                 gsize           n,
                 GError        **error)
{
  HwHeap *heap = self->heap;
  const guint32 *first = hw_column_u32 (&heap->first_edge);

  if (!hw_column_reserve (&heap->pattern_kind, n, error) || !hw_column_reserve (&heap->pattern_name, n, error))
    return FALSE;

  for (gsize done = 0; done < n;)
    {
      gsize length = heap->pattern_kind.length;
      guint64 hash = self->hash;
      gsize take;

      while (self->left == 0)
        {
          if (self->node + 1 >= heap->node_pattern.length)
            return TRUE;
          self->node++;
          self->left = first[self->node + 1] - first[self->node];
          self->start = length;
        }

      take = MIN (self->left, n - done);
      for (gsize i = done; i < done + take; i++)
        {
          hash = (hash ^ (kinds[i] + (guint64) names[i] * 8)) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
          hash ^= hash >> 32;
        }
      memcpy (hw_column_u8 (&heap->pattern_kind) + length, kinds + done, take);
      memcpy (hw_column_u32 (&heap->pattern_name) + length, names + done, take * sizeof (guint32));
      heap->pattern_kind.length = heap->pattern_name.length = length + take;
      self->hash = hash;
      self->left -= (guint32) take;
      done += take;
      if (self->left == 0 && !finish_node (self, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * hw_patterns_end:
 * @self: a set
 * @error: return location
 *
 * Says that no more edges come; the last node may have got fewer than it has announced.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_patterns_end (HwPatterns  *self,
                 GError     **error)
{
  if (self->left > 0 && self->heap->pattern_kind.length > self->start && !finish_node (self, error))
    return FALSE;

  hw_column_shrink (&self->heap->pattern_kind);
  hw_column_shrink (&self->heap->pattern_name);

  return TRUE;
}

/**
 * hw_heap_check_names:
 * @self: a raw heap
 * @missing: the string that stands for names beyond the string table
 *
 * Names beyond the string table (it may be cut off) all become @missing.
 *
 * Returns: the number of nodes and edges that had such a name
 */
guint64
hw_heap_check_names (HwHeap  *self,
                     guint32  missing)
{
  const guint32 *first = hw_column_u32 (&self->first_edge);
  const guint8 *kinds = hw_column_u8 (&self->pattern_kind);
  guint32 *names = hw_column_u32 (&self->pattern_name);
  guint32 *node_names = hw_column_u32 (&self->node_name);
  guint64 n_bad = 0;
  gboolean bad_patterns = FALSE;

  for (gsize i = 0; i < self->node_name.length; i++)
    if (node_names[i] >= missing)
      {
        node_names[i] = missing;
        n_bad++;
      }
  for (gsize i = 0; i < self->pattern_name.length; i++)
    if (names[i] >= missing && !HW_EDGE_KIND_IS_INDEXED (kinds[i]))
      {
        names[i] = missing;
        bad_patterns = TRUE;
      }

  for (gsize node = 0; bad_patterns && node < self->node_name.length; node++)
    {
      gsize shift = hw_heap_pattern_shift (self, (guint32) node);

      for (gsize e = first[node]; e < first[node + 1]; e++)
        n_bad += names[shift + e] == missing && !HW_EDGE_KIND_IS_INDEXED (kinds[shift + e]);
    }

  return n_bad;
}

/**
 * hw_heap_check_edges:
 * @self: a raw heap
 * @n_bad: (out): how many edges were dropped
 * @first_bad: (out): the first node that lost one, unless there is none
 * @error: return location
 *
 * Drops edges whose target is no node. Cost: one pass; a damaged node gets a pattern of its own.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_heap_check_edges (HwHeap   *self,
                     guint64  *n_bad,
                     guint32  *first_bad,
                     GError  **error)
{
  HwColumn *kinds = &self->pattern_kind;
  HwColumn *names = &self->pattern_name;
  HwIds targets = hw_column_ids (&self->edge_target);
  guint32 *first = hw_column_u32 (&self->first_edge);
  guint32 n_nodes = self->n_nodes;
  gsize n_edges = self->edge_target.length;
  gsize kept = 0;

  *n_bad = 0;
  for (gsize e = 0; e < n_edges; e++)
    *n_bad += hw_id (targets, e) >= n_nodes;
  if (*n_bad == 0)
    return TRUE;

  for (gsize node = 0, start = 0; node < n_nodes; node++)
    {
      gsize end = first[node + 1], n = 0;

      for (gsize e = start; e < end; e++)
        n += hw_id (targets, e) < n_nodes;
      if (n < end - start)
        {
          gsize old = hw_column_u32 (&self->node_pattern)[node];

          *first_bad = MIN (*first_bad, (guint32) node);
          if (kinds->length + n > HW_MAX_IDS)
            {
              g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Too many damaged references");
              return FALSE;
            }
          if (!hw_column_reserve (kinds, n, error) || !hw_column_reserve (names, n, error))
            return FALSE;
          hw_column_u32 (&self->node_pattern)[node] = n > 0 ? (guint32) kinds->length : 0;
          for (gsize e = start; e < end; e++)
            if (hw_id (targets, e) < n_nodes)
              {
                hw_column_u8 (kinds)[kinds->length++] = hw_column_u8 (kinds)[old + e - start];
                hw_column_u32 (names)[names->length++] = hw_column_u32 (names)[old + e - start];
              }
        }
      first[node] = (guint32) kept;
      for (gsize e = start; e < end; e++)
        if (hw_id (targets, e) < n_nodes)
          hw_column_set_id (&self->edge_target, kept++, hw_id (targets, e));
      start = end;
    }
  first[n_nodes] = (guint32) kept;

  return hw_column_resize (&self->edge_target, kept, error);
}
