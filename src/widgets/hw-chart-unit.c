/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-chart-unit.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/hw-format.h"

/* Larger values are not measured by anybody, and would not fit an integer. */
#define MAX_VALUE 9e18

/**
 * hw_chart_unit_from_metric:
 * @metric: a metric
 *
 * Returns: the unit of its values
 */
HwChartUnit
hw_chart_unit_from_metric (HwMetric metric)
{
  switch (hw_metric_get_unit (metric))
    {
    case HW_METRIC_UNIT_BYTES:
      return HW_CHART_UNIT_BYTES;
    case HW_METRIC_UNIT_MICROSECONDS:
      return HW_CHART_UNIT_MICROSECONDS;
    case HW_METRIC_UNIT_RATIO:
      return HW_CHART_UNIT_RATIO;
    case HW_METRIC_UNIT_COUNT:
    default:
      return HW_CHART_UNIT_COUNT;
    }
}

/* A number that need not be whole: as many decimals as tell something. */
static char *
format_number (double value)
{
  double size = fabs (value);

  if (size >= 100 || size == floor (size))
    return hw_format_count_delta ((gint64) round (value));

  return g_strdup_printf (size >= 10 ? "%s%.1f" : size >= 0.1 ? "%s%.2f" : "%s%.3g", value < 0 ? HW_MINUS : "", size);
}

static char *
format_count (double value)
{
  char *text = format_number (value);

  /* The sign of a number above 0 is for differences. */
  if (text[0] == '+')
    memmove (text, text + 1, strlen (text));

  return text;
}

static char *
format_duration (double value)
{
  double size = fabs (value);
  g_autofree char *number = NULL;
  const char *unit = size >= 1e6 ? "s" : size >= 1e3 ? "ms" : "µs";

  number = format_count (size >= 1e6 ? value / 1e6 : size >= 1e3 ? value / 1e3 : value);

  return g_strconcat (number, HW_NBSP, unit, NULL);
}

/**
 * hw_chart_unit_format:
 * @unit: what the value is
 * @value: a value; not a number when it is unknown
 *
 * Returns: (transfer full): the value for a person, with its unit; `…` when it is unknown
 */
char *
hw_chart_unit_format (HwChartUnit unit,
                      double      value)
{
  g_autofree char *text = NULL;

  if (isnan (value))
    return g_strdup ("…");
  value = CLAMP (value, -MAX_VALUE, MAX_VALUE);

  switch (unit)
    {
    case HW_CHART_UNIT_BYTES:
      return value < 0 ? hw_format_size_delta ((gint64) value) : hw_format_size ((guint64) (value + 0.5));

    case HW_CHART_UNIT_COUNT:
      return format_count (value);

    case HW_CHART_UNIT_MICROSECONDS:
      return format_duration (value);

    case HW_CHART_UNIT_RATIO:
      text = format_count (round (value * (fabs (value) < 0.1 ? 1000 : 100)) / (fabs (value) < 0.1 ? 10 : 1));
      return g_strconcat (text, HW_NBSP, "%", NULL);

    case HW_CHART_UNIT_BYTES_PER_MINUTE:
      text = hw_format_size_delta ((gint64) round (value));
      /* Translators: a size in a minute, such as +32 MB/min */
      return g_strdup_printf (_("%s/min"), text);

    case HW_CHART_UNIT_COUNT_PER_MINUTE:
      text = format_number (value);
      return g_strdup_printf (_("%s/min"), text);

    default:
      g_return_val_if_reached (NULL);
    }
}

/**
 * hw_chart_unit_format_tick:
 * @unit: what the value is
 * @value: where a line of the grid stands
 *
 * Returns: (transfer full): as hw_chart_unit_format() does, without a decimal that is 0: `40 MB`
 */
char *
hw_chart_unit_format_tick (HwChartUnit unit,
                           double      value)
{
  g_autofree char *text = hw_chart_unit_format (unit, value);
  char *space = strstr (text, HW_NBSP);

  if (space - text > 2 && space[-1] == '0' && !g_ascii_isdigit (space[-2]) && g_ascii_isdigit (space[-3]))
    memmove (space - 2, space, strlen (space) + 1);

  return g_steal_pointer (&text);
}

/**
 * hw_chart_unit_get_name:
 * @unit: a unit
 *
 * Returns: (transfer none): its name for the head of a column of bare numbers, empty for a count
 */
const char *
hw_chart_unit_get_name (HwChartUnit unit)
{
  static const char *names[] = { "bytes", "", "µs", "", "bytes/min", "1/min" };

  return unit < G_N_ELEMENTS (names) ? names[unit] : "";
}

/**
 * hw_chart_unit_get_step:
 * @unit: what the values are
 * @span: between the lowest and the highest one
 * @n_most: how many steps have room
 *
 * Returns: the distance of lines that stand at 1, 2 or 5 times a power of ten; things that are counted have no
 *   halves
 */
double
hw_chart_unit_get_step (HwChartUnit unit,
                        double      span,
                        guint       n_most)
{
  double rough = MAX (span, 1e-9) / MAX (n_most, 1);
  double power = pow (10, floor (log10 (rough)));
  double step = rough <= power ? power : rough <= 2 * power ? 2 * power : rough <= 5 * power ? 5 * power : 10 * power;

  if (unit == HW_CHART_UNIT_BYTES || unit == HW_CHART_UNIT_MICROSECONDS)
    return MAX (step, 1);

  return step;
}
