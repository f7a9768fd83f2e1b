/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "record/hw-metrics-file.h"

G_BEGIN_DECLS

/* "HWrc" in the header of the file, so that file(1) and others can tell. */
#define HW_RECORD_APPLICATION_ID 0x48577263

/* Raised when a table changes its meaning; a new metric is a new column and raises nothing. */
#define HW_RECORD_SCHEMA_VERSION 1

/* More samples than this are thinned evenly when read: three weeks of seconds, 650 MB in memory. */
#define HW_RECORD_MAX_SAMPLES    2000000
#define HW_RECORD_MAX_EVENTS     1000000
#define HW_RECORD_MAX_ROWS       100000

/* Items that wait for a disk that refuses; some 55 hours at one a second. */
#define HW_RECORD_MAX_WAITING    200000

/* No value of a recording is larger, so that a hostile one cannot ask for all memory. */
#define HW_RECORD_MAX_VALUE      (16 * 1024 * 1024)

/* Room for a moment in text, "2026-11-21T05:07:00.123Z", and for years of five digits. */
#define HW_RECORD_TIME_SIZE      40

typedef enum
{
  HW_ITEM_SAMPLE,
  HW_ITEM_EVENT,
  HW_ITEM_EDIT,
  HW_ITEM_META,
  HW_ITEM_WATCH,
} HwItemType;

/* One thing that the writer thread has to do. */
typedef struct
{
  HwItemType  type;
  gpointer    object;     /* HwSample or HwEvent; owned */
  char       *texts[3];   /* owned */
  guint       first_run;  /* added to the runs of samples and events */
} HwItem;

struct _HwMetricsFile
{
  GObject        parent_instance;

  char          *path;
  HwMetricsMode  mode;
  char          *damage;         /* nullable; set while opening */

  GMutex         read_lock;
  sqlite3       *reader;         /* under read_lock */

  GMainContext  *context;        /* of whoever opened it; problems are told there */
  GThread       *thread;
  sqlite3       *writer;         /* the writer thread's own */

  GMutex         lock;           /* the rest */
  GCond          wake;           /* there is work, or the end */
  GCond          turned;         /* the thread has tried all there was */
  GQueue         waiting;        /* HwItem */
  guint          first_run;      /* of what is added from now on */
  guint64        n_given;
  guint64        n_written;
  guint64        n_dropped;      /* beyond HW_RECORD_MAX_WAITING */
  guint64        n_tries;        /* transactions tried, good or bad */
  gboolean       is_closing;
  gboolean       is_notifying;
  GError        *problem;        /* of the last try; NULL when it went well */
};

typedef sqlite3_stmt HwStatement;
void           hw_statement_free                (HwStatement          *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwStatement, hw_statement_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, sqlite3_close_v2)

/* hw-metrics-schema.c */
gboolean       hw_record_fail_sql               (sqlite3              *db,
                                                 GError              **error);
gboolean       hw_record_fail_damaged           (GError              **error,
                                                 const char           *what);
sqlite3       *hw_record_connect                (const char           *uri,
                                                 gboolean              is_writing,
                                                 GError              **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       hw_record_exec                   (sqlite3              *db,
                                                 const char           *sql,
                                                 GError              **error);
HwStatement   *hw_record_prepare                (sqlite3              *db,
                                                 const char           *sql,
                                                 GError              **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       hw_record_step                   (HwStatement          *statement,
                                                 GError              **error);
gboolean       hw_record_read_number            (sqlite3              *db,
                                                 const char           *sql,
                                                 gint64               *number,
                                                 GError              **error);
GHashTable    *hw_record_read_columns           (sqlite3              *db,
                                                 const char           *table,
                                                 GError              **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       hw_record_create_schema          (sqlite3              *db,
                                                 GError              **error);
gboolean       hw_record_upgrade_schema         (sqlite3              *db,
                                                 GError              **error);
const char    *hw_record_get_table_sql          (HwReadyTable          table);
void           hw_record_format_time            (gint64                time,
                                                 char                 *buffer);
void           hw_record_watch_cancellable      (sqlite3              *db,
                                                 GCancellable         *cancellable);

/* hw-metrics-writer.c */
void           hw_metrics_file_start_writer     (HwMetricsFile        *self);
void           hw_item_free                     (HwItem               *self);

/* hw-metrics-insert.c */
typedef struct _HwInserter HwInserter;
HwInserter    *hw_inserter_new                  (sqlite3              *db,
                                                 GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void           hw_inserter_free                 (HwInserter           *self);
gboolean       hw_inserter_write                (HwInserter           *self,
                                                 const HwItem         *item,
                                                 GError              **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwInserter, hw_inserter_free)

G_END_DECLS
