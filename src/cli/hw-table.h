/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/hw-json-writer.h"

G_BEGIN_DECLS

typedef enum
{
  HW_FORMAT_TEXT,
  HW_FORMAT_JSON,
  HW_FORMAT_CSV,
} HwFormat;

/**
 * HwFieldKind:
 * @HW_FIELD_TEXT: WTF-8
 * @HW_FIELD_NUMBER: an unsigned number that is no amount, such as an object id
 * @HW_FIELD_COUNT: an amount of things
 * @HW_FIELD_KILOBYTES: bytes of an object or constructor
 * @HW_FIELD_SIZE: bytes of a total
 * @HW_FIELD_COUNT_DELTA: a difference of counts
 * @HW_FIELD_SIZE_DELTA: a difference of sizes, in bytes
 * @HW_FIELD_DISTANCE: a distance
 *
 * What a column holds, and so how a person reads it. For programs all are plain numbers and text.
 */
typedef enum
{
  HW_FIELD_TEXT,
  HW_FIELD_NUMBER,
  HW_FIELD_COUNT,
  HW_FIELD_KILOBYTES,
  HW_FIELD_SIZE,
  HW_FIELD_COUNT_DELTA,
  HW_FIELD_SIZE_DELTA,
  HW_FIELD_DISTANCE,
} HwFieldKind;

/**
 * HwField:
 * @name: the member's name in JSON, the column's in CSV; NULL when only a person sees it
 * @title: the column's title for a person, marked with N_(); NULL when only programs see it
 * @kind: what it holds
 * @has_percent: whether its share of the whole stands beside it
 *
 * A column of a table.
 */
typedef struct
{
  const char  *name;
  const char  *title;
  HwFieldKind  kind;
  gboolean     has_percent;
} HwField;

/**
 * HwValue:
 * @is_set: whether there is a value at all
 *
 * One cell; which member counts is said by the column's kind.
 */
typedef struct
{
  gboolean is_set;
  union
  {
    const char *text;
    guint64     number;
    gint64      delta;
  };
} HwValue;

#define HW_VALUE_NONE       ((HwValue) { .is_set = FALSE })
#define HW_VALUE_TEXT(t)    ((HwValue) { .is_set = TRUE, .text = (t) })
#define HW_VALUE_NUMBER(n)  ((HwValue) { .is_set = TRUE, .number = (n) })
#define HW_VALUE_DELTA(d)   ((HwValue) { .is_set = TRUE, .delta = (d) })

/**
 * HwTableLayout:
 * @member: in JSON, the array that holds the rows
 * @child_member: (nullable): in JSON, the array of a row's children; in a tree CSV gets a column `depth`
 * @whole: what percentages are of
 * @is_wide: whether long text is shown to a person in full
 *
 * How a table is written.
 */
typedef struct
{
  HwFormat       format;
  const HwField *fields;
  guint          n_fields;
  const char    *member;
  const char    *child_member;
  guint64        whole;
  gboolean       is_wide;
} HwTableLayout;

/**
 * HwTable:
 *
 * Rows in one of the formats, written as they come: memory is bounded however many there are. Trees
 * come in pre-order. Belongs to one thread.
 */
typedef struct _HwTable HwTable;

HwTable *hw_table_new      (HwOutput            *output,
                            HwJsonWriter        *json,
                            const HwTableLayout *layout) G_GNUC_WARN_UNUSED_RESULT;
void     hw_table_free     (HwTable             *self);
void     hw_table_add_row  (HwTable             *self,
                            guint                depth,
                            const HwValue       *values);
void     hw_table_add_rest (HwTable             *self,
                            guint                depth,
                            guint64              n_shown,
                            guint64              n_rows);
void     hw_table_end      (HwTable             *self);

char    *hw_table_dup_printable (const char          *text,
                                 gboolean             is_wide);
char    *hw_field_dup_text      (const HwField       *field,
                                 const HwValue       *value,
                                 gboolean             is_wide);
void     hw_field_write_csv     (const HwField       *field,
                                 const HwValue       *value,
                                 HwOutput            *output);
void     hw_field_write_json    (const HwField       *field,
                                 const HwValue       *value,
                                 HwJsonWriter        *json);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwTable, hw_table_free)

G_END_DECLS
