/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-capture.h"

G_BEGIN_DECLS

typedef struct _HwCaptureJob HwCaptureJob;

struct _HwCapture
{
  GObject         parent_instance;

  GFile          *file;
  HwCache        *cache;
  HwNotebook     *notebook;       /* NULL to forget */
  HwNotebookPage *page;           /* of the file, in the notebook */
  char           *group;
  char           *title;
  char           *name;           /* given by the person, or NULL */
  char           *note;           /* written by the person, or NULL */
  gboolean        is_named;       /* by the person since the file was opened */
  gboolean        is_noted;
  char           *subtitle;
  GDateTime      *time;           /* the file's, or NULL until known */
  HwCaptureState  state;
  HwCaptureJob   *job;            /* the running one; late answers of others are dropped */
  double          fraction;
  const char     *phase;          /* translated, static */
  HwClassTable   *classes;
  HwHeap         *heap;
  GCancellable   *preparing;      /* what is done for the heap behind the person's back */
  guint64         previous_size;  /* bytes of the capture before */
  gboolean        has_previous;
  char           *error_text;
  char           *hint_text;
  char           *damage_text;
};

typedef enum
{
  PROP_TITLE = 1,
  PROP_STATE,
  PROP_FRACTION,
  PROP_PHASE,
  PROP_CLASSES,
  PROP_HEAP,
  PROP_ERROR_TEXT,
  PROP_DAMAGE_TEXT,
  PROP_SUBTITLE,
  PROP_TIME,
  PROP_CHANGE,
  PROP_NOTE,
} HwCaptureProperty;

/* hw-capture.c */
void hw_capture_notify          (HwCapture         *self,
                                 HwCaptureProperty  property);
void hw_capture_update_subtitle (HwCapture         *self);
void hw_capture_change_state    (HwCapture         *self,
                                 HwCaptureState     state);

/* hw-capture-words.c */
void hw_capture_read_words      (HwCapture         *self,
                                 HwNotebook        *notebook);

G_END_DECLS
