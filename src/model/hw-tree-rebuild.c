/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "model/hw-tree-model-private.h"

/*
 * A new tree: the list of the topmost rows, and below it a list for every row that was open, found by
 * its key. Looking for keys walks each list that has wanted children, so it is linear and belongs on a
 * worker; a bit filter spares nearly all children the search.
 */

#define FILTER_BITS 14

static int
compare_wanted (gconstpointer a,
                gconstpointer b)
{
  const HwTreeWanted *left = a;
  const HwTreeWanted *right = b;

  if (left->parent != right->parent)
    return left->parent < right->parent ? -1 : 1;
  if (left->key != right->key)
    return left->key < right->key ? -1 : 1;

  return right->open - left->open;
}

/* @wanted: (transfer full): may hold a row twice, as open and as to be found */
HwTreeRebuild *
hw_tree_rebuild_new (HwTreeSource *source,
                     HwOrder       order,
                     const char   *filter,
                     GArray       *wanted)
{
  HwTreeRebuild *self = g_new0 (HwTreeRebuild, 1);
  guint n = 0;

  self->cancellable = g_cancellable_new ();
  self->source = g_object_ref (source);
  self->order = order;
  self->filter = g_strdup (filter);
  self->limit = HW_TREE_MAX_ROWS;
  self->min_window = HW_TREE_MIN_WINDOW;
  self->found = g_array_new (FALSE, FALSE, sizeof (HwTreeFound));
  self->wanted = wanted;

  /* Of a row that is there twice the open one comes first and stays. */
  g_array_sort (wanted, compare_wanted);
  for (guint i = 0; i < wanted->len; i++)
    {
      const HwTreeWanted *one = &g_array_index (wanted, HwTreeWanted, i);

      if (n == 0 || g_array_index (wanted, HwTreeWanted, n - 1).key != one->key)
        g_array_index (wanted, HwTreeWanted, n++) = *one;
    }
  g_array_set_size (wanted, n);

  return self;
}

void
hw_tree_rebuild_free (HwTreeRebuild *self)
{
  g_clear_pointer (&self->root, hw_tree_node_free_later);
  g_clear_pointer (&self->found, g_array_unref);
  g_clear_pointer (&self->wanted, g_array_unref);
  g_clear_pointer (&self->filter, g_free);
  g_clear_object (&self->source);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/* The first wanted row below @parent whose key is at least @key. */
static guint
bisect_wanted (HwTreeRebuild *self,
               guint64        parent,
               guint64        key)
{
  guint low = 0;
  guint high = self->wanted->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;
      const HwTreeWanted *one = &g_array_index (self->wanted, HwTreeWanted, middle);

      if (one->parent < parent || (one->parent == parent && one->key < key))
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static HwTreeNode *build (HwTreeRebuild     *self,
                          HwTreeNode        *parent,
                          guint32            index,
                          const HwTreeItem  *item,
                          GError           **error);

static gboolean
open_child (HwTreeRebuild     *self,
            HwTreeNode        *node,
            guint32            index,
            const HwTreeItem  *item,
            GError           **error)
{
  HwTreeNode *child;

  if (self->n_open >= HW_TREE_MAX_OPEN || !hw_tree_source_get_expandable (self->source, item))
    return TRUE;

  child = build (self, node, index, item, error);
  if (child == NULL)
    return FALSE;

  if (child->list->n == 0)
    {
      hw_tree_node_free (child);
      return TRUE;
    }

  hw_tree_node_attach (child);
  self->n_open++;

  return TRUE;
}

/* Looks for the wanted rows among the children of @node. */
static gboolean
find_children (HwTreeRebuild  *self,
               HwTreeNode     *node,
               GError        **error)
{
  const guint64 parent = node->path.item.key;
  const guint start = bisect_wanted (self, parent, 0);
  guint64 filter[(1 << FILTER_BITS) / 64];
  guint n_left = 0;

  memset (filter, 0, sizeof filter);
  for (guint i = start; i < self->wanted->len; i++)
    {
      const HwTreeWanted *one = &g_array_index (self->wanted, HwTreeWanted, i);
      const guint bit = (guint) (one->key & ((1 << FILTER_BITS) - 1));

      if (one->parent != parent)
        break;

      filter[bit / 64] |= G_GUINT64_CONSTANT (1) << (bit % 64);
      n_left++;
    }

  for (guint32 i = node->first; n_left > 0 && hw_tree_node_shows (node, i); i++)
    {
      const HwTreeWanted *one;
      HwTreeItem item;
      guint bit;
      guint found;

      if ((i & 0xfff) == 0 && g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;

      hw_tree_source_get_child (self->source, &node->path, node->list, i, &item);

      bit = (guint) (item.key & ((1 << FILTER_BITS) - 1));
      if ((filter[bit / 64] & (G_GUINT64_CONSTANT (1) << (bit % 64))) == 0)
        continue;

      found = bisect_wanted (self, parent, item.key);
      if (found == self->wanted->len)
        continue;

      one = &g_array_index (self->wanted, HwTreeWanted, found);
      if (one->parent == parent && one->key == item.key)
        {
          const HwTreeFound place = { item.key, parent, { node, i, HW_TREE_PLACE_CHILD } };

          n_left--;
          g_array_append_val (self->found, place);
          hw_tree_source_mark_cycle (self->source, &node->path, &item);
          if (one->open && !open_child (self, node, i, &item, error))
            return FALSE;
        }
    }

  return TRUE;
}

static HwTreeNode *
build (HwTreeRebuild     *self,
       HwTreeNode        *parent,
       guint32            index,
       const HwTreeItem  *item,
       GError           **error)
{
  const HwTreePath path = { *item, parent != NULL ? &parent->path : NULL };
  g_autoptr(HwTreeList) list = NULL;
  g_autoptr(HwTreeNode) node = NULL;
  const guint64 count = hw_tree_source_count_children (self->source, &path);
  guint64 room;

  if (count > self->budget)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Too much for the main thread");
      return NULL;
    }
  self->budget -= count;

  list = hw_tree_source_list_children (self->source, &path, self->order, self->filter,
                                       self->cancellable, error);
  if (list == NULL)
    return NULL;

  room = self->n_rows < self->limit ? self->limit - self->n_rows : 0;
  node = hw_tree_node_new (parent, index, item, list, (guint32) MAX (room, self->min_window));
  self->n_rows += node->n_shown;

  if (!find_children (self, node, error))
    return NULL;

  return g_steal_pointer (&node);
}

/*
 * Does the work; fills in @root and @found. Fails when cancelled, and with G_IO_ERROR_WOULD_BLOCK when
 * more than the budget would have to be listed; then it can be run again.
 */
gboolean
hw_tree_rebuild_run (HwTreeRebuild  *self,
                     GError        **error)
{
  const HwTreeItem item = {
    .key = hw_tree_source_get_root_key (self->source),
    .id = HW_NONE,
    .other = HW_NONE,
    .kind = HW_ROW_MORE,
  };

  g_array_set_size (self->found, 0);
  self->n_rows = 0;
  self->n_open = 0;
  self->root = build (self, NULL, 0, &item, error);

  return self->root != NULL;
}
