/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HwBitset:
 *
 * One bit for each of a fixed number of things; all start unset. Belongs to one thread.
 */
typedef struct
{
  guint64 *words;
  gsize    n_bits;
} HwBitset;

gboolean hw_bitset_init  (HwBitset *self,
                          gsize     n_bits);
void     hw_bitset_clear (HwBitset *self);
gsize    hw_bitset_count (const HwBitset *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HwBitset, hw_bitset_clear)

static inline gboolean
hw_bitset_get (const HwBitset *self,
               gsize           i)
{
  return (self->words[i >> 6] >> (i & 63)) & 1;
}

static inline void
hw_bitset_set (HwBitset *self,
               gsize     i)
{
  self->words[i >> 6] |= G_GUINT64_CONSTANT (1) << (i & 63);
}

static inline void
hw_bitset_unset (HwBitset *self,
                 gsize     i)
{
  self->words[i >> 6] &= ~(G_GUINT64_CONSTANT (1) << (i & 63));
}

G_END_DECLS
