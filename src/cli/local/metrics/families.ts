/** One metric, as Prometheus knows it. */
export interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** No run id is one: each would be a series for ever. */
  readonly labels: readonly string[];
  /** A sentence: what its value means, and what 0 means where that is not plain. */
  readonly help: string;
}

const target = ['target'] as const;
const perRunbook = ['target', 'runbook'] as const;

/**
 * Every metric that a worker or `runbook check --textfile` has. docs/observability.md is made of this table; rules and dashboard are held
 * to it.
 */
export const families = {
  runbook_build_info: {
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1: which version runs, on which Node.js',
  },
  runbook_metrics_read_timestamp_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When these were read: what was read a moment ago is told again',
  },
  runbook_state_readable: {
    type: 'gauge',
    labels: ['target', 'of'],
    help: '0 when the audit, backups, drills, claim or status cannot be read: what they tell is missing',
  },
  runbook_runs_total: {
    type: 'counter',
    labels: ['target', 'runbook', 'outcome'],
    help: 'Runs that ended, by how, since the audit of the target began; plans are none',
  },
  runbook_run_duration_seconds: {
    type: 'histogram',
    labels: perRunbook,
    help: 'From the start of a run to its end, with all that it waited for',
  },
  runbook_last_success_timestamp_seconds: {
    type: 'gauge',
    labels: perRunbook,
    help: 'When a run of it ended done, or partly done, the last time; 0 when none has, of those that ran or are scheduled',
  },
  runbook_backup_last_verified_timestamp_seconds: {
    type: 'gauge',
    labels: target,
    help: 'When the newest verified backup was taken; 0 when none can be found',
  },
  runbook_backup_max_age_seconds: {
    type: 'gauge',
    labels: target,
    help: 'How old it may become by the policy of the target: its goal, or else how fresh maintenance asks it to be',
  },
  runbook_backup_bytes: {
    type: 'gauge',
    labels: target,
    help: 'Bytes of the newest verified backup, as it is stored; 0 when none can be found',
  },
  runbook_backups: {
    type: 'gauge',
    labels: ['target', 'state'],
    help: 'Backups that lie there, by what is known of each',
  },
  runbook_restore_drill_last_proven_timestamp_seconds: {
    type: 'gauge',
    labels: target,
    help: 'When a restore drill has proven a backup the last time; 0 when none has',
  },
  runbook_restore_drill_duration_seconds: {
    type: 'gauge',
    labels: target,
    help: 'How long that restore took, until the application was ready: the measured recovery time',
  },
  runbook_target_dirty: {
    type: 'gauge',
    labels: target,
    help: '1 when a run ended without releasing the target: what it did may be incomplete, see runbook repair',
  },
  runbook_automation_off: {
    type: 'gauge',
    labels: target,
    help: '1 while nothing that acts starts by itself',
  },
  runbook_automation_off_since_timestamp_seconds: {
    type: 'gauge',
    labels: target,
    help: 'Since when; only while it is off',
  },
  runbook_runs_waiting: {
    type: 'gauge',
    labels: target,
    help: 'Runs that wait for a person, as Temporal lists them; missing when it does not say',
  },
  runbook_run_stuck: {
    type: 'gauge',
    labels: target,
    help: 'Runs and incidents that do not go on although a worker is there, see runbook doctor; missing when Temporal does not say',
  },
  runbook_temporal_up: {
    type: 'gauge',
    labels: [],
    help: '1 when Temporal answers',
  },
  runbook_incidents_open: {
    type: 'gauge',
    labels: ['target', 'severity'],
    help: 'Incidents that are open, as Temporal listed them when it answered last',
  },
  runbook_target_status: {
    type: 'gauge',
    labels: target,
    help: '0 ok, 1 warning, 2 critical, 3 unknown',
  },
  runbook_target_line_status: {
    type: 'gauge',
    labels: ['target', 'subject'],
    help: 'The worst of each subject: 0 ok, 1 warning, 2 critical, 3 unknown',
  },
  runbook_target_figure: {
    type: 'gauge',
    labels: ['target', 'name', 'unit'],
    help: 'What was measured, in its base unit',
  },
  runbook_target_age_seconds: {
    type: 'gauge',
    labels: ['target', 'of'],
    help: 'Of the newest figure, of the newest verified backup, and of what Temporal said; only in a textfile',
  },
  runbook_target_checked_timestamp_seconds: {
    type: 'gauge',
    labels: target,
    help: 'When the four before this were made',
  },
} as const satisfies Readonly<Record<string, Family>>;

export type MetricName = keyof typeof families;

/** The bounds of the buckets of a run's duration, in s: from a check to a recovery that waits for people over a night. */
export const DURATION_BUCKETS = [1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200] as const;
