/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-tree-source-private.h"

G_BEGIN_DECLS

/*
 * The open rows of a tree, and nothing else: each knows the list of its children, which part of the
 * list is shown, how many rows are below it, and which children are open in turn.
 *
 * The rows below a node, in order: perhaps a row that stands for the children before the window; the
 * children in the window, each followed by what is below it; perhaps a row for those after the window.
 *
 * Invariants: entries are sorted by index and lie in the window; n_before of an entry is the sum of
 * n_rows of the entries before it; n_rows is what the above adds up to. A node belongs to one thread:
 * to a worker until it is handed over, then to the main thread.
 */

typedef struct _HwTreeNode HwTreeNode;

typedef struct
{
  guint32     index;
  guint       n_before;
  HwTreeNode *node;      /* owned */
} HwTreeEntry;

struct _HwTreeNode
{
  HwTreePath   path;     /* the row itself; the first member */
  HwTreeNode  *parent;   /* NULL for the root */
  HwTreeList  *list;     /* owned */
  guint32      index;    /* in the parent's list */
  guint32      first;    /* the window */
  guint32      n_shown;
  guint        n_rows;   /* all rows below */
  guint        depth;    /* of the children */
  GArray      *entries;  /* of HwTreeEntry, or NULL */
};

typedef enum
{
  HW_TREE_PLACE_CHILD,
  HW_TREE_PLACE_BEFORE,  /* stands for the children before the window */
  HW_TREE_PLACE_AFTER,   /* stands for the children after the window */
} HwTreePlaceKind;

/**
 * HwTreePlace:
 * @parent: the open row that the row is directly below
 * @index: in the parent's list, for a child
 *
 * Where a row is in the tree.
 */
typedef struct
{
  HwTreeNode      *parent;
  guint32          index;
  HwTreePlaceKind  kind;
} HwTreePlace;

HwTreeNode *hw_tree_node_new                (HwTreeNode        *parent,
                                             guint32            index,
                                             const HwTreeItem  *item,
                                             HwTreeList        *list,
                                             guint32            n_shown) G_GNUC_WARN_UNUSED_RESULT;
void        hw_tree_node_free               (HwTreeNode        *self);
void        hw_tree_node_free_later         (HwTreeNode        *self);
void        hw_tree_node_attach             (HwTreeNode        *self);
void        hw_tree_node_detach             (HwTreeNode        *self);
void        hw_tree_node_set_window         (HwTreeNode        *self,
                                             guint32            first,
                                             guint32            n_shown);
gboolean    hw_tree_node_find               (HwTreeNode        *root,
                                             guint              position,
                                             HwTreePlace       *place);
guint       hw_tree_node_get_place_position (const HwTreePlace *place);
guint       hw_tree_node_get_position       (HwTreeNode        *self);
gboolean    hw_tree_node_is_below           (HwTreeNode        *self,
                                             HwTreeNode        *ancestor);

static inline gboolean
hw_tree_node_has_before (const HwTreeNode *self)
{
  return self->first > 0;
}

static inline gboolean
hw_tree_node_has_after (const HwTreeNode *self)
{
  return self->first + self->n_shown < self->list->n;
}

static inline gboolean
hw_tree_node_shows (const HwTreeNode *self,
                    guint32           index)
{
  return index >= self->first && index - self->first < self->n_shown;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwTreeNode, hw_tree_node_free)

G_END_DECLS
