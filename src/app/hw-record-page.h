/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/hw-recording.h"

G_BEGIN_DECLS

#define HW_TYPE_RECORD_PAGE (hw_record_page_get_type ())

/**
 * HwRecordPage:
 *
 * One recording: its charts, what can be done with the program, and what is known about it in words.
 *
 * Actions: `record.take-snapshot`, `record.cancel-snapshot`, `record.collect-garbage`, `record.mark`,
 * `record.let-run`, `record.try-again`, `record.start-series`, `record.stop-series`.
 * Signals: `captured` (#GFile, title, note): a snapshot was taken; `expired` (#GFile): one of a series was
 * deleted, because only the last few are kept.
 */
G_DECLARE_FINAL_TYPE (HwRecordPage, hw_record_page, HW, RECORD_PAGE, AdwBin)

GtkWidget   *hw_record_page_new           (HwRecording  *recording);
HwRecording *hw_record_page_get_recording (HwRecordPage *self);

G_END_DECLS
