/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-widgets.h"

#include <string.h>

static void
assert_label (gpointer    widget,
              const char *label)
{
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, label);
}

static void
test_number (void)
{
  GtkWidget *cell = hw_number_cell_new (TRUE);
  GtkWidget *plain = hw_number_cell_new (FALSE);
  GtkWindow *window = show_widget (cell);
  int natural, other;

  gtk_test_accessible_assert_role (cell, GTK_ACCESSIBLE_ROLE_LABEL);
  g_assert_null (hw_number_cell_get_text (HW_NUMBER_CELL (cell)));

  hw_number_cell_set (HW_NUMBER_CELL (cell), "12.3 kB", "4 %", 0.04, HW_NUMBER_PLAIN);
  g_assert_cmpstr (hw_number_cell_get_text (HW_NUMBER_CELL (cell)), ==, "12.3 kB");
  assert_label (cell, "12.3 kB");
  g_assert_cmpfloat (hw_number_cell_get_share (HW_NUMBER_CELL (cell)), ==, 0.04);
  settle ();

  /* Its size is that of its font, not of its text; with a percentage there is more of it. */
  gtk_widget_measure (cell, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  hw_number_cell_set (HW_NUMBER_CELL (cell), "123,456,789,012 kB", "100 %", 7, HW_NUMBER_GROWN);
  gtk_widget_measure (cell, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &other, NULL, NULL);
  g_assert_cmpint (natural, ==, other);
  g_object_ref_sink (plain);
  gtk_widget_measure (plain, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &other, NULL, NULL);
  g_assert_cmpint (natural, >, other);
  g_object_unref (plain);

  /* A share that makes no sense is none beyond the cell. */
  g_assert_cmpfloat (hw_number_cell_get_share (HW_NUMBER_CELL (cell)), ==, 1);

  g_assert_true (gtk_widget_has_css_class (cell, "grown"));
  hw_number_cell_set (HW_NUMBER_CELL (cell), "−5", NULL, 0, HW_NUMBER_SHRUNK);
  g_assert_false (gtk_widget_has_css_class (cell, "grown"));
  g_assert_true (gtk_widget_has_css_class (cell, "shrunk"));
  hw_number_cell_set (HW_NUMBER_CELL (cell), "0", NULL, 0, HW_NUMBER_QUIET);
  g_assert_true (gtk_widget_has_css_class (cell, "dimmed"));
  hw_number_cell_set (HW_NUMBER_CELL (cell), NULL, NULL, 0, HW_NUMBER_PLAIN);
  g_assert_false (gtk_widget_has_css_class (cell, "dimmed"));
  assert_label (cell, "");

  /* Also drawn from right to left. */
  gtk_widget_set_direction (cell, GTK_TEXT_DIR_RTL);
  hw_number_cell_set (HW_NUMBER_CELL (cell), "1", "1 %", 0.5, HW_NUMBER_PLAIN);
  settle ();

  gtk_window_destroy (window);
}

static void
test_text (void)
{
  GtkWidget *cell = hw_text_cell_new ();
  GtkWindow *window = show_widget (cell);
  HwRowText text = {
    .edge = (char *) "sessions", .edge_style = HW_TEXT_STYLE_EDGE_PROPERTY, .joiner = " :: ",
    .value = (char *) "Map", .value_style = HW_TEXT_STYLE_OBJECT, .object_id = 1207
  };
  HwRowText constructor = { .joiner = "", .value = (char *) "Session", .value_style = HW_TEXT_STYLE_OBJECT, .count = 5000 };

  hw_text_cell_set_text (HW_TEXT_CELL (cell), &text);
  g_assert_cmpstr (hw_text_cell_get_text (HW_TEXT_CELL (cell)), ==, "sessions :: Map @1207");
  assert_label (cell, "sessions :: Map @1207");
  settle ();

  hw_text_cell_set_text (HW_TEXT_CELL (cell), &constructor);
  g_assert_true (g_str_has_prefix (hw_text_cell_get_text (HW_TEXT_CELL (cell)), "Session"));
  g_assert_nonnull (strstr (hw_text_cell_get_text (HW_TEXT_CELL (cell)), "×5"));

  /* Marks are said, not only drawn. */
  text.detached = TRUE;
  hw_text_cell_set_text (HW_TEXT_CELL (cell), &text);
  gtk_widget_set_direction (cell, GTK_TEXT_DIR_RTL);
  for (guint style = 0; style <= HW_TEXT_STYLE_EDGE_ENGINE; style++)
    {
      text.value_style = style;
      hw_text_cell_set_text (HW_TEXT_CELL (cell), &text);
      settle ();
    }

  gtk_window_destroy (window);
}

typedef struct
{
  HwTreeModel *model;
  GtkWidget   *expander;
  GtkWindow   *window;
  HwRow       *row;
} Fixture;

static void
fixture_init (Fixture *self)
{
  g_autoptr(HwTreeSource) source = made_source_new (20, 6, 3);

  self->model = hw_tree_model_new ();
  hw_tree_model_set_source (self->model, source);
  self->row = NULL;
  for (guint i = 0; self->row == NULL; i++)
    {
      HwRow *row = dup_row_at (self->model, i);

      if (hw_row_get_expandable (row))
        self->row = row;
      else
        g_object_unref (row);
    }
  self->expander = hw_tree_expander_new (hw_text_cell_new ());
  self->window = show_widget (self->expander);
  hw_tree_expander_set_row (HW_TREE_EXPANDER (self->expander), self->model, self->row);
}

static void
fixture_clear (Fixture *self)
{
  gpointer expander = self->expander;

  g_object_add_weak_pointer (expander, &expander);
  gtk_window_destroy (self->window);
  wait_for (expander == NULL);
  g_object_unref (self->row);
  g_object_unref (self->model);
}

static void
test_expander (void)
{
  Fixture self;
  g_autoptr(HwRow) child = NULL;
  guint n;

  fixture_init (&self);
  gtk_test_accessible_assert_role (self.expander, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_test_accessible_assert_property (self.expander, GTK_ACCESSIBLE_PROPERTY_LEVEL, 1);
  gtk_test_accessible_assert_state (self.expander, GTK_ACCESSIBLE_STATE_EXPANDED, FALSE);

  n = g_list_model_get_n_items (G_LIST_MODEL (self.model));
  g_assert_true (gtk_widget_activate_action (self.expander, "listitem.expand", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.model)), >, n);
  gtk_test_accessible_assert_state (self.expander, GTK_ACCESSIBLE_STATE_EXPANDED, TRUE);
  gtk_widget_activate_action (self.expander, "listitem.expand", NULL);
  g_assert_true (hw_row_get_expanded (self.row));

  g_assert_true (gtk_widget_activate_action (self.expander, "listitem.collapse", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.model)), ==, n);
  gtk_test_accessible_assert_state (self.expander, GTK_ACCESSIBLE_STATE_EXPANDED, FALSE);
  g_assert_true (gtk_widget_activate_action (self.expander, "listitem.toggle-expand", NULL));
  g_assert_true (hw_row_get_expanded (self.row));

  /* A deeper row stands further in and says so. */
  child = dup_row_at (self.model, hw_row_get_position (self.row) + 1);
  hw_tree_expander_set_row (HW_TREE_EXPANDER (self.expander), self.model, child);
  gtk_test_accessible_assert_property (self.expander, GTK_ACCESSIBLE_PROPERTY_LEVEL, 2);
  g_assert_true (hw_tree_expander_get_row (HW_TREE_EXPANDER (self.expander)) == child);

  fixture_clear (&self);
}

/* The triangle stands where reading begins, and is what a click is about. */
static void
test_expander_direction (void)
{
  Fixture self;
  HwTreeExpander *expander;
  int width;

  fixture_init (&self);
  expander = HW_TREE_EXPANDER (self.expander);
  width = gtk_widget_get_width (self.expander);
  g_assert_false (hw_tree_expander_press (expander, width - 2));
  g_assert_false (hw_row_get_expanded (self.row));
  g_assert_true (hw_tree_expander_press (expander, 2));
  g_assert_true (hw_row_get_expanded (self.row));

  gtk_widget_set_direction (self.expander, GTK_TEXT_DIR_RTL);
  settle ();
  g_assert_false (hw_tree_expander_press (expander, 2));
  g_assert_true (hw_row_get_expanded (self.row));
  g_assert_true (hw_tree_expander_press (expander, width - 2));
  g_assert_false (hw_row_get_expanded (self.row));

  fixture_clear (&self);
}

/* Rows without children show no triangle and cannot be opened. */
static void
test_expander_leaf (void)
{
  Fixture self;
  g_autoptr(HwRow) leaf = NULL;

  fixture_init (&self);
  for (guint i = 0; leaf == NULL; i++)
    {
      g_autoptr(HwRow) row = dup_row_at (self.model, i);

      if (!hw_row_get_expandable (row))
        leaf = g_steal_pointer (&row);
    }
  hw_tree_expander_set_row (HW_TREE_EXPANDER (self.expander), self.model, leaf);
  g_assert_false (hw_tree_expander_press (HW_TREE_EXPANDER (self.expander), 2));
  gtk_widget_activate_action (self.expander, "listitem.toggle-expand", NULL);
  g_assert_false (hw_row_get_expanded (leaf));
  hw_tree_expander_set_row (HW_TREE_EXPANDER (self.expander), NULL, NULL);
  gtk_widget_activate_action (self.expander, "listitem.expand", NULL);

  /* Neither is there one where a row stands for nothing. */
  hw_tree_expander_set_hollow (HW_TREE_EXPANDER (self.expander), TRUE);
  hw_tree_expander_set_row (HW_TREE_EXPANDER (self.expander), self.model, self.row);
  g_assert_false (hw_tree_expander_press (HW_TREE_EXPANDER (self.expander), 8));
  g_assert_false (hw_row_get_expanded (self.row));
  hw_tree_expander_set_hollow (HW_TREE_EXPANDER (self.expander), FALSE);
  hw_tree_expander_set_row (HW_TREE_EXPANDER (self.expander), self.model, self.row);
  g_assert_true (hw_tree_expander_press (HW_TREE_EXPANDER (self.expander), 8));
  g_assert_true (hw_row_get_expanded (self.row));

  fixture_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/cells/number", test_number);
  g_test_add_func ("/cells/text", test_text);
  g_test_add_func ("/cells/expander", test_expander);
  g_test_add_func ("/cells/expander-direction", test_expander_direction);
  g_test_add_func ("/cells/expander-leaf", test_expander_leaf);

  return g_test_run ();
}
