import { renameSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startRun } from '../../src/client/runs/start-run.ts';
import { damageDatabase } from '../../src/dev/demo/sample-database.ts';
import { openServed, type Served } from './support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed('no-worker', {
    decisions: { wait: '10m', waitWhileDown: '0s' },
    approvals: { by: [], quorum: 1, within: '10m', unproven: 'allow' },
  });
  await served.type('start', 'daily-backup');
});
afterAll(() => served.close());

const WAIT = { timeout: 60_000, interval: 200 };

describe('a run that waits for a decision', () => {
  test('is explained and paused without a worker, and not decided; with one it is resumed and decided', async () => {
    const { directory } = served.target.backups;
    renameSync(directory, `${directory}.away`);
    writeFileSync(directory, 'no directory');
    const run = await startWaiting('daily-backup');

    await served.stopWorker();
    const explained = await served.type('explain', run);
    const decided = await served.type('decide', run, '--choice', 'retry', '--by', 'ops-1');
    const paused = await served.type('pause', run, '--by', 'ops-1');
    const resumed = await served.type('resume', run, '--by', 'ops-1');
    await served.startWorker();
    renameSync(directory, `${directory}.file`);
    renameSync(`${directory}.away`, directory);
    const again = await untilHeard(() =>
      served.type('decide', run, '--choice', 'retry', '--by', 'ops-1'),
    );
    await served.client.workflow.getHandle(run).result();
    const report = await served.type('report', run, '--format', 'md');

    expect(explained.exitCode).toBe(0);
    expect(explained.stdout).toMatch(/Waiting for a person at "snapshot" .*no worker answered/);
    expect(decided.exitCode).toBe(4);
    expect(decided.stderr).toMatch(/Error: No worker .*\nTry: runbook /);
    expect([paused.exitCode, resumed.exitCode, again.exitCode]).toEqual([0, 0, 0]);
    expect(report.stdout).toMatch(/: done\n[^]*retry.* by ops\\?-1/);
    expect(report.stdout).toMatch(/paused by ops[^]*resumed by ops/);
  }, 240_000);
});

describe('a run that waits for approval', () => {
  test('is neither approved nor rejected without a worker, and is with one', async () => {
    damageDatabase(served.target.database.file, 30);
    // Somebody else's: who starts a run answers for none of its steps, whatever --by says.
    const { client, target } = served;
    const run = await startRun(client, {
      runbook: 'database-issue',
      target: target.name,
      input: {},
      by: 'ops-9',
    });
    await untilWaiting(run);

    await served.stopWorker();
    const approved = await served.type('approve', run, '--by', 'ops-1');
    const rejected = await served.type('reject', run, '--by', 'ops-1');
    const explained = await served.type('explain', run);
    await served.startWorker();
    const again = await untilHeard(() =>
      served.type('reject', run, '--by', 'ops-1', '--reason', 'not tonight'),
    );
    const ended = await served.client.workflow
      .getHandle(run)
      .result()
      .catch((error: Error) => error.cause as Error);
    const second = await startWaiting('database-issue');
    await served.stopWorker();
    const stopped = await served.type('stop', second, '--by', 'ops-1', '--reason', 'I do it');
    await served.startWorker();
    await served.client.workflow
      .getHandle(second)
      .result()
      .catch(() => {});
    const report = await served.type('report', second);

    for (const { exitCode, stderr } of [approved, rejected]) {
      expect(exitCode).toBe(4);
      expect(stderr).toMatch(/Error: No worker .*\nTry: runbook /);
    }
    expect(explained.exitCode).toBe(0);
    expect(explained.stdout).toMatch(/Waiting for a person at "recover" .*no worker answered/);
    expect(again.exitCode).toBe(0);
    expect((ended as Error).message).toContain('not tonight');
    expect(stopped.exitCode).toBe(0);
    expect(report.stdout).toContain('stopped');
  }, 240_000);
});

async function startWaiting(runbook: string): Promise<string> {
  const { stdout } = await served.type('start', runbook, '--detach', '--json');
  const { run } = JSON.parse(stdout) as { run: string };
  await untilWaiting(run);
  return run;
}

async function untilWaiting(run: string): Promise<void> {
  await vi.waitFor(async () => {
    const { stdout: sentence } = await served.type('explain', run);
    expect(sentence).toMatch(/^Waiting for /);
    expect(sentence).not.toContain('by its history');
  }, WAIT);
}

/** A worker that was just started takes a moment to be there. */
function untilHeard<Answer extends { exitCode: number | undefined }>(
  type: () => Promise<Answer>,
): Promise<Answer> {
  return vi.waitFor(async () => {
    const answer = await type();
    expect(answer.exitCode).toBe(0);
    return answer;
  }, WAIT);
}
