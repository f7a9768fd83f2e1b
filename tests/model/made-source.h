/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-tree-model-private.h"

G_BEGIN_DECLS

/*
 * A tree that is made up as it is asked for: a row's children follow from its key. Sorting by shallow
 * size, distance or name gives different orders; the name of a row is its id.
 */

#define MADE_TYPE_SOURCE (made_source_get_type ())

G_DECLARE_FINAL_TYPE (MadeSource, made_source, MADE, SOURCE, HwTreeSource)

HwTreeSource *made_source_new          (guint32       n_roots,
                                        guint32       max_children,
                                        guint64       seed) G_GNUC_WARN_UNUSED_RESULT;
void          made_source_set_big      (MadeSource   *self,
                                        guint32       every,
                                        guint32       n_children);
void          made_source_set_delay    (MadeSource   *self,
                                        guint         milliseconds);
guint         made_source_get_n_listed (MadeSource   *self);
guint         made_source_get_n_cancelled (MadeSource *self);

/*
 * Keeps the keys of all rows by listening to items-changed only, and compares them with the model.
 */
typedef struct
{
  HwTreeModel *model;   /* owned */
  GArray      *keys;    /* of guint64 */
  gulong       handler;
  guint        n_changes;
} Shadow;

void     shadow_init  (Shadow      *self,
                       HwTreeModel *model);
void     shadow_clear (Shadow      *self);
void     shadow_check (Shadow      *self);

HwRow   *dup_row_at   (HwTreeModel *model,
                       guint        position);
void     wait_idle    (HwTreeModel *model);

G_END_DECLS
