import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClaim } from '../../src/state/claim.ts';
import { others, request } from './support/claim.ts';
import { openServed, type Served } from './support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed('part-of-id');
});
afterAll(() => served.close());

describe('runs', () => {
  test('are acted on by a part of an id only where one open run has it', async () => {
    await served.type('start', 'daily-backup');
    await recover('--backup', 'latest');
    const ended = await served.type('stop', 'database-recovery', '--reason', 'a test');
    const release = await hold('holder');
    const one = await recover('--backup', 'latest', '--detach');
    const alone = await served.type('pause', 'database-recovery', '--reason', 'a test');
    const other = await recover('--backup', 'latest', '--detach');
    const two = await served.type('pause', 'database-recovery', '--reason', 'a test');
    for (const { stdout } of [one, other])
      await served.client.workflow.getHandle(stdout).terminate('a test');
    await release();

    expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringContaining('has ended')]);
    expect(alone.exitCode).toBe(0);
    expect(two.exitCode).toBe(2);
    expect(two.stderr).toContain(
      `"database-recovery" means 2 open runs: ${other.stdout}, ${one.stdout}\nTry: the whole id of one of them`,
    );
  });
});

const recover = (...args: string[]) => served.type('start', 'database-recovery', ...args);

/** Lets an open run of no runbook hold the target. Answers its release. */
async function hold(holder: string): Promise<() => Promise<void>> {
  const handle = await served.client.workflow.start('never', {
    workflowId: holder,
    taskQueue: 'nobody',
  });
  const claim = openClaim(served.target);
  await claim.take(holder, request, others);
  return async () => {
    await claim.release(holder, { cleanedUp: false });
    await handle.terminate();
  };
}
