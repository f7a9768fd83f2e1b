/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things stand in a table, read from left to right and from right to left. */
#include "config.h"

#include "test-widgets.h"

static const HwTableColumn columns[] = {
  { "name", "Constructor", "What made them.", HW_MEASURE_NAME, HW_CELL_NAME, 0, FALSE },
  { "distance", "Distance", "How far they are.", HW_MEASURE_DISTANCE, HW_CELL_DISTANCE, 90, TRUE },
  { "shallow-size", "Shallow Size", "Their own memory.", HW_MEASURE_SHALLOW_SIZE, HW_CELL_SIZE, 150, TRUE },
  { "retained-size", "Retained Size", "What goes with them.", HW_MEASURE_RETAINED_SIZE, HW_CELL_SIZE, 150, FALSE },
};

/* Adds the places of all texts below a render node, in order, as pairs of left and right edges. */
static void
add_texts (GskRenderNode *node,
           float          x,
           GArray        *edges)
{
  GskRenderNodeType type = gsk_render_node_get_node_type (node);

  if (type == GSK_TEXT_NODE)
    {
      graphene_rect_t bounds;
      float left, right;

      gsk_render_node_get_bounds (node, &bounds);
      left = x + bounds.origin.x;
      right = left + bounds.size.width;
      g_array_append_val (edges, left);
      g_array_append_val (edges, right);
    }
  else if (type == GSK_CONTAINER_NODE)
    {
      for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
        add_texts (gsk_container_node_get_child (node, i), x, edges);
    }
  else if (type == GSK_TRANSFORM_NODE)
    {
      float dx, dy;

      gsk_transform_to_translate (gsk_transform_node_get_transform (node), &dx, &dy);
      add_texts (gsk_transform_node_get_child (node), x + dx, edges);
    }
  else if (type == GSK_CLIP_NODE)
    add_texts (gsk_clip_node_get_child (node), x, edges);
  else if (type == GSK_ROUNDED_CLIP_NODE)
    add_texts (gsk_rounded_clip_node_get_child (node), x, edges);
}

/* (transfer full): the edges of the texts that a widget draws, in its own coordinates. */
static GArray *
dup_texts (GtkWidget *widget)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GArray *edges = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr(GskRenderNode) node = NULL;

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    add_texts (node, 0, edges);

  return edges;
}

static float
get_edge (GArray *edges,
          guint   i)
{
  g_assert_cmpuint (i, <, edges->len);

  return g_array_index (edges, float, i);
}

static GtkWidget *
get_title (GtkWidget *view,
           guint      place)
{
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child (view));

  while (place-- > 0)
    title = gtk_widget_get_next_sibling (title);

  return title;
}

/* A place in a widget, in the coordinates of the view. */
static float
get_place (GtkWidget *widget,
           GtkWidget *view,
           int        within)
{
  graphene_point_t point;

  g_assert_true (gtk_widget_compute_point (widget, view, &GRAPHENE_POINT_INIT ((float) within, 0), &point));

  return point.x;
}

/* Numbers end at the right of their cells, their titles with them, and percentages come behind them. */
static void
check_numbers (HwTreeTable *table,
               gboolean     rtl)
{
  GtkWidget *view = find_type (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW);

  for (guint column = 1; column < G_N_ELEMENTS (columns); column++)
    {
      GtkWidget *label = find_type (get_title (view, column), GTK_TYPE_LABEL);
      float title_end = get_place (label, view, gtk_widget_get_width (label));
      gboolean has_percent = columns[column].kind == HW_CELL_SIZE;

      for (guint row = 0; row < 6; row++)
        {
          GtkWidget *cell = GTK_WIDGET (get_number (GTK_WIDGET (table), row, column - 1));
          int width = gtk_widget_get_width (cell);
          g_autoptr(GArray) edges = dup_texts (cell);

          g_assert_cmpfloat_with_epsilon (get_place (cell, view, width), title_end, 4);
          g_assert_cmpuint (edges->len, ==, has_percent ? 4 : 2);
          /* The percentage is drawn first. */
          if (!has_percent)
            g_assert_cmpfloat_with_epsilon (get_edge (edges, 1), width, 4);
          else if (rtl)
            {
              g_assert_cmpfloat_with_epsilon (get_edge (edges, 3), width, 4);
              g_assert_cmpfloat (get_edge (edges, 1), <, get_edge (edges, 2));
            }
          else
            {
              g_assert_cmpfloat_with_epsilon (get_edge (edges, 1), width, 4);
              g_assert_cmpfloat (get_edge (edges, 3), <, get_edge (edges, 0));
            }
        }
    }
}

/* A name begins behind its triangle, further in the deeper the row is, on the side where one begins to read. */
static void
check_names (HwTreeTable *table,
             gboolean     rtl)
{
  HwTreeExpander *expander = NULL;
  GtkWidget *name, *deeper, *label;
  graphene_rect_t title, text, deeper_text;
  g_autoptr(GArray) edges = NULL;
  HwRow *row = NULL;
  int width;

  for (guint i = 0; row == NULL || !hw_row_get_expandable (row); i++)
    {
      expander = find_expander (GTK_WIDGET (table), i);
      g_assert_nonnull (expander);
      row = hw_tree_expander_get_row (expander);
    }
  width = gtk_widget_get_width (GTK_WIDGET (expander));
  g_assert_false (hw_tree_expander_press (expander, rtl ? 8 : width - 8));
  g_assert_true (hw_tree_expander_press (expander, rtl ? width - 8 : 8));
  g_assert_true (hw_row_get_expanded (row));
  settle ();

  name = hw_tree_expander_get_child (expander);
  deeper = GTK_WIDGET (find_expander (GTK_WIDGET (table), hw_row_get_position (row) + 1));
  g_assert_true (gtk_widget_compute_bounds (name, GTK_WIDGET (expander), &text));
  g_assert_true (gtk_widget_compute_bounds (hw_tree_expander_get_child (HW_TREE_EXPANDER (deeper)), deeper, &deeper_text));
  label = find_type (get_title (find_type (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW), 0), GTK_TYPE_LABEL);
  g_assert_true (gtk_widget_compute_bounds (label, GTK_WIDGET (expander), &title));
  edges = dup_texts (name);

  if (rtl)
    {
      g_assert_cmpfloat_with_epsilon (text.origin.x + text.size.width, width - 20, 1);
      g_assert_cmpfloat (deeper_text.origin.x + deeper_text.size.width, <, width - 20);
      g_assert_cmpfloat_with_epsilon (get_edge (edges, 1), text.size.width, 4);
      g_assert_cmpfloat_with_epsilon (title.origin.x + title.size.width, width, 8);
    }
  else
    {
      g_assert_cmpfloat_with_epsilon (text.origin.x, 20, 1);
      g_assert_cmpfloat (deeper_text.origin.x, >, 20);
      g_assert_cmpfloat_with_epsilon (get_edge (edges, 0), 0, 4);
      g_assert_cmpfloat_with_epsilon (title.origin.x, 0, 8);
    }
}

static void
test_direction (gconstpointer data)
{
  gboolean rtl = GPOINTER_TO_INT (data);
  HwTreeTable *table = HW_TREE_TABLE (hw_tree_table_new ("summary"));
  g_autoptr(HwTreeSource) source = made_source_new (40, 6, 3);
  GtkWidget *view = find_type (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW);
  gpointer gone = table;
  graphene_rect_t first, last;
  GtkWindow *window;

  gtk_widget_set_default_direction (rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  hw_tree_table_set_columns (table, columns, G_N_ELEMENTS (columns), (HwOrder) { HW_MEASURE_SHALLOW_SIZE, TRUE }, NULL);
  hw_tree_table_set_source (table, source, 1000000000000, 0);
  window = show_widget (GTK_WIDGET (table));
  wait_idle (hw_tree_table_get_model (table));
  settle ();

  g_assert_true (gtk_widget_compute_bounds (get_title (view, 0), view, &first));
  g_assert_true (gtk_widget_compute_bounds (get_title (view, 3), view, &last));
  g_assert_true ((first.origin.x > last.origin.x) == rtl);
  check_numbers (table, rtl);
  check_names (table, rtl);

  g_object_add_weak_pointer (gone, &gone);
  gtk_window_destroy (window);
  wait_for (gone == NULL);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_data_func ("/direction/left-to-right", GINT_TO_POINTER (FALSE), test_direction);
  g_test_add_data_func ("/direction/right-to-left", GINT_TO_POINTER (TRUE), test_direction);

  return g_test_run ();
}
