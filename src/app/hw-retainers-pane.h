/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/hw-document.h"

G_BEGIN_DECLS

#define HW_TYPE_RETAINERS_PANE (hw_retainers_pane_get_type ())

/**
 * HwRetainersPane:
 *
 * Below every view: what keeps the selected object alive, with one shortest path open.
 */
G_DECLARE_FINAL_TYPE (HwRetainersPane, hw_retainers_pane, HW, RETAINERS_PANE, AdwBin)

GtkWidget *hw_retainers_pane_new          (void);
void       hw_retainers_pane_set_document (HwRetainersPane  *self,
                                           HwDocument       *document);

G_END_DECLS
