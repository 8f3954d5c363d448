import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject } from 'vitest';
import { reportFigures, reportOf } from '../../src/cli/serve/report-figures.ts';
import { alertOf } from '../../src/figures/alert-of.ts';
import type { Figure, Verdict } from '../../src/figures/figure.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { openClaim } from '../../src/state/claim.ts';
import { targetIn, test as base } from '../support/target.ts';

const test = base.extend<{ client: Client }>({
  client: async ({}, use) => {
    const { address, namespace } = inject('temporal');
    const connection = await Connection.connect({ address });
    await use(new Client({ connection, namespace }));
    await connection.close();
  },
});

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

  test('open nothing while a run that takes the application down goes on, and soon after it', async ({
    target,
    client,
  }) => {
    const report = reportFigures(client, 'nobody');
    const id = `incident/${target.name}/measured-application-down`;
    await using run = await holding(client, target, 'database-recovery');

    for (let sample = 0; sample < 10; sample += 1) await report(target, application('critical'));
    expect(await signalsOf(client, id)).toBeUndefined();
    await run.end();
    for (let sample = 0; sample < 3; sample += 1) await report(target, application('critical'));
    expect(await signalsOf(client, id)).toEqual(['firing']);
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

    expect(
      reportOf(target, { status: 'firing', alert: alertOf(figure), figures: [figure] }),
    ).toMatchObject({
      fingerprint: 'measured-application-down',
      severity: 'sev2',
      remediation: 'application-down',
      title: `The application is down: ${target.name}`,
      details: 'app.health: Expected 2xx, got 503 (critical without 2xx; Restart it)',
    });
  });
});

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
async function holding(client: Client, target: Target, runbook: string) {
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
  const history = await client.workflow
    .getHandle(id)
    .fetchHistory()
    .catch(() => undefined);
  return history?.events
    ?.map(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.input?.payloads?.[0])
    .filter((payload) => payload != null)
    .map(({ data }) => (JSON.parse(Buffer.from(data!).toString()) as { status: string }).status);
}
