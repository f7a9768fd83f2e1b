/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-file.h"

/**
 * hw_file_new_for_argument:
 * @argument: (type filename): a path or a URI, as given on a command line
 *
 * Finds the file that is meant. A file that exists wins: `heap-14:02.heapsnapshot` would be a URI too.
 *
 * Returns: (transfer full): the file, which need not exist
 */
GFile *
hw_file_new_for_argument (const char *argument)
{
  g_return_val_if_fail (argument != NULL, NULL);

  if (g_file_test (argument, G_FILE_TEST_EXISTS))
    return g_file_new_for_path (argument);

  return g_file_new_for_commandline_arg (argument);
}
