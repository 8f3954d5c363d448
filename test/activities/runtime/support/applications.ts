import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { processTable } from '../../../../src/os/process/process-table.ts';
import { targetIn, test as base } from '../../../support/target.ts';
import { type Guard, startGuard } from './guard.ts';

/** Where the activities are, for scripts that import them. */
export const source = new URL('../../../../src/activities/', import.meta.url).href;
/** Says that it is up, and lives on. */
export const LIVES = 'echo "up"; exec sleep 300';

interface Applications {
  guard: Guard;
  /** A target whose application is a shell script. */
  targetFor: (script: string, stopGrace?: string) => SqliteTarget;
  /** A stranger: a shell script in a group of its own. */
  begin: (script: string) => ChildProcess;
  /** A process of its own that does something with the `runtime` of the `target`. */
  inProcess: (target: SqliteTarget, script: string) => ChildProcess;
}

/** Real processes, ended after the test. */
export const test = base.extend<Applications>({
  guard: async ({ directory }, use) => {
    const guard = startGuard(directory);
    await use(guard);
    await guard.end();
  },

  targetFor: async ({ directory, guard }, use) => {
    await use((script, stopGrace = '5s') =>
      targetIn(directory, {
        runtime: {
          kind: 'process',
          command: ['/bin/sh', '-c', `echo -$$ >> "${guard.file}"; ${script}`],
          environment: {},
          log: 'logs/app.log',
          stopGrace,
        },
      }),
    );
  },

  begin: async ({ guard }, use) => {
    await use((script) => {
      const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
      guard.add(-child.pid!);
      return child;
    });
  },

  inProcess: async ({ guard }, use) => {
    await use((target, script) => {
      const code = `import { runtimeActivities } from '${source}runtime/runtime-activities.ts';
        const target = JSON.parse(process.env.TARGET);
        const runtime = runtimeActivities(target);
        ${script}`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
        env: { ...process.env, TARGET: JSON.stringify(target) },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      guard.add(child.pid!);
      return child;
    });
  },
});

/** Writes down that this process is the application. */
export async function recordOf(
  { state }: SqliteTarget,
  { pid, startTime }: { pid: number; startTime: string },
): Promise<void> {
  await mkdir(state, { recursive: true });
  await writeFile(
    join(state, 'process.json'),
    JSON.stringify({ pid, startTime, startedAt: 'then' }),
  );
}

export function isAlive(pid: number): boolean {
  return processTable().some((entry) => entry.pid === pid && entry.alive);
}

export async function eventually<Result>(find: () => Promise<Result | undefined>): Promise<Result> {
  for (let tries = 0; tries < 200; tries += 1) {
    const result = await find();
    if (result !== undefined) return result;
    await sleep(25);
  }
  throw new Error('Nothing came within 5 s');
}
