/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap.h"

G_BEGIN_DECLS

void hw_touch_heap          (HwHeap       *heap);
void hw_touch_restored_heap (HwHeap       *heap);
void hw_touch_classes       (HwClassTable *classes);

G_END_DECLS
