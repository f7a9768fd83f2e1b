/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From bytes to answers, across the border of two threads.
 *
 *   socket's thread                                          owner's main context
 *   message ─► worker's wrapping taken off ─► chunk? ─► file
 *                                          ─► awaited by a file? ─► file ─┐
 *                                          ─► tree ───────────────────────┴─► queue ─► handler
 *
 * The queue is bounded by bytes: when the owner does not keep up, the socket's thread waits and nothing is
 * read. Everything in a message is checked; what is no JSON object counts as dropped, and too much of it
 * closes the connection.
 */
#include "config.h"

#include "inspector/hw-channel-private.h"
#include "inspector/hw-json-scan-private.h"
#include "inspector/hw-socket-private.h"

#include <string.h>

/* Bytes of the longest message: Bun sends a whole snapshot as one, and libsoup holds it twice. */
#define MAX_MESSAGE ((guint64) 512 * 1024 * 1024)

/* Bytes of messages that wait for the owner. */
#define MAX_QUEUED (32 * 1024 * 1024)

/* Messages that are none, after which the peer is no inspector. */
#define MAX_DROPPED 16

/* Microseconds that the owner's context is kept by messages at a time. */
#define TURN 8000

struct _HwWire
{
  gatomicrefcount       ref_count;
  const HwWireHandler  *handler;
  gpointer              owner;       /* of the owner's context alone; NULL when disowned */
  GMainContext         *context;     /* the owner's */
  HwSocket             *socket;
  gboolean              is_opened;   /* of the owner's context */

  GMutex                mutex;       /* guards what follows */
  GCond                 has_room;
  GHashTable           *routes;      /* session → Route */
  GQueue                queue;       /* of Item */
  gsize                 n_queued;    /* bytes */
  gboolean              is_scheduled;
  gboolean              is_disowned;
  guint64               n_dropped;
};

/* What of one session goes into files. */
typedef struct
{
  HwCaptureFile *chunks;    /* nullable */
  GHashTable    *awaited;   /* id → Awaited */
} Route;

typedef struct
{
  const char *const *path;  /* static */
  HwCaptureFile     *file;
} Awaited;

typedef enum
{
  ITEM_OPENED,
  ITEM_MESSAGE,
  ITEM_REFUSED,
  ITEM_CLOSED,
} ItemKind;

typedef struct
{
  ItemKind   kind;
  char      *session;
  JsonNode  *message;
  gint64     id;
  GError    *error;
  gsize      n_bytes;
} Item;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->message, json_node_unref);
  g_clear_error (&item->error);
  g_free (item->session);
  g_free (item);
}

static void
awaited_free (gpointer data)
{
  Awaited *awaited = data;

  hw_capture_file_unref (awaited->file);
  g_free (awaited);
}

static void
route_free (gpointer data)
{
  Route *route = data;

  g_clear_pointer (&route->chunks, hw_capture_file_unref);
  g_hash_table_unref (route->awaited);
  g_free (route);
}

HwWire *
hw_wire_ref (HwWire *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
hw_wire_unref (HwWire *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->socket, hw_socket_unref);
  g_queue_clear_full (&self->queue, item_free);
  g_hash_table_unref (self->routes);
  g_main_context_unref (self->context);
  g_cond_clear (&self->has_room);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
deliver (HwWire *self,
         Item   *item)
{
  if (self->owner == NULL)
    return;
  switch (item->kind)
    {
    case ITEM_OPENED:
      self->handler->opened (self->owner);
      break;

    case ITEM_MESSAGE:
      self->handler->message (self->owner, item->session, item->message);
      break;

    case ITEM_REFUSED:
      self->handler->refused (self->owner, item->session, item->id, item->error);
      break;

    case ITEM_CLOSED:
    default:
      self->handler->closed (self->owner, item->error);
      break;
    }
}

static gboolean
deliver_cb (gpointer data)
{
  HwWire *self = data;
  gint64 end = g_get_monotonic_time () + TURN;

  for (;;)
    {
      Item *item;

      g_mutex_lock (&self->mutex);
      item = g_queue_pop_head (&self->queue);
      if (item == NULL)
        {
          self->is_scheduled = FALSE;
          g_mutex_unlock (&self->mutex);
          return G_SOURCE_REMOVE;
        }
      self->n_queued -= item->n_bytes;
      g_cond_signal (&self->has_room);
      g_mutex_unlock (&self->mutex);

      deliver (self, item);
      item_free (item);
      if (g_get_monotonic_time () > end)
        return G_SOURCE_CONTINUE;
    }
}

/* On the socket's thread: waits while the owner has too much to do. */
static void
enqueue (HwWire *self,
         Item   *item)
{
  gboolean must_schedule;

  g_mutex_lock (&self->mutex);
  while (self->n_queued > MAX_QUEUED && !self->is_disowned)
    g_cond_wait (&self->has_room, &self->mutex);
  g_queue_push_tail (&self->queue, item);
  self->n_queued += item->n_bytes;
  must_schedule = !self->is_scheduled;
  self->is_scheduled = TRUE;
  g_mutex_unlock (&self->mutex);

  if (must_schedule)
    {
      g_autoptr(GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, deliver_cb, hw_wire_ref (self), (GDestroyNotify) hw_wire_unref);
      g_source_attach (source, self->context);
    }
}

static void
enqueue_kind (HwWire     *self,
              ItemKind    kind,
              const char *session,
              gint64      id,
              GError     *error,
              JsonNode   *message,
              gsize       n_bytes)
{
  Item *item = g_new0 (Item, 1);

  item->kind = kind;
  item->session = g_strdup (session);
  item->id = id;
  item->error = error;
  item->message = message;
  item->n_bytes = n_bytes;
  enqueue (self, item);
}

/* Something that is no message: a few may be a fault of ours, more is no inspector. */
static void
drop (HwWire *self)
{
  gboolean is_enough;

  g_mutex_lock (&self->mutex);
  is_enough = ++self->n_dropped == MAX_DROPPED;
  g_mutex_unlock (&self->mutex);
  if (is_enough)
    hw_socket_close (self->socket);
}

static Route *
ensure_route (HwWire     *self,
              const char *session)
{
  Route *route = g_hash_table_lookup (self->routes, session);

  if (route == NULL)
    {
      route = g_new0 (Route, 1);
      route->awaited = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, awaited_free);
      g_hash_table_insert (self->routes, g_strdup (session), route);
    }

  return route;
}

/* A chunk for nobody is dropped: another's recording may have broken off. */
static void
take_chunk (HwWire     *self,
            const char *session,
            HwJsonSpan  message)
{
  static const char *const path[] = { "params", "chunk", NULL };
  g_autoptr(HwCaptureFile) file = NULL;
  HwJsonSpan chunk;
  Route *route;

  g_mutex_lock (&self->mutex);
  route = g_hash_table_lookup (self->routes, session);
  if (route != NULL && route->chunks != NULL)
    file = hw_capture_file_ref (route->chunks);
  g_mutex_unlock (&self->mutex);

  if (file != NULL && (!hw_json_span_path (message, path, &chunk) ||
                       !hw_json_span_unescape (chunk, hw_capture_file_write, file)))
    drop (self);
}

/* An answer that a file waits for; FALSE when it is none, or an error. */
static gboolean
take_awaited (HwWire     *self,
              const char *session,
              gint64      id,
              HwJsonSpan  message)
{
  g_autoptr(HwCaptureFile) file = NULL;
  const char *const *path = NULL;
  HwJsonSpan value;
  GError *error = NULL;
  Route *route;
  Awaited *awaited;

  g_mutex_lock (&self->mutex);
  route = g_hash_table_lookup (self->routes, session);
  awaited = route != NULL ? g_hash_table_lookup (route->awaited, &id) : NULL;
  if (awaited != NULL)
    {
      path = awaited->path;
      file = hw_capture_file_ref (awaited->file);
      g_hash_table_remove (route->awaited, &id);
    }
  g_mutex_unlock (&self->mutex);

  if (file == NULL || !hw_json_span_path (message, path, &value))
    return FALSE;
  if (value.start[0] != '"')
    hw_capture_file_write (value.start, value.length, file);
  else if (!hw_json_span_unescape (value, hw_capture_file_write, file))
    error = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL, "An answer is no JSON");
  enqueue_kind (self, ITEM_REFUSED, session, id, error, NULL, 0);

  return TRUE;
}

static void
take_message (HwWire     *self,
              const char *session,
              HwJsonSpan  message)
{
  g_autoptr(GError) error = NULL;
  HwJsonSpan value;
  JsonNode *tree;
  gint64 id = -1;

  if (hw_json_span_member (message, "method", &value))
    {
      if (hw_json_span_is (value, "HeapProfiler.addHeapSnapshotChunk"))
        {
          take_chunk (self, session, message);
          return;
        }
      if (*session == 0 && hw_json_span_is (value, "NodeWorker.receivedMessageFromWorker"))
        {
          static const char *const id_path[] = { "params", "sessionId", NULL };
          static const char *const message_path[] = { "params", "message", NULL };
          g_autofree char *inner_session = NULL;
          g_autofree char *inner = NULL;
          gsize length;

          if (hw_json_span_path (message, id_path, &value))
            inner_session = hw_json_span_dup (value, NULL);
          if (hw_json_span_path (message, message_path, &value))
            inner = hw_json_span_dup (value, &length);
          if (inner_session != NULL && *inner_session != 0 && inner != NULL)
            take_message (self, inner_session, (HwJsonSpan) { inner, length });
          else
            drop (self);
          return;
        }
    }
  else if (hw_json_span_member (message, "id", &value) && hw_json_span_int (value, &id) &&
           take_awaited (self, session, id, message))
    return;

  tree = hw_json_span_parse (message, &error);
  if (tree != NULL)
    enqueue_kind (self, ITEM_MESSAGE, session, 0, NULL, tree, message.length);
  else if (id >= 0)
    enqueue_kind (self, ITEM_REFUSED, session, id, g_steal_pointer (&error), NULL, 0);
  else
    drop (self);
}

static void
opened_cb (gpointer data)
{
  enqueue_kind (data, ITEM_OPENED, "", 0, NULL, NULL, 0);
}

static void
message_cb (GBytes   *text,
            gpointer  data)
{
  HwJsonSpan message;

  message.start = g_bytes_get_data (text, &message.length);
  if (message.length > 0)
    take_message (data, "", message);
}

/* The last call of the socket, which gives back what hw_wire_open() took. */
static void
closed_cb (GError   *reason,
           gpointer  data)
{
  HwWire *self = data;
  GError *error;

  if (hw_wire_get_n_dropped (self) >= MAX_DROPPED)
    error = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL,
                                 "What listens there does not speak the inspector protocol");
  else
    error = g_error_copy (reason);
  enqueue_kind (self, ITEM_CLOSED, "", 0, error, NULL, 0);
  hw_wire_unref (self);
}

static const HwSocketHandler socket_handler = { opened_cb, message_cb, closed_cb };

HwWire *
hw_wire_new (const char          *uri,
             const char          *host,
             const HwWireHandler *handler,
             gpointer             owner)
{
  HwWire *self = g_new0 (HwWire, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->has_room);
  g_queue_init (&self->queue);
  self->handler = handler;
  self->owner = owner;
  self->context = g_main_context_ref_thread_default ();
  self->routes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, route_free);
  self->socket = hw_socket_new (uri, host, MAX_MESSAGE, &socket_handler, self, NULL);

  return self;
}

/* The connection holds the wire until it is over. */
void
hw_wire_open (HwWire *self)
{
  self->is_opened = TRUE;
  hw_wire_ref (self);
  hw_socket_open (self->socket);
}

/* Ends the connection; the owner is still told. */
void
hw_wire_close (HwWire *self)
{
  if (self->is_opened)
    hw_socket_close (self->socket);
}

/* From the owner's context: nothing is delivered any more, and the connection is closed. */
void
hw_wire_disown (HwWire *self)
{
  self->owner = NULL;
  g_mutex_lock (&self->mutex);
  self->is_disowned = TRUE;
  g_hash_table_remove_all (self->routes);
  g_cond_broadcast (&self->has_room);
  g_mutex_unlock (&self->mutex);
  hw_wire_close (self);
}

/* Takes over @text. */
void
hw_wire_send (HwWire *self,
              char   *text)
{
  hw_socket_send (self->socket, text);
}

/* Where the session's snapshot chunks go from now on; NULL: nowhere. */
void
hw_wire_set_chunks (HwWire        *self,
                    const char    *session,
                    HwCaptureFile *file)
{
  Route *route;

  g_mutex_lock (&self->mutex);
  route = ensure_route (self, session);
  g_clear_pointer (&route->chunks, hw_capture_file_unref);
  route->chunks = file != NULL ? hw_capture_file_ref (file) : NULL;
  g_mutex_unlock (&self->mutex);
}

/* The member at @path of the answer to @id goes into @file; @path is static. */
void
hw_wire_expect (HwWire            *self,
                const char        *session,
                gint64             id,
                const char *const *path,
                HwCaptureFile     *file)
{
  Awaited *awaited = g_new0 (Awaited, 1);
  gint64 *key = g_new (gint64, 1);

  *key = id;
  awaited->path = path;
  awaited->file = hw_capture_file_ref (file);
  g_mutex_lock (&self->mutex);
  g_hash_table_replace (ensure_route (self, session)->awaited, key, awaited);
  g_mutex_unlock (&self->mutex);
}

void
hw_wire_forget (HwWire     *self,
                const char *session,
                gint64      id)
{
  Route *route;

  g_mutex_lock (&self->mutex);
  route = g_hash_table_lookup (self->routes, session);
  if (route != NULL)
    g_hash_table_remove (route->awaited, &id);
  g_mutex_unlock (&self->mutex);
}

guint64
hw_wire_get_n_dropped (HwWire *self)
{
  guint64 n_dropped;

  g_mutex_lock (&self->mutex);
  n_dropped = self->n_dropped;
  g_mutex_unlock (&self->mutex);

  return n_dropped;
}
