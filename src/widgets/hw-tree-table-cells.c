/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the cells: values become texts here and nowhere else. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "widgets/hw-number-cell.h"
#include "widgets/hw-text-cell.h"
#include "widgets/hw-tree-expander.h"
#include "widgets/hw-tree-table-private.h"

typedef struct
{
  char         *text;
  char         *percent;
  double        share;
  HwNumberTone  tone;
} CellValue;

static void
cell_value_clear (CellValue *self)
{
  g_free (self->text);
  g_free (self->percent);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CellValue, cell_value_clear)

static gboolean
is_one_object (HwRow *row)
{
  HwRowKind kind = hw_row_get_kind (row);

  return kind != HW_ROW_DIFF_CLASS && kind != HW_ROW_CLASS;
}

static HwNumberTone
delta_tone (gint64 value)
{
  return value > 0 ? HW_NUMBER_GROWN : value < 0 ? HW_NUMBER_SHRUNK : HW_NUMBER_QUIET;
}

/* The shape says what the colour says. */
static char *
with_shape (gint64  value,
            char   *text)
{
  char *shaped = value == 0 ? g_strdup (text) : g_strconcat (value > 0 ? "▴ " : "▾ ", text, NULL);

  g_free (text);

  return shaped;
}

/* Whether the row is of the heap that a pane speaks of; in the other pane its place is kept free. */
static gboolean
is_in_pane (HwTreeTable *self,
            HwRow       *row)
{
  gint64 count;

  if (self->pane == HW_TABLE_PANE_ONLY || hw_row_get_kind (row) == HW_ROW_MORE)
    return TRUE;
  if (!is_one_object (row))
    return hw_row_get_measure (row, self->pane == HW_TABLE_PANE_BASE ? HW_MEASURE_BASE_COUNT : HW_MEASURE_COUNT, &count);
  if (self->pane == HW_TABLE_PANE_BASE)
    return hw_row_get_base_node (row).value != HW_NONE;

  return hw_row_get_base_node (row).value == HW_NONE || hw_row_get_base_heap (row) != hw_row_get_heap (row);
}

static void
get_cell (HwTreeTable          *self,
          const HwTableColumn  *column,
          HwRow                *row,
          CellValue            *cell)
{
  gint64 value;

  if (column->kind != HW_CELL_SIZE_DELTA && !is_in_pane (self, row))
    return;
  if (!hw_row_get_measure (row, column->measure, &value))
    {
      if (hw_row_get_pending (row, column->measure))
        {
          cell->text = g_strdup ("…");
          cell->tone = HW_NUMBER_QUIET;
        }
      return;
    }

  switch (column->kind)
    {
    case HW_CELL_DISTANCE:
      cell->text = hw_format_distance (value);
      break;

    case HW_CELL_SIZE:
      cell->text = hw_format_kilobytes ((guint64) value);
      cell->percent = hw_format_percent ((guint64) value, self->total_size);
      cell->share = self->total_size > 0 ? (double) value / (double) self->total_size : 0;
      cell->tone = value == 0 ? HW_NUMBER_QUIET : HW_NUMBER_PLAIN;
      break;

    case HW_CELL_COUNT:
      cell->text = is_one_object (row) ? g_strdup ("•") : hw_format_count ((guint64) value);
      cell->tone = value == 0 ? HW_NUMBER_QUIET : HW_NUMBER_PLAIN;
      break;

    case HW_CELL_TOTAL:
      cell->text = is_one_object (row) ? hw_format_kilobytes ((guint64) value) : hw_format_size ((guint64) value);
      cell->tone = value == 0 ? HW_NUMBER_QUIET : HW_NUMBER_PLAIN;
      break;

    case HW_CELL_COUNT_DELTA:
      cell->text = with_shape (value, hw_format_count_delta (value));
      cell->tone = delta_tone (value);
      break;

    case HW_CELL_SIZE_DELTA:
      cell->text = with_shape (value, hw_format_size_delta (value));
      cell->tone = delta_tone (value);
      if (!is_one_object (row) && self->largest_delta > 0)
        cell->share = (double) ABS (value) / (double) self->largest_delta;
      break;

    case HW_CELL_NAME:
    default:
      g_assert_not_reached ();
    }
}

/**
 * hw_tree_table_dup_cell:
 * @self: a table
 * @column: one of its columns
 * @row: a row
 *
 * Returns: (transfer full): the cell as text, for copying
 */
char *
hw_tree_table_dup_cell (HwTreeTable         *self,
                        const HwTableColumn *column,
                        HwRow               *row)
{
  g_auto(CellValue) cell = { NULL, NULL, 0, HW_NUMBER_PLAIN };
  gint64 value;

  if (column->kind == HW_CELL_NAME)
    {
      g_auto(HwRowText) text = { NULL, };

      hw_row_get_text (row, &text);

      return text.object_id != 0
               ? g_strdup_printf ("%s%s%s @%" G_GUINT64_FORMAT, text.edge != NULL ? text.edge : "",
                                  text.edge != NULL ? text.joiner : "", text.value, text.object_id)
               : g_strdup (text.value);
    }

  /* Bytes, not kB: what is pasted into a sheet should add up. */
  if (column->kind != HW_CELL_DISTANCE && hw_row_get_measure (row, column->measure, &value))
    return g_strdup_printf ("%" G_GINT64_FORMAT, value);

  get_cell (self, column, row, &cell);

  return g_strdup (cell.text != NULL ? cell.text : "");
}

static const HwTableColumn *
get_column (GtkListItemFactory *factory)
{
  return g_object_get_data (G_OBJECT (factory), "column");
}

static void
setup_cell_cb (GtkListItemFactory *factory,
               GtkColumnViewCell  *cell)
{
  const HwTableColumn *column = get_column (factory);

  /* The row has the focus: one stop for a screen reader, and the arrows are free to open and close. */
  gtk_column_view_cell_set_focusable (cell, FALSE);
  gtk_column_view_cell_set_child (cell, column->kind == HW_CELL_NAME
                                          ? hw_tree_expander_new (hw_text_cell_new ())
                                          : hw_number_cell_new (column->kind == HW_CELL_SIZE));
  g_object_set_data (G_OBJECT (cell), "column", (gpointer) column);
}

/* A constructor stays to be read where it has no objects, but quietly; an object leaves a gap. */
static void
adapt_to_pane (HwTreeTable *self,
               HwRow       *row,
               HwRowText   *text)
{
  gint64 count;

  if (self->pane == HW_TABLE_PANE_ONLY || hw_row_get_kind (row) == HW_ROW_MORE)
    return;

  if (!is_in_pane (self, row))
    {
      if (is_one_object (row))
        {
          hw_row_text_clear (text);
          *text = (HwRowText) { .joiner = "", .value = g_strdup ("–") };
        }
      text->value_style = HW_TEXT_STYLE_ENGINE;
      text->count = 0;
    }
  else if (self->pane == HW_TABLE_PANE_BASE && !is_one_object (row) &&
           hw_row_get_measure (row, HW_MEASURE_BASE_COUNT, &count))
    text->count = (guint64) count;
}

static void
bind_name (HwTreeTable        *self,
           GtkColumnViewCell  *cell)
{
  HwTreeExpander *expander = HW_TREE_EXPANDER (gtk_column_view_cell_get_child (cell));
  HwRow *row = gtk_column_view_cell_get_item (cell);
  g_auto(HwRowText) text = { NULL, };

  hw_row_get_text (row, &text);
  adapt_to_pane (self, row, &text);
  hw_text_cell_set_text (HW_TEXT_CELL (hw_tree_expander_get_child (expander)), &text);
  /* What opens is in the other pane only. */
  hw_tree_expander_set_hollow (expander, !is_in_pane (self, row));
  hw_tree_expander_set_row (expander, self->model, row);
}

static void
note_bound (HwTreeTable *self,
            gpointer     item)
{
  g_hash_table_insert (self->bound, item, GUINT_TO_POINTER (self->generation));
}

static void
bind_cell (HwTreeTable       *self,
           GtkColumnViewCell *cell)
{
  const HwTableColumn *column = g_object_get_data (G_OBJECT (cell), "column");
  g_auto(CellValue) value = { NULL, NULL, 0, HW_NUMBER_PLAIN };

  if (column->kind == HW_CELL_NAME)
    {
      bind_name (self, cell);
      return;
    }

  get_cell (self, column, gtk_column_view_cell_get_item (cell), &value);
  hw_number_cell_set (HW_NUMBER_CELL (gtk_column_view_cell_get_child (cell)), value.text, value.percent, value.share, value.tone);
}

static void
bind_cell_cb (GtkListItemFactory *factory G_GNUC_UNUSED,
              GtkColumnViewCell  *cell,
              HwTreeTable        *self)
{
  bind_cell (self, cell);
  note_bound (self, cell);
}

static void
unbind_cell_cb (GtkListItemFactory *factory,
                GtkColumnViewCell  *cell,
                HwTreeTable        *self)
{
  g_hash_table_remove (self->bound, cell);
  if (get_column (factory)->kind == HW_CELL_NAME)
    hw_tree_expander_set_row (HW_TREE_EXPANDER (gtk_column_view_cell_get_child (cell)), NULL, NULL);
}

/* Makes the cells of one column. */
GtkListItemFactory *
hw_tree_table_cell_factory (HwTreeTable         *self,
                            const HwTableColumn *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_object_set_data (G_OBJECT (factory), "column", (gpointer) column);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell_cb), NULL);
  /* A row widget that somebody holds may outlive the table. */
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell_cb), self, 0);

  return factory;
}

static void
update_row_label (HwRow            *row,
                  GParamSpec       *pspec G_GNUC_UNUSED,
                  GtkColumnViewRow *item)
{
  g_autofree char *words = hw_row_dup_label (row);
  g_autofree char *label = NULL;

  /* GTK's rows have no state for it that could be set. */
  if (hw_row_get_expandable (row))
    label = g_strdup_printf ("%s, %s", words, hw_row_get_expanded (row) ? C_("row", "open") : C_("row", "closed"));
  gtk_column_view_row_set_accessible_label (item, label != NULL ? label : words);
}

static void
bind_row_cb (GtkListItemFactory *factory G_GNUC_UNUSED,
             GtkColumnViewRow   *item,
             HwTreeTable        *self)
{
  HwRow *row = gtk_column_view_row_get_item (item);

  update_row_label (row, NULL, item);
  g_signal_connect_object (row, "notify::expanded", G_CALLBACK (update_row_label), item, 0);
  note_bound (self, item);
}

static void
unbind_row_cb (GtkListItemFactory *factory G_GNUC_UNUSED,
               GtkColumnViewRow   *item,
               HwTreeTable        *self)
{
  g_hash_table_remove (self->bound, item);
  g_signal_handlers_disconnect_by_func (gtk_column_view_row_get_item (item), update_row_label, item);
}

/* Gives each row the sentence that a screen reader speaks. */
GtkListItemFactory *
hw_tree_table_row_factory (HwTreeTable *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_row_cb), self, 0);

  return factory;
}

/* Fills cells and labels anew whose row is the same as before all rows were replaced. */
void
hw_tree_table_bind_again (HwTreeTable *self)
{
  g_autoptr(GPtrArray) stale = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer item, generation;

  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &item, &generation))
    if (GPOINTER_TO_UINT (generation) != self->generation)
      g_ptr_array_add (stale, item);

  for (guint i = 0; i < stale->len; i++)
    {
      HwRow *row;

      item = stale->pdata[i];
      row = GTK_IS_COLUMN_VIEW_CELL (item) ? gtk_column_view_cell_get_item (item) : gtk_column_view_row_get_item (item);
      /* One that only waits to be disposed of. */
      if (row == NULL || hw_row_get_position (row) == G_MAXUINT)
        continue;

      if (GTK_IS_COLUMN_VIEW_CELL (item))
        bind_cell (self, item);
      else
        update_row_label (row, NULL, item);
      note_bound (self, item);
    }
}
