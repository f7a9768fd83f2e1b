/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/hw-format.h"
#include "base/hw-ids.h"
#include "snapshot/hw-snapshot-reader-private.h"
#include "snapshot/hw-snapshot-scan-private.h"

/*
 * The trace tree: records of five columns one behind the other, the last of which is an array of
 * such records. A stack of levels stands for the recursion; a node is told as soon as the bracket of
 * its children opens, so the order is that of a walk, parents first.
 */

static HwScan
broken (HwSnapshotReader *self,
        guint64           offset)
{
  g_autofree char *byte = hw_format_count (offset);

  hw_snapshot_reader_note (self, offset,
                           _("The section “%s” is damaged at byte %s; the allocation stacks behind it are missing."),
                           hw_snapshot_section_get_name (self->section), byte);
  self->depth = self->levels->len;

  return HW_SCAN_BROKEN;
}

static HwSnapshotTraceLevel *
top (HwSnapshotReader *self)
{
  return &g_array_index (self->levels, HwSnapshotTraceLevel, self->levels->len - 1);
}

/* Ready for what follows the opening bracket of the tree. */
void
hw_snapshot_trace_start (HwSnapshotReader *self)
{
  HwSnapshotTraceLevel level = { HW_NONE, 0 };

  if (self->levels == NULL)
    self->levels = g_array_new (FALSE, FALSE, sizeof (HwSnapshotTraceLevel));
  g_array_set_size (self->levels, 0);
  g_array_append_val (self->levels, level);
  self->token.length = 0;
}

static gboolean
take_number (HwSnapshotReader *self)
{
  const HwSnapshotLayout *layout = self->layout;
  HwSnapshotTraceLevel *level = top (self);
  guint64 value;
  int field = (int) level->field;

  if (field == layout->trace_children || !hw_snapshot_token_end (&self->token, &value))
    return FALSE;

  if (field == layout->trace_id)
    self->trace[0] = value;
  else if (field == layout->trace_function_info_index)
    self->trace[1] = value;
  else if (field == layout->trace_count)
    self->trace[2] = value;
  else if (field == layout->trace_size)
    self->trace[3] = value;
  level->field = (level->field + 1) % layout->n_fields[HW_SNAPSHOT_SECTION_TRACE_TREE];

  return TRUE;
}

static HwScan
open_children (HwSnapshotReader  *self,
               guint64            offset,
               GError           **error)
{
  HwSnapshotTraceLevel *level = top (self);
  HwSnapshotTraceLevel children = { 0, 0 };
  HwSnapshotTraceNode node = { level->node, self->trace[0], self->trace[1], self->trace[2], self->trace[3] };

  if ((int) level->field != self->layout->trace_children || self->levels->len > HW_SNAPSHOT_MAX_TRACE_DEPTH)
    return broken (self, offset);

  children.node = (guint32) self->n_records[HW_SNAPSHOT_SECTION_TRACE_TREE];
  if (!hw_snapshot_reader_count (self, 1, error) || (self->sink->trace_node != NULL && !self->sink->trace_node (self->sink_data, &node, error)))
    return HW_SCAN_FAILED;

  /* The children are the last column. */
  level->field = 0;
  g_array_append_val (self->levels, children);

  return HW_SCAN_MORE;
}

/* Reads on in the trace tree. */
HwScan
hw_snapshot_trace_feed (HwSnapshotReader  *self,
                        const char       **p,
                        const char        *end,
                        GError           **error)
{
  for (const char *q = *p; q < end; q++)
    {
      guint64 offset = hw_snapshot_reader_offset (self, q);

      if (hw_snapshot_token_add (&self->token, *q, offset))
        continue;

      *p = q;
      if (self->token.length > 0 && !take_number (self))
        return broken (self, offset);

      if (*q == '[')
        {
          HwScan scan = open_children (self, offset, error);

          if (scan != HW_SCAN_MORE)
            return scan;
        }
      else if (*q == ']')
        {
          if (top (self)->field != 0)
            return broken (self, offset);
          g_array_set_size (self->levels, self->levels->len - 1);
          if (self->levels->len == 0)
            {
              *p = q + 1;
              return HW_SCAN_DONE;
            }
        }
      else if (*q != ',' && !hw_scan_is_blank (*q))
        return broken (self, offset);
    }
  *p = end;

  return HW_SCAN_MORE;
}
