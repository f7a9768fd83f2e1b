/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/hw-cli.h"

G_BEGIN_DECLS

/* The columns of an object; those of the edge that leads to it come first, so that a list without
 * edges starts at HW_OBJECT_ID, and one without a relation at HW_OBJECT_EDGE_NAME. */
typedef enum
{
  HW_OBJECT_RELATION,
  HW_OBJECT_EDGE_NAME,
  HW_OBJECT_EDGE_TYPE,
  HW_OBJECT_ID,
  HW_OBJECT_NAME,
  HW_OBJECT_TYPE,
  HW_OBJECT_CLASS_NAME,
  HW_OBJECT_DISTANCE,
  HW_OBJECT_SHALLOW_SIZE,
  HW_OBJECT_RETAINED_SIZE,
  HW_OBJECT_DOMINATOR_ID,
  HW_OBJECT_RETAINERS_COUNT,
  HW_OBJECT_EDGE_COUNT,
  HW_OBJECT_DETACHEDNESS,
  HW_OBJECT_SCRIPT_ID,
  HW_OBJECT_LINE,
  HW_OBJECT_COLUMN,
  HW_OBJECT_LABEL,
  HW_N_OBJECT_FIELDS,
} HwObjectField;

extern const HwField hw_object_fields[HW_N_OBJECT_FIELDS];

/**
 * HwObjectRow:
 *
 * One object as a row; owns the texts of its values.
 */
typedef struct
{
  HwValue  values[HW_N_OBJECT_FIELDS];
  char    *edge_name;
  char    *name;
  char    *label;
} HwObjectRow;

char *hw_object_row_dup_node_label (HwHeap       *heap,
                                    HwNodeId      node);
void  hw_object_row_init_node      (HwObjectRow  *self,
                                    HwHeap       *heap,
                                    HwNodeId      node);
void  hw_object_row_init_edge      (HwObjectRow  *self,
                                    HwHeap       *heap,
                                    HwEdgeId      edge,
                                    gboolean      is_retainer);
void  hw_object_row_clear          (HwObjectRow  *self);
void  hw_object_row_write_subject  (HwCli        *cli,
                                    HwHeap       *heap,
                                    HwNodeId      node);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HwObjectRow, hw_object_row_clear)

G_END_DECLS
