import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findTemporal } from '../../src/dev/server/find-temporal.ts';
import { freePort } from '../../src/dev/server/free-port.ts';
import {
  type EmbeddedTemporal,
  startTemporal,
  type StartTemporalOptions,
} from '../../src/dev/server/start-temporal.ts';

let path: string;
let directory: string;
let atEnd: (() => unknown)[];

// Only the first run on a machine builds it.
beforeAll(async () => {
  ({ path } = await findTemporal({ onProgress: (line) => process.stderr.write(`${line}\n`) }));
}, 600_000);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start-temporal-'));
  atEnd = [];
});

afterEach(async () => {
  for (const end of atEnd.toReversed()) await end();
  await rm(directory, { recursive: true, force: true });
});

describe('startTemporal', () => {
  test('answers for its namespace, shows its page, and ends when it is stopped', async () => {
    const server = await start({ ui: true });

    const { namespaceInfo } = await withClient(server.address, ({ connection }) =>
      connection.workflowService.describeNamespace({ namespace: 'runbooks' }),
    );
    const page = await fetch(server.uiUrl!);
    await server.stop();

    expect(namespaceInfo?.name).toBe('runbooks');
    expect(page.status).toBe(200);
    expect(await server.ended).toBe(0);
    expect(isAlive(server.pid)).toBe(false);
  });

  test('keeps what runs were told for its owner, in new files and in those of earlier versions', async () => {
    await (await start()).stop();
    const place = dirname(dataFile());
    for (const name of await readdir(place)) await chmod(join(place, name), 0o644);

    await start();

    const names = await readdir(place);
    expect(names).toContain(`${basename(dataFile())}-wal`);
    expect(names.filter((name) => (statSync(join(place, name)).mode & 0o077) !== 0)).toEqual([]);
  });

  test('leaves taken ports to those who have them', async () => {
    const [grpc, ui] = [await listen(), await listen()];

    const server = await start({ ports: { grpc, ui }, ui: true });

    expect(server.address).not.toBe(`127.0.0.1:${grpc}`);
    expect(server.uiUrl).not.toBe(`http://127.0.0.1:${ui}`);
    expect((await fetch(server.uiUrl!)).status).toBe(200);
  });

  test('tries again when one of those that the server picks by itself was taken meanwhile', async () => {
    const once = join(directory, 'once');
    const tried = join(directory, 'tried');
    const said = 'panic: listen tcp 127.0.0.1:1: bind: address already in use';
    await writeFile(
      once,
      `#!/bin/sh\n[ -e '${tried}' ] && exec '${path}' "$@"\n>'${tried}'\necho '${said}' >&2\nseq 30 >&2\nexit 2\n`,
      { mode: 0o700 },
    );

    const server = await start({ path: once });

    expect(await readFile(server.log, 'utf8')).toContain(said);
    await withClient(server.address, ({ connection }) =>
      connection.workflowService.describeNamespace({ namespace: 'runbooks' }),
    );
  });

  test('takes the preferred ports when they are free', async () => {
    const grpc = await freePort(0);
    const ui = await freePort(0, grpc);

    const server = await start({ ports: { grpc, ui }, ui: true });

    expect(server).toMatchObject({
      address: `127.0.0.1:${grpc}`,
      uiUrl: `http://127.0.0.1:${ui}`,
    });
  });

  test('dies with a parent that is killed with -9, and the next start still knows its runs', async () => {
    const { parent, server } = await startInParent();
    await startRun(server.address, 'before-the-kill');

    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const next = await start();

    expect(isAlive(server.pid)).toBe(false);
    expect(await describeRun(next.address, 'before-the-kill')).toBe('RUNNING');
  });

  test('keeps its runs when the server itself is killed with -9', async () => {
    const server = await start();
    await startRun(server.address, 'before-the-kill');

    process.kill(server.pid, 'SIGKILL');
    const code = await server.ended;
    const next = await start();

    expect(code).toBe(128 + 9);
    expect(await describeRun(next.address, 'before-the-kill')).toBe('RUNNING');
  });

  test('refuses a second server on the same file, and names the process that has it', async () => {
    const { parent, server } = await startInParent();

    const second = await start().catch((error: unknown) => error);

    expect(second).toMatchObject({
      message: `Cannot serve "${dataFile()}": process ${parent.pid} serves it already`,
      hint: `use that server (TEMPORAL_ADDRESS), or end it: kill ${parent.pid}`,
    });
    expect(isAlive(server.pid)).toBe(true);
  });

  test('refuses a second server of the same process, too', async () => {
    await start();

    await expect(start()).rejects.toThrow(`process ${process.pid} serves it already`);
  });

  test('shows the end of the log of a server that does not come up, and frees the file', async () => {
    const broken = join(directory, 'temporal');
    await writeFile(broken, '#!/bin/sh\necho "unable to open database"; exit 3\n');
    await chmod(broken, 0o755);

    await expect(start({ path: broken })).rejects.toThrow(
      `The Temporal server ended with exit code 3. The end of "${dataFile()}.log":\nunable to open database`,
    );
    await start();
  });

  test('writes with the durability that was asked for', async () => {
    const server = await start({ durability: 'FULL' });

    const text = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8').split('\0');

    expect(text).toContain('synchronous=FULL');
    expect(text).toContain('journal_mode=WAL');
  });
});

function dataFile(): string {
  return join(directory, 'data/temporal.db');
}

function options(): StartTemporalOptions {
  return { path, dataFile: dataFile(), durability: 'NORMAL', namespace: 'runbooks', ui: false };
}

async function start(overrides: Partial<StartTemporalOptions> = {}): Promise<EmbeddedTemporal> {
  const server = await startTemporal({ ...options(), ...overrides });
  atEnd.push(() => server.stop());
  return server;
}

/** Another node process has the server. */
async function startInParent() {
  const module = new URL('../../src/dev/server/start-temporal.ts', import.meta.url).href;
  const ready = join(directory, 'ready.json');
  const code = `
    import { renameSync, writeFileSync } from 'node:fs';
    const { startTemporal } = await import(${JSON.stringify(module)});
    const { address, pid } = await startTemporal(${JSON.stringify(options())});
    writeFileSync('${ready}.part', JSON.stringify({ address, pid }));
    renameSync('${ready}.part', '${ready}');`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: 'inherit',
  });
  atEnd.push(() => parent.kill('SIGKILL'));
  for (;;) {
    const text = await readFile(ready, 'utf8').catch(() => undefined);
    if (text) return { parent, server: JSON.parse(text) as { address: string; pid: number } };
    if (parent.exitCode !== null) throw new Error(`The parent ended with ${parent.exitCode}`);
    await sleep(50);
  }
}

async function listen(): Promise<number> {
  const server: Server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd.push(() => server.close());
  return (server.address() as { port: number }).port;
}

async function withClient<Result>(address: string, use: (client: Client) => Promise<Result>) {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection, namespace: 'runbooks' }));
  } finally {
    await connection.close();
  }
}

/** No worker takes it: it only has to be remembered. */
function startRun(address: string, workflowId: string): Promise<unknown> {
  return withClient(address, ({ workflow }) =>
    workflow.start('anything', { workflowId, taskQueue: 'nobody' }),
  );
}

function describeRun(address: string, workflowId: string): Promise<string> {
  return withClient(address, async ({ workflow }) => {
    const { status } = await workflow.getHandle(workflowId).describe();
    return status.name;
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
