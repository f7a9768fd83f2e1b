/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-event.h"
#include "inspector/hw-session.h"
#include "model/hw-series.h"

G_BEGIN_DECLS

/**
 * HwRecordingState:
 * @HW_RECORDING_OPENING: on the way to the program, or reading the file
 * @HW_RECORDING_LIVE: samples arrive
 * @HW_RECORDING_BUSY: the program has not answered for a while
 * @HW_RECORDING_WAITING: the program waits for someone to let it run
 * @HW_RECORDING_LOST: the program went away and is looked for
 * @HW_RECORDING_ENDED: nothing more will come; what was recorded can be read
 * @HW_RECORDING_FAILED: there is nothing to see; the message says why
 *
 * Where a recording stands.
 */
typedef enum
{
  HW_RECORDING_OPENING,
  HW_RECORDING_LIVE,
  HW_RECORDING_BUSY,
  HW_RECORDING_WAITING,
  HW_RECORDING_LOST,
  HW_RECORDING_ENDED,
  HW_RECORDING_FAILED,
} HwRecordingState;

/**
 * HwRecordingLine:
 * @metric: which metric, or %HW_N_METRICS
 * @group: counts by type: what is counted, or %HW_N_COUNT_GROUPS
 * @name: the type, or the watch's name; %NULL of a metric
 * @series: its values
 *
 * One value that a recording has over time. Neither metric nor group: a watch.
 */
typedef struct
{
  HwMetric      metric;
  HwCountGroup  group;
  char         *name;
  HwSeries     *series;
} HwRecordingLine;

/**
 * HwRecordingEvent:
 * @time: on the clock of the series
 * @event: what happened
 *
 * One thing that happened beside the measuring.
 */
typedef struct
{
  gint64   time;
  HwEvent *event;
} HwRecordingEvent;

#define HW_TYPE_RECORDING (hw_recording_get_type ())

/**
 * HwRecording:
 *
 * A recording that is open: of a program that is watched right now, or from a file. What arrives goes to
 * the file at once, and into the series that charts show.
 *
 * Properties, all notified: `title`, `state` (a #HwRecordingState), `message` (nullable: what a person
 * should know), `run`, `subtitle` (the state in words).
 *
 * Main thread only.
 */
G_DECLARE_FINAL_TYPE (HwRecording, hw_recording, HW, RECORDING, GObject)

HwRecording            *hw_recording_new_live     (HwTarget         *target,
                                                   const char       *folder) G_GNUC_WARN_UNUSED_RESULT;
HwRecording            *hw_recording_new_for_file (GFile            *file) G_GNUC_WARN_UNUSED_RESULT;
void                    hw_recording_start        (HwRecording      *self);
void                    hw_recording_stop         (HwRecording      *self);

const char             *hw_recording_get_title    (HwRecording      *self);
HwRecordingState        hw_recording_get_state    (HwRecording      *self);
const char             *hw_recording_get_message  (HwRecording      *self);
const char             *hw_recording_get_subtitle (HwRecording      *self);
guint                   hw_recording_get_run      (HwRecording      *self);
GFile                  *hw_recording_get_file     (HwRecording      *self);
const char             *hw_recording_get_group    (HwRecording      *self);
HwSession              *hw_recording_get_session  (HwRecording      *self);
HwSample               *hw_recording_get_last     (HwRecording      *self);
gboolean                hw_recording_get_is_live  (HwRecording      *self);

guint                   hw_recording_get_n_lines  (HwRecording      *self);
const HwRecordingLine  *hw_recording_get_line     (HwRecording      *self,
                                                   guint             index);
HwSeries               *hw_recording_get_series   (HwRecording      *self,
                                                   HwMetric          metric);
guint                   hw_recording_get_n_events (HwRecording      *self);
const HwRecordingEvent *hw_recording_get_event    (HwRecording      *self,
                                                   guint             index);
gboolean                hw_recording_get_extent   (HwRecording      *self,
                                                   gint64           *first,
                                                   gint64           *last);

void                    hw_recording_get_range    (HwRecording      *self,
                                                   gint64            start,
                                                   gint64            end,
                                                   GPtrArray       **samples,
                                                   GPtrArray       **gcs);

void                    hw_recording_set_interval (HwRecording      *self,
                                                   guint             milliseconds);
void                    hw_recording_add_mark     (HwRecording      *self,
                                                   const char       *text);
void                    hw_recording_add_event    (HwRecording      *self,
                                                   HwEvent          *event);
gboolean                hw_recording_add_watch    (HwRecording      *self,
                                                   const char       *name,
                                                   const char       *expression);
void                    hw_recording_remove_watch (HwRecording      *self,
                                                   const char       *name);
char                   *hw_recording_dup_capture_path (HwRecording  *self,
                                                       GError      **error) G_GNUC_WARN_UNUSED_RESULT;

char                   *hw_recording_dup_default_folder (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean                hw_recording_is_recording_file  (GFile      *file);

G_END_DECLS
