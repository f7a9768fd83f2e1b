/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-capture-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct _HwCaptureFile
{
  gatomicrefcount  ref_count;
  char            *path;      /* where it shall be */
  char            *part;      /* where it grows; NULL once it has moved */
  GMutex           mutex;     /* guards what follows */
  int              fd;        /* -1 when nothing more is taken */
  guint64          n_bytes;
  int              error;     /* errno of the first failed write, or 0 */
};

/*
 * Makes the growing file. It is readable by its owner alone: a heap holds passwords. Fails with a
 * G_IO_ERROR when it cannot be made.
 */
HwCaptureFile *
hw_capture_file_new (const char  *path,
                     GError     **error)
{
  g_autoptr(HwCaptureFile) self = g_new0 (HwCaptureFile, 1);
  int saved;

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->part = g_strconcat (path, ".part", NULL);
  self->fd = g_open (self->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      saved = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "“%s” cannot be written: %s",
                   path, g_strerror (saved));
      g_clear_pointer (&self->part, g_free);
      return NULL;
    }

  return g_steal_pointer (&self);
}

HwCaptureFile *
hw_capture_file_ref (HwCaptureFile *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
hw_capture_file_unref (HwCaptureFile *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->fd >= 0)
    g_close (self->fd, NULL);
  if (self->part != NULL)
    g_unlink (self->part);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self->part);
  g_free (self);
}

/*
 * Adds bytes; after a failure, or after stop, they are dropped. Blocks as long as the disk does, and
 * with it the target: that is the flow control. Has the form of a HwJsonBytesFunc and is always TRUE.
 */
gboolean
hw_capture_file_write (const char *bytes,
                       gsize       n_bytes,
                       gpointer    data)
{
  HwCaptureFile *self = data;

  g_mutex_lock (&self->mutex);
  while (n_bytes > 0 && self->fd >= 0 && self->error == 0)
    {
      gssize n = write (self->fd, bytes, n_bytes);

      if (n < 0 && errno != EINTR)
        self->error = errno;
      else if (n > 0)
        {
          bytes += n;
          n_bytes -= (gsize) n;
          self->n_bytes += (gsize) n;
        }
    }
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

guint64
hw_capture_file_get_n_bytes (HwCaptureFile *self)
{
  guint64 n_bytes;

  g_mutex_lock (&self->mutex);
  n_bytes = self->n_bytes;
  g_mutex_unlock (&self->mutex);

  return n_bytes;
}

/* Takes nothing more. */
void
hw_capture_file_stop (HwCaptureFile *self)
{
  g_mutex_lock (&self->mutex);
  if (self->fd >= 0 && close (self->fd) < 0 && self->error == 0 && errno != EINTR)
    self->error = errno;
  self->fd = -1;
  g_mutex_unlock (&self->mutex);
}

/* Whether every byte is on its way to the disk. */
gboolean
hw_capture_file_check (HwCaptureFile  *self,
                       GError        **error)
{
  int saved;

  g_mutex_lock (&self->mutex);
  saved = self->error;
  g_mutex_unlock (&self->mutex);
  if (saved != 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "“%s” cannot be written: %s",
                 self->path, g_strerror (saved));

  return saved == 0;
}

/* Gives the file its name, which is returned. */
char *
hw_capture_file_complete (HwCaptureFile  *self,
                          GError        **error)
{
  int saved;

  hw_capture_file_stop (self);
  if (!hw_capture_file_check (self, error))
    return NULL;
  if (g_rename (self->part, self->path) < 0)
    {
      saved = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "“%s” cannot be written: %s",
                   self->path, g_strerror (saved));
      return NULL;
    }
  g_clear_pointer (&self->part, g_free);

  return g_strdup (self->path);
}

/* Keeps what there is under a name that says it is not whole; NULL when there is nothing worth keeping. */
char *
hw_capture_file_salvage (HwCaptureFile *self)
{
  const char *base = strrchr (self->path, '/');
  const char *dot = strrchr (base != NULL ? base : self->path, '.');
  g_autofree char *stem = dot != NULL ? g_strndup (self->path, (gsize) (dot - self->path)) : g_strdup (self->path);
  g_autofree char *name = g_strconcat (stem, "-incomplete", dot != NULL ? dot : "", NULL);

  hw_capture_file_stop (self);
  if (self->part == NULL || self->n_bytes == 0 || g_rename (self->part, name) < 0)
    return NULL;
  g_clear_pointer (&self->part, g_free);

  return g_steal_pointer (&name);
}

/* Nobody wants it: it goes at once, though a target may go on sending. */
void
hw_capture_file_discard (HwCaptureFile *self)
{
  hw_capture_file_stop (self);
  if (self->part != NULL)
    g_unlink (self->part);
  g_clear_pointer (&self->part, g_free);
}
