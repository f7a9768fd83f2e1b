/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-event.h"

#include <math.h>

/* The public part comes first, so that a pointer to it is a pointer to the whole. */
typedef struct
{
  HwEvent         event;
  gatomicrefcount ref_count;
} Event;

G_DEFINE_BOXED_TYPE (HwEvent, hw_event, hw_event_ref, hw_event_unref)

/* Text of a target as ours; what was there before is freed. */
static void
set_text (const char **field,
          const char  *text)
{
  g_autofree char *cut = text != NULL ? g_strndup (text, HW_EVENT_MAX_TEXT) : NULL;

  g_free ((char *) *field);
  *field = cut != NULL ? g_utf8_make_valid (cut, -1) : NULL;
}

/**
 * hw_event_new:
 * @kind: what happened
 * @time: when, in microseconds since 1970, UTC
 * @run: which run of the target it belongs to
 * @text: (nullable): what to call it
 *
 * Makes an event; sizes are unknown and the rest is empty.
 *
 * Returns: (transfer full): an event
 */
HwEvent *
hw_event_new (HwEventKind  kind,
              gint64       time,
              guint        run,
              const char  *text)
{
  Event *self;

  g_return_val_if_fail ((guint) kind < HW_N_EVENT_KINDS, NULL);

  self = g_new0 (Event, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->event.kind = kind;
  self->event.time = time;
  self->event.run = run;
  self->event.before = NAN;
  self->event.after = NAN;
  set_text (&self->event.text, text);

  return &self->event;
}

/**
 * hw_event_new_gc:
 * @time: when it ended, in microseconds since 1970, UTC
 * @run: which run of the target it belongs to
 * @name: (nullable): the engine's name for it
 * @is_major: whether the whole heap was collected
 * @before: heap used before, in bytes, or NaN
 * @after: heap used after, in bytes, or NaN
 * @pause: how long the program stood still, in microseconds, or 0
 *
 * Makes the event of a garbage collection.
 *
 * Returns: (transfer full): an event
 */
HwEvent *
hw_event_new_gc (gint64      time,
                 guint       run,
                 const char *name,
                 gboolean    is_major,
                 double      before,
                 double      after,
                 gint64      pause)
{
  HwEvent *self = hw_event_new (HW_EVENT_GC, time, run, name);

  self->is_major = is_major;
  self->before = isfinite (before) && before >= 0 ? before : NAN;
  self->after = isfinite (after) && after >= 0 ? after : NAN;
  self->duration = MAX (pause, 0);

  return self;
}

/**
 * hw_event_ref:
 * @self: an event
 *
 * Returns: (transfer full): @self
 */
HwEvent *
hw_event_ref (HwEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&((Event *) self)->ref_count);
  return self;
}

/**
 * hw_event_unref:
 * @self: (transfer full): an event
 *
 * Gives a reference back.
 */
void
hw_event_unref (HwEvent *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&((Event *) self)->ref_count))
    return;

  g_free ((char *) self->text);
  g_free ((char *) self->level);
  g_free ((char *) self->source);
  g_free ((char *) self->method);
  g_free ((char *) self->url);
  g_free (self);
}

/**
 * hw_event_set_level:
 * @self: an event that nobody else has yet
 * @level: (nullable): the level
 *
 * Sets how grave a console line is, or who set a marker.
 */
void
hw_event_set_level (HwEvent    *self,
                    const char *level)
{
  g_return_if_fail (self != NULL);

  set_text (&self->level, level);
}

/**
 * hw_event_set_source:
 * @self: an event that nobody else has yet
 * @source: (nullable): the source
 *
 * Sets where a console line comes from, or the path of a snapshot.
 */
void
hw_event_set_source (HwEvent    *self,
                     const char *source)
{
  g_return_if_fail (self != NULL);

  set_text (&self->source, source);
}

/**
 * hw_event_set_request:
 * @self: an event that nobody else has yet
 * @method: (nullable): the request's method
 * @url: (nullable): the request's address
 *
 * Says which request a line tells about.
 */
void
hw_event_set_request (HwEvent    *self,
                      const char *method,
                      const char *url)
{
  g_return_if_fail (self != NULL);

  set_text (&self->method, method);
  set_text (&self->url, url);
}
