/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-capture.h"

G_BEGIN_DECLS

/**
 * HwPlace:
 * @capture: the capture that was open
 * @owner: whose heap @node is in; @capture or its baseline
 * @node: the selected object
 * @view: the name of the view it was selected in; interned
 *
 * A selection that can be gone back to. The captures are not owned: see hw_history_forget().
 */
typedef struct
{
  HwCapture  *capture;
  HwCapture  *owner;
  HwNodeId    node;
  const char *view;
} HwPlace;

/**
 * HwHistory:
 *
 * The selections a person made, as a browser keeps pages. Main thread only.
 */
typedef struct _HwHistory HwHistory;

HwHistory     *hw_history_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void           hw_history_free        (HwHistory     *self);
void           hw_history_visit       (HwHistory     *self,
                                       const HwPlace *place);
const HwPlace *hw_history_peek        (HwHistory     *self,
                                       int            step);
const HwPlace *hw_history_move        (HwHistory     *self,
                                       int            step);
void           hw_history_forget      (HwHistory     *self,
                                       HwCapture     *capture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwHistory, hw_history_free)

G_END_DECLS
