/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/hw-object-row.h"

#include <glib/gi18n-lib.h>

const HwField hw_object_fields[HW_N_OBJECT_FIELDS] = {
  [HW_OBJECT_RELATION]        = { "relation", NULL, HW_FIELD_TEXT, FALSE },
  [HW_OBJECT_EDGE_NAME]       = { "edge_name", NULL, HW_FIELD_TEXT, FALSE },
  [HW_OBJECT_EDGE_TYPE]       = { "edge_type", NULL, HW_FIELD_TEXT, FALSE },
  [HW_OBJECT_ID]              = { "id", NULL, HW_FIELD_NUMBER, FALSE },
  [HW_OBJECT_NAME]            = { "name", NULL, HW_FIELD_TEXT, FALSE },
  [HW_OBJECT_TYPE]            = { "type", NULL, HW_FIELD_TEXT, FALSE },
  [HW_OBJECT_CLASS_NAME]      = { "class_name", NULL, HW_FIELD_TEXT, FALSE },
  [HW_OBJECT_DISTANCE]        = { "distance", N_("Distance"), HW_FIELD_DISTANCE, FALSE },
  [HW_OBJECT_SHALLOW_SIZE]    = { "shallow_size", N_("Shallow size"), HW_FIELD_KILOBYTES, TRUE },
  [HW_OBJECT_RETAINED_SIZE]   = { "retained_size", N_("Retained size"), HW_FIELD_KILOBYTES, TRUE },
  [HW_OBJECT_DOMINATOR_ID]    = { "dominator_id", NULL, HW_FIELD_NUMBER, FALSE },
  [HW_OBJECT_RETAINERS_COUNT] = { "retainers_count", NULL, HW_FIELD_COUNT, FALSE },
  [HW_OBJECT_EDGE_COUNT]      = { "edge_count", NULL, HW_FIELD_COUNT, FALSE },
  [HW_OBJECT_DETACHEDNESS]    = { "detachedness", NULL, HW_FIELD_NUMBER, FALSE },
  [HW_OBJECT_SCRIPT_ID]       = { "script_id", NULL, HW_FIELD_NUMBER, FALSE },
  [HW_OBJECT_LINE]            = { "line", NULL, HW_FIELD_NUMBER, FALSE },
  [HW_OBJECT_COLUMN]          = { "column", NULL, HW_FIELD_NUMBER, FALSE },
  [HW_OBJECT_LABEL]           = { NULL, N_("Object"), HW_FIELD_TEXT, FALSE },
};

static char *
dup_value (HwHeap     *heap,
           HwNodeId    node,
           const char *name)
{
  switch (hw_heap_get_node_kind (heap, node))
    {
    case HW_NODE_KIND_STRING:
    case HW_NODE_KIND_CONCATENATED_STRING:
      return g_strdup_printf ("\"%s\"", name);

    case HW_NODE_KIND_REGEXP:
      return g_strdup_printf ("/%s/", name);

    case HW_NODE_KIND_CLOSURE:
      return g_strdup_printf ("%s()", name);

    case HW_NODE_KIND_ARRAY:
      return g_strdup_printf ("%s[]", *name != 0 ? name : "(internal array)");

    case HW_NODE_KIND_HIDDEN:
    case HW_NODE_KIND_OBJECT:
    case HW_NODE_KIND_CODE:
    case HW_NODE_KIND_NUMBER:
    case HW_NODE_KIND_NATIVE:
    case HW_NODE_KIND_SYNTHETIC:
    case HW_NODE_KIND_SLICED_STRING:
    case HW_NODE_KIND_SYMBOL:
    case HW_NODE_KIND_BIGINT:
    case HW_NODE_KIND_OBJECT_SHAPE:
    case HW_NODE_KIND_OTHER:
    default:
      return g_strdup (name);
    }
}

/**
 * hw_object_row_dup_node_label:
 * @heap: a heap
 * @node: an object
 *
 * Returns: (transfer full): the object's value and id for a person, WTF-8, such as `parse() @4711`
 */
char *
hw_object_row_dup_node_label (HwHeap   *heap,
                              HwNodeId  node)
{
  g_autofree char *name = hw_heap_dup_node_name (heap, node);
  g_autofree char *value = dup_value (heap, node, name);

  return g_strdup_printf ("%s%s@%" G_GUINT64_FORMAT, value, *value != 0 ? " " : "", hw_heap_get_object_id (heap, node));
}

/**
 * hw_object_row_init_node:
 * @self: (out): a row
 * @heap: a heap; outlives the row
 * @node: an object
 *
 * Makes the row of an object.
 */
void
hw_object_row_init_node (HwObjectRow *self,
                         HwHeap      *heap,
                         HwNodeId     node)
{
  const HwClassRow *class_row = hw_class_table_get_row (hw_heap_get_class_table (heap),
                                                        hw_heap_get_node_class (heap, node));
  HwNodeId dominator = hw_heap_get_dominator (heap, node);
  HwValue *values = self->values;
  HwLocation location;

  *self = (HwObjectRow) { 0 };
  self->name = hw_heap_dup_node_name (heap, node);
  self->label = hw_object_row_dup_node_label (heap, node);

  values[HW_OBJECT_ID] = HW_VALUE_NUMBER (hw_heap_get_object_id (heap, node));
  values[HW_OBJECT_NAME] = HW_VALUE_TEXT (self->name);
  values[HW_OBJECT_TYPE] = HW_VALUE_TEXT (hw_heap_get_node_kind_name (heap, node));
  values[HW_OBJECT_CLASS_NAME] = HW_VALUE_TEXT (class_row->name);
  values[HW_OBJECT_DISTANCE] = HW_VALUE_DELTA (hw_heap_get_distance (heap, node));
  values[HW_OBJECT_SHALLOW_SIZE] = HW_VALUE_NUMBER (hw_heap_get_shallow_size (heap, node));
  values[HW_OBJECT_RETAINED_SIZE] = HW_VALUE_NUMBER (hw_heap_get_retained_size (heap, node));
  values[HW_OBJECT_DOMINATOR_ID] = HW_VALUE_NUMBER (hw_heap_get_object_id (heap, dominator));
  values[HW_OBJECT_RETAINERS_COUNT] = HW_VALUE_NUMBER (hw_heap_get_n_retainers (heap, node));
  values[HW_OBJECT_EDGE_COUNT] = HW_VALUE_NUMBER (hw_heap_get_n_references (heap, node));
  values[HW_OBJECT_DETACHEDNESS] = HW_VALUE_NUMBER ((guint64) hw_heap_get_detachedness (heap, node));
  if (hw_heap_get_location (heap, node, &location))
    {
      values[HW_OBJECT_SCRIPT_ID] = HW_VALUE_NUMBER (location.script_id);
      values[HW_OBJECT_LINE] = HW_VALUE_NUMBER (location.line);
      values[HW_OBJECT_COLUMN] = HW_VALUE_NUMBER (location.column);
    }
  values[HW_OBJECT_LABEL] = HW_VALUE_TEXT (self->label);
}

/**
 * hw_object_row_init_edge:
 * @self: (out): a row
 * @heap: a heap; outlives the row
 * @edge: a reference
 * @is_retainer: whether the row is the object that refers, not the one referred to
 *
 * Makes the row of an object that a reference leads to.
 */
void
hw_object_row_init_edge (HwObjectRow *self,
                         HwHeap      *heap,
                         HwEdgeId     edge,
                         gboolean     is_retainer)
{
  g_autofree char *label = NULL;
  g_autofree char *shown = NULL;
  HwNodeId node = is_retainer ? hw_heap_get_edge_source (heap, edge) : hw_heap_get_edge_target (heap, edge);

  hw_object_row_init_node (self, heap, node);
  self->edge_name = hw_heap_dup_edge_name (heap, edge);
  self->values[HW_OBJECT_EDGE_NAME] = HW_VALUE_TEXT (self->edge_name);
  self->values[HW_OBJECT_EDGE_TYPE] = HW_VALUE_TEXT (hw_heap_get_edge_kind_name (heap, edge));

  if (hw_heap_get_edge_kind (heap, edge) == HW_EDGE_KIND_ELEMENT)
    shown = g_strdup_printf ("[%s]", self->edge_name);
  else
    shown = g_strdup (*self->edge_name != 0 ? self->edge_name : "(empty)");
  label = g_strdup_printf (is_retainer ? "%s in %s" : "%s :: %s", shown, self->label);
  g_free (self->label);
  self->label = g_steal_pointer (&label);
  self->values[HW_OBJECT_LABEL] = HW_VALUE_TEXT (self->label);
}

/**
 * hw_object_row_clear:
 * @self: a row
 *
 * Frees the texts.
 */
void
hw_object_row_clear (HwObjectRow *self)
{
  g_clear_pointer (&self->edge_name, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->label, g_free);
}

/**
 * hw_object_row_write_subject:
 * @cli: a run
 * @heap: a heap
 * @node: an object
 *
 * Writes the object that the following tables are about: a line for a person, a member in JSON, nothing
 * in CSV.
 */
void
hw_object_row_write_subject (HwCli    *cli,
                             HwHeap   *heap,
                             HwNodeId  node)
{
  g_auto(HwObjectRow) row = { 0 };

  hw_object_row_init_node (&row, heap, node);
  if (cli->format == HW_FORMAT_JSON)
    {
      hw_json_writer_begin_object (cli->json, "object");
      for (guint i = HW_OBJECT_ID; i < HW_N_OBJECT_FIELDS; i++)
        hw_field_write_json (&hw_object_fields[i], &row.values[i], cli->json);
      hw_json_writer_end_object (cli->json);
    }
  else if (cli->format == HW_FORMAT_TEXT)
    {
      g_autofree char *label = hw_table_dup_printable (row.label, cli->is_wide);
      g_autofree char *shallow = hw_format_kilobytes (hw_heap_get_shallow_size (heap, node));
      g_autofree char *retained = hw_format_kilobytes (hw_heap_get_retained_size (heap, node));
      g_autofree char *distance = hw_format_distance (hw_heap_get_distance (heap, node));

      /* Translators: an object, its distance and its two sizes. */
      hw_output_printf (cli->output, _("%s: distance %s, shallow size %s, retained size %s\n\n"),
                        label, distance, shallow, retained);
    }
}
