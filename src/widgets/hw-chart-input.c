/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "widgets/hw-chart-private.h"
#include "widgets/hw-menu-names.h"

/* One turn of the wheel, one key. */
#define ZOOM_STEP 1.5
#define PAN_STEP 0.8
#define SCROLL_STEP 0.1

static HwTimeAxis *
get_axis (HwChartPlot *self)
{
  return self->chart->axis;
}

/* ---- Pointer ---- */

static void
motion_cb (GtkEventControllerMotion *controller G_GNUC_UNUSED,
           double                    x,
           double                    y G_GNUC_UNUSED,
           HwChartPlot              *self)
{
  /* Moved by what scrolls below it, the pointer has not said anything. */
  if (self->is_pointed && x == self->pointer_x)
    return;
  self->pointer_x = x;
  self->is_pointed = TRUE;
  hw_time_axis_set_cursor (get_axis (self), hw_chart_plot_get_time (self, x));
}

static void
leave_cb (GtkEventControllerMotion *controller G_GNUC_UNUSED,
          HwChartPlot              *self)
{
  self->is_pointed = FALSE;
  hw_time_axis_set_cursor (get_axis (self), HW_TIME_NONE);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           HwChartPlot              *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gboolean in_pixels = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_SURFACE;
  double part;

  if (state & GDK_CONTROL_MASK)
    {
      hw_time_axis_zoom (get_axis (self), hw_chart_plot_get_time (self, self->pointer_x),
                         pow (ZOOM_STEP, -dy / (in_pixels ? 40 : 1)));
      return GDK_EVENT_STOP;
    }
  if (state & GDK_SHIFT_MASK && dx == 0)
    dx = dy;
  /* Up and down belong to the page the chart is in. */
  if (dx == 0)
    return GDK_EVENT_PROPAGATE;
  part = in_pixels ? dx / MAX (self->view.width, 1) : dx * SCROLL_STEP;
  hw_time_axis_pan (get_axis (self), part);

  return GDK_EVENT_STOP;
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y G_GNUC_UNUSED,
               HwChartPlot    *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->is_selecting = self->chart->drag_selects != !!(state & GDK_SHIFT_MASK);
  self->is_panning = FALSE;
  self->drag_start = self->is_selecting ? hw_chart_plot_get_time (self, x) : hw_time_axis_get_start (get_axis (self));
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy G_GNUC_UNUSED,
                HwChartPlot    *self)
{
  double x, y;

  if (!self->is_panning && !gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, 0))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (self->is_selecting)
    {
      gtk_gesture_drag_get_start_point (gesture, &x, &y);
      hw_time_axis_select (get_axis (self), self->drag_start, hw_chart_plot_get_time (self, x + dx));
      return;
    }
  self->is_panning = TRUE;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  hw_time_axis_show (get_axis (self),
                     self->drag_start - (gint64) (dx * self->view.scale * (double) self->view.column_time),
                     hw_time_axis_get_span (get_axis (self)));
}

static void
drag_end_cb (GtkGestureDrag *gesture G_GNUC_UNUSED,
             double          dx,
             double          dy G_GNUC_UNUSED,
             HwChartPlot    *self)
{
  if (self->is_selecting)
    {
      /* A click where nothing was dragged takes the selection away. */
      if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, 0))
        hw_time_axis_select (get_axis (self), HW_TIME_NONE, HW_TIME_NONE);
      hw_chart_range_selected (self->chart);
    }
  self->is_selecting = self->is_panning = FALSE;
  gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
}

static void
pinch_begin_cb (GtkGesture       *gesture G_GNUC_UNUSED,
                GdkEventSequence *sequence G_GNUC_UNUSED,
                HwChartPlot      *self)
{
  self->pinch = 1;
}

static void
pinch_cb (GtkGestureZoom *gesture,
          double          scale,
          HwChartPlot    *self)
{
  double x, y;

  if (scale <= 0 || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  hw_time_axis_zoom (get_axis (self), hw_chart_plot_get_time (self, x), scale / self->pinch);
  self->pinch = scale;
}

static GtkWidget *
create_menu (HwChartPlot *self)
{
  g_autoptr(GMenu) menu = g_menu_new ();
  g_autoptr(GMenu) view = g_menu_new ();
  g_autoptr(GMenu) data = g_menu_new ();
  GtkWidget *popover;

  g_menu_append (view, _("Zoom _In"), "chart.zoom-in");
  g_menu_append (view, _("Zoom _Out"), "chart.zoom-out");
  g_menu_append (view, _("Show _All"), "chart.zoom-all");
  g_menu_append (view, _("Zoom to _Selection"), "chart.zoom-selection");
  g_menu_append (view, _("_Follow"), "chart.following");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (view));
  g_menu_append (data, _("_Copy as Table"), "chart.copy-table");
  g_menu_append (data, _("_Export as CSV…"), "chart.export-csv");
  g_menu_append (data, _("Export as _Picture…"), "chart.export-png");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (data));

  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  hw_menu_names_keep (popover);

  return popover;
}

static void
popup_menu (HwChartPlot *self,
            double       x,
            double       y)
{
  if (self->menu == NULL)
    self->menu = create_menu (self);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
menu_click_cb (GtkGestureClick *gesture,
               int              n_press G_GNUC_UNUSED,
               double           x,
               double           y,
               HwChartPlot     *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  popup_menu (self, x, y);
}

static void
menu_action (GtkWidget  *widget,
             const char *name G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  popup_menu (HW_CHART_PLOT (widget), gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0);
}

/* ---- Keys ---- */

/* The cursor goes by a pixel, or where it was not seen, to the newest value. */
static gint64
next_time (HwChartPlot *self,
           gboolean     forward,
           gboolean     to_mark)
{
  HwTimeAxis *axis = get_axis (self);
  gint64 cursor = hw_time_axis_get_cursor (axis), start = hw_time_axis_get_start (axis), first, last, best = HW_TIME_NONE;
  gint64 end = start + hw_time_axis_get_span (axis);

  hw_time_axis_get_extent (axis, &first, &last);
  if (cursor == HW_TIME_NONE || (!to_mark && (cursor < start || cursor > end)))
    return CLAMP (last, start, end);
  if (!to_mark)
    return CLAMP (cursor + (forward ? 1 : -1) * self->view.column_time * self->view.scale, first, last);

  for (guint i = 0; i < self->chart->layers->len; i++)
    {
      gint64 stop;

      if (hw_chart_layer_find_stop (g_ptr_array_index (self->chart->layers, i), cursor, forward, &stop) &&
          (best == HW_TIME_NONE || (forward ? stop < best : stop > best)))
        best = stop;
    }

  return best != HW_TIME_NONE ? best : forward ? last : first;
}

static void
move_cursor (HwChartPlot *self,
             gint64       time,
             gboolean     selects)
{
  HwTimeAxis *axis = get_axis (self);
  gint64 before = hw_time_axis_get_cursor (axis), start, end;
  g_autofree char *values = NULL;

  /* The end that the cursor was not at stays. */
  if (selects && before != HW_TIME_NONE)
    {
      if (!hw_time_axis_get_selection (axis, &start, &end))
        hw_time_axis_select (axis, before, time);
      else if (before == start)
        hw_time_axis_select (axis, end, time);
      else
        hw_time_axis_select (axis, before == end ? start : before, time);
    }
  hw_time_axis_set_cursor (axis, time);
  hw_time_axis_reveal (axis, time);
  values = hw_chart_dup_values (self->chart, time);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), values, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  if (selects)
    hw_chart_range_selected (self->chart);
}

static gboolean
move_key (GtkWidget *widget,
          GVariant  *arguments,
          gpointer   data G_GNUC_UNUSED)
{
  HwChartPlot *self = HW_CHART_PLOT (widget);
  gboolean forward, to_mark, selects;
  gint64 first, last;

  g_variant_get (arguments, "(bbb)", &forward, &to_mark, &selects);
  hw_time_axis_get_extent (get_axis (self), &first, &last);
  if (first == HW_TIME_NONE)
    return GDK_EVENT_PROPAGATE;
  move_cursor (self, next_time (self, forward, to_mark), selects);

  return GDK_EVENT_STOP;
}

static gboolean
edge_key (GtkWidget *widget,
          GVariant  *arguments,
          gpointer   data G_GNUC_UNUSED)
{
  HwChartPlot *self = HW_CHART_PLOT (widget);
  gboolean forward, selects;
  gint64 first, last;

  g_variant_get (arguments, "(bb)", &forward, &selects);
  hw_time_axis_get_extent (get_axis (self), &first, &last);
  if (first == HW_TIME_NONE)
    return GDK_EVENT_PROPAGATE;
  move_cursor (self, forward ? last : first, selects);

  return GDK_EVENT_STOP;
}

static gboolean
pan_key (GtkWidget *widget,
         GVariant  *arguments,
         gpointer   data G_GNUC_UNUSED)
{
  hw_time_axis_pan (get_axis (HW_CHART_PLOT (widget)), g_variant_get_boolean (arguments) ? PAN_STEP : -PAN_STEP);

  return GDK_EVENT_STOP;
}

static gboolean
escape_key (GtkWidget *widget,
            GVariant  *arguments G_GNUC_UNUSED,
            gpointer   data G_GNUC_UNUSED)
{
  HwChartPlot *self = HW_CHART_PLOT (widget);
  gint64 start, end;

  if (hw_time_axis_get_selection (get_axis (self), &start, &end))
    {
      hw_time_axis_select (get_axis (self), HW_TIME_NONE, HW_TIME_NONE);
      hw_chart_range_selected (self->chart);
      return GDK_EVENT_STOP;
    }
  if (hw_time_axis_get_cursor (get_axis (self)) == HW_TIME_NONE)
    return GDK_EVENT_PROPAGATE;
  hw_time_axis_set_cursor (get_axis (self), HW_TIME_NONE);

  return GDK_EVENT_STOP;
}

static void
focus_cb (HwChartPlot *self)
{
  if (gtk_widget_is_focus (GTK_WIDGET (self)))
    hw_chart_describe (self->chart);
  hw_chart_plot_update_tip (self);
}

void
hw_chart_plot_class_input (GtkWidgetClass *widget_class)
{
  static const guint arrows[][2] = { { GDK_KEY_Left, GDK_KEY_KP_Left }, { GDK_KEY_Right, GDK_KEY_KP_Right } };
  static const guint edges[][2] = { { GDK_KEY_Home, GDK_KEY_KP_Home }, { GDK_KEY_End, GDK_KEY_KP_End } };
  static const guint pages[][2] = { { GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up }, { GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down } };
  static const struct
  {
    guint           key;
    GdkModifierType state;
    const char     *action;
  } actions[] = {
    { GDK_KEY_plus, 0, "chart.zoom-in" }, { GDK_KEY_plus, GDK_CONTROL_MASK, "chart.zoom-in" },
    { GDK_KEY_equal, 0, "chart.zoom-in" }, { GDK_KEY_equal, GDK_CONTROL_MASK, "chart.zoom-in" },
    { GDK_KEY_KP_Add, 0, "chart.zoom-in" }, { GDK_KEY_KP_Add, GDK_CONTROL_MASK, "chart.zoom-in" },
    { GDK_KEY_minus, 0, "chart.zoom-out" }, { GDK_KEY_minus, GDK_CONTROL_MASK, "chart.zoom-out" },
    { GDK_KEY_KP_Subtract, 0, "chart.zoom-out" }, { GDK_KEY_KP_Subtract, GDK_CONTROL_MASK, "chart.zoom-out" },
    { GDK_KEY_0, 0, "chart.zoom-all" }, { GDK_KEY_0, GDK_CONTROL_MASK, "chart.zoom-all" },
    { GDK_KEY_Return, 0, "chart.zoom-selection" }, { GDK_KEY_KP_Enter, 0, "chart.zoom-selection" },
    { GDK_KEY_space, 0, "chart.following" }, { GDK_KEY_c, GDK_CONTROL_MASK, "chart.copy-table" },
    { GDK_KEY_F10, GDK_SHIFT_MASK, "menu.popup" }, { GDK_KEY_Menu, 0, "menu.popup" },
  };

  gtk_widget_class_install_action (widget_class, "menu.popup", NULL, menu_action);
  for (guint forward = 0; forward < 2; forward++)
    for (guint i = 0; i < 2; i++)
      {
        for (guint mark = 0; mark < 2; mark++)
          for (guint selects = 0; selects < 2; selects++)
            gtk_widget_class_add_binding (widget_class, arrows[forward][i],
                                          (mark ? GDK_CONTROL_MASK : 0) | (selects ? GDK_SHIFT_MASK : 0), move_key,
                                          "(bbb)", forward, mark, selects);
        gtk_widget_class_add_binding (widget_class, edges[forward][i], 0, edge_key, "(bb)", forward, FALSE);
        gtk_widget_class_add_binding (widget_class, edges[forward][i], GDK_SHIFT_MASK, edge_key, "(bb)", forward, TRUE);
        gtk_widget_class_add_binding (widget_class, pages[forward][i], 0, pan_key, "b", forward);
      }
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_key, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_add_binding_action (widget_class, actions[i].key, actions[i].state, actions[i].action, NULL);
}

void
hw_chart_plot_init_input (HwChartPlot *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new (), *pinch = gtk_gesture_zoom_new (), *click = gtk_gesture_click_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (widget, motion);

  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (widget, scroll);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));

  g_signal_connect (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (pinch_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (menu_click_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  g_signal_connect_swapped (focus, "notify::is-focus", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (widget, focus);
}
