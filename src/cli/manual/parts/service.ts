import type { Target } from '../../../config/schema/target.ts';
import { SecretName } from '../../../config/schema/values/secret.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { withoutPassword } from '../../../config/text/without-password.ts';
import type { Part } from '../page.ts';
import { counting } from './database.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** To see that it serves, and has its data: Streamlit answers 200 also when its script fails. */
export function answers(target: Target): Part {
  const { app } = target;
  const look =
    app.kind === 'streamlit' ? `, then open ${app.url} and see that the page has its data` : '';
  const tries = Math.ceil(inMilliseconds(app.ready.within) / 1000);
  return {
    say: `See that it answers${look}. The rows below have to be those that you expect`,
    type: [
      `curl -fsS -o /dev/null --retry ${tries} --retry-delay 1 --retry-connrefused --max-time ${seconds(app.timeout)} -w '%{http_code} in %{time_total} s\\n' ${quoted(app.health)}`,
      `sqlite3 -readonly -cmd '.timeout 10000' "$db" ${counting(target)}`,
    ],
  };
}

/** To clear its keys only: FLUSHALL would take those of everybody who shares the server. None, without a cache. */
export function cleared({ cache }: Target): Part[] {
  if (!cache) return [];
  const { url, first } = addressOf(cache.url);
  const pattern = `${cache.scope.slice('prefix:'.length).replaceAll(/[*?[\]\\^]/g, '\\$&')}*`;
  return [
    {
      say: `Clear its keys in Redis, and nobody else's${first}`,
      type: [
        `redis-cli -u ${url} --scan --pattern ${quoted(pattern)} | tr '\\n' '\\0' | xargs -0 -r -n 100 redis-cli -u ${url} UNLINK`,
      ],
    },
  ];
}

/** As a word of the shell. A password does not belong on paper, nor into the list of processes. */
function addressOf(text: string): { readonly url: string; readonly first: string } {
  const { url, isSecret } = withoutPassword(text);
  if (SecretName.safeParse(text).success)
    return {
      url: '"$redis"',
      first: `. First: redis=redis://..., without the password of ${text}, and export REDISCLI_AUTH with that`,
    };
  return {
    url: quoted(url),
    first: isSecret ? '. First export REDISCLI_AUTH with its password' : '',
  };
}

function seconds(duration: string): number {
  return Math.ceil(inMilliseconds(duration) / 1000);
}
