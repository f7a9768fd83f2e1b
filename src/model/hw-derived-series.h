/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-series.h"

G_BEGIN_DECLS

#define HW_TYPE_DERIVED_SERIES (hw_derived_series_get_type ())

/**
 * HwDerivedSeries:
 *
 * A series that follows from others and keeps up with them: a ratio or a rate.
 *
 * It has its own pyramid, because the peak of a ratio is not the ratio of peaks.
 */
G_DECLARE_FINAL_TYPE (HwDerivedSeries, hw_derived_series, HW, DERIVED_SERIES, HwSeries)

HwSeries *hw_derived_series_new_ratio (HwSeries *part,
                                       HwSeries *whole) G_GNUC_WARN_UNUSED_RESULT;
HwSeries *hw_derived_series_new_rate  (HwSeries *source,
                                       gint64    window,
                                       gint64    per) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
