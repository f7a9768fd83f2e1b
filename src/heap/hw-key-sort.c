/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sorting many items by a few numbers. The keys' bits are laid side by side, without those that all values share,
 * above the bits of the item's place: so one 64-bit word is an item, and radix passes over the key's bits alone
 * move 8 bytes an item. Of keys too wide for one word the first bits are taken; items that agree in these, mostly
 * few, are then sorted by the others.
 */
#include "config.h"

#include <stdlib.h>

#include "heap/hw-key-sort-private.h"

/* With 8 bits a pass 10 million items take a tenth longer. */
#define DIGIT_BITS 11
#define N_DIGITS   (1 << DIGIT_BITS)

/* Fewer items than this are compared: a pass costs as much as its digits. */
#define FEW 512

#define MAX_KEYS 4

/* A key with at most so many different values can be counted off. */
#define MANY_VALUES 4096

/* Looked at once in so many items. */
#define CANCEL_STEP 0xfffff

/* Some bits of a key. */
typedef struct
{
  const HwSortKey *key;
  guint            shift;
  guint            n_bits;
} Piece;

typedef struct
{
  HwSortKey    *keys[MAX_KEYS];
  guint         n_keys;
  Piece         pieces[MAX_KEYS * 3];
  guint         n_pieces;
  guint         place_bits;
  guint64      *words, *other;
  guint32      *places;
  GCancellable *cancellable;
} KeySort;

static guint
bits_of (guint64 value)
{
  return value == 0 ? 0 : 64 - (guint) __builtin_clzll (value);
}

/**
 * hw_sort_key_init:
 * @self: a key
 * @n: how many items there will be
 * @error: return location
 *
 * Makes room for the values, which hw_sort_key_add() gives.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_sort_key_init (HwSortKey  *self,
                  gsize       n,
                  GError    **error)
{
  hw_column_init (&self->values, 8);
  hw_sort_key_restart (self);

  return hw_column_reserve (&self->values, n, error);
}

/**
 * hw_sort_key_clear:
 * @self: a key
 *
 * Frees the values.
 */
void
hw_sort_key_clear (HwSortKey *self)
{
  if (self->values.width != 0)
    hw_column_clear (&self->values);
}

/* Every pass of one round. @words has the pieces' bits from @low on; returns where the sorted words are. */
static guint64 *
radix_sort (guint64       *words,
            guint64       *other,
            gsize          n,
            guint          low,
            guint          n_bits,
            GCancellable  *cancellable,
            GError       **error)
{
  guint n_passes = (n_bits + DIGIT_BITS - 1) / DIGIT_BITS;
  g_autofree gsize *counts = g_new0 (gsize, (gsize) n_passes * N_DIGITS);

  for (gsize i = 0; i < n; i++)
    for (guint pass = 0; pass < n_passes; pass++)
      counts[pass * N_DIGITS + (words[i] >> (low + pass * DIGIT_BITS) & (N_DIGITS - 1))]++;

  for (guint pass = 0; pass < n_passes; pass++)
    {
      gsize *place = counts + pass * N_DIGITS;
      guint shift = low + pass * DIGIT_BITS;
      gsize sum = 0;
      guint64 *swap;

      /* All have the same digit: nothing would move. */
      if (place[words[0] >> shift & (N_DIGITS - 1)] == n)
        continue;
      for (guint d = 0; d < N_DIGITS; d++)
        {
          gsize count = place[d];

          place[d] = sum;
          sum += count;
        }
      for (gsize start = 0; start < n; start += CANCEL_STEP)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return NULL;
          for (gsize i = start; i < MIN (n, start + CANCEL_STEP); i++)
            other[place[words[i] >> shift & (N_DIGITS - 1)]++] = words[i];
        }
      swap = words;
      words = other;
      other = swap;
    }

  return words;
}

static int
compare_places (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  const guint32 *x = a, *y = b;
  const KeySort *self = user_data;

  for (guint k = 0; k < self->n_keys; k++)
    {
      guint64 v = hw_sort_key_get (self->keys[k], *x), w = hw_sort_key_get (self->keys[k], *y);

      if (v != w)
        return v < w ? -1 : 1;
    }

  return *x < *y ? -1 : *x > *y;
}

/* Cuts the keys' bits into pieces, the first bits first, none over the end of a word. Returns how many words. */
static guint
cut_keys (KeySort *self)
{
  guint round_bits = 64 - self->place_bits, used = 0, n_words = 0;

  self->n_pieces = 0;
  for (guint k = 0; k < self->n_keys; k++)
    for (guint left = bits_of (self->keys[k]->largest - self->keys[k]->smallest); left > 0;)
      {
        guint take = MIN (left, round_bits - used);

        n_words += used == 0;
        left -= take;
        used = (used + take) % round_bits;
        self->pieces[self->n_pieces++] = (Piece) { self->keys[k], left, take };
      }

  return n_words;
}

static int
compare_values (gconstpointer a,
                gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* Where @value is in a table with room for it. */
static guint
find_value (const guint64 *table,
            const guint16 *numbers,
            guint64        value)
{
  guint i = (guint) (value * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 51);

  while (numbers[i] != 0 && table[i] != value)
    i = (i + 1) % (2 * MANY_VALUES);

  return i;
}

/* Sizes are few different numbers, some of them large: each becomes its place among them, if they are few. */
static void
count_off (HwSortKey *key,
           gsize      n)
{
  guint64 *values = hw_column_u64 (&key->values);
  g_autofree guint64 *table = g_new (guint64, 2 * MANY_VALUES);
  g_autofree guint16 *numbers = g_new0 (guint16, 2 * MANY_VALUES);
  g_autofree guint64 *sorted = g_new (guint64, MANY_VALUES);
  guint n_values = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint place = find_value (table, numbers, values[i]);

      if (numbers[place] != 0)
        continue;
      if (n_values == MANY_VALUES)
        return;
      table[place] = sorted[n_values++] = values[i];
      numbers[place] = 1;
    }

  qsort (sorted, n_values, sizeof *sorted, compare_values);
  for (guint v = 0; v < n_values; v++)
    numbers[find_value (table, numbers, sorted[v])] = (guint16) (v + 1);
  for (gsize i = 0; i < n; i++)
    values[i] = numbers[find_value (table, numbers, values[i])] - 1;
  key->smallest = 0;
  key->largest = n_values - 1;
}

static guint64
bits_of_item (const KeySort *self,
              guint          first,
              guint          end,
              gsize          item)
{
  guint64 bits = 0;

  for (guint p = first; p < end; p++)
    {
      const Piece *piece = &self->pieces[p];
      guint64 value = hw_column_u64 (&piece->key->values)[item] - piece->key->smallest;

      bits = bits << piece->n_bits | (value >> piece->shift & (G_MAXUINT64 >> (64 - piece->n_bits)));
    }

  return bits;
}

/* Sorts the places from @start on by the pieces from @first on. Deep as there are words in the keys. */
static gboolean
sort_from (KeySort  *self,
           gsize     start,
           gsize     n,
           guint     first,
           GError  **error)
{
  guint64 *words = self->words + start;
  guint32 *places = self->places + start;
  guint64 place_mask = (G_GUINT64_CONSTANT (1) << self->place_bits) - 1;
  guint n_bits = 0, end;

  for (end = first; end < self->n_pieces && n_bits + self->pieces[end].n_bits <= 64 - self->place_bits; end++)
    n_bits += self->pieces[end].n_bits;
  for (gsize i = 0; i < n; i++)
    words[i] = bits_of_item (self, first, end, places[i]) << self->place_bits | places[i];
  words = radix_sort (words, self->other + start, n, self->place_bits, n_bits, self->cancellable, error);
  if (words == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    places[i] = (guint32) (words[i] & place_mask);
  if (end == self->n_pieces)
    return TRUE;

  for (gsize i = 0, run; i < n; i = run)
    {
      for (run = i + 1; run < n && words[run] >> self->place_bits == words[i] >> self->place_bits; run++)
        continue;
      if (run - i >= FEW && !sort_from (self, start + i, run - i, end, error))
        return FALSE;
      if (run - i > 1 && run - i < FEW)
        qsort_r (places + i, run - i, sizeof *places, compare_places, self);
    }

  return TRUE;
}

/**
 * hw_sort_by_keys:
 * @keys: (inout): numbers of the items, those that count most first; one without values is left out. The values
 *   are lost
 * @n_keys: how many keys, at most 4
 * @n: how many items, below 2³²
 * @places: (out caller-allocates): where the items stand in the order, @n numbers
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Sorts items, least first; those equal in every key stay as they are. Cost: 8 bytes and some 4 ns an item for
 * each 8 bits in which the values differ; 16 bytes an item beside the keys if they need more than one word.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_sort_by_keys (HwSortKey    **keys,
                 guint          n_keys,
                 gsize          n,
                 guint32       *places,
                 GCancellable  *cancellable,
                 GError       **error)
{
  KeySort self = { .places = places, .cancellable = cancellable, .place_bits = n <= 1 ? 1 : bits_of (n - 1) };
  HwColumn *scratch[MAX_KEYS];
  guint n_scratch = 0, n_words;
  g_auto(HwColumn) words = { 0 }, other = { 0 };

  g_return_val_if_fail (n_keys <= MAX_KEYS && n <= G_MAXUINT32, FALSE);

  for (guint k = 0; k < n_keys; k++)
    if (keys[k]->values.length == n)
      self.keys[self.n_keys++] = keys[k];
  /* What already stands in the order of the last key needs no bit for it: a stable sort keeps it. */
  while (self.n_keys > 0 && self.keys[self.n_keys - 1]->ascends)
    scratch[n_scratch++] = &self.keys[--self.n_keys]->values;

  for (gsize i = 0; i < n; i++)
    places[i] = (guint32) i;
  if (n < FEW)
    {
      qsort_r (places, n, sizeof *places, compare_places, &self);
      return TRUE;
    }

  /* Keys that do not count, or that are read once, in their own order, lend their memory: fresh memory was a fifth
   * of the time. */
  n_words = cut_keys (&self);
  for (guint k = 0; k < self.n_keys && n_words > 1; k++)
    {
      if (self.keys[k]->smallest < self.keys[k]->largest)
        count_off (self.keys[k], n);
      n_words = cut_keys (&self);
    }
  for (guint k = 0; k < self.n_keys && n_words == 1; k++)
    scratch[n_scratch++] = &self.keys[k]->values;
  hw_column_init (&words, 8);
  hw_column_init (&other, 8);
  if ((n_scratch < 1 && !hw_column_resize (&words, n, error)) || (n_scratch < 2 && !hw_column_resize (&other, n, error)))
    return FALSE;
  self.words = hw_column_u64 (n_scratch < 1 ? &words : scratch[0]);
  self.other = hw_column_u64 (n_scratch < 2 ? &other : scratch[1]);

  return n_words == 0 || sort_from (&self, 0, n, 0, error);
}
