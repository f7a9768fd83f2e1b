/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void hw_column_memory_append (GtkColumnView *view,
                              GPtrArray     *columns,
                              GSettings     *settings,
                              const char    *name);
void hw_column_memory_clear  (GtkColumnView       *view,
                              GtkColumnViewColumn *focus);
void hw_column_memory_save   (GtkColumnView *view,
                              GSettings     *settings,
                              const char    *name);

G_END_DECLS
