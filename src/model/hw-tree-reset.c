/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-tree-model-private.h"

/*
 * Another source, order or filter: a new tree is made beside the one that is shown, at once when it is
 * small, else on a worker, and swapped in by announcing all rows out and then all in. The newest
 * request wins; what was on the way for an older one is cancelled and its answer dropped.
 */

/* References to the rows that are held, so that they can be told something. */
static GPtrArray *
dup_rows (HwTreeModel *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (rows, g_object_ref (row));

  return rows;
}

/* What is to be found again: rows that were opened, and rows that somebody holds. */
static GArray *
dup_wanted (HwTreeModel *self)
{
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (HwTreeWanted));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const HwTreeOpenRow *row = value;
      const HwTreeWanted one = { row->parent, row->key, TRUE };

      g_array_append_val (wanted, one);
    }

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const HwTreePlace *place = hw_row_get_place (value);

      if (place != NULL && place->kind == HW_TREE_PLACE_CHILD)
        {
          const HwTreeWanted one = { place->parent->path.item.key, *hw_row_peek_key (value), FALSE };

          g_array_append_val (wanted, one);
        }
    }

  return wanted;
}

void
hw_tree_model_drop_rebuild (HwTreeModel *self)
{
  if (self->rebuild == NULL)
    return;

  self->rebuild->model = NULL;
  g_cancellable_cancel (self->rebuild->cancellable);
  self->rebuild = NULL;
}

/* What was closed while the tree was being made is closed in it, before anybody sees it. */
static void
apply_closed (HwTreeModel *self)
{
  g_autoptr(GArray) closed = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer key;

  if (!self->closed)
    return;

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (key != &self->root->path.item.key && !g_hash_table_contains (self->open, key))
        g_array_append_val (closed, *(guint64 *) key);
    }

  for (guint i = 0; i < closed->len; i++)
    {
      HwTreeNode *node = hw_tree_model_get_node (self, g_array_index (closed, guint64, i));

      if (node == NULL)
        continue;

      hw_tree_node_detach (node);
      hw_tree_model_forget_nodes (self, node);
      hw_tree_node_free_later (node);
    }
}

/* Rows that are held are told where they are now. */
static void
place_rows (HwTreeModel         *self,
            const HwTreeRebuild *rebuild)
{
  for (guint i = 0; i < rebuild->found->len; i++)
    {
      const HwTreeFound *found = &g_array_index (rebuild->found, HwTreeFound, i);
      HwRow *row = g_hash_table_lookup (self->rows, &found->key);
      HwTreeItem item;

      /* Below a row that was closed meanwhile. */
      if (row == NULL || g_hash_table_lookup (self->nodes, &found->parent) != found->place.parent)
        continue;

      hw_tree_model_get_place_item (self, &found->place, &item);
      hw_tree_source_mark_cycle (self->shown_source, &found->place.parent->path, &item);
      hw_row_place (row, self->shown_source, &found->place, &item);
      hw_row_set_state (row,
                        hw_tree_source_get_expandable (self->shown_source, &item),
                        g_hash_table_contains (self->nodes, &item.key));
    }
}

/* Swaps in the result of a rebuild, or nothing. */
static void
show_tree (HwTreeModel   *self,
           HwTreeRebuild *rebuild)
{
  g_autoptr(HwTreeModel) alive = g_object_ref (self);
  g_autoptr(GPtrArray) held = dup_rows (self);
  HwTreeNode *old_root = g_steal_pointer (&self->root);

  self->resetting = TRUE;
  self->generation++;

  for (guint i = 0; i < held->len; i++)
    hw_row_unplace (held->pdata[i]);
  g_hash_table_remove_all (self->nodes);

  if (old_root != NULL && old_root->n_rows > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, old_root->n_rows, 0);

  g_clear_pointer (&old_root, hw_tree_node_free_later);
  g_clear_object (&self->shown_source);

  if (rebuild != NULL)
    {
      self->shown_source = g_object_ref (rebuild->source);
      self->shown_order = rebuild->order;
      self->root = g_steal_pointer (&rebuild->root);
      hw_tree_model_index_nodes (self, self->root);
      apply_closed (self);
      place_rows (self, rebuild);
    }

  for (guint i = 0; i < held->len; i++)
    {
      HwRow *row = held->pdata[i];

      if (hw_row_get_place (row) == NULL)
        hw_row_set_state (row, hw_row_get_expandable (row), FALSE);
    }

  if (hw_tree_model_get_n_rows (self) > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, hw_tree_model_get_n_rows (self));

  hw_tree_model_emit_reset_done (self);
  self->resetting = FALSE;

  if (self->reset_again)
    {
      self->reset_again = FALSE;
      hw_tree_model_start_rebuild (self);
      return;
    }

  if (self->chain_later)
    {
      self->chain_later = FALSE;
      hw_tree_model_expand_chain (self, NULL);
    }

  hw_tree_model_continue_reveals (self);
  hw_tree_model_update_busy (self);
}

/* Runs on a worker: touches only what is in @task_data. */
static void
rebuild_worker (GTask        *task,
                gpointer      source_object G_GNUC_UNUSED,
                gpointer      task_data,
                GCancellable *cancellable G_GNUC_UNUSED)
{
  GError *error = NULL;

  if (hw_tree_rebuild_run (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
rebuild_done_cb (GObject      *object G_GNUC_UNUSED,
                 GAsyncResult *result,
                 gpointer      user_data G_GNUC_UNUSED)
{
  GTask *task = G_TASK (result);
  HwTreeRebuild *rebuild = g_task_get_task_data (task);
  HwTreeModel *self = rebuild->model;

  /* A newer request came, or the model is gone. */
  if (self == NULL || !g_task_propagate_boolean (task, NULL))
    return;

  self->rebuild = NULL;
  show_tree (self, rebuild);
}

/* How many children the new tree will list at least, unless it is quite another one. */
static guint64
count_listed (HwTreeModel *self)
{
  GHashTableIter iter;
  gpointer value;
  guint64 n = 0;

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const HwTreeNode *node = value;

      if (node->parent != NULL)
        n += node->list->n;
    }

  return n;
}

/* Begins to show what is asked for now, in place of whatever was under way. */
void
hw_tree_model_start_rebuild (HwTreeModel *self)
{
  g_autoptr(HwTreeRebuild) rebuild = NULL;
  g_autoptr(GTask) task = NULL;

  if (self->resetting)
    {
      self->reset_again = TRUE;
      return;
    }

  hw_tree_model_drop_rebuild (self);
  hw_tree_model_drop_expansions (self);
  self->closed = FALSE;

  if (self->source == NULL)
    {
      show_tree (self, NULL);
      return;
    }

  rebuild = hw_tree_rebuild_new (self->source, self->order, self->filter, dup_wanted (self));
  rebuild->limit = self->limit;
  rebuild->min_window = self->min_window;
  rebuild->budget = HW_TREE_MAX_INLINE;

  if (count_listed (self) <= HW_TREE_MAX_INLINE && hw_tree_rebuild_run (rebuild, NULL))
    {
      show_tree (self, rebuild);
      return;
    }

  rebuild->budget = G_MAXUINT64;
  rebuild->model = self;
  self->rebuild = rebuild;

  task = g_task_new (NULL, rebuild->cancellable, rebuild_done_cb, NULL);
  g_task_set_source_tag (task, hw_tree_model_start_rebuild);
  g_task_set_task_data (task, g_steal_pointer (&rebuild), (GDestroyNotify) hw_tree_rebuild_free);
  g_task_run_in_thread (task, rebuild_worker);
  hw_tree_model_update_busy (self);
}
