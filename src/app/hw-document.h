/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-capture.h"
#include "app/hw-recording.h"

G_BEGIN_DECLS

#define HW_TYPE_DOCUMENT (hw_document_get_type ())

/**
 * HwDocument:
 *
 * What one window shows: the open captures and recordings, the current one, its baseline, the selected object and the
 * constructor filter. Pages bind to it and never talk to each other.
 *
 * Properties, all notified: `capture` (nullable), `baseline` (nullable), `class-filter` (string),
 * `view` (string: the name of the visible view), `can-go-back`, `can-go-forward`, `recording` (nullable: looked
 * at instead of the capture, which stays the one that the views show).
 * Signals: `selection-changed`; `reveal` (view name: "summary", "containment"; node as guint): a page
 * that owns the view shows the node; the window switches to the view first.
 *
 * The captures are kept in the order the sidebar shows them: group by group, oldest first. Each has a
 * selection and a chosen baseline of its own, which come back with it.
 *
 * Main thread only.
 */
G_DECLARE_FINAL_TYPE (HwDocument, hw_document, HW, DOCUMENT, GObject)

HwDocument *hw_document_new              (void) G_GNUC_WARN_UNUSED_RESULT;

/* The captures */
GListStore *hw_document_get_captures     (HwDocument *self);
void        hw_document_add_capture      (HwDocument *self,
                                          HwCapture  *capture);
void        hw_document_remove_capture   (HwDocument *self,
                                          HwCapture  *capture);
HwCapture  *hw_document_find_file        (HwDocument *self,
                                          GFile      *file);
HwCapture  *hw_document_get_neighbour    (HwDocument *self,
                                          int         step);

/* The recordings; one that is looked at stands in front of the current capture. */
GListStore  *hw_document_get_recordings   (HwDocument  *self);
void         hw_document_add_recording    (HwDocument  *self,
                                           HwRecording *recording);
void         hw_document_remove_recording (HwDocument  *self,
                                           HwRecording *recording);
HwRecording *hw_document_get_recording    (HwDocument  *self);
void         hw_document_set_recording    (HwDocument  *self,
                                           HwRecording *recording);
HwRecording *hw_document_find_recording   (HwDocument  *self,
                                           GFile       *file);
guint        hw_document_get_group_rank   (HwDocument  *self,
                                           const char  *group);

/* The current one */
HwCapture  *hw_document_get_capture      (HwDocument *self);
void        hw_document_set_capture      (HwDocument *self,
                                          HwCapture  *capture);
HwCapture  *hw_document_get_baseline     (HwDocument *self);
void        hw_document_set_baseline     (HwDocument *self,
                                          HwCapture  *baseline);
void        hw_document_set_first_is_baseline (HwDocument *self,
                                               gboolean    first);
const char *hw_document_get_class_filter (HwDocument *self);
void        hw_document_set_class_filter (HwDocument *self,
                                          const char *text);
const char *hw_document_get_view         (HwDocument *self);
void        hw_document_set_view         (HwDocument *self,
                                          const char *view);

/* The selected object; its heap may be the baseline's (a deleted object). */
HwHeap     *hw_document_get_selected_heap (HwDocument *self);
HwNodeId    hw_document_get_selected_node (HwDocument *self);
void        hw_document_select            (HwDocument *self,
                                           HwHeap     *heap,
                                           HwNodeId    node);
gboolean    hw_document_go_back           (HwDocument *self);
gboolean    hw_document_go_forward        (HwDocument *self);
gboolean    hw_document_get_can_go_back   (HwDocument *self);
gboolean    hw_document_get_can_go_forward (HwDocument *self);
void        hw_document_reveal            (HwDocument *self,
                                           const char *view,
                                           HwNodeId    node);

G_END_DECLS
