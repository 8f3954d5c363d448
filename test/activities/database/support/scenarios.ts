import { backupActivities } from '../../../../src/activities/backups/backups-activities.ts';
import { sqliteActivities } from '../../../../src/activities/database/database-activities.ts';
import type { Target } from '../../../../src/config/schema/target.ts';

export const BACKUP = '20260101_010000';
export const STAMP = '20260105_020000';
export const RUN = 'test/run';
/** What somebody copied without us, beside the backups. */
export const FOREIGN = 'app_20260101_020000.db.gz';
export const PRUNED_AT = '2026-06-01T01:00:00.000Z';

export function systemsOf(target: Target, run = RUN) {
  return { sqlite: sqliteActivities(target, run), backups: backupActivities(target, run) };
}
type Systems = ReturnType<typeof systemsOf>;

/** What a runbook calls, one after the other. `got` are the results before. */
type Call = (systems: Systems, got: never[]) => Promise<unknown>;

const restore: readonly Call[] = [
  ({ backups }) => backups.find(BACKUP),
  ({ sqlite }, [backup]) => sqlite.stage(backup!, STAMP),
  ({ sqlite }) => sqlite.keep(STAMP, { sound: true }),
  ({ sqlite }, [, staged]) => sqlite.swap(staged!),
];

/** The steps of runbooks as bare calls: each may be killed anywhere, and is then called again. */
const scenarios = {
  restore: [...restore, ({ sqlite }, [, staged]) => sqlite.expectLive(staged!)],
  restoreRaw: [
    ...restore.slice(0, 2),
    ({ sqlite }) => sqlite.keep(STAMP, { sound: false }),
    ...restore.slice(3),
  ],
  takeBack: [
    ...restore.slice(0, 3),
    ({ sqlite }) => sqlite.putBack(STAMP),
    ({ sqlite }) => sqlite.unkeep(STAMP),
    ({ sqlite }) => sqlite.unstage(STAMP),
  ],
  putBack: [({ sqlite }) => sqlite.putBack(STAMP), ({ sqlite }) => sqlite.unkeep(STAMP)],
  backUp: [
    ({ sqlite }) => sqlite.snapshot(STAMP),
    ({ backups }) => backups.store(STAMP),
    ({ backups }) => backups.verify(STAMP),
    ({ backups }, [, , proof]) => backups.seal(STAMP, 'daily', proof!),
  ],
  backUpAll: [
    ({ sqlite }) => sqlite.snapshot(STAMP),
    ({ backups }) => backups.store(STAMP),
    ({ backups }) => backups.verify(STAMP),
    ({ backups }) => backups.archive('weekly', STAMP),
    ({ backups }, [, , proof]) => backups.copy(STAMP, 'weekly', proof!),
    ({ backups }, [, , proof]) => backups.seal(STAMP, 'weekly', proof!),
  ],
  discard: [
    ({ sqlite }) => sqlite.snapshot(STAMP),
    ({ backups }) => backups.store(STAMP),
    ({ backups }) => backups.discard(STAMP),
  ],
  adopt: [({ backups }) => backups.adoptKept(STAMP)],
  prune: [({ backups }) => backups.prune(PRUNED_AT)],
  adoptForeign: [
    ({ backups }) => backups.recognise(FOREIGN),
    ({ backups }, [unmanaged]) => backups.adopt(STAMP, unmanaged!),
    ({ backups }) => backups.store(STAMP),
    ({ backups }) => backups.verify(STAMP, 'file'),
    ({ backups }, [, , , proof]) => backups.seal(STAMP, 'adopted', proof!),
  ],
  compact: [({ sqlite }) => sqlite.compact(STAMP)],
  uncompact: [({ sqlite }) => sqlite.uncompact(STAMP)],
  takeCompactBack: [({ sqlite }) => sqlite.compact(STAMP), ({ sqlite }) => sqlite.uncompact(STAMP)],
  dropKept: [({ sqlite }) => sqlite.compact(STAMP), ({ sqlite }) => sqlite.dropKept(STAMP)],
} satisfies Record<string, readonly Call[]>;
export type Scenario = keyof typeof scenarios;

/** Goes on after the results that are there already, and tells each new one. */
export async function play(
  target: Target,
  scenario: Scenario,
  results: unknown[] = [],
  tell: (result: unknown) => void = () => undefined,
): Promise<unknown[]> {
  const calls: readonly Call[] = scenarios[scenario];
  for (const call of calls.slice(results.length)) {
    const result = (await call(systemsOf(target), results as never[])) ?? null;
    results.push(result);
    tell(result);
  }
  return results;
}
