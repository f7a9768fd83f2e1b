/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-words.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>

static const char *
hint_for_snapshot_error (int code)
{
  switch ((HwSnapshotError) code)
    {
    case HW_SNAPSHOT_ERROR_EMPTY:
      return _("The program that wrote it may have been stopped, or the disk may have been full. Take the snapshot again.");

    case HW_SNAPSHOT_ERROR_NOT_JSON:
    case HW_SNAPSHOT_ERROR_NOT_SNAPSHOT:
      return _("Heapwise reads the heap snapshots of Chrome, Node.js, Deno, Bun and Electron (.heapsnapshot), also compressed with gzip or Zstandard.");

    case HW_SNAPSHOT_ERROR_UNSUPPORTED:
      return _("Take the snapshot in the V8 format; in Bun with Bun.generateHeapSnapshot(\"v8\").");

    case HW_SNAPSHOT_ERROR_DAMAGED:
      return _("Copy the file again from where it was made, or take the snapshot again.");

    case HW_SNAPSHOT_ERROR_TOO_LARGE:
      return _("The snapshot has more objects than can be numbered. Take one of a smaller heap.");

    case HW_SNAPSHOT_ERROR_COMPRESSED:
      return _("Copy the file again from where it was made, or unpack it first to see how much of it is whole.");

    default:
      return _("Try again, or open another file.");
    }
}

static const char *
text_for_io_error (int          code,
                   const char **hint)
{
  switch (code)
    {
    case G_IO_ERROR_NOT_FOUND:
      *hint = _("It may have been moved, renamed or deleted. Open it from where it is now.");
      return _("The file is not there.");

    case G_IO_ERROR_PERMISSION_DENIED:
      *hint = _("Change its permissions or ask its owner, then try again.");
      return _("You are not allowed to read this file.");

    case G_IO_ERROR_IS_DIRECTORY:
      *hint = _("Open one of the .heapsnapshot files inside it.");
      return _("This is a folder, not a heap snapshot.");

    case G_IO_ERROR_NOT_REGULAR_FILE:
      *hint = _("Save the snapshot to a file first, then open that.");
      return _("This is not an ordinary file.");

    case G_IO_ERROR_NO_SPACE:
      *hint = _("Make some room, then try again.");
      return _("There is no room left on the disk.");

    case G_IO_ERROR_NOT_MOUNTED:
    case G_IO_ERROR_HOST_NOT_FOUND:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
    case G_IO_ERROR_TIMED_OUT:
      *hint = _("Connect the device or the server again, then try again.");
      return _("The place of this file cannot be reached.");

    default:
      *hint = _("Try again, or open another file.");
      return NULL;
    }
}

/**
 * hw_words_for_error:
 * @error: why a file could not be opened
 * @hint: (out) (transfer full): what a person can do about it, one or two sentences
 *
 * Says in one sentence what is wrong, in the person's language and without paths or codes.
 *
 * Returns: (transfer full): the sentence
 */
char *
hw_words_for_error (const GError  *error,
                    char         **hint)
{
  const char *text = NULL;
  const char *advice = _("Try again, or open another file.");

  g_return_val_if_fail (error != NULL, NULL);
  g_return_val_if_fail (hint != NULL, NULL);

  if (error->domain == HW_SNAPSHOT_ERROR)
    advice = hint_for_snapshot_error (error->code);
  else if (error->domain == G_IO_ERROR)
    text = text_for_io_error (error->code, &advice);

  *hint = g_strdup (advice);

  return g_strdup (text != NULL ? text : error->message);
}

/**
 * hw_words_for_damage:
 * @damage: what is wrong with a file that could be read in part
 *
 * Says what is missing or wrong, short enough for a banner.
 *
 * Returns: (transfer full): the sentence
 */
char *
hw_words_for_damage (const HwSnapshotDamage *damage)
{
  g_return_val_if_fail (damage != NULL, NULL);

  if (damage->doubtful_sections == HW_SNAPSHOT_DOUBT_STRINGS)
    return g_strdup (_("The file is damaged. Any name shown may be wrong."));
  if (damage->doubtful_sections != 0 && damage->n_sure == 0)
    return g_strdup (_("The file is damaged. Any name, size or retainer shown may be wrong."));
  if (damage->doubtful_sections != 0)
    {
      g_autofree char *first = hw_format_count ((guint64) damage->n_sure + 1);

      return g_strdup_printf (_("The file is damaged. Names and sizes may be wrong from object %s on, retained sizes everywhere."),
                              first);
    }
  if (!damage->truncated)
    return g_strdup (_("The file is damaged. What could be read is shown; sizes and retainers may be incomplete."));

  switch (damage->section)
    {
    case HW_SNAPSHOT_SECTION_HEADER:
    case HW_SNAPSHOT_SECTION_NODES:
      return g_strdup (_("The file ends early: objects, references and names are missing."));

    case HW_SNAPSHOT_SECTION_EDGES:
      return g_strdup (_("The file ends early: references and names are missing."));

    case HW_SNAPSHOT_SECTION_STRINGS:
      return g_strdup (_("The file ends early: some names are missing."));

    case HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS:
    case HW_SNAPSHOT_SECTION_TRACE_TREE:
    case HW_SNAPSHOT_SECTION_SAMPLES:
    case HW_SNAPSHOT_SECTION_LOCATIONS:
    case HW_SNAPSHOT_SECTION_SCOPES:
    case HW_SNAPSHOT_SECTION_SCOPE_CONTEXT_VARS:
    case HW_SNAPSHOT_SECTION_SCOPE_USES:
    case HW_SNAPSHOT_N_SECTIONS:
    default:
      return g_strdup (_("The file ends early: names are missing."));
    }
}

/**
 * hw_words_for_damage_detail:
 * @damage: what is wrong with a file that could be read in part
 *
 * Says what is wrong, which names the place, and what it means for the numbers, for a dialog.
 *
 * Returns: (transfer full): a few sentences
 */
char *
hw_words_for_damage_detail (const HwSnapshotDamage *damage)
{
  g_return_val_if_fail (damage != NULL, NULL);

  if (damage->doubtful_sections != 0)
    /* Translators: %s is two or three sentences that say what is wrong, and which objects are doubtful */
    return g_strdup_printf (_("%s\n\nThe trouble may begin before the place where it was noticed. Make the snapshot anew if you can."),
                            damage->message);

  /* Translators: %s is one or two sentences that say what is wrong, and at which byte */
  return g_strdup_printf (_("%s\n\nObjects whose references are missing look as if nothing kept them alive, so their distances and retained sizes are too small or unknown."),
                          damage->message);
}

static gboolean
same_day (GDateTime *a,
          GDateTime *b)
{
  return g_date_time_get_year (a) == g_date_time_get_year (b) &&
         g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

/**
 * hw_words_for_time:
 * @time: when a snapshot was taken
 * @now: the present
 *
 * Names a moment as briefly as @now allows: the hour, yesterday, the day, or the day and year.
 *
 * Returns: (transfer full): the moment
 */
char *
hw_words_for_time (GDateTime *time,
                   GDateTime *now)
{
  g_autoptr(GDateTime) yesterday = NULL;

  g_return_val_if_fail (time != NULL, NULL);
  g_return_val_if_fail (now != NULL, NULL);

  if (same_day (time, now))
    /* Translators: hour and minute, see the documentation of g_date_time_format() */
    return g_date_time_format (time, _("%H:%M"));

  yesterday = g_date_time_add_days (now, -1);
  if (same_day (time, yesterday))
    /* Translators: hour and minute of the day before */
    return g_date_time_format (time, _("Yesterday %H:%M"));

  if (g_date_time_get_year (time) == g_date_time_get_year (now))
    /* Translators: day and short month, hour and minute */
    return g_date_time_format (time, _("%-d %b, %H:%M"));

  /* Translators: day, short month and year */
  return g_date_time_format (time, _("%-d %b %Y"));
}

/**
 * hw_words_for_title:
 * @file: a snapshot file
 *
 * What a capture is called until the person names it: the file's name without the endings that say
 * nothing new.
 *
 * Returns: (transfer full): the title
 */
char *
hw_words_for_title (GFile *file)
{
  static const char *endings[] = { ".gz", ".zst", ".heapsnapshot", ".heaptimeline", ".json" };
  g_autofree char *base = NULL;
  char *name;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  base = g_file_get_basename (file);
  name = g_filename_display_name (base != NULL ? base : "");
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gsize length = strlen (name);

      if (g_str_has_suffix (name, endings[i]) && length > strlen (endings[i]))
        name[length - strlen (endings[i])] = '\0';
    }

  return name;
}

/**
 * hw_words_for_group:
 * @file: a snapshot file
 *
 * Where a capture came from, for the headings of the sidebar: the address of its folder. Files that
 * a portal hands out each lie in a folder of their own whose name says nothing; they share "".
 *
 * Returns: (transfer full): an address, or ""
 */
char *
hw_words_for_group (GFile *file)
{
  g_autofree char *documents = g_build_filename (g_get_user_runtime_dir (), "doc", NULL);
  g_autoptr(GFile) portal = g_file_new_for_path (documents);
  g_autoptr(GFile) folder = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  folder = g_file_get_parent (file);
  if (folder == NULL || g_file_has_prefix (file, portal))
    return g_strdup ("");

  return g_file_get_uri (folder);
}

/**
 * hw_words_for_line:
 * @number: a formatted size or difference of sizes, which is to stand in a sentence or a list
 *
 * Keeps the parts of a number together where one reads from right to left; without that “7.0 MB” turns into “MB 7.0”
 * behind a word of the reader's language.
 *
 * Returns: (transfer full): @number, with a mark before it if that is needed
 */
char *
hw_words_for_line (const char *number)
{
  g_return_val_if_fail (number != NULL, NULL);

  /* U+200E: from left to right */
  return g_strconcat (gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL ? "\342\200\216" : "", number, NULL);
}
