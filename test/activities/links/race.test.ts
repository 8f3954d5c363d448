import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { packed } from '../../../src/activities/artefact/tar.ts';
import { walk } from '../../../src/activities/backups/making/walk.ts';
import { hashesOfConfiguration } from '../../../src/activities/runtime/known-good/configuration-files.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';
import { lastLines } from '../../../src/os/process/last-lines.ts';
import { BACKED_UP } from '../../support/furnished.ts';
import { type Canary, giveAway, isRoot, makeCanary } from '../../support/other-user.ts';
import { test as base } from '../../support/target.ts';
import { BACKUP, systemsOf } from '../database/support/scenarios.ts';
import { backedUp } from '../files/support/back-up.ts';
import { filesOf, requestFor } from '../files/support/scenario.ts';
import { day, onLog } from '../logs/support/world.ts';
import { filesWith } from './support/files-with.ts';
import { startSwapper } from './support/swapper.ts';

const CALLS = Number(
  process.env['RUNBOOK_RACES'] ?? (process.env['RUNBOOK_TESTS'] === 'full' ? 300 : 60),
);
const SECRET = 'of root:';

const test = base.extend<{ canary: Canary; world: SqliteTarget; live: string }>({
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
  world: async ({ target }, use) => use(await backedUp(target)),
  live: async ({ world }, use) => {
    const at = (name: string) => join(world.directory, name);
    mkdirSync(at('logs'));
    writeFileSync(at('logs/app.log'), 'line\n'.repeat(100));
    giveAway(world.directory, at('logs'), at('logs/app.log'), at('data'), at('data/deep'));
    giveAway(at('app.db'), ...Object.keys(BACKED_UP).map(at));
    await use(at('logs/app.log'));
  },
});

describe.skipIf(!isRoot)('links that come and go (needs root and perl)', () => {
  test(`lead none of ${CALLS} calls of rotation, backup and recovery to a file of root`, async ({
    world,
    live,
    canary,
  }) => {
    const names = [
      'logs',
      'data',
      'data/deep',
      'logs/app.log',
      'data/north.csv',
      '.env',
      'app.conf',
      'app.db',
    ];
    const swapper = await startSwapper(world.directory, canary.directory, names);
    let read = '';
    const logged = (by: 'rename' | 'copytruncate') =>
      onLog({ ...world, logs: [LogFile.parse({ file: live, rotate: { size: '1B', by } })] });
    const files = filesOf(world);
    const kinds: ((stamp: string) => Promise<unknown>)[] = [
      async (stamp) => logged('rename').rotate(stamp),
      async (stamp) => logged('copytruncate').rotate(stamp),
      async () => logged('rename').compress(),
      async () => logged('rename').prune(day(60)),
      async () => archiveOf(world),
      async (stamp) => restore(stamp),
      async (stamp) => restoreDatabase(stamp),
      async () =>
        (read += lastLines(live, 5).join('\n') + JSON.stringify(hashesOfConfiguration(world))),
    ];
    const results = { done: 0, refused: 0 };

    for (let call = 0; call < CALLS; call += 1)
      try {
        const result = await kinds[call % kinds.length]!(
          stampOf(new Date(Date.now() + call * 60_000)),
        );
        results[(result as { failed?: true } | undefined)?.failed ? 'refused' : 'done'] += 1;
      } catch {
        results.refused += 1;
      }
    const swaps = await swapper.end();

    expect(canary.changes()).toEqual([]);
    expect(read).not.toContain(SECRET);
    expect(filesWith(SECRET, world.directory)).toEqual([]);
    expect(swaps).toBeGreaterThan(CALLS);
    expect(results.done).toBeGreaterThan(0);
    expect(results.refused).toBeGreaterThan(0);

    async function archiveOf(target: SqliteTarget): Promise<void> {
      const { found } = walk(target, {
        name: 'data',
        paths: ['data', '.env', 'logs'],
        exclude: [],
      });
      for await (const piece of packed(found).bytes) read += piece.toString('latin1');
    }

    async function restoreDatabase(stamp: string): Promise<void> {
      const { database, backups } = systemsOf(world);
      const staged = await database.stage(await backups.find(BACKUP), stamp);
      await database.keep(stamp, { verdict: 'damaged' });
      await database.swap(staged);
      await database.putBack(stamp);
      await database.unstage(stamp);
    }

    async function restore(stamp: string): Promise<void> {
      await files.stage(await requestFor(files), stamp);
      await files.keep(stamp);
      await files.place(stamp);
      await files.putBack(stamp);
    }
  }, 600_000);
});
