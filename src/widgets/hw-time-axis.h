/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define HW_TYPE_TIME_AXIS (hw_time_axis_get_type ())

/* No time: there is no cursor, no selection. */
#define HW_TIME_NONE G_MININT64

/**
 * HwTimeAxis:
 *
 * The piece of time that all charts of a page show, with what they share: cursor, selected range, and
 * whether they follow what arrives.
 *
 * Times are microseconds, since 1970 UTC or, when the axis is relative, since its beginning. It runs from
 * left to right also where one writes from right to left: clock times and numbers are written that way there
 * as well, and pictures of one recording look alike in all languages.
 */
G_DECLARE_FINAL_TYPE (HwTimeAxis, hw_time_axis, HW, TIME_AXIS, GObject)

HwTimeAxis *hw_time_axis_new           (gint64      span,
                                        gboolean    is_relative) G_GNUC_WARN_UNUSED_RESULT;

gboolean    hw_time_axis_is_relative   (HwTimeAxis *self);
void        hw_time_axis_set_extent    (HwTimeAxis *self,
                                        gint64      first,
                                        gint64      last);
void        hw_time_axis_extend        (HwTimeAxis *self,
                                        gint64      first,
                                        gint64      last);
void        hw_time_axis_get_extent    (HwTimeAxis *self,
                                        gint64     *first,
                                        gint64     *last);
gint64      hw_time_axis_get_start     (HwTimeAxis *self);
gint64      hw_time_axis_get_span      (HwTimeAxis *self);
void        hw_time_axis_show          (HwTimeAxis *self,
                                        gint64      start,
                                        gint64      span);
void        hw_time_axis_show_all      (HwTimeAxis *self);
void        hw_time_axis_pan           (HwTimeAxis *self,
                                        double      part);
void        hw_time_axis_zoom          (HwTimeAxis *self,
                                        gint64      around,
                                        double      factor);
void        hw_time_axis_reveal        (HwTimeAxis *self,
                                        gint64      time);
gboolean    hw_time_axis_get_following (HwTimeAxis *self);
void        hw_time_axis_set_following (HwTimeAxis *self,
                                        gboolean    following);
gint64      hw_time_axis_get_cursor    (HwTimeAxis *self);
void        hw_time_axis_set_cursor    (HwTimeAxis *self,
                                        gint64      time);
gboolean    hw_time_axis_get_selection (HwTimeAxis *self,
                                        gint64     *start,
                                        gint64     *end);
void        hw_time_axis_select        (HwTimeAxis *self,
                                        gint64      start,
                                        gint64      end);

int         hw_time_axis_get_gutter    (HwTimeAxis *self);
void        hw_time_axis_widen_gutter  (HwTimeAxis *self,
                                        int         width);

char       *hw_time_axis_format        (HwTimeAxis *self,
                                        gint64      time,
                                        gint64      precision);
GArray     *hw_time_axis_get_ticks     (gint64      start,
                                        gint64      span,
                                        guint       n_most,
                                        gboolean    is_relative,
                                        gint64     *step);

G_END_DECLS
