import { dirname } from 'node:path';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { leaveInLog } from './support/database-files.ts';
import { withOlderBackup } from './support/fixtures.ts';
import { playRecorded } from './support/play-killed.ts';
import { play } from './support/scenarios.ts';

/** Not every disk loses as much as that of `support/power-cut.ts`: so the order of the calls is checked, too. */
describe('a power cut', () => {
  for (const [scenario, arrange] of [
    ['restore', withOlderBackup],
    ['restoreRaw', withOlderBackup],
    ['putBack', restored],
    ['backUp', () => Promise.resolve()],
    ['adopt', restored],
  ] as const) {
    test(`finds no name without its content, and no name undone, in "${scenario}"`, async ({
      target,
    }) => {
      await arrange(target);
      leaveInLog(target.database.file, 3);

      const calls = await playRecorded(target, scenario);

      const renamed = calls.filter(([name]) => name === 'renameSync' || name === 'linkSync');
      expect(renamed.length).toBeGreaterThan(0);
      for (const call of renamed) {
        const [name, from, to] = call as [string, string, string];
        const at = calls.indexOf(call);
        const end = calls.findIndex(([other], index) => index > at && other === 'ended');
        const later = calls.slice(at, end).filter(([other]) => other === 'fsyncSync');
        // A probe is a name for a moment, and needs to survive nothing.
        if (to.includes('.probe-') || isPlainCopy(to)) continue;
        expect(later, `${name} to ${to}`).toContainEqual(['fsyncSync', dirname(to)]);
        expect(unsynced(calls.slice(0, at), from), `${name} to ${to}`).toEqual([]);
      }
    });
  }
});

/** What was written to `renamed`, or into it, and not synced since. */
function unsynced(calls: string[][], renamed: string): string[][] {
  return calls.filter(([name, ...paths], index) => {
    const file = paths.at(-1) ?? '';
    const concerns = file === renamed || file.startsWith(`${renamed}/`);
    if (!concerns || isPlainCopy(file) || !/^(copy|write)/.test(name!)) return false;
    return !calls.slice(index).some(([later, path]) => later === 'fsyncSync' && path === file);
  });
}

/** What is compressed of it is synced. It counts until the machine starts again: killed.full.test.ts sees that. */
function isPlainCopy(file: string): boolean {
  return /\.part\/app\.db(\.part-[^.]+)?$/.test(file);
}

async function restored(target: SqliteTarget): Promise<void> {
  await withOlderBackup(target);
  await play(target, 'restore');
}
