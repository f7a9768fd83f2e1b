/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/hw-row.h"

G_BEGIN_DECLS

#define HW_TYPE_TEXT_CELL (hw_text_cell_get_type ())

/**
 * HwTextCell:
 *
 * The first cell of a row: edge, object, id and count in one line, each in its own colour.
 *
 * Draws its text itself instead of holding labels: a column view keeps some 200 rows alive, and setting a
 * text here neither measures nor allocates anything.
 *
 * CSS node: `textcell`. Accessible role: label.
 */
G_DECLARE_FINAL_TYPE (HwTextCell, hw_text_cell, HW, TEXT_CELL, GtkWidget)

GtkWidget  *hw_text_cell_new      (void);
void        hw_text_cell_set_text (HwTextCell       *self,
                                   const HwRowText  *text);
const char *hw_text_cell_get_text (HwTextCell       *self);

G_END_DECLS
