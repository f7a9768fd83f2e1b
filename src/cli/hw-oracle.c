/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes what a heap contains as heap-oracle/1, the format in which two programs are compared: digests
 * over every node say whether anything differs, samples say where.
 */
#include "config.h"

#include "cli/hw-oracle.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/hw-text.h"
#include "cli/hw-digest.h"

#define CUT_CHARS       120
#define CLASSES_LISTED  40
#define INSTANCE_IDS    20
#define LIST_ITEMS      50
#define MAX_DOMINATORS  200
#define SAMPLE_FIRST    2000
#define SAMPLE_NODES    2000
#define CHOSEN_LARGEST  20
#define CHOSEN_SPREAD   60

/* What the retainers view of DevTools gives to an object that nothing reaches. */
#define UNREACHABLE_RETAINER 200000000

/**
 * hw_oracle_dup_cut:
 * @text: WTF-8
 *
 * Returns: (transfer full): the first 120 code points
 */
char *
hw_oracle_dup_cut (const char *text)
{
  const char *end = text;

  for (guint i = 0; i < CUT_CHARS && *end != 0; i++)
    hw_text_next (&end);

  return g_strndup (text, (gsize) (end - text));
}

static void
add_cut (HwJsonWriter *json,
         const char   *member,
         const char   *text)
{
  g_autofree char *cut = hw_oracle_dup_cut (text);

  hw_json_writer_add_string (json, member, cut);
}

/**
 * hw_oracle_begin:
 * @json: a writer at its start
 * @kind: `snapshot` or `diff`
 * @files: (array zero-terminated=1): the files described
 *
 * Opens the file's object and says what it is.
 */
void
hw_oracle_begin (HwJsonWriter  *json,
                 const char    *kind,
                 char         **files)
{
  hw_json_writer_begin_object (json, NULL);
  hw_json_writer_add_string (json, "format", "heap-oracle/1");
  hw_json_writer_add_string (json, "kind", kind);
  hw_json_writer_begin_object (json, "producer");
  hw_json_writer_add_string (json, "name", "heapwise-cli");
  hw_json_writer_add_string (json, "version", HW_VERSION);
  hw_json_writer_end_object (json);
  hw_json_writer_begin_array (json, "files");
  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autofree char *name = g_path_get_basename (files[i]);
      g_autofree char *utf8 = g_filename_display_name (name);

      if (g_str_has_suffix (utf8, ".gz"))
        utf8[strlen (utf8) - 3] = 0;
      else if (g_str_has_suffix (utf8, ".zst"))
        utf8[strlen (utf8) - 4] = 0;
      hw_json_writer_add_string (json, NULL, utf8);
    }
  hw_json_writer_end_array (json);
}

static void
write_totals (HwJsonWriter *json,
              HwHeap       *heap)
{
  HwHeapStatistics statistics;

  hw_json_writer_begin_object (json, "snapshot");
  hw_json_writer_add_uint (json, "node_count", hw_heap_get_n_nodes (heap));
  hw_json_writer_add_uint (json, "edge_count", hw_heap_get_n_edges (heap));
  hw_json_writer_add_uint (json, "root_id", hw_heap_get_object_id (heap, hw_heap_get_root (heap)));
  hw_json_writer_add_uint (json, "total_size", hw_heap_get_total_size (heap));
  hw_json_writer_add_uint (json, "max_js_object_id", hw_heap_get_max_js_object_id (heap));
  hw_json_writer_add_uint (json, "extra_native_bytes", hw_heap_get_extra_native_bytes (heap));
  hw_json_writer_end_object (json);

  hw_heap_get_statistics (heap, &statistics);
  hw_json_writer_begin_object (json, "statistics");
  hw_json_writer_add_uint (json, "total", statistics.total);
  hw_json_writer_add_uint (json, "native", statistics.native);
  hw_json_writer_add_uint (json, "typed_arrays", statistics.typed_arrays);
  hw_json_writer_add_uint (json, "v8_heap", statistics.v8_heap);
  hw_json_writer_add_uint (json, "code", statistics.code);
  hw_json_writer_add_uint (json, "js_arrays", statistics.js_arrays);
  hw_json_writer_add_uint (json, "strings", statistics.strings);
  hw_json_writer_add_uint (json, "system", statistics.system);
  hw_json_writer_end_object (json);
}

static void
write_shapes (HwJsonWriter *json,
              HwHeap       *heap)
{
  hw_json_writer_begin_array (json, "interface_definitions");
  for (guint i = 0; i < hw_heap_get_n_shapes (heap); i++)
    {
      const char * const *properties = hw_heap_get_shape_properties (heap, i);

      hw_json_writer_begin_object (json, NULL);
      add_cut (json, "name", hw_heap_get_shape_name (heap, i));
      hw_json_writer_begin_array (json, "properties");
      for (guint k = 0; properties[k] != NULL; k++)
        hw_json_writer_add_string (json, NULL, properties[k]);
      hw_json_writer_end_array (json);
      hw_json_writer_end_object (json);
    }
  hw_json_writer_end_array (json);
}

typedef struct
{
  HwClassId         id;
  const HwClassRow *row;
  char             *key;
} ClassEntry;

static void
class_entry_clear (gpointer data)
{
  g_free (((ClassEntry *) data)->key);
}

static int
compare_classes (gconstpointer a,
                 gconstpointer b)
{
  const ClassEntry *p = a;
  const ClassEntry *q = b;
  int names;

  if (p->row->retained_size != q->row->retained_size)
    return p->row->retained_size > q->row->retained_size ? -1 : 1;
  names = hw_text_compare_utf16 (p->row->name, q->row->name);

  return names != 0 ? names : hw_text_compare_utf16 (p->key, q->key);
}

static GArray *
list_classes (HwClassTable *classes)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (ClassEntry));

  g_array_set_clear_func (list, class_entry_clear);
  for (guint i = 0; i < hw_class_table_get_n_classes (classes); i++)
    {
      ClassEntry entry = { HW_CLASS (i), hw_class_table_get_row (classes, HW_CLASS (i)), NULL };

      if (entry.row->count == 0)
        continue;
      entry.key = hw_class_table_dup_key (classes, entry.id);
      g_array_append_val (list, entry);
    }
  g_array_sort (list, compare_classes);

  return list;
}

static void
write_instances (HwJsonWriter     *json,
                 HwHeap           *heap,
                 const ClassEntry *entry)
{
  guint32 n;
  const guint32 *nodes = hw_class_table_get_instances (hw_heap_get_class_table (heap), entry->id, &n);
  g_autofree guint32 *sorted = g_memdup2 (nodes, n * sizeof *nodes);

  hw_order_nodes (heap, (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE }, sorted, n, NULL, NULL);
  hw_json_writer_begin_object (json, NULL);
  hw_json_writer_add_string (json, "key", entry->key);
  hw_json_writer_add_uint (json, "total", n);
  hw_json_writer_begin_array (json, "ids");
  for (guint i = 0; i < MIN (n, INSTANCE_IDS); i++)
    hw_json_writer_add_uint (json, NULL, hw_heap_get_object_id (heap, HW_NODE (sorted[i])));
  hw_json_writer_end_array (json);
  hw_json_writer_end_object (json);
}

static void
write_classes (HwJsonWriter *json,
               HwHeap       *heap)
{
  g_autoptr(GArray) list = list_classes (hw_heap_get_class_table (heap));

  hw_json_writer_begin_array (json, "classes");
  for (guint i = 0; i < list->len; i++)
    {
      const ClassEntry *entry = &g_array_index (list, ClassEntry, i);

      hw_json_writer_begin_object (json, NULL);
      hw_json_writer_add_string (json, "key", entry->key);
      add_cut (json, "name", entry->row->name);
      hw_json_writer_add_uint (json, "count", entry->row->count);
      hw_json_writer_add_int (json, "distance", entry->row->distance);
      hw_json_writer_add_uint (json, "shallow_size", entry->row->shallow_size);
      hw_json_writer_add_uint (json, "retained_size", entry->row->retained_size);
      hw_json_writer_end_object (json);
    }
  hw_json_writer_end_array (json);

  hw_json_writer_begin_array (json, "class_instances");
  for (guint i = 0; i < MIN (list->len, CLASSES_LISTED); i++)
    write_instances (json, heap, &g_array_index (list, ClassEntry, i));
  hw_json_writer_end_array (json);
}

static void
write_node (HwJsonWriter *json,
            HwHeap       *heap,
            HwNodeId      node,
            const char   *name,
            const char   *class_name,
            const char   *class_key)
{
  HwLocation location;

  hw_json_writer_begin_object (json, NULL);
  hw_json_writer_add_uint (json, "id", hw_heap_get_object_id (heap, node));
  add_cut (json, "name", name);
  hw_json_writer_add_string (json, "type", hw_heap_get_node_kind_name (heap, node));
  add_cut (json, "class_name", class_name);
  add_cut (json, "class_key", class_key);
  hw_json_writer_add_uint (json, "shallow_size", hw_heap_get_shallow_size (heap, node));
  hw_json_writer_add_uint (json, "retained_size", hw_heap_get_retained_size (heap, node));
  hw_json_writer_add_int (json, "distance", hw_heap_get_distance (heap, node));
  hw_json_writer_add_uint (json, "dominator_id", hw_heap_get_object_id (heap, hw_heap_get_dominator (heap, node)));
  hw_json_writer_add_uint (json, "retainers_count", hw_heap_get_n_retainers (heap, node));
  hw_json_writer_add_uint (json, "edge_count", hw_heap_get_n_references (heap, node));
  hw_json_writer_add_uint (json, "detachedness", (guint64) hw_heap_get_detachedness (heap, node));
  if (hw_heap_get_location (heap, node, &location))
    {
      hw_json_writer_begin_array (json, "location");
      hw_json_writer_add_uint (json, NULL, location.script_id);
      hw_json_writer_add_uint (json, NULL, location.line);
      hw_json_writer_add_uint (json, NULL, location.column);
      hw_json_writer_end_array (json);
    }
  hw_json_writer_end_object (json);
}

/* The names of the digests, in the order of the array of digests. */
static const char * const digest_names[] = {
  "id",
  "shallow_size",
  "retained_size",
  "distance",
  "dominator_id",
  "retainers_count",
  "detachedness",
  "type",
  "name",
  "class_name",
  "class_key",
};

static void
digest_node (HwDigest   *digests,
             HwHeap     *heap,
             HwNodeId    node,
             const char *name,
             const char *class_name,
             const char *class_key)
{
  HwNodeId dominator = hw_heap_get_dominator (heap, node);

  hw_digest_add_number (&digests[0], (gint64) hw_heap_get_object_id (heap, node));
  hw_digest_add_number (&digests[1], (gint64) hw_heap_get_shallow_size (heap, node));
  hw_digest_add_number (&digests[2], (gint64) hw_heap_get_retained_size (heap, node));
  hw_digest_add_number (&digests[3], hw_heap_get_distance (heap, node));
  hw_digest_add_number (&digests[4], (gint64) hw_heap_get_object_id (heap, dominator));
  hw_digest_add_number (&digests[5], hw_heap_get_n_retainers (heap, node));
  hw_digest_add_number (&digests[6], (gint64) hw_heap_get_detachedness (heap, node));
  hw_digest_add_text (&digests[7], hw_heap_get_node_kind_name (heap, node));
  hw_digest_add_text (&digests[8], name);
  hw_digest_add_text (&digests[9], class_name);
  hw_digest_add_text (&digests[10], class_key);
}

static void
write_nodes (HwJsonWriter *json,
             HwHeap       *heap,
             HwOracleLike *like)
{
  HwClassTable *classes = hw_heap_get_class_table (heap);
  guint32 n_nodes = hw_heap_get_n_nodes (heap);
  guint n_classes = hw_class_table_get_n_classes (classes);
  guint64 first = like->every > 0 ? like->first : SAMPLE_FIRST;
  guint64 every = like->every > 0 ? like->every : (n_nodes + SAMPLE_NODES - 1) / SAMPLE_NODES;
  HwDigest digests[G_N_ELEMENTS (digest_names)] = { { 0 } };
  g_autoptr(GPtrArray) keys = g_ptr_array_new_full (n_classes, g_free);

  for (guint i = 0; i < n_classes; i++)
    g_ptr_array_add (keys, hw_class_table_dup_key (classes, HW_CLASS (i)));

  hw_json_writer_begin_object (json, "sample");
  hw_json_writer_add_uint (json, "first", first);
  hw_json_writer_add_uint (json, "every", every);
  hw_json_writer_end_object (json);

  hw_json_writer_begin_array (json, "nodes");
  for (guint32 i = 0; i < n_nodes; i++)
    {
      HwClassId class_id = hw_heap_get_node_class (heap, HW_NODE (i));
      const char *class_name = hw_class_table_get_row (classes, class_id)->name;
      const char *class_key = g_ptr_array_index (keys, class_id.value);
      g_autofree char *name = hw_heap_dup_node_name (heap, HW_NODE (i));

      digest_node (digests, heap, HW_NODE (i), name, class_name, class_key);
      if (i < first || i % every == 0)
        write_node (json, heap, HW_NODE (i), name, class_name, class_key);
    }
  hw_json_writer_end_array (json);

  hw_json_writer_begin_object (json, "node_digest");
  for (guint i = 0; i < G_N_ELEMENTS (digest_names); i++)
    {
      char text[9];

      hw_digest_format (&digests[i], text);
      hw_json_writer_add_string (json, digest_names[i], text);
    }
  hw_json_writer_end_object (json);
}

static void
write_edges (HwJsonWriter  *json,
             const char    *member,
             HwHeap        *heap,
             const guint32 *edges,
             guint32        n,
             gboolean       is_retainers)
{
  hw_json_writer_begin_object (json, member);
  hw_json_writer_add_uint (json, "total", n);
  hw_json_writer_begin_array (json, "items");
  for (guint i = 0; i < MIN (n, LIST_ITEMS); i++)
    {
      HwEdgeId edge = HW_EDGE (edges[i]);
      HwNodeId node = is_retainers ? hw_heap_get_edge_source (heap, edge) : hw_heap_get_edge_target (heap, edge);
      gint64 distance = hw_heap_get_distance (heap, node);
      g_autofree char *edge_name = hw_heap_dup_edge_name (heap, edge);
      g_autofree char *name = hw_heap_dup_node_name (heap, node);

      if (is_retainers && distance == HW_DISTANCE_UNREACHABLE)
        distance = UNREACHABLE_RETAINER;

      hw_json_writer_begin_object (json, NULL);
      add_cut (json, "edge_name", edge_name);
      hw_json_writer_add_string (json, "edge_type", hw_heap_get_edge_kind_name (heap, edge));
      hw_json_writer_add_uint (json, "id", hw_heap_get_object_id (heap, node));
      add_cut (json, "name", name);
      hw_json_writer_add_string (json, "type", hw_heap_get_node_kind_name (heap, node));
      hw_json_writer_add_int (json, "distance", distance);
      hw_json_writer_add_uint (json, "shallow_size", hw_heap_get_shallow_size (heap, node));
      hw_json_writer_add_uint (json, "retained_size", hw_heap_get_retained_size (heap, node));
      hw_json_writer_end_object (json);
    }
  hw_json_writer_end_array (json);
  hw_json_writer_end_object (json);
}

static void
write_object (HwJsonWriter *json,
              HwHeap       *heap,
              HwNodeId      node)
{
  guint32 n_references = hw_heap_get_n_references (heap, node);
  guint32 first = hw_heap_get_first_reference (heap, node).value;
  g_autofree guint32 *references = g_new (guint32, n_references);
  g_autofree guint32 *retainers = NULL;
  guint32 n_retainers = hw_heap_collect_retainers (heap, node, &retainers);

  for (guint32 i = 0; i < n_references; i++)
    references[i] = first + i;
  hw_order_references (heap, (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE }, TRUE,
                       references, n_references, NULL, NULL);
  hw_order_retainers (heap, (HwOrder) { HW_MEASURE_DISTANCE, FALSE }, retainers, n_retainers, NULL, NULL);

  hw_json_writer_begin_object (json, NULL);
  hw_json_writer_add_uint (json, "id", hw_heap_get_object_id (heap, node));
  write_edges (json, "retainers", heap, retainers, n_retainers, TRUE);
  write_edges (json, "references", heap, references, n_references, FALSE);
  hw_json_writer_begin_array (json, "dominators");
  for (guint i = 0; i < MAX_DOMINATORS; i++)
    {
      HwNodeId dominator = hw_heap_get_dominator (heap, node);

      hw_json_writer_add_uint (json, NULL, hw_heap_get_object_id (heap, node));
      if (hw_node_id_equal (dominator, node))
        break;
      node = dominator;
    }
  hw_json_writer_end_array (json);
  hw_json_writer_end_object (json);
}

/* The root, what it points at, the largest, and some from everywhere; each once. */
static GArray *
choose_ids (HwHeap *heap)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr(GHashTable) chosen = g_hash_table_new (NULL, NULL);
  g_autoptr(GArray) nodes = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 n_nodes = hw_heap_get_n_nodes (heap);
  HwNodeId root = hw_heap_get_root (heap);
  guint32 n_dominated = hw_heap_get_n_dominated (heap, root);
  g_autofree guint32 *dominated = g_new (guint32, n_dominated);

  for (guint32 i = 0; i < n_dominated; i++)
    dominated[i] = hw_heap_get_dominated (heap, root, i).value;
  hw_order_nodes (heap, (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE }, dominated, n_dominated, NULL, NULL);

  g_array_append_val (nodes, root.value);
  g_array_append_vals (nodes, dominated, MIN (n_dominated, CHOSEN_LARGEST));
  for (guint i = 1; i <= CHOSEN_SPREAD; i++)
    {
      guint32 node = (guint32) ((guint64) n_nodes * i / (CHOSEN_SPREAD + 1));

      g_array_append_val (nodes, node);
    }
  for (guint i = 0; i < nodes->len; i++)
    {
      guint32 node = g_array_index (nodes, guint32, i);
      guint64 id = hw_heap_get_object_id (heap, HW_NODE (node));

      if (g_hash_table_add (chosen, GUINT_TO_POINTER (node)))
        g_array_append_val (ids, id);
    }

  return ids;
}

/**
 * hw_oracle_write_heap:
 * @json: a writer inside the file's object
 * @heap: a heap
 * @like: which objects to describe
 *
 * Writes the sections of kind "snapshot".
 *
 * Cost: linear in the nodes; every displayed name is made once.
 */
void
hw_oracle_write_heap (HwJsonWriter *json,
                      HwHeap       *heap,
                      HwOracleLike *like)
{
  g_autoptr(GArray) ids = like->ids != NULL ? g_array_ref (like->ids) : choose_ids (heap);

  write_totals (json, heap);
  write_shapes (json, heap);
  write_classes (json, heap);
  write_nodes (json, heap, like);
  hw_oracle_write_allocations (json, heap);

  hw_json_writer_begin_array (json, "objects");
  for (guint i = 0; i < ids->len; i++)
    {
      HwNodeId node;

      if (hw_heap_find_object (heap, g_array_index (ids, guint64, i), &node))
        write_object (json, heap, node);
    }
  hw_json_writer_end_array (json);
}

static void
write_oracle (HwCli        *self,
              HwHeap       *heap,
              HwOracleLike *like)
{
  hw_oracle_begin (self->json, "snapshot", self->arguments);
  hw_oracle_write_heap (self->json, heap, like);
  hw_json_writer_end_object (self->json);
}

static HwExit
compare (HwCli *self)
{
  g_autoptr(HwHeap) base = hw_cli_load (self, self->arguments[0]);
  g_autoptr(HwHeap) current = base != NULL ? hw_cli_load (self, self->arguments[1]) : NULL;
  g_autoptr(HwHeapDiff) diff = NULL;
  g_autoptr(GError) error = NULL;

  if (current == NULL)
    return HW_EXIT_FAILED;

  diff = hw_heap_diff_new_sync (base, current, NULL, NULL, &error);
  if (diff == NULL)
    return hw_cli_fail (self, "%s", error->message);

  hw_oracle_begin (self->json, "diff", self->arguments);
  hw_oracle_write_diff (self->json, diff);
  hw_json_writer_end_object (self->json);

  return HW_EXIT_DONE;
}

/**
 * hw_command_oracle:
 * @self: a run
 *
 * Writes heap-oracle/1.
 *
 * Returns: the exit status
 */
HwExit
hw_command_oracle (HwCli *self)
{
  g_auto(HwOracleLike) like = { 0 };
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(GError) error = NULL;

  if (self->n_arguments != (self->is_diff ? 2 : 1))
    return hw_cli_misuse (self, self->is_diff ? _("--diff needs two files") : _("two files need --diff"));
  if (self->like != NULL &&
      !hw_oracle_like_read (&like, self->like, self->is_diff ? "diff" : "snapshot", &error))
    return hw_cli_fail (self, "%s: %s", self->like, error->message);
  if (self->is_diff)
    return compare (self);

  heap = hw_cli_load (self, self->arguments[0]);
  if (heap == NULL)
    return HW_EXIT_FAILED;
  write_oracle (self, heap, &like);

  return HW_EXIT_DONE;
}
