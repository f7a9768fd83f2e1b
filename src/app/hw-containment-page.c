/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-containment-page.h"

#include "app/hw-page-table.h"
#include "app/hw-settings.h"

#include <glib/gi18n.h>

struct _HwContainmentPage
{
  HwPage            parent_instance;

  AdwBreakpointBin *place;
  AdwBreakpoint    *narrow;

  HwTreeTable      *table;
  HwDocument       *document;   /* owned while set */
  HwCapture        *capture;    /* owned while shown */
  HwHeap           *shown;      /* compared only */
};

G_DEFINE_FINAL_TYPE (HwContainmentPage, hw_containment_page, HW_TYPE_PAGE)

static void
update_source (HwContainmentPage *self)
{
  HwHeap *heap = self->capture != NULL ? hw_capture_get_heap (self->capture) : NULL;
  g_autoptr(HwTreeSource) source = NULL;

  /* A table fills itself, some 200 rows of widgets, even where nobody sees it; so a hidden one stays empty. */
  if (heap != NULL && !gtk_widget_get_mapped (GTK_WIDGET (self)))
    heap = NULL;
  if (heap == self->shown)
    return;
  self->shown = heap;
  if (heap != NULL)
    source = hw_containment_source_new (heap);
  hw_tree_table_set_source (self->table, source, heap != NULL ? hw_heap_get_total_size (heap) : 0, 0);
}

static void
capture_cb (HwContainmentPage *self)
{
  HwCapture *capture = self->document != NULL ? hw_document_get_capture (self->document) : NULL;

  if (self->capture != NULL)
    g_signal_handlers_disconnect_by_func (self->capture, update_source, self);
  hw_page_table_change_capture (self->table, self->capture, capture);
  g_set_object (&self->capture, capture);
  if (capture != NULL)
    g_signal_connect_object (capture, "notify::heap", G_CALLBACK (update_source), self, G_CONNECT_SWAPPED);
  update_source (self);
}

static void
hw_containment_page_document_set (HwPage     *page,
                                  HwDocument *document)
{
  HwContainmentPage *self = HW_CONTAINMENT_PAGE (page);

  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document != NULL)
    g_signal_connect_object (document, "notify::capture", G_CALLBACK (capture_cb), self, G_CONNECT_SWAPPED);
  capture_cb (self);
}

static void
hw_containment_page_reveal (HwPage   *page,
                            HwNodeId  node)
{
  hw_tree_table_reveal (HW_CONTAINMENT_PAGE (page)->table, node);
}

static HwDocument *
get_document (gpointer owner)
{
  return HW_CONTAINMENT_PAGE (owner)->document;
}

static void
hw_containment_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (hw_containment_page_parent_class)->map (widget);

  update_source (HW_CONTAINMENT_PAGE (widget));
}

static void
hw_containment_page_dispose (GObject *object)
{
  HwContainmentPage *self = HW_CONTAINMENT_PAGE (object);

  g_clear_object (&self->document);
  g_clear_object (&self->capture);
  /* The bin keeps a pointer to its child, which the template below would free as one of its own. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), HW_TYPE_CONTAINMENT_PAGE);

  G_OBJECT_CLASS (hw_containment_page_parent_class)->dispose (object);
}

static GtkWidget *
hw_containment_page_get_table (HwPage *page)
{
  return GTK_WIDGET (HW_CONTAINMENT_PAGE (page)->table);
}

static void
hw_containment_page_class_init (HwContainmentPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  HwPageClass *page_class = HW_PAGE_CLASS (klass);

  object_class->dispose = hw_containment_page_dispose;
  widget_class->map = hw_containment_page_map;
  page_class->document_set = hw_containment_page_document_set;
  page_class->reveal = hw_containment_page_reveal;
  page_class->get_table = hw_containment_page_get_table;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-containment-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HwContainmentPage, place);
  gtk_widget_class_bind_template_child (widget_class, HwContainmentPage, narrow);
}

static void
hw_containment_page_init (HwContainmentPage *self)
{
  const HwTableColumn *columns;
  guint n_columns;

  gtk_widget_init_template (GTK_WIDGET (self));

  columns = hw_page_table_object_columns (FALSE, &n_columns);
  self->table = HW_TREE_TABLE (hw_tree_table_new ("containment"));
  hw_tree_table_set_columns (self->table, columns, n_columns, (HwOrder) { HW_MEASURE_RETAINED_SIZE, TRUE },
                             hw_settings_get_default ());
  hw_tree_table_set_label (self->table, _("What the roots refer to"));
  adw_breakpoint_bin_set_child (self->place, GTK_WIDGET (self->table));
  hw_page_table_connect (GTK_WIDGET (self), self->table, get_document);
  hw_page_table_set_narrow (self->table, self->narrow);
}
