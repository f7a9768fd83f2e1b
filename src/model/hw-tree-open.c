/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-tree-model-private.h"

/*
 * Opening and closing rows in place, and windows of long lists.
 *
 * A row with few children opens at once, one with many on a worker. Which rows the person has open is
 * kept by key in `open` from the click on, so that a new tree opens them as well.
 */

/* The panel opens one shortest path of so many retainers by itself. */
#define MAX_CHAIN 20

static void open_place     (HwTreeModel       *self,
                            const HwTreePlace *place,
                            guint              levels);
static void drop_expansion (HwTreeModel       *self,
                            HwTreeExpansion   *expansion);

/* The rows below @node are not in the model any more. Returns (transfer full): those that are held */
static GPtrArray *
unplace_below (HwTreeModel *self,
               HwTreeNode  *node)
{
  GPtrArray *gone = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      const HwTreePlace *place = hw_row_get_place (row);

      if (place != NULL && hw_tree_node_is_below (place->parent, node))
        {
          hw_row_unplace (row);
          g_ptr_array_add (gone, g_object_ref (row));
        }
    }

  return gone;
}

/* Whoever still holds rows that went away is told that they are closed. */
static void
close_rows (GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      if (hw_row_get_place (rows->pdata[i]) == NULL)
        hw_row_set_state (rows->pdata[i], hw_row_get_expandable (rows->pdata[i]), FALSE);
    }
}

static void
set_row_expanded (HwTreeModel *self,
                  guint64      key,
                  gboolean     expanded)
{
  HwRow *row = g_hash_table_lookup (self->rows, &key);

  if (row != NULL)
    {
      g_object_ref (row);
      hw_row_set_state (row, hw_row_get_expandable (row), expanded);
      g_object_unref (row);
    }
}

static void
remember_open (HwTreeModel *self,
               guint64      key,
               guint64      parent)
{
  HwTreeOpenRow *row;

  if (g_hash_table_size (self->open) >= HW_TREE_MAX_OPEN)
    {
      GHashTableIter iter;
      gpointer one;

      /* Those that are not shown are forgotten first. */
      g_hash_table_iter_init (&iter, self->open);
      while (g_hash_table_iter_next (&iter, &one, NULL))
        {
          if (!g_hash_table_contains (self->nodes, one))
            g_hash_table_iter_remove (&iter);
        }
      if (g_hash_table_size (self->open) >= HW_TREE_MAX_OPEN)
        return;
    }

  row = g_new (HwTreeOpenRow, 1);
  *row = (HwTreeOpenRow) { key, parent };
  g_hash_table_replace (self->open, &row->key, row);
}

/* The tree below @node has been made: it can be found by key from now on. */
void
hw_tree_model_index_nodes (HwTreeModel *self,
                           HwTreeNode  *node)
{
  g_hash_table_insert (self->nodes, &node->path.item.key, node);

  for (guint i = 0; node->entries != NULL && i < node->entries->len; i++)
    hw_tree_model_index_nodes (self, g_array_index (node->entries, HwTreeEntry, i).node);
}

/* The tree below @node is about to go, because it was closed. */
void
hw_tree_model_forget_nodes (HwTreeModel *self,
                            HwTreeNode  *node)
{
  for (guint i = 0; node->entries != NULL && i < node->entries->len; i++)
    hw_tree_model_forget_nodes (self, g_array_index (node->entries, HwTreeEntry, i).node);

  g_hash_table_remove (self->nodes, &node->path.item.key);
  g_hash_table_remove (self->open, &node->path.item.key);
}

/* Whether a row that was opened is below another one. */
static gboolean
is_open_below (HwTreeModel         *self,
               const HwTreeOpenRow *row,
               guint64              key)
{
  while (row != NULL && row->parent != key)
    row = g_hash_table_lookup (self->open, &row->parent);

  return row != NULL;
}

/* The person closed a row: what is open below it, or about to be, is closed with it. */
static void
forget_open (HwTreeModel *self,
             guint64      key)
{
  g_autoptr(GArray) below = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer row;

  g_hash_table_remove (self->open, &key);

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      if (is_open_below (self, row, key))
        g_array_append_val (below, ((HwTreeOpenRow *) row)->key);
    }

  for (guint i = 0; i < below->len; i++)
    {
      const guint64 *one = &g_array_index (below, guint64, i);
      HwTreeExpansion *expansion = g_hash_table_lookup (self->expansions, one);

      g_hash_table_remove (self->open, one);
      if (expansion != NULL)
        drop_expansion (self, expansion);
    }
}

HwTreeNode *
hw_tree_model_get_node (HwTreeModel *self,
                        guint64      key)
{
  return g_hash_table_lookup (self->nodes, &key);
}

static guint
get_room (HwTreeModel *self)
{
  const guint n_rows = hw_tree_model_get_n_rows (self);

  return MAX (self->min_window, n_rows < self->limit ? self->limit - n_rows : 0);
}

/*
 * Opens a child with the list of its children; announces the rows. FALSE when it has none, or when it
 * is not shown.
 */
gboolean
hw_tree_model_open (HwTreeModel      *self,
                    HwTreeNode       *parent,
                    guint32           index,
                    const HwTreeItem *item,
                    HwTreeList       *list)
{
  HwTreeNode *node;
  guint position;
  guint n_rows;

  if (list->n == 0 || !hw_tree_node_shows (parent, index) ||
      g_hash_table_contains (self->nodes, &item->key))
    return FALSE;

  node = hw_tree_node_new (parent, index, item, list, get_room (self));
  hw_tree_node_attach (node);
  g_hash_table_insert (self->nodes, &node->path.item.key, node);
  remember_open (self, item->key, parent->path.item.key);

  position = hw_tree_node_get_position (node);
  n_rows = node->n_rows;
  g_list_model_items_changed (G_LIST_MODEL (self), position + 1, 0, n_rows);
  set_row_expanded (self, item->key, TRUE);

  return TRUE;
}

/* Opens the first child when it is one of the way to the root, and so on. */
static void
continue_chain (HwTreeModel *self,
                guint64      key,
                guint        levels)
{
  HwTreeNode *node = hw_tree_model_get_node (self, key);
  HwTreePlace place = { node, 0, HW_TREE_PLACE_CHILD };
  HwTreeItem item;
  gint64 distance;

  if (levels == 0 || node == NULL || !hw_tree_node_shows (node, 0))
    return;

  hw_tree_source_get_child (self->shown_source, &node->path, node->list, 0, &item);
  if (hw_tree_source_get_measure (self->shown_source, &item, HW_MEASURE_DISTANCE, &distance) &&
      distance > 1)
    open_place (self, &place, levels);
}

static void
expansion_free (HwTreeExpansion *expansion)
{
  g_clear_object (&expansion->source);
  g_clear_object (&expansion->cancellable);
  g_free (expansion);
}

static void
drop_expansion (HwTreeModel *self,
                HwTreeExpansion   *expansion)
{
  expansion->model = NULL;
  g_cancellable_cancel (expansion->cancellable);
  g_hash_table_remove (self->expansions, &expansion->path.item.key);
}

void
hw_tree_model_drop_expansions (HwTreeModel *self)
{
  GHashTableIter iter;
  gpointer expansion;

  g_hash_table_iter_init (&iter, self->expansions);
  while (g_hash_table_iter_next (&iter, NULL, &expansion))
    {
      ((HwTreeExpansion *) expansion)->model = NULL;
      g_cancellable_cancel (((HwTreeExpansion *) expansion)->cancellable);
    }

  g_hash_table_remove_all (self->expansions);
}

/* Runs on a worker: touches only what is in @task_data. */
static void
expansion_worker (GTask        *task,
                  gpointer      source_object G_GNUC_UNUSED,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  const HwTreeExpansion *expansion = task_data;
  GError *error = NULL;
  HwTreeList *list = hw_tree_source_list_children (expansion->source, &expansion->path, expansion->order,
                                                   NULL, cancellable, &error);

  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify) hw_tree_list_unref);
  else
    g_task_return_error (task, error);
}

static void
finish_open (HwTreeModel      *self,
             HwTreeNode       *parent,
             guint32           index,
             const HwTreeItem *item,
             HwTreeList       *list,
             guint             levels)
{
  const guint64 key = item->key;

  if (hw_tree_model_open (self, parent, index, item, list))
    {
      continue_chain (self, key, levels - 1);
    }
  else if (list->n == 0)
    {
      HwRow *row = g_hash_table_lookup (self->rows, &key);

      g_hash_table_remove (self->open, &key);
      if (row != NULL)
        hw_row_set_state (row, FALSE, FALSE);
    }
}

static void
expansion_done_cb (GObject      *object G_GNUC_UNUSED,
                   GAsyncResult *result,
                   gpointer      user_data G_GNUC_UNUSED)
{
  GTask *task = G_TASK (result);
  HwTreeExpansion *expansion = g_task_get_task_data (task);
  HwTreeModel *self = expansion->model;
  g_autoptr(HwTreeList) list = g_task_propagate_pointer (task, NULL);
  HwTreeNode *parent;

  /* Dropped, or the model is gone. */
  if (self == NULL)
    return;

  g_object_ref (self);
  drop_expansion (self, expansion);

  parent = hw_tree_model_get_node (self, expansion->parent);
  if (list != NULL && parent != NULL)
    finish_open (self, parent, expansion->index, &expansion->path.item, list, expansion->levels);

  hw_tree_model_update_busy (self);
  g_object_unref (self);
}

static void
start_expansion (HwTreeModel       *self,
                 const HwTreePlace *place,
                 const HwTreeItem  *item,
                 guint              levels)
{
  HwTreeExpansion *expansion = g_new0 (HwTreeExpansion, 1);
  g_autoptr(GTask) task = NULL;

  expansion->model = self;
  expansion->cancellable = g_cancellable_new ();
  expansion->source = g_object_ref (self->shown_source);
  expansion->order = self->shown_order;
  expansion->parent = place->parent->path.item.key;
  expansion->index = place->index;
  expansion->above.item = place->parent->path.item;
  expansion->path.item = *item;
  expansion->path.parent = &expansion->above;
  expansion->levels = levels;
  g_hash_table_insert (self->expansions, &expansion->path.item.key, expansion);

  task = g_task_new (NULL, expansion->cancellable, expansion_done_cb, NULL);
  g_task_set_source_tag (task, start_expansion);
  g_task_set_task_data (task, expansion, (GDestroyNotify) expansion_free);
  g_task_run_in_thread (task, expansion_worker);
  hw_tree_model_update_busy (self);
}

/* Opens a row, and @levels - 1 levels of first children below it. */
static void
open_place (HwTreeModel       *self,
            const HwTreePlace *place,
            guint              levels)
{
  HwTreeNode *parent = place->parent;
  HwTreeItem item;
  HwTreePath path;

  hw_tree_model_get_place_item (self, place, &item);
  hw_tree_source_mark_cycle (self->shown_source, &parent->path, &item);

  if (item.kind == HW_ROW_MORE || !hw_tree_source_get_expandable (self->shown_source, &item))
    return;

  if (g_hash_table_contains (self->nodes, &item.key))
    {
      continue_chain (self, item.key, levels - 1);
      return;
    }

  if (g_hash_table_contains (self->expansions, &item.key))
    return;

  remember_open (self, item.key, parent->path.item.key);

  path = (HwTreePath) { item, &parent->path };
  if (hw_tree_source_count_children (self->shown_source, &path) > HW_TREE_MAX_INLINE)
    {
      /* The new tree that is on its way will have it open. */
      if (self->rebuild != NULL)
        return;

      start_expansion (self, place, &item, levels);
    }
  else
    {
      g_autoptr(HwTreeList) list = hw_tree_source_list_children (self->shown_source, &path,
                                                                 self->shown_order, NULL, NULL, NULL);

      finish_open (self, parent, place->index, &item, list, levels);
    }
}

/* As the person asks for it. A new tree that is on its way has to know of it, so it begins again. */
static void
open_row (HwTreeModel *self,
          HwRow       *row,
          guint        levels)
{
  const guint n_open = g_hash_table_size (self->open);
  HwTreePlace place;

  g_return_if_fail (hw_row_get_model (row) == self || hw_row_get_model (row) == NULL);

  if (hw_row_get_place (row) == NULL)
    return;

  place = *hw_row_get_place (row);
  open_place (self, &place, levels);

  if (self->rebuild != NULL && g_hash_table_size (self->open) != n_open)
    hw_tree_model_start_rebuild (self);
}

/**
 * hw_tree_model_expand:
 * @self: a model
 * @row: a row
 *
 * Opens a row. One with many children is sorted on a worker first and opens when that is done.
 */
void
hw_tree_model_expand (HwTreeModel *self,
                      HwRow       *row)
{
  g_return_if_fail (HW_IS_TREE_MODEL (self));
  g_return_if_fail (HW_IS_ROW (row));

  open_row (self, row, 1);
}

/**
 * hw_tree_model_expand_chain:
 * @self: a model
 * @row: (nullable): a row, or NULL to begin with the first row of all
 *
 * Opens a row, its first child, that one's first child and so on, up to 20 levels, as long as the child
 * is farther from the roots than 1 and is not one of its own ancestors: in a list of retainers by
 * distance this opens one shortest path. When a new tree is being made, NULL waits for it.
 */
void
hw_tree_model_expand_chain (HwTreeModel *self,
                            HwRow       *row)
{
  g_return_if_fail (HW_IS_TREE_MODEL (self));
  g_return_if_fail (row == NULL || HW_IS_ROW (row));

  if (row == NULL)
    {
      if (self->rebuild != NULL || self->resetting)
        self->chain_later = TRUE;
      else if (self->root != NULL)
        continue_chain (self, self->root->path.item.key, MAX_CHAIN - 1);
    }
  else
    {
      open_row (self, row, MAX_CHAIN);
    }
}

/**
 * hw_tree_model_collapse:
 * @self: a model
 * @row: a row
 *
 * Closes a row and everything below it, or stops opening it.
 */
void
hw_tree_model_collapse (HwTreeModel *self,
                        HwRow       *row)
{
  g_autoptr(GPtrArray) gone = NULL;
  HwTreeExpansion *expansion;
  HwTreeNode *node;
  guint64 key;
  guint position;
  guint n_rows;

  g_return_if_fail (HW_IS_TREE_MODEL (self));
  g_return_if_fail (HW_IS_ROW (row));
  g_return_if_fail (hw_row_get_model (row) == self || hw_row_get_model (row) == NULL);

  if (hw_row_get_place (row) == NULL)
    return;

  key = *hw_row_peek_key (row);
  self->closed = TRUE;
  forget_open (self, key);

  expansion = g_hash_table_lookup (self->expansions, &key);
  if (expansion != NULL)
    {
      drop_expansion (self, expansion);
      hw_tree_model_update_busy (self);
      return;
    }

  node = hw_tree_model_get_node (self, key);
  if (node == NULL || node->parent == NULL)
    return;

  position = hw_tree_node_get_position (node);
  n_rows = node->n_rows;

  gone = unplace_below (self, node);
  hw_tree_node_detach (node);
  hw_tree_model_forget_nodes (self, node);
  hw_tree_node_free_later (node);
  hw_tree_model_update_busy (self);

  g_object_ref (row);
  g_list_model_items_changed (G_LIST_MODEL (self), position + 1, n_rows, 0);
  hw_row_set_state (row, hw_row_get_expandable (row), FALSE);
  close_rows (gone);
  g_object_unref (row);
}

/* Windows */

/* Shows another part of a list: all its rows out, then all in. */
static gboolean
move_window (HwTreeModel *self,
             HwTreeNode  *node,
             guint32      first,
             guint32      n_shown)
{
  const guint64 key = node->path.item.key;
  const guint position = node->parent != NULL ? hw_tree_node_get_position (node) + 1 : 0;
  const guint n_rows = node->n_rows;
  HwTreeList *list = node->list;
  g_autoptr(GPtrArray) gone = unplace_below (self, node);

  for (guint i = 0; node->entries != NULL && i < node->entries->len; i++)
    hw_tree_model_forget_nodes (self, g_array_index (node->entries, HwTreeEntry, i).node);

  node->list = hw_tree_list_new_take (NULL, 0);
  hw_tree_node_set_window (node, 0, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_rows, 0);
  close_rows (gone);

  /* Somebody who was told may have closed it. */
  if (hw_tree_model_get_node (self, key) != node || node->list->n != 0)
    {
      hw_tree_list_unref (list);
      return FALSE;
    }

  hw_tree_list_unref (node->list);
  node->list = list;
  hw_tree_node_set_window (node, first, n_shown);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, node->n_rows);

  return TRUE;
}

/* Moves the window of @node so that a child is in it. */
gboolean
hw_tree_model_show_index (HwTreeModel *self,
                          HwTreeNode  *node,
                          guint32      index)
{
  const guint32 n = node->list->n;
  guint32 n_shown;
  guint32 first;

  if (hw_tree_node_shows (node, index))
    return TRUE;

  n_shown = MIN (n, MAX (node->n_shown, self->min_window));
  first = MIN (index - MIN (index, n_shown / 2), n - n_shown);

  return move_window (self, node, first, n_shown);
}

/**
 * hw_tree_model_show_more:
 * @self: a model
 * @row: a row of kind HW_ROW_MORE
 *
 * Shows the rows that @row stands for: after those shown as long as there is room, else in their place.
 */
void
hw_tree_model_show_more (HwTreeModel *self,
                         HwRow       *row)
{
  const HwTreePlace *place;
  HwTreeNode *node;
  guint32 first;
  guint32 n_left;
  guint32 n_new;

  g_return_if_fail (HW_IS_TREE_MODEL (self));
  g_return_if_fail (HW_IS_ROW (row));
  g_return_if_fail (hw_row_get_model (row) == self || hw_row_get_model (row) == NULL);

  place = hw_row_get_place (row);
  if (place == NULL || place->kind == HW_TREE_PLACE_CHILD)
    return;

  node = place->parent;
  n_new = MAX (self->min_window, node->n_shown);
  if (hw_tree_model_get_n_rows (self) < self->limit)
    n_new = MAX (n_new, node->n_shown + (self->limit - hw_tree_model_get_n_rows (self)));

  if (place->kind == HW_TREE_PLACE_BEFORE)
    {
      n_new = MIN (n_new, node->first);
      move_window (self, node, node->first - n_new, n_new);
      return;
    }

  first = node->first + node->n_shown;
  n_left = node->list->n - first;

  if (hw_tree_model_get_n_rows (self) < self->limit)
    {
      const guint position = hw_tree_node_get_place_position (place);
      const guint32 n_grown = MIN (n_left, self->limit - hw_tree_model_get_n_rows (self));

      hw_row_unplace (row);
      hw_tree_node_set_window (node, node->first, node->n_shown + n_grown);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1,
                                  n_grown + (hw_tree_node_has_after (node) ? 1 : 0));
      return;
    }

  move_window (self, node, first, MIN (n_left, n_new));
}
