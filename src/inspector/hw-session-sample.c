/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ticks: one expression (or the browser's counters) a tick, then the person's watches in one further
 * expression if there are any, then the operating system's view on a worker thread.
 *
 * A tick that is not answered is not asked again: the target says "busy" until it answers, and its next
 * sample shows the delay.
 */
#include "config.h"

#include "inspector/hw-session-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Milliseconds without an answer after which a target counts as busy. */
#define BUSY_AFTER 2000

/* Milliseconds that one watch may take three times in a row, on a machine that may be busy; and at most. */
#define WATCH_LIMIT 50
#define WATCH_MOST  1000

typedef struct
{
  HwSample *sample;
  gint64    asked;       /* monotonic µs */
  guint     n_pending;   /* questions without an answer */
  guint     n_answered;
  GSource  *busy;        /* until the first answer */
  GError   *error;
} Tick;

static void
tick_free (gpointer data)
{
  Tick *tick = data;

  if (tick->busy != NULL)
    g_source_destroy (tick->busy);
  g_clear_pointer (&tick->busy, g_source_unref);
  g_clear_error (&tick->error);
  hw_sample_unref (tick->sample);
  g_free (tick);
}

/* A watch becomes one function in an array, none of which can throw; a number or the words of what it threw. */
static char *
make_watch_expression (HwSession *self)
{
  GString *text = g_string_new ("(()=>{const o=[],N=globalThis.performance?()=>performance.now():()=>Date.now(),"
                                "W=(i,f)=>{const t=N();let v,e;try{v=(0,eval)(f);if(typeof v=='bigint')v=Number(v);"
                                "if(typeof v=='boolean')v=+v;if(typeof v!='number')"
                                "e='not a number but '+(v===null?'null':typeof v)}"
                                "catch(x){try{e=String(x)}catch{e='?'}}"
                                "o.push([i,e===undefined?v:null,N()-t,e===undefined?null:e.slice(0,200)])};");
  gboolean is_any = FALSE;

  for (guint i = 0; i < self->watches->len; i++)
    {
      HwWatch *watch = self->watches->pdata[i];

      if (watch->suspension == NULL)
        {
          g_autoptr(JsonNode) node = json_node_init_string (json_node_alloc (), watch->expression);
          g_autofree char *quoted = json_to_string (node, FALSE);

          g_string_append_printf (text, "W(%u,%s);", i, quoted);
          is_any = TRUE;
        }
    }
  g_string_append (text, "return JSON.stringify(o)})()");

  return g_string_free (text, !is_any);
}

static void
suspend_watch (HwWatch    *watch,
               const char *why)
{
  g_free (watch->suspension);
  watch->suspension = g_utf8_make_valid (why, -1);
}

static void
take_watch (HwSession *self,
            JsonNode  *node,
            HwSample  *sample)
{
  JsonArray *row = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonNode *words;
  HwWatch *watch;
  double value = NAN, took;
  gint64 i;

  if (row == NULL || json_array_get_length (row) != 4)
    return;
  i = json_array_get_int_element (row, 0);
  if (i < 0 || i >= self->watches->len)
    return;
  watch = self->watches->pdata[i];
  words = json_array_get_element (row, 3);
  took = json_array_get_double_element (row, 2);

  watch->n_slow = took > WATCH_LIMIT ? watch->n_slow + 1 : 0;
  if (JSON_NODE_HOLDS_VALUE (words) && json_node_get_string (words) != NULL)
    suspend_watch (watch, json_node_get_string (words));
  else if (took > WATCH_MOST || watch->n_slow >= 3)
    {
      g_autofree char *why = g_strdup_printf (_("It held the program up for %.0f ms"), took);

      suspend_watch (watch, why);
      value = json_array_get_double_element (row, 1);
    }
  else if (JSON_NODE_HOLDS_VALUE (json_array_get_element (row, 1)))
    value = json_array_get_double_element (row, 1);
  hw_sample_add_watch (sample, watch->name, value, watch->suspension);
}

static void
read_loop (HwSession  *self,
           JsonObject *answer,
           HwSample   *sample)
{
  JsonObject *loop = hw_json_object (answer, "elu");
  double idle, active, since;

  if (!hw_json_number (loop, "idle", &idle) || !hw_json_number (loop, "active", &active) || idle + active <= 0)
    return;
  since = idle + active - self->ticker.idle - self->ticker.active;
  if (since > 0 && active >= self->ticker.active)
    hw_sample_set (sample, HW_METRIC_EVENT_LOOP_UTILIZATION, (active - self->ticker.active) / since);
  self->ticker.idle = idle;
  self->ticker.active = active;
}

static void
measure_thread (GTask        *task,
                gpointer      source_object G_GNUC_UNUSED,
                gpointer      task_data,
                GCancellable *cancellable G_GNUC_UNUSED)
{
  hw_process_measure (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (task), "pid")), task_data);
  g_task_return_boolean (task, TRUE);
}

static void
finish_tick (GTask *task)
{
  Tick *tick = g_task_get_task_data (task);

  if (tick->n_answered == 0 && tick->error != NULL)
    g_task_return_error (task, g_steal_pointer (&tick->error));
  else
    g_task_return_pointer (task, hw_sample_ref (tick->sample), (GDestroyNotify) hw_sample_unref);
  g_object_unref (task);
}

static void
measured_cb (GObject      *object G_GNUC_UNUSED,
             GAsyncResult *result G_GNUC_UNUSED,
             gpointer      user_data)
{
  finish_tick (user_data);
}

/* Everything the target says is there; now what the system says of it. */
static void
measure_process (GTask *task)
{
  HwSession *self = g_task_get_source_object (task);
  Tick *tick = g_task_get_task_data (task);
  g_autoptr(GTask) measuring = NULL;
  int pid = hw_target_get_pid (self->target);

  if (pid == 0 || tick->n_answered == 0)
    {
      finish_tick (task);
      return;
    }
  measuring = g_task_new (NULL, NULL, measured_cb, task);
  g_object_set_data (G_OBJECT (measuring), "pid", GINT_TO_POINTER (pid));
  g_task_set_task_data (measuring, hw_sample_ref (tick->sample), (GDestroyNotify) hw_sample_unref);
  g_task_run_in_thread (measuring, measure_thread);
}

static void
watched_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *task = user_data;
  HwSession *self = g_task_get_source_object (task);
  Tick *tick = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);
  g_autofree char *text = answer != NULL ? hw_session_read_value (answer, &error) : NULL;
  g_autoptr(JsonNode) rows = text != NULL ? json_from_string (text, NULL) : NULL;

  if (rows != NULL && JSON_NODE_HOLDS_ARRAY (rows))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (rows)); i++)
      take_watch (self, json_array_get_element (json_node_get_array (rows), i), tick->sample);
  else if (g_error_matches (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TIMEOUT))
    for (guint i = 0; i < self->watches->len; i++)
      suspend_watch (self->watches->pdata[i], _("The program did not answer while it was evaluated"));
  measure_process (task);
}

static void
answered_all (GTask *task)
{
  HwSession *self = g_task_get_source_object (task);
  Tick *tick = g_task_get_task_data (task);
  g_autofree char *expression = tick->n_answered > 0 ? make_watch_expression (self) : NULL;

  if (expression == NULL || self->channel == NULL)
    measure_process (task);
  else
    hw_channel_call_async (self->channel, "Runtime.evaluate", hw_session_evaluate_params (self, expression),
                           HW_CHANNEL_DEADLINE, self->cancellable, watched_cb, task);
}

static void
take_tick_answer (GTask      *task,
                  const char *method,
                  JsonObject *object)
{
  HwSession *self = g_task_get_source_object (task);
  Tick *tick = g_task_get_task_data (task);
  double pid;

  if (tick->n_answered++ == 0)
    hw_sample_set (tick->sample, HW_METRIC_EVENT_LOOP_DELAY, (double) (g_get_monotonic_time () - tick->asked));
  hw_target_get_runtime (self->target)->read (method, object, tick->sample);
  if (method == NULL)
    {
      read_loop (self, object, tick->sample);
      if (hw_json_number (object, "pid", &pid) && pid > 0 && pid < G_MAXINT)
        hw_session_note_pid (self, (int) pid);
    }
}

typedef struct
{
  GTask      *task;
  const char *method;   /* NULL: the expression */
} Question;

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Question *question = user_data;
  GTask *task = question->task;
  const char *method = question->method;
  g_autoptr(HwSession) self = g_object_ref (g_task_get_source_object (task));
  Tick *tick = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);
  gboolean is_over;

  g_free (question);
  if (tick->busy != NULL)
    {
      g_source_destroy (tick->busy);
      g_clear_pointer (&tick->busy, g_source_unref);
    }
  if (answer != NULL && method != NULL)
    take_tick_answer (task, method, json_node_get_object (answer));
  else if (answer != NULL)
    {
      g_autofree char *text = hw_session_read_value (answer, &error);
      g_autoptr(JsonNode) inner = text != NULL ? json_from_string (text, NULL) : NULL;

      if (inner != NULL && JSON_NODE_HOLDS_OBJECT (inner))
        take_tick_answer (task, NULL, json_node_get_object (inner));
      else if (error == NULL)
        g_set_error_literal (&error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL, "A sample is no JSON");
    }
  /* All that Deno says when it waits for us at its end. */
  is_over = error != NULL && strstr (error->message, "Cannot find context") != NULL &&
            hw_target_get_runtime (self->target)->waits_at_exit;
  if (error != NULL && tick->error == NULL)
    tick->error = g_steal_pointer (&error);
  if (--tick->n_pending == 0)
    answered_all (task);
  if (is_over)
    hw_session_note_exit (self);
}

static gboolean
busy_cb (gpointer data)
{
  HwSession *self = data;

  if (self->state == HW_SESSION_READY)
    hw_session_set_state (self, HW_SESSION_BUSY, _("It does not answer: busy, paused by another tool, or waiting for the "
                                                   "system"));

  return G_SOURCE_REMOVE;
}

static void
ask (GTask      *task,
     const char *method,
     JsonNode   *params)
{
  HwSession *self = g_task_get_source_object (task);
  Tick *tick = g_task_get_task_data (task);
  Question *question = g_new0 (Question, 1);

  question->task = task;
  question->method = params != NULL ? NULL : method;
  tick->n_pending++;
  hw_channel_call_async (self->channel, method, params, 0, self->cancellable, answered_cb, question);
}

/**
 * hw_session_sample_async:
 * @self: an attached session
 * @cancellable: (nullable): unused while the target is asked
 * @callback: (scope async): called with the sample
 * @user_data: data for @callback
 *
 * Measures once, besides the ticks. Waits as long as the target does not answer; closing the session ends it.
 */
void
hw_session_sample_async (HwSession           *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task;
  Tick *tick;
  const HwLiveRuntime *runtime;

  g_return_if_fail (HW_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_session_sample_async);
  runtime = hw_target_get_runtime (self->target);
  if (self->channel == NULL || !hw_channel_get_is_open (self->channel) || runtime == NULL)
    {
      g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED, _("There is no connection"));
      g_object_unref (task);
      return;
    }

  tick = g_new0 (Tick, 1);
  tick->asked = g_get_monotonic_time ();
  tick->sample = hw_sample_new (g_get_real_time (), tick->asked, self->run);
  tick->busy = g_timeout_source_new (BUSY_AFTER);
  g_source_set_callback (tick->busy, busy_cb, self, NULL);
  g_source_attach (tick->busy, g_task_get_context (task));
  g_task_set_task_data (task, tick, tick_free);

  /* One too many, so that an answer at once does not end the tick while it is still being asked. */
  tick->n_pending = 1;
  if (runtime->expression != NULL)
    ask (task, "Runtime.evaluate", hw_session_evaluate_params (self, runtime->expression));
  for (guint i = 0; runtime->methods != NULL && runtime->methods[i] != NULL; i++)
    ask (task, runtime->methods[i], NULL);
  if (--tick->n_pending == 0)
    answered_all (task);
}

/**
 * hw_session_sample_finish:
 * @self: a session
 * @result: the result handed to the callback
 * @error: return location
 *
 * Returns: (transfer full): what was measured
 */
HwSample *
hw_session_sample_finish (HwSession     *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
ticked_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data G_GNUC_UNUSED)
{
  HwSession *self = HW_SESSION (object);
  g_autoptr(HwSample) sample = hw_session_sample_finish (self, result, NULL);

  self->ticker.is_ticking = FALSE;
  if (sample == NULL)
    return;
  if (self->state == HW_SESSION_BUSY)
    hw_session_set_state (self, HW_SESSION_READY, NULL);
  hw_session_emit_sample (self, sample);
}

static gboolean
tick_cb (gpointer data)
{
  HwSession *self = data;

  if (!self->ticker.is_ticking && self->channel != NULL && hw_channel_get_is_open (self->channel))
    {
      self->ticker.is_ticking = TRUE;
      hw_session_sample_async (self, NULL, ticked_cb, NULL);
    }

  return G_SOURCE_CONTINUE;
}

void
hw_session_stop_ticking (HwSession *self)
{
  g_clear_handle_id (&self->ticker.timer, g_source_remove);
}

void
hw_session_start_ticking (HwSession *self)
{
  hw_session_stop_ticking (self);
  self->ticker.idle = self->ticker.active = NAN;
  if (self->ticker.interval == 0 || self->channel == NULL)
    return;
  self->ticker.timer = g_timeout_add (self->ticker.interval, tick_cb, self);
  tick_cb (self);
}

/**
 * hw_session_set_interval:
 * @self: a session
 * @milliseconds: from %HW_SESSION_MIN_INTERVAL to %HW_SESSION_MAX_INTERVAL, or 0 not to watch
 *
 * Sets how often the target is measured.
 */
void
hw_session_set_interval (HwSession *self,
                         guint      milliseconds)
{
  g_return_if_fail (HW_IS_SESSION (self));

  if (milliseconds != 0)
    milliseconds = CLAMP (milliseconds, HW_SESSION_MIN_INTERVAL, HW_SESSION_MAX_INTERVAL);
  if (self->ticker.interval == milliseconds)
    return;
  self->ticker.interval = milliseconds;
  hw_session_start_ticking (self);
}

static HwWatch *
find_watch (HwSession  *self,
            const char *name,
            guint      *position)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      HwWatch *watch = self->watches->pdata[i];

      if (g_str_equal (watch->name, name))
        {
          if (position != NULL)
            *position = i;
          return watch;
        }
    }

  return NULL;
}

/**
 * hw_session_add_watch:
 * @self: a session
 * @name: what to call it; a watch of that name is replaced
 * @expression: JavaScript that gives a number, such as `cache.size`
 *
 * Evaluates an expression with every sample. One that throws, gives no number or takes long is suspended:
 * see [method@Session.get_watch_suspension].
 *
 * Returns: whether there was room for it
 */
gboolean
hw_session_add_watch (HwSession  *self,
                      const char *name,
                      const char *expression)
{
  HwWatch *watch;

  g_return_val_if_fail (HW_IS_SESSION (self), FALSE);
  g_return_val_if_fail (name != NULL && expression != NULL, FALSE);

  hw_session_remove_watch (self, name);
  if (self->watches->len >= HW_SAMPLE_MAX_WATCHES)
    return FALSE;
  watch = g_new0 (HwWatch, 1);
  watch->name = g_strdup (name);
  watch->expression = g_utf8_make_valid (expression, -1);
  g_ptr_array_add (self->watches, watch);

  return TRUE;
}

/**
 * hw_session_remove_watch:
 * @self: a session
 * @name: the watch
 *
 * Evaluates it no longer.
 */
void
hw_session_remove_watch (HwSession  *self,
                         const char *name)
{
  guint position;

  g_return_if_fail (HW_IS_SESSION (self));

  if (find_watch (self, name, &position) != NULL)
    g_ptr_array_remove_index (self->watches, position);
}

/**
 * hw_session_get_watch_suspension:
 * @self: a session
 * @name: the watch
 *
 * Returns: (nullable): why it is no longer evaluated: what it threw, or that it took too long
 */
const char *
hw_session_get_watch_suspension (HwSession  *self,
                                 const char *name)
{
  HwWatch *watch;

  g_return_val_if_fail (HW_IS_SESSION (self), NULL);

  watch = find_watch (self, name, NULL);

  return watch != NULL ? watch->suspension : NULL;
}

/**
 * hw_session_resume_watch:
 * @self: a session
 * @name: the watch
 *
 * Evaluates a suspended watch again.
 */
void
hw_session_resume_watch (HwSession  *self,
                         const char *name)
{
  HwWatch *watch;

  g_return_if_fail (HW_IS_SESSION (self));

  watch = find_watch (self, name, NULL);
  if (watch != NULL)
    {
      g_clear_pointer (&watch->suspension, g_free);
      watch->n_slow = 0;
    }
}
