import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { findNetworkNamespace } from '../../src/dev/server/closed/network-namespace.ts';
import { closedCheckout } from '../support/closed-checkout.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { browse } from '../door/support/browse.ts';
import { main, runbook } from './support/runbook.ts';

const found = await findNetworkNamespace();
const isRefused = 'refusal' in found;
const isRoot = process.getuid?.() === 0;
const PATIENCE = { timeout: 120_000, interval: 200 };

describe('runbook dev', () => {
  let directory: string;
  let port: number;
  let running: ChildProcess[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dev-door-'));
    port = await reservedPort();
    running = [];
  });

  afterEach(async () => {
    for (const one of running.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )) {
      one.kill('SIGTERM');
      await once(one, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });

  test.skipIf(isRefused)(
    'is found by the commands of its user, and starts again after kill -9, with nothing left of it',
    async () => {
      const first = await dev();
      const before = await runbook(['runs'], env(), { timeout: 120_000 });
      first.process.kill('SIGKILL');
      await vi.waitFor(() => expect(programsOf(directory)).toEqual([]), PATIENCE);
      const between = await runbook(['runs'], env(), { timeout: 120_000 });
      await dev();
      const after = await runbook(['runs'], env(), { timeout: 120_000 });

      expect(first.said()).toContain('Temporal UI: runbook ui');
      expect([before.exitCode, between.exitCode, after.exitCode]).toEqual([0, 4, 0]);
      expect(between.stderr).toContain('nobody listens there');
    },
  );

  test.skipIf(isRefused || !isRoot || closedCheckout() !== undefined)(
    'refuses another user with a sentence, until root admits them, and again when root does no more (needs root)',
    async () => {
      await dev();
      const data = ['--data', dataFile()];
      const refused = await asNobody('runs');
      await runbook(['access', 'grant', 'nobody', ...data], env(), { timeout: 120_000 });
      const admitted = await asNobody('runs');
      await runbook(['access', 'revoke', 'nobody', ...data], env(), { timeout: 120_000 });
      const dismissed = await asNobody('runs');

      expect([refused.exitCode, admitted.exitCode, dismissed.exitCode]).toEqual([4, 0, 4]);
      for (const { stderr } of [refused, dismissed]) {
        expect(stderr).toContain('belongs to user "root", and is closed to user "nobody"');
        expect(stderr).toContain('Try: ask whoever is root here for: runbook access grant nobody');
      }
      expect(readFileSync(`${dataFile()}.door/log`, 'utf8')).toContain('admitted nobody');
    },
  );

  test.skipIf(isRefused)(
    'warns where the kernel gives it no network, and serves all the same',
    async () => {
      const { said } = await dev([
        'unshare',
        '--user',
        '--map-root-user',
        'sh',
        '-c',
        'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"',
        'sh',
      ]);
      const answer = await runbook(['runs'], env(), { timeout: 120_000 });
      const doctor = await runbook(['doctor', '--json'], env(), { timeout: 120_000 });

      expect(doorOf(doctor)).toMatchObject({
        state: 'missing',
        finding: expect.stringContaining(`the one that runs at 127.0.0.1:${port} is open`),
      });
      expect(said()).toContain('Warning: Every user of this machine can read and start runs');
      expect(said()).toMatch(/Temporal UI: http:\/\/127\.0\.0\.1:\d+/);
      expect(answer.exitCode).toBe(0);
    },
  );

  test.skipIf(isRefused)('shows Temporal UI once, by the link of "runbook ui"', async () => {
    await dev();
    const ui = spawn(process.execPath, [main, 'ui', '--port', String(await reservedPort())], {
      env: { ...process.env, ...env() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(ui);
    let said = '';
    ui.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    ui.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await vi.waitFor(() => expect(said).toMatch(/^http:.*\n/m), PATIENCE);
    const { host, port: at, pathname } = new URL(/^http:.*$/m.exec(said)![0]);
    const look = (path: string, cookie?: string) =>
      browse(Number(at), path, { host, ...(cookie !== undefined && { cookie }) });

    const first = await look(pathname);
    const page = await look(first.location!, first.cookie);
    const again = await look(pathname);
    const doctor = await runbook(['doctor', '--json'], env(), { timeout: 120_000 });

    expect([first.status, page.status, again.status]).toEqual([303, 200, 401]);
    await vi.waitFor(() => expect(said).toContain('Warning: somebody was refused'), PATIENCE);
    expect(doorOf(doctor)).toMatchObject({ state: 'ok' });
  });

  async function dev(by: readonly string[] = []) {
    const [program, ...args] = [
      ...by,
      process.execPath,
      main,
      'dev',
      '--data',
      dataFile(),
      '--port',
      String(port),
      '--ui-port',
      String(await reservedPort()),
    ];
    const child = spawn(program, args, {
      env: { ...process.env, ...env(), TEMPORAL_ADDRESS: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.push(child);
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await vi.waitFor(() => expect(text).toContain('Serving'), PATIENCE);
    return { process: child, said: () => text };
  }

  function dataFile(): string {
    return join(directory, 'temporal.db');
  }

  function env() {
    return {
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      XDG_DATA_HOME: directory,
      RUNBOOK_TEMPORAL: inject('temporal').path,
    };
  }

  async function asNobody(...args: readonly string[]) {
    // What tests have built is theirs alone.
    return execa(process.execPath, [join(process.cwd(), 'src/cli/main.ts'), ...args], {
      uid: 65_534,
      gid: 65_534,
      cwd: '/',
      reject: false,
      timeout: 120_000,
      env: {
        ...env(),
        HOME: '/nonexistent',
        XDG_DATA_HOME: '/nonexistent',
        NODE_COMPILE_CACHE: '',
      },
    });
  }
});

function doorOf({ stdout }: { readonly stdout: string }): unknown {
  const findings = JSON.parse(stdout) as { readonly subject: string }[];
  return findings.find(({ subject }) => subject === 'Door of that server');
}

/** What still runs of it, whoever started it: the server, or a forwarder in the door's directory. */
function programsOf(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(directory));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
