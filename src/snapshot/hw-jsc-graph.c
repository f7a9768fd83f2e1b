/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/hw-ids.h"
#include "snapshot/hw-jsc-graph-private.h"
#include "snapshot/hw-snapshot-reader-private.h"

/*
 * The second phase of reading a JavaScriptCore snapshot: from references between object ids to the sink's
 * events, nodes with counts and then edges in the nodes' order. Memory is linear in the records, some
 * 21 bytes a node and 17 an edge, and is given back before the heap is computed.
 *
 * How its cells become nodes, so that the views, filters and sizes mean the same as for V8:
 *
 *   string, symbol, BigInt           string, symbol, bigint; their texts are not in the file
 *   Function                         closure when a label gives its name, else an object called Function
 *   …Executable, …CodeBlock          code
 *   Structure…, PropertyTable, SymbolTable    object shape
 *   Cell Butterfly and its like      array: an array's or object's own storage, counted as part of its owner
 *   flagged as internal              hidden
 *   all others                       object, called by their class
 *
 * References: Property → property, Index → element, Variable → context, Internal → internal without a name, but
 * for the root's, which have the reason for which the object is kept alive.
 */

/* Columns of what the sink is told, in V8's own order. */
#define NODE_FIELDS 5
#define EDGE_FIELDS 3

/* Flags of a node. */
#define FLAG_INTERNAL 1

/* Ids are a running number, so there are not many more than objects; else they are searched. */
#define DENSE_FACTOR 8
#define DENSE_LEAST  65536

/* Looked at every few thousand steps. */
#define RETURN_IF_CANCELLED(i, cancellable, error)                                          \
  G_STMT_START                                                                               \
    {                                                                                        \
      if (((i) & 0xffff) == 0 && g_cancellable_set_error_if_cancelled ((cancellable), (error))) \
        return FALSE;                                                                        \
    }                                                                                        \
  G_STMT_END

/* Ready for records. */
void
hw_jsc_graph_init (HwJscGraph *self)
{
  static const HwEdgeKind usual[] = { HW_EDGE_KIND_INTERNAL, HW_EDGE_KIND_PROPERTY, HW_EDGE_KIND_ELEMENT, HW_EDGE_KIND_CONTEXT };

  memset (self, 0, sizeof *self);
  hw_column_init (&self->node_id, 4);
  hw_column_init (&self->node_size, 8);
  hw_column_init (&self->node_class, 4);
  hw_column_init (&self->node_label, 4);
  hw_column_init (&self->node_flags, 1);
  hw_column_init (&self->class_kind, 1);
  hw_column_init (&self->edge_from, 4);
  hw_column_init (&self->edge_to, 4);
  hw_column_init (&self->edge_data, 4);
  hw_column_init (&self->edge_type, 1);
  hw_column_init (&self->root_node, 4);
  hw_column_init (&self->root_reason, 4);

  /* In case the file ends before it says so. */
  for (guint i = 0; i < HW_JSC_MAX_EDGE_TYPES; i++)
    self->edge_kinds[i] = i < G_N_ELEMENTS (usual) ? usual[i] : HW_EDGE_KIND_INTERNAL;
}

/* Frees what it holds. */
void
hw_jsc_graph_clear (HwJscGraph *self)
{
  hw_column_clear (&self->node_id);
  hw_column_clear (&self->node_size);
  hw_column_clear (&self->node_class);
  hw_column_clear (&self->node_label);
  hw_column_clear (&self->node_flags);
  hw_column_clear (&self->class_kind);
  hw_column_clear (&self->edge_from);
  hw_column_clear (&self->edge_to);
  hw_column_clear (&self->edge_data);
  hw_column_clear (&self->edge_type);
  hw_column_clear (&self->root_node);
  hw_column_clear (&self->root_reason);
}

static inline void
push_u32 (HwColumn *column,
          guint64   value)
{
  hw_column_u32 (column)[column->length++] = (guint32) MIN (value, HW_NONE);
}

/* Takes a record of nodes: id, size, class, flags and, with @has_label, a label. */
gboolean
hw_jsc_graph_add_node (HwJscGraph     *self,
                       const guint64  *values,
                       gboolean        has_label,
                       GError        **error)
{
  if (!hw_column_reserve (&self->node_id, 1, error) || !hw_column_reserve (&self->node_size, 1, error) ||
      !hw_column_reserve (&self->node_class, 1, error) || !hw_column_reserve (&self->node_flags, 1, error) ||
      (has_label && !hw_column_reserve (&self->node_label, 1, error)))
    return FALSE;

  push_u32 (&self->node_id, values[0]);
  hw_column_u64 (&self->node_size)[self->node_size.length++] = values[1];
  push_u32 (&self->node_class, values[2]);
  hw_column_u8 (&self->node_flags)[self->node_flags.length++] = (guint8) values[3];
  if (has_label)
    push_u32 (&self->node_label, values[4]);

  return TRUE;
}

/* Takes a record of edges: from, to, type, data. */
gboolean
hw_jsc_graph_add_edge (HwJscGraph     *self,
                       const guint64  *values,
                       GError        **error)
{
  if (!hw_column_reserve (&self->edge_from, 1, error) || !hw_column_reserve (&self->edge_to, 1, error) ||
      !hw_column_reserve (&self->edge_type, 1, error) || !hw_column_reserve (&self->edge_data, 1, error))
    return FALSE;

  push_u32 (&self->edge_from, values[0]);
  push_u32 (&self->edge_to, values[1]);
  hw_column_u8 (&self->edge_type)[self->edge_type.length++] = (guint8) MIN (values[2], G_MAXUINT8);
  push_u32 (&self->edge_data, values[3]);

  return TRUE;
}

/* Takes a record of roots: object id, label of the reason, label of how it is reached. */
gboolean
hw_jsc_graph_add_root (HwJscGraph     *self,
                       const guint64  *values,
                       GError        **error)
{
  if (!hw_column_reserve (&self->root_node, 1, error) || !hw_column_reserve (&self->root_reason, 1, error))
    return FALSE;

  push_u32 (&self->root_node, values[0]);
  push_u32 (&self->root_reason, values[1]);

  return TRUE;
}

static gboolean
is_text (const char *text,
         gsize       n_bytes,
         const char *other)
{
  return strlen (other) == n_bytes && memcmp (text, other, n_bytes) == 0;
}

static gboolean
has_suffix (const char *text,
            gsize       n_bytes,
            const char *suffix)
{
  gsize length = strlen (suffix);

  return n_bytes >= length && memcmp (text + n_bytes - length, suffix, length) == 0;
}

/* Takes the next class name: what are its cells? */
gboolean
hw_jsc_graph_add_class (HwJscGraph  *self,
                        const char  *name,
                        gsize        n_bytes,
                        GError     **error)
{
  static const struct
  {
    const char *name;
    HwNodeKind  kind;
  } kinds[] = {
    { "<root>", HW_NODE_KIND_SYNTHETIC },
    { "string", HW_NODE_KIND_STRING },
    { "symbol", HW_NODE_KIND_SYMBOL },
    { "BigInt", HW_NODE_KIND_BIGINT },
    { "HeapBigInt", HW_NODE_KIND_BIGINT },
    { "Function", HW_NODE_KIND_CLOSURE },
    { "AsyncFunction", HW_NODE_KIND_CLOSURE },
    { "Structure", HW_NODE_KIND_OBJECT_SHAPE },
    { "StructureRareData", HW_NODE_KIND_OBJECT_SHAPE },
    { "StructureChain", HW_NODE_KIND_OBJECT_SHAPE },
    { "PropertyTable", HW_NODE_KIND_OBJECT_SHAPE },
    { "SymbolTable", HW_NODE_KIND_OBJECT_SHAPE },
    { "Cell Butterfly", HW_NODE_KIND_ARRAY },
    { "Immutable Butterfly", HW_NODE_KIND_ARRAY },
    { "SparseArrayValueMap", HW_NODE_KIND_ARRAY },
  };
  HwNodeKind kind = HW_NODE_KIND_OBJECT;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (is_text (name, n_bytes, kinds[i].name))
      kind = kinds[i].kind;
  if (has_suffix (name, n_bytes, "Executable") || has_suffix (name, n_bytes, "CodeBlock"))
    kind = HW_NODE_KIND_CODE;

  if (!hw_column_reserve (&self->class_kind, 1, error))
    return FALSE;
  hw_column_u8 (&self->class_kind)[self->class_kind.length++] = (guint8) kind;

  return TRUE;
}

/* Takes the next name of a kind of references. */
void
hw_jsc_graph_add_edge_type (HwJscGraph *self,
                            const char *name,
                            gsize       n_bytes)
{
  if (self->n_edge_types >= HW_JSC_MAX_EDGE_TYPES)
    return;

  self->edge_kinds[self->n_edge_types++] =
    is_text (name, n_bytes, "Property") ? HW_EDGE_KIND_PROPERTY
    : is_text (name, n_bytes, "Index") ? HW_EDGE_KIND_ELEMENT
    : is_text (name, n_bytes, "Variable") ? HW_EDGE_KIND_CONTEXT
    : HW_EDGE_KIND_INTERNAL;
}

/* From object ids to nodes. */
typedef struct
{
  const guint32 *ids;
  guint32        n_nodes;
  gboolean       dense;
  HwColumn       nodes;        /* u32: by id when @dense, else ascending by id */
} IdMap;

static int
compare_ids (gconstpointer a,
             gconstpointer b,
             gpointer      user_data)
{
  const guint32 *ids = user_data;
  guint32 i = *(const guint32 *) a, j = *(const guint32 *) b;

  if (ids[i] != ids[j])
    return ids[i] < ids[j] ? -1 : 1;

  return i < j ? -1 : i > j;
}

static gboolean
id_map_init (IdMap             *self,
             const HwJscGraph  *graph,
             GError           **error)
{
  guint32 greatest = 0;

  self->ids = hw_column_u32 (&graph->node_id);
  self->n_nodes = (guint32) graph->node_id.length;
  hw_column_init (&self->nodes, 4);
  for (guint32 i = 0; i < self->n_nodes; i++)
    greatest = MAX (greatest, self->ids[i]);

  self->dense = greatest / DENSE_FACTOR <= self->n_nodes || greatest < DENSE_LEAST;
  if (!hw_column_resize (&self->nodes, self->dense ? (gsize) greatest + 1 : self->n_nodes, error))
    return FALSE;

  if (!self->dense)
    {
      for (guint32 i = 0; i < self->n_nodes; i++)
        hw_column_u32 (&self->nodes)[i] = i;
      g_sort_array (hw_column_u32 (&self->nodes), self->n_nodes, 4, compare_ids, (gpointer) self->ids);
      return TRUE;
    }

  memset (self->nodes.data, 0xff, self->nodes.length * 4);
  /* Of several with one id the first is meant. */
  for (guint32 i = self->n_nodes; i-- > 0;)
    hw_column_u32 (&self->nodes)[self->ids[i]] = i;

  return TRUE;
}

static guint32
id_map_find (const IdMap *self,
             guint32      id)
{
  const guint32 *nodes = hw_column_u32 (&self->nodes);
  guint32 low = 0, high = self->n_nodes;

  if (self->dense)
    return id < self->nodes.length ? nodes[id] : HW_NONE;

  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;

      if (self->ids[nodes[middle]] < id)
        low = middle + 1;
      else
        high = middle;
    }

  return low < self->n_nodes && self->ids[nodes[low]] == id ? nodes[low] : HW_NONE;
}

/* What tell_nodes() and tell_edges() need. */
typedef struct
{
  HwJscGraph           *graph;
  guint64               offset;
  const HwSnapshotSink *sink;
  gpointer              sink_data;
  GCancellable         *cancellable;
  HwColumn              first;         /* u32, n_nodes + 1: where the edges of each node begin in @order */
  HwColumn              order;         /* u32, edges in the nodes' order */
  HwColumn              reason;        /* u32, of each node: the label of why it is a root; empty without */
  guint64               values[HW_SNAPSHOT_BATCH];
} Telling;

static guint64
string_of (const HwJscStrings *strings,
           guint32             i)
{
  return i < strings->n ? (guint64) strings->first + i : G_MAXUINT64;
}

/* Turns ids into nodes, and sorts the edges by the node they come from. */
static gboolean
sort_edges (Telling      *self,
            const IdMap  *map,
            guint64      *n_dropped,
            GError      **error)
{
  HwJscGraph *graph = self->graph;
  guint32 *from = hw_column_u32 (&graph->edge_from), *to = hw_column_u32 (&graph->edge_to);
  gsize n_edges = graph->edge_data.length, n_kept = 0;
  guint32 *first, *order;

  if (!hw_column_resize (&self->first, (gsize) map->n_nodes + 1, error))
    return FALSE;
  first = hw_column_u32 (&self->first);
  memset (first, 0, ((gsize) map->n_nodes + 1) * 4);

  for (gsize e = 0; e < n_edges; e++)
    {
      RETURN_IF_CANCELLED (e, self->cancellable, error);
      from[e] = id_map_find (map, from[e]);
      to[e] = id_map_find (map, to[e]);
      if (from[e] == HW_NONE || to[e] == HW_NONE)
        {
          from[e] = HW_NONE;
          continue;
        }
      first[from[e]]++;
      n_kept++;
    }
  *n_dropped = n_edges - n_kept;

  if (!hw_column_resize (&self->order, n_kept, error))
    return FALSE;
  order = hw_column_u32 (&self->order);

  /* Ends of the ranges, which become their beginnings as they are filled from behind. */
  for (guint32 i = 1; i <= map->n_nodes; i++)
    first[i] += first[i - 1];
  for (gsize e = n_edges; e-- > 0;)
    {
      RETURN_IF_CANCELLED (e, self->cancellable, error);
      if (from[e] != HW_NONE)
        order[--first[from[e]]] = (guint32) e;
    }

  return TRUE;
}

static gboolean
note_reasons (Telling      *self,
              const IdMap  *map,
              GError      **error)
{
  const HwJscGraph *graph = self->graph;

  if (graph->root_node.length == 0)
    return TRUE;
  if (!hw_column_resize (&self->reason, map->n_nodes, error))
    return FALSE;

  memset (self->reason.data, 0, self->reason.length * 4);
  for (gsize i = 0; i < graph->root_node.length; i++)
    {
      guint32 node = id_map_find (map, hw_column_u32 (&graph->root_node)[i]);

      if (node != HW_NONE)
        hw_column_u32 (&self->reason)[node] = hw_column_u32 (&graph->root_reason)[i];
    }

  return TRUE;
}

/* What a node is, and where its name is. */
static HwNodeKind
get_kind (const HwJscGraph *graph,
          guint32           node,
          guint64          *name)
{
  guint32 class = hw_column_u32 (&graph->node_class)[node];
  guint32 label = graph->node_label.length > 0 ? hw_column_u32 (&graph->node_label)[node] : 0;
  HwNodeKind kind = class < graph->class_kind.length ? hw_column_u8 (&graph->class_kind)[class] : HW_NODE_KIND_OBJECT;

  *name = string_of (&graph->class_names, class);
  if (kind == HW_NODE_KIND_CLOSURE)
    {
      if (label == 0 || label >= graph->labels.n)
        return HW_NODE_KIND_OBJECT;
      *name = string_of (&graph->labels, label);
    }
  else if (kind == HW_NODE_KIND_OBJECT && hw_column_u8 (&graph->node_flags)[node] & FLAG_INTERNAL)
    return HW_NODE_KIND_HIDDEN;

  return kind;
}

static gboolean
tell_nodes (Telling  *self,
            GError  **error)
{
  const HwJscGraph *graph = self->graph;
  const guint32 *first = hw_column_u32 (&self->first);
  guint32 n_nodes = (guint32) graph->node_id.length;
  gsize n_records = 0;

  for (guint32 i = 0; i < n_nodes; i++)
    {
      guint64 *row = self->values + n_records * NODE_FIELDS;

      RETURN_IF_CANCELLED (i, self->cancellable, error);
      row[0] = get_kind (graph, i, &row[1]);
      row[2] = hw_column_u32 (&graph->node_id)[i];
      row[3] = hw_column_u64 (&graph->node_size)[i];
      row[4] = first[i + 1] - first[i];
      n_records++;
      if ((n_records + 1) * NODE_FIELDS > HW_SNAPSHOT_BATCH || i + 1 == n_nodes)
        {
          if (!self->sink->records (self->sink_data, HW_SNAPSHOT_SECTION_NODES, self->values, n_records, self->offset, error))
            return FALSE;
          n_records = 0;
        }
    }

  return self->sink->section_end == NULL || self->sink->section_end (self->sink_data, HW_SNAPSHOT_SECTION_NODES, error);
}

/* Which kind of reference an edge is, and its name, an index or a string; string 0 is empty. */
static HwEdgeKind
get_edge (Telling *self,
          guint32  edge,
          guint64 *name)
{
  const HwJscGraph *graph = self->graph;
  guint8 type = hw_column_u8 (&graph->edge_type)[edge];
  guint32 data = hw_column_u32 (&graph->edge_data)[edge];
  HwEdgeKind kind = type < HW_JSC_MAX_EDGE_TYPES ? graph->edge_kinds[type] : HW_EDGE_KIND_INTERNAL;

  *name = 0;
  if (kind == HW_EDGE_KIND_ELEMENT)
    *name = data;
  else if (kind != HW_EDGE_KIND_INTERNAL)
    *name = string_of (&graph->edge_names, data);
  else if (self->reason.length > 0 && hw_column_u32 (&graph->edge_from)[edge] == 0)
    {
      guint32 reason = hw_column_u32 (&self->reason)[hw_column_u32 (&graph->edge_to)[edge]];

      if (reason < graph->labels.n)
        *name = string_of (&graph->labels, reason);
    }

  return kind;
}

static gboolean
tell_edges (Telling  *self,
            GError  **error)
{
  const HwJscGraph *graph = self->graph;
  const guint32 *order = hw_column_u32 (&self->order);
  gsize n_edges = self->order.length, n_records = 0;

  for (gsize i = 0; i < n_edges; i++)
    {
      guint64 *row = self->values + n_records * EDGE_FIELDS;

      RETURN_IF_CANCELLED (i, self->cancellable, error);
      row[0] = get_edge (self, order[i], &row[1]);
      row[2] = (guint64) hw_column_u32 (&graph->edge_to)[order[i]] * NODE_FIELDS;
      n_records++;
      if ((n_records + 1) * EDGE_FIELDS > HW_SNAPSHOT_BATCH || i + 1 == n_edges)
        {
          if (!self->sink->records (self->sink_data, HW_SNAPSHOT_SECTION_EDGES, self->values, n_records, self->offset, error))
            return FALSE;
          n_records = 0;
        }
    }

  return self->sink->section_end == NULL || self->sink->section_end (self->sink_data, HW_SNAPSHOT_SECTION_EDGES, error);
}

/*
 * Tells nodes and edges. References that name no object are left out and counted in *@n_dropped. The ids in
 * the graph are used up: it can be told once.
 */
gboolean
hw_jsc_graph_tell (HwJscGraph            *self,
                   guint64                offset,
                   const HwSnapshotSink  *sink,
                   gpointer               sink_data,
                   GCancellable          *cancellable,
                   guint64               *n_dropped,
                   GError               **error)
{
  g_autofree Telling *telling = g_new0 (Telling, 1);
  IdMap map = { 0 };
  gboolean ok;

  telling->graph = self;
  telling->offset = offset;
  telling->sink = sink;
  telling->sink_data = sink_data;
  telling->cancellable = cancellable;
  hw_column_init (&telling->first, 4);
  hw_column_init (&telling->order, 4);
  hw_column_init (&telling->reason, 4);

  ok = id_map_init (&map, self, error) && sort_edges (telling, &map, n_dropped, error) &&
       note_reasons (telling, &map, error);
  hw_column_clear (&map.nodes);
  ok = ok && tell_nodes (telling, error) && tell_edges (telling, error);

  hw_column_clear (&telling->first);
  hw_column_clear (&telling->order);
  hw_column_clear (&telling->reason);

  return ok;
}
