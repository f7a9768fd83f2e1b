/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "snapshot/hw-snapshot-reader-private.h"

/* What a file is when it is no heap snapshot, so that the message can say it. */

typedef struct
{
  const char *name;
  const char *value;                     /* how the value begins, or NULL for any */
  guint       hint;
} Member;

static const Member members[] = {
  { "head", "{\"callFrame\"", HW_SNAPSHOT_HINT_HEAP_PROFILE },
  { "nodes", "[{", HW_SNAPSHOT_HINT_CPU_PROFILE },
  { "timeDeltas", NULL, HW_SNAPSHOT_HINT_CPU_PROFILE },
  { "traceEvents", NULL, HW_SNAPSHOT_HINT_TRACE },
  { "javascriptHeap", NULL, HW_SNAPSHOT_HINT_REPORT },
  { "javascriptStack", NULL, HW_SNAPSHOT_HINT_REPORT },
  { "type", "\"Inspector\"", HW_SNAPSHOT_HINT_JSC },
  { "type", "\"GCDebugging\"", HW_SNAPSHOT_HINT_JSC },
  { "nodeClassNames", NULL, HW_SNAPSHOT_HINT_JSC },
  { "method", NULL, HW_SNAPSHOT_HINT_MESSAGE },
};

/* The hint that lies in a member of a file without a header; @value is how its value begins. */
guint
hw_snapshot_guess_member (const char *name,
                          const char *value,
                          gsize       n_bytes)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (strcmp (name, members[i].name) == 0 &&
        (members[i].value == NULL ||
         (n_bytes >= strlen (members[i].value) && memcmp (value, members[i].value, strlen (members[i].value)) == 0)))
      return members[i].hint;

  return 0;
}

/* The error for a file that begins with @start and so is no JSON object. */
GError *
hw_snapshot_guess_bytes (const char *start,
                         guint       n_start)
{
  static const struct
  {
    const char *magic;
    const char *message;
  } formats[] = {
    { "PK\x03\x04", N_("The file is not a heap snapshot but a ZIP archive; unpack it and open what is inside.") },
    { "\xfd" "7zXZ", N_("The file is compressed with xz; unpack it, or compress it with gzip or Zstandard, which can be opened as they are.") },
    { "BZh", N_("The file is compressed with bzip2; unpack it, or compress it with gzip or Zstandard, which can be opened as they are.") },
    { "SQLite f", N_("The file is not a heap snapshot but an SQLite database.") },
    { "<", N_("The file is not a heap snapshot; it looks like a web page or another XML document.") },
    { "\xff\xfe", N_("The file is not a heap snapshot; it looks like UTF-16 text, while snapshots are UTF-8.") },
    { "\xfe\xff", N_("The file is not a heap snapshot; it looks like UTF-16 text, while snapshots are UTF-8.") },
  };

  if (n_start == 0)
    return g_error_new_literal (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_JSON,
                                _("The file is not a heap snapshot; there is nothing but white space in it."));
  if (start[0] == '[')
    return g_error_new_literal (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_SNAPSHOT,
                                _("The file is not a heap snapshot; it is a JSON list, while a snapshot is a JSON object."));

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      gsize length = strlen (formats[i].magic);

      if (n_start >= length && memcmp (start, formats[i].magic, length) == 0)
        return g_error_new_literal (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_JSON, _(formats[i].message));
    }

  return g_error_new_literal (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_JSON,
                              _("The file is not a heap snapshot; it does not begin like JSON."));
}

/* The error for a JSON object in which no header was found. */
GError *
hw_snapshot_guess_object (guint hints)
{
  const char *message;

  if (hints & HW_SNAPSHOT_HINT_JSC)
    return g_error_new_literal (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_UNSUPPORTED,
                                _("This is a heap snapshot in the format of JavaScriptCore (Safari, Bun), but it does not begin "
                                  "with version and type as such files do, so it cannot be read."));

  if (hints & HW_SNAPSHOT_HINT_HEAP_PROFILE)
    message = _("The file is not a heap snapshot; it looks like a sampled allocation profile (.heapprofile), which “heapwise-cli profile” shows.");
  else if (hints & HW_SNAPSHOT_HINT_CPU_PROFILE)
    message = _("The file is not a heap snapshot; it looks like a CPU profile (.cpuprofile).");
  else if (hints & HW_SNAPSHOT_HINT_TRACE)
    message = _("The file is not a heap snapshot; it looks like a performance trace.");
  else if (hints & HW_SNAPSHOT_HINT_REPORT)
    message = _("The file is not a heap snapshot; it looks like a diagnostic report of Node.js.");
  else if (hints & HW_SNAPSHOT_HINT_MESSAGE)
    message = _("The file is not a heap snapshot; it looks like messages of an inspector connection.");
  else
    message = _("The file is not a heap snapshot; it is JSON of something else, without a header called “snapshot”.");

  return g_error_new_literal (HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, message);
}
