/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hw-cache-test.h"

/* Large enough that samples leave most of the file out. */
#define N_NODES 4000

#define RECOGNIZING "Recognizing the file"
#define READING     "Reading"

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

/* Overwrites the size of an object between the samples @nth and @nth + 1. */
static void
edit_middle (const char *path,
             guint       nth)
{
  g_autofree char *text = NULL;
  gsize length;
  char *p;
  int fd;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  /* Samples are 4 KiB at each fifteenth; this is 6 KiB behind one's start. */
  g_assert_cmpuint (length, >, 15 * 16 * 1024);
  p = strstr (text + length / 15 * nth + 6 * 1024, "\n,3,");
  g_assert_nonnull (p);
  for (guint comma = 0; comma < 4; p++)
    comma += *p == ',';
  *p = *p == '1' ? '2' : '1';

  fd = g_open (path, O_WRONLY, 0);
  g_assert_cmpint (pwrite (fd, text, length, 0), ==, (gssize) length);
  close (fd);
}

static void
copy (const char *from,
      const char *to)
{
  g_autoptr(GFile) source = g_file_new_for_path (from);
  g_autoptr(GFile) target = g_file_new_for_path (to);

  g_assert_true (g_file_copy (source, target, G_FILE_COPY_OVERWRITE | G_FILE_COPY_ALL_METADATA, NULL, NULL, NULL, NULL));
}

static void
test_same (HwCacheTest   *test,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);

  g_test_summary ("An unchanged file is known by its stamp alone, also after a restart.");

  hw_cache_test_expect (test, path, FALSE);
  hw_cache_test_expect (test, path, TRUE);
  hw_cache_test_reopen (test);
  hw_cache_test_expect (test, path, TRUE);
  g_assert_false (hw_cache_test_had_phase (test, RECOGNIZING));
  g_assert_false (hw_cache_test_had_phase (test, READING));
  g_assert_cmpuint (test->n_announced, ==, 1);
}

static void
test_touched (HwCacheTest   *test,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);

  g_test_summary ("A file with a new date is hashed once, then known.");

  hw_cache_test_expect (test, path, FALSE);
  g_assert_cmpint (utimensat (AT_FDCWD, path, NULL, 0), ==, 0);
  hw_cache_test_expect (test, path, TRUE);
  g_assert_true (hw_cache_test_had_phase (test, RECOGNIZING));
  hw_cache_test_expect (test, path, TRUE);
  g_assert_false (hw_cache_test_had_phase (test, RECOGNIZING));
}

static void
test_edited (HwCacheTest   *test,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  struct stat before, after;
  struct timespec times[2];

  g_test_summary ("A change between the samples that keeps size and date is seen.");

  hw_cache_test_expect (test, path, FALSE);
  g_assert_cmpint (stat (path, &before), ==, 0);
  for (guint i = 1; i < 4; i++)
    {
      edit_middle (path, i);
      times[0] = before.st_atim;
      times[1] = before.st_mtim;
      g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
      g_assert_cmpint (stat (path, &after), ==, 0);
      g_assert_cmpint (after.st_size, ==, before.st_size);
      g_assert_cmpint (after.st_mtim.tv_nsec, ==, before.st_mtim.tv_nsec);

      hw_cache_test_expect (test, path, FALSE);
      hw_cache_test_expect (test, path, TRUE);
      g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".sqlite"), ==, i + 1);
    }
}

static void
test_edited_at_once (HwCacheTest   *test,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_test_summary ("Changes that follow each other within a tick of the clock are told apart.");

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);

      edit_middle (path, 1 + i % 2);
      hw_cache_test_expect (test, path, i > 1);
    }
}

static void
test_replaced (HwCacheTest   *test,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *other = hw_cache_test_write (test, "b.heapsnapshot", N_NODES, 2);

  g_test_summary ("Another file under the same name is another.");

  hw_cache_test_expect (test, path, FALSE);
  g_assert_cmpint (g_rename (other, path), ==, 0);
  hw_cache_test_expect (test, path, FALSE);
  hw_cache_test_expect (test, path, TRUE);
}

static void
test_moved (HwCacheTest   *test,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *moved = g_build_filename (test->snapshots, "moved % \xff.heapsnapshot", NULL);
  g_autoptr(GPtrArray) entries = NULL;

  g_test_summary ("A moved file uses its index, which then names the new place.");

  hw_cache_test_expect (test, path, FALSE);
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  hw_cache_test_expect (test, moved, TRUE);

  entries = hw_cache_list_sync (test->cache, NULL);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_cmpstr (((HwCacheEntry *) entries->pdata[0])->source, ==, moved);
}

static void
test_copied (HwCacheTest   *test,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *copied = g_build_filename (test->snapshots, "copy.heapsnapshot", NULL);

  g_test_summary ("A copy with the same date shares the index; once it is edited, it does not.");

  hw_cache_test_expect (test, path, FALSE);
  copy (path, copied);
  hw_cache_test_expect (test, copied, TRUE);
  hw_cache_test_expect (test, path, TRUE);
  g_assert_false (hw_cache_test_had_phase (test, RECOGNIZING));
  hw_cache_test_expect (test, copied, TRUE);
  g_assert_false (hw_cache_test_had_phase (test, RECOGNIZING));
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".sqlite"), ==, 1);

  edit_middle (copied, 2);
  hw_cache_test_expect (test, copied, FALSE);
  hw_cache_test_expect (test, path, TRUE);
  hw_cache_test_expect (test, copied, TRUE);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".sqlite"), ==, 2);
}

static void
test_compressed (HwCacheTest   *test,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *packed = g_strconcat (path, ".gz", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GFile) file = g_file_new_for_path (packed);
  g_autoptr(GOutputStream) out = NULL;
  g_autoptr(GOutputStream) filter = NULL;
  g_autoptr(GConverter) converter = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1));
  gsize length;

  g_test_summary ("A compressed snapshot has an index of its own.");

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  out = G_OUTPUT_STREAM (g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL));
  filter = g_converter_output_stream_new (out, converter);
  g_assert_true (g_output_stream_write_all (filter, text, length, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (filter, NULL, NULL));

  hw_cache_test_expect (test, path, FALSE);
  hw_cache_test_expect (test, packed, FALSE);
  hw_cache_test_expect (test, packed, TRUE);
}

typedef struct
{
  HwCacheTest *test;
  const char  *path;
  guint        n;
} Change;

static void
change_cb (HwClassTable *classes G_GNUC_UNUSED,
           gpointer      user_data)
{
  Change *change = user_data;

  if (change->n++ == 0)
    edit_middle (change->path, 3);
}

static void
test_changed_while_read (HwCacheTest   *test,
                         gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(HwHeap) heap = NULL;
  Change change = { test, path, 0 };
  HwHeapLoadOptions options = { NULL, change_cb, &change };

  g_test_summary ("What was read of a file that changed meanwhile is not kept.");

  heap = hw_cache_load_sync (test->cache, file, &options, NULL, NULL, NULL);
  g_assert_nonnull (heap);
  hw_cache_flush_sync (test->cache);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".sqlite"), ==, 0);
  hw_cache_test_expect (test, path, FALSE);
  hw_cache_test_expect (test, path, TRUE);
}

static void
test_note (HwCacheTest   *test,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", N_NODES, 1);
  g_autofree char *index = NULL;
  g_autofree char *note = NULL;
  g_autofree char *good = NULL;
  gsize length;

  g_test_summary ("A note that is damaged or gone costs one hashing and is written anew.");

  hw_cache_test_expect (test, path, FALSE);
  index = hw_cache_test_dup_index (test);
  note = g_strconcat (index, NULL);
  strcpy (note + strlen (note) - strlen (".sqlite"), ".note");
  g_assert_true (g_file_get_contents (note, &good, &length, NULL));

  for (gsize i = 0; i <= length; i += 7)
    {
      g_autofree char *bad = g_strdup (good);

      if (i < length)
        {
          bad[i] ^= 1;
          g_assert_true (g_file_set_contents (note, bad, (gssize) length, NULL));
        }
      else
        {
          g_assert_cmpint (g_unlink (note), ==, 0);
        }
      hw_cache_test_expect (test, path, TRUE);
      g_assert_true (hw_cache_test_had_phase (test, RECOGNIZING));
    }
  hw_cache_test_expect (test, path, TRUE);
  g_assert_false (hw_cache_test_had_phase (test, RECOGNIZING));
}

static void
test_not_a_file (HwCacheTest   *test,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *empty = g_build_filename (test->snapshots, "empty", NULL);
  g_autofree char *missing = g_build_filename (test->snapshots, "missing", NULL);
  const char *paths[] = { test->snapshots, empty, missing };

  g_test_summary ("What is not a file with content gets the reader's error and leaves no index.");

  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr(GFile) file = g_file_new_for_path (paths[i]);
      g_autoptr(GError) error = NULL;
      g_autoptr(GError) expected = NULL;

      g_assert_null (hw_heap_load_sync (file, NULL, NULL, &expected));
      g_assert_null (hw_cache_load_sync (test->cache, file, NULL, NULL, NULL, &error));
      g_assert_error (error, expected->domain, expected->code);
      g_assert_cmpstr (error->message, ==, expected->message);
    }
  hw_cache_flush_sync (test->cache);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) g_test_add ("/cache/identity/" name, HwCacheTest, NULL, set_up, func, tear_down)
  ADD ("same", test_same);
  ADD ("touched", test_touched);
  ADD ("edited", test_edited);
  ADD ("edited-at-once", test_edited_at_once);
  ADD ("replaced", test_replaced);
  ADD ("moved", test_moved);
  ADD ("copied", test_copied);
  ADD ("compressed", test_compressed);
  ADD ("changed-while-read", test_changed_while_read);
  ADD ("note", test_note);
  ADD ("not-a-file", test_not_a_file);

  return g_test_run ();
}
