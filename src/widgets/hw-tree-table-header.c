/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The titles of the columns: where they stand, what they mean, and how they are used without a mouse.
 *
 * GTK's titles cannot have the focus. Here the header is one stop for Tab, as a tool bar is: arrows go from
 * title to title, Return and the space bar sort, Ctrl+I explains.
 */
#include "config.h"

#include "widgets/hw-tree-table-private.h"

static GtkWidget *
get_first_title (HwTreeTable *self)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->view));

  return header != NULL ? gtk_widget_get_first_child (header) : NULL;
}

/* The column whose title is a widget in the header, or NULL. */
static GtkColumnViewColumn *
get_view_column (HwTreeTable *self,
                 GtkWidget   *wanted)
{
  GtkWidget *title = get_first_title (self);

  for (guint i = 0; title != NULL; i++, title = gtk_widget_get_next_sibling (title))
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (gtk_column_view_get_columns (self->view), i);

      if (title == wanted)
        return column;
    }

  return NULL;
}

/* What is known of the column whose title is a widget in the header, or NULL. */
const HwTableColumn *
hw_tree_table_get_title_column (HwTreeTable *self,
                                GtkWidget   *title)
{
  GtkColumnViewColumn *column = get_view_column (self, title);

  for (guint i = 0; column != NULL && i < self->n_columns; i++)
    if (g_strcmp0 (self->columns[i].id, gtk_column_view_column_get_id (column)) == 0)
      return &self->columns[i];

  return NULL;
}

/* The column whose title has the focus, or NULL. */
const HwTableColumn *
hw_tree_table_get_focused_title (HwTreeTable *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL ? hw_tree_table_get_title_column (self, focus) : NULL;
}

/* Tab comes to the title that was used last, or to the first one. */
static void
set_stop (HwTreeTable *self,
          GtkWidget   *stop)
{
  for (GtkWidget *title = get_first_title (self); title != NULL; title = gtk_widget_get_next_sibling (title))
    gtk_widget_set_focusable (title, title == stop);
}

/* The column to whose title Tab comes, or NULL if there are no columns. */
GtkColumnViewColumn *
hw_tree_table_get_stop (HwTreeTable *self)
{
  for (GtkWidget *title = get_first_title (self); title != NULL; title = gtk_widget_get_next_sibling (title))
    if (gtk_widget_get_focusable (title))
      return get_view_column (self, title);

  return NULL;
}

static GtkWidget *
get_neighbour (GtkWidget *title,
               gboolean   next)
{
  do
    title = next ? gtk_widget_get_next_sibling (title) : gtk_widget_get_prev_sibling (title);
  while (title != NULL && !gtk_widget_get_visible (title));

  return title;
}

static gboolean
move_cb (GtkWidget *title,
         GVariant  *args,
         gpointer   user_data G_GNUC_UNUSED)
{
  HwTreeTable *self = HW_TREE_TABLE (gtk_widget_get_ancestor (title, HW_TYPE_TREE_TABLE));
  gboolean right = g_variant_get_boolean (args);
  GtkWidget *other = get_neighbour (title, right == (gtk_widget_get_direction (title) != GTK_TEXT_DIR_RTL));

  if (other == NULL)
    return TRUE;
  gtk_widget_set_focusable (other, TRUE);
  gtk_widget_grab_focus (other);
  set_stop (self, other);

  return TRUE;
}

static gboolean
sort_cb (GtkWidget *title,
         GVariant  *args G_GNUC_UNUSED,
         gpointer   user_data G_GNUC_UNUSED)
{
  HwTreeTable *self = HW_TREE_TABLE (gtk_widget_get_ancestor (title, HW_TYPE_TREE_TABLE));
  GtkColumnViewSorter *sorter = GTK_COLUMN_VIEW_SORTER (gtk_column_view_get_sorter (self->view));
  GtkColumnViewColumn *column = get_view_column (self, title);
  gboolean turn = gtk_column_view_sorter_get_primary_sort_column (sorter) == column &&
                  gtk_column_view_sorter_get_primary_sort_order (sorter) == GTK_SORT_ASCENDING;

  if (column != NULL)
    hw_tree_table_sort_column (self, column, turn ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);

  return TRUE;
}

/* From a header GTK's column view goes on behind its rows. */
static gboolean
tab_cb (GtkWidget *title,
        GVariant  *args G_GNUC_UNUSED,
        gpointer   user_data G_GNUC_UNUSED)
{
  return gtk_widget_grab_focus (gtk_widget_get_ancestor (title, HW_TYPE_TREE_TABLE));
}

static void
add_key (GtkEventController *controller,
         const char         *trigger,
         GtkShortcutFunc     func,
         GVariant           *args)
{
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                                            gtk_callback_action_new (func, NULL, NULL));

  gtk_shortcut_set_arguments (shortcut, args);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
}

static void
add_keys (GtkWidget *title)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  add_key (controller, "Return|KP_Enter", sort_cb, NULL);
  add_key (controller, "space|KP_Space", sort_cb, NULL);
  add_key (controller, "Tab|KP_Tab", tab_cb, NULL);
  add_key (controller, "Right|KP_Right", move_cb, g_variant_new_boolean (TRUE));
  add_key (controller, "Left|KP_Left", move_cb, g_variant_new_boolean (FALSE));
  gtk_widget_add_controller (title, controller);
}

/* A number's title ends where the numbers end, at the right whichever way one reads, and its arrow stands before
 * it; each title says what its column means.
 */
void
hw_tree_table_dress_titles (HwTreeTable *self)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->view));

  if (header == NULL)
    return;
  gtk_widget_set_can_focus (header, TRUE);
  gtk_widget_set_focusable (header, FALSE);

  for (GtkWidget *title = get_first_title (self); title != NULL; title = gtk_widget_get_next_sibling (title))
    {
      const HwTableColumn *column = hw_tree_table_get_title_column (self, title);
      GtkWidget *box = gtk_widget_get_first_child (title);

      if (column == NULL || box == NULL)
        continue;
      if (column->kind != HW_CELL_NAME)
        {
          gtk_widget_set_direction (box, GTK_TEXT_DIR_RTL);
          gtk_widget_set_halign (box, GTK_ALIGN_START);
        }
      /* GTK 4.18 tells AT-SPI no role for column headers; what sorts when it is pressed is a button. */
      if (gtk_widget_get_root (title) == NULL)
        g_object_set (title, "accessible-role", GTK_ACCESSIBLE_ROLE_BUTTON, NULL);
      gtk_accessible_update_property (GTK_ACCESSIBLE (title), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, column->explanation, -1);
      add_keys (title);
    }
  set_stop (self, get_first_title (self));
}
