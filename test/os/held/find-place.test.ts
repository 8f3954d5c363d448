import {
  chmodSync,
  chownSync,
  closeSync,
  lchownSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { findPlace } from '../../../src/os/files/held/find-place.ts';
import {
  APPLICATION_USER,
  type Canary,
  giveAway,
  isRoot,
  makeCanary,
} from '../../support/other-user.ts';
import { test as base } from '../../support/target.ts';

/** `app` is the application's own directory; all above it is root's. */
const test = base.extend<{ app: string; canary: Canary }>({
  app: async ({ directory }, use) => {
    const app = join(directory, 'app');
    mkdirSync(join(app, 'logs'), { recursive: true });
    giveAway(app, join(app, 'logs'));
    await use(app);
  },
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
});

function placeOf(path: string, followLast = true): string {
  const { directory, name } = findPlace(path, { followLast });
  closeSync(directory.fd);
  return join(directory.shown, name);
}

describe.skipIf(!isRoot)('findPlace (needs root)', () => {
  test('finds what is there, and what is not there yet', ({ app }) => {
    writeFileSync(join(app, 'logs/app.log'), '');

    expect(placeOf(join(app, 'logs/app.log'))).toBe(join(app, 'logs/app.log'));
    expect(placeOf(join(app, 'logs/new.log'))).toBe(join(app, 'logs/new.log'));
    expect(placeOf('/')).toBe('/');
    expect(() => placeOf(join(app, 'none/new.log'))).toThrow('ENOENT');
    expect(() => placeOf(join(app, 'logs/app.log/x'))).toThrow('ENOTDIR');
  });

  test.for(['logs/app.log', 'logs', 'absolute', 'by-way-of-own'])(
    'follows no link of the application to what is root: %s',
    (which, { app, canary }) => {
      const paths: Record<string, [string, string, string]> = {
        'logs/app.log': ['logs/app.log', canary.file('app.log'), 'logs/app.log'],
        logs: ['to-root', canary.directory, 'to-root/app.log'],
        absolute: ['to-etc', '/etc', 'to-etc/passwd'],
        'by-way-of-own': ['up', `../../${basename(canary.directory)}/conf.d`, 'up/app.conf'],
      };
      const [link, to, path] = paths[which]!;
      symlinkSync(to, join(app, link));

      expect(() => placeOf(join(app, path))).toThrow(/is a link to .* does not own.*not followed/);
      expect(placeOf(join(app, link), false)).toBe(join(app, link));
    },
  );

  test('follows a link of root in a directory of root, to wherever it leads', ({
    app,
    directory,
    canary,
  }) => {
    symlinkSync(app, join(directory, 'current'));
    symlinkSync(canary.directory, join(directory, 'other'));

    expect(placeOf(join(directory, 'current/logs'))).toBe(join(app, 'logs'));
    expect(placeOf(join(directory, 'other/secret'))).toBe(canary.file('secret'));
  });

  test('follows what the application links to its own', ({ app, directory }) => {
    const big = join(directory, 'big');
    mkdirSync(join(app, 'releases/12/config'), { recursive: true });
    mkdirSync(big);
    giveAway(join(app, 'releases'), join(app, 'releases/12'), big);
    symlinkSync('releases/12', join(app, 'current'));
    symlinkSync(big, join(app, 'data'));
    // What root has put into a release is what the operator meant.
    writeFileSync(join(app, 'releases/12/config/.env'), '');

    expect(placeOf(join(app, 'current/config/.env'))).toBe(join(app, 'releases/12/config/.env'));
    expect(placeOf(join(app, 'data/app.db'))).toBe(join(big, 'app.db'));
  });

  test('does not believe the owner of a link where another can move it', ({ app, canary }) => {
    // As `bin/python` of an environment that root has made, moved to where the log is.
    symlinkSync(canary.file('app.log'), join(app, 'logs/app.log'));

    expect(() => placeOf(join(app, 'logs/app.log'))).toThrow('not followed');
  });

  test('follows none in a directory of ours that others may write to', ({ directory, canary }) => {
    const shared = join(directory, 'shared');
    mkdirSync(shared);
    symlinkSync(canary.directory, join(shared, 'link'));
    const places = [0o775, 0o777, 0o1777].map((mode) => () => {
      chownSync(shared, 0, 65_534);
      chmodSync(shared, mode);
      return placeOf(join(shared, 'link/secret'));
    });

    expect(places[0]).toThrow('others can make one');
    expect(places[1]).toThrow('others can make one');
    // Sticky: only root can have made this one, and nobody else can replace it.
    expect(places[2]!()).toBe(canary.file('secret'));
    expect(() => {
      chownSync(shared, 0, 65_534);
      symlinkSync(canary.directory, join(shared, 'theirs'));
      lchownSync(join(shared, 'theirs'), APPLICATION_USER, APPLICATION_USER);
      placeOf(join(shared, 'theirs/secret'));
    }).toThrow('does not own');
  });

  test('ends where links lead in a circle', ({ app }) => {
    symlinkSync('b', join(app, 'a'));
    symlinkSync('a', join(app, 'b'));

    expect(() => placeOf(join(app, 'a'))).toThrow('in a circle');
  });
});
