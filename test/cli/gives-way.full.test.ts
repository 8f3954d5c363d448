import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openServed, type Served } from './support/served.ts';

let served: Served;
const WAIT = { timeout: 60_000, interval: 200 };

beforeAll(async () => {
  served = await openServed('gives-way', { decisions: { wait: '30m', waitWhileDown: '0s' } });
  const { directory } = served.target.backups;
  rmSync(directory, { recursive: true, force: true });
  writeFileSync(directory, 'no directory');
});
afterAll(() => served.close());

describe('a run that has the target and waits for an answer of people', () => {
  test('gives way to a sev1, is undone, and says so', async () => {
    const backup = await startWaiting();

    const cure = await served.type('start', 'application-down', '--because', 'it is down');
    const report = await served.type('report', backup);

    expect([cure.exitCode, cure.stderr]).toEqual([
      0,
      expect.stringContaining('it only waits for people: asked it to stop'),
    ]);
    expect(report.stdout).toMatch(/^Daily backup of gives-way: stopped/);
  });

  test('does not, when somebody has paused it', async () => {
    const backup = await startWaiting();
    await served.type('pause', backup, '--reason', 'I am at it by hand');
    await served.type('decide', backup, '--choice', 'retry', '--by', 'ops-1');
    await untilWaiting(backup, /^Waiting before step /);

    const refused = await served.type('start', 'application-down', '--no-wait');
    const detached = await served.type('start', 'application-down', '--detach');
    await new Promise((settle) => setTimeout(settle, 5000));
    const explained = await served.type('explain', backup);
    await served.client.workflow.getHandle(detached.stdout).terminate('a test');
    await served.type('stop', backup, '--reason', 'a test');

    expect(refused.exitCode).toBe(5);
    expect(explained.stdout).not.toContain('Ended');
  });
});

/** A backup that has nowhere to go. */
async function startWaiting(): Promise<string> {
  const { stdout } = await served.type('start', 'daily-backup', '--detach');
  await untilWaiting(stdout, /^Waiting for /);
  return stdout;
}

function untilWaiting(run: string, sentence: RegExp): Promise<void> {
  return vi.waitFor(async () => {
    const { stdout } = await served.type('explain', run);
    expect(stdout).toMatch(sentence);
  }, WAIT);
}
