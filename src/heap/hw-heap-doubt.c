/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the rows of a file that contradicts itself stop being sure. Bytes lost in the middle of a section of numbers
 * leave numbers: the columns shift, and what follows reads like objects, but none the program had.
 *
 * Every known writer numbers strings as it first names them, objects before references, so a name is either
 * known or the next new one. A first use that is the very next number says that nothing was lost before it;
 * one that is farther on says that something was. A writer that numbers otherwise makes us doubt too early, never too late.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

#include <glib/gi18n-lib.h>

/* How many objects are sure, by what stands in the nodes; G_MAXUINT32 when nothing is odd about them. */
static guint32
count_sure_nodes (HwHeap  *heap,
                  guint32  n_fitting,
                  guint32 *newest)
{
  const guint32 *names = hw_column_u32 (&heap->node_name);
  const guint8 *flags = hw_column_u8 (&heap->node_flags);
  gsize n_kinds = heap->node_kind_names != NULL ? g_strv_length (heap->node_kind_names) : 0;
  guint32 n_sure = 0;

  for (guint32 i = 0; i < heap->n_nodes; i++)
    {
      /* Node 8 writes one kind more than it announces. */
      gboolean is_odd = i >= n_fitting || names[i] > *newest + 1 ||
                        (flags[i] & HW_NODE_STATE_MASK) >> HW_NODE_STATE_SHIFT > HW_DETACHEDNESS_DETACHED ||
                        (heap->node_file_kind.length > 0 && (flags[i] & HW_NODE_KIND_MASK) == HW_NODE_KIND_OTHER &&
                         hw_column_u8 (&heap->node_file_kind)[i] > n_kinds);

      if (is_odd)
        return n_sure;
      if (names[i] > *newest)
        {
          *newest = names[i];
          n_sure = i;
        }
    }

  return G_MAXUINT32;
}

/* The same by what the edges are called. */
static guint32
count_sure_sources (HwHeap  *heap,
                    guint32  n_fitting,
                    guint32  newest)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  const guint32 *names = hw_column_u32 (&heap->pattern_name);
  const guint8 *kinds = hw_column_u8 (&heap->pattern_kind);
  guint32 n_sure = 0;

  for (guint32 i = 0; i < heap->n_nodes; i++)
    {
      gsize shift = hw_heap_pattern_shift (heap, i);

      if (i >= n_fitting)
        return n_sure;
      for (gsize e = first[i] + shift; e < first[i + 1] + shift; e++)
        {
          if (kinds[e] == HW_EDGE_KIND_OTHER)
            return n_sure;
          if (HW_EDGE_KIND_IS_INDEXED (kinds[e]) || names[e] <= newest)
            continue;
          if (names[e] > newest + 1)
            return n_sure;
          newest = names[e];
          n_sure = i;
        }
    }

  return 0;
}

/**
 * hw_heap_note_doubt:
 * @self: a raw heap with damage whose doubtful sections are known
 * @n_fitting: nodes before the first one whose edges are more than the file holds
 * @first_bad: the first node with an edge that points to no node, else G_MAXUINT32
 *
 * Finds out how many objects at the start of the file are sure, and adds a sentence about it to the damage. Cost: one
 * pass over nodes and edges, for damaged files only.
 */
void
hw_heap_note_doubt (HwHeap  *self,
                    guint32  n_fitting,
                    guint32  first_bad)
{
  HwSnapshotDamage *damage = self->damage;
  guint32 sections = damage->doubtful_sections;
  guint32 newest = 0, n_sure = G_MAXUINT32;
  g_autofree char *old = NULL;

  if (sections == 0)
    return;

  /* Changed bytes need not look odd. */
  if (sections == HW_SNAPSHOT_DOUBT_STRINGS || sections == HW_SNAPSHOT_DOUBT_ALL)
    n_sure = 0;
  else if ((sections & HW_SNAPSHOT_DOUBT_NODES) != 0)
    n_sure = count_sure_nodes (self, n_fitting, &newest);
  else
    {
      for (gsize i = 0; i < self->n_nodes; i++)
        newest = MAX (newest, hw_column_u32 (&self->node_name)[i]);
      n_sure = count_sure_sources (self, MIN (n_fitting, first_bad), newest);
    }
  damage->n_sure = n_sure < self->n_nodes ? n_sure : 0;

  old = damage->message;
  if (sections == HW_SNAPSHOT_DOUBT_STRINGS)
    damage->message = g_strdup_printf (_("%s Any name may be wrong, and with it the row that an object is counted in."), old);
  else if (damage->n_sure == 0)
    damage->message = g_strdup_printf (_("%s Anything shown may be wrong."), old);
  else
    {
      g_autofree char *first = hw_format_count ((guint64) damage->n_sure + 1);
      g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, hw_column_get (&self->node_id, (gsize) damage->n_sure - 1));

      /* Translators: a sentence, a number, and the id of an object. */
      damage->message = g_strdup_printf (_("%s From object %s of the file on (behind @%s) names and sizes may be wrong, "
                                           "references and retained sizes everywhere."),
                                         old, first, id);
    }
}
