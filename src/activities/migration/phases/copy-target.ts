import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { copyAll } from '../copy/copy-all.ts';
import { makeCheckpointed } from '../copy/make-checkpointed.ts';
import type { Plan } from '../plan/plan.ts';
import { migrationDirectory } from '../plan/plan-file.ts';
import { resolve } from '../plan/resolve.ts';
import { readRecord, writeRecord } from '../records/records.ts';
import type { Source } from '../source/open-source.ts';
import { takeSnapshot } from '../source/take-snapshot.ts';
import { expectAlone, migrationOf, withPostgres } from '../with-postgres.ts';
import { planOf, sqliteOf, withSource } from './workspace.ts';

export interface CopiedOver {
  readonly changed: boolean;
  readonly rows: number;
  /** Values that are kept beside. */
  readonly rejects: number;
  /** All that the application waits for, when it is down. */
  readonly milliseconds: number;
  readonly note: string;
}

/** Makes PostgreSQL a copy, by the plan. `anew`: of a snapshot that is taken now, with the application stopped; else of the one that was profiled. */
export async function copyTarget(
  target: Target,
  stamp: Stamp,
  { anew }: { readonly anew: boolean },
): Promise<CopiedOver> {
  const { plan, sha256 } = planOf(target);
  const resolved = resolve(plan);
  const sqlite = sqliteOf(target);
  const print = anew ? makeCheckpointed(sqlite.file) : undefined;
  const taken = anew ? await takeSnapshot(sqlite, migrationDirectory(target), stamp) : undefined;
  const copied = await withSource(target, stamp, (source) =>
    withPostgres(target, async (postgres) => {
      expectSchema(source, plan);
      await expectAlone(postgres);
      const { client, owner: role } = postgres;
      const { users } = migrationOf(target).to.application;
      return copyAll(source, client, resolved, { stamp, role, users });
    }),
  );
  const { changed, rows, rejects, copyMilliseconds: copy, buildMilliseconds: build } = copied;
  // A rehearsal has taken its own while it profiled: a cut-over takes one, too.
  const before = readRecord(target, 'snapshot');
  const snapshot = taken?.milliseconds ?? (before?.stamp === stamp ? before.milliseconds : 0);
  const milliseconds = { snapshot, copy, build };
  writeRecord(target, 'copy', { stamp, plan: sha256, ...(print && { print }), milliseconds });
  const beside = rejects === 0 ? '' : `, ${countText(rejects, 'value')} beside`;
  return {
    changed,
    rows,
    rejects,
    milliseconds: snapshot + copy + build,
    note: `${countText(rows, 'row')} in ${copy} ms${beside}; keys and indexes in ${build} ms`,
  };
}

function expectSchema({ schema }: Source, plan: Plan): void {
  if (schema.sha256 === plan.schema) return;
  throw permanent(
    'PlanUnanswered',
    'The schema of SQLite has changed since the plan was made: rehearse again',
  );
}
