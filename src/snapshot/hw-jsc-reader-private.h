/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "snapshot/hw-jsc-graph-private.h"
#include "snapshot/hw-snapshot-format-private.h"
#include "snapshot/hw-snapshot-reader-private.h"

G_BEGIN_DECLS

/* Values of the longest record. */
#define HW_JSC_MAX_FIELDS 7

/* The file's members that are read. */
typedef enum
{
  HW_JSC_TABLE_NODES,
  HW_JSC_TABLE_CLASS_NAMES,
  HW_JSC_TABLE_EDGES,
  HW_JSC_TABLE_EDGE_TYPES,
  HW_JSC_TABLE_EDGE_NAMES,
  HW_JSC_TABLE_ROOTS,
  HW_JSC_TABLE_LABELS,
  HW_JSC_N_TABLES,
} HwJscTable;

/* What is known of a table. */
typedef struct
{
  const char        *name;
  guint              n_fields;           /* 0 for strings */
  gboolean           debugging;          /* only in GCDebugging */
  HwSnapshotSection  section;            /* what it becomes, for damage */
} HwJscTableInfo;

extern const HwJscTableInfo hw_jsc_tables[HW_JSC_N_TABLES];

/* Whose turn it is. */
enum
{
  HW_JSC_STATE_START,
  HW_JSC_STATE_MEMBER,
  HW_JSC_STATE_NAME,
  HW_JSC_STATE_COLON,
  HW_JSC_STATE_VALUE,
  HW_JSC_STATE_NUMBERS,
  HW_JSC_STATE_STRINGS,
  HW_JSC_STATE_SKIP,
  HW_JSC_STATE_NEXT,
  HW_JSC_STATE_END,
  HW_JSC_STATE_BROKEN,
};

typedef struct
{
  const HwSnapshotSink *sink;
  gpointer              sink_data;
  HwSnapshotLayout     *layout;
  HwSnapshotDamage     *damage;          /* the first trouble */
  GError               *error;
  guint64               version;
  gboolean              debugging;

  /* The text inside of a message */
  gsize                 lead;            /* bytes before the snapshot that are still to come */
  gboolean              wrapped;
  gboolean              wrap_closed;
  guint                 wrap_hex;        /* digits of a \u escape still to come */
  gboolean              wrap_escape;
  guint32               wrap_unit;

  /* Where we are; offsets are the file's own */
  guint                 state;
  guint64               base;
  const char           *piece;
  guint64               piece_offset;
  HwJscTable            table;
  gboolean              inside;          /* in the middle of @table */
  guint                 seen;
  guint64               n_records[HW_JSC_N_TABLES];
  guint64               row[HW_JSC_MAX_FIELDS];
  guint                 n_row;
  guint                 n_fields;
  HwSnapshotToken       token;
  HwSnapshotText        text;
  gboolean              in_string;
  gboolean              escape;
  guint64               depth;
  guint32               n_strings;       /* that the sink was told */
  HwJscGraph            graph;
} HwJscReader;

HwSnapshotMatch hw_jsc_find_opening  (const char   *start,
                                      gsize         n_bytes,
                                      gsize        *lead,
                                      gboolean     *wrapped,
                                      guint64      *version,
                                      gboolean     *debugging);

guint64         hw_jsc_get_offset    (const HwJscReader *self,
                                      const char   *p);
void            hw_jsc_note          (HwJscReader  *self,
                                      guint64       offset,
                                      const char   *format,
                                      ...) G_GNUC_PRINTF (3, 4);
void            hw_jsc_skip_rest     (HwJscReader  *self,
                                      guint64       depth);
gboolean        hw_jsc_tell_string   (HwJscReader  *self,
                                      const char   *text,
                                      gsize         n_bytes);

void            hw_jsc_begin_table   (HwJscReader  *self,
                                      HwJscTable    table,
                                      const char  **p);
void            hw_jsc_read_numbers  (HwJscReader  *self,
                                      const char  **p,
                                      const char   *end);
void            hw_jsc_read_strings  (HwJscReader  *self,
                                      const char  **p,
                                      const char   *end);

G_END_DECLS
