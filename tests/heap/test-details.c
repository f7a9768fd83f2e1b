/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the twins do not cover: statistics, display names, lists, locations, unusual kinds, large numbers. */
#include "config.h"

#include <string.h>

#include "base/hw-text.h"
#include "heap/hw-order.h"
#include "hw-made-heap.h"
#include "hw-twins.h"

static HwHeap *
load (HwMadeHeap *made)
{
  g_autoptr(GError) error = NULL;
  HwHeap *heap = hw_made_heap_load (made, &error);

  g_assert_no_error (error);

  return heap;
}

static HwHeap *
load_text (const char *json)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (json, (gssize) strlen (json), NULL);
  g_autoptr(GError) error = NULL;
  HwHeap *heap = hw_heap_load_stream_sync (stream, 0, NULL, NULL, &error);

  g_assert_no_error (error);

  return heap;
}

/* How many edges of any kind come in, in the file. */
static guint
count_incoming (HwMadeHeap *made,
                guint       node)
{
  guint n = 0;

  for (guint i = 0; i < made->nodes->len; i++)
    for (guint j = 0; j < hw_made_heap_get_node (made, i)->edges->len; j++)
      n += g_array_index (hw_made_heap_get_node (made, i)->edges, HwMadeEdge, j).to == node;

  return n;
}

static HwHeapStatistics
count_statistics (HwMadeHeap *made,
                  HwTwin     *twin)
{
  HwHeapStatistics s = { .native = made->extra_native_bytes, .total = twin->retained[0] + made->extra_native_bytes };

  for (guint i = 0; i < made->nodes->len; i++)
    {
      HwMadeNode *node = hw_made_heap_get_node (made, i);

      switch ((guint) node->kind)
        {
        case HW_NODE_KIND_HIDDEN:
          s.system += twin->size[i];
          break;
        case HW_NODE_KIND_NATIVE:
          s.native += twin->size[i];
          if (g_str_equal (twin->name[i], "system / JSArrayBufferData"))
            s.typed_arrays += twin->size[i];
          break;
        case HW_NODE_KIND_CODE:
          s.code += twin->size[i];
          break;
        case HW_NODE_KIND_STRING:
        case HW_NODE_KIND_CONCATENATED_STRING:
        case HW_NODE_KIND_SLICED_STRING:
          s.strings += twin->size[i];
          break;
        default:
          if (!g_str_equal (node->name, "Array"))
            break;
          s.js_arrays += twin->size[i];
          for (guint j = 0; j < node->edges->len; j++)
            {
              HwMadeEdge *edge = &g_array_index (node->edges, HwMadeEdge, j);

              if (edge->kind != HW_EDGE_KIND_INTERNAL || !g_str_equal (edge->name, "elements"))
                continue;
              if (count_incoming (made, edge->to) == 1)
                s.js_arrays += twin->size[edge->to];
              break;
            }
          break;
        }
    }
  s.v8_heap = s.total - s.native;

  return s;
}

static void
test_statistics (void)
{
  for (guint seed = 0; seed < 600; seed++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autoptr(HwTwin) twin = hw_twin_new (made);
      g_autoptr(HwHeap) heap = load (made);
      HwHeapStatistics s, expected = count_statistics (made, twin);

      hw_heap_get_statistics (heap, &s);
      g_test_message ("seed %u", seed);
      g_assert_cmpuint (s.total, ==, expected.total);
      g_assert_cmpuint (s.native, ==, expected.native);
      g_assert_cmpuint (s.typed_arrays, ==, expected.typed_arrays);
      g_assert_cmpuint (s.code, ==, expected.code);
      g_assert_cmpuint (s.strings, ==, expected.strings);
      g_assert_cmpuint (s.js_arrays, ==, expected.js_arrays);
      g_assert_cmpuint (s.system, ==, expected.system);
      g_assert_cmpuint (s.v8_heap, ==, expected.v8_heap);
    }
}

/* A rope's text by plain recursion, without DevTools' limit. */
static void
append_rope (HwMadeHeap *made,
             guint       node,
             GString    *text)
{
  HwMadeNode *made_node = hw_made_heap_get_node (made, node);
  guint parts[2] = { 0, 0 };

  if (made_node->kind != HW_NODE_KIND_CONCATENATED_STRING)
    {
      g_string_append (text, made_node->name);
      return;
    }
  for (guint j = 0; j < made_node->edges->len; j++)
    {
      HwMadeEdge *edge = &g_array_index (made_node->edges, HwMadeEdge, j);

      parts[g_str_equal (edge->name, "second")] = edge->to;
    }
  append_rope (made, parts[0], text);
  append_rope (made, parts[1], text);
}

static guint
add_rope (HwMadeHeap *made,
          GRand      *rand,
          guint       depth)
{
  guint64 id = made->nodes->len * 2 + 1;
  guint node, first, second;

  if (depth == 0 || g_rand_int_range (rand, 0, 4) == 0)
    {
      static const char *names[] = { "", "x", "hello ", "\xc3\xa9\xf0\x9f\x98\x80" };

      return hw_made_heap_add_node (made, HW_NODE_KIND_STRING, names[g_rand_int_range (rand, 0, 4)], id, 16);
    }
  node = hw_made_heap_add_node (made, HW_NODE_KIND_CONCATENATED_STRING, "(concatenated string)", id, 32);
  first = add_rope (made, rand, depth - 1);
  second = add_rope (made, rand, depth - 1);
  hw_made_heap_add_edge (made, node, first, HW_EDGE_KIND_INTERNAL, "first", 0);
  hw_made_heap_add_edge (made, node, second, HW_EDGE_KIND_INTERNAL, "second", 0);

  return node;
}

static void
test_ropes (void)
{
  for (guint seed = 0; seed < 200; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr(HwMadeHeap) made = hw_made_heap_new ();
      g_autoptr(HwHeap) heap = NULL;
      guint rope;

      hw_made_heap_add_node (made, HW_NODE_KIND_SYNTHETIC, "", 1, 0);
      rope = add_rope (made, rand, 1 + seed % 6);
      hw_made_heap_add_edge (made, 0, rope, HW_EDGE_KIND_PROPERTY, "rope", 0);
      heap = load (made);
      for (guint i = 1; i < made->nodes->len; i++)
        {
          g_autoptr(GString) expected = g_string_new (NULL);
          g_autofree char *name = hw_heap_dup_node_name (heap, HW_NODE (i));

          append_rope (made, i, expected);
          g_assert_cmpuint (hw_text_utf16_length (expected->str, -1), <, 1024);
          g_assert_cmpstr (name, ==, expected->str);
        }
    }
}

/* Deep to either side, and round in circles: an end comes, at the latest after 1024 units and one part. */
static void
test_deep_ropes (void)
{
  for (guint shape = 0; shape < 4; shape++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new ();
      g_autoptr(HwHeap) heap = NULL;
      g_autofree char *name = NULL;
      guint n = 200000, part;

      hw_made_heap_add_node (made, HW_NODE_KIND_SYNTHETIC, "", 1, 0);
      part = hw_made_heap_add_node (made, HW_NODE_KIND_STRING, shape == 3 ? "" : "abc", 3, 16);
      for (guint i = 0; i < n; i++)
        {
          guint node = hw_made_heap_add_node (made, HW_NODE_KIND_CONCATENATED_STRING, "(concatenated string)", 5 + i * 2, 32);
          guint next = i + 1 < n ? node + 1 : shape >= 2 ? 2 : part;

          hw_made_heap_add_edge (made, node, shape == 0 ? part : next, HW_EDGE_KIND_INTERNAL, "first", 0);
          hw_made_heap_add_edge (made, node, shape == 0 ? next : part, HW_EDGE_KIND_INTERNAL, "second", 0);
        }
      hw_made_heap_add_edge (made, 0, 2, HW_EDGE_KIND_PROPERTY, "rope", 0);
      heap = load (made);
      name = hw_heap_dup_node_name (heap, HW_NODE (2));
      g_assert_cmpuint (strlen (name), ==, shape < 2 ? 1026 : 0);
      if (shape < 2)
        g_assert_true (g_str_has_prefix (name, "abcabcabc"));
    }
}

/* Plain objects: properties from both ends in turn until the text is long enough. */
static void
test_plain_names (void)
{
  static const struct
  {
    const char *properties[12];
    const char *name;
  } cases[] = {
    { { NULL }, "{}" },
    { { "a" }, "{a}" },
    { { "a", "b", "c" }, "{a, b, c}" },
    { { "__proto__", "a", "__proto__" }, "{a}" },
    { { "x,y", "it's", "{", "say \"hi\"" }, "{\"x,y\", \"it's\", \"{\", \"say \\\"hi\\\"\"}" },
    { { "first_property_of_thirty_units_", "second_property_of_thirty_units", "third_property_of_thirty_units_",
        "fourth_property_of_thirty_units" },
      "{first_property_of_thirty_units_, second_property_of_thirty_units, …, fourth_property_of_thirty_units}" },
    { { "one_property_that_is_longer_than_one_hundred_units_all_by_itself_and_is_shown_nevertheless_because_it_is_the_first",
        "b" },
      "{one_property_that_is_longer_than_one_hundred_units_all_by_itself_and_is_shown_nevertheless_because_it_is_the_first, …}" },
  };
  g_autoptr(HwMadeHeap) made = hw_made_heap_new ();
  g_autoptr(HwHeap) heap = NULL;

  hw_made_heap_add_node (made, HW_NODE_KIND_SYNTHETIC, "", 1, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint node = hw_made_heap_add_node (made, HW_NODE_KIND_OBJECT, "Object", 3 + 2 * i, 16);

      hw_made_heap_add_edge (made, 0, node, HW_EDGE_KIND_ELEMENT, NULL, i);
      hw_made_heap_add_edge (made, node, 0, HW_EDGE_KIND_INTERNAL, "map", 0);
      for (guint k = 0; cases[i].properties[k] != NULL; k++)
        hw_made_heap_add_edge (made, node, 0, HW_EDGE_KIND_PROPERTY, cases[i].properties[k], 0);
    }
  heap = load (made);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = hw_heap_dup_node_name (heap, HW_NODE (1 + i));

      g_assert_cmpstr (name, ==, cases[i].name);
    }
}

/* Lists in both directions, found objects, edges' both ends: by looking at every edge. */
static void
test_lists (void)
{
  for (guint seed = 0; seed < 300; seed++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autoptr(HwHeap) heap = load (made);
      guint32 n = made->nodes->len, e = 0;
      g_autofree guint32 *met = g_new0 (guint32, n);

      for (guint32 i = 0; i < n; i++)
        {
          HwMadeNode *node = hw_made_heap_get_node (made, i);
          HwNodeId found;

          g_assert_cmpuint (hw_heap_get_n_references (heap, HW_NODE (i)), ==, node->edges->len);
          g_assert_cmpuint (hw_heap_get_first_reference (heap, HW_NODE (i)).value, ==, e);
          for (guint j = 0; j < node->edges->len; j++, e++)
            {
              HwMadeEdge *edge = &g_array_index (node->edges, HwMadeEdge, j);

              g_assert_cmpuint (hw_heap_get_edge_target (heap, HW_EDGE (e)).value, ==, edge->to);
              g_assert_cmpuint (hw_heap_get_edge_source (heap, HW_EDGE (e)).value, ==, i);
              g_assert_cmpint (hw_heap_get_edge_kind (heap, HW_EDGE (e)), ==, edge->kind);
              if (edge->name != NULL)
                g_assert_cmpstr (hw_heap_get_edge_text (heap, HW_EDGE (e)), ==, edge->name);
              else
                g_assert_cmpuint (hw_heap_get_edge_index (heap, HW_EDGE (e)), ==, edge->index);
            }
          g_assert_true (hw_heap_find_object (heap, node->id, &found));
          g_assert_cmpuint (hw_heap_get_object_id (heap, found), ==, node->id);
          g_assert_cmpuint (hw_heap_get_node_kind (heap, HW_NODE (i)), ==, node->kind);
        }
      g_assert_cmpuint (hw_heap_get_n_edges (heap), ==, e);

      for (guint32 i = 0; i < n; i++)
        {
          guint32 n_retainers = 0, last = 0;

          for (guint32 k = 0; k < e; k++)
            n_retainers += hw_heap_get_edge_target (heap, HW_EDGE (k)).value == i;
          g_assert_cmpuint (hw_heap_get_n_retainers (heap, HW_NODE (i)), ==, n_retainers);
          for (guint32 k = 0; k < n_retainers; k++)
            {
              HwEdgeId edge = hw_heap_get_retainer (heap, HW_NODE (i), k);

              g_assert_cmpuint (hw_heap_get_edge_target (heap, edge).value, ==, i);
              g_assert_true (k == 0 || edge.value != last);
              last = edge.value;
            }

          last = 0;
          for (guint32 k = 0; k < hw_heap_get_n_dominated (heap, HW_NODE (i)); k++)
            {
              guint32 below = hw_heap_get_dominated (heap, HW_NODE (i), k).value;

              g_assert_cmpuint (hw_heap_get_dominator (heap, HW_NODE (below)).value, ==, i);
              g_assert_true (k == 0 || below > last);
              met[below]++;
              last = below;
            }
        }
      for (guint32 i = 0; i < n; i++)
        g_assert_cmpuint (met[i], ==, i != 0);
    }
}

#define META \
  "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"]," \
  "\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"synthetic\",\"gadget\"],\"string\",\"number\",\"number\",\"number\"]," \
  "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"]," \
  "\"edge_types\":[[\"context\",\"element\",\"property\"],\"string_or_number\",\"node\"]," \
  "\"location_fields\":[\"object_index\",\"script_id\",\"line\",\"column\"]},\"node_count\":3,\"edge_count\":2},"

/* Unsorted, twice for one node, no node's beginning, beyond the nodes. */
static void
test_locations (void)
{
  g_autoptr(HwHeap) heap = load_text (META
    "\"nodes\":[4,0,1,0,2, 3,1,3,16,0, 3,2,5,24,0],\"edges\":[2,1,5, 1,0,10],"
    "\"locations\":[10,7,8,9, 5,1,1,1, 11,6,6,6, 15,5,5,5, 5000,4,4,4, 5,2,3,4294967295],"
    "\"strings\":[\"\",\"a\",\"b\"]}");
  HwLocation location;

  g_assert_false (hw_heap_get_location (heap, HW_NODE (0), &location));
  g_assert_true (hw_heap_get_location (heap, HW_NODE (1), &location));
  g_assert_cmpuint (location.script_id, ==, 2);
  g_assert_cmpuint (location.line, ==, 3);
  g_assert_cmpuint (location.column, ==, G_MAXUINT32);
  g_assert_true (hw_heap_get_location (heap, HW_NODE (2), &location));
  g_assert_cmpuint (location.script_id, ==, 7);
}

/* Kinds that we do not know keep their names, numbers beyond the table are "undefined", as in DevTools. */
static void
test_kinds (void)
{
  g_autoptr(HwHeap) heap = load_text (META
    "\"nodes\":[4,0,1,0,2, 5,1,3,16,0, 300,2,5,24,0],\"edges\":[77,1,5, 1,0,10],\"strings\":[\"\",\"a\",\"b\"]}");

  g_assert_cmpstr (hw_heap_get_node_kind_name (heap, HW_NODE (0)), ==, "synthetic");
  g_assert_cmpstr (hw_heap_get_node_kind_name (heap, HW_NODE (1)), ==, "gadget");
  g_assert_cmpint (hw_heap_get_node_kind (heap, HW_NODE (1)), ==, HW_NODE_KIND_OTHER);
  g_assert_cmpstr (hw_heap_get_node_kind_name (heap, HW_NODE (2)), ==, "undefined");
  g_assert_cmpint (hw_heap_get_edge_kind (heap, HW_EDGE (0)), ==, HW_EDGE_KIND_OTHER);
  g_assert_cmpstr (hw_heap_get_edge_text (heap, HW_EDGE (0)), ==, "a");
  g_assert_nonnull (hw_heap_get_edge_kind_name (heap, HW_EDGE (0)));
}

/* The same text twice in the table is two names for nodes, but one class and one property. */
static void
test_duplicate_strings (void)
{
  g_autoptr(HwHeap) heap = load_text (META
    "\"nodes\":[4,0,1,0,2, 3,1,3,16,0, 3,2,5,24,0],\"edges\":[2,3,5, 2,4,10],\"strings\":[\"\",\"Foo\",\"Foo\",\"p\",\"p\"]}");
  const HwClassRow *row;

  g_assert_true (hw_class_id_equal (hw_heap_get_node_class (heap, HW_NODE (1)), hw_heap_get_node_class (heap, HW_NODE (2))));
  row = hw_class_table_get_row (hw_heap_get_class_table (heap), hw_heap_get_node_class (heap, HW_NODE (1)));
  g_assert_cmpstr (row->name, ==, "Foo");
  g_assert_cmpuint (row->count, ==, 2);
  g_assert_cmpuint (row->shallow_size, ==, 40);
}

/* Columns become wider with the first number that needs it, wherever it stands. */
static void
test_wide (void)
{
  for (guint seed = 0; seed < 120; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autoptr(HwTwin) twin = NULL;
      g_autoptr(HwHeap) heap = NULL;
      guint n = made->nodes->len;

      for (guint k = 0; k < 3; k++)
        {
          HwMadeNode *node = hw_made_heap_get_node (made, (guint) g_rand_int_range (rand, 0, (gint32) n));

          node->id += G_GUINT64_CONSTANT (0x100000000) * (seed % 2);
          node->size = G_GUINT64_CONSTANT (0xffffffff) + k;
        }
      twin = hw_twin_new (made);
      heap = load (made);
      for (guint i = 0; i < n; i++)
        {
          HwNodeId node = HW_NODE (i);

          g_assert_cmpuint (hw_heap_get_object_id (heap, node), ==, hw_made_heap_get_node (made, i)->id);
          g_assert_cmpuint (hw_heap_get_shallow_size (heap, node), ==, twin->size[i]);
          g_assert_cmpuint (hw_heap_get_retained_size (heap, node), ==, twin->retained[i]);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/details/statistics", test_statistics);
  g_test_add_func ("/heap/details/ropes", test_ropes);
  g_test_add_func ("/heap/details/deep-ropes", test_deep_ropes);
  g_test_add_func ("/heap/details/plain-names", test_plain_names);
  g_test_add_func ("/heap/details/lists", test_lists);
  g_test_add_func ("/heap/details/locations", test_locations);
  g_test_add_func ("/heap/details/kinds", test_kinds);
  g_test_add_func ("/heap/details/duplicate-strings", test_duplicate_strings);
  g_test_add_func ("/heap/details/wide", test_wide);

  return g_test_run ();
}
