/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "snapshot/hw-snapshot-layout.h"

/*
 * The header is small and nested, so json-glib reads it. It comes from a file all the same: what
 * json-glib refuses although it does no harm here (bytes that are no UTF-8, lone surrogates, numbers
 * beyond 64 bits) is replaced before.
 */

/* More columns than this are no snapshot; V8 has at most 7. */
#define MAX_FIELDS 256

/* Digits that fit gint64 for certain. */
#define MAX_DIGITS 18

static const char *const node_kind_names[] = {
  [HW_NODE_KIND_HIDDEN] = "hidden",
  [HW_NODE_KIND_ARRAY] = "array",
  [HW_NODE_KIND_STRING] = "string",
  [HW_NODE_KIND_OBJECT] = "object",
  [HW_NODE_KIND_CODE] = "code",
  [HW_NODE_KIND_CLOSURE] = "closure",
  [HW_NODE_KIND_REGEXP] = "regexp",
  [HW_NODE_KIND_NUMBER] = "number",
  [HW_NODE_KIND_NATIVE] = "native",
  [HW_NODE_KIND_SYNTHETIC] = "synthetic",
  [HW_NODE_KIND_CONCATENATED_STRING] = "concatenated string",
  [HW_NODE_KIND_SLICED_STRING] = "sliced string",
  [HW_NODE_KIND_SYMBOL] = "symbol",
  [HW_NODE_KIND_BIGINT] = "bigint",
  [HW_NODE_KIND_OBJECT_SHAPE] = "object shape",
};

static const char *const edge_kind_names[] = {
  [HW_EDGE_KIND_CONTEXT] = "context",
  [HW_EDGE_KIND_ELEMENT] = "element",
  [HW_EDGE_KIND_PROPERTY] = "property",
  [HW_EDGE_KIND_INTERNAL] = "internal",
  [HW_EDGE_KIND_HIDDEN] = "hidden",
  [HW_EDGE_KIND_SHORTCUT] = "shortcut",
  [HW_EDGE_KIND_WEAK] = "weak",
};

G_STATIC_ASSERT (G_N_ELEMENTS (node_kind_names) == HW_NODE_KIND_OTHER);
G_STATIC_ASSERT (G_N_ELEMENTS (edge_kind_names) == HW_EDGE_KIND_OTHER);

/**
 * hw_node_kind_get_name:
 * @kind: a kind
 *
 * Returns: (transfer none): its name in a file; "undefined" for HW_NODE_KIND_OTHER, as DevTools shows it
 */
const char *
hw_node_kind_get_name (HwNodeKind kind)
{
  return kind < HW_NODE_KIND_OTHER ? node_kind_names[kind] : "undefined";
}

/**
 * hw_edge_kind_get_name:
 * @kind: a kind
 *
 * Returns: (transfer none): its name in a file; "undefined" for HW_EDGE_KIND_OTHER
 */
const char *
hw_edge_kind_get_name (HwEdgeKind kind)
{
  return kind < HW_EDGE_KIND_OTHER ? edge_kind_names[kind] : "undefined";
}

/* The \uXXXX at @p, or 0 when it is none or stands for NUL. */
static guint32
escaped_unit (const char *p,
              const char *end)
{
  guint32 unit = 0;

  if (end - p < 6 || p[1] != 'u')
    return 0;

  for (guint i = 2; i < 6; i++)
    {
      if (!g_ascii_isxdigit (p[i]))
        return 0;
      unit = unit << 4 | (guint32) g_ascii_xdigit_value (p[i]);
    }

  return unit;
}

/* Copies one token of digits, sign, point and exponent; returns its end. */
static const char *
copy_number (GString    *text,
             const char *p,
             const char *end)
{
  const char *start = p;
  gboolean whole = TRUE;

  for (; p < end && (g_ascii_isdigit (*p) || strchr ("+-.eE", *p) != NULL) && *p != '\0'; p++)
    whole = whole && g_ascii_isdigit (*p);

  if (p - start <= MAX_DIGITS)
    g_string_append_len (text, start, p - start);
  else
    g_string_append (text, whole ? "999999999999999999" : "0");

  return p;
}

static char *
clean_json (const char *json,
            gsize       length)
{
  GString *text = g_string_sized_new (length + 1);
  const char *end = json + length;
  gboolean in_string = FALSE;
  char *valid;

  for (const char *p = json; p < end;)
    {
      if (!in_string && (g_ascii_isdigit (*p) || *p == '-'))
        {
          p = copy_number (text, p, end);
          continue;
        }
      if (in_string && *p == '\\' && end - p >= 2)
        {
          guint32 unit = escaped_unit (p, end);

          if (p[1] == 'u' && (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff)))
            {
              g_string_append (text, "\\ufffd");
              p += unit == 0 ? 2 : 6;
              continue;
            }
          g_string_append_c (text, *p++);
        }
      else if (*p == '"')
        in_string = !in_string;

      g_string_append_c (text, (guint8) *p < ' ' ? ' ' : *p);
      p++;
    }

  valid = g_utf8_make_valid (text->str, (gssize) text->len);
  g_string_free (text, TRUE);

  return valid;
}

static guint64
get_count (JsonObject *object,
           const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  double number;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return 0;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return (guint64) MAX (json_node_get_int (node), 0);
  if (json_node_get_value_type (node) != G_TYPE_DOUBLE)
    return 0;

  number = json_node_get_double (node);

  return number >= 0 && number < 9e18 ? (guint64) number : 0;
}

static JsonArray *
get_array (JsonObject *object,
           const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
get_element_string (JsonArray *array,
                    guint      i)
{
  JsonNode *node = json_array_get_element (array, i);

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

/* The place of the column, or -1; the first of several with one name. */
static int
find_field (JsonArray  *fields,
            const char *name)
{
  for (guint i = 0; fields != NULL && i < json_array_get_length (fields); i++)
    if (g_strcmp0 (get_element_string (fields, i), name) == 0)
      return (int) i;

  return -1;
}

static gboolean
find_required (JsonArray   *fields,
               const char  *list,
               const char  *name,
               int         *column,
               GError     **error)
{
  *column = find_field (fields, name);
  if (*column >= 0)
    return TRUE;

  g_set_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_UNSUPPORTED,
               /* Translators: %1$s is a column, %2$s the list of columns it should be in; both stay as they are. */
               _("The snapshot has no column “%1$s” in its “%2$s”, so it cannot be read."), name, list);

  return FALSE;
}

/* Fills the tables from file kind number to our kind and to the file's own name. */
static void
read_kinds (JsonObject         *meta,
            const char         *list,
            int                 column,
            const char *const  *known,
            guint               n_known,
            guint8            **kinds,
            char             ***names,
            guint              *n_kinds)
{
  JsonArray *types = get_array (meta, list);
  JsonArray *table = NULL;

  if (types != NULL && (guint) column < json_array_get_length (types))
    {
      JsonNode *node = json_array_get_element (types, (guint) column);

      if (JSON_NODE_HOLDS_ARRAY (node))
        table = json_node_get_array (node);
    }

  *n_kinds = table != NULL ? json_array_get_length (table) : n_known;
  *kinds = g_new (guint8, *n_kinds + 1);
  *names = g_new0 (char *, *n_kinds + 1);

  for (guint i = 0; i < *n_kinds; i++)
    {
      const char *name = table != NULL ? get_element_string (table, i) : known[i];
      guint kind = 0;

      while (kind < n_known && g_strcmp0 (name, known[kind]) != 0)
        kind++;
      (*kinds)[i] = (guint8) kind;
      (*names)[i] = g_strdup (name != NULL ? name : "");
    }
}

static const char *
field_list_name (HwSnapshotSection section)
{
  switch (section)
    {
    case HW_SNAPSHOT_SECTION_NODES:
      return "node_fields";
    case HW_SNAPSHOT_SECTION_EDGES:
      return "edge_fields";
    case HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS:
      return "trace_function_info_fields";
    case HW_SNAPSHOT_SECTION_TRACE_TREE:
      return "trace_node_fields";
    case HW_SNAPSHOT_SECTION_SAMPLES:
      return "sample_fields";
    case HW_SNAPSHOT_SECTION_LOCATIONS:
      return "location_fields";
    case HW_SNAPSHOT_SECTION_SCOPES:
      return "scope_fields";
    case HW_SNAPSHOT_SECTION_SCOPE_CONTEXT_VARS:
      return "scope_context_var_fields";
    case HW_SNAPSHOT_SECTION_SCOPE_USES:
      return "scope_use_fields";
    case HW_SNAPSHOT_SECTION_HEADER:
    case HW_SNAPSHOT_SECTION_STRINGS:
    case HW_SNAPSHOT_N_SECTIONS:
    default:
      return NULL;
    }
}

static gboolean
read_fields (HwSnapshotLayout  *self,
             JsonObject        *meta,
             GError           **error)
{
  JsonArray *fields[HW_SNAPSHOT_N_SECTIONS] = { NULL };
  JsonArray *list;

  for (guint i = 0; i < HW_SNAPSHOT_N_SECTIONS; i++)
    {
      const char *name = field_list_name (i);

      if (name == NULL || (fields[i] = get_array (meta, name)) == NULL)
        continue;
      self->n_fields[i] = json_array_get_length (fields[i]);
      if (self->n_fields[i] > MAX_FIELDS)
        {
          g_set_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_UNSUPPORTED,
                       _("The snapshot lists %1$u columns in “%2$s”; at most %3$u can be read."),
                       self->n_fields[i], name, MAX_FIELDS);
          return FALSE;
        }
    }

  list = fields[HW_SNAPSHOT_SECTION_NODES];
  if (!find_required (list, "node_fields", "type", &self->node_type, error) ||
      !find_required (list, "node_fields", "name", &self->node_name, error) ||
      !find_required (list, "node_fields", "id", &self->node_id, error) ||
      !find_required (list, "node_fields", "self_size", &self->node_self_size, error) ||
      !find_required (list, "node_fields", "edge_count", &self->node_edge_count, error))
    return FALSE;
  self->node_trace_node_id = find_field (list, "trace_node_id");
  self->node_detachedness = find_field (list, "detachedness");

  list = fields[HW_SNAPSHOT_SECTION_EDGES];
  if (!find_required (list, "edge_fields", "type", &self->edge_type, error) ||
      !find_required (list, "edge_fields", "name_or_index", &self->edge_name_or_index, error) ||
      !find_required (list, "edge_fields", "to_node", &self->edge_to_node, error))
    return FALSE;

  list = fields[HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS];
  self->function_id = find_field (list, "function_id");
  self->function_name = find_field (list, "name");
  self->function_script_name = find_field (list, "script_name");
  self->function_script_id = find_field (list, "script_id");
  self->function_line = find_field (list, "line");
  self->function_column = find_field (list, "column");

  list = fields[HW_SNAPSHOT_SECTION_TRACE_TREE];
  self->trace_id = find_field (list, "id");
  self->trace_function_info_index = find_field (list, "function_info_index");
  self->trace_count = find_field (list, "count");
  self->trace_size = find_field (list, "size");
  self->trace_children = find_field (list, "children");

  list = fields[HW_SNAPSHOT_SECTION_SAMPLES];
  self->sample_timestamp = find_field (list, "timestamp_us");
  self->sample_last_assigned_id = find_field (list, "last_assigned_id");

  list = fields[HW_SNAPSHOT_SECTION_LOCATIONS];
  self->location_object_index = find_field (list, "object_index");
  self->location_script_id = find_field (list, "script_id");
  self->location_line = find_field (list, "line");
  self->location_column = find_field (list, "column");

  return TRUE;
}

/**
 * hw_snapshot_layout_parse:
 * @json: the value of the file's member `snapshot`; need not be valid UTF-8
 * @length: its length in bytes
 * @error: return location
 *
 * Finds out where the columns are and which kinds there are.
 *
 * Fails with HW_SNAPSHOT_ERROR_NOT_SNAPSHOT when the header describes no snapshot, with
 * HW_SNAPSHOT_ERROR_UNSUPPORTED when a column is missing, and with HW_SNAPSHOT_ERROR_DAMAGED when it
 * is not JSON. Numbers beyond 18 digits count as the largest of them.
 *
 * @json must not be nested deeply, for json-glib recurses; the reader sees to that.
 *
 * Returns: (transfer full) (nullable): the layout, or NULL
 */
HwSnapshotLayout *
hw_snapshot_layout_parse (const char  *json,
                          gsize        length,
                          GError     **error)
{
  g_autoptr(HwSnapshotLayout) self = NULL;
  g_autoptr(JsonParser) parser = NULL;
  g_autofree char *clean = NULL;
  JsonObject *snapshot, *meta;
  JsonNode *node;

  g_return_val_if_fail (json != NULL || length == 0, NULL);

  clean = clean_json (json, length);
  parser = json_parser_new ();
  /* json-glib's own message names bytes of the cleaned text, which is of no use to anybody. */
  if (!json_parser_load_from_data (parser, clean, -1, NULL))
    {
      g_set_error_literal (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_DAMAGED,
                           _("The header “snapshot”, which describes the columns, is damaged, so nothing can be shown."));
      return NULL;
    }

  node = json_parser_get_root (parser);
  snapshot = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  node = snapshot != NULL ? json_object_get_member (snapshot, "meta") : NULL;
  meta = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  if (meta == NULL || get_array (meta, "node_fields") == NULL || get_array (meta, "edge_fields") == NULL)
    {
      g_set_error_literal (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_SNAPSHOT,
                           _("The file is not a heap snapshot: its “snapshot” describes no nodes and edges."));
      return NULL;
    }

  self = g_new0 (HwSnapshotLayout, 1);
  if (!read_fields (self, meta, error))
    return NULL;

  read_kinds (meta, "node_types", self->node_type, node_kind_names, G_N_ELEMENTS (node_kind_names),
              &self->node_kinds, &self->node_kind_names, &self->n_node_kinds);
  read_kinds (meta, "edge_types", self->edge_type, edge_kind_names, G_N_ELEMENTS (edge_kind_names),
              &self->edge_kinds, &self->edge_kind_names, &self->n_edge_kinds);

  self->declared_nodes = get_count (snapshot, "node_count");
  self->declared_edges = get_count (snapshot, "edge_count");
  self->root_index = get_count (snapshot, "root_index");
  self->extra_native_bytes = get_count (snapshot, "extra_native_bytes");

  return g_steal_pointer (&self);
}

/**
 * hw_snapshot_layout_free:
 * @self: a layout
 *
 * Frees it.
 */
void
hw_snapshot_layout_free (HwSnapshotLayout *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->node_kinds);
  g_strfreev (self->node_kind_names);
  g_free (self->edge_kinds);
  g_strfreev (self->edge_kind_names);
  g_free (self);
}
