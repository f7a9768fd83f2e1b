/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * HwShortcut:
 * @group: the heading it stands under, marked with N_()
 * @title: what it does, marked with N_()
 * @action: (nullable): the detailed action it triggers; %NULL when a widget handles the keys itself
 * @accels: the keys, the first of them is shown; ends with %NULL
 *
 * One line of the shortcuts dialog, and the accelerators the application sets.
 */
typedef struct
{
  const char *group;
  const char *title;
  const char *action;
  const char *accels[4];
} HwShortcut;

const HwShortcut *hw_shortcuts_get       (guint            *n_shortcuts);
const char       *hw_shortcuts_get_accel (const HwShortcut *shortcut,
                                          guint             number);
void              hw_shortcuts_apply     (GtkApplication   *application);

G_END_DECLS
