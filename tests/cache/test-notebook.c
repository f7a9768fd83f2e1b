/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and notes outlast the program, the file's place and the cache, and never stand on another's file. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "cache/hw-notebook.h"
#include "hw-cache-test.h"

/* Large enough that samples leave most of the file out. */
#define N_NODES 4000

typedef struct
{
  HwCacheTest  cache;
  char        *path;         /* of the notebook */
  HwNotebook  *notebook;
  guint        n_problems;   /* notified */
} Test;

static void
problem_cb (Test *test)
{
  test->n_problems++;
}

/* As a restart of the program does. */
static void
reopen (Test *test)
{
  g_clear_object (&test->notebook);
  test->n_problems = 0;
  test->notebook = hw_notebook_new (test->path);
  g_signal_connect_swapped (test->notebook, "notify::problem", G_CALLBACK (problem_cb), test);
}

static void
set_up (Test          *test,
        gconstpointer  data G_GNUC_UNUSED)
{
  hw_cache_test_init (&test->cache);
  test->path = g_build_filename (test->cache.folder, "note book", "notebook.sqlite", NULL);
  reopen (test);
}

static void
tear_down (Test          *test,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_clear_object (&test->notebook);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  hw_cache_test_clear (&test->cache);
  g_clear_pointer (&test->path, g_free);
}

static void
read_cb (GObject      *source G_GNUC_UNUSED,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
expect_page (Test           *test,
             HwNotebookPage *page,
             const char     *expected_name,
             const char     *expected_note)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *name = NULL;
  g_autofree char *note = NULL;

  hw_notebook_read_async (test->notebook, page, read_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (hw_notebook_read_finish (test->notebook, result, &name, &note) ==
                 (expected_name != NULL || expected_note != NULL));
  g_assert_cmpstr (name, ==, expected_name);
  g_assert_cmpstr (note, ==, expected_note);
}

static HwNotebookPage *
open_page (const char *path)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);

  return hw_notebook_page_new (file);
}

static void
expect (Test       *test,
        const char *path,
        const char *name,
        const char *note)
{
  g_autoptr(HwNotebookPage) page = open_page (path);

  expect_page (test, page, name, note);
}

static void
write_words (Test            *test,
             const char      *path,
             HwNotebookField  field,
             const char      *text)
{
  g_autoptr(HwNotebookPage) page = open_page (path);
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *name = NULL;
  g_autofree char *note = NULL;

  /* As a capture does: what is there is read first. */
  hw_notebook_read_async (test->notebook, page, read_cb, &result);
  hw_notebook_write (test->notebook, page, field, text);
  hw_notebook_flush_sync (test->notebook);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  hw_notebook_read_finish (test->notebook, result, &name, &note);
}

static void
expect_problem (Test       *test,
                guint       n_notified,
                const char *part)
{
  g_autofree char *problem = NULL;

  hw_notebook_flush_sync (test->notebook);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  problem = hw_notebook_dup_problem (test->notebook);
  g_assert_cmpuint (test->n_problems, ==, n_notified);
  if (part == NULL)
    g_assert_null (problem);
  else
    g_assert_nonnull (strstr (problem, part));
}

static char *
ask (Test       *test,
     const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  char *answer;

  g_assert_cmpint (sqlite3_open (test->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  sqlite3_step (statement);
  answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);

  return answer;
}

static void
copy (const char *from,
      const char *to)
{
  g_autoptr(GFile) source = g_file_new_for_path (from);
  g_autoptr(GFile) target = g_file_new_for_path (to);

  g_assert_true (g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL));
}

static void
test_restart (Test          *test,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *a = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *b = hw_cache_test_write (&test->cache, "b.heapsnapshot", N_NODES, 2);
  g_autofree char *rows = NULL;

  g_test_summary ("Name and note come back, each by itself; nothing is made before the first word is written.");

  expect (test, a, NULL, NULL);
  g_assert_false (g_file_test (test->path, G_FILE_TEST_EXISTS));

  write_words (test, a, HW_NOTEBOOK_NAME, "Before the leak");
  write_words (test, a, HW_NOTEBOOK_NOTE, "Taken at 14:02\n‘Ünïcode’ & <b>no markup</b>");
  expect (test, b, NULL, NULL);
  reopen (test);
  expect (test, a, "Before the leak", "Taken at 14:02\n‘Ünïcode’ & <b>no markup</b>");
  expect (test, b, NULL, NULL);

  write_words (test, a, HW_NOTEBOOK_NAME, NULL);
  expect (test, a, NULL, "Taken at 14:02\n‘Ünïcode’ & <b>no markup</b>");
  write_words (test, a, HW_NOTEBOOK_NOTE, "");
  expect (test, a, NULL, NULL);
  rows = ask (test, "SELECT count(*) FROM words");
  g_assert_cmpstr (rows, ==, "0");
  expect_problem (test, 0, NULL);
}

static void
test_eviction (Test          *test,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 1);

  g_test_summary ("Clearing the cache and a budget of nothing leave a person's words alone.");

  hw_cache_test_expect (&test->cache, path, FALSE);
  write_words (test, path, HW_NOTEBOOK_NOTE, "mine");
  g_assert_true (hw_cache_clear_sync (test->cache.cache, NULL, NULL));
  hw_cache_set_budget (test->cache.cache, 0);
  hw_cache_flush_sync (test->cache.cache);
  g_assert_cmpuint (hw_cache_test_count_files (test->cache.folder, ""), <=, 1);
  reopen (test);
  expect (test, path, NULL, "mine");
}

static void
test_identity (Test          *test,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *elsewhere = g_build_filename (test->cache.snapshots, "moved", NULL);
  g_autofree char *twin = g_build_filename (test->cache.snapshots, "copied", NULL);
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  g_autoptr(HwNotebookPage) held = NULL;
  gsize length;
  int fd;

  g_test_summary ("Words go with the bytes: to the moved, copied and touched file, never to a changed one.");

  write_words (test, path, HW_NOTEBOOK_NAME, "one");
  copy (path, twin);
  expect (test, twin, "one", NULL);
  g_assert_cmpint (g_rename (path, elsewhere), ==, 0);
  expect (test, elsewhere, "one", NULL);
  g_assert_cmpint (g_utime (elsewhere, NULL), ==, 0);
  expect (test, elsewhere, "one", NULL);

  /* One byte between two samples, the size and the time as before. */
  g_assert_true (g_file_get_contents (twin, &text, &length, NULL));
  g_assert_cmpuint (length, >, 15 * 16 * 1024);
  fd = g_open (twin, O_WRONLY, 0);
  g_assert_cmpint (pwrite (fd, "7", 1, (off_t) (length / 15 * 7 + 6 * 1024)), ==, 1);
  close (fd);
  expect (test, twin, NULL, NULL);

  /* Another snapshot at the same place begins without; both keep their own. */
  again = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 2);
  expect (test, again, NULL, NULL);
  write_words (test, again, HW_NOTEBOOK_NAME, "two");
  expect (test, again, "two", NULL);
  copy (elsewhere, again);
  expect (test, again, "one", NULL);
  expect_problem (test, 0, NULL);

  /* What was opened is meant, not what came to its place since. */
  held = open_page (again);
  expect_page (test, held, "one", NULL);
  g_free (again);
  again = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 3);
  hw_notebook_write (test->notebook, held, HW_NOTEBOOK_NOTE, "about the old one");
  hw_notebook_flush_sync (test->notebook);
  expect (test, again, NULL, NULL);
  expect (test, elsewhere, "one", "about the old one");
  expect_problem (test, 0, NULL);

  g_clear_pointer (&held, hw_notebook_page_unref);
  held = open_page (again);
  expect_page (test, held, NULL, NULL);
  g_free (again);
  again = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 4);
  hw_notebook_write (test->notebook, held, HW_NOTEBOOK_NOTE, "of nothing that is left");
  expect_problem (test, 1, "another file");
  expect (test, again, NULL, NULL);
}

static void
test_damage (Test          *test,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *folder = g_path_get_dirname (test->path);
  g_autofree char *kept = NULL;
  guint n_aside = 0;
  static const char * const changes[] = {
    NULL,
    "DROP TABLE words",
    "ALTER TABLE words DROP COLUMN note",
    "CREATE VIEW v AS SELECT 1",
    "CREATE TRIGGER t AFTER UPDATE ON words BEGIN DELETE FROM words; END",
  };

  g_test_summary ("A damaged notebook is put aside with its bytes and told once; the next words are kept.");

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      reopen (test);
      write_words (test, path, HW_NOTEBOOK_NOTE, "kept");
      g_clear_object (&test->notebook);
      if (changes[i] != NULL)
        g_free (ask (test, changes[i]));
      else
        g_assert_true (g_file_set_contents (test->path, "no database at all, by any means", -1, NULL));
      reopen (test);

      expect (test, path, NULL, NULL);
      expect_problem (test, 1, ".damaged");
      g_assert_cmpuint (hw_cache_test_count_files (folder, ""), ==, ++n_aside);
      write_words (test, path, HW_NOTEBOOK_NAME, "new");
      expect (test, path, "new", NULL);
      expect_problem (test, 1, ".damaged");
      write_words (test, path, HW_NOTEBOOK_NAME, NULL);
      g_assert_cmpint (g_unlink (test->path), ==, 0);
    }

  kept = g_strconcat (test->path, ".damaged", NULL);
  g_assert_true (g_file_test (kept, G_FILE_TEST_IS_REGULAR));
}

/* Bytes anywhere in the file may be anything. */
static void
test_random_damage (Test          *test,
                    gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (&test->cache, "a.heapsnapshot", 40, 1);
  g_autofree char *good = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  gsize length;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *other = g_strdup_printf ("%u.heapsnapshot", i);
      g_autofree char *other_path = hw_cache_test_write (&test->cache, other, 41 + i, i);

      write_words (test, other_path, HW_NOTEBOOK_NOTE, other);
    }
  write_words (test, path, HW_NOTEBOOK_NOTE, "kept");
  g_clear_object (&test->notebook);
  g_assert_true (g_file_get_contents (test->path, &good, &length, NULL));

  for (guint round = 0; round < 150; round++)
    {
      g_autofree char *bad = g_memdup2 (good, length);
      gsize n = round % 5 == 0 ? (gsize) g_rand_int_range (rand, 0, (gint) length) : length;

      for (guint k = 0; k < 1 + round % 40; k++)
        bad[g_rand_int_range (rand, 0, round % 3 == 0 ? 200 : (gint) length)] = (char) g_rand_int (rand);
      g_assert_true (g_file_set_contents (test->path, bad, (gssize) n, NULL));
      reopen (test);
      {
        g_autoptr(HwNotebookPage) page = open_page (path);
        g_autoptr(GAsyncResult) result = NULL;
        g_autofree char *name = NULL;
        g_autofree char *note = NULL;

        hw_notebook_read_async (test->notebook, page, read_cb, &result);
        hw_notebook_write (test->notebook, page, HW_NOTEBOOK_NAME, "again");
        while (result == NULL)
          g_main_context_iteration (NULL, TRUE);
        hw_notebook_read_finish (test->notebook, result, &name, &note);
        g_assert_true (note == NULL || g_utf8_validate (note, -1, NULL));
      }
      hw_notebook_flush_sync (test->notebook);
    }
}

static void
test_newer (Test          *test,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize n_before, n_after;

  g_test_summary ("A newer Heapwise's notebook is neither read nor touched.");

  write_words (test, path, HW_NOTEBOOK_NOTE, "kept");
  g_free (ask (test, "PRAGMA user_version = 2"));
  g_assert_true (g_file_get_contents (test->path, &before, &n_before, NULL));
  reopen (test);
  expect (test, path, NULL, NULL);
  write_words (test, path, HW_NOTEBOOK_NOTE, "lost");
  expect_problem (test, 1, "newer");
  g_assert_true (g_file_get_contents (test->path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
}

static void
test_unwritable (Test          *test,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 1);
  g_autoptr(GFile) remote = g_file_new_for_uri ("trash:///a.heapsnapshot");
  g_autoptr(HwNotebookPage) page = hw_notebook_page_new (remote);

  g_test_summary ("Where nothing can be written, this is told once; files of no path are told of as well.");

  /* The folder's place is taken by a file, which also stops the administrator. */
  g_clear_pointer (&test->path, g_free);
  test->path = g_build_filename (path, "notebook.sqlite", NULL);
  reopen (test);
  expect (test, path, NULL, NULL);
  expect_problem (test, 0, NULL);
  write_words (test, path, HW_NOTEBOOK_NAME, "one");
  write_words (test, path, HW_NOTEBOOK_NAME, "two");
  expect_problem (test, 1, "forgotten");

  g_clear_pointer (&test->path, g_free);
  test->path = g_build_filename (test->cache.folder, "notebook.sqlite", NULL);
  reopen (test);
  expect_page (test, page, NULL, NULL);
  hw_notebook_write (test->notebook, page, HW_NOTEBOOK_NAME, NULL);
  expect_problem (test, 0, NULL);
  hw_notebook_write (test->notebook, page, HW_NOTEBOOK_NAME, "gone");
  expect_problem (test, 1, "not on this computer");
}

static void
test_long (Test          *test,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (&test->cache, "a.heapsnapshot", N_NODES, 1);
  g_autoptr(GString) text = g_string_new ("x");
  g_autofree char *cut = NULL;

  g_test_summary ("A text of any length is kept up to the limit, in whole characters.");

  for (guint i = 0; i < HW_NOTEBOOK_MAX_TEXT; i++)
    g_string_append (text, "ä");
  cut = g_strndup (text->str, HW_NOTEBOOK_MAX_TEXT - 1);
  write_words (test, path, HW_NOTEBOOK_NOTE, text->str);
  reopen (test);
  expect (test, path, NULL, cut);
}

static gpointer
writer_thread (gpointer data)
{
  Test *test = data;
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(HwNotebook) notebook = NULL;

  g_main_context_push_thread_default (context);
  notebook = hw_notebook_new (test->path);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.heapsnapshot", i);
      g_autofree char *path = g_build_filename (test->cache.snapshots, name, NULL);
      g_autoptr(HwNotebookPage) page = open_page (path);

      hw_notebook_write (notebook, page, HW_NOTEBOOK_NOTE, name);
    }
  hw_notebook_flush_sync (notebook);
  g_assert_null (hw_notebook_dup_problem (notebook));
  g_clear_object (&notebook);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_two_programs (Test          *test,
                   gconstpointer  data G_GNUC_UNUSED)
{
  GThread *threads[3];

  g_test_summary ("Several programs write at the same time, and nothing is lost.");

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.heapsnapshot", i);

      g_free (hw_cache_test_write (&test->cache, name, 50, i));
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, writer_thread, test);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.heapsnapshot", i);
      g_autofree char *path = g_build_filename (test->cache.snapshots, name, NULL);

      expect (test, path, NULL, name);
    }
  expect_problem (test, 0, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/notebook/" path, Test, NULL, set_up, func, tear_down)
  ADD ("restart", test_restart);
  ADD ("eviction", test_eviction);
  ADD ("identity", test_identity);
  ADD ("damage", test_damage);
  ADD ("random-damage", test_random_damage);
  ADD ("newer", test_newer);
  ADD ("unwritable", test_unwritable);
  ADD ("long", test_long);
  ADD ("two-programs", test_two_programs);

  return g_test_run ();
}
