/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/hw-chart-layer.h"

G_BEGIN_DECLS

#define HW_TYPE_BARS_LAYER (hw_bars_layer_get_type ())

/**
 * HwBarsLayer:
 *
 * Bytes for each piece of time: grey what was allocated, and over it in colour what is still alive.
 */
G_DECLARE_FINAL_TYPE (HwBarsLayer, hw_bars_layer, HW, BARS_LAYER, HwChartLayer)

HwChartLayer *hw_bars_layer_new       (const char  *allocated_name,
                                       const char  *alive_name) G_GNUC_WARN_UNUSED_RESULT;
guint         hw_bars_layer_add       (HwBarsLayer *self,
                                       gint64       time,
                                       double       allocated,
                                       double       alive);
void          hw_bars_layer_set       (HwBarsLayer *self,
                                       guint        index,
                                       double       allocated,
                                       double       alive);
void          hw_bars_layer_set_many  (HwBarsLayer  *self,
                                       const gint64 *times,
                                       const double *allocated,
                                       const double *alive,
                                       guint         n);
guint         hw_bars_layer_get_n     (HwBarsLayer *self);

G_END_DECLS
