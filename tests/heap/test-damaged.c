/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that contradict themselves: an error, or a heap that says so and in which everything can be asked for. */
#include "config.h"

#include <string.h>

#include "hw-made-heap.h"
#include "hw-touch.h"

#define META \
  "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"]," \
  "\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"synthetic\"],\"string\",\"number\",\"number\",\"number\"]," \
  "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"]," \
  "\"edge_types\":[[\"context\",\"element\",\"property\"],\"string_or_number\",\"node\"]," \
  "\"location_fields\":[\"object_index\",\"script_id\",\"line\",\"column\"]},\"node_count\":3,\"edge_count\":2%s},"
#define REST ",\"locations\":[],\"strings\":[\"\",\"a\",\"b\"]}"

static HwHeap *
load (const char  *text,
      gsize        size,
      GError     **error)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (text, (gssize) size, NULL);

  return hw_heap_load_stream_sync (stream, 0, NULL, NULL, error);
}

static HwHeap *
load_body (const char *more_meta,
           const char *body)
{
  g_autofree char *start = g_strdup_printf (META, more_meta);
  g_autofree char *text = g_strconcat (start, body, NULL);
  g_autoptr(GError) error = NULL;
  HwHeap *heap = load (text, strlen (text), &error);

  g_assert_no_error (error);
  hw_touch_heap (heap);

  return heap;
}

static void
test_edges (void)
{
  static const struct
  {
    const char *body;
    guint       n_edges;
    gboolean    is_damaged;
  } cases[] = {
    { "\"nodes\":[4,0,1,0,2, 3,1,3,16,0, 3,2,5,24,0],\"edges\":[2,1,5, 2,1,10]" REST, 2, FALSE },
    /* Fewer and more edges than the nodes announce. */
    { "\"nodes\":[4,0,1,0,2, 3,1,3,16,5, 3,2,5,24,1],\"edges\":[2,1,5, 2,1,10]" REST, 2, TRUE },
    { "\"nodes\":[4,0,1,0,1, 3,1,3,16,0, 3,2,5,24,0],\"edges\":[2,1,5, 2,1,10]" REST, 1, TRUE },
    { "\"nodes\":[4,0,1,0,2, 3,1,3,16,0, 3,2,5,24,0],\"edges\":[]" REST, 0, TRUE },
    { "\"nodes\":[4,0,1,0,0, 3,1,3,16,0, 3,2,5,24,0],\"edges\":[2,1,5]" REST, 0, TRUE },
    /* Targets in the middle of a node, at the end, far beyond. */
    { "\"nodes\":[4,0,1,0,2, 3,1,3,16,0, 3,2,5,24,0],\"edges\":[2,1,6, 2,1,10]" REST, 1, TRUE },
    { "\"nodes\":[4,0,1,0,1, 3,1,3,16,1, 3,2,5,24,0],\"edges\":[2,1,15, 2,1,10]" REST, 1, TRUE },
    { "\"nodes\":[4,0,1,0,1, 3,1,3,16,0, 3,2,5,24,1],\"edges\":[2,1,5, 2,1,18446744073709551615]" REST, 1, TRUE },
    { "\"nodes\":[4,0,1,0,1, 3,1,3,16,0, 3,2,5,24,1],\"edges\":[2,1,21474836475, 2,1,21474836470]" REST, 0, TRUE },
    /* Names beyond the table, of a node and of an edge. */
    { "\"nodes\":[4,0,1,0,2, 3,3,3,16,0, 3,2,5,24,0],\"edges\":[2,1,5, 2,1,10]" REST, 2, TRUE },
    { "\"nodes\":[4,0,1,0,2, 3,1,3,16,0, 3,2,5,24,0],\"edges\":[2,4294967295,5, 2,4294967296,10]" REST, 2, TRUE },
    { "\"nodes\":[4,0,1,0,2, 3,18446744073709551615,3,16,0, 3,2,5,24,0],\"edges\":[1,9,5, 2,1,10]" REST, 2, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(HwHeap) heap = load_body ("", cases[i].body);

      g_test_message ("%s: %s", cases[i].body, hw_heap_get_damage (heap) != NULL ? hw_heap_get_damage (heap)->message : "whole");
      g_assert_cmpuint (hw_heap_get_n_nodes (heap), ==, 3);
      g_assert_cmpuint (hw_heap_get_n_edges (heap), ==, cases[i].n_edges);
      g_assert_cmpint (hw_heap_get_damage (heap) != NULL, ==, cases[i].is_damaged);
    }
}

/* A file as V8 writes it, in which strings are numbered as they are first named; some bytes of @section are lost. */
static void
check_hole (const char *section,
            guint       after,
            gsize       n_bytes,
            guint       least,
            guint       most)
{
  enum { N_OBJECTS = 400 };
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(HwHeap) heap = NULL;
  const HwSnapshotDamage *damage;
  const char *at;

  g_string_printf (text, "%s", META);
  g_string_replace (text, "\"node_count\":3,\"edge_count\":2%s", "\"node_count\":401,\"edge_count\":799", 1);
  g_string_append_printf (text, "\"nodes\":[4,0,1,0,%u", N_OBJECTS);
  for (guint i = 1; i <= N_OBJECTS; i++)
    g_string_append_printf (text, ",3,%u,%u,%u,%u", i, 2 * i + 1, 16 + 8 * i, i < N_OBJECTS ? 1 : 0);
  g_string_append (text, "],\"edges\":[1,1,5");
  for (guint i = 2; i <= N_OBJECTS; i++)
    g_string_append_printf (text, ",1,%u,%u", i, 5 * i);
  for (guint i = 1; i < N_OBJECTS; i++)
    g_string_append_printf (text, ",2,%u,%u", N_OBJECTS + i, 5 * i + 5);
  g_string_append (text, "],\"locations\":[],\"strings\":[\"\"");
  for (guint i = 1; i < 2 * N_OBJECTS; i++)
    g_string_append_printf (text, ",\"name %u\"", i);
  g_string_append (text, "]}");

  at = strstr (text->str, section);
  for (guint i = 0; i < after; i++)
    at = strchr (at, ',') + 1;
  g_string_erase (text, at - text->str, (gssize) n_bytes);

  heap = load (text->str, text->len, &error);
  g_assert_no_error (error);
  hw_touch_heap (heap);
  damage = hw_heap_get_damage (heap);
  g_assert_nonnull (damage);
  g_test_message ("%s", damage->message);
  g_assert_cmpuint (damage->doubtful_sections, !=, 0);
  g_assert_cmpuint (damage->n_sure, >=, least);
  g_assert_cmpuint (damage->n_sure, <=, most);
  g_assert_nonnull (strstr (damage->message, " may be wrong"));
}

static void
test_hole (void)
{
  g_test_summary ("Bytes lost in the middle: the rows before are called sure, those behind are not.");

  for (gsize n_bytes = 2; n_bytes < 300; n_bytes += 7)
    {
      check_hole ("\"nodes\"", 5 * 200, n_bytes, 190, 201);
      check_hole ("\"edges\"", 3 * (400 + 100), n_bytes, 90, 101);
    }
  check_hole ("\"strings\"", 150, 22, 0, 0);
}

static void
test_missing_name (void)
{
  g_autoptr(HwHeap) heap = load_body ("", "\"nodes\":[4,0,1,0,2, 3,77,3,16,0, 3,2,5,24,0],\"edges\":[2,88,5, 2,1,10]" REST);

  g_assert_cmpstr (hw_heap_get_node_raw_name (heap, HW_NODE (1)), ==, "(missing string)");
  g_assert_cmpstr (hw_heap_get_edge_text (heap, HW_EDGE (0)), ==, "(missing string)");
  g_assert_cmpstr (hw_heap_get_node_raw_name (heap, HW_NODE (2)), ==, "b");
}

/* The root may be any node; an impossible one is the first. */
static void
test_root (void)
{
  static const struct
  {
    const char *root_index;
    guint       root;
  } cases[] = {
    { "", 0 }, { ",\"root_index\":0", 0 }, { ",\"root_index\":10", 2 }, { ",\"root_index\":7", 0 },
    { ",\"root_index\":15", 0 }, { ",\"root_index\":18446744073709551615", 0 }, { ",\"root_index\":-5", 0 },
    { ",\"root_index\":\"5\"", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(HwHeap) heap = load_body (cases[i].root_index,
                                          "\"nodes\":[4,0,1,0,0, 3,1,3,16,0, 4,2,5,24,2],\"edges\":[2,1,5, 2,1,0]" REST);

      g_assert_cmpuint (hw_heap_get_root (heap).value, ==, cases[i].root);
      g_assert_cmpuint (hw_heap_get_retained_size (heap, HW_NODE (cases[i].root)), ==, 40);
    }
}

static void
test_nothing (void)
{
  static const char * const bodies[] = { "\"nodes\":[],\"edges\":[],\"strings\":[]}", "\"nodes\":[]}", "\"strings\":[\"a\"]}" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *start = g_strdup_printf (META, "");
      g_autofree char *text = g_strconcat (start, bodies[i], NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(HwHeap) heap = load (text, strlen (text), &error);

      g_assert_null (heap);
      g_assert_nonnull (error);
    }
}

/* Cut off at every byte. */
static void
test_truncated (void)
{
  guint n_opened = 0;

  for (guint seed = 0; seed < 4; seed++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autofree char *json = hw_made_heap_to_json (made);
      gsize size = strlen (json);

      for (gsize length = 0; length < size; length++)
        {
          g_autofree char *start = g_memdup2 (json, length);
          g_autoptr(GError) error = NULL;
          g_autoptr(HwHeap) heap = load (start, length, &error);

          if (heap == NULL)
            {
              g_assert_nonnull (error);
              continue;
            }
          n_opened++;
          g_assert_nonnull (hw_heap_get_damage (heap));
          g_assert_true (hw_heap_get_damage (heap)->truncated);
          hw_touch_heap (heap);
        }
    }
  g_assert_cmpuint (n_opened, >, 1000);
}

/* One number changed anywhere. */
static void
test_changed (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (11);

  for (guint round = 0; round < 800; round++)
    {
      static const char *numbers[] = { "0", "1", "7", "99", "4294967295", "4294967296", "18446744073709551615", "99999999999999999999" };
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (round % 40);
      g_autofree char *json = hw_made_heap_to_json (made);
      const char *nodes = strstr (json, "\"nodes\"");
      gsize at = (gsize) (nodes - json) + (gsize) g_rand_int_range (rand, 0, (gint32) strlen (nodes));
      g_autoptr(GString) text = g_string_new (json);
      g_autoptr(GError) error = NULL;
      g_autoptr(HwHeap) heap = NULL;

      while (at < text->len && !g_ascii_isdigit (text->str[at]))
        at++;
      while (at < text->len && g_ascii_isdigit (text->str[at]))
        g_string_erase (text, (gssize) at, 1);
      g_string_insert (text, (gssize) at, numbers[g_rand_int_range (rand, 0, G_N_ELEMENTS (numbers))]);
      heap = load (text->str, text->len, &error);
      if (heap != NULL)
        hw_touch_heap (heap);
      else
        g_assert_nonnull (error);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/damaged/edges", test_edges);
  g_test_add_func ("/heap/damaged/hole", test_hole);
  g_test_add_func ("/heap/damaged/missing-name", test_missing_name);
  g_test_add_func ("/heap/damaged/root", test_root);
  g_test_add_func ("/heap/damaged/nothing", test_nothing);
  g_test_add_func ("/heap/damaged/truncated", test_truncated);
  g_test_add_func ("/heap/damaged/changed", test_changed);

  return g_test_run ();
}
