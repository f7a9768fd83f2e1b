/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-channel-private.h"
#include "inspector/hw-live-runtime-private.h"
#include "inspector/hw-session.h"
#include "inspector/hw-target-private.h"

G_BEGIN_DECLS

/* One of the person's own expressions. */
typedef struct
{
  char *name;
  char *expression;
  char *suspension;   /* nullable: why it is no longer evaluated */
  guint n_slow;       /* times in a row that it took too long */
} HwWatch;

typedef struct
{
  guint    interval;    /* milliseconds */
  guint    timer;       /* GSource id, or 0 */
  gboolean is_ticking;  /* a sample is on its way */
  double   idle;        /* of the event loop, ms since start; NaN at first */
  double   active;
} HwTicker;

struct _HwSession
{
  GObject         parent_instance;

  HwTarget       *target;
  HwChannel      *channel;        /* nullable: the target's own */
  HwChannel      *carrier;        /* nullable: the connection that a worker's channel is in */
  HwSessionState  state;
  char           *message;        /* nullable: why it is not ready, or no longer */
  guint           run;
  char           *run_path;       /* nullable: of the WebSocket in this run */
  int             run_pid;        /* 0: not yet known */
  gboolean        wants_console;
  gboolean        wants_gc;
  gboolean        reconnects;
  gboolean        is_exiting;     /* the target waits for us to leave */
  guint           n_held;         /* recordings and captures that forbid leaving early */
  guint           retry_timer;    /* GSource id, or 0 */
  GTask          *opening;        /* while it opens for the first time */

  char           *sentinel;       /* nullable: handle of an object of ours */
  char           *sentinel_id;    /* nullable: its id */
  guint           epoch;          /* of ids */

  HwSample       *last_sample;    /* nullable */
  GPtrArray      *watches;        /* of HwWatch */
  HwTicker        ticker;
  GCancellable   *cancellable;    /* of everything in this connection */
};

void      hw_session_set_state       (HwSession      *self,
                                      HwSessionState  state,
                                      const char     *message);
void      hw_session_emit_sample     (HwSession      *self,
                                      HwSample       *sample);
void      hw_session_emit_event      (HwSession      *self,
                                      HwEvent        *event);
void      hw_session_note_pid        (HwSession      *self,
                                      int             pid);
void      hw_session_note_exit       (HwSession      *self);
void      hw_session_start_ticking   (HwSession      *self);
void      hw_session_stop_ticking    (HwSession      *self);
void      hw_session_tell_console    (HwSession      *self);
void      hw_session_tell_gc         (HwSession      *self);
void      hw_session_hold            (HwSession      *self);
void      hw_session_release         (HwSession      *self);
guint     hw_session_new_epoch       (void);
void      hw_session_check_ids_async (HwSession           *self,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);
guint     hw_session_check_ids_finish (HwSession          *self,
                                       GAsyncResult       *result);
JsonNode *hw_session_evaluate_params (HwSession      *self,
                                      const char     *expression);
char     *hw_session_read_value      (JsonNode       *answer,
                                      GError        **error);

G_END_DECLS
