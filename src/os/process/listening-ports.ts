import { readFileSync, readlinkSync } from 'node:fs';
import { descriptorsOf } from './proc.ts';

const LISTENS = '0A';

/**
 * Where some processes take TCP connections, such as `127.0.0.1:8501`, in the order of their ports. `*` is every address. Those of a
 * container are as it sees them. None where there is no /proc, and none of a process that belongs to somebody else.
 */
export function listeningPorts(pids: readonly number[]): string[] {
  const found = new Map<string, number>();
  for (const pid of pids)
    for (const [inode, socket] of socketsOf(pid))
      if (holds(pid, inode)) found.set(`${socket.host}:${socket.port}`, socket.port);
  return [...found].toSorted(([, one], [, other]) => one - other).map(([text]) => text);
}

interface Socket {
  readonly host: string;
  readonly port: number;
}

/** Those that listen in its network, by their inodes. See proc_net_tcp(5): 2nd, 4th and 10th field. */
function socketsOf(pid: number): Map<string, Socket> {
  const lines = ['tcp', 'tcp6'].flatMap((name) =>
    readOr(`/proc/${pid}/net/${name}`).split('\n').slice(1),
  );
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return new Map(
    rows
      .filter(([, , , state]) => state === LISTENS)
      .map(([, local = '', , , , , , , , inode = '']) => {
        const [host = '', port = ''] = local.split(':');
        return [inode, { host: hostOf(host), port: Number.parseInt(port, 16) }];
      }),
  );
}

/** Bytes of an IPv4 address stand in the order of the machine; of IPv6 only the usual ones are told apart. */
function hostOf(hex: string): string {
  if (/^0+$/.test(hex)) return '*';
  const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  if (bytes.length === 4) return bytes.toReversed().join('.');
  return /^0{24}/.test(hex) ? '[::1]' : '[IPv6]';
}

function holds(pid: number, inode: string): boolean {
  return descriptorsOf(String(pid)).some((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
    } catch {
      return false;
    }
  });
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
