import { resolve } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { named } from '../parts/database.ts';
import { letThrough } from '../parts/proxy.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { started } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const startApplication: Page = {
  parts: (target) => [
    named(target),
    ...preflight(target),
    ...started(target),
    answers(target),
    ...letThrough(target),
  ],
};

/** The startup checklist. As root, "test -r" is always true: look at mode and owner. */
export function preflight({ name, app, database, logs, directory }: Target): Part[] {
  const folders = [
    ...new Set(logs.map(({ file }) => file.split('/').slice(0, -1).join('/') || '.')),
  ];
  return [
    {
      say: 'See whether it is down on purpose: contained, or stopped by somebody. Then leave it alone',
      type: [`runbook target ps ${name}`],
    },
    {
      say: `See that the database is there, not empty, and belongs to the application's user, with mode ${'mode' in database ? database.mode : ''}. Never start without it: the application would make an empty one`,
      type: ['test -s "$db" && ls -l "$db"*'],
    },
    ...(folders.length === 0
      ? []
      : [
          {
            say: "See that the application's user may write its logs",
            type: folders.map((folder) => `ls -ld ${quoted(resolve(directory, folder))}`),
          },
        ]),
    {
      say: `See that there is memory${app.minimumMemory === undefined ? '' : ` (${app.minimumMemory})`}${app.port === undefined ? '' : `, and that nobody holds port ${app.port}`}`,
      type: [
        'grep MemAvailable /proc/meminfo',
        ...(app.port === undefined ? [] : [`ss -ltnp "sport = :${app.port}"`]),
      ],
    },
  ];
}
