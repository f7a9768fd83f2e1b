/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define HW_SNAPSHOT_ERROR (hw_snapshot_error_quark ())

/**
 * HwSnapshotError:
 * @HW_SNAPSHOT_ERROR_EMPTY: the file has no bytes
 * @HW_SNAPSHOT_ERROR_NOT_JSON: the bytes are not JSON
 * @HW_SNAPSHOT_ERROR_NOT_SNAPSHOT: JSON, but of something else
 * @HW_SNAPSHOT_ERROR_UNSUPPORTED: a heap snapshot of a kind that is not read
 * @HW_SNAPSHOT_ERROR_DAMAGED: broken so early that nothing can be shown
 * @HW_SNAPSHOT_ERROR_TOO_LARGE: more nodes, edges or strings than ids
 * @HW_SNAPSHOT_ERROR_COMPRESSED: the compressed stream is broken from its start
 *
 * Why a snapshot cannot be read. Messages say what is wrong, at which byte and in which section.
 */
typedef enum
{
  HW_SNAPSHOT_ERROR_EMPTY,
  HW_SNAPSHOT_ERROR_NOT_JSON,
  HW_SNAPSHOT_ERROR_NOT_SNAPSHOT,
  HW_SNAPSHOT_ERROR_UNSUPPORTED,
  HW_SNAPSHOT_ERROR_DAMAGED,
  HW_SNAPSHOT_ERROR_TOO_LARGE,
  HW_SNAPSHOT_ERROR_COMPRESSED,
} HwSnapshotError;

GQuark hw_snapshot_error_quark (void);

/**
 * HwNodeKind:
 *
 * What a node is. The names are the file's own, so the numbers here are ours and stay; a kind the
 * file names otherwise, or numbers beyond its table, is HW_NODE_KIND_OTHER.
 */
typedef enum
{
  HW_NODE_KIND_HIDDEN,
  HW_NODE_KIND_ARRAY,
  HW_NODE_KIND_STRING,
  HW_NODE_KIND_OBJECT,
  HW_NODE_KIND_CODE,
  HW_NODE_KIND_CLOSURE,
  HW_NODE_KIND_REGEXP,
  HW_NODE_KIND_NUMBER,
  HW_NODE_KIND_NATIVE,
  HW_NODE_KIND_SYNTHETIC,
  HW_NODE_KIND_CONCATENATED_STRING,
  HW_NODE_KIND_SLICED_STRING,
  HW_NODE_KIND_SYMBOL,
  HW_NODE_KIND_BIGINT,
  HW_NODE_KIND_OBJECT_SHAPE,
  HW_NODE_KIND_OTHER,
} HwNodeKind;

/**
 * HwEdgeKind:
 *
 * What a reference is. HW_EDGE_KIND_OTHER counts as an internal edge with a text name.
 */
typedef enum
{
  HW_EDGE_KIND_CONTEXT,
  HW_EDGE_KIND_ELEMENT,
  HW_EDGE_KIND_PROPERTY,
  HW_EDGE_KIND_INTERNAL,
  HW_EDGE_KIND_HIDDEN,
  HW_EDGE_KIND_SHORTCUT,
  HW_EDGE_KIND_WEAK,
  HW_EDGE_KIND_OTHER,
} HwEdgeKind;

const char *hw_node_kind_get_name (HwNodeKind kind);
const char *hw_edge_kind_get_name (HwEdgeKind kind);

/* Whether an edge's name is a number instead of a string. */
#define HW_EDGE_KIND_IS_INDEXED(kind) ((kind) == HW_EDGE_KIND_ELEMENT || (kind) == HW_EDGE_KIND_HIDDEN)

/**
 * HwSnapshotSection:
 *
 * The top-level arrays that are understood. Others are skipped.
 */
typedef enum
{
  HW_SNAPSHOT_SECTION_HEADER,
  HW_SNAPSHOT_SECTION_NODES,
  HW_SNAPSHOT_SECTION_EDGES,
  HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS,
  HW_SNAPSHOT_SECTION_TRACE_TREE,
  HW_SNAPSHOT_SECTION_SAMPLES,
  HW_SNAPSHOT_SECTION_LOCATIONS,
  HW_SNAPSHOT_SECTION_SCOPES,
  HW_SNAPSHOT_SECTION_SCOPE_CONTEXT_VARS,
  HW_SNAPSHOT_SECTION_SCOPE_USES,
  HW_SNAPSHOT_SECTION_STRINGS,
  HW_SNAPSHOT_N_SECTIONS,
} HwSnapshotSection;

const char *hw_snapshot_section_get_name (HwSnapshotSection section);

/**
 * HwSnapshotLayout:
 * @n_fields: numbers in one record of each section; 0 when the header does not announce the section
 * @node_type: column of the node's kind, or -1; likewise the other columns
 * @node_kinds: the file's kind number → #HwNodeKind; V8's own order when the file has no table
 * @node_kind_names: the file's kind number → its name; NULL-terminated
 * @declared_nodes: the count the header announces; a hint, never trusted for allocation
 * @root_index: the root's node index (record × fields), normally 0
 * @extra_native_bytes: bytes of the embedder that no node stands for
 * @is_jsc: the file is JavaScriptCore's: it has no texts of strings, and names of functions only sometimes
 *
 * What the file's own field lists say: every column is found by its name, never by its place.
 *
 * The reader owns it; it lives as long as the reader.
 */
typedef struct
{
  guint    n_fields[HW_SNAPSHOT_N_SECTIONS];

  int      node_type;
  int      node_name;
  int      node_id;
  int      node_self_size;
  int      node_edge_count;
  int      node_trace_node_id;
  int      node_detachedness;

  int      edge_type;
  int      edge_name_or_index;
  int      edge_to_node;

  int      function_id;
  int      function_name;
  int      function_script_name;
  int      function_script_id;
  int      function_line;
  int      function_column;

  int      trace_id;
  int      trace_function_info_index;
  int      trace_count;
  int      trace_size;
  int      trace_children;

  int      sample_timestamp;
  int      sample_last_assigned_id;

  int      location_object_index;
  int      location_script_id;
  int      location_line;
  int      location_column;

  guint8  *node_kinds;
  char   **node_kind_names;
  guint    n_node_kinds;
  guint8  *edge_kinds;
  char   **edge_kind_names;
  guint    n_edge_kinds;

  guint64  declared_nodes;
  guint64  declared_edges;
  guint64  root_index;
  guint64  extra_native_bytes;
  gboolean is_jsc;
} HwSnapshotLayout;

HwSnapshotLayout *hw_snapshot_layout_parse (const char  *json,
                                            gsize        length,
                                            GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void              hw_snapshot_layout_free  (HwSnapshotLayout *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSnapshotLayout, hw_snapshot_layout_free)

G_END_DECLS
