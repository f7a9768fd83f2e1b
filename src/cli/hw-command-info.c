/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/hw-cli.h"

/* The facts in the order of showing; in JSON those up to FACT_LAST_OF_SNAPSHOT are one object, the rest another. */
enum
{
  FACT_NODE_COUNT,
  FACT_EDGE_COUNT,
  FACT_STRING_COUNT,
  FACT_CLASS_COUNT,
  FACT_ROOT_ID,
  FACT_MAX_JS_OBJECT_ID,
  FACT_EXTRA_NATIVE_BYTES,
  FACT_TOTAL_SIZE,
  FACT_LAST_OF_SNAPSHOT = FACT_TOTAL_SIZE,
  FACT_TOTAL,
  FACT_V8_HEAP,
  FACT_CODE,
  FACT_STRINGS,
  FACT_JS_ARRAYS,
  FACT_SYSTEM,
  FACT_NATIVE,
  FACT_TYPED_ARRAYS,
  N_FACTS,
};

/* Titles are shown; those that are parts of the one above are indented. */
static const HwField facts[N_FACTS] = {
  [FACT_NODE_COUNT]         = { "node_count", N_("Objects"), HW_FIELD_COUNT, FALSE },
  [FACT_EDGE_COUNT]         = { "edge_count", N_("References"), HW_FIELD_COUNT, FALSE },
  [FACT_STRING_COUNT]       = { "string_count", N_("Strings in the file"), HW_FIELD_COUNT, FALSE },
  [FACT_CLASS_COUNT]        = { "class_count", N_("Constructors"), HW_FIELD_COUNT, FALSE },
  [FACT_ROOT_ID]            = { "root_id", NULL, HW_FIELD_NUMBER, FALSE },
  [FACT_MAX_JS_OBJECT_ID]   = { "max_js_object_id", N_("Largest object id"), HW_FIELD_NUMBER, FALSE },
  [FACT_EXTRA_NATIVE_BYTES] = { "extra_native_bytes", N_("Outside the graph"), HW_FIELD_SIZE, TRUE },
  [FACT_TOTAL_SIZE]         = { "total_size", N_("Total size"), HW_FIELD_SIZE, TRUE },
  [FACT_TOTAL]              = { "total", NULL, HW_FIELD_SIZE, TRUE },
  [FACT_V8_HEAP]            = { "v8_heap", N_("JavaScript heap"), HW_FIELD_SIZE, TRUE },
  [FACT_CODE]               = { "code", N_("  Code"), HW_FIELD_SIZE, TRUE },
  [FACT_STRINGS]            = { "strings", N_("  Strings"), HW_FIELD_SIZE, TRUE },
  [FACT_JS_ARRAYS]          = { "js_arrays", N_("  JS arrays"), HW_FIELD_SIZE, TRUE },
  [FACT_SYSTEM]             = { "system", N_("  System objects"), HW_FIELD_SIZE, TRUE },
  [FACT_NATIVE]             = { "native", N_("Native memory"), HW_FIELD_SIZE, TRUE },
  [FACT_TYPED_ARRAYS]       = { "typed_arrays", N_("  Typed arrays"), HW_FIELD_SIZE, TRUE },
};

static guint
count_classes (HwClassTable *classes)
{
  guint n = 0;

  for (guint i = 0; i < hw_class_table_get_n_classes (classes); i++)
    if (hw_class_table_get_row (classes, HW_CLASS (i))->count > 0)
      n++;

  return n;
}

static void
collect (HwHeap  *heap,
         HwValue *values)
{
  HwHeapStatistics statistics;

  hw_heap_get_statistics (heap, &statistics);
  values[FACT_NODE_COUNT] = HW_VALUE_NUMBER (hw_heap_get_n_nodes (heap));
  values[FACT_EDGE_COUNT] = HW_VALUE_NUMBER (hw_heap_get_n_edges (heap));
  values[FACT_STRING_COUNT] = HW_VALUE_NUMBER (hw_heap_get_n_strings (heap));
  values[FACT_CLASS_COUNT] = HW_VALUE_NUMBER (count_classes (hw_heap_get_class_table (heap)));
  values[FACT_ROOT_ID] = HW_VALUE_NUMBER (hw_heap_get_object_id (heap, hw_heap_get_root (heap)));
  values[FACT_MAX_JS_OBJECT_ID] = HW_VALUE_NUMBER (hw_heap_get_max_js_object_id (heap));
  values[FACT_EXTRA_NATIVE_BYTES] = HW_VALUE_NUMBER (hw_heap_get_extra_native_bytes (heap));
  values[FACT_TOTAL_SIZE] = HW_VALUE_NUMBER (hw_heap_get_total_size (heap));
  values[FACT_TOTAL] = HW_VALUE_NUMBER (statistics.total);
  values[FACT_V8_HEAP] = HW_VALUE_NUMBER (statistics.v8_heap);
  values[FACT_CODE] = HW_VALUE_NUMBER (statistics.code);
  values[FACT_STRINGS] = HW_VALUE_NUMBER (statistics.strings);
  values[FACT_JS_ARRAYS] = HW_VALUE_NUMBER (statistics.js_arrays);
  values[FACT_SYSTEM] = HW_VALUE_NUMBER (statistics.system);
  values[FACT_NATIVE] = HW_VALUE_NUMBER (statistics.native);
  values[FACT_TYPED_ARRAYS] = HW_VALUE_NUMBER (statistics.typed_arrays);
}

static void
write_json (HwCli         *self,
            HwHeap        *heap,
            const HwValue *values)
{
  HwJsonWriter *json = self->json;
  const HwSnapshotDamage *damage = hw_heap_get_damage (heap);
  const HwProducer *producer = hw_heap_get_producer (heap);
  g_autofree char *name = g_filename_display_basename (self->arguments[0]);

  hw_json_writer_begin_object (json, NULL);
  hw_json_writer_begin_array (json, "files");
  hw_json_writer_add_string (json, NULL, name);
  hw_json_writer_end_array (json);

  hw_json_writer_begin_object (json, "snapshot");
  for (guint i = 0; i <= FACT_LAST_OF_SNAPSHOT; i++)
    hw_field_write_json (&facts[i], &values[i], json);
  hw_json_writer_add_boolean (json, "has_user_roots", hw_heap_get_has_user_roots (heap));
  hw_json_writer_add_boolean (json, "has_allocation_stacks", hw_heap_get_has_traces (heap));
  hw_json_writer_add_boolean (json, "has_texts", hw_heap_get_has_texts (heap));
  hw_json_writer_end_object (json);

  /* What the file does not prove is left out. */
  hw_json_writer_begin_object (json, "producer");
  hw_json_writer_add_string (json, "runtime", hw_runtime_get_key (producer->runtime));
  if (*producer->version != '\0')
    {
      hw_json_writer_add_string (json, "version", producer->version);
      hw_json_writer_add_boolean (json, "or_newer", producer->or_newer);
    }
  if (*producer->v8_version != '\0')
    hw_json_writer_add_string (json, "v8_version", producer->v8_version);
  hw_json_writer_end_object (json);

  hw_json_writer_begin_object (json, "statistics");
  for (guint i = FACT_LAST_OF_SNAPSHOT + 1; i < N_FACTS; i++)
    hw_field_write_json (&facts[i], &values[i], json);
  hw_json_writer_end_object (json);

  if (damage != NULL)
    {
      hw_json_writer_begin_object (json, "damage");
      hw_json_writer_add_boolean (json, "truncated", damage->truncated);
      hw_json_writer_add_uint (json, "offset", damage->offset);
      hw_json_writer_add_string (json, "section", hw_snapshot_section_get_name (damage->section));
      if (damage->doubtful_sections != 0)
        hw_json_writer_add_uint (json, "sure_node_count", damage->n_sure);
      hw_json_writer_add_string (json, "message", damage->message);
      hw_json_writer_end_object (json);
    }
  hw_json_writer_end_object (json);
}

static void
write_csv (HwCli         *self,
           const HwValue *values)
{
  for (guint i = 0; i < N_FACTS; i++)
    {
      hw_output_write (self->output, facts[i].name, -1);
      hw_output_write (self->output, i < N_FACTS - 1 ? "," : "\r\n", -1);
    }
  for (guint i = 0; i < N_FACTS; i++)
    {
      hw_field_write_csv (&facts[i], &values[i], self->output);
      hw_output_write (self->output, i < N_FACTS - 1 ? "," : "\r\n", -1);
    }
}

static void
write_line (HwCli      *self,
            int         width,
            const char *title,
            const char *value,
            const char *percent)
{
  int padding = width - (int) g_utf8_strlen (title, -1);

  hw_output_printf (self->output, "%s%*s  %*s%s%s%s\n", title, MAX (padding, 0), "",
                    MAX (14 - (int) g_utf8_strlen (value, -1), 0), "", value,
                    *percent != 0 ? "  " : "", percent);
}

/* The runtime, and the engine where its version is known: Node.js 22.4.1 (V8 12.4.254.21) */
static char *
dup_producer (HwHeap *heap)
{
  const HwProducer *producer = hw_heap_get_producer (heap);
  g_autofree char *text = hw_producer_dup_text (producer);

  if (*producer->v8_version == '\0')
    return g_steal_pointer (&text);

  return g_strdup_printf ("%s (V8 %s)", text, producer->v8_version);
}

static void
write_text (HwCli         *self,
            HwHeap        *heap,
            const HwValue *values)
{
  g_autofree char *name = g_filename_display_basename (self->arguments[0]);
  g_autofree char *shown = hw_table_dup_printable (name, TRUE);
  g_autofree char *producer = dup_producer (heap);
  guint64 whole = hw_heap_get_total_size (heap);
  int width = 0;

  for (guint i = 0; i < N_FACTS; i++)
    if (facts[i].title != NULL)
      width = MAX (width, (int) g_utf8_strlen (_(facts[i].title), -1));
  width = MAX (width, (int) g_utf8_strlen (_("Allocation stacks"), -1));

  hw_output_printf (self->output, "%s\n\n", shown);
  for (guint i = 0; i < N_FACTS; i++)
    if (facts[i].title != NULL)
      {
        g_autofree char *value = hw_field_dup_text (&facts[i], &values[i], FALSE);
        g_autofree char *percent = facts[i].has_percent ? hw_format_percent (values[i].number, whole) : g_strdup ("");

        write_line (self, width, _(facts[i].title), value, percent);
      }
  write_line (self, width, _("Allocation stacks"), hw_heap_get_has_traces (heap) ? _("yes") : _("no"), "");
  hw_output_printf (self->output, "%s%*s  %s\n", _("Made by"),
                    MAX (width - (int) g_utf8_strlen (_("Made by"), -1), 0), "", producer);
  if (!hw_heap_get_has_texts (heap))
    hw_output_printf (self->output, "\n%s\n",
                      _("This format does not hold what strings, symbols, numbers and regular expressions say."));
}

/**
 * hw_command_info:
 * @self: a run
 *
 * Writes what a snapshot is.
 *
 * Returns: the exit status
 */
HwExit
hw_command_info (HwCli *self)
{
  g_autoptr(HwHeap) heap = hw_cli_load (self, self->arguments[0]);
  HwValue values[N_FACTS] = { 0 };

  if (heap == NULL)
    return HW_EXIT_FAILED;

  collect (heap, values);
  switch (self->format)
    {
    case HW_FORMAT_JSON:
      write_json (self, heap, values);
      break;

    case HW_FORMAT_CSV:
      write_csv (self, values);
      break;

    case HW_FORMAT_TEXT:
    default:
      write_text (self, heap, values);
      break;
    }

  return HW_EXIT_DONE;
}
