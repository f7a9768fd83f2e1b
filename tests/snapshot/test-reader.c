/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <sys/resource.h>

#include "base/hw-error.h"
#include "base/hw-ids.h"
#include "snapshot/hw-snapshot-reader-private.h"
#include "hw-collect.h"
#include "hw-small.h"

/* A sanitizer maps more memory than any limit lets it. */
#if defined __has_feature
#if __has_feature (address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define ALL_SECTIONS ((1u << HW_SNAPSHOT_N_SECTIONS) - 1 - (1u << HW_SNAPSHOT_SECTION_HEADER))

static void
read_whole (HwCollect  *c,
            const char *text)
{
  hw_collect_init (c);
  hw_collect_read (c, text);
  g_assert_no_error (c->error);
  if (c->damage != NULL)
    g_error ("damage: %s", c->damage->message);
}

static void
check_small (const HwCollect *c)
{
  static const guint64 nodes[] = { 9, 0, 1, 0, 1, 0, 0, 3, 1, 3, 24, 1, 2, 0, 8, 2, 4, G_GUINT64_CONSTANT (5000000000), 0, 0, 2 };
  static const guint64 edges[] = { 5, 1, 7, 2, 3, 14 };
  static const HwSnapshotTraceNode tree[] = { { G_MAXUINT32, 1, 0, 0, 0 }, { 0, 2, 1, 3, 40 }, { 0, 3, 1, 1, 8 }, { 2, 4, 0, 1, 1 } };

  g_assert_cmpmem (c->values[HW_SNAPSHOT_SECTION_NODES]->data, c->values[HW_SNAPSHOT_SECTION_NODES]->len * sizeof (guint64),
                   nodes, sizeof nodes);
  g_assert_cmpmem (c->values[HW_SNAPSHOT_SECTION_EDGES]->data, c->values[HW_SNAPSHOT_SECTION_EDGES]->len * sizeof (guint64),
                   edges, sizeof edges);
  g_assert_cmpuint (c->trace->len, ==, G_N_ELEMENTS (tree));
  for (guint i = 0; i < G_N_ELEMENTS (tree); i++)
    {
      const HwSnapshotTraceNode *node = &g_array_index (c->trace, HwSnapshotTraceNode, i);

      g_assert_cmpuint (node->parent, ==, tree[i].parent);
      g_assert_cmpuint (node->id, ==, tree[i].id);
      g_assert_cmpuint (node->function_info_index, ==, tree[i].function_info_index);
      g_assert_cmpuint (node->count, ==, tree[i].count);
      g_assert_cmpuint (node->size, ==, tree[i].size);
    }
  g_assert_cmpuint (hw_collect_value (c, HW_SNAPSHOT_SECTION_SAMPLES, 1, c->layout.sample_timestamp), ==, 50000);
  g_assert_cmpuint (hw_collect_value (c, HW_SNAPSHOT_SECTION_LOCATIONS, 0, c->layout.location_column), ==, 3);
  g_assert_cmpuint (hw_collect_value (c, HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS, 1, c->layout.function_id), ==, 7);
  g_assert_cmpuint (hw_collect_value (c, HW_SNAPSHOT_SECTION_SCOPE_CONTEXT_VARS, 0, 0), ==, 3);
  g_assert_cmpuint (c->n_strings, ==, 4);
  g_assert_cmpstr (hw_collect_string (c, 2, NULL), ==, "a \"div\" \xc3\xa9\n");
  g_assert_cmpstr (hw_collect_string (c, 3, NULL), ==, "\xc3\xa9\xf0\x9f\x98\x80 and more than sixteen");
  g_assert_cmphex (c->ended, ==, ALL_SECTIONS);
}

static void
test_small (void)
{
  g_auto(HwCollect) c;

  read_whole (&c, HW_SMALL);
  check_small (&c);
}

static void
test_split (void)
{
  const char *text = HW_SMALL;
  g_auto(HwCollect) bytes;

  g_test_summary ("Wherever the pieces end, the same is read.");

  hw_collect_init (&bytes);
  hw_collect_push (&bytes, text, strlen (text), 0, 1);
  g_assert_no_error (bytes.error);
  check_small (&bytes);

  for (gsize first = 1; first < strlen (text); first++)
    {
      g_auto(HwCollect) c;

      hw_collect_init (&c);
      hw_collect_push (&c, text, strlen (text), first, G_MAXSIZE);
      g_assert_true (hw_collect_equal (&c, &bytes));
    }
}

/* Puts white space around everything that is no string. */
static char *
spread (const char *text,
        const char *space)
{
  GString *wide = g_string_new (space);
  gboolean in_string = FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' && p[-1] != '\\')
        in_string = !in_string;
      if (!in_string && strchr ("[]{}:,", *p) != NULL)
        g_string_append_printf (wide, "%s%c%s", space, *p, space);
      else
        g_string_append_c (wide, *p);
    }

  return g_string_free (wide, FALSE);
}

static void
test_white_space (void)
{
  static const char *const spaces[] = { " ", "\n", "\r\n", "\t  \t", "                                                              \n" };

  for (guint i = 0; i < G_N_ELEMENTS (spaces); i++)
    {
      g_autofree char *text = spread (HW_SMALL, spaces[i]);
      g_auto(HwCollect) c;

      read_whole (&c, text);
      check_small (&c);
    }
}

static void
test_order (void)
{
  g_auto(HwCollect) c;

  g_test_summary ("Sections in another order, members nobody knows, a byte order mark.");

  read_whole (&c, "\xef\xbb\xbf{\"title\":\"\\\"}{\",\"n\":-1.5e-7,\"t\":true,\"o\":{\"a\":[[],{\"b\":\"]\"}]},\"e\":{},\"l\":[]," HW_SMALL_HEADER
                  ",\"x\":null," HW_SMALL_STRINGS "," HW_SMALL_BETWEEN ",\"future\":[[1,[2]],\"s\\\\\"]," HW_SMALL_NODES ",\"z\":\"\"}\n ");
  check_small (&c);
}

static void
test_escaped_name (void)
{
  g_auto(HwCollect) c;

  read_whole (&c, HW_LEAST ("[9,0,1,0,0]", "[],\"\\u0065dge\\u0073more than sixty-four letters, which no member that is known has\":[1]", "[\"\"]"));
  g_assert_cmpuint (c.n_strings, ==, 1);
  hw_collect_clear (&c);

  read_whole (&c, "{\"snap\\u0073hot\":" HW_SMALL_META "," HW_SMALL_NODES "," HW_SMALL_BETWEEN "," HW_SMALL_STRINGS "}");
  check_small (&c);
}

static guint64
number (const char *text)
{
  g_autofree char *json = g_strdup_printf (HW_LEAST ("[0,0,7,%s,0,1,2,3,4,5]", "[]", "[\"\"]"), text);
  g_auto(HwCollect) c;

  read_whole (&c, json);
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, 2);
  g_assert_cmpuint (hw_collect_value (&c, HW_SNAPSHOT_SECTION_NODES, 1, 4), ==, 5);

  return hw_collect_value (&c, HW_SNAPSHOT_SECTION_NODES, 0, 3);
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *text;
    guint64     value;
  } numbers[] = {
    { "0", 0 },
    { "00012", 12 },
    { "12345678", 12345678 },
    { "123456789", 123456789 },
    { "4294967296", G_GUINT64_CONSTANT (4294967296) },
    { "18446744073709551615", G_MAXUINT64 },
    { "18446744073709551614", G_MAXUINT64 - 1 },
    { "18446744073709551616", G_MAXUINT64 },
    { "99999999999999999999999999999999999999999999999999999999999999999999999999", G_MAXUINT64 },
    { "000000000000000000000000000000000000000000000000000000000000000000000000001", 1 },
    { "-5", 5 },
    { "+5", 5 },
    { "-0", 0 },
    { "1.99", 1 },
    { "-3.5", 3 },
    { "1e3", 1000 },
    { "1.5E+3", 1500 },
    { "12e-1", 1 },
    { "1e400", G_MAXUINT64 },
    { "null", 0 },
    { "true", 0 },
    { "false", 0 },
    { " \t\r\n 8 \n", 8 },
  };

  g_test_summary ("What is no plain row of digits keeps its column.");

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_assert_cmpuint (number (numbers[i].text), ==, numbers[i].value);
}

static void
test_many_numbers (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);
  g_autoptr(GString) text = g_string_new ("[");
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autofree char *json = NULL;
  g_auto(HwCollect) c;
  g_auto(HwCollect) small;

  g_test_summary ("Numbers of all lengths, over blocks and batches, with other spacing now and then.");

  for (guint i = 0; i < 5 * 20000; i++)
    {
      guint64 value = ((guint64) g_rand_int (rand) << 32 | g_rand_int (rand)) >> g_rand_int_range (rand, 0, 64);

      g_array_append_val (values, value);
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "", value);
      if (g_rand_int_range (rand, 0, 20) == 0)
        g_string_append (text, g_rand_boolean (rand) ? "\n" : "\r\n\t ");
    }
  g_string_append_c (text, ']');

  json = g_strdup_printf (HW_LEAST ("%s", "[]", "[\"\"]"), text->str);
  read_whole (&c, json);
  g_assert_cmpmem (c.values[HW_SNAPSHOT_SECTION_NODES]->data, c.values[HW_SNAPSHOT_SECTION_NODES]->len * sizeof (guint64),
                   values->data, values->len * sizeof (guint64));

  hw_collect_init (&small);
  hw_collect_push (&small, json, strlen (json), 0, 77);
  g_assert_true (hw_collect_equal (&c, &small));
}

static void
check_string (const char *json,
              const char *expected)
{
  g_autofree char *text = g_strdup_printf (HW_SMALL_WITH_STRINGS ("\"before\",\"%s\",\"behind\""), json);
  g_auto(HwCollect) whole;
  g_auto(HwCollect) bytes;

  read_whole (&whole, text);
  g_assert_cmpuint (whole.n_strings, ==, 3);
  g_assert_cmpstr (hw_collect_string (&whole, 1, NULL), ==, expected);
  g_assert_cmpstr (hw_collect_string (&whole, 2, NULL), ==, "behind");

  hw_collect_init (&bytes);
  hw_collect_push (&bytes, text, strlen (text), 0, 1);
  g_assert_true (hw_collect_equal (&whole, &bytes));
}

static void
test_strings (void)
{
  static const char *const strings[][2] = {
    { "", "" },
    { "plain", "plain" },
    { "exactly 16 bytes", "exactly 16 bytes" },
    { "\\b\\f\\n\\r\\t\\\"\\\\\\/", "\b\f\n\r\t\"\\/" },
    { "\\u0041\\u00e9\\u20AC", "A\xc3\xa9\xe2\x82\xac" },
    { "\\u0000x", "\xc0\x80x" },
    { "\\uD83D\\uDE00", "\xf0\x9f\x98\x80" },
    { "\\uD83D", "\xed\xa0\xbd" },
    { "\\uDE00\\uD83D", "\xed\xb8\x80\xed\xa0\xbd" },
    { "\\uD83D\\uD83D\\uDE00", "\xed\xa0\xbd\xf0\x9f\x98\x80" },
    { "\\uD83Dx\\uDE00", "\xed\xa0\xbdx\xed\xb8\x80" },
    { "\\uD83D\xc3\xa9", "\xed\xa0\xbd\xc3\xa9" },
    { "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
    { "\xed\xa0\xbd", "\xed\xa0\xbd" },
    { "\xed\xa0\xbd\xed\xb8\x80", "\xf0\x9f\x98\x80" },
    { "\\uD83D\xed\xb8\x80", "\xf0\x9f\x98\x80" },
    { "\x80", "\xef\xbf\xbd" },
    { "\xff" "a", "\xef\xbf\xbd" "a" },
    { "\xc3", "\xef\xbf\xbd" },
    { "\xc3x", "\xef\xbf\xbdx" },
    { "\xc3\xc3\xa9", "\xef\xbf\xbd\xc3\xa9" },
    { "\xe2\x82", "\xef\xbf\xbd" },
    { "\xe2\x82\\n", "\xef\xbf\xbd\n" },
    { "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "\\x", "x" },
    { "\\u12", "\xef\xbf\xbd" },
    { "\\u12\\u0041", "\xef\xbf\xbd" "A" },
    { "\\uzzzz", "\xef\xbf\xbdzzzz" },
    { "\\\xc3\xa9", "\xc3\xa9" },
    { "raw\ttab\nand\x7f", "raw\ttab\nand\x7f" },
    { "[{,}]", "[{,}]" },
    { "a long one with an \\\"escape\\\" in the middle of more than sixteen bytes, and \xe2\x82\xac",
      "a long one with an \"escape\" in the middle of more than sixteen bytes, and \xe2\x82\xac" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    check_string (strings[i][0], strings[i][1]);
}

static void
test_long_string (void)
{
  const gsize length = 40 * 1000 * 1000;
  g_autofree char *text = g_malloc (length);
  HwSnapshotReader *reader;
  g_auto(HwCollect) c;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A string of any length comes in one piece.");

  memset (text, 'x', length);
  hw_collect_init (&c);
  reader = hw_snapshot_reader_new (&hw_collect_sink, &c);
  hw_snapshot_reader_push (reader, HW_LEAST ("[9,0,1,0,0]", "[]", "[\""), strlen (HW_LEAST ("[9,0,1,0,0]", "[]", "[\"")) - 1, &error);
  for (gsize at = 0; at < length; at += 1000000)
    hw_snapshot_reader_push (reader, text + at, MIN (1000000, length - at), &error);
  hw_snapshot_reader_push (reader, "\\n\"]}", 5, &error);
  g_assert_no_error (error);
  g_assert_true (hw_snapshot_reader_finish (reader, NULL, &error));
  g_assert_no_error (error);
  hw_snapshot_reader_free (reader);

  g_assert_cmpuint (c.n_strings, ==, 1);
  g_assert_cmpuint (c.strings->len, ==, length + 2);
}

static void
test_no_memory (void)
{
  const struct rlimit limit = { 400 << 20, 400 << 20 };
  const char *start = HW_LEAST ("[9,0,1,0,0]", "[]", "[\"");
  g_autoptr(HwSnapshotReader) reader = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(HwCollect) c = { 0 };

  g_test_summary ("A string that no memory can hold is an error.");

  if (SANITIZED)
    {
      g_test_skip ("memory cannot be limited here");
      return;
    }
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  text = g_malloc (1 << 20);
  memset (text, 'x', 1 << 20);
  hw_collect_init (&c);
  reader = hw_snapshot_reader_new (&hw_collect_sink, &c);
  g_assert_true (hw_snapshot_reader_push (reader, start, strlen (start) - 1, NULL));
  g_assert_no_errno (setrlimit (RLIMIT_AS, &limit));
  for (guint i = 0; i < 1000 && error == NULL; i++)
    hw_snapshot_reader_push (reader, text, 1 << 20, &error);
  g_assert_error (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY);
}

static void
test_permuted (void)
{
  g_auto(HwCollect) c;

  g_test_summary ("A column more in every record does not shift the others.");

  read_whole (&c, "{\"snapshot\":{\"meta\":{\"node_fields\":[\"new\",\"edge_count\",\"self_size\",\"id\",\"name\",\"type\"],"
                  "\"edge_fields\":[\"to_node\",\"new\",\"name_or_index\",\"type\"]}},"
                  "\"edges\":[6,9,1,5],\"strings\":[],\"nodes\":[77,1,2,3,4,5,78,11,12,13,14,15]}");
  g_assert_cmpuint (hw_collect_value (&c, HW_SNAPSHOT_SECTION_NODES, 1, c.layout.node_self_size), ==, 12);
  g_assert_cmpuint (hw_collect_value (&c, HW_SNAPSHOT_SECTION_NODES, 1, c.layout.node_type), ==, 15);
  g_assert_cmpuint (hw_collect_value (&c, HW_SNAPSHOT_SECTION_EDGES, 0, c.layout.edge_to_node), ==, 6);
}

static void
test_unannounced (void)
{
  g_auto(HwCollect) c;

  g_test_summary ("A section without a list of columns is passed over.");

  read_whole (&c, HW_LEAST ("[9,0,1,0,0]", "[],\"samples\":[1,2,3],\"trace_tree\":[1,[2]],\"locations\":[\"]\"]", "[\"\"]"));
  g_assert_cmpuint (c.values[HW_SNAPSHOT_SECTION_SAMPLES]->len, ==, 0);
}

static void
test_sink_stops (void)
{
  g_auto(HwCollect) whole;

  g_test_summary ("What the sink says is what the caller gets, and the sink is left alone then.");

  read_whole (&whole, HW_SMALL);
  for (guint64 i = 1; i <= whole.n_calls; i++)
    {
      g_auto(HwCollect) c;

      hw_collect_init (&c);
      c.fail_after = i;
      hw_collect_read (&c, HW_SMALL);
      g_assert_error (c.error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      g_assert_cmpuint (c.n_calls, ==, i);
    }
}

static void
test_after_failure (void)
{
  g_auto(HwCollect) c;
  g_autoptr(GError) first = NULL;
  g_autoptr(GError) second = NULL;
  g_autoptr(GError) third = NULL;
  g_autoptr(HwSnapshotReader) reader = NULL;

  hw_collect_init (&c);
  reader = hw_snapshot_reader_new (&hw_collect_sink, &c);
  g_assert_false (hw_snapshot_reader_push (reader, "not JSON at all", 15, &first));
  g_assert_false (hw_snapshot_reader_push (reader, HW_SMALL, strlen (HW_SMALL), &second));
  g_assert_false (hw_snapshot_reader_finish (reader, NULL, &third));
  g_assert_cmpstr (first->message, ==, second->message);
  g_assert_cmpstr (first->message, ==, third->message);
  g_assert_cmpuint (c.n_calls, ==, 0);
}

static void
test_too_large (void)
{
  static const HwSnapshotSection sections[] = {
    HW_SNAPSHOT_SECTION_NODES, HW_SNAPSHOT_SECTION_EDGES, HW_SNAPSHOT_SECTION_TRACE_TREE, HW_SNAPSHOT_SECTION_STRINGS,
  };

  g_test_summary ("More records than ids: as if nearly all had been read already.");

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      g_auto(HwCollect) c;
      g_autoptr(GError) error = NULL;
      g_autoptr(HwSnapshotReader) reader = NULL;

      hw_collect_init (&c);
      reader = hw_snapshot_reader_new (&hw_collect_sink, &c);
      reader->n_records[sections[i]] = HW_MAX_IDS;
      g_assert_false (hw_snapshot_reader_push (reader, HW_SMALL, strlen (HW_SMALL), &error) &&
                      hw_snapshot_reader_finish (reader, NULL, &error));
      g_assert_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_TOO_LARGE);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/snapshot/reader/small", test_small);
  g_test_add_func ("/snapshot/reader/split", test_split);
  g_test_add_func ("/snapshot/reader/white-space", test_white_space);
  g_test_add_func ("/snapshot/reader/order", test_order);
  g_test_add_func ("/snapshot/reader/escaped-name", test_escaped_name);
  g_test_add_func ("/snapshot/reader/numbers", test_numbers);
  g_test_add_func ("/snapshot/reader/many-numbers", test_many_numbers);
  g_test_add_func ("/snapshot/reader/strings", test_strings);
  g_test_add_func ("/snapshot/reader/long-string", test_long_string);
  g_test_add_func ("/snapshot/reader/no-memory", test_no_memory);
  g_test_add_func ("/snapshot/reader/permuted", test_permuted);
  g_test_add_func ("/snapshot/reader/unannounced", test_unannounced);
  g_test_add_func ("/snapshot/reader/sink-stops", test_sink_stops);
  g_test_add_func ("/snapshot/reader/after-failure", test_after_failure);
  g_test_add_func ("/snapshot/reader/too-large", test_too_large);

  return g_test_run ();
}
