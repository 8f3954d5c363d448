import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { logActivities } from '../../../src/activities/logs/logs-activities.ts';
import { day, onLog, test } from './support/world.ts';
import { fillLog, writtenIn } from './support/written.ts';

const daily = { rotate: { every: 'daily' } } as const;

describe('logs.rotate', () => {
  test('gives a log that is a day old a stamped name, once', async ({ live, logged }) => {
    const { rotate } = onLog(logged(daily));
    fillLog(live, 0, 10);

    const today = await rotate(day(0));
    const first = await rotate(day(1));
    fillLog(live, 10, 20);
    const again = await rotate(day(1));

    expect([today, first, again].map(({ changed }) => changed)).toEqual([false, true, false]);
    expect(first).toMatchObject({ note: 'Rotated, 0.0 MiB', bytes: 10_240, remarks: [] });
    expect(readFileSync(`${live}.${day(1)}`)).toHaveLength(10_240);
    expect(writtenIn(live)).toEqual({ lines: 20, twice: 0, torn: 0 });
  });

  test('cuts a log once a run, whatever is written to it since', async ({ live, logged }) => {
    const { rotate } = onLog(logged({ rotate: { every: 'daily', by: 'copytruncate' } }));
    fillLog(live, 0, 10);

    const first = await rotate(day(1));
    fillLog(live, 10, 15);
    const again = await rotate(day(1));
    fillLog(live, 15, 40);
    const third = await rotate(day(1));

    expect([first, again, third].map(({ changed }) => changed)).toEqual([true, false, false]);
    expect(writtenIn(live)).toEqual({ lines: 40, twice: 0, torn: 0 });
    expect(readFileSync(live)).toHaveLength(30 * 1024);
  });

  test('tells age by its own marks, not by the times of files', async ({ live, logged }) => {
    const { rotate } = onLog(logged(daily));
    fillLog(live, 0, 10);
    await rotate(day(1));
    fillLog(live, 10, 20);

    const early = await rotate(day(1.5));
    const soon = await rotate(day(1.95)); // yesterday's run began an hour later
    const late = await rotate(day(2.2));

    expect([early, soon, late].map(({ changed }) => changed)).toEqual([false, true, false]);
  });

  test('rotates by size whatever the age, and never an empty log', async ({ live, logged }) => {
    const { rotate } = onLog(logged({ rotate: { size: '1MB', every: 'weekly' } }));
    fillLog(live, 0, 1023);
    const small = await rotate(day(0));
    fillLog(live, 1023, 1024);

    const large = await rotate(day(0.1));
    const empty = await rotate(day(30));

    expect([small.changed, large.changed]).toEqual([false, true]);
    expect(empty).toMatchObject({ changed: false, note: 'It is empty' });
  });

  test('gives the new file the owner and mode of the old', async ({ live, logged }) => {
    const { rotate } = onLog(logged(daily));
    fillLog(live, 0, 1);
    chmodSync(live, 0o620);
    const root = process.getuid?.() === 0;
    if (root) chownSync(live, 4711, 4712);

    await rotate(day(1));

    const { mode, uid, gid, size } = statSync(live);
    const old = statSync(`${live}.${day(1)}`);
    expect([mode & 0o777, size]).toEqual([0o620, 0]);
    expect([uid, gid]).toEqual([old.uid, old.gid]);
    expect(uid).toBe(root ? 4711 : process.getuid?.());
  });

  test('follows a link to the real file, and rotates beside that', async ({ live, logged }) => {
    const { rotate } = onLog(logged(daily));
    const real = join(live, '../real.log');
    fillLog(real, 0, 5);
    symlinkSync('real.log', live);

    await rotate(day(1));

    expect(lstatSync(live).isSymbolicLink()).toBe(true);
    expect(writtenIn(real)).toEqual({ lines: 5, twice: 0, torn: 0 });
    expect(statSync(real).size).toBe(0);
  });

  test('reports a log that is missing or no file, and fails on neither', async ({
    live,
    logged,
  }) => {
    const { rotate } = onLog(logged(daily));

    const missing = await rotate(day(1));
    symlinkSync('/dev/null', live);
    const device = await rotate(day(1));

    expect(missing).toEqual({ changed: false, note: 'There is none', remarks: [] });
    expect(device).toEqual({ changed: false, note: 'It is no regular file', remarks: [] });
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('leaves a log alone that somebody else has rotated meanwhile', async ({ live, logged }) => {
    const { rotate } = onLog(logged(daily));
    fillLog(live, 0, 10);
    await rotate(day(0));
    renameSync(live, `${live}.1`);
    fillLog(live, 10, 20);

    const replaced = await rotate(day(1));
    truncateSync(live, 1024);
    const cut = await rotate(day(2));
    const quiet = await rotate(day(3));

    expect(replaced.remarks).toEqual([
      'It was given a new file by somebody else: say "by: application" if that rotates it',
    ]);
    expect(cut.note).toBe('It was cut by somebody else');
    expect(quiet).toMatchObject({ changed: true, remarks: [] });
    expect(statSync(`${live}.1`).size).toBe(10_240);
  });

  test('says what it may not do, and moves nothing', async ({ live, logged }) => {
    const target = logged(daily);
    fillLog(live, 0, 10);
    const spoilt = { ...target, state: join(live, 'no directory') };

    await expect(onLog(spoilt).rotate(day(1))).rejects.toThrow('ENOTDIR');

    expect(writtenIn(live)).toEqual({ lines: 10, twice: 0, torn: 0 });
    expect(existsSync(`${live}.${day(1)}`)).toBe(false);
  });

  test('goes on by the newest rotated file when its marks are lost', async ({ live, logged }) => {
    const target = logged(daily);
    const { rotate } = onLog(target);
    fillLog(live, 0, 10);
    await rotate(day(5));
    fillLog(live, 10, 20);
    writeFileSync(join(target.state, 'logs.json'), 'damaged');

    const early = await rotate(day(5.5));
    rmSync(join(target.state, 'logs.json'));
    const late = await rotate(day(6));

    expect([early.changed, late.changed]).toEqual([false, true]);
  });

  test('refuses a log that its target does not name', async ({ live, logged }) => {
    fillLog(live, 0, 10);
    const { rotate } = logActivities({ ...logged(daily), logs: [] });

    expect(await rotate(live, day(1))).toMatchObject({ changed: false, failed: true });
    expect(statSync(live).size).toBe(10_240);
  });
});

const root = process.getuid?.() === 0;

describe.skipIf(!root)('logs on a full disk', () => {
  test('are whole, and it is reported', async ({ live, logged }) => {
    const disk = dirname(live);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      const cut = onLog(logged({ rotate: { every: 'daily', by: 'copytruncate' } }));
      const rename = onLog(logged(daily));
      fillLog(live, 0, 500);
      writeFileSync(`${live}.${day(-9)}`, 'x'.repeat(300 * 1024));
      writeFileSync(`${live}.${day(-8)}`, 'x');
      expect(() => writeFileSync(join(disk, 'more'), 'x'.repeat(2 ** 20))).toThrow('ENOSPC');

      const copied = await cut.rotate(day(1));
      const packed = await cut.compress();
      const renamed = await rename.rotate(day(1));

      expect(copied).toMatchObject({ failed: true, changed: false });
      expect(copied.remarks[0]).toMatch(/^Not enough disk space in ".+": .+ needed, .+ available$/);
      expect(packed).toMatchObject({ failed: true, changed: false });
      expect(renamed).toMatchObject({ changed: true, remarks: [] });
      expect(statSync(`${live}.${day(-9)}`).size).toBe(300 * 1024);
      expect(readFileSync(`${live}.${day(1)}`)).toHaveLength(500 * 1024);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
