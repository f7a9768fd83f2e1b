/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/hw-flame.h"

G_BEGIN_DECLS

#define HW_TYPE_FLAME_CHART (hw_flame_chart_get_type ())

/**
 * HwFlameChart:
 *
 * Spans in spans as boxes below boxes: the outermost at the top, as long as they weigh.
 *
 * A click selects; a double click or Enter activates. Arrows go up to what holds a span, down to the heaviest
 * in it, and to those beside it. + zooms to the selected span, − out of it, 0 and Escape show all; Ctrl with the
 * wheel zooms at the pointer, dragging pans. It is as high as its levels: put it into a scrolled window.
 *
 * CSS node: `flamechart`. Accessible role: an image whose description tells of the selected span, which is also
 * announced when it changes by the keyboard.
 */
G_DECLARE_FINAL_TYPE (HwFlameChart, hw_flame_chart, HW, FLAME_CHART, GtkWidget)

GtkWidget *hw_flame_chart_new          (const char   *label);
void       hw_flame_chart_set_flame    (HwFlameChart *self,
                                        HwFlame      *flame);
guint      hw_flame_chart_get_selected (HwFlameChart *self);
void       hw_flame_chart_select       (HwFlameChart *self,
                                        guint         span);
void       hw_flame_chart_zoom_to      (HwFlameChart *self,
                                        guint         span);
void       hw_flame_chart_get_view     (HwFlameChart *self,
                                        double       *start,
                                        double       *end);
void       hw_flame_chart_set_search   (HwFlameChart *self,
                                        const char   *text);
char      *hw_flame_chart_dup_text     (HwFlameChart *self,
                                        guint         span);

G_END_DECLS
