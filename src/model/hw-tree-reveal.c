/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-tree-model-private.h"

/*
 * Opening the way to an object.
 *
 * A worker asks the source for the way, finds each row's place in its list and makes the lists of those
 * that are not open yet. The main thread then opens them one by one. When another tree was swapped in
 * meanwhile, it is done again.
 */

#define MAX_ATTEMPTS 5

/* What was asked for: the data of the task that the caller sees. */
typedef struct
{
  HwNodeId node;
  guint    n_attempts;
} Reveal;

/* One row of the way. */
typedef struct
{
  HwTreePath  path;
  guint32     index;
  HwTreeList *list;   /* owned: the row's children; NULL for the last row */
} Step;

/* One attempt, on a worker. */
typedef struct
{
  HwTreeSource *source;
  HwOrder       order;
  char         *filter;
  guint64       generation;
  HwNodeId      node;
  GHashTable   *lists;   /* key → HwTreeList of what is open already */
  HwTreePath    root;
  Step         *steps;   /* the result */
  guint         n_steps;
} Attempt;

static void start_attempt (HwTreeModel *self,
                           GTask       *task);

static void
attempt_free (Attempt *attempt)
{
  for (guint i = 0; i < attempt->n_steps; i++)
    g_clear_pointer (&attempt->steps[i].list, hw_tree_list_unref);

  g_free (attempt->steps);
  g_free (attempt->filter);
  g_clear_pointer (&attempt->lists, g_hash_table_unref);
  g_clear_object (&attempt->source);
  g_free (attempt);
}

/* (transfer full): the children of a row: as they are shown, or made now */
static HwTreeList *
dup_children (Attempt           *attempt,
              const HwTreePath  *path,
              GCancellable      *cancellable,
              GError           **error)
{
  HwTreeList *list = g_hash_table_lookup (attempt->lists, &path->item.key);

  if (list != NULL)
    return hw_tree_list_ref (list);

  return hw_tree_source_list_children (attempt->source, path, attempt->order,
                                       path->parent == NULL ? attempt->filter : NULL,
                                       cancellable, error);
}

static gboolean
find_steps (Attempt       *attempt,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr(GArray) way = hw_tree_source_find_path (attempt->source, attempt->node, cancellable, error);
  g_autoptr(HwTreeList) list = NULL;
  const HwTreePath *parent = &attempt->root;

  if (way == NULL)
    return FALSE;

  attempt->steps = g_new0 (Step, way->len);
  attempt->n_steps = way->len;

  list = dup_children (attempt, parent, cancellable, error);

  for (guint i = 0; i < way->len && list != NULL; i++)
    {
      Step *step = &attempt->steps[i];

      if (!hw_tree_source_find_child (attempt->source, parent, list,
                                      &g_array_index (way, HwTreeItem, i), &step->index))
        return hw_tree_path_not_found (error) != NULL;

      hw_tree_source_get_child (attempt->source, parent, list, step->index, &step->path.item);
      hw_tree_source_mark_cycle (attempt->source, parent, &step->path.item);
      step->path.parent = parent;
      parent = &step->path;

      if (i + 1 < way->len)
        {
          hw_tree_list_unref (list);
          list = dup_children (attempt, parent, cancellable, error);
          step->list = list != NULL ? hw_tree_list_ref (list) : NULL;
        }
    }

  return list != NULL;
}

/* Runs on a worker: touches only what is in @task_data. */
static void
attempt_worker (GTask        *task,
                gpointer      source_object G_GNUC_UNUSED,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;

  if (find_steps (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Opens the rows of the way; the position of the last one, or G_MAXUINT. */
static guint
open_steps (HwTreeModel *self,
            Attempt     *attempt)
{
  guint64 key = attempt->root.item.key;

  for (guint i = 0; i < attempt->n_steps; i++)
    {
      const Step *step = &attempt->steps[i];
      HwTreeNode *node = hw_tree_model_get_node (self, key);

      /* Whoever was told of a row that opened may have closed another. */
      if (node == NULL || step->index >= node->list->n ||
          !hw_tree_model_show_index (self, node, step->index))
        return G_MAXUINT;

      if (i + 1 == attempt->n_steps)
        {
          const HwTreePlace place = { node, step->index, HW_TREE_PLACE_CHILD };

          return hw_tree_node_get_place_position (&place);
        }

      key = step->path.item.key;
      if (hw_tree_model_get_node (self, key) == NULL)
        hw_tree_model_open (self, node, step->index, &step->path.item, step->list);
    }

  return G_MAXUINT;
}

static void
attempt_done_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  HwTreeModel *self = HW_TREE_MODEL (object);
  g_autoptr(GTask) task = user_data;
  Attempt *attempt = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;
  gboolean done;
  guint position;

  self->n_held--;
  done = g_task_propagate_boolean (G_TASK (result), &error);

  if (self->generation != attempt->generation || self->rebuild != NULL)
    {
      start_attempt (self, task);
    }
  else if (!done)
    {
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else
    {
      position = open_steps (self, attempt);
      if (position != G_MAXUINT)
        {
          g_task_return_int (task, position);
        }
      else
        {
          hw_tree_path_not_found (&error);
          g_task_return_error (task, g_steal_pointer (&error));
        }
    }

  hw_tree_model_update_busy (self);
}

static void
start_attempt (HwTreeModel *self,
               GTask       *task)
{
  Reveal *reveal = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GTask) worker = NULL;
  Attempt *attempt;
  GHashTableIter iter;
  gpointer value;

  if (self->rebuild != NULL || self->resetting)
    {
      g_ptr_array_add (self->waiting, g_object_ref (task));
      return;
    }

  if (self->root == NULL || reveal->n_attempts++ == MAX_ATTEMPTS)
    {
      hw_tree_path_not_found (&error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  attempt = g_new0 (Attempt, 1);
  attempt->source = g_object_ref (self->shown_source);
  attempt->order = self->shown_order;
  attempt->filter = g_strdup (self->filter);
  attempt->generation = self->generation;
  attempt->node = reveal->node;
  attempt->root.item = self->root->path.item;

  attempt->lists = g_hash_table_new_full (g_int64_hash, g_int64_equal,
                                          g_free, (GDestroyNotify) hw_tree_list_unref);
  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HwTreeNode *node = value;

      g_hash_table_insert (attempt->lists,
                           g_memdup2 (&node->path.item.key, sizeof node->path.item.key),
                           hw_tree_list_ref (node->list));
    }

  self->n_held++;
  worker = g_task_new (self, g_task_get_cancellable (task), attempt_done_cb, g_object_ref (task));
  g_task_set_source_tag (worker, start_attempt);
  g_task_set_task_data (worker, attempt, (GDestroyNotify) attempt_free);
  g_task_run_in_thread (worker, attempt_worker);
  hw_tree_model_update_busy (self);
}

/* A new tree is shown: what waited for it goes on. */
void
hw_tree_model_continue_reveals (HwTreeModel *self)
{
  g_autoptr(GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < waiting->len; i++)
    start_attempt (self, waiting->pdata[i]);
}

/**
 * hw_tree_model_reveal_async:
 * @self: a model
 * @node: an object of the source's heap; in a comparison, of the current one
 * @cancellable: (nullable): stops looking
 * @callback: called when the rows above the object are open
 * @user_data: data for @callback
 *
 * Opens the rows above an object: in the Summary its constructor, in Containment a shortest way from
 * the root. A new tree that is being made is waited for, so a filter that hides the row can be
 * cleared just before.
 */
void
hw_tree_model_reveal_async (HwTreeModel         *self,
                            HwNodeId             node,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Reveal *reveal;

  g_return_if_fail (HW_IS_TREE_MODEL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  reveal = g_new0 (Reveal, 1);
  reveal->node = node;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_tree_model_reveal_async);
  g_task_set_task_data (task, reveal, g_free);
  start_attempt (self, task);
}

/**
 * hw_tree_model_reveal_finish:
 * @self: a model
 * @result: the result handed to the callback
 * @position: (out): the row's position
 * @error: return location
 *
 * Tells where the object is. Fails with `G_IO_ERROR_NOT_FOUND` when it has no row in this view.
 *
 * Returns: whether the object has a row
 */
gboolean
hw_tree_model_reveal_finish (HwTreeModel   *self,
                             GAsyncResult  *result,
                             guint         *position,
                             GError       **error)
{
  g_autoptr(GError) local_error = NULL;
  gssize value;

  g_return_val_if_fail (HW_IS_TREE_MODEL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (position != NULL, FALSE);

  value = g_task_propagate_int (G_TASK (result), &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  *position = (guint) value;

  return TRUE;
}
