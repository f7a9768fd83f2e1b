/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-application.h"

#include <glib/gi18n.h>

#include "app/hw-settings.h"
#include "app/hw-shortcuts.h"
#include "app/hw-window.h"
#include "base/hw-file.h"
#include "base/hw-format.h"

/* What open() is told when the files want a window of their own. */
#define HINT_NEW_WINDOW "new-window"

#define MEGABYTE 1000000

struct _HwApplication
{
  AdwApplication  parent_instance;

  HwCache        *cache;
  HwNotebook     *notebook;
  guint64         memory;    /* bytes, from the command line; 0 when the settings say */
};

G_DEFINE_FINAL_TYPE (HwApplication, hw_application, ADW_TYPE_APPLICATION)

static void
budget_changed_cb (HwApplication *self)
{
  GSettings *settings = hw_settings_get_default ();

  hw_cache_set_budget (self->cache, (guint64) g_settings_get_uint (settings, "cache-budget") * MEGABYTE);
}

static void
memory_changed_cb (HwApplication *self)
{
  GSettings *settings = hw_settings_get_default ();
  guint64 memory = self->memory;

  if (memory == 0 && settings != NULL)
    memory = (guint64) g_settings_get_uint (settings, "memory-budget") * MEGABYTE;
  hw_cache_set_memory (self->cache, memory > 0 ? memory : G_MAXUINT64);
}

static HwWindow *
make_window (HwApplication *self)
{
  return hw_window_new (GTK_APPLICATION (self), self->cache, self->notebook);
}

static void
notebook_problem_cb (HwApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  g_autofree char *problem = hw_notebook_dup_problem (self->notebook);

  if (HW_IS_WINDOW (window))
    hw_window_add_problem (HW_WINDOW (window), problem);
}

static void
new_window_cb (GSimpleAction *action G_GNUC_UNUSED,
               GVariant      *parameter G_GNUC_UNUSED,
               gpointer       user_data)
{
  gtk_window_present (GTK_WINDOW (make_window (user_data)));
}

static void
quit_cb (GSimpleAction *action G_GNUC_UNUSED,
         GVariant      *parameter G_GNUC_UNUSED,
         gpointer       user_data)
{
  g_autoptr(GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  if (windows == NULL)
    g_application_quit (user_data);

  /* Each window remembers its size when it is closed. */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static const GActionEntry actions[] = {
  { .name = "new-window", .activate = new_window_cb },
  { .name = "quit", .activate = quit_cb },
};

static void
hw_application_startup (GApplication *application)
{
  HwApplication *self = HW_APPLICATION (application);
  GSettings *settings = hw_settings_get_default ();
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "heapwise", NULL);
  g_autofree char *notebook = g_build_filename (g_get_user_data_dir (), "heapwise", "notebook.sqlite", NULL);

  G_APPLICATION_CLASS (hw_application_parent_class)->startup (application);

  self->cache = hw_cache_new (folder, (guint64) 4096 * MEGABYTE);
  if (settings != NULL)
    {
      g_signal_connect_object (settings, "changed::cache-budget", G_CALLBACK (budget_changed_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (settings, "changed::memory-budget", G_CALLBACK (memory_changed_cb), self,
                               G_CONNECT_SWAPPED);
      budget_changed_cb (self);
    }
  memory_changed_cb (self);

  self->notebook = hw_notebook_new (notebook);
  g_signal_connect_object (self->notebook, "notify::problem", G_CALLBACK (notebook_problem_cb), self,
                           G_CONNECT_SWAPPED);

  gtk_window_set_default_icon_name (HW_APP_ID);
  hw_shortcuts_apply (GTK_APPLICATION (self));
}

static void
hw_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (make_window (HW_APPLICATION (application)));

  gtk_window_present (window);
}

static void
hw_application_open (GApplication  *application,
                     GFile        **files,
                     int            n_files,
                     const char    *hint)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL || g_str_equal (hint, HINT_NEW_WINDOW))
    window = GTK_WINDOW (make_window (HW_APPLICATION (application)));

  hw_window_open_files (HW_WINDOW (window), files, (guint) n_files);
  gtk_window_present (window);
}

/* Runs in the process that was started; the files may be shown by another one. */
static int
hw_application_handle_local_options (GApplication *application,
                                     GVariantDict *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree const char **names = NULL;
  gboolean new_window = g_variant_dict_contains (options, "new-window");
  const char *memory;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("heapwise %s\n", HW_VERSION);
      return 0;
    }

  if (g_variant_dict_lookup (options, "memory", "&s", &memory) &&
      !hw_parse_size (memory, &HW_APPLICATION (application)->memory))
    {
      g_printerr (_("heapwise: “%s” is no size; sizes are as 500M or 2G\n"), memory);
      return 1;
    }

  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &names);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    g_ptr_array_add (files, hw_file_new_for_argument (names[i]));

  if (files->len == 0 && !new_window)
    return -1;

  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("heapwise: %s\n", error->message);
      return 1;
    }

  if (files->len > 0)
    g_application_open (application, (GFile **) files->pdata, (int) files->len, new_window ? HINT_NEW_WINDOW : "");
  else
    g_action_group_activate_action (G_ACTION_GROUP (application), "new-window", NULL);

  /* The process that has the windows goes on; activating it presents the one just used. */
  return g_application_get_is_remote (application) ? 0 : -1;
}

static void
hw_application_shutdown (GApplication *application)
{
  HwApplication *self = HW_APPLICATION (application);

  /* No window is left; the process stays until what was written and the last index are whole. */
  hw_notebook_flush_sync (self->notebook);
  hw_cache_flush_sync (self->cache);

  G_APPLICATION_CLASS (hw_application_parent_class)->shutdown (application);
}

static void
hw_application_dispose (GObject *object)
{
  g_clear_object (&HW_APPLICATION (object)->cache);
  g_clear_object (&HW_APPLICATION (object)->notebook);

  G_OBJECT_CLASS (hw_application_parent_class)->dispose (object);
}

static void
hw_application_class_init (HwApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->dispose = hw_application_dispose;
  application_class->startup = hw_application_startup;
  application_class->activate = hw_application_activate;
  application_class->open = hw_application_open;
  application_class->handle_local_options = hw_application_handle_local_options;
  application_class->shutdown = hw_application_shutdown;
}

static void
hw_application_init (HwApplication *self)
{
  const GOptionEntry options[] = {
    { "memory", 0, 0, G_OPTION_ARG_STRING, NULL, N_("Memory for a snapshot that has an index, such as 500M or 2G"), N_("SIZE") },
    { "new-window", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Open a new window"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[FILE…]") },
    { NULL }
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

/**
 * hw_application_new:
 *
 * Returns: (transfer full): the program
 */
HwApplication *
hw_application_new (void)
{
  return g_object_new (HW_TYPE_APPLICATION,
                       "application-id", HW_APP_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/heapwise/Heapwise",
                       NULL);
}

/**
 * hw_application_get_cache:
 * @self: the program
 *
 * Returns: (nullable) (transfer none): the indexes all windows share, once the program has started
 */
HwCache *
hw_application_get_cache (HwApplication *self)
{
  g_return_val_if_fail (HW_IS_APPLICATION (self), NULL);

  return self->cache;
}

/**
 * hw_application_get_notebook:
 * @self: the program
 *
 * Returns: (nullable) (transfer none): the names and notes all windows share, once the program has started
 */
HwNotebook *
hw_application_get_notebook (HwApplication *self)
{
  g_return_val_if_fail (HW_IS_APPLICATION (self), NULL);

  return self->notebook;
}
