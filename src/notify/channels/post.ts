import { type HttpAnswer, sendHttp, troubleOf } from '../../os/http/send-http.ts';
import { PAUSE, tryTwice, Undelivered } from './undelivered.ts';

export interface Post {
  /** May be a secret: only its host is ever named. */
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What means that it was taken. Default: any 2xx. */
  readonly taken?: (status: number) => boolean;
  /** Says more of a refusal. It may quote only codes that it knows. */
  readonly explain?: (text: string) => string | undefined;
  /** Of what was taken by its status, the phrases that say that it was not, from those that it knows. */
  readonly denied?: (text: string) => string | undefined;
}

/** Whoever asks for a longer wait is asked again by the next attempt at the page. */
const MAX_WAIT = 5000;

/** Sends JSON unless `headers` say otherwise, follows no redirect, and tries again once on 408, 429, 5xx and a lost connection. Error: `Undelivered`. */
export async function post({ url, ...request }: Post, signal: AbortSignal): Promise<string> {
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new Undelivered('The secret holds no http:// or https:// URL');
  return tryTwice(() => once(new URL(url), request, signal), signal);
}

async function once(
  url: URL,
  { body, headers, taken = isOk, explain, denied }: Omit<Post, 'url'>,
  signal: AbortSignal,
): Promise<string> {
  const { host } = url;
  const response = await sendHttp(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    signal,
  }).catch((error: Error) => {
    if (signal.aborted) throw error;
    throw new Undelivered(`No connection to ${host} (${troubleOf(error)})`, PAUSE);
  });
  const { status } = response;
  const answer = `HTTP ${status} from ${host}`;
  const accepted = taken(status);
  const said = await saidBy(response, accepted ? denied : explain);
  const text = said ? `${answer}: ${said}` : answer;
  if (accepted && said === undefined) return answer;
  if (accepted) throw new Undelivered(text);
  if (status !== 408 && status !== 429 && status < 500) throw new Undelivered(text);
  const wait = waitOf(response.headers['retry-after']);
  if (wait <= MAX_WAIT) throw new Undelivered(text, wait);
  throw new Undelivered(`${text}, which asks to wait ${Math.ceil(wait / 1000)} s`);
}

function isOk(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Read only where somebody knows what it may say. */
async function saidBy(
  response: HttpAnswer,
  read: ((text: string) => string | undefined) | undefined,
): Promise<string | undefined> {
  if (read) return read(await response.text());
  response.drop();
  return undefined;
}

/** Milliseconds: `Retry-After` has seconds or a date. */
function waitOf(header: string | undefined): number {
  if (header === undefined) return PAUSE;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : undefined;
  const wait = seconds === undefined ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? PAUSE : Math.max(wait, 0);
}
