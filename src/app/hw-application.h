/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "cache/hw-cache.h"
#include "cache/hw-notebook.h"

G_BEGIN_DECLS

#define HW_TYPE_APPLICATION (hw_application_get_type ())

/**
 * HwApplication:
 *
 * The program: its windows, its command line, the cache and the notebook that all windows share.
 */
G_DECLARE_FINAL_TYPE (HwApplication, hw_application, HW, APPLICATION, AdwApplication)

HwApplication *hw_application_new          (void) G_GNUC_WARN_UNUSED_RESULT;
HwCache       *hw_application_get_cache    (HwApplication *self);
HwNotebook    *hw_application_get_notebook (HwApplication *self);

G_END_DECLS
