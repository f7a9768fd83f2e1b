/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What samples mean, rule by rule. Each rule reads the trends of one run and adds one finding with its
 * numbers; none knows another. A ratio or a count is the median of the last quarter, never one sample. A
 * finding that is not sure is at most worth a look: a false alarm costs more trust than a late one.
 */
#include "config.h"

#include "record/hw-verdict.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hw-format.h"

#define MINUTE 60.0

typedef struct
{
  const HwVerdictSettings *settings;
  HwSample * const        *samples;
  gsize                    n_samples;
  double                  *seconds;
  double                  *values;               /* of one metric at a time */
  HwTrend                  trends[HW_N_METRICS];
  HwTrend                  rest;                 /* resident, but neither heap nor external */
  gboolean                 has_gcs;
  HwVerdict               *verdict;
} Case;

/* The metrics that rules look at. */
static const HwMetric looked_at[] = {
  HW_METRIC_RSS, HW_METRIC_OS_RSS, HW_METRIC_HEAP_USED, HW_METRIC_EXTERNAL, HW_METRIC_HANDLES, HW_METRIC_TIMERS,
  HW_METRIC_DETACHED_CONTEXTS, HW_METRIC_CONTAINER_USED,
};

/**
 * hw_verdict_settings_init:
 * @self: (out caller-allocates): settings
 *
 * Sets the usual thresholds.
 */
void
hw_verdict_settings_init (HwVerdictSettings *self)
{
  *self = (HwVerdictSettings) {
    .external_look = 0.5,
    .external_leak = 2,
    .external_crash = 6,
    .least_external = 16e6,
    .handles_look = 100,
    .handles_leak = 500,
    .rate_slow = 10e6,
    .rate_active = 50e6,
    .rate_critical = 500e6,
    .least_growth = 1e6,
    .least_share = 0.05,
    .least_seconds = 15,
    .critical_seconds = 600,
  };
}

static void
clear_evidence (gpointer data)
{
  g_free (((HwEvidence *) data)->label);
}

static void
finding_free (gpointer data)
{
  HwFinding *self = data;

  g_free (self->text);
  g_free (self->why);
  g_array_unref (self->evidence);
  g_free (self);
}

/**
 * hw_verdict_free:
 * @self: (transfer full): a verdict
 *
 * Frees a verdict with its findings.
 */
void
hw_verdict_free (HwVerdict *self)
{
  g_ptr_array_unref (self->findings);
  g_free (self);
}

static HwConfidence
confidence_of (const HwTrend *trend)
{
  if (trend->n_floors >= 12 && trend->n_collections >= 4 && trend->seconds >= 120)
    return HW_CONFIDENCE_HIGH;
  if (trend->n_floors >= 6 && trend->seconds >= 30)
    return HW_CONFIDENCE_MEDIUM;

  return HW_CONFIDENCE_LOW;
}

/* Adds a finding; takes over @text. Its confidence and the reason for it come from @trend. */
static HwFinding *
add_finding (Case          *self,
             HwRule         rule,
             HwLevel        level,
             const HwTrend *trend,
             const char    *action,
             char          *text)
{
  HwFinding *finding = g_new0 (HwFinding, 1);
  g_autofree char *length = hw_verdict_format_duration (trend->seconds);

  finding->rule = rule;
  finding->confidence = confidence_of (trend);
  finding->level = level;
  if (finding->confidence == HW_CONFIDENCE_LOW)
    finding->level = MIN (level, HW_LEVEL_NOTICE);
  finding->text = text;
  finding->action = action;
  finding->seconds_left = NAN;
  finding->evidence = g_array_new (FALSE, FALSE, sizeof (HwEvidence));
  g_array_set_clear_func (finding->evidence, clear_evidence);
  if (trend->n_collections > 0)
    finding->why = g_strdup_printf (ngettext ("%u low point of %s, after falls such as a collection makes",
                                              "%u low points of %s, after falls such as a collection makes",
                                              trend->n_floors), trend->n_floors, length);
  else if (trend != &self->trends[HW_METRIC_HEAP_USED])
    finding->why = g_strdup_printf (ngettext ("%u low point of %s", "%u low points of %s", trend->n_floors),
                                    trend->n_floors, length);
  else
    finding->why = g_strdup_printf (ngettext ("%u low point of %s; no collection was seen, so some of it may be garbage",
                                              "%u low points of %s; no collection was seen, so some of it may be garbage",
                                              trend->n_floors), trend->n_floors, length);
  g_ptr_array_add (self->verdict->findings, finding);

  return finding;
}

static void
add_evidence (HwFinding    *finding,
              const char   *name,
              const char   *label,
              double        value,
              HwMetricUnit  unit)
{
  HwEvidence evidence = { name, g_strdup (label), value, unit, FALSE };

  if (isnan (value))
    g_free (evidence.label);
  else
    g_array_append_val (finding->evidence, evidence);
}

static void
add_rate (HwFinding     *finding,
          const char    *name,
          const HwTrend *trend,
          HwMetricUnit   unit)
{
  add_evidence (finding, name, _("Growth of the floor"), trend->slope * MINUTE, unit);
  if (finding->evidence->len > 0)
    g_array_index (finding->evidence, HwEvidence, finding->evidence->len - 1).is_rate = TRUE;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The median of what is known in the last quarter, of @bottom's multiple when given; NaN when nothing is. */
static double
recent (Case     *self,
        HwMetric  top,
        int       bottom)
{
  gsize begin = self->n_samples - MAX (self->n_samples / 4, 1);
  gsize step = (self->n_samples - begin + 1023) / 1024;
  double known[1024];
  guint n = 0;

  for (gsize i = begin; i < self->n_samples && n < G_N_ELEMENTS (known); i += step)
    {
      double value = hw_sample_get (self->samples[i], top);

      if (bottom >= 0)
        value /= hw_sample_get (self->samples[i], (HwMetric) bottom);
      if (isfinite (value))
        known[n++] = value;
    }
  qsort (known, n, sizeof *known, compare_doubles);

  return n > 0 ? known[n / 2] : NAN;
}

/* The last known value of a metric in the run, or NaN. */
static double
last_of (Case     *self,
         HwMetric  metric)
{
  for (gsize i = self->n_samples; i > 0; i--)
    if (hw_sample_has (self->samples[i - 1], metric))
      return hw_sample_get (self->samples[i - 1], metric);

  return NAN;
}

/* The level of a growth in bytes per second that is no trifle. */
static HwLevel
level_of_rate (Case   *self,
               double  slope)
{
  double rate = slope * MINUTE;

  if (rate > self->settings->rate_critical)
    return HW_LEVEL_CRITICAL;
  if (rate >= self->settings->rate_active)
    return HW_LEVEL_LEAK;
  if (rate >= self->settings->rate_slow)
    return HW_LEVEL_WARNING;

  return HW_LEVEL_NOTICE;
}

/* A growth below every rate is a leak all the same when it goes on for long and adds up. */
static HwLevel
level_of_growth (Case          *self,
                 const HwTrend *trend)
{
  HwLevel level = level_of_rate (self, trend->slope);

  if (level == HW_LEVEL_NOTICE && confidence_of (trend) >= HW_CONFIDENCE_MEDIUM && trend->seconds >= 600 &&
      trend->end - trend->start >= 0.2 * trend->start)
    level = HW_LEVEL_WARNING;

  return level;
}

static const HwTrend *
resident_trend (Case *self)
{
  return self->trends[HW_METRIC_RSS].n_values > 0 ? &self->trends[HW_METRIC_RSS] : &self->trends[HW_METRIC_OS_RSS];
}

static void
judge_heap (Case *self)
{
  const HwTrend *heap = &self->trends[HW_METRIC_HEAP_USED];
  const HwTrend *resident = resident_trend (self);
  g_autofree char *floor = NULL;
  g_autofree char *height = NULL;
  g_autofree char *rate = NULL;
  HwFinding *finding;

  if (heap->n_values < 2)
    return;
  floor = hw_format_size ((guint64) MAX (heap->end, 0));
  height = hw_format_size ((guint64) heap->amplitude);
  if (heap->is_growing)
    {
      gboolean is_shared = resident->is_growing && heap->slope < 0.5 * resident->slope;

      rate = hw_format_size ((guint64) (heap->slope * MINUTE));
      finding = add_finding (self, HW_RULE_HEAP, level_of_growth (self, heap), heap, "take-snapshots",
                             g_strdup_printf (
                               is_shared
                                 ? _("The JavaScript heap keeps %s more each minute, and other memory grows even faster. Take snapshots and compare them.")
                                 : _("The JavaScript heap keeps %s more each minute: objects stay reachable. Take snapshots and compare them."),
                               rate));
      add_rate (finding, "heap_growth", heap, HW_METRIC_UNIT_BYTES);
    }
  else if (heap->is_settled)
    finding = add_finding (self, HW_RULE_HEAP, HW_LEVEL_HEALTHY, heap, "none",
                           g_strdup_printf (_("The JavaScript heap grew and then settled at %s."), floor));
  else if (heap->n_collections >= 3)
    finding = add_finding (self, HW_RULE_HEAP, HW_LEVEL_HEALTHY, heap, "none",
                           g_strdup_printf (_("Healthy churn: after each collection the heap falls to the same floor, %s."),
                                            floor));
  else
    finding = add_finding (self, HW_RULE_HEAP, HW_LEVEL_HEALTHY, heap,
                           heap->n_collections > 0 ? "none" : "collect-garbage",
                           g_strdup_printf (_("The JavaScript heap does not grow; its floor is %s."), floor));
  add_evidence (finding, "heap_floor_first", _("Floor at the beginning"), heap->start, HW_METRIC_UNIT_BYTES);
  add_evidence (finding, "heap_floor_last", _("Floor at the end"), heap->end, HW_METRIC_UNIT_BYTES);
  add_evidence (finding, "heap_amplitude", _("Garbage above the floor"), heap->amplitude, HW_METRIC_UNIT_BYTES);
  add_evidence (finding, "collections", _("Collections seen"), heap->n_collections, HW_METRIC_UNIT_COUNT);
  add_evidence (finding, "heap_of_resident", _("Heap used ÷ resident memory"),
                recent (self, HW_METRIC_HEAP_USED, HW_METRIC_RSS), HW_METRIC_UNIT_RATIO);
}

static void
judge_external (Case *self)
{
  const HwVerdictSettings *settings = self->settings;
  const HwTrend *external = &self->trends[HW_METRIC_EXTERNAL];
  double ratio = recent (self, HW_METRIC_EXTERNAL, HW_METRIC_HEAP_USED);
  double size = recent (self, HW_METRIC_EXTERNAL, -1);
  gboolean is_known = external->n_floors >= 5 && external->seconds >= 2 * settings->least_seconds;
  HwLevel level = HW_LEVEL_HEALTHY;
  const char *action = "none";
  g_autofree char *percent = NULL;
  HwFinding *finding;
  char *text;

  if (isnan (ratio))
    return;
  percent = g_strdup_printf ("%.0f %%", ratio * 100);
  if (size < settings->least_external || ratio < settings->external_look)
    text = g_strdup_printf (_("External memory is %s of the heap used, which is normal."), percent);
  else
    {
      action = "sample-allocations";
      if (ratio <= settings->external_leak)
        {
          level = external->is_growing ? level_of_growth (self, external) : HW_LEVEL_NOTICE;
          text = g_strdup_printf (external->is_growing
                                    ? _("External memory is %s of the heap used and grows: look at who keeps buffers.")
                                    : _("External memory is %s of the heap used: look at buffers."), percent);
        }
      else if (!external->is_growing && is_known)
        {
          level = ratio > settings->external_crash ? HW_LEVEL_WARNING : HW_LEVEL_NOTICE;
          text = g_strdup_printf (_("External memory is %s of the heap used, but does not grow: large buffers in use."),
                                  percent);
        }
      else if (ratio <= settings->external_crash)
        {
          level = HW_LEVEL_LEAK;
          text = g_strdup_printf (_("Buffer leak: external memory is %s of the heap used."), percent);
        }
      else
        {
          level = HW_LEVEL_CRITICAL;
          text = g_strdup_printf (_("Buffer leak: external memory is %s of the heap used; a crash is near."), percent);
        }
    }
  finding = add_finding (self, HW_RULE_EXTERNAL, level, external, action, text);
  add_evidence (finding, "external_ratio", _("External ÷ heap used"), ratio, HW_METRIC_UNIT_RATIO);
  add_evidence (finding, "external", _("External memory"), size, HW_METRIC_UNIT_BYTES);
  add_evidence (finding, "array_buffers", _("Array buffers"), recent (self, HW_METRIC_ARRAY_BUFFERS, -1),
                HW_METRIC_UNIT_BYTES);
  if (external->n_floors >= 2)
    add_rate (finding, "external_growth", external, HW_METRIC_UNIT_BYTES);
}

/* The types of which there are most, "Socket 612, Server 2"; NULL when nobody counted. */
static char *
dup_breakdown (Case         *self,
               HwFinding    *finding,
               HwCountGroup  group)
{
  g_autoptr(GString) text = g_string_new (NULL);
  const HwSampleCount *counts = NULL;
  guint n_counts = 0;

  for (gsize i = self->n_samples; i > 0 && n_counts == 0; i--)
    counts = hw_sample_get_counts (self->samples[i - 1], &n_counts);
  for (guint shown = 0, last = n_counts; shown < 5; shown++)
    {
      guint best = n_counts;

      for (guint i = 0; i < n_counts; i++)
        if (counts[i].group == group &&
            (last == n_counts || counts[i].count < counts[last].count || (counts[i].count == counts[last].count && i > last)) &&
            (best == n_counts || counts[i].count > counts[best].count))
          best = i;
      if (best == n_counts)
        break;
      g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT, shown > 0 ? ", " : "", counts[best].type, counts[best].count);
      add_evidence (finding, "type", counts[best].type, (double) counts[best].count, HW_METRIC_UNIT_COUNT);
      last = best;
    }

  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
judge_count (Case         *self,
             HwRule        rule,
             HwMetric      metric,
             HwCountGroup  group)
{
  const HwTrend *trend = &self->trends[metric];
  gboolean is_timer = rule == HW_RULE_TIMERS;
  double count = recent (self, metric, -1);
  HwLevel level = HW_LEVEL_HEALTHY;
  g_autofree char *number = NULL;
  g_autofree char *breakdown = NULL;
  HwFinding *finding;
  char *text;

  if (isnan (count))
    return;
  number = hw_format_count ((guint64) count);
  if (count < self->settings->handles_look)
    text = g_strdup_printf (is_timer ? ngettext ("%s timer, which is normal.", "%s timers, which is normal.", (gulong) count)
                                     : ngettext ("%s open handle, which is normal.", "%s open handles, which is normal.",
                                                 (gulong) count), number);
  else if (count > self->settings->handles_leak && trend->is_growing)
    {
      level = HW_LEVEL_LEAK;
      text = g_strdup_printf (is_timer ? _("Timer leak: %s timers, and ever more: intervals are not cleared.")
                                       : _("Socket or stream leak: %s open handles, and ever more."), number);
    }
  else
    {
      level = trend->is_growing ? HW_LEVEL_WARNING : HW_LEVEL_NOTICE;
      text = g_strdup_printf (is_timer ? _("%s timers: look for intervals that are not cleared.")
                                       : _("%s open handles: look for resources that are not closed."), number);
    }
  finding = add_finding (self, rule, level, trend, level == HW_LEVEL_HEALTHY ? "none" : "show-handles", text);
  add_evidence (finding, is_timer ? "timers" : "handles", is_timer ? _("Timers") : _("Handles"), count, HW_METRIC_UNIT_COUNT);
  if (trend->n_floors >= 2)
    add_rate (finding, is_timer ? "timers_growth" : "handles_growth", trend, HW_METRIC_UNIT_COUNT);
  if (level == HW_LEVEL_HEALTHY)
    return;
  breakdown = dup_breakdown (self, finding, group);
  if (breakdown != NULL)
    {
      char *more = g_strdup_printf (_("%s By type: %s."), finding->text, breakdown);

      g_free (finding->text);
      finding->text = more;
    }
}

/* Seconds until @used meets @limit at @slope a second; NaN where nobody knows. */
static double
time_left (double used,
           double limit,
           double slope)
{
  if (isnan (used) || isnan (limit) || limit <= 0 || slope <= 0)
    return NAN;

  return MAX (limit - used, 0) / slope;
}

static void
judge_rate (Case *self)
{
  const HwTrend *heap = &self->trends[HW_METRIC_HEAP_USED];
  const HwTrend *resident = resident_trend (self);
  const HwTrend *external = &self->trends[HW_METRIC_EXTERNAL];
  const HwTrend *all[] = { heap, external, resident };
  const HwTrend *fastest = NULL;
  double container = last_of (self, HW_METRIC_CONTAINER_USED);
  double left[3];
  const char *const limits[] = { _("the heap limit"), _("the container limit"), _("the end of free memory") };
  guint nearest = 0;
  HwFinding *finding;
  g_autofree char *rate = NULL;
  g_autofree char *span = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i]->is_growing && (fastest == NULL || all[i]->slope > fastest->slope))
      fastest = all[i];
  if (fastest == NULL)
    {
      fastest = heap->n_values > 0 ? heap : resident;
      if (fastest->n_values >= 2)
        add_finding (self, HW_RULE_RATE, HW_LEVEL_HEALTHY, fastest, "none",
                     g_strdup (_("Memory does not grow to speak of.")));
      return;
    }

  /* The heap's own limit is met from the floor: what is above it will be collected. */
  left[0] = heap->is_growing ? time_left (heap->end, last_of (self, HW_METRIC_HEAP_LIMIT), heap->slope) : NAN;
  left[1] = time_left (isnan (container) ? recent (self, HW_METRIC_RSS, -1) : container,
                       last_of (self, HW_METRIC_CONTAINER_LIMIT), fastest->slope);
  left[2] = time_left (0, last_of (self, HW_METRIC_FREE_MEMORY), fastest->slope);
  for (guint i = 1; i < G_N_ELEMENTS (left); i++)
    if (!isnan (left[i]) && (isnan (left[nearest]) || left[i] < left[nearest]))
      nearest = i;

  rate = hw_format_size ((guint64) (fastest->slope * MINUTE));
  if (!isnan (left[nearest]))
    span = hw_verdict_format_duration (left[nearest]);
  finding = add_finding (self, HW_RULE_RATE,
                         left[nearest] < self->settings->critical_seconds ? HW_LEVEL_CRITICAL
                         : level_of_rate (self, fastest->slope) == HW_LEVEL_NOTICE ? HW_LEVEL_HEALTHY
                                                                                  : level_of_rate (self, fastest->slope),
                         fastest, heap->is_growing && heap->slope >= 0.5 * fastest->slope ? "take-snapshots" : "sample-allocations",
                         span != NULL ? g_strdup_printf (_("Memory grows by %s a minute; at that rate %s is met in %s."), rate,
                                                         limits[nearest], span)
                                      : g_strdup_printf (_("Memory grows by %s a minute."), rate));
  finding->seconds_left = left[nearest];

  /* With a minute left nobody can wait for certainty. */
  if (left[nearest] < 60)
    finding->level = HW_LEVEL_CRITICAL;
  add_rate (finding, "growth", fastest, HW_METRIC_UNIT_BYTES);
  add_evidence (finding, "seconds_to_heap_limit", _("Time to the heap limit"), left[0] * 1e6, HW_METRIC_UNIT_MICROSECONDS);
  add_evidence (finding, "seconds_to_container_limit", _("Time to the container limit"), left[1] * 1e6,
                HW_METRIC_UNIT_MICROSECONDS);
  add_evidence (finding, "seconds_to_no_free_memory", _("Time to the end of free memory"), left[2] * 1e6,
                HW_METRIC_UNIT_MICROSECONDS);
}

static void
judge_native (Case *self)
{
  const HwTrend *heap = &self->trends[HW_METRIC_HEAP_USED];
  const HwTrend *resident = resident_trend (self);
  const HwTrend *external = &self->trends[HW_METRIC_EXTERNAL];
  gboolean is_external;
  HwFinding *finding;
  g_autofree char *rate = NULL;

  if (resident->n_values < 2 || heap->n_values < 2)
    return;
  is_external = external->is_growing && external->slope >= 0.5 * resident->slope;

  /* Memory that the engine reserves for its heap is in resident memory, and no leak outside of it. */
  if (!resident->is_growing || heap->slope >= 0.5 * resident->slope || (!self->rest.is_growing && !is_external))
    {
      add_finding (self, HW_RULE_NATIVE, HW_LEVEL_HEALTHY, resident, "none",
                   g_strdup (_("No memory outside of the heap grows.")));
      return;
    }
  rate = hw_format_size ((guint64) (resident->slope * MINUTE));
  finding = add_finding (self, HW_RULE_NATIVE, level_of_growth (self, resident), resident,
                         is_external ? "sample-allocations" : "keep-watching",
                         g_strdup_printf (is_external
                                            ? _("Resident memory grows by %s a minute while the heap does not: buffers and other external memory.")
                                            : _("Resident memory grows by %s a minute while the heap does not: native code, or fragmentation."),
                                          rate));
  add_rate (finding, "resident_growth", resident, HW_METRIC_UNIT_BYTES);
  add_evidence (finding, "heap_floor_last", _("Floor of the heap"), heap->end, HW_METRIC_UNIT_BYTES);
}

static void
judge_accounting (Case *self)
{
  double external = recent (self, HW_METRIC_EXTERNAL, -1);
  double resident = recent (self, HW_METRIC_RSS, -1);
  HwFinding *finding;

  if (isnan (external) || isnan (resident) || external <= resident || external < self->settings->least_external)
    return;
  finding = add_finding (self, HW_RULE_ACCOUNTING, HW_LEVEL_WARNING, &self->trends[HW_METRIC_EXTERNAL], "sample-allocations",
                         g_strdup (_("External memory is more than all resident memory: it is swapped out, never touched, or a native module counts wrongly.")));
  add_evidence (finding, "external", _("External memory"), external, HW_METRIC_UNIT_BYTES);
  add_evidence (finding, "resident", _("Resident memory"), resident, HW_METRIC_UNIT_BYTES);
}

static void
judge_contexts (Case *self)
{
  const HwTrend *trend = &self->trends[HW_METRIC_DETACHED_CONTEXTS];
  double count = recent (self, HW_METRIC_DETACHED_CONTEXTS, -1);
  HwFinding *finding;

  if (isnan (count) || count < 1)
    return;
  finding = add_finding (self, HW_RULE_CONTEXTS, trend->is_growing ? HW_LEVEL_LEAK : HW_LEVEL_NOTICE, trend, "take-snapshots",
                         g_strdup_printf (trend->is_growing
                                            ? _("%.0f global scopes were left and stay in memory, and ever more.")
                                            : _("%.0f global scopes were left and stay in memory."), count));
  add_evidence (finding, "detached_contexts", _("Detached contexts"), count, HW_METRIC_UNIT_COUNT);
}

/* What full collections left of the heap, where the runtime told of enough of them. */
static gboolean
fit_gcs (Case             *self,
         HwEvent * const  *gcs,
         gsize             n_gcs)
{
  g_autofree double *seconds = g_new (double, MAX (n_gcs, 1));
  g_autofree double *floors = g_new (double, MAX (n_gcs, 1));
  gsize n = 0, at = 0;
  HwTrend saw = self->trends[HW_METRIC_HEAP_USED];

  for (gsize i = 0; i < n_gcs; i++)
    {
      if (!gcs[i]->is_major || gcs[i]->run != self->verdict->run || isnan (gcs[i]->after) ||
          gcs[i]->time < self->verdict->from || gcs[i]->time > self->verdict->to)
        continue;
      while (at + 1 < self->n_samples && hw_sample_get_time (self->samples[at]) < gcs[i]->time)
        at++;
      seconds[n] = self->seconds[at];
      floors[n++] = gcs[i]->after;
    }
  if (n < 5)
    return FALSE;
  hw_trend_fit_floors (&self->trends[HW_METRIC_HEAP_USED], seconds, floors, n, self->settings->least_growth,
                       self->settings->least_share);
  self->trends[HW_METRIC_HEAP_USED].amplitude = saw.amplitude;

  return TRUE;
}

static void
fit_trends (Case             *self,
            HwEvent * const  *gcs,
            gsize             n_gcs)
{
  hw_trend_line_up (self->samples, self->n_samples, self->seconds);
  for (guint k = 0; k < G_N_ELEMENTS (looked_at); k++)
    {
      HwMetric metric = looked_at[k];
      gboolean is_size = hw_metric_get_unit (metric) == HW_METRIC_UNIT_BYTES;

      for (gsize i = 0; i < self->n_samples; i++)
        self->values[i] = hw_sample_get (self->samples[i], metric);
      hw_trend_fit (&self->trends[metric], self->seconds, self->values, self->n_samples,
                    is_size ? self->settings->least_growth : metric == HW_METRIC_DETACHED_CONTEXTS ? 2 : 20,
                    self->settings->least_share);
    }
  for (gsize i = 0; i < self->n_samples; i++)
    {
      double external = hw_sample_get (self->samples[i], HW_METRIC_EXTERNAL);

      self->values[i] = hw_sample_get (self->samples[i], HW_METRIC_RSS) -
                        hw_sample_get (self->samples[i], HW_METRIC_HEAP_TOTAL) - (isnan (external) ? 0 : external);
    }
  hw_trend_fit (&self->rest, self->seconds, self->values, self->n_samples, self->settings->least_growth,
                self->settings->least_share);

  /* Without the reserved heap nobody knows the rest. */
  if (self->rest.n_values < 2)
    self->rest = *resident_trend (self);
  self->has_gcs = fit_gcs (self, gcs, n_gcs);
}

/* The run to judge: the last one, or the longest where that one has only begun. */
static void
choose_run (Case             *self,
            HwSample * const *samples,
            gsize             n_samples)
{
  gsize begin = 0;

  for (gsize i = 1; i <= n_samples; i++)
    if (i == n_samples || hw_sample_get_run (samples[i]) != hw_sample_get_run (samples[begin]))
      {
        self->verdict->n_runs++;
        if (i - begin >= 8 || i - begin > self->n_samples)
          {
            self->samples = samples + begin;
            self->n_samples = i - begin;
          }
        begin = i;
      }
  if (self->n_samples == 0)
    return;
  self->verdict->run = hw_sample_get_run (self->samples[0]);
  self->verdict->n_samples = self->n_samples;
  self->verdict->from = hw_sample_get_time (self->samples[0]);
  self->verdict->to = hw_sample_get_time (self->samples[self->n_samples - 1]);
}

static int
compare_findings (gconstpointer a,
                  gconstpointer b)
{
  const HwFinding *x = *(const HwFinding **) a, *y = *(const HwFinding **) b;

  if (x->level != y->level)
    return (int) y->level - (int) x->level;

  return x->rule != y->rule ? (int) x->rule - (int) y->rule : 0;
}

/**
 * hw_verdict_new:
 * @samples: (array length=n_samples): samples in the order of arrival
 * @n_samples: their number
 * @gcs: (array length=n_gcs) (nullable): collections in the order of arrival, where the runtime told them
 * @n_gcs: their number
 * @settings: (nullable): thresholds, or NULL for the usual ones
 *
 * Says what samples mean. Of several runs of a target the last is judged, or the one before where that has
 * only begun.
 *
 * Cost: linear in the number of samples; some 100 ms for a day of seconds.
 *
 * Returns: (transfer full): the verdict
 */
HwVerdict *
hw_verdict_new (HwSample * const        *samples,
                gsize                    n_samples,
                HwEvent * const         *gcs,
                gsize                    n_gcs,
                const HwVerdictSettings *settings)
{
  HwVerdict *verdict = g_new0 (HwVerdict, 1);
  g_autofree double *seconds = g_new (double, MAX (n_samples, 1));
  g_autofree double *values = g_new (double, MAX (n_samples, 1));
  HwVerdictSettings usual;
  Case self = { .settings = settings != NULL ? settings : &usual, .seconds = seconds, .values = values, .verdict = verdict };

  hw_verdict_settings_init (&usual);
  verdict->findings = g_ptr_array_new_with_free_func (finding_free);
  choose_run (&self, samples, n_samples);
  if (self.n_samples > 0)
    {
      fit_trends (&self, gcs, n_gcs);
      verdict->seconds = seconds[self.n_samples - 1];
    }
  if (self.n_samples < 8 || verdict->seconds < self.settings->least_seconds)
    {
      HwTrend nothing = { .seconds = verdict->seconds };

      add_finding (&self, HW_RULE_HEAP, HW_LEVEL_UNKNOWN, &nothing, "keep-watching",
                   g_strdup (_("Too little was measured to say anything.")));
      return verdict;
    }

  judge_heap (&self);
  judge_external (&self);
  judge_count (&self, HW_RULE_HANDLES, HW_METRIC_HANDLES, HW_COUNT_GROUP_HANDLE);
  judge_count (&self, HW_RULE_TIMERS, HW_METRIC_TIMERS, HW_COUNT_GROUP_RESOURCE);
  judge_rate (&self);
  judge_native (&self);
  judge_accounting (&self);
  judge_contexts (&self);
  if (verdict->findings->len == 0)
    {
      HwTrend nothing = { .seconds = verdict->seconds };

      add_finding (&self, HW_RULE_HEAP, HW_LEVEL_UNKNOWN, &nothing, "keep-watching",
                   g_strdup (_("Nothing was measured that could be judged.")));
    }
  g_ptr_array_sort (verdict->findings, compare_findings);
  verdict->level = ((HwFinding *) g_ptr_array_index (verdict->findings, 0))->level;

  return verdict;
}
