/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-document-private.h"

/* Remembers that files came from there, and when first. */
void
hw_document_add_group (HwDocument *self,
                       const char *group)
{
  if (!g_hash_table_contains (self->groups, group))
    g_hash_table_insert (self->groups, g_strdup (group), GUINT_TO_POINTER (g_hash_table_size (self->groups)));
}

/* What is behind the recording comes to the front. */
void
hw_document_leave_recording (HwDocument *self)
{
  if (self->recording == NULL)
    return;

  g_clear_object (&self->recording);
  hw_document_notify (self, PROP_RECORDING);
}

/* A closed window watches nothing. */
void
hw_document_dispose_recordings (HwDocument *self)
{
  guint n_recordings = g_list_model_get_n_items (G_LIST_MODEL (self->recordings));

  for (guint i = 0; i < n_recordings; i++)
    {
      g_autoptr(HwRecording) recording = g_list_model_get_item (G_LIST_MODEL (self->recordings), i);

      hw_recording_stop (recording);
    }
  g_clear_object (&self->recording);
  g_list_store_remove_all (self->recordings);
}

/**
 * hw_document_get_group_rank:
 * @self: a document
 * @group: where captures come from
 *
 * Returns: the place of @group among all, in the order of opening
 */
guint
hw_document_get_group_rank (HwDocument *self,
                            const char *group)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), 0);

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, group));
}

/**
 * hw_document_get_recordings:
 * @self: a document
 *
 * Returns: (transfer none): the open recordings, in the order of opening; change it only through the document
 */
GListStore *
hw_document_get_recordings (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  return self->recordings;
}

/**
 * hw_document_add_recording:
 * @self: a document
 * @recording: a recording that is not in it
 *
 * Adds a recording and looks at it. Captures of its group stand below it.
 */
void
hw_document_add_recording (HwDocument  *self,
                           HwRecording *recording)
{
  guint rank;
  guint position = 0;

  g_return_if_fail (HW_IS_DOCUMENT (self));
  g_return_if_fail (HW_IS_RECORDING (recording));

  hw_document_add_group (self, hw_recording_get_group (recording));
  rank = hw_document_get_group_rank (self, hw_recording_get_group (recording));
  for (; position < g_list_model_get_n_items (G_LIST_MODEL (self->recordings)); position++)
    {
      g_autoptr(HwRecording) other = g_list_model_get_item (G_LIST_MODEL (self->recordings), position);

      if (hw_document_get_group_rank (self, hw_recording_get_group (other)) > rank)
        break;
    }
  g_list_store_insert (self->recordings, position, recording);
  hw_document_set_recording (self, recording);
}

/**
 * hw_document_remove_recording:
 * @self: a document
 * @recording: one of its recordings
 *
 * Takes a recording out of the list and leaves its program alone. When it was looked at, the capture behind it
 * or another recording is.
 */
void
hw_document_remove_recording (HwDocument  *self,
                              HwRecording *recording)
{
  g_autoptr(HwRecording) kept = NULL;
  g_autoptr(HwRecording) next = NULL;
  guint position;

  g_return_if_fail (HW_IS_DOCUMENT (self));
  g_return_if_fail (HW_IS_RECORDING (recording));

  if (!g_list_store_find (self->recordings, recording, &position))
    return;

  kept = g_object_ref (recording);
  hw_recording_stop (recording);
  g_list_store_remove (self->recordings, position);
  if (self->recording != recording)
    return;

  next = g_list_model_get_item (G_LIST_MODEL (self->recordings), MAX (position, 1) - 1);
  if (self->capture == NULL && next == NULL && hw_document_count (self) > 0)
    hw_document_set_capture (self, hw_document_get_nth (self, 0));
  else if (self->capture == NULL && next != NULL)
    hw_document_set_recording (self, next);
  else
    hw_document_leave_recording (self);
}

/**
 * hw_document_get_recording:
 * @self: a document
 *
 * Returns: (nullable) (transfer none): the recording that is looked at instead of the capture
 */
HwRecording *
hw_document_get_recording (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  return self->recording;
}

/**
 * hw_document_set_recording:
 * @self: a document
 * @recording: (nullable): one of its recordings, or %NULL to go back to the capture
 *
 * Looks at a recording. The capture behind it stays as it is.
 */
void
hw_document_set_recording (HwDocument  *self,
                           HwRecording *recording)
{
  g_return_if_fail (HW_IS_DOCUMENT (self));

  if (g_set_object (&self->recording, recording))
    hw_document_notify (self, PROP_RECORDING);
}

/**
 * hw_document_find_recording:
 * @self: a document
 * @file: a file
 *
 * Returns: (nullable) (transfer none): the recording in @file, if it is open
 */
HwRecording *
hw_document_find_recording (HwDocument *self,
                            GFile      *file)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->recordings)); i++)
    {
      g_autoptr(HwRecording) recording = g_list_model_get_item (G_LIST_MODEL (self->recordings), i);

      if (g_file_equal (hw_recording_get_file (recording), file))
        return recording; /* the store keeps it */
    }

  return NULL;
}
