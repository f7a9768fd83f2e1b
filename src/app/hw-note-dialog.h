/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/hw-capture.h"

G_BEGIN_DECLS

#define HW_TYPE_NOTE_DIALOG (hw_note_dialog_get_type ())

/**
 * HwNoteDialog:
 *
 * Where a person writes a note about a capture.
 */
G_DECLARE_FINAL_TYPE (HwNoteDialog, hw_note_dialog, HW, NOTE_DIALOG, AdwDialog)

AdwDialog *hw_note_dialog_new (HwCapture *capture) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
