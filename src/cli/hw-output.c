/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/hw-output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (64 * 1024)

struct _HwOutput
{
  int         fd;           /* not owned */
  int         error_number; /* of the first failed write, or 0 */
  GString    *buffer;
  const char *charset;      /* (nullable): the terminal's, when it is not UTF-8 */
};

/**
 * hw_output_new:
 * @fd: where to write; stays open
 *
 * Returns: (transfer full): a new output
 */
HwOutput *
hw_output_new (int fd)
{
  HwOutput *self = g_new0 (HwOutput, 1);
  const char *charset;

  self->fd = fd;
  self->buffer = g_string_sized_new (BUFFER_SIZE);
  if (!g_get_charset (&charset))
    self->charset = charset;

  return self;
}

/**
 * hw_output_free:
 * @self: an output
 *
 * Drops the output with what hw_output_close() has not written.
 */
void
hw_output_free (HwOutput *self)
{
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

static void
flush (HwOutput *self)
{
  const char *p = self->buffer->str;
  gsize left = self->buffer->len;

  while (left > 0 && self->error_number == 0)
    {
      gssize n = write (self->fd, p, left);

      if (n >= 0)
        {
          p += n;
          left -= (gsize) n;
        }
      else if (errno != EINTR)
        self->error_number = errno;
    }
  g_string_truncate (self->buffer, 0);
}

/**
 * hw_output_write:
 * @self: an output
 * @bytes: what to write
 * @n_bytes: how many, or -1 when NUL-terminated
 *
 * Writes bytes as they are: JSON and CSV are UTF-8 wherever they go.
 */
void
hw_output_write (HwOutput   *self,
                 const char *bytes,
                 gssize      n_bytes)
{
  if (self->error_number != 0)
    return;

  g_string_append_len (self->buffer, bytes, n_bytes);
  if (self->buffer->len >= BUFFER_SIZE)
    flush (self);
}

/**
 * hw_output_print:
 * @self: an output
 * @utf8: text for a person
 *
 * Writes text in the terminal's own character set.
 */
void
hw_output_print (HwOutput   *self,
                 const char *utf8)
{
  g_autofree char *target = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (self->charset == NULL)
    {
      hw_output_write (self, utf8, -1);
      return;
    }

  target = g_strconcat (self->charset, "//TRANSLIT", NULL);
  text = g_convert_with_fallback (utf8, -1, target, "UTF-8", "?", NULL, &length, NULL);
  if (text != NULL)
    hw_output_write (self, text, (gssize) length);
  else
    hw_output_write (self, utf8, -1);
}

/**
 * hw_output_printf:
 * @self: an output
 * @format: as for printf()
 *
 * Formats and prints text for a person.
 */
void
hw_output_printf (HwOutput   *self,
                  const char *format,
                  ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  hw_output_print (self, text);
}

/**
 * hw_output_get_is_open:
 * @self: an output
 *
 * Returns: whether writing more makes sense
 */
gboolean
hw_output_get_is_open (HwOutput *self)
{
  return self->error_number == 0;
}

/**
 * hw_output_get_is_pipe_closed:
 * @self: an output
 *
 * Returns: whether the reader of a pipe has gone away
 */
gboolean
hw_output_get_is_pipe_closed (HwOutput *self)
{
  return self->error_number == EPIPE;
}

/**
 * hw_output_close:
 * @self: an output
 * @error: return location
 *
 * Writes what is left. Fails with a #GFileError when anything written so far was lost.
 *
 * Returns: whether everything was written
 */
gboolean
hw_output_close (HwOutput  *self,
                 GError   **error)
{
  flush (self);
  if (self->error_number == 0)
    return TRUE;

  g_set_error_literal (error, G_FILE_ERROR, (int) g_file_error_from_errno (self->error_number),
                       g_strerror (self->error_number));

  return FALSE;
}
