/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-samples.h"

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      user_data G_GNUC_UNUSED)
{
  g_autofree char *first = g_file_get_parse_name (G_FILE ((gpointer) a));
  g_autofree char *second = g_file_get_parse_name (G_FILE ((gpointer) b));

  return g_strcmp0 (first, second);
}

/**
 * hw_samples_list:
 *
 * Finds the snapshots that ship with the program. HEAPWISE_SAMPLES names their folder for a program
 * that is not installed.
 *
 * Cost: reads one small folder of the program's own.
 *
 * Returns: (transfer full): a list of #GFile, oldest first; perhaps empty
 */
GListStore *
hw_samples_list (void)
{
  GListStore *files = g_list_store_new (G_TYPE_FILE);
  const char *folder = g_getenv ("HEAPWISE_SAMPLES");
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (folder == NULL)
    folder = HW_PKGDATADIR G_DIR_SEPARATOR_S "samples";

  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_suffix (name, ".heapsnapshot.gz"))
        {
          g_autofree char *path = g_build_filename (folder, name, NULL);
          g_autoptr(GFile) file = g_file_new_for_path (path);

          g_list_store_insert_sorted (files, file, compare_names, NULL);
        }
    }

  return files;
}
