/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-bitset.h"
#include "base/hw-column.h"
#include "heap/hw-allocations-private.h"
#include "heap/hw-heap.h"

G_BEGIN_DECLS

/* The source of every so many edges is kept, so that finding one is a search among few nodes. */
#define HW_SOURCE_STEP 64

/*
 * One byte per node: the kind (4 bits), the detachedness (2 bits), and whether a window reaches the object
 * by properties ("queryable").
 */
#define HW_NODE_KIND_MASK     0x0f
#define HW_NODE_STATE_SHIFT   4
#define HW_NODE_STATE_MASK    0x30
#define HW_NODE_QUERYABLE     0x40

/**
 * HwKnownString:
 *
 * Strings that the rules ask for; each is one id, or HW_NONE when the file does not have it.
 */
typedef enum
{
  HW_KNOWN_OBJECT,               /* Object */
  HW_KNOWN_PROTO,                /* __proto__ */
  HW_KNOWN_NATIVE_CONTEXT,       /* system / NativeContext */
  HW_KNOWN_SLOPPY_FUNCTION_MAP,
  HW_KNOWN_MAP_DESCRIPTORS,      /* (map descriptors) */
  HW_KNOWN_EXTERNAL_STRING_DATA, /* system / ExternalStringData */
  HW_KNOWN_DOCUMENT_DOM_TREES,   /* (Document DOM trees) */
  HW_KNOWN_ARRAY,                /* Array */
  HW_KNOWN_ELEMENTS,
  HW_KNOWN_ARRAY_BUFFER_DATA,    /* system / JSArrayBufferData */
  HW_KNOWN_FIRST,
  HW_KNOWN_SECOND,
  HW_KNOWN_PROCESS,
  HW_KNOWN_DENO,
  HW_KNOWN_TYPESCRIPT,
  HW_N_KNOWN,
} HwKnownString;

/**
 * HwWeakPairs:
 * @is_pair: which strings are names of WeakMap entry edges
 * @strings: their ids, ascending
 * @pairs: for each of @strings, which pair it belongs to: both halves have the same number
 * @tables: for each of @strings, the object id of its table
 *
 * The names that tie the two halves of a WeakMap entry together.
 */
typedef struct
{
  HwBitset  is_pair;
  GArray   *strings;  /* guint32 */
  GArray   *pairs;    /* guint32 */
  GArray   *tables;   /* guint64 */
  guint32   n_pairs;
} HwWeakPairs;

/**
 * HwShape:
 * @name: such as {id, name}; WTF-8
 * @properties: NULL-terminated, in edge order, not quoted
 *
 * One inferred definition of plain objects.
 */
typedef struct
{
  char  *name;
  char **properties;
  guint  n_properties;
} HwShape;

/**
 * HwSizes:
 * @near: u16, HW_SIZE_FAR for those in @far_size; u64 when there are too many of them
 * @far_node: u32 HwNodeId, ascending
 * @far_size: u64, of @far_node
 *
 * A size in bytes for each node. Of 2.8 M objects 15 are as large as 64 kB, and 24,000 retain as much.
 */
typedef struct
{
  HwColumn near;
  HwColumn far_node;
  HwColumn far_size;
} HwSizes;

#define HW_SIZE_FAR G_MAXUINT16

/**
 * HwDominatorTree:
 * @vertex: u32, number → node
 * @parent: u32, number → number of the dominator, which is less
 * @scratch: u64 per number for the semidominators and for retained sizes, then half of that for classes
 *
 * The dominators in the space of depth-first numbers, where what belongs together is near each other. 0 is
 * the root.
 */
typedef struct
{
  HwColumn vertex;
  HwColumn parent;
  HwColumn scratch;
} HwDominatorTree;

/**
 * HwLazy:
 *
 * Columns that a heap may fill only when they are asked for, when it came from an index (hw-heap-lazy.c). Who reads one
 * of them after loading calls hw_heap_need() first.
 */
typedef enum
{
  HW_LAZY_NODE_ID,
  HW_LAZY_DOMINATOR,
  HW_LAZY_EDGE_TARGET,
  HW_LAZY_RETAINER,
  HW_LAZY_LOCATION_SCRIPT,
  HW_LAZY_LOCATION_LINE,
  HW_LAZY_LOCATION_COLUMN,
  HW_N_LAZY,
} HwLazy;

typedef struct _HwLazyColumns HwLazyColumns;

struct _HwHeap
{
  gatomicrefcount  ref_count;

  guint32          n_nodes;
  guint32          n_edges;
  guint32          n_strings;
  guint32          root;
  gboolean         has_user_roots;
  guint64          extra_native_bytes;
  guint64          max_js_object_id;
  HwProducer       producer;

  /* Nodes, by HwNodeId. */
  HwColumn         node_flags;       /* u8, see above */
  HwColumn         node_file_kind;   /* u8, the file's kind number; empty unless a node is of an unknown kind */
  HwColumn         node_name;        /* u32 HwStringId */
  HwColumn         node_id;          /* u32 or u64, the file's object ids */
  HwSizes          node_size;        /* after transfer */
  HwColumn         first_edge;       /* u32, n_nodes + 1 */
  HwColumn         first_retainer;   /* u32, n_nodes + 1 */
  HwColumn         dominator;        /* u32 HwNodeId */
  HwSizes          retained;
  HwColumn         distance;         /* u8 to u64, a code, see hw_distance_from_code() */
  HwColumn         node_class;       /* u8 to u32 HwClassId */
  HwColumn         trace_node;       /* u32 place in the tree of calls + 1, or 0; empty without stacks */
  HwColumn         node_pattern;     /* u32, where the kinds and names of the node's edges begin in pattern_* */

  /* What edges are called; nodes share patterns (hw-patterns.c). */
  HwColumn         pattern_kind;     /* u8 HwEdgeKind */
  HwColumn         pattern_name;     /* u32 HwStringId, or the index */

  /* Edges, by HwEdgeId, in node order. */
  HwColumn         edge_target;      /* u24 or u32 HwNodeId */
  HwColumn         edge_source;      /* u32 HwNodeId, of each HW_SOURCE_STEP-th edge only */
  HwColumn         retainer;         /* u32 HwEdgeId, by first_retainer; ascending within a node */

  /* Strings: WTF-8, each NUL-terminated. */
  HwColumn         string_offset;    /* u32 or u64, n_strings + 1 */
  HwColumn         string_bytes;     /* u8 */
  guint32          known[HW_N_KNOWN];
  guint32          missing;          /* stands for all names that a damaged file lacks, or HW_NONE */

  /* Locations, ascending by node. */
  HwColumn         location_node;    /* u32 HwNodeId */
  HwColumn         location_script;  /* u32 */
  HwColumn         location_line;    /* u32 */
  HwColumn         location_column;  /* u32 */

  HwAllocations    allocations;

  char           **node_kind_names;  /* the file's, by its own kind numbers */
  GPtrArray       *shapes;           /* HwShape, in rank order */
  HwClassTable    *classes;
  HwHeapStatistics statistics;
  HwSnapshotDamage *damage;          /* NULL for a whole file */

  HwLazyColumns   *lazy;             /* what is still to be filled of a restored heap; NULL for one that was read */

  /* Made when first asked for, under the mutex; never changed afterwards. */
  GMutex           lazy_mutex;
  guint32         *by_object_id;     /* node ids, ascending by object id */
  guint32         *first_dominated;  /* n_nodes + 1 */
  guint32         *dominated;
  GMutex           ranks_mutex;
  guint32         *string_ranks;     /* for each string how many different ones are less */
};

/* hw-heap-lazy.c */
void      hw_lazy_columns_free         (HwLazyColumns *self);
void      hw_lazy_columns_fill         (HwLazyColumns *self,
                                        HwLazy         lazy,
                                        gsize          first,
                                        gsize          n);

/* Before reading @n elements of a column from @first on. Costs a look at a pointer when the heap was read. */
static inline void
hw_heap_need (const HwHeap *self,
              HwLazy        lazy,
              gsize         first,
              gsize         n)
{
  if (G_UNLIKELY (self->lazy != NULL))
    hw_lazy_columns_fill (self->lazy, lazy, first, n);
}

static inline HwNodeKind
hw_heap_kind (const HwHeap *self,
              guint32       node)
{
  return (HwNodeKind) (hw_column_u8 (&self->node_flags)[node] & HW_NODE_KIND_MASK);
}

static inline const char *
hw_heap_string (const HwHeap *self,
                guint32       string)
{
  return (const char *) hw_column_u8 (&self->string_bytes) + hw_column_get (&self->string_offset, string);
}

static inline gsize
hw_heap_string_length (const HwHeap *self,
                       guint32       string)
{
  return (gsize) (hw_column_get (&self->string_offset, (gsize) string + 1) -
                  hw_column_get (&self->string_offset, string) - 1);
}

/* From an edge of @node to its entry in pattern_*: add this to the edge; modulo 2⁶⁴, as it may be "negative". */
static inline gsize
hw_heap_pattern_shift (const HwHeap *self,
                       guint32       node)
{
  return (gsize) hw_column_u32 (&self->node_pattern)[node] - hw_column_u32 (&self->first_edge)[node];
}

/* Whether the node is a plain object, one that gets an inferred shape. */
static inline gboolean
hw_heap_is_plain_object (const HwHeap *self,
                         guint32       node)
{
  return hw_column_u32 (&self->node_name)[node] == self->known[HW_KNOWN_OBJECT] &&
         hw_heap_kind (self, node) == HW_NODE_KIND_OBJECT;
}

/* Whether @node, a child of the root, is where the person's own objects begin. */
static inline gboolean
hw_heap_is_user_root (const HwHeap *self,
                      guint32       node)
{
  return hw_heap_kind (self, node) != HW_NODE_KIND_SYNTHETIC ||
         hw_column_u32 (&self->node_name)[node] == self->known[HW_KNOWN_DOCUMENT_DOM_TREES];
}

/*
 * Distances as they are kept: 0 is unreachable, then odd for those from a user root and even for those from
 * the root, which count from HW_DISTANCE_SYSTEM on when there are user roots. Mostly that needs 16 bits.
 */
static inline guint64
hw_distance_to_code (guint64  steps,
                     gboolean from_root)
{
  return 2 * steps + 1 + (from_root ? 1 : 0);
}

static inline gint64
hw_distance_from_code (guint64  code,
                       gboolean has_user_roots)
{
  if (code == 0)
    return HW_DISTANCE_UNREACHABLE;

  return (gint64) ((code - 1) / 2) + ((code & 1) == 0 && has_user_roots ? HW_DISTANCE_SYSTEM : 0);
}

/* Looked at every few thousand steps of every loop that is linear in the heap. */
#define HW_CANCEL_STEPS 0xffff

#define HW_RETURN_IF_CANCELLED(i, cancellable, error)                                  \
  G_STMT_START                                                                         \
    {                                                                                  \
      if (((i) & HW_CANCEL_STEPS) == 0 &&                                              \
          g_cancellable_set_error_if_cancelled ((cancellable), (error)))               \
        return FALSE;                                                                  \
    }                                                                                  \
  G_STMT_END

HwHeap   *hw_heap_new                  (void);
const guint32 *hw_heap_ensure_by_object_id (HwHeap      *self);
gboolean  hw_heap_append_string        (HwHeap        *self,
                                        const char    *text,
                                        gsize          n_bytes,
                                        GError       **error);
gboolean  hw_heap_find_known_strings   (HwHeap        *self,
                                        GError       **error);

/* hw-string-ranks.c */
const guint32 *hw_heap_ensure_string_ranks (HwHeap    *self,
                                        GCancellable  *cancellable,
                                        GError       **error);

/* hw-weak-pairs.c */
gboolean  hw_weak_pairs_init           (HwWeakPairs   *self,
                                        HwHeap        *heap,
                                        GCancellable  *cancellable,
                                        GError       **error);
void      hw_weak_pairs_clear          (HwWeakPairs   *self);
guint     hw_weak_pairs_find           (const HwWeakPairs *self,
                                        guint32        string);
gboolean  hw_weak_pair_parse           (const char    *name,
                                        const char   **pair,
                                        guint64       *table_id);

/* hw-dom-state.c */
gboolean  hw_heap_propagate_dom_state  (HwHeap        *self,
                                        gboolean       has_column,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean  hw_heap_mark_page_owned      (HwHeap        *self,
                                        HwBitset      *page_owned,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean  hw_heap_mark_queryable       (HwHeap        *self,
                                        HwBitset      *queryable,
                                        GCancellable  *cancellable,
                                        GError       **error);

/* hw-patterns.c */
typedef struct _HwPatterns HwPatterns;

HwPatterns *hw_patterns_new            (HwHeap        *heap,
                                        GError       **error);
void      hw_patterns_free             (HwPatterns    *self);
gboolean  hw_patterns_add              (HwPatterns    *self,
                                        const guint8  *kinds,
                                        const guint32 *names,
                                        gsize          n,
                                        GError       **error);
gboolean  hw_patterns_end              (HwPatterns    *self,
                                        GError       **error);
guint64   hw_heap_check_names          (HwHeap        *self,
                                        guint32        missing);
gboolean  hw_heap_check_edges          (HwHeap        *self,
                                        guint64       *n_bad,
                                        guint32       *first_bad,
                                        GError       **error);

/* hw-edges.c */
gsize     hw_heap_edge_entry           (const HwHeap  *self,
                                        guint32        edge);
gboolean  hw_heap_note_sources         (HwHeap        *self,
                                        GError       **error);
gboolean  hw_heap_build_retainers      (HwHeap        *self,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean  hw_heap_mark_essential       (HwHeap        *self,
                                        const HwWeakPairs *pairs,
                                        const HwBitset *page_owned,
                                        HwBitset      *essential,
                                        HwBitset      *has_predecessor,
                                        GCancellable  *cancellable,
                                        GError       **error);

/* hw-heap-doubt.c */
void      hw_heap_note_doubt           (HwHeap        *self,
                                        guint32        n_fitting,
                                        guint32        first_bad);

/* hw-dominators.c */
gboolean  hw_heap_compute_dominators   (HwHeap        *self,
                                        const HwBitset *essential,
                                        const HwBitset *has_predecessor,
                                        HwDominatorTree *tree,
                                        GCancellable  *cancellable,
                                        GError       **error);

gboolean  hw_heap_store_dominators     (HwHeap        *self,
                                        const HwDominatorTree *tree,
                                        GCancellable  *cancellable,
                                        GError       **error);
void      hw_dominator_tree_clear      (HwDominatorTree *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HwDominatorTree, hw_dominator_tree_clear)

/* hw-distances.c */
gboolean  hw_heap_compute_distances    (HwHeap        *self,
                                        const HwWeakPairs *pairs,
                                        GCancellable  *cancellable,
                                        GError       **error);

/* hw-size-column.c */
void      hw_sizes_init                (HwSizes       *self);
void      hw_sizes_clear               (HwSizes       *self);
gboolean  hw_sizes_has_many_far        (const HwSizes *self,
                                        gsize          n_far);
gboolean  hw_sizes_widen               (HwSizes       *self,
                                        GError       **error);
gboolean  hw_sizes_set_far             (HwSizes       *self,
                                        gsize          i,
                                        guint64        size,
                                        GError       **error);
gboolean  hw_sizes_sort                (HwSizes       *self,
                                        GError       **error);
guint64   hw_sizes_get_far             (const HwSizes *self,
                                        gsize          i);

static inline guint64
hw_sizes_get (const HwSizes *self,
              gsize          i)
{
  guint16 near;

  if (G_UNLIKELY (self->near.width == 8))
    return hw_column_u64 (&self->near)[i];
  near = hw_column_u16 (&self->near)[i];

  return G_LIKELY (near != HW_SIZE_FAR) ? near : hw_sizes_get_far (self, i);
}

/* Sets the size of a node that has no far one yet, see hw_sizes_set_far(). */
static inline gboolean
hw_sizes_set (HwSizes  *self,
              gsize     i,
              guint64   size,
              GError  **error)
{
  if (G_UNLIKELY (size >= HW_SIZE_FAR || self->near.width == 8))
    return hw_sizes_set_far (self, i, size, error);
  hw_column_u16 (&self->near)[i] = (guint16) size;

  return TRUE;
}

/* hw-sizes.c */
gboolean  hw_heap_transfer_sizes       (HwHeap        *self,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean  hw_heap_compute_retained     (HwHeap        *self,
                                        HwDominatorTree *tree,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean  hw_heap_compute_statistics   (HwHeap        *self,
                                        GCancellable  *cancellable,
                                        GError       **error);

/* hw-classes.c */
gboolean  hw_heap_classify             (HwHeap        *self,
                                        GPtrArray    **shapes,
                                        HwColumn      *class_of_node,
                                        GArray       **rows,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean  hw_heap_list_instances       (HwHeap        *self,
                                        const HwColumn *class_of_node,
                                        guint          n_classes,
                                        const guint32 *order,
                                        guint32      **offsets,
                                        guint32      **instances,
                                        GCancellable  *cancellable,
                                        GError       **error);
HwClassTable *hw_heap_sum_classes      (HwHeap        *self,
                                        GArray        *rows,
                                        gboolean       has_distances,
                                        gboolean       make_table);
HwClassTable *hw_heap_aggregate        (HwHeap        *self,
                                        GArray        *rows,
                                        HwDominatorTree *tree,
                                        GCancellable  *cancellable,
                                        GError       **error);

/* hw-producer.c */
void      hw_producer_read_layout      (HwProducer    *self,
                                        const HwSnapshotLayout *layout);
gboolean  hw_heap_find_producer        (HwHeap        *self,
                                        GCancellable  *cancellable,
                                        GError       **error);

/* hw-heap-names.c */
gboolean  hw_heap_is_quoted_property   (const char    *name);
char     *hw_heap_dup_property_name    (const char    *name);

/* hw-heap-builder.c */
typedef struct _HwHeapBuilder HwHeapBuilder;

extern const HwSnapshotSink hw_heap_builder_sink;

HwHeapBuilder *hw_heap_builder_new     (void);
void           hw_heap_builder_free    (HwHeapBuilder *self);
HwHeap        *hw_heap_builder_end     (HwHeapBuilder *self,
                                        HwSnapshotDamage *damage,
                                        gboolean      *has_detachedness,
                                        GError       **error);

G_END_DECLS
