/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes what the reader tells and lays it into the heap's columns. Nothing is counted on: columns grow
 * as records arrive, the counts in the header are not looked at, and what does not fit together at the
 * end (too few edges, names beyond the table, targets that are no nodes) is mended and reported.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

#include <glib/gi18n-lib.h>

/* Edges taken apart at a time; what they give stays in the fastest cache. */
#define BATCH 1024

/* What stands for no node among targets of three bytes. */
#define SMALL_NONE 0xffffff

struct _HwHeapBuilder
{
  HwHeap                 *heap;
  const HwSnapshotLayout *layout;          /* the reader's; valid while reading */
  guint64                 n_edges_wanted;  /* by the nodes' edge counts */
  HwPatterns             *patterns;        /* made with the first edge behind the nodes */
  HwColumn                early_kind;      /* of edges that stand before the nodes, which no engine writes */
  HwColumn                early_name;
  guint64                 root_index;
  gboolean                has_detachedness;
  guint32                 n_node_fields;
  guint64                 reciprocal;      /* 2⁶⁴ ÷ n_node_fields, rounded up; 0 when that is too large */
  guint32                 greatest_target;
};

/**
 * hw_heap_builder_new:
 *
 * Returns: (transfer full): a builder, to be used with hw_heap_builder_sink
 */
HwHeapBuilder *
hw_heap_builder_new (void)
{
  HwHeapBuilder *self = g_new0 (HwHeapBuilder, 1);

  self->heap = hw_heap_new ();
  hw_column_init (&self->early_kind, 1);
  hw_column_init (&self->early_name, 4);

  return self;
}

/**
 * hw_heap_builder_free:
 * @self: a builder
 *
 * Frees a builder and what it has collected.
 */
void
hw_heap_builder_free (HwHeapBuilder *self)
{
  g_clear_pointer (&self->patterns, hw_patterns_free);
  hw_column_clear (&self->early_kind);
  hw_column_clear (&self->early_name);
  g_clear_pointer (&self->heap, hw_heap_unref);
  g_free (self);
}

static gboolean
too_large (const char  *what,
           GError     **error)
{
  g_set_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_TOO_LARGE,
               _("The snapshot has more %s than can be numbered (4,294,967,294)"), what);

  return FALSE;
}

static gboolean
header (gpointer                 sink,
        const HwSnapshotLayout  *layout,
        GError                 **error)
{
  HwHeapBuilder *self = sink;
  HwHeap *heap = self->heap;

  self->layout = layout;
  self->n_node_fields = MAX (layout->n_fields[HW_SNAPSHOT_SECTION_NODES], 1);
  self->reciprocal = self->n_node_fields > 1 ? G_MAXUINT64 / self->n_node_fields + 1 : 0;
  self->has_detachedness = layout->node_detachedness >= 0;
  self->root_index = layout->root_index;
  heap->extra_native_bytes = layout->extra_native_bytes;
  heap->node_kind_names = g_strdupv (layout->node_kind_names);
  hw_producer_read_layout (&heap->producer, layout);

  return hw_column_resize (&heap->first_edge, 1, error);
}

/*
 * Records come as rows of numbers of 32 or of 64 bits. What takes them apart is written once; as @wide is known
 * where it is called, there is one copy for each, without a branch.
 */
typedef struct
{
  gconstpointer values;
  gboolean      wide;
} Rows;

static inline __attribute__((always_inline)) guint64
get_value (Rows  rows,
           gsize i)
{
  return rows.wide ? ((const guint64 *) rows.values)[i] : ((const guint32 *) rows.values)[i];
}

/* Appends to a column of 4 bytes that becomes one of 8 with the first value that needs it. */
static inline gboolean
push_wide (HwColumn  *column,
           guint64    value,
           GError   **error)
{
  if (G_UNLIKELY (value > G_MAXUINT32 && column->width == 4) &&
      !hw_column_widen (column, 8, error))
    return FALSE;

  if (column->width == 4)
    hw_column_u32 (column)[column->length++] = (guint32) value;
  else
    hw_column_u64 (column)[column->length++] = value;

  return TRUE;
}

static gboolean
reserve_nodes (HwHeap  *heap,
               gsize    n,
               GError **error)
{
  return hw_column_reserve (&heap->node_flags, n, error) && hw_column_reserve (&heap->node_name, n, error) &&
         hw_column_reserve (&heap->node_id, n, error) && hw_column_reserve (&heap->node_size.near, n, error) &&
         hw_column_reserve (&heap->first_edge, n, error);
}

/* What only few snapshots have: kinds that this program does not know, and allocation stacks. */
static gboolean
set_rare (HwHeap   *heap,
          gsize     node,
          guint64   file_kind,
          guint64   trace_node,
          GError  **error)
{
  if (!hw_column_resize (&heap->node_file_kind, node + 1, error))
    return FALSE;
  hw_column_u8 (&heap->node_file_kind)[node] = (guint8) MIN (file_kind, G_MAXUINT8);

  /* New engines write the field always; without allocation tracking it is 0 for all. */
  if (trace_node != 0)
    {
      if (!hw_column_resize (&heap->trace_node, node + 1, error))
        return FALSE;
      hw_column_u32 (&heap->trace_node)[node] = (guint32) MIN (trace_node, G_MAXUINT32);
    }

  return TRUE;
}

static inline __attribute__((always_inline)) gboolean
add_nodes (HwHeapBuilder  *self,
           Rows            rows,
           gsize           n_records,
           GError        **error)
{
  HwHeap *heap = self->heap;
  const HwSnapshotLayout *layout = self->layout;
  guint n_fields = layout->n_fields[HW_SNAPSHOT_SECTION_NODES];
  gsize first = heap->node_name.length;
  guint8 *flags;
  guint32 *names, *ends;

  if (first + n_records > HW_MAX_IDS)
    return too_large (_("nodes"), error);
  if (!reserve_nodes (heap, n_records, error))
    return FALSE;

  flags = hw_column_u8 (&heap->node_flags);
  names = hw_column_u32 (&heap->node_name);
  ends = hw_column_u32 (&heap->first_edge);
  for (gsize i = 0; i < n_records; i++)
    {
      gsize row = i * n_fields, node = first + i;
      guint64 file_kind = get_value (rows, row + (gsize) layout->node_type);
      guint64 n_edges = get_value (rows, row + (gsize) layout->node_edge_count);
      guint64 state = layout->node_detachedness < 0 ? 0 : get_value (rows, row + (gsize) layout->node_detachedness);
      guint64 trace_node = layout->node_trace_node_id < 0 ? 0 : get_value (rows, row + (gsize) layout->node_trace_node_id);
      HwNodeKind kind = file_kind < layout->n_node_kinds ? layout->node_kinds[file_kind] : HW_NODE_KIND_OTHER;

      if (G_UNLIKELY (kind == HW_NODE_KIND_OTHER || heap->node_file_kind.length > 0 || trace_node != 0) &&
          !set_rare (heap, node, file_kind, trace_node, error))
        return FALSE;

      flags[node] = (guint8) (kind | MIN (state, 3) << HW_NODE_STATE_SHIFT);
      names[node] = (guint32) MIN (get_value (rows, row + (gsize) layout->node_name), HW_NONE);
      heap->node_size.near.length++;
      if (!push_wide (&heap->node_id, get_value (rows, row + (gsize) layout->node_id), error) ||
          !hw_sizes_set (&heap->node_size, node, get_value (rows, row + (gsize) layout->node_self_size), error))
        return FALSE;

      /* More than can be is no number of edges but another one that has slipped here; fit_edges() notices. */
      self->n_edges_wanted = MIN (self->n_edges_wanted + MIN (n_edges, HW_MAX_IDS), HW_MAX_IDS);
      ends[node + 1] = (guint32) self->n_edges_wanted;
    }
  heap->node_flags.length += n_records;
  heap->node_name.length += n_records;
  heap->first_edge.length += n_records;

  return TRUE;
}

/*
 * The node whose record begins at number @to of the nodes' array. A multiplication takes a third of a division's
 * time, and it is exact for numbers of 32 bits.
 */
static inline guint64
node_at (const HwHeapBuilder *self,
         Rows                 rows,
         guint64              to)
{
  if (rows.wide || self->reciprocal == 0)
    return to / self->n_node_fields;

  return (guint64) ((unsigned __int128) self->reciprocal * to >> 64);
}

/* Kinds and names go to the nodes' patterns, or wait until there are nodes. */
static gboolean
add_names (HwHeapBuilder  *self,
           const guint8   *kinds,
           const guint32  *names,
           gsize           n,
           GError        **error)
{
  if (self->heap->node_name.length > 0)
    {
      if (self->patterns == NULL && (self->patterns = hw_patterns_new (self->heap, error)) == NULL)
        return FALSE;
      return hw_patterns_add (self->patterns, kinds, names, n, error);
    }

  if (!hw_column_reserve (&self->early_kind, n, error) || !hw_column_reserve (&self->early_name, n, error))
    return FALSE;
  memcpy (hw_column_u8 (&self->early_kind) + self->early_kind.length, kinds, n);
  memcpy (hw_column_u32 (&self->early_name) + self->early_name.length, names, n * sizeof (guint32));
  self->early_kind.length += n;
  self->early_name.length += n;

  return TRUE;
}

static inline __attribute__((always_inline)) gboolean
add_edges (HwHeapBuilder  *self,
           Rows            rows,
           gsize           n_records,
           GError        **error)
{
  HwHeap *heap = self->heap;
  const HwSnapshotLayout *layout = self->layout;
  guint n_fields = layout->n_fields[HW_SNAPSHOT_SECTION_EDGES];
  guint64 per_node = self->n_node_fields;
  guint8 kinds[BATCH];
  guint32 names[BATCH];
  guint32 greatest = self->greatest_target;
  guint32 none;
  gsize row = 0;

  if (heap->edge_target.length + n_records > HW_MAX_IDS)
    return too_large (_("edges"), error);
  /* Less than 16 M nodes need three bytes: a fifth less for all edges. */
  if (heap->edge_target.length == 0 && heap->node_name.length > 0 && heap->node_name.length <= SMALL_NONE)
    {
      hw_column_clear (&heap->edge_target);
      hw_column_init (&heap->edge_target, 3);
    }
  none = heap->edge_target.width == 3 ? SMALL_NONE : HW_NONE;
  if (!hw_column_reserve (&heap->edge_target, n_records, error))
    return FALSE;

  for (gsize n; n_records > 0; n_records -= n)
    {
      gsize first = heap->edge_target.length;

      n = MIN (n_records, BATCH);
      for (gsize i = 0; i < n; i++, row += n_fields)
        {
          guint64 file_kind = get_value (rows, row + (gsize) layout->edge_type);
          guint64 to = get_value (rows, row + (gsize) layout->edge_to_node);
          guint64 node = node_at (self, rows, to);

          kinds[i] = file_kind < layout->n_edge_kinds ? layout->edge_kinds[file_kind] : HW_EDGE_KIND_OTHER;
          names[i] = (guint32) MIN (get_value (rows, row + (gsize) layout->edge_name_or_index), HW_NONE);
          /* A target that is no node at all is dropped by hw_heap_check_edges(), once the nodes are known. */
          node = node * per_node == to ? MIN (node, none) : none;
          hw_column_set_id (&heap->edge_target, first + i, (guint32) node);
          greatest = MAX (greatest, (guint32) node);
        }
      self->greatest_target = greatest;
      heap->edge_target.length += n;
      if (!add_names (self, kinds, names, n, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_locations (HwHeapBuilder  *self,
               Rows            rows,
               gsize           n_records,
               GError        **error)
{
  HwHeap *heap = self->heap;
  const HwSnapshotLayout *layout = self->layout;
  guint n_fields = layout->n_fields[HW_SNAPSHOT_SECTION_LOCATIONS];

  if (layout->location_object_index < 0 || layout->location_script_id < 0 ||
      layout->location_line < 0 || layout->location_column < 0)
    return TRUE;

  if (!hw_column_reserve (&heap->location_node, n_records, error) ||
      !hw_column_reserve (&heap->location_script, n_records, error) ||
      !hw_column_reserve (&heap->location_line, n_records, error) ||
      !hw_column_reserve (&heap->location_column, n_records, error))
    return FALSE;

  for (gsize i = 0; i < n_records; i++)
    {
      gsize row = i * n_fields;
      guint64 index = get_value (rows, row + (gsize) layout->location_object_index);

      if (index % self->n_node_fields != 0 || index / self->n_node_fields >= HW_MAX_IDS)
        continue;
      hw_column_u32 (&heap->location_node)[heap->location_node.length++] = (guint32) (index / self->n_node_fields);
      hw_column_u32 (&heap->location_script)[heap->location_script.length++] =
        (guint32) MIN (get_value (rows, row + (gsize) layout->location_script_id), G_MAXUINT32);
      hw_column_u32 (&heap->location_line)[heap->location_line.length++] =
        (guint32) MIN (get_value (rows, row + (gsize) layout->location_line), G_MAXUINT32);
      hw_column_u32 (&heap->location_column)[heap->location_column.length++] =
        (guint32) MIN (get_value (rows, row + (gsize) layout->location_column), G_MAXUINT32);
    }

  return TRUE;
}

/* Few and small: they are taken over as 64-bit numbers. */
static gboolean
add_allocations (HwHeapBuilder      *self,
                 HwSnapshotSection   section,
                 Rows                rows,
                 gsize               n_records,
                 GError            **error)
{
  gsize n = n_records * self->layout->n_fields[section];
  g_autofree guint64 *wide = rows.wide ? NULL : g_new (guint64, n);

  for (gsize i = 0; wide != NULL && i < n; i++)
    wide[i] = get_value (rows, i);

  return (section == HW_SNAPSHOT_SECTION_SAMPLES ? hw_allocations_add_samples : hw_allocations_add_functions)
    (&self->heap->allocations, self->layout, wide != NULL ? wide : rows.values, n_records, error);
}

static gboolean
trace_node (gpointer                    sink,
            const HwSnapshotTraceNode  *node,
            GError                    **error)
{
  HwHeapBuilder *self = sink;

  return hw_allocations_add_trace (&self->heap->allocations, node, error);
}

static inline __attribute__((always_inline)) gboolean
add_rows (HwHeapBuilder      *self,
          HwSnapshotSection   section,
          Rows                rows,
          gsize               n_records,
          GError            **error)
{
  if (section == HW_SNAPSHOT_SECTION_NODES)
    return add_nodes (self, rows, n_records, error);
  if (section == HW_SNAPSHOT_SECTION_EDGES)
    return add_edges (self, rows, n_records, error);
  if (section == HW_SNAPSHOT_SECTION_LOCATIONS)
    return add_locations (self, rows, n_records, error);
  if (section == HW_SNAPSHOT_SECTION_SAMPLES || section == HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS)
    return add_allocations (self, section, rows, n_records, error);

  /* The scopes belong to a view that is not there yet. */
  return TRUE;
}

static gboolean
records (gpointer            sink,
         HwSnapshotSection   section,
         const guint64      *values,
         gsize               n_records,
         guint64             offset G_GNUC_UNUSED,
         GError            **error)
{
  return add_rows (sink, section, (Rows) { values, TRUE }, n_records, error);
}

static gboolean
narrow_records (gpointer            sink,
                HwSnapshotSection   section,
                const guint32      *values,
                gsize               n_records,
                guint64             offset G_GNUC_UNUSED,
                GError            **error)
{
  return add_rows (sink, section, (Rows) { values, FALSE }, n_records, error);
}

static gboolean
string (gpointer     sink,
        const char  *text,
        gsize        n_bytes,
        GError     **error)
{
  HwHeapBuilder *self = sink;

  if (self->heap->string_offset.length >= HW_MAX_IDS)
    return too_large (_("strings"), error);

  return hw_heap_append_string (self->heap, text, n_bytes, error);
}

const HwSnapshotSink hw_heap_builder_sink = {
  .header = header,
  .records = records,
  .narrow_records = narrow_records,
  .trace_node = trace_node,
  .string = string,
};

/* Names beyond the string table (it may be cut off) all become one string that says so. */
static gboolean
check_names (HwHeap    *heap,
             guint64   *n_bad,
             GError   **error)
{
  guint32 missing = heap->n_strings;

  *n_bad = hw_heap_check_names (heap, missing);
  if (*n_bad == 0)
    return TRUE;
  heap->missing = missing;

  return hw_heap_append_string (heap, _("(missing string)"), strlen (_("(missing string)")), error);
}

/* Gives every node its pattern, also those of files with unusual order or without edges. */
static gboolean
end_patterns (HwHeapBuilder  *self,
              GError        **error)
{
  if (!add_names (self, hw_column_u8 (&self->early_kind), hw_column_u32 (&self->early_name), self->early_kind.length, error) ||
      !hw_patterns_end (self->patterns, error))
    return FALSE;

  hw_column_clear (&self->early_kind);
  hw_column_clear (&self->early_name);

  return TRUE;
}

static int
compare_locations (gconstpointer a,
                   gconstpointer b,
                   gpointer      user_data)
{
  const guint32 *nodes = user_data;
  guint32 i = *(const guint32 *) a;
  guint32 j = *(const guint32 *) b;

  if (nodes[i] != nodes[j])
    return nodes[i] < nodes[j] ? -1 : 1;

  return i < j ? -1 : i > j;
}

static void
permute (HwColumn      *column,
         const guint32 *order,
         gsize          n)
{
  g_autofree guint32 *copy = g_memdup2 (column->data, column->length * sizeof (guint32));

  for (gsize i = 0; i < n; i++)
    hw_column_u32 (column)[i] = copy[order[i]];
  column->length = n;
}

/* Sorts the locations by node; of several for one node the last counts, and none beyond the nodes. */
static void
sort_locations (HwHeap *heap)
{
  gsize n = heap->location_node.length, kept = 0;
  guint32 *nodes = hw_column_u32 (&heap->location_node);
  g_autofree guint32 *order = NULL;
  gboolean sorted = TRUE;

  for (gsize i = 0; i < n && sorted; i++)
    sorted = nodes[i] < heap->n_nodes && (i == 0 || nodes[i - 1] < nodes[i]);
  if (sorted)
    return;

  order = g_new (guint32, n);
  for (gsize i = 0; i < n; i++)
    order[i] = (guint32) i;
  g_sort_array (order, n, sizeof (guint32), compare_locations, nodes);
  for (gsize i = 0; i < n; i++)
    if (nodes[order[i]] < heap->n_nodes && (i + 1 == n || nodes[order[i]] != nodes[order[i + 1]]))
      order[kept++] = order[i];

  permute (&heap->location_script, order, kept);
  permute (&heap->location_line, order, kept);
  permute (&heap->location_column, order, kept);
  permute (&heap->location_node, order, kept);
}

/* Cuts the nodes' edge ranges to the edges that are there, and the edges to those that are asked for.
 * Counts the nodes whose edges are there. */
static gboolean
fit_edges (HwHeap  *heap,
           guint32 *n_fitting)
{
  guint32 *first = hw_column_u32 (&heap->first_edge);
  gsize n_edges = heap->edge_target.length;
  guint32 wanted = first[heap->n_nodes];

  *n_fitting = heap->n_nodes;
  if (wanted == n_edges)
    return TRUE;

  if (wanted > n_edges)
    {
      for (gsize i = heap->n_nodes + (gsize) 1; i-- > 0 && first[i] > n_edges;)
        {
          first[i] = (guint32) n_edges;
          *n_fitting = (guint32) i - 1;
        }
    }
  else
    heap->edge_target.length = wanted;

  return FALSE;
}

/**
 * hw_heap_builder_end:
 * @self: (transfer full): a builder whose reader has finished; gone afterwards
 * @damage: (transfer full) (nullable): what the reader found wrong
 * @has_detachedness: (out): whether the file has that column
 * @error: return location
 *
 * Mends what does not fit together and hands the columns on. Only nodes, edges and strings are there
 * then; everything derived is still missing.
 *
 * Returns: (transfer full): a raw heap, or NULL with [error@HeapError] when there is no node
 */
HwHeap *
hw_heap_builder_end (HwHeapBuilder     *self,
                     HwSnapshotDamage  *damage,
                     gboolean          *has_detachedness,
                     GError           **error)
{
  HwHeap *heap = self->heap;
  guint64 n_bad_names = 0, n_bad_edges = 0;
  guint32 n_fitting, first_bad = G_MAXUINT32;
  gboolean edges_fit;

  *has_detachedness = self->has_detachedness;
  heap->damage = damage;
  heap->n_nodes = (guint32) heap->node_name.length;

  if (heap->n_nodes == 0)
    {
      g_set_error_literal (error, HW_HEAP_ERROR, HW_HEAP_ERROR_NO_ROOT,
                           _("The snapshot has no nodes, so there is nothing to show"));
      hw_heap_builder_free (self);
      return NULL;
    }
  if (heap->node_file_kind.length > 0 &&
      !hw_column_resize (&heap->node_file_kind, heap->n_nodes, error))
    goto failed;
  if (heap->trace_node.length > 0 && !hw_column_resize (&heap->trace_node, heap->n_nodes, error))
    goto failed;

  heap->root = self->root_index % self->n_node_fields == 0 &&
               self->root_index / self->n_node_fields < heap->n_nodes
                 ? (guint32) (self->root_index / self->n_node_fields)
                 : 0;

  edges_fit = fit_edges (heap, &n_fitting);
  if (!end_patterns (self, error) || !check_names (heap, &n_bad_names, error) ||
      (self->greatest_target >= heap->n_nodes && !hw_heap_check_edges (heap, &n_bad_edges, &first_bad, error)) ||
      !hw_heap_find_known_strings (heap, error))
    goto failed;
  heap->n_edges = (guint32) heap->edge_target.length;
  sort_locations (heap);
  hw_heap_settle_allocations (heap);

  /* The reader's own finding comes first: what is wrong here mostly follows from it. Without one it is the
     numbers that are wrong. */
  if (heap->damage == NULL && (n_bad_names > 0 || n_bad_edges > 0 || !edges_fit))
    {
      g_autofree char *wanted = hw_format_count (self->n_edges_wanted);
      g_autofree char *bad_edges = hw_format_count (n_bad_edges);
      g_autofree char *bad_names = hw_format_count (n_bad_names);

      if (!edges_fit)
        heap->damage = hw_snapshot_damage_new (FALSE, 0, HW_SNAPSHOT_SECTION_EDGES,
                                               _("The nodes announce %s edges, but the file holds another number of them."),
                                               wanted);
      else if (n_bad_edges > 0)
        heap->damage = hw_snapshot_damage_new (FALSE, 0, HW_SNAPSHOT_SECTION_EDGES,
                                               ngettext ("%s edge points to no node and is left out.",
                                                         "%s edges point to no node and are left out.",
                                                         (gulong) n_bad_edges),
                                               bad_edges);
      else
        heap->damage = hw_snapshot_damage_new (FALSE, 0, HW_SNAPSHOT_SECTION_STRINGS,
                                               ngettext ("%s name is not in the file’s string table.",
                                                         "%s names are not in the file’s string table.",
                                                         (gulong) n_bad_names),
                                               bad_names);
      heap->damage->doubtful_sections = !edges_fit ? HW_SNAPSHOT_DOUBT_NODES | HW_SNAPSHOT_DOUBT_EDGES
                                        : n_bad_edges > 0 ? HW_SNAPSHOT_DOUBT_EDGES
                                                          : HW_SNAPSHOT_DOUBT_STRINGS;
    }
  if (heap->damage != NULL)
    hw_heap_note_doubt (heap, n_fitting, first_bad);

  /* Growth by doubling has left room, and huge pages are touched as a whole. */
  hw_column_shrink (&heap->node_flags);
  hw_column_shrink (&heap->node_name);
  hw_column_shrink (&heap->node_id);
  hw_column_shrink (&heap->node_size.near);
  hw_column_shrink (&heap->first_edge);
  hw_column_shrink (&heap->edge_target);
  hw_column_shrink (&heap->string_bytes);
  hw_column_shrink (&heap->string_offset);
  g_steal_pointer (&self->heap);
  hw_heap_builder_free (self);

  return heap;

failed:
  hw_heap_builder_free (self);

  return NULL;
}
