/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "cache/hw-cache.h"

G_BEGIN_DECLS

#define HW_TYPE_PREFERENCES_DIALOG (hw_preferences_dialog_get_type ())

/**
 * HwPreferencesDialog:
 *
 * What a person can set: where work starts, and how much room the indexes may take.
 */
G_DECLARE_FINAL_TYPE (HwPreferencesDialog, hw_preferences_dialog, HW, PREFERENCES_DIALOG, AdwPreferencesDialog)

AdwDialog *hw_preferences_dialog_new (HwCache *cache) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
