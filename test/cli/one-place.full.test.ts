import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { targetIn } from '../support/target.ts';
import { type Answer, runbook } from './support/runbook.ts';
import { startWorkerCommand, type WorkerCommand } from './support/worker-command.ts';

const NAME = 'twins';
const started: WorkerCommand[] = [];
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'one-place-'));
  for (const host of ['a', 'b']) {
    mkdirSync(join(directory, host, 'targets'), { recursive: true });
    const target = targetIn(join(directory, host), { name: NAME });
    writeFileSync(join(directory, host, 'targets', `${NAME}.yaml`), stringify(target));
  }
});
afterAll(async () => {
  for (const one of started) if (one.process.exitCode === null) await one.end('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function environment(host: string) {
  const { address, namespace } = inject('temporal');
  return {
    RUNBOOK_TARGETS: join(directory, host, 'targets'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
}

function worker(host: string, ...flags: string[]): WorkerCommand {
  const command = startWorkerCommand([NAME, ...flags], environment(host));
  started.push(command);
  return command;
}

function refused(host: string, ...flags: string[]): Promise<Answer> {
  return runbook(['worker', NAME, ...flags], environment(host));
}

describe('a target', () => {
  test('is served from one place: whoever comes from another is refused, and told by whom', async () => {
    const first = worker('a');
    await first.hears(/^Serving twins/);

    const second = await refused('b');

    expect(second).toMatchObject({ exitCode: 2, stdout: '' });
    expect(second.stderr).toContain(
      `Error: "${NAME}" is served from another place: by process ${first.process.pid} on host "${hostname()}" (state in "${join(directory, 'a', '.runbook')}"), since 2`,
    );
    expect(second.stderr).toContain(`Try: stop that worker first; or, to move "${NAME}" here: `);
    // The same state directory on the same host is the same place.
    const beside = worker('a');
    await beside.hears(/^Serving twins/);
    expect(await beside.end('SIGTERM')).toBe(0);
    expect((await refused('b')).exitCode).toBe(2);

    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    const early = await refused('b');
    const moved = worker('b', '--take-over');
    await moved.hears(/^Serving twins/);

    expect(early).toMatchObject({ exitCode: 2 });
    expect(moved.said.join('\n')).toContain(
      `"${NAME}" is served from here now: before, from host "${hostname()}" (state in "${join(directory, 'a', '.runbook')}")`,
    );
    expect(await moved.end('SIGTERM')).toBe(0);

    const back = await refused('a');
    expect(back.stderr).toContain(`Error: "${NAME}" was moved to another place: process `);
    // The place that has it still serves: it is told, and leaves the target alone.
    const living = worker('b');
    await living.hears(/^Serving twins/);
    const taker = worker('a', '--take-over');
    await taker.hears(/^Serving twins/);
    expect(await living.hears(/^Warning: "twins" was moved: /)).toContain(
      `process ${taker.process.pid} on host "${hostname()}" (state in "${join(directory, 'a', '.runbook')}") serves it`,
    );
    await living.hears(/^Serving "twins" no more: it was moved, and no run holds it here$/);
    await taker.end('SIGTERM');
  });
});
