/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out of the picture: a table for the clipboard, CSV, PNG, and the actions for them. */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "widgets/hw-chart-private.h"

/* More rows than this nobody pastes; the range is then told in as many even steps. */
#define MAX_TABLE_ROWS 2000

/* The series of a chart, copied, so that a worker can write them while samples arrive. */
typedef struct
{
  char   *name;
  GArray *times;     /* gint64 */
  GArray *values;    /* double */
  guint   next;      /* the row it stands at */
} Column;

typedef struct
{
  GPtrArray  *columns;       /* Column */
  HwChartUnit unit;
  gboolean    is_relative;
} Sheet;

static void
column_free (gpointer data)
{
  Column *column = data;

  g_free (column->name);
  g_array_unref (column->times);
  g_array_unref (column->values);
  g_free (column);
}

static void
sheet_free (gpointer data)
{
  Sheet *sheet = data;

  g_ptr_array_unref (sheet->columns);
  g_free (sheet);
}

static Sheet *
sheet_new (HwChart *self,
           gint64   start,
           gint64   end)
{
  Sheet *sheet = g_new (Sheet, 1);

  *sheet = (Sheet) { g_ptr_array_new_with_free_func (column_free), self->unit, hw_time_axis_is_relative (self->axis) };
  for (guint i = 0; i < self->layers->len; i++)
    {
      HwChartLayer *layer = g_ptr_array_index (self->layers, i);

      for (guint j = 0; j < hw_chart_layer_get_n_items (layer); j++)
        {
          Column *column;
          HwChartItem item;
          guint first, last;

          hw_chart_layer_get_item (layer, j, &item);
          if (item.series == NULL || !item.visible)
            continue;
          column = g_new0 (Column, 1);
          column->name = g_strdup (item.name);
          first = hw_series_find (item.series, start);
          last = hw_series_find (item.series, end);
          column->times = g_array_sized_new (FALSE, FALSE, sizeof (gint64), last - first);
          column->values = g_array_sized_new (FALSE, FALSE, sizeof (double), last - first);
          for (guint k = first; k < last; k++)
            {
              gint64 time = hw_series_get_time (item.series, k);
              double value = hw_series_get_value (item.series, k);

              g_array_append_val (column->times, time);
              g_array_append_val (column->values, value);
            }
          g_ptr_array_add (sheet->columns, column);
        }
    }

  return sheet;
}

/* The next time any column has a value for. What is unknown, such as the break between two runs, is no row. */
static gboolean
next_row (Sheet  *sheet,
          gint64 *time)
{
  *time = G_MAXINT64;
  for (guint i = 0; i < sheet->columns->len; i++)
    {
      Column *column = g_ptr_array_index (sheet->columns, i);

      while (column->next < column->times->len && isnan (g_array_index (column->values, double, column->next)))
        column->next++;
      if (column->next < column->times->len)
        *time = MIN (*time, g_array_index (column->times, gint64, column->next));
    }

  return *time != G_MAXINT64;
}

/* NaN where the column has no value at exactly @time. */
static double
take (Column *column,
      gint64  time)
{
  if (column->next < column->times->len && g_array_index (column->times, gint64, column->next) == time)
    return g_array_index (column->values, double, column->next++);

  return NAN;
}

static char *
format_time (Sheet  *sheet,
             gint64  time)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autofree char *seconds = NULL;

  if (sheet->is_relative)
    return g_strdup_printf ("%" G_GINT64_FORMAT ".%06d", time / G_TIME_SPAN_SECOND, (int) (time % G_TIME_SPAN_SECOND));

  utc = g_date_time_new_from_unix_utc_usec (time);
  if (utc == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT, time);
  seconds = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", seconds, g_date_time_get_microsecond (utc) / 1000);
}

static void
append_number (GString *text,
               double   value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return;
  g_string_append (text, value == floor (value) && fabs (value) < 1e15 ?
                         g_ascii_formatd (buffer, sizeof buffer, "%.0f", value) :
                         g_ascii_formatd (buffer, sizeof buffer, "%.6g", value));
}

/* Quoted where CSV asks for it; what a spreadsheet would take for a formula becomes text. */
static void
append_field (GString    *text,
              const char *field)
{
  gboolean quote = strpbrk (field, ",\"\r\n") != NULL || strchr ("=+-@", field[0]) != NULL;

  if (quote)
    g_string_append_c (text, '"');
  if (field[0] != 0 && strchr ("=+-@", field[0]) != NULL)
    g_string_append_c (text, '\'');
  for (; *field != 0; field++)
    {
      if (*field == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *field);
    }
  if (quote)
    g_string_append_c (text, '"');
}

static GString *
write_csv (Sheet *sheet)
{
  GString *text = g_string_new (sheet->is_relative ? "seconds" : "time");
  const char *unit = hw_chart_unit_get_name (sheet->unit);
  gint64 time;

  for (guint i = 0; i < sheet->columns->len; i++)
    {
      Column *column = g_ptr_array_index (sheet->columns, i);
      g_autofree char *name = *unit != 0 ? g_strdup_printf ("%s (%s)", column->name, unit) : g_strdup (column->name);

      g_string_append_c (text, ',');
      append_field (text, name);
    }
  g_string_append (text, "\r\n");

  while (next_row (sheet, &time))
    {
      g_autofree char *clock = format_time (sheet, time);

      g_string_append (text, clock);
      for (guint i = 0; i < sheet->columns->len; i++)
        {
          g_string_append_c (text, ',');
          append_number (text, take (g_ptr_array_index (sheet->columns, i), time));
        }
      g_string_append (text, "\r\n");
    }

  return text;
}

/* Runs on a worker. */
static void
export_worker (GTask        *task,
               gpointer      source G_GNUC_UNUSED,
               gpointer      data,
               GCancellable *cancellable)
{
  g_autoptr(GString) text = write_csv (data);
  GFile *file = g_object_get_data (G_OBJECT (task), "file");
  g_autoptr(GError) error = NULL;

  if (g_file_replace_contents (file, text->str, text->len, NULL, FALSE, G_FILE_CREATE_NONE, NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * hw_chart_export_csv_async:
 * @self: a chart
 * @file: where to
 * @cancellable: (nullable): stops it
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Writes the lines that are shown as CSV: one row for each time, bare numbers in the chart's unit, of the
 * selected range or else of all there is.
 *
 * Cost: a copy of the samples now; the rest on a worker.
 */
void
hw_chart_export_csv_async (HwChart             *self,
                           GFile               *file,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  gint64 start = G_MININT64 / 2, end = G_MAXINT64 / 2;

  g_return_if_fail (HW_IS_CHART (self) && G_IS_FILE (file));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_chart_export_csv_async);
  if (hw_time_axis_get_selection (self->axis, &start, &end))
    end++;
  g_task_set_task_data (task, sheet_new (self, start, end), sheet_free);
  g_object_set_data_full (G_OBJECT (task), "file", g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, export_worker);
}

/**
 * hw_chart_export_csv_finish:
 * @self: a chart
 * @result: the result
 * @error: why it failed
 *
 * Returns: whether the file is written
 */
gboolean
hw_chart_export_csv_finish (HwChart       *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hw_chart_dup_table:
 * @self: a chart
 *
 * The lines shown, of the selected range or else of what is in the picture, as a table for the clipboard:
 * columns are parted by tabs, numbers have their units. A range of very many samples is told in even steps.
 *
 * Returns: (transfer full): the table
 */
char *
hw_chart_dup_table (HwChart *self)
{
  g_autoptr(GString) text = g_string_new (NULL);
  Sheet *sheet;
  gint64 start, end, time, step, last = G_MININT64;

  g_return_val_if_fail (HW_IS_CHART (self), NULL);

  start = hw_time_axis_get_start (self->axis);
  end = start + hw_time_axis_get_span (self->axis);
  hw_time_axis_get_selection (self->axis, &start, &end);
  sheet = sheet_new (self, start, end + 1);
  step = (end - start) / MAX_TABLE_ROWS;

  g_string_append (text, _("Time"));
  for (guint i = 0; i < sheet->columns->len; i++)
    g_string_append_printf (text, "\t%s", ((Column *) g_ptr_array_index (sheet->columns, i))->name);
  g_string_append_c (text, '\n');
  while (next_row (sheet, &time))
    {
      gboolean skip = last != G_MININT64 && time - last < step;
      g_autofree char *clock = NULL;

      if (!skip)
        {
          clock = hw_time_axis_format (self->axis, time, G_TIME_SPAN_SECOND);
          g_string_append (text, clock);
          last = time;
        }
      for (guint i = 0; i < sheet->columns->len; i++)
        {
          double value = take (g_ptr_array_index (sheet->columns, i), time);
          g_autofree char *number = skip || isnan (value) ? NULL : hw_chart_unit_format (self->unit, value);

          if (!skip)
            g_string_append_printf (text, "\t%s", number != NULL ? number : "");
        }
      if (!skip)
        g_string_append_c (text, '\n');
    }
  sheet_free (sheet);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * hw_chart_render:
 * @self: a chart that is on the screen
 * @scale: pixels of the picture for each one on the screen
 *
 * Returns: (transfer full) (nullable): the chart as a picture, on its background; NULL when it is not on the
 *   screen
 */
GdkTexture *
hw_chart_render (HwChart *self,
                 float    scale)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkNative *native = gtk_widget_get_native (widget);
  g_autoptr(GdkPaintable) paintable = NULL;
  GtkSnapshot *snapshot;
  GskRenderNode *node;
  GdkTexture *texture;
  float width, height;
  GdkRGBA background = { 1, 1, 1, 1 };

  g_return_val_if_fail (HW_IS_CHART (self) && scale > 0, NULL);

  width = (float) gtk_widget_get_width (widget);
  height = (float) gtk_widget_get_height (widget);
  if (native == NULL || !gtk_widget_get_mapped (widget) || width < 1 || height < 1)
    return NULL;

  if (adw_style_manager_get_dark (adw_style_manager_get_default ()))
    background = (GdkRGBA) { 0.14f, 0.14f, 0.15f, 1 };
  paintable = gtk_widget_paintable_new (widget);
  snapshot = gtk_snapshot_new ();
  gtk_snapshot_scale (snapshot, scale, scale);
  gtk_snapshot_append_color (snapshot, &background, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (native), node,
                                         &GRAPHENE_RECT_INIT (0, 0, width * scale, height * scale));
  gsk_render_node_unref (node);

  return texture;
}

static void
report (HwChart    *self,
        const char *text)
{
  gtk_accessible_announce (GTK_ACCESSIBLE (self->plot), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* Where a file cannot be written is said in the window, not in a log. */
static void
report_error (HwChart *self,
              GError  *error)
{
  AdwDialog *dialog;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  dialog = adw_alert_dialog_new (_("The Chart Was Not Exported"), error->message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
csv_written_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;

  if (hw_chart_export_csv_finish (HW_CHART (source), result, &error))
    report (HW_CHART (source), _("The chart was exported"));
  else
    report_error (HW_CHART (source), error);
}

static void
csv_chosen_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr(HwChart) self = data;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file != NULL)
    hw_chart_export_csv_async (self, file, NULL, csv_written_cb, NULL);
}

static void
png_written_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr(HwChart) self = data;
  g_autoptr(GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    report (self, _("The chart was exported"));
  else
    report_error (self, error);
}

static void
png_chosen_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr(HwChart) self = data;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autoptr(GdkTexture) texture = file != NULL ? hw_chart_render (self, 2) : NULL;
  g_autoptr(GBytes) bytes = texture != NULL ? gdk_texture_save_to_png_bytes (texture) : NULL;

  if (bytes != NULL)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, png_written_cb,
                                         g_object_ref (self));
}

static void
choose_file (HwChart             *self,
             const char          *ending,
             GAsyncReadyCallback  callback)
{
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  const char *title = hw_chart_get_title (self);
  g_autofree char *name = g_strconcat (*title != 0 ? title : _("Chart"), ending, NULL);

  g_strdelimit (name, "/", '-');
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, callback, g_object_ref (self));
}

static void
export_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter G_GNUC_UNUSED)
{
  if (g_str_has_suffix (name, "csv"))
    choose_file (HW_CHART (widget), ".csv", csv_chosen_cb);
  else
    choose_file (HW_CHART (widget), ".png", png_chosen_cb);
}

static void
copy_action (GtkWidget  *widget,
             const char *name G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  g_autofree char *table = hw_chart_dup_table (HW_CHART (widget));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), table);
  report (HW_CHART (widget), _("The table was copied"));
}

static void
zoom_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter G_GNUC_UNUSED)
{
  HwChart *self = HW_CHART (widget);
  gint64 start = hw_time_axis_get_start (self->axis), span = hw_time_axis_get_span (self->axis), end;
  gint64 around = hw_time_axis_get_cursor (self->axis);

  if (around < start || around > start + span)
    around = start + span / 2;
  if (g_str_equal (name, "chart.zoom-in"))
    hw_time_axis_zoom (self->axis, around, 1.5);
  else if (g_str_equal (name, "chart.zoom-out"))
    hw_time_axis_zoom (self->axis, around, 1 / 1.5);
  else if (g_str_equal (name, "chart.zoom-all"))
    hw_time_axis_show_all (self->axis);
  else if (hw_time_axis_get_selection (self->axis, &start, &end))
    hw_time_axis_show (self->axis, start, end - start);
  hw_chart_describe (self);
}

/* Nothing to zoom to without a selection. */
void
hw_chart_update_actions (HwChart *self)
{
  gint64 start, end;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.zoom-selection",
                                 hw_time_axis_get_selection (self->axis, &start, &end) && end > start);
}

void
hw_chart_class_actions (GtkWidgetClass *widget_class)
{
  static const char *zooms[] = { "chart.zoom-in", "chart.zoom-out", "chart.zoom-all", "chart.zoom-selection" };

  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    gtk_widget_class_install_action (widget_class, zooms[i], NULL, zoom_action);
  gtk_widget_class_install_property_action (widget_class, "chart.following", "following");
  gtk_widget_class_install_action (widget_class, "chart.copy-table", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "chart.export-csv", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "chart.export-png", NULL, export_action);
}
