/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/hw-error.h"
#include "base/hw-format.h"
#include "snapshot/hw-snapshot-scan-private.h"
#include "snapshot/hw-snapshot-text-private.h"

/*
 * From JSON text to WTF-8. Plain ASCII is copied sixteen bytes at a time while it is looked at;
 * everything else (escapes, bytes above 0x7f, NUL) goes one by one. Every state between two bytes is
 * in the struct, so that a piece may end anywhere.
 *
 * Nothing is refused: an unknown escape stands for its own letter, a \u without four digits and a
 * byte that is no UTF-8 for U+FFFD. Surrogates are joined wherever they meet, as WTF-8 wants it.
 */

enum
{
  STATE_PLAIN,
  STATE_ESCAPE,
  STATE_HEX,
};

/* Room that a vector store needs behind the text, and what one byte of input can append. */
#define SLACK 16

#define REPLACEMENT 0xfffd

/* Frees what the text holds. */
void
hw_snapshot_text_clear (HwSnapshotText *self)
{
  g_clear_pointer (&self->data, g_free);
  self->length = self->capacity = 0;
}

/* Forgets the last text and is ready for what follows an opening quote. */
void
hw_snapshot_text_start (HwSnapshotText *self)
{
  self->length = 0;
  self->state = STATE_PLAIN;
  self->high = 0;
  self->n_partial = 0;
}

static gboolean
reserve (HwSnapshotText  *self,
         GError         **error)
{
  gsize capacity;
  char *data;

  if (self->capacity - self->length >= 2 * SLACK)
    return TRUE;

  capacity = MAX (self->capacity, 2048);
  data = capacity <= G_MAXSIZE / 4 ? g_try_realloc (self->data, capacity * 2) : NULL;
  if (data == NULL)
    {
      g_autofree char *size = hw_format_size (self->length);

      g_set_error (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY,
                   _("There is not enough memory for a text of %s in the snapshot."),
                   size);
      return FALSE;
    }
  self->data = data;
  self->capacity = capacity * 2;

  return TRUE;
}

static void
put_code (HwSnapshotText *self,
          guint32         code)
{
  char *p = self->data + self->length;

  if (code != 0 && code < 0x80)
    {
      p[0] = (char) code;
      self->length += 1;
    }
  else if (code < 0x800)
    {
      p[0] = (char) (0xc0 | code >> 6);
      p[1] = (char) (0x80 | (code & 0x3f));
      self->length += 2;
    }
  else if (code < 0x10000)
    {
      p[0] = (char) (0xe0 | code >> 12);
      p[1] = (char) (0x80 | (code >> 6 & 0x3f));
      p[2] = (char) (0x80 | (code & 0x3f));
      self->length += 3;
    }
  else
    {
      p[0] = (char) (0xf0 | code >> 18);
      p[1] = (char) (0x80 | (code >> 12 & 0x3f));
      p[2] = (char) (0x80 | (code >> 6 & 0x3f));
      p[3] = (char) (0x80 | (code & 0x3f));
      self->length += 4;
    }
}

static void
flush_high (HwSnapshotText *self)
{
  if (self->high != 0)
    put_code (self, self->high);
  self->high = 0;
}

/* Appends a code point, joining surrogates. Needs SLACK bytes of room. */
static void
append_code (HwSnapshotText *self,
             guint32         code)
{
  if (code >= 0xdc00 && code <= 0xdfff && self->high != 0)
    {
      code = 0x10000 + ((self->high - 0xd800) << 10) + (code - 0xdc00);
      self->high = 0;
    }
  flush_high (self);

  if (code >= 0xd800 && code <= 0xdbff)
    self->high = code;
  else
    put_code (self, code);
}

static void
flush_partial (HwSnapshotText *self)
{
  if (self->n_partial > 0)
    append_code (self, REPLACEMENT);
  self->n_partial = 0;
}

/* How many bytes the sequence that starts with @byte has; 0 when none does. */
static guint
sequence_length (guint8 byte)
{
  if (byte >= 0xc2 && byte <= 0xdf)
    return 2;
  if (byte >= 0xe0 && byte <= 0xef)
    return 3;
  if (byte >= 0xf0 && byte <= 0xf4)
    return 4;

  return 0;
}

/* Whether @byte may stand second behind @first: no overlong forms, nothing above U+10FFFF. */
static gboolean
second_fits (guint8 first,
             guint8 byte)
{
  return !((first == 0xe0 && byte < 0xa0) || (first == 0xf0 && byte < 0x90) || (first == 0xf4 && byte > 0x8f));
}

/* Takes one byte above 0x7f. */
static void
take_high_byte (HwSnapshotText *self,
                guint8          byte)
{
  guint32 code;

  if (self->n_partial > 0)
    {
      if ((byte & 0xc0) == 0x80 && (self->n_partial > 1 || second_fits (self->partial[0], byte)))
        {
          self->partial[self->n_partial++] = byte;
          if (self->n_partial < self->n_expected)
            return;

          code = self->partial[0] & (0x7fu >> self->n_expected);
          for (guint i = 1; i < self->n_expected; i++)
            code = code << 6 | (self->partial[i] & 0x3f);
          self->n_partial = 0;
          append_code (self, code);
          return;
        }
      flush_partial (self);
    }

  self->n_expected = sequence_length (byte);
  if (self->n_expected == 0)
    append_code (self, REPLACEMENT);
  else
    self->partial[self->n_partial++] = byte;
}

static void
take_escape (HwSnapshotText *self,
             char            c)
{
  self->state = STATE_PLAIN;

  switch (c)
    {
    case 'b':
      append_code (self, '\b');
      break;
    case 'f':
      append_code (self, '\f');
      break;
    case 'n':
      append_code (self, '\n');
      break;
    case 'r':
      append_code (self, '\r');
      break;
    case 't':
      append_code (self, '\t');
      break;
    case 'u':
      self->state = STATE_HEX;
      self->unit = 0;
      self->n_hex = 0;
      break;
    default:
      append_code (self, (guint8) c);
      break;
    }
}

/* Copies plain ASCII; returns where something else or the piece's last bytes begin. */
static const char *
copy_plain (HwSnapshotText  *self,
            const char      *p,
            const char      *end,
            GError         **error)
{
  guint n;

  do
    {
      if (!reserve (self, error))
        return NULL;
      if (end - p < SLACK)
        return p;
      memcpy (self->data + self->length, p, SLACK);
      n = hw_scan_text (p);
      self->length += n;
      p += n;
    }
  while (n == SLACK);

  return p;
}

/*
 * Reads on from *@p until the closing quote or @end. *@closed says which; *@p is behind what was
 * read. Fails when memory does not suffice.
 */
gboolean
hw_snapshot_text_feed (HwSnapshotText  *self,
                       const char     **p,
                       const char      *end,
                       gboolean        *closed,
                       GError         **error)
{
  const char *q = *p;

  *closed = FALSE;
  self->nul = NULL;
  while (q < end)
    {
      char c;

      if (self->state == STATE_PLAIN && self->n_partial == 0 && self->high == 0)
        {
          q = copy_plain (self, q, end, error);
          if (q == NULL)
            return FALSE;
          if (q == end)
            break;
        }
      else if (!reserve (self, error))
        return FALSE;

      c = *q;
      if (self->state == STATE_HEX)
        {
          if (g_ascii_isxdigit (c))
            {
              self->unit = self->unit << 4 | (guint32) g_ascii_xdigit_value (c);
              q++;
              if (++self->n_hex < 4)
                continue;
              append_code (self, self->unit);
            }
          else
            append_code (self, REPLACEMENT);
          self->state = STATE_PLAIN;
          continue;
        }
      if ((guint8) c >= 0x80 && self->state == STATE_PLAIN)
        {
          take_high_byte (self, (guint8) c);
          q++;
          continue;
        }

      flush_partial (self);
      if (self->state == STATE_ESCAPE)
        {
          /* What follows the backslash is no escape: the byte is read again, as text. */
          if ((guint8) c >= 0x80 || c == '\0')
            {
              self->state = STATE_PLAIN;
              continue;
            }
          take_escape (self, c);
        }
      else if (c == '\\')
        self->state = STATE_ESCAPE;
      else if (c == '"')
        {
          flush_high (self);
          *closed = TRUE;
          q++;
          break;
        }
      else
        {
          if (c == '\0' && self->nul == NULL)
            self->nul = q;
          append_code (self, (guint8) c);
        }
      q++;
    }
  *p = q;

  return TRUE;
}
