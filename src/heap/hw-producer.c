/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who made this snapshot? The format has no member for it, so the heap is asked:
 *
 *  - Node.js and Electron keep their versions in `process.versions`, Deno in `Deno.version`; both are
 *    ordinary objects with ordinary strings. Such a version is exact.
 *  - Node's own C++ objects are called "Node / …", Blink's "blink::…" or, without internals, by the
 *    interface of the DOM they implement. A script's objects are of another kind and cannot look like it.
 *  - Bun's root leads to a "GlobalObject" with the property "Bun"; so does that of JavaScriptCore's own format.
 *  - A Node.js whose versions are not in the heap is at least as new as the header's columns and kinds.
 *
 * Where nothing is certain, nothing is said.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "heap/hw-heap-private.h"

/* Names of native objects that only Blink has, in captures that do not show its internals. */
static const char * const blink_names[] = {
  "HTMLDocument", "DedicatedWorkerGlobalScope", "ServiceWorkerGlobalScope", "SharedWorkerGlobalScope",
  "V8EventListener", "(Document DOM trees)",
};

/* The property of `process.versions` or `Deno.version` that says so, the surest first. */
static const struct
{
  const char *property;
  HwRuntime   runtime;
} version_properties[] = {
  { "electron", HW_RUNTIME_ELECTRON },
  { "bun", HW_RUNTIME_BUN },
  { "deno", HW_RUNTIME_DENO },
  { "node", HW_RUNTIME_NODE },
};

/**
 * hw_runtime_get_key:
 * @runtime: a runtime
 *
 * Returns: its name for programs: "node", "electron", "chromium", "deno", "bun", "bun-jsc", "jsc" or "unknown"
 */
const char *
hw_runtime_get_key (HwRuntime runtime)
{
  static const char * const keys[HW_N_RUNTIMES] = {
    "unknown", "node", "electron", "chromium", "deno", "bun", "bun-jsc", "jsc",
  };

  g_return_val_if_fail ((guint) runtime < HW_N_RUNTIMES, NULL);

  return keys[runtime];
}

/**
 * hw_producer_dup_text:
 * @self: a producer
 *
 * Returns: (transfer full): what a person calls it: "Node.js 22.4.1", "Node.js 22 or newer", "Chromium",
 *   or "V8 snapshot" if the file does not say
 */
char *
hw_producer_dup_text (const HwProducer *self)
{
  static const char * const names[HW_N_RUNTIMES] = {
    NULL, "Node.js", "Electron", "Chromium", "Deno", "Bun", "Bun (JavaScriptCore)", "JavaScriptCore",
  };
  const char *name;

  g_return_val_if_fail (self != NULL, NULL);

  name = names[self->runtime];
  if (name == NULL)
    return g_strdup (_("V8 snapshot"));
  if (*self->version == '\0')
    return g_strdup (name);
  if (self->or_newer)
    /* Translators: a program and the oldest version that it can be: Node.js 22 or newer */
    return g_strdup_printf (_("%s %s or newer"), name, self->version);

  return g_strdup_printf ("%s %s", name, self->version);
}

/**
 * hw_producer_set_version:
 * @version: where to put it
 * @text: what a file says; not trusted
 *
 * Takes over a text that looks like a version: it begins with a digit and has only letters, digits and
 * ".-_+".
 *
 * Returns: whether it does; else @version is left alone
 */
gboolean
hw_producer_set_version (char        version[HW_VERSION_SIZE],
                         const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length >= HW_VERSION_SIZE || !g_ascii_isdigit (*text))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr (".-_+", text[i]) == NULL)
      return FALSE;

  memcpy (version, text, length + 1);

  return TRUE;
}

/**
 * hw_producer_read_layout:
 * @self: a new producer
 * @layout: the file's columns
 *
 * Notes the first Node.js whose files have these columns and kinds, in case nothing says more.
 */
void
hw_producer_read_layout (HwProducer             *self,
                         const HwSnapshotLayout *layout)
{
  const char * const *kinds = (const char * const *) layout->node_kind_names;
  gboolean has_shapes = kinds != NULL && g_strv_contains (kinds, "object shape");
  const char *first = NULL;

  if (layout->is_jsc)
    {
      self->runtime = HW_RUNTIME_JSC;
      return;
    }
  if (has_shapes && layout->node_detachedness >= 0 && layout->node_trace_node_id < 0)
    first = "24";
  else if (has_shapes && !g_strv_contains (kinds, "wasm object"))
    first = "22";
  else if (has_shapes)
    first = "20";
  else if (layout->node_detachedness >= 0)
    first = "16";
  else if (layout->n_fields[HW_SNAPSHOT_SECTION_LOCATIONS] > 0)
    first = "12";

  self->or_newer = first != NULL && hw_producer_set_version (self->version, first);
}

/* What the property @name of @node leads to, or HW_NONE. */
static guint32
find_property (HwHeap     *heap,
               guint32     node,
               const char *name)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  gsize shift = hw_heap_pattern_shift (heap, node);

  for (guint32 e = first[node]; e < first[node + 1]; e++)
    if (hw_column_u8 (&heap->pattern_kind)[shift + e] == HW_EDGE_KIND_PROPERTY &&
        strcmp (hw_heap_string (heap, hw_column_u32 (&heap->pattern_name)[shift + e]), name) == 0)
      return hw_id (hw_column_ids (&heap->edge_target), e);

  return HW_NONE;
}

/* Reads the version that a string property of @node holds. */
static gboolean
read_version (HwHeap     *heap,
              guint32     node,
              const char *name,
              char        version[HW_VERSION_SIZE])
{
  guint32 value = find_property (heap, node, name);

  return value != HW_NONE && hw_heap_kind (heap, value) == HW_NODE_KIND_STRING &&
         hw_producer_set_version (version, hw_heap_string (heap, hw_column_u32 (&heap->node_name)[value]));
}

/* Takes @node for `process.versions` or its like: the engine's version and that of a runtime stand side by side. */
static gboolean
read_versions (HwHeap     *heap,
               guint32     node,
               HwProducer *producer)
{
  HwProducer found = { HW_RUNTIME_UNKNOWN, };

  read_version (heap, node, "v8", found.v8_version);
  for (guint i = 0; i < G_N_ELEMENTS (version_properties) && found.runtime == HW_RUNTIME_UNKNOWN; i++)
    if (read_version (heap, node, version_properties[i].property, found.version))
      found.runtime = version_properties[i].runtime;

  if (found.runtime == HW_RUNTIME_UNKNOWN || *found.v8_version == '\0')
    return FALSE;
  *producer = found;

  return TRUE;
}

static gboolean
is_bun (HwHeap     *heap,
        HwEdgeKind  kind)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  gsize shift = hw_heap_pattern_shift (heap, heap->root);

  for (guint32 e = first[heap->root]; e < first[heap->root + 1]; e++)
    {
      guint32 child = hw_id (hw_column_ids (&heap->edge_target), e);

      if (hw_column_u8 (&heap->pattern_kind)[shift + e] == kind &&
          strcmp (hw_heap_string (heap, hw_column_u32 (&heap->node_name)[child]), "GlobalObject") == 0 &&
          find_property (heap, child, "Bun") != HW_NONE)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_blink_name (const char *name)
{
  if (g_str_has_prefix (name, "blink::"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (blink_names); i++)
    if (strcmp (name, blink_names[i]) == 0)
      return TRUE;

  return FALSE;
}

/* Looks for `Deno.version`, where scripts of Deno's own get it from. */
static gboolean
find_deno (HwHeap        *heap,
           HwProducer    *producer,
           GCancellable  *cancellable,
           GError       **error)
{
  const guint32 *first = hw_column_u32 (&heap->first_edge);
  const guint32 *names = hw_column_u32 (&heap->pattern_name);
  const guint8 *kinds = hw_column_u8 (&heap->pattern_kind);
  guint32 deno = heap->known[HW_KNOWN_DENO];

  /* Both are there in every Deno and hardly ever elsewhere, so that others do not pay for the search. */
  if (deno == HW_NONE || heap->known[HW_KNOWN_TYPESCRIPT] == HW_NONE)
    return TRUE;

  for (guint32 node = 0; node < heap->n_nodes; node++)
    {
      gsize shift = hw_heap_pattern_shift (heap, node);

      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      for (guint32 e = first[node]; e < first[node + 1]; e++)
        if (names[shift + e] == deno && kinds[shift + e] == HW_EDGE_KIND_PROPERTY &&
            find_property (heap, node, "typescript") != HW_NONE && read_versions (heap, node, producer))
          return TRUE;
    }

  return TRUE;
}

/**
 * hw_heap_find_producer:
 * @self: a heap whose nodes, edges and strings are complete
 * @cancellable: (nullable): stops the search
 * @error: return location
 *
 * Sets the heap's producer.
 *
 * Cost: a look at each node; for Deno, also at each edge.
 *
 * Returns: FALSE when cancelled
 */
gboolean
hw_heap_find_producer (HwHeap        *self,
                       GCancellable  *cancellable,
                       GError       **error)
{
  const guint32 *names = hw_column_u32 (&self->node_name);
  HwProducer exact = { HW_RUNTIME_UNKNOWN, };
  gboolean is_node = FALSE, is_blink = FALSE;

  if (self->producer.runtime == HW_RUNTIME_JSC)
    {
      if (is_bun (self, HW_EDGE_KIND_INTERNAL))
        self->producer.runtime = HW_RUNTIME_BUN_JSC;
      return TRUE;
    }

  for (guint32 node = 0; node < self->n_nodes; node++)
    {
      HwNodeKind kind = hw_heap_kind (self, node);

      HW_RETURN_IF_CANCELLED (node, cancellable, error);
      if (kind == HW_NODE_KIND_NATIVE || kind == HW_NODE_KIND_SYNTHETIC)
        {
          if (!is_node)
            is_node = g_str_has_prefix (hw_heap_string (self, names[node]), "Node / ");
          if (!is_blink)
            is_blink = is_blink_name (hw_heap_string (self, names[node]));
        }
      else if (names[node] == self->known[HW_KNOWN_PROCESS] && kind == HW_NODE_KIND_OBJECT &&
               exact.runtime == HW_RUNTIME_UNKNOWN)
        {
          guint32 versions = find_property (self, node, "versions");

          if (versions != HW_NONE)
            read_versions (self, versions, &exact);
        }
    }
  if (exact.runtime == HW_RUNTIME_UNKNOWN && !is_node && !is_blink &&
      !find_deno (self, &exact, cancellable, error))
    return FALSE;

  /* A page may hold a stand-in for `process` that tells of a Node.js there is not. */
  if (is_blink && exact.runtime != HW_RUNTIME_ELECTRON)
    self->producer = (HwProducer) { HW_RUNTIME_CHROMIUM, };
  else if (exact.runtime != HW_RUNTIME_UNKNOWN)
    self->producer = exact;
  else if (is_node)
    self->producer.runtime = HW_RUNTIME_NODE; /* of the version that the columns tell */
  else
    self->producer = (HwProducer) { is_bun (self, HW_EDGE_KIND_SHORTCUT) ? HW_RUNTIME_BUN : HW_RUNTIME_UNKNOWN, };

  return TRUE;
}

/**
 * hw_heap_get_producer:
 * @self: a heap
 *
 * Returns: (transfer none): who made the snapshot, as far as the file says
 */
const HwProducer *
hw_heap_get_producer (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->producer;
}

/**
 * hw_heap_get_has_texts:
 * @self: a heap
 *
 * Whether the snapshot holds what strings say. JavaScriptCore's format has none: the name of a string is only
 * "string" there, and what a number, a symbol or a regular expression is, is not known either.
 *
 * Returns: FALSE when names of strings are not their texts
 */
gboolean
hw_heap_get_has_texts (HwHeap *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->producer.runtime != HW_RUNTIME_BUN_JSC && self->producer.runtime != HW_RUNTIME_JSC;
}
