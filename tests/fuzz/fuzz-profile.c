/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include "heap/hw-sampling-view.h"

/* Any bytes as a sampled profile: an error, or a profile of which every level can be asked for. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(HwSamplingProfile) profile = hw_sampling_profile_parse ((const char *) data, size, &error);

  if (profile == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  for (guint kind = HW_SAMPLING_HEAVY; kind <= HW_SAMPLING_TREE; kind++)
    {
      HwSamplingOptions options = { .kind = (HwSamplingKind) kind, .focus = kind == 0 ? HW_SAMPLING_NONE : 0 };
      g_autoptr(HwSamplingView) view = hw_sampling_view_new (profile, &options);
      guint32 row = 0;

      for (guint depth = 0; depth < 20; depth++)
        {
          guint n;
          const guint32 *rows = hw_sampling_view_get_children (view, row, (HwOrder) { HW_MEASURE_SHALLOW_SIZE, TRUE }, &n);

          if (n == 0)
            break;
          row = rows[n - 1];
          hw_sampling_view_matches (view, row, "> 1 %");
        }
    }

  return 0;
}
