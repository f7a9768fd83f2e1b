/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "made-source.h"
#include "widgets/hw-number-cell.h"
#include "widgets/hw-text-cell.h"
#include "widgets/hw-tree-expander.h"
#include "widgets/hw-tree-table.h"

G_BEGIN_DECLS

/* Waits for @condition with the main loop running; polls, so that nothing can hang for good. */
#define wait_for(condition)                                                                         \
  G_STMT_START {                                                                                    \
    gint64 wait_end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                                \
    while (!(condition))                                                                            \
      {                                                                                             \
        if (g_get_monotonic_time () > wait_end)                                                     \
          g_error ("%s:%d: nothing came of it: %s", __FILE__, __LINE__, #condition);                \
        if (!g_main_context_iteration (NULL, FALSE))                                                \
          g_usleep (1000);                                                                          \
      }                                                                                             \
  } G_STMT_END

/* Some frames: what is due is drawn. */
static inline void
settle (void)
{
  gint64 end = g_get_monotonic_time () + 60000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* (transfer full): a window with a widget in it, on the screen. */
static inline GtkWindow *
show_widget (GtkWidget *widget)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());

  gtk_window_set_default_size (window, 900, 500);
  gtk_window_set_child (window, widget);
  gtk_window_present (window);
  wait_for (gtk_widget_get_mapped (widget));
  settle ();

  return window;
}

static inline GtkWidget *
find_type (GtkWidget *widget,
           GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The expander of the row at a position, if that row has widgets. */
static inline HwTreeExpander *
find_expander (GtkWidget *widget,
               guint      position)
{
  if (HW_IS_TREE_EXPANDER (widget))
    {
      HwRow *row = hw_tree_expander_get_row (HW_TREE_EXPANDER (widget));

      return row != NULL && hw_row_get_position (row) == position ? HW_TREE_EXPANDER (widget) : NULL;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      HwTreeExpander *found = find_expander (child, position);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static inline GtkWidget *
get_row_widget (GtkWidget *table,
                guint      position)
{
  GtkWidget *widget = GTK_WIDGET (find_expander (table, position));

  while (widget != NULL && g_strcmp0 (gtk_widget_get_css_name (widget), "row") != 0)
    widget = gtk_widget_get_parent (widget);
  g_assert_nonnull (widget);

  return widget;
}

static inline const char *
get_name (GtkWidget *table,
          guint      position)
{
  HwTreeExpander *expander = find_expander (table, position);

  g_assert_nonnull (expander);

  return hw_text_cell_get_text (HW_TEXT_CELL (hw_tree_expander_get_child (expander)));
}

/* The number in a column of a row, counted among the cells that are numbers. */
static inline HwNumberCell *
get_number (GtkWidget *table,
            guint      position,
            guint      column)
{
  for (GtkWidget *cell = gtk_widget_get_first_child (get_row_widget (table, position)); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    {
      GtkWidget *number = find_type (cell, HW_TYPE_NUMBER_CELL);

      if (number != NULL && column-- == 0)
        return HW_NUMBER_CELL (number);
    }
  g_assert_not_reached ();
}

G_END_DECLS
