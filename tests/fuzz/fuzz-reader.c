/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"
#include "hw-collect.h"

/*
 * Any bytes as a snapshot: the sink's promises hold (hw-collect asserts them), and where the pieces
 * end makes no difference.
 */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  guint seed = (guint) size;
  g_auto(HwCollect) whole;
  g_auto(HwCollect) pieces;

  for (gsize i = 0; i < MIN (size, 256); i++)
    seed = seed * 31 + data[i];

  hw_collect_init (&whole);
  hw_collect_push (&whole, (const char *) data, size, 0, G_MAXSIZE);
  hw_collect_init (&pieces);
  hw_collect_push (&pieces, (const char *) data, size, 1 + seed % 200, 1 + seed / 200 % 150);
  g_assert_true (hw_collect_equal (&whole, &pieces));

  return 0;
}
