/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-bitset.h"
#include "base/hw-column.h"

/**
 * hw_bitset_init:
 * @self: a bitset, not yet used
 * @n_bits: how many bits, all unset
 *
 * Makes a bitset.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_bitset_init (HwBitset *self,
                gsize     n_bits)
{
  HwColumn column = { .width = sizeof (guint64) };

  /* A column goes back to the system when it is freed. */
  *self = (HwBitset) { NULL, 0 };
  if (!hw_column_resize (&column, n_bits / 64 + 1, NULL))
    return FALSE;
  *self = (HwBitset) { column.data, n_bits };

  return TRUE;
}

/**
 * hw_bitset_clear:
 * @self: a bitset
 *
 * Frees the bits.
 */
void
hw_bitset_clear (HwBitset *self)
{
  gsize n_words = self->n_bits / 64 + 1;
  HwColumn column = { self->words, n_words, n_words, sizeof (guint64) };

  if (self->words != NULL)
    hw_column_clear (&column);
  *self = (HwBitset) { NULL, 0 };
}

/**
 * hw_bitset_count:
 * @self: a bitset
 *
 * Returns: how many bits are set
 */
gsize
hw_bitset_count (const HwBitset *self)
{
  gsize count = 0;

  if (self->words == NULL)
    return 0;

  for (gsize i = 0; i <= self->n_bits / 64; i++)
    count += (gsize) __builtin_popcountll (self->words[i]);

  return count;
}
