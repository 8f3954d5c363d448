import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isPostgres, Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { permanent } from '../../os/failure.ts';
import { namesIn } from '../../os/files/names-in.ts';
import { connectionOf, type PostgresConnection } from '../database/postgres/server/connection.ts';
import { connectionTo, migrationOf } from './with-postgres.ts';

/** What has to have worked on PostgreSQL before anybody's data depends on it. */
const NEEDED = ['daily-backup', 'restore-drill', 'database-recovery', 'health-check'] as const;

const Report = z.looseObject({
  run: z.string(),
  runbook: z.string(),
  endedAt: z.string(),
  ending: z.looseObject({ outcome: z.string() }),
});

/**
 * Demands that backup, drill, recovery and health check were done on the very database to which the target migrates, by the reports of the target
 * that `migration.trial` names. Error: `Untried`, with what is missing.
 */
export function expectTried(target: Target, now = Date.now()): { readonly note: string } {
  const { trial, triedWithin } = migrationOf(target);
  if (trial === undefined)
    throw permanent(
      'Untried',
      `Nothing says that PostgreSQL is looked after: run ${NEEDED.join(', ')} on a target whose "database" is that of "migration.to", and name its state directory as "migration.trial"`,
    );
  expectSameDatabase(target, trial);
  const since = now - inMilliseconds(triedWithin);
  const reports = reportsIn(join(trial, 'runs'));
  const missing = NEEDED.filter(
    (name) =>
      !reports.some(
        ({ runbook, endedAt, ending }) =>
          runbook === name && ending.outcome === 'done' && Date.parse(endedAt) >= since,
      ),
  );
  if (missing.length > 0)
    throw permanent(
      'Untried',
      `In the last ${triedWithin} no run of ${missing.join(', ')} was done on PostgreSQL, by the reports in "${trial}": run ${missing.length === 1 ? 'it' : 'them'} there first`,
    );
  return { note: `${NEEDED.join(', ')} were done on it in the last ${triedWithin}` };
}

/** By the policy that its last run began with. */
function expectSameDatabase(target: Target, trial: string): void {
  const policies = join(trial, 'policies');
  const [newest] = namesIn(policies)
    .filter((name) => name.endsWith('.json'))
    .toSorted(
      (one, other) =>
        statSync(join(policies, other)).mtimeMs - statSync(join(policies, one)).mtimeMs,
    );
  const policy =
    newest === undefined ? undefined : Target.safeParse(jsonIn(join(policies, newest))).data;
  const there =
    policy && isPostgres(policy) ? placeText(connectionOf(policy)) : 'no database of PostgreSQL';
  const here = placeText(connectionTo(target));
  if (there === here) return;
  throw permanent(
    'Untried',
    `What "migration.trial" names is a target of ${there}, and this one migrates to ${here}: they have to be the same`,
  );
}

function placeText({ host, port, database }: PostgresConnection): string {
  return `${host}:${port}/${database}`;
}

function reportsIn(directory: string): z.infer<typeof Report>[] {
  return namesIn(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => Report.safeParse(jsonIn(join(directory, name))).data ?? []);
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
