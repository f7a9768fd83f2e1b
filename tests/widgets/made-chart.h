/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <math.h>

#include "model/hw-derived-series.h"
#include "widgets/hw-bars-layer.h"
#include "widgets/hw-chart.h"
#include "widgets/hw-line-layer.h"
#include "widgets/hw-marks-layer.h"

/* A Tuesday, 14:00 UTC. */
#define MADE_START (G_GINT64_CONSTANT (1763474400) * G_USEC_PER_SEC)
#define MADE_LINES 8

/* What a leaky server looks like: RSS and heap grow, the heap falls at each collection. */
static inline double
made_value (guint line,
            guint i,
            guint n)
{
  double t = (double) i / n, noise = ((i * 2654435761u) >> 16 & 0xff) / 255.0;
  double saw = (i % 61) / 61.0;

  switch (line)
    {
    case 0: return 1e6 * (60 + 170 * t + 40 * saw + 2 * noise);
    case 1: return 1e6 * (120 + 150 * t + noise);
    case 2: return 1e6 * (150 + 160 * t + 6 * noise + 4 * sin (t * 40));
    case 3: return 1e6 * (12 + 2 * sin (t * 20) + noise);
    case 4: return 1e6 * (30 + 8 * sin (t * 9 + 1) + (i % 997 == 5 ? 60 : 0));
    case 5: return 1e6 * (42 + 3 * noise);
    case 6: return 1e6 * (90 + 20 * sin (t * 5));
    default: return 1e6 * (5 + (i / 37 % 5));
    }
}

static inline HwSeries *
make_series (guint line,
             guint n)
{
  HwSeries *series = hw_series_new (0);
  g_autofree gint64 *times = g_new (gint64, n);
  g_autofree double *values = g_new (double, n);

  for (guint i = 0; i < n; i++)
    {
      times[i] = MADE_START + i * G_TIME_SPAN_SECOND;
      values[i] = made_value (line, i, n);
    }
  hw_series_append_many (series, times, values, n);

  return series;
}

static inline GtkWidget *
make_chart (HwTimeAxis *axis,
            guint       n_lines,
            guint       n_samples)
{
  static const char *names[MADE_LINES] = {
    "Heap used", "Heap total", "Resident memory", "External", "Array buffers", "Engine’s own", "Swap", "Free memory"
  };
  GtkWidget *chart = hw_chart_new (axis, "Memory", HW_CHART_UNIT_BYTES);
  g_autoptr(HwChartLayer) lines = hw_line_layer_new ();
  g_autoptr(HwChartLayer) marks = hw_marks_layer_new ();

  for (guint i = 0; i < n_lines; i++)
    {
      g_autoptr(HwSeries) series = make_series (i, n_samples);

      hw_line_layer_add (HW_LINE_LAYER (lines), series, names[i], i, i == 0);
    }
  if (n_samples > 0)
    {
      static const struct { double at; HwMark mark; const char *text; } made[] = {
        { 0.20, HW_MARK_MARKER, "login load" }, { 0.23, HW_MARK_SNAPSHOT, "A" }, { 0.55, HW_MARK_SNAPSHOT, "B" },
        { 0.62, HW_MARK_RUN, NULL }, { 0.9, HW_MARK_SNAPSHOT, "C after the load has gone" },
        { 0.4, HW_MARK_CONSOLE, "GET /cart 200" }, { 0.47, HW_MARK_EXCEPTION, "TypeError: x is not a function" },
      };

      for (guint i = 0; i < G_N_ELEMENTS (made); i++)
        hw_marks_layer_add (HW_MARKS_LAYER (marks), MADE_START + (gint64) (made[i].at * n_samples) * G_TIME_SPAN_SECOND,
                            made[i].mark, made[i].text);
      for (guint i = 61; i < n_samples; i += 61)
        hw_marks_layer_add (HW_MARKS_LAYER (marks), MADE_START + i * G_TIME_SPAN_SECOND, HW_MARK_GC, "Mark-sweep");
    }
  hw_chart_add_layer (HW_CHART (chart), lines);
  hw_chart_add_layer (HW_CHART (chart), marks);

  return chart;
}
