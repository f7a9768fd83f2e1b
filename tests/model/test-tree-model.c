/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "made-source.h"

#include <malloc.h>
#include <string.h>
#include <time.h>

/* The slow twin: what is open, by key, and the rows that follow from that. */
typedef struct
{
  HwTreeSource *source;
  HwOrder       order;
  const char   *filter;
  GHashTable   *open;   /* key → key of the row above */
  GArray       *keys;
} Twin;

static guint64 *
key_new (guint64 key)
{
  return g_memdup2 (&key, sizeof key);
}

static void
twin_open (Twin    *twin,
           guint64  key,
           guint64  parent)
{
  g_hash_table_replace (twin->open, key_new (key), key_new (parent));
}

static void
twin_close (Twin    *twin,
            guint64  key)
{
  gboolean again = TRUE;

  g_hash_table_remove (twin->open, &key);

  while (again)
    {
      GHashTableIter iter;
      gpointer one;
      gpointer parent;

      again = FALSE;
      g_hash_table_iter_init (&iter, twin->open);
      while (!again && g_hash_table_iter_next (&iter, &one, &parent))
        {
          if (*(guint64 *) parent == key)
            {
              twin_close (twin, *(guint64 *) one);
              again = TRUE;
            }
        }
    }
}

static void
twin_list (Twin             *twin,
           const HwTreePath *path)
{
  g_autoptr(HwTreeList) list = hw_tree_source_list_children (twin->source, path, twin->order,
                                                             path->parent == NULL ? twin->filter : NULL,
                                                             NULL, NULL);

  for (guint32 i = 0; i < list->n; i++)
    {
      HwTreePath child = { .parent = path };

      hw_tree_source_get_child (twin->source, path, list, i, &child.item);
      g_array_append_val (twin->keys, child.item.key);
      if (g_hash_table_contains (twin->open, &child.item.key))
        twin_list (twin, &child);
    }
}

static void
twin_check (Twin   *twin,
            Shadow *shadow)
{
  const HwTreePath root = { .item = { .key = hw_tree_source_get_root_key (twin->source) } };

  g_array_set_size (twin->keys, 0);
  twin_list (twin, &root);
  g_assert_cmpmem (twin->keys->data, twin->keys->len * sizeof (guint64),
                   shadow->keys->data, shadow->keys->len * sizeof (guint64));
}

static guint64
get_parent_key (HwTreeModel *model,
                HwRow       *row)
{
  g_autoptr(HwRow) parent = hw_row_dup_parent (row);

  if (parent == NULL)
    return hw_tree_source_get_root_key (hw_tree_model_get_source (model));

  return hw_tree_model_get_key (model, parent);
}

static void
toggle_random (HwTreeModel *model,
               Twin        *twin)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (model));
  g_autoptr(HwRow) row = NULL;

  if (n == 0)
    return;

  row = dup_row_at (model, (guint) g_test_rand_int_range (0, (gint32) MIN (n, 200)));

  if (hw_row_get_expanded (row) || g_test_rand_int_range (0, 4) == 0)
    {
      twin_close (twin, hw_tree_model_get_key (model, row));
      hw_tree_model_collapse (model, row);
    }
  else if (hw_row_get_expandable (row))
    {
      twin_open (twin, hw_tree_model_get_key (model, row), get_parent_key (model, row));
      hw_tree_model_expand (model, row);
    }
}

/* Anything a person may do, in any order, waited for or not. */
static void
test_random (gconstpointer data)
{
  static const char * const filters[] = { NULL, "1", "row 2", "7", "nothing" };
  static const HwMeasure measures[] = { HW_MEASURE_NAME, HW_MEASURE_DISTANCE, HW_MEASURE_SHALLOW_SIZE };
  const guint32 n_roots = GPOINTER_TO_UINT (data);
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = NULL;
  g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);
  Shadow shadow;
  Twin twin = { .order = hw_tree_model_get_order (model) };
  const guint n_steps = n_roots > 1000 ? 150 : 400;

  shadow_init (&shadow, model);
  twin.open = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  twin.keys = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < n_steps; i++)
    {
      switch (source == NULL ? 9 : g_test_rand_int_range (0, 14))
        {
        case 7:
          twin.order.measure = measures[g_test_rand_int_range (0, G_N_ELEMENTS (measures))];
          twin.order.descending = g_test_rand_int_range (0, 2);
          hw_tree_model_set_order (model, twin.order);
          break;

        case 8:
          twin.filter = filters[g_test_rand_int_range (0, G_N_ELEMENTS (filters))];
          hw_tree_model_set_filter (model, twin.filter);
          break;

        case 9:
          g_clear_object (&source);
          source = made_source_new (n_roots, 12, 1);
          made_source_set_big (MADE_SOURCE (source), 9, 5000);
          twin.source = source;
          hw_tree_model_set_source (model, source);
          break;

        case 10:
          if (g_list_model_get_n_items (G_LIST_MODEL (model)) > 0)
            g_ptr_array_add (held, dup_row_at (model, 0));
          break;

        case 11:
          g_ptr_array_set_size (held, 0);
          break;

        case 12:
          g_main_context_iteration (NULL, FALSE);
          break;

        case 13:
          wait_idle (model);
          twin_check (&twin, &shadow);
          shadow_check (&shadow);
          break;

        default:
          toggle_random (model, &twin);
          break;
        }
    }

  wait_idle (model);
  twin_check (&twin, &shadow);
  shadow_check (&shadow);

  hw_tree_model_set_source (model, NULL);
  g_assert_cmpuint (shadow.keys->len, ==, 0);

  g_hash_table_unref (twin.open);
  g_array_unref (twin.keys);
  shadow_clear (&shadow);
}

/* Windows of long lists, with a limit of 300 rows. */
static void
test_windows (void)
{
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = made_source_new (1000, 3, 2);
  Shadow shadow;

  shadow_init (&shadow, model);
  hw_tree_model_set_limit (model, 300, 20);
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, FALSE });
  made_source_set_big (MADE_SOURCE (source), 10, 500);
  hw_tree_model_set_source (model, source);
  g_assert_cmpuint (shadow.keys->len, ==, 301);
  shadow_check (&shadow);

  for (guint i = 0; i < 500; i++)
    {
      const guint n = shadow.keys->len;
      g_autoptr(HwRow) row = dup_row_at (model, (guint) g_test_rand_int_range (0, (gint32) n));

      if (hw_row_get_kind (row) == HW_ROW_MORE)
        {
          g_auto(HwRowText) text = { 0 };

          hw_row_get_text (row, &text);
          g_assert_nonnull (strstr (text.value, "…"));
          g_assert_false (hw_row_get_expandable (row));
          hw_tree_model_show_more (model, row);
        }
      else if (hw_row_get_expanded (row))
        {
          hw_tree_model_collapse (model, row);
        }
      else
        {
          hw_tree_model_expand (model, row);
        }

      shadow_check (&shadow);
    }

  /* To the end, window by window, and back. */
  hw_tree_model_set_source (model, NULL);
  g_clear_object (&source);
  source = made_source_new (1000, 0, 3);
  hw_tree_model_set_source (model, source);

  for (guint direction = 0; direction < 2; direction++)
    {
      guint n_clicks = 0;

      for (;;)
        {
          const guint n = shadow.keys->len;
          g_autoptr(HwRow) row = dup_row_at (model, direction == 0 ? n - 1 : 0);

          if (hw_row_get_kind (row) != HW_ROW_MORE)
            {
              HwMeasure name = HW_MEASURE_NAME;
              gint64 id;

              g_assert_true (hw_row_get_measure (row, name, &id));
              g_assert_cmpint (id, ==, direction == 0 ? 999 : 0);
              break;
            }

          hw_tree_model_show_more (model, row);
          shadow_check (&shadow);
          g_assert_cmpuint (++n_clicks, <=, 5);
        }
    }

  shadow_clear (&shadow);
}

/* The newest request wins, and what came before is stopped. */
static void
test_newest_wins (void)
{
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = made_source_new (10000, 3, 4);
  g_autoptr(HwRow) first = NULL;
  Shadow shadow;
  gint64 id;

  shadow_init (&shadow, model);
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, FALSE });
  hw_tree_model_set_source (model, source);
  g_assert_true (hw_tree_model_get_busy (model));
  g_assert_cmpuint (shadow.keys->len, ==, 0);
  wait_idle (model);
  g_assert_cmpuint (shadow.keys->len, ==, 10000);

  first = dup_row_at (model, 0);
  made_source_set_delay (MADE_SOURCE (source), 200);
  shadow.n_changes = 0;

  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_DISTANCE, TRUE });
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_SHALLOW_SIZE, TRUE });
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, TRUE });

  /* Until then the old rows stay. */
  g_assert_true (hw_tree_model_get_busy (model));
  g_assert_cmpuint (shadow.n_changes, ==, 0);
  g_assert_cmpuint (hw_row_get_position (first), ==, 0);

  wait_idle (model);
  g_assert_cmpuint (shadow.n_changes, ==, 2);
  g_assert_cmpuint (hw_row_get_position (first), ==, 9999);
  g_assert_true (hw_row_get_measure (first, HW_MEASURE_NAME, &id));
  g_assert_cmpint (id, ==, 0);
  shadow_check (&shadow);

  /* The workers of the others have seen that they are not wanted. */
  while (made_source_get_n_cancelled (MADE_SOURCE (source)) < 2)
    g_main_context_iteration (NULL, FALSE);

  /* A model that goes away leaves its worker behind. */
  g_clear_object (&first);
  shadow_clear (&shadow);
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_DISTANCE, TRUE });
  g_assert_finalize_object (g_steal_pointer (&model));
  while (made_source_get_n_cancelled (MADE_SOURCE (source)) < 3)
    g_main_context_iteration (NULL, FALSE);
}

/* A big row opens when its children are sorted; closing it before stops that. */
static void
test_expand_later (void)
{
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = made_source_new (10, 3, 5);
  g_autoptr(HwRow) row = NULL;
  Shadow shadow;

  shadow_init (&shadow, model);
  made_source_set_big (MADE_SOURCE (source), 1, 6000);
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, FALSE });
  hw_tree_model_set_source (model, source);
  made_source_set_delay (MADE_SOURCE (source), 50);

  row = dup_row_at (model, 3);
  hw_tree_model_expand (model, row);
  g_assert_true (hw_tree_model_get_busy (model));
  g_assert_false (hw_row_get_expanded (row));
  hw_tree_model_collapse (model, row);
  g_assert_false (hw_tree_model_get_busy (model));
  g_assert_cmpuint (shadow.keys->len, ==, 10);

  hw_tree_model_expand (model, row);
  hw_tree_model_expand (model, row);
  wait_idle (model);
  g_assert_true (hw_row_get_expanded (row));
  g_assert_cmpuint (shadow.keys->len, ==, 6010);
  shadow_check (&shadow);

  /* Sorting while a row is about to open opens it as well. */
  {
    g_autoptr(HwRow) other = dup_row_at (model, 1);

    hw_tree_model_expand (model, other);
    hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, TRUE });
    wait_idle (model);
    g_assert_true (hw_row_get_expanded (row));
    g_assert_true (hw_row_get_expanded (other));
    g_assert_cmpuint (shadow.keys->len, ==, 12010);
    g_assert_cmpuint (hw_row_get_position (row), ==, 6);
    shadow_check (&shadow);
  }

  shadow_clear (&shadow);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

/* Held rows tell when they open, close, or leave. */
static void
test_rows (void)
{
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = made_source_new (50, 12, 6);
  g_autoptr(HwRow) row = NULL;
  g_autoptr(HwRow) child = NULL;
  guint n_expanded = 0;
  guint n_resets = 0;
  guint position = 0;

  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, FALSE });
  g_signal_connect_swapped (model, "reset-done", G_CALLBACK (count_cb), &n_resets);
  hw_tree_model_set_source (model, source);
  g_assert_cmpuint (n_resets, ==, 1);

  do
    {
      g_clear_object (&row);
      row = dup_row_at (model, position++);
    }
  while (!hw_row_get_expandable (row));
  position--;

  g_signal_connect_swapped (row, "notify::expanded", G_CALLBACK (count_cb), &n_expanded);
  hw_tree_model_expand (model, row);
  g_assert_cmpuint (n_expanded, ==, 1);
  child = dup_row_at (model, position + 1);
  g_assert_cmpuint (hw_row_get_depth (child), ==, 1);

  hw_tree_model_collapse (model, row);
  g_assert_cmpuint (n_expanded, ==, 2);
  g_assert_cmpuint (hw_row_get_position (child), ==, G_MAXUINT);
  g_assert_null (hw_row_dup_parent (child));
  g_assert_false (hw_row_get_expanded (child));
  hw_tree_model_expand (model, child);
  hw_tree_model_collapse (model, child);

  hw_tree_model_expand (model, row);
  {
    g_autoptr(HwRow) again = dup_row_at (model, position + 1);

    g_assert_true (again == child);
  }

  hw_tree_model_set_filter (model, "nothing");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 0);
  g_assert_cmpuint (hw_row_get_position (row), ==, G_MAXUINT);
  g_assert_false (hw_row_get_expanded (row));
  hw_tree_model_set_filter (model, "");
  g_assert_true (hw_row_get_expanded (row));
  g_assert_cmpuint (hw_row_get_position (row), ==, position);
  g_assert_cmpuint (n_resets, ==, 3);

  /* Rows outlive their model. */
  g_assert_finalize_object (g_steal_pointer (&model));
  g_assert_cmpuint (hw_row_get_position (row), ==, G_MAXUINT);
  g_assert_cmpint (hw_row_get_kind (row), ==, HW_ROW_OBJECT);
}

static void
reveal_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  guint *position = user_data;
  g_autoptr(GError) error = NULL;

  if (!hw_tree_model_reveal_finish (HW_TREE_MODEL (object), result, position, &error))
    {
      g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
                     g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      *position = G_MAXUINT;
    }
}

#define PENDING (G_MAXUINT - 1)

static guint
reveal (HwTreeModel  *model,
        guint32       node,
        GCancellable *cancellable)
{
  guint position = PENDING;

  hw_tree_model_reveal_async (model, HW_NODE (node), cancellable, reveal_cb, &position);
  while (position == PENDING)
    g_main_context_iteration (NULL, TRUE);

  return position;
}

static void
test_reveal (void)
{
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = made_source_new (5000, 12, 7);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Shadow shadow;
  guint n_found = 0;

  g_assert_cmpuint (reveal (model, 3, NULL), ==, G_MAXUINT);

  shadow_init (&shadow, model);
  hw_tree_model_set_limit (model, 2000, 50);
  hw_tree_model_set_source (model, source);
  made_source_set_big (MADE_SOURCE (source), 10, 5000);

  for (guint32 i = 0; i < 40; i++)
    {
      /* Of a row with fewer children than that, there is none to be revealed. */
      const guint32 node = (guint32) g_test_rand_int_range (0, 500) * 10;
      guint position;

      if (i % 8 == 3)
        hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_DISTANCE, i % 16 == 3 });

      position = reveal (model, node, NULL);
      g_assert_false (hw_tree_model_get_busy (model));

      if (position != G_MAXUINT)
        {
          g_autoptr(HwRow) row = dup_row_at (model, position);
          g_autoptr(HwRow) parent = hw_row_dup_parent (row);
          gint64 id;

          g_assert_true (hw_row_get_measure (row, HW_MEASURE_NAME, &id));
          g_assert_cmpint (id, ==, node % 7);
          g_assert_true (hw_row_get_measure (parent, HW_MEASURE_NAME, &id));
          g_assert_cmpint (id, ==, node);
          n_found++;
        }

      shadow_check (&shadow);
    }

  g_assert_cmpuint (n_found, ==, 40);
  g_assert_cmpuint (reveal (model, 100000, NULL), ==, G_MAXUINT);

  g_cancellable_cancel (cancellable);
  g_assert_cmpuint (reveal (model, 10, cancellable), ==, G_MAXUINT);
  g_assert_false (hw_tree_model_get_busy (model));

  /* A filter hides the way; one that is being taken back does not. */
  hw_tree_model_set_filter (model, "nothing");
  g_assert_cmpuint (reveal (model, 10, NULL), ==, G_MAXUINT);
  hw_tree_model_set_filter (model, NULL);
  g_assert_cmpuint (reveal (model, 10, NULL), !=, G_MAXUINT);

  shadow_clear (&shadow);
}

/* The chain follows first children that are farther than 1, for 20 levels. */
static void
test_chain (void)
{
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = made_source_new (30, 30, 8);
  guint depth = 0;

  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_DISTANCE, TRUE });
  hw_tree_model_set_source (model, source);
  hw_tree_model_expand_chain (model, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autoptr(HwRow) row = dup_row_at (model, i);
      gint64 distance;

      if (hw_row_get_depth (row) != i)
        break;

      depth = i;
      hw_row_get_measure (row, HW_MEASURE_DISTANCE, &distance);
      g_assert_true (i == 19 || hw_row_get_expanded (row) == (distance > 1 && hw_row_get_expandable (row)));
    }

  g_assert_cmpuint (depth, >, 0);
  g_assert_cmpuint (depth, <=, 19);
}

/* This thread's own time, in microseconds: what else the machine does is not our matter. */
static gint64
get_own_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* The longest time that the main thread spent in one go since @since, in microseconds. */
static gint64
measure_stops (HwTreeModel *model,
               gint64       since)
{
  gint64 longest = get_own_time () - since;

  while (hw_tree_model_get_busy (model))
    {
      while (!g_main_context_pending (NULL))
        g_usleep (200);

      since = get_own_time ();
      g_main_context_iteration (NULL, FALSE);
      longest = MAX (longest, get_own_time () - since);
    }

  return longest;
}

/* Ten million rows and more: the main thread does next to nothing. */
static void
test_many (void)
{
  const guint32 n_rows = g_test_slow () ? 25000000 : 5000000;
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = made_source_new (n_rows, 3, 9);
  const guint n_gets = 100000;
  gint64 begin;
  gint64 longest;
  guint n;
  gsize memory;

  made_source_set_big (MADE_SOURCE (source), 1000, n_rows / 5);
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, TRUE });
  begin = get_own_time ();
  hw_tree_model_set_source (model, source);
  longest = measure_stops (model, begin);

  n = g_list_model_get_n_items (G_LIST_MODEL (model));
  g_test_message ("%u rows: longest stop of the main thread %.2f ms", n, longest / 1000.0);
  g_assert_cmpuint (n, ==, n_rows > HW_TREE_MAX_ROWS ? HW_TREE_MAX_ROWS + 1 : n_rows);

  memory = mallinfo2 ().uordblks;
  begin = get_own_time ();
  for (guint i = 0; i < n_gets; i++)
    {
      g_autoptr(HwRow) row = dup_row_at (model, (guint) g_test_rand_int_range (0, (gint32) n));

      g_assert_nonnull (row);
    }
  g_test_message ("get_item: %.0f ns", (get_own_time () - begin) * 1000.0 / n_gets);
  g_assert_cmpuint (mallinfo2 ().uordblks, <, memory + 4096);

  /* Open rows cost their list and little else. */
  for (guint i = 0; i < 3; i++)
    {
      guint position = (guint) g_test_rand_int_range (0, 1000);
      g_autoptr(HwRow) row = NULL;
      gint64 id;

      for (;; position++)
        {
          g_clear_object (&row);
          row = dup_row_at (model, position);
          hw_row_get_measure (row, HW_MEASURE_NAME, &id);
          if (id % 1000 == 0 && hw_row_get_depth (row) == 0 && !hw_row_get_expanded (row))
            break;
        }

      begin = get_own_time ();
      hw_tree_model_expand (model, row);
      longest = measure_stops (model, begin);
      g_assert_true (hw_row_get_expanded (row));
      g_test_message ("a row of %u opened: longest stop %.2f ms", n_rows / 5, longest / 1000.0);
    }

  n = g_list_model_get_n_items (G_LIST_MODEL (model));
  begin = get_own_time ();
  for (guint i = 0; i < n_gets; i++)
    {
      g_autoptr(HwRow) row = dup_row_at (model, (guint) g_test_rand_int_range (0, (gint32) n));

      g_assert_nonnull (row);
    }
  g_test_message ("get_item with open rows: %.0f ns", (get_own_time () - begin) * 1000.0 / n_gets);

  begin = get_own_time ();
  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, FALSE });
  longest = measure_stops (model, begin);
  g_test_message ("another order: longest stop %.2f ms", longest / 1000.0);
}

/* An open row costs its list, a node and what finds them: not a thing for each of its children. */
static void
test_memory (void)
{
  g_autoptr(HwTreeModel) model = hw_tree_model_new ();
  g_autoptr(HwTreeSource) source = made_source_new (100000, 3, 10);
  guint n_opened = 0;
  gsize memory;

  hw_tree_model_set_order (model, (HwOrder) { HW_MEASURE_NAME, FALSE });
  made_source_set_big (MADE_SOURCE (source), 2, 1000);
  hw_tree_model_set_source (model, source);
  wait_idle (model);

  memory = mallinfo2 ().uordblks;
  for (guint position = 0; n_opened < 1000;)
    {
      const guint n = g_list_model_get_n_items (G_LIST_MODEL (model));
      g_autoptr(HwRow) row = dup_row_at (model, position);

      hw_tree_model_expand (model, row);
      n_opened += hw_row_get_expanded (row) ? 1 : 0;
      position += 1 + g_list_model_get_n_items (G_LIST_MODEL (model)) - n;
    }
  g_test_message ("%zu bytes an open row, half of them of 1000", (mallinfo2 ().uordblks - memory) / n_opened);
  g_assert_cmpuint (mallinfo2 ().uordblks, <, memory + n_opened * (1000 * sizeof (guint32) + 512) + 4096);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_data_func ("/model/tree/random/small", GUINT_TO_POINTER (30), test_random);
  g_test_add_data_func ("/model/tree/random/large", GUINT_TO_POINTER (6000), test_random);
  g_test_add_func ("/model/tree/windows", test_windows);
  g_test_add_func ("/model/tree/newest-wins", test_newest_wins);
  g_test_add_func ("/model/tree/expand-later", test_expand_later);
  g_test_add_func ("/model/tree/rows", test_rows);
  g_test_add_func ("/model/tree/reveal", test_reveal);
  g_test_add_func ("/model/tree/chain", test_chain);
  g_test_add_func ("/model/tree/memory", test_memory);
  g_test_add_func ("/model/tree/many", test_many);

  return g_test_run ();
}
