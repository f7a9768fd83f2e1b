/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/hw-cli-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspector/hw-inspector-error.h"

/* Milliseconds that the address may take to say what it is. */
#define RESOLVE_LIMIT 5000

static void
answered_cb (GObject      *object G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **answer)
{
  while (*answer == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_steal_pointer (answer);
}

static gboolean
matches (HwTarget   *target,
         const char *text)
{
  const char *url = hw_target_get_url (target);

  return strstr (hw_target_get_title (target), text) != NULL || (url != NULL && strstr (url, text) != NULL);
}

/* A browser: the page that is meant, or the only one. */
static HwTarget *
choose_page (HwCli      *self,
             HwTarget   *browser,
             const char *text)
{
  GListModel *pages = hw_target_get_children (browser);
  g_autoptr(HwTarget) found = NULL;
  guint n_found = 0;

  for (guint i = 0; i < g_list_model_get_n_items (pages); i++)
    {
      g_autoptr(HwTarget) page = g_list_model_get_item (pages, i);

      if (text != NULL ? matches (page, text) : hw_target_get_kind (page) == HW_TARGET_PAGE)
        {
          g_set_object (&found, page);
          n_found++;
        }
    }
  if (n_found == 1)
    return g_steal_pointer (&found);

  for (guint i = 0; i < g_list_model_get_n_items (pages); i++)
    {
      g_autoptr(HwTarget) page = g_list_model_get_item (pages, i);

      hw_cli_warn ("%s  %s", hw_target_get_title (page), hw_target_get_url (page));
    }
  hw_cli_fail (self, n_found == 0 ? _("no page of the browser is meant by that") : _("choose one page with --target"));

  return NULL;
}

/* A program: once attached to, its workers are known. */
static HwTarget *
choose_worker (HwCli     *self,
               HwSession *session)
{
  GListModel *workers = hw_target_get_children (hw_session_get_target (session));
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;

  do
    {
      for (guint i = 0; i < g_list_model_get_n_items (workers); i++)
        {
          g_autoptr(HwTarget) worker = g_list_model_get_item (workers, i);

          if (matches (worker, self->target_name))
            return g_steal_pointer (&worker);
        }
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  while (g_get_monotonic_time () < end);
  hw_cli_fail (self, _("no worker of the program is called that"));

  return NULL;
}

static HwSession *
open_session (HwCli    *self,
              HwTarget *target)
{
  g_autoptr(HwSession) session = hw_session_new (target);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *answer = NULL;

  hw_session_set_reconnects (session, FALSE);
  hw_session_open_async (session, NULL, answered_cb, &answer);
  result = wait_for (&answer);
  if (hw_session_open_finish (session, result, &error))
    return g_steal_pointer (&session);
  hw_cli_fail (self, "%s", error->message);

  return NULL;
}

static HwTarget *
resolve (HwCli *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(HwTarget) target = hw_target_new_for_address (self->arguments[0], self->allows_remote, &error);
  g_autoptr(GAsyncResult) result = NULL;
  GAsyncResult *answer = NULL;

  if (target != NULL)
    {
      hw_target_resolve_async (target, RESOLVE_LIMIT, NULL, answered_cb, &answer);
      result = wait_for (&answer);
      if (hw_target_resolve_finish (target, result, &error))
        return g_steal_pointer (&target);
    }
  hw_cli_fail (self, "%s", error->message);
  if (g_error_matches (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_LOCAL))
    hw_cli_warn (_("--allow-remote does it all the same"));

  return NULL;
}

/**
 * hw_cli_attach:
 * @self: a run with an address as its first argument
 *
 * Attaches to what the command line names: a program, one of its workers, or a page of a browser. Tells on
 * standard error when that fails.
 *
 * Returns: (transfer full) (nullable): the open session
 */
HwSession *
hw_cli_attach (HwCli *self)
{
  g_autoptr(HwTarget) target = NULL;
  g_autoptr(HwSession) session = NULL;

  target = resolve (self);
  if (target != NULL && hw_target_get_kind (target) == HW_TARGET_BROWSER)
    {
      HwTarget *page = choose_page (self, target, self->target_name);

      g_object_unref (target);
      target = page;
    }
  session = target != NULL ? open_session (self, target) : NULL;
  if (session != NULL && self->target_name != NULL && hw_target_get_kind (target) == HW_TARGET_PROGRAM)
    {
      g_autoptr(HwTarget) worker = choose_worker (self, session);

      hw_session_close (session);
      g_clear_object (&session);
      session = worker != NULL ? open_session (self, worker) : NULL;
    }

  return g_steal_pointer (&session);
}
