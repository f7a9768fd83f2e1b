/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/hw-event.h"
#include "base/hw-sample.h"

G_BEGIN_DECLS

#define HW_RECORD_ERROR (hw_record_error_quark ())

/**
 * HwRecordError:
 * @HW_RECORD_ERROR_NOT_A_RECORDING: the file is something else; it may still be imported
 * @HW_RECORD_ERROR_DAMAGED: the file contradicts itself; what can be read of it still is
 * @HW_RECORD_ERROR_NEWER: written by a newer Heapwise
 * @HW_RECORD_ERROR_EXISTS: a new recording would overwrite a file
 * @HW_RECORD_ERROR_READ_ONLY: the file or its folder may not be written
 * @HW_RECORD_ERROR_NO_SPACE: the disk or the quota is full
 * @HW_RECORD_ERROR_BUSY: another program keeps the file locked
 * @HW_RECORD_ERROR_STORAGE: SQLite or the disk refused otherwise
 * @HW_RECORD_ERROR_NOTHING: an imported file holds nothing that can be used
 *
 * What can go wrong with recordings.
 */
typedef enum
{
  HW_RECORD_ERROR_NOT_A_RECORDING,
  HW_RECORD_ERROR_DAMAGED,
  HW_RECORD_ERROR_NEWER,
  HW_RECORD_ERROR_EXISTS,
  HW_RECORD_ERROR_READ_ONLY,
  HW_RECORD_ERROR_NO_SPACE,
  HW_RECORD_ERROR_BUSY,
  HW_RECORD_ERROR_STORAGE,
  HW_RECORD_ERROR_NOTHING,
} HwRecordError;

GQuark hw_record_error_quark (void);

/**
 * HwMetricsMode:
 * @HW_METRICS_MODE_READ: only look at it
 * @HW_METRICS_MODE_RESUME: go on with an existing recording
 * @HW_METRICS_MODE_CREATE: begin a new one; never overwrites a file
 *
 * How a recording is opened.
 */
typedef enum
{
  HW_METRICS_MODE_READ,
  HW_METRICS_MODE_RESUME,
  HW_METRICS_MODE_CREATE,
} HwMetricsMode;

/**
 * HwRecordRange:
 * @from: first moment, microseconds since 1970, UTC; `G_MININT64` for the beginning
 * @to: last moment; `G_MAXINT64` for the end
 * @after_id: only samples with a row behind this one, for following a growing recording; 0 for all
 * @label: (nullable): only samples with this label
 * @has_details: whether counts by type and watches are read as well
 *
 * A part of a recording.
 */
typedef struct
{
  gint64      from;
  gint64      to;
  gint64      after_id;
  const char *label;
  gboolean    has_details;
} HwRecordRange;

#define HW_RECORD_RANGE_ALL { G_MININT64, G_MAXINT64, 0, NULL, FALSE }

/**
 * HwReadyTable:
 * @HW_READY_TABLE_GROWTH_BY_REQUEST: how much the heap grew with each request's method and address
 * @HW_READY_TABLE_BEFORE_AFTER: what each label's moments began and ended with
 * @HW_READY_TABLE_TREND: each minute's average, floor and growth
 * @HW_N_READY_TABLES: their number
 *
 * Questions that every recording answers; in the file they are views of the same names.
 */
typedef enum
{
  HW_READY_TABLE_GROWTH_BY_REQUEST,
  HW_READY_TABLE_BEFORE_AFTER,
  HW_READY_TABLE_TREND,
  HW_N_READY_TABLES,
} HwReadyTable;

/**
 * HwRecordCell:
 * @text: (nullable): a text
 * @number: a number where @text is NULL; NaN for nothing
 *
 * One value of a ready table.
 */
typedef struct
{
  char   *text;
  double  number;
} HwRecordCell;

/**
 * HwRecordTable:
 * @columns: the columns' names, NULL-terminated; never translated
 * @n_columns: their number
 * @cells: (element-type HwRecordCell): row after row
 * @n_rows: the number of rows
 * @is_cut: whether there were more rows than anybody reads
 *
 * A ready table's answer.
 */
typedef struct
{
  char    **columns;
  guint     n_columns;
  GArray   *cells;
  guint     n_rows;
  gboolean  is_cut;
} HwRecordTable;

void hw_record_table_free (HwRecordTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwRecordTable, hw_record_table_free)

/**
 * HwMetricsFile:
 *
 * A recording: one SQLite file with everything that was measured and that happened, in documented
 * tables. A person's document, never thrown away by the program.
 *
 * Thread-safe. What is added is handed to one writer thread, which commits it at once; a program
 * killed a moment later has lost nothing that was committed. While the disk refuses, what was added
 * waits in memory and [property@MetricsFile:problem] says why; it is written as soon as the disk takes it.
 */
#define HW_TYPE_METRICS_FILE (hw_metrics_file_get_type ())

G_DECLARE_FINAL_TYPE (HwMetricsFile, hw_metrics_file, HW, METRICS_FILE, GObject)

HwMetricsFile *hw_metrics_file_open_sync          (const char           *path,
                                                   HwMetricsMode         mode,
                                                   GCancellable         *cancellable,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void           hw_metrics_file_open_async         (const char           *path,
                                                   HwMetricsMode         mode,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
HwMetricsFile *hw_metrics_file_open_finish        (GAsyncResult         *result,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
const char    *hw_metrics_file_get_path           (HwMetricsFile        *self);
HwMetricsMode  hw_metrics_file_get_mode           (HwMetricsFile        *self);
const char    *hw_metrics_file_get_damage         (HwMetricsFile        *self);
char          *hw_metrics_file_dup_problem        (HwMetricsFile        *self);
char          *hw_metrics_file_dup_meta           (HwMetricsFile        *self,
                                                   const char           *key);
guint          hw_metrics_file_get_next_run       (HwMetricsFile        *self);
guint64        hw_metrics_file_get_n_waiting      (HwMetricsFile        *self);
guint64        hw_metrics_file_get_n_written      (HwMetricsFile        *self);

void           hw_metrics_file_add_sample         (HwMetricsFile        *self,
                                                   HwSample             *sample);
void           hw_metrics_file_add_event          (HwMetricsFile        *self,
                                                   HwEvent              *event);
void           hw_metrics_file_continue_runs      (HwMetricsFile        *self);
void           hw_metrics_file_edit_event         (HwMetricsFile        *self,
                                                   HwEvent              *event,
                                                   const char           *text);
void           hw_metrics_file_set_meta           (HwMetricsFile        *self,
                                                   const char           *key,
                                                   const char           *value);
void           hw_metrics_file_set_watch          (HwMetricsFile        *self,
                                                   const char           *name,
                                                   const char           *expression,
                                                   const char           *unit);
gboolean       hw_metrics_file_flush_sync         (HwMetricsFile        *self,
                                                   GError              **error);
gboolean       hw_metrics_file_close_sync         (HwMetricsFile        *self,
                                                   GError              **error);

GPtrArray     *hw_metrics_file_read_samples_sync  (HwMetricsFile        *self,
                                                   const HwRecordRange  *range,
                                                   gint64               *last_id,
                                                   GCancellable         *cancellable,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void           hw_metrics_file_read_samples_async (HwMetricsFile        *self,
                                                   const HwRecordRange  *range,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
GPtrArray     *hw_metrics_file_read_samples_finish (HwMetricsFile       *self,
                                                   GAsyncResult         *result,
                                                   gint64               *last_id,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray     *hw_metrics_file_read_events_sync   (HwMetricsFile        *self,
                                                   HwEventKind           kind,
                                                   const HwRecordRange  *range,
                                                   GCancellable         *cancellable,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void           hw_metrics_file_read_events_async  (HwMetricsFile        *self,
                                                   HwEventKind           kind,
                                                   const HwRecordRange  *range,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
GPtrArray     *hw_metrics_file_read_events_finish (HwMetricsFile        *self,
                                                   GAsyncResult         *result,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
const char    *hw_ready_table_get_name            (HwReadyTable          table);
HwRecordTable *hw_metrics_file_read_table_sync    (HwMetricsFile        *self,
                                                   HwReadyTable          table,
                                                   GCancellable         *cancellable,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean       hw_metrics_file_export_csv_sync    (HwMetricsFile        *self,
                                                   const HwRecordRange  *range,
                                                   GOutputStream        *stream,
                                                   GCancellable         *cancellable,
                                                   GError              **error);
gboolean       hw_metrics_file_export_sql_sync    (HwMetricsFile        *self,
                                                   GOutputStream        *stream,
                                                   GCancellable         *cancellable,
                                                   GError              **error);
gboolean       hw_metrics_file_export_copy_sync   (HwMetricsFile        *self,
                                                   const char           *path,
                                                   GCancellable         *cancellable,
                                                   GError              **error);

G_END_DECLS
