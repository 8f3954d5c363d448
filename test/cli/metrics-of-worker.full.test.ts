import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { appendToAudit } from '../../src/state/audit-log.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { targetIn } from '../support/target.ts';
import { runbook } from './support/runbook.ts';
import { startWorkerCommand, type WorkerCommand } from './support/worker-command.ts';

const NAME = 'measured';
const promtool = findOnPath('promtool');
const started: WorkerCommand[] = [];
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'metrics-'));
  const target = targetIn(directory, { name: NAME, figures: { every: 'off' } });
  mkdirSync(join(directory, 'targets'));
  writeFileSync(join(directory, 'targets', `${NAME}.yaml`), stringify(target));
  const run = `daily-backup/${NAME}/20260105_020000`;
  const at = '2026-01-05T02:00:07.250Z';
  appendToAudit(target, [{ at, run, what: 'ended', by: 'runbook', outcome: 'done' }]);
});
afterAll(async () => {
  for (const one of started) if (one.process.exitCode === null) await one.end('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function environment() {
  const { address, namespace } = inject('temporal');
  return {
    RUNBOOK_TARGETS: join(directory, 'targets'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
}

async function serve(port: number): Promise<WorkerCommand> {
  const command = startWorkerCommand([NAME, '--metrics', `${port}`], environment());
  started.push(command);
  await command.hears(/^Serving measured/);
  return command;
}

function ask(port: number, host = `127.0.0.1:${port}`, path = '/metrics') {
  return new Promise<{ readonly code: number; readonly text: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ code: response.statusCode!, text }));
    });
    sent.on('error', reject).end();
  });
}

const lineOf = (text: string, start: string) =>
  text.split('\n').find((line) => line.startsWith(start));

describe('runbook worker --metrics', () => {
  test('tells the same after it was killed, with what the SDK measures', async () => {
    const port = await reservedPort();
    const first = await serve(port);
    const before = await ask(port);
    await first.end('SIGKILL');
    const second = await serve(port);

    const { text } = await vi.waitFor(
      async () => {
        const answer = await ask(port);
        expect(answer.text).toMatch(/^temporal_\w+_total/m);
        return answer;
      },
      { timeout: 10_000, interval: 200 },
    );

    const success = 'runbook_last_success_timestamp_seconds';
    expect(lineOf(before.text, success)).toMatch(/runbook="daily-backup"\} 1767578407\.25$/);
    expect(lineOf(text, success)).toBe(lineOf(before.text, success));
    for (const line of [
      'runbook_temporal_up 1',
      `runbook_runs_waiting{target="${NAME}"} 0`,
      `runbook_run_stuck{target="${NAME}"} 0`,
      `runbook_target_dirty{target="${NAME}"} 0`,
      `runbook_automation_off{target="${NAME}"} 0`,
      `runbook_backup_last_verified_timestamp_seconds{target="${NAME}"} 0`,
    ])
      expect(text).toContain(`\n${line}\n`);
    if (promtool) {
      const options = { input: text, all: true, reject: false } as const;
      const { all, exitCode } = await execa(promtool, ['check', 'metrics'], options);
      expect([exitCode, all]).toEqual([0, '']);
    }
    expect((await ask(port, 'evil.example:9096')).code).toBe(401);
    expect((await ask(port, undefined, '/')).code).toBe(404);
    expect(await second.end('SIGTERM')).toBe(0);
  }, 90_000);

  test('logs nothing but objects where JSON is asked for', async () => {
    const command = startWorkerCommand(
      [NAME, '--log-format', 'json', '--metrics', `${await reservedPort()}`],
      environment(),
    );
    started.push(command);
    await command.hears(/"message":"Serving measured/);
    expect(await command.end('SIGTERM')).toBe(0);

    const records = command.said.map((line) => JSON.parse(line) as Record<string, unknown>);
    const keys = records.map(({ time, level, message }) => [
      typeof time,
      typeof level,
      typeof message,
    ]);
    expect(records.length).toBeGreaterThan(2);
    expect(new Set(keys.map(String))).toEqual(new Set(['string,string,string']));
  }, 60_000);

  test('ends at once, and serves nothing, when somebody else listens there', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };

    const answer = await runbook(['worker', NAME, '--metrics', `${port}`], environment());
    other.close();

    expect([answer.exitCode, answer.stderr]).toEqual([
      2,
      expect.stringMatching(
        new RegExp(`^Error: Cannot listen at 127\\.0\\.0\\.1:${port}: somebody else does\\nTry: `),
      ),
    ]);
  });

  test('refuses what is no address', async () => {
    const env = { ...environment(), RUNBOOK_METRICS: 'http://localhost' };
    const { exitCode, stderr } = await runbook(['worker', NAME], env);

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('expected a port')]);
  });
});
