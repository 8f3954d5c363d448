import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { json } from 'node:stream/consumers';
import type { Span } from '../../src/report/run/run-trace.ts';

interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly resource: Readonly<Record<string, string>>;
  readonly spans: readonly Span[];
}

/** Receives OTLP by HTTP in JSON, as a collector does, and answers as `how` says: with a status, or never. */
export async function startTraceReceiver(how: () => number | 'never' = () => 200) {
  const posts: Post[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await json(request)) as {
      resourceSpans: {
        resource: { attributes: { key: string; value: { stringValue: string } }[] };
        scopeSpans: { spans: Span[] }[];
      }[];
    };
    const [{ resource, scopeSpans } = { resource: { attributes: [] }, scopeSpans: [] }] =
      body.resourceSpans;
    posts.push({
      path: request.url!,
      headers: request.headers,
      resource: Object.fromEntries(
        resource.attributes.map(({ key, value }) => [key, value.stringValue]),
      ),
      spans: scopeSpans.flatMap(({ spans }) => spans),
    });
    const status = how();
    if (status !== 'never') response.writeHead(status).end('{}');
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    spans: () => posts.flatMap(({ spans }) => spans),
    async close(): Promise<void> {
      server.close().closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** In ms. */
export function lengthOf({ startTimeUnixNano, endTimeUnixNano }: Span): number {
  return Number((BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1_000_000n);
}

/** Of an attribute, as text. */
export function told({ attributes }: Pick<Span, 'attributes'>, name: string): string | undefined {
  const value = attributes.find(({ key }) => key === name)?.value;
  if (!value) return undefined;
  return 'stringValue' in value ? value.stringValue : value.intValue;
}
