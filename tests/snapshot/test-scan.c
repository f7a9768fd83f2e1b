/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "snapshot/hw-snapshot-scan-private.h"

/* Bytes that matter, and any. */
static void
fill (GRand *rand,
      char  *bytes,
      gsize  n)
{
  static const char often[] = "0123456789,,,, \n\r\t\"\\]-.e\0/:\x80\xff\xb0+";

  for (gsize i = 0; i < n; i++)
    bytes[i] = g_rand_boolean (rand) ? often[g_rand_int_range (rand, 0, sizeof often - 1)]
                                     : (char) g_rand_int_range (rand, 0, 256);
}

static void
test_numbers (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);
  char bytes[HW_SCAN_BLOCK];

  g_test_summary ("Both scanners of number arrays say of each byte what it is.");

  for (guint round = 0; round < 20000; round++)
    {
      HwScanNumbers slow = { 0, 0 };
      HwScanNumbers portable, fast;

      fill (rand, bytes, sizeof bytes);
      for (guint i = 0; i < sizeof bytes; i++)
        {
          gboolean digit = bytes[i] >= '0' && bytes[i] <= '9';
          gboolean blank = bytes[i] != '\0' && strchr (", \n\r\t", bytes[i]) != NULL;

          slow.digits |= (guint64) digit << i;
          slow.others |= (guint64) (!digit && !blank) << i;
        }
      portable = hw_scan_numbers_portable (bytes);
      fast = hw_scan_numbers (bytes);

      g_assert_cmphex (portable.digits, ==, slow.digits);
      g_assert_cmphex (portable.others, ==, slow.others);
      g_assert_cmphex (fast.digits, ==, slow.digits);
      g_assert_cmphex (fast.others, ==, slow.others);
    }
}

static void
test_text (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (2);
  char bytes[16];

  g_test_summary ("Both scanners of text stop at the same byte.");

  for (guint round = 0; round < 20000; round++)
    {
      guint n = 0;

      fill (rand, bytes, sizeof bytes);
      /* Mostly plain, or the first byte would always decide. */
      for (guint i = 0; i < sizeof bytes; i++)
        if (g_rand_int_range (rand, 0, 10) != 0)
          bytes[i] = 'x';
      while (n < sizeof bytes && bytes[n] > 0 && bytes[n] != '"' && bytes[n] != '\\')
        n++;

      g_assert_cmpuint (hw_scan_text_portable (bytes), ==, n);
      g_assert_cmpuint (hw_scan_text (bytes), ==, n);
    }
}

static void
test_value (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  g_test_summary ("One to eight digits have their value, whatever follows them.");

  for (guint round = 0; round < 20000; round++)
    {
      guint n = (guint) g_rand_int_range (rand, 1, 9);
      guint64 value = 0;
      char bytes[8];

      fill (rand, bytes, sizeof bytes);
      for (guint i = 0; i < n; i++)
        {
          bytes[i] = (char) g_rand_int_range (rand, '0', '9' + 1);
          value = value * 10 + (guint64) (bytes[i] - '0');
        }

      g_assert_cmpuint (hw_scan_value (bytes, n), ==, value);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/snapshot/scan/numbers", test_numbers);
  g_test_add_func ("/snapshot/scan/text", test_text);
  g_test_add_func ("/snapshot/scan/value", test_value);

  return g_test_run ();
}
