/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "inspector/hw-target-list.h"

G_BEGIN_DECLS

#define HW_TYPE_ATTACH_DIALOG (hw_attach_dialog_get_type ())

/**
 * HwAttachDialog:
 *
 * The programs that can be looked into, kept up to date, and an entry for those that are elsewhere.
 *
 * Signal: `attach` (#HwTarget): the person chose it; the dialog closes.
 */
G_DECLARE_FINAL_TYPE (HwAttachDialog, hw_attach_dialog, HW, ATTACH_DIALOG, AdwDialog)

AdwDialog *hw_attach_dialog_new (void);

G_END_DECLS
