/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dominators by the semi-NCA algorithm (Georgiadis and Tarjan's simplification of Lengauer-Tarjan):
 *
 * 1. number the nodes in depth-first order over essential edges; the edge that reaches a node gives its parent,
 *    every other one notes its source's number with its target;
 * 2. from the last number to the first, find each node's semidominator among its parent and those sources, with
 *    path compression over the part of the tree that is done;
 * 3. from the first to the last, walk from the parent up to the nearest common ancestor with the
 *    semidominator: that is the dominator.
 *
 * Cache misses rule the time, so everything behind step 1 lives in the space of depth-first numbers, which keeps
 * neighbours near each other. Three of four nodes of a heap have one predecessor only; they are done without a
 * look at any list. Each array serves several steps: 16 bytes a node beside the result, none for an edge: the
 * sources take the place of the retainers, which come later. Nothing recurses.
 *
 * Nodes without any essential predecessor ("orphans") hang off the root by a virtual edge; what is still
 * unreached then (cycles among themselves) gets the root as its dominator and counts for nobody else.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

/* Nodes that are asked for ahead of need in step 2: enough for a miss to be over when their turn comes. */
#define AHEAD 16

/* One step of a path that is compressed; both halves are needed at once, so they share a cache line. */
typedef struct
{
  guint32 ancestor;  /* the parent's number, later compressed */
  guint32 label;     /* least semidominator on the compressed path */
} Link;

/* A node whose edges are followed later on. In the place of the links: there are never more. */
typedef struct
{
  guint32 number;
  guint32 edge;      /* the next one */
} Open;

typedef struct
{
  HwHeap         *heap;
  const HwBitset *essential;
  HwBitset        reached;   /* by node; a bit instead of a look at a number fits the processor's cache */
  guint32        *vertex;    /* number → node */
  guint32        *idom;      /* number → number; the parent's until step 3 */
  Link           *links;     /* by number, in steps 2 and 3 */
  Open           *open;      /* a stack, in step 1 */
  guint32        *semi;      /* number → number */
  guint32        *group;     /* node → where its sources begin; they end where the next node's begin */
  guint32        *sources;   /* numbers + 1; 0 is a place that was not needed */
  HwColumn        path;      /* u32, nodes on the way of one compression */
  guint32         n_reached;
} Work;

static inline guint32
reach (Work     *self,
       guint32   node,
       guint32   parent)
{
  guint32 n = self->n_reached++;

  hw_bitset_set (&self->reached, node);
  self->vertex[n] = node;
  self->idom[n] = parent;

  return n;
}

/* Numbers @node and everything below it that was not reached yet. */
static gboolean
descend (Work          *self,
         guint32        node,
         GCancellable  *cancellable,
         GError       **error)
{
  const guint32 *first = hw_column_u32 (&self->heap->first_edge);
  HwIds targets = hw_column_ids (&self->heap->edge_target);
  guint32 root = self->heap->root;
  guint32 n = reach (self, node, 0);
  guint32 e = first[node], end = first[node + 1];
  gsize depth = 0;

  for (;;)
    {
      for (; e < end; e++)
        {
          guint32 target = hw_id (targets, e);

          HW_RETURN_IF_CANCELLED (e, cancellable, error);
          if (!hw_bitset_get (self->essential, e))
            continue;
          if (hw_bitset_get (&self->reached, target))
            {
              if (target != root)
                self->sources[--self->group[target]] = n + 1;
              continue;
            }
          if (e + 1 < end)
            self->open[depth++] = (Open) { n, e + 1 };
          n = reach (self, target, n);
          e = first[target] - 1;
          end = first[target + 1];
        }
      if (depth == 0)
        return TRUE;
      n = self->open[--depth].number;
      e = self->open[depth].edge;
      end = first[self->vertex[n] + 1];
    }
}

static gboolean
number_nodes (Work            *self,
              const HwBitset  *has_predecessor,
              GCancellable    *cancellable,
              GError         **error)
{
  HwHeap *heap = self->heap;

  if (!descend (self, heap->root, cancellable, error))
    return FALSE;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (!hw_bitset_get (&self->reached, node) && !hw_bitset_get (has_predecessor, node) &&
        !descend (self, node, cancellable, error))
      return FALSE;

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
  const guint32 *group = self->group;

  for (guint32 n = 0; n < self->n_reached; n++)
    {
      HW_RETURN_IF_CANCELLED (n, cancellable, error);
      self->links[n] = (Link) { self->idom[n], n };
    }

  for (guint32 w = self->n_reached; w-- > 1;)
    {
      guint32 node = self->vertex[w];
      guint32 semi = self->idom[w];

      HW_RETURN_IF_CANCELLED (w, cancellable, error);
      if (w > AHEAD)
        __builtin_prefetch (&group[self->vertex[w - AHEAD]]);
      for (guint32 i = group[node]; i < group[node + 1]; i++)
        {
          guint32 least;

          if (self->sources[i] == 0)
            continue;
          if (!evaluate (self, self->sources[i] - 1, w + 1, &least, error))
            return FALSE;
          semi = MIN (semi, least);
        }
      self->semi[w] = semi;
      self->links[w].label = semi;
    }

  return TRUE;
}

static gboolean
compute (Work            *self,
         const HwBitset  *has_predecessor,
         GCancellable    *cancellable,
         GError         **error)
{
  HwHeap *heap = self->heap;

  if (!number_nodes (self, has_predecessor, cancellable, error) || !find_semidominators (self, cancellable, error))
    return FALSE;

  for (guint32 w = 1; w < self->n_reached; w++)
    {
      guint32 n = self->idom[w];

      HW_RETURN_IF_CANCELLED (w, cancellable, error);
      while (n > self->semi[w])
        n = self->idom[n];
      self->idom[w] = n;
    }

  /* The unreached come last, so that in this order every node stands behind its dominator. */
  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (!hw_bitset_get (&self->reached, node))
      reach (self, node, 0);

  return TRUE;
}

/**
 * hw_heap_store_dominators:
 * @self: a heap with a dominators' tree
 * @tree: the tree
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Fills the column of dominators, whose place has been used for other things so far.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_store_dominators (HwHeap                 *self,
                          const HwDominatorTree  *tree,
                          GCancellable           *cancellable,
                          GError                **error)
{
  const guint32 *vertex = hw_column_u32 (&tree->vertex);
  const guint32 *parent = hw_column_u32 (&tree->parent);
  guint32 *dominator = hw_column_u32 (&self->dominator);

  for (guint32 w = 0; w < self->n_nodes; w++)
    {
      HW_RETURN_IF_CANCELLED (w, cancellable, error);
      dominator[vertex[w]] = vertex[parent[w]];
    }

  return TRUE;
}

/**
 * hw_heap_compute_dominators:
 * @self: a heap with room for predecessors, see hw_heap_mark_essential()
 * @essential: one bit per edge
 * @has_predecessor: one bit per node: whether an essential edge ends there
 * @tree: (out caller-allocates): the dominators' tree, to be cleared
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Finds each node's immediate dominator. Cost: nearly linear; @tree is all the scratch memory, beside the columns
 * of dominators and retainers.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_compute_dominators (HwHeap           *self,
                            const HwBitset   *essential,
                            const HwBitset   *has_predecessor,
                            HwDominatorTree  *tree,
                            GCancellable     *cancellable,
                            GError          **error)
{
  Work work = { .heap = self, .essential = essential };
  gsize n = self->n_nodes;
  gboolean ok = FALSE;

  hw_column_init (&work.path, 4);
  if (!hw_bitset_init (&work.reached, n))
    g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for dominators");
  else if (hw_column_resize (&tree->vertex, n, error) && hw_column_resize (&tree->parent, n, error) &&
           hw_column_resize (&tree->scratch, n, error) && hw_column_resize (&self->dominator, n, error))
    {
      work.vertex = hw_column_u32 (&tree->vertex);
      work.idom = hw_column_u32 (&tree->parent);
      work.links = (gpointer) hw_column_u64 (&tree->scratch);
      work.open = (gpointer) hw_column_u64 (&tree->scratch);
      work.semi = hw_column_u32 (&self->dominator);
      work.group = hw_column_u32 (&self->first_retainer);
      work.sources = hw_column_u32 (&self->retainer);
      ok = compute (&work, has_predecessor, cancellable, error);
    }

  hw_bitset_clear (&work.reached);
  hw_column_clear (&work.path);

  return ok;
}

/**
 * hw_dominator_tree_clear:
 * @self: a tree
 *
 * Frees it.
 */
void
hw_dominator_tree_clear (HwDominatorTree *self)
{
  hw_column_clear (&self->vertex);
  hw_column_clear (&self->parent);
  hw_column_clear (&self->scratch);
}
