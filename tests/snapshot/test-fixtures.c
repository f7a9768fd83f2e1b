/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hw-collect.h"

typedef struct
{
  const char *file;
  guint64     nodes, edges, strings, self, detached, locations, samples, functions, traced;
  guint       n_fields;
} Expected;

/* From the runtimes' own counts. */
static const Expected snapshots[] = {
  { "chromium156.heapsnapshot.zst", 45783, 209526, 20235, 2009029, 11, 977, 0, 0, 0, 6 },
  { "deno2.heapsnapshot.zst", 65152, 289721, 29570, 4302407, 0, 3338, 0, 0, 0, 6 },
  { "node20.heapsnapshot.zst", 44167, 197232, 24221, 3664593, 8, 4405, 0, 0, 0, 7 },
  { "timeline-node26.heapsnapshot.zst", 63466, 265126, 30123, 6194092, 0, 5918, 47, 14, 3851, 7 },
  { "bun-v8.heapsnapshot.gz", 4527, 12673, 1624, 787254, 0, 0, 0, 0, 0, 7 },
  { "bun-heap-prof.heapprofile.gz", 2572, 5986, 1731, 132515, 0, 0, 0, 0, 0, 7 },
};

static guint64
count_equal (const HwCollect   *self,
             HwSnapshotSection  section,
             int                column,
             guint64            value)
{
  guint64 n = 0;

  for (guint64 i = 0; column >= 0 && i < hw_collect_n_records (self, section); i++)
    n += hw_collect_value (self, section, i, column) == value;

  return n;
}

static void
test_snapshot (gconstpointer data)
{
  const Expected *expected = data;
  g_autofree char *path = g_build_filename ("runtimes", expected->file, NULL);
  g_auto(HwCollect) c;
  guint64 self = 0;
  guint64 edges = 0;

  hw_collect_init (&c);
  hw_collect_open (&c, path);
  g_assert_no_error (c.error);
  g_assert_null (c.damage);

  g_assert_cmpuint (c.layout.n_fields[HW_SNAPSHOT_SECTION_NODES], ==, expected->n_fields);
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_NODES), ==, expected->nodes);
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_EDGES), ==, expected->edges);
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_LOCATIONS), ==, expected->locations);
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_SAMPLES), ==, expected->samples);
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS), ==, expected->functions);
  g_assert_cmpuint (c.n_strings, ==, expected->strings);
  g_assert_cmpuint (c.layout.declared_nodes, ==, expected->nodes);
  g_assert_cmpuint (c.layout.declared_edges, ==, expected->edges);

  for (guint64 i = 0; i < expected->nodes; i++)
    {
      self += hw_collect_value (&c, HW_SNAPSHOT_SECTION_NODES, i, c.layout.node_self_size);
      edges += hw_collect_value (&c, HW_SNAPSHOT_SECTION_NODES, i, c.layout.node_edge_count);
    }
  g_assert_cmpuint (self, ==, expected->self);
  g_assert_cmpuint (edges, ==, expected->edges);
  g_assert_cmpuint (count_equal (&c, HW_SNAPSHOT_SECTION_NODES, c.layout.node_detachedness, 2), ==, expected->detached);
  if (c.layout.node_trace_node_id >= 0)
    g_assert_cmpuint (expected->nodes - count_equal (&c, HW_SNAPSHOT_SECTION_NODES, c.layout.node_trace_node_id, 0), ==,
                      expected->traced);
  g_assert_cmpuint (c.trace->len, ==, expected->functions);
}

static void
test_chromium (void)
{
  g_auto(HwCollect) c;

  g_test_summary ("The newest sections are delivered.");

  hw_collect_init (&c);
  hw_collect_open (&c, "runtimes/chromium156.heapsnapshot.zst");
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_SCOPES), >, 0);
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_SCOPE_CONTEXT_VARS), >, 0);
  g_assert_cmpuint (hw_collect_n_records (&c, HW_SNAPSHOT_SECTION_SCOPE_USES), >, 0);
}

static void
test_others (void)
{
  static const struct
  {
    const char      *file;
    HwSnapshotError  code;
    const char      *word;
  } others[] = {
    { "runtimes/heap-prof-node20.heapprofile", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, ".heapprofile" },
    { "runtimes/sampling-node26.heapprofile.gz", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, ".heapprofile" },
    { "runtimes/report-node20.json", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT, "report" },
    { "runtimes/README.md", HW_SNAPSHOT_ERROR_NOT_JSON, "XML" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_auto(HwCollect) c;

      hw_collect_init (&c);
      hw_collect_open (&c, others[i].file);
      g_assert_error (c.error, HW_SNAPSHOT_ERROR, (int) others[i].code);
      if (strstr (c.error->message, others[i].word) == NULL)
        g_error ("%s: %s", others[i].file, c.error->message);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (snapshots); i++)
    {
      g_autofree char *path = g_strdup_printf ("/snapshot/fixtures/%s", snapshots[i].file);

      g_test_add_data_func (path, &snapshots[i], test_snapshot);
    }
  g_test_add_func ("/snapshot/fixtures/scopes", test_chromium);
  g_test_add_func ("/snapshot/fixtures/others", test_others);

  return g_test_run ();
}
