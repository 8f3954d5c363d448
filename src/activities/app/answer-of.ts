import { sendHttp, troubleOf } from '../../os/http/send-http.ts';
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
    const response = await sendHttp(url, { signal: AbortSignal.timeout(timeout) });
    const { ok, status, headers } = response;
    response.drop();
    const { location } = headers;
    const where = location === undefined ? '' : ` to "${location}"`;
    return answer(ok, redacted(`${status}${where}`));
  } catch (error) {
    const trouble = troubleOf(error);
    return trouble === 'TimeoutError'
      ? answer(false, `no answer within ${timeout / 1000} s`, true)
      : answer(false, `no connection (${trouble})`);
  }
}
