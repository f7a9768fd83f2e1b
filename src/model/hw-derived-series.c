/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-derived-series.h"

#include "model/hw-series-private.h"

#include <math.h>

struct _HwDerivedSeries
{
  HwSeries  parent_instance;

  HwSeries *source;    /* owned: the part, or what grows */
  HwSeries *whole;     /* owned; NULL for a rate */
  gint64    window;    /* microseconds; of a rate */
  gint64    per;       /* microseconds; of a rate */
};

G_DEFINE_FINAL_TYPE (HwDerivedSeries, hw_derived_series, HW_TYPE_SERIES)

static double
ratio_at (HwDerivedSeries *self,
          guint            i)
{
  double whole = hw_series_get_at (self->whole, hw_series_get_time (self->source, i));

  return whole != 0 ? hw_series_get_value (self->source, i) / whole : NAN;
}

/* @from is where the window began for the sample before; the walk goes on from there. */
static double
rate_at (HwDerivedSeries *self,
         guint            i,
         guint           *from)
{
  gint64 time = hw_series_get_time (self->source, i);

  while (*from < i && time - hw_series_get_time (self->source, *from) > self->window)
    (*from)++;
  /* A run that is not a half window old yet has no rate that says anything. */
  if (time - hw_series_get_time (self->source, *from) < self->window / 2)
    return NAN;

  return (hw_series_get_value (self->source, i) - hw_series_get_value (self->source, *from)) /
         (double) (time - hw_series_get_time (self->source, *from)) * (double) self->per;
}

static void
follow (HwDerivedSeries *self,
        gint64           since)
{
  guint n = hw_series_get_n (self->source), from, first = hw_series_find (self->source, since);
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  hw_series_truncate (HW_SERIES (self), hw_series_find (HW_SERIES (self), since));
  from = self->whole == NULL ? hw_series_find (self->source, since - self->window) : 0;
  /* No rate reaches back over a break. */
  for (guint i = from; i < first; i++)
    if (isnan (hw_series_get_value (self->source, i)))
      from = i + 1;

  for (guint i = first; i < n; i++)
    {
      gint64 time = hw_series_get_time (self->source, i);
      double value = NAN;

      if (isnan (hw_series_get_value (self->source, i)))
        from = i + 1;
      else
        value = self->whole != NULL ? ratio_at (self, i) : rate_at (self, i, &from);
      g_array_append_val (times, time);
      g_array_append_val (values, value);
    }

  if (times->len > 0)
    hw_series_append_many (HW_SERIES (self), (gint64 *) (gpointer) times->data, (double *) (gpointer) values->data, times->len);
  else
    g_signal_emit_by_name (self, "changed", hw_series_get_n (HW_SERIES (self)));
}

static void
changed_cb (HwSeries        *series,
            guint            first,
            HwDerivedSeries *self)
{
  /* What came before the first change may hold for the first sample after it too. */
  gint64 since = first < hw_series_get_n (series) ? hw_series_get_time (series, first) : G_MAXINT64;

  if (first == 0)
    since = G_MININT64 / 2;
  follow (self, since);
}

static void
hw_derived_series_dispose (GObject *object)
{
  HwDerivedSeries *self = HW_DERIVED_SERIES (object);

  g_clear_object (&self->source);
  g_clear_object (&self->whole);

  G_OBJECT_CLASS (hw_derived_series_parent_class)->dispose (object);
}

static void
hw_derived_series_class_init (HwDerivedSeriesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hw_derived_series_dispose;
}

static void
hw_derived_series_init (HwDerivedSeries *self G_GNUC_UNUSED)
{
}

/**
 * hw_derived_series_new_ratio:
 * @part: a series
 * @whole: what it is measured by
 *
 * Returns: (transfer full): the one divided by the other, at the times of @part; unknown where @whole is
 *   unknown or 0
 */
HwSeries *
hw_derived_series_new_ratio (HwSeries *part,
                             HwSeries *whole)
{
  HwDerivedSeries *self;

  g_return_val_if_fail (HW_IS_SERIES (part) && HW_IS_SERIES (whole), NULL);

  self = g_object_new (HW_TYPE_DERIVED_SERIES, NULL);
  self->source = g_object_ref (part);
  self->whole = g_object_ref (whole);
  g_signal_connect_object (part, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (whole, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_DEFAULT);
  follow (self, G_MININT64 / 2);

  return HW_SERIES (self);
}

/**
 * hw_derived_series_new_rate:
 * @source: a series
 * @window: over how long the rate is taken, in microseconds
 * @per: the time it is given for, such as a minute, in microseconds
 *
 * Returns: (transfer full): how fast a series grows, at its times; unknown at the beginning of a run
 */
HwSeries *
hw_derived_series_new_rate (HwSeries *source,
                            gint64    window,
                            gint64    per)
{
  HwDerivedSeries *self;

  g_return_val_if_fail (HW_IS_SERIES (source) && window > 0 && per > 0, NULL);

  self = g_object_new (HW_TYPE_DERIVED_SERIES, NULL);
  self->source = g_object_ref (source);
  self->window = window;
  self->per = per;
  g_signal_connect_object (source, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_DEFAULT);
  follow (self, G_MININT64 / 2);

  return HW_SERIES (self);
}
