/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which value of a recording is drawn in which chart. */
#include "config.h"

#include "app/hw-record-page-private.h"

#include <glib/gi18n.h>

#include "base/hw-format.h"

/* What the axis shows at first, and lines that one chart can tell apart. */
#define FIRST_SPAN (2 * 60 * G_USEC_PER_SEC)
#define MAX_LINES  10

/* From this part of it on, the heap's limit is worth its place in the chart. */
#define LIMIT_SHOWN_AT 0.5

typedef struct
{
  const char  *title;     /* marked with N_() */
  HwChartUnit  unit;
  int          height;
} Chart;

static const Chart charts[HW_N_RECORD_CHARTS] = {
  [HW_RECORD_CHART_MEMORY]      = { N_("Memory"), HW_CHART_UNIT_BYTES, 260 },
  [HW_RECORD_CHART_WATCHES]     = { N_("Watch Expressions"), HW_CHART_UNIT_COUNT, 180 },
  [HW_RECORD_CHART_HANDLES]     = { N_("Handles and Requests"), HW_CHART_UNIT_COUNT, 180 },
  [HW_RECORD_CHART_EVENT_LOOP]  = { N_("Event-Loop Delay"), HW_CHART_UNIT_MICROSECONDS, 150 },
  [HW_RECORD_CHART_PAGE]        = { N_("Page"), HW_CHART_UNIT_COUNT, 180 },
  [HW_RECORD_CHART_SYSTEM]      = { N_("Memory, as the System Counts It"), HW_CHART_UNIT_BYTES, 180 },
  [HW_RECORD_CHART_DESCRIPTORS] = { N_("Descriptors and Threads"), HW_CHART_UNIT_COUNT, 150 },
};

/* What is drawn, and where. What is not here is kept in the file and not drawn. */
static const struct
{
  HwMetric      metric;
  HwRecordChart chart;
  gboolean      is_filled;
} places[] = {
  { HW_METRIC_HEAP_USED, HW_RECORD_CHART_MEMORY, TRUE },
  { HW_METRIC_HEAP_TOTAL, HW_RECORD_CHART_MEMORY, FALSE },
  { HW_METRIC_RSS, HW_RECORD_CHART_MEMORY, FALSE },
  { HW_METRIC_EXTERNAL, HW_RECORD_CHART_MEMORY, FALSE },
  { HW_METRIC_ARRAY_BUFFERS, HW_RECORD_CHART_MEMORY, FALSE },
  { HW_METRIC_HEAP_LIMIT, HW_RECORD_CHART_MEMORY, FALSE },
  { HW_METRIC_HANDLES, HW_RECORD_CHART_HANDLES, FALSE },
  { HW_METRIC_REQUESTS, HW_RECORD_CHART_HANDLES, FALSE },
  { HW_METRIC_TIMERS, HW_RECORD_CHART_HANDLES, FALSE },
  { HW_METRIC_EVENT_LOOP_DELAY, HW_RECORD_CHART_EVENT_LOOP, FALSE },
  { HW_METRIC_DOM_NODES, HW_RECORD_CHART_PAGE, FALSE },
  { HW_METRIC_DOCUMENTS, HW_RECORD_CHART_PAGE, FALSE },
  { HW_METRIC_LISTENERS, HW_RECORD_CHART_PAGE, FALSE },
  { HW_METRIC_FRAMES, HW_RECORD_CHART_PAGE, FALSE },
  { HW_METRIC_OS_RSS, HW_RECORD_CHART_SYSTEM, FALSE },
  { HW_METRIC_OS_PSS, HW_RECORD_CHART_SYSTEM, FALSE },
  { HW_METRIC_OS_SWAP, HW_RECORD_CHART_SYSTEM, FALSE },
  { HW_METRIC_OS_DESCRIPTORS, HW_RECORD_CHART_DESCRIPTORS, FALSE },
  { HW_METRIC_OS_THREADS, HW_RECORD_CHART_DESCRIPTORS, FALSE },
};

static guint
add_line (HwRecordPage  *self,
          HwRecordChart  chart,
          HwSeries      *series,
          const char    *name,
          guint          slot,
          gboolean       is_filled)
{
  guint item = hw_line_layer_add (HW_LINE_LAYER (self->lines[chart]), series, name, slot, is_filled);

  self->n_lines[chart]++;
  gtk_widget_set_visible (self->charts[chart], TRUE);

  return item;
}

static void
add_metric (HwRecordPage          *self,
            const HwRecordingLine *line)
{
  guint slot = 0;

  /* A metric has its colour by its place in the table, whatever arrives first. */
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      guint item;

      if (i > 0 && places[i].chart != places[i - 1].chart)
        slot = 0;
      if (places[i].metric != line->metric)
        {
          slot++;
          continue;
        }
      item = add_line (self, places[i].chart, line->series, hw_metric_get_label (line->metric), slot,
                       places[i].is_filled);
      if (line->metric == HW_METRIC_HEAP_LIMIT)
        {
          /* Far above everything else it would press all lines to the ground. */
          self->limit_item = item;
          hw_chart_layer_set_item_visible (self->lines[places[i].chart], item, FALSE);
        }
      return;
    }
}

static void
line_added_cb (HwRecordPage *self,
               guint         index)
{
  const HwRecordingLine *line = hw_recording_get_line (self->recording, index);
  HwRecordChart chart;

  if (line->metric < HW_N_METRICS)
    {
      add_metric (self, line);
      return;
    }

  chart = line->group < HW_N_COUNT_GROUPS ? HW_RECORD_CHART_HANDLES : HW_RECORD_CHART_WATCHES;
  if (line->group == HW_COUNT_GROUP_DESCRIPTOR || line->group == HW_COUNT_GROUP_OBJECT ||
      self->n_lines[chart] >= MAX_LINES)
    return;
  /* The first three colours of that chart are its metrics'. */
  add_line (self, chart, line->series, line->name,
            chart == HW_RECORD_CHART_HANDLES ? 3 + self->n_lines[chart] : self->n_lines[chart], FALSE);
}

static HwMark
get_mark (const HwEvent *event)
{
  switch (event->kind)
    {
    case HW_EVENT_RUN:
      return HW_MARK_RUN;

    case HW_EVENT_MARKER:
      return HW_MARK_MARKER;

    case HW_EVENT_GC:
      return HW_MARK_GC;

    case HW_EVENT_SNAPSHOT:
      return HW_MARK_SNAPSHOT;

    case HW_EVENT_CONSOLE:
    case HW_N_EVENT_KINDS:
    default:
      return g_strcmp0 (event->level, "exception") == 0 || g_strcmp0 (event->level, "error") == 0
             ? HW_MARK_EXCEPTION : HW_MARK_CONSOLE;
    }
}

static void
event_cb (HwRecordPage *self,
          guint         index)
{
  const HwRecordingEvent *item = hw_recording_get_event (self->recording, index);

  /* That it was attached to is seen by the lines beginning. */
  if (item->event->kind == HW_EVENT_RUN && item->event->run == 0)
    return;
  hw_marks_layer_add (HW_MARKS_LAYER (self->marks), item->time, get_mark (item->event),
                      item->event->text != NULL ? item->event->text : "");
}

static void
append_figure (GString  *text,
               HwSample *sample,
               HwMetric  metric)
{
  g_autofree char *value = NULL;

  if (!hw_sample_has (sample, metric))
    return;

  value = hw_chart_unit_format (hw_chart_unit_from_metric (metric), hw_sample_get (sample, metric));
  g_string_append_printf (text, "%s%s %s", text->len > 0 ? " · " : "", hw_metric_get_label (metric), value);
}

/* The newest numbers in a line of text, which is also what is heard. */
void
hw_record_page_update_figures (HwRecordPage *self,
                               HwSample     *sample)
{
  static const HwMetric shown[] = {
    HW_METRIC_HEAP_USED, HW_METRIC_HEAP_TOTAL, HW_METRIC_RSS, HW_METRIC_EXTERNAL, HW_METRIC_ARRAY_BUFFERS,
    HW_METRIC_HEAP_LIMIT, HW_METRIC_HANDLES, HW_METRIC_DOM_NODES, HW_METRIC_LISTENERS,
  };
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    append_figure (text, sample, shown[i]);
  gtk_label_set_label (self->figures, text->str);

  if (!self->limit_shown && self->limit_item != G_MAXUINT && hw_sample_has (sample, HW_METRIC_HEAP_LIMIT) &&
      hw_sample_get (sample, HW_METRIC_HEAP_USED) > LIMIT_SHOWN_AT * hw_sample_get (sample, HW_METRIC_HEAP_LIMIT))
    {
      self->limit_shown = TRUE;
      hw_chart_layer_set_item_visible (self->lines[HW_RECORD_CHART_MEMORY], self->limit_item, TRUE);
    }
}

/* Draws what is recorded already. */
void
hw_record_page_fill_charts (HwRecordPage *self)
{
  guint n_lines = hw_recording_get_n_lines (self->recording);
  guint n_events = hw_recording_get_n_events (self->recording);
  HwSample *last = hw_recording_get_last (self->recording);

  for (guint i = 0; i < n_lines; i++)
    line_added_cb (self, i);
  for (guint i = 0; i < n_events; i++)
    event_cb (self, i);
  if (last != NULL)
    hw_record_page_update_figures (self, last);
}

void
hw_record_page_init_charts (HwRecordPage *self)
{
  self->axis = hw_time_axis_new (FIRST_SPAN, FALSE);
  self->marks = hw_marks_layer_new ();
  self->limit_item = G_MAXUINT;

  for (guint i = 0; i < HW_N_RECORD_CHARTS; i++)
    {
      self->charts[i] = hw_chart_new (self->axis, _(charts[i].title), charts[i].unit);
      self->lines[i] = hw_line_layer_new ();
      hw_chart_add_layer (HW_CHART (self->charts[i]), self->lines[i]);
      hw_chart_add_layer (HW_CHART (self->charts[i]), self->marks);
      gtk_widget_set_size_request (self->charts[i], -1, charts[i].height);
      gtk_widget_set_visible (self->charts[i], i == HW_RECORD_CHART_MEMORY);
      gtk_box_append (self->charts_box, self->charts[i]);
    }
  hw_chart_set_empty_text (HW_CHART (self->charts[HW_RECORD_CHART_MEMORY]), _("No sample has arrived yet"));

  g_signal_connect_object (self->recording, "line-added", G_CALLBACK (line_added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->recording, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  hw_record_page_fill_charts (self);
}
