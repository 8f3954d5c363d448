import { linkSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { walk } from '../../../src/activities/backups/making/walk.ts';
import { packed } from '../../../src/activities/artefact/tar.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { furnish } from '../../support/furnished.ts';
import { type Canary, giveAway, isRoot, makeCanary } from '../../support/other-user.ts';
import { test as base } from '../../support/target.ts';

const test = base.extend<{ canary: Canary; world: SqliteTarget }>({
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
  world: async ({ target }, use) => {
    furnish(target);
    const at = (name: string) => join(target.directory, name);
    giveAway(target.directory, at('data'), at('data/deep'), at('data/north.csv'));
    await use(target);
  },
});

const policy = { name: 'data' as const, paths: ['data'], exclude: [] };

/** The bytes of an archive, and what is said of it. */
async function archived(target: SqliteTarget, between = () => {}) {
  const walked = walk(target, policy);
  between();
  const tar = packed(walked.found);
  const pieces: Buffer[] = [];
  for await (const piece of tar.bytes) pieces.push(piece);
  return {
    text: Buffer.concat(pieces).toString('latin1'),
    missing: [...walked.missing, ...tar.missing],
    names: tar.entries.map(({ path }) => path),
  };
}

describe.skipIf(!isRoot)('an archive of what the application can write (needs root)', () => {
  test('has what lies there, and its links as links', async ({ world, canary }) => {
    symlinkSync(canary.file('secret'), join(world.directory, 'data/link'));

    const { names, missing, text } = await archived(world);

    expect(names).toEqual([
      'data',
      'data/deep',
      'data/deep/south.csv',
      'data/link',
      'data/north.csv',
    ]);
    expect(missing).toEqual([]);
    expect(text).toContain('1,2\n');
    expect(text).not.toContain('of root: secret');
  });

  test('has nothing that a link of the application leads to', async ({ world, canary }) => {
    rmSync(join(world.directory, 'data'), { recursive: true });
    symlinkSync(canary.directory, join(world.directory, 'data'));

    const { names, missing } = await archived(world);

    expect(names).toEqual([]);
    expect(missing).toEqual([expect.stringMatching(/data" is a link to .* not followed/)]);
  });

  test('has no file of root that has a name here, and tells so', async ({ world, canary }) => {
    linkSync(canary.file('secret'), join(world.directory, 'data/deep/mine.csv'));

    const { text, missing } = await archived(world);

    expect(text).not.toContain('of root: secret');
    expect(missing).toEqual([expect.stringMatching(/"data\/deep\/mine.csv" .*has 2 names/)]);
  });

  test('reads no link that took the place of a file, or of a directory, after it was listed', async ({
    world,
    canary,
  }) => {
    const at = (name: string) => join(world.directory, name);
    writeFileSync(join(canary.directory, 'south.csv'), 'of root: secret');

    const { text, missing } = await archived(world, () => {
      rmSync(at('data/north.csv'));
      symlinkSync(canary.file('secret'), at('data/north.csv'));
      rmSync(at('data/deep'), { recursive: true });
      symlinkSync(canary.directory, at('data/deep'));
    });

    expect(text).not.toContain('of root: secret');
    expect(missing).toHaveLength(3);
    expect(readFileSync(canary.file('secret'), 'utf8')).toContain('of root: secret');
  });
});
