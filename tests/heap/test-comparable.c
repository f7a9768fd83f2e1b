/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether comparing two heaps by id says anything. */
#include "config.h"

#include <string.h>

#include "heap/hw-heap-diff.h"
#include "hw-made-heap.h"

static HwHeap *
load_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "fixtures", name, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;
  HwHeap *heap = hw_heap_load_sync (file, NULL, NULL, &error);

  g_assert_no_error (error);

  return heap;
}

/* The file as far as @end stands in it. */
static HwHeap *
load_cut (const char *name,
          const char *end)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "fixtures", name, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) packed = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr(GConverter) unpack = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr(GInputStream) stream = g_converter_input_stream_new (packed, unpack);
  g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr(GInputStream) start = NULL;
  HwHeap *heap;
  const char *text, *cut;
  gsize size;

  g_assert_no_error (error);
  g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_NONE, NULL, &error);
  g_assert_no_error (error);
  text = g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory));
  size = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory));
  cut = g_strstr_len (text, (gssize) size, end);
  g_assert_nonnull (cut);

  start = g_memory_input_stream_new_from_data (text, cut - text, NULL);
  heap = hw_heap_load_stream_sync (start, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (hw_heap_get_damage (heap)->truncated);

  return heap;
}

static void
check (HwHeap           *a,
       HwHeap           *b,
       HwHeapDiffReason  reason)
{
  g_assert_cmpint (hw_heap_diff_check (a, b), ==, reason);
  g_assert_cmpint (hw_heap_diff_check (b, a), ==, reason);
}

static void
test_fixtures (void)
{
  g_autoptr(HwHeap) server_a = load_fixture ("oracle/server-A.heapsnapshot.gz");
  g_autoptr(HwHeap) server_c = load_fixture ("oracle/server-C.heapsnapshot.gz");
  g_autoptr(HwHeap) page_a = load_fixture ("oracle/page-A.heapsnapshot.gz");
  g_autoptr(HwHeap) page_c = load_fixture ("oracle/page-C.heapsnapshot.gz");
  g_autoptr(HwHeap) node = load_fixture ("runtimes/node20.heapsnapshot.zst");
  g_autoptr(HwHeap) deno = load_fixture ("runtimes/deno2.heapsnapshot.zst");
  g_autoptr(HwHeap) bun = load_fixture ("runtimes/bun-v8.heapsnapshot.gz");
  g_autoptr(HwHeap) chromium = load_fixture ("runtimes/chromium156.heapsnapshot.zst");
  HwHeap *heaps[] = { server_a, page_a, node, deno, bun, chromium };

  check (server_a, server_c, HW_HEAP_DIFF_COMPARABLE);
  check (page_a, page_c, HW_HEAP_DIFF_COMPARABLE);
  for (guint i = 0; i < G_N_ELEMENTS (heaps); i++)
    for (guint j = 0; j < i; j++)
      {
        g_test_message ("%u and %u", i, j);
        g_assert_cmpint (hw_heap_diff_check (heaps[i], heaps[j]), !=, HW_HEAP_DIFF_COMPARABLE);
      }
}

/* Names that are cut off are no difference; kinds still tell processes apart. */
static void
test_truncated (void)
{
  g_autoptr(HwHeap) whole = load_fixture ("oracle/server-C.heapsnapshot.gz");
  g_autoptr(HwHeap) other = load_fixture ("runtimes/node20.heapsnapshot.zst");
  g_autoptr(HwHeap) nameless = load_cut ("oracle/server-A.heapsnapshot.gz", "\"strings\":[");
  g_autoptr(HwHeap) edgeless = load_cut ("oracle/server-A.heapsnapshot.gz", "\"edges\":[");

  check (nameless, whole, HW_HEAP_DIFF_COMPARABLE);
  check (edgeless, whole, HW_HEAP_DIFF_COMPARABLE);
  check (nameless, edgeless, HW_HEAP_DIFF_COMPARABLE);
  check (edgeless, other, HW_HEAP_DIFF_OTHER_IDS);
}

/*
 * A program: what the runtime made at its start, then objects of its own. The same @process makes the same
 * start; ids begin at @first_id.
 */
static HwHeap *
load_program (guint    process,
              guint    n_start,
              guint64  first_id,
              guint    n_own,
              guint64  first_own_id,
              gboolean has_user_root)
{
  static const HwNodeKind kinds[] = { HW_NODE_KIND_OBJECT, HW_NODE_KIND_CLOSURE, HW_NODE_KIND_STRING, HW_NODE_KIND_CODE };
  g_autoptr(GRand) rand = g_rand_new_with_seed (process);
  g_autoptr(HwMadeHeap) made = hw_made_heap_new ();
  g_autoptr(GError) error = NULL;
  HwHeap *heap;

  hw_made_heap_add_node (made, HW_NODE_KIND_SYNTHETIC, "", 1, 0);
  hw_made_heap_add_node (made, HW_NODE_KIND_SYNTHETIC, "(GC roots)", 3, 0);
  hw_made_heap_add_edge (made, 0, 1, HW_EDGE_KIND_ELEMENT, NULL, 1);
  for (guint i = 0; i < n_start + n_own; i++)
    {
      g_autofree char *name = g_strdup_printf ("name%d", g_rand_int_range (rand, 0, 500));
      guint64 id = i < n_start ? first_id + i * 2 : first_own_id + (i - n_start) * 2;
      guint node = hw_made_heap_add_node (made, kinds[g_rand_int_range (rand, 0, G_N_ELEMENTS (kinds))], name, id, 16);

      if (i == 0 && has_user_root)
        hw_made_heap_add_edge (made, 0, node, HW_EDGE_KIND_SHORTCUT, "global", 0);
      hw_made_heap_add_edge (made, 1, node, HW_EDGE_KIND_ELEMENT, NULL, i);
    }
  heap = hw_made_heap_load (made, &error);
  g_assert_no_error (error);

  return heap;
}

static void
test_made (void)
{
  g_autoptr(HwHeap) before = load_program (1, 3000, 5, 40000, 100001, TRUE);
  g_autoptr(HwHeap) after = load_program (1, 3000, 5, 40000, 900001, TRUE);
  g_autoptr(HwHeap) grown = load_program (1, 3000, 5, 400000, 900001, TRUE);
  g_autoptr(HwHeap) renumbered = load_program (1, 3000, 105, 40000, 100101, TRUE);
  g_autoptr(HwHeap) other = load_program (2, 3000, 5, 40000, 100001, TRUE);
  g_autoptr(HwHeap) far = load_program (1, 3000, 5000001, 40000, 6000001, TRUE);
  g_autoptr(HwHeap) internals = load_program (1, 3000, 5, 40000, 100001, FALSE);

  check (before, before, HW_HEAP_DIFF_COMPARABLE);
  /* Everything of the program's own was replaced, even by ten times as much. */
  check (before, after, HW_HEAP_DIFF_COMPARABLE);
  check (before, grown, HW_HEAP_DIFF_COMPARABLE);
  check (before, renumbered, HW_HEAP_DIFF_OTHER_IDS);
  check (before, other, HW_HEAP_DIFF_OTHER_IDS);
  check (before, far, HW_HEAP_DIFF_OTHER_IDS);
  check (before, internals, HW_HEAP_DIFF_OTHER_MODE);
}

/* Too little to judge by is no reason to warn. */
static void
test_small (void)
{
  g_autoptr(HwHeap) one = load_program (1, 100, 5, 10, 1001, TRUE);
  g_autoptr(HwHeap) two = load_program (2, 100, 5, 10, 2001, TRUE);
  g_autoptr(HwHeap) large = load_program (3, 3000, 5, 4000, 100001, TRUE);
  g_autoptr(HwHeap) empty = load_program (1, 0, 5, 0, 5, FALSE);

  check (one, two, HW_HEAP_DIFF_COMPARABLE);
  check (one, large, HW_HEAP_DIFF_COMPARABLE);
  check (empty, empty, HW_HEAP_DIFF_COMPARABLE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/comparable/fixtures", test_fixtures);
  g_test_add_func ("/heap/comparable/truncated", test_truncated);
  g_test_add_func ("/heap/comparable/made", test_made);
  g_test_add_func ("/heap/comparable/small", test_small);

  return g_test_run ();
}
