import { join } from 'node:path';
import { inject } from 'vitest';
import { createSystems, type Systems } from '../../../src/activities/index.ts';
import { startRun } from '../../../src/client/runs/start-run.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { createDemoWorld } from '../../../src/dev/demo/demo-target.ts';
import { type Before, MARKS } from '../../faults/before.ts';
import { leftovers } from '../../faults/leftovers.ts';
import { inspect } from '../../faults/on-sqlite.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { sampleTarget } from '../sample-target.ts';
import type { DoomedServer } from './doomed-server.ts';
import { type DoomedWorker, openDoomedWorker } from './doomed-worker.ts';

export interface TargetUnderFire {
  readonly world: SqliteTarget;
  readonly systems: Systems;
  readonly worker: DoomedWorker;
  /** Brings rows that the backup does not have, and tells what there is. */
  arm(): Before;
  start(): Promise<string>;
  close(): Promise<void>;
}

/** A sample application of its own, with a backup to go back to and a worker's process that may be killed. */
export async function openTargetUnderFire(
  directory: string,
  number: number,
  { client, address, namespace }: DoomedServer,
): Promise<TargetUnderFire> {
  const { target: world, redis } = await createDemoWorld(
    await template(directory, number),
    join(directory, `${number}`),
    { rows: 2000 },
  );
  const systems = createSystems(world, 'test');
  await systems.runtime.start();
  await systems.http.expectReady();
  const queue = `runbooks-${number}`;
  const codePath = inject('workflowBundle');
  const worker = await openDoomedWorker({ address, namespace, target: world, queue, codePath });
  const start = (runbook: string, input: object) =>
    startRun(client, { runbook, target: world.name, input, by: 'test', queue });

  addMark(world, MARKS.backedUp);
  const first = await client.workflow.getHandle(await start('daily-backup', {})).result();
  const { backup } = (first as { output: { backup: string } }).output;

  return {
    world,
    systems,
    worker,
    arm() {
      if (!readMarks(world).includes(MARKS.since)) addMark(world, MARKS.since);
      return {
        backup,
        rows: inspect(world).rows,
        running: true,
        damaged: false,
        leftovers: leftovers(world),
      };
    },
    start: () => start('database-recovery', { backup }),
    async close() {
      await worker.close();
      await systems.runtime.stop();
      await redis?.stop();
    },
  };
}

async function template(directory: string, number: number): Promise<SqliteTarget> {
  return sampleTarget(directory, {
    name: `target-${number}`,
    cache: {
      kind: 'redis',
      url: `redis://127.0.0.1:${await reservedPort()}`,
      scope: 'prefix:demo:',
    },
  });
}
