/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-capture-file-private.h"
#include "inspector/hw-channel.h"

G_BEGIN_DECLS

/* Called on the owner's main context, in the order in which things arrived. */
typedef struct
{
  void (*opened)  (gpointer     owner);
  void (*message) (gpointer     owner,
                   const char  *session,   /* "" for the connection's own */
                   JsonNode    *message);
  void (*refused) (gpointer     owner,
                   const char  *session,
                   gint64       id,
                   GError      *error);    /* NULL: the answer went into its file */
  void (*closed)  (gpointer     owner,
                   GError      *reason);
} HwWireHandler;

/*
 * HwWire: one connection and the sessions in it, between the socket's thread and the owner's main
 * context. Chunks of snapshots, and answers that shall go into a file, are written on the socket's
 * thread and never become a tree.
 */
typedef struct _HwWire HwWire;

HwWire   *hw_wire_new           (const char           *uri,
                                 const char           *host,
                                 const HwWireHandler  *handler,
                                 gpointer              owner) G_GNUC_WARN_UNUSED_RESULT;
HwWire   *hw_wire_ref           (HwWire               *self);
void      hw_wire_unref         (HwWire               *self);
void      hw_wire_open          (HwWire               *self);
void      hw_wire_close         (HwWire               *self);
void      hw_wire_disown        (HwWire               *self);
void      hw_wire_send          (HwWire               *self,
                                 char                 *text);
void      hw_wire_set_chunks    (HwWire               *self,
                                 const char           *session,
                                 HwCaptureFile        *file);
void      hw_wire_expect        (HwWire               *self,
                                 const char           *session,
                                 gint64                id,
                                 const char *const    *path,
                                 HwCaptureFile        *file);
void      hw_wire_forget        (HwWire               *self,
                                 const char           *session,
                                 gint64                id);
guint64   hw_wire_get_n_dropped (HwWire               *self);

/* Of HwChannel, for captures */
void      hw_channel_set_chunks         (HwChannel            *self,
                                         HwCaptureFile        *file);
void      hw_channel_call_to_file_async (HwChannel            *self,
                                         const char           *method,
                                         JsonNode             *params,
                                         const char *const    *path,
                                         HwCaptureFile        *file,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);

G_END_DECLS
