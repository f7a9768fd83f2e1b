/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-attach-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/hw-settings.h"
#include "inspector/hw-inspector-error.h"

/* Pixels that a worker or page stands to the right of what it belongs to. */
#define INDENT 18

/* Hosts that are remembered, the newest first. */
#define MAX_HOSTS 12

struct _HwAttachDialog
{
  AdwDialog         parent_instance;

  HwTargetList     *targets;
  GtkTreeListModel *tree;
  GCancellable     *cancellable;
  GHashTable       *hosts;           /* targets that were typed → their text */

  AdwToastOverlay  *toasts;
  GtkListBox       *list;
  GtkLabel         *placeholder;
  AdwEntryRow      *address;
  GtkWidget        *address_button;
  GtkLabel         *address_error;
};

enum
{
  ATTACH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwAttachDialog, hw_attach_dialog, ADW_TYPE_DIALOG)

static void
remember_host (HwAttachDialog *self G_GNUC_UNUSED,
               const char     *text,
               gboolean        forget)
{
  GSettings *settings = hw_settings_get_default ();
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) hosts = NULL;
  g_auto(GStrv) changed = NULL;
  guint n = 0;

  if (settings == NULL)
    return;

  hosts = g_settings_get_strv (settings, "hosts");
  if (!forget)
    {
      g_strv_builder_add (builder, text);
      n++;
    }
  for (guint i = 0; hosts[i] != NULL && n < MAX_HOSTS; i++)
    {
      if (g_str_equal (hosts[i], text))
        continue;
      g_strv_builder_add (builder, hosts[i]);
      n++;
    }
  changed = g_strv_builder_end (builder);
  g_settings_set_strv (settings, "hosts", (const char *const *) changed);
}

static void
choose (HwAttachDialog *self,
        HwTarget       *target)
{
  g_autoptr(HwTarget) kept = g_object_ref (target);

  g_signal_emit (self, signals[ATTACH], 0, kept);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
switched_on_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(HwAttachDialog) self = user_data;
  g_autoptr(GError) error = NULL;

  if (hw_target_switch_on_finish (HW_TARGET (source), result, &error))
    {
      choose (self, HW_TARGET (source));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      AdwToast *toast = adw_toast_new (error->message);

      adw_toast_set_use_markup (toast, FALSE);
      adw_toast_overlay_add_toast (self->toasts, toast);
    }
}

static void
switch_on_answered_cb (AdwAlertDialog *alert,
                       const char     *response,
                       gpointer        user_data)
{
  HwTarget *target = user_data;
  HwAttachDialog *self = g_object_get_data (G_OBJECT (alert), "dialog");

  if (g_str_equal (response, "switch-on"))
    hw_target_switch_on_async (target, self->cancellable, switched_on_cb, g_object_ref (self));
}

/* Says what the signal does, and sends it only then. */
static void
ask_to_switch_on (HwAttachDialog *self,
                  HwTarget       *target)
{
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (adw_alert_dialog_new (_("Switch the Inspector On?"), NULL));

  adw_alert_dialog_set_body (alert, hw_target_explain_switch_on (target));
  adw_alert_dialog_add_responses (alert, "cancel", _("_Cancel"), "switch-on", _("_Send the Signal"), NULL);
  adw_alert_dialog_set_default_response (alert, "switch-on");
  adw_alert_dialog_set_close_response (alert, "cancel");
  g_object_set_data (G_OBJECT (alert), "dialog", self);
  g_signal_connect_data (alert, "response", G_CALLBACK (switch_on_answered_cb), g_object_ref (target),
                         (GClosureNotify) (void (*) (void)) g_object_unref, 0);
  adw_dialog_present (ADW_DIALOG (alert), GTK_WIDGET (self));
}

static void
activate_target (HwAttachDialog *self,
                 HwTarget       *target)
{
  if (hw_target_get_state (target) == HW_TARGET_SWITCHED_OFF)
    ask_to_switch_on (self, target);
  else if (hw_target_get_kind (target) != HW_TARGET_BROWSER && hw_target_get_state (target) != HW_TARGET_GONE)
    choose (self, target);
}

static void
row_activated_cb (HwAttachDialog *self,
                  GtkListBoxRow  *row)
{
  HwTarget *target = g_object_get_data (G_OBJECT (row), "target");

  if (target != NULL)
    activate_target (self, target);
}

static void
button_clicked_cb (GtkButton *button,
                   gpointer   user_data)
{
  GtkWidget *row = user_data;
  GtkWidget *self = gtk_widget_get_ancestor (GTK_WIDGET (button), HW_TYPE_ATTACH_DIALOG);

  activate_target (HW_ATTACH_DIALOG (self), g_object_get_data (G_OBJECT (row), "target"));
}

static void
forget_clicked_cb (GtkButton *button,
                   gpointer   user_data)
{
  GtkWidget *row = user_data;
  HwAttachDialog *self = HW_ATTACH_DIALOG (gtk_widget_get_ancestor (GTK_WIDGET (button), HW_TYPE_ATTACH_DIALOG));
  g_autoptr(HwTarget) target = g_object_ref (g_object_get_data (G_OBJECT (row), "target"));
  const char *text = g_hash_table_lookup (self->hosts, target);

  if (text != NULL)
    remember_host (self, text, TRUE);
  hw_target_list_remove_host (self->targets, target);
  g_hash_table_remove (self->hosts, target);
}

static const char *
get_kind_icon (HwTargetKind kind)
{
  switch (kind)
    {
    case HW_TARGET_BROWSER:
      return "web-browser-symbolic";

    case HW_TARGET_PAGE:
      return "text-html-symbolic";

    case HW_TARGET_WORKER:
      return "system-run-symbolic";

    case HW_TARGET_PROGRAM:
    default:
      return "utilities-terminal-symbolic";
    }
}

static char *
describe (HwTarget *target)
{
  g_autofree char *runtime = hw_target_dup_runtime_name (target);
  const char *reason = hw_target_get_reason (target);
  GString *text = g_string_new (runtime);

  if (hw_target_get_kind (target) == HW_TARGET_PAGE && hw_target_get_url (target) != NULL)
    g_string_assign (text, hw_target_get_url (target));
  else if (hw_target_get_address (target) != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", hw_target_get_address (target));
  if (hw_target_get_pid (target) != 0)
    {
      if (text->len > 0)
        g_string_append (text, " · ");
      g_string_append_printf (text, _("process %d"), hw_target_get_pid (target));
    }
  if (reason != NULL && hw_target_get_state (target) != HW_TARGET_READY)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", reason);

  return g_string_free (text, FALSE);
}

static void
update_row (GtkWidget *row)
{
  HwTarget *target = g_object_get_data (G_OBJECT (row), "target");
  GtkWidget *button = g_object_get_data (G_OBJECT (row), "button");
  HwTargetState state = hw_target_get_state (target);
  gboolean off = state == HW_TARGET_SWITCHED_OFF;
  gboolean usable = (state == HW_TARGET_READY || state == HW_TARGET_UNKNOWN) &&
                    hw_target_get_kind (target) != HW_TARGET_BROWSER;
  g_autofree char *subtitle = describe (target);
  const char *title = hw_target_get_title (target);
  g_autofree char *base = g_path_is_absolute (title) ? g_path_get_basename (title) : g_strdup (title);

  /* A long path hides what tells programs apart. */
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), base);
  gtk_widget_set_tooltip_text (row, title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_button_set_label (GTK_BUTTON (button), off ? _("Switch On…") : _("Attach"));
  gtk_widget_set_visible (button, usable || off);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), usable || off);
  if (state == HW_TARGET_UNREACHABLE || state == HW_TARGET_GONE)
    gtk_widget_add_css_class (row, "dimmed");
  else
    gtk_widget_remove_css_class (row, "dimmed");
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  HwAttachDialog *self = user_data;
  g_autoptr(HwTarget) target = HW_TARGET (gtk_tree_list_row_get_item (item));
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (get_kind_icon (hw_target_get_kind (target)));
  GtkWidget *button = gtk_button_new ();

  gtk_widget_set_margin_start (icon, (int) gtk_tree_list_row_get_depth (item) * INDENT);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  if (g_hash_table_contains (self->hosts, target))
    {
      GtkWidget *forget = gtk_button_new_from_icon_name ("user-trash-symbolic");

      gtk_widget_set_valign (forget, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (forget, "flat");
      gtk_widget_set_tooltip_text (forget, _("Forget This Address"));
      g_signal_connect (forget, "clicked", G_CALLBACK (forget_clicked_cb), row);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), forget);
    }
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_object_set_data_full (G_OBJECT (row), "target", g_object_ref (target), g_object_unref);
  g_object_set_data (G_OBJECT (row), "button", button);
  g_signal_connect (button, "clicked", G_CALLBACK (button_clicked_cb), row);
  g_signal_connect_object (target, "notify", G_CALLBACK (update_row), row, G_CONNECT_SWAPPED);
  update_row (row);

  return row;
}

static GListModel *
get_children (gpointer item,
              gpointer user_data G_GNUC_UNUSED)
{
  GListModel *children = hw_target_get_children (HW_TARGET (item));

  return children != NULL ? g_object_ref (children) : NULL;
}

static void
refreshed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(HwAttachDialog) self = user_data;

  hw_target_list_refresh_finish (HW_TARGET_LIST (source), result, NULL);
  if (self->placeholder != NULL)
    gtk_label_set_label (self->placeholder,
                         _("No program with an inspector was found. Start yours with “node --inspect”, "
                           "“deno run --inspect”, “bun --inspect” or “chromium --remote-debugging-port=9222”."));
}

static void
show_address_error (HwAttachDialog *self,
                    const char     *text)
{
  gtk_label_set_label (self->address_error, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->address_error), text != NULL);
  if (text != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->address), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->address), "error");
}

static void
address_changed_cb (HwAttachDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->address))));

  gtk_widget_set_sensitive (self->address_button, *text != '\0');
  show_address_error (self, NULL);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(HwAttachDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean is_there = hw_target_resolve_finish (HW_TARGET (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  address_changed_cb (self);
  if (!is_there)
    {
      show_address_error (self, error->message);
    }
  else if (hw_target_get_kind (HW_TARGET (source)) == HW_TARGET_BROWSER)
    {
      AdwToast *toast = adw_toast_new (_("Choose one of the browser’s pages"));

      adw_toast_overlay_add_toast (self->toasts, toast);
    }
  else
    {
      choose (self, HW_TARGET (source));
    }
}

static void attach_address (HwAttachDialog *self,
                            const char     *text,
                            gboolean        allow_remote);

static void
remote_answered_cb (AdwAlertDialog *alert,
                    const char     *response,
                    gpointer        user_data)
{
  HwAttachDialog *self = g_object_get_data (G_OBJECT (alert), "dialog");

  if (g_str_equal (response, "attach"))
    attach_address (self, user_data, TRUE);
}

static void
ask_for_remote (HwAttachDialog *self,
                const char     *text)
{
  g_autofree char *heading = g_strdup_printf (_("Attach to %s?"), text);
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, NULL));

  adw_alert_dialog_set_body (alert,
                             _("That is another machine. An inspector has no password and no encryption: whoever can "
                               "reach its port can run code in the program, and whoever is on the way can read its "
                               "memory. Prefer a tunnel, such as “ssh -L 9229:localhost:9229 host”."));
  adw_alert_dialog_add_responses (alert, "cancel", _("_Cancel"), "attach", _("_Attach Anyway"), NULL);
  adw_alert_dialog_set_response_appearance (alert, "attach", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "cancel");
  adw_alert_dialog_set_close_response (alert, "cancel");
  g_object_set_data (G_OBJECT (alert), "dialog", self);
  g_signal_connect_data (alert, "response", G_CALLBACK (remote_answered_cb), g_strdup (text),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  adw_dialog_present (ADW_DIALOG (alert), GTK_WIDGET (self));
}

static void
attach_address (HwAttachDialog *self,
                const char     *text,
                gboolean        allow_remote)
{
  g_autoptr(GError) error = NULL;
  HwTarget *target = hw_target_list_add_host (self->targets, text, allow_remote, &error);

  if (target == NULL)
    {
      if (g_error_matches (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_LOCAL))
        ask_for_remote (self, text);
      else
        show_address_error (self, error->message);
      return;
    }

  g_hash_table_insert (self->hosts, g_object_ref (target), g_strdup (text));
  remember_host (self, text, FALSE);
  gtk_widget_set_sensitive (self->address_button, FALSE);
  hw_target_resolve_async (target, 5000, self->cancellable, resolved_cb, g_object_ref (self));
}

static void
address_activated_cb (HwAttachDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->address))));

  if (*text != '\0')
    attach_address (self, text, FALSE);
}

/* Hosts of earlier days; one on another machine is asked about again when it is typed, never reached by itself. */
static void
add_remembered (HwAttachDialog *self)
{
  GSettings *settings = hw_settings_get_default ();
  g_auto(GStrv) hosts = settings != NULL ? g_settings_get_strv (settings, "hosts") : NULL;

  for (guint i = hosts != NULL ? g_strv_length (hosts) : 0; i > 0; i--)
    {
      HwTarget *target = hw_target_list_add_host (self->targets, hosts[i - 1], FALSE, NULL);

      if (target != NULL)
        g_hash_table_insert (self->hosts, g_object_ref (target), g_strdup (hosts[i - 1]));
      else
        gtk_editable_set_text (GTK_EDITABLE (self->address), hosts[i - 1]);
    }
}

static void
hw_attach_dialog_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (hw_attach_dialog_parent_class)->map (widget);
  hw_target_list_set_active (HW_ATTACH_DIALOG (widget)->targets, TRUE);
}

static void
hw_attach_dialog_unmap (GtkWidget *widget)
{
  hw_target_list_set_active (HW_ATTACH_DIALOG (widget)->targets, FALSE);
  GTK_WIDGET_CLASS (hw_attach_dialog_parent_class)->unmap (widget);
}

static void
hw_attach_dialog_dispose (GObject *object)
{
  HwAttachDialog *self = HW_ATTACH_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), HW_TYPE_ATTACH_DIALOG);
  g_clear_object (&self->tree);
  g_clear_object (&self->targets);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->hosts, g_hash_table_unref);

  G_OBJECT_CLASS (hw_attach_dialog_parent_class)->dispose (object);
}

static void
hw_attach_dialog_class_init (HwAttachDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hw_attach_dialog_dispose;
  widget_class->map = hw_attach_dialog_map;
  widget_class->unmap = hw_attach_dialog_unmap;

  /**
   * HwAttachDialog::attach:
   * @self: the dialog
   * @target: what the person chose
   *
   * The person chose a program.
   */
  signals[ATTACH] =
    g_signal_new ("attach", HW_TYPE_ATTACH_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, HW_TYPE_TARGET);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-attach-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, HwAttachDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, HwAttachDialog, list);
  gtk_widget_class_bind_template_child (widget_class, HwAttachDialog, placeholder);
  gtk_widget_class_bind_template_child (widget_class, HwAttachDialog, address);
  gtk_widget_class_bind_template_child (widget_class, HwAttachDialog, address_button);
  gtk_widget_class_bind_template_child (widget_class, HwAttachDialog, address_error);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
}

static void
hw_attach_dialog_init (HwAttachDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->hosts = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
  self->targets = hw_target_list_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  add_remembered (self);
  self->tree = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (self->targets)), FALSE, TRUE, get_children, NULL, NULL);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->tree), make_row, self, NULL);
  hw_target_list_refresh_async (self->targets, self->cancellable, refreshed_cb, g_object_ref (self));
}

/**
 * hw_attach_dialog_new:
 *
 * Returns: (transfer floating): a dialog that looks for programs while it is shown
 */
AdwDialog *
hw_attach_dialog_new (void)
{
  return g_object_new (HW_TYPE_ATTACH_DIALOG, NULL);
}
