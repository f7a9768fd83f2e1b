/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shapes that tempt an algorithm to go over things again and again. Twice the size may take three times the
 * processor's time, no more; neither the machine nor its other work matters then.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "heap/hw-order.h"
#include "hw-made-heap.h"

#define ATTEMPTS 4

typedef void (*ShapeFunc) (HwMadeHeap *made,
                           guint       n);

static guint
add (HwMadeHeap *made,
     HwNodeKind  kind,
     const char *name)
{
  return hw_made_heap_add_node (made, kind, name, made->nodes->len * 2 + 1, made->nodes->len == 0 ? 0 : 16);
}

static void
chain (HwMadeHeap *made,
       guint       n)
{
  for (guint i = 0; i < n; i++)
    hw_made_heap_add_edge (made, i, add (made, HW_NODE_KIND_OBJECT, "Link"), HW_EDGE_KIND_PROPERTY, "next", 0);
}

/* Against the file's order, and with a way back, so that nothing is right at the first go. */
static void
ladder (HwMadeHeap *made,
        guint       n)
{
  for (guint i = 0; i < n; i++)
    add (made, HW_NODE_KIND_OBJECT, "Rung");
  hw_made_heap_add_edge (made, 0, n, HW_EDGE_KIND_PROPERTY, "top", 0);
  for (guint i = n; i > 1; i--)
    {
      hw_made_heap_add_edge (made, i, i - 1, HW_EDGE_KIND_PROPERTY, "down", 0);
      hw_made_heap_add_edge (made, i - 1, i, HW_EDGE_KIND_PROPERTY, "up", 0);
      hw_made_heap_add_edge (made, i, i > 2 ? i - 2 : 1, HW_EDGE_KIND_PROPERTY, "skip", 0);
    }
}

static void
star (HwMadeHeap *made,
      guint       n)
{
  guint target = add (made, HW_NODE_KIND_OBJECT, "Target");

  for (guint i = 0; i < n; i++)
    {
      guint node = add (made, HW_NODE_KIND_OBJECT, "Ray");

      hw_made_heap_add_edge (made, 0, node, HW_EDGE_KIND_ELEMENT, NULL, i);
      hw_made_heap_add_edge (made, node, target, HW_EDGE_KIND_PROPERTY, "target", 0);
    }
}

static void
classes (HwMadeHeap *made,
         guint       n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("Class%u", i);

      hw_made_heap_add_edge (made, 0, add (made, HW_NODE_KIND_OBJECT, name), HW_EDGE_KIND_ELEMENT, NULL, i);
    }
}

/* Each sequence of properties twice, so that each is a definition worth a class. */
static void
sequences (HwMadeHeap *made,
           guint       n)
{
  for (guint i = 0; i < n * 2; i++)
    {
      guint node = add (made, HW_NODE_KIND_OBJECT, "Object");
      g_autofree char *name = g_strdup_printf ("p%u", i / 2);

      hw_made_heap_add_edge (made, 0, node, HW_EDGE_KIND_ELEMENT, NULL, i);
      hw_made_heap_add_edge (made, node, 0, HW_EDGE_KIND_PROPERTY, "common", 0);
      hw_made_heap_add_edge (made, node, 0, HW_EDGE_KIND_PROPERTY, name, 0);
    }
}

static void
weak_map (HwMadeHeap *made,
          guint       n)
{
  guint table = add (made, HW_NODE_KIND_ARRAY, "");

  hw_made_heap_add_edge (made, 0, table, HW_EDGE_KIND_PROPERTY, "table", 0);
  for (guint i = 0; i < n; i++)
    {
      guint key = add (made, HW_NODE_KIND_OBJECT, "Key"), value = add (made, HW_NODE_KIND_OBJECT, "Value");
      g_autofree char *name = g_strdup_printf ("%u / part of key (Key @%u) -> value (Value @%u) pair in WeakMap (table @%u)",
                                               i, key * 2 + 1, value * 2 + 1, table * 2 + 1);

      hw_made_heap_add_edge (made, 0, key, HW_EDGE_KIND_ELEMENT, NULL, i);
      hw_made_heap_add_edge (made, key, value, HW_EDGE_KIND_INTERNAL, name, 0);
      hw_made_heap_add_edge (made, table, value, HW_EDGE_KIND_INTERNAL, name, 0);
    }
}

static GBytes *
make (ShapeFunc shape,
      guint     n)
{
  g_autoptr(HwMadeHeap) made = hw_made_heap_new ();
  char *json;

  add (made, HW_NODE_KIND_SYNTHETIC, "");
  shape (made, n);
  json = hw_made_heap_to_json (made);

  return g_bytes_new_take (json, strlen (json));
}

/* Seconds of the processor for loading, for the retainers of one node, and for what orders them. */
static double
measure (GBytes *bytes,
         guint   n)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  clock_t begin = clock ();
  g_autoptr(GError) error = NULL;
  g_autoptr(HwHeap) heap = hw_heap_load_stream_sync (stream, 0, NULL, NULL, &error);
  g_autofree guint32 *retainers = NULL;
  guint32 n_retainers;

  g_assert_no_error (error);
  g_assert_cmpuint (hw_heap_get_n_nodes (heap), >=, n);
  n_retainers = hw_heap_collect_retainers (heap, HW_NODE (1), &retainers);
  g_assert_true (hw_order_retainers (heap, (HwOrder) { HW_MEASURE_NAME, FALSE }, retainers, n_retainers, NULL, NULL));
  for (guint i = 0; i < n; i++)
    hw_heap_get_n_dominated (heap, HW_NODE (i));

  return (double) (clock () - begin) / CLOCKS_PER_SEC;
}

static void
check (ShapeFunc shape,
       guint     n)
{
  g_autoptr(GBytes) half = make (shape, n / 2);
  g_autoptr(GBytes) whole = make (shape, n);
  double of_half = G_MAXDOUBLE, of_whole = G_MAXDOUBLE;

  /* The least of some: what came between only ever adds. */
  for (guint i = 0; i < ATTEMPTS; i++)
    {
      of_half = MIN (of_half, measure (half, n / 2));
      of_whole = MIN (of_whole, measure (whole, n));
      if (of_whole <= 3 * of_half)
        break;
    }
  g_test_message ("%u: %.0f ms, %u: %.0f ms", n / 2, of_half * 1e3, n, of_whole * 1e3);
  g_assert_cmpfloat (of_whole, <=, 3 * of_half);
}

static void
test_chain (void)
{
  check (chain, 300000);
}

static void
test_ladder (void)
{
  check (ladder, 200000);
}

static void
test_star (void)
{
  check (star, 300000);
}

static void
test_classes (void)
{
  check (classes, 100000);
}

static void
test_sequences (void)
{
  check (sequences, 100000);
}

static void
test_weak_map (void)
{
  check (weak_map, 100000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/heap/linear/chain", test_chain);
  g_test_add_func ("/heap/linear/ladder", test_ladder);
  g_test_add_func ("/heap/linear/star", test_star);
  g_test_add_func ("/heap/linear/classes", test_classes);
  g_test_add_func ("/heap/linear/sequences", test_sequences);
  g_test_add_func ("/heap/linear/weak-map", test_weak_map);

  return g_test_run ();
}
