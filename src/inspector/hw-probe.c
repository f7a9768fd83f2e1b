/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asking an address what it is: `GET /json/version`, then `GET /json/list` where the runtime has one. An
 * answer is read up to a limit, and the whole has a deadline, because anything may listen on a port.
 */
#include "config.h"

#include "inspector/hw-json-scan-private.h"
#include "inspector/hw-probe-private.h"
#include "inspector/hw-live-runtime-private.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

/* Bytes of the longest answer: a browser with hundreds of pages. */
#define MAX_ANSWER (4 * 1024 * 1024)
#define PIECE      16384

typedef struct
{
  HwAddress    *address;
  SoupSession  *session;
  SoupMessage  *message;
  GInputStream *stream;
  GString      *text;
  GCancellable *deadline;    /* cancelled by time or by the caller */
  GSource      *timeout;
  GCancellable *cancellable; /* nullable: the caller's */
  gulong        cancelled_id;
  gboolean      is_late;
  HwProbe      *probe;
} Asking;

void
hw_probe_free (HwProbe *self)
{
  g_free (self->version);
  g_clear_pointer (&self->list, json_node_unref);
  g_free (self);
}

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  if (asking->cancellable != NULL)
    g_cancellable_disconnect (asking->cancellable, asking->cancelled_id);
  g_clear_object (&asking->cancellable);
  g_source_destroy (asking->timeout);
  g_source_unref (asking->timeout);
  g_clear_object (&asking->deadline);
  g_clear_object (&asking->stream);
  g_clear_object (&asking->message);
  soup_session_abort (asking->session);
  g_clear_object (&asking->session);
  if (asking->text != NULL)
    g_string_free (asking->text, TRUE);
  g_clear_pointer (&asking->probe, hw_probe_free);
  hw_address_free (asking->address);
  g_free (asking);
}

static gboolean
late_cb (gpointer data)
{
  Asking *asking = data;

  asking->is_late = TRUE;
  g_cancellable_cancel (asking->deadline);

  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
              GCancellable *deadline)
{
  g_cancellable_cancel (deadline);
}

static void ask (GTask *task, const char *path);

static void
fail (GTask  *task,
      GError *error)
{
  Asking *asking = g_task_get_task_data (task);
  g_autofree char *label = hw_address_dup_label (asking->address);

  if (asking->is_late)
    g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TIMEOUT,
                             _("%s does not answer in time"), label);
  else if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL,
                             _("What listens at %s is no inspector"), label);
  g_object_unref (task);
}

/* The list is an array: it is read as the member of an object, so that it meets the same limits. */
static JsonNode *
parse_list (const GString *text)
{
  g_autofree char *wrapped = g_strdup_printf ("{\"list\":%s}", text->str);
  g_autoptr(JsonNode) root = hw_json_span_parse ((HwJsonSpan) { wrapped, strlen (wrapped) }, NULL);
  JsonNode *list = root != NULL ? json_object_get_member (json_node_get_object (root), "list") : NULL;

  return list != NULL && JSON_NODE_HOLDS_ARRAY (list) ? json_node_ref (list) : NULL;
}

static void
take_answer (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);
  g_autoptr(JsonNode) root = NULL;
  const char *browser;

  if (asking->probe != NULL)
    {
      if (soup_message_get_status (asking->message) == SOUP_STATUS_OK)
        asking->probe->list = parse_list (asking->text);
      g_task_return_pointer (task, g_steal_pointer (&asking->probe), (GDestroyNotify) hw_probe_free);
      g_object_unref (task);
      return;
    }

  if (soup_message_get_status (asking->message) == SOUP_STATUS_OK)
    root = hw_json_span_parse ((HwJsonSpan) { asking->text->str, asking->text->len }, NULL);
  browser = root != NULL ? hw_json_string (json_node_get_object (root), "Browser") : NULL;
  if (browser == NULL)
    {
      fail (task, NULL);
      return;
    }
  asking->probe = g_new0 (HwProbe, 1);
  asking->probe->runtime = hw_live_runtime_for_browser (browser, &asking->probe->version);
  if (asking->probe->version == NULL && hw_json_string (json_node_get_object (root), "Bun-Version") != NULL)
    asking->probe->version = g_strdup (hw_json_string (json_node_get_object (root), "Bun-Version"));
  if (asking->probe->runtime == NULL)
    {
      g_clear_pointer (&asking->probe, hw_probe_free);
      fail (task, NULL);
    }
  else if (asking->probe->runtime->has_list)
    ask (task, "/json/list");
  else
    {
      g_task_return_pointer (task, g_steal_pointer (&asking->probe), (GDestroyNotify) hw_probe_free);
      g_object_unref (task);
    }
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);

  if (bytes == NULL || asking->text->len > MAX_ANSWER)
    {
      fail (task, error);
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      take_answer (task);
      return;
    }
  g_string_append_len (asking->text, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  g_input_stream_read_bytes_async (asking->stream, PIECE, G_PRIORITY_DEFAULT, asking->deadline, read_cb, task);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  g_clear_object (&asking->stream);
  asking->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (asking->stream == NULL)
    {
      fail (task, error);
      return;
    }
  g_input_stream_read_bytes_async (asking->stream, PIECE, G_PRIORITY_DEFAULT, asking->deadline, read_cb, task);
}

static void
ask (GTask      *task,
     const char *path)
{
  Asking *asking = g_task_get_task_data (task);
  g_autofree char *uri = hw_address_dup_uri (asking->address, "http", path);
  g_autofree char *host = hw_address_dup_host (asking->address);

  if (asking->text == NULL)
    asking->text = g_string_new (NULL);
  g_string_truncate (asking->text, 0);
  g_clear_object (&asking->message);
  asking->message = soup_message_new (SOUP_METHOD_GET, uri);
  if (asking->message == NULL)
    {
      fail (task, NULL);
      return;
    }
  soup_message_add_flags (asking->message, SOUP_MESSAGE_NO_REDIRECT);
  if (host != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (asking->message), "Host", host);
  soup_session_send_async (asking->session, asking->message, G_PRIORITY_DEFAULT, asking->deadline, sent_cb, task);
}

/* Asks what listens at @address, within @milliseconds in all. */
void
hw_probe_async (const HwAddress     *address,
                guint                milliseconds,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);

  g_task_set_source_tag (task, hw_probe_async);
  g_task_set_task_data (task, asking, asking_free);
  asking->address = hw_address_copy (address);
  asking->session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  asking->deadline = g_cancellable_new ();
  asking->timeout = g_timeout_source_new (milliseconds);
  g_source_set_callback (asking->timeout, late_cb, asking, NULL);
  g_source_attach (asking->timeout, g_task_get_context (task));
  if (cancellable != NULL)
    {
      asking->cancellable = g_object_ref (cancellable);
      asking->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                                    g_object_ref (asking->deadline), g_object_unref);
    }
  ask (task, "/json/version");
}

HwProbe *
hw_probe_finish (GAsyncResult  *result,
                 GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
