/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/hw-format.h"
#include "base/hw-ids.h"
#include "snapshot/hw-jsc-reader-private.h"
#include "snapshot/hw-snapshot-scan-private.h"

/*
 * JavaScriptCore's snapshots, versions 1 to 3, of both types: what Bun.generateHeapSnapshot(), Bun's and
 * Safari's inspector and generateHeapSnapshotForDebugging() make. One JSON object of flat arrays:
 *
 *   nodes           id, size, class, flags; GCDebugging: and label, "0xCELL", "0xWRAPPED"
 *   nodeClassNames  strings
 *   edges           from, to, type, data; from and to are ids
 *   edgeTypes, edgeNames
 *   roots, labels   GCDebugging only
 *
 * It is also found as the text "snapshotData" inside of a saved message of the inspector; then the text's
 * escapes are undone on the way. As with V8's, bytes come in pieces of any size, strings go on to the sink
 * at once, and damage costs the rest of its array. Nodes and edges wait for the end (hw-jsc-graph.c).
 */

/* Longer names are of no member that is known. */
#define MAX_NAME 64

#define MAX_VERSION 3

static HwSnapshotMatch
jsc_match (const char *start,
           gsize       n_bytes)
{
  gsize lead;
  gboolean wrapped, debugging;
  guint64 version;

  return hw_jsc_find_opening (start, n_bytes, &lead, &wrapped, &version, &debugging);
}

static gpointer
jsc_create (const char           *start,
            gsize                 n_bytes,
            const HwSnapshotSink *sink,
            gpointer              sink_data)
{
  HwJscReader *self = g_new0 (HwJscReader, 1);

  self->sink = sink;
  self->sink_data = sink_data;
  hw_jsc_graph_init (&self->graph);
  hw_jsc_find_opening (start, n_bytes, &self->lead, &self->wrapped, &self->version, &self->debugging);

  return self;
}

static void
jsc_destroy (gpointer data)
{
  HwJscReader *self = data;

  g_clear_pointer (&self->layout, hw_snapshot_layout_free);
  g_clear_pointer (&self->damage, hw_snapshot_damage_free);
  g_clear_error (&self->error);
  hw_snapshot_text_clear (&self->text);
  hw_jsc_graph_clear (&self->graph);
  g_free (self);
}

guint64
hw_jsc_get_offset (const HwJscReader *self,
                   const char        *p)
{
  return self->piece_offset + (guint64) (p - self->piece);
}

/* Notes damage in the table at hand; only the first is told. */
void
hw_jsc_note (HwJscReader *self,
             guint64      offset,
             const char  *format,
             ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (self->damage != NULL)
    return;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  self->damage = hw_snapshot_damage_new (FALSE, offset, hw_jsc_tables[self->table].section, "%s", message);
}

/* From here on nothing makes sense. */
static void
break_off (HwJscReader *self,
           const char  *p)
{
  guint64 offset = hw_jsc_get_offset (self, p);
  g_autofree char *byte = hw_format_count (offset);

  self->state = HW_JSC_STATE_BROKEN;
  hw_jsc_note (self, offset, _("The file is damaged at byte %s, behind the section “%s”; what stands before it could be read."),
        byte, hw_jsc_tables[self->table].name);
}

/* The rest of the table makes no sense; we are inside of @depth brackets. */
void
hw_jsc_skip_rest (HwJscReader *self,
                  guint64      depth)
{
  self->state = HW_JSC_STATE_SKIP;
  self->depth = depth;
  self->in_string = self->escape = FALSE;
}

gboolean
hw_jsc_tell_string (HwJscReader *self,
                    const char  *text,
                    gsize        n_bytes)
{
  if (!self->sink->string (self->sink_data, text, n_bytes, &self->error))
    return FALSE;
  self->n_strings++;

  return TRUE;
}

/* The columns the sink is told about: V8's names and kinds, in V8's own order. String 0 is empty. */
static gboolean
tell_header (HwJscReader *self)
{
  static const char header[] =
    "{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"],"
    "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"]}}";

  if (self->version < 1 || self->version > MAX_VERSION)
    {
      g_autofree char *version = hw_format_count (self->version);

      g_set_error (&self->error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_UNSUPPORTED,
                   _("This is a heap snapshot of JavaScriptCore (Bun, Safari) of version %s; versions 1 to 3 can be read."),
                   version);
      return FALSE;
    }

  self->layout = hw_snapshot_layout_parse (header, strlen (header), &self->error);
  if (self->layout == NULL)
    return FALSE;
  self->layout->is_jsc = TRUE;

  return self->sink->header (self->sink_data, self->layout, &self->error) && hw_jsc_tell_string (self, "", 0);
}

static void
read_value (HwJscReader  *self,
            const char  **p)
{
  if (hw_scan_is_blank (**p))
    {
      (*p)++;
      return;
    }

  for (guint i = 0; i < HW_JSC_N_TABLES; i++)
    if (strcmp (self->text.data, hw_jsc_tables[i].name) == 0)
      {
        hw_jsc_begin_table (self, i, p);
        return;
      }
  hw_jsc_skip_rest (self, 0);
}

static void
read_name (HwJscReader  *self,
           const char  **p,
           const char   *end)
{
  gboolean closed;

  /* Names have no business being long; taken in small bites they cost no memory. */
  end = MIN (end, *p + MAX_NAME);
  if (!hw_snapshot_text_feed (&self->text, p, end, &closed, &self->error))
    return;
  self->text.length = MIN (self->text.length, MAX_NAME);
  if (closed)
    {
      self->text.data[self->text.length] = '\0';
      self->state = HW_JSC_STATE_COLON;
    }
}

/* Passes over a value that is not known, or the rest of one that is damaged. */
static void
read_skipped (HwJscReader  *self,
              const char  **p,
              const char   *end)
{
  for (; *p < end && self->state == HW_JSC_STATE_SKIP; (*p)++)
    {
      char c = **p;

      if (self->escape)
        self->escape = FALSE;
      else if (self->in_string)
        {
          self->escape = c == '\\';
          self->in_string = c != '"';
          if (!self->in_string && self->depth == 0)
            self->state = HW_JSC_STATE_NEXT;
        }
      else if (c == '"')
        self->in_string = TRUE;
      else if (c == '[' || c == '{')
        self->depth++;
      else if (self->depth == 0 && (c == ',' || c == '}' || c == ']'))
        {
          self->state = HW_JSC_STATE_NEXT;
          return;
        }
      else if ((c == ']' || c == '}') && --self->depth == 0)
        self->state = HW_JSC_STATE_NEXT;
    }
}

/* The single characters between names and values. */
static void
read_mark (HwJscReader  *self,
           const char  **p)
{
  char c = **p;

  if (hw_scan_is_blank (c))
    ;
  else if (self->state == HW_JSC_STATE_START)
    {
      if (c == '{')
        self->state = tell_header (self) ? HW_JSC_STATE_MEMBER : HW_JSC_STATE_BROKEN;
      else
        break_off (self, *p);
    }
  else if (self->state == HW_JSC_STATE_MEMBER && c == '"')
    {
      self->state = HW_JSC_STATE_NAME;
      hw_snapshot_text_start (&self->text);
    }
  else if (self->state == HW_JSC_STATE_COLON && c == ':')
    self->state = HW_JSC_STATE_VALUE;
  else if (self->state == HW_JSC_STATE_NEXT && c == ',')
    self->state = HW_JSC_STATE_MEMBER;
  else if ((self->state == HW_JSC_STATE_MEMBER || self->state == HW_JSC_STATE_NEXT) && c == '}')
    self->state = HW_JSC_STATE_END;
  else if (self->state == HW_JSC_STATE_END)
    {
      guint64 offset = hw_jsc_get_offset (self, *p);
      g_autofree char *byte = hw_format_count (offset);

      self->state = HW_JSC_STATE_BROKEN;
      hw_jsc_note (self, offset, _("The snapshot ends before byte %s, but the file goes on; the rest is left out."), byte);
    }
  else
    break_off (self, *p);
  (*p)++;
}

/* Reads bytes of the snapshot itself, of which the first is at @offset of the file. */
static void
read_bytes (HwJscReader *self,
            const char  *bytes,
            gsize        n_bytes,
            guint64      offset)
{
  const char *p = bytes, *end = bytes + n_bytes;

  self->piece = bytes;
  self->piece_offset = offset;
  while (p < end && self->error == NULL)
    switch (self->state)
      {
      case HW_JSC_STATE_NAME:
        read_name (self, &p, end);
        break;
      case HW_JSC_STATE_VALUE:
        read_value (self, &p);
        break;
      case HW_JSC_STATE_NUMBERS:
        hw_jsc_read_numbers (self, &p, end);
        break;
      case HW_JSC_STATE_STRINGS:
        hw_jsc_read_strings (self, &p, end);
        break;
      case HW_JSC_STATE_SKIP:
        read_skipped (self, &p, end);
        break;
      case HW_JSC_STATE_BROKEN:
        p = end;
        break;
      default:
        read_mark (self, &p);
        break;
      }
}

/* Reads one code point that was escaped in the message's text, as WTF-8; the next reader joins surrogates. */
static void
read_code (HwJscReader *self,
           guint32      code,
           guint64      offset)
{
  char bytes[3];
  gsize n = 0;

  if (code < 0x80)
    bytes[n++] = (char) code;
  else if (code < 0x800)
    {
      bytes[n++] = (char) (0xc0 | code >> 6);
      bytes[n++] = (char) (0x80 | (code & 0x3f));
    }
  else
    {
      bytes[n++] = (char) (0xe0 | code >> 12);
      bytes[n++] = (char) (0x80 | (code >> 6 & 0x3f));
      bytes[n++] = (char) (0x80 | (code & 0x3f));
    }
  read_bytes (self, bytes, n, offset);
}

static void
read_escape (HwJscReader *self,
             char         c,
             guint64      offset)
{
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  const char *at = c != '\0' ? strchr (from, c) : NULL;

  self->wrap_escape = FALSE;
  if (c == 'u')
    {
      self->wrap_hex = 4;
      self->wrap_unit = 0;
    }
  else
    read_code (self, at != NULL ? (guint8) to[at - from] : (guint8) c & 0x7f, offset);
}

/* Undoes the escapes of the message's text. */
static void
read_wrapped (HwJscReader *self,
              const char  *p,
              const char  *end,
              guint64      offset)
{
  while (p < end && self->error == NULL && !self->wrap_closed)
    {
      const char *run = p;

      if (self->wrap_hex > 0)
        {
          self->wrap_unit = self->wrap_unit << 4 | (g_ascii_isxdigit (*p) ? (guint32) g_ascii_xdigit_value (*p) : 0);
          if (--self->wrap_hex == 0)
            read_code (self, self->wrap_unit, offset);
          p++;
        }
      else if (self->wrap_escape)
        read_escape (self, *p++, offset);
      else if (*p == '\\')
        {
          self->wrap_escape = TRUE;
          p++;
        }
      else if (*p == '"')
        self->wrap_closed = TRUE;
      else
        {
          while (p < end && *p != '\\' && *p != '"')
            p++;
          read_bytes (self, run, (gsize) (p - run), offset);
        }
      offset += (guint64) (p - run);
    }
}

static gboolean
jsc_push (gpointer     data,
          const char  *bytes,
          gsize        n_bytes,
          GError     **error)
{
  HwJscReader *self = data;
  gsize n_lead = MIN (self->lead, n_bytes);
  guint64 offset = self->base + n_lead;

  self->lead -= n_lead;
  if (self->wrapped)
    read_wrapped (self, bytes + n_lead, bytes + n_bytes, offset);
  else
    read_bytes (self, bytes + n_lead, n_bytes - n_lead, offset);
  self->base += n_bytes;

  if (self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return FALSE;
    }

  return TRUE;
}

static void
note_truncation (HwJscReader *self)
{
  g_autofree char *byte = hw_format_count (self->base);
  const char *name = hw_jsc_tables[self->table].name;

  if (self->inside)
    hw_jsc_note (self, self->base,
          _("The file ends too early, at byte %s in the middle of the section “%s”; what stands before it could be read."),
          byte, name);
  else
    hw_jsc_note (self, self->base,
          _("The file ends too early, at byte %s behind the section “%s”; what stands before it could be read."),
          byte, name);
  self->damage->truncated = TRUE;
}

static void
note_missing (HwJscReader *self)
{
  for (guint i = 0; i < HW_JSC_N_TABLES; i++)
    if ((self->seen & 1u << i) == 0 && (self->debugging || !hw_jsc_tables[i].debugging))
      {
        self->table = i;
        hw_jsc_note (self, self->base, _("The section “%s” is missing."), hw_jsc_tables[i].name);
      }
}

static gboolean
finish (HwJscReader  *self,
        GCancellable *cancellable)
{
  guint64 n_dropped;

  if (self->state == HW_JSC_STATE_END || self->state == HW_JSC_STATE_BROKEN)
    note_missing (self);
  else
    note_truncation (self);

  if (self->n_records[HW_JSC_TABLE_NODES] == 0)
    {
      g_set_error (&self->error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_DAMAGED, _("There are no objects in the snapshot. %s"),
                   self->damage != NULL ? self->damage->message : "");
      g_strchomp (self->error->message);
      return FALSE;
    }
  if (!hw_jsc_graph_tell (&self->graph, self->base, self->sink, self->sink_data, cancellable, &n_dropped, &self->error))
    return FALSE;

  if (n_dropped > 0)
    {
      g_autofree char *count = hw_format_count (n_dropped);

      self->table = HW_JSC_TABLE_EDGES;
      hw_jsc_note (self, 0, ngettext ("%s edge points to no node; it is left out", "%s edges point to no node; they are left out",
                               (gulong) n_dropped), count);
    }

  return self->sink->section_end == NULL ||
         self->sink->section_end (self->sink_data, HW_SNAPSHOT_SECTION_STRINGS, &self->error);
}

static gboolean
jsc_finish (gpointer           data,
            GCancellable      *cancellable,
            HwSnapshotDamage **damage,
            GError           **error)
{
  HwJscReader *self = data;

  if (self->error != NULL || !finish (self, cancellable))
    {
      g_propagate_error (error, g_error_copy (self->error));
      return FALSE;
    }
  if (damage != NULL)
    *damage = g_steal_pointer (&self->damage);

  return TRUE;
}

const HwSnapshotFormat hw_jsc_format = {
  .match = jsc_match,
  .create = jsc_create,
  .push = jsc_push,
  .finish = jsc_finish,
  .destroy = jsc_destroy,
};
