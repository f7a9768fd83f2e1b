/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparison. The current heap's shapes are applied to the base, so that a plain object counts for the same
 * class in both; then, class by class, objects are matched by id. What is in both is left out even when its
 * size changed; an object that changed class is deleted in one row and new in another.
 */
#include "config.h"

#include <stdlib.h>

#include "heap/hw-heap-diff.h"
#include "heap/hw-shapes-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  HwHeapDiffRow  row;
  GArray        *added;    /* guint32 nodes of the current heap, by object id */
  GArray        *removed;  /* guint32 nodes of the base */
} Row;

struct _HwHeapDiff
{
  gatomicrefcount  ref_count;
  HwHeap          *base;
  HwHeap          *current;
  GPtrArray       *rows;   /* Row */
};

/* How many objects are looked at, and how many of them must be in both heaps to say anything. */
#define SAMPLE_SIZE   8192
#define SAMPLE_COMMON 32

/* Fewer nodes than this are judged by chance. */
#define SMALL_HEAP    512

/* This share of the ids in common must name the same; a string flattened meanwhile names another. */
#define SAME_SHARE    0.9

static void
row_free (Row *row)
{
  g_free ((char *) row->row.name);
  g_free (row->row.key);
  g_array_unref (row->added);
  g_array_unref (row->removed);
  g_free (row);
}

/**
 * hw_heap_diff_ref:
 * @self: a diff
 *
 * Returns: (transfer full): @self
 */
HwHeapDiff *
hw_heap_diff_ref (HwHeapDiff *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * hw_heap_diff_unref:
 * @self: a diff
 *
 * Gives back a reference.
 */
void
hw_heap_diff_unref (HwHeapDiff *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  hw_heap_unref (self->base);
  hw_heap_unref (self->current);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

typedef struct
{
  guint32 common;
  guint32 same;
} Sample;

static gboolean
names_differ (HwHeap   *a,
              guint32   i,
              HwHeap   *b,
              guint32   j)
{
  guint32 x = hw_column_u32 (&a->node_name)[i], y = hw_column_u32 (&b->node_name)[j];

  /* What a damaged file does not tell is no difference. */
  return x != a->missing && y != b->missing && strcmp (hw_heap_string (a, x), hw_heap_string (b, y)) != 0;
}

/* FALSE when the node says nothing: engine internals look alike in every process. */
static gboolean
look_at (Sample   *self,
         HwHeap   *from,
         guint32   node,
         HwHeap   *in)
{
  HwNodeKind kind = hw_heap_kind (from, node);
  HwNodeId other;

  if (kind != HW_NODE_KIND_OBJECT && kind != HW_NODE_KIND_CLOSURE && kind != HW_NODE_KIND_STRING)
    return FALSE;
  if (hw_heap_find_object (in, hw_heap_get_object_id (from, HW_NODE (node)), &other))
    {
      self->common++;
      self->same += hw_heap_kind (in, other.value) == kind && !names_differ (from, node, in, other.value);
    }

  return TRUE;
}

static gboolean
says_other (const Sample *self)
{
  return self->common >= SAMPLE_COMMON && self->same < SAME_SHARE * self->common;
}

/**
 * hw_heap_diff_check:
 * @base: the earlier heap
 * @current: the later heap
 *
 * Tells whether comparing by id says anything. Within one process of V8 an object keeps its id, and ids of new
 * objects grow; another process, or a runtime that numbers anew for each snapshot, gives the same ids to
 * other objects. So ids that occur in both must mostly name objects of one kind and name: in a sample from all
 * over the smaller heap, and among its oldest objects, which are still there when a program has replaced
 * everything of its own. Two heaps that share no ids at all are of two processes as well.
 *
 * Cost: a sample of some thousand objects; the first call sorts the ids of both.
 *
 * Returns: what stands in the way, or HW_HEAP_DIFF_COMPARABLE
 */
HwHeapDiffReason
hw_heap_diff_check (HwHeap *base,
                    HwHeap *current)
{
  Sample all_over = { 0, 0 }, oldest = { 0, 0 };
  HwHeap *from, *in;
  const guint32 *by_id;
  guint32 step, n = 0;

  g_return_val_if_fail (base != NULL && current != NULL, HW_HEAP_DIFF_OTHER_IDS);

  /* A file cut off before its edges does not tell its mode. */
  if (base->has_user_roots != current->has_user_roots && base->n_edges > 0 && current->n_edges > 0)
    return HW_HEAP_DIFF_OTHER_MODE;

  from = base->n_nodes < current->n_nodes ? base : current;
  in = from == base ? current : base;
  by_id = hw_heap_ensure_by_object_id (from);
  if (by_id == NULL || from->n_nodes < SMALL_HEAP)
    return HW_HEAP_DIFF_COMPARABLE;

  step = MAX (from->n_nodes / SAMPLE_SIZE, 1);
  for (guint32 i = 0; i < from->n_nodes; i += MIN (step, from->n_nodes - i))
    look_at (&all_over, from, by_id[i], in);
  for (guint32 i = 0; i < from->n_nodes && n < SAMPLE_SIZE; i++)
    n += look_at (&oldest, from, by_id[i], in);

  if (says_other (&all_over) || says_other (&oldest) || (n >= SAMPLE_COMMON * 2 && oldest.common < SAMPLE_COMMON))
    return HW_HEAP_DIFF_OTHER_IDS;

  return HW_HEAP_DIFF_COMPARABLE;
}

/* The objects of each class by id, however the table came about: nodes by class, offsets. */
typedef struct
{
  guint32 *offsets;
  guint32 *nodes;
} ClassLists;

static void
class_lists_clear (ClassLists *self)
{
  free (self->offsets);
  free (self->nodes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ClassLists, class_lists_clear)

static gboolean
class_lists_init (ClassLists     *self,
                  HwHeap         *heap,
                  const HwColumn *class_of_node,
                  guint           n_classes,
                  GCancellable   *cancellable,
                  GError        **error)
{
  const guint32 *by_id = hw_heap_ensure_by_object_id (heap);

  if (by_id == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, _("Not enough memory to compare these snapshots"));
      return FALSE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  return hw_heap_list_instances (heap, class_of_node, n_classes, by_id, &self->offsets, &self->nodes, cancellable, error);
}

static void
add (HwHeap   *heap,
     guint32   node,
     GArray   *nodes,
     guint64  *count,
     guint64  *size)
{
  g_array_append_val (nodes, node);
  (*count)++;
  *size += hw_sizes_get (&heap->node_size, node);
}

/* Merges two lists by id into @row. */
static void
merge (HwHeapDiff     *self,
       Row            *row,
       const guint32  *base,
       guint32         n_base,
       const guint32  *current,
       guint32         n_current)
{
  guint32 i = 0, j = 0;

  while (i < n_base || j < n_current)
    {
      guint64 x = i < n_base ? hw_column_get (&self->base->node_id, base[i]) : G_MAXUINT64;
      guint64 y = j < n_current ? hw_column_get (&self->current->node_id, current[j]) : G_MAXUINT64;

      if (i < n_base && j < n_current && x == y)
        i++, j++;
      else if (j == n_current || (i < n_base && x < y))
        add (self->base, base[i++], row->removed, &row->row.removed_count, &row->row.removed_size);
      else
        add (self->current, current[j++], row->added, &row->row.added_count, &row->row.added_size);
    }
}

/* A class that only the base has is called what its last object is called there, under the base's own shapes. */
static const char *
base_label (HwHeapDiff *self,
            guint32     node)
{
  return hw_class_table_get_row (self->base->classes, hw_heap_get_node_class (self->base, HW_NODE (node)))->name;
}

static void
add_row (HwHeapDiff        *self,
         const HwClassRow  *class_row,
         guint32            current_class,
         const guint32     *base,
         guint32            n_base,
         const guint32     *current,
         guint32            n_current)
{
  Row *row = g_new0 (Row, 1);

  row->added = g_array_new (FALSE, FALSE, sizeof (guint32));
  row->removed = g_array_new (FALSE, FALSE, sizeof (guint32));
  merge (self, row, base, n_base, current, n_current);
  row->row.name = g_strdup (n_current > 0 || n_base == 0 ? class_row->name : base_label (self, base[n_base - 1]));
  row->row.key = hw_class_row_dup_key (class_row);
  row->row.current_class = HW_CLASS (current_class);
  if (row->row.added_count > 0 || row->row.removed_count > 0)
    g_ptr_array_add (self->rows, row);
  else
    row_free (row);
}

static gboolean
compare (HwHeapDiff     *self,
         HwProgress     *progress,
         GCancellable   *cancellable,
         GError        **error)
{
  g_auto(ClassLists) base_lists = { NULL, NULL };
  g_auto(ClassLists) current_lists = { NULL, NULL };
  g_autoptr(GHashTable) by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GArray) base_rows = NULL;
  g_autoptr(GPtrArray) shapes = g_ptr_array_ref (self->current->shapes);
  g_auto(HwColumn) base_class = { .width = 1 };
  HwClassTable *classes = self->current->classes;
  guint n_classes = hw_class_table_get_n_classes (classes);
  g_autofree guint8 *met = g_new0 (guint8, MAX (n_classes, 1));

  hw_progress_begin_phase (progress, N_("Naming the base’s objects alike"), 0.5);
  if (!hw_heap_classify (self->base, &shapes, &base_class, &base_rows, cancellable, error))
    return FALSE;

  hw_progress_begin_phase (progress, N_("Matching objects"), 0.5);
  if (!class_lists_init (&base_lists, self->base, &base_class, base_rows->len, cancellable, error) ||
      !class_lists_init (&current_lists, self->current, &self->current->node_class, n_classes,
                         cancellable, error))
    return FALSE;

  for (guint i = 0; i < n_classes; i++)
    g_hash_table_insert (by_key, hw_class_table_dup_key (classes, HW_CLASS (i)), GUINT_TO_POINTER (i));

  for (guint i = 0; i < base_rows->len; i++)
    {
      const HwClassRow *row = &g_array_index (base_rows, HwClassRow, i);
      g_autofree char *key = hw_class_row_dup_key (row);
      guint32 current_class = HW_NONE, first = 0, n = 0;
      gpointer found;

      HW_RETURN_IF_CANCELLED (i, cancellable, error);
      if (g_hash_table_lookup_extended (by_key, key, NULL, &found))
        {
          current_class = GPOINTER_TO_UINT (found);
          met[current_class] = 1;
          first = current_lists.offsets[current_class];
          n = current_lists.offsets[current_class + 1] - first;
        }
      add_row (self, row, current_class, base_lists.nodes + base_lists.offsets[i],
               base_lists.offsets[i + 1] - base_lists.offsets[i], current_lists.nodes + first, n);
    }

  for (guint i = 0; i < n_classes; i++)
    if (!met[i])
      add_row (self, hw_class_table_get_row (classes, HW_CLASS (i)), i, NULL, 0,
               current_lists.nodes + current_lists.offsets[i], current_lists.offsets[i + 1] - current_lists.offsets[i]);
  hw_progress_finish (progress);

  return TRUE;
}

/**
 * hw_heap_diff_new_sync:
 * @base: the earlier heap
 * @current: the later heap
 * @progress: (nullable): where phases are reported
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Compares two heaps. Ask hw_heap_diff_check() first whether that says anything.
 *
 * Cost: linear in both heaps.
 *
 * Returns: (transfer full): the diff, or NULL with @error set
 */
HwHeapDiff *
hw_heap_diff_new_sync (HwHeap        *base,
                       HwHeap        *current,
                       HwProgress    *progress,
                       GCancellable  *cancellable,
                       GError       **error)
{
  HwHeapDiff *self;

  g_return_val_if_fail (base != NULL && current != NULL, NULL);

  self = g_new0 (HwHeapDiff, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->base = hw_heap_ref (base);
  self->current = hw_heap_ref (current);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  if (!compare (self, progress, cancellable, error))
    g_clear_pointer (&self, hw_heap_diff_unref);

  return self;
}

/**
 * hw_heap_diff_get_base:
 * @self: a diff
 *
 * Returns: (transfer none): the earlier heap
 */
HwHeap *
hw_heap_diff_get_base (HwHeapDiff *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->base;
}

/**
 * hw_heap_diff_get_current:
 * @self: a diff
 *
 * Returns: (transfer none): the later heap
 */
HwHeap *
hw_heap_diff_get_current (HwHeapDiff *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->current;
}

/**
 * hw_heap_diff_get_n_rows:
 * @self: a diff
 *
 * Returns: the number of classes with new or deleted objects
 */
guint
hw_heap_diff_get_n_rows (HwHeapDiff *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rows->len;
}

static Row *
get_row (HwHeapDiff *self,
         guint       row)
{
  return g_ptr_array_index (self->rows, row);
}

/**
 * hw_heap_diff_get_row:
 * @self: a diff
 * @row: less than hw_heap_diff_get_n_rows()
 *
 * Returns: (transfer none): the class's figures; classes of the base come first, in file order
 */
const HwHeapDiffRow *
hw_heap_diff_get_row (HwHeapDiff *self,
                      guint       row)
{
  g_return_val_if_fail (row < hw_heap_diff_get_n_rows (self), NULL);

  return &get_row (self, row)->row;
}

/**
 * hw_heap_diff_get_added:
 * @self: a diff
 * @row: less than hw_heap_diff_get_n_rows()
 * @n_nodes: (out): how many there are
 *
 * Returns: (transfer none): new objects: nodes of the current heap, by object id
 */
const guint32 *
hw_heap_diff_get_added (HwHeapDiff *self,
                        guint       row,
                        guint32    *n_nodes)
{
  g_return_val_if_fail (row < hw_heap_diff_get_n_rows (self), NULL);

  *n_nodes = get_row (self, row)->added->len;

  return (const guint32 *) get_row (self, row)->added->data;
}

/**
 * hw_heap_diff_get_removed:
 * @self: a diff
 * @row: less than hw_heap_diff_get_n_rows()
 * @n_nodes: (out): how many there are
 *
 * Returns: (transfer none): deleted objects: nodes of the base, by object id
 */
const guint32 *
hw_heap_diff_get_removed (HwHeapDiff *self,
                          guint       row,
                          guint32    *n_nodes)
{
  g_return_val_if_fail (row < hw_heap_diff_get_n_rows (self), NULL);

  *n_nodes = get_row (self, row)->removed->len;

  return (const guint32 *) get_row (self, row)->removed->data;
}
