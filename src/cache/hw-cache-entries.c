/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-cache.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cache/hw-cache-file-private.h"
#include "cache/hw-cache-folder-private.h"

/* What is in the cache, for a person: listed, verified, cleared. */

/**
 * hw_cache_entry_free:
 * @self: an entry
 *
 * Frees an entry.
 */
void
hw_cache_entry_free (HwCacheEntry *self)
{
  g_free (self->path);
  g_free (self->source);
  g_free (self->problem);
  g_free (self);
}

/* What the note does not say, the index may. */
static void
fill_entry (HwCacheEntry *entry)
{
  g_autoptr(HwCacheFile) file = NULL;

  if (hw_cache_note_dup_source (entry->path, &entry->source, &entry->source_size))
    return;

  file = hw_cache_file_open (entry->path, NULL, NULL);
  entry->source = g_strdup (file != NULL ? hw_cache_file_get_source (file) : "");
  entry->source_size = file != NULL ? hw_cache_file_get_source_size (file) : 0;
}

/**
 * hw_cache_list_sync:
 * @self: a cache
 * @error: return location
 *
 * Lists the indexes, last used first. A folder that does not exist has none.
 *
 * Returns: (transfer full) (element-type HwCacheEntry): the indexes, or NULL if the folder cannot be read
 */
GPtrArray *
hw_cache_list_sync (HwCache  *self,
                    GError  **error)
{
  GPtrArray *entries;

  g_return_val_if_fail (HW_IS_CACHE (self), NULL);

  entries = hw_cache_folder_list (hw_cache_get_folder (self), error);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    fill_entry (g_ptr_array_index (entries, i));

  return entries;
}

/**
 * hw_cache_verify_sync:
 * @self: a cache
 * @cancellable: (nullable): stops the reading
 * @error: return location
 *
 * Reads every index whole and says what is wrong with it. Nothing is removed.
 *
 * Cost: linear in the size of all indexes.
 *
 * Returns: (transfer full) (element-type HwCacheEntry): the indexes with their problems, or NULL if
 *   the folder cannot be read or when cancelled
 */
GPtrArray *
hw_cache_verify_sync (HwCache       *self,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_autoptr(GPtrArray) entries = NULL;

  g_return_val_if_fail (HW_IS_CACHE (self), NULL);

  entries = hw_cache_list_sync (self, error);
  if (entries == NULL)
    return NULL;

  for (guint i = 0; i < entries->len; i++)
    {
      HwCacheEntry *entry = g_ptr_array_index (entries, i);
      g_autoptr(GError) local_error = NULL;
      g_autoptr(HwCacheFile) file = hw_cache_file_open (entry->path, cancellable, &local_error);
      g_autofree char *content = hw_cache_folder_dup_content (entry->path);

      if (file != NULL && hw_cache_file_check (file, &local_error) &&
          strcmp (hw_cache_file_get_content (file), content) != 0)
        g_set_error_literal (&local_error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED,
                             _("The index is another's, only its name fits"));
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (local_error != NULL)
        entry->problem = g_strdup (local_error->message);
    }

  return g_steal_pointer (&entries);
}

/**
 * hw_cache_clear_sync:
 * @self: a cache
 * @freed: (out) (optional): the bytes that were freed
 * @error: return location
 *
 * Removes all indexes. Heaps that were loaded from them are not concerned.
 *
 * Returns: whether all are gone
 */
gboolean
hw_cache_clear_sync (HwCache  *self,
                     guint64  *freed,
                     GError  **error)
{
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GError) first_error = NULL;

  g_return_val_if_fail (HW_IS_CACHE (self), FALSE);

  if (freed != NULL)
    *freed = 0;
  entries = hw_cache_folder_list (hw_cache_get_folder (self), error);
  if (entries == NULL)
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      HwCacheEntry *entry = g_ptr_array_index (entries, i);

      if (!hw_cache_folder_remove (entry->path, first_error == NULL ? &first_error : NULL))
        continue;
      if (freed != NULL)
        *freed += entry->size;
    }
  hw_cache_folder_sweep (hw_cache_get_folder (self));

  if (first_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first_error));
      return FALSE;
    }

  return TRUE;
}
