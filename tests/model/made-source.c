/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "made-source.h"

#include <string.h>

struct _MadeSource
{
  HwTreeSource parent_instance;

  guint32      n_roots;
  guint32      max_children;
  guint32      big_every;     /* every so-manieth topmost row has … */
  guint32      big_children;  /* … so many children */
  guint        delay;         /* milliseconds that a list takes */
  int          n_listed;      /* (atomic) */
  int          n_cancelled;   /* (atomic) */
};

G_DEFINE_FINAL_TYPE (MadeSource, made_source, HW_TYPE_TREE_SOURCE)

static guint32
count_below (MadeSource       *self,
             const HwTreeItem *item)
{
  if (self->big_every > 0 && item->other == 0 && item->id % self->big_every == 0)
    return self->big_children;

  return (guint32) (hw_tree_key_mix (item->key, 1) % (self->max_children + 1));
}

static guint64
made_source_count_children (HwTreeSource     *source,
                            const HwTreePath *parent)
{
  MadeSource *self = MADE_SOURCE (source);

  return parent->parent == NULL ? self->n_roots : count_below (self, &parent->item);
}

static gint64
get_value (const HwTreeItem *item,
           HwMeasure         measure)
{
  if (measure == HW_MEASURE_NAME)
    return item->id;
  if (measure == HW_MEASURE_DISTANCE)
    return item->id % 20;

  return (gint64) (item->id * 2654435761u);
}

typedef struct
{
  gint64  value;
  guint32 id;
} Entry;

static int
compare_entries (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const Entry *left = a;
  const Entry *right = b;
  const HwOrder *order = user_data;
  int result = (left->value > right->value) - (left->value < right->value);

  if (result == 0)
    return (left->id > right->id) - (left->id < right->id);

  return order->descending ? -result : result;
}

static HwTreeList *
made_source_list_children (HwTreeSource      *source,
                           const HwTreePath  *parent,
                           HwOrder            order,
                           const char        *filter,
                           GCancellable      *cancellable,
                           GError           **error)
{
  MadeSource *self = MADE_SOURCE (source);
  const guint32 n_all = (guint32) made_source_count_children (source, parent);
  guint32 *ids = g_new (guint32, (gsize) n_all + 1);
  guint32 n = 0;

  g_atomic_int_inc (&self->n_listed);

  for (guint i = 0; i < self->delay && !g_cancellable_is_cancelled (cancellable); i++)
    g_usleep (1000);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_atomic_int_inc (&self->n_cancelled);
      g_free (ids);
      return NULL;
    }

  for (guint32 i = 0; i < n_all; i++)
    {
      char name[16];

      if (parent->parent == NULL && filter != NULL)
        {
          g_snprintf (name, sizeof name, "row %u", i);
          if (strstr (name, filter) == NULL)
            continue;
        }

      ids[n++] = i;
    }

  if (order.measure == HW_MEASURE_NAME)
    {
      if (order.descending)
        {
          for (guint32 i = 0; i < n / 2; i++)
            {
              const guint32 other = ids[n - 1 - i];

              ids[n - 1 - i] = ids[i];
              ids[i] = other;
            }
        }
    }
  else
    {
      g_autofree Entry *entries = g_new (Entry, (gsize) n + 1);

      for (guint32 i = 0; i < n; i++)
        entries[i] = (Entry) { get_value (&(HwTreeItem) { .id = ids[i] }, order.measure), ids[i] };
      g_sort_array (entries, n, sizeof *entries, compare_entries, &order);
      for (guint32 i = 0; i < n; i++)
        ids[i] = entries[i].id;
    }

  return hw_tree_list_new_take (ids, n);
}

static void
made_source_get_child (HwTreeSource     *source G_GNUC_UNUSED,
                       const HwTreePath *parent,
                       const HwTreeList *list,
                       guint32           index,
                       HwTreeItem       *item)
{
  *item = (HwTreeItem) {
    .id = list->ids[index],
    .other = parent->parent == NULL ? 0 : 1,
    .kind = HW_ROW_OBJECT,
    .key = hw_tree_key_mix (parent->item.key, list->ids[index]),
  };
}

static gboolean
made_source_get_expandable (HwTreeSource     *source,
                            const HwTreeItem *item)
{
  return count_below (MADE_SOURCE (source), item) > 0;
}

static gboolean
made_source_get_measure (HwTreeSource     *source G_GNUC_UNUSED,
                         const HwTreeItem *item,
                         HwMeasure         measure,
                         gint64           *value)
{
  *value = get_value (item, measure);

  return TRUE;
}

static void
made_source_get_text (HwTreeSource     *source G_GNUC_UNUSED,
                      const HwTreeItem *item,
                      HwRowText        *text)
{
  char name[16];

  g_snprintf (name, sizeof name, "row %u", item->id);
  hw_row_text_init_class (text, name, 0);
}

static HwNodeId
made_source_get_node (HwTreeSource     *source G_GNUC_UNUSED,
                      const HwTreeItem *item)
{
  return HW_NODE (item->id);
}

/* A "node" n stands for the child n % 7 of the topmost row n. */
static GArray *
made_source_find_path (HwTreeSource  *source G_GNUC_UNUSED,
                       HwNodeId       node,
                       GCancellable  *cancellable G_GNUC_UNUSED,
                       GError       **error G_GNUC_UNUSED)
{
  const HwTreeItem items[2] = {
    { .id = node.value, .other = 0, .kind = HW_ROW_OBJECT },
    { .id = node.value % 7, .other = 1, .kind = HW_ROW_OBJECT },
  };

  return g_array_append_vals (g_array_new (FALSE, FALSE, sizeof (HwTreeItem)), items, 2);
}

static void
made_source_class_init (MadeSourceClass *klass)
{
  HwTreeSourceClass *source_class = HW_TREE_SOURCE_CLASS (klass);

  source_class->count_children = made_source_count_children;
  source_class->list_children = made_source_list_children;
  source_class->get_child = made_source_get_child;
  source_class->get_expandable = made_source_get_expandable;
  source_class->get_measure = made_source_get_measure;
  source_class->get_text = made_source_get_text;
  source_class->get_node = made_source_get_node;
  source_class->find_path = made_source_find_path;
}

static void
made_source_init (MadeSource *self G_GNUC_UNUSED)
{
}

HwTreeSource *
made_source_new (guint32 n_roots,
                 guint32 max_children,
                 guint64 seed)
{
  MadeSource *self = g_object_new (MADE_TYPE_SOURCE, NULL);

  self->n_roots = n_roots;
  self->max_children = max_children;
  hw_tree_source_set_root_key (HW_TREE_SOURCE (self), hw_tree_key_mix (0, seed));

  return HW_TREE_SOURCE (self);
}

void
made_source_set_big (MadeSource *self,
                     guint32     every,
                     guint32     n_children)
{
  self->big_every = every;
  self->big_children = n_children;
}

void
made_source_set_delay (MadeSource *self,
                       guint       milliseconds)
{
  self->delay = milliseconds;
}

guint
made_source_get_n_listed (MadeSource *self)
{
  return (guint) g_atomic_int_get (&self->n_listed);
}

guint
made_source_get_n_cancelled (MadeSource *self)
{
  return (guint) g_atomic_int_get (&self->n_cancelled);
}

/* (transfer full) */
HwRow *
dup_row_at (HwTreeModel *model,
            guint        position)
{
  return g_list_model_get_item (G_LIST_MODEL (model), position);
}

void
wait_idle (HwTreeModel *model)
{
  while (hw_tree_model_get_busy (model))
    g_main_context_iteration (NULL, TRUE);
}

static guint64
get_key_at (HwTreeModel *model,
            guint        position)
{
  g_autoptr(HwRow) row = dup_row_at (model, position);

  g_assert_nonnull (row);

  return hw_tree_model_get_key (model, row);
}

static void
items_changed_cb (GListModel *list,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Shadow     *self)
{
  g_autofree guint64 *added = g_new (guint64, n_added + 1);

  self->n_changes++;
  g_assert_cmpuint (position + n_removed, <=, self->keys->len);

  for (guint i = 0; i < n_added; i++)
    added[i] = get_key_at (self->model, position + i);

  if (n_removed > 0)
    g_array_remove_range (self->keys, position, n_removed);
  g_array_insert_vals (self->keys, position, added, n_added);

  g_assert_cmpuint (self->keys->len, ==, g_list_model_get_n_items (list));
}

void
shadow_init (Shadow      *self,
             HwTreeModel *model)
{
  self->model = g_object_ref (model);
  self->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->n_changes = 0;
  self->handler = g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), self);
}

void
shadow_clear (Shadow *self)
{
  g_clear_signal_handler (&self->handler, self->model);
  g_clear_object (&self->model);
  g_clear_pointer (&self->keys, g_array_unref);
}

/* Every row is where the signals said, once, and knows its place. */
void
shadow_check (Shadow *self)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  g_autoptr(GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GPtrArray) above = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_cmpuint (n, ==, self->keys->len);
  g_assert_null (dup_row_at (self->model, n));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(HwRow) row = dup_row_at (self->model, i);
      g_autoptr(HwRow) again = dup_row_at (self->model, i);
      g_autoptr(HwRow) parent = hw_row_dup_parent (row);
      const guint depth = hw_row_get_depth (row);

      g_assert_true (row == again);
      g_assert_cmpuint (hw_row_get_position (row), ==, i);
      g_assert_cmpuint (hw_tree_model_get_key (self->model, row), ==, g_array_index (self->keys, guint64, i));
      g_assert_cmpuint (hw_tree_model_find_key (self->model, g_array_index (self->keys, guint64, i)), ==, i);
      g_assert_true (g_hash_table_add (seen, &g_array_index (self->keys, guint64, i)));

      g_assert_cmpuint (depth, <=, above->len);
      g_ptr_array_set_size (above, (int) depth);
      if (depth == 0)
        {
          g_assert_null (parent);
        }
      else
        {
          g_assert_true (parent == above->pdata[depth - 1]);
          g_assert_true (hw_row_get_expanded (parent));
        }
      g_ptr_array_add (above, g_object_ref (row));
    }
}
