import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Behind 10080, the last port to which `fetch` never connects. */
const FIRST = 10_081;
/** Below those that the system gives out by itself. */
const LAST = 30_000;

/**
 * A TCP port on loopback that no other test uses, not even one of another run on this machine, and not even while its own
 * server is down: this process keeps the UDP port of the same number as long as it lives.
 */
export async function reservedPort(): Promise<number> {
  return reservedPorts(1);
}

/** The first of so many in a row. */
export async function reservedPorts(count: number): Promise<number> {
  for (;;) {
    const first = FIRST + Math.floor(Math.random() * (LAST - FIRST - count));
    const kept = await Promise.all(
      Array.from({ length: count }, (_, index) => keep(first + index)),
    );
    if (kept.every((socket) => socket !== undefined)) return first;
    for (const socket of kept) socket?.close();
  }
}

/** Undefined: another test has it. */
async function keep(port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4').unref();
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  const taken = await once(socket, 'listening').then(
    () => false,
    () => true,
  );
  if (!taken) return socket;
  socket.close();
  return undefined;
}
