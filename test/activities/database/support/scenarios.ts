import { backupActivities } from '../../../../src/activities/backups/backups-activities.ts';
import { databaseActivities } from '../../../../src/activities/database/database-activities.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

export const BACKUP = '20260101_010000';
export const STAMP = '20260105_020000';
export const RUN = 'test/run';
/** What somebody copied without us, beside the backups. */
export const UNMANAGED = 'app_20260101_020000.db.gz';
export const PRUNED_AT = '2026-06-01T01:00:00.000Z';

export function systemsOf(target: SqliteTarget, run = RUN) {
  return { database: databaseActivities(target), backups: backupActivities(target, run) };
}
type Systems = ReturnType<typeof systemsOf>;

/** What a runbook calls, one after the other. `got` are the results before. */
type Call = (systems: Systems, got: never[]) => Promise<unknown>;

const restore: readonly Call[] = [
  ({ backups }) => backups.find(BACKUP),
  ({ database }, [backup]) => database.stage(backup!, STAMP),
  ({ database }) => database.keep(STAMP, { verdict: 'sound' }),
  ({ database }, [, staged]) => database.swap(staged!),
];

/** The steps of runbooks as bare calls: each may be killed anywhere, and is then called again. */
const scenarios = {
  restore: [...restore, ({ database }, [, staged]) => database.expectLive(staged!)],
  restoreRaw: [
    ...restore.slice(0, 2),
    ({ database }) => database.keep(STAMP, { verdict: 'damaged' }),
    ...restore.slice(3),
  ],
  takeBack: [
    ...restore.slice(0, 3),
    ({ database }) => database.putBack(STAMP),
    ({ database }) => database.unkeep(STAMP),
    ({ database }) => database.unstage(STAMP),
  ],
  putBack: [({ database }) => database.putBack(STAMP), ({ database }) => database.unkeep(STAMP)],
  backUp: [
    ({ backups }) => backups.snapshot(STAMP),
    ({ backups }) => backups.store(STAMP),
    ({ backups }) => backups.verify(STAMP),
    ({ backups }, [, , proof]) => backups.seal(STAMP, 'daily', proof!),
  ],
  backUpAll: [
    ({ backups }) => backups.snapshot(STAMP),
    ({ backups }) => backups.store(STAMP),
    ({ backups }) => backups.verify(STAMP),
    ({ backups }) => backups.archive('weekly', STAMP),
    ({ backups }, [, , proof]) => backups.copy(STAMP, 'weekly', proof!),
    ({ backups }, [, , proof]) => backups.seal(STAMP, 'weekly', proof!),
  ],
  discard: [
    ({ backups }) => backups.snapshot(STAMP),
    ({ backups }) => backups.store(STAMP),
    ({ backups }) => backups.discard(STAMP),
  ],
  adopt: [({ backups }) => backups.adoptKept(STAMP)],
  prune: [({ backups }) => backups.prune(PRUNED_AT)],
  adoptUnmanaged: [
    ({ backups }) => backups.recognise(UNMANAGED),
    ({ backups }, [unmanaged]) => backups.adopt(STAMP, unmanaged!),
    ({ backups }) => backups.store(STAMP),
    ({ backups }) => backups.verify(STAMP, 'file'),
    ({ backups }, [, , , proof]) => backups.seal(STAMP, 'adopted', proof!),
  ],
  compact: [({ database }) => database.compact(STAMP)],
  uncompact: [({ database }) => database.uncompact(STAMP)],
  takeCompactBack: [
    ({ database }) => database.compact(STAMP),
    ({ database }) => database.uncompact(STAMP),
  ],
  dropKept: [({ database }) => database.compact(STAMP), ({ database }) => database.dropKept(STAMP)],
} satisfies Record<string, readonly Call[]>;
export type Scenario = keyof typeof scenarios;

/** Goes on after the results that are there already, and tells each new one. `around`: what does a call, as a job process does it. */
export async function play(
  target: SqliteTarget,
  scenario: Scenario,
  results: unknown[] = [],
  tell: (result: unknown) => void = () => undefined,
  around: (call: () => Promise<unknown>) => Promise<unknown> = (call) => call(),
): Promise<unknown[]> {
  const calls: readonly Call[] = scenarios[scenario];
  for (const call of calls.slice(results.length)) {
    const result = (await around(() => call(systemsOf(target), results as never[]))) ?? null;
    results.push(result);
    tell(result);
  }
  return results;
}
