/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dominators by the semi-NCA algorithm (Georgiadis and Tarjan's simplification of Lengauer-Tarjan):
 *
 * 1. number the nodes in depth-first order over essential edges;
 * 2. from the last number to the first, find each node's semidominator among its predecessors, with path
 *    compression over the part of the tree that is done;
 * 3. from the first to the last, walk from the parent up to the nearest common ancestor with the
 *    semidominator: that is the dominator.
 *
 * Everything between lives in the space of depth-first numbers, which keeps neighbours near each other.
 * Nothing recurses: the walk keeps each node's next edge in the array that later holds the labels.
 *
 * Nodes without any essential predecessor ("orphans") hang off the root by a virtual edge; what is still
 * unreached then (cycles among themselves) gets the root as its dominator and counts for nobody else.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

typedef struct
{
  HwHeap         *heap;
  const HwBitset *essential;
  guint32        *vertex;    /* number → node */
  guint32        *number;    /* node → number, HW_NONE while unreached */
  guint32        *ancestor;  /* number → parent's number, later compressed */
  guint32        *label;     /* number → least semidominator on the compressed path; before: next edge */
  guint32        *idom;      /* number → number */
  guint32        *semi;      /* number → number */
  HwColumn        path;      /* u32, nodes on the way of one compression */
  guint32         n_reached;
} Work;

static void
reach (Work     *self,
       guint32   node,
       guint32   parent)
{
  guint32 n = self->n_reached++;

  self->number[node] = n;
  self->vertex[n] = node;
  self->ancestor[n] = parent;
  self->label[n] = hw_column_u32 (&self->heap->first_edge)[node];
}

/* Numbers everything below @n, which was reached last. */
static gboolean
descend (Work          *self,
         guint32        n,
         guint32        top,
         GCancellable  *cancellable,
         GError       **error)
{
  const guint32 *first = hw_column_u32 (&self->heap->first_edge);
  const guint32 *targets = hw_column_u32 (&self->heap->edge_target);
  gsize steps = 0;

  for (;;)
    {
      guint32 e = self->label[n];
      guint32 end = first[self->vertex[n] + 1];

      HW_RETURN_IF_CANCELLED (++steps, cancellable, error);
      while (e < end && (self->number[targets[e]] != HW_NONE || !hw_bitset_get (self->essential, e)))
        e++;
      if (e < end)
        {
          self->label[n] = e + 1;
          reach (self, targets[e], n);
          n = self->n_reached - 1;
        }
      else if (n == top)
        return TRUE;
      else
        n = self->ancestor[n];
    }
}

static gboolean
is_orphan (const HwHeap *heap,
           guint32       node)
{
  const guint32 *first = hw_column_u32 (&heap->first_retainer);

  return first[node] == first[node + 1] || hw_column_u32 (&heap->retainer)[first[node]] == HW_NONE;
}

static gboolean
number_nodes (Work          *self,
              GCancellable  *cancellable,
              GError       **error)
{
  HwHeap *heap = self->heap;

  memset (self->number, 0xff, (gsize) heap->n_nodes * sizeof (guint32));
  reach (self, heap->root, 0);
  if (!descend (self, 0, 0, cancellable, error))
    return FALSE;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (self->number[node] == HW_NONE && is_orphan (heap, node))
      {
        guint32 n = self->n_reached;

        reach (self, node, 0);
        if (!descend (self, n, n, cancellable, error))
          return FALSE;
      }

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
  guint32 *ancestor = self->ancestor;
  guint32 *label = self->label;
  guint32 top;

  if (ancestor[v] < linked)
    {
      *least = label[v];
      return TRUE;
    }

  self->path.length = 0;
  for (top = v; ancestor[top] >= linked; top = ancestor[top])
    {
      if (self->path.length == self->path.capacity && !hw_column_reserve (&self->path, 1, error))
        return FALSE;
      hw_column_u32 (&self->path)[self->path.length++] = top;
    }

  /* @top's ancestor is not linked; everything below learns of the least label above it. */
  while (self->path.length > 0)
    {
      guint32 u = hw_column_u32 (&self->path)[--self->path.length];

      label[u] = MIN (label[u], label[top]);
      ancestor[u] = ancestor[top];
      top = u;
    }
  *least = label[v];

  return TRUE;
}

static gboolean
find_semidominators (Work          *self,
                     GCancellable  *cancellable,
                     GError       **error)
{
  const guint32 *first = hw_column_u32 (&self->heap->first_retainer);
  const guint32 *sources = hw_column_u32 (&self->heap->retainer);

  for (guint32 w = self->n_reached; w-- > 1;)
    {
      guint32 node = self->vertex[w];
      guint32 end = first[node + 1];
      guint32 semi = w;

      HW_RETURN_IF_CANCELLED (w, cancellable, error);
      if (is_orphan (self->heap, node))
        semi = 0;
      for (guint32 i = first[node]; i < end && sources[i] != HW_NONE; i++)
        {
          guint32 v = self->number[sources[i]];
          guint32 least;

          if (v == HW_NONE)
            continue;
          if (!evaluate (self, v, w + 1, &least, error))
            return FALSE;
          semi = MIN (semi, least);
        }
      self->semi[w] = semi;
      self->label[w] = semi;
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
  guint32 *dominator = hw_column_u32 (&heap->dominator);

  if (!number_nodes (self, cancellable, error))
    return FALSE;

  for (guint32 n = 0; n < self->n_reached; n++)
    {
      self->idom[n] = self->ancestor[n];
      self->label[n] = n;
    }
  if (!find_semidominators (self, cancellable, error))
    return FALSE;

  for (guint32 w = 1; w < self->n_reached; w++)
    {
      guint32 n = self->idom[w];

      HW_RETURN_IF_CANCELLED (w, cancellable, error);
      while (n > self->semi[w])
        n = self->idom[n];
      self->idom[w] = n;
    }

  for (guint32 w = 0; w < self->n_reached; w++)
    dominator[self->vertex[w]] = self->vertex[self->idom[w]];

  /* The unreached come last, so that in this order every node stands behind its dominator. */
  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (self->number[node] == HW_NONE)
      {
        dominator[node] = heap->root;
        self->vertex[self->n_reached++] = node;
      }
  order->length = heap->n_nodes;

  return TRUE;
}

/**
 * hw_heap_compute_dominators:
 * @self: a heap whose retainer array holds predecessors
 * @essential: one bit per edge
 * @order: (out caller-allocates): all nodes, each behind its dominator; u32
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Finds each node's immediate dominator. Cost: nearly linear; 24 bytes of scratch memory a node.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_compute_dominators (HwHeap          *self,
                            const HwBitset  *essential,
                            HwColumn        *order,
                            GCancellable    *cancellable,
                            GError         **error)
{
  Work work = { .heap = self, .essential = essential };
  gsize n = self->n_nodes;
  gboolean ok = FALSE;

  hw_column_init (order, 4);
  hw_column_init (&work.path, 4);
  work.number = g_try_new (guint32, n);
  work.ancestor = g_try_new (guint32, n);
  work.label = g_try_new (guint32, n);
  work.idom = g_try_new (guint32, n);
  work.semi = g_try_new (guint32, n);

  if (work.number == NULL || work.ancestor == NULL || work.label == NULL || work.idom == NULL || work.semi == NULL)
    g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for dominators");
  else if (hw_column_reserve (order, n, error) && hw_column_resize (&self->dominator, n, error))
    {
      work.vertex = hw_column_u32 (order);
      ok = compute (&work, order, cancellable, error);
    }

  g_free (work.number);
  g_free (work.ancestor);
  g_free (work.label);
  g_free (work.idom);
  g_free (work.semi);
  hw_column_clear (&work.path);

  return ok;
}
