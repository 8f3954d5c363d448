import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is refused: what the browser shows, and with which status. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly text: string;
}

const COOKIE = 'runbook-ui';
const LINK_MINUTES = 15;
/** Whoever clicks on the link in a page has to paste it instead. */
const ELSEWHERE: Refusal = {
  status: 403,
  text: 'A page of another server asks for this. Paste the link into the address bar of the browser',
};
const ANEW = 'Open it anew: runbook ui';

/**
 * Who may use one front of Temporal UI: whoever opens its link, which does so once, gets a cookie, and each request must bring it.
 *
 * The link has a host name of its own, made up anew each time. Browsers send the cookies of a host to every port of it, and so those of
 * `127.0.0.1` to the servers of other users, too. And a page elsewhere, which does not know the name, can send nothing here that
 * counts, not even with a DNS name of its own for 127.0.0.1. Any port will do: by `ssh -L` it may be another.
 */
export function openSession(now: () => number = Date.now) {
  const host = `${randomBytes(8).toString('hex')}.localhost`;
  const key = randomBytes(32).toString('base64url');
  const cookie = randomBytes(32).toString('base64url');
  const until = now() + LINK_MINUTES * 60_000;
  let isUsed = false;

  return {
    host,
    linkPath: `/open/${key}`,
    cookieHeader: `${COOKIE}=${cookie}; Path=/; HttpOnly; SameSite=Strict`,

    /** Whether a request may be answered at all. */
    refusalOfOrigin({ method = '', headers }: IncomingMessage): Refusal | undefined {
      if (headers.host?.replace(/:\d+$/, '') !== host)
        return { status: 403, text: `This is no name of this server. ${ANEW}` };
      const origin = `http://${headers.host}`;
      const isReading = method === 'GET' || method === 'HEAD';
      if (isReading ? (headers.origin ?? origin) !== origin : headers.origin !== origin)
        return ELSEWHERE;
      const site = headers['sec-fetch-site'] ?? 'none';
      if (site === 'none' || site === 'same-origin') return undefined;
      return ELSEWHERE;
    },

    /** Takes the link: the first who brings it in time is let in. */
    refusalOfLink(url: string): Refusal | undefined {
      if (!isSame(url, `/open/${key}`)) return { status: 401, text: `This is no link. ${ANEW}` };
      if (isUsed)
        return {
          status: 401,
          text: `This link has been used already. If it was not you, end "runbook ui". ${ANEW}`,
        };
      if (now() > until)
        return { status: 401, text: `This link was good for ${LINK_MINUTES} minutes. ${ANEW}` };
      isUsed = true;
      return undefined;
    },

    refusalOfCookie({ headers }: IncomingMessage): Refusal | undefined {
      const sent = (headers.cookie ?? '').split(/; */);
      if (sent.some((one) => isSame(one, `${COOKIE}=${cookie}`))) return undefined;
      return { status: 401, text: `Only the link that "runbook ui" printed opens this. ${ANEW}` };
    },
  };
}

/** What the server behind need not know. */
export function withoutCookie(header: string | undefined): string | undefined {
  const others = (header ?? '').split(/; */).filter((one) => !one.startsWith(`${COOKIE}=`));
  return others.join('; ') || undefined;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
