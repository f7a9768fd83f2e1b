/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hw-twins.h"

#include "base/hw-text.h"

#define PAIR "^[0-9]+( / part of key \\(.*? @[0-9]+\\) -> value \\(.*? @[0-9]+\\) pair in WeakMap \\(table @([0-9]+)\\))$"

typedef HwMadeNode Node;
typedef HwMadeEdge Edge;

static Node *
node_at (HwMadeHeap *heap,
         guint       i)
{
  return hw_made_heap_get_node (heap, i);
}

static Edge *
edge_at (Node  *node,
         guint  i)
{
  return &g_array_index (node->edges, Edge, i);
}

/* The pair's text and the table's id, or NULL for any other edge. */
static char *
pair_text (const Edge *edge,
           guint64    *table)
{
  g_autoptr(GRegex) regex = g_regex_new (PAIR, 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  g_autofree char *id = NULL;

  if (edge->kind != HW_EDGE_KIND_INTERNAL || !g_regex_match (regex, edge->name, 0, &match))
    return NULL;
  id = g_match_info_fetch (match, 2);
  *table = g_ascii_strtoull (id, NULL, 10);

  return g_match_info_fetch (match, 1);
}

static void
process_state (HwTwin      *self,
               HwMadeHeap  *heap,
               gboolean    *visited,
               guint        node,
               guint        state,
               GQueue      *attached,
               GQueue      *detached)
{
  if (visited[node])
    return;
  visited[node] = TRUE;
  if (node_at (heap, node)->kind != HW_NODE_KIND_NATIVE)
    return;
  self->state[node] = state;
  if (state == 1)
    g_queue_push_tail (attached, GUINT_TO_POINTER (node));
  if (state == 2)
    {
      char *name = g_strconcat ("Detached ", self->name[node], NULL);

      g_free (self->name[node]);
      self->name[node] = name;
      g_queue_push_tail (detached, GUINT_TO_POINTER (node));
    }
}

static void
find_states (HwTwin     *self,
             HwMadeHeap *heap)
{
  g_autofree gboolean *visited = g_new0 (gboolean, self->n);
  GQueue queues[2] = { G_QUEUE_INIT, G_QUEUE_INIT };

  if (!heap->has_detachedness)
    {
      for (guint i = 0; i < self->n; i++)
        if (node_at (heap, i)->kind == HW_NODE_KIND_NATIVE && g_str_has_prefix (self->name[i], "Detached "))
          self->state[i] = 2;
      return;
    }

  for (guint i = 0; i < self->n; i++)
    self->state[i] = node_at (heap, i)->state;
  for (guint i = 0; i < self->n; i++)
    if (node_at (heap, i)->state != 0)
      process_state (self, heap, visited, i, node_at (heap, i)->state, &queues[0], &queues[1]);
  for (guint which = 0; which < 2; which++)
    while (!g_queue_is_empty (&queues[which]))
      {
        guint node = GPOINTER_TO_UINT (g_queue_pop_tail (&queues[which]));

        if (which == 1 && self->state[node] == 1)
          continue;
        for (guint j = 0; j < node_at (heap, node)->edges->len; j++)
          {
            Edge *edge = edge_at (node_at (heap, node), j);

            if (edge->kind != HW_EDGE_KIND_HIDDEN && edge->kind != HW_EDGE_KIND_WEAK)
              process_state (self, heap, visited, edge->to, which + 1, &queues[0], &queues[1]);
          }
      }
}

static gboolean
is_document_trees (HwMadeHeap *heap,
                   guint       node)
{
  return strcmp (node_at (heap, node)->name, "(Document DOM trees)") == 0;
}

static gboolean
is_user_root (HwTwin     *self G_GNUC_UNUSED,
              HwMadeHeap *heap,
              guint       node)
{
  return node_at (heap, node)->kind != HW_NODE_KIND_SYNTHETIC || is_document_trees (heap, node);
}

static void
find_page_owned (HwTwin     *self,
                 HwMadeHeap *heap,
                 gboolean   *owned)
{
  gboolean changed = TRUE;

  for (guint j = 0; j < node_at (heap, 0)->edges->len; j++)
    {
      Edge *edge = edge_at (node_at (heap, 0), j);

      if (edge->kind == HW_EDGE_KIND_SHORTCUT ||
          (edge->kind == HW_EDGE_KIND_ELEMENT && node_at (heap, edge->to)->kind == HW_NODE_KIND_SYNTHETIC &&
           is_document_trees (heap, edge->to)))
        owned[edge->to] = TRUE;
    }
  while (changed)
    {
      changed = FALSE;
      for (guint i = 0; i < self->n; i++)
        for (guint j = 0; owned[i] && j < node_at (heap, i)->edges->len; j++)
          {
            Edge *edge = edge_at (node_at (heap, i), j);

            if (edge->kind != HW_EDGE_KIND_WEAK && !owned[edge->to])
              owned[edge->to] = changed = TRUE;
          }
    }
}

static gboolean
is_essential (HwMadeHeap     *heap,
              const gboolean *owned,
              guint           from,
              const Edge     *edge)
{
  g_autofree char *pair = NULL;
  guint64 table = 0;

  if (edge->kind == HW_EDGE_KIND_WEAK || edge->to == from)
    return FALSE;
  pair = pair_text (edge, &table);
  if (pair != NULL && table == node_at (heap, from)->id)
    return FALSE;
  if (from != 0 && (edge->kind == HW_EDGE_KIND_SHORTCUT || (owned[edge->to] && !owned[from])))
    return FALSE;

  return TRUE;
}

/* What is reachable from the root and the orphans without passing @removed. */
static void
reach (HwTwin     *self,
       gboolean  **essential,
       gboolean   *orphan,
       guint       removed,
       gboolean   *reached)
{
  gboolean changed = TRUE;

  memset (reached, 0, self->n * sizeof (gboolean));
  for (guint i = 0; i < self->n; i++)
    reached[i] = removed != 0 && i != removed && (i == 0 || orphan[i]);
  while (changed)
    {
      changed = FALSE;
      for (guint i = 0; i < self->n; i++)
        for (guint j = 0; reached[i] && j < self->n; j++)
          if (essential[i][j] && j != removed && !reached[j])
            reached[j] = changed = TRUE;
    }
}

/* d dominates x when x cannot be reached without d; the immediate one is dominated by all the others. */
static void
find_dominators (HwTwin     *self,
                 HwMadeHeap *heap)
{
  guint n = self->n;
  g_autofree gboolean *owned = g_new0 (gboolean, n), *orphan = g_new0 (gboolean, n), *all = g_new0 (gboolean, n);
  g_autofree guint *depth = g_new0 (guint, n);
  gboolean **essential = g_new0 (gboolean *, n), **dominates = g_new0 (gboolean *, n);

  find_page_owned (self, heap, owned);
  for (guint i = 0; i < n; i++)
    {
      essential[i] = g_new0 (gboolean, n);
      dominates[i] = g_new0 (gboolean, n);
      orphan[i] = i != 0;
    }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < node_at (heap, i)->edges->len; j++)
      {
        Edge *edge = edge_at (node_at (heap, i), j);

        if (is_essential (heap, owned, i, edge))
          {
            essential[i][edge->to] = TRUE;
            orphan[edge->to] = FALSE;
          }
      }

  reach (self, essential, orphan, n, all);
  for (guint d = 0; d < n; d++)
    {
      g_autofree gboolean *without = g_new0 (gboolean, n);

      reach (self, essential, orphan, d, without);
      for (guint x = 0; x < n; x++)
        if (all[d] && all[x] && x != d && !without[x])
          {
            dominates[d][x] = TRUE;
            depth[x]++;
          }
    }
  for (guint x = 1; x < n; x++)
    for (guint d = 0; d < n; d++)
      if (dominates[d][x] && depth[d] + 1 == depth[x])
        self->dominator[x] = d;
  self->dominator[0] = 0;

  for (guint i = 0; i < n; i++)
    {
      g_free (essential[i]);
      g_free (dominates[i]);
    }
  g_free (essential);
  g_free (dominates);
}

static gboolean
is_ownable (HwTwin     *self,
            HwMadeHeap *heap,
            guint       node)
{
  HwNodeKind kind = node_at (heap, node)->kind;

  return kind == HW_NODE_KIND_HIDDEN || kind == HW_NODE_KIND_ARRAY ||
         (kind == HW_NODE_KIND_NATIVE && strcmp (self->name[node], "system / ExternalStringData") == 0);
}

/* owners[x] is the set of objects that x would count for; it only grows. */
static void
transfer (HwTwin     *self,
          HwMadeHeap *heap)
{
  guint n = self->n;
  GHashTable **owners = g_new0 (GHashTable *, n);
  gboolean changed = TRUE;

  for (guint i = 0; i < n; i++)
    {
      owners[i] = g_hash_table_new (NULL, NULL);
      if (!is_ownable (self, heap, i))
        g_hash_table_add (owners[i], GUINT_TO_POINTER (i));
    }
  while (changed)
    {
      changed = FALSE;
      for (guint i = 0; i < n; i++)
        for (guint j = 0; j < node_at (heap, i)->edges->len; j++)
          {
            Edge *edge = edge_at (node_at (heap, i), j);
            GHashTableIter iter;
            gpointer owner;

            if (edge->kind == HW_EDGE_KIND_WEAK || edge->to == i || !is_ownable (self, heap, edge->to))
              continue;
            g_hash_table_iter_init (&iter, owners[i]);
            while (g_hash_table_iter_next (&iter, &owner, NULL))
              changed |= g_hash_table_add (owners[edge->to], owner);
          }
    }
  for (guint i = 0; self->has_user_roots && i < n; i++)
    {
      GHashTableIter iter;
      gpointer owner = NULL;

      if (!is_ownable (self, heap, i) || g_hash_table_size (owners[i]) != 1)
        continue;
      g_hash_table_iter_init (&iter, owners[i]);
      g_hash_table_iter_next (&iter, &owner, NULL);
      if (GPOINTER_TO_UINT (owner) == 0 || node_at (heap, GPOINTER_TO_UINT (owner))->kind == HW_NODE_KIND_SYNTHETIC)
        continue;
      self->size[GPOINTER_TO_UINT (owner)] += node_at (heap, i)->size;
      self->size[i] -= node_at (heap, i)->size;
    }
  for (guint i = 0; i < n; i++)
    g_hash_table_unref (owners[i]);
  g_free (owners);
}

static gboolean
may_follow (HwTwin     *self,
            HwMadeHeap *heap,
            guint       from,
            const Edge *edge,
            GHashTable *waiting)
{
  Node *node = node_at (heap, from);
  guint64 table;
  char *pair;

  if (node->kind == HW_NODE_KIND_HIDDEN && strcmp (self->name[from], "system / NativeContext") == 0 &&
      g_strcmp0 (edge->name, "sloppy_function_map") == 0)
    return FALSE;
  if (node->kind == HW_NODE_KIND_ARRAY && strcmp (self->name[from], "(map descriptors)") == 0)
    {
      char *end = NULL;
      gint64 i = edge->name != NULL ? g_ascii_strtoll (edge->name, &end, 10) : edge->index;

      return (edge->name != NULL && end == edge->name) || i < 2 || i % 3 != 1;
    }
  pair = pair_text (edge, &table);
  if (pair == NULL)
    return TRUE;
  if (!g_hash_table_contains (waiting, pair))
    {
      g_hash_table_add (waiting, pair);
      return FALSE;
    }
  g_hash_table_remove (waiting, pair);
  g_free (pair);

  return TRUE;
}

static void
search (HwTwin     *self,
        HwMadeHeap *heap,
        GQueue     *queue,
        GHashTable *waiting)
{
  while (!g_queue_is_empty (queue))
    {
      guint from = GPOINTER_TO_UINT (g_queue_pop_head (queue));

      for (guint j = 0; j < node_at (heap, from)->edges->len; j++)
        {
          Edge *edge = edge_at (node_at (heap, from), j);

          if (edge->kind == HW_EDGE_KIND_WEAK || self->distance[edge->to] != HW_DISTANCE_UNREACHABLE ||
              !may_follow (self, heap, from, edge, waiting))
            continue;
          self->distance[edge->to] = self->distance[from] + 1;
          g_queue_push_tail (queue, GUINT_TO_POINTER (edge->to));
        }
    }
}

static void
find_distances (HwTwin     *self,
                HwMadeHeap *heap)
{
  g_autoptr(GHashTable) waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto(GQueue) queue = G_QUEUE_INIT;

  for (guint i = 0; i < self->n; i++)
    self->distance[i] = HW_DISTANCE_UNREACHABLE;
  for (guint j = 0; j < node_at (heap, 0)->edges->len; j++)
    {
      guint to = edge_at (node_at (heap, 0), j)->to;

      if (!is_user_root (self, heap, to))
        continue;
      self->has_user_roots = TRUE;
      self->distance[to] = 1;
      g_queue_push_tail (&queue, GUINT_TO_POINTER (to));
    }
  search (self, heap, &queue, waiting);
  self->distance[0] = self->has_user_roots ? HW_DISTANCE_SYSTEM : 0;
  g_queue_push_tail (&queue, GUINT_TO_POINTER (0));
  search (self, heap, &queue, waiting);
}

static char *
quoted (const char *name)
{
  return strpbrk (name, ",'\"{}") != NULL ? hw_text_dup_json (name) : g_strdup (name);
}

typedef struct
{
  char      *text;
  GPtrArray *properties;  /* borrowed names */
  guint      count;
  guint      place;
} Definition;

static void
definition_free (gpointer definition)
{
  g_free (((Definition *) definition)->text);
  g_ptr_array_unref (((Definition *) definition)->properties);
  g_free (definition);
}

static int
compare_definitions (gconstpointer a,
                     gconstpointer b)
{
  const Definition *x = *(Definition * const *) a, *y = *(Definition * const *) b;

  return x->count != y->count ? (x->count > y->count ? -1 : 1) : (x->place < y->place ? -1 : 1);
}

static Definition *
candidate_of (Node *node)
{
  Definition *self = g_new0 (Definition, 1);
  GString *text = g_string_new ("{");

  self->properties = g_ptr_array_new ();
  for (guint j = 0; j < node->edges->len; j++)
    {
      Edge *edge = edge_at (node, j);
      g_autofree char *name = NULL;

      if (edge->kind != HW_EDGE_KIND_PROPERTY || strcmp (edge->name, "__proto__") == 0)
        continue;
      name = quoted (edge->name);
      if (hw_text_utf16_length (text->str, -1) > 1 &&
          hw_text_utf16_length (text->str, -1) + hw_text_utf16_length (name, -1) > 120)
        break;
      g_string_append_printf (text, "%s%s", text->len > 1 ? ", " : "", name);
      g_ptr_array_add (self->properties, edge->name);
    }
  g_string_append_c (text, '}');
  self->text = g_string_free (text, FALSE);

  return self;
}

static gboolean
has_all (Node             *node,
         const Definition *definition)
{
  g_autoptr(GPtrArray) left = g_ptr_array_new ();

  for (guint j = 0; j < node->edges->len; j++)
    if (edge_at (node, j)->kind == HW_EDGE_KIND_PROPERTY)
      g_ptr_array_add (left, edge_at (node, j)->name);
  for (guint i = 0; i < definition->properties->len; i++)
    {
      guint place;

      if (!g_ptr_array_find_with_equal_func (left, g_ptr_array_index (definition->properties, i), g_str_equal, &place))
        return FALSE;
      g_ptr_array_remove_index (left, place);
    }

  return TRUE;
}

static GPtrArray *
find_definitions (HwTwin     *self,
                  HwMadeHeap *heap)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func (definition_free);
  guint plain = 0;

  for (guint i = 0; i < self->n; i++)
    {
      Definition *fresh;
      gboolean known = FALSE;

      if (node_at (heap, i)->kind != HW_NODE_KIND_OBJECT || strcmp (self->name[i], "Object") != 0)
        continue;
      plain++;
      fresh = candidate_of (node_at (heap, i));
      for (guint k = 0; k < kept->len && fresh->properties->len > 0 && !known; k++)
        if (strcmp (((Definition *) g_ptr_array_index (kept, k))->text, fresh->text) == 0)
          {
            ((Definition *) g_ptr_array_index (kept, k))->count++;
            known = TRUE;
          }
      if (known || fresh->properties->len == 0)
        {
          definition_free (fresh);
          continue;
        }
      fresh->count = 1;
      fresh->place = i;
      g_ptr_array_add (kept, fresh);
    }
  g_ptr_array_sort (kept, compare_definitions);
  for (guint k = kept->len; k-- > 0;)
    if (((Definition *) g_ptr_array_index (kept, k))->count < MAX (2.0, plain / 1000.0))
      g_ptr_array_remove_index (kept, k);

  return kept;
}

static char *
class_name_of (HwTwin     *self,
               HwMadeHeap *heap,
               GPtrArray  *definitions,
               guint       i)
{
  static const char *kinds[] = {
    "(system)", "(array)", "(string)", NULL, "(compiled code)", "Function", "RegExp", "(number)", NULL, "(synthetic)",
    "(concatenated string)", "(sliced string)", "(symbol)", "(bigint)", "(object shape)",
  };
  Node *node = node_at (heap, i);
  const Definition *best = NULL;
  const char *name = self->name[i], *space = NULL;

  if (kinds[node->kind] != NULL)
    return g_strdup (kinds[node->kind]);
  if (node->kind == HW_NODE_KIND_OBJECT && strcmp (name, "Object") == 0)
    {
      for (guint k = 0; k < definitions->len; k++)
        {
          const Definition *definition = g_ptr_array_index (definitions, k);

          if (has_all (node, definition) && (best == NULL || definition->properties->len > best->properties->len))
            best = definition;
        }
      return g_strdup (best != NULL ? best->text : "Object");
    }
  if (g_str_has_prefix (name, "<"))
    space = strchr (name, ' ');
  else if (g_str_has_prefix (name, "Detached <"))
    space = strchr (name + 10, ' ');

  return space != NULL ? g_strdup_printf ("%.*s>", (int) (space - name), name) : g_strdup (name);
}

static void
find_classes (HwTwin     *self,
              HwMadeHeap *heap)
{
  g_autoptr(GPtrArray) definitions = find_definitions (self, heap);

  self->shapes = g_ptr_array_new_with_free_func (g_free);
  for (guint k = 0; k < definitions->len; k++)
    g_ptr_array_add (self->shapes, g_strdup (((Definition *) g_ptr_array_index (definitions, k))->text));
  for (guint i = 0; i < self->n; i++)
    {
      Node *node = node_at (heap, i);
      g_autofree char *name = class_name_of (self, heap, definitions, i);

      self->class_key[i] = node->has_location && node->kind == HW_NODE_KIND_OBJECT
                             ? g_strdup_printf ("%u,%u,%u,%s", node->script, node->line, node->column, name)
                             : g_strconcat (",", name, NULL);
    }
}

HwTwin *
hw_twin_new (HwMadeHeap *heap)
{
  HwTwin *self = g_new0 (HwTwin, 1);
  guint n = heap->nodes->len;

  self->n = n;
  self->name = g_new0 (char *, n + 1);
  self->state = g_new0 (guint, n);
  self->size = g_new0 (guint64, n);
  self->dominator = g_new0 (guint, n);
  self->retained = g_new0 (guint64, n);
  self->distance = g_new0 (gint64, n);
  self->class_key = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      self->name[i] = g_strdup (node_at (heap, i)->name);
      self->size[i] = node_at (heap, i)->size;
    }

  find_states (self, heap);
  find_distances (self, heap);
  find_dominators (self, heap);
  transfer (self, heap);
  find_classes (self, heap);
  for (guint i = 0; i < n; i++)
    for (guint x = i;; x = self->dominator[x])
      {
        self->retained[x] += self->size[i];
        if (x == 0)
          break;
      }

  return self;
}

void
hw_twin_free (HwTwin *self)
{
  g_strfreev (self->name);
  g_free (self->state);
  g_free (self->size);
  g_free (self->dominator);
  g_free (self->retained);
  g_free (self->distance);
  g_strfreev (self->class_key);
  g_ptr_array_unref (self->shapes);
  g_free (self);
}

/* Σ retained size over the class's objects that have no other of it above them. */
guint64
hw_twin_class_retained (HwTwin     *self,
                        const char *key)
{
  guint64 sum = 0;

  for (guint i = 0; i < self->n; i++)
    {
      gboolean covered = FALSE;

      if (self->size[i] == 0 || strcmp (self->class_key[i], key) != 0)
        continue;
      for (guint x = i; x != 0 && !covered;)
        {
          x = self->dominator[x];
          covered = self->size[x] != 0 && strcmp (self->class_key[x], key) == 0;
        }
      sum += covered ? 0 : self->retained[i];
    }

  return sum;
}
