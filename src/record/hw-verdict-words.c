/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/hw-verdict.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/hw-format.h"

typedef struct
{
  const char *name;
  const char *label;   /* to be translated */
} Word;

static const Word levels[HW_N_LEVELS] = {
  [HW_LEVEL_UNKNOWN] = { "unknown", NC_ ("verdict", "Not Known Yet") },
  [HW_LEVEL_HEALTHY] = { "healthy", NC_ ("verdict", "Healthy") },
  [HW_LEVEL_NOTICE] = { "notice", NC_ ("verdict", "Worth a Look") },
  [HW_LEVEL_WARNING] = { "warning", NC_ ("verdict", "Slow Leak") },
  [HW_LEVEL_LEAK] = { "leak", NC_ ("verdict", "Leak") },
  [HW_LEVEL_CRITICAL] = { "critical", NC_ ("verdict", "Critical") },
};

static const Word confidences[] = {
  [HW_CONFIDENCE_LOW] = { "low", NC_ ("confidence", "uncertain") },
  [HW_CONFIDENCE_MEDIUM] = { "medium", NC_ ("confidence", "likely") },
  [HW_CONFIDENCE_HIGH] = { "high", NC_ ("confidence", "certain") },
};

static const Word rules[HW_N_RULES] = {
  [HW_RULE_HEAP] = { "heap", NC_ ("rule", "JavaScript Heap") },
  [HW_RULE_EXTERNAL] = { "external", NC_ ("rule", "External Memory") },
  [HW_RULE_HANDLES] = { "handles", NC_ ("rule", "Handles") },
  [HW_RULE_TIMERS] = { "timers", NC_ ("rule", "Timers") },
  [HW_RULE_RATE] = { "rate", NC_ ("rule", "Growth") },
  [HW_RULE_NATIVE] = { "native", NC_ ("rule", "Native Memory") },
  [HW_RULE_ACCOUNTING] = { "accounting", NC_ ("rule", "Accounting") },
  [HW_RULE_CONTEXTS] = { "contexts", NC_ ("rule", "Global Scopes") },
};

static const Word actions[] = {
  { "take-snapshots", NC_ ("action", "Take Snapshots and Compare") },
  { "collect-garbage", NC_ ("action", "Collect Garbage") },
  { "sample-allocations", NC_ ("action", "Sample Allocations") },
  { "show-handles", NC_ ("action", "Show Handles by Type") },
  { "show-console", NC_ ("action", "Show Console") },
  { "keep-watching", NC_ ("action", "Keep Watching") },
  { "none", NC_ ("action", "Nothing to Do") },
};

/**
 * hw_level_get_name:
 * @level: a level
 *
 * Returns: the level's name for programs
 */
const char *
hw_level_get_name (HwLevel level)
{
  g_return_val_if_fail ((guint) level < HW_N_LEVELS, NULL);

  return levels[level].name;
}

/**
 * hw_level_get_label:
 * @level: a level
 *
 * Returns: the level for a person, translated
 */
const char *
hw_level_get_label (HwLevel level)
{
  g_return_val_if_fail ((guint) level < HW_N_LEVELS, NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "verdict", levels[level].label);
}

/**
 * hw_confidence_get_name:
 * @confidence: a confidence
 *
 * Returns: its name for programs
 */
const char *
hw_confidence_get_name (HwConfidence confidence)
{
  g_return_val_if_fail ((guint) confidence < G_N_ELEMENTS (confidences), NULL);

  return confidences[confidence].name;
}

/**
 * hw_confidence_get_label:
 * @confidence: a confidence
 *
 * Returns: one word for a person, translated
 */
const char *
hw_confidence_get_label (HwConfidence confidence)
{
  g_return_val_if_fail ((guint) confidence < G_N_ELEMENTS (confidences), NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "confidence", confidences[confidence].label);
}

/**
 * hw_rule_get_name:
 * @rule: a rule
 *
 * Returns: its name for programs
 */
const char *
hw_rule_get_name (HwRule rule)
{
  g_return_val_if_fail ((guint) rule < HW_N_RULES, NULL);

  return rules[rule].name;
}

/**
 * hw_rule_get_label:
 * @rule: a rule
 *
 * Returns: its title for a person, translated
 */
const char *
hw_rule_get_label (HwRule rule)
{
  g_return_val_if_fail ((guint) rule < HW_N_RULES, NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "rule", rules[rule].label);
}

/**
 * hw_action_get_label:
 * @action: a finding's action
 *
 * Returns: (nullable): what a button for it says, translated; NULL for one that is not known
 */
const char *
hw_action_get_label (const char *action)
{
  g_return_val_if_fail (action != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (actions[i].name, action) == 0)
      return g_dpgettext2 (GETTEXT_PACKAGE, "action", actions[i].label);

  return NULL;
}

/**
 * hw_verdict_format_duration:
 * @seconds: a time, at least 0
 *
 * Returns: (transfer full): the time in one unit, rounded: "40 s", "12 min", "3.5 h", "2 days"
 */
char *
hw_verdict_format_duration (double seconds)
{
  if (isnan (seconds))
    return g_strdup ("…");
  if (seconds < 100)
    return g_strdup_printf (_("%.0f s"), seconds);
  if (seconds < 100 * 60)
    return g_strdup_printf (_("%.0f min"), seconds / 60);
  if (seconds < 48 * 3600)
    return g_strdup_printf (_("%.1f h"), seconds / 3600);

  return g_strdup_printf (_("%.0f days"), MIN (seconds / 86400, 99999));
}

/**
 * hw_evidence_dup_text:
 * @self: a number behind a finding
 *
 * Returns: (transfer full): the number with its unit, for a person
 */
char *
hw_evidence_dup_text (const HwEvidence *self)
{
  g_autofree char *text = NULL;
  double size;

  g_return_val_if_fail (self != NULL, NULL);

  size = MIN (fabs (self->value), 1e18);
  switch (self->unit)
    {
    case HW_METRIC_UNIT_BYTES:
      text = self->value < 0 ? hw_format_size_delta ((gint64) -size) : hw_format_size ((guint64) size);
      break;

    case HW_METRIC_UNIT_RATIO:
      text = g_strdup_printf (_("%.0f %%"), self->value * 100);
      break;

    case HW_METRIC_UNIT_MICROSECONDS:
      text = hw_verdict_format_duration (self->value / 1e6);
      break;

    case HW_METRIC_UNIT_COUNT:
    default:
      text = self->is_rate ? g_strdup_printf ("%.1f", self->value) : hw_format_count ((guint64) size);
      break;
    }

  return self->is_rate ? g_strdup_printf (_("%s a minute"), text) : g_steal_pointer (&text);
}
