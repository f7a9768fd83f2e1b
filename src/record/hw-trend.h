/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-sample.h"

G_BEGIN_DECLS

/**
 * HwTrend:
 * @slope: growth of the floor per second
 * @low: lower end of the slope's 95 % interval
 * @high: upper end of it
 * @start: the floor at the beginning of the line
 * @end: the floor at its end
 * @amplitude: how high values typically stand above the floor; what a collector frees
 * @seconds: from the first value to the last
 * @n_values: known values
 * @n_floors: points that the line was laid through
 * @n_collections: falls that look like a garbage collection
 * @is_growing: whether the floor certainly grows, still grows at the end, and by more than a trifle
 * @is_settled: whether the floor grew and then stopped growing
 *
 * Where a series goes when its peaks are not looked at.
 */
typedef struct
{
  double   slope;
  double   low;
  double   high;
  double   start;
  double   end;
  double   amplitude;
  double   seconds;
  gsize    n_values;
  guint    n_floors;
  guint    n_collections;
  gboolean is_growing;
  gboolean is_settled;
} HwTrend;

void hw_trend_fit        (HwTrend          *self,
                          const double     *seconds,
                          const double     *values,
                          gsize             n_values,
                          double            least_growth,
                          double            least_share);
void hw_trend_fit_floors (HwTrend          *self,
                          const double     *seconds,
                          const double     *floors,
                          gsize             n_floors,
                          double            least_growth,
                          double            least_share);
void hw_trend_line_up    (HwSample * const *samples,
                          gsize             n_samples,
                          double           *seconds);

G_END_DECLS
