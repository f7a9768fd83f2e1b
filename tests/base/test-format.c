/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/hw-format.h"

typedef struct
{
  guint64     value;
  const char *text;  /* a plain space stands for the no-break one */
} Case;

static char *
dup_expected (const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, " ", -1);

  return g_strjoinv (HW_NBSP, parts);
}

static void
check_all (char       *(*format) (guint64),
           const Case  *cases,
           guint        n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = format (cases[i].value);
      g_autofree char *expected = dup_expected (cases[i].text);

      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_kilobytes (void)
{
  static const Case cases[] = {
    { 0, "0.0 kB" },
    { 1, "0.0 kB" },
    { 49, "0.0 kB" },
    { 50, "0.1 kB" },
    { 149, "0.1 kB" },
    { 150, "0.2 kB" },
    { 999, "1.0 kB" },
    { 1049, "1.0 kB" },
    { 1150, "1.2 kB" },
    { 99949, "99.9 kB" },
    { 99950, "100.0 kB" },
    { 99999, "100.0 kB" },
    { 100000, "100 kB" },
    { 100499, "100 kB" },
    { 100500, "101 kB" },
    { 1234567, "1,235 kB" },
    { 999999499, "999,999 kB" },
    { 999999500, "1,000,000 kB" },
    { G_MAXUINT64, "18,446,744,073,709,552 kB" },
  };

  check_all (hw_format_kilobytes, cases, G_N_ELEMENTS (cases));
}

/* Below 100 kB the rule is floor ((bytes + 50) / 100) / 10. */
static void
test_kilobytes_rule (void)
{
  for (guint64 n = 0; n < 100000; n += 7)
    {
      g_autofree char *text = hw_format_kilobytes (n);
      guint64 tenths = (n + 50) / 100;
      g_autofree char *expected = g_strdup_printf ("%u.%u" HW_NBSP "kB", (guint) (tenths / 10), (guint) (tenths % 10));

      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_size (void)
{
  static const Case cases[] = {
    { 0, "0 B" },
    { 999, "999 B" },
    { 1000, "1.0 kB" },
    { 1150, "1.2 kB" },
    { 99949, "99.9 kB" },
    { 99950, "100.0 kB" },
    { 100000, "100 kB" },
    { 999499, "999 kB" },
    { 999500, "1,000 kB" },
    { 999999, "1,000 kB" },
    { 1000000, "1.0 MB" },
    { 1050000, "1.1 MB" },
    { 99949999, "99.9 MB" },
    { 100000000, "100 MB" },
    { G_GUINT64_CONSTANT (1500000000), "1.5 GB" },
    { G_GUINT64_CONSTANT (123000000000), "123 GB" },
    { G_GUINT64_CONSTANT (1000000000000), "1.0 TB" },
    { G_GUINT64_CONSTANT (1234000000000000), "1,234 TB" },
    { G_MAXUINT64, "18,446,744 TB" },
  };

  check_all (hw_format_size, cases, G_N_ELEMENTS (cases));
}

static void
test_bytes (void)
{
  static const Case cases[] = {
    { 0, "0 B" },
    { 999, "999 B" },
    { 1000, "1,000 B" },
    { 1234567, "1,234,567 B" },
    { G_MAXUINT64, "18,446,744,073,709,551,615 B" },
  };

  check_all (hw_format_bytes, cases, G_N_ELEMENTS (cases));
}

static void
test_count (void)
{
  static const Case cases[] = {
    { 0, "0" },
    { 12, "12" },
    { 999, "999" },
    { 1000, "1,000" },
    { 999999, "999,999" },
    { 1000000, "1,000,000" },
    { G_MAXUINT64, "18,446,744,073,709,551,615" },
  };

  check_all (hw_format_count, cases, G_N_ELEMENTS (cases));
}

static void
test_deltas (void)
{
  static const struct
  {
    gint64      value;
    const char *count;
    const char *size;
  } cases[] = {
    { 0, "0", "0 B" },
    { 1, "+1", "+1 B" },
    { -1, HW_MINUS "1", HW_MINUS "1 B" },
    { 1234, "+1,234", "+1.2 kB" },
    { -1250, HW_MINUS "1,250", HW_MINUS "1.3 kB" },
    { G_MAXINT64, "+9,223,372,036,854,775,807", "+9,223,372 TB" },
    { G_MININT64, HW_MINUS "9,223,372,036,854,775,808", HW_MINUS "9,223,372 TB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *count = hw_format_count_delta (cases[i].value);
      g_autofree char *size = hw_format_size_delta (cases[i].value);
      g_autofree char *expected = dup_expected (cases[i].size);

      g_assert_cmpstr (count, ==, cases[i].count);
      g_assert_cmpstr (size, ==, expected);
    }
}

static void
test_percent (void)
{
  static const struct
  {
    guint64     part, whole;
    const char *text;
  } cases[] = {
    { 0, 0, "0 %" },
    { 5, 0, "0 %" },
    { 0, 10, "0 %" },
    { 10, 10, "100 %" },
    { 4, 1000, "0 %" },
    { 5, 1000, "1 %" },
    { 25, 1000, "3 %" },
    { 24, 1000, "2 %" },
    { 413, 1000, "41 %" },
    { 995, 1000, "100 %" },
    { 1, 3, "33 %" },
    { 2, 3, "67 %" },
    { G_MAXUINT64, G_MAXUINT64, "100 %" },
    { G_MAXUINT64 / 2, G_MAXUINT64, "50 %" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = hw_format_percent (cases[i].part, cases[i].whole);
      g_autofree char *expected = dup_expected (cases[i].text);

      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_distance (void)
{
  static const struct
  {
    gint64      distance;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { 1, "1" },
    { 12345, "12345" },
    { HW_DISTANCE_SYSTEM - 1, "99999999" },
    { HW_DISTANCE_SYSTEM, HW_MINUS },
    { HW_DISTANCE_SYSTEM + 3, HW_MINUS },
    { HW_DISTANCE_UNREACHABLE, HW_MINUS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = hw_format_distance (cases[i].distance);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* The marks are the person's own, where the machine has the locale. */
static void
test_locale (void)
{
  g_autofree char *before = g_strdup (setlocale (LC_NUMERIC, NULL));
  g_autofree char *kilobytes = NULL;
  g_autofree char *size = NULL;
  g_autofree char *delta = NULL;

  if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("no German locale here");
      return;
    }
  kilobytes = hw_format_kilobytes (1234567);
  size = hw_format_size (1500);
  delta = hw_format_count_delta (-1234567);
  setlocale (LC_NUMERIC, before);

  g_assert_cmpstr (kilobytes, ==, "1.235" HW_NBSP "kB");
  g_assert_cmpstr (size, ==, "1,5" HW_NBSP "kB");
  g_assert_cmpstr (delta, ==, HW_MINUS "1.234.567");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/format/kilobytes", test_kilobytes);
  g_test_add_func ("/format/kilobytes-rule", test_kilobytes_rule);
  g_test_add_func ("/format/size", test_size);
  g_test_add_func ("/format/bytes", test_bytes);
  g_test_add_func ("/format/count", test_count);
  g_test_add_func ("/format/deltas", test_deltas);
  g_test_add_func ("/format/percent", test_percent);
  g_test_add_func ("/format/distance", test_distance);
  g_test_add_func ("/format/locale", test_locale);

  return g_test_run ();
}
