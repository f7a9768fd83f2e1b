/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-progress.h"

typedef struct
{
  guint    n;
  double   fraction;
  GThread *thread;
} Listener;

static void
listener_cb (HwProgress *progress,
             gpointer    user_data)
{
  Listener *listener = user_data;

  listener->n++;
  listener->fraction = hw_progress_get_fraction (progress);
  listener->thread = g_thread_self ();
}

static void
iterate (GMainContext *context)
{
  while (g_main_context_iteration (context, FALSE))
    ;
}

static void
test_phases (void)
{
  g_autoptr(HwProgress) progress = hw_progress_new ();
  g_autoptr(GArray) times = NULL;
  g_auto(GStrv) messages = NULL;

  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 0);
  g_assert_null (hw_progress_get_phase (progress));

  hw_progress_begin_phase (progress, "one", 0.25);
  g_assert_cmpstr (hw_progress_get_phase (progress), ==, "one");
  hw_progress_set_fraction (progress, 0.5);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 0.125);
  hw_progress_set_fraction (progress, 7);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 0.25);
  hw_progress_set_fraction (progress, -7);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 0);

  hw_progress_begin_phase (progress, "two", 0.5);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 0.25);
  hw_progress_set_fraction (progress, 0.5);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 0.5);
  hw_progress_note_time (progress, "beside", 17);
  hw_progress_add_message (progress, "first");
  hw_progress_add_message (progress, "second");

  /* Weights that add up to more than the whole never show more than the whole. */
  hw_progress_begin_phase (progress, "three", 0.5);
  hw_progress_set_fraction (progress, 1);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 1);
  hw_progress_finish (progress);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 1);
  g_assert_null (hw_progress_get_phase (progress));

  times = hw_progress_dup_times (progress);
  g_assert_cmpuint (times->len, ==, 4);
  g_assert_cmpstr (g_array_index (times, HwPhaseTime, 0).name, ==, "one");
  g_assert_cmpstr (g_array_index (times, HwPhaseTime, 1).name, ==, "beside");
  g_assert_cmpint (g_array_index (times, HwPhaseTime, 1).microseconds, ==, 17);
  g_assert_cmpstr (g_array_index (times, HwPhaseTime, 3).name, ==, "three");

  messages = hw_progress_dup_messages (progress);
  g_assert_cmpuint (g_strv_length (messages), ==, 2);
  g_assert_cmpstr (messages[1], ==, "second");

  hw_progress_restart (progress);
  g_assert_cmpfloat (hw_progress_get_fraction (progress), ==, 0);
}

/* A job without anybody to tell. */
static void
test_none (void)
{
  hw_progress_begin_phase (NULL, "x", 1);
  hw_progress_set_fraction (NULL, 1);
  hw_progress_note_time (NULL, "x", 1);
  hw_progress_add_message (NULL, "x");
  hw_progress_restart (NULL);
  hw_progress_finish (NULL);
}

static void
test_coalescing (void)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(HwProgress) progress = hw_progress_new ();
  Listener listener = { 0, 0, NULL };

  hw_progress_set_listener (progress, context, listener_cb, &listener);
  iterate (context);
  g_assert_cmpuint (listener.n, ==, 0);

  hw_progress_begin_phase (progress, "all", 1);
  for (guint i = 0; i < 1000; i++)
    hw_progress_set_fraction (progress, i / 1000.0);
  g_assert_cmpuint (listener.n, ==, 0);
  iterate (context);
  g_assert_cmpuint (listener.n, ==, 1);
  g_assert_cmpfloat (listener.fraction, ==, 0.999);

  /* Steps below 0.1 % are nobody's news. */
  hw_progress_set_fraction (progress, 0.9995);
  iterate (context);
  g_assert_cmpuint (listener.n, ==, 1);
  hw_progress_add_message (progress, "news");
  iterate (context);
  g_assert_cmpuint (listener.n, ==, 2);
  hw_progress_finish (progress);
  iterate (context);
  g_assert_cmpuint (listener.n, ==, 3);
  g_assert_cmpfloat (listener.fraction, ==, 1);
}

static void
test_removed (void)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(HwProgress) progress = hw_progress_new ();
  Listener *listener = g_new0 (Listener, 1);

  hw_progress_set_listener (progress, context, listener_cb, listener);
  hw_progress_begin_phase (progress, "pending", 1);
  hw_progress_set_listener (progress, NULL, NULL, NULL);
  g_free (listener);
  iterate (context);
  hw_progress_set_fraction (progress, 1);
  iterate (context);
}

/* An update that was on its way to the old context reaches the new listener on its own. */
static void
test_replaced (void)
{
  g_autoptr(GMainContext) old = g_main_context_new ();
  g_autoptr(GMainContext) new = g_main_context_new ();
  g_autoptr(HwProgress) progress = hw_progress_new ();
  Listener listeners[2] = { { 0, 0, NULL }, { 0, 0, NULL } };

  hw_progress_set_listener (progress, old, listener_cb, &listeners[0]);
  hw_progress_begin_phase (progress, "pending", 1);
  hw_progress_set_listener (progress, new, listener_cb, &listeners[1]);
  iterate (old);
  g_assert_cmpuint (listeners[0].n, ==, 0);
  g_assert_cmpuint (listeners[1].n, ==, 0);
  iterate (new);
  g_assert_cmpuint (listeners[1].n, ==, 1);

  hw_progress_set_fraction (progress, 0.5);
  iterate (old);
  g_assert_cmpuint (listeners[1].n, ==, 1);
  iterate (new);
  g_assert_cmpuint (listeners[1].n, ==, 2);
}

/* The progress outlives its owner while an update is on its way. */
static void
test_dropped (void)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  HwProgress *progress = hw_progress_new ();
  Listener listener = { 0, 0, NULL };

  hw_progress_set_listener (progress, context, listener_cb, &listener);
  hw_progress_begin_phase (progress, "pending", 1);
  hw_progress_unref (progress);
  iterate (context);
  g_assert_cmpuint (listener.n, ==, 1);
}

static gpointer
job_thread (gpointer data)
{
  HwProgress *progress = data;

  for (guint phase = 0; phase < 10; phase++)
    {
      hw_progress_begin_phase (progress, "phase", 0.1);
      for (guint i = 0; i <= 200; i++)
        hw_progress_set_fraction (progress, i / 200.0);
      hw_progress_add_message (progress, "done");
    }
  hw_progress_finish (progress);

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(HwProgress) progress = hw_progress_new ();
  g_auto(GStrv) messages = NULL;
  Listener listener = { 0, 0, NULL };
  double last = 0;
  GThread *thread;

  hw_progress_set_listener (progress, context, listener_cb, &listener);
  thread = g_thread_new ("job", job_thread, progress);
  while (listener.fraction < 1)
    {
      g_main_context_iteration (context, TRUE);
      g_assert_cmpfloat (listener.fraction, >=, last);
      last = listener.fraction;
    }
  g_thread_join (thread);
  iterate (context);
  g_assert_true (listener.thread == g_thread_self ());
  messages = hw_progress_dup_messages (progress);
  g_assert_cmpuint (g_strv_length (messages), ==, 10);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/progress/phases", test_phases);
  g_test_add_func ("/progress/none", test_none);
  g_test_add_func ("/progress/coalescing", test_coalescing);
  g_test_add_func ("/progress/removed", test_removed);
  g_test_add_func ("/progress/replaced", test_replaced);
  g_test_add_func ("/progress/dropped", test_dropped);
  g_test_add_func ("/progress/threads", test_threads);

  return g_test_run ();
}
