/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/hw-format.h"
#include "snapshot/hw-snapshot-reader-private.h"
#include "snapshot/hw-snapshot-scan-private.h"

/*
 * Flat arrays of numbers, nearly all of a file's bytes. Blocks of 64 bytes are turned into two bit
 * masks, where numbers begin and where they end; then each number costs a load, a shift and three
 * multiplications, without a branch on its length. What a block cannot take (the array's end, a
 * number that is no row of digits, the piece's last bytes) goes one character at a time.
 *
 * What counts as a number:
 *   - a row of digits; beyond 64 bits it is G_MAXUINT64
 *   - with sign, point or exponent: the magnitude of its whole part ("-5" is 5, "1.9e1" is 19)
 *   - null, true and false are 0, so that the columns stay in step
 * Commas are separators like white space and are not counted. Anything else ends the section.
 */

/* A number that begins in a block's last byte is read eight bytes at a time. */
#define BLOCK_READS (HW_SCAN_BLOCK + 8)

/* Adds a character; whether it may stand in a number or a word. */
gboolean
hw_snapshot_token_add (HwSnapshotToken *self,
                       char             c,
                       guint64          offset)
{
  gboolean digit = hw_scan_is_digit (c);

  if (!digit && !g_ascii_isalpha (c) && c != '-' && c != '+' && c != '.')
    return FALSE;

  if (self->length == 0)
    {
      self->value = 0;
      self->plain = TRUE;
      self->offset = offset;
    }
  self->plain = self->plain && digit;
  if (self->plain &&
      (__builtin_mul_overflow (self->value, 10, &self->value) ||
       __builtin_add_overflow (self->value, (guint64) (c - '0'), &self->value)))
    self->plain = FALSE;
  if (self->length < HW_SNAPSHOT_TOKEN)
    self->text[self->length] = c;
  self->length++;

  return TRUE;
}

/* Ends the number; whether it was one. */
gboolean
hw_snapshot_token_end (HwSnapshotToken *self,
                       guint64         *value)
{
  gsize length = self->length;
  double number;
  char *end;

  self->length = 0;
  *value = self->value;
  if (self->plain)
    return TRUE;

  self->text[MIN (length, HW_SNAPSHOT_TOKEN)] = '\0';
  *value = 0;
  if (strcmp (self->text, "null") == 0 || strcmp (self->text, "true") == 0 || strcmp (self->text, "false") == 0)
    return TRUE;
  /* A long row of digits has overflowed; nothing else is written with so many characters. */
  if (self->text[strspn (self->text, "0123456789+-.eE")] != '\0' ||
      (length > HW_SNAPSHOT_TOKEN && strspn (self->text, "0123456789") < HW_SNAPSHOT_TOKEN))
    return FALSE;

  number = fabs (g_ascii_strtod (self->text, &end));
  if (*end != '\0')
    return FALSE;
  *value = number < 0x1p64 ? (guint64) number : G_MAXUINT64;

  return TRUE;
}

/* Digits of any number; @end is behind them. */
static guint64
long_value (const char *p,
            const char *end)
{
  guint64 value = 0;

  for (; p < end; p++)
    if (__builtin_mul_overflow (value, 10, &value) ||
        __builtin_add_overflow (value, (guint64) (*p - '0'), &value))
      return G_MAXUINT64;

  return value;
}

static inline guint64
value_at (const char *p,
          const char *end)
{
  gsize n = (gsize) (end - p);

  return G_LIKELY (n <= 8) ? hw_scan_value (p, (guint) n) : long_value (p, end);
}

/*
 * Reads whole blocks until the batch is full, the piece has no whole block left, or one holds
 * something else than numbers. Returns the end of what was read: never inside a number.
 */
static inline __attribute__((always_inline)) const char *
read_blocks_with (HwSnapshotReader *self,
                  const char       *p,
                  const char       *end)
{
  guint64 *out = self->values + self->n_values;
  const guint64 *full = self->values + HW_SNAPSHOT_BATCH;
  const char *start = p;
  guint64 open = 0;                      /* 1 when a number began before the block */

  for (; end - p >= BLOCK_READS && out < full; p += HW_SCAN_BLOCK)
    {
      HwScanNumbers numbers = hw_scan_numbers (p);
      guint64 before = numbers.digits << 1 | open;
      guint64 starts = numbers.digits & ~before;
      guint64 ends = ~numbers.digits & before;

      if (G_UNLIKELY (numbers.others != 0))
        break;

      if (open != 0 && ends != 0)
        {
          *out++ = value_at (start, p + __builtin_ctzll (ends));
          ends &= ends - 1;
        }
      while (ends != 0)
        {
          *out++ = value_at (p + __builtin_ctzll (starts), p + __builtin_ctzll (ends));
          starts &= starts - 1;
          ends &= ends - 1;
        }
      if (starts != 0)
        start = p + __builtin_ctzll (starts);
      open = numbers.digits >> 63;
    }
  self->n_values = (gsize) (out - self->values);

  return open != 0 ? start : p;
}

#if defined (__x86_64__) && defined (__GNUC__)

/* Compiled for processors that find and clear a lowest bit in one instruction each: a sixth less time. */
static __attribute__((target ("avx2,bmi,bmi2"))) const char *
read_blocks_newer (HwSnapshotReader *self,
                   const char       *p,
                   const char       *end)
{
  return read_blocks_with (self, p, end);
}

static const char *
read_blocks (HwSnapshotReader *self,
             const char       *p,
             const char       *end)
{
  if (G_LIKELY (self->newer_processor))
    return read_blocks_newer (self, p, end);

  return read_blocks_with (self, p, end);
}

static gboolean
is_newer_processor (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("bmi") && __builtin_cpu_supports ("bmi2");
}

#else

#define read_blocks           read_blocks_with
#define is_newer_processor()  FALSE

#endif

/* Hands whole records to the sink; what is left of one stays. */
static gboolean
deliver (HwSnapshotReader  *self,
         guint64            offset,
         GError           **error)
{
  gsize n_records = self->n_values / self->n_fields;
  gsize n_used = n_records * self->n_fields;

  if (n_records == 0)
    return TRUE;
  if (!hw_snapshot_reader_count (self, n_records, error) ||
      !self->sink->records (self->sink_data, self->section, self->values, n_records, offset, error))
    return FALSE;

  self->n_values -= n_used;
  memmove (self->values, self->values + n_used, self->n_values * sizeof *self->values);

  return TRUE;
}

/* Ready for what follows the opening bracket of a section of records. */
void
hw_snapshot_numbers_start (HwSnapshotReader *self)
{
  self->n_fields = self->layout->n_fields[self->section];
  self->n_values = 0;
  self->token.length = 0;
  self->newer_processor = is_newer_processor ();
}

/* Hands over what is whole when the section ends, properly or not. */
gboolean
hw_snapshot_numbers_finish (HwSnapshotReader  *self,
                            guint64            offset,
                            GError           **error)
{
  self->token.length = 0;

  return deliver (self, offset, error);
}

static HwScan
end_array (HwSnapshotReader  *self,
           guint64            offset,
           GError           **error)
{
  if (!hw_snapshot_numbers_finish (self, offset, error))
    return HW_SCAN_FAILED;

  if (self->n_values > 0)
    {
      g_autofree char *byte = hw_format_count (offset);

      hw_snapshot_reader_doubt (self);
      hw_snapshot_reader_note (self, offset,
                               _("The section “%s” ends in the middle of a record, at byte %s: numbers are missing or too many."),
                               hw_snapshot_section_get_name (self->section), byte);
    }

  return HW_SCAN_DONE;
}

static HwScan
break_off (HwSnapshotReader  *self,
           guint64            offset,
           GError           **error)
{
  g_autofree char *byte = hw_format_count (offset);

  hw_snapshot_reader_note (self, offset,
                           _("The section “%s” is damaged at byte %s, where something else than a number stands; the rest of the section is missing."),
                           hw_snapshot_section_get_name (self->section), byte);
  /* The record at hand is not whole. */
  if (!hw_snapshot_numbers_finish (self, offset, error))
    return HW_SCAN_FAILED;

  return HW_SCAN_BROKEN;
}

/* Reads on in a section of records. */
HwScan
hw_snapshot_numbers_feed (HwSnapshotReader  *self,
                          const char       **p,
                          const char        *end,
                          GError           **error)
{
  HwSnapshotToken *token = &self->token;
  const char *q = *p;

  while (q < end)
    {
      const char *stop;

      if (token->length == 0)
        q = read_blocks (self, q, end);
      if (self->n_values >= HW_SNAPSHOT_BATCH && !deliver (self, hw_snapshot_reader_offset (self, q), error))
        return HW_SCAN_FAILED;

      /* Over the block that was refused, to the end of a number. */
      stop = end - q > HW_SCAN_BLOCK ? q + HW_SCAN_BLOCK : end;
      for (; q < stop || (q < end && token->length > 0); q++)
        {
          guint64 offset = hw_snapshot_reader_offset (self, q);

          if (hw_snapshot_token_add (token, *q, offset))
            continue;

          *p = q;
          /* Damage may have cut the number before it. */
          if (*q != ',' && *q != ']' && !hw_scan_is_blank (*q))
            return break_off (self, offset, error);
          if (token->length > 0)
            {
              if (!hw_snapshot_token_end (token, &self->values[self->n_values]))
                return break_off (self, token->offset, error);
              self->n_values++;
              if (self->n_values >= HW_SNAPSHOT_BATCH && !deliver (self, offset, error))
                return HW_SCAN_FAILED;
            }
          if (*q == ']')
            {
              *p = q + 1;
              return end_array (self, offset, error);
            }
        }
    }
  *p = end;

  return HW_SCAN_MORE;
}
