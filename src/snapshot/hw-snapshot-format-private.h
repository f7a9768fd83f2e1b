/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "snapshot/hw-snapshot-reader.h"

G_BEGIN_DECLS

/* A format must be known by so many of a file's first bytes. */
#define HW_SNAPSHOT_FORMAT_START 1024

/* What a file's first bytes say about a format. */
typedef enum
{
  HW_SNAPSHOT_MATCH_NO,
  HW_SNAPSHOT_MATCH_MORE,      /* the bytes do not suffice */
  HW_SNAPSHOT_MATCH_YES,
} HwSnapshotMatch;

/**
 * HwSnapshotFormat:
 * @match: whether a file that begins with these bytes is of this format
 * @create: makes a reader; the bytes that matched are pushed afterwards
 * @push: like hw_snapshot_reader_push()
 * @finish: like hw_snapshot_reader_finish()
 * @destroy: frees the reader
 *
 * A format other than V8's, which tells a sink the same events.
 */
typedef struct
{
  HwSnapshotMatch (*match)   (const char            *start,
                              gsize                  n_bytes);
  gpointer        (*create)  (const char            *start,
                              gsize                  n_bytes,
                              const HwSnapshotSink  *sink,
                              gpointer               sink_data);
  gboolean        (*push)    (gpointer               reader,
                              const char            *bytes,
                              gsize                  n_bytes,
                              GError               **error);
  gboolean        (*finish)  (gpointer               reader,
                              GCancellable          *cancellable,
                              HwSnapshotDamage     **damage,
                              GError               **error);
  void            (*destroy) (gpointer               reader);
} HwSnapshotFormat;

extern const HwSnapshotFormat hw_jsc_format;

HwSnapshotMatch hw_snapshot_find_format (const char              *start,
                                         gsize                    n_bytes,
                                         const HwSnapshotFormat **format);

G_END_DECLS
