import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { doorFiles } from '../../../door/door-files.ts';
import { openFront } from '../../../door/front.ts';
import type { DoorKey } from '../../../door/known-door.ts';
import { ownCertificates } from '../../../door/own-certificates.ts';
import { type Lifeline, startLifeline } from '../lifeline.ts';
import type { NetworkNamespace } from './network-namespace.ts';
import { type ServerFacts, temporalArguments } from '../temporal-arguments.ts';

export interface StartedServer extends Lifeline {
  /** Missing: it has no door. */
  readonly key?: DoorKey;
}

/** Nobody else is in the namespace, so these are free. */
const INSIDE = { grpcPort: 7233, uiPort: 8233 };

/**
 * Starts the server in a network of its own, where none of its seven ports can be reached, and opens the one way to it: a front on
 * `grpcPort` here, which lets in who is admitted, and a forwarder inside. All three end together. Error: `EADDRINUSE`.
 */
export async function startBehindDoor(
  facts: ServerFacts & { readonly path: string },
  namespace: NetworkNamespace,
  log: string,
): Promise<StartedServer> {
  const { path, dataFile, grpcPort, uiPort } = facts;
  const files = doorFiles(dataFile);
  const certificates = await ownCertificates(files);
  const front = await openFront({ files, certificates, port: grpcPort });
  const inside = { ...facts, ...INSIDE, uiPort: uiPort && INSIDE.uiPort };
  let server: Lifeline;
  try {
    const [program, ...args] = namespace.enter(path, temporalArguments(inside));
    server = await startLifeline(program, args, { log, isPrivate: true });
  } catch (error) {
    await front.close();
    throw error;
  }
  const ports = [inside.grpcPort, inside.uiPort].flatMap((port) => (port ? [String(port)] : []));
  const forwarding = keepForwarding(server, files.directory, () =>
    namespace.join(server.pid, process.execPath, [FORWARDER, ...ports]),
  );
  const ended = endOf();
  ended.catch(() => {});
  return {
    pid: server.pid,
    ended,
    async stop() {
      await server.stop();
      await ended;
    },
    key: { authority: certificates.authority.certificate, ...certificates.client },
  };

  async function endOf(): Promise<number> {
    try {
      return await server.ended;
    } finally {
      await forwarding;
      await front.close();
    }
  }
}

const PAUSE_MILLISECONDS = 100;

/** As long as the server lives a forwarder does, whoever ends one. */
async function keepForwarding(
  server: Lifeline,
  directory: string,
  command: () => ReturnType<NetworkNamespace['join']>,
): Promise<void> {
  const over = server.ended.then(
    () => 'over' as const,
    () => 'over' as const,
  );
  for (let isOver = false; !isOver;) {
    try {
      const [program, ...args] = await command();
      const forwarder = await startLifeline(program, args, { cwd: directory, isPrivate: true });
      isOver = (await Promise.race([over, forwarder.ended])) === 'over';
      await forwarder.stop();
    } catch {
      // The server ended while it was looked at; else the next try will do.
    }
    isOver ||= (await Promise.race([over, sleep(PAUSE_MILLISECONDS)])) === 'over';
  }
}

const FORWARDER = fileURLToPath(
  new URL(`../../../door/forwarder${extname(import.meta.url)}`, import.meta.url),
);
