/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening the inspector of a process that runs without one.
 */
#include "config.h"

#include "inspector/hw-target-private.h"

#include <glib/gi18n-lib.h>

/* How long a switched-on inspector may take to listen, and how often that is looked at: milliseconds. */
#define SWITCH_ON_LIMIT 3000
#define SWITCH_ON_TICK  100

/**
 * hw_target_explain_switch_on:
 * @self: a target that is %HW_TARGET_SWITCHED_OFF
 *
 * Returns: what switching on would do, for a person to agree to, translated
 */
const char *
hw_target_explain_switch_on (HwTarget *self G_GNUC_UNUSED)
{
  return _("The process gets the signal SIGUSR1. It then opens its inspector on this machine, where any program of "
           "yours can run code in it until it ends. If the program handles the signal itself, its own handler runs "
           "instead and the inspector stays closed.");
}

typedef struct
{
  GArray *before;      /* ports it listened on */
  gint64  end;         /* monotonic µs */
} SwitchOn;

static void
switch_on_free (gpointer data)
{
  SwitchOn *job = data;

  g_array_unref (job->before);
  g_free (job);
}

static void
switched_on_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (hw_target_resolve_finish (HW_TARGET (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean
has_port (GArray  *ports,
          guint16  port)
{
  for (guint i = 0; i < ports->len; i++)
    if (g_array_index (ports, guint16, i) == port)
      return TRUE;

  return FALSE;
}

static gboolean
look_for_port_cb (gpointer user_data)
{
  GTask *task = user_data;
  HwTarget *self = g_task_get_source_object (task);
  SwitchOn *job = g_task_get_task_data (task);
  g_autoptr(GArray) ports = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  ports = hw_process_listening (hw_target_get_pid (self));
  for (guint i = 0; i < ports->len; i++)
    if (!has_port (job->before, g_array_index (ports, guint16, i)))
      {
        g_autoptr(HwAddress) address = hw_address_new ("127.0.0.1", g_array_index (ports, guint16, i));

        hw_target_set_address (self, address);
        hw_target_resolve_async (self, SWITCH_ON_LIMIT, g_task_get_cancellable (task), switched_on_cb,
                                 g_object_ref (task));
        return G_SOURCE_REMOVE;
      }
  if (g_get_monotonic_time () < job->end)
    return G_SOURCE_CONTINUE;

  g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_REFUSED,
                           _("The process did not open its inspector. Its port may be taken, the program may handle "
                             "the signal itself, or it was started with --permission."));

  return G_SOURCE_REMOVE;
}

/**
 * hw_target_switch_on_async:
 * @self: a target that is %HW_TARGET_SWITCHED_OFF
 * @cancellable: (nullable): stops waiting; the signal was sent then
 * @callback: (scope async): called when its inspector answers
 * @user_data: data for @callback
 *
 * Opens the inspector of a running process by SIGUSR1. A person must have agreed: see
 * [method@Target.explain_switch_on].
 */
void
hw_target_switch_on_async (HwTarget            *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GSource) source = NULL;
  g_autoptr(GError) error = NULL;
  const char *reason;
  SwitchOn *job;

  g_return_if_fail (HW_IS_TARGET (self));

  reason = hw_target_get_reason (self);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_target_switch_on_async);
  job = g_new0 (SwitchOn, 1);
  job->before = hw_process_listening (hw_target_get_pid (self));
  job->end = g_get_monotonic_time () + SWITCH_ON_LIMIT * 1000;
  g_task_set_task_data (task, job, switch_on_free);
  if (hw_target_get_state (self) != HW_TARGET_SWITCHED_OFF || hw_target_get_pid (self) == 0)
    {
      g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED,
                               "%s", reason != NULL ? reason : _("Its inspector is open"));
      return;
    }
  if (!hw_process_switch_on (hw_target_get_pid (self), &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  source = g_timeout_source_new (SWITCH_ON_TICK);
  g_source_set_callback (source, look_for_port_cb, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

/**
 * hw_target_switch_on_finish:
 * @self: a target
 * @result: the result handed to the callback
 * @error: return location
 *
 * Returns: whether its inspector answers now
 */
gboolean
hw_target_switch_on_finish (HwTarget      *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
