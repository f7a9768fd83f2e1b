/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From below: grid, layers, selected range, cursor. Grid and layers are nodes that are kept; what moves with
 * the pointer lies on top and is cheap.
 */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "widgets/hw-cell-metrics-private.h"
#include "widgets/hw-chart-private.h"
#include "widgets/hw-time-ruler.h"

#define MIN_HEIGHT 96
#define NATURAL_HEIGHT 190
#define LABEL_GAP 8
#define TIP_GAP 10

G_DEFINE_FINAL_TYPE (HwChartPlot, hw_chart_plot, GTK_TYPE_WIDGET)

static void
hw_chart_plot_measure (GtkWidget      *widget G_GNUC_UNUSED,
                       GtkOrientation  orientation,
                       int             for_size G_GNUC_UNUSED,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline G_GNUC_UNUSED,
                       int            *natural_baseline G_GNUC_UNUSED)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : MIN_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 400 : NATURAL_HEIGHT;
}

/* The lowest and the highest value shown, widened to lines that stand at round numbers. */
static void
choose_values (HwChartPlot *self,
               HwChartView *view,
               int          line_height)
{
  gint64 end = view->start + view->n_columns * view->column_time;
  double low = 0, high = 0;
  guint n_most = (guint) MAX (view->height / (float) MAX (line_height * 2, 36), 1);

  for (guint i = 0; i < self->chart->layers->len; i++)
    {
      double layer_low, layer_high;

      if (hw_chart_layer_get_range (g_ptr_array_index (self->chart->layers, i), view->start, end, &layer_low, &layer_high))
        {
          low = MIN (low, layer_low);
          high = MAX (high, layer_high);
        }
    }
  if (low == high)
    high = 1;
  self->step = hw_chart_unit_get_step (self->chart->unit, high - low, n_most);
  view->low = floor (low / self->step) * self->step;
  view->high = ceil (high / self->step) * self->step;
  /* Over the highest line there is room for the names of marks. */
  view->high += (view->high - view->low) * (double) line_height / MAX (view->height - (float) line_height, 1);
}

void
hw_chart_plot_get_view (HwChartPlot *self,
                        HwChartView *view)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AdwStyleManager *manager = adw_style_manager_get_default ();
  gint64 span = hw_time_axis_get_span (self->chart->axis), start = hw_time_axis_get_start (self->chart->axis);

  memset (view, 0, sizeof *view);
  view->widget = widget;
  view->scale = (guint) MAX (gtk_widget_get_scale_factor (widget), 1);
  view->width = (float) MAX (gtk_widget_get_width (widget) - hw_time_axis_get_gutter (self->chart->axis), 1);
  /* The lowest label stands in the middle of its line, as the others do. */
  view->height = (float) MAX (gtk_widget_get_height (widget) - hw_cell_metrics_get (widget).height / 2, 1);
  view->n_columns = (guint) view->width * view->scale + 1;
  view->column_time = MAX (span / (gint64) MAX (view->n_columns - 1, 1), 1);
  view->start = start - ((start % view->column_time) + view->column_time) % view->column_time;
  view->is_dark = adw_style_manager_get_dark (manager);
  view->is_high_contrast = adw_style_manager_get_high_contrast (manager);
  gtk_widget_get_color (widget, &view->foreground);
  choose_values (self, view, hw_cell_metrics_get (widget).height);
}

gint64
hw_chart_plot_get_time (HwChartPlot *self,
                        double       x)
{
  HwChartView view;
  double width;

  hw_chart_plot_get_view (self, &view);
  width = view.width;

  return view.start + (gint64) (CLAMP (x - hw_time_axis_get_gutter (self->chart->axis), 0, width) * view.scale *
                                (double) view.column_time);
}

static void
append_layout (GtkSnapshot   *snapshot,
               PangoLayout   *layout,
               float          x,
               float          y,
               const GdkRGBA *colour)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

static void
snapshot_value_lines (HwChartPlot       *self,
                      GtkSnapshot       *snapshot,
                      const HwChartView *view,
                      float              gutter)
{
  GdkRGBA line = view->foreground, text = view->foreground;
  int n = (int) floor (view->high / self->step + 0.001) - (int) floor (view->low / self->step + 0.001);
  double first = floor (view->low / self->step + 0.5) * self->step;

  line.alpha *= view->is_high_contrast ? 0.4f : 0.12f;
  text.alpha *= view->is_high_contrast ? 1 : 0.75f;
  for (int i = 0; i <= n; i++)
    {
      /* Not added up, so that 0 is 0. */
      double value = first + i * self->step;
      g_autofree char *label = hw_chart_unit_format_tick (self->chart->unit, fabs (value) < self->step / 2 ? 0 : value);
      g_autoptr(PangoLayout) layout = hw_chart_create_label (GTK_WIDGET (self), label);
      float y = roundf (hw_chart_view_get_y (view, value));
      int width, height;
      GdkRGBA own = line;

      if (fabs (value) < self->step / 2)
        own.alpha = MIN (own.alpha * 2.5f, 1);
      gtk_snapshot_append_color (snapshot, &own, &GRAPHENE_RECT_INIT (gutter, y, view->width, 1));
      pango_layout_get_pixel_size (layout, &width, &height);
      append_layout (snapshot, layout, MAX (gutter - LABEL_GAP - (float) width, 0),
                     MAX (y - (float) height / 2, 0), &text);
    }
}

static void
snapshot_time_lines (HwChartPlot       *self,
                     GtkSnapshot       *snapshot,
                     const HwChartView *view,
                     float              gutter)
{
  gint64 step;
  g_autoptr(GArray) ticks = hw_time_ruler_get_ticks (GTK_WIDGET (self), self->chart->axis, view->width, &step);
  GdkRGBA line = view->foreground;

  line.alpha *= view->is_high_contrast ? 0.25f : 0.06f;
  for (guint i = 0; i < ticks->len; i++)
    gtk_snapshot_append_color (snapshot, &line,
                               &GRAPHENE_RECT_INIT (gutter + roundf (hw_chart_view_get_x (view, g_array_index (ticks, gint64, i))),
                                                    0, 1, view->height));
}

static void
snapshot_grid (HwChartPlot       *self,
               GtkSnapshot       *snapshot,
               const HwChartView *view,
               float              gutter)
{
  if (self->grid == NULL || memcmp (view, &self->grid_view, sizeof *view) != 0)
    {
      GtkSnapshot *own = gtk_snapshot_new ();

      snapshot_time_lines (self, own, view, gutter);
      snapshot_value_lines (self, own, view, gutter);
      g_clear_pointer (&self->grid, gsk_render_node_unref);
      self->grid = gtk_snapshot_free_to_node (own);
      self->grid_view = *view;
    }
  if (self->grid != NULL)
    gtk_snapshot_append_node (snapshot, self->grid);
}

static void
snapshot_selection (HwChartPlot       *self,
                    GtkSnapshot       *snapshot,
                    const HwChartView *view)
{
  gint64 start, end;
  float left, right;
  GdkRGBA colour;

  if (!hw_time_axis_get_selection (self->chart->axis, &start, &end))
    return;
  left = CLAMP (hw_chart_view_get_x (view, start), 0, view->width);
  right = CLAMP (hw_chart_view_get_x (view, end), 0, view->width);
  hw_chart_view_get_colour (view, 0, &colour);
  gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (left, 0, 1, view->height));
  gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (MAX (right - 1, left), 0, 1, view->height));
  colour.alpha *= view->is_high_contrast ? 0.3f : 0.15f;
  gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (left, 0, MAX (right - left, 1), view->height));
}

/* A dot with a rim in the background's colour, on each line. */
static void
snapshot_dot (GtkSnapshot       *snapshot,
              const HwChartView *view,
              float              x,
              float              y,
              guint              slot)
{
  GdkRGBA rim = view->is_dark ? (GdkRGBA) { 0.12f, 0.12f, 0.13f, 1 } : (GdkRGBA) { 1, 1, 1, 1 }, colour;
  GskRoundedRect rect;

  hw_chart_view_get_colour (view, slot, &colour);
  for (float radius = 5; radius > 3; radius -= 1.5f)
    {
      gsk_rounded_rect_init_from_rect (&rect, &GRAPHENE_RECT_INIT (x - radius, y - radius, 2 * radius, 2 * radius), radius);
      gtk_snapshot_push_rounded_clip (snapshot, &rect);
      gtk_snapshot_append_color (snapshot, radius == 5 ? &rim : &colour, &rect.bounds);
      gtk_snapshot_pop (snapshot);
    }
}

static void
snapshot_cursor (HwChartPlot       *self,
                 GtkSnapshot       *snapshot,
                 const HwChartView *view)
{
  gint64 cursor = hw_time_axis_get_cursor (self->chart->axis);
  GdkRGBA colour = view->foreground;
  float x;

  if (cursor == HW_TIME_NONE)
    return;
  x = hw_chart_view_get_x (view, cursor);
  if (x < 0 || x > view->width)
    return;
  colour.alpha *= view->is_high_contrast ? 1 : 0.5f;
  gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (roundf (x), 0, 1, view->height));

  for (guint i = 0; i < self->chart->layers->len; i++)
    {
      HwChartLayer *layer = g_ptr_array_index (self->chart->layers, i);

      for (guint j = hw_chart_layer_get_n_items (layer); j-- > 0;)
        {
          HwChartItem item;
          double value;

          hw_chart_layer_get_item (layer, j, &item);
          value = item.visible && item.series != NULL ? hw_series_get_at (item.series, cursor) : NAN;
          if (!isnan (value))
            snapshot_dot (snapshot, view, roundf (x) + 0.5f, hw_chart_view_get_y (view, value), item.slot);
        }
    }
}

static void
snapshot_empty (HwChartPlot       *self,
                GtkSnapshot       *snapshot,
                const HwChartView *view,
                float              gutter)
{
  const char *text = self->chart->empty_text != NULL ? self->chart->empty_text : _("Nothing has been measured yet");
  g_autoptr(PangoLayout) layout = hw_chart_create_label (GTK_WIDGET (self), text);
  GdkRGBA colour = view->foreground;
  int width, height;

  colour.alpha *= view->is_high_contrast ? 1 : 0.6f;
  pango_layout_set_width (layout, (int) view->width * PANGO_SCALE);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, &width, &height);
  append_layout (snapshot, layout, gutter, (view->height - (float) height) / 2, &colour);
}

static void
hw_chart_plot_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  HwChartPlot *self = HW_CHART_PLOT (widget);
  float gutter = (float) hw_time_axis_get_gutter (self->chart->axis);
  gint64 first, last;

  hw_chart_plot_get_view (self, &self->view);
  hw_time_axis_get_extent (self->chart->axis, &first, &last);
  if (first == HW_TIME_NONE)
    {
      snapshot_empty (self, snapshot, &self->view, gutter);
      return;
    }

  snapshot_grid (self, snapshot, &self->view, gutter);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (gutter, 0));
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, self->view.width, self->view.height + 1));
  for (guint i = 0; i < self->chart->layers->len; i++)
    hw_chart_layer_draw (g_ptr_array_index (self->chart->layers, i), snapshot, &self->view);
  snapshot_selection (self, snapshot, &self->view);
  gtk_snapshot_pop (snapshot);
  snapshot_cursor (self, snapshot, &self->view);
  gtk_snapshot_restore (snapshot);

  /* A picture may be asked for between showing the tip and giving it a place. */
  if (gtk_widget_get_visible (self->tip) && gtk_widget_get_width (self->tip) > 0)
    gtk_widget_snapshot_child (widget, self->tip, snapshot);
}

static void
hw_chart_plot_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline G_GNUC_UNUSED)
{
  HwChartPlot *self = HW_CHART_PLOT (widget);
  gint64 cursor = hw_time_axis_get_cursor (self->chart->axis);
  int tip_width, tip_height, x, gutter = hw_time_axis_get_gutter (self->chart->axis);
  HwChartView view;

  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
  if (!gtk_widget_get_visible (self->tip))
    return;
  gtk_widget_measure (self->tip, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &tip_width, NULL, NULL);
  gtk_widget_measure (self->tip, GTK_ORIENTATION_VERTICAL, -1, NULL, &tip_height, NULL, NULL);
  hw_chart_plot_get_view (self, &view);
  x = gutter + (int) hw_chart_view_get_x (&view, cursor);
  /* At the right of the cursor, or at its left where there is more room: never under the pointer. */
  if (x + TIP_GAP + tip_width <= width || x - gutter < width - x)
    x += TIP_GAP;
  else
    x -= TIP_GAP + tip_width;
  gtk_widget_size_allocate (self->tip,
                            &(GtkAllocation) { CLAMP (x, 0, MAX (width - tip_width, 0)),
                                               CLAMP (TIP_GAP, 0, MAX (height - tip_height, 0)), tip_width, tip_height },
                            -1);
}

/* Asks for room for the labels of what is shown now. */
void
hw_chart_plot_fit_gutter (HwChartPlot *self)
{
  HwChartView view;
  int widest = 0;

  hw_chart_plot_get_view (self, &view);
  for (double value = view.low; value <= view.high; value += self->step)
    {
      g_autofree char *text = hw_chart_unit_format_tick (self->chart->unit, value);
      g_autoptr(PangoLayout) layout = hw_chart_create_label (GTK_WIDGET (self), text);
      int width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      widest = MAX (widest, width);
    }
  hw_time_axis_widen_gutter (self->chart->axis, widest + LABEL_GAP);
}

/* What stands at the cursor, in the one plot that has the pointer or the focus. */
void
hw_chart_plot_update_tip (HwChartPlot *self)
{
  HwChart *chart = self->chart;
  gint64 cursor = hw_time_axis_get_cursor (chart->axis), first, last;
  HwChartTip *tip = HW_CHART_TIP (self->tip);
  gboolean visible;
  g_autofree char *time = NULL;
  g_autofree char *note = NULL;

  hw_time_axis_get_extent (chart->axis, &first, &last);
  visible = cursor != HW_TIME_NONE && first != HW_TIME_NONE &&
            (self->is_pointed || gtk_widget_is_focus (GTK_WIDGET (self))) && !self->is_panning &&
            cursor >= hw_time_axis_get_start (chart->axis) &&
            cursor <= hw_time_axis_get_start (chart->axis) + hw_time_axis_get_span (chart->axis);
  gtk_widget_set_visible (self->tip, visible);
  if (!visible)
    return;

  time = hw_time_axis_format (chart->axis, cursor, hw_time_axis_get_span (chart->axis) < 20 * G_TIME_SPAN_SECOND ? 1000 : G_TIME_SPAN_SECOND);
  hw_chart_tip_begin (tip, time);
  for (guint i = 0; i < chart->layers->len; i++)
    {
      HwChartLayer *layer = g_ptr_array_index (chart->layers, i);

      for (guint j = 0; j < hw_chart_layer_get_n_items (layer); j++)
        {
          HwChartItem item;
          g_autofree char *value = NULL;

          hw_chart_layer_get_item (layer, j, &item);
          if (!item.visible || item.series == NULL)
            continue;
          value = hw_chart_unit_format (chart->unit, hw_series_get_at (item.series, cursor));
          hw_chart_tip_add (tip, item.slot, item.name, value);
        }
    }
  note = hw_chart_dup_note (chart, cursor);
  hw_chart_tip_end (tip, note);
}

static void
forget (HwChartPlot *self)
{
  g_clear_pointer (&self->grid, gsk_render_node_unref);
  for (guint i = 0; self->chart != NULL && i < self->chart->layers->len; i++)
    hw_chart_layer_forget (g_ptr_array_index (self->chart->layers, i));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
hw_chart_plot_css_changed (GtkWidget         *widget,
                           GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (hw_chart_plot_parent_class)->css_changed (widget, change);

  forget (HW_CHART_PLOT (widget));
}

static void
hw_chart_plot_system_setting_changed (GtkWidget        *widget,
                                      GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (hw_chart_plot_parent_class)->system_setting_changed (widget, setting);

  forget (HW_CHART_PLOT (widget));
}

static void
hw_chart_plot_dispose (GObject *object)
{
  HwChartPlot *self = HW_CHART_PLOT (object);

  g_clear_pointer (&self->grid, gsk_render_node_unref);
  g_clear_pointer (&self->tip, gtk_widget_unparent);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->chart = NULL;

  G_OBJECT_CLASS (hw_chart_plot_parent_class)->dispose (object);
}

static void
hw_chart_plot_class_init (HwChartPlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hw_chart_plot_dispose;
  widget_class->measure = hw_chart_plot_measure;
  widget_class->snapshot = hw_chart_plot_snapshot;
  widget_class->size_allocate = hw_chart_plot_size_allocate;
  widget_class->css_changed = hw_chart_plot_css_changed;
  widget_class->system_setting_changed = hw_chart_plot_system_setting_changed;

  gtk_widget_class_set_css_name (widget_class, "chartplot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  hw_chart_plot_class_input (widget_class);
}

static void
hw_chart_plot_init (HwChartPlot *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  /* Time runs from left to right everywhere, see HwTimeAxis. */
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  self->tip = g_object_new (HW_TYPE_CHART_TIP, "visible", FALSE, NULL);
  gtk_widget_set_parent (self->tip, GTK_WIDGET (self));
}

GtkWidget *
hw_chart_plot_new (HwChart *chart)
{
  HwChartPlot *self = g_object_new (HW_TYPE_CHART_PLOT, NULL);
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->chart = chart;
  for (guint i = 0; i < 3; i++)
    g_signal_connect_object (manager, (const char *[]) { "notify::dark", "notify::high-contrast", "notify::accent-color" }[i],
                             G_CALLBACK (forget), self, G_CONNECT_SWAPPED);
  hw_chart_plot_init_input (self);

  return GTK_WIDGET (self);
}
