/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-page.h"

G_BEGIN_DECLS

#define HW_TYPE_SUMMARY_PAGE (hw_summary_page_get_type ())

/**
 * HwSummaryPage:
 *
 * The Summary: constructors, below them their objects, below those what they refer to.
 */
G_DECLARE_FINAL_TYPE (HwSummaryPage, hw_summary_page, HW, SUMMARY_PAGE, HwPage)

G_END_DECLS
