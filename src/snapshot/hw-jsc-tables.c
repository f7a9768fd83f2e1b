/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/hw-format.h"
#include "base/hw-ids.h"
#include "snapshot/hw-jsc-reader-private.h"
#include "snapshot/hw-snapshot-scan-private.h"

/*
 * The arrays of a JavaScriptCore snapshot: records of numbers, among which GCDebugging has addresses as texts,
 * and tables of strings.
 */

const HwJscTableInfo hw_jsc_tables[HW_JSC_N_TABLES] = {
  { "nodes", 4, FALSE, HW_SNAPSHOT_SECTION_NODES },
  { "nodeClassNames", 0, FALSE, HW_SNAPSHOT_SECTION_STRINGS },
  { "edges", 4, FALSE, HW_SNAPSHOT_SECTION_EDGES },
  { "edgeTypes", 0, FALSE, HW_SNAPSHOT_SECTION_STRINGS },
  { "edgeNames", 0, FALSE, HW_SNAPSHOT_SECTION_STRINGS },
  { "roots", 3, TRUE, HW_SNAPSHOT_SECTION_EDGES },
  { "labels", 0, TRUE, HW_SNAPSHOT_SECTION_STRINGS },
};

static gboolean
count (HwJscReader *self)
{
  if (G_LIKELY (++self->n_records[self->table] <= HW_MAX_IDS && self->n_strings < HW_MAX_IDS))
    return TRUE;

  g_set_error (&self->error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_TOO_LARGE,
               _("The snapshot is too large: its section “%s” has more than 4 billion records."),
               hw_jsc_tables[self->table].name);

  return FALSE;
}

void
hw_jsc_begin_table (HwJscReader  *self,
                    HwJscTable    table,
                    const char  **p)
{
  guint64 offset = hw_jsc_get_offset (self, *p);
  g_autofree char *byte = hw_format_count (offset);
  HwJscStrings strings = { self->n_strings, 0 };

  self->table = table;
  if (self->seen & 1u << table)
    {
      hw_jsc_note (self, offset, _("The section “%s” is there twice, the second time at byte %s; the second is left out."),
            hw_jsc_tables[table].name, byte);
      hw_jsc_skip_rest (self, 0);
      return;
    }
  if (**p != '[')
    {
      hw_jsc_note (self, offset, _("The section “%s” at byte %s is not a list and is left out."), hw_jsc_tables[table].name, byte);
      hw_jsc_skip_rest (self, 0);
      return;
    }

  (*p)++;
  self->seen |= 1u << table;
  self->inside = TRUE;
  self->in_string = self->escape = FALSE;
  self->token.length = 0;
  self->n_row = 0;
  self->n_fields = table == HW_JSC_TABLE_NODES && self->debugging ? HW_JSC_MAX_FIELDS : hw_jsc_tables[table].n_fields;
  self->state = self->n_fields > 0 ? HW_JSC_STATE_NUMBERS : HW_JSC_STATE_STRINGS;
  if (table == HW_JSC_TABLE_CLASS_NAMES)
    self->graph.class_names = strings;
  else if (table == HW_JSC_TABLE_EDGE_NAMES)
    self->graph.edge_names = strings;
  else if (table == HW_JSC_TABLE_LABELS)
    self->graph.labels = strings;
}

static void
end_table (HwJscReader *self,
           const char  *p)
{
  guint64 offset = hw_jsc_get_offset (self, p);
  g_autofree char *byte = hw_format_count (offset);

  if (self->n_row > 0)
    hw_jsc_note (self, offset, _("The section “%s” ends in the middle of a record, at byte %s; the rest could be read."),
          hw_jsc_tables[self->table].name, byte);
  self->n_row = 0;
  self->inside = FALSE;
  self->state = HW_JSC_STATE_NEXT;
}

static gboolean
take_value (HwJscReader *self,
            guint64      value)
{
  self->row[self->n_row++] = value;
  if (self->n_row < self->n_fields)
    return TRUE;

  self->n_row = 0;
  if (!count (self))
    return FALSE;
  if (self->table == HW_JSC_TABLE_NODES)
    return hw_jsc_graph_add_node (&self->graph, self->row, self->debugging, &self->error);
  if (self->table == HW_JSC_TABLE_EDGES)
    return hw_jsc_graph_add_edge (&self->graph, self->row, &self->error);

  return hw_jsc_graph_add_root (&self->graph, self->row, &self->error);
}

static void
break_numbers (HwJscReader *self,
               guint64      offset)
{
  g_autofree char *byte = hw_format_count (offset);

  hw_jsc_note (self, offset,
        _("The section “%s” is damaged at byte %s, where something else than a number stands; the rest of the section is missing."),
        hw_jsc_tables[self->table].name, byte);
  self->n_row = 0;
  self->inside = FALSE;
  hw_jsc_skip_rest (self, 1);
}

/* Addresses are texts among the numbers; they say nothing to a person. */
static const char *
skip_address (HwJscReader *self,
              const char  *p,
              const char  *end)
{
  for (; p < end; p++)
    {
      if (self->escape)
        self->escape = FALSE;
      else if (*p == '\\')
        self->escape = TRUE;
      else if (*p == '"')
        {
          self->in_string = FALSE;
          take_value (self, 0);
          return p + 1;
        }
    }

  return p;
}

void
hw_jsc_read_numbers (HwJscReader  *self,
                     const char  **p,
                     const char   *end)
{
  const char *q = *p;

  while (q < end && self->state == HW_JSC_STATE_NUMBERS && self->error == NULL)
    {
      guint64 value;

      if (self->in_string)
        {
          q = skip_address (self, q, end);
          continue;
        }

      /* Nearly all are short rows of digits that end in this piece. */
      if (self->token.length == 0)
        {
          const char *digits = q;

          for (value = 0; q < end && hw_scan_is_digit (*q) && q - digits < 18; q++)
            value = value * 10 + (guint64) (*q - '0');
          if (q < end && q > digits && *q == ',')
            {
              take_value (self, value);
              q++;
              continue;
            }
          q = digits;
        }

      if (hw_snapshot_token_add (&self->token, *q, hw_jsc_get_offset (self, q)))
        {
          q++;
          continue;
        }
      if (self->token.length > 0)
        {
          if (!hw_snapshot_token_end (&self->token, &value))
            break_numbers (self, self->token.offset);
          else
            take_value (self, value);
          continue;
        }
      if (*q == ']')
        end_table (self, q);
      else if (*q == '"' && self->n_fields == HW_JSC_MAX_FIELDS && self->n_row >= 5)
        self->in_string = TRUE;
      else if (*q != ',' && !hw_scan_is_blank (*q))
        {
          break_numbers (self, hw_jsc_get_offset (self, q));
          break;
        }
      q++;
    }
  *p = q;
}

static gboolean
take_string (HwJscReader *self)
{
  const char *text = self->text.data;
  gsize n_bytes = self->text.length;

  if (!count (self))
    return FALSE;
  if (self->table == HW_JSC_TABLE_EDGE_TYPES)
    {
      hw_jsc_graph_add_edge_type (&self->graph, text, n_bytes);
      return TRUE;
    }
  if (self->table == HW_JSC_TABLE_CLASS_NAMES && !hw_jsc_graph_add_class (&self->graph, text, n_bytes, &self->error))
    return FALSE;
  if (!hw_jsc_tell_string (self, text, n_bytes))
    return FALSE;

  if (self->table == HW_JSC_TABLE_CLASS_NAMES)
    self->graph.class_names.n++;
  else if (self->table == HW_JSC_TABLE_EDGE_NAMES)
    self->graph.edge_names.n++;
  else
    self->graph.labels.n++;

  return TRUE;
}

void
hw_jsc_read_strings (HwJscReader  *self,
                     const char  **p,
                     const char   *end)
{
  const char *q = *p;

  while (q < end && self->state == HW_JSC_STATE_STRINGS && self->error == NULL)
    {
      gboolean closed;

      if (self->in_string)
        {
          if (!hw_snapshot_text_feed (&self->text, &q, end, &closed, &self->error))
            break;
          if (self->text.nul != NULL)
            {
              guint64 offset = hw_jsc_get_offset (self, self->text.nul);
              g_autofree char *byte = hw_format_count (offset);

              hw_jsc_note (self, offset,
                    _("The section “%s” is damaged at byte %s, where a text holds empty bytes; names may be wrong from there on."),
                    hw_jsc_tables[self->table].name, byte);
            }
          if (closed)
            {
              self->in_string = FALSE;
              take_string (self);
            }
          continue;
        }

      if (*q == '"')
        {
          self->in_string = TRUE;
          hw_snapshot_text_start (&self->text);
        }
      else if (*q == ']')
        end_table (self, q);
      else if (*q != ',' && !hw_scan_is_blank (*q))
        {
          guint64 offset = hw_jsc_get_offset (self, q);
          g_autofree char *byte = hw_format_count (offset);

          hw_jsc_note (self, offset,
                _("The section “%s” is damaged at byte %s, where something else than a text stands; the rest of the section is missing."),
                hw_jsc_tables[self->table].name, byte);
          self->inside = FALSE;
          hw_jsc_skip_rest (self, 1);
          break;
        }
      q++;
    }
  *p = q;
}
