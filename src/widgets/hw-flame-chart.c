/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Of each level only what is in the picture is looked at: the first span by binary search, and after a span that
 * is not a pixel long, the next one that ends beyond that pixel. So a frame costs levels × pixels at most, however
 * many spans there are. The boxes are one node, kept until what is shown changes; the selection lies on top.
 */
#include "config.h"

#include "widgets/hw-flame-chart.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "base/hw-bitset.h"
#include "base/hw-format.h"
#include "widgets/hw-cell-metrics-private.h"
#include "widgets/hw-chart-private.h"
#include "widgets/hw-flame-chart-private.h"

#define ROW_PADDING 6
/* A label needs some letters; a shorter box has none. */
#define MIN_LABEL 28
#define MIN_RIM 4
/* Colours are told by the place of the code, so that what belongs together looks alike. */
#define N_COLOURS 8

enum
{
  SELECTED,
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwFlameChart, hw_flame_chart, GTK_TYPE_WIDGET)

int
hw_flame_chart_get_row_height (GtkWidget *widget)
{
  return hw_cell_metrics_get (widget).height + ROW_PADDING;
}

static void
forget (HwFlameChart *self)
{
  g_clear_pointer (&self->boxes, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
hw_flame_chart_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size G_GNUC_UNUSED,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline G_GNUC_UNUSED,
                        int            *natural_baseline G_GNUC_UNUSED)
{
  HwFlameChart *self = HW_FLAME_CHART (widget);
  guint depth = self->flame != NULL ? hw_flame_get_depth (self->flame) : 0;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 120;
      *natural = 600;
    }
  else
    {
      *minimum = *natural = hw_flame_chart_get_row_height (widget) * (int) MAX (depth, 3);
    }
}

static float
get_x (HwFlameChart *self,
       double        value)
{
  return (float) ((value - self->start) / self->span * gtk_widget_get_width (GTK_WIDGET (self)));
}

double
hw_flame_chart_get_value (HwFlameChart *self,
                          double        x)
{
  return self->start + x / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1) * self->span;
}

/* Functions of one file have its name in common, not the line and the column after it. */
static guint
hash_place (const char *detail)
{
  gsize length = strlen (detail);
  g_autofree char *place = NULL;

  while (length > 0 && (g_ascii_isdigit (detail[length - 1]) || detail[length - 1] == ':'))
    length--;
  place = g_strndup (detail, length);

  return g_str_hash (place);
}

static void
get_colour (HwFlameChart      *self,
            guint              span,
            const HwChartView *view,
            GdkRGBA           *colour)
{
  const char *detail = hw_flame_get_detail (self->flame, span);

  if (detail == NULL || *detail == 0)
    {
      *colour = view->foreground;
      colour->alpha *= 0.12f;
    }
  else
    {
      hw_chart_view_get_colour (view, hash_place (detail) % N_COLOURS, colour);
      colour->alpha *= view->is_high_contrast ? 0.25f : view->is_dark ? 0.4f : 0.3f;
    }
  if (self->is_searching && !hw_bitset_get (&self->found, span))
    colour->alpha *= 0.25f;
}

static void
snapshot_label (HwFlameChart          *self,
                GtkSnapshot           *snapshot,
                guint                  span,
                const graphene_rect_t *rect,
                GdkRGBA                colour)
{
  g_autofree char *size = hw_format_kilobytes (hw_flame_get_total (self->flame, span));
  g_autoptr(PangoLayout) name = hw_chart_create_label (GTK_WIDGET (self), hw_flame_get_name (self->flame, span));
  g_autoptr(PangoLayout) value = hw_chart_create_label (GTK_WIDGET (self), size);
  float room = rect->size.width - 10;
  int name_width, value_width, height;

  if (self->is_searching && !hw_bitset_get (&self->found, span))
    colour.alpha *= 0.5f;
  pango_layout_get_pixel_size (name, &name_width, &height);
  pango_layout_get_pixel_size (value, &value_width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (rect->origin.x + 5,
                                                          rect->origin.y + (rect->size.height - (float) height) / 2));
  /* The number stands where it does not take room from the name. */
  if ((float) (name_width + value_width + 16) <= room)
    {
      GdkRGBA quiet = colour;

      quiet.alpha *= 0.75f;
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (room - (float) value_width, 0));
      gtk_snapshot_append_layout (snapshot, value, &quiet);
      gtk_snapshot_restore (snapshot);
    }
  pango_layout_set_single_paragraph_mode (name, TRUE);
  pango_layout_set_ellipsize (name, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (name, (int) room * PANGO_SCALE);
  gtk_snapshot_append_layout (snapshot, name, &colour);
  gtk_snapshot_restore (snapshot);
}

/* Where strong contrasts are asked for, boxes are told apart by lines as well. */
static void
append_rim (GtkSnapshot           *snapshot,
            const graphene_rect_t *rect,
            GdkRGBA                colour)
{
  GskRoundedRect rim;

  colour.alpha *= 0.6f;
  gsk_rounded_rect_init_from_rect (&rim, rect, 0);
  gtk_snapshot_append_border (snapshot, &rim, (float[]) { 1, 1, 1, 1 }, (GdkRGBA[]) { colour, colour, colour, colour });
}

static void
snapshot_level (HwFlameChart      *self,
                GtkSnapshot       *snapshot,
                const HwChartView *view,
                guint              level,
                float              height)
{
  double pixel = self->span / view->width;
  guint span = hw_flame_find_from (self->flame, level, (guint64) MAX (self->start, 0));

  while (span != HW_FLAME_NONE && (double) hw_flame_get_start (self->flame, span) < self->start + self->span)
    {
      double start = (double) hw_flame_get_start (self->flame, span), end = start + (double) hw_flame_get_total (self->flame, span);
      /* One pixel is left out between two of them. */
      float left = MAX (get_x (self, start), 0), right = MIN (get_x (self, end), view->width);
      graphene_rect_t rect = GRAPHENE_RECT_INIT (left, (float) level * height, MAX (right - left - 1, 0.5f), height - 1);
      GdkRGBA colour;

      get_colour (self, span, view, &colour);
      gtk_snapshot_append_color (snapshot, &colour, &rect);
      if (view->is_high_contrast && rect.size.width >= MIN_RIM)
        append_rim (snapshot, &rect, view->foreground);
      if (rect.size.width >= MIN_LABEL)
        snapshot_label (self, snapshot, span, &rect, view->foreground);
      span = right - left < 1 ? hw_flame_find_from (self->flame, level, (guint64) (end + pixel))
                              : hw_flame_get_beside (self->flame, span, TRUE);
    }
}

static HwChartView
make_view (GtkWidget *widget)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  HwChartView view = {
    .widget = widget, .width = (float) MAX (gtk_widget_get_width (widget), 1),
    .is_dark = adw_style_manager_get_dark (manager), .is_high_contrast = adw_style_manager_get_high_contrast (manager),
  };

  gtk_widget_get_color (widget, &view.foreground);

  return view;
}

static void
snapshot_selected (HwFlameChart      *self,
                   GtkSnapshot       *snapshot,
                   const HwChartView *view,
                   float              height)
{
  double start = (double) hw_flame_get_start (self->flame, self->selected);
  float left = get_x (self, start), right = get_x (self, start + (double) hw_flame_get_total (self->flame, self->selected));
  GskRoundedRect rect;
  GdkRGBA colour;

  if (right < 0 || left > view->width)
    return;
  left = MAX (left, 0);
  right = MIN (right, view->width);
  hw_chart_view_get_colour (view, 0, &colour);
  gsk_rounded_rect_init_from_rect (&rect, &GRAPHENE_RECT_INIT (left, (float) hw_flame_get_level (self->flame, self->selected) * height,
                                                               MAX (right - left - 1, 3), height - 1), 2);
  gtk_snapshot_append_border (snapshot, &rect, (float[]) { 2, 2, 2, 2 }, (GdkRGBA[]) { colour, colour, colour, colour });
}

static void
hw_flame_chart_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  HwFlameChart *self = HW_FLAME_CHART (widget);
  float height = (float) hw_flame_chart_get_row_height (widget);
  HwChartView view = make_view (widget);

  if (self->flame == NULL || hw_flame_get_sum (self->flame) == 0)
    {
      g_autoptr(PangoLayout) layout = hw_chart_create_label (widget, _("Nothing was allocated"));
      GdkRGBA quiet = view.foreground;
      int text_width;

      quiet.alpha *= 0.6f;
      pango_layout_get_pixel_size (layout, &text_width, NULL);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((view.width - (float) text_width) / 2, height));
      gtk_snapshot_append_layout (snapshot, layout, &quiet);
      return;
    }

  if (self->boxes == NULL || self->drawn_width != gtk_widget_get_width (widget))
    {
      GtkSnapshot *own = gtk_snapshot_new ();

      for (guint level = 0; level < hw_flame_get_depth (self->flame); level++)
        snapshot_level (self, own, &view, level, height);
      g_clear_pointer (&self->boxes, gsk_render_node_unref);
      self->boxes = gtk_snapshot_free_to_node (own);
      self->drawn_width = gtk_widget_get_width (widget);
    }
  if (self->boxes != NULL)
    gtk_snapshot_append_node (snapshot, self->boxes);
  if (self->selected != HW_FLAME_NONE)
    snapshot_selected (self, snapshot, &view, height);
}

void
hw_flame_chart_set_view (HwFlameChart *self,
                         double        start,
                         double        span)
{
  double sum = self->flame != NULL ? (double) hw_flame_get_sum (self->flame) : 0;

  if (sum <= 0)
    return;
  span = CLAMP (span, MIN (sum, 16), sum);
  start = CLAMP (start, 0, sum - span);
  if (start == self->start && span == self->span)
    return;
  self->start = start;
  self->span = span;
  forget (self);
}

guint
hw_flame_chart_get_span_at (HwFlameChart *self,
                            double        x,
                            double        y)
{
  if (self->flame == NULL || y < 0)
    return HW_FLAME_NONE;

  return hw_flame_find (self->flame, (guint) (y / hw_flame_chart_get_row_height (GTK_WIDGET (self))), (guint64) MAX (hw_flame_chart_get_value (self, x), 0));
}

static gboolean
hw_flame_chart_query_tooltip (GtkWidget  *widget,
                              int         x,
                              int         y,
                              gboolean    keyboard,
                              GtkTooltip *tooltip)
{
  HwFlameChart *self = HW_FLAME_CHART (widget);
  guint span = keyboard ? self->selected : hw_flame_chart_get_span_at (self, x, y);
  g_autofree char *text = NULL;

  if (self->flame == NULL || span == HW_FLAME_NONE)
    return FALSE;
  text = hw_flame_chart_dup_text (self, span);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
hw_flame_chart_css_changed (GtkWidget         *widget,
                            GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (hw_flame_chart_parent_class)->css_changed (widget, change);

  forget (HW_FLAME_CHART (widget));
  gtk_widget_queue_resize (widget);
}

static void
hw_flame_chart_dispose (GObject *object)
{
  HwFlameChart *self = HW_FLAME_CHART (object);

  g_clear_object (&self->flame);
  hw_bitset_clear (&self->found);
  g_clear_pointer (&self->boxes, gsk_render_node_unref);

  G_OBJECT_CLASS (hw_flame_chart_parent_class)->dispose (object);
}

static void
hw_flame_chart_class_init (HwFlameChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = hw_flame_chart_dispose;
  widget_class->measure = hw_flame_chart_measure;
  widget_class->snapshot = hw_flame_chart_snapshot;
  widget_class->query_tooltip = hw_flame_chart_query_tooltip;
  widget_class->css_changed = hw_flame_chart_css_changed;

  /**
   * HwFlameChart::selected:
   * @self: a chart
   * @span: the selected span, HW_FLAME_NONE for none
   *
   * Another span is selected.
   */
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_UINT);

  /**
   * HwFlameChart::activated:
   * @self: a chart
   * @span: a span
   *
   * The person wants to see what a span stands for.
   */
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_UINT);

  hw_flame_chart_class_input (widget_class);
  gtk_widget_class_set_css_name (widget_class, "flamechart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
hw_flame_chart_init (HwFlameChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->selected = HW_FLAME_NONE;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_has_tooltip (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  hw_flame_chart_init_input (self);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (forget), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (forget), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::accent-color", G_CALLBACK (forget), self, G_CONNECT_SWAPPED);
}

/**
 * hw_flame_chart_new:
 * @label: what it shows, for assistive technology
 *
 * Returns: (transfer floating): an empty chart
 */
GtkWidget *
hw_flame_chart_new (const char *label)
{
  GtkWidget *widget;

  hw_chart_style_init ();
  widget = g_object_new (HW_TYPE_FLAME_CHART, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  return widget;
}

/**
 * hw_flame_chart_set_flame:
 * @self: a chart
 * @flame: (nullable): finished spans
 *
 * Shows other spans, all of them.
 */
void
hw_flame_chart_set_flame (HwFlameChart *self,
                          HwFlame      *flame)
{
  g_return_if_fail (HW_IS_FLAME_CHART (self) && (flame == NULL || HW_IS_FLAME (flame)));

  if (!g_set_object (&self->flame, flame))
    return;
  hw_bitset_clear (&self->found);
  self->is_searching = FALSE;
  self->start = 0;
  self->span = flame != NULL ? (double) hw_flame_get_sum (flame) : 0;
  self->selected = HW_FLAME_NONE;
  forget (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0, HW_FLAME_NONE);
}

/**
 * hw_flame_chart_get_selected:
 * @self: a chart
 *
 * Returns: the selected span, or HW_FLAME_NONE
 */
guint
hw_flame_chart_get_selected (HwFlameChart *self)
{
  g_return_val_if_fail (HW_IS_FLAME_CHART (self), HW_FLAME_NONE);

  return self->selected;
}

/**
 * hw_flame_chart_select:
 * @self: a chart
 * @span: a span, or HW_FLAME_NONE
 */
void
hw_flame_chart_select (HwFlameChart *self,
                       guint         span)
{
  g_autofree char *text = NULL;

  g_return_if_fail (HW_IS_FLAME_CHART (self));

  if (self->flame == NULL || (span != HW_FLAME_NONE && span >= hw_flame_get_n (self->flame)) || span == self->selected)
    return;
  self->selected = span;
  text = span != HW_FLAME_NONE ? hw_flame_chart_dup_text (self, span) : g_strdup ("");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0, span);
}

/**
 * hw_flame_chart_zoom_to:
 * @self: a chart
 * @span: a span, or HW_FLAME_NONE for all
 *
 * Shows a span as long as the chart is wide.
 */
void
hw_flame_chart_zoom_to (HwFlameChart *self,
                        guint         span)
{
  g_return_if_fail (HW_IS_FLAME_CHART (self));

  if (self->flame == NULL)
    return;
  if (span < hw_flame_get_n (self->flame))
    hw_flame_chart_set_view (self, (double) hw_flame_get_start (self->flame, span), (double) hw_flame_get_total (self->flame, span));
  else
    hw_flame_chart_set_view (self, 0, (double) hw_flame_get_sum (self->flame));
}

/**
 * hw_flame_chart_get_view:
 * @self: a chart
 * @start: (out): what of the sum lies left of the picture
 * @end: (out): what lies left of its right edge
 */
void
hw_flame_chart_get_view (HwFlameChart *self,
                         double       *start,
                         double       *end)
{
  g_return_if_fail (HW_IS_FLAME_CHART (self));

  *start = self->start;
  *end = self->start + self->span;
}

/**
 * hw_flame_chart_set_search:
 * @self: a chart
 * @text: (nullable): what is looked for in names and details, in any case; NULL or empty for nothing
 *
 * Lets those that match stand out. Cost: linear in the spans.
 */
void
hw_flame_chart_set_search (HwFlameChart *self,
                           const char   *text)
{
  g_autofree char *wanted = NULL;

  g_return_if_fail (HW_IS_FLAME_CHART (self));

  hw_bitset_clear (&self->found);
  self->is_searching = FALSE;
  forget (self);
  if (self->flame == NULL || text == NULL || *text == 0)
    return;
  wanted = g_utf8_casefold (text, -1);
  if (!hw_bitset_init (&self->found, hw_flame_get_n (self->flame)))
    return;
  self->is_searching = TRUE;
  for (guint i = 0; i < hw_flame_get_n (self->flame); i++)
    {
      const char *detail = hw_flame_get_detail (self->flame, i);
      g_autofree char *both = g_strjoin ("\n", hw_flame_get_name (self->flame, i), detail != NULL ? detail : "", NULL);
      g_autofree char *folded = g_utf8_casefold (both, -1);

      if (strstr (folded, wanted) != NULL)
        hw_bitset_set (&self->found, i);
    }
}

/**
 * hw_flame_chart_dup_text:
 * @self: a chart with spans
 * @span: a span
 *
 * Returns: (transfer full): its name, its place, what it weighs, in words
 */
char *
hw_flame_chart_dup_text (HwFlameChart *self,
                         guint         span)
{
  const char *detail;
  g_autofree char *total = NULL;
  g_autofree char *own = NULL;
  g_autofree char *percent = NULL;
  g_autofree char *sizes = NULL;

  g_return_val_if_fail (HW_IS_FLAME_CHART (self) && self->flame != NULL && span < hw_flame_get_n (self->flame), NULL);

  detail = hw_flame_get_detail (self->flame, span);
  total = hw_format_kilobytes (hw_flame_get_total (self->flame, span));
  own = hw_format_kilobytes (hw_flame_get_own (self->flame, span));
  percent = hw_format_percent (hw_flame_get_total (self->flame, span), hw_flame_get_sum (self->flame));
  /* Translators: sizes of a function in a profile: all, its part of everything, its own, how deep it is called */
  sizes = g_strdup_printf (_("%s in all (%s), %s of its own, level %u"), total, percent, own,
                           hw_flame_get_level (self->flame, span) + 1);

  if (detail != NULL && *detail != 0)
    return g_strdup_printf ("%s\n%s\n%s", hw_flame_get_name (self->flame, span), detail, sizes);

  return g_strdup_printf ("%s\n%s", hw_flame_get_name (self->flame, span), sizes);
}
