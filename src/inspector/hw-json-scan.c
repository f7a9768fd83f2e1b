/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two ways to read a message.
 *
 * Spans: a chunk of a snapshot is a megabyte of escaped text in a message of three members. Walking the
 * members finds the text, and unescaping hands it on in runs, so that neither a tree nor a copy of the
 * whole is made. What is not JSON ends the walk; it never reads past the end.
 *
 * Trees: json-glib refuses a whole message over one lone surrogate, cuts strings at \u0000, recurses, and
 * makes a hundred bytes out of each number. So the bytes are first walked once: odd escapes are replaced,
 * and what is too deep or has too many values is refused.
 */
#include "config.h"

#include "inspector/hw-inspector-error.h"
#include "inspector/hw-json-scan-private.h"

#include <string.h>

static const char *
skip_space (const char *p,
            const char *end)
{
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    p++;

  return p;
}

/* From an opening quote to behind the closing one; NULL if there is none. */
static const char *
skip_string (const char *p,
             const char *end)
{
  for (p++; p < end; p++)
    {
      const char *quote = memchr (p, '"', (gsize) (end - p));
      const char *slash;

      if (quote == NULL)
        return NULL;
      slash = memchr (p, '\\', (gsize) (quote - p));
      if (slash == NULL)
        return quote + 1;
      p = slash + 1;
    }

  return NULL;
}

/* Behind any value. Brackets are counted, not matched: who writes nonsense gets nonsense, in bounds. */
static const char *
skip_value (const char *p,
            const char *end)
{
  gsize depth = 0;

  if (p < end && *p == '"')
    return skip_string (p, end);

  while (p < end)
    switch (*p)
      {
      case '"':
        p = skip_string (p, end);
        if (p == NULL)
          return NULL;
        break;

      case '{':
      case '[':
        depth++;
        p++;
        break;

      case '}':
      case ']':
        if (depth == 0)
          return p;
        p++;
        if (--depth == 0)
          return p;
        break;

      case ',':
        if (depth == 0)
          return p;
        p++;
        break;

      default:
        p++;
        break;
      }

  return depth == 0 ? p : NULL;
}

/*
 * Finds a member of the object itself, not of what is in it. @value is as written: a string with its
 * quotes. Cost: linear in what stands before it.
 */
gboolean
hw_json_span_member (HwJsonSpan  object,
                     const char *name,
                     HwJsonSpan *value)
{
  const char *end = object.start + object.length;
  const char *p = skip_space (object.start, end);
  gsize length = strlen (name);

  if (p >= end || *p != '{')
    return FALSE;

  for (p = skip_space (p + 1, end); p < end && *p == '"'; p = skip_space (p, end))
    {
      const char *key = p + 1, *key_end = skip_string (p, end), *start;

      if (key_end == NULL)
        return FALSE;
      p = skip_space (key_end, end);
      if (p >= end || *p != ':')
        return FALSE;
      start = skip_space (p + 1, end);
      p = skip_value (start, end);
      if (p == NULL || p == start)
        return FALSE;
      if ((gsize) (key_end - 1 - key) == length && memcmp (key, name, length) == 0)
        {
          value->start = start;
          value->length = (gsize) (p - start);
          return TRUE;
        }
      p = skip_space (p, end);
      if (p >= end || *p != ',')
        return FALSE;
      p++;
    }

  return FALSE;
}

/* The same through objects in objects; @path ends with NULL. */
gboolean
hw_json_span_path (HwJsonSpan         object,
                   const char *const *path,
                   HwJsonSpan        *value)
{
  *value = object;
  for (; *path != NULL; path++)
    {
      HwJsonSpan inner = *value;

      if (!hw_json_span_member (inner, *path, value))
        return FALSE;
    }

  return TRUE;
}

/* Whether a value is this string, which needs no escapes. */
gboolean
hw_json_span_is (HwJsonSpan  value,
                 const char *text)
{
  gsize length = strlen (text);

  return value.length == length + 2 && value.start[0] == '"' && memcmp (value.start + 1, text, length) == 0;
}

gboolean
hw_json_span_int (HwJsonSpan  value,
                  gint64     *number)
{
  char text[24];
  char *end;
  gsize length = value.length;

  while (length > 0 && g_ascii_isspace (value.start[length - 1]))
    length--;
  if (length == 0 || length >= sizeof text)
    return FALSE;
  memcpy (text, value.start, length);
  text[length] = 0;
  *number = g_ascii_strtoll (text, &end, 10);

  return *end == 0;
}

/* The four digits behind \u, or -1. */
static int
hex_code (const char *p,
          const char *end)
{
  int code = 0;

  if (end - p < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (p[i]);

      if (digit < 0)
        return -1;
      code = code * 16 + digit;
    }

  return code;
}

/* What stands behind a backslash, as UTF-8 in @out; returns behind it, or NULL. */
static const char *
unescape_one (const char *p,
              const char *end,
              char       *out,
              gsize      *n_out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *plain;
  int code, low;

  if (p >= end)
    return NULL;
  if (*p != 'u')
    {
      plain = memchr (from, *p, sizeof from - 1);
      if (plain == NULL)
        return NULL;
      out[0] = to[plain - from];
      *n_out = 1;
      return p + 1;
    }

  code = hex_code (p + 1, end);
  if (code < 0)
    return NULL;
  p += 5;
  if (code >= 0xd800 && code < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' &&
      (low = hex_code (p + 2, end)) >= 0xdc00 && low < 0xe000)
    {
      *n_out = (gsize) g_unichar_to_utf8 (0x10000u + ((guint) (code - 0xd800) << 10) + (guint) (low - 0xdc00), out);
      return p + 6;
    }
  if (code >= 0xd800 && code < 0xe000)
    code = 0xfffd;
  *n_out = (gsize) g_unichar_to_utf8 ((gunichar) code, out);

  return p;
}

/*
 * Hands the text of a string, unescaped, to @func in runs of at most 64 KiB. FALSE when it is no string,
 * when an escape is none, or when @func said so. Lone surrogates become U+FFFD.
 */
gboolean
hw_json_span_unescape (HwJsonSpan       string,
                       HwJsonBytesFunc  func,
                       gpointer         user_data)
{
  char buffer[65536];
  gsize n = 0;
  const char *p = string.start, *end = string.start + string.length;

  while (end > p && g_ascii_isspace (end[-1]))
    end--;
  if (end - p < 2 || *p != '"' || end[-1] != '"')
    return FALSE;
  p++;
  end--;

  while (p < end)
    {
      const char *slash = memchr (p, '\\', (gsize) (end - p));
      gsize run = (gsize) ((slash != NULL ? slash : end) - p);

      while (run > 0)
        {
          gsize part = MIN (run, sizeof buffer - n);

          memcpy (buffer + n, p, part);
          n += part;
          p += part;
          run -= part;
          if (n == sizeof buffer)
            {
              if (!func (buffer, n, user_data))
                return FALSE;
              n = 0;
            }
        }
      if (slash != NULL)
        {
          gsize n_out = 0;

          if (sizeof buffer - n < 8)
            {
              if (!func (buffer, n, user_data))
                return FALSE;
              n = 0;
            }
          p = unescape_one (slash + 1, end, buffer + n, &n_out);
          if (p == NULL)
            return FALSE;
          n += n_out;
        }
    }

  return n == 0 || func (buffer, n, user_data);
}

static gboolean
append_bytes (const char *bytes,
              gsize       n_bytes,
              gpointer    user_data)
{
  g_string_append_len (user_data, bytes, (gssize) n_bytes);

  return TRUE;
}

/* The text of a string; NULL when it is none. It may hold NUL bytes: @n_bytes says how long it is. */
char *
hw_json_span_dup (HwJsonSpan  string,
                  gsize      *n_bytes)
{
  GString *text = g_string_sized_new (MIN (string.length, 1 << 20));

  if (!hw_json_span_unescape (string, append_bytes, text))
    {
      g_string_free (text, TRUE);
      return NULL;
    }
  if (n_bytes != NULL)
    *n_bytes = text->len;

  return g_string_free (text, FALSE);
}

/* Replaces what json-glib cannot take, byte for byte in place, and counts. */
static gboolean
clean (char  *p,
       char  *end,
       gsize *n_values,
       gsize *depth_seen)
{
  gboolean in_string = FALSE;
  gsize depth = 0;

  *n_values = 1;
  *depth_seen = 0;
  for (; p < end; p++)
    if (!in_string)
      {
        if (*p == '"')
          in_string = TRUE;
        else if (*p == '{' || *p == '[')
          {
            depth++;
            *depth_seen = MAX (*depth_seen, depth);
          }
        else if ((*p == '}' || *p == ']') && depth-- == 0)
          return FALSE;
        else if (*p == ',')
          (*n_values)++;
        else if (*p == 0)
          return FALSE;
      }
    else if (*p == '"')
      in_string = FALSE;
    else if (*p == 0)
      return FALSE;
    else if (*p == '\\')
      {
        int code, low;

        if (p + 1 >= end)
          return FALSE;
        if (p[1] != 'u')
          {
            p++;
            continue;
          }
        code = hex_code (p + 2, end);
        if (code < 0)
          return FALSE;
        if (code == 0)
          memcpy (p + 2, "2400", 4);
        else if (code >= 0xd800 && code < 0xdc00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u' &&
                 (low = hex_code (p + 8, end)) >= 0xdc00 && low < 0xe000)
          p += 6;
        else if (code >= 0xd800 && code < 0xe000)
          memcpy (p + 2, "fffd", 4);
        p += 5;
      }

  return !in_string && depth == 0;
}

/*
 * The message as a tree whose root is an object. Fails with HW_INSPECTOR_ERROR_TOO_BIG above the limits
 * of the header and with HW_INSPECTOR_ERROR_PROTOCOL when it is no JSON object.
 */
JsonNode *
hw_json_span_parse (HwJsonSpan   message,
                    GError     **error)
{
  g_autofree char *text = NULL;
  g_autoptr(JsonParser) parser = NULL;
  g_autoptr(GError) own_error = NULL;
  JsonNode *root;
  gsize n_values, depth, length = message.length;

  if (length > HW_JSON_MAX_PARSED)
    {
      g_set_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TOO_BIG,
                   "A message of %" G_GSIZE_FORMAT " bytes is too large", length);
      return NULL;
    }
  if (g_utf8_validate_len (message.start, length, NULL))
    text = g_strndup (message.start, length);
  else
    {
      text = g_utf8_make_valid (message.start, (gssize) length);
      length = strlen (text);
    }
  if (!clean (text, text + length, &n_values, &depth))
    {
      g_set_error_literal (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL, "A message is no JSON");
      return NULL;
    }
  if (n_values > HW_JSON_MAX_VALUES || depth > HW_JSON_MAX_DEPTH)
    {
      g_set_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TOO_BIG,
                   "A message of %" G_GSIZE_FORMAT " values, %" G_GSIZE_FORMAT " levels deep, is too large",
                   n_values, depth);
      return NULL;
    }

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) length, &own_error))
    {
      g_set_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL,
                   "A message is no JSON: %s", own_error->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL, "A message is no JSON object");
      return NULL;
    }

  return json_node_ref (root);
}
