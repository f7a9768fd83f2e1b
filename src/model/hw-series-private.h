/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-series.h"

G_BEGIN_DECLS

void hw_series_truncate (HwSeries *self,
                         guint     n);

G_END_DECLS
