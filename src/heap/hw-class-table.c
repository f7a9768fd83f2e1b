/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "heap/hw-class-table.h"

#include <stdlib.h>

struct _HwClassTable
{
  gatomicrefcount  ref_count;
  GArray          *rows;              /* HwClassRow; names in the chunk */
  GStringChunk    *names;
  guint64          total_size;        /* of the snapshot, for percentages */
  guint64          total_count;
  gboolean         has_distances;
  gboolean         has_retained_sizes;
  guint32         *instance_offsets;  /* n_classes + 1, or NULL */
  guint32         *instances;         /* node ids in file order, by class */
};

struct _HwClassTableBuilder
{
  HwClassTable *table;
};

/**
 * hw_class_table_ref:
 * @self: a class table
 *
 * Returns: (transfer full): @self
 */
HwClassTable *
hw_class_table_ref (HwClassTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * hw_class_table_unref:
 * @self: a class table
 *
 * Gives back a reference.
 */
void
hw_class_table_unref (HwClassTable *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_array_unref (self->rows);
  g_string_chunk_free (self->names);
  free (self->instance_offsets);
  free (self->instances);
  g_free (self);
}

/**
 * hw_class_table_get_n_classes:
 * @self: a class table
 *
 * Returns: the number of classes, those without objects included
 */
guint
hw_class_table_get_n_classes (HwClassTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rows->len;
}

/**
 * hw_class_table_get_row:
 * @self: a class table
 * @class_id: a class of the table
 *
 * Returns: (transfer none): the class's figures
 */
const HwClassRow *
hw_class_table_get_row (HwClassTable *self,
                        HwClassId     class_id)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (class_id.value < self->rows->len, NULL);

  return &g_array_index (self->rows, HwClassRow, class_id.value);
}

/**
 * hw_class_row_dup_key:
 * @row: a class, of a table or on its way into one
 *
 * Makes the key by which classes of two snapshots are matched: `script,line,column,name` or `,name`.
 *
 * Returns: (transfer full): the key, WTF-8
 */
char *
hw_class_row_dup_key (const HwClassRow *row)
{
  g_return_val_if_fail (row != NULL, NULL);

  if (!row->has_location)
    return g_strconcat (",", row->name, NULL);

  return g_strdup_printf ("%u,%u,%u,%s", row->script_id, row->line, row->column, row->name);
}

/**
 * hw_class_table_dup_key:
 * @self: a class table
 * @class_id: a class of the table
 *
 * Returns: (transfer full): the class's key, as hw_class_row_dup_key() makes it
 */
char *
hw_class_table_dup_key (HwClassTable *self,
                        HwClassId     class_id)
{
  return hw_class_row_dup_key (hw_class_table_get_row (self, class_id));
}

/**
 * hw_class_table_get_has_distances:
 * @self: a class table
 *
 * Returns: whether distances are known yet
 */
gboolean
hw_class_table_get_has_distances (HwClassTable *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_distances;
}

/**
 * hw_class_table_get_has_retained_sizes:
 * @self: a class table
 *
 * Returns: whether retained sizes are known yet
 */
gboolean
hw_class_table_get_has_retained_sizes (HwClassTable *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_retained_sizes;
}

/**
 * hw_class_table_get_total_count:
 * @self: a class table
 *
 * Returns: objects of all classes
 */
guint64
hw_class_table_get_total_count (HwClassTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->total_count;
}

/**
 * hw_class_table_get_total_size:
 * @self: a class table
 *
 * Returns: bytes of the whole snapshot, which percentages refer to
 */
guint64
hw_class_table_get_total_size (HwClassTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->total_size;
}

/**
 * hw_class_table_get_instances:
 * @self: a class table
 * @class_id: a class of the table
 * @n_instances: (out): how many there are
 *
 * Gets the class's objects of shallow size above 0, in file order.
 *
 * Returns: (transfer none) (nullable): node ids; NULL in a table without instance lists
 */
const guint32 *
hw_class_table_get_instances (HwClassTable *self,
                              HwClassId     class_id,
                              guint32      *n_instances)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (class_id.value < self->rows->len, NULL);

  *n_instances = 0;
  if (self->instance_offsets == NULL)
    return NULL;

  *n_instances = self->instance_offsets[class_id.value + 1] - self->instance_offsets[class_id.value];

  return self->instances + self->instance_offsets[class_id.value];
}

/**
 * hw_class_table_builder_new:
 * @total_size: bytes of the whole snapshot
 * @has_distances: whether the rows' distances are known
 * @has_retained_sizes: whether the rows' retained sizes are known
 *
 * Returns: (transfer full): a builder
 */
HwClassTableBuilder *
hw_class_table_builder_new (guint64  total_size,
                            gboolean has_distances,
                            gboolean has_retained_sizes)
{
  HwClassTableBuilder *self = g_new0 (HwClassTableBuilder, 1);
  HwClassTable *table = g_new0 (HwClassTable, 1);

  g_atomic_ref_count_init (&table->ref_count);
  table->rows = g_array_new (FALSE, FALSE, sizeof (HwClassRow));
  table->names = g_string_chunk_new (4096);
  table->total_size = total_size;
  table->has_distances = has_distances;
  table->has_retained_sizes = has_retained_sizes;
  self->table = table;

  return self;
}

/**
 * hw_class_table_builder_free:
 * @self: a builder
 *
 * Frees a builder whose table is not wanted any more.
 */
void
hw_class_table_builder_free (HwClassTableBuilder *self)
{
  g_clear_pointer (&self->table, hw_class_table_unref);
  g_free (self);
}

/**
 * hw_class_table_builder_add:
 * @self: a builder
 * @row: a class; its name is copied
 *
 * Returns: the new class's id: 0, 1, 2, …
 */
HwClassId
hw_class_table_builder_add (HwClassTableBuilder *self,
                            const HwClassRow    *row)
{
  HwClassRow copy;

  g_return_val_if_fail (self != NULL && row != NULL, HW_CLASS_NONE);

  copy = *row;
  copy.name = g_string_chunk_insert (self->table->names, row->name);
  g_array_append_val (self->table->rows, copy);
  self->table->total_count += row->count;

  return HW_CLASS (self->table->rows->len - 1);
}

/**
 * hw_class_table_builder_take_rows:
 * @self: a builder without classes
 * @rows: (element-type HwClassRow): all classes, with names from g_malloc() that its clear function frees
 *
 * Makes the rows those of the table, and copies their names into one place. A million classes are 64 MB of rows.
 */
void
hw_class_table_builder_take_rows (HwClassTableBuilder *self,
                                  GArray              *rows)
{
  HwClassTable *table;

  g_return_if_fail (self != NULL && rows != NULL);
  g_return_if_fail (self->table->rows->len == 0);

  table = self->table;
  for (guint i = 0; i < rows->len; i++)
    {
      HwClassRow *row = &g_array_index (rows, HwClassRow, i);
      char *name = (char *) row->name;

      row->name = g_string_chunk_insert (table->names, name);
      g_free (name);
      table->total_count += row->count;
    }
  g_array_set_clear_func (rows, NULL);
  g_array_unref (table->rows);
  table->rows = g_array_ref (rows);
}

/**
 * hw_class_table_builder_end:
 * @self: (transfer full): a builder; gone afterwards
 * @instance_offsets: (transfer full) (nullable): from malloc(): where each class's objects begin in
 *   @instances, and the end
 * @instances: (transfer full) (nullable): from malloc(): node ids
 *
 * Returns: (transfer full): the table
 */
HwClassTable *
hw_class_table_builder_end (HwClassTableBuilder *self,
                            guint32             *instance_offsets,
                            guint32             *instances)
{
  HwClassTable *table;

  g_return_val_if_fail (self != NULL, NULL);

  table = g_steal_pointer (&self->table);
  table->instance_offsets = instance_offsets;
  table->instances = instances;
  hw_class_table_builder_free (self);

  return table;
}
