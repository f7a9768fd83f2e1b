/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <float.h>
#include <pango/pangocairo.h>

#include "widgets/hw-cell-metrics-private.h"

/* Looking up a font's metrics was a fifth of laying out a new table: all cells have the same few fonts. */
HwCellMetrics
hw_cell_metrics_get (GtkWidget *widget)
{
  static PangoFontDescription *last_font;
  static PangoLanguage *last_language;
  static double last_resolution;
  static guint last_serial;
  static HwCellMetrics last;
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  PangoLanguage *language = pango_context_get_language (context);
  double resolution = pango_cairo_context_get_resolution (context);
  guint serial = pango_font_map_get_serial (pango_context_get_font_map (context));
  PangoFontMetrics *metrics;

  if (last_font != NULL && last_language == language && last_serial == serial &&
      G_APPROX_VALUE (last_resolution, resolution, DBL_EPSILON) && pango_font_description_equal (last_font, font))
    return last;

  metrics = pango_context_get_metrics (context, NULL, NULL);
  last = (HwCellMetrics) {
    PANGO_PIXELS_CEIL (pango_font_metrics_get_approximate_char_width (metrics)),
    PANGO_PIXELS_CEIL (pango_font_metrics_get_approximate_digit_width (metrics)),
    PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics)),
    PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics)),
  };
  pango_font_metrics_unref (metrics);

  g_clear_pointer (&last_font, pango_font_description_free);
  last_font = pango_font_description_copy (font);
  last_language = language;
  last_resolution = resolution;
  last_serial = serial;

  return last;
}
