/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dominators by the semi-NCA algorithm (Georgiadis and Tarjan's simplification of Lengauer-Tarjan):
 *
 * 1. number the nodes in depth-first order over essential edges;
 * 2. group the edges by target, as numbers of their sources;
 * 3. from the last number to the first, find each node's semidominator among its predecessors, with path
 *    compression over the part of the tree that is done;
 * 4. from the first to the last, walk from the parent up to the nearest common ancestor with the
 *    semidominator: that is the dominator.
 *
 * Cache misses rule the time, so everything behind step 1 lives in the space of depth-first numbers, which
 * keeps neighbours near each other; the groups lie in that order too, and step 3 reads them front to back.
 * Each array serves several steps: 16 bytes a node beside the result, none for an edge. Nothing recurses.
 *
 * Nodes without any essential predecessor ("orphans") hang off the root by a virtual edge; what is still
 * unreached then (cycles among themselves) gets the root as its dominator and counts for nobody else.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

/* One step of a path that is compressed; both halves are needed at once, so they share a cache line. */
typedef struct
{
  guint32 ancestor;  /* the parent's number, later compressed */
  guint32 label;     /* least semidominator on the compressed path */
} Link;

typedef struct
{
  HwHeap         *heap;
  const HwBitset *essential;
  const HwBitset *has_predecessor;
  HwBitset        reached;   /* by node; a bit instead of a look at number[] fits the processor's cache */
  guint32        *vertex;    /* number → node */
  guint32        *idom;      /* number → number; the parent's until step 4 */
  Link           *links;     /* by number, in steps 3 and 4 */
  guint32        *number;    /* node → number, where links are later */
  guint32        *next;      /* step 1: number → next edge; step 2: node → next place in its group; behind number */
  guint32        *semi;      /* number → number; between steps 2 and 3 the end of the number's group */
  HwColumn        path;      /* u32, nodes on the way of one compression */
  guint32         n_reached;
} Work;

static void
reach (Work     *self,
       guint32   node,
       guint32   parent)
{
  guint32 n = self->n_reached++;

  hw_bitset_set (&self->reached, node);
  self->number[node] = n;
  self->vertex[n] = node;
  self->idom[n] = parent;
  self->next[n] = hw_column_u32 (&self->heap->first_edge)[node];
}

/* Numbers everything below @top, which was reached last. */
static gboolean
descend (Work          *self,
         guint32        top,
         GCancellable  *cancellable,
         GError       **error)
{
  const guint32 *first = hw_column_u32 (&self->heap->first_edge);
  const guint32 *targets = hw_column_u32 (&self->heap->edge_target);
  guint32 n = top;
  gsize steps = 0;

  for (;;)
    {
      guint32 e = self->next[n];
      guint32 end = first[self->vertex[n] + 1];

      HW_RETURN_IF_CANCELLED (++steps, cancellable, error);
      while (e < end && (!hw_bitset_get (self->essential, e) || hw_bitset_get (&self->reached, targets[e])))
        e++;
      if (e < end)
        {
          self->next[n] = e + 1;
          reach (self, targets[e], n);
          n = self->n_reached - 1;
        }
      else if (n == top)
        return TRUE;
      else
        n = self->idom[n];
    }
}

static gboolean
number_nodes (Work          *self,
              GCancellable  *cancellable,
              GError       **error)
{
  HwHeap *heap = self->heap;

  reach (self, heap->root, 0);
  if (!descend (self, 0, cancellable, error))
    return FALSE;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (!hw_bitset_get (&self->reached, node) && !hw_bitset_get (self->has_predecessor, node))
      {
        reach (self, node, 0);
        if (!descend (self, self->n_reached - 1, cancellable, error))
          return FALSE;
      }

  return TRUE;
}

/* Fills the retainer array with numbers of predecessors. A group has room for all edges to its node. */
static gboolean
group_predecessors (Work          *self,
                    GCancellable  *cancellable,
                    GError       **error)
{
  HwHeap *heap = self->heap;
  const guint32 *first_edge = hw_column_u32 (&heap->first_edge);
  const guint32 *first_retainer = hw_column_u32 (&heap->first_retainer);
  const guint32 *targets = hw_column_u32 (&heap->edge_target);
  guint32 *predecessors = hw_column_u32 (&heap->retainer);
  guint32 room = 0;

  for (guint32 n = 0; n < self->n_reached; n++)
    {
      guint32 node = self->vertex[n];

      self->next[node] = room;
      room += first_retainer[node + 1] - first_retainer[node];
    }

  for (guint32 source = 0; source < heap->n_nodes; source++)
    {
      HW_RETURN_IF_CANCELLED (source, cancellable, error);
      /* What cannot be reached keeps nothing alive. */
      if (!hw_bitset_get (&self->reached, source))
        continue;
      for (guint32 e = first_edge[source]; e < first_edge[source + 1]; e++)
        if (hw_bitset_get (self->essential, e))
          predecessors[self->next[targets[e]]++] = self->number[source];
    }

  for (guint32 n = 0; n < self->n_reached; n++)
    self->semi[n] = self->next[self->vertex[n]];

  return TRUE;
}

/* The least semidominator on the way from @v up to the part that is not linked yet (below @linked). */
static inline gboolean
evaluate (Work      *self,
          guint32    v,
          guint32    linked,
          guint32   *least,
          GError   **error)
{
  Link *links = self->links;
  guint32 top;

  if (links[v].ancestor < linked)
    {
      *least = links[v].label;
      return TRUE;
    }

  self->path.length = 0;
  for (top = v; links[top].ancestor >= linked; top = links[top].ancestor)
    {
      if (self->path.length == self->path.capacity && !hw_column_reserve (&self->path, 1, error))
        return FALSE;
      hw_column_u32 (&self->path)[self->path.length++] = top;
    }

  /* @top's ancestor is not linked; everything below learns of the least label above it. */
  while (self->path.length > 0)
    {
      guint32 u = hw_column_u32 (&self->path)[--self->path.length];

      links[u].label = MIN (links[u].label, links[top].label);
      links[u].ancestor = links[top].ancestor;
      top = u;
    }
  *least = links[v].label;

  return TRUE;
}

static gboolean
find_semidominators (Work          *self,
                     GCancellable  *cancellable,
                     GError       **error)
{
  const guint32 *first_retainer = hw_column_u32 (&self->heap->first_retainer);
  const guint32 *predecessors = hw_column_u32 (&self->heap->retainer);
  guint32 start = 0;

  for (guint32 n = 0; n < self->n_reached; n++)
    {
      guint32 node = self->vertex[n];

      self->links[n] = (Link) { self->idom[n], n };
      start += first_retainer[node + 1] - first_retainer[node];
    }

  for (guint32 w = self->n_reached; w-- > 1;)
    {
      guint32 node = self->vertex[w];
      guint32 end = self->semi[w];
      guint32 semi = hw_bitset_get (self->has_predecessor, node) ? w : 0;

      HW_RETURN_IF_CANCELLED (w, cancellable, error);
      start -= first_retainer[node + 1] - first_retainer[node];
      for (guint32 i = start; i < end; i++)
        {
          guint32 least;

          if (!evaluate (self, predecessors[i], w + 1, &least, error))
            return FALSE;
          semi = MIN (semi, least);
        }
      self->semi[w] = semi;
      self->links[w].label = semi;
    }

  return TRUE;
}

static gboolean
compute (Work          *self,
         HwColumn      *order,
         GCancellable  *cancellable,
         GError       **error)
{
  HwHeap *heap = self->heap;
  guint32 *dominator = self->semi;

  if (!number_nodes (self, cancellable, error) || !group_predecessors (self, cancellable, error) ||
      !find_semidominators (self, cancellable, error))
    return FALSE;

  for (guint32 w = 1; w < self->n_reached; w++)
    {
      guint32 n = self->idom[w];

      HW_RETURN_IF_CANCELLED (w, cancellable, error);
      while (n > self->semi[w])
        n = self->idom[n];
      self->idom[w] = n;
    }

  /* No semidominator is needed any more, so the result takes their place. */
  for (guint32 w = 0; w < self->n_reached; w++)
    dominator[self->vertex[w]] = self->vertex[self->idom[w]];

  /* The unreached come last, so that in this order every node stands behind its dominator. */
  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (!hw_bitset_get (&self->reached, node))
      {
        dominator[node] = heap->root;
        self->vertex[self->n_reached++] = node;
      }
  order->length = heap->n_nodes;

  return TRUE;
}

/**
 * hw_heap_compute_dominators:
 * @self: a heap whose retainers are counted; the place for them is used here
 * @essential: one bit per edge
 * @has_predecessor: one bit per node: whether an essential edge ends there
 * @order: (out caller-allocates): all nodes, each behind its dominator; u32
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Finds each node's immediate dominator. Cost: nearly linear; 12 bytes of scratch memory a node.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_compute_dominators (HwHeap          *self,
                            const HwBitset  *essential,
                            const HwBitset  *has_predecessor,
                            HwColumn        *order,
                            GCancellable    *cancellable,
                            GError         **error)
{
  Work work = { .heap = self, .essential = essential, .has_predecessor = has_predecessor };
  gsize n = self->n_nodes;
  gboolean ok = FALSE;

  hw_column_init (order, 4);
  hw_column_init (&work.path, 4);
  work.idom = g_try_new (guint32, n);
  work.links = g_try_new (Link, n);

  if (work.idom == NULL || work.links == NULL || !hw_bitset_init (&work.reached, n))
    g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for dominators");
  else if (hw_column_reserve (order, n, error) && hw_column_resize (&self->dominator, n, error))
    {
      work.number = (guint32 *) work.links;
      work.next = work.number + n;
      work.vertex = hw_column_u32 (order);
      work.semi = hw_column_u32 (&self->dominator);
      ok = compute (&work, order, cancellable, error);
    }

  g_free (work.idom);
  g_free (work.links);
  hw_bitset_clear (&work.reached);
  hw_column_clear (&work.path);

  return ok;
}
