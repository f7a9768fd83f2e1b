/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"
#include "hw-collect.h"

/* Any bytes as a file, packed or not: reading ends, and says something or delivers something. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_auto(HwCollect) c;

  hw_collect_init (&c);
  /* What a few bytes can unpack to is bounded by the sink, not by the reader. */
  c.fail_after = 10000;
  c.done = hw_snapshot_read_stream (stream, size, &hw_collect_sink, &c, NULL, NULL, &c.damage, &c.error);
  g_assert_true (c.done == (c.error == NULL));
  g_assert_true (c.done || c.damage == NULL);

  return 0;
}
