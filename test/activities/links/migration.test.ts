import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { placeBack } from '../../../src/activities/migration/back/place-back.ts';
import { lineIn, setLine } from '../../../src/activities/migration/switch/environment-line.ts';
import { tell } from '../../../src/activities/migration/switch/switch-over.ts';
import { bury, isDatabase, unbury } from '../../../src/activities/migration/switch/tombstone.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { withHeld } from '../../../src/os/files/held/with-held.ts';
import {
  APPLICATION_USER,
  type Canary,
  giveAway,
  isRoot,
  makeCanary,
} from '../../support/other-user.ts';
import { test as base } from '../../support/target.ts';
import { refusal } from '../database/support/fixtures.ts';

/** An application of another user, and a finished database in a directory of ours. */
const test = base.extend<{ canary: Canary; world: SqliteTarget; kept: string; work: string }>({
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
  world: async ({ target }, use) => {
    writeFileSync(join(target.directory, '.env'), 'TZ=UTC\nDATABASE=sqlite\n', { mode: 0o640 });
    giveAway(target.directory, target.database.file, join(target.directory, '.env'));
    await use(target);
  },
  kept: ({ world }, use) => use(`${world.database.file}.migrated-20260105_020000`),
  work: async ({ world }, use) => {
    const work = join(world.state, 'work.db');
    writeFileSync(work, 'SQLite format 3\0 and more', { mode: 0o600 });
    await use(work);
  },
});

function buried({ database }: SqliteTarget, kept: string): void {
  withHeld((held) => bury(held(database.file), held.itself(kept), 'moved\n'));
}

describe.skipIf(!isRoot)('a migration beside an application of another user (needs root)', () => {
  test('puts the database away, and back, as its owner has it', ({ world, kept, work }) => {
    const { file } = world.database;
    buried(world, kept);
    expect([isDatabase(file), isDatabase(kept)]).toEqual([false, true]);
    expect(lstatSync(kept)).toMatchObject({ uid: APPLICATION_USER });

    placeBack(work, `${file}.returning`, kept);
    withHeld((held) => unbury(held(file), held.itself(`${file}.returning`), 0o640));

    expect(readFileSync(file, 'latin1')).toContain('and more');
    expect(lstatSync(file)).toMatchObject({ uid: APPLICATION_USER, gid: APPLICATION_USER });
    expect(lstatSync(file).mode & 0o777).toBe(0o640);
  });

  test('writes into nothing that a link leads to, under any of its names', ({
    world,
    kept,
    work,
    canary,
  }) => {
    const { file } = world.database;
    symlinkSync(canary.file('secret'), `${file}.returning`);
    placeBack(work, `${file}.returning`, file);
    expect(lstatSync(`${file}.returning`).isFile()).toBe(true);

    symlinkSync(canary.file('secret'), kept);
    expect(() => buried(world, kept)).toThrow('is a link');
    rmSync(kept);
    symlinkSync(canary.file('secret'), `${file}.tombstone-part`);
    buried(world, kept);

    expect(canary.changes()).toEqual([]);
  });

  test('gives no file of root away, and makes none readable', ({ world, kept, canary }) => {
    const { file } = world.database;
    rmSync(file);
    linkSync(canary.file('secret'), file);

    expect(() => buried(world, kept)).toThrow(/has \d names/);
    // Its second name was made by the test, and its third by the attempt.
    rmSync(file);
    rmSync(kept, { force: true });
    expect(canary.changes().filter((name) => name !== 'secret')).toEqual([]);
    expect(lstatSync(canary.file('secret'))).toMatchObject({ uid: 0, gid: 0 });
    expect(lstatSync(canary.file('secret')).mode & 0o777).toBe(0o600);
  });

  test('follows no link in the place of its directory', ({ world, work, canary }) => {
    const data = join(world.directory, 'data');
    symlinkSync(join(canary.directory, 'conf.d'), data);

    expect(() => placeBack(work, join(data, 'app.db'), join(data, 'app.db'))).toThrow(
      'not followed',
    );
    expect(() => isDatabase(join(data, 'app.db'))).toThrow('not followed');
    expect(canary.changes()).toEqual([]);
  });

  test('sets a line of its environment file, and of no other', ({ world, canary }) => {
    const file = join(world.directory, '.env');
    setLine(file, 'DATABASE', 'DATABASE=postgres');
    expect(readFileSync(file, 'utf8')).toBe('TZ=UTC\nDATABASE=postgres\n');
    expect(lstatSync(file)).toMatchObject({ uid: APPLICATION_USER });

    renameSync(file, join(world.directory, 'away'));
    symlinkSync(canary.file('secret'), file);
    expect(() => lineIn(file, 'DATABASE')).toThrow('not followed');
    expect(() => setLine(file, 'DATABASE', 'DATABASE=x')).toThrow('not followed');
    expect(canary.changes()).toEqual([]);
  });

  test('tells the application with the rights of its owner', async ({ world }) => {
    const out = join(world.directory, 'out');
    mkdirSync(out);
    giveAway(out);
    const command = ['sh', '-c', 'id -u > out/told && echo $RUNBOOK_DATABASE >> out/told'];

    await tell(world, command, 'postgres');
    const refused = await refusal(tell(world, ['cat', '/etc/shadow'], 'postgres'));

    expect(readFileSync(join(out, 'told'), 'utf8')).toBe(`${APPLICATION_USER}\npostgres\n`);
    expect(refused.message).toContain('Permission denied');
  });
});
