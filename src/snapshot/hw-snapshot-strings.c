/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/hw-format.h"
#include "snapshot/hw-snapshot-reader-private.h"
#include "snapshot/hw-snapshot-scan-private.h"

/*
 * The table of strings. One that lies whole in the piece at hand and has nothing to decode is
 * handed on from where it is; every other goes through HwSnapshotText.
 */

static gboolean
deliver (HwSnapshotReader  *self,
         const char        *text,
         gsize              n_bytes,
         GError           **error)
{
  return hw_snapshot_reader_count (self, 1, error) &&
         self->sink->string (self->sink_data, text, n_bytes, error);
}

/* The first byte at or behind @p that is no plain text, or where fewer than 16 bytes are left. */
static inline const char *
find_special (const char *p,
              const char *end)
{
  while (end - p >= 16)
    {
      guint n = hw_scan_text (p);

      p += n;
      if (n < 16)
        break;
    }

  return p;
}

/* Reads on in a string that has begun; @p is moved behind what was read. */
static gboolean
read_string (HwSnapshotReader  *self,
             const char       **p,
             const char        *end,
             GError           **error)
{
  gboolean closed;

  if (!hw_snapshot_text_feed (&self->text, p, end, &closed, error))
    return FALSE;

  if (self->text.nul != NULL)
    {
      guint64 offset = hw_snapshot_reader_offset (self, self->text.nul);
      g_autofree char *byte = hw_format_count (offset);

      hw_snapshot_reader_doubt (self);
      hw_snapshot_reader_note (self, offset,
                               _("The section “%s” is damaged at byte %s, where a text holds empty bytes."),
                               hw_snapshot_section_get_name (self->section), byte);
    }
  if (!closed)
    return TRUE;

  self->in_string = FALSE;

  return deliver (self, self->text.data, self->text.length, error);
}

/* Reads on in the table of strings. */
HwScan
hw_snapshot_strings_feed (HwSnapshotReader  *self,
                          const char       **p,
                          const char        *end,
                          GError           **error)
{
  const char *q = *p;

  while (q < end)
    {
      const char *special;
      char c = *q;

      if (self->in_string)
        {
          if (!read_string (self, &q, end, error))
            return HW_SCAN_FAILED;
          continue;
        }
      if (c == ',' || hw_scan_is_blank (c))
        {
          q++;
          continue;
        }
      if (c == ']')
        {
          *p = q + 1;
          return HW_SCAN_DONE;
        }
      if (c != '"')
        {
          guint64 offset = hw_snapshot_reader_offset (self, q);
          g_autofree char *byte = hw_format_count (offset);

          hw_snapshot_reader_note (self, offset,
                                   _("The section “%s” is damaged at byte %s, where something else than a text stands; the rest of the section is missing."),
                                   hw_snapshot_section_get_name (self->section), byte);
          *p = q;
          return HW_SCAN_BROKEN;
        }

      q++;
      special = find_special (q, end);
      if (special < end && *special == '"')
        {
          if (!deliver (self, q, (gsize) (special - q), error))
            return HW_SCAN_FAILED;
          q = special + 1;
          continue;
        }
      self->in_string = TRUE;
      hw_snapshot_text_start (&self->text);
    }
  *p = end;

  return HW_SCAN_MORE;
}
