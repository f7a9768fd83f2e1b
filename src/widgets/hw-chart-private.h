/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/hw-chart.h"

G_BEGIN_DECLS

/* A chart is made of: title and legend, the plot with its tip, the ruler. */
struct _HwChart
{
  GtkWidget    parent_instance;

  HwTimeAxis  *axis;             /* owned */
  GPtrArray   *layers;           /* owned HwChartLayer, the lowest first */
  HwChartUnit  unit;
  GtkWidget   *title;
  GtkWidget   *legend;
  GtkWidget   *plot;
  GtkWidget   *ruler;
  char        *empty_text;
  GtkWindow   *window;           /* watched for being suspended; not owned */
  gulong       suspended_handler;
  guint        tick_id;          /* an update is due with the next frame */
  gint64       described;        /* monotonic time of the last description */
  guint        is_dirty : 1;     /* something came while nobody looked */
  guint        legend_is_old : 1;
  guint        drag_selects : 1;
};

#define HW_TYPE_CHART_PLOT (hw_chart_plot_get_type ())

G_DECLARE_FINAL_TYPE (HwChartPlot, hw_chart_plot, HW, CHART_PLOT, GtkWidget)

struct _HwChartPlot
{
  GtkWidget      parent_instance;

  HwChart       *chart;          /* not owned: the parent */
  GtkWidget     *tip;
  GtkWidget     *menu;           /* NULL until first asked for */
  GskRenderNode *grid;           /* lines and labels, for grid_view */
  HwChartView    grid_view;
  HwChartView    view;           /* what was drawn last */
  double         step;           /* of the lines */
  gint64         drag_start;     /* time: of the view when panning, of the pointer when selecting */
  double         pinch;          /* the scale of the pinch so far */
  double         pointer_x;
  guint          is_selecting : 1;
  guint          is_panning : 1;
  guint          is_pointed : 1; /* the cursor follows the pointer in this plot */
};

GtkWidget *hw_chart_plot_new          (HwChart     *chart);
void       hw_chart_plot_get_view     (HwChartPlot *self,
                                       HwChartView *view);
gint64     hw_chart_plot_get_time     (HwChartPlot *self,
                                       double       x);
void       hw_chart_plot_fit_gutter  (HwChartPlot *self);
void       hw_chart_plot_update_tip   (HwChartPlot *self);
void       hw_chart_plot_init_input   (HwChartPlot *self);
void       hw_chart_plot_class_input  (GtkWidgetClass *widget_class);
void       hw_chart_class_actions     (GtkWidgetClass *widget_class);
void       hw_chart_update_actions    (HwChart     *self);
void       hw_chart_range_selected    (HwChart     *self);
void       hw_chart_describe          (HwChart     *self);
char      *hw_chart_dup_note          (HwChart     *self,
                                       gint64       time);
void       hw_chart_style_init        (void);

PangoLayout *hw_chart_create_label    (GtkWidget   *widget,
                                       const char  *text);

GtkWidget *hw_chart_swatch_new        (guint        slot);
void       hw_chart_legend_rebuild    (HwChart     *self);
void       hw_chart_legend_update     (HwChart     *self);

#define HW_TYPE_CHART_TIP (hw_chart_tip_get_type ())

G_DECLARE_FINAL_TYPE (HwChartTip, hw_chart_tip, HW, CHART_TIP, GtkWidget)

void       hw_chart_tip_begin         (HwChartTip  *self,
                                       const char  *title);
void       hw_chart_tip_add           (HwChartTip  *self,
                                       guint        slot,
                                       const char  *name,
                                       const char  *value);
void       hw_chart_tip_end           (HwChartTip  *self,
                                       const char  *note);

G_END_DECLS
