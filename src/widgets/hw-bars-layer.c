/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bars stand in columns of some pixels, counted from time 0; all pieces of time that begin in a column are
 * added up. The value axis must know the highest sum at the current zoom, so sums are what get_range() gives:
 * it is asked with the view's piece of time and takes the column's share of it.
 */
#include "config.h"

#include "widgets/hw-bars-layer.h"

#include <math.h>

#define BAR_WIDTH 4
/* A view is asked for its range in so many columns at least. */
#define N_COLUMNS 256

#define SLOT_ALLOCATED 8
#define SLOT_ALIVE 0

typedef struct
{
  gint64 time;
  double allocated;
  double alive;
} Bar;

struct _HwBarsLayer
{
  HwChartLayer parent_instance;

  GArray      *bars;       /* Bar, rising in time */
  char        *names[2];
  gboolean     visible[2];
  guint        n_columns;  /* of the plot it was drawn in last */
};

G_DEFINE_FINAL_TYPE (HwBarsLayer, hw_bars_layer, HW_TYPE_CHART_LAYER)

static Bar *
get_bar (HwBarsLayer *self,
         guint        index)
{
  return &g_array_index (self->bars, Bar, index);
}

static guint
find (HwBarsLayer *self,
      gint64       time)
{
  guint start = 0, end = self->bars->len;

  while (start < end)
    {
      guint middle = start + (end - start) / 2;

      if (get_bar (self, middle)->time < time)
        start = middle + 1;
      else
        end = middle;
    }

  return start;
}

/* Adds up the bars of the column that bar @i stands in. Returns: the first bar of the next column */
static guint
add_up (HwBarsLayer *self,
        guint        i,
        gint64       width,
        Bar         *sum)
{
  gint64 column = get_bar (self, i)->time / width;

  *sum = (Bar) { column * width, 0, 0 };
  for (; i < self->bars->len && get_bar (self, i)->time / width == column; i++)
    {
      sum->allocated += get_bar (self, i)->allocated;
      sum->alive += get_bar (self, i)->alive;
    }

  return i;
}

static void
snapshot_bar (GtkSnapshot       *snapshot,
              const HwChartView *view,
              gint64             time,
              double             value,
              float              width,
              const GdkRGBA     *colour)
{
  float x = roundf (hw_chart_view_get_x (view, time)), y = hw_chart_view_get_y (view, value);
  float bottom = hw_chart_view_get_y (view, 0);

  /* What there is, is seen. */
  if (value > 0)
    gtk_snapshot_append_color (snapshot, colour, &GRAPHENE_RECT_INIT (x, MIN (y, bottom - 1), width, MAX (bottom - y, 1)));
}

static void
hw_bars_layer_snapshot (HwChartLayer      *layer,
                        GtkSnapshot       *snapshot,
                        const HwChartView *view)
{
  HwBarsLayer *self = HW_BARS_LAYER (layer);
  gint64 width = view->column_time * view->scale * BAR_WIDTH;
  gint64 end = view->start + view->n_columns * view->column_time;
  GdkRGBA colours[2];
  Bar sum;

  hw_chart_view_get_colour (view, SLOT_ALLOCATED, &colours[0]);
  colours[0].alpha *= view->is_high_contrast ? 0.8f : 0.45f;
  hw_chart_view_get_colour (view, SLOT_ALIVE, &colours[1]);
  self->n_columns = MAX (view->n_columns / view->scale / BAR_WIDTH, 1);

  for (guint i = find (self, view->start - view->start % width); i < self->bars->len && get_bar (self, i)->time < end;)
    {
      i = add_up (self, i, width, &sum);
      if (self->visible[0])
        snapshot_bar (snapshot, view, sum.time, sum.allocated, BAR_WIDTH - 1, &colours[0]);
      if (self->visible[1])
        snapshot_bar (snapshot, view, sum.time, sum.alive, BAR_WIDTH - 1, &colours[1]);
    }
}

static gboolean
hw_bars_layer_get_extent (HwChartLayer *layer,
                          gint64       *first,
                          gint64       *last)
{
  HwBarsLayer *self = HW_BARS_LAYER (layer);

  if (self->bars->len == 0)
    return FALSE;
  *first = get_bar (self, 0)->time;
  *last = get_bar (self, self->bars->len - 1)->time;

  return TRUE;
}

static gboolean
hw_bars_layer_get_range (HwChartLayer *layer,
                         gint64        start,
                         gint64        end,
                         double       *low,
                         double       *high)
{
  HwBarsLayer *self = HW_BARS_LAYER (layer);
  gint64 width = MAX ((end - start) / (self->n_columns > 0 ? self->n_columns : N_COLUMNS), 1);
  guint i = find (self, start), last = find (self, end);

  if (i >= last)
    return FALSE;
  *low = *high = 0;
  while (i < last)
    {
      Bar sum;

      i = add_up (self, i, width, &sum);
      if (self->visible[0])
        *high = MAX (*high, sum.allocated);
      if (self->visible[1])
        *high = MAX (*high, sum.alive);
    }

  return TRUE;
}

static guint
hw_bars_layer_get_n_items (HwChartLayer *layer)
{
  return HW_BARS_LAYER (layer)->names[0] != NULL ? 2 : 1;
}

/* Without a name for what was allocated there is only what is alive. */
static guint
get_kind (HwBarsLayer *self,
          guint        index)
{
  return self->names[0] != NULL ? index : 1;
}

static void
hw_bars_layer_get_item (HwChartLayer *layer,
                        guint         index,
                        HwChartItem  *item)
{
  HwBarsLayer *self = HW_BARS_LAYER (layer);
  guint kind = get_kind (self, index);

  item->name = self->names[kind];
  item->slot = kind == 0 ? SLOT_ALLOCATED : SLOT_ALIVE;
  item->visible = self->visible[kind];
}

static void
hw_bars_layer_set_item_visible (HwChartLayer *layer,
                                guint         index,
                                gboolean      visible)
{
  HwBarsLayer *self = HW_BARS_LAYER (layer);

  self->visible[get_kind (self, index)] = !!visible;
  hw_chart_layer_changed (layer);
}

static void
hw_bars_layer_finalize (GObject *object)
{
  HwBarsLayer *self = HW_BARS_LAYER (object);

  g_array_unref (self->bars);
  g_free (self->names[0]);
  g_free (self->names[1]);

  G_OBJECT_CLASS (hw_bars_layer_parent_class)->finalize (object);
}

static void
hw_bars_layer_class_init (HwBarsLayerClass *klass)
{
  HwChartLayerClass *layer_class = HW_CHART_LAYER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hw_bars_layer_finalize;

  layer_class->snapshot = hw_bars_layer_snapshot;
  layer_class->get_extent = hw_bars_layer_get_extent;
  layer_class->get_range = hw_bars_layer_get_range;
  layer_class->get_n_items = hw_bars_layer_get_n_items;
  layer_class->get_item = hw_bars_layer_get_item;
  layer_class->set_item_visible = hw_bars_layer_set_item_visible;
}

static void
hw_bars_layer_init (HwBarsLayer *self)
{
  self->bars = g_array_new (FALSE, FALSE, sizeof (Bar));
  self->visible[0] = self->visible[1] = TRUE;
}

/**
 * hw_bars_layer_new:
 * @allocated_name: (nullable): what was allocated, for a person; NULL when nobody knows, as in a file
 * @alive_name: what is still alive, for a person
 *
 * Returns: (transfer full): a layer without bars
 */
HwChartLayer *
hw_bars_layer_new (const char *allocated_name,
                   const char *alive_name)
{
  HwBarsLayer *self = g_object_new (HW_TYPE_BARS_LAYER, NULL);

  self->names[0] = g_strdup (allocated_name);
  self->names[1] = g_strdup (alive_name);

  return HW_CHART_LAYER (self);
}

static double
valid_size (double size)
{
  return isfinite (size) && size > 0 ? size : 0;
}

/* Returns: its index; a time before the last one counts as that one's */
static guint
add (HwBarsLayer *self,
     gint64       time,
     double       allocated,
     double       alive)
{
  Bar bar = { MAX (time, 0), valid_size (allocated), valid_size (alive) };

  if (self->bars->len > 0)
    bar.time = MAX (bar.time, get_bar (self, self->bars->len - 1)->time);
  g_array_append_val (self->bars, bar);

  return self->bars->len - 1;
}

/**
 * hw_bars_layer_add:
 * @self: a layer
 * @time: when the piece of time begins, in microseconds, 0 or more
 * @allocated: bytes allocated in it
 * @alive: bytes of these that are still alive
 *
 * Returns: the index of the bar
 */
guint
hw_bars_layer_add (HwBarsLayer *self,
                   gint64       time,
                   double       allocated,
                   double       alive)
{
  guint index;

  g_return_val_if_fail (HW_IS_BARS_LAYER (self), 0);

  index = add (self, time, allocated, alive);
  hw_chart_layer_changed (HW_CHART_LAYER (self));

  return index;
}

/**
 * hw_bars_layer_set:
 * @self: a layer
 * @index: of a bar
 * @allocated: bytes allocated
 * @alive: bytes of these that are still alive
 *
 * What was allocated dies later: a running recording corrects its bars.
 */
void
hw_bars_layer_set (HwBarsLayer *self,
                   guint        index,
                   double       allocated,
                   double       alive)
{
  g_return_if_fail (HW_IS_BARS_LAYER (self) && index < self->bars->len);

  get_bar (self, index)->allocated = valid_size (allocated);
  get_bar (self, index)->alive = valid_size (alive);
  hw_chart_layer_changed (HW_CHART_LAYER (self));
}

/**
 * hw_bars_layer_set_many:
 * @self: a layer
 * @times: (array length=n): when the pieces of time begin, in microseconds, rising
 * @allocated: (array length=n) (nullable): bytes allocated in them
 * @alive: (array length=n): bytes of these that are still alive
 * @n: how many
 *
 * Replaces all bars.
 */
void
hw_bars_layer_set_many (HwBarsLayer  *self,
                        const gint64 *times,
                        const double *allocated,
                        const double *alive,
                        guint         n)
{
  g_return_if_fail (HW_IS_BARS_LAYER (self));

  g_array_set_size (self->bars, 0);
  for (guint i = 0; i < n; i++)
    add (self, times[i], allocated != NULL ? allocated[i] : 0, alive[i]);
  hw_chart_layer_changed (HW_CHART_LAYER (self));
}

/**
 * hw_bars_layer_get_n:
 * @self: a layer
 *
 * Returns: how many bars there are
 */
guint
hw_bars_layer_get_n (HwBarsLayer *self)
{
  g_return_val_if_fail (HW_IS_BARS_LAYER (self), 0);

  return self->bars->len;
}
