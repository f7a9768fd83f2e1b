/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/hw-cli.h"
#include "inspector/hw-target-list.h"

enum
{
  FIELD_ADDRESS,
  FIELD_RUNTIME,
  FIELD_KIND,
  FIELD_PID,
  FIELD_STATE,
  FIELD_TITLE,
  FIELD_URL,
  FIELD_REASON,
  N_FIELDS,
};

static const HwField fields[N_FIELDS] = {
  [FIELD_ADDRESS] = { "address", N_("Address"), HW_FIELD_TEXT, FALSE },
  [FIELD_RUNTIME] = { "runtime", N_("Runtime"), HW_FIELD_TEXT, FALSE },
  [FIELD_KIND]    = { "kind", N_("Kind"), HW_FIELD_TEXT, FALSE },
  [FIELD_PID]     = { "pid", N_("Process"), HW_FIELD_NUMBER, FALSE },
  [FIELD_STATE]   = { "state", N_("State"), HW_FIELD_TEXT, FALSE },
  [FIELD_TITLE]   = { "title", N_("Title"), HW_FIELD_TEXT, FALSE },
  [FIELD_URL]     = { "url", NULL, HW_FIELD_TEXT, FALSE },
  [FIELD_REASON]  = { "reason", N_("Why not"), HW_FIELD_TEXT, FALSE },
};

static const char *
kind_name (HwTargetKind kind)
{
  switch (kind)
    {
    case HW_TARGET_BROWSER:
      return "browser";

    case HW_TARGET_PAGE:
      return "page";

    case HW_TARGET_WORKER:
      return "worker";

    case HW_TARGET_PROGRAM:
    default:
      return "program";
    }
}

static const char *
state_name (HwTargetState state)
{
  switch (state)
    {
    case HW_TARGET_READY:
      return "ready";

    case HW_TARGET_SWITCHED_OFF:
      return "switched-off";

    case HW_TARGET_UNREACHABLE:
      return "unreachable";

    case HW_TARGET_UNKNOWN:
    case HW_TARGET_GONE:
    default:
      return "unknown";
    }
}

static HwValue
text_or_none (const char *text)
{
  return text != NULL && *text != 0 ? HW_VALUE_TEXT (text) : HW_VALUE_NONE;
}

static void
write_target (HwTable  *table,
              HwTarget *target,
              guint     depth)
{
  GListModel *children = hw_target_get_children (target);
  g_autofree char *runtime = hw_target_dup_runtime_name (target);
  HwValue values[N_FIELDS] = {
    [FIELD_ADDRESS] = text_or_none (hw_target_get_address (target)),
    [FIELD_RUNTIME] = text_or_none (runtime),
    [FIELD_KIND]    = HW_VALUE_TEXT (kind_name (hw_target_get_kind (target))),
    [FIELD_PID]     = hw_target_get_pid (target) != 0 ? HW_VALUE_NUMBER ((guint64) hw_target_get_pid (target))
                                                      : HW_VALUE_NONE,
    [FIELD_STATE]   = HW_VALUE_TEXT (state_name (hw_target_get_state (target))),
    [FIELD_TITLE]   = text_or_none (hw_target_get_title (target)),
    [FIELD_URL]     = text_or_none (hw_target_get_url (target)),
    [FIELD_REASON]  = text_or_none (hw_target_get_reason (target)),
  };

  hw_table_add_row (table, depth, values);
  for (guint i = 0; i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr(HwTarget) child = g_list_model_get_item (children, i);

      write_target (table, child, depth + 1);
    }
}

static void
refreshed_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  hw_target_list_refresh_finish (HW_TARGET_LIST (object), result, NULL);
  *(gboolean *) user_data = TRUE;
}

/**
 * hw_command_targets:
 * @self: a run
 *
 * Lists what of this machine, and at the given addresses, can be looked into.
 *
 * Returns: the exit status
 */
HwExit
hw_command_targets (HwCli *self)
{
  g_autoptr(HwTargetList) list = hw_target_list_new ();
  g_autoptr(GError) error = NULL;
  HwTableLayout layout = {
    .format = self->format,
    .fields = fields,
    .n_fields = N_FIELDS,
    .member = "targets",
    .child_member = "children",
    .is_wide = self->is_wide,
  };
  gboolean is_done = FALSE;
  HwTable *table;

  for (guint i = 0; i < self->n_arguments; i++)
    if (hw_target_list_add_host (list, self->arguments[i], self->allows_remote, &error) == NULL)
      return hw_cli_misuse (self, "%s", error->message);

  hw_target_list_refresh_async (list, NULL, refreshed_cb, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);

  if (self->json != NULL)
    hw_json_writer_begin_object (self->json, NULL);
  table = hw_table_new (self->output, self->json, &layout);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr(HwTarget) target = g_list_model_get_item (G_LIST_MODEL (list), i);

      write_target (table, target, 0);
    }
  hw_table_end (table);
  hw_table_free (table);
  if (self->json != NULL)
    hw_json_writer_end_object (self->json);

  return HW_EXIT_DONE;
}
