/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-widgets.h"

#include <glib/gstdio.h>
#include <string.h>

#include "made-chart.h"
#include "widgets/hw-flame-chart.h"

#define SECOND G_TIME_SPAN_SECOND
#define MINUTE G_TIME_SPAN_MINUTE

static char *announced;

/* In the place of GTK's own, whose test backend has no way to announce and crashes: keeps what was said last. */
void
gtk_accessible_announce (GtkAccessible                     *self G_GNUC_UNUSED,
                         const char                        *message,
                         GtkAccessibleAnnouncementPriority  priority G_GNUC_UNUSED)
{
  g_set_str (&announced, message);
}

/* Presses a key of a widget's own: the first of its shortcuts that has it. */
static void
press (GtkWidget       *widget,
       guint            key,
       GdkModifierType  state)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger) && gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key &&
              gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == state)
            {
              gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                            gtk_shortcut_get_arguments (shortcut));
              return;
            }
        }
    }
  g_error ("nothing has the key %s", gdk_keyval_name (key));
}

typedef struct
{
  HwTimeAxis *axis;
  HwChart    *chart;
  GtkWidget  *plot;
  GtkWindow  *window;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  n_samples)
{
  fixture->axis = hw_time_axis_new (12 * MINUTE, FALSE);
  fixture->chart = HW_CHART (make_chart (fixture->axis, 4, GPOINTER_TO_UINT (n_samples)));
  fixture->plot = hw_chart_get_plot (fixture->chart);
  fixture->window = show_widget (GTK_WIDGET (fixture->chart));
  wait_for (n_samples == NULL || hw_time_axis_get_gutter (fixture->axis) > 0);
  for (guint i = 0; i < 4; i++)
    settle ();
  /* The pointer may happen to be where the window has come up. */
  hw_time_axis_set_cursor (fixture->axis, HW_TIME_NONE);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  n_samples G_GNUC_UNUSED)
{
  gtk_window_destroy (fixture->window);
  g_assert_finalize_object (fixture->axis);
}

static HwChartLayer *
get_lines (GtkWidget *legend_button)
{
  return *(HwChartLayer **) g_object_get_data (G_OBJECT (legend_button), "entry");
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  n_samples G_GNUC_UNUSED)
{
  GtkWidget *button = find_type (GTK_WIDGET (fixture->chart), GTK_TYPE_TOGGLE_BUTTON);
  g_autofree char *text = hw_chart_dup_description (fixture->chart);
  g_autofree char *values = hw_chart_dup_values (fixture->chart, MADE_START + 100 * SECOND);

  gtk_test_accessible_assert_role (fixture->chart, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_role (fixture->plot, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (fixture->plot, GTK_ACCESSIBLE_PROPERTY_LABEL, "Memory");
  gtk_test_accessible_assert_property (fixture->plot, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
  g_assert_nonnull (strstr (text, "Heap used: 263\xc2\xa0MB now, "));
  g_assert_nonnull (strstr (text, " in the 12 minutes shown. Heap total: "));
  g_assert_nonnull (strstr (values, "Heap used "));

  /* The legend's buttons switch lines, and say which and how much. */
  gtk_test_accessible_assert_role (button, GTK_ACCESSIBLE_ROLE_TOGGLE_BUTTON);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Heap used, 263\xc2\xa0MB");
  gtk_test_accessible_assert_state (button, GTK_ACCESSIBLE_STATE_PRESSED, GTK_ACCESSIBLE_TRISTATE_TRUE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), FALSE);
  settle ();
  g_free (g_steal_pointer (&text));
  text = hw_chart_dup_description (fixture->chart);
  g_assert_null (strstr (text, "Heap used"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

static void
test_empty (Fixture       *fixture,
            gconstpointer  n_samples G_GNUC_UNUSED)
{
  g_autofree char *text = hw_chart_dup_description (fixture->chart);
  g_autofree char *table = hw_chart_dup_table (fixture->chart);

  g_assert_cmpstr (text, ==, "Nothing has been measured yet");
  g_assert_cmpstr (table, ==, "Time\tHeap used\tHeap total\tResident memory\tExternal\n");
  /* No key does harm without anything to see. */
  press (fixture->plot, GDK_KEY_Left, 0);
  press (fixture->plot, GDK_KEY_Home, 0);
  press (fixture->plot, GDK_KEY_Page_Up, 0);
  press (fixture->plot, GDK_KEY_plus, 0);
  press (fixture->plot, GDK_KEY_0, 0);
  press (fixture->plot, GDK_KEY_Escape, 0);
  settle ();
  g_assert_cmpint (hw_time_axis_get_cursor (fixture->axis), ==, HW_TIME_NONE);
}

static void
selected_cb (HwChart *chart G_GNUC_UNUSED,
             gint64   start,
             gint64   end,
             gint64  *range)
{
  range[0] = start;
  range[1] = end;
  range[2]++;
}

static void
test_keys (Fixture       *fixture,
           gconstpointer  n_samples G_GNUC_UNUSED)
{
  const gint64 last = MADE_START + 719 * SECOND;
  gint64 cursor, start, end, span, range[3] = { 0 };
  HwTimeAxis *axis = fixture->axis;

  g_signal_connect (fixture->chart, "range-selected", G_CALLBACK (selected_cb), range);
  gtk_widget_grab_focus (fixture->plot);

  /* The cursor begins at the newest, goes by pixels, and from mark to mark. */
  press (fixture->plot, GDK_KEY_Left, 0);
  g_assert_cmpint (hw_time_axis_get_cursor (axis), ==, last);
  press (fixture->plot, GDK_KEY_Left, 0);
  cursor = hw_time_axis_get_cursor (axis);
  g_assert_cmpint (cursor, <, last);
  g_assert_cmpint (cursor, >, last - 2 * SECOND);
  press (fixture->plot, GDK_KEY_Right, 0);
  g_assert_cmpint (hw_time_axis_get_cursor (axis), ==, last);
  press (fixture->plot, GDK_KEY_Left, GDK_CONTROL_MASK);
  g_assert_cmpint (hw_time_axis_get_cursor (axis), ==, MADE_START + 61 * 11 * SECOND);
  press (fixture->plot, GDK_KEY_Left, GDK_CONTROL_MASK);
  g_assert_cmpint (hw_time_axis_get_cursor (axis), ==, MADE_START + 648 * SECOND);
  g_assert_true (g_str_has_prefix (announced, "14:10:48: Heap used 2"));
  g_assert_true (g_str_has_suffix (announced, "\xc2\xa0MB. Snapshot: C after the load has gone"));

  /* With Shift it selects, to and fro. */
  press (fixture->plot, GDK_KEY_Right, GDK_CONTROL_MASK | GDK_SHIFT_MASK);
  g_assert_true (hw_time_axis_get_selection (axis, &start, &end));
  g_assert_cmpint (start, ==, MADE_START + 648 * SECOND);
  g_assert_cmpint (end, ==, MADE_START + 671 * SECOND);
  press (fixture->plot, GDK_KEY_Home, GDK_SHIFT_MASK);
  g_assert_true (hw_time_axis_get_selection (axis, &start, &end));
  g_assert_cmpint (start, ==, MADE_START);
  g_assert_cmpint (end, ==, MADE_START + 648 * SECOND);
  g_assert_cmpint (range[0], ==, start);
  g_assert_cmpint (range[1], ==, end);
  g_assert_cmpint (range[2], ==, 2);
  press (fixture->plot, GDK_KEY_Escape, 0);
  g_assert_false (hw_time_axis_get_selection (axis, &start, &end));
  g_assert_cmpint (range[0], ==, HW_TIME_NONE);
  g_assert_cmpint (hw_time_axis_get_cursor (axis), !=, HW_TIME_NONE);
  press (fixture->plot, GDK_KEY_Escape, 0);
  g_assert_cmpint (hw_time_axis_get_cursor (axis), ==, HW_TIME_NONE);

  /* Zooming while following keeps the newest; looking back is a pause; Space goes on. */
  g_assert_false (hw_time_axis_get_following (axis));
  hw_time_axis_set_following (axis, TRUE);
  span = hw_time_axis_get_span (axis);
  press (fixture->plot, GDK_KEY_plus, 0);
  g_assert_cmpint (hw_time_axis_get_span (axis), <, span);
  g_assert_true (hw_time_axis_get_following (axis));
  g_assert_cmpint (hw_time_axis_get_start (axis) + hw_time_axis_get_span (axis), >=, last);
  press (fixture->plot, GDK_KEY_Page_Up, 0);
  g_assert_false (hw_time_axis_get_following (axis));
  g_assert_cmpint (hw_time_axis_get_start (axis), >=, MADE_START);
  press (fixture->plot, GDK_KEY_space, 0);
  g_assert_true (hw_time_axis_get_following (axis));
  g_assert_cmpstr (announced, ==, "Following");
  press (fixture->plot, GDK_KEY_0, GDK_CONTROL_MASK);
  g_assert_cmpint (hw_time_axis_get_start (axis), ==, MADE_START);
  settle ();
}

static void
test_actions (Fixture       *fixture,
              gconstpointer  n_samples G_GNUC_UNUSED)
{
  GtkWidget *widget = GTK_WIDGET (fixture->chart);
  g_autofree char *value = hw_chart_unit_format (HW_CHART_UNIT_BYTES, made_value (0, 10, 720));
  g_autofree char *table = NULL;
  g_auto(GStrv) lines = NULL;

  hw_time_axis_select (fixture->axis, MADE_START + 10 * SECOND, MADE_START + 70 * SECOND);
  table = hw_chart_dup_table (fixture->chart);
  lines = g_strsplit (table, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 61 + 1);
  g_assert_true (g_str_has_prefix (lines[1], "14:00:10\t"));
  g_assert_true (g_str_has_prefix (lines[1] + strlen ("14:00:10\t"), value));
  g_assert_true (gtk_widget_activate_action (widget, "chart.copy-table", NULL));
  g_assert_true (gtk_widget_activate_action (widget, "chart.zoom-selection", NULL));
  g_assert_cmpint (hw_time_axis_get_start (fixture->axis), ==, MADE_START + 10 * SECOND);
  g_assert_cmpint (hw_time_axis_get_span (fixture->axis), ==, 60 * SECOND);
  g_assert_true (gtk_widget_activate_action (widget, "chart.zoom-out", NULL));
  g_assert_cmpint (hw_time_axis_get_span (fixture->axis), ==, 90 * SECOND);
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      done)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (hw_chart_export_csv_finish (HW_CHART (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) done = TRUE;
}

static void
failed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      done)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (hw_chart_export_csv_finish (HW_CHART (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  *(gboolean *) done = TRUE;
}

static void
test_export (Fixture       *fixture,
             gconstpointer  n_samples G_GNUC_UNUSED)
{
  g_autoptr(GFileIOStream) stream = NULL;
  g_autoptr(GFile) file = g_file_new_tmp ("chart-XXXXXX.csv", &stream, NULL);
  g_autoptr(GFile) nowhere = g_file_new_for_path ("/nowhere/at/all.csv");
  g_autoptr(GdkTexture) texture = NULL;
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  gboolean done = FALSE;

  hw_chart_export_csv_async (fixture->chart, file, NULL, exported_cb, &done);
  wait_for (done);
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  lines = g_strsplit (text, "\r\n", -1);
  g_assert_cmpstr (lines[0], ==, "time,Heap used (bytes),Heap total (bytes),Resident memory (bytes),External (bytes)");
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 720 + 1);
  g_assert_true (g_str_has_prefix (lines[1], "2025-11-18T14:00:00.000Z,60"));
  g_file_delete (file, NULL, NULL);

  done = FALSE;
  hw_chart_export_csv_async (fixture->chart, nowhere, NULL, failed_cb, &done);
  wait_for (done);

  texture = hw_chart_render (fixture->chart, 2);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 2 * gtk_widget_get_width (GTK_WIDGET (fixture->chart)));
}

/* Names that a spreadsheet would run, or that would break a row. */
static void
test_fields (void)
{
  g_autoptr(HwTimeAxis) axis = hw_time_axis_new (MINUTE, TRUE);
  GtkWidget *chart = hw_chart_new (axis, NULL, HW_CHART_UNIT_COUNT);
  g_autoptr(HwChartLayer) lines = hw_line_layer_new ();
  g_autoptr(HwSeries) series = hw_series_new (0);
  g_autoptr(GFileIOStream) stream = NULL;
  g_autoptr(GFile) file = g_file_new_tmp ("chart-XXXXXX.csv", &stream, NULL);
  g_autofree char *text = NULL;
  gboolean done = FALSE;

  g_object_ref_sink (chart);
  hw_series_append (series, 1500000, 2.5);
  hw_series_break (series);
  hw_series_append (series, 2000000, 1e12);
  hw_line_layer_add (HW_LINE_LAYER (lines), series, "=1+\"a\",b", 0, FALSE);
  hw_chart_add_layer (HW_CHART (chart), lines);
  hw_chart_export_csv_async (HW_CHART (chart), file, NULL, exported_cb, &done);
  wait_for (done);
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  g_assert_cmpstr (text, ==, "seconds,\"'=1+\"\"a\"\",b\"\r\n1.500000,2.5\r\n2.000000,1000000000000\r\n");
  g_file_delete (file, NULL, NULL);
  /* Not on the screen there is no picture. */
  g_assert_null (hw_chart_render (HW_CHART (chart), 1));
  g_assert_finalize_object (chart);
}

/* Until nothing more is drawn, however slow the machine is. Returns: how often it was drawn */
static guint
finish_drawing (HwChartLayer *layer)
{
  guint n;

  do
    {
      n = hw_chart_layer_get_n_drawn (layer);
      for (guint i = 0; i < 4; i++)
        settle ();
    }
  while (n != hw_chart_layer_get_n_drawn (layer));

  return n;
}

/* What was drawn is kept: one drawing for a batch, none for the cursor, none while nobody looks. */
static void
test_drawn (Fixture       *fixture,
            gconstpointer  n_samples G_GNUC_UNUSED)
{
  GtkWidget *button = find_type (GTK_WIDGET (fixture->chart), GTK_TYPE_TOGGLE_BUTTON);
  HwChartLayer *lines = get_lines (button);
  HwChartItem item;
  guint n;

  wait_for (hw_chart_layer_get_n_drawn (lines) > 0);
  hw_chart_layer_get_item (lines, 0, &item);
  n = finish_drawing (lines);
  hw_time_axis_set_cursor (fixture->axis, MADE_START + 50 * SECOND);
  settle ();
  hw_time_axis_set_cursor (fixture->axis, MADE_START + 60 * SECOND);
  g_assert_cmpuint (finish_drawing (lines), ==, n);

  for (guint i = 0; i < 50; i++)
    hw_series_append (item.series, MADE_START + (720 + i) * SECOND, 1e8);
  wait_for (hw_chart_layer_get_n_drawn (lines) > n);
  g_assert_cmpuint (finish_drawing (lines), ==, n + 1);

  gtk_widget_set_visible (GTK_WIDGET (fixture->chart), FALSE);
  settle ();
  hw_series_append (item.series, MADE_START + 800 * SECOND, 1e8);
  g_assert_cmpuint (finish_drawing (lines), ==, n + 1);
  gtk_widget_set_visible (GTK_WIDGET (fixture->chart), TRUE);
  wait_for (hw_chart_layer_get_n_drawn (lines) > n + 1);
  finish_drawing (lines);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Heap used, 100\xc2\xa0MB");

  /* A line that has gone has no button. */
  hw_line_layer_remove (HW_LINE_LAYER (lines), item.series);
  finish_drawing (lines);
  button = find_type (GTK_WIDGET (fixture->chart), GTK_TYPE_TOGGLE_BUTTON);
  g_assert_true (g_str_has_prefix (gtk_label_get_text (GTK_LABEL (find_type (button, GTK_TYPE_LABEL))), "Heap total"));
}

static void
test_axis (void)
{
  g_autoptr(HwTimeAxis) axis = hw_time_axis_new (10 * MINUTE, FALSE);

  /* Less than fits begins at the left; then the newest is at the right. */
  hw_time_axis_extend (axis, 0, MINUTE);
  g_assert_cmpint (hw_time_axis_get_start (axis), ==, 0);
  hw_time_axis_extend (axis, 5 * MINUTE, 60 * MINUTE);
  g_assert_cmpint (hw_time_axis_get_start (axis) + hw_time_axis_get_span (axis), >=, 60 * MINUTE);
  hw_time_axis_pan (axis, -0.5);
  g_assert_false (hw_time_axis_get_following (axis));
  g_assert_cmpint (hw_time_axis_get_start (axis), ==, 45 * MINUTE + 12 * SECOND);
  hw_time_axis_extend (axis, 0, 70 * MINUTE);
  g_assert_cmpint (hw_time_axis_get_start (axis), ==, 45 * MINUTE + 12 * SECOND);

  /* What is under the pointer stays there; the ends are ends. */
  hw_time_axis_zoom (axis, 50 * MINUTE, 2);
  g_assert_cmpint (hw_time_axis_get_span (axis), ==, 5 * MINUTE);
  g_assert_cmpint (hw_time_axis_get_start (axis), ==, 47 * MINUTE + 36 * SECOND);
  hw_time_axis_pan (axis, -1e9);
  g_assert_cmpint (hw_time_axis_get_start (axis), ==, 0);
  hw_time_axis_pan (axis, 1e9);
  g_assert_true (hw_time_axis_get_following (axis));
  for (guint i = 0; i < 100; i++)
    hw_time_axis_zoom (axis, 0, 0.5);
  g_assert_cmpint (hw_time_axis_get_span (axis), <, 73 * MINUTE);
  for (guint i = 0; i < 100; i++)
    hw_time_axis_zoom (axis, 0, 2);
  g_assert_cmpint (hw_time_axis_get_span (axis), >=, 1000);
  hw_time_axis_show (axis, G_MININT64, G_MAXINT64);
  hw_time_axis_show (axis, G_MAXINT64, 0);
}

static void
test_ticks (void)
{
  static const gint64 spans[] = { 20000, SECOND, 7 * SECOND, MINUTE, 5 * MINUTE, 3 * G_TIME_SPAN_HOUR, G_TIME_SPAN_DAY,
                                  30 * G_TIME_SPAN_DAY, 400 * G_TIME_SPAN_DAY };

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    for (guint n = 1; n < 12; n++)
      {
        gint64 step;
        g_autoptr(GArray) ticks = hw_time_axis_get_ticks (MADE_START + 12345, spans[i], n, FALSE, &step);

        /* Not more than have room, and past 1 some of them. */
        g_assert_cmpuint (ticks->len, <=, spans[i] > 300 * G_TIME_SPAN_DAY ? 10 : n + 1);
        for (guint j = 0; j < ticks->len; j++)
          g_assert_cmpint (g_array_index (ticks, gint64, j) % MIN (step, G_TIME_SPAN_MINUTE), ==, 0);
      }

  for (double span = 1e-3; span < 1e13; span *= 3.7)
    for (guint n = 1; n < 9; n++)
      {
        double step = hw_chart_unit_get_step (HW_CHART_UNIT_RATIO, span, n);

        g_assert_cmpfloat (step * n, >=, span * 0.999);
        g_assert_cmpfloat (step * n, <, span * 10.1);
      }
}

static void
assert_format (HwChartUnit  unit,
               double       value,
               const char  *expected)
{
  g_autofree char *text = hw_chart_unit_format (unit, value);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_units (void)
{
  g_autofree char *tick = hw_chart_unit_format_tick (HW_CHART_UNIT_BYTES, 40e6);
  g_autofree char *other = hw_chart_unit_format_tick (HW_CHART_UNIT_BYTES, 1.5e6);

  assert_format (HW_CHART_UNIT_BYTES, 48.2e6, "48.2\xc2\xa0MB");
  assert_format (HW_CHART_UNIT_BYTES, NAN, "…");
  assert_format (HW_CHART_UNIT_BYTES, -5e6, "−5.0\xc2\xa0MB");
  assert_format (HW_CHART_UNIT_BYTES, 1e300, "9,000,000\xc2\xa0TB");
  assert_format (HW_CHART_UNIT_COUNT, 5012, "5,012");
  assert_format (HW_CHART_UNIT_COUNT, 0.25, "0.25");
  assert_format (HW_CHART_UNIT_MICROSECONDS, 1500, "1.50\xc2\xa0ms");
  assert_format (HW_CHART_UNIT_MICROSECONDS, 2e6, "2\xc2\xa0s");
  assert_format (HW_CHART_UNIT_RATIO, 0.41, "41\xc2\xa0%");
  assert_format (HW_CHART_UNIT_RATIO, 6.2, "620\xc2\xa0%");
  assert_format (HW_CHART_UNIT_BYTES_PER_MINUTE, 32e6, "+32.0\xc2\xa0MB/min");
  g_assert_cmpstr (tick, ==, "40\xc2\xa0MB");
  g_assert_cmpstr (other, ==, "1.5\xc2\xa0MB");
  g_assert_cmpint (hw_chart_unit_from_metric (HW_METRIC_HEAP_USED), ==, HW_CHART_UNIT_BYTES);
}

static void
test_marks (void)
{
  g_autoptr(HwChartLayer) layer = hw_marks_layer_new ();
  HwMarksLayer *marks = HW_MARKS_LAYER (layer);
  g_autofree char *note = NULL;
  gint64 first, last, stop;

  g_assert_false (hw_chart_layer_get_extent (layer, &first, &last));
  hw_marks_layer_add (marks, 100, HW_MARK_SNAPSHOT, "A");
  hw_marks_layer_add (marks, 50, HW_MARK_GC, NULL);
  hw_marks_layer_add (marks, 102, HW_MARK_CONSOLE, "line\xff");
  g_assert_true (hw_chart_layer_get_extent (layer, &first, &last));
  g_assert_cmpint (first, ==, 50);
  g_assert_cmpint (last, ==, 102);
  g_assert_null (hw_chart_layer_dup_note (layer, 80, 5));
  note = hw_chart_layer_dup_note (layer, 102, 5);
  g_assert_cmpstr (note, ==, "Snapshot: A");
  g_assert_true (hw_chart_layer_find_stop (layer, 50, TRUE, &stop));
  g_assert_cmpint (stop, ==, 100);
  g_assert_false (hw_chart_layer_find_stop (layer, 50, FALSE, &stop));

  /* Signs are bounded, lines with a name stay. */
  for (guint i = 0; i < 250000; i++)
    hw_marks_layer_add (marks, 200 + i, HW_MARK_GC, NULL);
  g_assert_true (hw_chart_layer_get_extent (layer, &first, &last));
  g_assert_cmpint (first, ==, 100);
  hw_marks_layer_clear (marks);
  g_assert_false (hw_chart_layer_get_extent (layer, &first, &last));
}

static void
test_bars (void)
{
  g_autoptr(HwTimeAxis) axis = hw_time_axis_new (30 * SECOND, TRUE);
  g_autoptr(HwChartLayer) layer = hw_bars_layer_new ("Allocated", "Still alive");
  HwBarsLayer *bars = HW_BARS_LAYER (layer);
  GtkWidget *chart = hw_chart_new (axis, "Allocations", HW_CHART_UNIT_BYTES);
  GtkWindow *window;
  double low, high;

  for (guint i = 0; i < 600; i++)
    g_assert_cmpuint (hw_bars_layer_add (bars, i * 50000, 1000, i % 2 ? 500 : NAN), ==, i);
  hw_bars_layer_set (bars, 3, 5e6, 4e6);
  hw_chart_add_layer (HW_CHART (chart), layer);
  hw_chart_set_drag_selects (HW_CHART (chart), TRUE);
  window = show_widget (chart);
  wait_for (hw_chart_layer_get_n_drawn (layer) > 0);
  g_assert_true (hw_chart_layer_get_range (layer, 0, 30 * SECOND, &low, &high));
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, >=, 5e6);
  /* Without what was allocated only what is alive counts. */
  hw_chart_layer_set_item_visible (layer, 0, FALSE);
  g_assert_true (hw_chart_layer_get_range (layer, 0, 30 * SECOND, &low, &high));
  g_assert_cmpfloat (high, <, 4.1e6);
  g_assert_false (hw_chart_layer_get_range (layer, 60 * SECOND, 70 * SECOND, &low, &high));
  settle ();
  hw_bars_layer_set_many (bars, (gint64[]) { 5, 3 }, NULL, (double[]) { 1, 2 }, 2);
  g_assert_cmpuint (hw_bars_layer_get_n (bars), ==, 2);
  settle ();
  gtk_window_destroy (window);
}

static HwFlame *
make_flame (void)
{
  HwFlame *flame = hw_flame_new ();
  guint root = hw_flame_add (flame, HW_FLAME_ROOT, "(root)", NULL, 0), a, b;

  a = hw_flame_add (flame, root, "handle", "file:///app/server.js:10:3", 20000);
  b = hw_flame_add (flame, root, "render", "file:///app/page.js:4:1", 10000);
  hw_flame_add (flame, b, "tiny", NULL, 5000);
  hw_flame_add (flame, a, "parse", "file:///app/server.js:40:9", 15000);
  hw_flame_add (flame, a, "store", "file:///app/store.js:1:1", 50000);
  hw_flame_finish (flame);

  return flame;
}

static void
count_cb (HwFlameChart *chart G_GNUC_UNUSED,
          guint         span,
          guint        *last)
{
  last[0] = span;
  last[1]++;
}

static void
test_flame (void)
{
  g_autoptr(HwFlame) flame = make_flame ();
  GtkWidget *widget = hw_flame_chart_new ("Allocated by function");
  HwFlameChart *chart = HW_FLAME_CHART (widget);
  GtkWindow *window = show_widget (widget);
  guint selected[2] = { 0 }, activated[2] = { 0 };
  g_autofree char *text = NULL;
  double start, end;

  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Allocated by function");
  press (widget, GDK_KEY_Down, 0);
  press (widget, GDK_KEY_plus, 0);
  press (widget, GDK_KEY_Return, 0);
  hw_flame_chart_set_flame (chart, flame);
  settle ();
  g_signal_connect (chart, "selected", G_CALLBACK (count_cb), selected);
  g_signal_connect (chart, "activated", G_CALLBACK (count_cb), activated);

  /* Down is the heaviest, beside is beside, up is what holds it. */
  press (widget, GDK_KEY_Down, 0);
  g_assert_cmpuint (hw_flame_chart_get_selected (chart), ==, 0);
  press (widget, GDK_KEY_Down, 0);
  g_assert_cmpuint (hw_flame_chart_get_selected (chart), ==, 1);
  press (widget, GDK_KEY_Down, 0);
  g_assert_cmpuint (hw_flame_chart_get_selected (chart), ==, 5);
  press (widget, GDK_KEY_Left, 0);
  g_assert_cmpuint (hw_flame_chart_get_selected (chart), ==, 4);
  press (widget, GDK_KEY_Left, 0);
  g_assert_cmpuint (hw_flame_chart_get_selected (chart), ==, 4);
  press (widget, GDK_KEY_Right, 0);
  press (widget, GDK_KEY_Right, 0);
  g_assert_cmpuint (hw_flame_chart_get_selected (chart), ==, 3);
  press (widget, GDK_KEY_Up, 0);
  g_assert_cmpuint (hw_flame_chart_get_selected (chart), ==, 2);
  g_assert_cmpuint (selected[0], ==, 2);
  g_assert_cmpuint (selected[1], ==, 7);
  text = hw_flame_chart_dup_text (chart, 2);
  g_assert_cmpstr (text, ==, "render\nfile:///app/page.js:4:1\n15.0\xc2\xa0kB in all (15\xc2\xa0%), 10.0\xc2\xa0kB of its own, level 2");
  g_assert_cmpstr (announced, ==, text);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
  press (widget, GDK_KEY_Return, 0);
  g_assert_cmpuint (activated[0], ==, 2);
  g_assert_cmpuint (activated[1], ==, 1);

  /* To the span and back. */
  press (widget, GDK_KEY_plus, 0);
  hw_flame_chart_get_view (chart, &start, &end);
  g_assert_cmpfloat (start, ==, 85000);
  g_assert_cmpfloat (end, ==, 100000);
  settle ();
  press (widget, GDK_KEY_minus, 0);
  press (widget, GDK_KEY_0, 0);
  hw_flame_chart_get_view (chart, &start, &end);
  g_assert_cmpfloat (start, ==, 0);
  g_assert_cmpfloat (end, ==, 100000);

  hw_flame_chart_set_search (chart, "STORE");
  settle ();
  hw_flame_chart_set_search (chart, NULL);
  hw_flame_chart_set_flame (chart, NULL);
  settle ();
  gtk_window_destroy (window);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add ("/widgets/chart/accessible", Fixture, GUINT_TO_POINTER (720), set_up, test_accessible, tear_down);
  g_test_add ("/widgets/chart/empty", Fixture, GUINT_TO_POINTER (0), set_up, test_empty, tear_down);
  g_test_add ("/widgets/chart/keys", Fixture, GUINT_TO_POINTER (720), set_up, test_keys, tear_down);
  g_test_add ("/widgets/chart/actions", Fixture, GUINT_TO_POINTER (720), set_up, test_actions, tear_down);
  g_test_add ("/widgets/chart/export", Fixture, GUINT_TO_POINTER (720), set_up, test_export, tear_down);
  g_test_add_func ("/widgets/chart/fields", test_fields);
  g_test_add ("/widgets/chart/drawn", Fixture, GUINT_TO_POINTER (720), set_up, test_drawn, tear_down);
  g_test_add_func ("/widgets/chart/axis", test_axis);
  g_test_add_func ("/widgets/chart/ticks", test_ticks);
  g_test_add_func ("/widgets/chart/units", test_units);
  g_test_add_func ("/widgets/chart/marks", test_marks);
  g_test_add_func ("/widgets/chart/bars", test_bars);
  g_test_add_func ("/widgets/flame-chart", test_flame);

  return g_test_run ();
}
