import type { Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { named } from '../parts/database.ts';
import { quoted } from '../parts/quoted.ts';
import { answers } from '../parts/service.ts';

export const slowPerformance: Page = { parts: (target) => slowLooks(target) };

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
