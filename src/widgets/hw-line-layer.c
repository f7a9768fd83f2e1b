/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A series comes as columns (see HwSeries). Two ways to draw them:
 *
 * - as a path that is stroked, while there are no more samples than pixels and no zigzag: slants are smooth;
 * - as boxes, a device pixel wide, from the lowest to the highest value and on to the neighbour. Stroking
 *   2 × 1000 points that go up and down takes 8 ms a line with the Cairo renderer, a thousand points in a
 *   smooth line 0.6 ms, a thousand boxes 0.4 ms and fewer where neighbours are alike; a GPU draws boxes
 *   without rasterising them first.
 *
 * Dashes are counted in pixels of time from time 0, not along the line: they move with the data, cost
 * nothing, and look alike in both ways. What goes steeply up or down is always drawn whole: a peak in a gap
 * would be lost.
 */
#include "config.h"

#include "widgets/hw-line-layer.h"

#include <math.h>

/* A line may be so many times longer than the plot is wide, and one column in so many may hold several samples,
 * and it is still stroked. */
#define STROKE_LENGTH 2.5
#define MAX_CROWDED 4
#define LINE_WIDTH 1.5f
/* What rises by more pixels for each one to the right, and more than a dot, is steep. */
#define STEEP 3
#define STEEP_HEIGHT 5
/* Columns of a band at least this high let through what lies below. */
#define BAND_HEIGHT 9
#define BAND_ALPHA 0.5f
/* Nobody sees a smaller part of a pixel. */
#define SAME 0.2f

typedef struct
{
  HwSeries *series;   /* owned */
  char     *name;
  guint     slot;
  gulong    handler;
  guint     is_filled : 1;
  guint     is_visible : 1;
} Line;

struct _HwLineLayer
{
  HwChartLayer    parent_instance;

  GPtrArray      *lines;      /* Line */
  HwSeriesColumn *columns;    /* room for one line's */
  guint           n_room;
};

G_DEFINE_FINAL_TYPE (HwLineLayer, hw_line_layer, HW_TYPE_CHART_LAYER)

static void
line_free (gpointer data)
{
  Line *line = data;

  g_clear_signal_handler (&line->handler, line->series);
  g_object_unref (line->series);
  g_free (line->name);
  g_free (line);
}

static Line *
get_line (HwLineLayer *self,
          guint        index)
{
  return g_ptr_array_index (self->lines, index);
}

static float
get_x (const HwChartView    *view,
       const HwSeriesColumn *column)
{
  /* A sample on its own stands where it was taken, many stand in the middle of their column. */
  if (column->time == column->end)
    return hw_chart_view_get_x (view, column->time);

  return floorf (hw_chart_view_get_x (view, column->time) * (float) view->scale) / (float) view->scale + 0.5f / (float) view->scale;
}

/* Whether a line is one of few samples and no zigzag. */
static gboolean
is_plain (const HwChartView    *view,
          const HwSeriesColumn *columns,
          gsize                 n)
{
  double length = 0;
  gsize n_crowded = 0;

  for (gsize i = 0; i < n; i++)
    {
      n_crowded += columns[i].time != columns[i].end;
      length += (columns[i].high - columns[i].low) / (view->high - view->low) * view->height;
      if (columns[i].joined)
        length += fabs (columns[i].first - columns[i - 1].last) / (view->high - view->low) * view->height;
    }

  return n_crowded * MAX_CROWDED < n && length < STROKE_LENGTH * (double) view->width;
}

/* Dashes: whether pixel @x of the time line is drawn, and up to where that holds. */
typedef struct
{
  const guint8 *dashes;
  double        period;
  double        offset;    /* pixels from time 0 to the left edge, in one period */
} Dasher;

static Dasher
dasher_new (const HwChartView *view,
            guint              slot)
{
  Dasher dasher = { hw_chart_slot_get_dashes (slot), 0, 0 };

  for (const guint8 *d = dasher.dashes; *d != 0; d++)
    dasher.period += *d;
  if (dasher.period > 0)
    dasher.offset = fmod (fmod ((double) (view->start / view->column_time) / view->scale, dasher.period) + dasher.period,
                          dasher.period);

  return dasher;
}

static gboolean
dasher_is_on (const Dasher *dasher,
              double        x,
              double       *until)
{
  double in_period, end = 0;

  if (dasher->period <= 0)
    {
      *until = INFINITY;
      return TRUE;
    }
  in_period = fmod (fmod (x + dasher->offset, dasher->period) + dasher->period, dasher->period);
  for (guint i = 0; dasher->dashes[i] != 0; i++)
    {
      end += dasher->dashes[i];
      /* Right at the border the next one begins. */
      if (in_period < end - 1e-6)
        {
          *until = x + end - in_period;
          return i % 2 == 0;
        }
    }
  *until = x + dasher->period - in_period + dasher->dashes[0];

  return TRUE;
}

typedef struct
{
  GskPathBuilder *builder;
  Dasher          dasher;
  float           x;
  float           y;
  guint           is_drawing : 1;
} Pen;

static void
pen_move (Pen   *pen,
          float  x,
          float  y)
{
  pen->x = x;
  pen->y = y;
  pen->is_drawing = FALSE;
}

static void
pen_line (Pen   *pen,
          float  x,
          float  y)
{
  gboolean is_steep = fabsf (y - pen->y) > STEEP * (x - pen->x) + STEEP_HEIGHT;

  while (TRUE)
    {
      double until;
      gboolean is_on = dasher_is_on (&pen->dasher, pen->x, &until) || is_steep;
      gboolean is_whole = until >= x;
      float to_x = is_whole ? x : (float) until;
      float to_y = is_whole || x <= pen->x ? y : pen->y + (y - pen->y) * (to_x - pen->x) / (x - pen->x);

      if (is_on)
        {
          if (!pen->is_drawing)
            gsk_path_builder_move_to (pen->builder, pen->x, pen->y);
          gsk_path_builder_line_to (pen->builder, to_x, to_y);
        }
      pen->is_drawing = is_on;
      pen->x = to_x;
      pen->y = to_y;
      if (is_whole)
        return;
    }
}

/* Visits the points of a line, from left to right and up and down as little as possible. */
static void
trace (const HwChartView    *view,
       const HwSeriesColumn *columns,
       gsize                 n,
       Pen                  *pen)
{
  for (gsize i = 0; i < n; i++)
    {
      const HwSeriesColumn *column = &columns[i];
      float x = get_x (view, column);
      float low = hw_chart_view_get_y (view, column->low), high = hw_chart_view_get_y (view, column->high);
      float first = isnan (column->first) ? low : hw_chart_view_get_y (view, column->first);
      float last = isnan (column->last) ? high : hw_chart_view_get_y (view, column->last);
      gboolean rises = first > last;

      if (column->joined)
        pen_line (pen, x, first);
      else
        pen_move (pen, x, first);
      if (column->low == column->high)
        {
          /* One sample between two breaks is a dot. */
          if (!column->joined && (i + 1 == n || !columns[i + 1].joined))
            pen_line (pen, x + LINE_WIDTH, first);
          continue;
        }
      if ((rises ? low : high) != first)
        pen_line (pen, x, rises ? low : high);
      pen_line (pen, x, rises ? high : low);
      if ((rises ? high : low) != last)
        pen_line (pen, x, last);
    }
}

static void
snapshot_stroke (GtkSnapshot          *snapshot,
                 const HwChartView    *view,
                 const HwSeriesColumn *columns,
                 gsize                 n,
                 guint                 slot,
                 const GdkRGBA        *colour)
{
  Pen pen = { gsk_path_builder_new (), dasher_new (view, slot), 0, 0, FALSE };
  g_autoptr(GskPath) path = NULL;
  GskStroke *stroke = gsk_stroke_new (view->is_high_contrast ? LINE_WIDTH + 0.5f : LINE_WIDTH);

  trace (view, columns, n, &pen);
  path = gsk_path_builder_free_to_path (pen.builder);
  /* A mitre would show peaks that are none. */
  gsk_stroke_set_line_join (stroke, GSK_LINE_JOIN_BEVEL);
  gtk_snapshot_append_stroke (snapshot, path, stroke, colour);
  gsk_stroke_free (stroke);
}

/* Boxes side by side that cover the same, told as one. */
typedef struct
{
  GtkSnapshot    *snapshot;
  const GdkRGBA  *colour;
  graphene_rect_t rect;      /* of no width: nothing is pending */
} Boxes;

static void
boxes_flush (Boxes *boxes)
{
  if (boxes->rect.size.width > 0)
    gtk_snapshot_append_color (boxes->snapshot, boxes->colour, &boxes->rect);
  boxes->rect.size.width = 0;
}

static void
boxes_add (Boxes *boxes,
           float  x,
           float  width,
           float  top,
           float  bottom)
{
  graphene_rect_t *rect = &boxes->rect;

  if (rect->size.width > 0 && fabsf (rect->origin.x + rect->size.width - x) < 0.01f &&
      fabsf (rect->origin.y - top) < SAME && fabsf (rect->origin.y + rect->size.height - bottom) < SAME)
    {
      rect->size.width += width;
      return;
    }
  boxes_flush (boxes);
  *rect = GRAPHENE_RECT_INIT (x, top, width, bottom - top);
}

typedef struct
{
  const HwChartView *view;
  Dasher             dasher;
  Boxes              line;
  Boxes              band;       /* the light inside of a band; its edges are two more lines */
  Boxes              edge;
  float              unit;       /* a column, in pixels */
} BoxPen;

/* Whole device pixels are filled in half the time; where something is high, nobody sees the difference. */
static float
snap (const BoxPen *pen,
      float         y)
{
  return roundf (y / pen->unit) * pen->unit;
}

static void
box_line (BoxPen *pen,
          float   x,
          float   top,
          float   bottom)
{
  double until;

  if (x <= -pen->unit || x > pen->view->width)
    return;
  if (bottom - top > STEEP_HEIGHT)
    boxes_add (&pen->line, x, pen->unit, snap (pen, top - LINE_WIDTH / 2), snap (pen, bottom + LINE_WIDTH / 2));
  else if (dasher_is_on (&pen->dasher, x, &until))
    boxes_add (&pen->line, x, pen->unit, top - LINE_WIDTH / 2, bottom + LINE_WIDTH / 2);
}

static void
box_band (BoxPen *pen,
          float   x,
          float   top,
          float   bottom)
{
  if (x <= -pen->unit || x > pen->view->width)
    return;
  boxes_add (&pen->band, x, pen->unit, snap (pen, top), snap (pen, bottom));
  boxes_add (&pen->line, x, pen->unit, top - LINE_WIDTH / 2, top + LINE_WIDTH / 2);
  boxes_add (&pen->edge, x, pen->unit, bottom - LINE_WIDTH / 2, bottom + LINE_WIDTH / 2);
}

static float
get_box_x (const HwChartView *view,
           gint64             time)
{
  return floorf (hw_chart_view_get_x (view, time) * (float) view->scale) / (float) view->scale;
}

/* From the end of one column to the beginning of the next one, through pixels without samples. Returns: how far up
 * or down it has come */
static float
box_gap (BoxPen               *pen,
         const HwSeriesColumn *from,
         const HwSeriesColumn *to)
{
  float x0 = get_box_x (pen->view, from->end) + pen->unit, x1 = get_box_x (pen->view, to->time);
  float y0 = hw_chart_view_get_y (pen->view, from->last), y1 = hw_chart_view_get_y (pen->view, to->first);
  float slope = (y1 - y0) / MAX (x1 - x0 + pen->unit, pen->unit), start = MAX (x0, 0), y = y0 + slope * (start - x0);

  for (float x = start; x < MIN (x1, pen->view->width); x += pen->unit, y += slope * pen->unit)
    box_line (pen, x, MIN (y, y + slope * pen->unit), MAX (y, y + slope * pen->unit));

  return y1 - slope * pen->unit;
}

static gboolean
is_high (const HwChartView    *view,
         const HwSeriesColumn *columns,
         gsize                 n,
         gsize                 i)
{
  return i < n && (columns[i].high - columns[i].low) / (view->high - view->low) * view->height > BAND_HEIGHT;
}

static void
snapshot_boxes (GtkSnapshot          *snapshot,
                const HwChartView    *view,
                const HwSeriesColumn *columns,
                gsize                 n,
                guint                 slot,
                const GdkRGBA        *colour)
{
  GdkRGBA light = *colour;
  BoxPen pen = { view, dasher_new (view, slot), { snapshot, colour, { { 0 } } }, { snapshot, &light, { { 0 } } },
                 { snapshot, colour, { { 0 } } }, 1 / (float) view->scale };

  light.alpha *= view->is_high_contrast ? 0.75f : BAND_ALPHA;
  for (gsize i = 0; i < n; i++)
    {
      float x = get_box_x (view, columns[i].time);
      float top = hw_chart_view_get_y (view, columns[i].high), bottom = hw_chart_view_get_y (view, columns[i].low);

      if (columns[i].joined)
        {
          gboolean is_next = x - get_box_x (view, columns[i - 1].end) < 1.5f * pen.unit;
          float before = is_next ? hw_chart_view_get_y (view, columns[i - 1].last)
                                 : box_gap (&pen, &columns[i - 1], &columns[i]);

          top = MIN (top, before);
          bottom = MAX (bottom, before);
        }
      /* Inside a band its edges tell everything; a peak on its own is a line. */
      if (i > 0 && is_high (view, columns, n, i - 1) && is_high (view, columns, n, i) && is_high (view, columns, n, i + 1))
        box_band (&pen, x, top, bottom);
      else
        box_line (&pen, x, top, bottom);
    }
  boxes_flush (&pen.band);
  boxes_flush (&pen.line);
  boxes_flush (&pen.edge);
}

/* The area below a run of columns, as light as to let grid and other lines through. */
static void
fill_boxes (GtkSnapshot          *snapshot,
            const HwChartView    *view,
            const HwSeriesColumn *columns,
            gsize                 n,
            const GdkRGBA        *colour)
{
  Boxes boxes = { snapshot, colour, { { 0 } } };
  float unit = 1 / (float) view->scale, end = 0, floor_y = hw_chart_view_get_y (view, MAX (view->low, 0));

  for (gsize i = 0; i < n; i++)
    {
      float x = get_box_x (view, columns[i].time), top = hw_chart_view_get_y (view, columns[i].high);
      float start = columns[i].joined ? MIN (end, x) : x;

      top = roundf (top / unit) * unit;
      end = MIN (x + unit, view->width);
      start = MAX (start, 0);
      if (end > start && floor_y > top)
        boxes_add (&boxes, start, end - start, top, floor_y);
    }
  boxes_flush (&boxes);
}

static void
fill_path (GtkSnapshot          *snapshot,
           const HwChartView    *view,
           const HwSeriesColumn *columns,
           gsize                 n,
           const GdkRGBA        *colour)
{
  GskPathBuilder *builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  float floor_y = hw_chart_view_get_y (view, MAX (view->low, 0)), x = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (!columns[i].joined)
        {
          if (i > 0)
            gsk_path_builder_line_to (builder, x, floor_y);
          gsk_path_builder_move_to (builder, get_x (view, &columns[i]), floor_y);
        }
      x = get_x (view, &columns[i]);
      gsk_path_builder_line_to (builder, x, hw_chart_view_get_y (view, columns[i].high));
    }
  if (n > 0)
    gsk_path_builder_line_to (builder, x, floor_y);
  path = gsk_path_builder_free_to_path (builder);
  gtk_snapshot_append_fill (snapshot, path, GSK_FILL_RULE_WINDING, colour);
}

static void
snapshot_one (GtkSnapshot          *snapshot,
              const HwChartView    *view,
              const Line           *line,
              const HwSeriesColumn *columns,
              gsize                 n)
{
  gboolean plain = is_plain (view, columns, n);
  GdkRGBA colour, light;

  hw_chart_view_get_colour (view, line->slot, &colour);
  light = colour;
  light.alpha *= 0.12f;
  if (line->is_filled && plain)
    fill_path (snapshot, view, columns, n, &light);
  else if (line->is_filled)
    fill_boxes (snapshot, view, columns, n, &light);
  if (plain)
    snapshot_stroke (snapshot, view, columns, n, line->slot, &colour);
  else
    snapshot_boxes (snapshot, view, columns, n, line->slot, &colour);
}

static void
hw_line_layer_snapshot (HwChartLayer      *layer,
                        GtkSnapshot       *snapshot,
                        const HwChartView *view)
{
  HwLineLayer *self = HW_LINE_LAYER (layer);

  if (self->n_room < view->n_columns + 2)
    {
      self->n_room = view->n_columns + 2;
      self->columns = g_renew (HwSeriesColumn, self->columns, self->n_room);
    }

  /* The first one is the most important one, and lies on top. */
  for (guint i = self->lines->len; i-- > 0;)
    {
      Line *line = get_line (self, i);
      gsize n;

      if (!line->is_visible)
        continue;
      n = hw_series_query (line->series, view->start / view->column_time, view->column_time, view->n_columns, self->columns);
      if (n == 0)
        continue;
      snapshot_one (snapshot, view, line, self->columns, n);
    }
}

static gboolean
hw_line_layer_get_extent (HwChartLayer *layer,
                          gint64       *first,
                          gint64       *last)
{
  HwLineLayer *self = HW_LINE_LAYER (layer);
  gboolean any = FALSE;

  for (guint i = 0; i < self->lines->len; i++)
    {
      gint64 start, end;

      if (!hw_series_get_extent (get_line (self, i)->series, &start, &end))
        continue;
      *first = any ? MIN (*first, start) : start;
      *last = any ? MAX (*last, end) : end;
      any = TRUE;
    }

  return any;
}

static gboolean
hw_line_layer_get_range (HwChartLayer *layer,
                         gint64        start,
                         gint64        end,
                         double       *low,
                         double       *high)
{
  HwLineLayer *self = HW_LINE_LAYER (layer);
  gboolean any = FALSE;

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = get_line (self, i);
      double line_low, line_high;

      if (!line->is_visible || !hw_series_get_range (line->series, start, end, &line_low, &line_high))
        continue;
      *low = any ? MIN (*low, line_low) : line_low;
      *high = any ? MAX (*high, line_high) : line_high;
      any = TRUE;
    }

  return any;
}

static guint
hw_line_layer_get_n_items (HwChartLayer *layer)
{
  return HW_LINE_LAYER (layer)->lines->len;
}

static void
hw_line_layer_get_item (HwChartLayer *layer,
                        guint         index,
                        HwChartItem  *item)
{
  Line *line = get_line (HW_LINE_LAYER (layer), index);

  item->name = line->name;
  item->slot = line->slot;
  item->visible = line->is_visible;
  item->series = line->series;
}

static void
hw_line_layer_set_item_visible (HwChartLayer *layer,
                                guint         index,
                                gboolean      visible)
{
  Line *line = get_line (HW_LINE_LAYER (layer), index);

  if (line->is_visible == !!visible)
    return;
  line->is_visible = !!visible;
  hw_chart_layer_changed (layer);
}

static void
hw_line_layer_finalize (GObject *object)
{
  HwLineLayer *self = HW_LINE_LAYER (object);

  g_ptr_array_unref (self->lines);
  g_free (self->columns);

  G_OBJECT_CLASS (hw_line_layer_parent_class)->finalize (object);
}

static void
hw_line_layer_class_init (HwLineLayerClass *klass)
{
  HwChartLayerClass *layer_class = HW_CHART_LAYER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hw_line_layer_finalize;

  layer_class->snapshot = hw_line_layer_snapshot;
  layer_class->get_extent = hw_line_layer_get_extent;
  layer_class->get_range = hw_line_layer_get_range;
  layer_class->get_n_items = hw_line_layer_get_n_items;
  layer_class->get_item = hw_line_layer_get_item;
  layer_class->set_item_visible = hw_line_layer_set_item_visible;
}

static void
hw_line_layer_init (HwLineLayer *self)
{
  self->lines = g_ptr_array_new_with_free_func (line_free);
}

/**
 * hw_line_layer_new:
 *
 * Returns: (transfer full): a layer without lines
 */
HwChartLayer *
hw_line_layer_new (void)
{
  return g_object_new (HW_TYPE_LINE_LAYER, NULL);
}

/**
 * hw_line_layer_add:
 * @self: a layer
 * @series: what the line shows; a [class@DerivedSeries] for ratios and rates
 * @name: for a person
 * @slot: which colour and which dashes it has
 * @is_filled: whether the area below is filled too
 *
 * Adds a line. The first one lies on top.
 *
 * Returns: its index
 */
guint
hw_line_layer_add (HwLineLayer *self,
                   HwSeries    *series,
                   const char  *name,
                   guint        slot,
                   gboolean     is_filled)
{
  Line *line;

  g_return_val_if_fail (HW_IS_LINE_LAYER (self) && HW_IS_SERIES (series) && name != NULL, 0);

  line = g_new0 (Line, 1);
  line->series = g_object_ref (series);
  line->name = g_strdup (name);
  line->slot = slot;
  line->is_filled = !!is_filled;
  line->is_visible = TRUE;
  line->handler = g_signal_connect_swapped (series, "changed", G_CALLBACK (hw_chart_layer_changed), self);
  g_ptr_array_add (self->lines, line);
  hw_chart_layer_changed (HW_CHART_LAYER (self));

  return self->lines->len - 1;
}

/**
 * hw_line_layer_remove:
 * @self: a layer
 * @series: what a line shows
 *
 * Takes the lines of a series away.
 */
void
hw_line_layer_remove (HwLineLayer *self,
                      HwSeries    *series)
{
  g_return_if_fail (HW_IS_LINE_LAYER (self));

  for (guint i = self->lines->len; i-- > 0;)
    if (get_line (self, i)->series == series)
      g_ptr_array_remove_index (self->lines, i);
  hw_chart_layer_changed (HW_CHART_LAYER (self));
}
