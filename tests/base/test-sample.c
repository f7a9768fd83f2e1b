/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-sample.h"

#include <math.h>
#include <string.h>

static void
test_table (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < HW_N_METRICS; i++)
    {
      const char *column = hw_metric_get_column ((HwMetric) i);
      g_autofree char *loud = g_ascii_strup (column, -1);
      HwMetric found;

      g_assert_true (g_hash_table_add (seen, (char *) column));
      for (const char *p = column; *p != '\0'; p++)
        g_assert_true (g_ascii_islower (*p) || *p == '_');
      g_assert_true (hw_metric_from_column (column, &found) && found == i);
      g_assert_true (hw_metric_from_column (loud, &found) && found == i);
      g_assert_cmpstr (hw_metric_get_label ((HwMetric) i), !=, "");
      g_assert_cmpstr (hw_metric_get_meaning ((HwMetric) i), !=, "");
    }

  g_assert_false (hw_metric_from_column ("heap", &(HwMetric) { 0 }));
  g_assert_cmpint (hw_metric_get_unit (HW_METRIC_EVENT_LOOP_DELAY), ==, HW_METRIC_UNIT_MICROSECONDS);
  g_assert_cmpint (hw_metric_get_source (HW_METRIC_OS_PSS), ==, HW_METRIC_SOURCE_SYSTEM);
  g_assert_cmpint (hw_metric_get_kind (HW_METRIC_TOTAL_ALLOCATED), ==, HW_METRIC_KIND_TOTAL);

  for (guint i = 0; i < HW_N_COUNT_GROUPS; i++)
    {
      HwCountGroup found;

      g_assert_true (hw_count_group_from_name (hw_count_group_get_name ((HwCountGroup) i), &found) && found == i);
    }
}

static void
test_unknown (void)
{
  g_autoptr(HwSample) sample = hw_sample_new (1795179921660000, 42, 3);
  g_autoptr(HwSample) copy = g_boxed_copy (HW_TYPE_SAMPLE, sample);

  g_assert_true (copy == sample);
  for (guint i = 0; i < HW_N_METRICS; i++)
    g_assert_false (hw_sample_has (sample, (HwMetric) i));

  hw_sample_set (sample, HW_METRIC_HEAP_USED, 4771680);
  hw_sample_set (sample, HW_METRIC_HANDLES, 0);
  hw_sample_set (sample, HW_METRIC_RSS, -1);
  hw_sample_set (sample, HW_METRIC_EXTERNAL, INFINITY);
  hw_sample_set (sample, HW_METRIC_HEAP_TOTAL, NAN);
  g_assert_cmpfloat (hw_sample_get (sample, HW_METRIC_HEAP_USED), ==, 4771680);
  g_assert_true (hw_sample_has (sample, HW_METRIC_HANDLES));
  g_assert_false (hw_sample_has (sample, HW_METRIC_RSS));
  g_assert_false (hw_sample_has (sample, HW_METRIC_EXTERNAL));
  g_assert_true (isnan (hw_sample_get (sample, HW_METRIC_HEAP_TOTAL)));
  g_assert_cmpint (hw_sample_get_time (sample), ==, 1795179921660000);
  g_assert_cmpint (hw_sample_get_monotonic (sample), ==, 42);
  g_assert_cmpuint (hw_sample_get_run (sample), ==, 3);
}

static void
test_hostile (void)
{
  g_autoptr(HwSample) sample = hw_sample_new (0, 0, 0);
  g_autofree char *huge = g_strnfill (1000000, 'x');
  const HwSampleCount *counts;
  const HwSampleWatch *watches;
  guint n_counts, n_watches;

  hw_sample_get_counts (sample, &n_counts);
  g_assert_cmpuint (n_counts, ==, 0);

  for (guint i = 0; i < 100000; i++)
    hw_sample_add_count (sample, HW_COUNT_GROUP_HANDLE, i == 0 ? huge : "So\xff""cket", i);
  for (guint i = 0; i < 1000; i++)
    hw_sample_add_watch (sample, huge, i == 0 ? INFINITY : 7, i == 0 ? "\xc3" : NULL);
  hw_sample_set_label (sample, huge);
  hw_sample_set_request (sample, "GET", "/caf\xe9");

  counts = hw_sample_get_counts (sample, &n_counts);
  watches = hw_sample_get_watches (sample, &n_watches);
  g_assert_cmpuint (n_counts, ==, HW_SAMPLE_MAX_COUNTS);
  g_assert_cmpuint (n_watches, ==, HW_SAMPLE_MAX_WATCHES);
  g_assert_cmpuint (strlen (counts[0].type), ==, HW_SAMPLE_MAX_TEXT);
  g_assert_cmpstr (counts[1].type, ==, "So\xef\xbf\xbd""cket");
  g_assert_cmpuint (counts[1].count, ==, 1);
  g_assert_true (isnan (watches[0].value));
  g_assert_cmpstr (watches[0].error, ==, "\xef\xbf\xbd");
  g_assert_cmpfloat (watches[1].value, ==, 7);
  g_assert_null (watches[1].error);
  g_assert_cmpuint (strlen (hw_sample_get_label (sample)), ==, HW_SAMPLE_MAX_TEXT);
  g_assert_cmpstr (hw_sample_get_method (sample), ==, "GET");
  g_assert_true (g_utf8_validate (hw_sample_get_url (sample), -1, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/base/sample/table", test_table);
  g_test_add_func ("/base/sample/unknown", test_unknown);
  g_test_add_func ("/base/sample/hostile", test_hostile);

  return g_test_run ();
}
