/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The constructor filter of a page: every page's entry shows the document's one filter. */
#include "config.h"

#include "app/hw-filter-entry.h"

static void
search_changed_cb (GtkSearchEntry *entry,
                   HwDocument     *document)
{
  hw_document_set_class_filter (document, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
stop_search_cb (GtkSearchEntry *entry,
                HwDocument     *document G_GNUC_UNUSED)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

static void
class_filter_cb (HwDocument     *document,
                 GParamSpec     *pspec G_GNUC_UNUSED,
                 GtkSearchEntry *entry)
{
  const char *text = hw_document_get_class_filter (document);

  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (entry)), text != NULL ? text : "") != 0)
    gtk_editable_set_text (GTK_EDITABLE (entry), text != NULL ? text : "");
}

/**
 * hw_filter_entry_bind:
 * @entry: a page's filter
 * @document: the page's document
 *
 * Keeps the entry and the document's filter alike. The entry waits until the person pauses.
 */
void
hw_filter_entry_bind (GtkSearchEntry *entry,
                      HwDocument     *document)
{
  g_signal_connect_object (entry, "search-changed", G_CALLBACK (search_changed_cb), document, 0);
  g_signal_connect_object (entry, "stop-search", G_CALLBACK (stop_search_cb), document, 0);
  g_signal_connect_object (document, "notify::class-filter", G_CALLBACK (class_filter_cb), entry, 0);
  class_filter_cb (document, NULL, entry);
}

/**
 * hw_filter_entry_unbind:
 * @entry: a page's filter
 * @document: the document it was bound to
 *
 * Ends what hw_filter_entry_bind() began.
 */
void
hw_filter_entry_unbind (GtkSearchEntry *entry,
                        HwDocument     *document)
{
  g_signal_handlers_disconnect_by_data (entry, document);
  g_signal_handlers_disconnect_by_data (document, entry);
}
