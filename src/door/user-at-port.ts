import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/**
 * Whose socket on this machine's loopback has a port: `root`, `user 1001`. `peer`: the port at its other end; missing: it listens.
 * Undefined: there is none, or it was closed, which makes it nobody's, or no /proc to tell. See proc_net_tcp(5): 2nd, 3rd, 4th and 8th field.
 */
export function userAtPort(port: number, peer?: number): string | undefined {
  const uid = TABLES.flatMap((table) => rowsOf(readOr(table))).find(
    ([, local = '', remote = '', state]) =>
      portOf(local) === port &&
      (peer === undefined ? state === LISTENS : isOwned(state) && portOf(remote) === peer),
  )?.[7];
  return uid === undefined ? undefined : loginOfUid(Number(uid));
}

/**
 * Tells whose sockets are connected to a port: the user's id by the socket's own port. The kernel takes 50 ms to say so, and longer the
 * more memory it has: so it is read beside all other work, and once for all who ask meanwhile.
 */
export function usersAtPort(port: number): () => Promise<ReadonlyMap<number, number>> {
  let running: Promise<ReadonlyMap<number, number>> | undefined;
  let next: Promise<ReadonlyMap<number, number>> | undefined;

  return function read(): Promise<ReadonlyMap<number, number>> {
    // What is being read may have been begun before the socket was there.
    if (running)
      return (next ??= running.then(() => {
        next = undefined;
        return read();
      }));
    running = connectedTo(port).finally(() => (running = undefined));
    return running;
  };
}

async function connectedTo(port: number): Promise<ReadonlyMap<number, number>> {
  const texts = await Promise.all(TABLES.map((table) => readFile(table, 'utf8').catch(() => '')));
  return new Map(
    texts
      .flatMap(rowsOf)
      .filter(([, , remote = '', state]) => portOf(remote) === port && isOwned(state))
      .map(([, local = '', , , , , , uid]) => [portOf(local), Number(uid)]),
  );
}

const TABLES = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];
const LISTENS = '0A';
/** Of any other state the kernel says root's. */
const CONNECTED = '01';
const LEFT_BY_THE_OTHER = '08';

function isOwned(state = ''): boolean {
  return state === CONNECTED || state === LEFT_BY_THE_OTHER;
}

export function loginOfUid(uid: number): string {
  const line = passwd().find((fields) => fields[2] === String(uid));
  return line?.[0] ?? `user ${uid}`;
}

/** The fields of /etc/passwd. */
function passwd(): string[][] {
  return readOr('/etc/passwd')
    .split('\n')
    .map((line) => line.split(':'));
}

function rowsOf(table: string): string[][] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
