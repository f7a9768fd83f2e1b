/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hw-event.h"
#include "base/hw-sample.h"
#include "record/hw-trend.h"

G_BEGIN_DECLS

/**
 * HwLevel:
 * @HW_LEVEL_UNKNOWN: not enough was measured
 * @HW_LEVEL_HEALTHY: as it should be
 * @HW_LEVEL_NOTICE: worth a look
 * @HW_LEVEL_WARNING: a slow leak, or soon one
 * @HW_LEVEL_LEAK: a leak
 * @HW_LEVEL_CRITICAL: the program will end soon
 *
 * How bad it is; comparable.
 */
typedef enum
{
  HW_LEVEL_UNKNOWN,
  HW_LEVEL_HEALTHY,
  HW_LEVEL_NOTICE,
  HW_LEVEL_WARNING,
  HW_LEVEL_LEAK,
  HW_LEVEL_CRITICAL,
  HW_N_LEVELS,
} HwLevel;

/**
 * HwConfidence:
 * @HW_CONFIDENCE_LOW: it may be otherwise
 * @HW_CONFIDENCE_MEDIUM: it is likely so
 * @HW_CONFIDENCE_HIGH: it is so
 *
 * How sure a finding is.
 */
typedef enum
{
  HW_CONFIDENCE_LOW,
  HW_CONFIDENCE_MEDIUM,
  HW_CONFIDENCE_HIGH,
} HwConfidence;

/**
 * HwRule:
 * @HW_RULE_HEAP: the JavaScript heap grows, or falls to the same floor after each collection
 * @HW_RULE_EXTERNAL: external memory against heap used
 * @HW_RULE_HANDLES: open handles
 * @HW_RULE_TIMERS: timers that still run
 * @HW_RULE_RATE: how fast memory grows, and the time that is left
 * @HW_RULE_NATIVE: resident memory grows and the heap does not
 * @HW_RULE_ACCOUNTING: external memory is more than all resident memory
 * @HW_RULE_CONTEXTS: detached global scopes
 *
 * What was looked at.
 */
typedef enum
{
  HW_RULE_HEAP,
  HW_RULE_EXTERNAL,
  HW_RULE_HANDLES,
  HW_RULE_TIMERS,
  HW_RULE_RATE,
  HW_RULE_NATIVE,
  HW_RULE_ACCOUNTING,
  HW_RULE_CONTEXTS,
  HW_N_RULES,
} HwRule;

/**
 * HwVerdictSettings:
 * @external_look: external ÷ heap used from which buffers are worth a look
 * @external_leak: from which it is a buffer leak
 * @external_crash: from which a crash is near
 * @least_external: bytes of external memory below which its ratio says nothing
 * @handles_look: handles from which unclosed ones are looked for
 * @handles_leak: from which growing ones are a leak
 * @rate_slow: growth in bytes per minute of a slow leak
 * @rate_active: of an active leak
 * @rate_critical: of a critical one
 * @least_growth: growth in bytes that is no trifle
 * @least_share: the same as a part of what was there
 * @least_seconds: less time than this proves nothing
 * @critical_seconds: with less time left than this, every growth is critical
 *
 * The thresholds; hw_verdict_settings_init() has the usual ones.
 */
typedef struct
{
  double external_look;
  double external_leak;
  double external_crash;
  double least_external;
  double handles_look;
  double handles_leak;
  double rate_slow;
  double rate_active;
  double rate_critical;
  double least_growth;
  double least_share;
  double least_seconds;
  double critical_seconds;
} HwVerdictSettings;

/**
 * HwEvidence:
 * @name: what it is, an identifier that never changes
 * @label: what it is, translated
 * @value: the number
 * @unit: its unit
 * @is_rate: whether it is per minute
 *
 * One number behind a finding. Static but for @label, which is owned.
 */
typedef struct
{
  const char   *name;
  char         *label;
  double        value;
  HwMetricUnit  unit;
  gboolean      is_rate;
} HwEvidence;

/**
 * HwFinding:
 * @rule: what was looked at
 * @level: how bad it is
 * @confidence: how sure that is
 * @text: the finding in one or two sentences, translated
 * @why: where the confidence comes from, translated
 * @action: the next step: `take-snapshots`, `collect-garbage`, `sample-allocations`, `show-handles`,
 *   `show-console`, `keep-watching` or `none`
 * @evidence: (element-type HwEvidence): the numbers
 * @seconds_left: seconds until a limit is met, or NaN
 *
 * What one rule says.
 */
typedef struct
{
  HwRule        rule;
  HwLevel       level;
  HwConfidence  confidence;
  char         *text;
  char         *why;
  const char   *action;
  GArray       *evidence;
  double        seconds_left;
} HwFinding;

/**
 * HwVerdict:
 * @level: the worst finding's
 * @n_samples: samples that were judged: those of one run
 * @n_runs: runs in the range
 * @run: the run that was judged
 * @from: when it begins, microseconds since 1970
 * @to: when it ends
 * @seconds: how long it is
 * @findings: (element-type HwFinding): one a rule, the worst first; never empty
 *
 * What a stretch of samples means. Belongs to whoever asked.
 */
typedef struct
{
  HwLevel    level;
  gsize      n_samples;
  guint      n_runs;
  guint      run;
  gint64     from;
  gint64     to;
  double     seconds;
  GPtrArray *findings;
} HwVerdict;

void        hw_verdict_settings_init    (HwVerdictSettings        *self);
HwVerdict  *hw_verdict_new              (HwSample * const         *samples,
                                         gsize                     n_samples,
                                         HwEvent * const          *gcs,
                                         gsize                     n_gcs,
                                         const HwVerdictSettings  *settings) G_GNUC_WARN_UNUSED_RESULT;
void        hw_verdict_free             (HwVerdict                *self);
const char *hw_level_get_name           (HwLevel                   level);
const char *hw_level_get_label          (HwLevel                   level);
const char *hw_confidence_get_name      (HwConfidence              confidence);
const char *hw_confidence_get_label     (HwConfidence              confidence);
const char *hw_rule_get_name            (HwRule                    rule);
const char *hw_rule_get_label           (HwRule                    rule);
const char *hw_action_get_label         (const char               *action);
char       *hw_evidence_dup_text        (const HwEvidence         *self);
char       *hw_verdict_format_duration  (double                    seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwVerdict, hw_verdict_free)

G_END_DECLS
