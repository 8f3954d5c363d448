import type { Page } from '../page.ts';
import { moved, named, putAside, THERE, unopened } from '../parts/database.ts';
import { demanded, together } from '../parts/demanded.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

/** An `old` that is mistyped, or is the live one, would leave the application without any. */
const OLD = [
  demanded('test -s "${old-}"', 'the old one is not there, or is empty'),
  demanded('test "$old" != "$db"', 'this is the live one'),
  demanded('case "$old" in *-wal|*-shm|*-journal) false;; esac', 'this is no database'),
];

export const rollback: Page = {
  parts: (target) => [
    named(target),
    {
      say: 'Find what was put aside before: by a run (.pre-) or by hand (.by-hand-). Rows that were written since are lost by going back',
      type: ['ls -l "$db".*'],
    },
    {
      say: 'Name the one, with its whole path, without -wal, -shm or -journal at its end',
      type: ['old=<its path>', 'old=$(readlink -e "$old") && echo "$old"', ...OLD],
    },
    ...stopped(target),
    unopened(),
    putAside(OLD),
    {
      say: 'Give it its name back, with its log and its journal. Go on only when it says "back"; else move what was put aside back the same way',
      type: together(
        [
          ...OLD,
          demanded('test ! -e "$db"', 'the current database was not put aside'),
          ...moved('"$old$suffix"', '"$db$suffix"'),
          'sync',
          THERE,
        ],
        'back',
      ),
    },
    ...started(target),
    answers(target),
  ],
};
