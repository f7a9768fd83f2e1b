/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-order.h"

G_BEGIN_DECLS

/**
 * HwRowKind:
 * @HW_ROW_CLASS: a constructor of the Summary
 * @HW_ROW_OBJECT: an object below a constructor
 * @HW_ROW_REFERENCE: a member: edge and target
 * @HW_ROW_RETAINER: a retainer: edge and source
 * @HW_ROW_DIFF_CLASS: a constructor of the Comparison
 * @HW_ROW_ADDED: a new object
 * @HW_ROW_REMOVED: a deleted object, of the base heap
 * @HW_ROW_MORE: "n more…", in place of rows that a window leaves out
 *
 * What a row on screen stands for.
 */
typedef enum
{
  HW_ROW_CLASS,
  HW_ROW_OBJECT,
  HW_ROW_REFERENCE,
  HW_ROW_RETAINER,
  HW_ROW_DIFF_CLASS,
  HW_ROW_ADDED,
  HW_ROW_REMOVED,
  HW_ROW_MORE,
} HwRowKind;

/**
 * HwTextStyle:
 *
 * How a part of an object cell is meant, after the memory panel's colour classes.
 */
typedef enum
{
  HW_TEXT_STYLE_OBJECT,
  HW_TEXT_STYLE_STRING,
  HW_TEXT_STYLE_FUNCTION,
  HW_TEXT_STYLE_NUMBER,
  HW_TEXT_STYLE_ENGINE,
  HW_TEXT_STYLE_EDGE_PROPERTY,
  HW_TEXT_STYLE_EDGE_CONTEXT,
  HW_TEXT_STYLE_EDGE_ENGINE,
} HwTextStyle;

/**
 * HwRowText:
 * @edge: (nullable): the edge's name as shown, such as `[3]` or `(empty)`
 * @joiner: " :: " or " in " between edge and value, "" without an edge
 * @value: the object or constructor as shown, such as `"text"`, `name()`
 * @object_id: the object's id, or 0 where the row has none
 * @count: objects of a constructor row, else 0
 * @cycled: the same object is one of the row's ancestors
 * @detached: detached from the DOM
 * @reachable_from_window: a user object that a window reaches
 *
 * The first column of a row, in valid UTF-8, in the form of the memory panel's rows.
 */
typedef struct
{
  char        *edge;
  HwTextStyle  edge_style;
  const char  *joiner;
  char        *value;
  HwTextStyle  value_style;
  guint64      object_id;
  guint64      count;
  gboolean     cycled;
  gboolean     detached;
  gboolean     reachable_from_window;
} HwRowText;

void hw_row_text_clear (HwRowText *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HwRowText, hw_row_text_clear)

#define HW_TYPE_ROW (hw_row_get_type ())

/**
 * HwRow:
 *
 * One visible row: a flyweight that knows its place in the tree and asks the heap for everything else.
 * The same row on screen is the same object as long as anybody holds it. Main thread only.
 *
 * A cell is empty when hw_row_get_measure() says FALSE, but "…" while hw_row_get_pending() says TRUE.
 * Rows of the side-by-side comparison may stand for two objects: node and base_node, either of which
 * may be HW_NODE_NONE.
 *
 * Properties: `expanded` (boolean, read-only, notified) and `expandable` (boolean, read-only, notified).
 */
G_DECLARE_FINAL_TYPE (HwRow, hw_row, HW, ROW, GObject)

HwRowKind  hw_row_get_kind       (HwRow      *self);
guint      hw_row_get_depth      (HwRow      *self);
gboolean   hw_row_get_expandable (HwRow      *self);
gboolean   hw_row_get_expanded   (HwRow      *self);
guint      hw_row_get_position   (HwRow      *self);
HwRow     *hw_row_dup_parent     (HwRow      *self);
HwHeap    *hw_row_get_heap       (HwRow      *self);
HwNodeId   hw_row_get_node       (HwRow      *self);
HwHeap    *hw_row_get_base_heap  (HwRow      *self);
HwNodeId   hw_row_get_base_node  (HwRow      *self);
HwEdgeId   hw_row_get_edge       (HwRow      *self);
HwClassId  hw_row_get_class      (HwRow      *self);
gboolean   hw_row_get_measure    (HwRow      *self,
                                  HwMeasure   measure,
                                  gint64     *value);
gboolean   hw_row_get_pending    (HwRow      *self,
                                  HwMeasure   measure);
void       hw_row_get_text       (HwRow      *self,
                                  HwRowText  *text);
char      *hw_row_dup_label      (HwRow      *self);

G_END_DECLS
