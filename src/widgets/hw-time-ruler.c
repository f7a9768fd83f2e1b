/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-time-ruler.h"

#include "widgets/hw-cell-metrics-private.h"
#include "widgets/hw-chart-private.h"

struct _HwTimeRuler
{
  GtkWidget   parent_instance;

  HwTimeAxis *axis;    /* owned */
};

G_DEFINE_FINAL_TYPE (HwTimeRuler, hw_time_ruler, GTK_TYPE_WIDGET)

static void
hw_time_ruler_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size G_GNUC_UNUSED,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline G_GNUC_UNUSED,
                       int            *natural_baseline G_GNUC_UNUSED)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 0 : hw_cell_metrics_get (widget).height;
}

static char *
format_tick (HwTimeAxis *axis,
             gint64      tick,
             gint64      step)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autoptr(GDateTime) local = NULL;

  if (hw_time_axis_is_relative (axis))
    return hw_time_axis_format (axis, tick, step);

  /* Where a day begins, its name tells more than 00:00. */
  utc = g_date_time_new_from_unix_utc_usec (tick);
  local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  if (local != NULL && step >= G_TIME_SPAN_HOUR && g_date_time_get_hour (local) == 0 && g_date_time_get_minute (local) == 0)
    return hw_time_axis_format (axis, tick, G_TIME_SPAN_DAY);

  return hw_time_axis_format (axis, tick, step);
}

static void
hw_time_ruler_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  HwTimeRuler *self = HW_TIME_RULER (widget);
  int gutter = hw_time_axis_get_gutter (self->axis);
  float width = (float) (gtk_widget_get_width (widget) - gutter), end = -G_MAXFLOAT;
  gint64 start = hw_time_axis_get_start (self->axis), span = hw_time_axis_get_span (self->axis), first, last, step;
  g_autoptr(GArray) ticks = NULL;
  GdkRGBA colour;

  hw_time_axis_get_extent (self->axis, &first, &last);
  if (width <= 0 || first == HW_TIME_NONE)
    return;

  gtk_widget_get_color (widget, &colour);
  ticks = hw_time_ruler_get_ticks (widget, self->axis, width, &step);
  for (guint i = 0; i < ticks->len; i++)
    {
      gint64 tick = g_array_index (ticks, gint64, i);
      g_autofree char *text = format_tick (self->axis, tick, step);
      g_autoptr(PangoLayout) layout = hw_chart_create_label (widget, text);
      float x = (float) gutter + (float) ((double) (tick - start) / (double) span) * width;
      int text_width, text_height;

      pango_layout_get_pixel_size (layout, &text_width, &text_height);
      /* In the middle of its line, but whole, and not over the one before. */
      x = CLAMP (x - (float) text_width / 2, 0, (float) (gutter + width) - (float) text_width);
      if (x < end + 6)
        continue;
      end = x + (float) text_width;
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, (float) (gtk_widget_get_height (widget) - text_height)));
      gtk_snapshot_append_layout (snapshot, layout, &colour);
      gtk_snapshot_restore (snapshot);
    }
}

static void
hw_time_ruler_dispose (GObject *object)
{
  g_clear_object (&HW_TIME_RULER (object)->axis);

  G_OBJECT_CLASS (hw_time_ruler_parent_class)->dispose (object);
}

static void
hw_time_ruler_class_init (HwTimeRulerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hw_time_ruler_dispose;
  widget_class->measure = hw_time_ruler_measure;
  widget_class->snapshot = hw_time_ruler_snapshot;

  gtk_widget_class_set_css_name (widget_class, "timeruler");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
hw_time_ruler_init (HwTimeRuler *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * hw_time_ruler_new:
 * @axis: the axis it shows
 *
 * Returns: (transfer floating): a ruler
 */
GtkWidget *
hw_time_ruler_new (HwTimeAxis *axis)
{
  HwTimeRuler *self;

  g_return_val_if_fail (HW_IS_TIME_AXIS (axis), NULL);

  hw_chart_style_init ();
  self = g_object_new (HW_TYPE_TIME_RULER, NULL);
  self->axis = g_object_ref (axis);
  g_signal_connect_object (axis, "view-changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

/**
 * hw_time_ruler_get_ticks:
 * @widget: whose font is used
 * @axis: an axis
 * @width: of the plot, in pixels
 * @step: (out): the time from one tick to the next
 *
 * Returns: (transfer full) (element-type gint64): the times that get a label, and a line in the grid
 */
GArray *
hw_time_ruler_get_ticks (GtkWidget  *widget,
                         HwTimeAxis *axis,
                         float       width,
                         gint64     *step)
{
  gint64 span = hw_time_axis_get_span (axis);
  int digit = hw_cell_metrics_get (widget).digit_width;
  guint n_chars = span < 10 * G_TIME_SPAN_SECOND ? 16 : span < 10 * G_TIME_SPAN_MINUTE ? 12 : 9;

  return hw_time_axis_get_ticks (hw_time_axis_get_start (axis), span,
                                 (guint) (MAX (width, 1) / (float) MAX ((guint) digit * n_chars, 1)) + 1,
                                 hw_time_axis_is_relative (axis), step);
}
