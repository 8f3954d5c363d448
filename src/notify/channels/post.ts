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
  const place = placeOf(url);
  return tryTwice(() => once(place, request, signal), signal);
}

async function once(
  { target, host, authorization }: Place,
  { body, headers, taken = isOk, explain, denied }: Omit<Post, 'url'>,
  signal: AbortSignal,
): Promise<string> {
  const response = await fetch(target, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...authorization, ...headers },
    redirect: 'manual',
    signal,
  }).catch((error: Error) => {
    if (signal.aborted) throw error;
    const { code } = (error.cause ?? {}) as { code?: string };
    throw new Undelivered(`No connection to ${host} (${code ?? error.name})`, PAUSE);
  });
  const { status } = response;
  const answer = `HTTP ${status} from ${host}`;
  if (taken(status)) {
    const text = denied?.(await response.text());
    if (text !== undefined) throw new Undelivered(`${answer}: ${text}`);
    // An unread body would keep its connection.
    if (!denied) await response.body?.cancel();
    return answer;
  }
  const text = [answer, explain?.(await response.text())].filter(Boolean).join(': ');
  await response.body?.cancel().catch(() => {});
  if (status !== 408 && status !== 429 && status < 500) throw new Undelivered(text);
  const wait = waitOf(response.headers.get('retry-after'));
  if (wait <= MAX_WAIT) throw new Undelivered(text, wait);
  throw new Undelivered(`${text}, which asks to wait ${Math.ceil(wait / 1000)} s`);
}

function isOk(status: number): boolean {
  return status >= 200 && status < 300;
}

interface Place {
  readonly target: URL;
  readonly host: string;
  readonly authorization: Readonly<Record<string, string>>;
}

/** fetch refuses a URL with a password in it: it goes where HTTP wants it. */
function placeOf(url: string): Place {
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new Undelivered('The secret holds no http:// or https:// URL');
  const target = new URL(url);
  const { username, password, host } = target;
  if (!username && !password) return { target, host, authorization: {} };
  target.username = target.password = '';
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(text).toString('base64')}`;
  return { target, host, authorization: { authorization } };
}

/** Milliseconds: `Retry-After` has seconds or a date. */
function waitOf(header: string | null): number {
  if (header === null) return PAUSE;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : undefined;
  const wait = seconds === undefined ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? PAUSE : Math.max(wait, 0);
}
