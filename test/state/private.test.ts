import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openClaim } from '../../src/state/claim.ts';
import { ensurePrivate } from '../../src/os/files/ensure-private.ts';
import { ensurePlace } from '../../src/state/place.ts';
import { test } from '../support/target.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('a state directory', () => {
  test('is closed to others when it is made, and when an earlier version left it open', async ({
    target,
  }) => {
    chmodSync(target.state, 0o755);

    await ensurePlace(target);

    expect(modeOf(target.state)).toBe('700');
    expect(openClaim(target).file).toBe(join(target.state, 'claim.db'));
  });
});

describe('ensurePrivate', () => {
  test('makes one for its owner alone, parents and all', ({ directory }) => {
    ensurePrivate(join(directory, 'a/b'));

    expect([modeOf(join(directory, 'a')), modeOf(join(directory, 'a/b'))]).toEqual(['700', '700']);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'closes none that belongs to somebody else, or holds files of somebody else (needs root)',
    ({ directory }) => {
      const [theirs, shared] = [join(directory, 'theirs'), join(directory, 'shared')];
      for (const one of [theirs, shared]) mkdirSync(one, { mode: 0o755 });
      chownSync(theirs, 65_534, 65_534);
      writeFileSync(join(shared, 'app.db'), '');
      chownSync(join(shared, 'app.db'), 65_534, 65_534);

      ensurePrivate(theirs);
      ensurePrivate(shared);

      expect([modeOf(theirs), modeOf(shared)]).toEqual(['755', '755']);
    },
  );

  test('closes nothing that a link leads to', ({ directory }) => {
    mkdirSync(join(directory, 'others'), { mode: 0o755 });
    symlinkSync(join(directory, 'others'), join(directory, 'link'));

    ensurePrivate(join(directory, 'link'));

    expect(modeOf(join(directory, 'others'))).toBe('755');
  });
});
