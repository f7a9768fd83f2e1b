/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The heap: columns by node and by edge (layout: struct _HwHeap in hw-heap-private.h), immutable once made.
 *
 * Every number follows Chrome DevTools. The deviations, all of them:
 *
 * - sizes and object ids have 64 bits; DevTools keeps 32 and wraps (a node of 5,000,000,000 bytes);
 * - two classes with the same public key are one class; DevTools loses the objects of one (hw-classes.c);
 * - a shortcut named by a number of 2⁵³ or more keeps its name; DevTools rounds it (1e+23);
 * - two references named __proto__ with all else equal keep the file's order; DevTools' comparison says of each
 *   that it comes behind the other;
 * - edges that point to no node and names that are not in the string table are mended and reported; DevTools
 *   computes on with what it finds there.
 */
#include "config.h"

#include <stdlib.h>

#include "heap/hw-key-sort-private.h"
#include "heap/hw-shapes-private.h"

G_DEFINE_QUARK (hw-heap-error-quark, hw_heap_error)

/**
 * hw_heap_new:
 *
 * Returns: (transfer full): a heap with empty columns, to be filled before it is published
 */
HwHeap *
hw_heap_new (void)
{
  HwHeap *self = g_new0 (HwHeap, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lazy_mutex);
  g_mutex_init (&self->ranks_mutex);
  hw_column_init (&self->node_flags, 1);
  hw_column_init (&self->node_file_kind, 1);
  hw_column_init (&self->node_name, 4);
  hw_column_init (&self->node_id, 4);
  hw_sizes_init (&self->node_size);
  hw_column_init (&self->first_edge, 4);
  hw_column_init (&self->first_retainer, 4);
  hw_column_init (&self->dominator, 4);
  hw_sizes_init (&self->retained);
  hw_column_init (&self->distance, 1);
  hw_column_init (&self->node_class, 1);
  hw_column_init (&self->trace_node, 4);
  hw_column_init (&self->node_pattern, 4);
  hw_column_init (&self->pattern_kind, 1);
  hw_column_init (&self->pattern_name, 4);
  hw_column_init (&self->edge_target, 4);
  hw_column_init (&self->edge_source, 4);
  hw_column_init (&self->retainer, 4);
  hw_column_init (&self->string_offset, 4);
  hw_column_init (&self->string_bytes, 1);
  hw_column_init (&self->location_node, 4);
  hw_column_init (&self->location_script, 4);
  hw_column_init (&self->location_line, 4);
  hw_column_init (&self->location_column, 4);
  hw_allocations_init (&self->allocations);
  memset (self->known, 0xff, sizeof self->known);
  self->missing = HW_NONE;

  return self;
}

/**
 * hw_heap_ref:
 * @self: a heap
 *
 * Returns: (transfer full): @self
 */
HwHeap *
hw_heap_ref (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * hw_heap_unref:
 * @self: a heap
 *
 * Gives back a reference.
 */
void
hw_heap_unref (HwHeap *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  hw_column_clear (&self->node_flags);
  hw_column_clear (&self->node_file_kind);
  hw_column_clear (&self->node_name);
  hw_column_clear (&self->node_id);
  hw_sizes_clear (&self->node_size);
  hw_column_clear (&self->first_edge);
  hw_column_clear (&self->first_retainer);
  hw_column_clear (&self->dominator);
  hw_sizes_clear (&self->retained);
  hw_column_clear (&self->distance);
  hw_column_clear (&self->node_class);
  hw_column_clear (&self->trace_node);
  hw_column_clear (&self->node_pattern);
  hw_column_clear (&self->pattern_kind);
  hw_column_clear (&self->pattern_name);
  hw_column_clear (&self->edge_target);
  hw_column_clear (&self->edge_source);
  hw_column_clear (&self->retainer);
  hw_column_clear (&self->string_offset);
  hw_column_clear (&self->string_bytes);
  hw_column_clear (&self->location_node);
  hw_column_clear (&self->location_script);
  hw_column_clear (&self->location_line);
  hw_column_clear (&self->location_column);
  hw_allocations_clear (&self->allocations);
  g_clear_pointer (&self->lazy, hw_lazy_columns_free);
  g_strfreev (self->node_kind_names);
  g_clear_pointer (&self->shapes, g_ptr_array_unref);
  g_clear_pointer (&self->classes, hw_class_table_unref);
  g_clear_pointer (&self->damage, hw_snapshot_damage_free);
  free (self->by_object_id);
  free (self->first_dominated);
  free (self->dominated);
  g_free (self->string_ranks);
  g_mutex_clear (&self->lazy_mutex);
  g_mutex_clear (&self->ranks_mutex);
  g_free (self);
}

/**
 * hw_heap_get_n_nodes:
 * @self: a heap
 *
 * Returns: the number of nodes
 */
guint32
hw_heap_get_n_nodes (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_nodes;
}

/**
 * hw_heap_get_n_edges:
 * @self: a heap
 *
 * Returns: the number of edges
 */
guint32
hw_heap_get_n_edges (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_edges;
}

/**
 * hw_heap_get_n_strings:
 * @self: a heap
 *
 * Returns: the number of strings, those made for names of detached nodes included
 */
guint32
hw_heap_get_n_strings (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_strings;
}

/**
 * hw_heap_get_root:
 * @self: a heap
 *
 * Returns: the node above all others
 */
HwNodeId
hw_heap_get_root (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, HW_NODE_NONE);

  return HW_NODE (self->root);
}

/**
 * hw_heap_get_total_size:
 * @self: a heap
 *
 * Returns: bytes of the whole snapshot: what the root retains and what the embedder holds outside of it
 */
guint64
hw_heap_get_total_size (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return hw_sizes_get (&self->retained, self->root) + self->extra_native_bytes;
}

/**
 * hw_heap_get_extra_native_bytes:
 * @self: a heap
 *
 * Returns: bytes of the embedder that no node stands for
 */
guint64
hw_heap_get_extra_native_bytes (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->extra_native_bytes;
}

/**
 * hw_heap_get_max_js_object_id:
 * @self: a heap
 *
 * Returns: the largest odd object id
 */
guint64
hw_heap_get_max_js_object_id (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_js_object_id;
}

/**
 * hw_heap_get_has_user_roots:
 * @self: a heap
 *
 * Returns: whether distances count from a window or global object; FALSE with exposed internals
 */
gboolean
hw_heap_get_has_user_roots (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_user_roots;
}

/**
 * hw_heap_get_has_traces:
 * @self: a heap
 *
 * Returns: whether nodes say where they were allocated
 */
gboolean
hw_heap_get_has_traces (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->trace_node.length > 0;
}

/**
 * hw_heap_get_class_table:
 * @self: a heap
 *
 * Returns: (transfer none): the constructors, complete
 */
HwClassTable *
hw_heap_get_class_table (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->classes;
}

/**
 * hw_heap_get_statistics:
 * @self: a heap
 * @statistics: (out caller-allocates): the sums
 *
 * Gets the figures of the Statistics view.
 */
void
hw_heap_get_statistics (HwHeap           *self,
                        HwHeapStatistics *statistics)
{
  g_return_if_fail (self != NULL);

  *statistics = self->statistics;
}

/**
 * hw_heap_get_damage:
 * @self: a heap
 *
 * Returns: (transfer none) (nullable): what is wrong with the file, or NULL
 */
const HwSnapshotDamage *
hw_heap_get_damage (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->damage;
}

static guint32 *
sort_by_object_id (HwHeap *self)
{
  guint32 *nodes = malloc (MAX (self->n_nodes, 1) * sizeof (guint32));
  HwSortKey key = { 0 }, *keys[] = { &key };
  gboolean ok = nodes != NULL && hw_sort_key_init (&key, self->n_nodes, NULL);

  hw_heap_need (self, HW_LAZY_NODE_ID, 0, self->n_nodes);
  for (guint32 i = 0; ok && i < self->n_nodes; i++)
    hw_sort_key_add (&key, hw_column_get (&self->node_id, i));
  ok = ok && hw_sort_by_keys (keys, 1, self->n_nodes, nodes, NULL, NULL);
  hw_sort_key_clear (&key);
  if (!ok)
    g_clear_pointer (&nodes, free);

  return nodes;
}

/**
 * hw_heap_ensure_by_object_id:
 * @self: a heap
 *
 * Returns: (transfer none) (nullable): all nodes by object id, then in file order, or NULL when memory is short
 */
const guint32 *
hw_heap_ensure_by_object_id (HwHeap *self)
{
  g_mutex_lock (&self->lazy_mutex);
  if (self->by_object_id == NULL)
    self->by_object_id = sort_by_object_id (self);
  g_mutex_unlock (&self->lazy_mutex);

  return self->by_object_id;
}

/**
 * hw_heap_find_object:
 * @self: a heap
 * @object_id: the number a person sees as @id
 * @node: (out): the node
 *
 * Finds an object by its id. Cost: the first call sorts the ids, later ones are logarithmic.
 *
 * Returns: FALSE when no object has the id
 */
gboolean
hw_heap_find_object (HwHeap    *self,
                     guint64    object_id,
                     HwNodeId  *node)
{
  const guint32 *nodes;

  g_return_val_if_fail (self != NULL, FALSE);

  nodes = hw_heap_ensure_by_object_id (self);
  for (guint32 low = 0, high = nodes != NULL ? self->n_nodes : 0; low < high;)
    {
      guint32 middle = low + (high - low) / 2;
      guint64 id = hw_column_get (&self->node_id, nodes[middle]);

      if (id < object_id)
        low = middle + 1;
      else if (id > object_id)
        high = middle;
      else
        {
          *node = HW_NODE (nodes[middle]);
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * hw_heap_get_object_id:
 * @self: a heap
 * @node: a node
 *
 * Returns: the file's id of the object, which a person sees as @id
 */
guint64
hw_heap_get_object_id (HwHeap   *self,
                       HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, 0);

  hw_heap_need (self, HW_LAZY_NODE_ID, node.value, 1);

  return hw_column_get (&self->node_id, node.value);
}

/**
 * hw_heap_get_node_kind:
 * @self: a heap
 * @node: a node
 *
 * Returns: what the node is
 */
HwNodeKind
hw_heap_get_node_kind (HwHeap   *self,
                       HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, HW_NODE_KIND_OTHER);

  return hw_heap_kind (self, node.value);
}

/**
 * hw_heap_get_node_kind_name:
 * @self: a heap
 * @node: a node
 *
 * Gets the kind's name; for a number beyond the file's table (symbols of Node 8) it is "undefined", as
 * DevTools shows it.
 *
 * Returns: (transfer none): such as "object shape"
 */
const char *
hw_heap_get_node_kind_name (HwHeap   *self,
                            HwNodeId  node)
{
  HwNodeKind kind;
  guint file_kind;

  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, NULL);

  kind = hw_heap_kind (self, node.value);
  if (kind != HW_NODE_KIND_OTHER)
    return hw_node_kind_get_name (kind);

  file_kind = node.value < self->node_file_kind.length ? hw_column_u8 (&self->node_file_kind)[node.value] : G_MAXUINT8;

  return self->node_kind_names != NULL && file_kind < g_strv_length (self->node_kind_names)
           ? self->node_kind_names[file_kind]
           : hw_node_kind_get_name (kind);
}

/**
 * hw_heap_get_node_raw_name:
 * @self: a heap
 * @node: a node
 *
 * Returns: (transfer none): the name in the file, with "Detached " before it for detached DOM nodes; WTF-8
 */
const char *
hw_heap_get_node_raw_name (HwHeap   *self,
                           HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, NULL);

  return hw_heap_string (self, hw_column_u32 (&self->node_name)[node.value]);
}

/**
 * hw_heap_get_node_class:
 * @self: a heap
 * @node: a node
 *
 * Returns: the constructor it counts for
 */
HwClassId
hw_heap_get_node_class (HwHeap   *self,
                        HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, HW_CLASS_NONE);

  return HW_CLASS ((guint32) hw_column_get (&self->node_class, node.value));
}

/**
 * hw_heap_get_shallow_size:
 * @self: a heap
 * @node: a node
 *
 * Returns: bytes of the object itself and of the internal parts that only it has
 */
guint64
hw_heap_get_shallow_size (HwHeap   *self,
                          HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, 0);

  return hw_sizes_get (&self->node_size, node.value);
}

/**
 * hw_heap_get_retained_size:
 * @self: a heap
 * @node: a node
 *
 * Returns: bytes that would be freed with the object
 */
guint64
hw_heap_get_retained_size (HwHeap   *self,
                           HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, 0);

  return hw_sizes_get (&self->retained, node.value);
}

/**
 * hw_heap_get_distance:
 * @self: a heap
 * @node: a node
 *
 * Returns: edges of the shortest path from a user root; from HW_DISTANCE_SYSTEM on only system roots reach the
 *   object; HW_DISTANCE_UNREACHABLE when nothing does
 */
gint64
hw_heap_get_distance (HwHeap   *self,
                      HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, HW_DISTANCE_UNREACHABLE);

  return hw_distance_from_code (hw_column_get (&self->distance, node.value), self->has_user_roots);
}

/**
 * hw_heap_get_dominator:
 * @self: a heap
 * @node: a node
 *
 * Returns: the nearest node through which every path from the root leads; the root's is the root
 */
HwNodeId
hw_heap_get_dominator (HwHeap   *self,
                       HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, HW_NODE_NONE);

  hw_heap_need (self, HW_LAZY_DOMINATOR, node.value, 1);

  return HW_NODE (hw_column_u32 (&self->dominator)[node.value]);
}

/**
 * hw_heap_get_detachedness:
 * @self: a heap
 * @node: a node
 *
 * Returns: whether a DOM node is in a document
 */
HwDetachedness
hw_heap_get_detachedness (HwHeap   *self,
                          HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, HW_DETACHEDNESS_UNKNOWN);

  return (HwDetachedness) ((hw_column_u8 (&self->node_flags)[node.value] & HW_NODE_STATE_MASK) >> HW_NODE_STATE_SHIFT);
}

/**
 * hw_heap_get_is_queryable:
 * @self: a heap
 * @node: a node
 *
 * Returns: whether a script can get from a window or global object to the object
 */
gboolean
hw_heap_get_is_queryable (HwHeap   *self,
                          HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, FALSE);

  return (hw_column_u8 (&self->node_flags)[node.value] & HW_NODE_QUERYABLE) != 0;
}

/**
 * hw_heap_get_location:
 * @self: a heap
 * @node: a node
 * @location: (out caller-allocates): where its constructor, or the function itself, stands
 *
 * Returns: FALSE when the file has no location for the node
 */
gboolean
hw_heap_get_location (HwHeap     *self,
                      HwNodeId    node,
                      HwLocation *location)
{
  const guint32 *nodes;

  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, FALSE);

  nodes = hw_column_u32 (&self->location_node);
  for (gsize low = 0, high = self->location_node.length; low < high;)
    {
      gsize middle = low + (high - low) / 2;

      if (nodes[middle] < node.value)
        low = middle + 1;
      else if (nodes[middle] > node.value)
        high = middle;
      else
        {
          hw_heap_need (self, HW_LAZY_LOCATION_SCRIPT, middle, 1);
          hw_heap_need (self, HW_LAZY_LOCATION_LINE, middle, 1);
          hw_heap_need (self, HW_LAZY_LOCATION_COLUMN, middle, 1);
          location->script_id = hw_column_u32 (&self->location_script)[middle];
          location->line = hw_column_u32 (&self->location_line)[middle];
          location->column = hw_column_u32 (&self->location_column)[middle];
          return TRUE;
        }
    }

  return FALSE;
}

static gboolean
ensure_dominated (HwHeap *self)
{
  const guint32 *dominator = hw_column_u32 (&self->dominator);

  hw_heap_need (self, HW_LAZY_DOMINATOR, 0, self->n_nodes);
  g_mutex_lock (&self->lazy_mutex);
  if (self->dominated == NULL)
    {
      guint32 *first = calloc ((gsize) self->n_nodes + 1, sizeof (guint32));
      guint32 *nodes = malloc (self->n_nodes * sizeof (guint32));

      if (first == NULL || nodes == NULL)
        {
          free (first);
          free (nodes);
          g_mutex_unlock (&self->lazy_mutex);
          return FALSE;
        }
      for (guint32 i = 0; i < self->n_nodes; i++)
        if (i != self->root)
          first[dominator[i] + 1]++;
      for (gsize i = 1; i <= self->n_nodes; i++)
        first[i] += first[i - 1];
      /* Each group is filled from its end, so that first[i + 1] slides back to where group i begins. */
      for (guint32 i = self->n_nodes; i-- > 0;)
        if (i != self->root)
          nodes[--first[dominator[i] + 1]] = i;
      memmove (first, first + 1, self->n_nodes * sizeof (guint32));
      first[self->n_nodes] = self->n_nodes - 1;
      self->first_dominated = first;
      self->dominated = nodes;
    }
  g_mutex_unlock (&self->lazy_mutex);

  return TRUE;
}

/**
 * hw_heap_get_n_dominated:
 * @self: a heap
 * @node: a node
 *
 * Cost: the first call is linear in the heap.
 *
 * Returns: how many nodes it dominates immediately
 */
guint32
hw_heap_get_n_dominated (HwHeap   *self,
                         HwNodeId  node)
{
  g_return_val_if_fail (self != NULL && node.value < self->n_nodes, 0);

  if (!ensure_dominated (self))
    return 0;

  return self->first_dominated[node.value + 1] - self->first_dominated[node.value];
}

/**
 * hw_heap_get_dominated:
 * @self: a heap
 * @node: a node
 * @i: less than hw_heap_get_n_dominated()
 *
 * Returns: a node it dominates immediately, in file order
 */
HwNodeId
hw_heap_get_dominated (HwHeap   *self,
                       HwNodeId  node,
                       guint32   i)
{
  g_return_val_if_fail (i < hw_heap_get_n_dominated (self, node), HW_NODE_NONE);

  return HW_NODE (self->dominated[self->first_dominated[node.value] + i]);
}

/**
 * hw_heap_get_n_shapes:
 * @self: a heap
 *
 * Returns: the number of inferred definitions of plain objects
 */
guint
hw_heap_get_n_shapes (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->shapes != NULL ? self->shapes->len : 0;
}

/**
 * hw_heap_get_shape_name:
 * @self: a heap
 * @i: a place in the ranking
 *
 * Returns: (transfer none): such as {id, name}; WTF-8
 */
const char *
hw_heap_get_shape_name (HwHeap *self,
                        guint   i)
{
  g_return_val_if_fail (i < hw_heap_get_n_shapes (self), NULL);

  return ((HwShape *) g_ptr_array_index (self->shapes, i))->name;
}

/**
 * hw_heap_get_shape_properties:
 * @self: a heap
 * @i: a place in the ranking
 *
 * Returns: (transfer none): the property names, NULL-terminated
 */
const char * const *
hw_heap_get_shape_properties (HwHeap *self,
                              guint   i)
{
  g_return_val_if_fail (i < hw_heap_get_n_shapes (self), NULL);

  return (const char * const *) ((HwShape *) g_ptr_array_index (self->shapes, i))->properties;
}
