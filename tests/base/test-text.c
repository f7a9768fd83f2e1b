/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-text.h"

#define HIGH "\xed\xa0\xbd"
#define LOW  "\xed\xb8\x80"

static void
test_append (void)
{
  static const struct
  {
    const char *parts[4];
    const char *whole;
  } cases[] = {
    { { "", "" }, "" },
    { { "left ", "right" }, "left right" },
    { { "a" HIGH, LOW "b" }, "a\xf0\x9f\x98\x80" "b" },
    { { HIGH, LOW }, "\xf0\x9f\x98\x80" },
    { { HIGH, "", LOW }, "\xf0\x9f\x98\x80" },
    { { HIGH, HIGH, LOW }, HIGH "\xf0\x9f\x98\x80" },
    { { LOW, HIGH }, LOW HIGH },
    { { "\xed\x9f\xbf", LOW }, "\xed\x9f\xbf" LOW },
    { { HIGH, "\xed" }, HIGH "\xed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);

      for (guint k = 0; k < G_N_ELEMENTS (cases[i].parts) && cases[i].parts[k] != NULL; k++)
        hw_text_append (text, cases[i].parts[k]);
      g_assert_cmpstr (text->str, ==, cases[i].whole);
    }
}

static void
test_parse_int (void)
{
  static const struct
  {
    const char *text;
    gint64      number;
  } numbers[] = {
    { "0", 0 },
    { "-0", 0 },
    { "12px", 12 },
    { " \t\v+7", 7 },
    { "-3.5abc", -3 },
    { "0x1f", 0 },
    { "007", 7 },
    { "9007199254740991", G_GINT64_CONSTANT (9007199254740991) },
  };
  static const char * const others[] = { "", "-", "abc", "- 1", ".5", "9007199254740992", "99999999999999999999999" };
  gint64 number;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_assert_true (hw_text_parse_int (numbers[i].text, &number));
      g_assert_cmpint (number, ==, numbers[i].number);
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (hw_text_parse_int (others[i], &number));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text/append", test_append);
  g_test_add_func ("/text/parse-int", test_parse_int);

  return g_test_run ();
}
