import { readFileSync } from 'node:fs';

/** One row of /proc/net/tcp, see proc_net_tcp(5). */
export interface Socket {
  readonly port: number;
  readonly state: 'listens' | 'established' | 'other';
  /** Of one that listens: how many connections nobody has accepted. */
  readonly waiting: number;
}

const STATES: Readonly<Record<string, Socket['state']>> = { '0A': 'listens', '01': 'established' };

/** The TCP sockets of a network namespace, by one process in it. Undefined: it cannot be seen. */
export function socketsSeenBy(pid: number | 'self'): Socket[] | undefined {
  const texts = ['tcp', 'tcp6'].flatMap((name) => {
    try {
      return readFileSync(`/proc/${pid}/net/${name}`, 'utf8');
    } catch {
      return [];
    }
  });
  if (texts.length === 0) return undefined;
  return texts.flatMap((text) => text.split('\n').slice(1)).flatMap(socketOf);
}

function socketOf(line: string): Socket[] {
  const [, local, , state, queues] = line.trim().split(/\s+/);
  if (queues === undefined) return [];
  return [
    {
      port: Number.parseInt(local!.split(':')[1]!, 16),
      state: STATES[state!] ?? 'other',
      waiting: Number.parseInt(queues.split(':')[1]!, 16),
    },
  ];
}
