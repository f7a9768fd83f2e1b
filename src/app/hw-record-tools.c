/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks a live program: marks, watch expressions, and lines to try. */
#include "config.h"

#include "app/hw-record-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "base/hw-format.h"

/* Milliseconds that a line may run before it is given up. */
#define LINE_LIMIT 10000

/* A line that was run, with the heap before and after. */
typedef struct
{
  HwRecordPage *page;       /* owned */
  char         *expression;
  char         *answer;
  double        before;
  gboolean      is_error;
} Trial;

static void
trial_free (Trial *trial)
{
  g_object_unref (trial->page);
  g_free (trial->expression);
  g_free (trial->answer);
  g_free (trial);
}

static void
mark_cb (HwRecordPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->mark_entry)));

  hw_recording_add_mark (self->recording, *text != '\0' ? text : _("Mark"));
  gtk_editable_set_text (self->mark_entry, "");
  gtk_popover_popdown (self->mark_popover);
}

static void
mark_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  gtk_popover_popup (HW_RECORD_PAGE (widget)->mark_popover);
}

static void
remove_watch_cb (GtkButton *button,
                 gpointer   user_data)
{
  const char *name = user_data;
  HwRecordPage *self = HW_RECORD_PAGE (gtk_widget_get_ancestor (GTK_WIDGET (button), HW_TYPE_RECORD_PAGE));
  GtkWidget *row = g_hash_table_lookup (self->watch_rows, name);

  hw_recording_remove_watch (self->recording, name);
  if (row == NULL)
    return;
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self->watch_group), row);
  g_hash_table_remove (self->watch_rows, name);
}

static void
resume_watch_cb (GtkButton *button,
                 gpointer   user_data)
{
  HwRecordPage *self = HW_RECORD_PAGE (gtk_widget_get_ancestor (GTK_WIDGET (button), HW_TYPE_RECORD_PAGE));

  hw_session_resume_watch (hw_recording_get_session (self->recording), user_data);
}

static GtkWidget *
add_button (GtkWidget  *row,
            const char *icon,
            const char *text,
            GCallback   callback,
            const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_signal_connect_data (button, "clicked", callback, g_strdup (name), (GClosureNotify) (void (*) (void)) g_free, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return button;
}

static void
watch_cb (HwRecordPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->watch_entry))));
  GtkWidget *row;

  if (*text == '\0' || g_hash_table_contains (self->watch_rows, text))
    return;
  if (!hw_recording_add_watch (self->recording, text, text))
    {
      hw_record_page_tell (self, _("There is no room for another expression"));
      return;
    }

  row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _("Not measured yet"));
  g_object_set_data (G_OBJECT (row), "resume",
                     add_button (row, "media-playback-start-symbolic", _("Evaluate Again"), G_CALLBACK (resume_watch_cb),
                                 text));
  add_button (row, "user-trash-symbolic", _("Remove the Expression"), G_CALLBACK (remove_watch_cb), text);
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), "resume"), FALSE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->watch_group), row);
  g_hash_table_insert (self->watch_rows, g_strdup (text), row);
  gtk_editable_set_text (GTK_EDITABLE (self->watch_entry), "");
}

/* The newest values of the expressions, or why there is none. */
void
hw_record_page_update_watches (HwRecordPage *self,
                               HwSample     *sample)
{
  HwSession *session = hw_recording_get_session (self->recording);
  const HwSampleWatch *watches;
  guint n_watches;
  GHashTableIter iter;
  gpointer name, row;

  watches = hw_sample_get_watches (sample, &n_watches);
  for (guint i = 0; i < n_watches; i++)
    {
      g_autofree char *value = NULL;

      row = g_hash_table_lookup (self->watch_rows, watches[i].name);
      if (row == NULL || isnan (watches[i].value))
        continue;
      value = hw_chart_unit_format (HW_CHART_UNIT_COUNT, watches[i].value);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), value);
    }

  g_hash_table_iter_init (&iter, self->watch_rows);
  while (g_hash_table_iter_next (&iter, &name, &row))
    {
      const char *why = hw_session_get_watch_suspension (session, name);
      g_autofree char *text = NULL;

      gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), "resume"), why != NULL);
      if (why == NULL)
        continue;
      /* Translators: why an expression is no longer evaluated, in the program's words */
      text = g_strdup_printf (_("Suspended: %s"), why);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
    }
}

static void
show_trial (Trial  *trial,
            double  after)
{
  HwRecordPage *self = trial->page;
  g_autofree char *title = g_strdup_printf ("%s → %s", trial->expression, trial->answer);
  g_autofree char *subtitle = NULL;

  if (self->console_result == NULL)
    return;
  if (!isnan (trial->before) && !isnan (after))
    {
      g_autofree char *before_size = hw_format_size ((guint64) MAX (0, trial->before));
      g_autofree char *after_size = hw_format_size ((guint64) MAX (0, after));
      g_autofree char *change = hw_format_size_delta ((gint64) (after - trial->before));

      subtitle = g_strdup_printf (_("Heap before %s, after %s (%s)"), before_size, after_size, change);
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->console_result), title);
  adw_action_row_set_subtitle (self->console_result, subtitle != NULL ? subtitle : "");
  if (trial->is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->console_result), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->console_result), "error");
  gtk_widget_set_visible (GTK_WIDGET (self->console_result), TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->console_entry), TRUE);
}

static double
get_heap (HwSession    *session,
          GAsyncResult *result)
{
  g_autoptr(HwSample) sample = hw_session_sample_finish (session, result, NULL);

  return sample != NULL && hw_sample_has (sample, HW_METRIC_HEAP_USED) ? hw_sample_get (sample, HW_METRIC_HEAP_USED) : NAN;
}

static void
measured_after_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  Trial *trial = user_data;

  show_trial (trial, get_heap (HW_SESSION (source), result));
  trial_free (trial);
}

static void
collected_after_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Trial *trial = user_data;

  hw_session_collect_garbage_finish (HW_SESSION (source), result, NULL);
  hw_session_sample_async (HW_SESSION (source), trial->page->cancellable, measured_after_cb, trial);
}

static void
evaluated_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Trial *trial = user_data;
  g_autoptr(GError) error = NULL;

  trial->answer = hw_session_evaluate_finish (HW_SESSION (source), result, &error);
  if (trial->answer == NULL)
    {
      trial->answer = g_strdup (error->message);
      trial->is_error = TRUE;
    }
  else
    {
      hw_recording_add_mark (trial->page->recording, trial->expression);
    }
  hw_session_collect_garbage_async (HW_SESSION (source), trial->page->cancellable, collected_after_cb, trial);
}

static void
measured_before_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Trial *trial = user_data;

  trial->before = get_heap (HW_SESSION (source), result);
  hw_session_evaluate_async (HW_SESSION (source), trial->expression, LINE_LIMIT, trial->page->cancellable, evaluated_cb,
                             trial);
}

static void
collected_before_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  Trial *trial = user_data;

  hw_session_collect_garbage_finish (HW_SESSION (source), result, NULL);
  hw_session_sample_async (HW_SESSION (source), trial->page->cancellable, measured_before_cb, trial);
}

/* Without garbage before and after, or the difference would be chance. */
static void
console_cb (HwRecordPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->console_entry))));
  Trial *trial;

  if (*text == '\0' || !hw_recording_get_is_live (self->recording))
    return;

  trial = g_new0 (Trial, 1);
  trial->page = g_object_ref (self);
  trial->expression = g_steal_pointer (&text);
  gtk_widget_set_sensitive (GTK_WIDGET (self->console_entry), FALSE);
  hw_session_collect_garbage_async (hw_recording_get_session (self->recording), self->cancellable, collected_before_cb,
                                    trial);
}

void
hw_record_page_class_tools (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "record.mark", NULL, mark_action);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, mark_button);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, mark_popover);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, mark_entry);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, watch_group);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, watch_entry);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, console_group);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, console_entry);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, console_result);
  gtk_widget_class_bind_template_callback (widget_class, mark_cb);
  gtk_widget_class_bind_template_callback (widget_class, watch_cb);
  gtk_widget_class_bind_template_callback (widget_class, console_cb);
}

void
hw_record_page_init_tools (HwRecordPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->console_result), FALSE);
}
