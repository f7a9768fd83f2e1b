/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void hw_filter_entry_bind   (GtkSearchEntry *entry,
                             HwDocument     *document);
void hw_filter_entry_unbind (GtkSearchEntry *entry,
                             HwDocument     *document);

G_END_DECLS
