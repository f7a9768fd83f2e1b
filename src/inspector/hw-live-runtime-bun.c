/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-live-runtime-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Its v8 module answers too, but with invented numbers. */
static const char expression[] =
  "(()=>{const p=process,T=f=>{try{return f()}catch{return null}};"
  "return JSON.stringify({now:Date.now(),pid:p.pid,mem:p.memoryUsage(),cpu:T(()=>p.cpuUsage())})})()";

static const char *const enable[] = { "Inspector.enable", "Heap.enable", "Inspector.initialized", NULL };

static const char *
why_not (HwFeature feature)
{
  switch (feature)
    {
    case HW_FEATURE_SNAPSHOT_PROGRESS:
      return _("Bun sends a snapshot without saying how far it is");

    case HW_FEATURE_STABLE_IDS:
      return _("Bun numbers its objects anew in each snapshot that has strings");

    case HW_FEATURE_TIMELINE:
    case HW_FEATURE_TIMELINE_STACKS:
    case HW_FEATURE_TIMELINE_LIVE:
      return _("Bun cannot record allocations");

    case HW_FEATURE_SAMPLING:
      return _("Bun cannot sample allocations");

    case HW_FEATURE_HANDLES:
      return _("Bun does not tell its handles; see the descriptors of the process");

    case HW_FEATURE_PAGE_COUNTERS:
      return _("Bun has no documents");

    case HW_FEATURE_WORKERS:
      return _("Bun's inspector reaches the main thread only");

    case HW_FEATURE_SWITCH_ON:
      return _("Bun's inspector can only be opened at its start, with --inspect; a signal would end it");

    case HW_FEATURE_SNAPSHOT:
    case HW_FEATURE_COLLECT_GARBAGE:
    case HW_FEATURE_GC_EVENTS:
    case HW_N_FEATURES:
    default:
      return NULL;
    }
}

static void
read_sample (const char *method,
             JsonObject *answer,
             HwSample   *sample)
{
  if (method == NULL)
    hw_json_read_process (answer, sample);
}

static HwEvent *
read_message (JsonObject *message,
              guint       run,
              gint64      now)
{
  const char *level = hw_json_string (message, "level");
  const char *text = hw_json_string (message, "text");
  const char *url = hw_json_string (message, "url");
  double seconds, line;
  HwEvent *event;

  if (text == NULL)
    return NULL;
  if (hw_json_number (message, "timestamp", &seconds) && seconds > 1e6 && seconds < 1e12)
    now = (gint64) (seconds * G_USEC_PER_SEC);
  event = hw_event_new (HW_EVENT_CONSOLE, now, run, text);
  hw_event_set_level (event, level != NULL ? level : "log");
  if (url != NULL && *url != 0 && hw_json_number (message, "line", &line))
    {
      g_autofree char *source = g_strdup_printf ("%s:%.0f", url, line);

      hw_event_set_source (event, source);
    }

  return event;
}

static HwEvent *
read_event (const char *method,
            JsonObject *params,
            guint       run,
            gint64      now)
{
  if (g_str_equal (method, "Console.messageAdded"))
    {
      JsonObject *message = hw_json_object (params, "message");

      return message != NULL ? read_message (message, run, now) : NULL;
    }
  if (g_str_equal (method, "Heap.garbageCollected"))
    {
      JsonObject *collection = hw_json_object (params, "collection");
      gboolean is_full = g_strcmp0 (hw_json_string (collection, "type"), "full") == 0;
      double start, end;

      /* Its clock counts from the program's start; the message comes at once, so now is the end. */
      if (!hw_json_number (collection, "startTime", &start) || !hw_json_number (collection, "endTime", &end) ||
          end < start || end - start > 1e6)
        return NULL;
      return hw_event_new_gc (now, run, is_full ? "Full" : "Eden", is_full, NAN, NAN,
                              (gint64) ((end - start) * G_USEC_PER_SEC));
    }

  return NULL;
}

static const HwLiveRuntime runtime = {
  .id = "bun",
  .name = "Bun",
  .browsers = (const char *const[]) { "Bun", NULL },
  .executables = (const char *const[]) { "bun", "bun.exe", "bunx.exe", NULL },
  .ports = { 6499, 0 },
  .dialect = HW_DIALECT_WEBKIT,
  .enable = enable,
  .enable_console = "Console.enable",
  .disable_console = "Console.disable",
  .collect = "Heap.gc",
  .expression = expression,
  .why_not = why_not,
  .read = read_sample,
  .read_event = read_event,
};

/**
 * hw_live_runtime_get_bun:
 *
 * Returns: Bun, from version 1.4 on
 */
const HwLiveRuntime *
hw_live_runtime_get_bun (void)
{
  return &runtime;
}
