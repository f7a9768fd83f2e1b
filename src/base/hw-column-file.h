/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-column.h"

G_BEGIN_DECLS

/**
 * HwColumnFile:
 *
 * A file without a name that holds columns for which there is no memory. The system writes their pages to it and
 * takes them out of memory as it needs, and brings them back when they are looked at.
 *
 * Nobody else can open the file, so it cannot become shorter, and its room on the disk is taken before it is used:
 * looking at a column never fails.
 */
typedef struct _HwColumnFile HwColumnFile;

HwColumnFile *hw_column_file_new    (const char    *folder) G_GNUC_WARN_UNUSED_RESULT;
void          hw_column_file_free   (HwColumnFile  *self);
gboolean      hw_column_file_place  (HwColumnFile  *self,
                                     HwColumn      *column,
                                     gsize          length);
void          hw_column_let_go      (gpointer       data,
                                     gsize          n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwColumnFile, hw_column_file_free)

G_END_DECLS
