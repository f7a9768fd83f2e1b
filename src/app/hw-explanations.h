/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/hw-row.h"

G_BEGIN_DECLS

char *hw_explanations_for_row (HwRow *row);

const char *hw_explanations_distance (void);
const char *hw_explanations_shallow  (void);
const char *hw_explanations_retained (void);

G_END_DECLS
