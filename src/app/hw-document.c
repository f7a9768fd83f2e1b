/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-document-private.h"

enum
{
  SELECTION_CHANGED,
  REVEAL,
  N_SIGNALS
};

static GParamSpec *properties[PROP_RECORDING + 1];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwDocument, hw_document, G_TYPE_OBJECT)

static void
hw_document_dispose (GObject *object)
{
  HwDocument *self = HW_DOCUMENT (object);
  guint n_captures = g_list_model_get_n_items (G_LIST_MODEL (self->captures));

  /* A closed window loads nothing. */
  for (guint i = 0; i < n_captures; i++)
    {
      g_autoptr(HwCapture) capture = g_list_model_get_item (G_LIST_MODEL (self->captures), i);

      g_signal_handlers_disconnect_by_data (capture, self);
      hw_capture_cancel (capture);
    }

  hw_document_dispose_recordings (self);
  self->owner = NULL;
  g_hash_table_remove_all (self->memories);
  g_list_store_remove_all (self->captures);
  g_clear_object (&self->capture);
  g_clear_object (&self->baseline);

  G_OBJECT_CLASS (hw_document_parent_class)->dispose (object);
}

static void
hw_document_finalize (GObject *object)
{
  HwDocument *self = HW_DOCUMENT (object);

  g_clear_object (&self->captures);
  g_clear_object (&self->recordings);
  g_clear_pointer (&self->memories, g_hash_table_unref);
  g_clear_pointer (&self->groups, g_hash_table_unref);
  g_clear_pointer (&self->history, hw_history_free);
  g_clear_pointer (&self->class_filter, g_free);

  G_OBJECT_CLASS (hw_document_parent_class)->finalize (object);
}

static void
hw_document_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  HwDocument *self = HW_DOCUMENT (object);

  switch ((HwDocumentProperty) prop_id)
    {
    case PROP_CAPTURE:
      g_value_set_object (value, self->capture);
      break;

    case PROP_BASELINE:
      g_value_set_object (value, self->baseline);
      break;

    case PROP_CLASS_FILTER:
      g_value_set_string (value, self->class_filter);
      break;

    case PROP_VIEW:
      g_value_set_string (value, self->view);
      break;

    case PROP_CAN_GO_BACK:
      g_value_set_boolean (value, hw_document_get_can_go_back (self));
      break;

    case PROP_CAN_GO_FORWARD:
      g_value_set_boolean (value, hw_document_get_can_go_forward (self));
      break;

    case PROP_RECORDING:
      g_value_set_object (value, self->recording);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_document_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  HwDocument *self = HW_DOCUMENT (object);

  switch ((HwDocumentProperty) prop_id)
    {
    case PROP_CAPTURE:
      hw_document_set_capture (self, g_value_get_object (value));
      break;

    case PROP_BASELINE:
      hw_document_set_baseline (self, g_value_get_object (value));
      break;

    case PROP_CLASS_FILTER:
      hw_document_set_class_filter (self, g_value_get_string (value));
      break;

    case PROP_VIEW:
      hw_document_set_view (self, g_value_get_string (value));
      break;

    case PROP_RECORDING:
      hw_document_set_recording (self, g_value_get_object (value));
      break;

    case PROP_CAN_GO_BACK:
    case PROP_CAN_GO_FORWARD:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_document_class_init (HwDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags readwrite = readable | G_PARAM_WRITABLE;

  object_class->dispose = hw_document_dispose;
  object_class->finalize = hw_document_finalize;
  object_class->get_property = hw_document_get_property;
  object_class->set_property = hw_document_set_property;

  /**
   * HwDocument:capture:
   *
   * The capture that is looked at.
   */
  properties[PROP_CAPTURE] =
    g_param_spec_object ("capture", NULL, NULL, HW_TYPE_CAPTURE, readwrite);

  /**
   * HwDocument:baseline:
   *
   * What the capture is compared with.
   */
  properties[PROP_BASELINE] =
    g_param_spec_object ("baseline", NULL, NULL, HW_TYPE_CAPTURE, readwrite);

  /**
   * HwDocument:class-filter:
   *
   * What constructors' names must contain, in every view.
   */
  properties[PROP_CLASS_FILTER] =
    g_param_spec_string ("class-filter", NULL, NULL, "", readwrite);

  /**
   * HwDocument:view:
   *
   * The name of the visible view.
   */
  properties[PROP_VIEW] =
    g_param_spec_string ("view", NULL, NULL, "summary", readwrite);

  /**
   * HwDocument:can-go-back:
   *
   * Whether there is an earlier selection.
   */
  properties[PROP_CAN_GO_BACK] =
    g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE, readable);

  /**
   * HwDocument:can-go-forward:
   *
   * Whether there is a later selection.
   */
  properties[PROP_CAN_GO_FORWARD] =
    g_param_spec_boolean ("can-go-forward", NULL, NULL, FALSE, readable);

  /**
   * HwDocument:recording:
   *
   * The recording that is looked at instead of the capture.
   */
  properties[PROP_RECORDING] =
    g_param_spec_object ("recording", NULL, NULL, HW_TYPE_RECORDING, readwrite);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * HwDocument::selection-changed:
   * @self: the document
   *
   * Another object is selected, or none.
   */
  signals[SELECTION_CHANGED] =
    g_signal_new ("selection-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * HwDocument::reveal:
   * @self: the document
   * @view: the name of a view
   * @node: an object's position in its heap
   *
   * The object is to be shown in the view.
   */
  signals[REVEAL] =
    g_signal_new ("reveal", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
hw_document_init (HwDocument *self)
{
  self->captures = g_list_store_new (HW_TYPE_CAPTURE);
  self->recordings = g_list_store_new (HW_TYPE_RECORDING);
  self->memories = g_hash_table_new_full (NULL, NULL, NULL, hw_capture_memory_free);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->history = hw_history_new ();
  self->node = HW_NODE_NONE;
  self->class_filter = g_strdup ("");
  self->view = g_intern_static_string ("summary");
}

void
hw_document_notify (HwDocument         *self,
                    HwDocumentProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
hw_document_emit_selection_changed (HwDocument *self)
{
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

/**
 * hw_document_new:
 *
 * Returns: (transfer full): a document with nothing open
 */
HwDocument *
hw_document_new (void)
{
  return g_object_new (HW_TYPE_DOCUMENT, NULL);
}

/**
 * hw_document_get_capture:
 * @self: a document
 *
 * Returns: (nullable) (transfer none): the capture that is looked at
 */
HwCapture *
hw_document_get_capture (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  return self->capture;
}

/**
 * hw_document_set_capture:
 * @self: a document
 * @capture: (nullable): one of its captures
 *
 * Looks at another capture. Its selection and baseline come back with it. A recording that was looked at is
 * left.
 */
void
hw_document_set_capture (HwDocument *self,
                         HwCapture  *capture)
{
  g_return_if_fail (HW_IS_DOCUMENT (self));
  g_return_if_fail (capture == NULL || g_hash_table_contains (self->memories, capture));

  g_object_freeze_notify (G_OBJECT (self));
  hw_document_look_at (self, capture);
  hw_document_leave_recording (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Changes what the views show, and nothing about a recording in front of them. */
void
hw_document_look_at (HwDocument *self,
                     HwCapture  *capture)
{
  HwCaptureMemory *memory;

  if (!g_set_object (&self->capture, capture))
    return;

  memory = capture != NULL ? g_hash_table_lookup (self->memories, capture) : NULL;
  self->owner = memory != NULL ? memory->owner : NULL;
  self->node = memory != NULL ? memory->node : HW_NODE_NONE;

  g_object_freeze_notify (G_OBJECT (self));
  hw_document_notify (self, PROP_CAPTURE);
  hw_document_update_baseline (self);
  g_object_thaw_notify (G_OBJECT (self));

  hw_document_emit_selection_changed (self);
}

/**
 * hw_document_get_baseline:
 * @self: a document
 *
 * Returns: (nullable) (transfer none): what the capture is compared with
 */
HwCapture *
hw_document_get_baseline (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  return self->baseline;
}

/**
 * hw_document_set_baseline:
 * @self: a document
 * @baseline: (nullable): one of its captures, or %NULL for the default
 *
 * Chooses what the current capture is compared with, until another one is chosen for it.
 */
void
hw_document_set_baseline (HwDocument *self,
                          HwCapture  *baseline)
{
  HwCaptureMemory *memory;

  g_return_if_fail (HW_IS_DOCUMENT (self));
  g_return_if_fail (baseline == NULL || g_hash_table_contains (self->memories, baseline));

  if (self->capture == NULL)
    return;

  memory = g_hash_table_lookup (self->memories, self->capture);
  memory->baseline = baseline;
  hw_document_update_baseline (self);
}

/**
 * hw_document_set_first_is_baseline:
 * @self: a document
 * @first: whether the default baseline is the first capture from the same place, not the one before
 *
 * Sets what captures are compared with until the person chooses.
 */
void
hw_document_set_first_is_baseline (HwDocument *self,
                                   gboolean    first)
{
  g_return_if_fail (HW_IS_DOCUMENT (self));

  self->first_is_baseline = first;
  hw_document_update_baseline (self);
}

/**
 * hw_document_get_class_filter:
 * @self: a document
 *
 * Returns: what constructors' names must contain; "" for anything
 */
const char *
hw_document_get_class_filter (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  return self->class_filter;
}

/**
 * hw_document_set_class_filter:
 * @self: a document
 * @text: (nullable): what constructors' names must contain
 *
 * Sets the filter of every view.
 */
void
hw_document_set_class_filter (HwDocument *self,
                              const char *text)
{
  g_return_if_fail (HW_IS_DOCUMENT (self));

  if (g_set_str (&self->class_filter, text != NULL ? text : ""))
    hw_document_notify (self, PROP_CLASS_FILTER);
}

/**
 * hw_document_get_view:
 * @self: a document
 *
 * Returns: the name of the visible view
 */
const char *
hw_document_get_view (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  return self->view;
}

/**
 * hw_document_set_view:
 * @self: a document
 * @view: the name of a view
 *
 * Tells which view is visible.
 */
void
hw_document_set_view (HwDocument *self,
                      const char *view)
{
  g_return_if_fail (HW_IS_DOCUMENT (self));
  g_return_if_fail (view != NULL);

  if (g_strcmp0 (self->view, view) == 0)
    return;

  self->view = g_intern_string (view);
  hw_document_notify (self, PROP_VIEW);
}

/**
 * hw_document_reveal:
 * @self: a document
 * @view: the name of a view
 * @node: an object
 *
 * Asks for @node to be shown in @view.
 */
void
hw_document_reveal (HwDocument *self,
                    const char *view,
                    HwNodeId    node)
{
  g_return_if_fail (HW_IS_DOCUMENT (self));
  g_return_if_fail (view != NULL);

  g_signal_emit (self, signals[REVEAL], 0, view, (guint) node.value);
}
