/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "heap/hw-heap-columns.h"
#include "heap/hw-heap-diff.h"
#include "hw-touch.h"
#include "hw-twins.h"

#define N_SEEDS 1500

static void
compare_nodes (HwHeap *heap,
               HwTwin *twin,
               guint   seed)
{
  HwClassTable *classes = hw_heap_get_class_table (heap);

  g_assert_cmpuint (hw_heap_get_n_nodes (heap), ==, twin->n);
  for (guint i = 0; i < twin->n; i++)
    {
      HwNodeId node = HW_NODE (i);
      g_autofree char *key = hw_class_table_dup_key (classes, hw_heap_get_node_class (heap, node));

      g_test_message ("seed %u node %u", seed, i);
      g_assert_cmpuint (hw_heap_get_detachedness (heap, node), ==, twin->state[i]);
      g_assert_cmpstr (hw_heap_get_node_raw_name (heap, node), ==, twin->name[i]);
      g_assert_cmpint (hw_heap_get_distance (heap, node), ==, twin->distance[i]);
      g_assert_cmpuint (hw_heap_get_dominator (heap, node).value, ==, twin->dominator[i]);
      g_assert_cmpuint (hw_heap_get_shallow_size (heap, node), ==, twin->size[i]);
      g_assert_cmpuint (hw_heap_get_retained_size (heap, node), ==, twin->retained[i]);
      g_assert_cmpstr (key, ==, twin->class_key[i]);
    }
}

static void
compare_classes (HwHeap *heap,
                 HwTwin *twin)
{
  HwClassTable *classes = hw_heap_get_class_table (heap);

  g_assert_cmpuint (hw_heap_get_n_shapes (heap), ==, twin->shapes->len);
  for (guint i = 0; i < twin->shapes->len; i++)
    g_assert_cmpstr (hw_heap_get_shape_name (heap, i), ==, g_ptr_array_index (twin->shapes, i));

  for (guint c = 0; c < hw_class_table_get_n_classes (classes); c++)
    {
      const HwClassRow *row = hw_class_table_get_row (classes, HW_CLASS (c));
      g_autofree char *key = hw_class_table_dup_key (classes, HW_CLASS (c));
      guint64 count = 0, size = 0;
      gint64 distance = G_MAXINT64;
      guint32 n_instances;

      for (guint i = 0; i < twin->n; i++)
        if (twin->size[i] != 0 && g_str_equal (twin->class_key[i], key))
          {
            count++;
            size += twin->size[i];
            distance = MIN (distance, twin->distance[i]);
          }
      g_assert_cmpuint (row->count, ==, count);
      g_assert_cmpuint (row->shallow_size, ==, size);
      g_assert_cmpuint (row->retained_size, ==, hw_twin_class_retained (twin, key));
      if (count > 0)
        g_assert_cmpint (row->distance, ==, distance);
      hw_class_table_get_instances (classes, HW_CLASS (c), &n_instances);
      g_assert_cmpuint (n_instances, ==, count);
    }
}

static void
test_random (void)
{
  g_test_summary ("On generated heaps every number is that of the slow twin.");

  for (guint seed = 0; seed < N_SEEDS; seed++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autoptr(HwTwin) twin = hw_twin_new (made);
      g_autoptr(GError) error = NULL;
      g_autoptr(HwHeap) heap = hw_made_heap_load (made, &error);

      g_assert_no_error (error);
      g_assert_null (hw_heap_get_damage (heap));
      compare_nodes (heap, twin, seed);
      compare_classes (heap, twin);
      g_assert_cmpuint (hw_heap_get_total_size (heap), ==, twin->retained[0] + made->extra_native_bytes);
    }
}

typedef struct
{
  HwHeapRestorer *restorer;
  guint           damage;  /* byte to scramble, counted over all columns; 0 for none */
  guint64         seen;
} Copy;

static gboolean
copy_column_cb (const char    *name,
                guint          width,
                gsize          length,
                gconstpointer  data,
                gpointer       user_data)
{
  Copy *copy = user_data;
  guint8 *place = hw_heap_restorer_add_column (copy->restorer, name, width, length, NULL);

  g_assert_nonnull (place);
  if (length > 0)
    memcpy (place, data, width * length);
  if (copy->damage > 0 && copy->damage > copy->seen && copy->damage <= copy->seen + width * length)
    place[copy->damage - copy->seen - 1] ^= 0x95;
  copy->seen += width * length;

  return TRUE;
}

static HwHeap *
restore (HwHeap   *heap,
         guint     damage,
         guint64  *n_bytes,
         GError  **error)
{
  g_autoptr(GVariant) facts = hw_heap_dup_facts (heap);
  Copy copy = { hw_heap_restorer_new (facts, error), damage, 0 };

  g_assert_nonnull (copy.restorer);
  hw_heap_foreach_column (heap, copy_column_cb, &copy);
  *n_bytes = copy.seen;

  return hw_heap_restorer_end (copy.restorer, hw_heap_get_class_table (heap), error);
}

static void
test_restore (void)
{
  g_test_summary ("A heap comes back from its columns; scrambled columns are refused or harmless.");

  for (guint seed = 0; seed < 40; seed++)
    {
      g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (seed);
      g_autoptr(HwTwin) twin = hw_twin_new (made);
      g_autoptr(HwHeap) heap = hw_made_heap_load (made, NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(HwHeap) again = NULL;
      guint64 n_bytes, ignored;

      again = restore (heap, 0, &n_bytes, &error);
      g_assert_no_error (error);
      compare_nodes (again, twin, seed);
      compare_classes (again, twin);

      for (guint at = 1; at <= n_bytes; at += 1 + seed % 3)
        {
          g_autoptr(GError) refused = NULL;
          g_autoptr(HwHeap) scrambled = restore (heap, at, &ignored, &refused);

          if (scrambled != NULL)
            hw_touch_restored_heap (scrambled);
          else
            g_assert_nonnull (refused);
        }
    }
}

static void
test_diff (void)
{
  g_test_summary ("A comparison finds what only one heap has, class by class.");

  for (guint seed = 0; seed < 200; seed++)
    {
      g_autoptr(HwMadeHeap) earlier = hw_made_heap_new_random (seed);
      g_autoptr(HwMadeHeap) later = hw_made_heap_new_random (seed + 1);
      g_autoptr(HwHeap) base = hw_made_heap_load (earlier, NULL);
      g_autoptr(HwHeap) current = hw_made_heap_load (later, NULL);
      g_autoptr(HwHeapDiff) diff = hw_heap_diff_new_sync (base, current, NULL, NULL, NULL);
      HwHeap *heap[2] = { base, current };
      gint64 count = 0, expected_count = 0;

      for (guint which = 0; which < 2; which++)
        for (guint i = 0; i < hw_heap_get_n_nodes (heap[which]); i++)
          if (hw_heap_get_shallow_size (heap[which], HW_NODE (i)) != 0)
            expected_count += which == 1 ? 1 : -1;

      for (guint r = 0; r < hw_heap_diff_get_n_rows (diff); r++)
        {
          const HwHeapDiffRow *row = hw_heap_diff_get_row (diff, r);
          const guint32 *added, *removed;
          guint32 n_added, n_removed;

          added = hw_heap_diff_get_added (diff, r, &n_added);
          removed = hw_heap_diff_get_removed (diff, r, &n_removed);
          g_assert_cmpuint (n_added, ==, row->added_count);
          g_assert_cmpuint (n_removed, ==, row->removed_count);
          g_assert_cmpuint (n_added + n_removed, >, 0);
          for (guint i = 0; i < n_added; i++)
            for (guint j = 0; j < n_removed; j++)
              g_assert_cmpuint (hw_heap_get_object_id (heap[1], HW_NODE (added[i])), !=,
                                hw_heap_get_object_id (heap[0], HW_NODE (removed[j])));
          count += (gint64) n_added - n_removed;
        }
      g_assert_cmpint (count, ==, expected_count);
    }
}

static void
test_diff_itself (void)
{
  g_autoptr(HwMadeHeap) made = hw_made_heap_new_random (3);
  g_autoptr(HwHeap) heap = hw_made_heap_load (made, NULL);
  g_autoptr(HwHeapDiff) diff = hw_heap_diff_new_sync (heap, heap, NULL, NULL, NULL);

  g_assert_cmpuint (hw_heap_diff_get_n_rows (diff), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/twins/random", test_random);
  g_test_add_func ("/heap/twins/restore", test_restore);
  g_test_add_func ("/heap/twins/diff", test_diff);
  g_test_add_func ("/heap/twins/diff-itself", test_diff_itself);

  return g_test_run ();
}
