/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "hw-cache-test.h"

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

static void
test_round_trip (HwCacheTest   *test,
                 gconstpointer  data G_GNUC_UNUSED)
{
  const guint sizes[] = { 1, 2, 100, 5000, 300000 };

  g_test_summary ("Heaps of any size come back as they were; one of several chunks too.");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.heapsnapshot", sizes[i]);
      g_autofree char *path = hw_cache_test_write (test, name, sizes[i], sizes[i]);
      g_autofree char *problem = NULL;

      hw_cache_test_expect (test, path, FALSE);
      hw_cache_test_reopen (test);
      hw_cache_test_expect (test, path, TRUE);
      g_assert_cmpuint (test->n_announced, ==, 1);
      problem = hw_cache_dup_problem (test->cache);
      g_assert_null (problem);
    }
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".lock"), ==, 0);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".tmp"), ==, 0);
}

static void
test_damaged_source (HwCacheTest   *test,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "cut.heapsnapshot", 2000, 1);
  g_autofree char *text = NULL;
  g_autoptr(HwHeap) heap = NULL;
  gsize length;

  g_test_summary ("A truncated snapshot has an index that remembers the damage.");

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_true (g_file_set_contents (path, text, (gssize) (length - 5000), NULL));
  hw_cache_test_expect (test, path, FALSE);
  hw_cache_test_expect (test, path, TRUE);
  heap = hw_cache_test_load (test, path);
  g_assert_true (test->from_cache);
  g_assert_nonnull (hw_heap_get_damage (heap));
  g_assert_true (hw_heap_get_damage (heap)->truncated);
}

static char *
query (const char *index,
       const char *sql)
{
  g_autofree char *text = NULL;
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (index, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  if (sqlite3_step (statement) == SQLITE_ROW)
    text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);

  return g_steal_pointer (&text);
}

static void
test_plain_sql (HwCacheTest   *test,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 2000, 1);
  g_autofree char *index = NULL;
  g_autoptr(HwHeap) heap = NULL;
  HwClassTable *classes;

  g_test_summary ("A person can ask an index with plain SQL; names that are not UTF-8 are there twice.");

  heap = hw_cache_test_load (test, path);
  hw_cache_flush_sync (test->cache);
  index = hw_cache_test_dup_index (test);
  classes = hw_heap_get_class_table (heap);

  for (guint i = 0; i < hw_class_table_get_n_classes (classes); i++)
    {
      const HwClassRow *row = hw_class_table_get_row (classes, HW_CLASS (i));
      g_autofree char *sql = g_strdup_printf ("SELECT count || ' ' || shallow_size || ' ' || retained_size"
                                              " || ' ' || distance FROM classes WHERE id = %u", i);
      g_autofree char *found = query (index, sql);
      g_autofree char *expected = g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                                                   " %" G_GINT64_FORMAT,
                                                   row->count, row->shallow_size, row->retained_size, row->distance);

      g_assert_cmpstr (found, ==, expected);
    }

  {
    const struct
    {
      const char *sql;
      const char *answer;
    } cases[] = {
      { "SELECT name FROM classes WHERE name LIKE 'Lone%'", "Lone\xef\xbf\xbdSurrogate" },
      { "SELECT CAST (name_wtf8 AS TEXT) FROM classes WHERE name LIKE 'Lone%'", HW_CACHE_TEST_LONE_WTF8 },
      { "SELECT name FROM classes WHERE name LIKE 'Zero%'", "Zero\xef\xbf\xbdInside" },
      { "SELECT count(*) > 0 FROM classes WHERE script_id = 12 AND line = 0 AND column = 0 AND key LIKE '12,0,0,%'", "1" },
      { "SELECT value FROM meta WHERE key = 'n_nodes'", "2001" },
      { "SELECT count(*) FROM statistics", "8" },
      { "SELECT json_array_length (properties) > 0 FROM shapes WHERE rank = 0", "1" },
      { "SELECT sum (length) = (SELECT sum (width * length) FROM column) FROM chunk", "1" },
      { "SELECT count(*) FROM column LEFT JOIN chunk ON chunk.id = first_chunk"
        " WHERE column.length > 0 AND (chunk.column IS NOT column.id OR chunk.number IS NOT 0)", "0" },
      { "PRAGMA integrity_check", "ok" },
      { "PRAGMA application_id", "1213688184" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *found = query (index, cases[i].sql);

        g_assert_cmpstr (found, ==, cases[i].answer);
      }
  }
}

static void
test_budget (HwCacheTest   *test,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *a = hw_cache_test_write (test, "a.heapsnapshot", 3000, 1);
  g_autofree char *b = hw_cache_test_write (test, "b.heapsnapshot", 3000, 2);
  g_autofree char *c = hw_cache_test_write (test, "c.heapsnapshot", 3000, 3);
  g_autoptr(GPtrArray) entries = NULL;
  guint64 size;

  g_test_summary ("The index that was not used for longest goes first; the one just written stays.");

  hw_cache_test_expect (test, a, FALSE);
  hw_cache_test_expect (test, b, FALSE);
  hw_cache_test_expect (test, a, TRUE);
  entries = hw_cache_list_sync (test->cache, NULL);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpstr (((HwCacheEntry *) entries->pdata[0])->source, ==, a);
  size = ((HwCacheEntry *) entries->pdata[0])->size;

  hw_cache_set_budget (test->cache, size * 5 / 2);
  hw_cache_flush_sync (test->cache);
  hw_cache_test_expect (test, c, FALSE);
  hw_cache_test_expect (test, a, TRUE);
  hw_cache_test_expect (test, c, TRUE);
  hw_cache_test_expect (test, b, FALSE);
  hw_cache_test_expect (test, a, FALSE);

  /* Less than one: only the last. */
  hw_cache_set_budget (test->cache, 1);
  hw_cache_flush_sync (test->cache);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 0);
  hw_cache_test_expect (test, b, FALSE);
  hw_cache_test_expect (test, b, TRUE);
  hw_cache_test_expect (test, c, FALSE);
  hw_cache_test_expect (test, c, TRUE);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".sqlite"), ==, 1);

  hw_cache_set_budget (test->cache, 0);
  hw_cache_flush_sync (test->cache);
  hw_cache_test_expect (test, c, FALSE);
  hw_cache_test_expect (test, c, FALSE);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 0);
}

static void
test_list_clear_verify (HwCacheTest   *test,
                        gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *a = hw_cache_test_write (test, "a.heapsnapshot", 3000, 1);
  g_autofree char *b = hw_cache_test_write (test, "b.heapsnapshot", 3000, 2);
  g_autofree char *stranger = g_build_filename (test->folder, "stranger.sqlite", NULL);
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *bytes = NULL;
  struct stat st;
  guint64 freed;
  gsize length;

  g_test_summary ("Indexes are listed with their sources, verified and removed; nothing else is.");

  entries = hw_cache_list_sync (test->cache, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 0);
  g_clear_pointer (&entries, g_ptr_array_unref);
  g_assert_true (hw_cache_clear_sync (test->cache, &freed, &error));
  g_assert_cmpuint (freed, ==, 0);

  hw_cache_test_expect (test, a, FALSE);
  hw_cache_test_expect (test, b, FALSE);
  g_assert_true (g_file_set_contents (stranger, "mine", -1, NULL));

  entries = hw_cache_verify_sync (test->cache, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      HwCacheEntry *entry = g_ptr_array_index (entries, i);

      g_assert_cmpstr (entry->source, ==, i == 0 ? b : a);
      g_assert_cmpint (stat (entry->source, &st), ==, 0);
      g_assert_cmpuint (entry->source_size, ==, (guint64) st.st_size);
      g_assert_cmpuint (entry->size, >, 0);
      g_assert_cmpint (ABS (g_get_real_time () - entry->last_used), <, 60 * G_USEC_PER_SEC);
      g_assert_null (entry->problem);
    }

  /* A bit here and there in the older one; a single one might fall where nothing is. */
  {
    HwCacheEntry *entry = g_ptr_array_index (entries, 1);
    g_autofree char *path = g_strdup (entry->path);

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    for (gsize i = length / 2; i < length; i += 64)
      bytes[i] ^= 4;
    g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
    g_clear_pointer (&entries, g_ptr_array_unref);
    entries = hw_cache_verify_sync (test->cache, NULL, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < 2; i++)
      {
        entry = g_ptr_array_index (entries, i);
        if (strcmp (entry->path, path) == 0)
          g_assert_nonnull (entry->problem);
        else
          g_assert_null (entry->problem);
      }
  }

  g_assert_true (hw_cache_clear_sync (test->cache, &freed, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (freed, >, 2 * 1000);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 1);
  g_assert_true (g_file_test (stranger, G_FILE_TEST_EXISTS));
  hw_cache_test_expect (test, a, FALSE);
}

static void
test_remnants (HwCacheTest   *test,
               gconstpointer  data G_GNUC_UNUSED)
{
  const char *remnants[] = {
    "0123456789abcdef0123456789abcdef.lock",
    "0123456789abcdef0123456789abcdef.99999-0123abcd.tmp",
    "0123456789abcdef0123456789abcdef-0123456789abcdef0123456789abcdef.note",
  };
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 100, 1);

  g_test_summary ("What a killed program left is swept up by the next one that writes.");

  g_assert_cmpint (g_mkdir_with_parents (test->folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (remnants); i++)
    {
      g_autofree char *remnant = g_build_filename (test->folder, remnants[i], NULL);

      g_assert_true (g_file_set_contents (remnant, "rest", -1, NULL));
    }
  hw_cache_test_expect (test, path, FALSE);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 2);
}

typedef struct
{
  HwHeap   *heap;
  GError   *error;
  gboolean  from_cache;
  gboolean  done;
} Answer;

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Answer *answer = user_data;

  answer->heap = hw_cache_load_finish (HW_CACHE (object), result, &answer->from_cache, &answer->error);
  answer->done = TRUE;
}

static void
test_async (HwCacheTest   *test,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 3000, 1);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);

  g_test_summary ("Loading on a worker tells where the heap came from; cancelled, it is an error.");

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      Answer answer = { NULL, };

      if (i == 2)
        g_cancellable_cancel (cancellable);
      hw_cache_load_async (test->cache, file, NULL, cancellable, loaded_cb, &answer);
      while (!answer.done)
        g_main_context_iteration (NULL, TRUE);
      if (i == 2)
        {
          g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_clear_error (&answer.error);
          continue;
        }
      g_assert_no_error (answer.error);
      g_assert_cmpint (answer.from_cache, ==, i == 1);
      hw_cache_test_assert_equal (answer.heap, truth);
      hw_heap_unref (answer.heap);
      hw_cache_flush_sync (test->cache);
    }
}

static void
cancel_cb (HwClassTable *classes G_GNUC_UNUSED,
           gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

static void
test_cancel_reopening (HwCacheTest   *test,
                       gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 100000, 1);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  HwHeapLoadOptions options = { NULL, cancel_cb, cancellable };
  g_autoptr(GError) error = NULL;

  g_test_summary ("Cancelling while columns are read does not fall back to the snapshot or harm the index.");

  hw_cache_test_expect (test, path, FALSE);
  g_assert_null (hw_cache_load_sync (test->cache, file, &options, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  hw_cache_test_expect (test, path, TRUE);
}

static void
test_let_go (HwCacheTest   *test,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 100000, 1);

  g_test_summary ("A cache that is let go while it writes leaves a whole index or none.");

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr(HwHeap) heap = hw_cache_test_load (test, path);

      g_usleep (i * 3000);
      g_clear_object (&test->cache);
      test->cache = hw_cache_new (test->folder, HW_CACHE_TEST_BUDGET);
      g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".tmp"), ==, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) g_test_add ("/cache/cache/" name, HwCacheTest, NULL, set_up, func, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("damaged-source", test_damaged_source);
  ADD ("plain-sql", test_plain_sql);
  ADD ("budget", test_budget);
  ADD ("list-clear-verify", test_list_clear_verify);
  ADD ("remnants", test_remnants);
  ADD ("async", test_async);
  ADD ("cancel-reopening", test_cancel_reopening);
  ADD ("let-go", test_let_go);

  return g_test_run ();
}
