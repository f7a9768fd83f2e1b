/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "snapshot/hw-snapshot-reader-private.h"
#include "snapshot/hw-snapshot-scan-private.h"

/*
 * Passing over one JSON value of any kind: only strings and the depth of brackets count, so nothing
 * is remembered however deep it is nested. The same walk keeps the header's bytes, and the first
 * bytes of members that tell what else a file may be.
 */

/* Ready to pass over a value; inside @depth brackets already. */
void
hw_snapshot_skip_start (HwSnapshotReader *self,
                        guint64           depth)
{
  self->depth = self->deepest = depth;
  self->skip_string = FALSE;
  self->skip_escape = FALSE;
}

/* Whether @c ends the value without belonging to it; only a bare number or word ends like that. */
static gboolean
ends_before (HwSnapshotReader *self,
             char              c)
{
  return self->depth == 0 && (c == ',' || c == '}' || c == ']');
}

/* Takes one character outside strings; whether it is the value's last. */
static gboolean
take (HwSnapshotReader *self,
      char              c)
{
  if (c == '"')
    self->skip_string = TRUE;
  else if (c == '[' || c == '{')
    {
      self->depth++;
      self->deepest = MAX (self->deepest, self->depth);
    }
  else if (c == ']' || c == '}')
    return --self->depth == 0;

  return FALSE;
}

/* Reads on in a value that is passed over. */
HwScan
hw_snapshot_skip_feed (HwSnapshotReader  *self,
                       const char       **p,
                       const char        *end)
{
  const char *start = *p;
  const char *q = start;
  HwScan scan = HW_SCAN_MORE;

  while (q < end && scan == HW_SCAN_MORE)
    {
      if (self->skip_string)
        {
          if (!self->skip_escape && end - q >= 16)
            {
              guint n = hw_scan_text (q);

              q += n;
              if (n == 16)
                continue;
            }
          if (self->skip_escape)
            self->skip_escape = FALSE;
          else if (*q == '\\')
            self->skip_escape = TRUE;
          else if (*q == '"')
            {
              self->skip_string = FALSE;
              if (self->depth == 0)
                scan = HW_SCAN_DONE;
            }
          q++;
          continue;
        }

      if (ends_before (self, *q))
        {
          scan = HW_SCAN_DONE;
          break;
        }
      if (take (self, *q++))
        scan = HW_SCAN_DONE;
    }

  if (self->kept != NULL && self->kept->len < self->keep_limit)
    g_byte_array_append (self->kept, (const guint8 *) start,
                         (guint) MIN ((gsize) (q - start), self->keep_limit - self->kept->len));
  *p = q;

  return scan;
}
