/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * What is measured of a running program: the table of metrics, and one sample of them.
 *
 * The table is the only place that knows a metric. Charts, recordings, export, import and the command
 * line read it; a new metric is one row here and the line that sets it where it is measured.
 *
 *   ROW (name, SQL column, unit, source, kind, label, meaning)
 *
 * A level goes up and down, a total only grows until the program starts again. Columns are names that
 * people type in SQL: they never change once released.
 */
#define HW_METRICS(ROW)                                                                                              \
  ROW (RSS, "rss", BYTES, RUNTIME, LEVEL, N_("Resident memory"),                                                     \
       N_("Physical memory of the whole process, as it says itself"))                                                \
  ROW (HEAP_USED, "heap_used", BYTES, RUNTIME, LEVEL, N_("Heap used"),                                               \
       N_("Bytes of JavaScript objects, dead ones that no collection has met yet included"))                         \
  ROW (HEAP_TOTAL, "heap_total", BYTES, RUNTIME, LEVEL, N_("Heap total"),                                            \
       N_("Bytes that the engine has reserved for JavaScript objects"))                                              \
  ROW (HEAP_LIMIT, "heap_limit", BYTES, RUNTIME, LEVEL, N_("Heap limit"),                                            \
       N_("The program is ended by the engine when its heap reaches this"))                                          \
  ROW (EXTERNAL, "external", BYTES, RUNTIME, LEVEL, N_("External"),                                                  \
       N_("Memory outside the heap that JavaScript objects hold, such as buffers"))                                  \
  ROW (ARRAY_BUFFERS, "array_buffers", BYTES, RUNTIME, LEVEL, N_("Array buffers"),                                   \
       N_("The part of the external memory that buffers and typed arrays hold"))                                     \
  ROW (HANDLES, "handles", COUNT, RUNTIME, LEVEL, N_("Handles"),                                                     \
       N_("Open sockets, servers, streams, watchers and child processes"))                                           \
  ROW (REQUESTS, "requests", COUNT, RUNTIME, LEVEL, N_("Requests"),                                                  \
       N_("Operations that have begun and wait for the system, such as writes"))                                     \
  ROW (TIMERS, "timers", COUNT, RUNTIME, LEVEL, N_("Timers"),                                                        \
       N_("Timeouts and intervals that will still run"))                                                             \
  ROW (EVENT_LOOP_DELAY, "event_loop_delay", MICROSECONDS, RUNTIME, LEVEL, N_("Event-loop delay"),                   \
       N_("How long a question waited for the program's answer"))                                                    \
  ROW (EVENT_LOOP_UTILIZATION, "event_loop_utilization", RATIO, RUNTIME, LEVEL, N_("Event-loop utilization"),        \
       N_("The part of the time since the last sample in which the event loop was not idle"))                        \
  ROW (NATIVE_CONTEXTS, "native_contexts", COUNT, RUNTIME, LEVEL, N_("Native contexts"),                             \
       N_("Global scopes that exist; a number that only grows is a leak"))                                           \
  ROW (DETACHED_CONTEXTS, "detached_contexts", COUNT, RUNTIME, LEVEL, N_("Detached contexts"),                       \
       N_("Global scopes that were left and are still in memory"))                                                   \
  ROW (MALLOCED, "malloced", BYTES, RUNTIME, LEVEL, N_("Engine's own memory"),                                       \
       N_("What the engine has allocated outside its heap for itself"))                                              \
  ROW (OBJECTS, "objects", COUNT, RUNTIME, LEVEL, N_("Objects"),                                                     \
       N_("Live objects in the heap, where the engine counts them"))                                                 \
  ROW (TOTAL_ALLOCATED, "total_allocated", BYTES, RUNTIME, TOTAL, N_("Allocated since start"),                       \
       N_("All bytes ever allocated in the heap, freed ones included"))                                              \
  ROW (CPU_USER, "cpu_user", MICROSECONDS, RUNTIME, TOTAL, N_("Processor, program"),                                 \
       N_("Processor time of the program's own code since its start"))                                               \
  ROW (CPU_SYSTEM, "cpu_system", MICROSECONDS, RUNTIME, TOTAL, N_("Processor, system"),                              \
       N_("Processor time of the kernel for the program since its start"))                                           \
  ROW (DOM_NODES, "dom_nodes", COUNT, PAGE, LEVEL, N_("DOM nodes"),                                                  \
       N_("Nodes of documents in memory, those that no page shows included"))                                        \
  ROW (DOCUMENTS, "documents", COUNT, PAGE, LEVEL, N_("Documents"),                                                  \
       N_("Documents in memory"))                                                                                    \
  ROW (FRAMES, "frames", COUNT, PAGE, LEVEL, N_("Frames"),                                                           \
       N_("Frames in memory"))                                                                                       \
  ROW (LISTENERS, "listeners", COUNT, PAGE, LEVEL, N_("Event listeners"),                                            \
       N_("Event listeners that scripts have added"))                                                                \
  ROW (OS_RSS, "os_rss", BYTES, SYSTEM, LEVEL, N_("Resident memory (system)"),                                       \
       N_("Physical memory of the process, as the operating system counts it"))                                      \
  ROW (OS_PSS, "os_pss", BYTES, SYSTEM, LEVEL, N_("Proportional memory (system)"),                                   \
       N_("Physical memory of the process, shared pages divided among their users"))                                 \
  ROW (OS_SWAP, "os_swap", BYTES, SYSTEM, LEVEL, N_("Swap (system)"),                                                \
       N_("Memory of the process that was written to the swap space"))                                               \
  ROW (OS_DESCRIPTORS, "os_descriptors", COUNT, SYSTEM, LEVEL, N_("Descriptors (system)"),                           \
       N_("Open files, sockets and pipes of the process"))                                                           \
  ROW (OS_THREADS, "os_threads", COUNT, SYSTEM, LEVEL, N_("Threads (system)"),                                       \
       N_("Threads of the process"))                                                                                 \
  ROW (CONTAINER_USED, "container_used", BYTES, SYSTEM, LEVEL, N_("Container used"),                                 \
       N_("Memory of the control group that the process is in"))                                                     \
  ROW (CONTAINER_LIMIT, "container_limit", BYTES, SYSTEM, LEVEL, N_("Container limit"),                              \
       N_("The process is killed when its control group reaches this"))                                              \
  ROW (FREE_MEMORY, "free_memory", BYTES, SYSTEM, LEVEL, N_("Free memory"),                                          \
       N_("Memory that programs on the machine can still get"))

/**
 * HwMetric:
 *
 * A row of the table of metrics, such as `HW_METRIC_HEAP_USED`; `HW_N_METRICS` is their number.
 */
#define HW_METRIC_ID(name, column, unit, source, kind, label, meaning) HW_METRIC_##name,
typedef enum
{
  HW_METRICS (HW_METRIC_ID)
  HW_N_METRICS
} HwMetric;
#undef HW_METRIC_ID

/**
 * HwMetricUnit:
 * @HW_METRIC_UNIT_BYTES: bytes
 * @HW_METRIC_UNIT_COUNT: things
 * @HW_METRIC_UNIT_MICROSECONDS: microseconds
 * @HW_METRIC_UNIT_RATIO: a part of 1
 *
 * What the numbers of a metric are.
 */
typedef enum
{
  HW_METRIC_UNIT_BYTES,
  HW_METRIC_UNIT_COUNT,
  HW_METRIC_UNIT_MICROSECONDS,
  HW_METRIC_UNIT_RATIO,
} HwMetricUnit;

/**
 * HwMetricSource:
 * @HW_METRIC_SOURCE_RUNTIME: the runtime tells it
 * @HW_METRIC_SOURCE_SYSTEM: the operating system tells it, of local processes
 * @HW_METRIC_SOURCE_PAGE: a browser tells it, of its pages
 *
 * Who measures a metric.
 */
typedef enum
{
  HW_METRIC_SOURCE_RUNTIME,
  HW_METRIC_SOURCE_SYSTEM,
  HW_METRIC_SOURCE_PAGE,
} HwMetricSource;

/**
 * HwMetricKind:
 * @HW_METRIC_KIND_LEVEL: goes up and down
 * @HW_METRIC_KIND_TOTAL: grows until the program starts again; its rate is what tells something
 *
 * How a metric moves.
 */
typedef enum
{
  HW_METRIC_KIND_LEVEL,
  HW_METRIC_KIND_TOTAL,
} HwMetricKind;

/**
 * HwCountGroup:
 * @HW_COUNT_GROUP_HANDLE: open handles by their constructor, `Socket`
 * @HW_COUNT_GROUP_REQUEST: pending requests by their constructor
 * @HW_COUNT_GROUP_RESOURCE: what keeps the event loop alive, `TCPSocketWrap`, `Timeout`
 * @HW_COUNT_GROUP_DESCRIPTOR: descriptors of the process by what they are, `socket`
 * @HW_COUNT_GROUP_OBJECT: live objects by the engine's type
 *
 * What is counted by type name.
 */
typedef enum
{
  HW_COUNT_GROUP_HANDLE,
  HW_COUNT_GROUP_REQUEST,
  HW_COUNT_GROUP_RESOURCE,
  HW_COUNT_GROUP_DESCRIPTOR,
  HW_COUNT_GROUP_OBJECT,
  HW_N_COUNT_GROUPS,
} HwCountGroup;

/**
 * HwSampleCount:
 * @group: what is counted
 * @type: its type name, UTF-8
 * @count: how many there are
 *
 * One line of a breakdown by type.
 */
typedef struct
{
  HwCountGroup  group;
  const char   *type;
  guint64       count;
} HwSampleCount;

/**
 * HwSampleWatch:
 * @name: the watch's name, UTF-8
 * @value: what its expression gave, or NaN
 * @error: (nullable): why it gave nothing, in the target's words
 *
 * The value of one of the person's own expressions.
 */
typedef struct
{
  const char *name;
  double      value;
  const char *error;
} HwSampleWatch;

/**
 * HwSample:
 *
 * Everything measured at one moment. What nobody could measure is unknown, never zero.
 *
 * Atomic reference count. Whoever makes a sample fills it and lets it go; from then on it is
 * immutable, and any thread may read it.
 */
typedef struct _HwSample HwSample;

#define HW_TYPE_SAMPLE (hw_sample_get_type ())

/* What a hostile target can put into one sample. */
#define HW_SAMPLE_MAX_COUNTS  512
#define HW_SAMPLE_MAX_WATCHES 64
#define HW_SAMPLE_MAX_TEXT    4096

const char          *hw_metric_get_column      (HwMetric        metric);
const char          *hw_metric_get_label       (HwMetric        metric);
const char          *hw_metric_get_meaning     (HwMetric        metric);
HwMetricUnit         hw_metric_get_unit        (HwMetric        metric);
HwMetricSource       hw_metric_get_source      (HwMetric        metric);
HwMetricKind         hw_metric_get_kind        (HwMetric        metric);
gboolean             hw_metric_from_column     (const char     *column,
                                                HwMetric       *metric);
const char          *hw_count_group_get_name   (HwCountGroup    group);
gboolean             hw_count_group_from_name  (const char     *name,
                                                HwCountGroup   *group);

GType                hw_sample_get_type        (void);
HwSample            *hw_sample_new             (gint64          time,
                                                gint64          monotonic_time,
                                                guint           run) G_GNUC_WARN_UNUSED_RESULT;
HwSample            *hw_sample_ref             (HwSample       *self);
void                 hw_sample_unref           (HwSample       *self);

void                 hw_sample_set             (HwSample       *self,
                                                HwMetric        metric,
                                                double          value);
void                 hw_sample_set_label       (HwSample       *self,
                                                const char     *label);
void                 hw_sample_set_request     (HwSample       *self,
                                                const char     *method,
                                                const char     *url);
void                 hw_sample_add_count       (HwSample       *self,
                                                HwCountGroup    group,
                                                const char     *type,
                                                guint64         count);
void                 hw_sample_add_watch       (HwSample       *self,
                                                const char     *name,
                                                double          value,
                                                const char     *error);

gint64               hw_sample_get_time        (const HwSample *self);
gint64               hw_sample_get_monotonic   (const HwSample *self);
guint                hw_sample_get_run         (const HwSample *self);
gboolean             hw_sample_has             (const HwSample *self,
                                                HwMetric        metric);
double               hw_sample_get             (const HwSample *self,
                                                HwMetric        metric);
const char          *hw_sample_get_label       (const HwSample *self);
const char          *hw_sample_get_method      (const HwSample *self);
const char          *hw_sample_get_url         (const HwSample *self);
const HwSampleCount *hw_sample_get_counts      (const HwSample *self,
                                                guint          *n_counts);
const HwSampleWatch *hw_sample_get_watches     (const HwSample *self,
                                                guint          *n_watches);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSample, hw_sample_unref)

G_END_DECLS
