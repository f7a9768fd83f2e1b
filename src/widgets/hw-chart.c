/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-chart.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "widgets/hw-chart-private.h"
#include "widgets/hw-time-ruler.h"

/* The description follows what is shown, but not each second: somebody may be listening to it. */
#define DESCRIBE_INTERVAL (5 * G_USEC_PER_SEC)

typedef enum
{
  PROP_FOLLOWING = 1,
} HwChartProperty;

enum
{
  RANGE_SELECTED,
  N_SIGNALS
};

static GParamSpec *properties[PROP_FOLLOWING + 1];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwChart, hw_chart, GTK_TYPE_WIDGET)

static gboolean
is_seen (HwChart *self)
{
  return gtk_widget_get_mapped (GTK_WIDGET (self)) &&
         (self->window == NULL || !gtk_window_is_suspended (self->window));
}

static gboolean
update_cb (GtkWidget     *widget,
           GdkFrameClock *clock G_GNUC_UNUSED,
           gpointer       data G_GNUC_UNUSED)
{
  HwChart *self = HW_CHART (widget);
  gint64 now = g_get_monotonic_time ();

  self->tick_id = 0;
  for (guint i = 0; i < self->layers->len; i++)
    {
      gint64 first, last;

      if (hw_chart_layer_get_extent (g_ptr_array_index (self->layers, i), &first, &last))
        hw_time_axis_extend (self->axis, first, last);
    }
  hw_chart_legend_update (self);
  hw_chart_plot_fit_gutter (HW_CHART_PLOT (self->plot));
  hw_chart_plot_update_tip (HW_CHART_PLOT (self->plot));
  if (now - self->described > DESCRIBE_INTERVAL)
    hw_chart_describe (self);
  gtk_widget_queue_draw (self->plot);
  gtk_widget_queue_draw (self->ruler);

  return G_SOURCE_REMOVE;
}

/* However much arrives: one update with the next frame, and none while nobody looks. */
static void
queue_update (HwChart *self)
{
  if (!is_seen (self))
    {
      self->is_dirty = TRUE;
      return;
    }
  self->is_dirty = FALSE;
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), update_cb, NULL, NULL);
}

static void
seen_cb (HwChart *self)
{
  if (self->is_dirty)
    queue_update (self);
}

static void
cursor_changed_cb (HwChart *self)
{
  if (!is_seen (self))
    return;
  hw_chart_plot_update_tip (HW_CHART_PLOT (self->plot));
  gtk_widget_queue_allocate (self->plot);
  gtk_widget_queue_draw (self->plot);
}

static void
view_changed_cb (HwChart *self)
{
  if (!is_seen (self))
    return;
  hw_chart_plot_fit_gutter (HW_CHART_PLOT (self->plot));
  hw_chart_plot_update_tip (HW_CHART_PLOT (self->plot));
  gtk_widget_queue_allocate (self->plot);
  gtk_widget_queue_draw (self->plot);
}

static void
selection_changed_cb (HwChart *self)
{
  hw_chart_update_actions (self);
  gtk_widget_queue_draw (self->plot);
}

static void
hw_chart_map (GtkWidget *widget)
{
  HwChart *self = HW_CHART (widget);

  GTK_WIDGET_CLASS (hw_chart_parent_class)->map (widget);

  queue_update (self);
}

static void
hw_chart_unmap (GtkWidget *widget)
{
  HwChart *self = HW_CHART (widget);

  if (self->tick_id != 0)
    {
      gtk_widget_remove_tick_callback (widget, self->tick_id);
      self->tick_id = 0;
    }

  GTK_WIDGET_CLASS (hw_chart_parent_class)->unmap (widget);
}

static void
hw_chart_root (GtkWidget *widget)
{
  HwChart *self = HW_CHART (widget);
  GtkRoot *root;

  GTK_WIDGET_CLASS (hw_chart_parent_class)->root (widget);

  root = gtk_widget_get_root (widget);
  if (!GTK_IS_WINDOW (root))
    return;
  self->window = GTK_WINDOW (root);
  self->suspended_handler = g_signal_connect_swapped (root, "notify::suspended", G_CALLBACK (seen_cb), self);
}

static void
hw_chart_unroot (GtkWidget *widget)
{
  HwChart *self = HW_CHART (widget);

  if (self->window != NULL)
    g_clear_signal_handler (&self->suspended_handler, self->window);
  self->window = NULL;

  GTK_WIDGET_CLASS (hw_chart_parent_class)->unroot (widget);
}

static void
hw_chart_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  switch ((HwChartProperty) prop_id)
    {
    case PROP_FOLLOWING:
      g_value_set_boolean (value, hw_time_axis_get_following (HW_CHART (object)->axis));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_chart_set_property (GObject      *object,
                       guint         prop_id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  switch ((HwChartProperty) prop_id)
    {
    case PROP_FOLLOWING:
      hw_time_axis_set_following (HW_CHART (object)->axis, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

/* Looking back is a pause too: it is said, for the picture does not say it to everybody. */
static void
following_cb (HwChart *self)
{
  if (gtk_widget_is_focus (self->plot))
    gtk_accessible_announce (GTK_ACCESSIBLE (self->plot),
                             hw_time_axis_get_following (self->axis) ? _("Following") : _("Paused"),
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
}

static gboolean
hw_chart_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (HW_CHART (widget)->plot);
}

static void
hw_chart_dispose (GObject *object)
{
  HwChart *self = HW_CHART (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->layers, g_ptr_array_unref);
  g_clear_object (&self->axis);
  g_clear_pointer (&self->empty_text, g_free);

  G_OBJECT_CLASS (hw_chart_parent_class)->dispose (object);
}

static void
hw_chart_class_init (HwChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hw_chart_dispose;
  G_OBJECT_CLASS (klass)->get_property = hw_chart_get_property;
  G_OBJECT_CLASS (klass)->set_property = hw_chart_set_property;
  widget_class->map = hw_chart_map;
  widget_class->unmap = hw_chart_unmap;
  widget_class->root = hw_chart_root;
  widget_class->unroot = hw_chart_unroot;
  widget_class->grab_focus = hw_chart_grab_focus;

  /**
   * HwChart:following:
   *
   * That of its axis: whether what is shown moves along with what arrives.
   */
  properties[PROP_FOLLOWING] =
    g_param_spec_boolean ("following", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (G_OBJECT_CLASS (klass), G_N_ELEMENTS (properties), properties);

  /**
   * HwChart::range-selected:
   * @self: a chart
   * @start: where the range begins, in microseconds; HW_TIME_NONE when there is none any more
   * @end: where it ends
   *
   * The person has selected a range in this chart. Other charts on the axis show it too.
   */
  signals[RANGE_SELECTED] =
    g_signal_new ("range-selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);

  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  hw_chart_class_actions (widget_class);
}

static void
hw_chart_init (HwChart *self)
{
  self->layers = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
}

static GtkWidget *
create_header (HwChart    *self,
               const char *title)
{
  GtkWidget *header = adw_wrap_box_new ();

  self->title = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->title, "heading");
  gtk_widget_set_visible (self->title, title != NULL);

  self->legend = adw_wrap_box_new ();
  adw_wrap_box_set_child_spacing (ADW_WRAP_BOX (self->legend), 2);
  adw_wrap_box_set_line_spacing (ADW_WRAP_BOX (self->legend), 2);
  adw_wrap_box_set_align (ADW_WRAP_BOX (self->legend), 1);
  gtk_widget_set_hexpand (self->legend, TRUE);
  gtk_widget_add_css_class (self->legend, "chartlegend");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->legend), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Legend"), -1);

  adw_wrap_box_set_child_spacing (ADW_WRAP_BOX (header), 12);
  adw_wrap_box_append (ADW_WRAP_BOX (header), self->title);
  adw_wrap_box_append (ADW_WRAP_BOX (header), self->legend);
  gtk_widget_add_css_class (header, "chartheader");

  return header;
}

/**
 * hw_chart_new:
 * @axis: the time it shows, perhaps with other charts
 * @title: (nullable): what it shows, for a person
 * @unit: what its values are
 *
 * Returns: (transfer floating): a chart without layers
 */
GtkWidget *
hw_chart_new (HwTimeAxis  *axis,
              const char  *title,
              HwChartUnit  unit)
{
  HwChart *self;

  g_return_val_if_fail (HW_IS_TIME_AXIS (axis), NULL);

  hw_chart_style_init ();
  self = g_object_new (HW_TYPE_CHART, NULL);
  self->axis = g_object_ref (axis);
  self->unit = unit;
  gtk_widget_set_parent (create_header (self, title), GTK_WIDGET (self));
  self->plot = hw_chart_plot_new (self);
  gtk_widget_set_parent (self->plot, GTK_WIDGET (self));
  self->ruler = hw_time_ruler_new (axis);
  gtk_widget_set_parent (self->ruler, GTK_WIDGET (self));
  hw_chart_set_title (self, title);

  g_signal_connect_object (axis, "view-changed", G_CALLBACK (view_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (axis, "cursor-changed", G_CALLBACK (cursor_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (axis, "selection-changed", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (axis, "notify::following", G_CALLBACK (following_cb), self, G_CONNECT_SWAPPED);
  hw_chart_update_actions (self);

  return GTK_WIDGET (self);
}

/**
 * hw_chart_add_layer:
 * @self: a chart
 * @layer: (transfer none): what it draws over the layers it has
 *
 * Adds a layer. One layer, such as that of the marks, may be in several charts.
 */
void
hw_chart_add_layer (HwChart      *self,
                    HwChartLayer *layer)
{
  g_return_if_fail (HW_IS_CHART (self) && HW_IS_CHART_LAYER (layer));

  g_ptr_array_add (self->layers, g_object_ref (layer));
  self->legend_is_old = TRUE;
  g_signal_connect_object (layer, "changed", G_CALLBACK (queue_update), self, G_CONNECT_SWAPPED);
  hw_chart_legend_update (self);
  queue_update (self);
}

/**
 * hw_chart_set_title:
 * @self: a chart
 * @title: (nullable): what it shows, for a person
 */
void
hw_chart_set_title (HwChart    *self,
                    const char *title)
{
  const char *name;

  g_return_if_fail (HW_IS_CHART (self));

  name = title != NULL ? title : _("Chart");
  gtk_label_set_text (GTK_LABEL (self->title), title != NULL ? title : "");
  gtk_widget_set_visible (self->title, title != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->plot), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * hw_chart_get_title:
 * @self: a chart
 *
 * Returns: (transfer none): its title, empty when it has none
 */
const char *
hw_chart_get_title (HwChart *self)
{
  g_return_val_if_fail (HW_IS_CHART (self), NULL);

  return gtk_label_get_text (GTK_LABEL (self->title));
}

/**
 * hw_chart_get_axis:
 * @self: a chart
 *
 * Returns: (transfer none): the time it shows
 */
HwTimeAxis *
hw_chart_get_axis (HwChart *self)
{
  g_return_val_if_fail (HW_IS_CHART (self), NULL);

  return self->axis;
}

/**
 * hw_chart_get_plot:
 * @self: a chart
 *
 * Returns: (transfer none): the part that is drawn and has the keys, for tests and for who gives it the focus
 */
GtkWidget *
hw_chart_get_plot (HwChart *self)
{
  g_return_val_if_fail (HW_IS_CHART (self), NULL);

  return self->plot;
}

/**
 * hw_chart_set_empty_text:
 * @self: a chart
 * @text: (nullable): what it says while there is nothing to see; NULL for a sentence that always fits
 */
void
hw_chart_set_empty_text (HwChart    *self,
                         const char *text)
{
  g_return_if_fail (HW_IS_CHART (self));

  if (g_set_str (&self->empty_text, text))
    gtk_widget_queue_draw (self->plot);
}

/**
 * hw_chart_set_drag_selects:
 * @self: a chart
 * @drag_selects: whether dragging selects and Shift with it pans, and not the other way round
 */
void
hw_chart_set_drag_selects (HwChart  *self,
                           gboolean  drag_selects)
{
  g_return_if_fail (HW_IS_CHART (self));

  self->drag_selects = !!drag_selects;
}

/**
 * hw_chart_set_ruler_visible:
 * @self: a chart
 * @visible: whether times stand below it
 */
void
hw_chart_set_ruler_visible (HwChart  *self,
                            gboolean  visible)
{
  g_return_if_fail (HW_IS_CHART (self));

  gtk_widget_set_visible (self->ruler, visible);
}

void
hw_chart_range_selected (HwChart *self)
{
  gint64 start = HW_TIME_NONE, end = HW_TIME_NONE;

  hw_time_axis_get_selection (self->axis, &start, &end);
  g_signal_emit (self, signals[RANGE_SELECTED], 0, start, end);
}
