/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap.h"

G_BEGIN_DECLS

/**
 * HwMadeHeap:
 *
 * A heap made for a test: a plain list of nodes and edges that can be written as a snapshot, and that the
 * slow twins compute on.
 */
typedef struct
{
  HwEdgeKind  kind;
  char       *name;   /* NULL for indexed edges */
  guint       index;
  guint       to;
} HwMadeEdge;

typedef struct
{
  HwNodeKind  kind;
  char       *name;
  guint64     id;
  guint64     size;
  guint       state;  /* detachedness, 0 to 2 */
  gboolean    has_location;
  guint       script, line, column;
  GArray     *edges;  /* HwMadeEdge */
} HwMadeNode;

typedef struct
{
  GPtrArray *nodes;   /* HwMadeNode */
  gboolean   has_detachedness;
  guint64    extra_native_bytes;
} HwMadeHeap;

HwMadeHeap *hw_made_heap_new        (void);
HwMadeHeap *hw_made_heap_new_random (guint32      seed);
void        hw_made_heap_free       (HwMadeHeap  *self);
guint       hw_made_heap_add_node   (HwMadeHeap  *self,
                                     HwNodeKind   kind,
                                     const char  *name,
                                     guint64      id,
                                     guint64      size);
void        hw_made_heap_add_edge   (HwMadeHeap  *self,
                                     guint        from,
                                     guint        to,
                                     HwEdgeKind   kind,
                                     const char  *name,
                                     guint        index);
HwMadeNode *hw_made_heap_get_node   (HwMadeHeap  *self,
                                     guint        node);
char       *hw_made_heap_to_json    (HwMadeHeap  *self);
HwHeap     *hw_made_heap_load       (HwMadeHeap  *self,
                                     GError     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwMadeHeap, hw_made_heap_free)

G_END_DECLS
