import { redacted } from '../../os/redacted.ts';

export interface HttpAnswer {
  /** Whether it was a 2xx. */
  readonly ok: boolean;
  /** What came, as text: `503`, `302 to "/login"`, `no connection (ECONNREFUSED)`. */
  readonly text: string;
  /** Nothing came within the time. */
  readonly timedOut: boolean;
  readonly milliseconds: number;
}

/** What a URL answers to one GET. Never rejects; a redirect is an answer, not followed. */
export async function answerOf(url: string, timeout: number): Promise<HttpAnswer> {
  const begin = performance.now();
  const answer = (ok: boolean, text: string, timedOut = false): HttpAnswer => ({
    ok,
    text,
    timedOut,
    milliseconds: Math.round(performance.now() - begin),
  });
  try {
    const response = await get(url, timeout);
    const { ok, status, headers } = response;
    const location = headers.get('location');
    // An unread body would keep its connection, and a server that closes waits for it.
    await response.body?.cancel();
    return answer(ok, location === null ? `${status}` : redacted(`${status} to "${location}"`));
  } catch (error) {
    const { name, message, cause } = error as Error;
    if (name === 'TimeoutError') return answer(false, `no answer within ${timeout / 1000} s`, true);
    const { code, message: reason } = (cause ?? {}) as { code?: string; message?: string };
    return answer(false, `no connection (${redacted(code ?? reason ?? message)})`);
  }
}

/** fetch refuses a URL with a password in it: it goes where HTTP wants it. */
async function get(url: string, timeout: number): Promise<Response> {
  const place = new URL(url);
  const { username, password } = place;
  place.username = place.password = '';
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return fetch(place, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout),
    ...((username || password) && {
      headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
    }),
  });
}
