/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/hw-time-axis.h"

G_BEGIN_DECLS

#define HW_TYPE_TIME_RULER (hw_time_ruler_get_type ())

/**
 * HwTimeRuler:
 *
 * The times below one or more charts, at the lines of their grids.
 *
 * CSS node: `timeruler`. It is part of the picture: assistive technology is told times by the charts.
 */
G_DECLARE_FINAL_TYPE (HwTimeRuler, hw_time_ruler, HW, TIME_RULER, GtkWidget)

GtkWidget *hw_time_ruler_new       (HwTimeAxis *axis);
GArray    *hw_time_ruler_get_ticks (GtkWidget  *widget,
                                    HwTimeAxis *axis,
                                    float       width,
                                    gint64     *step);

G_END_DECLS
