/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HW_BASE_ERROR (hw_base_error_quark ())

/**
 * HwBaseError:
 * @HW_BASE_ERROR_NO_MEMORY: a column could not grow
 *
 * What can go wrong below every other folder.
 */
typedef enum
{
  HW_BASE_ERROR_NO_MEMORY,
} HwBaseError;

GQuark hw_base_error_quark (void);

G_END_DECLS
