import type { Client } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import { reportFigures } from '../../src/cli/serve/report-figures.ts';
import { reportOf, severityOf } from '../../src/cli/serve/report-of.ts';
import { alertOf } from '../../src/figures/alert-of.ts';
import type { Figure, Verdict } from '../../src/figures/figure.ts';
import type { AlertReport } from '../../src/incident/alert-report.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { marked } from '../../src/activities/health/known.ts';
import { driverFor } from '../../src/activities/runtime/driver-for.ts';
import { openClaim } from '../../src/state/claim.ts';
import { test } from '../support/client.ts';
import { targetIn } from '../support/target.ts';

const STAMP = '20260105_020000';

describe('figures that are critical', () => {
  test('open one incident, which the same figures resolve', async ({ target, client }) => {
    const report = reportFigures(client, 'nobody');
    const id = `incident/${target.name}/measured-application-down`;

    for (let sample = 0; sample < 2; sample += 1)
      expect(await report(target, application('critical'))).toEqual({ soon: true });
    expect(await signalsOf(client, id)).toBeUndefined();
    for (let sample = 0; sample < 3; sample += 1) await report(target, application('critical'));
    expect(await signalsOf(client, id)).toEqual(['firing']);
    for (let sample = 0; sample < 6; sample += 1) await report(target, application('ok'));
    expect(await signalsOf(client, id)).toEqual(['firing', 'resolved']);
  });

  test('end an incident also when the clock was set back since, which drops what is older', async ({
    target,
    client,
  }) => {
    const report = reportFigures(client, 'nobody');
    for (let sample = 0; sample < 3; sample += 1) await report(target, application('critical'));

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    try {
      for (let sample = 0; sample < 5; sample += 1) await report(target, application('ok'));
    } finally {
      vi.useRealTimers();
    }

    const id = `incident/${target.name}/measured-application-down`;
    const [first, last] = await reportsTo(client, id);
    expect([first?.status, last?.status]).toEqual(['firing', 'resolved']);
    expect(Date.parse(last!.at)).toBeGreaterThan(Date.parse(first!.at));
  });

  test('open nothing while a run that takes the application down goes on, and soon after it', async ({
    target,
    client,
  }) => {
    const report = reportFigures(client, 'nobody');
    const id = `incident/${target.name}/measured-application-down`;
    await using run = await holding(client, target, 'start-application');

    for (let sample = 0; sample < 10; sample += 1) await report(target, application('critical'));
    expect(await signalsOf(client, id)).toBeUndefined();
    await run.end();
    for (let sample = 0; sample < 3; sample += 1) await report(target, application('critical'));
    expect(await signalsOf(client, id)).toEqual(['firing']);
  });

  test('count while a run waits before its stop, and takes nothing down yet', async ({
    target,
    client,
  }) => {
    await using _ = await holding(client, target, 'database-recovery');

    // A proof that counts is asked again.
    expect(await reportFigures(client, 'nobody')(target, application('critical'))).toEqual({
      soon: true,
    });
  });

  test('open nothing while the application starts, and are known to the checks when they do', async ({
    target,
    client,
  }) => {
    const report = reportFigures(client, 'nobody');
    const starting = withReady(target, '1h');
    await driverFor(starting).start();
    await using _ = { [Symbol.asyncDispose]: () => driverFor(starting).stop() };
    const [figure] = application('critical') as [Figure];

    for (let sample = 0; sample < 3; sample += 1) await report(starting, [figure]);
    expect(marked(starting, [figure])).toEqual([figure]);
    for (let sample = 0; sample < 3; sample += 1) await report(withReady(target, '1ms'), [figure]);
    const unread: Figure = { ...figure, name: 'response.p95', verdict: 'unknown' };
    const disk: Figure = { ...figure, name: 'disk.used /' };
    expect(marked(starting, [figure, unread, disk]).map(({ known }) => known)).toEqual([
      'the incident of ApplicationDown is open',
      'the incident of ApplicationDown is open',
      undefined,
    ]);
    for (let sample = 0; sample < 5; sample += 1) await report(starting, application('ok'));
    expect(marked(starting, [figure])).toEqual([figure]);
  });

  test('open one while a backup goes on, which takes nothing down', async ({ target, client }) => {
    const report = reportFigures(client, 'nobody');
    await using _ = await holding(client, target, 'weekly-backup');

    for (let sample = 0; sample < 3; sample += 1) await report(target, application('critical'));
    expect(await signalsOf(client, `incident/${target.name}/measured-application-down`)).toEqual([
      'firing',
    ]);
  });

  test('are as bad, and start what, as the first rule says that matches', ({ directory }) => {
    const target = targetIn(directory, {
      alerts: [
        { match: { alertname: 'ApplicationDown', job: 'application' }, severity: 'sev4' },
        { match: { alertname: 'Application*' }, severity: 'sev2', runbook: 'application-down' },
        { match: {} },
      ],
    });
    const [figure] = application('critical') as [Figure];

    const alert = alertOf(figure);
    const severity = severityOf(target, alert);
    expect(
      reportOf(target, { status: 'firing', alert, severity, figures: [figure] }),
    ).toMatchObject({
      fingerprint: 'measured-application-down',
      severity: 'sev2',
      remediation: 'application-down',
      title: `The application is down: ${target.name}`,
      details: 'app.health: Expected 2xx, got 503 (critical without 2xx; Restart it)',
    });
  });
});

/** An application that runs, and answers nothing. */
function withReady(target: SqliteTarget, within: string): SqliteTarget {
  const command: [string, ...string[]] = ['sleep', '1000'];
  return {
    ...target,
    runtime: { ...target.runtime, kind: 'process', command } as SqliteTarget['runtime'],
    app: { ...target.app, ready: { ...target.app.ready, within } },
  };
}

function application(verdict: Verdict): Figure[] {
  return [
    {
      name: 'app.health',
      verdict,
      value: 1,
      unit: 'seconds',
      source: 'GET http://localhost/health',
      at: new Date().toISOString(),
      limit: 'critical without 2xx',
      note: 'Expected 2xx, got 503',
      ...(verdict === 'critical' && { action: 'Restart it' }),
    },
  ];
}

/** A run that has the target, and waits for a worker. */
async function holding(client: Client, target: SqliteTarget, runbook: string) {
  const run = `${runbook}/${target.name}/${STAMP}`;
  const handle = await client.workflow.start(runbook, {
    workflowId: run,
    taskQueue: 'nobody',
    args: [],
  });
  await openClaim(target).take(
    run,
    { stamp: STAMP, wait: true, preempt: false, takeOverIncomplete: false, governed: false },
    { isOpen: async () => true, stop: async () => {} },
  );
  const end = async () => void (await handle.terminate().catch(() => {}));
  return { end, [Symbol.asyncDispose]: end };
}

/** What was reported to an incident. Undefined: there is none. */
async function signalsOf(client: Client, id: string): Promise<unknown[] | undefined> {
  return reportsTo(client, id).then(
    (reports) => reports.map(({ status }) => status),
    () => undefined,
  );
}

async function reportsTo(client: Client, id: string): Promise<AlertReport[]> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  return (events ?? [])
    .map(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.input?.payloads?.[0])
    .filter((payload) => payload != null)
    .map(({ data }) => JSON.parse(Buffer.from(data!).toString()) as AlertReport);
}
