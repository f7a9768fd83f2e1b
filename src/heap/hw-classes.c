/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Classes: which constructor an object counts for, and what a constructor's objects add up to.
 *
 * A class is its public key: the name, for located objects with script, line and column before it. DevTools
 * keys by string-table index inside and loses the objects of one of two internal keys that come to the same
 * public key; here such objects are one class.
 */
#include "config.h"

#include <stdlib.h>

#include "heap/hw-shapes-private.h"

typedef struct
{
  guint32 name;
  guint32 script_id;
  guint32 line;
  guint32 column;
} LocatedKey;

typedef struct
{
  HwHeap     *heap;
  guint32    *numbers;      /* by class name: number + 1; open addressing */
  gsize       mask;
  GPtrArray  *names;        /* number → class name, of the heap, the shapes or @made */
  GStringChunk *made;
  GArray     *plain_class;  /* number → class without location, or HW_NONE */
  GHashTable *located;      /* LocatedKey → class */
  GArray     *rows;         /* HwClassRow */
  HwColumn    of_string;    /* u32, string id → number of the class that objects of the name have, HW_NONE until asked */
  guint32     of_kind[HW_NODE_KIND_OTHER + 1];
  guint32    *of_shape;     /* shape → number, HW_NONE until asked */
} Classifier;

static guint
located_hash (gconstpointer key)
{
  const LocatedKey *k = key;

  return ((k->name * 31 + k->script_id) * 31 + k->line) * 31 + k->column;
}

static gboolean
located_equal (gconstpointer a,
               gconstpointer b)
{
  return memcmp (a, b, sizeof (LocatedKey)) == 0;
}

static void
row_clear (gpointer row)
{
  g_free ((char *) ((HwClassRow *) row)->name);
}

/* Where @name's number is, or an empty place for it. */
static guint32 *
number_place (Classifier *self,
              const char *name)
{
  gsize i = g_str_hash (name) & self->mask;

  while (self->numbers[i] != 0 && strcmp (g_ptr_array_index (self->names, self->numbers[i] - 1), name) != 0)
    i = (i + 1) & self->mask;

  return &self->numbers[i];
}

/* A million classes are a million names: a table of numbers takes a fifth of what one of pointers does. */
static void
grow_numbers (Classifier *self)
{
  gsize size = self->numbers == NULL ? 1024 : (self->mask + 1) * 2;

  g_free (self->numbers);
  self->numbers = g_new0 (guint32, size);
  self->mask = size - 1;
  for (guint n = 0; n < self->names->len; n++)
    *number_place (self, g_ptr_array_index (self->names, n)) = n + 1;
}

/* @lasts: whether @name stays where it is while classes are given. */
static guint32
name_number (Classifier *self,
             const char *name,
             gboolean    lasts)
{
  guint32 none = HW_NONE;
  guint32 *place;

  if (self->numbers == NULL || self->names->len > self->mask / 2)
    grow_numbers (self);
  place = number_place (self, name);
  if (*place == 0)
    {
      g_ptr_array_add (self->names, lasts ? (char *) name : g_string_chunk_insert (self->made, name));
      g_array_append_val (self->plain_class, none);
      *place = self->names->len;
    }

  return *place - 1;
}

/* <div id="a"> counts for <div>, and so behind "Detached "; NULL for what counts for itself. */
static char *
dup_object_class (const char *name)
{
  const char *space = NULL;

  if (*name == '<')
    space = strchr (name, ' ');
  else if (g_str_has_prefix (name, "Detached <"))
    space = strchr (name + strlen ("Detached <"), ' ');

  return space != NULL ? g_strdup_printf ("%.*s>", (int) MIN (space - name, G_MAXINT), name) : NULL;
}

static char *
dup_kind_class (HwHeap   *heap,
                guint32   node)
{
  switch (hw_heap_kind (heap, node))
    {
    case HW_NODE_KIND_HIDDEN:
      return g_strdup ("(system)");
    case HW_NODE_KIND_CODE:
      return g_strdup ("(compiled code)");
    case HW_NODE_KIND_CLOSURE:
      return g_strdup ("Function");
    case HW_NODE_KIND_REGEXP:
      return g_strdup ("RegExp");
    case HW_NODE_KIND_ARRAY:
    case HW_NODE_KIND_STRING:
    case HW_NODE_KIND_OBJECT:
    case HW_NODE_KIND_NUMBER:
    case HW_NODE_KIND_NATIVE:
    case HW_NODE_KIND_SYNTHETIC:
    case HW_NODE_KIND_CONCATENATED_STRING:
    case HW_NODE_KIND_SLICED_STRING:
    case HW_NODE_KIND_SYMBOL:
    case HW_NODE_KIND_BIGINT:
    case HW_NODE_KIND_OBJECT_SHAPE:
    case HW_NODE_KIND_OTHER:
      return g_strdup_printf ("(%s)", hw_heap_get_node_kind_name (heap, HW_NODE (node)));
    default:
      g_assert_not_reached ();
    }
}

static guint32
node_name_number (Classifier     *self,
                  HwShapeGroups  *groups,
                  GPtrArray      *shapes,
                  guint32         node)
{
  HwHeap *heap = self->heap;
  HwNodeKind kind = hw_heap_kind (heap, node);
  guint32 string = hw_column_u32 (&heap->node_name)[node];

  if (kind == HW_NODE_KIND_OBJECT && string == heap->known[HW_KNOWN_OBJECT])
    {
      guint32 shape = hw_shape_groups_get_shape (groups, node);

      if (shape != HW_NONE)
        {
          if (self->of_shape[shape] == HW_NONE)
            self->of_shape[shape] = name_number (self, ((HwShape *) g_ptr_array_index (shapes, shape))->name, TRUE);
          return self->of_shape[shape];
        }
    }

  if (kind == HW_NODE_KIND_OBJECT || kind == HW_NODE_KIND_NATIVE)
    {
      guint32 *number = &hw_column_u32 (&self->of_string)[string];

      if (*number == HW_NONE)
        {
          const char *name = hw_heap_string (heap, string);
          g_autofree char *shorter = dup_object_class (name);

          *number = name_number (self, shorter != NULL ? shorter : name, shorter == NULL);
        }
      return *number;
    }

  if (kind == HW_NODE_KIND_OTHER || self->of_kind[kind] == HW_NONE)
    {
      g_autofree char *name = dup_kind_class (heap, node);

      self->of_kind[kind] = name_number (self, name, FALSE);
    }

  return self->of_kind[kind];
}

static guint32
add_row (Classifier *self,
         guint32     name,
         HwClassRow  row)
{
  row.name = g_strdup (g_ptr_array_index (self->names, name));
  row.first_instance = HW_NODE_NONE;
  g_array_append_val (self->rows, row);

  return self->rows->len - 1;
}

static guint32
located_class (Classifier *self,
               guint32     name,
               gsize       location)
{
  HwHeap *heap = self->heap;
  LocatedKey key = {
    name,
    hw_column_u32 (&heap->location_script)[location],
    hw_column_u32 (&heap->location_line)[location],
    hw_column_u32 (&heap->location_column)[location],
  };
  gpointer known;
  guint32 class_id;

  if (g_hash_table_lookup_extended (self->located, &key, NULL, &known))
    return GPOINTER_TO_UINT (known);

  class_id = add_row (self, name, (HwClassRow) {
    .has_location = TRUE,
    .script_id = key.script_id,
    .line = key.line,
    .column = key.column,
  });
  g_hash_table_insert (self->located, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (class_id));

  return class_id;
}

/* Appends to a column of as few bytes as the greatest id so far needs; most snapshots have less than 256 classes. */
static gboolean
push_class (HwColumn  *column,
            guint32    class_id,
            GError   **error)
{
  if (G_UNLIKELY (class_id >> (8 * MIN (column->width, 3)) != 0 && column->width < 4) &&
      !hw_column_widen (column, class_id > G_MAXUINT16 ? 4 : 2, error))
    return FALSE;

  if (column->width == 1)
    hw_column_u8 (column)[column->length++] = (guint8) class_id;
  else if (column->width == 2)
    hw_column_u16 (column)[column->length++] = (guint16) class_id;
  else
    hw_column_u32 (column)[column->length++] = class_id;

  return TRUE;
}

static gboolean
classify (Classifier     *self,
          HwShapeGroups  *groups,
          GPtrArray      *shapes,
          HwColumn       *class_of_node,
          GCancellable   *cancellable,
          GError        **error)
{
  HwHeap *heap = self->heap;
  const guint32 *located = hw_column_u32 (&heap->location_node);
  gsize location = 0, n_locations = heap->location_node.length;

  if (!hw_column_reserve (class_of_node, heap->n_nodes, error))
    return FALSE;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      guint32 name = node_name_number (self, groups, shapes, node);
      guint32 *plain;

      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      while (location < n_locations && located[location] < node)
        location++;
      if (location < n_locations && located[location] == node && hw_heap_kind (heap, node) == HW_NODE_KIND_OBJECT)
        {
          if (!push_class (class_of_node, located_class (self, name, location), error))
            return FALSE;
          continue;
        }

      plain = &g_array_index (self->plain_class, guint32, name);
      if (*plain == HW_NONE)
        *plain = add_row (self, name, (HwClassRow) { .has_location = FALSE });
      if (!push_class (class_of_node, *plain, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
classifier_init (Classifier  *self,
                 HwHeap      *heap,
                 GError     **error)
{
  self->heap = heap;
  self->names = g_ptr_array_new ();
  self->made = g_string_chunk_new (1024);
  self->plain_class = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->located = g_hash_table_new_full (located_hash, located_equal, g_free, NULL);
  self->rows = g_array_new (FALSE, FALSE, sizeof (HwClassRow));
  g_array_set_clear_func (self->rows, row_clear);
  memset (self->of_kind, 0xff, sizeof self->of_kind);
  hw_column_init (&self->of_string, 4);
  if (!hw_column_resize (&self->of_string, MAX (heap->n_strings, 1), error))
    return FALSE;
  memset (self->of_string.data, 0xff, (gsize) heap->n_strings * sizeof (guint32));

  return TRUE;
}

static void
classifier_clear (Classifier *self)
{
  g_free (self->numbers);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->made, g_string_chunk_free);
  g_clear_pointer (&self->plain_class, g_array_unref);
  g_clear_pointer (&self->located, g_hash_table_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  hw_column_clear (&self->of_string);
  g_free (self->of_shape);
}

/**
 * hw_heap_classify:
 * @self: a heap with edges, strings, DOM states and locations
 * @shapes: (inout) (element-type HwShape): definitions to apply, or NULL to infer this heap's own; then set to a new array
 * @class_of_node: an empty column of one byte, to be filled with class ids and as wide as they need
 * @rows: (out) (transfer full) (element-type HwClassRow): the classes by id, their figures all 0
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Finds each node's class. Ids are given by first appearance in file order.
 *
 * Cost: linear; besides the result 4 bytes per string.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_heap_classify (HwHeap        *self,
                  GPtrArray    **shapes,
                  HwColumn      *class_of_node,
                  GArray       **rows,
                  GCancellable  *cancellable,
                  GError       **error)
{
  Classifier classifier = { NULL, };
  g_autoptr(HwShapeGroups) groups = hw_shape_groups_new (self, cancellable, error);
  g_autoptr(GPtrArray) inferred = NULL;
  gboolean ok;

  if (groups == NULL)
    return FALSE;
  if (*shapes == NULL && (inferred = hw_shape_groups_infer (groups, cancellable, error)) == NULL)
    return FALSE;
  if (!hw_shape_groups_match (groups, inferred != NULL ? inferred : *shapes, cancellable, error))
    return FALSE;

  ok = classifier_init (&classifier, self, error);
  if (ok)
    {
      GPtrArray *used = inferred != NULL ? inferred : *shapes;

      classifier.of_shape = g_new (guint32, MAX (used->len, 1));
      memset (classifier.of_shape, 0xff, used->len * sizeof (guint32));
      ok = classify (&classifier, groups, used, class_of_node, cancellable, error);
    }
  if (ok)
    {
      *rows = g_steal_pointer (&classifier.rows);
      if (inferred != NULL)
        *shapes = g_steal_pointer (&inferred);
    }
  classifier_clear (&classifier);

  return ok;
}

/* @offsets and @instances are taken; in a whole table also @rows. */
static HwClassTable *
make_class_table (HwHeap    *self,
                  GArray    *rows,
                  gboolean   is_whole,
                  guint32   *offsets,
                  guint32   *instances)
{
  HwClassTableBuilder *builder;
  guint64 total = self->extra_native_bytes;

  /* Every byte belongs to some class, so this is what the root will retain. */
  for (guint i = 0; i < rows->len; i++)
    total += g_array_index (rows, HwClassRow, i).shallow_size;

  builder = hw_class_table_builder_new (total, is_whole, is_whole);
  if (is_whole)
    hw_class_table_builder_take_rows (builder, rows);
  else
    for (guint i = 0; i < rows->len; i++)
      hw_class_table_builder_add (builder, &g_array_index (rows, HwClassRow, i));

  return hw_class_table_builder_end (builder, offsets, instances);
}

/* Lays the dominator tree out in pre-order: gives a list of numbers, in the place of the tree's scratch memory. */
static guint32 *
lay_out (HwHeap           *self,
         HwDominatorTree  *tree,
         GCancellable     *cancellable,
         GError          **error)
{
  const guint32 *parent = hw_column_u32 (&tree->parent);
  gsize n = self->n_nodes;
  guint32 *size = (gpointer) hw_column_u64 (&tree->scratch); /* number → nodes in its subtree */
  guint32 *place = hw_column_u32 (&self->dominator);         /* number → end of what is free of its stretch; at last its place + 1 */
  guint32 *at = size;                                        /* place → number, when sizes are needed no more */

  for (gsize w = 0; w < n; w++)
    size[w] = 1;
  for (gsize w = n; w-- > 1;)
    {
      if ((w & HW_CANCEL_STEPS) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      size[parent[w]] += size[w];
    }

  /* Each node takes its stretch from the end of its dominator's, so that just the dominator's own place is left. */
  place[0] = size[0];
  for (gsize w = 1; w < n; w++)
    {
      if ((w & HW_CANCEL_STEPS) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      place[w] = place[parent[w]];
      place[parent[w]] -= size[w];
    }
  for (guint32 w = 0; w < n; w++)
    {
      if ((w & HW_CANCEL_STEPS) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      at[place[w] - 1] = w;
    }

  return at;
}

/* A node whose subtree is passed, and its class. */
typedef struct
{
  guint32 number;
  guint32 class_id;
} Open;

/*
 * Σ retained size over the objects that no other object of the class dominates. Passing the dominator tree in
 * pre-order, we know for each class how many of its objects are above the node at hand.
 */
static gboolean
add_retained (HwHeap                 *self,
              GArray                 *rows,
              const HwDominatorTree  *tree,
              const guint32          *at,
              GCancellable           *cancellable,
              GError                **error)
{
  const guint32 *vertex = hw_column_u32 (&tree->vertex);
  const guint32 *parent = hw_column_u32 (&tree->parent);
  guint32 n = self->n_nodes;
  g_autofree guint32 *n_above = g_new0 (guint32, MAX (rows->len, 1));
  g_auto(HwColumn) stack = { .width = 8 };

  for (guint32 i = 0; i < n; i++)
    {
      guint32 w = at[i], node = vertex[w];
      guint32 class_id = (guint32) hw_column_get (&self->node_class, node);
      Open *open = stack.data;

      HW_RETURN_IF_CANCELLED (i, cancellable, error);
      for (; stack.length > 0 && open[stack.length - 1].number != parent[w]; stack.length--)
        if (open[stack.length - 1].class_id != HW_NONE)
          n_above[open[stack.length - 1].class_id]--;

      if (hw_sizes_get (&self->node_size, node) == 0)
        class_id = HW_NONE;
      else if (n_above[class_id] == 0)
        g_array_index (rows, HwClassRow, class_id).retained_size += hw_sizes_get (&self->retained, node);

      /* Three of four nodes dominate nothing. */
      if (i + 1 == n || parent[at[i + 1]] != w)
        continue;
      if (stack.length == stack.capacity && !hw_column_reserve (&stack, 1, error))
        return FALSE;
      ((Open *) stack.data)[stack.length++] = (Open) { w, class_id };
      if (class_id != HW_NONE)
        n_above[class_id]++;
    }

  return TRUE;
}

/**
 * hw_heap_sum_classes:
 * @self: a heap with transferred sizes and classes
 * @rows: (element-type HwClassRow): the classes; their figures are filled in but for retained sizes
 * @has_distances: whether the heap's distances are known
 * @make_table: whether a table is wanted, for a first look
 *
 * Adds up counts and shallow sizes, and finds the least distances. Cost: one pass.
 *
 * Returns: (transfer full) (nullable): the table
 */
HwClassTable *
hw_heap_sum_classes (HwHeap   *self,
                     GArray   *rows,
                     gboolean  has_distances,
                     gboolean  make_table)
{
  for (guint i = 0; i < rows->len; i++)
    {
      HwClassRow *row = &g_array_index (rows, HwClassRow, i);

      row->count = row->shallow_size = row->retained_size = 0;
      row->distance = G_MAXINT64;
      row->first_instance = HW_NODE_NONE;
    }

  for (guint32 node = 0; node < self->n_nodes; node++)
    {
      guint64 size = hw_sizes_get (&self->node_size, node);
      HwClassRow *row = &g_array_index (rows, HwClassRow, hw_column_get (&self->node_class, node));

      if (size == 0)
        continue;
      if (row->count++ == 0)
        row->first_instance = HW_NODE (node);
      row->shallow_size += size;
      if (has_distances)
        row->distance = MIN (row->distance, hw_heap_get_distance (self, HW_NODE (node)));
    }

  for (guint i = 0; i < rows->len; i++)
    {
      HwClassRow *row = &g_array_index (rows, HwClassRow, i);

      if (row->distance == G_MAXINT64)
        row->distance = HW_DISTANCE_UNREACHABLE;
    }

  return make_table ? make_class_table (self, rows, FALSE, NULL, NULL) : NULL;
}

/**
 * hw_heap_list_instances:
 * @self: a heap with shallow sizes
 * @class_of_node: a class id for each node, less than @n_classes
 * @n_classes: number of classes
 * @order: (nullable): all nodes in the order in which a class is to list its own, or NULL for file order
 * @offsets: (out) (transfer full): from malloc(): where each class's objects begin, and the end
 * @instances: (out) (transfer full): from malloc(): node ids by class
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Lists the objects of shallow size above 0 by class. Cost: two passes.
 *
 * Returns: FALSE when memory is short or the work is to stop
 */
gboolean
hw_heap_list_instances (HwHeap          *self,
                        const HwColumn  *class_of_node,
                        guint            n_classes,
                        const guint32   *order,
                        guint32        **offsets,
                        guint32        **instances,
                        GCancellable    *cancellable,
                        GError         **error)
{
  guint32 *first = calloc ((gsize) n_classes + 2, sizeof (guint32));
  guint32 *nodes = malloc (MAX (self->n_nodes, 1) * sizeof (guint32));

  if (first == NULL || nodes == NULL)
    {
      free (first);
      free (nodes);
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for classes");
      return FALSE;
    }

  /* Counted two places up, so that filling leaves each class's start one place down. */
  for (guint32 node = 0; node < self->n_nodes; node++)
    if (hw_sizes_get (&self->node_size, node) != 0)
      first[hw_column_get (class_of_node, node) + 2]++;
  for (guint i = 2; i < n_classes + 2; i++)
    first[i] += first[i - 1];
  for (guint32 i = 0; i < self->n_nodes; i++)
    {
      guint32 node = order != NULL ? order[i] : i;

      if ((i & HW_CANCEL_STEPS) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          free (first);
          free (nodes);
          return FALSE;
        }
      if (hw_sizes_get (&self->node_size, node) != 0)
        nodes[first[hw_column_get (class_of_node, node) + 1]++] = node;
    }

  *offsets = first;
  *instances = nodes;

  return TRUE;
}

/**
 * hw_heap_aggregate:
 * @self: a heap with distances and retained sizes
 * @rows: (element-type HwClassRow): the classes, as hw_heap_sum_classes() left them; they become the table's
 * @tree: the dominators' tree; used up
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Adds up each class's retained size, and fills the column of dominators, which is where the tree is laid out.
 *
 * Cost: linear; no memory but the tree's, and 8 bytes for each level of it.
 *
 * Returns: (transfer full): the table, or NULL with @error set
 */
HwClassTable *
hw_heap_aggregate (HwHeap           *self,
                   GArray           *rows,
                   HwDominatorTree  *tree,
                   GCancellable     *cancellable,
                   GError          **error)
{
  guint32 *at = lay_out (self, tree, cancellable, error);
  guint32 *offsets, *instances;

  if (at == NULL)
    return NULL;
  if (!hw_heap_store_dominators (self, tree, cancellable, error) ||
      !add_retained (self, rows, tree, at, cancellable, error))
    return NULL;

  /* The lists take what the tree gives back. */
  hw_dominator_tree_clear (tree);
  if (!hw_heap_list_instances (self, &self->node_class, rows->len, NULL, &offsets, &instances, cancellable, error))
    return NULL;

  return make_class_table (self, rows, TRUE, offsets, instances);
}
