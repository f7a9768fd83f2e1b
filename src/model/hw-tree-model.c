/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-text.h"
#include "model/hw-tree-model-private.h"

/*
 * The flat list over a tree source.
 *
 * What is shown is one tree of open rows (hw-tree-node-private.h). Opening and closing a row change it
 * in place (hw-tree-open.c); another source, order or filter makes a new tree beside it and swaps it in
 * (hw-tree-reset.c, hw-tree-rebuild.c). Rows are made when they are asked for and are found again by
 * their key while anybody holds them.
 */

enum
{
  RESET_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef enum
{
  PROP_BUSY = 1,
} HwTreeModelProperty;

static GParamSpec *properties[PROP_BUSY + 1];

static void hw_tree_model_list_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HwTreeModel, hw_tree_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, hw_tree_model_list_init))

void
hw_tree_model_update_busy (HwTreeModel *self)
{
  const gboolean busy = self->rebuild != NULL || self->n_held > 0 ||
                        g_hash_table_size (self->expansions) > 0;

  if (self->busy == busy)
    return;

  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

guint
hw_tree_model_get_n_rows (HwTreeModel *self)
{
  return self->root != NULL ? self->root->n_rows : 0;
}

void
hw_tree_model_get_place_item (HwTreeModel       *self,
                              const HwTreePlace *place,
                              HwTreeItem        *item)
{
  const HwTreeNode *node = place->parent;

  if (place->kind == HW_TREE_PLACE_CHILD)
    {
      hw_tree_source_get_child (self->shown_source, &node->path, node->list, place->index, item);
      return;
    }

  *item = (HwTreeItem) {
    .key = hw_tree_key_mix (node->path.item.key, ~(guint64) place->kind),
    .id = HW_NONE,
    .other = HW_NONE,
    .kind = HW_ROW_MORE,
  };
}

/* (transfer full): the row at a place: the one that is held already, or a new one */
HwRow *
hw_tree_model_dup_row (HwTreeModel       *self,
                       const HwTreePlace *place)
{
  HwTreeItem item;
  HwRow *row;

  hw_tree_model_get_place_item (self, place, &item);

  row = g_hash_table_lookup (self->rows, &item.key);
  if (row != NULL)
    {
      g_object_ref (row);
      if (hw_row_get_place (row) != NULL)
        return row;
    }
  else
    {
      row = hw_row_new (self, item.key);
      g_hash_table_insert (self->rows, (gpointer) hw_row_peek_key (row), row);
    }

  if (item.kind == HW_ROW_MORE)
    {
      hw_row_place (row, self->shown_source, place, &item);
      return row;
    }

  hw_tree_source_mark_cycle (self->shown_source, &place->parent->path, &item);
  hw_row_place (row, self->shown_source, place, &item);
  hw_row_set_state (row,
                    hw_tree_source_get_expandable (self->shown_source, &item),
                    g_hash_table_contains (self->nodes, &item.key));

  return row;
}

void
hw_tree_model_row_gone (HwTreeModel *self,
                        HwRow       *row)
{
  g_hash_table_remove (self->rows, hw_row_peek_key (row));
}

static GType
hw_tree_model_get_item_type (GListModel *list G_GNUC_UNUSED)
{
  return HW_TYPE_ROW;
}

static guint
hw_tree_model_get_n_items (GListModel *list)
{
  return hw_tree_model_get_n_rows (HW_TREE_MODEL (list));
}

static gpointer
hw_tree_model_get_item (GListModel *list,
                        guint       position)
{
  HwTreeModel *self = HW_TREE_MODEL (list);
  HwTreePlace place;

  if (self->root == NULL || !hw_tree_node_find (self->root, position, &place))
    return NULL;

  return hw_tree_model_dup_row (self, &place);
}

static void
hw_tree_model_list_init (GListModelInterface *iface)
{
  iface->get_item_type = hw_tree_model_get_item_type;
  iface->get_n_items = hw_tree_model_get_n_items;
  iface->get_item = hw_tree_model_get_item;
}

static void
hw_tree_model_dispose (GObject *object)
{
  HwTreeModel *self = HW_TREE_MODEL (object);
  GHashTableIter iter;
  gpointer row;

  hw_tree_model_drop_rebuild (self);
  hw_tree_model_drop_expansions (self);

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    hw_row_forget_model (row);
  g_hash_table_remove_all (self->rows);
  g_hash_table_remove_all (self->nodes);

  g_clear_pointer (&self->root, hw_tree_node_free_later);
  g_clear_object (&self->shown_source);
  g_clear_object (&self->source);

  G_OBJECT_CLASS (hw_tree_model_parent_class)->dispose (object);
}

static void
hw_tree_model_finalize (GObject *object)
{
  HwTreeModel *self = HW_TREE_MODEL (object);

  g_clear_pointer (&self->filter, g_free);
  g_clear_pointer (&self->nodes, g_hash_table_unref);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->open, g_hash_table_unref);
  g_clear_pointer (&self->expansions, g_hash_table_unref);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);

  G_OBJECT_CLASS (hw_tree_model_parent_class)->finalize (object);
}

static void
hw_tree_model_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  HwTreeModel *self = HW_TREE_MODEL (object);

  switch ((HwTreeModelProperty) prop_id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_tree_model_class_init (HwTreeModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hw_tree_model_dispose;
  object_class->finalize = hw_tree_model_finalize;
  object_class->get_property = hw_tree_model_get_property;

  /**
   * HwTreeModel:busy:
   *
   * Whether something is being prepared on a worker: an order, a filter, the children of a row, the
   * way to an object. What was shown before stays until it is ready.
   */
  properties[PROP_BUSY] =
    g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * HwTreeModel::reset-done:
   * @self: a model
   *
   * Emitted when all rows were announced out and all new ones in. Rows that somebody held before and
   * that are still there know their new positions: select them again, scroll to them.
   */
  signals[RESET_DONE] =
    g_signal_new ("reset-done", HW_TYPE_TREE_MODEL, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hw_tree_model_init (HwTreeModel *self)
{
  self->order = (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE };
  self->limit = HW_TREE_MAX_ROWS;
  self->min_window = HW_TREE_MIN_WINDOW;
  self->nodes = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->rows = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->expansions = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

void
hw_tree_model_emit_reset_done (HwTreeModel *self)
{
  g_signal_emit (self, signals[RESET_DONE], 0);
}

void
hw_tree_model_set_limit (HwTreeModel *self,
                         guint        limit,
                         guint        min_window)
{
  self->limit = limit;
  self->min_window = min_window;
}

/**
 * hw_tree_model_new:
 *
 * Makes a model without a source, and so without rows.
 *
 * Returns: (transfer full): a model
 */
HwTreeModel *
hw_tree_model_new (void)
{
  return g_object_new (HW_TYPE_TREE_MODEL, NULL);
}

/**
 * hw_tree_model_set_source:
 * @self: a model
 * @source: (nullable): what to show, or NULL for nothing
 *
 * Shows another tree. Rows that were open and occur in it, by key, are open in it.
 */
void
hw_tree_model_set_source (HwTreeModel  *self,
                          HwTreeSource *source)
{
  g_return_if_fail (HW_IS_TREE_MODEL (self));
  g_return_if_fail (source == NULL || HW_IS_TREE_SOURCE (source));

  if (g_set_object (&self->source, source))
    hw_tree_model_start_rebuild (self);
}

/**
 * hw_tree_model_get_source:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): the source that was set last
 */
HwTreeSource *
hw_tree_model_get_source (HwTreeModel *self)
{
  g_return_val_if_fail (HW_IS_TREE_MODEL (self), NULL);

  return self->source;
}

/**
 * hw_tree_model_set_order:
 * @self: a model
 * @order: a column and a direction
 *
 * Sorts all levels. A big tree is sorted on a worker; the rows stay as they are until that is done.
 */
void
hw_tree_model_set_order (HwTreeModel *self,
                         HwOrder      order)
{
  g_return_if_fail (HW_IS_TREE_MODEL (self));

  order.descending = !!order.descending;
  if (self->order.measure == order.measure && self->order.descending == order.descending)
    return;

  self->order = order;
  hw_tree_model_start_rebuild (self);
}

/**
 * hw_tree_model_get_order:
 * @self: a model
 *
 * Returns: the order that was set last
 */
HwOrder
hw_tree_model_get_order (HwTreeModel *self)
{
  g_return_val_if_fail (HW_IS_TREE_MODEL (self), ((HwOrder) { HW_MEASURE_NAME, FALSE }));

  return self->order;
}

/**
 * hw_tree_model_set_filter:
 * @self: a model
 * @text: (nullable): part of a constructor's name, in any case; NULL or "" for all
 *
 * Hides the topmost rows whose names do not contain @text. Open rows that were hidden are open again
 * when they come back.
 */
void
hw_tree_model_set_filter (HwTreeModel *self,
                          const char  *text)
{
  g_autofree char *folded = NULL;

  g_return_if_fail (HW_IS_TREE_MODEL (self));

  if (text != NULL && *text != '\0')
    folded = hw_text_dup_folded (text);

  if (g_set_str (&self->filter, folded))
    hw_tree_model_start_rebuild (self);
}

/**
 * hw_tree_model_get_busy:
 * @self: a model
 *
 * Returns: whether something is being prepared
 */
gboolean
hw_tree_model_get_busy (HwTreeModel *self)
{
  g_return_val_if_fail (HW_IS_TREE_MODEL (self), FALSE);

  return self->busy;
}

/**
 * hw_tree_model_get_key:
 * @self: a model
 * @row: a row
 *
 * Returns: the row's key: unique in the tree, the same in every order and in the next session
 */
guint64
hw_tree_model_get_key (HwTreeModel *self,
                       HwRow       *row)
{
  g_return_val_if_fail (HW_IS_TREE_MODEL (self), 0);
  g_return_val_if_fail (HW_IS_ROW (row), 0);

  return *hw_row_peek_key (row);
}

/**
 * hw_tree_model_find_key:
 * @self: a model
 * @key: a row's key
 *
 * Finds a row again: one that is open, that somebody holds, or that is among the first few thousand
 * rows. Hold a row to be sure to find it after a reset.
 *
 * Returns: the row's position, or `G_MAXUINT` when it is not found
 */
guint
hw_tree_model_find_key (HwTreeModel *self,
                        guint64      key)
{
  HwTreeNode *node;
  HwRow *row;

  g_return_val_if_fail (HW_IS_TREE_MODEL (self), G_MAXUINT);

  row = g_hash_table_lookup (self->rows, &key);
  if (row != NULL && hw_row_get_place (row) != NULL)
    return hw_row_get_position (row);

  node = hw_tree_model_get_node (self, key);
  if (node != NULL && node->parent != NULL)
    return hw_tree_node_get_position (node);

  for (guint i = 0; i < MIN (hw_tree_model_get_n_rows (self), HW_TREE_MAX_INLINE); i++)
    {
      HwTreePlace place;
      HwTreeItem item;

      if (!hw_tree_node_find (self->root, i, &place))
        break;

      hw_tree_model_get_place_item (self, &place, &item);
      if (item.key == key)
        return i;
    }

  return G_MAXUINT;
}
