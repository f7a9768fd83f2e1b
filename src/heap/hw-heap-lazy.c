/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Columns of a restored heap that are filled when somebody asks for a part of them: references' targets, retainers,
 * dominators, object ids and places in the source. Of 2.8 M objects they are two thirds of the bytes, and Summary
 * and Retainers look at a few chunks of them.
 *
 * The room for such a column is there from the start, untouched pages that cost nothing, so that asking needs no
 * memory that could be refused. A chunk that cannot be brought any more (a disk that fails, an index that somebody
 * overwrote) reads as what is harmless, and the heap says so: hw_heap_dup_problem().
 */
#include "config.h"

#include "heap/hw-heap-lazy-private.h"

typedef struct
{
  HwColumn *column;
  guint     id;
  guint32   limit;      /* ids are less, or any number when 0 */
  guint32   harmless;   /* stands for those that are not */
  gsize     n_each;     /* elements of a chunk */
  gsize     n_chunks;
  guint    *is_there;   /* one per chunk, atomic; NULL when the column was filled at once */
  guint     n_missing;  /* atomic */
} LazyColumn;

struct _HwLazyColumns
{
  GMutex           mutex;
  HwHeapFetchFunc  fetch;
  gpointer         source;
  GDestroyNotify   destroy;
  GError          *problem;  /* under the mutex: the first */
  LazyColumn       columns[HW_N_LAZY];
};

/**
 * hw_lazy_columns_new:
 * @fetch: brings a chunk
 * @source: (transfer full): data for @fetch
 * @destroy: frees @source
 *
 * Returns: (transfer full): no columns yet
 */
HwLazyColumns *
hw_lazy_columns_new (HwHeapFetchFunc fetch,
                     gpointer        source,
                     GDestroyNotify  destroy)
{
  HwLazyColumns *self = g_new0 (HwLazyColumns, 1);

  g_mutex_init (&self->mutex);
  self->fetch = fetch;
  self->source = source;
  self->destroy = destroy;

  return self;
}

/**
 * hw_lazy_columns_free:
 * @self: (nullable): columns
 *
 * Frees what is needed to fill the columns, not the columns.
 */
void
hw_lazy_columns_free (HwLazyColumns *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < HW_N_LAZY; i++)
    g_free (self->columns[i].is_there);
  self->destroy (self->source);
  g_clear_error (&self->problem);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * hw_lazy_columns_add:
 * @self: columns
 * @lazy: which one
 * @column: where it goes; it has its length already
 * @id: what @fetch knows it by
 * @n_each: elements of each chunk but the last
 *
 * Leaves a column to be filled later.
 */
void
hw_lazy_columns_add (HwLazyColumns *self,
                     HwLazy         lazy,
                     HwColumn      *column,
                     guint          id,
                     gsize          n_each)
{
  LazyColumn *added = &self->columns[lazy];

  added->column = column;
  added->id = id;
  added->n_each = n_each;
  added->n_chunks = (column->length + n_each - 1) / n_each;
  added->is_there = g_new0 (guint, added->n_chunks);
  added->n_missing = (guint) added->n_chunks;
}

/**
 * hw_lazy_columns_get_is_lazy:
 * @self: columns
 * @lazy: which one
 *
 * Returns: whether the column is filled later
 */
gboolean
hw_lazy_columns_get_is_lazy (const HwLazyColumns *self,
                             HwLazy               lazy)
{
  return self->columns[lazy].is_there != NULL;
}

/**
 * hw_lazy_columns_set_limit:
 * @self: columns
 * @lazy: one that is filled later
 * @limit: what all of its numbers are less than
 * @harmless: stands for those that are not
 *
 * Says what its numbers point into, before the first is asked for.
 */
void
hw_lazy_columns_set_limit (HwLazyColumns *self,
                           HwLazy         lazy,
                           guint32        limit,
                           guint32        harmless)
{
  self->columns[lazy].limit = limit;
  self->columns[lazy].harmless = harmless;
}

/* FALSE when a number points outside; it is @harmless afterwards. */
static gboolean
make_safe (LazyColumn *self,
           gsize       first,
           gsize       end,
           gboolean    is_filled)
{
  HwColumn *column = self->column;
  HwIds ids = hw_column_ids (column);
  gboolean is_safe = TRUE;

  if (self->limit == 0)
    {
      if (!is_filled)
        memset ((guint8 *) column->data + first * column->width, 0, (end - first) * column->width);
      return TRUE;
    }

  for (gsize i = first; i < end; i++)
    if (!is_filled || hw_id (ids, i) >= self->limit)
      {
        hw_column_set_id (column, i, self->harmless);
        is_safe = FALSE;
      }

  return is_safe;
}

static void
fill_chunk (HwLazyColumns *self,
            LazyColumn    *lazy,
            gsize          chunk)
{
  HwColumn *column = lazy->column;
  gsize first = chunk * lazy->n_each, end = MIN (first + lazy->n_each, column->length);
  g_autoptr(GError) error = NULL;
  gboolean is_filled = self->fetch (self->source, lazy->id, chunk, (guint8 *) column->data + first * column->width,
                                    (end - first) * column->width, &error);

  if (!make_safe (lazy, first, end, is_filled) && error == NULL)
    g_set_error_literal (&error, HW_HEAP_ERROR, HW_HEAP_ERROR_BAD_COLUMN, "A kept number points outside of the heap");
  if (error != NULL && self->problem == NULL)
    self->problem = g_steal_pointer (&error);
}

/**
 * hw_lazy_columns_fill:
 * @self: columns
 * @lazy: which one
 * @first: an element
 * @n: how many of them
 *
 * Fills the chunks in which the elements are, unless they are there. Any thread may call this.
 */
void
hw_lazy_columns_fill (HwLazyColumns *self,
                      HwLazy         lazy,
                      gsize          first,
                      gsize          n)
{
  LazyColumn *column = &self->columns[lazy];

  if (n == 0 || g_atomic_int_get (&column->n_missing) == 0)
    return;

  for (gsize chunk = first / column->n_each; chunk <= (first + n - 1) / column->n_each; chunk++)
    {
      if (g_atomic_int_get (&column->is_there[chunk]))
        continue;

      g_mutex_lock (&self->mutex);
      if (!column->is_there[chunk])
        {
          fill_chunk (self, column, chunk);
          g_atomic_int_set (&column->is_there[chunk], TRUE);
          g_atomic_int_add (&column->n_missing, -1);
        }
      g_mutex_unlock (&self->mutex);
    }
}

/**
 * hw_lazy_columns_fill_all:
 * @self: columns
 *
 * Fills whatever is not there yet.
 */
void
hw_lazy_columns_fill_all (HwLazyColumns *self)
{
  for (guint i = 0; i < HW_N_LAZY; i++)
    if (self->columns[i].is_there != NULL)
      hw_lazy_columns_fill (self, (HwLazy) i, 0, self->columns[i].column->length);
}

/**
 * hw_heap_dup_problem:
 * @self: a heap
 *
 * Tells whether a part of a heap that was brought back could not be read when it was asked for. What was shown from
 * that part is wrong. Opening the snapshot again reads it anew.
 *
 * Returns: (transfer full) (nullable): a message, or NULL when all is well
 */
char *
hw_heap_dup_problem (HwHeap *self)
{
  char *message = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->lazy == NULL)
    return NULL;

  g_mutex_lock (&self->lazy->mutex);
  if (self->lazy->problem != NULL)
    message = g_strdup (self->lazy->problem->message);
  g_mutex_unlock (&self->lazy->mutex);

  return message;
}
