/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/hw-text.h"
#include "model/hw-tree-source-private.h"

/*
 * The first column, word for word as in the memory panel.
 *
 * A string of a heap may be hundreds of megabytes long; a cell gets its first characters, and nothing
 * here looks at more of it.
 */

#define MAX_CHARS 300
#define MAX_URL_CHARS 40

/**
 * hw_row_text_clear:
 * @self: a row's text
 *
 * Frees what is in it.
 */
void
hw_row_text_clear (HwRowText *self)
{
  g_clear_pointer (&self->edge, g_free);
  g_clear_pointer (&self->value, g_free);
}

/* Appends the start of WTF-8 text as one line of UTF-8. */
static void
append_shown (GString    *shown,
              const char *text)
{
  guint n_chars = 0;
  guint32 code;

  while ((code = hw_text_next (&text)) != 0)
    {
      if (n_chars++ == MAX_CHARS)
        {
          g_string_append (shown, "…");
          break;
        }

      if (code == '\n')
        g_string_append (shown, "↵");
      else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029)
        g_string_append_c (shown, ' ');
      else if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        g_string_append (shown, "\xef\xbf\xbd");
      else
        g_string_append_unichar (shown, code);
    }
}

static char *
dup_shown (const char *before,
           const char *text,
           const char *after)
{
  GString *shown = g_string_new (before);

  append_shown (shown, text);
  g_string_append (shown, after);

  return g_string_free (shown, FALSE);
}

/* "Window / https://example.org/a/long/path": the scheme goes, and the middle of what is long. */
static char *
dup_window_name (const char *shown)
{
  static const char * const schemes[] = { "https://", "http://", "file://" };
  const char *slash = strchr (shown, '/');
  const char *url;
  g_autofree char *head = NULL;
  glong n_chars;

  if (slash == NULL)
    return g_strdup (shown);

  url = slash + 1;
  while (g_ascii_isspace (*url))
    url++;

  head = g_strndup (shown, (gsize) (url - shown));

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      if (g_str_has_prefix (url, schemes[i]))
        {
          url += strlen (schemes[i]);
          break;
        }
    }

  n_chars = g_utf8_strlen (url, -1);
  if (n_chars > MAX_URL_CHARS)
    {
      const glong n_left = MAX_URL_CHARS / 2;
      const glong n_right = MAX_URL_CHARS - n_left - 1;
      g_autofree char *left = g_utf8_substring (url, 0, n_left);

      return g_strconcat (head, left, "…", g_utf8_offset_to_pointer (url, n_chars - n_right), NULL);
    }

  return g_strconcat (head, url, NULL);
}

/* The node's display name; a plain string is not copied, however long it is. */
static const char *
get_name (HwHeap      *heap,
          HwNodeId     node,
          HwNodeKind   kind,
          char       **to_free)
{
  if (kind == HW_NODE_KIND_OBJECT || kind == HW_NODE_KIND_CONCATENATED_STRING)
    return *to_free = hw_heap_dup_node_name (heap, node);

  *to_free = NULL;

  return hw_heap_get_node_raw_name (heap, node);
}

void
hw_row_text_init_class (HwRowText  *self,
                        const char *name,
                        guint64     count)
{
  *self = (HwRowText) {
    .joiner = "",
    .value = dup_shown ("", name, ""),
    .value_style = HW_TEXT_STYLE_OBJECT,
    .count = count,
  };
}

void
hw_row_text_init_object (HwRowText *self,
                         HwHeap    *heap,
                         HwNodeId   node)
{
  const HwNodeKind kind = hw_heap_get_node_kind (heap, node);
  g_autofree char *to_free = NULL;
  const char *name = get_name (heap, node, kind, &to_free);

  *self = (HwRowText) {
    .joiner = "",
    .value_style = HW_TEXT_STYLE_OBJECT,
    .object_id = hw_heap_get_object_id (heap, node),
    .detached = kind == HW_NODE_KIND_NATIVE &&
                hw_heap_get_detachedness (heap, node) == HW_DETACHEDNESS_DETACHED,
    .reachable_from_window = kind == HW_NODE_KIND_STRING || hw_heap_get_is_queryable (heap, node),
  };

  switch (kind)
    {
    case HW_NODE_KIND_STRING:
    case HW_NODE_KIND_CONCATENATED_STRING:
      if (!hw_heap_get_has_texts (heap))
        {
          self->value = dup_shown ("", name, "");
          self->value_style = HW_TEXT_STYLE_ENGINE;
          break;
        }
      self->value = dup_shown ("\"", name, "\"");
      self->value_style = HW_TEXT_STYLE_STRING;
      break;

    case HW_NODE_KIND_REGEXP:
      self->value = dup_shown ("/", name, "/");
      self->value_style = HW_TEXT_STYLE_STRING;
      break;

    case HW_NODE_KIND_CLOSURE:
      self->value = dup_shown ("", name, "()");
      self->value_style = HW_TEXT_STYLE_FUNCTION;
      break;

    case HW_NODE_KIND_ARRAY:
      self->value = dup_shown ("", *name != '\0' ? name : "(internal array)", "[]");
      break;

    case HW_NODE_KIND_BIGINT:
    case HW_NODE_KIND_NUMBER:
      self->value = dup_shown ("", name, "");
      self->value_style = HW_TEXT_STYLE_NUMBER;
      break;

    case HW_NODE_KIND_HIDDEN:
    case HW_NODE_KIND_OBJECT_SHAPE:
      self->value = dup_shown ("", name, "");
      self->value_style = HW_TEXT_STYLE_ENGINE;
      break;

    case HW_NODE_KIND_OBJECT:
      self->value = dup_shown ("", name, "");
      if (g_str_has_prefix (self->value, "Window"))
        {
          char *shortened = dup_window_name (self->value);

          g_free (self->value);
          self->value = shortened;
          self->reachable_from_window = TRUE;
        }
      break;

    case HW_NODE_KIND_CODE:
    case HW_NODE_KIND_NATIVE:
    case HW_NODE_KIND_SYNTHETIC:
    case HW_NODE_KIND_SLICED_STRING:
    case HW_NODE_KIND_SYMBOL:
    case HW_NODE_KIND_OTHER:
    default:
      self->value = dup_shown ("", name, "");
      break;
    }
}

void
hw_row_text_set_edge (HwRowText  *self,
                      HwHeap     *heap,
                      HwEdgeId    edge,
                      const char *joiner)
{
  g_autofree char *to_free = NULL;
  const char *name;

  if (hw_heap_get_edge_is_indexed (heap, edge))
    name = to_free = hw_heap_dup_edge_name (heap, edge);
  else
    name = hw_heap_get_edge_text (heap, edge);

  self->joiner = joiner;

  switch (hw_heap_get_edge_kind (heap, edge))
    {
    case HW_EDGE_KIND_ELEMENT:
      self->edge_style = HW_TEXT_STYLE_EDGE_PROPERTY;
      self->edge = dup_shown ("[", name, "]");
      return;

    case HW_EDGE_KIND_CONTEXT:
      self->edge_style = HW_TEXT_STYLE_EDGE_CONTEXT;
      break;

    case HW_EDGE_KIND_INTERNAL:
    case HW_EDGE_KIND_HIDDEN:
    case HW_EDGE_KIND_WEAK:
    case HW_EDGE_KIND_OTHER:
      self->edge_style = HW_TEXT_STYLE_EDGE_ENGINE;
      break;

    case HW_EDGE_KIND_PROPERTY:
    case HW_EDGE_KIND_SHORTCUT:
    default:
      self->edge_style = HW_TEXT_STYLE_EDGE_PROPERTY;
      break;
    }

  self->edge = dup_shown ("", *name != '\0' ? name : "(empty)", "");
}
