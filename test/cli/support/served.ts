import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { inject, vi } from 'vitest';
import { stringify } from 'yaml';
import { createSystems, type Systems } from '../../../src/activities/index.ts';
import { grpcCompressionFor } from '../../../src/client/connection/grpc-compression-for.ts';
import { prepareNamespace } from '../../../src/client/connection/prepare-namespace.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { createDemoWorld } from '../../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../../src/dev/demo/sample-database.ts';
import { startWorker } from '../../../src/worker.ts';
import '../../support/quiet-runtime.ts';
import { targetIn } from '../../support/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { type Answer, runbook } from './runbook.ts';
import { built } from '../../support/built.ts';

/** A sample application under care in a Temporal namespace of its own, and an operator's shell beside it. */
export interface Served {
  readonly target: SqliteTarget;
  readonly systems: Systems;
  readonly client: Client;
  /** Where the YAML files of targets lie. */
  readonly targets: string;
  type(...args: readonly string[]): Promise<Answer>;
  /** What a shell needs to reach it. */
  readonly env: Readonly<Record<string, string>>;
  /** Types it where no Temporal server answers. */
  typeWithout(...args: readonly string[]): Promise<Answer>;
  /** Ends the worker, until `startWorker`. */
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  close(): Promise<void>;
}

export async function openServed(
  name: string,
  overrides: Parameters<typeof targetIn>[1] = {},
  /** As if nobody reached the server without a certificate. */
  closed = false,
): Promise<Served> {
  const directory = mkdtempSync(join(tmpdir(), `cli-${name}-`));
  const { address } = inject('temporal');
  // Another test file may have one of this name.
  const namespace = `cli-${name}-${crypto.randomUUID().slice(0, 8)}`;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  await makeNamespace(client);

  const { target, redis } = await createDemoWorld(
    template(directory, name, overrides),
    join(directory, 'app'),
    {
      rows: 2000,
    },
  );
  const targets = join(directory, 'targets');
  mkdirSync(targets);
  writeFileSync(join(targets, `${name}.yaml`), stringify(target));
  const systems = createSystems(target, 'test');
  await systems.runtime.start();
  await systems.http.expectReady();

  const native = await NativeConnection.connect({
    address,
    grpcCompression: grpcCompressionFor(address),
  });
  const open = () =>
    startWorker({
      connection: native,
      namespace,
      targets: [target],
      searchAttributes: true,
      closed,
      workflowBundle: { codePath: inject('workflowBundle') },
      jobProcess: built('src/worker-process/job-process.ts'),
    });
  let worker = await open();
  const env = {
    RUNBOOK_TARGETS: targets,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
  return {
    target,
    systems,
    client,
    targets,
    env,
    type: (...args) => runbook(args, env),
    typeWithout: (...args) => runbook(args, { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' }),
    stopWorker: () => worker.stop(),
    async startWorker() {
      worker = await open();
    },
    async close() {
      await worker.stop().catch(() => {});
      await systems.runtime.stop();
      await redis?.stop();
      await native.close();
      await connection.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function template(
  directory: string,
  name: string,
  overrides: Parameters<typeof targetIn>[1],
): SqliteTarget {
  const url = 'http://127.0.0.1:0';
  return targetIn(directory, {
    name,
    app: {
      kind: 'web',
      url,
      health: `${url}/_stcore/health`,
      timeout: '5s',
      ready: { within: '10s', every: '1s' },
    },
    decisions: { wait: '2s', waitWhileDown: '0s' },
    database: {
      kind: 'sqlite',
      file: join(directory, 'demo.db'),
      keyTable: SAMPLE_TABLE,
      mode: '600',
    },
    ...overrides,
  });
}

/** The server knows a new namespace everywhere after a second or two. */
export async function makeNamespace(client: Client): Promise<void> {
  const { namespace } = client.options;
  const { workflowService } = client.connection as Connection;
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: (90 * 86_400) as never },
  });
  await vi.waitFor(async () => {
    const { findings } = await prepareNamespace(client);
    if (findings.length > 0) throw new Error(findings.join('; '));
    for await (const _ of client.workflow.list({ query: "Target = 'any'" })) break;
  }, TIMEOUT);
}
