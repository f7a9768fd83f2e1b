/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-sidebar.h"

#include <glib/gi18n.h>

#include "app/hw-capture-row.h"
#include "app/hw-recent.h"
#include "app/hw-recording-row.h"
#include "widgets/hw-menu-names.h"

struct _HwSidebar
{
  AdwBin      parent_instance;

  HwDocument *document;
  GtkListBox *list;
  GMenu      *recent_menu;
  gboolean    filling;      /* rows come and go; the list's own idea of a selection does not count */
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwSidebar, hw_sidebar, ADW_TYPE_BIN)

/* The capture or recording of a row. */
static gpointer
get_item (GtkListBoxRow *row)
{
  return HW_IS_RECORDING_ROW (row) ? (gpointer) hw_recording_row_get_recording (HW_RECORDING_ROW (row))
                                   : (gpointer) hw_capture_row_get_capture (HW_CAPTURE_ROW (row));
}

static const char *
get_group (GtkListBoxRow *row)
{
  return HW_IS_RECORDING_ROW (row) ? hw_recording_get_group (hw_recording_row_get_recording (HW_RECORDING_ROW (row)))
                                   : hw_capture_get_group (hw_capture_row_get_capture (HW_CAPTURE_ROW (row)));
}

static GtkListBoxRow *
find_row (HwSidebar *self,
          gpointer   item)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      if (get_item (row) == item)
        return row;
    }

  return NULL;
}

static void
select_current (HwSidebar *self)
{
  gpointer item = hw_document_get_recording (self->document);

  if (item == NULL)
    item = hw_document_get_capture (self->document);
  self->filling = TRUE;
  gtk_list_box_select_row (self->list, item != NULL ? find_row (self, item) : NULL);
  self->filling = FALSE;
}

/* Both lists as one: each recording before the captures of its group. */
static GPtrArray *
list_items (HwSidebar *self)
{
  GListModel *captures = G_LIST_MODEL (hw_document_get_captures (self->document));
  GListModel *recordings = G_LIST_MODEL (hw_document_get_recordings (self->document));
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_captures = g_list_model_get_n_items (captures);
  guint n_recordings = g_list_model_get_n_items (recordings);
  guint next = 0;

  for (guint i = 0; i < n_recordings; i++)
    {
      HwRecording *recording = g_list_model_get_item (recordings, i);
      guint rank = hw_document_get_group_rank (self->document, hw_recording_get_group (recording));

      for (; next < n_captures; next++)
        {
          g_autoptr(HwCapture) capture = g_list_model_get_item (captures, next);

          if (hw_document_get_group_rank (self->document, hw_capture_get_group (capture)) >= rank)
            break;
          g_ptr_array_add (items, g_steal_pointer (&capture));
        }
      g_ptr_array_add (items, recording);
    }
  for (; next < n_captures; next++)
    g_ptr_array_add (items, g_list_model_get_item (captures, next));

  return items;
}

static void
items_changed_cb (HwSidebar *self)
{
  g_autoptr(GPtrArray) items = list_items (self);
  gboolean focused = gtk_widget_get_focus_child (GTK_WIDGET (self->list)) != NULL;
  GtkListBoxRow *row;
  int position = -1;

  self->filling = TRUE;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL;)
    {
      if (g_ptr_array_find (items, get_item (row), NULL))
        {
          i++;
          continue;
        }
      gtk_list_box_remove (self->list, GTK_WIDGET (row));
      position = i;
    }
  for (guint i = 0; i < items->len; i++)
    {
      g_autoptr(GtkWidget) moved = NULL;

      row = gtk_list_box_get_row_at_index (self->list, (int) i);
      if (row != NULL && get_item (row) == items->pdata[i])
        continue;

      /* A row that only has another place keeps its widget. */
      row = find_row (self, items->pdata[i]);
      if (row != NULL)
        {
          moved = g_object_ref (GTK_WIDGET (row));
          gtk_list_box_remove (self->list, moved);
        }
      else
        {
          moved = g_object_ref_sink (HW_IS_RECORDING (items->pdata[i])
                                     ? hw_recording_row_new (items->pdata[i])
                                     : hw_capture_row_new (self->document, items->pdata[i]));
        }
      gtk_list_box_insert (self->list, moved, (int) i);
    }
  gtk_list_box_invalidate_headers (self->list);
  self->filling = FALSE;

  select_current (self);

  /* The focus went with the row that was removed: the keyboard goes on at its neighbour. */
  if (focused && position >= 0 && items->len > 0)
    {
      row = gtk_list_box_get_row_at_index (self->list, MIN (position, (int) items->len - 1));
      if (row != NULL && gtk_widget_get_focus_child (GTK_WIDGET (self->list)) == NULL)
        gtk_widget_grab_focus (GTK_WIDGET (row));
    }
}

static void
row_selected_cb (HwSidebar     *self,
                 GtkListBoxRow *row)
{
  if (self->filling || row == NULL)
    return;

  if (HW_IS_RECORDING_ROW (row))
    hw_document_set_recording (self->document, get_item (row));
  else
    hw_document_set_capture (self->document, get_item (row));
}

static void
row_activated_cb (HwSidebar *self)
{
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
header_func (GtkListBoxRow *row,
             GtkListBoxRow *before,
             gpointer       user_data G_GNUC_UNUSED)
{
  const char *group = get_group (row);
  g_autofree char *name = NULL;
  GtkWidget *header;

  if (before != NULL && g_strcmp0 (group, get_group (before)) == 0)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }

  if (gtk_list_box_row_get_header (row) != NULL)
    return;

  /* A recording is the heading of the captures taken from it. */
  if (HW_IS_RECORDING_ROW (row))
    return;

  header = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (header), 0);
  gtk_label_set_ellipsize (GTK_LABEL (header), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (header, "heading");
  gtk_widget_add_css_class (header, "dimmed");
  gtk_widget_add_css_class (header, "group");
  if (*group != '\0')
    {
      g_autoptr(GFile) folder = g_file_new_for_uri (group);
      g_autofree char *base = g_file_get_basename (folder);
      g_autofree char *place = g_file_get_parse_name (folder);

      name = g_filename_display_name (base != NULL ? base : place);
      gtk_widget_set_tooltip_text (header, place);
    }
  else
    {
      name = g_strdup (_("Files"));
    }
  gtk_label_set_label (GTK_LABEL (header), name);
  gtk_list_box_row_set_header (row, header);
}

static void
hw_sidebar_dispose (GObject *object)
{
  HwSidebar *self = HW_SIDEBAR (object);

  if (self->document != NULL)
    {
      g_signal_handlers_disconnect_by_data (hw_document_get_captures (self->document), self);
      g_signal_handlers_disconnect_by_data (hw_document_get_recordings (self->document), self);
      g_signal_handlers_disconnect_by_data (self->document, self);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), HW_TYPE_SIDEBAR);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (hw_sidebar_parent_class)->dispose (object);
}

static void
hw_sidebar_class_init (HwSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = hw_sidebar_dispose;

  /**
   * HwSidebar::chosen:
   * @self: the sidebar
   *
   * A row was clicked, or chosen with Enter.
   */
  signals[CHOSEN] =
    g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, HwSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, HwSidebar, recent_menu);
  gtk_widget_class_bind_template_child_full (widget_class, "recent_button", FALSE, 0);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
hw_sidebar_init (HwSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  hw_menu_names_keep (GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (self), HW_TYPE_SIDEBAR, "recent_button")));
  gtk_list_box_set_header_func (self->list, header_func, NULL, NULL);
  hw_recent_fill_menu (self->recent_menu);
}

/**
 * hw_sidebar_set_document:
 * @self: a sidebar without a document
 * @document: whose captures to list
 *
 * Shows what is open in @document and keeps up with it.
 */
void
hw_sidebar_set_document (HwSidebar  *self,
                         HwDocument *document)
{
  g_return_if_fail (HW_IS_SIDEBAR (self));
  g_return_if_fail (HW_IS_DOCUMENT (document));
  g_return_if_fail (self->document == NULL);

  self->document = g_object_ref (document);
  g_signal_connect_swapped (hw_document_get_captures (document), "items-changed", G_CALLBACK (items_changed_cb), self);
  g_signal_connect_swapped (hw_document_get_recordings (document), "items-changed", G_CALLBACK (items_changed_cb), self);
  g_signal_connect_swapped (document, "notify::capture", G_CALLBACK (select_current), self);
  g_signal_connect_swapped (document, "notify::recording", G_CALLBACK (select_current), self);
  items_changed_cb (self);
}

/**
 * hw_sidebar_grab_row:
 * @self: a sidebar
 *
 * Moves the keyboard focus to the current capture's row.
 */
void
hw_sidebar_grab_row (HwSidebar *self)
{
  GtkListBoxRow *row;

  g_return_if_fail (HW_IS_SIDEBAR (self));

  row = gtk_list_box_get_selected_row (self->list);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}
