import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findNetworkNamespace } from '../../src/dev/server/closed/network-namespace.ts';
import { findTemporal } from '../../src/dev/server/find-temporal.ts';
import { type EmbeddedTemporal, startTemporal } from '../../src/dev/server/start-temporal.ts';
import { admit, dismiss } from '../../src/door/admitted.ts';
import { doorFiles } from '../../src/door/door-files.ts';
import { makeAuthority, makeClientCertificate } from '../../src/door/make-certificate.ts';
import { readCertificate } from '../../src/door/own-certificates.ts';
import { closedCheckout } from '../support/closed-checkout.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { knock } from './support/knock.ts';

const NOBODY = 65_534;
const found = await findNetworkNamespace();
const refusal = 'refusal' in found ? found.refusal : '';

describe.skipIf(refusal !== '')('a closed server (needs a network namespace)', () => {
  let directory: string;
  let server: EmbeddedTemporal;
  let port: number;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'door-'));
    server = await start(join(directory, 'temporal.db'), true);
    port = portOf(server);
  });

  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('serves its owner, and has no port beside its door', async () => {
    expect(await knock(port, { hand: own() })).toBe('served');
    expect(await portsOf(server.pid)).toEqual([]);
  });

  test('refuses another user whatever they speak, whom an open one serves (needs root)', async ({
    skip,
  }) => {
    skip(process.getuid?.() !== 0, 'only root can become somebody else');
    skip(closedCheckout() !== undefined, closedCheckout());
    await using open = await opened(join(directory, 'open.db'));

    expect(await knock(portOf(open), { scheme: 'http', uid: NOBODY })).toBe('served');
    expect(await portsOf(open.pid)).not.toEqual([]);
    expect(await knock(port, { scheme: 'http', uid: NOBODY })).toBe('refused');
    // Who goes away before the door has looked, as can be on a busy machine, is told as an unknown user.
    await vi.waitFor(
      async () => {
        expect(await knock(port, { scheme: 'https', uid: NOBODY })).toBe('refused');
        const log = readFileSync(doorFiles(join(directory, 'temporal.db')).log, 'utf8');
        expect(log).not.toMatch(/refused root/);
        expect(log).toMatch(/refused (nobody|user 65534): no certificate/);
      },
      { timeout: 60_000, interval: 1000 },
    );
  });

  test('refuses certificates of its own authority that nobody admitted, and those of another', async () => {
    const files = doorFiles(join(directory, 'temporal.db'));
    const authority = readCertificate(files.authority)!;
    const stranger = await makeClientCertificate(authority, userInfo().username);
    const foreign = await makeClientCertificate(await makeAuthority(), 'root');
    const trusting = { authority: authority.certificate };

    expect(await knock(port, { hand: { ...trusting, ...stranger } })).toBe('refused');
    expect(await knock(port, { hand: { ...trusting, ...foreign } })).toBe('refused');
  });

  test('serves who is admitted, and cuts what they have open when they are dismissed', async () => {
    const files = doorFiles(join(directory, 'temporal.db'));
    const authority = readCertificate(files.authority)!;
    const guest = await makeClientCertificate(authority, 'guest');
    const hand = { authority: authority.certificate, ...guest };
    admit(files, { login: 'guest', uid: 4711, gid: 4711, since: '', by: 'test', ...guest });
    const connection = await Connection.connect({
      address: server.address,
      tls: {
        serverNameOverride: 'localhost',
        serverRootCACertificate: Buffer.from(hand.authority),
        clientCertPair: { crt: Buffer.from(guest.certificate), key: Buffer.from(guest.key) },
      },
    });
    const served = await connection.workflowService.describeNamespace({ namespace: 'runbooks' });

    dismiss(files, 4711);

    expect(served.namespaceInfo?.name).toBe('runbooks');
    await vi.waitFor(
      () =>
        expect(
          connection.withDeadline(Date.now() + 1000, () =>
            connection.workflowService.describeNamespace({ namespace: 'runbooks' }),
          ),
        ).rejects.toThrow(/UNAVAILABLE|DEADLINE_EXCEEDED|CANCELLED/),
      { timeout: 10_000 },
    );
    expect(await knock(port, { hand })).toBe('refused');
    await connection.close();
  });

  test('keeps all that it writes for its owner', () => {
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const readable = names.filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0);

    expect(names).toContain('temporal.db.door/server.sock');
    expect(readable).toEqual([]);
  });

  function own() {
    return server.key!;
  }
});

async function start(dataFile: string, closed: boolean): Promise<EmbeddedTemporal> {
  return startTemporal({
    path: (await findTemporal({ onProgress: () => {} })).path,
    dataFile,
    durability: 'NORMAL',
    namespace: 'runbooks',
    ports: { grpc: await reservedPort(), ui: await reservedPort() },
    ui: true,
    closed,
  });
}

async function opened(dataFile: string) {
  const server = await start(dataFile, false);
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}

function portOf({ address }: EmbeddedTemporal): number {
  return Number(address.split(':')[1]);
}

/** As the machine sees them: none of a process in another network. */
async function portsOf(pid: number): Promise<string[]> {
  const { stdout } = await execa('ss', ['-Hltnp']);
  return stdout.split('\n').filter((line) => line.includes(`pid=${pid},`));
}
