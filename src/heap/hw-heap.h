/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/hw-format.h"
#include "base/hw-ids.h"
#include "base/hw-progress.h"
#include "heap/hw-class-table.h"
#include "heap/hw-producer.h"
#include "snapshot/hw-snapshot-reader.h"

G_BEGIN_DECLS

#define HW_HEAP_ERROR (hw_heap_error_quark ())

/**
 * HwHeapError:
 * @HW_HEAP_ERROR_NO_ROOT: there is no node at all
 * @HW_HEAP_ERROR_BAD_COLUMN: a column that was handed in does not fit the others
 * @HW_HEAP_ERROR_NO_OBJECT: no object has the id
 *
 * Why a heap cannot be made or asked.
 */
typedef enum
{
  HW_HEAP_ERROR_NO_ROOT,
  HW_HEAP_ERROR_BAD_COLUMN,
  HW_HEAP_ERROR_NO_OBJECT,
} HwHeapError;

GQuark hw_heap_error_quark (void);

/**
 * HwHeap:
 *
 * What a snapshot holds: nodes, edges both ways, sizes after transfer, dominators, distances, classes.
 *
 * Immutable and complete once it exists, so any thread may read it without a lock; atomic reference
 * count. Columns are indexed by #HwNodeId and #HwEdgeId; edges lie in node order. Every rule is
 * DevTools'; the deviations are listed at the top of hw-heap.c.
 */
typedef struct _HwHeap HwHeap;

typedef enum
{
  HW_DETACHEDNESS_UNKNOWN,
  HW_DETACHEDNESS_ATTACHED,
  HW_DETACHEDNESS_DETACHED,
} HwDetachedness;

/**
 * HwLocation:
 * @line: 0-based, as in the file
 * @column: 0-based
 *
 * Where an object's constructor, or a function, stands.
 */
typedef struct
{
  guint32 script_id;
  guint32 line;
  guint32 column;
} HwLocation;

/**
 * HwHeapStatistics:
 *
 * The Statistics view, in bytes; @typed_arrays is part of @native, the four last are parts of @v8_heap.
 */
typedef struct
{
  guint64 total;
  guint64 native;
  guint64 typed_arrays;
  guint64 v8_heap;
  guint64 code;
  guint64 js_arrays;
  guint64 strings;
  guint64 system;
} HwHeapStatistics;

/* Called on the loading thread; ref the table to keep it. */
typedef void (*HwHeapClassesFunc) (HwClassTable *classes,
                                   gpointer      user_data);

/**
 * HwHeapLoadOptions:
 * @progress: (nullable): where phases are reported
 * @classes_func: (nullable): told the constructors as soon as they are known, perhaps without retained sizes
 * @classes_data: data for @classes_func
 *
 * How to load.
 */
typedef struct
{
  HwProgress        *progress;
  HwHeapClassesFunc  classes_func;
  gpointer           classes_data;
} HwHeapLoadOptions;

HwHeap           *hw_heap_load_sync               (GFile                    *file,
                                                   const HwHeapLoadOptions  *options,
                                                   GCancellable             *cancellable,
                                                   GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
HwHeap           *hw_heap_load_stream_sync        (GInputStream             *stream,
                                                   guint64                   expected_size,
                                                   const HwHeapLoadOptions  *options,
                                                   GCancellable             *cancellable,
                                                   GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

HwHeap           *hw_heap_ref                     (HwHeap                   *self);
void              hw_heap_unref                   (HwHeap                   *self);

/* The whole */
guint32           hw_heap_get_n_nodes             (HwHeap                   *self);
guint32           hw_heap_get_n_edges             (HwHeap                   *self);
guint32           hw_heap_get_n_strings           (HwHeap                   *self);
HwNodeId          hw_heap_get_root                (HwHeap                   *self);
guint64           hw_heap_get_total_size          (HwHeap                   *self);
guint64           hw_heap_get_extra_native_bytes  (HwHeap                   *self);
guint64           hw_heap_get_max_js_object_id    (HwHeap                   *self);
gboolean          hw_heap_get_has_user_roots      (HwHeap                   *self);
gboolean          hw_heap_get_has_traces          (HwHeap                   *self);
const HwProducer *hw_heap_get_producer            (HwHeap                   *self);
gboolean          hw_heap_get_has_texts           (HwHeap                   *self);
char             *hw_heap_dup_problem             (HwHeap                   *self);
HwClassTable     *hw_heap_get_class_table         (HwHeap                   *self);
void              hw_heap_get_statistics          (HwHeap                   *self,
                                                   HwHeapStatistics         *statistics);
const HwSnapshotDamage *hw_heap_get_damage        (HwHeap                   *self);
const char       *hw_heap_get_string              (HwHeap                   *self,
                                                   HwStringId                string);

/* Nodes */
gboolean          hw_heap_find_object             (HwHeap                   *self,
                                                   guint64                   object_id,
                                                   HwNodeId                 *node);
guint64           hw_heap_get_object_id           (HwHeap                   *self,
                                                   HwNodeId                  node);
HwNodeKind        hw_heap_get_node_kind           (HwHeap                   *self,
                                                   HwNodeId                  node);
const char       *hw_heap_get_node_kind_name      (HwHeap                   *self,
                                                   HwNodeId                  node);
const char       *hw_heap_get_node_raw_name       (HwHeap                   *self,
                                                   HwNodeId                  node);
char             *hw_heap_dup_node_name           (HwHeap                   *self,
                                                   HwNodeId                  node);
HwClassId         hw_heap_get_node_class          (HwHeap                   *self,
                                                   HwNodeId                  node);
guint64           hw_heap_get_shallow_size        (HwHeap                   *self,
                                                   HwNodeId                  node);
guint64           hw_heap_get_retained_size       (HwHeap                   *self,
                                                   HwNodeId                  node);
gint64            hw_heap_get_distance            (HwHeap                   *self,
                                                   HwNodeId                  node);
HwNodeId          hw_heap_get_dominator           (HwHeap                   *self,
                                                   HwNodeId                  node);
HwDetachedness    hw_heap_get_detachedness        (HwHeap                   *self,
                                                   HwNodeId                  node);
gboolean          hw_heap_get_is_queryable        (HwHeap                   *self,
                                                   HwNodeId                  node);
gboolean          hw_heap_get_location            (HwHeap                   *self,
                                                   HwNodeId                  node,
                                                   HwLocation               *location);
guint32           hw_heap_get_n_dominated         (HwHeap                   *self,
                                                   HwNodeId                  node);
HwNodeId          hw_heap_get_dominated           (HwHeap                   *self,
                                                   HwNodeId                  node,
                                                   guint32                   i);

/* Edges: the references of a node are the edges first … first + n - 1 */
guint32           hw_heap_get_n_references        (HwHeap                   *self,
                                                   HwNodeId                  node);
HwEdgeId          hw_heap_get_first_reference     (HwHeap                   *self,
                                                   HwNodeId                  node);
guint32           hw_heap_get_n_retainers         (HwHeap                   *self,
                                                   HwNodeId                  node);
HwEdgeId          hw_heap_get_retainer            (HwHeap                   *self,
                                                   HwNodeId                  node,
                                                   guint32                   i);
HwEdgeKind        hw_heap_get_edge_kind           (HwHeap                   *self,
                                                   HwEdgeId                  edge);
const char       *hw_heap_get_edge_kind_name      (HwHeap                   *self,
                                                   HwEdgeId                  edge);
gboolean          hw_heap_get_edge_is_indexed     (HwHeap                   *self,
                                                   HwEdgeId                  edge);
guint32           hw_heap_get_edge_index          (HwHeap                   *self,
                                                   HwEdgeId                  edge);
const char       *hw_heap_get_edge_text           (HwHeap                   *self,
                                                   HwEdgeId                  edge);
char             *hw_heap_dup_edge_name           (HwHeap                   *self,
                                                   HwEdgeId                  edge);
HwNodeId          hw_heap_get_edge_source         (HwHeap                   *self,
                                                   HwEdgeId                  edge);
HwNodeId          hw_heap_get_edge_target         (HwHeap                   *self,
                                                   HwEdgeId                  edge);

/* Inferred shapes of plain objects, in rank order */
guint             hw_heap_get_n_shapes            (HwHeap                   *self);
const char       *hw_heap_get_shape_name          (HwHeap                   *self,
                                                   guint                     i);
const char * const *hw_heap_get_shape_properties  (HwHeap                   *self,
                                                   guint                     i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwHeap, hw_heap_unref)

G_END_DECLS
