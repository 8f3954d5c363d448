import http from 'node:http';
import https from 'node:https';
import { basicOf, USER_AGENT } from '../../../os/http/send-http.ts';
import { redacted } from '../../../os/redacted.ts';

export interface Asked {
  /** Whether it was a 2xx. */
  readonly ok: boolean;
  /** `200`, `no answer within 10 s`, `no connection (ECONNREFUSED)`. */
  readonly text: string;
  /** Somebody took the connection, whatever came then. */
  readonly connected: boolean;
  readonly timedOut: boolean;
  /** Until the last byte. */
  readonly seconds: number;
  /** What it says of when to come back, if it does. */
  readonly retryAfter?: string;
  /** The server's clock, by its Date, with when it was asked and when it answered: ms since 1970. */
  readonly clock?: { readonly date: number; readonly asked: number; readonly answered: number };
}

/** More of a page says nothing. */
const MAX_BYTES = 4 * 1024 * 1024;

/** So often it is looked whether this process itself was held up, in ms. */
const LOOK = 50;

/**
 * One GET on a connection of its own, which it closes, so that it is no user afterwards. Never rejects; a redirect is an answer. The
 * certificate is judged elsewhere: here it keeps nobody from asking. `timeout` in ms, for all of it. Time in which this process was held up,
 * and could hear no answer, counts for nothing.
 */
export function ask(url: string, timeout: number): Promise<Asked> {
  const place = new URL(url);
  const authorization = basicOf(place);
  place.username = place.password = '';
  const begun = performance.now();
  const asked = Date.now();
  let looked = begun;
  let heldUp = 0;
  let connected = false;
  const { promise, resolve } = Promise.withResolvers<Asked>();
  const answer = (ok: boolean, text: string, more: Partial<Asked> = {}) =>
    resolve({
      ok,
      text: redacted(text),
      connected,
      timedOut: false,
      seconds: waited() / 1000,
      ...more,
    });
  const request = (place.protocol === 'https:' ? https : http).get(place, {
    agent: false,
    headers: { 'user-agent': USER_AGENT, ...authorization },
    rejectUnauthorized: false,
  });
  const timer = setInterval(() => {
    // What came meanwhile is heard before the next look.
    if (waited() < timeout) return;
    answer(false, `no answer within ${timeout / 1000} s`, { timedOut: true });
    request.destroy();
  }, LOOK);
  request.on('socket', (socket) => {
    socket.once('connect', () => {
      connected = true;
    });
  });
  request.on('error', (error: NodeJS.ErrnoException) =>
    answer(
      false,
      `${connected ? 'the connection broke' : 'no connection'} (${error.code ?? error.message})`,
    ),
  );
  request.on('response', (response) => {
    const { statusCode = 0, headers } = response;
    const answered = Date.now();
    const date = Date.parse(headers.date ?? '');
    const clock = Number.isNaN(date) ? {} : { clock: { date, asked, answered } };
    const where = headers.location === undefined ? '' : ` to "${headers.location}"`;
    const { 'retry-after': retryAfter } = headers;
    const told = { ...clock, ...(retryAfter !== undefined && { retryAfter }) };
    const done = () => answer(statusCode >= 200 && statusCode < 300, `${statusCode}${where}`, told);
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BYTES) return;
      done();
      request.destroy();
    });
    response.on('end', done);
    response.on('error', (error) => answer(false, `the answer broke off (${error.message})`));
  });
  return promise.finally(() => clearInterval(timer));

  function waited(): number {
    const now = performance.now();
    heldUp += Math.max(0, now - looked - 2 * LOOK);
    looked = now;
    return now - begun - heldUp;
  }
}
