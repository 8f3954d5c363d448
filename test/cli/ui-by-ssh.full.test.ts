import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { findNetworkNamespace } from '../../src/dev/server/closed/network-namespace.ts';
import { main } from './support/runbook.ts';
import { type ClosedDev, startClosedDev } from './support/closed-dev.ts';
import { closedCheckout } from '../support/closed-checkout.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { browse } from '../door/support/browse.ts';

const SSHD = '/usr/sbin/sshd';
const NOBODY = 65_534;
const PATIENCE = { timeout: 60_000, interval: 100 };
const found = await findNetworkNamespace();
const why =
  'refusal' in found
    ? 'there is no network of its own'
    : process.getuid?.() !== 0
      ? 'needs root'
      : (closedCheckout() ?? (existsSync(SSHD) ? undefined : 'needs openssh-server'));

describe.skipIf(why !== undefined)(`Temporal UI by "ssh -L" (${why ?? 'with a real sshd'})`, () => {
  let directory: string;
  let dev: ClosedDev;
  let ui: ChildProcess;
  let link: URL;
  let said = '';
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ssh-ui-'));
    dev = await startClosedDev(directory);
    const address = /export TEMPORAL_ADDRESS=(\S+)/.exec(dev.said())![1]!;
    ui = start(process.execPath, [main, 'ui', '--port', String(await reservedPort())], {
      TEMPORAL_ADDRESS: address,
      XDG_DATA_HOME: directory,
      RUNBOOK_TEMPORAL: inject('temporal').path,
    });
    for (const stream of [ui.stdout!, ui.stderr!])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await vi.waitFor(() => expect(said).toMatch(/^http:.*\n/m), PATIENCE);
    link = new URL(/^http:.*$/m.exec(said)![0]);
  }, 180_000);
  afterAll(async () => {
    for (const one of running.toReversed()) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      one.kill('SIGTERM');
      await once(one, 'exit');
    }
    await dev?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('opens for whoever has the link, at another port, and for nobody else', async () => {
    const far = await tunnel(Number(link.port));
    const { hostname } = link;
    const host = `${hostname}:${far}`;
    const look = (path: string, cookie?: string) =>
      browse(far, path, { host, ...(cookie !== undefined && { cookie }) });

    const before = await look('/');
    const first = await look(link.pathname);
    const page = await look(first.location!, first.cookie);
    const api = await look('/api/v1/namespaces', first.cookie);
    const again = await look(link.pathname);
    const byAddress = await browse(far, '/', { host: `127.0.0.1:${far}`, cookie: first.cookie! });
    const crossSite = await browse(far, '/api/v1/namespaces', {
      host,
      method: 'POST',
      origin: 'https://evil.example',
      cookie: first.cookie!,
    });
    const other = byNobody(far, link.pathname, host);
    const command = await dev.typeAs(NOBODY, 'ui');

    if (process.env['RUNBOOK_SHOW'] !== undefined)
      process.stderr.write(
        `${JSON.stringify({ before, first, page: page.status, api: api.status, again, byAddress: byAddress.status, crossSite: crossSite.status, other, command }, undefined, 1)}\n`,
      );
    expect(before.status).toBe(401);
    expect([first.status, page.status, api.status]).toEqual([303, 200, 200]);
    expect(page.text).toContain('<!doctype html>');
    expect(again.status).toBe(401);
    expect([byAddress.status, crossSite.status]).toEqual([403, 403]);
    expect(other).toBe('401');
    expect(command.exitCode).toBe(4);
    expect(command.stderr).toContain('closed to user "nobody"');
  }, 180_000);

  /** The port of this end. */
  async function tunnel(to: number): Promise<number> {
    const keys = join(directory, 'ssh');
    mkdirSync(keys, { mode: 0o700 });
    mkdirSync('/run/sshd', { recursive: true });
    for (const name of ['host', 'own'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(keys, name)]);
    const port = await reservedPort();
    writeFileSync(
      join(keys, 'config'),
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${join(keys, 'host')}`,
        `AuthorizedKeysFile ${join(keys, 'own.pub')}`,
        `PidFile none`,
        'StrictModes no',
        'UsePAM no',
        'PermitRootLogin prohibit-password',
        'PasswordAuthentication no',
        '',
      ].join('\n'),
    );
    start(SSHD, ['-D', '-e', '-f', join(keys, 'config')]);
    const own = await reservedPort();
    await vi.waitFor(async () => {
      const client = start('ssh', [
        '-N',
        '-L',
        `127.0.0.1:${own}:127.0.0.1:${to}`,
        '-p',
        String(port),
        '-i',
        join(keys, 'own'),
        '-o',
        'StrictHostKeyChecking=no',
        '-o',
        `UserKnownHostsFile=${join(keys, 'known')}`,
        '-o',
        'ExitOnForwardFailure=yes',
        `${userInfo().username}@127.0.0.1`,
      ]);
      await vi.waitFor(() => browse(own, '/', { host: 'x' }), { timeout: 5000, interval: 100 });
      expect(client.exitCode).toBeNull();
    }, PATIENCE);
    return own;
  }

  /** Another user of the machine, who has seen the link somewhere. */
  function byNobody(port: number, path: string, host: string): string {
    const script = `require('http').get({ host: '127.0.0.1', port: ${port}, path: ${JSON.stringify(path)}, headers: { host: ${JSON.stringify(host)} } },
      (answer) => { process.stdout.write(String(answer.statusCode)); process.exit(); })`;
    return execFileSync(process.execPath, ['-e', script], {
      uid: NOBODY,
      gid: NOBODY,
      cwd: '/',
      encoding: 'utf8',
    });
  }

  function start(program: string, args: readonly string[], env: object = {}): ChildProcess {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.on('error', () => {});
    running.push(child);
    return child;
  }
});
