import type { Client, Connection, ScheduleHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { describe, expect, inject, vi } from 'vitest';
import { reportFigures } from '../../src/cli/serve/report-figures.ts';
import { grpcCompressionFor } from '../../src/client/connection/grpc-compression-for.ts';
import { syncSchedules } from '../../src/client/schedules/sync-schedules.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { openFigures } from '../../src/state/figures/open-figures.ts';
import { startWorker } from '../../src/worker.ts';
import { canRunDocker, composes } from '../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../activities/runtime/support/use-docker.ts';
import { built } from '../support/built.ts';
import { endingOf } from '../support/ending-of.ts';
import type { Runs } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { type Template, test as base } from './templates/template-world.ts';
import { installUv } from './templates/uv-project.ts';

const needed = ['nginx', 'openssl', 'python3', 'redis-server'];
const canRun = canRunDocker && needed.every((name) => findOnPath(name));

const DAY = 86_400_000;
/** Instead of once a minute: a day is played in some minutes. */
const EVERY = '5s';

const ahgd = base.extend<{ template: Template }>({ template: 'ahgd' });
const hub = base.extend<{ template: Template }>({ template: 'analytics-hub' });

// Skipped where this is not root, or docker, dockerd, busybox, nginx, openssl, python3 or redis-server is not on PATH.
describe.skipIf(!canRun)('a whole day of a template (needs dockerd)', { timeout: 900_000 }, () => {
  useDockerDaemon();
  useCompose(
    composes.find(({ file }) => file)!,
    async () => {
      process.env['PATH'] = `${process.env['PATH']}:${await installUv()}`;
    },
  );

  ahgd('of the first manual alarms nobody: a first Monday', ({ world, runs }) =>
    quietly(world, runs, 1),
  );
  hub('of the second manual alarms nobody: a first Sunday', ({ world, runs }) =>
    quietly(world, runs, 0),
  );
});

/** Plays every run that is due on the next first `weekday` of a month, in its order, while the sampler measures beside. */
async function quietly(world: SqliteTarget, runs: Runs, weekday: number): Promise<void> {
  world.figures = { ...world.figures, every: EVERY };
  const { client } = runs;
  const told: string[] = [];
  const { address, namespace } = inject('temporal');
  const connection = await NativeConnection.connect({
    address,
    grpcCompression: grpcCompressionFor(address),
  });
  const worker = await startWorker({
    connection,
    namespace,
    targets: [world],
    searchAttributes: true,
    closed: false,
    workflowBundle: { codePath: inject('workflowBundle') },
    jobProcess: built('src/worker-process/job-process.ts'),
    queue: runs.queue,
    sampling: { tell: (line) => void told.push(line), judge: reportFigures(client) },
  });
  const { changes, faults } = await syncSchedules(client, [world], { queue: runs.queue });
  try {
    // What recoveries and drills need of a target that has run for a while.
    const first = await endingOf(runs, await runs.start('daily-backup'));
    expect(first.outcome).toBe('done');
    const ids = changes.map(({ id }) => id);
    const played: string[] = [];
    const wrong: string[] = [];
    for (const { id, at } of await dueWithin(client, ids, nextFirst(weekday))) {
      const run = await begun(client.schedule.getHandle(id), at);
      const { outcome, failure, notices } = await endingOf(runs, run);
      played.push(`${at.toISOString().slice(11, 16)} ${id.split('/')[1]}`);
      if (outcome !== 'done') wrong.push(`${run} ${outcome}: ${failure?.message}`);
      // The procedures of both manuals were reviewed long ago, which is told to their owner, and true.
      if (!id.endsWith('/procedure-review'))
        wrong.push(...notices.map(({ message }) => `${run}: ${message}`));
    }
    process.stdout.write(`${world.name}: ${played.length} runs\n${played.join(', ')}\n`);

    expect(faults).toEqual([]);
    expect(wrong).toEqual([]);
    expect(played.filter((one) => one.endsWith('performance-check'))).toHaveLength(24);
    expect(played.length).toBeGreaterThan(30);
    expect(await incidentsOf(client, world)).toEqual([]);
    expect(told).toEqual([]);
    const figures = openFigures(world.state);
    const critical = figures.newest().filter(({ verdict }) => verdict === 'critical');
    figures.close();
    expect(critical).toEqual([]);
  } finally {
    for (const { id } of changes) await client.schedule.getHandle(id).delete();
    await worker.stop();
    await connection.close();
  }
}

/** In ms since 1970, at midnight UTC. A day to come: what is late would be skipped. */
function nextFirst(weekday: number): number {
  const now = new Date();
  for (let day = 1; ; day += 1) {
    const one = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + day));
    if (one.getUTCDay() === weekday && one.getUTCDate() <= 7) return one.getTime();
  }
}

/** What is due on a day, in its order, as Temporal itself reckons it. */
async function dueWithin(client: Client, ids: readonly string[], begin: number) {
  const { workflowService } = client.connection as Connection;
  const { namespace } = client.options;
  const seconds = (time: number) => ({ seconds: Math.floor(time / 1000) as never });
  const all = await Promise.all(
    ids.map(async (id) => {
      const { startTime } = await workflowService.listScheduleMatchingTimes({
        namespace,
        scheduleId: id,
        startTime: seconds(begin - 1000),
        endTime: seconds(begin + DAY - 1000),
      });
      return startTime.map((time) => ({ id, at: new Date(Number(time.seconds) * 1000) }));
    }),
  );
  return all.flat().toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

/** Lets a schedule start what is due at a time, and answers the run. */
async function begun(schedule: ScheduleHandle, at: Date): Promise<string> {
  const { info, spec } = await schedule.describe();
  const before = info.numActionsTaken;
  // Temporal asks whether it was due before its jitter, and with it, to the millisecond.
  const start = new Date(at.getTime() - (spec.jitter ?? 0));
  const end = new Date(at.getTime() + 999);
  await schedule.backfill({ start, end, overlap: 'ALLOW_ALL' });
  return vi.waitFor(async () => {
    const { info } = await schedule.describe();
    expect(info.numActionsTaken).toBe(before + 1);
    return info.recentActions.at(-1)!.action.workflow.workflowId;
  }, TIMEOUT);
}

async function incidentsOf(client: Client, { name }: SqliteTarget): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: "WorkflowType = 'incident'" }))
    if (workflowId.startsWith(`incident/${name}/`)) found.push(workflowId);
  return found;
}
