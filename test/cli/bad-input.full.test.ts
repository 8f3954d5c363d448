import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Ending } from '../../src/engine/run/ending.ts';
import { openClaim } from '../../src/state/claim.ts';
import { addMark, readMarks } from '../support/marks.ts';
import { others, request } from './support/claim.ts';
import { openServed, type Served } from './support/served.ts';
import { writeUnsigned } from '../activities/backups/support/write-manifest.ts';

const MARK = 'written after the backup';
let served: Served;
/** The backup that there is. */
let good: string;
/** A copy of it that each test may spoil. */
const SPOILT = '20200101_000000';

beforeAll(async () => {
  served = await openServed('bad-input');
  const { stdout, stderr } = await served.type('start', 'daily-backup', '--json');
  expect(stderr).toContain('Started');
  good = (JSON.parse(stdout) as { output: { backup: string } }).output.backup;
  addMark(served.target, MARK);
});
afterAll(() => served.close());

let before: unknown;
beforeEach(() => {
  const { directory } = served.target.backups;
  cpSync(join(directory, good), join(directory, SPOILT), { recursive: true });
  const manifest = join(directory, SPOILT, 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(good, SPOILT));
});
afterEach(async () => {
  expect(stateOf(served)).toEqual(before);
  expect(await served.systems.http.isReady()).toBe(true);
  rmSync(join(served.target.backups.directory, SPOILT), { recursive: true, force: true });
});

const recover = (...args: string[]) => {
  before = stateOf(served);
  return served.type('start', 'database-recovery', ...args);
};

describe('a backup reference that means none', () => {
  for (const reference of ['../../etc/passwd', 'before nonsense', ''])
    test(`"${reference}" is refused with 2 and what it may be`, async () => {
      const { exitCode, stdout, stderr } = await recover('--backup', reference);

      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toContain(
        `Error: Cannot read --backup "${reference}": Expected a backup id such as "20260105_020000"`,
      );
      expect(stderr).toMatch(/^Try: runbook start database-recovery --help$/m);
    });

  for (const reference of ['19990101_000000', 'before 1999-01-01T00:00:00Z'])
    test(`"${reference}" is refused with 2 and the backups there are`, async () => {
      const { exitCode, stdout, stderr } = await recover('--backup', reference);

      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(`Error: Cannot find backup "${reference}"`);
      expect(stderr).toMatch(new RegExp(`^  ${good}  verified +daily`, 'm'));
      expect(stderr).toMatch(
        /^Try: runbook start database-recovery --target bad-input --backup latest$/m,
      );
    });

  test('none at all is answered with the backups there are', async () => {
    const { exitCode, stdout, stderr } = await recover();

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Error: Missing --backup <backup>: Backup to restore/);
    expect(stderr).toMatch(new RegExp(`^Backups of bad-input:\n  ${good}  verified +daily`, 'm'));
  });
});

describe('a runbook that disturbs people', () => {
  test('is refused with 2 where there is no window, before anything is started', async () => {
    before = stateOf(served);

    const { exitCode, stdout, stderr } = await served.type('start', 'maintenance-window');

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Error: "bad-input" has no "maintenance.window"$/m);
    expect(stderr).not.toContain('Started');
  });
});

describe('a backup that is of no use', () => {
  test('because its copy was truncated is refused with 2', async () => {
    truncateSync(join(served.target.backups.directory, SPOILT, 'demo.db.zst'), 1000);

    const { exitCode, stderr } = await recover('--backup', SPOILT);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      new RegExp(`^Error: Backup "${SPOILT}" is damaged: its copy has 1000 bytes, expected \\d+`),
    );
    expect(stderr).toMatch(new RegExp(`^  ${SPOILT}  damaged copy  `, 'm'));
  });

  test('because it cannot be read is refused with 2', async () => {
    const copy = join(served.target.backups.directory, SPOILT, 'demo.db.zst');
    rmSync(copy);
    mkdirSync(copy);

    const { exitCode, stderr } = await recover('--backup', SPOILT);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(`Error: Backup "${SPOILT}" is damaged`);
  });

  test('because its manifest is no manifest is refused with 2', async () => {
    writeFileSync(join(served.target.backups.directory, SPOILT, 'manifest.json'), '{');

    const { exitCode, stderr } = await recover('--backup', SPOILT);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(`Error: Cannot read the manifest of backup "${SPOILT}"`);
  });

  test('because its hash is another is refused with 1, by the run, before the application is stopped', async () => {
    const manifest = join(served.target.backups.directory, SPOILT, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    writeUnsigned(manifest, JSON.parse(text.replace(/("sha256": *)"[0-9a-f]{8}/, '$1"00000000')));

    const { exitCode, stdout, stderr } = await recover('--backup', SPOILT, '--json');

    const ending = JSON.parse(stdout) as Ending;
    expect(exitCode).toBe(1);
    expect(ending).toMatchObject({
      left: [],
      failure: { type: 'BackupDamaged', message: expect.stringContaining('does not pass sha256') },
    });
    expect(ending.ledger.find(({ id }) => id === 'stop')?.state).toBe('unreached');
    expect(stderr).toMatch(/^Try: runbook backups list --target bad-input/m);
  });
});

describe('a target', () => {
  test('that another run holds is refused with 5 when one does not want to wait', async () => {
    const held = await served.client.workflow.start('never', {
      workflowId: 'holder',
      taskQueue: 'nobody',
    });
    const claim = openClaim(served.target);
    await claim.take('holder', request, others);

    const { exitCode, stdout, stderr } = await recover('--backup', 'latest', '--no-wait');

    expect(exitCode).toBe(5);
    expect(stdout).toContain('It failed with TargetLocked: "bad-input" is held by "holder"');
    expect(stderr).toMatch(/^Try: runbook runs --target bad-input, or without --no-wait$/m);
    await claim.release('holder', { cleanedUp: false });
    await held.terminate();
  });

  test('that no worker serves is refused with 4 and the command that starts one', async () => {
    const other = { ...served.target, name: 'other' };
    const file = join(served.targets, 'other.yaml');
    writeFileSync(file, stringify(other));

    const { exitCode, stdout, stderr } = await recover('--target', 'other', '--backup', 'latest');
    rmSync(file);

    expect([exitCode, stdout]).toEqual([4, '']);
    expect(stderr).toBe(
      `Error: No worker serves target "other" in namespace "${served.env['TEMPORAL_NAMESPACE']}"\nTry: runbook worker other`,
    );
  });
});

/** What a refused recovery must leave as it was. The application goes on adding rows. */
function stateOf({ target }: Served): unknown {
  const names = (directory: string) =>
    readdirSync(directory).filter((name) => !/-(wal|shm)$/.test(name));
  const copy = readFileSync(join(target.backups.directory, good, 'demo.db.zst'));
  return {
    marks: readMarks(target),
    beside: names(dirname(target.database.file)),
    backups: names(target.backups.directory),
    copy: createHash('sha256').update(copy).digest('hex'),
  };
}
