/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-column-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* A multiple of every page size there is. */
#define ALIGNMENT 65536

struct _HwColumnFile
{
  int     fd;
  goffset end;
};

/**
 * hw_column_file_new:
 * @folder: a folder on a disk
 *
 * Returns: (transfer full) (nullable): a new file, or NULL when the folder takes none
 */
HwColumnFile *
hw_column_file_new (const char *folder)
{
  HwColumnFile *self;
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  /* Not every file system has files without names. */
  if (fd < 0)
    {
      g_autofree char *path = g_build_filename (folder, "columns-XXXXXX", NULL);

      fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
      if (fd >= 0)
        g_unlink (path);
    }
  if (fd < 0)
    return NULL;

  self = g_new0 (HwColumnFile, 1);
  self->fd = fd;

  return self;
}

/**
 * hw_column_file_free:
 * @self: (nullable): a file
 *
 * Closes the file. It goes when the last column in it does.
 */
void
hw_column_file_free (HwColumnFile *self)
{
  if (self == NULL)
    return;

  close (self->fd);
  g_free (self);
}

/**
 * hw_column_file_place:
 * @self: a file
 * @column: an empty column
 * @length: its number of elements, of %HW_COLUMN_MAPPED_BYTES at least
 *
 * Makes room for a column in the file; its elements are 0. The column may not grow.
 *
 * Returns: FALSE when the disk has no room; the column is still empty
 */
gboolean
hw_column_file_place (HwColumnFile *self,
                      HwColumn     *column,
                      gsize         length)
{
  gsize n_bytes, n_aligned;
  gpointer data;

  g_return_val_if_fail (column->data == NULL, FALSE);

  /* The last element of 3 bytes is read with a byte behind it. */
  if (!g_size_checked_mul (&n_bytes, length, column->width) || n_bytes > G_MAXSSIZE - ALIGNMENT ||
      n_bytes < HW_COLUMN_MAPPED_BYTES)
    return FALSE;
  n_bytes += column->width == 3 ? 1 : 0;
  n_aligned = (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (posix_fallocate (self->fd, self->end, (off_t) n_aligned) != 0)
    return FALSE;

  data = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, self->end);
  if (data == MAP_FAILED)
    return FALSE;
  self->end += (goffset) n_aligned;
  column->data = data;
  column->length = column->capacity = length;

  return TRUE;
}

/**
 * hw_column_let_go:
 * @data: a part of a column in a file
 * @n_bytes: its size
 *
 * Takes the pages that lie in it as a whole out of this process, until they are looked at again.
 */
void
hw_column_let_go (gpointer data,
                  gsize    n_bytes)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  gsize first = ((gsize) data + page - 1) / page * page, end = ((gsize) data + n_bytes) / page * page;

  if (first < end)
    madvise ((gpointer) first, end - first, MADV_DONTNEED);
}
