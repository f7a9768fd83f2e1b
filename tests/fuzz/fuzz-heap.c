/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"
#include "hw-touch.h"

#include "heap/hw-heap-diff.h"

static void
classes_cb (HwClassTable *classes,
            gpointer      user_data G_GNUC_UNUSED)
{
  hw_touch_classes (classes);
}

/* Any bytes as a heap: an error, or a heap in which everything can be asked for. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  HwHeapLoadOptions options = { .classes_func = classes_cb };
  g_autoptr(GError) error = NULL;
  g_autoptr(HwHeap) heap = hw_heap_load_stream_sync (stream, size, &options, NULL, &error);

  if (heap == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  hw_touch_heap (heap);
  g_assert_cmpint (hw_heap_diff_check (heap, heap), ==, HW_HEAP_DIFF_COMPARABLE);

  return 0;
}
