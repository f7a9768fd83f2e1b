/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stays in place when many rows are replaced: selection, focus, scroll. */
#include "config.h"

#include "widgets/hw-tree-table-private.h"

/* GTK moves the focus to the row only if it is in the list already. */
void
hw_tree_table_focus_row (HwTreeTable *self,
                         guint        position)
{
  gtk_column_view_scroll_to (self->view, position, NULL, GTK_LIST_SCROLL_FOCUS, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
scroll_view (HwTreeTable *self,
             guint        position,
             gboolean     focus)
{
  gtk_column_view_scroll_to (self->view, position, NULL, GTK_LIST_SCROLL_NONE, NULL);
  /* In a second step: for a row that has no widget yet GTK would make one, and style all others anew. */
  if (focus)
    gtk_column_view_scroll_to (self->view, position, NULL, GTK_LIST_SCROLL_FOCUS, NULL);
}

/* @focus: whether Tab comes to the row, too; GTK chooses the last of all rows when the one that it came to goes. */
static void
scroll_to (HwTreeTable *self,
           guint        position,
           gboolean     focus)
{
  scroll_view (self, position, focus);
  if (self->partner != NULL)
    scroll_view (self->partner, position, focus);
}

/* All rows are others: find the selected row by its key. The focus goes with it only if it was on a row: who types
 * a filter or clicks a header goes on doing so.
 */
static void
place (HwTreeTable *self)
{
  guint position = self->selected_key != 0 ? hw_tree_model_find_key (self->model, self->selected_key)
                                           : GTK_INVALID_LIST_POSITION;
  HwTreeTable *focused = g_steal_pointer (&self->focused);

  self->placed = TRUE;
  if (position != GTK_INVALID_LIST_POSITION)
    {
      hw_row_feed_reach (self->feed, position);
      /* It may stand for something else now, also if it is the same row: say so. */
      gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
      self->resetting = FALSE;
      scroll_to (self, position, TRUE);
      gtk_single_selection_set_selected (self->selection, position);
      if (focused != NULL)
        hw_tree_table_focus_row (focused, position);
      return;
    }

  self->resetting = FALSE;
  /* It must not keep a heap alive that is not shown any more. */
  g_clear_object (&self->selected_row);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0)
    scroll_to (self, 0, TRUE);
}

static gboolean
has_focused_row (HwTreeTable *self)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->view));
  GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->view));
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return focus != NULL && focus != header && root != NULL && gtk_root_get_focus (root) != NULL &&
         gtk_widget_is_ancestor (gtk_root_get_focus (root), focus);
}

/* Rows whose widgets go while all rows are replaced. */
#define RELEASED_AT_ONCE 16

static gboolean
release_cb (gpointer data)
{
  HwTreeTable *self = data;
  guint n = MIN (self->going->len, RELEASED_AT_ONCE);

  g_ptr_array_remove_range (self->going, self->going->len - n, n);
  if (self->going->len > 0)
    return G_SOURCE_CONTINUE;

  self->release = 0;

  return G_SOURCE_REMOVE;
}

/* Two hundred row widgets take GTK 15 ms to dispose of. Holding them makes that something to do when there is time. */
static void
hold_widgets (HwTreeTable *self)
{
  GtkWidget *list = hw_tree_table_get_list (self);

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
    g_ptr_array_add (self->going, g_object_ref (row));
  if (self->release == 0)
    self->release = g_idle_add_full (G_PRIORITY_LOW, release_cb, self, NULL);
}

static void
items_changed_cb (HwTreeTable *self,
                  guint        position,
                  guint        removed,
                  guint        added)
{
  /* All out: what the selection says until all is in again is not the person's choice. */
  if (position == 0 && removed > 0 && added == 0 && g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0)
    {
      self->resetting = TRUE;
      hold_widgets (self);
      if (self->partner != NULL)
        hold_widgets (self->partner);
      self->generation++;
      if (self->partner != NULL)
        self->partner->generation++;
      self->focused = has_focused_row (self) ? self
                      : self->partner != NULL && has_focused_row (self->partner) ? self->partner
                      : NULL;
    }
}

static void
turned_cb (HwTreeTable *self,
           guint        position)
{
  if (self->resetting)
    place (self);
  else if (position > 0 && (self->goes_back || !self->keeps_focus))
    scroll_to (self, position - 1, !self->keeps_focus);
}

static void
reset_done_cb (HwTreeTable *self)
{
  if (!self->placed)
    place (self);
  self->placed = FALSE;

  /* Rows that are the same as before may say something else, and the view does not know. */
  hw_tree_table_bind_again (self);
  if (self->partner != NULL)
    hw_tree_table_bind_again (self->partner);
}

/* A list without rows cannot have the focus: the first row that comes takes it, unless it was moved meanwhile. */
gboolean
hw_tree_table_take_focus (HwTreeTable *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  self->wants_focus = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0;
  self->focus_before = root != NULL && gtk_widget_get_mapped (GTK_WIDGET (root)) ? gtk_root_get_focus (root) : NULL;

  return !self->wants_focus && gtk_widget_grab_focus (hw_tree_table_get_list (self));
}

/* Connected when the view has its list, so that the rows have widgets by then. */
void
hw_tree_table_rows_came_cb (HwTreeTable *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!self->wants_focus || g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0)
    return;

  self->wants_focus = FALSE;
  if (root != NULL && (self->focus_before == NULL || gtk_root_get_focus (root) == self->focus_before))
    gtk_widget_grab_focus (hw_tree_table_get_list (self));
}

/* Whether a row is one of those that stay, below @position. */
static gboolean
stays_below (HwRow *row,
             guint  position)
{
  guint place = row != NULL ? hw_row_get_position (row) : G_MAXUINT;

  return place != G_MAXUINT && place >= position;
}

static gboolean
may_replace_cb (HwTreeTable *self,
                guint        position,
                guint        removed)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->view));
  g_autoptr(HwRow) top = hw_tree_table_dup_row_at (self, 1, gtk_widget_get_height (header) + 1);
  guint selected = gtk_single_selection_get_selected (self->selection);
  HwRow *focused = hw_tree_table_peek_focused (self);

  if (focused == NULL && self->partner != NULL)
    focused = hw_tree_table_peek_focused (self->partner);
  self->goes_back = top != NULL && hw_row_get_position (top) == G_MAXUINT;
  self->keeps_focus = focused != NULL && hw_row_get_position (focused) != G_MAXUINT;

  return (selected == GTK_INVALID_LIST_POSITION || selected < position + removed) &&
         !stays_below (top, position) && !stays_below (focused, position);
}

static gboolean
grow_cb (GtkWidget     *view G_GNUC_UNUSED,
         GdkFrameClock *clock G_GNUC_UNUSED,
         gpointer       feed)
{
  return hw_row_feed_grow (feed);
}

static void
growing_cb (HwTreeTable *self)
{
  gboolean growing;

  g_object_get (self->feed, "growing", &growing, NULL);
  if (growing)
    gtk_widget_add_tick_callback (GTK_WIDGET (self->view), grow_cb, g_object_ref (self->feed), g_object_unref);
}

/* Makes what hands the model's rows to the view. */
void
hw_tree_table_follow_resets (HwTreeTable *self)
{
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  self->feed = hw_row_feed_new (self->model);
  g_signal_connect_object (self->feed, "may-replace", G_CALLBACK (may_replace_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->feed, "turned", G_CALLBACK (turned_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->feed, "notify::growing", G_CALLBACK (growing_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "reset-done", G_CALLBACK (reset_done_cb), self, G_CONNECT_SWAPPED);
}
