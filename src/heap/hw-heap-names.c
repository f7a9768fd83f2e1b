/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names as a person sees them: ropes put together, plain objects by their properties, property names
 * quoted where they would be read wrongly.
 */
#include "config.h"

#include "base/hw-text.h"
#include "heap/hw-heap-private.h"

/* DevTools' limits, in UTF-16 units. */
#define ROPE_UNITS  1024
#define PLAIN_UNITS 100

/* A damaged file can hold ropes that run in circles, or that share empty parts and fan out. A sound one is
 * done after as many steps as there are nodes on the way down and parts in the text. */
#define ROPE_STEPS(heap) ((guint64) (heap)->n_nodes + 4 * ROPE_UNITS)

/**
 * hw_heap_is_quoted_property:
 * @name: a property's name, WTF-8
 *
 * Returns: whether it stands inside {…} as a JSON string, because it has any of , ' " { }
 */
gboolean
hw_heap_is_quoted_property (const char *name)
{
  return strpbrk (name, ",'\"{}") != NULL;
}

/**
 * hw_heap_dup_property_name:
 * @name: a property's name, WTF-8
 *
 * Returns: (transfer full): the name as it stands inside {…}
 */
char *
hw_heap_dup_property_name (const char *name)
{
  return hw_heap_is_quoted_property (name) ? hw_text_dup_json (name) : g_strdup (name);
}

/* Of several edges of one name the last before both parts are known counts, as in DevTools. */
static void
find_rope_parts (HwHeap   *self,
                 guint32   node,
                 guint32  *first_part,
                 guint32  *second_part)
{
  const guint32 *first = hw_column_u32 (&self->first_edge);
  gsize shift = hw_heap_pattern_shift (self, node);

  *first_part = *second_part = HW_NONE;
  hw_heap_need (self, HW_LAZY_EDGE_TARGET, first[node], first[node + 1] - first[node]);
  for (guint32 e = first[node]; e < first[node + 1] && (*first_part == HW_NONE || *second_part == HW_NONE); e++)
    {
      guint32 name = hw_column_u32 (&self->pattern_name)[shift + e];

      if (hw_column_u8 (&self->pattern_kind)[shift + e] != HW_EDGE_KIND_INTERNAL)
        continue;
      if (name == self->known[HW_KNOWN_FIRST])
        *first_part = hw_id (hw_column_ids (&self->edge_target), e);
      else if (name == self->known[HW_KNOWN_SECOND])
        *second_part = hw_id (hw_column_ids (&self->edge_target), e);
    }
}

static char *
dup_rope_text (HwHeap   *self,
               guint32   node)
{
  g_autoptr(GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint32));
  GString *text = g_string_new (NULL);
  gsize units = 0;

  g_array_append_val (stack, node);
  for (guint64 steps = 0; stack->len > 0 && units < ROPE_UNITS && steps < ROPE_STEPS (self); steps++)
    {
      guint32 part = g_array_index (stack, guint32, stack->len - 1);
      guint32 first, second;

      g_array_set_size (stack, stack->len - 1);
      if (hw_heap_kind (self, part) != HW_NODE_KIND_CONCATENATED_STRING)
        {
          const char *name = hw_heap_string (self, hw_column_u32 (&self->node_name)[part]);

          hw_text_append (text, name);
          units += hw_text_utf16_length (name, -1);
          continue;
        }
      find_rope_parts (self, part, &first, &second);
      if (second != HW_NONE)
        g_array_append_val (stack, second);
      if (first != HW_NONE)
        g_array_append_val (stack, first);
    }

  return g_string_free (text, FALSE);
}

static gboolean
is_named_property (HwHeap   *self,
                   gsize     entry)
{
  return hw_column_u8 (&self->pattern_kind)[entry] == HW_EDGE_KIND_PROPERTY &&
         hw_column_u32 (&self->pattern_name)[entry] != self->known[HW_KNOWN_PROTO];
}

/* Properties are taken in turn from the start and from the end, until the text is long enough. */
static char *
dup_plain_name (HwHeap   *self,
                guint32   node)
{
  const guint32 *first = hw_column_u32 (&self->first_edge);
  const guint32 *names = hw_column_u32 (&self->pattern_name);
  gsize shift = hw_heap_pattern_shift (self, node);
  gint64 low = first[node], high = (gint64) first[node + 1] - 1;
  GString *start = g_string_new ("{");
  g_autoptr(GString) end = g_string_new ("}");
  gsize start_units = 1, end_units = 1;
  gboolean from_start = TRUE;

  for (;;)
    {
      g_autofree char *name = NULL;
      gsize units;

      while (low <= high && !is_named_property (self, shift + (gsize) low))
        low++;
      while (low <= high && !is_named_property (self, shift + (gsize) high))
        high--;
      if (low > high)
        break;

      name = hw_heap_dup_property_name (hw_heap_string (self, names[shift + (gsize) (from_start ? low : high)]));
      units = hw_text_utf16_length (name, -1);
      if (start_units > 1 && start_units + end_units + units > PLAIN_UNITS)
        break;

      if (from_start)
        {
          if (start_units > 1)
            {
              g_string_append (start, ", ");
              start_units += 2;
            }
          g_string_append (start, name);
          start_units += units;
          low++;
        }
      else
        {
          if (end_units > 1)
            {
              g_string_prepend (end, ", ");
              end_units += 2;
            }
          g_string_prepend (end, name);
          end_units += units;
          high--;
        }
      from_start = !from_start;
    }

  if (low <= high)
    g_string_append (start, ", …");
  if (end_units > 1)
    g_string_append (start, ", ");
  g_string_append (start, end->str);

  return g_string_free (start, FALSE);
}

/**
 * hw_heap_dup_node_name:
 * @self: a heap
 * @node: a node
 *
 * Makes the name a person sees: ropes are joined (until they have 1024 UTF-16 units), plain objects
 * show their properties, everything else its name in the file.
 *
 * Cost: constant but for ropes, which walk down to the first parts.
 *
 * Returns: (transfer full): WTF-8
 */
char *
hw_heap_dup_node_name (HwHeap   *self,
                       HwNodeId  node)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (node.value < self->n_nodes, NULL);

  if (hw_heap_kind (self, node.value) == HW_NODE_KIND_CONCATENATED_STRING)
    return dup_rope_text (self, node.value);
  if (hw_heap_is_plain_object (self, node.value))
    return dup_plain_name (self, node.value);

  return g_strdup (hw_heap_get_node_raw_name (self, node));
}

/**
 * hw_heap_dup_edge_name:
 * @self: a heap
 * @edge: an edge
 *
 * A shortcut whose name starts with a number is known by that number, as in DevTools.
 *
 * Returns: (transfer full): the name or the index of the edge as text, WTF-8
 */
char *
hw_heap_dup_edge_name (HwHeap   *self,
                       HwEdgeId  edge)
{
  gint64 number;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (edge.value < self->n_edges, NULL);

  if (hw_heap_get_edge_is_indexed (self, edge))
    return g_strdup_printf ("%u", hw_heap_get_edge_index (self, edge));
  if (hw_heap_get_edge_kind (self, edge) == HW_EDGE_KIND_SHORTCUT &&
      hw_text_parse_int (hw_heap_get_edge_text (self, edge), &number))
    return g_strdup_printf ("%" G_GINT64_FORMAT, number);

  return g_strdup (hw_heap_get_edge_text (self, edge));
}
