/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-flame.h"

/* The slow twin: sums and starts by walking over all spans for each one. */
static guint64
twin_total (HwFlame *flame,
            guint    span)
{
  guint64 sum = hw_flame_get_own (flame, span);

  for (guint i = span + 1; i < hw_flame_get_n (flame); i++)
    if (hw_flame_get_parent (flame, i) == span)
      sum += twin_total (flame, i);

  return sum;
}

static guint64
twin_start (HwFlame *flame,
            guint    span)
{
  guint parent = hw_flame_get_parent (flame, span);
  guint64 start = parent != HW_FLAME_ROOT ? twin_start (flame, parent) : 0;

  for (guint i = 0; i < span; i++)
    if (hw_flame_get_parent (flame, i) == parent)
      start += twin_total (flame, i);

  return start;
}

static guint
twin_find (HwFlame *flame,
           guint    level,
           guint64  value)
{
  for (guint i = 0; i < hw_flame_get_n (flame); i++)
    if (hw_flame_get_level (flame, i) == level && hw_flame_get_start (flame, i) <= value &&
        value < hw_flame_get_start (flame, i) + hw_flame_get_total (flame, i))
      return i;

  return HW_FLAME_NONE;
}

static guint
twin_child (HwFlame *flame,
            guint    span)
{
  guint64 best = 0;
  gboolean any = FALSE;

  for (guint i = 0; i < hw_flame_get_n (flame); i++)
    if (hw_flame_get_parent (flame, i) == span)
      {
        best = MAX (best, hw_flame_get_total (flame, i));
        any = TRUE;
      }

  return any ? (guint) best : HW_FLAME_NONE;
}

static void
test_random (void)
{
  for (guint round = 0; round < 100; round++)
    {
      g_autoptr(HwFlame) flame = hw_flame_new ();
      guint n = (guint) g_test_rand_int_range (1, 60);

      for (guint i = 0; i < n; i++)
        {
          guint parent = i == 0 || g_test_rand_int_range (0, 10) == 0 ? HW_FLAME_ROOT : (guint) g_test_rand_int_range (0, (int) i);

          g_assert_cmpuint (hw_flame_add (flame, parent, "f", NULL, (guint64) g_test_rand_int_range (0, 50)), ==, i);
        }
      hw_flame_finish (flame);

      for (guint i = 0; i < n; i++)
        {
          guint child = hw_flame_get_child (flame, i), expected = twin_child (flame, i), after = hw_flame_get_beside (flame, i, TRUE);

          g_assert_cmpuint (hw_flame_get_total (flame, i), ==, twin_total (flame, i));
          g_assert_cmpuint (hw_flame_get_start (flame, i), ==, twin_start (flame, i));
          g_assert_cmpint (child == HW_FLAME_NONE, ==, expected == HW_FLAME_NONE);
          if (child != HW_FLAME_NONE)
            g_assert_cmpuint (hw_flame_get_total (flame, child), ==, expected);
          if (after != HW_FLAME_NONE)
            {
              g_assert_cmpuint (hw_flame_get_start (flame, after), >=, hw_flame_get_start (flame, i) + hw_flame_get_total (flame, i));
              g_assert_cmpuint (hw_flame_get_beside (flame, after, FALSE), ==, i);
            }
        }
      for (guint level = 0; level <= hw_flame_get_depth (flame); level++)
        for (guint64 value = 0; value <= hw_flame_get_sum (flame); value++)
          g_assert_cmpuint (hw_flame_find (flame, level, value), ==, twin_find (flame, level, value));
    }
}

/* A file may nest without end, and weigh more than there is. */
static void
test_deep (void)
{
  g_autoptr(HwFlame) flame = hw_flame_new ();
  guint span = HW_FLAME_ROOT;

  for (guint i = 0; i < 100000; i++)
    span = hw_flame_add (flame, span, "f\xff", "d\xff", G_MAXUINT64);
  hw_flame_finish (flame);
  g_assert_cmpuint (hw_flame_get_depth (flame), ==, HW_FLAME_MAX_DEPTH);
  g_assert_cmpuint (hw_flame_get_sum (flame), ==, G_GUINT64_CONSTANT (100000) << 40);
  g_assert_true (g_utf8_validate (hw_flame_get_name (flame, 5), -1, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/model/flame/random", test_random);
  g_test_add_func ("/model/flame/deep", test_deep);

  return g_test_run ();
}
