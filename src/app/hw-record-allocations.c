/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording and sampling what a live program allocates: begun and ended by the same button. */
#include "config.h"

#include "app/hw-record-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
is_sampling (HwRecordPage *self)
{
  return self->allocation_kind == HW_ALLOCATION_SAMPLING;
}

/* One of the two at a time; the one that goes on is ended by its own button. */
static void
update (HwRecordPage *self)
{
  gboolean on = self->allocations != NULL;

  gtk_button_set_label (GTK_BUTTON (self->timeline_button),
                        on && !is_sampling (self) ? _("Stop _Recording") : _("_Record Allocations"));
  gtk_button_set_label (GTK_BUTTON (self->sampling_button),
                        on && is_sampling (self) ? _("Stop Sa_mpling") : _("Sa_mple Allocations"));
  for (guint i = 0; i < 2; i++)
    {
      GtkWidget *button = i == 0 ? self->timeline_button : self->sampling_button;

      if (on && is_sampling (self) == (i == 1))
        gtk_widget_add_css_class (button, "destructive-action");
      else
        gtk_widget_remove_css_class (button, "destructive-action");
    }
  hw_record_page_update_allocations (self);
}

/* What cannot be done is greyed, and says why. */
void
hw_record_page_update_allocations (HwRecordPage *self)
{
  static const HwFeature features[] = { HW_FEATURE_TIMELINE, HW_FEATURE_SAMPLING };
  HwSession *session = hw_recording_get_session (self->recording);

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      const char *why = NULL;
      gboolean is_own = self->allocations != NULL && is_sampling (self) == (i == 1);

      if (session == NULL || !hw_recording_get_is_live (self->recording))
        why = _("The program is not attached to");
      else if (self->is_ending)
        why = _("What was recorded is being fetched");
      else if (self->allocations != NULL && !is_own)
        why = _("Allocations are being recorded already");
      else if (!is_own)
        why = hw_session_why_not (session, features[i]);

      gtk_widget_action_set_enabled (GTK_WIDGET (self), i == 0 ? "record.record-allocations" : "record.sample-allocations",
                                     why == NULL);
      gtk_widget_set_tooltip_text (i == 0 ? self->timeline_button : self->sampling_button,
                                   why != NULL ? why
                                   : i == 0 ? _("Note when every object is born, until it is stopped; slows the program down")
                                            : _("Note where memory is allocated, by samples, until it is stopped"));
    }
}

static void
forget (HwRecordPage *self)
{
  g_clear_object (&self->allocations);
  self->is_ending = FALSE;
  if (self->timeline_button != NULL)
    update (self);
}

static void
started_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(HwRecordPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (hw_allocation_job_start_finish (HW_ALLOCATION_JOB (source), result, &error) ||
      self->allocations != HW_ALLOCATION_JOB (source))
    return;

  hw_record_page_tell (self, error->message);
  forget (self);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(HwRecordPage) self = user_data;
  g_autoptr(GError) error = NULL;
  HwAllocationJob *job = HW_ALLOCATION_JOB (source);
  gboolean is_done = hw_allocation_job_stop_finish (job, result, &error);

  if (self->allocations != job)
    return;

  if (is_done || hw_allocation_job_get_is_salvaged (job))
    {
      g_autoptr(GFile) file = g_file_new_for_path (hw_allocation_job_get_path (job));
      g_autofree char *place = g_file_get_parse_name (file);
      g_autofree char *text = g_strdup_printf (_("Saved as %s"), place);

      if (is_sampling (self))
        hw_record_page_tell (self, text);
      else
        hw_record_page_emit_captured (self, file, _("Allocation timeline"), "");
    }
  if (error != NULL)
    hw_record_page_tell (self, error->message);
  forget (self);
}

static void
toggle_action (GtkWidget  *widget,
               const char *action,
               GVariant   *parameter G_GNUC_UNUSED)
{
  HwRecordPage *self = HW_RECORD_PAGE (widget);
  HwAllocationOptions options = { .kind = HW_ALLOCATION_TIMELINE };
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *named = NULL;

  if (self->allocations != NULL)
    {
      self->is_ending = TRUE;
      hw_record_page_update_allocations (self);
      hw_allocation_job_stop_async (self->allocations, self->cancellable, stopped_cb, g_object_ref (self));
      return;
    }

  if (g_str_equal (action, "record.sample-allocations"))
    options.kind = HW_ALLOCATION_SAMPLING;
  path = hw_recording_dup_capture_path (self->recording, &error);
  if (path == NULL)
    {
      hw_record_page_tell (self, error->message);
      return;
    }

  path[strlen (path) - strlen (".heapsnapshot")] = '\0';
  named = g_strconcat (path, options.kind == HW_ALLOCATION_SAMPLING ? ".heapprofile" : ".heaptimeline", NULL);
  self->allocation_kind = options.kind;
  self->allocations = hw_allocation_job_new (hw_recording_get_session (self->recording), named, &options);
  update (self);
  hw_allocation_job_start_async (self->allocations, started_cb, g_object_ref (self));
}

void
hw_record_page_class_allocations (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "record.record-allocations", NULL, toggle_action);
  gtk_widget_class_install_action (widget_class, "record.sample-allocations", NULL, toggle_action);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, timeline_button);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, sampling_button);
}

void
hw_record_page_init_allocations (HwRecordPage *self)
{
  update (self);
}

/* Whoever closes the page no longer wants it; the program is left as it was. */
void
hw_record_page_end_allocations (HwRecordPage *self)
{
  if (self->allocations != NULL)
    hw_allocation_job_abandon (self->allocations);
  g_clear_object (&self->allocations);
}
