/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands beside the cursor: the time, each value with its line's colour, and what happened. */
#include "config.h"

#include "widgets/hw-chart-private.h"

#define SWATCH_WIDTH 16
#define GAP 8

struct _HwChartTip
{
  GtkWidget    parent_instance;

  PangoLayout *title;
  PangoLayout *names;
  PangoLayout *values;
  PangoLayout *note;      /* NULL: nothing happened */
  GString     *name_lines;
  GString     *value_lines;
  GArray      *slots;     /* guint */
};

G_DEFINE_FINAL_TYPE (HwChartTip, hw_chart_tip, GTK_TYPE_WIDGET)

static void
get_size (PangoLayout *layout,
          int         *width,
          int         *height)
{
  *width = *height = 0;
  if (layout != NULL)
    pango_layout_get_pixel_size (layout, width, height);
}

static void
hw_chart_tip_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size G_GNUC_UNUSED,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline G_GNUC_UNUSED,
                      int            *natural_baseline G_GNUC_UNUSED)
{
  HwChartTip *self = HW_CHART_TIP (widget);
  int title_width, title_height, names_width, names_height, values_width, values_height, note_width, note_height;

  get_size (self->title, &title_width, &title_height);
  get_size (self->slots->len > 0 ? self->names : NULL, &names_width, &names_height);
  get_size (self->slots->len > 0 ? self->values : NULL, &values_width, &values_height);
  get_size (self->note, &note_width, &note_height);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (MAX (title_width, note_width),
                    self->slots->len > 0 ? SWATCH_WIDTH + GAP + names_width + 2 * GAP + values_width : 0);
  else
    *natural = title_height + names_height + note_height;
  *minimum = *natural;
}

static void
append (GtkSnapshot   *snapshot,
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
hw_chart_tip_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  HwChartTip *self = HW_CHART_TIP (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float width = (float) gtk_widget_get_width (widget), y = 0;
  int title_width, title_height, names_width, names_height, values_width, values_height, note_width, note_height;
  HwChartView view;
  GdkRGBA colour, quiet;

  if (self->title == NULL)
    return;
  gtk_widget_get_color (widget, &colour);
  quiet = colour;
  quiet.alpha *= 0.75f;
  get_size (self->title, &title_width, &title_height);
  append (snapshot, self->title, is_rtl ? width - (float) title_width : 0, 0, &quiet);
  y += (float) title_height;

  if (self->slots->len > 0)
    {
      float line;

      get_size (self->names, &names_width, &names_height);
      get_size (self->values, &values_width, &values_height);
      line = (float) names_height / (float) self->slots->len;
      hw_chart_plot_get_view (HW_CHART_PLOT (gtk_widget_get_parent (widget)), &view);
      for (guint i = 0; i < self->slots->len; i++)
        {
          GdkRGBA slot;

          hw_chart_view_get_colour (&view, g_array_index (self->slots, guint, i), &slot);
          gtk_snapshot_append_color (snapshot, &slot,
                                     &GRAPHENE_RECT_INIT (is_rtl ? width - SWATCH_WIDTH : 0,
                                                          y + line * ((float) i + 0.5f) - 1.5f, SWATCH_WIDTH, 3));
        }
      append (snapshot, self->names,
              is_rtl ? width - SWATCH_WIDTH - GAP - (float) names_width : SWATCH_WIDTH + GAP, y, &colour);
      append (snapshot, self->values, is_rtl ? 0 : width - (float) values_width, y, &colour);
      y += (float) names_height;
    }

  if (self->note != NULL)
    {
      get_size (self->note, &note_width, &note_height);
      append (snapshot, self->note, is_rtl ? width - (float) note_width : 0, y, &colour);
    }
}

static void
hw_chart_tip_finalize (GObject *object)
{
  HwChartTip *self = HW_CHART_TIP (object);

  g_clear_object (&self->title);
  g_clear_object (&self->names);
  g_clear_object (&self->values);
  g_clear_object (&self->note);
  g_string_free (self->name_lines, TRUE);
  g_string_free (self->value_lines, TRUE);
  g_array_unref (self->slots);

  G_OBJECT_CLASS (hw_chart_tip_parent_class)->finalize (object);
}

static void
hw_chart_tip_class_init (HwChartTipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hw_chart_tip_finalize;
  widget_class->measure = hw_chart_tip_measure;
  widget_class->snapshot = hw_chart_tip_snapshot;

  gtk_widget_class_set_css_name (widget_class, "charttip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
hw_chart_tip_init (HwChartTip *self)
{
  self->name_lines = g_string_new (NULL);
  self->value_lines = g_string_new (NULL);
  self->slots = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

/* A new tip; its lines follow. */
void
hw_chart_tip_begin (HwChartTip *self,
                    const char *title)
{
  g_clear_object (&self->title);
  self->title = hw_chart_create_label (GTK_WIDGET (self), title);
  g_string_truncate (self->name_lines, 0);
  g_string_truncate (self->value_lines, 0);
  g_array_set_size (self->slots, 0);
}

static void
append_line (GString    *lines,
             const char *text)
{
  if (lines->len > 0)
    g_string_append_c (lines, '\n');
  for (; *text != 0; text++)
    g_string_append_c (lines, *text == '\n' ? ' ' : *text);
}

void
hw_chart_tip_add (HwChartTip *self,
                  guint       slot,
                  const char *name,
                  const char *value)
{
  append_line (self->name_lines, name);
  append_line (self->value_lines, value);
  g_array_append_val (self->slots, slot);
}

void
hw_chart_tip_end (HwChartTip *self,
                  const char *note)
{
  g_clear_object (&self->names);
  g_clear_object (&self->values);
  g_clear_object (&self->note);
  self->names = hw_chart_create_label (GTK_WIDGET (self), self->name_lines->str);
  self->values = hw_chart_create_label (GTK_WIDGET (self), self->value_lines->str);
  pango_layout_set_alignment (self->values, PANGO_ALIGN_RIGHT);
  if (note != NULL)
    {
      int width;

      self->note = hw_chart_create_label (GTK_WIDGET (self), note);
      pango_layout_get_pixel_size (self->note, &width, NULL);
      pango_layout_set_width (self->note, MIN (width, 280) * PANGO_SCALE);
      pango_layout_set_wrap (self->note, PANGO_WRAP_WORD_CHAR);
      pango_layout_set_height (self->note, -3);
      pango_layout_set_ellipsize (self->note, PANGO_ELLIPSIZE_END);
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
