/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "base/hw-error.h"

G_BEGIN_DECLS

/* From so many bytes on a column's elements are mapped by themselves. */
#define HW_COLUMN_MAPPED_BYTES (256 * 1024)

/**
 * HwColumn:
 * @data: the elements, or NULL while empty
 * @length: number of elements
 * @capacity: number of elements there is room for
 * @width: bytes of one element: 1, 2, 3, 4 or 8; those of 3 bytes are little-endian everywhere
 *
 * A typed array that grows as data arrive, never because a file announced a count.
 *
 * Growth doubles; large blocks are mapped and move by remapping, so the untouched half costs no memory.
 * A column belongs to one thread until it is published inside something immutable.
 */
typedef struct
{
  gpointer data;
  gsize    length;
  gsize    capacity;
  guint    width;
} HwColumn;

void     hw_column_init    (HwColumn  *self,
                            guint      width);
void     hw_column_clear   (HwColumn  *self);
gboolean hw_column_reserve (HwColumn  *self,
                            gsize      n_more,
                            GError   **error);
gboolean hw_column_resize  (HwColumn  *self,
                            gsize      length,
                            GError   **error);
gboolean hw_column_widen   (HwColumn  *self,
                            guint      width,
                            GError   **error);
void     hw_column_shrink  (HwColumn  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HwColumn, hw_column_clear)

static inline guint8 *
hw_column_u8 (const HwColumn *self)
{
  return (guint8 *) self->data;
}

static inline guint16 *
hw_column_u16 (const HwColumn *self)
{
  return (guint16 *) self->data;
}

static inline guint32 *
hw_column_u32 (const HwColumn *self)
{
  return (guint32 *) self->data;
}

static inline guint64 *
hw_column_u64 (const HwColumn *self)
{
  return (guint64 *) self->data;
}

/*
 * Elements of 3 or 4 bytes, of a column that is looked at often: read as four bytes and cut. There is always a
 * byte to read behind the last one.
 */
typedef struct
{
  const guint8 *bytes;
  gsize         width;
  guint32       mask;
} HwIds;

static inline HwIds
hw_column_ids (const HwColumn *self)
{
  return (HwIds) { (const guint8 *) self->data, self->width, self->width == 3 ? 0xffffff : G_MAXUINT32 };
}

static inline guint32
hw_id (HwIds ids,
       gsize i)
{
  guint32 id;

  memcpy (&id, ids.bytes + i * ids.width, sizeof id);
  if (G_BYTE_ORDER == G_BIG_ENDIAN && ids.width == 3)
    id = GUINT32_SWAP_LE_BE (id);

  return id & ids.mask;
}

static inline void
hw_column_set_id (HwColumn *self,
                  gsize     i,
                  guint32   id)
{
  guint8 *place = (guint8 *) self->data + i * self->width;

  if (self->width == 4)
    memcpy (place, &id, sizeof id);
  else
    {
      place[0] = (guint8) id;
      place[1] = (guint8) (id >> 8);
      place[2] = (guint8) (id >> 16);
    }
}

/* Any width; for places where one branch more does not count. */
static inline guint64
hw_column_get (const HwColumn *self,
               gsize           i)
{
  switch (self->width)
    {
    case 1:
      return ((const guint8 *) self->data)[i];
    case 2:
      return ((const guint16 *) self->data)[i];
    case 3:
      return hw_id (hw_column_ids (self), i);
    case 4:
      return ((const guint32 *) self->data)[i];
    default:
      return ((const guint64 *) self->data)[i];
    }
}

G_END_DECLS
