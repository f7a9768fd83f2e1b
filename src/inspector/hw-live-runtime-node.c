/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-live-runtime-private.h"

#include <glib/gi18n-lib.h>

static const char *
why_not (HwFeature feature)
{
  return feature == HW_FEATURE_PAGE_COUNTERS ? _("Node.js has no documents") : NULL;
}

static const char *const enable[] = { "HeapProfiler.enable", NULL };

static const HwLiveRuntime runtime = {
  .id = "node",
  .name = "Node.js",
  .browsers = (const char *const[]) { "node.js/", NULL },
  .executables = (const char *const[]) { "node", "nodejs", NULL },
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
  .read = hw_v8_read_sample,
  .read_event = hw_v8_read_event,
};

/**
 * hw_live_runtime_get_node:
 *
 * Returns: Node.js, from version 16 on
 */
const HwLiveRuntime *
hw_live_runtime_get_node (void)
{
  return &runtime;
}
