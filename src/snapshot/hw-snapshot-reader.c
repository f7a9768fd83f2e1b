/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/hw-format.h"
#include "base/hw-ids.h"
#include "snapshot/hw-snapshot-reader-private.h"
#include "snapshot/hw-snapshot-scan-private.h"

/*
 * The outermost object of a snapshot: member names, and whose turn it is to read a value. Each kind
 * of value has its own file; all of them can stop and go on at any byte, so what they need between
 * two bytes is in the reader, and the bytes pushed in are never kept.
 *
 * Two things are asked of a file beyond JSON: the header comes before the sections it describes, and
 * it is small. Damage inside a section costs the rest of that section, damage between sections the
 * rest of the file; what came before has been told to the sink.
 */

enum
{
  STATE_START,         /* before the opening brace */
  STATE_FOREIGN,       /* no JSON object: a few more bytes say what it is */
  STATE_MEMBER,        /* before a member's name, or the closing brace */
  STATE_NAME,
  STATE_COLON,
  STATE_VALUE,         /* before a value */
  STATE_HEADER,
  STATE_NUMBERS,
  STATE_TRACE,
  STATE_STRINGS,
  STATE_SKIP,
  STATE_NEXT,          /* behind a value */
  STATE_END,           /* behind the closing brace */
  STATE_BROKEN,        /* no sense any more */
};

/* V8's header has some 1500 bytes. A tree of it costs about a hundred times as much. */
#define MAX_HEADER (1024 * 1024)
#define MAX_HEADER_DEPTH 32

/* Longer names are of no member that is known. */
#define MAX_NAME 64

/* Bytes of an unknown value that tell what it is. */
#define MAX_HINT 32

static const char bom[] = "\xef\xbb\xbf";

/**
 * hw_snapshot_reader_new:
 * @sink: told what is found; must outlive the reader
 * @sink_data: the sink's data
 *
 * Returns: (transfer full): a reader at the start of a file
 */
HwSnapshotReader *
hw_snapshot_reader_new (const HwSnapshotSink *sink,
                        gpointer              sink_data)
{
  HwSnapshotReader *self;

  g_return_val_if_fail (sink != NULL, NULL);

  self = g_new0 (HwSnapshotReader, 1);
  self->sink = sink;
  self->sink_data = sink_data;
  self->head = g_byte_array_new ();
  self->state = STATE_START;
  self->section = HW_SNAPSHOT_SECTION_HEADER;
  self->early_section = HW_SNAPSHOT_N_SECTIONS;
  self->values = g_new (guint64, HW_SNAPSHOT_BATCH + HW_SNAPSHOT_BATCH_SLACK);

  return self;
}

/**
 * hw_snapshot_reader_free:
 * @self: a reader
 *
 * Frees it, and the layout it told the sink about.
 */
void
hw_snapshot_reader_free (HwSnapshotReader *self)
{
  g_return_if_fail (self != NULL);

  if (self->other != NULL)
    self->format->destroy (self->other);
  g_clear_pointer (&self->head, g_byte_array_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->layout, hw_snapshot_layout_free);
  g_clear_pointer (&self->damage, hw_snapshot_damage_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->kept, g_byte_array_unref);
  g_clear_pointer (&self->levels, g_array_unref);
  hw_snapshot_text_clear (&self->text);
  g_free (self->values);
  g_free (self);
}

/**
 * hw_snapshot_reader_set_cancellable:
 * @self: a reader
 * @cancellable: (nullable): stops hw_snapshot_reader_finish(), which for some formats has work left to do
 *
 * Takes a reference.
 */
void
hw_snapshot_reader_set_cancellable (HwSnapshotReader *self,
                                    GCancellable     *cancellable)
{
  g_return_if_fail (self != NULL);

  g_set_object (&self->cancellable, cancellable);
}

/* Notes damage in the section at hand; only the first is told. */
void
hw_snapshot_reader_note (HwSnapshotReader *self,
                         guint64           offset,
                         const char       *format,
                         ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (self->damage != NULL)
    return;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  self->damage = hw_snapshot_damage_new (FALSE, offset, self->section, "%s", message);
}

/* Notes that the section at hand is not only incomplete, but that what it says may be wrong. */
void
hw_snapshot_reader_doubt (HwSnapshotReader *self)
{
  if (self->section == HW_SNAPSHOT_SECTION_NODES)
    self->doubtful |= HW_SNAPSHOT_DOUBT_NODES;
  else if (self->section == HW_SNAPSHOT_SECTION_EDGES)
    self->doubtful |= HW_SNAPSHOT_DOUBT_EDGES;
  else if (self->section == HW_SNAPSHOT_SECTION_STRINGS)
    self->doubtful |= HW_SNAPSHOT_DOUBT_STRINGS;
}

/* Counts records of the section at hand before the sink gets them. */
gboolean
hw_snapshot_reader_count (HwSnapshotReader  *self,
                          guint64            n_records,
                          GError           **error)
{
  self->n_records[self->section] += n_records;
  if (G_LIKELY (self->n_records[self->section] <= HW_MAX_IDS))
    return TRUE;

  g_set_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_TOO_LARGE,
               _("The snapshot is too large: its section “%s” has more than 4 billion records."),
               hw_snapshot_section_get_name (self->section));

  return FALSE;
}

static void
fail (HwSnapshotReader *self,
      GError           *error)
{
  g_clear_error (&self->error);
  self->error = error;
}

/* From here on nothing makes sense. */
static void
break_off (HwSnapshotReader *self,
           const char       *p)
{
  guint64 offset = hw_snapshot_reader_offset (self, p);
  g_autofree char *byte = hw_format_count (offset);

  self->state = STATE_BROKEN;
  hw_snapshot_reader_note (self, offset,
                           _("The file is damaged at byte %s, behind the section “%s”; what stands before it could be read."),
                           byte, hw_snapshot_section_get_name (self->section));
}

static void
read_start (HwSnapshotReader  *self,
            const char       **p)
{
  guint64 offset = hw_snapshot_reader_offset (self, *p);
  char c = **p;

  if (c == '{')
    self->state = STATE_MEMBER;
  else if (!hw_scan_is_blank (c) && !(offset < strlen (bom) && c == bom[offset]))
    {
      self->state = STATE_FOREIGN;
      return;
    }
  (*p)++;
}

static void
read_foreign (HwSnapshotReader  *self,
              const char       **p)
{
  self->start[self->n_start++] = *(*p)++;
  if (self->n_start == sizeof self->start)
    fail (self, hw_snapshot_guess_bytes (self->start, self->n_start));
}

static void
read_member (HwSnapshotReader  *self,
             const char       **p)
{
  char c = **p;

  if (c == '"')
    {
      self->state = STATE_NAME;
      hw_snapshot_text_start (&self->text);
    }
  else if (c == '}')
    self->state = STATE_END;
  else if (!hw_scan_is_blank (c))
    break_off (self, *p);
  (*p)++;
}

static void
read_name (HwSnapshotReader  *self,
           const char       **p,
           const char        *end)
{
  gboolean closed;

  /* Names have no business being long; taken in small bites they cost no memory. */
  end = MIN (end, *p + MAX_NAME);
  if (!hw_snapshot_text_feed (&self->text, p, end, &closed, &self->error))
    return;
  if (self->text.length > MAX_NAME)
    self->text.length = MAX_NAME;
  if (closed)
    {
      self->text.data[self->text.length] = '\0';
      self->state = STATE_COLON;
    }
}

static void
read_colon (HwSnapshotReader  *self,
            const char       **p)
{
  if (**p == ':')
    self->state = STATE_VALUE;
  else if (!hw_scan_is_blank (**p))
    break_off (self, *p);
  (*p)++;
}

/* Passes over a value, keeping its first @keep bytes. */
static void
skip_value (HwSnapshotReader *self,
            gsize             keep)
{
  self->state = STATE_SKIP;
  self->keep_limit = keep;
  g_clear_pointer (&self->kept, g_byte_array_unref);
  if (keep > 0)
    self->kept = g_byte_array_new ();
  hw_snapshot_skip_start (self, 0);
}

static void
begin_header (HwSnapshotReader *self,
              const char       *p)
{
  if (self->early_section != HW_SNAPSHOT_N_SECTIONS)
    {
      g_autofree char *byte = hw_format_count (self->early_offset);

      fail (self, g_error_new (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_UNSUPPORTED,
                               _("The section “%s” at byte %s comes before the header “snapshot” that describes it; "
                                 "the header has to come first for the file to be read."),
                               hw_snapshot_section_get_name (self->early_section), byte));
      return;
    }

  skip_value (self, *p == '{' ? MAX_HEADER + 1 : 0);
  if (*p == '{')
    self->state = STATE_HEADER;
}

static gboolean
trace_is_readable (const HwSnapshotLayout *layout)
{
  return layout->trace_id >= 0 && layout->trace_function_info_index >= 0 && layout->trace_count >= 0 &&
         layout->trace_size >= 0 &&
         layout->trace_children == (int) layout->n_fields[HW_SNAPSHOT_SECTION_TRACE_TREE] - 1;
}

/* Chooses who reads the section that begins at @p. */
static void
begin_section (HwSnapshotReader  *self,
               HwSnapshotSection  section,
               const char       **p)
{
  guint64 offset = hw_snapshot_reader_offset (self, *p);
  g_autofree char *byte = hw_format_count (offset);
  const char *name = hw_snapshot_section_get_name (section);

  if (self->layout == NULL)
    {
      if (self->early_section == HW_SNAPSHOT_N_SECTIONS)
        {
          self->early_section = section;
          self->early_offset = offset;
        }
      skip_value (self, MAX_HINT);
      return;
    }

  self->section = section;
  if (self->seen & 1u << section)
    {
      hw_snapshot_reader_note (self, offset, _("The section “%s” is there twice, the second time at byte %s; the second is left out."),
                               name, byte);
      skip_value (self, 0);
      return;
    }
  if (**p != '[')
    {
      if (**p != 'n')
        hw_snapshot_reader_note (self, offset, _("The section “%s” at byte %s is not a list and is left out."), name, byte);
      skip_value (self, 0);
      return;
    }
  if (section != HW_SNAPSHOT_SECTION_STRINGS && self->layout->n_fields[section] == 0)
    {
      skip_value (self, 0);
      return;
    }

  self->seen |= 1u << section;
  if (section == HW_SNAPSHOT_SECTION_TRACE_TREE)
    {
      if (!trace_is_readable (self->layout))
        {
          hw_snapshot_reader_note (self, offset, _("The section “%s” at byte %s has unknown columns and is left out."), name, byte);
          skip_value (self, 0);
          return;
        }
      self->state = STATE_TRACE;
      hw_snapshot_trace_start (self);
    }
  else if (section == HW_SNAPSHOT_SECTION_STRINGS)
    {
      self->state = STATE_STRINGS;
      self->in_string = FALSE;
    }
  else
    {
      self->state = STATE_NUMBERS;
      hw_snapshot_numbers_start (self);
    }
  (*p)++;
}

static void
read_value (HwSnapshotReader  *self,
            const char       **p)
{
  if (hw_scan_is_blank (**p))
    {
      (*p)++;
      return;
    }

  for (guint i = 0; i < HW_SNAPSHOT_N_SECTIONS; i++)
    if (strcmp (self->text.data, hw_snapshot_section_get_name (i)) == 0)
      {
        if (i == HW_SNAPSHOT_SECTION_HEADER && self->layout == NULL)
          begin_header (self, *p);
        else
          begin_section (self, i, p);
        return;
      }

  skip_value (self, self->layout == NULL ? MAX_HINT : 0);
}

static void
end_header (HwSnapshotReader *self)
{
  if (self->deepest > MAX_HEADER_DEPTH || self->kept->len > MAX_HEADER)
    {
      fail (self, g_error_new_literal (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_SNAPSHOT,
                                       _("The file is not a heap snapshot: its “snapshot” is too large or too deeply nested for a header.")));
      return;
    }

  self->layout = hw_snapshot_layout_parse ((const char *) self->kept->data, self->kept->len, &self->error);
  g_clear_pointer (&self->kept, g_byte_array_unref);
  if (self->layout == NULL || !self->sink->header (self->sink_data, self->layout, &self->error))
    return;

  self->seen |= 1u << HW_SNAPSHOT_SECTION_HEADER;
  self->closed |= 1u << HW_SNAPSHOT_SECTION_HEADER;
  self->state = STATE_NEXT;
}

/* A value was passed over. */
static void
end_skip (HwSnapshotReader *self)
{
  self->state = STATE_NEXT;
  if (self->kept == NULL)
    return;

  self->hints |= hw_snapshot_guess_member (self->text.data, (const char *) self->kept->data, self->kept->len);
  g_clear_pointer (&self->kept, g_byte_array_unref);
  if (self->hints & HW_SNAPSHOT_HINT_JSC)
    fail (self, hw_snapshot_guess_object (self->hints));
}

static void
check_count (HwSnapshotReader *self,
             guint64           declared,
             guint64           offset)
{
  guint64 n_records = self->n_records[self->section];
  g_autofree char *expected = hw_format_count (declared);
  g_autofree char *found = hw_format_count (n_records);

  if (declared == 0 || declared == n_records)
    return;

  hw_snapshot_reader_doubt (self);
  hw_snapshot_reader_note (self, offset, _("The section “%s” has %s records, while the header says %s."),
                           hw_snapshot_section_get_name (self->section), found, expected);
}

static void
end_section (HwSnapshotReader *self,
             const char       *p)
{
  guint64 offset = hw_snapshot_reader_offset (self, p);

  if (self->section == HW_SNAPSHOT_SECTION_NODES)
    check_count (self, self->layout->declared_nodes, offset);
  else if (self->section == HW_SNAPSHOT_SECTION_EDGES)
    check_count (self, self->layout->declared_edges, offset);

  self->closed |= 1u << self->section;
  self->state = STATE_NEXT;
  if (self->sink->section_end != NULL)
    self->sink->section_end (self->sink_data, self->section, &self->error);
}

static void
read_section (HwSnapshotReader  *self,
              const char       **p,
              const char        *end)
{
  HwScan scan;

  if (self->state == STATE_NUMBERS)
    scan = hw_snapshot_numbers_feed (self, p, end, &self->error);
  else if (self->state == STATE_TRACE)
    scan = hw_snapshot_trace_feed (self, p, end, &self->error);
  else
    scan = hw_snapshot_strings_feed (self, p, end, &self->error);

  if (scan == HW_SCAN_DONE)
    end_section (self, *p);
  else if (scan == HW_SCAN_BROKEN)
    {
      guint64 depth = self->state == STATE_TRACE ? self->levels->len : 1;

      skip_value (self, 0);
      hw_snapshot_skip_start (self, depth);
    }
}

static void
read_next (HwSnapshotReader  *self,
           const char       **p)
{
  if (**p == ',')
    self->state = STATE_MEMBER;
  else if (**p == '}')
    self->state = STATE_END;
  else if (!hw_scan_is_blank (**p))
    break_off (self, *p);
  (*p)++;
}

static void
read_rest (HwSnapshotReader  *self,
           const char       **p,
           const char        *end)
{
  for (; *p < end && self->state == STATE_END; (*p)++)
    if (!hw_scan_is_blank (**p))
      {
        guint64 offset = hw_snapshot_reader_offset (self, *p);
        g_autofree char *byte = hw_format_count (offset);

        self->state = STATE_BROKEN;
        hw_snapshot_reader_note (self, offset, _("The snapshot ends before byte %s, but the file goes on; the rest is left out."), byte);
      }
}

/* Reads on in the format that was found. */
static gboolean
read_on (HwSnapshotReader  *self,
         const char        *bytes,
         gsize              n_bytes,
         GError           **error)
{
  const char *p = bytes;
  const char *end = bytes + n_bytes;

  if (self->format != NULL)
    return self->format->push (self->other, bytes, n_bytes, error);

  self->piece = bytes;
  while (p < end && self->error == NULL)
    switch (self->state)
      {
      case STATE_START:
        read_start (self, &p);
        break;
      case STATE_FOREIGN:
        read_foreign (self, &p);
        break;
      case STATE_MEMBER:
        read_member (self, &p);
        break;
      case STATE_NAME:
        read_name (self, &p, end);
        break;
      case STATE_COLON:
        read_colon (self, &p);
        break;
      case STATE_VALUE:
        read_value (self, &p);
        break;
      case STATE_HEADER:
        if (hw_snapshot_skip_feed (self, &p, end) == HW_SCAN_DONE || self->kept->len > MAX_HEADER)
          end_header (self);
        break;
      case STATE_NUMBERS:
      case STATE_TRACE:
      case STATE_STRINGS:
        read_section (self, &p, end);
        break;
      case STATE_SKIP:
        if (hw_snapshot_skip_feed (self, &p, end) == HW_SCAN_DONE)
          end_skip (self);
        break;
      case STATE_NEXT:
        read_next (self, &p);
        break;
      case STATE_END:
        read_rest (self, &p, end);
        break;
      case STATE_BROKEN:
      default:
        p = end;
        break;
      }
  self->base += n_bytes;
  self->piece = NULL;

  if (self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return FALSE;
    }

  return TRUE;
}

/* Keeps the first bytes until they tell the format; what was kept is read then. *@n_taken bytes are used up. */
static gboolean
choose_format (HwSnapshotReader  *self,
               const char        *bytes,
               gsize              n_bytes,
               gboolean           is_end,
               gsize             *n_taken,
               GError           **error)
{
  g_autoptr(GByteArray) head = NULL;
  const char *start;

  *n_taken = MIN (n_bytes, HW_SNAPSHOT_FORMAT_START - self->head->len);
  g_byte_array_append (self->head, (const guint8 *) bytes, (guint) *n_taken);
  start = (const char *) self->head->data;
  if (hw_snapshot_find_format (start, self->head->len, &self->format) == HW_SNAPSHOT_MATCH_MORE &&
      self->head->len < HW_SNAPSHOT_FORMAT_START && !is_end)
    return TRUE;

  head = g_steal_pointer (&self->head);
  if (self->format != NULL)
    self->other = self->format->create (start, head->len, self->sink, self->sink_data);

  return read_on (self, start, head->len, error);
}

/**
 * hw_snapshot_reader_push:
 * @self: a reader
 * @bytes: the file's next bytes
 * @n_bytes: how many
 * @error: return location
 *
 * Reads on. The sink is called for everything that is whole.
 *
 * Fails with [error@SnapshotError] when the file cannot be read at all, with
 * HW_BASE_ERROR_NO_MEMORY, or with what the sink has said; the reader is of no use then.
 *
 * Returns: whether reading can go on
 */
gboolean
hw_snapshot_reader_push (HwSnapshotReader  *self,
                         const char        *bytes,
                         gsize              n_bytes,
                         GError           **error)
{
  gsize n_taken = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL || n_bytes == 0, FALSE);

  if (n_bytes > 0 && self->head != NULL && !choose_format (self, bytes, n_bytes, FALSE, &n_taken, error))
    return FALSE;

  return self->head != NULL || read_on (self, bytes + n_taken, n_bytes - n_taken, error);
}

/* The error for a file that ended before its header did. */
static GError *
error_without_header (HwSnapshotReader *self)
{
  g_autofree char *byte = hw_format_count (self->base);

  switch (self->state)
    {
    case STATE_START:
    case STATE_FOREIGN:
      return hw_snapshot_guess_bytes (self->start, self->n_start);
    case STATE_HEADER:
      return g_error_new (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_DAMAGED,
                          _("The file ends at byte %s, in the middle of the snapshot’s header, so nothing can be shown."), byte);
    case STATE_BROKEN:
      if (self->damage != NULL && self->hints == 0)
        {
          g_autofree char *where = hw_format_count (self->damage->offset);

          return g_error_new (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_JSON,
                              _("The file is not a heap snapshot; it is not JSON from byte %s on."), where);
        }
      return hw_snapshot_guess_object (self->hints);
    case STATE_END:
      return hw_snapshot_guess_object (self->hints);
    default:
      if (self->hints == 0)
        return g_error_new (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_DAMAGED,
                            _("The file ends at byte %s, before the header of a snapshot, so nothing can be shown."), byte);
      return hw_snapshot_guess_object (self->hints);
    }
}

/* The file ended in the middle of something. */
static void
note_truncation (HwSnapshotReader *self)
{
  gboolean inside = self->state != STATE_MEMBER && self->state != STATE_NEXT && self->section != HW_SNAPSHOT_SECTION_HEADER;
  g_autofree char *byte = hw_format_count (self->base);
  g_autofree char *message = NULL;
  const char *name = hw_snapshot_section_get_name (self->section);

  inside = inside && (self->closed & 1u << self->section) == 0;
  message = g_strdup_printf (inside ? _("The file ends too early, at byte %s in the middle of the section “%s”; what stands before it could be read.")
                                    : _("The file ends too early, at byte %s behind the section “%s”; what stands before it could be read."),
                             byte, name);
  if (self->damage == NULL)
    self->damage = hw_snapshot_damage_new (TRUE, self->base, self->section, "%s", message);
  else
    {
      char *both = g_strconcat (self->damage->message, " ", message, NULL);

      g_free (self->damage->message);
      self->damage->message = both;
      self->damage->truncated = TRUE;
    }
}

/* Whole files can lack a section that the header announces. */
static void
note_missing (HwSnapshotReader *self)
{
  for (guint i = 0; i < HW_SNAPSHOT_N_SECTIONS; i++)
    {
      const char *name = hw_snapshot_section_get_name (i);

      if ((self->layout->n_fields[i] == 0 && i != HW_SNAPSHOT_SECTION_STRINGS) || self->seen & 1u << i)
        continue;
      self->section = i;
      hw_snapshot_reader_note (self, self->base, _("The section “%s” is missing, although the header announces it."), name);
    }
}

/**
 * hw_snapshot_reader_finish:
 * @self: a reader
 * @damage: (out) (optional) (nullable): what is wrong with the file, or NULL when it is whole
 * @error: return location
 *
 * Says that the file has ended. Hands over the last whole records of a section that was cut.
 *
 * Fails like hw_snapshot_reader_push(), and when no node was read.
 *
 * Returns: whether there is something to show
 */
gboolean
hw_snapshot_reader_finish (HwSnapshotReader  *self,
                           HwSnapshotDamage **damage,
                           GError           **error)
{
  gsize n_taken;

  g_return_val_if_fail (self != NULL, FALSE);

  if (damage != NULL)
    *damage = NULL;
  if (self->head != NULL && self->head->len > 0 && !choose_format (self, NULL, 0, TRUE, &n_taken, error))
    return FALSE;
  if (self->format != NULL)
    return self->format->finish (self->other, self->cancellable, damage, error);

  if (self->error == NULL && self->base == 0)
    fail (self, g_error_new_literal (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_EMPTY, _("The file is empty.")));
  else if (self->error == NULL && self->layout == NULL)
    fail (self, error_without_header (self));
  else if (self->error == NULL)
    {
      if (self->state == STATE_NUMBERS)
        hw_snapshot_numbers_finish (self, self->base, &self->error);
      if (self->state == STATE_END || self->state == STATE_BROKEN)
        note_missing (self);
      else
        note_truncation (self);
    }
  if (self->error == NULL && self->n_records[HW_SNAPSHOT_SECTION_NODES] == 0)
    fail (self, g_error_new (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_DAMAGED,
                             _("There are no objects in the snapshot. %s"),
                             self->damage != NULL ? self->damage->message : ""));

  if (self->error != NULL)
    {
      g_strchomp (self->error->message);
      g_propagate_error (error, g_error_copy (self->error));
      return FALSE;
    }
  if (self->damage != NULL)
    self->damage->doubtful_sections = self->doubtful;
  if (damage != NULL)
    *damage = g_steal_pointer (&self->damage);

  return TRUE;
}
