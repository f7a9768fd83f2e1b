/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where an inspector listens, as typed or found. */
typedef struct
{
  gboolean  is_tls;
  char     *host;       /* without brackets */
  guint16   port;
  char     *path;       /* nullable: of a WebSocket, with its slash */
} HwAddress;

HwAddress *hw_address_new         (const char       *host,
                                   guint16           port) G_GNUC_WARN_UNUSED_RESULT;
HwAddress *hw_address_parse       (const char       *text,
                                   GError          **error) G_GNUC_WARN_UNUSED_RESULT;
HwAddress *hw_address_copy        (const HwAddress  *self) G_GNUC_WARN_UNUSED_RESULT;
void       hw_address_free        (HwAddress        *self);
gboolean   hw_address_is_loopback (const HwAddress  *self);
char      *hw_address_dup_label   (const HwAddress  *self);
char      *hw_address_dup_uri     (const HwAddress  *self,
                                   const char       *scheme,
                                   const char       *path);
char      *hw_address_dup_host    (const HwAddress  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwAddress, hw_address_free)

G_END_DECLS
