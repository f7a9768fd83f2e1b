/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-cache-source-private.h"

#include "cache/hw-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Which file is this? Three answers, each dearer and surer than the one before:
 *
 *  - The *stamp*: size, inode, mtime and ctime. ctime is the kernel's own clock and no program can set
 *    it back, so equal stamps are equal bytes, provided the clock had moved on since the last change
 *    when the stamp was taken (a file changed twice within one tick of the clock looks unchanged).
 *    hw_cache_source_open() waits for that tick. File systems that count time in 10 ms or more (FAT,
 *    sshfs) may make ctime of mtime, which programs do set; there the content is hashed each time. The device
 *    number is left out: it changes from boot to boot on several file systems, and two files that
 *    agree in all of the above can only be a file and its image in a copied file system.
 *  - The *sample*: SHA-256 of the size and of 16 blocks of 4 KiB from the first to the last byte. It
 *    names the index, so a replaced file does not even find another's.
 *  - The *content*: SHA-256 over the SHA-1s of all blocks of 4 MiB, so that several cores can share
 *    the work. Taken once, behind the scenes, when the index is written, and again only when the
 *    sample agrees but no stamp does: the file was moved, copied, or changed in the middle. A moved or
 *    copied file uses the index there is; a changed one does not. SHA-1, because it runs at 580 MB/s
 *    and core where SHA-256 makes 240, and who could forge two snapshots with one sum gains nothing by
 *    having the first taken for the second: both are theirs.
 *
 * The bytes on disk count: a snapshot and its compressed copy are two files with two indexes.
 */

#define SAMPLE_BLOCKS     16
#define SAMPLE_SIZE       4096
#define CONTENT_BLOCK     (G_GUINT64_CONSTANT (4) << 20)
#define READ_SIZE         (256 * 1024)
#define DIGEST_SIZE       20

/* Ticks of a kernel that counts 100 a second, doubled. */
#define TICK_NS           (G_GINT64_CONSTANT (20) * 1000 * 1000)
#define COARSE_NS         (G_GINT64_CONSTANT (10) * 1000 * 1000)
#define COARSE_TICK_NS    (2 * NS_PER_S)
#define NS_PER_S          (G_GINT64_CONSTANT (1000) * 1000 * 1000)

struct _HwCacheSource
{
  gatomicrefcount  ref_count;
  int              fd;
  char            *path;
  HwCacheStamp     stamp;
  char            *sample;          /* 32 hexadecimal digits */
  guint64          max_columns;     /* bytes */
  gboolean         is_settled;
  gboolean         is_coarse;
};

static HwCacheStamp
stamp_from_stat (const struct stat *st)
{
  return (HwCacheStamp) {
    .size = (guint64) st->st_size,
    .inode = (guint64) st->st_ino,
    .mtime = st->st_mtim.tv_sec * NS_PER_S + st->st_mtim.tv_nsec,
    .ctime = st->st_ctim.tv_sec * NS_PER_S + st->st_ctim.tv_nsec,
  };
}

static gboolean
stamp_equal (const HwCacheStamp *a,
             const HwCacheStamp *b)
{
  return a->size == b->size && a->inode == b->inode && a->mtime == b->mtime && a->ctime == b->ctime;
}

/* Reads all of @n_bytes; a file that got shorter is an error. */
static gboolean
read_at (int       fd,
         guint64   offset,
         guint8   *buffer,
         gsize     n_bytes,
         GError  **error)
{
  while (n_bytes > 0)
    {
      gssize n = pread (fd, buffer, n_bytes, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        {
          g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_OTHER_SOURCE,
                               _("The file became shorter while it was read"));
          return FALSE;
        }
      buffer += n;
      offset += (guint64) n;
      n_bytes -= (gsize) n;
    }

  return TRUE;
}

static void
checksum_add_number (GChecksum *checksum,
                     guint64    number)
{
  guint64 bytes = GUINT64_TO_LE (number);

  g_checksum_update (checksum, (const guchar *) &bytes, sizeof bytes);
}

static gboolean
take_sample (HwCacheSource  *self,
             GError        **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (SAMPLE_SIZE);
  static const guint8 gzip_magic[] = { 0x1f, 0x8b };
  static const guint8 zstd_magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
  gboolean is_compressed = FALSE;
  guint64 size = self->stamp.size;
  gsize block = (gsize) MIN (size, SAMPLE_SIZE);

  checksum_add_number (checksum, size);
  for (guint i = 0; i < SAMPLE_BLOCKS; i++)
    {
      guint64 offset = (size - block) / (SAMPLE_BLOCKS - 1) * i;

      if (i == SAMPLE_BLOCKS - 1)
        offset = size - block;
      if (!read_at (self->fd, offset, buffer, block, error))
        return FALSE;
      if (i == 0)
        is_compressed = block >= 4 && (memcmp (buffer, gzip_magic, sizeof gzip_magic) == 0 ||
                                       memcmp (buffer, zstd_magic, sizeof zstd_magic) == 0);
      g_checksum_update (checksum, buffer, (gssize) block);
    }
  self->sample = g_strndup (g_checksum_get_string (checksum), 32);

  /*
   * An honest index is smaller than its JSON. Twice that, or what a compressor can hide at most,
   * keeps a forged one from asking for all memory.
   */
  if (!g_uint64_checked_mul (&self->max_columns, size, is_compressed ? 2048 : 8) ||
      !g_uint64_checked_add (&self->max_columns, self->max_columns, 64 << 20))
    self->max_columns = G_MAXUINT64;

  return TRUE;
}

/**
 * hw_cache_source_open:
 * @path: a snapshot
 * @error: return location
 *
 * Opens the file and takes its stamp and its sample.
 *
 * Cost: 16 reads of 4 KiB, and up to 20 ms of waiting if the file changed just now.
 *
 * Returns: (transfer full): the file's identity, or NULL if it is not an ordinary file with bytes in
 *   it or cannot be read
 */
HwCacheSource *
hw_cache_source_open (const char  *path,
                      GError     **error)
{
  g_autoptr(HwCacheSource) self = g_new0 (HwCacheSource, 1);
  struct stat st;
  gint64 age;

  g_atomic_ref_count_init (&self->ref_count);
  self->path = g_strdup (path);
  /* A pipe must not make us wait for its writer. */
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0 || fstat (self->fd, &st) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (st.st_mode) || st.st_size <= 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                           _("Only files with content have an index"));
      return NULL;
    }

  self->stamp = stamp_from_stat (&st);
  age = g_get_real_time () * 1000 - self->stamp.ctime;
  if (age >= 0 && age <= TICK_NS)
    {
      g_usleep ((gulong) ((TICK_NS - age) / 1000 + 1));
      if (fstat (self->fd, &st) != 0)
        {
          g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
          return NULL;
        }
      self->stamp = stamp_from_stat (&st);
      age = g_get_real_time () * 1000 - self->stamp.ctime;
    }
  self->is_coarse = self->stamp.ctime % COARSE_NS == 0;
  self->is_settled = age > (self->is_coarse ? COARSE_TICK_NS : TICK_NS);

  if (!take_sample (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * hw_cache_source_ref:
 * @self: a source
 *
 * Returns: (transfer full): @self
 */
HwCacheSource *
hw_cache_source_ref (HwCacheSource *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * hw_cache_source_unref:
 * @self: a source
 *
 * Gives back a reference; the last one closes the file.
 */
void
hw_cache_source_unref (HwCacheSource *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->sample);
  g_free (self);
}

const char *
hw_cache_source_get_path (HwCacheSource *self)
{
  return self->path;
}

const HwCacheStamp *
hw_cache_source_get_stamp (HwCacheSource *self)
{
  return &self->stamp;
}

const char *
hw_cache_source_get_sample (HwCacheSource *self)
{
  return self->sample;
}

/**
 * hw_cache_source_get_max_columns:
 * @self: a source
 *
 * Returns: how many bytes of columns an index of this file may claim to have
 */
guint64
hw_cache_source_get_max_columns (HwCacheSource *self)
{
  return self->max_columns;
}

/**
 * hw_cache_source_has_proof:
 * @self: a source
 *
 * Returns: whether a file that has this stamp at another time has the same bytes
 */
gboolean
hw_cache_source_has_proof (HwCacheSource *self)
{
  return self->is_settled && !self->is_coarse;
}

/**
 * hw_cache_source_is_settled:
 * @self: a source
 *
 * Returns: whether each change since the file was opened shows in its stamp
 */
gboolean
hw_cache_source_is_settled (HwCacheSource *self)
{
  return self->is_settled;
}

/**
 * hw_cache_source_is_unchanged:
 * @self: a source
 *
 * Returns: whether the path still leads to the file that was opened, and nothing about it changed
 */
gboolean
hw_cache_source_is_unchanged (HwCacheSource *self)
{
  struct stat st;
  HwCacheStamp stamp;

  if (stat (self->path, &st) != 0)
    return FALSE;
  stamp = stamp_from_stat (&st);

  return stamp_equal (&stamp, &self->stamp);
}

typedef struct
{
  HwCacheSource *source;
  HwProgress    *progress;
  GCancellable  *cancellable;
  GMutex         mutex;
  guint64        n_blocks;
  guint64        next;          /* under the mutex, as what follows */
  GError        *error;         /* the first one */
  guint8        *digests;       /* DIGEST_SIZE each; a block's belongs to who took the block */
} Hashing;

static gboolean
hash_block (Hashing  *hashing,
            guint64   block,
            guint8   *buffer,
            GError  **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint64 size = hashing->source->stamp.size;
  guint64 offset = block * CONTENT_BLOCK;
  guint64 end = MIN (offset + CONTENT_BLOCK, size);
  gsize digest_size = DIGEST_SIZE;

  while (offset < end)
    {
      gsize n = (gsize) MIN (end - offset, READ_SIZE);

      if (g_cancellable_set_error_if_cancelled (hashing->cancellable, error) ||
          !read_at (hashing->source->fd, offset, buffer, n, error))
        return FALSE;
      g_checksum_update (checksum, buffer, (gssize) n);
      offset += n;
    }
  g_checksum_get_digest (checksum, hashing->digests + block * DIGEST_SIZE, &digest_size);

  return TRUE;
}

static gpointer
hash_thread (gpointer data)
{
  Hashing *hashing = data;
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);
  g_autoptr(GError) error = NULL;
  guint64 block;

  for (;;)
    {
      g_mutex_lock (&hashing->mutex);
      block = hashing->error == NULL ? hashing->next : hashing->n_blocks;
      if (block < hashing->n_blocks)
        hashing->next++;
      g_mutex_unlock (&hashing->mutex);

      if (block == hashing->n_blocks)
        return NULL;

      if (!hash_block (hashing, block, buffer, &error))
        {
          g_mutex_lock (&hashing->mutex);
          if (hashing->error == NULL)
            hashing->error = g_steal_pointer (&error);
          g_mutex_unlock (&hashing->mutex);
          return NULL;
        }
      hw_progress_set_fraction (hashing->progress, (double) block / (double) hashing->n_blocks);
    }
}

/**
 * hw_cache_source_dup_content_sync:
 * @self: a source
 * @n_threads: how many threads may read
 * @progress: (nullable): whose phase moves on
 * @cancellable: (nullable): stops the reading
 * @error: return location
 *
 * Hashes all bytes. The file is checked afterwards to be what was opened.
 *
 * Cost: linear in the file's size; about 2 ms a megabyte and core.
 *
 * Returns: (transfer full): 32 hexadecimal digits, or NULL with [error@CacheError] if the file
 *   changed, or an I/O error
 */
char *
hw_cache_source_dup_content_sync (HwCacheSource  *self,
                                  guint           n_threads,
                                  HwProgress     *progress,
                                  GCancellable   *cancellable,
                                  GError        **error)
{
  g_autoptr(GPtrArray) threads = g_ptr_array_new ();
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *digests = NULL;
  struct stat st;
  HwCacheStamp stamp;
  Hashing hashing = {
    .source = self,
    .progress = progress,
    .cancellable = cancellable,
    .n_blocks = (self->stamp.size + CONTENT_BLOCK - 1) / CONTENT_BLOCK,
  };

  posix_fadvise (self->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  hashing.digests = digests = g_malloc (hashing.n_blocks * DIGEST_SIZE);
  g_mutex_init (&hashing.mutex);
  for (guint64 i = 1; i < MIN (n_threads, hashing.n_blocks); i++)
    {
      GThread *thread = g_thread_try_new ("hash", hash_thread, &hashing, NULL);

      if (thread == NULL)
        break;
      g_ptr_array_add (threads, thread);
    }
  hash_thread (&hashing);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  g_mutex_clear (&hashing.mutex);

  if (hashing.error != NULL)
    {
      g_propagate_error (error, hashing.error);
      return NULL;
    }

  if (fstat (self->fd, &st) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return NULL;
    }
  stamp = stamp_from_stat (&st);
  if (!stamp_equal (&stamp, &self->stamp))
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_OTHER_SOURCE,
                           _("The file changed while it was read"));
      return NULL;
    }

  checksum_add_number (checksum, self->stamp.size);
  g_checksum_update (checksum, digests, (gssize) (hashing.n_blocks * DIGEST_SIZE));

  return g_strndup (g_checksum_get_string (checksum), 32);
}
