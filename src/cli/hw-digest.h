/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HwDigest:
 *
 * The CRC-32 of a column's text, one value a line. Starts as 0.
 */
typedef struct
{
  guint32 crc;
} HwDigest;

#define HW_DIGEST_INIT ((HwDigest) { 0 })

void hw_digest_add_text   (HwDigest       *self,
                           const char     *text);
void hw_digest_add_number (HwDigest       *self,
                           gint64          number);
void hw_digest_format     (const HwDigest *self,
                           char            text[9]);

G_END_DECLS
