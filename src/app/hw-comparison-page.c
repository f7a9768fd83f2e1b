/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-comparison-page.h"

#include "app/hw-explanations.h"
#include "app/hw-filter-entry.h"
#include "app/hw-page-table.h"
#include "app/hw-settings.h"
#include "app/hw-words.h"
#include "heap/hw-heap-diff.h"

#include <glib/gi18n.h>

struct _HwComparisonPage
{
  HwPage           parent_instance;

  AdwBreakpoint   *medium;
  AdwBreakpoint   *narrow;
  GtkSearchEntry  *filter;
  GtkDropDown     *base;
  GtkToggleButton *side_by_side;
  AdwSpinner      *spinner;
  GtkLabel        *totals;
  GtkStack        *stack;
  AdwBin          *place;
  AdwBin          *base_place;
  AdwBin          *current_place;
  GtkLabel        *base_title;
  GtkLabel        *current_title;
  AdwStatusPage   *status;

  HwTreeTable     *table;
  HwTreeTable     *side;
  HwDocument      *document;      /* owned while set */
  HwCapture       *captures[2];   /* owned: base and current, while followed */
  HwHeapDiff      *diff;          /* owned */
  GCancellable    *cancellable;   /* of the running comparison */
  gboolean         choosing;      /* the chooser is being filled, not used */
};

G_DEFINE_FINAL_TYPE (HwComparisonPage, hw_comparison_page, HW_TYPE_PAGE)

static void
show_status (HwComparisonPage *self,
             const char       *icon,
             const char       *title,
             const char       *description)
{
  adw_status_page_set_icon_name (self->status, icon);
  adw_status_page_set_title (self->status, title);
  adw_status_page_set_description (self->status, description);
  gtk_stack_set_visible_child_name (self->stack, "status");
  gtk_label_set_text (self->totals, NULL);
}

static void
update_totals (HwComparisonPage *self,
               guint64          *largest)
{
  g_autofree char *delta = NULL, *number = NULL, *added = NULL, *removed = NULL, *text = NULL;
  guint64 added_count = 0, removed_count = 0;
  gint64 size = 0;

  *largest = 0;
  for (guint i = 0; i < hw_heap_diff_get_n_rows (self->diff); i++)
    {
      const HwHeapDiffRow *row = hw_heap_diff_get_row (self->diff, i);
      gint64 change = (gint64) row->added_size - (gint64) row->removed_size;

      added_count += row->added_count;
      removed_count += row->removed_count;
      size += change;
      *largest = MAX (*largest, (guint64) ABS (change));
    }

  delta = hw_format_size_delta (size);
  number = hw_words_for_line (delta);
  added = hw_format_count (added_count);
  removed = hw_format_count (removed_count);
  /* Translators: a difference of sizes, a number of new and a number of deleted objects */
  text = g_strdup_printf (_("%s · %s new · %s deleted"), number, added, removed);
  gtk_label_set_text (self->totals, text);
}

static void
show_diff (HwComparisonPage *self)
{
  gboolean side = gtk_toggle_button_get_active (self->side_by_side);
  g_autoptr(HwTreeSource) source = NULL;
  guint64 total, largest;

  if (self->diff == NULL)
    return;

  total = hw_heap_get_total_size (hw_heap_diff_get_current (self->diff));
  update_totals (self, &largest);
  if (hw_heap_diff_get_n_rows (self->diff) == 0 && !side)
    {
      show_status (self, "object-select-symbolic", _("No Difference"),
                   _("No object is new and none is gone since the baseline."));
      return;
    }

  /* The table that is not shown holds nothing. */
  source = side ? hw_side_source_new (self->diff) : hw_diff_source_new (self->diff);
  hw_tree_table_set_source (self->table, side ? NULL : source, total, largest);
  hw_tree_table_set_source (self->side, side ? source : NULL, total, largest);
  gtk_stack_set_visible_child_name (self->stack, side ? "side" : "table");
  if (self->captures[0] != NULL)
    gtk_label_set_text (self->base_title, hw_capture_get_title (self->captures[0]));
  if (self->captures[1] != NULL)
    gtk_label_set_text (self->current_title, hw_capture_get_title (self->captures[1]));
}

typedef struct
{
  HwHeap           *base;
  HwHeap           *current;
  HwHeapDiffReason  reason;
} Comparison;

static void
comparison_free (Comparison *self)
{
  hw_heap_unref (self->base);
  hw_heap_unref (self->current);
  g_free (self);
}

static void
compare_worker (GTask        *task,
                gpointer      source_object G_GNUC_UNUSED,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Comparison *comparison = task_data;
  g_autoptr(GError) error = NULL;
  HwHeapDiff *diff = NULL;

  comparison->reason = hw_heap_diff_check (comparison->base, comparison->current);
  if (comparison->reason == HW_HEAP_DIFF_COMPARABLE)
    diff = hw_heap_diff_new_sync (comparison->base, comparison->current, NULL, cancellable, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, diff, (GDestroyNotify) hw_heap_diff_unref);
}

static void
compared_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data G_GNUC_UNUSED)
{
  HwComparisonPage *self = HW_COMPARISON_PAGE (object);
  Comparison *comparison = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;
  HwHeapDiff *diff = g_task_propagate_pointer (G_TASK (result), &error);

  /* A late answer: another pair is meant by now. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    {
      g_clear_pointer (&diff, hw_heap_diff_unref);
      return;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);

  if (error != NULL)
    show_status (self, "dialog-warning-symbolic", _("The Comparison Failed"), error->message);
  else if (comparison->reason == HW_HEAP_DIFF_OTHER_MODE)
    show_status (self, "dialog-warning-symbolic", _("These Snapshots Cannot Be Compared"),
                 _("One was captured with the engine’s internals exposed, the other without. Compare two that were captured the same way."));
  else if (comparison->reason == HW_HEAP_DIFF_OTHER_IDS)
    show_status (self, "dialog-warning-symbolic", _("These Snapshots Cannot Be Compared"),
                 _("Their objects have different ids: they come from different runs of a program, or from a runtime that numbers objects anew each time. Compare two snapshots of one run."));
  else
    {
      g_clear_pointer (&self->diff, hw_heap_diff_unref);
      self->diff = diff;
      show_diff (self);
    }
}

static void
forget_diff (HwComparisonPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->diff, hw_heap_diff_unref);
  hw_tree_table_set_source (self->table, NULL, 0, 0);
  hw_tree_table_set_source (self->side, NULL, 0, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
}

static void
compare (HwComparisonPage *self,
         HwHeap           *base,
         HwHeap           *current)
{
  g_autoptr(GTask) task = NULL;
  Comparison *comparison;

  if (self->diff != NULL && hw_heap_diff_get_base (self->diff) == base && hw_heap_diff_get_current (self->diff) == current)
    return;

  forget_diff (self);
  self->cancellable = g_cancellable_new ();
  comparison = g_new0 (Comparison, 1);
  comparison->base = hw_heap_ref (base);
  comparison->current = hw_heap_ref (current);
  task = g_task_new (self, self->cancellable, compared_cb, NULL);
  g_task_set_source_tag (task, compare);
  g_task_set_task_data (task, comparison, (GDestroyNotify) comparison_free);
  g_task_run_in_thread (task, compare_worker);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
}

/* Compares when the view is looked at: a comparison nobody asked for costs memory. */
static void
update (HwComparisonPage *self)
{
  HwCapture *base = self->captures[0], *current = self->captures[1];
  HwHeap *base_heap = base != NULL ? hw_capture_get_heap (base) : NULL;
  HwHeap *current_heap = current != NULL ? hw_capture_get_heap (current) : NULL;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      /* A heap that was closed must not live on in a view that nobody sees. */
      if (self->diff == NULL ? self->cancellable != NULL
                             : hw_heap_diff_get_base (self->diff) != base_heap ||
                                 hw_heap_diff_get_current (self->diff) != current_heap)
        forget_diff (self);
      return;
    }

  if (current == NULL || base == NULL)
    {
      forget_diff (self);
      show_status (self, "view-dual-symbolic", _("Nothing to Compare With"),
                   _("Open a second snapshot of the same run, taken earlier or later. Then you see here what is new and what is gone."));
    }
  else if (base_heap == NULL || current_heap == NULL)
    {
      gboolean failed = hw_capture_get_state (base_heap == NULL ? base : current) != HW_CAPTURE_LOADING;

      forget_diff (self);
      if (failed)
        show_status (self, "dialog-warning-symbolic", _("The Baseline Could Not Be Read"), _("Choose another snapshot to compare with."));
      else
        show_status (self, "content-loading-symbolic", _("Still Reading"), _("The comparison appears as soon as both snapshots are read."));
    }
  else
    compare (self, base_heap, current_heap);
}

static void
follow (HwComparisonPage  *self,
        guint              which,
        HwCapture         *capture)
{
  if (self->captures[which] != NULL)
    g_signal_handlers_disconnect_by_func (self->captures[which], update, self);
  g_set_object (&self->captures[which], capture);
  if (capture == NULL)
    return;
  g_signal_connect_object (capture, "notify::heap", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (capture, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

static void
choose_base (HwComparisonPage *self,
             HwCapture        *base)
{
  guint position = GTK_INVALID_LIST_POSITION;

  if (base != NULL)
    g_list_store_find (hw_document_get_captures (self->document), base, &position);
  self->choosing = TRUE;
  gtk_drop_down_set_selected (self->base, position);
  gtk_widget_set_sensitive (GTK_WIDGET (self->base), base != NULL);
  self->choosing = FALSE;
}

static void
document_cb (HwComparisonPage *self)
{
  follow (self, 0, hw_document_get_baseline (self->document));
  follow (self, 1, hw_document_get_capture (self->document));
  choose_base (self, self->captures[0]);
  update (self);
}

static void
base_selected_cb (HwComparisonPage *self)
{
  HwCapture *base = gtk_drop_down_get_selected_item (self->base);

  if (!self->choosing && self->document != NULL && base != NULL)
    hw_document_set_baseline (self->document, base);
}

static void
class_filter_cb (HwComparisonPage *self)
{
  const char *text = hw_document_get_class_filter (self->document);

  hw_tree_model_set_filter (hw_tree_table_get_model (self->table), text);
  hw_tree_model_set_filter (hw_tree_table_get_model (self->side), text);
}

static void
hw_comparison_page_document_set (HwPage     *page,
                                 HwDocument *document)
{
  HwComparisonPage *self = HW_COMPARISON_PAGE (page);

  if (self->document != NULL)
    {
      hw_filter_entry_unbind (self->filter, self->document);
      g_signal_handlers_disconnect_by_data (self->document, self);
      gtk_drop_down_set_model (self->base, NULL);
      follow (self, 0, NULL);
      follow (self, 1, NULL);
      forget_diff (self);
    }
  g_set_object (&self->document, document);
  if (document == NULL)
    return;

  self->choosing = TRUE;
  gtk_drop_down_set_model (self->base, G_LIST_MODEL (hw_document_get_captures (document)));
  self->choosing = FALSE;
  hw_filter_entry_bind (self->filter, document);
  g_signal_connect_object (document, "notify::capture", G_CALLBACK (document_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::baseline", G_CALLBACK (document_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::class-filter", G_CALLBACK (class_filter_cb), self, G_CONNECT_SWAPPED);
  class_filter_cb (self);
  document_cb (self);
}

static void
hw_comparison_page_reveal (HwPage   *page,
                           HwNodeId  node)
{
  HwComparisonPage *self = HW_COMPARISON_PAGE (page);

  hw_tree_table_reveal (gtk_toggle_button_get_active (self->side_by_side) ? self->side : self->table, node);
}

static void
hw_comparison_page_focus_filter (HwPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (HW_COMPARISON_PAGE (page)->filter));
}

static GtkWidget *
hw_comparison_page_get_table (HwPage *page)
{
  HwComparisonPage *self = HW_COMPARISON_PAGE (page);

  return GTK_WIDGET (gtk_toggle_button_get_active (self->side_by_side) ? self->side : self->table);
}

static void
filter_activate_cb (HwComparisonPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static HwDocument *
get_document (gpointer owner)
{
  return HW_COMPARISON_PAGE (owner)->document;
}

static void
hw_comparison_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (hw_comparison_page_parent_class)->map (widget);

  if (HW_COMPARISON_PAGE (widget)->document != NULL)
    update (HW_COMPARISON_PAGE (widget));
}

static void
hw_comparison_page_dispose (GObject *object)
{
  HwComparisonPage *self = HW_COMPARISON_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->diff, hw_heap_diff_unref);
  g_clear_object (&self->captures[0]);
  g_clear_object (&self->captures[1]);
  g_clear_object (&self->document);
  gtk_widget_dispose_template (GTK_WIDGET (object), HW_TYPE_COMPARISON_PAGE);

  G_OBJECT_CLASS (hw_comparison_page_parent_class)->dispose (object);
}

static void
hw_comparison_page_class_init (HwComparisonPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  HwPageClass *page_class = HW_PAGE_CLASS (klass);

  object_class->dispose = hw_comparison_page_dispose;
  widget_class->map = hw_comparison_page_map;
  page_class->document_set = hw_comparison_page_document_set;
  page_class->reveal = hw_comparison_page_reveal;
  page_class->focus_filter = hw_comparison_page_focus_filter;
  page_class->get_table = hw_comparison_page_get_table;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-comparison-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, medium);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, narrow);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, filter);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, base);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, side_by_side);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, totals);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, stack);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, place);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, base_place);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, current_place);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, base_title);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, current_title);
  gtk_widget_class_bind_template_child (widget_class, HwComparisonPage, status);
}

static const HwTableColumn *
get_columns (guint *n_columns)
{
  static HwTableColumn columns[7];

  *n_columns = G_N_ELEMENTS (columns);
  if (columns[0].id == NULL)
    {
      columns[1] = (HwTableColumn) { "new", _("# New"), _("Objects that the baseline does not have."),
                                     HW_MEASURE_ADDED_COUNT, HW_CELL_COUNT, 90, TRUE };
      columns[2] = (HwTableColumn) { "deleted", _("# Deleted"), _("Objects that only the baseline has."),
                                     HW_MEASURE_REMOVED_COUNT, HW_CELL_COUNT, 90, TRUE };
      columns[3] = (HwTableColumn) { "count-delta", _("# Delta"), _("New objects less deleted ones."),
                                     HW_MEASURE_COUNT_DELTA, HW_CELL_COUNT_DELTA, 100, TRUE };
      columns[4] = (HwTableColumn) { "allocated", _("Alloc. Size"), _("The shallow sizes of the new objects."),
                                     HW_MEASURE_ADDED_SIZE, HW_CELL_TOTAL, 100, TRUE };
      columns[5] = (HwTableColumn) { "freed", _("Freed Size"), _("The shallow sizes of the deleted objects."),
                                     HW_MEASURE_REMOVED_SIZE, HW_CELL_TOTAL, 100, TRUE };
      columns[6] = (HwTableColumn) { "size-delta", _("Size Delta"), _("Allocated size less freed size."),
                                     HW_MEASURE_SIZE_DELTA, HW_CELL_SIZE_DELTA, 130, FALSE };
      columns[0] = (HwTableColumn) { "name", _("Constructor"),
                                     _("Objects that are new or gone, grouped by the constructor that made them."),
                                     HW_MEASURE_NAME, HW_CELL_NAME, 0, FALSE };
    }

  return columns;
}

/* The left pane of two: the baseline. */
static const HwTableColumn *
get_base_columns (guint *n_columns)
{
  static HwTableColumn columns[3];

  *n_columns = G_N_ELEMENTS (columns);
  if (columns[0].id == NULL)
    {
      columns[1] = (HwTableColumn) { "base-count", _("Objects"), _("How many objects the baseline has."),
                                     HW_MEASURE_BASE_COUNT, HW_CELL_COUNT, 80, TRUE };
      columns[2] = (HwTableColumn) { "base-size", _("Shallow Size"), _("Their shallow sizes in the baseline."),
                                     HW_MEASURE_BASE_SHALLOW_SIZE, HW_CELL_TOTAL, 100, FALSE };
      columns[0] = (HwTableColumn) { "name", _("Constructor"), _("Objects of either snapshot, grouped by the constructor that made them."),
                                     HW_MEASURE_NAME, HW_CELL_NAME, 0, FALSE };
    }

  return columns;
}

/* The right pane: the difference, which stands between both, and the current snapshot. */
static const HwTableColumn *
get_current_columns (guint *n_columns)
{
  static HwTableColumn columns[4];

  *n_columns = G_N_ELEMENTS (columns);
  if (columns[0].id == NULL)
    {
      columns[1] = (HwTableColumn) { "name", _("Constructor"), _("Objects of either snapshot, grouped by the constructor that made them."),
                                     HW_MEASURE_NAME, HW_CELL_NAME, 0, FALSE };
      columns[2] = (HwTableColumn) { "count", _("Objects"), _("How many objects there are now."),
                                     HW_MEASURE_COUNT, HW_CELL_COUNT, 80, TRUE };
      columns[3] = (HwTableColumn) { "size", _("Shallow Size"), hw_explanations_shallow (),
                                     HW_MEASURE_SHALLOW_SIZE, HW_CELL_TOTAL, 100, FALSE };
      columns[0] = (HwTableColumn) { "size-delta", _("Size Delta"), _("Shallow size now, less shallow size in the baseline."),
                                     HW_MEASURE_SIZE_DELTA, HW_CELL_SIZE_DELTA, 110, TRUE };
    }

  return columns;
}

static HwTreeTable *
add_table (HwComparisonPage    *self,
           AdwBin              *place,
           const char          *name,
           const char          *label,
           const HwTableColumn *columns,
           guint                n_columns,
           GSettings           *settings)
{
  HwTreeTable *table = HW_TREE_TABLE (hw_tree_table_new (name));

  hw_tree_table_set_columns (table, columns, n_columns, (HwOrder) { HW_MEASURE_SIZE_DELTA, TRUE }, settings);
  hw_tree_table_set_label (table, label);
  adw_bin_set_child (place, GTK_WIDGET (table));
  hw_page_table_connect (GTK_WIDGET (self), table, get_document);
  hw_page_table_set_narrow (table, self->narrow);

  return table;
}

static void
hw_comparison_page_init (HwComparisonPage *self)
{
  g_autoptr(GtkExpression) title = NULL;
  GSettings *settings = hw_settings_get_default ();
  const HwTableColumn *columns;
  guint n_columns;

  gtk_widget_init_template (GTK_WIDGET (self));

  columns = get_columns (&n_columns);
  self->table = add_table (self, self->place, "comparison", _("New and deleted objects"), columns, n_columns, settings);
  columns = get_base_columns (&n_columns);
  self->side = add_table (self, self->base_place, "side-by-side", _("The baseline"), columns, n_columns, NULL);
  columns = get_current_columns (&n_columns);
  hw_tree_table_set_partner (self->side, add_table (self, self->current_place, "side-by-side", _("The current snapshot"),
                                                    columns, n_columns, NULL));

  title = gtk_property_expression_new (HW_TYPE_CAPTURE, NULL, "title");
  gtk_drop_down_set_expression (self->base, title);
  g_signal_connect_swapped (self->base, "notify::selected-item", G_CALLBACK (base_selected_cb), self);
  g_signal_connect_swapped (self->side_by_side, "toggled", G_CALLBACK (show_diff), self);
  g_signal_connect_swapped (self->filter, "activate", G_CALLBACK (filter_activate_cb), self);
  if (settings != NULL)
    g_settings_bind (settings, "side-by-side", self->side_by_side, "active", G_SETTINGS_BIND_DEFAULT);
}
