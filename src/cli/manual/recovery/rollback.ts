import type { Page } from '../page.ts';
import { named, putAside, unopened } from '../parts/database.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const rollback: Page = {
  parts: (target) => [
    named(target),
    {
      say: 'Find what was put aside before: by a run (.pre-) or by hand (.by-hand-). Rows that were written since are lost by going back',
      type: ['ls -l "$db".*'],
    },
    { say: 'Name the one, without -wal, -shm or -journal at its end', type: ['old=<its name>'] },
    ...stopped(target),
    unopened(),
    putAside(),
    {
      say: 'Give it its name back, with its log and its journal',
      type: [
        'for suffix in "" -wal -shm -journal; do if test -e "$old$suffix"; then mv -n "$old$suffix" "$db$suffix"; fi; done',
        'sync',
      ],
    },
    ...started(target),
    answers(target),
  ],
};
