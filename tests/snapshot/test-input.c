/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <zlib.h>
#include <zstd.h>

#include "hw-collect.h"
#include "hw-small.h"

/* --- Files --- */

static char *
write_file (const char *name,
            const void *data,
            gsize       length)
{
  g_autoptr(GError) error = NULL;
  char *path = g_build_filename (g_get_user_data_dir (), name, NULL);

  g_mkdir_with_parents (g_get_user_data_dir (), 0700);
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);

  return path;
}

static GByteArray *
pack_gzip (const char *text,
           gsize       length)
{
  g_autoptr(GConverter) gzip = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
  g_autoptr(GBytes) in = g_bytes_new_static (text, length);
  g_autoptr(GBytes) out = g_converter_convert_bytes (gzip, in, NULL);

  return g_bytes_unref_to_array (g_steal_pointer (&out));
}

static GByteArray *
pack_zstd (const char *text,
           gsize       length)
{
  GByteArray *out = g_byte_array_new ();
  size_t n;

  g_byte_array_set_size (out, (guint) ZSTD_compressBound (length));
  n = ZSTD_compress (out->data, out->len, text, length, 3);
  g_assert_false (ZSTD_isError (n));
  g_byte_array_set_size (out, (guint) n);

  return out;
}

typedef GByteArray *(*PackFunc) (const char *text,
                                 gsize       length);

static const PackFunc packers[] = { pack_gzip, pack_zstd };

static void
open_bytes (HwCollect  *c,
            const void *data,
            gsize       length)
{
  g_autofree char *path = write_file ("packed", data, length);

  hw_collect_init (c);
  hw_collect_open (c, path);
}

/* A heap with enough records for several buffers. */
static char *
large_text (guint n_nodes)
{
  GString *text = g_string_new ("{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"],"
                                "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"]}},\"nodes\":[9,0,1,0,0");

  for (guint i = 1; i < n_nodes; i++)
    g_string_append_printf (text, "\n,3,%u,%u,%u,0", i * 7919 % 1000, 2 * i + 1, i * 31 % 4096);
  g_string_append (text, "],\n\"edges\":[],\n\"strings\":[\"<dummy>\",\n\"Dog\"]}");

  return g_string_free (text, FALSE);
}

static void
test_packed (void)
{
  g_autofree char *text = large_text (100000);
  gsize half = strlen (text) / 2;
  g_auto(HwCollect) whole;

  g_test_summary ("gzip and Zstandard are known by their bytes, in one piece and in several.");

  open_bytes (&whole, text, strlen (text));
  g_assert_no_error (whole.error);
  g_assert_null (whole.damage);
  g_assert_cmpuint (hw_collect_n_records (&whole, HW_SNAPSHOT_SECTION_NODES), ==, 100000);

  for (guint i = 0; i < G_N_ELEMENTS (packers); i++)
    {
      g_autoptr(GByteArray) one = packers[i] (text, strlen (text));
      g_autoptr(GByteArray) two = packers[i] (text, half);
      g_autoptr(GByteArray) empty = packers[i] ("", 0);
      g_autoptr(GByteArray) second = packers[i] (text + half, strlen (text) - half);
      g_auto(HwCollect) a;
      g_auto(HwCollect) b;

      open_bytes (&a, one->data, one->len);
      g_assert_true (hw_collect_equal (&a, &whole));

      g_byte_array_append (two, empty->data, empty->len);
      g_byte_array_append (two, second->data, second->len);
      open_bytes (&b, two->data, two->len);
      g_assert_true (hw_collect_equal (&b, &whole));
    }
}

static void
test_skippable_frame (void)
{
  static const guint8 frame[] = { 0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c' };
  g_autoptr(GByteArray) packed = pack_zstd (HW_SMALL, strlen (HW_SMALL));
  g_auto(HwCollect) c;

  g_byte_array_prepend (packed, frame, sizeof frame);
  open_bytes (&c, packed->data, packed->len);
  g_assert_no_error (c.error);
  g_assert_null (c.damage);
  g_assert_cmpuint (c.n_strings, ==, 4);
}

static void
test_packed_padding (void)
{
  static const guint8 zeros[1000];
  g_autoptr(GByteArray) packed = pack_gzip (HW_SMALL, strlen (HW_SMALL));
  g_auto(HwCollect) padded;
  g_auto(HwCollect) trailing;

  g_test_summary ("Zeros behind a gzip file are padding, anything else is damage.");

  g_byte_array_append (packed, zeros, sizeof zeros);
  open_bytes (&padded, packed->data, packed->len);
  g_assert_no_error (padded.error);
  g_assert_null (padded.damage);

  g_byte_array_append (packed, (const guint8 *) "tail", 4);
  open_bytes (&trailing, packed->data, packed->len);
  g_assert_no_error (trailing.error);
  g_assert_nonnull (trailing.damage);
  g_assert_false (trailing.damage->truncated);
  g_assert_cmpuint (trailing.n_strings, ==, 4);
}

static void
test_packed_empty (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (packers); i++)
    {
      g_autoptr(GByteArray) packed = packers[i] ("", 0);
      g_auto(HwCollect) c;

      open_bytes (&c, packed->data, packed->len);
      g_assert_error (c.error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_EMPTY);
    }
}

static void
test_packed_cut (void)
{
  g_autofree char *text = large_text (60000);

  g_test_summary ("A packed file that was cut gives what can be unpacked, or says that nothing can.");

  for (guint i = 0; i < G_N_ELEMENTS (packers); i++)
    {
      g_autoptr(GByteArray) packed = packers[i] (text, strlen (text));

      for (guint n = 3; n <= 10; n++)
        {
          g_auto(HwCollect) c;

          open_bytes (&c, packed->data, n < 10 ? packed->len * n / 10 : packed->len - 1);
          g_assert_no_error (c.error);
          g_assert_nonnull (c.damage);
          g_assert_nonnull (strstr (c.damage->message, "compressed"));
          g_assert_false (c.damage->transient);
          /* The last byte is a checksum's: the snapshot itself is there. */
          g_assert_cmpint (c.damage->truncated, ==, n < 10 || hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES) < 60000);
          g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), >, 0);
        }
      for (guint n = 4; n < 12; n++)
        {
          g_auto(HwCollect) c;

          open_bytes (&c, packed->data, n);
          g_assert_error (c.error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_COMPRESSED);
        }
    }
}

static void
test_packed_corrupt (void)
{
  g_autofree char *text = large_text (60000);
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);

  g_test_summary ("Bytes of a packed file changed: never worse than an error.");

  for (guint i = 0; i < G_N_ELEMENTS (packers); i++)
    {
      g_autoptr(GByteArray) packed = packers[i] (text, strlen (text));

      for (guint round = 0; round < 12; round++)
        {
          g_autoptr(GByteArray) bad = g_byte_array_new ();
          g_auto(HwCollect) c;

          g_byte_array_append (bad, packed->data, packed->len);
          for (guint k = 0; k < 3; k++)
            bad->data[g_rand_int_range (rand, 4, (gint32) bad->len)] ^= (guint8) g_rand_int_range (rand, 1, 256);
          open_bytes (&c, bad->data, bad->len);
          g_assert_true (c.error != NULL || c.damage != NULL || i == 1);
        }
    }
}

static void
test_open_errors (void)
{
  g_autofree char *empty = write_file ("empty", "", 0);
  g_autofree char *file = write_file ("secret", HW_SMALL, strlen (HW_SMALL));
  g_autofree char *below = g_build_filename (file, "below", NULL);
  g_autoptr(GFile) nowhere = g_file_new_for_uri ("resource:///no/such/heap");
  g_auto(HwCollect) c;

  hw_collect_init (&c);
  hw_collect_open (&c, "/nonexistent/heap.heapsnapshot");
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (c.error->message, ==, "“/nonexistent/heap.heapsnapshot” does not exist.");
  hw_collect_clear (&c);

  hw_collect_init (&c);
  hw_collect_open (&c, below);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  hw_collect_clear (&c);

  hw_collect_init (&c);
  c.done = hw_snapshot_read_file (nowhere, &hw_collect_sink, &c, NULL, NULL, &c.damage, &c.error);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  hw_collect_clear (&c);

  hw_collect_init (&c);
  hw_collect_open (&c, g_get_user_data_dir ());
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  hw_collect_clear (&c);

  hw_collect_init (&c);
  hw_collect_open (&c, empty);
  g_assert_error (c.error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_EMPTY);
  hw_collect_clear (&c);

  /* The administrator may read everything. */
  g_assert_no_errno (g_chmod (file, 0000));
  if (geteuid () == 0)
    g_assert_no_errno (seteuid (65534));
  hw_collect_init (&c);
  hw_collect_open (&c, file);
  if (getuid () == 0)
    g_assert_no_errno (seteuid (0));
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
}

/* --- A stream that does as it is told --- */

#define TEST_TYPE_STREAM (test_stream_get_type ())

G_DECLARE_FINAL_TYPE (TestStream, test_stream, TEST, STREAM, GInputStream)

struct _TestStream
{
  GInputStream  parent_instance;

  const char   *bytes;
  gsize         length;
  gsize         position;
  gsize         piece;         /* of one read */
  gboolean      breaks;        /* an error stands at the end */
  GCancellable *cancel_at_end; /* cancelled instead */
};

G_DEFINE_FINAL_TYPE (TestStream, test_stream, G_TYPE_INPUT_STREAM)

static gssize
test_stream_read (GInputStream  *stream,
                  void          *buffer,
                  gsize          count,
                  GCancellable  *cancellable,
                  GError       **error)
{
  TestStream *self = TEST_STREAM (stream);
  gsize n = MIN (MIN (count, self->piece), self->length - self->position);

  if (n == 0 && self->cancel_at_end != NULL)
    {
      g_cancellable_cancel (self->cancel_at_end);
      /* The reader's own cancellable follows. */
      g_assert_true (g_cancellable_set_error_if_cancelled (cancellable, error));
      return -1;
    }
  if (n == 0 && self->breaks)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Input/output error");
      return -1;
    }
  memcpy (buffer, self->bytes + self->position, n);
  self->position += n;

  return (gssize) n;
}

static void
test_stream_class_init (TestStreamClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = test_stream_read;
}

static void
test_stream_init (TestStream *self)
{
  self->piece = G_MAXSIZE;
}

static TestStream *
stream_new (const char *bytes,
            gsize       length)
{
  TestStream *stream = g_object_new (TEST_TYPE_STREAM, NULL);

  stream->bytes = bytes;
  stream->length = length;

  return stream;
}

static void
read_stream (HwCollect    *c,
             TestStream   *stream,
             HwProgress   *progress,
             GCancellable *cancellable)
{
  c->done = hw_snapshot_read_stream (G_INPUT_STREAM (stream), stream->length, &hw_collect_sink, c, progress, cancellable,
                                     &c->damage, &c->error);
}

static void
test_small_reads (void)
{
  g_autoptr(TestStream) stream = stream_new (HW_SMALL, strlen (HW_SMALL));
  g_auto(HwCollect) c;
  g_auto(HwCollect) whole;

  hw_collect_init (&whole);
  hw_collect_read (&whole, HW_SMALL);
  stream->piece = 1;
  hw_collect_init (&c);
  read_stream (&c, stream, NULL, NULL);
  g_assert_true (hw_collect_equal (&c, &whole));
}

static void
test_small_reads_packed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (packers); i++)
    {
      g_autoptr(GByteArray) packed = packers[i] (HW_SMALL, strlen (HW_SMALL));
      g_autoptr(TestStream) stream = stream_new ((const char *) packed->data, packed->len);
      g_auto(HwCollect) c;

      stream->piece = 1;
      hw_collect_init (&c);
      read_stream (&c, stream, NULL, NULL);
      g_assert_no_error (c.error);
      g_assert_null (c.damage);
      g_assert_cmpuint (c.n_strings, ==, 4);
    }
}

static void
test_read_error (void)
{
  g_autofree char *text = large_text (60000);
  g_autoptr(TestStream) late = stream_new (text, strlen (text) / 2);
  g_autoptr(TestStream) early = stream_new (text, 20);
  g_auto(HwCollect) c;
  g_auto(HwCollect) d;

  g_test_summary ("A disk that breaks in the middle leaves what came before; at the start it is an error.");

  late->breaks = early->breaks = TRUE;
  hw_collect_init (&c);
  read_stream (&c, late, NULL, NULL);
  g_assert_no_error (c.error);
  g_assert_true (c.damage->truncated);
  g_assert_true (c.damage->transient);
  g_assert_nonnull (strstr (c.damage->message, "Input/output error"));
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), >, 20000);

  hw_collect_init (&d);
  read_stream (&d, early, NULL, NULL);
  g_assert_error (d.error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (d.error->message, "Input/output error"));
  g_assert_nonnull (strstr (d.error->message, "20"));
}

static void
test_sink_stops (void)
{
  g_autofree char *text = large_text (400000);
  g_autoptr(TestStream) stream = stream_new (text, strlen (text));
  g_auto(HwCollect) c;

  g_test_summary ("A sink that stops ends the reading ahead too.");

  hw_collect_init (&c);
  c.fail_after = 2;
  read_stream (&c, stream, NULL, NULL);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (stream->position, <, stream->length);
}

static void
test_progress (void)
{
  g_autofree char *text = large_text (60000);
  g_autoptr(GByteArray) packed = pack_gzip (text, strlen (text));
  g_autoptr(TestStream) stream = stream_new ((const char *) packed->data, packed->len);
  g_autoptr(HwProgress) progress = hw_progress_new ();
  g_auto(HwCollect) c;

  g_test_summary ("Progress goes by the bytes of the file, packed ones too, inside the caller's phase.");

  hw_progress_begin_phase (progress, "Reading", 0.5);
  hw_collect_init (&c);
  read_stream (&c, stream, progress, NULL);
  g_assert_no_error (c.error);
  g_assert_cmpstr (hw_progress_get_phase (progress), ==, "Reading");
  g_assert_cmpfloat_with_epsilon (hw_progress_get_fraction (progress), 0.5, 0.001);
}

static void
test_cancelled_before (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(TestStream) stream = stream_new (HW_SMALL, strlen (HW_SMALL));
  g_auto(HwCollect) c;

  g_cancellable_cancel (cancellable);
  hw_collect_init (&c);
  read_stream (&c, stream, NULL, cancellable);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (c.n_calls, ==, 0);
}

static void
test_cancelled_between (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *text = large_text (60000);
  g_autoptr(TestStream) stream = stream_new (text, strlen (text) / 2);
  g_auto(HwCollect) c;

  stream->cancel_at_end = cancellable;
  hw_collect_init (&c);
  read_stream (&c, stream, NULL, cancellable);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (c.damage);
}

/* --- Pipes --- */

typedef struct
{
  GCancellable *cancellable;
  const char   *path;
  const char   *bytes;
} Helper;

static gpointer
cancel_thread (gpointer data)
{
  Helper *helper = data;

  g_usleep (50 * 1000);
  g_cancellable_cancel (helper->cancellable);

  return NULL;
}

static gpointer
write_thread (gpointer data)
{
  Helper *helper = data;
  int fd = open (helper->path, O_WRONLY | O_CLOEXEC);
  gsize length = strlen (helper->bytes);

  for (gsize at = 0; at < length; at += 100)
    {
      g_assert_cmpint (write (fd, helper->bytes + at, MIN (100, length - at)), >, 0);
      g_usleep (1000);
    }
  /* Who cancels keeps the pipe open, so that nothing else can end the reading. */
  if (helper->cancellable != NULL)
    cancel_thread (helper);
  if (helper->cancellable != NULL)
    g_usleep (50 * 1000);
  close (fd);

  return NULL;
}

static char *
make_pipe (void)
{
  char *path = g_build_filename (g_get_user_data_dir (), "pipe", NULL);

  g_mkdir_with_parents (g_get_user_data_dir (), 0700);
  g_unlink (path);
  g_assert_no_errno (mkfifo (path, 0600));

  return path;
}

static void
read_pipe (HwCollect    *c,
           const char   *path,
           Helper       *helper,
           GThreadFunc   func,
           GCancellable *cancellable)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  GThread *thread = g_thread_new ("helper", func, helper);

  hw_collect_init (c);
  c->done = hw_snapshot_read_file (file, &hw_collect_sink, c, NULL, cancellable, &c->damage, &c->error);
  g_thread_join (thread);
}

static void
test_pipe (void)
{
  g_autofree char *path = make_pipe ();
  Helper helper = { NULL, path, HW_SMALL };
  g_auto(HwCollect) c;

  read_pipe (&c, path, &helper, write_thread, NULL);
  g_assert_no_error (c.error);
  g_assert_null (c.damage);
  g_assert_cmpuint (c.n_strings, ==, 4);
}

static void
test_pipe_cancelled (void)
{
  g_autofree char *path = make_pipe ();
  g_autoptr(GCancellable) nobody = g_cancellable_new ();
  g_autoptr(GCancellable) silent = g_cancellable_new ();
  Helper cancelling = { nobody, path, NULL };
  Helper writing = { silent, path, "{\"snapshot\":{" };
  g_auto(HwCollect) c;
  g_auto(HwCollect) d;

  g_test_summary ("A pipe that nobody writes to, or whose writer has gone quiet, can be cancelled.");

  read_pipe (&c, path, &cancelling, cancel_thread, nobody);
  g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  read_pipe (&d, path, &writing, write_thread, silent);
  g_assert_error (d.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_gone (void)
{
  g_autofree char *text = large_text (60000);
  g_autofree char *path = write_file ("shrinks", text, strlen (text));
  g_autoptr(GInputStream) stream = NULL;
  g_auto(HwCollect) c;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  g_test_summary ("A file that becomes shorter and goes away while it is read is a truncated one.");

  stream = g_unix_input_stream_new (fd, TRUE);
  g_assert_no_errno (truncate (path, (off_t) strlen (text) / 3));
  g_assert_no_errno (g_unlink (path));
  hw_collect_init (&c);
  c.done = hw_snapshot_read_stream (stream, strlen (text), &hw_collect_sink, &c, NULL, NULL, &c.damage, &c.error);
  g_assert_no_error (c.error);
  g_assert_true (c.damage->truncated);
  g_assert_cmpuint (c.damage->offset, ==, strlen (text) / 3);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/snapshot/input/packed", test_packed);
  g_test_add_func ("/snapshot/input/skippable-frame", test_skippable_frame);
  g_test_add_func ("/snapshot/input/packed-padding", test_packed_padding);
  g_test_add_func ("/snapshot/input/packed-empty", test_packed_empty);
  g_test_add_func ("/snapshot/input/packed-cut", test_packed_cut);
  g_test_add_func ("/snapshot/input/packed-corrupt", test_packed_corrupt);
  g_test_add_func ("/snapshot/input/open-errors", test_open_errors);
  g_test_add_func ("/snapshot/input/small-reads", test_small_reads);
  g_test_add_func ("/snapshot/input/small-reads-packed", test_small_reads_packed);
  g_test_add_func ("/snapshot/input/read-error", test_read_error);
  g_test_add_func ("/snapshot/input/sink-stops", test_sink_stops);
  g_test_add_func ("/snapshot/input/progress", test_progress);
  g_test_add_func ("/snapshot/input/cancelled-before", test_cancelled_before);
  g_test_add_func ("/snapshot/input/cancelled-between", test_cancelled_between);
  g_test_add_func ("/snapshot/input/pipe", test_pipe);
  g_test_add_func ("/snapshot/input/pipe-cancelled", test_pipe_cancelled);
  g_test_add_func ("/snapshot/input/gone", test_gone);

  return g_test_run ();
}
