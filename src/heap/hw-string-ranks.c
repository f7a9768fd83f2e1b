/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ranks of all strings of a heap. Ten million different names take a second to compare; with their ranks at
 * hand a table of them is sorted as fast as by a number.
 */
#include "config.h"

#include "heap/hw-key-sort-private.h"
#include "heap/hw-order-texts-private.h"
#include "heap/hw-order.h"

/* Fewer are ranked within the blink of the first sort by name. */
#define MANY_STRINGS 250000

/* Another thread that ranks is asked this often whether it is done. */
#define WAIT_MICROSECONDS (20 * 1000)

static guint32 *
rank_strings (HwHeap        *heap,
              GCancellable  *cancellable,
              GError       **error)
{
  g_auto(HwColumn) texts = { 0 };
  guint32 *ranks = g_try_new (guint32, MAX (heap->n_strings, 1));

  hw_column_init (&texts, sizeof (char *));
  if (ranks == NULL || !hw_column_resize (&texts, MAX (heap->n_strings, 1), NULL))
    {
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory to sort");
      g_free (ranks);
      return NULL;
    }

  for (guint32 i = 0; i < heap->n_strings; i++)
    ((const char **) texts.data)[i] = hw_heap_string (heap, i);
  if (!hw_rank_texts (texts.data, heap->n_strings, ranks, cancellable, error))
    g_clear_pointer (&ranks, g_free);

  return ranks;
}

/**
 * hw_heap_ensure_string_ranks:
 * @self: a heap
 * @cancellable: (nullable): stops the work
 * @error: return location
 *
 * Ranks all strings, once; a thread that comes while another ranks waits for it. Cost: some 0.1 µs a string and
 * 40 bytes, of which 4 are kept.
 *
 * Returns: (transfer none): for each string how many different ones are less, or NULL
 */
const guint32 *
hw_heap_ensure_string_ranks (HwHeap        *self,
                             GCancellable  *cancellable,
                             GError       **error)
{
  guint32 *ranks = g_atomic_pointer_get (&self->string_ranks);

  if (ranks != NULL)
    return ranks;

  while (!g_mutex_trylock (&self->ranks_mutex))
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      g_usleep (WAIT_MICROSECONDS);
    }
  ranks = self->string_ranks;
  if (ranks == NULL)
    {
      ranks = rank_strings (self, cancellable, error);
      g_atomic_pointer_set (&self->string_ranks, ranks);
    }
  g_mutex_unlock (&self->ranks_mutex);

  return ranks;
}

static void
prepare_worker (GTask        *task,
                gpointer      source_object G_GNUC_UNUSED,
                gpointer      task_data,
                GCancellable *cancellable)
{
  hw_heap_ensure_string_ranks (task_data, cancellable, NULL);
  g_task_return_boolean (task, TRUE);
}

/**
 * hw_order_prepare:
 * @heap: a heap that a person will look at
 * @cancellable: (nullable): stops the work
 *
 * Does on a worker, once, what the first order by name would have to wait for, if that is worth it.
 */
void
hw_order_prepare (HwHeap       *heap,
                  GCancellable *cancellable)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (heap != NULL);

  if (heap->n_strings < MANY_STRINGS)
    return;

  task = g_task_new (NULL, cancellable, NULL, NULL);
  g_task_set_source_tag (task, hw_order_prepare);
  g_task_set_priority (task, G_PRIORITY_LOW);
  g_task_set_task_data (task, hw_heap_ref (heap), (GDestroyNotify) hw_heap_unref);
  g_task_run_in_thread (task, prepare_worker);
}
