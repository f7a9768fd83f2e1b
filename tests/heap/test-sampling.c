/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "heap/hw-sampling-view.h"

/*
 * Sampled profiles against a slow twin: every stack is written down from its outermost call to its innermost,
 * changed as the options say, and each row adds up the stacks that belong to it.
 */

#define MAX_STACK 64
#define MAX_LEVELS 5

typedef struct
{
  guint32 functions[MAX_STACK];  /* the outermost first */
  guint   n;
  guint64 size;
} Stack;

static void
write_node (GString *json,
            GRand   *rand,
            guint    depth,
            guint   *id)
{
  static const char * const names[] = { "a", "b", "c", "d", "", "f" };
  guint name = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (names));
  guint n_children = depth < 9 ? (guint) g_rand_int_range (rand, 0, depth < 3 ? 5 : 3) : 0;

  g_string_append_printf (json, "{\"callFrame\":{\"functionName\":\"%s\",\"scriptId\":\"%u\",\"url\":\"file:///%u.js\","
                                "\"lineNumber\":%u,\"columnNumber\":3},\"selfSize\":%u,\"id\":%u,\"children\":[",
                          depth == 0 ? "(root)" : names[name], depth == 0 ? 0 : 1 + name / 3, name, name,
                          g_rand_int_range (rand, 0, 3) == 0 ? 0 : (guint) g_rand_int_range (rand, 0, 5000), (*id)++);
  for (guint i = 0; i < n_children; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      write_node (json, rand, depth + 1, id);
    }
  g_string_append (json, "]}");
}

static HwSamplingProfile *
make_profile (guint32 seed)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr(GString) json = g_string_new ("{\"head\":");
  g_autoptr(GError) error = NULL;
  HwSamplingProfile *profile;
  guint id = 1;

  write_node (json, rand, 0, &id);
  g_string_append (json, ",\"samples\":[");
  for (guint i = 0; i < 300; i++)
    g_string_append_printf (json, "%s{\"size\":%u,\"nodeId\":%u,\"ordinal\":%u}", i > 0 ? "," : "",
                            (guint) g_rand_int_range (rand, 1, 900), (guint) g_rand_int_range (rand, 1, (gint) id + 2), 300 - i);
  g_string_append (json, "]}");
  profile = hw_sampling_profile_parse (json->str, json->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hw_sampling_profile_get_n_nodes (profile), ==, id - 1);

  return profile;
}

static gboolean
is_excluded (const HwSamplingOptions *options,
             guint32                  function)
{
  for (guint i = 0; i < options->n_excluded; i++)
    if (options->excluded[i] == function)
      return TRUE;

  return FALSE;
}

static GArray *
make_stacks (HwSamplingProfile       *profile,
             const HwSamplingOptions *options)
{
  GArray *stacks = g_array_new (FALSE, TRUE, sizeof (Stack));

  for (guint i = 0; i < hw_sampling_profile_get_n_nodes (profile); i++)
    {
      Stack whole = { .n = 0 }, stack = { .n = 0 };
      gboolean counts = options->focus == HW_SAMPLING_NONE;

      for (guint k = i; k != 0; k = hw_sampling_profile_get_node (profile, k)->parent)
        whole.functions[whole.n++] = hw_sampling_profile_get_node (profile, k)->function;
      for (guint k = whole.n; k-- > 0;)
        {
          counts = counts || whole.functions[k] == options->focus;
          if (counts && !is_excluded (options, whole.functions[k]))
            stack.functions[stack.n++] = whole.functions[k];
        }
      if (!counts)
        continue;

      if (!options->has_range)
        stack.size = hw_sampling_profile_get_node (profile, i)->self_size;
      for (guint k = 0; options->has_range && k < hw_sampling_profile_get_n_samples (profile); k++)
        {
          const HwSamplingSample *sample = hw_sampling_profile_get_sample (profile, k);

          if (sample->node == i && sample->ordinal >= options->first_ordinal && sample->ordinal <= options->last_ordinal)
            stack.size += sample->size;
        }
      g_array_append_val (stacks, stack);
    }

  return stacks;
}

/* Whether the callers at and above place @at of @stack are the functions of @path. */
static gboolean
has_callers (const Stack   *stack,
             guint          at,
             const guint32 *path,
             guint          n_path)
{
  if (n_path > at + 1)
    return FALSE;
  for (guint i = 0; i < n_path; i++)
    if (stack->functions[at - i] != path[i])
      return FALSE;

  return TRUE;
}

static void
add_up (GArray         *stacks,
        HwSamplingKind  kind,
        const guint32  *path,
        guint           n_path,
        guint64        *self_size,
        guint64        *total_size)
{
  *self_size = *total_size = 0;
  for (guint i = 0; i < stacks->len; i++)
    {
      const Stack *stack = &g_array_index (stacks, Stack, i);

      if (kind == HW_SAMPLING_TREE)
        {
          if (stack->n >= n_path && memcmp (stack->functions, path, n_path * sizeof *path) == 0)
            {
              *total_size += stack->size;
              *self_size += stack->n == n_path ? stack->size : 0;
            }
          continue;
        }
      if (stack->n > 0 && has_callers (stack, stack->n - 1, path, n_path))
        *self_size += stack->size;
      for (guint k = 0; k < stack->n; k++)
        if (stack->functions[k] == path[0])
          {
            if (has_callers (stack, k, path, n_path))
              *total_size += stack->size;
            break;
          }
    }
}

static void
check_level (HwSamplingView *view,
             guint           n_functions,
             GArray         *stacks,
             HwSamplingKind  kind,
             guint32         parent,
             guint32        *path,
             guint           n_path)
{
  guint n, n_expected = 0;
  const guint32 *children = hw_sampling_view_get_children (view, parent, (HwOrder) { HW_MEASURE_SHALLOW_SIZE, TRUE }, &n);
  g_autofree guint32 *rows = g_memdup2 (children, n * sizeof (guint32));
  guint64 last = G_MAXUINT64;

  for (guint32 f = 0; f < n_functions; f++)
    {
      guint64 self_size, total_size;
      gboolean found = FALSE;

      path[n_path] = f;
      add_up (stacks, kind, path, n_path + 1, &self_size, &total_size);
      n_expected += self_size > 0 || total_size > 0;
      for (guint i = 0; i < n; i++)
        {
          const HwSamplingRow *row = hw_sampling_view_get_row (view, rows[i]);

          if (row->function != f)
            continue;
          g_assert_false (found);
          found = TRUE;
          g_assert_cmpuint (row->self_size, ==, self_size);
          g_assert_cmpuint (row->total_size, ==, total_size);
        }
      g_assert_true (found == (self_size > 0 || total_size > 0));
    }
  g_assert_cmpuint (n, ==, n_expected);
  for (guint i = 0; i < n; i++)
    {
      const HwSamplingRow row = *hw_sampling_view_get_row (view, rows[i]);

      g_assert_cmpuint (row.self_size, <=, last);
      last = row.self_size;
      path[n_path] = row.function;
      if (n_path + 1 < MAX_LEVELS)
        check_level (view, n_functions, stacks, kind, rows[i], path, n_path + 1);
    }
}

static void
check (HwSamplingProfile       *profile,
       const HwSamplingOptions *options)
{
  g_autoptr(HwSamplingView) view = hw_sampling_view_new (profile, options);
  g_autoptr(GArray) stacks = make_stacks (profile, options);
  guint32 path[MAX_LEVELS + 1];
  guint64 total = 0;

  for (guint i = 0; i < stacks->len; i++)
    total += g_array_index (stacks, Stack, i).size;
  g_assert_cmpuint (hw_sampling_view_get_total (view), ==, total);
  check_level (view, hw_sampling_profile_get_n_functions (profile), stacks, options->kind, 0, path, 0);
}

static void
test_twin (void)
{
  for (guint32 seed = 1; seed <= 12; seed++)
    {
      g_autoptr(HwSamplingProfile) profile = make_profile (seed);
      guint32 n_functions = hw_sampling_profile_get_n_functions (profile);
      const guint32 excluded[] = { seed % n_functions, (seed + 2) % n_functions };

      for (guint variant = 0; variant < 12; variant++)
        {
          HwSamplingOptions options = {
            .kind = variant % 2 == 0 ? HW_SAMPLING_HEAVY : HW_SAMPLING_TREE,
            .focus = variant / 2 % 2 == 0 ? HW_SAMPLING_NONE : (seed + 1) % n_functions,
            .excluded = excluded,
            .n_excluded = variant / 4,
            .has_range = variant >= 4 && seed % 2 == 0,
            .first_ordinal = 20,
            .last_ordinal = 200,
          };

          check (profile, &options);
        }
    }
}

static HwSamplingProfile *
load_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "fixtures", "runtimes", name, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;
  HwSamplingProfile *profile = hw_sampling_profile_load_sync (file, NULL, &error);

  g_assert_no_error (error);

  return profile;
}

static void
test_fixtures (void)
{
  g_autoptr(HwSamplingProfile) node26 = load_fixture ("sampling-node26.heapprofile.gz");
  g_autoptr(HwSamplingProfile) node20 = load_fixture ("heap-prof-node20.heapprofile");
  HwSamplingOptions options = { .focus = HW_SAMPLING_NONE };
  guint64 sum = 0;

  g_assert_cmpuint (hw_sampling_profile_get_n_nodes (node26), ==, 15);
  g_assert_cmpuint (hw_sampling_profile_get_total_size (node26), ==, 5348000);
  g_assert_cmpuint (hw_sampling_profile_get_n_samples (node26), ==, 1239);
  for (guint i = 0; i < 1239; i++)
    sum += hw_sampling_profile_get_sample (node26, i)->size;
  g_assert_cmpuint (sum, ==, 5372048);
  g_assert_cmpuint (hw_sampling_profile_get_n_nodes (node20), ==, 17);
  g_assert_cmpuint (hw_sampling_profile_get_total_size (node20), ==, 105264);

  check (node26, &options);
  check (node20, &options);
  options.kind = HW_SAMPLING_TREE;
  check (node26, &options);
  options.has_range = TRUE;
  options.last_ordinal = 600;
  check (node26, &options);
}

static HwSamplingProfile *
parse (const char  *json,
       GError     **error)
{
  return hw_sampling_profile_parse (json, strlen (json), error);
}

static void
test_old (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(HwSamplingProfile) profile =
    parse ("{\"head\":{\"functionName\":\"(root)\",\"url\":\"\",\"lineNumber\":0,\"columnNumber\":0,\"selfSize\":0,\"children\":["
           "{\"functionName\":\"x\\ud800\\ud83d\\ude00\\udc00\",\"scriptId\":7,\"url\":\"u\",\"lineNumber\":5,\"columnNumber\":1.0,"
           "\"selfSize\":1e3}, 3, null]}}", &error);
  const HwSamplingFunction *function;

  g_assert_no_error (error);
  g_assert_cmpuint (hw_sampling_profile_get_n_nodes (profile), ==, 2);
  function = hw_sampling_profile_get_function (profile, 1);
  g_assert_cmpstr (function->name, ==, "x\xef\xbf\xbd\xf0\x9f\x98\x80\xef\xbf\xbd");
  g_assert_cmpint (function->line, ==, 4);
  g_assert_cmpint (function->column, ==, 0);
  g_assert_cmpint (hw_sampling_profile_get_function (profile, 0)->line, ==, -1);
  g_assert_cmpuint (hw_sampling_profile_get_node (profile, 1)->self_size, ==, 1000);
}

static void
test_errors (void)
{
  static const struct
  {
    const char      *json;
    HwSnapshotError  code;
  } cases[] = {
    { "", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT },
    { "{\"head\":{\"callFrame\":{}", HW_SNAPSHOT_ERROR_DAMAGED },
    { "[]", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT },
    { "{\"head\":[]}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT },
    { "{\"snapshot\":{}}", HW_SNAPSHOT_ERROR_NOT_SNAPSHOT },
    { "{\"head\":{\"callFrame\":\"\\", HW_SNAPSHOT_ERROR_DAMAGED },
  };
  g_autoptr(GString) deep = g_string_new ("{\"head\":");
  g_autoptr(GError) error = NULL;
  g_autofree char *large = g_malloc0 (HW_SAMPLING_MAX_BYTES + 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_null (parse (cases[i].json, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, HW_SNAPSHOT_ERROR, (int) cases[i].code);
      g_clear_error (&error);
    }

  for (guint i = 0; i < 200000; i++)
    g_string_append (deep, "{\"callFrame\":{},\"children\":[");
  g_assert_null (parse (deep->str, &error));
  g_assert_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_DAMAGED);
  g_clear_error (&error);

  g_assert_null (hw_sampling_profile_parse (large, HW_SAMPLING_MAX_BYTES + 1, &error));
  g_assert_error (error, HW_SNAPSHOT_ERROR, HW_SNAPSHOT_ERROR_TOO_LARGE);
}

static void
test_search (void)
{
  g_autoptr(HwSamplingProfile) profile = load_fixture ("sampling-node26.heapprofile.gz");
  HwSamplingOptions options = { .focus = HW_SAMPLING_NONE };
  g_autoptr(HwSamplingView) view = hw_sampling_view_new (profile, &options);
  static const struct
  {
    const char *query;
    guint       n;
  } queries[] = {
    { "CHURN", 1 }, { "alloc.mjs", 5 }, { ">90%", 4 }, { "> 90 %", 4 }, { ">=4112", 14 }, { "<4113", 6 }, { "=3014656", 1 },
    { ">", 0 }, { ">x", 0 }, { "=38.8%", 1 }, { "", 14 },
  };
  guint n;
  const guint32 *rows = hw_sampling_view_get_children (view, 0, (HwOrder) { HW_MEASURE_NAME, FALSE }, &n);

  g_assert_cmpuint (n, ==, 14);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      guint found = 0;

      for (guint k = 0; k < n; k++)
        found += hw_sampling_view_matches (view, rows[k], queries[i].query);
      g_test_message ("%s: %u", queries[i].query, found);
      g_assert_cmpuint (found, ==, queries[i].n);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/sampling/twin", test_twin);
  g_test_add_func ("/heap/sampling/fixtures", test_fixtures);
  g_test_add_func ("/heap/sampling/old", test_old);
  g_test_add_func ("/heap/sampling/errors", test_errors);
  g_test_add_func ("/heap/sampling/search", test_search);

  return g_test_run ();
}
