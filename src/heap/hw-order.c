/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders of rows. Every order is: a first key, a second key, a tie-break; at most one of the keys is text. An
 * item carries both keys as unsigned numbers in which the direction is already folded, so that one comparison
 * serves every column of every view, and items without text can be sorted by radix.
 */
#include "config.h"

#include <stdlib.h>

#include "base/hw-text.h"
#include "heap/hw-heap-private.h"
#include "heap/hw-order.h"

typedef struct
{
  guint64     first;
  guint64     second;
  const char *text;   /* NULL when the order has no text */
  guint32     tie;
  guint32     id;
} Item;

typedef struct
{
  Item         *items;
  gsize         n;
  gboolean      has_text;
  gboolean      text_first;       /* text belongs to the first key, not to the second */
  gboolean      text_descending;
  GStringChunk *made;             /* names that had to be made */
} Sort;

/* Below this many items the histogram of a radix pass costs more than comparing. */
#define RADIX_MIN 2048

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

static int
compare_items (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const Item *x = a, *y = b;
  const Sort *sort = user_data;
  int result;

  if (x->first != y->first)
    return x->first < y->first ? -1 : 1;
  if (sort->has_text && sort->text_first && (result = hw_text_compare_utf16 (x->text, y->text)) != 0)
    return sort->text_descending ? -result : result;
  if (x->second != y->second)
    return x->second < y->second ? -1 : 1;
  if (sort->has_text && !sort->text_first && (result = hw_text_compare_utf16 (x->text, y->text)) != 0)
    return result;

  return x->tie < y->tie ? -1 : x->tie > y->tie;
}

/* One stable pass of 8 bits; FALSE when all items have the same digit there, and nothing moved. */
static gboolean
radix_pass (const Item *from,
            Item       *to,
            gsize       n,
            gboolean    by_first,
            guint       shift)
{
  gsize counts[256] = { 0 };
  gsize sum = 0;

  for (gsize i = 0; i < n; i++)
    counts[((by_first ? from[i].first : from[i].second) >> shift) & 0xff]++;
  for (guint d = 0; d < 256; d++)
    {
      gsize count = counts[d];

      if (count == n)
        return FALSE;
      counts[d] = sum;
      sum += count;
    }
  for (gsize i = 0; i < n; i++)
    to[counts[((by_first ? from[i].first : from[i].second) >> shift) & 0xff]++] = from[i];

  return TRUE;
}

static gboolean
radix_sort (Sort          *self,
            GCancellable  *cancellable,
            GError       **error)
{
  Item *other = g_try_new (Item, self->n);

  if (other == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory to sort");
      return FALSE;
    }

  /* The items come in the order of their tie-breaks, and each pass keeps it. */
  for (guint pass = 0; pass < 16; pass++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          g_free (other);
          return FALSE;
        }
      if (radix_pass (self->items, other, self->n, pass >= 8, (pass % 8) * 8))
        {
          Item *swap = self->items;

          self->items = other;
          other = swap;
        }
    }
  g_free (other);

  return TRUE;
}

static gboolean
sort_begin (Sort     *self,
            gsize     n,
            GError  **error)
{
  *self = (Sort) { .n = n };
  self->items = g_try_new (Item, MAX (n, 1));
  if (self->items == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory to sort");
      return FALSE;
    }

  return TRUE;
}

static void
sort_clear (Sort *self)
{
  g_free (self->items);
  g_clear_pointer (&self->made, g_string_chunk_free);
}

/* Sorts and writes the ids back; frees everything in any case. */
static gboolean
sort_end (Sort          *self,
          guint32       *ids,
          GCancellable  *cancellable,
          GError       **error)
{
  gboolean ok = !g_cancellable_set_error_if_cancelled (cancellable, error);
  gboolean in_tie_order = TRUE;

  for (gsize i = 1; i < self->n && in_tie_order; i++)
    in_tie_order = self->items[i - 1].tie <= self->items[i].tie;

  if (ok && !self->has_text && in_tie_order && self->n >= RADIX_MIN)
    ok = radix_sort (self, cancellable, error);
  else if (ok)
    qsort_r (self->items, self->n, sizeof (Item), compare_items, self);

  for (gsize i = 0; ok && i < self->n; i++)
    ids[i] = self->items[i].id;
  sort_clear (self);

  return ok;
}

static gboolean
cancelled (Sort          *self,
           gsize          i,
           GCancellable  *cancellable,
           GError       **error)
{
  if ((i & 0xfff) != 0 || !g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  sort_clear (self);

  return TRUE;
}

static const char *
keep (Sort *self,
      char *text)
{
  const char *kept;

  if (self->made == NULL)
    self->made = g_string_chunk_new (1 << 16);
  kept = g_string_chunk_insert (self->made, text);
  g_free (text);

  return kept;
}

/* The display name; only ropes and plain objects need one made. */
static const char *
node_name (Sort    *self,
           HwHeap  *heap,
           guint32  node)
{
  if (hw_heap_kind (heap, node) != HW_NODE_KIND_CONCATENATED_STRING && !hw_heap_is_plain_object (heap, node))
    return hw_heap_string (heap, hw_column_u32 (&heap->node_name)[node]);

  return keep (self, hw_heap_dup_node_name (heap, HW_NODE (node)));
}

static const char *
edge_name (Sort    *self,
           HwHeap  *heap,
           guint32  edge)
{
  if (!hw_heap_get_edge_is_indexed (heap, HW_EDGE (edge)) &&
      hw_heap_get_edge_kind (heap, HW_EDGE (edge)) != HW_EDGE_KIND_SHORTCUT)
    return hw_heap_get_edge_text (heap, HW_EDGE (edge));

  return keep (self, hw_heap_dup_edge_name (heap, HW_EDGE (edge)));
}

/* Named edges before numbered ones, __proto__ behind both whatever the direction. */
static guint64
edge_rank (HwHeap     *heap,
           guint32     edge,
           const char *name,
           gboolean    descending)
{
  HwEdgeKind kind = hw_heap_get_edge_kind (heap, HW_EDGE (edge));
  gint64 number;
  gboolean numbered = HW_EDGE_KIND_IS_INDEXED (kind) ||
                      (kind == HW_EDGE_KIND_SHORTCUT && hw_text_parse_int (name, &number));

  if (!HW_EDGE_KIND_IS_INDEXED (kind) && hw_column_u32 (&heap->pattern_name)[hw_heap_edge_entry (heap, edge)] == heap->known[HW_KNOWN_PROTO])
    return 2;

  return numbered != descending;
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
  Sort sort;

  g_return_val_if_fail (classes != NULL, FALSE);

  if (!sort_begin (&sort, n, error))
    return FALSE;
  sort.has_text = order.measure != HW_MEASURE_DISTANCE;
  sort.text_first = order.measure == HW_MEASURE_NAME;
  sort.text_descending = order.descending;

  for (gsize i = 0; i < n; i++)
    {
      const HwClassRow *row = hw_class_table_get_row (classes, HW_CLASS (class_ids[i]));
      Item *item = &sort.items[i];

      if (cancelled (&sort, i, cancellable, error))
        return FALSE;
      *item = (Item) { .id = class_ids[i], .tie = row->first_instance.value, .text = row->name };
      if (order.measure == HW_MEASURE_NAME)
        item->second = unsigned_key (row->retained_size, TRUE);
      else if (order.measure == HW_MEASURE_DISTANCE)
        {
          item->first = signed_key (row->distance, order.descending);
          item->second = unsigned_key (row->retained_size, TRUE);
        }
      else if (order.measure == HW_MEASURE_SHALLOW_SIZE)
        item->first = unsigned_key (row->shallow_size, order.descending);
      else if (order.measure == HW_MEASURE_COUNT)
        item->first = unsigned_key (row->count, order.descending);
      else
        item->first = unsigned_key (row->retained_size, order.descending);
    }

  return sort_end (&sort, class_ids, cancellable, error);
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
 * size, then id ↑; last by place in the file. Cost: linear for numbers (some 0.1 s a million).
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
  Sort sort;

  g_return_val_if_fail (heap != NULL, FALSE);

  if (!sort_begin (&sort, n, error))
    return FALSE;
  sort.has_text = order.measure == HW_MEASURE_NAME;
  sort.text_first = TRUE;
  sort.text_descending = order.descending;

  for (gsize i = 0; i < n; i++)
    {
      HwNodeId node = HW_NODE (nodes[i]);
      Item *item = &sort.items[i];

      if (cancelled (&sort, i, cancellable, error))
        return FALSE;
      *item = (Item) { .id = nodes[i], .tie = nodes[i], .second = hw_heap_get_object_id (heap, node) };
      if (order.measure == HW_MEASURE_NAME)
        item->text = node_name (&sort, heap, nodes[i]);
      else if (order.measure == HW_MEASURE_DISTANCE)
        {
          item->first = signed_key (hw_heap_get_distance (heap, node), order.descending);
          item->second = unsigned_key (hw_heap_get_retained_size (heap, node), TRUE);
        }
      else if (order.measure == HW_MEASURE_RETAINED_SIZE)
        item->first = unsigned_key (hw_heap_get_retained_size (heap, node), order.descending);
      else
        item->first = unsigned_key (hw_heap_get_shallow_size (heap, node), order.descending);
    }

  return sort_end (&sort, nodes, cancellable, error);
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
  Sort sort;

  if (!sort_begin (&sort, n, error))
    return FALSE;
  sort.has_text = order.measure != HW_MEASURE_DISTANCE || !distance_by_size;
  sort.text_first = order.measure == HW_MEASURE_NAME;
  sort.text_descending = order.descending;

  for (gsize i = 0; i < n; i++)
    {
      HwNodeId node = retainers ? hw_heap_get_edge_source (heap, HW_EDGE (edges[i]))
                                : hw_heap_get_edge_target (heap, HW_EDGE (edges[i]));
      guint64 retained = hw_heap_get_retained_size (heap, node);
      Item *item = &sort.items[i];

      if (cancelled (&sort, i, cancellable, error))
        return FALSE;
      *item = (Item) { .id = edges[i], .tie = retainers ? (guint32) i : edges[i] };

      if (order.measure == HW_MEASURE_DISTANCE)
        {
          gint64 distance = hw_heap_get_distance (heap, node);

          /* What nothing reaches is no way to a root, so it comes behind every other retainer. */
          if (retainers && distance == HW_DISTANCE_UNREACHABLE)
            distance = G_MAXINT64;
          item->first = signed_key (distance, order.descending);
          if (distance_by_size)
            item->second = unsigned_key (retained, TRUE);
          else
            item->text = node_name (&sort, heap, node.value);
          continue;
        }

      item->text = edge_name (&sort, heap, edges[i]);
      if (order.measure == HW_MEASURE_NAME)
        {
          item->first = edge_rank (heap, edges[i], item->text, order.descending);
          item->second = unsigned_key (retained, TRUE);
          continue;
        }
      item->first = unsigned_key (order.measure == HW_MEASURE_SHALLOW_SIZE ? hw_heap_get_shallow_size (heap, node) : retained,
                                  order.descending);
      /* Named before numbered here too; "ascending" is 1 for numbered. */
      item->second = edge_rank (heap, edges[i], item->text, FALSE);
    }

  return sort_end (&sort, edges, cancellable, error);
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
  Sort sort;

  g_return_val_if_fail (diff != NULL, FALSE);

  if (!sort_begin (&sort, n, error))
    return FALSE;
  sort.has_text = TRUE;
  sort.text_first = order.measure == HW_MEASURE_NAME;
  sort.text_descending = order.descending;

  for (gsize i = 0; i < n; i++)
    {
      const HwHeapDiffRow *row = hw_heap_diff_get_row (diff, rows[i]);
      Item *item = &sort.items[i];

      if (cancelled (&sort, i, cancellable, error))
        return FALSE;
      *item = (Item) { .id = rows[i], .tie = rows[i], .text = row->name };
      if (order.measure == HW_MEASURE_NAME)
        continue;
      if (order.measure == HW_MEASURE_ADDED_COUNT)
        item->first = unsigned_key (row->added_count, order.descending);
      else if (order.measure == HW_MEASURE_REMOVED_COUNT)
        item->first = unsigned_key (row->removed_count, order.descending);
      else if (order.measure == HW_MEASURE_ADDED_SIZE)
        item->first = unsigned_key (row->added_size, order.descending);
      else if (order.measure == HW_MEASURE_REMOVED_SIZE)
        item->first = unsigned_key (row->removed_size, order.descending);
      else if (order.measure == HW_MEASURE_COUNT_DELTA)
        item->first = signed_key ((gint64) (row->added_count - row->removed_count), order.descending);
      else
        item->first = signed_key ((gint64) (row->added_size - row->removed_size), order.descending);
    }

  return sort_end (&sort, rows, cancellable, error);
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
