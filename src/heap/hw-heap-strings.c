/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The string table: one run of bytes and the offsets into it, in the file's order, then the few strings that
 * the engine makes itself.
 */
#include "config.h"

#include "heap/hw-heap-private.h"

static const char *known_strings[HW_N_KNOWN] = {
  [HW_KNOWN_OBJECT] = "Object",
  [HW_KNOWN_PROTO] = "__proto__",
  [HW_KNOWN_NATIVE_CONTEXT] = "system / NativeContext",
  [HW_KNOWN_SLOPPY_FUNCTION_MAP] = "sloppy_function_map",
  [HW_KNOWN_MAP_DESCRIPTORS] = "(map descriptors)",
  [HW_KNOWN_EXTERNAL_STRING_DATA] = "system / ExternalStringData",
  [HW_KNOWN_DOCUMENT_DOM_TREES] = "(Document DOM trees)",
  [HW_KNOWN_ARRAY] = "Array",
  [HW_KNOWN_ELEMENTS] = "elements",
  [HW_KNOWN_ARRAY_BUFFER_DATA] = "system / JSArrayBufferData",
  [HW_KNOWN_FIRST] = "first",
  [HW_KNOWN_SECOND] = "second",
  [HW_KNOWN_PROCESS] = "process",
  [HW_KNOWN_DENO] = "deno",
  [HW_KNOWN_TYPESCRIPT] = "typescript",
};

/**
 * hw_heap_append_string:
 * @self: a heap that is being made
 * @text: WTF-8
 * @n_bytes: its length
 * @error: return location
 *
 * Adds a string behind the others.
 *
 * Returns: FALSE when memory is short
 */
gboolean
hw_heap_append_string (HwHeap      *self,
                       const char  *text,
                       gsize        n_bytes,
                       GError     **error)
{
  HwColumn *bytes = &self->string_bytes;
  HwColumn *offset = &self->string_offset;

  if (offset->length + 1 >= offset->capacity && !hw_column_reserve (offset, 2, error))
    return FALSE;
  if (n_bytes + 1 > bytes->capacity - bytes->length && !hw_column_reserve (bytes, n_bytes + 1, error))
    return FALSE;
  if (bytes->length + n_bytes + 1 > G_MAXUINT32 && !hw_column_widen (offset, 8, error))
    return FALSE;

  memcpy (hw_column_u8 (bytes) + bytes->length, text, n_bytes);
  bytes->length += n_bytes;
  hw_column_u8 (bytes)[bytes->length++] = 0;

  /* The last offset is the end of the last string, so that lengths need no second column. */
  if (offset->length == 0)
    offset->length = 1;
  if (offset->width == 4)
    {
      if (self->n_strings == 0)
        hw_column_u32 (offset)[0] = 0;
      hw_column_u32 (offset)[offset->length++] = (guint32) bytes->length;
    }
  else
    {
      if (self->n_strings == 0)
        hw_column_u64 (offset)[0] = 0;
      hw_column_u64 (offset)[offset->length++] = bytes->length;
    }
  self->n_strings++;

  return TRUE;
}

/* A string that occurs twice must be one id, or a comparison of ids would miss it. */
static void
replace_string (HwHeap  *self,
                guint32  from,
                guint32  to)
{
  guint32 *names = hw_column_u32 (&self->node_name);
  guint32 *edge_names = hw_column_u32 (&self->pattern_name);

  for (gsize i = 0; i < self->node_name.length; i++)
    if (names[i] == from)
      names[i] = to;
  for (gsize i = 0; i < self->pattern_name.length; i++)
    if (edge_names[i] == from && !HW_EDGE_KIND_IS_INDEXED (hw_column_u8 (&self->pattern_kind)[i]))
      edge_names[i] = to;
}

/**
 * hw_heap_find_known_strings:
 * @self: a heap whose strings are complete
 * @error: return location
 *
 * Finds the strings the rules ask for. Cost: one look at each string's length.
 *
 * Returns: TRUE
 */
gboolean
hw_heap_find_known_strings (HwHeap  *self,
                            GError **error G_GNUC_UNUSED)
{
  gsize lengths[HW_N_KNOWN];
  guint64 interesting = 0;

  for (guint k = 0; k < HW_N_KNOWN; k++)
    {
      lengths[k] = strlen (known_strings[k]);
      interesting |= G_GUINT64_CONSTANT (1) << lengths[k];
    }

  for (guint32 i = 0; i < self->n_strings; i++)
    {
      gsize length = hw_heap_string_length (self, i);

      if (length >= 64 || (interesting >> length & 1) == 0)
        continue;
      for (guint k = 0; k < HW_N_KNOWN; k++)
        if (lengths[k] == length && memcmp (hw_heap_string (self, i), known_strings[k], length) == 0)
          {
            if (self->known[k] == HW_NONE)
              self->known[k] = i;
            else if (self->known[k] != i)
              replace_string (self, i, self->known[k]);
          }
    }

  return TRUE;
}

/**
 * hw_heap_get_string:
 * @self: a heap
 * @string: a string of the heap
 *
 * Returns: (transfer none): WTF-8
 */
const char *
hw_heap_get_string (HwHeap     *self,
                    HwStringId  string)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (string.value < self->n_strings, NULL);

  return hw_heap_string (self, string.value);
}
