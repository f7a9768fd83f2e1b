/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "model/hw-tree-source-private.h"

/* The Comparison: constructors that changed → new objects, then deleted ones → references → … */

#define HW_TYPE_DIFF_SOURCE (hw_diff_source_get_type ())

G_DECLARE_FINAL_TYPE (HwDiffSource, hw_diff_source, HW, DIFF_SOURCE, HwTreeSource)

struct _HwDiffSource
{
  HwTreeSource  parent_instance;

  HwHeapDiff   *diff;  /* owned */
};

G_DEFINE_FINAL_TYPE (HwDiffSource, hw_diff_source, HW_TYPE_TREE_SOURCE)

static HwTreeSourceClass *
base_class (void)
{
  return HW_TREE_SOURCE_CLASS (hw_diff_source_parent_class);
}

static guint64
hw_diff_source_count_children (HwTreeSource     *source,
                               const HwTreePath *parent)
{
  HwDiffSource *self = HW_DIFF_SOURCE (source);

  if (parent->parent == NULL)
    return hw_heap_diff_get_n_rows (self->diff);

  if (parent->item.kind == HW_ROW_DIFF_CLASS)
    {
      const HwHeapDiffRow *row = hw_heap_diff_get_row (self->diff, parent->item.id);

      return row->added_count + row->removed_count;
    }

  return base_class ()->count_children (source, parent);
}

static HwTreeList *
list_rows (HwDiffSource  *self,
           HwOrder        order,
           const char    *filter,
           GCancellable  *cancellable,
           GError       **error)
{
  const guint n_rows = hw_heap_diff_get_n_rows (self->diff);
  g_autofree guint32 *ids = g_new (guint32, MAX (n_rows, 1));
  guint32 n = 0;

  for (guint32 i = 0; i < n_rows; i++)
    {
      if ((i & 0xfff) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      if (hw_tree_name_matches (hw_heap_diff_get_row (self->diff, i)->name, filter))
        ids[n++] = i;
    }

  if (!hw_order_diff_rows (self->diff, order, ids, n, cancellable, error))
    return NULL;

  return hw_tree_list_new_take (g_steal_pointer (&ids), n);
}

static HwTreeList *
hw_diff_source_list_children (HwTreeSource      *source,
                              const HwTreePath  *parent,
                              HwOrder            order,
                              const char        *filter,
                              GCancellable      *cancellable,
                              GError           **error)
{
  HwDiffSource *self = HW_DIFF_SOURCE (source);
  g_autofree guint32 *nodes = NULL;
  const guint32 *added;
  const guint32 *removed;
  guint32 n_added = 0;
  guint32 n_removed = 0;
  HwTreeList *list;

  if (parent->parent == NULL)
    return list_rows (self, order, filter, cancellable, error);

  if (parent->item.kind != HW_ROW_DIFF_CLASS)
    return base_class ()->list_children (source, parent, order, filter, cancellable, error);

  added = hw_heap_diff_get_added (self->diff, parent->item.id, &n_added);
  removed = hw_heap_diff_get_removed (self->diff, parent->item.id, &n_removed);

  nodes = g_new (guint32, (gsize) n_added + n_removed + 1);
  if (n_added > 0)
    memcpy (nodes, added, (gsize) n_added * sizeof *nodes);
  if (n_removed > 0)
    memcpy (nodes + n_added, removed, (gsize) n_removed * sizeof *nodes);

  if (!hw_order_diff_nodes (hw_heap_diff_get_current (self->diff), order, nodes, n_added,
                            cancellable, error) ||
      !hw_order_diff_nodes (hw_heap_diff_get_base (self->diff), order, nodes + n_added, n_removed,
                            cancellable, error))
    return NULL;

  list = hw_tree_list_new_take (g_steal_pointer (&nodes), n_added + n_removed);
  list->n_first = n_added;

  return list;
}

static void
hw_diff_source_get_child (HwTreeSource     *source,
                          const HwTreePath *parent,
                          const HwTreeList *list,
                          guint32           index,
                          HwTreeItem       *item)
{
  HwDiffSource *self = HW_DIFF_SOURCE (source);

  if (parent->parent != NULL && parent->item.kind != HW_ROW_DIFF_CLASS)
    {
      base_class ()->get_child (source, parent, list, index, item);
      return;
    }

  *item = (HwTreeItem) { .id = list->ids[index], .other = HW_NONE };

  if (parent->parent == NULL)
    {
      item->kind = HW_ROW_DIFF_CLASS;
      item->key = hw_tree_key_mix_text (parent->item.key,
                                        hw_heap_diff_get_row (self->diff, item->id)->key);
      return;
    }

  item->kind = index < list->n_first ? HW_ROW_ADDED : HW_ROW_REMOVED;
  item->flags = item->kind == HW_ROW_REMOVED ? HW_TREE_ITEM_BASE : 0;
  item->key = hw_tree_key_mix_node (parent->item.key,
                                    hw_tree_source_get_heap (source, item),
                                    HW_NODE (item->id), item->kind);
}

static gboolean
hw_diff_source_get_expandable (HwTreeSource     *source,
                               const HwTreeItem *item)
{
  return item->kind == HW_ROW_DIFF_CLASS || base_class ()->get_expandable (source, item);
}

static gboolean
get_class_measure (const HwHeapDiffRow *row,
                   HwMeasure            measure,
                   gint64              *value)
{
  switch (measure)
    {
    case HW_MEASURE_ADDED_COUNT:
      *value = (gint64) row->added_count;
      return TRUE;

    case HW_MEASURE_REMOVED_COUNT:
      *value = (gint64) row->removed_count;
      return TRUE;

    case HW_MEASURE_COUNT_DELTA:
      *value = (gint64) (row->added_count - row->removed_count);
      return TRUE;

    case HW_MEASURE_ADDED_SIZE:
      *value = (gint64) row->added_size;
      return TRUE;

    case HW_MEASURE_REMOVED_SIZE:
      *value = (gint64) row->removed_size;
      return TRUE;

    case HW_MEASURE_SIZE_DELTA:
      *value = (gint64) (row->added_size - row->removed_size);
      return TRUE;

    case HW_MEASURE_NAME:
    case HW_MEASURE_DISTANCE:
    case HW_MEASURE_SHALLOW_SIZE:
    case HW_MEASURE_RETAINED_SIZE:
    case HW_MEASURE_COUNT:
    case HW_MEASURE_BASE_COUNT:
    case HW_MEASURE_BASE_SHALLOW_SIZE:
    case HW_MEASURE_BASE_RETAINED_SIZE:
    case HW_N_MEASURES:
    default:
      return FALSE;
    }
}

/* An object has a mark as # New or # Deleted (the value is 1) and its size beside it; no deltas. */
static gboolean
hw_diff_source_get_measure (HwTreeSource     *source,
                            const HwTreeItem *item,
                            HwMeasure         measure,
                            gint64           *value)
{
  HwDiffSource *self = HW_DIFF_SOURCE (source);

  if (item->kind == HW_ROW_DIFF_CLASS)
    return get_class_measure (hw_heap_diff_get_row (self->diff, item->id), measure, value);

  if ((item->kind == HW_ROW_ADDED && measure == HW_MEASURE_ADDED_COUNT) ||
      (item->kind == HW_ROW_REMOVED && measure == HW_MEASURE_REMOVED_COUNT))
    {
      *value = 1;
      return TRUE;
    }

  if ((item->kind == HW_ROW_ADDED && measure == HW_MEASURE_ADDED_SIZE) ||
      (item->kind == HW_ROW_REMOVED && measure == HW_MEASURE_REMOVED_SIZE))
    measure = HW_MEASURE_SHALLOW_SIZE;

  return base_class ()->get_measure (source, item, measure, value);
}

static void
hw_diff_source_get_text (HwTreeSource     *source,
                         const HwTreeItem *item,
                         HwRowText        *text)
{
  if (item->kind == HW_ROW_DIFF_CLASS)
    hw_row_text_init_class (text, hw_heap_diff_get_row (HW_DIFF_SOURCE (source)->diff, item->id)->name, 0);
  else
    base_class ()->get_text (source, item, text);
}

static HwHeap *
hw_diff_source_get_heap (HwTreeSource     *source,
                         const HwTreeItem *item)
{
  HwDiffSource *self = HW_DIFF_SOURCE (source);

  if ((item->flags & HW_TREE_ITEM_BASE) != 0)
    return hw_heap_diff_get_base (self->diff);

  return hw_heap_diff_get_current (self->diff);
}

static HwClassId
hw_diff_source_get_class (HwTreeSource     *source,
                          const HwTreeItem *item)
{
  if (item->kind == HW_ROW_DIFF_CLASS)
    return hw_heap_diff_get_row (HW_DIFF_SOURCE (source)->diff, item->id)->current_class;

  return base_class ()->get_class (source, item);
}

/* Only new objects can be shown: a node of the current heap is meant. */
static GArray *
hw_diff_source_find_path (HwTreeSource  *source,
                          HwNodeId       node,
                          GCancellable  *cancellable,
                          GError       **error)
{
  HwDiffSource *self = HW_DIFF_SOURCE (source);
  HwHeap *heap = hw_heap_diff_get_current (self->diff);
  HwClassId class_id;

  if (node.value >= hw_heap_get_n_nodes (heap))
    return hw_tree_path_not_found (error);

  class_id = hw_heap_get_node_class (heap, node);

  for (guint row = 0; row < hw_heap_diff_get_n_rows (self->diff); row++)
    {
      const guint32 *added;
      guint32 n_added = 0;

      if (!hw_class_id_equal (hw_heap_diff_get_row (self->diff, row)->current_class, class_id))
        continue;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      added = hw_heap_diff_get_added (self->diff, row, &n_added);
      for (guint32 i = 0; i < n_added; i++)
        {
          if (added[i] == node.value)
            {
              const HwTreeItem items[2] = {
                { .kind = HW_ROW_DIFF_CLASS, .id = row, .other = HW_NONE },
                { .kind = HW_ROW_ADDED, .id = node.value, .other = HW_NONE },
              };
              GArray *path = g_array_new (FALSE, FALSE, sizeof (HwTreeItem));

              return g_array_append_vals (path, items, G_N_ELEMENTS (items));
            }
        }
    }

  return hw_tree_path_not_found (error);
}

static void
hw_diff_source_finalize (GObject *object)
{
  HwDiffSource *self = HW_DIFF_SOURCE (object);

  g_clear_pointer (&self->diff, hw_heap_diff_unref);

  G_OBJECT_CLASS (hw_diff_source_parent_class)->finalize (object);
}

static void
hw_diff_source_class_init (HwDiffSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HwTreeSourceClass *source_class = HW_TREE_SOURCE_CLASS (klass);

  object_class->finalize = hw_diff_source_finalize;

  source_class->count_children = hw_diff_source_count_children;
  source_class->list_children = hw_diff_source_list_children;
  source_class->get_child = hw_diff_source_get_child;
  source_class->get_expandable = hw_diff_source_get_expandable;
  source_class->get_measure = hw_diff_source_get_measure;
  source_class->get_text = hw_diff_source_get_text;
  source_class->get_heap = hw_diff_source_get_heap;
  source_class->get_class = hw_diff_source_get_class;
  source_class->find_path = hw_diff_source_find_path;
}

static void
hw_diff_source_init (HwDiffSource *self)
{
  hw_tree_source_set_root_key (HW_TREE_SOURCE (self), hw_tree_key_mix_text (0, "comparison"));
}

/**
 * hw_diff_source_new:
 * @diff: a comparison
 *
 * Makes the source of the Comparison: constructors with new or deleted objects, below them first the
 * new, then the deleted ones, below those what they refer to in the heap they are from.
 *
 * Returns: (transfer full): a source
 */
HwTreeSource *
hw_diff_source_new (HwHeapDiff *diff)
{
  HwDiffSource *self;

  g_return_val_if_fail (diff != NULL, NULL);

  self = g_object_new (HW_TYPE_DIFF_SOURCE, NULL);
  self->diff = hw_heap_diff_ref (diff);

  return HW_TREE_SOURCE (self);
}
