/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-session.h"

G_BEGIN_DECLS

/**
 * HwAllocationKind:
 * @HW_ALLOCATION_TIMELINE: when live objects were born; becomes a `.heaptimeline`
 * @HW_ALLOCATION_STACKS: and where; much slower for the program
 * @HW_ALLOCATION_SAMPLING: where memory is allocated, by samples; becomes a `.heapprofile`
 *
 * What is recorded of a program's allocations.
 */
typedef enum
{
  HW_ALLOCATION_TIMELINE,
  HW_ALLOCATION_STACKS,
  HW_ALLOCATION_SAMPLING,
} HwAllocationKind;

/**
 * HwAllocationBar:
 * @count: objects born in the interval that are still alive
 * @size: their bytes
 * @max_size: the most that was alive of them at a time, in bytes
 *
 * One interval of a timeline, some 50 ms.
 */
typedef struct
{
  guint64 count;
  guint64 size;
  guint64 max_size;
} HwAllocationBar;

/**
 * HwAllocationOptions:
 * @kind: what to record
 * @sampling_interval: bytes between samples, or 0 for 32768
 * @includes_collected: sampling: count objects that did not stay alive, too
 *
 * How allocations are recorded.
 */
typedef struct
{
  HwAllocationKind kind;
  guint            sampling_interval;
  gboolean         includes_collected;
} HwAllocationOptions;

#define HW_TYPE_ALLOCATION_JOB (hw_allocation_job_get_type ())

G_DECLARE_FINAL_TYPE (HwAllocationJob, hw_allocation_job, HW, ALLOCATION_JOB, GObject)

HwAllocationJob       *hw_allocation_job_new          (HwSession                 *session,
                                                       const char                *path,
                                                       const HwAllocationOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void                   hw_allocation_job_start_async  (HwAllocationJob           *self,
                                                       GAsyncReadyCallback        callback,
                                                       gpointer                   user_data);
gboolean               hw_allocation_job_start_finish (HwAllocationJob           *self,
                                                       GAsyncResult              *result,
                                                       GError                   **error);
void                   hw_allocation_job_stop_async   (HwAllocationJob           *self,
                                                       GCancellable              *cancellable,
                                                       GAsyncReadyCallback        callback,
                                                       gpointer                   user_data);
gboolean               hw_allocation_job_stop_finish  (HwAllocationJob           *self,
                                                       GAsyncResult              *result,
                                                       GError                   **error);
void                   hw_allocation_job_abandon      (HwAllocationJob           *self);
const char            *hw_allocation_job_get_path     (HwAllocationJob           *self);
gboolean               hw_allocation_job_get_is_salvaged (HwAllocationJob        *self);
const HwAllocationBar *hw_allocation_job_get_bars     (HwAllocationJob           *self,
                                                       guint                     *n_bars);
void                   hw_allocation_job_get_progress (HwAllocationJob           *self,
                                                       guint64                   *done,
                                                       guint64                   *total,
                                                       guint64                   *n_bytes);

G_END_DECLS
