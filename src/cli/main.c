/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/hw-cli.h"

#define TAKES_ROWS (HW_TAKES_FORMAT | HW_TAKES_NO_CACHE | HW_TAKES_LIMIT | HW_TAKES_SORT | HW_TAKES_FILTER)

static const HwSortColumn class_columns[] = {
  { "retained_size", HW_MEASURE_RETAINED_SIZE, TRUE },
  { "shallow_size", HW_MEASURE_SHALLOW_SIZE, TRUE },
  { "count", HW_MEASURE_COUNT, TRUE },
  { "distance", HW_MEASURE_DISTANCE, FALSE },
  { "name", HW_MEASURE_NAME, FALSE },
  { NULL, HW_N_MEASURES, FALSE },
};

static const HwSortColumn object_columns[] = {
  { "retained_size", HW_MEASURE_RETAINED_SIZE, TRUE },
  { "shallow_size", HW_MEASURE_SHALLOW_SIZE, TRUE },
  { "distance", HW_MEASURE_DISTANCE, FALSE },
  { "name", HW_MEASURE_NAME, FALSE },
  { NULL, HW_N_MEASURES, FALSE },
};

static const HwSortColumn retainer_columns[] = {
  { "distance", HW_MEASURE_DISTANCE, FALSE },
  { "retained_size", HW_MEASURE_RETAINED_SIZE, TRUE },
  { "shallow_size", HW_MEASURE_SHALLOW_SIZE, TRUE },
  { "name", HW_MEASURE_NAME, FALSE },
  { NULL, HW_N_MEASURES, FALSE },
};

static const HwSortColumn diff_columns[] = {
  { "size_delta", HW_MEASURE_SIZE_DELTA, TRUE },
  { "added_size", HW_MEASURE_ADDED_SIZE, TRUE },
  { "removed_size", HW_MEASURE_REMOVED_SIZE, TRUE },
  { "added_count", HW_MEASURE_ADDED_COUNT, TRUE },
  { "removed_count", HW_MEASURE_REMOVED_COUNT, TRUE },
  { "count_delta", HW_MEASURE_COUNT_DELTA, TRUE },
  { "name", HW_MEASURE_NAME, FALSE },
  { NULL, HW_N_MEASURES, FALSE },
};

static const HwSortColumn profile_columns[] = {
  { "self_size", HW_MEASURE_SHALLOW_SIZE, TRUE },
  { "total_size", HW_MEASURE_RETAINED_SIZE, TRUE },
  { "function_name", HW_MEASURE_NAME, FALSE },
  { NULL, HW_N_MEASURES, FALSE },
};

static const HwCommand commands[] = {
  { "info", N_("FILE"), N_("Tell what a snapshot holds: objects, sizes, statistics, damage"),
    HW_TAKES_FORMAT | HW_TAKES_NO_CACHE, 1, 1, NULL, hw_command_info },
  { "summary", N_("FILE"), N_("List constructors with their objects and sizes"),
    TAKES_ROWS, 1, 1, class_columns, hw_command_summary },
  { "compare", N_("BASE CURRENT"), N_("List what is new and what was deleted since another snapshot"),
    TAKES_ROWS | HW_TAKES_CLASS | HW_TAKES_OBJECTS | HW_TAKES_FORCE, 2, 2, diff_columns, hw_command_compare },
  { "containment", N_("FILE [@ID]"), N_("Show what an object, or the root, refers to"),
    TAKES_ROWS | HW_TAKES_DEPTH, 1, 2, object_columns, hw_command_containment },
  { "retainers", N_("FILE @ID"), N_("Show what keeps an object alive; at first one shortest path"),
    TAKES_ROWS | HW_TAKES_DEPTH, 2, 2, retainer_columns, hw_command_retainers },
  { "dominators", N_("FILE [@ID]"), N_("Show what would free an object, and what it would free"),
    TAKES_ROWS | HW_TAKES_DEPTH, 1, 2, object_columns, hw_command_dominators },
  { "objects", N_("FILE [@ID…]"), N_("List single objects, the largest first"),
    TAKES_ROWS | HW_TAKES_CLASS | HW_TAKES_NODES, 1, G_MAXUINT, object_columns, hw_command_objects },
  { "profile", N_("FILE"), N_("Tell which functions allocated, from a sampled allocation profile"),
    HW_TAKES_FORMAT | HW_TAKES_LIMIT | HW_TAKES_SORT | HW_TAKES_FILTER | HW_TAKES_DEPTH | HW_TAKES_PROFILE, 1, 1,
    profile_columns, hw_command_profile },
  { "oracle", N_("FILE | --diff BASE CURRENT"), N_("Write everything measured as heap-oracle/1, to compare programs"),
    HW_TAKES_NO_CACHE | HW_TAKES_ORACLE, 1, 2, NULL, hw_command_oracle },
  { "cache", N_("list|clear|verify"), N_("Look after the indexes that make opening again quick"),
    HW_TAKES_FORMAT, 1, 1, NULL, hw_command_cache },
  { "targets", N_("[HOST:PORT…]"), N_("List running programs and pages that can be looked into"),
    HW_TAKES_FORMAT | HW_TAKES_REMOTE, 0, G_MAXUINT, NULL, hw_command_targets },
  { "capture", N_("HOST:PORT"), N_("Take a heap snapshot of a running program"),
    HW_TAKES_CAPTURE | HW_TAKES_PAGE | HW_TAKES_REMOTE, 1, 1, NULL, hw_command_capture },
  { "record", N_("HOST:PORT"), N_("Record the memory figures of a running program"),
    HW_TAKES_TIME | HW_TAKES_PAGE | HW_TAKES_REMOTE, 1, 1, NULL, hw_command_record },
  { "diagnose", N_("FILE"), N_("Say what kind of growth a recording shows"),
    HW_TAKES_FORMAT | HW_TAKES_RANGE, 1, 1, NULL, hw_command_diagnose },
};

static char *
make_help (void)
{
  GString *text = g_string_new (NULL);
  guint width = 0;

  g_string_append (text, _("Usage:\n  heapwise-cli COMMAND [OPTION…] FILE…\n\n"
                           "Explores heap snapshots of JavaScript programs.\n\n"
                           "Commands:\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    width = MAX (width, (guint) strlen (commands[i].name));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-*s  %s\n", (int) width, commands[i].name, _(commands[i].summary));
  g_string_append (text, _("\nOptions:\n"
                           "  -h, --help     Show this help; after a command, that command's\n"
                           "  --version      Show the version\n\n"
                           "FILE may be compressed by gzip or zstd; - is standard input.\n"
                           "Exit status: 0 done, 1 failed, 2 used wrongly,\n"
                           "3 a file is damaged but something was read.\n"
                           "4 diagnose found a leak.\n"));

  return g_string_free (text, FALSE);
}

/* Takes over @text. */
static HwExit
print_only (HwCli *cli,
            char  *text)
{
  cli->output = hw_output_new (STDOUT_FILENO);
  hw_output_print (cli->output, text);
  g_free (text);

  return hw_cli_finish (cli);
}

static const HwCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];

  return NULL;
}

static HwExit
run (HwCli   *cli,
     char  ***argv)
{
  const HwCommand *command;
  char *help = NULL;
  HwExit status, written;
  const char *name = (*argv)[0] != NULL ? (*argv)[1] : NULL;

  if (name == NULL)
    return hw_cli_misuse (cli, _("no command was given"));
  if (strcmp (name, "--version") == 0)
    return print_only (cli, g_strdup ("heapwise-cli " HW_VERSION "\n"));
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0)
    return print_only (cli, make_help ());
  command = find_command (name);
  if (command == NULL)
    return hw_cli_misuse (cli, _("there is no command “%s”"), name);

  /* The options are read as if the command were the program. */
  g_free ((*argv)[0]);
  memmove (*argv, *argv + 1, g_strv_length (*argv) * sizeof **argv);
  status = hw_cli_parse (cli, command, argv, &help);
  if (help != NULL)
    return print_only (cli, help);
  if (status != HW_EXIT_DONE)
    return status;

  status = command->run (cli);
  if (status == HW_EXIT_DONE)
    status = hw_cli_check_heaps (cli);
  if (status == HW_EXIT_DONE && cli->is_damaged)
    status = HW_EXIT_DAMAGED;
  written = hw_cli_finish (cli);

  return written != HW_EXIT_DONE ? written : status;
}

int
main (int   argc G_GNUC_UNUSED,
      char *argv[])
{
  g_auto(GStrv) arguments = NULL;
  HwCli cli;
  HwExit status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, HW_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* A closed pipe is met as a failed write, so that an index being written is finished first. */
  signal (SIGPIPE, SIG_IGN);

  arguments = g_strdupv (argv);
  hw_cli_init (&cli);
  status = run (&cli, &arguments);
  hw_cli_clear (&cli);

  return (int) status;
}
