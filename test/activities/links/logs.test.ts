import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { type Canary, giveAway, isRoot, makeCanary } from '../../support/other-user.ts';
import { day, onLog, test as base } from '../logs/support/world.ts';

type By = 'rename' | 'copytruncate';

/** The log of an application that runs as another user: it and its directory are that user's. */
const test = base.extend<{
  canary: Canary;
  log: (by: By) => ReturnType<typeof onLog>;
}>({
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
  log: async ({ live, logged, directory }, use) => {
    writeFileSync(live, 'line\n'.repeat(1000));
    giveAway(directory, dirname(live), live);
    chmodSync(directory, 0o755);
    await use((by) => onLog(logged({ rotate: { every: 'daily', by } })));
  },
});

describe.skipIf(!isRoot)('a log whose directory the application can write (needs root)', () => {
  test.for<By>(['rename', 'copytruncate'])(
    'is rotated, compressed and removed with no link in it, by %s',
    async (by, { live, log, canary }) => {
      const { rotate, compress, prune } = log(by);

      const first = await rotate(day(1));
      writeFileSync(live, 'more\n');
      const second = await rotate(day(2));
      const packed = await compress();
      const removed = await prune(day(60));

      expect([first, second, packed, removed].map(({ changed }) => changed)).toEqual(
        Array(4).fill(true),
      );
      expect(readdirSync(dirname(live))).toEqual(['app.log']);
      expect(canary.changes()).toEqual([]);
    },
  );

  test.for<By>(['rename', 'copytruncate'])(
    'is left alone when it is a link to a file of root, by %s',
    async (by, { live, log, canary }) => {
      rmSync(live);
      symlinkSync(canary.file('app.log'), live);
      const { rotate, compress, prune } = log(by);

      const rotated = await rotate(day(1));
      const others = [await compress(), await prune(day(60))];

      expect(rotated).toMatchObject({ changed: false, failed: true });
      expect(rotated.remarks[0]).toMatch(/app\.log" is a link to ".*of-root.*not followed/);
      expect(others.map(({ changed }) => changed)).toEqual([false, false]);
      expect(canary.changes()).toEqual([]);
    },
  );

  test.for<By>(['rename', 'copytruncate'])(
    'is left alone when its directory is a link to one of root, by %s',
    async (by, { live, log, canary }) => {
      const { rotate } = log(by);
      renameSync(dirname(live), `${dirname(live)}-before`);
      symlinkSync(canary.directory, dirname(live));

      const rotated = await rotate(day(1));

      expect(rotated).toMatchObject({ changed: false, failed: true });
      expect(canary.changes()).toEqual([]);
    },
  );

  test.for<By>(['rename', 'copytruncate'])(
    'is left alone when it is a second name of a file of root, by %s',
    async (by, { live, log, canary }) => {
      // Where `protected_hardlinks` is off, or before it was switched on, the application makes this itself.
      rmSync(live);
      linkSync(canary.file('app.log'), live);
      const content = readFileSync(canary.file('app.log'), 'utf8');
      const { rotate } = log(by);

      const rotated = await rotate(day(1));

      expect(rotated.remarks[0]).toMatch(/has 2 names/);
      expect(readFileSync(canary.file('app.log'), 'utf8')).toBe(content);
      expect(readdirSync(dirname(live))).toEqual([basename(live)]);
    },
  );

  test('does not compress what is a second name of a file of root', async ({
    live,
    log,
    canary,
  }) => {
    const { compress } = log('rename');
    for (const days of [1, 2]) {
      linkSync(canary.file('secret'), `${live}.${day(days)}`);
    }

    const packed = await compress();

    expect(packed).toMatchObject({ changed: false, failed: true });
    expect(readdirSync(dirname(live))).not.toContain(`app.log.${day(1)}.gz`);
  });

  test('may be a link of the application to a directory of its own', async ({
    live,
    log,
    directory,
  }) => {
    const { rotate } = log('rename');
    const elsewhere = join(directory, 'var-log-app');
    mkdirSync(elsewhere);
    giveAway(elsewhere);
    renameSync(live, join(elsewhere, 'app.log'));
    rmSync(dirname(live), { recursive: true });
    symlinkSync(elsewhere, dirname(live));

    const rotated = await rotate(day(1));

    expect(rotated).toMatchObject({ changed: true });
    expect(readdirSync(elsewhere).toSorted()).toEqual(['app.log', `app.log.${day(1)}`]);
  });
});
