/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-progress.h"
#include "snapshot/hw-snapshot-sink.h"

G_BEGIN_DECLS

/**
 * HwSnapshotDoubt:
 * @HW_SNAPSHOT_DOUBT_NODES: nodes are missing from the middle, or their columns are shifted
 * @HW_SNAPSHOT_DOUBT_EDGES: the same of edges
 * @HW_SNAPSHOT_DOUBT_STRINGS: numbers of strings mean other strings
 * @HW_SNAPSHOT_DOUBT_ALL: not even the bytes are those that were written
 *
 * What may be wrong in a damaged file, and not only missing.
 */
typedef enum
{
  HW_SNAPSHOT_DOUBT_NODES   = 1 << 0,
  HW_SNAPSHOT_DOUBT_EDGES   = 1 << 1,
  HW_SNAPSHOT_DOUBT_STRINGS = 1 << 2,
  HW_SNAPSHOT_DOUBT_ALL     = 7,
} HwSnapshotDoubt;

/**
 * HwSnapshotDamage:
 * @truncated: the file ends before its last section does
 * @transient: reading failed for a reason outside of the file; another try may give more
 * @offset: the (uncompressed) byte where the first trouble was met
 * @section: the section that was being read there
 * @doubtful_sections: a set of #HwSnapshotDoubt; empty when what could be read is right
 * @n_sure: when something is doubtful, how many objects at the start of the file have the right names and sizes
 * @message: what is wrong, in sentences for a person
 *
 * What is wrong with a file from which something could be read all the same.
 */
typedef struct
{
  gboolean           truncated;
  gboolean           transient;
  guint64            offset;
  HwSnapshotSection  section;
  guint32            doubtful_sections;
  guint32            n_sure;
  char              *message;
} HwSnapshotDamage;

HwSnapshotDamage *hw_snapshot_damage_new  (gboolean          truncated,
                                           guint64           offset,
                                           HwSnapshotSection section,
                                           const char       *format,
                                           ...) G_GNUC_PRINTF (4, 5) G_GNUC_WARN_UNUSED_RESULT;
HwSnapshotDamage *hw_snapshot_damage_copy (const HwSnapshotDamage *self) G_GNUC_WARN_UNUSED_RESULT;
void              hw_snapshot_damage_free (HwSnapshotDamage       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSnapshotDamage, hw_snapshot_damage_free)

/**
 * HwSnapshotReader:
 *
 * Reads a snapshot front to back from bytes that are pushed in, in pieces of any size, and tells a
 * sink what it finds. Memory is bounded by the longest string; other formats than V8's, which are known by
 * their first bytes, may need to keep nodes and edges until the end. Belongs to one thread.
 */
typedef struct _HwSnapshotReader HwSnapshotReader;

HwSnapshotReader *hw_snapshot_reader_new    (const HwSnapshotSink  *sink,
                                             gpointer               sink_data) G_GNUC_WARN_UNUSED_RESULT;
void              hw_snapshot_reader_free   (HwSnapshotReader      *self);
void              hw_snapshot_reader_set_cancellable (HwSnapshotReader *self,
                                                      GCancellable     *cancellable);
gboolean          hw_snapshot_reader_push   (HwSnapshotReader      *self,
                                             const char            *bytes,
                                             gsize                  n_bytes,
                                             GError               **error);
gboolean          hw_snapshot_reader_finish (HwSnapshotReader      *self,
                                             HwSnapshotDamage     **damage,
                                             GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSnapshotReader, hw_snapshot_reader_free)

gboolean hw_snapshot_read_stream (GInputStream          *stream,
                                  guint64                expected_size,
                                  const HwSnapshotSink  *sink,
                                  gpointer               sink_data,
                                  HwProgress            *progress,
                                  GCancellable          *cancellable,
                                  HwSnapshotDamage     **damage,
                                  GError               **error);
gboolean hw_snapshot_read_file   (GFile                 *file,
                                  const HwSnapshotSink  *sink,
                                  gpointer               sink_data,
                                  HwProgress            *progress,
                                  GCancellable          *cancellable,
                                  HwSnapshotDamage     **damage,
                                  GError               **error);

G_END_DECLS
