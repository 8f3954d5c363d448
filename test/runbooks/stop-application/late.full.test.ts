import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Systems } from '../../../src/activities/index.ts';
import { driverFor } from '../../../src/activities/runtime/driver-for.ts';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Hold } from '../../../src/incident/beside/hold.ts';
import { readStopped } from '../../../src/state/stopped.ts';
import { broken } from '../../support/broken.ts';
import { stateOf } from '../../support/locked.ts';
import { onOneWorker } from '../../support/on-one-worker.ts';
import { type Around, type Runs, test } from '../../support/run.ts';

const why = { because: 'the disk is changed', by: 'ops-1' } as const;

describe.concurrent('stop-application', () => {
  test('that is not obeyed in time is on record as soon as it is, and alerts stay held back', async ({
    world,
    systems,
    runs,
  }) => {
    await deafFor(7000, '6s', world, systems);

    const { ending, held } = await onOneWorkerWith(runs, hangsAtOnce, world);
    const found = await systems.containment.find();

    expect(ending.failure?.type).toBe('StopHangs');
    expect(ending.left).toEqual([
      expect.stringMatching(
        /^It ended after its grace, and stays down\. Stopped on purpose by test /,
      ),
      expect.stringMatching(/^Alerts stay held back until /),
    ]);
    expect(found.stopped?.run).toBe(ending.run);
    expect(held).toEqual([ending.run]);
    expect((await systems.runtime.describe()).running).toBe(false);
  });

  test('that is not obeyed at all is told, and its end is no fault when it comes', async ({
    world,
    systems,
    runs,
  }) => {
    await deafFor(600_000, '2s', world, systems);

    const { ending, held } = await onOneWorkerWith(runs, hangsAtOnce, world);
    const meanwhile = await systems.containment.find();
    await driverFor(world).stop();
    const ended = await systems.containment.find();
    const kept = await systems.runtime.start();
    const asked = await systems.runtime.start({ asked: true });

    expect(ending.left).toEqual([
      expect.stringMatching(
        /^It was asked to end at .*, which cannot be taken back, and still runs \(pid/,
      ),
    ]);
    expect(held).toEqual([]);
    expect(meanwhile).toEqual({});
    expect(ended.stopped?.run).toBe(ending.run);
    expect(kept).toMatchObject({ changed: false, contained: { note: ended.stopped?.note } });
    expect(asked.changed).toBe(true);
  });

  test('stops nothing for a time that passed while nobody was there', async ({ systems, runs }) => {
    const { ending } = await runs.run(
      'stop-application',
      { until: '3s' },
      {
        around: async (activity, work) => {
          if (activity === 'alerts.suppress') await sleep(3500);
          return work();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'undone', left: [], failure: { type: 'TooLate' } });
    expect(stateOf(ending, 'stop')).toEqual(['failed']);
    expect(await systems.runtime.describe()).toMatchObject({ running: true });
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });

  test('a second time keeps it down, by whom it was asked for last, and alerts held back once', async ({
    world,
    systems,
    runs,
  }) => {
    const { endings, held } = await onOneWorker(runs, async (play) => {
      const endings = [
        await play('stop-application', { until: '1h' }),
        await play('stop-application', {}, why),
      ];
      await driverFor(world).start();
      await systems.http.expectReady();
      endings.push(await play('stop-application', { until: '2h' }));
      return { endings, held: await holdersOf(runs, world) };
    });

    expect(endings.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect((await systems.containment.find()).stopped?.run).toBe(endings[2]!.run);
    expect(held).toEqual([endings[2]!.run]);
  });

  test('is over for another run that finds it started: alerts are let through', async ({
    world,
    systems,
    runs,
  }) => {
    const { ending, held } = await onOneWorker(runs, async (play) => {
      await play('stop-application', { until: '4h' });
      await driverFor(world).start();
      await systems.http.expectReady();
      return { ending: await play('repair'), held: await holdersOf(runs, world) };
    });

    expect(ending.outcome).toBe('done');
    expect(held).toEqual([]);
    expect(readStopped(world)).toBeUndefined();
  });
});

/** Starts it anew as one that takes so long, in ms, to obey SIGTERM. */
async function deafFor(
  milliseconds: number,
  stopGrace: string,
  world: SqliteTarget,
  systems: Systems,
): Promise<void> {
  if (world.runtime.kind !== 'process') throw new Error('Expected the demo');
  const late = `const { once } = process;
    process.once = (event, listener) => once.call(process, event,
      event === 'SIGTERM' ? () => setTimeout(listener, ${milliseconds}) : listener);`;
  const [node, ...rest] = world.runtime.command;
  const preload = `data:text/javascript,${encodeURIComponent(late)}`;
  await systems.runtime.stop();
  Object.assign(world.runtime, { command: [node, '--import', preload, ...rest], stopGrace });
  await systems.runtime.start();
  await systems.http.expectReady();
}

/** The first order counts, as if it had been tried often enough. */
const hangsAtOnce: Around = async (activity, work) => {
  try {
    return await work();
  } catch (error) {
    if (activity !== 'runtime.stop') throw error;
    throw broken((error as Error).message, 'StopHangs');
  }
};

async function onOneWorkerWith(runs: Runs, around: Around, world: SqliteTarget) {
  const worker = await runs.serve(around);
  try {
    const run = await runs.start('stop-application', { until: '4h' });
    await runs.client.workflow
      .getHandle(run)
      .result()
      .catch(() => {});
    const { ending } = await viewRun(runs.client, run);
    return { ending: ending!, held: await holdersOf(runs, world) };
  } finally {
    await worker.stop();
  }
}

/** Who holds alerts back now. */
async function holdersOf({ client }: Runs, { name }: SqliteTarget): Promise<string[]> {
  const handle = client.workflow.getHandle(`suppression/${name}`);
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING') return [];
  return (await handle.query<readonly Hold[]>('holds')).map(({ by }) => by);
}
