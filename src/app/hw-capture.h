/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/hw-cache.h"
#include "cache/hw-notebook.h"

G_BEGIN_DECLS

#define HW_TYPE_CAPTURE (hw_capture_get_type ())

/**
 * HwCaptureState:
 * @HW_CAPTURE_LOADING: being read; `classes` may be known already
 * @HW_CAPTURE_READY: the heap is there
 * @HW_CAPTURE_FAILED: see hw_capture_get_error_text()
 * @HW_CAPTURE_CANCELLED: the person stopped it; it can be opened again
 *
 * Where a capture stands. A new one counts as cancelled until it is loaded.
 */
typedef enum
{
  HW_CAPTURE_LOADING,
  HW_CAPTURE_READY,
  HW_CAPTURE_FAILED,
  HW_CAPTURE_CANCELLED,
} HwCaptureState;

/**
 * HwCapture:
 *
 * One snapshot file that is open in the sidebar: its loading, its heap, its name and its troubles.
 *
 * Properties, all notified: `title` (string, settable: rename in place), `state`, `fraction` (double),
 * `phase` (string, translated), `classes` (pointer to #HwClassTable), `heap` (pointer to #HwHeap),
 * `error-text`, `damage-text` (string, nullable), `subtitle` (string: time and size, or phase),
 * `time` (#GDateTime, nullable), `change` (int64; see hw_capture_get_change()), `note` (string,
 * nullable, settable).
 *
 * Main thread only.
 */
G_DECLARE_FINAL_TYPE (HwCapture, hw_capture, HW, CAPTURE, GObject)

HwCapture      *hw_capture_new             (GFile      *file,
                                            HwCache    *cache,
                                            HwNotebook *notebook) G_GNUC_WARN_UNUSED_RESULT;
void            hw_capture_load            (HwCapture  *self);
void            hw_capture_cancel          (HwCapture  *self);
GFile          *hw_capture_get_file        (HwCapture  *self);
const char     *hw_capture_get_group       (HwCapture  *self);
const char     *hw_capture_get_title       (HwCapture  *self);
void            hw_capture_set_title       (HwCapture  *self,
                                            const char *title);
const char     *hw_capture_get_note        (HwCapture  *self);
void            hw_capture_set_note        (HwCapture  *self,
                                            const char *note);
char           *hw_capture_dup_headline    (HwCapture  *self) G_GNUC_WARN_UNUSED_RESULT;
char           *hw_capture_dup_details     (HwCapture  *self) G_GNUC_WARN_UNUSED_RESULT;
const char     *hw_capture_get_subtitle    (HwCapture  *self);
GDateTime      *hw_capture_get_time        (HwCapture  *self);
HwCaptureState  hw_capture_get_state       (HwCapture  *self);
double          hw_capture_get_fraction    (HwCapture  *self);
const char     *hw_capture_get_phase       (HwCapture  *self);
HwClassTable   *hw_capture_get_classes     (HwCapture  *self);
HwHeap         *hw_capture_get_heap        (HwCapture  *self);
guint64         hw_capture_get_size        (HwCapture  *self);
gboolean        hw_capture_get_change      (HwCapture  *self,
                                            gint64     *change);
void            hw_capture_set_previous    (HwCapture  *self,
                                            HwCapture  *previous);
const char     *hw_capture_get_error_text  (HwCapture  *self);
const char     *hw_capture_get_hint_text   (HwCapture  *self);
const char     *hw_capture_get_damage_text (HwCapture  *self);

G_END_DECLS
