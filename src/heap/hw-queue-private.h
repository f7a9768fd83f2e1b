/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap-private.h"

G_BEGIN_DECLS

/**
 * HwQueue:
 *
 * Nodes whose edges are to be followed, in the order in which they were reached. Memory is slow, and a queue
 * knows what comes: what the walk will look at is asked for ahead, which halves its time. The part that is done
 * is given back, so that the memory is that of the widest front, not of all nodes.
 */
typedef struct
{
  HwColumn nodes;  /* u32 */
  gsize    head;
} HwQueue;

/* Nodes that are asked for ahead of need: enough for a miss to be over when their turn comes. */
#define HW_QUEUE_AHEAD 8

/* A shorter queue is not worth moving. */
#define HW_QUEUE_SHORTEN 65536

static inline void
hw_queue_init (HwQueue *self)
{
  hw_column_init (&self->nodes, 4);
  self->head = 0;
}

static inline void
hw_queue_clear (HwQueue *self)
{
  hw_column_clear (&self->nodes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HwQueue, hw_queue_clear)

static inline gsize
hw_queue_length (const HwQueue *self)
{
  return self->nodes.length - self->head;
}

static inline gboolean
hw_queue_push (HwQueue  *self,
               guint32   node,
               GError  **error)
{
  if (G_UNLIKELY (self->nodes.length == self->nodes.capacity))
    {
      if (self->head >= HW_QUEUE_SHORTEN && self->head > self->nodes.length / 2)
        {
          self->nodes.length -= self->head;
          memmove (self->nodes.data, hw_column_u32 (&self->nodes) + self->head, self->nodes.length * sizeof (guint32));
          self->head = 0;
        }
      else if (!hw_column_reserve (&self->nodes, 1, error))
        return FALSE;
    }
  hw_column_u32 (&self->nodes)[self->nodes.length++] = node;

  return TRUE;
}

/* The next node; there must be one. */
static inline guint32
hw_queue_take (HwQueue      *self,
               const HwHeap *heap)
{
  const guint32 *nodes = hw_column_u32 (&self->nodes);
  const guint32 *first = hw_column_u32 (&heap->first_edge);

  if (self->head + 2 * HW_QUEUE_AHEAD < self->nodes.length)
    {
      __builtin_prefetch (first + nodes[self->head + 2 * HW_QUEUE_AHEAD]);
      __builtin_prefetch (hw_column_u32 (&heap->node_pattern) + nodes[self->head + 2 * HW_QUEUE_AHEAD]);
      __builtin_prefetch (hw_column_u8 (&heap->edge_target) +
                          (gsize) first[nodes[self->head + HW_QUEUE_AHEAD]] * heap->edge_target.width);
    }

  return nodes[self->head++];
}

G_END_DECLS
