/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "record/hw-import.h"

G_BEGIN_DECLS

/* Larger logs are cut up with other tools first. */
#define HW_IMPORT_MAX_SIZE (512 * 1024 * 1024)

/**
 * HwImport:
 * @file: where it goes
 * @written: when the imported file was last written, microseconds since 1970
 * @run: the first run that is free, for samples
 * @last_run: the run that lines of a log belong to
 *
 * One import on its way.
 */
typedef struct
{
  HwMetricsFile  *file;
  HwImportReport *report;
  GCancellable   *cancellable;
  gint64          written;
  guint           run;
  guint           last_run;
} HwImport;

void     hw_import_add_sample     (HwImport        *self,
                                   HwSample        *sample);
void     hw_import_add_event      (HwImport        *self,
                                   HwEvent         *event);
gboolean hw_import_is_csv         (const char      *text);
gboolean hw_import_csv            (HwImport        *self,
                                   const char      *text,
                                   GError         **error);
gboolean hw_import_sqlite         (HwImport        *self,
                                   const char      *path,
                                   GError         **error);
gboolean hw_import_log            (HwImport        *self,
                                   char            *text,
                                   GError         **error);
gboolean hw_import_json           (HwImport        *self,
                                   JsonNode        *root,
                                   GError         **error);
gboolean hw_import_parse_time     (const char      *text,
                                   gint64           near,
                                   gint64          *time,
                                   const char     **end);
gint64   hw_import_time_of_number (double           number);
gboolean hw_import_find_column    (const char      *name,
                                   HwMetric        *metric,
                                   double          *factor);

G_END_DECLS
