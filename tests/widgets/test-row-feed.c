/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a view is told, and that it keeps its row widgets and its place. */
#include "config.h"

#include "test-widgets.h"
#include "widgets/hw-row-feed-private.h"

static const HwTableColumn columns[] = {
  { "name", "Constructor", "", HW_MEASURE_NAME, HW_CELL_NAME, 0, FALSE },
  { "shallow-size", "Shallow Size", "", HW_MEASURE_SHALLOW_SIZE, HW_CELL_SIZE, 150, TRUE },
};

/* A plain array that follows what is announced. */
typedef struct
{
  HwRowFeed *feed;
  GPtrArray *rows;
} Follower;

static void
items_changed_cb (GListModel *list,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Follower   *self)
{
  g_assert_cmpuint (position + removed, <=, self->rows->len);
  if (removed > 0)
    g_ptr_array_remove_range (self->rows, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (self->rows, (int) (position + i), g_list_model_get_item (list, position + i));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, self->rows->len);
  g_assert_null (g_list_model_get_item (list, self->rows->len));
}

static gboolean
may_replace_cb (HwRowFeed *feed G_GNUC_UNUSED,
                guint      position G_GNUC_UNUSED,
                guint      removed G_GNUC_UNUSED,
                GRand     *random)
{
  return g_rand_boolean (random);
}

static void
check_follower (Follower    *self,
                HwTreeModel *model)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (model));

  g_assert_cmpuint (self->rows->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(HwRow) row = dup_row_at (model, i);

      g_assert_true (row == self->rows->pdata[i]);
    }
}

/* Whatever is done with the model, and whenever the list grows, the announcements add up. */
static void
test_changes (void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  static const guint32 sizes[] = { 0, 1, 30, 200, 300, 900 };
  static const char *filters[] = { NULL, NULL, "1", "77", "none" };

  for (guint round = 0; round < 30; round++)
    {
      g_autoptr(HwTreeModel) model = hw_tree_model_new ();
      g_autoptr(HwRowFeed) feed = hw_row_feed_new (model);
      Follower follower = { feed, g_ptr_array_new_with_free_func (g_object_unref) };

      g_signal_connect (feed, "items-changed", G_CALLBACK (items_changed_cb), &follower);
      g_signal_connect (feed, "may-replace", G_CALLBACK (may_replace_cb), random);
      for (guint step = 0; step < 40; step++)
        {
          guint n = g_list_model_get_n_items (G_LIST_MODEL (model));
          g_autoptr(HwRow) row = n > 0 ? dup_row_at (model, (guint) g_rand_int_range (random, 0, (int) n)) : NULL;
          g_autoptr(HwTreeSource) source = NULL;

          switch (g_rand_int_range (random, 0, 8))
            {
            case 0:
              source = made_source_new (sizes[g_rand_int_range (random, 0, G_N_ELEMENTS (sizes))], 6, round);
              made_source_set_big (MADE_SOURCE (source), 3, 400);
              hw_tree_model_set_source (model, g_rand_int_range (random, 0, 8) > 0 ? source : NULL);
              break;
            case 1:
            case 2:
              hw_tree_model_set_order (model, (HwOrder) { g_rand_boolean (random) ? HW_MEASURE_NAME : HW_MEASURE_SHALLOW_SIZE,
                                                          g_rand_boolean (random) });
              break;
            case 3:
              hw_tree_model_set_filter (model, filters[g_rand_int_range (random, 0, G_N_ELEMENTS (filters))]);
              break;
            case 4:
            case 5:
              if (row != NULL && hw_row_get_expandable (row))
                hw_tree_model_expand (model, row);
              break;
            case 6:
              if (row != NULL && hw_row_get_expanded (row))
                hw_tree_model_collapse (model, row);
              break;
            default:
              hw_row_feed_grow (feed);
              break;
            }
          wait_idle (model);
          if (g_rand_int_range (random, 0, 4) == 0)
            {
              while (hw_row_feed_grow (feed))
                ;
              check_follower (&follower, model);
            }
        }
      hw_row_feed_reach (feed, G_MAXUINT);
      check_follower (&follower, model);
      g_ptr_array_unref (follower.rows);
    }
}

typedef struct
{
  HwTreeTable   *table;
  HwTreeModel   *model;
  GtkColumnView *view;
  GtkWindow     *window;
} Fixture;

static GListModel *
get_shown (Fixture *self)
{
  return G_LIST_MODEL (gtk_column_view_get_model (self->view));
}

static void
settle_all (Fixture *self)
{
  wait_idle (self->model);
  wait_for (g_list_model_get_n_items (get_shown (self)) == g_list_model_get_n_items (G_LIST_MODEL (self->model)));
  settle ();
}

static void
fixture_init (Fixture *self,
              guint32  n_rows,
              guint32  n_children)
{
  g_autoptr(HwTreeSource) source = made_source_new (n_rows, 6, 3);

  made_source_set_big (MADE_SOURCE (source), 2, n_children);
  *self = (Fixture) { .table = HW_TREE_TABLE (hw_tree_table_new ("feed")) };
  hw_tree_table_set_columns (self->table, columns, G_N_ELEMENTS (columns), (HwOrder) { HW_MEASURE_NAME, FALSE }, NULL);
  self->model = hw_tree_table_get_model (self->table);
  self->view = GTK_COLUMN_VIEW (find_type (GTK_WIDGET (self->table), GTK_TYPE_COLUMN_VIEW));
  self->window = show_widget (GTK_WIDGET (self->table));
  hw_tree_table_set_source (self->table, source, 1, 0);
}

static GtkWidget *
get_list (Fixture *self)
{
  return find_type (GTK_WIDGET (self->view), GTK_TYPE_LIST_VIEW);
}

/* (transfer container): the row widgets there are */
static GHashTable *
list_widgets (Fixture *self)
{
  GHashTable *widgets = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);

  for (GtkWidget *row = gtk_widget_get_first_child (get_list (self)); row != NULL; row = gtk_widget_get_next_sibling (row))
    g_hash_table_add (widgets, g_object_ref (row));

  return widgets;
}

static guint
count_kept (Fixture    *self,
            GHashTable *before)
{
  guint n = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (get_list (self)); row != NULL; row = gtk_widget_get_next_sibling (row))
    n += g_hash_table_contains (before, row);

  return n;
}

static double
get_scroll (Fixture *self)
{
  return gtk_adjustment_get_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view)));
}

/* A long list comes by and by, and what is selected far down is there at once. */
static void
test_growing (void)
{
  Fixture self;

  fixture_init (&self, 5000, 0);
  wait_for (g_list_model_get_n_items (get_shown (&self)) > 0);
  g_assert_cmpuint (g_list_model_get_n_items (get_shown (&self)), <, 100);
  hw_tree_table_select (self.table, 4000);
  g_assert_cmpuint (g_list_model_get_n_items (get_shown (&self)), ==, 5000);
  settle ();
  g_assert_cmpstr (get_name (GTK_WIDGET (self.table), 4000), ==, "row 4000");

  /* Nothing, and all again. */
  hw_tree_model_set_filter (self.model, "none");
  settle_all (&self);
  g_assert_null (gtk_widget_get_first_child (get_list (&self)));
  hw_tree_model_set_filter (self.model, NULL);
  settle_all (&self);
  gtk_window_destroy (self.window);
}

/* Sorting a long list makes no row widget; the selected row is the same, in view, and where Tab comes to. */
static void
test_sorting (void)
{
  Fixture self;
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(HwRow) selected = NULL, after = NULL;
  GtkWidget *focus;

  fixture_init (&self, 5000, 0);
  settle_all (&self);
  hw_tree_table_select (self.table, 3000);
  settle ();
  before = list_widgets (&self);
  g_assert_cmpuint (g_hash_table_size (before), >, 150);
  selected = hw_tree_table_dup_selected (self.table);

  hw_tree_table_sort_by (self.table, "shallow-size", TRUE);
  settle_all (&self);
  g_assert_cmpuint (count_kept (&self, before) + 5, >, g_hash_table_size (before));
  after = hw_tree_table_dup_selected (self.table);
  g_assert_true (after == selected);
  g_assert_cmpuint (hw_row_get_position (after), !=, 3000);
  focus = gtk_root_get_focus (GTK_ROOT (self.window));
  g_assert_true (focus == get_row_widget (GTK_WIDGET (self.table), hw_row_get_position (after)));
  g_assert_true (gtk_widget_get_mapped (focus));

  /* Without a selection from the first row on. */
  gtk_window_set_focus (self.window, NULL);
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (get_shown (&self)), GTK_INVALID_LIST_POSITION);
  hw_tree_table_set_selected_key (self.table, 0);
  hw_tree_table_sort_by (self.table, "name", FALSE);
  settle_all (&self);
  g_assert_cmpstr (get_name (GTK_WIDGET (self.table), 0), ==, "row 0");
  g_assert_cmpfloat (get_scroll (&self), ==, 0);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (self.table)));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (self.window)) == get_row_widget (GTK_WIDGET (self.table), 0));
  gtk_window_destroy (self.window);
}

/* Closing a row that stays in view moves nothing; from among its children it goes back to it. */
static void
test_closing (void)
{
  Fixture self;
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(HwRow) row = NULL;
  double scroll;

  fixture_init (&self, 5000, 1000);
  settle_all (&self);
  hw_tree_table_select (self.table, 2010);
  settle ();
  row = dup_row_at (self.model, 2002);
  hw_tree_model_expand (self.model, row);
  settle_all (&self);
  hw_tree_table_select (self.table, 2002);
  settle ();
  scroll = get_scroll (&self);
  before = list_widgets (&self);
  hw_tree_model_collapse (self.model, row);
  settle_all (&self);
  g_assert_cmpuint (count_kept (&self, before) + 5, >, g_hash_table_size (before));
  g_assert_cmpfloat (get_scroll (&self), ==, scroll);
  g_assert_cmpstr (get_name (GTK_WIDGET (self.table), 2003), ==, "row 2003");
  g_assert_true (gtk_root_get_focus (GTK_ROOT (self.window)) == get_row_widget (GTK_WIDGET (self.table), 2002));

  hw_tree_model_expand (self.model, row);
  settle_all (&self);
  gtk_column_view_scroll_to (self.view, 2502, NULL, GTK_LIST_SCROLL_NONE, NULL);
  settle ();
  hw_tree_model_collapse (self.model, row);
  settle_all (&self);
  g_assert_true (gtk_widget_get_mapped (get_row_widget (GTK_WIDGET (self.table), 2002)));
  g_assert_true (gtk_widget_get_child_visible (get_row_widget (GTK_WIDGET (self.table), 2002)));
  g_assert_cmpstr (get_name (GTK_WIDGET (self.table), 2003), ==, "row 2003");

  /* What is selected below stays selected. */
  hw_tree_model_expand (self.model, row);
  settle_all (&self);
  hw_tree_table_select (self.table, 3010);
  settle ();
  hw_tree_model_collapse (self.model, row);
  settle_all (&self);
  g_assert_cmpuint (gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (get_shown (&self))), ==, 2010);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (self.window)) == get_row_widget (GTK_WIDGET (self.table), 2010));
  gtk_window_destroy (self.window);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/row-feed/changes", test_changes);
  g_test_add_func ("/row-feed/growing", test_growing);
  g_test_add_func ("/row-feed/sorting", test_sorting);
  g_test_add_func ("/row-feed/closing", test_closing);

  return g_test_run ();
}
