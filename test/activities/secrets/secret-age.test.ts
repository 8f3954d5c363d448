import { mkdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { secretAge } from '../../../src/activities/secrets/secret-age.ts';
import { noteRotation } from '../../../src/activities/secrets/vault/rotations.ts';
import { test } from '../../support/target.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-12-01T02:00:00.000Z');
const secret = { name: 'KEY', maximumAge: '90d' };

describe('secretAge', () => {
  test('is at least the time since we know of a secret that we never replaced', ({ target }) => {
    mkdirSync(target.state, { recursive: true });

    expect(secretAge(target, secret, NOW)).toEqual({ age: 0, replaced: false, old: false });
    expect(secretAge(target, secret, NOW + 91 * DAY)).toMatchObject({ old: true });
  });

  test('begins anew when we replace it', ({ target }) => {
    secretAge(target, secret, NOW);
    noteRotation(target, 'KEY', new Date(NOW + 80 * DAY).toISOString());

    expect(secretAge(target, secret, NOW + 91 * DAY)).toEqual({
      age: 11 * DAY,
      replaced: true,
      old: false,
    });
  });
});
