/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-record-page.h"
#include "inspector/hw-allocation-job.h"
#include "inspector/hw-snapshot-job.h"
#include "widgets/hw-chart.h"
#include "widgets/hw-line-layer.h"
#include "widgets/hw-marks-layer.h"

G_BEGIN_DECLS

/* The charts of a recording, from the top. */
typedef enum
{
  HW_RECORD_CHART_MEMORY,
  HW_RECORD_CHART_WATCHES,
  HW_RECORD_CHART_HANDLES,
  HW_RECORD_CHART_EVENT_LOOP,
  HW_RECORD_CHART_PAGE,
  HW_RECORD_CHART_SYSTEM,
  HW_RECORD_CHART_DESCRIPTORS,
  HW_N_RECORD_CHARTS,
} HwRecordChart;

/**
 * HwSeriesRule:
 * @HW_SERIES_RULE_NONE: no series
 * @HW_SERIES_RULE_MINUTES: every so many minutes
 * @HW_SERIES_RULE_GROWTH: whenever the heap has grown by so many MB
 * @HW_SERIES_RULE_RATE: while the heap grows faster than so many MB in a minute
 * @HW_SERIES_RULE_LIMIT: when the heap is at so many percent of its limit
 *
 * When a series takes its next snapshot.
 */
typedef enum
{
  HW_SERIES_RULE_NONE,
  HW_SERIES_RULE_MINUTES,
  HW_SERIES_RULE_GROWTH,
  HW_SERIES_RULE_RATE,
  HW_SERIES_RULE_LIMIT,
} HwSeriesRule;

struct _HwRecordPage
{
  AdwBin          parent_instance;

  HwRecording    *recording;
  HwTimeAxis     *axis;
  HwChartLayer   *marks;
  GtkWidget      *charts[HW_N_RECORD_CHARTS];
  HwChartLayer   *lines[HW_N_RECORD_CHARTS];
  guint           n_lines[HW_N_RECORD_CHARTS];
  guint           limit_item;        /* the heap limit in the memory chart, or G_MAXUINT */
  gboolean        limit_shown;

  /* snapshots */
  HwSnapshotJob  *job;               /* the running one */
  GCancellable   *job_cancellable;
  gboolean        job_of_series;
  guint           n_taken;

  /* allocations */
  HwAllocationJob *allocations;      /* what is being recorded */
  HwAllocationKind allocation_kind;
  gboolean        is_ending;         /* it was stopped and its file is on the way */

  /* a series of them */
  HwSeriesRule    rule;
  double          rule_value;
  guint           rule_keep;
  gint64          series_time;       /* monotonic µs of the last one */
  double          series_heap;       /* bytes used then */
  GQueue          series_files;      /* GFile, the oldest first */

  GCancellable   *cancellable;       /* of everything else that is asked */
  GHashTable     *watch_rows;        /* name → AdwActionRow */
  GPtrArray      *verdict_rows;      /* AdwActionRow, one a finding; not owned */
  gint64          judged;            /* monotonic µs of the last verdict */
  gboolean        is_judging;
  gboolean        judge_again;

  GtkStack       *states;
  AdwStatusPage  *opening_page;
  AdwStatusPage  *failed_page;
  AdwBanner      *banner;
  GtkWidget      *bar;
  GtkWidget      *snapshot_button;
  GtkWidget      *garbage_button;
  GtkWidget      *timeline_button;
  GtkWidget      *sampling_button;
  GtkWidget      *mark_button;
  GtkPopover     *mark_popover;
  GtkEditable    *mark_entry;
  GtkToggleButton *pause_button;
  GtkDropDown    *interval;
  GtkLabel       *cost;
  GtkCheckButton *collect_first;
  GtkCheckButton *numeric_values;
  GtkCheckButton *internals;
  GtkEditable    *label_entry;
  GtkRevealer    *progress_revealer;
  GtkLabel       *progress_label;
  GtkProgressBar *progress;
  GtkWidget      *cancel_button;
  GtkMenuButton  *series_button;
  GtkPopover     *series_popover;
  GtkDropDown    *series_rule;
  GtkSpinButton  *series_value;
  GtkLabel       *series_unit;
  GtkSpinButton  *series_keep;
  GtkLabel       *figures;
  GtkWidget      *verdict_group;
  AdwExpanderRow *verdict_row;
  GtkWidget      *verdict_icon;
  GtkWidget      *verdict_button;
  GtkBox         *charts_box;
  GtkWidget      *watch_group;
  AdwEntryRow    *watch_entry;
  GtkWidget      *console_group;
  AdwEntryRow    *console_entry;
  AdwActionRow   *console_result;
};

/* hw-record-page.c */
void hw_record_page_emit_captured  (HwRecordPage   *self,
                                    GFile          *file,
                                    const char     *title,
                                    const char     *note);
void hw_record_page_emit_expired   (HwRecordPage   *self,
                                    GFile          *file);
void hw_record_page_tell           (HwRecordPage   *self,
                                    const char     *text);

/* hw-record-charts.c */
void hw_record_page_init_charts    (HwRecordPage   *self);
void hw_record_page_fill_charts    (HwRecordPage   *self);
void hw_record_page_update_figures (HwRecordPage   *self,
                                    HwSample       *sample);

/* hw-record-capture.c */
void hw_record_page_class_capture  (GtkWidgetClass *widget_class);
void hw_record_page_init_capture   (HwRecordPage   *self);
void hw_record_page_end_capture    (HwRecordPage   *self);
void hw_record_page_update_cost    (HwRecordPage   *self,
                                    HwSample       *sample);
void hw_record_page_check_series   (HwRecordPage   *self,
                                    HwSample       *sample);

/* hw-record-allocations.c */
void hw_record_page_class_allocations  (GtkWidgetClass *widget_class);
void hw_record_page_init_allocations   (HwRecordPage   *self);
void hw_record_page_update_allocations (HwRecordPage   *self);
void hw_record_page_end_allocations    (HwRecordPage   *self);

/* hw-record-verdict.c */
void hw_record_page_class_verdict  (GtkWidgetClass *widget_class);
void hw_record_page_init_verdict   (HwRecordPage   *self);
void hw_record_page_judge          (HwRecordPage   *self,
                                    gboolean        is_urgent);

/* hw-record-tools.c */
void hw_record_page_class_tools    (GtkWidgetClass *widget_class);
void hw_record_page_init_tools     (HwRecordPage   *self);
void hw_record_page_update_watches (HwRecordPage   *self,
                                    HwSample       *sample);

G_END_DECLS
