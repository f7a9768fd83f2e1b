/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-live-runtime.h"

G_BEGIN_DECLS

/**
 * HwTargetKind:
 * @HW_TARGET_PROGRAM: a program, such as a server
 * @HW_TARGET_BROWSER: a browser, whose pages are its children
 * @HW_TARGET_PAGE: a page or frame
 * @HW_TARGET_WORKER: a worker thread
 *
 * What a target is.
 */
typedef enum
{
  HW_TARGET_PROGRAM,
  HW_TARGET_BROWSER,
  HW_TARGET_PAGE,
  HW_TARGET_WORKER,
} HwTargetKind;

/**
 * HwTargetState:
 * @HW_TARGET_UNKNOWN: nobody has looked yet
 * @HW_TARGET_READY: its inspector listens and it can be attached to
 * @HW_TARGET_SWITCHED_OFF: it runs without an inspector, which a signal opens
 * @HW_TARGET_UNREACHABLE: it cannot be attached to; [property@Target:reason] says why
 * @HW_TARGET_GONE: it was there and is no longer
 *
 * Whether a target can be attached to.
 */
typedef enum
{
  HW_TARGET_UNKNOWN,
  HW_TARGET_READY,
  HW_TARGET_SWITCHED_OFF,
  HW_TARGET_UNREACHABLE,
  HW_TARGET_GONE,
} HwTargetState;

#define HW_TYPE_TARGET (hw_target_get_type ())

G_DECLARE_FINAL_TYPE (HwTarget, hw_target, HW, TARGET, GObject)

HwTarget        *hw_target_new_for_address   (const char           *text,
                                              gboolean              allow_remote,
                                              GError              **error) G_GNUC_WARN_UNUSED_RESULT;

const char      *hw_target_get_key           (HwTarget             *self);
HwTargetKind     hw_target_get_kind          (HwTarget             *self);
HwTargetState    hw_target_get_state         (HwTarget             *self);
const char      *hw_target_get_title         (HwTarget             *self);
const char      *hw_target_get_url           (HwTarget             *self);
const char      *hw_target_get_address       (HwTarget             *self);
const char      *hw_target_get_reason        (HwTarget             *self);
const HwLiveRuntime *hw_target_get_runtime       (HwTarget             *self);
char            *hw_target_dup_runtime_name  (HwTarget             *self);
int              hw_target_get_pid           (HwTarget             *self);
gboolean         hw_target_get_is_local      (HwTarget             *self);
GListModel      *hw_target_get_children      (HwTarget             *self);
char            *hw_target_dup_uri           (HwTarget             *self);
char            *hw_target_dup_host          (HwTarget             *self);

void             hw_target_resolve_async     (HwTarget             *self,
                                              guint                 milliseconds,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean         hw_target_resolve_finish    (HwTarget             *self,
                                              GAsyncResult         *result,
                                              GError              **error);
const char      *hw_target_explain_switch_on (HwTarget             *self);
void             hw_target_switch_on_async   (HwTarget             *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean         hw_target_switch_on_finish  (HwTarget             *self,
                                              GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
