/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-page-table.h"

#include "app/hw-explanations.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkWidget   *owner;
  HwDocument *(*get_document) (gpointer owner);
} Connection;

static void
row_selected_cb (HwTreeTable *table G_GNUC_UNUSED,
                 HwRow       *row,
                 Connection  *self)
{
  HwDocument *document = self->get_document (self->owner);
  HwNodeId node = hw_row_get_node (row);

  if (document == NULL)
    return;
  if (node.value != HW_NONE)
    hw_document_select (document, hw_row_get_heap (row), node);
  else if (hw_row_get_base_node (row).value != HW_NONE)
    hw_document_select (document, hw_row_get_base_heap (row), hw_row_get_base_node (row));
  else
    hw_document_select (document, NULL, HW_NODE_NONE);
}

static void
reveal_cb (HwTreeTable *table G_GNUC_UNUSED,
           const char  *view,
           HwRow       *row,
           Connection  *self)
{
  HwDocument *document = self->get_document (self->owner);
  HwCapture *capture = document != NULL ? hw_document_get_capture (document) : NULL;

  /* The views show the current capture; an object of the base is not in it. */
  if (capture != NULL && hw_row_get_node (row).value != HW_NONE &&
      hw_row_get_heap (row) == hw_capture_get_heap (capture))
    hw_document_reveal (document, view, hw_row_get_node (row));
}

static char *
explain_cb (HwTreeTable *table G_GNUC_UNUSED,
            HwRow       *row)
{
  return hw_explanations_for_row (row);
}

static void
connection_free (gpointer    connection,
                 GClosure   *closure G_GNUC_UNUSED)
{
  g_free (connection);
}

/**
 * hw_page_table_connect_reveal:
 * @owner: the page or pane the table is in; lives as long as @table
 * @table: a table
 * @get_document: asks @owner for its document, which may be NULL
 *
 * Makes "Show in…" a reveal, and gives the engine's words their explanations.
 */
void
hw_page_table_connect_reveal (GtkWidget    *owner,
                              HwTreeTable  *table,
                              HwDocument *(*get_document) (gpointer owner))
{
  Connection *self = g_new0 (Connection, 1);

  self->owner = owner;
  self->get_document = get_document;
  g_signal_connect_data (table, "reveal", G_CALLBACK (reveal_cb), self, connection_free, 0);
  g_signal_connect (table, "explain", G_CALLBACK (explain_cb), NULL);
}

/**
 * hw_page_table_connect:
 * @owner: the page the table is in; lives as long as @table
 * @table: a table
 * @get_document: asks @owner for its document, which may be NULL
 *
 * Like hw_page_table_connect_reveal(), and a chosen row becomes the document's selected object.
 */
void
hw_page_table_connect (GtkWidget    *owner,
                       HwTreeTable  *table,
                       HwDocument *(*get_document) (gpointer owner))
{
  Connection *self = g_new0 (Connection, 1);

  self->owner = owner;
  self->get_document = get_document;
  g_signal_connect_data (table, "row-selected", G_CALLBACK (row_selected_cb), self, connection_free, 0);
  hw_page_table_connect_reveal (owner, table, get_document);
}

/**
 * hw_page_table_change_capture:
 * @table: a table that shows captures, one at a time
 * @from: (nullable): the capture that goes
 * @to: (nullable): the capture that comes; its source is set after this call
 *
 * Remembers what was selected in a capture and selects it when the capture comes back. In a capture that
 * comes for the first time the same object or constructor is selected.
 */
void
hw_page_table_change_capture (HwTreeTable *table,
                              HwCapture   *from,
                              HwCapture   *to)
{
  g_autofree char *name = g_strdup_printf ("heapwise-selected-%p", (void *) table);
  const guint64 *known = to != NULL ? g_object_get_data (G_OBJECT (to), name) : NULL;
  guint64 key = hw_tree_table_get_selected_key (table);

  if (from != NULL && key != 0)
    g_object_set_data_full (G_OBJECT (from), name, g_memdup2 (&key, sizeof key), g_free);
  if (known != NULL)
    hw_tree_table_set_selected_key (table, *known);
}

/**
 * hw_page_table_object_columns:
 * @constructors: whether the first column begins with constructors, not with objects
 * @n_columns: (out): how many there are
 *
 * Returns: (transfer none): the four columns of Summary, Containment and Retainers
 */
const HwTableColumn *
hw_page_table_object_columns (gboolean  constructors,
                              guint    *n_columns)
{
  static HwTableColumn columns[2][4];

  *n_columns = G_N_ELEMENTS (columns[0]);
  for (guint i = 0; i < 2 && columns[i][0].id == NULL; i++)
    {
      columns[i][0] = (HwTableColumn) {
        "name", i == 1 ? _("Constructor") : _("Object"),
        i == 1 ? _("Objects grouped by the constructor that made them. Open one for its objects, and an object for what it refers to.")
               : _("The name of the reference, and the object at its other end."),
        HW_MEASURE_NAME, HW_CELL_NAME, 0, FALSE
      };
      columns[i][1] = (HwTableColumn) {
        "distance", _("Distance"), hw_explanations_distance (), HW_MEASURE_DISTANCE, HW_CELL_DISTANCE, 90, TRUE
      };
      columns[i][2] = (HwTableColumn) {
        "shallow-size", _("Shallow Size"), hw_explanations_shallow (), HW_MEASURE_SHALLOW_SIZE, HW_CELL_SIZE, 150, TRUE
      };
      columns[i][3] = (HwTableColumn) {
        "retained-size", _("Retained Size"), hw_explanations_retained (), HW_MEASURE_RETAINED_SIZE, HW_CELL_SIZE, 150, FALSE
      };
    }

  return columns[constructors ? 1 : 0];
}

/**
 * hw_page_table_set_narrow:
 * @table: a table
 * @breakpoint: when there is little room
 *
 * Hides the table's minor columns while the breakpoint holds.
 */
void
hw_page_table_set_narrow (HwTreeTable   *table,
                          AdwBreakpoint *breakpoint)
{
  g_auto(GValue) narrow = G_VALUE_INIT;

  g_value_init (&narrow, G_TYPE_BOOLEAN);
  g_value_set_boolean (&narrow, TRUE);
  adw_breakpoint_add_setter (breakpoint, G_OBJECT (table), "narrow", &narrow);
}
