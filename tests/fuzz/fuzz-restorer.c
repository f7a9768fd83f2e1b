/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "hw-made-heap.h"
#include "hw-touch.h"

#include "heap/hw-heap-columns.h"

/*
 * A kept heap with changed columns: refused, or a heap in which everything can be asked for. The first byte
 * chooses the heap, each further EDIT_SIZE bytes change it: column, what, place (2), value (4). What stands
 * behind an edit of the facts is taken for their bytes.
 */
#define EDIT_SIZE 8
#define N_COLUMNS 20

typedef enum
{
  EDIT_BYTE,
  EDIT_NUMBER,
  EDIT_LENGTH,
  EDIT_WIDTH,
  EDIT_LEAVE_OUT,
  EDIT_ROOT,
  EDIT_CLASSES,
  EDIT_FACTS,
  N_EDITS,
} Edit;

typedef struct
{
  HwHeapRestorer *restorer;
  const guint8   *edits;
  gsize           n_edits;
  guint           column;
  GError         *error;
} Change;

static guint32
read_number (const guint8 *bytes,
             guint         n)
{
  guint32 number = 0;

  for (guint i = 0; i < n; i++)
    number |= (guint32) bytes[i] << (8 * i);

  return number;
}

static gboolean
column_cb (const char    *name,
           guint          width,
           gsize          length,
           gconstpointer  data,
           gpointer       user_data)
{
  Change *change = user_data;
  gsize new_length = length;
  guint new_width = width;
  gboolean leave_out = FALSE;
  guint8 *place;

  for (gsize e = 0; e < change->n_edits; e++)
    {
      const guint8 *edit = change->edits + e * EDIT_SIZE;

      if (edit[0] % N_COLUMNS != change->column)
        continue;
      if (edit[1] % N_EDITS == EDIT_LENGTH)
        new_length = read_number (edit + 2, 2) % (length + 4);
      else if (edit[1] % N_EDITS == EDIT_WIDTH)
        new_width = 1u << edit[2] % 4;
      else if (edit[1] % N_EDITS == EDIT_LEAVE_OUT)
        leave_out = TRUE;
    }
  change->column++;
  if (leave_out)
    return TRUE;

  place = hw_heap_restorer_add_column (change->restorer, name, new_width, new_length, &change->error);
  if (place == NULL)
    return FALSE;
  if (new_length * new_width > 0)
    memset (place, 0, new_length * new_width);
  if (length > 0 && new_length > 0)
    memcpy (place, data, MIN (length * width, new_length * new_width));

  for (gsize e = 0; e < change->n_edits && new_length > 0; e++)
    {
      const guint8 *edit = change->edits + e * EDIT_SIZE;
      gsize at = read_number (edit + 2, 2) % new_length;
      guint32 value = read_number (edit + 4, 4);

      if (edit[0] % N_COLUMNS != change->column - 1)
        continue;
      if (edit[1] % N_EDITS == EDIT_BYTE)
        place[at * new_width] = (guint8) value;
      else if (edit[1] % N_EDITS == EDIT_NUMBER)
        memcpy (place + at * new_width, &value, MIN (new_width, sizeof value));
    }

  return TRUE;
}

static HwClassTable *
make_classes (HwHeap   *heap,
              guint32   edit,
              gboolean  is_edited)
{
  HwClassTable *old = hw_heap_get_class_table (heap);
  HwClassTableBuilder *builder = hw_class_table_builder_new (0, TRUE, TRUE);
  guint n = hw_class_table_get_n_classes (old);

  for (guint i = 0; i < (is_edited ? edit % (n + 3) : n); i++)
    {
      HwClassRow row = *hw_class_table_get_row (old, HW_CLASS (i % n));

      if (is_edited && i == edit / 256 % n)
        {
          row.count += edit >> 16;
          row.first_instance = HW_NODE (edit);
        }
      hw_class_table_builder_add (builder, &row);
    }

  return hw_class_table_builder_end (builder, NULL, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(HwMadeHeap) made = NULL;
  g_autoptr(HwHeap) heap = NULL;
  g_autoptr(HwHeap) again = NULL;
  g_autoptr(HwClassTable) classes = NULL;
  g_autoptr(GVariant) facts = NULL;
  g_autoptr(GError) error = NULL;
  Change change = { NULL, data + 1, size > 0 ? (size - 1) / EDIT_SIZE : 0, 0, NULL };

  if (size == 0)
    return 0;

  made = hw_made_heap_new_random (data[0]);
  heap = hw_made_heap_load (made, NULL);
  facts = hw_heap_dup_facts (heap);

  for (gsize e = 0; e < change.n_edits; e++)
    {
      const guint8 *edit = change.edits + e * EDIT_SIZE;

      if (edit[1] % N_EDITS == EDIT_ROOT)
        {
          g_auto(GVariantDict) dict;

          g_variant_dict_init (&dict, facts);
          g_variant_dict_insert (&dict, "root", "u", read_number (edit + 4, 4));
          g_clear_pointer (&facts, g_variant_unref);
          facts = g_variant_ref_sink (g_variant_dict_end (&dict));
        }
      else if (edit[1] % N_EDITS == EDIT_CLASSES && classes == NULL)
        classes = make_classes (heap, read_number (edit + 4, 4), TRUE);
      else if (edit[1] % N_EDITS == EDIT_FACTS)
        {
          const guint8 *rest = edit + EDIT_SIZE;
          g_autoptr(GBytes) bytes = g_bytes_new (rest, size - (gsize) (rest - data));

          g_clear_pointer (&facts, g_variant_unref);
          facts = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
          change.n_edits = e;
        }
    }
  if (classes == NULL)
    classes = make_classes (heap, 0, FALSE);

  change.restorer = hw_heap_restorer_new (facts, &error);
  if (change.restorer == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  if (!hw_heap_foreach_column (heap, column_cb, &change))
    {
      g_assert_nonnull (change.error);
      g_error_free (change.error);
      hw_heap_restorer_free (change.restorer);
      return 0;
    }
  again = hw_heap_restorer_end (change.restorer, classes, &error);
  if (again != NULL)
    hw_touch_restored_heap (again);
  else
    g_assert_nonnull (error);

  return 0;
}
