import { resolve } from 'node:path';
import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';

export const securityChecklist: Page = {
  parts: ({ app, proxy, logs, directory, database, security }) => {
    const url = new URL(proxy?.url ?? app.url);
    const page = new URL(security.authentication.path, url).href;
    return [
      {
        say: 'HTTPS with a valid certificate',
        type: [
          `openssl s_client -connect ${quoted(`${url.hostname}:${url.port || 443}`)} -servername ${quoted(url.hostname)} </dev/null 2>/dev/null | openssl x509 -noout -subject -enddate`,
        ],
      },
      {
        say: 'Authentication: without credentials it must answer 401 or 403, or lead to a login',
        type: [`curl -s -o /dev/null -w '%{http_code} %{redirect_url}\\n' ${quoted(page)}`],
      },
      {
        say: 'Secrets in .env, by name only: in production they belong in a vault',
        type: [
          `grep -oiE '^[A-Z_]*(PASS|SECRET|TOKEN|KEY)[A-Z_]*=' ${quoted(resolve(directory, '.env'))} || true`,
        ],
      },
      ...(database.kind === 'sqlite'
        ? [
            {
              say: `Permissions of the database: ${database.mode}`,
              type: [`stat -c '%a %U %n' ${quoted(resolve(directory, database.file))}`],
            },
          ]
        : []),
      ...logs.map(({ file }) => ({
        say: `Personal data in ${file}: how many lines have an address of mail. Do not print them`,
        type: [
          `grep -cE '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\\.[A-Za-z]{2,}' ${quoted(resolve(directory, file))} || true`,
        ],
      })),
      {
        say: 'Dependencies are not older than a month: when their lock file was written last',
        type: [
          `ls -lt --time-style=long-iso ${quoted(directory)} | grep -iE 'lock|requirements' || true`,
        ],
      },
    ];
  },
};
