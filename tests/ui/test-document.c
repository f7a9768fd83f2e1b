/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-ui.h"

#include "app/hw-history.h"
#include "app/hw-words.h"

static HwCache *
make_cache (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "indexes", NULL);

  return hw_cache_new (folder, 1000 * 1000 * 1000);
}

static HwCapture *
make_capture (HwCache *cache,
              GFile   *file)
{
  HwCapture *capture = hw_capture_new (file, cache, NULL);

  g_object_unref (file);

  return capture;
}

static void
count (guint *n)
{
  (*n)++;
}

static void
test_load (void)
{
  g_autoptr(HwCache) cache = make_cache ();
  g_autoptr(HwCapture) capture = make_capture (cache, sample (0));
  guint n_classes = 0;
  guint n_fractions = 0;

  g_assert_cmpint (hw_capture_get_state (capture), ==, HW_CAPTURE_CANCELLED);
  g_assert_cmpstr (hw_capture_get_title (capture), ==, "1-before");
  g_assert_cmpstr (hw_capture_get_phase (capture), ==, "");

  g_signal_connect_swapped (capture, "notify::classes", G_CALLBACK (count), &n_classes);
  g_signal_connect_swapped (capture, "notify::fraction", G_CALLBACK (count), &n_fractions);
  hw_capture_load (capture);
  g_assert_cmpint (hw_capture_get_state (capture), ==, HW_CAPTURE_LOADING);
  g_assert_cmpstr (hw_capture_get_phase (capture), !=, "");

  wait_for (hw_capture_get_state (capture) == HW_CAPTURE_READY);
  wait_for (hw_capture_get_time (capture) != NULL);
  g_assert_nonnull (hw_capture_get_heap (capture));
  g_assert_nonnull (hw_capture_get_classes (capture));
  g_assert_cmpuint (hw_capture_get_size (capture), >, 1000 * 1000);
  g_assert_cmpuint (n_classes, >=, 1);
  g_assert_cmpuint (n_fractions, >=, 1);
  g_assert_null (hw_capture_get_error_text (capture));
  g_assert_null (hw_capture_get_damage_text (capture));
  g_assert_nonnull (strstr (hw_capture_get_subtitle (capture), "MB"));
}

static void
test_cancel (void)
{
  g_autoptr(HwCache) cache = make_cache ();
  HwCapture *capture = make_capture (cache, write_sample ("cancel.heapsnapshot", 1));
  guint n_heaps = 0;

  g_signal_connect_swapped (capture, "notify::heap", G_CALLBACK (count), &n_heaps);
  hw_capture_load (capture);
  hw_capture_cancel (capture);
  g_assert_cmpint (hw_capture_get_state (capture), ==, HW_CAPTURE_CANCELLED);

  /* The answer of the first attempt may come after the second has begun; it changes nothing. */
  hw_capture_load (capture);
  hw_capture_cancel (capture);
  settle (200);
  g_assert_cmpint (hw_capture_get_state (capture), ==, HW_CAPTURE_CANCELLED);
  g_assert_cmpuint (n_heaps, ==, 0);
  g_assert_null (hw_capture_get_heap (capture));

  hw_capture_load (capture);
  wait_for (hw_capture_get_state (capture) == HW_CAPTURE_READY);
  g_assert_cmpuint (n_heaps, ==, 1);

  wait_for (G_OBJECT (capture)->ref_count == 1);
  g_assert_finalize_object (capture);
}

/* More than are loaded at a time, half of them stopped before they begin. */
static void
test_queue (void)
{
  g_autoptr(HwCache) cache = make_cache ();
  HwCapture *captures[8];

  for (guint i = 0; i < G_N_ELEMENTS (captures); i++)
    {
      g_autofree char *name = g_strdup_printf ("queue-%u.heapsnapshot", i);

      captures[i] = make_capture (cache, write_sample (name, 1));
      hw_capture_load (captures[i]);
    }
  for (guint i = 1; i < G_N_ELEMENTS (captures); i += 2)
    hw_capture_cancel (captures[i]);

  for (guint i = 0; i < G_N_ELEMENTS (captures); i++)
    {
      wait_for (hw_capture_get_state (captures[i]) == (i % 2 == 0 ? HW_CAPTURE_READY : HW_CAPTURE_CANCELLED));
      wait_for (G_OBJECT (captures[i])->ref_count == 1);
      g_assert_finalize_object (captures[i]);
    }
}

static void
test_failures (void)
{
  static const struct
  {
    const char *name;
    const char *content;
    const char *text;
  } cases[] = {
    { "missing.heapsnapshot", NULL, "The file is not there." },
    { "empty.heapsnapshot", "", NULL },
    { "page.heapsnapshot", "<!DOCTYPE html>", NULL },
    { "other.heapsnapshot", "{\"a\":1}", NULL },
  };
  g_autoptr(HwCache) cache = make_cache ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *content = cases[i].content;
      g_autoptr(HwCapture) capture = make_capture (cache, write_file (cases[i].name, content != NULL ? content : "",
                                                                      content != NULL ? strlen (content) : 0));

      if (content == NULL)
        g_file_delete (hw_capture_get_file (capture), NULL, NULL);

      hw_capture_load (capture);
      wait_for (hw_capture_get_state (capture) == HW_CAPTURE_FAILED);
      g_assert_nonnull (hw_capture_get_error_text (capture));
      g_assert_cmpstr (hw_capture_get_hint_text (capture), !=, "");
      if (cases[i].text != NULL)
        g_assert_cmpstr (hw_capture_get_error_text (capture), ==, cases[i].text);
      g_assert_null (hw_capture_get_classes (capture));
    }
}

static void
test_damaged (void)
{
  g_autoptr(HwCache) cache = make_cache ();
  g_autoptr(HwCapture) capture = make_capture (cache, write_sample ("cut.heapsnapshot", 0.6));

  hw_capture_load (capture);
  wait_for (hw_capture_get_state (capture) == HW_CAPTURE_READY);
  g_assert_nonnull (hw_capture_get_heap (capture));
  g_assert_nonnull (strstr (hw_capture_get_damage_text (capture), "ends early"));
}

static void
test_rename (void)
{
  g_autoptr(HwCache) cache = make_cache ();
  g_autoptr(HwCapture) capture = make_capture (cache, sample (0));
  guint n_titles = 0;

  g_signal_connect_swapped (capture, "notify::title", G_CALLBACK (count), &n_titles);
  hw_capture_set_title (capture, "  after login ");
  g_assert_cmpstr (hw_capture_get_title (capture), ==, "after login");
  hw_capture_set_title (capture, "after login");
  g_assert_cmpuint (n_titles, ==, 1);
  hw_capture_set_title (capture, " ");
  g_assert_cmpstr (hw_capture_get_title (capture), ==, "1-before");
}

static void
test_words_kept (void)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "notebook.sqlite", NULL);
  g_autoptr(HwCache) cache = make_cache ();
  g_autoptr(HwNotebook) notebook = hw_notebook_new (path);
  g_autoptr(GFile) file = sample (0);
  g_autoptr(HwCapture) first = hw_capture_new (file, cache, notebook);
  g_autoptr(HwCapture) second = NULL;
  g_autoptr(HwCapture) third = NULL;
  guint n_titles = 0, n_notes = 0;

  g_test_summary ("What is typed counts at once, also before the notebook has answered; it is there the next time.");

  hw_capture_set_title (first, "after login");
  hw_capture_set_note (first, "  two\nlines \n");
  g_assert_cmpstr (hw_capture_get_note (first), ==, "two\nlines");
  hw_notebook_flush_sync (notebook);
  settle (20);
  g_assert_cmpstr (hw_capture_get_title (first), ==, "after login");

  second = hw_capture_new (file, cache, notebook);
  g_assert_cmpstr (hw_capture_get_title (second), ==, "1-before");
  g_signal_connect_swapped (second, "notify::title", G_CALLBACK (count), &n_titles);
  g_signal_connect_swapped (second, "notify::note", G_CALLBACK (count), &n_notes);
  wait_for (hw_capture_get_note (second) != NULL);
  g_assert_cmpstr (hw_capture_get_title (second), ==, "after login");
  g_assert_cmpstr (hw_capture_get_note (second), ==, "two\nlines");
  g_assert_cmpuint (n_titles, ==, 1);
  g_assert_cmpuint (n_notes, ==, 1);

  /* Typed while the old words are on their way: the new ones win. */
  third = hw_capture_new (file, cache, notebook);
  hw_capture_set_title (third, "newer");
  hw_notebook_flush_sync (notebook);
  wait_for (hw_capture_get_note (third) != NULL);
  g_assert_cmpstr (hw_capture_get_title (third), ==, "newer");

  /* The file's own name is no name, and nothing is no note. */
  hw_capture_set_title (third, "1-before");
  hw_capture_set_note (third, " \n ");
  g_assert_null (hw_capture_get_note (third));
  hw_notebook_flush_sync (notebook);
  g_clear_object (&second);
  second = hw_capture_new (file, cache, notebook);
  hw_notebook_flush_sync (notebook);
  settle (20);
  g_assert_cmpstr (hw_capture_get_title (second), ==, "1-before");
  g_assert_null (hw_capture_get_note (second));
  g_assert_null (hw_notebook_dup_problem (notebook));
}

static void
test_headline (void)
{
  g_autoptr(HwCache) cache = make_cache ();
  g_autoptr(HwCapture) capture = make_capture (cache, sample (0));
  g_autofree char *headline = NULL;
  g_autofree char *details = NULL;

  hw_capture_load (capture);
  headline = hw_capture_dup_headline (capture);
  g_assert_cmpstr (headline, ==, hw_capture_get_subtitle (capture));
  wait_for (hw_capture_get_state (capture) == HW_CAPTURE_READY);

  g_free (headline);
  headline = hw_capture_dup_headline (capture);
  g_assert_nonnull (strstr (headline, "MB · Node.js 24."));
  hw_capture_set_note (capture, "see the ticket");
  details = hw_capture_dup_details (capture);
  g_assert_nonnull (strstr (details, "1-before.heapsnapshot.gz\n"));
  g_assert_nonnull (strstr (details, "\nNode.js 24."));
  g_assert_nonnull (strstr (details, " (V8 13."));
  g_assert_true (g_str_has_suffix (details, "\n\nsee the ticket"));
}

typedef struct
{
  HwCache    *cache;
  HwDocument *document;
  HwCapture  *captures[3];
} Fixture;

/* Three captures of one place, loaded; opened in the wrong order. */
static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  static const guint order[] = { 2, 0, 1 };

  fixture->cache = make_cache ();
  fixture->document = hw_document_new ();
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.heapsnapshot", 9 - order[i]);
      GFile *file = write_sample (name, 1);
      HwCapture *capture;

      set_time (file, 1700000000 + 60 * order[i]);
      capture = make_capture (fixture->cache, file);
      fixture->captures[order[i]] = capture;
      hw_document_add_capture (fixture->document, capture);
      hw_capture_load (capture);
    }
  for (guint i = 0; i < 3; i++)
    wait_for (hw_capture_get_state (fixture->captures[i]) == HW_CAPTURE_READY &&
              hw_capture_get_time (fixture->captures[i]) != NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_finalize_object (fixture->document);
  for (guint i = 0; i < 3; i++)
    {
      wait_for (G_OBJECT (fixture->captures[i])->ref_count == 1);
      g_assert_finalize_object (fixture->captures[i]);
    }
  g_clear_object (&fixture->cache);
}

static void
test_order (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  GListModel *captures = G_LIST_MODEL (hw_document_get_captures (fixture->document));
  g_autoptr(HwCapture) elsewhere = make_capture (fixture->cache, sample (0));
  gint64 change;

  /* By time, although they were opened and are named otherwise */
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(HwCapture) capture = g_list_model_get_item (captures, i);

      g_assert_true (capture == fixture->captures[i]);
    }

  g_assert_true (hw_document_get_capture (fixture->document) == fixture->captures[2]);
  g_assert_true (hw_document_get_baseline (fixture->document) == fixture->captures[1]);
  hw_document_set_first_is_baseline (fixture->document, TRUE);
  g_assert_true (hw_document_get_baseline (fixture->document) == fixture->captures[0]);
  hw_document_set_capture (fixture->document, fixture->captures[0]);
  g_assert_true (hw_document_get_baseline (fixture->document) == fixture->captures[1]);

  g_assert_false (hw_capture_get_change (fixture->captures[0], NULL));
  g_assert_true (hw_capture_get_change (fixture->captures[1], &change));
  g_assert_cmpint (change, ==, 0);

  /* Another place comes after, whatever its time, and is measured by itself */
  hw_document_add_capture (fixture->document, elsewhere);
  hw_capture_load (elsewhere);
  wait_for (hw_capture_get_state (elsewhere) == HW_CAPTURE_READY);
  g_assert_cmpuint (g_list_model_get_n_items (captures), ==, 4);
  g_assert_false (hw_capture_get_change (elsewhere, NULL));
  hw_document_set_capture (fixture->document, elsewhere);
  g_assert_true (hw_document_get_baseline (fixture->document) == fixture->captures[2]);
  g_assert_true (hw_document_get_neighbour (fixture->document, 1) == fixture->captures[0]);
  g_assert_true (hw_document_get_neighbour (fixture->document, -1) == fixture->captures[2]);
  g_assert_true (hw_document_find_file (fixture->document, hw_capture_get_file (elsewhere)) == elsewhere);
  hw_document_remove_capture (fixture->document, elsewhere);
  g_assert_true (hw_document_get_capture (fixture->document) == fixture->captures[2]);
}

static void
remember_reveal (HwDocument *document G_GNUC_UNUSED,
                 const char *view,
                 guint       node,
                 char      **revealed)
{
  g_free (*revealed);
  *revealed = g_strdup_printf ("%s %u", view, node);
}

static void
test_selection (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  HwDocument *document = fixture->document;
  HwHeap *heaps[3];
  g_autofree char *revealed = NULL;
  guint n_changes = 0;

  for (guint i = 0; i < 3; i++)
    heaps[i] = hw_capture_get_heap (fixture->captures[i]);
  g_signal_connect_swapped (document, "selection-changed", G_CALLBACK (count), &n_changes);
  g_signal_connect (document, "reveal", G_CALLBACK (remember_reveal), &revealed);

  g_assert_null (hw_document_get_selected_heap (document));
  g_assert_false (hw_document_go_back (document));

  hw_document_set_capture (document, fixture->captures[0]);
  hw_document_select (document, heaps[0], HW_NODE (10));
  hw_document_select (document, heaps[0], HW_NODE (10));
  hw_document_set_view (document, "containment");
  hw_document_select (document, heaps[0], HW_NODE (11));
  g_assert_cmpuint (n_changes, ==, 3);

  /* Each capture has a selection of its own */
  hw_document_set_capture (document, fixture->captures[1]);
  g_assert_null (hw_document_get_selected_heap (document));
  g_assert_cmpuint (hw_document_get_selected_node (document).value, ==, HW_NONE);
  hw_document_select (document, heaps[1], HW_NODE (20));

  /* A deleted object is the baseline's */
  hw_document_select (document, heaps[0], HW_NODE (21));
  g_assert_true (hw_document_get_selected_heap (document) == heaps[0]);

  hw_document_set_capture (document, fixture->captures[0]);
  g_assert_cmpuint (hw_document_get_selected_node (document).value, ==, 11);

  /* The history crosses captures and views */
  g_assert_true (hw_document_go_back (document));
  g_assert_true (hw_document_get_capture (document) == fixture->captures[1]);
  g_assert_true (hw_document_get_selected_heap (document) == heaps[1]);
  g_assert_cmpuint (hw_document_get_selected_node (document).value, ==, 20);
  g_assert_true (hw_document_go_back (document));
  g_assert_cmpstr (revealed, ==, "containment 11");
  g_assert_true (hw_document_go_back (document));
  g_assert_cmpstr (revealed, ==, "summary 10");
  g_assert_false (hw_document_go_back (document));
  g_assert_true (hw_document_go_forward (document));
  g_assert_cmpuint (hw_document_get_selected_node (document).value, ==, 11);

  /* What is closed is forgotten, also where it was only the baseline */
  hw_document_set_capture (document, fixture->captures[1]);
  hw_document_select (document, heaps[0], HW_NODE (21));
  hw_document_remove_capture (document, fixture->captures[0]);
  g_assert_false (hw_document_get_can_go_back (document));
  g_assert_true (hw_document_get_capture (document) == fixture->captures[1]);
  g_assert_null (hw_document_get_selected_heap (document));
  hw_document_add_capture (document, fixture->captures[0]);
}

static void
test_baseline (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  HwDocument *document = fixture->document;

  hw_document_set_capture (document, fixture->captures[2]);
  hw_document_set_baseline (document, fixture->captures[0]);
  hw_document_set_capture (document, fixture->captures[1]);
  g_assert_true (hw_document_get_baseline (document) == fixture->captures[0]);
  hw_document_set_capture (document, fixture->captures[2]);
  g_assert_true (hw_document_get_baseline (document) == fixture->captures[0]);

  hw_document_remove_capture (document, fixture->captures[0]);
  g_assert_true (hw_document_get_baseline (document) == fixture->captures[1]);
  hw_document_add_capture (document, fixture->captures[0]);
}

static void
test_release (void)
{
  g_autoptr(HwCache) cache = make_cache ();
  HwDocument *document = hw_document_new ();
  HwCapture *capture = make_capture (cache, write_sample ("release.heapsnapshot", 1));

  g_object_add_weak_pointer (G_OBJECT (capture), (gpointer *) &capture);
  hw_document_add_capture (document, capture);
  g_object_unref (capture);
  hw_capture_load (capture);
  settle (5);

  /* Closing the window while it loads stops the loading and frees everything. */
  g_assert_finalize_object (document);
  wait_for (capture == NULL);
}

static void
test_words (void)
{
  static const struct
  {
    const char *path;
    const char *title;
  } titles[] = {
    { "/a/leak.heapsnapshot", "leak" },
    { "/a/leak.heapsnapshot.gz", "leak" },
    { "/a/leak.heaptimeline.zst", "leak" },
    { "/a/.heapsnapshot", ".heapsnapshot" },
    { "/a/plain", "plain" },
  };
  g_autoptr(GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr(GDateTime) now = g_date_time_new (zone, 2026, 3, 1, 14, 2, 0);
  g_autoptr(GFile) portal = NULL;
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), "doc", "1a2b3c", "a.heapsnapshot", NULL);
  g_autofree char *group = NULL;
  static const struct
  {
    int         hours;
    const char *words;
  } times[] = {
    { 0, "14:02" },
    { -14, "00:02" },
    { -15, "Yesterday 23:02" },
    { -48, "27 Feb, 14:02" },
    { -24 * 90, "1 Dec 2025" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      g_autoptr(GFile) file = g_file_new_for_path (titles[i].path);
      g_autofree char *title = hw_words_for_title (file);

      g_assert_cmpstr (title, ==, titles[i].title);
    }

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr(GDateTime) time = g_date_time_add_hours (now, times[i].hours);
      g_autofree char *words = hw_words_for_time (time, now);

      g_assert_cmpstr (words, ==, times[i].words);
    }

  portal = g_file_new_for_path (path);
  group = hw_words_for_group (portal);
  g_assert_cmpstr (group, ==, "");

  for (int code = 0; code < G_IO_ERROR_DESTINATION_UNSET; code++)
    {
      g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, code, "message");
      g_autofree char *hint = NULL;
      g_autofree char *text = hw_words_for_error (error, &hint);

      g_assert_cmpstr (text, !=, "");
      g_assert_cmpstr (hint, !=, "");
    }
}

static void
test_history (void)
{
  g_autoptr(HwHistory) history = hw_history_new ();
  HwCapture *a = GUINT_TO_POINTER (1);
  HwCapture *b = GUINT_TO_POINTER (2);

  g_assert_null (hw_history_peek (history, 0));
  hw_history_forget (history, a);

  for (guint i = 0; i < 1000; i++)
    hw_history_visit (history, &(HwPlace) { i % 3 == 0 ? b : a, i % 3 == 0 ? b : a, HW_NODE (i / 3), "summary" });
  for (guint i = 0; i < 9; i++)
    hw_history_move (history, -1);
  g_assert_cmpuint (hw_history_peek (history, 0)->node.value, ==, 328);

  hw_history_forget (history, b);
  g_assert_true (hw_history_peek (history, 0)->capture == a);
  g_assert_cmpuint (hw_history_peek (history, 0)->node.value, ==, 328);
  g_assert_cmpuint (hw_history_peek (history, -1)->node.value, ==, 327);
  g_assert_cmpuint (hw_history_peek (history, 1)->node.value, ==, 329);

  hw_history_visit (history, &(HwPlace) { a, a, HW_NODE (5), "summary" });
  g_assert_null (hw_history_peek (history, 1));
  hw_history_forget (history, a);
  g_assert_null (hw_history_peek (history, 0));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/app/capture/load", test_load);
  g_test_add_func ("/app/capture/cancel", test_cancel);
  g_test_add_func ("/app/capture/queue", test_queue);
  g_test_add_func ("/app/capture/failures", test_failures);
  g_test_add_func ("/app/capture/damaged", test_damaged);
  g_test_add_func ("/app/capture/rename", test_rename);
  g_test_add_func ("/app/capture/words", test_words_kept);
  g_test_add_func ("/app/capture/headline", test_headline);
  g_test_add ("/app/document/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/app/document/selection", Fixture, NULL, set_up, test_selection, tear_down);
  g_test_add ("/app/document/baseline", Fixture, NULL, set_up, test_baseline, tear_down);
  g_test_add_func ("/app/document/release", test_release);
  g_test_add_func ("/app/history/walk", test_history);
  g_test_add_func ("/app/words/all", test_words);

  return g_test_run ();
}
