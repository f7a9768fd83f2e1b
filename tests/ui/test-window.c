/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-ui.h"

#include <adwaita.h>

#include "app/hw-application.h"
#include "app/hw-capture-row.h"
#include "app/hw-preferences-dialog.h"
#include "app/hw-shortcuts-dialog.h"
#include "app/hw-shortcuts.h"
#include "app/hw-window.h"

static HwApplication *application;

static HwWindow *
make_window (void)
{
  HwWindow *window = hw_window_new (GTK_APPLICATION (application), hw_application_get_cache (application),
                                    hw_application_get_notebook (application));

  gtk_window_present (GTK_WINDOW (window));
  wait_for (gtk_widget_get_mapped (GTK_WIDGET (window)));
  /* Animations that begin before the first frame confuse libadwaita 1.7. */
  wait_for (gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (GTK_WIDGET (window))) > 0);

  return window;
}

/* Closes the window and sees to it that nothing is left of it. */
static void
destroy_window (HwWindow *window)
{
  HwDocument *document = hw_window_get_document (window);

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  g_object_add_weak_pointer (G_OBJECT (document), (gpointer *) &document);
  gtk_window_destroy (GTK_WINDOW (window));
  wait_for (window == NULL);
  wait_for (document == NULL);
}

static void
open_files (HwWindow *window,
            guint     n_files,
            ...)
{
  GFile *files[8];
  va_list arguments;

  va_start (arguments, n_files);
  for (guint i = 0; i < n_files; i++)
    files[i] = va_arg (arguments, GFile *);
  va_end (arguments);

  hw_window_open_files (window, files, n_files);
  for (guint i = 0; i < n_files; i++)
    g_object_unref (files[i]);
}

static HwCaptureState
get_state (HwWindow *window)
{
  return hw_capture_get_state (hw_document_get_capture (hw_window_get_document (window)));
}

/* The first widget of @type below @widget, in the order of drawing, that is shown and says @text. */
static GtkWidget *
find (GtkWidget  *widget,
      GType       type,
      const char *text)
{
  GtkWidget *found = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;

  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    {
      const char *label = NULL;

      if (GTK_IS_LABEL (widget))
        label = gtk_label_get_label (GTK_LABEL (widget));
      else if (ADW_IS_STATUS_PAGE (widget))
        label = adw_status_page_get_title (ADW_STATUS_PAGE (widget));
      else if (GTK_IS_BUTTON (widget))
        label = gtk_button_get_label (GTK_BUTTON (widget));
      if (text == NULL || g_strcmp0 (label, text) == 0)
        return widget;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type, text);

  return found;
}

static GtkWidget *
find_row (HwWindow *window,
          guint     position)
{
  GtkWidget *list = find (GTK_WIDGET (window), GTK_TYPE_LIST_BOX, NULL);

  return list != NULL ? GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), (int) position)) : NULL;
}

/* What a screen reader calls every control that is on the screen. */
static void
check_names (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return;

  if (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) == NULL &&
      gtk_widget_get_ancestor (widget, ADW_TYPE_INLINE_VIEW_SWITCHER) == NULL &&
      gtk_widget_get_ancestor (widget, ADW_TYPE_VIEW_SWITCHER) == NULL)
    {
      GtkWidget *named = gtk_widget_get_ancestor (widget, GTK_TYPE_MENU_BUTTON);

      if (named == NULL)
        named = widget;
      if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (named), GTK_ACCESSIBLE_PROPERTY_LABEL) &&
          find (widget, GTK_TYPE_LABEL, NULL) == NULL)
        g_error ("A %s has no name: %s", G_OBJECT_TYPE_NAME (widget),
                 gtk_widget_get_tooltip_text (widget) != NULL ? gtk_widget_get_tooltip_text (widget) : "");
    }
  if (GTK_IS_PROGRESS_BAR (widget) || HW_IS_CAPTURE_ROW (widget))
    g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    check_names (child);
}

static void
test_empty (void)
{
  HwWindow *window = make_window ();

  g_assert_nonnull (find (GTK_WIDGET (window), ADW_TYPE_STATUS_PAGE, "Find What Keeps Memory Alive"));
  g_assert_nonnull (find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Explore a _Sample"));
  g_assert_null (find (GTK_WIDGET (window), GTK_TYPE_LIST_BOX, NULL));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Heapwise");
  check_names (GTK_WIDGET (window));

  /* Whatever makes no sense yet does nothing. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-capture", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", "summary");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.find", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-damage", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.undo-remove", NULL);

  destroy_window (window);
}

static void
test_sample (void)
{
  HwWindow *window = make_window ();
  HwDocument *document = hw_window_get_document (window);
  GListModel *captures = G_LIST_MODEL (hw_document_get_captures (document));
  GtkWidget *list;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-sample", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (captures), ==, 3);
  wait_for (get_state (window) == HW_CAPTURE_READY);
  g_assert_cmpstr (hw_capture_get_title (hw_document_get_capture (document)), ==, "3-after");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "3-after – Heapwise");

  wait_for (find_row (window, 2) != NULL);
  list = find (GTK_WIDGET (window), GTK_TYPE_LIST_BOX, NULL);
  gtk_test_accessible_assert_role (list, GTK_ACCESSIBLE_ROLE_LIST);
  gtk_test_accessible_assert_property (list, GTK_ACCESSIBLE_PROPERTY_LABEL, "Open snapshots");
  g_assert_true (gtk_list_box_get_selected_row (GTK_LIST_BOX (list)) == GTK_LIST_BOX_ROW (find_row (window, 2)));
  wait_for (find (find_row (window, 1), GTK_TYPE_LABEL, "1-before") == NULL);
  check_names (GTK_WIDGET (window));

  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-capture", NULL);
  g_assert_cmpstr (hw_capture_get_title (hw_document_get_capture (document)), ==, "1-before");
  g_assert_true (gtk_list_box_get_selected_row (GTK_LIST_BOX (list)) == GTK_LIST_BOX_ROW (find_row (window, 0)));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous-capture", NULL);
  g_assert_cmpstr (hw_capture_get_title (hw_document_get_capture (document)), ==, "3-after");

  /* A file that is open already is only shown. */
  open_files (window, 1, g_object_ref (hw_capture_get_file (hw_document_get_capture (document))));
  g_assert_cmpuint (g_list_model_get_n_items (captures), ==, 3);

  destroy_window (window);
}

static void
test_rename (void)
{
  HwWindow *window = make_window ();
  HwCapture *capture;
  GtkWidget *row;
  GtkWidget *entry;

  open_files (window, 1, sample (0));
  capture = hw_document_get_capture (hw_window_get_document (window));
  wait_for ((row = find_row (window, 0)) != NULL);
  gtk_widget_activate_action (row, "row.rename", NULL);
  wait_for ((entry = find (row, GTK_TYPE_ENTRY, NULL)) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "before login");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (hw_capture_get_title (capture), ==, "before login");
  wait_for (find (row, GTK_TYPE_LABEL, "before login") != NULL);

  gtk_widget_activate_action (row, "row.rename", NULL);
  wait_for ((entry = find (row, GTK_TYPE_ENTRY, NULL)) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "never mind");
  gtk_widget_activate_action (row, "row.abandon-rename", NULL);
  g_assert_cmpstr (hw_capture_get_title (capture), ==, "before login");

  /* The name would be there in the next window as well. */
  hw_capture_set_title (capture, NULL);
  g_assert_cmpstr (hw_capture_get_title (capture), ==, "1-before");

  /* The row may go while its name is being typed. */
  gtk_widget_activate_action (row, "row.rename", NULL);
  gtk_widget_activate_action (row, "row.remove", NULL);
  settle (50);

  destroy_window (window);
}

static void
test_remove (void)
{
  HwWindow *window = make_window ();
  HwDocument *document = hw_window_get_document (window);
  GListModel *captures = G_LIST_MODEL (hw_document_get_captures (document));

  open_files (window, 3, sample (0), sample (1), sample (2));
  wait_for (get_state (window) == HW_CAPTURE_READY);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.close", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (captures), ==, 1);
  wait_for (find (GTK_WIDGET (window), GTK_TYPE_LABEL, "2 snapshots removed from the list") != NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.undo-remove", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (captures), ==, 3);
  wait_for (get_state (window) == HW_CAPTURE_READY);

  /* With the last one gone the window says again what to do; closing then closes it. */
  for (guint i = 0; i < 3; i++)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.close", NULL);
  wait_for (find (GTK_WIDGET (window), ADW_TYPE_STATUS_PAGE, "Find What Keeps Memory Alive") != NULL);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close", NULL);
  wait_for (window == NULL);
}

/* What is removed for good is freed, with its heap. */
static void
test_release (void)
{
  HwWindow *window = make_window ();
  HwCapture *captures[2];

  open_files (window, 2, write_sample ("a.heapsnapshot", 1), write_sample ("b.heapsnapshot", 1));
  for (guint i = 0; i < 2; i++)
    {
      captures[i] = hw_document_get_capture (hw_window_get_document (window));
      wait_for (get_state (window) == HW_CAPTURE_READY);
      settle (200);
      for (guint view = 0; view < 3; view++)
        {
          static const char *names[] = { "summary", "comparison", "containment" };

          gtk_widget_activate_action (GTK_WIDGET (window), "win.show-view", "s", names[view]);
          settle (100);
        }
      gtk_widget_activate_action (GTK_WIDGET (window), "win.next-capture", NULL);
    }

  for (guint i = 0; i < 2; i++)
    {
      g_object_add_weak_pointer (G_OBJECT (captures[i]), (gpointer *) &captures[i]);
      gtk_widget_activate_action (GTK_WIDGET (window), "win.close", NULL);
    }
  adw_toast_overlay_dismiss_all (ADW_TOAST_OVERLAY (find (GTK_WIDGET (window), ADW_TYPE_TOAST_OVERLAY, NULL)));
  wait_for (captures[0] == NULL);
  wait_for (captures[1] == NULL);

  destroy_window (window);
}

static void
test_drop (void)
{
  HwWindow *window = make_window ();
  GtkWidget *overlay = find (GTK_WIDGET (window), ADW_TYPE_TOAST_OVERLAY, NULL);
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (overlay);
  g_autoptr(GFile) first = sample (0);
  g_autoptr(GFile) second = sample (1);
  GFile *files[] = { first, second };
  g_auto(GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (files, 2));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 10.0, 10.0, &taken);
    }
  g_assert_true (taken);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (hw_document_get_captures (hw_window_get_document (window)))), ==, 2);
  wait_for (get_state (window) == HW_CAPTURE_READY);

  destroy_window (window);
}

static void
test_trouble (void)
{
  HwWindow *window = make_window ();
  GFile *file = write_file ("page.heapsnapshot", "<!DOCTYPE html>", 15);

  open_files (window, 1, g_object_ref (file));
  wait_for (get_state (window) == HW_CAPTURE_FAILED);
  wait_for (find (GTK_WIDGET (window), ADW_TYPE_STATUS_PAGE, "“page” Cannot Be Opened") != NULL);
  g_assert_nonnull (find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "_Try Again"));
  g_assert_nonnull (find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "_Open Another…"));
  check_names (GTK_WIDGET (window));

  /* The person puts the right file there. */
  g_object_unref (write_sample ("page.heapsnapshot", 1));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.load", NULL);
  wait_for (get_state (window) == HW_CAPTURE_READY);
  g_assert_null (find (GTK_WIDGET (window), ADW_TYPE_STATUS_PAGE, NULL));

  g_object_unref (file);
  destroy_window (window);
}

static void
test_cancel (void)
{
  HwWindow *window = make_window ();
  GtkWidget *row;

  open_files (window, 1, write_sample ("stop.heapsnapshot", 1));
  wait_for (find (GTK_WIDGET (window), GTK_TYPE_PROGRESS_BAR, NULL) != NULL || get_state (window) != HW_CAPTURE_LOADING);
  check_names (GTK_WIDGET (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.cancel", NULL);
  wait_for (get_state (window) != HW_CAPTURE_LOADING);
  if (get_state (window) == HW_CAPTURE_CANCELLED)
    {
      wait_for (find (GTK_WIDGET (window), ADW_TYPE_STATUS_PAGE, "“stop” Was Not Loaded") != NULL);
      wait_for ((row = find_row (window, 0)) != NULL);
      gtk_widget_activate_action (row, "row.load", NULL);
    }
  wait_for (get_state (window) == HW_CAPTURE_READY);

  destroy_window (window);
}

static void
test_damaged (void)
{
  HwWindow *window = make_window ();
  GtkWidget *banner;

  open_files (window, 1, write_sample ("cut.heapsnapshot", 0.6));
  wait_for (get_state (window) == HW_CAPTURE_READY);
  wait_for ((banner = find (GTK_WIDGET (window), ADW_TYPE_BANNER, NULL)) != NULL &&
            adw_banner_get_revealed (ADW_BANNER (banner)));
  g_assert_nonnull (strstr (adw_banner_get_title (ADW_BANNER (banner)), "ends early"));

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-damage", NULL);
  wait_for (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window)) != NULL);
  adw_dialog_force_close (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window)));

  destroy_window (window);
}

/* Closing while it loads leaves nothing behind. */
static void
test_close_while_loading (void)
{
  HwWindow *window = make_window ();

  open_files (window, 2, write_sample ("busy-1.heapsnapshot", 1), write_sample ("busy-2.heapsnapshot", 1));
  destroy_window (window);
  settle (100);
}

static void
test_narrow (void)
{
  HwWindow *window = make_window ();

  open_files (window, 2, sample (0), sample (1));
  wait_for (get_state (window) == HW_CAPTURE_READY);
  /* In steps, as by hand: libadwaita 1.7 measures the old layout once more on a jump. */
  for (int width = 900; width >= 360; width -= 180)
    {
      gtk_window_set_default_size (GTK_WINDOW (window), width, 640);
      wait_for (gtk_widget_get_width (GTK_WIDGET (window)) <= width);
      settle (50);
    }
  settle (400);
  g_assert_null (find (GTK_WIDGET (window), ADW_TYPE_INLINE_VIEW_SWITCHER, NULL));
  check_names (GTK_WIDGET (window));

  /* The list lies over the view and goes when a row is chosen. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-sidebar", NULL);
  wait_for (find_row (window, 0) != NULL);
  gtk_widget_activate (find_row (window, 0));
  wait_for (find (GTK_WIDGET (window), GTK_TYPE_LIST_BOX, NULL) == NULL);
  g_assert_cmpstr (hw_capture_get_title (hw_document_get_capture (hw_window_get_document (window))), ==, "1-before");

  destroy_window (window);
}

static void
check_action (HwWindow   *window,
              const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr(GVariant) target = NULL;
  const char *own;
  GType owner;
  const char *property;
  const GVariantType *type;
  const char *class_name;

  g_assert_true (g_action_parse_detailed_name (detailed, &name, &target, NULL));
  own = strchr (name, '.') + 1;
  if (g_str_has_prefix (name, "app.") ? g_action_group_has_action (G_ACTION_GROUP (application), own)
                                      : g_action_group_has_action (G_ACTION_GROUP (window), own))
    return;

  for (guint i = 0; gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (window), i, &owner, &class_name, &type, &property); i++)
    {
      if (g_str_equal (class_name, name))
        {
          g_assert_true (target == NULL ? type == NULL : g_variant_is_of_type (target, type));
          return;
        }
    }
  g_error ("There is no action %s", detailed);
}

static void
test_shortcuts (void)
{
  HwWindow *window = make_window ();
  guint n_shortcuts;
  const HwShortcut *shortcuts = hw_shortcuts_get (&n_shortcuts);
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  AdwDialog *dialog;

  open_files (window, 1, sample (0));
  for (guint i = 0; i < n_shortcuts; i++)
    {
      if (shortcuts[i].action != NULL)
        check_action (window, shortcuts[i].action);
      for (guint j = 0; shortcuts[i].accels[j] != NULL; j++)
        {
          guint key;
          GdkModifierType modifiers;

          g_assert_true (gtk_accelerator_parse (shortcuts[i].accels[j], &key, &modifiers));
          g_assert_true (g_hash_table_add (seen, (gpointer) shortcuts[i].accels[j]));
        }
    }

  dialog = hw_shortcuts_dialog_new ();
  adw_dialog_present (dialog, GTK_WIDGET (window));
  wait_for (find (GTK_WIDGET (dialog), ADW_TYPE_ACTION_ROW, NULL) != NULL);
  check_names (GTK_WIDGET (dialog));
  adw_dialog_force_close (dialog);

  destroy_window (window);
}

static void
test_dialogs (void)
{
  HwWindow *window = make_window ();
  const char *actions[] = { "win.preferences", "win.about" };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      AdwDialog *dialog;

      gtk_widget_activate_action (GTK_WIDGET (window), actions[i], NULL);
      wait_for ((dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window))) != NULL);
      settle (100);
      adw_dialog_force_close (dialog);
      wait_for (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window)) == NULL);
    }

  destroy_window (window);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *samples = NULL;
  int status;

  gtk_test_init (&argc, &argv, NULL);
  samples = g_test_build_filename (G_TEST_DIST, "..", "data", "samples", NULL);
  g_setenv ("HEAPWISE_SAMPLES", samples, TRUE);

  application = hw_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));

  g_test_add_func ("/app/window/empty", test_empty);
  g_test_add_func ("/app/window/sample", test_sample);
  g_test_add_func ("/app/window/rename", test_rename);
  g_test_add_func ("/app/window/remove", test_remove);
  g_test_add_func ("/app/window/release", test_release);
  g_test_add_func ("/app/window/drop", test_drop);
  g_test_add_func ("/app/window/trouble", test_trouble);
  g_test_add_func ("/app/window/cancel", test_cancel);
  g_test_add_func ("/app/window/damaged", test_damaged);
  g_test_add_func ("/app/window/close-while-loading", test_close_while_loading);
  g_test_add_func ("/app/window/narrow", test_narrow);
  g_test_add_func ("/app/window/shortcuts", test_shortcuts);
  g_test_add_func ("/app/window/dialogs", test_dialogs);

  status = g_test_run ();
  g_clear_object (&application);

  return status;
}
