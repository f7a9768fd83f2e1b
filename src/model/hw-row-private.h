/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-tree-model.h"
#include "model/hw-tree-node-private.h"

G_BEGIN_DECLS

/*
 * What the model does with its rows. A row is placed while it is in the model; one that is still held
 * by somebody after it went away answers from its item, has no position and cannot be opened.
 */

HwRow            *hw_row_new           (HwTreeModel       *model,
                                        guint64            key) G_GNUC_WARN_UNUSED_RESULT;
const guint64    *hw_row_peek_key      (HwRow             *self);
void              hw_row_place         (HwRow             *self,
                                        HwTreeSource      *source,
                                        const HwTreePlace *place,
                                        const HwTreeItem  *item);
void              hw_row_unplace       (HwRow             *self);
const HwTreePlace *hw_row_get_place    (HwRow             *self);
HwTreeModel      *hw_row_get_model     (HwRow             *self);
void              hw_row_forget_model  (HwRow             *self);
void              hw_row_set_state     (HwRow             *self,
                                        gboolean           expandable,
                                        gboolean           expanded);

G_END_DECLS
