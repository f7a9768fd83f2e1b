/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/hw-document.h"

G_BEGIN_DECLS

#define HW_TYPE_WINDOW (hw_window_get_type ())

/**
 * HwWindow:
 *
 * One window: the list of captures, the views of the current one and the pane below them. Each window
 * has its own document.
 *
 * The parts: hw-window.c (life, what is shown when), -actions (what menus and keys do), -dnd (drops),
 * -views (the list of views).
 */
G_DECLARE_FINAL_TYPE (HwWindow, hw_window, HW, WINDOW, AdwApplicationWindow)

HwWindow   *hw_window_new          (GtkApplication  *application,
                                    HwCache         *cache,
                                    HwNotebook      *notebook) G_GNUC_WARN_UNUSED_RESULT;
HwDocument *hw_window_get_document (HwWindow        *self);
void        hw_window_add_problem  (HwWindow        *self,
                                    const char      *text);
void        hw_window_open_files   (HwWindow        *self,
                                    GFile          **files,
                                    guint            n_files);

G_END_DECLS
