/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "base/hw-format.h"
#include "snapshot/hw-sampling-profile.h"
#include "snapshot/hw-snapshot-unpack-private.h"

/*
 * Sampled allocation profiles: {"head":{"callFrame":{…},"selfSize":0,"id":1,"children":[…]},"samples":[…]}.
 * They are small (50 kB for a thousand samples), so json-glib reads them whole; larger ones than any program
 * writes are refused before. Very old files have the members of callFrame in the node, and count lines from 1.
 */

#define PIECE (64 * 1024)

struct _HwSamplingProfile
{
  gatomicrefcount  ref_count;
  GArray          *nodes;        /* HwSamplingNode */
  GArray          *functions;    /* HwSamplingFunction */
  GArray          *samples;      /* HwSamplingSample, ascending by ordinal */
  guint64          total;
};

static void
function_clear (gpointer data)
{
  HwSamplingFunction *function = data;

  g_free (function->name);
  g_free (function->url);
}

static guint
function_hash (gconstpointer data)
{
  const HwSamplingFunction *function = data;

  return g_str_hash (function->name) ^ (guint) function->script_id * 31 ^ (guint) function->line * 4099 ^
         (guint) function->column * 65599;
}

static gboolean
function_equal (gconstpointer a,
                gconstpointer b)
{
  const HwSamplingFunction *f = a, *g = b;

  return f->script_id == g->script_id && f->line == g->line && f->column == g->column && strcmp (f->name, g->name) == 0;
}

/* A member that is a number, or @otherwise; also numbers as texts, which script ids are. */
static gint64
get_number (JsonObject *object,
            const char *name,
            gint64      otherwise)
{
  JsonNode *node = json_object_get_member (object, name);
  double number;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return otherwise;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_ascii_strtoll (json_node_get_string (node), NULL, 10);
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return json_node_get_int (node);

  number = json_node_get_double (node);

  return isfinite (number) && fabs (number) < 9e18 ? (gint64) number : otherwise;
}

static guint64
get_amount (JsonObject *object,
            const char *name)
{
  return (guint64) MAX (get_number (object, name, 0), 0);
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : "";
}

static JsonObject *
get_object (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object,
           const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_element (JsonArray *array,
             guint      i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* What is known while reading. */
typedef struct
{
  HwSamplingProfile *profile;
  GHashTable        *functions;  /* HwSamplingFunction → its number + 1 */
  GHashTable        *ids;        /* of nodes → its number + 1 */
} Reading;

static guint32
add_function (Reading    *self,
              JsonObject *node)
{
  JsonObject *frame = get_object (node, "callFrame");
  gint64 base = frame != NULL ? 0 : 1;
  HwSamplingFunction function, *key;
  guint32 number;

  if (frame == NULL)
    frame = node;
  function = (HwSamplingFunction) {
    .name = (char *) get_text (frame, "functionName"),
    .url = (char *) get_text (frame, "url"),
    .script_id = get_amount (frame, "scriptId"),
    .line = MAX (get_number (frame, "lineNumber", base - 1) - base, -1),
    .column = MAX (get_number (frame, "columnNumber", base - 1) - base, -1),
  };
  number = GPOINTER_TO_UINT (g_hash_table_lookup (self->functions, &function));
  if (number > 0)
    return number - 1;

  number = self->profile->functions->len;
  key = g_memdup2 (&function, sizeof function);
  function.name = g_strdup (function.name);
  function.url = g_strdup (function.url);
  key->name = function.name;
  g_array_append_val (self->profile->functions, function);
  g_hash_table_insert (self->functions, key, GUINT_TO_POINTER (number + 1));

  return number;
}

typedef struct
{
  JsonObject *object;
  guint32     parent;
} Open;

/* Walks over the tree without recursion; the last that was put down is taken up first. */
static void
read_nodes (Reading    *self,
            JsonObject *head)
{
  g_autoptr(GArray) stack = g_array_new (FALSE, FALSE, sizeof (Open));
  Open open = { head, HW_SAMPLING_NONE };

  g_array_append_val (stack, open);
  while (stack->len > 0)
    {
      HwSamplingNode node;
      JsonArray *children;
      guint32 number = self->profile->nodes->len;

      open = g_array_index (stack, Open, stack->len - 1);
      g_array_set_size (stack, stack->len - 1);
      node.parent = open.parent;
      node.function = add_function (self, open.object);
      node.id = get_amount (open.object, "id");
      node.self_size = get_amount (open.object, "selfSize");
      if (__builtin_add_overflow (self->profile->total, node.self_size, &self->profile->total))
        {
          self->profile->total -= node.self_size;
          node.self_size = 0;
        }
      g_array_append_val (self->profile->nodes, node);
      if (!g_hash_table_contains (self->ids, &node.id))
        g_hash_table_insert (self->ids, g_memdup2 (&node.id, sizeof node.id), GUINT_TO_POINTER (number + 1));

      children = get_array (open.object, "children");
      for (guint i = children != NULL ? json_array_get_length (children) : 0; i-- > 0;)
        {
          Open child = { get_element (children, i), number };

          if (child.object != NULL)
            g_array_append_val (stack, child);
        }
    }
}

static int
compare_samples (gconstpointer a,
                 gconstpointer b)
{
  const HwSamplingSample *s = a, *t = b;

  return s->ordinal < t->ordinal ? -1 : s->ordinal > t->ordinal;
}

static void
read_samples (Reading   *self,
              JsonArray *samples)
{
  for (guint i = 0; samples != NULL && i < json_array_get_length (samples); i++)
    {
      JsonObject *object = get_element (samples, i);
      HwSamplingSample sample;
      guint64 id;
      guint number;

      if (object == NULL)
        continue;
      id = get_amount (object, "nodeId");
      number = GPOINTER_TO_UINT (g_hash_table_lookup (self->ids, &id));
      if (number == 0)
        continue;
      sample.node = number - 1;
      sample.size = MIN (get_amount (object, "size"), G_MAXUINT32);
      sample.ordinal = get_amount (object, "ordinal");
      g_array_append_val (self->profile->samples, sample);
    }
  g_array_sort (self->profile->samples, compare_samples);
}

/* json-glib refuses texts with half of a surrogate pair, which function names can have. */
static char *
make_tame (const char *json,
           gsize       length)
{
  char *text = g_utf8_make_valid (json, (gssize) length);
  guint32 last = 0;

  for (char *p = text; (p = strchr (p, '\\')) != NULL;)
    {
      guint32 unit = 0;
      gboolean whole = p[1] == 'u';

      for (guint i = 2; whole && i < 6; i++)
        {
          whole = g_ascii_isxdigit (p[i]);
          unit = unit << 4 | (guint32) (whole ? g_ascii_xdigit_value (p[i]) : 0);
        }
      if (!whole)
        {
          p += p[1] != '\0' ? 2 : 1;
          last = 0;
          continue;
        }

      if (unit >= 0xd800 && unit <= 0xdbff &&
          (p[6] != '\\' || p[7] != 'u' || g_ascii_tolower (p[8]) != 'd' || strchr ("cdefCDEF", p[9]) == NULL || p[9] == '\0'))
        memcpy (p, "\\ufffd", 6);
      else if ((unit >= 0xdc00 && unit <= 0xdfff && (last < 0xd800 || last > 0xdbff)) || unit == 0)
        memcpy (p, "\\ufffd", 6);
      p += 6;
      /* Only what stands at once behind it can be the other half. */
      last = *p == '\\' ? unit : 0;
    }

  return text;
}

/**
 * hw_sampling_profile_parse:
 * @json: the profile; need not be valid UTF-8
 * @length: its length in bytes
 * @error: return location
 *
 * Fails with HW_SNAPSHOT_ERROR_TOO_LARGE beyond HW_SAMPLING_MAX_BYTES, with HW_SNAPSHOT_ERROR_DAMAGED when it is
 * not whole JSON, and with HW_SNAPSHOT_ERROR_NOT_SNAPSHOT when it is JSON of something else.
 *
 * Returns: (transfer full): the profile, or NULL
 */
HwSamplingProfile *
hw_sampling_profile_parse (const char  *json,
                           gsize        length,
                           GError     **error)
{
  g_autoptr(HwSamplingProfile) self = NULL;
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GHashTable) functions = g_hash_table_new_full (function_hash, function_equal, g_free, NULL);
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autofree char *tame = NULL;
  Reading reading = { NULL, functions, ids };
  JsonNode *root;
  JsonObject *object, *head;

  g_return_val_if_fail (json != NULL || length == 0, NULL);

  if (length > HW_SAMPLING_MAX_BYTES)
    {
      g_autofree char *size = hw_format_size (HW_SAMPLING_MAX_BYTES);

      g_set_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_TOO_LARGE,
                   _("The profile is larger than %s, so it is not read."), size);
      return NULL;
    }

  tame = make_tame (json != NULL ? json : "", length);
  if (!json_parser_load_from_data (parser, tame, -1, NULL))
    {
      g_set_error_literal (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_DAMAGED,
                           _("The profile is damaged or not whole, or its stacks are deeper than 500 calls, so it cannot be read."));
      return NULL;
    }
  root = json_parser_get_root (parser);
  object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  head = object != NULL ? get_object (object, "head") : NULL;
  if (head == NULL || (get_object (head, "callFrame") == NULL && !json_object_has_member (head, "functionName")))
    {
      g_set_error_literal (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_SNAPSHOT,
                           _("The file is not a sampled allocation profile: it has no “head” with a “callFrame”."));
      return NULL;
    }

  self = g_new0 (HwSamplingProfile, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (HwSamplingNode));
  self->functions = g_array_new (FALSE, FALSE, sizeof (HwSamplingFunction));
  g_array_set_clear_func (self->functions, function_clear);
  self->samples = g_array_new (FALSE, FALSE, sizeof (HwSamplingSample));
  reading.profile = self;
  read_nodes (&reading, head);
  read_samples (&reading, get_array (object, "samples"));

  return g_steal_pointer (&self);
}

/**
 * hw_sampling_profile_load_stream_sync:
 * @stream: the bytes of a profile, plain or compressed with gzip or Zstandard
 * @cancellable: (nullable): stops at once
 * @error: return location
 *
 * Reads a profile; blocks. Fails like hw_sampling_profile_parse(), and with the stream's error.
 *
 * Returns: (transfer full): the profile, or NULL
 */
HwSamplingProfile *
hw_sampling_profile_load_stream_sync (GInputStream  *stream,
                                      GCancellable  *cancellable,
                                      GError       **error)
{
  g_autoptr(HwSnapshotUnpacker) unpacker = NULL;
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  gssize n;

  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), NULL);

  unpacker = hw_snapshot_unpacker_new (stream);
  do
    {
      guint length = bytes->len;

      g_byte_array_set_size (bytes, length + PIECE);
      n = hw_snapshot_unpacker_read (unpacker, (char *) bytes->data + length, PIECE, cancellable, error);
      g_byte_array_set_size (bytes, length + (guint) MAX (n, 0));
    }
  while (n > 0 && bytes->len <= HW_SAMPLING_MAX_BYTES);

  return n < 0 ? NULL : hw_sampling_profile_parse ((const char *) bytes->data, bytes->len, error);
}

/**
 * hw_sampling_profile_load_sync:
 * @file: a profile, plain or compressed, whatever its name
 * @cancellable: (nullable): stops at once
 * @error: return location
 *
 * Reads a profile from a file; blocks. Fails in addition with G_IO_ERROR when @file cannot be opened.
 *
 * Returns: (transfer full): the profile, or NULL
 */
HwSamplingProfile *
hw_sampling_profile_load_sync (GFile         *file,
                               GCancellable  *cancellable,
                               GError       **error)
{
  g_autoptr(GInputStream) stream = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  stream = G_INPUT_STREAM (g_file_read (file, cancellable, error));

  return stream != NULL ? hw_sampling_profile_load_stream_sync (stream, cancellable, error) : NULL;
}

/**
 * hw_sampling_profile_ref:
 * @self: a profile
 *
 * Returns: (transfer full): @self
 */
HwSamplingProfile *
hw_sampling_profile_ref (HwSamplingProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * hw_sampling_profile_unref:
 * @self: a profile
 *
 * Gives back a reference.
 */
void
hw_sampling_profile_unref (HwSamplingProfile *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_array_unref (self->nodes);
  g_array_unref (self->functions);
  g_array_unref (self->samples);
  g_free (self);
}

/**
 * hw_sampling_profile_get_n_nodes:
 * @self: a profile
 *
 * Returns: how many places there are in the tree of calls; at least 1
 */
guint
hw_sampling_profile_get_n_nodes (HwSamplingProfile *self)
{
  return self->nodes->len;
}

/**
 * hw_sampling_profile_get_node:
 * @self: a profile
 * @i: less than hw_sampling_profile_get_n_nodes()
 *
 * Returns: (transfer none): a place in the tree of calls
 */
const HwSamplingNode *
hw_sampling_profile_get_node (HwSamplingProfile *self,
                              guint              i)
{
  g_return_val_if_fail (i < self->nodes->len, NULL);

  return &g_array_index (self->nodes, HwSamplingNode, i);
}

/**
 * hw_sampling_profile_get_n_functions:
 * @self: a profile
 *
 * Returns: how many different functions there are
 */
guint
hw_sampling_profile_get_n_functions (HwSamplingProfile *self)
{
  return self->functions->len;
}

/**
 * hw_sampling_profile_get_function:
 * @self: a profile
 * @i: less than hw_sampling_profile_get_n_functions()
 *
 * Returns: (transfer none): a function
 */
const HwSamplingFunction *
hw_sampling_profile_get_function (HwSamplingProfile *self,
                                  guint              i)
{
  g_return_val_if_fail (i < self->functions->len, NULL);

  return &g_array_index (self->functions, HwSamplingFunction, i);
}

/**
 * hw_sampling_profile_get_n_samples:
 * @self: a profile
 *
 * Returns: how many allocations were sampled; 0 in very old files
 */
guint
hw_sampling_profile_get_n_samples (HwSamplingProfile *self)
{
  return self->samples->len;
}

/**
 * hw_sampling_profile_get_sample:
 * @self: a profile
 * @i: less than hw_sampling_profile_get_n_samples()
 *
 * Returns: (transfer none): the @i-th sample in the order of time
 */
const HwSamplingSample *
hw_sampling_profile_get_sample (HwSamplingProfile *self,
                                guint              i)
{
  g_return_val_if_fail (i < self->samples->len, NULL);

  return &g_array_index (self->samples, HwSamplingSample, i);
}

/**
 * hw_sampling_profile_get_total_size:
 * @self: a profile
 *
 * Returns: the sum of all self sizes, in bytes
 */
guint64
hw_sampling_profile_get_total_size (HwSamplingProfile *self)
{
  return self->total;
}
