/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Ids of different kinds are different types, so that mixing them does not compile. Each is a
 * position in a column, not the object id that the file gives (see hw_heap_get_object_id()).
 */

/** HwNodeId: a node's position in file order. */
typedef struct { guint32 value; } HwNodeId;

/** HwEdgeId: an edge's position in file order. */
typedef struct { guint32 value; } HwEdgeId;

/** HwStringId: a string's position in the file's string table. */
typedef struct { guint32 value; } HwStringId;

/** HwClassId: a class's position in its #HwClassTable. */
typedef struct { guint32 value; } HwClassId;

#define HW_NODE(n)     ((HwNodeId) { (guint32) (n) })
#define HW_EDGE(n)     ((HwEdgeId) { (guint32) (n) })
#define HW_STRING(n)   ((HwStringId) { (guint32) (n) })
#define HW_CLASS(n)    ((HwClassId) { (guint32) (n) })

#define HW_NONE        G_MAXUINT32
#define HW_NODE_NONE   HW_NODE (HW_NONE)
#define HW_EDGE_NONE   HW_EDGE (HW_NONE)
#define HW_STRING_NONE HW_STRING (HW_NONE)
#define HW_CLASS_NONE  HW_CLASS (HW_NONE)

/* The largest number of nodes, edges or strings: one value is kept for "none", one for an end mark. */
#define HW_MAX_IDS     (G_MAXUINT32 - 1)

static inline gboolean
hw_node_id_equal (HwNodeId a,
                  HwNodeId b)
{
  return a.value == b.value;
}

static inline gboolean
hw_class_id_equal (HwClassId a,
                   HwClassId b)
{
  return a.value == b.value;
}

G_END_DECLS
