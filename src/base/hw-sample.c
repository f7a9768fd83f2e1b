/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Samples: the table of metrics, spelled out, and the record of one moment.
 *
 * Values are doubles: exact for whole numbers to 2^53 (eight petabytes), and NaN is the unknown that no
 * arithmetic turns into a number by accident. Texts come from targets: they are made valid and cut here,
 * so that nobody behind has to.
 */
#include "config.h"

#include "base/hw-sample.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

typedef struct
{
  const char     *column;
  const char     *label;    /* to be translated */
  const char     *meaning;  /* to be translated */
  HwMetricUnit    unit;
  HwMetricSource  source;
  HwMetricKind    kind;
} Metric;

#define METRIC_ROW(name, column, unit, source, kind, label, meaning) \
  { column, label, meaning, HW_METRIC_UNIT_##unit, HW_METRIC_SOURCE_##source, HW_METRIC_KIND_##kind },
static const Metric metrics[HW_N_METRICS] = { HW_METRICS (METRIC_ROW) };
#undef METRIC_ROW

static const char *const group_names[HW_N_COUNT_GROUPS] = {
  [HW_COUNT_GROUP_HANDLE] = "handle",
  [HW_COUNT_GROUP_REQUEST] = "request",
  [HW_COUNT_GROUP_RESOURCE] = "resource",
  [HW_COUNT_GROUP_DESCRIPTOR] = "descriptor",
  [HW_COUNT_GROUP_OBJECT] = "object",
};

struct _HwSample
{
  gatomicrefcount  ref_count;
  guint            run;
  gint64           time;                  /* µs since 1970, UTC */
  gint64           monotonic;             /* µs */
  double           values[HW_N_METRICS];  /* NaN: unknown */
  char            *label;                 /* nullable */
  char            *method;                /* nullable */
  char            *url;                   /* nullable */
  GArray          *counts;                /* HwSampleCount, types owned; nullable */
  GArray          *watches;               /* HwSampleWatch, texts owned; nullable */
};

G_DEFINE_BOXED_TYPE (HwSample, hw_sample, hw_sample_ref, hw_sample_unref)

/**
 * hw_metric_get_column:
 * @metric: a metric
 *
 * Returns: the metric's column in recordings, such as "heap_used"; never translated, never changed
 */
const char *
hw_metric_get_column (HwMetric metric)
{
  g_return_val_if_fail ((guint) metric < HW_N_METRICS, NULL);

  return metrics[metric].column;
}

/**
 * hw_metric_get_label:
 * @metric: a metric
 *
 * Returns: the metric's short name for people, translated
 */
const char *
hw_metric_get_label (HwMetric metric)
{
  g_return_val_if_fail ((guint) metric < HW_N_METRICS, NULL);

  return _(metrics[metric].label);
}

/**
 * hw_metric_get_meaning:
 * @metric: a metric
 *
 * Returns: what the metric says, one sentence, translated
 */
const char *
hw_metric_get_meaning (HwMetric metric)
{
  g_return_val_if_fail ((guint) metric < HW_N_METRICS, NULL);

  return _(metrics[metric].meaning);
}

/**
 * hw_metric_get_unit:
 * @metric: a metric
 *
 * Returns: the unit of the metric's values
 */
HwMetricUnit
hw_metric_get_unit (HwMetric metric)
{
  g_return_val_if_fail ((guint) metric < HW_N_METRICS, HW_METRIC_UNIT_COUNT);

  return metrics[metric].unit;
}

/**
 * hw_metric_get_source:
 * @metric: a metric
 *
 * Returns: who measures it
 */
HwMetricSource
hw_metric_get_source (HwMetric metric)
{
  g_return_val_if_fail ((guint) metric < HW_N_METRICS, HW_METRIC_SOURCE_RUNTIME);

  return metrics[metric].source;
}

/**
 * hw_metric_get_kind:
 * @metric: a metric
 *
 * Returns: whether the metric is a level or a total
 */
HwMetricKind
hw_metric_get_kind (HwMetric metric)
{
  g_return_val_if_fail ((guint) metric < HW_N_METRICS, HW_METRIC_KIND_LEVEL);

  return metrics[metric].kind;
}

/**
 * hw_metric_from_column:
 * @column: a column's name
 * @metric: (out): return location
 *
 * Finds the metric of a column; ASCII case does not matter, as in SQL.
 *
 * Returns: whether there is one
 */
gboolean
hw_metric_from_column (const char *column,
                       HwMetric   *metric)
{
  g_return_val_if_fail (column != NULL, FALSE);

  for (guint i = 0; i < HW_N_METRICS; i++)
    if (g_ascii_strcasecmp (column, metrics[i].column) == 0)
      {
        *metric = (HwMetric) i;
        return TRUE;
      }

  return FALSE;
}

/**
 * hw_count_group_get_name:
 * @group: a group of counts
 *
 * Returns: the group's name in recordings, such as "handle"
 */
const char *
hw_count_group_get_name (HwCountGroup group)
{
  g_return_val_if_fail ((guint) group < HW_N_COUNT_GROUPS, NULL);

  return group_names[group];
}

/**
 * hw_count_group_from_name:
 * @name: a name from a recording
 * @group: (out): return location
 *
 * Returns: whether there is such a group
 */
gboolean
hw_count_group_from_name (const char   *name,
                          HwCountGroup *group)
{
  g_return_val_if_fail (name != NULL, FALSE);

  for (guint i = 0; i < HW_N_COUNT_GROUPS; i++)
    if (strcmp (name, group_names[i]) == 0)
      {
        *group = (HwCountGroup) i;
        return TRUE;
      }

  return FALSE;
}

/* Text of a target as ours: valid UTF-8, at most HW_SAMPLE_MAX_TEXT bytes; NULL stays NULL. */
static char *
dup_text (const char *text)
{
  g_autofree char *cut = NULL;

  if (text == NULL)
    return NULL;

  cut = g_strndup (text, HW_SAMPLE_MAX_TEXT);
  return g_utf8_make_valid (cut, -1);
}

static void
clear_count (gpointer data)
{
  g_free ((char *) ((HwSampleCount *) data)->type);
}

static void
clear_watch (gpointer data)
{
  HwSampleWatch *watch = data;

  g_free ((char *) watch->name);
  g_free ((char *) watch->error);
}

/**
 * hw_sample_new:
 * @time: when it was measured, microseconds since 1970 in UTC ([func@GLib.get_real_time])
 * @monotonic_time: the same moment in [func@GLib.get_monotonic_time], or 0 where nobody knows
 * @run: which run of the target it belongs to: 0 for the first, one more after each restart
 *
 * Makes a sample that knows nothing yet.
 *
 * Returns: (transfer full): a sample
 */
HwSample *
hw_sample_new (gint64 time,
               gint64 monotonic_time,
               guint  run)
{
  HwSample *self = g_new0 (HwSample, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->time = time;
  self->monotonic = monotonic_time;
  self->run = run;
  for (guint i = 0; i < HW_N_METRICS; i++)
    self->values[i] = NAN;

  return self;
}

/**
 * hw_sample_ref:
 * @self: a sample
 *
 * Returns: (transfer full): @self
 */
HwSample *
hw_sample_ref (HwSample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * hw_sample_unref:
 * @self: (transfer full): a sample
 *
 * Gives a reference back.
 */
void
hw_sample_unref (HwSample *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->counts, g_array_unref);
  g_clear_pointer (&self->watches, g_array_unref);
  g_free (self->label);
  g_free (self->method);
  g_free (self->url);
  g_free (self);
}

/**
 * hw_sample_set:
 * @self: a sample that nobody else has yet
 * @metric: a metric
 * @value: its value in the metric's unit
 *
 * Says what was measured. A value that cannot be (negative, infinite, not a number) makes it unknown.
 */
void
hw_sample_set (HwSample *self,
               HwMetric  metric,
               double    value)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail ((guint) metric < HW_N_METRICS);

  self->values[metric] = isfinite (value) && value >= 0 ? value : NAN;
}

/**
 * hw_sample_set_label:
 * @self: a sample that nobody else has yet
 * @label: (nullable): what the target was doing, in its own words
 *
 * Labels the moment.
 */
void
hw_sample_set_label (HwSample   *self,
                     const char *label)
{
  g_return_if_fail (self != NULL);

  g_free (self->label);
  self->label = dup_text (label);
}

/**
 * hw_sample_set_request:
 * @self: a sample that nobody else has yet
 * @method: (nullable): `GET` and so on
 * @url: (nullable): what was asked for
 *
 * Says which request was answered last before the sample.
 */
void
hw_sample_set_request (HwSample   *self,
                       const char *method,
                       const char *url)
{
  g_return_if_fail (self != NULL);

  g_free (self->method);
  g_free (self->url);
  self->method = dup_text (method);
  self->url = dup_text (url);
}

/**
 * hw_sample_add_count:
 * @self: a sample that nobody else has yet
 * @group: what is counted
 * @type: a type's name
 * @count: how many there are
 *
 * Adds a line of a breakdown. Lines beyond `HW_SAMPLE_MAX_COUNTS` are dropped.
 */
void
hw_sample_add_count (HwSample     *self,
                     HwCountGroup  group,
                     const char   *type,
                     guint64       count)
{
  HwSampleCount line = { group, NULL, count };

  g_return_if_fail (self != NULL);
  g_return_if_fail ((guint) group < HW_N_COUNT_GROUPS);
  g_return_if_fail (type != NULL);

  if (self->counts == NULL)
    {
      self->counts = g_array_new (FALSE, FALSE, sizeof (HwSampleCount));
      g_array_set_clear_func (self->counts, clear_count);
    }
  if (self->counts->len >= HW_SAMPLE_MAX_COUNTS)
    return;

  line.type = dup_text (type);
  g_array_append_val (self->counts, line);
}

/**
 * hw_sample_add_watch:
 * @self: a sample that nobody else has yet
 * @name: the watch's name
 * @value: its value; NaN when there is none
 * @error: (nullable): why there is none
 *
 * Adds a watch expression's value. Watches beyond `HW_SAMPLE_MAX_WATCHES` are dropped.
 */
void
hw_sample_add_watch (HwSample   *self,
                     const char *name,
                     double      value,
                     const char *error)
{
  HwSampleWatch watch = { NULL, isfinite (value) ? value : NAN, NULL };

  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);

  if (self->watches == NULL)
    {
      self->watches = g_array_new (FALSE, FALSE, sizeof (HwSampleWatch));
      g_array_set_clear_func (self->watches, clear_watch);
    }
  if (self->watches->len >= HW_SAMPLE_MAX_WATCHES)
    return;

  watch.name = dup_text (name);
  watch.error = dup_text (error);
  g_array_append_val (self->watches, watch);
}

/**
 * hw_sample_get_time:
 * @self: a sample
 *
 * Returns: when it was measured, in microseconds since 1970, UTC
 */
gint64
hw_sample_get_time (const HwSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->time;
}

/**
 * hw_sample_get_monotonic:
 * @self: a sample
 *
 * Returns: the same moment on the clock that nobody sets, in microseconds, or 0 when unknown
 */
gint64
hw_sample_get_monotonic (const HwSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->monotonic;
}

/**
 * hw_sample_get_run:
 * @self: a sample
 *
 * Returns: which run of the target it belongs to, from 0
 */
guint
hw_sample_get_run (const HwSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->run;
}

/**
 * hw_sample_has:
 * @self: a sample
 * @metric: a metric
 *
 * Returns: whether the metric was measured
 */
gboolean
hw_sample_has (const HwSample *self,
               HwMetric        metric)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail ((guint) metric < HW_N_METRICS, FALSE);

  return !isnan (self->values[metric]);
}

/**
 * hw_sample_get:
 * @self: a sample
 * @metric: a metric
 *
 * Returns: the metric's value in its unit, or NaN when it is unknown
 */
double
hw_sample_get (const HwSample *self,
               HwMetric        metric)
{
  g_return_val_if_fail (self != NULL, NAN);
  g_return_val_if_fail ((guint) metric < HW_N_METRICS, NAN);

  return self->values[metric];
}

/**
 * hw_sample_get_label:
 * @self: a sample
 *
 * Returns: (nullable): what the target was doing, UTF-8
 */
const char *
hw_sample_get_label (const HwSample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->label;
}

/**
 * hw_sample_get_method:
 * @self: a sample
 *
 * Returns: (nullable): the method of the request before it, UTF-8
 */
const char *
hw_sample_get_method (const HwSample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->method;
}

/**
 * hw_sample_get_url:
 * @self: a sample
 *
 * Returns: (nullable): the address of the request before it, UTF-8
 */
const char *
hw_sample_get_url (const HwSample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}

/**
 * hw_sample_get_counts:
 * @self: a sample
 * @n_counts: (out): return location for their number
 *
 * Returns: (nullable) (transfer none) (array length=n_counts): the breakdown by type, in the order it was told
 */
const HwSampleCount *
hw_sample_get_counts (const HwSample *self,
                      guint          *n_counts)
{
  g_return_val_if_fail (self != NULL, NULL);

  *n_counts = self->counts != NULL ? self->counts->len : 0;
  return self->counts != NULL ? (const HwSampleCount *) (gpointer) self->counts->data : NULL;
}

/**
 * hw_sample_get_watches:
 * @self: a sample
 * @n_watches: (out): return location for their number
 *
 * Returns: (nullable) (transfer none) (array length=n_watches): the watches, in the order they were told
 */
const HwSampleWatch *
hw_sample_get_watches (const HwSample *self,
                       guint          *n_watches)
{
  g_return_val_if_fail (self != NULL, NULL);

  *n_watches = self->watches != NULL ? self->watches->len : 0;
  return self->watches != NULL ? (const HwSampleWatch *) (gpointer) self->watches->data : NULL;
}
