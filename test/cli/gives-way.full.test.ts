import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openServed, type Served } from './support/served.ts';

let served: Served;
const WAIT = { timeout: 60_000, interval: 200 };

beforeAll(async () => {
  served = await openServed('gives-way', { decisions: { wait: '30m', waitWhileDown: '0s' } });
});
afterAll(() => served.close());

describe('a run that has the target and waits for an answer of people', () => {
  test('gives way to a sev1, is undone, and the other goes on', async () => {
    const backup = await startWaiting();
    rmSync(served.target.backups.directory);

    const { stdout: cure } = await served.type('start', 'application-down', '--detach');
    await ended(backup);
    const report = await served.type('report', backup);
    await ended(cure);

    expect(report.stdout).toMatch(/^Daily backup of gives-way: stopped/);
  });

  test('does not, when somebody has paused it', async () => {
    const backup = await startWaiting();
    await served.type('pause', backup, '--reason', 'I am at it by hand');
    rmSync(served.target.backups.directory);
    await served.type('decide', backup, '--choice', 'retry', '--by', 'ops-1');
    await untilWaiting(backup, /^Waiting before step /);

    const refused = await served.type('start', 'application-down', '--no-wait');
    const cure = served.type('start', 'application-down');
    // Longer than it takes to be asked for the first time, and the second.
    await new Promise((settle) => setTimeout(settle, 5000));
    const explained = await served.type('explain', backup);
    await served.type('resume', backup);
    const { stderr } = await cure;
    await ended(backup);
    const report = await served.type('report', backup);

    expect(refused.exitCode).toBe(5);
    expect(explained.stdout).toMatch(/^Waiting before step /);
    expect(stderr).toContain(`"gives-way" is held by "${backup}" since 2`);
    expect(stderr).toContain(
      `     Try: runbook resume ${backup}; or, to have its target: runbook stop ${backup}\n`,
    );
    expect(report.stdout).toMatch(/^Daily backup of gives-way: done/);
  });
});

/** However it ends. */
async function ended(run: string): Promise<void> {
  await served.client.workflow
    .getHandle(run)
    .result()
    .catch(() => {});
}

/** A backup that has nowhere to go. */
async function startWaiting(): Promise<string> {
  const { directory } = served.target.backups;
  rmSync(directory, { recursive: true, force: true });
  writeFileSync(directory, 'no directory');
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
