/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fuzz.h"

/*
 * replay FOLDER: a fuzz target as an ordinary test. Runs it on every file of its corpus, then on
 * changed ones: the same changes in every run, as many as fit a few seconds.
 */

#define MUTATION_SECONDS 3
#define MAX_MUTATIONS 20000

static GPtrArray *corpus;        /* GBytes */

static void
load_corpus (const char *folder)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort_values (names, (GCompareFunc) strcmp);

  corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < names->len; i++)
    {
      char *text;
      gsize length;

      g_file_get_contents (g_ptr_array_index (names, i), &text, &length, &error);
      g_assert_no_error (error);
      g_ptr_array_add (corpus, g_bytes_new_take (text, length));
    }
  g_assert_cmpuint (corpus->len, >, 0);
}

/* Runs on a block of exactly the size, so that a sanitizer sees a byte too many. */
static void
run (const void *data,
     gsize       size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  g_assert_cmpint (LLVMFuzzerTestOneInput (copy, size), ==, 0);
}

static void
test_corpus (void)
{
  for (guint i = 0; i < corpus->len; i++)
    {
      gsize size;
      const void *data = g_bytes_get_data (g_ptr_array_index (corpus, i), &size);

      run (data, size);
    }
}

static gsize
pick (GRand *rand,
      gsize  n)
{
  return n > 1 ? (gsize) g_rand_int_range (rand, 0, (gint32) MIN (n, G_MAXINT32)) : 0;
}

static void
mutate (GRand      *rand,
        GByteArray *bytes)
{
  static const char often[] = "\"\\[]{}:,0918-.eu\0\xff\xc3 ";
  guint8 byte = g_rand_boolean (rand) ? (guint8) often[pick (rand, sizeof often - 1)] : (guint8) g_rand_int_range (rand, 0, 256);
  gsize at = pick (rand, bytes->len);
  gsize n = pick (rand, MIN (bytes->len - at, 64));
  GBytes *other = g_ptr_array_index (corpus, pick (rand, corpus->len));

  switch (g_rand_int_range (rand, 0, 7))
    {
    case 0:
      bytes->data[at] = byte;
      break;
    case 1:
      bytes->data[at] ^= (guint8) (1u << pick (rand, 8));
      break;
    case 2:
      g_byte_array_set_size (bytes, (guint) at + 1);
      break;
    case 3:
      if (n < bytes->len)
        g_byte_array_remove_range (bytes, (guint) at, (guint) n);
      break;
    case 4:
      memset (bytes->data + at, byte, n);
      break;
    case 5:
      /* One piece over another. */
      memmove (bytes->data + at, bytes->data + pick (rand, bytes->len - n + 1), n);
      break;
    default:
      {
        gsize size;
        const guint8 *data = g_bytes_get_data (other, &size);
        gsize from = pick (rand, size);

        g_byte_array_set_size (bytes, (guint) at + 1);
        g_byte_array_append (bytes, data + from, (guint) (size - from));
      }
      break;
    }
}

static void
test_mutations (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (20261121);
  gint64 end = g_get_monotonic_time () + MUTATION_SECONDS * G_USEC_PER_SEC;
  guint n = 0;

  for (; n < MAX_MUTATIONS && g_get_monotonic_time () < end; n++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      gsize size;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (corpus, pick (rand, corpus->len)), &size);

      g_byte_array_append (bytes, data, (guint) size);
      for (guint k = (guint) pick (rand, 4) + 1; k > 0 && bytes->len > 0; k--)
        mutate (rand, bytes);
      run (bytes->data, bytes->len);
    }
  g_test_message ("%u changed files", n);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  if (argc != 2)
    g_error ("which corpus?");
  load_corpus (argv[1]);
  g_test_add_func ("/fuzz/corpus", test_corpus);
  g_test_add_func ("/fuzz/mutations", test_mutations);

  return g_test_run ();
}
