/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sizes. What the file calls self size is not what is shown: engine-internal parts that belong to exactly
 * one object give their bytes to it ("transfer"), and only then retained sizes add up. Totals stay.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

#define OWNER_NONE G_MAXUINT32
#define OWNER_MANY (G_MAXUINT32 - 1)

/* Parts that are owned instead of standing for themselves. */
static gboolean
is_ownable (const HwHeap *heap,
            guint32       node)
{
  HwNodeKind kind = hw_heap_kind (heap, node);

  return kind == HW_NODE_KIND_HIDDEN || kind == HW_NODE_KIND_ARRAY ||
         (kind == HW_NODE_KIND_NATIVE &&
          hw_column_u32 (&heap->node_name)[node] == heap->known[HW_KNOWN_EXTERNAL_STRING_DATA]);
}

static gboolean
has_user_root (const HwHeap *heap)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);

  for (guint32 e = first[heap->root]; e < first[heap->root + 1]; e++)
    if (hw_heap_is_user_root (heap, hw_id (hw_column_ids (&heap->edge_target), e)))
      return TRUE;

  return FALSE;
}

/*
 * Hands @node's owner on to what it references; what changed goes on the stack. The bit in @open says whether
 * a node's owner can still change: nine of ten references end at a look at it, which the processor's cache holds.
 */
static gboolean
pass_on (HwHeap    *heap,
         guint32   *owner,
         HwBitset  *open,
         HwColumn  *stack,
         guint32    node,
         GError   **error)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  HwIds targets = hw_column_ids (&heap->edge_target);
  const guint8 *kinds = hw_column_u8 (&heap->pattern_kind);
  gsize shift = hw_heap_pattern_shift (heap, node);
  guint32 mine = owner[node];

  for (guint32 e = first[node]; e < first[node + 1]; e++)
    {
      guint32 target = hw_id (targets, e);

      if (!hw_bitset_get (open, target) || owner[target] == mine || kinds[shift + e] == HW_EDGE_KIND_WEAK)
        continue;

      if (owner[target] == OWNER_NONE)
        owner[target] = mine;
      else
        {
          owner[target] = OWNER_MANY;
          hw_bitset_unset (open, target);
        }
      if (stack->length == stack->capacity && !hw_column_reserve (stack, 1, error))
        return FALSE;
      hw_column_u32 (stack)[stack->length++] = target;
    }

  return TRUE;
}

static gboolean
find_owners (HwHeap        *heap,
             guint32       *owner,
             GCancellable  *cancellable,
             GError       **error)
{
  g_auto(HwColumn) stack = { .width = 4 };
  g_auto(HwBitset) open = { NULL, 0 };

  if (!hw_bitset_init (&open, heap->n_nodes))
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for sizes");
      return FALSE;
    }
  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      owner[node] = node;
      if (is_ownable (heap, node))
        {
          owner[node] = OWNER_NONE;
          hw_bitset_set (&open, node);
        }
    }

  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      if (owner[node] != node)
        continue;
      if (!pass_on (heap, owner, &open, &stack, node, error))
        return FALSE;
      while (stack.length > 0)
        if (!pass_on (heap, owner, &open, &stack, hw_column_u32 (&stack)[--stack.length], error))
          return FALSE;
    }

  return TRUE;
}

/* Sizes while bytes move from one to the other. */
typedef struct
{
  HwSizes    *sizes;
  GHashTable *far;    /* node → its size, for those with HW_SIZE_FAR */
} Moving;

static void
keep_far (Moving   *self,
          guint32   node,
          guint64   size)
{
  g_hash_table_insert (self->far, GUINT_TO_POINTER (node), g_memdup2 (&size, sizeof size));
}

static void
moving_init (Moving  *self,
             HwSizes *sizes)
{
  self->sizes = sizes;
  self->far = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (gsize i = 0; i < sizes->far_node.length; i++)
    keep_far (self, hw_column_u32 (&sizes->far_node)[i], hw_column_u64 (&sizes->far_size)[i]);
  sizes->far_node.length = sizes->far_size.length = 0;
}

/* Brings the far sizes back to where they belong. */
static gboolean
moving_end (Moving   *self,
            GError  **error)
{
  GHashTableIter iter;
  gpointer node, size;
  gboolean ok = TRUE;

  g_hash_table_iter_init (&iter, self->far);
  while (ok && g_hash_table_iter_next (&iter, &node, &size))
    ok = hw_sizes_set_far (self->sizes, GPOINTER_TO_UINT (node), *(guint64 *) size, error);
  g_hash_table_remove_all (self->far);

  return ok && hw_sizes_sort (self->sizes, error);
}

/* Takes away and returns @node's size. */
static guint64
take (Moving  *self,
      guint32  node)
{
  guint64 size;

  if (self->sizes->near.width == 8)
    {
      size = hw_column_u64 (&self->sizes->near)[node];
      hw_column_u64 (&self->sizes->near)[node] = 0;
      return size;
    }

  size = hw_column_u16 (&self->sizes->near)[node];
  hw_column_u16 (&self->sizes->near)[node] = 0;
  if (size == HW_SIZE_FAR)
    {
      size = *(guint64 *) g_hash_table_lookup (self->far, GUINT_TO_POINTER (node));
      g_hash_table_remove (self->far, GUINT_TO_POINTER (node));
    }

  return size;
}

static gboolean
give (Moving   *self,
      guint32   node,
      guint64   size,
      GError  **error)
{
  size += take (self, node);

  if (self->sizes->near.width == 2 && size >= HW_SIZE_FAR)
    {
      hw_column_u16 (&self->sizes->near)[node] = HW_SIZE_FAR;
      keep_far (self, node, size);
      if (hw_sizes_has_many_far (self->sizes, g_hash_table_size (self->far)))
        return hw_sizes_widen (self->sizes, error) && moving_end (self, error);
      return TRUE;
    }

  return hw_sizes_set (self->sizes, node, size, error);
}

/* Moves each part's size to its owner. */
static gboolean
move_sizes (HwHeap         *heap,
            const guint32  *owner,
            Moving         *moving,
            GCancellable   *cancellable,
            GError        **error)
{
  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      guint32 o = owner[node];

      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      if (o == node || o >= OWNER_MANY || o == heap->root || hw_heap_kind (heap, o) == HW_NODE_KIND_SYNTHETIC)
        continue;
      if (!give (moving, o, take (moving, node), error))
        return FALSE;
    }

  return moving_end (moving, error);
}

/**
 * hw_heap_transfer_sizes:
 * @self: a raw heap
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Gives the size of each internal part that is reached, over edges that are not weak, only from one object
 * and that object's own parts, to the object. Left out in a snapshot with exposed internals, which has no
 * user root. The result does not depend on the order of the walk. Cost: linear.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_transfer_sizes (HwHeap        *self,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_auto(HwColumn) owner = { .width = 4 };
  Moving moving;
  gboolean ok;

  if (!has_user_root (self))
    return TRUE;

  if (!hw_column_resize (&owner, self->n_nodes, error) ||
      !find_owners (self, hw_column_u32 (&owner), cancellable, error))
    return FALSE;

  moving_init (&moving, &self->node_size);
  ok = move_sizes (self, hw_column_u32 (&owner), &moving, cancellable, error);
  g_hash_table_unref (moving.far);

  return ok;
}

/**
 * hw_heap_compute_retained:
 * @self: a heap with dominators and transferred sizes
 * @tree: the dominators' tree
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Adds up shallow sizes over the dominator tree, and gives back half of the tree's scratch memory. Cost: linear.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_compute_retained (HwHeap           *self,
                          HwDominatorTree  *tree,
                          GCancellable     *cancellable,
                          GError          **error)
{
  const guint32 *vertex = hw_column_u32 (&tree->vertex);
  const guint32 *parent = hw_column_u32 (&tree->parent);
  guint64 *sum = hw_column_u64 (&tree->scratch);

  if (!hw_column_resize (&self->retained.near, self->n_nodes, error))
    return FALSE;

  memset (sum, 0, (gsize) self->n_nodes * sizeof (guint64));
  for (guint32 w = self->n_nodes; w-- > 0;)
    {
      HW_RETURN_IF_CANCELLED (w, cancellable, error);
      sum[w] += hw_sizes_get (&self->node_size, vertex[w]);
      if (w > 0)
        sum[parent[w]] += sum[w];
      if (!hw_sizes_set (&self->retained, vertex[w], sum[w], error))
        return FALSE;
    }

  tree->scratch.length = (tree->scratch.length + 1) / 2;
  hw_column_shrink (&tree->scratch);

  return hw_sizes_sort (&self->retained, error);
}

/* The elements of a JavaScript array, when nobody shares them. */
static guint64
elements_size (const HwHeap   *heap,
               const HwBitset *shared,
               guint32         node)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  gsize shift = hw_heap_pattern_shift (heap, node);

  for (guint32 e = first[node]; e < first[node + 1]; e++)
    {
      guint32 target = hw_id (hw_column_ids (&heap->edge_target), e);

      if (hw_column_u8 (&heap->pattern_kind)[shift + e] != HW_EDGE_KIND_INTERNAL ||
          hw_column_u32 (&heap->pattern_name)[shift + e] != heap->known[HW_KNOWN_ELEMENTS])
        continue;

      return hw_bitset_get (shared, target) ? 0 : hw_sizes_get (&heap->node_size, target);
    }

  return 0;
}

/* Finds the nodes with more than one retainer: retainers themselves are not counted yet. */
static gboolean
mark_shared (HwHeap        *heap,
             HwBitset      *shared,
             GCancellable  *cancellable,
             GError       **error)
{
  HwIds targets = hw_column_ids (&heap->edge_target);
  g_auto(HwBitset) met = { NULL, 0 };

  if (!hw_bitset_init (&met, heap->n_nodes) || !hw_bitset_init (shared, heap->n_nodes))
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for statistics");
      return FALSE;
    }
  for (guint32 e = 0; e < heap->n_edges; e++)
    {
      guint32 target = hw_id (targets, e);

      HW_RETURN_IF_CANCELLED (e, cancellable, error);
      if (hw_bitset_get (&met, target))
        hw_bitset_set (shared, target);
      else
        hw_bitset_set (&met, target);
    }

  return TRUE;
}

/**
 * hw_heap_compute_statistics:
 * @self: a heap with shallow sizes
 * @cancellable: (nullable): stops the pass
 * @error: return location
 *
 * Adds up the Statistics view but for the totals, which need retained sizes. Cost: linear.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_compute_statistics (HwHeap        *self,
                            GCancellable  *cancellable,
                            GError       **error)
{
  HwHeapStatistics *sums = &self->statistics;
  g_auto(HwBitset) shared = { NULL, 0 };

  if (!mark_shared (self, &shared, cancellable, error))
    return FALSE;

  *sums = (HwHeapStatistics) { .native = self->extra_native_bytes };
  for (guint32 node = 0; node < self->n_nodes; node++)
    {
      guint64 size = hw_sizes_get (&self->node_size, node);
      guint32 name = hw_column_u32 (&self->node_name)[node];
      HwNodeKind kind = hw_heap_kind (self, node);

      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      if (kind == HW_NODE_KIND_HIDDEN)
        sums->system += size;
      else if (kind == HW_NODE_KIND_NATIVE)
        {
          sums->native += size;
          if (name == self->known[HW_KNOWN_ARRAY_BUFFER_DATA])
            sums->typed_arrays += size;
        }
      else if (kind == HW_NODE_KIND_CODE)
        sums->code += size;
      else if (kind == HW_NODE_KIND_STRING || kind == HW_NODE_KIND_CONCATENATED_STRING ||
               kind == HW_NODE_KIND_SLICED_STRING)
        sums->strings += size;
      else if (name == self->known[HW_KNOWN_ARRAY])
        sums->js_arrays += size + elements_size (self, &shared, node);
    }

  return TRUE;
}
