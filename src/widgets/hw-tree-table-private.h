/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/hw-tree-table.h"

G_BEGIN_DECLS

struct _HwTreeTable
{
  AdwBin               parent_instance;

  char                *name;
  GtkColumnView       *view;
  HwTreeTable         *partner;        /* the other pane of two that are one tree; not owned */
  GtkSingleSelection  *selection;
  HwTreeModel         *model;
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
};

GtkListItemFactory *hw_tree_table_cell_factory (HwTreeTable          *self,
                                                const HwTableColumn  *column);
GtkListItemFactory *hw_tree_table_row_factory  (HwTreeTable          *self);
char               *hw_tree_table_dup_cell     (HwTreeTable          *self,
                                                const HwTableColumn  *column,
                                                HwRow                *row);
void                hw_tree_table_install_keys (HwTreeTable          *self);
void                hw_tree_table_class_keys   (GtkWidgetClass       *klass);
HwRow              *hw_tree_table_dup_row_at   (HwTreeTable          *self,
                                                double                x,
                                                double                y);
char               *hw_tree_table_dup_explanation (HwTreeTable       *self,
                                                   HwRow             *row);

G_END_DECLS
