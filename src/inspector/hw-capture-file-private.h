/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * HwCaptureFile: a file that grows while a target sends it.
 *
 * It stands beside its place as NAME.part and gets its name when complete; what broke off becomes
 * STEM-incomplete.EXT. Atomic reference count; written by one thread, asked by any.
 */
typedef struct _HwCaptureFile HwCaptureFile;

HwCaptureFile *hw_capture_file_new           (const char     *path,
                                              GError        **error) G_GNUC_WARN_UNUSED_RESULT;
HwCaptureFile *hw_capture_file_ref           (HwCaptureFile  *self);
void           hw_capture_file_unref         (HwCaptureFile  *self);
gboolean       hw_capture_file_write         (const char     *bytes,
                                              gsize           n_bytes,
                                              gpointer        self);
guint64        hw_capture_file_get_n_bytes   (HwCaptureFile  *self);
void           hw_capture_file_stop          (HwCaptureFile  *self);
gboolean       hw_capture_file_check         (HwCaptureFile  *self,
                                              GError        **error);
char          *hw_capture_file_complete      (HwCaptureFile  *self,
                                              GError        **error);
char          *hw_capture_file_salvage       (HwCaptureFile  *self);
void           hw_capture_file_discard       (HwCaptureFile  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwCaptureFile, hw_capture_file_unref)

G_END_DECLS
