/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/hw-column.h"

G_BEGIN_DECLS

/**
 * HwSortKey:
 * @values: u64, one for each item; nothing is written while all are @smallest
 * @smallest: of the values
 * @largest: of the values
 * @ascends: no value is less than the one before it
 *
 * One of the numbers that items are sorted by, least first. All items have a value, or none has.
 */
typedef struct
{
  HwColumn values;
  guint64  smallest;
  guint64  largest;
  gboolean ascends;
} HwSortKey;

gboolean hw_sort_key_init  (HwSortKey        *self,
                            gsize             n,
                            GError          **error);
void     hw_sort_key_clear (HwSortKey        *self);
gboolean hw_sort_by_keys   (HwSortKey       **keys,
                            guint             n_keys,
                            gsize             n,
                            guint32          *places,
                            GCancellable     *cancellable,
                            GError          **error);

/* hw-text-ranks.c */
gboolean hw_rank_texts     (const char      **texts,
                            gsize             n,
                            guint32          *ranks,
                            GCancellable     *cancellable,
                            GError          **error);

/* Gives the values anew; each may be read until its own is given. */
static inline void
hw_sort_key_restart (HwSortKey *self)
{
  self->values.length = 0;
  self->smallest = G_MAXUINT64;
  self->largest = 0;
  self->ascends = TRUE;
}

static inline guint64
hw_sort_key_get (const HwSortKey *self,
                 gsize            i)
{
  return self->smallest == self->largest ? self->smallest : hw_column_u64 (&self->values)[i];
}

static inline void
hw_sort_key_add (HwSortKey *self,
                 guint64    value)
{
  gsize i = self->values.length++;
  guint64 *values = hw_column_u64 (&self->values);

  if (self->smallest == self->largest && i > 0)
    {
      /* A key that is the same for all needs no memory at all: pages that nothing was written to are none. */
      if (value == self->smallest)
        return;
      for (gsize j = 0; j < i; j++)
        values[j] = self->smallest;
    }
  else if (i == 0)
    {
      self->smallest = self->largest = value;
      return;
    }

  self->ascends &= values[i - 1] <= value;
  self->smallest = MIN (self->smallest, value);
  self->largest = MAX (self->largest, value);
  values[i] = value;
}

G_END_DECLS
