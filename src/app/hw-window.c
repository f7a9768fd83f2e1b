/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-window-private.h"

#include <glib/gi18n.h>

#include "app/hw-recent.h"
#include "app/hw-settings.h"
#include "widgets/hw-menu-names.h"

/* A capture that was taken out of the list and can come back. */
typedef struct
{
  HwCapture *capture;
  gboolean   was_loading;
} Removed;

G_DEFINE_FINAL_TYPE (HwWindow, hw_window, ADW_TYPE_APPLICATION_WINDOW)

static void
removed_free (gpointer data)
{
  Removed *removed = data;

  g_object_unref (removed->capture);
  g_free (removed);
}

void
hw_window_add_toast (HwWindow   *self,
                     const char *text)
{
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/**
 * hw_window_add_problem:
 * @self: a window
 * @text: one sentence
 *
 * Tells of something that went wrong and is no hindrance: a toast that can be asked for the details.
 */
void
hw_window_add_problem (HwWindow   *self,
                       const char *text)
{
  AdwToast *toast;

  g_return_if_fail (HW_IS_WINDOW (self));
  g_return_if_fail (text != NULL);

  toast = adw_toast_new (_("Trouble with notes"));
  adw_toast_set_timeout (toast, 20);
  adw_toast_set_button_label (toast, _("_Details"));
  adw_toast_set_action_name (toast, "win.show-problem");
  adw_toast_set_action_target (toast, "s", text);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
removed_toast_dismissed_cb (HwWindow *self)
{
  /* Nothing brings them back any more, so their memory goes. */
  self->removed_toast = NULL;
  g_ptr_array_set_size (self->removed, 0);
  hw_window_update_actions (self);
}

static void
update_removed_toast (HwWindow *self)
{
  g_autofree char *text = NULL;
  guint n_removed = self->removed->len;

  if (self->removed_toast != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->removed_toast, self);
      adw_toast_dismiss (g_steal_pointer (&self->removed_toast));
    }
  if (n_removed == 0)
    return;

  if (n_removed == 1)
    text = g_strdup_printf (_("“%s” removed from the list"),
                            hw_capture_get_title (((Removed *) self->removed->pdata[0])->capture));
  else
    text = g_strdup_printf (ngettext ("%u snapshot removed from the list",
                                      "%u snapshots removed from the list", n_removed),
                            n_removed);

  self->removed_toast = adw_toast_new (text);
  adw_toast_set_use_markup (self->removed_toast, FALSE);
  adw_toast_set_button_label (self->removed_toast, _("_Undo"));
  adw_toast_set_action_name (self->removed_toast, "win.undo-remove");
  g_signal_connect_object (self->removed_toast, "dismissed", G_CALLBACK (removed_toast_dismissed_cb), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, self->removed_toast);
}

/* Takes @capture out of the list; while the toast is there it can be brought back. */
void
hw_window_remove_capture (HwWindow  *self,
                          HwCapture *capture)
{
  Removed *removed = g_new0 (Removed, 1);

  removed->capture = g_object_ref (capture);
  removed->was_loading = hw_capture_get_state (capture) == HW_CAPTURE_LOADING;
  g_ptr_array_add (self->removed, removed);

  hw_document_remove_capture (self->document, capture);
  update_removed_toast (self);
  hw_window_update_actions (self);
}

/* Brings back what the toast speaks of. */
void
hw_window_undo_remove (HwWindow *self)
{
  g_autoptr(GPtrArray) removed = g_steal_pointer (&self->removed);

  self->removed = g_ptr_array_new_with_free_func (removed_free);
  update_removed_toast (self);

  for (guint i = 0; i < removed->len; i++)
    {
      Removed *item = removed->pdata[i];

      /* It may have been opened anew in the meantime. */
      if (hw_document_find_file (self->document, hw_capture_get_file (item->capture)) != NULL)
        continue;

      hw_document_add_capture (self->document, item->capture);
      hw_document_set_capture (self->document, item->capture);
      if (item->was_loading)
        hw_capture_load (item->capture);
    }

  hw_window_update_actions (self);
}

/* Whether nothing is open. */
gboolean
hw_window_is_empty (HwWindow *self)
{
  return hw_document_get_capture (self->document) == NULL && hw_document_get_recording (self->document) == NULL;
}

static void
update_sidebar (HwWindow *self)
{
  gboolean empty = hw_window_is_empty (self);

  if (empty)
    adw_overlay_split_view_set_show_sidebar (self->split_view, FALSE);
  else if (!adw_overlay_split_view_get_collapsed (self->split_view))
    adw_overlay_split_view_set_show_sidebar (self->split_view, self->sidebar_wanted);

  adw_overlay_split_view_set_enable_show_gesture (self->split_view, !empty);
}

static void
sidebar_toggled_cb (HwWindow *self)
{
  gboolean shown = adw_overlay_split_view_get_show_sidebar (self->split_view);

  if (!hw_window_is_empty (self) &&
      !adw_overlay_split_view_get_collapsed (self->split_view))
    self->sidebar_wanted = shown;

  if (shown && adw_overlay_split_view_get_collapsed (self->split_view))
    hw_sidebar_grab_row (self->sidebar);
}

static void
sidebar_chosen_cb (HwWindow *self)
{
  if (adw_overlay_split_view_get_collapsed (self->split_view))
    adw_overlay_split_view_set_show_sidebar (self->split_view, FALSE);
}

void
hw_window_update_title (HwWindow *self)
{
  HwCapture *capture = self->recording == NULL ? self->capture : NULL;
  const char *title = self->recording != NULL ? hw_recording_get_title (self->recording)
                                              : capture != NULL ? hw_capture_get_title (capture) : "";
  g_autofree char *subtitle = self->recording != NULL ? g_strdup (hw_recording_get_subtitle (self->recording))
                                                      : capture != NULL ? hw_capture_dup_headline (capture) : g_strdup ("");
  g_autofree char *details = self->recording != NULL ? g_file_get_parse_name (hw_recording_get_file (self->recording))
                                                     : capture != NULL ? hw_capture_dup_details (capture) : NULL;
  gboolean empty = capture == NULL && self->recording == NULL;
  g_autofree char *window_title = NULL;

  adw_window_title_set_title (self->wide_title, title);
  adw_window_title_set_title (self->narrow_title, !empty ? title : _("Heapwise"));
  adw_window_title_set_subtitle (self->wide_title, subtitle);
  adw_window_title_set_subtitle (self->narrow_title, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->wide_title), details);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->narrow_title), details);

  /* Translators: a snapshot's name, then the program's */
  window_title = !empty ? g_strdup_printf (_("%s – Heapwise"), title) : g_strdup (_("Heapwise"));
  gtk_window_set_title (GTK_WINDOW (self), window_title);
}

static void
update_progress (HwWindow *self)
{
  gtk_progress_bar_set_fraction (self->loading_progress, hw_capture_get_fraction (self->capture));
}

/* The header offers only what there is: no views of nothing, no list without entries. */
static void
update_header (HwWindow *self,
               gboolean  open,
               gboolean  views)
{
  gtk_widget_set_visible (self->sidebar_button, open);
  gtk_widget_set_visible (self->history_buttons, open);
  /* A recording has no views to switch. */
  gtk_widget_set_visible (self->title_box,
                          open && (self->recording == NULL || gtk_widget_get_visible (GTK_WIDGET (self->narrow_title))));
  gtk_widget_set_visible (self->switcher_bar, open && self->recording == NULL);
  gtk_widget_set_sensitive (self->switcher, views);
  gtk_widget_set_sensitive (self->switcher_bar, views);
}

/* What takes the place of another page takes over the keyboard from it, and from nothing else. */
static void
show_state (HwWindow   *self,
            const char *state)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean inside = focus == NULL || gtk_widget_is_ancestor (focus, GTK_WIDGET (self->states));
  HwPage *page = hw_window_get_page (self);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->states), state) == 0)
    return;

  gtk_stack_set_visible_child_name (self->states, state);
  if (!inside)
    return;

  if (g_str_equal (state, "record"))
    gtk_widget_child_focus (GTK_WIDGET (self->records), GTK_DIR_TAB_FORWARD);
  else if (g_str_equal (state, "views") && page != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (page));
  else
    gtk_widget_child_focus (GTK_WIDGET (self->states), GTK_DIR_TAB_FORWARD);
}

void
hw_window_update_state (HwWindow *self)
{
  HwCapture *capture = self->recording == NULL ? self->capture : NULL;
  const char *state = self->recording != NULL ? "record" : "empty";
  const char *damage = capture != NULL ? hw_capture_get_damage_text (capture) : NULL;

  if (capture != NULL)
    {
      g_autofree char *title = NULL;
      g_autofree char *description = NULL;

      switch (hw_capture_get_state (capture))
        {
        case HW_CAPTURE_LOADING:
          state = hw_capture_get_classes (capture) != NULL ? "views" : "loading";
          title = g_strdup_printf (_("Opening “%s”"), hw_capture_get_title (capture));
          adw_status_page_set_title (self->loading_page, title);
          adw_status_page_set_description (self->loading_page, hw_capture_get_phase (capture));
          break;

        case HW_CAPTURE_READY:
          state = "views";
          break;

        case HW_CAPTURE_FAILED:
          state = "trouble";
          title = g_strdup_printf (_("“%s” Cannot Be Opened"), hw_capture_get_title (capture));
          description = g_strdup_printf ("%s\n%s", hw_capture_get_error_text (capture),
                                         hw_capture_get_hint_text (capture));
          adw_status_page_set_icon_name (self->trouble_page, "dialog-warning-symbolic");
          break;

        case HW_CAPTURE_CANCELLED:
        default:
          state = "trouble";
          title = g_strdup_printf (_("“%s” Was Not Loaded"), hw_capture_get_title (capture));
          description = g_strdup (_("You stopped it."));
          adw_status_page_set_icon_name (self->trouble_page, "hw-snapshot-symbolic");
          break;
        }

      if (g_strcmp0 (state, "trouble") == 0)
        {
          g_autofree char *markup = g_markup_escape_text (description, -1);

          adw_status_page_set_title (self->trouble_page, title);
          adw_status_page_set_description (self->trouble_page, markup);
        }
    }

  show_state (self, state);
  update_header (self, !hw_window_is_empty (self), g_str_equal (state, "views"));
  if (damage != NULL)
    adw_banner_set_title (self->banner, damage);
  adw_banner_set_revealed (self->banner, damage != NULL);
  hw_window_update_title (self);
  update_sidebar (self);
  hw_window_update_actions (self);
}

static void
capture_changed_cb (HwWindow *self)
{
  HwCapture *capture = hw_document_get_capture (self->document);

  if (self->capture != NULL)
    g_signal_handlers_disconnect_by_data (self->capture, self);
  g_set_object (&self->capture, capture);

  if (capture != NULL)
    {
      g_signal_connect_swapped (capture, "notify::state", G_CALLBACK (hw_window_update_state), self);
      g_signal_connect_swapped (capture, "notify::classes", G_CALLBACK (hw_window_update_state), self);
      g_signal_connect_swapped (capture, "notify::phase", G_CALLBACK (hw_window_update_state), self);
      g_signal_connect_swapped (capture, "notify::title", G_CALLBACK (hw_window_update_state), self);
      g_signal_connect_swapped (capture, "notify::subtitle", G_CALLBACK (hw_window_update_title), self);
      g_signal_connect_swapped (capture, "notify::note", G_CALLBACK (hw_window_update_title), self);
      g_signal_connect_swapped (capture, "notify::fraction", G_CALLBACK (update_progress), self);
      update_progress (self);
    }

  hw_window_update_state (self);
}

/* The first time the pane has a size, its divider goes where the person left it, so far as that
 * leaves the view the larger part.
 */
static void
place_pane_cb (HwWindow *self)
{
  GSettings *settings = hw_settings_get_default ();
  int height = gtk_widget_get_height (GTK_WIDGET (self->paned));
  int pane = settings != NULL ? g_settings_get_int (settings, "retainers-height") : 240;

  if (self->pane_placed || height == 0)
    return;

  self->pane_placed = TRUE;
  gtk_paned_set_position (self->paned, height - MIN (pane, height * 2 / 5));
}

static void
default_base_changed_cb (HwWindow  *self,
                         const char *key,
                         GSettings  *settings)
{
  g_autofree char *base = g_settings_get_string (settings, key);

  hw_document_set_first_is_baseline (self->document, g_str_equal (base, "first"));
}

static void
restore (HwWindow *self)
{
  GSettings *settings = hw_settings_get_default ();

  self->sidebar_wanted = TRUE;
  if (settings == NULL)
    return;

  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  self->sidebar_wanted = g_settings_get_boolean (settings, "sidebar-visible");
  gtk_widget_set_visible (GTK_WIDGET (self->pane), g_settings_get_boolean (settings, "retainers-visible"));
  g_signal_connect_object (settings, "changed::default-base", G_CALLBACK (default_base_changed_cb), self,
                           G_CONNECT_SWAPPED);
  default_base_changed_cb (self, "default-base", settings);
}

static void
save (HwWindow *self)
{
  GSettings *settings = hw_settings_get_default ();
  int width, height;

  if (settings == NULL)
    return;

  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (settings, "window-width", CLAMP (width, 360, 32767));
  g_settings_set_int (settings, "window-height", CLAMP (height, 294, 32767));
  g_settings_set_boolean (settings, "sidebar-visible", self->sidebar_wanted);
  g_settings_set_boolean (settings, "retainers-visible", gtk_widget_get_visible (GTK_WIDGET (self->pane)));
  if (gtk_widget_get_mapped (GTK_WIDGET (self->pane)))
    g_settings_set_int (settings, "retainers-height",
                        CLAMP (gtk_widget_get_height (GTK_WIDGET (self->pane)), 80, 8192));
}

static gboolean
hw_window_close_request (GtkWindow *window)
{
  save (HW_WINDOW (window));

  return GTK_WINDOW_CLASS (hw_window_parent_class)->close_request (window);
}

static void
hw_window_dispose (GObject *object)
{
  HwWindow *self = HW_WINDOW (object);

  if (self->removed_toast != NULL)
    g_signal_handlers_disconnect_by_data (self->removed_toast, self);
  self->removed_toast = NULL;
  if (self->capture != NULL)
    g_signal_handlers_disconnect_by_data (self->capture, self);
  g_clear_object (&self->capture);
  if (self->document != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->document, self);
      hw_window_dispose_live (self);
      hw_window_dispose_views (self);
      /* Loading ends with the window, whoever else still holds the document. */
      g_object_run_dispose (G_OBJECT (self->document));
    }
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), HW_TYPE_WINDOW);
  g_clear_object (&self->document);
  g_clear_object (&self->cache);
  g_clear_object (&self->notebook);
  g_clear_object (&self->sidebar_action);

  G_OBJECT_CLASS (hw_window_parent_class)->dispose (object);
}

static void
hw_window_class_init (HwWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkWindowClass *window_class = GTK_WINDOW_CLASS (klass);

  object_class->dispose = hw_window_dispose;
  window_class->close_request = hw_window_close_request;

  hw_window_install_actions (widget_class);
  hw_window_install_live (widget_class);

  g_type_ensure (HW_TYPE_SIDEBAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-window.ui");
  gtk_widget_class_bind_template_child (widget_class, HwWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, split_view);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, history_buttons);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, title_box);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, wide_title);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, narrow_title);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, states);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, empty_page);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, loading_page);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, loading_progress);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, trouble_page);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, sample_button);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, pane);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, records);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, views);
  gtk_widget_class_bind_template_child (widget_class, HwWindow, recent_menu);
  gtk_widget_class_bind_template_child_full (widget_class, "menu_button", FALSE, 0);
  gtk_widget_class_bind_template_callback (widget_class, sidebar_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, place_pane_cb);
}

/* A program that is not installed has no icon in the theme. */
static const char *
get_program_icon (GtkWidget *widget)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));

  return gtk_icon_theme_has_icon (theme, HW_APP_ID) ? HW_APP_ID : "hw-snapshot-symbolic";
}

static void
hw_window_init (HwWindow *self)
{
  self->document = hw_document_new ();
  self->removed = g_ptr_array_new_with_free_func (removed_free);

  gtk_widget_init_template (GTK_WIDGET (self));
  hw_menu_names_keep (GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (self), HW_TYPE_WINDOW, "menu_button")));
  adw_status_page_set_icon_name (self->empty_page, get_program_icon (GTK_WIDGET (self)));
  if (HW_DEVELOPMENT)
    gtk_widget_add_css_class (GTK_WIDGET (self), "devel");

  hw_window_init_actions (self);
  hw_window_init_dnd (self);
  hw_window_init_views (self);
  hw_sidebar_set_document (self->sidebar, self->document);
  hw_recent_fill_menu (self->recent_menu);
  restore (self);

  g_signal_connect_swapped (self->document, "notify::capture", G_CALLBACK (capture_changed_cb), self);
  g_signal_connect_swapped (self->split_view, "notify::show-sidebar", G_CALLBACK (sidebar_toggled_cb), self);
  hw_window_init_live (self);
  capture_changed_cb (self);
  gtk_window_set_focus (GTK_WINDOW (self), self->open_button);
}

/**
 * hw_window_new:
 * @application: the application
 * @cache: where the indexes of files are kept
 * @notebook: (nullable): where the names and notes of files are kept
 *
 * Returns: (transfer none): a window with nothing open; GTK owns it
 */
HwWindow *
hw_window_new (GtkApplication *application,
               HwCache        *cache,
               HwNotebook     *notebook)
{
  HwWindow *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (HW_IS_CACHE (cache), NULL);

  self = g_object_new (HW_TYPE_WINDOW, "application", application, NULL);
  self->cache = g_object_ref (cache);
  g_set_object (&self->notebook, notebook);

  return self;
}

/**
 * hw_window_get_document:
 * @self: a window
 *
 * Returns: (transfer none): what it shows
 */
HwDocument *
hw_window_get_document (HwWindow *self)
{
  g_return_val_if_fail (HW_IS_WINDOW (self), NULL);

  return self->document;
}

/* Whether another file has come to stand where a capture was read from. */
static gboolean
is_outdated (HwCapture *capture)
{
  g_autoptr(GFileInfo) info = NULL;
  g_autoptr(GDateTime) modified = NULL;
  GDateTime *known = hw_capture_get_time (capture);

  if (hw_capture_get_state (capture) != HW_CAPTURE_READY || known == NULL)
    return FALSE;

  info = g_file_query_info (hw_capture_get_file (capture), G_FILE_ATTRIBUTE_TIME_MODIFIED "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC,
                            G_FILE_QUERY_INFO_NONE, NULL, NULL);
  modified = info != NULL ? g_file_info_get_modification_date_time (info) : NULL;

  return modified != NULL && !g_date_time_equal (modified, known);
}

/**
 * hw_window_open_files:
 * @self: a window
 * @files: (array length=n_files): snapshots
 * @n_files: how many
 *
 * Opens files, each once: what is open already is only shown, unless the file was written anew. The last one becomes the current one.
 */
void
hw_window_open_files (HwWindow  *self,
                      GFile    **files,
                      guint      n_files)
{
  GSettings *settings = hw_settings_get_default ();

  g_return_if_fail (HW_IS_WINDOW (self));

  if (settings != NULL && hw_document_get_capture (self->document) == NULL)
    {
      g_autofree char *view = g_settings_get_string (settings, "default-view");

      if (adw_view_stack_get_child_by_name (self->views, view) != NULL)
        adw_view_stack_set_visible_child_name (self->views, view);
    }

  for (guint i = 0; i < n_files; i++)
    {
      HwCapture *open;

      if (hw_window_open_recording (self, files[i]))
        continue;
      open = hw_document_find_file (self->document, files[i]);

      if (open != NULL && is_outdated (open))
        {
          hw_document_remove_capture (self->document, open);
          open = NULL;
        }
      if (open == NULL)
        {
          g_autoptr(HwCapture) capture = hw_capture_new (files[i], self->cache, self->notebook);

          hw_document_add_capture (self->document, capture);
          hw_recent_add (files[i]);
          open = capture;
        }

      hw_capture_load (open);
      if (i + 1 == n_files)
        hw_document_set_capture (self->document, open);
    }
}
