/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>

#include <glib/gi18n.h>

#include "app/hw-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr(HwApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, HW_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  g_set_application_name (_("Heapwise"));
  application = hw_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
