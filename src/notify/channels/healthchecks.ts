import { markdownOf, type Message } from './message.ts';
import { post } from './post.ts';

/** No more of a ping's text is kept: https://healthchecks.io/docs/attaching_logs/ */
const MAX_BYTES = 100_000;

/** https://healthchecks.io/docs/http_api/ */
const endpoints = {
  trigger: '/fail',
  // Neither says whether all is well.
  note: '/log',
  acknowledge: '/log',
  resolve: '',
} as const satisfies Record<Message['event'], string>;

/** One ping of a check, with the message as its text. Error: `Undelivered`. */
export async function pingCheck(
  url: string,
  message: Message,
  signal: AbortSignal,
): Promise<string> {
  return post(
    {
      url: endpointOf(url, message),
      body: cut(`${message.subject}\n\n${markdownOf(message)}\n`),
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      // That is its answer when there is no such check, and when it has thrown the ping away: with status 200.
      denied: (answer) => /^OK \((not found|rate limited)\)/.exec(answer)?.[0],
    },
    signal,
  );
}

function endpointOf(url: string, { event }: Message): string {
  if (!URL.canParse(url)) return url;
  const check = new URL(url);
  check.pathname = `${check.pathname.replace(/\/+$/, '')}${endpoints[event]}`;
  return check.href;
}

/** A letter that would be cut in two is left out. */
function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_BYTES) return text;
  return new TextDecoder().decode(bytes.subarray(0, MAX_BYTES), { stream: true });
}
