import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test as base } from 'vitest';
import {
  at,
  atOurs,
  makePlace,
  removePlace,
  withPlaces,
} from '../../../src/os/files/held/places.ts';
import { type Canary, giveAway, isRoot, makeCanary } from '../../support/other-user.ts';

/** `backups` in a directory of the application's user. */
const test = base.extend<{ app: string; backups: string; canary: Canary }>({
  app: async ({}, use) => {
    const app = mkdtempSync(join(tmpdir(), 'places-'));
    giveAway(app);
    await use(app);
    rmSync(app, { recursive: true });
  },
  backups: async ({ app }, use) => {
    const backups = join(app, 'backups');
    mkdirSync(backups, { mode: 0o700 });
    await use(backups);
  },
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
});

describe.skipIf(!isRoot)('withPlaces (needs root)', () => {
  test('works in the directory that it found first, whatever takes its name', async ({
    app,
    backups,
    canary,
  }) => {
    await withPlaces(async () => {
      const first = at(backups);
      renameSync(backups, join(app, 'moved'));
      symlinkSync(canary.directory, backups);
      writeFileSync(join(first, 'one'), '');
      writeFileSync(join(at(backups), 'two'), '');
    });

    expect(readdirSync(join(app, 'moved'))).toEqual(['one', 'two']);
    expect(canary.changes()).toEqual([]);
  });

  test('follows no link that the application could have made', async ({ app, canary }) => {
    symlinkSync(canary.directory, join(app, 'planted'));

    await expect(withPlaces(async () => at(join(app, 'planted')))).rejects.toThrow(
      /planted" is a link to ".*not followed/,
    );
    await expect(withPlaces(async () => at(join(app, 'planted/conf.d')))).rejects.toThrow(
      'not followed',
    );
  });

  test('follows a link of the operator', async ({ app, backups }) => {
    const ours = mkdtempSync(join(tmpdir(), 'ours-'));
    symlinkSync(backups, join(ours, 'link'));

    await withPlaces(async () => writeFileSync(join(at(join(ours, 'link')), 'one'), ''));

    expect(readdirSync(backups)).toEqual(['one']);
    rmSync(ours, { recursive: true });
    expect(app).toBeTruthy();
  });

  test('says names as people know them', async ({ backups }) => {
    const answer = await withPlaces(async () => {
      mkdirSync(join(at(backups), 'inner'));
      const place = at(backups);
      return { file: join(at(join(place, 'inner')), 'app.db'), same: at(place) === place };
    });
    const failed = withPlaces(async () => readdirSync(join(at(backups), 'nothing')));

    expect(answer).toEqual({ file: join(backups, 'inner/app.db'), same: true });
    await expect(failed).rejects.toMatchObject({ path: join(backups, 'nothing') });
    await expect(failed).rejects.toThrow(`'${join(backups, 'nothing')}'`);
  });

  test('makes what is missing, and nothing behind a link that came meanwhile', async ({
    app,
    canary,
  }) => {
    await withPlaces(async () => makePlace(join(app, 'new/deep')));
    expect(readdirSync(join(app, 'new'))).toEqual(['deep']);

    symlinkSync(canary.directory, join(app, 'late'));
    await expect(withPlaces(async () => makePlace(join(app, 'late/deep')))).rejects.toThrow(
      'not followed',
    );
    expect(canary.changes()).toEqual([]);
  });

  test('takes no directory of another for one of ours', async ({ backups }) => {
    const theirs = join(backups, 'theirs');
    mkdirSync(theirs);
    giveAway(theirs);

    await expect(withPlaces(async () => atOurs(theirs))).rejects.toThrow(
      /theirs" can be written to by others/,
    );
    await expect(withPlaces(async () => atOurs(backups))).resolves.toBe(backups);
  });

  test('sees a directory that was made anew inside of a place', async ({ backups }) => {
    await withPlaces(async () => {
      const inner = join(at(backups), 'inner');
      mkdirSync(inner);
      writeFileSync(join(at(inner), 'old'), '');
      removePlace(inner);
      mkdirSync(inner);
      writeFileSync(join(at(inner), 'new'), '');
    });

    expect(readdirSync(join(backups, 'inner'))).toEqual(['new']);
  });

  test('keeps what one of two works has found until both are over', async ({ backups }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = withPlaces(async () => {
      const place = at(backups);
      await promise;
      writeFileSync(join(place, 'one'), '');
    });
    await withPlaces(async () => at(backups));
    resolve();
    await first;

    expect(readdirSync(backups)).toEqual(['one']);
  });

  test('removes a link, and nothing behind it', async ({ backups, canary }) => {
    await withPlaces(async () => {
      symlinkSync(canary.directory, join(at(backups), '20260101_010000.gone'));
      removePlace(join(at(backups), '20260101_010000.gone'));
    });

    expect(readdirSync(backups)).toEqual([]);
    expect(canary.changes()).toEqual([]);
  });
});

describe('at', () => {
  test('is the name itself outside of withPlaces', ({ app }) => {
    expect(at(app)).toBe(app);
  });
});
