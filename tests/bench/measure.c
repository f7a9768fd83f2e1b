/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure WHAT FILE [FOLDER]: one measurement in a process of its own, as lines "name<TAB>value" on standard
 * output: times in µs, memory and sizes in bytes. bench.py runs it and makes the table.
 *
 *   limits FILE         read() of the file, memcpy(), and a bare look for digits, each over as many bytes
 *   load FILE           the file to a complete heap, by phase, without an index
 *   write FILE FOLDER   the same, and then the index that is written behind the person's back
 *   open FILE FOLDER [MEMORY]
 *                       the heap from its index, with so many bytes of memory
 *   rows FILE           sorting all references and objects of the largest constructor by each key; expanding it
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cache/hw-cache.h"
#include "heap/hw-order.h"

#define BLOCK (1024 * 1024)

typedef struct
{
  gint64 start;
  gint64 first_rows;
} Clock;

static void
tell (const char *name,
      gint64      value)
{
  printf ("%s\t%" G_GINT64_FORMAT "\n", name, value);
}

static gint64
elapsed (gint64 since)
{
  return g_get_monotonic_time () - since;
}

static void
fail (const char   *what,
      const GError *error)
{
  fprintf (stderr, "measure: %s: %s\n", what, error != NULL ? error->message : g_strerror (errno));
  exit (EXIT_FAILURE);
}

/* The greatest size this process ever had. getrusage() would count what it was before exec() as well. */
static void
tell_peak (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL) || (line = strstr (status, "VmHWM:")) == NULL)
    return;
  tell ("peak", g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) * 1024);
}

static void
measure_limits (const char *path)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  g_autofree guint8 *copy = g_malloc (BLOCK);
  gint64 read_time = 0, copy_time = 0, scan_time = 0, total = 0;
  volatile guint64 sink = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize n;

  if (fd < 0)
    fail (path, NULL);
  memset (copy, 0, BLOCK);
  for (;;)
    {
      gint64 since = g_get_monotonic_time ();
      guint64 number = 0, sum = 0;

      n = read (fd, block, BLOCK);
      read_time += elapsed (since);
      if (n <= 0)
        break;
      total += n;

      since = g_get_monotonic_time ();
      memcpy (copy, block, (gsize) n);
      sink += copy[n / 2];
      copy_time += elapsed (since);

      /* What no reader of decimal numbers can do without: one step a byte. */
      since = g_get_monotonic_time ();
      for (gssize i = 0; i < n; i++)
        {
          guint digit = block[i] - (guint) '0';

          if (digit < 10)
            number = number * 10 + digit;
          else
            {
              sum += number;
              number = 0;
            }
        }
      sink += sum;
      scan_time += elapsed (since);
    }
  close (fd);

  tell ("bytes", total);
  tell ("read", read_time);
  tell ("memcpy", copy_time);
  tell ("scan", scan_time);
}

static void
first_rows_cb (HwClassTable *classes G_GNUC_UNUSED,
               gpointer      user_data)
{
  Clock *clock = user_data;

  if (clock->first_rows == 0)
    clock->first_rows = elapsed (clock->start);
}

static void
tell_heap (HwHeap     *heap,
           HwProgress *progress,
           Clock      *clock)
{
  g_autoptr(GArray) times = hw_progress_dup_times (progress);

  tell ("whole", elapsed (clock->start));
  tell ("first-rows", clock->first_rows);
  tell ("nodes", hw_heap_get_n_nodes (heap));
  tell ("edges", hw_heap_get_n_edges (heap));
  tell_peak ();
  for (guint i = 0; i < times->len; i++)
    {
      const HwPhaseTime *time = &g_array_index (times, HwPhaseTime, i);

      printf ("phase:%s\t%" G_GINT64_FORMAT "\n", time->name, time->microseconds);
    }
}

static HwHeap *
load (const char *path)
{
  g_autoptr(GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr(HwProgress) progress = hw_progress_new ();
  g_autoptr(GError) error = NULL;
  Clock clock = { g_get_monotonic_time (), 0 };
  HwHeapLoadOptions options = { progress, first_rows_cb, &clock };
  HwHeap *heap = hw_heap_load_sync (file, &options, NULL, &error);

  if (heap == NULL)
    fail (path, error);
  tell_heap (heap, progress, &clock);

  return heap;
}

static void
measure_cache (const char *path,
               const char *folder,
               gboolean    must_be_kept,
               guint64     memory)
{
  g_autoptr(GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr(HwProgress) progress = hw_progress_new ();
  g_autoptr(HwCache) cache = hw_cache_new (folder, G_MAXUINT64);
  g_autoptr(GError) error = NULL;
  g_autoptr(HwHeap) heap = NULL;
  g_autofree char *problem = NULL;
  Clock clock = { g_get_monotonic_time (), 0 };
  HwHeapLoadOptions options = { progress, first_rows_cb, &clock };
  gboolean from_cache;
  gint64 since;

  hw_cache_set_memory (cache, memory);
  heap = hw_cache_load_sync (cache, file, &options, &from_cache, NULL, &error);
  if (heap == NULL)
    fail (path, error);
  if (from_cache != must_be_kept)
    fail (from_cache ? "there is an index already" : "the index was not used", NULL);
  tell_heap (heap, progress, &clock);

  since = g_get_monotonic_time ();
  hw_cache_flush_sync (cache);
  tell ("write-behind", elapsed (since));
  problem = hw_cache_dup_problem (cache);
  if (problem != NULL)
    fail (problem, NULL);
}

static HwClassId
largest_class (HwClassTable *classes)
{
  HwClassId largest = HW_CLASS (0);

  for (guint i = 0; i < hw_class_table_get_n_classes (classes); i++)
    if (hw_class_table_get_row (classes, HW_CLASS (i))->count > hw_class_table_get_row (classes, largest)->count)
      largest = HW_CLASS (i);

  return largest;
}

static void
measure_rows (const char *path)
{
  static const char *keys[] = {
    [HW_MEASURE_NAME] = "name",
    [HW_MEASURE_DISTANCE] = "distance",
    [HW_MEASURE_SHALLOW_SIZE] = "shallow size",
    [HW_MEASURE_RETAINED_SIZE] = "retained size",
  };
  g_autoptr(HwHeap) heap = load (path);
  HwClassTable *classes = hw_heap_get_class_table (heap);
  HwClassId largest = largest_class (classes);
  guint32 n, n_edges = hw_heap_get_n_edges (heap);
  const guint32 *instances = hw_class_table_get_instances (classes, largest, &n);
  g_autofree guint32 *nodes = g_memdup2 (instances, n * sizeof (guint32));
  g_autofree guint32 *edges = g_new (guint32, n_edges);
  gint64 since;

  tell ("rows", n);
  tell ("references", n_edges);

  /* Names are ranked once for a heap; the window does so behind a person's back. */
  memcpy (nodes, instances, n * sizeof (guint32));
  since = g_get_monotonic_time ();
  hw_order_nodes (heap, (HwOrder) { HW_MEASURE_NAME, FALSE }, nodes, n, NULL, NULL);
  printf ("sort objects:name, the first time\t%" G_GINT64_FORMAT "\n", elapsed (since));

  for (guint k = HW_MEASURE_NAME; k <= HW_MEASURE_RETAINED_SIZE; k++)
    {
      HwOrder order = { (HwMeasure) k, k != HW_MEASURE_NAME };

      memcpy (nodes, instances, n * sizeof (guint32));
      since = g_get_monotonic_time ();
      hw_order_nodes (heap, order, nodes, n, NULL, NULL);
      printf ("sort objects:%s\t%" G_GINT64_FORMAT "\n", keys[k], elapsed (since));

      for (guint32 e = 0; e < n_edges; e++)
        edges[e] = e;
      since = g_get_monotonic_time ();
      hw_order_references (heap, order, TRUE, edges, n_edges, NULL, NULL);
      printf ("sort references:%s\t%" G_GINT64_FORMAT "\n", keys[k], elapsed (since));
    }

  /* A class is expanded in file order at once; the order that is asked for comes from the sort above. */
  since = g_get_monotonic_time ();
  instances = hw_class_table_get_instances (classes, largest, &n);
  for (guint32 i = 0; i < MIN (n, 256); i++)
    g_free (hw_heap_dup_node_name (heap, HW_NODE (instances[i])));
  tell ("expand", elapsed (since));
}

int
main (int    argc,
      char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";

  if (argc == 3 && g_str_equal (what, "limits"))
    measure_limits (argv[2]);
  else if (argc == 3 && g_str_equal (what, "load"))
    hw_heap_unref (load (argv[2]));
  else if (argc == 4 && g_str_equal (what, "write"))
    measure_cache (argv[2], argv[3], FALSE, G_MAXUINT64);
  else if (argc == 4 && g_str_equal (what, "open"))
    measure_cache (argv[2], argv[3], TRUE, G_MAXUINT64);
  else if (argc == 5 && g_str_equal (what, "open"))
    measure_cache (argv[2], argv[3], TRUE, g_ascii_strtoull (argv[4], NULL, 10));
  else if (argc == 3 && g_str_equal (what, "rows"))
    measure_rows (argv[2]);
  else
    {
      fprintf (stderr, "usage: measure limits|load|rows FILE, measure write FILE FOLDER, measure open FILE FOLDER [MEMORY]\n");
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
