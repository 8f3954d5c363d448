import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { holdDataFile } from '../../src/dev/data/hold-data-file.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { targetIn } from '../support/target.ts';
import { type Answer, runbook } from './support/runbook.ts';
import { makeNamespace } from './support/served.ts';
import { startWorkerCommand, type WorkerCommand } from './support/worker-command.ts';

const NAME = 'onetemporal';
const started: WorkerCommand[] = [];
let directory: string;
let connection: Connection;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'one-temporal-'));
  const targets = join(directory, 'targets');
  mkdirSync(targets);
  const target = targetIn(directory, {
    name: NAME,
    schedules: { 'log-rotation': '04:00' },
  });
  writeFileSync(join(targets, `${NAME}.yaml`), stringify(target));
  connection = await Connection.connect({ address: inject('temporal').address });
  for (const namespace of ['one-temporal-a', 'one-temporal-b'])
    await makeNamespace(new Client({ connection, namespace }));
});
afterAll(async () => {
  for (const one of started) if (one.process.exitCode === null) await one.end('SIGKILL');
  await connection.close();
  rmSync(directory, { recursive: true, force: true });
});

test('a second Temporal gets no schedules of a target, until somebody moves them there; the first worker then leaves the target alone', async () => {
  const { address } = inject('temporal');
  const first = worker('a');
  await first.hears(/^Serving onetemporal/);

  const refused = await type('b', 'worker', NAME);
  const unsynced = await type('b', 'schedules', 'sync', NAME);
  const scheduled = [await schedulesIn('a'), await schedulesIn('b')];

  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain(
    `Error: The runs and schedules of "${NAME}" are in another Temporal: namespace "one-temporal-a" at ${address}, since 2`,
  );
  expect(refused.stderr).toContain(
    `Try: TEMPORAL_ADDRESS=${address} TEMPORAL_NAMESPACE=one-temporal-a runbook worker ${NAME}; or, to have them in namespace "one-temporal-b" at ${address} from now on: runbook worker ${NAME} --take-over`,
  );
  expect(unsynced.exitCode).toBe(2);
  expect(unsynced.stderr).toContain('are in another Temporal: namespace "one-temporal-a"');
  expect(scheduled).toEqual([[`${NAME}/log-rotation`], []]);

  const moved = worker('b', '--take-over');
  await moved.hears(
    /^The runs and schedules of "onetemporal" are in namespace "one-temporal-b" .* now: before, in namespace "one-temporal-a"/,
  );
  await moved.hears(/^Serving onetemporal/);
  await first.hears(
    /^Warning: "onetemporal" was moved: namespace "one-temporal-b" at .* has its runs and schedules since 2/,
  );
  await first.hears(/^Serving "onetemporal" no more: /);
  expect(await moved.end('SIGTERM')).toBe(0);
  expect((await type('a', 'worker', NAME)).exitCode).toBe(2);
});

test('a server of our own that is refused ends with what to type, and gives its file free', async () => {
  const data = join(directory, 'second.db');
  const refused = await runbook(
    ['dev', NAME, '--data', data, '--port', String(await reservedPort())],
    { RUNBOOK_TARGETS: join(directory, 'targets'), TEMPORAL_ADDRESS: undefined },
    { timeout: 60_000 },
  );

  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain(`The runs and schedules of "${NAME}" are in another Temporal`);
  expect(refused.stderr).toContain(`from now on: runbook dev ${NAME} --data ${data} --take-over`);
  const hold = await holdDataFile(data);
  hold.release();
});

test('of two that begin at the same moment on a target that none has served yet, one is refused, and makes no schedule', async () => {
  writeFileSync(
    join(directory, 'targets', 'racing.yaml'),
    stringify(
      targetIn(join(directory, 'racing'), {
        name: 'racing',
        schedules: { 'log-rotation': '04:00' },
      }),
    ),
  );
  mkdirSync(join(directory, 'racing'));
  const both = ['a', 'b'].map((which) => startWorkerCommand(['racing'], environment(which)));
  started.push(...both);

  const isOver = ({ process: { exitCode }, said }: WorkerCommand) =>
    exitCode !== null || said.some((line) => line.startsWith('Serving racing'));
  await expect.poll(() => both.every(isOver), { timeout: 60_000 }).toBe(true);

  expect(both.filter(({ process: { exitCode } }) => exitCode === 2)).toHaveLength(1);
  expect(both.filter(({ process: { exitCode } }) => exitCode === null)).toHaveLength(1);
  const scheduled = [await schedulesIn('a'), await schedulesIn('b')].flat();
  expect(scheduled.filter((id) => id.startsWith('racing/'))).toEqual(['racing/log-rotation']);
  expect(
    readdirSync(join(directory, 'racing', '.runbook')).filter((name) =>
      name.startsWith('temporal.json'),
    ),
  ).toEqual(['temporal.json']);
});

function environment(which: string) {
  return {
    RUNBOOK_TARGETS: join(directory, 'targets'),
    TEMPORAL_ADDRESS: inject('temporal').address,
    TEMPORAL_NAMESPACE: `one-temporal-${which}`,
  };
}

function worker(which: string, ...flags: string[]): WorkerCommand {
  const command = startWorkerCommand([NAME, ...flags], environment(which));
  started.push(command);
  return command;
}

async function schedulesIn(which: string): Promise<string[]> {
  const client = new Client({ connection, namespace: `one-temporal-${which}` });
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
  return ids;
}

function type(which: string, ...args: string[]): Promise<Answer> {
  return runbook(args, environment(which), { timeout: 120_000 });
}
