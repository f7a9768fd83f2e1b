/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/hw-text.h"
#include "model/hw-tree-source-private.h"

/*
 * What all sources have in common: objects, their references and their retainers look and open alike
 * wherever they are. A source overrides what is different for its topmost rows and chains up.
 *
 * Keys mix the parent's key with what identifies the row below it. Positions of nodes and edges are
 * mixed with object ids, so that in another heap the same key means the same object or nothing.
 */

typedef struct
{
  guint64 root_key;
} HwTreeSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (HwTreeSource, hw_tree_source, G_TYPE_OBJECT)

/* More retainers than this are not looked through to learn whether a row can be opened. */
#define MAX_RETAINERS_PROBED 64

guint64
hw_tree_key_mix (guint64 key,
                 guint64 value)
{
  guint64 x = key + G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + value * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);

  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return x ^ (x >> 31);
}

guint64
hw_tree_key_mix_text (guint64     key,
                      const char *text)
{
  const gsize length = strlen (text);
  gsize i = 0;

  for (; i + 8 <= length; i += 8)
    {
      guint64 word;

      memcpy (&word, text + i, 8);
      key = hw_tree_key_mix (key, word);
    }

  if (i < length)
    {
      guint64 word = 0;

      memcpy (&word, text + i, length - i);
      key = hw_tree_key_mix (key, word);
    }

  return hw_tree_key_mix (key, length);
}

guint64
hw_tree_key_mix_node (guint64    key,
                      HwHeap    *heap,
                      HwNodeId   node,
                      HwRowKind  kind)
{
  key = hw_tree_key_mix (key, ((guint64) kind << 32) | node.value);

  return hw_tree_key_mix (key, hw_heap_get_object_id (heap, node));
}

gboolean
hw_tree_name_matches (const char *name,
                      const char *folded_filter)
{
  g_autofree char *folded = NULL;

  if (folded_filter == NULL)
    return TRUE;

  folded = hw_text_dup_folded (name);

  return strstr (folded, folded_filter) != NULL;
}

HwTreeList *
hw_tree_list_new_take (guint32 *ids,
                       guint32  n)
{
  HwTreeList *self = g_new0 (HwTreeList, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->ids = ids;
  self->n = n;
  self->n_first = n;

  return self;
}

HwTreeList *
hw_tree_list_ref (HwTreeList *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
hw_tree_list_unref (HwTreeList *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->ids);
  g_free (self->others);
  g_free (self);
}

/* Columns that members do not have sort them by name. */
static HwOrder
object_order (HwOrder order)
{
  if (order.measure > HW_MEASURE_RETAINED_SIZE)
    return (HwOrder) { HW_MEASURE_NAME, FALSE };

  return order;
}

HwTreeList *
hw_tree_list_references (HwHeap        *heap,
                         HwNodeId       node,
                         HwOrder        order,
                         gboolean       below_instance,
                         GCancellable  *cancellable,
                         GError       **error)
{
  const guint32 n = hw_heap_get_n_references (heap, node);
  const guint32 first = hw_heap_get_first_reference (heap, node).value;
  g_autofree guint32 *edges = g_new (guint32, MAX (n, 1));

  for (guint32 i = 0; i < n; i++)
    edges[i] = first + i;

  if (!hw_order_references (heap, object_order (order), below_instance, edges, n, cancellable, error))
    return NULL;

  return hw_tree_list_new_take (g_steal_pointer (&edges), n);
}

HwTreeList *
hw_tree_list_retainers (HwHeap        *heap,
                        HwNodeId       node,
                        HwOrder        order,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_autofree guint32 *edges = NULL;
  const guint32 n = hw_heap_collect_retainers (heap, node, &edges);

  if (!hw_order_retainers (heap, object_order (order), edges, n, cancellable, error))
    return NULL;

  return hw_tree_list_new_take (g_steal_pointer (&edges), n);
}

GArray *
hw_tree_path_not_found (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "The object has no row in this view");

  return NULL;
}

static gboolean
has_retainers (HwHeap   *heap,
               HwNodeId  node)
{
  const guint32 n = hw_heap_get_n_retainers (heap, node);
  const HwNodeId root = hw_heap_get_root (heap);

  for (guint32 i = 0; i < MIN (n, MAX_RETAINERS_PROBED); i++)
    {
      const HwEdgeId edge = hw_heap_get_retainer (heap, node, i);

      if (hw_heap_get_edge_kind (heap, edge) != HW_EDGE_KIND_WEAK &&
          !hw_node_id_equal (hw_heap_get_edge_source (heap, edge), root))
        return TRUE;
    }

  return n > MAX_RETAINERS_PROBED;
}

static guint64
hw_tree_source_real_count_children (HwTreeSource     *self,
                                    const HwTreePath *parent)
{
  HwHeap *heap = hw_tree_source_get_heap (self, &parent->item);
  const HwNodeId node = hw_tree_source_get_node (self, &parent->item);

  if (heap == NULL || node.value == HW_NONE)
    return 0;

  if (parent->item.kind == HW_ROW_RETAINER)
    return hw_heap_get_n_retainers (heap, node);

  return hw_heap_get_n_references (heap, node);
}

static HwTreeList *
hw_tree_source_real_list_children (HwTreeSource      *self,
                                   const HwTreePath  *parent,
                                   HwOrder            order,
                                   const char        *filter G_GNUC_UNUSED,
                                   GCancellable      *cancellable,
                                   GError           **error)
{
  HwHeap *heap = hw_tree_source_get_heap (self, &parent->item);
  const HwNodeId node = hw_tree_source_get_node (self, &parent->item);

  if (heap == NULL || node.value == HW_NONE)
    return hw_tree_list_new_take (NULL, 0);

  if (parent->item.kind == HW_ROW_RETAINER)
    return hw_tree_list_retainers (heap, node, order, cancellable, error);

  return hw_tree_list_references (heap, node, order,
                                  parent->item.kind != HW_ROW_REFERENCE,
                                  cancellable, error);
}

static void
hw_tree_source_real_get_child (HwTreeSource     *self,
                               const HwTreePath *parent,
                               const HwTreeList *list,
                               guint32           index,
                               HwTreeItem       *item)
{
  item->id = list->ids[index];
  item->other = HW_NONE;
  item->kind = parent->item.kind == HW_ROW_RETAINER ? HW_ROW_RETAINER : HW_ROW_REFERENCE;
  item->flags = parent->item.flags & HW_TREE_ITEM_BASE;

  item->key = hw_tree_key_mix (parent->item.key, item->id);
  item->key = hw_tree_key_mix_node (item->key,
                                    hw_tree_source_get_heap (self, item),
                                    hw_tree_source_get_node (self, item),
                                    item->kind);
}

static gboolean
hw_tree_source_real_get_expandable (HwTreeSource     *self,
                                    const HwTreeItem *item)
{
  HwHeap *heap = hw_tree_source_get_heap (self, item);
  const HwNodeId node = hw_tree_source_get_node (self, item);

  if (heap == NULL || node.value == HW_NONE || (item->flags & HW_TREE_ITEM_CYCLED) != 0)
    return FALSE;

  if (item->kind == HW_ROW_RETAINER)
    return has_retainers (heap, node);

  return hw_heap_get_n_references (heap, node) > 0;
}

static gboolean
hw_tree_source_real_get_measure (HwTreeSource     *self,
                                 const HwTreeItem *item,
                                 HwMeasure         measure,
                                 gint64           *value)
{
  HwHeap *heap = hw_tree_source_get_heap (self, item);
  const HwNodeId node = hw_tree_source_get_node (self, item);

  if (heap == NULL || node.value == HW_NONE)
    return FALSE;

  switch (measure)
    {
    case HW_MEASURE_DISTANCE:
      *value = hw_heap_get_distance (heap, node);
      return TRUE;

    case HW_MEASURE_SHALLOW_SIZE:
      *value = (gint64) hw_heap_get_shallow_size (heap, node);
      return TRUE;

    case HW_MEASURE_RETAINED_SIZE:
      *value = (gint64) hw_heap_get_retained_size (heap, node);
      return TRUE;

    case HW_MEASURE_NAME:
    case HW_MEASURE_ADDED_COUNT:
    case HW_MEASURE_REMOVED_COUNT:
    case HW_MEASURE_COUNT_DELTA:
    case HW_MEASURE_ADDED_SIZE:
    case HW_MEASURE_REMOVED_SIZE:
    case HW_MEASURE_SIZE_DELTA:
    case HW_MEASURE_COUNT:
    case HW_MEASURE_BASE_COUNT:
    case HW_MEASURE_BASE_SHALLOW_SIZE:
    case HW_MEASURE_BASE_RETAINED_SIZE:
    case HW_N_MEASURES:
    default:
      return FALSE;
    }
}

static gboolean
hw_tree_source_real_get_pending (HwTreeSource     *self G_GNUC_UNUSED,
                                 const HwTreeItem *item G_GNUC_UNUSED,
                                 HwMeasure         measure G_GNUC_UNUSED)
{
  return FALSE;
}

static void
hw_tree_source_real_get_text (HwTreeSource     *self,
                              const HwTreeItem *item,
                              HwRowText        *text)
{
  HwHeap *heap = hw_tree_source_get_heap (self, item);
  const HwNodeId node = hw_tree_source_get_node (self, item);

  if (heap == NULL || node.value == HW_NONE)
    {
      hw_row_text_init_class (text, "", 0);
      return;
    }

  hw_row_text_init_object (text, heap, node);
  text->cycled = (item->flags & HW_TREE_ITEM_CYCLED) != 0;

  if (item->kind == HW_ROW_REFERENCE)
    hw_row_text_set_edge (text, heap, HW_EDGE (item->id), " :: ");
  else if (item->kind == HW_ROW_RETAINER)
    hw_row_text_set_edge (text, heap, HW_EDGE (item->id), " in ");
}

static HwHeap *
hw_tree_source_real_get_heap (HwTreeSource     *self G_GNUC_UNUSED,
                              const HwTreeItem *item G_GNUC_UNUSED)
{
  return NULL;
}

static HwNodeId
hw_tree_source_real_get_node (HwTreeSource     *self,
                              const HwTreeItem *item)
{
  switch (item->kind)
    {
    case HW_ROW_OBJECT:
    case HW_ROW_ADDED:
    case HW_ROW_REMOVED:
      return HW_NODE (item->id);

    case HW_ROW_REFERENCE:
      return hw_heap_get_edge_target (hw_tree_source_get_heap (self, item), HW_EDGE (item->id));

    case HW_ROW_RETAINER:
      return hw_heap_get_edge_source (hw_tree_source_get_heap (self, item), HW_EDGE (item->id));

    case HW_ROW_CLASS:
    case HW_ROW_DIFF_CLASS:
    case HW_ROW_MORE:
    default:
      return HW_NODE_NONE;
    }
}

static HwClassId
hw_tree_source_real_get_class (HwTreeSource     *self,
                               const HwTreeItem *item)
{
  const HwNodeId node = hw_tree_source_get_node (self, item);

  if (node.value == HW_NONE)
    return HW_CLASS_NONE;

  return hw_heap_get_node_class (hw_tree_source_get_heap (self, item), node);
}

static GArray *
hw_tree_source_real_find_path (HwTreeSource  *self G_GNUC_UNUSED,
                               HwNodeId       node G_GNUC_UNUSED,
                               GCancellable  *cancellable G_GNUC_UNUSED,
                               GError       **error)
{
  return hw_tree_path_not_found (error);
}

static void
hw_tree_source_class_init (HwTreeSourceClass *klass)
{
  klass->count_children = hw_tree_source_real_count_children;
  klass->list_children = hw_tree_source_real_list_children;
  klass->get_child = hw_tree_source_real_get_child;
  klass->get_expandable = hw_tree_source_real_get_expandable;
  klass->get_measure = hw_tree_source_real_get_measure;
  klass->get_pending = hw_tree_source_real_get_pending;
  klass->get_text = hw_tree_source_real_get_text;
  klass->get_heap = hw_tree_source_real_get_heap;
  klass->get_node = hw_tree_source_real_get_node;
  klass->get_class = hw_tree_source_real_get_class;
  klass->find_path = hw_tree_source_real_find_path;
}

static void
hw_tree_source_init (HwTreeSource *self G_GNUC_UNUSED)
{
}

guint64
hw_tree_source_get_root_key (HwTreeSource *self)
{
  HwTreeSourcePrivate *priv = hw_tree_source_get_instance_private (self);

  return priv->root_key;
}

void
hw_tree_source_set_root_key (HwTreeSource *self,
                             guint64       key)
{
  HwTreeSourcePrivate *priv = hw_tree_source_get_instance_private (self);

  priv->root_key = key;
}

guint64
hw_tree_source_count_children (HwTreeSource     *self,
                               const HwTreePath *parent)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->count_children (self, parent);
}

HwTreeList *
hw_tree_source_list_children (HwTreeSource      *self,
                              const HwTreePath  *parent,
                              HwOrder            order,
                              const char        *filter,
                              GCancellable      *cancellable,
                              GError           **error)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->list_children (self, parent, order, filter, cancellable, error);
}

void
hw_tree_source_get_child (HwTreeSource     *self,
                          const HwTreePath *parent,
                          const HwTreeList *list,
                          guint32           index,
                          HwTreeItem       *item)
{
  HW_TREE_SOURCE_GET_CLASS (self)->get_child (self, parent, list, index, item);
}

/* The chain of ancestors starts below the object that members belong to. */
void
hw_tree_source_mark_cycle (HwTreeSource     *self,
                           const HwTreePath *parent,
                           HwTreeItem       *item)
{
  HwNodeId node;

  if (item->kind != HW_ROW_REFERENCE && item->kind != HW_ROW_RETAINER)
    return;

  node = hw_tree_source_get_node (self, item);

  for (; parent->parent != NULL && parent->item.kind == item->kind; parent = parent->parent)
    {
      if (hw_node_id_equal (hw_tree_source_get_node (self, &parent->item), node))
        {
          item->flags |= HW_TREE_ITEM_CYCLED;
          return;
        }
    }
}

/* Where @wanted, an item without key, stands in a list. Linear: for workers. */
gboolean
hw_tree_source_find_child (HwTreeSource     *self,
                           const HwTreePath *parent,
                           const HwTreeList *list,
                           const HwTreeItem *wanted,
                           guint32          *index)
{
  for (guint32 i = 0; i < list->n; i++)
    {
      HwTreeItem item;

      if (list->ids[i] != wanted->id)
        continue;

      hw_tree_source_get_child (self, parent, list, i, &item);
      if (item.kind == wanted->kind && item.flags == wanted->flags && item.other == wanted->other)
        {
          *index = i;
          return TRUE;
        }
    }

  return FALSE;
}

gboolean
hw_tree_source_get_expandable (HwTreeSource     *self,
                               const HwTreeItem *item)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->get_expandable (self, item);
}

gboolean
hw_tree_source_get_measure (HwTreeSource     *self,
                            const HwTreeItem *item,
                            HwMeasure         measure,
                            gint64           *value)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->get_measure (self, item, measure, value);
}

gboolean
hw_tree_source_get_pending (HwTreeSource     *self,
                            const HwTreeItem *item,
                            HwMeasure         measure)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->get_pending (self, item, measure);
}

void
hw_tree_source_get_text (HwTreeSource     *self,
                         const HwTreeItem *item,
                         HwRowText        *text)
{
  HW_TREE_SOURCE_GET_CLASS (self)->get_text (self, item, text);
}

HwHeap *
hw_tree_source_get_heap (HwTreeSource     *self,
                         const HwTreeItem *item)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->get_heap (self, item);
}

HwNodeId
hw_tree_source_get_node (HwTreeSource     *self,
                         const HwTreeItem *item)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->get_node (self, item);
}

HwClassId
hw_tree_source_get_class (HwTreeSource     *self,
                          const HwTreeItem *item)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->get_class (self, item);
}

GArray *
hw_tree_source_find_path (HwTreeSource  *self,
                          HwNodeId       node,
                          GCancellable  *cancellable,
                          GError       **error)
{
  return HW_TREE_SOURCE_GET_CLASS (self)->find_path (self, node, cancellable, error);
}
