/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-page.h"

G_BEGIN_DECLS

#define HW_TYPE_CONTAINMENT_PAGE (hw_containment_page_get_type ())

/**
 * HwContainmentPage:
 *
 * The Containment view: what the roots refer to, and on from there.
 */
G_DECLARE_FINAL_TYPE (HwContainmentPage, hw_containment_page, HW, CONTAINMENT_PAGE, HwPage)

G_END_DECLS
