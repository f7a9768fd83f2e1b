/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/hw-cli.h"
#include "inspector/hw-session.h"

G_BEGIN_DECLS

HwSession *hw_cli_attach (HwCli *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
