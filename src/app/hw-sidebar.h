/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/hw-document.h"

G_BEGIN_DECLS

#define HW_TYPE_SIDEBAR (hw_sidebar_get_type ())

/**
 * HwSidebar:
 *
 * The list of open captures, under headings that say where they came from.
 *
 * Signals: `chosen`: the person picked a row, so that a list which lies over the view can go away.
 */
G_DECLARE_FINAL_TYPE (HwSidebar, hw_sidebar, HW, SIDEBAR, AdwBin)

void hw_sidebar_set_document (HwSidebar  *self,
                              HwDocument *document);
void hw_sidebar_grab_row     (HwSidebar  *self);

G_END_DECLS
