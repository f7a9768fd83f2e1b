/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-row-private.h"

G_BEGIN_DECLS

/*
 * The parts of the model that several files share: the model itself (hw-tree-model.c), making the
 * whole tree anew (hw-tree-rebuild.c), opening a way to an object (hw-tree-reveal.c).
 */

/* Up to so many children are listed and sorted at once on the main thread; more on a worker. */
#define HW_TREE_MAX_INLINE 4096

/* Rows of one view: 107 pixels a row fit below 2^31. */
#define HW_TREE_MAX_ROWS 20000000

/* A window of a longer list shows at least so many rows, even past the limit. */
#define HW_TREE_MIN_WINDOW 1000

/* So many open rows are remembered by key. */
#define HW_TREE_MAX_OPEN 10000

/**
 * HwTreeWanted:
 * @parent: key of the row above
 * @key: key of a row to be found again
 * @open: whether to open it
 *
 * What to look for in a new tree.
 */
typedef struct
{
  guint64  parent;
  guint64  key;
  gboolean open;
} HwTreeWanted;

/* A row that was found again. */
typedef struct
{
  guint64     key;
  guint64     parent;
  HwTreePlace place;
} HwTreeFound;

/**
 * HwTreeRebuild:
 *
 * Making a tree anew for another source, order or filter. The upper half is filled in before, the
 * lower half by the work; it belongs to the worker while that runs.
 */
typedef struct
{
  HwTreeModel  *model;        /* not owned; NULL when the result is not wanted any more (main thread) */
  GCancellable *cancellable;
  HwTreeSource *source;
  HwOrder       order;
  char         *filter;
  guint         limit;
  guint         min_window;
  guint64       budget;       /* children that may still be listed */
  GArray       *wanted;       /* of HwTreeWanted, sorted by parent and key */

  guint64       n_rows;
  guint         n_open;
  HwTreeNode   *root;         /* the result */
  GArray       *found;        /* of HwTreeFound */
} HwTreeRebuild;

HwTreeRebuild *hw_tree_rebuild_new          (HwTreeSource      *source,
                                             HwOrder            order,
                                             const char        *filter,
                                             GArray            *wanted) G_GNUC_WARN_UNUSED_RESULT;
void           hw_tree_rebuild_free         (HwTreeRebuild     *self);
gboolean       hw_tree_rebuild_run          (HwTreeRebuild     *self,
                                             GError           **error);

/* A row that the person opened, and the row above. */
typedef struct
{
  guint64 key;
  guint64 parent;
} HwTreeOpenRow;

/* Opening a row on a worker. */
typedef struct
{
  HwTreeModel  *model;         /* not owned; NULL when not wanted any more */
  GCancellable *cancellable;
  HwTreeSource *source;
  HwOrder       order;
  guint64       parent;        /* key of the row above */
  guint32       index;         /* in the list of the row above */
  HwTreePath    path;          /* with the parent's key only */
  HwTreePath    above;
  guint         levels;        /* of a chain of first children */
} HwTreeExpansion;

struct _HwTreeModel
{
  GObject        parent_instance;

  /* What is asked for */
  HwTreeSource  *source;
  HwOrder        order;
  char          *filter;       /* folded, or NULL */

  /* What is shown */
  HwTreeSource  *shown_source;
  HwOrder        shown_order;
  HwTreeNode    *root;         /* NULL while there is nothing */
  GHashTable    *nodes;        /* key → HwTreeNode, not owned */
  GHashTable    *rows;         /* key → HwRow, not owned: those that somebody holds */
  GHashTable    *open;         /* key → HwTreeOpenRow: what the person opened, shown or not */
  guint64        generation;   /* grows with each new tree */
  gboolean       resetting;
  gboolean       reset_again;
  guint          limit;
  guint          min_window;

  /* What is under way */
  HwTreeRebuild *rebuild;      /* owned by its task */
  gboolean       closed;       /* rows were closed since the rebuild began */
  gboolean       chain_later;  /* open a chain from the first row once the rebuild is done */
  GHashTable    *expansions;   /* key → HwTreeExpansion, owned by their tasks */
  GPtrArray     *waiting;      /* reveals, until the rebuild is done */
  guint          n_held;       /* reveals that run */
  gboolean       busy;
};

/* hw-tree-model.c: the list and its rows */
void        hw_tree_model_update_busy      (HwTreeModel       *self);
HwRow      *hw_tree_model_dup_row          (HwTreeModel       *self,
                                            const HwTreePlace *place);
void        hw_tree_model_row_gone         (HwTreeModel       *self,
                                            HwRow             *row);
void        hw_tree_model_get_place_item   (HwTreeModel       *self,
                                            const HwTreePlace *place,
                                            HwTreeItem        *item);
void        hw_tree_model_emit_reset_done  (HwTreeModel       *self);
guint       hw_tree_model_get_n_rows       (HwTreeModel       *self);

/* hw-tree-open.c: opening and closing rows, windows */
HwTreeNode *hw_tree_model_get_node         (HwTreeModel       *self,
                                            guint64            key);
void        hw_tree_model_index_nodes      (HwTreeModel       *self,
                                            HwTreeNode        *node);
void        hw_tree_model_forget_nodes     (HwTreeModel       *self,
                                            HwTreeNode        *node);
gboolean    hw_tree_model_open             (HwTreeModel       *self,
                                            HwTreeNode        *parent,
                                            guint32            index,
                                            const HwTreeItem  *item,
                                            HwTreeList        *list);
gboolean    hw_tree_model_show_index       (HwTreeModel       *self,
                                            HwTreeNode        *node,
                                            guint32            index);
void        hw_tree_model_drop_expansions  (HwTreeModel       *self);

/* hw-tree-reset.c: making everything anew */
void        hw_tree_model_start_rebuild    (HwTreeModel       *self);
void        hw_tree_model_drop_rebuild     (HwTreeModel       *self);

/* hw-tree-reveal.c */
void        hw_tree_model_continue_reveals (HwTreeModel       *self);

/* For tests */
void        hw_tree_model_set_limit        (HwTreeModel       *self,
                                            guint              limit,
                                            guint              min_window);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwTreeRebuild, hw_tree_rebuild_free)

G_END_DECLS
