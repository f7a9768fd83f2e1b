/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-recording.h"
#include "record/hw-metrics-file.h"

G_BEGIN_DECLS

struct _HwRecording
{
  GObject           parent_instance;

  HwSession        *session;        /* NULL of a file */
  HwMetricsFile    *metrics;        /* NULL until it is open */
  GFile            *file;
  char             *group;          /* URI of the folder its captures are in */
  char             *title;
  char             *message;        /* what a person should know, or NULL */
  char             *problem;        /* of the file; stands before the session's message */
  char             *subtitle;
  HwRecordingState  state;
  guint             run;
  guint             interval;       /* milliseconds */
  guint             n_captures;
  GCancellable     *cancellable;
  gboolean          is_started;

  HwSeriesClock     clock;
  GPtrArray        *lines;          /* HwRecordingLine */
  GHashTable       *by_name;        /* "group:name" → line */
  HwRecordingLine  *metric_lines[HW_N_METRICS];
  GArray           *events;         /* HwRecordingEvent */
  GPtrArray        *samples;        /* HwSample, for verdicts; thinned when there are very many */
  HwSample         *last;
  gboolean          has_samples;
};

/* hw-recording.c */
void     hw_recording_set_state     (HwRecording      *self,
                                     HwRecordingState  state,
                                     const char       *message);
void     hw_recording_set_title     (HwRecording      *self,
                                     const char       *title);

/* hw-recording-feed.c */
void     hw_recording_line_free     (gpointer          line);
void     hw_recording_event_clear   (gpointer          event);
void     hw_recording_take_sample   (HwRecording      *self,
                                     HwSample         *sample);
void     hw_recording_take_event    (HwRecording      *self,
                                     HwEvent          *event);
void     hw_recording_emit_line     (HwRecording      *self,
                                     guint             index);
void     hw_recording_emit_sample   (HwRecording      *self,
                                     HwSample         *sample);
void     hw_recording_emit_event    (HwRecording      *self,
                                     guint             index);
void     hw_recording_notify_run    (HwRecording      *self);

/* hw-recording-load.c */
void     hw_recording_load          (HwRecording      *self);

G_END_DECLS
