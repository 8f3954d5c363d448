import { readFileSync } from 'node:fs';

/**
 * Whose socket on this machine's loopback has a port: `root`, `user 1001`. `peer`: the port at its other end; missing: it listens.
 * Undefined: there is none, or no /proc to tell. See proc_net_tcp(5): 2nd, 3rd, 4th and 8th field.
 */
export function userAtPort(port: number, peer?: number): string | undefined {
  const uid = ['tcp', 'tcp6']
    .flatMap((name) => readOr(`/proc/self/net/${name}`).split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .find(
      ([, local = '', remote = '', state]) =>
        portOf(local) === port &&
        (peer === undefined ? state === LISTENS : portOf(remote) === peer),
    )?.[7];
  return uid === undefined ? undefined : loginOfUid(Number(uid));
}

const LISTENS = '0A';

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
