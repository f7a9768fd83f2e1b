/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HwProgress:
 *
 * How far one job has come: phases with weights, messages for the user, and the time each phase took.
 *
 * Atomic reference count; every function may be called from any thread. The job reports, the
 * listener is told on its own main context, at most once per main loop turn, and only when at least
 * 0.1 % or the phase changed.
 */
typedef struct _HwProgress HwProgress;

/**
 * HwProgressFunc:
 * @progress: the job's progress
 * @user_data: data of the listener
 *
 * Called on the listener's main context after something changed.
 */
typedef void (*HwProgressFunc) (HwProgress *progress,
                                gpointer    user_data);

/**
 * HwPhaseTime:
 * @name: the phase's name, untranslated; static
 * @microseconds: how long it took
 *
 * One finished phase of a job.
 */
typedef struct
{
  const char *name;
  gint64      microseconds;
} HwPhaseTime;

HwProgress *hw_progress_new          (void) G_GNUC_WARN_UNUSED_RESULT;
HwProgress *hw_progress_ref          (HwProgress     *self);
void        hw_progress_unref        (HwProgress     *self);
void        hw_progress_set_listener (HwProgress     *self,
                                      GMainContext   *context,
                                      HwProgressFunc  func,
                                      gpointer        user_data);
void        hw_progress_begin_phase  (HwProgress     *self,
                                      const char     *name,
                                      double          weight);
void        hw_progress_restart      (HwProgress     *self);
void        hw_progress_set_fraction (HwProgress     *self,
                                      double          fraction);
void        hw_progress_note_time    (HwProgress     *self,
                                      const char     *name,
                                      gint64          microseconds);
void        hw_progress_finish       (HwProgress     *self);
void        hw_progress_add_message  (HwProgress     *self,
                                      const char     *message);
double      hw_progress_get_fraction (HwProgress     *self);
const char *hw_progress_get_phase    (HwProgress     *self);
char      **hw_progress_dup_messages (HwProgress     *self);
GArray     *hw_progress_dup_times    (HwProgress     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwProgress, hw_progress_unref)

G_END_DECLS
