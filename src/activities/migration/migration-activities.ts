import type { SqliteDatabase } from '../../config/schema/database.ts';
import { isSqlite, type Target } from '../../config/schema/target.ts';
import { countText } from '../../config/text/count-text.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting, unclaimed } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { type Evidence, keepEvidence } from '../../state/evidence.ts';
import { readMigrated } from '../../state/migrated.ts';
import { goBack, type WentBack } from './back/go-back.ts';
import { checkMigration, type Checked, type Phase } from './check-migration.ts';
import { copyAll } from './copy/copy-all.ts';
import { writeMark } from './copy/marks.ts';
import { makeCheckpointed } from './copy/make-checkpointed.ts';
import { openQuestions, type Plan } from './plan/plan.ts';
import { keepPlan, keptPlan, migrationDirectory, readPlan, writePlan } from './plan/plan-file.ts';
import { profileAll } from './plan/profile-all.ts';
import { propose } from './plan/propose.ts';
import { resolve } from './plan/resolve.ts';
import { compareAll, expectEqual, hashesOf } from './compare/compare-all.ts';
import { proveApplication } from './prove-application.ts';
import { readRecord, writeRecord } from './records/records.ts';
import { openSource, type Source } from './source/open-source.ts';
import { dropSnapshots, snapshotFile, takeSnapshot } from './source/take-snapshot.ts';
import { switchOver } from './switch/switch-over.ts';
import { expectAlone, migrationOf, withPostgres } from './with-postgres.ts';

export interface Profiled {
  readonly tables: number;
  readonly rows: number;
  readonly questions: number;
  /** Those without an answer. */
  readonly open: number;
  readonly milliseconds: number;
  readonly note: string;
  readonly evidence: readonly Evidence[];
}

export interface CopiedOver {
  readonly changed: boolean;
  readonly rows: number;
  readonly rejects: number;
  readonly milliseconds: number;
  readonly note: string;
}

export interface Proven {
  readonly tables: number;
  readonly rows: number;
  readonly milliseconds: number;
  readonly note: string;
}

/** From SQLite to PostgreSQL, and back. Errors of all: what PostgreSQL says, `InvalidInput` where the target says nothing of a migration. */
export function migrationActivities(target: Target, run: string) {
  const directory = migrationDirectory(target);

  return {
    /** What there is to migrate, and what is known of it. Changes nothing. Errors: `Untried`, `DatabaseNotEmpty`, `Migrated`, `PlanUnanswered`. */
    async check(phase: Phase): Promise<Checked> {
      return checkMigration(target, phase);
    },

    /** Takes a snapshot, goes through every column of it, and writes the plan with its questions. */
    profile: unclaimed(async (stamp: Stamp): Promise<Profiled> => {
      const begun = performance.now();
      await takeSnapshot(sqlite(), directory, stamp);
      const plan = await withSource(stamp, async (source) => {
        const before = readPlan(target)?.plan;
        return propose(profileAll(source, before), before);
      });
      const { file } = writePlan(target, plan);
      const open = openQuestions(plan);
      const rows = plan.tables.reduce((sum, table) => sum + table.rows, 0);
      const note = `${countText(plan.tables.length, 'table')}, ${countText(rows, 'row')}; ${countText(plan.questions.length, 'question')}, ${open.length} without an answer, in "${file}"`;
      return {
        tables: plan.tables.length,
        rows,
        questions: plan.questions.length,
        open: open.length,
        milliseconds: Math.round(performance.now() - begun),
        note,
        evidence: [
          keepEvidence(target, run, 'plan.json', `${JSON.stringify(plan, undefined, 2)}\n`),
        ],
      };
    }),

    /**
     * Makes PostgreSQL a copy, by the plan. `anew`: of a snapshot that is taken now, with the application stopped; else of the one that was
     * profiled. Errors: `PlanUnanswered`, `ValueRefused`, `CopyFailed`, `DatabaseNotEmpty`, `DatabaseInUse`.
     */
    copy: acting(
      async (stamp: Stamp, { anew }: { readonly anew: boolean }): Promise<CopiedOver> => {
        const { plan, sha256 } = planOf();
        const resolved = resolve(plan);
        const print = anew ? makeCheckpointed(sqlite().file) : undefined;
        const taken = anew ? await takeSnapshot(sqlite(), directory, stamp) : undefined;
        return withSource(stamp, (source) =>
          withPostgres(target, async (postgres) => {
            expectSchema(source, plan);
            await expectAlone(postgres);
            const { client, owner: role } = postgres;
            const { users } = migrationOf(target).to.application;
            const copied = await copyAll(source, client, resolved, { stamp, role, users });
            const milliseconds = {
              snapshot: taken?.milliseconds ?? 0,
              copy: copied.copyMilliseconds,
              build: copied.buildMilliseconds,
            };
            writeRecord(target, 'copy', {
              stamp,
              plan: sha256,
              ...(print && { print }),
              milliseconds,
            });
            const { snapshot, copy, build } = milliseconds;
            const beside =
              copied.rejects === 0 ? '' : `, ${countText(copied.rejects, 'value')} beside`;
            return {
              changed: copied.changed,
              rows: copied.rows,
              rejects: copied.rejects,
              milliseconds: snapshot + copy + build,
              note: `${countText(copied.rows, 'row')} in ${copy} ms${beside}; keys and indexes in ${build} ms`,
            };
          }),
        );
      },
    ),

    /**
     * Demands that each table of PostgreSQL is equal to what was copied, each value to its last bit. `rehearsed`: what the copy took, in ms, when this is
     * the end of a rehearsal. Errors: `MigrationDiffers`, with rows by name.
     */
    prove: unclaimed(async (stamp: Stamp, rehearsed?: number): Promise<Proven> => {
      const { plan, sha256 } = planOf();
      const { tables } = resolve(plan);
      const begun = performance.now();
      const all = await withSource(stamp, (source) =>
        withPostgres(target, ({ client }) => compareAll(source, client, tables)),
      );
      keepDifferences(all);
      expectEqual(all);
      const milliseconds = Math.round(performance.now() - begun);
      writeRecord(target, 'proof', { stamp, plan: sha256, tables: hashesOf(all), milliseconds });
      if (rehearsed !== undefined) {
        const sum = rehearsed + milliseconds;
        writeRecord(target, 'rehearsal', {
          stamp,
          plan: sha256,
          schema: plan.schema,
          milliseconds: sum,
        });
      }
      dropSnapshots(directory);
      const rows = all.reduce((sum, { hash }) => sum + Number(hash.rows), 0);
      const note = `${countText(rows, 'row')} of ${countText(all.length, 'table')} equal, each value to its last bit`;
      return { tables: all.length, rows, milliseconds, note };
    }),

    /** Puts the database of SQLite out of reach, and tells the application of PostgreSQL. It is stopped. Errors: `FileChanged`, `EnvUnreadable`. */
    switchOver: acting(
      async (stamp: Stamp): Promise<{ readonly changed: boolean; readonly kept: string }> => {
        const [copy, proof] = [readRecord(target, 'copy'), readRecord(target, 'proof')];
        const { plan, sha256 } = planOf();
        const isProven = [copy, proof].every((one) => one?.stamp === stamp && one.plan === sha256);
        if (!copy || !proof || !isProven)
          throw permanent(
            'MigrationDiffers',
            'What this run has copied is not proven, or its plan was changed since',
          );
        return withPostgres(target, async ({ client }) => {
          keepPlan(target, stamp, plan);
          await writeMark(client, { state: 'live', stamp });
          const migration = migrationOf(target);
          const changed = await switchOver({
            target,
            database: sqlite(),
            migration,
            run,
            stamp,
            copy,
            proof,
          });
          return { changed, kept: readMigrated(target)!.kept };
        });
      },
    ),

    /**
     * Makes the database of the application that of SQLite again. It is stopped. Only of this stamp, when one is given; rows that were written to
     * PostgreSQL are brought along, or are a reason to stay there. Errors: `MigrationDiffers`, `DatabaseInUse`.
     */
    goBack: acting(
      async (
        written: 'bring' | 'stay',
        stamp?: Stamp,
      ): Promise<WentBack & { readonly stays?: string }> => {
        const none = { changed: false, written: false, rows: { written: 0, removed: 0 } };
        const record = readMigrated(target);
        if (!record || (stamp !== undefined && record.stamp !== stamp))
          return { ...none, note: 'Its database was that of SQLite' };
        const { tables } = resolve(keptPlan(target, record.stamp));
        return withPostgres(target, async (postgres) => {
          await expectAlone(postgres);
          const { client } = postgres;
          const migration = migrationOf(target);
          const back = await goBack({
            target,
            migration,
            record,
            client,
            tables,
            directory,
            written,
          });
          if (back) return back;
          const stays = `Rows were written to PostgreSQL since: it stays the database. ${record.note}`;
          return { ...none, written: true, note: stays, stays };
        });
      },
    ),

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

  function sqlite(): SqliteDatabase {
    if (isSqlite(target)) return target.database;
    throw permanent(
      'NotApplicable',
      "Its database is one of PostgreSQL already, by the target's file",
    );
  }

  function planOf(): { readonly plan: Plan; readonly sha256: string } {
    const read = readPlan(target);
    if (read) return read;
    throw permanent('PlanUnanswered', 'There is no plan yet: rehearse first');
  }

  async function withSource<Result>(
    stamp: Stamp,
    use: (source: Source) => Promise<Result>,
  ): Promise<Result> {
    const source = openSource(snapshotFile(directory, stamp));
    try {
      return await use(source);
    } finally {
      source.close();
    }
  }

  function expectSchema({ schema }: Source, plan: Plan): void {
    if (schema.sha256 === plan.schema) return;
    throw permanent(
      'PlanUnanswered',
      'The schema of SQLite has changed since the plan was made: rehearse again',
    );
  }

  /** All that are named: a sentence has place for a few. */
  function keepDifferences(all: Awaited<ReturnType<typeof compareAll>>): void {
    const differences = all.flatMap((one) => one.differences);
    if (differences.length > 0)
      keepEvidence(
        target,
        run,
        'differences.json',
        `${JSON.stringify(differences, undefined, 2)}\n`,
      );
  }
}
