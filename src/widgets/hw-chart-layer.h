/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/hw-series.h"
#include "widgets/hw-chart-unit.h"
#include "widgets/hw-time-axis.h"

G_BEGIN_DECLS

/**
 * HwChartView:
 * @widget: whose style is used
 * @width: of the plot, in pixels
 * @height: of the plot, in pixels
 * @scale: columns for each pixel
 * @start: the time at the left edge, a multiple of @column_time
 * @column_time: microseconds in a column
 * @n_columns: how many columns there are
 * @low: the value at the lower edge
 * @high: the value at the upper edge
 * @is_dark: whether the background is dark
 * @is_high_contrast: whether the person asks for strong contrasts
 * @foreground: colour of text
 *
 * Where in the plot a time and a value are. All zeros where nothing is set, so that two can be compared.
 */
typedef struct
{
  GtkWidget *widget;
  float      width;
  float      height;
  guint      scale;
  guint      n_columns;
  gint64     start;
  gint64     column_time;
  double     low;
  double     high;
  gboolean   is_dark;
  gboolean   is_high_contrast;
  GdkRGBA    foreground;
} HwChartView;

/**
 * HwChartItem:
 * @name: (nullable): for a person
 * @slot: which colour and which dashes it has
 * @visible: whether it is shown
 * @series: (nullable): its values over time
 *
 * One thing in a layer that the legend can switch off.
 */
typedef struct
{
  const char *name;
  guint       slot;
  gboolean    visible;
  HwSeries   *series;
} HwChartItem;

#define HW_TYPE_CHART_LAYER (hw_chart_layer_get_type ())

/**
 * HwChartLayer:
 *
 * What draws one kind of thing in a chart: lines, bars, marks. A new kind is a new file that derives from this.
 *
 * What it has drawn is kept until its data, the view or the style changes.
 */
G_DECLARE_DERIVABLE_TYPE (HwChartLayer, hw_chart_layer, HW, CHART_LAYER, GObject)

/**
 * HwChartLayerClass:
 * @snapshot: draws what the view shows
 * @get_extent: the first and the last time there is anything
 * @get_range: the lowest and the highest value between two times
 * @get_n_items: how many items the legend shows
 * @get_item: one of them
 * @set_item_visible: shows it or not
 * @dup_note: what is said of a time, within some microseconds; may be NULL
 * @find_stop: the next time after (or before) one where something happened
 */
struct _HwChartLayerClass
{
  GObjectClass parent_class;

  void     (* snapshot)         (HwChartLayer      *self,
                                 GtkSnapshot       *snapshot,
                                 const HwChartView *view);
  gboolean (* get_extent)       (HwChartLayer      *self,
                                 gint64            *first,
                                 gint64            *last);
  gboolean (* get_range)        (HwChartLayer      *self,
                                 gint64             start,
                                 gint64             end,
                                 double            *low,
                                 double            *high);
  guint    (* get_n_items)      (HwChartLayer      *self);
  void     (* get_item)         (HwChartLayer      *self,
                                 guint              index,
                                 HwChartItem       *item);
  void     (* set_item_visible) (HwChartLayer      *self,
                                 guint              index,
                                 gboolean           visible);
  char *   (* dup_note)         (HwChartLayer      *self,
                                 gint64             time,
                                 gint64             tolerance);
  gboolean (* find_stop)        (HwChartLayer      *self,
                                 gint64             time,
                                 gboolean           forward,
                                 gint64            *stop);
};

void     hw_chart_layer_draw             (HwChartLayer      *self,
                                          GtkSnapshot       *snapshot,
                                          const HwChartView *view);
void     hw_chart_layer_changed          (HwChartLayer      *self);
void     hw_chart_layer_forget           (HwChartLayer      *self);
guint    hw_chart_layer_get_n_drawn      (HwChartLayer      *self);
gboolean hw_chart_layer_get_extent       (HwChartLayer      *self,
                                          gint64            *first,
                                          gint64            *last);
gboolean hw_chart_layer_get_range        (HwChartLayer      *self,
                                          gint64             start,
                                          gint64             end,
                                          double            *low,
                                          double            *high);
guint    hw_chart_layer_get_n_items      (HwChartLayer      *self);
void     hw_chart_layer_get_item         (HwChartLayer      *self,
                                          guint              index,
                                          HwChartItem       *item);
void     hw_chart_layer_set_item_visible (HwChartLayer      *self,
                                          guint              index,
                                          gboolean           visible);
char    *hw_chart_layer_dup_note         (HwChartLayer      *self,
                                          gint64             time,
                                          gint64             tolerance);
gboolean hw_chart_layer_find_stop        (HwChartLayer      *self,
                                          gint64             time,
                                          gboolean           forward,
                                          gint64            *stop);

float    hw_chart_view_get_x             (const HwChartView *view,
                                          gint64             time);
float    hw_chart_view_get_y             (const HwChartView *view,
                                          double             value);
void     hw_chart_view_get_colour        (const HwChartView *view,
                                          guint              slot,
                                          GdkRGBA           *colour);
const guint8 *hw_chart_slot_get_dashes   (guint              slot);

G_END_DECLS
