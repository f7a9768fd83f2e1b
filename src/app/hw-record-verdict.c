/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the samples mean, in words: of all of them, or of the range that is selected in the charts. */
#include "config.h"

#include "app/hw-record-page-private.h"

#include <glib/gi18n.h>

#include "record/hw-verdict.h"

/* A verdict is thought over again after so long at the soonest. */
#define PAUSE (3 * G_USEC_PER_SEC)

typedef struct
{
  GPtrArray *samples;
  GPtrArray *gcs;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_ptr_array_unref (question->samples);
  g_ptr_array_unref (question->gcs);
  g_free (question);
}

static void
judge_thread (GTask        *task,
              gpointer      source G_GNUC_UNUSED,
              gpointer      data,
              GCancellable *cancellable G_GNUC_UNUSED)
{
  Question *question = data;

  g_task_return_pointer (task,
                         hw_verdict_new ((HwSample *const *) question->samples->pdata, question->samples->len,
                                         (HwEvent *const *) question->gcs->pdata, question->gcs->len, NULL),
                         (GDestroyNotify) hw_verdict_free);
}

static char *
describe (const HwFinding *finding)
{
  GString *text = g_string_new (finding->why);

  for (guint i = 0; i < finding->evidence->len; i++)
    {
      g_autofree char *evidence = hw_evidence_dup_text (&g_array_index (finding->evidence, HwEvidence, i));

      g_string_append_printf (text, "%s%s", i == 0 ? "\n" : " · ", evidence);
    }

  return g_string_free (text, FALSE);
}

/* What the window can do of what a finding recommends. */
static const char *
get_action (const char *action)
{
  if (g_str_equal (action, "take-snapshots"))
    return "record.take-snapshot";
  if (g_str_equal (action, "collect-garbage"))
    return "record.collect-garbage";
  if (g_str_equal (action, "sample-allocations"))
    return "record.sample-allocations";
  if (g_str_equal (action, "show-handles"))
    return "record.show-handles";

  return NULL;
}

static void
show (HwRecordPage    *self,
      const HwVerdict *verdict)
{
  const HwFinding *worst = verdict->findings->pdata[0];
  const char *action = hw_recording_get_is_live (self->recording) || g_str_equal (worst->action, "show-handles")
                       ? get_action (worst->action) : NULL;
  g_autofree char *length = hw_verdict_format_duration (verdict->seconds);
  g_autofree char *subtitle = NULL;
  g_autoptr(GString) words = g_string_new (NULL);
  static const char *const classes[HW_N_LEVELS] = {
    [HW_LEVEL_HEALTHY] = "success", [HW_LEVEL_NOTICE] = "accent", [HW_LEVEL_WARNING] = "warning",
    [HW_LEVEL_LEAK] = "error", [HW_LEVEL_CRITICAL] = "error",
  };

  /* Translators: how bad it is, how sure that is, and the length of what was judged */
  subtitle = g_strdup_printf (_("%s · %s · from %s"), hw_level_get_label (verdict->level),
                              hw_confidence_get_label (worst->confidence), length);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->verdict_row), worst->text);
  adw_expander_row_set_subtitle (self->verdict_row, subtitle);
  for (guint i = 0; i < HW_N_LEVELS; i++)
    if (classes[i] != NULL)
      gtk_widget_remove_css_class (self->verdict_icon, classes[i]);
  if (classes[verdict->level] != NULL)
    gtk_widget_add_css_class (self->verdict_icon, classes[verdict->level]);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->verdict_icon),
                                verdict->level >= HW_LEVEL_WARNING ? "dialog-warning-symbolic"
                                                                   : "dialog-information-symbolic");
  gtk_widget_set_visible (self->verdict_button, action != NULL);
  if (action != NULL)
    {
      gtk_button_set_label (GTK_BUTTON (self->verdict_button), hw_action_get_label (worst->action));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->verdict_button), action);
    }
  gtk_widget_set_visible (self->verdict_group, TRUE);

  /* The rows stay the same widgets while there are as many. */
  while (self->verdict_rows->len > verdict->findings->len)
    {
      adw_expander_row_remove (self->verdict_row, self->verdict_rows->pdata[self->verdict_rows->len - 1]);
      g_ptr_array_set_size (self->verdict_rows, (int) self->verdict_rows->len - 1);
    }
  for (guint i = 0; i < verdict->findings->len; i++)
    {
      const HwFinding *finding = verdict->findings->pdata[i];
      g_autofree char *title = g_strdup_printf ("%s: %s", hw_rule_get_label (finding->rule), finding->text);
      g_autofree char *evidence = describe (finding);

      if (i >= self->verdict_rows->len)
        {
          GtkWidget *row = adw_action_row_new ();

          adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
          adw_preferences_row_set_title_selectable (ADW_PREFERENCES_ROW (row), TRUE);
          adw_expander_row_add_row (self->verdict_row, row);
          g_ptr_array_add (self->verdict_rows, row);
        }
      adw_preferences_row_set_title (self->verdict_rows->pdata[i], title);
      adw_action_row_set_subtitle (self->verdict_rows->pdata[i], evidence);
    }
}

static void
judged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data G_GNUC_UNUSED)
{
  HwRecordPage *self = HW_RECORD_PAGE (source);
  g_autoptr(HwVerdict) verdict = g_task_propagate_pointer (G_TASK (result), NULL);

  self->is_judging = FALSE;
  if (verdict == NULL || self->verdict_row == NULL)
    return;

  show (self, verdict);
  if (self->judge_again)
    hw_record_page_judge (self, TRUE);
}

/* Thinks the verdict over, behind the person's back and not too often. */
void
hw_record_page_judge (HwRecordPage *self,
                      gboolean      is_urgent)
{
  g_autoptr(GTask) task = NULL;
  gint64 now = g_get_monotonic_time ();
  gint64 start;
  gint64 end;
  Question *question;

  if (!is_urgent && now - self->judged < PAUSE)
    return;
  if (self->is_judging)
    {
      self->judge_again = is_urgent;
      return;
    }

  self->judged = now;
  self->judge_again = FALSE;
  if (!hw_time_axis_get_selection (self->axis, &start, &end))
    {
      start = G_MININT64;
      end = G_MAXINT64;
    }
  question = g_new0 (Question, 1);
  hw_recording_get_range (self->recording, start, end, &question->samples, &question->gcs);
  if (question->samples->len == 0)
    {
      question_free (question);
      return;
    }

  self->is_judging = TRUE;
  task = g_task_new (self, self->cancellable, judged_cb, NULL);
  g_task_set_source_tag (task, hw_record_page_judge);
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, judge_thread);
}

static void
selection_changed_cb (HwRecordPage *self)
{
  hw_record_page_judge (self, TRUE);
}

static void
show_handles_action (GtkWidget  *widget,
                     const char *action G_GNUC_UNUSED,
                     GVariant   *parameter G_GNUC_UNUSED)
{
  HwRecordPage *self = HW_RECORD_PAGE (widget);

  gtk_widget_grab_focus (hw_chart_get_plot (HW_CHART (self->charts[HW_RECORD_CHART_HANDLES])));
}

void
hw_record_page_class_verdict (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "record.show-handles", NULL, show_handles_action);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, verdict_group);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, verdict_row);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, HwRecordPage, verdict_button);
}

void
hw_record_page_init_verdict (HwRecordPage *self)
{
  self->verdict_rows = g_ptr_array_new ();
  g_signal_connect_object (self->axis, "selection-changed", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
}
