/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-document.h"
#include "app/hw-history.h"

G_BEGIN_DECLS

/* What is remembered of an open capture while another one is looked at. */
typedef struct
{
  guint      serial;    /* in the order of opening */
  char      *key;       /* sorts by the file's name, numbers by their value */
  HwCapture *baseline;  /* chosen by the person, not owned */
  HwCapture *owner;     /* of the selected object, not owned */
  HwNodeId   node;
} HwCaptureMemory;

struct _HwDocument
{
  GObject     parent_instance;

  GListStore *captures;
  GListStore *recordings;
  GHashTable *memories;           /* HwCapture → HwCaptureMemory */
  GHashTable *groups;             /* group → rank, in the order of opening */
  HwHistory  *history;

  HwRecording *recording;         /* owned; looked at instead of the capture */
  HwCapture  *capture;            /* owned */
  HwCapture  *baseline;           /* owned */
  gboolean    first_is_baseline;
  HwCapture  *owner;              /* of the selected object, not owned */
  HwNodeId    node;
  char       *class_filter;
  const char *view;               /* interned */
  guint       next_serial;
};

typedef enum
{
  PROP_CAPTURE = 1,
  PROP_BASELINE,
  PROP_CLASS_FILTER,
  PROP_VIEW,
  PROP_CAN_GO_BACK,
  PROP_CAN_GO_FORWARD,
  PROP_RECORDING,
} HwDocumentProperty;

/* hw-document.c */
void       hw_document_notify                 (HwDocument         *self,
                                               HwDocumentProperty  property);
void       hw_document_emit_selection_changed (HwDocument         *self);
void       hw_document_look_at                (HwDocument         *self,
                                               HwCapture          *capture);

/* hw-document-recordings.c */
void       hw_document_add_group              (HwDocument         *self,
                                               const char         *group);
void       hw_document_leave_recording        (HwDocument         *self);
void       hw_document_dispose_recordings     (HwDocument         *self);

/* hw-document-captures.c */
void       hw_capture_memory_free             (gpointer            memory);
guint      hw_document_count                  (HwDocument         *self);
HwCapture *hw_document_get_nth                (HwDocument         *self,
                                               guint               position);
void       hw_document_update_baseline        (HwDocument         *self);

/* hw-document-selection.c */
void       hw_document_notify_history         (HwDocument         *self);

G_END_DECLS
