/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/hw-oracle.h"

#include "base/hw-text.h"
#include "cli/hw-digest.h"

#define LISTED_IDS 10

static void
write_side (HwJsonWriter *json,
            const char   *member,
            HwHeap       *heap)
{
  hw_json_writer_begin_object (json, member);
  hw_json_writer_add_uint (json, "node_count", hw_heap_get_n_nodes (heap));
  hw_json_writer_add_uint (json, "total_size", hw_heap_get_total_size (heap));
  hw_json_writer_end_object (json);
}

static void
write_totals (HwJsonWriter *json,
              HwHeapDiff   *diff)
{
  HwHeapDiffRow total = { 0 };

  for (guint i = 0; i < hw_heap_diff_get_n_rows (diff); i++)
    {
      const HwHeapDiffRow *row = hw_heap_diff_get_row (diff, i);

      total.added_count += row->added_count;
      total.removed_count += row->removed_count;
      total.added_size += row->added_size;
      total.removed_size += row->removed_size;
    }

  hw_json_writer_begin_object (json, "totals");
  hw_json_writer_add_uint (json, "added_count", total.added_count);
  hw_json_writer_add_uint (json, "removed_count", total.removed_count);
  hw_json_writer_add_uint (json, "added_size", total.added_size);
  hw_json_writer_add_uint (json, "removed_size", total.removed_size);
  hw_json_writer_add_int (json, "size_delta", (gint64) (total.added_size - total.removed_size));
  hw_json_writer_end_object (json);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const HwHeapDiffRow *p = *(const HwHeapDiffRow * const *) a;
  const HwHeapDiffRow *q = *(const HwHeapDiffRow * const *) b;
  gint64 x = (gint64) (p->added_size - p->removed_size);
  gint64 y = (gint64) (q->added_size - q->removed_size);
  int names;

  if (x != y)
    return x > y ? -1 : 1;
  names = hw_text_compare_utf16 (p->name, q->name);

  return names != 0 ? names : hw_text_compare_utf16 (p->key, q->key);
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

static GArray *
list_ids (HwHeap        *heap,
          const guint32 *nodes,
          guint32        n)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (guint64), n);

  for (guint32 i = 0; i < n; i++)
    {
      guint64 id = hw_heap_get_object_id (heap, HW_NODE (nodes[i]));

      g_array_append_val (ids, id);
    }
  g_array_sort (ids, compare_numbers);

  return ids;
}

static void
write_ids (HwJsonWriter *json,
           const char   *member,
           GArray       *ids)
{
  hw_json_writer_begin_array (json, member);
  for (guint i = 0; i < MIN (ids->len, LISTED_IDS); i++)
    hw_json_writer_add_uint (json, NULL, g_array_index (ids, guint64, i));
  hw_json_writer_end_array (json);
}

static void
write_ids_digest (HwJsonWriter *json,
                  const char   *member,
                  GArray       *ids)
{
  HwDigest digest = HW_DIGEST_INIT;
  char text[9];

  for (guint i = 0; i < ids->len; i++)
    hw_digest_add_number (&digest, (gint64) g_array_index (ids, guint64, i));
  hw_digest_format (&digest, text);
  hw_json_writer_add_string (json, member, text);
}

static void
write_row (HwJsonWriter        *json,
           const HwHeapDiffRow *row,
           GArray              *added,
           GArray              *removed)
{
  g_autofree char *name = hw_oracle_dup_cut (row->name);

  hw_json_writer_begin_object (json, NULL);
  hw_json_writer_add_string (json, "key", row->key);
  hw_json_writer_add_string (json, "name", name);
  hw_json_writer_add_uint (json, "added_count", row->added_count);
  hw_json_writer_add_uint (json, "removed_count", row->removed_count);
  hw_json_writer_add_int (json, "count_delta", (gint64) (row->added_count - row->removed_count));
  hw_json_writer_add_uint (json, "added_size", row->added_size);
  hw_json_writer_add_uint (json, "removed_size", row->removed_size);
  hw_json_writer_add_int (json, "size_delta", (gint64) (row->added_size - row->removed_size));
  write_ids (json, "added_ids", added);
  write_ids (json, "removed_ids", removed);
  write_ids_digest (json, "added_ids_digest", added);
  write_ids_digest (json, "removed_ids_digest", removed);
  hw_json_writer_end_object (json);
}

/**
 * hw_oracle_write_diff:
 * @json: a writer inside the file's object
 * @diff: a comparison
 *
 * Writes the sections of kind "diff".
 */
void
hw_oracle_write_diff (HwJsonWriter *json,
                      HwHeapDiff   *diff)
{
  HwHeap *base = hw_heap_diff_get_base (diff);
  HwHeap *current = hw_heap_diff_get_current (diff);
  guint n_rows = hw_heap_diff_get_n_rows (diff);
  g_autoptr(GPtrArray) rows = g_ptr_array_sized_new (n_rows);
  g_autoptr(GHashTable) positions = g_hash_table_new (NULL, NULL);

  write_side (json, "base", base);
  write_side (json, "current", current);
  write_totals (json, diff);

  for (guint i = 0; i < n_rows; i++)
    {
      gpointer row = (gpointer) hw_heap_diff_get_row (diff, i);

      g_ptr_array_add (rows, row);
      g_hash_table_insert (positions, row, GUINT_TO_POINTER (i));
    }
  g_ptr_array_sort (rows, compare_rows);

  hw_json_writer_begin_array (json, "classes");
  for (guint i = 0; i < n_rows; i++)
    {
      const HwHeapDiffRow *row = g_ptr_array_index (rows, i);
      guint position = GPOINTER_TO_UINT (g_hash_table_lookup (positions, row));
      guint32 n_added, n_removed;
      const guint32 *added = hw_heap_diff_get_added (diff, position, &n_added);
      const guint32 *removed = hw_heap_diff_get_removed (diff, position, &n_removed);
      g_autoptr(GArray) added_ids = list_ids (current, added, n_added);
      g_autoptr(GArray) removed_ids = list_ids (base, removed, n_removed);

      write_row (json, row, added_ids, removed_ids);
    }
  hw_json_writer_end_array (json);
}
