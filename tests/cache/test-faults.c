/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/hw-cache-file-private.h"
#include "hw-cache-test.h"

/*
 * A shim between SQLite and the disk, the default for this program: the n-th operation of a kind fails.
 * Faults are looped over n until nothing fails any more.
 */
typedef enum
{
  OPERATION_READ,
  OPERATION_WRITE,
  N_OPERATIONS,
} Operation;

typedef struct
{
  sqlite3_file  base;
  sqlite3_file *real;
} ShimFile;

static sqlite3_vfs shim;
static sqlite3_vfs *real_vfs;
static gint countdown[N_OPERATIONS];  /* atomic; the operation that brings it to 0 fails; below, none */
static gint n_failed;
static gboolean fail_by_dying;

static gboolean
fails (Operation operation)
{
  if (g_atomic_int_get (&countdown[operation]) <= 0 || !g_atomic_int_dec_and_test (&countdown[operation]))
    return FALSE;
  if (fail_by_dying)
    kill (getpid (), SIGKILL);
  g_atomic_int_inc (&n_failed);

  return TRUE;
}

static sqlite3_file *
real_file (sqlite3_file *file)
{
  return ((ShimFile *) file)->real;
}

static int
shim_close (sqlite3_file *file)
{
  int code = real_file (file)->pMethods->xClose (real_file (file));

  g_free (real_file (file));

  return code;
}

static int
shim_read (sqlite3_file  *file,
           void          *data,
           int            n_bytes,
           sqlite3_int64  offset)
{
  return fails (OPERATION_READ) ? SQLITE_IOERR_READ
                                : real_file (file)->pMethods->xRead (real_file (file), data, n_bytes, offset);
}

static int
shim_write (sqlite3_file  *file,
            const void    *data,
            int            n_bytes,
            sqlite3_int64  offset)
{
  /* Half of it gets there, as on a disk that runs full. */
  if (fails (OPERATION_WRITE))
    {
      real_file (file)->pMethods->xWrite (real_file (file), data, n_bytes / 2, offset);
      return SQLITE_FULL;
    }

  return real_file (file)->pMethods->xWrite (real_file (file), data, n_bytes, offset);
}

static int
shim_truncate (sqlite3_file  *file,
               sqlite3_int64  size)
{
  return real_file (file)->pMethods->xTruncate (real_file (file), size);
}

static int
shim_sync (sqlite3_file *file,
           int           flags)
{
  return real_file (file)->pMethods->xSync (real_file (file), flags);
}

static int
shim_file_size (sqlite3_file  *file,
                sqlite3_int64 *size)
{
  return real_file (file)->pMethods->xFileSize (real_file (file), size);
}

static int
shim_lock (sqlite3_file *file,
           int           level)
{
  return real_file (file)->pMethods->xLock (real_file (file), level);
}

static int
shim_unlock (sqlite3_file *file,
             int           level)
{
  return real_file (file)->pMethods->xUnlock (real_file (file), level);
}

static int
shim_check_reserved_lock (sqlite3_file *file,
                          int          *held)
{
  return real_file (file)->pMethods->xCheckReservedLock (real_file (file), held);
}

static int
shim_file_control (sqlite3_file *file,
                   int           operation,
                   void         *argument)
{
  return real_file (file)->pMethods->xFileControl (real_file (file), operation, argument);
}

static int
shim_sector_size (sqlite3_file *file)
{
  return real_file (file)->pMethods->xSectorSize (real_file (file));
}

static int
shim_device_characteristics (sqlite3_file *file)
{
  return real_file (file)->pMethods->xDeviceCharacteristics (real_file (file));
}

static const sqlite3_io_methods shim_methods = {
  .iVersion = 1,
  .xClose = shim_close,
  .xRead = shim_read,
  .xWrite = shim_write,
  .xTruncate = shim_truncate,
  .xSync = shim_sync,
  .xFileSize = shim_file_size,
  .xLock = shim_lock,
  .xUnlock = shim_unlock,
  .xCheckReservedLock = shim_check_reserved_lock,
  .xFileControl = shim_file_control,
  .xSectorSize = shim_sector_size,
  .xDeviceCharacteristics = shim_device_characteristics,
};

static int
shim_open (sqlite3_vfs   *vfs G_GNUC_UNUSED,
           sqlite3_filename name,
           sqlite3_file  *file,
           int            flags,
           int           *out_flags)
{
  ShimFile *self = (ShimFile *) file;
  int code;

  self->base.pMethods = NULL;
  self->real = g_malloc0 ((gsize) real_vfs->szOsFile);
  code = real_vfs->xOpen (real_vfs, name, self->real, flags, out_flags);
  if (code == SQLITE_OK)
    self->base.pMethods = &shim_methods;
  else
    g_free (self->real);

  return code;
}

static void
register_shim (void)
{
  real_vfs = sqlite3_vfs_find (NULL);
  shim = *real_vfs;
  shim.zName = "shim";
  shim.szOsFile = sizeof (ShimFile);
  shim.xOpen = shim_open;
  sqlite3_vfs_register (&shim, 1);
}

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
assert_problem (HwCacheTest *test)
{
  g_autofree char *problem = hw_cache_dup_problem (test->cache);

  g_assert_nonnull (problem);
}

static void
test_writes_fail (HwCacheTest   *test,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 60000, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);
  gint failed;

  g_test_summary ("Whichever write finds the disk full: the file opens, and no piece of an index stays.");

  for (gint n = 1;; n += 1 + n / 8)
    {
      g_autoptr(HwHeap) heap = NULL;

      failed = n_failed;
      countdown[OPERATION_WRITE] = n;
      heap = hw_cache_test_load (test, path);
      hw_cache_flush_sync (test->cache);
      countdown[OPERATION_WRITE] = 0;
      g_assert_false (test->from_cache);
      hw_cache_test_assert_equal (heap, truth);
      if (n_failed == failed)
        break;
      assert_problem (test);
      g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 0);
    }
  g_assert_cmpint (failed, >, 10);
  hw_cache_test_expect (test, path, TRUE);
}

static void
test_reads_fail (HwCacheTest   *test,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 60000, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);
  gint failed, n_refused = 0;

  g_test_summary ("Whichever read of the index fails: the file opens.");

  hw_cache_test_expect (test, path, FALSE);
  for (gint n = 1;; n += 1 + n / 8)
    {
      g_autoptr(HwHeap) heap = NULL;

      failed = n_failed;
      countdown[OPERATION_READ] = n;
      heap = hw_cache_test_load (test, path);
      countdown[OPERATION_READ] = 0;
      hw_cache_flush_sync (test->cache);
      hw_cache_test_assert_equal (heap, truth);
      if (n_failed == failed)
        break;
      /* A helping thread that cannot open the index is not missed; any other failure is. */
      n_refused += !test->from_cache;
      if (!test->from_cache)
        assert_problem (test);
    }
  g_assert_true (test->from_cache);
  g_assert_cmpint (n_refused, >, 10);
}

/* Puts @bytes where the index was, loads, and says whether the index was believed. */
static gboolean
load_with (HwCacheTest *test,
           const char  *path,
           HwHeap      *truth,
           const char  *index,
           const char  *bytes,
           gsize        length)
{
  g_autoptr(HwHeap) heap = NULL;
  int fd = g_open (index, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, bytes, length), ==, (gssize) length);
  close (fd);

  heap = hw_cache_test_load (test, path);
  hw_cache_test_assert_equal (heap, truth);
  hw_cache_flush_sync (test->cache);

  return test->from_cache;
}

static void
test_scrambled (HwCacheTest   *test,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 1500, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);
  g_autofree char *index = NULL;
  g_autofree char *good = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed (42);
  guint n_believed = 0, n_refused = 0;
  gsize step = g_test_thorough () ? 16 : 320;
  gsize length;

  g_test_summary ("Each part of the index in turn turned to noise: the heap is right.");

  hw_cache_test_expect (test, path, FALSE);
  index = hw_cache_test_dup_index (test);
  g_assert_true (g_file_get_contents (index, &good, &length, NULL));

  for (gsize offset = 0; offset < length; offset += step)
    {
      g_autofree char *bad = g_memdup2 (good, length);
      gsize wanted = offset + (gsize) g_rand_int_range (rand, 1, 64);
      gsize end = MIN (wanted, length);

      for (gsize i = offset; i < end; i++)
        bad[i] ^= (char) g_rand_int_range (rand, 1, 256);
      if (load_with (test, path, truth, index, bad, length))
        n_believed++;
      else
        n_refused++;
    }
  g_test_message ("%u refused, %u without harm", n_refused, n_believed);
  g_assert_cmpuint (n_refused, >, 0);
}

static void
test_cut (HwCacheTest   *test,
          gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 1500, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);
  g_autofree char *index = NULL;
  g_autofree char *good = NULL;
  gsize length;

  g_test_summary ("An index that is cut anywhere, empty or something else is not believed.");

  hw_cache_test_expect (test, path, FALSE);
  index = hw_cache_test_dup_index (test);
  g_assert_true (g_file_get_contents (index, &good, &length, NULL));

  for (gsize n = 0; n < length; n += MAX (1, length / 60))
    g_assert_false (load_with (test, path, truth, index, good, n));
  g_assert_false (load_with (test, path, truth, index, "SQLite format 3", 16));
  g_assert_true (load_with (test, path, truth, index, good, length));
}

static void
execute (const char *index,
         const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (index, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* As a writer that means what it says would have done. */
static void
repair_crc (const char *index)
{
  g_autofree char *sql = NULL;
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = NULL;
  guint32 crc = 0;

  g_assert_cmpint (sqlite3_open (index, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT key, value FROM meta ORDER BY key", -1, &statement, NULL), ==,
                   SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    crc = hw_cache_crc_meta (crc, statement);
  sqlite3_finalize (statement);
  sqlite3_close (db);

  sql = g_strdup_printf ("UPDATE meta SET value = %u WHERE key = 'meta_crc32'", crc);
  execute (index, sql);
}

static void
test_other_versions (HwCacheTest   *test,
                     gconstpointer  data G_GNUC_UNUSED)
{
  const struct
  {
    const char   *sql;
    HwCacheError  code;
  } cases[] = {
    { "PRAGMA user_version = 0", HW_CACHE_ERROR_OLDER },
    { "PRAGMA user_version = 1000000", HW_CACHE_ERROR_NEWER },
    { "PRAGMA application_id = 7", HW_CACHE_ERROR_DAMAGED },
    { "UPDATE meta SET value = value + 1 WHERE key = 'columns_version'", HW_CACHE_ERROR_NEWER },
    { "UPDATE meta SET value = value - 1 WHERE key = 'columns_version'", HW_CACHE_ERROR_OLDER },
    { "UPDATE meta SET value = '!' WHERE key = 'program_version'", HW_CACHE_ERROR_OLDER },
    { "UPDATE meta SET value = '~' WHERE key = 'program_version'", HW_CACHE_ERROR_NEWER },
    { "UPDATE meta SET value = 77 WHERE key = 'byte_order'", HW_CACHE_ERROR_OLDER },
  };
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 500, 1);
  g_autofree char *index = NULL;

  g_test_summary ("An index of another version is not believed but replaced.");

  hw_cache_test_expect (test, path, FALSE);
  index = hw_cache_test_dup_index (test);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      execute (index, cases[i].sql);
      repair_crc (index);
      g_assert_null (hw_cache_file_open (index, NULL, &error));
      g_assert_error (error, HW_CACHE_ERROR, (int) cases[i].code);
      hw_cache_test_expect (test, path, FALSE);
      hw_cache_test_expect (test, path, TRUE);
    }
}

static void
test_forged (HwCacheTest   *test,
             gconstpointer  data G_GNUC_UNUSED)
{
  const char *forgeries[] = {
    "DROP TABLE chunk",
    "DELETE FROM chunk WHERE id = (SELECT max (id) FROM chunk)",
    "INSERT INTO chunk SELECT id + 1, column, number + 1, encoding, length, crc32, data FROM chunk"
    " ORDER BY id DESC LIMIT 1",
    "UPDATE chunk SET encoding = 99",
    "UPDATE chunk SET data = zeroblob (90000000) WHERE id = 0",
    "UPDATE chunk SET data = 'text'",
    "UPDATE column SET length = 4611686018427387904 WHERE id = 0",
    "UPDATE column SET length = -1 WHERE id = 2",
    "UPDATE column SET length = 2000000000, width = 8",
    "UPDATE column SET name = 'nonsense' WHERE id = 0",
    "DELETE FROM column",
    "UPDATE classes SET count = count + 1 WHERE id = 0",
    "UPDATE classes SET name_wtf8 = x'00ff' WHERE id = 1",
    "DELETE FROM classes WHERE id = 1",
    "DELETE FROM classes",
    "DELETE FROM meta WHERE key = 'facts'",
    "UPDATE meta SET value = 'a{sv}' WHERE key = 'facts'",
    "UPDATE meta SET value = '(((((((((((' WHERE key = 'facts_type'",
    "UPDATE meta SET value = 's' WHERE key = 'facts_type'",
    "UPDATE meta SET value = 9223372036854775807 WHERE typeof (value) = 'integer' AND key LIKE 'n_%'",
    "UPDATE meta SET value = 'someone else''s' WHERE key = 'content'",
    "ALTER TABLE chunk RENAME TO c; CREATE VIEW chunk AS WITH RECURSIVE r (n) AS"
    " (SELECT 0 UNION ALL SELECT n + 1 FROM r) SELECT n AS id, 0 AS column, n AS number, 0 AS encoding,"
    " 0 AS length, 0 AS crc32, x'' AS data FROM r",
    "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM meta; END",
  };
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 500, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);
  g_autofree char *index = NULL;
  g_autofree char *good = NULL;
  gsize length;

  g_test_summary ("An index whose tables lie, even with the right checksum of meta, is not believed.");

  hw_cache_test_expect (test, path, FALSE);
  index = hw_cache_test_dup_index (test);
  g_assert_true (g_file_get_contents (index, &good, &length, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (forgeries); i++)
    {
      g_autofree char *bad = NULL;
      gsize bad_length;

      g_test_message ("%s", forgeries[i]);
      g_assert_true (load_with (test, path, truth, index, good, length));
      execute (index, forgeries[i]);
      repair_crc (index);
      g_assert_true (g_file_get_contents (index, &bad, &bad_length, NULL));
      g_assert_false (load_with (test, path, truth, index, bad, bad_length));
    }
}

static void
test_no_folder (HwCacheTest   *test,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 500, 1);
  g_autofree char *below = g_build_filename (path, "indexes", NULL);
  const char *folders[] = { below, "/proc/self/heapwise", path };
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);

  g_test_summary ("Where no folder can be made or written, files open without an index.");

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autoptr(HwHeap) heap = NULL;

      g_clear_object (&test->cache);
      test->cache = hw_cache_new (folders[i], HW_CACHE_TEST_BUDGET);
      heap = hw_cache_test_load (test, path);
      hw_cache_test_assert_equal (heap, truth);
      hw_cache_flush_sync (test->cache);
      assert_problem (test);
      hw_cache_test_expect (test, path, FALSE);
    }
}

/* Runs this program as another one that opens @path; it prints 1 if the index was used. */
static GSubprocess *
spawn_opener (HwCacheTest *test,
              const char  *path,
              const char  *how)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr(GError) error = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                           self, "--open", test->folder, path, how, NULL);

  g_assert_no_error (error);

  return process;
}

static char *
wait_opener (GSubprocess *process)
{
  g_autoptr(GError) error = NULL;
  char *said = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &said, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));

  return said;
}

static int
run_opener (char **argv)
{
  const char *how = argv[4];
  g_autoptr(HwCache) cache = hw_cache_new (argv[2], strcmp (how, "tiny-budget") == 0 ? 1 : HW_CACHE_TEST_BUDGET);
  g_autoptr(GFile) file = g_file_new_for_path (argv[3]);
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(HwHeap) truth = NULL;
  gboolean from_cache;

  if (strcmp (how, "small-files") == 0)
    {
      struct rlimit limit = { 20000, 20000 };

      signal (SIGXFSZ, SIG_IGN);
      setrlimit (RLIMIT_FSIZE, &limit);
    }
  if (strcmp (how, "read-only") == 0 && getuid () == 0 && setuid (65534) != 0)
    return 1;
  if (g_ascii_isdigit (how[0]))
    {
      register_shim ();
      fail_by_dying = TRUE;
      countdown[OPERATION_WRITE] = atoi (how);
    }

  heap = hw_cache_load_sync (cache, file, NULL, &from_cache, NULL, NULL);
  g_assert_nonnull (heap);
  hw_cache_flush_sync (cache);
  if (strcmp (how, "victim") != 0)
    {
      truth = hw_cache_test_read (argv[3]);
      hw_cache_test_assert_equal (heap, truth);
    }
  g_print ("%d", from_cache);

  return 0;
}

static void
test_small_files (HwCacheTest   *test,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 5000, 1);
  g_autoptr(GSubprocess) process = spawn_opener (test, path, "small-files");
  g_autofree char *said = wait_opener (process);

  g_test_summary ("Where the system refuses larger files, they open without an index.");

  g_assert_cmpstr (said, ==, "0");
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 0);
}

static void
test_read_only (HwCacheTest   *test,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 5000, 1);
  g_autofree char *other = hw_cache_test_write (test, "b.heapsnapshot", 5000, 2);
  g_autofree char *root = g_path_get_dirname (test->snapshots);
  g_autofree char *parent = g_path_get_dirname (test->folder);
  g_autofree char *all = g_path_get_dirname (root);
  const char *paths[] = { path, other };

  g_test_summary ("An index in a folder that cannot be written is used; a missing one is not missed.");

  hw_cache_test_expect (test, path, FALSE);
  {
    g_autofree char *index = hw_cache_test_dup_index (test);

    g_assert_cmpint (g_chmod (index, 0444), ==, 0);
    strcpy (index + strlen (index) - strlen (".sqlite"), ".note");
    g_assert_cmpint (g_chmod (index, 0444), ==, 0);
  }
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (g_chmod (paths[i], 0444), ==, 0);
  /* chmod is a change like another; let the index know of it while that is possible. */
  hw_cache_test_expect (test, path, TRUE);
  g_assert_cmpint (g_chmod (all, 0755), ==, 0);
  g_assert_cmpint (g_chmod (root, 0755), ==, 0);
  g_assert_cmpint (g_chmod (test->snapshots, 0755), ==, 0);
  g_assert_cmpint (g_chmod (parent, 0755), ==, 0);
  g_assert_cmpint (g_chmod (test->folder, 0555), ==, 0);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GSubprocess) process = spawn_opener (test, paths[i % 2], "read-only");
      g_autofree char *said = wait_opener (process);

      g_assert_cmpstr (said, ==, i % 2 == 0 ? "1" : "0");
    }
  g_assert_cmpint (g_chmod (test->folder, 0755), ==, 0);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 2);
}

static void
test_two_programs (HwCacheTest   *test,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_test_summary ("Programs that open the same file at once all work; one index comes of it.");

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.heapsnapshot", i);
      g_autofree char *path = hw_cache_test_write (test, name, 20000, i);
      GSubprocess *processes[4];

      for (guint j = 0; j < G_N_ELEMENTS (processes); j++)
        processes[j] = spawn_opener (test, path, "");
      for (guint j = 0; j < G_N_ELEMENTS (processes); j++)
        {
          g_free (wait_opener (processes[j]));
          g_object_unref (processes[j]);
        }
      g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".sqlite"), ==, i + 1);
      g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 2 * (i + 1));
      hw_cache_test_expect (test, path, TRUE);
    }
}

/* Programs with a budget of nothing evict each other's indexes while these are written and read. */
static void
test_two_evictors (HwCacheTest   *test,
                   gconstpointer  data G_GNUC_UNUSED)
{
  GSubprocess *processes[8];
  g_autofree char *a = hw_cache_test_write (test, "a.heapsnapshot", 20000, 1);
  g_autofree char *b = hw_cache_test_write (test, "b.heapsnapshot", 20000, 2);

  g_test_summary ("Programs that evict each other's indexes still show the right heaps.");

  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    processes[i] = spawn_opener (test, i % 2 == 0 ? a : b, "tiny-budget");
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    {
      g_free (wait_opener (processes[i]));
      g_object_unref (processes[i]);
    }
}

/* After somebody was killed in @test's folder. Returns whether an index was there and used. */
static gboolean
assert_sound (HwCacheTest *test,
              const char  *path,
              HwHeap      *truth)
{
  g_autoptr(GPtrArray) entries = hw_cache_verify_sync (test->cache, NULL, NULL);
  g_autoptr(HwHeap) heap = NULL;

  for (guint i = 0; i < entries->len; i++)
    g_assert_null (((HwCacheEntry *) entries->pdata[i])->problem);

  heap = hw_cache_test_load (test, path);
  hw_cache_test_assert_equal (heap, truth);
  g_assert_cmpint (test->from_cache, ==, entries->len > 0);
  hw_cache_flush_sync (test->cache);
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".sqlite"), ==, 1);
  g_assert_true (hw_cache_clear_sync (test->cache, NULL, NULL));
  g_assert_cmpuint (hw_cache_test_count_files (test->folder, ""), ==, 0);

  return entries->len > 0;
}

static void
test_killed_writing (HwCacheTest   *test,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 20000, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);

  g_test_summary ("Killed at any write: no piece of an index is believed, none stays.");

  for (guint n = 1;; n += 1 + (g_test_thorough () ? 0 : n / 4))
    {
      g_autofree char *how = g_strdup_printf ("%u", n);
      g_autoptr(GSubprocess) process = spawn_opener (test, path, how);

      g_subprocess_wait (process, NULL, NULL);
      if (g_subprocess_get_if_exited (process))
        {
          g_test_message ("%u writes", n);
          g_assert_cmpuint (n, >, 10);
          g_assert_true (assert_sound (test, path, truth));
          break;
        }
      g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".tmp"), ==, 1);
      g_assert_cmpuint (hw_cache_test_count_files (test->folder, ".sqlite"), ==, 0);
      g_assert_false (assert_sound (test, path, truth));
    }
}

static void
test_killed (HwCacheTest   *test,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = hw_cache_test_write (test, "a.heapsnapshot", 20000, 1);
  g_autoptr(HwHeap) truth = hw_cache_test_read (path);
  guint n_rounds = g_test_thorough () ? 200 : 20;
  gint64 duration;

  g_test_summary ("Killed at any moment: what is there afterwards is right, and is used or replaced.");

  {
    gint64 start = g_get_monotonic_time ();
    g_autoptr(GSubprocess) process = spawn_opener (test, path, "victim");

    g_free (wait_opener (process));
    duration = g_get_monotonic_time () - start;
    g_assert_true (hw_cache_clear_sync (test->cache, NULL, NULL));
  }

  for (guint i = 0; i < n_rounds; i++)
    {
      g_autoptr(GSubprocess) process = spawn_opener (test, path, "victim");

      g_usleep ((gulong) (duration * i / n_rounds));
      g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
      assert_sound (test, path, truth);
    }
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 5 && strcmp (argv[1], "--open") == 0)
    return run_opener (argv);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  register_shim ();

#define ADD(name, func) g_test_add ("/cache/faults/" name, HwCacheTest, NULL, set_up, func, tear_down)
  ADD ("writes-fail", test_writes_fail);
  ADD ("reads-fail", test_reads_fail);
  ADD ("scrambled", test_scrambled);
  ADD ("cut", test_cut);
  ADD ("other-versions", test_other_versions);
  ADD ("forged", test_forged);
  ADD ("no-folder", test_no_folder);
  ADD ("small-files", test_small_files);
  ADD ("read-only", test_read_only);
  ADD ("two-programs", test_two_programs);
  ADD ("two-evictors", test_two_evictors);
  ADD ("killed-writing", test_killed_writing);
  ADD ("killed", test_killed);

  return g_test_run ();
}
