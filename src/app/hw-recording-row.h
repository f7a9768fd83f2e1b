/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/hw-recording.h"

G_BEGIN_DECLS

#define HW_TYPE_RECORDING_ROW (hw_recording_row_get_type ())

/**
 * HwRecordingRow:
 *
 * A recording in the sidebar: its name, a dot while it is live, and its state in words.
 */
G_DECLARE_FINAL_TYPE (HwRecordingRow, hw_recording_row, HW, RECORDING_ROW, GtkListBoxRow)

GtkWidget   *hw_recording_row_new           (HwRecording    *recording);
HwRecording *hw_recording_row_get_recording (HwRecordingRow *self);

G_END_DECLS
