/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inferred shapes. A plain object is named after the properties that many such objects share: {id, name}.
 *
 * Most plain objects have one of few sequences of properties, so objects are first put into groups of the
 * same sequence; everything after that is done once per group. A group keeps one of its objects to stand
 * for the sequence, so the sequences themselves are stored nowhere but in the edges.
 */
#include "config.h"

#include "base/hw-text.h"
#include "heap/hw-shapes-private.h"

/* DevTools' limit for the text of a definition, in UTF-16 units. */
#define SHAPE_UNITS 120

/* One candidate in this many plain objects, and at least two of them, make a definition. */
#define SHAPE_SHARE 1000

typedef struct
{
  guint64 hash;            /* of the property sequence */
  guint32 representative;  /* the first object of the group */
  guint32 count;
  guint32 shape;           /* its place in the ranking, or HW_NONE */
} Group;

struct _HwShapeGroups
{
  HwHeap  *heap;
  GArray  *groups;         /* Group, by first appearance */
  guint32 *of_pattern;     /* pattern's start → group number, HW_NONE until asked */
  guint32  empty;          /* the group of objects without references, or HW_NONE */
  guint32 *table;          /* open addressing: group numbers */
  gsize    mask;
  guint32  n_plain;
};

/**
 * hw_shape_free:
 * @self: a shape
 *
 * Frees a shape.
 */
void
hw_shape_free (HwShape *self)
{
  g_free (self->name);
  g_strfreev (self->properties);
  g_free (self);
}

static HwShape *
shape_copy (const HwShape *self)
{
  HwShape *copy = g_new0 (HwShape, 1);

  copy->name = g_strdup (self->name);
  copy->properties = g_strdupv (self->properties);
  copy->n_properties = self->n_properties;

  return copy;
}

static gpointer
shape_copy_func (gconstpointer shape,
                 gpointer      user_data G_GNUC_UNUSED)
{
  return shape_copy (shape);
}

/**
 * hw_shapes_copy:
 * @shapes: (element-type HwShape): shapes in rank order
 *
 * Returns: (transfer full) (element-type HwShape): a deep copy
 */
GPtrArray *
hw_shapes_copy (GPtrArray *shapes)
{
  GPtrArray *copy = g_ptr_array_copy (shapes, shape_copy_func, NULL);

  g_ptr_array_set_free_func (copy, (GDestroyNotify) hw_shape_free);

  return copy;
}

static inline gboolean
is_property (const HwHeap *heap,
             guint32       entry)
{
  return hw_column_u8 (&heap->pattern_kind)[entry] == HW_EDGE_KIND_PROPERTY &&
         hw_column_u32 (&heap->pattern_name)[entry] != heap->known[HW_KNOWN_PROTO];
}

/* The entries of the node's pattern are from @start to before @end. */
static inline void
get_entries (const HwHeap *heap,
             guint32       node,
             guint32      *start,
             guint32      *end)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);

  *start = hw_column_u32 (&heap->node_pattern)[node];
  *end = *start + (first[node + 1] - first[node]);
}

static guint64
hash_sequence (const HwHeap *heap,
               guint32       node)
{
  guint64 hash = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  guint32 start, end;

  get_entries (heap, node, &start, &end);
  for (guint32 i = start; i < end; i++)
    if (is_property (heap, i))
      {
        hash = (hash ^ hw_column_u32 (&heap->pattern_name)[i]) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
        hash ^= hash >> 32;
      }

  return hash;
}

static gboolean
same_sequence (const HwHeap *heap,
               guint32       a,
               guint32       b)
{
  const guint32 *names = hw_column_u32 (&heap->pattern_name);
  guint32 i, j, i_end, j_end;

  get_entries (heap, a, &i, &i_end);
  get_entries (heap, b, &j, &j_end);
  for (;;)
    {
      while (i < i_end && !is_property (heap, i))
        i++;
      while (j < j_end && !is_property (heap, j))
        j++;
      if (i == i_end || j == j_end)
        return i == i_end && j == j_end;
      if (names[i++] != names[j++])
        return FALSE;
    }
}

static gboolean
grow_table (HwShapeGroups  *self,
            GError        **error)
{
  gsize size = self->table == NULL ? 1024 : (self->mask + 1) * 2;
  guint32 *table = g_try_new (guint32, size);

  if (table == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for shapes");
      return FALSE;
    }
  memset (table, 0xff, size * sizeof (guint32));
  g_free (self->table);
  self->table = table;
  self->mask = size - 1;

  for (guint g = 0; g < self->groups->len; g++)
    {
      gsize i = g_array_index (self->groups, Group, g).hash & self->mask;

      while (table[i] != HW_NONE)
        i = (i + 1) & self->mask;
      table[i] = g;
    }

  return TRUE;
}

/* Where the group of objects with @node's pattern is noted. */
static inline guint32 *
group_place (HwShapeGroups *self,
             guint32        node)
{
  guint32 start, end;

  get_entries (self->heap, node, &start, &end);

  return start == end ? &self->empty : &self->of_pattern[start];
}

/* Adds an object of a pattern that is new. */
static gboolean
add_pattern (HwShapeGroups  *self,
             guint32         node,
             guint32        *group,
             GError        **error)
{
  guint64 hash = hash_sequence (self->heap, node);
  Group fresh = { hash, node, 1, HW_NONE };
  gsize i;

  if (self->table == NULL || self->groups->len > self->mask / 2)
    if (!grow_table (self, error))
      return FALSE;

  for (i = hash & self->mask; self->table[i] != HW_NONE; i = (i + 1) & self->mask)
    {
      Group *known = &g_array_index (self->groups, Group, self->table[i]);

      if (known->hash == hash && same_sequence (self->heap, known->representative, node))
        {
          known->count++;
          *group = self->table[i];
          return TRUE;
        }
    }
  *group = self->table[i] = self->groups->len;
  g_array_append_val (self->groups, fresh);

  return TRUE;
}

/**
 * hw_shape_groups_new:
 * @heap: a heap with edges and strings
 * @cancellable: (nullable): stops the pass
 * @error: return location
 *
 * Puts all plain objects into groups. Cost: one look at each of them and at each of their patterns' entries.
 *
 * Returns: (transfer full): the groups, or NULL with @error set
 */
HwShapeGroups *
hw_shape_groups_new (HwHeap        *heap,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr(HwShapeGroups) self = g_new0 (HwShapeGroups, 1);

  self->heap = heap;
  self->groups = g_array_new (FALSE, FALSE, sizeof (Group));
  self->empty = HW_NONE;
  self->of_pattern = g_try_new (guint32, heap->pattern_kind.length);
  if (self->of_pattern == NULL && heap->pattern_kind.length > 0)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for shapes");
      return NULL;
    }
  for (gsize i = 0; i < heap->pattern_kind.length; i++)
    self->of_pattern[i] = HW_NONE;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      guint32 *group;

      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      if (!hw_heap_is_plain_object (heap, node))
        continue;
      self->n_plain++;
      group = group_place (self, node);
      if (*group != HW_NONE)
        g_array_index (self->groups, Group, *group).count++;
      else if (!add_pattern (self, node, group, error))
        return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * hw_shape_groups_free:
 * @self: groups
 *
 * Frees the groups.
 */
void
hw_shape_groups_free (HwShapeGroups *self)
{
  g_array_unref (self->groups);
  g_free (self->of_pattern);
  g_free (self->table);
  g_free (self);
}

/* The text of the group's definition, or NULL when it has no properties. */
static HwShape *
make_candidate (HwHeap   *heap,
                guint32   node)
{
  const guint32 *names = hw_column_u32 (&heap->pattern_name);
  g_autoptr(GPtrArray) properties = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) text = g_string_new ("{");
  gsize units = 1;
  guint32 start, end;
  HwShape *shape;

  get_entries (heap, node, &start, &end);
  for (guint32 i = start; i < end; i++)
    {
      g_autofree char *name = NULL;
      gsize n;

      if (!is_property (heap, i))
        continue;
      name = hw_heap_dup_property_name (hw_heap_string (heap, names[i]));
      n = hw_text_utf16_length (name, -1);
      if (units > 1 && units + n > SHAPE_UNITS)
        break;
      if (units > 1)
        {
          g_string_append (text, ", ");
          units += 2;
        }
      g_string_append (text, name);
      units += n;
      g_ptr_array_add (properties, g_strdup (hw_heap_string (heap, names[i])));
    }
  if (properties->len == 0)
    return NULL;
  g_string_append_c (text, '}');

  shape = g_new0 (HwShape, 1);
  shape->name = g_strdup (text->str);
  shape->n_properties = properties->len;
  g_ptr_array_add (properties, NULL);
  shape->properties = (char **) g_ptr_array_steal (properties, NULL);

  return shape;
}

typedef struct
{
  guint64 hash;   /* of the text */
  guint64 count;
  guint   group;  /* the first with this text */
} Candidate;

static int
compare_candidates (gconstpointer a,
                    gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->count != y->count)
    return x->count > y->count ? -1 : 1;

  return x->group < y->group ? -1 : x->group > y->group;
}

/*
 * A hash of the text that make_candidate() would make, and whether there would be one. Nothing is allocated: with
 * dictionaries used as objects there are as many candidates as objects, and most of them come to nothing.
 */
static gboolean
hash_candidate (HwHeap   *heap,
                guint32   node,
                guint64  *hash)
{
  const guint32 *names = hw_column_u32 (&heap->pattern_name);
  gboolean has_property = FALSE;
  gsize units = 1;
  guint32 start, end;

  *hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  get_entries (heap, node, &start, &end);
  for (guint32 i = start; i < end; i++)
    {
      g_autofree char *quoted = NULL;
      const char *name;
      gsize n;

      if (!is_property (heap, i))
        continue;
      name = hw_heap_string (heap, names[i]);
      if (hw_heap_is_quoted_property (name))
        name = quoted = hw_heap_dup_property_name (name);
      n = hw_text_utf16_length (name, -1);
      if (units > 1 && units + n > SHAPE_UNITS)
        break;
      has_property = TRUE;
      if (units > 1)
        {
          *hash = (*hash ^ ',') * G_GUINT64_CONSTANT (0x100000001b3);
          units += 2;
        }
      for (; *name != 0; name++)
        *hash = (*hash ^ (guint8) *name) * G_GUINT64_CONSTANT (0x100000001b3);
      units += n;
    }

  return has_property;
}

/* Candidates by the hash of their text: open addressing, places + 1. */
typedef struct
{
  GArray  *candidates;
  guint32 *table;
  gsize    mask;
} Counter;

static gboolean
counter_grow (Counter  *self,
              GError  **error)
{
  gsize size = self->table == NULL ? 1024 : (self->mask + 1) * 2;
  guint32 *table = g_try_new0 (guint32, size);

  if (table == NULL)
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for shapes");
      return FALSE;
    }
  g_free (self->table);
  self->table = table;
  self->mask = size - 1;
  for (guint c = 0; c < self->candidates->len; c++)
    {
      gsize i = g_array_index (self->candidates, Candidate, c).hash & self->mask;

      while (table[i] != 0)
        i = (i + 1) & self->mask;
      table[i] = c + 1;
    }

  return TRUE;
}

static gboolean
counter_add (Counter      *self,
             guint64       hash,
             const Group  *group,
             guint         number,
             GError      **error)
{
  Candidate fresh = { hash, group->count, number };
  gsize i;

  if (self->table == NULL || self->candidates->len > self->mask / 2)
    if (!counter_grow (self, error))
      return FALSE;

  for (i = hash & self->mask; self->table[i] != 0; i = (i + 1) & self->mask)
    {
      Candidate *known = &g_array_index (self->candidates, Candidate, self->table[i] - 1);

      if (known->hash == hash)
        {
          known->count += group->count;
          return TRUE;
        }
    }
  g_array_append_val (self->candidates, fresh);
  self->table[i] = self->candidates->len;

  return TRUE;
}

/**
 * hw_shape_groups_infer:
 * @self: the groups of a heap
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Finds the definitions that enough plain objects begin with, most frequent first. Candidates are counted
 * by a hash of their text, because dictionaries used as objects make as many candidates as objects.
 *
 * Returns: (transfer full) (element-type HwShape): the definitions in rank order, or NULL with @error set
 */
GPtrArray *
hw_shape_groups_infer (HwShapeGroups  *self,
                       GCancellable   *cancellable,
                       GError        **error)
{
  g_autoptr(GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr(GPtrArray) shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_shape_free);
  Counter counter = { candidates, NULL, 0 };
  gboolean ok = TRUE;

  for (guint g = 0; ok && g < self->groups->len; g++)
    {
      const Group *group = &g_array_index (self->groups, Group, g);
      guint64 hash;

      if ((g & HW_CANCEL_STEPS) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        ok = FALSE;
      else if (hash_candidate (self->heap, group->representative, &hash))
        ok = counter_add (&counter, hash, group, g, error);
    }
  g_free (counter.table);
  if (!ok)
    return NULL;

  g_array_sort (candidates, compare_candidates);
  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (candidate->count < 2 || candidate->count * SHAPE_SHARE < self->n_plain)
        break;
      g_ptr_array_add (shapes, make_candidate (self->heap,
                                               g_array_index (self->groups, Group, candidate->group).representative));
    }

  return g_steal_pointer (&shapes);
}

/*
 * Matching: each definition waits for one of its properties, the one that the fewest definitions have. A
 * group's properties wake the definitions, which then look whether all of theirs are there.
 */
typedef struct
{
  GHashTable *property;  /* text → number */
  GPtrArray  *waiting;   /* number → GArray of definitions that wait for it */
  GArray     *needs;     /* per definition: the numbers of its properties, sorted, one after another */
  GArray     *first;     /* per definition: where its numbers begin in needs */
  HwColumn    strings;   /* u32, what of_string points to */
  guint32    *seen;      /* number → how often the current group has it */
  guint32    *of_string; /* string id → number, HW_NONE for none, UNKNOWN until asked */
} Matcher;

#define UNKNOWN (G_MAXUINT32 - 1)

static int
compare_guint (gconstpointer a,
               gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return x < y ? -1 : x > y;
}

static void
matcher_add_shape (Matcher       *self,
                   const HwShape *shape,
                   GArray        *frequency)
{
  guint start = self->needs->len;

  g_array_append_val (self->first, start);
  for (guint i = 0; i < shape->n_properties; i++)
    {
      gpointer number;
      guint n, zero = 0;

      if (!g_hash_table_lookup_extended (self->property, shape->properties[i], NULL, &number))
        {
          number = GUINT_TO_POINTER (g_hash_table_size (self->property));
          g_hash_table_insert (self->property, shape->properties[i], number);
          g_ptr_array_add (self->waiting, g_array_new (FALSE, FALSE, sizeof (guint)));
          g_array_append_val (frequency, zero);
        }
      n = GPOINTER_TO_UINT (number);
      g_array_index (frequency, guint, n)++;
      g_array_append_val (self->needs, n);
    }
  qsort (&g_array_index (self->needs, guint, start), shape->n_properties, sizeof (guint), compare_guint);
}

static gboolean
matcher_init (Matcher    *self,
              HwHeap     *heap,
              GPtrArray  *shapes,
              GError    **error)
{
  g_autoptr(GArray) frequency = g_array_new (FALSE, FALSE, sizeof (guint));
  guint end;

  self->property = g_hash_table_new (g_str_hash, g_str_equal);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->needs = g_array_new (FALSE, FALSE, sizeof (guint));
  self->first = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < shapes->len; i++)
    matcher_add_shape (self, g_ptr_array_index (shapes, i), frequency);
  end = self->needs->len;
  g_array_append_val (self->first, end);

  for (guint i = 0; i < shapes->len; i++)
    {
      guint rarest = g_array_index (self->needs, guint, g_array_index (self->first, guint, i));

      for (guint j = g_array_index (self->first, guint, i); j < g_array_index (self->first, guint, i + 1); j++)
        {
          guint n = g_array_index (self->needs, guint, j);

          if (g_array_index (frequency, guint, n) < g_array_index (frequency, guint, rarest))
            rarest = n;
        }
      g_array_append_val ((GArray *) g_ptr_array_index (self->waiting, rarest), i);
    }

  self->seen = g_new0 (guint32, MAX (self->waiting->len, 1));
  hw_column_init (&self->strings, 4);
  if (!hw_column_resize (&self->strings, MAX (heap->n_strings, 1), error))
    return FALSE;
  self->of_string = hw_column_u32 (&self->strings);
  for (guint32 i = 0; i < heap->n_strings; i++)
    self->of_string[i] = UNKNOWN;

  return TRUE;
}

static void
matcher_clear (Matcher *self)
{
  g_hash_table_unref (self->property);
  g_ptr_array_unref (self->waiting);
  g_array_unref (self->needs);
  g_array_unref (self->first);
  g_free (self->seen);
  hw_column_clear (&self->strings);
}

static guint32
matcher_number (Matcher *self,
                HwHeap  *heap,
                guint32  string)
{
  gpointer number;

  if (self->of_string[string] == UNKNOWN)
    self->of_string[string] =
      g_hash_table_lookup_extended (self->property, hw_heap_string (heap, string), NULL, &number)
        ? GPOINTER_TO_UINT (number)
        : HW_NONE;

  return self->of_string[string];
}

static gboolean
matcher_fits (Matcher *self,
              guint    shape)
{
  guint end = g_array_index (self->first, guint, shape + 1);

  for (guint j = g_array_index (self->first, guint, shape), same = 0; j < end; j++)
    {
      guint n = g_array_index (self->needs, guint, j);

      same = j > g_array_index (self->first, guint, shape) && n == g_array_index (self->needs, guint, j - 1)
               ? same + 1
               : 1;
      if (self->seen[n] < same)
        return FALSE;
    }

  return TRUE;
}

static guint32
matcher_best (Matcher    *self,
              HwHeap     *heap,
              GPtrArray  *shapes,
              guint32     node)
{
  const guint32 *names = hw_column_u32 (&heap->pattern_name);
  guint32 best = HW_NONE;
  guint32 start, end;

  get_entries (heap, node, &start, &end);
  for (guint32 e = start; e < end; e++)
    if (is_property (heap, e) && matcher_number (self, heap, names[e]) != HW_NONE)
      self->seen[self->of_string[names[e]]]++;

  for (guint32 e = start; e < end; e++)
    {
      guint32 n = is_property (heap, e) ? self->of_string[names[e]] : HW_NONE;
      GArray *waiting;

      if (n == HW_NONE)
        continue;
      waiting = g_ptr_array_index (self->waiting, n);
      for (guint i = 0; i < waiting->len; i++)
        {
          guint shape = g_array_index (waiting, guint, i);
          guint size = ((HwShape *) g_ptr_array_index (shapes, shape))->n_properties;
          guint best_size = best == HW_NONE ? 0 : ((HwShape *) g_ptr_array_index (shapes, best))->n_properties;

          if ((size > best_size || (size == best_size && shape < best)) && matcher_fits (self, shape))
            best = shape;
        }
    }

  for (guint32 e = start; e < end; e++)
    if (is_property (heap, e) && self->of_string[names[e]] != HW_NONE)
      self->seen[self->of_string[names[e]]] = 0;

  return best;
}

/**
 * hw_shape_groups_match:
 * @self: the groups of a heap
 * @shapes: (element-type HwShape): definitions in rank order, perhaps of another heap
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Gives each group the definition with the most properties all of which it has; of several the one that
 * ranks first.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_shape_groups_match (HwShapeGroups  *self,
                       GPtrArray      *shapes,
                       GCancellable   *cancellable,
                       GError        **error)
{
  Matcher matcher = { NULL, };
  gboolean ok = matcher_init (&matcher, self->heap, shapes, error);

  for (guint g = 0; ok && g < self->groups->len; g++)
    {
      Group *group = &g_array_index (self->groups, Group, g);

      if ((g & HW_CANCEL_STEPS) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        ok = FALSE;
      else
        group->shape = matcher_best (&matcher, self->heap, shapes, group->representative);
    }
  matcher_clear (&matcher);

  return ok;
}

/**
 * hw_shape_groups_get_shape:
 * @self: groups that were matched
 * @node: a plain object
 *
 * Returns: the place of its definition in the ranking, or HW_NONE
 */
guint32
hw_shape_groups_get_shape (HwShapeGroups *self,
                           guint32        node)
{
  return g_array_index (self->groups, Group, *group_place (self, node)).shape;
}
