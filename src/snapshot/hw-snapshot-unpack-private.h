/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HwSnapshotUnpacker:
 *
 * Reads a stream and unpacks it on the way if it is compressed. Belongs to one thread.
 */
typedef struct _HwSnapshotUnpacker HwSnapshotUnpacker;

HwSnapshotUnpacker *hw_snapshot_unpacker_new        (GInputStream        *stream) G_GNUC_WARN_UNUSED_RESULT;
void                hw_snapshot_unpacker_free       (HwSnapshotUnpacker  *self);
gssize              hw_snapshot_unpacker_read       (HwSnapshotUnpacker  *self,
                                                     char                *buffer,
                                                     gsize                size,
                                                     GCancellable        *cancellable,
                                                     GError             **error);
guint64             hw_snapshot_unpacker_get_offset (HwSnapshotUnpacker  *self);
gboolean            hw_snapshot_unpacker_get_is_wrong (HwSnapshotUnpacker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSnapshotUnpacker, hw_snapshot_unpacker_free)

G_END_DECLS
