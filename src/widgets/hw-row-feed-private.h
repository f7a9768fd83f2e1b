/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-tree-model.h"

G_BEGIN_DECLS

#define HW_TYPE_ROW_FEED (hw_row_feed_get_type ())

/*
 * HwRowFeed:
 *
 * What stands between a tree model and the selection of a column view: the same rows at the same positions, but
 * changes are announced so that the view keeps its row widgets, and a short list that became a long one grows over
 * some frames. See hw-row-feed.c.
 *
 * Properties: `growing` (boolean, read-only, notified): rows are held back; call hw_row_feed_grow() each frame.
 * Signals: `turned` (position): from there on all rows are new, and are there before the old ones go: select and
 * scroll now. `may-replace` (position, removed) → boolean: whether the rows below a change may be replaced with it,
 * because nothing that a person holds on to is among them: selection, focus, what is in view.
 */
G_DECLARE_FINAL_TYPE (HwRowFeed, hw_row_feed, HW, ROW_FEED, GObject)

HwRowFeed *hw_row_feed_new       (HwTreeModel *model) G_GNUC_WARN_UNUSED_RESULT;
void       hw_row_feed_reach     (HwRowFeed   *self,
                                  guint        position);
gboolean   hw_row_feed_grow      (HwRowFeed   *self);

G_END_DECLS
