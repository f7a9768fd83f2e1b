/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does the floor grow? A heap in use is a saw: it rises with garbage and falls at collections. Only the
 * lower turning points say what is kept, so the line is laid through them, and through minima of time
 * slices where there are too few. The slope is Theil and Sen's: the median of the slopes of all pairs, which
 * a quarter of wild points cannot move, with the interval that Kendall's statistic gives.
 *
 * A program that starts grows, and that is no leak: the second half has to go on growing like the first, and
 * the last third must not stand still.
 *
 * All of it is linear in the number of values, but for sorts of at most 4096 of them and the pairs of at
 * most 192 floors.
 */
#include "config.h"

#include "record/hw-trend.h"

#include <math.h>
#include <stdlib.h>

#define MAX_FLOORS 192
#define MAX_SORTED 4096

typedef struct
{
  double x;
  double y;
} Point;

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The value below which the part @share of the sorted @values lies. */
static double
quantile (const double *values,
          gsize         n,
          double        share)
{
  return values[(gsize) (share * (double) (n - 1) + 0.5)];
}

/* The line through at most MAX_FLOORS points; the interval is open where three points or fewer say nothing. */
static void
fit_line (const Point *points,
          guint        n,
          double      *slope,
          double      *low,
          double      *high)
{
  g_autofree double *slopes = g_new (double, MAX (n * (n - 1) / 2, 1));
  guint n_slopes = 0;
  double width;
  int first, last;

  for (guint i = 0; i < n; i++)
    for (guint k = i + 1; k < n; k++)
      if (points[k].x > points[i].x)
        slopes[n_slopes++] = (points[k].y - points[i].y) / (points[k].x - points[i].x);
  *slope = *low = *high = 0;
  if (n_slopes == 0)
    return;
  qsort (slopes, n_slopes, sizeof *slopes, compare_doubles);
  *slope = n_slopes % 2 == 1 ? slopes[n_slopes / 2] : (slopes[n_slopes / 2 - 1] + slopes[n_slopes / 2]) / 2;

  width = 1.96 * sqrt ((double) n * (n - 1) * (2.0 * n + 5) / 18);
  first = (int) floor (((double) n_slopes - width) / 2);
  last = (int) ceil (((double) n_slopes + width) / 2);
  *low = n < 5 || first < 0 ? MIN (slopes[0], 0) : slopes[first];
  *high = n < 5 || last >= (int) n_slopes ? MAX (slopes[n_slopes - 1], 0) : slopes[last];
}

static double
slope_of (const Point *points,
          guint        n)
{
  double slope, low, high;

  fit_line (points, n, &slope, &low, &high);

  return slope;
}

/* The points with x from @from to @to are in one piece; returns their number and the first one. */
static guint
cut (const Point  *points,
     guint         n,
     double        from,
     double        to,
     const Point **first)
{
  guint begin = 0, end;

  while (begin < n && points[begin].x < from)
    begin++;
  for (end = begin; end < n && points[end].x <= to; end++)
    continue;
  *first = points + begin;

  return end - begin;
}

static double
median_of (const Point *points,
           guint        n)
{
  double values[MAX_FLOORS];

  for (guint i = 0; i < n; i++)
    values[i] = points[i].y;
  qsort (values, n, sizeof *values, compare_doubles);

  return values[n / 2];
}

/* Whether the ends lie so much further apart than the line says that the floor must have jumped between. */
static gboolean
has_jumped (const Point *points,
            guint        n,
            double       slope)
{
  guint part = MAX (n / 4, 1);
  double risen = median_of (points + n - part, part) - median_of (points, part);

  return n >= 8 && slope * (points[n - part / 2 - 1].x - points[part / 2].x) < 0.5 * risen;
}

/* Whether a floor that has grown has come to rest. */
static gboolean
has_settled (const Point *points,
             guint        n,
             double       slope)
{
  double begin = points[0].x, length = points[n - 1].x - begin;
  const Point *head, *tail, *third;
  guint n_head = cut (points, n, begin, begin + length / 2, &head);
  guint n_tail = cut (points, n, begin + length / 2, G_MAXDOUBLE, &tail);
  guint n_third = cut (points, n, begin + length * 2 / 3, G_MAXDOUBLE, &third);

  if (has_jumped (points, n, slope))
    return TRUE;
  if (n_head >= 3 && n_tail >= 3 && slope_of (tail, n_tail) < 0.25 * MAX (slope_of (head, n_head), slope))
    return TRUE;

  return n_third >= 4 && slope_of (third, n_third) < 0.2 * slope;
}

static void
judge (HwTrend     *self,
       const Point *points,
       guint        n,
       double       least_growth,
       double       least_share)
{
  double residuals[MAX_FLOORS];
  double growth;

  self->n_floors = n;
  if (n < 2)
    {
      self->start = self->end = n > 0 ? points[0].y : NAN;
      return;
    }
  fit_line (points, n, &self->slope, &self->low, &self->high);
  for (guint i = 0; i < n; i++)
    residuals[i] = points[i].y - self->slope * (points[i].x - points[0].x);
  qsort (residuals, n, sizeof *residuals, compare_doubles);
  self->start = quantile (residuals, n, 0.5);
  self->end = self->start + self->slope * (points[n - 1].x - points[0].x);

  growth = self->end - self->start;
  if (n == 3 || n == 4)
    {
      /* Too few for statistics: each must stand clearly above the one before. */
      self->is_growing = growth >= 2 * least_growth && growth >= 2 * least_share * fabs (self->start);
      for (guint i = 1; i < n; i++)
        self->is_growing = self->is_growing && points[i].y - points[i - 1].y > growth / (3 * n);
      return;
    }
  if (n < 5 || self->low <= 0 || growth < least_growth || growth < least_share * fabs (self->start))
    {
      /* A step and then rest: the median does not see it, the ends do. */
      self->is_settled = n >= 5 && points[n - 1].y - points[0].y >= MAX (least_growth, least_share * fabs (points[0].y));
      return;
    }
  self->is_settled = has_settled (points, n, self->slope);
  self->is_growing = !self->is_settled;
}

/* Half of the height of a saw whose line has been taken out; evenly spread values stand for all. */
static double
find_amplitude (const Point *points,
                gsize        n)
{
  gsize step = (n + MAX_SORTED - 1) / MAX_SORTED;
  gsize coarse = (n + MAX_FLOORS - 1) / MAX_FLOORS;
  g_autofree double *rest = g_new (double, n / step + 1);
  Point some[MAX_FLOORS];
  guint n_some = 0;
  gsize n_rest = 0;
  double slope;

  for (gsize i = 0; i < n && n_some < MAX_FLOORS; i += coarse)
    some[n_some++] = points[i];
  slope = slope_of (some, n_some);
  for (gsize i = 0; i < n; i += step)
    rest[n_rest++] = points[i].y - slope * points[i].x;
  qsort (rest, n_rest, sizeof *rest, compare_doubles);

  return quantile (rest, n_rest, 0.95) - quantile (rest, n_rest, 0.05);
}

/* Lower turning points of falls and rises of at least @height; the caller frees them. */
static GArray *
find_valleys (const Point *points,
              gsize        n,
              double       height)
{
  GArray *valleys = g_array_new (FALSE, FALSE, sizeof (Point));
  Point lowest = points[0];
  double highest = points[0].y;
  gboolean is_falling = FALSE;

  for (gsize i = 1; i < n; i++)
    if (is_falling)
      {
        if (points[i].y < lowest.y)
          lowest = points[i];
        else if (points[i].y >= lowest.y + height)
          {
            g_array_append_val (valleys, lowest);
            highest = points[i].y;
            is_falling = FALSE;
          }
      }
    else
      {
        highest = MAX (highest, points[i].y);
        if (points[i].y <= highest - height)
          {
            lowest = points[i];
            is_falling = TRUE;
          }
      }
  /* A fall that nothing has followed yet is a floor as good as the others. */
  if (is_falling)
    g_array_append_val (valleys, lowest);

  return valleys;
}

/* The lowest point of each of @n_slices equal pieces of time; empty ones are left out. */
static guint
find_minima (const Point *points,
             gsize        n,
             guint        n_slices,
             Point       *minima)
{
  double begin = points[0].x;
  double length = points[n - 1].x - begin;
  guint n_minima = 0;
  gint64 last = -1;

  for (gsize i = 0; i < n; i++)
    {
      gint64 slice = length > 0 ? MIN ((gint64) ((points[i].x - begin) / length * n_slices), (gint64) n_slices - 1) : 0;

      if (slice != last)
        minima[n_minima++] = points[i];
      else if (points[i].y < minima[n_minima - 1].y)
        minima[n_minima - 1] = points[i];
      last = slice;
    }

  return n_minima;
}

static Point *
collect (HwTrend      *self,
         const double *seconds,
         const double *values,
         gsize         n_values)
{
  Point *points = g_new (Point, MAX (n_values, 1));
  double last = -G_MAXDOUBLE;

  *self = (HwTrend) { .start = NAN, .end = NAN };
  for (gsize i = 0; i < n_values; i++)
    if (isfinite (values[i]) && isfinite (seconds[i]) && seconds[i] >= last)
      {
        points[self->n_values++] = (Point) { seconds[i], values[i] };
        last = seconds[i];
      }
  if (self->n_values > 0)
    self->seconds = points[self->n_values - 1].x - points[0].x;

  return points;
}

/**
 * hw_trend_fit:
 * @self: (out caller-allocates): return location
 * @seconds: (array length=n_values): when, in seconds that never go back
 * @values: (array length=n_values): the values; NaN where unknown
 * @n_values: their number
 * @least_growth: growth of the floor below which nothing is said to grow
 * @least_share: the same as a part of the floor
 *
 * Finds the floor of a series and where it goes.
 *
 * Cost: linear in @n_values.
 */
void
hw_trend_fit (HwTrend      *self,
              const double *seconds,
              const double *values,
              gsize         n_values,
              double        least_growth,
              double        least_share)
{
  g_autofree Point *points = collect (self, seconds, values, n_values);
  g_autoptr(GArray) valleys = NULL;
  Point floors[MAX_FLOORS];
  guint n_floors;

  if (self->n_values < 2)
    {
      judge (self, points, (guint) self->n_values, least_growth, least_share);
      return;
    }
  self->amplitude = find_amplitude (points, self->n_values);
  valleys = find_valleys (points, self->n_values,
                          MAX (0.4 * self->amplitude, MAX (least_growth / 4, 0.01 * fabs (points[0].y))));
  self->n_collections = valleys->len;
  if (valleys->len >= 5 && valleys->len <= MAX_FLOORS)
    {
      judge (self, (const Point *) (gpointer) valleys->data, valleys->len, least_growth, least_share);
      return;
    }
  if (valleys->len > MAX_FLOORS)
    n_floors = find_minima ((const Point *) (gpointer) valleys->data, valleys->len, MAX_FLOORS / 2, floors);
  else if (valleys->len >= 2)
    {
      /* One floor a tooth of the saw at most, so that its rising side is not taken for growth. */
      judge (self, (const Point *) (gpointer) valleys->data, valleys->len, least_growth, least_share);
      return;
    }
  else
    n_floors = find_minima (points, self->n_values, (guint) CLAMP (self->n_values / 3, 2, 48), floors);
  judge (self, floors, n_floors, least_growth, least_share);
}

/**
 * hw_trend_fit_floors:
 * @self: (out caller-allocates): return location
 * @seconds: (array length=n_floors): when, in seconds that never go back
 * @floors: (array length=n_floors): what was left after each full collection
 * @n_floors: their number
 * @least_growth: as for hw_trend_fit()
 * @least_share: as for hw_trend_fit()
 *
 * The same where somebody has told the floors.
 *
 * Cost: linear in @n_floors.
 */
void
hw_trend_fit_floors (HwTrend      *self,
                     const double *seconds,
                     const double *floors,
                     gsize         n_floors,
                     double        least_growth,
                     double        least_share)
{
  g_autofree Point *points = collect (self, seconds, floors, n_floors);
  Point some[MAX_FLOORS];
  guint n_some = (guint) self->n_values;

  self->n_collections = (guint) MIN (self->n_values, G_MAXUINT);
  if (self->n_values <= MAX_FLOORS)
    {
      judge (self, points, n_some, least_growth, least_share);
      return;
    }
  n_some = find_minima (points, self->n_values, MAX_FLOORS / 2, some);
  judge (self, some, n_some, least_growth, least_share);
}

/**
 * hw_trend_line_up:
 * @samples: (array length=n_samples): samples in the order of arrival
 * @n_samples: their number
 * @seconds: (array length=n_samples): return location
 *
 * Lays samples on one axis that never goes back: by the clock that nobody sets within a run, by the wall
 * clock from run to run and where there is no other, and standing still where that one was set back.
 */
void
hw_trend_line_up (HwSample * const *samples,
                  gsize             n_samples,
                  double           *seconds)
{
  for (gsize i = 0; i < n_samples; i++)
    {
      gint64 delta = 0;

      if (i > 0)
        {
          gint64 now = hw_sample_get_monotonic (samples[i]);
          gint64 then = hw_sample_get_monotonic (samples[i - 1]);
          gboolean is_same_run = hw_sample_get_run (samples[i]) == hw_sample_get_run (samples[i - 1]);

          if (!is_same_run || now == 0 || then == 0 || now < then)
            {
              now = hw_sample_get_time (samples[i]);
              then = hw_sample_get_time (samples[i - 1]);
            }
          /* Hostile times may lie further apart than a number can say. */
          if (now > then && __builtin_sub_overflow (now, then, &delta))
            delta = 0;
        }
      seconds[i] = i > 0 ? seconds[i - 1] + (double) delta / G_USEC_PER_SEC : 0;
    }
}
