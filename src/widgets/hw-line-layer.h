/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/hw-chart-layer.h"

G_BEGIN_DECLS

#define HW_TYPE_LINE_LAYER (hw_line_layer_get_type ())

/**
 * HwLineLayer:
 *
 * Series as lines. Where a column of pixels holds many samples, it shows all between their lowest and their
 * highest, so that no peak is lost.
 */
G_DECLARE_FINAL_TYPE (HwLineLayer, hw_line_layer, HW, LINE_LAYER, HwChartLayer)

HwChartLayer *hw_line_layer_new    (void) G_GNUC_WARN_UNUSED_RESULT;
guint         hw_line_layer_add    (HwLineLayer *self,
                                    HwSeries    *series,
                                    const char  *name,
                                    guint        slot,
                                    gboolean     is_filled);
void          hw_line_layer_remove (HwLineLayer *self,
                                    HwSeries    *series);

G_END_DECLS
