/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "snapshot/hw-snapshot-layout.h"

G_BEGIN_DECLS

/* No node, and no function. */
#define HW_SAMPLING_NONE G_MAXUINT32

/* Larger profiles than this were never written; a tree of their JSON costs many times as much. */
#define HW_SAMPLING_MAX_BYTES (32 * 1024 * 1024)

/**
 * HwSamplingFunction:
 * @name: as in the file, perhaps empty; UTF-8
 * @url: of its script, perhaps empty
 * @script_id: 0 for what has no script
 * @line: 0-based, or -1 when not known
 * @column: likewise
 *
 * A function that allocated. Two are the same when name, script, line and column are.
 */
typedef struct
{
  char    *name;
  char    *url;
  guint64  script_id;
  gint64   line;
  gint64   column;
} HwSamplingFunction;

/**
 * HwSamplingNode:
 * @parent: the node that called it, which is less, or HW_SAMPLING_NONE for the root
 * @function: whose call it is
 * @id: the file's number of it
 * @self_size: bytes allocated in it, callees not included
 *
 * One place in the tree of calls.
 */
typedef struct
{
  guint32 parent;
  guint32 function;
  guint64 id;
  guint64 self_size;
} HwSamplingNode;

/**
 * HwSamplingSample:
 * @node: where it was allocated
 * @size: bytes it stands for
 * @ordinal: the number of the sample, in the order of time
 *
 * One sampled allocation.
 */
typedef struct
{
  guint32 node;
  guint64 size;
  guint64 ordinal;
} HwSamplingSample;

/**
 * HwSamplingProfile:
 *
 * What was allocated where, as V8's sampling heap profiler tells it (.heapprofile). Immutable, atomic
 * reference count. Node 0 is the root, and nodes are in pre-order.
 */
typedef struct _HwSamplingProfile HwSamplingProfile;

HwSamplingProfile        *hw_sampling_profile_load_sync     (GFile             *file,
                                                             GCancellable      *cancellable,
                                                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;
HwSamplingProfile        *hw_sampling_profile_load_stream_sync (GInputStream   *stream,
                                                             GCancellable      *cancellable,
                                                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;
HwSamplingProfile        *hw_sampling_profile_parse         (const char        *json,
                                                             gsize              length,
                                                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;
HwSamplingProfile        *hw_sampling_profile_ref           (HwSamplingProfile *self);
void                      hw_sampling_profile_unref         (HwSamplingProfile *self);
guint                     hw_sampling_profile_get_n_nodes     (HwSamplingProfile *self);
const HwSamplingNode     *hw_sampling_profile_get_node        (HwSamplingProfile *self,
                                                               guint              i);
guint                     hw_sampling_profile_get_n_functions (HwSamplingProfile *self);
const HwSamplingFunction *hw_sampling_profile_get_function    (HwSamplingProfile *self,
                                                               guint              i);
guint                     hw_sampling_profile_get_n_samples   (HwSamplingProfile *self);
const HwSamplingSample   *hw_sampling_profile_get_sample      (HwSamplingProfile *self,
                                                               guint              i);
guint64                   hw_sampling_profile_get_total_size  (HwSamplingProfile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSamplingProfile, hw_sampling_profile_unref)

G_END_DECLS
