/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-text.h"

/**
 * hw_text_next:
 * @text: (inout): a position in WTF-8 text; moved behind the character read
 *
 * Reads one code point. Never reads past the terminating NUL; a byte that starts no valid
 * sequence counts as U+FFFD, so that every text ends.
 *
 * Returns: the code point, which may be a lone surrogate; at the end 0, and @text stays
 */
guint32
hw_text_next (const char **text)
{
  const guint8 *p = (const guint8 *) *text;
  guint32 code;

  if (*p < 0x80)
    {
      if (*p != 0)
        (*text)++;
      return *p;
    }
  if ((*p & 0xe0) == 0xc0 && (p[1] & 0xc0) == 0x80)
    {
      *text += 2;
      return (guint32) (*p & 0x1f) << 6 | (p[1] & 0x3f);
    }
  if ((*p & 0xf0) == 0xe0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80)
    {
      *text += 3;
      return (guint32) (*p & 0x0f) << 12 | (guint32) (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    }
  if ((*p & 0xf8) == 0xf0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 && (p[3] & 0xc0) == 0x80)
    {
      code = (guint32) (*p & 0x07) << 18 | (guint32) (p[1] & 0x3f) << 12 |
             (guint32) (p[2] & 0x3f) << 6 | (p[3] & 0x3f);
      *text += 4;
      return code <= 0x10ffff ? code : 0xfffd;
    }
  (*text)++;

  return 0xfffd;
}

/**
 * hw_text_append_code:
 * @text: WTF-8 being built
 * @code: a code point, lone surrogates included
 *
 * Appends one code point; U+0000 becomes C0 80.
 */
void
hw_text_append_code (GString *text,
                     guint32  code)
{
  if (code != 0 && code < 0x80)
    g_string_append_c (text, (char) code);
  else if (code < 0x800)
    {
      g_string_append_c (text, (char) (0xc0 | code >> 6));
      g_string_append_c (text, (char) (0x80 | (code & 0x3f)));
    }
  else if (code < 0x10000)
    {
      g_string_append_c (text, (char) (0xe0 | code >> 12));
      g_string_append_c (text, (char) (0x80 | (code >> 6 & 0x3f)));
      g_string_append_c (text, (char) (0x80 | (code & 0x3f)));
    }
  else
    {
      g_string_append_c (text, (char) (0xf0 | (code >> 18 & 0x07)));
      g_string_append_c (text, (char) (0x80 | (code >> 12 & 0x3f)));
      g_string_append_c (text, (char) (0x80 | (code >> 6 & 0x3f)));
      g_string_append_c (text, (char) (0x80 | (code & 0x3f)));
    }
}

static gboolean
is_surrogate (const guint8 *p,
              guint8        second)
{
  return p[0] == 0xed && (p[1] & 0xf0) == second;
}

/**
 * hw_text_append:
 * @text: WTF-8 being built
 * @more: WTF-8
 *
 * Appends text. A high surrogate at the end and a low one at the start become the one character they are
 * in UTF-16.
 */
void
hw_text_append (GString    *text,
                const char *more)
{
  const guint8 *end = (const guint8 *) text->str + text->len;
  const guint8 *start = (const guint8 *) more;

  if (text->len >= 3 && is_surrogate (end - 3, 0xa0) && is_surrogate (start, 0xb0))
    {
      guint32 high = (guint32) (end[-2] & 0x0f) << 6 | (end[-1] & 0x3f);
      guint32 low = (guint32) (start[1] & 0x0f) << 6 | (start[2] & 0x3f);

      g_string_truncate (text, text->len - 3);
      hw_text_append_code (text, 0x10000 + (high << 10 | low));
      more += 3;
    }
  g_string_append (text, more);
}

/**
 * hw_text_parse_int:
 * @text: WTF-8
 * @number: (out): the number at its start
 *
 * Reads a decimal number as JavaScript's `parseInt (text, 10)` does: after spaces, with a sign, whatever
 * follows. Numbers that JavaScript could not hold exactly (2⁵³ and more) are not taken for numbers.
 *
 * Returns: FALSE when JavaScript would say NaN
 */
gboolean
hw_text_parse_int (const char *text,
                   gint64     *number)
{
  gboolean is_negative;
  guint64 value = 0;

  while (g_ascii_isspace (*text) || *text == '\v')
    text++;
  is_negative = *text == '-';
  if (*text == '-' || *text == '+')
    text++;
  if (!g_ascii_isdigit (*text))
    return FALSE;

  for (; g_ascii_isdigit (*text); text++)
    {
      value = value * 10 + (guint64) (*text - '0');
      if (value >= G_GUINT64_CONSTANT (1) << 53)
        return FALSE;
    }
  *number = is_negative ? -(gint64) value : (gint64) value;

  return TRUE;
}

/**
 * hw_text_utf16_length:
 * @text: WTF-8
 * @n_bytes: its length, or -1 when NUL-terminated
 *
 * Returns: how many UTF-16 code units JavaScript would count
 */
gsize
hw_text_utf16_length (const char *text,
                      gssize      n_bytes)
{
  const guint8 *p = (const guint8 *) text;
  gsize length = 0;

  /* Every byte that is not a continuation starts a unit; a four-byte sequence is two. */
  for (gsize i = 0; n_bytes < 0 ? p[i] != 0 : i < (gsize) n_bytes; i++)
    length += (gsize) ((p[i] & 0xc0) != 0x80) + (gsize) (p[i] >= 0xf0);

  return length;
}

/* Code points above U+FFFF are surrogate pairs in UTF-16 and so sort before U+E000..U+FFFF. */
static guint32
first_unit (guint32 code)
{
  if (code >= 0x10000)
    return 0xd800 + ((code - 0x10000) >> 10);

  return code;
}

/* What follows a first unit: the other half of the pair, or, behind a lone surrogate, the next character's. */
static guint32
second_unit (guint32     code,
             const char *next)
{
  if (code >= 0x10000)
    return 0xdc00 + (code & 0x3ff);

  return first_unit (hw_text_next (&next));
}

/**
 * hw_text_compare_utf16:
 * @a: WTF-8
 * @b: WTF-8
 *
 * Compares by UTF-16 code units, as JavaScript's `<` does.
 *
 * Returns: negative, 0 or positive
 */
int
hw_text_compare_utf16 (const char *a,
                       const char *b)
{
  const guint8 *p = (const guint8 *) a;
  const guint8 *q = (const guint8 *) b;
  const char *s, *t;
  guint32 x, y;

  while (*p == *q && *p != 0)
    p++, q++;
  if (*p == *q)
    return 0;
  /* The end of one, or two ASCII characters; the end is less than U+0000 too, whose bytes are C0 80. */
  if (*p == 0 || *q == 0 || (*p < 0x80 && *q < 0x80))
    return (int) *p - (int) *q;

  /* Step back to the start of the character in which they differ. */
  while (p > (const guint8 *) a && ((*p & 0xc0) == 0x80 || (*q & 0xc0) == 0x80))
    p--, q--;
  s = (const char *) p;
  t = (const char *) q;
  x = hw_text_next (&s);
  y = hw_text_next (&t);
  if (first_unit (x) == first_unit (y) && x != y)
    {
      guint32 after_x = second_unit (x, s), after_y = second_unit (y, t);

      return after_x < after_y ? -1 : after_x > after_y;
    }

  return first_unit (x) < first_unit (y) ? -1 : first_unit (x) > first_unit (y);
}

/**
 * hw_text_dup_utf8:
 * @text: WTF-8
 *
 * Makes valid UTF-8 for a toolkit or a terminal: lone surrogates and U+0000 become U+FFFD.
 *
 * Returns: (transfer full): UTF-8
 */
char *
hw_text_dup_utf8 (const char *text)
{
  GString *utf8;
  guint32 code;

  if (g_utf8_validate (text, -1, NULL))
    return g_strdup (text);

  utf8 = g_string_new (NULL);
  while (*text != 0)
    {
      code = hw_text_next (&text);
      if (code == 0 || (code >= 0xd800 && code <= 0xdfff))
        code = 0xfffd;
      g_string_append_unichar (utf8, code);
    }

  return g_string_free (utf8, FALSE);
}

/**
 * hw_text_dup_json:
 * @text: WTF-8
 *
 * Quotes as JavaScript's JSON.stringify() does: lone surrogates as `\udXXX`.
 *
 * Returns: (transfer full): a JSON string with its quotes, valid UTF-8
 */
char *
hw_text_dup_json (const char *text)
{
  GString *json = g_string_new ("\"");
  guint32 code;

  while (*text != 0)
    {
      code = hw_text_next (&text);
      switch (code)
        {
        case '"':
          g_string_append (json, "\\\"");
          break;
        case '\\':
          g_string_append (json, "\\\\");
          break;
        case '\b':
          g_string_append (json, "\\b");
          break;
        case '\f':
          g_string_append (json, "\\f");
          break;
        case '\n':
          g_string_append (json, "\\n");
          break;
        case '\r':
          g_string_append (json, "\\r");
          break;
        case '\t':
          g_string_append (json, "\\t");
          break;
        default:
          if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff))
            g_string_append_printf (json, "\\u%04x", code);
          else
            g_string_append_unichar (json, code);
          break;
        }
    }
  g_string_append_c (json, '"');

  return g_string_free (json, FALSE);
}

/**
 * hw_text_dup_folded:
 * @text: WTF-8
 *
 * Makes text for comparing without regard to case.
 *
 * Returns: (transfer full): folded UTF-8
 */
char *
hw_text_dup_folded (const char *text)
{
  g_autofree char *utf8 = hw_text_dup_utf8 (text);

  return g_utf8_casefold (utf8, -1);
}
