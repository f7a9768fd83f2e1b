/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw-cache-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "heap/hw-order.h"

/* Enough references that their columns have several chunks, which are left until somebody asks. */
#define N_NODES 300000

static void
set_up (HwCacheTest   *test,
        gconstpointer  data G_GNUC_UNUSED)
{
  hw_cache_test_init (test);
}

static void
tear_down (HwCacheTest   *test,
           gconstpointer  data G_GNUC_UNUSED)
{
  hw_cache_test_clear (test);
}

/* Every accessor of what is left, so that nothing is read outside of a column. */
static guint64
touch (HwHeap *heap,
       guint32 from,
       guint32 step)
{
  guint64 sum = 0;

  for (guint32 i = from; i < hw_heap_get_n_nodes (heap); i += step)
    {
      guint32 n = hw_heap_get_n_references (heap, HW_NODE (i));
      HwEdgeId first = hw_heap_get_first_reference (heap, HW_NODE (i));
      g_autofree guint32 *retainers = NULL;
      HwLocation location;

      sum += hw_heap_get_object_id (heap, HW_NODE (i));
      sum += hw_heap_get_dominator (heap, HW_NODE (i)).value;
      if (hw_heap_get_location (heap, HW_NODE (i), &location))
        sum += location.script_id + location.line + location.column;
      for (guint32 j = 0; j < n; j++)
        sum += hw_heap_get_edge_target (heap, HW_EDGE (first.value + j)).value;
      n = hw_heap_collect_retainers (heap, HW_NODE (i), &retainers);
      for (guint32 j = 0; j < n; j++)
        sum += hw_heap_get_edge_source (heap, HW_EDGE (retainers[j])).value;
    }

  return sum;
}

typedef struct
{
  HwHeap *heap;
  guint32 from;
  guint64 sum;
} Toucher;

static gpointer
touch_thread (gpointer data)
{
  Toucher *self = data;

  self->sum = touch (self->heap, self->from, 4);

  return NULL;
}

static void
test_threads (HwCacheTest   *test,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);
  g_autoptr(HwHeap) heap = NULL;
  g_autofree char *index = NULL;
  g_autofree char *problem = NULL;
  Toucher touchers[4];
  GThread *threads[4];

  g_test_summary ("What was left comes when several threads ask for it, also after the index was deleted.");

  hw_cache_test_expect (test, path, FALSE);
  index = hw_cache_test_dup_index (test);
  heap = hw_cache_test_load (test, path);
  g_assert_true (test->from_cache);
  g_assert_cmpint (g_unlink (index), ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      touchers[i] = (Toucher) { heap, i, 0 };
      threads[i] = g_thread_new ("toucher", touch_thread, &touchers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (touchers[i].sum, ==, touch (truth, i, 4));
    }
  hw_cache_test_assert_equal (heap, truth);
  problem = hw_heap_dup_problem (heap);
  g_assert_null (problem);
}

/* The file that the open index reads from, overwritten from @start on; cut there when @byte is negative. */
static void
overwrite (const char *index,
           goffset     start,
           int         byte)
{
  int fd = g_open (index, O_RDWR | O_CLOEXEC, 0);
  goffset end = lseek (fd, 0, SEEK_END);
  g_autofree guint8 *bytes = g_malloc ((gsize) (end - start));

  g_assert_cmpint (fd, >=, 0);
  memset (bytes, byte, (gsize) (end - start));
  if (byte < 0)
    g_assert_cmpint (ftruncate (fd, start), ==, 0);
  else
    g_assert_cmpint (pwrite (fd, bytes, (gsize) (end - start), start), ==, (gssize) (end - start));
  close (fd);
}

static void
test_damaged_later (HwCacheTest   *test,
                    gconstpointer  data G_GNUC_UNUSED)
{
  static const int bytes[] = { -1, 0, 0x5a };
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);

  g_test_summary ("An index that is damaged while it is in use is a problem that the heap tells, and nothing worse.");

  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    {
      g_autoptr(HwHeap) heap = NULL;
      g_autofree char *index = NULL;
      g_autofree char *problem = NULL;

      hw_cache_test_expect (test, path, FALSE);
      index = hw_cache_test_dup_index (test);
      heap = hw_cache_test_load (test, path);
      g_assert_true (test->from_cache);

      overwrite (index, 32768, bytes[i]);
      touch (heap, 0, 1);
      problem = hw_heap_dup_problem (heap);
      g_assert_nonnull (problem);

      /* Opened again, it is refused, and the file is read. */
      hw_cache_test_expect (test, path, FALSE);
      g_assert_cmpint (g_unlink (index), ==, 0);
    }
}

static void
test_memory (HwCacheTest   *test,
             gconstpointer  data G_GNUC_UNUSED)
{
  /* Nothing fits; some does; all does. */
  static const guint64 memory[] = { 0, 40 * 1024 * 1024, 1024 * 1024 * 1024 };
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);
  guint64 sum = touch (truth, 0, 1);

  g_test_summary ("With little memory everything is the same.");

  hw_cache_test_expect (test, path, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    {
      g_autoptr(HwHeap) heap = NULL;

      hw_cache_set_memory (test->cache, memory[i]);
      heap = hw_cache_test_load (test, path);
      g_assert_true (test->from_cache);
      g_assert_cmpuint (touch (heap, 0, 1), ==, sum);
      hw_cache_test_assert_equal (heap, truth);
      /* The file has no name. */
      g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 2);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/cache/left/" name, HwCacheTest, NULL, set_up, func, tear_down)
  ADD ("threads", test_threads);
  ADD ("damaged-later", test_damaged_later);
  ADD ("memory", test_memory);
#undef ADD

  return g_test_run ();
}
