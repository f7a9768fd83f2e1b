/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-tree-source.h"

G_BEGIN_DECLS

/*
 * What a tree source answers, and the values it is asked by.
 *
 * A row is a HwTreeItem, a plain value; the children of a row are a HwTreeList, an immutable array of
 * ids in their order. A list may be made on any thread, everything else is cheap enough for the main
 * thread: it looks at one row only.
 */

typedef enum
{
  HW_TREE_ITEM_CYCLED = 1 << 0,   /* an ancestor is the same object */
  HW_TREE_ITEM_BASE = 1 << 1,     /* the object belongs to the base heap of a comparison */
} HwTreeItemFlags;

/**
 * HwTreeItem:
 * @key: hash of the way from the root to here; unique in the tree, the same in every order
 * @id: class, node, edge or row of a comparison, as @kind says
 * @other: the matching node of the base heap, or HW_NONE
 *
 * One row.
 */
typedef struct
{
  guint64         key;
  guint32         id;
  guint32         other;
  HwRowKind       kind;
  HwTreeItemFlags flags;
} HwTreeItem;

/**
 * HwTreePath:
 * @item: the row
 * @parent: (nullable): the row above, or NULL when this is the invisible root
 *
 * A row and what is above it.
 */
typedef struct _HwTreePath HwTreePath;

struct _HwTreePath
{
  HwTreeItem        item;
  const HwTreePath *parent;
};

/**
 * HwTreeList:
 * @ids: (array length=n): the children's ids
 * @others: (nullable): the matching nodes of the base heap
 * @n_first: a comparison's new objects, which come before the deleted ones
 *
 * The children of a row in their order. Immutable once made, atomic reference count.
 */
typedef struct
{
  gatomicrefcount  ref_count;
  guint32          n;
  guint32          n_first;
  guint32         *ids;
  guint32         *others;
} HwTreeList;

HwTreeList *hw_tree_list_new_take (guint32    *ids,
                                   guint32     n) G_GNUC_WARN_UNUSED_RESULT;
HwTreeList *hw_tree_list_ref      (HwTreeList *self);
void        hw_tree_list_unref    (HwTreeList *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwTreeList, hw_tree_list_unref)

/**
 * HwTreeSourceClass:
 * @count_children: at least as many as there are, in O(1): tells whether @list_children needs a worker
 * @list_children: makes the sorted list; any thread; fails only when cancelled
 * @get_child: fills in everything of an item but the cycled flag; any thread
 * @get_expandable: whether the row can be opened
 * @get_measure: a cell's value; FALSE when there is none
 * @get_pending: whether a cell's value is still being computed
 * @get_text: the first column
 * @get_heap: (nullable): the heap that the item's object is in
 * @get_node: the item's object or HW_NODE_NONE
 * @get_class: the item's constructor or HW_CLASS_NONE
 * @find_path: the items from the topmost row down to @node, without keys; any thread
 *
 * The base class answers for objects and references and everything below them, so that a source has
 * to know only about its own topmost rows.
 */
struct _HwTreeSourceClass
{
  GObjectClass parent_class;

  guint64     (*count_children) (HwTreeSource      *self,
                                 const HwTreePath  *parent);
  HwTreeList *(*list_children)  (HwTreeSource      *self,
                                 const HwTreePath  *parent,
                                 HwOrder            order,
                                 const char        *filter,
                                 GCancellable      *cancellable,
                                 GError           **error);
  void        (*get_child)      (HwTreeSource      *self,
                                 const HwTreePath  *parent,
                                 const HwTreeList  *list,
                                 guint32            index,
                                 HwTreeItem        *item);
  gboolean    (*get_expandable) (HwTreeSource      *self,
                                 const HwTreeItem  *item);
  gboolean    (*get_measure)    (HwTreeSource      *self,
                                 const HwTreeItem  *item,
                                 HwMeasure          measure,
                                 gint64            *value);
  gboolean    (*get_pending)    (HwTreeSource      *self,
                                 const HwTreeItem  *item,
                                 HwMeasure          measure);
  void        (*get_text)       (HwTreeSource      *self,
                                 const HwTreeItem  *item,
                                 HwRowText         *text);
  HwHeap     *(*get_heap)       (HwTreeSource      *self,
                                 const HwTreeItem  *item);
  HwNodeId    (*get_node)       (HwTreeSource      *self,
                                 const HwTreeItem  *item);
  HwClassId   (*get_class)      (HwTreeSource      *self,
                                 const HwTreeItem  *item);
  GArray     *(*find_path)      (HwTreeSource      *self,
                                 HwNodeId           node,
                                 GCancellable      *cancellable,
                                 GError           **error);
};

guint64     hw_tree_source_get_root_key   (HwTreeSource      *self);
void        hw_tree_source_set_root_key   (HwTreeSource      *self,
                                           guint64            key);
guint64     hw_tree_source_count_children (HwTreeSource      *self,
                                           const HwTreePath  *parent);
HwTreeList *hw_tree_source_list_children  (HwTreeSource      *self,
                                           const HwTreePath  *parent,
                                           HwOrder            order,
                                           const char        *filter,
                                           GCancellable      *cancellable,
                                           GError           **error);
void        hw_tree_source_get_child      (HwTreeSource      *self,
                                           const HwTreePath  *parent,
                                           const HwTreeList  *list,
                                           guint32            index,
                                           HwTreeItem        *item);
void        hw_tree_source_mark_cycle     (HwTreeSource      *self,
                                           const HwTreePath  *parent,
                                           HwTreeItem        *item);
gboolean    hw_tree_source_find_child     (HwTreeSource      *self,
                                           const HwTreePath  *parent,
                                           const HwTreeList  *list,
                                           const HwTreeItem  *wanted,
                                           guint32           *index);
gboolean    hw_tree_source_get_expandable (HwTreeSource      *self,
                                           const HwTreeItem  *item);
gboolean    hw_tree_source_get_measure    (HwTreeSource      *self,
                                           const HwTreeItem  *item,
                                           HwMeasure          measure,
                                           gint64            *value);
gboolean    hw_tree_source_get_pending    (HwTreeSource      *self,
                                           const HwTreeItem  *item,
                                           HwMeasure          measure);
void        hw_tree_source_get_text       (HwTreeSource      *self,
                                           const HwTreeItem  *item,
                                           HwRowText         *text);
HwHeap     *hw_tree_source_get_heap       (HwTreeSource      *self,
                                           const HwTreeItem  *item);
HwNodeId    hw_tree_source_get_node       (HwTreeSource      *self,
                                           const HwTreeItem  *item);
HwClassId   hw_tree_source_get_class      (HwTreeSource      *self,
                                           const HwTreeItem  *item);
GArray     *hw_tree_source_find_path      (HwTreeSource      *self,
                                           HwNodeId           node,
                                           GCancellable      *cancellable,
                                           GError           **error);

/* For sources */
guint64     hw_tree_key_mix               (guint64            key,
                                           guint64            value);
guint64     hw_tree_key_mix_text          (guint64            key,
                                           const char        *text);
guint64     hw_tree_key_mix_node          (guint64            key,
                                           HwHeap            *heap,
                                           HwNodeId           node,
                                           HwRowKind          kind);
gboolean    hw_tree_name_matches          (const char        *name,
                                           const char        *folded_filter);
HwTreeList *hw_tree_list_references       (HwHeap            *heap,
                                           HwNodeId           node,
                                           HwOrder            order,
                                           gboolean           below_instance,
                                           GCancellable      *cancellable,
                                           GError           **error) G_GNUC_WARN_UNUSED_RESULT;
HwTreeList *hw_tree_list_retainers        (HwHeap            *heap,
                                           HwNodeId           node,
                                           HwOrder            order,
                                           GCancellable      *cancellable,
                                           GError           **error) G_GNUC_WARN_UNUSED_RESULT;
GArray     *hw_tree_path_not_found        (GError           **error);

/* hw-row-text.c */
void        hw_row_text_init_class        (HwRowText         *self,
                                           const char        *name,
                                           guint64            count);
void        hw_row_text_init_object       (HwRowText         *self,
                                           HwHeap            *heap,
                                           HwNodeId           node);
void        hw_row_text_set_edge          (HwRowText         *self,
                                           HwHeap            *heap,
                                           HwEdgeId           edge,
                                           const char        *joiner);

G_END_DECLS
