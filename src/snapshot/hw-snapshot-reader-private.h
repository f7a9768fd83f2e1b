/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "snapshot/hw-snapshot-format-private.h"
#include "snapshot/hw-snapshot-reader.h"
#include "snapshot/hw-snapshot-text-private.h"

G_BEGIN_DECLS

/* How reading one value went, up to the end of the piece at hand. */
typedef enum
{
  HW_SCAN_MORE,        /* the piece is used up, the value is not */
  HW_SCAN_DONE,        /* the value has ended */
  HW_SCAN_BROKEN,      /* the rest makes no sense; damage is noted, the value is to be skipped */
  HW_SCAN_FAILED,      /* an error is set */
} HwScan;

/* Numbers handed to the sink at a time: 32 KiB stay in the fastest cache. */
#define HW_SNAPSHOT_BATCH 4096

/* A block of HW_SCAN_BLOCK bytes can hold half as many numbers. */
#define HW_SNAPSHOT_BATCH_SLACK 32

/* Characters of a number that are looked at when it is no plain row of digits. */
#define HW_SNAPSHOT_TOKEN 64

/* Deeper stacks than this were not recorded by any engine; V8 stops far earlier. */
#define HW_SNAPSHOT_MAX_TRACE_DEPTH 4096

/* One number that may come in pieces. */
typedef struct
{
  guint64  value;                        /* of the digits, while it is plain */
  gsize    length;                       /* characters; 0 between numbers */
  gboolean plain;                        /* digits only */
  guint64  offset;                       /* of the first character */
  char     text[HW_SNAPSHOT_TOKEN + 1];
} HwSnapshotToken;

/* An open record of the trace tree. */
typedef struct
{
  guint32 node;                          /* position of the node whose children these are */
  guint   field;                         /* column that comes next */
} HwSnapshotTraceLevel;

/* What a file that is no snapshot has in it; tells which kind of file it is. */
typedef enum
{
  HW_SNAPSHOT_HINT_HEAP_PROFILE = 1 << 0,
  HW_SNAPSHOT_HINT_CPU_PROFILE = 1 << 1,
  HW_SNAPSHOT_HINT_TRACE = 1 << 2,
  HW_SNAPSHOT_HINT_REPORT = 1 << 3,
  HW_SNAPSHOT_HINT_JSC = 1 << 4,
  HW_SNAPSHOT_HINT_MESSAGE = 1 << 5,
} HwSnapshotHint;

struct _HwSnapshotReader
{
  const HwSnapshotSink *sink;
  gpointer              sink_data;
  HwSnapshotLayout     *layout;          /* NULL until the header was read */
  HwSnapshotDamage     *damage;          /* the first trouble */
  guint32               doubtful;        /* HwSnapshotDoubt */
  GError               *error;           /* what stopped the reader for good */
  GCancellable         *cancellable;

  /* Which format */
  GByteArray           *head;            /* the first bytes, while they do not tell */
  const HwSnapshotFormat *format;        /* NULL for V8's own, which the rest here is about */
  gpointer              other;           /* that format's reader */

  /* Where we are */
  guint                 state;
  HwSnapshotSection     section;
  guint64               base;            /* offset of the piece at hand */
  const char           *piece;           /* its first byte */
  char                  start[8];        /* the first bytes of a file that is no JSON object */
  guint                 n_start;
  guint                 hints;           /* HwSnapshotHint */
  HwSnapshotSection     early_section;   /* stands before the header, so it cannot be read */
  guint64               early_offset;
  guint                 seen;            /* a bit for each section */
  guint                 closed;          /* a bit for each section that ended properly */
  guint64               n_records[HW_SNAPSHOT_N_SECTIONS];

  /* Numbers */
  HwSnapshotToken       token;
  gboolean              newer_processor; /* that of read_blocks_newer() */
  guint                 n_fields;
  gsize                 n_values;
  guint64              *values;          /* HW_SNAPSHOT_BATCH + HW_SNAPSHOT_BATCH_SLACK */

  /* Strings and member names */
  HwSnapshotText        text;
  gboolean              in_string;

  /* Skipping, and keeping what the header says */
  guint64               depth;
  guint64               deepest;
  gboolean              skip_string;
  gboolean              skip_escape;
  GByteArray           *kept;            /* NULL when only skipping */
  gsize                 keep_limit;

  /* The trace tree */
  GArray               *levels;          /* HwSnapshotTraceLevel */
  guint64               trace[4];        /* id, function, count, size of the open record */
};

/* The offset of a position in the piece at hand. */
static inline guint64
hw_snapshot_reader_offset (const HwSnapshotReader *self,
                           const char             *p)
{
  return self->base + (guint64) (p - self->piece);
}

void     hw_snapshot_reader_doubt   (HwSnapshotReader *self);
void     hw_snapshot_reader_note    (HwSnapshotReader *self,
                                     guint64           offset,
                                     const char       *format,
                                     ...) G_GNUC_PRINTF (3, 4);
gboolean hw_snapshot_reader_count   (HwSnapshotReader *self,
                                     guint64           n_records,
                                     GError          **error);

guint    hw_snapshot_guess_member   (const char       *name,
                                     const char       *value,
                                     gsize             n_bytes);
GError  *hw_snapshot_guess_bytes    (const char       *start,
                                     guint             n_start);
GError  *hw_snapshot_guess_object   (guint             hints);

gboolean hw_snapshot_token_add      (HwSnapshotToken  *self,
                                     char              c,
                                     guint64           offset);
gboolean hw_snapshot_token_end      (HwSnapshotToken  *self,
                                     guint64          *value);

void     hw_snapshot_numbers_start  (HwSnapshotReader *self);
HwScan   hw_snapshot_numbers_feed   (HwSnapshotReader *self,
                                     const char      **p,
                                     const char       *end,
                                     GError          **error);
gboolean hw_snapshot_numbers_finish (HwSnapshotReader *self,
                                     guint64           offset,
                                     GError          **error);

HwScan   hw_snapshot_strings_feed   (HwSnapshotReader *self,
                                     const char      **p,
                                     const char       *end,
                                     GError          **error);

void     hw_snapshot_trace_start    (HwSnapshotReader *self);
HwScan   hw_snapshot_trace_feed     (HwSnapshotReader *self,
                                     const char      **p,
                                     const char       *end,
                                     GError          **error);

void     hw_snapshot_skip_start     (HwSnapshotReader *self,
                                     guint64           depth);
HwScan   hw_snapshot_skip_feed      (HwSnapshotReader *self,
                                     const char      **p,
                                     const char       *end);

G_END_DECLS
