/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a frame of a chart costs: eight lines of 86,400 samples each, in a window of 1000 × 640 with the software
 * renderer. Each frame moves the picture, so that nothing kept from the frame before can be used; a frame is
 * the questions to the pyramids, the nodes, and the pixels. Medians, beside what the same window costs without
 * lines (grid, labels and legend) and what eight plain lines of a thousand points cost as stroked paths.
 *
 *   bench-chart [--full]
 */
#include "config.h"

#include <adwaita.h>
#include <stdlib.h>

#include "made-chart.h"

/* In the place of GTK's own, whose test backend has no way to announce and crashes. */
void
gtk_accessible_announce (GtkAccessible                     *self G_GNUC_UNUSED,
                         const char                        *message G_GNUC_UNUSED,
                         GtkAccessibleAnnouncementPriority  priority G_GNUC_UNUSED)
{
}

#define WIDTH 1000
#define HEIGHT 640

static gint
compare (gconstpointer a,
         gconstpointer b)
{
  const double *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

static double
median (GArray *times)
{
  g_array_sort (times, compare);

  return g_array_index (times, double, times->len / 2);
}

static void
run (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
wait_for_size (GtkWidget *widget)
{
  for (guint i = 0; i < 200 && gtk_widget_get_width (widget) == 0; i++)
    run (50);
  run (200);
}

/* The snapshot of a widget, and its pixels. */
static double
draw (GtkWidget *widget,
      double    *nodes_time)
{
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  GtkWidgetClass *klass = GTK_WIDGET_GET_CLASS (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gint64 start = g_get_monotonic_time (), middle;
  g_autoptr(GskRenderNode) node = NULL;
  g_autoptr(GdkTexture) texture = NULL;

  klass->snapshot (widget, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  middle = g_get_monotonic_time ();
  texture = gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                                                              (float) gtk_widget_get_height (widget)));
  *nodes_time = (double) (middle - start) / 1000;

  return (double) (g_get_monotonic_time () - start) / 1000;
}

static double
measure_chart (const char *name,
               guint       n_lines,
               guint       n_samples,
               gint64      span,
               guint       n_frames)
{
  g_autoptr(HwTimeAxis) axis = hw_time_axis_new (span, FALSE);
  GtkWidget *chart = make_chart (axis, n_lines, n_samples), *plot = hw_chart_get_plot (HW_CHART (chart));
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr(GArray) nodes = g_array_new (FALSE, FALSE, sizeof (double));
  double result;

  gtk_window_set_default_size (window, WIDTH, HEIGHT);
  gtk_window_set_child (window, chart);
  /* With the focus or under the pointer it would show a tip as well. */
  gtk_widget_set_focusable (plot, FALSE);
  gtk_widget_set_can_target (plot, FALSE);
  gtk_window_present (window);
  wait_for_size (plot);
  hw_time_axis_extend (axis, MADE_START, MADE_START + 86400 * G_TIME_SPAN_SECOND);
  for (guint i = 0; i < n_frames; i++)
    {
      double node_time, time;

      hw_time_axis_show (axis, MADE_START + (i * 7 % 60) * (span / 900), span);
      time = draw (plot, &node_time);
      g_array_append_val (times, time);
      g_array_append_val (nodes, node_time);
    }
  result = median (times);
  g_print ("%-44s %8.2f %8.2f\n", name, result, median (nodes));
  gtk_window_destroy (window);
  run (20);

  return result;
}

/* What GTK needs for eight lines that hardly bend: the least that stroked lines cost. */
static double
measure_plain (guint n_frames)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  double result;

  gtk_window_present (window);
  wait_for_size (GTK_WIDGET (window));
  for (guint i = 0; i < n_frames; i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      gint64 start = g_get_monotonic_time ();
      g_autoptr(GskRenderNode) node = NULL;
      g_autoptr(GdkTexture) texture = NULL;
      double time;

      for (guint line = 0; line < 8; line++)
        {
          GskPathBuilder *builder = gsk_path_builder_new ();
          g_autoptr(GskPath) path = NULL;
          GskStroke *stroke = gsk_stroke_new (1.5f);

          for (guint x = 0; x < WIDTH; x++)
            {
              float y = 50 * (float) line + 20 * sinf ((float) (x + i) / 40);

              if (x == 0)
                gsk_path_builder_move_to (builder, 0, y);
              else
                gsk_path_builder_line_to (builder, (float) x, y);
            }
          path = gsk_path_builder_free_to_path (builder);
          gtk_snapshot_append_stroke (snapshot, path, stroke, &(GdkRGBA) { 0, 0, 1, 1 });
          gsk_stroke_free (stroke);
        }
      node = gtk_snapshot_free_to_node (snapshot);
      texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                             &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));
      time = (double) (g_get_monotonic_time () - start) / 1000;
      g_array_append_val (times, time);
    }
  result = median (times);
  g_print ("%-44s %8.2f\n", "limit: eight plain stroked lines", result);
  gtk_window_destroy (window);

  return result;
}

int
main (int   argc,
      char *argv[])
{
  gboolean full = argc > 1 && g_str_equal (argv[1], "--full");
  guint n_frames = full ? 201 : 21;
  double frame, plain;

  adw_init ();
  g_print ("%-44s %8s %8s   (ms, median of %u frames)\n", "", "frame", "nodes", n_frames);
  measure_chart ("no lines: grid, labels, marks", 0, 86400, 23 * G_TIME_SPAN_HOUR, n_frames);
  plain = measure_plain (n_frames);
  frame = measure_chart ("8 lines of 86,400 samples, a day", 8, 86400, 23 * G_TIME_SPAN_HOUR, n_frames);
  measure_chart ("8 lines of 86,400 samples, three hours", 8, 86400, 3 * G_TIME_SPAN_HOUR, n_frames);
  measure_chart ("8 lines of 86,400 samples, ten minutes", 8, 86400, 10 * G_TIME_SPAN_MINUTE, n_frames);
  measure_chart ("4 lines of 86,400 samples, a day", 4, 86400, 23 * G_TIME_SPAN_HOUR, n_frames);
  g_print ("a day of eight lines: %.2f of the limit\n", frame / plain);

  return 0;
}
