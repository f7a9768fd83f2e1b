/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Spans stand in one array, parents before children. For each level another one has the spans of that level in
 * the order of their starts; spans of a level do not overlap, so that what is at a point, and what comes after
 * it, is a binary search. Names are kept once, however many spans have them.
 */
#include "config.h"

#include "model/hw-flame.h"

/* A terabyte: sums of some million spans stay numbers, whatever a file says. */
#define MAX_WEIGHT (G_GUINT64_CONSTANT (1) << 40)

typedef struct
{
  const char *name;     /* of the chunk */
  const char *detail;   /* of the chunk, or NULL */
  guint64     own;
  guint64     total;
  guint64     start;
  guint64     next;     /* where the next child begins; when finished, where the children end */
  guint       parent;
  guint       level;
  guint       rank;     /* among the spans of its level */
} Span;

struct _HwFlame
{
  GObject       parent_instance;

  GArray       *spans;    /* Span */
  GPtrArray    *levels;   /* GArray of guint: spans by start */
  GStringChunk *texts;
  guint64       sum;
  guint         finished : 1;
};

G_DEFINE_FINAL_TYPE (HwFlame, hw_flame, G_TYPE_OBJECT)

static Span *
get_span (HwFlame *self,
          guint    span)
{
  return &g_array_index (self->spans, Span, span);
}

static void
hw_flame_finalize (GObject *object)
{
  HwFlame *self = HW_FLAME (object);

  g_array_unref (self->spans);
  g_ptr_array_unref (self->levels);
  g_string_chunk_free (self->texts);

  G_OBJECT_CLASS (hw_flame_parent_class)->finalize (object);
}

static void
hw_flame_class_init (HwFlameClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hw_flame_finalize;
}

static void
hw_flame_init (HwFlame *self)
{
  self->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  self->levels = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->texts = g_string_chunk_new (4096);
}

/**
 * hw_flame_new:
 *
 * Returns: (transfer full): no spans yet
 */
HwFlame *
hw_flame_new (void)
{
  return g_object_new (HW_TYPE_FLAME, NULL);
}

/**
 * hw_flame_add:
 * @self: not finished yet
 * @parent: the span it is in, or HW_FLAME_ROOT
 * @name: for a person; is made valid UTF-8
 * @detail: (nullable): what tells spans of one name apart, such as a place in a file
 * @own: what it weighs itself
 *
 * Adds a span after those its parent has. One that would lie too deep counts as its parent's own weight.
 *
 * Returns: its number; that of its parent when it lies too deep
 */
guint
hw_flame_add (HwFlame    *self,
              guint       parent,
              const char *name,
              const char *detail,
              guint64     own)
{
  g_autofree char *valid = NULL;
  g_autofree char *valid_detail = NULL;
  Span span = { 0 };

  g_return_val_if_fail (HW_IS_FLAME (self) && !self->finished && name != NULL, HW_FLAME_NONE);
  g_return_val_if_fail (parent == HW_FLAME_ROOT || parent < self->spans->len, HW_FLAME_NONE);

  if (parent != HW_FLAME_ROOT && get_span (self, parent)->level + 1 >= HW_FLAME_MAX_DEPTH)
    {
      get_span (self, parent)->own += MIN (own, MAX_WEIGHT);
      return parent;
    }
  valid = g_utf8_make_valid (name, -1);
  valid_detail = detail != NULL ? g_utf8_make_valid (detail, -1) : NULL;
  span.name = g_string_chunk_insert_const (self->texts, valid);
  span.detail = valid_detail != NULL ? g_string_chunk_insert_const (self->texts, valid_detail) : NULL;
  span.own = MIN (own, MAX_WEIGHT);
  span.parent = parent;
  span.level = parent != HW_FLAME_ROOT ? get_span (self, parent)->level + 1 : 0;
  g_array_append_val (self->spans, span);

  return self->spans->len - 1;
}

static gint
compare_starts (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  const Span *left = get_span (data, *(const guint *) a), *right = get_span (data, *(const guint *) b);

  if (left->start != right->start)
    return left->start < right->start ? -1 : 1;
  /* What weighs nothing lies before what begins at the same place, so that each span ends where the next begins. */
  if (left->total != right->total)
    return left->total < right->total ? -1 : 1;

  return *(const guint *) a < *(const guint *) b ? -1 : 1;
}

/**
 * hw_flame_finish:
 * @self: all spans
 *
 * Lays the spans out. Cost: O(n log n).
 */
void
hw_flame_finish (HwFlame *self)
{
  g_return_if_fail (HW_IS_FLAME (self) && !self->finished);

  self->finished = TRUE;
  for (guint i = self->spans->len; i-- > 0;)
    {
      Span *span = get_span (self, i);

      span->total += span->own;
      if (span->parent != HW_FLAME_ROOT)
        get_span (self, span->parent)->total += span->total;
    }
  for (guint i = 0; i < self->spans->len; i++)
    {
      Span *span = get_span (self, i);
      guint64 *next = span->parent != HW_FLAME_ROOT ? &get_span (self, span->parent)->next : &self->sum;

      span->start = span->next = *next;
      *next += span->total;
      while (self->levels->len <= span->level)
        g_ptr_array_add (self->levels, g_array_new (FALSE, FALSE, sizeof (guint)));
      g_array_append_val ((GArray *) g_ptr_array_index (self->levels, span->level), i);
    }
  for (guint level = 0; level < self->levels->len; level++)
    {
      GArray *spans = g_ptr_array_index (self->levels, level);

      g_array_sort_with_data (spans, compare_starts, self);
      for (guint i = 0; i < spans->len; i++)
        get_span (self, g_array_index (spans, guint, i))->rank = i;
    }
}

/**
 * hw_flame_get_n:
 * @self: spans
 *
 * Returns: how many there are
 */
guint
hw_flame_get_n (HwFlame *self)
{
  g_return_val_if_fail (HW_IS_FLAME (self), 0);

  return self->spans->len;
}

/**
 * hw_flame_get_depth:
 * @self: finished spans
 *
 * Returns: how many levels there are
 */
guint
hw_flame_get_depth (HwFlame *self)
{
  g_return_val_if_fail (HW_IS_FLAME (self), 0);

  return self->levels->len;
}

/**
 * hw_flame_get_sum:
 * @self: finished spans
 *
 * Returns: what all of them weigh
 */
guint64
hw_flame_get_sum (HwFlame *self)
{
  g_return_val_if_fail (HW_IS_FLAME (self), 0);

  return self->sum;
}

/**
 * hw_flame_get_name:
 * @self: spans
 * @span: one of them
 *
 * Returns: (transfer none): its name
 */
const char *
hw_flame_get_name (HwFlame *self,
                   guint    span)
{
  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, NULL);

  return get_span (self, span)->name;
}

/**
 * hw_flame_get_detail:
 * @self: spans
 * @span: one of them
 *
 * Returns: (transfer none) (nullable): what tells it from others of its name
 */
const char *
hw_flame_get_detail (HwFlame *self,
                     guint    span)
{
  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, NULL);

  return get_span (self, span)->detail;
}

/**
 * hw_flame_get_own:
 * @self: spans
 * @span: one of them
 *
 * Returns: what it weighs itself
 */
guint64
hw_flame_get_own (HwFlame *self,
                  guint    span)
{
  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, 0);

  return get_span (self, span)->own;
}

/**
 * hw_flame_get_total:
 * @self: finished spans
 * @span: one of them
 *
 * Returns: what it weighs with all in it
 */
guint64
hw_flame_get_total (HwFlame *self,
                    guint    span)
{
  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, 0);

  return get_span (self, span)->total;
}

/**
 * hw_flame_get_start:
 * @self: finished spans
 * @span: one of them
 *
 * Returns: what lies before it
 */
guint64
hw_flame_get_start (HwFlame *self,
                    guint    span)
{
  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, 0);

  return get_span (self, span)->start;
}

/**
 * hw_flame_get_level:
 * @self: spans
 * @span: one of them
 *
 * Returns: in how many others it lies
 */
guint
hw_flame_get_level (HwFlame *self,
                    guint    span)
{
  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, 0);

  return get_span (self, span)->level;
}

/**
 * hw_flame_get_parent:
 * @self: spans
 * @span: one of them
 *
 * Returns: the one it lies in, or HW_FLAME_NONE
 */
guint
hw_flame_get_parent (HwFlame *self,
                     guint    span)
{
  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, HW_FLAME_NONE);

  return get_span (self, span)->parent;
}

/**
 * hw_flame_get_child:
 * @self: finished spans
 * @span: one of them
 *
 * Returns: the heaviest one in it, or HW_FLAME_NONE. Cost: linear in their number
 */
guint
hw_flame_get_child (HwFlame *self,
                    guint    span)
{
  guint best = HW_FLAME_NONE, level, i = 0, end;
  GArray *spans;

  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, HW_FLAME_NONE);

  level = get_span (self, span)->level + 1;
  if (level >= self->levels->len)
    return HW_FLAME_NONE;
  spans = g_ptr_array_index (self->levels, level);
  /* By starts, not by points: what weighs nothing is a child too. */
  for (end = spans->len; i < end;)
    {
      guint middle = i + (end - i) / 2;

      if (get_span (self, g_array_index (spans, guint, middle))->start < get_span (self, span)->start)
        i = middle + 1;
      else
        end = middle;
    }
  for (; i < spans->len; i++)
    {
      guint index = g_array_index (spans, guint, i);
      Span *child = get_span (self, index);

      if (child->start > get_span (self, span)->start + get_span (self, span)->total)
        break;
      if (child->parent == span && (best == HW_FLAME_NONE || child->total > get_span (self, best)->total))
        best = index;
    }

  return best;
}

/**
 * hw_flame_get_beside:
 * @self: finished spans
 * @span: one of them
 * @forward: whether the one after it is wanted
 *
 * Returns: the next one of its level, or HW_FLAME_NONE
 */
guint
hw_flame_get_beside (HwFlame  *self,
                     guint     span,
                     gboolean  forward)
{
  GArray *spans;
  guint rank;

  g_return_val_if_fail (HW_IS_FLAME (self) && span < self->spans->len, HW_FLAME_NONE);

  spans = g_ptr_array_index (self->levels, get_span (self, span)->level);
  rank = get_span (self, span)->rank;
  if (forward ? rank + 1 >= spans->len : rank == 0)
    return HW_FLAME_NONE;

  return g_array_index (spans, guint, forward ? rank + 1 : rank - 1);
}

/**
 * hw_flame_find_from:
 * @self: finished spans
 * @level: a level
 * @value: a point of the sum
 *
 * Returns: the first span of the level that ends after @value, or HW_FLAME_NONE. Cost: O(log n)
 */
guint
hw_flame_find_from (HwFlame *self,
                    guint    level,
                    guint64  value)
{
  GArray *spans;
  guint start = 0, end;

  g_return_val_if_fail (HW_IS_FLAME (self), HW_FLAME_NONE);

  if (level >= self->levels->len)
    return HW_FLAME_NONE;
  spans = g_ptr_array_index (self->levels, level);
  for (end = spans->len; start < end;)
    {
      guint middle = start + (end - start) / 2;
      Span *span = get_span (self, g_array_index (spans, guint, middle));

      if (span->start + span->total <= value)
        start = middle + 1;
      else
        end = middle;
    }

  return start < spans->len ? g_array_index (spans, guint, start) : HW_FLAME_NONE;
}

/**
 * hw_flame_find:
 * @self: finished spans
 * @level: a level
 * @value: a point of the sum
 *
 * Returns: the span at a point, or HW_FLAME_NONE. Cost: O(log n)
 */
guint
hw_flame_find (HwFlame *self,
               guint    level,
               guint64  value)
{
  guint span = hw_flame_find_from (self, level, value);

  return span != HW_FLAME_NONE && get_span (self, span)->start <= value ? span : HW_FLAME_NONE;
}
