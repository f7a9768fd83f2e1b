/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap-private.h"

G_BEGIN_DECLS

/**
 * HwShapeGroups:
 *
 * The plain objects of one heap, grouped by their sequence of properties.
 */
typedef struct _HwShapeGroups HwShapeGroups;

HwShapeGroups *hw_shape_groups_new       (HwHeap         *heap,
                                          GCancellable   *cancellable,
                                          GError        **error) G_GNUC_WARN_UNUSED_RESULT;
void           hw_shape_groups_free      (HwShapeGroups  *self);
GPtrArray     *hw_shape_groups_infer     (HwShapeGroups  *self,
                                          GCancellable   *cancellable,
                                          GError        **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       hw_shape_groups_match     (HwShapeGroups  *self,
                                          GPtrArray      *shapes,
                                          GCancellable   *cancellable,
                                          GError        **error);
guint32        hw_shape_groups_get_shape (HwShapeGroups  *self,
                                          guint32         node);
void           hw_shape_free             (HwShape        *self);
GPtrArray     *hw_shapes_copy            (GPtrArray      *shapes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwShapeGroups, hw_shape_groups_free)

G_END_DECLS
