import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { TestProject } from 'vitest/node';
import { prepareNamespace } from '../../src/client/connection/prepare-namespace.ts';
import { findTemporal } from '../../src/dev/server/find-temporal.ts';
import { startTemporal } from '../../src/dev/server/start-temporal.ts';
import { buildWorkflows } from '../../scripts/build.ts';
import { bundleWorkflows } from '../../src/worker.ts';
import { buildOnce } from './build-once.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** One real Temporal server for the whole run. */
    temporal: { address: string; namespace: string; path: string; dataFile: string };
    /** The product's workflows and those of practice, bundled once. */
    workflowBundle: string;
  }
}

const NAMESPACE = 'tests';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'runbook-tests-'));
  const dataFile = join(directory, 'temporal.db');
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const { path } = await findTemporal({ onProgress });
  const server = await startTemporal({
    path,
    dataFile,
    durability: 'NORMAL',
    namespace: NAMESPACE,
    ui: false,
  });
  const connection = await Connection.connect({ address: server.address });
  const { findings } = await prepareNamespace(new Client({ connection, namespace: NAMESPACE }));
  await connection.close();
  if (findings.length > 0) throw new Error(findings.join('; '));

  const root = await buildOnce();
  if (!existsSync(join(root, 'dist/workflow-bundle.js'))) await buildWorkflows(root);
  const bundle = await bundleWorkflows(fileURLToPath(new URL('workflows.ts', import.meta.url)));
  const workflowBundle = join(directory, 'workflows.js');
  writeFileSync(workflowBundle, 'code' in bundle ? bundle.code : '');
  project.provide('temporal', { address: server.address, namespace: NAMESPACE, path, dataFile });
  project.provide('workflowBundle', workflowBundle);

  return async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
