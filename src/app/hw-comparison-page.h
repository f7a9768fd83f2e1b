/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-page.h"

G_BEGIN_DECLS

#define HW_TYPE_COMPARISON_PAGE (hw_comparison_page_get_type ())

/**
 * HwComparisonPage:
 *
 * The Comparison: what is new and what is gone since a baseline, as one table or side by side.
 */
G_DECLARE_FINAL_TYPE (HwComparisonPage, hw_comparison_page, HW, COMPARISON_PAGE, HwPage)

G_END_DECLS
