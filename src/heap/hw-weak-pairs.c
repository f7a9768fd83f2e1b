/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * WeakMap entries. V8 writes an entry key → value as two internal edges, one from the key and one from
 * the table, whose names differ only in the number before
 *
 *   " / part of key (<name> @<id>) -> value (<name> @<id>) pair in WeakMap (table @<id>)"
 *
 * The value lives only as long as both, so dominators use the key's half and distances the second half
 * that is met. Names with a line break, and V8's unformatted template, are not recognised, as in DevTools.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

static const char part_of_key[] = " / part of key (";
static const char arrow[] = " -> value (";
static const char in_weak_map[] = " pair in WeakMap (table @";

static gboolean
has_line_break (const char *text,
                gsize       length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\n' || text[i] == '\r')
        return TRUE;
      /* U+2028 and U+2029 */
      if (text[i] == '\xe2' && i + 2 < length && text[i + 1] == '\x80' &&
          (text[i + 2] == '\xa8' || text[i + 2] == '\xa9'))
        return TRUE;
    }

  return FALSE;
}

/* Where " @<digits>)" that ends at @end begins, or NULL. */
static const char *
before_id (const char *start,
           const char *end)
{
  const char *p = end;

  if (p <= start || p[-1] != ')')
    return NULL;
  p--;
  end = p;
  while (p > start && g_ascii_isdigit (p[-1]))
    p--;
  if (p == end || p - start < 2 || p[-1] != '@' || p[-2] != ' ')
    return NULL;

  return p - 2;
}

/**
 * hw_weak_pair_parse:
 * @name: an edge's name
 * @pair: (out): the text that both halves of the entry share; points into @name
 * @table_id: (out): the table's object id
 *
 * Returns: whether @name is that of one half of a WeakMap entry
 */
gboolean
hw_weak_pair_parse (const char  *name,
                    const char **pair,
                    guint64     *table_id)
{
  const char *body, *key_end, *value_end, *tail;
  gsize length;

  if (!g_ascii_isdigit (*name))
    return FALSE;
  *pair = name;
  while (g_ascii_isdigit (**pair))
    (*pair)++;
  if (!g_str_has_prefix (*pair, part_of_key))
    return FALSE;
  body = *pair + strlen (part_of_key);
  length = strlen (body);

  /* From the end: ")", the table's digits, and the words before them. */
  tail = body + length;
  if (length == 0 || tail[-1] != ')')
    return FALSE;
  tail--;
  while (tail > body && g_ascii_isdigit (tail[-1]))
    tail--;
  if (!g_ascii_isdigit (*tail) || (gsize) (tail - body) < strlen (in_weak_map))
    return FALSE;
  *table_id = g_ascii_strtoull (tail, NULL, 10);
  tail -= strlen (in_weak_map);
  if (strncmp (tail, in_weak_map, strlen (in_weak_map)) != 0)
    return FALSE;
  value_end = before_id (body, tail);
  if (value_end == NULL || has_line_break (body, (gsize) (tail - body)))
    return FALSE;

  for (key_end = body; (key_end = strstr (key_end, arrow)) != NULL && key_end < value_end; key_end++)
    if (before_id (body, key_end) != NULL && key_end + strlen (arrow) <= value_end)
      return TRUE;

  return FALSE;
}

/**
 * hw_weak_pairs_init:
 * @self: to be filled
 * @heap: a heap whose strings are complete
 * @cancellable: (nullable): stops the search
 * @error: return location
 *
 * Finds all names of WeakMap entries. Cost: one look at the first byte of each string.
 *
 * Returns: FALSE with @error set
 */
gboolean
hw_weak_pairs_init (HwWeakPairs   *self,
                    HwHeap        *heap,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr(GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);

  self->strings = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->pairs = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->tables = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->n_pairs = 0;
  if (!hw_bitset_init (&self->is_pair, heap->n_strings))
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory");
      return FALSE;
    }

  for (guint32 i = 0; i < heap->n_strings; i++)
    {
      const char *name = hw_heap_string (heap, i);
      const char *pair;
      gpointer number;
      guint64 table_id;
      guint32 n;

      HW_RETURN_IF_CANCELLED (i, cancellable, error);
      if (!g_ascii_isdigit (*name) || !hw_weak_pair_parse (name, &pair, &table_id))
        continue;

      if (!g_hash_table_lookup_extended (numbers, pair, NULL, &number))
        {
          number = GUINT_TO_POINTER (self->n_pairs++);
          g_hash_table_insert (numbers, (gpointer) pair, number);
        }
      n = GPOINTER_TO_UINT (number);
      hw_bitset_set (&self->is_pair, i);
      g_array_append_val (self->strings, i);
      g_array_append_val (self->pairs, n);
      g_array_append_val (self->tables, table_id);
    }

  return TRUE;
}

/**
 * hw_weak_pairs_clear:
 * @self: pairs, or zeros
 *
 * Frees what hw_weak_pairs_init() made.
 */
void
hw_weak_pairs_clear (HwWeakPairs *self)
{
  hw_bitset_clear (&self->is_pair);
  g_clear_pointer (&self->strings, g_array_unref);
  g_clear_pointer (&self->pairs, g_array_unref);
  g_clear_pointer (&self->tables, g_array_unref);
}

/**
 * hw_weak_pairs_find:
 * @self: the pairs
 * @string: a string whose bit in is_pair is set
 *
 * Returns: its place in the arrays
 */
guint
hw_weak_pairs_find (const HwWeakPairs *self,
                    guint32            string)
{
  guint place = 0;

  for (guint low = 0, high = self->strings->len; low < high;)
    {
      place = low + (high - low) / 2;
      if (g_array_index (self->strings, guint32, place) == string)
        break;
      if (g_array_index (self->strings, guint32, place) < string)
        low = place + 1;
      else
        high = place;
    }

  return place;
}
