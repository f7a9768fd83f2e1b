/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-address-private.h"
#include "inspector/hw-live-runtime.h"

G_BEGIN_DECLS

/* What listens at an address, as it says itself. */
typedef struct
{
  const HwLiveRuntime *runtime;
  char            *version;   /* nullable */
  JsonNode        *list;      /* nullable: an array, the answer to /json/list */
} HwProbe;

void     hw_probe_async  (const HwAddress      *address,
                          guint                 milliseconds,
                          GCancellable         *cancellable,
                          GAsyncReadyCallback   callback,
                          gpointer              user_data);
HwProbe *hw_probe_finish (GAsyncResult         *result,
                          GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void     hw_probe_free   (HwProbe              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwProbe, hw_probe_free)

G_END_DECLS
