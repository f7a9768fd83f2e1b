/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HwRuntime:
 * @HW_RUNTIME_UNKNOWN: the file does not say; V8's format, so probably V8
 * @HW_RUNTIME_NODE: Node.js
 * @HW_RUNTIME_ELECTRON: Electron, either kind of process
 * @HW_RUNTIME_CHROMIUM: Chromium or a browser made of it
 * @HW_RUNTIME_DENO: Deno
 * @HW_RUNTIME_BUN: Bun, whose engine is not V8, although the snapshot is in V8's format
 * @HW_RUNTIME_BUN_JSC: Bun, in its engine's own format
 * @HW_RUNTIME_JSC: JavaScriptCore's format of another program than Bun, such as Safari
 *
 * The program whose heap a snapshot is.
 */
typedef enum
{
  HW_RUNTIME_UNKNOWN,
  HW_RUNTIME_NODE,
  HW_RUNTIME_ELECTRON,
  HW_RUNTIME_CHROMIUM,
  HW_RUNTIME_DENO,
  HW_RUNTIME_BUN,
  HW_RUNTIME_BUN_JSC,
  HW_RUNTIME_JSC,
  HW_N_RUNTIMES,
} HwRuntime;

#define HW_VERSION_SIZE 40

/**
 * HwProducer:
 * @runtime: what made the snapshot
 * @or_newer: @version is the first that writes such a file, not the very one
 * @version: of the runtime, such as "22.4.1"; empty if the file does not prove it
 * @v8_version: of the engine; empty if the file does not prove it
 *
 * Who made a snapshot, as far as the file says. Versions are ASCII letters, digits and ".-_+".
 */
typedef struct
{
  HwRuntime runtime;
  gboolean  or_newer;
  char      version[HW_VERSION_SIZE];
  char      v8_version[HW_VERSION_SIZE];
} HwProducer;

const char *hw_runtime_get_key        (HwRuntime         runtime);
char       *hw_producer_dup_text      (const HwProducer *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean    hw_producer_set_version   (char              version[HW_VERSION_SIZE],
                                       const char       *text);

G_END_DECLS
