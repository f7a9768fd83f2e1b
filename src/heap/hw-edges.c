/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edges in both directions. Outgoing edges lie in node order as in the file. The other direction is one
 * array of edge ids, grouped by target (hw_heap_fill_retainers()). Before it is filled, dominators are
 * computed in its place: a second array for them would cost 4 bytes an edge.
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

/**
 * hw_heap_build_retainers:
 * @self: a heap with checked edges
 * @cancellable: (nullable): stops the pass
 * @error: return location
 *
 * Counts the retainers of each node and makes room for them.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_build_retainers (HwHeap        *self,
                         GCancellable  *cancellable,
                         GError       **error)
{
  const guint32 *targets = hw_column_u32 (&self->edge_target);
  guint32 *first;
  guint32 sum = 0;

  if (!hw_column_resize (&self->first_retainer, (gsize) self->n_nodes + 1, error) ||
      !hw_column_resize (&self->retainer, self->n_edges, error))
    return FALSE;

  first = hw_column_u32 (&self->first_retainer);
  for (gsize e = 0; e < self->n_edges; e++)
    {
      HW_RETURN_IF_CANCELLED (e, cancellable, error);
      first[targets[e]]++;
    }
  for (gsize node = 0; node <= self->n_nodes; node++)
    {
      guint32 n = node < self->n_nodes ? first[node] : 0;

      first[node] = sum;
      sum += n;
    }

  return TRUE;
}

/* After a fill each first[] has moved to where the next group begins: shift them back. */
static void
rewind_first (HwHeap *self)
{
  guint32 *first = hw_column_u32 (&self->first_retainer);

  memmove (first + 1, first, (gsize) self->n_nodes * sizeof (guint32));
  first[0] = 0;
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
 * into it.
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
  const guint32 *targets = hw_column_u32 (&self->edge_target);
  const guint32 *first_edge = hw_column_u32 (&self->first_edge);
  gboolean has_pairs = pairs->n_pairs > 0;

  for (guint32 source = 0; source < self->n_nodes; source++)
    {
      gboolean is_root = source == self->root;
      gboolean outside = !is_root && !hw_bitset_get (page_owned, source);
      gsize shift = hw_heap_pattern_shift (self, source);

      HW_RETURN_IF_CANCELLED (source, cancellable, error);
      for (guint32 e = first_edge[source]; e < first_edge[source + 1]; e++)
        {
          guint32 target = targets[e];
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
          hw_bitset_set (has_predecessor, target);
        }
    }

  return TRUE;
}

/**
 * hw_heap_fill_retainers:
 * @self: a heap with room for retainers
 * @cancellable: (nullable): stops the pass
 * @error: return location
 *
 * Fills the retainer array with edge ids, ascending within each target.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_fill_retainers (HwHeap        *self,
                        GCancellable  *cancellable,
                        GError       **error)
{
  const guint32 *targets = hw_column_u32 (&self->edge_target);
  guint32 *first = hw_column_u32 (&self->first_retainer);
  guint32 *retainers = hw_column_u32 (&self->retainer);

  for (guint32 e = 0; e < self->n_edges; e++)
    {
      HW_RETURN_IF_CANCELLED (e, cancellable, error);
      retainers[first[targets[e]]++] = e;
    }
  rewind_first (self);

  return TRUE;
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
  g_return_val_if_fail (i < hw_heap_get_n_retainers (self, node), HW_EDGE_NONE);

  return HW_EDGE (hw_column_u32 (&self->retainer)[hw_column_u32 (&self->first_retainer)[node.value + 1] - 1 - i]);
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

  return HW_NODE (hw_column_u32 (&self->edge_target)[edge.value]);
}
