/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hw-bitset.h"
#include "base/hw-column.h"

static void
test_growth (void)
{
  g_auto(HwColumn) column = { NULL, 0, 0, 0 };
  g_autoptr(GError) error = NULL;
  gsize moves = 0;

  hw_column_init (&column, 4);
  for (guint i = 0; i < 200000; i++)
    {
      gsize capacity = column.capacity;

      g_assert_true (hw_column_reserve (&column, 1, &error));
      moves += column.capacity != capacity;
      hw_column_u32 (&column)[column.length++] = i * 3;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (moves, <, 32);
  for (guint i = 0; i < 200000; i++)
    g_assert_cmpuint (hw_column_get (&column, i), ==, i * 3);

  hw_column_shrink (&column);
  g_assert_cmpuint (column.capacity, ==, 200000);
  g_assert_cmpuint (hw_column_get (&column, 199999), ==, 199999 * 3);

  hw_column_clear (&column);
  g_assert_cmpuint (column.length, ==, 0);
  g_assert_true (hw_column_reserve (&column, 5, &error));
  g_assert_cmpuint (column.capacity, >=, 5);
}

static void
set (HwColumn *column,
     gsize     i,
     guint64   value)
{
  switch (column->width)
    {
    case 1:
      ((guint8 *) column->data)[i] = (guint8) value;
      break;
    case 2:
      ((guint16 *) column->data)[i] = (guint16) value;
      break;
    case 4:
      ((guint32 *) column->data)[i] = (guint32) value;
      break;
    default:
      ((guint64 *) column->data)[i] = value;
      break;
    }
}

static void
test_widen (void)
{
  static const guint widths[] = { 1, 2, 4, 8 };

  for (guint from = 0; from < G_N_ELEMENTS (widths); from++)
    for (guint to = from; to < G_N_ELEMENTS (widths); to++)
      {
        g_auto(HwColumn) column = { NULL, 0, 0, 0 };
        guint64 greatest = G_MAXUINT64 >> (64 - 8 * widths[from]);

        hw_column_init (&column, widths[from]);
        g_assert_true (hw_column_resize (&column, 1000, NULL));
        for (guint i = 0; i < 1000; i++)
          set (&column, i, greatest - i % 200);
        g_assert_true (hw_column_widen (&column, widths[to], NULL));
        g_assert_cmpuint (column.width, ==, widths[to]);
        g_assert_cmpuint (column.length, ==, 1000);
        for (guint i = 0; i < 1000; i++)
          g_assert_cmpuint (hw_column_get (&column, i), ==, greatest - i % 200);
        g_assert_true (hw_column_reserve (&column, 10000, NULL));
        set (&column, 10999, 7);
      }
}

static void
test_widen_empty (void)
{
  g_auto(HwColumn) column = { NULL, 0, 0, 4 };

  g_assert_true (hw_column_widen (&column, 8, NULL));
  g_assert_cmpuint (column.width, ==, 8);
  g_assert_cmpuint (column.length, ==, 0);
  g_assert_true (hw_column_reserve (&column, 1, NULL));
  hw_column_u64 (&column)[column.length++] = G_MAXUINT64;
  g_assert_cmpuint (hw_column_get (&column, 0), ==, G_MAXUINT64);
}

/* What comes new is 0, also where something stood before. */
static void
test_resize (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);
  g_auto(HwColumn) column = { NULL, 0, 0, 2 };
  g_autoptr(GArray) twin = g_array_new (FALSE, TRUE, sizeof (guint16));

  for (guint step = 0; step < 300; step++)
    {
      guint length = (guint) g_rand_int_range (rand, 0, 3000);

      g_assert_true (hw_column_resize (&column, length, NULL));
      g_array_set_size (twin, length);
      if (step % 50 == 49)
        hw_column_shrink (&column);
      for (guint i = 0; i < length; i++)
        g_assert_cmpuint (hw_column_get (&column, i), ==, g_array_index (twin, guint16, i));
      for (guint i = 0; i < length; i += 3)
        {
          set (&column, i, step + i);
          g_array_index (twin, guint16, i) = (guint16) (step + i);
        }
    }
}

/* Asking for more than there is: an error, and the column stays as it was. */
static void
test_overflow (void)
{
  g_auto(HwColumn) column = { NULL, 0, 0, 8 };
  g_auto(HwColumn) empty = { NULL, 0, 0, 8 };

  g_assert_true (hw_column_resize (&column, 3, NULL));
  hw_column_u64 (&column)[2] = 99;

  for (guint which = 0; which < 4; which++)
    {
      static const gsize sizes[] = { G_MAXSIZE, G_MAXSIZE - 2, G_MAXSIZE / 8 + 1, G_MAXSIZE / 16 };
      g_autoptr(GError) error = NULL;

      g_assert_false (hw_column_reserve (&column, sizes[which], &error));
      g_assert_error (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY);
      g_clear_error (&error);
      g_assert_false (hw_column_resize (&column, sizes[which], &error));
      g_assert_error (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY);
      g_assert_cmpuint (column.length, ==, 3);
      g_assert_cmpuint (hw_column_get (&column, 2), ==, 99);

      g_clear_error (&error);
      g_assert_false (hw_column_resize (&empty, sizes[which], &error));
      g_assert_error (error, HW_BASE_ERROR, HW_BASE_ERROR_NO_MEMORY);
      g_assert_cmpuint (empty.length, ==, 0);
    }
  g_assert_true (hw_column_resize (&empty, 1, NULL));
  g_assert_cmpuint (hw_column_get (&empty, 0), ==, 0);
}

static void
test_bitset (void)
{
  static const gsize sizes[] = { 0, 1, 63, 64, 65, 1000, 4096 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (s);
      g_auto(HwBitset) bits = { NULL, 0 };
      g_autofree gboolean *twin = g_new0 (gboolean, sizes[s] + 1);
      gsize count = 0;

      g_assert_cmpuint (hw_bitset_count (&bits), ==, 0);
      g_assert_true (hw_bitset_init (&bits, sizes[s]));
      g_assert_cmpuint (hw_bitset_count (&bits), ==, 0);
      for (guint step = 0; sizes[s] > 0 && step < 3000; step++)
        {
          gsize i = (gsize) g_rand_int_range (rand, 0, (gint32) sizes[s]);

          twin[i] = g_rand_int_range (rand, 0, 3) > 0;
          if (twin[i])
            hw_bitset_set (&bits, i);
          else
            hw_bitset_unset (&bits, i);
        }
      for (gsize i = 0; i < sizes[s]; i++)
        {
          g_assert_cmpint (hw_bitset_get (&bits, i), ==, twin[i]);
          count += (gsize) twin[i];
        }
      g_assert_cmpuint (hw_bitset_count (&bits), ==, count);
    }
}

static void
test_bitset_too_large (void)
{
  g_auto(HwBitset) bits = { NULL, 0 };

  g_assert_false (hw_bitset_init (&bits, G_MAXSIZE));
  hw_bitset_clear (&bits);
  g_assert_cmpuint (hw_bitset_count (&bits), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/column/growth", test_growth);
  g_test_add_func ("/column/widen", test_widen);
  g_test_add_func ("/column/widen-empty", test_widen_empty);
  g_test_add_func ("/column/resize", test_resize);
  g_test_add_func ("/column/overflow", test_overflow);
  g_test_add_func ("/bitset/random", test_bitset);
  g_test_add_func ("/bitset/too-large", test_bitset_too_large);

  return g_test_run ();
}
