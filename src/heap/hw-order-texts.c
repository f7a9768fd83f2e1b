/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names as sort keys. Ten million rows share far fewer names: a name is looked at once for each string of the heap
 * and, of plain objects, once for each pattern of references. Indexes are never spelled out.
 */
#include "config.h"

#include "base/hw-text.h"
#include "heap/hw-order-texts-private.h"

/* Below this many items the table of all strings costs more than the same name twice. */
#define FEW_ITEMS 4096

/* The top bit tells an index's own key from a place in the texts. */
#define NUMBER_BIT (G_GUINT64_CONSTANT (1) << 63)

static const guint64 powers_of_ten[] = {
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

static guint
digits_of (guint64 number)
{
  guint n = 1;

  while (n < G_N_ELEMENTS (powers_of_ten) && number >= powers_of_ten[n])
    n++;

  return n;
}

/**
 * hw_order_texts_init:
 * @self: texts
 * @heap: (nullable): the heap whose nodes and edges will be added
 * @n_items: how many items will be sorted
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Prepares for names.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_order_texts_init (HwOrderTexts  *self,
                     HwHeap        *heap,
                     gsize          n_items,
                     GCancellable  *cancellable,
                     GError       **error)
{
  *self = (HwOrderTexts) {
    .heap = heap,
    .few = heap == NULL || n_items < FEW_ITEMS,
    .made = g_string_chunk_new (4096),
  };
  hw_column_init (&self->texts, sizeof (char *));
  hw_column_init (&self->of_string, 4);
  hw_column_init (&self->of_pattern, 4);

  /* Many of the strings are ranked with all the others, for the next order too. */
  if (!self->few && (n_items >= heap->n_strings / 4 || g_atomic_pointer_get (&heap->string_ranks) != NULL) &&
      (self->ranks = hw_heap_ensure_string_ranks (heap, cancellable, error)) == NULL)
    return FALSE;

  /* Room that is never used is never given: large blocks are mapped. */
  return hw_column_reserve (&self->texts, MAX (n_items, 1), error) &&
         (self->few || (hw_column_resize (&self->of_string, heap->n_strings, error) &&
                        hw_column_resize (&self->of_pattern, heap->pattern_kind.length, error)));
}

/**
 * hw_order_texts_clear:
 * @self: texts
 *
 * Frees everything.
 */
void
hw_order_texts_clear (HwOrderTexts *self)
{
  hw_column_clear (&self->texts);
  g_clear_pointer (&self->made, g_string_chunk_free);
  hw_column_clear (&self->of_string);
  hw_column_clear (&self->of_pattern);
}

/**
 * hw_order_texts_add:
 * @self: texts
 * @text: WTF-8, which stays as long as @self
 *
 * Adds a name of one item; no more names than items can be added.
 *
 * Returns: a number for @text
 */
guint64
hw_order_texts_add (HwOrderTexts *self,
                    const char   *text)
{
  ((const char **) self->texts.data)[self->texts.length] = text;

  return self->texts.length++;
}

static guint64
add_made (HwOrderTexts *self,
          char         *text)
{
  const char *kept = g_string_chunk_insert (self->made, text);

  g_free (text);
  self->again |= self->ranks != NULL;

  return hw_order_texts_add (self, kept);
}

static guint64
add_string (HwOrderTexts *self,
            guint32       string)
{
  guint32 *place;

  if (self->ranks != NULL)
    return self->ranks[string];
  if (self->few)
    return hw_order_texts_add (self, hw_heap_string (self->heap, string));

  place = &hw_column_u32 (&self->of_string)[string];
  if (*place == 0)
    *place = (guint32) hw_order_texts_add (self, hw_heap_string (self->heap, string)) + 1;

  return *place - 1;
}

/* The name of a plain object is made of the names of its references, so it is the same for one pattern of these. */
static guint64
add_plain (HwOrderTexts *self,
           guint32       node)
{
  const guint32 *first = hw_column_u32 (&self->heap->first_edge);
  guint32 *place;

  if (self->few || first[node] == first[node + 1])
    return add_made (self, hw_heap_dup_node_name (self->heap, HW_NODE (node)));

  place = &hw_column_u32 (&self->of_pattern)[hw_column_u32 (&self->heap->node_pattern)[node]];
  if (*place == 0)
    *place = (guint32) add_made (self, hw_heap_dup_node_name (self->heap, HW_NODE (node))) + 1;

  return *place - 1;
}

/**
 * hw_order_texts_add_node:
 * @self: texts
 * @node: a node of the heap
 *
 * Returns: a number for the node's display name
 */
guint64
hw_order_texts_add_node (HwOrderTexts *self,
                         guint32       node)
{
  HwHeap *heap = self->heap;

  if (hw_heap_is_plain_object (heap, node))
    return add_plain (self, node);
  if (hw_heap_kind (heap, node) == HW_NODE_KIND_CONCATENATED_STRING)
    return add_made (self, hw_heap_dup_node_name (heap, HW_NODE (node)));

  return add_string (self, hw_column_u32 (&heap->node_name)[node]);
}

/* Decimal numbers as texts: "1" < "10" < "2". @n_digits of them, filled up on the right, then how many there are. */
static guint64
decimal_key (guint64 number,
             guint   n_digits)
{
  guint n = digits_of (number);

  return number * powers_of_ten[n_digits - n] << 4 | n;
}

/**
 * hw_order_texts_add_edge:
 * @self: texts
 * @edge: an edge of the heap
 * @is_number: (out): whether the name is an index
 *
 * Numbers and names are never compared with each other, as orders keep them apart.
 *
 * A shortcut may be known by a number that is no index: see hw_order_texts_must_start_again().
 *
 * Returns: a number for the edge's name
 */
guint64
hw_order_texts_add_edge (HwOrderTexts *self,
                         guint32       edge,
                         gboolean     *is_number)
{
  HwHeap *heap = self->heap;
  gsize entry = hw_heap_edge_entry (heap, edge);
  guint32 name = hw_column_u32 (&heap->pattern_name)[entry];
  HwEdgeKind kind = (HwEdgeKind) hw_column_u8 (&heap->pattern_kind)[entry];
  gint64 number = name;

  *is_number = HW_EDGE_KIND_IS_INDEXED (kind) ||
               (kind == HW_EDGE_KIND_SHORTCUT && hw_text_parse_int (hw_heap_string (heap, name), &number));
  if (!*is_number)
    return add_string (self, name);
  if (self->spell_numbers)
    return add_made (self, hw_heap_dup_edge_name (heap, HW_EDGE (edge)));
  if (number < 0 || number > G_MAXUINT32)
    {
      self->again = self->spell_numbers = TRUE;
      return 0;
    }

  self->largest_number = MAX (self->largest_number, (guint32) number);

  return NUMBER_BIT | (guint64) number;
}

/**
 * hw_order_texts_must_start_again:
 * @self: texts
 *
 * To be asked when all items are added. Ranks of strings say nothing about names that had to be made, and some
 * numbers compare only as texts.
 *
 * Returns: whether what was given for the items is of no use, and all must be added again
 */
gboolean
hw_order_texts_must_start_again (HwOrderTexts *self)
{
  if (!self->again)
    return FALSE;

  self->again = FALSE;
  self->ranks = NULL;
  self->texts.length = 0;
  if (self->of_string.length > 0)
    memset (self->of_string.data, 0, self->of_string.length * self->of_string.width);
  if (self->of_pattern.length > 0)
    memset (self->of_pattern.data, 0, self->of_pattern.length * self->of_pattern.width);

  return TRUE;
}

/**
 * hw_order_texts_rank:
 * @self: texts
 * @key: (inout): what the functions above gave for each item
 * @descending: whether greater texts come first
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Makes @key compare as the texts do.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_order_texts_rank (HwOrderTexts  *self,
                     HwSortKey     *key,
                     gboolean       descending,
                     GCancellable  *cancellable,
                     GError       **error)
{
  const HwSortKey given = *key;
  guint n_digits = digits_of (self->largest_number);
  g_auto(HwColumn) ranks = { 0 };

  hw_column_init (&ranks, 4);
  if (self->ranks == NULL &&
      (!hw_column_resize (&ranks, MAX (self->texts.length, 1), error) ||
       !hw_rank_texts (self->texts.data, self->texts.length, hw_column_u32 (&ranks), cancellable, error)))
    return FALSE;

  hw_sort_key_restart (key);
  for (gsize i = 0; i < given.values.length; i++)
    {
      guint64 value = hw_sort_key_get (&given, i);

      if ((value & NUMBER_BIT) != 0)
        value = decimal_key (value & ~NUMBER_BIT, n_digits);
      else if (self->ranks == NULL)
        value = hw_column_u32 (&ranks)[value];
      hw_sort_key_add (key, descending ? ~value : value);
    }

  return TRUE;
}
