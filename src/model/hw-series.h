/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A day at one sample a second fits three times before anything old is thinned. */
#define HW_SERIES_DEFAULT_LIMIT (1u << 18)

#define HW_TYPE_SERIES (hw_series_get_type ())

/**
 * HwSeries:
 *
 * One value over time, and a pyramid over it that answers what it was between two pixels at any zoom.
 *
 * Times are microseconds on one clock that all series of a chart share ([struct@SeriesClock] makes one of a
 * wall clock). A value that is not a number is unknown: nothing is drawn there, and a break between two runs
 * of a program is such a sample. All of it belongs to the main thread.
 */
G_DECLARE_DERIVABLE_TYPE (HwSeries, hw_series, HW, SERIES, GObject)

struct _HwSeriesClass
{
  GObjectClass parent_class;
};

/**
 * HwSeriesColumn:
 * @time: of its first sample, in microseconds
 * @end: time of its last sample
 * @low: the smallest known value
 * @high: the largest known value
 * @first: the first sample, NaN when it is unknown
 * @last: the last sample, NaN when it is unknown
 * @joined: whether a line leads from the column before to this one
 *
 * What a series did within one column of pixels. Columns without a known value are left out.
 */
typedef struct
{
  gint64   time;
  gint64   end;
  double   low;
  double   high;
  double   first;
  double   last;
  gboolean joined;
} HwSeriesColumn;

/**
 * HwSeriesClock:
 * @offset: what is added to the wall clock's time
 * @last: the last time given out
 *
 * Time that never runs backwards, made of a wall clock that may. Begins as zeros.
 */
typedef struct
{
  gint64 offset;
  gint64 last;
} HwSeriesClock;

HwSeries *hw_series_new         (guint           limit) G_GNUC_WARN_UNUSED_RESULT;

void      hw_series_append      (HwSeries       *self,
                                 gint64          time,
                                 double          value);
void      hw_series_append_many (HwSeries       *self,
                                 const gint64   *times,
                                 const double   *values,
                                 gsize           n);
void      hw_series_break       (HwSeries       *self);
void      hw_series_set_max_gap (HwSeries       *self,
                                 gint64          max_gap);
void      hw_series_clear       (HwSeries       *self);

guint     hw_series_get_n       (HwSeries       *self);
gint64    hw_series_get_time    (HwSeries       *self,
                                 guint           index);
double    hw_series_get_value   (HwSeries       *self,
                                 guint           index);
gboolean  hw_series_get_extent  (HwSeries       *self,
                                 gint64         *first,
                                 gint64         *last);
guint     hw_series_find        (HwSeries       *self,
                                 gint64          time);
double    hw_series_get_at      (HwSeries       *self,
                                 gint64          time);
gboolean  hw_series_get_range   (HwSeries       *self,
                                 gint64          start,
                                 gint64          end,
                                 double         *low,
                                 double         *high);
gsize     hw_series_query       (HwSeries       *self,
                                 gint64          first_column,
                                 gint64          column_time,
                                 guint           n_columns,
                                 HwSeriesColumn *columns);
gsize     hw_series_get_memory  (HwSeries       *self);

gint64    hw_series_clock_map   (HwSeriesClock  *clock,
                                 gint64          wall_time,
                                 gboolean       *jumped);

G_END_DECLS
