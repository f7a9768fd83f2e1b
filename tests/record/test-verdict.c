/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/hw-verdict.h"

#include <math.h>
#include <string.h>

/* 2026-11-21T05:00:00Z */
#define START G_GINT64_CONSTANT (1795237200000000)
#define MB    1e6

/*
 * Synthetic programs. Each second a sample; heap = floor + saw of a period + noise. The floor starts at 20 MB
 * and grows by a rate while growing lasts; the same for external memory, native memory and handles.
 */
typedef struct
{
  const char *name;
  guint       n;              /* samples */
  double      period;         /* s between collections; 0 for none */
  double      height;         /* MB of the saw */
  double      noise;          /* MB */
  double      heap_rate;      /* MB/min */
  double      heap_until;     /* part of the time in which it grows */
  double      external;       /* MB at the beginning */
  double      external_rate;  /* MB/min */
  double      native_rate;    /* MB/min */
  double      handles;
  double      handles_rate;   /* a minute */
  double      step_at;        /* part of the time after which the floor is 30 MB higher; 0 for never */
  HwLevel     level;          /* expected */
  HwRule      rule;           /* of the worst finding, unless healthy */
} Program;

static const Program programs[] = {
  { "flat", 300, 0, 0, 0.1, 0, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "noise", 300, 0, 0, 8, 0, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "churn", 600, 10, 40, 1, 0, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "churn-slow-gc", 600, 120, 200, 1, 0, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "churn-fast-gc", 600, 2.7, 6, 0.3, 0, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "warm-up-30", 300, 7, 20, 1, 60, 0.3, 2, 0, 0, 3, 0, 0, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "warm-up-60", 300, 7, 20, 1, 60, 0.6, 2, 0, 0, 3, 0, 0, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "step-early", 300, 7, 20, 1, 0, 1, 2, 0, 0, 3, 0, 0.2, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "step-middle", 300, 7, 20, 1, 0, 1, 2, 0, 0, 3, 0, 0.5, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "step-late", 300, 7, 20, 1, 0, 1, 2, 0, 0, 3, 0, 0.75, HW_LEVEL_HEALTHY, HW_RULE_HEAP },
  { "many-handles", 300, 10, 10, 1, 0, 1, 2, 0, 0, 800, 0, 0, HW_LEVEL_NOTICE, HW_RULE_HANDLES },
  { "some-handles", 300, 10, 10, 1, 0, 1, 2, 0, 0, 200, 0, 0, HW_LEVEL_NOTICE, HW_RULE_HANDLES },
  { "big-buffers", 300, 10, 5, 1, 0, 1, 80, 0, 0, 3, 0, 0, HW_LEVEL_NOTICE, HW_RULE_EXTERNAL },
  { "trickle", 700, 10, 20, 1, 1, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_WARNING, HW_RULE_HEAP },
  { "slow", 300, 10, 20, 1, 15, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_WARNING, HW_RULE_HEAP },
  { "active", 300, 10, 40, 1, 100, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_LEAK, HW_RULE_HEAP },
  { "active-no-gc", 120, 0, 0, 1, 100, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_LEAK, HW_RULE_HEAP },
  { "active-noisy", 300, 11, 60, 10, 100, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_LEAK, HW_RULE_HEAP },
  { "buffers-slower", 300, 10, 20, 1, 0, 1, 2, 22, 0, 3, 0, 0, HW_LEVEL_LEAK, HW_RULE_EXTERNAL },
  { "critical", 120, 5, 40, 1, 900, 1, 2, 0, 0, 3, 0, 0, HW_LEVEL_CRITICAL, HW_RULE_HEAP },
  { "buffers", 120, 5, 5, 1, 0, 1, 10, 100, 0, 3, 0, 0, HW_LEVEL_CRITICAL, HW_RULE_EXTERNAL },
  { "sockets", 300, 5, 10, 1, 0, 1, 2, 0, 0, 3, 150, 0, HW_LEVEL_LEAK, HW_RULE_HANDLES },
  { "native", 300, 5, 10, 1, 0, 1, 2, 0, 80, 3, 0, 0, HW_LEVEL_LEAK, HW_RULE_RATE },
};

typedef struct
{
  GPtrArray *samples;
  GRand     *random;
} Series;

static double
noise (Series *series,
       double  size)
{
  return g_rand_double_range (series->random, -1, 1) * size;
}

static void
add_sample (Series        *series,
            const Program *p,
            guint          i,
            gint64         time,
            gint64         monotonic,
            guint          run)
{
  double part = p->n > 1 ? (double) i / (p->n - 1) : 0;
  double minutes = i / 60.0, grown = MIN (part, p->heap_until) * (p->n - 1) / 60.0;
  double floor = 20 + grown * p->heap_rate + (p->step_at > 0 && part > p->step_at ? 30 : 0);
  double saw = p->period > 0 ? fmod (i, p->period) / p->period * p->height : 0;
  double heap = floor + saw + fabs (noise (series, p->noise));
  double external = p->external + minutes * p->external_rate + fabs (noise (series, 0.2));
  double total = floor + p->height + 5;
  guint handles = (guint) (p->handles + minutes * p->handles_rate);
  HwSample *sample = hw_sample_new (time, monotonic, run);

  hw_sample_set (sample, HW_METRIC_HEAP_USED, heap * MB);
  hw_sample_set (sample, HW_METRIC_HEAP_TOTAL, total * MB);
  hw_sample_set (sample, HW_METRIC_EXTERNAL, external * MB);
  hw_sample_set (sample, HW_METRIC_RSS, (40 + total + external + minutes * p->native_rate + fabs (noise (series, 0.5))) * MB);
  hw_sample_set (sample, HW_METRIC_HEAP_LIMIT, 4000 * MB);
  hw_sample_set (sample, HW_METRIC_HANDLES, handles);
  hw_sample_add_count (sample, HW_COUNT_GROUP_HANDLE, "Server", 1);
  hw_sample_add_count (sample, HW_COUNT_GROUP_HANDLE, "Socket", handles);
  g_ptr_array_add (series->samples, sample);
}

static void
series_init (Series  *series,
             guint32  seed)
{
  series->samples = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_sample_unref);
  series->random = g_rand_new_with_seed (seed);
}

static void
series_clear (Series *series)
{
  g_ptr_array_unref (series->samples);
  g_rand_free (series->random);
}

static void
fill (Series        *series,
      const Program *p,
      guint32        seed)
{
  series_init (series, seed);
  for (guint i = 0; i < p->n; i++)
    add_sample (series, p, i, START + (gint64) i * G_USEC_PER_SEC, 1 + (gint64) i * G_USEC_PER_SEC, 0);
}

static HwVerdict *
judge (Series *series)
{
  return hw_verdict_new ((HwSample **) series->samples->pdata, series->samples->len, NULL, 0, NULL);
}

static HwFinding *
worst (HwVerdict *verdict)
{
  return g_ptr_array_index (verdict->findings, 0);
}

static void
say (const char *name,
     HwVerdict  *verdict)
{
  HwFinding *finding = worst (verdict);

  g_test_message ("%s: %s, %s (%s): %s [%s]", name, hw_level_get_name (verdict->level), hw_rule_get_name (finding->rule),
                  hw_confidence_get_name (finding->confidence), finding->text, finding->why);
}

static const Program *
find_program (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    if (strcmp (programs[i].name, name) == 0)
      return &programs[i];
  g_assert_not_reached ();
}

static void
test_program (gconstpointer data)
{
  const Program *p = data;

  for (guint32 seed = 1; seed <= 40; seed++)
    {
      Series series;
      g_autoptr(HwVerdict) verdict = NULL;

      fill (&series, p, seed);
      verdict = judge (&series);
      if (seed == 1 || verdict->level != p->level)
        say (p->name, verdict);
      g_assert_cmpstr (hw_level_get_name (verdict->level), ==, hw_level_get_name (p->level));
      if (p->level != HW_LEVEL_HEALTHY)
        g_assert_cmpstr (hw_rule_get_name (worst (verdict)->rule), ==, hw_rule_get_name (p->rule));
      for (guint i = 0; i < verdict->findings->len; i++)
        {
          const HwFinding *finding = g_ptr_array_index (verdict->findings, i);

          g_assert_nonnull (hw_action_get_label (finding->action));
          g_assert_true (g_utf8_validate (finding->text, -1, NULL));
          for (guint k = 0; k < finding->evidence->len; k++)
            {
              g_autofree char *text = hw_evidence_dup_text (&g_array_index (finding->evidence, HwEvidence, k));

              g_assert_cmpstr (text, !=, "");
            }
        }
      series_clear (&series);
    }
}

/* A hole of an hour, the clock set back by one, a restart: what is said stays the same. */
static void
test_disturbed (void)
{
  for (guint kind = 0; kind < 4; kind++)
    for (guint leaks = 0; leaks < 2; leaks++)
      {
        const Program *p = find_program (leaks ? "active" : "churn");
        Series series;
        g_autoptr(HwVerdict) verdict = NULL;

        series_init (&series, 5);
        for (guint i = 0; i < p->n; i++)
          {
            gint64 second = i, jump = 0;

            if (kind == 0 && i >= p->n / 2)
              second += 20;
            if (kind == 1 && i >= p->n / 2)
              jump = -3600;
            if (kind == 2 && i >= p->n / 2)
              jump = 86400 * 365;
            add_sample (&series, p, i, START + (second + jump) * G_USEC_PER_SEC, 1 + second * G_USEC_PER_SEC, 0);
          }
        if (kind == 3)
          for (guint i = 0; i < 4; i++)
            add_sample (&series, p, i, START + (gint64) (p->n + i) * G_USEC_PER_SEC, 1 + (gint64) i * G_USEC_PER_SEC, 1);
        verdict = judge (&series);
        say (kind == 0 ? "gap" : kind == 1 ? "back" : kind == 2 ? "forth" : "restart", verdict);
        g_assert_cmpint (verdict->level, ==, p->level);
        g_assert_cmpuint (verdict->n_runs, ==, kind == 3 ? 2 : 1);
        g_assert_cmpuint (verdict->run, ==, 0);
        series_clear (&series);
      }
}

/* Three runs that each begin small: the last one is judged, not the fall between them. */
static void
test_runs (void)
{
  const Program *p = find_program ("active");
  Series series;
  g_autoptr(HwVerdict) verdict = NULL;

  series_init (&series, 9);
  for (guint run = 0; run < 3; run++)
    for (guint i = 0; i < p->n; i++)
      add_sample (&series, p, i, START + (gint64) (run * 400 + i) * G_USEC_PER_SEC, 1 + (gint64) i * G_USEC_PER_SEC, run);
  verdict = judge (&series);
  g_assert_cmpint (verdict->level, ==, HW_LEVEL_LEAK);
  g_assert_cmpuint (verdict->run, ==, 2);
  g_assert_cmpuint (verdict->n_samples, ==, p->n);
  series_clear (&series);
}

/* The numbers are near what was put in, and the time left is what arithmetic says. */
static void
test_numbers (void)
{
  const Program *p = find_program ("active");
  Series series;
  g_autoptr(HwVerdict) verdict = NULL;

  fill (&series, p, 3);
  for (guint i = 0; i < series.samples->len; i++)
    hw_sample_set (g_ptr_array_index (series.samples, i), HW_METRIC_CONTAINER_LIMIT, 2000 * MB);
  verdict = judge (&series);
  for (guint i = 0; i < verdict->findings->len; i++)
    {
      const HwFinding *finding = g_ptr_array_index (verdict->findings, i);

      if (finding->rule == HW_RULE_HEAP)
        {
          g_assert_cmpstr (finding->action, ==, "take-snapshots");
          g_assert_cmpfloat_with_epsilon (g_array_index (finding->evidence, HwEvidence, 0).value, 100 * MB, 5 * MB);
          g_assert_true (g_array_index (finding->evidence, HwEvidence, 0).is_rate);
        }
      else if (finding->rule == HW_RULE_RATE)
        g_assert_cmpfloat_with_epsilon (finding->seconds_left, (2000 - 605) / 100.0 * 60, 60);
    }
  series_clear (&series);
}

static void
test_gcs (void)
{
  const Program *p = find_program ("churn");
  g_autoptr(GPtrArray) gcs = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_event_unref);
  g_autoptr(HwVerdict) verdict = NULL;
  Series series;

  /* The samples show a saw; the runtime tells that each collection leaves more. */
  fill (&series, p, 3);
  for (guint i = 0; i < 30; i++)
    g_ptr_array_add (gcs, hw_event_new_gc (START + (gint64) i * 20 * G_USEC_PER_SEC, 0, "Mark-Compact", TRUE, NAN,
                                           (20 + i * 5) * MB, 1000));
  verdict = hw_verdict_new ((HwSample **) series.samples->pdata, series.samples->len, (HwEvent **) gcs->pdata, gcs->len, NULL);
  say ("gcs", verdict);
  g_assert_cmpint (worst (verdict)->rule, ==, HW_RULE_HEAP);
  g_assert_cmpint (verdict->level, ==, HW_LEVEL_WARNING);
  series_clear (&series);
}

/* Nothing, too little, only unknowns, wild numbers and wild times: an answer, never a crash. */
static void
test_poor (void)
{
  Series series;

  series_init (&series, 1);
  for (guint n = 0; n < 12; n++)
    {
      g_autoptr(HwVerdict) verdict = judge (&series);

      g_assert_cmpint (verdict->level, ==, HW_LEVEL_UNKNOWN);
      g_assert_cmpuint (verdict->findings->len, ==, 1);
      g_ptr_array_add (series.samples, hw_sample_new (START + (gint64) n * 10 * G_USEC_PER_SEC, 0, 0));
    }
  series_clear (&series);

  for (guint32 seed = 0; seed < 300; seed++)
    {
      g_autoptr(HwVerdict) verdict = NULL;

      series_init (&series, seed);
      for (guint i = 0; i < 100; i++)
        {
          HwSample *sample = hw_sample_new ((gint64) (((guint64) g_rand_int (series.random) << 32) | g_rand_int (series.random)),
                                            g_rand_int (series.random), g_rand_int (series.random) % 2);

          for (guint k = 0; k < HW_N_METRICS; k++)
            if (g_rand_boolean (series.random))
              hw_sample_set (sample, (HwMetric) k, exp (g_rand_double_range (series.random, -10, seed % 3 == 0 ? 700 : 40)));
          g_ptr_array_add (series.samples, sample);
        }
      verdict = judge (&series);
      g_assert_cmpuint (verdict->findings->len, >, 0);
      series_clear (&series);
    }
}

/* A day of seconds costs little, and ten days ten times that. */
static void
test_cost (void)
{
  Program p = *find_program ("churn");

  for (guint days = 1; days <= 4; days += 3)
    {
      Series series;
      gint64 begin;
      g_autoptr(HwVerdict) verdict = NULL;

      p.n = 86400 * days;
      fill (&series, &p, 1);
      begin = g_get_monotonic_time ();
      verdict = judge (&series);
      g_test_message ("%u days: %.0f ms", days, (g_get_monotonic_time () - begin) / 1e3);
      g_assert_cmpint (verdict->level, ==, HW_LEVEL_HEALTHY);
      series_clear (&series);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_strconcat ("/record/verdict/", programs[i].name, NULL);

      g_test_add_data_func (path, &programs[i], test_program);
    }
  g_test_add_func ("/record/verdict/disturbed", test_disturbed);
  g_test_add_func ("/record/verdict/runs", test_runs);
  g_test_add_func ("/record/verdict/numbers", test_numbers);
  g_test_add_func ("/record/verdict/gcs", test_gcs);
  g_test_add_func ("/record/verdict/poor", test_poor);
  g_test_add_func ("/record/verdict/cost", test_cost);

  return g_test_run ();
}
