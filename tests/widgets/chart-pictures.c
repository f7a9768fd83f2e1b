/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Charts as pictures, to be looked at:
 *
 *   chart-pictures FOLDER
 *
 * Unattended it shows that all of them can be drawn.
 */
#include "config.h"

#include <adwaita.h>

#include "made-chart.h"
#include "widgets/hw-flame-chart.h"

static const char *folder;

static void
run (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
picture (const char *name,
         GtkWidget  *child,
         int         width,
         int         height)
{
  GtkWindow *window = GTK_WINDOW (adw_window_new ());
  g_autoptr(GdkPaintable) paintable = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  GtkSnapshot *snapshot;
  GskRenderNode *node;

  adw_window_set_content (ADW_WINDOW (window), child);
  gtk_window_set_default_size (window, width, height);
  gtk_window_present (window);
  for (guint i = 0; i < 100 && gtk_widget_get_width (child) == 0; i++)
    run (100);
  run (400);

  paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  gsk_render_node_unref (node);
  gdk_texture_save_to_png (texture, path);
  gtk_window_destroy (window);
  run (20);
}

static GtkWidget *
card (GtkWidget *chart)
{
  gtk_widget_add_css_class (chart, "card");

  return chart;
}

static GtkWidget *
page (guint    n_lines,
      guint    n_samples,
      gint64   span,
      gboolean with_cursor)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *chart;
  g_autoptr(HwTimeAxis) axis = hw_time_axis_new (span, FALSE);

  chart = make_chart (axis, n_lines, n_samples);
  gtk_box_append (GTK_BOX (box), card (chart));
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  if (n_samples > 0)
    {
      g_autoptr(HwChartLayer) lines = hw_line_layer_new ();
      g_autoptr(HwSeries) heap = make_series (0, n_samples);
      g_autoptr(HwSeries) rate = hw_derived_series_new_rate (heap, 3 * G_TIME_SPAN_MINUTE, G_TIME_SPAN_MINUTE);
      GtkWidget *growth = hw_chart_new (axis, "Growth", HW_CHART_UNIT_BYTES_PER_MINUTE);

      hw_line_layer_add (HW_LINE_LAYER (lines), rate, "Heap used, per minute", 4, FALSE);
      hw_chart_add_layer (HW_CHART (growth), lines);
      gtk_box_append (GTK_BOX (box), card (growth));
    }
  if (with_cursor)
    {
      gtk_widget_grab_focus (hw_chart_get_plot (HW_CHART (chart)));
      hw_time_axis_extend (axis, MADE_START, MADE_START + (gint64) n_samples * G_TIME_SPAN_SECOND);
      hw_time_axis_set_cursor (axis, MADE_START + (gint64) (n_samples * 0.47) * G_TIME_SPAN_SECOND);
      hw_time_axis_select (axis, MADE_START + (gint64) (n_samples * 0.6) * G_TIME_SPAN_SECOND,
                           MADE_START + (gint64) (n_samples * 0.75) * G_TIME_SPAN_SECOND);
    }

  return box;
}

static GtkWidget *
bars (void)
{
  g_autoptr(HwTimeAxis) axis = hw_time_axis_new (30 * G_TIME_SPAN_SECOND, TRUE);
  g_autoptr(HwChartLayer) layer = hw_bars_layer_new ("Allocated", "Still alive");
  GtkWidget *chart = hw_chart_new (axis, "Allocations", HW_CHART_UNIT_BYTES);

  for (guint i = 0; i < 500; i++)
    {
      double size = 40e3 + 160e3 * ((i * 2654435761u) >> 20 & 0xff) / 255.0 * (i % 83 < 30);

      hw_bars_layer_add (HW_BARS_LAYER (layer), i * 50000, size, size * (i % 83 < 12 ? 0.7 : 0.04));
    }
  hw_chart_add_layer (HW_CHART (chart), layer);
  hw_chart_set_drag_selects (HW_CHART (chart), TRUE);
  hw_time_axis_select (axis, 4 * G_TIME_SPAN_SECOND, 9 * G_TIME_SPAN_SECOND);

  return card (chart);
}

/* Calls in calls, split by a fixed pattern. */
static void
grow (HwFlame *flame,
      guint    parent,
      guint    level,
      guint    seed,
      guint64  weight)
{
  static const char *names[] = { "handle", "render", "(anonymous)", "parse", "query", "toJSON", "emit", "login", "createSession" };
  static const char *places[] = { "file:///srv/app/server.js", "file:///srv/app/views.js", "node:internal/streams/readable",
                                  "file:///srv/app/store.js", "file:///srv/node_modules/pg/lib/client.js" };
  guint n = 1 + seed % 4;

  for (guint i = 0; i < n && level < 12 && weight > 400; i++)
    {
      guint next = seed * 1103515245u + 12345 + i * 7919;
      guint64 share = i + 1 == n ? weight / (n + 1) : weight / n * (60 + next % 40) / 100;
      g_autofree char *place = g_strdup_printf ("%s:%u:%u", places[next / 64 % 5], next % 400, next % 60);

      grow (flame, hw_flame_add (flame, parent, names[next / 16 % 9], place, share / 5), level + 1, next >> 3, share * 4 / 5);
    }
}

static GtkWidget *
flames (void)
{
  g_autoptr(HwFlame) flame = hw_flame_new ();
  GtkWidget *chart = hw_flame_chart_new ("Allocated by function");

  grow (flame, hw_flame_add (flame, HW_FLAME_ROOT, "(root)", NULL, 0), 1, 0x5eed3, 48000000);
  hw_flame_finish (flame);
  hw_flame_chart_set_flame (HW_FLAME_CHART (chart), flame);
  hw_flame_chart_select (HW_FLAME_CHART (chart), 3);
  gtk_widget_set_margin_start (chart, 12);
  gtk_widget_set_margin_end (chart, 12);
  gtk_widget_set_margin_top (chart, 12);

  return chart;
}

int
main (int   argc,
      char *argv[])
{
  AdwStyleManager *manager;
  g_autofree char *own = NULL;

  g_setenv ("TZ", "UTC", TRUE);
  adw_init ();
  manager = adw_style_manager_get_default ();
  own = argc > 1 ? g_strdup (argv[1]) : g_dir_make_tmp ("chart-XXXXXX", NULL);
  folder = own;

  picture ("light", page (4, 720, 12 * G_TIME_SPAN_MINUTE, FALSE), 1000, 640);
  picture ("cursor", page (4, 720, 12 * G_TIME_SPAN_MINUTE, TRUE), 1000, 640);
  picture ("day", page (8, 86400, 25 * G_TIME_SPAN_HOUR, FALSE), 1000, 640);
  picture ("hours", page (3, 86400, 3 * G_TIME_SPAN_HOUR, FALSE), 1000, 640);
  picture ("narrow", page (4, 720, 12 * G_TIME_SPAN_MINUTE, FALSE), 360, 640);
  picture ("empty", page (3, 0, 12 * G_TIME_SPAN_MINUTE, FALSE), 1000, 300);
  picture ("bars", bars (), 1000, 280);
  picture ("flame", flames (), 1000, 360);
  picture ("narrow-flame", flames (), 360, 360);
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  picture ("dark", page (4, 720, 12 * G_TIME_SPAN_MINUTE, TRUE), 1000, 640);
  picture ("dark-bars", bars (), 1000, 280);
  picture ("dark-flame", flames (), 1000, 360);
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  picture ("rtl", page (4, 720, 12 * G_TIME_SPAN_MINUTE, TRUE), 1000, 640);

  if (argc <= 1)
    g_print ("pictures in %s\n", folder);

  return 0;
}
