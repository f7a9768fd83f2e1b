/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sections of heap-oracle/1 about an allocation timeline: empty for a snapshot without one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hw-text.h"
#include "cli/hw-oracle.h"
#include "heap/hw-allocations.h"

static void
write_samples (HwJsonWriter *json,
               HwHeap       *heap)
{
  guint64 *sizes = hw_heap_sum_samples (heap, NULL);

  hw_json_writer_begin_array (json, "samples");
  for (guint i = 0; sizes != NULL && i < hw_heap_get_n_samples (heap); i++)
    {
      guint64 last_id, time = hw_heap_get_sample (heap, i, &last_id);

      hw_json_writer_begin_object (json, NULL);
      hw_json_writer_add_uint (json, "timestamp_us", time);
      hw_json_writer_add_uint (json, "last_assigned_id", last_id);
      hw_json_writer_add_uint (json, "size", sizes[i]);
      hw_json_writer_end_object (json);
    }
  hw_json_writer_end_array (json);
  free (sizes);
}

/* A row, and what of its function decides between equal sizes. */
typedef struct
{
  HwAllocationRow      row;
  HwAllocationFunction function;
} Entry;

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const Entry *x = a, *y = b;
  int order;

  if (x->row.size != y->row.size)
    return x->row.size > y->row.size ? -1 : 1;
  if (x->row.count != y->row.count)
    return x->row.count > y->row.count ? -1 : 1;
  order = hw_text_compare_utf16 (x->function.name, y->function.name);
  if (order != 0)
    return order;
  if (x->function.script_id != y->function.script_id)
    return x->function.script_id < y->function.script_id ? -1 : 1;
  if (x->function.line != y->function.line)
    return x->function.line < y->function.line ? -1 : 1;

  return x->function.column < y->function.column ? -1 : x->function.column > y->function.column;
}

static void
add_cut (HwJsonWriter *json,
         const char   *member,
         const char   *text)
{
  g_autofree char *cut = hw_oracle_dup_cut (text);

  hw_json_writer_add_string (json, member, cut);
}

static void
write_functions (HwJsonWriter *json,
                 HwHeap       *heap)
{
  g_autoptr(HwAllocationView) view = hw_allocation_view_new (heap, NULL);
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  guint n = 0;
  const guint32 *rows = view != NULL ? hw_allocation_view_get_callers (view, 0, &n) : NULL;

  for (guint i = 0; i < n; i++)
    {
      Entry entry = { .row = *hw_allocation_view_get_row (view, rows[i]) };

      hw_heap_get_allocation_function (heap, entry.row.function, &entry.function);
      g_array_append_val (entries, entry);
    }
  g_array_sort (entries, compare_entries);

  hw_json_writer_begin_array (json, "allocations");
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      hw_json_writer_begin_object (json, NULL);
      add_cut (json, "function_name", entry->function.name);
      add_cut (json, "script_name", entry->function.script_name);
      hw_json_writer_add_uint (json, "script_id", entry->function.script_id);
      hw_json_writer_add_uint (json, "line", entry->function.line);
      hw_json_writer_add_uint (json, "column", entry->function.column);
      hw_json_writer_add_uint (json, "count", entry->row.count);
      hw_json_writer_add_uint (json, "size", entry->row.size);
      hw_json_writer_add_uint (json, "live_count", entry->row.live_count);
      hw_json_writer_add_uint (json, "live_size", entry->row.live_size);
      hw_json_writer_end_object (json);
    }
  hw_json_writer_end_array (json);
}

/**
 * hw_oracle_write_allocations:
 * @json: a writer inside the file's object
 * @heap: a heap
 *
 * Writes when and where the objects were made.
 */
void
hw_oracle_write_allocations (HwJsonWriter *json,
                             HwHeap       *heap)
{
  write_samples (json, heap);
  write_functions (json, heap);
}
