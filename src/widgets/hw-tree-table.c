/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table: model, selection, headers and what happens when everything is sorted anew. The cells are in
 * hw-tree-table-cells.c, what a person does with a row in hw-tree-table-keys.c.
 *
 * Sorting belongs to the engine. Each column has a sorter without a function, which makes its header
 * clickable and shows the arrow; the table reads what was clicked and hands the order to the model.
 */
#include "config.h"

#include "widgets/hw-cell-metrics-private.h"
#include "widgets/hw-column-memory.h"
#include "widgets/hw-tree-table-private.h"

#include <glib/gi18n-lib.h>

/* The width of a digit, in pixels, that the widths of the columns are meant for; larger text gets wider columns. */
#define USUAL_DIGIT 8

G_DEFINE_FINAL_TYPE (HwTreeTable, hw_tree_table, ADW_TYPE_BIN)

typedef enum
{
  PROP_NARROW = 1,
} HwTreeTableProperty;

static GParamSpec *properties[PROP_NARROW + 1];

enum
{
  ROW_SELECTED,
  REVEAL,
  EXPLAIN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GtkColumnViewColumn *
find_view_column (HwTreeTable *self,
                  const char  *id)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (g_strcmp0 (gtk_column_view_column_get_id (column), id) == 0)
        return column;
    }

  return NULL;
}

static const HwTableColumn *
find_column (HwTreeTable *self,
             const char  *id)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (g_strcmp0 (self->columns[i].id, id) == 0)
      return &self->columns[i];

  return NULL;
}

/* Sizes and counts are wanted largest first; names and distances smallest first. */
static gboolean
begins_descending (const HwTableColumn *column)
{
  return column->kind != HW_CELL_NAME && column->kind != HW_CELL_DISTANCE;
}

/* GTK leaves the arrow of the column before, unless nothing is sorted for a moment. */
void
hw_tree_table_sort_column (HwTreeTable         *self,
                           GtkColumnViewColumn *column,
                           GtkSortType          direction)
{
  gboolean was_busy = self->busy_sorting;

  self->busy_sorting = TRUE;
  gtk_column_view_sort_by_column (self->view, NULL, GTK_SORT_ASCENDING);
  self->busy_sorting = was_busy;
  if (column != NULL)
    gtk_column_view_sort_by_column (self->view, column, direction);
}

/* Shows an order in the headers without sorting again; a pane without the column shows no arrow. */
static void
show_order (HwTreeTable *self,
            HwOrder      order)
{
  GtkColumnViewColumn *column = NULL;

  self->primary = NULL;
  for (guint i = 0; i < self->n_columns && column == NULL; i++)
    if (self->columns[i].measure == order.measure)
      {
        column = find_view_column (self, self->columns[i].id);
        self->primary = self->columns[i].id;
      }

  self->busy_sorting = TRUE;
  hw_tree_table_sort_column (self, column, order.descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  self->busy_sorting = FALSE;
}

static void
sort_changed_cb (HwTreeTable *self)
{
  GtkColumnViewSorter *sorter = GTK_COLUMN_VIEW_SORTER (gtk_column_view_get_sorter (self->view));
  GtkColumnViewColumn *primary = gtk_column_view_sorter_get_primary_sort_column (sorter);
  gboolean descending = gtk_column_view_sorter_get_primary_sort_order (sorter) == GTK_SORT_DESCENDING;
  const HwTableColumn *column;
  gboolean fresh;

  if (self->busy_sorting || primary == NULL)
    return;
  column = find_column (self, gtk_column_view_column_get_id (primary));
  if (column == NULL)
    return;

  /* A first click on a header sorts ascending; for most columns that is the wrong way round. */
  fresh = g_strcmp0 (self->primary, column->id) != 0;
  self->primary = column->id;
  if (fresh && !descending && begins_descending (column))
    {
      self->busy_sorting = TRUE;
      gtk_column_view_sort_by_column (self->view, primary, GTK_SORT_DESCENDING);
      self->busy_sorting = FALSE;
      descending = TRUE;
    }

  hw_tree_model_set_order (self->model, (HwOrder) { column->measure, descending });
  if (self->partner != NULL)
    show_order (self->partner, (HwOrder) { column->measure, descending });
}

static void
selected_cb (HwTreeTable *self)
{
  HwRow *row = gtk_single_selection_get_selected_item (self->selection);

  if (self->resetting || row == NULL)
    return;

  self->selected_key = hw_tree_model_get_key (self->model, row);
  /* Held, because the model is sure to find only those again. */
  g_set_object (&self->selected_row, row);
  g_signal_emit (self, signals[ROW_SELECTED], 0, row);
}

static void
activate_cb (HwTreeTable *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "row.toggle", NULL);
}

static void
revealed_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(HwTreeTable) self = user_data;
  g_autoptr(GError) error = NULL;
  guint position;

  if (!hw_tree_model_reveal_finish (HW_TREE_MODEL (object), result, &position, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  hw_tree_table_select (self, position);
}

static void
apply_narrow (HwTreeTable *self)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      GtkColumnViewColumn *column = find_view_column (self, self->columns[i].id);

      if (column != NULL && self->columns[i].minor)
        gtk_column_view_column_set_visible (column, !self->narrow);
    }
}

static void
hw_tree_table_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  HwTreeTable *self = HW_TREE_TABLE (object);

  switch ((HwTreeTableProperty) prop_id)
    {
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_tree_table_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  HwTreeTable *self = HW_TREE_TABLE (object);

  switch ((HwTreeTableProperty) prop_id)
    {
    case PROP_NARROW:
      if (self->narrow == g_value_get_boolean (value))
        return;
      self->narrow = g_value_get_boolean (value);
      apply_narrow (self);
      g_object_notify_by_pspec (object, pspec);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_tree_table_unmap (GtkWidget *widget)
{
  HwTreeTable *self = HW_TREE_TABLE (widget);


  if (!self->narrow)
    hw_column_memory_save (self->view, self->settings, self->name);

  GTK_WIDGET_CLASS (hw_tree_table_parent_class)->unmap (widget);
}

static void
hw_tree_table_dispose (GObject *object)
{
  HwTreeTable *self = HW_TREE_TABLE (object);

  g_cancellable_cancel (self->reveal);
  g_clear_object (&self->reveal);
  g_clear_pointer ((GtkWidget **) &self->menu, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->explanation, gtk_widget_unparent);
  if (self->partner != NULL)
    self->partner->partner = NULL;
  self->partner = NULL;
  if (self->model != NULL)
    hw_tree_model_set_source (self->model, NULL);
  if (adw_bin_get_child (ADW_BIN (self)) != NULL)
    hw_column_memory_clear (self->view, hw_tree_table_get_stop (self));
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_handle_id (&self->release, g_source_remove);
  g_ptr_array_set_size (self->going, 0);
  g_clear_object (&self->selected_row);
  g_clear_object (&self->selection);
  g_clear_object (&self->feed);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (hw_tree_table_parent_class)->dispose (object);
}

static void
hw_tree_table_finalize (GObject *object)
{
  HwTreeTable *self = HW_TREE_TABLE (object);

  g_free (self->name);
  g_ptr_array_unref (self->going);
  g_hash_table_unref (self->bound);

  G_OBJECT_CLASS (hw_tree_table_parent_class)->finalize (object);
}

/* The widget with the rows, not the header before them. */
GtkWidget *
hw_tree_table_get_list (HwTreeTable *self)
{
  GtkWidget *list = gtk_widget_get_first_child (GTK_WIDGET (self->view));

  while (!GTK_IS_LIST_VIEW (list))
    list = gtk_widget_get_next_sibling (list);

  return list;
}

static gboolean
hw_tree_table_grab_focus (GtkWidget *widget)
{
  return hw_tree_table_take_focus (HW_TREE_TABLE (widget));
}

/* From a title GTK finds no way to the rows below it. */
static gboolean
hw_tree_table_focus (GtkWidget        *widget,
                     GtkDirectionType  direction)
{
  HwTreeTable *self = HW_TREE_TABLE (widget);

  if ((direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_DOWN) && hw_tree_table_get_focused_title (self) != NULL)
    {
      /* What the keys are about is the selected row. */
      if (gtk_single_selection_get_selected (self->selection) == GTK_INVALID_LIST_POSITION)
        gtk_single_selection_set_selected (self->selection, 0);
      return gtk_widget_grab_focus (widget);
    }

  return GTK_WIDGET_CLASS (hw_tree_table_parent_class)->focus (widget, direction);
}

static void
hw_tree_table_class_init (HwTreeTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = hw_tree_table_get_property;
  object_class->set_property = hw_tree_table_set_property;
  object_class->dispose = hw_tree_table_dispose;
  object_class->finalize = hw_tree_table_finalize;
  widget_class->unmap = hw_tree_table_unmap;
  widget_class->grab_focus = hw_tree_table_grab_focus;
  widget_class->focus = hw_tree_table_focus;

  /**
   * HwTreeTable:narrow:
   *
   * Whether the minor columns are hidden because there is little room.
   */
  properties[PROP_NARROW] =
    g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[ROW_SELECTED] =
    g_signal_new ("row-selected", HW_TYPE_TREE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, HW_TYPE_ROW);
  signals[REVEAL] =
    g_signal_new ("reveal", HW_TYPE_TREE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, HW_TYPE_ROW);
  signals[EXPLAIN] =
    g_signal_new ("explain", HW_TYPE_TREE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_STRING, 1, HW_TYPE_ROW);

  hw_tree_table_class_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "treetable");
}

static void
hw_tree_table_init (HwTreeTable *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->bound = g_hash_table_new (NULL, NULL);
  self->going = g_ptr_array_new_with_free_func (g_object_unref);
  self->model = hw_tree_model_new ();
  hw_tree_table_follow_resets (self);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->feed));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);

  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection))));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (hw_tree_table_rows_came_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_column_view_set_show_row_separators (self->view, FALSE);
  gtk_column_view_set_tab_behavior (self->view, GTK_LIST_TAB_ITEM);
  gtk_column_view_set_row_factory (self->view, hw_tree_table_row_factory (self));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (self, "query-tooltip", G_CALLBACK (hw_tree_table_query_tooltip), self);
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (gtk_column_view_get_sorter (self->view), "changed", G_CALLBACK (sort_changed_cb), self);
  hw_tree_table_install_keys (self);

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_vexpand (scrolled, TRUE);
  adw_bin_set_child (ADW_BIN (self), scrolled);
}

/**
 * hw_tree_table_new:
 * @name: the table's name: prefix of its settings, and the view's in the `reveal` signal
 *
 * Returns: (transfer floating): a table without columns
 */
GtkWidget *
hw_tree_table_new (const char *name)
{
  HwTreeTable *self = g_object_new (HW_TYPE_TREE_TABLE, NULL);

  self->name = g_strdup (name);

  return GTK_WIDGET (self);
}

/**
 * hw_tree_table_set_columns:
 * @self: a table without columns
 * @columns: (array length=n_columns): the columns, the first one a HW_CELL_NAME; must stay as long as the table
 * @n_columns: how many
 * @order: the view's own order
 * @settings: (nullable): where arrangements are remembered
 *
 * Makes the columns.
 */
void
hw_tree_table_set_columns (HwTreeTable         *self,
                           const HwTableColumn *columns,
                           guint                n_columns,
                           HwOrder              order,
                           GSettings           *settings)
{
  GPtrArray *made;
  int digit;

  g_return_if_fail (HW_IS_TREE_TABLE (self));

  made = g_ptr_array_new_with_free_func (g_object_unref);
  digit = hw_cell_metrics_get (GTK_WIDGET (self->view)).digit_width;
  hw_column_memory_clear (self->view, hw_tree_table_get_stop (self));

  g_set_object (&self->settings, settings);
  self->columns = columns;
  self->n_columns = n_columns;
  self->order = order;
  self->primary = NULL;
  for (guint i = 0; i < n_columns; i++)
    {
      GtkColumnViewColumn *column =
        gtk_column_view_column_new (columns[i].title, hw_tree_table_cell_factory (self, &columns[i]));
      g_autoptr(GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (NULL, NULL, NULL));

      gtk_column_view_column_set_id (column, columns[i].id);
      gtk_column_view_column_set_sorter (column, sorter);
      gtk_column_view_column_set_resizable (column, TRUE);
      if (columns[i].kind == HW_CELL_NAME)
        gtk_column_view_column_set_expand (column, TRUE);
      else
        gtk_column_view_column_set_fixed_width (column, columns[i].width * MAX (digit, USUAL_DIGIT) / USUAL_DIGIT);
      g_ptr_array_add (made, column);
    }
  hw_column_memory_append (self->view, made, settings, self->name);
  hw_tree_table_dress_titles (self);
  apply_narrow (self);

  for (guint i = 0; i < n_columns; i++)
    if (columns[i].measure == order.measure)
      hw_tree_table_sort_by (self, columns[i].id, order.descending);
}

/**
 * hw_tree_table_set_label:
 * @self: a table
 * @label: what a screen reader calls it, translated
 *
 * Names the table.
 */
void
hw_tree_table_set_label (HwTreeTable *self,
                         const char  *label)
{
  g_return_if_fail (HW_IS_TREE_TABLE (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * hw_tree_table_set_source:
 * @self: a table
 * @source: (nullable): what to show
 * @total_size: bytes that are 100 %
 * @largest_delta: the difference, in bytes, that gets the longest bar; 0 for no bars
 *
 * Shows something else. Rows that both have stay open and selected.
 */
void
hw_tree_table_set_source (HwTreeTable  *self,
                          HwTreeSource *source,
                          guint64       total_size,
                          guint64       largest_delta)
{
  g_return_if_fail (HW_IS_TREE_TABLE (self));

  self->total_size = total_size;
  self->largest_delta = largest_delta;
  hw_tree_model_set_source (self->model, source);
}

/**
 * hw_tree_table_get_model:
 * @self: a table
 *
 * Returns: (transfer none): its model
 */
HwTreeModel *
hw_tree_table_get_model (HwTreeTable *self)
{
  g_return_val_if_fail (HW_IS_TREE_TABLE (self), NULL);

  return self->model;
}

/**
 * hw_tree_table_dup_selected:
 * @self: a table
 *
 * Returns: (transfer full) (nullable): the selected row
 */
HwRow *
hw_tree_table_dup_selected (HwTreeTable *self)
{
  gpointer row;

  g_return_val_if_fail (HW_IS_TREE_TABLE (self), NULL);

  row = gtk_single_selection_get_selected_item (self->selection);

  return row != NULL ? g_object_ref (row) : NULL;
}

/**
 * hw_tree_table_get_selected_key:
 * @self: a table
 *
 * Returns: what finds the row that was selected last again, or 0
 */
guint64
hw_tree_table_get_selected_key (HwTreeTable *self)
{
  g_return_val_if_fail (HW_IS_TREE_TABLE (self), 0);

  return self->selected_key;
}

/**
 * hw_tree_table_set_selected_key:
 * @self: a table
 * @key: a row's key, from hw_tree_table_get_selected_key()
 *
 * Selects a row of the source that is set next, if it has one with that key and it is shown.
 */
void
hw_tree_table_set_selected_key (HwTreeTable *self,
                                guint64      key)
{
  g_return_if_fail (HW_IS_TREE_TABLE (self));

  self->selected_key = key;
}

static gboolean
select_later_cb (GtkWidget     *view,
                 GdkFrameClock *clock G_GNUC_UNUSED,
                 gpointer       row)
{
  HwTreeTable *self = HW_TREE_TABLE (gtk_widget_get_ancestor (view, HW_TYPE_TREE_TABLE));

  if (gtk_widget_get_height (view) == 0)
    return G_SOURCE_CONTINUE;

  /* Unless the person chose another row meanwhile. */
  if (self != NULL && row == gtk_single_selection_get_selected_item (self->selection))
    hw_tree_table_select (self, hw_row_get_position (row));

  return G_SOURCE_REMOVE;
}

/**
 * hw_tree_table_select:
 * @self: a table
 * @position: a row's position
 *
 * Selects a row, scrolls to it and gives it the focus.
 */
void
hw_tree_table_select (HwTreeTable *self,
                      guint        position)
{
  g_autoptr(HwRow) row = NULL;

  g_return_if_fail (HW_IS_TREE_TABLE (self));

  row = g_list_model_get_item (G_LIST_MODEL (self->model), position);
  if (row == NULL)
    return;
  hw_row_feed_reach (self->feed, position);

  /* Before its first frame GTK's list scrolls to nowhere and stays empty. */
  if (gtk_widget_get_height (GTK_WIDGET (self->view)) == 0)
    {
      gtk_single_selection_set_selected (self->selection, position);
      gtk_widget_add_tick_callback (GTK_WIDGET (self->view), select_later_cb, g_steal_pointer (&row), g_object_unref);
      return;
    }

  gtk_column_view_scroll_to (self->view, position, NULL, GTK_LIST_SCROLL_SELECT, NULL);
  hw_tree_table_focus_row (self, position);
}

/**
 * hw_tree_table_reveal:
 * @self: a table
 * @node: a node of the source's heap
 *
 * Opens what is above the object, and selects it. A newer call replaces an older one.
 */
void
hw_tree_table_reveal (HwTreeTable *self,
                      HwNodeId     node)
{
  g_return_if_fail (HW_IS_TREE_TABLE (self));

  g_cancellable_cancel (self->reveal);
  g_clear_object (&self->reveal);
  self->reveal = g_cancellable_new ();
  hw_tree_model_reveal_async (self->model, node, self->reveal, revealed_cb, g_object_ref (self));
}

/**
 * hw_tree_table_expand_path:
 * @self: a table
 *
 * Opens the first row, its first child and so on: with retainers in their own order that is one shortest
 * path. If the source is still being prepared, as soon as it is there.
 */
void
hw_tree_table_expand_path (HwTreeTable *self)
{
  g_return_if_fail (HW_IS_TREE_TABLE (self));

  hw_tree_model_expand_chain (self->model, NULL);
}

/**
 * hw_tree_table_sort_by:
 * @self: a table
 * @column_id: a column
 * @descending: the direction
 *
 * Sorts as a click on the header does.
 */
void
hw_tree_table_sort_by (HwTreeTable *self,
                       const char  *column_id,
                       gboolean     descending)
{
  GtkColumnViewColumn *column;
  const HwTableColumn *known;

  g_return_if_fail (HW_IS_TREE_TABLE (self));

  column = find_view_column (self, column_id);
  known = find_column (self, column_id);
  if (column == NULL || known == NULL)
    return;

  show_order (self, (HwOrder) { known->measure, descending });
  hw_tree_model_set_order (self->model, (HwOrder) { known->measure, descending });
  if (self->partner != NULL)
    show_order (self->partner, (HwOrder) { known->measure, descending });
}

/**
 * hw_tree_table_set_partner:
 * @self: a table with columns
 * @partner: another table with columns, which becomes its second pane
 *
 * Makes two tables one tree: @partner shows the rows, the selection and the order of @self, and scrolls with it.
 * Of rows that stand for something in one of two heaps only, @self keeps what the base lacks free, and @partner what
 * the current one lacks.
 * Sources, filters and signals stay with @self.
 */
void
hw_tree_table_set_partner (HwTreeTable *self,
                           HwTreeTable *partner)
{
  GtkScrolledWindow *mine, *theirs;

  g_return_if_fail (HW_IS_TREE_TABLE (self) && HW_IS_TREE_TABLE (partner));

  g_signal_handlers_disconnect_by_data (partner->selection, partner);
  g_signal_handlers_disconnect_by_data (partner->model, partner);
  g_signal_handlers_disconnect_by_data (partner->feed, partner);
  g_set_object (&partner->model, self->model);
  g_set_object (&partner->feed, self->feed);
  g_set_object (&partner->selection, self->selection);
  gtk_column_view_set_model (partner->view, GTK_SELECTION_MODEL (self->selection));
  self->partner = partner;
  self->pane = HW_TABLE_PANE_BASE;
  partner->partner = self;
  partner->pane = HW_TABLE_PANE_CURRENT;

  mine = GTK_SCROLLED_WINDOW (adw_bin_get_child (ADW_BIN (self)));
  theirs = GTK_SCROLLED_WINDOW (adw_bin_get_child (ADW_BIN (partner)));
  gtk_scrolled_window_set_vadjustment (theirs, gtk_scrolled_window_get_vadjustment (mine));
  gtk_scrolled_window_set_policy (mine, GTK_POLICY_AUTOMATIC, GTK_POLICY_EXTERNAL);
  /* The column of the table's own order may be in either pane. */
  hw_tree_model_set_order (self->model, self->order);
  show_order (self, self->order);
  show_order (partner, self->order);
}
