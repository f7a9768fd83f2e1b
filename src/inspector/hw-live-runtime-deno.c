/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-live-runtime-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static const char *
why_not (HwFeature feature)
{
  switch (feature)
    {
    case HW_FEATURE_PAGE_COUNTERS:
      return _("Deno has no documents");

    case HW_FEATURE_GC_EVENTS:
      return _("Deno tells of collections only on its output, when started with --v8-flags=--trace-gc");

    case HW_FEATURE_TIMELINE_LIVE:
      return _("Deno tells what was allocated only when the recording ends");

    case HW_FEATURE_SNAPSHOT:
    case HW_FEATURE_SNAPSHOT_PROGRESS:
    case HW_FEATURE_STABLE_IDS:
    case HW_FEATURE_COLLECT_GARBAGE:
    case HW_FEATURE_TIMELINE:
    case HW_FEATURE_TIMELINE_STACKS:
    case HW_FEATURE_SAMPLING:
    case HW_FEATURE_HANDLES:
    case HW_FEATURE_WORKERS:
    case HW_FEATURE_SWITCH_ON:
    case HW_N_FEATURES:
    default:
      return NULL;
    }
}

/* Deno always says 0 for its array buffers, which is not known rather than none. */
static void
read_sample (const char *method,
             JsonObject *answer,
             HwSample   *sample)
{
  hw_v8_read_sample (method, answer, sample);
  if (hw_sample_has (sample, HW_METRIC_ARRAY_BUFFERS) && hw_sample_get (sample, HW_METRIC_ARRAY_BUFFERS) <= 0)
    hw_sample_set (sample, HW_METRIC_ARRAY_BUFFERS, NAN);
}

static const char *const enable[] = { "HeapProfiler.enable", NULL };

static const HwLiveRuntime runtime = {
  .id = "deno",
  .name = "Deno",
  .browsers = (const char *const[]) { "Deno/", NULL },
  .executables = (const char *const[]) { "deno", NULL },
  .ports = { 9229, 0 },
  .by_signal = TRUE,
  .has_list = TRUE,
  .waits_at_exit = TRUE,
  .dialect = HW_DIALECT_V8,
  .enable = enable,
  .enable_console = "Runtime.enable",
  .disable_console = "Runtime.disable",
  .collect = "HeapProfiler.collectGarbage",
  .expression = hw_v8_expression,
  .why_not = why_not,
  .read = read_sample,
  .read_event = hw_v8_read_event,
};

/**
 * hw_live_runtime_get_deno:
 *
 * Returns: Deno, from version 2 on
 */
const HwLiveRuntime *
hw_live_runtime_get_deno (void)
{
  return &runtime;
}
