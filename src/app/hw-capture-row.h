/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/hw-document.h"

G_BEGIN_DECLS

#define HW_TYPE_CAPTURE_ROW (hw_capture_row_get_type ())

/**
 * HwCaptureRow:
 *
 * A capture in the sidebar: title, time and size, the change from the one before; a bar and a button
 * to stop while it loads. It is renamed in place, and its menu holds all that can be done with it.
 */
G_DECLARE_FINAL_TYPE (HwCaptureRow, hw_capture_row, HW, CAPTURE_ROW, GtkListBoxRow)

GtkWidget *hw_capture_row_new          (HwDocument   *document,
                                        HwCapture    *capture);
HwCapture *hw_capture_row_get_capture  (HwCaptureRow *self);
void       hw_capture_row_start_rename (HwCaptureRow *self);

G_END_DECLS
