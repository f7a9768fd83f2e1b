/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-recording-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/hw-format.h"

/* Milliseconds that an address may take to say what it is. */
#define RESOLVE_LIMIT 5000

/* Longest stem of a file's name, in bytes. */
#define MAX_STEM 60

enum
{
  PROP_TITLE = 1,
  PROP_STATE,
  PROP_MESSAGE,
  PROP_SUBTITLE,
  PROP_RUN,
  N_PROPS
};

enum
{
  LINE_ADDED,
  SAMPLE,
  EVENT,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwRecording, hw_recording, G_TYPE_OBJECT)

void
hw_recording_emit_line (HwRecording *self,
                        guint        index)
{
  g_signal_emit (self, signals[LINE_ADDED], 0, index);
}

void
hw_recording_emit_event (HwRecording *self,
                         guint        index)
{
  g_signal_emit (self, signals[EVENT], 0, index);
}

void
hw_recording_notify_run (HwRecording *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
}

static const char *
get_state_word (HwRecording *self)
{
  switch (self->state)
    {
    case HW_RECORDING_OPENING:
      return self->session != NULL ? _("Connecting…") : _("Opening…");

    case HW_RECORDING_LIVE:
      return _("Live");

    case HW_RECORDING_BUSY:
      return _("Busy");

    case HW_RECORDING_WAITING:
      return _("Waiting");

    case HW_RECORDING_LOST:
      return _("Lost");

    case HW_RECORDING_FAILED:
      return self->session != NULL ? _("Not attached") : _("Cannot be opened");

    case HW_RECORDING_ENDED:
    default:
      return _("Recorded");
    }
}

static void
update_subtitle (HwRecording *self)
{
  g_autofree char *text = NULL;

  if (self->last != NULL && hw_sample_has (self->last, HW_METRIC_HEAP_USED))
    {
      g_autofree char *size = hw_format_size ((guint64) MAX (0, hw_sample_get (self->last, HW_METRIC_HEAP_USED)));

      /* Translators: the state of a recording ("Live"), and how much heap is used */
      text = g_strdup_printf (_("%s · %s heap"), get_state_word (self), size);
    }
  else
    {
      text = g_strdup (get_state_word (self));
    }
  if (g_set_str (&self->subtitle, text))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
}

void
hw_recording_emit_sample (HwRecording *self,
                          HwSample    *sample)
{
  update_subtitle (self);
  g_signal_emit (self, signals[SAMPLE], 0, sample);
}

void
hw_recording_set_state (HwRecording      *self,
                        HwRecordingState  state,
                        const char       *message)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (g_set_str (&self->message, message))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  update_subtitle (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
hw_recording_set_title (HwRecording *self,
                        const char  *title)
{
  /* Programs are called by their script's path; its last part is what tells them apart. */
  g_autofree char *base = g_path_is_absolute (title) ? g_path_get_basename (title) : g_strdup (title);

  if (g_set_str (&self->title, base))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

static void
session_changed_cb (HwRecording *self)
{
  static const HwRecordingState states[] = {
    [HW_SESSION_CLOSED]     = HW_RECORDING_ENDED,
    [HW_SESSION_CONNECTING] = HW_RECORDING_OPENING,
    [HW_SESSION_READY]      = HW_RECORDING_LIVE,
    [HW_SESSION_BUSY]       = HW_RECORDING_BUSY,
    [HW_SESSION_WAITING]    = HW_RECORDING_WAITING,
    [HW_SESSION_LOST]       = HW_RECORDING_LOST,
  };
  HwSessionState state = hw_session_get_state (self->session);

  /* A connection that could not be made is told where it is asked for. */
  if (state == HW_SESSION_CLOSED && (self->state == HW_RECORDING_OPENING || self->state == HW_RECORDING_FAILED))
    return;
  hw_recording_set_state (self, states[state], hw_session_get_message (self->session));
}

static void
session_sample_cb (HwRecording *self,
                   HwSample    *sample)
{
  if (self->metrics != NULL)
    hw_metrics_file_add_sample (self->metrics, sample);
  hw_recording_take_sample (self, sample);
}

/**
 * hw_recording_add_event:
 * @self: a recording
 * @event: what happened
 *
 * Writes down an event and shows it on the time axis.
 */
void
hw_recording_add_event (HwRecording *self,
                        HwEvent     *event)
{
  g_return_if_fail (HW_IS_RECORDING (self));
  g_return_if_fail (event != NULL);

  if (self->metrics != NULL && hw_metrics_file_get_mode (self->metrics) != HW_METRICS_MODE_READ)
    hw_metrics_file_add_event (self->metrics, event);
  hw_recording_take_event (self, event);
}

static void
problem_cb (HwRecording *self)
{
  g_autofree char *problem = hw_metrics_file_dup_problem (self->metrics);

  if (g_set_str (&self->problem, problem))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(HwRecording) self = user_data;
  g_autoptr(GError) error = NULL;

  if (hw_session_open_finish (HW_SESSION (source), result, &error))
    {
      g_autofree char *runtime = hw_target_dup_runtime_name (hw_session_get_target (self->session));

      hw_recording_set_title (self, hw_target_get_title (hw_session_get_target (self->session)));
      if (self->metrics != NULL)
        {
          hw_metrics_file_set_meta (self->metrics, "title", self->title);
          if (runtime != NULL)
            hw_metrics_file_set_meta (self->metrics, "runtime", runtime);
        }
      hw_session_set_interval (self->session, self->interval);
      session_changed_cb (self);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      hw_recording_set_state (self, HW_RECORDING_FAILED, error->message);
    }
}

static void
open_session (HwRecording *self)
{
  hw_session_open_async (self->session, self->cancellable, opened_cb, g_object_ref (self));
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(HwRecording) self = user_data;
  g_autoptr(GError) error = NULL;

  if (hw_target_resolve_finish (HW_TARGET (source), result, &error))
    open_session (self);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    hw_recording_set_state (self, HW_RECORDING_FAILED, error->message);
}

static void
attach (HwRecording *self)
{
  HwTarget *target = hw_session_get_target (self->session);

  if (hw_target_get_state (target) == HW_TARGET_READY)
    open_session (self);
  else
    hw_target_resolve_async (target, RESOLVE_LIMIT, self->cancellable, resolved_cb, g_object_ref (self));
}

static void
metrics_opened_cb (GObject      *source G_GNUC_UNUSED,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(HwRecording) self = user_data;
  g_autoptr(GError) error = NULL;

  self->metrics = hw_metrics_file_open_finish (result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (self->metrics != NULL)
    {
      HwTarget *target = hw_session_get_target (self->session);

      g_signal_connect_object (self->metrics, "notify::problem", G_CALLBACK (problem_cb), self, G_CONNECT_SWAPPED);
      hw_metrics_file_set_meta (self->metrics, "title", self->title);
      if (hw_target_get_address (target) != NULL)
        hw_metrics_file_set_meta (self->metrics, "address", hw_target_get_address (target));
    }
  else
    {
      /* To watch without keeping is better than not to watch, as long as it is said. */
      self->problem = g_strdup_printf (_("Nothing is kept on disk: %s"), error->message);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
    }
  attach (self);
}

static void
start_live (HwRecording *self)
{
  g_autofree char *path = g_file_get_path (self->file);
  g_autofree char *folder = g_path_get_dirname (path);

  hw_recording_set_state (self, HW_RECORDING_OPENING, NULL);
  if (self->metrics != NULL)
    {
      attach (self);
      return;
    }
  g_mkdir_with_parents (folder, 0700);
  hw_metrics_file_open_async (path, HW_METRICS_MODE_CREATE, self->cancellable, metrics_opened_cb, g_object_ref (self));
}

static void
hw_recording_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  HwRecording *self = HW_RECORDING (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;

    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;

    case PROP_MESSAGE:
      g_value_set_string (value, hw_recording_get_message (self));
      break;

    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;

    case PROP_RUN:
      g_value_set_uint (value, self->run);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_recording_dispose (GObject *object)
{
  HwRecording *self = HW_RECORDING (object);

  g_cancellable_cancel (self->cancellable);
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      hw_session_close (self->session);
    }
  g_clear_object (&self->session);
  g_clear_object (&self->metrics);

  G_OBJECT_CLASS (hw_recording_parent_class)->dispose (object);
}

static void
hw_recording_finalize (GObject *object)
{
  HwRecording *self = HW_RECORDING (object);

  g_clear_object (&self->file);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->group, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->subtitle, g_free);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_array_unref);
  g_clear_pointer (&self->last, hw_sample_unref);
  g_clear_pointer (&self->samples, g_ptr_array_unref);

  G_OBJECT_CLASS (hw_recording_parent_class)->finalize (object);
}

static void
hw_recording_class_init (HwRecordingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = hw_recording_dispose;
  object_class->finalize = hw_recording_finalize;
  object_class->get_property = hw_recording_get_property;

  /**
   * HwRecording:title:
   *
   * What the program is called.
   */
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", readable);

  /**
   * HwRecording:state:
   *
   * A [enum@RecordingState].
   */
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, HW_RECORDING_FAILED, 0, readable);

  /**
   * HwRecording:message:
   *
   * What a person should know, or %NULL.
   */
  properties[PROP_MESSAGE] = g_param_spec_string ("message", NULL, NULL, NULL, readable);

  /**
   * HwRecording:subtitle:
   *
   * The state in words, and the heap's size when it is known.
   */
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, "", readable);

  /**
   * HwRecording:run:
   *
   * Which run of the program it is, from 0.
   */
  properties[PROP_RUN] = g_param_spec_uint ("run", NULL, NULL, 0, G_MAXUINT, 0, readable);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * HwRecording::line-added:
   * @self: the recording
   * @index: which line
   *
   * Something has a value for the first time.
   */
  signals[LINE_ADDED] =
    g_signal_new ("line-added", HW_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  /**
   * HwRecording::sample:
   * @self: the recording
   * @sample: what was measured
   *
   * A sample arrived; it is in the series already.
   */
  signals[SAMPLE] =
    g_signal_new ("sample", HW_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, HW_TYPE_SAMPLE);

  /**
   * HwRecording::event:
   * @self: the recording
   * @index: which event, the newest
   *
   * Something happened.
   */
  signals[EVENT] =
    g_signal_new ("event", HW_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
hw_recording_init (HwRecording *self)
{
  self->cancellable = g_cancellable_new ();
  self->lines = g_ptr_array_new_with_free_func (hw_recording_line_free);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->samples = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_sample_unref);
  self->events = g_array_new (FALSE, FALSE, sizeof (HwRecordingEvent));
  self->interval = HW_SESSION_DEFAULT_INTERVAL;
  self->title = g_strdup ("");
  g_array_set_clear_func (self->events, hw_recording_event_clear);
  update_subtitle (self);
}

/* A name for files out of whatever a program calls itself. */
static char *
make_stem (const char *title)
{
  g_autofree char *base = g_path_get_basename (title);
  GString *stem = g_string_new (NULL);

  for (const char *p = base; *p != '\0' && stem->len < MAX_STEM; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isalnum (c) || strchr ("-_.", (int) MIN (c, 127)) != NULL)
        g_string_append_unichar (stem, c);
      else if (stem->len > 0 && stem->str[stem->len - 1] != '-')
        g_string_append_c (stem, '-');
    }
  if (stem->len == 0 || *stem->str == '.')
    g_string_prepend (stem, "program");

  return g_string_free (stem, FALSE);
}

static void
set_file (HwRecording *self,
          const char  *path)
{
  g_autofree char *folder = g_str_has_suffix (path, ".db") ? g_strndup (path, strlen (path) - 3)
                                                            : g_strconcat (path, "-snapshots", NULL);
  g_autoptr(GFile) place = g_file_new_for_path (folder);

  self->file = g_file_new_for_path (path);
  self->group = g_file_get_uri (place);
}

/**
 * hw_recording_new_live:
 * @target: a program
 * @folder: (type filename): where recordings are kept
 *
 * Returns: (transfer full): a recording of @target that has not begun
 */
HwRecording *
hw_recording_new_live (HwTarget   *target,
                       const char *folder)
{
  HwRecording *self;
  g_autofree char *stem = NULL;
  g_autofree char *stamp = NULL;
  g_autofree char *path = NULL;
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  g_return_val_if_fail (HW_IS_TARGET (target), NULL);
  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (HW_TYPE_RECORDING, NULL);
  hw_recording_set_title (self, hw_target_get_title (target));
  self->session = hw_session_new (target);
  hw_session_set_console (self->session, TRUE);
  hw_session_set_gc_events (self->session, TRUE);
  g_signal_connect_swapped (self->session, "notify::state", G_CALLBACK (session_changed_cb), self);
  g_signal_connect_swapped (self->session, "notify::message", G_CALLBACK (session_changed_cb), self);
  g_signal_connect_swapped (self->session, "sample", G_CALLBACK (session_sample_cb), self);
  g_signal_connect_swapped (self->session, "event", G_CALLBACK (hw_recording_add_event), self);

  stem = make_stem (self->title);
  stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  path = g_strdup_printf ("%s" G_DIR_SEPARATOR_S "%s-%s.db", folder, stem, stamp);
  for (guint i = 2; g_file_test (path, G_FILE_TEST_EXISTS) && i < 1000; i++)
    {
      g_free (path);
      path = g_strdup_printf ("%s" G_DIR_SEPARATOR_S "%s-%s-%u.db", folder, stem, stamp, i);
    }
  set_file (self, path);

  return self;
}

/**
 * hw_recording_new_for_file:
 * @file: a recording on disk
 *
 * Returns: (transfer full): a recording that has not been read
 */
HwRecording *
hw_recording_new_for_file (GFile *file)
{
  HwRecording *self;
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_object_new (HW_TYPE_RECORDING, NULL);
  path = g_file_get_path (file);
  if (path != NULL)
    {
      set_file (self, path);
    }
  else
    {
      self->file = g_object_ref (file);
      self->group = g_file_get_uri (file);
    }
  name = g_file_get_basename (file);
  g_free (self->title);
  self->title = g_filename_display_name (name);

  return self;
}

/**
 * hw_recording_start:
 * @self: a recording that has not begun, that failed, or that ended
 *
 * Attaches to the program, or reads the file.
 */
void
hw_recording_start (HwRecording *self)
{
  g_return_if_fail (HW_IS_RECORDING (self));

  if (self->is_started && self->state != HW_RECORDING_FAILED && self->state != HW_RECORDING_ENDED)
    return;

  self->is_started = TRUE;
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_object_unref (self->cancellable);
      self->cancellable = g_cancellable_new ();
    }
  if (self->session != NULL)
    start_live (self);
  else
    hw_recording_load (self);
}

/**
 * hw_recording_stop:
 * @self: a recording
 *
 * Leaves the program as it was found. What was recorded stays, and can be gone on with.
 */
void
hw_recording_stop (HwRecording *self)
{
  g_return_if_fail (HW_IS_RECORDING (self));

  g_cancellable_cancel (self->cancellable);
  if (self->session == NULL)
    return;

  hw_session_close (self->session);
  hw_recording_set_state (self, HW_RECORDING_ENDED, NULL);
}

/**
 * hw_recording_set_interval:
 * @self: a recording
 * @milliseconds: between samples
 *
 * Sets how often the program is measured.
 */
void
hw_recording_set_interval (HwRecording *self,
                           guint        milliseconds)
{
  g_return_if_fail (HW_IS_RECORDING (self));

  self->interval = CLAMP (milliseconds, HW_SESSION_MIN_INTERVAL, HW_SESSION_MAX_INTERVAL);
  for (guint i = 0; i < self->lines->len; i++)
    hw_series_set_max_gap (((HwRecordingLine *) self->lines->pdata[i])->series, (gint64) self->interval * 4000);
  if (self->session != NULL && hw_recording_get_is_live (self))
    hw_session_set_interval (self->session, self->interval);
}

/**
 * hw_recording_add_mark:
 * @self: a recording
 * @text: what the person calls the moment
 *
 * Marks this moment.
 */
void
hw_recording_add_mark (HwRecording *self,
                       const char  *text)
{
  g_autoptr(HwEvent) event = NULL;

  g_return_if_fail (HW_IS_RECORDING (self));
  g_return_if_fail (text != NULL);

  event = hw_event_new (HW_EVENT_MARKER, g_get_real_time (), self->run, text);
  hw_event_set_level (event, "person");
  hw_recording_add_event (self, event);
}

/**
 * hw_recording_add_watch:
 * @self: a recording of a live program
 * @name: what to call it
 * @expression: what gives its number
 *
 * Evaluates an expression with every sample, and remembers it with the recording.
 *
 * Returns: whether there was room for it
 */
gboolean
hw_recording_add_watch (HwRecording *self,
                        const char  *name,
                        const char  *expression)
{
  g_return_val_if_fail (HW_IS_RECORDING (self) && self->session != NULL, FALSE);

  if (!hw_session_add_watch (self->session, name, expression))
    return FALSE;
  if (self->metrics != NULL)
    hw_metrics_file_set_watch (self->metrics, name, expression, NULL);

  return TRUE;
}

/**
 * hw_recording_remove_watch:
 * @self: a recording of a live program
 * @name: the watch
 *
 * Evaluates it no longer; what it gave stays recorded.
 */
void
hw_recording_remove_watch (HwRecording *self,
                           const char  *name)
{
  g_return_if_fail (HW_IS_RECORDING (self) && self->session != NULL);

  hw_session_remove_watch (self->session, name);
}

/**
 * hw_recording_dup_capture_path:
 * @self: a recording
 * @error: return location
 *
 * Makes the folder of its snapshots.
 *
 * Returns: (transfer full) (type filename) (nullable): where the next snapshot belongs
 */
char *
hw_recording_dup_capture_path (HwRecording  *self,
                               GError      **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *stem = NULL;
  g_autofree char *stamp = NULL;
  g_autofree char *name = NULL;
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  g_return_val_if_fail (HW_IS_RECORDING (self), NULL);

  folder = g_filename_from_uri (self->group, NULL, error);
  if (folder == NULL)
    return NULL;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return NULL;
    }
  stem = make_stem (self->title);
  stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  name = g_strdup_printf ("%s-%s-%u.heapsnapshot", stem, stamp, ++self->n_captures);

  return g_build_filename (folder, name, NULL);
}

/**
 * hw_recording_dup_default_folder:
 *
 * Returns: (transfer full) (type filename): where the person's recordings are kept
 */
char *
hw_recording_dup_default_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "heapwise", "recordings", NULL);
}
