/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "inspector/hw-session.h"
#include "inspector/hw-snapshot-job.h"

G_BEGIN_DECLS

/* A real runtime that a test attaches to. */
typedef struct
{
  const char *name;       /* of the tests: "node26" */
  const char *runtime;    /* "node" */
  gboolean    is_system;  /* the build root's own, not one of build-aux/runtimes */
} HwLiveKind;

typedef struct
{
  const HwLiveKind *kind;
  GSubprocess      *process;
  guint16           port;
  char             *address;   /* for hw_target_new_for_address() */
  char             *folder;    /* its home */
} HwLive;

const HwLiveKind *hw_live_find_kind   (const char        *name);
char             *hw_live_find_program (const HwLiveKind *kind);
HwLive           *hw_live_start       (const HwLiveKind  *kind,
                                       const char        *script,
                                       const char        *option,
                                       guint16            port);
void              hw_live_end_with_us (gpointer          user_data);
void              hw_live_kill        (HwLive            *self);
void              hw_live_free        (HwLive            *self);
guint16           hw_live_free_port   (void);

/* Blocking forms of what the inspector does, for tests. */
GAsyncResult     *hw_live_wait        (GAsyncResult     **result);
void              hw_live_got         (GObject           *object,
                                       GAsyncResult      *result,
                                       gpointer           user_data);
gboolean          hw_live_until       (gboolean         (*is_so) (gpointer user_data),
                                       gpointer           user_data,
                                       guint              milliseconds);
void              hw_live_sleep       (guint              milliseconds);
HwTarget         *hw_live_resolve     (const char        *address);
HwSession        *hw_live_attach      (HwTarget          *target);
char             *hw_live_evaluate    (HwSession         *session,
                                       const char        *expression);
void              hw_live_await_ready (HwSession      *session);
HwSample         *hw_live_sample      (HwSession         *session);
void              hw_live_collect     (HwSession         *session);
HwSnapshotJob    *hw_live_capture     (HwSession         *session,
                                       const char        *path,
                                       HwSnapshotOptions  options,
                                       GError           **error);
guint64           hw_live_count       (const char        *path,
                                       const char        *class_name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwLive, hw_live_free)

G_END_DECLS
