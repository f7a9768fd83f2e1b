/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/hw-object-row.h"

enum
{
  DIFF_KEY,
  DIFF_ID,
  DIFF_NAME,
  DIFF_ADDED_COUNT,
  DIFF_REMOVED_COUNT,
  DIFF_COUNT_DELTA,
  DIFF_ADDED_SIZE,
  DIFF_REMOVED_SIZE,
  DIFF_SIZE_DELTA,
  DIFF_LABEL,
  N_DIFF_FIELDS,
};

static const HwField diff_fields[N_DIFF_FIELDS] = {
  [DIFF_KEY]           = { "key", NULL, HW_FIELD_TEXT, FALSE },
  [DIFF_ID]            = { "id", NULL, HW_FIELD_NUMBER, FALSE },
  [DIFF_NAME]          = { "name", NULL, HW_FIELD_TEXT, FALSE },
  [DIFF_ADDED_COUNT]   = { "added_count", N_("# New"), HW_FIELD_COUNT, FALSE },
  [DIFF_REMOVED_COUNT] = { "removed_count", N_("# Deleted"), HW_FIELD_COUNT, FALSE },
  [DIFF_COUNT_DELTA]   = { "count_delta", N_("# Delta"), HW_FIELD_COUNT_DELTA, FALSE },
  [DIFF_ADDED_SIZE]    = { "added_size", N_("Alloc. size"), HW_FIELD_SIZE, FALSE },
  [DIFF_REMOVED_SIZE]  = { "removed_size", N_("Freed size"), HW_FIELD_SIZE, FALSE },
  [DIFF_SIZE_DELTA]    = { "size_delta", N_("Size delta"), HW_FIELD_SIZE_DELTA, FALSE },
  [DIFF_LABEL]         = { NULL, N_("Constructor"), HW_FIELD_TEXT, FALSE },
};

/* Why the table would be nonsense, and what to do instead; NULL when it means something. */
static char *
dup_reason (HwCli  *self,
            HwHeap *base,
            HwHeap *current)
{
  switch (hw_heap_diff_check (base, current))
    {
    case HW_HEAP_DIFF_OTHER_IDS:
      /* Translators: the names of two files. */
      return g_strdup_printf (_("%s and %s cannot be compared: the same object ids mean other objects in them, so they come "
                                "from different runs of a program, or from a runtime that numbers objects anew each time, "
                                "such as Bun; compare two snapshots of one run"),
                              self->arguments[0], self->arguments[1]);

    case HW_HEAP_DIFF_OTHER_MODE:
      /* Translators: the names of two files. */
      return g_strdup_printf (_("%s and %s cannot be compared: one was captured with the engine’s internals exposed, the other "
                                "without; compare two that were captured the same way"),
                              self->arguments[0], self->arguments[1]);

    case HW_HEAP_DIFF_COMPARABLE:
    default:
      return NULL;
    }
}

static void
set_amounts (HwValue             *values,
             const HwHeapDiffRow *row)
{
  values[DIFF_ADDED_COUNT] = HW_VALUE_NUMBER (row->added_count);
  values[DIFF_REMOVED_COUNT] = HW_VALUE_NUMBER (row->removed_count);
  values[DIFF_COUNT_DELTA] = HW_VALUE_DELTA ((gint64) (row->added_count - row->removed_count));
  values[DIFF_ADDED_SIZE] = HW_VALUE_NUMBER (row->added_size);
  values[DIFF_REMOVED_SIZE] = HW_VALUE_NUMBER (row->removed_size);
  values[DIFF_SIZE_DELTA] = HW_VALUE_DELTA ((gint64) (row->added_size - row->removed_size));
}

static void
add_object (HwTable  *table,
            HwHeap   *heap,
            HwNodeId  node,
            gboolean  is_added)
{
  g_autofree char *name = hw_heap_dup_node_name (heap, node);
  g_autofree char *label = hw_object_row_dup_node_label (heap, node);
  guint64 size = hw_heap_get_shallow_size (heap, node);
  HwValue values[N_DIFF_FIELDS] = { 0 };

  values[DIFF_ID] = HW_VALUE_NUMBER (hw_heap_get_object_id (heap, node));
  values[DIFF_NAME] = HW_VALUE_TEXT (name);
  values[DIFF_LABEL] = HW_VALUE_TEXT (label);
  values[is_added ? DIFF_ADDED_COUNT : DIFF_REMOVED_COUNT] = HW_VALUE_NUMBER (1);
  values[is_added ? DIFF_ADDED_SIZE : DIFF_REMOVED_SIZE] = HW_VALUE_NUMBER (size);
  hw_table_add_row (table, 1, values);
}

/* Returns how many rows were added; all new objects come before all deleted ones. */
static guint64
add_objects (HwTable       *table,
             HwHeap        *heap,
             HwOrder        order,
             const guint32 *nodes,
             guint32        n,
             guint64        limit,
             gboolean       is_added)
{
  g_autofree guint32 *sorted = g_memdup2 (nodes, n * sizeof *nodes);
  guint64 n_shown = MIN (n, limit);

  hw_order_diff_nodes (heap, order, sorted, n, NULL, NULL);
  for (guint64 i = 0; i < n_shown; i++)
    add_object (table, heap, HW_NODE (sorted[i]), is_added);

  return n_shown;
}

static void
add_class (HwCli      *self,
           HwTable    *table,
           HwHeapDiff *diff,
           HwOrder     order,
           guint32     i)
{
  const HwHeapDiffRow *row = hw_heap_diff_get_row (diff, i);
  HwValue values[N_DIFF_FIELDS] = { 0 };
  guint64 limit = hw_cli_get_limit (self);
  guint32 n_added, n_removed;
  const guint32 *added, *removed;
  guint64 n_shown;

  values[DIFF_KEY] = HW_VALUE_TEXT (row->key);
  values[DIFF_NAME] = HW_VALUE_TEXT (row->name);
  values[DIFF_LABEL] = HW_VALUE_TEXT (row->name);
  set_amounts (values, row);
  hw_table_add_row (table, 0, values);
  if (!self->has_objects)
    return;

  added = hw_heap_diff_get_added (diff, i, &n_added);
  removed = hw_heap_diff_get_removed (diff, i, &n_removed);
  n_shown = add_objects (table, hw_heap_diff_get_current (diff), order, added, n_added, limit, TRUE);
  n_shown += add_objects (table, hw_heap_diff_get_base (diff), order, removed, n_removed, limit - n_shown, FALSE);
  hw_table_add_rest (table, 1, n_shown, (guint64) n_added + n_removed);
}

static gboolean
is_wanted (HwCli               *self,
           const HwHeapDiffRow *row)
{
  if (self->class_name != NULL &&
      strcmp (row->name, self->class_name) != 0 && strcmp (row->key, self->class_name) != 0)
    return FALSE;

  return hw_cli_matches (self, row->name);
}

static void
write_side_json (HwJsonWriter *json,
                 const char   *member,
                 HwHeap       *heap)
{
  hw_json_writer_begin_object (json, member);
  hw_json_writer_add_uint (json, "node_count", hw_heap_get_n_nodes (heap));
  hw_json_writer_add_uint (json, "total_size", hw_heap_get_total_size (heap));
  hw_json_writer_end_object (json);
}

static void
write_side_text (HwCli      *self,
                 const char *label,
                 const char *path,
                 HwHeap     *heap)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *shown = hw_table_dup_printable (name, TRUE);
  g_autofree char *count = hw_format_count (hw_class_table_get_total_count (hw_heap_get_class_table (heap)));
  g_autofree char *size = hw_format_size (hw_heap_get_total_size (heap));

  /* Translators: “Baseline” or “Current”, a file's name, a number of objects, and their size. */
  hw_output_printf (self->output, _("%s: %s, %s objects, %s\n"), label, shown, count, size);
}

static void
write_totals (HwCli      *self,
              HwHeapDiff *diff)
{
  HwHeapDiffRow total = { 0 };
  HwValue values[N_DIFF_FIELDS] = { 0 };

  for (guint i = 0; i < hw_heap_diff_get_n_rows (diff); i++)
    {
      const HwHeapDiffRow *row = hw_heap_diff_get_row (diff, i);

      total.added_count += row->added_count;
      total.removed_count += row->removed_count;
      total.added_size += row->added_size;
      total.removed_size += row->removed_size;
    }
  set_amounts (values, &total);

  if (self->json != NULL)
    {
      write_side_json (self->json, "base", hw_heap_diff_get_base (diff));
      write_side_json (self->json, "current", hw_heap_diff_get_current (diff));
      hw_json_writer_begin_object (self->json, "totals");
      for (guint i = DIFF_ADDED_COUNT; i <= DIFF_SIZE_DELTA; i++)
        hw_field_write_json (&diff_fields[i], &values[i], self->json);
      hw_json_writer_end_object (self->json);
    }
  else if (self->format == HW_FORMAT_TEXT)
    {
      g_autofree char *added = hw_format_count (total.added_count);
      g_autofree char *removed = hw_format_count (total.removed_count);
      g_autofree char *added_size = hw_format_size (total.added_size);
      g_autofree char *removed_size = hw_format_size (total.removed_size);
      g_autofree char *delta = hw_format_size_delta ((gint64) (total.added_size - total.removed_size));

      write_side_text (self, _("Baseline"), self->arguments[0], hw_heap_diff_get_base (diff));
      write_side_text (self, _("Current"), self->arguments[1], hw_heap_diff_get_current (diff));
      /* Translators: number and size of the new objects, number and size of the deleted ones, the difference. */
      hw_output_printf (self->output, _("New: %s (%s), deleted: %s (%s), size delta: %s\n\n"),
                        added, added_size, removed, removed_size, delta);
    }
}

static void
write_rows (HwCli      *self,
            HwHeapDiff *diff,
            HwOrder     order)
{
  g_autoptr(HwTable) table = NULL;
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  HwTableLayout layout = {
    .format = self->format,
    .fields = diff_fields,
    .n_fields = N_DIFF_FIELDS,
    .member = "classes",
    .child_member = self->has_objects ? "objects" : NULL,
    .is_wide = self->is_wide,
  };
  guint n_shown;

  for (guint32 i = 0; i < hw_heap_diff_get_n_rows (diff); i++)
    if (is_wanted (self, hw_heap_diff_get_row (diff, i)))
      g_array_append_val (rows, i);
  hw_order_diff_rows (diff, order, (guint32 *) (gpointer) rows->data, rows->len, NULL, NULL);
  n_shown = (guint) MIN (rows->len, hw_cli_get_limit (self));

  table = hw_table_new (self->output, self->json, &layout);
  for (guint i = 0; i < n_shown && hw_output_get_is_open (self->output); i++)
    add_class (self, table, diff, order, g_array_index (rows, guint32, i));
  hw_table_add_rest (table, 0, n_shown, rows->len);
  hw_table_end (table);
  if (self->json != NULL)
    hw_json_writer_add_uint (self->json, "total", rows->len);
}

/**
 * hw_command_compare:
 * @self: a run
 *
 * Writes what is new and what was deleted from one snapshot to another. What cannot be compared is refused, or with
 * --force written with a warning.
 *
 * Returns: the exit status
 */
HwExit
hw_command_compare (HwCli *self)
{
  g_autoptr(HwHeap) base = NULL;
  g_autoptr(HwHeap) current = NULL;
  g_autoptr(HwHeapDiff) diff = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *reason = NULL;
  HwOrder order;

  if (!hw_cli_parse_sort (self, &order))
    return HW_EXIT_MISUSED;
  base = hw_cli_load (self, self->arguments[0]);
  current = base != NULL ? hw_cli_load (self, self->arguments[1]) : NULL;
  if (current == NULL)
    return HW_EXIT_FAILED;

  reason = dup_reason (self, base, current);
  if (reason != NULL && !self->is_forced)
    return hw_cli_fail (self, _("%s (--force writes the table all the same)"), reason);

  diff = hw_heap_diff_new_sync (base, current, NULL, NULL, &error);
  if (diff == NULL)
    return hw_cli_fail (self, "%s", error->message);
  if (reason != NULL)
    hw_cli_warn ("%s", reason);

  if (self->json != NULL)
    {
      hw_json_writer_begin_object (self->json, NULL);
      if (reason != NULL)
        hw_json_writer_add_string (self->json, "warning", reason);
    }
  write_totals (self, diff);
  write_rows (self, diff, order);
  if (self->json != NULL)
    hw_json_writer_end_object (self->json);

  return HW_EXIT_DONE;
}
