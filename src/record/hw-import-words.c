/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How others write times and name what they measure.
 */
#include "config.h"

#include "record/hw-import-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/**
 * hw_import_time_of_number:
 * @number: a time since 1970 in seconds, milliseconds, microseconds or nanoseconds
 *
 * Returns: the time in microseconds; the unit is the one that gives a year of our age
 */
gint64
hw_import_time_of_number (double number)
{
  double size = fabs (number);

  if (!isfinite (number))
    return 0;
  if (size < 1e11)
    number *= 1e6;
  else if (size < 1e14)
    number *= 1e3;
  else if (size >= 1e17)
    number /= 1e3;

  return (gint64) CLAMP (number, -9e18, 9e18);
}

static gboolean
read_digits (const char **p,
             guint        n,
             int         *number)
{
  *number = 0;
  for (guint i = 0; i < n; i++, (*p)++)
    {
      if (!g_ascii_isdigit (**p))
        return FALSE;
      *number = *number * 10 + (**p - '0');
    }

  return TRUE;
}

static gboolean
skip (const char **p,
      const char  *any)
{
  if (**p == '\0' || strchr (any, **p) == NULL)
    return FALSE;
  (*p)++;

  return TRUE;
}

static int
read_month (const char **p)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

  for (int i = 0; i < 12; i++)
    if (strncmp (*p, months + 3 * i, 3) == 0)
      {
        *p += 3;
        return i + 1;
      }

  return 0;
}

/* The part after the second: a fraction, and Z or an offset; without one it is local time. */
static GTimeZone *
read_rest (const char **p,
           double      *fraction)
{
  double digit = 0.1;
  const char *start;
  int hours, minutes;

  *fraction = 0;
  if ((**p == '.' || **p == ',') && g_ascii_isdigit ((*p)[1]))
    for ((*p)++; g_ascii_isdigit (**p); (*p)++, digit /= 10)
      *fraction += digit * (**p - '0');
  if (skip (p, "Zz"))
    return g_time_zone_new_utc ();
  start = *p;
  skip (p, " ");
  if (skip (p, "+-"))
    {
      int sign = (*p)[-1] == '-' ? -1 : 1;

      if (read_digits (p, 2, &hours))
        {
          skip (p, ":");
          if (read_digits (p, 2, &minutes) && hours < 24 && minutes < 60)
            return g_time_zone_new_offset (sign * (hours * 3600 + minutes * 60));
        }
    }
  *p = start;

  return g_time_zone_new_local ();
}

/**
 * hw_import_parse_time:
 * @text: text that may begin with a time
 * @near: a time of the same year, for formats without one
 * @time: (out): the time in microseconds since 1970
 * @end: (out) (optional): what follows it
 *
 * Reads ISO 8601 with T or a blank, syslog's "Nov 21 05:00:00", the web servers' "21/Nov/2026:05:00:00 +0100"
 * and numbers since 1970. Without an offset a time is local.
 *
 * Returns: whether there was a time
 */
gboolean
hw_import_parse_time (const char  *text,
                      gint64       near,
                      gint64      *time,
                      const char **end)
{
  const char *p = text;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  gboolean is_read;
  double fraction;
  g_autoptr(GTimeZone) zone = NULL;
  g_autoptr(GDateTime) date = NULL;

  if (g_ascii_isdigit (p[0]) && g_ascii_isdigit (p[1]) && p[2] == '/')
    is_read = read_digits (&p, 2, &day) && skip (&p, "/") && (month = read_month (&p)) > 0 && skip (&p, "/") &&
              read_digits (&p, 4, &year) && skip (&p, ":");
  else if ((month = read_month (&p)) > 0)
    {
      g_autoptr(GDateTime) then = g_date_time_new_from_unix_utc_usec (near);

      year = then != NULL ? g_date_time_get_year (then) : 1970;
      while (*p == ' ')
        p++;
      is_read = g_ascii_isdigit (*p) && read_digits (&p, g_ascii_isdigit (p[1]) ? 2 : 1, &day) && skip (&p, " ");
    }
  else
    is_read = read_digits (&p, 4, &year) && skip (&p, "-/") && read_digits (&p, 2, &month) && skip (&p, "-/") &&
              read_digits (&p, 2, &day) && skip (&p, "T t");

  if (is_read && read_digits (&p, 2, &hour) && skip (&p, ":") && read_digits (&p, 2, &minute))
    {
      if (skip (&p, ":"))
        is_read = read_digits (&p, 2, &second);
      zone = read_rest (&p, &fraction);
      if (is_read && zone != NULL)
        date = g_date_time_new (zone, year, month, day, hour, minute, MIN (second, 59) + fraction);
      if (date != NULL)
        *time = g_date_time_to_unix (date) * G_USEC_PER_SEC + g_date_time_get_microsecond (date);
    }
  else if (g_ascii_isdigit (*text))
    {
      char *after;
      double number = g_ascii_strtod (text, &after);

      p = after;
      is_read = after - text >= 9 && number >= 1e8;
      if (is_read)
        {
          *time = hw_import_time_of_number (number);
          if (end != NULL)
            *end = p;
          return TRUE;
        }
    }
  if (end != NULL)
    *end = p;

  return date != NULL;
}

/* "heapUsed", "Heap Used" and "heap-used" are heap_used. */
static char *
dup_snake (const char *name)
{
  GString *snake = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p++)
    if (g_ascii_isupper (*p))
      {
        if (p > name && g_ascii_islower (p[-1]))
          g_string_append_c (snake, '_');
        g_string_append_c (snake, g_ascii_tolower (*p));
      }
    else if (g_ascii_isalnum (*p))
      g_string_append_c (snake, *p);
    else if (snake->len > 0 && snake->str[snake->len - 1] != '_')
      g_string_append_c (snake, '_');
  while (snake->len > 0 && snake->str[snake->len - 1] == '_')
    g_string_truncate (snake, snake->len - 1);

  return g_string_free (snake, FALSE);
}

/**
 * hw_import_find_column:
 * @name: a column or member as others spell it
 * @metric: (out): the metric
 * @factor: (out): what its values are multiplied with
 *
 * The name says the unit: heap_used is bytes, heap_used_mb megabytes, _mib mebibytes, _kb kilobytes.
 *
 * Returns: whether the name is a metric's
 */
gboolean
hw_import_find_column (const char *name,
                       HwMetric   *metric,
                       double     *factor)
{
  static const struct
  {
    const char *suffix;
    double      factor;
  } units[] = {
    { "_bytes", 1 }, { "_kb", 1e3 }, { "_kib", 1024 }, { "_mb", 1e6 }, { "_mib", 1048576 }, { "_gb", 1e9 }, { "_gib", 1073741824 },
    { "_ki_b", 1024 }, { "_mi_b", 1048576 }, { "_gi_b", 1073741824 },   /* "HeapUsedMiB" */
  };
  g_autofree char *snake = dup_snake (name);

  *factor = 1;
  if (hw_metric_from_column (snake, metric))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_suffix (snake, units[i].suffix))
      {
        snake[strlen (snake) - strlen (units[i].suffix)] = '\0';
        *factor = units[i].factor;
        return hw_metric_from_column (snake, metric) && hw_metric_get_unit (*metric) == HW_METRIC_UNIT_BYTES;
      }

  return FALSE;
}

/**
 * hw_record_parse_moment:
 * @text: a moment as a person types it: ISO 8601, or a number since 1970
 * @time: (out): the moment in microseconds since 1970
 *
 * Returns: whether all of @text was a moment
 */
gboolean
hw_record_parse_moment (const char *text,
                        gint64     *time)
{
  const char *end;

  g_return_val_if_fail (text != NULL && time != NULL, FALSE);

  return hw_import_parse_time (text, g_get_real_time (), time, &end) && *end == '\0';
}
