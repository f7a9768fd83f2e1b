/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-channel-private.h"

#include <stdarg.h>

/**
 * HwChannel:
 *
 * Questions and answers with one target, and what it tells unasked.
 *
 * Every question has a deadline, because a target can be open and yet not answer: busy, paused by someone,
 * in a native call, or crashed. When the connection ends, every open question fails, then
 * [signal@Channel::closed] comes, once.
 *
 * A worker of Node or Deno is a session inside its parent's connection: a channel of its own, made by
 * [ctor@Channel.new_session].
 *
 * Belongs to the thread and main context that it was made in.
 */
struct _HwChannel
{
  GObject     parent_instance;

  HwWire     *wire;        /* owned by a connection's own channel, shared with its sessions' */
  HwChannel  *parent;      /* owned; NULL for a connection's own */
  char       *session;     /* "" for a connection's own */
  GHashTable *sessions;    /* session → HwChannel, not owned; of a connection's own */
  GTask      *opening;     /* while it opens */
  GHashTable *pending;     /* id → GTask */
  gint64      last_id;
  gboolean    is_open;
  gboolean    is_closed;
};

enum
{
  SIGNAL_EVENT,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwChannel, hw_channel, G_TYPE_OBJECT)

typedef struct
{
  gint64   id;
  char    *method;
  GSource *timeout;        /* nullable */
  GSource *cancel;         /* nullable */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  if (call->timeout != NULL)
    g_source_destroy (call->timeout);
  g_clear_pointer (&call->timeout, g_source_unref);
  if (call->cancel != NULL)
    g_source_destroy (call->cancel);
  g_clear_pointer (&call->cancel, g_source_unref);
  g_free (call->method);
  g_free (call);
}

/* The open question with this id, no longer open; NULL when it is not, or no longer, asked. */
static GTask *
take_pending (HwChannel *self,
              gint64     id)
{
  gpointer task = NULL, key = NULL;

  if (!g_hash_table_steal_extended (self->pending, &id, &key, &task))
    return NULL;
  g_free (key);

  return task;
}

static void
became_closed (HwChannel    *self,
               const GError *reason)
{
  g_autoptr(HwChannel) alive = g_object_ref (self);
  g_autoptr(GPtrArray) tasks = NULL;
  GHashTableIter iter;
  gpointer key, value;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  self->is_open = FALSE;

  if (self->sessions != NULL)
    {
      g_autoptr(GPtrArray) sessions = g_hash_table_get_values_as_ptr_array (self->sessions);

      g_ptr_array_set_free_func (sessions, g_object_unref);
      for (guint i = 0; i < sessions->len; i++)
        g_object_ref (sessions->pdata[i]);
      for (guint i = 0; i < sessions->len; i++)
        became_closed (sessions->pdata[i], reason);
    }

  if (self->opening != NULL)
    {
      g_autoptr(GTask) opening = g_steal_pointer (&self->opening);

      g_task_return_error (opening, g_error_copy (reason));
    }

  tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_ptr_array_add (tasks, value);
      g_hash_table_iter_steal (&iter);
      g_free (key);
    }
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_error (tasks->pdata[i], g_error_copy (reason));

  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, reason);
}

static void
opened_cb (gpointer owner)
{
  HwChannel *self = owner;
  g_autoptr(GTask) opening = g_steal_pointer (&self->opening);

  self->is_open = TRUE;
  if (opening != NULL)
    g_task_return_boolean (opening, TRUE);
}

static HwChannel *
find_session (HwChannel  *self,
              const char *session)
{
  return *session == 0 ? self : g_hash_table_lookup (self->sessions, session);
}

/* The words of an error that a target answered with. */
static GError *
remote_error (JsonObject *object,
              const char *method)
{
  JsonNode *node = json_object_get_member (object, "error");
  JsonObject *error = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *message = error != NULL ? json_object_get_string_member_with_default (error, "message", NULL) : NULL;
  gint64 code = error != NULL ? json_object_get_int_member_with_default (error, "code", 0) : 0;

  return g_error_new (HW_INSPECTOR_ERROR,
                      code == -32601 ? HW_INSPECTOR_ERROR_NOT_SUPPORTED : HW_INSPECTOR_ERROR_REMOTE,
                      "%s: %s", method, message != NULL ? message : "error");
}

static void
take_answer (HwChannel  *self,
             JsonObject *object)
{
  JsonNode *id = json_object_get_member (object, "id");
  g_autoptr(GTask) task = NULL;
  JsonNode *result;

  if (id == NULL || !JSON_NODE_HOLDS_VALUE (id))
    return;
  task = take_pending (self, json_node_get_int (id));
  if (task == NULL)
    return;

  result = json_object_get_member (object, "result");
  if (json_object_has_member (object, "error"))
    g_task_return_error (task, remote_error (object, ((Call *) g_task_get_task_data (task))->method));
  else if (result != NULL && JSON_NODE_HOLDS_OBJECT (result))
    g_task_return_pointer (task, json_node_ref (result), (GDestroyNotify) json_node_unref);
  else
    {
      JsonNode *empty = json_node_new (JSON_NODE_OBJECT);

      json_node_take_object (empty, json_object_new ());
      g_task_return_pointer (task, empty, (GDestroyNotify) json_node_unref);
    }
}

static void
message_cb (gpointer    owner,
            const char *session,
            JsonNode   *message)
{
  g_autoptr(HwChannel) self = find_session (owner, session);
  JsonObject *object = json_node_get_object (message);
  const char *method;
  g_autoptr(JsonNode) nothing = NULL;
  JsonNode *params;

  if (self == NULL)
    return;
  g_object_ref (self);

  method = json_object_get_string_member_with_default (object, "method", NULL);
  if (method == NULL)
    {
      take_answer (self, object);
      return;
    }

  params = json_object_get_member (object, "params");
  if (params == NULL || !JSON_NODE_HOLDS_OBJECT (params))
    {
      nothing = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (nothing, json_object_new ());
      params = nothing;
    }

  g_signal_emit (self, signals[SIGNAL_EVENT], g_quark_try_string (method), method, params);

  if (self->sessions != NULL && g_str_equal (method, "NodeWorker.detachedFromWorker"))
    {
      const char *gone = json_object_get_string_member_with_default (json_node_get_object (params), "sessionId", "");
      HwChannel *worker = *gone != 0 ? find_session (self, gone) : NULL;
      g_autoptr(GError) reason = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED,
                                                      "The worker has ended");

      if (worker != NULL)
        became_closed (worker, reason);
    }
}

static void
refused_cb (gpointer    owner,
            const char *session,
            gint64      id,
            GError     *error)
{
  HwChannel *self = find_session (owner, session);
  g_autoptr(GTask) task = self != NULL ? take_pending (self, id) : NULL;

  if (task == NULL)
    return;
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    {
      JsonNode *empty = json_node_new (JSON_NODE_OBJECT);

      json_node_take_object (empty, json_object_new ());
      g_task_return_pointer (task, empty, (GDestroyNotify) json_node_unref);
    }
}

static void
closed_cb (gpointer  owner,
           GError   *reason)
{
  became_closed (owner, reason);
}

static const HwWireHandler wire_handler = { opened_cb, message_cb, refused_cb, closed_cb };

static void
hw_channel_dispose (GObject *object)
{
  HwChannel *self = HW_CHANNEL (object);

  if (self->parent != NULL && g_hash_table_lookup (self->parent->sessions, self->session) == self)
    g_hash_table_remove (self->parent->sessions, self->session);
  if (self->parent == NULL && self->wire != NULL)
    hw_wire_disown (self->wire);
  g_clear_pointer (&self->wire, hw_wire_unref);
  g_clear_object (&self->parent);

  G_OBJECT_CLASS (hw_channel_parent_class)->dispose (object);
}

static void
hw_channel_finalize (GObject *object)
{
  HwChannel *self = HW_CHANNEL (object);

  g_hash_table_unref (self->pending);
  g_clear_pointer (&self->sessions, g_hash_table_unref);
  g_free (self->session);

  G_OBJECT_CLASS (hw_channel_parent_class)->finalize (object);
}

static void
hw_channel_class_init (HwChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hw_channel_dispose;
  object_class->finalize = hw_channel_finalize;

  /**
   * HwChannel::event:
   * @self: the channel
   * @method: what happened, such as `Runtime.consoleAPICalled`; also the signal's detail where someone
   *   listens for it
   * @params: an object node
   *
   * The target told something unasked.
   */
  signals[SIGNAL_EVENT] =
    g_signal_new ("event", HW_TYPE_CHANNEL, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, JSON_TYPE_NODE);

  /**
   * HwChannel::closed:
   * @self: the channel
   * @reason: why
   *
   * The connection is over; what was asked has failed before. Not emitted while the channel is let go.
   */
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", HW_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
hw_channel_init (HwChannel *self)
{
  self->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
}

/**
 * hw_channel_new:
 * @uri: a `ws:` or `wss:` address
 * @host: (nullable): what to say as Host when the address has a name that runtimes refuse
 *
 * Returns: (transfer full): a channel that is not yet open
 */
HwChannel *
hw_channel_new (const char *uri,
                const char *host)
{
  HwChannel *self;

  g_return_val_if_fail (uri != NULL, NULL);

  self = g_object_new (HW_TYPE_CHANNEL, NULL);
  self->session = g_strdup ("");
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->wire = hw_wire_new (uri, host, &wire_handler, self);

  return self;
}

/**
 * hw_channel_new_session:
 * @parent: a connection's own channel
 * @session_id: what `NodeWorker.attachedToWorker` called the session
 *
 * Returns: (transfer full): the worker's channel, open
 */
HwChannel *
hw_channel_new_session (HwChannel  *parent,
                        const char *session_id)
{
  HwChannel *self;

  g_return_val_if_fail (HW_IS_CHANNEL (parent), NULL);
  g_return_val_if_fail (parent->parent == NULL, NULL);
  g_return_val_if_fail (session_id != NULL && *session_id != 0, NULL);

  self = g_object_new (HW_TYPE_CHANNEL, NULL);
  self->session = g_strdup (session_id);
  self->parent = g_object_ref (parent);
  self->wire = hw_wire_ref (parent->wire);
  self->is_open = parent->is_open;
  self->is_closed = parent->is_closed;
  g_hash_table_replace (parent->sessions, g_strdup (session_id), self);

  return self;
}

/**
 * hw_channel_open_async:
 * @self: a channel that was not opened before
 * @cancellable: (nullable): gives up connecting
 * @callback: (scope async): called when open
 * @user_data: data for @callback
 *
 * Connects.
 */
void
hw_channel_open_async (HwChannel           *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (HW_IS_CHANNEL (self));
  g_return_if_fail (self->parent == NULL && self->opening == NULL && !self->is_open && !self->is_closed);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_channel_open_async);
  self->opening = g_steal_pointer (&task);
  hw_wire_open (self->wire);
}

/**
 * hw_channel_open_finish:
 * @self: a channel
 * @result: the result handed to the callback
 * @error: return location
 *
 * Fails with a `G_IO_ERROR` when nothing listens, with %HW_INSPECTOR_ERROR_REFUSED when something else does,
 * and with %HW_INSPECTOR_ERROR_TIMEOUT when it does not answer.
 *
 * Returns: whether the channel is open
 */
gboolean
hw_channel_open_finish (HwChannel     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (HW_IS_CHANNEL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static char *
make_message (gint64      id,
              const char *method,
              JsonNode   *params)
{
  g_autoptr(JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", id);
  json_object_set_string_member (object, "method", method);
  if (params != NULL)
    json_object_set_member (object, "params", params);
  json_node_take_object (root, object);

  return json_to_string (root, FALSE);
}

static void
send_message (HwChannel *self,
              char      *text)
{
  if (self->parent != NULL)
    {
      hw_channel_tell (self->parent, "NodeWorker.sendMessageToWorker",
                       hw_params_new ("sessionId", 's', self->session, "message", 's', text, NULL));
      g_free (text);
    }
  else
    hw_wire_send (self->wire, text);
}

static gboolean
timeout_cb (gpointer data)
{
  g_autoptr(GTask) task = g_object_ref (G_TASK (data));
  HwChannel *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autoptr(GTask) pending = take_pending (self, call->id);

  hw_wire_forget (self->wire, self->session, call->id);
  if (pending != NULL)
    g_task_return_new_error (pending, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TIMEOUT,
                             "%s: the target does not answer", call->method);

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
              gpointer      data)
{
  g_autoptr(GTask) task = g_object_ref (G_TASK (data));
  HwChannel *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autoptr(GTask) pending = take_pending (self, call->id);

  hw_wire_forget (self->wire, self->session, call->id);
  if (pending != NULL)
    g_task_return_error_if_cancelled (pending);

  return G_SOURCE_REMOVE;
}

static void
call (HwChannel           *self,
      const char          *method,
      JsonNode            *params,
      guint                milliseconds,
      const char *const   *path,
      HwCaptureFile       *file,
      GCancellable        *cancellable,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *question = g_new0 (Call, 1);
  gint64 *key;

  g_task_set_source_tag (task, call);
  g_task_set_task_data (task, question, call_free);
  question->id = ++self->last_id;
  question->method = g_strdup (method);

  if (g_task_return_error_if_cancelled (task) || !self->is_open)
    {
      if (!g_task_get_completed (task) && !g_cancellable_is_cancelled (cancellable))
        g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED, "There is no connection");
      g_clear_pointer (&params, json_node_unref);
      return;
    }

  if (milliseconds > 0)
    {
      question->timeout = g_timeout_source_new (milliseconds);
      g_source_set_callback (question->timeout, timeout_cb, task, NULL);
      g_source_attach (question->timeout, g_task_get_context (task));
    }
  if (cancellable != NULL)
    {
      question->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (question->cancel, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (question->cancel, g_task_get_context (task));
    }
  if (file != NULL)
    hw_wire_expect (self->wire, self->session, question->id, path, file);

  key = g_new (gint64, 1);
  *key = question->id;
  g_hash_table_insert (self->pending, key, g_object_ref (task));
  send_message (self, make_message (question->id, method, params));
}

/**
 * hw_channel_call_async:
 * @self: a channel
 * @method: such as `Runtime.getHeapUsage`
 * @params: (nullable) (transfer full): an object node
 * @milliseconds: the deadline, or 0 for none
 * @cancellable: (nullable): stops waiting; the target is not told, and works on
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Asks the target.
 */
void
hw_channel_call_async (HwChannel           *self,
                       const char          *method,
                       JsonNode            *params,
                       guint                milliseconds,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_return_if_fail (HW_IS_CHANNEL (self));
  g_return_if_fail (method != NULL);

  call (self, method, params, milliseconds, NULL, NULL, cancellable, callback, user_data);
}

/*
 * The same, without a deadline; the member at @path, which is static, goes into @file as it arrives, text
 * without its escapes, anything else as written. The answer is then empty.
 */
void
hw_channel_call_to_file_async (HwChannel           *self,
                               const char          *method,
                               JsonNode            *params,
                               const char *const   *path,
                               HwCaptureFile       *file,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  call (self, method, params, 0, path, file, cancellable, callback, user_data);
}

/**
 * hw_channel_call_finish:
 * @self: a channel
 * @result: the result handed to the callback
 * @error: return location
 *
 * Fails with [error@InspectorError]: %HW_INSPECTOR_ERROR_REMOTE has the target's words,
 * %HW_INSPECTOR_ERROR_NOT_SUPPORTED says that it does not know the method.
 *
 * Returns: (transfer full): the answer, an object node
 */
JsonNode *
hw_channel_call_finish (HwChannel     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (HW_IS_CHANNEL (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hw_channel_tell:
 * @self: a channel
 * @method: a method
 * @params: (nullable) (transfer full): an object node
 *
 * Asks the target without waiting for the answer.
 */
void
hw_channel_tell (HwChannel  *self,
                 const char *method,
                 JsonNode   *params)
{
  g_return_if_fail (HW_IS_CHANNEL (self));

  if (self->is_open)
    send_message (self, make_message (++self->last_id, method, params));
  else
    g_clear_pointer (&params, json_node_unref);
}

/**
 * hw_channel_close:
 * @self: a channel
 *
 * Ends the connection, or a worker's session in it. Open questions fail; [signal@Channel::closed] comes.
 */
void
hw_channel_close (HwChannel *self)
{
  g_autoptr(GError) reason = NULL;

  g_return_if_fail (HW_IS_CHANNEL (self));

  if (self->parent == NULL)
    {
      hw_wire_close (self->wire);
      return;
    }
  reason = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The connection was closed");
  became_closed (self, reason);
}

/**
 * hw_channel_get_is_open:
 * @self: a channel
 *
 * Returns: whether questions reach the target
 */
gboolean
hw_channel_get_is_open (HwChannel *self)
{
  g_return_val_if_fail (HW_IS_CHANNEL (self), FALSE);

  return self->is_open;
}

/**
 * hw_channel_get_n_dropped:
 * @self: a channel
 *
 * Returns: how many messages of the connection were no messages
 */
guint64
hw_channel_get_n_dropped (HwChannel *self)
{
  g_return_val_if_fail (HW_IS_CHANNEL (self), 0);

  return hw_wire_get_n_dropped (self->wire);
}

/* Where chunks of snapshots go; NULL: nowhere. */
void
hw_channel_set_chunks (HwChannel     *self,
                       HwCaptureFile *file)
{
  hw_wire_set_chunks (self->wire, self->session, file);
}

/**
 * hw_params_new:
 * @first_name: the first member's name
 * @...: its kind (`'s'` text, `'b'` boolean, `'i'` #gint64, `'d'` double), its value, and further members,
 *   ended by %NULL
 *
 * Returns: (transfer full): an object node, for [method@Channel.call_async]
 */
JsonNode *
hw_params_new (const char *first_name,
               ...)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  va_list args;

  va_start (args, first_name);
  for (const char *name = first_name; name != NULL; name = va_arg (args, const char *))
    switch (va_arg (args, int))
      {
      case 's':
        json_object_set_string_member (object, name, va_arg (args, const char *));
        break;

      case 'b':
        json_object_set_boolean_member (object, name, va_arg (args, gboolean));
        break;

      case 'i':
        json_object_set_int_member (object, name, va_arg (args, gint64));
        break;

      case 'd':
        json_object_set_double_member (object, name, va_arg (args, double));
        break;

      default:
        g_assert_not_reached ();
      }
  va_end (args);
  json_node_take_object (node, object);

  return node;
}
