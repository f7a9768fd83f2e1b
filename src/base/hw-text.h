/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Text in heap snapshots is WTF-8: UTF-8 in which a lone surrogate (U+D800 to U+DFFF) may stand as
 * the three bytes that UTF-8 would give it. NUL cannot occur inside names here: the reader writes
 * U+0000 as the two bytes C0 80. Nothing is lost between file and memory that way.
 */

gsize     hw_text_utf16_length   (const char *text,
                                  gssize      n_bytes);
int       hw_text_compare_utf16  (const char *a,
                                  const char *b);
char     *hw_text_dup_utf8       (const char *text);
void      hw_text_append_code    (GString    *text,
                                  guint32     code);
void      hw_text_append         (GString    *text,
                                  const char *more);
gboolean  hw_text_parse_int      (const char *text,
                                  gint64     *number);
guint32   hw_text_next           (const char **text);
char     *hw_text_dup_json       (const char *text);
char     *hw_text_dup_folded     (const char *text);

G_END_DECLS
