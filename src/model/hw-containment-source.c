/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-tree-source-private.h"

/*
 * Containment and Retainers: one object, and its references or its retainers, again and again.
 *
 * The object itself has no row; the invisible root of the tree stands for it.
 */

#define HW_TYPE_CONTAINMENT_SOURCE (hw_containment_source_get_type ())

G_DECLARE_FINAL_TYPE (HwContainmentSource, hw_containment_source, HW, CONTAINMENT_SOURCE, HwTreeSource)

struct _HwContainmentSource
{
  HwTreeSource  parent_instance;

  HwHeap       *heap;       /* owned */
  HwNodeId      node;       /* what the topmost rows belong to */
  gboolean      retainers;  /* backwards */
};

G_DEFINE_FINAL_TYPE (HwContainmentSource, hw_containment_source, HW_TYPE_TREE_SOURCE)

static HwTreeSourceClass *
base_class (void)
{
  return HW_TREE_SOURCE_CLASS (hw_containment_source_parent_class);
}

static guint64
hw_containment_source_count_children (HwTreeSource     *source,
                                      const HwTreePath *parent)
{
  HwContainmentSource *self = HW_CONTAINMENT_SOURCE (source);

  if (parent->parent != NULL)
    return base_class ()->count_children (source, parent);

  if (self->retainers)
    return hw_heap_get_n_retainers (self->heap, self->node);

  return hw_heap_get_n_references (self->heap, self->node);
}

static HwTreeList *
hw_containment_source_list_children (HwTreeSource      *source,
                                     const HwTreePath  *parent,
                                     HwOrder            order,
                                     const char        *filter,
                                     GCancellable      *cancellable,
                                     GError           **error)
{
  HwContainmentSource *self = HW_CONTAINMENT_SOURCE (source);

  if (parent->parent != NULL)
    return base_class ()->list_children (source, parent, order, filter, cancellable, error);

  if (self->retainers)
    return hw_tree_list_retainers (self->heap, self->node, order, cancellable, error);

  return hw_tree_list_references (self->heap, self->node, order, FALSE, cancellable, error);
}

static void
hw_containment_source_get_child (HwTreeSource     *source,
                                 const HwTreePath *parent,
                                 const HwTreeList *list,
                                 guint32           index,
                                 HwTreeItem       *item)
{
  HwContainmentSource *self = HW_CONTAINMENT_SOURCE (source);
  HwTreePath root = *parent;

  /* The root is of the kind of its children, whatever the model put there. */
  if (parent->parent == NULL)
    {
      root.item.kind = self->retainers ? HW_ROW_RETAINER : HW_ROW_REFERENCE;
      root.item.flags = 0;
      parent = &root;
    }

  base_class ()->get_child (source, parent, list, index, item);
}

static HwHeap *
hw_containment_source_get_heap (HwTreeSource     *source,
                                const HwTreeItem *item G_GNUC_UNUSED)
{
  return HW_CONTAINMENT_SOURCE (source)->heap;
}

/*
 * The edge by which an object's distance came about: from the root itself, or from a source that is
 * nearer. (Where there are user roots, the root's own distance is that of the system roots.)
 */
static HwEdgeId
find_nearer_retainer (HwHeap   *heap,
                      HwNodeId  node)
{
  const guint32 n = hw_heap_get_n_retainers (heap, node);
  gint64 best = hw_heap_get_distance (heap, node);
  HwEdgeId best_edge = HW_EDGE_NONE;

  for (guint32 i = 0; i < n; i++)
    {
      const HwEdgeId edge = hw_heap_get_retainer (heap, node, i);
      const HwNodeId source = hw_heap_get_edge_source (heap, edge);
      gint64 distance = hw_heap_get_distance (heap, source);

      if (hw_heap_get_edge_kind (heap, edge) == HW_EDGE_KIND_WEAK || distance < 0)
        continue;

      if (hw_node_id_equal (source, hw_heap_get_root (heap)))
        distance = 0;

      if (distance < best ||
          (best_edge.value != HW_NONE && distance == best && edge.value < best_edge.value))
        {
          best = distance;
          best_edge = edge;
        }
    }

  return best_edge;
}

/*
 * From the root breadth first to @node; appends the edges of the way, the last one first. Where
 * distances do not lead: user roots, objects that only a weak edge leads to.
 */
static gboolean
search_from_root (HwHeap        *heap,
                  HwNodeId       node,
                  gboolean       weak,
                  GArray        *edges,
                  GCancellable  *cancellable,
                  GError       **error)
{
  const guint32 n_nodes = hw_heap_get_n_nodes (heap);
  const HwNodeId root = hw_heap_get_root (heap);
  g_autofree guint32 *came_by = g_try_new (guint32, n_nodes);
  g_autofree guint32 *queue = g_try_new (guint32, n_nodes);
  guint32 head = 0;
  guint32 tail = 0;

  if (came_by == NULL || queue == NULL)
    return hw_tree_path_not_found (error) != NULL;

  for (guint32 i = 0; i < n_nodes; i++)
    came_by[i] = HW_NONE;

  queue[tail++] = root.value;

  while (head < tail && came_by[node.value] == HW_NONE)
    {
      const HwNodeId from = HW_NODE (queue[head++]);
      const guint32 first = hw_heap_get_first_reference (heap, from).value;
      const guint32 n = hw_heap_get_n_references (heap, from);

      if ((head & 0xfff) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      for (guint32 i = 0; i < n; i++)
        {
          const HwEdgeId edge = HW_EDGE (first + i);
          const HwNodeId to = hw_heap_get_edge_target (heap, edge);

          if (came_by[to.value] != HW_NONE || to.value == root.value ||
              (!weak && hw_heap_get_edge_kind (heap, edge) == HW_EDGE_KIND_WEAK))
            continue;

          came_by[to.value] = edge.value;
          queue[tail++] = to.value;
        }
    }

  if (came_by[node.value] == HW_NONE)
    return hw_tree_path_not_found (error) != NULL;

  while (!hw_node_id_equal (node, root))
    {
      const HwEdgeId edge = HW_EDGE (came_by[node.value]);

      g_array_append_val (edges, edge.value);
      node = hw_heap_get_edge_source (heap, edge);
    }

  return TRUE;
}

static GArray *
hw_containment_source_find_path (HwTreeSource  *source,
                                 HwNodeId       node,
                                 GCancellable  *cancellable,
                                 GError       **error)
{
  HwContainmentSource *self = HW_CONTAINMENT_SOURCE (source);
  g_autoptr(GArray) edges = g_array_new (FALSE, FALSE, sizeof (guint32));
  const HwNodeId target = node;
  GArray *path;

  if (self->retainers || node.value >= hw_heap_get_n_nodes (self->heap) ||
      hw_node_id_equal (node, self->node))
    return hw_tree_path_not_found (error);

  while (!hw_node_id_equal (node, self->node))
    {
      const HwEdgeId edge = find_nearer_retainer (self->heap, node);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      if (edge.value == HW_NONE)
        {
          /* All the way anew, so that no object stands twice in it. */
          g_array_set_size (edges, 0);
          if (!search_from_root (self->heap, target, FALSE, edges, cancellable, NULL) &&
              !search_from_root (self->heap, target, TRUE, edges, cancellable, error))
            return NULL;
          break;
        }

      g_array_append_val (edges, edge.value);
      node = hw_heap_get_edge_source (self->heap, edge);
    }

  path = g_array_sized_new (FALSE, FALSE, sizeof (HwTreeItem), edges->len);
  for (guint i = edges->len; i > 0; i--)
    {
      const HwTreeItem item = {
        .kind = HW_ROW_REFERENCE,
        .id = g_array_index (edges, guint32, i - 1),
        .other = HW_NONE,
      };

      g_array_append_val (path, item);
    }

  return path;
}

static void
hw_containment_source_finalize (GObject *object)
{
  HwContainmentSource *self = HW_CONTAINMENT_SOURCE (object);

  g_clear_pointer (&self->heap, hw_heap_unref);

  G_OBJECT_CLASS (hw_containment_source_parent_class)->finalize (object);
}

static void
hw_containment_source_class_init (HwContainmentSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HwTreeSourceClass *source_class = HW_TREE_SOURCE_CLASS (klass);

  object_class->finalize = hw_containment_source_finalize;

  source_class->count_children = hw_containment_source_count_children;
  source_class->list_children = hw_containment_source_list_children;
  source_class->get_child = hw_containment_source_get_child;
  source_class->get_heap = hw_containment_source_get_heap;
  source_class->find_path = hw_containment_source_find_path;
}

static void
hw_containment_source_init (HwContainmentSource *self)
{
  self->node = HW_NODE_NONE;
}

static HwTreeSource *
source_new (HwHeap     *heap,
            HwNodeId    node,
            gboolean    retainers,
            const char *name)
{
  HwContainmentSource *self = g_object_new (HW_TYPE_CONTAINMENT_SOURCE, NULL);
  const guint64 key = hw_tree_key_mix_text (0, name);

  self->heap = hw_heap_ref (heap);
  self->node = node;
  self->retainers = retainers;
  hw_tree_source_set_root_key (HW_TREE_SOURCE (self),
                               hw_tree_key_mix_node (key, heap, node, HW_ROW_OBJECT));

  return HW_TREE_SOURCE (self);
}

/**
 * hw_containment_source_new:
 * @heap: a heap
 *
 * Makes the source of Containment: what the root refers to, and what that refers to, and so on.
 *
 * Returns: (transfer full): a source
 */
HwTreeSource *
hw_containment_source_new (HwHeap *heap)
{
  g_return_val_if_fail (heap != NULL, NULL);

  return source_new (heap, hw_heap_get_root (heap), FALSE, "containment");
}

/**
 * hw_retainer_source_new:
 * @heap: a heap
 * @node: the object asked about
 *
 * Makes the source of Retainers: what refers to @node, and what refers to that, and so on.
 *
 * Returns: (transfer full): a source
 */
HwTreeSource *
hw_retainer_source_new (HwHeap   *heap,
                        HwNodeId  node)
{
  g_return_val_if_fail (heap != NULL, NULL);
  g_return_val_if_fail (node.value < hw_heap_get_n_nodes (heap), NULL);

  return source_new (heap, node, TRUE, "retainers");
}
