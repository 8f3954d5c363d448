import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClaim } from '../../src/state/claim.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { others, request } from './support/claim.ts';
import { openServed, type Served } from './support/served.ts';

let served: Served;
let backup: string;

beforeAll(async () => {
  served = await openServed('runs');
});
afterAll(() => served.close());

describe('backups list', () => {
  test('says of a place that is not there yet only that it cannot be read', async () => {
    const { exitCode, stdout } = await served.type('backups', 'list');

    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      `Backups of runs:\n  Backups in "${served.target.backups.directory}" cannot be read: it is not there; is its disk mounted?`,
    );
  });

  test('and "latest" of none is refused with 2 and the way to one', async () => {
    const { exitCode, stderr } = await recover('--backup', 'latest');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Try: runbook start daily-backup --target runs$/);
  });

  test('tells the newest first, as JSON too', async () => {
    const answer = await served.type('start', 'daily-backup', '--json');
    backup = (JSON.parse(answer.stdout) as { output: { backup: string } }).output.backup;

    const { stdout } = await served.type('backups', 'list', '--json');

    expect(answer.exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ id: backup, state: 'verified', class: 'daily' }]);
  });
});

describe('a recovery that is done', () => {
  test('is printed line by line, ends with 0, and its last line says how to go back', async () => {
    const { exitCode, stdout, stderr } = await recover('--backup', 'latest', '--because', 'a test');

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Started database-recovery\/runs\/\d{8}_\d{6}\n/);
    expect(masked(stdout)).toBe(GOLDEN);
  });

  test('is reported again as it was, in text and in JSON', async () => {
    const [{ run }] = await listed();

    const text = await served.type('report', run);
    const json = await served.type('report', run, '--json');

    expect(masked(text.stdout)).toBe(GOLDEN);
    expect(JSON.parse(json.stdout)).toMatchObject({ run, ending: { outcome: 'done' } });
  });

  test('is printed at once when it is followed afterwards', async () => {
    const [{ run }] = await listed();

    const { exitCode, stdout } = await served.type('follow', run, '--json');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ run, outcome: 'done' });
  });

  test('cannot be stopped any more', async () => {
    const [{ run }] = await listed();

    const { exitCode, stderr } = await served.type('stop', run);

    expect([exitCode, stderr]).toEqual([
      2,
      `Error: "${run}" has ended already\nTry: runbook report ${run}`,
    ]);
  });
});

describe('a run that waits for its target', () => {
  test('is started detached, reported as it stands, stopped, and ends with 1', async () => {
    await holding('holder-1', async () => {
      const started = await recover('--backup', 'latest', '--detach', '--json');
      const { run } = JSON.parse(started.stdout) as { run: string };
      await expect
        .poll(async () => (await served.type('report', run)).stdout, TIMEOUT)
        .toContain('running');

      const stopped = await served.type('stop', run, '--json');
      const followed = await served.type('follow', run, '--json');

      expect([started.exitCode, stopped.exitCode, followed.exitCode]).toEqual([0, 0, 1]);
      expect(JSON.parse(followed.stdout)).toMatchObject({ run, outcome: 'stopped' });
    });
  });

  test('tells a pipe once why it waits, and goes on when the target is free', async () => {
    const release = await hold('holder-2');
    const recovery = recover('--backup', 'latest');
    await expect.poll(async () => (await listed())[0].state, TIMEOUT).toBe('running');
    await new Promise((settle) => setTimeout(settle, 1500));
    await release();

    const { exitCode, stderr } = await recovery;

    expect(exitCode).toBe(0);
    expect(stderr.match(/"runs" is held by "holder-2"/g)).toHaveLength(1);
  });
});

describe('a run that cannot tell its ledger', () => {
  test('is reported from its history while no worker answers, and when it was terminated', async () => {
    const release = await hold('holder-3');
    const { stdout } = await recover('--backup', 'latest', '--detach');
    await served.stopWorker();

    const open = await served.type('report', stdout);
    await served.client.workflow.getHandle(stdout).terminate('a test');
    const terminated = await served.type('report', stdout, '--json');
    const text = await served.type('report', stdout);
    await served.startWorker();
    await release();

    expect(open.stdout).toContain('No worker answers: this is what its history shows');
    expect(open.stdout).toContain('.  1 Find the backup');
    expect(JSON.parse(terminated.stdout)).toMatchObject({
      status: 'TERMINATED',
      source: 'history',
    });
    expect(text.stdout).toContain('It was terminated, without undo');
  });
});

describe('runs', () => {
  test('are listed the newest first, and found by any part that means one', async () => {
    const rows = await listed();
    const text = await served.type('runs', '--limit', '2', '--runbook', 'database-recovery');
    const part = rows.at(-1)!.run.split('/').at(-1)!;

    const one = await served.type('report', part, '--json');
    const many = await served.type('report', 'database-recovery');

    expect(rows.map(({ startedAt }) => startedAt)).toEqual(
      rows.map(({ startedAt }) => startedAt).toSorted((a, b) => b.localeCompare(a)),
    );
    expect(text.stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(one.stdout)).toMatchObject({ run: rows.at(-1)!.run });
    // The newest of several.
    expect([many.exitCode, many.stdout]).toEqual([0, expect.stringContaining(rows[0].run)]);
  });

  test('of a target that has none are an empty list', async () => {
    const { exitCode, stdout } = await served.type('runs', '--target', 'none', '--json');

    expect([exitCode, stdout]).toEqual([0, '[]']);
  });
});

describe('doctor', () => {
  test('ends with 0 when nothing is missing', async () => {
    const { exitCode, stdout } = await served.type('doctor');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ok {7}Worker for runs: polls$/m);
  });
});

const recover = (...args: string[]) => served.type('start', 'database-recovery', ...args);

interface Row {
  readonly run: string;
  readonly state: string;
  readonly startedAt: string;
}

async function listed(): Promise<[Row, ...Row[]]> {
  const { stdout } = await served.type('runs', '--json', '--runbook', 'database-recovery');
  return JSON.parse(stdout) as [Row, ...Row[]];
}

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

async function holding(holder: string, work: () => Promise<void>): Promise<void> {
  const release = await hold(holder);
  try {
    await work();
  } finally {
    await release();
  }
}

/** What differs between two runs. */
function masked(text: string): string {
  return text
    .replaceAll(served.target.directory, 'DIR')
    .replaceAll(/\d{8}_\d{6}/g, 'STAMP')
    .replaceAll(/\d{4}-\d\d-\d\d(T[\d:.]+Z| [\d:]+ UTC)/g, 'TIME')
    .replaceAll(/ +\d+\.\d\d s/g, ' S')
    .replaceAll(/by \S+@\S+/g, 'by SOMEONE')
    .replaceAll(/\d+ ms\b/g, 'MS')
    .replaceAll(/\b\d{4,}\b(?= rows|$)|(?<=backup |restored )\d{4,}\b/gm, 'ROWS');
}

const GOLDEN = `Database recovery of runs: done
  run database-recovery/runs/STAMP, started TIME by SOMEONE (unproven)
  because a test
  Live now: backup STAMP, taken TIME
  The application was taken down by step 4, and brought back by step 9 at TIME, S later

✓  1 Find the backup S  STAMP, taken TIME, ROWS rows
✓  2 Examine the live database S  Sound by quick_check (no index compared): ROWS rows in measurements
✓  3 Copy the backup beside it and prove it S  passed sha256, quick_check, row counts, schema
✓  4 Stop application S
✓  5 Keep the current database S  DIR/demo.db.pre-STAMP
✓  6 Restore from backup S
✓  7 Verify integrity S  ROWS rows in the live file, byte for byte the proven copy
✓  8 Clear cache S  Not applicable: the target has no cache
✓  9 Start application S
✓ 10 Test functionality S  ROWS rows in measurements read in MS
✓ 11 Make the kept database a backup S  STAMP

  backup: STAMP
  taken at: TIME
  rows: backup ROWS, restored ROWS
  integrity: ok
  downtime: S
  before: Sound by quick_check (no index compared): ROWS rows in measurements
  kept: DIR/demo.db.pre-STAMP
  replaced: database
  proof: ROWS rows in measurements read in MS

To go back: runbook start rollback --target runs --run database-recovery/runs/STAMP`;
