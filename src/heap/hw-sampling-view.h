/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-order.h"
#include "snapshot/hw-sampling-profile.h"

G_BEGIN_DECLS

/**
 * HwSamplingKind:
 * @HW_SAMPLING_HEAVY: bottom up: functions, and below each its callers
 * @HW_SAMPLING_TREE: top down: who was called first, and below each what it called
 *
 * Which way a profile is looked at.
 */
typedef enum
{
  HW_SAMPLING_HEAVY,
  HW_SAMPLING_TREE,
} HwSamplingKind;

/**
 * HwSamplingOptions:
 * @kind: which way to look
 * @focus: the function whose calls alone count, or HW_SAMPLING_NONE
 * @excluded: functions that are taken out of the stacks
 * @n_excluded: how many
 * @has_range: whether only some samples count
 * @first_ordinal: the first of them
 * @last_ordinal: the last of them, included
 *
 * What of a profile is shown. With @focus, stacks without that function are left out, and callers above its
 * outermost call are cut off. What an excluded function allocated counts for its caller.
 */
typedef struct
{
  HwSamplingKind  kind;
  guint32         focus;
  const guint32  *excluded;
  guint           n_excluded;
  gboolean        has_range;
  guint64         first_ordinal;
  guint64         last_ordinal;
} HwSamplingOptions;

/**
 * HwSamplingRow:
 * @function: which function
 * @self_size: bytes allocated in it, under the callers (Heavy) or callees (Tree) that the row stands for
 * @total_size: that and what it called; recursion counts once
 * @has_children: whether hw_sampling_view_get_children() gives any
 *
 * One row.
 */
typedef struct
{
  guint32  function;
  guint64  self_size;
  guint64  total_size;
  gboolean has_children;
} HwSamplingRow;

/**
 * HwSamplingView:
 *
 * A profile as a tree of rows, which are made when they are asked for. Rows without any bytes are left out.
 * Belongs to one thread.
 */
typedef struct _HwSamplingView HwSamplingView;

HwSamplingView      *hw_sampling_view_new          (HwSamplingProfile       *profile,
                                                    const HwSamplingOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void                 hw_sampling_view_free         (HwSamplingView          *self);
guint64              hw_sampling_view_get_total    (HwSamplingView          *self);
const HwSamplingRow *hw_sampling_view_get_row      (HwSamplingView          *self,
                                                    guint32                  row);
const guint32       *hw_sampling_view_get_children (HwSamplingView          *self,
                                                    guint32                  row,
                                                    HwOrder                  order,
                                                    guint                   *n_children);
gboolean             hw_sampling_view_matches      (HwSamplingView          *self,
                                                    guint32                  row,
                                                    const char              *query);
char                *hw_sampling_function_dup_name (const HwSamplingFunction *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSamplingView, hw_sampling_view_free)

G_END_DECLS
