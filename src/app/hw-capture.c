/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-capture-private.h"

#include <glib/gi18n.h>

#include "app/hw-app-enums.h"
#include "app/hw-words.h"

static GParamSpec *properties[PROP_NOTE + 1];

G_DEFINE_FINAL_TYPE (HwCapture, hw_capture, G_TYPE_OBJECT)

static void
hw_capture_dispose (GObject *object)
{
  HwCapture *self = HW_CAPTURE (object);

  g_clear_pointer (&self->classes, hw_class_table_unref);
  g_cancellable_cancel (self->preparing);
  g_clear_object (&self->preparing);
  g_clear_pointer (&self->heap, hw_heap_unref);
  g_clear_object (&self->cache);
  g_clear_object (&self->notebook);

  G_OBJECT_CLASS (hw_capture_parent_class)->dispose (object);
}

static void
hw_capture_finalize (GObject *object)
{
  HwCapture *self = HW_CAPTURE (object);

  g_clear_object (&self->file);
  g_clear_pointer (&self->group, g_free);
  g_clear_pointer (&self->page, hw_notebook_page_unref);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->note, g_free);
  g_clear_pointer (&self->subtitle, g_free);
  g_clear_pointer (&self->time, g_date_time_unref);
  g_clear_pointer (&self->error_text, g_free);
  g_clear_pointer (&self->hint_text, g_free);
  g_clear_pointer (&self->damage_text, g_free);

  G_OBJECT_CLASS (hw_capture_parent_class)->finalize (object);
}

static void
hw_capture_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  HwCapture *self = HW_CAPTURE (object);
  gint64 change = 0;

  switch ((HwCaptureProperty) prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;

    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;

    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;

    case PROP_PHASE:
      g_value_set_string (value, hw_capture_get_phase (self));
      break;

    case PROP_CLASSES:
      g_value_set_pointer (value, self->classes);
      break;

    case PROP_HEAP:
      g_value_set_pointer (value, self->heap);
      break;

    case PROP_ERROR_TEXT:
      g_value_set_string (value, self->error_text);
      break;

    case PROP_DAMAGE_TEXT:
      g_value_set_string (value, self->damage_text);
      break;

    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;

    case PROP_TIME:
      g_value_set_boxed (value, self->time);
      break;

    case PROP_CHANGE:
      hw_capture_get_change (self, &change);
      g_value_set_int64 (value, change);
      break;

    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_capture_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  HwCapture *self = HW_CAPTURE (object);

  if (prop_id == PROP_TITLE)
    hw_capture_set_title (self, g_value_get_string (value));
  else if (prop_id == PROP_NOTE)
    hw_capture_set_note (self, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_capture_class_init (HwCaptureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = hw_capture_dispose;
  object_class->finalize = hw_capture_finalize;
  object_class->get_property = hw_capture_get_property;
  object_class->set_property = hw_capture_set_property;

  /**
   * HwCapture:title:
   *
   * What the person calls the capture; at first the file's name.
   */
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * HwCapture:state:
   *
   * Where the capture stands.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, HW_TYPE_CAPTURE_STATE, HW_CAPTURE_CANCELLED, readable);

  /**
   * HwCapture:fraction:
   *
   * How much of the loading is done, 0 to 1.
   */
  properties[PROP_FRACTION] =
    g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, readable);

  /**
   * HwCapture:phase:
   *
   * What the loading is doing, for a person; "" when nothing is loaded.
   */
  properties[PROP_PHASE] =
    g_param_spec_string ("phase", NULL, NULL, NULL, readable);

  /**
   * HwCapture:classes: (type gpointer)
   *
   * The #HwClassTable, as soon as there is one.
   */
  properties[PROP_CLASSES] =
    g_param_spec_pointer ("classes", NULL, NULL, readable);

  /**
   * HwCapture:heap: (type gpointer)
   *
   * The #HwHeap, once loaded.
   */
  properties[PROP_HEAP] =
    g_param_spec_pointer ("heap", NULL, NULL, readable);

  /**
   * HwCapture:error-text:
   *
   * One sentence that says why loading failed.
   */
  properties[PROP_ERROR_TEXT] =
    g_param_spec_string ("error-text", NULL, NULL, NULL, readable);

  /**
   * HwCapture:damage-text:
   *
   * One sentence that says what is missing from a file that was read in part.
   */
  properties[PROP_DAMAGE_TEXT] =
    g_param_spec_string ("damage-text", NULL, NULL, NULL, readable);

  /**
   * HwCapture:subtitle:
   *
   * Time and size; the phase while loading; the state when there is nothing to show.
   */
  properties[PROP_SUBTITLE] =
    g_param_spec_string ("subtitle", NULL, NULL, NULL, readable);

  /**
   * HwCapture:time:
   *
   * When the file was written.
   */
  properties[PROP_TIME] =
    g_param_spec_boxed ("time", NULL, NULL, G_TYPE_DATE_TIME, readable);

  /**
   * HwCapture:change:
   *
   * Bytes more (or less) than in the capture before, 0 if unknown.
   */
  properties[PROP_CHANGE] =
    g_param_spec_int64 ("change", NULL, NULL, G_MININT64, G_MAXINT64, 0, readable);

  /**
   * HwCapture:note:
   *
   * What the person wrote about the capture.
   */
  properties[PROP_NOTE] =
    g_param_spec_string ("note", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
hw_capture_init (HwCapture *self)
{
  self->state = HW_CAPTURE_CANCELLED;
  self->subtitle = g_strdup ("");
}

static char *
describe (HwCapture *self)
{
  g_autoptr(GDateTime) now = NULL;
  g_autofree char *when = NULL;
  g_autofree char *size = NULL, *number = NULL;

  switch (self->state)
    {
    case HW_CAPTURE_LOADING:
      return g_strdup (hw_capture_get_phase (self));

    case HW_CAPTURE_FAILED:
      return g_strdup (_("Cannot be opened"));

    case HW_CAPTURE_CANCELLED:
      return g_strdup (_("Stopped"));

    case HW_CAPTURE_READY:
    default:
      break;
    }

  size = hw_format_size (hw_capture_get_size (self));
  if (self->time == NULL)
    return g_steal_pointer (&size);

  now = g_date_time_new_now_local ();
  when = hw_words_for_time (self->time, now);
  number = hw_words_for_line (size);

  /* Translators: the time a snapshot was taken, then its size */
  return g_strdup_printf (_("%s · %s"), when, number);
}

void
hw_capture_notify (HwCapture         *self,
                   HwCaptureProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
hw_capture_update_subtitle (HwCapture *self)
{
  g_autofree char *subtitle = describe (self);

  if (g_set_str (&self->subtitle, subtitle))
    hw_capture_notify (self, PROP_SUBTITLE);
}

void
hw_capture_change_state (HwCapture      *self,
                         HwCaptureState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  hw_capture_update_subtitle (self);
  hw_capture_notify (self, PROP_STATE);
}

static void
info_ready_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(HwCapture) self = user_data;
  g_autoptr(GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  g_autoptr(GDateTime) modified = NULL;

  /* Without an answer the capture sorts by its name; loading tells what is wrong. */
  if (info != NULL)
    modified = g_file_info_get_modification_date_time (info);
  if (modified == NULL)
    return;

  self->time = g_date_time_to_local (modified);
  hw_capture_update_subtitle (self);
  hw_capture_notify (self, PROP_TIME);
}

/**
 * hw_capture_new:
 * @file: a snapshot
 * @cache: where its index is kept
 * @notebook: (nullable): where its name and note are kept
 *
 * Makes a capture; only its time, name and note are read before hw_capture_load().
 *
 * Returns: (transfer full): a new capture
 */
HwCapture *
hw_capture_new (GFile      *file,
                HwCache    *cache,
                HwNotebook *notebook)
{
  HwCapture *self;

  g_return_val_if_fail (G_IS_FILE (file), NULL);
  g_return_val_if_fail (HW_IS_CACHE (cache), NULL);
  g_return_val_if_fail (notebook == NULL || HW_IS_NOTEBOOK (notebook), NULL);

  self = g_object_new (HW_TYPE_CAPTURE, NULL);
  self->file = g_object_ref (file);
  self->cache = g_object_ref (cache);
  self->group = hw_words_for_group (file);
  hw_capture_read_words (self, notebook);

  g_file_query_info_async (file,
                           G_FILE_ATTRIBUTE_TIME_MODIFIED "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                           info_ready_cb, g_object_ref (self));

  return self;
}

/**
 * hw_capture_get_file:
 * @self: a capture
 *
 * Returns: (transfer none): the snapshot
 */
GFile *
hw_capture_get_file (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->file;
}

/**
 * hw_capture_get_group:
 * @self: a capture
 *
 * Returns: where the capture came from: the address of a folder, or "" if that says nothing
 */
const char *
hw_capture_get_group (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->group;
}

/**
 * hw_capture_get_subtitle:
 * @self: a capture
 *
 * Returns: time and size, or what is going on
 */
const char *
hw_capture_get_subtitle (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->subtitle;
}

/**
 * hw_capture_get_time:
 * @self: a capture
 *
 * Returns: (nullable) (transfer none): when the file was written, in local time
 */
GDateTime *
hw_capture_get_time (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->time;
}

/**
 * hw_capture_get_state:
 * @self: a capture
 *
 * Returns: where it stands
 */
HwCaptureState
hw_capture_get_state (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), HW_CAPTURE_CANCELLED);

  return self->state;
}

/**
 * hw_capture_get_fraction:
 * @self: a capture
 *
 * Returns: how much of the loading is done, 0 to 1
 */
double
hw_capture_get_fraction (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), 0);

  return self->fraction;
}

/**
 * hw_capture_get_phase:
 * @self: a capture
 *
 * Returns: what the loading is doing, in the person's language; "" when nothing is loaded
 */
const char *
hw_capture_get_phase (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  if (self->job == NULL)
    return "";

  return self->phase != NULL ? self->phase : _("Waiting");
}

/**
 * hw_capture_get_classes:
 * @self: a capture
 *
 * Returns: (nullable) (transfer none): its constructors, perhaps before the heap is there
 */
HwClassTable *
hw_capture_get_classes (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->classes;
}

/**
 * hw_capture_get_heap:
 * @self: a capture
 *
 * Returns: (nullable) (transfer none): its heap, once loaded
 */
HwHeap *
hw_capture_get_heap (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->heap;
}

/**
 * hw_capture_get_size:
 * @self: a capture
 *
 * Returns: bytes of all its objects, 0 until known
 */
guint64
hw_capture_get_size (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), 0);

  return self->classes != NULL ? hw_class_table_get_total_size (self->classes) : 0;
}

/**
 * hw_capture_get_change:
 * @self: a capture
 * @change: (out) (optional): bytes more than in the capture before, negative for less
 *
 * Returns: whether both sizes are known
 */
gboolean
hw_capture_get_change (HwCapture *self,
                       gint64    *change)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), FALSE);

  if (!self->has_previous || self->classes == NULL)
    return FALSE;

  if (change != NULL)
    *change = (gint64) (hw_capture_get_size (self) - self->previous_size);

  return TRUE;
}

/**
 * hw_capture_set_previous:
 * @self: a capture
 * @previous: (nullable): the capture before it
 *
 * Tells the capture what its change is measured from. Its size is remembered, not the capture.
 */
void
hw_capture_set_previous (HwCapture *self,
                         HwCapture *previous)
{
  gboolean known;
  guint64 size;

  g_return_if_fail (HW_IS_CAPTURE (self));
  g_return_if_fail (previous == NULL || HW_IS_CAPTURE (previous));

  known = previous != NULL && previous->classes != NULL;
  size = known ? hw_capture_get_size (previous) : 0;
  if (known == self->has_previous && size == self->previous_size)
    return;

  self->has_previous = known;
  self->previous_size = size;
  hw_capture_notify (self, PROP_CHANGE);
}

/**
 * hw_capture_get_error_text:
 * @self: a capture
 *
 * Returns: (nullable): why loading failed, one sentence
 */
const char *
hw_capture_get_error_text (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->error_text;
}

/**
 * hw_capture_get_hint_text:
 * @self: a capture
 *
 * Returns: (nullable): what a person can do about the error
 */
const char *
hw_capture_get_hint_text (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->hint_text;
}

/**
 * hw_capture_get_damage_text:
 * @self: a capture
 *
 * Returns: (nullable): what is missing from a file that was read in part, one sentence
 */
const char *
hw_capture_get_damage_text (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->damage_text;
}
