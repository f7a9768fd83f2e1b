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
    if (hw_heap_is_user_root (heap, hw_column_u32 (&heap->edge_target)[e]))
      return TRUE;

  return FALSE;
}

/* Hands @node's owner on to what it references; what changed goes on the stack. */
static gboolean
pass_on (HwHeap    *heap,
         guint32   *owner,
         HwColumn  *stack,
         guint32    node,
         GError   **error)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  const guint32 *targets = hw_column_u32 (&heap->edge_target);
  const guint8 *kinds = hw_column_u8 (&heap->pattern_kind);
  gsize shift = hw_heap_pattern_shift (heap, node);
  guint32 mine = owner[node];

  for (guint32 e = first[node]; e < first[node + 1]; e++)
    {
      guint32 target = targets[e];

      if (owner[target] == target || owner[target] == mine || owner[target] == OWNER_MANY ||
          kinds[shift + e] == HW_EDGE_KIND_WEAK)
        continue;

      owner[target] = owner[target] == OWNER_NONE ? mine : OWNER_MANY;
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

  for (guint32 node = 0; node < heap->n_nodes; node++)
    owner[node] = is_ownable (heap, node) ? OWNER_NONE : node;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      if (is_ownable (heap, node))
        continue;
      if (!pass_on (heap, owner, &stack, node, error))
        return FALSE;
      while (stack.length > 0)
        if (!pass_on (heap, owner, &stack, hw_column_u32 (&stack)[--stack.length], error))
          return FALSE;
    }

  return TRUE;
}

static guint64
sum_sizes (const HwHeap *heap)
{
  guint64 sum = 0;

  for (gsize i = 0; i < heap->n_nodes; i++)
    {
      guint64 size = hw_column_get (&heap->node_size, i);

      sum = size > G_MAXUINT64 - sum ? G_MAXUINT64 : sum + size;
    }

  return sum;
}

static guint64
get (const HwColumn *sizes,
     gsize           i)
{
  return sizes->width == 4 ? hw_column_u32 (sizes)[i] : hw_column_u64 (sizes)[i];
}

static void
set (HwColumn *sizes,
     gsize     i,
     guint64   value)
{
  if (sizes->width == 4)
    hw_column_u32 (sizes)[i] = (guint32) value;
  else
    hw_column_u64 (sizes)[i] = value;
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
  HwColumn *sizes = &self->node_size;
  g_autofree guint32 *owner = NULL;

  /* No sum of sizes can then outgrow its place. */
  if (sizes->width == 4 && sum_sizes (self) > G_MAXUINT32 && !hw_column_widen (sizes, 8, error))
    return FALSE;
  if (!has_user_root (self))
    return TRUE;

  owner = g_try_new (guint32, self->n_nodes);
  if (owner == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for sizes");
      return FALSE;
    }
  if (!find_owners (self, owner, cancellable, error))
    return FALSE;

  for (guint32 node = 0; node < self->n_nodes; node++)
    {
      guint32 o = owner[node];

      if (o == node || o >= OWNER_MANY || o == self->root || hw_heap_kind (self, o) == HW_NODE_KIND_SYNTHETIC)
        continue;
      set (sizes, o, get (sizes, o) + get (sizes, node));
      set (sizes, node, 0);
    }

  return TRUE;
}

/**
 * hw_heap_compute_retained:
 * @self: a heap with dominators and transferred sizes
 * @order: all nodes, each behind its dominator
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Adds up shallow sizes over the dominator tree. Cost: linear.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_compute_retained (HwHeap          *self,
                          const HwColumn  *order,
                          GCancellable    *cancellable,
                          GError         **error)
{
  const guint32 *dominator = hw_column_u32 (&self->dominator);
  const guint32 *nodes = hw_column_u32 (order);
  HwColumn *retained = &self->retained;

  hw_column_clear (retained);
  hw_column_init (retained, self->node_size.width);
  if (!hw_column_resize (retained, self->n_nodes, error))
    return FALSE;
  memcpy (retained->data, self->node_size.data, (gsize) self->n_nodes * retained->width);

  for (gsize i = self->n_nodes; i-- > 1;)
    {
      guint32 node = nodes[i];

      HW_RETURN_IF_CANCELLED (i, cancellable, error);
      set (retained, dominator[node], get (retained, dominator[node]) + get (retained, node));
    }

  return TRUE;
}

/* The elements of a JavaScript array, when nobody shares them. */
static guint64
elements_size (const HwHeap *heap,
               guint32       node)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  const guint32 *first_retainer = hw_column_u32 (&heap->first_retainer);
  gsize shift = hw_heap_pattern_shift (heap, node);

  for (guint32 e = first[node]; e < first[node + 1]; e++)
    {
      guint32 target = hw_column_u32 (&heap->edge_target)[e];

      if (hw_column_u8 (&heap->pattern_kind)[shift + e] != HW_EDGE_KIND_INTERNAL ||
          hw_column_u32 (&heap->pattern_name)[shift + e] != heap->known[HW_KNOWN_ELEMENTS])
        continue;

      return first_retainer[target + 1] - first_retainer[target] == 1 ? get (&heap->node_size, target) : 0;
    }

  return 0;
}

/**
 * hw_heap_compute_statistics:
 * @self: a heap with shallow sizes and retainers
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

  *sums = (HwHeapStatistics) { .native = self->extra_native_bytes };
  for (guint32 node = 0; node < self->n_nodes; node++)
    {
      guint64 size = get (&self->node_size, node);
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
        sums->js_arrays += size + elements_size (self, node);
    }

  return TRUE;
}
