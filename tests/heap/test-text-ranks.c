/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranks of texts against comparing all of them, two by two in their order. */
#include "config.h"

#include <glib.h>

#include "base/hw-text.h"
#include "heap/hw-key-sort-private.h"

/* Whatever sorts otherwise by bytes than by UTF-16 units, and its neighbours. */
static const char *characters[] = {
  "a", "b", "0", "1", "~", "\x01", "\x02", "\xc0\x80", "\x7f", "\xc2\x80", "\xc3\xa9", "\xe6\x97\xa5", "\xec\xbf\xbf",
  "\xed\x80\x80", "\xed\x9f\xbf", "\xed\xa0\x80", "\xed\xa0\xbd", "\xed\xb8\x80", "\xed\xbf\xbf", "\xee\x80\x80",
  "\xef\xbf\xbd", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf",
};

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      texts)
{
  return hw_text_compare_utf16 (((char **) texts)[*(const guint32 *) a], ((char **) texts)[*(const guint32 *) b]);
}

static void
check (GPtrArray *texts)
{
  g_autofree guint32 *ranks = g_new (guint32, texts->len + 1);
  g_autofree guint32 *sorted = g_new (guint32, texts->len + 1);
  guint32 rank = 0;

  g_assert_true (hw_rank_texts ((const char **) texts->pdata, texts->len, ranks, NULL, NULL));
  for (guint32 i = 0; i < texts->len; i++)
    sorted[i] = i;
  g_sort_array (sorted, texts->len, sizeof *sorted, compare, texts->pdata);
  for (guint32 i = 0; i < texts->len; i++)
    {
      rank += i > 0 && compare (&sorted[i - 1], &sorted[i], texts->pdata) != 0;
      g_assert_cmpuint (ranks[sorted[i]], ==, rank);
    }
}

static char *
make_text (GRand      *rand,
           const char *start,
           guint       n_kinds)
{
  GString *text = g_string_new (start);

  for (gint32 n = g_rand_int_range (rand, 0, 20); n > 0; n--)
    {
      const char *character = characters[g_rand_int_range (rand, 0, (gint32) n_kinds)];
      gboolean is_low = g_str_has_prefix (character, "\xed\xb8") || g_str_has_prefix (character, "\xed\xbf");

      /* Two halves of a pair are one character in WTF-8. */
      if (!is_low || text->len < 3 || !g_str_has_prefix (text->str + text->len - 3, "\xed\xa0"))
        g_string_append (text, character);
    }

  return g_string_free (text, FALSE);
}

static void
test_ranks (gconstpointer n_kinds)
{
  static const char *starts[] = { "", "a", "0123456", "01234567", "\xc3\xa9 and more than eight", "0123456\xed\x9f\xbf" };
  static const guint counts[] = { 0, 1, 2, 63, 64, 65, 600, 5000 };

  for (guint c = 0; c < G_N_ELEMENTS (counts); c++)
    for (guint s = 0; s <= G_N_ELEMENTS (starts); s++)
      {
        g_autoptr(GRand) rand = g_rand_new_with_seed (c * 100 + s);
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

        for (guint i = 0; i < counts[c]; i++)
          g_ptr_array_add (texts, make_text (rand, starts[s < G_N_ELEMENTS (starts) ? s : i % s],
                                             GPOINTER_TO_UINT (n_kinds)));
        check (texts);
      }
}

/* Ten thousand names of one kind, and a few that are all the same. */
static void
test_long (void)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) same = g_string_new (NULL);

  for (guint i = 0; i < 5000; i++)
    g_string_append_c (same, "ab"[i % 2]);
  for (guint i = 0; i < 10000; i++)
    g_ptr_array_add (texts, i % 100 == 0 ? g_strdup (same->str)
                                         : g_strdup_printf ("https://example.org/%.*s/%u", (int) (i % 7), same->str, i * 7919));
  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (texts, g_strdup_printf ("%s%u", same->str, i));
  check (texts);
}

static void
test_cancelled (void)
{
  const char *texts[] = { "b", "a" };
  guint32 ranks[2];
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (hw_rank_texts (texts, 2, ranks, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_data_func ("/heap/text-ranks/few-letters", GUINT_TO_POINTER (2), test_ranks);
  g_test_add_data_func ("/heap/text-ranks/ascii", GUINT_TO_POINTER (5), test_ranks);
  g_test_add_data_func ("/heap/text-ranks/everything", GUINT_TO_POINTER (G_N_ELEMENTS (characters)), test_ranks);
  g_test_add_func ("/heap/text-ranks/long", test_long);
  g_test_add_func ("/heap/text-ranks/cancelled", test_cancelled);

  return g_test_run ();
}
