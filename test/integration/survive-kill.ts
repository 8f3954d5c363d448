import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import Database from 'better-sqlite3';
import { expect, inject } from 'vitest';
import type { Systems } from '../../src/activities/index.ts';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { SqliteTarget, Target } from '../../src/config/schema/target.ts';
import { built } from '../support/built.ts';
import { addMark, readMarks } from '../support/marks.ts';
import type { Runs } from '../support/run.ts';
import { takeBackup } from '../support/take-backup.ts';
import type { WorkerProcessConfig } from '../support/worker-process.ts';

interface World {
  readonly world: SqliteTarget;
  readonly systems: Systems;
  readonly runs: Runs;
}

/**
 * A recovery whose worker is killed with -9 at the first attempt of one activity, and started again: it ends as
 * if nothing had happened, that activity alone was tried twice, and the database is the restored one.
 */
export async function surviveKill(
  { world, systems, runs }: World,
  kill: NonNullable<WorkerProcessConfig['kill']>,
): Promise<void> {
  // What a busy machine takes longer for is no attempt that was lost.
  world.app.ready = { within: '20s', every: '1s' };
  await takeBackup(world);
  addMark(world, 'written after the backup');

  const { ending, attempts, signal } = await recoverKilled({ world, runs }, kill);

  expect(signal).toBe('SIGKILL');
  expect(ending).toMatchObject({ outcome: 'done', left: [] });
  expect(new Set(ending!.ledger.map(({ state }) => state))).toEqual(new Set(['done']));
  expect(attempts.filter(({ attempt }) => attempt > 1)).toEqual([
    { type: kill.activity, attempt: 2, after: 'activity Heartbeat timeout' },
  ]);
  expect(readMarks(world)).toEqual([]);
  expect(await systems.http.isReady()).toBe(true);
  expect(holdersOf(world)).toEqual([]);
}

/** A recovery by the newest backup whose worker is killed with -9 once, and started again. */
export async function recoverKilled(
  { world, runs }: { readonly world: Target; readonly runs: Runs },
  kill: NonNullable<WorkerProcessConfig['kill']>,
) {
  const codePath = inject('workflowBundle');
  const common = { ...inject('temporal'), target: world, queue: runs.queue, codePath };
  const first = await startWorkerProcess({ ...common, kill });
  const run = await runs.start('database-recovery', { backup: 'latest' });
  const [, signal] = await once(first, 'exit');
  const second = await startWorkerProcess(common);
  await runs.client.workflow.getHandle(run).result();
  second.kill();

  const { ending } = await viewRun(runs.client, run);
  const attempts = await attemptsOf(runs.client, run);
  return { ending, attempts, signal: signal as string };
}

/** Starts a worker in a process of its own, and resolves when it polls. Rejects when it ends before. */
export async function startWorkerProcess(config: WorkerProcessConfig): Promise<ChildProcess> {
  const file = join(config.target.directory, `worker-${crypto.randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(config));
  const worker = fork(built('test/support/worker-process.ts'), [file], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 2, 'ipc'],
  });
  await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(([code, signal]) => {
      throw new Error(`The worker's process ended (${signal ?? code}) before it polled`);
    }),
  ]);
  return worker;
}

/** The activities that a run asked for, the attempt that completed each, and what ended the attempt before it. */
export async function attemptsOf(client: Client, run: string) {
  const { events } = await client.workflow.getHandle(run).fetchHistory();
  const types = new Map<string, string>();
  const attempts: { type: string; attempt: number; after: string | undefined }[] = [];
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) types.set(String(event.eventId), scheduled.activityType!.name!);
    const started = event.activityTaskStartedEventAttributes;
    if (!started) continue;
    const type = types.get(String(started.scheduledEventId))!;
    const after = started.lastFailure?.message ?? undefined;
    attempts.push({ type, attempt: started.attempt ?? 1, after });
  }
  return attempts;
}

/** The runs that hold the target. */
export function holdersOf({ state }: Target): unknown[] {
  const file = join(state, 'claim.db');
  // What runs beside others makes none.
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true });
  const all = db.prepare('select holder from claim').pluck().all();
  db.close();
  return all;
}
