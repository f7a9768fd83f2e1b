/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/hw-json-writer.h"

#include <math.h>

#include "base/hw-text.h"

/* Down to this depth every value has a line of its own, so that rows can be told apart by eye. */
#define LINE_DEPTH 2

struct _HwJsonWriter
{
  HwOutput *output;   /* not owned */
  guint     depth;
  gboolean  is_first; /* the next value is the first in its array or object */
};

/**
 * hw_json_writer_new:
 * @output: where to write; outlives the writer
 *
 * Returns: (transfer full): a new writer
 */
HwJsonWriter *
hw_json_writer_new (HwOutput *output)
{
  HwJsonWriter *self = g_new0 (HwJsonWriter, 1);

  self->output = output;
  self->is_first = TRUE;

  return self;
}

/**
 * hw_json_writer_free:
 * @self: a writer
 *
 * Frees the writer; what is open stays unfinished.
 */
void
hw_json_writer_free (HwJsonWriter *self)
{
  g_free (self);
}

static void
new_line (HwJsonWriter *self)
{
  hw_output_write (self->output, "\n", 1);
  for (guint i = 0; i < self->depth; i++)
    hw_output_write (self->output, "  ", 2);
}

/* @member: (nullable): ASCII that needs no escape; NULL in an array and at the top. */
static void
begin_value (HwJsonWriter *self,
             const char   *member)
{
  if (!self->is_first)
    hw_output_write (self->output, ",", 1);
  if (self->depth > 0 && self->depth <= LINE_DEPTH)
    new_line (self);
  else if (!self->is_first)
    hw_output_write (self->output, " ", 1);
  self->is_first = FALSE;

  if (member != NULL)
    {
      hw_output_write (self->output, "\"", 1);
      hw_output_write (self->output, member, -1);
      hw_output_write (self->output, "\": ", 3);
    }
}

static void
begin_container (HwJsonWriter *self,
                 const char   *member,
                 const char   *mark)
{
  begin_value (self, member);
  hw_output_write (self->output, mark, 1);
  self->depth++;
  self->is_first = TRUE;
}

static void
end_container (HwJsonWriter *self,
               const char   *mark)
{
  self->depth--;
  if (!self->is_first && self->depth < LINE_DEPTH)
    new_line (self);
  hw_output_write (self->output, mark, 1);
  self->is_first = FALSE;
  if (self->depth == 0)
    hw_output_write (self->output, "\n", 1);
}

/**
 * hw_json_writer_begin_object:
 * @self: a writer
 * @member: (nullable): the name in the enclosing object; NULL in an array and at the top
 *
 * Opens an object.
 */
void
hw_json_writer_begin_object (HwJsonWriter *self,
                             const char   *member)
{
  begin_container (self, member, "{");
}

/**
 * hw_json_writer_end_object:
 * @self: a writer
 *
 * Closes the object opened last.
 */
void
hw_json_writer_end_object (HwJsonWriter *self)
{
  end_container (self, "}");
}

/**
 * hw_json_writer_begin_array:
 * @self: a writer
 * @member: (nullable): as for hw_json_writer_begin_object()
 *
 * Opens an array.
 */
void
hw_json_writer_begin_array (HwJsonWriter *self,
                            const char   *member)
{
  begin_container (self, member, "[");
}

/**
 * hw_json_writer_end_array:
 * @self: a writer
 *
 * Closes the array opened last.
 */
void
hw_json_writer_end_array (HwJsonWriter *self)
{
  end_container (self, "]");
}

/**
 * hw_json_writer_add_string:
 * @self: a writer
 * @member: (nullable): as for hw_json_writer_begin_object()
 * @text: WTF-8; lone surrogates become escapes
 *
 * Adds a string.
 */
void
hw_json_writer_add_string (HwJsonWriter *self,
                           const char   *member,
                           const char   *text)
{
  g_autofree char *json = hw_text_dup_json (text);

  begin_value (self, member);
  hw_output_write (self->output, json, -1);
}

static void
add_literal (HwJsonWriter *self,
             const char   *member,
             const char   *literal)
{
  begin_value (self, member);
  hw_output_write (self->output, literal, -1);
}

/**
 * hw_json_writer_add_uint:
 * @self: a writer
 * @member: (nullable): as for hw_json_writer_begin_object()
 * @value: a number
 *
 * Adds a number.
 */
void
hw_json_writer_add_uint (HwJsonWriter *self,
                         const char   *member,
                         guint64       value)
{
  char digits[24];

  g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, value);
  add_literal (self, member, digits);
}

/**
 * hw_json_writer_add_int:
 * @self: a writer
 * @member: (nullable): as for hw_json_writer_begin_object()
 * @value: a number
 *
 * Adds a number that may be negative.
 */
void
hw_json_writer_add_int (HwJsonWriter *self,
                        const char   *member,
                        gint64        value)
{
  char digits[24];

  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, value);
  add_literal (self, member, digits);
}

/**
 * hw_json_writer_add_double:
 * @self: a writer
 * @member: (nullable): as for hw_json_writer_begin_object()
 * @value: a number
 *
 * Adds a number, whole ones without a point; `null` for what JSON has no number for.
 */
void
hw_json_writer_add_double (HwJsonWriter *self,
                           const char   *member,
                           double        value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    add_literal (self, member, "null");
  else if (fabs (value) < 9007199254740992.0 && value == floor (value))
    hw_json_writer_add_int (self, member, (gint64) value);
  else
    add_literal (self, member, g_ascii_formatd (digits, sizeof digits, "%.6g", value));
}

/**
 * hw_json_writer_add_boolean:
 * @self: a writer
 * @member: (nullable): as for hw_json_writer_begin_object()
 * @value: a truth
 *
 * Adds `true` or `false`.
 */
void
hw_json_writer_add_boolean (HwJsonWriter *self,
                            const char   *member,
                            gboolean      value)
{
  add_literal (self, member, value ? "true" : "false");
}
