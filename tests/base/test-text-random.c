/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text made of random UTF-16 is written as WTF-8 by the obvious way; then everything that JavaScript would say of
 * the units must hold of the bytes.
 */
#include "config.h"

#include <string.h>

#include "base/hw-text.h"

#define N_ROUNDS 20000

typedef struct
{
  guint16 units[24];
  guint   n;
} Text;

/* Few different units, so that long common starts and every kind of neighbour occur. */
static Text
make_text (GRand *rand)
{
  static const guint16 units[] = {
    'a', 'b', '"', '\\', '\n', 1, 0x1f, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xd83d, 0xdbff, 0xdc00, 0xde00, 0xdfff,
    0xe000, 0xfffd, 0xffff, 0,
  };
  Text text = { .n = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (text.units)) };

  for (guint i = 0; i < text.n; i++)
    text.units[i] = units[g_rand_int_range (rand, 0, G_N_ELEMENTS (units))];

  return text;
}

static gboolean
is_pair (const Text *text,
         guint       i)
{
  return i + 1 < text->n && text->units[i] >= 0xd800 && text->units[i] <= 0xdbff &&
         text->units[i + 1] >= 0xdc00 && text->units[i + 1] <= 0xdfff;
}

static guint32
code_at (const Text *text,
         guint      *i)
{
  if (is_pair (text, *i))
    {
      *i += 2;
      return 0x10000 + (((guint32) text->units[*i - 2] - 0xd800) << 10) + (text->units[*i - 1] - 0xdc00);
    }

  return text->units[(*i)++];
}

static char *
to_wtf8 (const Text *text)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 end = 0;

  for (guint i = 0; i < text->n;)
    {
      guint32 c = code_at (text, &i);
      guint8 b[4];
      guint n = c == 0 ? 2 : c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

      if (n == 1)
        b[0] = (guint8) c;
      for (guint k = n - 1; n > 1 && k > 0; k--, c /= 64)
        b[k] = (guint8) (0x80 + c % 64);
      if (n > 1)
        b[0] = (guint8) ((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) + c);
      g_byte_array_append (bytes, b, n);
    }
  g_byte_array_append (bytes, &end, 1);

  return (char *) g_byte_array_free (bytes, FALSE);
}

static int
compare_units (const Text *a,
               const Text *b)
{
  for (guint i = 0; i < a->n && i < b->n; i++)
    if (a->units[i] != b->units[i])
      return a->units[i] < b->units[i] ? -1 : 1;

  return a->n < b->n ? -1 : a->n > b->n;
}

static int
sign (int n)
{
  return n < 0 ? -1 : n > 0;
}

static void
test_reading (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      Text text = make_text (rand);
      g_autofree char *bytes = to_wtf8 (&text);
      g_autoptr(GString) again = g_string_new (NULL);
      const char *p = bytes;

      for (guint i = 0; i < text.n;)
        {
          guint32 code = code_at (&text, &i);
          guint32 read = hw_text_next (&p);

          g_assert_cmpuint (read, ==, code);
          hw_text_append_code (again, code);
        }
      g_assert_cmpuint (*p, ==, 0);
      g_assert_cmpuint (hw_text_next (&p), ==, 0);
      g_assert_cmpstr (again->str, ==, bytes);
      g_assert_cmpuint (hw_text_utf16_length (bytes, -1), ==, text.n);
      g_assert_cmpuint (hw_text_utf16_length (bytes, (gssize) strlen (bytes)), ==, text.n);
    }
}

static void
test_comparing (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (2);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      Text a = make_text (rand), b = make_text (rand);
      guint common = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (a.units));
      g_autofree char *p = NULL;
      g_autofree char *q = NULL;

      common = MIN (common, MIN (a.n, b.n));
      memcpy (b.units, a.units, common * sizeof (guint16));
      p = to_wtf8 (&a);
      q = to_wtf8 (&b);
      g_assert_cmpint (sign (hw_text_compare_utf16 (p, q)), ==, compare_units (&a, &b));
      g_assert_cmpint (sign (hw_text_compare_utf16 (q, p)), ==, compare_units (&b, &a));
      g_assert_cmpint (hw_text_compare_utf16 (p, p), ==, 0);
    }
}

static void
test_appending (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      Text whole = make_text (rand);
      guint cut = (guint) g_rand_int_range (rand, 0, (gint32) whole.n + 1);
      Text start = whole, end = { .n = whole.n - cut };
      g_autofree char *p = NULL;
      g_autofree char *q = NULL;
      g_autofree char *expected = to_wtf8 (&whole);
      g_autoptr(GString) text = NULL;

      start.n = cut;
      memcpy (end.units, whole.units + cut, end.n * sizeof (guint16));
      p = to_wtf8 (&start);
      q = to_wtf8 (&end);
      text = g_string_new (p);
      hw_text_append (text, q);
      g_assert_cmpstr (text->str, ==, expected);
    }
}

static void
test_utf8 (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      Text text = make_text (rand);
      g_autofree char *bytes = to_wtf8 (&text);
      g_autofree char *utf8 = hw_text_dup_utf8 (bytes);
      g_autofree char *folded = hw_text_dup_folded (bytes);
      const char *p = utf8;

      g_assert_true (g_utf8_validate (utf8, -1, NULL));
      g_assert_true (g_utf8_validate (folded, -1, NULL));
      for (guint i = 0; i < text.n; p = g_utf8_next_char (p))
        {
          guint32 code = code_at (&text, &i);

          if (code == 0 || (code >= 0xd800 && code <= 0xdfff))
            code = 0xfffd;
          g_assert_cmpuint (g_utf8_get_char (p), ==, code);
        }
      g_assert_cmpuint (*p, ==, 0);
    }
}

static char *
json_twin (const Text *text)
{
  GString *json = g_string_new ("\"");

  for (guint i = 0; i < text->n;)
    {
      guint32 code = code_at (text, &i);
      const char *special = code != 0 && code < 0x80 ? strchr ("\"\"\\\\\bb\ff\nn\rr\tt", (int) code) : NULL;

      if (code == '"' || code == '\\')
        g_string_append_printf (json, "\\%c", (char) code);
      else if (special != NULL && code < 0x20)
        g_string_append_printf (json, "\\%c", special[1]);
      else if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff))
        g_string_append_printf (json, "\\u%04x", code);
      else
        g_string_append_unichar (json, code);
    }
  g_string_append_c (json, '"');

  return g_string_free (json, FALSE);
}

static void
test_json (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (6);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      Text text = make_text (rand);
      g_autofree char *bytes = to_wtf8 (&text);
      g_autofree char *json = hw_text_dup_json (bytes);
      g_autofree char *expected = json_twin (&text);

      g_assert_cmpstr (json, ==, expected);
    }
}

/* Bytes that are no text at all: every function ends, none reads past the NUL, orders are still orders. */
static void
test_rubbish (void)
{
  static const guint8 bytes[] = { 'a', 'z', 0x80, 0xbf, 0xc0, 0xc3, 0xdf, 0xe0, 0xed, 0xa0, 0xef, 0xf0, 0xf4, 0xf8, 0xff };
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_auto(GStrv) texts = g_new0 (char *, 3);
      g_autofree char *utf8 = NULL;
      g_autofree char *json = NULL;
      g_autoptr(GString) sum = g_string_new (NULL);
      const char *p;
      gsize n_read = 0;

      for (guint t = 0; t < 2; t++)
        {
          guint n = (guint) g_rand_int_range (rand, 0, 8);

          texts[t] = g_malloc (n + 1);
          for (guint i = 0; i < n; i++)
            texts[t][i] = (char) bytes[g_rand_int_range (rand, 0, G_N_ELEMENTS (bytes))];
          texts[t][n] = 0;
        }
      for (p = texts[0]; *p != 0; n_read++)
        g_assert_cmpuint (hw_text_next (&p), <=, 0x10ffff);
      g_assert_true (p == texts[0] + strlen (texts[0]));
      g_assert_cmpuint (n_read, <=, strlen (texts[0]));
      g_assert_cmpint (sign (hw_text_compare_utf16 (texts[0], texts[1])), ==,
                       -sign (hw_text_compare_utf16 (texts[1], texts[0])));
      utf8 = hw_text_dup_utf8 (texts[0]);
      g_assert_true (g_utf8_validate (utf8, -1, NULL));
      json = hw_text_dup_json (texts[0]);
      g_assert_true (g_utf8_validate (json, -1, NULL));
      hw_text_append (sum, texts[0]);
      hw_text_append (sum, texts[1]);
      hw_text_utf16_length (sum->str, -1);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text/random/reading", test_reading);
  g_test_add_func ("/text/random/comparing", test_comparing);
  g_test_add_func ("/text/random/appending", test_appending);
  g_test_add_func ("/text/random/utf8", test_utf8);
  g_test_add_func ("/text/random/json", test_json);
  g_test_add_func ("/text/random/rubbish", test_rubbish);

  return g_test_run ();
}
