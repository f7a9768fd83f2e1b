/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logs, line by line; each line is taken for what it looks like, because the output of one program holds
 * everything at once:
 *
 *   [20033:0xe2ffc40]      195 ms: Mark-Compact 28.9 (58.1) -> 12.8 (49.6) MB, …   V8's --trace-gc
 *   [GC<0x55d6959c118>: START M 8865kb => EdenCollection, …                        JavaScriptCore's logGC
 *   {"level":30,"time":1795179921660,"msg":"…","req":{"method":"GET","url":"/"}}   pino and its like
 *   2026-11-21T05:00:00.123Z INFO GET /login 200                                   anything with a time
 *   anything else                                                                  goes on the line before
 *
 * V8 counts milliseconds from the start of each isolate. The last of them is taken for the moment in which
 * the file was last written, and each isolate becomes a run of its own: a worker has its own heap.
 */
#include "config.h"

#include "record/hw-import-private.h"

#include <math.h>
#include <string.h>

#define GC_PATTERN \
  "\\[(\\d+):(0x[0-9a-f]+)(?::\\d+)?\\]\\s+(\\d+) ms: ([A-Z][A-Za-z-]+(?: [A-Z][A-Za-z-]+)*(?: \\([a-z ]+\\))?) " \
  "([\\d.]+) \\(([\\d.]+)\\) -> ([\\d.]+) \\(([\\d.]+)\\) MB,(?: pooled: [\\d.]+ MB,)? ([\\d.]+) / [\\d.]+ ms"
#define JSC_START_PATTERN "START M (\\d+)kb => (Eden|Full)Collection.*?p=([\\d.]+)ms"
#define JSC_END_PATTERN   "=> (\\d+)kb"
#define REQUEST_PATTERN   "\\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) ((?:https?://|/)[^\\s\"']*)"
#define LEVEL_PATTERN     "\\b(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\\b"

/* V8's "MB" are of 1024 × 1024 bytes. */
#define V8_MB 1048576.0

typedef struct
{
  HwImport   *import;
  GRegex     *gc;
  GRegex     *jsc_start;
  GRegex     *jsc_end;
  GRegex     *request;
  GRegex     *level;
  GHashTable *isolates;      /* "pid:pointer" → number + 1 */
  gint64      last_ms;       /* the greatest of V8's times */
  gint64      time;          /* of the line before, or 0 */
  HwEvent    *open;          /* the line before, which may go on */
  double      jsc_before;
  gint64      jsc_pause;
  gboolean    is_jsc_full;
  gint64      n_jsc;
} Log;

static double
fetch_number (GMatchInfo *info,
              int         group)
{
  g_autofree char *text = g_match_info_fetch (info, group);

  return g_ascii_strtod (text, NULL);
}

static void
end_line (Log *self)
{
  if (self->open != NULL)
    hw_import_add_event (self->import, self->open);
  g_clear_pointer (&self->open, hw_event_unref);
}

static void
add_collection (Log        *self,
                gint64      time,
                guint       run,
                const char *name,
                gboolean    is_major,
                double      before,
                double      after,
                double      total,
                gint64      pause)
{
  g_autoptr(HwEvent) event = hw_event_new_gc (time, run, name, is_major, before, after, pause);
  g_autoptr(HwSample) sample = hw_sample_new (time, 0, run);

  end_line (self);
  hw_sample_set (sample, HW_METRIC_HEAP_USED, after);
  hw_sample_set (sample, HW_METRIC_HEAP_TOTAL, total);
  hw_import_add_event (self->import, event);
  hw_import_add_sample (self->import, sample);
}

static guint
run_of (Log        *self,
        GMatchInfo *info)
{
  g_autofree char *pid = g_match_info_fetch (info, 1);
  g_autofree char *isolate = g_match_info_fetch (info, 2);
  char *key = g_strconcat (pid, ":", isolate, NULL);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->isolates, key));

  if (number == 0)
    {
      number = g_hash_table_size (self->isolates) + 1;
      g_hash_table_insert (self->isolates, key, GUINT_TO_POINTER (number));
    }
  else
    g_free (key);

  return self->import->run + number - 1;
}

/* In blocks such as "Last few GCs" several records share a line. */
static gboolean
read_gc (Log        *self,
         const char *line)
{
  g_autoptr(GMatchInfo) info = NULL;
  gboolean is_read = FALSE;

  if (line[0] != '[' && strstr (line, " ms: ") == NULL)
    return FALSE;
  for (g_regex_match (self->gc, line, 0, &info); g_match_info_matches (info); g_match_info_next (info, NULL))
    {
      g_autofree char *name = g_match_info_fetch (info, 4);
      gint64 ms = (gint64) CLAMP (fetch_number (info, 3), 0, 1e15);
      gboolean is_minor = strstr (name, "Scavenge") != NULL || strstr (name, "Minor") != NULL;

      add_collection (self, self->import->written - (self->last_ms - ms) * 1000, run_of (self, info), name, !is_minor,
                      fetch_number (info, 5) * V8_MB, fetch_number (info, 7) * V8_MB, fetch_number (info, 8) * V8_MB,
                      (gint64) CLAMP (fetch_number (info, 9) * 1000, 0, 1e15));
      self->import->report->has_guessed_times = TRUE;
      is_read = TRUE;
    }

  return is_read;
}

static gboolean
read_jsc (Log        *self,
          const char *line)
{
  g_autoptr(GMatchInfo) info = NULL;

  if (strstr (line, "[GC<") == NULL && self->jsc_before < 0)
    return FALSE;
  if (g_regex_match (self->jsc_start, line, 0, &info))
    {
      g_autofree char *kind = g_match_info_fetch (info, 2);

      self->jsc_before = fetch_number (info, 1) * 1000;
      self->is_jsc_full = strcmp (kind, "Full") == 0;
      self->jsc_pause = (gint64) CLAMP (fetch_number (info, 3) * 1000, 0, 1e15);
      return TRUE;
    }
  g_clear_pointer (&info, g_match_info_unref);
  if (self->jsc_before >= 0 && g_regex_match (self->jsc_end, line, 0, &info))
    {
      /* There are no times in this log: collections follow each other, a millisecond apart. */
      add_collection (self, self->import->written + self->n_jsc++ * 1000, self->import->run,
                      self->is_jsc_full ? "FullCollection" : "EdenCollection", self->is_jsc_full, self->jsc_before,
                      fetch_number (info, 1) * 1000, NAN, self->jsc_pause);
      self->import->report->has_guessed_times = TRUE;
      self->jsc_before = -1;
      return TRUE;
    }

  return g_str_has_prefix (line, "[GC<") || g_str_has_prefix (line, "GC END!") ||
         g_str_has_prefix (line, "Requesting GC because");
}

static JsonNode *
member (JsonObject *object,
        const char *names)
{
  g_auto(GStrv) each = g_strsplit (names, " ", -1);

  for (guint i = 0; each[i] != NULL; i++)
    if (json_object_has_member (object, each[i]))
      return json_object_get_member (object, each[i]);

  return NULL;
}

static const char *
text_member (JsonObject *object,
             const char *names)
{
  JsonNode *node = object != NULL ? member (object, names) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node) : NULL;
}

static JsonObject *
object_member (JsonObject *object,
               const char *names)
{
  JsonNode *node = member (object, names);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
number_of (JsonNode *node,
           double   *number)
{
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *number = json_node_get_double (node);

  return TRUE;
}

static const char *
level_of (JsonObject *object)
{
  static const char *const names[] = { "trace", "debug", "info", "warning", "error", "fatal" };
  const char *text = text_member (object, "level severity lvl");
  double number;

  if (text != NULL)
    return text;
  if (number_of (member (object, "level"), &number) && number >= 10 && number < 70)
    return names[(guint) (number / 10) - 1];

  return NULL;
}

/* What a line says of memory, as process.memoryUsage() gives it. */
static void
read_memory (Log        *self,
             JsonObject *object,
             JsonObject *line)
{
  g_autoptr(HwSample) sample = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  guint n_known = 0;

  if (object == NULL)
    return;
  sample = hw_sample_new (self->time, 0, self->import->run);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    {
      HwMetric metric;
      double factor, number;

      if (hw_import_find_column (name, &metric, &factor) && number_of (node, &number))
        {
          hw_sample_set (sample, metric, number * factor);
          n_known++;
        }
    }
  if (!hw_sample_has (sample, HW_METRIC_HEAP_USED) && !hw_sample_has (sample, HW_METRIC_RSS))
    return;
  hw_sample_set_label (sample, text_member (line, "label"));
  if (self->open != NULL && self->open->url != NULL)
    hw_sample_set_request (sample, self->open->method, self->open->url);
  if (n_known > 0)
    hw_import_add_sample (self->import, sample);
}

static gboolean
read_json (Log        *self,
           const char *line)
{
  g_autoptr(JsonParser) parser = NULL;
  JsonNode *root;
  JsonObject *object, *request;
  JsonNode *when;
  const char *text, *method, *url;
  double number;

  if (line[0] != '{')
    return FALSE;
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, line, -1, NULL))
    return FALSE;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;

  end_line (self);
  object = json_node_get_object (root);
  when = member (object, "time timestamp @timestamp ts t");
  if (number_of (when, &number))
    self->time = hw_import_time_of_number (number);
  else if ((text = text_member (object, "time timestamp @timestamp ts t")) != NULL)
    hw_import_parse_time (text, self->import->written, &self->time, NULL);
  if (self->time == 0)
    self->time = self->import->written;

  request = object_member (object, "req request");
  method = request != NULL ? text_member (request, "method") : text_member (object, "method request_method");
  url = request != NULL ? text_member (request, "url path") : text_member (object, "url request_url path");
  text = text_member (object, "msg message");
  self->open = hw_event_new (HW_EVENT_CONSOLE, self->time, self->import->last_run, text != NULL ? text : line);
  hw_event_set_level (self->open, level_of (object));
  hw_event_set_source (self->open, text_member (object, "name logger hostname"));
  if (url != NULL)
    hw_event_set_request (self->open, method, url);
  read_memory (self, object_member (object, "memory memoryUsage mem"), object);
  read_memory (self, object, object);
  end_line (self);

  return TRUE;
}

static void
read_plain (Log        *self,
            const char *line)
{
  g_autoptr(GMatchInfo) request = NULL;
  g_autoptr(GMatchInfo) level = NULL;
  const char *start = line;
  gint64 time;

  while (*start == '[' || *start == ' ' || *start == '"')
    start++;
  if (!hw_import_parse_time (start, self->import->written, &time, NULL))
    {
      /* Web servers write the address first. */
      const char *bracket = strchr (line, '[');

      if (bracket == NULL || bracket - line > 200 ||
          !hw_import_parse_time (bracket + 1, self->import->written, &time, NULL))
        time = G_MININT64;
    }
  if (time == G_MININT64)
    {
      /* A stack trace, or the rest of a message. */
      if (self->open != NULL && strlen (self->open->text) + strlen (line) < HW_EVENT_MAX_TEXT)
        {
          char *more = g_strconcat (self->open->text, "\n", line, NULL);
          HwEvent *longer = hw_event_new (HW_EVENT_CONSOLE, self->open->time, self->open->run, more);

          hw_event_set_level (longer, self->open->level);
          hw_event_set_request (longer, self->open->method, self->open->url);
          hw_event_unref (self->open);
          self->open = longer;
          g_free (more);
        }
      else
        self->import->report->n_skipped++;
      return;
    }

  end_line (self);
  self->time = time;
  self->open = hw_event_new (HW_EVENT_CONSOLE, time, self->import->last_run, line);
  if (g_regex_match (self->request, line, 0, &request))
    {
      g_autofree char *method = g_match_info_fetch (request, 1);
      g_autofree char *url = g_match_info_fetch (request, 2);

      hw_event_set_request (self->open, method, url);
    }
  if (g_regex_match (self->level, line, 0, &level))
    {
      g_autofree char *word = g_match_info_fetch (level, 1);
      g_autofree char *folded = g_ascii_strdown (word, -1);

      hw_event_set_level (self->open, strcmp (folded, "warn") == 0 ? "warning" : folded);
    }
}

/* The greatest time that V8 tells, without which none of them says when it was. */
static gint64
find_last_ms (const char *text)
{
  gint64 last = 0;

  for (const char *p = strstr (text, " ms: "); p != NULL; p = strstr (p + 1, " ms: "))
    {
      const char *digits = p;

      while (digits > text && g_ascii_isdigit (digits[-1]) && p - digits < 15)
        digits--;
      last = MAX (last, g_ascii_strtoll (digits, NULL, 10));
    }

  return last;
}

/**
 * hw_import_log:
 * @self: an import
 * @text: the log, valid UTF-8; cut into lines in place
 * @error: return location
 *
 * Adds what the lines of a log say: collections, console lines, and samples where a line has memory figures.
 *
 * Returns: whether it went well
 */
gboolean
hw_import_log (HwImport  *self,
               char      *text,
               GError   **error)
{
  Log log = { .import = self, .jsc_before = -1 };
  gboolean is_read = TRUE;

  log.gc = g_regex_new (GC_PATTERN, G_REGEX_OPTIMIZE, 0, NULL);
  log.jsc_start = g_regex_new (JSC_START_PATTERN, G_REGEX_OPTIMIZE, 0, NULL);
  log.jsc_end = g_regex_new (JSC_END_PATTERN, G_REGEX_OPTIMIZE, 0, NULL);
  log.request = g_regex_new (REQUEST_PATTERN, G_REGEX_OPTIMIZE, 0, NULL);
  log.level = g_regex_new (LEVEL_PATTERN, G_REGEX_OPTIMIZE | G_REGEX_CASELESS, 0, NULL);
  log.isolates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  log.last_ms = find_last_ms (text);

  for (char *line = text, *next; line != NULL && is_read; line = next)
    {
      gsize length;

      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      length = strlen (line);
      if (length > 0 && line[length - 1] == '\r')
        line[--length] = '\0';

      /* A line that is no text of a person would only cost time. */
      if (length > 4 * 1024 * 1024)
        self->report->n_skipped++;
      else if (length > 0 && !read_gc (&log, line) && !read_jsc (&log, line) && !read_json (&log, line))
        read_plain (&log, line);
      is_read = !g_cancellable_set_error_if_cancelled (self->cancellable, error);
    }
  end_line (&log);

  g_hash_table_unref (log.isolates);
  g_regex_unref (log.gc);
  g_regex_unref (log.jsc_start);
  g_regex_unref (log.jsc_end);
  g_regex_unref (log.request);
  g_regex_unref (log.level);

  return is_read;
}
