/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Samples stand in two arrays ordered by time. Over them stands a pyramid: level 0 has the smallest and the
 * largest known value of every eight samples, each further level those of two blocks below. Only whole blocks
 * are kept, so that appending touches a level when a block of it is full: O(1) amortised. What a range held
 * is put together from O(log n) blocks; what it began and ended with are samples.
 *
 * A sample costs 16 bytes, the pyramid 16 bytes for every four of them: 20 bytes, and as the arrays grow by
 * doubling at most 40. A day at one sample a second is 1.7 to 3.5 MB a series, 14 to 28 MB for eight. At the
 * limit, a series is thinned where its samples stand closest, the youngest quarter left alone: of four samples
 * the lowest and the highest stay, where they were. So memory is bounded for ever, peaks stay, and what is old
 * gets about evenly coarse. One thinning sorts a fifth of the samples and makes room for about as many.
 *
 * A break is a sample of its own whose value is unknown, one microsecond after the one before.
 */
#include "config.h"

#include "model/hw-series-private.h"

#include <math.h>
#include <string.h>

#define BLOCK_BITS 3
#define BLOCK (1u << BLOCK_BITS)
#define N_LEVELS 28

/* Less than this and thinning would not make room. */
#define MIN_LIMIT 64

/* Some 36,000 years: whatever a file says, sums of times stay numbers. */
#define MAX_TIME (G_GINT64_CONSTANT (1) << 60)

typedef struct
{
  double low;      /* NaN: no value is known */
  double high;
} Node;

typedef struct
{
  GArray *times;       /* gint64, rising */
  GArray *values;      /* double */
  GArray *levels[N_LEVELS]; /* Node; NULL until the first block is full */
  gint64  max_gap;     /* microseconds; 0: any */
  guint   limit;
  guint   broken : 1;  /* the next sample begins a run */
} HwSeriesPrivate;

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_TYPE_WITH_PRIVATE (HwSeries, hw_series, G_TYPE_OBJECT)

#define TIME(priv, i) g_array_index ((priv)->times, gint64, i)
#define VALUE(priv, i) g_array_index ((priv)->values, double, i)

static void
node_add (Node   *node,
          double  low,
          double  high)
{
  if (isnan (low))
    return;
  if (isnan (node->low))
    {
      node->low = low;
      node->high = high;
      return;
    }
  node->low = MIN (node->low, low);
  node->high = MAX (node->high, high);
}

static void
append_node (HwSeriesPrivate *priv,
             guint            level,
             Node             node)
{
  if (priv->levels[level] == NULL)
    priv->levels[level] = g_array_new (FALSE, FALSE, sizeof (Node));
  g_array_append_val (priv->levels[level], node);
}

/* The sample at @index has become the last one: closes every block that ends with it. */
static void
close_blocks (HwSeriesPrivate *priv,
              guint            index)
{
  guint n = index + 1;
  Node node = { NAN, NAN };

  if (n % BLOCK != 0)
    return;
  for (guint i = n - BLOCK; i < n; i++)
    node_add (&node, VALUE (priv, i), VALUE (priv, i));
  append_node (priv, 0, node);

  for (guint level = 1; level < N_LEVELS && (n >> BLOCK_BITS) % (1u << level) == 0; level++)
    {
      GArray *below = priv->levels[level - 1];

      node = g_array_index (below, Node, below->len - 2);
      node_add (&node,
                g_array_index (below, Node, below->len - 1).low,
                g_array_index (below, Node, below->len - 1).high);
      append_node (priv, level, node);
    }
}

/* Makes all blocks that hold samples from @index on anew. */
static void
rebuild (HwSeriesPrivate *priv,
         guint            index)
{
  for (guint level = 0; level < N_LEVELS && priv->levels[level] != NULL; level++)
    g_array_set_size (priv->levels[level], MIN (priv->levels[level]->len, index >> (BLOCK_BITS + level)));
  for (guint i = index & ~(BLOCK - 1); i < priv->times->len; i++)
    close_blocks (priv, i);
}

static void
push (HwSeriesPrivate *priv,
      gint64           time,
      double           value)
{
  g_array_append_val (priv->times, time);
  g_array_append_val (priv->values, value);
  close_blocks (priv, priv->times->len - 1);
}

static gint
compare_spans (gconstpointer a,
               gconstpointer b)
{
  const gint64 *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

/* How long four samples may be to belong to the shorter half of all that are not young. */
static gint64
median_span (HwSeriesPrivate *priv,
             guint            end)
{
  g_autofree gint64 *spans = g_new (gint64, end / 4);

  for (guint i = 0; i < end; i += 4)
    spans[i / 4] = TIME (priv, i + 3) - TIME (priv, i);
  qsort (spans, end / 4, sizeof (gint64), compare_spans);

  return spans[end / 8];
}

/* Of four samples the lowest, the highest and one that is unknown stay, from the index @n on. */
static guint
thin_four (HwSeriesPrivate *priv,
           guint            i,
           guint            n)
{
  guint low = i, high = i, unknown = G_MAXUINT;

  for (guint j = i; j < i + 4; j++)
    {
      double value = VALUE (priv, j);

      if (isnan (value))
        {
          unknown = j;
          continue;
        }
      if (isnan (VALUE (priv, low)) || value < VALUE (priv, low))
        low = j;
      if (isnan (VALUE (priv, high)) || value >= VALUE (priv, high))
        high = j;
    }
  for (guint j = i; j < i + 4; j++)
    if (j == low || j == high || j == unknown)
      {
        TIME (priv, n) = TIME (priv, j);
        VALUE (priv, n) = VALUE (priv, j);
        n++;
      }

  return n;
}

/* Where the older samples stand closest, so that what is old becomes evenly coarse, and not coarser the older. */
static void
thin (HwSeriesPrivate *priv)
{
  guint len = priv->times->len, end = (len / 4 * 3) & ~3u, n = 0, left = end / 8;
  gint64 median = median_span (priv, end);

  for (guint i = 0; i < end; i += 4)
    {
      if (left > 0 && TIME (priv, i + 3) - TIME (priv, i) <= median)
        {
          n = thin_four (priv, i, n);
          left--;
          continue;
        }
      memmove (&TIME (priv, n), &TIME (priv, i), 4 * sizeof (gint64));
      memmove (&VALUE (priv, n), &VALUE (priv, i), 4 * sizeof (double));
      n += 4;
    }
  memmove (&TIME (priv, n), &TIME (priv, end), (len - end) * sizeof (gint64));
  memmove (&VALUE (priv, n), &VALUE (priv, end), (len - end) * sizeof (double));
  g_array_set_size (priv->times, n + len - end);
  g_array_set_size (priv->values, n + len - end);
  rebuild (priv, 0);
}

/* Returns: the first index whose sample is another one than before */
static guint
add (HwSeriesPrivate *priv,
     gint64           time,
     double           value)
{
  guint n = priv->times->len, changed = n, index;
  gint64 last = n > 0 ? TIME (priv, n - 1) : 0;

  time = CLAMP (time, -MAX_TIME, MAX_TIME);
  if (!isfinite (value))
    value = NAN;

  if (n == 0 || time > last)
    {
      gboolean gap = n > 0 && priv->max_gap > 0 && time - last > priv->max_gap;

      if (n > 0 && (gap || priv->broken) && !isnan (VALUE (priv, n - 1)) && time - last > 1)
        push (priv, last + 1, NAN);
      push (priv, time, value);
      priv->broken = FALSE;
      if (priv->times->len >= priv->limit)
        {
          thin (priv);
          changed = 0;
        }
      return changed;
    }

  /* Late: it goes where it belongs. The same time again means the value has been corrected. */
  index = 0;
  for (guint end = n; index < end;)
    {
      guint middle = index + (end - index) / 2;

      if (TIME (priv, middle) < time)
        index = middle + 1;
      else
        end = middle;
    }
  if (TIME (priv, index) == time)
    {
      VALUE (priv, index) = value;
    }
  else
    {
      g_array_insert_val (priv->times, index, time);
      g_array_insert_val (priv->values, index, value);
    }
  rebuild (priv, index);
  if (priv->times->len >= priv->limit)
    {
      thin (priv);
      index = 0;
    }

  return index;
}

static HwSeriesPrivate *
get_private (HwSeries *self)
{
  return hw_series_get_instance_private (self);
}

static void
hw_series_finalize (GObject *object)
{
  HwSeriesPrivate *priv = get_private (HW_SERIES (object));

  g_array_unref (priv->times);
  g_array_unref (priv->values);
  for (guint level = 0; level < N_LEVELS; level++)
    g_clear_pointer (&priv->levels[level], g_array_unref);

  G_OBJECT_CLASS (hw_series_parent_class)->finalize (object);
}

static void
hw_series_class_init (HwSeriesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hw_series_finalize;

  /**
   * HwSeries::changed:
   * @self: a series
   * @first: the first index whose sample is another one than before
   *
   * Emitted once for what one call has added.
   */
  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
hw_series_init (HwSeries *self)
{
  HwSeriesPrivate *priv = get_private (self);

  priv->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  priv->values = g_array_new (FALSE, FALSE, sizeof (double));
  priv->limit = HW_SERIES_DEFAULT_LIMIT;
}

/**
 * hw_series_new:
 * @limit: the most samples it keeps before the older ones are thinned; 0 for the default
 *
 * Returns: (transfer full): an empty series
 */
HwSeries *
hw_series_new (guint limit)
{
  HwSeries *self = g_object_new (HW_TYPE_SERIES, NULL);

  if (limit > 0)
    get_private (self)->limit = MAX (limit, MIN_LIMIT);

  return self;
}

/**
 * hw_series_append:
 * @self: a series
 * @time: in microseconds
 * @value: what it was then; not a number when it is unknown
 *
 * Adds a sample. One that comes late is put where it belongs, one of a time that is there replaces it.
 *
 * Cost: O(1) amortised; O(samples after it) when late.
 */
void
hw_series_append (HwSeries *self,
                  gint64    time,
                  double    value)
{
  hw_series_append_many (self, &time, &value, 1);
}

/**
 * hw_series_append_many:
 * @self: a series
 * @times: (array length=n): in microseconds
 * @values: (array length=n): what it was then
 * @n: how many
 *
 * Adds samples as hw_series_append() does, and tells of them once.
 */
void
hw_series_append_many (HwSeries     *self,
                       const gint64 *times,
                       const double *values,
                       gsize         n)
{
  HwSeriesPrivate *priv = get_private (self);
  guint first = G_MAXUINT;

  g_return_if_fail (HW_IS_SERIES (self));

  for (gsize i = 0; i < n; i++)
    {
      guint changed = add (priv, times[i], values[i]);

      first = MIN (first, changed);
    }
  if (n > 0)
    g_signal_emit (self, signals[CHANGED], 0, first);
}

/**
 * hw_series_break:
 * @self: a series
 *
 * The next sample belongs to another run: no line leads to it.
 */
void
hw_series_break (HwSeries *self)
{
  g_return_if_fail (HW_IS_SERIES (self));

  get_private (self)->broken = TRUE;
}

/**
 * hw_series_set_max_gap:
 * @self: a series
 * @max_gap: in microseconds; 0 for any
 *
 * Without a sample for longer than this, no line leads over the gap.
 */
void
hw_series_set_max_gap (HwSeries *self,
                       gint64    max_gap)
{
  g_return_if_fail (HW_IS_SERIES (self));

  get_private (self)->max_gap = max_gap;
}

/* Forgets the samples from @n on, without telling: what derives a series goes on at once. */
void
hw_series_truncate (HwSeries *self,
                    guint     n)
{
  HwSeriesPrivate *priv = get_private (self);

  if (n >= priv->times->len)
    return;
  g_array_set_size (priv->times, n);
  g_array_set_size (priv->values, n);
  rebuild (priv, n);
}

/**
 * hw_series_clear:
 * @self: a series
 *
 * Forgets all samples.
 */
void
hw_series_clear (HwSeries *self)
{
  g_return_if_fail (HW_IS_SERIES (self));

  hw_series_truncate (self, 0);
  get_private (self)->broken = FALSE;
  g_signal_emit (self, signals[CHANGED], 0, 0);
}

/**
 * hw_series_get_n:
 * @self: a series
 *
 * Returns: how many samples there are, breaks included
 */
guint
hw_series_get_n (HwSeries *self)
{
  g_return_val_if_fail (HW_IS_SERIES (self), 0);

  return get_private (self)->times->len;
}

/**
 * hw_series_get_time:
 * @self: a series
 * @index: of a sample
 *
 * Returns: when it was taken, in microseconds
 */
gint64
hw_series_get_time (HwSeries *self,
                    guint     index)
{
  g_return_val_if_fail (HW_IS_SERIES (self) && index < get_private (self)->times->len, 0);

  return TIME (get_private (self), index);
}

/**
 * hw_series_get_value:
 * @self: a series
 * @index: of a sample
 *
 * Returns: its value, not a number when it is unknown
 */
double
hw_series_get_value (HwSeries *self,
                     guint     index)
{
  g_return_val_if_fail (HW_IS_SERIES (self) && index < get_private (self)->times->len, NAN);

  return VALUE (get_private (self), index);
}

/**
 * hw_series_get_extent:
 * @self: a series
 * @first: (out): time of its first sample
 * @last: (out): time of its last sample
 *
 * Returns: whether there are any
 */
gboolean
hw_series_get_extent (HwSeries *self,
                      gint64   *first,
                      gint64   *last)
{
  HwSeriesPrivate *priv = get_private (self);

  g_return_val_if_fail (HW_IS_SERIES (self), FALSE);

  if (priv->times->len == 0)
    return FALSE;
  *first = TIME (priv, 0);
  *last = TIME (priv, priv->times->len - 1);

  return TRUE;
}

/* The first index from @from on whose time is @time or later: doubling steps, then halving. */
static guint
seek (HwSeriesPrivate *priv,
      guint            from,
      gint64           time)
{
  guint n = priv->times->len, step = 1, end;

  if (from >= n || TIME (priv, from) >= time)
    return from;
  while (step < n - from && TIME (priv, from + step) < time)
    {
      from += step;
      step *= 2;
    }
  end = step < n - from ? from + step : n;
  for (from++; from < end;)
    {
      guint middle = from + (end - from) / 2;

      if (TIME (priv, middle) < time)
        from = middle + 1;
      else
        end = middle;
    }

  return from;
}

/**
 * hw_series_find:
 * @self: a series
 * @time: in microseconds
 *
 * Returns: the index of the first sample at @time or later; their number when there is none
 */
guint
hw_series_find (HwSeries *self,
                gint64    time)
{
  g_return_val_if_fail (HW_IS_SERIES (self), 0);

  return seek (get_private (self), 0, time);
}

/**
 * hw_series_get_at:
 * @self: a series
 * @time: in microseconds
 *
 * Returns: the value of the last sample up to @time; not a number before the first one and between runs
 */
double
hw_series_get_at (HwSeries *self,
                  gint64    time)
{
  HwSeriesPrivate *priv = get_private (self);
  guint index = hw_series_find (self, time);

  if (index < priv->times->len && TIME (priv, index) == time)
    return VALUE (priv, index);

  return index > 0 ? VALUE (priv, index - 1) : NAN;
}

/* What the samples in [i, end) held, out of the largest blocks that fit. */
static Node
summarise (HwSeriesPrivate *priv,
           guint            i,
           guint            end)
{
  Node sum = { NAN, NAN };

  while (i < end)
    {
      guint level = 0;
      const Node *node;

      if (i % BLOCK != 0 || end - i < BLOCK)
        {
          node_add (&sum, VALUE (priv, i), VALUE (priv, i));
          i++;
          continue;
        }
      while (level + 1 < N_LEVELS && (i >> BLOCK_BITS) % (2u << level) == 0 && end - i >= BLOCK << (level + 1))
        level++;
      node = &g_array_index (priv->levels[level], Node, i >> (BLOCK_BITS + level));
      node_add (&sum, node->low, node->high);
      i += BLOCK << level;
    }

  return sum;
}

/**
 * hw_series_get_range:
 * @self: a series
 * @start: in microseconds
 * @end: in microseconds, not included
 * @low: (out): the smallest known value
 * @high: (out): the largest known value
 *
 * Cost: O(log samples).
 *
 * Returns: whether any value is known
 */
gboolean
hw_series_get_range (HwSeries *self,
                     gint64    start,
                     gint64    end,
                     double   *low,
                     double   *high)
{
  HwSeriesPrivate *priv = get_private (self);
  guint first;
  Node sum;

  g_return_val_if_fail (HW_IS_SERIES (self), FALSE);

  first = seek (priv, 0, start);
  sum = summarise (priv, first, seek (priv, first, end));
  if (isnan (sum.low))
    return FALSE;
  *low = sum.low;
  *high = sum.high;

  return TRUE;
}

/* Of time / unit the whole below it, also for times before the epoch. */
static gint64
floor_divide (gint64 time,
              gint64 unit)
{
  return time / unit - (time % unit < 0);
}

/**
 * hw_series_query:
 * @self: a series
 * @first_column: number of the first column: column k holds the times from k × @column_time on
 * @column_time: width of a column in microseconds
 * @n_columns: how many columns are shown
 * @columns: (array) (out caller-allocates): room for @n_columns + 2 columns
 *
 * What is to be drawn. Columns are counted from time 0, not from the left edge, so that a picture that
 * moves does not flicker. The last known sample before and the first one after are given too: lines leave
 * the picture through its edges.
 *
 * Cost: O(columns × log samples in a column), whatever the number of samples.
 *
 * Returns: how many columns have a known value
 */
gsize
hw_series_query (HwSeries       *self,
                 gint64          first_column,
                 gint64          column_time,
                 guint           n_columns,
                 HwSeriesColumn *columns)
{
  HwSeriesPrivate *priv = get_private (self);
  guint n = priv->times->len, i, end;
  gint64 stop = (first_column + n_columns) * column_time;
  gsize n_out = 0;

  g_return_val_if_fail (HW_IS_SERIES (self) && column_time > 0, 0);

  i = seek (priv, 0, first_column * column_time);
  if (i > 0)
    i--;
  for (; i < n && n_out < (gsize) n_columns + 2; i = end)
    {
      gint64 column = floor_divide (TIME (priv, i), column_time);
      gboolean before = column < first_column, after = TIME (priv, i) >= stop;
      HwSeriesColumn *out = &columns[n_out];
      Node sum;

      /* Of what lies outside, the one sample that a line comes from or goes to. */
      end = before || after ? i + 1 : seek (priv, i + 1, (column + 1) * column_time);
      sum = summarise (priv, i, end);
      if (!isnan (sum.low))
        {
          out->time = TIME (priv, i);
          out->end = TIME (priv, end - 1);
          out->low = sum.low;
          out->high = sum.high;
          out->first = VALUE (priv, i);
          out->last = VALUE (priv, end - 1);
          out->joined = n_out > 0 && i > 0 && !isnan (out->first) && !isnan (VALUE (priv, i - 1));
          n_out++;
        }
      if (after)
        break;
    }

  return n_out;
}

/**
 * hw_series_get_memory:
 * @self: a series
 *
 * Returns: the bytes its samples and its pyramid fill
 */
gsize
hw_series_get_memory (HwSeries *self)
{
  HwSeriesPrivate *priv = get_private (self);
  gsize n_bytes = 0;

  g_return_val_if_fail (HW_IS_SERIES (self), 0);

  n_bytes = priv->times->len * (sizeof (gint64) + sizeof (double));
  for (guint level = 0; level < N_LEVELS && priv->levels[level] != NULL; level++)
    n_bytes += priv->levels[level]->len * sizeof (Node);

  return n_bytes;
}

/**
 * hw_series_clock_map:
 * @clock: a clock, all zeros at first
 * @wall_time: what the wall clock says, in microseconds
 * @jumped: (out) (optional): whether the wall clock was set back
 *
 * Time for the samples, marks and lines of one recording. After the wall clock was set back by more than a
 * few seconds, time goes on one second after the last one, and keeps that distance to the wall clock; less
 * than that is a late sample. A clock set forward leaves a gap.
 *
 * Returns: the time, in microseconds
 */
gint64
hw_series_clock_map (HwSeriesClock *clock,
                     gint64         wall_time,
                     gboolean      *jumped)
{
  gint64 time = wall_time + clock->offset;
  gboolean back = clock->last > 0 && time < clock->last - 10 * G_USEC_PER_SEC;

  if (back)
    {
      time = clock->last + G_USEC_PER_SEC;
      clock->offset = time - wall_time;
    }
  clock->last = MAX (clock->last, time);
  if (jumped != NULL)
    *jumped = back;

  return time;
}
