/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a table of very many rows costs: the time until it is sorted and shown, and the longest time that
 * the main thread did not answer, for every way to change it: the time between two looks at what has come in,
 * a whole frame of GTK's included. "busy ms" is the most processor time in such a time: what remains of it on a
 * machine that has other work to do. Beside each figure stands how often the bytes of the rows' ids could have
 * been copied meanwhile.
 *
 *   bench-list [--full]
 *
 * GTK needs its time for a first frame and for a jump whatever is in the model (it binds some 200 rows
 * anew), so the same is measured for a table of 300 rows and shown as "GTK's own".
 */
#include "config.h"

#include <adwaita.h>
#include <string.h>
#include <time.h>

#include "made-source.h"
#include "widgets/hw-tree-table.h"

static const HwTableColumn columns[] = {
  { "name", "Constructor", "", HW_MEASURE_NAME, HW_CELL_NAME, 0, FALSE },
  { "distance", "Distance", "", HW_MEASURE_DISTANCE, HW_CELL_DISTANCE, 90, TRUE },
  { "shallow-size", "Shallow Size", "", HW_MEASURE_SHALLOW_SIZE, HW_CELL_SIZE, 150, TRUE },
  { "retained-size", "Retained Size", "", HW_MEASURE_RETAINED_SIZE, HW_CELL_SIZE, 150, FALSE },
};

typedef struct
{
  GtkWindow     *window;
  HwTreeTable   *table;
  HwTreeModel   *model;
  GtkColumnView *view;
  gint64         awake;      /* since when the main loop has not waited */
  gint64         awake_cpu;
  gint64         busy;       /* as stall, in processor time */
  gint64         stall;      /* the longest since begin(), in microseconds */
  guint          frames;
  gint64 at, to;
  double         copy;       /* microseconds to copy four bytes for each row */
} Bench;

static Bench *current;

static gint64
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
wake (Bench *self)
{
  self->awake = g_get_monotonic_time ();
  self->awake_cpu = get_cpu_time ();
}

static void
note_stall (Bench *self)
{
  self->stall = MAX (self->stall, g_get_monotonic_time () - self->awake);
  self->busy = MAX (self->busy, get_cpu_time () - self->awake_cpu);
}

static int
poll_cb (GPollFD *fds,
         guint    n_fds,
         int      timeout)
{
  int n;

  if (current != NULL)
    note_stall (current);
  n = g_poll (fds, n_fds, timeout);
  if (current != NULL)
    wake (current);

  return n;
}

/* Keeps the loop turning, should a frame be lost. */
static gboolean
turn_cb (gpointer data)
{
  gtk_widget_queue_draw (GTK_WIDGET (((Bench *) data)->window));

  return G_SOURCE_CONTINUE;
}

static gboolean
frame_cb (GtkWidget     *widget G_GNUC_UNUSED,
          GdkFrameClock *clock G_GNUC_UNUSED,
          gpointer       data)
{
  ((Bench *) data)->frames++;

  return G_SOURCE_CONTINUE;
}

static GtkWidget *
find_view (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  if (GTK_IS_COLUMN_VIEW (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_view (child);

  return found;
}

static void
run_frames (Bench *self,
            guint  n)
{
  guint end = self->frames + n;
  gint64 limit = g_get_monotonic_time () + G_USEC_PER_SEC;

  gtk_widget_queue_draw (GTK_WIDGET (self->window));
  while (self->frames < end && g_get_monotonic_time () < limit)
    g_main_context_iteration (NULL, TRUE);
}

/* Until nothing is being prepared and what came of it has been drawn, also what a new list holds back at first. */
static void
finish (Bench *self)
{
  GListModel *shown = G_LIST_MODEL (gtk_column_view_get_model (self->view));

  do
    {
      while (hw_tree_model_get_busy (self->model))
        g_main_context_iteration (NULL, TRUE);
      run_frames (self, 3);
    }
  while (g_list_model_get_n_items (shown) < g_list_model_get_n_items (G_LIST_MODEL (self->model)));
}

static gint64
begin (Bench *self)
{
  run_frames (self, 2);
  self->stall = self->busy = 0;
  wake (self);

  return self->awake;
}

static void
report (Bench      *self,
        const char *what,
        gint64      start,
        Bench      *own,
        gint64      own_stall)
{
  double time = (double) (g_get_monotonic_time () - start);

  note_stall (self);
  { extern void hw_prof_report (long, long, const char *) __attribute__((weak)); if (hw_prof_report && self->copy > 0) hw_prof_report (self->at, self->to, what); }
  g_print ("%-32s %10.1f %10.1f %10.1f", what, time / 1000, (double) self->stall / 1000, (double) self->busy / 1000);
  if (own != NULL)
    g_print (" %10.1f", (double) own_stall / 1000);
  else
    g_print (" %10s", "");
  if (self->copy > 0)
    g_print (" %10.0f", time / self->copy);
  g_print ("\n");
}

static void
bench_init (Bench *self)
{
  *self = (Bench) { .table = HW_TREE_TABLE (hw_tree_table_new ("bench")) };
  hw_tree_table_set_columns (self->table, columns, G_N_ELEMENTS (columns), (HwOrder) { HW_MEASURE_NAME, FALSE }, NULL);
  self->model = hw_tree_table_get_model (self->table);
  self->view = GTK_COLUMN_VIEW (find_view (GTK_WIDGET (self->table)));
  self->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (self->window, 1000, 700);
  gtk_window_set_child (self->window, GTK_WIDGET (self->table));
  gtk_widget_add_tick_callback (GTK_WIDGET (self->window), frame_cb, self, NULL);
  gtk_window_present (self->window);
  g_timeout_add (100, turn_cb, self);
  current = self;
  run_frames (self, 3);
  /* A window manager that was just starting may have missed the window. */
  for (guint i = 0; i < 10 && self->frames == 0; i++)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
      gtk_window_present (self->window);
      run_frames (self, 3);
    }
}

static void
bench_clear (Bench *self)
{
  current = NULL;
  g_source_remove_by_user_data (self);
  gtk_window_destroy (self->window);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
measure_copy (Bench   *self,
              guint32  n_rows)
{
  gsize n_bytes = (gsize) n_rows * 4;
  g_autofree char *from = g_malloc (n_bytes);
  g_autofree char *to = g_malloc (n_bytes);
  gint64 start;

  memset (from, 1, n_bytes);
  memset (to, 2, n_bytes);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < 4; i++)
    {
      from[i] = to[i];
      memcpy (to, from, n_bytes);
    }
  self->copy = MAX ((double) (g_get_monotonic_time () - start) / 4, 0.1);
}

/* What GTK itself needs for the same, in a table of 300 rows. */
typedef struct
{
  gint64 show;
  gint64 sort;
  gint64 jump;
  gint64 page;
} Own;

static void
show_source (Bench   *self,
             guint32  n_rows,
             guint32  n_children)
{
  g_autoptr(HwTreeSource) source = made_source_new (n_rows, 3, 1);

  made_source_set_big (MADE_SOURCE (source), MAX (n_rows, 1), n_children);
  hw_tree_table_set_source (self->table, source, 1, 0);
}

static void
scroll_page (Bench *self)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment));
  run_frames (self, 2);
}

static void
jump (Bench *self,
      guint  position)
{
  gtk_column_view_scroll_to (self->view, position, NULL, GTK_LIST_SCROLL_NONE, NULL);
  run_frames (self, 2);
}

static void
measure_own (Own *own)
{
  Bench bench;

  bench_init (&bench);
  begin (&bench);
  show_source (&bench, 300, 0);
  finish (&bench);
  own->show = bench.stall;
  begin (&bench);
  hw_tree_table_sort_by (bench.table, "retained-size", TRUE);
  finish (&bench);
  own->sort = bench.stall;
  begin (&bench);
  jump (&bench, 299);
  own->jump = bench.stall;
  begin (&bench);
  jump (&bench, 0);
  own->jump = MAX (own->jump, bench.stall);
  begin (&bench);
  scroll_page (&bench);
  own->page = bench.stall;
  bench_clear (&bench);
}

static void
measure (guint32    n_rows,
         guint32    n_children,
         const Own *own)
{
  static const struct { const char *name; const char *column; } sorts[] = {
    { "sort by name", "name" }, { "sort by distance", "distance" },
    { "sort by shallow size", "shallow-size" }, { "sort by retained size", "retained-size" },
  };
  g_autoptr(HwRow) row = NULL;
  Bench bench;
  gint64 start;

  bench_init (&bench);
  measure_copy (&bench, n_rows);
  g_print ("\n%u rows, %u children\n%-32s %10s %10s %10s %10s %10s\n", n_rows, n_children,
           "", "ms", "stall ms", "busy ms", "GTK's own", "× copy");

  start = begin (&bench);
  show_source (&bench, n_rows, n_children);
  finish (&bench);
  report (&bench, "first rows", start, &bench, own->show);

  start = begin (&bench);
  scroll_page (&bench);
  report (&bench, "scroll a page", start, &bench, own->page);

  start = begin (&bench);
  jump (&bench, n_rows / 2);
  report (&bench, "jump to the middle", start, &bench, own->jump);

  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    for (guint descending = 0; descending < 2; descending++)
      {
        g_autofree char *name = g_strconcat (sorts[i].name, descending ? " ↓" : " ↑", NULL);

        start = begin (&bench);
        hw_tree_table_sort_by (bench.table, sorts[i].column, descending);
        finish (&bench);
        report (&bench, name, start, &bench, own->sort);
      }

  start = begin (&bench);
  hw_tree_model_set_filter (bench.model, "99");
  finish (&bench);
  report (&bench, "filter", start, &bench, own->sort);
  hw_tree_model_set_filter (bench.model, NULL);
  hw_tree_table_sort_by (bench.table, "name", FALSE);
  finish (&bench);

  jump (&bench, 0);
  row = g_list_model_get_item (G_LIST_MODEL (bench.model), 0);
  measure_copy (&bench, n_children);
  start = begin (&bench);
  hw_tree_model_expand (bench.model, row);
  finish (&bench);
  report (&bench, "open the children", start, &bench, own->jump);
  jump (&bench, n_children / 2);
  start = begin (&bench);
  hw_tree_model_collapse (bench.model, row);
  finish (&bench);
  report (&bench, "close, from their middle", start, &bench, own->sort);

  start = begin (&bench);
  hw_tree_model_set_filter (bench.model, "no row");
  finish (&bench);
  report (&bench, "filter, nothing left", start, NULL, 0);
  start = begin (&bench);
  hw_tree_model_set_filter (bench.model, NULL);
  finish (&bench);
  report (&bench, "no filter again", start, &bench, own->show);

  start = begin (&bench);
  hw_tree_table_set_source (bench.table, NULL, 0, 0);
  run_frames (&bench, 3);
  report (&bench, "show nothing", start, NULL, 0);
  bench_clear (&bench);
}

int
main (int    argc,
      char **argv)
{
  gboolean full = argc > 1 && g_str_equal (argv[1], "--full");
  Own own;

  gtk_init ();
  adw_init ();
  g_main_context_set_poll_func (NULL, poll_cb);
  /* The first window pays for fonts and styles. */
  measure_own (&own);
  measure_own (&own);
  if (full)
    {
      measure (1000000, 1000000, &own);
      measure (10000000, 5000000, &own);
    }
  else
    measure (100000, 100000, &own);

  return 0;
}
