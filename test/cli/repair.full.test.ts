import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IncompleteRun } from '../../src/cli/local/incomplete-runs.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { openClaim } from '../../src/state/claim.ts';
import { others, request } from './support/claim.ts';
import { openServed, type Served } from './support/served.ts';

const DEAD = 'database-recovery/repair/20260105_020000';
let served: Served;

beforeAll(async () => {
  served = await openServed('repair');
});
afterAll(() => served.close());

describe('repair', () => {
  test('shows a run that holds the target and works, and starts nothing', async () => {
    const { handle, free } = await hold('open');

    const { exitCode, stdout } = await served.type('repair', '--yes');
    await handle.terminate();
    await free();

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^"open" \(since .*\) runs, and holds the target: nothing is wrong/);
  });

  test('shows what a run left that was terminated, and asks before it changes anything', async () => {
    const staged = `${served.target.database.file}.staged-20260105_020000`;
    writeFileSync(staged, 'half');
    const { handle } = await hold(DEAD);
    await handle.terminate();

    const text = await served.type('repair');
    const json = await served.type('repair', '--json');

    expect(text.exitCode).toBe(3);
    expect(text.stdout).toMatch(/ was terminated: what it did may be incomplete\n/);
    expect(text.stdout).toContain(`\n  ${staged}`);
    expect(text.stdout).toContain('\n  - The copy of a backup beside the database is removed');
    expect(text.stdout).toMatch(/\nThe application (is down: a repair starts it|runs \()/);
    expect(text.stderr).toBe('Try: runbook repair --target repair --yes');
    expect(JSON.parse(json.stdout) as IncompleteRun[]).toMatchObject([
      {
        run: DEAD,
        state: 'ended',
        files: [staged],
        application: expect.stringMatching(/^The application /),
      },
    ]);
  });

  test('is told apart from a run that works only by Temporal, and says so without it', async () => {
    const { stdout, stderr } = await served.type('repair', '--json', '--target', 'repair');
    const alone = await served.typeWithout('repair', '--target', 'repair');

    expect([JSON.parse(stdout), stderr]).toMatchObject([[{ state: 'ended' }], '']);
    expect(alone.stdout).toContain('nobody knows whether it still runs');
    expect(alone.stderr).toContain('nobody listens there');
  });

  test('puts it right when it is told to, and nothing is incomplete afterwards', async () => {
    const { exitCode, stdout } = await served.type(
      'repair',
      '--yes',
      '--json',
      '--because',
      'it died',
    );
    const after = await served.type('repair');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout) as Ending).toMatchObject({
      outcome: 'done',
      because: 'it died',
      output: { repaired: [DEAD] },
    });
    expect(after.stdout).toBe('Nothing is incomplete on "repair"');
  });
});

/** Lets an open run of no runbook hold the target. */
async function hold(run: string) {
  const handle = await served.client.workflow.start('never', {
    workflowId: run,
    taskQueue: 'nobody',
  });
  const claim = openClaim(served.target);
  await claim.take(run, { ...request, takeOverIncomplete: true }, others);
  const free = () => claim.release(run, { cleanedUp: false });
  return { handle, free };
}
