import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';
import { stringify } from 'yaml';
import { grpcCompressionFor } from '../../../src/client/connection/grpc-compression-for.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import { type RunningWorker, startWorker } from '../../../src/worker.ts';
import { COMPOSE_FILE, test as composed } from '../../activities/runtime/support/compose-world.ts';
import { type Answer, runbook } from '../../cli/support/runbook.ts';
import { makeNamespace } from '../../cli/support/served.ts';
import { pollDowntime } from '../../support/poll-downtime.ts';
import { type Around, interceptorsFor } from '../../support/run.ts';
import { built } from '../../support/built.ts';

/** A whole recovery in containers, on a machine with other work beside it. */
const TYPED_MILLISECONDS = 240_000;
export const CONFIGURATION = 'app.conf';

export interface Played extends Answer {
  readonly ending: Ending;
  /** Milliseconds in which the application did not answer from outside. */
  readonly downtime: number;
}

/** An application of Compose under care, whose backups go to a second disk, too, and an operator's shell. */
export interface Shop {
  readonly client: Client;
  readonly type: (...args: readonly string[]) => Promise<Answer>;
  /** `runbook start <args>`, to its end. */
  readonly play: (...args: readonly string[]) => Promise<Played>;
  /** What the shell reads of the target from now on. */
  readonly write: (target: SqliteTarget) => void;
}

type Serve = (policy?: Partial<SqliteTarget>, around?: Around) => Promise<Shop>;

export const test = composed.extend<{ namespace: string; serve: Serve }>({
  namespace: [
    async ({}, use) => {
      const namespace = `shop-${crypto.randomUUID()}`;
      const connection = await Connection.connect({ address: inject('temporal').address });
      await makeNamespace(new Client({ connection, namespace }));
      await connection.close();
      await use(namespace);
    },
    { scope: 'file' },
  ],

  serve: async ({ world, namespace }, use) => {
    const { address } = inject('temporal');
    const grpcCompression = grpcCompressionFor(address);
    const connection = await Connection.connect({ address });
    const native = await NativeConnection.connect({ address, grpcCompression });
    const targets = join(dirname(world.directory), 'targets');
    let worker: RunningWorker | undefined;

    await use(async (policy = {}, around = (_, work) => work()) => {
      furnish(world);
      Object.assign(world, policy);
      mkdirSync(targets);
      const write = (target: SqliteTarget) =>
        writeFileSync(join(targets, `${world.name}.yaml`), stringify(target));
      write(world);
      worker = await startWorker({
        connection: native,
        namespace,
        targets: [world],
        searchAttributes: true,
        workflowBundle: { codePath: inject('workflowBundle') },
        jobProcess: built('src/worker-process/job-process.ts'),
        interceptors: interceptorsFor(around),
      });
      const shell = shellOf(world, {
        RUNBOOK_TARGETS: targets,
        RUNBOOK_TARGET: world.name,
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: namespace,
      });
      return { ...shell, write, client: new Client({ connection, namespace }) };
    });
    await worker?.stop();
    await native.close();
    await connection.close();
  },
});

function furnish({ directory, backups }: SqliteTarget): void {
  const copy = join(dirname(directory), 'disk2');
  mkdirSync(copy);
  const daily = { ...backups.daily, files: [COMPOSE_FILE, '.env', CONFIGURATION] };
  Object.assign(backups, { copy, daily });
  writeFileSync(join(directory, CONFIGURATION), 'workers = 4\n');
}

function shellOf(world: SqliteTarget, env: object): Pick<Shop, 'type' | 'play'> {
  const type: Shop['type'] = (...args) => runbook(args, env, { timeout: TYPED_MILLISECONDS });
  return {
    type,
    async play(...args) {
      const polled = pollDowntime(world.app.health);
      const answer = await type('start', ...args, '--json');
      const downtime = await polled.stop();
      if (!answer.stdout) throw new Error(answer.stderr);
      return { ...answer, downtime, ending: JSON.parse(answer.stdout) as Ending };
    },
  };
}
