/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void hw_recent_add       (GFile *file);
void hw_recent_fill_menu (GMenu *menu);

G_END_DECLS
