/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the words in the tables mean, for people who meet them for the first time. The help's terminology page
 * says the same at length.
 */
#include "config.h"

#include "app/hw-explanations.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *name;     /* of a constructor or a node, without "Detached " */
  gboolean    prefix;   /* it may go on */
  const char *words;    /* marked with N_() */
} Explanation;

static const Explanation explanations[] = {
  { "(system)", FALSE, N_("Parts of the engine that are not objects of the program: maps, contexts’ tables, internal lists. What only one object uses is counted with that object.") },
  { "(compiled code)", FALSE, N_("Compiled functions, bytecode and what the engine knows about scripts. It grows with the code that has run, not with the data.") },
  { "(array)", FALSE, N_("Internal arrays of the engine, such as the elements of a large array or the table of a Map. They are not JavaScript arrays.") },
  { "(string)", FALSE, N_("Text. Many equal strings are a frequent waste.") },
  { "(concatenated string)", FALSE, N_("Text put together with +, kept as its two parts until somebody needs it whole. It keeps both parts alive.") },
  { "(sliced string)", FALSE, N_("A part of a longer text. It keeps the whole of the longer text alive.") },
  { "(number)", FALSE, N_("Numbers that do not fit into their object and have a place of their own.") },
  { "(symbol)", FALSE, N_("Symbols, and the text that describes them.") },
  { "(bigint)", FALSE, N_("Whole numbers of any size.") },
  { "(object shape)", FALSE, N_("How objects are laid out: which properties they have and where. Many of them mean that many differently built objects exist.") },
  { "(synthetic)", FALSE, N_("Groupings that the snapshot itself makes, such as the roots. They take no memory.") },
  { "Function", FALSE, N_("Functions. Each one keeps the variables of the place where it was made alive.") },
  { "system / Context", TRUE, N_("The variables of a function that other functions inside it still use. It lives as long as one of those functions does.") },
  { "system / NativeContext", TRUE, N_("One JavaScript world with its own globals: a page, a frame, or a context made by the program.") },
  { "system / JSArrayBufferData", FALSE, N_("The bytes of an ArrayBuffer or Buffer, outside of the JavaScript heap.") },
  { "system / ExternalStringData", FALSE, N_("The text of a string that lies outside of the JavaScript heap.") },
  { "system / Map", FALSE, N_("The layout of a kind of objects. This is not a JavaScript Map.") },
  { "system / DescriptorArray", FALSE, N_("The list of properties that belongs to a layout of objects.") },
  { "system / PropertyArray", FALSE, N_("Room for properties that do not fit into their object.") },
  { "(GC roots)", FALSE, N_("Where the garbage collector begins. Whatever can be reached from here stays alive.") },
  { "(Handle scope)", FALSE, N_("Values that native code is working with at this moment.") },
  { "(Global handles)", FALSE, N_("Values that native code, such as an add-on, holds until it lets go of them.") },
  { "(Stack roots)", FALSE, N_("Values of the functions that were running when the snapshot was taken.") },
  { "(Strong roots)", FALSE, N_("Values that the engine itself always needs.") },
  { "(Weak roots)", FALSE, N_("Values that the engine knows about but does not keep alive.") },
  { "(Traced handles)", FALSE, N_("Values held by the embedder’s own objects, such as the elements of a page.") },
  { "(Eternal handles)", FALSE, N_("Values that native code keeps for the whole run.") },
  { "C++ Persistent roots", TRUE, N_("Objects of the embedder that hold JavaScript values on purpose.") },
  { "Node / ", TRUE, N_("An object of Node.js itself, written in C++.") },
  { "InternalNode", FALSE, N_("An object of the embedder that has no name of its own.") },
  { "Window", TRUE, N_("The global object of a page or frame.") },
  { "global", TRUE, N_("The global object: what every part of the program can reach by name.") },
  { "WeakMap", FALSE, N_("A map that does not keep its keys alive. A value stays as long as its key and the map do.") },
  { "WeakRef", FALSE, N_("A reference that does not keep its target alive.") },
  { "(missing string)", FALSE, N_("The name was in a part of the file that is missing.") },
};

static const char *
find_words (const char *name)
{
  /* The one name here that the reader writes in the person's language. */
  if (g_str_equal (name, _("(missing string)")))
    name = "(missing string)";

  for (gsize i = 0; i < G_N_ELEMENTS (explanations); i++)
    if (explanations[i].prefix ? g_str_has_prefix (name, explanations[i].name)
                               : g_str_equal (name, explanations[i].name))
      return _(explanations[i].words);

  return NULL;
}

static void
add_words (GString    *text,
           const char *words)
{
  if (words == NULL)
    return;
  if (text->len > 0)
    g_string_append (text, "\n\n");
  g_string_append (text, words);
}

static const char *
find_edge_words (HwRow *row)
{
  HwEdgeId edge = hw_row_get_edge (row);

  if (edge.value == HW_NONE)
    return NULL;

  switch (hw_heap_get_edge_kind (hw_row_get_heap (row), edge))
    {
    case HW_EDGE_KIND_CONTEXT:
      return _("A variable that a function inside still uses.");
    case HW_EDGE_KIND_INTERNAL:
    case HW_EDGE_KIND_OTHER:
      return _("A link of the engine, not a property that a program could delete.");
    case HW_EDGE_KIND_HIDDEN:
      return _("A nameless place inside the engine.");
    case HW_EDGE_KIND_WEAK:
      return _("A weak reference: it does not keep its target alive.");
    case HW_EDGE_KIND_SHORTCUT:
      return _("A shorter way that the snapshot adds. It does not keep anything alive by itself.");
    case HW_EDGE_KIND_ELEMENT:
    case HW_EDGE_KIND_PROPERTY:
    default:
      return NULL;
    }
}

/**
 * hw_explanations_for_row:
 * @row: a row of any table
 *
 * Explains the engine's words in a row: its constructor or object, the reference, and a distance without
 * a number.
 *
 * Returns: (transfer full) (nullable): translated sentences, or NULL when nothing needs one
 */
char *
hw_explanations_for_row (HwRow *row)
{
  GString *text = g_string_new (NULL);
  HwRowKind kind = hw_row_get_kind (row);
  HwNodeId node = hw_row_get_node (row);
  gint64 distance;

  if (kind == HW_ROW_CLASS || kind == HW_ROW_DIFF_CLASS)
    {
      g_auto(HwRowText) parts = { NULL, };
      const char *name;

      hw_row_get_text (row, &parts);
      name = parts.value;
      if (g_str_has_prefix (name, "Detached "))
        {
          add_words (text, _("Detached: part of a page’s tree that was taken out of the document, but that a script still holds."));
          name += strlen ("Detached ");
        }
      add_words (text, find_words (name));
      if (*name == '{')
        add_words (text, _("Plain objects are named after the properties that many of them share."));
    }
  else if (node.value != HW_NONE)
    {
      HwHeap *heap = hw_row_get_heap (row);
      HwClassTable *classes = hw_heap_get_class_table (heap);
      g_auto(HwRowText) parts = { NULL, };
      const char *words = find_words (hw_heap_get_node_raw_name (heap, node));

      if (hw_heap_get_detachedness (heap, node) == HW_DETACHEDNESS_DETACHED)
        add_words (text, _("✂ Detached: part of a page’s tree that was taken out of the document, but that a script still holds."));
      if (words == NULL)
        words = find_words (hw_class_table_get_row (classes, hw_heap_get_node_class (heap, node))->name);
      add_words (text, words);
      add_words (text, find_edge_words (row));
      hw_row_get_text (row, &parts);
      if (parts.reachable_from_window && parts.value_style != HW_TEXT_STYLE_STRING)
        add_words (text, _("◇: a script can get at it by property names, beginning at a global object."));
    }

  if (hw_row_get_measure (row, HW_MEASURE_DISTANCE, &distance))
    {
      if (distance < 0)
        add_words (text, _("Distance −: nothing reaches it any more; the next garbage collection may free it."));
      else if (distance >= HW_DISTANCE_SYSTEM)
        add_words (text, _("Distance −: only the engine reaches it, not the program’s own globals."));
      else if (distance > 0)
        {
          g_autofree char *number = hw_format_distance (distance);
          /* Translators: %s is a number */
          g_autofree char *words =
            g_strdup_printf (ngettext ("Distance %s: one of the program’s own roots, such as a global object.",
                                       "Distance %s: that many references on the shortest path from the root, the first to a global object.",
                                       (gulong) distance),
                             number);

          add_words (text, words);
        }
    }

  return g_string_free (text, text->len == 0);
}

/**
 * hw_explanations_distance:
 *
 * Returns: what the column Distance means, translated
 */
const char *
hw_explanations_distance (void)
{
  return _("Distance: how many references lie on the shortest path from the root. A global object has 1, what it refers to 2. A − means that only the engine, or nothing, reaches it.");
}

/**
 * hw_explanations_shallow:
 *
 * Returns: what the column Shallow size means, translated
 */
const char *
hw_explanations_shallow (void)
{
  return _("Shallow size: the memory of the object itself and of the internal parts that only it uses.");
}

/**
 * hw_explanations_retained:
 *
 * Returns: what the column Retained size means, translated
 */
const char *
hw_explanations_retained (void)
{
  return _("Retained size: the memory that would be freed if the object went away, with everything that only it keeps alive.");
}
