import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { alarms, bars, OF_TARGET, series, SOURCE } from './grafana-panels.ts';
import { backups, now } from './grafana-rows.ts';

/** The dashboard of targets, by what their workers and the gateway tell Prometheus, as Grafana imports it. */
export function grafanaDashboard(): string {
  const { panels = [], ...rest } = dashboard().build();
  // A link to a panel names it by its id.
  const named = panels.map((panel, index) => ({ ...panel, id: index + 1 }));
  return `${JSON.stringify({ ...rest, panels: named }, undefined, 2)}\n`;
}

function dashboard(): DashboardBuilder {
  const builder = new DashboardBuilder('Durable Runbooks')
    .uid('durable-runbooks')
    .description('How targets stand, their backups, and what runs. Made by npm run docs')
    .tags(['runbooks'])
    .time({ from: 'now-7d', to: 'now' })
    .refresh('1m')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('source').label('Prometheus').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('target')
        .label('Target')
        .datasource(SOURCE)
        .query('label_values(runbook_state_readable, target)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    );
  for (const part of [now, backups, runs, measured, gateway]) part(builder);
  return builder;
}

function runs(builder: DashboardBuilder): void {
  builder
    .withRow(new RowBuilder('Runs'))
    .withPanel(
      bars({
        title: 'Runs that ended',
        description: 'In each hour or more, by how',
        queries: [
          {
            expr: `sum by (outcome) (increase(runbook_runs_total{${OF_TARGET}}[$__interval]))`,
            legend: '{{outcome}}',
          },
        ],
      }),
    )
    .withPanel(
      bars({
        title: 'Runs that failed or were undone',
        description: 'In each hour or more, by runbook: runbook runs --state failed',
        queries: [
          {
            expr: `sum by (target, runbook) (increase(runbook_runs_total{${OF_TARGET}, outcome=~"failed|undone"}[$__interval])) > 0`,
            legend: '{{target}} {{runbook}}',
          },
        ],
      }),
    )
    .withPanel(
      series({
        title: 'Time since the last success',
        description: 'Of each runbook that ran or is scheduled. One that never did has no line',
        queries: [
          {
            expr: `time() - max by (target, runbook) (runbook_last_success_timestamp_seconds{${OF_TARGET}} > 0)`,
            legend: '{{target}} {{runbook}}',
          },
        ],
        unit: 's',
      }),
    )
    .withPanel(
      series({
        title: 'Duration, 19 of 20',
        description: 'Of the runs within a day, with all that they waited for',
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (runbook, le) (increase(runbook_run_duration_seconds_bucket{${OF_TARGET}}[1d])))`,
            legend: '{{runbook}}',
          },
        ],
        unit: 's',
      }),
    );
}

function measured(builder: DashboardBuilder): void {
  const figures = [
    ['seconds', 's', 'Times: of answers, queries, locks'],
    ['ratio', 'percentunit', 'Shares: of memory, disks, failures'],
    ['bytes', 'decbytes', 'Sizes: of the database, its log, memory'],
    ['count', 'short', 'Counts: users, connections'],
  ] as const;
  builder.withRow(new RowBuilder('Measured'));
  for (const [unit, shown, description] of figures)
    builder.withPanel(
      series({
        title: description.split(':')[0]!,
        description: `${description}. docs/health.md says what each is`,
        queries: [
          {
            expr: `max by (target, name) (runbook_target_figure{${OF_TARGET}, unit="${unit}"})`,
            legend: '{{target}} {{name}}',
          },
        ],
        unit: shown,
      }),
    );
}

function gateway(builder: DashboardBuilder): void {
  builder
    .withRow(new RowBuilder('Gateway'))
    .withPanel(
      bars({
        title: 'Alerts that came in',
        description: 'In each hour or more, by what became of them',
        queries: [
          {
            expr: 'sum by (source, result) (increase(runbook_alerts_total[$__interval])) > 0',
            legend: '{{source}} {{result}}',
          },
        ],
        width: 8,
      }),
    )
    .withPanel(
      bars({
        title: 'Requests that were refused',
        description: 'In each hour or more, by status',
        queries: [
          {
            expr: 'sum by (code) (increase(runbook_gateway_refused_total[$__interval])) > 0',
            legend: '{{code}}',
          },
        ],
        width: 8,
      }),
    )
    .withPanel(
      alarms({
        title: 'Nobody was told',
        description: 'Open incidents of which nobody could be told: tell people by hand',
        queries: [{ expr: 'max(runbook_incidents_untold)', legend: 'untold' }],
      }),
    )
    .withPanel(
      alarms({
        title: 'No worker',
        description: 'Gateways that see none: alerts are kept, and nobody is paged',
        queries: [{ expr: 'count(runbook_worker_polling == 0) or vector(0)', legend: 'without' }],
      }),
    );
}
