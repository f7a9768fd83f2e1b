/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text is aligned by the widths of the first rows, which are held back until there are enough of
 * them; later rows that are wider stick out. The last column is text, carries the tree's indent and
 * is never padded.
 */
#include "config.h"

#include "cli/hw-table.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/hw-format.h"
#include "base/hw-text.h"

#define HELD_ROWS  1000
#define TEXT_CHARS 160
#define GAP        "  "

struct _HwTable
{
  HwOutput      *output;   /* not owned */
  HwJsonWriter  *json;     /* not owned; NULL but for JSON */
  HwTableLayout  layout;
  GPtrArray     *held;     /* char **; a cell for each column a person sees, or NULL once aligned */
  guint         *widths;
  guint          n_columns;
  gboolean       is_open;  /* a row's object is open */
  guint          depth;    /* of that row */
};

/* The columns a person sees: a percentage is one of its own. */
static guint
count_columns (const HwTableLayout *layout)
{
  guint n = 0;

  for (guint i = 0; i < layout->n_fields; i++)
    if (layout->fields[i].title != NULL)
      n += layout->fields[i].has_percent ? 2 : 1;

  return n;
}

static void
write_csv_text (HwOutput   *output,
                const char *text)
{
  g_autofree char *utf8 = hw_text_dup_utf8 (text);
  const char *p = utf8;

  if (strpbrk (utf8, ",\"\r\n") == NULL)
    {
      hw_output_write (output, utf8, -1);
      return;
    }

  hw_output_write (output, "\"", 1);
  for (;;)
    {
      const char *quote = strchr (p, '"');

      hw_output_write (output, p, quote != NULL ? quote + 1 - p : -1);
      if (quote == NULL)
        break;
      hw_output_write (output, "\"", 1);
      p = quote + 1;
    }
  hw_output_write (output, "\"", 1);
}

static void
write_csv_header (HwTable *self)
{
  const char *mark = "";

  if (self->layout.child_member != NULL)
    {
      hw_output_write (self->output, "depth", -1);
      mark = ",";
    }
  for (guint i = 0; i < self->layout.n_fields; i++)
    if (self->layout.fields[i].name != NULL)
      {
        hw_output_write (self->output, mark, -1);
        hw_output_write (self->output, self->layout.fields[i].name, -1);
        mark = ",";
      }
  hw_output_write (self->output, "\r\n", 2);
}

static char **
dup_titles (HwTable *self)
{
  char **cells = g_new0 (char *, self->n_columns + 1);
  guint n = 0;

  for (guint i = 0; i < self->layout.n_fields; i++)
    {
      const HwField *field = &self->layout.fields[i];

      if (field->title == NULL)
        continue;
      cells[n++] = g_strdup (_(field->title));
      if (field->has_percent)
        cells[n++] = g_strdup ("");
    }

  return cells;
}

/**
 * hw_table_new:
 * @output: where to write; outlives the table
 * @json: (nullable): for JSON, a writer inside an open object
 * @layout: the columns; the field list outlives the table
 *
 * Begins a table.
 *
 * Returns: (transfer full): a new table
 */
HwTable *
hw_table_new (HwOutput            *output,
              HwJsonWriter        *json,
              const HwTableLayout *layout)
{
  HwTable *self = g_new0 (HwTable, 1);

  self->output = output;
  self->json = json;
  self->layout = *layout;

  switch (layout->format)
    {
    case HW_FORMAT_JSON:
      hw_json_writer_begin_array (json, layout->member);
      break;

    case HW_FORMAT_CSV:
      write_csv_header (self);
      break;

    case HW_FORMAT_TEXT:
      self->n_columns = count_columns (layout);
      self->widths = g_new0 (guint, self->n_columns);
      self->held = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
      g_ptr_array_add (self->held, dup_titles (self));
      break;

    default:
      g_assert_not_reached ();
    }

  return self;
}

/**
 * hw_table_free:
 * @self: a table
 *
 * Frees the table; call hw_table_end() first.
 */
void
hw_table_free (HwTable *self)
{
  g_clear_pointer (&self->held, g_ptr_array_unref);
  g_free (self->widths);
  g_free (self);
}

/* What would move the cursor, end the line or turn the direction of the text around. */
static gboolean
is_unprintable (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/**
 * hw_table_dup_printable:
 * @text: WTF-8
 * @is_wide: whether to keep long text
 *
 * Makes text from a file safe and short enough for a terminal: control characters become escapes.
 *
 * Returns: (transfer full): UTF-8 on one line
 */
char *
hw_table_dup_printable (const char *text,
                        gboolean    is_wide)
{
  GString *line = g_string_new (NULL);

  for (guint n = 0; *text != 0; n++)
    {
      guint32 c;

      if (!is_wide && n >= TEXT_CHARS)
        {
          g_string_append (line, "…");
          break;
        }
      c = hw_text_next (&text);
      if (c == '\n')
        g_string_append (line, "\\n");
      else if (c == '\t')
        g_string_append (line, "\\t");
      else if (is_unprintable (c))
        g_string_append_printf (line, "\\u%04x", c);
      else if (c >= 0xd800 && c <= 0xdfff)
        g_string_append_unichar (line, 0xfffd);
      else
        g_string_append_unichar (line, c);
    }

  return g_string_free (line, FALSE);
}

static guint
text_width (const char *utf8)
{
  guint width = 0;

  for (const char *p = utf8; *p != 0; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }

  return width;
}

/**
 * hw_field_dup_text:
 * @field: a column
 * @value: a cell of it
 * @is_wide: whether to keep long text
 *
 * Returns: (transfer full): the cell for a person, UTF-8 on one line; empty when it is not set
 */
char *
hw_field_dup_text (const HwField *field,
                   const HwValue *value,
                   gboolean       is_wide)
{
  if (!value->is_set)
    return g_strdup ("");

  switch (field->kind)
    {
    case HW_FIELD_TEXT:
      return hw_table_dup_printable (value->text, is_wide);
    case HW_FIELD_NUMBER:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, value->number);
    case HW_FIELD_COUNT:
      return hw_format_count (value->number);
    case HW_FIELD_KILOBYTES:
      return hw_format_kilobytes (value->number);
    case HW_FIELD_SIZE:
      return hw_format_size (value->number);
    case HW_FIELD_COUNT_DELTA:
      return hw_format_count_delta (value->delta);
    case HW_FIELD_SIZE_DELTA:
      return hw_format_size_delta (value->delta);
    case HW_FIELD_DISTANCE:
      return hw_format_distance (value->delta);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
is_signed (const HwField *field)
{
  return field->kind == HW_FIELD_COUNT_DELTA || field->kind == HW_FIELD_SIZE_DELTA ||
         field->kind == HW_FIELD_DISTANCE;
}

/**
 * hw_field_write_csv:
 * @field: a column
 * @value: a cell of it
 * @output: where to write
 *
 * Writes the cell as RFC 4180 wants it; nothing when it is not set.
 */
void
hw_field_write_csv (const HwField *field,
                    const HwValue *value,
                    HwOutput      *output)
{
  char digits[24];

  if (!value->is_set)
    return;
  if (field->kind == HW_FIELD_TEXT)
    {
      write_csv_text (output, value->text);
      return;
    }
  if (is_signed (field))
    g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, value->delta);
  else
    g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, value->number);
  hw_output_write (output, digits, -1);
}

/**
 * hw_field_write_json:
 * @field: a column
 * @value: a cell of it
 * @json: a writer inside an object
 *
 * Writes the cell as a member; nothing when it is not set.
 */
void
hw_field_write_json (const HwField *field,
                     const HwValue *value,
                     HwJsonWriter  *json)
{
  if (field->name == NULL || !value->is_set)
    return;
  if (field->kind == HW_FIELD_TEXT)
    hw_json_writer_add_string (json, field->name, value->text);
  else if (is_signed (field))
    hw_json_writer_add_int (json, field->name, value->delta);
  else
    hw_json_writer_add_uint (json, field->name, value->number);
}

static char *
dup_cell (HwTable       *self,
          const HwField *field,
          const HwValue *value,
          guint          indent)
{
  g_autofree char *text = hw_field_dup_text (field, value, self->layout.is_wide);

  return g_strdup_printf ("%*s%s", (int) indent * 2, "", text);
}

/* Numbers end where their titles end; text starts where its title starts. */
static void
print_line (HwTable *self,
            char   **cells)
{
  GString *line = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < self->layout.n_fields; i++)
    {
      const HwField *field = &self->layout.fields[i];

      for (guint k = 0; field->title != NULL && k < (field->has_percent ? 2u : 1u); k++, n++)
        {
          int padding = (int) self->widths[n] - (int) text_width (cells[n]);

          if (n > 0)
            g_string_append (line, k > 0 ? " " : GAP);
          if (field->kind != HW_FIELD_TEXT)
            g_string_append_printf (line, "%*s%s", MAX (padding, 0), "", cells[n]);
          else if (n == self->n_columns - 1)
            g_string_append (line, cells[n]);
          else
            g_string_append_printf (line, "%s%*s", cells[n], MAX (padding, 0), "");
        }
    }
  while (line->len > 0 && line->str[line->len - 1] == ' ')
    g_string_truncate (line, line->len - 1);
  g_string_append_c (line, '\n');
  hw_output_print (self->output, line->str);
  g_string_free (line, TRUE);
}

static void
release_held (HwTable *self)
{
  for (guint r = 0; r < self->held->len; r++)
    {
      char **cells = g_ptr_array_index (self->held, r);

      for (guint n = 0; n < self->n_columns; n++)
        self->widths[n] = MAX (self->widths[n], text_width (cells[n]));
    }
  for (guint r = 0; r < self->held->len; r++)
    print_line (self, g_ptr_array_index (self->held, r));
  g_clear_pointer (&self->held, g_ptr_array_unref);
}

/* Takes over @cells. */
static void
take_line (HwTable *self,
           char   **cells)
{
  if (self->held != NULL)
    {
      g_ptr_array_add (self->held, cells);
      if (self->held->len > HELD_ROWS)
        release_held (self);
      return;
    }
  print_line (self, cells);
  g_strfreev (cells);
}

static void
add_text_row (HwTable       *self,
              guint          depth,
              const HwValue *values)
{
  char **cells = g_new0 (char *, self->n_columns + 1);
  guint n = 0;

  for (guint i = 0; i < self->layout.n_fields; i++)
    {
      const HwField *field = &self->layout.fields[i];

      if (field->title == NULL)
        continue;
      cells[n] = dup_cell (self, field, &values[i], n == self->n_columns - 1 ? depth : 0);
      n++;
      if (field->has_percent)
        cells[n++] = values[i].is_set ? hw_format_percent (values[i].number, self->layout.whole) : g_strdup ("");
    }
  take_line (self, cells);
}

static void
add_csv_row (HwTable       *self,
             guint          depth,
             const HwValue *values)
{
  const char *mark = "";
  char digits[24];

  if (self->layout.child_member != NULL)
    {
      g_snprintf (digits, sizeof digits, "%u", depth);
      hw_output_write (self->output, digits, -1);
      mark = ",";
    }
  for (guint i = 0; i < self->layout.n_fields; i++)
    {
      const HwField *field = &self->layout.fields[i];

      if (field->name == NULL)
        continue;
      hw_output_write (self->output, mark, -1);
      mark = ",";
      hw_field_write_csv (field, &values[i], self->output);
    }
  hw_output_write (self->output, "\r\n", 2);
}

/* Closes open rows until the next one can stand at @depth. */
static void
close_json_rows (HwTable *self,
                 guint    depth)
{
  while (self->is_open && self->depth > depth)
    {
      hw_json_writer_end_object (self->json);
      hw_json_writer_end_array (self->json);
      self->depth--;
    }
  if (self->is_open && self->depth == depth)
    hw_json_writer_end_object (self->json);
  else if (self->is_open)
    hw_json_writer_begin_array (self->json, self->layout.child_member);
}

static void
add_json_row (HwTable       *self,
              guint          depth,
              const HwValue *values)
{
  close_json_rows (self, depth);
  self->is_open = TRUE;
  self->depth = depth;

  hw_json_writer_begin_object (self->json, NULL);
  for (guint i = 0; i < self->layout.n_fields; i++)
    hw_field_write_json (&self->layout.fields[i], &values[i], self->json);
}

/**
 * hw_table_add_row:
 * @self: a table
 * @depth: how deep in the tree, at most one more than the row before; 0 in a list
 * @values: a cell for each field
 *
 * Adds a row.
 */
void
hw_table_add_row (HwTable       *self,
                  guint          depth,
                  const HwValue *values)
{
  switch (self->layout.format)
    {
    case HW_FORMAT_TEXT:
      add_text_row (self, depth, values);
      break;

    case HW_FORMAT_JSON:
      add_json_row (self, depth, values);
      break;

    case HW_FORMAT_CSV:
      add_csv_row (self, depth, values);
      break;

    default:
      g_assert_not_reached ();
    }
}

/**
 * hw_table_add_rest:
 * @self: a table
 * @depth: how deep in the tree
 * @n_shown: rows that were added there
 * @n_rows: rows there are
 *
 * Tells a person that rows were left out. Programs know the limit they gave.
 */
void
hw_table_add_rest (HwTable *self,
                   guint    depth,
                   guint64  n_shown,
                   guint64  n_rows)
{
  g_autofree char *shown = NULL;
  g_autofree char *rows = NULL;
  g_autofree char *text = NULL;
  char **cells;

  if (self->layout.format != HW_FORMAT_TEXT || n_shown >= n_rows)
    return;

  shown = hw_format_count (n_shown);
  rows = hw_format_count (n_rows);
  /* Translators: numbers of rows, below a table that was cut. */
  text = g_strdup_printf (_("… %s of %s shown; --limit changes that"), shown, rows);
  cells = g_new0 (char *, self->n_columns + 1);
  for (guint n = 0; n + 1 < self->n_columns; n++)
    cells[n] = g_strdup ("");
  cells[self->n_columns - 1] = g_strdup_printf ("%*s%s", (int) depth * 2, "", text);
  take_line (self, cells);
}

/**
 * hw_table_end:
 * @self: a table
 *
 * Writes what was held back and closes what is open.
 */
void
hw_table_end (HwTable *self)
{
  if (self->layout.format == HW_FORMAT_TEXT && self->held != NULL)
    release_held (self);
  if (self->layout.format == HW_FORMAT_JSON)
    {
      if (self->is_open)
        close_json_rows (self, 0);
      hw_json_writer_end_array (self->json);
    }
}
