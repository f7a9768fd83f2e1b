/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a session is asked about itself, and how it is set.
 */
#include "config.h"

#include "inspector/hw-session-private.h"

#include <glib/gi18n-lib.h>

/**
 * hw_session_get_target:
 * @self: a session
 *
 * Returns: (transfer none): what it is attached to
 */
HwTarget *
hw_session_get_target (HwSession *self)
{
  g_return_val_if_fail (HW_IS_SESSION (self), NULL);

  return self->target;
}

/**
 * hw_session_get_state:
 * @self: a session
 *
 * Returns: how things stand
 */
HwSessionState
hw_session_get_state (HwSession *self)
{
  g_return_val_if_fail (HW_IS_SESSION (self), HW_SESSION_CLOSED);

  return self->state;
}

/**
 * hw_session_get_message:
 * @self: a session
 *
 * Returns: (nullable): what a person should know about the state, translated
 */
const char *
hw_session_get_message (HwSession *self)
{
  g_return_val_if_fail (HW_IS_SESSION (self), NULL);

  return self->message;
}

/**
 * hw_session_get_run:
 * @self: a session
 *
 * Returns: which run of the target it is, from 0
 */
guint
hw_session_get_run (HwSession *self)
{
  g_return_val_if_fail (HW_IS_SESSION (self), 0);

  return self->run;
}

/**
 * hw_session_get_last_sample:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what was measured last
 */
HwSample *
hw_session_get_last_sample (HwSession *self)
{
  g_return_val_if_fail (HW_IS_SESSION (self), NULL);

  return self->last_sample;
}

/**
 * hw_session_why_not:
 * @self: a session
 * @feature: what is wanted
 *
 * Returns: (nullable): why it cannot be done with this target now, translated; %NULL when it can
 */
const char *
hw_session_why_not (HwSession *self,
                    HwFeature  feature)
{
  const HwLiveRuntime *runtime;

  g_return_val_if_fail (HW_IS_SESSION (self), NULL);

  runtime = hw_target_get_runtime (self->target);
  if (self->state != HW_SESSION_READY && self->state != HW_SESSION_BUSY && self->state != HW_SESSION_WAITING)
    return _("There is no connection");

  return hw_live_runtime_why_not (runtime, feature);
}

/**
 * hw_session_set_reconnects:
 * @self: a session
 * @reconnects: whether a target that went away is looked for again; so it is at first
 *
 * Sets what happens when the target ends.
 */
void
hw_session_set_reconnects (HwSession *self,
                           gboolean   reconnects)
{
  g_return_if_fail (HW_IS_SESSION (self));

  self->reconnects = reconnects;
}

/**
 * hw_session_set_console:
 * @self: a session
 * @is_on: whether console lines and exceptions come as events; at first they do not
 *
 * The target then also tells of up to a thousand older lines.
 */
void
hw_session_set_console (HwSession *self,
                        gboolean   is_on)
{
  g_return_if_fail (HW_IS_SESSION (self));

  if (self->wants_console == is_on)
    return;
  self->wants_console = is_on;
  hw_session_tell_console (self);
}

/**
 * hw_session_set_gc_events:
 * @self: a session
 * @is_on: whether garbage collections come as events; at first only Bun's do
 *
 * In Node this puts an observer into the program, which is taken out again when the session closes.
 */
void
hw_session_set_gc_events (HwSession *self,
                          gboolean   is_on)
{
  g_return_if_fail (HW_IS_SESSION (self));

  if (self->wants_gc == is_on)
    return;
  self->wants_gc = is_on;
  hw_session_tell_console (self);
  hw_session_tell_gc (self);
}

/**
 * hw_session_let_run:
 * @self: a session that is %HW_SESSION_WAITING
 *
 * Lets a program run that was started with `--inspect-brk` or `--inspect-wait`.
 */
void
hw_session_let_run (HwSession *self)
{
  g_return_if_fail (HW_IS_SESSION (self));

  if (self->state != HW_SESSION_WAITING)
    return;
  hw_channel_tell (self->channel, "Runtime.runIfWaitingForDebugger", NULL);
  hw_session_set_state (self, HW_SESSION_READY, NULL);
}
