import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { ensureHostDirectory, hostDirectory } from '../../../src/state/host/host-directory.ts';
import { useHostDirectory } from '../../support/host-directory.ts';
import { test } from '../../support/target.ts';

describe('hostDirectory', () => {
  test('is one for all targets of the host, unless its variable names another', () => {
    useHostDirectory(undefined);
    expect(hostDirectory()).toBe('/var/lib/durable-runbooks');

    useHostDirectory('/srv/ours');
    expect(hostDirectory()).toBe('/srv/ours');
  });

  test('refuses a path that depends on where we stand', () => {
    useHostDirectory('ours');

    expect(() => hostDirectory()).toThrow(/must be an absolute path, such as "\/var\/lib/);
  });
});

describe('ensureHostDirectory', () => {
  test('makes it, and what is asked for in it, open to its owner alone', ({ directory }) => {
    useHostDirectory(join(directory, 'host'));

    const made = ensureHostDirectory('claim');

    expect(made).toBe(join(directory, 'host/claim'));
    for (const one of ['host', 'host/claim'])
      expect((statSync(join(directory, one)).mode & 0o777).toString(8)).toBe('700');
  });

  test('refuses one below a directory that others may write to, and makes nothing there', ({
    directory,
  }) => {
    mkdirSync(join(directory, 'shared'));
    chmodSync(join(directory, 'shared'), 0o777);
    mkdirSync(join(directory, 'shared/above'));
    useHostDirectory(join(directory, 'shared/above/host'));

    expect(() => ensureHostDirectory()).toThrow(
      expect.objectContaining({
        type: 'StateUnusable',
        message: expect.stringContaining(
          `Others than root can change what lies in "${join(directory, 'shared')}"`,
        ),
      }),
    );
    expect(() => statSync(join(directory, 'shared/above/host'))).toThrow('ENOENT');
  });

  test.skipIf(process.getuid?.() !== 0)(
    "refuses to go through a link in somebody else's directory (needs root)",
    ({ directory }) => {
      mkdirSync(join(directory, 'theirs'));
      mkdirSync(join(directory, 'ours'), { mode: 0o700 });
      symlinkSync(join(directory, 'ours'), join(directory, 'theirs/host'));
      chownSync(join(directory, 'theirs'), 65_534, 65_534);
      useHostDirectory(join(directory, 'theirs/host'));

      expect(() => ensureHostDirectory()).toThrow(/can change what lies in ".*theirs"/);
    },
  );

  test('goes through a link that nobody but us can have made', ({ directory }) => {
    mkdirSync(join(directory, 'ours'), { mode: 0o700 });
    symlinkSync(join(directory, 'ours'), join(directory, 'host'));
    useHostDirectory(join(directory, 'host'));

    expect(ensureHostDirectory('claim')).toBe(join(directory, 'ours/claim'));
  });
});
