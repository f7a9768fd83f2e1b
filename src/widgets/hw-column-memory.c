/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person arranged in a table: order and width of its columns, in the settings `NAME-columns`.
 * The order of rows is not kept here: a table opens with its view's own, which is what the help describes.
 */
#include "config.h"

#include "widgets/hw-column-memory.h"

static gboolean
append (GtkColumnView *view,
        GPtrArray     *columns,
        const char    *id,
        int            width)
{
  for (guint i = 0; i < columns->len; i++)
    {
      GtkColumnViewColumn *column = g_ptr_array_index (columns, i);

      if (id != NULL && g_strcmp0 (gtk_column_view_column_get_id (column), id) != 0)
        continue;
      if (id != NULL && !gtk_column_view_column_get_expand (column))
        gtk_column_view_column_set_fixed_width (column, CLAMP (width, 40, 2000));
      gtk_column_view_append_column (view, column);
      g_ptr_array_remove_index (columns, i);
      return TRUE;
    }

  return FALSE;
}

/**
 * hw_column_memory_append:
 * @view: a column view without columns
 * @columns: (transfer full) (element-type GtkColumnViewColumn): its columns
 * @settings: (nullable): the settings; NULL remembers nothing
 * @name: the table's name in the settings
 *
 * Gives the view its columns, in the order and with the widths they had. Names in the settings that no column
 * has are passed over. The order is made before anything is appended, so that nothing moves inside of the view.
 */
void
hw_column_memory_append (GtkColumnView *view,
                         GPtrArray     *columns,
                         GSettings     *settings,
                         const char    *name)
{
  g_autofree char *key = g_strconcat (name, "-columns", NULL);

  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));

  if (settings != NULL)
    {
      g_autoptr(GVariant) saved = g_settings_get_value (settings, key);
      GVariantIter iter;
      const char *id;
      int width;

      g_variant_iter_init (&iter, saved);
      while (g_variant_iter_next (&iter, "(&sib)", &id, &width, NULL))
        append (view, columns, id, width);
    }
  while (append (view, columns, NULL, 0))
    ;
  g_ptr_array_unref (columns);
}

/**
 * hw_column_memory_clear:
 * @view: a column view
 * @focus: (nullable): the column whose title had the focus last, or could have it first
 *
 * Takes the view's columns away. GTK 4.18 leaks the neighbour of a column that goes while it is the one of the
 * focus, so that goes last, when it has none.
 */
void
hw_column_memory_clear (GtkColumnView       *view,
                        GtkColumnViewColumn *focus)
{
  GListModel *columns;

  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));

  columns = gtk_column_view_get_columns (view);
  for (guint i = g_list_model_get_n_items (columns); i > 0; i--)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i - 1);

      if (column != focus)
        gtk_column_view_remove_column (view, column);
    }
  if (focus != NULL)
    gtk_column_view_remove_column (view, focus);
}

/**
 * hw_column_memory_save:
 * @view: a column view
 * @settings: (nullable): the settings
 * @name: the table's name in the settings
 *
 * Remembers the columns.
 */
void
hw_column_memory_save (GtkColumnView *view,
                       GSettings     *settings,
                       const char    *name)
{
  g_autofree char *key = g_strconcat (name, "-columns", NULL);
  GListModel *columns;
  GVariantBuilder builder;

  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));

  if (settings == NULL)
    return;

  columns = gtk_column_view_get_columns (view);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sib)"));
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      g_variant_builder_add (&builder, "(sib)", gtk_column_view_column_get_id (column),
                             gtk_column_view_column_get_fixed_width (column),
                             gtk_column_view_column_get_visible (column));
    }
  g_settings_set_value (settings, key, g_variant_builder_end (&builder));
}
