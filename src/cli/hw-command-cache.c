/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/hw-cli.h"

enum
{
  ENTRY_PATH,
  ENTRY_SIZE,
  ENTRY_SOURCE_SIZE,
  ENTRY_LAST_USED,
  ENTRY_PROBLEM,
  ENTRY_SOURCE,
  N_ENTRY_FIELDS,
};

static const HwField entry_fields[N_ENTRY_FIELDS] = {
  [ENTRY_PATH]        = { "path", NULL, HW_FIELD_TEXT, FALSE },
  [ENTRY_SIZE]        = { "size", N_("Index"), HW_FIELD_SIZE, FALSE },
  [ENTRY_SOURCE_SIZE] = { "source_size", N_("Snapshot"), HW_FIELD_SIZE, FALSE },
  [ENTRY_LAST_USED]   = { "last_used", N_("Last used"), HW_FIELD_TEXT, FALSE },
  [ENTRY_PROBLEM]     = { "problem", N_("Problem"), HW_FIELD_TEXT, FALSE },
  [ENTRY_SOURCE]      = { "source", N_("File"), HW_FIELD_TEXT, FALSE },
};

static char *
dup_time (gint64 microseconds)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc_usec (microseconds);

  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static void
add_entry (HwTable            *table,
           const HwCacheEntry *entry)
{
  g_autofree char *last_used = dup_time (entry->last_used);
  g_autofree char *path = g_filename_display_name (entry->path);
  HwValue values[N_ENTRY_FIELDS] = {
    [ENTRY_PATH]        = HW_VALUE_TEXT (path),
    [ENTRY_SIZE]        = HW_VALUE_NUMBER (entry->size),
    [ENTRY_SOURCE_SIZE] = HW_VALUE_NUMBER (entry->source_size),
    [ENTRY_LAST_USED]   = last_used != NULL ? HW_VALUE_TEXT (last_used) : HW_VALUE_NONE,
    [ENTRY_PROBLEM]     = entry->problem != NULL ? HW_VALUE_TEXT (entry->problem) : HW_VALUE_NONE,
    [ENTRY_SOURCE]      = entry->source != NULL ? HW_VALUE_TEXT (entry->source) : HW_VALUE_NONE,
  };

  hw_table_add_row (table, 0, values);
}

static void
write_entries (HwCli     *self,
               GPtrArray *entries)
{
  g_autoptr(HwTable) table = NULL;
  const char *folder = hw_cache_get_folder (self->cache);
  g_autofree char *shown = g_filename_display_name (folder);
  HwTableLayout layout = {
    .format = self->format,
    .fields = entry_fields,
    .n_fields = N_ENTRY_FIELDS,
    .member = "indexes",
    .is_wide = TRUE,
  };
  guint64 size = 0;

  for (guint i = 0; i < entries->len; i++)
    size += ((const HwCacheEntry *) g_ptr_array_index (entries, i))->size;

  if (self->json != NULL)
    {
      hw_json_writer_begin_object (self->json, NULL);
      hw_json_writer_add_string (self->json, "folder", shown);
      hw_json_writer_add_uint (self->json, "size", size);
    }
  else if (self->format == HW_FORMAT_TEXT)
    {
      g_autofree char *count = hw_format_count (entries->len);
      g_autofree char *total = hw_format_size (size);

      /* Translators: a folder, a number of indexes, and their size. */
      hw_output_printf (self->output, ngettext ("%s: %s index, %s\n", "%s: %s indexes, %s\n", entries->len),
                        shown, count, total);
      if (entries->len == 0)
        return;
      hw_output_print (self->output, "\n");
    }
  table = hw_table_new (self->output, self->json, &layout);
  for (guint i = 0; i < entries->len; i++)
    add_entry (table, g_ptr_array_index (entries, i));
  hw_table_end (table);
  if (self->json != NULL)
    hw_json_writer_end_object (self->json);
}

static HwExit
list (HwCli   *self,
      HwCache *cache)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = hw_cache_list_sync (cache, &error);

  if (entries == NULL)
    return hw_cli_fail (self, "%s", error->message);
  write_entries (self, entries);

  return HW_EXIT_DONE;
}

static HwExit
verify (HwCli   *self,
        HwCache *cache)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = hw_cache_verify_sync (cache, NULL, &error);

  if (entries == NULL)
    return hw_cli_fail (self, "%s", error->message);
  for (guint i = 0; i < entries->len; i++)
    {
      const HwCacheEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *path = g_filename_display_name (entry->path);

      if (entry->problem == NULL)
        continue;
      self->is_damaged = TRUE;
      hw_cli_warn ("%s: %s", path, entry->problem);
    }
  write_entries (self, entries);

  return HW_EXIT_DONE;
}

static HwExit
clear (HwCli   *self,
       HwCache *cache)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *size = NULL;
  char digits[24];
  guint64 freed;

  if (!hw_cache_clear_sync (cache, &freed, &error))
    return hw_cli_fail (self, "%s", error->message);

  switch (self->format)
    {
    case HW_FORMAT_JSON:
      hw_json_writer_begin_object (self->json, NULL);
      hw_json_writer_add_uint (self->json, "freed_size", freed);
      hw_json_writer_end_object (self->json);
      break;

    case HW_FORMAT_CSV:
      g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, freed);
      hw_output_write (self->output, "freed_size\r\n", -1);
      hw_output_write (self->output, digits, -1);
      hw_output_write (self->output, "\r\n", -1);
      break;

    case HW_FORMAT_TEXT:
    default:
      size = hw_format_size (freed);
      hw_output_printf (self->output, _("Freed %s\n"), size);
      break;
    }

  return HW_EXIT_DONE;
}

/**
 * hw_command_cache:
 * @self: a run
 *
 * Lists, checks or removes indexes.
 *
 * Returns: the exit status
 */
HwExit
hw_command_cache (HwCli *self)
{
  const char *what = self->arguments[0];
  HwCache *cache = hw_cli_get_cache (self);

  if (strcmp (what, "list") == 0)
    return list (self, cache);
  if (strcmp (what, "clear") == 0)
    return clear (self, cache);
  if (strcmp (what, "verify") == 0)
    return verify (self, cache);

  return hw_cli_misuse (self, _("“%s” is none of list, clear and verify"), what);
}
