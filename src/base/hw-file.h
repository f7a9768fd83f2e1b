/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GFile *hw_file_new_for_argument (const char *argument);

G_END_DECLS
