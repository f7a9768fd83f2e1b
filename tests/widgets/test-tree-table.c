/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-widgets.h"

#include <string.h>

static const HwTableColumn columns[] = {
  { "name", "Constructor", "What made them.", HW_MEASURE_NAME, HW_CELL_NAME, 0, FALSE },
  { "distance", "Distance", "How far they are.", HW_MEASURE_DISTANCE, HW_CELL_DISTANCE, 90, TRUE },
  { "shallow-size", "Shallow Size", "Their own memory.", HW_MEASURE_SHALLOW_SIZE, HW_CELL_SIZE, 150, TRUE },
  { "retained-size", "Retained Size", "What goes with them.", HW_MEASURE_RETAINED_SIZE, HW_CELL_SIZE, 150, FALSE },
};

typedef struct
{
  HwTreeTable *table;
  HwTreeModel *model;
  GtkWidget   *view;
  GtkWindow   *window;
  HwRow       *chosen;      /* owned: of the last row-selected */
  guint        n_chosen;
} Fixture;

static void
row_selected_cb (HwTreeTable *table G_GNUC_UNUSED,
                 HwRow       *row,
                 Fixture     *self)
{
  g_set_object (&self->chosen, row);
  self->n_chosen++;
}

static void
fixture_init_full (Fixture      *self,
                   HwTreeSource *source,
                   GSettings    *settings)
{
  *self = (Fixture) { .table = HW_TREE_TABLE (hw_tree_table_new ("summary")) };
  hw_tree_table_set_columns (self->table, columns, G_N_ELEMENTS (columns), (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE }, settings);
  hw_tree_table_set_label (self->table, "Constructors");
  self->model = hw_tree_table_get_model (self->table);
  hw_tree_table_set_source (self->table, source, 1000000, 0);
  g_signal_connect (self->table, "row-selected", G_CALLBACK (row_selected_cb), self);
  self->view = find_type (GTK_WIDGET (self->table), GTK_TYPE_COLUMN_VIEW);
  self->window = show_widget (GTK_WIDGET (self->table));
  wait_idle (self->model);
  settle ();
}

static void
fixture_init (Fixture *self)
{
  g_autoptr(HwTreeSource) source = made_source_new (40, 6, 3);

  fixture_init_full (self, source, NULL);
}

static void
fixture_clear (Fixture *self)
{
  gpointer table = self->table, model = self->model;

  g_clear_object (&self->chosen);
  g_object_add_weak_pointer (table, &table);
  g_object_add_weak_pointer (model, &model);
  gtk_window_destroy (self->window);
  wait_for (table == NULL);
  wait_for (model == NULL);
}

static guint
count_rows (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->model));
}

static guint
get_selected (Fixture *self)
{
  g_autoptr(HwRow) row = hw_tree_table_dup_selected (self->table);

  return row != NULL ? hw_row_get_position (row) : GTK_INVALID_LIST_POSITION;
}

/* The first topmost row that can be opened, or cannot. */
static guint
find_row (Fixture  *self,
          gboolean  expandable)
{
  for (guint i = 0; i < count_rows (self); i++)
    {
      g_autoptr(HwRow) row = dup_row_at (self->model, i);

      if (hw_row_get_depth (row) == 0 && hw_row_get_expandable (row) == expandable && !hw_row_get_expanded (row))
        return i;
    }
  g_assert_not_reached ();
}

static GtkColumnViewColumn *
get_column (Fixture *self,
            guint    place)
{
  g_autoptr(GtkColumnViewColumn) column =
    g_list_model_get_item (gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view)), place);

  return column;
}

static const char *
get_id (Fixture *self,
        guint    place)
{
  return gtk_column_view_column_get_id (get_column (self, place));
}

static GtkWidget *
get_title (Fixture *self,
           guint    place)
{
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child (self->view));

  while (place-- > 0)
    title = gtk_widget_get_next_sibling (title);

  return title;
}

static GtkColumnViewSorter *
get_sorter (Fixture *self)
{
  return GTK_COLUMN_VIEW_SORTER (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view)));
}

/* As the header does it when it is clicked. */
static void
click_title (Fixture *self,
             guint    place)
{
  GtkColumnViewColumn *column = get_column (self, place);
  gboolean same = gtk_column_view_sorter_get_primary_sort_column (get_sorter (self)) == column;
  gboolean ascending = gtk_column_view_sorter_get_primary_sort_order (get_sorter (self)) == GTK_SORT_ASCENDING;

  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (self->view), column,
                                  same && ascending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  wait_idle (self->model);
}

/* Does what a key does that the table knows; whether it knows it now. */
static gboolean
press (Fixture    *self,
       const char *key)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (self->view);
  guint value;
  GdkModifierType modifiers;

  g_assert_true (gtk_accelerator_parse (key, &value, &modifiers));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller) || gtk_event_controller_get_propagation_phase (controller) != GTK_PHASE_CAPTURE)
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          g_autofree char *text = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));
          g_auto(GStrv) alternatives = g_strsplit (text, "|", -1);

          for (guint k = 0; alternatives[k] != NULL; k++)
            {
              guint other;
              GdkModifierType other_modifiers;

              if (gtk_accelerator_parse (alternatives[k], &other, &other_modifiers) && other == value &&
                  other_modifiers == modifiers)
                return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, self->view,
                                                     gtk_shortcut_get_arguments (shortcut));
            }
        }
    }

  return FALSE;
}

/* Activates one of a widget's own shortcuts. */
static void
press_at (GtkWidget  *widget,
          const char *key)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          g_autofree char *text = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));

          if (g_str_has_prefix (text, key))
            {
              gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget, gtk_shortcut_get_arguments (shortcut));
              return;
            }
        }
    }
  g_assert_not_reached ();
}

/* By Tab to the header and by arrows to a title. */
static void
focus_title (Fixture *self,
             guint    place)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (gtk_widget_get_focusable (get_title (self, i)))
      {
        gtk_widget_grab_focus (get_title (self, i));
        while (i != place)
          {
            gboolean forward = place > i;

            press_at (get_title (self, i),
                      forward == (gtk_widget_get_direction (self->view) != GTK_TEXT_DIR_RTL) ? "Right" : "Left");
            i = forward ? i + 1 : i - 1;
          }
        break;
      }
  g_assert_true (gtk_window_get_focus (self->window) == get_title (self, place));
}

static gboolean
is_descending (Fixture *self)
{
  return hw_tree_model_get_order (self->model).descending;
}

/* The first click on a size sorts the largest first, on a name the first first; the second turns round. */
static void
test_sort (void)
{
  Fixture self;

  fixture_init (&self);
  gtk_test_accessible_assert_role (self.view, GTK_ACCESSIBLE_ROLE_TREE_GRID);
  gtk_test_accessible_assert_property (self.view, GTK_ACCESSIBLE_PROPERTY_LABEL, "Constructors");
  g_assert_true (is_descending (&self));
  g_assert_cmpint (gtk_column_view_sorter_get_primary_sort_order (get_sorter (&self)), ==, GTK_SORT_DESCENDING);

  click_title (&self, 0);
  g_assert_cmpint (hw_tree_model_get_order (self.model).measure, ==, HW_MEASURE_NAME);
  g_assert_false (is_descending (&self));
  g_assert_cmpstr (get_name (GTK_WIDGET (self.table), 0), ==, "row 0");
  click_title (&self, 0);
  g_assert_true (is_descending (&self));
  g_assert_cmpstr (get_name (GTK_WIDGET (self.table), 0), ==, "row 39");

  click_title (&self, 1);
  g_assert_false (is_descending (&self));
  click_title (&self, 2);
  g_assert_cmpint (hw_tree_model_get_order (self.model).measure, ==, HW_MEASURE_SHALLOW_SIZE);
  g_assert_true (is_descending (&self));
  g_assert_cmpint (gtk_column_view_sorter_get_primary_sort_order (get_sorter (&self)), ==, GTK_SORT_DESCENDING);
  click_title (&self, 2);
  g_assert_false (is_descending (&self));
  click_title (&self, 3);
  g_assert_true (is_descending (&self));
  hw_tree_table_sort_by (self.table, "retained-size", FALSE);
  g_assert_false (is_descending (&self));
  hw_tree_table_sort_by (self.table, "nonsense", TRUE);
  g_assert_false (is_descending (&self));

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (get_title (&self, 0)), GTK_ACCESSIBLE_ROLE_BUTTON);

  /* Without a mouse: the header is one stop, arrows go along, Return sorts. */
  focus_title (&self, 3);
  g_assert_false (gtk_widget_get_focusable (get_title (&self, 0)));
  press_at (get_title (&self, 3), "Return");
  g_assert_true (is_descending (&self));
  press_at (get_title (&self, 3), "space");
  press_at (get_title (&self, 3), "space");
  g_assert_true (is_descending (&self));
  press_at (get_title (&self, 3), "Right");
  focus_title (&self, 1);
  press_at (get_title (&self, 1), "Return");
  g_assert_cmpint (hw_tree_model_get_order (self.model).measure, ==, HW_MEASURE_DISTANCE);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (self.table)));
  g_assert_null (gtk_widget_get_ancestor (gtk_window_get_focus (self.window), G_OBJECT_TYPE (get_title (&self, 0))));

  fixture_clear (&self);
}

static void
test_cells (void)
{
  Fixture self;

  fixture_init (&self);
  hw_tree_table_sort_by (self.table, "name", FALSE);
  settle ();
  /* Row 0 weighs nothing; row 1 weighs 2,654,435,761 bytes, of a million: 265,444 %. */
  g_assert_cmpstr (hw_number_cell_get_text (get_number (GTK_WIDGET (self.table), 0, 1)), ==, "0.0\302\240kB");
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (get_number (GTK_WIDGET (self.table), 0, 1)), "dimmed"));
  g_assert_cmpstr (hw_number_cell_get_text (get_number (GTK_WIDGET (self.table), 1, 0)), ==, "1");
  g_assert_cmpstr (hw_number_cell_get_text (get_number (GTK_WIDGET (self.table), 1, 1)), ==, "2,654,436\302\240kB");
  g_assert_cmpfloat (hw_number_cell_get_share (get_number (GTK_WIDGET (self.table), 1, 1)), ==, 1);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (get_row_widget (GTK_WIDGET (self.table), 1)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "row 1, distance 1, shallow size 2.7\302\240GB, retained size 2.7\302\240GB");

  fixture_clear (&self);
}

static void
test_keys (gconstpointer data)
{
  gboolean rtl = GPOINTER_TO_INT (data);
  const char *into = rtl ? "Left" : "Right", *out = rtl ? "Right" : "Left";
  Fixture self;
  g_autoptr(HwRow) row = NULL;
  guint position, n;

  if (rtl)
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  fixture_init (&self);
  /* Without a selection the keys are the list's own. */
  g_assert_false (press (&self, into));

  n = count_rows (&self);
  position = find_row (&self, TRUE);
  row = dup_row_at (self.model, position);
  hw_tree_table_select (self.table, position);
  g_assert_cmpuint (self.n_chosen, ==, 1);
  g_assert_true (self.chosen == row);
  settle ();

  g_assert_true (press (&self, into));
  g_assert_true (hw_row_get_expanded (row));
  g_assert_cmpuint (get_selected (&self), ==, position);
  g_assert_true (press (&self, into));
  g_assert_cmpuint (get_selected (&self), ==, position + 1);
  g_assert_true (press (&self, "BackSpace"));
  g_assert_cmpuint (get_selected (&self), ==, position);
  g_assert_true (press (&self, into));
  while (TRUE)
    {
      g_autoptr(HwRow) child = hw_tree_table_dup_selected (self.table);

      if (!hw_row_get_expanded (child))
        break;
      press (&self, out);
    }
  g_assert_true (press (&self, out));
  g_assert_cmpuint (get_selected (&self), ==, position);
  g_assert_true (press (&self, out));
  g_assert_false (hw_row_get_expanded (row));
  g_assert_cmpuint (count_rows (&self), ==, n);

  g_assert_true (press (&self, "plus"));
  g_assert_true (hw_row_get_expanded (row));
  g_assert_true (press (&self, "minus"));
  g_assert_false (hw_row_get_expanded (row));
  g_assert_true (press (&self, "asterisk"));
  g_assert_true (hw_row_get_expanded (row));
  g_assert_true (press (&self, "slash"));
  g_assert_false (hw_row_get_expanded (row));
  g_assert_true (press (&self, "<Control>space"));
  g_assert_true (hw_row_get_expanded (row));
  g_assert_true (press (&self, "<Control>space"));
  g_assert_false (hw_row_get_expanded (row));
  g_assert_true (press (&self, rtl ? "<Control><Shift>Left" : "<Control><Shift>Right"));
  g_assert_true (hw_row_get_expanded (row));
  g_assert_true (press (&self, rtl ? "<Shift>Right" : "<Shift>Left"));
  g_assert_false (hw_row_get_expanded (row));
  g_assert_true (press (&self, rtl ? "<Shift>Left" : "<Shift>Right"));
  g_assert_true (hw_row_get_expanded (row));

  /* On a header they are the header's. */
  focus_title (&self, 2);
  g_assert_false (press (&self, into));

  fixture_clear (&self);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* The selected row stays selected when everything is sorted anew, and comes back after a filter. */
static void
test_selection (void)
{
  Fixture self;
  g_autoptr(HwTreeSource) other = made_source_new (60, 6, 3);
  g_autofree char *name = NULL;
  guint position, chosen;

  fixture_init (&self);
  position = find_row (&self, TRUE);
  hw_tree_table_select (self.table, position);
  settle ();
  name = g_strdup (get_name (GTK_WIDGET (self.table), position));
  g_assert_true (press (&self, "Right"));
  g_assert_true (press (&self, "Right"));
  chosen = self.n_chosen;

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr(HwRow) parent = NULL;
      g_autoptr(HwRow) row = NULL;
      g_auto(HwRowText) text = { NULL, };

      click_title (&self, i / 2);
      row = hw_tree_table_dup_selected (self.table);
      g_assert_nonnull (row);
      parent = hw_row_dup_parent (row);
      hw_row_get_text (parent, &text);
      g_assert_cmpstr (text.value, ==, name);
    }
  g_assert_cmpuint (self.n_chosen, >=, chosen);

  hw_tree_model_set_filter (self.model, "nothing like it");
  wait_idle (self.model);
  g_assert_cmpuint (count_rows (&self), ==, 0);
  g_assert_cmpuint (get_selected (&self), ==, GTK_INVALID_LIST_POSITION);
  hw_tree_model_set_filter (self.model, NULL);
  wait_idle (self.model);
  g_assert_cmpuint (get_selected (&self), !=, GTK_INVALID_LIST_POSITION);

  /* Another source with the same rows, and none at all. */
  hw_tree_table_set_source (self.table, other, 1, 0);
  wait_idle (self.model);
  g_assert_cmpuint (get_selected (&self), !=, GTK_INVALID_LIST_POSITION);
  hw_tree_table_set_source (self.table, NULL, 0, 0);
  g_assert_cmpuint (count_rows (&self), ==, 0);
  hw_tree_table_select (self.table, 0);

  fixture_clear (&self);
}

/* Who types a filter goes on typing, who is at a header stays there; who is in the rows stays in them. */
static void
test_focus (void)
{
  Fixture self;
  GtkWidget *focus;

  fixture_init (&self);
  hw_tree_table_select (self.table, 2);
  settle ();
  focus = gtk_window_get_focus (self.window);
  g_assert_true (gtk_widget_is_ancestor (focus, self.view));

  hw_tree_table_sort_by (self.table, "name", TRUE);
  wait_idle (self.model);
  settle ();
  focus = gtk_window_get_focus (self.window);
  g_assert_true (focus != NULL && gtk_widget_is_ancestor (focus, self.view));
  g_assert_true (gtk_widget_is_ancestor (focus, get_row_widget (GTK_WIDGET (self.table), get_selected (&self))) ||
                 focus == get_row_widget (GTK_WIDGET (self.table), get_selected (&self)));

  focus_title (&self, 3);
  g_assert_true (gtk_window_get_focus (self.window) == get_title (&self, 3));
  hw_tree_table_sort_by (self.table, "name", FALSE);
  wait_idle (self.model);
  settle ();
  g_assert_true (gtk_window_get_focus (self.window) == get_title (&self, 3));
  g_assert_cmpuint (get_selected (&self), !=, GTK_INVALID_LIST_POSITION);

  fixture_clear (&self);
}

static void
clipboard_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);
}

static char *
copy (Fixture    *self,
      const char *action)
{
  char *text = NULL;

  gtk_widget_activate_action (GTK_WIDGET (self->table), action, NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self->table)), NULL, clipboard_cb, &text);
  wait_for (text != NULL);

  return text;
}

static void
test_copy (void)
{
  Fixture self;
  g_autofree char *row = NULL, *name = NULL;

  fixture_init (&self);
  gtk_widget_activate_action (GTK_WIDGET (self.table), "row.copy", NULL);
  hw_tree_table_sort_by (self.table, "name", FALSE);
  hw_tree_table_select (self.table, 1);
  row = copy (&self, "row.copy");
  g_assert_cmpstr (row, ==, "row 1\t1\t2654435761\t2654435761");
  name = copy (&self, "row.copy-name");
  g_assert_cmpstr (name, ==, "row 1");

  fixture_clear (&self);
}

static char *
explain_cb (HwTreeTable *table G_GNUC_UNUSED,
            HwRow       *row G_GNUC_UNUSED)
{
  return g_strdup ("It is made up.");
}

static gboolean
shows (GtkWidget  *widget,
       const char *part)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (shows (child, part))
      return TRUE;

  return FALSE;
}

static void
close_popovers (Fixture *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->table)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      gtk_popover_popdown (GTK_POPOVER (child));
  settle ();
}

/* What a row is, and what a column means, without a mouse. */
static void
test_explain (void)
{
  Fixture self;

  fixture_init (&self);
  g_signal_connect (self.table, "explain", G_CALLBACK (explain_cb), NULL);
  gtk_widget_activate_action (GTK_WIDGET (self.table), "row.explain", NULL);
  g_assert_false (shows (GTK_WIDGET (self.table), "made up"));

  hw_tree_table_select (self.table, 1);
  gtk_widget_activate_action (GTK_WIDGET (self.table), "row.explain", NULL);
  wait_for (shows (GTK_WIDGET (self.table), "It is made up."));
  g_assert_true (shows (GTK_WIDGET (self.table), "Shallow Size: "));
  close_popovers (&self);

  focus_title (&self, 3);
  gtk_widget_activate_action (GTK_WIDGET (self.table), "row.explain", NULL);
  wait_for (shows (GTK_WIDGET (self.table), "What goes with them."));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (get_title (&self, 3)), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "What goes with them.");
  close_popovers (&self);

  fixture_clear (&self);
}

/* Numbers' titles stand over the numbers' end, also after columns have been moved. */
static void
assert_titles (Fixture *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkWidget *box = gtk_widget_get_first_child (get_title (self, i));

      /* From right to left the start is at the right. */
      if (!g_str_equal (get_id (self, i), "name"))
        {
          g_assert_cmpint (gtk_widget_get_direction (box), ==, GTK_TEXT_DIR_RTL);
          g_assert_cmpint (gtk_widget_get_halign (box), ==, GTK_ALIGN_START);
        }
      else
        g_assert_cmpint (gtk_widget_get_halign (box), ==, GTK_ALIGN_FILL);
    }
}

static void
test_columns (void)
{
  g_autoptr(GSettings) settings = g_settings_new ("io.github.heapwise.Heapwise");
  g_autoptr(HwTreeSource) source = made_source_new (10, 3, 1);
  g_autoptr(GtkColumnViewColumn) column = NULL;
  Fixture self;

  fixture_init_full (&self, source, settings);
  assert_titles (&self);
  g_assert_cmpstr (get_id (&self, 0), ==, "name");
  column = g_object_ref (get_column (&self, 3));
  gtk_column_view_column_set_fixed_width (column, 222);
  gtk_column_view_insert_column (GTK_COLUMN_VIEW (self.view), 1, column);
  assert_titles (&self);
  settle ();
  fixture_clear (&self);

  fixture_init_full (&self, source, settings);
  g_assert_cmpstr (get_id (&self, 0), ==, "name");
  g_assert_cmpstr (get_id (&self, 1), ==, "retained-size");
  g_assert_cmpstr (get_id (&self, 2), ==, "distance");
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (get_column (&self, 1)), ==, 222);
  assert_titles (&self);

  /* In a narrow place the minor ones leave, and that is not what is remembered. */
  g_object_set (self.table, "narrow", TRUE, NULL);
  g_assert_false (gtk_column_view_column_get_visible (get_column (&self, 2)));
  g_assert_true (gtk_column_view_column_get_visible (get_column (&self, 1)));
  fixture_clear (&self);
  fixture_init_full (&self, source, settings);
  g_assert_true (gtk_column_view_column_get_visible (get_column (&self, 2)));
  fixture_clear (&self);

  /* What no version of the program has written is passed over. */
  g_settings_set_value (settings, "summary-columns", g_variant_new_parsed ("[('nonsense', 5, true), ('distance', -7, false), ('name', 99999, true)]"));
  fixture_init_full (&self, source, settings);
  g_assert_cmpstr (get_id (&self, 0), ==, "distance");
  g_assert_cmpstr (get_id (&self, 1), ==, "name");
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (get_column (&self, 0)), >=, 40);
  fixture_clear (&self);
  g_settings_reset (settings, "summary-columns");
}

/* Two panes: one model, one selection, one order, one scroll. */
static void
test_partner (void)
{
  Fixture self;
  HwTreeTable *partner = HW_TREE_TABLE (hw_tree_table_new ("summary"));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  g_autoptr(HwTreeSource) source = made_source_new (500, 6, 3);
  GtkWidget *view;
  GtkColumnViewSorter *sorter;
  g_autoptr(HwRow) row = NULL;
  gpointer gone = partner;

  fixture_init_full (&self, source, NULL);
  g_object_ref (self.table);
  gtk_window_set_child (self.window, box);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self.table));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (partner));
  g_object_unref (self.table);
  hw_tree_table_set_columns (partner, columns, 3, (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE }, NULL);
  hw_tree_table_set_partner (self.table, partner);
  view = find_type (GTK_WIDGET (partner), GTK_TYPE_COLUMN_VIEW);
  settle ();

  g_assert_true (hw_tree_table_get_model (partner) == self.model);
  sorter = GTK_COLUMN_VIEW_SORTER (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (view)));
  g_assert_null (gtk_column_view_sorter_get_primary_sort_column (sorter));

  /* A click on either header sorts both. */
  click_title (&self, 2);
  g_assert_cmpstr (gtk_column_view_column_get_id (gtk_column_view_sorter_get_primary_sort_column (sorter)), ==, "shallow-size");
  g_assert_cmpint (gtk_column_view_sorter_get_primary_sort_order (sorter), ==, GTK_SORT_DESCENDING);
  hw_tree_table_sort_by (partner, "name", FALSE);
  g_assert_cmpstr (gtk_column_view_column_get_id (gtk_column_view_sorter_get_primary_sort_column (get_sorter (&self))), ==, "name");
  settle ();

  hw_tree_table_select (partner, 300);
  g_assert_cmpuint (get_selected (&self), ==, 300);
  g_assert_cmpuint (self.n_chosen, ==, 1);
  settle ();
  g_assert_true (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (adw_bin_get_child (ADW_BIN (self.table)))) ==
                 gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (adw_bin_get_child (ADW_BIN (partner)))));
  g_assert_nonnull (find_expander (GTK_WIDGET (self.table), 300));
  g_assert_nonnull (find_expander (GTK_WIDGET (partner), 300));

  row = dup_row_at (self.model, 300);
  gtk_widget_activate_action (GTK_WIDGET (partner), "row.toggle", NULL);
  g_assert_true (hw_row_get_expanded (row) == hw_row_get_expandable (row));

  g_object_add_weak_pointer (gone, &gone);
  fixture_clear (&self);
  wait_for (gone == NULL);
}

/* "n more…" is a row that can be chosen, is spoken, and gives way to what it stood for. */
static void
test_more (void)
{
  Fixture self;
  g_autoptr(HwTreeSource) source = made_source_new (3000, 0, 3);
  g_autoptr(HwRow) more = NULL;

  self = (Fixture) { NULL, };
  fixture_init_full (&self, NULL, NULL);
  hw_tree_model_set_limit (self.model, 1200, 100);
  hw_tree_table_set_source (self.table, source, 1, 0);
  wait_idle (self.model);
  settle ();
  g_assert_cmpuint (count_rows (&self), <, 3000);

  more = dup_row_at (self.model, count_rows (&self) - 1);
  g_assert_cmpint (hw_row_get_kind (more), ==, HW_ROW_MORE);
  hw_tree_table_select (self.table, count_rows (&self) - 1);
  settle ();
  g_assert_true (g_str_has_suffix (get_name (GTK_WIDGET (self.table), count_rows (&self) - 1), " more…"));
  g_assert_true (press (&self, "Right"));
  settle ();
  g_assert_cmpuint (get_selected (&self), !=, GTK_INVALID_LIST_POSITION);
  for (guint i = 0; i < count_rows (&self); i++)
    {
      g_autoptr(HwRow) row = dup_row_at (self.model, i);

      g_assert_nonnull (row);
    }

  fixture_clear (&self);
}

static void
test_reveal (void)
{
  Fixture self;
  g_autoptr(HwTreeSource) source = made_source_new (40, 6, 3);
  g_autoptr(HwRow) parent = NULL;

  /* The made source puts node 1 below the topmost row 1. */
  made_source_set_big (MADE_SOURCE (source), 1, 20);
  fixture_init_full (&self, source, NULL);
  hw_tree_table_reveal (self.table, HW_NODE (1));
  wait_for (get_selected (&self) != GTK_INVALID_LIST_POSITION);
  g_assert_nonnull (self.chosen);
  parent = hw_row_dup_parent (self.chosen);
  g_assert_nonnull (parent);
  g_assert_true (hw_row_get_expanded (parent));

  /* A newer call replaces an older one, and the table may go before the answer comes. */
  hw_tree_table_reveal (self.table, HW_NODE (2));
  hw_tree_table_reveal (self.table, HW_NODE (3));
  fixture_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/tree-table/sort", test_sort);
  g_test_add_func ("/tree-table/cells", test_cells);
  g_test_add_data_func ("/tree-table/keys", GINT_TO_POINTER (FALSE), test_keys);
  g_test_add_data_func ("/tree-table/keys-from-right-to-left", GINT_TO_POINTER (TRUE), test_keys);
  g_test_add_func ("/tree-table/selection", test_selection);
  g_test_add_func ("/tree-table/focus", test_focus);
  g_test_add_func ("/tree-table/copy", test_copy);
  g_test_add_func ("/tree-table/explain", test_explain);
  g_test_add_func ("/tree-table/columns", test_columns);
  g_test_add_func ("/tree-table/partner", test_partner);
  g_test_add_func ("/tree-table/more", test_more);
  g_test_add_func ("/tree-table/reveal", test_reveal);

  return g_test_run ();
}
