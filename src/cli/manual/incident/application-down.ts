import { resolve } from 'node:path';
import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { compose, looked, started, stopped } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const applicationDown: Page = {
  parts: (target) => {
    const { name, directory, runtime, app } = target;
    const logs =
      runtime.kind === 'compose'
        ? [
            `cd ${quoted(directory)}`,
            `${compose(directory, runtime)} ${LOGS} ${quoted(runtime.service)}`,
          ]
        : runtime.kind === 'systemd'
          ? [`journalctl --no-pager -n 50 -u ${quoted(runtime.unit)}`]
          : [`tail -n 50 ${quoted(resolve(directory, runtime.log))}`];
    return [
      named(target),
      {
        say: 'See whether it is down on purpose: contained, or stopped by somebody. Then leave it alone',
        type: [`runbook target ps ${name}`],
      },
      looked(target),
      { say: 'Keep what it printed last, before a start overwrites it', type: logs },
      {
        say: 'Look for the causes that a restart does not help against: a full disk, no inodes, no memory, a port that is taken',
        type: [
          `df -h ${quoted(directory)} && df -i ${quoted(directory)}`,
          'grep -E "MemAvailable|MemTotal" /proc/meminfo',
          ...(app.port === undefined ? [] : [`ss -ltnp "sport = :${app.port}"`]),
        ],
      },
      { say: 'See that the database is sound. Else: the page of database-recovery', type: [CHECK] },
      ...stopped(target),
      ...started(target),
      answers(target),
    ];
  },
};

const LOGS = 'logs --tail 50';
const CHECK = `sqlite3 -readonly -cmd '.timeout 10000' "$db" 'PRAGMA quick_check'`;
