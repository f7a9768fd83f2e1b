/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/hw-derived-series.h"
#include "model/hw-series.h"

#include <math.h>
#include <string.h>

/* The slow twin: every question is answered by walking over all samples. */
typedef struct
{
  gint64 time;
  double value;
} Sample;

static gint
compare_samples (gconstpointer a,
                 gconstpointer b)
{
  const Sample *left = a, *right = b;

  return left->time < right->time ? -1 : left->time > right->time;
}

static void
twin_add (GArray *twin,
          gint64  time,
          double  value)
{
  Sample sample = { time, value };

  for (guint i = 0; i < twin->len; i++)
    if (g_array_index (twin, Sample, i).time == time)
      {
        g_array_index (twin, Sample, i).value = value;
        return;
      }
  g_array_append_val (twin, sample);
  g_array_sort (twin, compare_samples);
}

static gboolean
same (double a,
      double b)
{
  return (isnan (a) && isnan (b)) || a == b;
}

static gsize
twin_query (GArray         *twin,
            gint64          first_column,
            gint64          column_time,
            guint           n_columns,
            HwSeriesColumn *columns)
{
  const Sample *samples = (const Sample *) (gconstpointer) twin->data;
  gint64 start = first_column * column_time, end = (first_column + n_columns) * column_time;
  gint64 last_key = G_MININT64;
  gboolean seen_after = FALSE;
  gsize n = 0;

  for (guint i = 0; i < twin->len && !seen_after; i++)
    {
      gboolean before = samples[i].time < start;
      gint64 key = (gint64) floor ((double) samples[i].time / (double) column_time);

      if (before && i + 1 < twin->len && samples[i + 1].time < start)
        continue;
      seen_after = samples[i].time >= end;
      if (seen_after || before)
        key = G_MININT64 + 1 + seen_after;
      if (key == last_key && n > 0 && columns[n - 1].end == samples[i - 1].time)
        {
          HwSeriesColumn *column = &columns[n - 1];

          column->end = samples[i].time;
          column->last = samples[i].value;
          column->low = fmin (column->low, samples[i].value);
          column->high = fmax (column->high, samples[i].value);
          continue;
        }
      /* A column that only held unknown values is none. */
      if (n > 0 && isnan (columns[n - 1].low))
        n--;
      columns[n].time = columns[n].end = samples[i].time;
      columns[n].low = columns[n].high = columns[n].first = columns[n].last = samples[i].value;
      columns[n].joined = n > 0 && !isnan (samples[i].value) && !isnan (samples[i - 1].value);
      last_key = key;
      n++;
    }
  if (n > 0 && isnan (columns[n - 1].low))
    n--;

  return n;
}

static void
compare_query (HwSeries *series,
               GArray   *twin,
               gint64    first_column,
               gint64    column_time,
               guint     n_columns)
{
  g_autofree HwSeriesColumn *columns = g_new0 (HwSeriesColumn, n_columns + 2);
  g_autofree HwSeriesColumn *expected = g_new0 (HwSeriesColumn, twin->len + 2);
  gsize n = hw_series_query (series, first_column, column_time, n_columns, columns);

  g_assert_cmpuint (n, ==, twin_query (twin, first_column, column_time, n_columns, expected));
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpint (columns[i].time, ==, expected[i].time);
      g_assert_cmpint (columns[i].end, ==, expected[i].end);
      g_assert_cmpfloat (columns[i].low, ==, expected[i].low);
      g_assert_cmpfloat (columns[i].high, ==, expected[i].high);
      g_assert_true (same (columns[i].first, expected[i].first));
      g_assert_true (same (columns[i].last, expected[i].last));
      g_assert_cmpint (columns[i].joined, ==, expected[i].joined);
    }
}

static void
compare_all (HwSeries *series,
             GArray   *twin)
{
  const Sample *samples = (const Sample *) (gconstpointer) twin->data;

  g_assert_cmpuint (hw_series_get_n (series), ==, twin->len);
  for (guint i = 0; i < twin->len; i++)
    {
      g_assert_cmpint (hw_series_get_time (series, i), ==, samples[i].time);
      g_assert_true (same (hw_series_get_value (series, i), samples[i].value));
    }
}

/* Random samples, mostly in order, some late, some corrected, some unknown: as the twin says, at any zoom. */
static void
test_random (void)
{
  for (guint round = 0; round < 60; round++)
    {
      g_autoptr(HwSeries) series = hw_series_new (0);
      g_autoptr(GArray) twin = g_array_new (FALSE, FALSE, sizeof (Sample));
      guint n = (guint) g_test_rand_int_range (0, 700);
      gint64 now = g_test_rand_int_range (-5000, 5000);

      for (guint i = 0; i < n; i++)
        {
          gint64 time = now += g_test_rand_int_range (1, 40);
          double value = g_test_rand_int_range (0, 9) == 0 ? NAN : g_test_rand_int_range (-1000, 1000);

          if (g_test_rand_int_range (0, 12) == 0)
            time -= g_test_rand_int_range (0, 2000);
          hw_series_append (series, time, value);
          twin_add (twin, time, value);
        }
      compare_all (series, twin);
      for (guint i = 0; i < 40; i++)
        {
          gint64 column_time = g_test_rand_int_range (1, i % 2 ? 4000 : 60);
          double low = NAN, high = NAN, expected_low = NAN, expected_high = NAN;
          gint64 start = g_test_rand_int_range (-6000, 20000), end = start + g_test_rand_int_range (0, 9000);

          compare_query (series, twin, g_test_rand_int_range (-6000, 20000) / column_time - 1, column_time,
                         (guint) g_test_rand_int_range (1, 300));
          for (guint j = 0; j < twin->len; j++)
            if (g_array_index (twin, Sample, j).time >= start && g_array_index (twin, Sample, j).time < end)
              {
                expected_low = fmin (expected_low, g_array_index (twin, Sample, j).value);
                expected_high = fmax (expected_high, g_array_index (twin, Sample, j).value);
              }
          g_assert_cmpint (hw_series_get_range (series, start, end, &low, &high), ==, !isnan (expected_low));
          g_assert_true (same (low, expected_low) && same (high, expected_high));
        }
    }
}

static void
test_runs (void)
{
  g_autoptr(HwSeries) series = hw_series_new (0);
  HwSeriesColumn columns[32];
  gint64 first, last;

  g_assert_false (hw_series_get_extent (series, &first, &last));
  g_assert_cmpuint (hw_series_query (series, 0, 10, 30, columns), ==, 0);
  g_assert_true (isnan (hw_series_get_at (series, 5)));

  /* A break before the first sample is none. */
  hw_series_break (series);
  hw_series_append (series, 0, 1);
  hw_series_append (series, 10, 2);
  hw_series_break (series);
  hw_series_append (series, 20, 3);
  hw_series_append (series, 30, INFINITY);
  hw_series_append (series, 40, 4);
  hw_series_set_max_gap (series, 50);
  hw_series_append (series, 90, 5);
  hw_series_append (series, 141, 6);

  g_assert_cmpuint (hw_series_query (series, 0, 10, 30, columns), ==, 6);
  g_assert_false (columns[0].joined);
  g_assert_true (columns[1].joined);
  g_assert_false (columns[2].joined);
  g_assert_false (columns[3].joined);
  g_assert_true (columns[4].joined);
  g_assert_false (columns[5].joined);

  /* Between two runs nothing is known. */
  g_assert_cmpfloat (hw_series_get_at (series, 10), ==, 2);
  g_assert_true (isnan (hw_series_get_at (series, 15)));
  g_assert_cmpfloat (hw_series_get_at (series, 25), ==, 3);
  g_assert_true (isnan (hw_series_get_at (series, 100)));
  g_assert_cmpfloat (hw_series_get_at (series, 1000), ==, 6);
  g_assert_true (isnan (hw_series_get_at (series, -1)));

  hw_series_clear (series);
  g_assert_cmpuint (hw_series_get_n (series), ==, 0);

  /* No time of a file makes sums overflow. */
  hw_series_append (series, G_MININT64, 1);
  hw_series_append (series, G_MAXINT64, 2);
  g_assert_cmpuint (hw_series_query (series, -2, G_GINT64_CONSTANT (1) << 59, 4, columns), ==, 2);
}

static void
count_cb (HwSeries *series G_GNUC_UNUSED,
          guint     first,
          guint    *counts)
{
  counts[0]++;
  counts[1] = first;
}

static void
test_changed (void)
{
  g_autoptr(HwSeries) series = hw_series_new (0);
  gint64 times[100];
  double values[100];
  guint counts[2] = { 0, 7 };

  for (guint i = 0; i < 100; i++)
    {
      times[i] = i;
      values[i] = i;
    }
  g_signal_connect (series, "changed", G_CALLBACK (count_cb), counts);
  hw_series_append_many (series, times, values, 100);
  g_assert_cmpuint (counts[0], ==, 1);
  g_assert_cmpuint (counts[1], ==, 0);
  hw_series_append (series, 100, 1);
  g_assert_cmpuint (counts[1], ==, 100);
  hw_series_append (series, 50, 1);
  g_assert_cmpuint (counts[1], ==, 50);
  g_assert_cmpuint (counts[0], ==, 3);
  hw_series_append_many (series, NULL, NULL, 0);
  g_assert_cmpuint (counts[0], ==, 3);
}

/* A hundred times its limit goes through; what is kept is in order, and every peak is still there. */
static void
test_thinning (void)
{
  const guint limit = 4096;
  g_autoptr(HwSeries) series = hw_series_new (limit);
  double low, high;
  gint64 first, last;

  for (guint i = 0; i < limit * 100; i++)
    {
      hw_series_append (series, (gint64) i * 1000, i % 50000 == 777 ? 1e9 : i % 50000 == 888 ? -1e9 : i % 97);
      if (i % 100000 == 5000)
        hw_series_break (series);
    }
  g_assert_cmpuint (hw_series_get_n (series), <, limit);
  g_assert_cmpuint (hw_series_get_n (series), >, limit / 2);
  for (guint i = 1; i < hw_series_get_n (series); i++)
    g_assert_cmpint (hw_series_get_time (series, i - 1), <, hw_series_get_time (series, i));
  g_assert_true (hw_series_get_extent (series, &first, &last));
  g_assert_cmpint (last, ==, ((gint64) limit * 100 - 1) * 1000);
  /* Evenly within a factor of four: what is oldest does not vanish. */
  g_assert_cmpuint (hw_series_find (series, (gint64) limit * 10 * 1000), >, limit / 40);
  for (guint i = 777; i + 200 < limit * 100; i += 50000)
    {
      g_assert_true (hw_series_get_range (series, (gint64) i * 1000, (gint64) (i + 1) * 1000, &low, &high));
      g_assert_cmpfloat (high, ==, 1e9);
      g_assert_true (hw_series_get_range (series, (gint64) (i + 111) * 1000, (gint64) (i + 112) * 1000, &low, &high));
      g_assert_cmpfloat (low, ==, -1e9);
    }
}

/* The cost that the file states: a day of eight series, and a question of a thousand columns over it. */
static void
test_day (void)
{
  g_autoptr(HwSeries) series = hw_series_new (0);
  g_autofree HwSeriesColumn *columns = g_new (HwSeriesColumn, 1202);
  gsize n = 0;
  gint64 start;

  for (guint i = 0; i < 86400; i++)
    hw_series_append (series, (gint64) i * G_USEC_PER_SEC, (i * 7919) % 1000);
  g_assert_cmpuint (hw_series_get_memory (series), <=, 86400 * 20);
  g_test_message ("a day: %" G_GSIZE_FORMAT " bytes a series", hw_series_get_memory (series));

  start = g_get_monotonic_time ();
  for (guint i = 0; i < 100; i++)
    n += hw_series_query (series, 0, 72 * G_USEC_PER_SEC, 1200, columns);
  g_test_message ("1200 columns of a day: %.1f µs", (double) (g_get_monotonic_time () - start) / 100);
  g_assert_cmpuint (n, ==, 120000);
}

static void
test_ratio (void)
{
  g_autoptr(HwSeries) part = hw_series_new (0);
  g_autoptr(HwSeries) whole = hw_series_new (0);
  g_autoptr(HwSeries) ratio = NULL;

  hw_series_append (part, 10, 5);
  ratio = hw_derived_series_new_ratio (part, whole);
  g_assert_true (isnan (hw_series_get_at (ratio, 10)));
  hw_series_append (whole, 10, 10);
  g_assert_cmpfloat (hw_series_get_at (ratio, 10), ==, 0.5);
  hw_series_append (part, 20, 30);
  hw_series_append (whole, 20, 15);
  g_assert_cmpfloat (hw_series_get_at (ratio, 20), ==, 2);
  hw_series_append (part, 30, 30);
  hw_series_append (whole, 30, 0);
  g_assert_true (isnan (hw_series_get_at (ratio, 30)));
  /* Corrected behind its back. */
  hw_series_append (part, 10, 1);
  g_assert_cmpfloat (hw_series_get_at (ratio, 10), ==, 0.1);
  g_assert_cmpuint (hw_series_get_n (ratio), ==, 3);
  hw_series_clear (part);
  g_assert_cmpuint (hw_series_get_n (ratio), ==, 0);
}

static void
test_rate (void)
{
  const gint64 second = G_USEC_PER_SEC, minute = 60 * second;
  g_autoptr(HwSeries) source = hw_series_new (0);
  g_autoptr(HwSeries) rate = hw_derived_series_new_rate (source, minute, minute);
  g_autoptr(HwSeries) fresh = NULL;

  for (guint i = 0; i < 300; i++)
    {
      if (i == 200)
        hw_series_break (source);
      hw_series_append (source, i * second, i * 1000.0);
    }
  g_assert_true (isnan (hw_series_get_at (rate, 29 * second)));
  g_assert_cmpfloat_with_epsilon (hw_series_get_at (rate, 30 * second), 60000, 0.01);
  g_assert_cmpfloat_with_epsilon (hw_series_get_at (rate, 199 * second), 60000, 0.01);
  g_assert_true (isnan (hw_series_get_at (rate, 210 * second)));
  g_assert_cmpfloat_with_epsilon (hw_series_get_at (rate, 299 * second), 60000, 0.01);

  /* A sample at a time gives what all at once give. */
  fresh = hw_derived_series_new_rate (source, minute, minute);
  g_assert_cmpuint (hw_series_get_n (fresh), ==, hw_series_get_n (rate));
  for (guint i = 0; i < hw_series_get_n (fresh); i++)
    g_assert_true (same (hw_series_get_value (fresh, i), hw_series_get_value (rate, i)));
}

static void
test_clock (void)
{
  HwSeriesClock clock = { 0 };
  const gint64 second = G_USEC_PER_SEC;
  gboolean jumped;

  g_assert_cmpint (hw_series_clock_map (&clock, 1000 * second, &jumped), ==, 1000 * second);
  g_assert_false (jumped);
  g_assert_cmpint (hw_series_clock_map (&clock, 998 * second, &jumped), ==, 998 * second);
  g_assert_false (jumped);
  g_assert_cmpint (hw_series_clock_map (&clock, 500 * second, &jumped), ==, 1001 * second);
  g_assert_true (jumped);
  g_assert_cmpint (hw_series_clock_map (&clock, 503 * second, &jumped), ==, 1004 * second);
  g_assert_false (jumped);
  g_assert_cmpint (hw_series_clock_map (&clock, 9000 * second, NULL), ==, 9501 * second);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/model/series/random", test_random);
  g_test_add_func ("/model/series/runs", test_runs);
  g_test_add_func ("/model/series/changed", test_changed);
  g_test_add_func ("/model/series/thinning", test_thinning);
  g_test_add_func ("/model/series/day", test_day);
  g_test_add_func ("/model/series/ratio", test_ratio);
  g_test_add_func ("/model/series/rate", test_rate);
  g_test_add_func ("/model/series/clock", test_clock);

  return g_test_run ();
}
