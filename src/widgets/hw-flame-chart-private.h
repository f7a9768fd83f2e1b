/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-bitset.h"
#include "widgets/hw-flame-chart.h"

G_BEGIN_DECLS

struct _HwFlameChart
{
  GtkWidget      parent_instance;

  HwFlame       *flame;      /* owned; NULL: nothing to show */
  double         start;      /* of the picture, in the flame's sum */
  double         span;
  guint          selected;   /* HW_FLAME_NONE: none */
  HwBitset       found;      /* what matches the search */
  GskRenderNode *boxes;      /* for what is shown now; NULL: to be drawn */
  int            drawn_width;
  double         drag_start;
  double         pointer_x;
  double         pinch;
  guint          is_searching : 1;
};

void   hw_flame_chart_set_view       (HwFlameChart   *self,
                                      double          start,
                                      double          span);
guint  hw_flame_chart_get_span_at    (HwFlameChart   *self,
                                      double          x,
                                      double          y);
double hw_flame_chart_get_value      (HwFlameChart   *self,
                                      double          x);
int    hw_flame_chart_get_row_height (GtkWidget      *widget);
void   hw_flame_chart_class_input    (GtkWidgetClass *widget_class);
void   hw_flame_chart_init_input     (HwFlameChart   *self);

G_END_DECLS
