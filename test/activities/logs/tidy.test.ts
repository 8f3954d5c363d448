import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { day, onLog, test, whileWriting, writerCommand } from './support/world.ts';

const rotate = { size: '1MB' } as const;
const daysAgo = (days: number) => Date.now() / 1000 - days * 86_400;

describe('logs.prune', () => {
  test('keeps as many as the target says, the newest', async ({ live, logged }) => {
    const { prune } = onLog(logged({ rotate: { ...rotate, copies: 2 } }));
    for (const past of [1, 2, 300]) writeFileSync(`${live}.${day(-past)}.gz`, 'packed');

    const { note, changed } = await prune(day(0));
    const again = await prune(day(0));

    expect(note).toBe(`Removed app.log.${day(-300)}.gz`);
    expect([changed, again.changed]).toEqual([true, false]);
    expect(namesBeside(live)).toEqual([`.${day(-2)}.gz`, `.${day(-1)}.gz`]);
  });

  test('removes what is past its age by its name, not by the times of files', async ({
    live,
    logged,
  }) => {
    const { prune } = onLog(logged({ keep: '7d' }));
    writeFileSync(`${live}.${day(-8)}`, 'old, touched today');
    writeFileSync(`${live}.${day(-6)}`, 'young, with an old time');
    utimesSync(`${live}.${day(-6)}`, 0, 0);

    await prune(day(0));

    expect(namesBeside(live)).toEqual([`.${day(-6)}`]);
  });

  test('keeps 30 days where nothing is said, and no day beside a number of copies', async ({
    live,
    logged,
  }) => {
    const age = onLog(logged({ rotate: { every: 'daily' } }));
    const number = onLog(logged({ rotate: { ...rotate, copies: 9 } }));
    for (const past of [29, 31]) writeFileSync(`${live}.${day(-past)}`, 'rotated');

    await number.prune(day(0));
    expect(namesBeside(live)).toHaveLength(2);
    await age.prune(day(0));

    expect(namesBeside(live)).toEqual([`.${day(-29)}`]);
  });

  test('removes what others have rotated by age only, and nothing else', async ({
    live,
    logged,
  }) => {
    const { prune } = onLog(logged({ rotate: { ...rotate, copies: 1 }, keep: '30d' }));
    const predecessors = [
      '.1',
      '.12.gz',
      '-20260105',
      '.2026-01-05',
      '.2026-01-05_02-03-04',
      '-20260105.xz',
    ];
    const strangers = [
      '',
      '.bak',
      '.important',
      '-old',
      '.1.swp',
      '.20260105',
      '.20260105_020000x',
      '2',
    ];
    const file = (name: string) => `${live}${name}`;
    for (const name of [...predecessors, ...strangers]) {
      writeFileSync(file(name), 'lines');
      utimesSync(file(name), daysAgo(31), daysAgo(31));
    }
    writeFileSync(file('.2'), 'young');
    symlinkSync('app.log', file('.3'));
    symlinkSync('app.log', file(`.${day(-40)}`));

    await prune(day(0));

    expect(namesBeside(live)).toEqual(
      [...strangers.slice(1), '.2', '.3', `.${day(-40)}`].toSorted(),
    );
    expect(existsSync(live)).toBe(true);
  });

  test('removes what killed runs were making, and leaves what somebody writes to', async ({
    live,
    logged,
  }) => {
    const { prune } = onLog(logged({ keep: '7d' }));
    writeFileSync(`${live}.${day(-1)}.gz.part`, 'half');
    writeFileSync(`${live}.${day(-2)}.part`, 'half');

    await whileWriting(writerCommand(`${live}.${day(-30)}`, 10, 'never'), async () => {
      await prune(day(0));
      expect(namesBeside(live)).toEqual([`.${day(-30)}`]);
    });
    await prune(day(0));

    expect(namesBeside(live)).toEqual([]);
  });
});

describe('logs.compress', () => {
  test('leaves the newest as it is, and keeps owner, mode and time of the others', async ({
    live,
    logged,
  }) => {
    const { compress } = onLog(logged({ rotate }));
    const [older, newest] = [`${live}.${day(-2)}`, `${live}.${day(-1)}`];
    const lines = 'a line\n'.repeat(100_000);
    for (const file of [older, newest]) writeFileSync(file, lines);
    chmodSync(older, 0o640);
    utimesSync(older, 1000, 2000);

    const { note } = await compress();

    expect(note).toMatch(/^1 compressed, 0.7 MiB to 0.0 MiB$/);
    expect(namesBeside(live)).toEqual([`.${day(-2)}.gz`, `.${day(-1)}`]);
    expect(gunzipSync(readFileSync(`${older}.gz`)).toString()).toBe(lines);
    expect(statSync(`${older}.gz`).mode & 0o777).toBe(0o640);
    expect(statSync(`${older}.gz`).mtimeMs).toBe(2_000_000);
  });

  test('makes a packed one anew that is not what the plain one is', async ({ live, logged }) => {
    const { compress } = onLog(logged({ rotate }));
    const older = [`${live}.${day(-3)}`, `${live}.${day(-2)}`] as const;
    for (const file of [...older, `${live}.${day(-1)}`]) writeFileSync(file, 'all lines\n');
    writeFileSync(`${older[0]}.gz`, gzipSync('all lines\n').subarray(0, 20));
    writeFileSync(`${older[1]}.gz`, gzipSync('some lines\n'));

    await compress();

    for (const file of older) {
      expect(existsSync(file)).toBe(false);
      expect(gunzipSync(readFileSync(`${file}.gz`)).toString()).toBe('all lines\n');
    }
  });

  test('compresses nothing where the target does not want it', async ({ live, logged }) => {
    const { compress } = onLog(logged({ rotate: { ...rotate, compress: false } }));
    for (const past of [1, 2]) writeFileSync(`${live}.${day(-past)}`, 'lines');

    expect(await compress()).toMatchObject({ changed: false });
    expect(namesBeside(live)).toEqual([`.${day(-2)}`, `.${day(-1)}`]);
  });
});

/** What lies beside a log, without the log's own name. */
function namesBeside(live: string): string[] {
  return readdirSync(dirname(live))
    .filter((name) => name !== 'app.log')
    .map((name) => name.slice('app.log'.length))
    .toSorted();
}
