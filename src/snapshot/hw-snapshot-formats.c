/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "snapshot/hw-snapshot-format-private.h"

/*
 * Which reader a file gets. It is known by its first bytes, never by its name: `bun --heap-prof` calls a V8
 * snapshot .heapprofile. What matches nothing here goes to the V8 reader, which says what else it may be.
 */

static const HwSnapshotFormat * const formats[] = {
  &hw_jsc_format,
};

/* Finds the format of a file that begins with @start; MORE when no format matches yet but one may. */
HwSnapshotMatch
hw_snapshot_find_format (const char              *start,
                         gsize                    n_bytes,
                         const HwSnapshotFormat **format)
{
  HwSnapshotMatch best = HW_SNAPSHOT_MATCH_NO;

  *format = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      HwSnapshotMatch match = formats[i]->match (start, n_bytes);

      if (match == HW_SNAPSHOT_MATCH_YES)
        *format = formats[i];
      best = MAX (best, match);
    }

  return best;
}
