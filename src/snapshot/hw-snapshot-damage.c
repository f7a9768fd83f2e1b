/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "snapshot/hw-snapshot-reader.h"

G_DEFINE_QUARK (hw-snapshot-error-quark, hw_snapshot_error)

/**
 * hw_snapshot_section_get_name:
 * @section: a section
 *
 * Returns: the member of the file that holds @section, untranslated; static
 */
const char *
hw_snapshot_section_get_name (HwSnapshotSection section)
{
  static const char *const names[HW_SNAPSHOT_N_SECTIONS] = {
    [HW_SNAPSHOT_SECTION_HEADER] = "snapshot",
    [HW_SNAPSHOT_SECTION_NODES] = "nodes",
    [HW_SNAPSHOT_SECTION_EDGES] = "edges",
    [HW_SNAPSHOT_SECTION_TRACE_FUNCTION_INFOS] = "trace_function_infos",
    [HW_SNAPSHOT_SECTION_TRACE_TREE] = "trace_tree",
    [HW_SNAPSHOT_SECTION_SAMPLES] = "samples",
    [HW_SNAPSHOT_SECTION_LOCATIONS] = "locations",
    [HW_SNAPSHOT_SECTION_SCOPES] = "scopes",
    [HW_SNAPSHOT_SECTION_SCOPE_CONTEXT_VARS] = "scope_context_vars",
    [HW_SNAPSHOT_SECTION_SCOPE_USES] = "scope_uses",
    [HW_SNAPSHOT_SECTION_STRINGS] = "strings",
  };

  g_return_val_if_fail (section < HW_SNAPSHOT_N_SECTIONS, NULL);

  return names[section];
}

/**
 * hw_snapshot_damage_new:
 * @truncated: whether the file ends too early
 * @offset: the byte where the trouble is
 * @section: the section it is in
 * @format: a translated sentence for a person
 * @...: what @format asks for
 *
 * Returns: (transfer full): a description of what is wrong
 */
HwSnapshotDamage *
hw_snapshot_damage_new (gboolean          truncated,
                        guint64           offset,
                        HwSnapshotSection section,
                        const char       *format,
                        ...)
{
  HwSnapshotDamage *self = g_new0 (HwSnapshotDamage, 1);
  va_list args;

  self->truncated = truncated;
  self->offset = offset;
  self->section = section;
  va_start (args, format);
  self->message = g_strdup_vprintf (format, args);
  va_end (args);

  return self;
}

/**
 * hw_snapshot_damage_copy:
 * @self: a description of damage
 *
 * Returns: (transfer full): a copy
 */
HwSnapshotDamage *
hw_snapshot_damage_copy (const HwSnapshotDamage *self)
{
  HwSnapshotDamage *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->message = g_strdup (self->message);

  return copy;
}

/**
 * hw_snapshot_damage_free:
 * @self: a description of damage
 *
 * Frees it.
 */
void
hw_snapshot_damage_free (HwSnapshotDamage *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->message);
  g_free (self);
}
