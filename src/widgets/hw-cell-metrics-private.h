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

static inline HwCellMetrics
hw_cell_metrics_get (GtkWidget *widget)
{
  PangoFontMetrics *font = pango_context_get_metrics (gtk_widget_get_pango_context (widget), NULL, NULL);
  HwCellMetrics metrics = {
    PANGO_PIXELS_CEIL (pango_font_metrics_get_approximate_char_width (font)),
    PANGO_PIXELS_CEIL (pango_font_metrics_get_approximate_digit_width (font)),
    PANGO_PIXELS_CEIL (pango_font_metrics_get_height (font)),
    PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (font)),
  };

  pango_font_metrics_unref (font);

  return metrics;
}

G_END_DECLS
