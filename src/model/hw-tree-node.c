/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-tree-node-private.h"

/* Finding a row walks down from the root: O(depth × log open children). */

/* Lists from this length on are freed on a worker. */
#define MANY_CHILDREN 200000

static guint
count_own (const HwTreeNode *self)
{
  return self->n_shown + (hw_tree_node_has_before (self) ? 1 : 0) + (hw_tree_node_has_after (self) ? 1 : 0);
}

static guint
get_n_entries (const HwTreeNode *self)
{
  return self->entries != NULL ? self->entries->len : 0;
}

static HwTreeEntry *
get_entry (const HwTreeNode *self,
           guint             i)
{
  return &g_array_index (self->entries, HwTreeEntry, i);
}

/* The number of entries whose index is below @index. */
static guint
bisect_index (const HwTreeNode *self,
              guint32           index)
{
  guint low = 0;
  guint high = get_n_entries (self);

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (get_entry (self, middle)->index < index)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* The number of entries whose row is at @offset, counted from the window's first row, or above. */
static guint
bisect_offset (const HwTreeNode *self,
               guint             offset)
{
  guint low = 0;
  guint high = get_n_entries (self);

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;
      const HwTreeEntry *entry = get_entry (self, middle);

      if (entry->index - self->first + entry->n_before <= offset)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

HwTreeNode *
hw_tree_node_new (HwTreeNode       *parent,
                  guint32           index,
                  const HwTreeItem *item,
                  HwTreeList       *list,
                  guint32           n_shown)
{
  HwTreeNode *self = g_new0 (HwTreeNode, 1);

  self->path.item = *item;
  self->path.parent = parent != NULL ? &parent->path : NULL;
  self->parent = parent;
  self->index = index;
  self->depth = parent != NULL ? parent->depth + 1 : 0;
  self->list = hw_tree_list_ref (list);
  self->n_shown = MIN (n_shown, list->n);
  self->n_rows = count_own (self);

  return self;
}

static void
clear_entries (HwTreeNode *self)
{
  for (guint i = 0; i < get_n_entries (self); i++)
    hw_tree_node_free (get_entry (self, i)->node);

  g_clear_pointer (&self->entries, g_array_unref);
}

/* Frees a node that is not attached, with everything below it. */
void
hw_tree_node_free (HwTreeNode *self)
{
  clear_entries (self);
  hw_tree_list_unref (self->list);
  g_free (self);
}

/* Runs on a worker: nobody else knows the node any more. */
static void
free_worker (GTask        *task,
             gpointer      source_object G_GNUC_UNUSED,
             gpointer      task_data,
             GCancellable *cancellable G_GNUC_UNUSED)
{
  hw_tree_node_free (task_data);
  g_task_return_boolean (task, TRUE);
}

/* Frees like hw_tree_node_free(), but gives long lists back on a worker: 100 MB take 15 ms. */
void
hw_tree_node_free_later (HwTreeNode *self)
{
  g_autoptr(GTask) task = NULL;

  if (self->list->n < MANY_CHILDREN && self->n_rows < MANY_CHILDREN)
    {
      hw_tree_node_free (self);
      return;
    }

  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_source_tag (task, hw_tree_node_free_later);
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, free_worker);
}

/* Tells @self and everything above that @self has @change rows more; stops where not yet attached. */
static void
propagate (HwTreeNode *self,
           int         change)
{
  for (;;)
    {
      HwTreeNode *parent = self->parent;
      guint i;

      self->n_rows = (guint) ((int) self->n_rows + change);
      if (parent == NULL)
        return;

      i = bisect_index (parent, self->index);
      if (i == get_n_entries (parent) || get_entry (parent, i)->node != self)
        return;

      for (i++; i < parent->entries->len; i++)
        get_entry (parent, i)->n_before = (guint) ((int) get_entry (parent, i)->n_before + change);

      self = parent;
    }
}

/* Gives the node to its parent. */
void
hw_tree_node_attach (HwTreeNode *self)
{
  HwTreeNode *parent = self->parent;
  HwTreeEntry entry = { self->index, 0, self };
  guint i;

  g_assert (hw_tree_node_shows (parent, self->index));

  if (parent->entries == NULL)
    parent->entries = g_array_new (FALSE, FALSE, sizeof (HwTreeEntry));

  i = bisect_index (parent, self->index);
  if (i > 0)
    entry.n_before = get_entry (parent, i - 1)->n_before + get_entry (parent, i - 1)->node->n_rows;
  g_array_insert_val (parent->entries, i, entry);

  for (i++; i < parent->entries->len; i++)
    get_entry (parent, i)->n_before += self->n_rows;

  propagate (parent, (int) self->n_rows);
}

/* Takes the node from its parent. */
void
hw_tree_node_detach (HwTreeNode *self)
{
  HwTreeNode *parent = self->parent;
  guint i = bisect_index (parent, self->index);

  g_assert (get_entry (parent, i)->node == self);
  g_array_remove_index (parent->entries, i);

  for (; i < parent->entries->len; i++)
    get_entry (parent, i)->n_before -= self->n_rows;

  propagate (parent, -(int) self->n_rows);
}

/* Shows another part of the list. Unless the old one is only made longer, open children are closed. */
void
hw_tree_node_set_window (HwTreeNode *self,
                         guint32     first,
                         guint32     n_shown)
{
  guint n_rows;

  g_assert (first <= self->list->n && n_shown <= self->list->n - first);

  if (first != self->first || n_shown < self->n_shown)
    clear_entries (self);

  self->first = first;
  self->n_shown = n_shown;

  n_rows = count_own (self);
  if (get_n_entries (self) > 0)
    {
      const HwTreeEntry *last = get_entry (self, self->entries->len - 1);

      n_rows += last->n_before + last->node->n_rows;
    }

  propagate (self, (int) n_rows - (int) self->n_rows);
}

gboolean
hw_tree_node_find (HwTreeNode  *root,
                   guint        position,
                   HwTreePlace *place)
{
  HwTreeNode *node = root;
  guint offset = position;

  if (position >= root->n_rows)
    return FALSE;

  for (;;)
    {
      const HwTreeEntry *entry;
      guint i;

      *place = (HwTreePlace) { node, 0, HW_TREE_PLACE_CHILD };

      if (hw_tree_node_has_before (node))
        {
          if (offset == 0)
            {
              place->kind = HW_TREE_PLACE_BEFORE;
              return TRUE;
            }
          offset--;
        }

      i = bisect_offset (node, offset);
      if (i == 0)
        {
          place->index = node->first + offset;
          break;
        }

      entry = get_entry (node, i - 1);
      offset -= entry->index - node->first + entry->n_before;

      if (offset == 0)
        {
          place->index = entry->index;
          break;
        }

      if (offset <= entry->node->n_rows)
        {
          node = entry->node;
          offset--;
          continue;
        }

      place->index = entry->index + (offset - entry->node->n_rows);
      break;
    }

  if (place->index == node->first + node->n_shown)
    place->kind = HW_TREE_PLACE_AFTER;

  return TRUE;
}

/* The position of a place in the whole tree. */
guint
hw_tree_node_get_place_position (const HwTreePlace *place)
{
  const HwTreeNode *node = place->parent;
  guint position = node->parent != NULL ? hw_tree_node_get_position (place->parent) + 1 : 0;
  guint i;

  switch (place->kind)
    {
    case HW_TREE_PLACE_BEFORE:
      return position;

    case HW_TREE_PLACE_AFTER:
      return position + node->n_rows - 1;

    case HW_TREE_PLACE_CHILD:
    default:
      break;
    }

  if (hw_tree_node_has_before (node))
    position++;

  i = bisect_index (node, place->index);
  if (i > 0)
    position += get_entry (node, i - 1)->n_before + get_entry (node, i - 1)->node->n_rows;

  return position + (place->index - node->first);
}

/* The position of an open row; not for the root, which has none. */
guint
hw_tree_node_get_position (HwTreeNode *self)
{
  const HwTreePlace place = { self->parent, self->index, HW_TREE_PLACE_CHILD };

  return hw_tree_node_get_place_position (&place);
}

gboolean
hw_tree_node_is_below (HwTreeNode *self,
                       HwTreeNode *ancestor)
{
  while (self != NULL && self != ancestor)
    self = self->parent;

  return self != NULL;
}
