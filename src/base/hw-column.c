/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-column.h"

#include <stdlib.h>
#include <sys/mman.h>

G_DEFINE_QUARK (hw-base-error-quark, hw_base_error)

/*
 * From HW_COLUMN_MAPPED_BYTES on a block is mapped by itself: it grows by moving pages and goes back to the system when it
 * is freed, so that nothing of it is left over in holes. A block may have huge pages, which save two thirds of the
 * page faults and 6 % of the processor time for a 250 MB snapshot: one that is asked for as a whole from HUGE_BYTES
 * on, one that grows later, as the last page it touches is mostly empty.
 */
#define HUGE_BYTES   (4 * 1024 * 1024)
#define HUGE_GROWING (16 * 1024 * 1024)

/* The last element of 3 bytes is read with a byte behind it. */
static gsize
block_bytes (gsize capacity,
             guint width)
{
  return capacity * width + (width == 3 ? 1 : 0);
}

static void
free_block (gpointer data,
            gsize    n_bytes)
{
  if (n_bytes >= HW_COLUMN_MAPPED_BYTES)
    munmap (data, n_bytes);
  else
    free (data);
}

/* Like realloc(): a file that is too big for this machine is an error, not an abort. New mapped pages are 0. */
static gpointer
resize_block (gpointer data,
              gsize    old_bytes,
              gsize    new_bytes,
              gsize    huge_bytes)
{
  gpointer block;

  if (old_bytes < HW_COLUMN_MAPPED_BYTES && new_bytes < HW_COLUMN_MAPPED_BYTES)
    return realloc (data, MAX (new_bytes, 1));

  if (old_bytes >= HW_COLUMN_MAPPED_BYTES && new_bytes >= HW_COLUMN_MAPPED_BYTES)
    block = mremap (data, old_bytes, new_bytes, MREMAP_MAYMOVE);
  else if (new_bytes >= HW_COLUMN_MAPPED_BYTES)
    block = mmap (NULL, new_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  else
    block = malloc (MAX (new_bytes, 1));
  if (block == NULL || block == MAP_FAILED)
    return NULL;

  if (new_bytes >= huge_bytes)
    madvise (block, new_bytes, MADV_HUGEPAGE);
  if ((old_bytes >= HW_COLUMN_MAPPED_BYTES) != (new_bytes >= HW_COLUMN_MAPPED_BYTES) && data != NULL)
    {
      memcpy (block, data, MIN (old_bytes, new_bytes));
      free_block (data, old_bytes);
    }

  return block;
}

static gboolean
set_capacity (HwColumn  *self,
              gsize      capacity,
              gsize      huge_bytes,
              GError   **error)
{
  gpointer data;
  gsize n_bytes;

  if (!g_size_checked_mul (&n_bytes, capacity, self->width + 1) ||
      (data = resize_block (self->data, self->data == NULL ? 0 : block_bytes (self->capacity, self->width),
                            block_bytes (capacity, self->width), huge_bytes)) == NULL)
    {
      g_set_error (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY,
                   "Not enough memory for %" G_GSIZE_FORMAT " values", capacity);
      return FALSE;
    }

  self->data = data;
  self->capacity = capacity;

  return TRUE;
}

/**
 * hw_column_init:
 * @self: a column, not yet used
 * @width: bytes of one element: 1, 2, 3, 4 or 8
 *
 * Makes an empty column.
 */
void
hw_column_init (HwColumn *self,
                guint     width)
{
  g_return_if_fail (width == 1 || width == 2 || width == 3 || width == 4 || width == 8);

  *self = (HwColumn) { .width = width };
}

/**
 * hw_column_clear:
 * @self: a column
 *
 * Frees the elements; the column is empty and usable afterwards.
 */
void
hw_column_clear (HwColumn *self)
{
  if (self->data != NULL)
    free_block (self->data, block_bytes (self->capacity, self->width));
  self->data = NULL;
  self->length = 0;
  self->capacity = 0;
}

/**
 * hw_column_reserve:
 * @self: a column
 * @n_more: how many elements will be added
 * @error: return location
 *
 * Makes room; the length stays.
 *
 * Returns: FALSE with [error@BaseError] when memory is short
 */
gboolean
hw_column_reserve (HwColumn  *self,
                   gsize      n_more,
                   GError   **error)
{
  gsize wanted;

  if (n_more <= self->capacity - self->length)
    return TRUE;

  if (!g_size_checked_add (&wanted, self->length, n_more))
    wanted = G_MAXSIZE;

  return set_capacity (self, MAX (wanted, MAX (self->capacity * 2, 1024)), HUGE_GROWING, error);
}

/**
 * hw_column_resize:
 * @self: a column
 * @length: the new number of elements
 * @error: return location
 *
 * Sets the length; new elements are 0.
 *
 * Returns: FALSE with [error@BaseError] when memory is short
 */
gboolean
hw_column_resize (HwColumn  *self,
                  gsize      length,
                  GError   **error)
{
  if (length > self->length)
    {
      gsize more = length - self->length;
      gboolean is_zero = self->data == NULL && length >= HW_COLUMN_MAPPED_BYTES / self->width;

      /* Exactly as much at first; who comes again may come often. */
      if (self->data == NULL ? !set_capacity (self, length, HUGE_BYTES, error) : !hw_column_reserve (self, more, error))
        return FALSE;
      /* Touching fresh pages here would cost them twice. */
      if (!is_zero)
        memset ((guint8 *) self->data + self->length * self->width, 0, more * self->width);
    }

  self->length = length;

  return TRUE;
}

/**
 * hw_column_widen:
 * @self: a column
 * @width: bytes of one element from now on; not less than before
 * @error: return location
 *
 * Rewrites all elements with a larger width, because a value came that does not fit.
 *
 * Cost: linear.
 *
 * Returns: FALSE with [error@BaseError] when memory is short
 */
gboolean
hw_column_widen (HwColumn  *self,
                 guint      width,
                 GError   **error)
{
  HwColumn wide;

  g_return_val_if_fail (width >= self->width, FALSE);

  if (width == self->width)
    return TRUE;

  hw_column_init (&wide, width);
  if (!set_capacity (&wide, self->capacity, HUGE_BYTES, error))
    return FALSE;

  for (gsize i = 0; i < self->length; i++)
    {
      guint64 value = hw_column_get (self, i);

      switch (width)
        {
        case 2:
          ((guint16 *) wide.data)[i] = (guint16) value;
          break;
        case 4:
          ((guint32 *) wide.data)[i] = (guint32) value;
          break;
        default:
          ((guint64 *) wide.data)[i] = value;
          break;
        }
    }
  wide.length = self->length;
  if (self->data != NULL)
    free_block (self->data, block_bytes (self->capacity, self->width));
  *self = wide;

  return TRUE;
}

/**
 * hw_column_shrink:
 * @self: a column
 *
 * Gives back the room that growth left over.
 */
void
hw_column_shrink (HwColumn *self)
{
  if (self->capacity > self->length)
    set_capacity (self, self->length, HUGE_GROWING, NULL);
}
