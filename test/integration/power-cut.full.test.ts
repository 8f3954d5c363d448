import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { listBackups } from '../../src/activities/backups/catalogue/backup-store.ts';
import { proveAgain } from '../../src/activities/backups/reading/prove-again.ts';
import { readAside } from '../../src/activities/database/sqlite/file/aside.ts';
import { createSystems } from '../../src/activities/index.ts';
import { startRun } from '../../src/client/runs/start-run.ts';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { createDemoWorld } from '../../src/dev/demo/demo-target.ts';
import { withDatabase } from '../support/live-database.ts';
import { addMark, marksIn, readMarks } from '../support/marks.ts';
import { canCut, withPlace } from '../support/power-cut.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { openMachine } from './power/machine.ts';
import { sampleTarget } from './sample-target.ts';

/** With what Temporal keeps. */
const MEBIBYTES = 96;
const MARK = 'written after the backup';

/** Application, worker and Temporal server end in one moment, and of their files only what was synced stays. */
describe.skipIf(!canCut)('a machine that loses its power, and starts again', () => {
  for (const milliseconds of [0, 100, 200, 300])
    test(`${milliseconds} ms after a backup was begun ends with it`, async () => {
      await withLostPower('daily-backup', {}, milliseconds, async (target, { outcome }) => {
        expect(outcome).toBe('done');
        const backups = listBackups(target.backups.directory);
        expect(backups.map(({ state }) => state)).toEqual(['verified', 'verified']);
        const proof = await proveAgain(target, backups[0]!.id, { full: true, by: 'test' });
        expect(proof.damage).toBe(undefined);
        expect(readMarks(target)).toEqual([MARK]);
      });
    });

  for (const milliseconds of [0, 300, 500, 700, 900, 1200])
    test(`${milliseconds} ms after a recovery was begun ends with it`, async () => {
      const input = { backup: 'latest' };
      await withLostPower('database-recovery', input, milliseconds, async (target, seen) => {
        expect(seen.outcome).toBe('done');
        expect(readMarks(target)).toEqual([]);
        // What was proven before the cut is for the machine to start again.
        if (!seen.proven) expect(await createSystems(target, 'test').http.isReady()).toBe(true);
      });
    });

  test('between the start of the application and its proof starts it again, and ends with it', async () => {
    const atProof = (client: Client, run: string) =>
      untilScheduled(client, run, 'http.expectReady');
    await withLostPower(
      'database-recovery',
      { backup: 'latest' },
      atProof,
      async (target, { outcome }) => {
        expect(outcome).toBe('done');
        expect(readMarks(target)).toEqual([]);
        expect(await createSystems(target, 'test').http.isReady()).toBe(true);
      },
      startingSlowly,
    );
  });
});

/** Until an activity of a run is begun. */
async function untilScheduled(client: Client, run: string, type: string): Promise<void> {
  const scheduled = async () => {
    const { events } = await client.workflow.getHandle(run).fetchHistory();
    return events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
  };
  await expect.poll(scheduled, TIMEOUT).toContain(type);
}

/** As an application that has much to load. */
function startingSlowly(target: SqliteTarget): SqliteTarget {
  const { runtime } = target;
  if (runtime.kind !== 'process') return target;
  const command = ['sh', '-c', 'sleep 5; exec "$@"', 'sh', ...runtime.command];
  return { ...target, runtime: { ...runtime, command } };
}

interface Seen {
  /** Whether the application had been proven when the power was cut. */
  readonly proven: boolean;
  readonly outcome: string | undefined;
}

/** Begins a run, and cuts the power so many milliseconds later, or at its moment. The run must end, and the database be sound at both times. */
async function withLostPower(
  runbook: string,
  input: object,
  moment: number | ((client: Client, run: string) => Promise<void>),
  expectAfterwards: (target: SqliteTarget, seen: Seen) => Promise<void>,
  asServed: (target: SqliteTarget) => SqliteTarget = (target) => target,
): Promise<void> {
  await withPlace(
    'cut',
    async (place) => {
      const target = asServed(await openShop(place.directory));
      await using machine = await openMachine(place, target);
      const { client } = machine;
      const start = (name: string, given: object): Promise<string> =>
        startRun(client, { runbook: name, target: target.name, input: given, by: 'test' });
      await client.workflow.getHandle(await start('daily-backup', {})).result();
      addMark(target, MARK);
      place.settle();

      const run = await start(runbook, input);
      await (typeof moment === 'number' ? sleep(moment) : moment(client, run));
      await machine.cutPower();
      // Aside: what a reader leaves beside it would be in the recovery's way.
      expect(readAside(target.database.file, seenIn).check).toBe('ok');
      const cutAt = new Date().toISOString();
      await machine.start();
      const status = async () => (await viewRun(client, run)).status;
      await expect.poll(status, TIMEOUT).not.toBe('RUNNING');

      expect(withDatabase(target, seenIn).check).toBe('ok');
      const { ending } = await viewRun(client, run);
      const { finishedAt } = ending?.ledger.find(({ id }) => id === 'test') ?? {};
      const proven = finishedAt !== undefined && finishedAt < cutAt;
      expect(ending?.left).toEqual([]);
      await expectAfterwards(target, { proven, outcome: ending?.outcome });
    },
    MEBIBYTES,
  );
}

function seenIn(db: Database.Database) {
  return {
    marks: marksIn(db),
    check: db.pragma('integrity_check', { simple: true }),
  };
}

/** A target whose application runs, and writes. */
async function openShop(disk: string): Promise<SqliteTarget> {
  const template = await sampleTarget(disk, { name: 'shop' });
  const { target } = await createDemoWorld(template, join(disk, 'shop'), { rows: 2000 });
  const { runtime, http } = createSystems(target, 'test');
  await runtime.start();
  await http.expectReady();
  return target;
}
