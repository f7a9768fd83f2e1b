/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-bitset.h"

#include <stdlib.h>

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
  self->n_bits = n_bits;
  self->words = calloc (n_bits / 64 + 1, sizeof (guint64));

  return self->words != NULL;
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
  free (self->words);
  self->words = NULL;
  self->n_bits = 0;
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
