/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who made a snapshot: what real files say, and what none can be talked into. */
#include "config.h"

#include "heap/hw-heap-columns.h"
#include "hw-made-heap.h"

static void
check (HwHeap     *heap,
       const char *text,
       const char *v8_version)
{
  const HwProducer *producer = hw_heap_get_producer (heap);
  g_autofree char *found = hw_producer_dup_text (producer);

  g_assert_cmpstr (found, ==, text);
  g_assert_cmpstr (producer->v8_version, ==, v8_version);
}

static void
test_fixtures (void)
{
  static const struct
  {
    const char *file;
    const char *text;
    const char *v8_version;
    const char *key;
  } expected[] = {
    { "runtimes/node20.heapsnapshot.zst", "Node.js 20.20.2", "11.3.244.8-node.38", "node" },
    { "runtimes/timeline-node26.heapsnapshot.zst", "Node.js 26.10.0", "14.6.202.34-node.34", "node" },
    { "runtimes/deno2.heapsnapshot.zst", "Deno 2.9.6", "15.0.245.2-rusty", "deno" },
    { "runtimes/bun-v8.heapsnapshot.gz", "Bun", "", "bun" },
    { "runtimes/bun-heap-prof.heapprofile.gz", "Bun", "", "bun" },
    { "runtimes/bun-jsc-inspector.json.gz", "Bun (JavaScriptCore)", "", "bun-jsc" },
    { "runtimes/bun-jsc-gcdebugging.json.gz", "Bun (JavaScriptCore)", "", "bun-jsc" },
    { "runtimes/chromium156.heapsnapshot.zst", "Chromium", "", "chromium" },
    { "oracle/page-C.heapsnapshot.gz", "Chromium", "", "chromium" },
    { "oracle/server-C.heapsnapshot.gz", "Node.js 20.20.2", "11.3.244.8-node.38", "node" },
    { "oracle-small/layout-node8.heapsnapshot", "V8 snapshot", "", "unknown" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "fixtures", expected[i].file, NULL);
      g_autoptr(GFile) file = g_file_new_for_path (path);
      g_autoptr(GError) error = NULL;
      g_autoptr(HwHeap) heap = hw_heap_load_sync (file, NULL, NULL, &error);

      g_assert_no_error (error);
      g_test_message ("%s", expected[i].file);
      check (heap, expected[i].text, expected[i].v8_version);
      g_assert_cmpstr (hw_runtime_get_key (hw_heap_get_producer (heap)->runtime), ==, expected[i].key);
      g_assert_cmpint (hw_heap_get_has_texts (heap), ==, strstr (expected[i].key, "jsc") == NULL);
    }
}

/* A root, and `process.versions` with one version beside the engine's. */
static HwMadeHeap *
make (HwNodeKind  process_kind,
      const char *property,
      const char *version,
      const char *v8_version)
{
  HwMadeHeap *made = hw_made_heap_new ();
  guint root = hw_made_heap_add_node (made, HW_NODE_KIND_SYNTHETIC, "", 1, 0);
  guint process = hw_made_heap_add_node (made, process_kind, "process", 3, 16);
  guint versions = hw_made_heap_add_node (made, HW_NODE_KIND_OBJECT, "Object", 5, 16);
  guint first = hw_made_heap_add_node (made, HW_NODE_KIND_STRING, version, 7, 16);
  guint second = hw_made_heap_add_node (made, HW_NODE_KIND_STRING, v8_version, 9, 16);

  hw_made_heap_add_edge (made, root, process, HW_EDGE_KIND_ELEMENT, NULL, 1);
  hw_made_heap_add_edge (made, process, versions, HW_EDGE_KIND_PROPERTY, "versions", 0);
  hw_made_heap_add_edge (made, versions, first, HW_EDGE_KIND_PROPERTY, property, 0);
  hw_made_heap_add_edge (made, versions, second, HW_EDGE_KIND_PROPERTY, "v8", 0);

  return made;
}

static void
check_made (HwMadeHeap *made,
            const char *text,
            const char *v8_version)
{
  g_autoptr(HwMadeHeap) owned = made;
  g_autoptr(GError) error = NULL;
  g_autoptr(HwHeap) heap = hw_made_heap_load (owned, &error);

  g_assert_no_error (error);
  check (heap, text, v8_version);
}

static HwMadeHeap *
with_node (HwMadeHeap *made,
           HwNodeKind  kind,
           const char *name)
{
  hw_made_heap_add_edge (made, 0, hw_made_heap_add_node (made, kind, name, 1001, 16), HW_EDGE_KIND_ELEMENT, NULL, 2);

  return made;
}

static void
test_signs (void)
{
  g_test_summary ("A version needs its place, an engine beside it and the look of one; native names decide the rest.");

  check_made (make (HW_NODE_KIND_OBJECT, "node", "22.4.1", "12.4.254"), "Node.js 22.4.1", "12.4.254");
  check_made (make (HW_NODE_KIND_OBJECT, "electron", "30.0.1", "12.4"), "Electron 30.0.1", "12.4");
  check_made (make (HW_NODE_KIND_OBJECT, "deno", "2.0.0-rc.1+7", "13"), "Deno 2.0.0-rc.1+7", "13");
  check_made (make (HW_NODE_KIND_CLOSURE, "node", "22.4.1", "12.4.254"), "V8 snapshot", "");
  check_made (make (HW_NODE_KIND_OBJECT, "zlib", "22.4.1", "12.4.254"), "V8 snapshot", "");
  check_made (make (HW_NODE_KIND_OBJECT, "node", "22.4.1", ""), "V8 snapshot", "");
  check_made (make (HW_NODE_KIND_OBJECT, "node", "v22.4.1", "12.4.254"), "V8 snapshot", "");
  check_made (make (HW_NODE_KIND_OBJECT, "node", "22 <b>", "12.4.254"), "V8 snapshot", "");
  check_made (make (HW_NODE_KIND_OBJECT, "node", "2222222222222222222222222222222222222222", "12.4"), "V8 snapshot", "");

  /* A page with a stand-in for `process` is a page; Electron's is Electron's. */
  check_made (with_node (make (HW_NODE_KIND_OBJECT, "node", "22.4.1", "12.4"), HW_NODE_KIND_NATIVE, "HTMLDocument"),
              "Chromium", "");
  check_made (with_node (make (HW_NODE_KIND_OBJECT, "electron", "30.0.1", "12.4"), HW_NODE_KIND_NATIVE, "blink::Font"),
              "Electron 30.0.1", "12.4");

  /* A script's object of that name is no document. */
  check_made (with_node (hw_made_heap_new_random (1), HW_NODE_KIND_OBJECT, "HTMLDocument"), "V8 snapshot", "");
  check_made (with_node (hw_made_heap_new_random (1), HW_NODE_KIND_STRING, "Node / Environment"), "V8 snapshot", "");
}

/* What the columns and kinds of a file without versions say of its Node.js. */
static void
test_layouts (void)
{
  static const struct
  {
    const char *columns;
    const char *kinds;
    const char *locations;
    const char *text;
  } expected[] = {
    { "", "", "", "Node.js" },
    { "", "", ",\"location_fields\":[\"object_index\",\"script_id\",\"line\",\"column\"]", "Node.js 12 or newer" },
    { ",\"trace_node_id\",\"detachedness\"", "", "", "Node.js 16 or newer" },
    { ",\"trace_node_id\",\"detachedness\"", ",\"object shape\",\"wasm object\"", "", "Node.js 20 or newer" },
    { ",\"trace_node_id\",\"detachedness\"", ",\"object shape\"", "", "Node.js 22 or newer" },
    { ",\"detachedness\"", ",\"object shape\"", "", "Node.js 24 or newer" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *json = NULL;
      g_autoptr(GInputStream) stream = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(HwHeap) heap = NULL;
      g_auto(GStrv) columns = g_strsplit (expected[i].columns, ",", -1);
      guint n_columns = MAX (g_strv_length (columns), 1) - 1;
      const char *zeros = &",0,0"[4 - 2 * n_columns];

      json = g_strdup_printf ("{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"%s],"
                              "\"node_types\":[[\"synthetic\",\"native\"%s]],\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],"
                              "\"edge_types\":[[\"element\"]]%s},\"node_count\":2,\"edge_count\":1},"
                              "\"nodes\":[0,0,1,0,1%s,0,1,3,16,0%s],\"edges\":[0,1,%u],"
                              "\"locations\":[],\"strings\":[\"\",\"Node / Environment\"]}",
                              expected[i].columns, expected[i].kinds, expected[i].locations, zeros, zeros,
                              5 + n_columns);
      stream = g_memory_input_stream_new_from_data (json, -1, NULL);
      heap = hw_heap_load_stream_sync (stream, 0, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_null (hw_heap_get_damage (heap));
      check (heap, expected[i].text, "");
      g_assert_true (hw_heap_get_producer (heap)->or_newer == (i > 0));
    }
}

/* What was kept is checked like any other text of a file. */
static void
test_facts (void)
{
  static const struct
  {
    guint32     runtime;
    const char *version;
    gboolean    fits;
  } cases[] = {
    { HW_RUNTIME_NODE, "22.4.1", TRUE },
    { HW_N_RUNTIMES, "22.4.1", FALSE },
    { HW_RUNTIME_NODE, "twenty", FALSE },
    { HW_RUNTIME_NODE, "22\n", FALSE },
  };
  g_autoptr(HwMadeHeap) made = make (HW_NODE_KIND_OBJECT, "node", "22.4.1", "12.4");
  g_autoptr(HwHeap) heap = hw_made_heap_load (made, NULL);
  g_autoptr(GVariant) facts = hw_heap_dup_facts (heap);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(GVariantDict) dict;
      g_autoptr(GVariant) changed = NULL;
      g_autoptr(HwHeapRestorer) restorer = NULL;
      g_autoptr(GError) error = NULL;

      g_variant_dict_init (&dict, facts);
      g_variant_dict_insert (&dict, "producer", "(ubss)", cases[i].runtime, FALSE, cases[i].version, "");
      changed = g_variant_ref_sink (g_variant_dict_end (&dict));
      restorer = hw_heap_restorer_new (changed, &error);
      if (cases[i].fits)
        g_assert_no_error (error);
      else
        g_assert_error (error, HW_HEAP_ERROR, HW_HEAP_ERROR_BAD_COLUMN);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/producer/fixtures", test_fixtures);
  g_test_add_func ("/producer/signs", test_signs);
  g_test_add_func ("/producer/layouts", test_layouts);
  g_test_add_func ("/producer/facts", test_facts);

  return g_test_run ();
}
