/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * HwEventKind:
 * @HW_EVENT_RUN: the target was met, or met again after it had ended
 * @HW_EVENT_MARKER: the person's own mark, or a name the target gave to a moment
 * @HW_EVENT_CONSOLE: a line of the console or of a log
 * @HW_EVENT_GC: a garbage collection
 * @HW_EVENT_SNAPSHOT: a heap snapshot was taken
 *
 * What happened beside the measuring. Each kind is a table of a recording.
 */
typedef enum
{
  HW_EVENT_RUN,
  HW_EVENT_MARKER,
  HW_EVENT_CONSOLE,
  HW_EVENT_GC,
  HW_EVENT_SNAPSHOT,
  HW_N_EVENT_KINDS,
} HwEventKind;

/**
 * HwEvent:
 * @kind: what happened
 * @is_major: GC: whether the whole heap was collected, old objects as well
 * @run: which run of the target it belongs to, from 0
 * @id: its row in the recording it was read from, or 0
 * @time: microseconds since 1970, UTC
 * @duration: microseconds: the pause of a GC, the time a snapshot took; 0 when unknown
 * @before: bytes of heap used before a GC, size of a snapshot's file; NaN when unknown
 * @after: bytes of heap used after a GC; NaN when unknown
 * @text: (nullable): the marker's name; the console line; the GC's name and reason; the snapshot's
 *   label; the target's title
 * @level: (nullable): console: `log`, `info`, `warning`, `error`, `debug`, `exception`; marker: who set it,
 *   `person`, `target`, `import`; snapshot: `complete` or `salvaged`; run: the runtime with its version
 * @source: (nullable): console: where the line comes from, a function or a file; snapshot: the file's
 *   path; run: the address or process
 * @method: (nullable): console: the method of the request it tells about
 * @url: (nullable): console: the address of the request it tells about
 *
 * One thing that happened at one moment.
 *
 * Atomic reference count. Whoever makes an event fills it and lets it go; from then on it is immutable,
 * and any thread may read it. Texts are valid UTF-8 of at most `HW_EVENT_MAX_TEXT` bytes.
 */
typedef struct
{
  HwEventKind  kind;
  gboolean     is_major;
  guint        run;
  gint64       id;
  gint64       time;
  gint64       duration;
  double       before;
  double       after;
  const char  *text;
  const char  *level;
  const char  *source;
  const char  *method;
  const char  *url;
} HwEvent;

#define HW_TYPE_EVENT     (hw_event_get_type ())
#define HW_EVENT_MAX_TEXT 16384

GType    hw_event_get_type    (void);
HwEvent *hw_event_new         (HwEventKind  kind,
                               gint64       time,
                               guint        run,
                               const char  *text) G_GNUC_WARN_UNUSED_RESULT;
HwEvent *hw_event_new_gc      (gint64       time,
                               guint        run,
                               const char  *name,
                               gboolean     is_major,
                               double       before,
                               double       after,
                               gint64       pause) G_GNUC_WARN_UNUSED_RESULT;
HwEvent *hw_event_ref         (HwEvent     *self);
void     hw_event_unref       (HwEvent     *self);
void     hw_event_set_level   (HwEvent     *self,
                               const char  *level);
void     hw_event_set_source  (HwEvent     *self,
                               const char  *source);
void     hw_event_set_request (HwEvent     *self,
                               const char  *method,
                               const char  *url);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwEvent, hw_event_unref)

G_END_DECLS
