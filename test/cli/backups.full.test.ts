import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listBackups } from '../../src/activities/backups/catalogue/backup-store.ts';
import type { PlaceRetention } from '../../src/activities/backups/retention/prune.ts';
import { stampOf } from '../../src/config/time/stamp.ts';
import type { AuditEvent } from '../../src/state/audit-log.ts';
import { ageBackups } from '../activities/database/support/aged-backups.ts';
import { auditOf } from '../support/audit.ts';
import { leaveUnmanagedCopy } from '../support/unmanaged-copy.ts';
import { openServed, type Served } from './support/served.ts';

let served: Served;
/** The backup of today, and those that are older by so many days. */
let newest: string;
let old: string;
let expired: string;
/** When somebody took a copy without us. */
const TAKEN = stampOf(new Date(Date.now() - 2 * 86_400_000));

beforeAll(async () => {
  served = await openServed('keeping');
  const { stdout } = await type('start', 'daily-backup', '--json');
  newest = (JSON.parse(stdout) as { output: { backup: string } }).output.backup;
  const now = new Date().toISOString();
  [old, expired] = ageBackups(served.target, newest, [10, 42], { now }) as [string, string];
});
afterAll(() => served.close());

const type = (...args: string[]) => served.type(...args);
const ids = () => listBackups(served.target.backups.directory).map(({ id }) => id);

describe('backups adopt', () => {
  test('makes backups of those that are sound, tells why of the others, and ends with 1', async () => {
    const sound = leaveUnmanagedCopy(served.target, `demo_${TAKEN}.db`);
    const short = leaveUnmanagedCopy(served.target, 'demo_20260102_020000.db');
    truncateSync(short, 8192);
    const listed = await type('backups', 'list');

    const { exitCode, stdout } = await type('backups', 'adopt', sound, short, '--json');
    const again = await type('backups', 'adopt', sound);
    const missing = await type('backups', 'adopt', 'nothing_20260101.db');

    expect(listed.stdout).toMatch(/^Copies that are not adopted:\n {2}unverified {2}adopted /m);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { file: sound, outcome: 'done', backup: TAKEN, changed: true },
      {
        file: short,
        outcome: 'undone',
        reason: expect.stringContaining(`Cannot adopt "${short}": it is truncated`) as string,
      },
    ]);
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: `adopted  ${sound}: it is backup ${TAKEN} already`,
    });
    expect([missing.exitCode, missing.stdout]).toEqual([
      2,
      expect.stringContaining('it is missing'),
    ]);
    const text = join(served.target.backups.directory, 'demo_20260103_020000.db');
    writeFileSync(text, 'no such luck');
    const refused = await type('backups', 'adopt', text, '--json');
    expect([refused.exitCode, JSON.parse(refused.stdout)]).toEqual([
      2,
      [
        {
          file: text,
          outcome: 'refused',
          reason: `Cannot adopt "${text}": it is no SQLite database`,
        },
      ],
    ]);
    rmSync(text);
    rmSync(short);
    expect((await type('backups', 'list')).stdout).not.toContain('not adopted');
  });
});

describe('backups verify, pin and prune', () => {
  test('prove all there are from their bytes, and mark the damaged one until it is sound', async () => {
    const copy = join(served.target.backups.directory, old, 'demo.db.zst');
    flipBit(copy);

    const all = await type('backups', 'verify', '--all', '--full', '--json');
    const list = await type('backups', 'list', '--json');
    flipBit(copy);
    const one = await type('backups', 'verify', old);

    expect(all.exitCode).toBe(1);
    const verdicts = JSON.parse(all.stdout) as { backup: string; verdict: string }[];
    expect(verdicts.map(({ backup, verdict }) => `${backup} ${verdict}`)).toEqual(
      ids().map((id) => `${id} ${id === old ? 'damaged' : 'proven'}`),
    );
    const entries = JSON.parse(list.stdout) as { id: string; state: string }[];
    expect(entries.find(({ id }) => id === old)?.state).toBe('damaged copy');
    expect(one).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ proven {3}passed/) });
    expect(listBackups(served.target.backups.directory)).toContainEqual(
      expect.objectContaining({ id: old, state: 'verified' }),
    );
  });

  test('keep what is pinned, say what would go, and delete it as a run', async () => {
    const pinned = await type('backups', 'pin', expired, '--reason', 'the audit', '--until', '9d');
    const stays = await type('backups', 'prune', '--plan', '--json');
    const unpinned = await type('backups', 'unpin', expired);
    const before = ids();
    const plan = await type('backups', 'prune', '--plan');
    expect(ids()).toEqual(before);
    const { exitCode, stdout } = await type('backups', 'prune', '--because', 'a test', '--json');

    expect(pinned.stdout).toMatch(new RegExp(`^${expired} stays until \\d{4}-`));
    const [place] = JSON.parse(stays.stdout) as PlaceRetention[];
    expect(place!.remove).toEqual([]);
    expect(place!.keep.find(({ id }) => id === expired)?.reason).toMatch(
      /^pinned by .+ because the audit, until \d{4}-/,
    );
    expect(unpinned).toMatchObject({
      exitCode: 0,
      stdout: `${expired} is kept as others of its class`,
    });
    expect(plan.stdout).toMatch(new RegExp(`^  goes   ${expired}  .+  daily, 42 d of 30 d$`, 'm'));
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ runbook: 'prune-backups', outcome: 'done' });
    expect(ids()).toEqual(before.filter((id) => id !== expired));
    expect(auditOf(served.target).map(({ what }: AuditEvent) => what)).toEqual(
      expect.arrayContaining(['found damaged', 'proven', 'pinned', 'unpinned', 'ended']),
    );
  });

  const wrong: Readonly<Record<string, readonly [args: readonly string[], words: string]>> = {
    'an unknown backup': [['pin', '19990101_000000', '--reason', 'x'], 'Cannot find backup'],
    'no reference': [['verify', '../../etc'], 'Expected a backup id'],
    'no reason': [['pin', 'latest'], 'Required option "--reason <reason>" not specified'],
    'a time that is past': [['pin', 'latest', '--reason', 'x', '--until', '2020-01-01'], 'is past'],
    'no time': [
      ['pin', 'latest', '--reason', 'x', '--until', 'soon'],
      'Cannot read --until "soon"',
    ],
    'one and all': [['verify', 'latest', '--all'], 'Both "latest" and --all are given'],
    'no second disk': [['verify', '--all', '--copy'], 'has no "backups.copy"'],
  };
  for (const [name, [args, text]] of Object.entries(wrong))
    test(`refuse ${name} with 2`, async () => {
      const { exitCode, stdout, stderr } = await type('backups', ...args);

      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`Error: `);
      expect(stderr).toContain(text);
      expect(stderr).toMatch(/^Try: /m);
    });
});

describe('backups dump', () => {
  test('writes what a SQLite shell can load, and never over a file that is there', async () => {
    const output = join(served.target.directory, 'out.sql');

    const { exitCode, stdout } = await type('backups', 'dump', '--output', output, '--json');
    const again = await type('backups', 'dump', '--output', output);

    expect(exitCode).toBe(0);
    const { bytes, rows } = JSON.parse(stdout) as { bytes: number; rows: number };
    expect(statSync(output).size).toBe(bytes);
    expect(readFileSync(output, 'utf8').match(/^INSERT INTO "measurements"/gm)).toHaveLength(rows);
    expect([again.exitCode, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain(`Error: Cannot write "${output}": it is already there`);
  });
});

function flipBit(file: string): void {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.from([bytes[middle]! ^ 1]), 0, 1, middle);
  closeSync(fd);
}
