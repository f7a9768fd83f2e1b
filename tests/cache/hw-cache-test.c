/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw-cache-test.h"

#include <glib/gstdio.h>
#include <string.h>

void
hw_cache_test_init (HwCacheTest *self)
{
  g_autofree char *root = g_dir_make_tmp ("heapwise-cache-XXXXXX", NULL);

  *self = (HwCacheTest) { NULL, };
  self->folder = g_build_filename (root, "in", "dexes", NULL);
  self->snapshots = g_build_filename (root, "snap shots", NULL);
  g_assert_cmpint (g_mkdir_with_parents (self->snapshots, 0700), ==, 0);
  self->phases = g_ptr_array_new ();
  self->cache = hw_cache_new (self->folder, HW_CACHE_TEST_BUDGET);
}

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
hw_cache_test_clear (HwCacheTest *self)
{
  g_autofree char *root = g_path_get_dirname (self->snapshots);

  g_clear_object (&self->cache);
  remove_tree (root);
  g_clear_pointer (&self->phases, g_ptr_array_unref);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->snapshots, g_free);
}

/* As a restart of the program does. */
void
hw_cache_test_reopen (HwCacheTest *self)
{
  hw_cache_flush_sync (self->cache);
  g_clear_object (&self->cache);
  self->cache = hw_cache_new (self->folder, HW_CACHE_TEST_BUDGET);
}

/*
 * A root over @n_nodes objects of a few classes, each referring to its successor and to a random one. From
 * seed 5000 on, object ids and a size take more than 32 bits.
 */
char *
hw_cache_test_dup_text (guint n_nodes,
                        guint seed)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  GString *text = g_string_new (NULL);
  guint64 base = seed >= 5000 ? G_GUINT64_CONSTANT (1) << 40 : 0;

  g_string_append_printf (text,
                          "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\","
                          "\"edge_count\",\"trace_node_id\",\"detachedness\"],\"node_types\":[[\"hidden\",\"array\","
                          "\"string\",\"object\",\"code\",\"closure\",\"regexp\",\"number\",\"native\","
                          "\"synthetic\"],\"string\",\"number\",\"number\",\"number\",\"number\",\"number\"],"
                          "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],\"edge_types\":[[\"context\","
                          "\"element\",\"property\",\"internal\",\"hidden\",\"shortcut\",\"weak\"],"
                          "\"string_or_number\",\"node\"],\"location_fields\":[\"object_index\",\"script_id\","
                          "\"line\",\"column\"]},\"node_count\":%u,\"edge_count\":%u},\n\"nodes\":[9,0,1,0,%u,0,0",
                          n_nodes + 1, 3 * n_nodes, n_nodes);
  for (guint i = 1; i <= n_nodes; i++)
    g_string_append_printf (text, "\n,3,%u,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",2,0,0", 2 + i % 5,
                            base + 2 * i + 1, (i == 1 ? base : 0) + (guint) g_rand_int_range (rand, 0, 900));

  g_string_append (text, "],\n\"edges\":[");
  for (guint i = 1; i <= n_nodes; i++)
    g_string_append_printf (text, "%s1,%u,%u\n", i > 1 ? "," : "", i, 7 * i);
  for (guint i = 1; i <= n_nodes; i++)
    g_string_append_printf (text, ",2,1,%u\n,3,7,%u\n", 7 * (i < n_nodes ? i + 1 : 1),
                            7 * (guint) g_rand_int_range (rand, 0, (gint) n_nodes + 1));

  g_string_append (text, "],\n\"locations\":[");
  for (guint i = 1; i <= n_nodes; i += 5)
    g_string_append_printf (text, "%s%u,%u,%u,%u\n", i > 1 ? "," : "", 7 * i, 12 + i % 2, i % 7, i % 3);

  g_string_append (text, "],\n\"strings\":[\"\",\"next\",\"Object\",\"" HW_CACHE_TEST_LONE_JSON
                         "\",\"Array\",\"Zero\\u0000Inside\",\"\\u00c4rger\",\"other\"");
  for (guint i = 0; i < n_nodes / 4; i++)
    g_string_append_printf (text, ",\n\"text %u of %u\"", (guint) g_rand_int (rand), i);
  g_string_append (text, "]}\n");

  return g_string_free (text, FALSE);
}

char *
hw_cache_test_write (HwCacheTest *self,
                     const char  *name,
                     guint        n_nodes,
                     guint        seed)
{
  g_autofree char *text = hw_cache_test_dup_text (n_nodes, seed);
  char *path = g_build_filename (self->snapshots, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);

  return path;
}

static void
classes_cb (HwClassTable *classes,
            gpointer      user_data)
{
  HwCacheTest *self = user_data;

  if (self->n_announced++ == 0)
    self->n_classes = hw_class_table_get_n_classes (classes);
}

HwHeap *
hw_cache_test_load (HwCacheTest *self,
                    const char  *path)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(HwProgress) progress = hw_progress_new ();
  g_autoptr(GArray) times = NULL;
  g_autoptr(GError) error = NULL;
  HwHeapLoadOptions options = { progress, classes_cb, self };
  HwHeap *heap;

  self->n_announced = 0;
  heap = hw_cache_load_sync (self->cache, file, &options, &self->from_cache, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (heap);
  g_assert_cmpuint (self->n_announced, >, 0);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 1.0);

  times = hw_progress_dup_times (progress);
  g_ptr_array_set_size (self->phases, 0);
  for (guint i = 0; i < times->len; i++)
    g_ptr_array_add (self->phases, (gpointer) g_array_index (times, HwPhaseTime, i).name);

  return heap;
}

gboolean
hw_cache_test_had_phase (HwCacheTest *self,
                         const char  *name)
{
  return g_ptr_array_find_with_equal_func (self->phases, name, g_str_equal, NULL);
}

/* What the file really holds. */
HwHeap *
hw_cache_test_read (const char *path)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;
  HwHeap *heap = hw_heap_load_sync (file, NULL, NULL, &error);

  g_assert_no_error (error);

  return heap;
}

/* Loads, says whether the index is to be used, and compares with the file itself. */
void
hw_cache_test_expect (HwCacheTest *self,
                      const char  *path,
                      gboolean     from_cache)
{
  g_autoptr(HwHeap) heap = hw_cache_test_load (self, path);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);

  hw_cache_test_assert_equal (heap, truth);
  g_assert_cmpint (self->from_cache, ==, from_cache);
  hw_cache_flush_sync (self->cache);
}

typedef struct
{
  const char    *name;
  guint          width;
  gsize          length;
  gconstpointer  data;
} Column;

static gboolean
collect_cb (const char    *name,
            guint          width,
            gsize          length,
            gconstpointer  data,
            gpointer       user_data)
{
  Column column = { name, width, length, data };

  g_array_append_val ((GArray *) user_data, column);

  return TRUE;
}

static void
assert_classes_equal (HwClassTable *a,
                      HwClassTable *b)
{
  g_assert_cmpuint (hw_class_table_get_n_classes (a), ==, hw_class_table_get_n_classes (b));
  g_assert_cmpuint (hw_class_table_get_total_size (a), ==, hw_class_table_get_total_size (b));
  g_assert_cmpuint (hw_class_table_get_total_count (a), ==, hw_class_table_get_total_count (b));
  g_assert_true (hw_class_table_get_has_distances (a));
  g_assert_true (hw_class_table_get_has_retained_sizes (a));

  for (guint i = 0; i < hw_class_table_get_n_classes (a); i++)
    {
      const HwClassRow *x = hw_class_table_get_row (a, HW_CLASS (i));
      const HwClassRow *y = hw_class_table_get_row (b, HW_CLASS (i));
      g_autofree char *x_key = hw_class_table_dup_key (a, HW_CLASS (i));
      g_autofree char *y_key = hw_class_table_dup_key (b, HW_CLASS (i));
      const guint32 *x_instances, *y_instances;
      guint32 nx, ny;

      g_assert_cmpstr (x->name, ==, y->name);
      g_assert_cmpstr (x_key, ==, y_key);
      g_assert_cmpuint (x->count, ==, y->count);
      g_assert_cmpuint (x->shallow_size, ==, y->shallow_size);
      g_assert_cmpuint (x->retained_size, ==, y->retained_size);
      g_assert_cmpint (x->distance, ==, y->distance);
      g_assert_cmpuint (x->first_instance.value, ==, y->first_instance.value);

      x_instances = hw_class_table_get_instances (a, HW_CLASS (i), &nx);
      y_instances = hw_class_table_get_instances (b, HW_CLASS (i), &ny);
      g_assert_cmpmem (x_instances, nx * sizeof (guint32), y_instances, ny * sizeof (guint32));
    }
}

void
hw_cache_test_assert_equal (HwHeap *a,
                            HwHeap *b)
{
  g_autoptr(GArray) x = g_array_new (FALSE, FALSE, sizeof (Column));
  g_autoptr(GArray) y = g_array_new (FALSE, FALSE, sizeof (Column));
  g_autoptr(GVariant) x_facts = hw_heap_dup_facts (a);
  g_autoptr(GVariant) y_facts = hw_heap_dup_facts (b);
  g_autofree char *x_text = g_variant_print (x_facts, TRUE);
  g_autofree char *y_text = g_variant_print (y_facts, TRUE);

  hw_heap_foreach_column (a, collect_cb, x);
  hw_heap_foreach_column (b, collect_cb, y);
  g_assert_cmpuint (x->len, ==, y->len);
  for (guint i = 0; i < x->len; i++)
    {
      const Column *p = &g_array_index (x, Column, i);
      const Column *q = &g_array_index (y, Column, i);

      g_assert_cmpstr (p->name, ==, q->name);
      g_assert_cmpuint (p->width, ==, q->width);
      g_assert_cmpmem (p->data, p->length * p->width, q->data, q->length * q->width);
    }

  /* A dictionary's order is a hash table's. */
  g_assert_cmpuint (strlen (x_text), ==, strlen (y_text));
  g_assert_cmpuint (hw_heap_get_n_shapes (a), ==, hw_heap_get_n_shapes (b));
  g_assert_cmpint (hw_heap_get_damage (a) != NULL, ==, hw_heap_get_damage (b) != NULL);
  assert_classes_equal (hw_heap_get_class_table (a), hw_heap_get_class_table (b));

  for (guint32 i = 0; i < hw_heap_get_n_nodes (a); i++)
    {
      guint32 n = hw_heap_get_n_retainers (a, HW_NODE (i));

      g_assert_cmpuint (n, ==, hw_heap_get_n_retainers (b, HW_NODE (i)));
      for (guint32 j = 0; j < n; j++)
        g_assert_cmpuint (hw_heap_get_retainer (a, HW_NODE (i), j).value, ==,
                          hw_heap_get_retainer (b, HW_NODE (i), j).value);
    }
}

guint
hw_cache_test_count_files (const char *folder,
                           const char *suffix)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_suffix (name, suffix);

  return n;
}

/* The path of the one index there is. */
char *
hw_cache_test_dup_index (HwCacheTest *self)
{
  g_autoptr(GPtrArray) entries = hw_cache_list_sync (self->cache, NULL);

  g_assert_nonnull (entries);
  g_assert_cmpuint (entries->len, ==, 1);

  return g_strdup (((HwCacheEntry *) g_ptr_array_index (entries, 0))->path);
}
