/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-document-private.h"

void
hw_document_notify_history (HwDocument *self)
{
  hw_document_notify (self, PROP_CAN_GO_BACK);
  hw_document_notify (self, PROP_CAN_GO_FORWARD);
}

/**
 * hw_document_get_selected_heap:
 * @self: a document
 *
 * Returns: (nullable) (transfer none): the heap of the selected object: the capture's or its baseline's
 */
HwHeap *
hw_document_get_selected_heap (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), NULL);

  return self->owner != NULL ? hw_capture_get_heap (self->owner) : NULL;
}

/**
 * hw_document_get_selected_node:
 * @self: a document
 *
 * Returns: the selected object, or HW_NODE_NONE
 */
HwNodeId
hw_document_get_selected_node (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), HW_NODE_NONE);

  return self->node;
}

static HwCapture *
find_owner (HwDocument *self,
            HwHeap     *heap)
{
  guint n_captures = hw_document_count (self);

  for (guint i = 0; heap != NULL && i < n_captures; i++)
    {
      HwCapture *capture = hw_document_get_nth (self, i);

      if (hw_capture_get_heap (capture) == heap)
        return capture;
    }

  return NULL;
}

static void
set_selection (HwDocument *self,
               HwCapture  *owner,
               HwNodeId    node)
{
  HwCaptureMemory *memory;

  if (self->owner == owner && hw_node_id_equal (self->node, node))
    return;

  self->owner = owner;
  self->node = node;
  memory = self->capture != NULL ? g_hash_table_lookup (self->memories, self->capture) : NULL;
  if (memory != NULL)
    {
      memory->owner = owner;
      memory->node = node;
    }

  hw_document_emit_selection_changed (self);
}

/**
 * hw_document_select:
 * @self: a document
 * @heap: (nullable): the heap of an open capture
 * @node: an object in it, or HW_NODE_NONE
 *
 * Selects an object in every view and remembers the step; without a heap nothing is selected.
 */
void
hw_document_select (HwDocument *self,
                    HwHeap     *heap,
                    HwNodeId    node)
{
  HwCapture *owner;

  g_return_if_fail (HW_IS_DOCUMENT (self));

  owner = hw_node_id_equal (node, HW_NODE_NONE) ? NULL : find_owner (self, heap);
  if (owner == NULL)
    {
      set_selection (self, NULL, HW_NODE_NONE);
      return;
    }

  hw_history_visit (self->history, &(HwPlace) { self->capture, owner, node, self->view });
  set_selection (self, owner, node);
  hw_document_notify_history (self);
}

static gboolean
go (HwDocument *self,
    int         step)
{
  const HwPlace *place = hw_history_move (self->history, step);
  HwPlace target;

  if (place == NULL)
    return FALSE;

  target = *place;
  hw_document_set_capture (self, target.capture);
  set_selection (self, target.owner, target.node);
  hw_document_notify_history (self);
  hw_document_reveal (self, target.view, target.node);

  return TRUE;
}

/**
 * hw_document_go_back:
 * @self: a document
 *
 * Selects again, and reveals, what was selected before.
 *
 * Returns: whether there was something
 */
gboolean
hw_document_go_back (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), FALSE);

  return go (self, -1);
}

/**
 * hw_document_go_forward:
 * @self: a document
 *
 * Takes back hw_document_go_back().
 *
 * Returns: whether there was something
 */
gboolean
hw_document_go_forward (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), FALSE);

  return go (self, 1);
}

/**
 * hw_document_get_can_go_back:
 * @self: a document
 *
 * Returns: whether there is an earlier selection
 */
gboolean
hw_document_get_can_go_back (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), FALSE);

  return hw_history_peek (self->history, -1) != NULL;
}

/**
 * hw_document_get_can_go_forward:
 * @self: a document
 *
 * Returns: whether there is a later selection
 */
gboolean
hw_document_get_can_go_forward (HwDocument *self)
{
  g_return_val_if_fail (HW_IS_DOCUMENT (self), FALSE);

  return hw_history_peek (self->history, 1) != NULL;
}
