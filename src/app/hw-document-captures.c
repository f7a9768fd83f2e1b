/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-document-private.h"

/**
 * hw_document_get_captures:
 * @self: a document
 *
 * Returns: (transfer none): the open captures, in the sidebar's order; change it only through the document
 */
GListStore *
hw_document_get_captures (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  return self->captures;
}

HwCapture *
hw_document_get_nth (HwDocument *self,
                     guint       position)
{
  g_autoptr(HwCapture) capture = g_list_model_get_item (G_LIST_MODEL (self->captures), position);

  return capture; /* the store keeps it */
}

guint
hw_document_count (HwDocument *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->captures));
}

void
hw_capture_memory_free (gpointer data)
{
  HwCaptureMemory *memory = data;

  g_free (memory->key);
  g_free (memory);
}

/* Group by group in the order of opening, oldest first. Files that were unpacked or copied together
 * differ by less than a second: their names say more.
 */
static int
compare_captures (HwDocument *self,
                  HwCapture  *a,
                  HwCapture  *b)
{
  HwCapture *captures[2] = { a, b };
  HwCaptureMemory *memories[2];
  guint ranks[2];
  gint64 times[2];
  int order;

  for (guint i = 0; i < 2; i++)
    {
      GDateTime *time = hw_capture_get_time (captures[i]);

      memories[i] = g_hash_table_lookup (self->memories, captures[i]);
      ranks[i] = GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, hw_capture_get_group (captures[i])));
      times[i] = time != NULL ? g_date_time_to_unix (time) : G_MAXINT64;
    }

  if (ranks[0] != ranks[1])
    return ranks[0] < ranks[1] ? -1 : 1;
  if (times[0] != times[1])
    return times[0] < times[1] ? -1 : 1;

  order = strcmp (memories[0]->key, memories[1]->key);
  if (order != 0)
    return order;

  return memories[0]->serial < memories[1]->serial ? -1 : memories[0]->serial > memories[1]->serial;
}

static gboolean
is_usable_baseline (HwCapture *capture)
{
  HwCaptureState state = hw_capture_get_state (capture);

  return state == HW_CAPTURE_READY || state == HW_CAPTURE_LOADING;
}

/* What the current capture is compared with unless the person chooses: the one before it or the first
 * one where it came from; else the one above it in the list; for the topmost, the one below it.
 */
static HwCapture *
find_default_baseline (HwDocument *self)
{
  HwCapture *other = NULL;
  HwCapture *first = NULL;
  HwCapture *before = NULL;
  guint n_captures = hw_document_count (self);
  guint i;

  for (i = 0; i < n_captures; i++)
    {
      HwCapture *capture = hw_document_get_nth (self, i);

      if (capture == self->capture)
        break;
      if (!is_usable_baseline (capture))
        continue;

      other = capture;
      if (g_strcmp0 (hw_capture_get_group (capture), hw_capture_get_group (self->capture)) == 0)
        {
          before = capture;
          if (first == NULL)
            first = capture;
        }
    }

  if (self->first_is_baseline && first != NULL)
    return first;

  for (i++; other == NULL && i < n_captures; i++)
    if (is_usable_baseline (hw_document_get_nth (self, i)))
      other = hw_document_get_nth (self, i);

  return before != NULL ? before : other;
}

void
hw_document_update_baseline (HwDocument *self)
{
  HwCapture *baseline = NULL;

  if (self->capture != NULL)
    {
      HwCaptureMemory *memory = g_hash_table_lookup (self->memories, self->capture);

      baseline = memory->baseline != NULL ? memory->baseline : find_default_baseline (self);
    }

  if (g_set_object (&self->baseline, baseline))
    hw_document_notify (self, PROP_BASELINE);
}

/* Each capture's change is measured from the nearest one before it that has a size. */
static void
update_changes (HwDocument *self)
{
  HwCapture *previous = NULL;
  guint n_captures = hw_document_count (self);

  for (guint i = 0; i < n_captures; i++)
    {
      HwCapture *capture = hw_document_get_nth (self, i);

      if (previous != NULL &&
          g_strcmp0 (hw_capture_get_group (previous), hw_capture_get_group (capture)) != 0)
        previous = NULL;

      hw_capture_set_previous (capture, previous);
      if (hw_capture_get_classes (capture) != NULL)
        previous = capture;
    }
}

static void
insert_sorted (HwDocument *self,
               HwCapture  *capture)
{
  guint position = 0;
  guint n_captures = hw_document_count (self);

  while (position < n_captures &&
         compare_captures (self, hw_document_get_nth (self, position), capture) < 0)
    position++;

  g_list_store_insert (self->captures, position, capture);
}

static void
time_changed_cb (HwDocument *self,
                 GParamSpec *pspec G_GNUC_UNUSED,
                 HwCapture  *capture)
{
  g_autoptr(HwCapture) kept = g_object_ref (capture);
  guint position;
  gboolean fits;

  if (!g_list_store_find (self->captures, capture, &position))
    return;

  fits = (position == 0 || compare_captures (self, hw_document_get_nth (self, position - 1), capture) < 0) &&
         (position + 1 == hw_document_count (self) || compare_captures (self, capture, hw_document_get_nth (self, position + 1)) < 0);
  if (fits)
    return;

  g_list_store_remove (self->captures, position);
  insert_sorted (self, capture);
  update_changes (self);
  hw_document_update_baseline (self);
}

/**
 * hw_document_add_capture:
 * @self: a document
 * @capture: a capture that is not in it
 *
 * Adds a capture where it belongs in the list. The first one becomes the current one.
 */
void
hw_document_add_capture (HwDocument *self,
                         HwCapture  *capture)
{
  g_autofree char *name = NULL;
  const char *group;
  HwCaptureMemory *memory;

  g_return_if_fail (HW_IS_DOCUMENT (self));
  g_return_if_fail (HW_IS_CAPTURE (capture));
  g_return_if_fail (!g_hash_table_contains (self->memories, capture));

  memory = g_new0 (HwCaptureMemory, 1);
  memory->serial = self->next_serial++;
  memory->node = HW_NODE_NONE;
  name = g_file_get_parse_name (hw_capture_get_file (capture));
  memory->key = g_utf8_collate_key_for_filename (name, -1);
  g_hash_table_insert (self->memories, capture, memory);

  group = hw_capture_get_group (capture);
  hw_document_add_group (self, group);

  g_signal_connect_object (capture, "notify::time", G_CALLBACK (time_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (capture, "notify::classes", G_CALLBACK (update_changes), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (capture, "notify::state", G_CALLBACK (hw_document_update_baseline), self, G_CONNECT_SWAPPED);

  insert_sorted (self, capture);
  update_changes (self);
  if (self->capture == NULL && self->recording == NULL)
    hw_document_set_capture (self, capture);
  else
    hw_document_update_baseline (self);
}

/**
 * hw_document_remove_capture:
 * @self: a document
 * @capture: one of its captures
 *
 * Takes a capture out of the list and out of the history, and stops its loading. When it was the
 * current one, its neighbour becomes current.
 */
void
hw_document_remove_capture (HwDocument *self,
                            HwCapture  *capture)
{
  g_autoptr(HwCapture) kept = NULL;
  GHashTableIter iter;
  gpointer value;
  guint position;

  g_return_if_fail (HW_IS_DOCUMENT (self));
  g_return_if_fail (HW_IS_CAPTURE (capture));

  if (!g_list_store_find (self->captures, capture, &position))
    return;

  kept = g_object_ref (capture);
  g_signal_handlers_disconnect_by_data (capture, self);
  hw_capture_cancel (capture);
  hw_history_forget (self->history, capture);
  g_hash_table_iter_init (&iter, self->memories);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HwCaptureMemory *memory = value;

      if (memory->baseline == capture)
        memory->baseline = NULL;
      if (memory->owner == capture)
        {
          memory->owner = NULL;
          memory->node = HW_NODE_NONE;
        }
    }
  g_list_store_remove (self->captures, position);

  if (self->capture == capture)
    {
      guint n_captures = hw_document_count (self);

      hw_document_look_at (self, n_captures > 0 ? hw_document_get_nth (self, MIN (position, n_captures - 1)) : NULL);
    }
  else if (self->owner == capture)
    {
      hw_document_select (self, NULL, HW_NODE_NONE);
    }

  g_hash_table_remove (self->memories, capture);
  hw_capture_set_previous (capture, NULL);
  update_changes (self);
  hw_document_update_baseline (self);
  hw_document_notify_history (self);
}

/**
 * hw_document_find_file:
 * @self: a document
 * @file: a file
 *
 * Returns: (nullable) (transfer none): the capture of @file, if it is open
 */
HwCapture *
hw_document_find_file (HwDocument *self,
                       GFile      *file)
{
  guint n_captures;

  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  n_captures = hw_document_count (self);
  for (guint i = 0; i < n_captures; i++)
    {
      HwCapture *capture = hw_document_get_nth (self, i);

      if (g_file_equal (hw_capture_get_file (capture), file))
        return capture;
    }

  return NULL;
}

/**
 * hw_document_get_neighbour:
 * @self: a document
 * @step: 1 for the capture after the current one, -1 for the one before
 *
 * Returns: (nullable) (transfer none): that capture; after the last one comes the first
 */
HwCapture *
hw_document_get_neighbour (HwDocument *self,
                           int         step)
{
  guint n_captures;
  guint position;

  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  n_captures = hw_document_count (self);
  if (self->capture == NULL || !g_list_store_find (self->captures, self->capture, &position))
    return NULL;

  return hw_document_get_nth (self, (position + n_captures + (guint) step) % n_captures);
}
