import type { Socket } from 'node:net';

/** So many wait for a handshake at once. One takes milliseconds: who is admitted never comes near it. */
const MAX_HANDSHAKES = 128;
/** Of one user, once there are too many: the rest is cut at once, so that it is seldom asked whose they are. */
const MAX_LEFT = 64;

interface HandshakeOptions {
  /** Tells whose sockets come to the door, by their own ports. */
  readonly users: () => Promise<ReadonlyMap<number, number>>;
  readonly onCut: (uid: number, count: number) => void;
}

/**
 * Counts who has come to a door and has not shown a certificate yet. Any user of this machine can hold such connections; so when there
 * are too many, the user who holds most loses the oldest ones, and nobody else does. Those of our own user and of root count for nothing:
 * they can end the door by simpler means.
 */
export function countHandshakes({ users, onCut }: HandshakeOptions): {
  begin(socket: Socket): void;
  end(remotePort: number | undefined): void;
} {
  /** By their own ports, the oldest first. */
  const waiting = new Map<number, Socket>();
  /** So many are looked at next. */
  let limit = MAX_HANDSHAKES;
  let isLooking = false;

  return {
    begin(socket) {
      const { remotePort } = socket;
      if (remotePort === undefined) return;
      waiting.set(remotePort, socket);
      socket.once('close', () => {
        if (waiting.get(remotePort) === socket) waiting.delete(remotePort);
      });
      look();
    },
    end(remotePort) {
      if (remotePort !== undefined) waiting.delete(remotePort);
    },
  };

  function look(): void {
    if (waiting.size <= MAX_HANDSHAKES) limit = MAX_HANDSHAKES;
    if (isLooking || waiting.size <= limit) return;
    isLooking = true;
    void cutSome().finally(() => {
      isLooking = false;
      look();
    });
  }

  async function cutSome(): Promise<void> {
    const known = await users();
    const heaviest = tooMany(
      [...waiting].flatMap(([own, socket]) => {
        const uid = known.get(own);
        // Who came meanwhile is looked at the next time.
        return uid === undefined ? [] : [{ socket, uid }];
      }),
    );
    limit = heaviest ? MAX_HANDSHAKES : waiting.size + MAX_LEFT;
    if (!heaviest) return;
    for (const socket of heaviest.sockets) {
      waiting.delete(socket.remotePort ?? 0);
      socket.destroy();
    }
    onCut(heaviest.uid, heaviest.sockets.length);
  }
}

/** Which connections are cut, of those that wait, the oldest first. Undefined: all are of users who may hold them. */
export function tooMany<Held>(
  waiting: readonly { readonly socket: Held; readonly uid: number }[],
): { readonly uid: number; readonly sockets: readonly Held[] } | undefined {
  const own = new Set([0, process.getuid?.()]);
  const byUser = Map.groupBy(
    waiting.filter(({ uid }) => !own.has(uid)),
    ({ uid }) => uid,
  );
  const [heaviest] = [...byUser].toSorted(([, a], [, b]) => b.length - a.length);
  if (!heaviest) return undefined;
  const [uid, held] = heaviest;
  const count = Math.max(1, held.length - MAX_LEFT);
  return { uid, sockets: held.slice(0, count).map(({ socket }) => socket) };
}
