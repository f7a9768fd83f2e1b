/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-inspector-error.h"

G_DEFINE_QUARK (hw-inspector-error-quark, hw_inspector_error)
