/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/hw-bitset.h"
#include "base/hw-text.h"
#include "model/hw-tree-source-private.h"

/*
 * Side by side: every constructor of either heap, aligned; below it the objects of both, matched by
 * object id; below those what they refer to.
 *
 * The rows are made once, on the worker that lists them first, and never change after. An object
 * belongs to the constructor that it has under the current heap's shapes, as in the Comparison: what
 * is not new there is matched, and the deleted objects come from the comparison itself.
 */

#define HW_TYPE_SIDE_SOURCE (hw_side_source_get_type ())

G_DECLARE_FINAL_TYPE (HwSideSource, hw_side_source, HW, SIDE_SOURCE, HwTreeSource)

typedef struct
{
  const char *name;           /* owned by the current heap or by the diff */
  guint32     current_class;  /* or HW_NONE when only the base has it */
  guint32     diff_row;       /* or HW_NONE when nothing is new or deleted */
  guint32     base_class;     /* by the same key in the base's own table, or HW_NONE */
  guint64     base_count;
  guint64     base_size;
} SideRow;

typedef struct
{
  SideRow  *rows;
  guint32   n_rows;
  HwBitset  added;  /* by node of the current heap */
} SideRows;

struct _HwSideSource
{
  HwTreeSource  parent_instance;

  HwHeapDiff   *diff;  /* owned */
  GMutex        lock;  /* while the rows are being made */
  SideRows     *rows;  /* (atomic) NULL until made, then immutable */
};

G_DEFINE_FINAL_TYPE (HwSideSource, hw_side_source, HW_TYPE_TREE_SOURCE)

static HwTreeSourceClass *
base_class (void)
{
  return HW_TREE_SOURCE_CLASS (hw_side_source_parent_class);
}

static void
side_rows_free (SideRows *rows)
{
  g_free (rows->rows);
  hw_bitset_clear (&rows->added);
  g_free (rows);
}

static SideRows *
get_rows (HwSideSource *self)
{
  return g_atomic_pointer_get (&self->rows);
}

static const SideRow *
get_row (HwSideSource     *self,
         const HwTreeItem *item)
{
  return &get_rows (self)->rows[item->id];
}

/* The base's object of the same id, or HW_NONE when there is none that counts. */
static guint32
find_match (HwSideSource *self,
            SideRows     *rows,
            guint32       node)
{
  HwNodeId match;

  if (hw_bitset_get (&rows->added, node))
    return HW_NONE;

  if (!hw_heap_find_object (hw_heap_diff_get_base (self->diff),
                            hw_heap_get_object_id (hw_heap_diff_get_current (self->diff), HW_NODE (node)),
                            &match))
    return HW_NONE;

  return match.value;
}

static gboolean
sum_base (HwSideSource  *self,
          SideRows      *rows,
          SideRow       *row,
          GCancellable  *cancellable,
          GError       **error)
{
  HwHeap *base = hw_heap_diff_get_base (self->diff);
  const guint32 *instances;
  guint32 n = 0;

  instances = hw_class_table_get_instances (hw_heap_get_class_table (hw_heap_diff_get_current (self->diff)),
                                            HW_CLASS (row->current_class), &n);

  for (guint32 i = 0; i < n; i++)
    {
      const guint32 match = find_match (self, rows, instances[i]);

      if ((i & 0xfff) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      if (match != HW_NONE)
        {
          row->base_count++;
          row->base_size += hw_heap_get_shallow_size (base, HW_NODE (match));
        }
    }

  return TRUE;
}

static GHashTable *
index_classes (HwClassTable *classes)
{
  GHashTable *by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < hw_class_table_get_n_classes (classes); i++)
    g_hash_table_insert (by_key, hw_class_table_dup_key (classes, HW_CLASS (i)), GUINT_TO_POINTER (i + 1));

  return by_key;
}

static guint32
lookup_class (GHashTable *by_key,
              const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (by_key, key)) - 1;
}

/* Classes of the current heap first, in their order, then those that only the base has. */
static SideRows *
make_rows (HwSideSource  *self,
           GCancellable  *cancellable,
           GError       **error)
{
  HwHeap *current = hw_heap_diff_get_current (self->diff);
  HwClassTable *classes = hw_heap_get_class_table (current);
  const guint n_classes = hw_class_table_get_n_classes (classes);
  const guint n_diff = hw_heap_diff_get_n_rows (self->diff);
  g_autoptr(GHashTable) base_classes =
    index_classes (hw_heap_get_class_table (hw_heap_diff_get_base (self->diff)));
  SideRows *made = g_new0 (SideRows, 1);

  made->rows = g_new0 (SideRow, (gsize) n_classes + n_diff + 1);
  made->n_rows = n_classes;

  if (!hw_bitset_init (&made->added, hw_heap_get_n_nodes (current)))
    g_error ("Out of memory");

  for (guint32 i = 0; i < n_classes; i++)
    {
      g_autofree char *key = hw_class_table_dup_key (classes, HW_CLASS (i));

      made->rows[i] = (SideRow) {
        .name = hw_class_table_get_row (classes, HW_CLASS (i))->name,
        .current_class = i,
        .diff_row = HW_NONE,
        .base_class = lookup_class (base_classes, key),
      };
    }

  for (guint32 i = 0; i < n_diff; i++)
    {
      const HwHeapDiffRow *row = hw_heap_diff_get_row (self->diff, i);
      const guint32 current_class = row->current_class.value;
      const guint32 index = current_class < n_classes ? current_class : made->n_rows++;
      guint32 n_added = 0;
      const guint32 *added = hw_heap_diff_get_added (self->diff, i, &n_added);

      if (current_class >= n_classes)
        made->rows[index] = (SideRow) {
          .name = row->name,
          .current_class = HW_NONE,
          .base_class = lookup_class (base_classes, row->key),
        };

      made->rows[index].diff_row = i;
      made->rows[index].base_count = row->removed_count;
      made->rows[index].base_size = row->removed_size;

      for (guint32 j = 0; j < n_added; j++)
        hw_bitset_set (&made->added, added[j]);
    }

  for (guint32 i = 0; i < n_classes; i++)
    {
      if (!sum_base (self, made, &made->rows[i], cancellable, error))
        {
          side_rows_free (made);
          return NULL;
        }
    }

  return made;
}

static SideRows *
ensure_rows (HwSideSource  *self,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr(GMutexLocker) locker = NULL;

  if (get_rows (self) != NULL)
    return get_rows (self);

  locker = g_mutex_locker_new (&self->lock);
  if (get_rows (self) == NULL)
    g_atomic_pointer_set (&self->rows, make_rows (self, cancellable, error));

  return get_rows (self);
}

static gboolean
get_class_measure (HwSideSource  *self,
                   const SideRow *side,
                   HwMeasure      measure,
                   gint64        *value)
{
  static const HwClassRow nothing = { 0 };
  const HwClassRow *row = &nothing;
  const HwClassRow *base = NULL;

  if (side->current_class != HW_NONE)
    row = hw_class_table_get_row (hw_heap_get_class_table (hw_heap_diff_get_current (self->diff)),
                                  HW_CLASS (side->current_class));
  if (side->base_class != HW_NONE)
    base = hw_class_table_get_row (hw_heap_get_class_table (hw_heap_diff_get_base (self->diff)),
                                   HW_CLASS (side->base_class));

  switch (measure)
    {
    case HW_MEASURE_DISTANCE:
      *value = row->distance;
      return row->count > 0;

    case HW_MEASURE_SHALLOW_SIZE:
      *value = (gint64) row->shallow_size;
      return row->count > 0;

    case HW_MEASURE_RETAINED_SIZE:
      *value = (gint64) row->retained_size;
      return row->count > 0;

    case HW_MEASURE_COUNT:
      *value = (gint64) row->count;
      return row->count > 0;

    case HW_MEASURE_BASE_COUNT:
      *value = (gint64) side->base_count;
      return side->base_count > 0;

    case HW_MEASURE_BASE_SHALLOW_SIZE:
      *value = (gint64) side->base_size;
      return side->base_count > 0;

    case HW_MEASURE_BASE_RETAINED_SIZE:
      if (base == NULL || base->count != side->base_count)
        return FALSE;
      *value = (gint64) base->retained_size;
      return base->count > 0;

    case HW_MEASURE_COUNT_DELTA:
      *value = (gint64) (row->count - side->base_count);
      return TRUE;

    case HW_MEASURE_SIZE_DELTA:
      *value = (gint64) (row->shallow_size - side->base_size);
      return TRUE;

    case HW_MEASURE_ADDED_COUNT:
    case HW_MEASURE_REMOVED_COUNT:
    case HW_MEASURE_ADDED_SIZE:
    case HW_MEASURE_REMOVED_SIZE:
      {
        const HwHeapDiffRow *diff_row;

        if (side->diff_row == HW_NONE)
          return FALSE;

        diff_row = hw_heap_diff_get_row (self->diff, side->diff_row);
        *value = (gint64) (measure == HW_MEASURE_ADDED_COUNT ? diff_row->added_count
                           : measure == HW_MEASURE_REMOVED_COUNT ? diff_row->removed_count
                           : measure == HW_MEASURE_ADDED_SIZE ? diff_row->added_size
                           : diff_row->removed_size);
        return TRUE;
      }

    case HW_MEASURE_NAME:
    case HW_N_MEASURES:
    default:
      return FALSE;
    }
}

/* @node and @base are the same object in the two heaps, either may be HW_NONE. */
static gboolean
get_pair_measure (HwSideSource *self,
                  guint32       node,
                  guint32       base_node,
                  HwMeasure     measure,
                  gint64       *value)
{
  HwHeap *current = hw_heap_diff_get_current (self->diff);
  HwHeap *base = hw_heap_diff_get_base (self->diff);

  switch (measure)
    {
    case HW_MEASURE_DISTANCE:
      if (node != HW_NONE)
        *value = hw_heap_get_distance (current, HW_NODE (node));
      return node != HW_NONE;

    case HW_MEASURE_SHALLOW_SIZE:
      if (node != HW_NONE)
        *value = (gint64) hw_heap_get_shallow_size (current, HW_NODE (node));
      return node != HW_NONE;

    case HW_MEASURE_RETAINED_SIZE:
      if (node != HW_NONE)
        *value = (gint64) hw_heap_get_retained_size (current, HW_NODE (node));
      return node != HW_NONE;

    case HW_MEASURE_BASE_SHALLOW_SIZE:
      if (base_node != HW_NONE)
        *value = (gint64) hw_heap_get_shallow_size (base, HW_NODE (base_node));
      return base_node != HW_NONE;

    case HW_MEASURE_BASE_RETAINED_SIZE:
      if (base_node != HW_NONE)
        *value = (gint64) hw_heap_get_retained_size (base, HW_NODE (base_node));
      return base_node != HW_NONE;

    case HW_MEASURE_SIZE_DELTA:
      *value = 0;
      if (node != HW_NONE)
        *value += (gint64) hw_heap_get_shallow_size (current, HW_NODE (node));
      if (base_node != HW_NONE)
        *value -= (gint64) hw_heap_get_shallow_size (base, HW_NODE (base_node));
      return TRUE;

    case HW_MEASURE_COUNT_DELTA:
      *value = (node != HW_NONE ? 1 : 0) - (base_node != HW_NONE ? 1 : 0);
      return TRUE;

    case HW_MEASURE_NAME:
    case HW_MEASURE_ADDED_COUNT:
    case HW_MEASURE_REMOVED_COUNT:
    case HW_MEASURE_ADDED_SIZE:
    case HW_MEASURE_REMOVED_SIZE:
    case HW_MEASURE_COUNT:
    case HW_MEASURE_BASE_COUNT:
    case HW_N_MEASURES:
    default:
      return FALSE;
    }
}

static gboolean
hw_side_source_get_measure (HwTreeSource     *source,
                            const HwTreeItem *item,
                            HwMeasure         measure,
                            gint64           *value)
{
  HwSideSource *self = HW_SIDE_SOURCE (source);

  switch (item->kind)
    {
    case HW_ROW_DIFF_CLASS:
      return get_class_measure (self, get_row (self, item), measure, value);

    case HW_ROW_OBJECT:
    case HW_ROW_ADDED:
      return get_pair_measure (self, item->id, item->other, measure, value);

    case HW_ROW_REMOVED:
      return get_pair_measure (self, HW_NONE, item->id, measure, value);

    case HW_ROW_REFERENCE:
    case HW_ROW_CLASS:
    case HW_ROW_RETAINER:
    case HW_ROW_MORE:
    default:
      return base_class ()->get_measure (source, item, measure, value);
    }
}

typedef struct
{
  gint64      value;      /* what is sorted by; where there is none, below everything */
  char       *name;       /* (nullable): when sorting by name */
  const char *tie_name;   /* (nullable): the first tie-break */
  guint64     tie;        /* the second */
  guint32     id;
  guint32     other;
} SortEntry;

static int
compare_entries (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const SortEntry *left = a;
  const SortEntry *right = b;
  const HwOrder *order = user_data;
  int result;

  if (left->name != NULL && right->name != NULL)
    result = hw_text_compare_utf16 (left->name, right->name);
  else
    result = (left->value > right->value) - (left->value < right->value);

  if (result != 0)
    return order->descending ? -result : result;

  if (left->tie_name != NULL && right->tie_name != NULL)
    result = hw_text_compare_utf16 (left->tie_name, right->tie_name);

  return result != 0 ? result : (left->tie > right->tie) - (left->tie < right->tie);
}

static HwTreeList *
list_of_entries (SortEntry     *entries,
                 guint32        n,
                 gboolean       pairs,
                 HwOrder        order,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autofree guint32 *ids = g_new (guint32, (gsize) n + 1);
  g_autofree guint32 *others = pairs ? g_new (guint32, (gsize) n + 1) : NULL;
  HwTreeList *list;

  if (!g_cancellable_is_cancelled (cancellable))
    g_sort_array (entries, n, sizeof *entries, compare_entries, &order);

  for (guint32 i = 0; i < n; i++)
    {
      ids[i] = entries[i].id;
      if (pairs)
        others[i] = entries[i].other;
      g_free (entries[i].name);
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  list = hw_tree_list_new_take (g_steal_pointer (&ids), n);
  list->others = g_steal_pointer (&others);

  return list;
}

static HwTreeList *
list_classes (HwSideSource  *self,
              SideRows      *rows,
              HwOrder        order,
              const char    *filter,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autofree SortEntry *entries = g_new0 (SortEntry, (gsize) rows->n_rows + 1);
  guint32 n = 0;

  for (guint32 i = 0; i < rows->n_rows; i++)
    {
      const SideRow *row = &rows->rows[i];
      gint64 value = G_MININT64;
      gint64 count = 0;

      get_class_measure (self, row, HW_MEASURE_COUNT, &count);
      if ((count == 0 && row->base_count == 0) || !hw_tree_name_matches (row->name, filter))
        continue;

      if (order.measure == HW_MEASURE_NAME)
        entries[n].name = g_strdup (row->name);
      else if (!get_class_measure (self, row, order.measure, &value))
        value = G_MININT64;

      entries[n].value = value;
      entries[n].tie_name = row->name;
      entries[n].tie = i;
      entries[n].id = i;
      n++;
    }

  return list_of_entries (entries, n, FALSE, order, cancellable, error);
}

static void
add_entry (HwSideSource *self,
           SortEntry    *entry,
           guint32       node,
           guint32       base_node,
           HwOrder       order)
{
  HwHeap *heap = node != HW_NONE ? hw_heap_diff_get_current (self->diff) : hw_heap_diff_get_base (self->diff);
  const HwNodeId named = HW_NODE (node != HW_NONE ? node : base_node);

  entry->id = node;
  entry->other = base_node;
  entry->tie = hw_heap_get_object_id (heap, named);
  entry->value = G_MININT64;

  if (order.measure == HW_MEASURE_NAME)
    entry->name = hw_heap_dup_node_name (heap, named);
  else if (!get_pair_measure (self, node, base_node, order.measure, &entry->value))
    entry->value = G_MININT64;
}

/* In the list, @ids are nodes of the current heap and @others nodes of the base, either HW_NONE. */
static HwTreeList *
list_objects (HwSideSource   *self,
              SideRows       *rows,
              const SideRow  *row,
              HwOrder         order,
              GCancellable   *cancellable,
              GError        **error)
{
  g_autofree SortEntry *entries = NULL;
  const guint32 *instances = NULL;
  const guint32 *removed = NULL;
  guint32 n_instances = 0;
  guint32 n_removed = 0;
  guint32 n = 0;

  if (row->current_class != HW_NONE)
    instances = hw_class_table_get_instances (hw_heap_get_class_table (hw_heap_diff_get_current (self->diff)),
                                              HW_CLASS (row->current_class), &n_instances);
  if (row->diff_row != HW_NONE)
    removed = hw_heap_diff_get_removed (self->diff, row->diff_row, &n_removed);

  entries = g_new0 (SortEntry, (gsize) n_instances + n_removed + 1);

  for (guint32 i = 0; i < n_instances; i++)
    add_entry (self, &entries[n++], instances[i], find_match (self, rows, instances[i]), order);
  for (guint32 i = 0; i < n_removed; i++)
    add_entry (self, &entries[n++], HW_NONE, removed[i], order);

  return list_of_entries (entries, n, TRUE, order, cancellable, error);
}

static guint64
hw_side_source_count_children (HwTreeSource     *source,
                               const HwTreePath *parent)
{
  HwSideSource *self = HW_SIDE_SOURCE (source);

  if (parent->parent == NULL)
    {
      if (get_rows (self) != NULL)
        return get_rows (self)->n_rows;

      return (guint64) hw_heap_get_n_nodes (hw_heap_diff_get_current (self->diff)) +
             hw_heap_diff_get_n_rows (self->diff);
    }

  if (parent->item.kind == HW_ROW_DIFF_CLASS)
    {
      const SideRow *row = get_row (self, &parent->item);
      gint64 count = 0;

      get_class_measure (self, row, HW_MEASURE_COUNT, &count);

      return (guint64) count + row->base_count;
    }

  return base_class ()->count_children (source, parent);
}

static HwTreeList *
hw_side_source_list_children (HwTreeSource      *source,
                              const HwTreePath  *parent,
                              HwOrder            order,
                              const char        *filter,
                              GCancellable      *cancellable,
                              GError           **error)
{
  HwSideSource *self = HW_SIDE_SOURCE (source);
  SideRows *rows = ensure_rows (self, cancellable, error);

  if (rows == NULL)
    return NULL;

  if (parent->parent == NULL)
    return list_classes (self, rows, order, filter, cancellable, error);

  if (parent->item.kind == HW_ROW_DIFF_CLASS)
    return list_objects (self, rows, get_row (self, &parent->item), order, cancellable, error);

  return base_class ()->list_children (source, parent, order, filter, cancellable, error);
}

static void
hw_side_source_get_child (HwTreeSource     *source,
                          const HwTreePath *parent,
                          const HwTreeList *list,
                          guint32           index,
                          HwTreeItem       *item)
{
  HwSideSource *self = HW_SIDE_SOURCE (source);

  if (parent->parent != NULL && parent->item.kind != HW_ROW_DIFF_CLASS)
    {
      base_class ()->get_child (source, parent, list, index, item);
      return;
    }

  *item = (HwTreeItem) { .id = list->ids[index], .other = HW_NONE, .kind = HW_ROW_DIFF_CLASS };

  if (parent->parent == NULL)
    {
      const SideRow *row = get_row (self, item);
      HwClassTable *classes = hw_heap_get_class_table (hw_heap_diff_get_current (self->diff));
      g_autofree char *key = NULL;

      if (row->current_class != HW_NONE)
        key = hw_class_table_dup_key (classes, HW_CLASS (row->current_class));
      else
        key = g_strdup (hw_heap_diff_get_row (self->diff, row->diff_row)->key);

      item->key = hw_tree_key_mix_text (parent->item.key, key);
      return;
    }

  if (item->id == HW_NONE)
    {
      item->kind = HW_ROW_REMOVED;
      item->id = list->others[index];
      item->flags = HW_TREE_ITEM_BASE;
    }
  else
    {
      item->other = list->others[index];
      item->kind = item->other == HW_NONE ? HW_ROW_ADDED : HW_ROW_OBJECT;
    }

  item->key = hw_tree_key_mix_node (parent->item.key,
                                    hw_tree_source_get_heap (source, item),
                                    HW_NODE (item->id), item->kind);
}

static gboolean
hw_side_source_get_expandable (HwTreeSource     *source,
                               const HwTreeItem *item)
{
  return item->kind == HW_ROW_DIFF_CLASS || base_class ()->get_expandable (source, item);
}

static void
hw_side_source_get_text (HwTreeSource     *source,
                         const HwTreeItem *item,
                         HwRowText        *text)
{
  HwSideSource *self = HW_SIDE_SOURCE (source);

  if (item->kind == HW_ROW_DIFF_CLASS)
    {
      gint64 count = 0;

      get_class_measure (self, get_row (self, item), HW_MEASURE_COUNT, &count);
      hw_row_text_init_class (text, get_row (self, item)->name, (guint64) count);
      return;
    }

  base_class ()->get_text (source, item, text);
}

static HwHeap *
hw_side_source_get_heap (HwTreeSource     *source,
                         const HwTreeItem *item)
{
  HwSideSource *self = HW_SIDE_SOURCE (source);

  if ((item->flags & HW_TREE_ITEM_BASE) != 0)
    return hw_heap_diff_get_base (self->diff);

  return hw_heap_diff_get_current (self->diff);
}

static HwClassId
hw_side_source_get_class (HwTreeSource     *source,
                          const HwTreeItem *item)
{
  if (item->kind == HW_ROW_DIFF_CLASS)
    return HW_CLASS (get_row (HW_SIDE_SOURCE (source), item)->current_class);

  return base_class ()->get_class (source, item);
}

static GArray *
hw_side_source_find_path (HwTreeSource  *source,
                          HwNodeId       node,
                          GCancellable  *cancellable,
                          GError       **error)
{
  HwSideSource *self = HW_SIDE_SOURCE (source);
  HwHeap *current = hw_heap_diff_get_current (self->diff);
  SideRows *rows = ensure_rows (self, cancellable, error);
  HwTreeItem items[2];
  GArray *path;

  if (rows == NULL)
    return NULL;

  if (node.value >= hw_heap_get_n_nodes (current))
    return hw_tree_path_not_found (error);

  items[0] = (HwTreeItem) {
    .kind = HW_ROW_DIFF_CLASS,
    .id = hw_heap_get_node_class (current, node).value,
    .other = HW_NONE,
  };
  items[1] = (HwTreeItem) { .id = node.value, .other = find_match (self, rows, node.value) };
  items[1].kind = items[1].other == HW_NONE ? HW_ROW_ADDED : HW_ROW_OBJECT;

  path = g_array_new (FALSE, FALSE, sizeof (HwTreeItem));

  return g_array_append_vals (path, items, G_N_ELEMENTS (items));
}

static void
hw_side_source_finalize (GObject *object)
{
  HwSideSource *self = HW_SIDE_SOURCE (object);

  g_clear_pointer (&self->rows, side_rows_free);
  g_clear_pointer (&self->diff, hw_heap_diff_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (hw_side_source_parent_class)->finalize (object);
}

static void
hw_side_source_class_init (HwSideSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HwTreeSourceClass *source_class = HW_TREE_SOURCE_CLASS (klass);

  object_class->finalize = hw_side_source_finalize;

  source_class->count_children = hw_side_source_count_children;
  source_class->list_children = hw_side_source_list_children;
  source_class->get_child = hw_side_source_get_child;
  source_class->get_expandable = hw_side_source_get_expandable;
  source_class->get_measure = hw_side_source_get_measure;
  source_class->get_text = hw_side_source_get_text;
  source_class->get_heap = hw_side_source_get_heap;
  source_class->get_class = hw_side_source_get_class;
  source_class->find_path = hw_side_source_find_path;
}

static void
hw_side_source_init (HwSideSource *self)
{
  g_mutex_init (&self->lock);
  hw_tree_source_set_root_key (HW_TREE_SOURCE (self), hw_tree_key_mix_text (0, "side by side"));
}

/**
 * hw_side_source_new:
 * @diff: a comparison
 *
 * Makes the source of the side-by-side comparison: every constructor of either heap with the figures
 * of both, below it the objects of both, matched by id.
 *
 * Returns: (transfer full): a source
 */
HwTreeSource *
hw_side_source_new (HwHeapDiff *diff)
{
  HwSideSource *self;

  g_return_val_if_fail (diff != NULL, NULL);

  self = g_object_new (HW_TYPE_SIDE_SOURCE, NULL);
  self->diff = hw_heap_diff_ref (diff);

  return HW_TREE_SOURCE (self);
}
