/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "record/hw-metrics-file.h"

G_BEGIN_DECLS

/**
 * HwImportReport:
 * @kind: what the file was taken for: `recording`, `sqlite`, `csv`, `report`, `trace-events` or `log`
 * @n_samples: samples that were added
 * @n_events: console lines, collections and so on that were added
 * @n_skipped: rows and lines that said nothing usable
 * @has_guessed_times: whether times were counted back from when the file was last written
 *
 * What came of an import.
 */
typedef struct
{
  const char *kind;
  guint64     n_samples;
  guint64     n_events;
  guint64     n_skipped;
  gboolean    has_guessed_times;
} HwImportReport;

gboolean hw_record_parse_moment (const char *text,
                                 gint64     *time);
gboolean hw_import_sync   (HwMetricsFile        *file,
                           const char           *path,
                           HwImportReport       *report,
                           GCancellable         *cancellable,
                           GError              **error);
void     hw_import_async  (HwMetricsFile        *file,
                           const char           *path,
                           GCancellable         *cancellable,
                           GAsyncReadyCallback   callback,
                           gpointer              user_data);
gboolean hw_import_finish (HwMetricsFile        *file,
                           GAsyncResult         *result,
                           HwImportReport       *report,
                           GError              **error);

G_END_DECLS
