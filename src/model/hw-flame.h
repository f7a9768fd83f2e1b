/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define HW_TYPE_FLAME (hw_flame_get_type ())

/* The parent of what has none. */
#define HW_FLAME_ROOT G_MAXUINT
/* No span. */
#define HW_FLAME_NONE G_MAXUINT
/* Deeper stacks are not shown: nobody reads them, and rows are pixels. */
#define HW_FLAME_MAX_DEPTH 2000

/**
 * HwFlame:
 *
 * Spans in spans, by what they weigh: the functions of a heap profile with what was allocated in them, or
 * objects with what they hold. A span is as long as all in it; what it has of its own is the rest at its end.
 *
 * Spans are added parents first, in the order they are shown, then hw_flame_finish() lays them out. From then
 * on it is immutable.
 */
G_DECLARE_FINAL_TYPE (HwFlame, hw_flame, HW, FLAME, GObject)

HwFlame    *hw_flame_new        (void) G_GNUC_WARN_UNUSED_RESULT;
guint       hw_flame_add        (HwFlame    *self,
                                 guint       parent,
                                 const char *name,
                                 const char *detail,
                                 guint64     own);
void        hw_flame_finish     (HwFlame    *self);

guint       hw_flame_get_n      (HwFlame    *self);
guint       hw_flame_get_depth  (HwFlame    *self);
guint64     hw_flame_get_sum    (HwFlame    *self);
const char *hw_flame_get_name   (HwFlame    *self,
                                 guint       span);
const char *hw_flame_get_detail (HwFlame    *self,
                                 guint       span);
guint64     hw_flame_get_own    (HwFlame    *self,
                                 guint       span);
guint64     hw_flame_get_total  (HwFlame    *self,
                                 guint       span);
guint64     hw_flame_get_start  (HwFlame    *self,
                                 guint       span);
guint       hw_flame_get_level  (HwFlame    *self,
                                 guint       span);
guint       hw_flame_get_parent (HwFlame    *self,
                                 guint       span);
guint       hw_flame_get_child  (HwFlame    *self,
                                 guint       span);
guint       hw_flame_get_beside (HwFlame    *self,
                                 guint       span,
                                 gboolean    forward);
guint       hw_flame_find       (HwFlame    *self,
                                 guint       level,
                                 guint64     value);
guint       hw_flame_find_from  (HwFlame    *self,
                                 guint       level,
                                 guint64     value);

G_END_DECLS
