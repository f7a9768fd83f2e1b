/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person arranged in a table: order and width of its columns, in the settings `NAME-columns`.
 * The order of rows is not kept here: a table opens with its view's own, which is what the help describes.
 */
#include "config.h"

#include "widgets/hw-column-memory.h"

static GtkColumnViewColumn *
find_column (GListModel *columns,
             const char *id,
             guint      *position)
{
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (g_strcmp0 (gtk_column_view_column_get_id (column), id) == 0)
        {
          *position = i;
          return column;
        }
    }

  return NULL;
}

/**
 * hw_column_memory_restore:
 * @view: a column view whose columns are complete
 * @settings: (nullable): the settings; NULL remembers nothing
 * @name: the table's name in the settings
 *
 * Puts the columns where they were. Names that the table does not have are passed over.
 */
void
hw_column_memory_restore (GtkColumnView *view,
                          GSettings     *settings,
                          const char    *name)
{
  g_autofree char *key = g_strconcat (name, "-columns", NULL);
  g_autoptr(GVariant) saved = NULL;
  GVariantIter iter;
  const char *id;
  int width;
  gboolean visible;
  guint place = 0;

  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));

  if (settings == NULL)
    return;

  saved = g_settings_get_value (settings, key);
  g_variant_iter_init (&iter, saved);
  while (g_variant_iter_next (&iter, "(&sib)", &id, &width, &visible))
    {
      guint position;
      GtkColumnViewColumn *column = find_column (gtk_column_view_get_columns (view), id, &position);

      if (column == NULL)
        continue;
      if (!gtk_column_view_column_get_expand (column))
        gtk_column_view_column_set_fixed_width (column, CLAMP (width, 40, 2000));
      if (position != place)
        {
          g_object_ref (column);
          gtk_column_view_insert_column (view, place, column);
          g_object_unref (column);
        }
      place++;
    }
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
