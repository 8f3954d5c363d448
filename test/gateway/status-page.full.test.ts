import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { main, runbook } from '../cli/support/runbook.ts';
import { startWorkerCommand } from '../cli/support/worker-command.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { fill, targetIn } from '../support/target.ts';
import { SECRET } from './support/gateway.ts';

const NAME = `page-${crypto.randomUUID().slice(0, 8)}`;
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'status-page-'));
  mkdirSync(join(directory, 'targets'));
  mkdirSync(join(directory, 'backups'));
  fill(join(directory, 'app.db'), 10);
  const target = targetIn(directory, { name: NAME, figures: { every: '10s' } });
  writeFileSync(join(directory, 'targets', `${NAME}.yaml`), stringify(target));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the status page', () => {
  test('shows what a real worker measured, a stop within seconds, and works when the worker is dead', async () => {
    const { address, namespace } = inject('temporal');
    const port = await reservedPort();
    const env = {
      RUNBOOK_TARGETS: join(directory, 'targets'),
      RUNBOOK_GATEWAY_SECRET: SECRET,
      RUNBOOK_GATEWAY_URL: `http://127.0.0.1:${port}/`,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
    };
    const { stdout: link, exitCode } = await runbook(['gateway', NAME, '--link', '1h'], env);
    expect(exitCode).toBe(0);
    expect(link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/status/[\\w-]+\\.[\\w-]+$`));
    // Where no Temporal server answers.
    const gateway = execa(process.execPath, [main, 'gateway', NAME, '--port', `${port}`], {
      reject: false,
      env: { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    const see = async () => (await fetch(link)).text();
    const sees = (pattern: RegExp) =>
      vi.waitFor(async () => expect(await see()).toMatch(pattern), {
        timeout: 90_000,
        interval: 200,
      });

    await sees(/no worker has written how it is/);
    const worker = startWorkerCommand([NAME, '--no-schedules'], env);
    await sees(/<b>app\.page<\/b>: /);
    await sees(/<b>worker<\/b>: process \d+ on /);
    writeFileSync(
      join(directory, '.runbook', 'stopped.json'),
      JSON.stringify({ by: 'ops-1', because: 'it moves', at: new Date().toISOString(), run: 'x' }),
    );
    await sees(/Stopped on purpose by ops-1/);
    await worker.end('SIGKILL');
    const file = join(directory, '.runbook', 'status.json');
    const status = JSON.parse(readFileSync(file, 'utf8')) as { at: string };
    status.at = new Date(Date.now() - 200_000).toISOString();
    writeFileSync(file, JSON.stringify(status));

    const old = await see();
    gateway.kill('SIGTERM');
    await gateway;

    expect(old).toContain('Nobody knows how it is now');
    expect(old).toContain('Last checked 3 min ago: its worker has written nothing since');
    expect(old).toContain('Stopped on purpose by ops-1');
  });
});
