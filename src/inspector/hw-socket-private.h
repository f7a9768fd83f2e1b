/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * HwSocket: one WebSocket, with a thread of its own.
 *
 * Messages are handled on that thread, one after the other; while a handler waits for the disk, nothing
 * is read, so the target's own sending stops. Atomic reference count.
 */
typedef struct _HwSocket HwSocket;

/* No handler is called before hw_socket_open(), and none after closed(). All run on the socket's thread. */
typedef struct
{
  void (*opened)  (gpointer  user_data);
  void (*message) (GBytes   *text,
                   gpointer  user_data);
  void (*closed)  (GError   *reason,
                   gpointer  user_data);
} HwSocketHandler;

HwSocket *hw_socket_new      (const char            *uri,
                              const char            *host,
                              guint64                max_message,
                              const HwSocketHandler *handler,
                              gpointer               user_data,
                              GDestroyNotify         destroy) G_GNUC_WARN_UNUSED_RESULT;
HwSocket *hw_socket_ref      (HwSocket              *self);
void      hw_socket_unref    (HwSocket              *self);
void      hw_socket_open     (HwSocket              *self);
void      hw_socket_send     (HwSocket              *self,
                              char                  *text);
void      hw_socket_close    (HwSocket              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSocket, hw_socket_unref)

G_END_DECLS
