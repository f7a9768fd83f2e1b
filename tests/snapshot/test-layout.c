/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "snapshot/hw-snapshot-layout.h"
#include "hw-small.h"

#define NODE_FIELDS "\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"]"
#define EDGE_FIELDS "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"]"
#define LEAST(more) "{\"meta\":{" NODE_FIELDS "," EDGE_FIELDS "}" more "}"

static HwSnapshotLayout *
parse (const char *json)
{
  g_autoptr(GError) error = NULL;
  HwSnapshotLayout *layout = hw_snapshot_layout_parse (json, strlen (json), &error);

  g_assert_no_error (error);
  g_assert_nonnull (layout);

  return layout;
}

static void
refuse (const char *json,
        gsize       length,
        int         code,
        const char *word)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (hw_snapshot_layout_parse (json, length, &error));
  g_assert_error (error, HW_SNAPSHOT_ERROR, code);
  if (word != NULL && strstr (error->message, word) == NULL)
    g_error ("no \"%s\" in \"%s\"", word, error->message);
}

static void
test_usual (void)
{
  g_autoptr(HwSnapshotLayout) layout = parse (HW_SMALL_META);

  g_assert_cmpuint (layout->n_fields[HW_SNAPSHOT_SECTION_NODES], ==, 7);
  g_assert_cmpuint (layout->n_fields[HW_SNAPSHOT_SECTION_SCOPES], ==, 5);
  g_assert_cmpuint (layout->n_fields[HW_SNAPSHOT_SECTION_STRINGS], ==, 0);
  g_assert_cmpint (layout->node_type, ==, 0);
  g_assert_cmpint (layout->node_detachedness, ==, 6);
  g_assert_cmpint (layout->edge_to_node, ==, 2);
  g_assert_cmpint (layout->function_column, ==, 5);
  g_assert_cmpint (layout->trace_children, ==, 4);
  g_assert_cmpint (layout->sample_last_assigned_id, ==, 1);
  g_assert_cmpint (layout->location_line, ==, 2);
  g_assert_cmpuint (layout->n_node_kinds, ==, 10);
  g_assert_cmpuint (layout->node_kinds[9], ==, HW_NODE_KIND_SYNTHETIC);
  g_assert_cmpstr (layout->node_kind_names[9], ==, "synthetic");
  g_assert_cmpuint (layout->edge_kinds[6], ==, HW_EDGE_KIND_WEAK);
  g_assert_cmpuint (layout->declared_nodes, ==, 3);
  g_assert_cmpuint (layout->declared_edges, ==, 2);
  g_assert_cmpuint (layout->extra_native_bytes, ==, 4096);
  g_assert_cmpuint (layout->root_index, ==, 0);
}

static void
test_by_name (void)
{
  g_autoptr(HwSnapshotLayout) layout = NULL;

  g_test_summary ("Columns and kinds are where their names are, among others that mean nothing.");

  layout = parse ("{\"node_count\":1,\"title\":\"x\",\"uid\":3,\"meta\":{\"edge_types\":[\"node\",[\"weak\",\"strange\","
                  "\"element\"],\"string\"],\"edge_fields\":[\"to_node\",\"type\",\"name_or_index\"],\"more\":{\"a\":[1]},"
                  "\"node_fields\":[\"edge_count\",\"new\",7,\"self_size\",\"id\",\"type\",\"name\",\"type\"],"
                  "\"node_types\":[\"number\",\"x\",\"x\",\"number\",\"number\",[\"object shape\",\"hologram\",3,\"bigint\"]]}}");
  g_assert_cmpuint (layout->n_fields[HW_SNAPSHOT_SECTION_NODES], ==, 8);
  g_assert_cmpint (layout->node_edge_count, ==, 0);
  g_assert_cmpint (layout->node_self_size, ==, 3);
  g_assert_cmpint (layout->node_id, ==, 4);
  g_assert_cmpint (layout->node_type, ==, 5);
  g_assert_cmpint (layout->node_name, ==, 6);
  g_assert_cmpint (layout->node_trace_node_id, ==, -1);
  g_assert_cmpint (layout->node_detachedness, ==, -1);
  g_assert_cmpint (layout->location_line, ==, -1);
  g_assert_cmpuint (layout->n_node_kinds, ==, 4);
  g_assert_cmpuint (layout->node_kinds[0], ==, HW_NODE_KIND_OBJECT_SHAPE);
  g_assert_cmpuint (layout->node_kinds[1], ==, HW_NODE_KIND_OTHER);
  g_assert_cmpstr (layout->node_kind_names[1], ==, "hologram");
  g_assert_cmpuint (layout->node_kinds[2], ==, HW_NODE_KIND_OTHER);
  g_assert_cmpuint (layout->node_kinds[3], ==, HW_NODE_KIND_BIGINT);
  g_assert_cmpint (layout->edge_to_node, ==, 0);
  g_assert_cmpuint (layout->edge_kinds[0], ==, HW_EDGE_KIND_WEAK);
  g_assert_cmpuint (layout->edge_kinds[1], ==, HW_EDGE_KIND_OTHER);
  g_assert_cmpuint (layout->edge_kinds[2], ==, HW_EDGE_KIND_ELEMENT);
}

static void
test_no_kinds (void)
{
  g_autoptr(HwSnapshotLayout) layout = parse (LEAST (""));

  g_test_summary ("Without a table of kinds V8's order holds.");

  g_assert_cmpuint (layout->n_node_kinds, ==, HW_NODE_KIND_OTHER);
  g_assert_cmpuint (layout->node_kinds[HW_NODE_KIND_SYMBOL], ==, HW_NODE_KIND_SYMBOL);
  g_assert_cmpuint (layout->n_edge_kinds, ==, HW_EDGE_KIND_OTHER);
  g_assert_cmpstr (layout->edge_kind_names[HW_EDGE_KIND_SHORTCUT], ==, "shortcut");
}

static void
test_missing_column (void)
{
  static const char *const needed[] = { "type", "name", "id", "self_size", "edge_count", "type", "name_or_index", "to_node" };

  for (guint skip = 0; skip < G_N_ELEMENTS (needed); skip++)
    {
      g_autoptr(GString) json = g_string_new ("{\"meta\":{\"node_fields\":[\"a\"");
      g_autofree char *word = g_strdup_printf ("“%s”", needed[skip]);

      for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
        {
          if (i == 5)
            g_string_append (json, "],\"edge_fields\":[\"b\"");
          if (i != skip)
            g_string_append_printf (json, ",\"%s\"", needed[i]);
        }
      g_string_append (json, "]}}");
      refuse (json->str, json->len, HW_SNAPSHOT_ERROR_UNSUPPORTED, word);
      refuse (json->str, json->len, HW_SNAPSHOT_ERROR_UNSUPPORTED, skip < 5 ? "node_fields" : "edge_fields");
    }
}

static void
test_no_header (void)
{
  static const char *const others[] = {
    "",
    "{}",
    "[]",
    "7",
    "null",
    "{\"meta\":7}",
    "{\"meta\":{}}",
    "{\"meta\":{" NODE_FIELDS "}}",
    "{\"meta\":{\"node_fields\":{},\"edge_fields\":[]}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    refuse (others[i], strlen (others[i]), HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, NULL);

  refuse ("{\"meta\":", 8, HW_SNAPSHOT_ERROR_DAMAGED, "snapshot");
  refuse ("{\"meta\" {}}", 11, HW_SNAPSHOT_ERROR_DAMAGED, "snapshot");
}

static void
test_numbers (void)
{
  g_autoptr(HwSnapshotLayout) layout = NULL;

  g_test_summary ("Counts are hints: any number is taken for something.");

  layout = parse (LEAST (",\"node_count\":99999999999999999999999999999,\"edge_count\":1e3,\"root_index\":-6,"
                         "\"extra_native_bytes\":12.75"));
  g_assert_cmpuint (layout->declared_nodes, ==, G_GUINT64_CONSTANT (999999999999999999));
  g_assert_cmpuint (layout->declared_edges, ==, 1000);
  g_assert_cmpuint (layout->root_index, ==, 0);
  g_assert_cmpuint (layout->extra_native_bytes, ==, 12);
  g_clear_pointer (&layout, hw_snapshot_layout_free);

  layout = parse (LEAST (",\"node_count\":\"many\",\"edge_count\":null,\"root_index\":[1],\"extra_native_bytes\":1.5e300"));
  g_assert_cmpuint (layout->declared_nodes, ==, 0);
  g_assert_cmpuint (layout->declared_edges, ==, 0);
  g_assert_cmpuint (layout->root_index, ==, 0);
  g_assert_cmpuint (layout->extra_native_bytes, ==, 0);
}

static void
test_text (void)
{
  static const char *const texts[] = {
    "\xff\xfe", "\\ud800", "\\udc00\\ud800", "\\u0000", "\\u12", "\\u", "\xed\xa0\x80", "\n\t", "\\\"", "\\\\", "\\u00e9", "\xc3",
  };

  g_test_summary ("Text that json-glib would refuse does not stand in the way.");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *json = g_strdup_printf (LEAST (",\"title\":\"%s\",\"node_count\":5"), texts[i]);
      g_autoptr(HwSnapshotLayout) layout = parse (json);

      g_assert_cmpuint (layout->declared_nodes, ==, 5);
    }
}

static void
test_too_many_columns (void)
{
  g_autoptr(GString) json = g_string_new ("{\"meta\":{" EDGE_FIELDS ",\"node_fields\":[\"type\"");

  for (guint i = 0; i < 300; i++)
    g_string_append (json, ",\"x\"");
  g_string_append (json, "]}}");
  refuse (json->str, json->len, HW_SNAPSHOT_ERROR_UNSUPPORTED, "301");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/snapshot/layout/usual", test_usual);
  g_test_add_func ("/snapshot/layout/by-name", test_by_name);
  g_test_add_func ("/snapshot/layout/no-kinds", test_no_kinds);
  g_test_add_func ("/snapshot/layout/missing-column", test_missing_column);
  g_test_add_func ("/snapshot/layout/no-header", test_no_header);
  g_test_add_func ("/snapshot/layout/numbers", test_numbers);
  g_test_add_func ("/snapshot/layout/text", test_text);
  g_test_add_func ("/snapshot/layout/too-many-columns", test_too_many_columns);

  return g_test_run ();
}
