/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HW_TYPE_NUMBER_CELL (hw_number_cell_get_type ())

/**
 * HwNumberTone:
 * @HW_NUMBER_PLAIN: a number
 * @HW_NUMBER_QUIET: a zero, or not known yet
 * @HW_NUMBER_GROWN: a difference above 0; also has a shape, for those who do not see the colour
 * @HW_NUMBER_SHRUNK: a difference below 0
 *
 * What a number says besides its value.
 */
typedef enum
{
  HW_NUMBER_PLAIN,
  HW_NUMBER_QUIET,
  HW_NUMBER_GROWN,
  HW_NUMBER_SHRUNK,
} HwNumberTone;

/**
 * HwNumberCell:
 *
 * A number at the end of its column, with tabular figures, perhaps a percentage beside it and a bar behind it.
 *
 * CSS node: `numbercell`, with `.grown`, `.shrunk` or `.dimmed`. Accessible role: label.
 */
G_DECLARE_FINAL_TYPE (HwNumberCell, hw_number_cell, HW, NUMBER_CELL, GtkWidget)

GtkWidget  *hw_number_cell_new       (gboolean       has_percent);
void        hw_number_cell_set       (HwNumberCell  *self,
                                      const char    *text,
                                      const char    *percent,
                                      double         share,
                                      HwNumberTone   tone);
const char *hw_number_cell_get_text  (HwNumberCell  *self);
double      hw_number_cell_get_share (HwNumberCell  *self);

G_END_DECLS
