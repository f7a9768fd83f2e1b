/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether objects of two snapshots can be told apart by their ids.
 *
 * V8 forgets its ids whenever any inspector leaves, and then numbers anew, often nearly the same: comparing
 * would give nonsense that looks right. One object of ours is kept in the target; while its id stays, all
 * ids stay. Snapshots with the same epoch are comparable; an epoch is a number that this program never uses
 * twice.
 */
#include "config.h"

#include "inspector/hw-session-private.h"

/* Milliseconds: a target that has just built a snapshot may be slow. */
#define IDS_DEADLINE 30000

guint
hw_session_new_epoch (void)
{
  static guint last;

  return ++last;
}

static void
id_cb (GObject      *object,
       GAsyncResult *result,
       gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  HwSession *self = g_task_get_source_object (task);
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, NULL);
  const char *id = answer != NULL ? hw_json_string (json_node_get_object (answer), "heapSnapshotObjectId") : NULL;

  /* "0": it has no id, because none were given since they were forgotten. */
  if (id == NULL || (self->sentinel_id != NULL && !g_str_equal (id, self->sentinel_id)))
    {
      self->epoch = hw_session_new_epoch ();
      g_clear_pointer (&self->sentinel_id, g_free);
    }
  if (id != NULL && !g_str_equal (id, "0") && self->sentinel_id == NULL)
    self->sentinel_id = g_strdup (id);
  g_task_return_int (task, (gssize) self->epoch);
}

static void
ask_id (GTask *task)
{
  HwSession *self = g_task_get_source_object (task);

  hw_channel_call_async (self->channel, "HeapProfiler.getHeapObjectId",
                         hw_params_new ("objectId", 's', self->sentinel, NULL), IDS_DEADLINE, self->cancellable, id_cb,
                         task);
}

static void
placed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  HwSession *self = g_task_get_source_object (task);
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, NULL);
  const char *handle = answer != NULL ? hw_json_string (hw_json_object (json_node_get_object (answer), "result"),
                                                        "objectId") : NULL;

  if (handle == NULL || self->channel != HW_CHANNEL (object))
    {
      self->epoch = hw_session_new_epoch ();
      g_task_return_int (task, (gssize) self->epoch);
      g_object_unref (task);
      return;
    }
  self->sentinel = g_strdup (handle);
  ask_id (task);
}

/* Looks at the object of ours, which is put there first; gives the epoch. */
void
hw_session_check_ids_async (HwSession           *self,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, hw_session_check_ids_async);
  if (self->channel == NULL || hw_target_get_runtime (self->target)->dialect != HW_DIALECT_V8 ||
      self->state == HW_SESSION_BUSY)
    {
      g_task_return_int (task, (gssize) self->epoch);
      g_object_unref (task);
    }
  else if (self->sentinel == NULL)
    hw_channel_call_async (self->channel, "Runtime.evaluate",
                           hw_params_new ("expression", 's', "({})", "objectGroup", 's', "heapwise-sentinel",
                                          "silent", 'b', TRUE, NULL),
                           IDS_DEADLINE, self->cancellable, placed_cb, task);
  else
    ask_id (task);
}

guint
hw_session_check_ids_finish (HwSession    *self G_GNUC_UNUSED,
                             GAsyncResult *result)
{
  return (guint) g_task_propagate_int (G_TASK (result), NULL);
}
