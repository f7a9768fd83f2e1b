/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/hw-cli.h"

G_BEGIN_DECLS

/**
 * HwOracleLike:
 * @ids: (nullable): object ids to describe, or NULL to choose
 * @first: nodes below this ordinal are described
 * @every: and those whose ordinal it divides; 0 to choose
 *
 * Which objects a comparable file describes: another file's choice, so that the two can be compared.
 */
typedef struct
{
  GArray  *ids;     /* guint64 */
  guint64  first;
  guint64  every;
} HwOracleLike;

gboolean  hw_oracle_like_read    (HwOracleLike  *like,
                                  const char    *path,
                                  const char    *kind,
                                  GError       **error);
void      hw_oracle_like_clear   (HwOracleLike  *like);

char     *hw_oracle_dup_cut      (const char    *text);
void      hw_oracle_begin        (HwJsonWriter  *json,
                                  const char    *kind,
                                  char         **files);
void      hw_oracle_write_heap   (HwJsonWriter  *json,
                                  HwHeap        *heap,
                                  HwOracleLike  *like);
void      hw_oracle_write_diff   (HwJsonWriter  *json,
                                  HwHeapDiff    *diff);
void      hw_oracle_write_allocations (HwJsonWriter *json,
                                  HwHeap        *heap);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HwOracleLike, hw_oracle_like_clear)

G_END_DECLS
