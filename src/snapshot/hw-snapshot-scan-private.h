/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include <glib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

G_BEGIN_DECLS

/*
 * Looking at many bytes at a time. Each scanner exists twice: with SSE2, and with plain 64-bit words
 * for every other processor; a test holds the two against each other.
 */

#define HW_SCAN_BLOCK 64                 /* bytes that hw_scan_numbers() looks at */
#define HW_SCAN_WORD(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte))

/* How one block of a number array looks: a bit for each byte. */
typedef struct
{
  guint64 digits;
  guint64 others;      /* neither a digit, nor a comma, nor JSON's white space */
} HwScanNumbers;

static inline guint64
hw_scan_load (const char *p)
{
  guint64 word;

  memcpy (&word, p, sizeof word);

  return GUINT64_FROM_LE (word);
}

/* The bytes of @word that are zero, as their high bits. Exact: no borrow runs into a neighbour. */
static inline guint64
hw_scan_zeros (guint64 word)
{
  return ~(((word & HW_SCAN_WORD (0x7f)) + HW_SCAN_WORD (0x7f)) | word) & HW_SCAN_WORD (0x80);
}

/* Gathers the high bits of eight bytes into the lowest byte. */
static inline guint64
hw_scan_gather (guint64 highs)
{
  return ((highs >> 7) * G_GUINT64_CONSTANT (0x0102040810204080)) >> 56;
}

static inline HwScanNumbers
hw_scan_numbers_portable (const char *p)
{
  HwScanNumbers numbers = { 0, 0 };

  for (guint i = 0; i < HW_SCAN_BLOCK / 8; i++)
    {
      guint64 word = hw_scan_load (p + 8 * i);
      guint64 x = word ^ HW_SCAN_WORD ('0');
      guint64 digits = ~(((x & HW_SCAN_WORD (0x7f)) + HW_SCAN_WORD (0x76)) | x) & HW_SCAN_WORD (0x80);
      guint64 blanks = hw_scan_zeros (word ^ HW_SCAN_WORD (',')) | hw_scan_zeros (word ^ HW_SCAN_WORD (' ')) |
                       hw_scan_zeros (word ^ HW_SCAN_WORD ('\n')) | hw_scan_zeros (word ^ HW_SCAN_WORD ('\r')) |
                       hw_scan_zeros (word ^ HW_SCAN_WORD ('\t'));

      numbers.digits |= hw_scan_gather (digits) << (8 * i);
      numbers.others |= hw_scan_gather (~(digits | blanks) & HW_SCAN_WORD (0x80)) << (8 * i);
    }

  return numbers;
}

/* How many of the first bytes of @p are plain text: ASCII, no quote, backslash or NUL; at most 16. */
static inline guint
hw_scan_text_portable (const char *p)
{
  for (guint i = 0; i < 16; i += 8)
    {
      guint64 word = hw_scan_load (p + i);
      guint64 special = (word & HW_SCAN_WORD (0x80)) | hw_scan_zeros (word) |
                        hw_scan_zeros (word ^ HW_SCAN_WORD ('"')) | hw_scan_zeros (word ^ HW_SCAN_WORD ('\\'));

      if (special != 0)
        return i + (guint) __builtin_ctzll (special) / 8;
    }

  return 16;
}

#ifdef __SSE2__

static inline guint64
hw_scan_mask (__m128i bytes)
{
  return (guint16) _mm_movemask_epi8 (bytes);
}

static inline __m128i
hw_scan_equal (__m128i bytes,
               char    byte)
{
  return _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (byte));
}

static inline __m128i
hw_scan_blanks (__m128i bytes)
{
  return _mm_or_si128 (_mm_or_si128 (hw_scan_equal (bytes, ' '), hw_scan_equal (bytes, '\n')),
                       _mm_or_si128 (hw_scan_equal (bytes, '\r'), hw_scan_equal (bytes, '\t')));
}

static inline HwScanNumbers
hw_scan_numbers (const char *p)
{
  HwScanNumbers numbers = { 0, 0 };
  guint64 separators = 0;

  for (guint i = 0; i < HW_SCAN_BLOCK; i += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i_u *) (p + i));
      /* Digits are the ten smallest values once '0' is taken off. */
      __m128i x = _mm_sub_epi8 (bytes, _mm_set1_epi8 ('0'));
      __m128i digits = _mm_cmpeq_epi8 (_mm_min_epu8 (x, _mm_set1_epi8 (9)), x);

      numbers.digits |= hw_scan_mask (digits) << i;
      separators |= hw_scan_mask (_mm_or_si128 (hw_scan_equal (bytes, ','), hw_scan_equal (bytes, '\n'))) << i;
    }
  numbers.others = ~(numbers.digits | separators);

  /* V8 ends each record with a line break; other white space is rare. */
  if (G_UNLIKELY (numbers.others != 0))
    for (guint i = 0; i < HW_SCAN_BLOCK; i += 16)
      {
        __m128i bytes = _mm_loadu_si128 ((const __m128i_u *) (p + i));

        numbers.others &= ~(hw_scan_mask (hw_scan_blanks (bytes)) << i);
      }

  return numbers;
}

static inline guint
hw_scan_text (const char *p)
{
  __m128i bytes = _mm_loadu_si128 ((const __m128i_u *) p);
  __m128i special = _mm_or_si128 (_mm_or_si128 (hw_scan_equal (bytes, '"'), hw_scan_equal (bytes, '\\')),
                                  _mm_or_si128 (hw_scan_equal (bytes, '\0'), bytes));

  return (guint) __builtin_ctz ((guint) _mm_movemask_epi8 (special) | 0x10000);
}

#else

#define hw_scan_numbers hw_scan_numbers_portable
#define hw_scan_text    hw_scan_text_portable

#endif

/* The number of @n_digits digits at @p, 1 to 8; reads eight bytes. */
static inline guint64
hw_scan_value (const char *p,
               guint       n_digits)
{
  const guint64 pairs = G_GUINT64_CONSTANT (0x000000ff000000ff);
  guint64 word = hw_scan_load (p) - HW_SCAN_WORD ('0');

  /* The digits move to the end; what follows them falls out, zeros come in front. */
  word <<= 64 - 8 * n_digits;
  word = word * 10 + (word >> 8);
  word = ((word & pairs) * G_GUINT64_CONSTANT (0x000f424000000064) +
          ((word >> 16) & pairs) * G_GUINT64_CONSTANT (0x0000271000000001)) >> 32;

  return word & G_MAXUINT32;
}

static inline gboolean
hw_scan_is_digit (char c)
{
  return (guint8) (c - '0') <= 9;
}

static inline gboolean
hw_scan_is_blank (char c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

G_END_DECLS
