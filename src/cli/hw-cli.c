/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/hw-cli.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/hw-file.h"
#include "base/hw-text.h"

/* A number that nobody gives; -1 is one that is given by mistake. */
#define NOT_GIVEN G_MININT

/* Rows shown to a person who gave no limit. */
#define TEXT_LIMIT 50

/* Bytes all indexes may take where no settings are installed. */
#define DEFAULT_BUDGET G_GUINT64_CONSTANT (4096000000)

/**
 * hw_cli_init:
 * @self: a run
 *
 * Sets what holds when no option says otherwise.
 */
void
hw_cli_init (HwCli *self)
{
  memset (self, 0, sizeof *self);
  self->limit = NOT_GIVEN;
  self->depth = NOT_GIVEN;
}

/**
 * hw_cli_clear:
 * @self: a run
 *
 * Frees what the run holds.
 */
void
hw_cli_clear (HwCli *self)
{
  g_clear_pointer (&self->memory_text, g_free);
  g_clear_pointer (&self->format_name, g_free);
  g_clear_pointer (&self->sort, g_free);
  g_clear_pointer (&self->filter, g_free);
  g_clear_pointer (&self->folded_filter, g_free);
  g_clear_pointer (&self->class_name, g_free);
  g_clear_pointer (&self->type_name, g_free);
  g_clear_pointer (&self->like, g_free);
  g_clear_pointer (&self->view_name, g_free);
  g_clear_pointer (&self->focus, g_free);
  g_clear_pointer (&self->excluded, g_strfreev);
  g_clear_pointer (&self->file_name, g_free);
  g_clear_pointer (&self->target_name, g_free);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->to, g_free);
  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->table_name, g_free);
  g_clear_pointer (&self->duration, g_free);
  g_clear_pointer (&self->interval, g_free);
  g_clear_pointer (&self->arguments, g_strfreev);
  g_clear_pointer (&self->json, hw_json_writer_free);
  g_clear_pointer (&self->output, hw_output_free);
  g_clear_pointer (&self->heaps, g_ptr_array_unref);
  g_clear_object (&self->cache);
}

/**
 * hw_cli_warn:
 * @format: as for printf()
 *
 * Says something on standard error, with the program's name before it.
 */
void
hw_cli_warn (const char *format,
             ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = hw_table_dup_printable (text, TRUE);
  g_printerr ("heapwise-cli: %s\n", line);
}

/**
 * hw_cli_fail:
 * @self: a run
 * @format: as for printf()
 *
 * Says what failed.
 *
 * Returns: %HW_EXIT_FAILED
 */
HwExit
hw_cli_fail (HwCli      *self G_GNUC_UNUSED,
             const char *format,
             ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  hw_cli_warn ("%s", text);

  return HW_EXIT_FAILED;
}

/**
 * hw_cli_misuse:
 * @self: a run
 * @format: as for printf()
 *
 * Says what is wrong with the command line, and where to read on.
 *
 * Returns: %HW_EXIT_MISUSED
 */
HwExit
hw_cli_misuse (HwCli      *self,
               const char *format,
               ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  hw_cli_warn ("%s", text);
  if (self->command != NULL)
    g_printerr (_("Try “heapwise-cli %s --help”.\n"), self->command->name);
  else
    g_printerr (_("Try “heapwise-cli --help”.\n"));

  return HW_EXIT_MISUSED;
}

static char *
dup_description (const HwCommand *command)
{
  g_autoptr(GString) names = g_string_new (NULL);
  const char *status = _("Exit status: 0 done, 1 failed, 2 used wrongly,\n"
                         "3 a file is damaged but something was read.");
  g_autofree char *longer = NULL;

  if ((command->takes & HW_TAKES_RANGE) != 0)
    status = longer = g_strconcat (status, "\n", _("4 a leak was found."), NULL);
  if (command->columns == NULL)
    return g_strdup (status);
  for (const HwSortColumn *column = command->columns; column->name != NULL; column++)
    g_string_append_printf (names, "%s%s", column == command->columns ? "" : ", ", column->name);

  return g_strdup_printf (_("Rows can be sorted by: %s.\n%s"), names->str, status);
}

static GOptionContext *
make_context (HwCli           *self,
              const HwCommand *command)
{
  const struct
  {
    HwTakes      takes;
    GOptionEntry entry;
  } options[] = {
    { HW_TAKES_FORMAT, { "format", 0, 0, G_OPTION_ARG_STRING, &self->format_name,
                         N_("How to write: text (default), json or csv"), N_("FORMAT") } },
    { HW_TAKES_LIMIT, { "limit", 'n', 0, G_OPTION_ARG_INT, &self->limit,
                        N_("At most N rows, in a tree N below each object; 0 for all"), N_("N") } },
    { HW_TAKES_SORT, { "sort", 's', 0, G_OPTION_ARG_STRING, &self->sort,
                       N_("Sort by a column, named as in JSON"), N_("COLUMN[:asc|desc]") } },
    { HW_TAKES_FILTER, { "filter", 'f', 0, G_OPTION_ARG_STRING, &self->filter,
                         N_("Only rows whose name contains TEXT, in any case"), N_("TEXT") } },
    { HW_TAKES_DEPTH, { "depth", 'd', 0, G_OPTION_ARG_INT, &self->depth,
                        N_("Levels of the tree"), N_("N") } },
    { HW_TAKES_CLASS, { "class", 'c', 0, G_OPTION_ARG_STRING, &self->class_name,
                        N_("Only objects of this constructor, by its name or key"), N_("NAME") } },
    { HW_TAKES_NODES, { "type", 't', 0, G_OPTION_ARG_STRING, &self->type_name,
                        N_("Only objects of this type, such as closure"), N_("TYPE") } },
    { HW_TAKES_NODES, { "detached", 0, 0, G_OPTION_ARG_NONE, &self->is_detached,
                        N_("Only objects detached from the DOM tree"), NULL } },
    { HW_TAKES_OBJECTS, { "objects", 'o', 0, G_OPTION_ARG_NONE, &self->has_objects,
                          N_("List the new and the deleted objects below each constructor"), NULL } },
    { HW_TAKES_FORCE, { "force", 0, 0, G_OPTION_ARG_NONE, &self->is_forced,
                        N_("Compare also snapshots whose object ids have nothing in common"), NULL } },
    { HW_TAKES_ORACLE, { "diff", 0, 0, G_OPTION_ARG_NONE, &self->is_diff,
                         N_("Compare two files"), NULL } },
    { HW_TAKES_ORACLE, { "like", 0, 0, G_OPTION_ARG_FILENAME, &self->like,
                         N_("Describe the same objects as FILE does"), N_("FILE") } },
    { HW_TAKES_PROFILE, { "view", 0, 0, G_OPTION_ARG_STRING, &self->view_name,
                          N_("How to look at it: heavy (bottom up, default) or tree (top down)"), N_("VIEW") } },
    { HW_TAKES_PROFILE, { "focus", 0, 0, G_OPTION_ARG_STRING, &self->focus,
                          N_("Only what this function and those it called allocated"), N_("FUNCTION") } },
    { HW_TAKES_PROFILE, { "exclude", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->excluded,
                          N_("Count what this function allocated for its callers; may be given again"), N_("FUNCTION") } },
    { HW_TAKES_TIME, { "output", 0, 0, G_OPTION_ARG_FILENAME, &self->file_name,
                       N_("Write the recording to FILE; one that exists is gone on with"), N_("FILE") } },
    { HW_TAKES_TIME, { "for", 0, 0, G_OPTION_ARG_STRING, &self->duration,
                       N_("How long: 90s, 10m, 2h; without it until interrupted"), N_("TIME") } },
    { HW_TAKES_TIME, { "every", 0, 0, G_OPTION_ARG_STRING, &self->interval,
                       N_("Time between samples, 250ms to 60s; 1s by default"), N_("TIME") } },
    { HW_TAKES_RANGE, { "from", 0, 0, G_OPTION_ARG_STRING, &self->from,
                        N_("Only from this moment on, such as 2026-11-21T05:00:00Z"), N_("MOMENT") } },
    { HW_TAKES_RANGE, { "to", 0, 0, G_OPTION_ARG_STRING, &self->to,
                        N_("Only up to this moment"), N_("MOMENT") } },
    { HW_TAKES_RANGE, { "label", 0, 0, G_OPTION_ARG_STRING, &self->label,
                        N_("Only samples with this label"), N_("LABEL") } },
    { HW_TAKES_RANGE, { "table", 0, 0, G_OPTION_ARG_STRING, &self->table_name,
                        N_("Write growth_by_request, before_after_by_label or trend_per_minute instead"), N_("TABLE") } },
    { HW_TAKES_CAPTURE, { "output", 0, 0, G_OPTION_ARG_FILENAME, &self->file_name,
                          N_("Write the snapshot to FILE"), N_("FILE") } },
    { HW_TAKES_PAGE, { "target", 0, 0, G_OPTION_ARG_STRING, &self->target_name,
                          N_("The page or worker whose title or address contains TEXT"), N_("TEXT") } },
    { HW_TAKES_CAPTURE, { "gc", 0, 0, G_OPTION_ARG_NONE, &self->collects,
                          N_("Collect garbage first"), NULL } },
    { HW_TAKES_CAPTURE, { "no-numbers", 0, 0, G_OPTION_ARG_NONE, &self->no_numbers,
                          N_("Leave the values of numbers out"), NULL } },
    { HW_TAKES_CAPTURE, { "internals", 0, 0, G_OPTION_ARG_NONE, &self->has_internals,
                          N_("Name the engine's own objects"), NULL } },
    { HW_TAKES_CAPTURE, { "jsc", 0, 0, G_OPTION_ARG_NONE, &self->is_jsc,
                          N_("Bun: JavaScriptCore's own format, without strings"), NULL } },
    { HW_TAKES_CAPTURE, { "even-busy", 0, 0, G_OPTION_ARG_NONE, &self->is_busy,
                          N_("Build it from within the running code of a program that never rests"), NULL } },
    { HW_TAKES_REMOTE, { "allow-remote", 0, 0, G_OPTION_ARG_NONE, &self->allows_remote,
                          N_("Speak to another machine, where anyone on the way can run code in the program"), NULL } },
    { HW_TAKES_FORMAT, { "wide", 'w', 0, G_OPTION_ARG_NONE, &self->is_wide,
                         N_("Do not shorten long names in text"), NULL } },
    { HW_TAKES_NO_CACHE, { "no-cache", 0, 0, G_OPTION_ARG_NONE, &self->no_cache,
                           N_("Neither read nor write an index"), NULL } },
    { HW_TAKES_NO_CACHE, { "memory", 0, 0, G_OPTION_ARG_STRING, &self->memory_text,
                           N_("Memory for a snapshot that has an index, such as 500M or 2G"), N_("SIZE") } },
    { 0, { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->is_verbose,
           N_("Show the time of each phase and the peak memory on standard error"), NULL } },
  };
  GOptionContext *context = g_option_context_new (_(command->arguments));
  GOptionEntry entries[G_N_ELEMENTS (options) + 1] = { 0 };
  g_autofree char *description = NULL;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].takes == 0 || (options[i].takes & command->takes) != 0)
      entries[n++] = options[i].entry;

  g_option_context_set_summary (context, _(command->summary));
  description = dup_description (command);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);

  return context;
}

/* GOption does not know -n3, which everybody types who knows head and tail. */
static void
part_numbers (char **argv)
{
  for (guint i = 0; argv[i] != NULL && strcmp (argv[i], "--") != 0; i++)
    if ((g_str_has_prefix (argv[i], "-n") || g_str_has_prefix (argv[i], "-d")) && g_ascii_isdigit (argv[i][2]))
      {
        char *parted = g_strconcat (argv[i][1] == 'n' ? "--limit=" : "--depth=", argv[i] + 2, NULL);

        g_free (argv[i]);
        argv[i] = parted;
      }
}

static gboolean
wants_help (char **argv)
{
  for (guint i = 0; argv[i] != NULL && strcmp (argv[i], "--") != 0; i++)
    if (strcmp (argv[i], "--help") == 0 || strcmp (argv[i], "-h") == 0)
      return TRUE;

  return FALSE;
}

static HwExit
check_options (HwCli *self)
{
  static const char * const formats[] = { "text", "json", "csv" };
  guint format = 0;

  if ((self->limit < 0 && self->limit != NOT_GIVEN) || (self->depth < 0 && self->depth != NOT_GIVEN))
    return hw_cli_misuse (self, _("a number is negative"));
  if (self->format_name != NULL)
    {
      while (format < G_N_ELEMENTS (formats) && strcmp (formats[format], self->format_name) != 0)
        format++;
      if (format == G_N_ELEMENTS (formats))
        return hw_cli_misuse (self, _("unknown format “%s”; there are text, json and csv"), self->format_name);
    }
  self->format = (HwFormat) format;
  self->memory = G_MAXUINT64;
  if (self->memory_text != NULL && !hw_parse_size (self->memory_text, &self->memory))
    return hw_cli_misuse (self, _("“%s” is no size; sizes are as 500M or 2G"), self->memory_text);
  if (self->filter != NULL && *self->filter != 0)
    self->folded_filter = hw_text_dup_folded (self->filter);

  return HW_EXIT_DONE;
}

/**
 * hw_cli_parse:
 * @self: a run
 * @command: what is to be run
 * @argv: (inout): the command line from the command's name on; its options are taken out
 * @help: (out): the help text when it was asked for, else NULL
 *
 * Reads the options of a command.
 *
 * Returns: %HW_EXIT_DONE, or %HW_EXIT_MISUSED after saying why
 */
HwExit
hw_cli_parse (HwCli            *self,
              const HwCommand  *command,
              char           ***argv,
              char            **help)
{
  g_autoptr(GOptionContext) context = make_context (self, command);
  g_autoptr(GError) error = NULL;
  g_autofree char *program = g_strdup_printf ("heapwise-cli %s", command->name);
  HwExit status;

  self->command = command;
  g_set_prgname (program);
  if (wants_help (*argv))
    {
      *help = g_option_context_get_help (context, TRUE, NULL);
      return HW_EXIT_DONE;
    }
  part_numbers (*argv);
  if (!g_option_context_parse_strv (context, argv, &error))
    return hw_cli_misuse (self, "%s", error->message);
  if ((status = check_options (self)) != HW_EXIT_DONE)
    return status;

  for (guint i = 1; (*argv)[i] != NULL; i++)
    if (strcmp ((*argv)[i], "--") != 0)
      self->n_arguments++;
  self->arguments = g_new0 (char *, self->n_arguments + 1);
  for (guint i = 1, n = 0; (*argv)[i] != NULL; i++)
    if (strcmp ((*argv)[i], "--") != 0)
      self->arguments[n++] = g_strdup ((*argv)[i]);

  if (self->n_arguments < command->min_arguments)
    return hw_cli_misuse (self, _("something is missing: %s"), _(command->arguments));
  if (self->n_arguments > command->max_arguments)
    return hw_cli_misuse (self, _("too much: “%s”"), self->arguments[command->max_arguments]);

  self->output = hw_output_new (STDOUT_FILENO);
  if (self->format == HW_FORMAT_JSON || (command->takes & HW_TAKES_ORACLE) != 0)
    self->json = hw_json_writer_new (self->output);

  return HW_EXIT_DONE;
}

/* What the person set in the window, where its settings are installed. */
static guint64
get_budget (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = NULL;
  g_autoptr(GSettings) settings = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, HW_APP_ID, TRUE);
  if (schema == NULL || !g_settings_schema_has_key (schema, "cache-budget"))
    return DEFAULT_BUDGET;
  settings = g_settings_new (HW_APP_ID);

  return (guint64) g_settings_get_uint (settings, "cache-budget") * 1000000;
}

/**
 * hw_cli_get_cache:
 * @self: a run
 *
 * Returns: (transfer none): the person's cache; made on first use
 */
HwCache *
hw_cli_get_cache (HwCli *self)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "heapwise", NULL);

  if (self->cache == NULL)
    {
      self->cache = hw_cache_new (folder, get_budget ());
      hw_cache_set_memory (self->cache, self->memory);
    }

  return self->cache;
}

static void
report_times (HwProgress *progress,
              const char *path,
              gboolean    from_cache)
{
  g_autoptr(GArray) times = hw_progress_dup_times (progress);
  g_auto(GStrv) messages = hw_progress_dup_messages (progress);

  if (from_cache)
    g_printerr (_("%s: read from its index\n"), path);
  else
    g_printerr (_("%s: read\n"), path);
  for (guint i = 0; messages != NULL && messages[i] != NULL; i++)
    g_printerr ("  %s\n", messages[i]);
  for (guint i = 0; i < times->len; i++)
    {
      const HwPhaseTime *time = &g_array_index (times, HwPhaseTime, i);

      g_printerr ("  %10.3f s  %s\n", (double) time->microseconds / 1e6, _(time->name));
    }
}

static HwHeap *
load_standard_input (const HwHeapLoadOptions  *options,
                     GError                  **error)
{
  g_autoptr(GInputStream) stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  return hw_heap_load_stream_sync (stream, 0, options, NULL, error);
}

/**
 * hw_cli_load:
 * @self: a run
 * @path: a file, an URI, or `-` for standard input
 *
 * Reads a snapshot, from its index when there is one. Errors and damage are told on standard error.
 *
 * Returns: (transfer full) (nullable): the heap
 */
HwHeap *
hw_cli_load (HwCli      *self,
             const char *path)
{
  g_autoptr(HwProgress) progress = hw_progress_new ();
  g_autoptr(GFile) file = hw_file_new_for_argument (path);
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_filename_display_name (path);
  HwHeapLoadOptions options = { .progress = progress };
  gboolean from_cache = FALSE;
  const HwSnapshotDamage *damage;

  if (strcmp (path, "-") == 0)
    heap = load_standard_input (&options, &error);
  else if (self->no_cache)
    heap = hw_heap_load_sync (file, &options, NULL, &error);
  else
    heap = hw_cache_load_sync (hw_cli_get_cache (self), file, &options, &from_cache, NULL, &error);
  if (heap == NULL)
    {
      g_autofree char *base_name = g_filename_display_basename (path);

      g_autofree char *quoted = g_strdup_printf ("%s”", base_name);

      /* Messages about opening name the file, those about its content do not. */
      if (strstr (error->message, quoted) != NULL)
        hw_cli_fail (self, "%s", error->message);
      else
        hw_cli_fail (self, "%s: %s", name, error->message);
      return NULL;
    }

  hw_progress_finish (progress);
  if (self->is_verbose)
    report_times (progress, name, from_cache);
  damage = hw_heap_get_damage (heap);
  if (damage != NULL)
    {
      self->is_damaged = TRUE;
      hw_cli_warn ("%s: %s", name, damage->message);
    }
  if (self->heaps == NULL)
    self->heaps = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_heap_unref);
  g_ptr_array_add (self->heaps, hw_heap_ref (heap));

  return g_steal_pointer (&heap);
}

/**
 * hw_cli_load_outline:
 * @self: a run
 * @path: a file, an URI, or `-` for standard input
 *
 * Takes the constructors alone from the index, unless somebody wants to know how the loading went.
 *
 * Returns: (transfer full) (nullable): the outline; NULL when hw_cli_load() is needed
 */
HwCacheOutline *
hw_cli_load_outline (HwCli      *self,
                     const char *path)
{
  g_autoptr(GFile) file = NULL;
  HwCacheOutline *outline;

  if (self->no_cache || self->is_verbose || strcmp (path, "-") == 0)
    return NULL;

  file = hw_file_new_for_argument (path);
  outline = hw_cache_load_outline_sync (hw_cli_get_cache (self), file);
  if (outline != NULL && outline->damage != NULL)
    {
      g_autofree char *name = g_filename_display_name (path);

      self->is_damaged = TRUE;
      hw_cli_warn ("%s: %s", name, outline->damage);
    }

  return outline;
}

/**
 * hw_cli_check_heaps:
 * @self: a run that is done
 *
 * Looks whether everything that was asked of the heaps could be read from their indexes.
 *
 * Returns: the exit status
 */
HwExit
hw_cli_check_heaps (HwCli *self)
{
  for (guint i = 0; self->heaps != NULL && i < self->heaps->len; i++)
    {
      g_autofree char *problem = hw_heap_dup_problem (g_ptr_array_index (self->heaps, i));

      if (problem != NULL)
        return hw_cli_fail (self, "%s", problem);
    }

  return HW_EXIT_DONE;
}

/**
 * hw_cli_parse_object:
 * @self: a run
 * @heap: where the object is looked for
 * @text: an object id, with or without `@`
 * @node: (out): the object
 * @status: (out): the exit status when there is none
 *
 * Finds an object by the id a person gave.
 *
 * Returns: whether there is such an object
 */
gboolean
hw_cli_parse_object (HwCli      *self,
                     HwHeap     *heap,
                     const char *text,
                     HwNodeId   *node,
                     HwExit     *status)
{
  guint64 id;

  if (!g_ascii_string_to_unsigned (*text == '@' ? text + 1 : text, 10, 0, G_MAXUINT64, &id, NULL))
    {
      *status = hw_cli_misuse (self, _("“%s” is no object; objects are named @ID, such as @4711"), text);
      return FALSE;
    }
  if (!hw_heap_find_object (heap, id, node))
    {
      *status = hw_cli_fail (self, _("there is no object @%s in the snapshot"), *text == '@' ? text + 1 : text);
      return FALSE;
    }

  return TRUE;
}

static gboolean
parse_direction (const char *text,
                 HwOrder    *order)
{
  if (text == NULL)
    return TRUE;
  if (strcmp (text, "asc") != 0 && strcmp (text, "desc") != 0)
    return FALSE;

  order->descending = *text == 'd';

  return TRUE;
}

/**
 * hw_cli_parse_sort:
 * @self: a run of a command that can sort
 * @order: (out): the order asked for
 *
 * Reads the option --sort.
 *
 * Returns: whether it made sense; if not, the person was told
 */
gboolean
hw_cli_parse_sort (HwCli   *self,
                   HwOrder *order)
{
  const HwSortColumn *columns = self->command->columns;
  g_auto(GStrv) parts = NULL;
  g_autoptr(GString) names = g_string_new (NULL);

  *order = (HwOrder) { columns[0].measure, columns[0].is_descending };
  if (self->sort == NULL)
    return TRUE;

  parts = g_strsplit (self->sort, ":", 2);
  for (guint i = 0; columns[i].name != NULL; i++)
    {
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", columns[i].name);
      if (g_strcmp0 (columns[i].name, parts[0]) == 0)
        {
          *order = (HwOrder) { columns[i].measure, columns[i].is_descending };
          if (parse_direction (parts[1], order))
            return TRUE;
        }
    }
  /* Translators: the second parameter is a list of column names. */
  hw_cli_misuse (self, _("cannot sort by “%s”; give one of %s, perhaps with :asc or :desc"), self->sort, names->str);

  return FALSE;
}

/**
 * hw_cli_get_limit:
 * @self: a run
 *
 * Returns: how many rows to write: what was asked for, else all to programs and a pageful to people
 */
guint64
hw_cli_get_limit (HwCli *self)
{
  if (self->limit < 0)
    return self->format == HW_FORMAT_TEXT ? TEXT_LIMIT : G_MAXUINT64;

  return self->limit == 0 ? G_MAXUINT64 : (guint64) self->limit;
}

/**
 * hw_cli_matches:
 * @self: a run
 * @text: WTF-8
 *
 * Returns: whether @text contains what --filter asks for; without the option everything does
 */
gboolean
hw_cli_matches (HwCli      *self,
                const char *text)
{
  g_autofree char *folded = NULL;

  if (self->folded_filter == NULL)
    return TRUE;
  folded = hw_text_dup_folded (text);

  return strstr (folded, self->folded_filter) != NULL;
}

/* Why the next time will not be quicker. */
static void
report_cache (HwCli *self)
{
  g_autofree char *problem = self->cache != NULL ? hw_cache_dup_problem (self->cache) : NULL;
  g_autofree char *line = problem != NULL ? hw_table_dup_printable (problem, TRUE) : NULL;

  if (line != NULL)
    g_printerr ("%s\n", line);
}

static void
report_memory (void)
{
  struct rusage usage;
  g_autofree char *size = NULL;

  if (getrusage (RUSAGE_SELF, &usage) != 0)
    return;
  size = hw_format_size ((guint64) usage.ru_maxrss * 1024);
  g_printerr (_("Peak memory: %s\n"), size);
}

/**
 * hw_cli_finish:
 * @self: a run
 *
 * Writes what is left of the output, then waits for the index. When the reader of a pipe went away the
 * process ends by SIGPIPE, as other tools do, but not before the index is whole.
 *
 * Returns: %HW_EXIT_DONE, or %HW_EXIT_FAILED after saying why
 */
HwExit
hw_cli_finish (HwCli *self)
{
  g_autoptr(GError) error = NULL;
  gboolean is_written = hw_output_close (self->output, &error);

  if (self->cache != NULL)
    hw_cache_flush_sync (self->cache);
  if (self->is_verbose)
    {
      report_cache (self);
      report_memory ();
    }
  if (is_written)
    return HW_EXIT_DONE;

  if (hw_output_get_is_pipe_closed (self->output))
    {
      signal (SIGPIPE, SIG_DFL);
      raise (SIGPIPE);
    }

  return hw_cli_fail (self, _("cannot write the output: %s"), error->message);
}
