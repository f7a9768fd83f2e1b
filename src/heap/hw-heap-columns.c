/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Columns out of a heap and back. The list of columns stands here once; both directions use it.
 *
 * Coming back, every id is compared with the length of what it points into, and every list of offsets must
 * ascend to its end. After that no accessor can read outside of a column, whatever the bytes were.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/hw-column-file.h"
#include "heap/hw-heap-lazy-private.h"
#include "heap/hw-shapes-private.h"

typedef struct
{
  const char *name;
  gsize       offset;  /* of the HwColumn in HwHeap */
  int         lazy;    /* HwLazy + 1, or 0 when it must be there from the start */
} ColumnInfo;

static const ColumnInfo columns[] = {
  { "node-flags", G_STRUCT_OFFSET (HwHeap, node_flags) },
  { "node-file-kind", G_STRUCT_OFFSET (HwHeap, node_file_kind) },
  { "node-name", G_STRUCT_OFFSET (HwHeap, node_name) },
  { "node-id", G_STRUCT_OFFSET (HwHeap, node_id), HW_LAZY_NODE_ID + 1 },
  { "node-size", G_STRUCT_OFFSET (HwHeap, node_size.near) },
  { "node-size-far-node", G_STRUCT_OFFSET (HwHeap, node_size.far_node) },
  { "node-size-far", G_STRUCT_OFFSET (HwHeap, node_size.far_size) },
  { "node-class", G_STRUCT_OFFSET (HwHeap, node_class) },
  { "retained", G_STRUCT_OFFSET (HwHeap, retained.near) },
  { "retained-far-node", G_STRUCT_OFFSET (HwHeap, retained.far_node) },
  { "retained-far", G_STRUCT_OFFSET (HwHeap, retained.far_size) },
  { "distance", G_STRUCT_OFFSET (HwHeap, distance) },
  { "dominator", G_STRUCT_OFFSET (HwHeap, dominator), HW_LAZY_DOMINATOR + 1 },
  { "first-edge", G_STRUCT_OFFSET (HwHeap, first_edge) },
  { "node-pattern", G_STRUCT_OFFSET (HwHeap, node_pattern) },
  { "pattern-kind", G_STRUCT_OFFSET (HwHeap, pattern_kind) },
  { "pattern-name", G_STRUCT_OFFSET (HwHeap, pattern_name) },
  { "edge-target", G_STRUCT_OFFSET (HwHeap, edge_target), HW_LAZY_EDGE_TARGET + 1 },
  { "first-retainer", G_STRUCT_OFFSET (HwHeap, first_retainer) },
  { "retainer", G_STRUCT_OFFSET (HwHeap, retainer), HW_LAZY_RETAINER + 1 },
  { "trace-node", G_STRUCT_OFFSET (HwHeap, trace_node) },
  { "string-offset", G_STRUCT_OFFSET (HwHeap, string_offset) },
  { "string-bytes", G_STRUCT_OFFSET (HwHeap, string_bytes) },
  { "location-node", G_STRUCT_OFFSET (HwHeap, location_node) },
  { "location-script", G_STRUCT_OFFSET (HwHeap, location_script), HW_LAZY_LOCATION_SCRIPT + 1 },
  { "location-line", G_STRUCT_OFFSET (HwHeap, location_line), HW_LAZY_LOCATION_LINE + 1 },
  { "location-column", G_STRUCT_OFFSET (HwHeap, location_column), HW_LAZY_LOCATION_COLUMN + 1 },
  { "sample-time", G_STRUCT_OFFSET (HwHeap, allocations.sample_time) },
  { "sample-id", G_STRUCT_OFFSET (HwHeap, allocations.sample_id) },
  { "function-name", G_STRUCT_OFFSET (HwHeap, allocations.function_name) },
  { "function-script", G_STRUCT_OFFSET (HwHeap, allocations.function_script) },
  { "function-script-id", G_STRUCT_OFFSET (HwHeap, allocations.function_script_id) },
  { "function-line", G_STRUCT_OFFSET (HwHeap, allocations.function_line) },
  { "function-column", G_STRUCT_OFFSET (HwHeap, allocations.function_column) },
  { "trace-parent", G_STRUCT_OFFSET (HwHeap, allocations.trace_parent) },
  { "trace-function", G_STRUCT_OFFSET (HwHeap, allocations.trace_function) },
  { "trace-count", G_STRUCT_OFFSET (HwHeap, allocations.trace_count) },
  { "trace-size", G_STRUCT_OFFSET (HwHeap, allocations.trace_size) },
};

static HwColumn *
get_column (HwHeap           *heap,
            const ColumnInfo *info)
{
  return (HwColumn *) (gpointer) ((guint8 *) heap + info->offset);
}

/**
 * hw_heap_foreach_column:
 * @self: a heap
 * @func: called for each column
 * @user_data: data for @func
 *
 * Shows every column that is needed to bring the heap back, in an order in which the small ones that a first
 * view needs come first. What can be derived in one quick pass (instance lists) is not among them.
 *
 * Returns: FALSE when @func stopped
 */
gboolean
hw_heap_foreach_column (HwHeap            *self,
                        HwHeapColumnFunc   func,
                        gpointer           user_data)
{
  g_return_val_if_fail (self != NULL && func != NULL, FALSE);

  if (self->lazy != NULL)
    hw_lazy_columns_fill_all (self->lazy);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      const HwColumn *column = get_column (self, &columns[i]);

      if (!func (columns[i].name, column->width, column->length, column->data, user_data))
        return FALSE;
    }

  return TRUE;
}

static GVariant *
bytes_variant (const char *text)
{
  return g_variant_new_bytestring (text);
}

static GVariant *
strv_variant (char **texts)
{
  return g_variant_new_bytestring_array ((const char * const *) texts, texts != NULL ? -1 : 0);
}

/**
 * hw_heap_dup_facts:
 * @self: a heap
 *
 * Collects what is not a column: counts, names of kinds, shapes, statistics, damage.
 *
 * Returns: (transfer full): a dictionary a{sv}
 */
GVariant *
hw_heap_dup_facts (HwHeap *self)
{
  GVariantDict dict;
  GVariantBuilder shapes;
  const HwHeapStatistics *s;

  g_return_val_if_fail (self != NULL, NULL);

  s = &self->statistics;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "root", "u", self->root);
  g_variant_dict_insert (&dict, "has-user-roots", "b", self->has_user_roots);
  g_variant_dict_insert (&dict, "missing", "u", self->missing);
  g_variant_dict_insert (&dict, "extra-native-bytes", "t", self->extra_native_bytes);
  g_variant_dict_insert (&dict, "max-js-object-id", "t", self->max_js_object_id);
  g_variant_dict_insert (&dict, "producer", "(ubss)", (guint32) self->producer.runtime, self->producer.or_newer,
                         self->producer.version, self->producer.v8_version);
  g_variant_dict_insert_value (&dict, "node-kind-names", strv_variant (self->node_kind_names));
  g_variant_dict_insert (&dict, "statistics", "(tttttttt)", s->total, s->native, s->typed_arrays, s->v8_heap,
                         s->code, s->js_arrays, s->strings, s->system);

  g_variant_builder_init (&shapes, G_VARIANT_TYPE ("a(ayaay)"));
  for (guint i = 0; i < hw_heap_get_n_shapes (self); i++)
    {
      HwShape *shape = g_ptr_array_index (self->shapes, i);

      g_variant_builder_add (&shapes, "(@ay@aay)", bytes_variant (shape->name), strv_variant (shape->properties));
    }
  g_variant_dict_insert_value (&dict, "shapes", g_variant_builder_end (&shapes));

  if (self->damage != NULL)
    g_variant_dict_insert (&dict, "damage", "(btuuu@ay)", self->damage->truncated, self->damage->offset,
                           (guint32) self->damage->section, self->damage->doubtful_sections, self->damage->n_sure,
                           bytes_variant (self->damage->message));

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

struct _HwHeapRestorer
{
  HwHeap       *heap;
  HwColumnFile *file;       /* NULL while memory is enough */
  guint64       memory;     /* bytes that columns may still take */
  gboolean      is_in_file[G_N_ELEMENTS (columns)];
};

static gboolean
bad (const char  *what,
     GError     **error)
{
  g_set_error (error, HW_HEAP_ERROR, HW_HEAP_ERROR_BAD_COLUMN, _("The kept index contradicts itself (%s)"), what);

  return FALSE;
}

static gboolean
restore_shapes (HwHeap        *heap,
                GVariantDict  *dict)
{
  g_autoptr(GVariant) shapes = g_variant_dict_lookup_value (dict, "shapes", G_VARIANT_TYPE ("a(ayaay)"));

  if (shapes == NULL)
    return FALSE;

  heap->shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_shape_free);
  for (gsize i = 0; i < g_variant_n_children (shapes); i++)
    {
      g_autoptr(GVariant) entry = g_variant_get_child_value (shapes, i);
      g_autoptr(GVariant) name = g_variant_get_child_value (entry, 0);
      g_autoptr(GVariant) properties = g_variant_get_child_value (entry, 1);
      HwShape *shape = g_new0 (HwShape, 1);
      gsize n;

      shape->name = g_variant_dup_bytestring (name, NULL);
      shape->properties = g_variant_dup_bytestring_array (properties, &n);
      shape->n_properties = (guint) n;
      g_ptr_array_add (heap->shapes, shape);
      if (n == 0)
        return FALSE;
    }

  return TRUE;
}

static gboolean
restore_producer (HwHeap        *heap,
                  GVariantDict  *dict)
{
  HwProducer *producer = &heap->producer;
  const char *version, *v8_version;
  guint32 runtime;

  if (!g_variant_dict_lookup (dict, "producer", "(ub&s&s)", &runtime, &producer->or_newer, &version, &v8_version) ||
      runtime >= HW_N_RUNTIMES)
    return FALSE;

  producer->runtime = (HwRuntime) runtime;

  return (*version == '\0' || hw_producer_set_version (producer->version, version)) &&
         (*v8_version == '\0' || hw_producer_set_version (producer->v8_version, v8_version));
}

static gboolean
restore_facts (HwHeap    *heap,
               GVariant  *facts)
{
  g_auto(GVariantDict) dict;
  g_autoptr(GVariant) names = NULL;
  g_autoptr(GVariant) message = NULL;
  HwHeapStatistics *s = &heap->statistics;
  gboolean truncated;
  guint64 offset;
  guint32 section, doubtful, n_sure;

  g_variant_dict_init (&dict, facts);
  if (!g_variant_dict_lookup (&dict, "root", "u", &heap->root) ||
      !g_variant_dict_lookup (&dict, "has-user-roots", "b", &heap->has_user_roots) ||
      !g_variant_dict_lookup (&dict, "missing", "u", &heap->missing) ||
      !g_variant_dict_lookup (&dict, "extra-native-bytes", "t", &heap->extra_native_bytes) ||
      !g_variant_dict_lookup (&dict, "max-js-object-id", "t", &heap->max_js_object_id) ||
      !g_variant_dict_lookup (&dict, "statistics", "(tttttttt)", &s->total, &s->native, &s->typed_arrays,
                              &s->v8_heap, &s->code, &s->js_arrays, &s->strings, &s->system))
    return FALSE;

  names = g_variant_dict_lookup_value (&dict, "node-kind-names", G_VARIANT_TYPE_BYTESTRING_ARRAY);
  if (names == NULL || !restore_shapes (heap, &dict) || !restore_producer (heap, &dict))
    return FALSE;
  heap->node_kind_names = g_variant_dup_bytestring_array (names, NULL);

  if (g_variant_dict_lookup (&dict, "damage", "(btuuu@ay)", &truncated, &offset, &section, &doubtful, &n_sure, &message))
    {
      heap->damage = hw_snapshot_damage_new (truncated, offset,
                                             (HwSnapshotSection) MIN (section, HW_SNAPSHOT_N_SECTIONS - 1), "%s",
                                             g_variant_get_bytestring (message));
      heap->damage->doubtful_sections = doubtful & HW_SNAPSHOT_DOUBT_ALL;
      heap->damage->n_sure = n_sure;
    }

  return TRUE;
}

/**
 * hw_heap_restorer_new:
 * @facts: what hw_heap_dup_facts() gave once; not trusted
 * @error: return location
 *
 * Returns: (transfer full): a restorer, or NULL with [error@HeapError]
 */
HwHeapRestorer *
hw_heap_restorer_new (GVariant  *facts,
                      GError   **error)
{
  g_autoptr(HwHeapRestorer) self = g_new0 (HwHeapRestorer, 1);
  g_autoptr(GVariant) normal = NULL;

  g_return_val_if_fail (facts != NULL, NULL);

  self->heap = hw_heap_new ();
  self->memory = G_MAXUINT64;
  normal = g_variant_get_normal_form (facts);
  if (!g_variant_is_of_type (normal, G_VARIANT_TYPE_VARDICT) || !restore_facts (self->heap, normal))
    {
      bad ("facts", error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * hw_heap_restorer_free:
 * @self: a restorer
 *
 * Frees a restorer and its columns.
 */
void
hw_heap_restorer_free (HwHeapRestorer *self)
{
  g_clear_pointer (&self->heap, hw_heap_unref);
  g_clear_pointer (&self->file, hw_column_file_free);
  g_free (self);
}

/**
 * hw_heap_restorer_set_memory:
 * @self: a restorer, before its columns
 * @memory: bytes that columns may take
 * @folder: where a file is made for those that do not fit
 *
 * Limits the memory of the columns. What does not fit is slower to look at, and nothing else changes.
 */
void
hw_heap_restorer_set_memory (HwHeapRestorer *self,
                             guint64         memory,
                             const char     *folder)
{
  g_return_if_fail (self != NULL && folder != NULL && self->file == NULL);

  self->memory = memory;
  self->file = hw_column_file_new (folder);
}

/**
 * hw_heap_restorer_get_is_in_file:
 * @self: a restorer
 * @name: a column that was added
 *
 * Returns: whether the column is in the file, so that hw_column_let_go() makes sense
 */
gboolean
hw_heap_restorer_get_is_in_file (HwHeapRestorer *self,
                                 const char     *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (strcmp (columns[i].name, name) == 0)
      return self->is_in_file[i];

  return FALSE;
}

/**
 * hw_heap_restorer_set_source:
 * @self: a restorer
 * @fetch: brings chunks of columns that are left
 * @source: (transfer full): data for @fetch
 * @destroy: frees @source, when the heap goes
 *
 * Allows columns to be left, see hw_heap_restorer_leave_column().
 */
void
hw_heap_restorer_set_source (HwHeapRestorer  *self,
                             HwHeapFetchFunc  fetch,
                             gpointer         source,
                             GDestroyNotify   destroy)
{
  g_return_if_fail (self != NULL && fetch != NULL && self->heap->lazy == NULL);

  self->heap->lazy = hw_lazy_columns_new (fetch, source, destroy);
}

/* Columns are as wide as their values need. */
static gboolean
may_have_width (const HwHeap   *heap,
                const HwColumn *column,
                guint           width)
{
  if (width == column->width)
    return TRUE;
  if (column == &heap->node_id || column == &heap->string_offset)
    return width == 8;
  if (column == &heap->node_size.near || column == &heap->retained.near)
    return width == 8;
  if (column == &heap->edge_target)
    return width == 3;
  if (column == &heap->node_class)
    return width == 2 || width == 4;
  if (column == &heap->distance)
    return width == 2 || width == 4 || width == 8;

  return FALSE;
}

/**
 * hw_heap_restorer_add_column:
 * @self: a restorer
 * @name: a name that hw_heap_foreach_column() gave once
 * @width: bytes of one element
 * @length: number of elements
 * @error: return location
 *
 * Makes room for a column. The caller fills it before hw_heap_restorer_end().
 *
 * Returns: (transfer none): @width × @length bytes, not yet set; NULL with @error set
 */
gpointer
hw_heap_restorer_add_column (HwHeapRestorer  *self,
                             const char      *name,
                             guint            width,
                             gsize            length,
                             GError         **error)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      HwColumn *column = get_column (self->heap, &columns[i]);

      if (strcmp (columns[i].name, name) != 0)
        continue;
      if (!may_have_width (self->heap, column, width) || column->length > 0)
        {
          bad (name, error);
          return NULL;
        }
      column->width = width;
      if (self->file != NULL && (guint64) length * width > self->memory && hw_column_file_place (self->file, column, length))
        {
          self->is_in_file[i] = TRUE;
          return column->data;
        }
      /* Small ones, and all when the disk is full. */
      if (!hw_column_reserve (column, MAX (length, 1), error))
        return NULL;
      column->length = length;
      self->memory -= MIN (self->memory, (guint64) length * width);
      return column->data;
    }
  bad (name, error);

  return NULL;
}

/**
 * hw_heap_restorer_leave_column:
 * @self: a restorer with a source
 * @name: a column that was added
 * @id: what the source knows it by
 * @chunk_bytes: bytes of its chunks but the last, a multiple of its width
 *
 * Asks whether a column need not be filled now. Its chunks are fetched when somebody asks for what is in them.
 *
 * Returns: FALSE when the column is needed from the start
 */
gboolean
hw_heap_restorer_leave_column (HwHeapRestorer *self,
                               const char     *name,
                               guint           id,
                               gsize           chunk_bytes)
{
  g_return_val_if_fail (self != NULL && self->heap->lazy != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      HwColumn *column = get_column (self->heap, &columns[i]);

      if (strcmp (columns[i].name, name) != 0 || columns[i].lazy == 0)
        continue;
      hw_lazy_columns_add (self->heap->lazy, (HwLazy) (columns[i].lazy - 1), column, id, chunk_bytes / column->width);
      return TRUE;
    }

  return FALSE;
}

/* All elements less than @limit, or HW_NONE where that is allowed. */
static gboolean
ids_fit (const HwColumn *column,
         gsize           length,
         guint64         limit)
{
  guint64 greatest = 0;

  if (column->length != length)
    return FALSE;
  if (column->width >= 3)
    for (gsize i = 0; i < length; i++)
      greatest = MAX (greatest, hw_id (hw_column_ids (column), i));
  else
    for (gsize i = 0; i < length; i++)
      greatest = MAX (greatest, hw_column_get (column, i));

  return length == 0 || greatest < limit;
}

/* The same for a column that may be filled later: then its ids are looked at when they come. */
static gboolean
lazy_ids_fit (HwHeap         *heap,
              HwLazy          lazy,
              const HwColumn *column,
              gsize           length,
              guint32         limit,
              guint32         harmless)
{
  if (heap->lazy == NULL || !hw_lazy_columns_get_is_lazy (heap->lazy, lazy))
    return ids_fit (column, length, limit);

  hw_lazy_columns_set_limit (heap->lazy, lazy, limit, harmless);

  return column->length == length;
}

static gboolean
offsets_fit (const HwColumn *column,
             gsize           length,
             guint64         end)
{
  guint64 last = 0;

  if (column->length != length || length == 0 || hw_column_get (column, 0) != 0 ||
      hw_column_get (column, length - 1) != end)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      guint64 offset = hw_column_get (column, i);

      if (offset < last)
        return FALSE;
      last = offset;
    }

  return TRUE;
}

static gboolean
sizes_fit (const HwSizes *sizes,
           gsize          length)
{
  const guint32 *nodes = hw_column_u32 (&sizes->far_node);
  gsize n_far = sizes->far_node.length;

  if (sizes->near.length != length || sizes->far_size.length != n_far)
    return FALSE;
  for (gsize i = 1; i < n_far; i++)
    if (nodes[i] <= nodes[i - 1])
      return FALSE;

  return TRUE;
}

static gboolean
lengths_fit (HwHeap  *heap,
             GError **error)
{
  gsize n = heap->n_nodes;

  if (n == 0 || n > HW_MAX_IDS || heap->root >= n || heap->node_flags.length != n || heap->node_id.length != n ||
      heap->distance.length != n)
    return bad ("nodes", error);

  return (sizes_fit (&heap->node_size, n) && sizes_fit (&heap->retained, n)) || bad ("sizes", error);
}

static gboolean
nodes_fit (HwHeap  *heap,
           GError **error)
{
  gsize n = heap->n_nodes;

  if (!ids_fit (&heap->node_name, n, heap->n_strings) ||
      !lazy_ids_fit (heap, HW_LAZY_DOMINATOR, &heap->dominator, n, heap->n_nodes, heap->root))
    return bad ("node columns", error);
  if (heap->node_file_kind.length != 0 && heap->node_file_kind.length != n)
    return bad ("node-file-kind", error);
  if (heap->trace_node.length != 0 && heap->trace_node.length != n)
    return bad ("trace-node", error);
  if (!offsets_fit (&heap->first_edge, n + 1, heap->n_edges))
    return bad ("first-edge", error);

  return TRUE;
}

static gboolean
edges_fit (HwHeap   *heap,
           GError  **error)
{
  const guint8 *kinds = hw_column_u8 (&heap->pattern_kind);
  const guint32 *names = hw_column_u32 (&heap->pattern_name);
  const guint32 *patterns = hw_column_u32 (&heap->node_pattern);
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  gsize n_entries = heap->pattern_kind.length;

  if (!lazy_ids_fit (heap, HW_LAZY_EDGE_TARGET, &heap->edge_target, heap->n_edges, heap->n_nodes, heap->root))
    return bad ("edge-target", error);
  if (!offsets_fit (&heap->first_retainer, (gsize) heap->n_nodes + 1, heap->n_edges) ||
      !lazy_ids_fit (heap, HW_LAZY_RETAINER, &heap->retainer, heap->n_edges, heap->n_edges, 0))
    return bad ("retainer", error);
  if (n_entries > HW_MAX_IDS || heap->pattern_name.length != n_entries || heap->node_pattern.length != heap->n_nodes)
    return bad ("node-pattern", error);
  for (gsize node = 0; node < heap->n_nodes; node++)
    if ((guint64) patterns[node] + (first[node + 1] - first[node]) > n_entries)
      return bad ("node-pattern", error);
  for (gsize i = 0; i < n_entries; i++)
    if (kinds[i] > HW_EDGE_KIND_OTHER || (names[i] >= heap->n_strings && !HW_EDGE_KIND_IS_INDEXED (kinds[i])))
      return bad ("pattern-name", error);

  return TRUE;
}

static gboolean
strings_fit (HwHeap   *heap,
             GError  **error)
{
  const guint8 *bytes = hw_column_u8 (&heap->string_bytes);

  if (heap->string_offset.length == 0)
    {
      heap->n_strings = 0;
      return heap->string_bytes.length == 0 ? TRUE : bad ("string-bytes", error);
    }
  if (heap->string_offset.length - 1 > HW_MAX_IDS ||
      !offsets_fit (&heap->string_offset, heap->string_offset.length, heap->string_bytes.length))
    return bad ("string-offset", error);
  heap->n_strings = (guint32) (heap->string_offset.length - 1);

  /* Every string ends in a NUL and has no other, so a text can never be read beyond its place. */
  for (guint32 i = 0; i < heap->n_strings; i++)
    {
      guint64 start = hw_column_get (&heap->string_offset, i), end = hw_column_get (&heap->string_offset, i + 1);

      if (start >= end || bytes[end - 1] != 0)
        return bad ("string-bytes", error);
    }

  return TRUE;
}

static gboolean
locations_fit (HwHeap   *heap,
               GError  **error)
{
  const guint32 *nodes = hw_column_u32 (&heap->location_node);
  gsize n = heap->location_node.length;

  if (heap->location_script.length != n || heap->location_line.length != n || heap->location_column.length != n)
    return bad ("locations", error);
  for (gsize i = 0; i < n; i++)
    if (nodes[i] >= heap->n_nodes || (i > 0 && nodes[i] <= nodes[i - 1]))
      return bad ("location-node", error);

  return TRUE;
}

/* The table that was kept has no instance lists; the new one has, and both must tell the same. */
static HwClassTable *
restore_classes (HwHeap        *heap,
                 HwClassTable  *classes,
                 GError       **error)
{
  guint n_classes = hw_class_table_get_n_classes (classes);
  g_autoptr(HwClassTableBuilder) builder = NULL;
  guint32 *offsets, *instances;
  HwClassTable *table;

  if (!ids_fit (&heap->node_class, heap->n_nodes, n_classes))
    {
      bad ("node-class", error);
      return NULL;
    }
  if (!hw_heap_list_instances (heap, &heap->node_class, n_classes, NULL, &offsets, &instances, NULL, error))
    return NULL;

  builder = hw_class_table_builder_new (hw_heap_get_total_size (heap), TRUE, TRUE);
  for (guint i = 0; i < n_classes; i++)
    hw_class_table_builder_add (builder, hw_class_table_get_row (classes, HW_CLASS (i)));
  table = hw_class_table_builder_end (g_steal_pointer (&builder), offsets, instances);

  for (guint i = 0; i < n_classes; i++)
    {
      const HwClassRow *row = hw_class_table_get_row (table, HW_CLASS (i));
      guint32 n;
      const guint32 *list = hw_class_table_get_instances (table, HW_CLASS (i), &n);

      if (n != row->count || row->first_instance.value != (n > 0 ? list[0] : HW_NONE))
        {
          hw_class_table_unref (table);
          bad ("classes", error);
          return NULL;
        }
    }

  return table;
}

/* A check has looked at all pages of some columns. */
static gboolean
let_go (HwHeapRestorer *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      HwColumn *column = get_column (self->heap, &columns[i]);

      if (self->is_in_file[i])
        hw_column_let_go (column->data, column->length * column->width);
    }

  return TRUE;
}

typedef struct
{
  HwHeap       *heap;
  HwClassTable *kept;
  HwClassTable *classes;
  GError       *error;
} Classes;

static gpointer
classes_thread (gpointer data)
{
  Classes *self = data;

  self->classes = restore_classes (self->heap, self->kept, &self->error);

  return NULL;
}

/**
 * hw_heap_restorer_end:
 * @self: (transfer full): a restorer whose columns are filled; gone afterwards
 * @classes: the kept class table; not trusted
 * @error: return location
 *
 * Checks everything, derives what is not kept, and publishes the heap.
 *
 * Cost: linear; far below reading the snapshot.
 *
 * Returns: (transfer full): the heap, or NULL with [error@HeapError] or [error@BaseError]
 */
HwHeap *
hw_heap_restorer_end (HwHeapRestorer  *self,
                      HwClassTable    *classes,
                      GError         **error)
{
  g_autoptr(HwHeapRestorer) owned = self;
  HwHeap *heap;
  Classes task;
  GThread *thread;
  gboolean fits;

  g_return_val_if_fail (self != NULL && classes != NULL, NULL);

  heap = self->heap;
  if (heap->node_flags.length > HW_MAX_IDS || heap->edge_target.length > HW_MAX_IDS)
    {
      bad ("counts", error);
      return NULL;
    }
  heap->n_nodes = (guint32) heap->node_flags.length;
  heap->n_edges = (guint32) heap->edge_target.length;
  if (!lengths_fit (heap, error))
    return NULL;

  /* Half of the work; it reads classes and sizes of nodes and nothing else. */
  task = (Classes) { .heap = heap, .kept = classes };
  thread = g_thread_try_new ("classes", classes_thread, &task, NULL);
  fits = strings_fit (heap, error) && let_go (self) && nodes_fit (heap, error) && let_go (self) &&
         edges_fit (heap, error) && let_go (self) &&
         locations_fit (heap, error) && hw_heap_find_known_strings (heap, error) &&
         hw_heap_note_sources (heap, error);
  if (thread != NULL)
    g_thread_join (thread);
  else
    classes_thread (&task);
  heap->classes = task.classes;
  if (fits && task.error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&task.error));
      return NULL;
    }
  g_clear_error (&task.error);
  if (!fits)
    return NULL;
  let_go (self);

  return g_steal_pointer (&self->heap);
}
