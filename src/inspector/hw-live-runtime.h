/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-channel.h"

G_BEGIN_DECLS

/**
 * HwFeature:
 * @HW_FEATURE_SNAPSHOT: heap snapshots
 * @HW_FEATURE_SNAPSHOT_PROGRESS: how far a snapshot has come
 * @HW_FEATURE_STABLE_IDS: objects keep their ids from snapshot to snapshot
 * @HW_FEATURE_COLLECT_GARBAGE: collecting garbage on demand
 * @HW_FEATURE_TIMELINE: allocation timelines
 * @HW_FEATURE_TIMELINE_STACKS: with the stacks of allocations
 * @HW_FEATURE_TIMELINE_LIVE: with bars while it records
 * @HW_FEATURE_SAMPLING: allocation sampling
 * @HW_FEATURE_GC_EVENTS: telling of garbage collections as they happen
 * @HW_FEATURE_HANDLES: open handles by type
 * @HW_FEATURE_PAGE_COUNTERS: documents, DOM nodes and listeners
 * @HW_FEATURE_WORKERS: worker threads as targets of their own
 * @HW_FEATURE_SWITCH_ON: opening the inspector in a process that runs without
 *
 * What a runtime may be able to do.
 */
typedef enum
{
  HW_FEATURE_SNAPSHOT,
  HW_FEATURE_SNAPSHOT_PROGRESS,
  HW_FEATURE_STABLE_IDS,
  HW_FEATURE_COLLECT_GARBAGE,
  HW_FEATURE_TIMELINE,
  HW_FEATURE_TIMELINE_STACKS,
  HW_FEATURE_TIMELINE_LIVE,
  HW_FEATURE_SAMPLING,
  HW_FEATURE_GC_EVENTS,
  HW_FEATURE_HANDLES,
  HW_FEATURE_PAGE_COUNTERS,
  HW_FEATURE_WORKERS,
  HW_FEATURE_SWITCH_ON,
  HW_N_FEATURES,
} HwFeature;

/**
 * HwLiveRuntime:
 *
 * A kind of program with an inspector: what it is called, what it can do and how it is asked. There is one
 * static value per runtime, each in a file of its own.
 */
typedef struct _HwLiveRuntime HwLiveRuntime;

const HwLiveRuntime *hw_live_runtime_get_node       (void);
const HwLiveRuntime *hw_live_runtime_get_deno       (void);
const HwLiveRuntime *hw_live_runtime_get_bun        (void);
const HwLiveRuntime *hw_live_runtime_get_chromium   (void);

const HwLiveRuntime *hw_live_runtime_find           (const char      *id);
const HwLiveRuntime *hw_live_runtime_for_browser    (const char      *browser,
                                            char           **version);
const HwLiveRuntime *hw_live_runtime_for_executable (const char      *name);
const char      *hw_live_runtime_get_id         (const HwLiveRuntime *self);
const char      *hw_live_runtime_get_name       (const HwLiveRuntime *self);
const char      *hw_live_runtime_why_not        (const HwLiveRuntime *self,
                                            HwFeature        feature);

G_END_DECLS
