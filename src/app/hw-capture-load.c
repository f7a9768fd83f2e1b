/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-capture-private.h"

#include <glib/gi18n.h>

#include "app/hw-words.h"
#include "heap/hw-order.h"

/* More at a time would only share the processors and add up their memory. */
#define MAX_RUNNING 2

static GQueue waiting = G_QUEUE_INIT; /* HwCaptureJob, first come first served */
static guint n_running;

/* One attempt at loading. It keeps the capture alive until its answer has come. Made and freed on
 * the main thread; the loading thread only reports through it.
 */
struct _HwCaptureJob
{
  HwCapture         *capture;
  GCancellable      *cancellable;
  HwProgress        *progress;
  HwHeapLoadOptions  options;
};

static void
job_clear (gpointer data)
{
  HwCaptureJob *job = data;

  hw_progress_set_listener (job->progress, NULL, NULL, NULL);
  g_clear_pointer (&job->progress, hw_progress_unref);
  g_clear_object (&job->cancellable);
  g_clear_object (&job->capture);
}

static void
job_unref (HwCaptureJob *job)
{
  g_atomic_rc_box_release_full (job, job_clear);
}

static void
take_text (HwCapture          *self,
           char              **field,
           char               *text,
           HwCaptureProperty   property)
{
  g_free (*field);
  *field = text;
  hw_capture_notify (self, property);
}

static void
take_classes (HwCapture    *self,
              HwClassTable *classes)
{
  g_clear_pointer (&self->classes, hw_class_table_unref);
  self->classes = hw_class_table_ref (classes);
  hw_capture_notify (self, PROP_CLASSES);
  hw_capture_notify (self, PROP_CHANGE);
}

typedef struct
{
  HwCaptureJob          *job;
  HwClassTable *classes;
} Classes;

static void
classes_free (gpointer data)
{
  Classes *message = data;

  hw_class_table_unref (message->classes);
  job_unref (message->job);
  g_free (message);
}

static gboolean
classes_known_cb (gpointer user_data)
{
  Classes *message = user_data;
  HwCapture *self = message->job->capture;

  if (self->job == message->job)
    take_classes (self, message->classes);

  return G_SOURCE_REMOVE;
}

/* On the loading thread. */
static void
classes_func (HwClassTable *classes,
              gpointer      user_data)
{
  Classes *message = g_new0 (Classes, 1);

  message->job = g_atomic_rc_box_acquire (user_data);
  message->classes = hw_class_table_ref (classes);
  g_idle_add_full (G_PRIORITY_DEFAULT, classes_known_cb, message, classes_free);
}

static void
progress_cb (HwProgress *progress,
             gpointer    user_data)
{
  HwCapture *self = user_data;
  const char *name = hw_progress_get_phase (progress);
  const char *phase = name != NULL ? _(name) : NULL;

  self->fraction = hw_progress_get_fraction (progress);
  hw_capture_notify (self, PROP_FRACTION);

  /* Between two phases the last one stays, so that the text does not flicker. */
  if (phase != NULL && g_strcmp0 (phase, self->phase) != 0)
    {
      self->phase = phase;
      hw_capture_update_subtitle (self);
      hw_capture_notify (self, PROP_PHASE);
    }
}

/* Parts with the running job, so that its answer is dropped. */
static void
leave_job (HwCapture *self)
{
  if (self->job == NULL)
    return;

  hw_progress_set_listener (self->job->progress, NULL, NULL, NULL);
  self->job = NULL;
  self->phase = NULL;
  hw_capture_notify (self, PROP_PHASE);
}

static void
take_heap (HwCapture *self,
           HwHeap    *heap)
{
  const HwSnapshotDamage *damage = hw_heap_get_damage (heap);

  self->heap = heap;
  self->preparing = g_cancellable_new ();
  hw_order_prepare (heap, self->preparing);
  take_classes (self, hw_heap_get_class_table (heap));
  hw_capture_notify (self, PROP_HEAP);

  if (damage != NULL)
    take_text (self, &self->damage_text, hw_words_for_damage (damage), PROP_DAMAGE_TEXT);
}

static void start_waiting (void);

static void
load_ready_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  HwCaptureJob *job = user_data;
  HwCapture *self = job->capture;
  g_autoptr(GError) error = NULL;
  g_autoptr(HwHeap) heap = hw_cache_load_finish (HW_CACHE (source), result, NULL, &error);

  if (self->job == job)
    {
      leave_job (self);

      if (heap != NULL)
        {
          take_heap (self, g_steal_pointer (&heap));
          hw_capture_change_state (self, HW_CAPTURE_READY);
        }
      else
        {
          g_autofree char *text = hw_words_for_error (error, &self->hint_text);

          g_clear_pointer (&self->classes, hw_class_table_unref);
          hw_capture_notify (self, PROP_CLASSES);
          take_text (self, &self->error_text, g_steal_pointer (&text), PROP_ERROR_TEXT);
          hw_capture_change_state (self, HW_CAPTURE_FAILED);
        }
    }

  job_unref (job);
  n_running--;
  start_waiting ();
}

static void
start_waiting (void)
{
  HwCaptureJob *job;

  while (n_running < MAX_RUNNING && (job = g_queue_pop_head (&waiting)) != NULL)
    {
      n_running++;
      hw_cache_load_async (job->capture->cache, job->capture->file, &job->options, job->cancellable,
                           load_ready_cb, job);
    }
}

/**
 * hw_capture_load:
 * @self: a capture
 *
 * Begins to load, or loads again what failed or was stopped; when two captures are being loaded it
 * waits for one of them. Does nothing while loading or when loaded.
 */
void
hw_capture_load (HwCapture *self)
{
  HwCaptureJob *job;

  g_return_if_fail (HW_IS_CAPTURE (self));

  if (self->job != NULL || self->state == HW_CAPTURE_READY)
    return;

  job = g_atomic_rc_box_new0 (HwCaptureJob);
  job->capture = g_object_ref (self);
  job->cancellable = g_cancellable_new ();
  job->progress = hw_progress_new ();
  job->options = (HwHeapLoadOptions) {
    .progress = job->progress,
    .classes_func = classes_func,
    .classes_data = job,
  };
  hw_progress_set_listener (job->progress, NULL, progress_cb, self);

  self->job = job;
  self->fraction = 0;
  g_clear_pointer (&self->hint_text, g_free);
  take_text (self, &self->error_text, NULL, PROP_ERROR_TEXT);
  take_text (self, &self->damage_text, NULL, PROP_DAMAGE_TEXT);
  hw_capture_notify (self, PROP_FRACTION);
  hw_capture_change_state (self, HW_CAPTURE_LOADING);

  g_queue_push_tail (&waiting, job);
  start_waiting ();
}

/**
 * hw_capture_cancel:
 * @self: a capture
 *
 * Stops loading at once: what the loading thread still answers is dropped.
 */
void
hw_capture_cancel (HwCapture *self)
{
  HwCaptureJob *job;

  g_return_if_fail (HW_IS_CAPTURE (self));

  job = self->job;
  if (job == NULL)
    return;

  leave_job (self);
  g_clear_pointer (&self->classes, hw_class_table_unref);
  hw_capture_notify (self, PROP_CLASSES);
  hw_capture_change_state (self, HW_CAPTURE_CANCELLED);

  /* A job that has not begun has no answer to wait for. */
  if (g_queue_remove (&waiting, job))
    job_unref (job);
  else
    g_cancellable_cancel (job->cancellable);
}
