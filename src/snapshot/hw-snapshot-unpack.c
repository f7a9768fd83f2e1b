/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/hw-format.h"
#include "snapshot/hw-snapshot-reader.h"
#include "snapshot/hw-snapshot-unpack-private.h"

/*
 * Plain bytes, gzip with any number of members, Zstandard with any number of frames: known by their
 * first bytes, never by a name. What can be unpacked before damage is handed on before the damage is
 * told.
 */

#define INPUT_SIZE (256 * 1024)

/* As many bytes as the longest magic. */
#define N_MAGIC 4

typedef enum
{
  FORMAT_UNKNOWN,
  FORMAT_PLAIN,
  FORMAT_GZIP,
  FORMAT_ZSTD,
} Format;

struct _HwSnapshotUnpacker
{
  GInputStream *stream;
  Format        format;
  guint8       *input;         /* INPUT_SIZE compressed bytes */
  gsize         begin;         /* of what is not unpacked yet */
  gsize         end;
  guint64       n_read;        /* bytes taken from the stream */
  gboolean      at_end;        /* of the stream */
  gboolean      between;       /* no member or frame is open */
  gboolean      is_wrong;      /* damaged, not only cut: what was handed on may be wrong already */
  z_stream      gzip;
  ZSTD_DStream *zstd;
};

/* A reader of @stream from where it is. */
HwSnapshotUnpacker *
hw_snapshot_unpacker_new (GInputStream *stream)
{
  HwSnapshotUnpacker *self = g_new0 (HwSnapshotUnpacker, 1);

  self->stream = g_object_ref (stream);
  self->input = g_malloc (INPUT_SIZE);
  self->between = TRUE;

  return self;
}

void
hw_snapshot_unpacker_free (HwSnapshotUnpacker *self)
{
  if (self->format == FORMAT_GZIP)
    inflateEnd (&self->gzip);
  ZSTD_freeDStream (self->zstd);
  g_object_unref (self->stream);
  g_free (self->input);
  g_free (self);
}

/* How many bytes of the stream are used up. */
guint64
hw_snapshot_unpacker_get_offset (HwSnapshotUnpacker *self)
{
  return self->n_read - (self->end - self->begin);
}

/* Whether the data were found damaged, so that what was unpacked before may be wrong too. */
gboolean
hw_snapshot_unpacker_get_is_wrong (HwSnapshotUnpacker *self)
{
  return self->is_wrong;
}

static gssize
read_stream (HwSnapshotUnpacker  *self,
             void                *buffer,
             gsize                size,
             GCancellable        *cancellable,
             GError             **error)
{
  GError *local_error = NULL;
  gssize n = g_input_stream_read (self->stream, buffer, size, cancellable, &local_error);

  if (n > 0)
    self->n_read += (guint64) n;
  else if (n == 0)
    self->at_end = TRUE;
  else if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, local_error);
  else
    {
      g_autofree char *byte = hw_format_count (self->n_read);

      g_propagate_prefixed_error (error, local_error, _("Reading the file failed at byte %s: "), byte);
    }

  return n;
}

/* Adds to the input, which must not be full. */
static gboolean
fill (HwSnapshotUnpacker  *self,
      GCancellable        *cancellable,
      GError             **error)
{
  gssize n;

  if (self->begin == self->end)
    self->begin = self->end = 0;
  n = read_stream (self, self->input + self->end, INPUT_SIZE - self->end, cancellable, error);
  if (n > 0)
    self->end += (gsize) n;

  return n >= 0;
}

static gboolean
detect (HwSnapshotUnpacker  *self,
        GCancellable        *cancellable,
        GError             **error)
{
  static const guint8 gzip[] = { 0x1f, 0x8b };
  static const guint8 zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
  static const guint8 skippable[] = { 0x2a, 0x4d, 0x18 };

  while (self->end < N_MAGIC && !self->at_end)
    if (!fill (self, cancellable, error))
      return FALSE;

  self->format = FORMAT_PLAIN;
  if (self->end >= sizeof gzip && memcmp (self->input, gzip, sizeof gzip) == 0)
    {
      /* 16 asks zlib for gzip's own frame. */
      if (inflateInit2 (&self->gzip, 16 + MAX_WBITS) == Z_OK)
        self->format = FORMAT_GZIP;
    }
  else if (self->end >= N_MAGIC &&
           (memcmp (self->input, zstd, sizeof zstd) == 0 ||
            ((self->input[0] & 0xf0) == 0x50 && memcmp (self->input + 1, skippable, sizeof skippable) == 0)))
    {
      self->zstd = ZSTD_createDStream ();
      if (self->zstd != NULL)
        self->format = FORMAT_ZSTD;
    }

  return TRUE;
}

static gssize
fail_at_end (HwSnapshotUnpacker  *self,
             GError             **error)
{
  g_autofree char *byte = hw_format_count (hw_snapshot_unpacker_get_offset (self));

  g_set_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_COMPRESSED,
               _("The compressed file ends too early, at byte %s."), byte);

  return -1;
}

static gssize
fail_damaged (HwSnapshotUnpacker  *self,
              gboolean             is_checksum,
              GError             **error)
{
  g_autofree char *byte = hw_format_count (hw_snapshot_unpacker_get_offset (self));

  self->is_wrong = TRUE;
  g_set_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_COMPRESSED,
               is_checksum ? _("The compressed file is damaged: at byte %s its content contradicts its checksum.")
                           : _("The compressed file is damaged, at byte %s or before."),
               byte);

  return -1;
}

static gssize
read_plain (HwSnapshotUnpacker  *self,
            char                *buffer,
            gsize                size,
            GCancellable        *cancellable,
            GError             **error)
{
  gsize n = MIN (size, self->end - self->begin);

  if (n == 0)
    return self->at_end ? 0 : read_stream (self, buffer, size, cancellable, error);

  /* What was read to look at the magic. */
  memcpy (buffer, self->input + self->begin, n);
  self->begin += n;

  return (gssize) n;
}

/* Unpacks what is in the input; 0 when more of it is needed. */
static gssize
inflate_some (HwSnapshotUnpacker  *self,
              char                *buffer,
              gsize                size,
              GError             **error)
{
  int status;

  if (self->between)
    {
      /* Some writers pad the file with zeros. */
      while (self->begin < self->end && self->input[self->begin] == 0)
        self->begin++;
      if (self->begin == self->end)
        return 0;
      inflateReset (&self->gzip);
      self->between = FALSE;
    }

  self->gzip.next_in = self->input + self->begin;
  self->gzip.avail_in = (uInt) (self->end - self->begin);
  self->gzip.next_out = (Bytef *) buffer;
  self->gzip.avail_out = (uInt) size;
  status = inflate (&self->gzip, Z_NO_FLUSH);
  self->begin = self->end - self->gzip.avail_in;
  self->between = status == Z_STREAM_END;

  if (self->gzip.avail_out < size)
    return (gssize) (size - self->gzip.avail_out);

  if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
    return 0;

  /* zlib tells by words only what it stumbled over: “incorrect data check”, “incorrect length check”. */
  return fail_damaged (self, self->gzip.msg != NULL && g_str_has_prefix (self->gzip.msg, "incorrect"), error);
}

static gssize
decompress_some (HwSnapshotUnpacker  *self,
                 char                *buffer,
                 gsize                size,
                 GError             **error)
{
  ZSTD_inBuffer in = { self->input, self->end, self->begin };
  ZSTD_outBuffer out = { buffer, size, 0 };
  size_t status;

  /* Without input a new frame would count as begun. */
  if (self->between && self->begin == self->end)
    return 0;
  status = ZSTD_decompressStream (self->zstd, &out, &in);
  self->begin = in.pos;
  if (out.pos > 0)
    {
      self->between = status == 0;
      return (gssize) out.pos;
    }
  if (ZSTD_getErrorCode (status) == ZSTD_error_frameParameter_windowTooLarge)
    {
      g_set_error_literal (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_COMPRESSED,
                           _("The file was compressed with a window of more than 128 MB, which is not unpacked here; "
                             "unpack it with “zstd -d --long=31” and open the result."));
      return -1;
    }
  if (ZSTD_isError (status))
    return fail_damaged (self, ZSTD_getErrorCode (status) == ZSTD_error_checksum_wrong, error);
  self->between = status == 0;

  return 0;
}

/*
 * Reads up to @size unpacked bytes; 0 at the end, -1 on errors: those of the stream and
 * HW_SNAPSHOT_ERROR_COMPRESSED.
 */
gssize
hw_snapshot_unpacker_read (HwSnapshotUnpacker  *self,
                           char                *buffer,
                           gsize                size,
                           GCancellable        *cancellable,
                           GError             **error)
{
  if (self->format == FORMAT_UNKNOWN && !detect (self, cancellable, error))
    return -1;
  if (self->format == FORMAT_PLAIN)
    return read_plain (self, buffer, size, cancellable, error);

  while (TRUE)
    {
      gsize before = self->begin;
      gssize n = self->format == FORMAT_GZIP ? inflate_some (self, buffer, size, error)
                                             : decompress_some (self, buffer, size, error);

      if (n != 0)
        return n;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      if (self->begin < self->end && self->begin > before)
        continue;
      if (self->begin < self->end && self->end == INPUT_SIZE)
        {
          /* Neither input used nor output made with a full buffer: not to be had from valid data. */
          return fail_damaged (self, FALSE, error);
        }
      if (self->at_end)
        return self->between && self->begin == self->end ? 0 : fail_at_end (self, error);
      if (!fill (self, cancellable, error))
        return -1;
    }
}
