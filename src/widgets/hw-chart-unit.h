/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-sample.h"

G_BEGIN_DECLS

/**
 * HwChartUnit:
 * @HW_CHART_UNIT_BYTES: bytes
 * @HW_CHART_UNIT_COUNT: things, or a number of the person's own
 * @HW_CHART_UNIT_MICROSECONDS: microseconds
 * @HW_CHART_UNIT_RATIO: a part of 1
 * @HW_CHART_UNIT_BYTES_PER_MINUTE: how fast bytes grow
 * @HW_CHART_UNIT_COUNT_PER_MINUTE: how fast a number of things grows
 *
 * What the values of a chart are.
 */
typedef enum
{
  HW_CHART_UNIT_BYTES,
  HW_CHART_UNIT_COUNT,
  HW_CHART_UNIT_MICROSECONDS,
  HW_CHART_UNIT_RATIO,
  HW_CHART_UNIT_BYTES_PER_MINUTE,
  HW_CHART_UNIT_COUNT_PER_MINUTE,
} HwChartUnit;

HwChartUnit  hw_chart_unit_from_metric (HwMetric     metric);
char        *hw_chart_unit_format      (HwChartUnit  unit,
                                        double       value);
char        *hw_chart_unit_format_tick (HwChartUnit  unit,
                                        double       value);
const char  *hw_chart_unit_get_name    (HwChartUnit  unit);
double       hw_chart_unit_get_step    (HwChartUnit  unit,
                                        double       span,
                                        guint        n_most);

G_END_DECLS
