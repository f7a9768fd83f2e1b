/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an allocation timeline adds to a snapshot: samples that tell which object ids were given out until when,
 * and with stacks the functions, the tree of calls, and each object's place in it.
 */
#include "config.h"

#include <stdlib.h>

#include <glib/gi18n-lib.h>

#include "heap/hw-allocations.h"
#include "heap/hw-heap-private.h"

/* Ready for what the reader tells. */
void
hw_allocations_init (HwAllocations *self)
{
  hw_column_init (&self->sample_time, 8);
  hw_column_init (&self->sample_id, 8);
  hw_column_init (&self->function_name, 4);
  hw_column_init (&self->function_script, 4);
  hw_column_init (&self->function_script_id, 4);
  hw_column_init (&self->function_line, 4);
  hw_column_init (&self->function_column, 4);
  hw_column_init (&self->trace_parent, 4);
  hw_column_init (&self->trace_function, 4);
  hw_column_init (&self->trace_count, 8);
  hw_column_init (&self->trace_size, 8);
  hw_column_init (&self->trace_id, 4);
}

/* Frees the columns. */
void
hw_allocations_clear (HwAllocations *self)
{
  hw_column_clear (&self->sample_time);
  hw_column_clear (&self->sample_id);
  hw_column_clear (&self->function_name);
  hw_column_clear (&self->function_script);
  hw_column_clear (&self->function_script_id);
  hw_column_clear (&self->function_line);
  hw_column_clear (&self->function_column);
  hw_column_clear (&self->trace_parent);
  hw_column_clear (&self->trace_function);
  hw_column_clear (&self->trace_count);
  hw_column_clear (&self->trace_size);
  hw_column_clear (&self->trace_id);
}

static gboolean
push (HwColumn  *column,
      guint64    value,
      GError   **error)
{
  if (!hw_column_reserve (column, 1, error))
    return FALSE;
  if (column->width == 4)
    hw_column_u32 (column)[column->length++] = (guint32) MIN (value, HW_NONE);
  else
    hw_column_u64 (column)[column->length++] = value;

  return TRUE;
}

static guint64
get_field (const guint64 *row,
           int            field)
{
  return field >= 0 ? row[field] : 0;
}

/* Takes samples; both columns ascend whatever the file says, so that both can be searched. */
gboolean
hw_allocations_add_samples (HwAllocations           *self,
                            const HwSnapshotLayout  *layout,
                            const guint64           *values,
                            gsize                    n_records,
                            GError                 **error)
{
  guint n_fields = layout->n_fields[HW_SNAPSHOT_SECTION_SAMPLES];

  if (layout->sample_timestamp < 0 || layout->sample_last_assigned_id < 0)
    return TRUE;

  for (gsize i = 0; i < n_records; i++, values += n_fields)
    {
      gsize n = self->sample_time.length;
      guint64 time = get_field (values, layout->sample_timestamp);
      guint64 id = get_field (values, layout->sample_last_assigned_id);

      if (n > 0)
        {
          time = MAX (time, hw_column_u64 (&self->sample_time)[n - 1]);
          id = MAX (id, hw_column_u64 (&self->sample_id)[n - 1]);
        }
      if (!push (&self->sample_time, time, error) || !push (&self->sample_id, id, error))
        return FALSE;
    }

  return TRUE;
}

/* Takes functions; names are checked when all strings are known. */
gboolean
hw_allocations_add_functions (HwAllocations           *self,
                              const HwSnapshotLayout  *layout,
                              const guint64           *values,
                              gsize                    n_records,
                              GError                 **error)
{
  guint n_fields = layout->n_fields[HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS];

  for (gsize i = 0; i < n_records; i++, values += n_fields)
    if (!push (&self->function_name, layout->function_name >= 0 ? values[layout->function_name] : HW_NONE, error) ||
        !push (&self->function_script, layout->function_script_name >= 0 ? values[layout->function_script_name] : HW_NONE, error) ||
        !push (&self->function_script_id, get_field (values, layout->function_script_id), error) ||
        !push (&self->function_line, get_field (values, layout->function_line), error) ||
        !push (&self->function_column, get_field (values, layout->function_column), error))
      return FALSE;

  return TRUE;
}

/* Takes a place in the tree of calls. */
gboolean
hw_allocations_add_trace (HwAllocations              *self,
                          const HwSnapshotTraceNode  *node,
                          GError                    **error)
{
  return push (&self->trace_parent, node->parent, error) && push (&self->trace_function, node->function_info_index, error) &&
         push (&self->trace_count, node->count, error) && push (&self->trace_size, node->size, error) &&
         push (&self->trace_id, node->id, error);
}

/* Numbers so large that a sum of them would not fit are no program's; they are taken for damage. */
static void
check_sum (HwColumn *column)
{
  guint64 sum = 0;

  for (gsize i = 0; i < column->length; i++)
    if (hw_column_u64 (column)[i] > G_MAXUINT64 - sum)
      hw_column_u64 (column)[i] = 0;
    else
      sum += hw_column_u64 (column)[i];
}

/*
 * The columns are complete: names beyond the table become none, calls of functions that are not there become
 * those of the first, and nodes get places in the tree instead of the file's numbers of them.
 */
void
hw_heap_settle_allocations (HwHeap *self)
{
  HwAllocations *a = &self->allocations;
  g_autoptr(GHashTable) places = g_hash_table_new (NULL, NULL);
  guint32 *traces = hw_column_u32 (&self->trace_node);

  for (gsize i = 0; i < a->function_name.length; i++)
    {
      if (hw_column_u32 (&a->function_name)[i] >= self->n_strings)
        hw_column_u32 (&a->function_name)[i] = HW_NONE;
      if (hw_column_u32 (&a->function_script)[i] >= self->n_strings)
        hw_column_u32 (&a->function_script)[i] = HW_NONE;
    }
  if (a->function_name.length == 0)
    a->trace_parent.length = a->trace_function.length = a->trace_count.length = a->trace_size.length = a->trace_id.length = 0;
  check_sum (&a->trace_count);
  check_sum (&a->trace_size);

  for (gsize i = a->trace_id.length; i-- > 0;)
    {
      if (hw_column_u32 (&a->trace_function)[i] >= a->function_name.length)
        hw_column_u32 (&a->trace_function)[i] = 0;
      if (hw_column_u32 (&a->trace_id)[i] != 0)
        g_hash_table_insert (places, GUINT_TO_POINTER (hw_column_u32 (&a->trace_id)[i]), GUINT_TO_POINTER ((guint32) i + 1));
    }
  for (gsize i = 0; i < self->trace_node.length; i++)
    if (traces[i] != 0)
      traces[i] = GPOINTER_TO_UINT (g_hash_table_lookup (places, GUINT_TO_POINTER (traces[i])));
  hw_column_clear (&a->trace_id);
  if (a->trace_parent.length == 0)
    hw_column_clear (&self->trace_node);
}

/* Whether what a cache kept fits together, so that no query reads outside of a column. */
gboolean
hw_heap_allocations_fit (HwHeap *self)
{
  const HwAllocations *a = &self->allocations;
  gsize n_functions = a->function_name.length, n_traces = a->trace_parent.length;
  guint64 count = 0, size = 0;

  if (a->sample_id.length != a->sample_time.length || a->function_script.length != n_functions ||
      a->function_script_id.length != n_functions || a->function_line.length != n_functions ||
      a->function_column.length != n_functions || a->trace_function.length != n_traces ||
      a->trace_count.length != n_traces || a->trace_size.length != n_traces || n_traces > HW_MAX_IDS)
    return FALSE;

  for (gsize i = 1; i < a->sample_time.length; i++)
    if (hw_column_u64 (&a->sample_time)[i] < hw_column_u64 (&a->sample_time)[i - 1] ||
        hw_column_u64 (&a->sample_id)[i] < hw_column_u64 (&a->sample_id)[i - 1])
      return FALSE;
  for (gsize i = 0; i < n_functions; i++)
    {
      guint32 name = hw_column_u32 (&a->function_name)[i], script = hw_column_u32 (&a->function_script)[i];

      if ((name >= self->n_strings && name != HW_NONE) || (script >= self->n_strings && script != HW_NONE))
        return FALSE;
    }
  for (gsize i = 0; i < n_traces; i++)
    {
      guint32 parent = hw_column_u32 (&a->trace_parent)[i];

      if ((parent >= i && parent != HW_NONE) || hw_column_u32 (&a->trace_function)[i] >= n_functions ||
          __builtin_add_overflow (count, hw_column_u64 (&a->trace_count)[i], &count) ||
          __builtin_add_overflow (size, hw_column_u64 (&a->trace_size)[i], &size))
        return FALSE;
    }
  for (gsize i = 0; i < self->trace_node.length; i++)
    if (hw_column_u32 (&self->trace_node)[i] > n_traces)
      return FALSE;

  return TRUE;
}

/**
 * hw_heap_get_n_samples:
 * @self: a heap
 *
 * Returns: how many times the recording noted the last object id; 0 when no timeline was recorded
 */
guint
hw_heap_get_n_samples (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint) MIN (self->allocations.sample_time.length, G_MAXUINT);
}

/**
 * hw_heap_get_sample:
 * @self: a heap
 * @i: less than hw_heap_get_n_samples()
 * @last_id: (out) (optional): the last object id that was given out then
 *
 * Returns: when it was, in µs since the first
 */
guint64
hw_heap_get_sample (HwHeap  *self,
                    guint    i,
                    guint64 *last_id)
{
  g_return_val_if_fail (i < hw_heap_get_n_samples (self), 0);

  if (last_id != NULL)
    *last_id = hw_column_u64 (&self->allocations.sample_id)[i];

  return hw_column_u64 (&self->allocations.sample_time)[i];
}

/* The first sample whose value is at least @value, or their number. */
static gsize
find_sample (const HwColumn *column,
             guint64         value)
{
  gsize low = 0, high = column->length;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (hw_column_u64 (column)[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/**
 * hw_heap_sum_samples:
 * @self: a heap
 * @error: return location
 *
 * Adds up the shallow sizes of the JavaScript objects that each interval made and that are still there, as
 * DevTools does: an object counts for the first sample whose last id is not below its own.
 *
 * Cost: linear in the nodes.
 *
 * Returns: (transfer full) (nullable): bytes, one number a sample; free it with free(). NULL when memory is short
 */
guint64 *
hw_heap_sum_samples (HwHeap  *self,
                     GError **error)
{
  guint n = hw_heap_get_n_samples (self);
  guint64 *sizes = calloc ((gsize) n + 1, sizeof (guint64));

  if (sizes == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, _("Not enough memory for this snapshot"));
      return NULL;
    }
  hw_heap_need (self, HW_LAZY_NODE_ID, 0, n > 0 ? self->n_nodes : 0);
  for (guint32 node = 0; n > 0 && node < self->n_nodes; node++)
    {
      guint64 id = hw_column_get (&self->node_id, node);

      if ((id & 1) != 0)
        sizes[find_sample (&self->allocations.sample_id, id)] += hw_sizes_get (&self->node_size, node);
    }

  return sizes;
}

/**
 * hw_heap_find_id_range:
 * @self: a heap
 * @first_time: in µs since the first sample
 * @last_time: likewise
 * @exact: FALSE for DevTools' rule, which takes one interval too much at the end
 * @above: (out): ids above this were given out from @first_time on
 * @last: (out): and this is the last one that was by @last_time; G_MAXUINT64 when there is no end
 *
 * Finds the object ids that belong to a range of time.
 */
void
hw_heap_find_id_range (HwHeap   *self,
                       guint64   first_time,
                       guint64   last_time,
                       gboolean  exact,
                       guint64  *above,
                       guint64  *last)
{
  const HwColumn *times = &self->allocations.sample_time;
  const guint64 *ids = hw_column_u64 (&self->allocations.sample_id);
  gsize first = find_sample (times, first_time);
  gsize beyond = last_time == G_MAXUINT64 ? times->length : find_sample (times, last_time + 1);

  *above = first > 0 ? ids[first - 1] : 0;
  if (exact)
    *last = beyond > 0 ? ids[beyond - 1] : 0;
  else
    *last = beyond < times->length ? ids[beyond] : G_MAXUINT64;
}

/**
 * hw_heap_get_n_allocation_functions:
 * @self: a heap
 *
 * Returns: how many functions there are that allocated while stacks were recorded
 */
guint
hw_heap_get_n_allocation_functions (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint) self->allocations.function_name.length;
}

/**
 * hw_heap_get_allocation_function:
 * @self: a heap
 * @function: less than hw_heap_get_n_allocation_functions()
 * @info: (out caller-allocates): what is known of it
 *
 * Tells what a function is.
 */
void
hw_heap_get_allocation_function (HwHeap               *self,
                                 guint32               function,
                                 HwAllocationFunction *info)
{
  const HwAllocations *a = &self->allocations;
  guint32 name, script;

  g_return_if_fail (function < hw_heap_get_n_allocation_functions (self));

  name = hw_column_u32 (&a->function_name)[function];
  script = hw_column_u32 (&a->function_script)[function];
  *info = (HwAllocationFunction) {
    .name = name != HW_NONE ? hw_heap_string (self, name) : "",
    .script_name = script != HW_NONE ? hw_heap_string (self, script) : "",
    .script_id = hw_column_u32 (&a->function_script_id)[function],
    .line = hw_column_u32 (&a->function_line)[function],
    .column = hw_column_u32 (&a->function_column)[function],
  };
}

/**
 * hw_heap_dup_allocation_stack:
 * @self: a heap
 * @node: a node
 * @n_functions: (out): how many calls deep the stack is
 *
 * Tells where an object was made, from the innermost call to the root.
 *
 * Returns: (transfer full) (nullable): functions, free them with g_free(); NULL when it was not recorded
 */
guint32 *
hw_heap_dup_allocation_stack (HwHeap   *self,
                              HwNodeId  node,
                              guint    *n_functions)
{
  const HwAllocations *a = &self->allocations;
  GArray *stack;
  guint32 place;

  g_return_val_if_fail (node.value < self->n_nodes, NULL);

  *n_functions = 0;
  if (self->trace_node.length == 0 || (place = hw_column_u32 (&self->trace_node)[node.value]) == 0)
    return NULL;

  stack = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (place--; place != HW_NONE; place = hw_column_u32 (&a->trace_parent)[place])
    g_array_append_val (stack, hw_column_u32 (&a->trace_function)[place]);
  *n_functions = stack->len;

  return (guint32 *) (gpointer) g_array_free (stack, FALSE);
}
