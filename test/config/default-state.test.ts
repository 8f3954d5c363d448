import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test as base } from 'vitest';
import { defaultState, placeOutside, whyMoveState } from '../../src/config/load/default-state.ts';
import { giveAway, isRoot } from '../support/other-user.ts';

const test = base.extend<{ directory: string }>({
  directory: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'application-'));
    await use(directory);
    rmSync(directory, { recursive: true });
  },
});

describe('the state of a target that names none', () => {
  test('lies beside an application of our own', ({ directory }) => {
    expect(defaultState('shop', directory)).toBe(join(directory, '.runbook'));
    expect(defaultState('shop', join(directory, 'not-here'))).toBe(
      join(directory, 'not-here/.runbook'),
    );
  });

  test.skipIf(!isRoot)(
    'lies outside of a directory of another user (needs root)',
    ({ directory }) => {
      giveAway(directory);

      const state = defaultState('shop', directory);

      expect(state).toMatch(/^\/var\/lib\/durable-runbooks\/targets\/shop-[0-9a-f]{8}$/);
      expect(defaultState('shop', `${directory}/`.slice(0, -1))).toBe(state);
      expect(placeOutside('shop', '/srv/other')).not.toBe(state);
    },
  );

  test.skipIf(!isRoot)(
    'stays where an earlier version has made it, and is told to be moved (needs root)',
    ({ directory }) => {
      mkdirSync(join(directory, '.runbook'));
      giveAway(directory);
      const state = defaultState('shop', directory);

      expect(state).toBe(join(directory, '.runbook'));
      expect(whyMoveState({ name: 'shop', directory, state })).toContain(
        `mv "${state}" "${placeOutside('shop', directory)}"`,
      );
      expect(whyMoveState({ name: 'shop', directory, state: '/var/lib/x' })).toBeUndefined();
    },
  );

  test.skipIf(!isRoot)(
    'is none that the application has put there (needs root)',
    ({ directory }) => {
      giveAway(directory);
      mkdirSync(join(directory, '.runbook'));
      giveAway(join(directory, '.runbook'));
      const theirs = defaultState('shop', directory);
      rmSync(join(directory, '.runbook'), { recursive: true });
      symlinkSync('/root', join(directory, '.runbook'));

      expect([theirs, defaultState('shop', directory)]).toEqual(
        Array(2).fill(placeOutside('shop', directory)),
      );
      chownSync(directory, 0, 0);
    },
  );
});
