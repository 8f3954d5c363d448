import { chmodSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { TLSConfig } from '@temporalio/client';
import type { DoorKey } from '../../door/known-door.ts';
import { tlsOf } from '../../door/connection-to.ts';
import { freePort } from './free-port.ts';
import { expectSomeSpace } from '../data/expect-ours.ts';
import { expectServable } from '../data/expect-servable.ts';
import { type Hold, holdDataFile } from '../data/hold-data-file.ts';
import { startLifeline } from './lifeline.ts';
import { findNetworkNamespace, type NetworkNamespace } from './closed/network-namespace.ts';
import { startBehindDoor, type StartedServer } from './closed/start-behind-door.ts';
import { type Durability, type ServerFacts, temporalArguments } from './temporal-arguments.ts';
import { waitForTemporal } from './wait-for-temporal.ts';

export interface StartTemporalOptions {
  /** The `temporal` executable, from `findTemporal`. */
  readonly path: string;
  /** Keeps all runs. Its directory is made; lock, holder and log lie beside it. */
  readonly dataFile: string;
  readonly durability: Durability;
  /** Made when it is not there. */
  readonly namespace: string;
  /** Taken when they are free. */
  readonly ports?: { readonly grpc: number; readonly ui: number };
  readonly ui: boolean;
  /** Whether only its owner, and who is admitted, can reach it, where this machine allows that. Default: whoever is on it. */
  readonly closed?: boolean;
  readonly onProgress?: (line: string) => void;
}

export interface EmbeddedTemporal {
  /** For `Connection.connect`, such as `127.0.0.1:7233`. */
  readonly address: string;
  /** What else a connection needs. */
  readonly connectionOptions: { readonly tls?: TLSConfig };
  /** Missing: there is none, or it is behind the door. */
  readonly uiUrl?: string;
  /** What opens its door. Missing: it has none. */
  readonly key?: DoorKey;
  /** Why it has none though it was to have one. */
  readonly openBecause?: string;
  /** Of the server itself. */
  readonly pid: number;
  readonly log: string;
  /** Settles with the exit code when the server has ended, by `stop` or by itself. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
}

/** Starts a Temporal server of our own. It answers once this resolves, and ends with this process at the latest. Error: `UsageError` where the data are damaged. */
export async function startTemporal(options: StartTemporalOptions): Promise<EmbeddedTemporal> {
  const dataFile = resolve(options.dataFile);
  const hold = await holdDataFile(dataFile);
  try {
    for (const line of expectServable(dataFile, hold.past)) options.onProgress?.(line);
    const found = options.closed ? await findNetworkNamespace() : undefined;
    const closed = found && 'enter' in found ? found : undefined;
    const server = await startOnFreePorts({ ...options, dataFile }, hold, closed);
    void server.ended.finally(() => hold.release());
    const refused = found && 'refusal' in found ? { openBecause: found.refusal } : {};
    return { ...server, ...refused };
  } catch (error) {
    hold.release();
    throw error;
  }
}

/** Between our check of a port and the server's, another process may take it: then other ports are tried. */
async function startOnFreePorts(
  options: StartTemporalOptions,
  hold: Hold,
  namespace: NetworkNamespace | undefined,
  triesLeft = 2,
): Promise<EmbeddedTemporal> {
  const { dataFile, ports = { grpc: 7233, ui: 8233 }, ui, onProgress } = options;
  const grpcPort = await freePort(ports.grpc);
  const uiPort = ui ? await freePort(ports.ui, grpcPort) : undefined;
  const address = `127.0.0.1:${grpcPort}`;
  const log = `${dataFile}.log`;

  keepShort(log);
  closeToOthers(dataFile);
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  onProgress?.(`Starting the Temporal server on ${address}`);
  const facts = { ...options, grpcPort, uiPort };
  const server = await (
    namespace ? startBehindDoor(facts, namespace, log) : startOpen(facts, log)
  ).catch((error: unknown) => {
    if (triesLeft > 0 && (error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  });
  if (!server) return startOnFreePorts(options, hold, namespace, triesLeft - 1);
  const { pid, ended, key } = server;
  hold.serve(pid);
  const connectionOptions = key ? { tls: tlsOf(key) } : {};
  try {
    await waitForTemporal({ address, connectionOptions, namespace: options.namespace, ended });
    hold.served();
  } catch (error) {
    await server.stop();
    const said = readFileSync(log).subarray(before).toString();
    // The server picks more ports than these, and where one of them is taken it tells that above a long stack.
    if (triesLeft > 0 && said.includes('address already in use'))
      return startOnFreePorts(options, hold, namespace, triesLeft - 1);
    expectSomeSpace(dirname(dataFile));
    const { message } = error as Error;
    const tail = said.trim().split('\n').slice(-10).join('\n');
    throw new Error(`${message}. The end of "${log}":\n${tail}`, { cause: error });
  }
  return {
    address,
    connectionOptions,
    ...(key ? { key } : uiPort && { uiUrl: `http://127.0.0.1:${uiPort}` }),
    pid,
    log,
    ended,
    stop: () => server.stop(),
  };
}

/** To every user of this machine. */
async function startOpen(
  facts: ServerFacts & { readonly path: string },
  log: string,
): Promise<StartedServer> {
  const args = temporalArguments(facts);
  return startLifeline(facts.path, args, { log, isPrivate: true });
}

const LOG_LIMIT = 10_000_000;

function keepShort(log: string): void {
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT)
    renameSync(log, `${log}.1`);
}

/** Histories hold what runs were told: earlier versions left them to every reader of this machine. */
function closeToOthers(dataFile: string): void {
  for (const end of [
    '',
    '-wal',
    '-shm',
    '.log',
    '.log.1',
    '.lock',
    '.lock-journal',
    '.holder.json',
  ])
    if (existsSync(`${dataFile}${end}`)) chmodSync(`${dataFile}${end}`, 0o600);
}
