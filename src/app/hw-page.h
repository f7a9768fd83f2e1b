/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/hw-document.h"

G_BEGIN_DECLS

#define HW_TYPE_PAGE (hw_page_get_type ())

/**
 * HwPage:
 *
 * One view of the document. Property: `document`. A new view derives from this and is listed in
 * hw-window-views.c.
 */
G_DECLARE_DERIVABLE_TYPE (HwPage, hw_page, HW, PAGE, AdwBin)

/**
 * HwPageClass:
 * @document_set: the document was set or unset (NULL)
 * @reveal: show and select @node; the page is visible already
 * @focus_filter: (nullable): move the focus to the page's filter, for Ctrl+F
 * @get_table: (nullable): the table that keys are about when the page is given the focus
 */
struct _HwPageClass
{
  AdwBinClass parent_class;

  void (*document_set) (HwPage     *self,
                        HwDocument *document);
  void (*reveal)       (HwPage     *self,
                        HwNodeId    node);
  void (*focus_filter) (HwPage     *self);
  GtkWidget *(*get_table) (HwPage  *self);
};

HwDocument *hw_page_get_document (HwPage     *self);
void        hw_page_set_document (HwPage     *self,
                                  HwDocument *document);
void        hw_page_reveal       (HwPage     *self,
                                  HwNodeId    node);
void        hw_page_focus_filter (HwPage     *self);

G_END_DECLS
