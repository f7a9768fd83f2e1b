/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/hw-digest.h"

#include <string.h>
#include <zlib.h>

static void
add (HwDigest   *self,
     const char *bytes,
     gsize       n)
{
  self->crc = (guint32) crc32_z (self->crc, (const Bytef *) bytes, n);
}

/**
 * hw_digest_add_text:
 * @self: a digest
 * @text: WTF-8
 *
 * Adds a line. What counts is UTF-8 as JavaScript writes it: a lone surrogate is U+FFFD, and
 * U+0000 is one zero byte.
 */
void
hw_digest_add_text (HwDigest   *self,
                    const char *text)
{
  const char *start = text;
  const char *p;

  /* Only these lead bytes can begin what UTF-8 spells otherwise. */
  for (p = text; (p = strpbrk (p, "\xc0\xed")) != NULL;)
    {
      const guint8 *q = (const guint8 *) p;

      if (q[0] == 0xc0 && q[1] == 0x80)
        {
          add (self, start, (gsize) (p - start));
          add (self, "", 1);
          p = start = p + 2;
        }
      else if (q[0] == 0xed && q[1] >= 0xa0 && q[2] != 0)
        {
          add (self, start, (gsize) (p - start));
          add (self, "\xef\xbf\xbd", 3);
          p = start = p + 3;
        }
      else
        p++;
    }
  add (self, start, strlen (start));
  add (self, "\n", 1);
}

/**
 * hw_digest_add_number:
 * @self: a digest
 * @number: a number
 *
 * Adds a number in decimal as a line.
 */
void
hw_digest_add_number (HwDigest *self,
                      gint64    number)
{
  char digits[24];
  int n = g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT "\n", number);

  add (self, digits, (gsize) n);
}

/**
 * hw_digest_format:
 * @self: a digest
 * @text: (out caller-allocates): 8 lower-case hexadecimal digits
 *
 * Formats the digest of all lines so far.
 */
void
hw_digest_format (const HwDigest *self,
                  char            text[9])
{
  g_snprintf (text, 9, "%08x", self->crc);
}
