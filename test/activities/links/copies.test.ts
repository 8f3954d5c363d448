import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { listRawCopies } from '../../../src/activities/backups/raw-copies/raw-copies.ts';
import { close } from '../../../src/activities/proxy/turn.ts';
import { rightsOf } from '../../../src/activities/troubleshoot/access/rights-of.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import {
  APPLICATION_USER,
  type Canary,
  giveAway,
  isRoot,
  makeCanary,
} from '../../support/other-user.ts';
import { test as base } from '../../support/target.ts';
import { refusal, withOlderBackup } from '../database/support/fixtures.ts';
import { play, STAMP, systemsOf } from '../database/support/scenarios.ts';

/** A database in a directory of another user, and one of root's that nobody else may read. */
const test = base.extend<{ canary: Canary; world: SqliteTarget; secret: string }>({
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
  secret: async ({ target }, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'of-root-'));
    const secret = join(directory, 'app_20260101.db');
    copyFileSync(target.database.file, secret);
    await use(secret);
    rmSync(directory, { recursive: true });
  },
  world: async ({ target }, use) => {
    giveAway(target.directory, target.database.file);
    await use(target);
  },
});

describe.skipIf(!isRoot)('a copy of the database beside the live one (needs root)', () => {
  test('is adopted when it is the file of whoever owns the directory', async ({ world }) => {
    const file = join(world.directory, 'app_20260102.db');
    copyFileSync(world.database.file, file);
    giveAway(file);

    expect(await adopt(world, file)).toMatchObject({ changed: true });
  });

  for (const [name, make] of [
    ['app_20260102.db', symlinkSync],
    ['app_20260102.db', linkSync],
    ['app_20260102.db.gz', symlinkSync],
  ] as const)
    test(`is not adopted when ${name} is another name of a file of root's, by ${make.name}`, async ({
      world,
      secret,
    }) => {
      if (name.endsWith('.gz')) writeFileSync(secret, gzipSync(readFileSync(secret)));
      make(secret, join(world.directory, name));

      const refused = await refusal(adopt(world, join(world.directory, name)));

      expect(refused).toMatchObject({ type: 'LinkRefused', nonRetryable: true });
      expect(copiedTo(world)).toEqual([]);
    });

  test('is not adopted through a link that stands for its directory', async ({ world, secret }) => {
    symlinkSync(dirname(secret), join(world.directory, 'old'));

    const refused = await refusal(adopt(world, join(world.directory, 'old/app_20260101.db')));

    expect(refused.type).toBe('LinkRefused');
    expect(copiedTo(world)).toEqual([]);
  });

  test('that a recovery kept is no backup when a link took its place', async ({
    world,
    secret,
  }) => {
    await withOlderBackup(world);
    await play(world, 'restore');
    const kept = `${world.database.file}.pre-${STAMP}`;
    rmSync(kept);
    symlinkSync(secret, kept);

    const refused = await refusal(systemsOf(world).backups.adoptKept(STAMP));

    expect(refused.type).toBe('LinkRefused');
    expect(readFileSync(secret).subarray(0, 15).toString()).toBe('SQLite format 3');
    expect(readdirSync(world.backups.directory)).not.toContain(STAMP);
  });

  test('is kept raw without what a link beside it leads to', async ({ world, canary }) => {
    rmSync(`${world.database.file}-wal`, { force: true });
    symlinkSync(canary.file('secret'), `${world.database.file}-wal`);

    const refused = await refusal(systemsOf(world).backups.quarantine(STAMP));

    expect(refused.type).toBe('LinkRefused');
    const copied = readdirSync(join(world.state, 'quarantine', STAMP));
    expect(copied.filter((name) => name.includes('-wal'))).toEqual([]);
  });

  test('is listed by what lies there, and not by what a link leads to', ({ world, canary }) => {
    const file = `${world.database.file}.pre-${STAMP}`;
    symlinkSync(canary.directory, file);

    const [{ bytes } = { bytes: 0 }] = listRawCopies(world);

    expect(bytes).toBe(canary.directory.length);
  });
});

describe.skipIf(!isRoot)('what root changes by its name (needs root)', () => {
  test("is no file of the proxy below a link of the application's user", async ({
    world,
    canary,
  }) => {
    symlinkSync(join(canary.directory, 'conf.d'), join(world.directory, 'proxy'));
    const target = {
      ...world,
      proxy: {
        kind: 'nginx',
        url: 'http://127.0.0.1:1',
        drain: {
          include: join(world.directory, 'proxy/drain.conf'),
          command: ['true'],
          grace: '1s',
        },
      },
    } as unknown as SqliteTarget;

    const refused = await refusal(
      close(target, { run: 'test', since: '', retryAfter: '60', isKnown: true }),
    );

    expect(refused.message).toMatch(/proxy" is a link to ".*not followed/);
    expect(canary.changes()).toEqual([]);
  });

  test('has no rights of a file behind a link of theirs', ({ world, canary }) => {
    mkdirSync(join(world.directory, 'own'));
    giveAway(join(world.directory, 'own'));
    writeFileSync(join(world.directory, 'own/app.db'), '');
    symlinkSync(join(world.directory, 'own'), join(world.directory, 'theirs'));
    symlinkSync(join(canary.directory, 'conf.d'), join(world.directory, 'data'));

    giveAway(join(world.directory, 'own/app.db'));
    expect(rightsOf(join(world.directory, 'theirs/app.db'))?.uid).toBe(APPLICATION_USER);
    expect(() => rightsOf(join(world.directory, 'data/app.db'))).toThrow('not followed');
  });
});

async function adopt(target: SqliteTarget, file: string) {
  const { backups } = systemsOf(target);
  return backups.adopt(STAMP, await backups.recognise(file));
}

/** Of a backup that is being made. */
function copiedTo(target: SqliteTarget): string[] {
  return readdirSync(target.backups.directory, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.db(\.part|$)/.test(name),
  );
}
