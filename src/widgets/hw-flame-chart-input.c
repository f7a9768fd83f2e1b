/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "widgets/hw-flame-chart-private.h"

#define ZOOM_STEP 1.5

static void
zoom (HwFlameChart *self,
      double        x,
      double        factor)
{
  double around = hw_flame_chart_get_value (self, x);

  hw_flame_chart_set_view (self, around - (around - self->start) / factor, self->span / factor);
}

/* ---- Pointer ---- */

static void
pressed_cb (GtkGestureClick *gesture G_GNUC_UNUSED,
            int              n_press,
            double           x,
            double           y,
            HwFlameChart    *self)
{
  guint span = hw_flame_chart_get_span_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_press == 1)
    hw_flame_chart_select (self, span);
  else if (n_press == 2 && span != HW_FLAME_NONE)
    g_signal_emit_by_name (self, "activated", span);
}

static void
drag_begin_cb (GtkGestureDrag *gesture G_GNUC_UNUSED,
               double          x G_GNUC_UNUSED,
               double          y G_GNUC_UNUSED,
               HwFlameChart   *self)
{
  self->drag_start = self->start;
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy G_GNUC_UNUSED,
                HwFlameChart   *self)
{
  if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, 0))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  hw_flame_chart_set_view (self, self->drag_start - dx / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1) * self->span, self->span);
}

static void
motion_cb (GtkEventControllerMotion *controller G_GNUC_UNUSED,
           double                    x,
           double                    y G_GNUC_UNUSED,
           HwFlameChart             *self)
{
  self->pointer_x = x;
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           HwFlameChart             *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (state & GDK_CONTROL_MASK)
    {
      zoom (self, self->pointer_x, pow (ZOOM_STEP, -CLAMP (dy, -5, 5)));
      return GDK_EVENT_STOP;
    }
  if (state & GDK_SHIFT_MASK && dx == 0)
    dx = dy;
  if (dx == 0)
    return GDK_EVENT_PROPAGATE;
  hw_flame_chart_set_view (self, self->start + CLAMP (dx, -5, 5) * 0.1 * self->span, self->span);

  return GDK_EVENT_STOP;
}

static void
pinch_begin_cb (GtkGesture       *gesture G_GNUC_UNUSED,
                GdkEventSequence *sequence G_GNUC_UNUSED,
                HwFlameChart     *self)
{
  self->pinch = 1;
}

static void
pinch_cb (GtkGestureZoom *gesture,
          double          scale,
          HwFlameChart   *self)
{
  double x, y;

  if (scale <= 0 || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  zoom (self, x, scale / self->pinch);
  self->pinch = scale;
}

/* ---- Keys ---- */

/* Moves the picture until the span is in it, and scrolls the page it is in. */
static void
reveal (HwFlameChart *self,
        guint         span)
{
  GtkWidget *widget = GTK_WIDGET (self), *window = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  double start = (double) hw_flame_get_start (self->flame, span), total = (double) hw_flame_get_total (self->flame, span);
  int height = hw_flame_chart_get_row_height (widget), y = height * (int) hw_flame_get_level (self->flame, span);

  if (start + total <= self->start || start >= self->start + self->span)
    hw_flame_chart_set_view (self, start + total / 2 - self->span / 2, self->span);
  if (window != NULL)
    gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (window)), y, y + height);
}

static gboolean
move_key (GtkWidget *widget,
          GVariant  *arguments,
          gpointer   data G_GNUC_UNUSED)
{
  HwFlameChart *self = HW_FLAME_CHART (widget);
  int key = g_variant_get_int32 (arguments);
  guint next = self->selected;
  g_autofree char *text = NULL;

  if (self->flame == NULL || hw_flame_get_n (self->flame) == 0)
    return GDK_EVENT_PROPAGATE;
  if (self->selected == HW_FLAME_NONE)
    next = hw_flame_find_from (self->flame, 0, 0);
  else if (key == GDK_KEY_Up)
    next = hw_flame_get_parent (self->flame, self->selected);
  else if (key == GDK_KEY_Down)
    next = hw_flame_get_child (self->flame, self->selected);
  else
    next = hw_flame_get_beside (self->flame, self->selected, key == GDK_KEY_Right);
  if (next == HW_FLAME_NONE)
    return GDK_EVENT_STOP;

  hw_flame_chart_select (self, next);
  reveal (self, next);
  text = hw_flame_chart_dup_text (self, next);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);

  return GDK_EVENT_STOP;
}

static gboolean
zoom_key (GtkWidget *widget,
          GVariant  *arguments,
          gpointer   data G_GNUC_UNUSED)
{
  HwFlameChart *self = HW_FLAME_CHART (widget);
  int how = g_variant_get_int32 (arguments);

  if (self->flame == NULL)
    return GDK_EVENT_PROPAGATE;
  if (how == 0)
    {
      /* Escape that has nothing to do here closes what it is in. */
      if (self->start == 0 && self->span >= (double) hw_flame_get_sum (self->flame))
        return GDK_EVENT_PROPAGATE;
      hw_flame_chart_zoom_to (self, HW_FLAME_NONE);
    }
  else if (how > 0 && self->selected != HW_FLAME_NONE && self->span > 1.01 * (double) hw_flame_get_total (self->flame, self->selected))
    hw_flame_chart_zoom_to (self, self->selected);
  else
    zoom (self, gtk_widget_get_width (widget) / 2.0, how > 0 ? ZOOM_STEP : 1 / ZOOM_STEP);

  return GDK_EVENT_STOP;
}

static gboolean
activate_key (GtkWidget *widget,
              GVariant  *arguments G_GNUC_UNUSED,
              gpointer   data G_GNUC_UNUSED)
{
  HwFlameChart *self = HW_FLAME_CHART (widget);

  if (self->flame == NULL || self->selected == HW_FLAME_NONE)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit_by_name (self, "activated", self->selected);

  return GDK_EVENT_STOP;
}

void
hw_flame_chart_class_input (GtkWidgetClass *widget_class)
{
  static const int arrows[][2] = {
    { GDK_KEY_Up, GDK_KEY_KP_Up }, { GDK_KEY_Down, GDK_KEY_KP_Down },
    { GDK_KEY_Left, GDK_KEY_KP_Left }, { GDK_KEY_Right, GDK_KEY_KP_Right },
  };
  static const int zooms[][2] = {
    { GDK_KEY_plus, 1 }, { GDK_KEY_equal, 1 }, { GDK_KEY_KP_Add, 1 }, { GDK_KEY_minus, -1 }, { GDK_KEY_KP_Subtract, -1 },
    { GDK_KEY_0, 0 }, { GDK_KEY_Escape, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    for (guint j = 0; j < 2; j++)
      gtk_widget_class_add_binding (widget_class, (guint) arrows[i][j], 0, move_key, "i", arrows[i][0]);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      gtk_widget_class_add_binding (widget_class, (guint) zooms[i][0], 0, zoom_key, "i", zooms[i][1]);
      if (zooms[i][0] != GDK_KEY_Escape)
        gtk_widget_class_add_binding (widget_class, (guint) zooms[i][0], GDK_CONTROL_MASK, zoom_key, "i", zooms[i][1]);
    }
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, activate_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, activate_key, NULL);
}

void
hw_flame_chart_init_input (HwFlameChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new (), *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (pinch_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (widget, scroll);
}
