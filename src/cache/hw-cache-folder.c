/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-cache-folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * The folder:
 *
 *   SAMPLE-CONTENT.sqlite      an index; whole, synced and checked before it got this name, never
 *                              written again
 *   SAMPLE-CONTENT.note        which files have its content, where the last one was; its mtime is the
 *                              time of last use
 *   SAMPLE.lock                held (flock) by who is writing; says who
 *   SAMPLE.PID-RANDOM.tmp      an index that is being written
 *
 * SAMPLE and CONTENT are 32 hexadecimal digits each (hw-cache-source.c). Files of other names are
 * left alone. Programs meet here without a daemon: an index appears by rename() and goes by unlink(),
 * so a reader that has it open is never disturbed, and whatever a killed program left behind is told by
 * its lock being free.
 *
 * A note is a key file below one line with its SHA-256, replaced as a whole. A note that is missing,
 * damaged or lost to a race costs one hashing of the snapshot.
 */

#define HEX_DIGITS    32
#define INDEX_SUFFIX  ".sqlite"
#define NOTE_SUFFIX   ".note"
#define LOCK_SUFFIX   ".lock"
#define TMP_SUFFIX    ".tmp"
#define NOTE_GROUP    "Heapwise Note 1"
#define MAX_STAMPS    16
#define MAX_NOTE_SIZE (64 * 1024)

/* Where flock() does not work, a temporary file of this age has no writer any more. */
#define ABANDONED_SECONDS (24 * 60 * 60)

static gboolean
is_hex (const char *text,
        gsize       n)
{
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isdigit (text[i]) && !(text[i] >= 'a' && text[i] <= 'f'))
      return FALSE;

  return TRUE;
}

static gboolean
is_index_name (const char *name)
{
  return strlen (name) == 2 * HEX_DIGITS + 1 + strlen (INDEX_SUFFIX) &&
         is_hex (name, HEX_DIGITS) && name[HEX_DIGITS] == '-' &&
         is_hex (name + HEX_DIGITS + 1, HEX_DIGITS) &&
         g_str_has_suffix (name, INDEX_SUFFIX);
}

static gboolean
is_temporary_name (const char *name)
{
  return strlen (name) > HEX_DIGITS && is_hex (name, HEX_DIGITS) && name[HEX_DIGITS] == '.' &&
         g_str_has_suffix (name, TMP_SUFFIX);
}

/* A note, or the unfinished new text of one. */
static gboolean
is_note_name (const char *name)
{
  return strlen (name) > 2 * HEX_DIGITS + 1 && is_hex (name, HEX_DIGITS) && name[HEX_DIGITS] == '-' &&
         is_hex (name + HEX_DIGITS + 1, HEX_DIGITS) &&
         g_str_has_prefix (name + 2 * HEX_DIGITS + 1, NOTE_SUFFIX);
}

static gboolean
is_lock_name (const char *name)
{
  return strlen (name) == HEX_DIGITS + strlen (LOCK_SUFFIX) && is_hex (name, HEX_DIGITS) &&
         g_str_has_suffix (name, LOCK_SUFFIX);
}

/**
 * hw_cache_folder_dup_path:
 * @folder: the cache's folder
 * @sample: the source's sample
 * @content: the source's content hash
 *
 * Returns: (transfer full): where the index of such a source is or will be
 */
char *
hw_cache_folder_dup_path (const char *folder,
                          const char *sample,
                          const char *content)
{
  g_autofree char *name = g_strdup_printf ("%s-%s" INDEX_SUFFIX, sample, content);

  return g_build_filename (folder, name, NULL);
}

/**
 * hw_cache_folder_dup_content:
 * @path: an index
 *
 * Returns: (transfer full): the content hash that its name says it was made from
 */
char *
hw_cache_folder_dup_content (const char *path)
{
  return g_strndup (strrchr (path, G_DIR_SEPARATOR) + 1 + HEX_DIGITS + 1, HEX_DIGITS);
}

/**
 * hw_cache_folder_dup_temporary:
 * @folder: the cache's folder
 * @sample: the source's sample
 *
 * Returns: (transfer full): a path nobody uses, to write an index at
 */
char *
hw_cache_folder_dup_temporary (const char *folder,
                               const char *sample)
{
  g_autofree char *name = g_strdup_printf ("%s.%d-%08x" TMP_SUFFIX, sample, (int) getpid (),
                                           g_random_int ());

  return g_build_filename (folder, name, NULL);
}

/* The names in @folder for which @is_wanted; a folder that is not there has none. */
static GPtrArray *
list_names (const char  *folder,
            gboolean   (*is_wanted) (const char *name),
            GError     **error)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GDir) dir = g_dir_open (folder, 0, &local_error);
  const char *name;

  if (dir == NULL)
    {
      if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&paths);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  while ((name = g_dir_read_name (dir)) != NULL)
    if (is_wanted (name))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));

  return g_steal_pointer (&paths);
}

/**
 * hw_cache_folder_find:
 * @folder: the cache's folder
 * @sample: a source's sample
 *
 * Returns: (transfer full) (element-type filename): the indexes of sources with this sample
 */
GPtrArray *
hw_cache_folder_find (const char *folder,
                      const char *sample)
{
  g_autoptr(GPtrArray) paths = list_names (folder, is_index_name, NULL);

  if (paths == NULL)
    return g_ptr_array_new_with_free_func (g_free);

  for (guint i = paths->len; i > 0; i--)
    {
      const char *path = g_ptr_array_index (paths, i - 1);

      if (strncmp (strrchr (path, G_DIR_SEPARATOR) + 1, sample, HEX_DIGITS) != 0)
        g_ptr_array_remove_index_fast (paths, i - 1);
    }

  return g_steal_pointer (&paths);
}

static char *
dup_note_path (const char *path)
{
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (INDEX_SUFFIX));

  return g_strconcat (stem, NOTE_SUFFIX, NULL);
}

static gint64
stat_mtime_us (const struct stat *st)
{
  return st->st_mtim.tv_sec * G_USEC_PER_SEC + st->st_mtim.tv_nsec / 1000;
}

static gint
compare_last_used (gconstpointer a,
                   gconstpointer b)
{
  const HwCacheEntry *x = *(HwCacheEntry * const *) a;
  const HwCacheEntry *y = *(HwCacheEntry * const *) b;

  if (x->last_used != y->last_used)
    return x->last_used > y->last_used ? -1 : 1;

  return strcmp (x->path, y->path);
}

/**
 * hw_cache_folder_list:
 * @folder: the cache's folder
 * @error: return location
 *
 * Lists the indexes without opening them; @source and @source_size are filled by others.
 *
 * Returns: (transfer full) (element-type HwCacheEntry): the indexes, last used first
 */
GPtrArray *
hw_cache_folder_list (const char  *folder,
                      GError     **error)
{
  g_autoptr(GPtrArray) paths = list_names (folder, is_index_name, error);
  GPtrArray *entries;

  if (paths == NULL)
    return NULL;

  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_cache_entry_free);
  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      g_autofree char *note = dup_note_path (path);
      HwCacheEntry *entry;
      struct stat st;

      /* Gone meanwhile: another program evicted it. */
      if (stat (path, &st) != 0)
        continue;

      entry = g_new0 (HwCacheEntry, 1);
      entry->path = g_strdup (path);
      entry->size = (guint64) st.st_size;
      entry->last_used = stat_mtime_us (&st);
      if (stat (note, &st) == 0)
        {
          entry->size += (guint64) st.st_size;
          entry->last_used = MAX (entry->last_used, stat_mtime_us (&st));
        }
      g_ptr_array_add (entries, entry);
    }
  g_ptr_array_sort (entries, compare_last_used);

  return entries;
}

/**
 * hw_cache_folder_remove:
 * @path: an index
 * @error: return location
 *
 * Removes an index and its note. One that is gone already is removed too.
 *
 * Returns: whether the index is gone
 */
gboolean
hw_cache_folder_remove (const char  *path,
                        GError     **error)
{
  g_autofree char *note = dup_note_path (path);

  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      int saved_errno = errno;
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), _("Cannot delete “%s”: %s"),
                   name, g_strerror (saved_errno));
      return FALSE;
    }
  g_unlink (note);

  return TRUE;
}

/**
 * hw_cache_folder_trim:
 * @folder: the cache's folder
 * @budget: bytes all indexes together may have
 * @keep: (nullable): an index that stays in any case
 *
 * Removes the indexes that were not used for longest until the others fit the budget.
 */
void
hw_cache_folder_trim (const char *folder,
                      guint64     budget,
                      const char *keep)
{
  g_autoptr(GPtrArray) entries = hw_cache_folder_list (folder, NULL);
  guint64 total = 0;

  if (entries == NULL)
    return;

  for (guint i = 0; i < entries->len; i++)
    total += ((HwCacheEntry *) g_ptr_array_index (entries, i))->size;

  for (guint i = entries->len; i > 0 && total > budget; i--)
    {
      HwCacheEntry *entry = g_ptr_array_index (entries, i - 1);

      if (g_strcmp0 (entry->path, keep) == 0)
        continue;
      if (hw_cache_folder_remove (entry->path, NULL))
        total -= entry->size;
    }
}

static gboolean
is_abandoned (const char *path)
{
  struct stat st;

  return stat (path, &st) == 0 &&
         st.st_mtim.tv_sec < g_get_real_time () / G_USEC_PER_SEC - ABANDONED_SECONDS;
}

/* Notes come after their index and go after it, so one without an index is a remnant. */
static void
sweep_notes (const char *folder)
{
  g_autoptr(GPtrArray) notes = list_names (folder, is_note_name, NULL);

  for (guint i = 0; notes != NULL && i < notes->len; i++)
    {
      const char *path = g_ptr_array_index (notes, i);
      gsize stem = (gsize) (strrchr (path, G_DIR_SEPARATOR) + 1 - path) + 2 * HEX_DIGITS + 1;
      g_autofree char *index = g_strdup_printf ("%.*s" INDEX_SUFFIX, (int) stem, path);

      if (access (index, F_OK) != 0 || (!g_str_has_suffix (path, NOTE_SUFFIX) && is_abandoned (path)))
        g_unlink (path);
    }
}

/**
 * hw_cache_folder_sweep:
 * @folder: the cache's folder
 *
 * Removes what killed programs left behind.
 */
void
hw_cache_folder_sweep (const char *folder)
{
  g_autoptr(GPtrArray) temporaries = list_names (folder, is_temporary_name, NULL);
  g_autoptr(GPtrArray) locks = NULL;

  for (guint i = 0; temporaries != NULL && i < temporaries->len; i++)
    {
      const char *path = g_ptr_array_index (temporaries, i);
      g_autofree char *sample = g_strndup (strrchr (path, G_DIR_SEPARATOR) + 1, HEX_DIGITS);
      g_autoptr(GError) error = NULL;
      g_autoptr(HwCacheLock) lock = hw_cache_lock_try (folder, sample, &error);

      if (lock != NULL || (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY) && is_abandoned (path)))
        g_unlink (path);
    }

  sweep_notes (folder);

  /* Freeing a lock removes its file. */
  locks = list_names (folder, is_lock_name, NULL);
  for (guint i = 0; locks != NULL && i < locks->len; i++)
    {
      const char *path = g_ptr_array_index (locks, i);
      g_autofree char *sample = g_strndup (strrchr (path, G_DIR_SEPARATOR) + 1, HEX_DIGITS);
      g_autoptr(HwCacheLock) lock = hw_cache_lock_try (folder, sample, NULL);
    }
}

struct _HwCacheLock
{
  int   fd;
  char *path;
};

/**
 * hw_cache_lock_try:
 * @folder: the cache's folder
 * @sample: a source's sample
 * @error: return location
 *
 * Takes the right to write the index of such a source, without waiting. The kernel gives it back when
 * the program dies.
 *
 * Returns: (transfer full): the lock, or NULL with `G_IO_ERROR_BUSY` while somebody else has it
 */
HwCacheLock *
hw_cache_lock_try (const char  *folder,
                   const char  *sample,
                   GError     **error)
{
  g_autofree char *name = g_strdup_printf ("%s" LOCK_SUFFIX, sample);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *owner = NULL;
  struct stat held, named;
  HwCacheLock *self;
  int saved_errno;
  int fd;

  for (;;)
    {
      fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (fd < 0 || flock (fd, LOCK_EX | LOCK_NB) != 0)
        {
          saved_errno = errno;
          if (fd >= 0)
            close (fd);
          g_set_error (error, G_IO_ERROR,
                       saved_errno == EWOULDBLOCK ? G_IO_ERROR_BUSY : g_io_error_from_errno (saved_errno),
                       _("Cannot lock the index: %s"), g_strerror (saved_errno));
          return NULL;
        }

      /* Its last owner may have removed the file between the two calls; then this lock is nobody's. */
      if (fstat (fd, &held) == 0 && stat (path, &named) == 0 &&
          held.st_ino == named.st_ino && held.st_dev == named.st_dev)
        break;
      close (fd);
    }

  /* For a person who wonders; nothing reads it. */
  owner = g_strdup_printf ("%s %d\n", g_get_prgname () != NULL ? g_get_prgname () : "?", (int) getpid ());
  if (ftruncate (fd, 0) != 0 || write (fd, owner, strlen (owner)) < 0)
    g_debug ("Cannot say who is indexing: %s", g_strerror (errno));

  self = g_new0 (HwCacheLock, 1);
  self->fd = fd;
  self->path = g_steal_pointer (&path);

  return self;
}

/**
 * hw_cache_lock_free:
 * @self: a lock
 *
 * Gives the right back and removes the lock's file.
 */
void
hw_cache_lock_free (HwCacheLock *self)
{
  g_unlink (self->path);
  close (self->fd);
  g_free (self->path);
  g_free (self);
}

static GKeyFile *
note_load (const char *path)
{
  g_autofree char *note = dup_note_path (path);
  g_autofree char *data = NULL;
  g_autofree char *checksum = NULL;
  g_autoptr(GKeyFile) keys = g_key_file_new ();
  struct stat st;
  gsize length;
  char *body;

  if (stat (note, &st) != 0 || !S_ISREG (st.st_mode) || st.st_size > MAX_NOTE_SIZE ||
      !g_file_get_contents (note, &data, &length, NULL))
    return NULL;

  body = memchr (data, '\n', length);
  if (body == NULL)
    return NULL;
  *body++ = 0;
  length -= (gsize) (body - data);

  checksum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) body, length);
  if (strcmp (checksum, data) != 0 ||
      !g_key_file_load_from_data (keys, body, length, G_KEY_FILE_NONE, NULL) ||
      !g_key_file_has_group (keys, NOTE_GROUP))
    return NULL;

  return g_steal_pointer (&keys);
}

static char *
stamp_to_string (const HwCacheStamp *stamp)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                          stamp->size, stamp->inode, stamp->mtime, stamp->ctime);
}

static char **
note_dup_stamps (GKeyFile   *keys,
                 const char *path)
{
  g_autofree char *content = hw_cache_folder_dup_content (path);
  g_autofree char *noted = g_key_file_get_string (keys, NOTE_GROUP, "content", NULL);
  char **stamps = NULL;

  if (g_strcmp0 (noted, content) == 0)
    stamps = g_key_file_get_string_list (keys, NOTE_GROUP, "stamps", NULL, NULL);

  return stamps != NULL ? stamps : g_new0 (char *, 1);
}

/**
 * hw_cache_note_vouches:
 * @path: an index
 * @stamp: the stamp of a file
 *
 * Returns: whether a file with this stamp is known to have that content
 */
gboolean
hw_cache_note_vouches (const char         *path,
                       const HwCacheStamp *stamp)
{
  g_autoptr(GKeyFile) keys = note_load (path);
  g_auto(GStrv) stamps = NULL;
  g_autofree char *wanted = stamp_to_string (stamp);

  if (keys == NULL)
    return FALSE;
  stamps = note_dup_stamps (keys, path);

  return g_strv_contains ((const char * const *) stamps, wanted);
}

/**
 * hw_cache_note_dup_source:
 * @path: an index
 * @source: (out) (transfer full): where the snapshot was when it was last opened
 * @source_size: (out): its size in bytes
 *
 * Returns: whether the note says so
 */
gboolean
hw_cache_note_dup_source (const char  *path,
                          char       **source,
                          guint64     *source_size)
{
  g_autoptr(GKeyFile) keys = note_load (path);
  g_autofree char *escaped = NULL;

  if (keys == NULL)
    return FALSE;

  escaped = g_key_file_get_string (keys, NOTE_GROUP, "source", NULL);
  *source_size = g_key_file_get_uint64 (keys, NOTE_GROUP, "size", NULL);
  *source = escaped != NULL ? g_uri_unescape_string (escaped, NULL) : NULL;

  return *source != NULL;
}

/**
 * hw_cache_note_use:
 * @path: an index
 * @source: a file that has this content
 *
 * Remembers the file and that the index was used now. Not being able to is no harm.
 */
void
hw_cache_note_use (const char    *path,
                   HwCacheSource *source)
{
  g_autofree char *note = dup_note_path (path);
  g_autofree char *content = hw_cache_folder_dup_content (path);
  g_autoptr(GKeyFile) old = note_load (path);
  g_autoptr(GKeyFile) keys = g_key_file_new ();
  g_autoptr(GPtrArray) stamps = g_ptr_array_new ();
  g_auto(GStrv) old_stamps = old != NULL ? note_dup_stamps (old, path) : g_new0 (char *, 1);
  g_autofree char *stamp = stamp_to_string (hw_cache_source_get_stamp (source));
  /* A path is bytes, a key file UTF-8. */
  g_autofree char *escaped = g_uri_escape_string (hw_cache_source_get_path (source), "/ ", FALSE);
  g_autofree char *body = NULL;
  g_autofree char *old_body = old != NULL ? g_key_file_to_data (old, NULL, NULL) : NULL;
  g_autofree char *checksum = NULL;
  g_autofree char *data = NULL;
  /* The kernel's own stamps are a few milliseconds apart, too coarse to order uses by. */
  struct timespec times[2];

  clock_gettime (CLOCK_REALTIME, &times[0]);
  times[1] = times[0];
  if (hw_cache_source_has_proof (source))
    g_ptr_array_add (stamps, stamp);
  for (guint i = 0; old_stamps[i] != NULL && stamps->len < MAX_STAMPS; i++)
    if (strcmp (old_stamps[i], stamp) != 0)
      g_ptr_array_add (stamps, old_stamps[i]);

  g_key_file_set_string (keys, NOTE_GROUP, "content", content);
  g_key_file_set_string (keys, NOTE_GROUP, "source", escaped);
  g_key_file_set_uint64 (keys, NOTE_GROUP, "size", hw_cache_source_get_stamp (source)->size);
  g_key_file_set_string_list (keys, NOTE_GROUP, "stamps",
                              (const char * const *) stamps->pdata, stamps->len);
  body = g_key_file_to_data (keys, NULL, NULL);
  if (g_strcmp0 (body, old_body) == 0 && utimensat (AT_FDCWD, note, times, 0) == 0)
    return;

  checksum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, body, -1);
  data = g_strconcat (checksum, "\n", body, NULL);
  if (g_file_set_contents_full (note, data, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
    utimensat (AT_FDCWD, note, times, 0);
}
