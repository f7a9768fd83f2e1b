/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hw-made-heap.h"

G_BEGIN_DECLS

/**
 * HwTwin:
 *
 * What the slow, obvious way makes of a made heap: one rule after the other, as the specification says it,
 * without any care for time.
 */
typedef struct
{
  guint     n;
  char    **name;          /* after DOM states */
  guint    *state;
  guint64  *size;          /* after transfer */
  guint    *dominator;
  guint64  *retained;
  gint64   *distance;
  char    **class_key;
  gboolean  has_user_roots;
  GPtrArray *shapes;       /* the definitions' texts in rank order */
} HwTwin;

HwTwin  *hw_twin_new            (HwMadeHeap   *heap);
void     hw_twin_free           (HwTwin       *self);
guint64  hw_twin_class_retained (HwTwin       *self,
                                 const char   *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwTwin, hw_twin_free)

G_END_DECLS
