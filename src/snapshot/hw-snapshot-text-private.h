/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HwSnapshotText:
 * @data: the text so far, WTF-8 without a zero byte; not terminated
 * @length: its bytes
 * @high: a high surrogate that waits for its low one, or 0
 * @n_hex: hexadecimal digits of a \u escape read so far
 * @partial: the bytes of a UTF-8 sequence that has not ended
 * @nul: the first raw zero byte of the last piece, or NULL
 *
 * Decodes one JSON string that may come in pieces.
 */
typedef struct
{
  char       *data;
  gsize       length;
  gsize       capacity;
  guint       state;
  guint32     unit;
  guint32     high;
  guint       n_hex;
  guint8      partial[4];
  guint       n_partial;
  guint       n_expected;
  const char *nul;
} HwSnapshotText;

void     hw_snapshot_text_clear (HwSnapshotText *self);
void     hw_snapshot_text_start (HwSnapshotText *self);
gboolean hw_snapshot_text_feed  (HwSnapshotText *self,
                                 const char    **p,
                                 const char     *end,
                                 gboolean       *closed,
                                 GError        **error);

G_END_DECLS
