/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-ui.h"

#include <adwaita.h>

#include "app/hw-capture-private.h"
#include "app/hw-comparison-page.h"
#include "app/hw-containment-page.h"
#include "app/hw-retainers-pane.h"
#include "app/hw-summary-page.h"
#include "base/hw-format.h"
#include "heap/hw-heap-private.h"
#include "widgets/hw-number-cell.h"
#include "widgets/hw-tree-table.h"

/* The views over one document, without the window around them. */
typedef struct
{
  HwCache    *cache;
  HwDocument *document;
  GtkWindow  *window;
  GtkWidget  *summary;
  GtkWidget  *comparison;
  GtkWidget  *containment;
  GtkWidget  *retainers;
} Fixture;

static void
fixture_init (Fixture *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->cache = hw_cache_new (g_get_user_cache_dir (), 1000 * 1000 * 1000);
  self->document = hw_document_new ();
  self->summary = g_object_new (HW_TYPE_SUMMARY_PAGE, "vexpand", TRUE, NULL);
  self->comparison = g_object_new (HW_TYPE_COMPARISON_PAGE, "vexpand", TRUE, NULL);
  self->containment = g_object_new (HW_TYPE_CONTAINMENT_PAGE, "vexpand", TRUE, NULL);
  self->retainers = hw_retainers_pane_new ();
  gtk_widget_set_vexpand (self->retainers, TRUE);
  gtk_box_append (GTK_BOX (box), self->summary);
  gtk_box_append (GTK_BOX (box), self->comparison);
  gtk_box_append (GTK_BOX (box), self->containment);
  gtk_box_append (GTK_BOX (box), self->retainers);
  hw_page_set_document (HW_PAGE (self->summary), self->document);
  hw_page_set_document (HW_PAGE (self->comparison), self->document);
  hw_page_set_document (HW_PAGE (self->containment), self->document);
  hw_retainers_pane_set_document (HW_RETAINERS_PANE (self->retainers), self->document);

  self->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (self->window, 1000, 850);
  gtk_window_set_child (self->window, box);
  gtk_window_present (self->window);
  wait_for (gtk_widget_get_mapped (self->summary));
}

static void
fixture_clear (Fixture *self)
{
  gpointer document = self->document;

  hw_page_set_document (HW_PAGE (self->summary), NULL);
  hw_page_set_document (HW_PAGE (self->comparison), NULL);
  hw_page_set_document (HW_PAGE (self->containment), NULL);
  hw_retainers_pane_set_document (HW_RETAINERS_PANE (self->retainers), NULL);
  gtk_window_destroy (self->window);
  g_object_add_weak_pointer (document, &document);
  g_object_unref (self->document);
  wait_for (document == NULL);
  g_object_unref (self->cache);
}

static HwCapture *
add (Fixture *self,
     GFile   *file)
{
  HwCapture *capture = hw_capture_new (file, self->cache, NULL);

  hw_document_add_capture (self->document, capture);
  hw_document_set_capture (self->document, capture);
  hw_capture_load (capture);
  wait_for (hw_capture_get_state (capture) != HW_CAPTURE_LOADING);
  g_assert_cmpint (hw_capture_get_state (capture), ==, HW_CAPTURE_READY);
  g_object_unref (capture);
  g_object_unref (file);

  return capture;
}

static gpointer
find (GtkWidget *widget,
      GType      type)
{
  gpointer found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);

  return found;
}

static HwTreeModel *
get_model (GtkWidget *page)
{
  return hw_tree_table_get_model (find (page, HW_TYPE_TREE_TABLE));
}

static guint
count (GtkWidget *page)
{
  return g_list_model_get_n_items (G_LIST_MODEL (get_model (page)));
}

static const char *
get_status (Fixture *self)
{
  return adw_status_page_get_title (find (self->comparison, ADW_TYPE_STATUS_PAGE));
}

static void
test_select (void)
{
  Fixture self;
  HwCapture *first, *second;
  g_autoptr(HwRow) row = NULL;
  HwHeap *heap;

  fixture_init (&self);
  g_assert_cmpuint (count (self.summary), ==, 0);
  first = add (&self, sample (0));
  heap = hw_capture_get_heap (first);
  wait_for (count (self.summary) == hw_class_table_get_n_classes (hw_heap_get_class_table (heap)));
  wait_for (count (self.containment) > 1);
  g_assert_cmpuint (count (self.retainers), ==, 0);

  /* A revealed object is opened to, selected, and its retainers are shown with one path open. */
  hw_page_reveal (HW_PAGE (self.summary), HW_NODE (hw_heap_get_n_nodes (heap) / 2));
  wait_for (hw_document_get_selected_node (self.document).value == hw_heap_get_n_nodes (heap) / 2);
  g_assert_true (hw_document_get_selected_heap (self.document) == heap);
  wait_for (count (self.retainers) > 1);

  /* A constructor is no object: nothing keeps it alive. */
  hw_tree_table_select (find (self.summary, HW_TYPE_TREE_TABLE), 0);
  g_assert_null (hw_document_get_selected_heap (self.document));
  g_assert_cmpuint (count (self.retainers), ==, 0);

  /* What was selected in a capture is selected again when it comes back. */
  hw_page_reveal (HW_PAGE (self.containment), HW_NODE (hw_heap_get_n_nodes (heap) / 3));
  wait_for (hw_document_get_selected_heap (self.document) == heap);
  second = add (&self, sample (2));
  wait_for (count (self.containment) > 1);
  hw_document_set_capture (self.document, first);
  wait_for (!hw_tree_model_get_busy (get_model (self.containment)));
  row = hw_tree_table_dup_selected (find (self.containment, HW_TYPE_TREE_TABLE));
  g_assert_nonnull (row);
  hw_document_set_capture (self.document, second);

  fixture_clear (&self);
}

/* The views hold on to nothing of a capture that was closed. */
static void
test_close (void)
{
  Fixture self;
  gpointer first, second;
  HwHeap *heap;

  fixture_init (&self);
  first = add (&self, sample (0));
  second = add (&self, sample (2));
  heap = hw_heap_ref (hw_capture_get_heap (second));
  hw_document_set_baseline (self.document, first);
  wait_for (count (self.comparison) > 5);
  hw_page_reveal (HW_PAGE (self.summary), HW_NODE (hw_heap_get_n_nodes (heap) / 2));
  wait_for (hw_document_get_selected_heap (self.document) == heap);
  hw_page_reveal (HW_PAGE (self.containment), hw_document_get_selected_node (self.document));
  settle (100);

  g_object_add_weak_pointer (second, &second);
  hw_document_remove_capture (self.document, second);
  wait_for (second == NULL);
  wait_for (g_atomic_ref_count_compare (&heap->ref_count, 1));
  g_assert_true (hw_document_get_capture (self.document) == first);
  hw_heap_unref (heap);

  fixture_clear (&self);
}

/* A number cell on the screen that shows a text, or NULL. */
static HwNumberCell *
find_number (GtkWidget  *widget,
             const char *text)
{
  HwNumberCell *found = NULL;

  if (HW_IS_NUMBER_CELL (widget))
    return g_strcmp0 (hw_number_cell_get_text (HW_NUMBER_CELL (widget)), text) == 0 && gtk_widget_get_mapped (widget)
             ? HW_NUMBER_CELL (widget)
             : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_number (child, text);

  return found;
}

/* Constructors are there before distances and retained sizes are: those say so, and fill in. */
static void
test_loading (void)
{
  Fixture self;
  HwClassTableBuilder *builder = hw_class_table_builder_new (1000, FALSE, FALSE);
  const HwClassRow row = { .name = "Session", .count = 2, .shallow_size = 100, .first_instance = { 3 } };
  g_autoptr(GFile) file = sample (0);
  HwCapture *capture;
  HwNumberCell *cell;

  fixture_init (&self);
  capture = hw_capture_new (file, self.cache, NULL);
  hw_document_add_capture (self.document, capture);
  hw_document_set_capture (self.document, capture);
  hw_class_table_builder_add (builder, &row);
  capture->classes = hw_class_table_builder_end (builder, NULL, NULL);
  hw_capture_notify (capture, PROP_CLASSES);
  wait_for (count (self.summary) == 1);
  wait_for (find_number (self.summary, "0.1" HW_NBSP "kB") != NULL);
  cell = find_number (self.summary, "…");
  g_assert_nonnull (cell);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, "…");

  hw_capture_load (capture);
  wait_for (hw_capture_get_state (capture) == HW_CAPTURE_READY);
  wait_for (count (self.summary) > 5 && find_number (self.summary, "…") == NULL);

  g_object_unref (capture);
  fixture_clear (&self);
}

static void
test_statuses (void)
{
  Fixture self;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "runtimes", "bun-v8.heapsnapshot.gz", NULL);
  g_autoptr(GFile) file = sample (2);
  g_autoptr(GFile) nothing = write_file ("nothing.heapsnapshot", "", 0);
  g_autoptr(HwCapture) reading = NULL;
  g_autoptr(HwCapture) broken = NULL;
  HwCapture *first;

  fixture_init (&self);
  wait_for (g_strcmp0 (get_status (&self), "Nothing to Compare With") == 0);
  first = add (&self, sample (0));
  wait_for (g_strcmp0 (get_status (&self), "Nothing to Compare With") == 0);
  add (&self, g_file_new_for_path (path));
  hw_document_set_baseline (self.document, first);
  wait_for (g_strcmp0 (get_status (&self), "These Snapshots Cannot Be Compared") == 0);
  g_assert_cmpuint (count (self.comparison), ==, 0);

  /* A baseline that is not there yet, or never will be */
  reading = hw_capture_new (file, self.cache, NULL);
  hw_document_add_capture (self.document, reading);
  hw_document_set_capture (self.document, first);
  hw_document_set_baseline (self.document, reading);
  hw_capture_load (reading);
  g_assert_cmpstr (get_status (&self), ==, "Still Reading");
  wait_for (count (self.comparison) > 5);

  broken = hw_capture_new (nothing, self.cache, NULL);
  hw_document_add_capture (self.document, broken);
  hw_document_set_baseline (self.document, broken);
  hw_capture_load (broken);
  wait_for (g_strcmp0 (get_status (&self), "The Baseline Could Not Be Read") == 0);
  g_assert_cmpuint (count (self.comparison), ==, 0);
  hw_document_set_baseline (self.document, reading);
  wait_for (count (self.comparison) > 5);

  fixture_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/app/pages/select", test_select);
  g_test_add_func ("/app/pages/close", test_close);
  g_test_add_func ("/app/pages/loading", test_loading);
  g_test_add_func ("/app/pages/statuses", test_statuses);

  return g_test_run ();
}
