/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make-shape SHAPE N FILE: writes a snapshot of about N objects in a shape that breaks other tools.
 *
 *   chain      each object refers to the next
 *   star       N objects refer to one
 *   lists      30,000 doubly linked lists
 *   classes    every object has a constructor of its own
 *   sequences  plain objects, each with properties of its own
 *   strings    an array of strings, each with a name and a size of its own (rows to sort)
 *
 * Below the root hangs one global object, and everything else below that. Written front to back, so that N
 * is limited by the disk only: each section is a loop of its own over the same rules.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

#define N_LISTS 30000
#define N_FIXED 2  /* the root and the global object */

/* Kinds by their places in the header below. */
enum { KIND_ARRAY = 1, KIND_STRING = 2, KIND_OBJECT = 3, KIND_SYNTHETIC = 9 };
enum { EDGE_ELEMENT = 1, EDGE_PROPERTY = 2 };

/* Strings that every shape has; those of the shape follow. */
enum { NAME_EMPTY, NAME_GLOBAL, NAME_OBJECT, NAME_NODE, NAME_NEXT, NAME_PREV, N_NAMES };

typedef struct
{
  FILE    *file;
  guint64  n;
  gboolean is_first;
} Writer;

typedef struct _Shape Shape;

/* What object @i of @n is; its edges go to objects, counted without the fixed nodes. */
struct _Shape
{
  const char *name;
  guint       kind;
  guint64   (*node_name) (guint64 i);
  guint     (*edges)     (guint64 i, guint64 n, guint64 *targets, guint64 *names);
  guint64     from_global; /* to how many objects the global object refers */
  const char *own_string;  /* what the string of object @i begins with, or NULL */
};

static guint64
name_node (guint64 i G_GNUC_UNUSED)
{
  return NAME_NODE;
}

static guint64
name_object (guint64 i G_GNUC_UNUSED)
{
  return NAME_OBJECT;
}

static guint64
name_own (guint64 i)
{
  return N_NAMES + i;
}

static guint
edges_none (guint64  i G_GNUC_UNUSED,
            guint64  n G_GNUC_UNUSED,
            guint64 *targets G_GNUC_UNUSED,
            guint64 *names G_GNUC_UNUSED)
{
  return 0;
}

static guint
edges_chain (guint64  i,
             guint64  n,
             guint64 *targets,
             guint64 *names)
{
  targets[0] = i + 1;
  names[0] = NAME_NEXT;

  return i + 1 < n ? 1 : 0;
}

static guint
edges_star (guint64  i,
            guint64  n G_GNUC_UNUSED,
            guint64 *targets,
            guint64 *names)
{
  targets[0] = 0;
  names[0] = NAME_NEXT;

  return i > 0 ? 1 : 0;
}

/* Object i is in list i mod N_LISTS, so neighbours in a list are far from each other in the file. */
static guint
edges_lists (guint64  i,
             guint64  n,
             guint64 *targets,
             guint64 *names)
{
  guint n_edges = 0;

  if (i + N_LISTS < n)
    {
      targets[n_edges] = i + N_LISTS;
      names[n_edges++] = NAME_NEXT;
    }
  if (i >= N_LISTS)
    {
      targets[n_edges] = i - N_LISTS;
      names[n_edges++] = NAME_PREV;
    }

  return n_edges;
}

static guint
edges_sequences (guint64  i,
                 guint64  n,
                 guint64 *targets,
                 guint64 *names)
{
  targets[0] = targets[1] = 0;
  names[0] = N_NAMES + i;
  names[1] = N_NAMES + (i * 7 + 1) % n;

  return 2;
}

static const Shape shapes[] = {
  { "chain", KIND_OBJECT, name_node, edges_chain, 1, NULL },
  { "star", KIND_OBJECT, name_node, edges_star, G_MAXUINT64, NULL },
  { "lists", KIND_OBJECT, name_node, edges_lists, N_LISTS, NULL },
  { "classes", KIND_OBJECT, name_own, edges_none, G_MAXUINT64, "Class" },
  { "sequences", KIND_OBJECT, name_object, edges_sequences, G_MAXUINT64, "property" },
  { "strings", KIND_STRING, name_own, edges_none, G_MAXUINT64, "a text of number " },
};

static void
put_number (Writer  *self,
            guint64  number)
{
  char digits[24];
  guint i = sizeof digits;

  do
    digits[--i] = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  if (!self->is_first)
    digits[--i] = ',';
  self->is_first = FALSE;
  fwrite (digits + i, 1, sizeof digits - i, self->file);
}

/* Spreads 0, 1, 2, … so that neither names nor sizes come sorted. */
static guint64
mix (guint64 i)
{
  i *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return i ^ i >> 29;
}

static void
put_node (Writer  *self,
          guint64  kind,
          guint64  name,
          guint64  number,
          guint64  size,
          guint64  n_edges)
{
  put_number (self, kind);
  put_number (self, name);
  put_number (self, number * 2 + 1);
  put_number (self, size);
  put_number (self, n_edges);
}

static void
put_edge (Writer  *self,
          guint64  kind,
          guint64  name,
          guint64  node)
{
  put_number (self, kind);
  put_number (self, name);
  put_number (self, node * 5);
}

static void
put_header (Writer *self)
{
  fputs ("{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"],"
         "\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\",\"regexp\",\"number\","
         "\"native\",\"synthetic\"],\"string\",\"number\",\"number\",\"number\"],"
         "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],"
         "\"edge_types\":[[\"context\",\"element\",\"property\",\"internal\",\"hidden\",\"shortcut\",\"weak\"],"
         "\"string_or_number\",\"node\"]},\"node_count\":0,\"edge_count\":0},\n\"nodes\":[", self->file);
  self->is_first = TRUE;
}

static void
write_shape (Writer      *self,
             const Shape *shape)
{
  static const char *names[N_NAMES] = { "", "global", "Object", "Node", "next", "prev" };
  guint64 n_from_global = MIN (shape->from_global, self->n);
  guint64 targets[2], edge_names[2];

  put_header (self);
  put_node (self, KIND_SYNTHETIC, NAME_EMPTY, 0, 0, 1);
  put_node (self, KIND_OBJECT, NAME_GLOBAL, 1, 16, n_from_global);
  for (guint64 i = 0; i < self->n; i++)
    put_node (self, shape->kind, shape->node_name (i), N_FIXED + i, 8 + mix (i) % 1000,
              shape->edges (i, self->n, targets, edge_names));

  fputs ("],\n\"edges\":[", self->file);
  self->is_first = TRUE;
  put_edge (self, EDGE_ELEMENT, 0, 1);
  for (guint64 i = 0; i < n_from_global; i++)
    put_edge (self, EDGE_ELEMENT, i, N_FIXED + i);
  for (guint64 i = 0; i < self->n; i++)
    for (guint e = 0, n = shape->edges (i, self->n, targets, edge_names); e < n; e++)
      put_edge (self, EDGE_PROPERTY, edge_names[e], N_FIXED + targets[e]);

  fputs ("],\n\"strings\":[", self->file);
  for (guint i = 0; i < N_NAMES; i++)
    fprintf (self->file, "%s\"%s\"", i > 0 ? "," : "", names[i]);
  for (guint64 i = 0; shape->own_string != NULL && i < self->n; i++)
    fprintf (self->file, ",\n\"%s%" G_GUINT64_FORMAT "\"", shape->own_string, mix (i) >> 16);
  fputs ("]}\n", self->file);
}

int
main (int    argc,
      char **argv)
{
  Writer writer = { NULL, };
  const Shape *shape = NULL;

  for (guint i = 0; argc == 4 && i < G_N_ELEMENTS (shapes); i++)
    if (g_str_equal (shapes[i].name, argv[1]))
      shape = &shapes[i];
  if (shape == NULL || !g_ascii_string_to_unsigned (argv[2], 10, 1, G_MAXUINT32, &writer.n, NULL))
    {
      fprintf (stderr, "usage: make-shape SHAPE N FILE\n");
      return EXIT_FAILURE;
    }

  writer.file = fopen (argv[3], "we");
  if (writer.file == NULL)
    {
      perror (argv[3]);
      return EXIT_FAILURE;
    }
  write_shape (&writer, shape);
  if (fclose (writer.file) != 0)
    {
      perror (argv[3]);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
