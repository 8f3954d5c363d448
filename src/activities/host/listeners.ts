import { readFileSync, readlinkSync } from 'node:fs';
import { descriptorsOf, processIds } from '../../os/process/proc.ts';

const LISTENS = '0A';

/** The processes that listen on a TCP port of this machine. Undefined where there is no /proc; 0 is one that cannot be seen. */
export function listenersOn(port: number): number[] | undefined {
  const table = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    const text = readOr(file);
    return text === undefined ? [] : text.split('\n').slice(1);
  });
  if (table.length === 0) return undefined;
  const sockets = new Set(table.flatMap((line) => socketOf(line, port)));
  if (sockets.size === 0) return [];
  const pids = processIds()
    .filter((pid) => descriptorsOf(pid).some((fd) => sockets.has(linkOf(pid, fd))))
    .map(Number);
  return pids.length > 0 ? pids : [0];
}

/** See proc_net_tcp(5): the local address, the state and the inode are the 2nd, 4th and 10th fields. */
function socketOf(line: string, port: number): string[] {
  const fields = line.trim().split(/\s+/);
  const [, local = '', , state] = fields;
  const isIt = state === LISTENS && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
  return isIt ? [`socket:[${fields[9]}]`] : [];
}

function linkOf(pid: string, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
}

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
