/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-page.h"
#include "widgets/hw-tree-table.h"

G_BEGIN_DECLS

void hw_page_table_connect (GtkWidget    *owner,
                            HwTreeTable  *table,
                            HwDocument *(*get_document) (gpointer owner));

void hw_page_table_connect_reveal (GtkWidget    *owner,
                                   HwTreeTable  *table,
                                   HwDocument *(*get_document) (gpointer owner));

void hw_page_table_set_narrow (HwTreeTable   *table,
                               AdwBreakpoint *breakpoint);

void                 hw_page_table_change_capture (HwTreeTable   *table,
                                                   HwCapture     *from,
                                                   HwCapture     *to);
const HwTableColumn *hw_page_table_object_columns (gboolean  constructors,
                                                   guint    *n_columns);

G_END_DECLS
