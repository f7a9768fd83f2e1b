/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/hw-row-feed-private.h"
#include "widgets/hw-tree-table.h"

G_BEGIN_DECLS

/* Which of two heaps a table speaks of. */
typedef enum
{
  HW_TABLE_PANE_ONLY,
  HW_TABLE_PANE_BASE,
  HW_TABLE_PANE_CURRENT,
} HwTablePane;

struct _HwTreeTable
{
  AdwBin               parent_instance;

  char                *name;
  GtkColumnView       *view;
  HwTreeTable         *partner;        /* the other pane of two that are one tree; not owned */
  HwTreeTable         *focused;        /* this or the partner: whose row had the focus when all went out */
  GtkSingleSelection  *selection;
  HwTreeModel         *model;
  HwRowFeed           *feed;           /* the model's rows as the view gets them */
  GPtrArray           *going;          /* row widgets to be disposed of when there is time */
  guint                release;        /* source that does so, or 0 */
  GHashTable          *bound;          /* the view's list items → the generation that they show */
  GtkPopover          *explanation;    /* made when first asked for */
  GtkPopover          *menu;           /* made when first opened */
  GSettings           *settings;       /* nullable */
  const HwTableColumn *columns;
  guint                n_columns;
  HwOrder              order;          /* the view's own */
  guint64              total_size;     /* for percentages */
  guint64              largest_delta;  /* the longest bar of differences */
  HwRow               *selected_row;   /* owned: held while everything is sorted anew */
  guint64              selected_key;   /* 0 for none */
  GCancellable        *reveal;
  const char          *primary;        /* id of the column sorted by */
  guint                narrow : 1;
  guint                busy_sorting : 1;
  guint                resetting : 1;
  guint                placed : 1;     /* selection and scroll are right for the rows that came */
  guint                goes_back : 1;  /* what is on top of the view goes: scroll to the row that was closed */
  guint                keeps_focus : 1; /* a row that stays has the focus */
  guint                generation;     /* grows when all rows are replaced */
  HwTablePane          pane;
  gboolean             wants_focus;    /* it was given the focus before there was a row to take it */
  GtkWidget           *focus_before;   /* where the focus was then, only to compare with; NULL before the window shows */
};

GtkListItemFactory *hw_tree_table_cell_factory (HwTreeTable          *self,
                                                const HwTableColumn  *column);
GtkListItemFactory *hw_tree_table_row_factory  (HwTreeTable          *self);
char               *hw_tree_table_dup_cell     (HwTreeTable          *self,
                                                const HwTableColumn  *column,
                                                HwRow                *row);
void                hw_tree_table_bind_again   (HwTreeTable          *self);
void                hw_tree_table_follow_resets (HwTreeTable         *self);
void                hw_tree_table_focus_row    (HwTreeTable          *self,
                                                guint                 position);
GtkWidget          *hw_tree_table_get_list     (HwTreeTable          *self);
gboolean            hw_tree_table_take_focus   (HwTreeTable          *self);
void                hw_tree_table_rows_came_cb (HwTreeTable          *self);
HwRow              *hw_tree_table_peek_focused (HwTreeTable          *self);
void                hw_tree_table_install_keys (HwTreeTable          *self);
void                hw_tree_table_class_keys   (GtkWidgetClass       *klass);
HwRow              *hw_tree_table_dup_current  (HwTreeTable          *self);
HwRow              *hw_tree_table_dup_row_at   (HwTreeTable          *self,
                                                double                x,
                                                double                y);
char               *hw_tree_table_dup_explanation (HwTreeTable       *self,
                                                   HwRow             *row);
gboolean            hw_tree_table_query_tooltip (HwTreeTable         *self,
                                                 int                  x,
                                                 int                  y,
                                                 gboolean             keyboard,
                                                 GtkTooltip          *tooltip);
const HwTableColumn *hw_tree_table_get_title_column (HwTreeTable     *self,
                                                     GtkWidget       *title);
const HwTableColumn *hw_tree_table_get_focused_title (HwTreeTable    *self);
GtkColumnViewColumn *hw_tree_table_get_stop    (HwTreeTable         *self);
void                hw_tree_table_sort_column  (HwTreeTable          *self,
                                                GtkColumnViewColumn  *column,
                                                GtkSortType           direction);
void                hw_tree_table_dress_titles (HwTreeTable          *self);

G_END_DECLS
