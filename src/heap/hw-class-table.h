/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-ids.h"

G_BEGIN_DECLS

/**
 * HwClassTable:
 *
 * The constructors of one heap with what their objects add up to: the Summary view.
 *
 * Immutable, atomic reference count. A table exists before its heap does (as soon as counts and
 * shallow sizes are known, or straight from the cache); then has_distances or has_retained_sizes may
 * be FALSE, and the instance lists are empty. Class ids are the same in every table of one heap.
 *
 * Classes with no object of shallow size above 0 are in the table, with count 0, because nodes refer
 * to them; no view shows them.
 */
typedef struct _HwClassTable HwClassTable;

/**
 * HwClassRow:
 * @name: what a person sees; WTF-8, owned by the table
 * @script_id: where the constructor stands: script, line and column, 0-based; only if @has_location
 * @count: objects whose shallow size is above 0
 * @shallow_size: their shallow sizes, in bytes
 * @retained_size: retained sizes of those not dominated by another of the same class, in bytes
 * @distance: the least of the objects' distances
 * @first_instance: the first such object in file order, or HW_NODE_NONE; the order of last resort
 *
 * One constructor.
 */
typedef struct
{
  const char *name;
  gboolean    has_location;
  guint32     script_id;
  guint32     line;
  guint32     column;
  guint64     count;
  guint64     shallow_size;
  guint64     retained_size;
  gint64      distance;
  HwNodeId    first_instance;
} HwClassRow;

char             *hw_class_row_dup_key               (const HwClassRow *row);
HwClassTable     *hw_class_table_ref                 (HwClassTable  *self);
void              hw_class_table_unref               (HwClassTable  *self);
guint             hw_class_table_get_n_classes       (HwClassTable  *self);
const HwClassRow *hw_class_table_get_row             (HwClassTable  *self,
                                                      HwClassId      class_id);
char             *hw_class_table_dup_key             (HwClassTable  *self,
                                                      HwClassId      class_id);
gboolean          hw_class_table_get_has_distances   (HwClassTable  *self);
gboolean          hw_class_table_get_has_retained_sizes (HwClassTable *self);
guint64           hw_class_table_get_total_count     (HwClassTable  *self);
guint64           hw_class_table_get_total_size      (HwClassTable  *self);
const guint32    *hw_class_table_get_instances       (HwClassTable  *self,
                                                      HwClassId      class_id,
                                                      guint32       *n_instances);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwClassTable, hw_class_table_unref)

/**
 * HwClassTableBuilder:
 *
 * Fills a table row by row: for the engine itself and for the cache.
 */
typedef struct _HwClassTableBuilder HwClassTableBuilder;

HwClassTableBuilder *hw_class_table_builder_new   (guint64              total_size,
                                                   gboolean             has_distances,
                                                   gboolean             has_retained_sizes) G_GNUC_WARN_UNUSED_RESULT;
void                 hw_class_table_builder_free  (HwClassTableBuilder *self);
HwClassId            hw_class_table_builder_add   (HwClassTableBuilder *self,
                                                   const HwClassRow    *row);
void                 hw_class_table_builder_take_rows (HwClassTableBuilder *self,
                                                   GArray              *rows);
HwClassTable        *hw_class_table_builder_end   (HwClassTableBuilder *self,
                                                   guint32             *instance_offsets,
                                                   guint32             *instances) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwClassTableBuilder, hw_class_table_builder_free)

G_END_DECLS
