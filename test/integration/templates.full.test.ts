import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { generationsOf } from '../../src/activities/logs/file/generations.ts';
import { catalogue } from '../../src/client/catalogue.ts';
import { syncSchedules } from '../../src/client/schedules/sync-schedules.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { canRunDocker, composes } from '../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../activities/runtime/support/use-docker.ts';
import { endingOf } from '../support/ending-of.ts';
import type { Runs } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { type Template, test as base } from './templates/template-world.ts';
import { installUv } from './templates/uv-project.ts';

const needed = ['nginx', 'openssl', 'python3', 'redis-server'];
const canRun = canRunDocker && needed.every((name) => findOnPath(name));
/** Others need a backup. */
const FIRST = ['daily-backup', 'weekly-backup'];

const ahgd = base.extend<{ template: Template }>({ template: 'ahgd' });
const hub = base.extend<{ template: Template }>({ template: 'analytics-hub' });

// Skipped where this is not root, or docker, dockerd, busybox, nginx, openssl, python3 or redis-server is not on PATH.
describe.skipIf(!canRun)('a template as shipped (needs dockerd)', () => {
  useDockerDaemon();
  useCompose(
    composes.find(({ file }) => file)!,
    async () => {
      process.env['PATH'] = `${process.env['PATH']}:${await installUv()}`;
    },
  );

  ahgd('of the first manual plays each of its schedules', async ({ world, runs }) => {
    const log = world.logs[0]!.file;

    const { played, faults } = await play(world, runs);

    expect(faults).toEqual(unbuilt(world));
    expect(outcomes(played)).toEqual(allDone(played));
    expect(played.get('restore-drill')!.output).toMatchObject({ verdict: 'proven', findings: [] });
    const window = played.get('maintenance-window')!;
    expect(noteOf(window, 'update')).toBe('1 came, 1 went');
    expect(window.output).toMatchObject({ notDone: [] });
    // The Python that holds it goes on in it.
    expect(generationsOf(log)).toHaveLength(1);
    expect(statSync(log).size).toBeGreaterThan(0);
    expect(noteOf(played.get('log-rotation')!, 'rotate')).toContain('Copied and cut');
  });

  hub('of the second manual plays each of its schedules', async ({ world, runs }) => {
    const { played, faults } = await play(world, runs);

    expect(faults).toEqual(unbuilt(world));
    expect(outcomes(played)).toEqual(allDone(played));
    expect(played.get('restore-drill')!.output).toMatchObject({ verdict: 'proven', findings: [] });
    const window = played.get('maintenance-window')!;
    expect(noteOf(window, 'update')).toBe('The target names none');
    expect(window.output).toMatchObject({ notDone: [] });
    expect(noteOf(played.get('log-rotation')!, 'inspect')).toContain('4 left to the application');
    for (const { file } of world.logs) expect(generationsOf(file)).toEqual([]);
    expect(statSync(join(world.directory, 'logs/access.log')).size).toBeGreaterThan(0);
  });
});

/** Makes the target's schedules, and has each of them start its runbook now. */
async function play(world: SqliteTarget, runs: Runs) {
  const { client, queue } = runs;
  const { changes, faults } = await syncSchedules(client, [world], { queue });
  const names = changes.map(({ id }) => id.split('/')[1]!);
  const worker = await runs.serve();
  const played = new Map<string, Ending>();
  try {
    for (const name of [...FIRST.filter((one) => names.includes(one)), ...names]) {
      if (played.has(name)) continue;
      const schedule = client.schedule.getHandle(`${world.name}/${name}`);
      await schedule.trigger();
      const run = await vi.waitFor(async () => {
        const { info } = await schedule.describe();
        return info.recentActions[0]!.action.workflow.workflowId;
      }, TIMEOUT);
      played.set(name, await endingOf(runs, run));
    }
    return { played, faults };
  } finally {
    for (const { id } of changes) await client.schedule.getHandle(id).delete();
    await worker.stop();
  }
}

/** Of runbooks that are still to come a schedule says so, and the others start. */
function unbuilt({ name, schedules }: SqliteTarget): unknown[] {
  return Object.keys(schedules)
    .filter((runbook) => !catalogue.has(runbook))
    .map((runbook) =>
      expect.stringContaining(`Cannot schedule "${name}/${runbook}": there is no runbook`),
    );
}

function outcomes(played: ReadonlyMap<string, Ending>): Record<string, string> {
  return Object.fromEntries(
    [...played].map(([name, { outcome, failure }]) => [name, failure?.message ?? outcome]),
  );
}

function allDone(played: ReadonlyMap<string, Ending>): Record<string, string> {
  return Object.fromEntries([...played.keys()].map((name) => [name, 'done']));
}

function noteOf({ ledger }: Ending, step: string): string | undefined {
  return ledger.find(({ id }) => id === step)?.note;
}
