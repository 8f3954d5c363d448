import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting, unclaimed } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { readMigrated } from '../../state/migrated/migrated.ts';
import { goBack, type WentBack } from './back/go-back.ts';
import { checkMigration, type Checked, type Phase } from './check-migration.ts';
import { writeMark } from './copy/marks.ts';
import { type CopiedOver, copyTarget } from './phases/copy-target.ts';
import { type Profiled, profileTarget } from './phases/profile-target.ts';
import { type Proven, proveTarget } from './phases/prove-target.ts';
import { planOf, sqliteOf } from './phases/workspace.ts';
import { keepPlan, keptPlan, migrationDirectory } from './plan/plan-file.ts';
import { resolve } from './plan/resolve.ts';
import { proveApplication } from './prove-application.ts';
import { readRecord } from './records/records.ts';
import { switchOver } from './switch/switch-over.ts';
import { expectAlone, migrationOf, withPostgres } from './with-postgres.ts';

/** From SQLite to PostgreSQL, and back. Errors of all: what PostgreSQL says, `InvalidInput` where the target says nothing of a migration. */
export function migrationActivities(target: Target, run: string) {
  return {
    /** What there is to migrate, and what is known of it. Changes nothing. Errors: `Untried`, `DatabaseNotEmpty`, `Migrated`, `PlanUnanswered`. */
    async check(phase: Phase): Promise<Checked> {
      return checkMigration(target, phase);
    },

    /** Takes a snapshot, goes through every column of it, and writes the plan with its questions. */
    profile: unclaimed(async (stamp: Stamp): Promise<Profiled> =>
      profileTarget(target, run, stamp),
    ),

    /** Makes PostgreSQL a copy, by the plan. Errors: `PlanUnanswered`, `ValueRefused`, `CopyFailed`, `DatabaseNotEmpty`, `DatabaseInUse`. */
    copy: acting(async (stamp: Stamp, how: { readonly anew: boolean }): Promise<CopiedOver> =>
      copyTarget(target, stamp, how),
    ),

    /** Demands that each table of PostgreSQL is equal, each value to its last bit. `rehearsed`: in ms. Error: `MigrationDiffers`, with rows by name. */
    prove: unclaimed(async (stamp: Stamp, rehearsed?: number): Promise<Proven> =>
      proveTarget(target, run, { stamp, rehearsed }),
    ),

    /** Puts the database of SQLite out of reach, and tells the application of PostgreSQL. It is stopped. Errors: `FileChanged`, `EnvUnreadable`. */
    switchOver: acting(
      async (stamp: Stamp): Promise<{ readonly changed: boolean; readonly kept: string }> => {
        const [copy, proof] = [readRecord(target, 'copy'), readRecord(target, 'proof')];
        const { plan, sha256 } = planOf(target);
        const isProven = [copy, proof].every((one) => one?.stamp === stamp && one.plan === sha256);
        if (!copy || !proof || !isProven)
          throw permanent(
            'MigrationDiffers',
            'What this run has copied is not proven, or its plan was changed since',
          );
        return withPostgres(target, async ({ client }) => {
          keepPlan(target, stamp, plan);
          const claim = () => writeMark(client, { state: 'live', stamp });
          const migration = migrationOf(target);
          const database = sqliteOf(target);
          const request = { target, database, migration, run, stamp, copy, proof, claim };
          const changed = await switchOver(request);
          return { changed, kept: readMigrated(target)!.kept };
        });
      },
    ),

    /**
     * Makes the database of the application that of SQLite again. It is stopped. Only of this stamp, when one is given; rows that were written to
     * PostgreSQL are brought along, or are a reason to stay there. Errors: `MigrationDiffers`, `DatabaseInUse`.
     */
    goBack: acting(async (written: 'bring' | 'stay', stamp?: Stamp): Promise<WentBack> => {
      const none = { changed: false, written: false, rows: { written: 0, removed: 0 } };
      const record = readMigrated(target);
      if (!record || (stamp !== undefined && record.stamp !== stamp))
        return { ...none, note: 'Its database was that of SQLite' };
      const { tables } = resolve(keptPlan(target, record.stamp));
      return withPostgres(target, async (postgres) => {
        await expectAlone(postgres);
        const { client } = postgres;
        const migration = migrationOf(target);
        const directory = migrationDirectory(target);
        const request = { target, migration, record, client, tables, directory, written };
        const back = await goBack(request);
        if (back) return back;
        const note = `Rows were written to PostgreSQL since: it stays the database. ${record.note}`;
        return { ...none, written: true, note };
      });
    }),

    /** Whether a run has left the target between the two, or on PostgreSQL. */
    async find(stamp?: Stamp): Promise<{ readonly migrated: boolean; readonly note: string }> {
      const record = readMigrated(target);
      const migrated = record !== undefined && (stamp === undefined || record.stamp === stamp);
      return { migrated, note: migrated ? record.note : 'Its database is that of SQLite' };
    },

    /** Proves the application, and its data where it works now. Errors: `NotFunctional`, `NoData`. */
    async proveApplication(): Promise<{ readonly note: string }> {
      return proveApplication(target);
    },
  };
}
