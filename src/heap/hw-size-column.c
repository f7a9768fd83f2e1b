/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sizes in two bytes each, the few that need more in a table beside them.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

/* With more far sizes than this and than an eighth of all, eight bytes for each are less. */
#define MANY_FAR 4096

/**
 * hw_sizes_init:
 * @self: sizes, not yet used
 *
 * Makes an empty list of sizes.
 */
void
hw_sizes_init (HwSizes *self)
{
  hw_column_init (&self->near, 2);
  hw_column_init (&self->far_node, 4);
  hw_column_init (&self->far_size, 8);
}

/**
 * hw_sizes_clear:
 * @self: sizes
 *
 * Frees the sizes.
 */
void
hw_sizes_clear (HwSizes *self)
{
  hw_column_clear (&self->near);
  hw_column_clear (&self->far_node);
  hw_column_clear (&self->far_size);
}

/**
 * hw_sizes_has_many_far:
 * @self: sizes
 * @n_far: how many of them need more than two bytes
 *
 * Returns: whether hw_sizes_widen() saves memory
 */
gboolean
hw_sizes_has_many_far (const HwSizes *self,
                       gsize          n_far)
{
  return n_far > MANY_FAR && n_far > self->near.length / 8;
}

/**
 * hw_sizes_widen:
 * @self: sizes
 * @error: return location
 *
 * Gives every size eight bytes.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_sizes_widen (HwSizes  *self,
                GError  **error)
{
  if (!hw_column_widen (&self->near, 8, error))
    return FALSE;

  for (gsize i = 0; i < self->far_node.length; i++)
    hw_column_u64 (&self->near)[hw_column_u32 (&self->far_node)[i]] = hw_column_u64 (&self->far_size)[i];
  hw_column_clear (&self->far_node);
  hw_column_clear (&self->far_size);

  return TRUE;
}

/**
 * hw_sizes_set_far:
 * @self: sizes
 * @i: a node that has no far size yet
 * @size: its size, beyond two bytes
 * @error: return location
 *
 * Sets a size that hw_sizes_set() has no place for. Unless nodes come in ascending order, hw_sizes_sort() has
 * to follow.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_sizes_set_far (HwSizes  *self,
                  gsize     i,
                  guint64   size,
                  GError  **error)
{
  if (hw_sizes_has_many_far (self, self->far_node.length + 1) && !hw_sizes_widen (self, error))
    return FALSE;
  if (self->near.width == 8)
    {
      hw_column_u64 (&self->near)[i] = size;
      return TRUE;
    }

  if (!hw_column_reserve (&self->far_node, 1, error) || !hw_column_reserve (&self->far_size, 1, error))
    return FALSE;
  hw_column_u16 (&self->near)[i] = HW_SIZE_FAR;
  hw_column_u32 (&self->far_node)[self->far_node.length++] = (guint32) i;
  hw_column_u64 (&self->far_size)[self->far_size.length++] = size;

  return TRUE;
}

static int
compare_far (gconstpointer a,
             gconstpointer b,
             gpointer      user_data)
{
  const guint32 *nodes = user_data;
  guint32 x = nodes[*(const guint32 *) a], y = nodes[*(const guint32 *) b];

  return x < y ? -1 : x > y;
}

/**
 * hw_sizes_sort:
 * @self: sizes that were set in any order
 * @error: return location
 *
 * Makes far sizes findable.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_sizes_sort (HwSizes  *self,
               GError  **error)
{
  gsize n = self->far_node.length;
  g_autofree guint32 *order = g_try_new (guint32, MAX (n, 1));
  HwColumn nodes = { .width = 4 }, sizes = { .width = 8 };

  if (order == NULL || !hw_column_resize (&nodes, n, error) || !hw_column_resize (&sizes, n, error))
    {
      hw_column_clear (&nodes);
      g_clear_error (error);
      g_set_error_literal (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY, "Not enough memory for sizes");
      return FALSE;
    }

  for (gsize i = 0; i < n; i++)
    order[i] = (guint32) i;
  g_sort_array (order, n, sizeof (guint32), compare_far, self->far_node.data);
  for (gsize i = 0; i < n; i++)
    {
      hw_column_u32 (&nodes)[i] = hw_column_u32 (&self->far_node)[order[i]];
      hw_column_u64 (&sizes)[i] = hw_column_u64 (&self->far_size)[order[i]];
    }
  hw_column_clear (&self->far_node);
  hw_column_clear (&self->far_size);
  self->far_node = nodes;
  self->far_size = sizes;

  return TRUE;
}

/**
 * hw_sizes_get_far:
 * @self: sizes, sorted
 * @i: a node whose near size is HW_SIZE_FAR
 *
 * Cost: a binary search.
 *
 * Returns: its size
 */
guint64
hw_sizes_get_far (const HwSizes *self,
                  gsize          i)
{
  const guint32 *nodes = hw_column_u32 (&self->far_node);
  gsize low = 0, high = self->far_node.length;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (nodes[middle] < i)
        low = middle + 1;
      else
        high = middle;
    }

  /* Only in a forged index there is none. */
  return low < self->far_node.length && nodes[low] == i ? hw_column_u64 (&self->far_size)[low] : HW_SIZE_FAR;
}
