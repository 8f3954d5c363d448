import type { Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { named, unopened } from '../parts/database.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers, cleared } from '../parts/service.ts';

/** One remedy at a time, the least invasive first, and the same measurement after each. */
export const slowPerformance: Page = {
  parts: (target) => [
    ...slowLooks(target),
    {
      say: 'Inform the planner of the database, which is harmless while the application runs, and measure again, the same way',
      type: [`sqlite3 -cmd '.timeout 10000' "$db" 'PRAGMA optimize'`],
    },
    ...emptied(target),
    ...restartedLast(target),
  ],
};

/** A restart comes last: who uses the application loses what was not saved. */
export function restartedLast(target: Target): Part[] {
  return [
    {
      say: 'Measure again. Only when it is no better: stop the application, and start it again',
    },
    ...stopped(target),
    unopened(),
    ...started(target),
    answers(target),
    { say: 'Measure once more, and note what has helped' },
  ];
}

/** What the application keeps for itself. */
export function emptied(target: Target): Part[] {
  const streamlit =
    target.app.kind === 'streamlit'
      ? [{ say: `Open ${target.app.url}, press C, and clear the caches: those of all users` }]
      : [];
  return [...cleared(target), ...streamlit];
}

/** What the manuals' commands get wrong: "free -h" in mixed units, "df" compared as text, one answer taken for all. */
export function slowLooks(target: Target): Part[] {
  const { app, directory, cache } = target;
  return [
    named(target),
    {
      say: 'Measure 20 answers: the slow ones count, not the mean; and each that fails',
      type: [
        `for try in $(seq 20); do curl -s -o /dev/null --max-time 10 -w '%{http_code} %{time_total}\\n' ${quoted(app.url)}; done | sort -k2 -n`,
      ],
    },
    {
      say: 'Look at the machine: who waits for processor, memory or disk, and what is full',
      type: [
        'cat /proc/loadavg',
        'grep . /proc/pressure/* || echo "this kernel does not tell"',
        'grep -E "MemAvailable|MemTotal" /proc/meminfo',
        `df -h ${quoted(directory)} && df -i ${quoted(directory)}`,
        'ps -eo pid,rss,pcpu,etime,comm --sort=-rss | head -n 10',
      ],
    },
    {
      say: 'Look at the database: a write-ahead log that grows has a reader that holds it',
      type: ['ls -l "$db"*', 'fuser -v "$db" || echo "nobody has it open"'],
    },
    ...(cache
      ? [
          {
            say: 'Look at the cache: hits and misses since it started, and whether it is full',
            type: [
              'redis-cli INFO stats | grep -E "keyspace|evicted"',
              'redis-cli INFO memory | grep -E "used_memory:|maxmemory:"',
            ],
          },
        ]
      : []),
    answers(target),
  ];
}
