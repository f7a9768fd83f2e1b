/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders of rows. Every order is: a first key, a second key, a tie-break; at most one of the keys is text. A function
 * says for each kind of row what they are; from then on they are columns of numbers, and one sort serves every
 * column of every view.
 */
#include "config.h"

#include "heap/hw-order-texts-private.h"
#include "heap/hw-order.h"

/* What a row is sorted by: @first, then @text and @second in one order or the other, then @tie. Directions are
 * already folded into the numbers, but for the text. */
typedef struct
{
  guint64 first;
  guint64 second;
  guint64 text;    /* of hw_order_texts_add() and the like */
  guint64 tie;
} Item;

typedef enum
{
  TEXT_NONE,
  TEXT_BEFORE_SECOND,
  TEXT_AFTER_SECOND,
} TextPlace;

typedef struct _Sort Sort;

typedef Item (*ItemFunc) (Sort    *self,
                          guint32  id);

struct _Sort
{
  ItemFunc      item;
  HwOrder       order;
  TextPlace     text_place;
  HwHeap       *heap;             /* these are set as the function needs them */
  HwClassTable *classes;
  HwHeapDiff   *diff;
  gboolean      retainers;
  gboolean      distance_by_size;
  gboolean      tie_is_place;     /* rows that are equal stay in the order they came in */

  HwOrderTexts  texts;
  HwSortKey     first, second, text, tie;
};

/* Rows are asked for their keys in so many steps between two looks at the cancellable. */
#define CANCEL_STEP 0xffff

static guint64
signed_key (gint64   value,
            gboolean descending)
{
  guint64 key = (guint64) value ^ G_GUINT64_CONSTANT (0x8000000000000000);

  return descending ? ~key : key;
}

static guint64
unsigned_key (guint64  value,
              gboolean descending)
{
  return descending ? ~value : value;
}

static gboolean
collect_keys (Sort           *self,
              const guint32  *ids,
              gsize           n,
              GCancellable   *cancellable,
              GError        **error)
{
  hw_sort_key_restart (&self->first);
  hw_sort_key_restart (&self->second);
  hw_sort_key_restart (&self->text);
  hw_sort_key_restart (&self->tie);
  for (gsize i = 0; i < n; i++)
    {
      Item item;

      if ((i & CANCEL_STEP) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      item = self->item (self, ids[i]);
      hw_sort_key_add (&self->first, item.first);
      hw_sort_key_add (&self->second, item.second);
      if (!self->tie_is_place)
        hw_sort_key_add (&self->tie, item.tie);
      if (self->text_place != TEXT_NONE)
        hw_sort_key_add (&self->text, item.text);
    }

  return TRUE;
}

static gboolean
prepare_keys (Sort           *self,
              const guint32  *ids,
              gsize           n,
              GCancellable   *cancellable,
              GError        **error)
{
  gsize n_texts = self->text_place != TEXT_NONE ? n : 0;
  gboolean descending = self->text_place == TEXT_BEFORE_SECOND && self->order.descending;

  if (!hw_sort_key_init (&self->first, n, error) || !hw_sort_key_init (&self->second, n, error) ||
      !hw_sort_key_init (&self->tie, n, error) || !hw_sort_key_init (&self->text, n_texts, error) ||
      !hw_order_texts_init (&self->texts, self->heap, n_texts, cancellable, error) ||
      !collect_keys (self, ids, n, cancellable, error))
    return FALSE;
  if (n_texts == 0)
    return TRUE;

  while (hw_order_texts_must_start_again (&self->texts))
    if (!collect_keys (self, ids, n, cancellable, error))
      return FALSE;

  return hw_order_texts_rank (&self->texts, &self->text, descending, cancellable, error);
}

static gboolean
ascend (const guint32 *ids,
        gsize          n)
{
  for (gsize i = 1; i < n; i++)
    if (ids[i - 1] > ids[i])
      return FALSE;

  return TRUE;
}

/* Sorts @ids in place. */
static gboolean
sort (Sort          *self,
      guint32       *ids,
      gsize          n,
      GCancellable  *cancellable,
      GError       **error)
{
  gboolean text_first = self->text_place == TEXT_BEFORE_SECOND;
  HwSortKey *keys[] = {
    &self->first,
    text_first ? &self->text : &self->second,
    text_first ? &self->second : &self->text,
    &self->tie,
  };
  g_auto(HwColumn) places = { 0 };
  gboolean ok;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  hw_column_init (&places, 4);
  ok = hw_column_resize (&places, MAX (n, 1), error) && prepare_keys (self, ids, n, cancellable, error);
  hw_order_texts_clear (&self->texts);

  ok = ok && hw_sort_by_keys (keys, G_N_ELEMENTS (keys), n, hw_column_u32 (&places), cancellable, error);
  for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
    hw_sort_key_clear (keys[k]);
  if (ok && n > 0)
    {
      for (gsize i = 0; i < n; i++)
        hw_column_u32 (&places)[i] = ids[hw_column_u32 (&places)[i]];
      memcpy (ids, places.data, n * sizeof *ids);
    }

  return ok;
}

/* Named edges before numbered ones, __proto__ behind both whatever the direction. */
static guint64
edge_rank (HwHeap   *heap,
           guint32   edge,
           gboolean  is_number,
           gboolean  descending)
{
  if (!hw_heap_get_edge_is_indexed (heap, HW_EDGE (edge)) &&
      hw_column_u32 (&heap->pattern_name)[hw_heap_edge_entry (heap, edge)] == heap->known[HW_KNOWN_PROTO])
    return 2;

  return is_number != descending;
}

static Item
class_item (Sort    *self,
            guint32  id)
{
  const HwClassRow *row = hw_class_table_get_row (self->classes, HW_CLASS (id));
  gboolean descending = self->order.descending;
  Item item = { .tie = row->first_instance.value };

  if (self->text_place != TEXT_NONE)
    item.text = hw_order_texts_add (&self->texts, row->name);
  if (self->order.measure == HW_MEASURE_NAME)
    item.second = unsigned_key (row->retained_size, TRUE);
  else if (self->order.measure == HW_MEASURE_DISTANCE)
    {
      item.first = signed_key (row->distance, descending);
      item.second = unsigned_key (row->retained_size, TRUE);
    }
  else if (self->order.measure == HW_MEASURE_SHALLOW_SIZE)
    item.first = unsigned_key (row->shallow_size, descending);
  else if (self->order.measure == HW_MEASURE_COUNT)
    item.first = unsigned_key (row->count, descending);
  else
    item.first = unsigned_key (row->retained_size, descending);

  return item;
}

/**
 * hw_order_classes:
 * @classes: a table
 * @order: what to sort by
 * @class_ids: (inout): classes of the table
 * @n: how many
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Sorts constructors: by name, then retained size ↓; by distance, then retained size ↓; by a size or count,
 * then name ↑; last by first appearance in the file.
 *
 * Returns: FALSE with @error set, and the array as it was
 */
gboolean
hw_order_classes (HwClassTable  *classes,
                  HwOrder        order,
                  guint32       *class_ids,
                  gsize          n,
                  GCancellable  *cancellable,
                  GError       **error)
{
  Sort self = { .item = class_item, .order = order, .classes = classes };

  g_return_val_if_fail (classes != NULL, FALSE);

  if (order.measure == HW_MEASURE_NAME)
    self.text_place = TEXT_BEFORE_SECOND;
  else if (order.measure != HW_MEASURE_DISTANCE)
    self.text_place = TEXT_AFTER_SECOND;

  return sort (&self, class_ids, n, cancellable, error);
}

static Item
node_item (Sort    *self,
           guint32  id)
{
  HwHeap *heap = self->heap;
  HwNodeId node = HW_NODE (id);
  gboolean descending = self->order.descending;
  Item item = { .tie = id };

  if (self->order.measure == HW_MEASURE_DISTANCE)
    {
      item.first = signed_key (hw_heap_get_distance (heap, node), descending);
      item.second = unsigned_key (hw_heap_get_retained_size (heap, node), TRUE);
      return item;
    }

  item.second = hw_heap_get_object_id (heap, node);
  if (self->order.measure == HW_MEASURE_NAME)
    item.text = hw_order_texts_add_node (&self->texts, id);
  else if (self->order.measure == HW_MEASURE_RETAINED_SIZE)
    item.first = unsigned_key (hw_heap_get_retained_size (heap, node), descending);
  else
    item.first = unsigned_key (hw_heap_get_shallow_size (heap, node), descending);

  return item;
}

/**
 * hw_order_nodes:
 * @heap: a heap
 * @order: what to sort by
 * @nodes: (inout): nodes of the heap
 * @n: how many
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Sorts the objects of a constructor: by display name, then id ↑; by distance, then retained size ↓; by a
 * size, then id ↑; last by place in the file. Cost: linear, but for names which have many bytes in common.
 *
 * Returns: FALSE with @error set, and the array as it was
 */
gboolean
hw_order_nodes (HwHeap        *heap,
                HwOrder        order,
                guint32       *nodes,
                gsize          n,
                GCancellable  *cancellable,
                GError       **error)
{
  Sort self = { .item = node_item, .order = order, .heap = heap, .tie_is_place = ascend (nodes, n) };

  g_return_val_if_fail (heap != NULL, FALSE);

  if (order.measure == HW_MEASURE_NAME)
    self.text_place = TEXT_BEFORE_SECOND;

  return sort (&self, nodes, n, cancellable, error);
}

static Item
edge_item (Sort    *self,
           guint32  id)
{
  HwHeap *heap = self->heap;
  HwNodeId node = self->retainers ? hw_heap_get_edge_source (heap, HW_EDGE (id))
                                  : hw_heap_get_edge_target (heap, HW_EDGE (id));
  gboolean descending = self->order.descending;
  gboolean is_number;
  Item item = { .tie = id };

  if (self->order.measure == HW_MEASURE_DISTANCE)
    {
      gint64 distance = hw_heap_get_distance (heap, node);

      /* What nothing reaches is no way to a root, so it comes behind every other retainer. */
      if (self->retainers && distance == HW_DISTANCE_UNREACHABLE)
        distance = G_MAXINT64;
      item.first = signed_key (distance, descending);
      if (self->distance_by_size)
        item.second = unsigned_key (hw_heap_get_retained_size (heap, node), TRUE);
      else
        item.text = hw_order_texts_add_node (&self->texts, node.value);
      return item;
    }

  item.text = hw_order_texts_add_edge (&self->texts, id, &is_number);
  if (self->order.measure == HW_MEASURE_NAME)
    {
      item.first = edge_rank (heap, id, is_number, descending);
      item.second = unsigned_key (hw_heap_get_retained_size (heap, node), TRUE);
      return item;
    }

  item.first = unsigned_key (self->order.measure == HW_MEASURE_SHALLOW_SIZE ? hw_heap_get_shallow_size (heap, node)
                                                                             : hw_heap_get_retained_size (heap, node),
                             descending);
  /* Named before numbered here too; "ascending" is 1 for numbered. */
  item.second = edge_rank (heap, id, is_number, FALSE);

  return item;
}

static gboolean
order_edges (HwHeap        *heap,
             HwOrder        order,
             gboolean       retainers,
             gboolean       distance_by_size,
             guint32       *edges,
             gsize          n,
             GCancellable  *cancellable,
             GError       **error)
{
  Sort self = {
    .item = edge_item,
    .order = order,
    .heap = heap,
    .retainers = retainers,
    .tie_is_place = retainers || ascend (edges, n),
    .distance_by_size = distance_by_size,
  };

  if (order.measure == HW_MEASURE_NAME)
    self.text_place = TEXT_BEFORE_SECOND;
  else if (order.measure != HW_MEASURE_DISTANCE || !distance_by_size)
    self.text_place = TEXT_AFTER_SECOND;

  return sort (&self, edges, n, cancellable, error);
}

/**
 * hw_order_references:
 * @heap: a heap
 * @order: what to sort by
 * @below_instance: the edges are shown right below an object of the Summary
 * @edges: (inout): edges of the heap
 * @n: how many
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Sorts members: by edge name, then retained size ↓; by distance, then the target's name ↑ (below an instance:
 * retained size ↓); by a size, then edge name ↑; last by place in the file.
 *
 * Returns: FALSE with @error set, and the array as it was
 */
gboolean
hw_order_references (HwHeap        *heap,
                     HwOrder        order,
                     gboolean       below_instance,
                     guint32       *edges,
                     gsize          n,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_return_val_if_fail (heap != NULL, FALSE);

  return order_edges (heap, order, FALSE, below_instance, edges, n, cancellable, error);
}

/**
 * hw_order_retainers:
 * @heap: a heap
 * @order: what to sort by
 * @edges: (inout): edges of the heap, in retainer order
 * @n: how many
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Sorts retainers: by the retaining object's distance, then its name ↑; the others as members; last by place in
 * @edges.
 *
 * Returns: FALSE with @error set, and the array as it was
 */
gboolean
hw_order_retainers (HwHeap        *heap,
                    HwOrder        order,
                    guint32       *edges,
                    gsize          n,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_return_val_if_fail (heap != NULL, FALSE);

  return order_edges (heap, order, TRUE, FALSE, edges, n, cancellable, error);
}

static Item
diff_item (Sort    *self,
           guint32  id)
{
  const HwHeapDiffRow *row = hw_heap_diff_get_row (self->diff, id);
  gboolean descending = self->order.descending;
  Item item = { .tie = id, .text = hw_order_texts_add (&self->texts, row->name) };

  switch ((guint) self->order.measure)
    {
    case HW_MEASURE_NAME:
      break;
    case HW_MEASURE_ADDED_COUNT:
      item.first = unsigned_key (row->added_count, descending);
      break;
    case HW_MEASURE_REMOVED_COUNT:
      item.first = unsigned_key (row->removed_count, descending);
      break;
    case HW_MEASURE_ADDED_SIZE:
      item.first = unsigned_key (row->added_size, descending);
      break;
    case HW_MEASURE_REMOVED_SIZE:
      item.first = unsigned_key (row->removed_size, descending);
      break;
    case HW_MEASURE_COUNT_DELTA:
      item.first = signed_key ((gint64) (row->added_count - row->removed_count), descending);
      break;
    default:
      item.first = signed_key ((gint64) (row->added_size - row->removed_size), descending);
      break;
    }

  return item;
}

/**
 * hw_order_diff_rows:
 * @diff: a comparison
 * @order: what to sort by
 * @rows: (inout): rows of the comparison
 * @n: how many
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Sorts the classes of a comparison by a column, then by name ↑, last by place in the comparison.
 *
 * Returns: FALSE with @error set, and the array as it was
 */
gboolean
hw_order_diff_rows (HwHeapDiff    *diff,
                    HwOrder        order,
                    guint32       *rows,
                    gsize          n,
                    GCancellable  *cancellable,
                    GError       **error)
{
  Sort self = { .item = diff_item, .order = order, .diff = diff };

  g_return_val_if_fail (diff != NULL, FALSE);

  self.text_place = order.measure == HW_MEASURE_NAME ? TEXT_BEFORE_SECOND : TEXT_AFTER_SECOND;

  return sort (&self, rows, n, cancellable, error);
}

/**
 * hw_order_diff_nodes:
 * @heap: the heap that the objects are in
 * @order: what to sort by
 * @nodes: (inout): new objects, or deleted ones
 * @n: how many
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Sorts objects of a comparison: by name or a count column: name, then id ↑; by a size column: shallow size,
 * then id ↑.
 *
 * Returns: FALSE with @error set, and the array as it was
 */
gboolean
hw_order_diff_nodes (HwHeap        *heap,
                     HwOrder        order,
                     guint32       *nodes,
                     gsize          n,
                     GCancellable  *cancellable,
                     GError       **error)
{
  HwOrder inner = order;

  if (order.measure == HW_MEASURE_ADDED_SIZE || order.measure == HW_MEASURE_REMOVED_SIZE ||
      order.measure == HW_MEASURE_SIZE_DELTA || order.measure == HW_MEASURE_SHALLOW_SIZE)
    inner.measure = HW_MEASURE_SHALLOW_SIZE;
  else
    {
      inner.measure = HW_MEASURE_NAME;
      inner.descending = order.measure == HW_MEASURE_NAME && order.descending;
    }

  return hw_order_nodes (heap, inner, nodes, n, cancellable, error);
}
