/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-tree-source-private.h"

/*
 * The Summary: constructors → their objects → references → …
 *
 * While the heap is being made there may be only a table: then rows have no children and the measures
 * that the table does not have yet are pending. Keys are made of what names a constructor, so that an
 * open row stays open when the heap arrives, and when another capture is shown.
 */

#define HW_TYPE_CLASS_SOURCE (hw_class_source_get_type ())

G_DECLARE_FINAL_TYPE (HwClassSource, hw_class_source, HW, CLASS_SOURCE, HwTreeSource)

struct _HwClassSource
{
  HwTreeSource   parent_instance;

  HwClassTable  *classes;  /* owned */
  HwHeap        *heap;     /* owned, or NULL while it is being made */
};

G_DEFINE_FINAL_TYPE (HwClassSource, hw_class_source, HW_TYPE_TREE_SOURCE)

static HwTreeSourceClass *
base_class (void)
{
  return HW_TREE_SOURCE_CLASS (hw_class_source_parent_class);
}

static guint64
hw_class_source_count_children (HwTreeSource     *source,
                                const HwTreePath *parent)
{
  HwClassSource *self = HW_CLASS_SOURCE (source);

  if (parent->parent == NULL)
    return hw_class_table_get_n_classes (self->classes);

  if (parent->item.kind == HW_ROW_CLASS)
    return hw_class_table_get_row (self->classes, HW_CLASS (parent->item.id))->count;

  return base_class ()->count_children (source, parent);
}

static HwTreeList *
list_classes (HwClassSource  *self,
              HwOrder         order,
              const char     *filter,
              GCancellable   *cancellable,
              GError        **error)
{
  const guint n_classes = hw_class_table_get_n_classes (self->classes);
  g_autofree guint32 *ids = g_new (guint32, MAX (n_classes, 1));
  guint32 n = 0;

  for (guint32 i = 0; i < n_classes; i++)
    {
      const HwClassRow *row = hw_class_table_get_row (self->classes, HW_CLASS (i));

      if ((i & 0xfff) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      if (row->count > 0 && hw_tree_name_matches (row->name, filter))
        ids[n++] = i;
    }

  if (!hw_order_classes (self->classes, order, ids, n, cancellable, error))
    return NULL;

  return hw_tree_list_new_take (g_steal_pointer (&ids), n);
}

static HwTreeList *
hw_class_source_list_children (HwTreeSource      *source,
                               const HwTreePath  *parent,
                               HwOrder            order,
                               const char        *filter,
                               GCancellable      *cancellable,
                               GError           **error)
{
  HwClassSource *self = HW_CLASS_SOURCE (source);
  g_autofree guint32 *nodes = NULL;
  const guint32 *instances;
  guint32 n = 0;

  if (parent->parent == NULL)
    return list_classes (self, order, filter, cancellable, error);

  if (parent->item.kind != HW_ROW_CLASS)
    return base_class ()->list_children (source, parent, order, filter, cancellable, error);

  if (self->heap == NULL)
    return hw_tree_list_new_take (NULL, 0);

  instances = hw_class_table_get_instances (self->classes, HW_CLASS (parent->item.id), &n);
  nodes = g_memdup2 (instances, (gsize) n * sizeof *nodes);

  if (!hw_order_nodes (self->heap, order, nodes, n, cancellable, error))
    return NULL;

  return hw_tree_list_new_take (g_steal_pointer (&nodes), n);
}

static void
hw_class_source_get_child (HwTreeSource     *source,
                           const HwTreePath *parent,
                           const HwTreeList *list,
                           guint32           index,
                           HwTreeItem       *item)
{
  HwClassSource *self = HW_CLASS_SOURCE (source);

  if (parent->parent != NULL && parent->item.kind != HW_ROW_CLASS)
    {
      base_class ()->get_child (source, parent, list, index, item);
      return;
    }

  *item = (HwTreeItem) { .id = list->ids[index], .other = HW_NONE };

  if (parent->parent == NULL)
    {
      g_autofree char *name = hw_class_table_dup_key (self->classes, HW_CLASS (item->id));

      item->kind = HW_ROW_CLASS;
      item->key = hw_tree_key_mix_text (parent->item.key, name);
    }
  else
    {
      item->kind = HW_ROW_OBJECT;
      item->key = hw_tree_key_mix_node (parent->item.key, self->heap, HW_NODE (item->id), item->kind);
    }
}

static gboolean
hw_class_source_get_expandable (HwTreeSource     *source,
                                const HwTreeItem *item)
{
  if (item->kind == HW_ROW_CLASS)
    return HW_CLASS_SOURCE (source)->heap != NULL;

  return base_class ()->get_expandable (source, item);
}

static gboolean
hw_class_source_get_pending (HwTreeSource     *source,
                             const HwTreeItem *item,
                             HwMeasure         measure)
{
  HwClassSource *self = HW_CLASS_SOURCE (source);

  if (item->kind != HW_ROW_CLASS)
    return FALSE;

  return (measure == HW_MEASURE_DISTANCE && !hw_class_table_get_has_distances (self->classes)) ||
         (measure == HW_MEASURE_RETAINED_SIZE && !hw_class_table_get_has_retained_sizes (self->classes));
}

static gboolean
hw_class_source_get_measure (HwTreeSource     *source,
                             const HwTreeItem *item,
                             HwMeasure         measure,
                             gint64           *value)
{
  HwClassSource *self = HW_CLASS_SOURCE (source);
  const HwClassRow *row;

  if (item->kind != HW_ROW_CLASS)
    return base_class ()->get_measure (source, item, measure, value);

  if (hw_class_source_get_pending (source, item, measure))
    return FALSE;

  row = hw_class_table_get_row (self->classes, HW_CLASS (item->id));

  switch (measure)
    {
    case HW_MEASURE_DISTANCE:
      *value = row->distance;
      return TRUE;

    case HW_MEASURE_SHALLOW_SIZE:
      *value = (gint64) row->shallow_size;
      return TRUE;

    case HW_MEASURE_RETAINED_SIZE:
      *value = (gint64) row->retained_size;
      return TRUE;

    case HW_MEASURE_COUNT:
      *value = (gint64) row->count;
      return TRUE;

    case HW_MEASURE_NAME:
    case HW_MEASURE_ADDED_COUNT:
    case HW_MEASURE_REMOVED_COUNT:
    case HW_MEASURE_COUNT_DELTA:
    case HW_MEASURE_ADDED_SIZE:
    case HW_MEASURE_REMOVED_SIZE:
    case HW_MEASURE_SIZE_DELTA:
    case HW_MEASURE_BASE_COUNT:
    case HW_MEASURE_BASE_SHALLOW_SIZE:
    case HW_MEASURE_BASE_RETAINED_SIZE:
    case HW_N_MEASURES:
    default:
      return FALSE;
    }
}

static void
hw_class_source_get_text (HwTreeSource     *source,
                          const HwTreeItem *item,
                          HwRowText        *text)
{
  HwClassSource *self = HW_CLASS_SOURCE (source);
  const HwClassRow *row;

  if (item->kind != HW_ROW_CLASS)
    {
      base_class ()->get_text (source, item, text);
      return;
    }

  row = hw_class_table_get_row (self->classes, HW_CLASS (item->id));
  hw_row_text_init_class (text, row->name, row->count);
}

static HwHeap *
hw_class_source_get_heap (HwTreeSource     *source,
                          const HwTreeItem *item G_GNUC_UNUSED)
{
  return HW_CLASS_SOURCE (source)->heap;
}

static HwClassId
hw_class_source_get_class (HwTreeSource     *source,
                           const HwTreeItem *item)
{
  if (item->kind == HW_ROW_CLASS)
    return HW_CLASS (item->id);

  return base_class ()->get_class (source, item);
}

static GArray *
hw_class_source_find_path (HwTreeSource  *source,
                           HwNodeId       node,
                           GCancellable  *cancellable G_GNUC_UNUSED,
                           GError       **error)
{
  HwClassSource *self = HW_CLASS_SOURCE (source);
  HwTreeItem items[2] = {
    { .kind = HW_ROW_CLASS, .other = HW_NONE },
    { .kind = HW_ROW_OBJECT, .other = HW_NONE, .id = node.value },
  };
  GArray *path;

  if (self->heap == NULL || node.value >= hw_heap_get_n_nodes (self->heap))
    return hw_tree_path_not_found (error);

  items[0].id = hw_heap_get_node_class (self->heap, node).value;

  path = g_array_new (FALSE, FALSE, sizeof (HwTreeItem));
  g_array_append_vals (path, items, G_N_ELEMENTS (items));

  return path;
}

static void
hw_class_source_finalize (GObject *object)
{
  HwClassSource *self = HW_CLASS_SOURCE (object);

  g_clear_pointer (&self->classes, hw_class_table_unref);
  g_clear_pointer (&self->heap, hw_heap_unref);

  G_OBJECT_CLASS (hw_class_source_parent_class)->finalize (object);
}

static void
hw_class_source_class_init (HwClassSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HwTreeSourceClass *source_class = HW_TREE_SOURCE_CLASS (klass);

  object_class->finalize = hw_class_source_finalize;

  source_class->count_children = hw_class_source_count_children;
  source_class->list_children = hw_class_source_list_children;
  source_class->get_child = hw_class_source_get_child;
  source_class->get_expandable = hw_class_source_get_expandable;
  source_class->get_measure = hw_class_source_get_measure;
  source_class->get_pending = hw_class_source_get_pending;
  source_class->get_text = hw_class_source_get_text;
  source_class->get_heap = hw_class_source_get_heap;
  source_class->get_class = hw_class_source_get_class;
  source_class->find_path = hw_class_source_find_path;
}

static void
hw_class_source_init (HwClassSource *self)
{
  hw_tree_source_set_root_key (HW_TREE_SOURCE (self), hw_tree_key_mix_text (0, "summary"));
}

/**
 * hw_class_source_new:
 * @classes: the constructors
 * @heap: (nullable): the heap they belong to, or NULL while it is being made
 *
 * Makes the source of the Summary: constructors, below them their objects, below those what they refer to.
 *
 * Returns: (transfer full): a source
 */
HwTreeSource *
hw_class_source_new (HwClassTable *classes,
                     HwHeap       *heap)
{
  HwClassSource *self;

  g_return_val_if_fail (classes != NULL, NULL);

  self = g_object_new (HW_TYPE_CLASS_SOURCE, NULL);
  self->classes = hw_class_table_ref (classes);
  self->heap = heap != NULL ? hw_heap_ref (heap) : NULL;

  return HW_TREE_SOURCE (self);
}
