import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { targetIn } from '../../support/target.ts';
import { eventually, isAlive, LIVES, source, test } from './support/applications.ts';

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
    expect(process.env['NODE_COMPILE_CACHE']).toBeDefined(); // by vitest.config.ts
    const echo = 'echo "$TEMPORAL_API_KEY,$NODE_COMPILE_CACHE,$APP_SETTING,$OWN"; exit 1';
    const command = ['/bin/sh', '-c', echo];
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

    expect((await runtime.logs(1)).lines).toEqual([',,kept,given']);
    delete process.env['TEMPORAL_API_KEY'];
    delete process.env['APP_SETTING'];
  });

  test('starts what outlives the kill -9 of its starter', async ({ targetFor, inProcess }) => {
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
    inProcess,
  }) => {
    const target = targetFor(LIVES);
    const starter = inProcess(
      target,
      `import { launch } from '${source}runtime/process/launch.ts';
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
    inProcess,
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

  test('takes no command for running that still waits at its gate', async ({
    targetFor,
    inProcess,
  }) => {
    const target = targetFor(LIVES);
    const starter = inProcess(
      target,
      `import { launch } from '${source}runtime/process/launch.ts';
       import { processRecord } from '${source}runtime/process/process-record.ts';
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
