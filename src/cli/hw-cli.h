/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/hw-cache.h"
#include "cli/hw-table.h"
#include "heap/hw-order.h"

G_BEGIN_DECLS

/**
 * HwExit:
 * @HW_EXIT_DONE: everything asked for was written
 * @HW_EXIT_FAILED: something could not be read or written
 * @HW_EXIT_MISUSED: the command line makes no sense
 * @HW_EXIT_DAMAGED: a file is damaged; what could be read of it was written
 * @HW_EXIT_LEAK: a diagnosis found a leak
 *
 * The exit status; scripts depend on the numbers.
 */
typedef enum
{
  HW_EXIT_DONE    = 0,
  HW_EXIT_FAILED  = 1,
  HW_EXIT_MISUSED = 2,
  HW_EXIT_DAMAGED = 3,
  HW_EXIT_LEAK    = 4,
} HwExit;

/* Options that a command takes besides --verbose and --help. */
typedef enum
{
  HW_TAKES_FORMAT   = 1 << 0,
  HW_TAKES_NO_CACHE = 1 << 1,
  HW_TAKES_LIMIT    = 1 << 2,
  HW_TAKES_SORT     = 1 << 3,
  HW_TAKES_FILTER   = 1 << 4,
  HW_TAKES_DEPTH    = 1 << 5,
  HW_TAKES_CLASS    = 1 << 6,
  HW_TAKES_NODES    = 1 << 7,
  HW_TAKES_OBJECTS  = 1 << 8,
  HW_TAKES_ORACLE   = 1 << 9,
  HW_TAKES_PROFILE  = 1 << 10,
  HW_TAKES_FORCE    = 1 << 11,
  HW_TAKES_CAPTURE  = 1 << 20,
  HW_TAKES_REMOTE   = 1 << 21,
  HW_TAKES_RANGE    = 1 << 22,
  HW_TAKES_TIME     = 1 << 23,
  HW_TAKES_PAGE     = 1 << 24,
} HwTakes;

/**
 * HwSortColumn:
 * @name: as in JSON; NULL ends a list
 * @is_descending: its natural first direction
 *
 * What rows of a command can be sorted by.
 */
typedef struct
{
  const char *name;
  HwMeasure   measure;
  gboolean    is_descending;
} HwSortColumn;

typedef struct _HwCommand HwCommand;

/**
 * HwCli:
 * @limit: rows of a list, or of one level of a tree; 0 for all, negative when not given
 * @depth: levels of a tree, negative when not given
 * @arguments: what is on the command line besides options; NULL-terminated
 * @json: NULL but for JSON
 * @heaps: all that were loaded, for what goes wrong with them later
 * @is_damaged: whether any file so far was damaged
 *
 * One run of the program: what was asked for, and where the answer goes.
 */
typedef struct
{
  const HwCommand  *command;

  HwFormat          format;
  char             *format_name;
  int               limit;
  char             *sort;
  char             *filter;
  char             *folded_filter;
  int               depth;
  char             *class_name;
  char             *type_name;
  gboolean          is_detached;
  gboolean          has_objects;
  gboolean          is_forced;
  gboolean          is_diff;
  char             *like;
  char             *view_name;
  char             *focus;
  char            **excluded;
  char             *file_name;
  char             *target_name;
  char             *from;
  char             *to;
  char             *label;
  char             *table_name;
  char             *duration;
  char             *interval;
  gboolean          collects;
  gboolean          no_numbers;
  gboolean          has_internals;
  gboolean          is_jsc;
  gboolean          is_busy;
  gboolean          allows_remote;
  gboolean          no_cache;
  char             *memory_text;
  guint64           memory;
  gboolean          is_verbose;
  gboolean          is_wide;
  char            **arguments;
  guint             n_arguments;

  HwOutput         *output;
  HwJsonWriter     *json;
  HwCache          *cache;
  GPtrArray        *heaps;
  gboolean          is_damaged;
} HwCli;

/**
 * HwCommand:
 * @arguments: what stands behind the command, marked with N_()
 * @summary: what it does, in one line, marked with N_()
 * @columns: (nullable): what its rows can be sorted by, the default first
 * @run: does it
 *
 * One command of the program.
 */
struct _HwCommand
{
  const char         *name;
  const char         *arguments;
  const char         *summary;
  HwTakes             takes;
  guint               min_arguments;
  guint               max_arguments;
  const HwSortColumn *columns;
  HwExit            (*run) (HwCli *self);
};

void      hw_cli_init         (HwCli               *self);
void      hw_cli_clear        (HwCli               *self);
HwExit    hw_cli_parse        (HwCli               *self,
                               const HwCommand     *command,
                               char              ***argv,
                               char               **help);
HwExit    hw_cli_fail         (HwCli               *self,
                               const char          *format,
                               ...) G_GNUC_PRINTF (2, 3);
HwExit    hw_cli_misuse       (HwCli               *self,
                               const char          *format,
                               ...) G_GNUC_PRINTF (2, 3);
void      hw_cli_warn         (const char          *format,
                               ...) G_GNUC_PRINTF (1, 2);
HwCacheOutline *hw_cli_load_outline (HwCli         *self,
                               const char          *path) G_GNUC_WARN_UNUSED_RESULT;
HwExit    hw_cli_check_heaps  (HwCli               *self);
HwCache  *hw_cli_get_cache    (HwCli               *self);
HwHeap   *hw_cli_load         (HwCli               *self,
                               const char          *path) G_GNUC_WARN_UNUSED_RESULT;
gboolean  hw_cli_parse_object (HwCli               *self,
                               HwHeap              *heap,
                               const char          *text,
                               HwNodeId            *node,
                               HwExit              *status);
gboolean  hw_cli_parse_sort   (HwCli               *self,
                               HwOrder             *order);
guint64   hw_cli_get_limit    (HwCli               *self);
gboolean  hw_cli_matches      (HwCli               *self,
                               const char          *text);
HwExit    hw_cli_finish       (HwCli               *self);

/* The commands */
HwExit    hw_command_info        (HwCli *self);
HwExit    hw_command_profile     (HwCli *self);
HwExit    hw_command_summary     (HwCli *self);
HwExit    hw_command_compare     (HwCli *self);
HwExit    hw_command_containment (HwCli *self);
HwExit    hw_command_retainers   (HwCli *self);
HwExit    hw_command_dominators  (HwCli *self);
HwExit    hw_command_objects     (HwCli *self);
HwExit    hw_command_oracle      (HwCli *self);
HwExit    hw_command_cache       (HwCli *self);
HwExit    hw_command_diagnose    (HwCli *self);
HwExit    hw_command_record      (HwCli *self);
HwExit    hw_command_targets     (HwCli *self);
HwExit    hw_command_capture     (HwCli *self);

G_END_DECLS
