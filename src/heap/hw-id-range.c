/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The constructors of some objects only: those whose ids are in a range. Retained sizes are added up for
 * objects that are not dominated by another one of the same class and range.
 */
#include "config.h"

#include <stdlib.h>

#include <glib/gi18n-lib.h>

#include "heap/hw-allocations.h"
#include "heap/hw-heap-private.h"

typedef struct
{
  HwHeap  *heap;
  guint64  above;
  guint64  last;
} Range;

static inline gboolean
is_in (const Range *self,
       guint32      node)
{
  guint64 id = hw_heap_get_object_id (self->heap, HW_NODE (node));

  return id > self->above && id <= self->last && hw_sizes_get (&self->heap->node_size, node) != 0;
}

/*
 * Walks down the dominators and adds retained sizes to @rows. @n_open counts the objects of each class that are
 * open above; a walk needs no more than one place a level, and the way back is by the dominators themselves.
 */
static gboolean
add_retained (const Range   *range,
              HwClassRow    *rows,
              guint32       *n_open,
              guint32       *next,
              GCancellable  *cancellable,
              GError       **error)
{
  HwHeap *heap = range->heap;
  const guint32 *dominator = hw_column_u32 (&heap->dominator);
  guint32 node = heap->root;
  gsize steps = 0;

  for (;;)
    {
      guint32 class_id = (guint32) hw_column_get (&heap->node_class, node);

      HW_RETURN_IF_CANCELLED (steps++, cancellable, error);
      if (next[node] == 0 && is_in (range, node) && n_open[class_id]++ == 0)
        rows[class_id].retained_size += hw_sizes_get (&heap->retained, node);
      if (next[node] < hw_heap_get_n_dominated (heap, HW_NODE (node)))
        {
          node = hw_heap_get_dominated (heap, HW_NODE (node), next[node]++).value;
          continue;
        }

      next[node] = G_MAXUINT32;
      if (is_in (range, node))
        n_open[class_id]--;
      if (node == heap->root)
        return TRUE;
      node = dominator[node];
      if (next[node] == G_MAXUINT32)
        return TRUE;
    }
}

/* Nodes in range by class, as hw_class_table_builder_end() takes them. */
static void
list_instances (const Range *range,
                guint        n_classes,
                guint32     *offsets,
                guint32     *instances)
{
  HwHeap *heap = range->heap;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (is_in (range, node))
      offsets[hw_column_get (&heap->node_class, node) + 2]++;
  for (guint i = 2; i < n_classes + 2; i++)
    offsets[i] += offsets[i - 1];
  for (guint32 node = 0; node < heap->n_nodes; node++)
    if (is_in (range, node))
      instances[offsets[hw_column_get (&heap->node_class, node) + 1]++] = node;
}

/**
 * hw_heap_sum_id_range:
 * @self: a heap
 * @above: ids are greater than this
 * @last: and not greater than this
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Makes the table of constructors of the objects whose ids are in a range. Its class ids are those of the heap.
 *
 * Cost: linear in the heap; it blocks, so call it on a worker.
 *
 * Returns: (transfer full): a table, or NULL when cancelled or memory is short
 */
HwClassTable *
hw_heap_sum_id_range (HwHeap        *self,
                      guint64        above,
                      guint64        last,
                      GCancellable  *cancellable,
                      GError       **error)
{
  Range range = { self, above, last };
  guint n_classes;
  g_autoptr(HwClassTableBuilder) builder = NULL;
  g_autofree HwClassRow *rows = NULL;
  g_autofree guint32 *n_open = NULL;
  guint32 *next, *offsets, *instances;
  gboolean ok;

  g_return_val_if_fail (self != NULL, NULL);

  n_classes = hw_class_table_get_n_classes (self->classes);
  rows = g_new (HwClassRow, n_classes + 1);
  n_open = g_new0 (guint32, n_classes + 1);
  next = calloc (self->n_nodes, sizeof (guint32));
  offsets = calloc ((gsize) n_classes + 2, sizeof (guint32));
  instances = malloc (self->n_nodes * sizeof (guint32));
  /* Makes the lists of dominated nodes, which may fail for lack of memory. */
  hw_heap_get_n_dominated (self, HW_NODE (self->root));
  if (next == NULL || offsets == NULL || instances == NULL || self->dominated == NULL)
    {
      free (next);
      free (offsets);
      free (instances);
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, _("Not enough memory for this snapshot"));
      return NULL;
    }

  for (guint i = 0; i < n_classes; i++)
    {
      rows[i] = *hw_class_table_get_row (self->classes, HW_CLASS (i));
      rows[i].count = rows[i].shallow_size = rows[i].retained_size = 0;
      rows[i].distance = HW_DISTANCE_UNREACHABLE;
      rows[i].first_instance = HW_NODE_NONE;
    }
  for (guint32 node = 0; node < self->n_nodes; node++)
    if (is_in (&range, node))
      {
        HwClassRow *row = &rows[hw_column_get (&self->node_class, node)];
        gint64 distance = hw_heap_get_distance (self, HW_NODE (node));

        row->distance = row->count == 0 ? distance : MIN (row->distance, distance);
        if (row->count++ == 0)
          row->first_instance = HW_NODE (node);
        row->shallow_size += hw_sizes_get (&self->node_size, node);
      }

  ok = add_retained (&range, rows, n_open, next, cancellable, error);
  free (next);
  if (!ok)
    {
      free (offsets);
      free (instances);
      return NULL;
    }
  list_instances (&range, n_classes, offsets, instances);

  builder = hw_class_table_builder_new (hw_heap_get_total_size (self), TRUE, TRUE);
  for (guint i = 0; i < n_classes; i++)
    hw_class_table_builder_add (builder, &rows[i]);

  return hw_class_table_builder_end (g_steal_pointer (&builder), offsets, instances);
}
