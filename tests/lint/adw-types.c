/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Preloaded into gtk4-builder-tool, which knows no type of libadwaita by itself. Needs no display:
 * the types are registered, nothing is shown.
 */
#include <adwaita.h>

static void __attribute__ ((constructor))
register_types (void)
{
  adw_init ();
}
