/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Every number a person reads goes through here; the rules are Chrome DevTools' own
 * (memory panel, number formats), sizes in SI units: 1 kB = 1000 bytes.
 */

#define HW_MINUS "\xe2\x88\x92"          /* U+2212 */
#define HW_NBSP  "\xc2\xa0"              /* U+00A0 */

/* From this distance on an object is reachable from system roots only. */
#define HW_DISTANCE_SYSTEM      100000000
/* An object that is not reachable at all. */
#define HW_DISTANCE_UNREACHABLE (-5)

char *hw_format_kilobytes  (guint64 n_bytes);
gboolean hw_parse_size   (const char *text,
                          guint64    *size);
char *hw_format_size       (guint64 n_bytes);
char *hw_format_size_delta (gint64  n_bytes);
char *hw_format_bytes      (guint64 n_bytes);
char *hw_format_count      (guint64 count);
char *hw_format_count_delta (gint64 count);
char *hw_format_percent    (guint64 part,
                            guint64 whole);
char *hw_format_distance   (gint64  distance);

G_END_DECLS
