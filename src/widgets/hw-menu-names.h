/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void hw_menu_names_keep (GtkWidget *menu);

G_END_DECLS
