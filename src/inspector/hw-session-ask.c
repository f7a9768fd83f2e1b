/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions of a person to a target: an expression, a garbage collection.
 */
#include "config.h"

#include "inspector/hw-session-private.h"

#include <glib/gi18n-lib.h>

/* Milliseconds that a garbage collection may take. */
#define COLLECT_DEADLINE 60000

/* An expression of our own: nothing is kept alive by it, and nothing of it is reported elsewhere. */
JsonNode *
hw_session_evaluate_params (HwSession  *self,
                            const char *expression)
{
  const HwLiveRuntime *runtime = hw_target_get_runtime (self->target);

  if (runtime->dialect == HW_DIALECT_WEBKIT)
    return hw_params_new ("expression", 's', expression, "returnByValue", 'b', TRUE,
                          "includeCommandLineAPI", 'b', TRUE, NULL);

  return hw_params_new ("expression", 's', expression, "returnByValue", 'b', TRUE,
                        "includeCommandLineAPI", 'b', TRUE, "silent", 'b', TRUE,
                        "objectGroup", 's', "heapwise", NULL);
}

static char *
describe (JsonObject *value)
{
  const char *text = hw_json_string (value, "value");
  JsonNode *node;

  if (text != NULL)
    return g_strdup (text);
  node = value != NULL ? json_object_get_member (value, "value") : NULL;
  if (node != NULL)
    return json_to_string (node, FALSE);
  text = hw_json_string (value, "unserializableValue");
  if (text == NULL)
    text = hw_json_string (value, "description");
  if (text == NULL)
    text = hw_json_string (value, "type");

  return g_strdup (text != NULL ? text : "");
}

/* The value of an evaluation as text: a string as it is, anything else as JSON or in the target's words. */
char *
hw_session_read_value (JsonNode  *answer,
                       GError   **error)
{
  JsonObject *object = json_node_get_object (answer);
  JsonObject *value = hw_json_object (object, "result");
  JsonObject *details = hw_json_object (object, "exceptionDetails");

  if (details != NULL || json_object_get_boolean_member_with_default (object, "wasThrown", FALSE))
    {
      JsonObject *exception = hw_json_object (details, "exception");
      g_autofree char *words = describe (exception != NULL ? exception : value);

      g_set_error_literal (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_REMOTE,
                           *words != 0 ? words : _("The expression threw"));
      return NULL;
    }

  return describe (value);
}

static void
evaluated_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);
  char *text = answer != NULL ? hw_session_read_value (answer, &error) : NULL;

  if (text != NULL)
    g_task_return_pointer (task, text, g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * hw_session_evaluate_async:
 * @self: an attached session
 * @expression: JavaScript, which may do anything the program may
 * @milliseconds: the deadline, or 0 for none
 * @cancellable: (nullable): stops waiting; what was begun goes on
 * @callback: (scope async): called with the value
 * @user_data: data for @callback
 *
 * Evaluates a line in the target.
 */
void
hw_session_evaluate_async (HwSession           *self,
                           const char          *expression,
                           guint                milliseconds,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  JsonNode *params;

  g_return_if_fail (HW_IS_SESSION (self));
  g_return_if_fail (expression != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_session_evaluate_async);
  if (self->channel == NULL || hw_target_get_runtime (self->target) == NULL)
    {
      g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED, _("There is no connection"));
      return;
    }
  /* By value, so that no handle keeps what was asked for alive. What has no value is described. */
  params = hw_session_evaluate_params (self, expression);
  hw_channel_call_async (self->channel, "Runtime.evaluate", params, milliseconds, cancellable, evaluated_cb,
                         g_steal_pointer (&task));
}

/**
 * hw_session_evaluate_finish:
 * @self: a session
 * @result: the result handed to the callback
 * @error: return location
 *
 * Fails with %HW_INSPECTOR_ERROR_REMOTE and the target's words when the expression threw.
 *
 * Returns: (transfer full): the value as text
 */
char *
hw_session_evaluate_finish (HwSession     *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
collected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);

  if (answer != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * hw_session_collect_garbage_async:
 * @self: an attached session
 * @cancellable: (nullable): stops waiting
 * @callback: (scope async): called when garbage is collected
 * @user_data: data for @callback
 *
 * Collects garbage in the target, which stands still meanwhile.
 */
void
hw_session_collect_garbage_async (HwSession           *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  const HwLiveRuntime *runtime;

  g_return_if_fail (HW_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_session_collect_garbage_async);
  runtime = hw_target_get_runtime (self->target);
  if (self->channel == NULL || runtime == NULL)
    g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED, _("There is no connection"));
  else
    hw_channel_call_async (self->channel, runtime->collect, NULL, COLLECT_DEADLINE, cancellable, collected_cb,
                           g_steal_pointer (&task));
}

/**
 * hw_session_collect_garbage_finish:
 * @self: a session
 * @result: the result handed to the callback
 * @error: return location
 *
 * Returns: whether garbage was collected
 */
gboolean
hw_session_collect_garbage_finish (HwSession     *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
