/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-progress.h"

struct _HwProgress
{
  gatomicrefcount  ref_count;
  GMutex           mutex;
  GMainContext    *context;      /* the listener's */
  HwProgressFunc   func;
  gpointer         user_data;
  GSource         *pending;      /* one update at most is on its way */
  const char      *phase;        /* static, untranslated */
  double           done;         /* weight of the finished phases */
  double           weight;       /* of the running phase */
  double           fraction;     /* of the running phase */
  double           announced;    /* overall fraction at the last update */
  gint64           phase_start;  /* µs */
  GPtrArray       *messages;
  GArray          *times;        /* HwPhaseTime */
};

/**
 * hw_progress_new:
 *
 * Makes the progress of one job.
 *
 * Returns: (transfer full): a new progress
 */
HwProgress *
hw_progress_new (void)
{
  HwProgress *self = g_new0 (HwProgress, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->messages = g_ptr_array_new_with_free_func (g_free);
  self->times = g_array_new (FALSE, FALSE, sizeof (HwPhaseTime));

  return self;
}

/**
 * hw_progress_ref:
 * @self: a progress
 *
 * Returns: (transfer full): @self
 */
HwProgress *
hw_progress_ref (HwProgress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * hw_progress_unref:
 * @self: a progress
 *
 * Gives back a reference.
 */
void
hw_progress_unref (HwProgress *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->context, g_main_context_unref);
  g_ptr_array_unref (self->messages);
  g_array_unref (self->times);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean
update_cb (gpointer user_data)
{
  HwProgress *self = user_data;
  HwProgressFunc func;
  gpointer data;

  g_mutex_lock (&self->mutex);
  /* Another listener came while this turn of the old one's context had begun. */
  if (g_source_is_destroyed (g_main_current_source ()))
    {
      g_mutex_unlock (&self->mutex);
      return G_SOURCE_REMOVE;
    }
  g_clear_pointer (&self->pending, g_source_unref);
  func = self->func;
  data = self->user_data;
  g_mutex_unlock (&self->mutex);

  if (func != NULL)
    func (self, data);

  return G_SOURCE_REMOVE;
}

static double
overall (HwProgress *self)
{
  return CLAMP (self->done + self->weight * self->fraction, 0.0, 1.0);
}

/* With the mutex held. */
static void
announce (HwProgress *self)
{
  self->announced = overall (self);

  if (self->func == NULL || self->pending != NULL)
    return;

  self->pending = g_idle_source_new ();
  g_source_set_priority (self->pending, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->pending, update_cb, hw_progress_ref (self),
                         (GDestroyNotify) hw_progress_unref);
  g_source_attach (self->pending, self->context);
}

/**
 * hw_progress_set_listener:
 * @self: a progress
 * @context: (nullable): where @func is called; NULL for the default main context
 * @func: (nullable): the listener, or NULL to stop listening
 * @user_data: data for @func
 *
 * Sets who is told about changes. Stop listening, from the thread of @context, before @user_data
 * goes away: after that call @func is not called any more.
 */
void
hw_progress_set_listener (HwProgress     *self,
                          GMainContext   *context,
                          HwProgressFunc  func,
                          gpointer        user_data)
{
  GSource *pending;

  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  pending = g_steal_pointer (&self->pending);
  g_clear_pointer (&self->context, g_main_context_unref);
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->func = func;
  self->user_data = user_data;

  /* What was on its way to the old listener's context is news for the new one. */
  if (pending != NULL)
    {
      g_source_destroy (pending);
      g_source_unref (pending);
      announce (self);
    }
  g_mutex_unlock (&self->mutex);
}

/* With the mutex held. */
static void
end_phase (HwProgress *self)
{
  HwPhaseTime time;
  gint64 now = g_get_monotonic_time ();

  if (self->phase != NULL)
    {
      time = (HwPhaseTime) { self->phase, now - self->phase_start };
      g_array_append_val (self->times, time);
    }
  self->done += self->weight;
  self->weight = 0;
  self->fraction = 0;
  self->phase = NULL;
  self->phase_start = now;
}

/**
 * hw_progress_begin_phase:
 * @self: (nullable): a progress
 * @name: the phase's name, marked with N_(); must be static
 * @weight: its share of the whole job, 0 to 1
 *
 * Ends the running phase and begins the next.
 */
void
hw_progress_begin_phase (HwProgress *self,
                         const char *name,
                         double      weight)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  end_phase (self);
  self->phase = name;
  self->weight = weight;
  announce (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_progress_restart:
 * @self: (nullable): a progress
 *
 * Ends the running phase and counts from nothing again: a short way was tried in vain, the job goes
 * the long one. Times and messages stay.
 */
void
hw_progress_restart (HwProgress *self)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  end_phase (self);
  self->done = 0;
  announce (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_progress_set_fraction:
 * @self: (nullable): a progress
 * @fraction: how much of the running phase is done, 0 to 1
 *
 * Reports progress inside a phase. Cheap: a listener is only told of steps of 0.1 %.
 */
void
hw_progress_set_fraction (HwProgress *self,
                          double      fraction)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->fraction = CLAMP (fraction, 0.0, 1.0);
  if (overall (self) - self->announced >= 0.001)
    announce (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_progress_note_time:
 * @self: (nullable): a progress
 * @name: a phase's name; must be static
 * @microseconds: how long it took
 *
 * Adds a time that was measured beside the running phase, on another thread.
 */
void
hw_progress_note_time (HwProgress *self,
                       const char *name,
                       gint64      microseconds)
{
  HwPhaseTime time = { name, microseconds };

  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  g_array_append_val (self->times, time);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_progress_finish:
 * @self: (nullable): a progress
 *
 * Ends the running phase; the whole job counts as done.
 */
void
hw_progress_finish (HwProgress *self)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  end_phase (self);
  self->done = 1;
  announce (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_progress_add_message:
 * @self: (nullable): a progress
 * @message: a sentence for the user
 *
 * Leaves a message that is not an error, such as "the file is truncated".
 */
void
hw_progress_add_message (HwProgress *self,
                         const char *message)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->messages, g_strdup (message));
  announce (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_progress_get_fraction:
 * @self: a progress
 *
 * Returns: how much of the whole job is done, 0 to 1
 */
double
hw_progress_get_fraction (HwProgress *self)
{
  double fraction;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  fraction = overall (self);
  g_mutex_unlock (&self->mutex);

  return fraction;
}

/**
 * hw_progress_get_phase:
 * @self: a progress
 *
 * Returns: (nullable): the running phase's name, untranslated; static
 */
const char *
hw_progress_get_phase (HwProgress *self)
{
  const char *phase;

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  phase = self->phase;
  g_mutex_unlock (&self->mutex);

  return phase;
}

/**
 * hw_progress_dup_messages:
 * @self: a progress
 *
 * Returns: (transfer full): the messages left so far, oldest first
 */
char **
hw_progress_dup_messages (HwProgress *self)
{
  char **messages;

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  messages = g_new0 (char *, self->messages->len + 1);
  for (guint i = 0; i < self->messages->len; i++)
    messages[i] = g_strdup (g_ptr_array_index (self->messages, i));
  g_mutex_unlock (&self->mutex);

  return messages;
}

/**
 * hw_progress_dup_times:
 * @self: a progress
 *
 * Returns: (transfer full) (element-type HwPhaseTime): the phases that have ended, oldest first
 */
GArray *
hw_progress_dup_times (HwProgress *self)
{
  GArray *times;

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  times = g_array_copy (self->times);
  g_mutex_unlock (&self->mutex);

  return times;
}
