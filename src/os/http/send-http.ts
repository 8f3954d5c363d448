import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { environment } from '../../config/environment.ts';

/** Access logs show it, so that our questions can be told from those of users. */
export const USER_AGENT = 'durable-runbooks';

/** More of an answer says nothing, and one without an end must not fill the memory. In bytes. */
const MAX_BYTES = 2 ** 20;

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends it, the reading of its answer included. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Whether it was a 2xx. */
  readonly ok: boolean;
  readonly headers: IncomingHttpHeaders;
  /** Its first megabyte. Rejects when the connection breaks before. */
  text(): Promise<string>;
  /** Reads no more of it, and closes the connection. */
  drop(): void;
}

/**
 * One request to a URL that people have named, on a connection of its own, which is no user afterwards. A redirect is an answer. Not by
 * `fetch`: that refuses eighty ports which are for other things on the web (6000, 6665 to 6669, 10080), and URLs with a password in them.
 * Whoever asks must read the answer or drop it. Error: what `troubleOf` tells, or the reason of the signal.
 */
export async function sendHttp(
  url: string | URL,
  { method = 'GET', headers, body, signal }: HttpRequest,
): Promise<HttpAnswer> {
  const place = new URL(url);
  const authorization = basicOf(place);
  place.username = place.password = '';
  const answer = await request(place, {
    dispatcher: dispatcher(),
    method,
    reset: true,
    signal,
    headers: { 'user-agent': USER_AGENT, accept: '*/*', ...authorization, ...headers },
    ...(body !== undefined && { body }),
  });
  const status = answer.statusCode;
  // One that is dropped ends by an error that nobody waits for.
  answer.body.on('error', () => {});
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: answer.headers,
    text: () => startOf(answer.body),
    drop: () => void answer.body.destroy(),
  };
}

let known: Dispatcher | undefined;

function dispatcher(): Dispatcher {
  known ??= environment().heedsProxy ? new EnvHttpProxyAgent() : new Agent();
  return known;
}

/** Why there was no answer: `ECONNREFUSED`, a certificate's fault, `TimeoutError`. Says nothing of what was sent. */
export function troubleOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name: string };
  return typeof code === 'string' ? code : name;
}

/** The name and password of a URL, where HTTP wants them. */
export function basicOf({ username, password }: URL): { authorization?: string } {
  if (!username && !password) return {};
  return basic(decoded(username), decoded(password));
}

export function basic(user: string, password: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

async function startOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= MAX_BYTES) break;
  }
  return Buffer.concat(parts).toString();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
