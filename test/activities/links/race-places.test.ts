import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { placeBack } from '../../../src/activities/migration/back/place-back.ts';
import { setLine } from '../../../src/activities/migration/switch/environment-line.ts';
import {
  bury,
  isDatabase,
  keptName,
  unbury,
} from '../../../src/activities/migration/switch/tombstone.ts';
import { takeSnapshot } from '../../../src/activities/migration/source/take-snapshot.ts';
import { envFileProvider } from '../../../src/activities/secrets/providers/env-file-provider.ts';
import { collectEvidence } from '../../../src/activities/security/evidence/collect.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';
import { withHeld } from '../../../src/os/files/held/with-held.ts';
import { withPlaces } from '../../../src/os/files/held/places.ts';
import { type Canary, giveAway, isRoot, makeCanary } from '../../support/other-user.ts';
import { fill, test as base } from '../../support/target.ts';
import { PRUNED_AT, systemsOf } from '../database/support/scenarios.ts';
import { backedUp } from '../files/support/back-up.ts';
import { filesWith } from './support/files-with.ts';
import { startSwapper } from './support/swapper.ts';

const CALLS = Number(
  process.env['RUNBOOK_RACES'] ?? (process.env['RUNBOOK_TESTS'] === 'full' ? 300 : 40),
);
const SECRET = 'of root:';

const test = base.extend<{ canary: Canary; world: SqliteTarget }>({
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
  world: async ({ target }, use) => {
    const copy = join(target.directory, 'second');
    mkdirSync(copy);
    const full = await backedUp(target, { copy, other: { adopted: '1d' } as never });
    const at = (name: string) => join(target.directory, name);
    mkdirSync(at('logs'));
    writeFileSync(at('logs/app.log'), 'line\n'.repeat(100));
    giveAway(target.directory, at('logs'), at('logs/app.log'), at('data'), at('data/deep'));
    giveAway(at('app.db'), at('.env'));
    await use({ ...full, logs: [LogFile.parse({ file: at('logs/app.log') })] });
  },
});

/** A database under its name, if nothing else of ours has it. */
function again(live: string): void {
  const kept = keptName(live, '20260105_020000');
  if (lstatSync(live, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  for (const file of [live, kept]) rmSync(file, { force: true });
  fill(live, 5);
  giveAway(live);
}

describe.skipIf(!isRoot)(
  'links in the place of backups, and of what newer runbooks write (needs root and perl)',
  () => {
    test(`lead none of ${CALLS} calls to a file of root`, async ({ world, canary }) => {
      const { directory } = world;
      const live = world.database.file;
      const stamps = Array.from({ length: CALLS }, (_, call) =>
        stampOf(new Date(Date.now() + call * 60_000)),
      );
      const names = [
        'backups',
        'second',
        '.env',
        'app.db',
        'logs',
        'logs/app.log',
        'data',
        'data/deep',
      ];
      const planted = ['app.db.migrated-20260105_020000', 'app.db.returning-20260105_020000'];
      const swapper = await startSwapper(directory, canary.directory, [...names, ...planted]);
      const systems = systemsOf(world);
      const { backups, database } = systems;
      let last = '';
      const kinds: Readonly<Record<string, (stamp: string) => Promise<unknown>>> = {
        backup: async (stamp) => {
          await withPlaces(() => backups.snapshot(stamp));
          await withPlaces(() => backups.store(stamp));
          const proof = await withPlaces(() => backups.verify(stamp));
          await withPlaces(() => backups.archive('weekly', stamp));
          await withPlaces(() => backups.copy(stamp, 'weekly', proof));
          await withPlaces(() => backups.seal(stamp, 'weekly', proof));
          last = stamp;
        },
        discard: async (stamp) => {
          await withPlaces(() => backups.snapshot(stamp));
          await withPlaces(() => backups.discard(stamp));
        },
        prune: () => withPlaces(() => backups.prune(PRUNED_AT)),
        restore: async (stamp) => {
          const found = await withPlaces(() => backups.find(last === '' ? 'latest' : last));
          await withPlaces(() => database.stage(found, stamp));
          await withPlaces(() => database.unstage(stamp));
        },
        secret: async () => {
          const provider = envFileProvider(world, { file: '.env', key: 'LEVEL' });
          await provider.write(await provider.read());
          provider.tidy();
        },
        evidence: (stamp) => withPlaces(() => collectEvidence(world, 'test/run', stamp)),
        switch: async () => {
          const kept = keptName(live, '20260105_020000');
          setLine(join(directory, '.env'), 'DATABASE', `DATABASE=${Math.random()}`);
          withHeld((held) => bury(held(live), held.itself(kept), 'moved\n'));
          isDatabase(live);
          withHeld((held) => unbury(held(live), held.itself(kept), 0o600));
        },
        back: async (stamp) => {
          const state = join(world.state, 'migration');
          const { file } = await takeSnapshot(world.database, state, stamp);
          placeBack(file, `${live}.returning-20260105_020000`, live);
        },
      };
      const done: Record<string, number> = {};
      const refused: Record<string, string> = {};

      for (const [call, stamp] of stamps.entries()) {
        const [kind, does] = Object.entries(kinds)[call % Object.keys(kinds).length]!;
        try {
          await does(stamp);
          done[kind] = (done[kind] ?? 0) + 1;
        } catch (error) {
          refused[kind] = (error as Error).message;
          // Where it was caught between the two, the application has no database: that is for the next run to mend.
          if (kind === 'switch') swapper.while(() => again(live));
        }
      }
      const swaps = await swapper.end();

      if (process.env['RUNBOOK_RACES'] !== undefined)
        process.stderr.write(`${CALLS} calls, ${swaps} swaps, done ${JSON.stringify(done)}\n`);
      expect(canary.changes()).toEqual([]);
      expect(filesWith(SECRET, directory)).toEqual([]);
      expect(swaps).toBeGreaterThan(CALLS);
      expect(Object.values(done).length).toBeGreaterThan(3);
      expect(Object.keys(refused)).not.toEqual([]);
    }, 1_200_000);
  },
);
