import { readlinkSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { type Socket, socketsSeenBy } from './sockets.ts';

/** What there is on the application's port, in its own network namespace. Undefined: it cannot be seen. */
export interface Connections {
  readonly listens: boolean;
  readonly established: number;
  /** Connections that nobody has accepted yet. */
  readonly waiting: number;
}

/** A container may listen on another port than the one that is asked here: then what it listens on is meant. */
export function connectionsOf(
  { app }: Pick<Target, 'app'>,
  pids: readonly number[],
): Connections | undefined {
  const sockets = seen(pids);
  if (!sockets) return undefined;
  const port = portOf(app);
  const listening = sockets.filter(({ state }) => state === 'listens');
  const ports = new Set(
    listening.some((one) => one.port === port) ? [port] : insideOnly(pids, listening),
  );
  const own = sockets.filter((one) => ports.has(one.port));
  return {
    listens: ports.size > 0,
    established: own.filter(({ state }) => state === 'established').length,
    waiting: own
      .filter(({ state }) => state === 'listens')
      .reduce((sum, { waiting }) => sum + waiting, 0),
  };
}

export function portOf({ port, url }: Target['app']): number {
  const { port: named, protocol } = new URL(url);
  return port ?? Number(named || (protocol === 'https:' ? 443 : 80));
}

function seen(pids: readonly number[]): Socket[] | undefined {
  for (const pid of pids) {
    const sockets = socketsSeenBy(pid);
    if (sockets) return sockets;
  }
  return pids.length > 0 ? undefined : socketsSeenBy('self');
}

/** In a network namespace of its own, all that listens is the application. */
function insideOnly(pids: readonly number[], listening: readonly Socket[]): number[] {
  const [pid] = pids;
  return pid !== undefined && isApart(pid) ? listening.map(({ port }) => port) : [];
}

function isApart(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net');
  } catch {
    return false;
  }
}
