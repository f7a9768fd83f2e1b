/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of others become part of a recording. What a file is, its content says; its name never does.
 */
#include "config.h"

#include "record/hw-import-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Adds what was read to the recording, at most as much as the writer keeps up with. */
static void
wait_for_writer (HwImport *self)
{
  if ((self->report->n_samples + self->report->n_events) % 10000 == 0)
    hw_metrics_file_flush_sync (self->file, NULL);
}

/**
 * hw_import_add_sample:
 * @self: an import
 * @sample: a sample
 *
 * Adds a sample to the recording.
 */
void
hw_import_add_sample (HwImport *self,
                      HwSample *sample)
{
  hw_metrics_file_add_sample (self->file, sample);
  self->report->n_samples++;
  wait_for_writer (self);
}

/**
 * hw_import_add_event:
 * @self: an import
 * @event: an event
 *
 * Adds an event to the recording.
 */
void
hw_import_add_event (HwImport *self,
                     HwEvent  *event)
{
  hw_metrics_file_add_event (self->file, event);
  self->report->n_events++;
  wait_for_writer (self);
}

/* A member of a member, or NULL; never trips over what is there instead. */
static JsonNode *
look_up (JsonNode   *node,
         const char *name)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_member (json_node_get_object (node), name) : NULL;
}

static double
number_at (JsonNode   *node,
           const char *name)
{
  JsonNode *value = look_up (node, name);
  GType type = value != NULL && JSON_NODE_HOLDS_VALUE (value) ? json_node_get_value_type (value) : G_TYPE_INVALID;
  const char *text = type == G_TYPE_STRING ? json_node_get_string (value) : NULL;

  if (text != NULL)
    return g_ascii_strtod (text, NULL);

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (value) : NAN;
}

static const char *
text_at (JsonNode   *node,
         const char *name)
{
  JsonNode *value = look_up (node, name);

  return value != NULL && JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING
           ? json_node_get_string (value) : NULL;
}

/* libuv's handles by type; what is not active keeps nothing open. */
static void
add_handles (HwSample *sample,
             JsonNode *list)
{
  g_autoptr(GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *array = list != NULL && JSON_NODE_HOLDS_ARRAY (list) ? json_node_get_array (list) : NULL;
  GHashTableIter iter;
  gpointer type, count;
  guint n_handles = 0, n_timers = 0;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *handle = json_array_get_element (array, i);
      JsonNode *active = look_up (handle, "is_active");
      const char *name = text_at (handle, "type");

      if (name == NULL || (active != NULL && JSON_NODE_HOLDS_VALUE (active) && !json_node_get_boolean (active)))
        continue;
      g_hash_table_insert (counts, (char *) name, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1));
      if (strcmp (name, "timer") == 0)
        n_timers++;
      else if (strcmp (name, "tcp") == 0 || strcmp (name, "udp") == 0 || strcmp (name, "pipe") == 0 ||
               strcmp (name, "tty") == 0 || strcmp (name, "process") == 0 || strcmp (name, "fs_event") == 0 ||
               strcmp (name, "fs_poll") == 0)
        n_handles++;
    }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &type, &count))
    hw_sample_add_count (sample, HW_COUNT_GROUP_HANDLE, type, GPOINTER_TO_UINT (count));
  if (array != NULL)
    {
      hw_sample_set (sample, HW_METRIC_HANDLES, n_handles);
      hw_sample_set (sample, HW_METRIC_TIMERS, n_timers);
    }
}

/* Node's diagnostic report is one sample, with the reason for the report as its label. */
static void
add_report (HwImport *self,
            JsonNode *root)
{
  static const struct
  {
    const char *section;
    const char *name;
    HwMetric    metric;
    double      factor;
  } numbers[] = {
    { "javascriptHeap", "usedMemory", HW_METRIC_HEAP_USED, 1 },
    { "javascriptHeap", "totalMemory", HW_METRIC_HEAP_TOTAL, 1 },
    { "javascriptHeap", "memoryLimit", HW_METRIC_HEAP_LIMIT, 1 },
    { "javascriptHeap", "externalMemory", HW_METRIC_EXTERNAL, 1 },
    { "javascriptHeap", "mallocedMemory", HW_METRIC_MALLOCED, 1 },
    { "javascriptHeap", "nativeContextCount", HW_METRIC_NATIVE_CONTEXTS, 1 },
    { "javascriptHeap", "detachedContextCount", HW_METRIC_DETACHED_CONTEXTS, 1 },
    { "resourceUsage", "rss", HW_METRIC_RSS, 1 },
    { "resourceUsage", "free_memory", HW_METRIC_FREE_MEMORY, 1 },
    { "resourceUsage", "userCpuSeconds", HW_METRIC_CPU_USER, 1e6 },
    { "resourceUsage", "kernelCpuSeconds", HW_METRIC_CPU_SYSTEM, 1e6 },
  };
  JsonNode *header = look_up (root, "header");
  double stamp = number_at (header, "dumpEventTimeStamp");
  double limit = number_at (look_up (root, "resourceUsage"), "constrained_memory");
  g_autoptr(HwSample) sample =
    hw_sample_new (isnan (stamp) ? self->written : hw_import_time_of_number (stamp), 0, self->run);
  g_autofree char *runtime = g_strdup_printf ("node.js/%s", text_at (header, "nodejsVersion") != NULL
                                                              ? text_at (header, "nodejsVersion") : "");
  g_autoptr(HwEvent) run = hw_event_new (HW_EVENT_RUN, hw_sample_get_time (sample), self->run, text_at (header, "cwd"));

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    hw_sample_set (sample, numbers[i].metric,
                   number_at (look_up (root, numbers[i].section), numbers[i].name) * numbers[i].factor);

  /* Without a container the kernel's greatest number stands here. */
  if (limit < 1e18)
    hw_sample_set (sample, HW_METRIC_CONTAINER_LIMIT, limit);
  add_handles (sample, look_up (root, "libuv"));
  hw_sample_set_label (sample, text_at (header, "trigger"));
  hw_event_set_level (run, runtime);
  hw_import_add_event (self, run);
  hw_import_add_sample (self, sample);
}

/* Collections among the events of a trace; their clock has no beginning that anybody knows. */
static void
add_trace (HwImport  *self,
           JsonArray *events)
{
  guint n = json_array_get_length (events);
  double last = 0, before = NAN, begin = 0;

  for (guint i = 0; i < n; i++)
    {
      double ts = number_at (json_array_get_element (events, i), "ts");

      last = ts > last ? ts : last;
    }
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (events, i);
      const char *name = text_at (node, "name"), *phase = text_at (node, "ph");
      double ts = number_at (node, "ts");
      gboolean is_major = g_strcmp0 (name, "MajorGC") == 0;

      if (phase == NULL || isnan (ts) || (!is_major && g_strcmp0 (name, "MinorGC") != 0))
        continue;
      if (strcmp (phase, "B") == 0)
        {
          before = number_at (look_up (node, "args"), "usedHeapSizeBefore");
          begin = ts;
        }
      else if (strcmp (phase, "E") == 0)
        {
          double after = number_at (look_up (node, "args"), "usedHeapSizeAfter");
          gint64 time = self->written - (gint64) CLAMP (last - ts, 0, 1e17);
          g_autoptr(HwEvent) event = hw_event_new_gc (time, self->run, name, is_major, before, after,
                                                      (gint64) CLAMP (ts - begin, 0, 1e12));
          g_autoptr(HwSample) sample = hw_sample_new (time, 0, self->run);

          hw_sample_set (sample, HW_METRIC_HEAP_USED, after);
          hw_import_add_event (self, event);
          hw_import_add_sample (self, sample);
          self->report->has_guessed_times = TRUE;
          before = NAN;
        }
    }
}

/**
 * hw_import_json:
 * @self: an import
 * @root: a JSON document
 * @error: return location
 *
 * Adds what a JSON document says: a diagnostic report of Node, or the events of a trace.
 *
 * Returns: whether it was one of them
 */
gboolean
hw_import_json (HwImport  *self,
                JsonNode  *root,
                GError   **error)
{
  JsonNode *events = look_up (root, "traceEvents");

  if (events == NULL)
    events = root;
  if (look_up (root, "javascriptHeap") != NULL)
    {
      self->report->kind = "report";
      add_report (self, root);
      return TRUE;
    }
  if (JSON_NODE_HOLDS_ARRAY (events))
    {
      self->report->kind = "trace-events";
      add_trace (self, json_node_get_array (events));
      return TRUE;
    }
  g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOTHING, _("The file holds nothing that a recording keeps"));

  return FALSE;
}

static gboolean
import_text (HwImport  *self,
             char      *text,
             GError   **error)
{
  const char *start = text;

  while (g_ascii_isspace (*start))
    start++;
  if (hw_import_is_csv (text))
    {
      self->report->kind = "csv";
      return hw_import_csv (self, text, error);
    }

  /* One document, and not a line of JSON after the other. */
  if (*start == '{' || g_str_has_prefix (start, "[{"))
    {
      g_autoptr(JsonParser) parser = json_parser_new ();

      if (json_parser_load_from_data (parser, start, -1, NULL) && json_parser_get_root (parser) != NULL &&
          (hw_import_json (self, json_parser_get_root (parser), NULL)))
        return TRUE;
    }
  self->report->kind = "log";

  return hw_import_log (self, text, error);
}

/**
 * hw_import_sync:
 * @file: a recording that is not only read
 * @path: what to import
 * @report: (out caller-allocates): what came of it
 * @cancellable: (nullable): stops reading
 * @error: return location
 *
 * Adds a file to a recording: another recording, a SQLite database or CSV with the columns of memory_metrics
 * (sizes in bytes, or as the name's end says: _mb, _mib, _kb), V8's or JavaScriptCore's log of collections,
 * JSON lines, a log with times, a diagnostic report of Node, or trace events. Its samples become new runs.
 *
 * Returns: whether something was added; fails with [error@RecordError] and may have added a part then
 */
gboolean
hw_import_sync (HwMetricsFile   *file,
                const char      *path,
                HwImportReport  *report,
                GCancellable    *cancellable,
                GError         **error)
{
  HwImport self = { .file = file, .report = report, .cancellable = cancellable };
  GStatBuf st;
  g_autofree char *text = NULL;
  gsize length;
  gboolean is_read;

  g_return_val_if_fail (HW_IS_METRICS_FILE (file), FALSE);
  g_return_val_if_fail (path != NULL && report != NULL, FALSE);

  *report = (HwImportReport) { .kind = "log" };
  self.run = hw_metrics_file_get_next_run (file);
  self.last_run = self.run > 0 ? self.run - 1 : 0;
  if (g_stat (path, &st) != 0 || !S_ISREG (st.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no file %s"), path);
      return FALSE;
    }
  self.written = (gint64) st.st_mtim.tv_sec * G_USEC_PER_SEC + st.st_mtim.tv_nsec / 1000;
  {
    g_autoptr(GFile) source = g_file_new_for_path (path);
    g_autoptr(GInputStream) stream = G_INPUT_STREAM (g_file_read (source, cancellable, error));
    char magic[16] = { 0 };

    if (stream == NULL || !g_input_stream_read_all (stream, magic, sizeof magic, NULL, cancellable, error))
      return FALSE;
    if (memcmp (magic, "SQLite format 3", 16) == 0)
      {
        is_read = hw_import_sqlite (&self, path, error);
        length = 0;
      }
    else if (st.st_size > HW_IMPORT_MAX_SIZE)
      {
        g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOTHING, _("The file is too large for a log"));
        return FALSE;
      }
    else
      {
        g_autofree char *raw = NULL;

        if (!g_file_load_contents (source, cancellable, &raw, &length, NULL, error))
          return FALSE;
        text = g_utf8_make_valid (raw, (gssize) length);
        is_read = import_text (&self, text, error);
      }
  }
  if (!is_read || !hw_metrics_file_flush_sync (file, error))
    return FALSE;
  if (report->n_samples + report->n_events > 0)
    return TRUE;
  g_set_error_literal (error, HW_RECORD_ERROR, HW_RECORD_ERROR_NOTHING, _("The file holds nothing that a recording keeps"));

  return FALSE;
}

static void
import_worker (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  g_autoptr(GError) error = NULL;
  HwImportReport *report = g_new0 (HwImportReport, 1);

  if (hw_import_sync (source_object, task_data, report, cancellable, &error))
    g_task_return_pointer (task, report, g_free);
  else
    {
      g_free (report);
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

/**
 * hw_import_async:
 * @file: a recording that is not only read
 * @path: what to import
 * @cancellable: (nullable): stops reading
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Does hw_import_sync() on another thread.
 */
void
hw_import_async (HwMetricsFile       *file,
                 const char          *path,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (HW_IS_METRICS_FILE (file));
  g_return_if_fail (path != NULL);

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_import_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, import_worker);
}

/**
 * hw_import_finish:
 * @file: the recording
 * @result: what the callback got
 * @report: (out caller-allocates): what came of it
 * @error: return location
 *
 * Returns: whether something was added
 */
gboolean
hw_import_finish (HwMetricsFile   *file,
                  GAsyncResult    *result,
                  HwImportReport  *report,
                  GError         **error)
{
  g_autofree HwImportReport *made = NULL;

  g_return_val_if_fail (g_task_is_valid (result, file), FALSE);
  g_return_val_if_fail (report != NULL, FALSE);

  made = g_task_propagate_pointer (G_TASK (result), error);
  if (made == NULL)
    return FALSE;
  *report = *made;

  return TRUE;
}
