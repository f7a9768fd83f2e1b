/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HW_INSPECTOR_ERROR (hw_inspector_error_quark ())

/**
 * HwInspectorError:
 * @HW_INSPECTOR_ERROR_CLOSED: the connection ended before the answer
 * @HW_INSPECTOR_ERROR_TIMEOUT: no answer in time; the target may be busy, paused or gone
 * @HW_INSPECTOR_ERROR_PROTOCOL: the peer does not speak the protocol
 * @HW_INSPECTOR_ERROR_TOO_BIG: a message is larger than what is taken
 * @HW_INSPECTOR_ERROR_REMOTE: the target answered with an error; its words are the message
 * @HW_INSPECTOR_ERROR_NOT_SUPPORTED: this runtime cannot do it
 * @HW_INSPECTOR_ERROR_REFUSED: the target did not accept the connection
 * @HW_INSPECTOR_ERROR_NOT_LOCAL: the address is another machine's, and that was not allowed
 * @HW_INSPECTOR_ERROR_ADDRESS: what was typed is no address
 * @HW_INSPECTOR_ERROR_SALVAGED: a capture broke off; what arrived was kept
 * @HW_INSPECTOR_ERROR_BUSY: something of the kind is already going on
 *
 * What can go wrong between us and a live target.
 */
typedef enum
{
  HW_INSPECTOR_ERROR_CLOSED,
  HW_INSPECTOR_ERROR_TIMEOUT,
  HW_INSPECTOR_ERROR_PROTOCOL,
  HW_INSPECTOR_ERROR_TOO_BIG,
  HW_INSPECTOR_ERROR_REMOTE,
  HW_INSPECTOR_ERROR_NOT_SUPPORTED,
  HW_INSPECTOR_ERROR_REFUSED,
  HW_INSPECTOR_ERROR_NOT_LOCAL,
  HW_INSPECTOR_ERROR_ADDRESS,
  HW_INSPECTOR_ERROR_SALVAGED,
  HW_INSPECTOR_ERROR_BUSY,
} HwInspectorError;

GQuark hw_inspector_error_quark (void);

G_END_DECLS
