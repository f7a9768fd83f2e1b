/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edges in both directions. Outgoing edges lie in node order as in the file. The other direction is one
 * array of edge ids, grouped by target (hw_heap_build_retainers()). Before that, dominators are computed in
 * the place of it and of the groups' starts: arrays of their own would cost 4 bytes an edge and a node.
 */
#include "config.h"

#include "heap/hw-heap-private.h"
#include "heap/hw-order.h"

/**
 * hw_heap_note_sources:
 * @self: a heap with checked edges
 * @error: return location
 *
 * Notes the source of every HW_SOURCE_STEP-th edge. A column with all of them would cost 4 bytes an edge.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_heap_note_sources (HwHeap   *self,
                      GError  **error)
{
  const guint32 *first = hw_column_u32 (&self->first_edge);
  gsize next = 0;

  if (!hw_column_resize (&self->edge_source, (gsize) self->n_edges / HW_SOURCE_STEP + 2, error))
    return FALSE;
  for (guint32 node = 0; node < self->n_nodes; node++)
    while (next * HW_SOURCE_STEP < first[node + 1])
      hw_column_u32 (&self->edge_source)[next++] = node;
  while (next < self->edge_source.length)
    hw_column_u32 (&self->edge_source)[next++] = self->n_nodes - 1;

  return TRUE;
}

/*
 * Counting edges by target. What most nodes have fits a byte, and 2.8 M bytes fit a processor's cache, where four
 * times as many do not; every 256th goes to @high.
 */
static inline void
count_one (guint8  *low,
           guint32 *high,
           guint32  target)
{
  if (G_UNLIKELY (++low[target] == 0))
    high[target] += 256;
}

static gboolean
begin_count (HwHeap    *self,
             HwColumn  *low,
             GError   **error)
{
  if (!hw_column_resize (&self->first_retainer, (gsize) self->n_nodes + 1, error) ||
      !hw_column_resize (low, self->n_nodes, error))
    return FALSE;
  memset (self->first_retainer.data, 0, ((gsize) self->n_nodes + 1) * sizeof (guint32));

  return TRUE;
}

static void
end_count (HwHeap   *self,
           HwColumn *low)
{
  guint32 *counts = hw_column_u32 (&self->first_retainer);

  for (gsize node = 0; node < self->n_nodes; node++)
    counts[node] += hw_column_u8 (low)[node];
  hw_column_clear (low);
}

/* Makes each number of @first the end of a group of so many, and the last one the end of all. */
static guint32
make_ends (guint32 *first,
           gsize    n)
{
  guint32 sum = 0;

  for (gsize i = 0; i < n; i++)
    first[i] = sum += first[i];
  first[n] = sum;

  return sum;
}

/**
 * hw_heap_build_retainers:
 * @self: a heap with checked edges
 * @cancellable: (nullable): stops the pass
 * @error: return location
 *
 * Groups the edges by target, in ascending order within each. Cost: two passes.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_build_retainers (HwHeap        *self,
                         GCancellable  *cancellable,
                         GError       **error)
{
  HwIds targets = hw_column_ids (&self->edge_target);
  g_auto(HwColumn) low = { .width = 1 };
  guint32 *first, *retainers;

  if (!begin_count (self, &low, error) || !hw_column_resize (&self->retainer, self->n_edges, error))
    return FALSE;

  first = hw_column_u32 (&self->first_retainer);
  retainers = hw_column_u32 (&self->retainer);
  for (guint32 e = 0; e < self->n_edges; e++)
    {
      HW_RETURN_IF_CANCELLED (e, cancellable, error);
      count_one (hw_column_u8 (&low), first, hw_id (targets, e));
    }
  end_count (self, &low);
  make_ends (first, self->n_nodes);

  /* From the last to the first, so that each end comes to be the group's start. */
  for (guint32 e = self->n_edges; e-- > 0;)
    {
      HW_RETURN_IF_CANCELLED (e, cancellable, error);
      retainers[--first[hw_id (targets, e)]] = e;
    }

  return TRUE;
}

/* The table's half of a WeakMap entry: the name belongs to a pair, and the table is the source. */
static gboolean
is_table_half (const HwHeap      *self,
               const HwWeakPairs *pairs,
               guint32            name,
               guint32            source)
{
  return hw_bitset_get (&pairs->is_pair, name) &&
         g_array_index (pairs->tables, guint64, hw_weak_pairs_find (pairs, name)) ==
           hw_column_get (&self->node_id, source);
}

/* Makes room for the sources of each node's essential edges but one: the edge by which it is reached. */
static gboolean
make_room (HwHeap    *self,
           HwBitset  *has_predecessor,
           GError   **error)
{
  guint32 *counts = hw_column_u32 (&self->first_retainer);
  guint32 sum;

  for (guint32 node = 0; node < self->n_nodes; node++)
    if (counts[node] > 0)
      {
        hw_bitset_set (has_predecessor, node);
        counts[node]--;
      }
  counts[self->root] = 0;
  sum = make_ends (counts, self->n_nodes);

  return hw_column_resize (&self->retainer, sum, error);
}

/**
 * hw_heap_mark_essential:
 * @self: a heap with checked edges
 * @pairs: the WeakMap entries
 * @page_owned: one bit per node: whether a page's roots reach it
 * @essential: one bit per edge, all unset; set for edges that count for dominators
 * @has_predecessor: one bit per node, all unset; set for nodes at which an essential edge ends
 * @cancellable: (nullable): stops the pass
 * @error: return location
 *
 * Finds the edges that dominators are made of. An edge is essential unless it is weak, a self reference,
 * the table's half of a WeakMap entry or, except from the root, a shortcut or one from outside a page
 * into it. Makes room for their sources in the place of the retainers: first_retainer is where the room of
 * a node ends.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_mark_essential (HwHeap             *self,
                        const HwWeakPairs  *pairs,
                        const HwBitset     *page_owned,
                        HwBitset           *essential,
                        HwBitset           *has_predecessor,
                        GCancellable       *cancellable,
                        GError            **error)
{
  const guint8 *kinds = hw_column_u8 (&self->pattern_kind);
  const guint32 *names = hw_column_u32 (&self->pattern_name);
  HwIds targets = hw_column_ids (&self->edge_target);
  const guint32 *first_edge = hw_column_u32 (&self->first_edge);
  gboolean has_pairs = pairs->n_pairs > 0;
  g_auto(HwColumn) low = { .width = 1 };
  guint32 *high;

  if (!begin_count (self, &low, error))
    return FALSE;
  high = hw_column_u32 (&self->first_retainer);

  for (guint32 source = 0; source < self->n_nodes; source++)
    {
      gboolean is_root = source == self->root;
      gboolean outside = !is_root && !hw_bitset_get (page_owned, source);
      gsize shift = hw_heap_pattern_shift (self, source);

      HW_RETURN_IF_CANCELLED (source, cancellable, error);
      for (guint32 e = first_edge[source]; e < first_edge[source + 1]; e++)
        {
          guint32 target = hw_id (targets, e);
          HwEdgeKind kind = kinds[shift + e];

          if (kind == HW_EDGE_KIND_WEAK || target == source)
            continue;
          if (kind == HW_EDGE_KIND_SHORTCUT && !is_root)
            continue;
          if (outside && hw_bitset_get (page_owned, target))
            continue;
          if (kind == HW_EDGE_KIND_INTERNAL && has_pairs && is_table_half (self, pairs, names[shift + e], source))
            continue;

          hw_bitset_set (essential, e);
          count_one (hw_column_u8 (&low), high, target);
        }
    }

  end_count (self, &low);

  return make_room (self, has_predecessor, error);
}

static guint32
find_source (const HwHeap *self,
             guint32       edge)
{
  const guint32 *first = hw_column_u32 (&self->first_edge);
  const guint32 *sources = hw_column_u32 (&self->edge_source);
  guint32 low = sources[edge / HW_SOURCE_STEP], high = sources[edge / HW_SOURCE_STEP + 1] + 1;

  while (high - low > 1)
    {
      guint32 middle = low + (high - low) / 2;

      if (first[middle] <= edge)
        low = middle;
      else
        high = middle;
    }

  return low;
}

/**
 * hw_heap_edge_entry:
 * @self: a heap
 * @edge: an edge
 *
 * Cost: that of hw_heap_get_edge_source(); who knows the source uses hw_heap_pattern_shift().
 *
 * Returns: where its kind and name are in pattern_*
 */
gsize
hw_heap_edge_entry (const HwHeap *self,
                    guint32       edge)
{
  return edge + hw_heap_pattern_shift (self, find_source (self, edge));
}

/**
 * hw_heap_get_n_references:
 * @self: a heap
 * @node: a node
 *
 * Returns: how many edges begin at the node
 */
guint32
hw_heap_get_n_references (HwHeap   *self,
                          HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, 0);

  return hw_column_u32 (&self->first_edge)[node.value + 1] - hw_column_u32 (&self->first_edge)[node.value];
}

/**
 * hw_heap_get_first_reference:
 * @self: a heap
 * @node: a node
 *
 * Returns: the first of the node's edges; the others follow it
 */
HwEdgeId
hw_heap_get_first_reference (HwHeap   *self,
                             HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, HW_EDGE_NONE);

  return HW_EDGE (hw_column_u32 (&self->first_edge)[node.value]);
}

/**
 * hw_heap_get_n_retainers:
 * @self: a heap
 * @node: a node
 *
 * Returns: how many edges of any kind end at the node
 */
guint32
hw_heap_get_n_retainers (HwHeap   *self,
                         HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, 0);

  return hw_column_u32 (&self->first_retainer)[node.value + 1] - hw_column_u32 (&self->first_retainer)[node.value];
}

/**
 * hw_heap_get_retainer:
 * @self: a heap
 * @node: a node
 * @i: less than hw_heap_get_n_retainers()
 *
 * Returns: an edge that ends at the node; the last of the file comes first, as in DevTools
 */
HwEdgeId
hw_heap_get_retainer (HwHeap   *self,
                      HwNodeId  node,
                      guint32   i)
{
  gsize place;

  g_return_val_if_fail (i < hw_heap_get_n_retainers (self, node), HW_EDGE_NONE);

  place = (gsize) hw_column_u32 (&self->first_retainer)[node.value + 1] - 1 - i;
  hw_heap_need (self, HW_LAZY_RETAINER, place, 1);

  return HW_EDGE (hw_column_u32 (&self->retainer)[place]);
}

/**
 * hw_heap_collect_retainers:
 * @heap: a heap
 * @node: a node
 * @edges: (out) (transfer full): from g_malloc(): the edges
 *
 * Collects what the Retainers view lists: edges to the node that are not weak and not the root's, in
 * retainer order.
 *
 * Cost: linear in the node's retainers, each with a binary search.
 *
 * Returns: how many there are
 */
guint32
hw_heap_collect_retainers (HwHeap    *heap,
                           HwNodeId   node,
                           guint32  **edges)
{
  guint32 n = hw_heap_get_n_retainers (heap, node);
  guint32 kept = 0;

  *edges = g_new (guint32, MAX (n, 1));
  for (guint32 i = 0; i < n; i++)
    {
      HwEdgeId edge = hw_heap_get_retainer (heap, node, i);
      guint32 source = find_source (heap, edge.value);

      if (source != heap->root &&
          hw_column_u8 (&heap->pattern_kind)[edge.value + hw_heap_pattern_shift (heap, source)] != HW_EDGE_KIND_WEAK)
        (*edges)[kept++] = edge.value;
    }

  return kept;
}

/**
 * hw_heap_get_edge_kind:
 * @self: a heap
 * @edge: an edge
 *
 * Returns: what the reference is
 */
HwEdgeKind
hw_heap_get_edge_kind (HwHeap   *self,
                       HwEdgeId  edge)
{
  g_return_val_if_fail (self != NULL && edge.value < self->n_edges, HW_EDGE_KIND_OTHER);

  return (HwEdgeKind) hw_column_u8 (&self->pattern_kind)[hw_heap_edge_entry (self, edge.value)];
}

/**
 * hw_heap_get_edge_kind_name:
 * @self: a heap
 * @edge: an edge
 *
 * Returns: (transfer none): such as "property"
 */
const char *
hw_heap_get_edge_kind_name (HwHeap   *self,
                            HwEdgeId  edge)
{
  return hw_edge_kind_get_name (hw_heap_get_edge_kind (self, edge));
}

/**
 * hw_heap_get_edge_is_indexed:
 * @self: a heap
 * @edge: an edge
 *
 * Returns: whether the edge has a number, hw_heap_get_edge_index(), instead of a name
 */
gboolean
hw_heap_get_edge_is_indexed (HwHeap   *self,
                             HwEdgeId  edge)
{
  HwEdgeKind kind = hw_heap_get_edge_kind (self, edge);

  return HW_EDGE_KIND_IS_INDEXED (kind);
}

/**
 * hw_heap_get_edge_index:
 * @self: a heap
 * @edge: an indexed edge
 *
 * Returns: its number
 */
guint32
hw_heap_get_edge_index (HwHeap   *self,
                        HwEdgeId  edge)
{
  g_return_val_if_fail (self != NULL && edge.value < self->n_edges, 0);

  return hw_column_u32 (&self->pattern_name)[hw_heap_edge_entry (self, edge.value)];
}

/**
 * hw_heap_get_edge_text:
 * @self: a heap
 * @edge: an edge that is not indexed
 *
 * Returns: (transfer none): its name, WTF-8
 */
const char *
hw_heap_get_edge_text (HwHeap   *self,
                       HwEdgeId  edge)
{
  g_return_val_if_fail (self != NULL && edge.value < self->n_edges, NULL);
  g_return_val_if_fail (!hw_heap_get_edge_is_indexed (self, edge), NULL);

  return hw_heap_string (self, hw_column_u32 (&self->pattern_name)[hw_heap_edge_entry (self, edge.value)]);
}

/**
 * hw_heap_get_edge_source:
 * @self: a heap
 * @edge: an edge
 *
 * Cost: a binary search among the few nodes that the edges around have as sources.
 *
 * Returns: the node it begins at
 */
HwNodeId
hw_heap_get_edge_source (HwHeap   *self,
                         HwEdgeId  edge)
{
  g_return_val_if_fail (self != NULL && edge.value < self->n_edges, HW_NODE_NONE);

  return HW_NODE (find_source (self, edge.value));
}

/**
 * hw_heap_get_edge_target:
 * @self: a heap
 * @edge: an edge
 *
 * Returns: the node it ends at
 */
HwNodeId
hw_heap_get_edge_target (HwHeap   *self,
                         HwEdgeId  edge)
{
  g_return_val_if_fail (self != NULL && edge.value < self->n_edges, HW_NODE_NONE);

  hw_heap_need (self, HW_LAZY_EDGE_TARGET, edge.value, 1);

  return HW_NODE (hw_id (hw_column_ids (&self->edge_target), edge.value));
}
