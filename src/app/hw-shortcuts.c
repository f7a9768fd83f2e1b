/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-shortcuts.h"

#include <glib/gi18n.h>

/* The one table of keys: the accelerators and the shortcuts dialog are both made of it. */
static const HwShortcut shortcuts[] = {
  { N_("Files"), N_("Open files"), "win.open", { "<Control>o" } },
  { N_("Files"), N_("Attach to a program"), "win.attach", { "<Control><Shift>a" } },
  { N_("Files"), N_("Close the snapshot, or the empty window"), "win.close", { "<Control>w" } },
  { N_("Files"), N_("Bring back the removed snapshot"), "win.undo-remove", { "<Control>z" } },
  { N_("Files"), N_("Next snapshot"), "win.next-capture", { "<Control>Tab", "<Control>Page_Down" } },
  { N_("Files"), N_("Previous snapshot"), "win.previous-capture", { "<Control><Shift>Tab", "<Control>Page_Up" } },

  { N_("Views"), N_("Summary"), "win.show-view('summary')", { "<Control>1", "<Alt>1" } },
  { N_("Views"), N_("Comparison"), "win.show-view('comparison')", { "<Control>2", "<Alt>2" } },
  { N_("Views"), N_("Containment"), "win.show-view('containment')", { "<Control>3", "<Alt>3" } },
  { N_("Views"), N_("Filter the constructors"), "win.find", { "<Control>f" } },
  { N_("Views"), N_("Back to the object selected before"), "win.go-back", { "<Alt>Left" } },
  { N_("Views"), N_("Forward again"), "win.go-forward", { "<Alt>Right" } },
  { N_("Views"), N_("Show or hide the retainers"), "win.show-retainers", { "<Shift>F9" } },
  { N_("Views"), N_("Show or hide the sidebar"), "win.show-sidebar", { "F9" } },

  { N_("Live programs"), N_("Take a snapshot"), "win.take-snapshot", { "<Control><Shift>s" } },
  { N_("Live programs"), N_("Collect garbage"), "win.collect-garbage", { "<Control><Shift>g" } },
  { N_("Live programs"), N_("Mark this moment"), "win.mark", { "<Control>m" } },

  { N_("Rows"), N_("Open a row, or go to its first child"), NULL, { "Right" } },
  { N_("Rows"), N_("Close a row, or go to its parent"), NULL, { "Left" } },
  { N_("Rows"), N_("Go to the parent row"), NULL, { "BackSpace" } },
  { N_("Rows"), N_("Copy"), NULL, { "<Control>c" } },
  { N_("Rows"), N_("What is this?"), NULL, { "<Control>i" } },
  { N_("Rows"), N_("What can be done with the row"), NULL, { "<Shift>F10", "Menu" } },

  { N_("List of snapshots"), N_("Rename"), NULL, { "F2" } },
  { N_("List of snapshots"), N_("Write a note"), NULL, { "<Shift>F2" } },
  { N_("List of snapshots"), N_("Remove from the list"), NULL, { "Delete" } },

  { N_("Program"), N_("New window"), "app.new-window", { "<Control>n" } },
  { N_("Program"), N_("Main menu"), NULL, { "F10" } },
  { N_("Program"), N_("Preferences"), "win.preferences", { "<Control>comma" } },
  { N_("Program"), N_("Keyboard shortcuts"), "win.shortcuts", { "<Control>question" } },
  { N_("Program"), N_("Help on this view"), "win.help", { "F1" } },
  { N_("Program"), N_("Quit"), "app.quit", { "<Control>q" } },
};

/**
 * hw_shortcuts_get:
 * @n_shortcuts: (out): how many there are
 *
 * Returns: (array length=n_shortcuts): every shortcut, group by group
 */
const HwShortcut *
hw_shortcuts_get (guint *n_shortcuts)
{
  g_return_val_if_fail (n_shortcuts != NULL, NULL);

  *n_shortcuts = G_N_ELEMENTS (shortcuts);

  return shortcuts;
}

/**
 * hw_shortcuts_get_accel:
 * @shortcut: a shortcut
 * @number: which of its keys, from 0
 *
 * Where one reads from right to left, the arrows that point onward and back change places.
 *
 * Returns: (nullable): the key as one presses it, or NULL if there are not so many; static
 */
const char *
hw_shortcuts_get_accel (const HwShortcut *shortcut,
                        guint             number)
{
  static const char *const sides[][2] = { { "Left", "Right" }, { "<Alt>Left", "<Alt>Right" } };
  const char *accel;

  g_return_val_if_fail (shortcut != NULL, NULL);
  g_return_val_if_fail (number < G_N_ELEMENTS (shortcut->accels), NULL);

  accel = shortcut->accels[number];
  if (accel == NULL || gtk_widget_get_default_direction () != GTK_TEXT_DIR_RTL)
    return accel;

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    for (guint side = 0; side < 2; side++)
      if (g_str_equal (accel, sides[i][side]))
        return sides[i][1 - side];

  return accel;
}

/**
 * hw_shortcuts_apply:
 * @application: the application
 *
 * Sets the accelerators of every action in the table.
 */
void
hw_shortcuts_apply (GtkApplication *application)
{
  g_return_if_fail (GTK_IS_APPLICATION (application));

  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      const char *accels[G_N_ELEMENTS (shortcuts[i].accels) + 1] = { NULL, };

      if (shortcuts[i].action == NULL)
        continue;
      for (guint j = 0; j < G_N_ELEMENTS (shortcuts[i].accels); j++)
        accels[j] = hw_shortcuts_get_accel (&shortcuts[i], j);
      gtk_application_set_accels_for_action (application, shortcuts[i].action, accels);
    }
}
