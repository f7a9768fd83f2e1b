/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * HwCellMetrics:
 *
 * What a cell measures itself by, in pixels: its font, never its text, so that binding a row resizes nothing.
 */
typedef struct
{
  int char_width;
  int digit_width;
  int height;
  int ascent;
} HwCellMetrics;

HwCellMetrics hw_cell_metrics_get (GtkWidget *widget);

G_END_DECLS
