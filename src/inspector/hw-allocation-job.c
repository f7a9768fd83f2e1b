/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-allocation-job.h"
#include "inspector/hw-session-private.h"

#include <glib/gi18n-lib.h>

/* The most intervals of a timeline: fourteen hours. A target that says more is not believed. */
#define MAX_BARS 1000000

/* Bytes between samples when nothing else is wanted: V8's own choice. */
#define SAMPLING_INTERVAL 32768

/* Milliseconds that starting may take, and between looks at the file. */
#define START_DEADLINE 20000
#define TICK           200

/**
 * HwAllocationJob:
 *
 * Records where or when an attached program allocates, from start to stop, into a file.
 *
 * A timeline's live bars come with [signal@AllocationJob::changed]; its file is a heap snapshot with the
 * times of birth in it. Belongs to the main thread.
 */
struct _HwAllocationJob
{
  GObject              parent_instance;

  HwSession           *session;
  HwAllocationOptions  options;
  char                *wanted;
  char                *path;         /* nullable: the file */
  gboolean             is_salvaged;
  HwChannel           *channel;      /* owned between start and the end */
  gulong               event_id;
  GArray              *bars;         /* of HwAllocationBar */
  HwCaptureFile       *file;         /* nullable: while stopping and after */
  GTask               *stopping;
  guint                timer;        /* GSource id, or 0 */
  guint64              done;
  guint64              total;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwAllocationJob, hw_allocation_job, G_TYPE_OBJECT)

static void
hw_allocation_job_dispose (GObject *object)
{
  HwAllocationJob *self = HW_ALLOCATION_JOB (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  hw_allocation_job_abandon (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (hw_allocation_job_parent_class)->dispose (object);
}

static void
hw_allocation_job_finalize (GObject *object)
{
  HwAllocationJob *self = HW_ALLOCATION_JOB (object);

  g_clear_pointer (&self->file, hw_capture_file_unref);
  g_array_unref (self->bars);
  g_free (self->wanted);
  g_free (self->path);

  G_OBJECT_CLASS (hw_allocation_job_parent_class)->finalize (object);
}

static void
hw_allocation_job_class_init (HwAllocationJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hw_allocation_job_dispose;
  object_class->finalize = hw_allocation_job_finalize;

  /**
   * HwAllocationJob::changed:
   * @self: the job
   *
   * The bars or the progress have changed.
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", HW_TYPE_ALLOCATION_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hw_allocation_job_init (HwAllocationJob *self)
{
  self->bars = g_array_new (FALSE, TRUE, sizeof (HwAllocationBar));
}

/**
 * hw_allocation_job_new:
 * @session: an attached session
 * @path: (type filename): where the file shall be
 * @options: what to record, and how
 *
 * Returns: (transfer full): a job to start once
 */
HwAllocationJob *
hw_allocation_job_new (HwSession                 *session,
                       const char                *path,
                       const HwAllocationOptions *options)
{
  HwAllocationJob *self;

  g_return_val_if_fail (HW_IS_SESSION (session), NULL);
  g_return_val_if_fail (path != NULL && options != NULL, NULL);

  self = g_object_new (HW_TYPE_ALLOCATION_JOB, NULL);
  self->session = g_object_ref (session);
  self->wanted = g_strdup (path);
  self->options = *options;

  return self;
}

/* Triplets of interval, objects, bytes; only what changed since the last ones. */
static void
take_stats (HwAllocationJob *self,
            JsonArray       *stats)
{
  guint n = json_array_get_length (stats);

  for (guint i = 0; i + 2 < n; i += 3)
    {
      gint64 interval = json_array_get_int_element (stats, i);
      gint64 count = json_array_get_int_element (stats, i + 1);
      gint64 size = json_array_get_int_element (stats, i + 2);
      HwAllocationBar *bar;

      if (interval < 0 || interval >= MAX_BARS || count < 0 || size < 0)
        continue;
      if ((guint) interval >= self->bars->len)
        g_array_set_size (self->bars, (guint) interval + 1);
      bar = &g_array_index (self->bars, HwAllocationBar, (guint) interval);
      bar->count = (guint64) count;
      bar->size = (guint64) size;
      bar->max_size = MAX (bar->max_size, bar->size);
    }
}

static void
event_cb (HwChannel       *channel G_GNUC_UNUSED,
          const char      *method,
          JsonNode        *node,
          HwAllocationJob *self)
{
  JsonObject *params = json_node_get_object (node);
  JsonArray *stats;
  double done, total;

  if (g_str_equal (method, "HeapProfiler.heapStatsUpdate"))
    {
      stats = hw_json_array (params, "statsUpdate");
      if (stats != NULL)
        take_stats (self, stats);
    }
  else if (g_str_equal (method, "HeapProfiler.reportHeapSnapshotProgress") &&
           hw_json_number (params, "done", &done) && hw_json_number (params, "total", &total) &&
           done >= 0 && done <= total && total < 1e15)
    {
      self->done = (guint64) done;
      self->total = (guint64) total;
    }
  else
    return;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Between start and stop the session is held, so that a program which exits can still be asked. */
static void
let_go (HwAllocationJob *self)
{
  if (self->channel == NULL)
    return;
  g_clear_signal_handler (&self->event_id, self->channel);
  hw_channel_set_chunks (self->channel, NULL);
  g_clear_object (&self->channel);
  hw_session_release (self->session);
}

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  HwAllocationJob *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);

  if (answer != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  let_go (self);
  g_task_return_error (task, g_steal_pointer (&error));
}

static HwFeature
feature_of (HwAllocationKind kind)
{
  switch (kind)
    {
    case HW_ALLOCATION_STACKS:
      return HW_FEATURE_TIMELINE_STACKS;

    case HW_ALLOCATION_SAMPLING:
      return HW_FEATURE_SAMPLING;

    case HW_ALLOCATION_TIMELINE:
    default:
      return HW_FEATURE_TIMELINE;
    }
}

/**
 * hw_allocation_job_start_async:
 * @self: a job that has not started
 * @callback: (scope async): called when the target records
 * @user_data: data for @callback
 *
 * Begins to record.
 */
void
hw_allocation_job_start_async (HwAllocationJob     *self,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  const char *why_not;

  g_return_if_fail (HW_IS_ALLOCATION_JOB (self));
  g_return_if_fail (self->channel == NULL && self->path == NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, hw_allocation_job_start_async);
  why_not = hw_session_why_not (self->session, feature_of (self->options.kind));
  if (why_not != NULL)
    {
      g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED, "%s", why_not);
      return;
    }
  if (self->session->n_held > 0)
    {
      g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_BUSY,
                               _("Another snapshot or recording of this target is going on"));
      return;
    }

  self->channel = g_object_ref (self->session->channel);
  self->event_id = g_signal_connect (self->channel, "event", G_CALLBACK (event_cb), self);
  hw_session_hold (self->session);
  if (self->options.kind == HW_ALLOCATION_SAMPLING)
    hw_channel_call_async (self->channel, "HeapProfiler.startSampling",
                           hw_params_new ("samplingInterval", 'i',
                                          (gint64) (self->options.sampling_interval > 0 ? self->options.sampling_interval
                                                                                        : SAMPLING_INTERVAL),
                                          "includeObjectsCollectedByMajorGC", 'b', self->options.includes_collected,
                                          "includeObjectsCollectedByMinorGC", 'b', self->options.includes_collected,
                                          NULL),
                           START_DEADLINE, NULL, started_cb, g_steal_pointer (&task));
  else
    hw_channel_call_async (self->channel, "HeapProfiler.startTrackingHeapObjects",
                           hw_params_new ("trackAllocations", 'b', self->options.kind == HW_ALLOCATION_STACKS, NULL),
                           START_DEADLINE, NULL, started_cb, g_steal_pointer (&task));
}

/**
 * hw_allocation_job_start_finish:
 * @self: a job
 * @result: the result handed to the callback
 * @error: return location
 *
 * Returns: whether the target records
 */
gboolean
hw_allocation_job_start_finish (HwAllocationJob  *self,
                                GAsyncResult     *result,
                                GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Takes over @error; NULL when everything arrived. */
static void
finish (HwAllocationJob *self,
        GError          *error)
{
  g_autoptr(GTask) task = g_steal_pointer (&self->stopping);

  if (task == NULL)
    {
      g_clear_error (&error);
      return;
    }
  g_clear_handle_id (&self->timer, g_source_remove);
  let_go (self);
  hw_capture_file_stop (self->file);
  if (error == NULL)
    self->path = hw_capture_file_complete (self->file, &error);
  else if (hw_capture_file_check (self->file, NULL) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      self->path = hw_capture_file_salvage (self->file);
      self->is_salvaged = self->path != NULL;
    }
  if (error != NULL && !self->is_salvaged)
    hw_capture_file_discard (self->file);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
stopped_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(HwAllocationJob) self = user_data;
  GError *error = NULL;
  g_autoptr(JsonNode) answer = hw_channel_call_finish (HW_CHANNEL (object), result, &error);

  if (answer != NULL && hw_capture_file_get_n_bytes (self->file) == 0)
    error = g_error_new_literal (HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_PROTOCOL, _("The target sent nothing"));
  finish (self, error);
}

static gboolean
tick_cb (gpointer data)
{
  HwAllocationJob *self = data;
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->stopping), &error) ||
      !hw_capture_file_check (self->file, &error))
    {
      self->timer = 0;
      finish (self, error);
      return G_SOURCE_REMOVE;
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);

  return G_SOURCE_CONTINUE;
}

/**
 * hw_allocation_job_stop_async:
 * @self: a job that records
 * @cancellable: (nullable): throws away what arrives
 * @callback: (scope async): called when there is a file, or none will come
 * @user_data: data for @callback
 *
 * Ends the recording and fetches it. A timeline ends with a heap snapshot, during which the program
 * stands still.
 */
void
hw_allocation_job_stop_async (HwAllocationJob     *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  static const char *const profile_path[] = { "result", "profile", NULL };
  g_autoptr(GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (HW_IS_ALLOCATION_JOB (self));
  g_return_if_fail (self->stopping == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_allocation_job_stop_async);
  g_task_set_check_cancellable (task, FALSE);
  if (self->channel == NULL || !hw_channel_get_is_open (self->channel))
    {
      g_task_return_new_error (task, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_CLOSED,
                               _("The program has ended, and its recording with it"));
      let_go (self);
      return;
    }
  self->file = hw_capture_file_new (self->wanted, &error);
  if (self->file == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->stopping = g_steal_pointer (&task);
  self->timer = g_timeout_add (TICK, tick_cb, self);

  if (self->options.kind == HW_ALLOCATION_SAMPLING)
    hw_channel_call_to_file_async (self->channel, "HeapProfiler.stopSampling", NULL, profile_path, self->file, NULL,
                                   stopped_cb, g_object_ref (self));
  else
    {
      hw_channel_set_chunks (self->channel, self->file);
      hw_channel_call_async (self->channel, "HeapProfiler.stopTrackingHeapObjects",
                             hw_params_new ("reportProgress", 'b', TRUE, NULL), 0, NULL, stopped_cb,
                             g_object_ref (self));
    }
}

/**
 * hw_allocation_job_stop_finish:
 * @self: a job
 * @result: the result handed to the callback
 * @error: return location
 *
 * Returns: whether there is a complete file
 */
gboolean
hw_allocation_job_stop_finish (HwAllocationJob  *self,
                               GAsyncResult     *result,
                               GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hw_allocation_job_abandon:
 * @self: a job
 *
 * Ends a recording that nobody wants. Does nothing while it is being fetched: cancel that.
 */
void
hw_allocation_job_abandon (HwAllocationJob *self)
{
  g_return_if_fail (HW_IS_ALLOCATION_JOB (self));

  if (self->channel == NULL || self->stopping != NULL)
    return;
  /* A stopped timeline sends its snapshot; chunks for nobody are dropped as they arrive. */
  hw_channel_tell (self->channel, self->options.kind == HW_ALLOCATION_SAMPLING ? "HeapProfiler.stopSampling"
                                                                               : "HeapProfiler.stopTrackingHeapObjects",
                   NULL);
  let_go (self);
}

/**
 * hw_allocation_job_get_path:
 * @self: a job
 *
 * Returns: (nullable) (type filename): the file, once there is one
 */
const char *
hw_allocation_job_get_path (HwAllocationJob *self)
{
  g_return_val_if_fail (HW_IS_ALLOCATION_JOB (self), NULL);

  return self->path;
}

/**
 * hw_allocation_job_get_is_salvaged:
 * @self: a job
 *
 * Returns: whether the file is what arrived before the target died
 */
gboolean
hw_allocation_job_get_is_salvaged (HwAllocationJob *self)
{
  g_return_val_if_fail (HW_IS_ALLOCATION_JOB (self), FALSE);

  return self->is_salvaged;
}

/**
 * hw_allocation_job_get_bars:
 * @self: a job
 * @n_bars: (out): how many there are
 *
 * Returns: (array length=n_bars) (transfer none): the intervals of a timeline so far; the first holds everything
 *   that was there before
 */
const HwAllocationBar *
hw_allocation_job_get_bars (HwAllocationJob *self,
                            guint           *n_bars)
{
  g_return_val_if_fail (HW_IS_ALLOCATION_JOB (self), NULL);

  *n_bars = self->bars->len;

  return (const HwAllocationBar *) (gpointer) self->bars->data;
}

/**
 * hw_allocation_job_get_progress:
 * @self: a job that is being stopped
 * @done: (out) (optional): objects that the target has walked
 * @total: (out) (optional): objects in all, or 0 when the target does not say
 * @n_bytes: (out) (optional): bytes that have arrived
 *
 * Tells how far fetching has come.
 */
void
hw_allocation_job_get_progress (HwAllocationJob *self,
                                guint64         *done,
                                guint64         *total,
                                guint64         *n_bytes)
{
  g_return_if_fail (HW_IS_ALLOCATION_JOB (self));

  if (done != NULL)
    *done = self->done;
  if (total != NULL)
    *total = self->total;
  if (n_bytes != NULL)
    *n_bytes = self->file != NULL ? hw_capture_file_get_n_bytes (self->file) : 0;
}
