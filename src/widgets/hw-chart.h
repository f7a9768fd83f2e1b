/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/hw-chart-layer.h"

G_BEGIN_DECLS

#define HW_TYPE_CHART (hw_chart_get_type ())

/**
 * HwChart:
 *
 * Layers of values over time, with a legend that switches them on and off.
 *
 * Several charts may share one [class@TimeAxis], and with it what they show, the cursor, the selected range
 * and the pause. The mouse pans (drag), zooms (Ctrl with the wheel, pinch) and selects (Shift and drag); the
 * wheel alone scrolls the page the chart is in, with Shift or sideways it pans. With the keyboard: arrows move
 * the cursor, with Ctrl to the next mark, with Shift they select; Page Up and Page Down pan, + and − zoom, 0
 * shows all, Space pauses, Escape takes selection and cursor away. Nothing in it moves by itself, so there is
 * nothing to reduce for those who do not want motion.
 *
 * Actions: `chart.zoom-in`, `chart.zoom-out`, `chart.zoom-all`, `chart.zoom-selection`, `chart.following`,
 * `chart.copy-table`, `chart.export-csv`, `chart.export-png`.
 *
 * CSS nodes: `chart` with `chartplot`, `timeruler` and the legend's buttons. Accessible roles: a group, in it
 * an image (the plot) whose description says what it shows.
 */
G_DECLARE_FINAL_TYPE (HwChart, hw_chart, HW, CHART, GtkWidget)

GtkWidget  *hw_chart_new                (HwTimeAxis           *axis,
                                         const char           *title,
                                         HwChartUnit           unit);
void        hw_chart_add_layer          (HwChart              *self,
                                         HwChartLayer         *layer);
void        hw_chart_set_title          (HwChart              *self,
                                         const char           *title);
const char *hw_chart_get_title          (HwChart              *self);
HwTimeAxis *hw_chart_get_axis           (HwChart              *self);
GtkWidget  *hw_chart_get_plot           (HwChart              *self);
void        hw_chart_set_empty_text     (HwChart              *self,
                                         const char           *text);
void        hw_chart_set_drag_selects   (HwChart              *self,
                                         gboolean              drag_selects);
void        hw_chart_set_ruler_visible  (HwChart              *self,
                                         gboolean              visible);

char       *hw_chart_dup_description    (HwChart              *self);
char       *hw_chart_dup_values         (HwChart              *self,
                                         gint64                time);
char       *hw_chart_dup_table          (HwChart              *self);
void        hw_chart_export_csv_async   (HwChart              *self,
                                         GFile                *file,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean    hw_chart_export_csv_finish  (HwChart              *self,
                                         GAsyncResult         *result,
                                         GError              **error);
GdkTexture *hw_chart_render             (HwChart              *self,
                                         float                 scale);

G_END_DECLS
