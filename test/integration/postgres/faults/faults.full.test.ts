import { afterAll, describe } from 'vitest';
import { chosenCells } from '../../../faults/chosen-cells.ts';
import type { Example } from '../../../faults/example.ts';
import { tableOf } from '../../../faults/page.ts';
import { cellsOf, NOT_PLAYED, playRunbook, sampleOf } from '../../../faults/play-runbook.ts';
import { example as backup } from '../../../runbooks/daily-backup/example.ts';
import { example as recovery } from '../../../runbooks/database-recovery/example.ts';
import { isBounded, thisHour, today } from '../../../support/bounded.ts';
import { whyNoPostgres } from '../../../support/postgres.ts';
import { test } from './on-postgres.ts';

/** Longer than any cell, on a busy machine. */
const TIMEOUT = 200_000;
const named = process.env['RUNBOOK_RUNBOOKS']?.split(',');

/** What is played on SQLite, on a server: it has no cache beside it. */
const examples: Readonly<Record<string, Example>> = {
  'daily-backup': backup,
  'database-recovery': {
    ...recovery,
    // It says that there is nothing to clear.
    played: recovery.calls.filter((call) => call !== 'redis.clearPrefix'),
  },
};

describe.skipIf(whyNoPostgres)('on PostgreSQL', () => {
  for (const [runbook, example] of Object.entries(examples)) {
    if (named?.includes(runbook) === false) continue;
    const cells = chosenCells({
      asked: named !== undefined,
      bounded: isBounded,
      turn: isBounded ? thisHour : today,
      cells: cellsOf(runbook, example),
      changed: () => false,
      always: sampleOf(runbook, example),
    });
    const results = new Map(cells.map((cell) => [cell, NOT_PLAYED as readonly string[]]));
    playRunbook({ runbook, example, results }, test, TIMEOUT);
    afterAll(() => {
      const played = new Map([...results].filter(([, wrong]) => wrong !== NOT_PLAYED));
      process.stdout.write(`\n${runbook} on PostgreSQL\n\n${tableOf(played)}\n`);
    });
  }
});
