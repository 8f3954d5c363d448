import { chmodSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
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

  test('closes nothing that a link leads to', ({ directory }) => {
    mkdirSync(join(directory, 'others'), { mode: 0o755 });
    symlinkSync(join(directory, 'others'), join(directory, 'link'));

    ensurePrivate(join(directory, 'link'));

    expect(modeOf(join(directory, 'others'))).toBe('755');
  });
});
