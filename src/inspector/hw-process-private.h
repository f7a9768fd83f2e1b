/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-sample.h"
#include "inspector/hw-live-runtime.h"

G_BEGIN_DECLS

/* A local process of a runtime we know. */
typedef struct
{
  int              pid;
  const HwLiveRuntime *runtime;
  char            *name;           /* its script, or its program */
  GArray          *listening;      /* guint16: loopback or any address, its own network */
  GArray          *asked;          /* guint16: named by its command line or environment */
  gboolean         asks_any_port;  /* for its inspector: it may be any that it listens on */
  char            *fixed_path;     /* nullable: of Bun's WebSocket, with its slash */
  gboolean         is_elsewhere;   /* in another network: a container */
  gboolean         takes_signal;   /* SIGUSR1 would be handled, not kill it */
} HwProcess;

GPtrArray *hw_process_list      (void) G_GNUC_WARN_UNUSED_RESULT;
GArray    *hw_process_listening (int          pid) G_GNUC_WARN_UNUSED_RESULT;
GArray    *hw_process_listening_here (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean   hw_process_measure   (int          pid,
                                 HwSample    *sample);
guint64    hw_process_get_start (int          pid);
gboolean   hw_process_switch_on (int          pid,
                                 GError     **error);
guint64    hw_process_free_memory (void);

G_END_DECLS
