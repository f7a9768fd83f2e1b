/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "snapshot/hw-snapshot-reader.h"

G_BEGIN_DECLS

/*
 * A sink that keeps everything it is told and checks what every sink may rely on. Two readings of
 * the same bytes, cut differently, must give the same HwCollect.
 */
typedef struct
{
  guint                   n_headers;
  HwSnapshotLayout        layout;      /* a copy of the numbers only */
  GArray                 *values[HW_SNAPSHOT_N_SECTIONS];
  GArray                 *trace;       /* HwSnapshotTraceNode */
  GString                *strings;     /* each ended by a zero byte */
  guint64                 n_strings;
  guint                   ended;       /* a bit for each section */
  guint64                 fail_after;  /* calls until the sink stops; 0 for never */
  guint64                 n_calls;

  gboolean                done;
  HwSnapshotDamage       *damage;
  GError                 *error;
} HwCollect;

extern const HwSnapshotSink hw_collect_sink;

void        hw_collect_init        (HwCollect       *self);
void        hw_collect_clear       (HwCollect       *self);
void        hw_collect_push        (HwCollect       *self,
                                    const char      *bytes,
                                    gsize            n_bytes,
                                    gsize            first,
                                    gsize            piece);
void        hw_collect_read        (HwCollect       *self,
                                    const char      *text);
void        hw_collect_open        (HwCollect       *self,
                                    const char      *path);
gboolean    hw_collect_equal       (const HwCollect *a,
                                    const HwCollect *b);
guint64     hw_collect_n_records   (const HwCollect  *self,
                                    HwSnapshotSection section);
guint64     hw_collect_value       (const HwCollect  *self,
                                    HwSnapshotSection section,
                                    guint64           record,
                                    int               column);
const char *hw_collect_string      (const HwCollect *self,
                                    guint64          i,
                                    gsize           *length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HwCollect, hw_collect_clear)

G_END_DECLS
