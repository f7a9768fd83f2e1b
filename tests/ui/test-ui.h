/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>

#include "app/hw-document.h"

G_BEGIN_DECLS

/* Waits for @condition with the main loop running; polls, so that nothing can hang for good. */
#define wait_for(condition)                                                                         \
  G_STMT_START {                                                                                    \
    gint64 wait_end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                                \
    while (!(condition))                                                                            \
      {                                                                                             \
        if (g_get_monotonic_time () > wait_end)                                                     \
          g_error ("%s:%d: nothing came of it: %s", __FILE__, __LINE__, #condition);                \
        if (!g_main_context_iteration (NULL, FALSE))                                                \
          g_usleep (1000);                                                                          \
      }                                                                                             \
  } G_STMT_END

/* Lets everything happen that is due, and some time pass. */
static inline void
settle (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  do
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
  while (g_get_monotonic_time () < end);
}

/* One of the three snapshots that are kept in the project, oldest first. */
static inline GFile *
sample (guint number)
{
  static const char *names[] = { "1-before", "2-during", "3-after" };
  g_autofree char *name = g_strconcat (names[number], ".heapsnapshot.gz", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "samples", name, NULL);

  return g_file_new_for_path (path);
}

/* A file of its own with that content. */
static inline GFile *
write_file (const char *name,
            const char *content,
            gsize       length)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "files", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, content, (gssize) length, &error);
  g_assert_no_error (error);

  return g_file_new_for_path (path);
}

/* A whole copy of a sample, unpacked, of which only the first @part is kept. */
static inline GFile *
write_sample (const char *name,
              double      part)
{
  g_autoptr(GFile) packed = sample (0);
  g_autoptr(GFileInputStream) file = g_file_read (packed, NULL, NULL);
  g_autoptr(GZlibDecompressor) gunzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr(GInputStream) stream = g_converter_input_stream_new (G_INPUT_STREAM (file), G_CONVERTER (gunzip));
  g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr(GError) error = NULL;
  gsize length;

  g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  length = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory));

  return write_file (name, g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)),
                     (gsize) ((double) length * part));
}

static inline void
set_time (GFile  *file,
          gint64  seconds)
{
  g_autoptr(GError) error = NULL;

  g_file_set_attribute_uint64 (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, (guint64) seconds,
                               G_FILE_QUERY_INFO_NONE, NULL, &error);
  g_assert_no_error (error);
}

G_END_DECLS
