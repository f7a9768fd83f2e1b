/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who allocated, bottom up, as DevTools counts: a function has what was allocated in all places of the tree of
 * calls that are its own, and a caller below it the part that came through it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "heap/hw-allocations.h"
#include "heap/hw-heap-private.h"

/* A place in the tree of calls where something was allocated, and the one of its callers that a row stands for. */
typedef struct
{
  guint32 place;
  guint32 caller;
} Part;

typedef struct
{
  HwAllocationRow  row;
  GArray          *parts;      /* Part */
  GArray          *callers;    /* guint32 rows; NULL until asked for */
} Row;

struct _HwAllocationView
{
  HwHeap    *heap;
  guint64   *live_count;       /* by place */
  guint64   *live_size;
  GPtrArray *rows;             /* Row; 0 stands for all */
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_clear_pointer (&row->parts, g_array_unref);
  g_clear_pointer (&row->callers, g_array_unref);
  g_free (row);
}

static guint32
add_row (HwAllocationView *self,
         guint32           function)
{
  Row *row = g_new0 (Row, 1);

  row->row.function = function;
  row->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_ptr_array_add (self->rows, row);

  return self->rows->len - 1;
}

/**
 * hw_allocation_view_new:
 * @heap: a heap
 * @error: return location
 *
 * Cost: linear in the nodes.
 *
 * Returns: (transfer full): a view, without rows when no stacks were recorded; NULL when memory is short
 */
HwAllocationView *
hw_allocation_view_new (HwHeap  *heap,
                        GError **error)
{
  g_autoptr(HwAllocationView) self = g_new0 (HwAllocationView, 1);
  gsize n_places;

  g_return_val_if_fail (heap != NULL, NULL);

  self->heap = hw_heap_ref (heap);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  n_places = heap->allocations.trace_parent.length;
  self->live_count = calloc (n_places + 1, sizeof (guint64));
  self->live_size = calloc (n_places + 1, sizeof (guint64));
  if (self->live_count == NULL || self->live_size == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, _("Not enough memory for this snapshot"));
      return NULL;
    }

  for (gsize node = 0; node < heap->trace_node.length; node++)
    {
      guint32 place = hw_column_u32 (&heap->trace_node)[node];

      if (place == 0)
        continue;
      self->live_count[place - 1]++;
      self->live_size[place - 1] += hw_sizes_get (&heap->node_size, node);
    }
  add_row (self, HW_ALLOCATION_NONE);

  return g_steal_pointer (&self);
}

/**
 * hw_allocation_view_free:
 * @self: a view
 *
 * Frees it.
 */
void
hw_allocation_view_free (HwAllocationView *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  free (self->live_count);
  free (self->live_size);
  hw_heap_unref (self->heap);
  g_free (self);
}

/**
 * hw_allocation_view_get_row:
 * @self: a view
 * @row: what hw_allocation_view_get_callers() gave
 *
 * Returns: (transfer none): the row, valid as long as the view
 */
const HwAllocationRow *
hw_allocation_view_get_row (HwAllocationView *self,
                            guint32           row)
{
  g_return_val_if_fail (row < self->rows->len, NULL);

  return &((Row *) g_ptr_array_index (self->rows, row))->row;
}

static void
add_part (HwAllocationView *self,
          GHashTable       *known,
          GArray           *callers,
          Part              part)
{
  const HwAllocations *a = &self->heap->allocations;
  guint32 function = hw_column_u32 (&a->trace_function)[part.caller];
  guint32 number = GPOINTER_TO_UINT (g_hash_table_lookup (known, GUINT_TO_POINTER (function + 1)));
  Row *row;

  if (number == 0)
    {
      number = add_row (self, function);
      g_hash_table_insert (known, GUINT_TO_POINTER (function + 1), GUINT_TO_POINTER (number));
      g_array_append_val (callers, number);
    }
  row = g_ptr_array_index (self->rows, number);
  row->row.count += hw_column_u64 (&a->trace_count)[part.place];
  row->row.size += hw_column_u64 (&a->trace_size)[part.place];
  row->row.live_count += self->live_count[part.place];
  row->row.live_size += self->live_size[part.place];
  row->row.has_callers = row->row.has_callers || hw_column_u32 (&a->trace_parent)[part.caller] != HW_NONE;
  g_array_append_val (row->parts, part);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  HwAllocationView *self = user_data;
  guint32 i = *(const guint32 *) a, j = *(const guint32 *) b;
  const HwAllocationRow *x = hw_allocation_view_get_row (self, i), *y = hw_allocation_view_get_row (self, j);

  if (x->size != y->size)
    return x->size > y->size ? -1 : 1;
  if (x->count != y->count)
    return x->count > y->count ? -1 : 1;

  return i < j ? -1 : i > j;
}

/**
 * hw_allocation_view_get_callers:
 * @self: a view
 * @row: 0 for the functions that allocated, else one of them or below
 * @n_callers: (out): how many there are
 *
 * Makes the rows below a row when it is asked for the first time; the largest size comes first.
 *
 * Returns: (transfer none): rows, valid as long as the view
 */
const guint32 *
hw_allocation_view_get_callers (HwAllocationView *self,
                                guint32           row,
                                guint            *n_callers)
{
  const HwAllocations *a = &self->heap->allocations;
  g_autoptr(GHashTable) known = NULL;
  Row *parent;

  g_return_val_if_fail (row < self->rows->len, NULL);

  parent = g_ptr_array_index (self->rows, row);
  if (parent->callers == NULL)
    {
      known = g_hash_table_new (NULL, NULL);
      parent->callers = g_array_new (FALSE, FALSE, sizeof (guint32));
      for (guint32 i = 0; row == 0 && i < a->trace_parent.length; i++)
        if (hw_column_u64 (&a->trace_count)[i] != 0)
          add_part (self, known, parent->callers, (Part) { i, i });
      for (guint i = 0; i < parent->parts->len; i++)
        {
          Part part = g_array_index (parent->parts, Part, i);

          part.caller = hw_column_u32 (&a->trace_parent)[part.caller];
          if (part.caller != HW_NONE)
            add_part (self, known, parent->callers, part);
        }
      g_array_sort_with_data (parent->callers, compare_rows, self);
    }
  *n_callers = parent->callers->len;

  return (const guint32 *) (gpointer) parent->callers->data;
}

/**
 * hw_allocation_view_list_nodes:
 * @self: a view
 * @row: a row
 * @n_nodes: (out): how many there are
 * @error: return location
 *
 * Lists the objects that are still there of those that were allocated there.
 *
 * Cost: linear in the nodes.
 *
 * Returns: (transfer full) (nullable): nodes in file order, free them with free(); NULL when memory is short
 */
guint32 *
hw_allocation_view_list_nodes (HwAllocationView  *self,
                               guint32            row,
                               guint             *n_nodes,
                               GError           **error)
{
  HwHeap *heap = self->heap;
  const Row *shown;
  guint8 *is_wanted;
  guint32 *nodes;
  guint n = 0;

  g_return_val_if_fail (row < self->rows->len, NULL);

  *n_nodes = 0;
  shown = g_ptr_array_index (self->rows, row);
  is_wanted = calloc (heap->allocations.trace_parent.length + 1, 1);
  nodes = malloc ((shown->row.live_count + 1) * sizeof (guint32));
  if (is_wanted == NULL || nodes == NULL)
    {
      free (is_wanted);
      free (nodes);
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, _("Not enough memory for this snapshot"));
      return NULL;
    }

  for (guint i = 0; i < shown->parts->len; i++)
    is_wanted[g_array_index (shown->parts, Part, i).place + 1] = 1;
  for (guint32 node = 0; node < heap->trace_node.length; node++)
    if (is_wanted[hw_column_u32 (&heap->trace_node)[node]])
      nodes[n++] = node;
  free (is_wanted);
  *n_nodes = n;

  return nodes;
}
