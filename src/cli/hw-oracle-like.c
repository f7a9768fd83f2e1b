/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/hw-oracle.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/hw-file.h"

static GBytes *
read_whole (GFile   *file,
            GError **error)
{
  g_autoptr(GFileInputStream) raw = g_file_read (file, NULL, error);
  g_autoptr(GBufferedInputStream) stream = NULL;
  g_autoptr(GInputStream) plain = NULL;
  g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable ();
  const guint8 *head;
  gsize n;

  if (raw == NULL)
    return NULL;

  stream = G_BUFFERED_INPUT_STREAM (g_buffered_input_stream_new (G_INPUT_STREAM (raw)));
  if (g_buffered_input_stream_fill (stream, -1, NULL, error) < 0)
    return NULL;
  head = g_buffered_input_stream_peek_buffer (stream, &n);
  if (n >= 2 && head[0] == 0x1f && head[1] == 0x8b)
    {
      g_autoptr(GZlibDecompressor) gunzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

      plain = g_converter_input_stream_new (G_INPUT_STREAM (stream), G_CONVERTER (gunzip));
    }
  else
    plain = g_object_ref (G_INPUT_STREAM (stream));

  if (g_output_stream_splice (memory, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) < 0)
    return NULL;

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* json-glib refuses a whole file for one lone surrogate. No text of it is wanted here, so none is lost. */
static void
replace_surrogates (char  *json,
                    gsize  length)
{
  for (gsize i = 0; i + 5 < length; i++)
    if (json[i] == '\\')
      {
        if (json[i + 1] == 'u' && (json[i + 2] | 0x20) == 'd' && (g_ascii_xdigit_value (json[i + 3]) & 8) != 0)
          memcpy (json + i + 2, "fffd", 4);
        i++;
      }
}

static gboolean
get_number (JsonNode *node,
            guint64  *number)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;

  *number = (guint64) json_node_get_int (node);

  return TRUE;
}

static JsonObject *
get_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
take_ids (HwOracleLike *like,
          JsonArray    *objects)
{
  like->ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < json_array_get_length (objects); i++)
    {
      JsonObject *object = get_object (json_array_get_element (objects, i));
      guint64 id;

      if (object != NULL && get_number (json_object_get_member (object, "id"), &id))
        g_array_append_val (like->ids, id);
    }
}

static gboolean
take_choice (HwOracleLike  *like,
             JsonNode      *root,
             const char    *kind,
             GError       **error)
{
  JsonObject *whole = get_object (root);
  JsonObject *sample;
  JsonNode *objects;

  if (whole == NULL ||
      g_strcmp0 (json_object_get_string_member_with_default (whole, "kind", NULL), kind) != 0)
    {
      g_set_error (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
                   /* Translators: the parameter is “snapshot” or “diff”, as it stands in the file. */
                   _("not a heap-oracle/1 file of kind “%s”"), kind);
      return FALSE;
    }

  sample = get_object (json_object_get_member (whole, "sample"));
  if (sample != NULL &&
      get_number (json_object_get_member (sample, "first"), &like->first) &&
      get_number (json_object_get_member (sample, "every"), &like->every))
    like->every = MAX (like->every, 1);

  objects = json_object_get_member (whole, "objects");
  if (objects != NULL && JSON_NODE_HOLDS_ARRAY (objects))
    take_ids (like, json_node_get_array (objects));

  return TRUE;
}

/**
 * hw_oracle_like_read:
 * @like: what to fill; cleared by the caller whatever happens
 * @path: a heap-oracle/1 file, plain or compressed by gzip
 * @kind: `snapshot` or `diff`
 * @error: return location
 *
 * Takes over another file's choice of objects.
 *
 * Fails with a #GIOErrorEnum or #JsonParserError.
 *
 * Returns: whether the file could be read
 */
gboolean
hw_oracle_like_read (HwOracleLike  *like,
                     const char    *path,
                     const char    *kind,
                     GError       **error)
{
  g_autoptr(GFile) file = hw_file_new_for_argument (path);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autoptr(GBytes) bytes = read_whole (file, error);
  g_autofree char *json = NULL;
  gsize length;

  if (bytes == NULL)
    return FALSE;

  json = g_bytes_unref_to_data (g_steal_pointer (&bytes), &length);
  replace_surrogates (json, length);
  if (!json_parser_load_from_data (parser, json != NULL ? json : "", (gssize) length, error))
    return FALSE;

  return take_choice (like, json_parser_get_root (parser), kind, error);
}

/**
 * hw_oracle_like_clear:
 * @like: a choice
 *
 * Frees what the choice holds.
 */
void
hw_oracle_like_clear (HwOracleLike *like)
{
  g_clear_pointer (&like->ids, g_array_unref);
}
