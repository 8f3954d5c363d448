import { databaseFiles } from '../../../config/load/database-text.ts';
import { resolve } from 'node:path';
import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** That no line is found in a log that records no logins says nothing. */
export const securityMonitoring: Page = {
  parts: ({ logs, directory, database, security }) => {
    const words = security.suspicious.join('|');
    const files = logs.map(({ file }) => quoted(resolve(directory, file)));
    return [
      {
        say: 'Failed logins of the host: who tried, from where, how often',
        type: [
          `journalctl --since -24h --facility=auth,authpriv --no-pager | grep -E 'Failed password|Invalid user' | grep -oE 'from [0-9a-fA-F.:]+' | sort | uniq -c | sort -rn | head -n 10`,
        ],
      },
      ...files.map((file) => ({
        say: `Failed logins and suspicious lines of the application, the last ten`,
        type: [
          `grep -iE 'failed login|login failed|authentication fail' ${file} | tail -n 10 || true`,
          `grep -iE ${quoted(words)} ${file} | tail -n 10 || true`,
        ],
      })),
      {
        say: `Permissions: ${database.kind === 'sqlite' ? `${database.mode} for the database, ` : ''}600 for .env, and nobody else's`,
        type: [
          `stat -c '%a %U %n' ${[...databaseFiles(database), '.env'].map((file) => quoted(resolve(directory, file))).join(' ')}`,
        ],
      },
      {
        say: 'Security updates that wait. After apt-get update: old lists know of none',
        type: [
          `apt-get -s -o Debug::NoLocking=true upgrade | grep -E '^Inst .*(Debian-Security:|-security)' || true`,
        ],
      },
      { say: 'What listens: look for what you do not know', type: ['ss -ltnp'] },
    ];
  },
};
