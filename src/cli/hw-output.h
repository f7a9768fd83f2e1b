/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HwOutput:
 *
 * What goes to standard output, collected into large writes. After the first error nothing more is
 * written, and hw_output_get_is_open() tells the writer to stop. Belongs to one thread.
 */
typedef struct _HwOutput HwOutput;

HwOutput *hw_output_new         (int          fd) G_GNUC_WARN_UNUSED_RESULT;
void      hw_output_free        (HwOutput    *self);
void      hw_output_write       (HwOutput    *self,
                                 const char  *bytes,
                                 gssize       n_bytes);
void      hw_output_print       (HwOutput    *self,
                                 const char  *utf8);
void      hw_output_printf      (HwOutput    *self,
                                 const char  *format,
                                 ...) G_GNUC_PRINTF (2, 3);
gboolean  hw_output_get_is_open (HwOutput    *self);
gboolean  hw_output_get_is_pipe_closed (HwOutput *self);
gboolean  hw_output_close       (HwOutput    *self,
                                 GError     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwOutput, hw_output_free)

G_END_DECLS
