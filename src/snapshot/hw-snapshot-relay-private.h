/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "snapshot/hw-snapshot-sink.h"

G_BEGIN_DECLS

/**
 * HwSnapshotRelay:
 *
 * Carries what one thread reads to a sink that another thread calls.
 */
typedef struct _HwSnapshotRelay HwSnapshotRelay;

extern const HwSnapshotSink hw_snapshot_relay_sink;

HwSnapshotRelay *hw_snapshot_relay_new     (void);
void             hw_snapshot_relay_free    (HwSnapshotRelay       *self);
void             hw_snapshot_relay_end     (HwSnapshotRelay       *self);
gboolean         hw_snapshot_relay_deliver (HwSnapshotRelay       *self,
                                            const HwSnapshotSink  *sink,
                                            gpointer               sink_data,
                                            GError               **error);

G_END_DECLS
