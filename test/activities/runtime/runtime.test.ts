import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime.ts';
import { processTable } from '../../../src/activities/support/process/process-table.ts';
import type { Target } from '../../../src/config/target.ts';
import { targetIn, test as base } from '../../support/target.ts';

const source = new URL('../../../src/activities/', import.meta.url).href;
/** Says that it is up, and lives on. */
const LIVES = 'echo "up"; exec sleep 300';
const begun: ChildProcess[] = [];

/** A target whose application is a shell script, stopped for good after the test. */
const test = base.extend<{ targetFor: (script: string, stopGrace?: string) => Target }>({
  targetFor: async ({ directory }, use) => {
    let target: Target | undefined;
    await use((script, stopGrace = '5s') => {
      const command = ['/bin/sh', '-c', script];
      const runtime = {
        kind: 'process',
        command,
        environment: {},
        log: 'logs/app.log',
        stopGrace,
      } as const;
      target = targetIn(directory, { runtime });
      return target;
    });
    if (target)
      await runtimeActivities(
        targetIn(directory, { runtime: { ...target.runtime, stopGrace: '1ms' } }),
      ).stop();
  },
});

afterEach(() => {
  for (const child of begun.splice(0)) child.kill('SIGKILL');
});

describe('runtime.start', () => {
  test('runs the command in the directory of the target, with its output in the log', async ({
    directory,
    targetFor,
  }) => {
    const runtime = runtimeActivities(targetFor(`pwd; echo "$RUNBOOK_PROCESS"; ${LIVES}`));

    const started = await runtime.start();

    expect(started).toEqual({
      changed: true,
      detail: expect.stringMatching(/^pid \d+, started 20/),
    });
    const lines = await eventually(async () => {
      const found = (await runtime.logs(3)).lines;
      return found.length === 3 ? found : undefined;
    });
    expect(lines).toEqual([await realpath(directory), join(directory, '.runbook'), 'up']);
  });

  test('changes nothing when the application runs', async ({ targetFor }) => {
    const runtime = runtimeActivities(targetFor(LIVES));
    const first = await runtime.start();

    const second = await runtime.start();

    expect(second).toEqual({ changed: false, detail: first.detail });
  });

  test('tells exit code and last lines of a command that ends at once, without those of the start before', async ({
    directory,
    targetFor,
  }) => {
    const runtime = runtimeActivities(
      targetFor('echo "postgres://me:secret@db refused" >&2; exit 3'),
    );
    await rm(join(directory, 'logs'), { recursive: true, force: true });
    await runtime.start().catch(() => {});
    await appendFile(join(directory, 'logs/app.log'), 'OLD\n');

    const start = runtime.start();

    await expect(start).rejects.toMatchObject({
      type: 'StartFailed',
      nonRetryable: false,
      message:
        '"/bin/sh" ended at once with exit code 3; its last lines: postgres://***@db refused',
    });
    expect((await runtime.describe()).running).toBe(false);
  });

  test('fails when the command does not exist', async ({ directory }) => {
    const runtime = runtimeActivities(
      targetIn(directory, {
        runtime: {
          kind: 'process',
          command: ['no-such-command'],
          environment: {},
          log: 'app.log',
          stopGrace: '1s',
        },
      }),
    );

    await expect(runtime.start()).rejects.toThrow(
      /"no-such-command" ended at once with exit code 127; .*not found/,
    );
  });

  test("gives the application the environment of the worker, without what is the worker's own", async ({
    directory,
  }) => {
    process.env['TEMPORAL_API_KEY'] = 'secret';
    process.env['APP_SETTING'] = 'kept';
    const command = ['/bin/sh', '-c', 'echo "$TEMPORAL_API_KEY,$APP_SETTING,$OWN"; exit 1'];
    const runtime = runtimeActivities(
      targetIn(directory, {
        runtime: {
          kind: 'process',
          command,
          environment: { OWN: 'given' },
          log: 'app.log',
          stopGrace: '1s',
        },
      }),
    );

    await runtime.start().catch(() => {});

    expect((await runtime.logs(1)).lines).toEqual([',kept,given']);
    delete process.env['TEMPORAL_API_KEY'];
    delete process.env['APP_SETTING'];
  });

  test('starts what outlives the kill -9 of its starter', async ({ targetFor }) => {
    const target = targetFor(LIVES);
    const starter = inProcess(
      target,
      `await runtime.start(); process.kill(process.pid, 'SIGKILL')`,
    );
    await once(starter, 'exit');

    const { running } = await runtimeActivities(target).describe();

    expect(running).toBe(true);
  });

  test('never runs a command whose starter was killed before its pid was written down', async ({
    directory,
    targetFor,
  }) => {
    const target = targetFor(LIVES);
    const starter = inProcess(
      target,
      `import { launch } from '${source}support/runtime/launch.ts';
       await launch(
         { command: ['/bin/sh', '-c', 'touch ran'], directory: target.directory, environment: {}, log: target.directory + '/log' },
         async () => process.kill(process.pid, 'SIGKILL'),
       );`,
    );
    const [, signal] = await once(starter, 'exit');
    await sleep(300);

    expect(signal).toBe('SIGKILL');
    expect(existsSync(join(directory, 'ran'))).toBe(false);
  });

  test('leaves one application, whenever its starters were killed', async ({
    directory,
    targetFor,
  }) => {
    const target = targetFor(`echo $$ >> "${directory}/pids"; ${LIVES}`);
    for (let round = 0; round < 8; round += 1) {
      const starter = inProcess(target, `process.send('ready'); await runtime.start();`);
      const exit = once(starter, 'exit');
      await once(starter, 'message');
      await sleep(round * 4);
      starter.kill('SIGKILL');
      await exit;
    }

    await runtimeActivities(target).start();
    await sleep(200);

    const pids = (await readFile(join(directory, 'pids'), 'utf8')).trim().split('\n').map(Number);
    expect(pids.filter(isAlive)).toHaveLength(1);
  });

  test('takes no command for running that still waits to be let go', async ({ targetFor }) => {
    const target = targetFor(LIVES);
    const starter = inProcess(
      target,
      `import { launch } from '${source}support/runtime/launch.ts';
       import { processRecord } from '${source}support/runtime/process-record.ts';
       await launch(
         { command: ['sleep', '300'], directory: target.directory, environment: {}, log: target.directory + '/log' },
         async (pid) => {
           await processRecord(target).write(pid);
           process.send('written down');
           await new Promise(() => setInterval(() => {}, 1000));
         },
       );`,
    );
    await once(starter, 'message');
    const runtime = runtimeActivities(target);

    const starting = runtime.start();
    await sleep(100);
    starter.kill('SIGKILL');

    expect((await starting).changed).toBe(true);
    expect((await runtime.describe()).running).toBe(true);
  });
});

describe('runtime.describe', () => {
  test('counts a zombie as not running', async ({ targetFor, directory }) => {
    const target = targetFor(LIVES);
    const parent = begin(`setsid sh -c 'echo $$ > "${directory}/pid"' & exec sleep 300`);
    const zombie = await eventually(async () => {
      const pid = Number(await readFile(join(directory, 'pid'), 'utf8').catch(() => 'NaN'));
      return processTable().find((entry) => entry.pid === pid && entry.state === 'Z');
    });
    expect(zombie).toMatchObject({ parent: parent.pid, group: zombie.pid });
    await recordOf(target, zombie);

    expect(await runtimeActivities(target).describe()).toEqual({
      running: false,
      detail: 'Not running',
    });
  });

  test('finds the application again after its state directory was deleted', async ({
    targetFor,
  }) => {
    const target = targetFor(LIVES);
    const runtime = runtimeActivities(target);
    await runtime.start();
    await rm(target.state, { recursive: true });

    expect((await runtime.start()).changed).toBe(false);
  });
});

describe('runtime.stop', () => {
  test('ends the whole group of the application', async ({ directory, targetFor }) => {
    const runtime = runtimeActivities(
      targetFor(`sleep 300 & echo $! > "${directory}/child"; exec sleep 300`),
    );
    await runtime.start();
    const child = Number(await readFile(join(directory, 'child'), 'utf8'));
    const before = new Date().toISOString();

    const stopped = await runtime.stop();

    expect(stopped.changed).toBe(true);
    expect(stopped.begunAt >= before && stopped.begunAt <= new Date().toISOString()).toBe(true);
    expect(isAlive(child)).toBe(false);
  });

  test('returns only when the last child is gone, not when the command is', async ({
    directory,
    targetFor,
  }) => {
    const slow = `trap 'sleep 0.5; echo written > "${directory}/last"; exit' TERM; while :; do sleep 0.05; done`;
    await writeFile(join(directory, 'slow.sh'), slow);
    const runtime = runtimeActivities(targetFor(`sh "${directory}/slow.sh" & exec sleep 300`));
    await runtime.start();

    await runtime.stop();

    expect(await readFile(join(directory, 'last'), 'utf8')).toBe('written\n');
  });

  test('kills a group that does not hear TERM, after its grace', async ({
    directory,
    targetFor,
  }) => {
    const deaf = `trap '' TERM; sh -c 'echo $$ > "${directory}/child"; while :; do sleep 1; done' & while :; do sleep 1; done`;
    const runtime = runtimeActivities(targetFor(deaf, '300ms'));
    await runtime.start();
    const child = Number(await readFile(join(directory, 'child'), 'utf8'));
    const begin = performance.now();

    await runtime.stop();

    expect(performance.now() - begin).toBeGreaterThan(290);
    expect(isAlive(child)).toBe(false);
    expect((await runtime.describe()).running).toBe(false);
  });

  test('lets a process that somebody paused hear TERM', async ({ directory, targetFor }) => {
    const runtime = runtimeActivities(
      targetFor(
        `trap 'echo bye > "${directory}/bye"; exit' TERM; kill -STOP $$; while :; do sleep 0.05; done`,
      ),
    );
    await runtime.start();

    await runtime.stop();

    expect(await readFile(join(directory, 'bye'), 'utf8')).toBe('bye\n');
  });

  test('ends children whose first process has died', async ({ directory, targetFor }) => {
    const runtime = runtimeActivities(
      targetFor(`sleep 300 & echo $! > "${directory}/child"; exit`),
    );
    await runtime.start();
    const child = Number(await readFile(join(directory, 'child'), 'utf8'));
    expect((await runtime.describe()).running).toBe(true);

    await runtime.stop();

    expect(isAlive(child)).toBe(false);
  });

  test('leaves a stranger alone that got the same pid', async ({ targetFor }) => {
    const target = targetFor(LIVES);
    const stranger = begin('exec sleep 300');
    await recordOf(target, { pid: stranger.pid!, startTime: 'another time' });

    const stopped = await runtimeActivities(target).stop();

    expect(stopped.changed).toBe(false);
    expect(isAlive(stranger.pid!)).toBe(true);
  });

  test('leaves the group alone that a stranger with the same pid left behind', async ({
    directory,
    targetFor,
  }) => {
    const target = targetFor(LIVES);
    const stranger = begin(`sleep 300 & echo $! > "${directory}/left"; exit`);
    await once(stranger, 'exit');
    const left = Number(await readFile(join(directory, 'left'), 'utf8'));
    await recordOf(target, { pid: stranger.pid!, startTime: 'another time' });

    await runtimeActivities(target).stop();

    expect(isAlive(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });

  test('tells a retry when the first try began', async ({ targetFor }) => {
    const target = targetFor(`trap '' TERM; while :; do sleep 0.1; done`, '1s');
    const runtime = runtimeActivities(target);
    await runtime.start();
    const before = Date.now();
    const stopper = inProcess(target, `process.send('ready'); await runtime.stop();`);
    await once(stopper, 'message');
    await sleep(400);
    stopper.kill('SIGKILL');
    await once(stopper, 'exit');
    const after = Date.now();

    const second = await runtime.stop();
    const third = await runtime.stop();

    expect(second.changed).toBe(true);
    expect(Date.parse(second.begunAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(second.begunAt)).toBeLessThan(after);
    expect(third).toEqual({ changed: false, begunAt: second.begunAt });
  });

  test('begins a new order after a start', async ({ targetFor }) => {
    const runtime = runtimeActivities(targetFor(LIVES));
    await runtime.start();
    const first = await runtime.stop();
    await runtime.start();

    const second = await runtime.stop();

    expect(second.begunAt > first.begunAt).toBe(true);
  });
});

describe('runtime.logs', () => {
  test('gives the last lines, and none before the first start', async ({
    directory,
    targetFor,
  }) => {
    const runtime = runtimeActivities(
      targetFor('for n in 1 2 3 4 5; do echo "line $n"; done; exit 1'),
    );
    expect(await runtime.logs(2)).toEqual({ lines: [] });

    await runtime.start().catch(() => {});

    expect(await runtime.logs(2)).toEqual({ lines: ['line 4', 'line 5'] });
    expect(existsSync(join(directory, 'logs/app.log'))).toBe(true);
  });
});

/** A process of its own that does something with the target's runtime. */
function inProcess(target: Target, script: string): ChildProcess {
  const code = `import { runtimeActivities } from '${source}runtime.ts';
    const target = JSON.parse(process.env.TARGET);
    const runtime = runtimeActivities(target);
    ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, TARGET: JSON.stringify(target) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  begun.push(child);
  return child;
}

function begin(script: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  begun.push(child);
  return child;
}

async function recordOf({ state }: Target, { pid, startTime }: { pid: number; startTime: string }) {
  await mkdir(state, { recursive: true });
  await writeFile(
    join(state, 'process.json'),
    JSON.stringify({ pid, startTime, startedAt: 'then' }),
  );
}

function isAlive(pid: number): boolean {
  return processTable().some((entry) => entry.pid === pid && entry.alive);
}

async function eventually<Result>(look: () => Promise<Result | undefined>): Promise<Result> {
  for (let tries = 0; tries < 200; tries += 1) {
    const result = await look();
    if (result !== undefined) return result;
    await sleep(25);
  }
  throw new Error('Nothing came within 5 s');
}
