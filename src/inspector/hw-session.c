/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-session-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Milliseconds: between looks for a target that went away, and for its answer. */
#define RETRY_TICK     1000
#define RETRY_DEADLINE 800

/* Milliseconds that finding a worker in its program may take, and that it may come after the answer. */
#define WORKER_DEADLINE 5000
#define WORKER_GRACE    1000

/**
 * HwSession:
 *
 * An attached target: samples as they come, what happens in it, and questions to it.
 *
 * A target that restarts is found again at its address, and counts as its next run. One that wants to exit
 * and waits for its inspectors to leave is let go, unless a capture is still going on.
 *
 * Belongs to the main thread. While a question is open it holds the session: call
 * [method@Session.close] before letting it go.
 */

enum
{
  SIGNAL_SAMPLE,
  SIGNAL_EVENT,
  N_SIGNALS,
};

typedef enum
{
  PROP_STATE = 1,
  PROP_MESSAGE,
  PROP_RUN,
} HwSessionProperty;

static guint signals[N_SIGNALS];
static GParamSpec *properties[PROP_RUN + 1];

G_DEFINE_FINAL_TYPE (HwSession, hw_session, G_TYPE_OBJECT)

static void connect_target (HwSession *self);
static void schedule_retry (HwSession *self);

static void
watch_free (gpointer data)
{
  HwWatch *watch = data;

  g_free (watch->name);
  g_free (watch->expression);
  g_free (watch->suspension);
  g_free (watch);
}

static void
drop_channel (HwSession *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();

  if (self->channel != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->channel, self);
      if (self->target != NULL && g_object_get_data (G_OBJECT (self->target), "heapwise-channel") == self->channel)
        g_object_set_data (G_OBJECT (self->target), "heapwise-channel", NULL);
      hw_channel_close (self->channel);
    }
  if (self->carrier != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->carrier, self);
      hw_channel_close (self->carrier);
    }
  g_clear_object (&self->channel);
  g_clear_object (&self->carrier);
  g_clear_pointer (&self->sentinel, g_free);
  g_clear_pointer (&self->sentinel_id, g_free);
  self->epoch = hw_session_new_epoch ();
}

static void
hw_session_dispose (GObject *object)
{
  HwSession *self = HW_SESSION (object);

  hw_session_stop_ticking (self);
  g_clear_handle_id (&self->retry_timer, g_source_remove);
  drop_channel (self);
  g_clear_object (&self->target);

  G_OBJECT_CLASS (hw_session_parent_class)->dispose (object);
}

static void
hw_session_finalize (GObject *object)
{
  HwSession *self = HW_SESSION (object);

  g_clear_pointer (&self->last_sample, hw_sample_unref);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->watches);
  g_free (self->message);
  g_free (self->run_path);

  G_OBJECT_CLASS (hw_session_parent_class)->finalize (object);
}

static void
hw_session_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  HwSession *self = HW_SESSION (object);

  switch ((HwSessionProperty) prop_id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;

    case PROP_MESSAGE:
      g_value_set_string (value, self->message);
      break;

    case PROP_RUN:
      g_value_set_uint (value, self->run);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_session_class_init (HwSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hw_session_dispose;
  object_class->finalize = hw_session_finalize;
  object_class->get_property = hw_session_get_property;

  /**
   * HwSession:state:
   *
   * A [enum@SessionState].
   */
  properties[PROP_STATE] =
    g_param_spec_int ("state", NULL, NULL, 0, HW_SESSION_LOST, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * HwSession:message:
   *
   * What a person should know about the state; %NULL when all is well.
   */
  properties[PROP_MESSAGE] =
    g_param_spec_string ("message", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * HwSession:run:
   *
   * Which run of the target it is, from 0; another process at the same address is the next.
   */
  properties[PROP_RUN] =
    g_param_spec_uint ("run", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * HwSession::sample:
   * @self: the session
   * @sample: what was measured
   *
   * A tick was answered.
   */
  signals[SIGNAL_SAMPLE] =
    g_signal_new ("sample", HW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, HW_TYPE_SAMPLE);

  /**
   * HwSession::event:
   * @self: the session
   * @event: what happened
   *
   * The target began a run, wrote to its console, threw, collected garbage or named a moment.
   */
  signals[SIGNAL_EVENT] =
    g_signal_new ("event", HW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, HW_TYPE_EVENT);
}

static void
hw_session_init (HwSession *self)
{
  self->watches = g_ptr_array_new_with_free_func (watch_free);
  self->cancellable = g_cancellable_new ();
  self->reconnects = TRUE;
  self->epoch = hw_session_new_epoch ();
}

/**
 * hw_session_new:
 * @target: what to attach to
 *
 * Returns: (transfer full): a session that is not yet open and does not tick
 */
HwSession *
hw_session_new (HwTarget *target)
{
  HwSession *self;

  g_return_val_if_fail (HW_IS_TARGET (target), NULL);

  self = g_object_new (HW_TYPE_SESSION, NULL);
  self->target = g_object_ref (target);

  return self;
}

void
hw_session_set_state (HwSession      *self,
                      HwSessionState  state,
                      const char     *message)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (g_strcmp0 (self->message, message) != 0)
    {
      g_free (self->message);
      self->message = g_strdup (message);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
    }
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
hw_session_emit_sample (HwSession *self,
                        HwSample  *sample)
{
  g_clear_pointer (&self->last_sample, hw_sample_unref);
  self->last_sample = hw_sample_ref (sample);
  g_signal_emit (self, signals[SIGNAL_SAMPLE], 0, sample);
}

void
hw_session_emit_event (HwSession *self,
                       HwEvent   *event)
{
  g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
}

static void
begin_run (HwSession *self)
{
  g_autofree char *name = hw_target_dup_runtime_name (self->target);
  g_autoptr(HwEvent) event = hw_event_new (HW_EVENT_RUN, g_get_real_time (), self->run,
                                           hw_target_get_title (self->target));

  hw_event_set_level (event, name);
  if (hw_target_get_address (self->target) != NULL)
    hw_event_set_source (event, hw_target_get_address (self->target));
  hw_session_emit_event (self, event);
}

static void
next_run (HwSession *self)
{
  self->run++;
  self->run_pid = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
  begin_run (self);
}

/*
 * The target says which process it is. It is this machine's process only when that one listens at the
 * target's port: behind a tunnel or in a container the number means something else.
 */
void
hw_session_note_pid (HwSession *self,
                     int        pid)
{
  const HwAddress *address = hw_target_peek_address (self->target);
  g_autoptr(GArray) ports = NULL;

  if (self->run_pid == pid)
    return;
  if (self->run_pid != 0)
    next_run (self);
  self->run_pid = pid;
  hw_target_set_pid (self->target, 0);
  if (address == NULL || !hw_address_is_loopback (address))
    return;
  ports = hw_process_listening (pid);
  for (guint i = 0; i < ports->len; i++)
    if (g_array_index (ports, guint16, i) == address->port)
      hw_target_set_pid (self->target, pid);
}

static void
fail_opening (HwSession    *self,
              const GError *error)
{
  g_autoptr(GTask) opening = g_steal_pointer (&self->opening);

  drop_channel (self);
  hw_session_set_state (self, HW_SESSION_CLOSED, error->message);
  if (opening != NULL)
    g_task_return_error (opening, g_error_copy (error));
}

static void
closed_cb (HwChannel *channel G_GNUC_UNUSED,
           GError    *reason,
           HwSession *self)
{
  hw_session_stop_ticking (self);
  drop_channel (self);
  g_list_store_remove_all (hw_target_get_child_store (self->target));

  if (self->opening != NULL)
    fail_opening (self, reason);
  else if (self->reconnects && hw_target_get_parent (self->target) == NULL)
    {
      hw_session_set_state (self, HW_SESSION_LOST, reason->message);
      schedule_retry (self);
    }
  else
    hw_session_set_state (self, HW_SESSION_CLOSED, reason->message);
}

/* It waits for us at its end. Whoever captures something finishes first; then nobody keeps it. */
void
hw_session_note_exit (HwSession *self)
{
  g_autoptr(GError) reason = NULL;

  self->is_exiting = TRUE;
  if (self->n_held > 0 || self->channel == NULL)
    return;
  reason = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED, _("The program has ended"));
  closed_cb (self->channel, reason, self);
}

/* Between hold and release a target that wants to exit is not left: a capture may still be made of it. */
void
hw_session_hold (HwSession *self)
{
  self->n_held++;
}

void
hw_session_release (HwSession *self)
{
  self->n_held--;
  if (self->is_exiting && self->n_held == 0)
    hw_session_note_exit (self);
}

static void
remove_worker (HwSession  *self,
               const char *session_id)
{
  GListStore *workers = hw_target_get_child_store (self->target);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (workers)); i++)
    {
      g_autoptr(HwTarget) worker = g_list_model_get_item (G_LIST_MODEL (workers), i);

      if (g_strcmp0 (g_object_get_data (G_OBJECT (worker), "heapwise-session"), session_id) == 0)
        {
          hw_target_set_state (worker, HW_TARGET_GONE, NULL);
          g_list_store_remove (workers, i);
          return;
        }
    }
}

static void
add_worker (HwSession  *self,
            JsonObject *params)
{
  JsonObject *info = hw_json_object (params, "workerInfo");
  const char *id = hw_json_string (info, "workerId");
  g_autoptr(HwTarget) worker = NULL;
  GListStore *workers = hw_target_get_child_store (self->target);

  if (id == NULL || g_list_model_get_n_items (G_LIST_MODEL (workers)) >= 500)
    return;
  remove_worker (self, hw_json_string (params, "sessionId"));
  worker = hw_target_new_worker (self->target, id, hw_json_string (info, "title"), hw_json_string (info, "url"));
  g_object_set_data_full (G_OBJECT (worker), "heapwise-session", g_strdup (hw_json_string (params, "sessionId")), g_free);
  g_list_store_append (workers, worker);
}

static void
event_cb (HwChannel  *channel G_GNUC_UNUSED,
          const char *method,
          JsonNode   *node,
          HwSession  *self)
{
  JsonObject *params = json_node_get_object (node);
  const HwLiveRuntime *runtime = hw_target_get_runtime (self->target);
  g_autoptr(HwSession) alive = g_object_ref (self);
  g_autoptr(HwEvent) event = NULL;
  double id;

  if (g_str_equal (method, "NodeWorker.attachedToWorker"))
    add_worker (self, params);
  else if (g_str_equal (method, "NodeWorker.detachedFromWorker"))
    remove_worker (self, hw_json_string (params, "sessionId"));
  else if (g_str_equal (method, "NodeRuntime.waitingForDebugger"))
    hw_session_set_state (self, HW_SESSION_WAITING, _("It waits to be let run"));
  else if (g_str_equal (method, "NodeRuntime.waitingForDisconnect") ||
           (runtime->waits_at_exit && g_str_equal (method, "Runtime.executionContextDestroyed") &&
            hw_json_number (params, "executionContextId", &id) && id == 1))
    hw_session_note_exit (self);
  else if (g_str_equal (method, "Inspector.targetCrashed"))
    {
      g_autoptr(GError) reason = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED,
                                                      _("The page has crashed"));

      closed_cb (self->channel, reason, self);
    }
  else
    {
      event = runtime->read_event (method, params, self->run, g_get_real_time ());
      if (event != NULL)
        hw_session_emit_event (self, event);
    }
}

void
hw_session_tell_console (HwSession *self)
{
  const HwLiveRuntime *runtime = hw_target_get_runtime (self->target);

  if (self->channel == NULL)
    return;
  hw_channel_tell (self->channel,
                   self->wants_console || self->wants_gc ? runtime->enable_console : runtime->disable_console, NULL);
}

void
hw_session_tell_gc (HwSession *self)
{
  const HwLiveRuntime *runtime = hw_target_get_runtime (self->target);

  if (self->channel == NULL || runtime->dialect != HW_DIALECT_V8 ||
      hw_live_runtime_why_not (runtime, HW_FEATURE_GC_EVENTS) != NULL)
    return;
  if (self->wants_gc)
    {
      hw_channel_tell (self->channel, "Runtime.addBinding", hw_params_new ("name", 's', "__heapwise_gc", NULL));
      hw_channel_tell (self->channel, "Runtime.evaluate", hw_session_evaluate_params (self, hw_v8_gc_expression));
    }
  else
    {
      hw_channel_tell (self->channel, "Runtime.evaluate", hw_session_evaluate_params (self, hw_v8_gc_cleanup));
      hw_channel_tell (self->channel, "Runtime.removeBinding", hw_params_new ("name", 's', "__heapwise_gc", NULL));
    }
}

/* The first words to a target that has just been reached. */
static void
greet (HwSession *self)
{
  const HwLiveRuntime *runtime = hw_target_get_runtime (self->target);
  g_autoptr(GTask) opening = g_steal_pointer (&self->opening);
  g_autofree char *path = hw_target_dup_uri (self->target);

  g_signal_connect (self->channel, "event", G_CALLBACK (event_cb), self);
  g_signal_connect (self->channel, "closed", G_CALLBACK (closed_cb), self);
  self->is_exiting = FALSE;

  hw_session_set_state (self, HW_SESSION_READY, NULL);
  if (self->run_path == NULL)
    begin_run (self);
  else if (!g_str_equal (self->run_path, path))
    next_run (self);
  g_free (self->run_path);
  self->run_path = g_steal_pointer (&path);

  if (runtime->waits_at_exit)
    {
      hw_channel_tell (self->channel, "NodeRuntime.notifyWhenWaitingForDisconnect",
                       hw_params_new ("enabled", 'b', TRUE, NULL));
      hw_channel_tell (self->channel, "NodeRuntime.enable", NULL);
    }
  for (guint i = 0; runtime->enable[i] != NULL; i++)
    hw_channel_tell (self->channel, runtime->enable[i], NULL);
  if (self->wants_console || self->wants_gc)
    hw_session_tell_console (self);
  if (self->wants_gc)
    hw_session_tell_gc (self);
  if (hw_target_get_parent (self->target) == NULL && runtime->dialect == HW_DIALECT_V8 && runtime->waits_at_exit)
    {
      hw_channel_tell (self->channel, "NodeWorker.enable", hw_params_new ("waitForDebuggerOnStart", 'b', FALSE, NULL));
      g_object_set_data_full (G_OBJECT (self->target), "heapwise-channel", g_object_ref (self->channel), g_object_unref);
    }

  hw_session_start_ticking (self);
  if (opening != NULL)
    g_task_return_boolean (opening, TRUE);
}

static void
worker_seen_cb (HwChannel  *carrier,
                const char *method,
                JsonNode   *node,
                HwSession  *self)
{
  JsonObject *params = json_node_get_object (node);
  JsonObject *info = hw_json_object (params, "workerInfo");
  const char *session = hw_json_string (params, "sessionId");

  if (self->channel != NULL || !g_str_equal (method, "NodeWorker.attachedToWorker") || session == NULL ||
      *session == 0 ||
      g_strcmp0 (hw_json_string (info, "workerId"), hw_target_get_worker_id (self->target)) != 0)
    return;
  self->channel = hw_channel_new_session (carrier, session);
  greet (self);
}

static gboolean
worker_missing_cb (gpointer data)
{
  HwSession *self = data;
  g_autoptr(GError) error = NULL;

  if (self->carrier != NULL && self->channel == NULL && self->opening != NULL)
    {
      error = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED, _("The worker has ended"));
      fail_opening (self, error);
    }

  return G_SOURCE_REMOVE;
}

static void
workers_listed_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(HwSession) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);

  if (self->channel != NULL || self->carrier != HW_CHANNEL (object))
    return;
  /* Node announces its workers before the answer, Deno just after it. */
  if (error != NULL)
    fail_opening (self, error);
  else
    g_timeout_add_full (G_PRIORITY_DEFAULT, WORKER_GRACE, worker_missing_cb, g_object_ref (self), g_object_unref);
}

/* What a runtime that hides its name says of itself. */
static const char whoami[] =
  "typeof Bun!='undefined'?'bun':typeof Deno!='undefined'?'deno':"
  "typeof process!='undefined'&&process.versions?'node':'chromium'";

static void
found_out_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(HwSession) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);
  g_autofree char *id = answer != NULL ? hw_session_read_value (answer, &error) : NULL;
  const HwLiveRuntime *runtime = id != NULL ? hw_live_runtime_find (id) : NULL;

  if (self->channel != HW_CHANNEL (object))
    return;
  if (runtime == NULL)
    {
      if (error == NULL)
        g_set_error_literal (&error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL, _("It is no runtime we know"));
      fail_opening (self, error);
      return;
    }
  hw_target_set_runtime (self->target, runtime, NULL);
  greet (self);
}

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(HwSession) self = user_data;
  HwChannel *channel = HW_CHANNEL (object);
  g_autoptr(GError) error = NULL;

  if (!hw_channel_open_finish (channel, result, &error))
    {
      if (self->channel != channel && self->carrier != channel)
        return;
      if (self->opening != NULL)
        fail_opening (self, error);
      else
        {
          drop_channel (self);
          hw_session_set_state (self, HW_SESSION_LOST, error->message);
          schedule_retry (self);
        }
      return;
    }

  if (self->carrier == channel)
    {
      g_signal_connect (channel, "event", G_CALLBACK (worker_seen_cb), self);
      hw_channel_tell (channel, "NodeRuntime.notifyWhenWaitingForDisconnect",
                       hw_params_new ("enabled", 'b', TRUE, NULL));
      hw_channel_call_async (channel, "NodeWorker.enable", hw_params_new ("waitForDebuggerOnStart", 'b', FALSE, NULL),
                             WORKER_DEADLINE, self->cancellable, workers_listed_cb, g_object_ref (self));
    }
  else if (self->channel != channel)
    hw_channel_close (channel);
  else if (hw_target_get_runtime (self->target) == NULL)
    hw_channel_call_async (channel, "Runtime.evaluate",
                           hw_params_new ("expression", 's', whoami, "returnByValue", 'b', TRUE, NULL),
                           HW_CHANNEL_DEADLINE, self->cancellable, found_out_cb, g_object_ref (self));
  else
    greet (self);
}

static void
connect_target (HwSession *self)
{
  g_autofree char *uri = hw_target_dup_uri (self->target);
  g_autofree char *host = hw_target_dup_host (self->target);
  HwTarget *parent = hw_target_get_parent (self->target);
  /* Deno's workers take one inspector only, so that an attached program's own connection is used. */
  HwChannel *parent_channel = parent != NULL ? g_object_get_data (G_OBJECT (parent), "heapwise-channel") : NULL;
  const char *session_id = g_object_get_data (G_OBJECT (self->target), "heapwise-session");
  HwChannel *channel;

  if (parent_channel != NULL && hw_channel_get_is_open (parent_channel) && session_id != NULL)
    {
      self->channel = hw_channel_new_session (parent_channel, session_id);
      greet (self);
      return;
    }
  if (uri == NULL)
    {
      g_autoptr(GError) error = NULL;
      const char *reason = hw_target_get_reason (self->target);

      error = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED,
                                   reason != NULL ? reason
                                   : hw_target_get_kind (self->target) == HW_TARGET_BROWSER
                                     ? _("Choose one of the browser's pages") : _("Its inspector is not open"));
      fail_opening (self, error);
      return;
    }
  channel = hw_channel_new (uri, host);
  if (hw_target_get_worker_id (self->target) != NULL)
    self->carrier = channel;
  else
    self->channel = channel;
  hw_session_set_state (self, HW_SESSION_CONNECTING, NULL);
  hw_channel_open_async (channel, self->cancellable, connected_cb, g_object_ref (self));
}

static void
found_again_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(HwSession) self = user_data;

  if (self->state != HW_SESSION_LOST || self->retry_timer != 0)
    return;
  if (hw_target_resolve_finish (HW_TARGET (object), result, NULL) &&
      hw_target_get_state (self->target) == HW_TARGET_READY)
    connect_target (self);
  else
    schedule_retry (self);
}

static gboolean
retry_cb (gpointer data)
{
  HwSession *self = data;

  self->retry_timer = 0;
  hw_target_resolve_async (self->target, RETRY_DEADLINE, self->cancellable, found_again_cb, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
schedule_retry (HwSession *self)
{
  if (self->retry_timer == 0)
    self->retry_timer = g_timeout_add (RETRY_TICK, retry_cb, self);
}

/**
 * hw_session_open_async:
 * @self: a session that is closed
 * @cancellable: (nullable): gives up
 * @callback: (scope async): called when attached
 * @user_data: data for @callback
 *
 * Attaches to the target. The target notices: Node and Deno print a line.
 */
void
hw_session_open_async (HwSession           *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_return_if_fail (HW_IS_SESSION (self));
  g_return_if_fail (self->opening == NULL && self->channel == NULL);

  g_clear_handle_id (&self->retry_timer, g_source_remove);
  self->opening = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->opening, hw_session_open_async);
  connect_target (self);
}

/**
 * hw_session_open_finish:
 * @self: a session
 * @result: the result handed to the callback
 * @error: return location
 *
 * Returns: whether the target is attached to
 */
gboolean
hw_session_open_finish (HwSession     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hw_session_close:
 * @self: a session
 *
 * Leaves the target as it was found, and looks for it no longer. Everything asked of it fails.
 */
void
hw_session_close (HwSession *self)
{
  g_autoptr(HwSession) alive = NULL;
  g_autoptr(GError) reason = NULL;

  g_return_if_fail (HW_IS_SESSION (self));

  alive = g_object_ref (self);
  g_clear_handle_id (&self->retry_timer, g_source_remove);
  hw_session_stop_ticking (self);
  if (self->wants_gc)
    {
      self->wants_gc = FALSE;
      hw_session_tell_gc (self);
    }
  if (self->channel != NULL && hw_target_get_runtime (self->target) != NULL &&
      hw_target_get_runtime (self->target)->dialect == HW_DIALECT_V8)
    hw_channel_tell (self->channel, "Runtime.releaseObjectGroup", hw_params_new ("objectGroup", 's', "heapwise", NULL));
  if (self->opening != NULL)
    {
      reason = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The connection was closed"));
      fail_opening (self, reason);
    }
  drop_channel (self);
  if (self->target != NULL)
    g_list_store_remove_all (hw_target_get_child_store (self->target));
  hw_session_set_state (self, HW_SESSION_CLOSED, NULL);
}
