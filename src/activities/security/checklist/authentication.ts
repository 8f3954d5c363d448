import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Figure } from '../../../figures/figure.ts';
import { sendHttp, troubleOf } from '../../../os/http/send-http.ts';
import { measured, unknown } from '../../health/sampling.ts';

const NAME = 'checklist.authentication';

/** Asks for a page without credentials, as anybody may, and expects to be refused, or sent to a login. */
export async function authenticationFigure(target: Target, at: string): Promise<Figure> {
  const { app, proxy, security } = target;
  const url = new URL(security.authentication.path, proxy?.url ?? app.url);
  const source = `GET ${url.href} without credentials`;
  const answer = await ask(url, inMilliseconds(app.timeout));
  if (answer instanceof Error) return unknown({ at }, NAME, 'count', source, answer.message);
  const { status, location } = answer;
  const found = (value: number, verdict: Figure['verdict'], note: string) =>
    measured(
      { at },
      NAME,
      { value, unit: 'count', source, note },
      { verdict, limit: 'critical in production when anybody gets in' },
    );
  if (status === 401 || status === 403)
    return found(1, 'ok', `It refuses whoever does not log in, with ${status}`);
  if (status >= 300 && status < 400 && isElsewhere(location, url))
    return found(
      1,
      'ok',
      `It sends whoever does not log in to ${location?.host}${location?.pathname}`,
    );
  if (status >= 200 && status < 400) {
    const open = `It answers ${status} to anybody`;
    // Its page is the same for everybody, and its script asks for a login, or does not.
    if (app.kind === 'streamlit' && url.pathname === '/')
      return unknown(
        { at },
        NAME,
        'count',
        source,
        `${open}: whether its script asks for a login cannot be seen from outside. Look at it in a private window, or name as "security.authentication.path" what must be refused`,
      );
    return found(0, security.environment === 'production' ? 'critical' : 'warning', open);
  }
  return unknown(
    { at },
    NAME,
    'count',
    source,
    `It answers ${status}, which tells nothing of logins`,
  );
}

async function ask(url: URL, timeout: number) {
  try {
    const answer = await sendHttp(url, { signal: AbortSignal.timeout(timeout) });
    answer.drop();
    const to = answer.headers.location;
    const location = to !== undefined && URL.canParse(to, url.href) ? new URL(to, url) : undefined;
    return { status: answer.status, location };
  } catch (error) {
    return new Error(`It does not answer: ${troubleOf(error)}`);
  }
}

/** From http to https, or to the same page with a slash, is no login. */
function isElsewhere(location: URL | undefined, asked: URL): boolean {
  if (!location) return false;
  const path = (url: URL) => url.pathname.replace(/\/$/, '');
  return location.host !== asked.host || path(location) !== path(asked);
}
