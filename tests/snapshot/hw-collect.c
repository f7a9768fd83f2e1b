/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hw-collect.h"

static gboolean
may_go_on (HwCollect  *self,
           GError    **error)
{
  self->n_calls++;
  if (self->fail_after == 0 || self->n_calls < self->fail_after)
    return TRUE;

  g_assert_cmpuint (self->n_calls, ==, self->fail_after);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The sink is full.");

  return FALSE;
}

static gboolean
header (gpointer                 sink,
        const HwSnapshotLayout  *layout,
        GError                 **error)
{
  HwCollect *self = sink;

  g_assert_cmpuint (self->n_calls, ==, 0);
  g_assert_cmpuint (layout->n_fields[HW_SNAPSHOT_SECTION_NODES], >=, 5);
  g_assert_cmpuint (layout->n_fields[HW_SNAPSHOT_SECTION_EDGES], >=, 3);
  for (guint i = 0; i < layout->n_node_kinds; i++)
    g_assert_cmpuint (layout->node_kinds[i], <=, HW_NODE_KIND_OTHER);
  for (guint i = 0; i < layout->n_edge_kinds; i++)
    g_assert_cmpuint (layout->edge_kinds[i], <=, HW_EDGE_KIND_OTHER);
  g_assert_cmpuint (g_strv_length (layout->node_kind_names), ==, layout->n_node_kinds);
  g_assert_cmpuint (g_strv_length (layout->edge_kind_names), ==, layout->n_edge_kinds);

  self->n_headers++;
  self->layout = *layout;
  self->layout.node_kinds = self->layout.edge_kinds = NULL;
  self->layout.node_kind_names = self->layout.edge_kind_names = NULL;

  return may_go_on (self, error);
}

static gboolean
records (gpointer            sink,
         HwSnapshotSection   section,
         const guint64      *values,
         gsize               n_records,
         guint64             offset,
         GError            **error)
{
  HwCollect *self = sink;

  g_assert_cmpuint (self->n_headers, ==, 1);
  g_assert_cmpuint (self->ended & 1u << section, ==, 0);
  g_assert_cmpuint (n_records, >, 0);
  g_assert_cmpuint (offset, >, 0);
  g_array_append_vals (self->values[section], values, (guint) (n_records * self->layout.n_fields[section]));

  return may_go_on (self, error);
}

static gboolean
trace_node (gpointer                    sink,
            const HwSnapshotTraceNode  *node,
            GError                    **error)
{
  HwCollect *self = sink;
  HwSnapshotTraceNode *copy;

  g_assert_cmpuint (self->n_headers, ==, 1);
  g_assert_true (node->parent == G_MAXUINT32 || node->parent < self->trace->len);
  /* Member by member: what lies between them is not ours to compare. */
  g_array_set_size (self->trace, self->trace->len + 1);
  copy = &g_array_index (self->trace, HwSnapshotTraceNode, self->trace->len - 1);
  copy->parent = node->parent;
  copy->id = node->id;
  copy->function_info_index = node->function_info_index;
  copy->count = node->count;
  copy->size = node->size;

  return may_go_on (self, error);
}

/* WTF-8: whole sequences, the shortest ones but for C0 80, no high surrogate before a low one. */
static void
check_text (const guint8 *p,
            gsize         n)
{
  gboolean high = FALSE;

  for (gsize i = 0; i < n;)
    {
      guint length = p[i] < 0x80 ? 1 : p[i] < 0xe0 ? 2 : p[i] < 0xf0 ? 3 : 4;
      guint32 code = length == 1 ? p[i] : p[i] & (0x7fu >> length);

      g_assert_true (p[i] != 0 && (p[i] < 0x80 || p[i] >= 0xc0) && p[i] < 0xf5);
      g_assert_cmpuint (i + length, <=, n);
      for (guint k = 1; k < length; k++)
        {
          g_assert_cmpuint (p[i + k] & 0xc0, ==, 0x80);
          code = code << 6 | (p[i + k] & 0x3f);
        }
      if (code != 0)
        g_assert_cmpuint (code, >=, length == 1 ? 0 : length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000);
      g_assert_cmpuint (code, <=, 0x10ffff);
      g_assert_false (high && code >= 0xdc00 && code <= 0xdfff);
      high = code >= 0xd800 && code <= 0xdbff;
      i += length;
    }
}

static gboolean
string (gpointer      sink,
        const char   *text,
        gsize         n_bytes,
        GError      **error)
{
  HwCollect *self = sink;

  g_assert_cmpuint (self->n_headers, ==, 1);
  check_text ((const guint8 *) text, n_bytes);
  g_string_append_len (self->strings, text, (gssize) n_bytes);
  g_string_append_c (self->strings, '\0');
  self->n_strings++;

  return may_go_on (self, error);
}

static gboolean
section_end (gpointer            sink,
             HwSnapshotSection   section,
             GError            **error)
{
  HwCollect *self = sink;

  g_assert_cmpuint (self->ended & 1u << section, ==, 0);
  self->ended |= 1u << section;

  return may_go_on (self, error);
}

const HwSnapshotSink hw_collect_sink = { header, records, trace_node, string, section_end };

void
hw_collect_init (HwCollect *self)
{
  memset (self, 0, sizeof *self);
  for (guint i = 0; i < HW_SNAPSHOT_N_SECTIONS; i++)
    self->values[i] = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->trace = g_array_new (FALSE, TRUE, sizeof (HwSnapshotTraceNode));
  self->strings = g_string_new (NULL);
}

void
hw_collect_clear (HwCollect *self)
{
  for (guint i = 0; i < HW_SNAPSHOT_N_SECTIONS; i++)
    g_clear_pointer (&self->values[i], g_array_unref);
  g_clear_pointer (&self->trace, g_array_unref);
  if (self->strings != NULL)
    g_string_free (self->strings, TRUE);
  self->strings = NULL;
  g_clear_pointer (&self->damage, hw_snapshot_damage_free);
  g_clear_error (&self->error);
}

/* What holds after every reading. */
static void
check_outcome (HwCollect *self)
{
  g_assert_true (self->done == (self->error == NULL));
  if (self->error != NULL)
    {
      g_assert_null (self->damage);
      g_assert_true (g_utf8_validate (self->error->message, -1, NULL));
      g_assert_cmpuint (strlen (self->error->message), >, 10);
    }
  if (self->damage != NULL)
    {
      g_assert_true (g_utf8_validate (self->damage->message, -1, NULL));
      g_assert_cmpuint (strlen (self->damage->message), >, 10);
      g_assert_cmpuint (self->damage->section, <, HW_SNAPSHOT_N_SECTIONS);
    }
  if (self->done)
    g_assert_cmpuint (hw_collect_n_records (self, HW_SNAPSHOT_SECTION_NODES), >, 0);
}

/* Reads bytes that come as one piece of @first bytes, then pieces of @piece. */
void
hw_collect_push (HwCollect  *self,
                 const char *bytes,
                 gsize       n_bytes,
                 gsize       first,
                 gsize       piece)
{
  g_autoptr(HwSnapshotReader) reader = hw_snapshot_reader_new (&hw_collect_sink, self);
  gsize n;

  self->done = TRUE;
  for (gsize at = 0; at < n_bytes && self->done; at += n)
    {
      /* A copy of exactly this size, so that a sanitizer sees a byte too many. */
      g_autofree char *copy = NULL;

      n = MIN (at == 0 && first > 0 ? first : piece, n_bytes - at);
      copy = g_memdup2 (bytes + at, n);
      self->done = hw_snapshot_reader_push (reader, copy, n, &self->error);
    }
  if (self->done)
    self->done = hw_snapshot_reader_finish (reader, &self->damage, &self->error);
  check_outcome (self);
}

/* Reads @text in one piece. */
void
hw_collect_read (HwCollect  *self,
                 const char *text)
{
  hw_collect_push (self, text, strlen (text), 0, G_MAXSIZE);
}

/* Reads a file below the folder of fixtures, or one with an absolute path. */
void
hw_collect_open (HwCollect  *self,
                 const char *path)
{
  g_autofree char *full = g_path_is_absolute (path) ? g_strdup (path)
                                                    : g_test_build_filename (G_TEST_DIST, "..", "fixtures", path, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (full);

  self->done = hw_snapshot_read_file (file, &hw_collect_sink, self, NULL, NULL, &self->damage, &self->error);
  check_outcome (self);
}

static gboolean
arrays_equal (const GArray *a,
              const GArray *b,
              gsize         width)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * width) == 0);
}

static gboolean
damage_equal (const HwSnapshotDamage *a,
              const HwSnapshotDamage *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return a->truncated == b->truncated && a->offset == b->offset && a->section == b->section &&
         strcmp (a->message, b->message) == 0;
}

gboolean
hw_collect_equal (const HwCollect *a,
                  const HwCollect *b)
{
  for (guint i = 0; i < HW_SNAPSHOT_N_SECTIONS; i++)
    if (!arrays_equal (a->values[i], b->values[i], sizeof (guint64)))
      return FALSE;

  return a->n_headers == b->n_headers && memcmp (&a->layout, &b->layout, sizeof a->layout) == 0 &&
         arrays_equal (a->trace, b->trace, sizeof (HwSnapshotTraceNode)) && g_string_equal (a->strings, b->strings) &&
         a->n_strings == b->n_strings && a->ended == b->ended && a->done == b->done &&
         damage_equal (a->damage, b->damage) &&
         g_strcmp0 (a->error != NULL ? a->error->message : NULL, b->error != NULL ? b->error->message : NULL) == 0;
}

guint64
hw_collect_n_records (const HwCollect   *self,
                      HwSnapshotSection  section)
{
  return self->values[section]->len / MAX (self->layout.n_fields[section], 1);
}

guint64
hw_collect_value (const HwCollect   *self,
                  HwSnapshotSection  section,
                  guint64            record,
                  int                column)
{
  g_assert_cmpint (column, >=, 0);
  g_assert_cmpuint (record, <, hw_collect_n_records (self, section));

  return g_array_index (self->values[section], guint64, record * self->layout.n_fields[section] + (guint) column);
}

const char *
hw_collect_string (const HwCollect *self,
                   guint64          i,
                   gsize           *length)
{
  const char *p = self->strings->str;

  g_assert_cmpuint (i, <, self->n_strings);
  while (i-- > 0)
    p += strlen (p) + 1;
  if (length != NULL)
    *length = strlen (p);

  return p;
}
