/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap-private.h"
#include "heap/hw-key-sort-private.h"

G_BEGIN_DECLS

/**
 * HwOrderTexts:
 *
 * The names that rows are sorted by, each once, as numbers: first any number for each name, and when all names
 * are known, numbers that compare as the names do.
 */
typedef struct
{
  HwHeap       *heap;           /* (nullable): whose strings are meant */
  gboolean      few;            /* not worth telling equal strings apart */
  const guint32 *ranks;         /* of all strings of the heap; NULL if names have to be ranked here */
  gboolean      again;          /* see hw_order_texts_must_start_again() */
  gboolean      spell_numbers;
  guint32       largest_number;
  HwColumn      texts;          /* const char *, not more than there are items */
  HwColumn      of_string;      /* u32, by string: one more than its place in @texts, or 0 */
  GStringChunk *made;           /* names that had to be made */
  HwColumn      of_pattern;     /* u32, by node_pattern: the same for names of plain objects */
} HwOrderTexts;

gboolean hw_order_texts_init     (HwOrderTexts  *self,
                                  HwHeap        *heap,
                                  gsize          n_items,
                                  GCancellable  *cancellable,
                                  GError       **error);
void     hw_order_texts_clear    (HwOrderTexts  *self);
guint64  hw_order_texts_add      (HwOrderTexts  *self,
                                  const char    *text);
guint64  hw_order_texts_add_node (HwOrderTexts  *self,
                                  guint32        node);
guint64  hw_order_texts_add_edge (HwOrderTexts  *self,
                                  guint32        edge,
                                  gboolean      *is_number);
gboolean hw_order_texts_must_start_again (HwOrderTexts *self);
gboolean hw_order_texts_rank     (HwOrderTexts  *self,
                                  HwSortKey     *key,
                                  gboolean       descending,
                                  GCancellable  *cancellable,
                                  GError       **error);

G_END_DECLS
