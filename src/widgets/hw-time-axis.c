/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-time-axis.h"

/* A picture is at least this long: a tenth of a millisecond in each of a hundred columns. */
#define MIN_SPAN (10 * G_TIME_SPAN_MILLISECOND)
/* And at most this long: beyond a year there is nothing to see. */
#define MAX_SPAN (400 * G_TIME_SPAN_DAY)
#define MAX_TIME (G_GINT64_CONSTANT (1) << 60)

struct _HwTimeAxis
{
  GObject  parent_instance;

  gint64   first;            /* of what there is to see; HW_TIME_NONE: nothing */
  gint64   last;
  gint64   start;
  gint64   span;
  gint64   cursor;
  gint64   selection_start;
  gint64   selection_end;
  int      gutter;           /* pixels left of all plots */
  guint    following : 1;
  guint    is_relative : 1;
};

typedef enum
{
  PROP_FOLLOWING = 1,
} HwTimeAxisProperty;

enum
{
  VIEW_CHANGED,
  CURSOR_CHANGED,
  SELECTION_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[PROP_FOLLOWING + 1];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwTimeAxis, hw_time_axis, G_TYPE_OBJECT)

static void
hw_time_axis_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  HwTimeAxis *self = HW_TIME_AXIS (object);

  switch ((HwTimeAxisProperty) prop_id)
    {
    case PROP_FOLLOWING:
      g_value_set_boolean (value, self->following);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_time_axis_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  HwTimeAxis *self = HW_TIME_AXIS (object);

  switch ((HwTimeAxisProperty) prop_id)
    {
    case PROP_FOLLOWING:
      hw_time_axis_set_following (self, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_time_axis_class_init (HwTimeAxisClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = hw_time_axis_get_property;
  object_class->set_property = hw_time_axis_set_property;

  /**
   * HwTimeAxis:following:
   *
   * Whether what is shown moves along with what arrives; FALSE is a pause.
   */
  properties[PROP_FOLLOWING] =
    g_param_spec_boolean ("following", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * HwTimeAxis::view-changed:
   * @self: an axis
   *
   * Another piece of time is shown.
   */
  signals[VIEW_CHANGED] = g_signal_new ("view-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * HwTimeAxis::cursor-changed:
   * @self: an axis
   *
   * The cursor stands elsewhere, or has gone.
   */
  signals[CURSOR_CHANGED] = g_signal_new ("cursor-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * HwTimeAxis::selection-changed:
   * @self: an axis
   *
   * Another range is selected, or none.
   */
  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hw_time_axis_init (HwTimeAxis *self)
{
  self->first = self->last = HW_TIME_NONE;
  self->cursor = HW_TIME_NONE;
  self->selection_start = self->selection_end = HW_TIME_NONE;
  self->following = TRUE;
}

/**
 * hw_time_axis_new:
 * @span: how much is shown at first, in microseconds
 * @is_relative: whether times are counted from the beginning, not told by the clock
 *
 * Returns: (transfer full): an axis that follows
 */
HwTimeAxis *
hw_time_axis_new (gint64   span,
                  gboolean is_relative)
{
  HwTimeAxis *self = g_object_new (HW_TYPE_TIME_AXIS, NULL);

  self->span = CLAMP (span, MIN_SPAN, MAX_SPAN);
  self->is_relative = is_relative;

  return self;
}

/**
 * hw_time_axis_is_relative:
 * @self: an axis
 *
 * Returns: whether times are counted from the beginning
 */
gboolean
hw_time_axis_is_relative (HwTimeAxis *self)
{
  g_return_val_if_fail (HW_IS_TIME_AXIS (self), FALSE);

  return self->is_relative;
}

static void
set_view (HwTimeAxis *self,
          gint64      start,
          gint64      span)
{
  span = CLAMP (span, MIN_SPAN, MAX_SPAN);
  start = CLAMP (start, -MAX_TIME, MAX_TIME);
  if (start == self->start && span == self->span)
    return;
  self->start = start;
  self->span = span;
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

/* The newest at the right; while there is less than fits, the oldest at the left. */
static gint64
following_start (HwTimeAxis *self)
{
  return MAX (self->first, self->last - self->span + self->span / 50);
}

/**
 * hw_time_axis_set_extent:
 * @self: an axis
 * @first: the first time there is anything to see
 * @last: the last one
 *
 * Tells what there is; when following, the newest is shown.
 */
void
hw_time_axis_set_extent (HwTimeAxis *self,
                         gint64      first,
                         gint64      last)
{
  gboolean was_empty;

  g_return_if_fail (HW_IS_TIME_AXIS (self) && first <= last);

  was_empty = self->first == HW_TIME_NONE;
  self->first = CLAMP (first, -MAX_TIME, MAX_TIME);
  self->last = CLAMP (last, -MAX_TIME, MAX_TIME);
  if (self->following || was_empty)
    set_view (self, following_start (self), self->span);
}

/**
 * hw_time_axis_extend:
 * @self: an axis
 * @first: the first time one of its charts has something to see
 * @last: the last one
 *
 * As hw_time_axis_set_extent(), but nothing that was there before goes.
 */
void
hw_time_axis_extend (HwTimeAxis *self,
                     gint64      first,
                     gint64      last)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  if (self->first != HW_TIME_NONE)
    {
      first = MIN (first, self->first);
      last = MAX (last, self->last);
    }
  hw_time_axis_set_extent (self, first, last);
}

/**
 * hw_time_axis_get_extent:
 * @self: an axis
 * @first: (out): the first time there is anything to see, HW_TIME_NONE when there is nothing
 * @last: (out): the last one
 */
void
hw_time_axis_get_extent (HwTimeAxis *self,
                         gint64     *first,
                         gint64     *last)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  *first = self->first;
  *last = self->last;
}

/**
 * hw_time_axis_get_start:
 * @self: an axis
 *
 * Returns: the time at the left edge
 */
gint64
hw_time_axis_get_start (HwTimeAxis *self)
{
  g_return_val_if_fail (HW_IS_TIME_AXIS (self), 0);

  return self->start;
}

/**
 * hw_time_axis_get_span:
 * @self: an axis
 *
 * Returns: how much time is shown
 */
gint64
hw_time_axis_get_span (HwTimeAxis *self)
{
  g_return_val_if_fail (HW_IS_TIME_AXIS (self), 0);

  return self->span;
}

/* Something of what there is stays in the picture, and looking back is a pause. */
static void
move_to (HwTimeAxis *self,
         gint64      start,
         gint64      span)
{
  span = CLAMP (span, MIN_SPAN, MAX_SPAN);
  if (self->first != HW_TIME_NONE)
    {
      /* What fits is shown from its beginning; else the picture ends with the newest at the latest. */
      gint64 latest = MAX (self->first, self->last - span + span / 50);

      hw_time_axis_set_following (self, start >= latest);
      start = CLAMP (start, MIN (self->first, latest), latest);
    }
  set_view (self, start, span);
}

/**
 * hw_time_axis_show:
 * @self: an axis
 * @start: the time at the left edge
 * @span: how much time is shown
 *
 * Shows another piece of time. It does not leave what there is to see, and goes on following only where the
 * newest is shown.
 */
void
hw_time_axis_show (HwTimeAxis *self,
                   gint64      start,
                   gint64      span)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  move_to (self, CLAMP (start, -MAX_TIME, MAX_TIME), span);
}

/**
 * hw_time_axis_show_all:
 * @self: an axis
 *
 * Shows all there is.
 */
void
hw_time_axis_show_all (HwTimeAxis *self)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  if (self->first != HW_TIME_NONE)
    move_to (self, self->first, (self->last - self->first) / 49 * 50 + MIN_SPAN);
}

/**
 * hw_time_axis_pan:
 * @self: an axis
 * @part: of what is shown; below 0 to earlier times
 *
 * Shows earlier or later times.
 */
void
hw_time_axis_pan (HwTimeAxis *self,
                  double      part)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  move_to (self, self->start + (gint64) ((double) self->span * CLAMP (part, -1e3, 1e3)), self->span);
}

/**
 * hw_time_axis_zoom:
 * @self: an axis
 * @around: the time that stays where it is
 * @factor: above 1 to see less time in more detail
 *
 * Shows more or less time. While following, the newest stays where it is.
 */
void
hw_time_axis_zoom (HwTimeAxis *self,
                   gint64      around,
                   double      factor)
{
  gint64 span;

  g_return_if_fail (HW_IS_TIME_AXIS (self) && factor > 0);

  /* All there is, and a little more, is as far as it goes. */
  span = (gint64) CLAMP ((double) self->span / factor, (double) MIN_SPAN, (double) MAX_SPAN);
  if (self->first != HW_TIME_NONE && factor < 1)
    span = MIN (span, MAX (self->span, (self->last - self->first) / 49 * 50 + 10 * G_TIME_SPAN_SECOND));
  if (self->following && self->first != HW_TIME_NONE)
    {
      self->span = span;
      self->start--;
      set_view (self, following_start (self), span);
      return;
    }
  move_to (self, around - (gint64) ((double) (around - self->start) * ((double) span / (double) self->span)), span);
}

/**
 * hw_time_axis_reveal:
 * @self: an axis
 * @time: a time
 *
 * Moves, as little as is needed, until a time is shown.
 */
void
hw_time_axis_reveal (HwTimeAxis *self,
                     gint64      time)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  if (time < self->start)
    move_to (self, time - self->span / 10, self->span);
  else if (time > self->start + self->span)
    move_to (self, time - self->span + self->span / 10, self->span);
}

/**
 * hw_time_axis_get_following:
 * @self: an axis
 *
 * Returns: whether it moves along with what arrives
 */
gboolean
hw_time_axis_get_following (HwTimeAxis *self)
{
  g_return_val_if_fail (HW_IS_TIME_AXIS (self), FALSE);

  return self->following;
}

/**
 * hw_time_axis_set_following:
 * @self: an axis
 * @following: whether to move along with what arrives
 *
 * Pauses, or goes on with the newest.
 */
void
hw_time_axis_set_following (HwTimeAxis *self,
                            gboolean    following)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  if (self->following == !!following)
    return;
  self->following = !!following;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
  if (self->following && self->first != HW_TIME_NONE)
    set_view (self, following_start (self), self->span);
}

/**
 * hw_time_axis_get_cursor:
 * @self: an axis
 *
 * Returns: the time at the cursor, HW_TIME_NONE when there is none
 */
gint64
hw_time_axis_get_cursor (HwTimeAxis *self)
{
  g_return_val_if_fail (HW_IS_TIME_AXIS (self), HW_TIME_NONE);

  return self->cursor;
}

/**
 * hw_time_axis_set_cursor:
 * @self: an axis
 * @time: a time, or HW_TIME_NONE to take the cursor away
 *
 * Moves the cursor of all charts on the axis.
 */
void
hw_time_axis_set_cursor (HwTimeAxis *self,
                         gint64      time)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  if (self->cursor == time)
    return;
  self->cursor = time;
  g_signal_emit (self, signals[CURSOR_CHANGED], 0);
}

/**
 * hw_time_axis_get_selection:
 * @self: an axis
 * @start: (out): where the selected range begins
 * @end: (out): where it ends
 *
 * Returns: whether a range is selected
 */
gboolean
hw_time_axis_get_selection (HwTimeAxis *self,
                            gint64     *start,
                            gint64     *end)
{
  g_return_val_if_fail (HW_IS_TIME_AXIS (self), FALSE);

  if (self->selection_start == HW_TIME_NONE)
    return FALSE;
  *start = self->selection_start;
  *end = self->selection_end;

  return TRUE;
}

/**
 * hw_time_axis_select:
 * @self: an axis
 * @start: where the range begins, or HW_TIME_NONE for no range
 * @end: where it ends; may be the earlier one
 *
 * Selects a range of time.
 */
void
hw_time_axis_select (HwTimeAxis *self,
                     gint64      start,
                     gint64      end)
{
  gint64 low = start == HW_TIME_NONE ? HW_TIME_NONE : MIN (start, end);
  gint64 high = start == HW_TIME_NONE ? HW_TIME_NONE : MAX (start, end);

  g_return_if_fail (HW_IS_TIME_AXIS (self));

  if (self->selection_start == low && self->selection_end == high)
    return;
  self->selection_start = low;
  self->selection_end = high;
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

/**
 * hw_time_axis_get_gutter:
 * @self: an axis
 *
 * Returns: the pixels left of the plots of all charts, where their values are told
 */
int
hw_time_axis_get_gutter (HwTimeAxis *self)
{
  g_return_val_if_fail (HW_IS_TIME_AXIS (self), 0);

  return self->gutter;
}

/**
 * hw_time_axis_widen_gutter:
 * @self: an axis
 * @width: what a chart needs left of its plot, in pixels
 *
 * The widest one counts, so that charts stand exactly below each other; it never shrinks, so that they do not
 * move to and fro.
 */
void
hw_time_axis_widen_gutter (HwTimeAxis *self,
                           int         width)
{
  g_return_if_fail (HW_IS_TIME_AXIS (self));

  if (width <= self->gutter)
    return;
  self->gutter = width;
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

static char *
format_relative (gint64 time,
                 gint64 precision)
{
  gint64 size = time < 0 ? -time : time;
  gint64 seconds = size / G_TIME_SPAN_SECOND, hours = seconds / 3600, minutes = seconds / 60 % 60;
  const char *sign = time < 0 ? "\xe2\x88\x92" : "";
  g_autofree char *fraction = precision < G_TIME_SPAN_SECOND ?
    g_strdup_printf (".%03d", (int) (size % G_TIME_SPAN_SECOND / 1000)) : g_strdup ("");

  if (hours > 0)
    return g_strdup_printf ("%s%" G_GINT64_FORMAT ":%02d:%02d%s", sign, hours, (int) minutes, (int) (seconds % 60), fraction);

  return g_strdup_printf ("%s%d:%02d%s", sign, (int) minutes, (int) (seconds % 60), fraction);
}

/**
 * hw_time_axis_format:
 * @self: an axis
 * @time: a time
 * @precision: what is to be told apart, in microseconds
 *
 * Returns: (transfer full): the time for a person: that of the clock, or the one since the beginning
 */
char *
hw_time_axis_format (HwTimeAxis *self,
                     gint64      time,
                     gint64      precision)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autoptr(GDateTime) local = NULL;

  g_return_val_if_fail (HW_IS_TIME_AXIS (self), NULL);

  if (self->is_relative)
    return format_relative (time, precision);

  utc = g_date_time_new_from_unix_utc_usec (time);
  local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  if (local == NULL)
    return g_strdup ("");
  if (precision >= G_TIME_SPAN_DAY)
    return g_date_time_format (local, "%-d %b");
  if (precision >= G_TIME_SPAN_MINUTE)
    return g_date_time_format (local, "%H:%M");
  if (precision >= G_TIME_SPAN_SECOND)
    return g_date_time_format (local, "%H:%M:%S");
  else
    {
      g_autofree char *seconds = g_date_time_format (local, "%H:%M:%S");

      return g_strdup_printf ("%s.%03d", seconds, g_date_time_get_microsecond (local) / 1000);
    }
}

/**
 * hw_time_axis_get_ticks:
 * @start: the time at the left edge
 * @span: how much is shown
 * @n_most: how many ticks have room
 * @is_relative: whether times are counted from the beginning
 * @step: (out): the time from one tick to the next
 *
 * Returns: (transfer full) (element-type gint64): times a clock's face would mark, also in a zone that is half
 *   an hour off
 */
GArray *
hw_time_axis_get_ticks (gint64    start,
                        gint64    span,
                        guint     n_most,
                        gboolean  is_relative,
                        gint64   *step)
{
  static const gint64 steps[] = {
    1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000,
    1 * G_TIME_SPAN_SECOND, 2 * G_TIME_SPAN_SECOND, 5 * G_TIME_SPAN_SECOND, 10 * G_TIME_SPAN_SECOND,
    15 * G_TIME_SPAN_SECOND, 30 * G_TIME_SPAN_SECOND,
    1 * G_TIME_SPAN_MINUTE, 2 * G_TIME_SPAN_MINUTE, 5 * G_TIME_SPAN_MINUTE, 10 * G_TIME_SPAN_MINUTE,
    15 * G_TIME_SPAN_MINUTE, 30 * G_TIME_SPAN_MINUTE,
    1 * G_TIME_SPAN_HOUR, 2 * G_TIME_SPAN_HOUR, 3 * G_TIME_SPAN_HOUR, 6 * G_TIME_SPAN_HOUR, 12 * G_TIME_SPAN_HOUR,
    1 * G_TIME_SPAN_DAY, 2 * G_TIME_SPAN_DAY, 5 * G_TIME_SPAN_DAY, 10 * G_TIME_SPAN_DAY, 50 * G_TIME_SPAN_DAY,
  };
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 zone = 0, tick;
  guint i = 0;

  n_most = CLAMP (n_most, 1, 1000);
  while (i < G_N_ELEMENTS (steps) - 1 && span / steps[i] >= n_most)
    i++;
  *step = steps[i];

  if (!is_relative)
    {
      g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc_usec (start);
      g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

      zone = local != NULL ? g_date_time_get_utc_offset (local) : 0;
    }

  tick = start + zone;
  tick -= ((tick % *step) + *step) % *step;
  for (tick -= zone; tick <= start + span && ticks->len < 2000; tick += *step)
    if (tick >= start)
      g_array_append_val (ticks, tick);

  return ticks;
}
