/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A look: processes and listening ports on a worker thread, then one question to each port that an
 * inspector may be behind, all at once, then the list is brought up to date by key, so that a target stays
 * the same object while it lives.
 *
 * Only ports that someone listens on are asked, and of those the usual ones and the ones that a runtime's
 * process was told to use. A port that answered something else is left alone for a while.
 */
#include "config.h"

#include "inspector/hw-live-runtime-private.h"
#include "inspector/hw-target-list.h"
#include "inspector/hw-target-private.h"


/* Seconds between looks while active; milliseconds a local port, and a typed host, may take. */
#define LOOK_TICK      2
#define LOCAL_DEADLINE 300
#define HOST_DEADLINE  3000

/* Microseconds for which a port that is no inspector is not asked again. */
#define LEFT_ALONE (30 * G_USEC_PER_SEC)

static const struct { guint16 first; guint16 last; } usual_ports[] = {
  { 9229, 9240 }, { 9222, 9222 }, { 6499, 6499 },
};

/**
 * HwTargetList:
 *
 * A list of [class@Target]: what of this machine can be looked into, or why it cannot, and the hosts a
 * person typed. It fills and refreshes itself while active. Belongs to the main thread.
 */
struct _HwTargetList
{
  GObject     parent_instance;

  GPtrArray  *targets;     /* of HwTarget: typed hosts, then what was found */
  guint       n_hosts;
  GHashTable *left_alone;  /* port → monotonic µs until which */
  guint       timer;       /* GSource id, or 0 */
  GTask      *looking;     /* while a look is under way */
};

static GType
get_item_type (GListModel *model G_GNUC_UNUSED)
{
  return HW_TYPE_TARGET;
}

static guint
get_n_items (GListModel *model)
{
  return HW_TARGET_LIST (model)->targets->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  GPtrArray *targets = HW_TARGET_LIST (model)->targets;

  return position < targets->len ? g_object_ref (targets->pdata[position]) : NULL;
}

static void
model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HwTargetList, hw_target_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, model_init))

static void
hw_target_list_dispose (GObject *object)
{
  HwTargetList *self = HW_TARGET_LIST (object);

  g_clear_handle_id (&self->timer, g_source_remove);

  G_OBJECT_CLASS (hw_target_list_parent_class)->dispose (object);
}

static void
hw_target_list_finalize (GObject *object)
{
  HwTargetList *self = HW_TARGET_LIST (object);

  g_ptr_array_unref (self->targets);
  g_hash_table_unref (self->left_alone);

  G_OBJECT_CLASS (hw_target_list_parent_class)->finalize (object);
}

static void
hw_target_list_class_init (HwTargetListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hw_target_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = hw_target_list_finalize;
}

static void
hw_target_list_init (HwTargetList *self)
{
  self->targets = g_ptr_array_new_with_free_func (g_object_unref);
  self->left_alone = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

/**
 * hw_target_list_new:
 *
 * Returns: (transfer full): an empty list that is not active
 */
HwTargetList *
hw_target_list_new (void)
{
  return g_object_new (HW_TYPE_TARGET_LIST, NULL);
}

/* A port that is asked, and what is known of it. */
typedef struct
{
  guint16    port;
  HwProcess *process;   /* nullable: who listens; of the look */
  HwProbe   *probe;     /* nullable: its answer */
} Door;

typedef struct
{
  GPtrArray *processes;  /* of HwProcess */
  GArray    *listening;  /* guint16: everybody's */
  GArray    *doors;      /* of Door */
  guint      n_pending;
} Look;

static void
door_clear (gpointer data)
{
  g_clear_pointer (&((Door *) data)->probe, hw_probe_free);
}

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_pointer (&look->processes, g_ptr_array_unref);
  g_clear_pointer (&look->listening, g_array_unref);
  g_array_unref (look->doors);
  g_free (look);
}

static void
look_thread (GTask        *task,
             gpointer      source_object G_GNUC_UNUSED,
             gpointer      task_data,
             GCancellable *cancellable G_GNUC_UNUSED)
{
  Look *look = task_data;

  look->processes = hw_process_list ();
  look->listening = hw_process_listening_here ();
  g_task_return_boolean (task, TRUE);
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
is_usual (guint16 port)
{
  for (guint i = 0; i < G_N_ELEMENTS (usual_ports); i++)
    if (port >= usual_ports[i].first && port <= usual_ports[i].last)
      return TRUE;

  return FALSE;
}

static void
add_door (HwTargetList *self,
          Look         *look,
          guint16       port,
          HwProcess    *process)
{
  Door door = { port, process, NULL };
  gint64 *until = g_hash_table_lookup (self->left_alone, GUINT_TO_POINTER (port));

  if (until != NULL && *until > g_get_monotonic_time ())
    return;
  for (guint i = 0; i < look->doors->len; i++)
    if (g_array_index (look->doors, Door, i).port == port)
      return;
  g_array_append_val (look->doors, door);
}

/* The ports that are worth a question. */
static void
find_doors (HwTargetList *self,
            Look         *look)
{
  for (guint i = 0; i < look->processes->len; i++)
    {
      HwProcess *process = look->processes->pdata[i];

      for (guint j = 0; !process->is_elsewhere && j < process->listening->len; j++)
        {
          guint16 port = g_array_index (process->listening, guint16, j);

          if (process->asks_any_port || is_usual (port) || has_port (process->asked, port))
            add_door (self, look, port, process);
        }
    }
  for (guint i = 0; i < look->listening->len; i++)
    if (is_usual (g_array_index (look->listening, guint16, i)))
      add_door (self, look, g_array_index (look->listening, guint16, i), NULL);
}

static HwTarget *
find_target (HwTargetList *self,
             const char   *key,
             guint         from,
             guint        *position)
{
  for (guint i = from; i < self->targets->len; i++)
    if (g_str_equal (hw_target_get_key (self->targets->pdata[i]), key))
      {
        *position = i;
        return self->targets->pdata[i];
      }

  return NULL;
}

/* The target of this key, which is there from now on. */
static HwTarget *
ensure_target (HwTargetList *self,
               const char   *key,
               GHashTable   *seen)
{
  guint position;
  HwTarget *target = find_target (self, key, self->n_hosts, &position);

  g_hash_table_add (seen, g_strdup (key));
  if (target == NULL)
    {
      target = hw_target_new (key, HW_TARGET_PROGRAM);
      g_ptr_array_add (self->targets, target);
      g_object_set_data (G_OBJECT (target), "heapwise-fresh", target);
    }

  return target;
}

/* What is announced only once it is filled, so that nobody sees a target without a title. */
static void
announce_fresh (HwTargetList *self,
                HwTarget     *target)
{
  if (g_object_steal_data (G_OBJECT (target), "heapwise-fresh") != NULL)
    g_list_model_items_changed (G_LIST_MODEL (self), self->targets->len - 1, 0, 1);
}

static void
merge (HwTargetList *self,
       Look         *look)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) reached = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < look->doors->len; i++)
    {
      Door *door = &g_array_index (look->doors, Door, i);
      g_autofree char *key = g_strdup_printf ("127.0.0.1:%u", door->port);
      g_autoptr(HwAddress) address = NULL;
      HwTarget *target;

      if (door->probe == NULL)
        {
          gint64 *until = g_new (gint64, 1);

          *until = g_get_monotonic_time () + LEFT_ALONE;
          g_hash_table_replace (self->left_alone, GUINT_TO_POINTER (door->port), until);
          continue;
        }
      target = ensure_target (self, key, seen);
      address = hw_address_new ("127.0.0.1", door->port);
      hw_target_set_address (target, address);
      if (door->process != NULL)
        {
          hw_target_set_pid (target, door->process->pid);
          g_hash_table_add (reached, GINT_TO_POINTER (door->process->pid));
          if (door->process->fixed_path != NULL && !door->probe->runtime->has_list)
            hw_target_set_path (target, door->process->fixed_path);
        }
      hw_target_take_probe (target, door->probe);
      /* Bun says nothing of its program, and Deno calls each the same. */
      if (door->process != NULL && (door->probe->runtime == hw_live_runtime_get_bun () ||
                                    door->probe->runtime == hw_live_runtime_get_deno ()))
        hw_target_set_title (target, door->process->name);
      announce_fresh (self, target);
    }

  for (guint i = 0; i < look->processes->len; i++)
    {
      HwProcess *process = look->processes->pdata[i];
      g_autofree char *key = g_strdup_printf ("pid:%d", process->pid);
      HwTarget *target;

      if (g_hash_table_contains (reached, GINT_TO_POINTER (process->pid)))
        continue;
      target = ensure_target (self, key, seen);
      hw_target_take_process (target, process);
      announce_fresh (self, target);
    }

  for (guint i = self->targets->len; i > self->n_hosts; i--)
    {
      g_autoptr(HwTarget) target = g_object_ref (self->targets->pdata[i - 1]);

      if (!g_hash_table_contains (seen, hw_target_get_key (target)))
        {
          g_ptr_array_remove_index (self->targets, i - 1);
          hw_target_set_state (target, HW_TARGET_GONE, NULL);
          g_list_model_items_changed (G_LIST_MODEL (self), i - 1, 1, 0);
        }
    }
}

static void
answered (GTask *task)
{
  HwTargetList *self = g_task_get_source_object (task);
  Look *look = g_task_get_task_data (task);

  if (--look->n_pending > 0)
    return;
  merge (self, look);
  self->looking = NULL;
  g_task_return_boolean (task, TRUE);
}

typedef struct
{
  GTask *task;
  guint  door;
} Knock;

static void
knocked_cb (GObject      *object G_GNUC_UNUSED,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Knock *knock = user_data;
  g_autoptr(GTask) task = knock->task;
  Look *look = g_task_get_task_data (task);

  g_array_index (look->doors, Door, knock->door).probe = hw_probe_finish (result, NULL);
  answered (task);
}

static void
host_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  hw_target_resolve_finish (HW_TARGET (object), result, NULL);
  answered (task);
}

static void
looked_cb (GObject      *object,
           GAsyncResult *result G_GNUC_UNUSED,
           gpointer      user_data)
{
  HwTargetList *self = HW_TARGET_LIST (object);
  g_autoptr(GTask) task = user_data;
  Look *look = g_task_get_task_data (task);

  find_doors (self, look);
  look->n_pending = 1;
  for (guint i = 0; i < look->doors->len; i++)
    {
      g_autoptr(HwAddress) address = hw_address_new ("127.0.0.1", g_array_index (look->doors, Door, i).port);
      Knock *knock = g_new0 (Knock, 1);

      knock->task = g_object_ref (task);
      knock->door = i;
      look->n_pending++;
      hw_probe_async (address, LOCAL_DEADLINE, g_task_get_cancellable (task), knocked_cb, knock);
    }
  for (guint i = 0; i < self->n_hosts; i++)
    {
      look->n_pending++;
      hw_target_resolve_async (self->targets->pdata[i], HOST_DEADLINE, g_task_get_cancellable (task), host_cb,
                               g_object_ref (task));
    }
  answered (task);
}

/**
 * hw_target_list_refresh_async:
 * @self: a list
 * @cancellable: (nullable): stops asking
 * @callback: (scope async): called when the list is up to date
 * @user_data: data for @callback
 *
 * Looks once, also while active. Takes no longer than the slowest typed host.
 */
void
hw_target_list_refresh_async (HwTargetList        *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GTask) thread = NULL;
  Look *look;

  g_return_if_fail (HW_IS_TARGET_LIST (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_target_list_refresh_async);
  if (self->looking != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  look = g_new0 (Look, 1);
  look->doors = g_array_new (FALSE, FALSE, sizeof (Door));
  g_array_set_clear_func (look->doors, door_clear);
  g_task_set_task_data (task, look, look_free);
  self->looking = task;

  thread = g_task_new (self, NULL, looked_cb, g_object_ref (task));
  g_task_set_task_data (thread, look, NULL);
  g_task_run_in_thread (thread, look_thread);
}

/**
 * hw_target_list_refresh_finish:
 * @self: a list
 * @result: the result handed to the callback
 * @error: return location
 *
 * Returns: whether the list is up to date
 */
gboolean
hw_target_list_refresh_finish (HwTargetList  *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
look_cb (gpointer data)
{
  HwTargetList *self = data;

  if (self->looking == NULL)
    hw_target_list_refresh_async (self, NULL, NULL, NULL);

  return G_SOURCE_CONTINUE;
}

/**
 * hw_target_list_set_active:
 * @self: a list
 * @is_active: whether somebody looks at it
 *
 * While active the list looks every two seconds.
 */
void
hw_target_list_set_active (HwTargetList *self,
                           gboolean      is_active)
{
  g_return_if_fail (HW_IS_TARGET_LIST (self));

  if (is_active == (self->timer != 0))
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (is_active)
    {
      self->timer = g_timeout_add_seconds (LOOK_TICK, look_cb, self);
      look_cb (self);
    }
}

/**
 * hw_target_list_add_host:
 * @self: a list
 * @text: `host:port`, a port, or a `ws://` address
 * @allow_remote: whether a person has agreed to speak to another machine
 * @error: return location
 *
 * Adds a host, at once and before what was found. It stays, reachable or not, until it is removed.
 *
 * Returns: (transfer none) (nullable): its target
 */
HwTarget *
hw_target_list_add_host (HwTargetList  *self,
                         const char    *text,
                         gboolean       allow_remote,
                         GError       **error)
{
  HwTarget *target, *known;
  guint position;

  g_return_val_if_fail (HW_IS_TARGET_LIST (self), NULL);

  target = hw_target_new_for_address (text, allow_remote, error);
  if (target == NULL)
    return NULL;
  known = find_target (self, hw_target_get_key (target), 0, &position);
  if (known != NULL && position < self->n_hosts)
    {
      g_object_unref (target);
      return known;
    }
  g_ptr_array_insert (self->targets, (int) self->n_hosts, target);
  self->n_hosts++;
  g_list_model_items_changed (G_LIST_MODEL (self), self->n_hosts - 1, 0, 1);
  hw_target_resolve_async (target, HOST_DEADLINE, NULL, NULL, NULL);

  return target;
}

/**
 * hw_target_list_remove_host:
 * @self: a list
 * @target: what [method@TargetList.add_host] gave
 *
 * Removes a typed host.
 */
void
hw_target_list_remove_host (HwTargetList *self,
                            HwTarget     *target)
{
  guint position;

  g_return_if_fail (HW_IS_TARGET_LIST (self));

  if (!g_ptr_array_find (self->targets, target, &position) || position >= self->n_hosts)
    return;
  g_ptr_array_remove_index (self->targets, position);
  self->n_hosts--;
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}
