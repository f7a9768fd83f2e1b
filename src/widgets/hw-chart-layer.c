/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-chart-layer.h"

#include <adwaita.h>
#include <string.h>

/* A layer of marks is in all charts of a page, seldom in more than these. */
#define MAX_DRAWN 8

typedef struct
{
  GskRenderNode *node;      /* NULL: nothing was drawn */
  HwChartView    view;      /* for which it was drawn */
} Drawn;

typedef struct
{
  GArray *drawn;            /* Drawn: one for each plot it is in */
  guint   n_drawn;
} HwChartLayerPrivate;

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (HwChartLayer, hw_chart_layer, G_TYPE_OBJECT)

static void
hw_chart_layer_finalize (GObject *object)
{
  HwChartLayerPrivate *priv = hw_chart_layer_get_instance_private (HW_CHART_LAYER (object));

  g_array_unref (priv->drawn);

  G_OBJECT_CLASS (hw_chart_layer_parent_class)->finalize (object);
}

static void
hw_chart_layer_class_init (HwChartLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hw_chart_layer_finalize;

  /**
   * HwChartLayer::changed:
   * @self: a layer
   *
   * It would draw something else now.
   */
  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
drawn_clear (gpointer data)
{
  g_clear_pointer (&((Drawn *) data)->node, gsk_render_node_unref);
}

static void
hw_chart_layer_init (HwChartLayer *self)
{
  HwChartLayerPrivate *priv = hw_chart_layer_get_instance_private (self);

  priv->drawn = g_array_new (FALSE, FALSE, sizeof (Drawn));
  g_array_set_clear_func (priv->drawn, drawn_clear);
}

static GskRenderNode *
draw (HwChartLayer      *self,
      const HwChartView *view)
{
  HwChartLayerPrivate *priv = hw_chart_layer_get_instance_private (self);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  Drawn drawn;

  HW_CHART_LAYER_GET_CLASS (self)->snapshot (self, snapshot, view);
  priv->n_drawn++;
  if (priv->drawn->len == MAX_DRAWN)
    g_array_remove_index (priv->drawn, 0);
  drawn.node = gtk_snapshot_free_to_node (snapshot);
  memcpy (&drawn.view, view, sizeof *view);
  g_array_append_val (priv->drawn, drawn);

  return drawn.node;
}

/**
 * hw_chart_layer_draw:
 * @self: a layer
 * @snapshot: where to draw
 * @view: what is shown
 *
 * Draws the layer, or what it drew last if nothing has changed since.
 */
void
hw_chart_layer_draw (HwChartLayer      *self,
                     GtkSnapshot       *snapshot,
                     const HwChartView *view)
{
  HwChartLayerPrivate *priv = hw_chart_layer_get_instance_private (self);
  GskRenderNode *node = NULL;
  gboolean is_drawn = FALSE;

  g_return_if_fail (HW_IS_CHART_LAYER (self));

  for (guint i = 0; i < priv->drawn->len && !is_drawn; i++)
    {
      Drawn *drawn = &g_array_index (priv->drawn, Drawn, i);

      if (drawn->view.widget != view->widget)
        continue;
      is_drawn = memcmp (&drawn->view, view, sizeof *view) == 0;
      node = drawn->node;
      if (!is_drawn)
        g_array_remove_index (priv->drawn, i);
      break;
    }
  if (!is_drawn)
    node = draw (self, view);
  if (node != NULL)
    gtk_snapshot_append_node (snapshot, node);
}

/**
 * hw_chart_layer_forget:
 * @self: a layer
 *
 * Forgets what was drawn, because the style has changed.
 */
void
hw_chart_layer_forget (HwChartLayer *self)
{
  HwChartLayerPrivate *priv = hw_chart_layer_get_instance_private (self);

  g_return_if_fail (HW_IS_CHART_LAYER (self));

  g_array_set_size (priv->drawn, 0);
}

/**
 * hw_chart_layer_changed:
 * @self: a layer
 *
 * For what derives from it: forgets what was drawn and tells that there is something else to see.
 */
void
hw_chart_layer_changed (HwChartLayer *self)
{
  g_return_if_fail (HW_IS_CHART_LAYER (self));

  hw_chart_layer_forget (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * hw_chart_layer_get_n_drawn:
 * @self: a layer
 *
 * Returns: how often it has been drawn anew, for those who watch what drawing costs
 */
guint
hw_chart_layer_get_n_drawn (HwChartLayer *self)
{
  HwChartLayerPrivate *priv = hw_chart_layer_get_instance_private (self);

  g_return_val_if_fail (HW_IS_CHART_LAYER (self), 0);

  return priv->n_drawn;
}

/**
 * hw_chart_layer_get_extent:
 * @self: a layer
 * @first: (out): the first time there is anything
 * @last: (out): the last one
 *
 * Returns: whether there is anything
 */
gboolean
hw_chart_layer_get_extent (HwChartLayer *self,
                           gint64       *first,
                           gint64       *last)
{
  HwChartLayerClass *klass = HW_CHART_LAYER_GET_CLASS (self);

  return klass->get_extent != NULL && klass->get_extent (self, first, last);
}

/**
 * hw_chart_layer_get_range:
 * @self: a layer
 * @start: a time
 * @end: a later one
 * @low: (out): the lowest value shown between them
 * @high: (out): the highest one
 *
 * Returns: whether it shows any value there
 */
gboolean
hw_chart_layer_get_range (HwChartLayer *self,
                          gint64        start,
                          gint64        end,
                          double       *low,
                          double       *high)
{
  HwChartLayerClass *klass = HW_CHART_LAYER_GET_CLASS (self);

  return klass->get_range != NULL && klass->get_range (self, start, end, low, high);
}

/**
 * hw_chart_layer_get_n_items:
 * @self: a layer
 *
 * Returns: how many items of it the legend shows
 */
guint
hw_chart_layer_get_n_items (HwChartLayer *self)
{
  HwChartLayerClass *klass = HW_CHART_LAYER_GET_CLASS (self);

  return klass->get_n_items != NULL ? klass->get_n_items (self) : 0;
}

/**
 * hw_chart_layer_get_item:
 * @self: a layer
 * @index: of an item
 * @item: (out caller-allocates): what it is; its texts live as long as the layer
 */
void
hw_chart_layer_get_item (HwChartLayer *self,
                         guint         index,
                         HwChartItem  *item)
{
  g_return_if_fail (index < hw_chart_layer_get_n_items (self));

  memset (item, 0, sizeof *item);
  HW_CHART_LAYER_GET_CLASS (self)->get_item (self, index, item);
}

/**
 * hw_chart_layer_set_item_visible:
 * @self: a layer
 * @index: of an item
 * @visible: whether to show it
 */
void
hw_chart_layer_set_item_visible (HwChartLayer *self,
                                 guint         index,
                                 gboolean      visible)
{
  g_return_if_fail (index < hw_chart_layer_get_n_items (self));

  HW_CHART_LAYER_GET_CLASS (self)->set_item_visible (self, index, visible);
}

/**
 * hw_chart_layer_dup_note:
 * @self: a layer
 * @time: a time
 * @tolerance: how far from it, in microseconds
 *
 * Returns: (transfer full) (nullable): what happened then, for a person
 */
char *
hw_chart_layer_dup_note (HwChartLayer *self,
                         gint64        time,
                         gint64        tolerance)
{
  HwChartLayerClass *klass = HW_CHART_LAYER_GET_CLASS (self);

  return klass->dup_note != NULL ? klass->dup_note (self, time, tolerance) : NULL;
}

/**
 * hw_chart_layer_find_stop:
 * @self: a layer
 * @time: a time
 * @forward: whether to look after it
 * @stop: (out): the next time when something happened
 *
 * Returns: whether there is one
 */
gboolean
hw_chart_layer_find_stop (HwChartLayer *self,
                          gint64        time,
                          gboolean      forward,
                          gint64       *stop)
{
  HwChartLayerClass *klass = HW_CHART_LAYER_GET_CLASS (self);

  return klass->find_stop != NULL && klass->find_stop (self, time, forward, stop);
}

/**
 * hw_chart_view_get_x:
 * @view: a view
 * @time: a time
 *
 * Returns: where it is, in pixels from the left edge; may be outside
 */
float
hw_chart_view_get_x (const HwChartView *view,
                     gint64             time)
{
  return (float) ((double) (time - view->start) / (double) view->column_time / view->scale);
}

/**
 * hw_chart_view_get_y:
 * @view: a view
 * @value: a value
 *
 * Returns: where it is, in pixels from the upper edge; may be outside
 */
float
hw_chart_view_get_y (const HwChartView *view,
                     double             value)
{
  return (float) ((view->high - value) / (view->high - view->low) * view->height);
}

/**
 * hw_chart_view_get_colour:
 * @view: a view
 * @slot: a number that stands for a colour
 * @colour: (out caller-allocates): the colour, fit for the background
 *
 * The first is the person's own accent; the others are the platform's accents in an order in which neighbours
 * are told apart.
 */
void
hw_chart_view_get_colour (const HwChartView *view,
                          guint              slot,
                          GdkRGBA           *colour)
{
  static const AdwAccentColor order[] = {
    ADW_ACCENT_COLOR_BLUE, ADW_ACCENT_COLOR_ORANGE, ADW_ACCENT_COLOR_GREEN, ADW_ACCENT_COLOR_PURPLE,
    ADW_ACCENT_COLOR_PINK, ADW_ACCENT_COLOR_TEAL, ADW_ACCENT_COLOR_RED, ADW_ACCENT_COLOR_YELLOW,
    ADW_ACCENT_COLOR_SLATE,
  };
  AdwAccentColor accent = adw_style_manager_get_accent_color (adw_style_manager_get_default ());
  AdwAccentColor wanted = order[slot % G_N_ELEMENTS (order)];
  GdkRGBA rgba;

  /* The accent takes the place of blue, and blue that of the accent. */
  if (wanted == ADW_ACCENT_COLOR_BLUE)
    wanted = accent;
  else if (wanted == accent)
    wanted = ADW_ACCENT_COLOR_BLUE;

  adw_accent_color_to_standalone_rgba (wanted, view->is_dark, &rgba);
  if (view->is_high_contrast)
    {
      rgba.red = rgba.red * 0.65f + view->foreground.red * 0.35f;
      rgba.green = rgba.green * 0.65f + view->foreground.green * 0.35f;
      rgba.blue = rgba.blue * 0.65f + view->foreground.blue * 0.35f;
    }
  *colour = rgba;
}

/**
 * hw_chart_slot_get_dashes:
 * @slot: a number that stands for a colour
 *
 * Returns: (transfer none): pixels drawn and left out by turns, ending with 0; an empty list is a whole line.
 *   No two slots have both colour and dashes in common
 */
const guint8 *
hw_chart_slot_get_dashes (guint slot)
{
  static const guint8 dashes[][7] = {
    { 0 },
    { 9, 3, 0 },
    { 3, 3, 0 },
    { 9, 3, 3, 3, 0 },
    { 15, 3, 0 },
    { 6, 6, 0 },
    { 15, 3, 3, 3, 0 },
    { 9, 3, 3, 3, 3, 3, 0 },
    { 3, 6, 0 },
  };

  return dashes[slot % G_N_ELEMENTS (dashes)];
}
