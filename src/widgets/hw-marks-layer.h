/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/hw-chart-layer.h"

G_BEGIN_DECLS

/**
 * HwMark:
 * @HW_MARK_MARKER: the person's own
 * @HW_MARK_SNAPSHOT: a snapshot was taken
 * @HW_MARK_RUN: the program started again
 * @HW_MARK_EXCEPTION: an exception nobody caught, or an error in the console
 * @HW_MARK_CONSOLE: a line of the console or of a log
 * @HW_MARK_GC: a garbage collection
 *
 * What happened. The first three are lines with a name, the others small signs at the foot of the chart.
 */
typedef enum
{
  HW_MARK_MARKER,
  HW_MARK_SNAPSHOT,
  HW_MARK_RUN,
  HW_MARK_EXCEPTION,
  HW_MARK_CONSOLE,
  HW_MARK_GC,
} HwMark;

#define HW_TYPE_MARKS_LAYER (hw_marks_layer_get_type ())

/**
 * HwMarksLayer:
 *
 * What happened beside the measuring, on the time axis. One layer can be in several charts.
 *
 * It keeps the newest hundred thousand signs; lines with a name are all kept.
 */
G_DECLARE_FINAL_TYPE (HwMarksLayer, hw_marks_layer, HW, MARKS_LAYER, HwChartLayer)

HwChartLayer *hw_marks_layer_new   (void) G_GNUC_WARN_UNUSED_RESULT;
void          hw_marks_layer_add   (HwMarksLayer *self,
                                    gint64        time,
                                    HwMark        mark,
                                    const char   *text);
void          hw_marks_layer_clear (HwMarksLayer *self);

G_END_DECLS
