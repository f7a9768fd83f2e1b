/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-settings.h"

/**
 * hw_settings_get_default:
 *
 * The person's settings. A program that runs without being installed may have no schema; it then works
 * with its defaults and remembers nothing.
 *
 * Returns: (nullable) (transfer none): the settings
 */
GSettings *
hw_settings_get_default (void)
{
  static gsize once = 0;
  static GSettings *settings = NULL;

  if (g_once_init_enter (&once))
    {
      GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
      g_autoptr(GSettingsSchema) schema = NULL;

      if (source != NULL)
        schema = g_settings_schema_source_lookup (source, HW_APP_ID, TRUE);
      if (schema != NULL)
        settings = g_settings_new_full (schema, NULL, NULL);
      else
        g_message ("The settings schema %s is not installed; nothing is remembered", HW_APP_ID);

      g_once_init_leave (&once, 1);
    }

  return settings;
}
