/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-event.h"
#include "base/hw-sample.h"
#include "inspector/hw-live-runtime.h"

G_BEGIN_DECLS

/* Which wire a recording or a snapshot goes over. */
typedef enum
{
  HW_DIALECT_V8,       /* HeapProfiler: chunks of a snapshot as events */
  HW_DIALECT_WEBKIT,   /* Heap: everything in one answer */
} HwDialect;

/*
 * A runtime is a static value of this. What the wire needs beyond data stands in the two functions:
 * new runtimes need a new file with one such value and its line in hw-live-runtime.c, nothing else.
 */
struct _HwLiveRuntime
{
  const char         *id;            /* "node": in files and on command lines */
  const char         *name;          /* "Node.js" */
  const char *const  *browsers;      /* how "Browser" of /json/version begins */
  const char *const  *executables;   /* base names */
  guint16             ports[2];      /* the usual ones */
  gboolean            by_signal;     /* SIGUSR1 opens the inspector */
  gboolean            has_list;      /* answers /json/list */
  gboolean            waits_at_exit; /* for us to leave */
  HwDialect           dialect;

  /* Sent after connecting; what is not known there is no harm. NULL-terminated. */
  const char *const  *enable;
  const char         *enable_console;
  const char         *disable_console;
  const char         *collect;       /* the method that collects garbage */
  const char         *expression;    /* one tick: gives a JSON text; NULL: methods alone */
  const char *const  *methods;       /* asked beside it on each tick; NULL-terminated or NULL */

  /* Why not, translated; NULL: it can. */
  const char       *(*why_not)     (HwFeature    feature);
  /* Fills what the answer to the expression or to a method of the tick says. */
  void              (*read)        (const char  *method,
                                    JsonObject  *answer,
                                    HwSample    *sample);
  /* Makes an event of what the target told, or NULL. */
  HwEvent          *(*read_event)  (const char  *method,
                                    JsonObject  *params,
                                    guint        run,
                                    gint64       now);
};

/* What several dialects share: hw-live-runtime-v8.c */
void      hw_v8_read_sample   (const char  *method,
                               JsonObject  *answer,
                               HwSample    *sample);
HwEvent  *hw_v8_read_event    (const char  *method,
                               JsonObject  *params,
                               guint        run,
                               gint64       now);
extern const char hw_v8_expression[];
extern const char hw_v8_gc_expression[];
extern const char hw_v8_gc_cleanup[];

/* Reading what a target says: what is missing or of another kind is not there. */
JsonObject *hw_json_object      (JsonObject   *object,
                                 const char   *name);
JsonArray  *hw_json_array       (JsonObject   *object,
                                 const char   *name);
const char *hw_json_string      (JsonObject   *object,
                                 const char   *name);
gboolean    hw_json_number      (JsonObject   *object,
                                 const char   *name,
                                 double       *number);
void        hw_json_set         (JsonObject   *object,
                                 const char   *name,
                                 HwSample     *sample,
                                 HwMetric      metric,
                                 double        factor);
void        hw_json_read_process (JsonObject  *answer,
                                 HwSample     *sample);
guint64     hw_json_count       (JsonObject   *object,
                                 const char   *name,
                                 HwSample     *sample,
                                 HwCountGroup  group);

G_END_DECLS
