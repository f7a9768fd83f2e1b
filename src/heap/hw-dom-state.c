/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Marks that spread over the graph: whether a DOM node is detached, whether the person can reach an
 * object from a window by properties ("queryable"), and whether a page's roots own it ("page-owned").
 */
#include "config.h"

#include "heap/hw-heap-private.h"

typedef struct
{
  HwHeap     *heap;
  HwBitset    visited;
  HwColumn    attached;   /* u32, a stack of node ids */
  HwColumn    detached;
  GHashTable *renamed;    /* a name's string id → that of "Detached " and the name */
} DomState;

static gboolean
push (HwColumn  *stack,
      guint32    node,
      GError   **error)
{
  if (stack->length == stack->capacity && !hw_column_reserve (stack, 1, error))
    return FALSE;

  hw_column_u32 (stack)[stack->length++] = node;

  return TRUE;
}

static HwDetachedness
get_state (HwHeap  *heap,
           guint32  node)
{
  return (HwDetachedness) ((hw_column_u8 (&heap->node_flags)[node] & HW_NODE_STATE_MASK) >> HW_NODE_STATE_SHIFT);
}

static void
set_state (HwHeap         *heap,
           guint32         node,
           HwDetachedness  state)
{
  guint8 *flags = hw_column_u8 (&heap->node_flags) + node;

  *flags = (guint8) ((*flags & ~HW_NODE_STATE_MASK) | ((guint) state << HW_NODE_STATE_SHIFT));
}

static gboolean
rename_detached (DomState  *self,
                 guint32    node,
                 GError   **error)
{
  guint32 *name = hw_column_u32 (&self->heap->node_name) + node;
  g_autofree char *text = NULL;
  gpointer known;

  if (!g_hash_table_lookup_extended (self->renamed, GUINT_TO_POINTER (*name), NULL, &known))
    {
      known = GUINT_TO_POINTER (self->heap->n_strings);
      text = g_strconcat ("Detached ", hw_heap_string (self->heap, *name), NULL);
      if (!hw_heap_append_string (self->heap, text, strlen (text), error))
        return FALSE;
      g_hash_table_insert (self->renamed, GUINT_TO_POINTER (*name), known);
    }
  *name = GPOINTER_TO_UINT (known);

  return TRUE;
}

static gboolean
visit (DomState        *self,
       guint32          node,
       HwDetachedness   state,
       GError         **error)
{
  if (hw_bitset_get (&self->visited, node))
    return TRUE;

  hw_bitset_set (&self->visited, node);
  /* JavaScript objects never carry the state on. */
  if (hw_heap_kind (self->heap, node) != HW_NODE_KIND_NATIVE)
    return TRUE;

  set_state (self->heap, node, state);
  if (state == HW_DETACHEDNESS_ATTACHED)
    return push (&self->attached, node, error);
  if (state == HW_DETACHEDNESS_DETACHED)
    return rename_detached (self, node, error) && push (&self->detached, node, error);

  return TRUE;
}

static gboolean
spread (DomState        *self,
        guint32          node,
        HwDetachedness   state,
        GError         **error)
{
  const guint32 *first = hw_column_u32 (&self->heap->first_edge);
  const guint8 *kinds = hw_column_u8 (&self->heap->pattern_kind);
  gsize shift = hw_heap_pattern_shift (self->heap, node);

  for (guint32 e = first[node]; e < first[node + 1]; e++)
    if (kinds[shift + e] != HW_EDGE_KIND_HIDDEN && kinds[shift + e] != HW_EDGE_KIND_WEAK &&
        !visit (self, hw_id (hw_column_ids (&self->heap->edge_target), e), state, error))
      return FALSE;

  return TRUE;
}

static gboolean
propagate (DomState      *self,
           GCancellable  *cancellable,
           GError       **error)
{
  HwHeap *heap = self->heap;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      HwDetachedness state = get_state (heap, node);

      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      if (state != HW_DETACHEDNESS_UNKNOWN && !visit (self, node, state, error))
        return FALSE;
    }

  while (self->attached.length > 0)
    {
      HW_RETURN_IF_CANCELLED (self->attached.length, cancellable, error);
      if (!spread (self, hw_column_u32 (&self->attached)[--self->attached.length], HW_DETACHEDNESS_ATTACHED, error))
        return FALSE;
    }

  while (self->detached.length > 0)
    {
      guint32 node = hw_column_u32 (&self->detached)[--self->detached.length];

      HW_RETURN_IF_CANCELLED (self->detached.length, cancellable, error);
      if (get_state (heap, node) != HW_DETACHEDNESS_ATTACHED &&
          !spread (self, node, HW_DETACHEDNESS_DETACHED, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * hw_heap_propagate_dom_state:
 * @self: a raw heap
 * @has_column: whether the file gives a detachedness for each node
 * @cancellable: (nullable): stops the pass
 * @error: return location
 *
 * Spreads attached and detached over native nodes, and puts "Detached " before the names of detached
 * ones; in old files without the column, takes it from the names.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_propagate_dom_state (HwHeap        *self,
                             gboolean       has_column,
                             GCancellable  *cancellable,
                             GError       **error)
{
  DomState state = { .heap = self };
  gboolean ok;

  if (!has_column)
    {
      for (guint32 node = 0; node < self->n_nodes; node++)
        if (hw_heap_kind (self, node) == HW_NODE_KIND_NATIVE &&
            g_str_has_prefix (hw_heap_string (self, hw_column_u32 (&self->node_name)[node]), "Detached "))
          set_state (self, node, HW_DETACHEDNESS_DETACHED);
      return TRUE;
    }

  if (!hw_bitset_init (&state.visited, self->n_nodes))
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory");
      return FALSE;
    }
  hw_column_init (&state.attached, 4);
  hw_column_init (&state.detached, 4);
  state.renamed = g_hash_table_new (NULL, NULL);

  ok = propagate (&state, cancellable, error);

  hw_bitset_clear (&state.visited);
  hw_column_clear (&state.attached);
  hw_column_clear (&state.detached);
  g_hash_table_unref (state.renamed);

  return ok;
}

/*
 * Walks on from what is on the stack over edges whose kind's bit is not in @refused. The last node comes first,
 * because a heap's objects lie in the file as a walk into the depth meets them: a queue takes twice the time.
 */
static gboolean
walk (HwHeap        *self,
      HwColumn      *stack,
      HwBitset      *reached,
      guint          refused,
      GCancellable  *cancellable,
      GError       **error)
{
  const guint32 *first = hw_column_u32 (&self->first_edge);
  const guint32 *patterns = hw_column_u32 (&self->node_pattern);
  const guint8 *kinds = hw_column_u8 (&self->pattern_kind);
  HwIds targets = hw_column_ids (&self->edge_target);
  gsize steps = 0;

  while (stack->length > 0)
    {
      guint32 node = hw_column_u32 (stack)[--stack->length];
      gsize shift = hw_heap_pattern_shift (self, node);

      HW_RETURN_IF_CANCELLED (++steps, cancellable, error);
      for (guint32 e = first[node]; e < first[node + 1]; e++)
        {
          guint32 target = hw_id (targets, e);

          if (hw_bitset_get (reached, target) || (refused >> kinds[shift + e] & 1) != 0)
            continue;
          hw_bitset_set (reached, target);
          __builtin_prefetch (first + target);
          __builtin_prefetch (patterns + target);
          if (!push (stack, target, error))
            return FALSE;
        }
    }

  return TRUE;
}

static gboolean
start (HwColumn  *stack,
       HwBitset  *reached,
       guint32    node,
       GError   **error)
{
  if (hw_bitset_get (reached, node))
    return TRUE;

  hw_bitset_set (reached, node);

  return push (stack, node, error);
}

/**
 * hw_heap_mark_page_owned:
 * @self: a raw heap
 * @page_owned: one bit per node, all unset
 * @cancellable: (nullable): stops the walk
 * @error: return location
 *
 * Finds what is reachable over edges that are not weak from the root's shortcuts and from old Blink's
 * document trees. With exposed internals there are no such roots, and nothing is marked.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_mark_page_owned (HwHeap        *self,
                         HwBitset      *page_owned,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_auto(HwColumn) stack = { .width = 4 };
  const guint32 *first = hw_column_u32 (&self->first_edge);
  gsize shift = hw_heap_pattern_shift (self, self->root);

  for (guint32 e = first[self->root]; e < first[self->root + 1]; e++)
    {
      guint32 target = hw_id (hw_column_ids (&self->edge_target), e);
      HwEdgeKind kind = hw_column_u8 (&self->pattern_kind)[shift + e];

      if (kind == HW_EDGE_KIND_ELEMENT)
        {
          if (hw_heap_kind (self, target) != HW_NODE_KIND_SYNTHETIC ||
              hw_column_u32 (&self->node_name)[target] != self->known[HW_KNOWN_DOCUMENT_DOM_TREES])
            continue;
        }
      else if (kind != HW_EDGE_KIND_SHORTCUT)
        continue;
      if (!start (&stack, page_owned, target, error))
        return FALSE;
    }

  return walk (self, &stack, page_owned, 1u << HW_EDGE_KIND_WEAK, cancellable, error);
}

/**
 * hw_heap_mark_queryable:
 * @self: a raw heap
 * @queryable: one bit per node, all unset
 * @cancellable: (nullable): stops the walk
 * @error: return location
 *
 * Finds what is reachable from the root's children that are not synthetic over edges a script can follow.
 * Reads only columns of the file, so that it can run beside everything else; the caller merges the bits.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_mark_queryable (HwHeap        *self,
                        HwBitset      *queryable,
                        GCancellable  *cancellable,
                        GError       **error)
{
  const guint refused = 1u << HW_EDGE_KIND_HIDDEN | 1u << HW_EDGE_KIND_INTERNAL | 1u << HW_EDGE_KIND_WEAK |
                        1u << HW_EDGE_KIND_OTHER;
  g_auto(HwColumn) stack = { .width = 4 };
  const guint32 *first = hw_column_u32 (&self->first_edge);

  for (guint32 e = first[self->root]; e < first[self->root + 1]; e++)
    {
      guint32 target = hw_id (hw_column_ids (&self->edge_target), e);

      if (hw_heap_kind (self, target) != HW_NODE_KIND_SYNTHETIC &&
          !start (&stack, queryable, target, error))
        return FALSE;
    }

  return walk (self, &stack, queryable, refused, cancellable, error);
}
