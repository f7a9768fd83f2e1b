/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Containment, retainers and dominators: trees that are walked in pre-order with a stack of their open
 * levels, so that neither depth nor width costs more than the level's own ids.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/hw-object-row.h"

/* As many levels as a person would open by hand; deeper trees need a choice of objects, not a number. */
#define MAX_DEPTH   200

/* Levels that the shortest path opens by itself. */
#define PATH_LEVELS 20

typedef enum
{
  TREE_REFERENCES,
  TREE_RETAINERS,
  TREE_DOMINATED,
} TreeKind;

typedef struct
{
  TreeKind  kind;
  guint32  *ids;     /* edges, or nodes in TREE_DOMINATED; owned */
  guint32   n_ids;
  guint32   next;
  guint32   n_shown;
  HwNodeId  parent;
} Level;

typedef struct
{
  HwCli    *cli;
  HwHeap   *heap;
  TreeKind  kind;
  HwOrder   order;
  guint     depth;
  gboolean  is_path; /* only the first row of a level is opened, towards the roots */
  HwTable  *table;
  guint     first_field;
  GArray   *levels;
} Tree;

static void
level_clear (gpointer data)
{
  g_free (((Level *) data)->ids);
}

static HwNodeId
get_end (Tree    *tree,
         guint32  id)
{
  switch (tree->kind)
    {
    case TREE_REFERENCES:
      return hw_heap_get_edge_target (tree->heap, HW_EDGE (id));
    case TREE_RETAINERS:
      return hw_heap_get_edge_source (tree->heap, HW_EDGE (id));
    case TREE_DOMINATED:
    default:
      return HW_NODE (id);
    }
}

static void
collect (Tree     *tree,
         HwNodeId  node,
         Level    *level)
{
  HwHeap *heap = tree->heap;

  switch (tree->kind)
    {
    case TREE_REFERENCES:
      level->n_ids = hw_heap_get_n_references (heap, node);
      level->ids = g_new (guint32, level->n_ids);
      for (guint32 i = 0; i < level->n_ids; i++)
        level->ids[i] = hw_heap_get_first_reference (heap, node).value + i;
      break;

    case TREE_RETAINERS:
      level->n_ids = hw_heap_collect_retainers (heap, node, &level->ids);
      break;

    case TREE_DOMINATED:
    default:
      level->n_ids = hw_heap_get_n_dominated (heap, node);
      level->ids = g_new (guint32, level->n_ids);
      for (guint32 i = 0; i < level->n_ids; i++)
        level->ids[i] = hw_heap_get_dominated (heap, node, i).value;
      break;
    }
}

static gboolean
is_wanted (Tree    *tree,
           guint32  id)
{
  g_autofree char *name = hw_heap_dup_node_name (tree->heap, get_end (tree, id));
  g_autofree char *edge_name = NULL;

  if (hw_cli_matches (tree->cli, name))
    return TRUE;
  if (tree->kind == TREE_DOMINATED)
    return FALSE;
  edge_name = hw_heap_dup_edge_name (tree->heap, HW_EDGE (id));

  return hw_cli_matches (tree->cli, edge_name);
}

static void
filter (Tree  *tree,
        Level *level)
{
  guint32 n = 0;

  for (guint32 i = 0; i < level->n_ids; i++)
    if (is_wanted (tree, level->ids[i]))
      level->ids[n++] = level->ids[i];
  level->n_ids = n;
}

static void
sort (Tree  *tree,
      Level *level)
{
  switch (tree->kind)
    {
    case TREE_REFERENCES:
      hw_order_references (tree->heap, tree->order, TRUE, level->ids, level->n_ids, NULL, NULL);
      break;

    case TREE_RETAINERS:
      hw_order_retainers (tree->heap, tree->order, level->ids, level->n_ids, NULL, NULL);
      break;

    case TREE_DOMINATED:
    default:
      hw_order_nodes (tree->heap, tree->order, level->ids, level->n_ids, NULL, NULL);
      break;
    }
}

static void
open_level (Tree     *tree,
            HwNodeId  node)
{
  Level level = { .kind = tree->kind, .parent = node };

  collect (tree, node, &level);
  /* Below a row everything counts; the filter chooses where to begin. */
  if (tree->levels->len == 0 && tree->cli->folded_filter != NULL)
    filter (tree, &level);
  sort (tree, &level);
  g_array_append_val (tree->levels, level);
}

static gboolean
is_ancestor (Tree     *tree,
             HwNodeId  node)
{
  for (guint i = 0; i < tree->levels->len; i++)
    if (hw_node_id_equal (g_array_index (tree->levels, Level, i).parent, node))
      return TRUE;

  return FALSE;
}

static gboolean
is_opened (Tree     *tree,
           Level    *level,
           HwNodeId  node)
{
  gint64 distance;

  if (tree->levels->len >= tree->depth || is_ancestor (tree, node))
    return FALSE;
  if (!tree->is_path)
    return TRUE;
  distance = hw_heap_get_distance (tree->heap, node);

  return level->n_shown == 1 && distance > 1 && distance < HW_DISTANCE_SYSTEM;
}

static void
add_row (Tree    *tree,
         guint32  id)
{
  g_auto(HwObjectRow) row = { 0 };

  if (tree->kind == TREE_DOMINATED)
    hw_object_row_init_node (&row, tree->heap, HW_NODE (id));
  else
    hw_object_row_init_edge (&row, tree->heap, HW_EDGE (id), tree->kind == TREE_RETAINERS);
  row.values[HW_OBJECT_RELATION] = HW_VALUE_TEXT ("dominated");
  hw_table_add_row (tree->table, tree->levels->len - 1, row.values + tree->first_field);
}

/* Writes everything below @node; returns how many rows its own level has. */
static guint32
walk (Tree     *tree,
      HwNodeId  node)
{
  guint64 limit = hw_cli_get_limit (tree->cli);
  guint32 n_top;

  tree->levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (tree->levels, level_clear);
  open_level (tree, node);
  n_top = g_array_index (tree->levels, Level, 0).n_ids;

  while (tree->levels->len > 0 && hw_output_get_is_open (tree->cli->output))
    {
      guint depth = tree->levels->len - 1;
      Level *level = &g_array_index (tree->levels, Level, depth);
      gboolean is_on_path = tree->is_path && depth > 0;

      if (level->next < level->n_ids && level->n_shown < (is_on_path ? 1 : limit))
        {
          guint32 id = level->ids[level->next++];
          HwNodeId end = get_end (tree, id);

          level->n_shown++;
          add_row (tree, id);
          if (is_opened (tree, level, end))
            open_level (tree, end);
          continue;
        }
      if (!is_on_path)
        hw_table_add_rest (tree->table, depth, level->n_shown, level->n_ids);
      g_array_set_size (tree->levels, depth);
    }
  g_array_unref (tree->levels);

  return n_top;
}

static HwTable *
begin_table (HwCli      *self,
             HwHeap     *heap,
             guint       first_field,
             const char *member,
             const char *child_member)
{
  HwTableLayout layout = {
    .format = self->format,
    .fields = hw_object_fields + first_field,
    .n_fields = HW_N_OBJECT_FIELDS - first_field,
    .member = member,
    .child_member = child_member,
    .whole = hw_heap_get_total_size (heap),
    .is_wide = self->is_wide,
  };

  return hw_table_new (self->output, self->json, &layout);
}

static guint
get_depth (HwCli *self,
           guint  fallback)
{
  return self->depth < 0 ? fallback : CLAMP ((guint) self->depth, 1, MAX_DEPTH);
}

static gboolean
get_subject (HwCli    *self,
             HwHeap   *heap,
             HwNodeId *node,
             HwExit   *status)
{
  if (self->n_arguments > 1)
    return hw_cli_parse_object (self, heap, self->arguments[1], node, status);
  *node = hw_heap_get_root (heap);

  return TRUE;
}

static HwExit
show_edges (HwCli      *self,
            TreeKind    kind,
            const char *member)
{
  g_autoptr(HwHeap) heap = NULL;
  Tree tree = { .cli = self, .kind = kind, .first_field = HW_OBJECT_EDGE_NAME };
  HwExit status = HW_EXIT_DONE;
  HwNodeId node;
  guint32 n_rows;

  if (!hw_cli_parse_sort (self, &tree.order))
    return HW_EXIT_MISUSED;
  heap = hw_cli_load (self, self->arguments[0]);
  if (heap == NULL)
    return HW_EXIT_FAILED;
  if (!get_subject (self, heap, &node, &status))
    return status;

  tree.heap = heap;
  tree.is_path = kind == TREE_RETAINERS && self->depth < 0;
  tree.depth = get_depth (self, tree.is_path ? PATH_LEVELS : 1);
  if (self->json != NULL)
    hw_json_writer_begin_object (self->json, NULL);
  hw_object_row_write_subject (self, heap, node);
  tree.table = begin_table (self, heap, tree.first_field, member, member);
  n_rows = walk (&tree, node);
  hw_table_end (tree.table);
  hw_table_free (tree.table);
  if (self->json != NULL)
    {
      hw_json_writer_add_uint (self->json, "total", n_rows);
      hw_json_writer_end_object (self->json);
    }

  return HW_EXIT_DONE;
}

/**
 * hw_command_containment:
 * @self: a run
 *
 * Writes what an object refers to.
 *
 * Returns: the exit status
 */
HwExit
hw_command_containment (HwCli *self)
{
  return show_edges (self, TREE_REFERENCES, "references");
}

/**
 * hw_command_retainers:
 * @self: a run
 *
 * Writes what refers to an object.
 *
 * Returns: the exit status
 */
HwExit
hw_command_retainers (HwCli *self)
{
  return show_edges (self, TREE_RETAINERS, "retainers");
}

/* From the object itself up to the root, which dominates itself. */
static void
add_chain (HwCli    *self,
           HwHeap   *heap,
           HwNodeId  node,
           HwTable  *table)
{
  guint64 limit = hw_cli_get_limit (self);
  guint64 n_rows = 0, n_shown = 0;

  for (gboolean is_last = FALSE; !is_last; n_rows++)
    {
      HwNodeId dominator = hw_heap_get_dominator (heap, node);

      if (n_shown < limit)
        {
          g_auto(HwObjectRow) row = { 0 };

          hw_object_row_init_node (&row, heap, node);
          row.values[HW_OBJECT_RELATION] = HW_VALUE_TEXT ("dominator");
          hw_table_add_row (table, 0, self->format == HW_FORMAT_CSV ? row.values : row.values + HW_OBJECT_ID);
          n_shown++;
        }
      is_last = hw_node_id_equal (dominator, node);
      node = dominator;
    }
  hw_table_add_rest (table, 0, n_shown, n_rows);
}

/* CSV has one table; its first column says what a row is. */
static guint32
write_dominators_csv (HwCli    *self,
                      HwNodeId  node,
                      Tree     *tree)
{
  guint32 n_rows;

  tree->first_field = HW_OBJECT_RELATION;
  tree->table = begin_table (self, tree->heap, tree->first_field, "dominators", "dominated");
  add_chain (self, tree->heap, node, tree->table);
  n_rows = walk (tree, node);
  hw_table_end (tree->table);
  hw_table_free (tree->table);

  return n_rows;
}

static guint32
write_dominators (HwCli    *self,
                  HwNodeId  node,
                  Tree     *tree)
{
  HwTable *chain;
  guint32 n_rows;

  hw_object_row_write_subject (self, tree->heap, node);
  if (self->format == HW_FORMAT_TEXT)
    hw_output_printf (self->output, "%s\n", _("Dominators, from the object to the root"));
  chain = begin_table (self, tree->heap, HW_OBJECT_ID, "dominators", NULL);
  add_chain (self, tree->heap, node, chain);
  hw_table_end (chain);
  hw_table_free (chain);

  if (self->format == HW_FORMAT_TEXT)
    hw_output_printf (self->output, "\n%s\n", _("Dominated objects"));
  tree->first_field = HW_OBJECT_ID;
  tree->table = begin_table (self, tree->heap, tree->first_field, "dominated", "dominated");
  n_rows = walk (tree, node);
  hw_table_end (tree->table);
  hw_table_free (tree->table);

  return n_rows;
}

/**
 * hw_command_dominators:
 * @self: a run
 *
 * Writes an object's dominators and what it dominates.
 *
 * Returns: the exit status
 */
HwExit
hw_command_dominators (HwCli *self)
{
  g_autoptr(HwHeap) heap = NULL;
  Tree tree = { .cli = self, .kind = TREE_DOMINATED };
  HwExit status = HW_EXIT_DONE;
  HwNodeId node;
  guint32 n_rows;

  if (!hw_cli_parse_sort (self, &tree.order))
    return HW_EXIT_MISUSED;
  heap = hw_cli_load (self, self->arguments[0]);
  if (heap == NULL)
    return HW_EXIT_FAILED;
  if (!get_subject (self, heap, &node, &status))
    return status;

  tree.heap = heap;
  tree.depth = get_depth (self, 1);
  if (self->format == HW_FORMAT_CSV)
    {
      write_dominators_csv (self, node, &tree);
      return HW_EXIT_DONE;
    }
  if (self->json != NULL)
    hw_json_writer_begin_object (self->json, NULL);
  n_rows = write_dominators (self, node, &tree);
  if (self->json != NULL)
    {
      hw_json_writer_add_uint (self->json, "total", n_rows);
      hw_json_writer_end_object (self->json);
    }

  return HW_EXIT_DONE;
}
