/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading itself: cancelling at any moment, progress, the constructors that come first, one heap and many threads. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hw-made-heap.h"
#include "hw-touch.h"

/* A file of some 40 MB: what a server leaks, made without keeping a node of it. */
static GBytes *
make_large (guint n)
{
  static const guint n_fields = 6, n_properties = 4;
  GString *json = g_string_sized_new (n * 160u);

  g_string_append_printf (json, "{\"snapshot\":{\"meta\":{"
                          "\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\",\"detachedness\"],"
                          "\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\",\"regexp\",\"number\",\"native\","
                          "\"synthetic\"],\"string\",\"number\",\"number\",\"number\",\"number\"],"
                          "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],"
                          "\"edge_types\":[[\"context\",\"element\",\"property\",\"internal\"],\"string_or_number\",\"node\"]},"
                          "\"node_count\":%u,\"edge_count\":%u},\n\"nodes\":[9,0,1,0,%u,0\n", n + 1, n * 5, n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (json, ",3,%u,%u,%u,%u,0\n", 6 + i % 2000, 3 + 2 * i, 16 + i % 90, n_properties);
  g_string_append (json, "],\n\"edges\":[");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (json, "%s1,%u,%u\n", i > 0 ? "," : "", i, (i + 1) * n_fields);
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n_properties; k++)
      g_string_append_printf (json, ",2,%u,%u\n", 2 + k, (guint) ((i * (guint64) 2654435761 + k * 40503) % n + 1) * n_fields);
  g_string_append (json, "],\n\"strings\":[\"\",\"Object\",\"a\",\"b\",\"c\",\"d\"");
  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (json, ",\n\"Class%u\"", i);
  g_string_append (json, "]}\n");

  return g_string_free_to_bytes (json);
}

typedef struct
{
  GCancellable *cancellable;
  gint64        wait;       /* µs */
  gint64        cancelled;  /* when */
} Canceller;

static gpointer
canceller_thread (gpointer data)
{
  Canceller *self = data;

  g_usleep ((gulong) self->wait);
  self->cancelled = g_get_monotonic_time ();
  g_cancellable_cancel (self->cancellable);

  return NULL;
}

/*
 * The measure is the machine at this moment: a thread that only has to wake up and say so, among as many others.
 * What is asked for is 100 ms on an idle one; a busy one gets a share of what the whole load takes.
 */
static void
test_cancel (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (17);
  g_autoptr(GBytes) bytes = make_large (550000);
  gint64 begin = g_get_monotonic_time (), whole, worst = 0;
  guint n_cancelled = 0;

  for (guint round = 0; round < 13; round++)
    {
      g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GError) error = NULL;
      g_autoptr(HwHeap) heap = NULL;
      Canceller canceller = { cancellable, 0, 0 };
      GThread *thread;

      if (round == 0)
        {
          heap = hw_heap_load_stream_sync (stream, g_bytes_get_size (bytes), NULL, cancellable, &error);
          g_assert_no_error (error);
          whole = g_get_monotonic_time () - begin;
          continue;
        }
      canceller.wait = (gint64) (g_rand_double (rand) * (double) whole);
      thread = g_thread_new ("canceller", canceller_thread, &canceller);
      heap = hw_heap_load_stream_sync (stream, g_bytes_get_size (bytes), NULL, cancellable, &error);
      begin = g_get_monotonic_time ();
      g_thread_join (thread);
      if (heap != NULL)
        continue;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      n_cancelled++;
      worst = MAX (worst, begin - canceller.cancelled);
    }
  g_test_message ("%.1f MB, whole %.0f ms, cancelled %u times, at the worst after %.1f ms",
                  (double) g_bytes_get_size (bytes) / 1e6, (double) whole / 1e3, n_cancelled, (double) worst / 1e3);
  g_assert_cmpuint (n_cancelled, >, 2);
  g_assert_cmpint (worst, <, MAX (100000, whole / 3));
}

static void
test_cancelled_before (void)
{
  g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (1);
  g_autofree char *json = hw_made_heap_to_json (made);
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (json, (gssize) strlen (json), NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (hw_heap_load_stream_sync (stream, 0, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

typedef struct
{
  guint         n_calls;
  HwClassTable *tables[2];
  GCancellable *cancel;     /* fired by the first call */
} Told;

static void
classes_cb (HwClassTable *classes,
            gpointer      user_data)
{
  Told *told = user_data;

  g_assert_cmpuint (told->n_calls, <, 2);
  told->tables[told->n_calls++] = hw_class_table_ref (classes);
  if (told->cancel != NULL)
    g_cancellable_cancel (told->cancel);
}

/* First without retained sizes, then whole; class ids, counts and sizes are the same in both. */
static void
test_classes_first (void)
{
  for (guint seed = 0; seed < 60; seed++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autofree char *json = hw_made_heap_to_json (made);
      g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (json, (gssize) strlen (json), NULL);
      Told told = { 0, { NULL, NULL }, NULL };
      HwHeapLoadOptions options = { .classes_func = classes_cb, .classes_data = &told };
      g_autoptr(HwHeap) heap = hw_heap_load_stream_sync (stream, 0, &options, NULL, NULL);
      HwClassTable *first, *last;

      g_assert_cmpuint (told.n_calls, ==, 2);
      first = told.tables[0];
      last = told.tables[1];
      g_assert_true (last == hw_heap_get_class_table (heap));
      g_assert_false (hw_class_table_get_has_retained_sizes (first));
      g_assert_true (hw_class_table_get_has_retained_sizes (last));
      g_assert_true (hw_class_table_get_has_distances (last));
      g_assert_cmpuint (hw_class_table_get_n_classes (first), ==, hw_class_table_get_n_classes (last));
      g_assert_cmpuint (hw_class_table_get_total_count (first), ==, hw_class_table_get_total_count (last));
      for (guint i = 0; i < hw_class_table_get_n_classes (first); i++)
        {
          const HwClassRow *a = hw_class_table_get_row (first, HW_CLASS (i));
          const HwClassRow *b = hw_class_table_get_row (last, HW_CLASS (i));
          guint32 n;

          g_assert_cmpstr (a->name, ==, b->name);
          g_assert_cmpuint (a->count, ==, b->count);
          g_assert_cmpuint (a->shallow_size, ==, b->shallow_size);
          g_assert_cmpuint (a->first_instance.value, ==, b->first_instance.value);
          hw_class_table_get_instances (first, HW_CLASS (i), &n);
          g_assert_cmpuint (n, ==, 0);
        }
      hw_touch_classes (first);
      hw_class_table_unref (first);
      hw_class_table_unref (last);
    }
}

/* Cancelled by who was told the constructors: the load ends, the table stays good. */
static void
test_cancel_when_told (void)
{
  for (guint seed = 0; seed < 60; seed++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autofree char *json = hw_made_heap_to_json (made);
      g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (json, (gssize) strlen (json), NULL);
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      Told told = { 0, { NULL, NULL }, cancellable };
      HwHeapLoadOptions options = { .classes_func = classes_cb, .classes_data = &told };
      g_autoptr(GError) error = NULL;
      g_autoptr(HwHeap) heap = hw_heap_load_stream_sync (stream, 0, &options, cancellable, &error);

      if (heap == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (told.n_calls, >=, 1);
      hw_touch_classes (told.tables[0]);
      g_clear_pointer (&told.tables[0], hw_class_table_unref);
      g_clear_pointer (&told.tables[1], hw_class_table_unref);
    }
}

typedef struct
{
  HwProgress *progress;
  gint        stop;
  guint       n_seen;
} Watch;

static gpointer
watch_thread (gpointer data)
{
  Watch *watch = data;
  double last = 0;

  while (!g_atomic_int_get (&watch->stop))
    {
      double fraction = hw_progress_get_fraction (watch->progress);

      g_assert_cmpfloat (fraction, >=, last);
      g_assert_cmpfloat (fraction, <=, 1);
      watch->n_seen += fraction > last;
      last = fraction;
      g_usleep (200);
    }

  return NULL;
}

static void
test_progress (void)
{
  g_autoptr(GBytes) bytes = make_large (60000);
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr(HwProgress) progress = hw_progress_new ();
  HwHeapLoadOptions options = { .progress = progress };
  Watch watch = { progress, FALSE, 0 };
  GThread *thread = g_thread_new ("watch", watch_thread, &watch);
  g_autoptr(GError) error = NULL;
  g_autoptr(HwHeap) heap = hw_heap_load_stream_sync (stream, g_bytes_get_size (bytes), &options, NULL, &error);
  g_autoptr(GArray) times = NULL;

  g_atomic_int_set (&watch.stop, TRUE);
  g_thread_join (thread);
  g_assert_no_error (error);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 1);
  g_assert_cmpuint (watch.n_seen, >, 3);
  times = hw_progress_dup_times (progress);
  for (guint i = 0; i < times->len; i++)
    {
      g_assert_nonnull (g_array_index (times, HwPhaseTime, i).name);
      g_assert_cmpint (g_array_index (times, HwPhaseTime, i).microseconds, >=, 0);
    }
  g_assert_cmpuint (times->len, >=, 9);
}

static gpointer
touch_thread (gpointer data)
{
  hw_touch_heap (data);

  return NULL;
}

/* A heap belongs to nobody: what is made when first asked for is made once. */
static void
test_threads (void)
{
  for (guint seed = 0; seed < 40; seed++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autoptr(HwHeap) heap = hw_made_heap_load (made, NULL);
      GThread *threads[4];

      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("touch", touch_thread, heap);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_thread_join (threads[i]);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/load/cancel", test_cancel);
  g_test_add_func ("/heap/load/cancelled-before", test_cancelled_before);
  g_test_add_func ("/heap/load/classes-first", test_classes_first);
  g_test_add_func ("/heap/load/cancel-when-told", test_cancel_when_told);
  g_test_add_func ("/heap/load/progress", test_progress);
  g_test_add_func ("/heap/load/threads", test_threads);

  return g_test_run ();
}
