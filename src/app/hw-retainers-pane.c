/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-retainers-pane.h"

#include "app/hw-page-table.h"
#include "app/hw-settings.h"
#include "base/hw-text.h"

#include <glib/gi18n.h>

/* The sentence names the nearest references; the table shows the rest of the way. */
#define REASON_STEPS 3

/* A hot object has millions of retainers; whoever walks through objects by key must not wait for them. */
#define MAX_LOOKED_AT 512

struct _HwRetainersPane
{
  AdwBin         parent_instance;

  AdwBreakpoint *narrow;
  GtkLabel      *reason;
  GtkLabel      *hint;
  AdwSpinner    *spinner;
  GtkStack      *stack;
  AdwBin        *place;

  HwTreeTable   *table;
  HwDocument    *document;   /* owned while set */
  guint          show;       /* source that shows the selected object, or 0 */
};

G_DEFINE_FINAL_TYPE (HwRetainersPane, hw_retainers_pane, ADW_TYPE_BIN)

/* The retainer that lies on a shortest path, or HW_EDGE_NONE. */
static HwEdgeId
nearest_retainer (HwHeap   *heap,
                  HwNodeId  node)
{
  guint32 n = hw_heap_get_n_retainers (heap, node);
  HwEdgeId best = HW_EDGE_NONE;
  gint64 distance = hw_heap_get_distance (heap, node);

  for (guint32 i = 0; i < MIN (n, MAX_LOOKED_AT); i++)
    {
      HwEdgeId edge = hw_heap_get_retainer (heap, node, i);
      HwNodeId source = hw_heap_get_edge_source (heap, edge);

      if (hw_heap_get_edge_kind (heap, edge) == HW_EDGE_KIND_WEAK ||
          hw_node_id_equal (source, hw_heap_get_root (heap)) ||
          hw_heap_get_distance (heap, source) < 0 || hw_heap_get_distance (heap, source) >= distance)
        continue;
      best = edge;
      distance = hw_heap_get_distance (heap, source);
      /* Nothing is nearer than one step. */
      if (distance + 1 == hw_heap_get_distance (heap, node))
        break;
    }

  return best;
}

/* Whether the table would have a row: not the root's edges, not weak ones. */
static gboolean
has_retainer (HwHeap   *heap,
              HwNodeId  node)
{
  guint32 n = hw_heap_get_n_retainers (heap, node);

  for (guint32 i = 0; i < n; i++)
    {
      HwEdgeId edge = hw_heap_get_retainer (heap, node, i);

      if (hw_heap_get_edge_kind (heap, edge) != HW_EDGE_KIND_WEAK &&
          !hw_node_id_equal (hw_heap_get_edge_source (heap, edge), hw_heap_get_root (heap)))
        return TRUE;
      /* A hot object with nothing but weak references: let the table find out. */
      if (i == MAX_LOOKED_AT)
        return TRUE;
    }

  return FALSE;
}

static char *
dup_short (char *text)
{
  g_autofree char *wtf8 = text;
  g_autofree char *utf8 = hw_text_dup_utf8 (wtf8);

  if (g_utf8_strlen (utf8, -1) <= 40)
    return g_steal_pointer (&utf8);

  *g_utf8_offset_to_pointer (utf8, 39) = 0;

  return g_strconcat (utf8, "…", NULL);
}

/* Why the object is alive, in one sentence: "sessions in SessionStore ← store in global". */
static char *
dup_reason (HwHeap   *heap,
            HwNodeId  node)
{
  GString *text = g_string_new (NULL);

  for (guint step = 0; step < REASON_STEPS; step++)
    {
      HwEdgeId edge = nearest_retainer (heap, node);
      g_autofree char *name = NULL, *owner = NULL;

      if (edge.value == HW_NONE)
        break;
      node = hw_heap_get_edge_source (heap, edge);
      name = dup_short (hw_heap_dup_edge_name (heap, edge));
      owner = dup_short (hw_heap_dup_node_name (heap, node));
      if (step > 0)
        g_string_append (text, " ← ");
      /* Translators: a reference and the object that has it, such as "sessions in SessionStore" */
      g_string_append_printf (text, _("%s in %s"), name, *owner != 0 ? owner : hw_heap_get_node_kind_name (heap, node));
      if (hw_heap_get_distance (heap, node) <= 1)
        break;
    }

  if (text->len == 0)
    return g_string_free (text, TRUE);
  /* Translators: after the colon comes the chain of references */
  g_string_prepend (text, _("Kept alive by: "));

  return g_string_free (text, FALSE);
}

static void
show_hint (HwRetainersPane *self,
           const char      *hint)
{
  hw_tree_table_set_source (self->table, NULL, 0, 0);
  gtk_label_set_text (self->reason, NULL);
  gtk_label_set_text (self->hint, hint);
  gtk_stack_set_visible_child_name (self->stack, "hint");
}

static void
show_selected (HwRetainersPane *self)
{
  HwHeap *heap = self->document != NULL ? hw_document_get_selected_heap (self->document) : NULL;
  HwNodeId node = heap != NULL ? hw_document_get_selected_node (self->document) : HW_NODE_NONE;
  g_autoptr(HwTreeSource) source = NULL;
  g_autofree char *reason = NULL;

  if (heap == NULL || node.value == HW_NONE)
    {
      show_hint (self, _("Select an object to see what keeps it alive"));
      return;
    }
  if (!has_retainer (heap, node))
    {
      show_hint (self, hw_heap_get_n_retainers (heap, node) > 0
                         ? _("This is a root, or only weak references lead to it")
                         : _("Nothing refers to this object"));
      return;
    }

  source = hw_retainer_source_new (heap, node);
  gtk_stack_set_visible_child_name (self->stack, "table");
  hw_tree_table_set_source (self->table, source, hw_heap_get_total_size (heap), 0);
  hw_tree_table_expand_path (self->table);

  reason = dup_reason (heap, node);
  gtk_label_set_text (self->reason, reason);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->reason), reason);
}

static gboolean
show_cb (gpointer data)
{
  HwRetainersPane *self = data;

  self->show = 0;
  show_selected (self);

  return G_SOURCE_REMOVE;
}

/* After the frame with the row that was chosen: two tables at once are more than a frame has time for. */
static void
selection_cb (HwRetainersPane *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || hw_document_get_selected_heap (self->document) == NULL)
    {
      g_clear_handle_id (&self->show, g_source_remove);
      show_selected (self);
    }
  else if (self->show == 0)
    self->show = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, show_cb, self, NULL);
}

static HwDocument *
get_document (gpointer owner)
{
  return HW_RETAINERS_PANE (owner)->document;
}

static void
hw_retainers_pane_dispose (GObject *object)
{
  HwRetainersPane *self = HW_RETAINERS_PANE (object);

  g_clear_handle_id (&self->show, g_source_remove);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
  gtk_widget_dispose_template (GTK_WIDGET (object), HW_TYPE_RETAINERS_PANE);

  G_OBJECT_CLASS (hw_retainers_pane_parent_class)->dispose (object);
}

static void
hw_retainers_pane_class_init (HwRetainersPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = hw_retainers_pane_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/heapwise/Heapwise/hw-retainers-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, HwRetainersPane, narrow);
  gtk_widget_class_bind_template_child (widget_class, HwRetainersPane, reason);
  gtk_widget_class_bind_template_child (widget_class, HwRetainersPane, hint);
  gtk_widget_class_bind_template_child (widget_class, HwRetainersPane, spinner);
  gtk_widget_class_bind_template_child (widget_class, HwRetainersPane, stack);
  gtk_widget_class_bind_template_child (widget_class, HwRetainersPane, place);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
hw_retainers_pane_init (HwRetainersPane *self)
{
  const HwTableColumn *columns;
  guint n_columns;

  gtk_widget_init_template (GTK_WIDGET (self));

  columns = hw_page_table_object_columns (FALSE, &n_columns);
  self->table = HW_TREE_TABLE (hw_tree_table_new ("retainers"));
  hw_tree_table_set_columns (self->table, columns, n_columns, (HwOrder) { HW_MEASURE_DISTANCE, FALSE },
                             hw_settings_get_default ());
  hw_tree_table_set_label (self->table, _("Retainers"));
  adw_bin_set_child (self->place, GTK_WIDGET (self->table));
  hw_page_table_connect_reveal (GTK_WIDGET (self), self->table, get_document);
  hw_page_table_set_narrow (self->table, self->narrow);
  g_object_bind_property (hw_tree_table_get_model (self->table), "busy", self->spinner, "visible", G_BINDING_SYNC_CREATE);
  show_hint (self, _("Select an object to see what keeps it alive"));
}

/**
 * hw_retainers_pane_new:
 *
 * Returns: (transfer floating): a pane without a document
 */
GtkWidget *
hw_retainers_pane_new (void)
{
  return g_object_new (HW_TYPE_RETAINERS_PANE, NULL);
}

/**
 * hw_retainers_pane_set_document:
 * @self: a pane
 * @document: (nullable): whose selected object is shown
 *
 * Follows a document.
 */
void
hw_retainers_pane_set_document (HwRetainersPane *self,
                                HwDocument      *document)
{
  g_return_if_fail (HW_IS_RETAINERS_PANE (self));

  if (self->document == document)
    return;
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document != NULL)
    g_signal_connect_object (document, "selection-changed", G_CALLBACK (selection_cb), self, G_CONNECT_SWAPPED);
  show_selected (self);
}
