/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "model/hw-tree-model.h"

G_BEGIN_DECLS

/**
 * HwCellKind:
 * @HW_CELL_NAME: triangle and text; the column that takes the room left over
 * @HW_CELL_DISTANCE: a distance, − when no user root reaches the object
 * @HW_CELL_SIZE: kB, with the percentage of the total and a bar
 * @HW_CELL_COUNT: a number of objects, a bullet on the row of one object
 * @HW_CELL_TOTAL: a size in the unit that fits
 * @HW_CELL_COUNT_DELTA: a difference of counts
 * @HW_CELL_SIZE_DELTA: a difference of sizes
 *
 * How a column shows its measure.
 */
typedef enum
{
  HW_CELL_NAME,
  HW_CELL_DISTANCE,
  HW_CELL_SIZE,
  HW_CELL_COUNT,
  HW_CELL_TOTAL,
  HW_CELL_COUNT_DELTA,
  HW_CELL_SIZE_DELTA,
} HwCellKind;

/**
 * HwTableColumn:
 * @id: stable name, for settings and sorting
 * @title: translated
 * @explanation: what the measure means, translated
 * @measure: what is shown and sorted by
 * @width: in pixels; ignored for HW_CELL_NAME
 * @minor: leaves first when there is little room
 *
 * One column of a table.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *explanation;
  HwMeasure   measure;
  HwCellKind  kind;
  int         width;
  gboolean    minor;
} HwTableColumn;

#define HW_TYPE_TREE_TABLE (hw_tree_table_get_type ())

/**
 * HwTreeTable:
 *
 * A tree of millions of rows in columns: the widget behind every view. It owns the column view, its
 * #HwTreeModel and the selection, and knows sorting by headers, the keys, the context menu, tool tips,
 * copying, and how to find the selected row again after everything was sorted anew.
 *
 * Property: `narrow` (boolean): hides the minor columns.
 *
 * Signals: `row-selected` (#HwRow): the person chose a row; `reveal` (view name, #HwRow): from the context
 * menu; `explain` (#HwRow) → string: the words for a tool tip and for "What is this?".
 *
 * Actions: `row.copy`, `row.copy-name`, `row.copy-id`, `row.toggle`, `row.explain`, `row.reveal`.
 */
G_DECLARE_FINAL_TYPE (HwTreeTable, hw_tree_table, HW, TREE_TABLE, AdwBin)

GtkWidget   *hw_tree_table_new          (const char           *name);
void         hw_tree_table_set_columns  (HwTreeTable          *self,
                                         const HwTableColumn  *columns,
                                         guint                 n_columns,
                                         HwOrder               order,
                                         GSettings            *settings);
void         hw_tree_table_set_partner  (HwTreeTable          *self,
                                         HwTreeTable          *partner);
void         hw_tree_table_set_label    (HwTreeTable          *self,
                                         const char           *label);
void         hw_tree_table_set_source   (HwTreeTable          *self,
                                         HwTreeSource         *source,
                                         guint64               total_size,
                                         guint64               largest_delta);
HwTreeModel *hw_tree_table_get_model    (HwTreeTable          *self);
HwRow       *hw_tree_table_dup_selected (HwTreeTable          *self);
guint64      hw_tree_table_get_selected_key (HwTreeTable      *self);
void         hw_tree_table_set_selected_key (HwTreeTable      *self,
                                         guint64               key);
void         hw_tree_table_select       (HwTreeTable          *self,
                                         guint                 position);
void         hw_tree_table_reveal       (HwTreeTable          *self,
                                         HwNodeId              node);
void         hw_tree_table_expand_path  (HwTreeTable          *self);
void         hw_tree_table_sort_by      (HwTreeTable          *self,
                                         const char           *column_id,
                                         gboolean              descending);

G_END_DECLS
