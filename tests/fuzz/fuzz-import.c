/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <glib/gstdio.h>

#include "record/hw-import.h"
#include "record/hw-verdict.h"

/* Any bytes as a file to import: an error, or a recording that can be judged and asked. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *folder = g_dir_make_tmp ("heapwise-fuzz-XXXXXX", NULL);
  g_autofree char *from = g_build_filename (folder, "from", NULL);
  g_autofree char *to = g_build_filename (folder, "to", NULL);
  HwMetricsFile *file = hw_metrics_file_open_sync (to, HW_METRICS_MODE_CREATE, NULL, NULL);
  HwRecordRange all = { G_MININT64, G_MAXINT64, 0, NULL, TRUE };
  g_autoptr(GError) error = NULL;
  HwImportReport report;

  g_assert_nonnull (file);
  g_file_set_contents_full (from, (const char *) data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  if (!hw_import_sync (file, from, &report, NULL, &error))
    g_assert_nonnull (error);
  else
    {
      g_autoptr(GPtrArray) samples = hw_metrics_file_read_samples_sync (file, &all, NULL, NULL, NULL);
      g_autoptr(GPtrArray) gcs = hw_metrics_file_read_events_sync (file, HW_EVENT_GC, &all, NULL, NULL);
      g_autoptr(HwVerdict) verdict =
        hw_verdict_new ((HwSample **) samples->pdata, samples->len, (HwEvent **) gcs->pdata, gcs->len, NULL);

      g_assert_cmpuint (samples->len, ==, report.n_samples);
      g_assert_cmpuint (verdict->findings->len, >, 0);
      for (guint i = 0; i < HW_N_READY_TABLES; i++)
        {
          g_autoptr(HwRecordTable) table = hw_metrics_file_read_table_sync (file, (HwReadyTable) i, NULL, NULL);

          g_assert_nonnull (table);
        }
    }
  g_assert_true (hw_metrics_file_close_sync (file, NULL));
  g_object_unref (file);
  g_unlink (from);
  g_unlink (to);
  g_rmdir (folder);

  return 0;
}
