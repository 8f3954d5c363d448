import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { onceJson } from '../../../src/cli/verbs/top/once.ts';
import { startRun } from '../../../src/client/runs/start-run.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { openServed, type Served } from '../support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed('top', { schedules: { 'daily-backup': '01:00' } });
});
afterAll(() => served.close());

describe('top of a target that is served', () => {
  test('shows its open runs, its incidents, its worker and what starts next', async () => {
    const look = async () => {
      const { stdout } = await served.type('top', '--json');
      const [target] = (JSON.parse(stdout) as ReturnType<typeof onceJson>).targets;
      return target!.lines;
    };
    await served.type('schedules', 'sync');
    await served.type('incidents', 'open', 'a test', '--severity', 'sev1', '-t', 'top');
    const before = await look();
    await served.stopWorker();
    // Nobody takes it: it stays open.
    const run = await startRun(served.client, {
      runbook: 'daily-backup',
      target: 'top',
      input: {},
      by: 'ops-1',
    });
    await vi.waitFor(async () => {
      expect((await look()).map(({ subject }) => subject)).toContain('run');
    }, TIMEOUT);
    const { stdout: text } = await served.type('top');
    await served.startWorker();

    expect(before).toContainEqual(expect.objectContaining({ subject: 'worker', verdict: 'ok' }));
    expect(text).toMatch(new RegExp(`^run +ok +${run}: `, 'm'));
    expect(text).toMatch(
      /^incident +critical +.* \(incident\/top\/.*\): sev1, triggered since 20/m,
    );
    expect(text).toMatch(/^next +ok +top\/daily-backup 20.* 01:00:00 UTC/m);
    expect(text).toMatch(/· Temporal asked \d+ s ago$/m);
  });
});
