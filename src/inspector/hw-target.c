/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-live-runtime-private.h"
#include "inspector/hw-target-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The most pages of a browser that are listed. */
#define MAX_CHILDREN 500

/**
 * HwTarget:
 *
 * A program, page or worker that can be looked into, or why it cannot.
 *
 * Belongs to the main thread. Targets of a [class@TargetList] live as long as they are there; while
 * a [class@Session] holds one, it stays as it is known.
 */
struct _HwTarget
{
  GObject          parent_instance;

  char            *key;          /* what it is found again by */
  HwTargetKind     kind;
  HwTargetState    state;
  const HwLiveRuntime *runtime;      /* nullable */
  char            *version;      /* nullable */
  char            *title;
  char            *url;          /* nullable */
  char            *reason;       /* nullable */
  HwAddress       *address;      /* nullable */
  char            *label;        /* nullable: the address, shown */
  char            *path;         /* nullable: of the WebSocket */
  gboolean         is_path_fixed; /* given, not found by asking */
  int              pid;          /* 0: not known or not local */
  GListStore      *children;
  HwTarget        *parent;       /* owned by workers; NULL for others */
  char            *worker_id;    /* of workers inside a program */
};

typedef enum
{
  PROP_TITLE = 1,
  PROP_STATE,
  PROP_REASON,
} HwTargetProperty;

static GParamSpec *properties[PROP_REASON + 1];

G_DEFINE_FINAL_TYPE (HwTarget, hw_target, G_TYPE_OBJECT)

static void
hw_target_finalize (GObject *object)
{
  HwTarget *self = HW_TARGET (object);

  g_clear_object (&self->children);
  g_clear_object (&self->parent);
  g_clear_pointer (&self->address, hw_address_free);
  g_free (self->key);
  g_free (self->version);
  g_free (self->title);
  g_free (self->url);
  g_free (self->reason);
  g_free (self->label);
  g_free (self->path);
  g_free (self->worker_id);

  G_OBJECT_CLASS (hw_target_parent_class)->finalize (object);
}

static void
hw_target_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  HwTarget *self = HW_TARGET (object);

  switch ((HwTargetProperty) prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;

    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;

    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_target_class_init (HwTargetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hw_target_finalize;
  object_class->get_property = hw_target_get_property;

  /**
   * HwTarget:title:
   *
   * What it is called: a script, or a page's title.
   */
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * HwTarget:state:
   *
   * A [enum@TargetState].
   */
  properties[PROP_STATE] =
    g_param_spec_int ("state", NULL, NULL, 0, HW_TARGET_GONE, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * HwTarget:reason:
   *
   * Why it cannot be attached to, for people; %NULL when it can.
   */
  properties[PROP_REASON] =
    g_param_spec_string ("reason", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
hw_target_init (HwTarget *self)
{
  self->children = g_list_store_new (HW_TYPE_TARGET);
  self->title = g_strdup ("");
}

HwTarget *
hw_target_new (const char   *key,
               HwTargetKind  kind)
{
  HwTarget *self = g_object_new (HW_TYPE_TARGET, NULL);

  self->key = g_strdup (key);
  self->kind = kind;

  return self;
}

/* A worker inside a program, which is reached through its parent's connection. */
HwTarget *
hw_target_new_worker (HwTarget   *parent,
                      const char *worker_id,
                      const char *title,
                      const char *url)
{
  g_autofree char *key = g_strdup_printf ("%s#%s", parent->key, worker_id);
  HwTarget *self = hw_target_new (key, HW_TARGET_WORKER);

  self->parent = g_object_ref (parent);
  self->worker_id = g_strdup (worker_id);
  self->runtime = parent->runtime;
  self->version = g_strdup (parent->version);
  self->pid = parent->pid;
  self->url = g_utf8_make_valid (url != NULL ? url : "", -1);
  hw_target_set_address (self, parent->address);
  hw_target_set_path (self, parent->path);
  hw_target_set_title (self, title != NULL && *title != 0 ? title : _("Worker"));
  hw_target_set_state (self, HW_TARGET_READY, NULL);

  return self;
}

/**
 * hw_target_new_for_address:
 * @text: `host:port`, a port, or the `ws://` address that a program printed
 * @allow_remote: whether a person has agreed to speak to another machine, where anyone on the way can
 *   run code in the target
 * @error: return location
 *
 * A target known by its address. Fails with %HW_INSPECTOR_ERROR_ADDRESS, and with
 * %HW_INSPECTOR_ERROR_NOT_LOCAL when it is not this machine's and that was not allowed.
 *
 * Returns: (transfer full): a target that [method@Target.resolve_async] finds out about
 */
HwTarget *
hw_target_new_for_address (const char  *text,
                           gboolean     allow_remote,
                           GError     **error)
{
  g_autoptr(HwAddress) address = NULL;
  g_autofree char *label = NULL;
  HwTarget *self;

  g_return_val_if_fail (text != NULL, NULL);

  address = hw_address_parse (text, error);
  if (address == NULL)
    return NULL;
  label = hw_address_dup_label (address);
  if (!allow_remote && !hw_address_is_loopback (address))
    {
      g_set_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_LOCAL,
                   _("%s is not this machine. An inspector has no password: everyone who can reach it can run "
                     "code in the program. A tunnel, such as ssh -L, keeps it private."), label);
      return NULL;
    }

  self = hw_target_new (label, HW_TARGET_PROGRAM);
  hw_target_set_address (self, address);
  hw_target_set_title (self, label);
  if (address->path != NULL)
    {
      hw_target_set_path (self, address->path);
      self->is_path_fixed = TRUE;
    }

  return self;
}

static gboolean
replace_text (char       **place,
              const char  *text)
{
  if (g_strcmp0 (*place, text) == 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (text);

  return TRUE;
}

void
hw_target_set_address (HwTarget        *self,
                       const HwAddress *address)
{
  HwAddress *copy = address != NULL ? hw_address_copy (address) : NULL;

  g_clear_pointer (&self->address, hw_address_free);
  g_clear_pointer (&self->label, g_free);
  self->address = copy;
  if (copy != NULL)
    self->label = hw_address_dup_label (copy);
}

const HwAddress *
hw_target_peek_address (HwTarget *self)
{
  return self->address;
}

void
hw_target_set_pid (HwTarget *self,
                   int       pid)
{
  self->pid = pid;
}

void
hw_target_set_runtime (HwTarget        *self,
                       const HwLiveRuntime *runtime,
                       const char      *version)
{
  self->runtime = runtime;
  replace_text (&self->version, version);
}

void
hw_target_set_title (HwTarget   *self,
                     const char *title)
{
  g_autofree char *valid = g_utf8_make_valid (title, -1);

  if (replace_text (&self->title, valid))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

void
hw_target_set_path (HwTarget   *self,
                    const char *path)
{
  replace_text (&self->path, path);
}

void
hw_target_set_state (HwTarget      *self,
                     HwTargetState  state,
                     const char    *reason)
{
  if (replace_text (&self->reason, reason))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REASON]);
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
}

/* The path of a WebSocket's address; its host is what the target was told, not where it was dialled. */
static char *
dup_path (const char *uri)
{
  g_autoptr(GUri) parsed = uri != NULL ? g_uri_parse (uri, G_URI_FLAGS_NONE, NULL) : NULL;

  return parsed != NULL && *g_uri_get_path (parsed) == '/' ? g_strdup (g_uri_get_path (parsed)) : NULL;
}

static void
take_entry (HwTarget   *self,
            JsonObject *entry)
{
  g_autofree char *path = dup_path (hw_json_string (entry, "webSocketDebuggerUrl"));
  const char *title = hw_json_string (entry, "title");
  const char *url = hw_json_string (entry, "url");

  replace_text (&self->url, url);
  hw_target_set_title (self, title != NULL && *title != 0 ? title : url != NULL && *url != 0 ? url : self->label);
  if (!self->is_path_fixed)
    hw_target_set_path (self, path);
  if (self->path != NULL)
    hw_target_set_state (self, HW_TARGET_READY, NULL);
  else
    hw_target_set_state (self, HW_TARGET_UNREACHABLE, _("Another tool that lets nobody else in is attached"));
}

static HwTarget *
find_child (HwTarget   *self,
            const char *key)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->children));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(HwTarget) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);

      if (g_str_equal (child->key, key))
        return child;
    }

  return NULL;
}

/* A browser: its pages, frames and workers become children; those that are gone leave. */
static void
take_pages (HwTarget  *self,
            JsonArray *list)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length (list) && i < MAX_CHILDREN; i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *id = hw_json_string (entry, "id"), *type = hw_json_string (entry, "type");
      g_autofree char *key = NULL;
      HwTarget *child;

      if (id == NULL || type == NULL ||
          !g_strv_contains ((const char *const[]) { "page", "worker", "iframe", "service_worker", "shared_worker",
                                                    "background_page", "webview", NULL }, type))
        continue;
      key = g_strdup_printf ("%s/%s", self->key, id);
      child = find_child (self, key);
      if (child == NULL)
        {
          g_autoptr(HwTarget) fresh = hw_target_new (key, strstr (type, "worker") != NULL ? HW_TARGET_WORKER
                                                                                          : HW_TARGET_PAGE);

          g_list_store_append (self->children, fresh);
          child = fresh;
        }
      hw_target_set_runtime (child, self->runtime, self->version);
      hw_target_set_address (child, self->address);
      take_entry (child, entry);
      g_hash_table_add (seen, g_steal_pointer (&key));
    }

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->children)); i > 0; i--)
    {
      g_autoptr(HwTarget) child = g_list_model_get_item (G_LIST_MODEL (self->children), i - 1);

      if (!g_hash_table_contains (seen, child->key))
        {
          hw_target_set_state (child, HW_TARGET_GONE, NULL);
          g_list_store_remove (self->children, i - 1);
        }
    }
}

/* What its address said. */
void
hw_target_take_probe (HwTarget *self,
                      HwProbe  *probe)
{
  JsonArray *list = probe->list != NULL ? json_node_get_array (probe->list) : NULL;
  JsonNode *node;

  hw_target_set_runtime (self, probe->runtime, probe->version);
  if (probe->runtime == hw_live_runtime_get_chromium () && !self->is_path_fixed)
    {
      self->kind = HW_TARGET_BROWSER;
      hw_target_set_title (self, self->label);
      hw_target_set_state (self, HW_TARGET_READY, NULL);
      if (list != NULL)
        take_pages (self, list);
      return;
    }

  if (list != NULL && json_array_get_length (list) > 0)
    {
      node = json_array_get_element (list, 0);
      if (JSON_NODE_HOLDS_OBJECT (node))
        {
          take_entry (self, json_node_get_object (node));
          return;
        }
    }
  if (self->path != NULL)
    hw_target_set_state (self, HW_TARGET_READY, NULL);
  else if (probe->runtime->has_list)
    hw_target_set_state (self, HW_TARGET_UNREACHABLE,
                         _("It does not tell its address: enter the one it printed when it started, ws://…"));
  else
    hw_target_set_state (self, HW_TARGET_UNREACHABLE,
                         _("Bun does not tell its address: enter the one it printed when it started, ws://…, "
                           "or start it with a path, as in --inspect=127.0.0.1:6499/debug"));
}

/* What the machine says of a process whose inspector did not answer. */
void
hw_target_take_process (HwTarget  *self,
                        HwProcess *process)
{
  const char *why_not;

  hw_target_set_pid (self, process->pid);
  hw_target_set_runtime (self, process->runtime, NULL);
  hw_target_set_title (self, process->name);
  if (process->is_elsewhere)
    hw_target_set_state (self, HW_TARGET_UNREACHABLE,
                         _("It runs in a network of its own, such as a container: publish its inspector's port to "
                           "this machine's loopback and enter it by hand"));
  else if (process->takes_signal)
    hw_target_set_state (self, HW_TARGET_SWITCHED_OFF, NULL);
  else
    {
      why_not = hw_live_runtime_why_not (process->runtime, HW_FEATURE_SWITCH_ON);
      hw_target_set_state (self, HW_TARGET_UNREACHABLE,
                           why_not != NULL ? why_not
                                           : _("It was started so that its inspector cannot be opened"));
    }
}

/**
 * hw_target_get_key:
 * @self: a target
 *
 * Returns: what names it while it lives, and a typed host for good
 */
const char *
hw_target_get_key (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return self->key;
}

/**
 * hw_target_get_kind:
 * @self: a target
 *
 * Returns: what it is
 */
HwTargetKind
hw_target_get_kind (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), HW_TARGET_PROGRAM);

  return self->kind;
}

/**
 * hw_target_get_state:
 * @self: a target
 *
 * Returns: whether it can be attached to
 */
HwTargetState
hw_target_get_state (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), HW_TARGET_GONE);

  return self->state;
}

/**
 * hw_target_get_title:
 * @self: a target
 *
 * Returns: what it is called
 */
const char *
hw_target_get_title (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return self->title;
}

/**
 * hw_target_get_url:
 * @self: a target
 *
 * Returns: (nullable): its script or page
 */
const char *
hw_target_get_url (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return self->url;
}

/**
 * hw_target_get_address:
 * @self: a target
 *
 * Returns: (nullable): `host:port` of its inspector
 */
const char *
hw_target_get_address (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return self->label;
}

/**
 * hw_target_get_reason:
 * @self: a target
 *
 * Returns: (nullable): why it cannot be attached to, translated
 */
const char *
hw_target_get_reason (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return self->reason;
}

/**
 * hw_target_get_runtime:
 * @self: a target
 *
 * Returns: (nullable): its runtime
 */
const HwLiveRuntime *
hw_target_get_runtime (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return self->runtime;
}

/**
 * hw_target_dup_runtime_name:
 * @self: a target
 *
 * Returns: (transfer full): its runtime with the version, such as "Node.js 26.10.0"
 */
char *
hw_target_dup_runtime_name (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  if (self->runtime == NULL)
    return g_strdup ("");

  return self->version != NULL ? g_strdup_printf ("%s %s", self->runtime->name, self->version)
                               : g_strdup (self->runtime->name);
}

/**
 * hw_target_get_pid:
 * @self: a target
 *
 * Returns: its process on this machine, or 0 when that is not known
 */
int
hw_target_get_pid (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), 0);

  return self->pid;
}

/**
 * hw_target_get_is_local:
 * @self: a target
 *
 * Returns: whether it is reached through this machine's loopback
 */
gboolean
hw_target_get_is_local (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), FALSE);

  return self->address == NULL || hw_address_is_loopback (self->address);
}

/**
 * hw_target_get_children:
 * @self: a target
 *
 * A browser's pages; a program's workers once it is attached to.
 *
 * Returns: (transfer none): a list of [class@Target]
 */
GListModel *
hw_target_get_children (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return G_LIST_MODEL (self->children);
}

GListStore *
hw_target_get_child_store (HwTarget *self)
{
  return self->children;
}

HwTarget *
hw_target_get_parent (HwTarget *self)
{
  return self->parent;
}

const char *
hw_target_get_worker_id (HwTarget *self)
{
  return self->worker_id;
}

/**
 * hw_target_dup_uri:
 * @self: a target
 *
 * Returns: (transfer full) (nullable): its WebSocket, when known
 */
char *
hw_target_dup_uri (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return self->address != NULL && self->path != NULL ? hw_address_dup_uri (self->address, "ws", self->path) : NULL;
}

/**
 * hw_target_dup_host:
 * @self: a target
 *
 * Returns: (transfer full) (nullable): the Host header it accepts, when the address is not enough
 */
char *
hw_target_dup_host (HwTarget *self)
{
  g_return_val_if_fail (HW_IS_TARGET (self), NULL);

  return self->address != NULL ? hw_address_dup_host (self->address) : NULL;
}

static void
probed_cb (GObject      *object G_GNUC_UNUSED,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  HwTarget *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(HwProbe) probe = hw_probe_finish (result, &error);

  if (probe != NULL)
    {
      hw_target_take_probe (self, probe);
      g_task_return_boolean (task, TRUE);
    }
  else if (self->is_path_fixed && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    {
      /* An inspector may be told to hide everything but its WebSocket. */
      hw_target_set_state (self, HW_TARGET_READY, NULL);
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      hw_target_set_state (self, HW_TARGET_UNREACHABLE, error->message);
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

/**
 * hw_target_resolve_async:
 * @self: a target with an address
 * @milliseconds: the deadline
 * @cancellable: (nullable): stops asking
 * @callback: (scope async): called when known
 * @user_data: data for @callback
 *
 * Asks what listens at the target's address, and where its WebSocket is, which changes at each start.
 */
void
hw_target_resolve_async (HwTarget            *self,
                         guint                milliseconds,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (HW_IS_TARGET (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_target_resolve_async);
  if (self->address == NULL)
    g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED,
                             _("Its inspector is not open"));
  else
    hw_probe_async (self->address, milliseconds, cancellable, probed_cb, g_steal_pointer (&task));
}

/**
 * hw_target_resolve_finish:
 * @self: a target
 * @result: the result handed to the callback
 * @error: return location
 *
 * Returns: whether an inspector answered; [property@Target:state] says whether it can be attached to
 */
gboolean
hw_target_resolve_finish (HwTarget      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
