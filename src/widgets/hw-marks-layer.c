/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-marks-layer.h"

#include <glib/gi18n.h>
#include <math.h>

#define MAX_SIGNS 100000
/* Labels of lines do not come closer to each other than this. */
#define LABEL_GAP 6
/* Collections are shown while they are so many pixels apart on average. */
#define GC_DISTANCE 6

typedef struct
{
  gint64 time;
  char  *text;      /* NULL: it says no more than its kind */
  HwMark mark;
} Mark;

struct _HwMarksLayer
{
  HwChartLayer parent_instance;

  GArray      *marks;     /* Mark, rising in time */
  guint        n_signs;
};

G_DEFINE_FINAL_TYPE (HwMarksLayer, hw_marks_layer, HW_TYPE_CHART_LAYER)

static const struct
{
  guint         slot;
  const guint8  on;        /* pixels drawn and left out, from top to bottom; 0: a whole line */
  const guint8  off;
  const char   *name;
} kinds[] = {
  [HW_MARK_MARKER] = { 3, 0, 0, NC_("mark", "Marker") },
  [HW_MARK_SNAPSHOT] = { 5, 0, 0, NC_("mark", "Snapshot") },
  [HW_MARK_RUN] = { 8, 4, 4, NC_("mark", "Started again") },
  [HW_MARK_EXCEPTION] = { 6, 0, 0, NC_("mark", "Exception") },
  [HW_MARK_CONSOLE] = { 8, 0, 0, NC_("mark", "Console") },
  [HW_MARK_GC] = { 8, 0, 0, NC_("mark", "Garbage collection") },
};

static gboolean
is_line (HwMark mark)
{
  return mark <= HW_MARK_RUN;
}

static Mark *
get_mark (HwMarksLayer *self,
          guint         index)
{
  return &g_array_index (self->marks, Mark, index);
}

/* The first index whose time is @time or later. */
static guint
find (HwMarksLayer *self,
      gint64        time)
{
  guint start = 0, end = self->marks->len;

  while (start < end)
    {
      guint middle = start + (end - start) / 2;

      if (get_mark (self, middle)->time < time)
        start = middle + 1;
      else
        end = middle;
    }

  return start;
}

static const char *
get_name (HwMark mark)
{
  return g_dpgettext2 (NULL, "mark", kinds[mark].name);
}

static PangoLayout *
make_label (const HwChartView *view,
            const char        *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (view->widget, text);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);

  return layout;
}

static void
snapshot_line (GtkSnapshot       *snapshot,
               const HwChartView *view,
               HwMark             mark,
               float              x,
               const GdkRGBA     *colour)
{
  float step = kinds[mark].on > 0 ? (float) kinds[mark].on : view->height;

  for (float y = 0; y < view->height; y += step + (float) kinds[mark].off)
    gtk_snapshot_append_color (snapshot, colour, &GRAPHENE_RECT_INIT (x - 0.5f, y, 1, MIN (step, view->height - y)));
}

/* A line with a name that is in the picture. */
typedef struct
{
  Mark       *mark;
  float       x;
} Flag;

/* Returns: (transfer full): the lines with a name, one for each pixel */
static GArray *
find_flags (HwMarksLayer      *self,
            const HwChartView *view,
            guint              first,
            guint              end)
{
  GArray *flags = g_array_new (FALSE, FALSE, sizeof (Flag));

  for (guint i = first; i < end; i++)
    {
      Flag flag = { get_mark (self, i), roundf (hw_chart_view_get_x (view, get_mark (self, i)->time)) + 0.5f };

      if (is_line (flag.mark->mark) && (flags->len == 0 || g_array_index (flags, Flag, flags->len - 1).x < flag.x))
        g_array_append_val (flags, flag);
    }

  return flags;
}

/*
 * A name stands at the right of the top of its line where it has room up to the next one, else at the left,
 * else where there is more room, cut short. A name that has no room at all is told at the cursor.
 *
 * Returns: where what is taken ends
 */
static float
snapshot_label (GtkSnapshot       *snapshot,
                const HwChartView *view,
                const Flag        *flag,
                float              taken,
                float              next,
                const GdkRGBA     *colour)
{
  const char *text = flag->mark->text != NULL ? flag->mark->text : get_name (flag->mark->mark);
  g_autoptr(PangoLayout) layout = make_label (view, text);
  float left = flag->x - taken - 2 * LABEL_GAP, right = next - flag->x - 2 * LABEL_GAP, x;
  gboolean at_right;
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  at_right = (float) width <= right || ((float) width > left && right >= left);
  /* A few letters of a name are worth something, one is not. */
  if ((float) width > MAX (left, right))
    {
      if (MAX (left, right) < (float) height * 3)
        return flag->x;
      pango_layout_set_width (layout, (int) MAX (left, right) * PANGO_SCALE);
      width = (int) MAX (left, right);
    }
  x = at_right ? flag->x + LABEL_GAP - 2 : flag->x - LABEL_GAP + 2 - (float) width;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, 0));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);

  return at_right ? x + (float) width : flag->x;
}

/* Shapes besides colours: a triangle is an exception, a bar a line of text, a dot a collection. */
static void
add_sign (GskPathBuilder *builder,
          HwMark          mark,
          float           x,
          float           bottom)
{
  switch (mark)
    {
    case HW_MARK_EXCEPTION:
      gsk_path_builder_move_to (builder, x - 4.5f, bottom);
      gsk_path_builder_line_to (builder, x + 4.5f, bottom);
      gsk_path_builder_line_to (builder, x, bottom - 8);
      gsk_path_builder_close (builder);
      break;

    case HW_MARK_CONSOLE:
      gsk_path_builder_add_rect (builder, &GRAPHENE_RECT_INIT (x - 0.75f, bottom - 7, 1.5f, 7));
      break;

    case HW_MARK_GC:
      gsk_path_builder_add_circle (builder, &GRAPHENE_POINT_INIT (x, bottom - 2.5f), 1.75f);
      break;

    case HW_MARK_MARKER:
    case HW_MARK_SNAPSHOT:
    case HW_MARK_RUN:
    default:
      break;
    }
}

static void
snapshot_signs (HwMarksLayer      *self,
                GtkSnapshot       *snapshot,
                const HwChartView *view,
                guint              first,
                guint              end,
                HwMark             kind)
{
  GskPathBuilder *builder;
  g_autoptr(GskPath) path = NULL;
  float last = -INFINITY;
  GdkRGBA colour;
  guint n = 0;

  /* Collections that stand side by side all the way would be a thick line that says nothing. */
  for (guint i = first; kind == HW_MARK_GC && i < end; i++)
    n += get_mark (self, i)->mark == kind;
  if ((float) n > view->width / GC_DISTANCE)
    return;

  builder = gsk_path_builder_new ();
  for (guint i = first; i < end; i++)
    {
      Mark *mark = get_mark (self, i);
      float x;

      if (mark->mark != kind)
        continue;
      x = hw_chart_view_get_x (view, mark->time);
      /* What would lie on the one before is not drawn. */
      if (x - last < (kind == HW_MARK_EXCEPTION ? 4 : 2))
        continue;
      last = x;
      add_sign (builder, kind, x, view->height);
    }
  path = gsk_path_builder_free_to_path (builder);
  hw_chart_view_get_colour (view, kinds[kind].slot, &colour);
  if (!gsk_path_is_empty (path))
    gtk_snapshot_append_fill (snapshot, path, GSK_FILL_RULE_WINDING, &colour);
}

static void
hw_marks_layer_snapshot (HwChartLayer      *layer,
                         GtkSnapshot       *snapshot,
                         const HwChartView *view)
{
  HwMarksLayer *self = HW_MARKS_LAYER (layer);
  guint first = find (self, view->start);
  guint end = find (self, view->start + view->n_columns * view->column_time);
  g_autoptr(GArray) flags = find_flags (self, view, first, end);
  float taken = 0;

  for (HwMark kind = HW_MARK_GC; kind >= HW_MARK_EXCEPTION; kind--)
    snapshot_signs (self, snapshot, view, first, end, kind);

  for (guint i = 0; i < flags->len; i++)
    {
      const Flag *flag = &g_array_index (flags, Flag, i);
      float next = i + 1 < flags->len ? g_array_index (flags, Flag, i + 1).x : view->width;
      GdkRGBA colour;

      hw_chart_view_get_colour (view, kinds[flag->mark->mark].slot, &colour);
      taken = snapshot_label (snapshot, view, flag, taken, next, &colour);
      colour.alpha *= view->is_high_contrast ? 1 : 0.7f;
      snapshot_line (snapshot, view, flag->mark->mark, flag->x, &colour);
    }
}

static gboolean
hw_marks_layer_get_extent (HwChartLayer *layer,
                           gint64       *first,
                           gint64       *last)
{
  HwMarksLayer *self = HW_MARKS_LAYER (layer);

  if (self->marks->len == 0)
    return FALSE;
  *first = get_mark (self, 0)->time;
  *last = get_mark (self, self->marks->len - 1)->time;

  return TRUE;
}

static char *
dup_text (Mark *mark)
{
  if (mark->text == NULL)
    return g_strdup (get_name (mark->mark));

  /* Translators: the kind of a mark and what it says, such as Snapshot: before load */
  return g_strdup_printf (_("%s: %s"), get_name (mark->mark), mark->text);
}

static char *
hw_marks_layer_dup_note (HwChartLayer *layer,
                         gint64        time,
                         gint64        tolerance)
{
  HwMarksLayer *self = HW_MARKS_LAYER (layer);
  Mark *best = NULL;

  /* Of what is near, the most telling; of the same kind, the nearest. */
  for (guint i = find (self, time - tolerance); i < self->marks->len && get_mark (self, i)->time <= time + tolerance; i++)
    {
      Mark *mark = get_mark (self, i);

      if (best == NULL || mark->mark < best->mark ||
          (mark->mark == best->mark && ABS (mark->time - time) < ABS (best->time - time)))
        best = mark;
    }

  return best != NULL ? dup_text (best) : NULL;
}

static gboolean
hw_marks_layer_find_stop (HwChartLayer *layer,
                          gint64        time,
                          gboolean      forward,
                          gint64       *stop)
{
  HwMarksLayer *self = HW_MARKS_LAYER (layer);
  guint i = find (self, forward ? time + 1 : time);

  if (forward ? i >= self->marks->len : i == 0)
    return FALSE;
  *stop = get_mark (self, forward ? i : i - 1)->time;

  return TRUE;
}

static void
mark_clear (gpointer data)
{
  g_free (((Mark *) data)->text);
}

static void
hw_marks_layer_finalize (GObject *object)
{
  g_array_unref (HW_MARKS_LAYER (object)->marks);

  G_OBJECT_CLASS (hw_marks_layer_parent_class)->finalize (object);
}

static void
hw_marks_layer_class_init (HwMarksLayerClass *klass)
{
  HwChartLayerClass *layer_class = HW_CHART_LAYER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hw_marks_layer_finalize;

  layer_class->snapshot = hw_marks_layer_snapshot;
  layer_class->get_extent = hw_marks_layer_get_extent;
  layer_class->dup_note = hw_marks_layer_dup_note;
  layer_class->find_stop = hw_marks_layer_find_stop;
}

static void
hw_marks_layer_init (HwMarksLayer *self)
{
  self->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_array_set_clear_func (self->marks, mark_clear);
}

/**
 * hw_marks_layer_new:
 *
 * Returns: (transfer full): a layer without marks
 */
HwChartLayer *
hw_marks_layer_new (void)
{
  return g_object_new (HW_TYPE_MARKS_LAYER, NULL);
}

/* Half of the signs at once, so that the rest is moved seldom. */
static void
drop_old_signs (HwMarksLayer *self)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (Mark));
  guint n_left = self->n_signs / 2;

  g_array_set_clear_func (kept, mark_clear);
  for (guint i = 0; i < self->marks->len; i++)
    {
      Mark *mark = get_mark (self, i);

      if (n_left > 0 && !is_line (mark->mark))
        {
          mark_clear (mark);
          n_left--;
          self->n_signs--;
        }
      else
        {
          g_array_append_val (kept, *mark);
        }
    }
  g_array_set_clear_func (self->marks, NULL);
  g_array_unref (self->marks);
  self->marks = kept;
}

/**
 * hw_marks_layer_add:
 * @self: a layer
 * @time: when it happened, in microseconds
 * @mark: what happened
 * @text: (nullable): what it says
 *
 * Cost: O(1) amortised in the order of time, else O(marks after it).
 */
void
hw_marks_layer_add (HwMarksLayer *self,
                    gint64        time,
                    HwMark        mark,
                    const char   *text)
{
  Mark entry = { time, NULL, mark };

  g_return_if_fail (HW_IS_MARKS_LAYER (self) && mark <= HW_MARK_GC);

  if (!is_line (mark) && ++self->n_signs > MAX_SIGNS)
    drop_old_signs (self);
  entry.text = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  g_array_insert_val (self->marks, find (self, time + 1), entry);
  hw_chart_layer_changed (HW_CHART_LAYER (self));
}

/**
 * hw_marks_layer_clear:
 * @self: a layer
 *
 * Takes all marks away.
 */
void
hw_marks_layer_clear (HwMarksLayer *self)
{
  g_return_if_fail (HW_IS_MARKS_LAYER (self));

  g_array_set_size (self->marks, 0);
  self->n_signs = 0;
  hw_chart_layer_changed (HW_CHART_LAYER (self));
}
