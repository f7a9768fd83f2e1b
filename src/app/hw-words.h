/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap.h"

G_BEGIN_DECLS

/*
 * The sentences a person reads about a file: what went wrong, what to do, when it was made.
 */

char *hw_words_for_error         (const GError *error,
                                  char        **hint);
char *hw_words_for_damage        (const HwSnapshotDamage *damage);
char *hw_words_for_damage_detail (const HwSnapshotDamage *damage);
char *hw_words_for_time          (GDateTime    *time,
                                  GDateTime    *now);
char *hw_words_for_title         (GFile        *file);
char *hw_words_for_group         (GFile        *file);
char *hw_words_for_line          (const char   *number);

G_END_DECLS
