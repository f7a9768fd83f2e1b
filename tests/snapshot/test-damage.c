/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hw-collect.h"
#include "hw-small.h"

/* Reads @text, which is damaged, in one piece and byte by byte. */
static void
read_damaged (HwCollect         *c,
              const char        *text,
              HwSnapshotSection  section,
              gboolean           truncated,
              const char        *word)
{
  g_auto(HwCollect) bytes;

  hw_collect_init (c);
  hw_collect_read (c, text);
  g_assert_no_error (c->error);
  if (c->damage == NULL)
    g_error ("no damage found in %s", text);
  g_assert_cmpint (c->damage->truncated, ==, truncated);
  g_assert_cmpint (c->damage->section, ==, section);
  if (strstr (c->damage->message, word) == NULL)
    g_error ("no \"%s\" in \"%s\"", word, c->damage->message);

  hw_collect_init (&bytes);
  hw_collect_push (&bytes, text, strlen (text), 0, 1);
  g_assert_true (hw_collect_equal (c, &bytes));
}

static void
refuse (const char *text,
        int         code,
        const char *word)
{
  g_auto(HwCollect) c;
  g_auto(HwCollect) bytes;

  hw_collect_init (&c);
  hw_collect_read (&c, text);
  g_assert_error (c.error, HW_SNAPSHOT_ERROR, code);
  if (strstr (c.error->message, word) == NULL)
    g_error ("no \"%s\" in \"%s\"", word, c.error->message);

  hw_collect_init (&bytes);
  hw_collect_push (&bytes, text, strlen (text), 0, 1);
  g_assert_true (hw_collect_equal (&c, &bytes));
}

static gboolean
is_prefix (const GArray *a,
           const GArray *b)
{
  return a->len <= b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (guint64)) == 0);
}

static void
test_truncated (void)
{
  const char *text = HW_SMALL;
  g_auto(HwCollect) whole;
  guint64 most_strings = 0;
  gsize length = strlen (text);

  g_test_summary ("Cut at any byte: everything that was whole is there, nothing else, and the cut is named.");

  hw_collect_init (&whole);
  hw_collect_read (&whole, text);

  for (gsize n = 0; n < length; n++)
    {
      g_auto(HwCollect) c;

      hw_collect_init (&c);
      hw_collect_push (&c, text, n, 0, G_MAXSIZE);
      for (guint i = 0; i < HW_SNAPSHOT_N_SECTIONS; i++)
        g_assert_true (is_prefix (c.values[i], whole.values[i]));
      g_assert_cmpmem (c.strings->str, c.strings->len, whole.strings->str, c.strings->len);
      g_assert_cmpuint (c.n_strings, >=, most_strings);
      most_strings = c.n_strings;

      if (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES) == 0)
        g_assert_nonnull (c.error);
      else
        {
          g_assert_no_error (c.error);
          g_assert_nonnull (c.damage);
          g_assert_true (c.damage->truncated);
          g_assert_cmpuint (c.damage->offset, ==, n);
        }
    }
  g_assert_cmpuint (most_strings, ==, 4);
}

static void
test_whole_records (void)
{
  g_auto(HwCollect) c;

  g_test_summary ("A number at the cut may lack digits, so its record is not whole.");

  read_damaged (&c, "{" HW_SMALL_HEADER ",\"nodes\":[9,0,1,0,1,0,0,3,1,3,24,1,2,0", HW_SNAPSHOT_SECTION_NODES, TRUE, "“nodes”");
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, 1);
  hw_collect_clear (&c);

  read_damaged (&c, "{" HW_SMALL_HEADER ",\"nodes\":[9,0,1,0,1,0,0,3,1,3,24,1,2,0,", HW_SNAPSHOT_SECTION_NODES, TRUE, "“nodes”");
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, 2);
  hw_collect_clear (&c);

  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_BETWEEN ",\"strings\":[\"one\",\"two\",\"thr",
                HW_SNAPSHOT_SECTION_STRINGS, TRUE, "“strings”");
  g_assert_cmpuint (c.n_strings, ==, 2);
}

static void
test_number_section (void)
{
  static const char *const bad[] = { "\"x\"", "[1]", "{\"a\":[2]}", "1x2", "0x10", "nul", "1-2", "-", ".", "1e", "\x01", "\xc3\xa9", ":", "@", "inf", "nan" };

  g_test_summary ("What is no number ends the section, at its byte; the others are read.");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf (HW_SMALL_WITH_NODES ("\"nodes\":[9,0,1,0,1,0,0,3,1,%s,24,1,2,0,3,1,3,24,1,2,0]"), bad[i]);
      g_auto(HwCollect) c;

      read_damaged (&c, text, HW_SNAPSHOT_SECTION_NODES, FALSE, "“nodes”");
      g_assert_cmpuint (c.damage->offset, >=, (guint64) (strstr (text, "1,0,0,3,1,") + 10 - text));
      g_assert_cmpuint (c.damage->offset, <=, (guint64) (strstr (text, ",24,1,2,0,3") - text));
      g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, 1);
      g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_EDGES), ==, 2);
      g_assert_cmpuint (c.n_strings, ==, 4);
      g_assert_cmpuint (c.ended & 1u << HW_SNAPSHOT_SECTION_NODES, ==, 0);
    }
}

static void
test_hole (void)
{
  g_autoptr(GString) text = g_string_new ("{" HW_SMALL_HEADER ",\"nodes\":[9,0,1,0,1,0,0");
  gsize hole;
  g_auto(HwCollect) c;

  g_test_summary ("A hole of zero bytes, as a broken download leaves it.");

  for (guint i = 0; i < 3000; i++)
    g_string_append (text, ",3,1,3,24,1,2,0");
  hole = text->len - 5000;
  memset (text->str + hole, 0, 4096);
  g_string_append (text, "]," HW_SMALL_BETWEEN "," HW_SMALL_STRINGS "}");

  hw_collect_init (&c);
  hw_collect_push (&c, text->str, text->len, 0, G_MAXSIZE);
  g_assert_no_error (c.error);
  g_assert_cmpuint (c.damage->offset, ==, hole);
  g_assert_cmpuint (c.n_strings, ==, 4);
}

static void
test_hole_in_strings (void)
{
  g_autoptr(GString) text = g_string_new (HW_SMALL);
  gsize hole = (gsize) (strstr (text->str, "Dog") - text->str);
  g_auto(HwCollect) c;

  text->str[hole] = '\0';
  hw_collect_init (&c);
  hw_collect_push (&c, text->str, text->len, 0, G_MAXSIZE);
  g_assert_no_error (c.error);
  g_assert_cmpuint (c.damage->offset, ==, hole);
  g_assert_cmpuint (c.n_strings, ==, 4);
  g_assert_cmpstr (hw_collect_string (&c, 1, NULL), ==, "\xc0\x80og");
}

static void
test_strings_section (void)
{
  g_auto(HwCollect) c;

  read_damaged (&c, HW_SMALL_WITH_STRINGS ("\"a\",\"b\",7,\"c\""), HW_SNAPSHOT_SECTION_STRINGS, FALSE, "“strings”");
  g_assert_cmpuint (c.n_strings, ==, 2);
}

static void
test_counts (void)
{
  g_auto(HwCollect) c;

  read_damaged (&c, HW_SMALL_WITH_NODES ("\"nodes\":[9,0,1,0,1,0,0]"), HW_SNAPSHOT_SECTION_NODES, FALSE, "3");
  hw_collect_clear (&c);
  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES ",\"edges\":[1,2,3]," HW_SMALL_FUNCTIONS "," HW_SMALL_TREE ","
                    HW_SMALL_SAMPLES "," HW_SMALL_LOCATIONS "," HW_SMALL_SCOPES "," HW_SMALL_STRINGS "}",
                HW_SNAPSHOT_SECTION_EDGES, FALSE, "“edges”");
  hw_collect_clear (&c);
  read_damaged (&c, HW_SMALL_WITH_NODES ("\"nodes\":[9,0,1,0,1,0,0,3,1,3,24,1,2,0,8,2,4,5,0,0,2,1,2]"),
                HW_SNAPSHOT_SECTION_NODES, FALSE, "record");
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, 3);
}

static void
test_missing (void)
{
  g_auto(HwCollect) c;

  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_STRINGS "}", HW_SNAPSHOT_SECTION_EDGES, FALSE, "“edges”");
  hw_collect_clear (&c);
  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_BETWEEN "}", HW_SNAPSHOT_SECTION_STRINGS, FALSE, "“strings”");
  hw_collect_clear (&c);
  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_BETWEEN ",\"strings\":null}",
                HW_SNAPSHOT_SECTION_STRINGS, FALSE, "“strings”");
  hw_collect_clear (&c);
  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_BETWEEN ",\"strings\":{\"a\":[]}}",
                HW_SNAPSHOT_SECTION_STRINGS, FALSE, "“strings”");
  hw_collect_clear (&c);
  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_EDGES "," HW_SMALL_FUNCTIONS "," HW_SMALL_TREE ","
                    HW_SMALL_LOCATIONS "," HW_SMALL_SCOPES "," HW_SMALL_STRINGS "}",
                HW_SNAPSHOT_SECTION_SAMPLES, FALSE, "“samples”");
}

static void
test_twice (void)
{
  g_auto(HwCollect) c;

  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_BETWEEN "," HW_SMALL_NODES "," HW_SMALL_STRINGS "}",
                HW_SNAPSHOT_SECTION_NODES, FALSE, "twice");
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, 3);
  hw_collect_clear (&c);
  read_damaged (&c, "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_BETWEEN "," HW_SMALL_HEADER "," HW_SMALL_STRINGS "}",
                HW_SNAPSHOT_SECTION_HEADER, FALSE, "twice");
}

static void
test_between (void)
{
  static const char *const bad[] = { "x", "]", "\"x\"", ",,", ":", "7" };

  g_test_summary ("No sense between two sections: what came before stays.");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strconcat ("{" HW_SMALL_HEADER "," HW_SMALL_NODES, bad[i], HW_SMALL_STRINGS "}", NULL);
      g_auto(HwCollect) c;

      read_damaged (&c, text, HW_SNAPSHOT_SECTION_NODES, FALSE, "“nodes”");
      g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, 3);
    }
}

static void
test_behind (void)
{
  g_auto(HwCollect) c;

  read_damaged (&c, HW_SMALL "{", HW_SNAPSHOT_SECTION_STRINGS, FALSE, "goes on");
  g_assert_cmpuint (c.n_strings, ==, 4);
}

static void
test_two_troubles (void)
{
  g_auto(HwCollect) c;

  g_test_summary ("A cut is told beside what was wrong before it.");

  read_damaged (&c, "{" HW_SMALL_HEADER ",\"nodes\":[9,0,1,0,1,0,0],\"edges\":[5,1,7,2", HW_SNAPSHOT_SECTION_NODES, TRUE, "“edges”");
  g_assert_nonnull (strstr (c.damage->message, "“nodes”"));
}

static void
test_trace_tree (void)
{
  static const struct
  {
    const char *tree;
    guint       n_nodes;
  } trees[] = {
    { "[1,0,0,0,[2,1,3,40]]", 1 },
    { "[1,0,0,[2]]", 0 },
    { "[1,0,0,0,7]", 0 },
    { "[1,0,0,0,[],9]", 1 },
    { "[1,0,0,0,[2,1,3,40,[],\"x\"]]", 2 },
    { "[1,0,0,0,{}]", 0 },
    { "[1,0,0,0,[2,1,x,40,[]]]", 1 },
  };
  g_autoptr(GString) deep = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_auto(HwCollect) c;

  for (guint i = 0; i < G_N_ELEMENTS (trees); i++)
    {
      g_autofree char *json = g_strdup_printf (HW_SMALL_WITH_TREE ("%s"), trees[i].tree);
      g_auto(HwCollect) d;

      read_damaged (&d, json, HW_SNAPSHOT_SECTION_TRACE_TREE, FALSE, "“trace_tree”");
      g_assert_cmpuint (d.trace->len, ==, trees[i].n_nodes);
      g_assert_cmpuint (d.n_strings, ==, 4);
      g_assert_cmpuint (hw_collect_n_records (&d, HW_SNAPSHOT_SECTION_SAMPLES), ==, 2);
    }

  /* Deeper than any stack. */
  for (guint i = 0; i < 100000; i++)
    g_string_append (deep, "[1,0,0,0,");
  g_string_append (deep, "[]");
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, ']');
  text = g_strdup_printf (HW_SMALL_WITH_TREE ("%s"), deep->str);
  read_damaged (&c, text, HW_SNAPSHOT_SECTION_TRACE_TREE, FALSE, "“trace_tree”");
  g_assert_cmpuint (c.trace->len, <, 100000);
  g_assert_cmpuint (c.n_strings, ==, 4);
}

static void
test_trace_columns (void)
{
  g_auto(HwCollect) c;

  read_damaged (&c, "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"],"
                    "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],\"trace_node_fields\":[\"children\",\"id\"]}},"
                    "\"nodes\":[9,0,1,0,0],\"edges\":[],\"trace_tree\":[[],1],\"strings\":[\"\"]}",
                HW_SNAPSHOT_SECTION_TRACE_TREE, FALSE, "“trace_tree”");
  g_assert_cmpuint (c.n_strings, ==, 1);
}

static void
test_nesting (void)
{
  g_autoptr(GString) deep = g_string_new ("{\"deep\":");
  g_autoptr(GString) header = g_string_new ("{\"snapshot\":{\"meta\":");
  g_auto(HwCollect) c;

  g_test_summary ("Depth costs nothing where it is passed over, and is refused in the header.");

  for (guint i = 0; i < 1000000; i++)
    g_string_append (deep, i % 2 ? "[" : "{\"a\":");
  for (guint i = 1000000; i > 0; i--)
    g_string_append (deep, i % 2 ? "}" : "]");
  g_string_append (deep, "," HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_BETWEEN "," HW_SMALL_STRINGS "}");
  hw_collect_init (&c);
  hw_collect_read (&c, deep->str);
  g_assert_no_error (c.error);
  g_assert_null (c.damage);

  for (guint i = 0; i < 100000; i++)
    g_string_append (header, "[");
  for (guint i = 0; i < 100000; i++)
    g_string_append (header, "]");
  g_string_append (header, "}}");
  refuse (header->str, HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "nested");
}

static void
test_large_header (void)
{
  g_autoptr(GString) text = g_string_new ("{\"snapshot\":{\"title\":\"");

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "fifty bytes of a title that does not want to end. ");
  g_string_append (text, "\"}}");
  refuse (text->str, HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "too large");
}

static void
test_not_snapshot (void)
{
  g_auto(HwCollect) c;

  hw_collect_init (&c);
  hw_collect_read (&c, "");
  g_assert_error (c.error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_EMPTY);

  refuse (" \n\t", HW_SNAPSHOT_ERROR_NOT_JSON, "white space");
  refuse ("hello", HW_SNAPSHOT_ERROR_NOT_JSON, "JSON");
  refuse ("hello, world, this is text", HW_SNAPSHOT_ERROR_NOT_JSON, "JSON");
  refuse ("PK\x03\x04 and so on", HW_SNAPSHOT_ERROR_NOT_JSON, "ZIP");
  refuse ("\xfd" "7zXZ and so on", HW_SNAPSHOT_ERROR_NOT_JSON, "xz");
  refuse ("BZh91AY&SY", HW_SNAPSHOT_ERROR_NOT_JSON, "bzip2");
  refuse ("SQLite format 3", HW_SNAPSHOT_ERROR_NOT_JSON, "SQLite");
  refuse ("<!DOCTYPE html><html>", HW_SNAPSHOT_ERROR_NOT_JSON, "web page");
  refuse ("\xff\xfe{ s n a p", HW_SNAPSHOT_ERROR_NOT_JSON, "UTF-16");
  refuse ("\xef\xbbx and more", HW_SNAPSHOT_ERROR_NOT_JSON, "JSON");
  refuse ("[{\"snapshot\":1}]", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "list");
  refuse ("{}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "something else");
  refuse ("{\"a\":1,\"b\":[2]}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "something else");
  refuse ("{\"snapshot\":\"a picture\"}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "something else");
  refuse ("{\"snapshot\":{\"picture\":7}}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "not a heap snapshot");
  refuse ("{\"nodes\":[{\"id\":1,\"callFrame\":{}}],\"startTime\":1}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, ".cpuprofile");
  refuse ("{\"traceEvents\":[]}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "trace");
  refuse ("{\"method\":\"HeapProfiler.addHeapSnapshotChunk\",\"params\":{}}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "inspector");
  refuse ("{\"head\":{\"callFrame\":{}},\"samples\":[]}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, ".heapprofile");
  refuse ("{a:1}", HW_SNAPSHOT_ERROR_NOT_JSON, "byte 1");
  refuse ("{\"a\" 1}", HW_SNAPSHOT_ERROR_NOT_JSON, "byte 5");
  refuse ("{\"a\":1", HW_SNAPSHOT_ERROR_DAMAGED, "before the header");
  refuse ("{\"snapshot\":{\"meta\":{\"node_f", HW_SNAPSHOT_ERROR_DAMAGED, "header");
  refuse ("{\"snapshot\":{\"meta\":{\"node_fields\":[}}}}", HW_SNAPSHOT_ERROR_DAMAGED, "“snapshot”");
}

static void
test_order (void)
{
  refuse ("{" HW_SMALL_NODES "," HW_SMALL_HEADER "}", HW_SNAPSHOT_ERROR_UNSUPPORTED, "“nodes”");
  refuse ("{" HW_SMALL_STRINGS "," HW_SMALL_HEADER "}", HW_SNAPSHOT_ERROR_UNSUPPORTED, "“strings”");
}

static void
test_nothing_to_show (void)
{
  refuse (HW_SMALL_WITH_NODES ("\"nodes\":[]"), HW_SNAPSHOT_ERROR_DAMAGED, "no objects");
  refuse ("{" HW_SMALL_HEADER "}", HW_SNAPSHOT_ERROR_DAMAGED, "no objects");
  refuse ("{" HW_SMALL_HEADER ",\"nodes\":[9,0,1", HW_SNAPSHOT_ERROR_DAMAGED, "“nodes”");
  refuse (HW_LEAST ("[]", "[]", "[]"), HW_SNAPSHOT_ERROR_DAMAGED, "no objects");
}

static void
test_copy (void)
{
  g_autoptr(HwSnapshotDamage) damage = hw_snapshot_damage_new (TRUE, 77, HW_SNAPSHOT_SECTION_EDGES, "It is %s.", "broken");
  g_autoptr(HwSnapshotDamage) copy = hw_snapshot_damage_copy (damage);

  g_assert_true (copy->truncated);
  g_assert_cmpuint (copy->offset, ==, 77);
  g_assert_cmpint (copy->section, ==, HW_SNAPSHOT_SECTION_EDGES);
  g_assert_cmpstr (copy->message, ==, "It is broken.");
  g_assert_true (copy->message != damage->message);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/snapshot/damage/truncated", test_truncated);
  g_test_add_func ("/snapshot/damage/whole-records", test_whole_records);
  g_test_add_func ("/snapshot/damage/number-section", test_number_section);
  g_test_add_func ("/snapshot/damage/hole", test_hole);
  g_test_add_func ("/snapshot/damage/hole-in-strings", test_hole_in_strings);
  g_test_add_func ("/snapshot/damage/strings-section", test_strings_section);
  g_test_add_func ("/snapshot/damage/counts", test_counts);
  g_test_add_func ("/snapshot/damage/missing", test_missing);
  g_test_add_func ("/snapshot/damage/twice", test_twice);
  g_test_add_func ("/snapshot/damage/between", test_between);
  g_test_add_func ("/snapshot/damage/behind", test_behind);
  g_test_add_func ("/snapshot/damage/two-troubles", test_two_troubles);
  g_test_add_func ("/snapshot/damage/trace-tree", test_trace_tree);
  g_test_add_func ("/snapshot/damage/trace-columns", test_trace_columns);
  g_test_add_func ("/snapshot/damage/nesting", test_nesting);
  g_test_add_func ("/snapshot/damage/large-header", test_large_header);
  g_test_add_func ("/snapshot/damage/not-snapshot", test_not_snapshot);
  g_test_add_func ("/snapshot/damage/order", test_order);
  g_test_add_func ("/snapshot/damage/nothing-to-show", test_nothing_to_show);
  g_test_add_func ("/snapshot/damage/copy", test_copy);

  return g_test_run ();
}
