import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { registerWorker } from '../../../src/client/serving/register-worker.ts';
import { fingerprintOf } from '../../../src/config/fingerprint.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { createDemoWorld } from '../../../src/dev/demo/demo-target.ts';
import { ensurePlace } from '../../../src/state/place.ts';
import type { Runs } from '../../support/run.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { startWorkerProcess } from '../survive-kill.ts';

export interface Twin {
  readonly target: SqliteTarget;
  readonly worker: ChildProcess;
}

/** The same target once more, on a disk of its own, served by a worker that asks nobody: as on a host that was cloned. */
export async function openTwin(
  world: SqliteTarget,
  directory: string,
  queue: string,
): Promise<Twin> {
  const { target } = await createDemoWorld(world, join(directory, 'twin'), { rows: 2000 });
  await takeBackup(target);
  const codePath = inject('workflowBundle');
  const worker = await startWorkerProcess({ ...inject('temporal'), target, queue, codePath });
  return { target, worker };
}

/** What the guard does at a worker's start: all know from then on that the target is served from here. */
export async function register(world: SqliteTarget, { client, queue }: Runs): Promise<void> {
  const entry = {
    identity: 'runbook@here/1#1.0.0',
    place: await ensurePlace(world),
    hostname: 'here',
    pid: 1,
    version: '1.0.0',
    state: world.state,
    policy: fingerprintOf(world),
    since: new Date().toISOString(),
  };
  await registerWorker(client, world.name, entry, { queue });
}

/** Every byte on the disk of a target, by file. */
export function bytesOf({ directory }: SqliteTarget): Record<string, string> {
  const files = globSync('**/*', { cwd: directory })
    .map((file) => join(directory, file))
    .filter((file) => statSync(file).isFile());
  return Object.fromEntries(
    files.map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}
