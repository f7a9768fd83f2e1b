/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the runtimes on V8 share: the expression of a tick, what the console says, garbage collections.
 */
#include "config.h"

#include "inspector/hw-live-runtime-private.h"

#include <math.h>
#include <string.h>

/*
 * One tick. Nothing in it can throw, and what a version lacks comes as null. Timers have no handle of
 * their own, so they are counted among the resources.
 */
const char hw_v8_expression[] =
  "(()=>{const p=process,T=f=>{try{return f()}catch{return null}},"
  "C=a=>{const o={};for(const x of a)o[x]=(o[x]||0)+1;return o},"
  "M=n=>T(()=>p.getBuiltinModule?p.getBuiltinModule(n):typeof require=='function'?require(n):p.mainModule.require(n)),"
  "N=h=>h&&h.constructor&&h.constructor.name||'?',v=M('v8');"
  "return JSON.stringify({now:Date.now(),pid:p.pid,mem:p.memoryUsage(),heap:T(()=>v.getHeapStatistics()),"
  "resources:T(()=>C(p.getActiveResourcesInfo())),handles:T(()=>C(p._getActiveHandles().map(N))),"
  "requests:T(()=>C(p._getActiveRequests().map(N))),cpu:T(()=>p.cpuUsage()),"
  "elu:T(()=>{const e=(M('perf_hooks')||globalThis).performance.eventLoopUtilization();"
  "return{idle:e.idle,active:e.active}})})})()";

/* Node tells of its collections through an observer, which is an object in its heap: on request only. */
const char hw_v8_gc_expression[] =
  "(()=>{const{PerformanceObserver}=process.getBuiltinModule('perf_hooks');"
  "const o=new PerformanceObserver(l=>{for(const e of l.getEntries())__heapwise_gc(JSON.stringify("
  "{t:performance.timeOrigin+e.startTime,d:e.duration,k:e.detail.kind,f:e.detail.flags}))});"
  "o.observe({entryTypes:['gc']});globalThis[Symbol.for('heapwise')]=o;return 'ok'})()";

const char hw_v8_gc_cleanup[] =
  "(()=>{const k=Symbol.for('heapwise'),o=globalThis[k];if(o)o.disconnect();delete globalThis[k];"
  "delete globalThis.__heapwise_gc})()";

void
hw_v8_read_sample (const char *method,
                   JsonObject *answer,
                   HwSample   *sample)
{
  JsonObject *heap, *resources;
  guint64 n;
  double timers = 0, number;

  if (method != NULL)
    {
      if (g_str_equal (method, "Runtime.getHeapUsage"))
        {
          hw_json_set (answer, "usedSize", sample, HW_METRIC_HEAP_USED, 1);
          hw_json_set (answer, "totalSize", sample, HW_METRIC_HEAP_TOTAL, 1);
        }
      return;
    }

  hw_json_read_process (answer, sample);

  heap = hw_json_object (answer, "heap");
  hw_json_set (heap, "heap_size_limit", sample, HW_METRIC_HEAP_LIMIT, 1);
  hw_json_set (heap, "number_of_native_contexts", sample, HW_METRIC_NATIVE_CONTEXTS, 1);
  hw_json_set (heap, "number_of_detached_contexts", sample, HW_METRIC_DETACHED_CONTEXTS, 1);
  hw_json_set (heap, "malloced_memory", sample, HW_METRIC_MALLOCED, 1);
  hw_json_set (heap, "total_allocated_bytes", sample, HW_METRIC_TOTAL_ALLOCATED, 1);

  if (hw_json_object (answer, "handles") != NULL)
    {
      n = hw_json_count (answer, "handles", sample, HW_COUNT_GROUP_HANDLE);
      hw_sample_set (sample, HW_METRIC_HANDLES, (double) n);
    }
  if (hw_json_object (answer, "requests") != NULL)
    {
      n = hw_json_count (answer, "requests", sample, HW_COUNT_GROUP_REQUEST);
      hw_sample_set (sample, HW_METRIC_REQUESTS, (double) n);
    }
  resources = hw_json_object (answer, "resources");
  if (resources != NULL)
    {
      hw_json_count (answer, "resources", sample, HW_COUNT_GROUP_RESOURCE);
      if (hw_json_number (resources, "Timeout", &number))
        timers += number;
      if (hw_json_number (resources, "Immediate", &number))
        timers += number;
      hw_sample_set (sample, HW_METRIC_TIMERS, timers);
    }
}

/* One console argument as the console shows it, in few words. */
static void
append_argument (GString    *text,
                 JsonObject *argument)
{
  const char *type = hw_json_string (argument, "type");
  const char *shown = hw_json_string (argument, "description");
  const char *value = hw_json_string (argument, "value");
  JsonNode *node = json_object_get_member (argument, "value");

  if (value != NULL)
    g_string_append (text, value);
  else if (shown != NULL)
    g_string_append (text, shown);
  else if (node != NULL)
    {
      g_autofree char *written = json_to_string (node, FALSE);

      g_string_append (text, written);
    }
  else if (hw_json_string (argument, "unserializableValue") != NULL)
    g_string_append (text, hw_json_string (argument, "unserializableValue"));
  else
    g_string_append (text, type != NULL ? type : "?");
}

static JsonObject *
argument_at (JsonArray *arguments,
             guint      i)
{
  JsonNode *node = json_array_get_element (arguments, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* The arguments in one line; %s, %d and the like take the next one, as the console does. */
static char *
format_arguments (JsonArray *arguments)
{
  GString *text = g_string_new (NULL);
  guint n = arguments != NULL ? json_array_get_length (arguments) : 0, next = 0;
  JsonObject *first = n > 0 ? argument_at (arguments, 0) : NULL;
  const char *format = first != NULL ? hw_json_string (first, "value") : NULL;

  if (format != NULL)
    {
      next = 1;
      for (const char *p = format; *p != 0 && text->len < HW_EVENT_MAX_TEXT; p++)
        if (p[0] == '%' && p[1] == '%')
          g_string_append_c (text, *p++);
        else if (p[0] == '%' && p[1] != 0 && strchr ("sdifoOjc", p[1]) != NULL && next < n)
          {
            JsonObject *argument = argument_at (arguments, next++);

            /* Style is for consoles. */
            if (*++p != 'c' && argument != NULL)
              append_argument (text, argument);
          }
        else
          g_string_append_c (text, *p);
    }
  for (; next < n && text->len < HW_EVENT_MAX_TEXT; next++)
    {
      JsonObject *argument = argument_at (arguments, next);

      if (text->len > 0)
        g_string_append_c (text, ' ');
      if (argument != NULL)
        append_argument (text, argument);
    }

  return g_string_free (text, FALSE);
}

/* The top frame's "file:line", and its address. */
static char *
format_source (JsonObject  *stack,
               const char **url)
{
  JsonArray *frames = hw_json_array (stack, "callFrames");
  JsonObject *frame = frames != NULL && json_array_get_length (frames) > 0 ? argument_at (frames, 0) : NULL;
  const char *address = hw_json_string (frame, "url");
  double line;

  *url = address;
  if (address == NULL || *address == 0 || !hw_json_number (frame, "lineNumber", &line))
    return NULL;

  return g_strdup_printf ("%s:%.0f", address, line + 1);
}

/* Deno's time is always 0: then it is now. */
static gint64
event_time (JsonObject *params,
            gint64      now)
{
  double milliseconds;

  return hw_json_number (params, "timestamp", &milliseconds) && milliseconds > 1e9 && milliseconds < 1e15
           ? (gint64) (milliseconds * 1000) : now;
}

static HwEvent *
read_console (JsonObject *params,
              guint       run,
              gint64      now)
{
  const char *type = hw_json_string (params, "type"), *url = NULL;
  g_autofree char *source = format_source (hw_json_object (params, "stackTrace"), &url);
  g_autofree char *text = NULL;
  HwEvent *event;

  /* Node tells of some calls twice; the second time comes from its own console code. */
  if (type == NULL || (url != NULL && g_str_has_prefix (url, "node:internal/console/")))
    return NULL;
  text = format_arguments (hw_json_array (params, "args"));
  if (g_str_equal (type, "timeStamp"))
    {
      event = hw_event_new (HW_EVENT_MARKER, event_time (params, now), run, text);
      hw_event_set_level (event, "target");
      return event;
    }
  event = hw_event_new (HW_EVENT_CONSOLE, event_time (params, now), run, text);
  hw_event_set_level (event, g_strv_contains ((const char *const[]) { "log", "debug", "info", "error", "warning", NULL }, type)
                               ? type : "log");
  if (source != NULL)
    hw_event_set_source (event, source);

  return event;
}

static HwEvent *
read_exception (JsonObject *params,
                guint       run,
                gint64      now)
{
  JsonObject *details = hw_json_object (params, "exceptionDetails");
  JsonObject *exception = hw_json_object (details, "exception");
  const char *words = hw_json_string (exception, "description");
  const char *url = NULL;
  g_autofree char *source = format_source (hw_json_object (details, "stackTrace"), &url);
  HwEvent *event;

  if (words == NULL)
    words = hw_json_string (details, "text");
  event = hw_event_new (HW_EVENT_CONSOLE, event_time (params, now), run, words != NULL ? words : "");
  hw_event_set_level (event, "exception");
  if (source != NULL)
    hw_event_set_source (event, source);

  return event;
}

static HwEvent *
read_collection (JsonObject *params,
                 guint       run)
{
  static const struct { int kind; const char *name; gboolean is_major; } kinds[] = {
    { 1, "Scavenge", FALSE },
    { 2, "Minor Mark-Sweep", FALSE },
    { 4, "Mark-Compact", TRUE },
    { 8, "Incremental Marking", FALSE },
    { 16, "Weak Callbacks", FALSE },
  };
  const char *payload = hw_json_string (params, "payload");
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;
  double time, duration, kind;

  if (payload == NULL || strlen (payload) > 1000 || !json_parser_load_from_data (parser, payload, -1, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      !hw_json_number (json_node_get_object (root), "t", &time) ||
      !hw_json_number (json_node_get_object (root), "d", &duration) ||
      !hw_json_number (json_node_get_object (root), "k", &kind) || time < 0 || time > 1e15 ||
      duration < 0 || duration > 1e9)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if ((int) kind == kinds[i].kind)
      return hw_event_new_gc ((gint64) (time * 1000), run, kinds[i].name, kinds[i].is_major, NAN, NAN,
                              (gint64) (duration * 1000));

  return NULL;
}

HwEvent *
hw_v8_read_event (const char *method,
                  JsonObject *params,
                  guint       run,
                  gint64      now)
{
  if (g_str_equal (method, "Runtime.consoleAPICalled"))
    return read_console (params, run, now);
  if (g_str_equal (method, "Runtime.exceptionThrown"))
    return read_exception (params, run, now);
  if (g_str_equal (method, "Runtime.bindingCalled") && g_strcmp0 (hw_json_string (params, "name"), "__heapwise_gc") == 0)
    return read_collection (params, run);

  return NULL;
}
