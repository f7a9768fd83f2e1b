/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-chart-private.h"

/* The look belongs to the widgets, so that they look alike wherever they are used. */
static const char css[] =
  "chart { padding: 12px; }"
  "chart > .chartheader { margin-bottom: 6px; }"
  "chartplot, timeruler { font-size: 0.82em; font-feature-settings: \"tnum\"; }"
  "timeruler { color: color-mix(in srgb, currentColor 75%, transparent); margin-top: 3px; }"
  "chartplot { border-radius: 6px; outline: 0 solid transparent; outline-offset: 2px; }"
  "chartplot:focus-visible, flamechart:focus-visible {"
  "  outline: 2px solid color-mix(in srgb, var(--accent-color) 50%, transparent); }"
  "flamechart { border-radius: 6px; outline-offset: 2px; font-size: 0.9em; }"
  "charttip { padding: 6px 9px; border-radius: 9px; color: var(--popover-fg-color);"
  "  background-color: var(--popover-bg-color);"
  "  box-shadow: 0 0 0 1px color-mix(in srgb, currentColor 15%, transparent), 0 2px 6px rgb(0 0 0 / 20%); }"
  ".chartlegend button { padding: 1px 8px; min-height: 24px; font-weight: normal; font-size: 0.9em;"
  "  background-color: transparent; }"
  ".chartlegend button:hover { background-color: color-mix(in srgb, currentColor 7%, transparent); }"
  ".chartlegend button:not(:checked) .legendname { text-decoration: line-through; }"
  ".chartlegend button:not(:checked) { opacity: 0.65; }";

/* Once for each program; a second display is not something this one has. */
void
hw_chart_style_init (void)
{
  static gboolean done;
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr(GtkCssProvider) provider = NULL;

  if (done || display == NULL)
    return;
  done = TRUE;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_string (provider, css);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION - 1);
}

PangoLayout *
hw_chart_create_label (GtkWidget  *widget,
                       const char *text)
{
  return gtk_widget_create_pango_layout (widget, text);
}
