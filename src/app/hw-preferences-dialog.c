/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-preferences-dialog.h"

#include <glib/gi18n.h>

#include "app/hw-settings.h"

struct _HwPreferencesDialog
{
  AdwPreferencesDialog  parent_instance;

  HwCache              *cache;
  AdwComboRow          *view_row;
  AdwComboRow          *base_row;
  GtkWidget            *budget_row;
  GtkSpinButton        *budget;
  GtkWidget            *memory_row;
  GtkSpinButton        *memory;
  AdwActionRow         *used_row;
  GtkWidget            *clear_button;
};

G_DEFINE_FINAL_TYPE (HwPreferencesDialog, hw_preferences_dialog, ADW_TYPE_PREFERENCES_DIALOG)

/* In the order of the rows. */
static const char *view_names[] = { "summary", "comparison", "containment" };

typedef struct
{
  guint   n_indexes;
  guint64 size;
} Usage;

/* On a worker: looks into the cache's folder, which may be slow. */
static void
count_worker (GTask        *task,
              gpointer      source_object G_GNUC_UNUSED,
              gpointer      task_data,
              GCancellable *cancellable G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = hw_cache_list_sync (task_data, &error);
  Usage *usage;

  if (entries == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  usage = g_new0 (Usage, 1);
  usage->n_indexes = entries->len;
  for (guint i = 0; i < entries->len; i++)
    usage->size += ((HwCacheEntry *) entries->pdata[i])->size;
  g_task_return_pointer (task, usage, g_free);
}

static void
counted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data G_GNUC_UNUSED)
{
  HwPreferencesDialog *self = HW_PREFERENCES_DIALOG (source);
  g_autofree Usage *usage = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autofree char *text = NULL;

  if (self->used_row == NULL)
    return;

  if (usage != NULL)
    {
      g_autofree char *size = hw_format_size (usage->size);
      g_autofree char *count = hw_format_count (usage->n_indexes);

      /* Translators: a size, then a number of files */
      text = g_strdup_printf (ngettext ("%s in %s index", "%s in %s indexes", usage->n_indexes), size, count);
    }
  adw_action_row_set_subtitle (self->used_row, text != NULL ? text : _("Cannot be counted"));
  gtk_widget_set_sensitive (self->clear_button, usage != NULL && usage->n_indexes > 0);
}

static void
count (HwPreferencesDialog *self)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, counted_cb, NULL);

  g_task_set_source_tag (task, count);
  g_task_set_task_data (task, g_object_ref (self->cache), g_object_unref);
  g_task_run_in_thread (task, count_worker);
}

static void
clear_worker (GTask        *task,
              gpointer      source_object G_GNUC_UNUSED,
              gpointer      task_data,
              GCancellable *cancellable G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;

  if (hw_cache_clear_sync (task_data, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data G_GNUC_UNUSED)
{
  HwPreferencesDialog *self = HW_PREFERENCES_DIALOG (source);
  g_autoptr(GError) error = NULL;

  if (self->used_row == NULL)
    return;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (self), adw_toast_new (_("Not all indexes could be removed")));
  count (self);
}

static void
clear_cb (HwPreferencesDialog *self)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, cleared_cb, NULL);

  gtk_widget_set_sensitive (self->clear_button, FALSE);
  g_task_set_source_tag (task, clear_cb);
  g_task_set_task_data (task, g_object_ref (self->cache), g_object_unref);
  g_task_run_in_thread (task, clear_worker);
}

static gboolean
view_from_setting (GValue   *value,
                   GVariant *variant,
                   gpointer  user_data G_GNUC_UNUSED)
{
  const char *name = g_variant_get_string (variant, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (view_names); i++)
    {
      if (g_str_equal (name, view_names[i]))
        g_value_set_uint (value, i);
    }

  return TRUE;
}

static GVariant *
view_to_setting (const GValue       *value,
                 const GVariantType *type G_GNUC_UNUSED,
                 gpointer            user_data G_GNUC_UNUSED)
{
  guint view = g_value_get_uint (value);

  return view < G_N_ELEMENTS (view_names) ? g_variant_new_string (view_names[view]) : NULL;
}

static gboolean
base_from_setting (GValue   *value,
                   GVariant *variant,
                   gpointer  user_data G_GNUC_UNUSED)
{
  g_value_set_uint (value, g_str_equal (g_variant_get_string (variant, NULL), "first") ? 1 : 0);

  return TRUE;
}

static GVariant *
base_to_setting (const GValue       *value,
                 const GVariantType *type G_GNUC_UNUSED,
                 gpointer            user_data G_GNUC_UNUSED)
{
  return g_variant_new_string (g_value_get_uint (value) == 1 ? "first" : "previous");
}

static void
hw_preferences_dialog_dispose (GObject *object)
{
  HwPreferencesDialog *self = HW_PREFERENCES_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), HW_TYPE_PREFERENCES_DIALOG);
  g_clear_object (&self->cache);

  G_OBJECT_CLASS (hw_preferences_dialog_parent_class)->dispose (object);
}

static void
hw_preferences_dialog_class_init (HwPreferencesDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = hw_preferences_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-preferences-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, HwPreferencesDialog, view_row);
  gtk_widget_class_bind_template_child (widget_class, HwPreferencesDialog, base_row);
  gtk_widget_class_bind_template_child (widget_class, HwPreferencesDialog, budget_row);
  gtk_widget_class_bind_template_child (widget_class, HwPreferencesDialog, budget);
  gtk_widget_class_bind_template_child (widget_class, HwPreferencesDialog, memory_row);
  gtk_widget_class_bind_template_child (widget_class, HwPreferencesDialog, memory);
  gtk_widget_class_bind_template_child (widget_class, HwPreferencesDialog, used_row);
  gtk_widget_class_bind_template_child (widget_class, HwPreferencesDialog, clear_button);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
}

static void
hw_preferences_dialog_init (HwPreferencesDialog *self)
{
  GSettings *settings = hw_settings_get_default ();

  gtk_widget_init_template (GTK_WIDGET (self));

  /* Without a schema there is nothing to set. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->view_row), settings != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->base_row), settings != NULL);
  gtk_widget_set_sensitive (self->budget_row, settings != NULL);
  gtk_widget_set_sensitive (self->memory_row, settings != NULL);
  if (settings == NULL)
    return;

  g_settings_bind_with_mapping (settings, "default-view", self->view_row, "selected", G_SETTINGS_BIND_DEFAULT,
                                view_from_setting, view_to_setting, NULL, NULL);
  g_settings_bind_with_mapping (settings, "default-base", self->base_row, "selected", G_SETTINGS_BIND_DEFAULT,
                                base_from_setting, base_to_setting, NULL, NULL);
  g_settings_bind (settings, "cache-budget", self->budget, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "memory-budget", self->memory, "value", G_SETTINGS_BIND_DEFAULT);
}

/**
 * hw_preferences_dialog_new:
 * @cache: the indexes
 *
 * Returns: (transfer floating): a dialog to present
 */
AdwDialog *
hw_preferences_dialog_new (HwCache *cache)
{
  HwPreferencesDialog *self;

  g_return_val_if_fail (HW_IS_CACHE (cache), NULL);

  self = g_object_new (HW_TYPE_PREFERENCES_DIALOG, NULL);
  self->cache = g_object_ref (cache);
  count (self);

  return ADW_DIALOG (self);
}
