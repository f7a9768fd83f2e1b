/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-session.h"

G_BEGIN_DECLS

/**
 * HwSnapshotFormat:
 * @HW_SNAPSHOT_FORMAT_V8: V8's, with names and strings
 * @HW_SNAPSHOT_FORMAT_JSC: JavaScriptCore's own, Bun only: without strings, but with ids that stay
 *
 * What kind of file a snapshot becomes.
 */
typedef enum
{
  HW_SNAPSHOT_FORMAT_V8,
  HW_SNAPSHOT_FORMAT_JSC,
} HwSnapshotFormat;

/**
 * HwSnapshotOptions:
 * @collect_first: collect garbage before, beyond what the snapshot itself collects
 * @numeric_values: make numbers objects with their values
 * @internals: show the engine's own objects with their names
 * @discard_console: forget the console's lines, which keep their arguments alive
 * @pull_when_busy: when the program does not come to it, build the snapshot from within its running code
 *
 * How a snapshot is taken.
 */
typedef struct
{
  gboolean         collect_first;
  gboolean         numeric_values;
  gboolean         internals;
  gboolean         discard_console;
  gboolean         pull_when_busy;
  HwSnapshotFormat format;
} HwSnapshotOptions;

#define HW_SNAPSHOT_OPTIONS_DEFAULT ((HwSnapshotOptions) { .numeric_values = TRUE, .discard_console = TRUE })

/**
 * HwSnapshotPhase:
 * @HW_SNAPSHOT_PREPARING: measuring, and collecting garbage where asked
 * @HW_SNAPSHOT_BUILDING: the target walks its heap, and stands still
 * @HW_SNAPSHOT_RECEIVING: the file arrives, and the target still stands
 * @HW_SNAPSHOT_FINISHED: there is a file, or an error
 *
 * How far a snapshot has come.
 */
typedef enum
{
  HW_SNAPSHOT_PREPARING,
  HW_SNAPSHOT_BUILDING,
  HW_SNAPSHOT_RECEIVING,
  HW_SNAPSHOT_FINISHED,
} HwSnapshotPhase;

/**
 * HwSnapshotCost:
 * @heap_used: bytes; what the rest is estimated from
 * @min_pause: seconds that the program will stand still, at least
 * @max_pause: at most, on a slow machine
 * @extra_memory: bytes that the program will need on top
 * @file_size: bytes of the file
 * @free_memory: bytes that the target's machine or container has left; 0 when unknown
 * @free_disk: bytes that the file's disk has left; 0 when unknown
 * @is_risky: whether memory or disk may not be enough: the program may be killed
 *
 * What a snapshot will cost.
 */
typedef struct
{
  guint64  heap_used;
  double   min_pause;
  double   max_pause;
  guint64  extra_memory;
  guint64  file_size;
  guint64  free_memory;
  guint64  free_disk;
  gboolean is_risky;
} HwSnapshotCost;

#define HW_TYPE_SNAPSHOT_JOB (hw_snapshot_job_get_type ())

G_DECLARE_FINAL_TYPE (HwSnapshotJob, hw_snapshot_job, HW, SNAPSHOT_JOB, GObject)

HwSnapshotJob   *hw_snapshot_job_new             (HwSession               *session,
                                                  const char              *path,
                                                  const HwSnapshotOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void             hw_snapshot_job_run_async       (HwSnapshotJob           *self,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
gboolean         hw_snapshot_job_run_finish      (HwSnapshotJob           *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);
HwSnapshotPhase  hw_snapshot_job_get_phase       (HwSnapshotJob           *self);
void             hw_snapshot_job_get_progress    (HwSnapshotJob           *self,
                                                  guint64                 *done,
                                                  guint64                 *total,
                                                  guint64                 *n_bytes);
const char      *hw_snapshot_job_get_path        (HwSnapshotJob           *self);
gboolean         hw_snapshot_job_get_is_salvaged (HwSnapshotJob           *self);
HwSample        *hw_snapshot_job_get_sample      (HwSnapshotJob           *self);
gint64           hw_snapshot_job_get_duration    (HwSnapshotJob           *self);
guint            hw_snapshot_job_get_epoch       (HwSnapshotJob           *self);

void             hw_snapshot_estimate            (HwSession               *session,
                                                  HwSample                *sample,
                                                  const char              *path,
                                                  HwSnapshotCost          *cost);

G_END_DECLS
