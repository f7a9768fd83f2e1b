/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A WebSocket as the runtimes want it: no Origin (Chromium refuses every one), a Host they accept, no
 * compression, no keep-alive pings (Node's server drops the connection at the first), and our own limit
 * instead of libsoup's 128 KiB.
 *
 * The limit is checked against a frame's header, before anything of it is read, so a peer that announces
 * a gigabyte costs nothing. Of fragments libsoup checks each and adds up none; so what the kernel has
 * received since the last whole message is limited, too.
 */
#include "config.h"

#include "inspector/hw-inspector-error.h"
#include "inspector/hw-socket-private.h"

#include <libsoup/soup.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Seconds until an unanswered connecting is given up. */
#define CONNECT_TIMEOUT 10

/* Bytes of headers of frames and of what the kernel holds, beyond the longest message. */
#define FRAMING (16 * 1024 * 1024)

struct _HwSocket
{
  gatomicrefcount          ref_count;

  char                    *uri;
  char                    *host;           /* nullable: what the address says */
  guint64                  max_message;    /* bytes */
  const HwSocketHandler   *handler;
  gpointer                 user_data;
  GDestroyNotify           destroy;

  GMainContext            *context;        /* of the thread */
  GMutex                   mutex;
  gboolean                 is_over;        /* under mutex: the thread takes no jobs any more */

  /* The thread's own */
  SoupWebsocketConnection *connection;     /* NULL until open */
  GCancellable            *cancellable;
  GSocket                 *wire;           /* nullable: owned; under all layers of the connection */
  guint64                  n_at_message;   /* bytes received when the last message was whole */
  GError                  *reason;         /* why it closed; the first one counts */
  gboolean                 is_done;
};

HwSocket *
hw_socket_ref (HwSocket *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
hw_socket_unref (HwSocket *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_assert (self->connection == NULL);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->mutex);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->reason);
  g_free (self->uri);
  g_free (self->host);
  g_free (self);
}

/**
 * hw_socket_new:
 * @uri: a `ws:` or `wss:` address
 * @host: (nullable): what the Host header says, when it must differ from @uri
 * @max_message: bytes; a longer message ends the connection before it is read
 * @handler: (scope notified): what to do with messages; static
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data, on any thread
 *
 * Returns: (transfer full): a socket that is not yet open
 */
HwSocket *
hw_socket_new (const char            *uri,
               const char            *host,
               guint64                max_message,
               const HwSocketHandler *handler,
               gpointer               user_data,
               GDestroyNotify         destroy)
{
  HwSocket *self = g_new0 (HwSocket, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->uri = g_strdup (uri);
  self->host = g_strdup (host);
  self->max_message = max_message;
  self->handler = handler;
  self->user_data = user_data;
  self->destroy = destroy;
  self->context = g_main_context_new ();
  g_mutex_init (&self->mutex);
  self->cancellable = g_cancellable_new ();

  return self;
}

static void
finish (HwSocket *self)
{
  self->is_done = TRUE;
  g_main_context_wakeup (self->context);
}

/* Bytes that have come in over the wire; 0 when that cannot be told. */
static guint64
get_n_received (HwSocket *self)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  if (self->wire == NULL || getsockopt (g_socket_get_fd (self->wire), IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
    return 0;

  return info.tcpi_bytes_received;
}

static void
set_too_big (HwSocket *self)
{
  if (self->reason == NULL)
    g_set_error (&self->reason, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TOO_BIG,
                 "The target sent a message above the limit of %" G_GUINT64_FORMAT " bytes", self->max_message);
}

/* The socket below TLS and libsoup's own layers. */
static GSocket *
find_wire (GIOStream *stream)
{
  g_autoptr(GIOStream) layer = g_object_ref (stream);

  while (layer != NULL && !G_IS_SOCKET_CONNECTION (layer))
    {
      GIOStream *below = NULL;

      if (g_object_class_find_property (G_OBJECT_GET_CLASS (layer), "base-iostream") != NULL)
        g_object_get (layer, "base-iostream", &below, NULL);
      else if (g_object_class_find_property (G_OBJECT_GET_CLASS (layer), "base-io-stream") != NULL)
        g_object_get (layer, "base-io-stream", &below, NULL);
      g_object_unref (layer);
      layer = below;
    }

  return layer != NULL ? g_object_ref (g_socket_connection_get_socket (G_SOCKET_CONNECTION (layer))) : NULL;
}

static void
message_cb (SoupWebsocketConnection *connection G_GNUC_UNUSED,
            SoupWebsocketDataType    type,
            GBytes                  *message,
            HwSocket                *self)
{
  self->n_at_message = get_n_received (self);
  if (type == SOUP_WEBSOCKET_DATA_TEXT && !self->is_done)
    self->handler->message (message, self->user_data);
}

static void
error_cb (SoupWebsocketConnection *connection G_GNUC_UNUSED,
          GError                  *error,
          HwSocket                *self)
{
  if (self->reason != NULL)
    return;
  if (g_error_matches (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_CLOSE_TOO_BIG))
    set_too_big (self);
  else
    g_set_error (&self->reason, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL,
                 "The connection broke: %s", error->message);
}

static void
closed_cb (SoupWebsocketConnection *connection,
           HwSocket                *self)
{
  if (self->reason == NULL)
    g_set_error_literal (&self->reason, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED,
                         soup_websocket_connection_get_close_code (connection) == SOUP_WEBSOCKET_CLOSE_GOING_AWAY
                           ? "The target has ended"
                           : "The target has closed the connection");
  finish (self);
}

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  HwSocket *self = user_data;
  SoupMessage *request = g_object_get_data (G_OBJECT (object), "heapwise-request");
  g_autoptr(GError) error = NULL;

  self->connection = soup_session_websocket_connect_finish (SOUP_SESSION (object), result, &error);
  if (self->connection == NULL)
    {
      guint status = soup_message_get_status (request);

      if (status != 0 && self->reason == NULL)
        g_set_error (&self->reason, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_REFUSED,
                     "The target refused the connection with status %u%s", status,
                     status == 404 ? ": its path has changed" : "");
      else if (self->reason == NULL)
        self->reason = g_steal_pointer (&error);
      finish (self);
      return;
    }

  soup_websocket_connection_set_max_incoming_payload_size (self->connection, self->max_message);
  self->wire = find_wire (soup_websocket_connection_get_io_stream (self->connection));
  g_signal_connect (self->connection, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->connection, "error", G_CALLBACK (error_cb), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (closed_cb), self);
  self->handler->opened (self->user_data);
}

static gpointer
socket_thread (gpointer data)
{
  HwSocket *self = data;
  g_autoptr(SoupSession) session = NULL;
  g_autoptr(SoupMessage) request = NULL;

  g_main_context_push_thread_default (self->context);

  session = soup_session_new_with_options ("proxy-resolver", NULL,
                                           "timeout", 0,
                                           NULL);
  request = soup_message_new (SOUP_METHOD_GET, self->uri);
  if (request == NULL)
    {
      g_set_error (&self->reason, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_ADDRESS,
                   "“%s” is no address", self->uri);
      self->is_done = TRUE;
    }
  else
    {
      if (self->host != NULL)
        soup_message_headers_replace (soup_message_get_request_headers (request), "Host", self->host);
      g_object_set_data (G_OBJECT (session), "heapwise-request", request);
      soup_session_websocket_connect_async (session, request, NULL, NULL, G_PRIORITY_DEFAULT,
                                            self->cancellable, connected_cb, self);
    }

  while (!self->is_done)
    {
      g_main_context_iteration (self->context, TRUE);
      if (self->connection != NULL && !self->is_done &&
          get_n_received (self) > self->n_at_message + self->max_message + FRAMING)
        {
          set_too_big (self);
          self->is_done = TRUE;
        }
    }

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->wire);
  soup_session_abort (session);
  g_clear_object (&request);
  g_clear_object (&session);

  /* A job holds the socket, and the socket its jobs: none may stay behind. */
  g_mutex_lock (&self->mutex);
  self->is_over = TRUE;
  g_mutex_unlock (&self->mutex);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);

  self->handler->closed (self->reason, self->user_data);
  hw_socket_unref (self);

  return NULL;
}

static gboolean
connect_timeout_cb (gpointer data)
{
  HwSocket *self = data;

  if (self->connection == NULL && !self->is_done)
    {
      if (self->reason == NULL)
        g_set_error (&self->reason, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TIMEOUT,
                     "No answer within %d seconds", CONNECT_TIMEOUT);
      g_cancellable_cancel (self->cancellable);
    }

  return G_SOURCE_REMOVE;
}

/**
 * hw_socket_open:
 * @self: a socket
 *
 * Connects on the socket's thread, which lives until the connection is over.
 */
void
hw_socket_open (HwSocket *self)
{
  g_autoptr(GSource) timeout = g_timeout_source_new_seconds (CONNECT_TIMEOUT);

  g_source_set_callback (timeout, connect_timeout_cb, self, NULL);
  g_source_attach (timeout, self->context);
  g_thread_unref (g_thread_new ("hw-socket", socket_thread, hw_socket_ref (self)));
}

typedef struct
{
  HwSocket *socket;
  char     *text;   /* NULL: close */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  hw_socket_unref (job->socket);
  g_free (job->text);
  g_free (job);
}

static gboolean
job_cb (gpointer data)
{
  Job *job = data;
  HwSocket *self = job->socket;

  if (job->text != NULL)
    {
      if (self->connection != NULL &&
          soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_send_text (self->connection, job->text);
      return G_SOURCE_REMOVE;
    }

  if (self->reason == NULL)
    g_set_error_literal (&self->reason, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The connection was closed");
  g_cancellable_cancel (self->cancellable);
  if (self->connection != NULL)
    {
      if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
        {
          soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
          /* The close frame goes out with this; a frozen target would never answer it. */
          for (guint i = 0; i < 8 && g_main_context_iteration (self->context, FALSE); i++)
            ;
        }
      finish (self);
    }

  return G_SOURCE_REMOVE;
}

static void
push_job (HwSocket *self,
          char     *text)
{
  g_autoptr(GSource) source = NULL;
  Job *job;

  g_mutex_lock (&self->mutex);
  if (self->is_over)
    {
      g_mutex_unlock (&self->mutex);
      g_free (text);
      return;
    }

  source = g_idle_source_new ();
  job = g_new0 (Job, 1);
  job->socket = hw_socket_ref (self);
  job->text = text;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, job_cb, job, job_free);
  g_source_attach (source, self->context);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_socket_send:
 * @self: a socket
 * @text: (transfer full): one message
 *
 * Sends a message; before and after the connection it is dropped. From any thread.
 */
void
hw_socket_send (HwSocket *self,
                char     *text)
{
  push_job (self, text);
}

/**
 * hw_socket_close:
 * @self: a socket
 *
 * Closes the connection and ends the thread soon; closed() still comes. From any thread.
 */
void
hw_socket_close (HwSocket *self)
{
  push_job (self, NULL);
}
