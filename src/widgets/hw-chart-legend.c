/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buttons that say what each line is and how much it is now, and switch it on and off. */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "widgets/hw-chart-private.h"

#define SWATCH_WIDTH 22

#define HW_TYPE_CHART_SWATCH (hw_chart_swatch_get_type ())

/* A piece of the line, with its colour and its dashes. */
G_DECLARE_FINAL_TYPE (HwChartSwatch, hw_chart_swatch, HW, CHART_SWATCH, GtkWidget)

struct _HwChartSwatch
{
  GtkWidget parent_instance;

  guint     slot;
};

G_DEFINE_FINAL_TYPE (HwChartSwatch, hw_chart_swatch, GTK_TYPE_WIDGET)

static void
hw_chart_swatch_measure (GtkWidget      *widget G_GNUC_UNUSED,
                         GtkOrientation  orientation,
                         int             for_size G_GNUC_UNUSED,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline G_GNUC_UNUSED,
                         int            *natural_baseline G_GNUC_UNUSED)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? SWATCH_WIDTH : 4;
}

static void
hw_chart_swatch_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  HwChartSwatch *self = HW_CHART_SWATCH (widget);
  AdwStyleManager *manager = adw_style_manager_get_default ();
  const guint8 *dashes = hw_chart_slot_get_dashes (self->slot);
  HwChartView view = { .is_dark = adw_style_manager_get_dark (manager), .is_high_contrast = adw_style_manager_get_high_contrast (manager) };
  float y = (float) gtk_widget_get_height (widget) / 2 - 1.5f, x = 0;
  GdkRGBA colour;

  gtk_widget_get_color (widget, &view.foreground);
  hw_chart_view_get_colour (&view, self->slot, &colour);
  if (*dashes == 0)
    gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (0, y, SWATCH_WIDTH, 3));
  for (guint i = 0; *dashes != 0 && x < SWATCH_WIDTH; i++)
    {
      float length;

      if (dashes[i] == 0)
        i = 0;
      length = MIN ((float) dashes[i], SWATCH_WIDTH - x);
      if (i % 2 == 0)
        gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (x, y, length, 3));
      x += (float) dashes[i];
    }
}

static void
hw_chart_swatch_class_init (HwChartSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = hw_chart_swatch_measure;
  widget_class->snapshot = hw_chart_swatch_snapshot;
  gtk_widget_class_set_css_name (widget_class, "chartswatch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
hw_chart_swatch_init (HwChartSwatch *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
hw_chart_swatch_new (guint slot)
{
  HwChartSwatch *self = g_object_new (HW_TYPE_CHART_SWATCH, NULL);
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->slot = slot;
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::accent-color", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

/* What a button belongs to. */
typedef struct
{
  HwChartLayer *layer;   /* not owned: the chart's */
  guint         index;
  GtkLabel     *name;    /* not owned: the button's */
  GtkLabel     *value;
} Entry;

static void
toggled_cb (GtkToggleButton *button,
            Entry           *entry)
{
  hw_chart_layer_set_item_visible (entry->layer, entry->index, gtk_toggle_button_get_active (button));
}

static double
get_newest (HwSeries *series)
{
  guint n = series != NULL ? hw_series_get_n (series) : 0;

  return n > 0 ? hw_series_get_value (series, n - 1) : NAN;
}

static void
update_button (HwChart   *chart,
               GtkWidget *button,
               Entry     *entry)
{
  g_autofree char *value = NULL;
  g_autofree char *label = NULL;
  HwChartItem item;

  hw_chart_layer_get_item (entry->layer, entry->index, &item);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), item.visible);
  if (item.series == NULL)
    {
      gtk_widget_set_visible (GTK_WIDGET (entry->value), FALSE);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, item.name, -1);
      return;
    }
  value = hw_chart_unit_format (chart->unit, get_newest (item.series));
  if (g_strcmp0 (gtk_label_get_text (entry->value), value) == 0)
    return;
  gtk_label_set_text (entry->value, value);
  /* Translators: a line of a chart and its newest value, such as Heap used, 48 MB */
  label = g_strdup_printf (_("%s, %s"), item.name, value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static GtkWidget *
create_button (HwChart      *chart,
               HwChartLayer *layer,
               guint         index)
{
  GtkWidget *button = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (NULL), *value = gtk_label_new (NULL);
  Entry *entry = g_new (Entry, 1);
  HwChartItem item;

  hw_chart_layer_get_item (layer, index, &item);
  *entry = (Entry) { layer, index, GTK_LABEL (name), GTK_LABEL (value) };
  g_object_set_data_full (G_OBJECT (button), "entry", entry, g_free);

  gtk_label_set_text (GTK_LABEL (name), item.name);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 30);
  gtk_widget_add_css_class (name, "legendname");
  gtk_widget_add_css_class (value, "numeric");
  gtk_widget_add_css_class (value, "dimmed");
  gtk_box_append (GTK_BOX (box), hw_chart_swatch_new (item.slot));
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), value);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Show or hide this line"));
  update_button (chart, button, entry);
  g_signal_connect (button, "toggled", G_CALLBACK (toggled_cb), entry);

  return button;
}

void
hw_chart_legend_rebuild (HwChart *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->legend)) != NULL)
    adw_wrap_box_remove (ADW_WRAP_BOX (self->legend), child);
  for (guint i = 0; i < self->layers->len; i++)
    {
      HwChartLayer *layer = g_ptr_array_index (self->layers, i);

      for (guint j = 0; j < hw_chart_layer_get_n_items (layer); j++)
        adw_wrap_box_append (ADW_WRAP_BOX (self->legend), create_button (self, layer, j));
    }
}

/* Whether the buttons are those of the items there are. */
static gboolean
is_complete (HwChart *self)
{
  guint n = 0, n_items = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (self->legend); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      Entry *entry = g_object_get_data (G_OBJECT (child), "entry");
      HwChartItem item;

      if (entry->index >= hw_chart_layer_get_n_items (entry->layer))
        return FALSE;
      hw_chart_layer_get_item (entry->layer, entry->index, &item);
      if (g_strcmp0 (item.name, gtk_label_get_text (entry->name)) != 0)
        return FALSE;
      n++;
    }
  for (guint i = 0; i < self->layers->len; i++)
    n_items += hw_chart_layer_get_n_items (g_ptr_array_index (self->layers, i));

  return n == n_items;
}

void
hw_chart_legend_update (HwChart *self)
{
  /* Lines come and go; their values come each second. */
  if (self->legend_is_old || !is_complete (self))
    {
      self->legend_is_old = FALSE;
      hw_chart_legend_rebuild (self);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (self->legend); child != NULL; child = gtk_widget_get_next_sibling (child))
    update_button (self, child, g_object_get_data (G_OBJECT (child), "entry"));
}
