import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dice } from '../kills/dice.ts';

/** A message that a pager took. */
export interface Taken {
  readonly key: string;
  readonly thread: string;
  readonly contact: string;
  readonly event: string;
  /** In ms since 1970. */
  readonly at: number;
}

export interface FicklePager {
  readonly url: string;
  readonly taken: readonly Taken[];
  /** How often it did what. */
  readonly moods: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** PagerDuty, as it were: it takes most messages; the others it refuses with 500, never answers, or cuts off after it took them. */
export async function openFicklePager(seed: number): Promise<FicklePager> {
  const throws = dice(seed);
  const taken: Taken[] = [];
  const moods = { taken: 0, refused: 0, silent: 0, 'cut off': 0 };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { dedup_key: thread, event_action: event, payload } = eventOf(chunks);
      const contact = payload?.custom_details.contact ?? '';
      const key = `${thread} ${contact} ${payload?.timestamp}`;
      const mood = moodOf(throws());
      moods[mood] += 1;
      if (mood === 'refused') return response.writeHead(500).end();
      if (mood === 'silent') return undefined;
      taken.push({ key, thread, contact, event, at: Date.now() });
      if (mood === 'cut off') return request.socket.destroy();
      return response.writeHead(202).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/page`,
    taken,
    moods,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Event {
  readonly dedup_key: string;
  readonly event_action: string;
  readonly payload?: {
    readonly timestamp: string;
    readonly custom_details: { readonly contact: string };
  };
}

function eventOf(chunks: readonly Buffer[]): Event {
  return JSON.parse(Buffer.concat(chunks).toString()) as Event;
}

function moodOf(thrown: number): 'taken' | 'refused' | 'silent' | 'cut off' {
  if (thrown < 0.7) return 'taken';
  if (thrown < 0.85) return 'refused';
  return thrown < 0.93 ? 'silent' : 'cut off';
}
