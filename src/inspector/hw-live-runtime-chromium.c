/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-live-runtime-private.h"

#include <glib/gi18n-lib.h>

static const char *const enable[] = {
  "HeapProfiler.enable", "Performance.enable", "Inspector.enable", NULL,
};

static const char *const methods[] = {
  "Runtime.getHeapUsage", "Memory.getDOMCounters", "Performance.getMetrics", NULL,
};

static const char *
why_not (HwFeature feature)
{
  switch (feature)
    {
    case HW_FEATURE_HANDLES:
      return _("Pages have no handles");

    case HW_FEATURE_GC_EVENTS:
      return _("Chromium does not tell of collections");

    case HW_FEATURE_SWITCH_ON:
      return _("Chromium's inspector can only be opened at its start, with --remote-debugging-port");

    case HW_FEATURE_SNAPSHOT:
    case HW_FEATURE_SNAPSHOT_PROGRESS:
    case HW_FEATURE_STABLE_IDS:
    case HW_FEATURE_COLLECT_GARBAGE:
    case HW_FEATURE_TIMELINE:
    case HW_FEATURE_TIMELINE_STACKS:
    case HW_FEATURE_TIMELINE_LIVE:
    case HW_FEATURE_SAMPLING:
    case HW_FEATURE_PAGE_COUNTERS:
    case HW_FEATURE_WORKERS:
    case HW_N_FEATURES:
    default:
      return NULL;
    }
}

static void
read_metric (JsonObject *metric,
             HwSample   *sample)
{
  static const struct { const char *name; HwMetric metric; } known[] = {
    { "Frames", HW_METRIC_FRAMES },
    { "V8PerContextDatas", HW_METRIC_NATIVE_CONTEXTS },
    { "DetachedScriptStates", HW_METRIC_DETACHED_CONTEXTS },
  };
  const char *name = hw_json_string (metric, "name");

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (name, known[i].name) == 0)
      hw_json_set (metric, "value", sample, known[i].metric, 1);
}

static void
read_sample (const char *method,
             JsonObject *answer,
             HwSample   *sample)
{
  if (g_strcmp0 (method, "Runtime.getHeapUsage") == 0)
    {
      hw_v8_read_sample (method, answer, sample);
      hw_json_set (answer, "backingStorageSize", sample, HW_METRIC_ARRAY_BUFFERS, 1);
      hw_json_set (answer, "embedderHeapUsedSize", sample, HW_METRIC_EXTERNAL, 1);
    }
  else if (g_strcmp0 (method, "Memory.getDOMCounters") == 0)
    {
      hw_json_set (answer, "documents", sample, HW_METRIC_DOCUMENTS, 1);
      hw_json_set (answer, "nodes", sample, HW_METRIC_DOM_NODES, 1);
      hw_json_set (answer, "jsEventListeners", sample, HW_METRIC_LISTENERS, 1);
    }
  else if (g_strcmp0 (method, "Performance.getMetrics") == 0)
    {
      JsonArray *metrics = hw_json_array (answer, "metrics");

      for (guint i = 0; metrics != NULL && i < json_array_get_length (metrics); i++)
        {
          JsonNode *node = json_array_get_element (metrics, i);

          if (JSON_NODE_HOLDS_OBJECT (node))
            read_metric (json_node_get_object (node), sample);
        }
    }
}

static const HwLiveRuntime runtime = {
  .id = "chromium",
  .name = "Chromium",
  .browsers = (const char *const[]) { "Chrome/", "HeadlessChrome/", "Electron/", "Edg/", NULL },
  .executables = (const char *const[]) { "chrome", "chromium", "google-chrome", "electron", "msedge", NULL },
  .ports = { 9222, 0 },
  .has_list = TRUE,
  .dialect = HW_DIALECT_V8,
  .enable = enable,
  .enable_console = "Runtime.enable",
  .disable_console = "Runtime.disable",
  .collect = "HeapProfiler.collectGarbage",
  .methods = methods,
  .why_not = why_not,
  .read = read_sample,
  .read_event = hw_v8_read_event,
};

/**
 * hw_live_runtime_get_chromium:
 *
 * Returns: Chromium and what is built on it
 */
const HwLiveRuntime *
hw_live_runtime_get_chromium (void)
{
  return &runtime;
}
