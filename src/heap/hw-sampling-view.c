/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Heavy and Tree of a sampled profile. First the profile is walked once, and a tree of calls is made of what
 * counts: excluded functions are taken out of the stacks, what is above the function in focus is cut off, and
 * calls of one function below one caller become one. Both views are made of that tree.
 *
 * Heavy follows DevTools: each call contributes to the row of its function, of its function below its caller,
 * and so on up to the outermost call; what a function allocated in calls of itself is part of its total
 * already. The rows of one level are made when they are asked for, so memory is linear in the tree for each.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/hw-text.h"
#include "heap/hw-sampling-view.h"

/* A call that counts. The root is 0 and has no function. */
typedef struct
{
  guint32  parent;
  guint32  function;
  guint64  self_size;
  guint64  total_size;
  gboolean is_recursive;   /* the same function is above it */
} Call;

/* What a row of Heavy is made of: a call, and the one of its callers that the row stands for. */
typedef struct
{
  guint32 call;
  guint32 caller;
} Part;

typedef struct
{
  HwSamplingRow  row;
  GArray        *parts;      /* Part; in Tree one call, which is its own caller */
  GArray        *children;   /* guint32 rows; NULL until asked for */
} Row;

struct _HwSamplingView
{
  HwSamplingProfile *profile;
  HwSamplingKind     kind;
  GArray            *calls;      /* Call, parents first */
  GPtrArray         *rows;       /* Row; 0 stands for all */
  guint32           *first_call; /* for Tree: the calls below each call, as a list */
  guint32           *next_call;
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_clear_pointer (&row->parts, g_array_unref);
  g_clear_pointer (&row->children, g_array_unref);
  g_free (row);
}

static Call *
get_call (HwSamplingView *self,
          guint32         i)
{
  return &g_array_index (self->calls, Call, i);
}

/* The call of @function below @parent, made if there is none. */
static guint32
ensure_call (HwSamplingView *self,
             GHashTable     *known,
             guint32         parent,
             guint32         function)
{
  guint64 key = (guint64) parent << 32 | function;
  guint32 call = GPOINTER_TO_UINT (g_hash_table_lookup (known, &key));

  if (call == 0)
    {
      Call new_call = { .parent = parent, .function = function };

      call = self->calls->len;
      g_array_append_val (self->calls, new_call);
      g_hash_table_insert (known, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (call));
    }

  return call;
}

/* What each node of the profile allocated, in all or in a range of samples. */
static guint64 *
collect_sizes (HwSamplingProfile       *profile,
               const HwSamplingOptions *options)
{
  guint n_nodes = hw_sampling_profile_get_n_nodes (profile);
  guint64 *sizes = g_new0 (guint64, n_nodes);

  if (!options->has_range)
    for (guint i = 0; i < n_nodes; i++)
      sizes[i] = hw_sampling_profile_get_node (profile, i)->self_size;
  else
    for (guint i = 0; i < hw_sampling_profile_get_n_samples (profile); i++)
      {
        const HwSamplingSample *sample = hw_sampling_profile_get_sample (profile, i);

        if (sample->ordinal >= options->first_ordinal && sample->ordinal <= options->last_ordinal)
          sizes[sample->node] += sample->size;
      }

  return sizes;
}

/* Makes the tree of calls that count. */
static void
make_calls (HwSamplingView          *self,
            const HwSamplingOptions *options)
{
  HwSamplingProfile *profile = self->profile;
  guint n_nodes = hw_sampling_profile_get_n_nodes (profile);
  g_autofree guint64 *sizes = collect_sizes (profile, options);
  g_autofree guint32 *call_of = g_new (guint32, n_nodes);
  g_autofree gboolean *is_excluded = g_new0 (gboolean, hw_sampling_profile_get_n_functions (profile));
  g_autoptr(GHashTable) known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gboolean has_focus = options->focus != HW_SAMPLING_NONE;
  Call root = { .parent = HW_SAMPLING_NONE, .function = HW_SAMPLING_NONE };

  for (guint i = 0; i < options->n_excluded; i++)
    if (options->excluded[i] < hw_sampling_profile_get_n_functions (profile))
      is_excluded[options->excluded[i]] = TRUE;

  g_array_append_val (self->calls, root);
  call_of[0] = has_focus ? HW_SAMPLING_NONE : 0;
  for (guint i = 1; i < n_nodes; i++)
    {
      const HwSamplingNode *node = hw_sampling_profile_get_node (profile, i);
      guint32 parent = call_of[node->parent];

      if (parent == HW_SAMPLING_NONE && node->function == options->focus)
        parent = 0;
      call_of[i] = parent == HW_SAMPLING_NONE || is_excluded[node->function]
                     ? parent
                     : ensure_call (self, known, parent, node->function);
    }

  for (guint i = 0; i < n_nodes; i++)
    if (call_of[i] != HW_SAMPLING_NONE)
      get_call (self, call_of[i])->self_size += sizes[i];
  for (guint32 i = self->calls->len; i-- > 0;)
    {
      Call *call = get_call (self, i);

      call->total_size += call->self_size;
      if (i > 0)
        get_call (self, call->parent)->total_size += call->total_size;
    }
}

/* Marks calls below a call of the same function. An explicit walk keeps count of what is open. */
static void
mark_recursion (HwSamplingView *self)
{
  g_autofree guint32 *n_open = g_new0 (guint32, hw_sampling_profile_get_n_functions (self->profile));
  guint32 call = self->first_call[0];

  while (call != HW_SAMPLING_NONE)
    {
      Call *this_call = get_call (self, call);

      this_call->is_recursive = n_open[this_call->function]++ > 0;
      if (self->first_call[call] != HW_SAMPLING_NONE)
        {
          call = self->first_call[call];
          continue;
        }
      /* To the next beside it, or beside what it is in. */
      for (;;)
        {
          n_open[get_call (self, call)->function]--;
          if (self->next_call[call] != HW_SAMPLING_NONE)
            {
              call = self->next_call[call];
              break;
            }
          call = get_call (self, call)->parent;
          if (call == 0)
            return;
        }
    }
}

static void
link_calls (HwSamplingView *self)
{
  guint32 n = self->calls->len;

  self->first_call = g_new (guint32, n);
  self->next_call = g_new (guint32, n);
  memset (self->first_call, 0xff, n * sizeof (guint32));
  memset (self->next_call, 0xff, n * sizeof (guint32));
  for (guint32 i = n; i-- > 1;)
    {
      guint32 parent = get_call (self, i)->parent;

      self->next_call[i] = self->first_call[parent];
      self->first_call[parent] = i;
    }
}

static guint32
add_row (HwSamplingView *self,
         guint32         function)
{
  Row *row = g_new0 (Row, 1);

  row->row.function = function;
  row->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_ptr_array_add (self->rows, row);

  return self->rows->len - 1;
}

/**
 * hw_sampling_view_new:
 * @profile: a profile
 * @options: what of it to show
 *
 * Cost: linear in the profile.
 *
 * Returns: (transfer full): a view whose rows are made when they are asked for
 */
HwSamplingView *
hw_sampling_view_new (HwSamplingProfile       *profile,
                      const HwSamplingOptions *options)
{
  HwSamplingView *self;
  Row *all;

  g_return_val_if_fail (profile != NULL && options != NULL, NULL);

  self = g_new0 (HwSamplingView, 1);
  self->profile = hw_sampling_profile_ref (profile);
  self->kind = options->kind;
  self->calls = g_array_new (FALSE, FALSE, sizeof (Call));
  self->rows = g_ptr_array_new_with_free_func (row_free);
  make_calls (self, options);
  link_calls (self);
  mark_recursion (self);

  add_row (self, HW_SAMPLING_NONE);
  all = g_ptr_array_index (self->rows, 0);
  all->row.self_size = get_call (self, 0)->self_size;
  all->row.total_size = get_call (self, 0)->total_size;
  all->row.has_children = self->calls->len > 1;

  return self;
}

/**
 * hw_sampling_view_free:
 * @self: a view
 *
 * Frees it.
 */
void
hw_sampling_view_free (HwSamplingView *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->calls, g_array_unref);
  g_free (self->first_call);
  g_free (self->next_call);
  hw_sampling_profile_unref (self->profile);
  g_free (self);
}

/**
 * hw_sampling_view_get_total:
 * @self: a view
 *
 * Returns: what percentages are of: the bytes of all that counts
 */
guint64
hw_sampling_view_get_total (HwSamplingView *self)
{
  return get_call (self, 0)->total_size;
}

/**
 * hw_sampling_view_get_row:
 * @self: a view
 * @row: 0, which stands for all, or what hw_sampling_view_get_children() gave
 *
 * Returns: (transfer none): the row, valid until the next children are asked for
 */
const HwSamplingRow *
hw_sampling_view_get_row (HwSamplingView *self,
                          guint32         row)
{
  g_return_val_if_fail (row < self->rows->len, NULL);

  return &((Row *) g_ptr_array_index (self->rows, row))->row;
}

/* Adds what @part contributes to the row of the function of its caller. */
static void
add_part (HwSamplingView *self,
          GHashTable     *known,
          GArray         *children,
          Part            part)
{
  const Call *call = get_call (self, part.call), *caller = get_call (self, part.caller);
  gpointer key = GUINT_TO_POINTER (caller->function + 1);
  guint32 number = GPOINTER_TO_UINT (g_hash_table_lookup (known, key));
  Row *row;

  if (number == 0)
    {
      number = add_row (self, caller->function);
      g_hash_table_insert (known, key, GUINT_TO_POINTER (number));
      g_array_append_val (children, number);
    }
  row = g_ptr_array_index (self->rows, number);
  row->row.self_size += call->self_size;
  if (self->kind == HW_SAMPLING_TREE || !call->is_recursive)
    row->row.total_size += call->total_size;
  row->row.has_children = row->row.has_children ||
                          (self->kind == HW_SAMPLING_TREE ? call->total_size > call->self_size : caller->parent != 0);
  g_array_append_val (row->parts, part);
}

static GArray *
make_children (HwSamplingView *self,
               guint32         parent)
{
  g_autoptr(GHashTable) known = g_hash_table_new (NULL, NULL);
  Row *row = g_ptr_array_index (self->rows, parent);
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (guint32));
  GArray *children = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (self->kind == HW_SAMPLING_TREE)
    {
      guint32 of = parent == 0 ? 0 : g_array_index (row->parts, Part, 0).call;

      for (guint32 i = self->first_call[of]; i != HW_SAMPLING_NONE; i = self->next_call[i])
        add_part (self, known, all, (Part) { i, i });
    }
  else if (parent == 0)
    for (guint32 i = 1; i < self->calls->len; i++)
      add_part (self, known, all, (Part) { i, i });
  else
    for (guint i = 0; i < row->parts->len; i++)
      {
        Part part = g_array_index (row->parts, Part, i);

        part.caller = get_call (self, part.caller)->parent;
        if (part.caller != 0)
          add_part (self, known, all, part);
      }

  for (guint i = 0; i < all->len; i++)
    {
      guint32 number = g_array_index (all, guint32, i);
      const HwSamplingRow *child = hw_sampling_view_get_row (self, number);

      if (child->self_size > 0 || child->total_size > 0)
        g_array_append_val (children, number);
    }

  return children;
}

typedef struct
{
  HwSamplingView *view;
  HwOrder         order;
} Sorting;

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const Sorting *sorting = user_data;
  guint32 i = *(const guint32 *) a, j = *(const guint32 *) b;
  const HwSamplingRow *x = hw_sampling_view_get_row (sorting->view, i), *y = hw_sampling_view_get_row (sorting->view, j);
  int order;

  if (sorting->order.measure == HW_MEASURE_NAME)
    order = strcmp (hw_sampling_profile_get_function (sorting->view->profile, x->function)->name,
                    hw_sampling_profile_get_function (sorting->view->profile, y->function)->name);
  else if (sorting->order.measure == HW_MEASURE_RETAINED_SIZE)
    order = x->total_size < y->total_size ? -1 : x->total_size > y->total_size;
  else
    order = x->self_size < y->self_size ? -1 : x->self_size > y->self_size;

  if (order != 0)
    return sorting->order.descending ? -order : order;

  return i < j ? -1 : i > j;
}

/**
 * hw_sampling_view_get_children:
 * @self: a view
 * @row: 0 for the outermost rows, else one of them or below
 * @order: by HW_MEASURE_SHALLOW_SIZE (self), HW_MEASURE_RETAINED_SIZE (total) or HW_MEASURE_NAME
 * @n_children: (out): how many there are
 *
 * Makes the rows below a row when it is asked for the first time, and sorts them.
 *
 * Returns: (transfer none): rows, valid until the next call for @row
 */
const guint32 *
hw_sampling_view_get_children (HwSamplingView *self,
                               guint32         row,
                               HwOrder         order,
                               guint          *n_children)
{
  Sorting sorting = { self, order };
  GArray *children;

  g_return_val_if_fail (row < self->rows->len, NULL);

  children = ((Row *) g_ptr_array_index (self->rows, row))->children;
  if (children == NULL)
    {
      children = make_children (self, row);
      ((Row *) g_ptr_array_index (self->rows, row))->children = children;
    }
  g_array_sort_with_data (children, compare_rows, &sorting);
  *n_children = children->len;

  return (const guint32 *) (gpointer) children->data;
}

/* Whether @query is a comparison such as "> 10 %" or "<=2048", and what it says of these sizes. */
static gboolean
compare_sizes (const char *query,
               guint64     total,
               guint64     self_size,
               guint64     total_size,
               gboolean   *matches)
{
  const char sign = *query;
  gboolean or_equal, is_percent;
  double number, values[2] = { (double) self_size, (double) total_size };
  char *end;

  if (sign == '\0' || strchr ("<>=", sign) == NULL)
    return FALSE;
  query++;
  or_equal = *query == '=';
  number = g_ascii_strtod (query + (or_equal ? 1 : 0), &end);
  if (end == query + (or_equal ? 1 : 0))
    return FALSE;
  end += strspn (end, " ");
  is_percent = *end == '%';
  if (end[is_percent ? 1 : 0] != '\0')
    return FALSE;

  *matches = FALSE;
  for (guint i = 0; i < 2; i++)
    {
      double value = is_percent ? values[i] * 100 / (double) MAX (total, 1) : values[i];

      if (is_percent && sign == '=')
        value = (double) (gint64) (value * 100 + 0.5) / 100;
      if (value == number ? sign == '=' || or_equal : sign == '>' ? value > number : sign == '<' && value < number)
        *matches = TRUE;
    }

  return TRUE;
}

/**
 * hw_sampling_view_matches:
 * @self: a view
 * @row: a row
 * @query: a text, or a comparison of sizes: `>`, `<` or `=` and bytes or, with `%`, parts of the whole
 *
 * Returns: whether the function or the address of its script contains @query in any case, or self or total
 *   size is as @query says
 */
gboolean
hw_sampling_view_matches (HwSamplingView *self,
                          guint32         row,
                          const char     *query)
{
  const HwSamplingRow *shown = hw_sampling_view_get_row (self, row);
  const HwSamplingFunction *function;
  g_autofree char *wanted = NULL;
  g_autofree char *text = NULL;
  g_autofree char *folded = NULL;
  gboolean matches;

  g_return_val_if_fail (query != NULL && row > 0, FALSE);

  if (compare_sizes (query, hw_sampling_view_get_total (self), shown->self_size, shown->total_size, &matches))
    return matches;
  function = hw_sampling_profile_get_function (self->profile, shown->function);
  wanted = hw_text_dup_folded (query);
  text = g_strconcat (function->name, "\n", function->url, NULL);
  folded = hw_text_dup_folded (text);

  return strstr (folded, wanted) != NULL;
}

/**
 * hw_sampling_function_dup_name:
 * @self: a function
 *
 * Returns: (transfer full): what a person reads; a function without a name is “(anonymous)”
 */
char *
hw_sampling_function_dup_name (const HwSamplingFunction *self)
{
  return g_strdup (*self->name != '\0' ? self->name : _("(anonymous)"));
}
