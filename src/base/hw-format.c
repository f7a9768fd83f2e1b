/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-format.h"

#include <langinfo.h>
#include <string.h>

/* The locale's grouping mark; a comma where the locale has none, because ungrouped sizes are unreadable. */
static const char *
group_mark (void)
{
  const char *mark = nl_langinfo (THOUSEP);

  return mark != NULL && *mark != 0 && g_utf8_validate (mark, -1, NULL) ? mark : ",";
}

static const char *
decimal_mark (void)
{
  const char *mark = nl_langinfo (RADIXCHAR);

  return mark != NULL && *mark != 0 && g_utf8_validate (mark, -1, NULL) ? mark : ".";
}

/**
 * hw_format_count:
 * @count: a number of things
 *
 * Returns: (transfer full): the number with grouped thousands
 */
char *
hw_format_count (guint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  gsize n = strlen (digits);
  GString *text = g_string_sized_new (n * 2);

  for (gsize i = 0; i < n; i++)
    {
      if (i > 0 && (n - i) % 3 == 0)
        g_string_append (text, group_mark ());
      g_string_append_c (text, digits[i]);
    }

  return g_string_free (text, FALSE);
}

static char *
with_sign (gint64  value,
           char   *magnitude)
{
  char *text = g_strconcat (value > 0 ? "+" : value < 0 ? HW_MINUS : "", magnitude, NULL);

  g_free (magnitude);

  return text;
}

static guint64
magnitude (gint64 value)
{
  return value < 0 ? 0 - (guint64) value : (guint64) value;
}

/**
 * hw_format_count_delta:
 * @count: a difference of counts
 *
 * Returns: (transfer full): the number with its sign; 0 has none
 */
char *
hw_format_count_delta (gint64 count)
{
  return with_sign (count, hw_format_count (magnitude (count)));
}

/* @tenths: the value in tenths of the unit, already rounded half up. */
static char *
tenths_text (guint64     tenths,
             const char *unit)
{
  g_autofree char *whole = hw_format_count (tenths / 10);

  return g_strdup_printf ("%s%s%u" HW_NBSP "%s", whole, decimal_mark (), (guint) (tenths % 10), unit);
}

static char *
whole_text (guint64     value,
            const char *unit)
{
  g_autofree char *whole = hw_format_count (value);

  return g_strdup_printf ("%s" HW_NBSP "%s", whole, unit);
}

/* value / divisor rounded half up, without overflow. */
static guint64
rounded (guint64 value,
         guint64 divisor)
{
  return value / divisor + (value % divisor >= divisor - divisor / 2);
}

/**
 * hw_format_kilobytes:
 * @n_bytes: a size in bytes
 *
 * Formats a size of an object or constructor: always kB, one decimal below 100 kB.
 *
 * Returns: (transfer full): such as `0.1 kB` or `1,235 kB`
 */
char *
hw_format_kilobytes (guint64 n_bytes)
{
  if (n_bytes < 100000)
    return tenths_text (rounded (n_bytes, 100), "kB");

  return whole_text (rounded (n_bytes, 1000), "kB");
}

/**
 * hw_format_size:
 * @n_bytes: a size in bytes
 *
 * Formats a total in the unit that fits it. DevTools never goes beyond MB; we go on to GB and TB,
 * because nobody reads 12,345 MB at a glance.
 *
 * Returns: (transfer full): such as `999 B`, `1.0 kB`, `100 MB`
 */
char *
hw_format_size (guint64 n_bytes)
{
  static const char *units[] = { "kB", "MB", "GB", "TB" };
  guint64 unit = 1000;

  if (n_bytes < 1000)
    return whole_text (n_bytes, "B");

  for (guint i = 0; i < G_N_ELEMENTS (units); i++, unit *= 1000)
    {
      if (n_bytes / unit < 100)
        return tenths_text (rounded (n_bytes, unit / 10), units[i]);
      if (n_bytes / unit < 1000 || i == G_N_ELEMENTS (units) - 1)
        return whole_text (rounded (n_bytes, unit), units[i]);
    }

  g_assert_not_reached ();
}

/**
 * hw_format_size_delta:
 * @n_bytes: a difference of sizes, in bytes
 *
 * Returns: (transfer full): the size with its sign; 0 has none
 */
char *
hw_format_size_delta (gint64 n_bytes)
{
  return with_sign (n_bytes, hw_format_size (magnitude (n_bytes)));
}

/**
 * hw_format_bytes:
 * @n_bytes: a size in bytes
 *
 * Returns: (transfer full): the exact size for tool tips, such as `1,234,567 B`
 */
char *
hw_format_bytes (guint64 n_bytes)
{
  return whole_text (n_bytes, "B");
}

/**
 * hw_format_percent:
 * @part: a size
 * @whole: what it is a part of
 *
 * Returns: (transfer full): the rounded share, half up, such as `41 %`
 */
char *
hw_format_percent (guint64 part,
                   guint64 whole)
{
  long double percent = whole > 0 ? (long double) part * 100 / (long double) whole : 0;

  return g_strdup_printf ("%" G_GUINT64_FORMAT HW_NBSP "%%", (guint64) (percent + 0.5L));
}

/**
 * hw_format_distance:
 * @distance: as [method@Heap.get_distance] gives it
 *
 * Returns: (transfer full): the number, or a minus sign when no user root reaches the object
 */
char *
hw_format_distance (gint64 distance)
{
  if (distance < 0 || distance >= HW_DISTANCE_SYSTEM)
    return g_strdup (HW_MINUS);

  return g_strdup_printf ("%" G_GINT64_FORMAT, distance);
}

/**
 * hw_parse_size:
 * @text: what a person gave, such as 500M
 * @size: (out): bytes
 *
 * Reads a number with K, M, G or T for powers of 1000, or without.
 *
 * Returns: whether it is one
 */
gboolean
hw_parse_size (const char *text,
               guint64    *size)
{
  static const char units[] = "KMGT";
  const char *unit = NULL;
  char *end;
  guint64 number;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  number = g_ascii_strtoull (text, &end, 10);
  if (*end != '\0' && ((unit = strchr (units, g_ascii_toupper (*end))) == NULL || end[1] != '\0'))
    return FALSE;
  for (const char *u = units; unit != NULL && u <= unit; u++)
    if (!g_uint64_checked_mul (&number, number, 1000))
      number = G_MAXUINT64;
  *size = number;

  return TRUE;
}
