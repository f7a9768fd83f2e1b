/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-event.h"
#include "base/hw-sample.h"
#include "inspector/hw-target.h"

G_BEGIN_DECLS

/**
 * HwSessionState:
 * @HW_SESSION_CLOSED: not attached, or no longer
 * @HW_SESSION_CONNECTING: on its way
 * @HW_SESSION_READY: attached, and it answers
 * @HW_SESSION_BUSY: attached, but it has not answered for a while: busy, paused by another tool, or in
 *   a call of the system
 * @HW_SESSION_WAITING: started so that it waits for someone to let it run
 * @HW_SESSION_LOST: the target went away; it is looked for again
 *
 * How things stand with a target.
 */
typedef enum
{
  HW_SESSION_CLOSED,
  HW_SESSION_CONNECTING,
  HW_SESSION_READY,
  HW_SESSION_BUSY,
  HW_SESSION_WAITING,
  HW_SESSION_LOST,
} HwSessionState;

/* Milliseconds between samples. */
#define HW_SESSION_MIN_INTERVAL     250
#define HW_SESSION_DEFAULT_INTERVAL 1000
#define HW_SESSION_MAX_INTERVAL     60000

#define HW_TYPE_SESSION (hw_session_get_type ())

G_DECLARE_FINAL_TYPE (HwSession, hw_session, HW, SESSION, GObject)

HwSession      *hw_session_new                  (HwTarget             *target) G_GNUC_WARN_UNUSED_RESULT;
void            hw_session_open_async           (HwSession            *self,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean        hw_session_open_finish          (HwSession            *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);
void            hw_session_close                (HwSession            *self);

HwTarget       *hw_session_get_target           (HwSession            *self);
HwSessionState  hw_session_get_state            (HwSession            *self);
const char     *hw_session_get_message          (HwSession            *self);
guint           hw_session_get_run              (HwSession            *self);
HwSample       *hw_session_get_last_sample      (HwSession            *self);
const char     *hw_session_why_not              (HwSession            *self,
                                                 HwFeature             feature);

void            hw_session_set_interval         (HwSession            *self,
                                                 guint                 milliseconds);
void            hw_session_set_reconnects       (HwSession            *self,
                                                 gboolean              reconnects);
void            hw_session_set_console          (HwSession            *self,
                                                 gboolean              is_on);
void            hw_session_set_gc_events        (HwSession            *self,
                                                 gboolean              is_on);
void            hw_session_let_run              (HwSession            *self);

gboolean        hw_session_add_watch            (HwSession            *self,
                                                 const char           *name,
                                                 const char           *expression);
void            hw_session_remove_watch         (HwSession            *self,
                                                 const char           *name);
const char     *hw_session_get_watch_suspension (HwSession            *self,
                                                 const char           *name);
void            hw_session_resume_watch         (HwSession            *self,
                                                 const char           *name);

void            hw_session_sample_async         (HwSession            *self,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
HwSample       *hw_session_sample_finish        (HwSession            *self,
                                                 GAsyncResult         *result,
                                                 GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void            hw_session_evaluate_async       (HwSession            *self,
                                                 const char           *expression,
                                                 guint                 milliseconds,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
char           *hw_session_evaluate_finish      (HwSession            *self,
                                                 GAsyncResult         *result,
                                                 GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void            hw_session_collect_garbage_async (HwSession           *self,
                                                  GCancellable        *cancellable,
                                                  GAsyncReadyCallback  callback,
                                                  gpointer             user_data);
gboolean        hw_session_collect_garbage_finish (HwSession          *self,
                                                   GAsyncResult       *result,
                                                   GError            **error);

G_END_DECLS
