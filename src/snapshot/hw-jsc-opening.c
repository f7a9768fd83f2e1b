/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "snapshot/hw-jsc-reader-private.h"
#include "snapshot/hw-snapshot-scan-private.h"

/*
 * How a JavaScriptCore snapshot begins: {"version":3,"type":"Inspector", or the same as the text "snapshotData"
 * of a message of the inspector. WebKit writes version and type first, so a few bytes decide.
 */

/* What follows the opening brace is looked at up to here for version and type. */
#define MAX_OPENING 256

static const char *
skip_blanks (const char *p,
             const char *end)
{
  while (p < end && hw_scan_is_blank (*p))
    p++;

  return p;
}

/* Moves *@p over @expected and the blanks before it; MORE when the bytes end before. */
static HwSnapshotMatch
expect (const char **p,
        const char  *end,
        const char  *expected)
{
  gsize length = strlen (expected);
  gsize n;

  *p = skip_blanks (*p, end);
  n = MIN ((gsize) (end - *p), length);
  if (memcmp (*p, expected, n) != 0)
    return HW_SNAPSHOT_MATCH_NO;
  *p += n;

  return n == length ? HW_SNAPSHOT_MATCH_YES : HW_SNAPSHOT_MATCH_MORE;
}

/* Whether a snapshot's text begins at @p, and its version and type. */
static HwSnapshotMatch
match_opening (const char *p,
               const char *end,
               gboolean    wrapped,
               guint64    *version,
               gboolean   *debugging)
{
  static const char * const opening[] = { "{", "\"version\"", ":" };
  char plain[MAX_OPENING];
  gsize n = 0;
  HwSnapshotMatch match = HW_SNAPSHOT_MATCH_YES;
  const char *q = plain, *type, *plain_end;

  for (; p < end && n < sizeof plain; p++)
    if (!wrapped || *p != '\\')
      plain[n++] = *p;
  plain_end = plain + n;

  for (guint i = 0; i < G_N_ELEMENTS (opening) && match == HW_SNAPSHOT_MATCH_YES; i++)
    match = expect (&q, plain_end, opening[i]);
  if (match != HW_SNAPSHOT_MATCH_YES)
    return match;

  q = skip_blanks (q, plain_end);
  *version = 0;
  for (guint i = 0; q < plain_end && hw_scan_is_digit (*q) && i < 9; i++)
    *version = *version * 10 + (guint64) (*q++ - '0');

  match = expect (&q, plain_end, ",");
  if (match == HW_SNAPSHOT_MATCH_YES)
    match = expect (&q, plain_end, "\"type\"");
  if (match == HW_SNAPSHOT_MATCH_YES)
    match = expect (&q, plain_end, ":");
  if (match != HW_SNAPSHOT_MATCH_YES)
    return match;

  type = q;
  match = expect (&q, plain_end, "\"Inspector\"");
  *debugging = FALSE;
  if (match == HW_SNAPSHOT_MATCH_NO)
    {
      q = type;
      match = expect (&q, plain_end, "\"GCDebugging\"");
      *debugging = TRUE;
    }

  return match;
}

/* Finds where the snapshot begins, and whether it is a text inside of a message. */
HwSnapshotMatch
hw_jsc_find_opening (const char *start,
                     gsize       n_bytes,
                     gsize      *lead,
                     gboolean   *wrapped,
                     guint64    *version,
                     gboolean   *debugging)
{
  static const char bom[] = "\xef\xbb\xbf", key[] = "\"snapshotData\"", v8[] = "\"snapshot\"";
  const char *end = start + n_bytes;
  const char *p = start, *q;
  HwSnapshotMatch match;

  if (n_bytes >= strlen (bom) && memcmp (start, bom, strlen (bom)) == 0)
    p += strlen (bom);
  q = p;
  match = expect (&q, end, "{");
  if (match != HW_SNAPSHOT_MATCH_YES)
    return n_bytes < strlen (bom) ? HW_SNAPSHOT_MATCH_MORE : match;

  *wrapped = FALSE;
  *lead = (gsize) (p - start);
  match = match_opening (p, end, FALSE, version, debugging);
  if (match != HW_SNAPSHOT_MATCH_NO)
    return match;

  match = expect (&q, end, v8);
  if (match != HW_SNAPSHOT_MATCH_NO)
    return match == HW_SNAPSHOT_MATCH_YES ? HW_SNAPSHOT_MATCH_NO : match;

  q = g_strstr_len (start, (gssize) n_bytes, key);
  if (q == NULL)
    return HW_SNAPSHOT_MATCH_MORE;
  q += strlen (key);
  match = expect (&q, end, ":");
  if (match == HW_SNAPSHOT_MATCH_YES)
    match = expect (&q, end, "\"");
  if (match != HW_SNAPSHOT_MATCH_YES)
    return match;

  *wrapped = TRUE;
  *lead = (gsize) (q - start);

  return match_opening (q, end, TRUE, version, debugging);
}
