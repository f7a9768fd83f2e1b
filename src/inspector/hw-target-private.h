/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-address-private.h"
#include "inspector/hw-probe-private.h"
#include "inspector/hw-process-private.h"
#include "inspector/hw-target.h"

G_BEGIN_DECLS

HwTarget        *hw_target_new              (const char       *key,
                                             HwTargetKind      kind) G_GNUC_WARN_UNUSED_RESULT;
HwTarget        *hw_target_new_worker       (HwTarget         *parent,
                                             const char       *worker_id,
                                             const char       *title,
                                             const char       *url) G_GNUC_WARN_UNUSED_RESULT;
void             hw_target_set_address      (HwTarget         *self,
                                             const HwAddress  *address);
const HwAddress *hw_target_peek_address     (HwTarget         *self);
void             hw_target_set_pid          (HwTarget         *self,
                                             int               pid);
void             hw_target_set_runtime      (HwTarget         *self,
                                             const HwLiveRuntime  *runtime,
                                             const char       *version);
void             hw_target_set_title        (HwTarget         *self,
                                             const char       *title);
void             hw_target_set_path         (HwTarget         *self,
                                             const char       *path);
void             hw_target_set_state        (HwTarget         *self,
                                             HwTargetState     state,
                                             const char       *reason);
void             hw_target_take_probe       (HwTarget         *self,
                                             HwProbe          *probe);
void             hw_target_take_process     (HwTarget         *self,
                                             HwProcess        *process);
HwTarget        *hw_target_get_parent       (HwTarget         *self);
const char      *hw_target_get_worker_id    (HwTarget         *self);
GListStore      *hw_target_get_child_store  (HwTarget         *self);

G_END_DECLS
