/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of many texts, by UTF-16 units. Eight bytes of a text make one number that compares as they do, so a
 * group is sorted by radix on these numbers, and then each run of equal ones by the next eight bytes. A number
 * stops at a character whose UTF-8 bytes do not sort as its UTF-16 units do (U+D000 and up, and U+0000); runs that
 * end in one are compared text by text.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hw-text.h"
#include "heap/hw-key-sort-private.h"

/* A group below this is sorted by insertion: a radix pass costs as much as 256 items. */
#define FEW 64

/* So many texts ahead memory is asked for. */
#define AHEAD 8

#define ONES  G_GUINT64_CONSTANT (0x0101010101010101)
#define HIGHS G_GUINT64_CONSTANT (0x8080808080808080)

/* From this lead byte on bytes and units disagree: surrogates are ED A0 to ED BF, pairs F0 to F4, and both sort
 * between ED 9F and EE 80. */
#define FIRST_ODD 0xed

typedef struct
{
  guint64 bytes;  /* when done: whether the text differs from the one before */
  guint32 text;
} Item;

typedef struct
{
  gsize start;
  gsize n;
  gsize depth;    /* bytes that all texts of the group share */
} Group;

typedef struct
{
  const char **texts;
  Item        *items;
  Item        *other;
  GArray      *groups;
} Ranking;

/* Up to eight bytes, the first one highest; what stops it is the last byte that is not 0: nothing special when the
 * text ends, 1 for U+0000 (C0 80) and U+0001, FIRST_ODD for what sorts above U+CFFF. */
static guint64
stopping_bytes (const guint8 *text)
{
  guint64 bytes = 0;

  for (guint i = 0; i < 8; i++)
    {
      guint64 byte = text[i];

      if (byte == 0)
        return bytes << (8 * (8 - i) % 64);
      if (byte == 1 || byte == 0xc0 || byte >= FIRST_ODD)
        return (bytes << 8 | (byte >= FIRST_ODD ? FIRST_ODD : 1)) << 8 * (7 - i);
      bytes = bytes << 8 | byte;
    }

  return bytes;
}

/* The same; ASCII in some ten instructions. A load that stays on its page cannot fault, though it may read behind
 * the end of the text. */
__attribute__ ((no_sanitize_address)) static guint64
next_bytes (const char *text)
{
  guint64 bytes, ends;

  if (((guintptr) text & 4095) > 4088)
    return stopping_bytes ((const guint8 *) text);

  memcpy (&bytes, text, 8);
  bytes = GUINT64_FROM_LE (bytes);
  ends = (bytes - ONES) & ~bytes & HIGHS;
  if (ends != 0)
    bytes &= (G_GUINT64_CONSTANT (1) << (__builtin_ctzll (ends) - 7)) - 1;
  if ((bytes & HIGHS) != 0 || (((bytes ^ ONES) - ONES) & ~(bytes ^ ONES) & HIGHS) != 0)
    return stopping_bytes ((const guint8 *) text);

  return GUINT64_SWAP_LE_BE (bytes);
}

static int
compare_texts (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const Item *x = a, *y = b;
  const Ranking *self = user_data;

  return hw_text_compare_utf16 (self->texts[x->text], self->texts[y->text]);
}

static void
sort_by_text (Ranking *self,
              gsize    start,
              gsize    n)
{
  Item *items = self->items + start;

  qsort_r (items, n, sizeof *items, compare_texts, self);
  items[0].bytes = TRUE;
  for (gsize i = 1; i < n; i++)
    items[i].bytes = compare_texts (&items[i - 1], &items[i], self) != 0;
}

static void
insertion_sort (Item  *items,
                gsize  n)
{
  for (gsize i = 1; i < n; i++)
    {
      Item item = items[i];
      gsize j = i;

      for (; j > 0 && items[j - 1].bytes > item.bytes; j--)
        items[j] = items[j - 1];
      items[j] = item;
    }
}

/* Which bits differ within a group, byte by byte, and where they go when the others are left out. */
typedef struct
{
  guint64 common;      /* the bits that all share */
  guint   n_pieces;
  guint   n_bits;
  guint   shifts[8];
  guint   widths[8];
} Squeeze;

static void
squeeze_init (Squeeze *self,
              guint64  common,
              guint64  varying)
{
  *self = (Squeeze) { .common = common };
  for (guint i = 0; i < 8; i++)
    {
      guint byte = varying >> 8 * i & 0xff;

      if (byte == 0)
        continue;
      self->shifts[self->n_pieces] = 8 * i;
      self->widths[self->n_pieces] = 32 - (guint) __builtin_clz (byte);
      self->n_bits += self->widths[self->n_pieces++];
    }
}

static guint64
squeezed (const Squeeze *self,
          guint64        bytes)
{
  guint64 bits = 0;

  for (guint p = self->n_pieces; p-- > 0;)
    bits = bits << self->widths[p] | (bytes >> self->shifts[p] & (0xffu >> (8 - self->widths[p])));

  return bits;
}

static guint64
stretched (const Squeeze *self,
           guint64        bits)
{
  guint64 bytes = self->common;

  for (guint p = 0; p < self->n_pieces; p++)
    {
      bytes |= (bits & (0xffu >> (8 - self->widths[p]))) << self->shifts[p];
      bits >>= self->widths[p];
    }

  return bytes;
}

/* Sorts by the low @n_bits; the result is in @items. */
static void
radix_sort (Item  *items,
            Item  *other,
            gsize  n,
            guint  n_bits)
{
  Item *from = items, *to = other;

  for (guint shift = 0; shift < n_bits; shift += 8)
    {
      gsize counts[256] = { 0 };
      gsize sum = 0;
      Item *swap;

      for (gsize i = 0; i < n; i++)
        counts[from[i].bytes >> shift & 0xff]++;
      if (counts[from[0].bytes >> shift & 0xff] == n)
        continue;
      for (guint d = 0; d < 256; d++)
        {
          gsize count = counts[d];

          counts[d] = sum;
          sum += count;
        }
      for (gsize i = 0; i < n; i++)
        to[counts[from[i].bytes >> shift & 0xff]++] = from[i];
      swap = from;
      from = to;
      to = swap;
    }
  if (from != items)
    memcpy (items, from, n * sizeof *items);
}

/* What comes after @n texts that agree in the eight bytes at @depth. */
static void
end_run (Ranking *self,
         gsize    start,
         gsize    n,
         gsize    depth,
         guint64  bytes)
{
  guint64 last = bytes == 0 ? 0 : bytes >> (__builtin_ctzll (bytes) & ~7) & 0xff;

  self->items[start].bytes = TRUE;
  if (n == 1)
    return;

  if (last == 1 || last == FIRST_ODD)
    sort_by_text (self, start, n);
  else if ((bytes & 0xff) == 0)
    for (gsize i = 1; i < n; i++)
      self->items[start + i].bytes = FALSE;
  else
    {
      Group group = { start, n, depth + 8 };

      g_array_append_val (self->groups, group);
    }
}

/* Reads the bytes at @depth of a group's texts and returns those that differ, as bits; @common has the others. */
static guint64
read_bytes (Ranking *self,
            gsize    start,
            gsize    n,
            gsize    depth,
            guint64 *common)
{
  Item *items = self->items + start;
  guint64 any_set = 0;

  *common = G_MAXUINT64;
  for (gsize i = 0; i < n; i++)
    {
      /* The texts lie anywhere: without asking for them ahead, waiting for memory is most of the time. */
      if (i + 2 * AHEAD < n)
        __builtin_prefetch (&self->texts[items[i + 2 * AHEAD].text]);
      if (i + AHEAD < n)
        __builtin_prefetch (self->texts[items[i + AHEAD].text] + depth);
      items[i].bytes = next_bytes (self->texts[items[i].text] + depth);
      *common &= items[i].bytes;
      any_set |= items[i].bytes;
    }

  return *common ^ any_set;
}

static void
sort_group (Ranking *self,
            gsize    start,
            gsize    n,
            gsize    depth)
{
  Item *items = self->items + start;
  guint64 common, varying = read_bytes (self, start, n, depth, &common);
  gsize run = 0;
  Squeeze squeeze = { 0 };
  gboolean many = n >= FEW;

  /* What all have in front tells nothing; eight bytes from the first difference on often tell all. */
  if (many && varying != 0 && varying >> 56 == 0)
    {
      depth += (guint) __builtin_clzll (varying) / 8;
      varying = read_bytes (self, start, n, depth, &common);
    }
  if (varying == 0)
    {
      end_run (self, start, n, depth, common);
      return;
    }

  if (many)
    {
      squeeze_init (&squeeze, common, varying);
      for (gsize i = 0; i < n; i++)
        items[i].bytes = squeezed (&squeeze, items[i].bytes);
      radix_sort (items, self->other + start, n, squeeze.n_bits);
    }
  else
    insertion_sort (items, n);

  for (gsize i = 1; i <= n; i++)
    if (i == n || items[i].bytes != items[run].bytes)
      {
        guint64 bytes = items[run].bytes;

        end_run (self, start + run, i - run, depth, many ? stretched (&squeeze, bytes) : bytes);
        run = i;
      }
}

/**
 * hw_rank_texts:
 * @texts: WTF-8, NUL-terminated
 * @n: how many
 * @ranks: (out caller-allocates): for each text, how many different texts are less
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Orders texts as JavaScript's `<` does. Cost: 32 bytes a text, and time linear in the bytes that tell the
 * texts apart.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_rank_texts (const char   **texts,
               gsize          n,
               guint32       *ranks,
               GCancellable  *cancellable,
               GError       **error)
{
  g_auto(HwColumn) items = { 0 }, other = { 0 };
  g_autoptr(GArray) groups = g_array_new (FALSE, FALSE, sizeof (Group));
  Ranking self = { .texts = texts, .groups = groups };
  Group group = { 0, n, 0 };
  guint32 rank = G_MAXUINT32;

  g_return_val_if_fail (n < G_MAXUINT32, FALSE);

  /* An item is two words. */
  hw_column_init (&items, 8);
  hw_column_init (&other, 8);
  if (!hw_column_resize (&items, 2 * n, error) || !hw_column_resize (&other, 2 * n, error))
    return FALSE;
  self.items = items.data;
  self.other = other.data;
  for (gsize i = 0; i < n; i++)
    self.items[i].text = (guint32) i;

  if (n > 0)
    g_array_append_val (groups, group);
  for (guint64 step = 0; groups->len > 0; step++)
    {
      group = g_array_index (groups, Group, groups->len - 1);
      g_array_set_size (groups, groups->len - 1);
      if ((step % 1024 == 0 || group.n > 1024) && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      sort_group (&self, group.start, group.n, group.depth);
    }

  for (gsize i = 0; i < n; i++)
    {
      rank += self.items[i].bytes != 0;
      ranks[self.items[i].text] = rank;
    }

  return TRUE;
}
