import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  alarms,
  OF_TARGET,
  series,
  stat,
  steps,
  verdicts,
  verdictTimeline,
} from './grafana-panels.ts';

/** How targets stand at this moment. */
export function now(builder: DashboardBuilder): void {
  builder
    .withRow(new RowBuilder('Now'))
    .withPanel(
      verdicts({
        title: 'Targets',
        description: 'As runbook status says it: the worst of all that is looked at',
        queries: [
          { expr: `max by (target) (runbook_target_status{${OF_TARGET}})`, legend: '{{target}}' },
        ],
        width: 8,
      }),
    )
    .withPanel(
      alarms({
        title: 'Incidents',
        description: 'That are open, by severity',
        queries: [
          {
            expr: `sum by (severity) (max by (target, severity) (runbook_incidents_open{${OF_TARGET}}))`,
            legend: '{{severity}}',
          },
        ],
        width: 8,
      }),
    )
    .withPanel(
      alarms({
        title: 'Wait for a person',
        description: 'Runs: runbook runs --state waiting',
        queries: [
          { expr: `sum(max by (target) (runbook_runs_waiting{${OF_TARGET}}))`, legend: 'waiting' },
        ],
        colour: 'warning',
      }),
    )
    .withPanel(
      alarms({
        title: 'Stuck',
        description:
          'Runs and incidents that do not go on although a worker is there: runbook doctor',
        queries: [
          { expr: `sum(max by (target) (runbook_run_stuck{${OF_TARGET}}))`, legend: 'stuck' },
        ],
      }),
    )
    .withPanel(
      alarms({
        title: 'Left incomplete',
        description: 'Targets that a run left which was terminated: runbook repair',
        queries: [
          { expr: `sum(max by (target) (runbook_target_dirty{${OF_TARGET}}))`, legend: 'targets' },
        ],
      }),
    )
    .withPanel(
      alarms({
        title: 'Automation off',
        description:
          'Targets where nothing that acts starts by itself: runbook automation status --all',
        queries: [
          {
            expr: `sum(max by (target) (runbook_automation_off{${OF_TARGET}}))`,
            legend: 'targets',
          },
        ],
        colour: 'warning',
      }),
    )
    .withPanel(
      alarms({
        title: 'Cannot be read',
        description: 'What a worker cannot read of its targets: what that tells is missing here',
        queries: [
          {
            expr: `count(runbook_state_readable{${OF_TARGET}} == 0) or vector(0)`,
            legend: 'unreadable',
          },
        ],
      }),
    )
    .withPanel(
      alarms({
        title: 'Without Temporal',
        description: 'Workers and gateways that hear nothing from it: no run goes on',
        queries: [{ expr: 'count(runbook_temporal_up == 0) or vector(0)', legend: 'without' }],
      }),
    )
    .withPanel(
      stat({
        title: 'Versions',
        description: 'Of the workers',
        queries: [{ expr: 'count by (version) (runbook_build_info)', legend: '{{version}}' }],
        width: 8,
      }).thresholds(steps([[null, 'blue']])),
    )
    .withPanel(
      verdictTimeline({
        title: 'What was wrong',
        description: 'The worst of each subject',
        queries: [
          {
            expr: `max by (target, subject) (runbook_target_line_status{${OF_TARGET}})`,
            legend: '{{target}} {{subject}}',
          },
        ],
      }),
    );
}

/** What could be restored. */
export function backups(builder: DashboardBuilder): void {
  builder
    .withRow(new RowBuilder('Backups'))
    .withPanel(
      alarms({
        title: 'Without a verified backup',
        description: 'Targets of which none can be found',
        queries: [
          {
            expr: `count(max by (target) (runbook_backup_last_verified_timestamp_seconds{${OF_TARGET}}) == 0) or vector(0)`,
            legend: 'targets',
          },
        ],
        width: 12,
      }),
    )
    .withPanel(
      alarms({
        title: 'Never restored',
        description:
          'Targets of which no drill has proven a backup: whether it can be restored is not known',
        queries: [
          {
            expr: `count(max by (target) (runbook_restore_drill_last_proven_timestamp_seconds{${OF_TARGET}}) == 0) or vector(0)`,
            legend: 'targets',
          },
        ],
        colour: 'warning',
        width: 12,
      }),
    )
    .withPanel(
      series({
        title: 'Age of the newest verified backup',
        description:
          'And how old the policy of the target lets it become. A target without one has no line',
        queries: [
          {
            expr: `time() - max by (target) (runbook_backup_last_verified_timestamp_seconds{${OF_TARGET}} > 0)`,
            legend: '{{target}}',
          },
          {
            expr: `max by (target) (runbook_backup_max_age_seconds{${OF_TARGET}})`,
            legend: '{{target}}: at most',
          },
        ],
        unit: 's',
      }),
    )
    .withPanel(
      series({
        title: 'Size of the newest verified backup',
        description: 'As it is stored',
        queries: [
          { expr: `max by (target) (runbook_backup_bytes{${OF_TARGET}})`, legend: '{{target}}' },
        ],
        unit: 'decbytes',
      }),
    )
    .withPanel(
      series({
        title: 'Backups',
        description: 'By what is known of each',
        queries: [
          {
            expr: `sum by (target, state) (runbook_backups{${OF_TARGET}})`,
            legend: '{{target}} {{state}}',
          },
        ],
        width: 8,
      }),
    )
    .withPanel(
      series({
        title: 'Time since a restore was proven',
        description: 'By a restore drill. A target that was never drilled has no line',
        queries: [
          {
            expr: `time() - max by (target) (runbook_restore_drill_last_proven_timestamp_seconds{${OF_TARGET}} > 0)`,
            legend: '{{target}}',
          },
        ],
        unit: 's',
        width: 8,
      }),
    )
    .withPanel(
      series({
        title: 'How long a restore takes',
        description: 'Measured by the drill, until the application was ready',
        queries: [
          {
            expr: `max by (target) (runbook_restore_drill_duration_seconds{${OF_TARGET}})`,
            legend: '{{target}}',
          },
        ],
        unit: 's',
        width: 8,
      }),
    );
}
