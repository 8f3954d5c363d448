import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Relay {
  readonly endpoint: string;
  /** Numbers of the parts that went through, in their order. */
  readonly parts: number[];
  stop(): Promise<void>;
}

interface Options {
  /** Before a part goes on. What it answers goes on in its place; nothing at all when that is undefined. */
  readonly onPart?: (
    number: number,
    bytes: Buffer,
  ) => Buffer | undefined | Promise<Buffer | undefined>;
}

/** Stands between a client and a bucket, as a line does: sees the parts that are sent, changes and loses some. */
export async function startRelay(endpoint: string, { onPart }: Options = {}): Promise<Relay> {
  const parts: number[] = [];
  const { hostname, port } = new URL(endpoint);
  const server = createServer((incoming, outgoing) => {
    void pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parts,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const sent = await buffer(incoming);
    const { url = '/', method, headers } = incoming;
    const number = Number(new URL(url, endpoint).searchParams.get('partNumber'));
    const isPart = method === 'PUT' && number > 0;
    const body = isPart && onPart ? await onPart(number, sent) : sent;
    if (body === undefined) return;
    if (isPart) parts.push(number);
    const onward = request({ hostname, port, path: url, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  }
}
