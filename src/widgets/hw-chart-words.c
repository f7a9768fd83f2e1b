/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture says, in words: for those who do not see it, and for what is announced. */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "widgets/hw-chart-private.h"

/* A mark this many pixels from the cursor is at the cursor. */
#define NOTE_DISTANCE 4

char *
hw_chart_dup_note (HwChart *self,
                   gint64   time)
{
  const HwChartView *view = &HW_CHART_PLOT (self->plot)->view;
  gint64 tolerance = view->column_time * MAX (view->scale, 1) * NOTE_DISTANCE;

  for (guint i = self->layers->len; i-- > 0;)
    {
      char *note = hw_chart_layer_dup_note (g_ptr_array_index (self->layers, i), time, tolerance);

      if (note != NULL)
        return note;
    }

  return NULL;
}

static char *
format_span (gint64 span)
{
  guint seconds = (guint) (span / G_TIME_SPAN_SECOND);

  if (span < 2 * G_TIME_SPAN_SECOND)
    return g_strdup_printf (ngettext ("%u millisecond", "%u milliseconds", (gulong) (span / 1000)), (guint) (span / 1000));
  if (span < 2 * G_TIME_SPAN_MINUTE)
    return g_strdup_printf (ngettext ("%u second", "%u seconds", seconds), seconds);
  if (span < 2 * G_TIME_SPAN_HOUR)
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", seconds / 60), seconds / 60);
  if (span < 2 * G_TIME_SPAN_DAY)
    return g_strdup_printf (ngettext ("%u hour", "%u hours", seconds / 3600), seconds / 3600);

  return g_strdup_printf (ngettext ("%u day", "%u days", seconds / 86400), seconds / 86400);
}

static void
describe_item (HwChart     *self,
               HwChartItem *item,
               const char  *span,
               GString     *text)
{
  gint64 start = hw_time_axis_get_start (self->axis), end = start + hw_time_axis_get_span (self->axis);
  double low, high;
  g_autofree char *now = NULL;
  g_autofree char *lowest = NULL;
  g_autofree char *highest = NULL;

  if (!item->visible || item->series == NULL || hw_series_get_n (item->series) == 0)
    return;
  if (text->len > 0)
    g_string_append_c (text, ' ');
  now = hw_chart_unit_format (self->unit, hw_series_get_value (item->series, hw_series_get_n (item->series) - 1));
  if (!hw_series_get_range (item->series, start, end + 1, &low, &high))
    {
      /* Translators: a line of a chart, its newest value, a length of time */
      g_string_append_printf (text, _("%s: %s now, nothing in the %s shown."), item->name, now, span);
      return;
    }
  lowest = hw_chart_unit_format (self->unit, low);
  highest = hw_chart_unit_format (self->unit, high);
  /* Translators: a line of a chart, its newest value, its lowest and its highest value, a length of time:
   * Heap used: 48 MB now, 31 MB to 76 MB in the 5 minutes shown. */
  g_string_append_printf (text, _("%s: %s now, %s to %s in the %s shown."), item->name, now, lowest, highest, span);
}

/**
 * hw_chart_dup_description:
 * @self: a chart
 *
 * Returns: (transfer full): what it shows, in words
 */
char *
hw_chart_dup_description (HwChart *self)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *span = NULL;

  g_return_val_if_fail (HW_IS_CHART (self), NULL);

  span = format_span (hw_time_axis_get_span (self->axis));
  for (guint i = 0; i < self->layers->len; i++)
    {
      HwChartLayer *layer = g_ptr_array_index (self->layers, i);

      for (guint j = 0; j < hw_chart_layer_get_n_items (layer); j++)
        {
          HwChartItem item;

          hw_chart_layer_get_item (layer, j, &item);
          describe_item (self, &item, span, text);
        }
    }
  if (text->len == 0)
    {
      gint64 first, last;

      hw_time_axis_get_extent (self->axis, &first, &last);
      if (first != HW_TIME_NONE)
        return g_strdup_printf (_("%s are shown."), span);
      return g_strdup (self->empty_text != NULL ? self->empty_text : _("Nothing has been measured yet"));
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * hw_chart_dup_values:
 * @self: a chart
 * @time: a time
 *
 * Returns: (transfer full): what was measured then, and what happened, in words
 */
char *
hw_chart_dup_values (HwChart *self,
                     gint64   time)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *clock = NULL;
  g_autofree char *note = NULL;
  const char *joiner = ": ";

  g_return_val_if_fail (HW_IS_CHART (self), NULL);

  clock = hw_time_axis_format (self->axis, time, hw_time_axis_get_span (self->axis) < 20 * G_TIME_SPAN_SECOND ? 1000 : G_TIME_SPAN_SECOND);
  g_string_append (text, clock);
  for (guint i = 0; i < self->layers->len; i++)
    {
      HwChartLayer *layer = g_ptr_array_index (self->layers, i);

      for (guint j = 0; j < hw_chart_layer_get_n_items (layer); j++)
        {
          g_autofree char *value = NULL;
          HwChartItem item;
          double number;

          hw_chart_layer_get_item (layer, j, &item);
          if (!item.visible || item.series == NULL)
            continue;
          number = hw_series_get_at (item.series, time);
          value = isnan (number) ? g_strdup (_("unknown")) : hw_chart_unit_format (self->unit, number);
          g_string_append_printf (text, "%s%s %s", joiner, item.name, value);
          joiner = ", ";
        }
    }
  note = hw_chart_dup_note (self, time);
  if (note != NULL)
    g_string_append_printf (text, ". %s", note);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

void
hw_chart_describe (HwChart *self)
{
  g_autofree char *text = hw_chart_dup_description (self);

  self->described = g_get_monotonic_time ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->plot), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}
