/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-live-runtime-private.h"

#include <math.h>
#include <string.h>

typedef const HwLiveRuntime *(*RuntimeFunc) (void);

static const RuntimeFunc runtimes[] = {
  hw_live_runtime_get_node,
  hw_live_runtime_get_deno,
  hw_live_runtime_get_bun,
  hw_live_runtime_get_chromium,
};

/**
 * hw_live_runtime_find:
 * @id: such as "node"
 *
 * Returns: (nullable): the runtime
 */
const HwLiveRuntime *
hw_live_runtime_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (runtimes); i++)
    if (g_strcmp0 (runtimes[i] ()->id, id) == 0)
      return runtimes[i] ();

  return NULL;
}

/**
 * hw_live_runtime_for_browser:
 * @browser: what `Browser` in `/json/version` says, such as "node.js/v26.10.0"
 * @version: (out) (optional) (nullable): what it says about its version
 *
 * Returns: (nullable): the runtime
 */
const HwLiveRuntime *
hw_live_runtime_for_browser (const char  *browser,
                        char       **version)
{
  g_return_val_if_fail (browser != NULL, NULL);

  if (version != NULL)
    *version = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (runtimes); i++)
    for (const char *const *prefix = runtimes[i] ()->browsers; *prefix != NULL; prefix++)
      if (g_str_has_prefix (browser, *prefix))
        {
          const char *slash = strchr (browser, '/');

          if (version != NULL && slash != NULL && slash[1] != 0)
            *version = g_strdup (slash[1] == 'v' ? slash + 2 : slash + 1);
          return runtimes[i] ();
        }

  return NULL;
}

/**
 * hw_live_runtime_for_executable:
 * @name: the base name of a program
 *
 * Returns: (nullable): the runtime
 */
const HwLiveRuntime *
hw_live_runtime_for_executable (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (runtimes); i++)
    if (g_strv_contains (runtimes[i] ()->executables, name))
      return runtimes[i] ();

  return NULL;
}

/**
 * hw_live_runtime_get_id:
 * @self: a runtime
 *
 * Returns: its name for programs, such as "node"
 */
const char *
hw_live_runtime_get_id (const HwLiveRuntime *self)
{
  return self->id;
}

/**
 * hw_live_runtime_get_name:
 * @self: a runtime
 *
 * Returns: its name for people, such as "Node.js"
 */
const char *
hw_live_runtime_get_name (const HwLiveRuntime *self)
{
  return self->name;
}

/**
 * hw_live_runtime_why_not:
 * @self: a runtime
 * @feature: what is wanted
 *
 * Returns: (nullable): why the runtime cannot do it, translated; %NULL when it can
 */
const char *
hw_live_runtime_why_not (const HwLiveRuntime *self,
                    HwFeature        feature)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->why_not (feature);
}

JsonObject *
hw_json_object (JsonObject *object,
                const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
hw_json_array (JsonObject *object,
               const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

const char *
hw_json_string (JsonObject *object,
                const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node) : NULL;
}

gboolean
hw_json_number (JsonObject *object,
                const char *name,
                double     *number)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    *number = (double) json_node_get_int (node);
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    *number = json_node_get_double (node);
  else
    return FALSE;

  return isfinite (*number);
}

/* Negative numbers are none: nothing measured here can be less than nothing. */
void
hw_json_set (JsonObject *object,
             const char *name,
             HwSample   *sample,
             HwMetric    metric,
             double      factor)
{
  double number;

  if (hw_json_number (object, name, &number) && number >= 0)
    hw_sample_set (sample, metric, number * factor);
}

/* What `process` says of itself in every runtime that has it: its memory ("mem") and processor time ("cpu"). */
void
hw_json_read_process (JsonObject *answer,
                      HwSample   *sample)
{
  JsonObject *memory = hw_json_object (answer, "mem");
  JsonObject *cpu = hw_json_object (answer, "cpu");

  hw_json_set (memory, "rss", sample, HW_METRIC_RSS, 1);
  hw_json_set (memory, "heapTotal", sample, HW_METRIC_HEAP_TOTAL, 1);
  hw_json_set (memory, "heapUsed", sample, HW_METRIC_HEAP_USED, 1);
  hw_json_set (memory, "external", sample, HW_METRIC_EXTERNAL, 1);
  hw_json_set (memory, "arrayBuffers", sample, HW_METRIC_ARRAY_BUFFERS, 1);
  hw_json_set (cpu, "user", sample, HW_METRIC_CPU_USER, 1);
  hw_json_set (cpu, "system", sample, HW_METRIC_CPU_SYSTEM, 1);
}

/* Adds a member that is an object of counts; returns their sum. */
guint64
hw_json_count (JsonObject   *object,
               const char   *name,
               HwSample     *sample,
               HwCountGroup  group)
{
  JsonObject *counts = hw_json_object (object, name);
  JsonObjectIter iter;
  const char *type;
  guint64 sum = 0;

  if (counts == NULL)
    return 0;
  json_object_iter_init_ordered (&iter, counts);
  while (json_object_iter_next_ordered (&iter, &type, NULL))
    {
      double number;

      if (hw_json_number (counts, type, &number) && number > 0 && number < 1e15)
        {
          hw_sample_add_count (sample, group, type, (guint64) number);
          sum += (guint64) number;
        }
    }

  return sum;
}
