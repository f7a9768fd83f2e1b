/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-summary-page.h"

#include "app/hw-filter-entry.h"
#include "app/hw-page-table.h"
#include "app/hw-settings.h"
#include "app/hw-words.h"

#include <glib/gi18n.h>

struct _HwSummaryPage
{
  HwPage          parent_instance;

  AdwBreakpoint  *narrow;
  GtkSearchEntry *filter;
  AdwSpinner     *spinner;
  GtkLabel       *totals;
  AdwBin         *place;

  HwTreeTable    *table;
  HwDocument     *document;   /* owned while set */
  HwCapture      *capture;    /* owned while shown */
  HwClassTable   *classes;    /* in the table; compared only, as the next one */
  HwHeap         *heap;
};

G_DEFINE_FINAL_TYPE (HwSummaryPage, hw_summary_page, HW_TYPE_PAGE)

static void
update_totals (HwSummaryPage *self,
               HwClassTable  *classes)
{
  g_autofree char *count = NULL, *size = NULL, *number = NULL, *text = NULL;

  if (classes == NULL)
    {
      gtk_label_set_text (self->totals, NULL);
      return;
    }
  count = hw_format_count (hw_class_table_get_total_count (classes));
  size = hw_format_size (hw_class_table_get_total_size (classes));
  number = hw_words_for_line (size);
  /* Translators: the first %s is a number of objects, the second a size */
  text = g_strdup_printf (ngettext ("%s object · %s", "%s objects · %s",
                                    (gulong) hw_class_table_get_total_count (classes)),
                          count, number);
  gtk_label_set_text (self->totals, text);
}

/* The constructors come before the heap, first with what is known of them. */
static void
update_source (HwSummaryPage *self)
{
  HwClassTable *classes = self->capture != NULL ? hw_capture_get_classes (self->capture) : NULL;
  HwHeap *heap = self->capture != NULL ? hw_capture_get_heap (self->capture) : NULL;
  g_autoptr(HwTreeSource) source = NULL;

  if (heap != NULL)
    classes = hw_heap_get_class_table (heap);

  /* The table holds what it shows, so equal addresses are equal things: the rows stay. */
  if (classes == self->classes && heap == self->heap)
    return;
  self->classes = classes;
  self->heap = heap;

  if (classes != NULL)
    source = hw_class_source_new (classes, heap);
  hw_tree_table_set_source (self->table, source, classes != NULL ? hw_class_table_get_total_size (classes) : 0, 0);
  update_totals (self, classes);
}

static void
capture_cb (HwSummaryPage *self)
{
  HwCapture *capture = self->document != NULL ? hw_document_get_capture (self->document) : NULL;

  if (self->capture == capture)
    return;
  if (self->capture != NULL)
    g_signal_handlers_disconnect_by_func (self->capture, update_source, self);
  hw_page_table_change_capture (self->table, self->capture, capture);
  g_set_object (&self->capture, capture);
  if (capture != NULL)
    {
      g_signal_connect_object (capture, "notify::classes", G_CALLBACK (update_source), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (capture, "notify::heap", G_CALLBACK (update_source), self, G_CONNECT_SWAPPED);
    }
  update_source (self);
}

static void
class_filter_cb (HwSummaryPage *self)
{
  hw_tree_model_set_filter (hw_tree_table_get_model (self->table), hw_document_get_class_filter (self->document));
}

static void
hw_summary_page_document_set (HwPage     *page,
                              HwDocument *document)
{
  HwSummaryPage *self = HW_SUMMARY_PAGE (page);

  if (self->document != NULL)
    {
      hw_filter_entry_unbind (self->filter, self->document);
      g_signal_handlers_disconnect_by_data (self->document, self);
    }
  g_set_object (&self->document, document);
  if (document != NULL)
    {
      hw_filter_entry_bind (self->filter, document);
      g_signal_connect_object (document, "notify::capture", G_CALLBACK (capture_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (document, "notify::class-filter", G_CALLBACK (class_filter_cb), self, G_CONNECT_SWAPPED);
      class_filter_cb (self);
    }
  capture_cb (self);
}

static void
hw_summary_page_reveal (HwPage   *page,
                        HwNodeId  node)
{
  HwSummaryPage *self = HW_SUMMARY_PAGE (page);

  /* What is to be shown must not be filtered away. */
  if (self->document != NULL)
    hw_document_set_class_filter (self->document, NULL);
  hw_tree_table_reveal (self->table, node);
}

static void
hw_summary_page_focus_filter (HwPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (HW_SUMMARY_PAGE (page)->filter));
}

static HwDocument *
get_document (gpointer owner)
{
  return HW_SUMMARY_PAGE (owner)->document;
}

static void
filter_activate_cb (HwSummaryPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

static void
hw_summary_page_dispose (GObject *object)
{
  HwSummaryPage *self = HW_SUMMARY_PAGE (object);

  g_clear_object (&self->document);
  g_clear_object (&self->capture);
  gtk_widget_dispose_template (GTK_WIDGET (object), HW_TYPE_SUMMARY_PAGE);

  G_OBJECT_CLASS (hw_summary_page_parent_class)->dispose (object);
}

static GtkWidget *
hw_summary_page_get_table (HwPage *page)
{
  return GTK_WIDGET (HW_SUMMARY_PAGE (page)->table);
}

static void
hw_summary_page_class_init (HwSummaryPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  HwPageClass *page_class = HW_PAGE_CLASS (klass);

  object_class->dispose = hw_summary_page_dispose;
  page_class->document_set = hw_summary_page_document_set;
  page_class->reveal = hw_summary_page_reveal;
  page_class->get_table = hw_summary_page_get_table;
  page_class->focus_filter = hw_summary_page_focus_filter;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-summary-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HwSummaryPage, narrow);
  gtk_widget_class_bind_template_child (widget_class, HwSummaryPage, filter);
  gtk_widget_class_bind_template_child (widget_class, HwSummaryPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, HwSummaryPage, totals);
  gtk_widget_class_bind_template_child (widget_class, HwSummaryPage, place);
}

static void
hw_summary_page_init (HwSummaryPage *self)
{
  const HwTableColumn *columns;
  guint n_columns;

  gtk_widget_init_template (GTK_WIDGET (self));

  columns = hw_page_table_object_columns (TRUE, &n_columns);
  self->table = HW_TREE_TABLE (hw_tree_table_new ("summary"));
  hw_tree_table_set_columns (self->table, columns, n_columns, (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE },
                             hw_settings_get_default ());
  hw_tree_table_set_label (self->table, _("Constructors"));
  adw_bin_set_child (self->place, GTK_WIDGET (self->table));
  hw_page_table_connect (GTK_WIDGET (self), self->table, get_document);
  g_object_bind_property (hw_tree_table_get_model (self->table), "busy", self->spinner, "visible", G_BINDING_SYNC_CREATE);
  hw_page_table_set_narrow (self->table, self->narrow);
  g_signal_connect_swapped (self->filter, "activate", G_CALLBACK (filter_activate_cb), self);
}
