/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "inspector/hw-inspector-error.h"

G_BEGIN_DECLS

#define HW_TYPE_CHANNEL (hw_channel_get_type ())

G_DECLARE_FINAL_TYPE (HwChannel, hw_channel, HW, CHANNEL, GObject)

/* Milliseconds after which a small question counts as unanswered. */
#define HW_CHANNEL_DEADLINE 5000

HwChannel *hw_channel_new           (const char           *uri,
                                     const char           *host) G_GNUC_WARN_UNUSED_RESULT;
HwChannel *hw_channel_new_session   (HwChannel            *parent,
                                     const char           *session_id) G_GNUC_WARN_UNUSED_RESULT;

void       hw_channel_open_async    (HwChannel            *self,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean   hw_channel_open_finish   (HwChannel            *self,
                                     GAsyncResult         *result,
                                     GError              **error);
void       hw_channel_call_async    (HwChannel            *self,
                                     const char           *method,
                                     JsonNode             *params,
                                     guint                 milliseconds,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
JsonNode  *hw_channel_call_finish   (HwChannel            *self,
                                     GAsyncResult         *result,
                                     GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void       hw_channel_tell          (HwChannel            *self,
                                     const char           *method,
                                     JsonNode             *params);
void       hw_channel_close         (HwChannel            *self);
gboolean   hw_channel_get_is_open   (HwChannel            *self);
guint64    hw_channel_get_n_dropped (HwChannel            *self);

JsonNode  *hw_params_new            (const char           *first_name,
                                     ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
