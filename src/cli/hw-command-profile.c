/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sampled allocation profiles, bottom up or top down.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/hw-file.h"
#include "base/hw-text.h"
#include "cli/hw-cli.h"
#include "heap/hw-sampling-view.h"

#define MAX_DEPTH 500

enum
{
  FIELD_SELF_SIZE,
  FIELD_TOTAL_SIZE,
  FIELD_SHOWN,
  FIELD_FUNCTION_NAME,
  FIELD_URL,
  FIELD_SCRIPT_ID,
  FIELD_LINE,
  FIELD_COLUMN,
  N_FIELDS,
};

static const HwField fields[] = {
  { "self_size", N_("Self size"), HW_FIELD_KILOBYTES, TRUE },
  { "total_size", N_("Total size"), HW_FIELD_KILOBYTES, TRUE },
  { NULL, N_("Function"), HW_FIELD_TEXT, FALSE },
  { "function_name", NULL, HW_FIELD_TEXT, FALSE },
  { "url", NULL, HW_FIELD_TEXT, FALSE },
  { "script_id", NULL, HW_FIELD_NUMBER, FALSE },
  { "line", NULL, HW_FIELD_NUMBER, FALSE },
  { "column", NULL, HW_FIELD_NUMBER, FALSE },
};

G_STATIC_ASSERT (G_N_ELEMENTS (fields) == N_FIELDS);

typedef struct
{
  HwCli             *cli;
  HwSamplingProfile *profile;
  HwSamplingView    *view;
  HwOrder            order;
  HwTable           *table;
  guint              depth;
} Walk;

static HwSamplingProfile *
load (HwCli *self)
{
  const char *path = self->arguments[0];
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = hw_file_new_for_argument (strcmp (path, "-") == 0 ? "/dev/stdin" : path);
  HwSamplingProfile *profile = hw_sampling_profile_load_sync (file, NULL, &error);

  if (profile == NULL)
    hw_cli_fail (self, "%s: %s", name, error->message);

  return profile;
}

/* The functions that are called so. */
static GArray *
find_functions (HwSamplingProfile *profile,
                const char        *name)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 i = 0; i < hw_sampling_profile_get_n_functions (profile); i++)
    {
      g_autofree char *shown = hw_sampling_function_dup_name (hw_sampling_profile_get_function (profile, i));

      if (strcmp (shown, name) == 0)
        g_array_append_val (found, i);
    }

  return found;
}

static char *
dup_place (const HwSamplingFunction *function)
{
  if (*function->url == '\0')
    return g_strdup (function->script_id != 0 ? _("(unknown script)") : "");
  if (function->line < 0)
    return g_strdup (function->url);

  return g_strdup_printf ("%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, function->url, function->line + 1,
                          MAX (function->column, 0) + 1);
}

static void
write_row (Walk    *self,
           guint    depth,
           guint32  number)
{
  const HwSamplingRow *row = hw_sampling_view_get_row (self->view, number);
  const HwSamplingFunction *function = hw_sampling_profile_get_function (self->profile, row->function);
  g_autofree char *name = hw_sampling_function_dup_name (function);
  g_autofree char *place = dup_place (function);
  g_autofree char *shown = *place != '\0' ? g_strconcat (name, "  ", place, NULL) : g_strdup (name);
  const HwValue values[N_FIELDS] = {
    [FIELD_SELF_SIZE] = HW_VALUE_NUMBER (row->self_size),
    [FIELD_TOTAL_SIZE] = HW_VALUE_NUMBER (row->total_size),
    [FIELD_SHOWN] = HW_VALUE_TEXT (shown),
    [FIELD_FUNCTION_NAME] = HW_VALUE_TEXT (function->name),
    [FIELD_URL] = HW_VALUE_TEXT (function->url),
    [FIELD_SCRIPT_ID] = HW_VALUE_NUMBER (function->script_id),
    [FIELD_LINE] = function->line >= 0 ? HW_VALUE_NUMBER ((guint64) function->line) : HW_VALUE_NONE,
    [FIELD_COLUMN] = function->column >= 0 ? HW_VALUE_NUMBER ((guint64) function->column) : HW_VALUE_NONE,
  };

  hw_table_add_row (self->table, depth, values);
}

/* Writes the rows below @parent; depth is bounded, so that recursion is. */
static void
write_level (Walk    *self,
             guint32  parent,
             guint    depth)
{
  guint64 limit = hw_cli_get_limit (self->cli);
  guint n, n_wanted = 0;
  const guint32 *children = hw_sampling_view_get_children (self->view, parent, self->order, &n);
  g_autofree guint32 *rows = g_memdup2 (children, n * sizeof (guint32));

  for (guint i = 0; i < n; i++)
    {
      if (depth == 0 && self->cli->filter != NULL && *self->cli->filter != '\0' &&
          !hw_sampling_view_matches (self->view, rows[i], self->cli->filter))
        continue;
      if (n_wanted++ >= limit)
        continue;
      write_row (self, depth, rows[i]);
      if (depth + 1 < self->depth && hw_sampling_view_get_row (self->view, rows[i])->has_children)
        write_level (self, rows[i], depth + 1);
    }
  if (n_wanted > limit)
    hw_table_add_rest (self->table, depth, limit, n_wanted);
}

static void
write_view (Walk *self)
{
  HwCli *cli = self->cli;
  gboolean is_tree = self->depth > 1;
  HwTableLayout layout = {
    .format = cli->format,
    .fields = fields,
    .n_fields = N_FIELDS,
    .member = "functions",
    .child_member = is_tree ? (g_strcmp0 (cli->view_name, "tree") == 0 ? "callees" : "callers") : NULL,
    .whole = hw_sampling_view_get_total (self->view),
    .is_wide = cli->is_wide,
  };
  g_autoptr(HwTable) table = NULL;

  if (cli->format == HW_FORMAT_TEXT)
    {
      g_autofree char *name = g_filename_display_basename (cli->arguments[0]);
      g_autofree char *shown = hw_table_dup_printable (name, TRUE);
      g_autofree char *size = hw_format_size (layout.whole);
      g_autofree char *n_samples = hw_format_count (hw_sampling_profile_get_n_samples (self->profile));

      hw_output_printf (cli->output,
                        ngettext ("%s: %s sampled allocation, %s\n\n", "%s: %s sampled allocations, %s\n\n",
                                  hw_sampling_profile_get_n_samples (self->profile)),
                        shown, n_samples, size);
    }
  else if (cli->format == HW_FORMAT_JSON)
    {
      hw_json_writer_begin_object (cli->json, NULL);
      hw_json_writer_add_string (cli->json, "view", cli->view_name != NULL ? cli->view_name : "heavy");
      hw_json_writer_add_uint (cli->json, "total_size", layout.whole);
      hw_json_writer_add_uint (cli->json, "sample_count", hw_sampling_profile_get_n_samples (self->profile));
    }

  table = self->table = hw_table_new (cli->output, cli->json, &layout);
  write_level (self, 0, 0);
  hw_table_end (table);
  if (cli->format == HW_FORMAT_JSON)
    hw_json_writer_end_object (cli->json);
}

/**
 * hw_command_profile:
 * @self: a run
 *
 * Writes what was allocated where, as a sampled allocation profile tells it.
 *
 * Returns: the exit status
 */
HwExit
hw_command_profile (HwCli *self)
{
  g_autoptr(HwSamplingProfile) profile = NULL;
  g_autoptr(HwSamplingView) view = NULL;
  g_autoptr(GArray) excluded = NULL;
  HwSamplingOptions options = { .focus = HW_SAMPLING_NONE };
  Walk walk = { .cli = self };

  if (self->view_name != NULL && strcmp (self->view_name, "heavy") != 0 && strcmp (self->view_name, "tree") != 0)
    return hw_cli_misuse (self, _("unknown view “%s”; there are heavy and tree"), self->view_name);
  if (!hw_cli_parse_sort (self, &walk.order))
    return HW_EXIT_MISUSED;
  options.kind = g_strcmp0 (self->view_name, "tree") == 0 ? HW_SAMPLING_TREE : HW_SAMPLING_HEAVY;
  walk.depth = MIN (self->depth >= 0 ? (guint) MAX (self->depth, 1) : options.kind == HW_SAMPLING_TREE ? MAX_DEPTH : 1, MAX_DEPTH);

  profile = load (self);
  if (profile == NULL)
    return HW_EXIT_FAILED;

  if (self->focus != NULL)
    {
      g_autoptr(GArray) found = find_functions (profile, self->focus);

      if (found->len == 0)
        return hw_cli_fail (self, _("there is no function “%s” in the profile"), self->focus);
      if (found->len > 1)
        return hw_cli_fail (self, _("there are several functions “%s” in the profile"), self->focus);
      options.focus = g_array_index (found, guint32, 0);
    }
  excluded = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; self->excluded != NULL && self->excluded[i] != NULL; i++)
    {
      g_autoptr(GArray) found = find_functions (profile, self->excluded[i]);

      if (found->len == 0)
        return hw_cli_fail (self, _("there is no function “%s” in the profile"), self->excluded[i]);
      g_array_append_vals (excluded, found->data, found->len);
    }
  options.excluded = (const guint32 *) (gpointer) excluded->data;
  options.n_excluded = excluded->len;

  view = hw_sampling_view_new (profile, &options);
  walk.profile = profile;
  walk.view = view;
  write_view (&walk);

  return HW_EXIT_DONE;
}
