/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One snapshot, from the question to the file.
 *
 *   measure ─► forget console, handles ─► same ids as before? ─► collect ─► take ─► name the file
 *
 * V8 tells its progress and then sends the file in pieces, which go to the disk on the socket's thread.
 * Bun, and a V8 whose event loop never comes round, are pulled: one expression builds the snapshot in the
 * target, further ones fetch it piece by piece until a piece is empty, a last one lets it go.
 *
 * Nothing can stop a snapshot that was begun. Cancelling leaves it alone and throws away what arrives.
 */
#include "config.h"

#include "base/hw-format.h"
#include "inspector/hw-session-private.h"
#include "inspector/hw-snapshot-job.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Milliseconds: between looks at the file, and without a sign of life until a busy target is pulled. */
#define TICK       200
#define BUSY_LIMIT 5000

struct _HwSnapshotJob
{
  GObject            parent_instance;

  HwSession         *session;
  HwSnapshotOptions  options;
  char              *wanted;        /* where the file shall be */
  char              *path;          /* nullable: where it is */
  gboolean           is_salvaged;
  HwSnapshotPhase    phase;
  guint64            done;          /* objects */
  guint64            total;
  HwSample          *sample;        /* nullable: memory just before */
  gint64             started;       /* monotonic µs */
  gint64             duration;      /* µs; 0 until finished */
  guint              epoch;         /* snapshots of one number have comparable ids */

  HwCaptureFile     *file;
  HwChannel         *channel;       /* owned while it runs */
  gulong             event_id;
  GTask             *task;          /* while it runs */
  guint              timer;         /* GSource id, or 0 */
  guint64            pulled;        /* bytes in the file before the piece that is asked for */
  gboolean           is_pulling;
  gint64             last_sign;     /* monotonic µs: of life */
};

enum
{
  SIGNAL_PROGRESS,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwSnapshotJob, hw_snapshot_job, G_TYPE_OBJECT)

/* Expressions that build, fetch and let go, by what the target is. */
typedef struct
{
  const char *start;
  const char *next;
  const char *end;
} Pull;

static const Pull v8_pull = {
  "globalThis[Symbol.for('heapwise.pull')]=process.getBuiltinModule('v8').getHeapSnapshot(),'ok'",
  "(()=>{const s=globalThis[Symbol.for('heapwise.pull')];let o='',c;"
  "while(o.length<1048576&&(c=s.read())!==null)o+=c.toString('latin1');return o})()",
  "delete globalThis[Symbol.for('heapwise.pull')]",
};

/* A piece never ends between the halves of a character. */
static const Pull bun_pull = {
  "globalThis[Symbol.for('heapwise.pull')]={s:Bun.generateHeapSnapshot('v8'),i:0},'ok'",
  "(()=>{const p=globalThis[Symbol.for('heapwise.pull')];let e=Math.min(p.s.length,p.i+4194304);"
  "if(e<p.s.length&&(p.s.charCodeAt(e-1)&0xfc00)==0xd800)e--;const o=p.s.slice(p.i,e);p.i=e;return o})()",
  "delete globalThis[Symbol.for('heapwise.pull')]",
};

static void
hw_snapshot_job_dispose (GObject *object)
{
  HwSnapshotJob *self = HW_SNAPSHOT_JOB (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->channel);
  g_clear_object (&self->session);
  g_clear_pointer (&self->file, hw_capture_file_unref);

  G_OBJECT_CLASS (hw_snapshot_job_parent_class)->dispose (object);
}

static void
hw_snapshot_job_finalize (GObject *object)
{
  HwSnapshotJob *self = HW_SNAPSHOT_JOB (object);

  g_clear_pointer (&self->sample, hw_sample_unref);
  g_free (self->wanted);
  g_free (self->path);

  G_OBJECT_CLASS (hw_snapshot_job_parent_class)->finalize (object);
}

static void
hw_snapshot_job_class_init (HwSnapshotJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hw_snapshot_job_dispose;
  object_class->finalize = hw_snapshot_job_finalize;

  /**
   * HwSnapshotJob::progress:
   * @self: the job
   *
   * The phase, the objects or the bytes have changed; some five times a second.
   */
  signals[SIGNAL_PROGRESS] =
    g_signal_new ("progress", HW_TYPE_SNAPSHOT_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hw_snapshot_job_init (HwSnapshotJob *self G_GNUC_UNUSED)
{
}

/**
 * HwSnapshotJob:
 *
 * Takes one heap snapshot of an attached target and streams it into a file.
 *
 * The file grows as `NAME.part` beside its place, readable by its owner alone. When the target dies half
 * way, what arrived is kept as `STEM-incomplete.EXT`. Belongs to the main thread.
 */

/**
 * hw_snapshot_job_new:
 * @session: an attached session
 * @path: (type filename): where the file shall be
 * @options: how
 *
 * Returns: (transfer full): a job to run once
 */
HwSnapshotJob *
hw_snapshot_job_new (HwSession               *session,
                     const char              *path,
                     const HwSnapshotOptions *options)
{
  HwSnapshotJob *self;

  g_return_val_if_fail (HW_IS_SESSION (session), NULL);
  g_return_val_if_fail (path != NULL && options != NULL, NULL);

  self = g_object_new (HW_TYPE_SNAPSHOT_JOB, NULL);
  self->session = g_object_ref (session);
  self->wanted = g_strdup (path);
  self->options = *options;

  return self;
}

static void
set_phase (HwSnapshotJob   *self,
           HwSnapshotPhase  phase)
{
  if (self->phase == phase)
    return;
  self->phase = phase;
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
}

/* Everything ends here: @error is taken over; NULL when all arrived. */
static void
finish (HwSnapshotJob *self,
        GError        *error)
{
  g_autoptr(HwSnapshotJob) alive = g_object_ref (self);
  g_autoptr(GTask) task = g_steal_pointer (&self->task);
  g_autofree char *size = NULL;

  if (task == NULL)
    {
      g_clear_error (&error);
      return;
    }
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_signal_handler (&self->event_id, self->channel);
  if (self->channel != NULL)
    hw_channel_set_chunks (self->channel, NULL);
  self->duration = g_get_monotonic_time () - self->started;

  if (self->file != NULL)
    {
      hw_capture_file_stop (self->file);
      if (error == NULL)
        self->path = hw_capture_file_complete (self->file, &error);
      else if (hw_capture_file_check (self->file, NULL) &&
               !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          self->path = hw_capture_file_salvage (self->file);
          self->is_salvaged = self->path != NULL;
        }
      if (error != NULL && !self->is_salvaged)
        hw_capture_file_discard (self->file);
      if (self->is_salvaged)
        {
          g_autoptr(GError) cause = g_steal_pointer (&error);

          size = hw_format_size (hw_capture_file_get_n_bytes (self->file));
          error = g_error_new (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_SALVAGED,
                               _("The snapshot is not complete: %s. What arrived, %s, is in %s"),
                               cause->message, size, self->path);
        }
    }

  hw_session_release (self->session);
  g_clear_object (&self->channel);
  set_phase (self, HW_SNAPSHOT_FINISHED);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
checked_after_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(HwSnapshotJob) self = user_data;

  self->epoch = hw_session_check_ids_finish (HW_SESSION (object), result);
  finish (self, NULL);
}

/* It is all there. JavaScriptCore's ids stay within a connection, Bun's others never. */
static void
succeed (HwSnapshotJob *self)
{
  if (hw_target_get_runtime (self->session->target)->dialect == HW_DIALECT_WEBKIT)
    {
      self->epoch = self->options.format == HW_SNAPSHOT_FORMAT_JSC ? self->session->epoch : hw_session_new_epoch ();
      finish (self, NULL);
    }
  else
    hw_session_check_ids_async (self->session, checked_after_cb, g_object_ref (self));
}

/* Before its first line runs, parts of a program are not there yet. */
static void
explain_waiting (HwSnapshotJob  *self,
                 GError        **error)
{
  if (self->session->state != HW_SESSION_WAITING || !g_error_matches (*error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_REMOTE))
    return;
  g_clear_error (error);
  g_set_error_literal (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED,
                       _("The program has not begun to run: let it run first"));
}

/* Asks without being interested in what comes of it. */
static void
tell_expression (HwSnapshotJob *self,
                 const char    *expression)
{
  hw_channel_tell (self->channel, "Runtime.evaluate", hw_session_evaluate_params (self->session, expression));
}

static const Pull *
get_pull (HwSnapshotJob *self)
{
  return hw_target_get_runtime (self->session->target)->dialect == HW_DIALECT_WEBKIT ? &bun_pull : &v8_pull;
}

static void
piece_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data);

static void
ask_piece (HwSnapshotJob *self)
{
  static const char *const path[] = { "result", "result", "value", NULL };

  self->pulled = hw_capture_file_get_n_bytes (self->file);
  hw_channel_call_to_file_async (self->channel, "Runtime.evaluate",
                                 hw_session_evaluate_params (self->session, get_pull (self)->next), path, self->file,
                                 g_task_get_cancellable (self->task), piece_cb, g_object_ref (self));
}

static void
piece_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(HwSnapshotJob) self = user_data;
  GError *error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);
  g_autofree char *odd = NULL;

  if (self->task == NULL)
    {
      g_clear_error (&error);
      return;
    }
  /* An answer without a text is not in the file: the expression threw. */
  if (answer != NULL && json_object_get_size (json_node_get_object (answer)) > 0)
    {
      odd = hw_session_read_value (answer, &error);
      if (odd != NULL)
        error = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL, _("A piece of it is no text"));
    }
  if (error == NULL && hw_capture_file_check (self->file, &error) &&
      hw_capture_file_get_n_bytes (self->file) > self->pulled)
    {
      ask_piece (self);
      return;
    }
  tell_expression (self, get_pull (self)->end);
  if (error != NULL)
    explain_waiting (self, &error);
  if (error != NULL)
    finish (self, error);
  else
    succeed (self);
}

static void command (HwSnapshotJob *self);

static void
built_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(HwSnapshotJob) self = user_data;
  GError *error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);
  g_autofree char *value = answer != NULL ? hw_session_read_value (answer, &error) : NULL;

  if (self->task == NULL)
    {
      g_clear_error (&error);
      return;
    }
  /* Node 20 has nothing to pull with before it runs, but then it comes to the command. */
  if (value == NULL && self->session->state == HW_SESSION_WAITING &&
      g_error_matches (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_REMOTE))
    {
      g_clear_error (&error);
      self->is_pulling = FALSE;
      command (self);
      return;
    }
  if (value == NULL)
    {
      finish (self, error);
      return;
    }
  set_phase (self, HW_SNAPSHOT_RECEIVING);
  ask_piece (self);
}

static void
pull (HwSnapshotJob *self)
{
  self->is_pulling = TRUE;
  hw_channel_set_chunks (self->channel, NULL);
  set_phase (self, HW_SNAPSHOT_BUILDING);
  hw_channel_call_async (self->channel, "Runtime.evaluate",
                         hw_session_evaluate_params (self->session, get_pull (self)->start), 0,
                         g_task_get_cancellable (self->task), built_cb, g_object_ref (self));
}

static void
taken_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(HwSnapshotJob) self = user_data;
  GError *error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);

  if (self->is_pulling || self->task == NULL)
    {
      g_clear_error (&error);
      return;
    }
  if (error == NULL && hw_capture_file_get_n_bytes (self->file) == 0)
    error = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL, _("The target sent nothing"));
  if (error != NULL)
    finish (self, error);
  else
    succeed (self);
}

static gboolean
tick_cb (gpointer data)
{
  HwSnapshotJob *self = data;
  guint64 n_bytes = hw_capture_file_get_n_bytes (self->file);
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), &error))
    {
      self->timer = 0;
      g_clear_error (&error);
      finish (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                         _("Cancelled. The program stands still until its snapshot is done all the "
                                           "same: nothing can stop it.")));
      return G_SOURCE_REMOVE;
    }
  if (!hw_capture_file_check (self->file, &error))
    {
      self->timer = 0;
      finish (self, error);
      return G_SOURCE_REMOVE;
    }
  if (n_bytes > 0 && self->phase == HW_SNAPSHOT_BUILDING)
    set_phase (self, HW_SNAPSHOT_RECEIVING);
  else if (!self->is_pulling && self->phase == HW_SNAPSHOT_BUILDING && self->done == 0 && self->options.pull_when_busy &&
           g_get_monotonic_time () - self->last_sign > BUSY_LIMIT * 1000 &&
           hw_target_get_runtime (self->session->target)->waits_at_exit)
    pull (self);
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);

  return G_SOURCE_CONTINUE;
}

static void
event_cb (HwChannel     *channel G_GNUC_UNUSED,
          const char    *method,
          JsonNode      *node,
          HwSnapshotJob *self)
{
  JsonObject *params = json_node_get_object (node);
  double done, total;

  if (!g_str_equal (method, "HeapProfiler.reportHeapSnapshotProgress") ||
      !hw_json_number (params, "done", &done) || !hw_json_number (params, "total", &total) ||
      done < 0 || total < 0 || total > 1e15 || done > total)
    return;
  self->done = (guint64) done;
  self->total = (guint64) total;
  self->last_sign = g_get_monotonic_time ();
  if (json_object_get_boolean_member_with_default (params, "finished", FALSE))
    set_phase (self, HW_SNAPSHOT_RECEIVING);
}

static void
command (HwSnapshotJob *self)
{
  hw_channel_set_chunks (self->channel, self->file);
  self->event_id = g_signal_connect (self->channel, "event", G_CALLBACK (event_cb), self);
  hw_channel_call_async (self->channel, "HeapProfiler.takeHeapSnapshot",
                         hw_params_new ("reportProgress", 'b', TRUE,
                                        "captureNumericValue", 'b', self->options.numeric_values,
                                        "exposeInternals", 'b', self->options.internals, NULL),
                         0, NULL, taken_cb, g_object_ref (self));
}

static void
take (HwSnapshotJob *self)
{
  static const char *const jsc_path[] = { "result", "snapshotData", NULL };
  const HwLiveRuntime *runtime = hw_target_get_runtime (self->session->target);
  GError *error = NULL;

  self->file = hw_capture_file_new (self->wanted, &error);
  if (self->file == NULL)
    {
      finish (self, error);
      return;
    }
  self->last_sign = g_get_monotonic_time ();
  self->timer = g_timeout_add (TICK, tick_cb, self);
  set_phase (self, HW_SNAPSHOT_BUILDING);

  if (runtime->dialect == HW_DIALECT_WEBKIT && self->options.format == HW_SNAPSHOT_FORMAT_JSC)
    hw_channel_call_to_file_async (self->channel, "Heap.snapshot", NULL, jsc_path, self->file, NULL, taken_cb,
                                   g_object_ref (self));
  else if (runtime->dialect == HW_DIALECT_WEBKIT || self->session->is_exiting ||
           self->session->state == HW_SESSION_WAITING)
    pull (self);
  else
    command (self);
}

static void
collected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(HwSnapshotJob) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!hw_session_collect_garbage_finish (HW_SESSION (object), result, &error) &&
      !g_error_matches (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_TIMEOUT))
    finish (self, g_steal_pointer (&error));
  else if (self->task != NULL)
    take (self);
}

static void
checked_before_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(HwSnapshotJob) self = user_data;

  hw_session_check_ids_finish (HW_SESSION (object), result);
  if (self->task == NULL)
    return;
  if (!hw_channel_get_is_open (self->channel))
    {
      finish (self, g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED, _("There is no connection")));
      return;
    }
  if (hw_target_get_runtime (self->session->target)->dialect == HW_DIALECT_V8)
    {
      hw_channel_tell (self->channel, "Runtime.releaseObjectGroup", hw_params_new ("objectGroup", 's', "heapwise", NULL));
      if (self->options.discard_console)
        hw_channel_tell (self->channel, "Runtime.discardConsoleEntries", NULL);
    }
  if (self->options.collect_first)
    hw_session_collect_garbage_async (self->session, g_task_get_cancellable (self->task), collected_cb,
                                      g_object_ref (self));
  else
    take (self);
}

static void
sampled_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(HwSnapshotJob) self = user_data;

  self->sample = hw_session_sample_finish (HW_SESSION (object), result, NULL);
  if (self->task != NULL)
    hw_session_check_ids_async (self->session, checked_before_cb, g_object_ref (self));
}

/**
 * hw_snapshot_job_run_async:
 * @self: a job that has not run
 * @cancellable: (nullable): throws away what arrives; the target still builds its snapshot to the end
 * @callback: (scope async): called when there is a file, or none will come
 * @user_data: data for @callback
 *
 * Takes the snapshot. The program stands still meanwhile: see [func@snapshot_estimate].
 */
void
hw_snapshot_job_run_async (HwSnapshotJob       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (HW_IS_SNAPSHOT_JOB (self));
  g_return_if_fail (self->task == NULL && self->phase == HW_SNAPSHOT_PREPARING);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_snapshot_job_run_async);
  g_task_set_check_cancellable (task, FALSE);
  if (self->session->channel == NULL)
    {
      g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED, _("There is no connection"));
      return;
    }
  if (self->session->n_held > 0)
    {
      g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_BUSY,
                               _("Another snapshot or recording of this target is going on"));
      return;
    }
  self->task = g_steal_pointer (&task);
  self->started = g_get_monotonic_time ();
  self->channel = g_object_ref (self->session->channel);
  hw_session_hold (self->session);
  if (self->session->state == HW_SESSION_BUSY)
    take (self);
  else
    hw_session_sample_async (self->session, NULL, sampled_cb, g_object_ref (self));
}

/**
 * hw_snapshot_job_run_finish:
 * @self: a job
 * @result: the result handed to the callback
 * @error: return location
 *
 * Fails with %HW_INSPECTOR_ERROR_SALVAGED when the target died half way and an incomplete file was kept.
 *
 * Returns: whether there is a complete file
 */
gboolean
hw_snapshot_job_run_finish (HwSnapshotJob  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hw_snapshot_job_get_phase:
 * @self: a job
 *
 * Returns: how far it has come
 */
HwSnapshotPhase
hw_snapshot_job_get_phase (HwSnapshotJob *self)
{
  g_return_val_if_fail (HW_IS_SNAPSHOT_JOB (self), HW_SNAPSHOT_FINISHED);

  return self->phase;
}

/**
 * hw_snapshot_job_get_progress:
 * @self: a job
 * @done: (out) (optional): objects that the target has walked
 * @total: (out) (optional): objects in all, or 0 when the target does not say
 * @n_bytes: (out) (optional): bytes that have arrived
 *
 * Tells what is known. How many bytes will come is not.
 */
void
hw_snapshot_job_get_progress (HwSnapshotJob *self,
                              guint64       *done,
                              guint64       *total,
                              guint64       *n_bytes)
{
  g_return_if_fail (HW_IS_SNAPSHOT_JOB (self));

  if (done != NULL)
    *done = self->done;
  if (total != NULL)
    *total = self->total;
  if (n_bytes != NULL)
    *n_bytes = self->file != NULL ? hw_capture_file_get_n_bytes (self->file) : 0;
}

/**
 * hw_snapshot_job_get_path:
 * @self: a job
 *
 * Returns: (nullable) (type filename): the file, complete or salvaged, once it has run
 */
const char *
hw_snapshot_job_get_path (HwSnapshotJob *self)
{
  g_return_val_if_fail (HW_IS_SNAPSHOT_JOB (self), NULL);

  return self->path;
}

/**
 * hw_snapshot_job_get_is_salvaged:
 * @self: a job
 *
 * Returns: whether the file is what arrived before the target died
 */
gboolean
hw_snapshot_job_get_is_salvaged (HwSnapshotJob *self)
{
  g_return_val_if_fail (HW_IS_SNAPSHOT_JOB (self), FALSE);

  return self->is_salvaged;
}

/**
 * hw_snapshot_job_get_sample:
 * @self: a job
 *
 * Returns: (transfer none) (nullable): the target's memory just before
 */
HwSample *
hw_snapshot_job_get_sample (HwSnapshotJob *self)
{
  g_return_val_if_fail (HW_IS_SNAPSHOT_JOB (self), NULL);

  return self->sample;
}

/**
 * hw_snapshot_job_get_duration:
 * @self: a job
 *
 * Returns: microseconds from the beginning to the complete file; 0 until then
 */
gint64
hw_snapshot_job_get_duration (HwSnapshotJob *self)
{
  g_return_val_if_fail (HW_IS_SNAPSHOT_JOB (self), 0);

  return self->duration;
}

/**
 * hw_snapshot_job_get_epoch:
 * @self: a job that has run
 *
 * Returns: a number that snapshots share whose objects can be told apart by their ids
 */
guint
hw_snapshot_job_get_epoch (HwSnapshotJob *self)
{
  g_return_val_if_fail (HW_IS_SNAPSHOT_JOB (self), 0);

  return self->epoch;
}

/**
 * hw_snapshot_estimate:
 * @session: an attached session
 * @sample: what was measured last
 * @path: (type filename) (nullable): where the file shall be
 * @cost: (out caller-allocates): what a snapshot will cost
 *
 * Estimates from the heap's size: objects of forty bytes, three to nine microseconds and some eighty bytes of
 * file each, and the memory that runtimes were measured to need. Cost: one look at the disk.
 */
void
hw_snapshot_estimate (HwSession      *session,
                      HwSample       *sample,
                      const char     *path,
                      HwSnapshotCost *cost)
{
  const HwLiveRuntime *runtime;
  double used, objects;

  g_return_if_fail (HW_IS_SESSION (session));
  g_return_if_fail (sample != NULL && cost != NULL);

  memset (cost, 0, sizeof *cost);
  runtime = hw_target_get_runtime (session->target);
  used = hw_sample_get (sample, HW_METRIC_HEAP_USED);
  if (isnan (used))
    return;
  objects = used / 40;
  cost->heap_used = (guint64) used;
  cost->min_pause = 0.05 + objects * 3e-6;
  cost->max_pause = 0.5 + objects * 9e-6;
  cost->file_size = (guint64) (2e6 + objects * 80);
  cost->extra_memory = (guint64) (used * (runtime->dialect == HW_DIALECT_WEBKIT ? 6 : 10));
  if (hw_sample_has (sample, HW_METRIC_FREE_MEMORY))
    cost->free_memory = (guint64) hw_sample_get (sample, HW_METRIC_FREE_MEMORY);
  if (hw_sample_has (sample, HW_METRIC_CONTAINER_LIMIT) && hw_sample_has (sample, HW_METRIC_CONTAINER_USED))
    {
      double left = hw_sample_get (sample, HW_METRIC_CONTAINER_LIMIT) - hw_sample_get (sample, HW_METRIC_CONTAINER_USED);

      if (cost->free_memory == 0 || left < (double) cost->free_memory)
        cost->free_memory = (guint64) MAX (left, 1);
    }
  if (path != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (path);
      g_autoptr(GFile) file = g_file_new_for_path (folder);
      g_autoptr(GFileInfo) info = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);

      if (info != NULL)
        cost->free_disk = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
    }
  cost->is_risky = (cost->free_memory > 0 && cost->extra_memory > cost->free_memory) ||
                   (cost->free_disk > 0 && cost->file_size > cost->free_disk);
}
