/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-target.h"

G_BEGIN_DECLS

#define HW_TYPE_TARGET_LIST (hw_target_list_get_type ())

G_DECLARE_FINAL_TYPE (HwTargetList, hw_target_list, HW, TARGET_LIST, GObject)

HwTargetList *hw_target_list_new            (void) G_GNUC_WARN_UNUSED_RESULT;
void          hw_target_list_set_active     (HwTargetList         *self,
                                             gboolean              is_active);
HwTarget     *hw_target_list_add_host       (HwTargetList         *self,
                                             const char           *text,
                                             gboolean              allow_remote,
                                             GError              **error);
void          hw_target_list_remove_host    (HwTargetList         *self,
                                             HwTarget             *target);
void          hw_target_list_refresh_async  (HwTargetList         *self,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gboolean      hw_target_list_refresh_finish (HwTargetList         *self,
                                             GAsyncResult         *result,
                                             GError              **error);

G_END_DECLS
