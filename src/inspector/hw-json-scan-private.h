/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Messages as bytes: finding one member and unescaping one string without building a tree, and making
 * the bytes safe for json-glib where a tree is wanted.
 */

/* The longest message that becomes a tree, and what may be in it: a tree costs a hundred times its text. */
#define HW_JSON_MAX_PARSED  (16 * 1024 * 1024)
#define HW_JSON_MAX_VALUES  1000000
#define HW_JSON_MAX_DEPTH   200

/* Bytes inside a message; nothing is owned. */
typedef struct
{
  const char *start;
  gsize       length;
} HwJsonSpan;

/* Takes a run of unescaped bytes; FALSE ends the run. */
typedef gboolean (*HwJsonBytesFunc) (const char *bytes,
                                     gsize       n_bytes,
                                     gpointer    user_data);

gboolean   hw_json_span_member   (HwJsonSpan           object,
                                  const char          *name,
                                  HwJsonSpan          *value);
gboolean   hw_json_span_path     (HwJsonSpan           object,
                                  const char *const   *path,
                                  HwJsonSpan          *value);
gboolean   hw_json_span_is       (HwJsonSpan           value,
                                  const char          *text);
gboolean   hw_json_span_int      (HwJsonSpan           value,
                                  gint64              *number);
gboolean   hw_json_span_unescape (HwJsonSpan           string,
                                  HwJsonBytesFunc      func,
                                  gpointer             user_data);
char      *hw_json_span_dup      (HwJsonSpan           string,
                                  gsize               *n_bytes);
JsonNode  *hw_json_span_parse    (HwJsonSpan           message,
                                  GError             **error);

G_END_DECLS
