import {
  linkSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { furniture, BACKED_UP } from '../../support/furnished.ts';
import {
  APPLICATION_USER,
  type Canary,
  giveAway,
  isRoot,
  makeCanary,
} from '../../support/other-user.ts';
import { test as base } from '../../support/target.ts';
import { refusal } from '../database/support/fixtures.ts';
import { backedUp } from '../files/support/back-up.ts';
import { filesOf, requestFor, STAMP } from '../files/support/scenario.ts';

/** An application of another user, whose configuration and data are in a backup and gone here. */
const test = base.extend<{ canary: Canary; world: SqliteTarget }>({
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
  world: async ({ target }, use) => {
    const world = await backedUp(target);
    const at = (name: string) => join(world.directory, name);
    giveAway(world.directory, at('data'), at('data/deep'), ...Object.keys(BACKED_UP).map(at));
    await use(world);
  },
});

async function restore(target: SqliteTarget): Promise<void> {
  const files = filesOf(target);
  await files.stage(await requestFor(files), STAMP);
  await files.keep(STAMP);
  await files.place(STAMP);
}

describe.skipIf(!isRoot)('files in a directory that the application can write (needs root)', () => {
  test("come back as the backup has them, and are the application's", async ({ world, canary }) => {
    rmSync(join(world.directory, 'data'), { recursive: true });
    writeFileSync(join(world.directory, 'app.conf'), 'spoilt');

    await restore(world);

    expect(furniture(world)).toEqual(BACKED_UP);
    const owners = ['data', 'data/deep', 'data/deep/south.csv', 'app.conf'].map(
      (name) => lstatSync(join(world.directory, name)).uid,
    );
    expect(owners).toEqual(Array(4).fill(APPLICATION_USER));
    expect(canary.changes()).toEqual([]);
  });

  test('are not written through a link that stands for a directory of the policy', async ({
    world,
    canary,
  }) => {
    rmSync(join(world.directory, 'data'), { recursive: true });
    symlinkSync(canary.directory, join(world.directory, 'data'));

    const refused = await refusal(restore(world));

    expect(refused).toMatchObject({ type: 'LinkRefused', nonRetryable: true });
    expect(refused.message).toMatch(/data" is a link to ".*not followed. Remove it, or name/);
    expect(canary.changes()).toEqual([]);
  });

  test('are not written through one that came after all was kept', async ({ world, canary }) => {
    rmSync(join(world.directory, 'data'), { recursive: true });
    const files = filesOf(world);
    await files.stage(await requestFor(files), STAMP);
    await files.keep(STAMP);
    symlinkSync(canary.directory, join(world.directory, 'data'));

    const refused = await refusal(files.place(STAMP));

    expect(refused.type).toBe('LinkRefused');
    expect(canary.changes()).toEqual([]);
  });

  test('do not take secrets out of a file of root that has a name here', async ({
    world,
    canary,
  }) => {
    const secret = join(canary.directory, 'root.env');
    writeFileSync(secret, 'ROOT_TOKEN=of-root\n', { mode: 0o600 });
    for (const make of [linkSync, symlinkSync]) {
      rmSync(join(world.directory, '.env'));
      make(secret, join(world.directory, '.env'));

      const refused = await refusal(restore(world));

      expect(refused.type).toBe('LinkRefused');
    }
    expect(readFileSync(secret, 'utf8')).toBe('ROOT_TOKEN=of-root\n');
  });

  test('come back through a link of the application to its own directory', async ({
    world,
    directory,
  }) => {
    const big = join(directory, 'big');
    renameSync(join(world.directory, 'data'), big);
    symlinkSync(big, join(world.directory, 'data'));
    giveAway(big);
    rmSync(join(big, 'north.csv'));

    await restore(world);

    expect(readFileSync(join(big, 'north.csv'), 'utf8')).toBe(BACKED_UP['data/north.csv']);
  });
});
