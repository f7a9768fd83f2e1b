/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/hw-object-row.h"

enum
{
  CLASS_KEY,
  CLASS_NAME,
  CLASS_COUNT,
  CLASS_DISTANCE,
  CLASS_SHALLOW_SIZE,
  CLASS_RETAINED_SIZE,
  CLASS_LABEL,
  N_CLASS_FIELDS,
};

static const HwField class_fields[N_CLASS_FIELDS] = {
  [CLASS_KEY]           = { "key", NULL, HW_FIELD_TEXT, FALSE },
  [CLASS_NAME]          = { "name", NULL, HW_FIELD_TEXT, FALSE },
  [CLASS_COUNT]         = { "count", N_("Objects"), HW_FIELD_COUNT, FALSE },
  [CLASS_DISTANCE]      = { "distance", N_("Distance"), HW_FIELD_DISTANCE, FALSE },
  [CLASS_SHALLOW_SIZE]  = { "shallow_size", N_("Shallow size"), HW_FIELD_KILOBYTES, TRUE },
  [CLASS_RETAINED_SIZE] = { "retained_size", N_("Retained size"), HW_FIELD_KILOBYTES, TRUE },
  [CLASS_LABEL]         = { NULL, N_("Constructor"), HW_FIELD_TEXT, FALSE },
};

static int
compare_counts (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  guint64 x = hw_class_table_get_row (user_data, HW_CLASS (*(const guint32 *) a))->count;
  guint64 y = hw_class_table_get_row (user_data, HW_CLASS (*(const guint32 *) b))->count;

  return x < y ? -1 : x > y;
}

static int
compare_counts_descending (gconstpointer a,
                           gconstpointer b,
                           gpointer      user_data)
{
  return compare_counts (b, a, user_data);
}

/* Classes of equal count stay in the order of their retained sizes. */
static void
sort_classes (HwClassTable *classes,
              HwOrder       order,
              GArray       *ids)
{
  HwOrder first = order;

  if (order.measure == HW_MEASURE_COUNT)
    first = (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE };
  hw_order_classes (classes, first, (guint32 *) (gpointer) ids->data, ids->len, NULL, NULL);
  if (order.measure == HW_MEASURE_COUNT)
    g_array_sort_with_data (ids, order.descending ? compare_counts_descending : compare_counts, classes);
}

static GArray *
list_classes (HwCli        *self,
              HwClassTable *classes)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 i = 0; i < hw_class_table_get_n_classes (classes); i++)
    {
      const HwClassRow *row = hw_class_table_get_row (classes, HW_CLASS (i));

      if (row->count > 0 && hw_cli_matches (self, row->name))
        g_array_append_val (ids, i);
    }

  return ids;
}

static void
add_class (HwTable      *table,
           HwClassTable *classes,
           HwClassId     class_id)
{
  const HwClassRow *row = hw_class_table_get_row (classes, class_id);
  g_autofree char *key = hw_class_table_dup_key (classes, class_id);
  HwValue values[N_CLASS_FIELDS] = {
    [CLASS_KEY]           = HW_VALUE_TEXT (key),
    [CLASS_NAME]          = HW_VALUE_TEXT (row->name),
    [CLASS_COUNT]         = HW_VALUE_NUMBER (row->count),
    [CLASS_DISTANCE]      = HW_VALUE_DELTA (row->distance),
    [CLASS_SHALLOW_SIZE]  = HW_VALUE_NUMBER (row->shallow_size),
    [CLASS_RETAINED_SIZE] = HW_VALUE_NUMBER (row->retained_size),
    [CLASS_LABEL]         = HW_VALUE_TEXT (row->name),
  };

  hw_table_add_row (table, 0, values);
}

static void
write_heading (HwCli        *self,
               HwClassTable *classes,
               guint64       n_nodes,
               guint64       n_edges)
{
  g_autofree char *count = hw_format_count (hw_class_table_get_total_count (classes));
  g_autofree char *size = hw_format_size (hw_class_table_get_total_size (classes));
  g_autofree char *name = g_filename_display_basename (self->arguments[0]);
  g_autofree char *shown = hw_table_dup_printable (name, TRUE);

  if (self->json != NULL)
    {
      hw_json_writer_begin_object (self->json, "snapshot");
      hw_json_writer_add_uint (self->json, "node_count", n_nodes);
      hw_json_writer_add_uint (self->json, "edge_count", n_edges);
      hw_json_writer_add_uint (self->json, "total_size", hw_class_table_get_total_size (classes));
      hw_json_writer_end_object (self->json);
    }
  else if (self->format == HW_FORMAT_TEXT)
    {
      /* Translators: a file's name, a number of objects, and their size. */
      hw_output_printf (self->output, _("%s: %s objects, %s\n\n"), shown, count, size);
    }
}

static HwTable *
begin_table (HwCli         *self,
             guint64        total_size,
             const HwField *fields,
             guint          n_fields,
             const char    *member)
{
  HwTableLayout layout = {
    .format = self->format,
    .fields = fields,
    .n_fields = n_fields,
    .member = member,
    .whole = total_size,
    .is_wide = self->is_wide,
  };

  return hw_table_new (self->output, self->json, &layout);
}

/**
 * hw_command_summary:
 * @self: a run
 *
 * Writes the constructors.
 *
 * Returns: the exit status
 */
HwExit
hw_command_summary (HwCli *self)
{
  g_autoptr(HwCacheOutline) outline = NULL;
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(HwTable) table = NULL;
  g_autoptr(GArray) ids = NULL;
  HwClassTable *classes;
  HwOrder order;
  guint n_shown;

  if (!hw_cli_parse_sort (self, &order))
    return HW_EXIT_MISUSED;
  outline = hw_cli_load_outline (self, self->arguments[0]);
  if (outline == NULL && (heap = hw_cli_load (self, self->arguments[0])) == NULL)
    return HW_EXIT_FAILED;

  classes = outline != NULL ? outline->classes : hw_heap_get_class_table (heap);
  ids = list_classes (self, classes);
  sort_classes (classes, order, ids);
  n_shown = (guint) MIN (ids->len, hw_cli_get_limit (self));

  if (self->json != NULL)
    hw_json_writer_begin_object (self->json, NULL);
  write_heading (self, classes, outline != NULL ? outline->n_nodes : hw_heap_get_n_nodes (heap),
                 outline != NULL ? outline->n_edges : hw_heap_get_n_edges (heap));
  table = begin_table (self, hw_class_table_get_total_size (classes), class_fields, N_CLASS_FIELDS, "classes");
  for (guint i = 0; i < n_shown && hw_output_get_is_open (self->output); i++)
    add_class (table, classes, HW_CLASS (g_array_index (ids, guint32, i)));
  hw_table_add_rest (table, 0, n_shown, ids->len);
  hw_table_end (table);
  if (self->json != NULL)
    {
      hw_json_writer_add_uint (self->json, "total", ids->len);
      hw_json_writer_end_object (self->json);
    }

  return HW_EXIT_DONE;
}

/* The objects that were named on the command line; FALSE with @status when one is not there. */
static gboolean
list_named (HwCli  *self,
            HwHeap *heap,
            GArray *nodes,
            HwExit *status)
{
  for (guint i = 1; i < self->n_arguments; i++)
    {
      HwNodeId node;

      if (!hw_cli_parse_object (self, heap, self->arguments[i], &node, status))
        return FALSE;
      g_array_append_val (nodes, node.value);
    }

  return TRUE;
}

static gboolean
is_class (HwCli        *self,
          HwClassTable *classes,
          HwClassId     class_id)
{
  g_autofree char *key = NULL;

  if (strcmp (hw_class_table_get_row (classes, class_id)->name, self->class_name) == 0)
    return TRUE;
  key = hw_class_table_dup_key (classes, class_id);

  return strcmp (key, self->class_name) == 0;
}

static void
list_class (HwCli  *self,
            HwHeap *heap,
            GArray *nodes)
{
  HwClassTable *classes = hw_heap_get_class_table (heap);

  for (guint i = 0; i < hw_class_table_get_n_classes (classes); i++)
    {
      const guint32 *instances;
      guint32 n;

      if (!is_class (self, classes, HW_CLASS (i)))
        continue;
      instances = hw_class_table_get_instances (classes, HW_CLASS (i), &n);
      g_array_append_vals (nodes, instances, n);
    }
}

/* Every object with a size: the others are parts of their owners. */
static void
list_all (HwHeap *heap,
          GArray *nodes)
{
  for (guint32 i = 0; i < hw_heap_get_n_nodes (heap); i++)
    if (hw_heap_get_shallow_size (heap, HW_NODE (i)) > 0)
      g_array_append_val (nodes, i);
}

static gboolean
is_wanted (HwCli    *self,
           HwHeap   *heap,
           HwNodeId  node)
{
  g_autofree char *name = NULL;

  if (self->type_name != NULL && strcmp (hw_heap_get_node_kind_name (heap, node), self->type_name) != 0)
    return FALSE;
  if (self->is_detached && hw_heap_get_detachedness (heap, node) != HW_DETACHEDNESS_DETACHED)
    return FALSE;
  if (self->folded_filter == NULL)
    return TRUE;
  name = hw_heap_dup_node_name (heap, node);

  return hw_cli_matches (self, name);
}

static void
filter (HwCli  *self,
        HwHeap *heap,
        GArray *nodes)
{
  guint n = 0;

  for (guint i = 0; i < nodes->len; i++)
    {
      guint32 node = g_array_index (nodes, guint32, i);

      if (is_wanted (self, heap, HW_NODE (node)))
        g_array_index (nodes, guint32, n++) = node;
    }
  g_array_set_size (nodes, n);
}

static void
write_objects (HwCli  *self,
               HwHeap *heap,
               GArray *nodes)
{
  g_autoptr(HwTable) table = NULL;
  guint n_shown = (guint) MIN (nodes->len, hw_cli_get_limit (self));

  if (self->json != NULL)
    hw_json_writer_begin_object (self->json, NULL);
  table = begin_table (self, hw_heap_get_total_size (heap), hw_object_fields + HW_OBJECT_ID, HW_N_OBJECT_FIELDS - HW_OBJECT_ID, "objects");
  for (guint i = 0; i < n_shown && hw_output_get_is_open (self->output); i++)
    {
      g_auto(HwObjectRow) row = { 0 };

      hw_object_row_init_node (&row, heap, HW_NODE (g_array_index (nodes, guint32, i)));
      hw_table_add_row (table, 0, row.values + HW_OBJECT_ID);
    }
  hw_table_add_rest (table, 0, n_shown, nodes->len);
  hw_table_end (table);
  if (self->json != NULL)
    {
      hw_json_writer_add_uint (self->json, "total", nodes->len);
      hw_json_writer_end_object (self->json);
    }
}

/**
 * hw_command_objects:
 * @self: a run
 *
 * Writes single objects: those named, those of a constructor, or all.
 *
 * Returns: the exit status
 */
HwExit
hw_command_objects (HwCli *self)
{
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(GArray) nodes = g_array_new (FALSE, FALSE, sizeof (guint32));
  HwExit status = HW_EXIT_DONE;
  HwOrder order;

  if (!hw_cli_parse_sort (self, &order))
    return HW_EXIT_MISUSED;
  if (self->n_arguments > 1 && self->class_name != NULL)
    return hw_cli_misuse (self, _("give either objects or --class"));
  heap = hw_cli_load (self, self->arguments[0]);
  if (heap == NULL)
    return HW_EXIT_FAILED;

  if (self->n_arguments > 1 && !list_named (self, heap, nodes, &status))
    return status;
  if (self->class_name != NULL)
    list_class (self, heap, nodes);
  else if (self->n_arguments == 1)
    list_all (heap, nodes);
  filter (self, heap, nodes);

  /* Objects that were named stay in the order they were named in. */
  if (self->n_arguments == 1 || self->sort != NULL)
    hw_order_nodes (heap, order, (guint32 *) (gpointer) nodes->data, nodes->len, NULL, NULL);
  write_objects (self, heap, nodes);

  return HW_EXIT_DONE;
}
